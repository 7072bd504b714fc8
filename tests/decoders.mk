# SPDX-License-Identifier: GPL-2.0-or-later
# Packets for tests: crafted by the library, never captured.
check_LIBRARIES += libcraft.a
libcraft_a_SOURCES = tests/tools/craft.c tests/tools/craft.h \
	tests/tools/dec_check.c tests/tools/dec_check.h \
	tests/tools/dec_frames.c tests/tools/dec_frames.h

DEC_TEST_LIBS = libcraft.a libdecoders.a libcore.a $(UNIT_LIBS) -lpthread

check_PROGRAMS += tests/unit/test_dec_events
tests_unit_test_dec_events_SOURCES = tests/unit/test_dec_events.c
tests_unit_test_dec_events_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_dec_events_LDADD = $(DEC_TEST_LIBS)

check_PROGRAMS += tests/unit/test_dec_robust
tests_unit_test_dec_robust_SOURCES = tests/unit/test_dec_robust.c
tests_unit_test_dec_robust_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_dec_robust_LDADD = $(DEC_TEST_LIBS)

check_PROGRAMS += tests/unit/test_dec_table
tests_unit_test_dec_table_SOURCES = tests/unit/test_dec_table.c
tests_unit_test_dec_table_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_dec_table_LDADD = $(DEC_TEST_LIBS)

check_PROGRAMS += tests/unit/test_dec_view
tests_unit_test_dec_view_SOURCES = tests/unit/test_dec_view.c
tests_unit_test_dec_view_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_dec_view_LDADD = $(DEC_TEST_LIBS)

# The decoders under a fuzzer; as a test it replays its corpus, frames made by
# the crafting library.
check_PROGRAMS += tests/fuzz/fuzz_decode
tests_fuzz_fuzz_decode_SOURCES = tests/fuzz/fuzz_decode.c \
	tests/tools/dec_check.c tests/tools/dec_check.h
tests_fuzz_fuzz_decode_LDADD = $(FUZZ_DRIVER) libdecoders.a libcore.a -lpthread
EXTRA_tests_fuzz_fuzz_decode_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += \
	tests/fuzz/corpus/decode/advertisement \
	tests/fuzz/corpus/decode/eap_short \
	tests/fuzz/corpus/decode/empty_fragment_6 \
	tests/fuzz/corpus/decode/erspan_version \
	tests/fuzz/corpus/decode/geneve \
	tests/fuzz/corpus/decode/gre_with_a_route \
	tests/fuzz/corpus/decode/gtp_in_gtp \
	tests/fuzz/corpus/decode/l2tp \
	tests/fuzz/corpus/decode/metadata \
	tests/fuzz/corpus/decode/mtu_100_of_6 \
	tests/fuzz/corpus/decode/options_before_and_behind_routing \
	tests/fuzz/corpus/decode/pgm_nak \
	tests/fuzz/corpus/decode/pptp \
	tests/fuzz/corpus/decode/quote_of_later_fragment \
	tests/fuzz/corpus/decode/three_ip \
	tests/fuzz/corpus/decode/torn_option \
	tests/fuzz/corpus/decode/two_labels \
	tests/fuzz/corpus/decode/udp6 \
	tests/fuzz/corpus/decode/usual_options \
	tests/fuzz/corpus/decode/vlan_snap_short

# Not a test: prints what the decoders make of capture files.
EXTRA_PROGRAMS += tests/tools/dec_events
check_DATA += tests/tools/dec_events$(EXEEXT)
tests_tools_dec_events_SOURCES = tests/tools/dec_events.c
tests_tools_dec_events_LDADD = libdecoders.a libcore.a $(PCAP_LIBS) -lpthread
CLEANFILES += tests/tools/dec_events$(EXEEXT)

check_PROGRAMS += tests/unit/test_flow
tests_unit_test_flow_SOURCES = tests/unit/test_flow.c
tests_unit_test_flow_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_flow_LDADD = $(DEC_TEST_LIBS)

# Not a test: what the flow table costs.
EXTRA_PROGRAMS += tests/bench_flow
tests_bench_flow_SOURCES = tests/bench_flow.c
tests_bench_flow_LDADD = libdecoders.a libcore.a
CLEANFILES += tests/bench_flow$(EXEEXT)
