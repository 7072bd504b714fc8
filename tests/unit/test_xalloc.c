/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/xalloc.h"

static void
test_zeroed(void **state)
{
	unsigned char *p = xcalloc(7, 3);

	(void)state;
	for (unsigned i = 0; i < 21; i++)
		assert_int_equal(p[i], 0);
	p = xreallocarray(p, 100, 10);
	memset(p, 1, 1000);
	free(p);
	/* nothing asked for is something to free, never NULL */
	p = xcalloc(0, 8);
	assert_non_null(p);
	free(p);
}

static void
test_text(void **state)
{
	char *s = xstrdup("text"), *t = xasprintf("%s %d", s, 42);

	(void)state;
	assert_string_equal(s, "text");
	assert_string_equal(t, "text 42");
	free(s);
	free(t);
}

static void
test_multiplication_is_checked(void **state)
{
	(void)state;
	assert_null(mem_calloc(SIZE_MAX / 2, 3));
	assert_null(mem_realloc(NULL, SIZE_MAX / 2, 3));
}

/* mem_fail_at(n): the nth from now on fails, and only that one. */
static void
test_fail_at(void **state)
{
	uint64_t before = mem_count();
	void *p[4];

	(void)state;
	mem_fail_at(3);
	for (unsigned i = 0; i < 4; i++)
		p[i] = mem_calloc(1, 1);
	assert_int_equal(mem_count() - before, 4);
	assert_non_null(p[0]);
	assert_non_null(p[1]);
	assert_null(p[2]);
	assert_non_null(p[3]);
	mem_fail_at(1);
	mem_fail_at(0);
	p[2] = mem_calloc(1, 1);
	assert_non_null(p[2]);
	for (unsigned i = 0; i < 4; i++)
		free(p[i]);
}

/* Whole pages, zeroed; large ones begin where a huge page may. */
static void
test_map(void **state)
{
	static const size_t sizes[] = { 1, 5000, MEM_HUGE - 1, MEM_HUGE,
		3 * (size_t)MEM_HUGE + 1 };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(sizes); i++) {
		unsigned char *p = mem_map(sizes[i]);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % (sizes[i] < MEM_HUGE ? 64 :
		    MEM_HUGE), 0);
		for (size_t k = 0; k < sizes[i]; k += 4095)
			assert_int_equal(p[k], 0);
		memset(p, 1, sizes[i]);
		mem_unmap(p, sizes[i]);
	}
	mem_unmap(NULL, 5);
	assert_null(mem_map(0));
	assert_null(mem_map(SIZE_MAX));
	assert_null(mem_map(SIZE_MAX / 2));
	mem_fail_at(1);
	assert_null(mem_map(1));
	mem_fail_at(0);
}

/* The x-forms end the process with status 1. */
static void
test_dies(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	assert_true(child != -1);
	if (child == 0) {
		/* quietly */
		if (!freopen("/dev/null", "w", stderr))
			_exit(2);
		mem_fail_at(1);
		free(xcalloc(1, 1));
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroed),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_multiplication_is_checked),
		cmocka_unit_test(test_fail_at),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_dies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
