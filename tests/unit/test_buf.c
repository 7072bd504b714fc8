/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/buf.h"
#include "core/xalloc.h"

static void
test_grows_and_resets(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100000);
	buf_puts(&b, "one ");
	buf_putc(&b, '2');
	buf_puttext(&b, TEXT(" three "));
	buf_putu(&b, 0);
	buf_putc(&b, ' ');
	buf_putu(&b, UINT64_MAX);
	buf_printf(&b, " %s=%d", "x", -1);
	assert_string_equal(b.ptr,
	    "one 2 three 0 18446744073709551615 x=-1");
	assert_int_equal(b.len, strlen(b.ptr));
	for (unsigned i = 0; i < 5000; i++)
		buf_puts(&b, "0123456789");
	assert_int_equal(b.len, 50000 + 39);
	assert_false(b.truncated);
	buf_reset(&b);
	assert_int_equal(b.len, 0);
	assert_string_equal(b.ptr, "");
	buf_fini(&b);
}

/* What does not fit is left out whole, and remembered. */
static void
test_maximum(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	buf_puts(&b, "12345678");
	buf_puts(&b, "abc");
	assert_true(b.truncated);
	assert_string_equal(b.ptr, "12345678");
	buf_printf(&b, "%d", 123);
	assert_string_equal(b.ptr, "12345678");
	buf_puts(&b, "90");
	assert_string_equal(b.ptr, "1234567890");
	buf_putc(&b, 'x');
	assert_int_equal(b.len, 10);
	buf_reset(&b);
	assert_false(b.truncated);
	buf_fini(&b);
}

static void
test_no_memory(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	mem_fail_at(1);
	buf_puts(&b, "lost");
	assert_true(b.truncated);
	assert_int_equal(b.len, 0);
	buf_puts(&b, "kept");
	assert_string_equal(b.ptr, "kept");
	buf_fini(&b);
}

static void
json(const char *in, size_t len, const char *want)
{
	struct buf b;

	buf_init(&b, 1000);
	buf_putjson(&b, text_make(in, len));
	assert_string_equal(b.ptr, want);
	buf_fini(&b);
}

#define JSON(in, want) json("" in, sizeof(in) - 1, want)

static void
test_json_escapes(void **state)
{
	(void)state;
	JSON("", "\"\"");
	JSON("plain /text", "\"plain /text\"");
	JSON("q\" b\\", "\"q\\\" b\\\\\"");
	JSON("\n\r\t", "\"\\n\\r\\t\"");
	JSON("\0\x01\x1b\x1f\x7f", "\"\\u0000\\u0001\\u001b\\u001f\\u007f\"");
}

static void
test_json_utf8(void **state)
{
	(void)state;
	/* the first and last of each length pass as they are */
	JSON("\xc2\x80", "\"\xc2\x80\"");
	JSON("\xdf\xbf", "\"\xdf\xbf\"");
	JSON("\xe0\xa0\x80", "\"\xe0\xa0\x80\"");
	JSON("\xed\x9f\xbf", "\"\xed\x9f\xbf\"");
	JSON("\xef\xbf\xbf", "\"\xef\xbf\xbf\"");
	JSON("\xf0\x90\x80\x80", "\"\xf0\x90\x80\x80\"");
	JSON("\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\"");
}

static void
test_json_not_utf8(void **state)
{
	(void)state;
	JSON("\x80", "\"\\u0080\"");
	JSON("\xff", "\"\\u00ff\"");
	JSON("\xc3", "\"\\u00c3\"");             /* cut */
	JSON("\xe2\x82", "\"\\u00e2\\u0082\"");  /* cut */
	JSON("\xc3(", "\"\\u00c3(\"");           /* not continued */
	JSON("\xc0\xaf", "\"\\u00c0\\u00af\"");  /* overlong */
	JSON("\xe0\x80\xaf", "\"\\u00e0\\u0080\\u00af\"");
	JSON("\xf0\x80\x80\xaf", "\"\\u00f0\\u0080\\u0080\\u00af\"");
	JSON("\xed\xa0\x80", "\"\\u00ed\\u00a0\\u0080\""); /* surrogate */
	JSON("\xf4\x90\x80\x80", "\"\\u00f4\\u0090\\u0080\\u0080\"");
	JSON("\xf5\x80\x80\x80", "\"\\u00f5\\u0080\\u0080\\u0080\"");
}

/* RFC 4648, section 10. */
static void
test_base64(void **state)
{
	static const char *const vectors[][2] = { { "f", "Zg==" },
		{ "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	static const uint8_t high[] = { 0xfb, 0xff, 0xbf, 0xff };
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	buf_putbase64(&b, slice_make(NULL, 0));
	assert_int_equal(b.len, 0);
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		const char *in = vectors[i][0];

		buf_reset(&b);
		buf_putbase64(&b,
		    slice_make((const uint8_t *)in, strlen(in)));
		assert_string_equal(b.ptr, vectors[i][1]);
	}
	buf_reset(&b);
	buf_putbase64(&b, slice_make(high, sizeof(high)));
	assert_string_equal(b.ptr, "+/+//w==");
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows_and_resets),
		cmocka_unit_test(test_maximum),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_json_escapes),
		cmocka_unit_test(test_json_utf8),
		cmocka_unit_test(test_json_not_utf8),
		cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
