/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in UTF-16 and UTF-32 to one byte a character, as Snort's normalize_utf
 * has it (README.http_inspect): the low byte of each, and a failure (120:4)
 * where the others are not zero. UTF-7 is told (120:5) and left as it is.
 *
 * Text comes in any pieces. A byte order mark at the beginning says how it is
 * coded, whatever was declared; it does not come out. Bytes are read as
 * body_feed reads them: see body.h for the loop.
 */
#ifndef DECODERS_APP_UTF_H
#define DECODERS_APP_UTF_H

#include "core/base.h"
#include "core/slice.h"

enum utf_kind {
	UTF_NONE,    /* bytes, unless a byte order mark is there */
	UTF_7,
	UTF_16,      /* by the mark; without one, little endian */
	UTF_16LE,
	UTF_16BE,
	UTF_32,      /* likewise, big endian */
	UTF_32LE,
	UTF_32BE,
};

enum utf_flag {
	UTF_FULL = 1 << 0, /* no more room: call again with the rest */
	UTF_BAD = 1 << 1,  /* a character of more than 8 bits; said once */
	UTF_IS_7 = 1 << 2, /* the text is declared as UTF-7; said once */
};

struct utf_out {
	struct slice bytes; /* in the room, or the input itself */
	size_t consumed;
	unsigned flags;     /* enum utf_flag */
};

struct utf {
	uint8_t kind;       /* enum utf_kind */
	bool begun;         /* past the byte order mark */
	bool told, bad;
	uint8_t have;       /* bytes held */
	uint8_t held[4];
};

void utf_begin(struct utf *u, enum utf_kind kind);
/* size: at least 8 bytes. */
struct utf_out utf_feed(struct utf *u, struct slice in, uint8_t *room,
    size_t size);
/* The text ended: what was held of it. */
struct utf_out utf_finish(struct utf *u, uint8_t *room, size_t size);

/* By the value of a Content-Type: its charset parameter, quoted or not. */
enum utf_kind utf_of_type(struct slice value);
/* By a charset's name. */
enum utf_kind utf_of_name(struct text name);

#endif
