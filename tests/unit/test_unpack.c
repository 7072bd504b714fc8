/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SWF and PDF: what is compressed in them, in any pieces, and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include <zlib.h>

#include "core/buf.h"
#include "decoders/app/unpack.h"
#include "tests/unit/feed_help.h"

enum { ALL = UNPACK_SWF_DEFLATE | UNPACK_SWF_LZMA | UNPACK_PDF_DEFLATE };

static struct body_pool *pool;
static struct unpack u;
static unsigned what;
static uint8_t room[LIM_UNPACK_ROOM], out[4 << 20];
static struct buf in, want;

static void
begin(void)
{
	unpack_end(&u);
	unpack_begin(&u, pool, what);
}

static struct fed
feed(struct slice s)
{
	struct unpack_out o = s.ptr ? unpack_feed(&u, s, room, sizeof(room)) :
	    unpack_finish(&u, room, sizeof(room));

	return (struct fed){ o.bytes, o.consumed,
		o.flags & ~(unsigned)UNPACK_FULL, o.flags & UNPACK_FULL };
}

static struct feeder f = { begin, feed, out, 0, sizeof(out) - 1, 0 };

static int
setup(void **state)
{
	(void)state;
	u = (struct unpack){ .what = 0 };
	what = ALL;
	pool = body_pool_new(100000, LIM_BODY_BROTLI);
	buf_init(&in, 4 << 20);
	buf_init(&want, 4 << 20);
	return pool ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	unpack_end(&u);
	body_pool_free(pool);
	buf_fini(&in);
	buf_fini(&want);
	return 0;
}

static void
put(struct buf *b, const char *s)
{
	buf_puts(b, s);
}

/* s, compressed; what is left of the stream where cut bytes are missing. */
static void
put_zlib(struct buf *b, const void *s, size_t n, size_t cut)
{
	uLongf len = compressBound(n);
	uint8_t *p = xcalloc(1, len);

	assert_int_equal(compress2(p, &len, s, n, 9), Z_OK);
	buf_put(b, p, len - cut);
	free(p);
}

static void
expect(unsigned flags)
{
	for (unsigned i = 0; i < ARRAY_LEN(feed_pieces); i++) {
		feed_all(&f, in.ptr, in.len, feed_pieces[i]);
		assert_int_equal(f.n, want.len);
		assert_memory_equal(out, want.ptr, want.len);
		assert_int_equal(f.flags, flags);
	}
	buf_reset(&in);
	buf_reset(&want);
}

static void
expect_same(unsigned flags)
{
	buf_put(&want, in.ptr, in.len);
	expect(flags);
}

static void
test_others(void **state)
{
	static const char *const files[] = { "hello", "CW", "CWX", "Z", "%PDF",
		"<html>%P%PD", "FWS\012abcdefgh", "C" };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(files); i++) {
		put(&in, files[i]);
		expect_same(0);
	}
	put(&in, "CWS\012abcd");
	put(&want, "FWS\012abcd");
	expect(UNPACK_BAD_SWF); /* no data at all */
}

static void
test_swf(void **state)
{
	uint32_t seed = 1;
	char text[5000];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = "abcdefg"[((seed = seed * 1664525 + 1013904223) >>
		    24) % 7];
	buf_put(&in, "CWS\012\0\1\2\3", 8);
	put_zlib(&in, text, sizeof(text), 0);
	buf_put(&want, "FWS\012\0\1\2\3", 8);
	buf_put(&want, text, sizeof(text));
	/* the checksum comes out behind the data */
	buf_put(&want, in.ptr + in.len - 4, 4);
	expect(0);
	/* cut off */
	buf_put(&in, "CWS\012\0\1\2\3", 8);
	put_zlib(&in, text, sizeof(text), 300);
	for (unsigned i = 0; i < ARRAY_LEN(feed_pieces); i++) {
		feed_all(&f, in.ptr, in.len, feed_pieces[i]);
		assert_true(f.n > 1000 && f.n < sizeof(text));
		assert_memory_equal(out + 8, text, f.n - 8);
		assert_int_equal(f.flags, 0);
	}
	buf_reset(&in);
	/* nothing of the kind: it comes out, but for its first letter */
	put(&in, "CWS\012abcdefgh and so on");
	put(&want, "FWS\012abcdefgh and so on");
	expect(UNPACK_BAD_SWF);
	what = UNPACK_PDF_DEFLATE | UNPACK_SWF_LZMA;
	put(&in, "CWS\012abcdefgh and so on");
	expect_same(0);
	what = 0;
	put(&in, "CWS\012abcdefgh and so on");
	expect_same(0);
}

/* "hello hello hello hello", made with lzma_alone; SWF has its properties in
 * its own head, and no length. */
static void
test_lzma(void **state)
{
	static const uint8_t props[] = { 0x5d, 0, 0, 0x80, 0 };
	static const uint8_t data[] = {
		0x00, 0x34, 0x19, 0x49, 0xee, 0x8d, 0xe9, 0x56, 0x0b, 0xd5,
		0xc5, 0xa3, 0xff, 0xff, 0x78, 0xa4, 0x00, 0x00,
	};

	(void)state;
	buf_put(&in, "ZWS\015\037\0\0\0\1\2\3\4", 12);
	buf_put(&in, props, sizeof(props));
	buf_put(&in, data, sizeof(data));
	if (!unpack_has_lzma()) {
		expect_same(UNPACK_BAD_LZMA | UNPACK_NO_MEMORY);
		return;
	}
	put(&want, "FWS\015");
	buf_put(&want, "\037\0\0\0hello hello hello hello", 27);
	expect(0);
	/* properties that are none */
	buf_put(&in, "ZWS\015\037\0\0\0\1\2\3\4\xff\xff\xff\xff\xff", 17);
	buf_put(&in, data, sizeof(data));
	feed_all(&f, in.ptr, in.len, 1);
	assert_true(f.flags & UNPACK_BAD_LZMA);
	buf_reset(&in);
	/* a dictionary larger than what there is */
	buf_put(&in, "ZWS\015\037\0\0\0\1\2\3\4\x5d\0\0\0\x7f", 17);
	buf_put(&in, data, sizeof(data));
	feed_all(&f, in.ptr, in.len, SIZE_MAX);
	assert_int_equal(f.flags, UNPACK_BAD_LZMA | UNPACK_NO_MEMORY);
	buf_reset(&in);
	/* broken */
	buf_put(&in, "ZWS\015\037\0\0\0\1\2\3\4", 12);
	buf_put(&in, props, sizeof(props));
	buf_put(&in, data, 10);
	for (unsigned i = 0; i < 100; i++)
		buf_putc(&in, (char)0xff);
	feed_all(&f, in.ptr, in.len, 7);
	assert_int_equal(f.flags, UNPACK_BAD_LZMA);
}

/* A PDF with one stream of a dictionary. */
static void
pdf(const char *dict, const char *text, bool packed, bool unpacked)
{
	char head[512];
	size_t from;

	snprintf(head, sizeof(head), "%%PDF-1.4\n%%\xe2\xe3\n1 0 obj\n<<%s>>\n"
	    "stream\r\n", dict);
	put(&in, head);
	put(&want, head);
	from = in.len;
	if (packed)
		put_zlib(&in, text, strlen(text), 0);
	else
		put(&in, text);
	if (packed && !unpacked) {
		buf_put(&want, in.ptr + from, in.len - from);
	} else {
		put(&want, text);
		if (packed)
			buf_put(&want, in.ptr + in.len - 4, 4);
	}
	put(&in, "\nendstream\nendobj\n");
	put(&want, "\nendstream\nendobj\n");
}

static void
test_pdf(void **state)
{
	static const char *const yes[] = { "/Filter /FlateDecode",
		"/Length 5/Filter/FlateDecode", "/Filter [/FlateDecode]",
		"/Filter\n[ /Fl ] /Length 5", "/Filter/Fl#61te#44ecode",
		"/A<</Filter/X>>/Filter/FlateDecode/D<</B/Filter>>",
		"/A(\\)>>(()) /Filter)/Filter/FlateDecode",
		"/A<41>/Filter/FlateDecode %>>stream\n", "/#46ilter/Fl" };
	static const struct {
		const char *dict;
		unsigned flags;
	} no[] = {
		{ "/Length 5", 0 },
		{ "/Filter/DCTDecode", UNPACK_PDF_FILTER },
		{ "/Filter 5 0 R", UNPACK_PDF_FILTER },
		{ "/Filter[/DCTDecode /FlateDecode]", UNPACK_PDF_CASCADE },
		{ "/Filter[/FlateDecode/FlateDecode]", UNPACK_PDF_CASCADE },
		{ "/A<</Filter/FlateDecode>>", 0 },
	};
	char text[3000];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i * i % 19);
	text[sizeof(text) - 1] = 0;
	for (unsigned i = 0; i < ARRAY_LEN(yes); i++) {
		pdf(yes[i], text, true, true);
		expect(0);
	}
	for (unsigned i = 0; i < ARRAY_LEN(no); i++) {
		pdf(no[i].dict, text, true, false);
		expect(no[i].flags);
	}
	/* several, one of them broken; behind something else */
	put(&in, "garbage");
	put(&want, "garbage");
	for (unsigned i = 0; i < 5; i++)
		pdf("/Filter/FlateDecode", text, i != 2, true);
	expect(UNPACK_BAD_PDF);
	/* "stream" that is none */
	put(&in, "%PDF-1.4\n<</Filter/FlateDecode>>streams\nx<<>>stream x");
	expect_same(UNPACK_PDF_PARSE);
	/* and a PDF's head that comes too late */
	for (unsigned i = 0; i < 1100; i++) {
		buf_putc(&in, ' ');
		buf_putc(&want, ' ');
	}
	pdf("/Filter/FlateDecode", text, true, false);
	expect(0);
}

/* What a stream read in vain is looked through for its end. */
static void
test_pdf_short(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		if (i == 2) /* "\nends" begins as deflate does */
			continue;
		put(&in, "%PDF-1.4\n<</Filter/FlateDecode>>stream\n");
		buf_put(&in, "x\234\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", i);
		put(&in, "\nendstream <</Filter/FlateDecode>>stream\n");
		buf_put(&want, in.ptr, in.len);
		put_zlib(&in, "hello", 5, 4);
		put(&want, "hello");
		put(&in, "endstrendstream <<>>");
		put(&want, "endstrendstream <<>>");
		expect(UNPACK_BAD_PDF);
	}
}

static void
test_damaged(void **state)
{
	static const char likely[] = "<>[]()/%\\# \nstream";
	static uint8_t whole[8192];
	uint32_t seed = 29;
	struct buf base;

	(void)state;
	pdf("/Filter/FlateDecode/A(b)/C[/D<</E 1>>]", "some text", true, true);
	buf_init(&base, 4096);
	buf_put(&base, in.ptr, in.len);
	for (unsigned i = 0; i < 4000; i++) {
		size_t n;
		unsigned flags;

		buf_reset(&in);
		buf_put(&in, base.ptr, base.len);
		for (unsigned k = 0; k < 4; k++) {
			seed = seed * 1664525 + 1013904223;
			in.ptr[(seed >> 8) % in.len] = seed & 64 ?
			    likely[(seed >> 3) % (sizeof(likely) - 1)] :
			    (char)(seed >> 20);
		}
		feed_all(&f, in.ptr, in.len, SIZE_MAX);
		n = f.n;
		flags = f.flags;
		memcpy(whole, out, n);
		feed_all(&f, in.ptr, in.len, i % 9);
		assert_int_equal(f.n, n);
		assert_int_equal(f.flags, flags);
		assert_memory_equal(out, whole, n);
	}
	buf_fini(&base);
}

static void
test_bomb(void **state)
{
	uint8_t *zeros = xcalloc(1, 64 << 20);

	(void)state;
	buf_put(&in, "CWS\012\0\1\2\3", 8);
	put_zlib(&in, zeros, 64 << 20, 0);
	feed_all(&f, in.ptr, in.len, 1000);
	assert_true(f.flags & UNPACK_BOMB);
	assert_true(f.n < LIM_BODY_FREE * 2);
	free(zeros);
}

static void
test_no_memory(void **state)
{
	struct unpack others[100];
	unsigned n = 0;

	(void)state;
	do {
		assert_true(n < ARRAY_LEN(others));
		unpack_begin(&others[n], pool, ALL);
		assert_int_equal(unpack_feed(&others[n],
		    slice_make((const uint8_t *)"CWS\012abcd", 8), room,
		    sizeof(room)).flags & ~(unsigned)(UNPACK_BAD_SWF |
		    UNPACK_NO_MEMORY), 0);
	} while (others[n++].body);
	put(&in, "CWS\012abcdefg");
	expect_same(UNPACK_BAD_SWF | UNPACK_NO_MEMORY);
	put(&in, "%PDF-1.4\n<</Filter/FlateDecode>>stream\nx endstream");
	expect_same(UNPACK_NO_MEMORY);
	while (n)
		unpack_end(&others[--n]);
}

static uint64_t
cost(const char *unit, size_t n)
{
	char *text = xcalloc(1, n + 9);
	uint64_t best = UINT64_MAX;

	memcpy(text, "%PDF-1.4\n", 9);
	for (size_t i = 0, len = strlen(unit); i < n; i++)
		text[9 + i] = unit[i % len];
	for (unsigned i = 0; i < 5; i++) {
		struct slice s = { (uint8_t *)text, n + 9 };
		struct timespec a, b;
		struct unpack_out o;
		uint64_t ns;

		begin();
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		do {
			o = unpack_feed(&u, s, room, sizeof(room));
			s = slice_make(s.ptr + o.consumed, s.len - o.consumed);
		} while (o.flags & UNPACK_FULL);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
		ns = (uint64_t)(b.tv_sec - a.tv_sec) * 1000000000 +
		    (uint64_t)(b.tv_nsec - a.tv_nsec);
		if (ns < best)
			best = ns;
	}
	free(text);
	return best;
}

static void
test_linear(void **state)
{
	static const char *const units[] = { "<", "(", "/", "[", "endstre",
		"<</Filter/FlateDecode>>stream\n", "<<>>stream\nendstream ",
		"<</Filter/FlateDecode>>stream\nxendstream " };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(units); i++) {
		uint64_t one = cost(units[i], 50000);
		uint64_t ten = cost(units[i], 500000);

		if (ten > 40 * one)
			fail_msg("unit %u: %llu ns, ten times: %llu", i,
			    (unsigned long long)one, (unsigned long long)ten);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_others),
		TEST(test_swf),
		TEST(test_lzma),
		TEST(test_pdf),
		TEST(test_pdf_short),
		TEST(test_damaged),
		TEST(test_bomb),
		TEST(test_no_memory),
		TEST(test_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
