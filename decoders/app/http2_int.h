/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of HTTP/2 share; nobody else includes this.
 *
 *	http2.c         sessions, streams; units of what a PDU has of them
 *	http2_scan.c    where frames, and what is in them, begin and end
 *	http2_fields.c  a block of fields, written as HTTP/1 has it
 *	http2_events.c  gid 121
 *	hpack.c         blocks of fields
 */
#ifndef DECODERS_APP_HTTP2_INT_H
#define DECODERS_APP_HTTP2_INT_H

#include "decoders/app/hpack.h"
#include "decoders/app/http2.h"

/* -- frames, RFC 9113 4.1 and 6 ------------------------------------------- */

enum http2_type {
	HTTP2_DATA, HTTP2_HEADERS, HTTP2_PRIORITY, HTTP2_RST_STREAM,
	HTTP2_SETTINGS, HTTP2_PUSH_PROMISE, HTTP2_PING, HTTP2_GOAWAY,
	HTTP2_WINDOW_UPDATE, HTTP2_CONTINUATION,
};
enum { HTTP2_TYPES = HTTP2_CONTINUATION + 1 };

enum http2_flag {
	HTTP2_ACK = 0x01, HTTP2_END_STREAM = 0x01, HTTP2_END_HEADERS = 0x04,
	HTTP2_PADDED = 0x08, HTTP2_HAS_PRIORITY = 0x20,
};

enum { HTTP2_FRAME_HEAD = 9, HTTP2_PREFIX = 6 };

/* A direction's bytes, told apart. */
struct http2_scan {
	uint8_t skip;    /* bytes of the preface to come */
	uint8_t n_head, head[HTTP2_FRAME_HEAD];
	/* of the frame */
	uint8_t type, flags; /* a type without a name, too */
	uint8_t need, n_prefix, prefix[HTTP2_PREFIX];
	bool bad_length; /* too short for what it must have */
	bool bad_pad;    /* more padding than there is room for */
	uint32_t stream, len, left, pad;
	/* with the bytes that were told of */
	bool began, ended;
	/* a frame is looked for, behind missing bytes; so many headers must
	 * look like one until it is believed */
	bool seek;
	uint8_t unsure;
};

/* The frame under way of a direction that begins, or has missing bytes. */
void http2_scan_gap(struct http2_scan *s);
/*
 * The first n of the bytes, of which there is one at least: n is returned.
 * Those of content are a part of what the frame carries, without padding and
 * priority. began: with them the frame's header is known; ended: it is over.
 */
size_t http2_scan(struct http2_scan *s, struct slice bytes,
    struct slice *content);

/* -- events, http2_events.c ----------------------------------------------- */

/* By Snort 3's sids; from 1001 on our own. */
enum http2_event {
	HTTP2_EV_ZEROS = 2, HTTP2_EV_STREAM_ID, HTTP2_EV_NO_CONTINUATION,
	HTTP2_EV_CONTINUATION, HTTP2_EV_HPACK, HTTP2_EV_PREFACE,
	HTTP2_EV_REQUEST, HTTP2_EV_NO_STATUS, HTTP2_EV_CONNECT,
	HTTP2_EV_SETTINGS, HTTP2_EV_SETTING, HTTP2_EV_SEQUENCE,
	HTTP2_EV_ENTRIES, HTTP2_EV_PADDING = 16, HTTP2_EV_LATE_PSEUDO,
	HTTP2_EV_TRAILER_PSEUDO, HTTP2_EV_PSEUDO, HTTP2_EV_TRAILERS,
	HTTP2_EV_CLIENT_PUSH = 23, HTTP2_EV_PUSH, HTTP2_EV_STREAMS = 27,
	HTTP2_EV_RESET, HTTP2_EV_UPPERCASE = 30, HTTP2_EV_WINDOW,
	HTTP2_EV_NO_METHOD = 33, HTTP2_EV_LATE_UPDATE, HTTP2_EV_UPDATES,
	HTTP2_EV_LARGE_TABLE, HTTP2_EV_LONG_BLOCK = 38,
	HTTP2_EV_BOMB = 1001, HTTP2_EV_RESETS, HTTP2_EV_LINE_END,
	HTTP2_EV_LONG_LIST,
};
enum { HTTP2_OWN_SIDS = 1000, HTTP2_OWN_BITS = 48 }; /* of http2.told */

/* Once a session, unless the server's no_alerts. */
void http2_event(struct http_call *h, enum http2_event sid);

/* -- streams -------------------------------------------------------------- */

/* A message on its way to its end: of a request, head and body; of a response,
 * whose body may be coded, the head. */
struct http2_kept {
	uint32_t start, head, len; /* of its first line, head, and of all */
	uint8_t text[LIM_HTTP2_KEPT];
};

struct http2_stream {
	struct http2_stream *older, *newer; /* of the worker's */
	struct http2 *of;
	uint32_t id;
	bool ended[FLOW_SIDES];
	bool headed[FLOW_SIDES]; /* the head was read: trailers follow */
	bool reset;
	struct http2_kept *kept[FLOW_SIDES];
	struct http_session http;
};

/* A block of fields whose frames lie in several PDUs. */
struct http2_block {
	struct http2_block *older, *newer; /* of the worker's */
	struct http2 *of;
	uint8_t side;
	uint8_t bytes[LIM_HTTP2_BLOCK];
};

struct http2_side {
	struct http2_scan split, read;
	/* split: in a block, and what the PDU has until now */
	bool split_block, split_ends;
	uint8_t n_slots, n_ids;
	uint32_t ids[LIM_HTTP2_IN_PDU];
	/* next: the block under way */
	bool in_block, block_ends, is_push;
	uint32_t block_stream, block_len;
	struct http2_block *block; /* between PDUs */
	struct hpack hpack; /* of what this side sends */
	uint8_t setting[HTTP2_PREFIX], n_setting;
	uint32_t last_id;   /* the highest that it sent fields of */
};

struct http2 {
	struct http2_side side[FLOW_SIDES];
	bool dead;      /* given up */
	bool unsettled; /* streams may be over that nobody closed */
	uint64_t told;  /* events, once a session */
	uint32_t opened, resets;
	unsigned n_streams;
	struct http2_stream *streams[LIM_HTTP2_STREAMS]; /* oldest first */
};

/* What a PDU has of a stream. */
struct http2_slot {
	struct http2_stream *st;
	bool has_head, ended;
	uint16_t status;         /* of a response's head */
	uint8_t *head;           /* in the worker's heads */
	uint32_t start, len;     /* of its first line, and of all */
	uint8_t *trailers;
	uint32_t trailers_len;
	uint32_t first, last;    /* pieces of the body; n_pieces: none */
	uint32_t n_pieces;
};

struct http2_piece {
	struct slice bytes;
	uint32_t next;
};

/* One more than split counts for what was under way, and one to spare. */
enum { HTTP2_SLOTS = LIM_HTTP2_IN_PDU + 2 };
/* Fields are as long as records as they are written. */
enum { HTTP2_HEAD_ROOM = LIM_HTTP2_HEAD + 256 };
static_assert(LIM_HTTP2_STREAMS > 2 * HTTP2_SLOTS,
    "streams of a PDU are never the oldest");

struct http2_worker {
	struct slab conns, streams, kepts, blocks;
	struct http2_stream *oldest, *newest;
	struct http2_block *oldest_block, *newest_block;
	struct hpack_pool hpack;
	/* the PDU */
	const struct http2 *of;
	unsigned n_slots, at; /* the next to be shown */
	uint32_t n_pieces;
	struct http2_slot slots[HTTP2_SLOTS];
	struct http2_piece pieces[LIM_HTTP2_PIECES];
	uint8_t block[LIM_HTTP2_BLOCK];
	uint8_t records[LIM_HTTP2_HEAD];
	uint32_t n_records; /* bytes of them */
	uint32_t used;      /* of heads */
	uint8_t heads[HTTP2_SLOTS * 2 * HTTP2_HEAD_ROOM];
	uint8_t text[2 * HTTP2_HEAD_ROOM + LIM_HTTP_ROOM];
};

/* -- fields, http2_fields.c ----------------------------------------------- */

enum http2_kind { HTTP2_REQUEST, HTTP2_RESPONSE, HTTP2_TRAILERS };

/* A block, written as HTTP/1 has it. */
struct http2_head {
	uint8_t *text;
	uint32_t start, len; /* of its first line, and of all */
	uint16_t status;
	bool cut;
};

/* Decodes the n bytes of the worker's block into its heads. false: the block
 * is none, and the side's fields cannot be read any more; events tell. */
bool http2_fields(struct http_call *h, struct http2_side *sd, uint32_t n,
    enum http2_kind kind, struct http2_head *head);

#endif
