/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A decoder (FUZZ_FEED: body, utf, js, unpack) under a fuzzer. The first byte
 * says how it is set up, the rest is its input: whole and in small pieces it
 * comes out the same, it ends, and gives all its memory back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "decoders/app/body_int.h"
#include "decoders/app/js.h"
#include "decoders/app/unpack.h"
#include "decoders/app/utf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 4 << 20, DEPTH = 1 << 20, ROOM = 2048 };

static struct body_pool *pool;
static struct body *body;
static struct utf utf;
static struct js js;
static struct unpack unpack;
static uint8_t room[ROOM], mode;

struct fed {
	struct slice bytes;
	size_t consumed;
	unsigned flags;
	bool full;
	bool loose; /* where it ends may depend on the pieces */
};

static void UNUSED
body_start(void)
{
	enum body_coding list[LIM_BODY_LAYERS] = { mode & 3, mode >> 2 & 3,
		mode >> 4 & 3 };

	body = body_begin(pool, list, LIM_BODY_LAYERS);
	if (!body)
		abort();
}

static struct fed UNUSED
body_piece(struct slice in)
{
	struct body_out o = in.ptr ? body_feed(body, in, DEPTH) :
	    body_finish(body, DEPTH);

	/* brotli's end, if it is bad; and where a bomb is noticed */
	return (struct fed){ o.bytes, o.consumed, o.flags & ~1u,
		o.flags & BODY_FULL, o.flags & (BODY_BAD | BODY_BOMB |
		    BODY_NO_MEMORY) };
}

static void UNUSED
body_stop(void)
{
	body_end(body);
}

static void UNUSED
utf_start(void)
{
	utf_begin(&utf, mode % (UTF_32BE + 1));
}

static struct fed UNUSED
utf_piece(struct slice in)
{
	struct utf_out o = in.ptr ? utf_feed(&utf, in, room, sizeof(room)) :
	    utf_finish(&utf, room, sizeof(room));

	return (struct fed){ o.bytes, o.consumed, o.flags & ~1u,
		o.flags & UTF_FULL, false };
}

static void UNUSED
utf_stop(void)
{
}

static void UNUSED
js_start(void)
{
	js_begin(&js, mode);
}

static struct fed UNUSED
js_piece(struct slice in)
{
	struct js_out o = in.ptr ? js_feed(&js, in, room, sizeof(room)) :
	    js_finish(&js, room, sizeof(room));

	return (struct fed){ o.bytes, o.consumed, o.flags & ~1u,
		o.flags & JS_FULL, false };
}

static void UNUSED
js_stop(void)
{
}

static void UNUSED
unpack_start(void)
{
	unpack_begin(&unpack, pool, mode & 7);
}

static struct fed UNUSED
unpack_piece(struct slice in)
{
	struct unpack_out o = in.ptr ?
	    unpack_feed(&unpack, in, room, sizeof(room)) :
	    unpack_finish(&unpack, room, sizeof(room));

	return (struct fed){ o.bytes, o.consumed, o.flags & ~1u,
		o.flags & UNPACK_FULL, o.flags & UNPACK_BOMB };
}

static void UNUSED
unpack_stop(void)
{
	unpack_end(&unpack);
}

#define NAME(what, part) what##_##part
#define CALL(what, part) NAME(what, part)

struct result {
	uint8_t *out;
	size_t n;
	unsigned flags;
	bool loose;
};

static void
piece(struct result *r, struct slice in)
{
	struct fed o;

	for (unsigned calls = 0;; calls++) {
		o = CALL(FUZZ_FEED, piece)(in);
		if (o.consumed > in.len || (!o.full && o.consumed < in.len) ||
		    calls > OUT_MAX)
			abort();
		if (o.bytes.len > OUT_MAX - r->n)
			abort();
		if (o.bytes.len)
			memcpy(r->out + r->n, o.bytes.ptr, o.bytes.len);
		r->n += o.bytes.len;
		r->flags |= o.flags;
		r->loose |= o.loose;
		if (!o.full)
			break;
		if (in.ptr)
			in = slice_make(in.ptr + o.consumed,
			    in.len - o.consumed);
	}
}

static void
run(struct result *r, const uint8_t *data, size_t size, size_t len)
{
	r->n = r->flags = 0;
	r->loose = false;
	CALL(FUZZ_FEED, start)();
	for (size_t at = 0; at < size; at += len) {
		size_t n = len < size - at ? len : size - at;
		uint8_t *copy = malloc(n); /* that ends where it ends */

		if (!copy)
			abort();
		memcpy(copy, data + at, n);
		piece(r, slice_make(copy, n));
		free(copy);
		if (size - at <= len)
			break;
	}
	piece(r, slice_make(NULL, 0));
	CALL(FUZZ_FEED, stop)();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct result whole, pieces;

	if (!pool) {
		pool = body_pool_new(300000, 1 << 20);
		whole.out = malloc(OUT_MAX);
		pieces.out = malloc(OUT_MAX);
		if (!pool || !whole.out || !pieces.out)
			abort();
	}
	if (!size)
		return 0;
	mode = data[0];
	data++;
	size--;
	run(&whole, data, size, SIZE_MAX);
	run(&pieces, data, size, 1);
	if (!whole.loose && !pieces.loose && (whole.n != pieces.n ||
	    whole.flags != pieces.flags ||
	    memcmp(whole.out, pieces.out, whole.n) != 0))
		abort();
	if (pool->bodies.live || pool->layers.live || pool->windows.live ||
	    pool->big.live)
		abort();
	return 0;
}
