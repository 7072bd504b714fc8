/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/pages.h"
#include "core/xalloc.h"

enum { N = 200 };

static void
the_region_is_a_limit(void **state)
{
	struct pages p;
	void *a, *b;

	(void)state;
	assert_true(pages_init(&p, N * PAGES_BYTES));
	a = pages_take(&p, N * PAGES_BYTES);
	assert_non_null(a);
	assert_int_equal((uintptr_t)a % 64, 0);
	memset(a, 0xaa, N * PAGES_BYTES);
	assert_null(pages_take(&p, 1));
	assert_int_equal(p.refused, 1);
	pages_give(&p, a);
	pages_give(&p, NULL);
	assert_int_equal(p.live, 0);
	assert_null(pages_take(&p, N * PAGES_BYTES + 1));
	assert_null(pages_take(&p, SIZE_MAX));
	/* a hole is found and filled, one that is too small is passed */
	a = pages_take(&p, 3 * PAGES_BYTES);
	b = pages_take(&p, 1);
	pages_give(&p, a);
	assert_ptr_equal(pages_take(&p, 4 * PAGES_BYTES),
	    (uint8_t *)b + PAGES_BYTES);
	assert_ptr_equal(pages_take(&p, 2 * PAGES_BYTES + 1), a);
	pages_fini(&p);
}

static void
an_empty_region_has_nothing(void **state)
{
	struct pages p;

	(void)state;
	assert_true(pages_init(&p, PAGES_BYTES - 1));
	assert_null(pages_take(&p, 0));
	pages_fini(&p);
}

/* What is taken stays apart, whatever came and went. */
static void
nothing_overlaps(void **state)
{
	struct {
		uint8_t *at;
		size_t n;
		uint8_t mark;
	} held[64] = { 0 };
	uint32_t seed = 1;
	struct pages p;

	(void)state;
	assert_true(pages_init(&p, N * PAGES_BYTES));
	for (unsigned i = 0; i < 20000; i++) {
		unsigned k = (seed = seed * 1664525 + 1013904223) >> 26;

		if (held[k].at) {
			for (size_t j = 0; j < held[k].n; j += 512)
				assert_int_equal(held[k].at[j], held[k].mark);
			pages_give(&p, held[k].at);
			held[k].at = NULL;
			continue;
		}
		held[k].n = 1 + (seed >> 8) % (9 * PAGES_BYTES);
		held[k].mark = (uint8_t)i;
		held[k].at = pages_take(&p, held[k].n);
		if (held[k].at)
			memset(held[k].at, held[k].mark, held[k].n);
	}
	for (unsigned k = 0; k < ARRAY_LEN(held); k++)
		pages_give(&p, held[k].at);
	assert_int_equal(p.live, 0);
	assert_non_null(pages_take(&p, N * PAGES_BYTES));
	pages_fini(&p);
}

static void
no_memory_is_said(void **state)
{
	struct pages p;

	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		mem_fail_at(i);
		assert_false(pages_init(&p, N * PAGES_BYTES));
		mem_fail_at(0);
		assert_null(pages_take(&p, 1));
		pages_fini(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_region_is_a_limit),
		cmocka_unit_test(an_empty_region_has_nothing),
		cmocka_unit_test(nothing_overlaps),
		cmocka_unit_test(no_memory_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
