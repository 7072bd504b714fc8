/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "opt_help.h"

#include <time.h>

enum { BIG = 64 * 1024 };

static const struct packet udp_packet = { .dec = { .ip_ver = 4,
	.l4 = PKT_L4_UDP } };

/* Matches `options` on n bytes `c`, then leaves e for looking at. */
static bool
run_on(struct eval *e, const char *options, int c, size_t n)
{
	struct unit u = { .kind = UNIT_RAW, .pkt = &udp_packet };
	uint8_t *payload = malloc(n);
	struct compiled rule;
	bool is;

	assert_non_null(payload);
	memset(payload, c, n);
	unit_set(&u, BUF_PAYLOAD, slice_make(payload, n));
	compile_options(&rule, "udp", options);
	eval_unit(e, &u);
	is = rule_match(e, &rule.rule);
	compiled_fini(&rule);
	free(payload);
	return is;
}

/* Backtracking that would take 2^16 * 2^16 steps ends at the limit, and says
 * so. */
static void
hostile_backtracking_ends(void **state)
{
	struct eval e;

	(void)state;
	assert_true(eval_init(&e));
	assert_false(run_on(&e, "content:\"a\"; content:\"a\"; within:60000; "
	    "content:\"a\"; within:60000; content:\"b\"; within:60000", 'a',
	    BIG));
	assert_int_equal(e.ctrs[EVAL_CTR_STEP_LIMIT], 1);
	/* one search more than the limit, not a multiple of it */
	assert_true(e.steps <= LIM_EVAL_STEPS + BIG / EVAL_STEP_BYTES + 2);
	eval_fini(&e);
}

static void
hostile_search_is_charged(void **state)
{
	struct eval e;

	(void)state;
	assert_true(eval_init(&e));
	assert_false(run_on(&e, "content:\"a\"; content:\"ab\"; "
	    "within:65535", 'a', BIG));
	assert_true(e.steps > BIG / EVAL_STEP_BYTES);
	assert_int_equal(e.ctrs[EVAL_CTR_STEP_LIMIT], 1);
	eval_fini(&e);
}

/* A hundred hostile rules on one unit: all of them together end, and one that
 * asks for little is still tested behind them. */
static void
hostile_rules_share(void **state)
{
	static const char *const hostile[] = {
		"content:\"aa\"; content:\"aa\"; within:60000; "
		    "content:\"aa\"; within:60000; content:\"ab\"; "
		    "within:60000",
		"content:\"a\"; pcre:\"/^(a+)+[bc]/R\"",
		"content:\"a\"; protected_content:\""
		    "00000000000000000000000000000000\"; hash:md5; "
		    "length:1000; distance:0",
	};
	struct unit unit = { .kind = UNIT_RAW, .pkt = &udp_packet };
	struct compiled rules[ARRAY_LEN(hostile)], modest;
	uint8_t payload[1460];
	struct eval e;

	(void)state;
	memset(payload, 'a', sizeof(payload));
	unit_set(&unit, BUF_PAYLOAD, slice_make(payload, sizeof(payload)));
	compile_options(&modest, "udp", "content:\"aaa\"; content:\"aaa\"; "
	    "distance:0; pcre:\"/^a{5}/R\"");
	assert_true(eval_init(&e));
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		/* no option takes more than all that was left, and a search */
		const uint32_t over = LIM_LEAST_STEPS +
		    2 * sizeof(payload) / EVAL_STEP_BYTES +
		    8 * 1000 / EVAL_STEP_BYTES + 4;

		compile_options(&rules[i], "udp", hostile[i]);
		eval_unit(&e, &unit);
		for (unsigned n = 0; n < 100; n++) {
			assert_false(rule_match(&e, &rules[i].rule));
			assert_true(e.unit_steps <=
			    LIM_UNIT_STEPS + (n + 1) * over);
		}
		assert_true(e.unit_steps > LIM_UNIT_STEPS);
		assert_true(rule_match(&e, &modest.rule));
		eval_unit(&e, &unit);
		assert_int_equal(e.unit_steps, 0);
		compiled_fini(&rules[i]);
	}
	compiled_fini(&modest);
	eval_fini(&e);
}

/* A limit that is reached fails the test, negated or not, and is counted. */
static void
pcre_limit_fails(void **state)
{
	struct eval e;

	(void)state;
	assert_true(eval_init(&e));
	assert_false(run_on(&e, "pcre:\"/^(a+)+$/\"", 'a', 1) == false);
	assert_false(run_on(&e, "pcre:\"/^(a+)+[bc]/\"", 'a', 60));
	assert_int_equal(e.ctrs[EVAL_CTR_PCRE_LIMIT], 1);
	assert_false(run_on(&e, "pcre:!\"/^(a+)+[bc]/\"", 'a', 60));
	assert_int_equal(e.ctrs[EVAL_CTR_PCRE_LIMIT], 2);
	eval_fini(&e);
}

/* A runaway expression behind a content that is there 60,000 times. */
static void
hostile_pcre_ends(void **state)
{
	struct eval e;
	clock_t start;

	(void)state;
	assert_true(eval_init(&e));
	start = clock();
	assert_false(run_on(&e, "content:\"a\"; pcre:\"/^(a+)+[bc]/R\"", 'a',
	    BIG));
	assert_true(e.ctrs[EVAL_CTR_PCRE_LIMIT] > 1);
	/* 60,000 times a millisecond it is not */
	assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
	eval_fini(&e);
}

static bool
judge_with(const struct opt_conf *conf, const char *rule)
{
	struct unit u = { .kind = UNIT_RAW, .pkt = &udp_packet };
	struct compiled c;
	struct eval e;
	bool is;

	unit_set(&u, BUF_PAYLOAD, slice_make((const uint8_t *)"abc", 3));
	compile_rule(&c, rule, conf);
	assert_true(c.good);
	assert_true(eval_init(&e));
	eval_unit(&e, &u);
	is = rule_match(&e, &c.rule);
	eval_fini(&e);
	compiled_fini(&c);
	return is;
}

static void
pcre_settings(void **state)
{
	static const char yes[] =
	    "alert udp any any -> any any (pcre:\"/b/\"; sid:1;)";
	static const char no[] =
	    "alert udp any any -> any any (pcre:!\"/x/\"; sid:1;)";
	static const char free_[] =
	    "alert udp any any -> any any (pcre:\"/b/O\"; sid:1;)";
	struct opt_conf never = opt_defaults, off = opt_defaults,
	    library = opt_defaults;

	(void)state;
	never.pcre_match_limit = 0;
	off.nopcre = true;
	library.pcre_match_limit = library.pcre_match_limit_recursion = -1;
	assert_true(judge_with(&opt_defaults, yes));
	assert_false(judge_with(&never, yes));
	assert_false(judge_with(&never, no));
	assert_true(judge_with(&never, free_));
	assert_false(judge_with(&off, yes));
	assert_false(judge_with(&off, no));
	assert_true(judge_with(&library, yes));
}

static void
nothing_is_left_from_rule_to_rule(void **state)
{
	struct eval e;

	(void)state;
	assert_true(eval_init(&e));
	assert_true(run_on(&e, "base64_decode; base64_data", 'a', 8));
	assert_true(run_on(&e, "content:\"a\"; offset:7", 'a', 8));
	/* relative from the start again, in the payload */
	assert_true(run_on(&e, "content:\"a\"; within:1", 'a', 8));
	assert_true(run_on(&e, "isdataat:7", 'a', 8));
	eval_fini(&e);
}

/* No rule without options fails, and none ends the process. */
static void
empty_rule_matches(void **state)
{
	struct unit u = { .kind = UNIT_RAW, .pkt = &udp_packet };
	struct compiled c;
	struct eval e;

	(void)state;
	compile_rule(&c, "alert udp any any -> any any (sid:1;)",
	    &opt_defaults);
	assert_true(c.good);
	assert_int_equal(c.rule.n_tests, 0);
	assert_true(eval_init(&e));
	eval_unit(&e, &u);
	assert_true(rule_match(&e, &c.rule));
	eval_fini(&e);
	compiled_fini(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_backtracking_ends),
		cmocka_unit_test(hostile_search_is_charged),
		cmocka_unit_test(hostile_rules_share),
		cmocka_unit_test(pcre_limit_fails),
		cmocka_unit_test(hostile_pcre_ends),
		cmocka_unit_test(pcre_settings),
		cmocka_unit_test(nothing_is_left_from_rule_to_rule),
		cmocka_unit_test(empty_rule_matches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
