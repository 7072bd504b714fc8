/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where HTTP/1.x messages begin and end (RFC 9112): a direction's bytes, in any
 * pieces, told apart into the parts of messages. `split` runs it to name the
 * ends of PDUs, `next` runs it again over the PDU to find its parts.
 */
#ifndef DECODERS_APP_HTTP_SCAN_H
#define DECODERS_APP_HTTP_SCAN_H

#include "core/base.h"
#include "core/limits.h"
#include "core/slice.h"
#include "decoders/track/flow.h"

enum http_part {
	HTTP_PART_LEAD,   /* in front of a message: empty lines, junk */
	HTTP_PART_START,  /* request line or status line */
	HTTP_PART_HEADER, /* fields and the empty line behind them */
	HTTP_PART_BODY,
	HTTP_PART_CODING, /* sizes of chunks, and trailers */
};

/* What the answer depends on. */
enum http_asks {
	HTTP_ASKS, HTTP_ASKS_HEAD, HTTP_ASKS_CONNECT,
	HTTP_ASKS_RANGE, /* for a part */
};

/* Requests that wait for their answers, the oldest first. */
struct http_waiting {
	uint8_t n; /* up to LIM_HTTP_WAITING */
	uint64_t kinds; /* enum http_asks, two bits each */
	uint32_t lost;  /* forgotten, since somebody looked */
};
static_assert(LIM_HTTP_WAITING <= 32, "two bits for each");

/* What is odd about a message's framing, HTTP_ODD_...: told to whom raises
 * events. */
enum http_odd {
	HTTP_ODD_LENGTH = 1 << 0,       /* Content-Length that is no number */
	HTTP_ODD_LENGTHS = 1 << 1,      /* several of them */
	HTTP_ODD_CHUNK_SIZE = 1 << 2,   /* a chunk's size is none */
	HTTP_ODD_CHUNK_JUNK = 1 << 3,   /* something else behind it */
	HTTP_ODD_CHUNK_LARGE = 1 << 4,  /* above chunk_length */
	HTTP_ODD_CHUNKS_SMALL = 1 << 5, /* small_chunk_length of them */
	HTTP_ODD_CHUNK_END = 1 << 6,    /* no line end behind its data */
};

struct http_scan {
	uint8_t side; /* enum flow_side */
	uint8_t state;
	/* of the message */
	uint8_t major, minor; /* 0.9 without a version */
	uint8_t asks;         /* enum http_asks */
	bool odd_method;      /* no word that a method could be */
	bool known;           /* the request that it answers was read */
	bool ended;           /* with the last byte that was told of */
	bool gap;             /* begun behind missing bytes */
	bool wary;            /* junk was met: only a version makes a request */
	bool junk;            /* its first line is no start of a message */
	bool started;         /* the start line was told of */
	bool chunked, has_length, to_close;
	bool tunnel;          /* what follows it is another protocol */
	bool h2c;             /* which is HTTP/2, if it is one */
	uint16_t status;
	uint16_t odd;         /* bits of enum http_odd */
	uint16_t chunks_small; /* in a row */
	uint64_t length;      /* what Content-Length says */
	uint64_t left;        /* of the body, or of the chunk */
	/* the line under way, without what nobody needs of it */
	uint8_t line;
	bool cr;              /* of an answer: a CR came, and nothing yet */
	uint8_t blank;        /* of an empty line more that may follow a head:
	                         1 its CR is next, 2 its LF */
	uint8_t n_junk;       /* lines in front of an answer */
	uint8_t n_kept;
	uint8_t kept[LIM_HTTP_KEPT];
	uint8_t n_tail;
	uint8_t tail[16];     /* its last bytes: a request's version */
};

struct http_scan_conf {
	uint32_t chunk_length;             /* 0: no limit */
	uint32_t small_chunk, small_chunks; /* size, and how many in a row */
};

void http_scan_init(struct http_scan *s, enum flow_side side);
/* Behind a message that ended: the next one begins. */
void http_scan_next(struct http_scan *s);
/* Bytes are missing: the next line that begins a message is looked for. */
void http_scan_gap(struct http_scan *s);
/*
 * The first n of the bytes, of which there is one at least, are that part; n is
 * returned, at least 1. s->ended: with the last of them the message ended.
 * s->junk: the line that was told of as a lead is none that a message may
 * begin with.
 */
size_t http_scan(struct http_scan *s, const struct http_scan_conf *conf,
    struct http_waiting *w, struct slice bytes, enum http_part *part);

/* Is there more of the head to come? */
bool http_scan_in_head(const struct http_scan *s);
/* Are the next bytes a body's, which nobody has to look at? */
bool http_scan_in_body(const struct http_scan *s);

/* A word as methods are: letters and digits. */
bool http_is_method(struct slice word);
/* Does it begin with HTTP/, as far as it goes? */
bool http_is_answer(struct slice line);

#endif
