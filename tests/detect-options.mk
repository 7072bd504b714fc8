# SPDX-License-Identifier: GPL-2.0-or-later
OPT_TEST_LIBS = libdetect.a librules.a libdecoders.a libcore.a $(UNIT_LIBS) \
	$(PCRE2_LIBS) $(DECODER_LIBS)

check_PROGRAMS += tests/unit/test_opt_search
tests_unit_test_opt_search_SOURCES = tests/unit/test_opt_search.c
tests_unit_test_opt_search_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_opt_search_LDADD = $(OPT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_opt_payload
tests_unit_test_opt_payload_SOURCES = tests/unit/test_opt_payload.c \
	tests/unit/opt_help.h
tests_unit_test_opt_payload_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_opt_payload_LDADD = $(OPT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_opt_dce
tests_unit_test_opt_dce_SOURCES = tests/unit/test_opt_dce.c \
	tests/unit/opt_help.h
tests_unit_test_opt_dce_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_opt_dce_LDADD = $(OPT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_opt_header
tests_unit_test_opt_header_SOURCES = tests/unit/test_opt_header.c \
	tests/unit/opt_help.h
tests_unit_test_opt_header_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_opt_header_LDADD = $(OPT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_opt_buffers
tests_unit_test_opt_buffers_SOURCES = tests/unit/test_opt_buffers.c \
	tests/unit/opt_help.h
tests_unit_test_opt_buffers_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_opt_buffers_LDADD = $(OPT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_opt_golden
tests_unit_test_opt_golden_SOURCES = tests/unit/test_opt_golden.c \
	tests/unit/opt_help.h
tests_unit_test_opt_golden_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_opt_golden_LDADD = $(OPT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_eval
tests_unit_test_eval_SOURCES = tests/unit/test_eval.c tests/unit/opt_help.h
tests_unit_test_eval_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_eval_LDADD = $(OPT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_compile
tests_unit_test_compile_SOURCES = tests/unit/test_compile.c tests/unit/opt_help.h
tests_unit_test_compile_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_compile_LDADD = $(OPT_TEST_LIBS)
EXTRA_DIST += tests/rules/options.t

check_PROGRAMS += tests/fuzz/fuzz_rule
tests_fuzz_fuzz_rule_SOURCES = tests/fuzz/fuzz_rule.c
tests_fuzz_fuzz_rule_LDADD = $(FUZZ_DRIVER) libdetect.a librules.a libdecoders.a libcore.a \
	$(PCRE2_LIBS) $(DECODER_LIBS)
EXTRA_tests_fuzz_fuzz_rule_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/rule/content.txt \
	tests/fuzz/corpus/rule/every.txt \
	tests/fuzz/corpus/rule/name_with_semicolon.txt
