/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files as their readers see them: SWF without its compression (zlib, LZMA),
 * and PDF with the contents of its FlateDecode streams in their places; as
 * Snort's decompress_swf and decompress_pdf have it (README.http_inspect).
 * Everything else comes out as it is, and so does what cannot be undone.
 *
 * A file comes in any pieces from its beginning on; it is known by its first
 * bytes. Decoders are the pool's, so unpack_end() must follow. See body.h for
 * the loop.
 */
#ifndef DECODERS_APP_UNPACK_H
#define DECODERS_APP_UNPACK_H

#include "decoders/app/body.h"

/* What is to be undone. */
enum unpack_what {
	UNPACK_SWF_DEFLATE = 1 << 0,
	UNPACK_SWF_LZMA = 1 << 1, /* needs liblzma: see unpack_has_lzma */
	UNPACK_PDF_DEFLATE = 1 << 2,
};

enum unpack_flag {
	UNPACK_FULL = 1 << 0,        /* no more room: call again */
	UNPACK_BAD_SWF = 1 << 1,     /* zlib in SWF is broken: 120:12 */
	UNPACK_BAD_LZMA = 1 << 2,    /* so is LZMA: 120:13 */
	UNPACK_BAD_PDF = 1 << 3,     /* so is a PDF's stream: 120:14 */
	UNPACK_PDF_FILTER = 1 << 4,  /* a filter that is not undone: 120:15 */
	UNPACK_PDF_CASCADE = 1 << 5, /* several around a stream: 120:16 */
	UNPACK_PDF_PARSE = 1 << 6,   /* a PDF's structure is broken: 120:17 */
	UNPACK_BOMB = 1 << 7,        /* LIM_BODY_RATIO: the rest is as it is */
	UNPACK_NO_MEMORY = 1 << 8,   /* likewise */
};

struct unpack_out {
	struct slice bytes; /* in the room */
	size_t consumed;
	unsigned flags;     /* enum unpack_flag */
};

struct unpack {
	struct body_pool *pool;
	struct body *body;  /* what is being decoded, or NULL */
	uint8_t what;       /* enum unpack_what */
	uint8_t state;
	uint8_t n;          /* bytes of the head, of a match */
	uint8_t head[18];   /* of an SWF file */
	uint32_t at;        /* in the file, as long as that matters */
	/* a PDF's structure */
	bool no_stream;     /* bytes of a broken one are read again */
	bool escaped;       /* in a string, behind a backslash */
	bool dict;          /* one has just ended */
	uint8_t filter;     /* whose value is read */
	uint8_t n_filters;
	bool flate;
	uint16_t nest;      /* dictionaries in each other */
	uint16_t parens;    /* brackets of a string likewise */
	uint8_t word_len;
	uint8_t hash;       /* digits of #XX in a name that came */
	char word[16];
	uint8_t *out;       /* during a call */
	size_t room;
	unsigned flags;
};

/* what: enum unpack_what; 0: everything comes out as it is. */
void unpack_begin(struct unpack *u, struct body_pool *pool, unsigned what);
/* size: at least LIM_UNPACK_ROOM. */
struct unpack_out unpack_feed(struct unpack *u, struct slice in, uint8_t *room,
    size_t size);
/* The file ended: what was held of it. */
struct unpack_out unpack_finish(struct unpack *u, uint8_t *room, size_t size);
void unpack_end(struct unpack *u);

/* Was the sensor built with liblzma? Without it, such files are broken. */
bool unpack_has_lzma(void);

#endif
