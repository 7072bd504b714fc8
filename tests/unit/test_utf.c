/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in UTF-16 and UTF-32: marks, names, pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoders/app/utf.h"
#include "tests/unit/feed_help.h"

static struct utf u;
static enum utf_kind kind;
static uint8_t room[8], out[1 << 16];

static void
begin(void)
{
	utf_begin(&u, kind);
}

static struct fed
feed(struct slice in)
{
	struct utf_out o = in.ptr ? utf_feed(&u, in, room, sizeof(room)) :
	    utf_finish(&u, room, sizeof(room));

	return (struct fed){ o.bytes, o.consumed,
		o.flags & ~(unsigned)UTF_FULL, o.flags & UTF_FULL };
}

static struct feeder f = { begin, feed, out, 0, sizeof(out), 0 };

static void
expect(enum utf_kind k, const char *in, size_t n, const char *want,
    size_t n_want, unsigned flags)
{
	kind = k;
	for (unsigned i = 0; i < ARRAY_LEN(feed_pieces); i++) {
		feed_all(&f, in, n, feed_pieces[i]);
		assert_int_equal(f.n, n_want);
		assert_memory_equal(out, want, n_want);
		assert_int_equal(f.flags, flags);
	}
}

#define EXPECT(kind, in, want, flags) \
	expect(kind, in, sizeof(in) - 1, want, sizeof(want) - 1, flags)

static void
test_kinds(void **state)
{
	(void)state;
	EXPECT(UTF_NONE, "hello world", "hello world", 0);
	EXPECT(UTF_NONE, "", "", 0);
	EXPECT(UTF_16LE, "h\0e\0l\0l\0o\0", "hello", 0);
	EXPECT(UTF_16BE, "\0h\0e\0l\0l\0o", "hello", 0);
	EXPECT(UTF_16, "h\0i\0", "hi", 0);
	EXPECT(UTF_32LE, "h\0\0\0i\0\0\0", "hi", 0);
	EXPECT(UTF_32BE, "\0\0\0h\0\0\0i", "hi", 0);
	EXPECT(UTF_32, "\0\0\0h\0\0\0i", "hi", 0);
	EXPECT(UTF_7, "+ADw-script", "+ADw-script", UTF_IS_7);
	/* longer than the room */
	EXPECT(UTF_16LE, "a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0p\0q\0",
	    "abcdefghijklmnopq", 0);
}

/* What is more than 8 bits is told, and its low byte comes out; the beginning
 * of a character does not. */
static void
test_bad(void **state)
{
	(void)state;
	EXPECT(UTF_16LE, "h\1i\0", "hi", UTF_BAD);
	EXPECT(UTF_16BE, "\0h\1i", "hi", UTF_BAD);
	EXPECT(UTF_32LE, "h\0\0\1", "h", UTF_BAD);
	EXPECT(UTF_32BE, "\0\1\0h", "h", UTF_BAD);
	EXPECT(UTF_16LE, "h\0i", "h", 0);
	EXPECT(UTF_32BE, "\0\0\0h\0\0\0", "h", 0);
}

static void
test_marks(void **state)
{
	(void)state;
	for (enum utf_kind k = UTF_NONE; k <= UTF_32BE; k++) {
		unsigned seven = k == UTF_7 ? UTF_IS_7 : 0;

		EXPECT(k, "\xff\xfeh\0i\0", "hi", seven);
		EXPECT(k, "\xfe\xff\0h\0i", "hi", seven);
		EXPECT(k, "\xff\xfe\0\0h\0\0\0", "h", seven);
		EXPECT(k, "\0\0\xfe\xff\0\0\0h", "h", seven);
	}
	/* what began like one */
	EXPECT(UTF_NONE, "\xff", "\xff", 0);
	EXPECT(UTF_NONE, "\xff\xff\xfe", "\xff\xff\xfe", 0);
	EXPECT(UTF_NONE, "\0\0\xfe", "\0\0\xfe", 0);
	EXPECT(UTF_NONE, "\xff\xfe\0", "", 0);
	EXPECT(UTF_16BE, "\0\0\0h", "\0h", 0);
}

static void
test_names(void **state)
{
	static const struct {
		const char *type;
		enum utf_kind kind;
	} cases[] = {
		{ "text/html", UTF_NONE },
		{ "text/html; charset=utf-8", UTF_NONE },
		{ "text/html; charset=UTF-16LE", UTF_16LE },
		{ "text/html;x=y; Charset = \"utf-16be\" ", UTF_16BE },
		{ "text/html; charset='utf-32le'; a=b", UTF_32LE },
		{ "text/html;charset=utf-32be", UTF_32BE },
		{ "text/html;charset=utf-16", UTF_16 },
		{ "text/html;charset=utf-7", UTF_7 },
		{ "text/html;mycharset=utf-7", UTF_NONE },
		{ "charset=utf-7", UTF_NONE },
		{ ";charset=", UTF_NONE },
		{ ";charset=\"utf-7", UTF_7 },
		{ "", UTF_NONE },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(utf_of_type(slice_make(
		    (const uint8_t *)cases[i].type, strlen(cases[i].type))),
		    cases[i].kind);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
