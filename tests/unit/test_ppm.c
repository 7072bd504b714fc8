/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rules and units may take. Times are those of this machine, so limits
 * are a microsecond, which the work here takes many times over, or hours. */
#include "detect_help.h"

enum { PAIRS = 3000 };

static const char rules[] =
    "alert udp any any -> any any (content:\"ab\"; content:\"x\"; within:1; "
    "sid:1;)\n"
    "alert udp any any -> any any (content:\"bxq\"; sid:2;)\n"
    "alert (msg:\"a\"; gid:134; sid:1; metadata:rule-type preproc;)\n"
    "alert (msg:\"b\"; gid:134; sid:2; metadata:rule-type preproc;)\n"
    "alert (msg:\"c\"; gid:134; sid:3; metadata:rule-type preproc;)\n";

static char heavy[PAIRS * 2 + 8];

static void
make_heavy(void)
{
	for (unsigned i = 0; i < PAIRS; i++)
		memcpy(heavy + (size_t)i * 2, "ab", 2);
	strcpy(heavy + (size_t)PAIRS * 2, "xq");
}

static struct set
load(struct ppm_conf ppm)
{
	struct detect_conf c = detect_conf_default();

	make_heavy();
	c.ppm = ppm;
	c.log = 8;
	return set_load(rules, &c);
}

static const char *
judge_at(struct set *s, uint64_t sec, const char *payload)
{
	struct packet *p = packet_make(PKT_L4_UDP, "10.1.1.1", 1111,
	    "10.1.1.2", 2222);

	p->ts = mtime_make(sec, 0);
	return judge(s, p, payload);
}

static uint64_t
count(struct set *s, unsigned ctr)
{
	return detector_ppm_counters(s->d)[ctr];
}

static uint32_t
suspensions(struct set *s, uint32_t sid)
{
	for (uint32_t i = 0; i < ruleset_count(s->rs); i++)
		if (ruleset_rule(s->rs, i)->rule->gid == 1 &&
		    ruleset_rule(s->rs, i)->rule->sid == sid)
			return detector_suspensions(s->d, i);
	return 0;
}

static const struct ppm_conf strict = { .max_rule_us = 1, .threshold = 2,
	.suspend_s = 60, .suspend = true, .rule_alert = true };

static void
test_suspended_and_resumed(void **state)
{
	struct set s = load(strict);

	(void)state;
	/* the first one says that it is to be measured */
	assert_string_equal(judge_at(&s, 1000, heavy), "1:2 1:1");
	assert_int_equal(count(&s, PPM_CTR_RULES), 0);
	assert_string_equal(judge_at(&s, 1000, heavy), "1:2 1:1");
	assert_int_equal(count(&s, PPM_CTR_RULES), 1);
	assert_string_equal(judge_at(&s, 1001, heavy), "134:1 1:2 1:1");
	assert_int_equal(count(&s, PPM_CTR_SUSPENDED), 1);
	assert_int_equal(suspensions(&s, 1), 1);
	assert_int_equal(suspensions(&s, 2), 0);
	/* that rule, for so long */
	assert_string_equal(judge_at(&s, 1060, heavy), "1:2");
	assert_int_equal(count(&s, PPM_CTR_SKIPPED), 1);
	assert_string_equal(judge_at(&s, 1061, heavy), "134:2 1:2 1:1");
	assert_int_equal(count(&s, PPM_CTR_RESUMED), 1);
	assert_string_equal(judge_at(&s, 1061, heavy), "134:1 1:2 1:1");
	assert_int_equal(suspensions(&s, 1), 2);
	set_free(&s);
}

static void
test_cheap_ones_count_against(void **state)
{
	struct set s = load(strict);

	(void)state;
	judge_at(&s, 1000, heavy);
	for (unsigned i = 0; i < 20; i++) {
		judge_at(&s, 1000, heavy);
		assert_string_equal(judge_at(&s, 1000, "abx"), "1:1");
	}
	assert_int_equal(count(&s, PPM_CTR_RULES), 20);
	assert_int_equal(count(&s, PPM_CTR_SUSPENDED), 0);
	set_free(&s);
}

static void
test_only_told(void **state)
{
	struct ppm_conf c = strict;
	struct set s;

	(void)state;
	c.suspend = false;
	s = load(c);
	for (unsigned i = 0; i < 10; i++)
		assert_string_equal(judge_at(&s, 1000, heavy), "1:2 1:1");
	assert_int_equal(count(&s, PPM_CTR_RULES), 9);
	assert_int_equal(count(&s, PPM_CTR_SUSPENDED), 0);
	set_free(&s);
}

static void
test_for_good_and_without_events(void **state)
{
	struct ppm_conf c = strict;
	struct set s;

	(void)state;
	c.suspend_s = 0;
	c.rule_alert = false;
	s = load(c);
	for (unsigned i = 0; i < 3; i++)
		assert_string_equal(judge_at(&s, 1000, heavy), "1:2 1:1");
	assert_string_equal(judge_at(&s, UINT32_MAX, heavy), "1:2");
	assert_int_equal(count(&s, PPM_CTR_RESUMED), 0);
	/* until a reload */
	assert_true(set_adopt(s.d, s.rs));
	assert_string_equal(judge_at(&s, 1000, heavy), "1:2 1:1");
	assert_int_equal(count(&s, PPM_CTR_SUSPENDED), 1);
	set_free(&s);
}

/* What is usual comes nowhere near the default. */
static void
test_default(void **state)
{
	struct set s = load(ppm_default());

	(void)state;
	for (unsigned i = 0; i < 50; i++)
		assert_string_equal(judge_at(&s, 1000, heavy), "1:2 1:1");
	assert_int_equal(count(&s, PPM_CTR_RULES), 0);
	set_free(&s);
	s = load(ppm_snort());
	assert_string_equal(judge_at(&s, 1000, heavy), "1:2 1:1");
	set_free(&s);
}

static void
test_units(void **state)
{
	struct ppm_conf c = { .max_pkt_us = 1, .fastpath = true,
		.pkt_alert = true };
	struct set s = load(c);

	(void)state;
	/* what had matched counts, the rest is not tried */
	assert_string_equal(judge_at(&s, 1000, heavy), "134:3 1:1");
	assert_int_equal(count(&s, PPM_CTR_UNITS), 1);
	assert_int_equal(count(&s, PPM_CTR_ABORTED), 1);
	assert_string_equal(judge_at(&s, 1000, "abxq"), "1:2 1:1");
	assert_int_equal(count(&s, PPM_CTR_UNITS), 1);
	set_free(&s);
	c.fastpath = false;
	s = load(c);
	assert_string_equal(judge_at(&s, 1000, heavy), "1:2 1:1");
	assert_int_equal(count(&s, PPM_CTR_UNITS), 1);
	assert_int_equal(count(&s, PPM_CTR_ABORTED), 0);
	set_free(&s);
	c.max_pkt_us = UINT32_MAX;
	c.fastpath = true;
	s = load(c);
	assert_string_equal(judge_at(&s, 1000, heavy), "1:2 1:1");
	assert_int_equal(count(&s, PPM_CTR_UNITS), 0);
	set_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suspended_and_resumed),
		cmocka_unit_test(test_cheap_ones_count_against),
		cmocka_unit_test(test_only_told),
		cmocka_unit_test(test_for_good_and_without_events),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
