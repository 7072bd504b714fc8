# SPDX-License-Identifier: GPL-2.0-or-later
DETECT_TEST_LIBS = libdetect.a librules.a libdecoders.a libcore.a $(UNIT_LIBS) \
	$(HS_LIBS) $(PCRE2_LIBS) $(DECODER_LIBS) -lm

check_PROGRAMS += tests/unit/test_addrindex
tests_unit_test_addrindex_SOURCES = tests/unit/test_addrindex.c tests/unit/detect_help.h
tests_unit_test_addrindex_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_addrindex_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_detector
tests_unit_test_detector_SOURCES = tests/unit/test_detector.c tests/unit/detect_help.h
tests_unit_test_detector_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_detector_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_filetype
tests_unit_test_filetype_SOURCES = tests/unit/test_filetype.c tests/unit/detect_help.h
tests_unit_test_filetype_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_filetype_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_filter_conf
tests_unit_test_filter_conf_SOURCES = tests/unit/test_filter_conf.c tests/unit/detect_help.h
tests_unit_test_filter_conf_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_filter_conf_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_filter_counts
tests_unit_test_filter_counts_SOURCES = tests/unit/test_filter_counts.c tests/unit/detect_help.h
tests_unit_test_filter_counts_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_filter_counts_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_group
tests_unit_test_group_SOURCES = tests/unit/test_group.c tests/unit/detect_help.h
tests_unit_test_group_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_group_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_hscache
tests_unit_test_hscache_SOURCES = tests/unit/test_hscache.c tests/unit/detect_help.h
tests_unit_test_hscache_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_hscache_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_prefilter
tests_unit_test_prefilter_SOURCES = tests/unit/test_prefilter.c tests/unit/detect_help.h
tests_unit_test_prefilter_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_prefilter_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_ruleset
tests_unit_test_ruleset_SOURCES = tests/unit/test_ruleset.c tests/unit/detect_help.h
tests_unit_test_ruleset_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_ruleset_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_scan_once
tests_unit_test_scan_once_SOURCES = tests/unit/test_scan_once.c tests/unit/detect_help.h
tests_unit_test_scan_once_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_scan_once_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_ppm
tests_unit_test_ppm_SOURCES = tests/unit/test_ppm.c tests/unit/detect_help.h
tests_unit_test_ppm_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_ppm_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_sd
tests_unit_test_sd_SOURCES = tests/unit/test_sd.c tests/unit/detect_help.h
tests_unit_test_sd_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_sd_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_tagging
tests_unit_test_tagging_SOURCES = tests/unit/test_tagging.c tests/unit/detect_help.h
tests_unit_test_tagging_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_tagging_LDADD = $(DETECT_TEST_LIBS)

check_PROGRAMS += tests/unit/test_lru
tests_unit_test_lru_SOURCES = tests/unit/test_lru.c
tests_unit_test_lru_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_lru_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_sessions
tests_unit_test_sessions_SOURCES = tests/unit/test_sessions.c tests/unit/detect_help.h
tests_unit_test_sessions_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_sessions_LDADD = $(DETECT_TEST_LIBS)

EXTRA_DIST += tests/cases/sessions/README tests/cases/sessions/conf \
	tests/cases/sessions/expect tests/cases/sessions/packets \
	tests/cases/sessions/rules

check_PROGRAMS += tests/fuzz/fuzz_sensitive
tests_fuzz_fuzz_sensitive_SOURCES = tests/fuzz/fuzz_sensitive.c
tests_fuzz_fuzz_sensitive_LDADD = $(FUZZ_DRIVER) libdetect.a librules.a \
	libdecoders.a libcore.a $(HS_LIBS) $(PCRE2_LIBS) $(DECODER_LIBS) -lm
EXTRA_tests_fuzz_fuzz_sensitive_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/sensitive/ends \
	tests/fuzz/corpus/sensitive/numbers tests/fuzz/corpus/sensitive/type
