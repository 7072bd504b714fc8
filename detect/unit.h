/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What detection judges: a packet's header fields and the inspection buffers
 * that were filled for it. Built by sensor/inspect.c on the stack; borrowed
 * for the call.
 */
#ifndef DETECT_UNIT_H
#define DETECT_UNIT_H

#include "core/base.h"
#include "core/slice.h"
#include "decoders/app/app_id.h"
#include "decoders/app/buffers.h"
#include "decoders/packet.h"
#include "decoders/track/flow.h"

struct stream_scan;

const char *buf_name(enum buf_id id);
/* Snort's URI class: contents on it name it one by one (http_*). */
bool buf_is_http(enum buf_id id);

enum unit_kind {
	UNIT_RAW,      /* a packet as it came */
	UNIT_DATAGRAM, /* put together from fragments */
	UNIT_STREAM,   /* a PDU or flush of a TCP direction */
};

/* What rules may ask of the session, and change in it: flowbits. All zero
 * without one. */
struct unit_flow {
	struct flow *flow;   /* NULL: no session */
	struct flow_table *table; /* flow's */
	bool has_direction;  /* to_server says which */
	bool to_server;
	bool established;
	bool proven; /* TCP: nobody made it up who is elsewhere (stream.h) */
};

struct unit {
	enum unit_kind kind;
	const struct packet *pkt;
	struct unit_flow flow;
	uint32_t present; /* bit per enum buf_id */
	struct slice bufs[BUF_COUNT];
	bool file_begins; /* with file_data's first byte */
	bool full_pdu; /* dsize is meaningful on a rebuilt unit */
	/* rules with a pattern to search are not tried: its bytes are judged
	 * in a rebuilt unit, or were */
	bool no_patterns;
	bool repeated; /* a segment that was sent before, the same */
	/* more of it will come, and all is judged then: rules that drop, and
	 * that nothing behind it makes false. Of its buffers, present or not,
	 * those that nothing more comes to, and those whose first bytes are
	 * not there (bit per enum buf_id). */
	bool open;
	uint32_t whole, cut;
	/* what a parser knows about it, or about its session: the protocol's
	 * struct <protocol>_facts; APP_NONE and NULL without one */
	enum app_id app;
	const void *facts;
	/* what the packets it was rebuilt from raised: not raised again */
	const struct pkt_event *raised;
	unsigned n_raised;
	/* what its packet's payload, where that is the unit's, was found to
	 * hold (stream.h); NULL: not known */
	const struct stream_scan *scan;
};

static inline bool
unit_has(const struct unit *u, enum buf_id id)
{
	return u->present >> id & 1;
}

static inline void
unit_set(struct unit *u, enum buf_id id, struct slice s)
{
	u->present |= 1u << id;
	u->bufs[id] = s;
}

#endif
