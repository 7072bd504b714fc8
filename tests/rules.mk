# SPDX-License-Identifier: GPL-2.0-or-later
RULES_TESTS = tests/unit/test_rules_source tests/unit/test_rules_vars \
	tests/unit/test_rules_ipset tests/unit/test_rules_portset \
	tests/unit/test_rules_rule tests/unit/test_rules_conf \
	tests/unit/test_rules_golden
check_PROGRAMS += $(RULES_TESTS)
RULES_TEST_LIBS = librules.a libcore.a $(UNIT_LIBS)

tests_unit_test_rules_source_SOURCES = tests/unit/test_rules_source.c
tests_unit_test_rules_source_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_rules_source_LDADD = $(RULES_TEST_LIBS)

tests_unit_test_rules_vars_SOURCES = tests/unit/test_rules_vars.c \
	tests/unit/rules_help.h
tests_unit_test_rules_vars_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_rules_vars_LDADD = $(RULES_TEST_LIBS)

tests_unit_test_rules_ipset_SOURCES = tests/unit/test_rules_ipset.c
tests_unit_test_rules_ipset_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_rules_ipset_LDADD = $(RULES_TEST_LIBS)

tests_unit_test_rules_portset_SOURCES = tests/unit/test_rules_portset.c
tests_unit_test_rules_portset_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_rules_portset_LDADD = $(RULES_TEST_LIBS)

tests_unit_test_rules_rule_SOURCES = tests/unit/test_rules_rule.c
tests_unit_test_rules_rule_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_rules_rule_LDADD = $(RULES_TEST_LIBS)

tests_unit_test_rules_conf_SOURCES = tests/unit/test_rules_conf.c
tests_unit_test_rules_conf_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_rules_conf_LDADD = $(RULES_TEST_LIBS)

tests_unit_test_rules_golden_SOURCES = tests/unit/test_rules_golden.c
tests_unit_test_rules_golden_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_rules_golden_LDADD = $(RULES_TEST_LIBS)
EXTRA_DIST += tests/rules/header.t tests/rules/general.t tests/rules/lists.t

check_PROGRAMS += tests/fuzz/fuzz_conf
tests_fuzz_fuzz_conf_SOURCES = tests/fuzz/fuzz_conf.c
tests_fuzz_fuzz_conf_LDADD = $(FUZZ_DRIVER) librules.a libcore.a
EXTRA_tests_fuzz_fuzz_conf_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/conf/directives.conf \
	tests/fuzz/corpus/conf/golden.conf

check_PROGRAMS += tests/unit/test_config
tests_unit_test_config_SOURCES = tests/unit/test_config.c \
	tests/unit/config_help.h
tests_unit_test_config_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_config_LDADD = $(ADUANA_LIBS) $(SYSTEM_LIBS) $(UNIT_LIBS)
