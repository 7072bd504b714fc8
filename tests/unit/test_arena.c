/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/arena.h"
#include "core/xalloc.h"

static void
test_zeroed_and_aligned(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t n = 0; n < 100; n++) {
		unsigned char *p = arena_alloc(&a, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	arena_fini(&a);
	assert_null(a.chunks);
	assert_int_equal(a.used, 0);
}

/* What one piece holds is not touched by what is written to another. */
static void
test_pieces_are_apart(void **state)
{
	enum { PIECES = 300 };
	unsigned char *p[PIECES];
	size_t n[PIECES];
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (unsigned i = 0; i < PIECES; i++) {
		/* small ones, and some larger than a chunk */
		n[i] = i % 50 == 49 ? 600000 : 1 + i * 37 % 5000;
		p[i] = arena_alloc(&a, n[i]);
		assert_non_null(p[i]);
		memset(p[i], (int)(i & 0xff), n[i]);
	}
	for (unsigned i = 0; i < PIECES; i++) {
		assert_int_equal(p[i][0], i & 0xff);
		assert_int_equal(p[i][n[i] - 1], i & 0xff);
	}
	arena_fini(&a);
}

static void
test_cap(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1024);
	assert_null(arena_alloc(&a, 1025));
	assert_non_null(arena_alloc(&a, 1000));
	assert_null(arena_alloc(&a, 100));
	assert_non_null(arena_alloc(&a, 16));
	assert_null(arena_alloc(&a, 1));
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX - 8));
	arena_fini(&a);
	/* emptied, it has its cap again */
	assert_null(arena_alloc(&a, 1025));
	assert_non_null(arena_alloc(&a, 1024));
	arena_fini(&a);
}

static void
test_no_memory(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	mem_fail_at(1);
	assert_null(arena_alloc(&a, 10));
	assert_non_null(arena_alloc(&a, 10));
	arena_fini(&a);
}

static void
test_copies(void **state)
{
	static const char bytes[] = { 'a', '\0', 'b' };
	struct arena a;
	struct text t;

	(void)state;
	arena_init(&a, 0);
	assert_memory_equal(arena_xdup(&a, bytes, 3), bytes, 3);
	t = arena_xtext(&a, text_make(bytes, 3));
	assert_int_equal(t.len, 3);
	assert_memory_equal(t.ptr, bytes, 3);
	assert_int_equal(t.ptr[3], '\0');
	t = arena_xtext(&a, text_make(NULL, 0));
	assert_int_equal(t.len, 0);
	assert_string_equal(t.ptr, "");
	assert_string_equal(arena_xprintf(&a, "%s-%d", "x", 5), "x-5");
	arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroed_and_aligned),
		cmocka_unit_test(test_pieces_are_apart),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
