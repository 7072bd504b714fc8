/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bodies whose content is coded (RFC 9110 8.4): gzip (RFC 1952), deflate
 * (RFC 1950, or 1951 raw, as browsers take it), brotli (RFC 7932), and up to
 * LIM_BODY_LAYERS of them around each other.
 *
 *	enum body_coding codings[] = { BODY_GZIP };
 *	struct body *b = body_begin(pool, codings, 1);
 *	struct body_out o;
 *	do {
 *		o = body_feed(b, in, depth);
 *		... o.bytes ...
 *		in = slice_make(in.ptr + o.consumed, in.len - o.consumed);
 *	} while (o.flags & BODY_FULL);
 *	...
 *	body_finish(b, depth) where the sender ended the body; body_end(b)
 *
 * What comes out does not depend on the pieces that went in; but where a bomb
 * is cut off does, and how much comes out of brotli that turns bad, or for
 * which memory runs out, of its last 256 bytes. It is read as
 * the most tolerant browser would: a wrong checksum, a missing trailer,
 * garbage behind the end and reserved flags of gzip are no reason to stop; a
 * body that is not coded as it says at all comes out as it is.
 */
#ifndef DECODERS_APP_BODY_H
#define DECODERS_APP_BODY_H

#include "core/base.h"
#include "core/counter.h"
#include "core/limits.h"
#include "core/slice.h"

struct body;
struct body_pool;

enum body_coding { BODY_IDENTITY, BODY_GZIP, BODY_DEFLATE, BODY_BROTLI };

/* What else is to be known of a call's result. */
enum body_flag {
	BODY_FULL = 1 << 0,  /* no more room: call again with the rest of the
	                        input, even where that is nothing */
	BODY_DONE = 1 << 1,  /* the coding ended; what follows is ignored */
	BODY_BAD = 1 << 2,   /* not as the coding has it: from here on, or a
	                        checksum. Said once. */
	BODY_PLAIN = 1 << 3, /* not coded at all: given as it is */
	BODY_DEPTH = 1 << 4, /* depth is reached; the rest is ignored */
	BODY_BOMB = 1 << 5,  /* LIM_BODY_RATIO passed: the rest is ignored */
	BODY_NO_MEMORY = 1 << 6, /* brotli's: the rest is ignored */
};

struct body_out {
	struct slice bytes; /* in the pool's room, until its next call */
	size_t consumed;    /* of the input; all of it without BODY_FULL */
	unsigned flags;     /* enum body_flag */
};

#define BODY_COUNTERS(X)                                                       \
	X(BODIES, "bodies", "coded bodies")                                    \
	X(BODY_IN, "body_in", "bytes of them")                                 \
	X(BODY_OUT, "body_out", "bytes they decoded to")                       \
	X(BODY_BAD, "body_bad", "bodies that are not coded as they say")       \
	X(BODY_PLAIN, "body_plain", "bodies that are not coded at all")        \
	X(BODY_BOMBS, "body_bombs", "bodies cut off where they grow too much") \
	X(BODY_LAYERS, "body_layers", "codings past the limit around a body:"  \
	    " not undone")                                                     \
	X(BODY_NO_MEMORY, "body_no_memory", "bodies not decoded, or not to"    \
	    " the end: no memory")
enum {
#define X(NAME, name, help) BODY_CTR_##NAME,
	BODY_COUNTERS(X)
#undef X
	BODY_CTRS
};

/*
 * A worker's: its room, and memory for decoders. mem: for gzip and deflate
 * (max_gzip_mem), at least one decoder's; mem_brotli: likewise, 0 leaves
 * brotli coded. Nothing is taken past them. NULL: out of memory.
 */
NODISCARD struct body_pool *body_pool_new(size_t mem, size_t mem_brotli);
/* Takes NULL too. The bodies go with it. */
void body_pool_free(struct body_pool *p);
/* Adds what was counted since the last time to ctrs, in the order of
 * BODY_COUNTERS, which a parser has in its own. */
void body_pool_count(struct body_pool *p, uint64_t ctrs[BODY_CTRS]);

/* The n codings in the order in which they were applied, so that the last one
 * is undone first. NULL: no memory (counted); the body is read as it is. */
NODISCARD struct body *body_begin(struct body_pool *p,
    const enum body_coding *codings, unsigned n);
/* The next bytes of the body. depth: how many may come out of it from its
 * beginning on; SIZE_MAX: any. */
struct body_out body_feed(struct body *b, struct slice in, size_t depth);
/* There are no more: what was held back to find out how the body is coded
 * (BODY_FULL: call again). BODY_DONE missing: it was cut off. */
struct body_out body_finish(struct body *b, size_t depth);
/* Another one that goes on as this one would, for whoever looks ahead. NULL: no
 * memory, or a coding that cannot be copied (only gzip and deflate can). */
NODISCARD struct body *body_clone(struct body *b);
/* Is there memory for it that bodies as they come would not miss: half of what
 * there may be? */
bool body_pool_is_idle(const struct body_pool *p);
/* Takes NULL too. */
void body_end(struct body *b);

/* What a Content-Encoding says, in the order of its words. */
struct body_codings {
	enum body_coding list[LIM_BODY_LAYERS];
	unsigned n;    /* without identity */
	bool unknown;  /* a word is none of them */
	bool too_many; /* the last ones are kept, the outer */
};
/* Adds the words of a header's value; as tolerant as body_feed: blanks, commas
 * and what is no letter part them, NULs do not count. */
void body_codings_add(struct body_codings *c, struct slice value);

#endif
