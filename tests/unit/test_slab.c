/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/slab.h"
#include "core/xalloc.h"

static void
objects_are_zeroed_and_aligned(void **state)
{
	struct slab s;
	uint8_t *p, zero[100] = { 0 };

	(void)state;
	slab_init(&s, sizeof(zero), 10);
	for (unsigned i = 0; i < 30; i++) { /* 10 of them stay */
		p = slab_take(&s);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % SLAB_ALIGN, 0);
		assert_memory_equal(p, zero, sizeof(zero));
		memset(p, 0xaa, sizeof(zero));
		if (i % 3 != 2)
			slab_give(&s, p);
	}
	assert_int_equal(s.live, 10);
	slab_fini(&s);
}

/* What was there may be; a zeroed one is zeroed, whatever came before. */
static void
raw_objects(void **state)
{
	struct slab s;
	uint8_t *p, zero[100] = { 0 };

	(void)state;
	slab_init(&s, sizeof(zero), 2);
	p = slab_take_raw(&s);
	assert_non_null(p);
	memset(p, 0xaa, sizeof(zero));
	slab_give(&s, p);
	assert_ptr_equal(slab_take(&s), p);
	assert_memory_equal(p, zero, sizeof(zero));
	assert_non_null(slab_take_raw(&s));
	assert_null(slab_take_raw(&s));
	assert_int_equal(s.refused, 1);
	assert_int_equal(s.live, 2);
	slab_fini(&s);
}

static void
max_is_a_limit(void **state)
{
	struct slab s;
	void *p[1000];

	(void)state;
	slab_init(&s, 200, ARRAY_LEN(p));
	for (unsigned i = 0; i < ARRAY_LEN(p); i++) {
		p[i] = slab_take(&s);
		assert_non_null(p[i]);
		*(unsigned *)p[i] = i;
	}
	assert_null(slab_take(&s));
	assert_int_equal(s.refused, 1);
	for (unsigned i = 0; i < ARRAY_LEN(p); i++)
		assert_int_equal(*(unsigned *)p[i], i);
	slab_give(&s, p[7]);
	slab_give(&s, NULL);
	assert_int_equal(s.live, ARRAY_LEN(p) - 1);
	assert_ptr_equal(slab_take(&s), p[7]);
	s.max++;
	p[0] = slab_take(&s);
	assert_non_null(p[0]);
	slab_fini(&s);
}

static void
no_memory_is_counted(void **state)
{
	struct slab s;
	void *p;

	(void)state;
	slab_init(&s, 100000, 5); /* larger than a page */
	mem_fail_at(1);
	assert_null(slab_take(&s));
	assert_int_equal(s.refused, 1);
	assert_int_equal(s.live, 0);
	p = slab_take(&s);
	assert_non_null(p);
	slab_fini(&s);
}

/* A slab that grows goes on in large pages: its objects are like those before,
 * and together no more than its maximum and a small page. */
static void
growing(void **state)
{
	enum { SIZE = 192, N = 4 * MEM_HUGE / SIZE, PER_PAGE = 65536 / SIZE };
	static uint8_t *p[N];
	static const uint8_t zero[SIZE];
	struct slab s;
	unsigned fails = 0;

	(void)state;
	slab_init(&s, SIZE, N);
	for (unsigned i = 0; i < N; i++) {
		mem_fail_at(i % 3 == 0); /* met at the end of a page */
		p[i] = slab_take(&s);
		mem_fail_at(0);
		if (!p[i]) {
			fails++;
			p[i] = slab_take(&s);
		}
		assert_non_null(p[i]);
		assert_int_equal((uintptr_t)p[i] % SLAB_ALIGN, 0);
		assert_memory_equal(p[i], zero, SIZE);
		memset(p[i], (int)(i % 251 + 1), SIZE);
	}
	assert_null(slab_take(&s));
	assert_true(fails > 0);
	assert_true(s.made < N + PER_PAGE);
	for (unsigned i = 0; i < N; i++)
		assert_true(p[i][0] == i % 251 + 1 &&
		    p[i][SIZE - 1] == i % 251 + 1);
	for (unsigned i = 0; i < N; i++)
		slab_give(&s, p[i]);
	assert_int_equal(s.live, 0);
	slab_fini(&s);
}

/* One that has not grown takes little, whatever it may hold. */
static void
staying_small(void **state)
{
	struct slab s;

	(void)state;
	slab_init(&s, 192, 1000000);
	for (unsigned i = 0; i < 10000; i++)
		assert_non_null(slab_take(&s));
	assert_true(s.made < 10000 + 65536 / 192);
	slab_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_zeroed_and_aligned),
		cmocka_unit_test(raw_objects),
		cmocka_unit_test(max_is_a_limit),
		cmocka_unit_test(no_memory_is_counted),
		cmocka_unit_test(growing),
		cmocka_unit_test(staying_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
