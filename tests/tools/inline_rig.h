/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inline path without a front end: a configuration's text, packets made by
 * hand, and of each the verdict, what it became, what was recorded and what
 * was sent.
 */
#ifndef TESTS_TOOLS_INLINE_RIG_H
#define TESTS_TOOLS_INLINE_RIG_H

#include "sensor/generation.h"
#include "sensor/inspect.h"
#include "tests/tools/craft.h"

enum { RIG_RECORDS = 64, RIG_SENT = 64 };

struct rig_record {
	enum record_kind kind;
	enum record_verdict verdict;
	char reason[32]; /* empty: none */
	uint32_t gid, sid;
};

struct rig {
	char dir[64];
	struct cmdline cl;
	struct generation *gen;
	struct flowbit_names *names;
	struct detector *det;
	struct out_conf out_conf;
	struct outputs *outs;
	struct inspect in;
	struct sticky *sticky;
	uint64_t ms; /* time of the next packet, 10 more each */
	uint32_t flags; /* FRAME_*, of the next packets */
	const struct frame_link *link; /* likewise */
	const char *client, *server; /* addresses; IPv6 with a ':' */
	uint16_t cport, sport;

	/* of the last packet */
	struct craft c;
	uint8_t room[CRAFT_MAX];
	struct frame frame;
	struct frame_verdict v;

	/* since rig_forget() */
	struct rig_record records[RIG_RECORDS];
	unsigned n_records;
	struct reject_packet sent[RIG_SENT];
	struct reject_link sent_by[RIG_SENT];
	unsigned n_sent;
};

/* options: of the command line besides -c and -r, as "-Q". conf: its text; TCP
 * and UDP sessions and fragments are followed besides. */
struct rig *rig_new(const char *options, const char *conf);
void rig_free(struct rig *r);
void rig_forget(struct rig *r);

/* r->c goes through the path; true: it goes on. */
bool rig_send(struct rig *r);
/* A segment of the session; flags as letters of "FSRPAU", numbers relative to
 * 1000 (client) and 5000. */
bool rig_tcp(struct rig *r, bool from_client, const char *flags, uint32_t seq,
    uint32_t ack, const char *text);
/* The same with bytes. */
bool rig_tcp_bytes(struct rig *r, bool from_client, const char *flags,
    uint32_t seq, uint32_t ack, const void *bytes, size_t n);
bool rig_udp(struct rig *r, bool from_client, const char *text);
/* SYN, SYN/ACK, ACK. */
void rig_handshake(struct rig *r);
/* What goes on of the last packet decodes without a wrong checksum. */
bool rig_sums_are_right(struct rig *r);

/* Was an event of that rule recorded, with that verdict? */
bool rig_has(const struct rig *r, uint32_t sid, enum record_verdict v);
uint64_t rig_ctr(const struct rig *r, const char *name); /* verdict.NAME */

/* A rule for packets that have the text. */
#define RULE(action, text, sid)                                                \
	action " ip any any -> any any (msg:\"" text "\"; content:\"" text     \
	"\"; sid:" sid ";)\n"
#define TCP_RULE(action, text, sid)                                            \
	action " tcp any any -> any any (msg:\"" text "\"; content:\"" text    \
	"\"; sid:" sid ";)\n"

#endif
