/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Coded bodies: every coding, layers, any pieces, damage, bombs, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <brotli/encode.h>
#include <zlib.h>

#include "core/xalloc.h"
#include "decoders/app/body.h"

enum { MEM = 838860, ROOM = 2 << 20 };

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

/* Wrong checksums are said, missing trailers are not missed; what follows is
 * another member or garbage. */
static void
test_gzip_end(void **state)
{
	const enum body_coding gzip = BODY_GZIP;
	struct bytes text = some_text(3000), twice = some_text(3000);
	struct bytes gz = deflated(text.p, text.n, 31), in;

	(void)state;
	add(&twice, text.p, text.n);
	for (size_t cut = 0; cut <= 8; cut++) {
		in = bytes_of(gz.p, gz.n - cut);
		expect_any_pieces(&gzip, 1, in, text, BODY_DONE);
		free(in.p);
	}
	for (size_t i = 1; i <= 8; i++) {
		in = bytes_of(gz.p, gz.n);
		in.p[gz.n - i] ^= 0x40;
		expect_any_pieces(&gzip, 1, in, text, BODY_DONE | BODY_BAD);
		/* and it goes on */
		add(&in, gz.p, gz.n);
		expect_any_pieces(&gzip, 1, in, twice, BODY_DONE | BODY_BAD);
		free(in.p);
	}
	in = bytes_of(gz.p, gz.n);
	add(&in, gz.p, gz.n);
	add(&in, "\x1f\x8bgarbage", 9);
	add(&in, gz.p, gz.n);
	expect_any_pieces(&gzip, 1, in, twice, BODY_DONE);
	free(in.p);
	free(gz.p);
	free(text.p);
	free(twice.p);
}

/* Every length of every coding: what comes out is the text's beginning, and
 * pieces do not matter. */
static void
test_truncated(void **state)
{
	struct bytes text = some_text(400);

	(void)state;
	for (enum body_coding c = BODY_GZIP; c <= BODY_BROTLI; c++) {
		struct bytes in = coded(c, text);
		size_t whole = in.n;

		for (in.n = 1; in.n < whole; in.n++) {
			struct bytes got;

			read_one(c, in, SIZE_MAX);
			if (!(flags & BODY_PLAIN))
				assert_memory_equal(out, text.p, n_out);
			got = bytes_of(out, n_out);
			expect_any_pieces(&c, 1, in, got, flags);
			free(got.p);
		}
		free(in.p);
	}
	free(text.p);
}

/* As the senders of http-evader.semantic-gap.de combine them. */
static void
test_layers(void **state)
{
	static const struct {
		enum body_coding says[3], is[3];
		unsigned n, flags;
	} cases[] = {
#define G BODY_GZIP
#define D BODY_DEFLATE
#define B BODY_BROTLI
#define I BODY_IDENTITY
		{ { G, D }, { G, D }, 2, BODY_DONE },
		{ { G, D, G }, { G, D, G }, 3, BODY_DONE },
		{ { D, G, D }, { D, G, D }, 3, BODY_DONE },
		{ { B, G, B }, { B, G, B }, 3, BODY_DONE },
		{ { I, G, I }, { G }, 3, BODY_DONE },
		{ { G, G }, { G }, 2, BODY_DONE | BODY_BAD | BODY_PLAIN },
		{ { G, D }, { G }, 2, BODY_DONE | BODY_BAD | BODY_PLAIN },
		{ { D, G }, { D }, 2, BODY_DONE | BODY_BAD | BODY_PLAIN },
		{ { G, G }, { I }, 2, BODY_BAD | BODY_PLAIN },
		{ { G, D, B }, { I }, 3, BODY_BAD | BODY_PLAIN },
#undef G
#undef D
#undef B
#undef I
	};
	struct bytes text = some_text(150000);

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct bytes in = bytes_of(text.p, text.n);

		for (unsigned k = 0; k < 3; k++) {
			struct bytes inner = in;

			if (cases[i].is[k] == BODY_IDENTITY)
				continue;
			in = coded(cases[i].is[k], inner);
			free(inner.p);
		}
		for (unsigned k = 0; k < ARRAY_LEN(pieces); k++) {
			read_all(cases[i].says, cases[i].n, in, pieces[k],
			    SIZE_MAX);
			expect(text, cases[i].flags);
		}
		free(in.p);
	}
	free(text.p);
}

/* More codings than are undone: the outer ones are. */
static void
test_too_many(void **state)
{
	static const enum body_coding says[] = { BODY_BROTLI, BODY_GZIP,
		BODY_GZIP, BODY_GZIP };
	struct bytes text = some_text(300), in = coded(BODY_BROTLI, text);
	struct bytes left = bytes_of(in.p, in.n);

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct bytes inner = in;

		in = coded(BODY_GZIP, inner);
		free(inner.p);
	}
	read_all(says, ARRAY_LEN(says), in, 5, SIZE_MAX);
	expect(left, BODY_DONE);
	assert_int_equal(ctrs[BODY_CTR_BODY_LAYERS], 1);
	free(in.p);
	free(left.p);
	free(text.p);
}

/* Bytes changed at random. The pieces do not matter; but brotli that turns
 * bad late may lose some of its end. */
static void
test_damaged(void **state)
{
	struct bytes text = some_text(2000);
	uint32_t seed = 17;

	(void)state;
	for (unsigned i = 0; i < 1500; i++) {
		enum body_coding c = BODY_GZIP + i % 3;
		struct bytes in = coded(c, text), got;
		unsigned were;

		for (unsigned k = 0; k < 1 + i % 4; k++)
			in.p[next_random(&seed) % in.n] =
			    (uint8_t)next_random(&seed);
		read_one(c, in, SIZE_MAX);
		got = bytes_of(out, n_out);
		were = flags;
		read_one(c, in, 1 + i % 7);
		if (c == BODY_BROTLI && were & BODY_BAD) {
			assert_true(n_out >= got.n);
			n_out = got.n;
		}
		expect(got, were);
		free(got.p);
		free(in.p);
	}
	free(text.p);
}

static void
test_depth(void **state)
{
	struct bytes text = some_text(100000);
	const enum body_coding none = BODY_IDENTITY;

	(void)state;
	for (enum body_coding c = BODY_GZIP; c <= BODY_BROTLI; c++) {
		struct bytes in = coded(c, text);
		static const size_t depths[] = { 0, 1, 1000, 70000, 99999 };

		for (unsigned i = 0; i < ARRAY_LEN(depths); i++) {
			struct bytes begin = { text.p, depths[i] };

			read_all(&c, 1, in, 1000, depths[i]);
			expect(begin, BODY_DEPTH);
		}
		read_all(&c, 1, in, 1000, text.n);
		assert_int_equal(n_out, text.n);
		free(in.p);
	}
	read_all(&none, 1, text, 7, 50);
	expect((struct bytes){ text.p, 50 }, BODY_DEPTH);
	read_all(&none, 0, text, 7, SIZE_MAX);
	expect(text, 0);
	free(text.p);
}

static void
test_bombs(void **state)
{
	static const enum body_coding says[] = { BODY_GZIP, BODY_GZIP };
	struct bytes zeros = { xcalloc(1, 64 << 20), 64 << 20 }, in;

	(void)state;
	for (enum body_coding c = BODY_GZIP; c <= BODY_BROTLI; c++) {
		in = coded(c, zeros);
		read_one(c, in, 1000);
		assert_true(flags & BODY_BOMB);
		assert_true(n_out >= LIM_BODY_FREE);
		assert_true(n_out <= LIM_BODY_FREE + LIM_BODY_ROOM +
		    in.n * LIM_BODY_RATIO);
		assert_int_equal(ctrs[BODY_CTR_BODY_BOMBS], 1);
		free(in.p);
	}
	/* the inner one grows just as little as both do */
	in = coded(BODY_GZIP, zeros);
	free(zeros.p);
	zeros = coded(BODY_GZIP, in);
	read_all(says, 2, zeros, 1000, SIZE_MAX);
	assert_true(flags & BODY_BOMB);
	assert_true(n_out <= LIM_BODY_FREE + LIM_BODY_ROOM);
	free(in.p);
	free(zeros.p);
}

static void
test_no_memory(void **state)
{
	const enum body_coding gzip = BODY_GZIP, brotli = BODY_BROTLI;
	struct body *b[2000];
	struct bytes text, in;
	unsigned n;

	(void)state;
	for (n = 0; n < ARRAY_LEN(b); n++)
		if (!(b[n] = body_begin(pool, &gzip, 1)))
			break;
	/* the cap, and so many that each has its window */
	assert_true(n >= 15 && n <= MEM / 32768);
	memset(ctrs, 0, sizeof(ctrs));
	body_pool_count(pool, ctrs);
	assert_int_equal(ctrs[BODY_CTR_BODY_NO_MEMORY], 1);
	assert_int_equal(ctrs[BODY_CTR_BODIES], n);
	body_end(b[0]);
	b[0] = body_begin(pool, &gzip, 1);
	assert_non_null(b[0]);
	while (n)
		body_end(b[--n]);
	body_end(NULL);

	/* room for a decoder of brotli, but not for its window */
	body_pool_free(pool);
	pool = body_pool_new(0, 65536);
	assert_non_null(pool);
	text = some_text(300000);
	in = brotlied(text.p, text.n);
	read_all(&brotli, 1, in, 100, SIZE_MAX);
	assert_true(flags & BODY_NO_MEMORY);
	assert_int_equal(ctrs[BODY_CTR_BODY_NO_MEMORY], 1);
	for (n = 0; n < ARRAY_LEN(b); n++)
		if (!(b[n] = body_begin(pool, &brotli, 1)))
			break;
	assert_true(n < 16);
	while (n)
		body_end(b[--n]);
	/* nothing for brotli, one decoder for the others */
	body_pool_free(pool);
	pool = body_pool_new(0, 0);
	assert_null(body_begin(pool, &brotli, 1));
	free(in.p);
	in = deflated(text.p, text.n, 31);
	read_one(BODY_GZIP, in, 777);
	expect(text, BODY_DONE);
	free(in.p);
	free(text.p);
}

static void
test_heap(void **state)
{
	struct bytes text = some_text(5000), in = coded(BODY_GZIP, text);
	uint64_t before;

	(void)state;
	body_pool_free(pool);
	for (unsigned i = 1;; i++) {
		mem_fail_at(i);
		pool = body_pool_new(MEM, LIM_BODY_BROTLI);
		mem_fail_at(0);
		if (pool)
			break;
		assert_true(i < 20);
	}
	/* at work: slabs' pages at most, and the second time nothing */
	for (unsigned i = 1; i < 4; i++) {
		const enum body_coding gzip = BODY_GZIP;
		struct body *b;

		mem_fail_at(1);
		b = body_begin(pool, &gzip, 1);
		mem_fail_at(0);
		assert_null(b);
	}
	read_one(BODY_GZIP, in, SIZE_MAX);
	expect(text, BODY_DONE);
	before = mem_count();
	for (enum body_coding c = BODY_GZIP; c <= BODY_BROTLI; c++) {
		struct body *b = body_begin(pool, &c, 1);

		assert_non_null(b);
		body_feed(b, slice_make(in.p, in.n), SIZE_MAX);
		body_end(b);
	}
	assert_int_equal(mem_count(), before);
	free(in.p);
	free(text.p);
}

static void
test_content_encoding(void **state)
{
	static const struct {
		const char *value;
		size_t len;
		enum body_coding list[3];
		unsigned n;
		bool unknown, too_many;
	} cases[] = {
#define S(s) s, sizeof(s) - 1
#define G BODY_GZIP
#define D BODY_DEFLATE
#define B BODY_BROTLI
		{ S(""), { G }, 0, false, false },
		{ S("gzip"), { G }, 1, false, false },
		{ S("X-GZIP"), { G }, 1, false, false },
		{ S("gzip, deflate,br"), { G, D, B }, 3, false, false },
		{ S("identity,gzip"), { G }, 1, false, false },
		{ S(",\fgz\0ip\xa0;"), { G }, 1, false, false },
		{ S("x gzip"), { G }, 1, true, false },
		{ S("gzipx"), { G }, 0, true, false },
		{ S("a-very-long-word-that-is-none,gzip"), { G }, 1, true,
		    false },
		{ S("br,gzip,gzip,deflate"), { G, G, D }, 3, false, true },
#undef S
#undef G
#undef D
#undef B
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct body_codings c = { .n = 0 };

		body_codings_add(&c, slice_make(
		    (const uint8_t *)cases[i].value, cases[i].len));
		assert_int_equal(c.n, cases[i].n);
		for (unsigned k = 0; k < c.n; k++)
			assert_int_equal(c.list[k], cases[i].list[k]);
		assert_int_equal(c.unknown, cases[i].unknown);
		assert_int_equal(c.too_many, cases[i].too_many);
	}
}

/* Nanoseconds for a body that repeats a unit n times; the best of some. */
static uint64_t
cost(enum body_coding coding, const void *unit, size_t len, size_t n)
{
	struct bytes in = { xcalloc(n, len), n * len };
	uint64_t best = UINT64_MAX;

	for (size_t i = 0; i < n; i++)
		memcpy(in.p + i * len, unit, len);
	for (unsigned i = 0; i < 5; i++) {
		struct body *b = body_begin(pool, &coding, 1);
		struct slice s = { in.p, in.n };
		struct timespec t, u;
		struct body_out o;
		uint64_t ns;

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
		do {
			o = body_feed(b, s, SIZE_MAX);
			s = slice_make(s.ptr + o.consumed, s.len - o.consumed);
		} while (o.flags & BODY_FULL);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &u);
		body_end(b);
		ns = (uint64_t)(u.tv_sec - t.tv_sec) * 1000000000 +
		    (uint64_t)(u.tv_nsec - t.tv_nsec);
		if (ns < best)
			best = ns;
	}
	free(in.p);
	return best;
}

static void
test_linear(void **state)
{
	struct bytes empty = some_text(0), gz = deflated(empty.p, 0, 31);
	static const uint8_t stored[] = { 0, 0, 0, 0xff, 0xff };
	static const uint8_t fixed[] = { 0x02, 0x00 };
	static const struct {
		enum body_coding coding;
		const void *unit;
		size_t len;
	} units[] = {
		{ BODY_GZIP, "\x1f\x8b\x08\x08", 4 },
		{ BODY_GZIP, "\x1f", 1 },
		{ BODY_DEFLATE, stored, sizeof(stored) }, /* nothing comes out */
		{ BODY_DEFLATE, fixed, sizeof(fixed) },
		{ BODY_DEFLATE, "\xff", 1 },
		{ BODY_BROTLI, "\x06", 1 },
		{ BODY_BROTLI, "\x0c\x00\x80", 3 },
	};

	(void)state;
	for (unsigned i = 0; i <= ARRAY_LEN(units); i++) {
		bool members = i == ARRAY_LEN(units); /* empty ones */
		enum body_coding c = members ? BODY_GZIP : units[i].coding;
		const void *unit = members ? gz.p : units[i].unit;
		size_t len = members ? gz.n : units[i].len;
		uint64_t one = cost(c, unit, len, 20000);
		uint64_t ten = cost(c, unit, len, 200000);

		if (ten > 40 * one + 100000)
			fail_msg("unit %u: %llu ns, ten times: %llu", i,
			    (unsigned long long)one, (unsigned long long)ten);
	}
	free(empty.p);
	free(gz.p);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_codings),
		TEST(test_misnamed),
		TEST(test_gzip_odd),
		TEST(test_gzip_end),
		TEST(test_truncated),
		TEST(test_layers),
		TEST(test_too_many),
		TEST(test_damaged),
		TEST(test_depth),
		TEST(test_bombs),
		TEST(test_no_memory),
		TEST(test_heap),
		TEST(test_content_encoding),
		TEST(test_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
