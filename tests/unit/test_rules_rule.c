/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules: header, splitting of options, general options, places. What a line
 * of text can show stands in tests/rules/; here is what it cannot. */
#include "rules_help.h"

static void
options_are_split_as_snort_does(void **state)
{
	struct tree *t = load_clean("alert tcp any any -> any any (  ;; "
	    "Content : \"a\\;b\\:c\" ; nocase;;x:;y : a:b ; sid:7)\n");
	const struct rule *r = t->rules[0];

	(void)state;
	assert_int_equal(r->n_opts, 4);
	assert_text(r->opts[0].name, "content");
	assert_text(r->opts[0].arg, "\"a;b\\:c\"");
	assert_text(r->opts[1].name, "nocase");
	assert_null(r->opts[1].arg.ptr);
	assert_text(r->opts[2].name, "x");
	assert_non_null(r->opts[2].arg.ptr);
	assert_int_equal(r->opts[2].arg.len, 0);
	assert_text(r->opts[3].arg, "a:b");
	assert_int_equal(r->sid, 7);
	tree_free(t);
}

static void
places_are_physical(void **state)
{
	struct tree *t = load_clean("alert tcp any any -> \\\n"
	    "  # about the ports\n"
	    "  any any ( \\\n"
	    "  content:\"a\\\n"
	    "    b\"; \\\n"
	    "\n"
	    "  depth: 5; sid:1;)\n");
	const struct rule_opt *o = t->rules[0]->opts;

	(void)state;
	assert_int_equal(o[0].loc.line, 4);
	assert_int_equal(o[0].loc.col, 3);
	assert_int_equal(o[0].arg_loc.col, 11);
	assert_text(o[0].arg, "\"ab\"");
	assert_int_equal(loc_at(o[0].arg_loc, 2).line, 5);
	assert_int_equal(loc_at(o[0].arg_loc, 2).col, 5);
	assert_int_equal(o[1].loc.line, 7);
	assert_int_equal(o[1].loc.col, 3);
	assert_int_equal(o[1].arg_loc.col, 10);
	tree_free(t);
}

static void
general_options_are_kept(void **state)
{
	struct tree *t = load_clean(
	    "alert tcp any any -> any any (msg:\"a \\\"b\\\" \\\\ \\; c\"; "
	    "gid:5; sid:4294967295; rev:3; classtype:Bad; "
	    "reference:cve,1-2; reference:URL,x.y/z\\;q,r; reference:mine,3; "
	    "metadata:a b c, d ; metadata: ,engine shared;)\n"
	    "alert tcp any any -> any any (sid:1; priority:9; classtype:bad;)\n"
	    "config classification: good,fine,3\n"
	    "config classification: bad,not, so good,2\n"
	    "config reference: cve http://cve/\n"
	    "config reference: url http://\n");
	const struct rule *r = t->rules[0];

	(void)state;
	assert_text(r->msg, "a \"b\" \\ ; c");
	assert_int_equal(r->gid, 5);
	assert_int_equal(r->sid, 4294967295u);
	assert_int_equal(r->rev, 3);
	assert_text(r->class->name, "bad");
	assert_text(r->class->description, "not, so good");
	assert_int_equal(r->class->id, 2);
	assert_int_equal(r->priority, 2);
	assert_int_equal(r->n_refs, 3);
	assert_text(r->refs[0].id, "1-2");
	assert_string_equal(r->refs[0].url_prefix, "http://cve/");
	assert_text(r->refs[1].id, "x.y/z;q,r");
	assert_string_equal(r->refs[1].url_prefix, "http://");
	assert_null(r->refs[2].url_prefix);
	assert_int_equal(r->n_metas, 3);
	assert_text(r->metas[0].key, "a");
	assert_text(r->metas[0].value, "b c");
	assert_int_equal(r->metas[1].value.len, 0);
	assert_true(r->soft_stub);
	assert_int_equal(r->n_opts, 0);

	assert_int_equal(t->rules[1]->priority, 9);
	assert_false(t->rules[1]->soft_stub);
	tree_free(t);
}

static void
builtin_form_matches_everything(void **state)
{
	struct tree *t = load_clean(
	    "alert ( msg:\"m\"; sid:1; gid:116; rev:1; )\n");
	const struct rule *r = t->rules[0];

	(void)state;
	assert_false(r->has_header);
	assert_true(r->bidirectional);
	assert_true(r->src->any && r->dst->any);
	assert_true(r->sports->any && r->dports->any);
	assert_int_equal(r->proto, PROTO_IP);
	tree_free(t);
}

static void
commented_rules_stay_comments(void **state)
{
	struct tree *t = load_clean(
	    "#alert tcp any any -> any any (sid:1;)\n"
	    "# alert tcp any any -> any any (\\\n"
	    "alert tcp any any -> any any (sid:2;)\n");

	(void)state;
	assert_int_equal(t->n_rules, 1);
	assert_int_equal(t->rules[0]->sid, 2);
	assert_text(t->rules[0]->raw,
	    "alert tcp any any -> any any (sid:2;)");
	tree_free(t);
}

static void
one_bad_rule_leaves_the_rest(void **state)
{
	struct tree *t = load(
	    "alert tcp any any -> any any (sid:1;)\n"
	    "alert tcp any any -> any any (sid:x; msg:\"\"; rev:-1;)\n"
	    "alert xtp !any 1:0 -- 1.1.1 x (sid:2;)\n"
	    "alert tcp any any -> any any (sid:3;)\n");

	(void)state;
	assert_int_equal(t->errors.n_config, 0);
	assert_int_equal(t->errors.n_rule, 3 + 6);
	assert_int_equal(t->n_rules, 4);
	assert_false(t->rules[0]->refused);
	assert_true(t->rules[1]->refused);
	assert_true(t->rules[2]->refused);
	assert_false(t->rules[3]->refused);
	for (unsigned i = 0; i < t->n_rules; i++) {
		const struct rule *r = t->rules[i];

		assert_int_equal(r->index, i);
		assert_non_null(r->src);
		assert_non_null(r->dst);
		assert_non_null(r->sports);
		assert_non_null(r->dports);
	}
	tree_free(t);
}

static void
error_places(void **state)
{
	(void)state;
	expect_error("alert tcp any any -> any any (sid:1; \\\n  gid:x;)\n",
	    EREC_RULE, 2, 7, "gid 'x'");
	expect_error("alert tcp any any -> any any (sid:1; \\\n"
	    "  msg:\"a\"; \\\n  classtype:none;)\n", EREC_RULE, 3, 13,
	    "no such class");
	expect_error("alert tcp [1.1.1.1, \\\n 2.2] any -> any 1 (sid:1;)\n",
	    EREC_RULE, 2, 2, "'2.2' is not an address");
}

static void
limits_are_kept(void **state)
{
	size_t room = 70000, n;
	char *text = calloc(1, room + 100);
	struct tree *t;

	(void)state;
	n = (size_t)snprintf(text, room,
	    "alert tcp any any -> any any (sid:1; msg:\"");
	memset(text + n, 'x', room - n);
	memcpy(text + room, "\";)\n", 5);
	t = load(text);
	find_error(t, "at most 65535");
	assert_true(t->rules[0]->refused);
	assert_int_equal(t->errors.n_config, 0);
	tree_free(t);

	n = (size_t)snprintf(text, room, "alert tcp any any -> any any (");
	for (int i = 0; i < 257; i++)
		n += (size_t)snprintf(text + n, room - n, "x;");
	snprintf(text + n, room - n, ")\n");
	t = load(text);
	find_error(t, "more than 256 options");
	tree_free(t);
	free(text);
}

static void
ports_of_portless_protocols_are_any(void **state)
{
	struct tree *t = load("alert icmp any 1 -> any 2 (sid:1;)\n");

	(void)state;
	assert_true(t->rules[0]->sports->any && t->rules[0]->dports->any);
	assert_false(t->rules[0]->refused);
	assert_int_equal(t->errors.n_warning, 1);
	tree_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_split_as_snort_does),
		cmocka_unit_test(places_are_physical),
		cmocka_unit_test(general_options_are_kept),
		cmocka_unit_test(builtin_form_matches_everything),
		cmocka_unit_test(commented_rules_stay_comments),
		cmocka_unit_test(one_bad_rule_leaves_the_rest),
		cmocka_unit_test(error_places),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(ports_of_portless_protocols_are_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
