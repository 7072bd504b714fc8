/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of coded bodies share; nobody else includes it.
 *
 *	body.c         the pool, a body's layers and its limits
 *	body_layer.c   one coding: finding out what it really is
 *	body_inflate.c gzip and deflate
 *	body_brotli.c  brotli
 *	body_lzma.c    LZMA, for SWF files; body_nolzma.c without the library
 */
#ifndef DECODERS_APP_BODY_INT_H
#define DECODERS_APP_BODY_INT_H

#include <brotli/decode.h>
#include <zlib.h>

#include "core/cursor.h"
#include "core/pages.h"
#include "core/slab.h"
#include "decoders/app/body.h"

/* How a layer's call ended. */
enum layer_end {
	LAYER_HUNGRY, /* all input read */
	LAYER_FULL,   /* no more room */
	LAYER_DONE,   /* the coding's own end */
	LAYER_BAD,    /* not what it should be */
	LAYER_NO_MEMORY,
};

/* Codings in files, after enum body_coding: nothing else is tried, and what
 * is none of theirs is bad. */
enum { BODY_ZLIB = BODY_BROTLI + 1, /* without its checksum */ BODY_LZMA };

/* What a layer may turn out to be. */
enum layer_kind {
	KIND_GZIP,
	KIND_ZLIB,
	KIND_RAW, /* zlib's until here */
	KIND_BROTLI,
	KIND_LZMA,
	KIND_PLAIN,
	KIND_NONE, /* nothing else */
};

/* From where to where: a call moves all three. */
struct layer_io {
	struct cursor in;
	uint8_t *out;
	size_t room;
};

enum inflate_state {
	INF_ID1, /* gzip's header, RFC 1952 2.3 */
	INF_ID2,
	INF_METHOD,
	INF_FLAGS,
	INF_FIXED,
	INF_EXTRA_LEN1,
	INF_EXTRA_LEN2,
	INF_EXTRA,
	INF_NAME,
	INF_COMMENT,
	INF_HEADER_CRC,
	INF_CMF, /* zlib's, RFC 1950 2.2 */
	INF_FLG,
	INF_DICT,
	INF_DATA,
	INF_TRAILER,
	INF_END,
};

struct inflate {
	z_stream z;
	uint8_t state;   /* enum inflate_state */
	uint8_t kind;    /* enum layer_kind */
	bool bare;       /* no trailer is read */
	uint8_t flags;   /* gzip's */
	bool again;      /* a gzip member came before */
	uint32_t skip;   /* bytes of what is skipped; trailer bytes read */
	uint32_t check;  /* CRC-32 or Adler-32 of what came out */
	uint32_t size;   /* and its length */
	uint64_t trailer;
	uint8_t cmf;
};

struct layer {
	uint8_t kind;   /* enum layer_kind */
	uint8_t next;   /* what else it may be: index of a list of kinds */
	uint8_t coding; /* enum body_coding, or one of the above */
	bool sure;      /* it is what it was taken for */
	bool over;      /* nothing comes out any more */
	uint16_t kept, at; /* of keep; of them read again so far */
	uint64_t out;   /* bytes that came out */
	struct body_pool *pool;
	struct inflate inf;
	BrotliDecoderState *brotli;
	struct lzma *lzma;
	uint8_t *mem;   /* of zlib, a slab's object */
	size_t mem_used;
	/* the layer's first bytes, as long as nothing came out */
	uint8_t keep[LIM_BODY_KEEP];
	/* what came out of the layer before and was not read yet */
	uint8_t from[LIM_BODY_BETWEEN];
	uint16_t from_len, from_at;
};

struct body {
	struct body_pool *pool;
	uint64_t in, out;
	unsigned n; /* layers, in the order in which they are undone */
	bool over;
	struct layer *layer[LIM_BODY_LAYERS];
};

struct body_pool {
	struct slab bodies, layers, windows;
	struct pages big; /* for brotli and LZMA */
	size_t window; /* bytes a zlib decoder takes */
	size_t measured;
	uint64_t ctrs[BODY_CTRS];
	uint8_t room[LIM_BODY_ROOM];
};

/* -- body.c -- */
/* With one coding, of any kind; NULL: no memory. */
NODISCARD struct body *body_begin_as(struct body_pool *p, unsigned coding);
/* Into a room of the caller's; what is behind the coding's end, or of a broken
 * one behind the break, is not consumed. */
struct body_out body_feed_to(struct body *b, struct slice in, uint8_t *room,
    size_t size, bool ends);
/* What the first layer read without anything coming out, if it is bad. */
struct slice body_kept(const struct body *b);

/* -- body_layer.c -- */
/* false: no memory */
NODISCARD bool layer_init(struct layer *l, struct body_pool *pool,
    unsigned coding);
void layer_fini(struct layer *l);
/* l, an object of its own, becomes a copy; false: it cannot. */
NODISCARD bool layer_clone(struct layer *l, struct layer *of);
/* As far as input and room go; ends: no input will follow. *flags: what
 * became known. */
enum layer_end layer_step(struct layer *l, struct layer_io *io, bool ends,
    unsigned *flags);

/* -- body_inflate.c -- */
/* How much memory zlib takes for a decoder; 0: it cannot be told. */
size_t inflate_measure(struct body_pool *p);
NODISCARD bool inflate_begin(struct layer *l);
void inflate_finish(struct layer *l);
/* l is a copy of it but for zlib's own. */
NODISCARD bool inflate_clone(struct layer *l, struct layer *of);
/* Reads it as another kind, from the beginning. */
void inflate_as(struct layer *l, enum layer_kind kind);
enum layer_end inflate_step(struct layer *l, struct layer_io *io,
    unsigned *flags);

/* -- body_brotli.c -- */
NODISCARD bool brotli_begin(struct layer *l);
void brotli_finish(struct layer *l);
enum layer_end brotli_step(struct layer *l, struct layer_io *io);

/* -- body_lzma.c, or body_nolzma.c -- */
NODISCARD bool lzma_begin(struct layer *l);
void lzma_finish(struct layer *l);
enum layer_end lzma_step(struct layer *l, struct layer_io *io);

#endif
