/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses with a name, as Snort 2.9's preprocessor reputation: who is on the
 * block list, who on the allow list. Events of gid 136, once a session.
 */
#ifndef DECODERS_WATCH_REPUTATION_H
#define DECODERS_WATCH_REPUTATION_H

#include "core/arena.h"
#include "core/base.h"
#include "core/ipaddr.h"
#include "decoders/decode.h"
#include "decoders/packet.h"
#include "decoders/watch/view.h"

enum { REP_BLACK = 1, REP_WHITE = 2 };

/* A line of a list. */
struct rep_net {
	struct ipaddr addr;
	uint8_t bits;
	uint8_t list; /* REP_BLACK or REP_WHITE */
};

/* From here on up to the next range, addresses are on these lists. */
struct rep_range {
	uint64_t hi, lo; /* an IPv4 address is { 0, the address } */
	uint8_t lists;
};

struct rep_table {
	const struct rep_range *v4, *v6; /* ascending */
	uint32_t n4, n6;
};

struct reputation_conf {
	bool enabled;
	bool scan_local;     /* private addresses, too */
	bool priority_black; /* who is on both lists is black */
	bool white_trusts;   /* white trust: not inspected; else unblack */
	enum { REP_INNER, REP_OUTER, REP_BOTH } nested;
	struct rep_table table;
};

/* Memory that a list of n lines takes, at most. */
size_t reputation_bytes(size_t n);
/* Makes the table, in the arena; the nets are put in order. */
void reputation_build(struct rep_table *t, struct arena *a,
    const struct rep_net *nets, uint32_t n);

const struct dec_event_def *reputation_events(unsigned *n);

/* What the packet's addresses are known for. */
enum rep_word {
	REP_SAYS_NOTHING,
	REP_SAYS_BLACK,   /* 136:1 was raised */
	REP_SAYS_WHITE,   /* 136:2 was */
	REP_SAYS_TRUSTED, /* likewise; not to be inspected */
};
enum rep_word reputation_packet(const struct reputation_conf *conf,
    struct packet *p);

#endif
