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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_zeroed_and_aligned),
		cmocka_unit_test(raw_objects),
		cmocka_unit_test(max_is_a_limit),
		cmocka_unit_test(no_memory_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
