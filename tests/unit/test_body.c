/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Coded bodies: every coding, layers, any pieces, damage, bombs, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <brotli/encode.h>
#include <zlib.h>

#include "core/xalloc.h"
#include "decoders/app/body.h"

enum { MEM = 838860, ROOM = 1 << 20 };

static struct body_pool *pool;

static int
setup(void **state)
{
	(void)state;
	pool = body_pool_new(MEM, LIM_BODY_BROTLI);
	return pool ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	body_pool_free(pool);
	return 0;
}

/* -- making bodies ------------------------------------------------------- */

struct bytes {
	uint8_t *p;
	size_t n;
};

static struct bytes
bytes_of(const void *p, size_t n)
{
	struct bytes b = { xcalloc(1, n + 1), n };

	if (n)
		memcpy(b.p, p, n);
	return b;
}

static void
add(struct bytes *b, const void *p, size_t n)
{
	b->p = xreallocarray(b->p, b->n + n + 1, 1);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

/* wbits as zlib has it: 31 gzip, 15 zlib, -15 raw. */
static struct bytes
deflated(const void *p, size_t n, int wbits)
{
	z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)p,
		.avail_in = (uInt)n };
	struct bytes b;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, wbits, 8,
	    Z_DEFAULT_STRATEGY), Z_OK);
	b.n = deflateBound(&z, n) + 64;
	b.p = xcalloc(1, b.n);
	z.next_out = b.p;
	z.avail_out = (uInt)b.n;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	b.n = z.total_out;
	deflateEnd(&z);
	return b;
}

static struct bytes
brotlied(const void *p, size_t n)
{
	struct bytes b = { NULL, BrotliEncoderMaxCompressedSize(n) + 64 };

	b.p = xcalloc(1, b.n);
	assert_true(BrotliEncoderCompress(5, 18, BROTLI_MODE_GENERIC, n, p,
	    &b.n, b.p));
	return b;
}

static struct bytes
coded(enum body_coding c, struct bytes in)
{
	return c == BODY_GZIP ? deflated(in.p, in.n, 31) :
	    c == BODY_DEFLATE ? deflated(in.p, in.n, 15) :
	    brotlied(in.p, in.n);
}

/* A pseudo random sequence that is the same each time. */
static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Text that compresses some. */
static struct bytes
some_text(size_t n)
{
	struct bytes b = { xcalloc(1, n + 1), n };
	uint32_t seed = 7;

	for (size_t i = 0; i < n; i++)
		b.p[i] = (uint8_t)("the quick brown"[next_random(&seed) % 15] +
		    (next_random(&seed) % 16 == 0));
	return b;
}

/* -- reading them ---------------------------------------------------------- */

static uint8_t out[ROOM * 4];
static size_t n_out;
static unsigned flags;
static uint64_t ctrs[BODY_CTRS];

static void
keep(struct body_out o)
{
	assert_true(o.bytes.len <= sizeof(out) - n_out);
	if (o.bytes.len)
		memcpy(out + n_out, o.bytes.ptr, o.bytes.len);
	n_out += o.bytes.len;
	flags |= o.flags & ~(unsigned)BODY_FULL;
}

/* The whole body in pieces of some length; piece 0: random ones. */
static void
read_all(const enum body_coding *codings, unsigned n, struct bytes in,
    size_t piece, size_t depth)
{
	struct body *b = body_begin(pool, codings, n);
	struct body_out o;
	uint32_t seed = 3;
	size_t at = 0;

	n_out = 0;
	flags = 0;
	memset(ctrs, 0, sizeof(ctrs));
	assert_non_null(b);
	while (at < in.n) {
		size_t len = piece ? piece : next_random(&seed) % 90;
		struct slice s = { in.p + at, len < in.n - at ? len :
		    in.n - at };

		at += s.len;
		do {
			/* what is read past its end is seen by the sanitizer */
			uint8_t *copy = xcalloc(1, s.len ? s.len : 1);

			if (s.len)
				memcpy(copy, s.ptr, s.len);
			o = body_feed(b, slice_make(copy, s.len), depth);
			keep(o);
			free(copy);
			assert_true(o.consumed <= s.len);
			assert_true(o.flags & BODY_FULL || o.consumed == s.len);
			s = slice_make(s.ptr + o.consumed, s.len - o.consumed);
		} while (o.flags & BODY_FULL);
	}
	do {
		o = body_finish(b, depth);
		keep(o);
	} while (o.flags & BODY_FULL);
	body_end(b);
	body_pool_count(pool, ctrs);
}

static void
read_one(enum body_coding coding, struct bytes in, size_t piece)
{
	read_all(&coding, 1, in, piece, SIZE_MAX);
}

static void
expect(struct bytes want, unsigned want_flags)
{
	assert_int_equal(flags, want_flags);
	assert_int_equal(n_out, want.n);
	if (want.n)
		assert_memory_equal(out, want.p, want.n);
}

static const size_t pieces[] = { SIZE_MAX, 1, 2, 3, 7, 100, 0 };

static void
expect_any_pieces(const enum body_coding *codings, unsigned n,
    struct bytes in, struct bytes want, unsigned want_flags)
{
	for (unsigned i = 0; i < ARRAY_LEN(pieces); i++) {
		read_all(codings, n, in, pieces[i], SIZE_MAX);
		expect(want, want_flags);
	}
}

/* -- tests ------------------------------------------------------------------ */

static void
test_codings(void **state)
{
	static const size_t sizes[] = { 0, 1, 5, 100, 5000, 200000 };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(sizes); i++) {
		struct bytes text = some_text(sizes[i]);

		for (enum body_coding c = BODY_GZIP; c <= BODY_BROTLI; c++) {
			struct bytes in = coded(c, text);

			expect_any_pieces(&c, 1, in, text, BODY_DONE);
			free(in.p);
		}
		free(text.p);
	}
}

/* Raw deflate under the name of deflate, and names that are wrong. */
static void
test_misnamed(void **state)
{
	const enum body_coding gzip = BODY_GZIP, deflate = BODY_DEFLATE;
	struct bytes text = some_text(700), none = some_text(0);
	struct bytes gz = deflated(text.p, text.n, 31);
	struct bytes zlib = deflated(text.p, text.n, 15);
	struct bytes raw = deflated(text.p, text.n, -15);

	(void)state;
	expect_any_pieces(&deflate, 1, raw, text, BODY_DONE);
	expect_any_pieces(&deflate, 1, gz, text, BODY_DONE);
	expect_any_pieces(&gzip, 1, zlib, text, BODY_DONE);
	for (enum body_coding c = BODY_GZIP; c <= BODY_BROTLI; c++)
		expect_any_pieces(&c, 1, text, text, BODY_BAD | BODY_PLAIN);
	/* too little to know */
	for (enum body_coding c = BODY_GZIP; c <= BODY_BROTLI; c++)
		for (size_t n = 1; n < 4; n++) {
			text.n = n;
			read_one(c, text, 1);
			expect(text, BODY_BAD | BODY_PLAIN);
		}
	/* nothing at all is an empty body */
	read_one(BODY_GZIP, none, 1);
	assert_int_equal(n_out, 0);
	free(gz.p);
	free(zlib.p);
	free(raw.p);
	free(text.p);
	free(none.p);
}

/* Headers and trailers of gzip that zlib itself would refuse. */
static void
test_gzip_odd(void **state)
{
	static const uint8_t extra[] = { 5, 0, 1, 2, 3, 4, 5 };
	const enum body_coding gzip = BODY_GZIP;
	struct bytes text = some_text(500);
	struct bytes gz = deflated(text.p, text.n, 31);

	(void)state;
	for (unsigned f = 0; f < 256; f++) {
		struct bytes in = bytes_of(gz.p, 10);

		in.p[3] = (uint8_t)f;
		if (f & 4)
			add(&in, extra, sizeof(extra));
		if (f & 8)
			add(&in, "name", 5);
		if (f & 16)
			add(&in, "comment", 8);
		if (f & 2)
			add(&in, "xx", 2); /* a wrong checksum */
		add(&in, gz.p + 10, gz.n - 10);
		expect_any_pieces(&gzip, 1, in, text, BODY_DONE);
		free(in.p);
	}
	free(gz.p);
	free(text.p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_codings, setup, teardown),
		cmocka_unit_test_setup_teardown(test_misnamed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gzip_odd, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
