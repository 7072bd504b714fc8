/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/cursor.h"

static void
test_reads_in_order(void **state)
{
	const uint8_t b[] = { 1, 2, 3, 4, 5, 6, 7 };
	struct cursor c = cur_make(b, sizeof(b));
	uint8_t v8;
	uint16_t v16;
	uint32_t v32;

	(void)state;
	assert_true(cur_u8(&c, &v8));
	assert_int_equal(v8, 1);
	assert_true(cur_be16(&c, &v16));
	assert_int_equal(v16, 0x0203);
	assert_true(cur_be32(&c, &v32));
	assert_int_equal(v32, 0x04050607);
	assert_int_equal(cur_left(&c), 0);
}

static void
test_short_read_changes_nothing(void **state)
{
	const uint8_t b[] = { 1, 2, 3 };
	struct cursor c = cur_make(b, sizeof(b)), sub;
	uint32_t v = 42;

	(void)state;
	assert_false(cur_be32(&c, &v));
	assert_int_equal(v, 42);
	assert_ptr_equal(c.p, b);
	assert_null(cur_take(&c, 4));
	assert_false(cur_skip(&c, SIZE_MAX));
	assert_false(cur_sub(&c, 4, &sub));
	assert_int_equal(cur_left(&c), 3);
}

static void
test_empty_and_trim(void **state)
{
	const uint8_t b[] = { 1, 2, 3 };
	struct cursor none = cur_make(NULL, 0), c = cur_make(b, sizeof(b));

	(void)state;
	assert_int_equal(cur_left(&none), 0);
	assert_null(cur_peek(&none, 1));
	cur_trim(&c, 2);
	assert_int_equal(cur_left(&c), 2);
	cur_trim(&c, 10);
	assert_int_equal(cur_left(&c), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_in_order),
		cmocka_unit_test(test_short_read_changes_nothing),
		cmocka_unit_test(test_empty_and_trim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
