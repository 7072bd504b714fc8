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

# Not a test: prints what the decoders make of capture files.
noinst_PROGRAMS += tests/tools/dec_events
tests_tools_dec_events_SOURCES = tests/tools/dec_events.c
tests_tools_dec_events_LDADD = libdecoders.a libcore.a $(PCAP_LIBS) -lpthread
EXTRA_DIST += tests/fuzz/fuzz_decode.c
