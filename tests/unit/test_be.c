/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/be.h"

static void
test_get(void **state)
{
	(void)state;
	assert_int_equal(be16_get((struct be16){ { 0x80, 0x01 } }), 0x8001);
	assert_int_equal(be24_get((struct be24){ { 0xff, 0x01, 0x02 } }),
	    0xff0102);
	assert_int_equal(be32_get((struct be32){ { 0xfe, 0xdc, 0xba, 0x98 } }),
	    0xfedcba98u);
	assert_true(be64_get((struct be64){ { 0xff, 1, 2, 3, 4, 5, 6, 7 } }) ==
	    0xff01020304050607u);
}

static void
test_make_is_the_inverse(void **state)
{
	static const uint32_t values[] = { 0, 1, 0xff, 0x100, 0x8000, 0xffff,
		0x10000, 0x80000000u, 0xffffffffu };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		assert_int_equal(be16_get(be16_make((uint16_t)values[i])),
		    (uint16_t)values[i]);
		assert_int_equal(be32_get(be32_make(values[i])), values[i]);
	}
}

/* A field may stand at any address: nothing in a wire struct is aligned. */
static void
test_alignment(void **state)
{
	struct wire {
		uint8_t odd;
		struct be32 a;
		struct be16 b;
		struct be64 c;
	};

	(void)state;
	assert_int_equal(sizeof(struct wire), 15);
	assert_int_equal(offsetof(struct wire, a), 1);
	assert_int_equal(_Alignof(struct wire), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_make_is_the_inverse),
		cmocka_unit_test(test_alignment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
