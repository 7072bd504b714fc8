/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file: directives, includes, ruletypes, rule states. */
#include "rules_help.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
directives_have_name_args_and_place(void **state)
{
	struct tree *t = load_clean("config checksum_mode: all\n"
	    "config nopcre\n"
	    "preprocessor stream5_tcp: policy windows, \\\n   timeout 30\n"
	    "output alert_fast\n"
	    "Suppress gen_id 1, sig_id 2\n"
	    "threshold gen_id 1, sig_id 2, type limit\n"
	    "event_filter gen_id 1, sig_id 3\n"
	    "rate_filter gen_id 1\n"
	    "attribute_table filename x\n"
	    "dynamicpreprocessor directory /x\n"
	    "file type:MSEXE; id:21\n");
	static const enum directive_kind kinds[] = { DIR_CONFIG, DIR_CONFIG,
		DIR_PREPROCESSOR, DIR_OUTPUT, DIR_SUPPRESS, DIR_EVENT_FILTER,
		DIR_EVENT_FILTER, DIR_RATE_FILTER, DIR_ATTRIBUTE_TABLE,
		DIR_DYNAMIC, DIR_FILE };
	const struct directive *d = t->directives;

	(void)state;
	assert_int_equal(t->n_directives, ARRAY_LEN(kinds));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		assert_int_equal(d[i].kind, kinds[i]);
	assert_text(d[0].name, "checksum_mode");
	assert_text(d[0].args, "all");
	assert_int_equal(d[0].args_loc.col, 23);
	assert_text(d[1].name, "nopcre");
	assert_int_equal(d[1].args.len, 0);
	assert_text(d[2].name, "stream5_tcp");
	assert_text(d[2].args, "policy windows, timeout 30");
	assert_int_equal(loc_at(d[2].args_loc, 16).line, 4);
	assert_int_equal(loc_at(d[2].args_loc, 16).col, 4);
	assert_text(d[4].name, "suppress");
	assert_text(d[4].args, "gen_id 1, sig_id 2");
	assert_text(d[5].name, "threshold");
	tree_free(t);
}

static void
unknown_lines_are_config_errors(void **state)
{
	(void)state;
	expect_error("\nfrobnicate it\n", EREC_CONFIG, 2, 1,
	    "neither a directive nor a rule's action");
	expect_error("include\n", EREC_CONFIG, 1, 1, "needs something");
	expect_error("include x\n", EREC_CONFIG, 1, 1, "can be included");
	expect_error("config classification: a,b\n", EREC_CONFIG, 1, 24,
	    "name,description,priority");
}

static void
ruletypes_make_actions(void **state)
{
	struct tree *t = load_clean(
	    "red tcp any any -> any any (sid:1;)\n"
	    "ruletype red\n{\n  # inside\n  type alert\n"
	    "  output alert_fast: red.txt\n output log_null\n}\n"
	    "ruletype blue { type log output log_tcpdump: b.log }\n"
	    "ruletype green {\n type pass }\n"
	    "blue tcp any any -> any any (sid:2;)\n"
	    "output alert_full\n");

	(void)state;
	assert_int_equal(t->n_ruletypes, 3);
	assert_int_equal(t->ruletypes[0]->base, ACTION_ALERT);
	assert_int_equal(t->ruletypes[1]->base, ACTION_LOG);
	assert_int_equal(t->ruletypes[2]->base, ACTION_PASS);
	assert_int_equal(t->n_rules, 2);
	assert_int_equal(t->rules[0]->action, ACTION_CUSTOM);
	assert_ptr_equal(t->rules[0]->ruletype, t->ruletypes[0]);
	assert_ptr_equal(t->rules[1]->ruletype, t->ruletypes[1]);
	assert_int_equal(t->n_directives, 4);
	assert_ptr_equal(t->directives[0].in_ruletype, t->ruletypes[0]);
	assert_text(t->directives[0].args, "red.txt");
	assert_ptr_equal(t->directives[2].in_ruletype, t->ruletypes[1]);
	assert_text(t->directives[2].args, "b.log");
	assert_null(t->directives[3].in_ruletype);
	tree_free(t);
}

static void
bad_ruletypes_are_errors(void **state)
{
	(void)state;
	expect_error("ruletype r\nconfig nopcre\n", EREC_CONFIG, 2, 1,
	    "'{' belongs here");
	expect_error("ruletype r {\n type alert\n", EREC_CONFIG, 1, 10,
	    "is not closed");
	expect_error("ruletype r { }\n", EREC_CONFIG, 1, 10, "has no type");
	expect_error("ruletype r { type x }\n", EREC_CONFIG, 1, 14,
	    "'x' is not an action");
	expect_error("ruletype alert { type log }\n", EREC_CONFIG, 1, 10,
	    "cannot name a ruletype");
	expect_error("ruletype r {\n type log\n type log\n}\n", EREC_CONFIG,
	    3, 2, "one type");
	expect_error("ruletype r {\n type log\n foo\n}\n", EREC_CONFIG, 3, 2,
	    "only type, output");
}

static void
states_switch_rules(void **state)
{
	struct tree *t = load_clean(
	    "alert tcp any any -> any any (sid:1;)\n"
	    "alert tcp any any -> any any (sid:2;)\n"
	    "alert tcp any any -> any any (sid:2; gid:9;)\n"
	    "rule_state: 1, 1, disabled\n"
	    "rule_state 2, 1, disabled\n"
	    "rule_state 2, 1, enabled, drop\n");

	(void)state;
	assert_true(t->rules[0]->disabled);
	assert_false(t->rules[1]->disabled);
	assert_int_equal(t->rules[1]->action, ACTION_DROP);
	assert_false(t->rules[2]->disabled);
	tree_free(t);

	t = load_clean("config default_rule_state: disabled\n"
	    "alert tcp any any -> any any (sid:1;)\n"
	    "alert tcp any any -> any any (sid:2;)\n"
	    "rule_state 2, 1, enabled\n");
	assert_true(t->rules[0]->disabled);
	assert_false(t->rules[1]->disabled);
	tree_free(t);

	expect_error("rule_state 1, 1\n", EREC_CONFIG, 1, 12,
	    "a rule_state is");
	expect_error("rule_state 1, 1, enabled, x\n", EREC_CONFIG, 1, 12,
	    "'x' is not an action");
}

static void
first_class_of_a_name_stays(void **state)
{
	struct tree *t = load("config classification: a,one,1\n"
	    "config classification: A,two,2\n"
	    "config reference: x http://\nconfig reference: X ftp://\n");

	(void)state;
	assert_int_equal(t->n_classes, 1);
	assert_int_equal(t->classes[0]->priority, 1);
	assert_int_equal(t->errors.n_warning, 2);
	assert_int_equal(t->errors.n_config, 0);
	tree_free(t);
}

/* -- files ----------------------------------------------------------------- */

static char dir[] = "/tmp/aduana-conf-XXXXXX";

static int
make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	return chdir(dir);
}

static int
remove_dir(void **state)
{
	(void)state;
	return chdir("/") || rmdir(dir);
}

static void
put(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
includes_start_at_the_top_file(void **state)
{
	struct tree *t;

	(void)state;
	assert_int_equal(mkdir("etc", 0700), 0);
	assert_int_equal(mkdir("etc/sub", 0700), 0);
	put("etc/top.conf", "var D sub\ninclude $D/a.rules\n"
	    "include here.rules\ninclude \"b.rules\"\n");
	/* of the top file's folder, not of this one's */
	put("etc/sub/a.rules", "include b.rules\n");
	put("etc/b.rules", "alert ip any any -> any any (sid:1;)\n");
	put("here.rules", "alert ip any any -> any any (sid:2;)\n");
	/* the working directory comes first */
	put("etc/here.rules", "alert ip any any -> any any (sid:3;)\n");

	t = conf_load("etc/top.conf", NULL);
	assert_null(t->errors.first);
	assert_int_equal(t->n_files, 5);
	assert_int_equal(t->n_rules, 3);
	assert_int_equal(t->rules[0]->sid, 1);
	assert_string_equal(t->rules[0]->loc.file, "etc/b.rules");
	assert_int_equal(t->rules[1]->sid, 2);
	tree_free(t);

	unlink("etc/top.conf");
	unlink("etc/sub/a.rules");
	unlink("etc/b.rules");
	unlink("here.rules");
	unlink("etc/here.rules");
	rmdir("etc/sub");
	rmdir("etc");
}

static void
missing_files_are_all_named(void **state)
{
	struct tree *t;

	(void)state;
	put("top.conf", "include no1.rules\ninclude /no/no2.rules\n"
	    "include .\nconfig nopcre\n");
	t = conf_load("top.conf", NULL);
	find_error(t, "cannot open ./no1.rules: No such file");
	find_error(t, "cannot open /no/no2.rules: No such file");
	find_error(t, "cannot read .: Is a directory");
	assert_int_equal(t->errors.n_config, 3);
	assert_int_equal(t->n_directives, 1);
	tree_free(t);
	unlink("top.conf");

	t = conf_load("top.conf", NULL);
	assert_int_equal(t->errors.n_config, 1);
	tree_free(t);
}

static void
loops_name_the_chain(void **state)
{
	struct tree *t;

	(void)state;
	put("a.conf", "include b.conf\n");
	put("b.conf", "include ./a.conf\n");
	t = conf_load("a.conf", NULL);
	assert_string_equal(find_error(t, "include loop")->message,
	    "include loop: a.conf -> b.conf -> ./a.conf");
	assert_string_equal(t->errors.first->loc.file, "b.conf");
	assert_int_equal(t->errors.n_config, 1);
	tree_free(t);
	unlink("a.conf");
	unlink("b.conf");
}

static void
depth_is_bounded(void **state)
{
	char name[32], text[64];
	struct tree *t;

	(void)state;
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		snprintf(text, sizeof(text), "include d%d\n", i + 1);
		put(name, i == 39 ? "config nopcre\n" : text);
	}
	t = conf_load("d0", NULL);
	find_error(t, "includes nested deeper than 32: d0 -> d1 -> ");
	tree_free(t);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		unlink(name);
	}
}

static void
binary_files_are_refused(void **state)
{
	FILE *f = fopen("bin", "w");
	struct tree *t;

	(void)state;
	assert_non_null(f);
	fwrite("config nopcre\n\0\n", 1, 16, f);
	fclose(f);
	t = conf_load("bin", NULL);
	assert_int_equal(find_error(t, "NUL byte")->loc.line, 2);
	tree_free(t);
	unlink("bin");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directives_have_name_args_and_place),
		cmocka_unit_test(unknown_lines_are_config_errors),
		cmocka_unit_test(ruletypes_make_actions),
		cmocka_unit_test(bad_ruletypes_are_errors),
		cmocka_unit_test(states_switch_rules),
		cmocka_unit_test(first_class_of_a_name_stays),
		cmocka_unit_test(includes_start_at_the_top_file),
		cmocka_unit_test(missing_files_are_all_named),
		cmocka_unit_test(loops_name_the_chain),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(binary_files_are_refused),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
