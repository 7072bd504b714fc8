/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A parser by itself: bytes of both sides in any pieces, and what it made of
 * them as text, one line each, so that two runs can be compared:
 *
 *	unit client full http_uri="/a" payload="GET ..."
 *	event 119:2
 *	log http {"hostname":"a","ports":[80,81]}
 *	fate 1
 *
 * Buffers come in the order of their numbers; of the payload only what a
 * parser set itself is shown.
 */
#ifndef TESTS_TOOLS_APP_RIG_H
#define TESTS_TOOLS_APP_RIG_H

#include "core/buf.h"
#include "decoders/app/app_int.h"

enum { RIG_PAF_MAX = 16384, RIG_BYTES = 1 << 20 };

/* How bytes are cut on their way to the parser. */
enum { RIG_WHOLE = 0, RIG_BYTEWISE = 1 }; /* else: the seed of random cuts */

struct rig {
	enum app_id id;
	struct app_conf conf;
	struct app *app;
	struct flow flow;
	struct packet pkt;
	struct buf text;
	uint64_t random;
	bool datagram;
	bool oom; /* there may be no memory for a session */
	bool looks_ahead; /* inline: what is held is shown as it comes */
	struct {
		uint8_t *bytes; /* RIG_BYTES */
		size_t n, seen; /* held, and shown to split */
		size_t ahead;   /* and to app_ops.open */
		bool gap;
	} side[FLOW_SIDES];
};

/* conf: the parser's own, NULL for its default. false: no memory; without it
 * for the session, r->flow.app is NULL. */
bool rig_init(struct rig *r, enum app_id id, const void *conf);
void rig_fini(struct rig *r);
/* A new session, the text goes on; rig_clear() forgets it. */
void rig_session(struct rig *r);
void rig_clear(struct rig *r);
/* Bytes of a side, acknowledged: cut is one of the above. */
void rig_feed(struct rig *r, enum flow_side side, const void *bytes, size_t n,
    unsigned cut);
void rig_gap(struct rig *r, enum flow_side side);
/* Shows what is held of a side as an open PDU, and puts the session back. */
void rig_open(struct rig *r, enum flow_side side);
/* A datagram. */
void rig_datagram(struct rig *r, enum flow_side side, const void *bytes,
    size_t n);
/* The end of the session: what is held is read, and the parser is told. */
void rig_end(struct rig *r);
const char *rig_text(struct rig *r);
/* Is there this line, or a line that begins so? */
bool rig_has(struct rig *r, const char *line);

/* A conversation: "C" and "S" pieces in order. Plays it, as if it were a
 * capture of its own, whole, byte by byte and
 * at random, and checks that the text is the same each time; it is left in the
 * rig. */
struct rig_say {
	enum flow_side side;
	const void *bytes;
	size_t n; /* 0: a string */
};
void rig_play(struct rig *r, const struct rig_say *say, size_t n);
/* The same, cut off behind every byte of the last piece in turn: nothing may
 * go wrong (under the sanitizers). */
void rig_truncate(struct rig *r, const struct rig_say *say, size_t n);
/* The last piece over and over, up to 100 thousand bytes and to ten times that,
 * in segments: checks that the parser reads on all the way, in time that grows
 * as the bytes do. */
void rig_linear(struct rig *r, const struct rig_say *say, size_t n);

#endif
