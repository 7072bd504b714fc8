/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/latency.h"

static struct latency l, sum;

static void
test_nothing(void **state)
{
	(void)state;
	l = (struct latency){ .n = 0 };
	assert_int_equal(latency_within(&l, 500), 0);
	assert_int_equal(latency_within(&l, 1000), 0);
	latency_add(&l, 7, 0);
	assert_int_equal(l.n, 0);
	assert_int_equal(l.max, 0);
}

/* Each time alone is read back as itself, the maximum, and with a longer one
 * beside it too large by less than a part. */
static void
test_every_time(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++)
		for (int off = -1; off <= 1; off++) {
			uint64_t ns = ((uint64_t)1 << bit) + (uint64_t)off;
			uint64_t is;

			l = (struct latency){ .n = 0 };
			latency_add(&l, ns, 1);
			assert_int_equal(latency_within(&l, 1), ns);
			assert_int_equal(latency_within(&l, 1000), ns);
			assert_int_equal(l.max, ns);
			latency_add(&l, UINT64_MAX, 1);
			is = latency_within(&l, 500);
			assert_true(is >= ns);
			if (ns >> LATENCY_TOP == 0)
				assert_true(is - ns <= ns / LATENCY_PARTS);
			assert_int_equal(latency_within(&l, 501), UINT64_MAX);
		}
}

static void
test_shares(void **state)
{
	(void)state;
	l = (struct latency){ .n = 0 };
	sum = (struct latency){ .n = 0 };
	latency_add(&l, 10, 900);
	latency_add(&sum, 5, 99);
	latency_add(&sum, 15, 1);
	latency_merge(&sum, &l);
	assert_int_equal(sum.n, 1000);
	assert_int_equal(sum.max, 15);
	assert_int_equal(latency_within(&sum, 99), 5);
	assert_int_equal(latency_within(&sum, 100), 10);
	assert_int_equal(latency_within(&sum, 500), 10);
	assert_int_equal(latency_within(&sum, 999), 10);
	assert_int_equal(latency_within(&sum, 1000), 15);
	/* the last of few is all of them */
	l = (struct latency){ .n = 0 };
	latency_add(&l, 1, 1);
	latency_add(&l, 2, 1);
	assert_int_equal(latency_within(&l, 500), 1);
	assert_int_equal(latency_within(&l, 999), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_every_time),
		cmocka_unit_test(test_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
