/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect_help.h"

#include "detect/filter/tagging.h"

static struct tags tags;

static int
begin(void **state)
{
	(void)state;
	return tags_init(&tags) ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	tags_fini(&tags);
	return 0;
}

static struct packet *
tcp(const char *src, unsigned sport, const char *dst, unsigned dport,
    uint64_t sec)
{
	struct packet *p = packet_make(PKT_L4_TCP, src, sport, dst, dport);

	p->ts = mtime_make(sec, 0);
	p->caplen = 100;
	return p;
}

static struct packet *
there(uint64_t sec)
{
	return tcp("10.0.0.1", 1000, "10.0.0.2", 80, sec);
}

static struct packet *
back(uint64_t sec)
{
	return tcp("10.0.0.2", 80, "10.0.0.1", 1000, sec);
}

static uint32_t
ref(const struct packet *p)
{
	uint32_t id = 0;

	return tags_check(&tags, p, 0, 256, &id) ? id : 0;
}

static void
test_session(void **state)
{
	const struct rule_tag t = { .packets = 3 };

	(void)state;
	tags_set(&tags, &t, there(1), 0, 7);
	assert_int_equal(ref(there(2)), 7);
	assert_int_equal(ref(back(3)), 7);
	assert_int_equal(ref(tcp("10.0.0.1", 1001, "10.0.0.2", 80, 3)), 0);
	assert_int_equal(ref(tcp("10.0.0.2", 1000, "10.0.0.1", 80, 3)), 0);
	assert_int_equal(ref(there(9000)), 7);
	assert_int_equal(ref(there(9001)), 0);
}

static void
test_host(void **state)
{
	const struct rule_tag t = { .host = true, .by_dst = true,
		.packets = 2 };

	(void)state;
	tags_set(&tags, &t, there(1), 0, 8);
	assert_int_equal(ref(tcp("10.0.0.1", 1, "10.0.0.9", 2, 1)), 0);
	assert_int_equal(ref(tcp("10.0.0.9", 1, "10.0.0.2", 2, 1)), 8);
	assert_int_equal(ref(tcp("10.0.0.2", 1, "10.0.0.9", 2, 1)), 8);
	assert_int_equal(ref(back(1)), 0);
}

static void
test_seconds_and_bytes(void **state)
{
	const struct rule_tag secs = { .seconds = 10 };
	const struct rule_tag bytes = { .bytes = 150 };

	(void)state;
	tags_set(&tags, &secs, there(100), 0, 1);
	assert_int_equal(ref(there(110)), 1);
	assert_int_equal(ref(there(111)), 0);
	tags_set(&tags, &bytes, there(100), 0, 2);
	assert_int_equal(ref(there(200)), 2);
	assert_int_equal(ref(there(200)), 2); /* past 150 with this one */
	assert_int_equal(ref(there(200)), 0);
}

/* Several metrics: the tag ends when all are used up. */
static void
test_several_metrics(void **state)
{
	const struct rule_tag t = { .packets = 1, .seconds = 10 };

	(void)state;
	tags_set(&tags, &t, there(100), 0, 1);
	assert_int_equal(ref(there(101)), 1);
	assert_int_equal(ref(there(102)), 1);
	assert_int_equal(ref(there(120)), 0);
}

static void
test_limit_without_packets(void **state)
{
	const struct rule_tag t = { .seconds = 1000 };
	uint32_t id;
	unsigned n = 0;

	(void)state;
	tags_set(&tags, &t, there(100), 0, 1);
	while (tags_check(&tags, there(100), 0, 5, &id))
		n++;
	assert_int_equal(n, 5);
	tags_set(&tags, &t, there(100), 0, 1);
	for (n = 0; n < 1000; n++) /* 0: no limit */
		assert_true(tags_check(&tags, there(100), 0, 0, &id));
}

static void
test_exclusive(void **state)
{
	const struct rule_tag t = { .packets = 2, .exclusive = true };
	const struct rule_tag again = { .packets = 2 };

	(void)state;
	tags_set(&tags, &t, there(1), 0, 1);
	tags_set(&tags, &t, there(1), 0, 2);
	assert_int_equal(ref(there(1)), 1);
	tags_set(&tags, &again, there(1), 0, 3);
	assert_int_equal(ref(there(1)), 3);
	assert_int_equal(ref(there(1)), 3);
	assert_int_equal(ref(there(1)), 0);
}

static void
test_bounded(void **state)
{
	const struct rule_tag t = { .packets = 2 };

	(void)state;
	for (unsigned i = 1; i < 60000; i++)
		tags_set(&tags, &t, tcp("10.0.0.1", i, "10.0.0.2", 80, 1), 0, i);
	assert_true(tags.sessions.n <= 2 * LIM_TAGS);
	assert_true(tags.sessions.evicted > 0);
	assert_int_equal(ref(tcp("10.0.0.1", 1, "10.0.0.2", 80, 1)), 0);
	assert_int_equal(ref(tcp("10.0.0.1", 59999, "10.0.0.2", 80, 1)),
	    59999);
}

static uint32_t
ref_flow(uint64_t flow)
{
	uint32_t id = 0;

	return tags_check(&tags, there(2), flow, 256, &id) ? id : 0;
}

/* A session with a flow is that flow, whatever its ports. */
static void
test_flows(void **state)
{
	const struct rule_tag t = { .packets = 3 };

	(void)state;
	tags_set(&tags, &t, there(1), 77, 5);
	assert_int_equal(ref_flow(77), 5);
	assert_int_equal(ref_flow(78), 0);
	assert_int_equal(ref_flow(0), 0);
	assert_int_equal(ref_flow(77), 5);
	assert_int_equal(ref_flow((uint64_t)77 << 32), 0);
	assert_int_equal(ref_flow(77), 5);
	assert_int_equal(ref_flow(77), 0);

	/* tagged without one: by addresses and ports, as before */
	tags_set(&tags, &t, there(1), 0, 6);
	assert_int_equal(ref_flow(79), 6);
	assert_int_equal(ref(back(2)), 6);
	assert_int_equal(ref_flow(80), 6);
	assert_int_equal(ref_flow(80), 0);
}

/* Flows are bounded like other sessions. */
static void
test_flows_bounded(void **state)
{
	const struct rule_tag t = { .packets = 2 };

	(void)state;
	for (uint32_t i = 1; i < 60000; i++)
		tags_set(&tags, &t, there(1), i, i);
	assert_true(tags.sessions.n <= 2 * LIM_TAGS);
	assert_true(tags.sessions.evicted > 0);
	assert_int_equal(ref_flow(1), 0);
	assert_int_equal(ref_flow(59999), 59999);
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_session),
		T(test_host),
		T(test_seconds_and_bytes),
		T(test_several_metrics),
		T(test_limit_without_packets),
		T(test_exclusive),
		T(test_bounded),
		T(test_flows),
		T(test_flows_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
