# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += tests/unit/test_pcap_file
tests_unit_test_pcap_file_SOURCES = tests/unit/test_pcap_file.c
tests_unit_test_pcap_file_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_pcap_file_LDADD = libsensor.a libcore.a $(PCAP_LIBS) $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_pcap_list
tests_unit_test_pcap_list_SOURCES = tests/unit/test_pcap_list.c
tests_unit_test_pcap_list_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_pcap_list_LDADD = libsensor.a libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_cmdline
tests_unit_test_cmdline_SOURCES = tests/unit/test_cmdline.c
tests_unit_test_cmdline_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_cmdline_LDADD = $(ADUANA_LIBS) $(SYSTEM_LIBS) $(UNIT_LIBS)

check_LIBRARIES += tests/tools/libinlinerig.a
tests_tools_libinlinerig_a_SOURCES = tests/tools/inline_rig.c \
	tests/tools/inline_rig.h
INLINE_LIBS = tests/tools/libinlinerig.a libcraft.a $(ADUANA_LIBS) \
	$(SYSTEM_LIBS) $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_account
tests_unit_test_account_SOURCES = tests/unit/test_account.c
tests_unit_test_account_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_account_LDADD = $(ADUANA_LIBS) $(SYSTEM_LIBS) $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_bait
tests_unit_test_bait_SOURCES = tests/unit/test_bait.c
tests_unit_test_bait_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_bait_LDADD = libsensor.a libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_inline
tests_unit_test_inline_SOURCES = tests/unit/test_inline.c
tests_unit_test_inline_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_inline_LDADD = $(INLINE_LIBS)

check_PROGRAMS += tests/unit/test_inline_reopen
tests_unit_test_inline_reopen_SOURCES = tests/unit/test_inline_reopen.c
tests_unit_test_inline_reopen_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_inline_reopen_LDADD = $(INLINE_LIBS)

check_PROGRAMS += tests/unit/test_inline_files
tests_unit_test_inline_files_SOURCES = tests/unit/test_inline_files.c \
	tests/unit/talk_help.h
tests_unit_test_inline_files_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_inline_files_LDADD = $(INLINE_LIBS)

check_PROGRAMS += tests/unit/test_inline_late
tests_unit_test_inline_late_SOURCES = tests/unit/test_inline_late.c \
	tests/unit/talk_help.h
tests_unit_test_inline_late_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_inline_late_LDADD = $(INLINE_LIBS)
check_PROGRAMS += tests/unit/test_inline_mail
tests_unit_test_inline_mail_SOURCES = tests/unit/test_inline_mail.c \
	tests/unit/talk_help.h
tests_unit_test_inline_mail_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_inline_mail_LDADD = $(INLINE_LIBS)

check_PROGRAMS += tests/unit/test_inline_writes
tests_unit_test_inline_writes_SOURCES = tests/unit/test_inline_writes.c
tests_unit_test_inline_writes_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_inline_writes_LDADD = $(INLINE_LIBS)

check_PROGRAMS += tests/unit/test_config_http
tests_unit_test_config_http_SOURCES = tests/unit/test_config_http.c \
	tests/unit/config_help.h
tests_unit_test_config_http_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_config_http_LDADD = $(ADUANA_LIBS) $(SYSTEM_LIBS) $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_config_ssh
tests_unit_test_config_ssh_SOURCES = tests/unit/test_config_ssh.c \
	tests/unit/config_help.h
tests_unit_test_config_ssh_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_config_ssh_LDADD = $(ADUANA_LIBS) $(SYSTEM_LIBS) $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_counters
tests_unit_test_counters_SOURCES = tests/unit/test_counters.c
tests_unit_test_counters_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_counters_LDADD = tests/tools/liboutputtest.a $(ADUANA_LIBS) \
	$(SYSTEM_LIBS) $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_config_apps
tests_unit_test_config_apps_SOURCES = tests/unit/test_config_apps.c \
	tests/unit/effect_help.h
tests_unit_test_config_apps_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_config_apps_LDADD = librig.a $(ADUANA_LIBS) $(SYSTEM_LIBS) \
	$(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_effect_apps
tests_unit_test_effect_apps_SOURCES = tests/unit/test_effect_apps.c \
	tests/unit/effect_help.h
tests_unit_test_effect_apps_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_effect_apps_LDADD = librig.a $(ADUANA_LIBS) $(SYSTEM_LIBS) \
	$(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_effect_http
tests_unit_test_effect_http_SOURCES = tests/unit/test_effect_http.c \
	tests/unit/effect_help.h
tests_unit_test_effect_http_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_effect_http_LDADD = librig.a $(ADUANA_LIBS) $(SYSTEM_LIBS) \
	$(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_config_dcerpc2
tests_unit_test_config_dcerpc2_SOURCES = tests/unit/test_config_dcerpc2.c
tests_unit_test_config_dcerpc2_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_config_dcerpc2_LDADD = $(ADUANA_LIBS) $(SYSTEM_LIBS) \
	$(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_config_watch
tests_unit_test_config_watch_SOURCES = tests/unit/test_config_watch.c \
	tests/unit/config_help.h
tests_unit_test_config_watch_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_config_watch_LDADD = $(ADUANA_LIBS) $(SYSTEM_LIBS) $(UNIT_LIBS)

dist_check_SCRIPTS += tests/sh/counted.sh tests/sh/eve.sh tests/sh/files.sh \
	tests/sh/hands.sh tests/sh/inline.sh \
	tests/sh/inline_failure.sh tests/sh/inline_fallback.sh \
	tests/sh/inline_answers.sh tests/sh/inline_rest.sh \
	tests/sh/inline_bait.sh tests/sh/inline_counts.sh \
	tests/sh/inline_ppm.sh \
	tests/sh/inline_queue.sh tests/sh/inline_sensor.sh \
	tests/sh/answers.sh tests/sh/live.sh tests/sh/messages.sh \
	tests/sh/options.sh \
	tests/sh/policy.sh tests/sh/process.sh tests/sh/recut.sh \
	tests/sh/reputation.sh
EXTRA_DIST += tests/sh/lib.sh tests/sh/spaces.sh tests/sh/bridge.sh \
	tests/sh/blocknet.sh

EXTRA_PROGRAMS += tests/tools/sendframe
check_DATA += tests/tools/sendframe$(EXEEXT)
tests_tools_sendframe_SOURCES = tests/tools/sendframe.c
tests_tools_sendframe_LDADD = $(PCAP_LIBS)
CLEANFILES += tests/tools/sendframe$(EXEEXT)

check_PROGRAMS += tests/fuzz/fuzz_pcap_file
tests_fuzz_fuzz_pcap_file_SOURCES = tests/fuzz/fuzz_pcap_file.c
tests_fuzz_fuzz_pcap_file_LDADD = $(FUZZ_DRIVER) libsensor.a libcore.a \
	$(PCAP_LIBS)
EXTRA_tests_fuzz_fuzz_pcap_file_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/pcap_file/big-nano.pcap \
	tests/fuzz/corpus/pcap_file/big.pcapng \
	tests/fuzz/corpus/pcap_file/cut.pcap \
	tests/fuzz/corpus/pcap_file/huge-record.pcap \
	tests/fuzz/corpus/pcap_file/little.pcap \
	tests/fuzz/corpus/pcap_file/little.pcapng \
	tests/fuzz/corpus/pcap_file/not.txt \
	tests/fuzz/corpus/pcap_file/short-snaplen.pcap

# a kernel queue's packets judged without the sensor
EXTRA_PROGRAMS += tests/tools/queueread
check_DATA += tests/tools/queueread$(EXEEXT)
tests_tools_queueread_SOURCES = tests/tools/queueread.c
tests_tools_queueread_LDADD = libsensor.a libcore.a $(QUEUE_LIBS)
CLEANFILES += tests/tools/queueread$(EXEEXT)

# takes a queue away from the sensor
EXTRA_PROGRAMS += tests/tools/queuesteal
check_DATA += tests/tools/queuesteal$(EXEEXT)
tests_tools_queuesteal_SOURCES = tests/tools/queuesteal.c
tests_tools_queuesteal_LDADD = libsensor.a libcore.a $(QUEUE_LIBS)
CLEANFILES += tests/tools/queuesteal$(EXEEXT)

# two hosts that talk across the sensor
EXTRA_PROGRAMS += tests/tools/lateload
check_DATA += tests/tools/lateload$(EXEEXT)
tests_tools_lateload_SOURCES = tests/tools/lateload.c tests/tools/rng.h
CLEANFILES += tests/tools/lateload$(EXEEXT)

EXTRA_PROGRAMS += tests/tools/linktest
check_DATA += tests/tools/linktest$(EXEEXT)
tests_tools_linktest_SOURCES = tests/tools/linktest.c
CLEANFILES += tests/tools/linktest$(EXEEXT)

check_PROGRAMS += tests/unit/test_nfqueue
tests_unit_test_nfqueue_SOURCES = tests/unit/test_nfqueue.c
tests_unit_test_nfqueue_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_nfqueue_LDADD = libsensor.a libcore.a $(QUEUE_LIBS) $(UNIT_LIBS)

# what blocks, without the sensor
EXTRA_PROGRAMS += tests/tools/handsdo
check_DATA += tests/tools/handsdo$(EXEEXT)
tests_tools_handsdo_SOURCES = tests/tools/handsdo.c
tests_tools_handsdo_LDADD = libsensor.a libcore.a $(QUEUE_LIBS)
CLEANFILES += tests/tools/handsdo$(EXEEXT)

# attackers, real and made up
EXTRA_PROGRAMS += tests/tools/blockload
check_DATA += tests/tools/blockload$(EXEEXT)
tests_tools_blockload_SOURCES = tests/tools/blockload.c tests/tools/rxtime.h
tests_tools_blockload_LDADD = libcraft.a libcore.a
CLEANFILES += tests/tools/blockload$(EXEEXT)
dist_check_SCRIPTS += tests/sh/block.sh

check_PROGRAMS += tests/unit/test_block
tests_unit_test_block_SOURCES = tests/unit/test_block.c
tests_unit_test_block_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_block_LDADD = $(ADUANA_LIBS) $(SYSTEM_LIBS) $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_block_want
tests_unit_test_block_want_SOURCES = tests/unit/test_block_want.c
tests_unit_test_block_want_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_block_want_LDADD = $(ADUANA_LIBS) $(SYSTEM_LIBS) $(UNIT_LIBS)
EXTRA_PROGRAMS += tests/tools/steady
check_DATA += tests/tools/steady$(EXEEXT)
tests_tools_steady_SOURCES = tests/tools/steady.c tests/tools/rxtime.h
tests_tools_steady_LDADD = libcore.a
CLEANFILES += tests/tools/handsdo$(EXEEXT) tests/tools/steady$(EXEEXT)

check_PROGRAMS += tests/unit/test_hands
tests_unit_test_hands_SOURCES = tests/unit/test_hands.c
tests_unit_test_hands_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_hands_LDADD = libsensor.a libcore.a $(QUEUE_LIBS) $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_control
tests_unit_test_control_SOURCES = tests/unit/test_control.c
tests_unit_test_control_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_control_LDADD = $(ADUANA_LIBS) $(SYSTEM_LIBS) $(UNIT_LIBS)
