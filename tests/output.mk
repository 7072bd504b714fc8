# SPDX-License-Identifier: GPL-2.0-or-later
check_LIBRARIES += tests/tools/liboutputtest.a
tests_tools_liboutputtest_a_SOURCES = \
	tests/tools/json_check.c tests/tools/json_check.h \
	tests/tools/record_make.c tests/tools/record_make.h
tests_tools_liboutputtest_a_CPPFLAGS = $(UNIT_CPPFLAGS) \
	-DGOLDEN_DIR='"$(abs_top_srcdir)/tests/golden/output"'
OUTPUT_TEST_LIBS = tests/tools/liboutputtest.a liboutput.a libcore.a \
	$(PCAP_LIBS) $(UNIT_LIBS)

check_PROGRAMS += \
	tests/unit/test_out_ascii \
	tests/unit/test_out_dump \
	tests/unit/test_out_eve \
	tests/unit/test_out_eve_app \
	tests/unit/test_out_fast \
	tests/unit/test_out_file \
	tests/unit/test_out_full \
	tests/unit/test_out_outputs \
	tests/unit/test_out_portscan \
	tests/unit/test_out_session \
	tests/unit/test_out_socket \
	tests/unit/test_out_tcpdump \
	tests/unit/test_out_unified2
tests_unit_test_out_ascii_SOURCES = tests/unit/test_out_ascii.c
tests_unit_test_out_ascii_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_ascii_LDADD = $(OUTPUT_TEST_LIBS)
tests_unit_test_out_dump_SOURCES = tests/unit/test_out_dump.c
tests_unit_test_out_dump_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_dump_LDADD = $(OUTPUT_TEST_LIBS)
tests_unit_test_out_eve_SOURCES = tests/unit/test_out_eve.c
tests_unit_test_out_eve_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_eve_LDADD = $(OUTPUT_TEST_LIBS)
tests_unit_test_out_eve_app_SOURCES = tests/unit/test_out_eve_app.c
tests_unit_test_out_eve_app_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_eve_app_LDADD = $(OUTPUT_TEST_LIBS)
tests_unit_test_out_fast_SOURCES = tests/unit/test_out_fast.c
tests_unit_test_out_fast_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_fast_LDADD = $(OUTPUT_TEST_LIBS)
tests_unit_test_out_file_SOURCES = tests/unit/test_out_file.c
tests_unit_test_out_file_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_file_LDADD = $(OUTPUT_TEST_LIBS)
tests_unit_test_out_full_SOURCES = tests/unit/test_out_full.c
tests_unit_test_out_full_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_full_LDADD = $(OUTPUT_TEST_LIBS)
tests_unit_test_out_outputs_SOURCES = tests/unit/test_out_outputs.c
tests_unit_test_out_outputs_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_outputs_LDADD = $(OUTPUT_TEST_LIBS)
tests_unit_test_out_portscan_SOURCES = tests/unit/test_out_portscan.c
tests_unit_test_out_portscan_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_portscan_LDADD = $(OUTPUT_TEST_LIBS)
tests_unit_test_out_session_SOURCES = tests/unit/test_out_session.c
tests_unit_test_out_session_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_session_LDADD = $(OUTPUT_TEST_LIBS)
tests_unit_test_out_socket_SOURCES = tests/unit/test_out_socket.c
tests_unit_test_out_socket_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_socket_LDADD = $(OUTPUT_TEST_LIBS)
tests_unit_test_out_tcpdump_SOURCES = tests/unit/test_out_tcpdump.c
tests_unit_test_out_tcpdump_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_tcpdump_LDADD = $(OUTPUT_TEST_LIBS)
tests_unit_test_out_unified2_SOURCES = tests/unit/test_out_unified2.c
tests_unit_test_out_unified2_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_out_unified2_LDADD = $(OUTPUT_TEST_LIBS)
EXTRA_DIST += tests/golden/output

# Fields of a parser, any of them, as EVE writes them.
check_PROGRAMS += tests/fuzz/fuzz_eve
tests_fuzz_fuzz_eve_SOURCES = tests/fuzz/fuzz_eve.c tests/tools/json_check.c \
	tests/tools/json_check.h
tests_fuzz_fuzz_eve_LDADD = $(FUZZ_DRIVER) liboutput.a libcore.a $(PCAP_LIBS)
EXTRA_tests_fuzz_fuzz_eve_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/eve/deep tests/fuzz/corpus/eve/texts
