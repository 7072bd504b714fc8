/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mail messages: header fields (RFC 5322), parts (RFC 2045, 2046), and what
 * parts decode to, as Snort's README.SMTP describes it: base64, quoted
 * printable, uuencode, and what is not encoded ("bitenc").
 *
 *	mime_begin(&m, conf);              where a message's header begins
 *	do {
 *		o = mime_feed(&m, in, room, sizeof(room));
 *		... o.bytes, o.field ...
 *		in = slice_make(in.ptr + o.consumed, in.len - o.consumed);
 *	} while (o.flags & MIME_MORE);
 *	...
 *	o = mime_end(&m);                  where the message ends
 *
 * A message comes in any pieces, without what SMTP, POP and IMAP put around
 * it (stuffed dots); a call stops at the end of a header field and of a part.
 * Nothing is allocated; a struct mime is all state there is. Lines end with
 * LF, a CR before it belongs to it. A wrong encoding is decoded as far as it
 * goes, characters outside of it are passed over, and it is flagged.
 */
#ifndef DECODERS_APP_MIME_H
#define DECODERS_APP_MIME_H

#include "core/base.h"
#include "core/limits.h"
#include "core/slice.h"

enum mime_coding {
	MIME_BASE64,
	MIME_QP,
	MIME_BIT,  /* 7bit, 8bit, binary; a part without an encoding */
	MIME_UU,
	MIME_CODINGS,
	MIME_NONE, /* a message without parts and encoding; unknown encodings */
};

struct mime_conf {
	/* How many encoded bytes of a part are decoded (b64_decode_depth and
	 * the like): -1 none, 0 all. Line ends do not count for base64. */
	int32_t depth[MIME_CODINGS];
};

enum mime_flag {
	MIME_MORE = 1 << 0,   /* call again with the rest, even of nothing */
	MIME_FIELD = 1 << 1,  /* a header field is complete: .field */
	MIME_HEADER = 1 << 2, /* what was consumed is of the message's header */
	MIME_BODY = 1 << 3,   /* a part's body begins with this call: its facts
	                         are in the struct mime; .bytes may be empty */
	MIME_END = 1 << 4,    /* it ends with this call */
	MIME_DEPTH = 1 << 5,  /* the depth is reached; said once a part */
	MIME_BAD = 1 << 6,    /* the encoding is violated; said once a part */
	MIME_TOO_DEEP = 1 << 7, /* multiparts in multiparts past LIM_MIME_DEPTH:
	                         read as a part of their own */
};

struct mime_field {
	struct slice name, value; /* unfolded, without blanks around; cut at
	                             LIM_MIME_LINE together */
	size_t name_len;          /* as it was sent */
};

struct mime_out {
	struct slice bytes; /* decoded: in the room or in the input */
	struct mime_field field; /* in the struct mime, until the next call */
	size_t consumed;    /* of the input; all of it without MIME_MORE */
	unsigned flags;     /* enum mime_flag */
};

struct mime {
	/* Facts of the part under way, to be read from MIME_BODY on. */
	enum mime_coding coding;
	uint8_t level;        /* 0: the message itself, 1: a part of it, ... */
	bool attachment;      /* Content-Disposition says so */
	uint8_t name_len, type_len;
	char name[LIM_MIME_NAME]; /* of the file, raw */
	char type[LIM_MIME_TYPE]; /* "image/png" in lower case */
	uint64_t decoded;     /* bytes that came out so far */
	uint32_t parts;       /* bodies so far */

	/* private */
	struct mime_conf conf;
	uint8_t state;
	bool flagged;         /* MIME_BAD was said; MIME_DEPTH was */
	bool cut;
	bool multipart;       /* the header under way says so, */
	bool nested;          /* or that a message follows, */
	bool typed;           /* or something that is not text */
	bool outer;           /* it is the message's own header */
	bool in_field;        /* a line came that may go on in the next one */
	bool named;           /* its colon came */
	bool at_line;         /* the next byte begins a line */
	bool flushing;        /* what was held is no boundary */
	uint8_t n_bound;      /* boundaries that may come, the last innermost */
	uint8_t bound_len[LIM_MIME_DEPTH];
	char bound[LIM_MIME_DEPTH][LIM_MIME_BOUNDARY];
	int8_t matched;       /* the boundary that was held so far, or -1 */
	uint8_t dashes;       /* that follow it */
	uint32_t encoded;     /* bytes of the part that were decoded */
	uint8_t step, have, left; /* a decoder's */
	uint32_t bits;
	/* a line's beginning that may be a boundary, and the end of the line
	 * before it; hold_at: of it decoded after all */
	uint8_t hold_len, hold_at, hold_eol;
	uint8_t hold[4 + LIM_MIME_BOUNDARY];
	size_t name_sent;     /* length of the field's name as it came */
	uint16_t field_name;  /* and as it is in: */
	uint16_t line_len;
	uint8_t line[LIM_MIME_LINE];
};

/* A message's header begins. conf is copied. */
void mime_begin(struct mime *m, const struct mime_conf *conf);
/* The next bytes; decoded ones go to the room, of at least 1024 bytes. */
struct mime_out mime_feed(struct mime *m, struct slice in, uint8_t *room,
    size_t size);
/* The message ended: MIME_END if a part was under way, the last field, what an
 * encoding lacks. Its bytes are at most what was held for a boundary. Call it
 * while MIME_MORE is set. */
struct mime_out mime_end(struct mime *m, uint8_t *room, size_t size);

/* The configuration's defaults: 1460 of each. */
struct mime_conf mime_conf_default(void);

#endif
