/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect_help.h"

static const char rules[] =
    "alert udp any any -> any any (content:\"a\"; sid:1;)\n"
    "alert udp any any -> any any (content:\"b\"; sid:2;)\n"
    "alert udp any any -> any any (content:\"c\"; sid:1; gid:9;)\n";

static struct set
load(const char *lines)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s\n%s", lines, rules);
	return set_load(text, NULL);
}

static const struct filter_plan *
plan(const struct set *s, uint32_t gid, uint32_t sid)
{
	for (uint32_t i = 0; i < s->rs->n_rules; i++)
		if (s->rs->rules[i].rule->gid == gid &&
		    s->rs->rules[i].rule->sid == sid)
			return s->rs->plans[i];
	fail_msg("no rule %u:%u", gid, sid);
	return NULL;
}

static void
test_reach(void **state)
{
	struct set s = load(
	    "event_filter gen_id 1, sig_id 1, type limit, track by_src, "
	    "count 1, seconds 60\n"
	    "event_filter gen_id 1, sig_id 0, type both, track by_dst, "
	    "count 2, seconds 61\n"
	    "threshold gen_id 0, sig_id 0, type threshold, track by_src, "
	    "count 3, seconds 62\n"
	    "suppress gen_id 1, sig_id 2\n"
	    "suppress gen_id 1, sig_id 2, track by_dst, "
	    "ip [10.0.0.0/8,!10.1.0.0/16]\n"
	    "suppress gen_id 9, sig_id 0, track by_src, ip 10.0.0.1\n"
	    "rate_filter gen_id 1, sig_id 2, track by_rule, count 5, "
	    "seconds 6, new_action reject, timeout 7, apply_to 10.0.0.0/8\n");
	const struct filter_plan *p;

	(void)state;
	assert_int_equal(s.tree->errors.n_config, 0);
	p = plan(&s, 1, 1);
	assert_int_equal(p->event->type, EVENT_LIMIT);
	assert_int_equal(p->event->seconds, 60);
	assert_int_equal(p->n_suppress, 0);
	p = plan(&s, 1, 2);
	assert_int_equal(p->event->type, EVENT_BOTH);
	assert_true(p->event->by_dst);
	assert_int_equal(p->n_suppress, 2);
	assert_int_equal(p->n_rates, 1);
	assert_int_equal(p->rates[0]->new_action, ACTION_REJECT);
	assert_int_equal(p->rates[0]->timeout, 7);
	assert_non_null(p->rates[0]->apply_to);
	p = plan(&s, 9, 1);
	assert_int_equal(p->event->type, EVENT_THRESHOLD);
	assert_int_equal(p->event->count, 3);
	assert_int_equal(p->n_suppress, 1);
	assert_int_equal(p->n_rates, 0);
	set_free(&s);
}

static void
test_no_filters_no_plans(void **state)
{
	struct set s = load("");

	(void)state;
	for (uint32_t i = 0; i < s.rs->n_rules; i++)
		assert_null(s.rs->plans[i]);
	set_free(&s);
}

static void
test_errors(void **state)
{
	static const struct {
		const char *line, *message;
		unsigned col;
	} cases[] = {
		{ "suppress gen_id 1", "needs sig_id", 1 },
		{ "suppress gen_id 1, sig_id 2, track by_src",
		  "both track and ip", 1 },
		{ "suppress gen_id 1, sig_id 2, track by_rule, ip 10.0.0.1",
		  "track must be one of", 36 },
		{ "suppress gen_id 1, sig_id 2, count 3", "no argument", 36 },
		{ "suppress gen_id 0, sig_id 2", "stands for all", 17 },
		{ "event_filter gen_id 1, sig_id 1, type never, track by_src, "
		  "count 1, seconds 1", "type must be one of", 39 },
		{ "event_filter gen_id 1, sig_id 1, type both, track by_src, "
		  "count 0, seconds 1", "count must be at least", 65 },
		{ "event_filter gen_id 1, sig_id 1, type both, track by_src, "
		  "count 1", "needs seconds", 1 },
		{ "event_filter gen_id 1, sig_id x, type both, track by_src, "
		  "count 1, seconds 1", "sig_id must be a number", 31 },
		{ "event_filter gen_id 1, gen_id 1", "given twice", 24 },
		{ "event_filter gen_id", "needs a value", 14 },
		{ "rate_filter gen_id 1, sig_id 1, track by_src, count 1, "
		  "seconds 1, new_action shout, timeout 1",
		  "new_action must be one of", 78 },
		{ "rate_filter gen_id 1, sig_id 1, track by_src, count 0, "
		  "seconds 1, new_action pass, timeout 1",
		  "count must be a number", 53 },
		{ "rate_filter gen_id 1, sig_id 1, track by_src, count 1, "
		  "seconds 1, new_action pass, timeout 1, apply_to 10.0.0.x",
		  "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct set s = load(cases[i].line);
		const struct erec *e = s.tree->errors.first;

		while (e && !strstr(e->message, cases[i].message))
			e = e->next;
		if (!e) {
			fail_msg("'%s' gives no '%s'", cases[i].line,
			    cases[i].message);
			return;
		}
		assert_int_equal(e->kind, EREC_CONFIG);
		assert_int_equal(e->loc.line, 1);
		if (cases[i].col)
			assert_int_equal(e->loc.col, cases[i].col);
		set_free(&s);
	}
}

static void
test_two_event_filters_conflict(void **state)
{
	struct set s = load(
	    "event_filter gen_id 1, sig_id 1, type limit, track by_src, "
	    "count 1, seconds 60\n"
	    "threshold gen_id 1, sig_id 1, type both, track by_dst, "
	    "count 2, seconds 61\n");

	(void)state;
	assert_int_equal(s.tree->errors.n_config, 1);
	assert_int_equal(s.tree->errors.first->loc.line, 2);
	set_free(&s);
}

static void
test_threshold_and_event_filter_conflict(void **state)
{
	struct set s = set_load(
	    "event_filter gen_id 1, sig_id 1, type limit, track by_src, "
	    "count 1, seconds 60\n"
	    "alert udp any any -> any any (threshold:type limit, "
	    "track by_dst, count 3, seconds 9; sid:1;)\n"
	    "alert udp any any -> any any (threshold:type limit, "
	    "track by_dst, count 3, seconds 9; sid:2;)\n", NULL);

	(void)state;
	assert_int_equal(s.tree->errors.n_rule, 1);
	assert_int_equal(s.tree->errors.first->loc.line, 2);
	assert_int_equal(ruleset_stats(s.rs)->refused, 1);
	assert_int_equal(ruleset_stats(s.rs)->loaded, 1);
	assert_int_equal(plan(&s, 1, 2)->event->count, 3);
	assert_true(plan(&s, 1, 2)->event->by_dst);
	set_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reach),
		cmocka_unit_test(test_no_filters_no_plans),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_two_event_filters_conflict),
		cmocka_unit_test(test_threshold_and_event_filter_conflict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
