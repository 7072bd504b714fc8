/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect_help.h"

#include "core/buf.h"

static void
test_duplicates(void **state)
{
	struct set s = set_load(
	    "alert udp any any -> any any (content:\"a\"; sid:1; rev:1;)\n"
	    "alert udp any any -> any any (content:\"b\"; sid:1; rev:2;)\n"
	    "alert udp any any -> any any (content:\"c\"; sid:2; rev:5;)\n"
	    "alert udp any any -> any any (content:\"d\"; sid:2; rev:4;)\n"
	    "alert udp any any -> any any (content:\"e\"; sid:3; rev:1;)\n"
	    "alert udp any any -> any any (content:\"f\"; sid:3; rev:1;)\n"
	    "alert udp any any -> any any (content:\"g\"; sid:3; gid:7;)\n",
	    NULL);
	const struct ruleset_stats *st = ruleset_stats(s.rs);
	struct packet *p = packet_make(PKT_L4_UDP, "10.0.0.1", 1, "10.0.0.2",
	    2);

	(void)state;
	assert_int_equal(st->loaded, 4);
	assert_int_equal(st->replaced, 3);
	assert_int_equal(s.tree->errors.n_warning, 3);
	assert_string_equal(judge(&s, p, "a d e"), "");
	assert_string_equal(judge(&s, p, "b"), "1:1");
	assert_string_equal(judge(&s, p, "c"), "1:2");
	assert_string_equal(judge(&s, p, "f"), "1:3");
	assert_string_equal(judge(&s, p, "g"), "7:3");
	set_free(&s);
}

static void
test_what_is_counted(void **state)
{
	struct set s = set_load(
	    "rule_state: 5, 1, disabled\n"
	    "alert udp any any -> any any (content:\"a\"; sid:1;)\n"
	    "alert udp any any -> any any (content:\"a\"; depth:x; sid:2;)\n"
	    "alert tcp any any -> any 80 (content:\"a\"; http_uri; sid:3;)\n"
	    "alert tcp any any -> any any (content:\"a\"; sid:4; gid:3;)\n"
	    "alert udp any any -> any any (content:\"a\"; sid:5;)\n"
	    "sdrop udp any any -> any any (content:\"a\"; sid:6;)\n"
	    "alert ( msg:\"x\"; gid:116; sid:2; )\n"
	    "alert udp any any -> any any (nonsense; sid:7;)\n", NULL);
	const struct ruleset_stats *st = ruleset_stats(s.rs);

	(void)state;
	assert_int_equal(st->refused, 2);
	assert_int_equal(s.tree->errors.n_rule, 2);
	assert_int_equal(st->loaded, 4);
	assert_int_equal(st->inactive, 1);
	assert_int_equal(st->by_need[RULE_NEED_BIT_HTTP], 1);
	assert_int_equal(st->stubs, 1);
	assert_int_equal(st->disabled, 1);
	assert_int_equal(st->sdrop_ignored, 1);
	assert_int_equal(st->builtin, 1);
	assert_int_equal(st->databases, 1);
	assert_int_equal(ruleset_count(s.rs), 5); /* 2:1 is in, too */
	assert_null(ruleset_rule(s.rs, 5));
	set_free(&s);
}

/* Many threads give what one gives, errors in the order of the file. */
static void
test_threads_change_nothing(void **state)
{
	struct detect_conf one = detect_conf_default(), many = one;
	struct set a, b;
	const struct erec *ea, *eb;
	struct buf t;

	(void)state;
	one.compile_threads = 1;
	many.compile_threads = 8;
	buf_init(&t, 1 << 20);
	for (unsigned i = 1; i < 2000; i++)
		buf_printf(&t, "alert udp any any -> any %u (content:\"c%u\"; "
		    "%ssid:%u;)\n", i % 50, i % 300, i % 7 ? "" : "depth:0; ",
		    i);
	a = set_load(t.ptr, &one);
	b = set_load(t.ptr, &many);
	assert_int_equal(a.rs->n_rules, b.rs->n_rules);
	for (uint32_t i = 0; i < a.rs->n_rules; i++)
		assert_int_equal(a.rs->rules[i].rule->sid,
		    b.rs->rules[i].rule->sid);
	ea = a.tree->errors.first;
	eb = b.tree->errors.first;
	for (; ea && eb; ea = ea->next, eb = eb->next) {
		assert_int_equal(ea->loc.line, eb->loc.line);
		assert_string_equal(ea->message, eb->message);
	}
	assert_null(ea);
	assert_null(eb);
	assert_int_equal(a.rs->prefilter.n_dbs, b.rs->prefilter.n_dbs);
	set_free(&a);
	set_free(&b);
	buf_fini(&t);
}

/* Rules are numbered in the order in which they are reported. */
static void
test_numbering(void **state)
{
	const char *text =
	    "alert udp any any -> any any (content:\"abc\"; sid:5; "
	    "priority:2;)\n"
	    "alert udp any any -> any any (content:\"abcd\"; sid:4; "
	    "priority:3;)\n"
	    "alert udp any any -> any any (content:\"abc\"; sid:6; "
	    "priority:1;)\n"
	    "alert udp any any -> any any (sid:9; priority:1;)\n";
	const uint32_t by_length[] = { 4, 6, 5, 9 };
	const uint32_t by_priority[] = { 6, 9, 5, 4 };
	struct detect_conf c = detect_conf_default();

	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		struct set s;
		uint32_t n = 0;

		c.order_events = k ? ORDER_PRIORITY : ORDER_CONTENT_LENGTH;
		s = set_load(text, &c);
		for (uint32_t i = 0; i < s.rs->n_rules; i++) {
			assert_int_equal(s.rs->rules[i].index, i);
			if (i == s.rs->tag_rule)
				continue;
			assert_int_equal(s.rs->rules[i].rule->sid,
			    k ? by_priority[n] : by_length[n]);
			n++;
		}
		set_free(&s);
	}
}

static void
test_empty(void **state)
{
	struct set s = set_load("", NULL);

	(void)state;
	assert_int_equal(ruleset_stats(s.rs)->loaded, 0);
	assert_string_equal(judge(&s, packet_make(PKT_L4_TCP, "10.0.0.1", 1,
	    "10.0.0.2", 2), "x"), "");
	set_free(&s);
	ruleset_free(NULL);
	detector_free(NULL);
}

static void
test_builtin_rules(void **state)
{
	struct rule r = { .gid = 116, .sid = 400 };
	struct rule_meta meta = { TEXT("rule-type"), TEXT("decode") };
	unsigned silent = 0;

	(void)state;
	for (r.sid = 1; r.sid < 500; r.sid++)
		silent += builtin_is_silent(&r);
	assert_int_equal(silent, 1 + 6 + 9 + 10 + 6 + 16 + 1);
	r.sid = 400;
	assert_true(builtin_is(&r));
	assert_true(builtin_is_silent(&r));
	r.metas = &meta;
	r.n_metas = 1;
	assert_false(builtin_is_silent(&r));
	r.has_header = true;
	assert_true(builtin_is(&r));
	r.n_metas = 0;
	assert_false(builtin_is(&r));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_what_is_counted),
		cmocka_unit_test(test_threads_change_nothing),
		cmocka_unit_test(test_numbering),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_builtin_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
