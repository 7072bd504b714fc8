# SPDX-License-Identifier: GPL-2.0-or-later
# Packets for tests: crafted by the library, never captured.
check_LIBRARIES += libcraft.a
libcraft_a_SOURCES = tests/tools/craft.c tests/tools/craft.h \
	tests/tools/dec_check.c tests/tools/dec_check.h \
	tests/tools/dec_frames.c tests/tools/dec_frames.h \
	tests/tools/fragrig.c tests/tools/fragrig.h

DEC_TEST_LIBS = libcraft.a libdecoders.a libcore.a $(UNIT_LIBS) $(DECODER_LIBS)

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

check_PROGRAMS += tests/unit/test_arpspoof
tests_unit_test_arpspoof_SOURCES = tests/unit/test_arpspoof.c
tests_unit_test_arpspoof_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_arpspoof_LDADD = $(DEC_TEST_LIBS)

check_PROGRAMS += tests/unit/test_defrag
tests_unit_test_defrag_SOURCES = tests/unit/test_defrag.c
tests_unit_test_defrag_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_defrag_LDADD = $(DEC_TEST_LIBS)

check_PROGRAMS += tests/model/defrag_model
tests_model_defrag_model_SOURCES = tests/model/defrag_model.c
tests_model_defrag_model_LDADD = libcraft.a libdecoders.a libcore.a $(DECODER_LIBS)

# Frames one after the other into the defragmenter.
check_PROGRAMS += tests/fuzz/fuzz_defrag
tests_fuzz_fuzz_defrag_SOURCES = tests/fuzz/fuzz_defrag.c \
	tests/tools/dec_check.c tests/tools/dec_check.h
tests_fuzz_fuzz_defrag_LDADD = $(FUZZ_DRIVER) libdecoders.a libcore.a $(DECODER_LIBS)
EXTRA_tests_fuzz_fuzz_defrag_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += \
	tests/fuzz/corpus/defrag/overlap4 \
	tests/fuzz/corpus/defrag/overlap6 \
	tests/fuzz/corpus/defrag/reversed_udp \
	tests/fuzz/corpus/defrag/tunnel

check_PROGRAMS += tests/unit/test_policy
tests_unit_test_policy_SOURCES = tests/unit/test_policy.c
tests_unit_test_policy_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_policy_LDADD = $(STREAM_TEST_LIBS)

check_PROGRAMS += tests/unit/test_bo
tests_unit_test_bo_SOURCES = tests/unit/test_bo.c
tests_unit_test_bo_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_bo_LDADD = $(DEC_TEST_LIBS)

check_PROGRAMS += tests/unit/test_reputation
tests_unit_test_reputation_SOURCES = tests/unit/test_reputation.c
tests_unit_test_reputation_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_reputation_LDADD = $(DEC_TEST_LIBS)

check_PROGRAMS += tests/unit/test_portscan
tests_unit_test_portscan_SOURCES = tests/unit/test_portscan.c
tests_unit_test_portscan_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_portscan_LDADD = $(DEC_TEST_LIBS)

# The decoders under a fuzzer; as a test it replays its corpus, frames made by
# the crafting library.
check_PROGRAMS += tests/fuzz/fuzz_decode
tests_fuzz_fuzz_decode_SOURCES = tests/fuzz/fuzz_decode.c \
	tests/tools/dec_check.c tests/tools/dec_check.h
tests_fuzz_fuzz_decode_LDADD = $(FUZZ_DRIVER) libdecoders.a libcore.a $(DECODER_LIBS)
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
tests_tools_dec_events_LDADD = libdecoders.a libcore.a $(PCAP_LIBS) $(DECODER_LIBS)
CLEANFILES += tests/tools/dec_events$(EXEEXT)

check_PROGRAMS += tests/unit/test_flow
tests_unit_test_flow_SOURCES = tests/unit/test_flow.c
tests_unit_test_flow_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_flow_LDADD = $(DEC_TEST_LIBS)

check_PROGRAMS += tests/unit/test_peek
tests_unit_test_peek_SOURCES = tests/unit/test_peek.c
tests_unit_test_peek_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_peek_LDADD = $(DEC_TEST_LIBS)

# Not a test: what the flow table costs.
EXTRA_PROGRAMS += tests/bench_flow
tests_bench_flow_SOURCES = tests/bench_flow.c
tests_bench_flow_LDADD = libdecoders.a libcore.a $(DECODER_LIBS)
CLEANFILES += tests/bench_flow$(EXEEXT)

# TCP streams. A session is played segment by segment through the contract of
# tracking.
check_LIBRARIES += libplay.a
libplay_a_SOURCES = tests/tools/play_tcp.c tests/tools/play_tcp.h
STREAM_TEST_LIBS = libplay.a $(DEC_TEST_LIBS)

check_PROGRAMS += tests/unit/test_stream_queue
tests_unit_test_stream_queue_SOURCES = tests/unit/test_stream_queue.c
tests_unit_test_stream_queue_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_stream_queue_LDADD = $(STREAM_TEST_LIBS)

check_PROGRAMS += tests/model/model_stream
tests_model_model_stream_SOURCES = tests/model/model_stream.c
tests_model_model_stream_LDADD = $(STREAM_TEST_LIBS)

check_PROGRAMS += tests/unit/test_stream_flush
tests_unit_test_stream_flush_SOURCES = tests/unit/test_stream_flush.c
tests_unit_test_stream_flush_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_stream_flush_LDADD = $(STREAM_TEST_LIBS)

check_PROGRAMS += tests/unit/test_stream
tests_unit_test_stream_SOURCES = tests/unit/test_stream.c
tests_unit_test_stream_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_stream_LDADD = $(STREAM_TEST_LIBS)

check_PROGRAMS += tests/unit/test_stream_linux
tests_unit_test_stream_linux_SOURCES = tests/unit/test_stream_linux.c
tests_unit_test_stream_linux_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_stream_linux_LDADD = $(STREAM_TEST_LIBS)

check_PROGRAMS += tests/fuzz/fuzz_stream
tests_fuzz_fuzz_stream_SOURCES = tests/fuzz/fuzz_stream.c
tests_fuzz_fuzz_stream_LDADD = $(FUZZ_DRIVER) libdecoders.a libcore.a $(DECODER_LIBS)
EXTRA_tests_fuzz_fuzz_stream_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/stream/inline \
	tests/fuzz/corpus/stream/midstream \
	tests/fuzz/corpus/stream/mixed \
	tests/fuzz/corpus/stream/options \
	tests/fuzz/corpus/stream/overlap \
	tests/fuzz/corpus/stream/plain

# The kernel as judge; needs the right to make namespaces. make judge asks it
# more.
dist_check_SCRIPTS += tests/sh/defrag_kernel.sh tests/sh/stream_kernel.sh
EXTRA_DIST += tests/sh/netpair.sh
NETPAIR = tests/tools/netpair.c tests/tools/netpair.h tests/tools/rng.h
EXTRA_PROGRAMS += tests/tools/fragkernel tests/tools/streamkernel
check_DATA += tests/tools/fragkernel$(EXEEXT) \
	tests/tools/streamkernel$(EXEEXT)
tests_tools_fragkernel_SOURCES = tests/tools/fragkernel.c $(NETPAIR)
tests_tools_fragkernel_LDADD = libcraft.a libdecoders.a libcore.a $(DECODER_LIBS)
tests_tools_streamkernel_SOURCES = tests/tools/streamkernel.c \
	tests/tools/streamclient.c tests/tools/streamclient.h $(NETPAIR)
tests_tools_streamkernel_LDADD = libcraft.a libdecoders.a libcore.a $(DECODER_LIBS)
CLEANFILES += tests/tools/fragkernel$(EXEEXT) \
	tests/tools/streamkernel$(EXEEXT)

EXTRA_DIST += tests/cases/halves/README tests/cases/halves/args \
	tests/cases/halves/conf tests/cases/halves/expect \
	tests/cases/halves/packets tests/cases/halves/rules \
	tests/cases/halves-async/README tests/cases/halves-async/args \
	tests/cases/halves-async/conf tests/cases/halves-async/expect \
	tests/cases/halves-async/packets tests/cases/halves-async/rules

EXTRA_DIST += tests/cases/fragments/README tests/cases/fragments/conf \
	tests/cases/fragments/expect tests/cases/fragments/packets \
	tests/cases/fragments/rules
