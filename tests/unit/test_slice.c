/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/slice.h"

static void
test_compare(void **state)
{
	(void)state;
	assert_true(text_is(TEXT("abc"), "abc"));
	assert_false(text_is(TEXT("abc"), "ab"));
	assert_false(text_is(TEXT("abc"), "abcd"));
	assert_false(text_is(TEXT("abc"), "abC"));
	assert_true(text_is(text_make(NULL, 0), ""));
	assert_int_equal(text_of(NULL).len, 0);
}

static void
test_compare_without_case(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
		{ "AbZ-@[", "aBz-@[", true },
		{ "@", "`", false }, /* differ in the case bit, no letters */
		{ "ab", "abc", false },
		{ "abc", "ab", false },
		{ "", "", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(
		    text_is_nocase(text_of(cases[i].a), cases[i].b),
		    cases[i].equal);
}

static void
test_trim_and_word(void **state)
{
	struct text rest = TEXT(" \talert  tcp\r\n"), word;

	(void)state;
	assert_true(text_is(text_trim(TEXT(" \t a b \r\n\f\v")), "a b"));
	assert_true(text_is(text_trim(TEXT("  ")), ""));
	word = text_word(&rest);
	assert_true(text_is(word, "alert"));
	word = text_word(&rest);
	assert_true(text_is(word, "tcp"));
	assert_int_equal(text_word(&rest).len, 0);
	assert_int_equal(text_word(&rest).len, 0);
	rest = text_make(NULL, 0);
	assert_int_equal(text_word(&rest).len, 0);
}

static void
test_cut(void **state)
{
	struct text rest = TEXT("a,,b");

	(void)state;
	assert_true(text_is(text_cut(&rest, ','), "a"));
	assert_true(text_is(text_cut(&rest, ','), ""));
	assert_non_null(rest.ptr);
	assert_true(text_is(text_cut(&rest, ','), "b"));
	assert_null(rest.ptr);
	assert_true(text_is(text_cut(&rest, ','), ""));

	/* a separator at the end leaves an empty last part */
	rest = TEXT("a,");
	assert_true(text_is(text_cut(&rest, ','), "a"));
	assert_non_null(rest.ptr);
	assert_int_equal(rest.len, 0);
}

static void
test_decimal(void **state)
{
	int64_t v = 7;

	(void)state;
	assert_true(text_to_i64(TEXT("0"), 0, 0, &v));
	assert_int_equal(v, 0);
	assert_true(text_to_i64(TEXT("-12"), -12, 12, &v));
	assert_int_equal(v, -12);
	assert_true(text_to_i64(TEXT("+12"), -12, 12, &v));
	assert_int_equal(v, 12);
	assert_true(text_to_i64(TEXT("9223372036854775807"), 0, INT64_MAX,
	    &v));
	assert_true(v == INT64_MAX);
	assert_true(text_to_i64(TEXT("010"), 0, 100, &v));
	assert_int_equal(v, 10);
}

static void
test_refused_leaves_the_value(void **state)
{
	static const struct text bad[] = { { "", 0 }, { "-", 1 }, { "+", 1 },
		{ "1 ", 2 }, { " 1", 2 }, { "1a", 2 }, { "0x10", 4 },
		{ "--1", 3 }, { "101", 3 }, { "-1", 2 },
		{ "9223372036854775808", 19 }, { "18446744073709551616", 20 },
		{ "99999999999999999999999", 23 } };
	int64_t v = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(text_to_i64(bad[i], 0, 100, &v));
		assert_int_equal(v, 7);
	}
	assert_false(text_to_i64(TEXT("9223372036854775808"), INT64_MIN,
	    INT64_MAX, &v));
}

static void
test_bases(void **state)
{
	int64_t v = 7;

	(void)state;
	assert_true(text_to_i64_auto(TEXT("0x1F"), 0, 100, &v));
	assert_int_equal(v, 0x1f);
	assert_true(text_to_i64_auto(TEXT("-0xa"), -100, 100, &v));
	assert_int_equal(v, -10);
	assert_true(text_to_i64_auto(TEXT("017"), 0, 100, &v));
	assert_int_equal(v, 15);
	assert_true(text_to_i64_auto(TEXT("0"), 0, 100, &v));
	assert_int_equal(v, 0);
	assert_true(text_to_i64_auto(TEXT("42"), 0, 100, &v));
	assert_int_equal(v, 42);
	assert_false(text_to_i64_auto(TEXT("0x"), 0, 100, &v));
	assert_false(text_to_i64_auto(TEXT("08"), 0, 100, &v));
	assert_false(text_to_i64_auto(TEXT("0xg"), 0, 100, &v));
	assert_int_equal(v, 42);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_compare_without_case),
		cmocka_unit_test(test_trim_and_word),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_decimal),
		cmocka_unit_test(test_refused_leaves_the_value),
		cmocka_unit_test(test_bases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
