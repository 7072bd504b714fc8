/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The counting of every filter, against what Snort 2.9.19 reported of one and
 * the same series of events. */
#include "detect_help.h"

static const uint16_t times[] = { 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 7, 8,
	9, 9, 10, 10, 11, 12, 19, 20, 21, 22, 23, 25, 26, 30, 31, 39, 40, 41,
	55, 56, 57, 58, 59, 60, 60, 61, 70, 80, 90, 200, 200, 200, 200, 200,
	200, 200, 200, 200, 200, 201, 201, 201, 201, 201, 201, 201, 201, 201,
	201, 202, 202, 202, 202, 202, 202, 202, 202, 202, 202, 260 };
enum { EVENTS = ARRAY_LEN(times) };
/* the last digit of 10.1.1.x */
static const char from[] = "113113113111111111111111331111111111111111111111"
    "111111111111111111111111119";
static const char to[] = "2224224224222222222222222224222222222222222222222"
    "22222222222222222222222222";

static struct ipaddr src, dst;

static struct filter_event
event_at(unsigned i)
{
	src = ip("10.1.1.0");
	dst = src;
	src.b[3] = (uint8_t)(from[i] - '0');
	dst.b[3] = (uint8_t)(to[i] - '0');
	return (struct filter_event){ 1, 7, &src, &dst, 1700000000u +
	    times[i] };
}

static struct lru
table(size_t mem)
{
	struct filter_tables ft;

	assert_true(filter_tables_init(&ft, mem, 1, 1));
	lru_fini(&ft.rates);
	lru_fini(&ft.matches);
	return ft.events;
}

static void
test_event_filter(void **state)
{
	enum { L = EVENT_LIMIT, T = EVENT_THRESHOLD, B = EVENT_BOTH };
	static const struct {
		unsigned type;
		bool by_dst;
		int32_t count;
		uint32_t seconds;
		unsigned logged;
	} cases[] = {
		{ L, false, 1, 10, 13 }, { L, false, 2, 10, 22 },
		{ L, false, 3, 10, 29 }, { L, false, 5, 60, 21 },
		{ L, false, 1, 60, 5 }, { L, true, 1, 10, 13 },
		{ L, true, 2, 10, 21 }, { L, true, 3, 10, 28 },
		{ L, true, 5, 60, 20 }, { L, true, 1, 60, 5 },
		{ T, false, 1, 10, 75 }, { T, false, 2, 10, 35 },
		{ T, false, 3, 10, 21 }, { T, false, 5, 60, 14 },
		{ T, false, 1, 60, 75 }, { T, true, 1, 10, 75 },
		{ T, true, 2, 10, 34 }, { T, true, 3, 10, 22 },
		{ T, true, 5, 60, 14 }, { T, true, 1, 60, 75 },
		{ B, false, 1, 10, 3 }, { B, false, 2, 10, 9 },
		{ B, false, 3, 10, 7 }, { B, false, 5, 60, 4 },
		{ B, false, 1, 60, 3 }, { B, true, 1, 10, 2 },
		{ B, true, 2, 10, 8 }, { B, true, 3, 10, 7 },
		{ B, true, 5, 60, 3 }, { B, true, 1, 60, 2 },
		{ L, false, -1, 10, 75 }, /* does not filter */
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
		struct event_filter f = { .id = 1, .by_dst = cases[c].by_dst,
			.count = cases[c].count, .seconds = cases[c].seconds };
		struct lru t = table(1 << 16);
		unsigned n = 0;

		f.type = cases[c].type == L ? EVENT_LIMIT :
		    cases[c].type == T ? EVENT_THRESHOLD : EVENT_BOTH;
		for (unsigned i = 0; i < EVENTS; i++) {
			struct filter_event ev = event_at(i);

			n += event_filter_test(&t, &f, &ev);
		}
		assert_int_equal(n, cases[c].logged);
		lru_fini(&t);
	}
}

static void
test_detection_filter(void **state)
{
	static const struct {
		bool by_dst;
		int32_t count;
		uint32_t seconds;
		unsigned fired;
	} cases[] = {
		{ false, 1, 10, 67 }, { false, 2, 10, 62 },
		{ false, 3, 10, 56 }, { false, 5, 60, 59 },
		{ false, 10, 1, 0 }, { false, 5, 3, 25 },
		{ true, 1, 10, 67 }, { true, 2, 10, 63 },
		{ true, 3, 10, 57 }, { true, 5, 60, 61 },
		{ true, 10, 1, 0 }, { true, 5, 3, 25 },
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
		struct rule_filter f = { .type = FILTER_DETECTION,
			.by_dst = cases[c].by_dst, .count = cases[c].count,
			.seconds = cases[c].seconds };
		struct lru t = table(1 << 16);
		unsigned n = 0;

		for (unsigned i = 0; i < EVENTS; i++) {
			struct filter_event ev = event_at(i);

			n += detect_filter_test(&t, &f, &ev);
		}
		assert_int_equal(n, cases[c].fired);
		lru_fini(&t);
	}
}

/* Numbers (from 1) of the events that keep their action, as text. */
static const char *
below_rate(const struct rate_filter *f, char *firsts, size_t firsts_len)
{
	static char out[1024];
	const struct rate_filter *rates[] = { f };
	struct filter_plan plan = { .rates = rates, .n_rates = 1 };
	struct lru t = table(1 << 16);
	size_t at = 0, first_at = 0;

	out[0] = firsts[0] = '\0';
	for (unsigned i = 0; i < EVENTS; i++) {
		struct filter_event ev = event_at(i);
		enum rule_action action = ACTION_ALERT;
		bool first = false;

		if (!rate_filter_test(&t, &plan, &ev, &action, &first))
			at += (size_t)snprintf(out + at, sizeof(out) - at,
			    " %u", i + 1);
		else
			assert_int_equal(action, f->new_action);
		if (first)
			first_at += (size_t)snprintf(firsts + first_at,
			    firsts_len - first_at, " %u", i + 1);
	}
	lru_fini(&t);
	return out;
}

static void
test_rate_filter(void **state)
{
	struct rate_filter f = { .id = 1, .track = TRACK_SRC, .count = 3,
		.seconds = 10, .timeout = 10, .new_action = ACTION_PASS };
	struct ip_net three = { .addr = ip("10.1.1.3"), .bits = 32 };
	struct ip_set set = { .n = 1, .n_positive = 1, .nets = &three,
		.id = 1 };
	char firsts[256];
	const char *kept;

	(void)state;
	kept = below_rate(&f, firsts, sizeof(firsts));
	assert_string_equal(kept,
	    " 1 2 3 4 6 9 25 26 34 35 36 43 44 45 46 47 75");
	/* those that an event_filter of one per 1000 seconds let through */
	assert_string_equal(firsts, " 5 37 48");
	f = (struct rate_filter){ .id = 1, .track = TRACK_DST, .count = 5,
		.seconds = 60, .timeout = 0, .new_action = ACTION_PASS };
	kept = below_rate(&f, firsts, sizeof(firsts));
	assert_string_equal(kept, " 1 2 3 4 5 6 7 10 28");
	f = (struct rate_filter){ .id = 1, .track = TRACK_RULE, .count = 4,
		.seconds = 10, .timeout = 5, .new_action = ACTION_PASS };
	kept = below_rate(&f, firsts, sizeof(firsts));
	assert_string_equal(kept,
	    " 1 2 3 4 34 35 36 37 43 44 45 46 47 48 75");
	f = (struct rate_filter){ .id = 1, .track = TRACK_SRC, .count = 2,
		.seconds = 1, .timeout = 3, .new_action = ACTION_SDROP };
	kept = below_rate(&f, firsts, sizeof(firsts));
	assert_non_null(strstr(kept, " 44 45 46 75"));
	f.seconds = 10;
	f.apply_to = &set;
	kept = below_rate(&f, firsts, sizeof(firsts));
	assert_string_equal(firsts, " 9"); /* the third of 10.1.1.3 */
}

/* Several rate filters: each counts, the first over its rate decides. */
static void
test_rate_filters_in_order(void **state)
{
	struct rate_filter a = { .id = 1, .track = TRACK_RULE, .count = 2,
		.seconds = 10, .new_action = ACTION_PASS };
	struct rate_filter b = { .id = 2, .track = TRACK_RULE, .count = 1,
		.seconds = 10, .new_action = ACTION_DROP };
	const struct rate_filter *rates[] = { &a, &b };
	struct filter_plan plan = { .rates = rates, .n_rates = 2 };
	const enum rule_action want[] = { ACTION_ALERT, ACTION_DROP,
		ACTION_PASS, ACTION_PASS };
	struct filter_event ev = event_at(0);
	struct lru t = table(1 << 16);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		enum rule_action action = ACTION_ALERT;
		bool first;

		rate_filter_test(&t, &plan, &ev, &action, &first);
		assert_int_equal(action, want[i]);
	}
	lru_fini(&t);
}

static void
test_memory_is_bounded(void **state)
{
	struct event_filter f = { .id = 1, .type = EVENT_LIMIT, .count = 1,
		.seconds = 1000 };
	struct filter_event ev = event_at(0);
	struct lru t = table(4096);

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		src.b[1] = (uint8_t)(i >> 16);
		src.b[2] = (uint8_t)(i >> 8);
		src.b[3] = (uint8_t)i;
		event_filter_test(&t, &f, &ev);
	}
	assert_true(t.n <= 4096 / 40);
	assert_int_equal(t.evicted, 100000 - t.n);
	/* an evicted key counts from the start again */
	src.b[1] = src.b[2] = src.b[3] = 0;
	assert_true(event_filter_test(&t, &f, &ev));
	assert_false(event_filter_test(&t, &f, &ev));
	lru_fini(&t);
}

static void
test_keys_are_apart(void **state)
{
	struct event_filter f = { .id = 1, .type = EVENT_LIMIT, .count = 1,
		.seconds = 1000 };
	struct filter_event ev = event_at(0);
	struct lru t = table(1 << 16);

	(void)state;
	assert_true(event_filter_test(&t, &f, &ev));
	assert_false(event_filter_test(&t, &f, &ev));
	ev.sid++;
	assert_true(event_filter_test(&t, &f, &ev));
	ev.gid++;
	assert_true(event_filter_test(&t, &f, &ev));
	f.id++;
	assert_true(event_filter_test(&t, &f, &ev));
	src.family = 6;
	assert_true(event_filter_test(&t, &f, &ev));
	assert_int_equal(t.n, 5);
	lru_fini(&t);
}

static void
test_suppress(void **state)
{
	struct ip_net net = { .addr = ip("10.1.1.1"), .bits = 32,
		.negated = true };
	struct ip_set set = { .n = 1, .nets = &net, .id = 1 };
	struct suppress always = { .always = true };
	struct suppress not_one = { .ips = &set };
	struct suppress dst_not_one = { .ips = &set, .by_dst = true };
	const struct suppress *v[] = { &not_one, &dst_not_one };
	struct filter_plan plan = { .suppress = v, .n_suppress = 1 };
	struct filter_event ev = event_at(0); /* 10.1.1.1 to 10.1.1.2 */

	(void)state;
	assert_false(suppress_test(&plan, &ev));
	plan.n_suppress = 2; /* either of them */
	assert_true(suppress_test(&plan, &ev));
	v[0] = &always;
	plan.n_suppress = 1;
	assert_true(suppress_test(&plan, &ev));
	plan.n_suppress = 0;
	assert_false(suppress_test(&plan, &ev));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_event_filter),
		cmocka_unit_test(test_detection_filter),
		cmocka_unit_test(test_rate_filter),
		cmocka_unit_test(test_rate_filters_in_order),
		cmocka_unit_test(test_memory_is_bounded),
		cmocka_unit_test(test_keys_are_apart),
		cmocka_unit_test(test_suppress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
