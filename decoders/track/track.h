/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracking as the packet path sees it: sessions of every protocol over one
 * flow table, TCP's bytes put together. Per worker.
 *
 *	track_ahead(t, num, dlt, frame) for a later frame
 *	track_packet(t, p, &facts);
 *	while (track_next(t, &rebuilt, &f))
 *		judge the rebuilt unit
 *	judge p
 *	while ((step = track_expire(t, p->ts, false, &rebuilt, &f)))
 *		judge what time or memory flushed, tell what ended
 */
#ifndef DECODERS_TRACK_TRACK_H
#define DECODERS_TRACK_TRACK_H

#include "decoders/app/app.h"
#include "decoders/track/defrag.h"
#include "decoders/track/flow.h"
#include "decoders/track/policy.h"
#include "decoders/track/stream.h"

struct track_conf {
	struct defrag_conf defrag;
	struct flow_conf flow;
	struct stream_conf stream;
	struct app_conf app;
	struct policy_conf policy; /* for whoever applies it */
	bool flow_logs; /* somebody reads of flows that ended */
};

/* Snort 2.9's: nothing is tracked without its preprocessor line. */
struct track_conf track_conf_default(void);

struct track;

/* conf is borrowed. NULL: out of memory. */
NODISCARD struct track *track_new(const struct track_conf *conf);
void track_free(struct track *t);
/* Another configuration, for sessions and datagrams to come. */
void track_adopt(struct track *t, const struct track_conf *conf);
/* --pcap-reset, after the last units were taken by track_expire(all). */
void track_reset(struct track *t);
struct flow_table *track_flows(struct track *t);
struct streams *track_streams(struct track *t);
struct defrag *track_defrag(struct track *t);
struct app *track_app(struct track *t);
/* The inline view of streams (stream.h)? */
bool track_is_inline(const struct track *t);
const struct policy_conf *track_policy(const struct track *t);

/*
 * Frames to come. Told of each frame TRACK_AHEAD packets before its turn, in
 * order, tracking has the memory of its session fetched meanwhile. num is its
 * number in the run; a frame without bytes: none is known yet.
 */
enum { TRACK_AHEAD = FLOW_AHEAD };
void track_ahead(struct track *t, uint64_t num, int dlt, struct slice frame);

/*
 * Takes a whole datagram through its session; events are raised on p. facts
 * is filled; its flow may be borrowed until the next track_expire. Packets
 * with PKT_NO_RULES and fragments have no session.
 */
void track_packet(struct track *t, struct packet *p,
    struct stream_facts *facts);
bool track_next(struct track *t, struct packet *rebuilt,
    struct stream_facts *facts);

enum track_step {
	TRACK_IDLE,  /* nothing more now */
	TRACK_UNIT,  /* one to be judged */
	TRACK_ENDED, /* track_ended() is to be told, and what its parser left to
	                be told; only when somebody reads of either */
};
/* Units of flows that timed out or were pruned by `now`; all: of every flow,
 * for the end of input. Flows whose units were taken are freed. */
enum track_step track_expire(struct track *t, struct mtime now, bool all,
    struct packet *rebuilt, struct stream_facts *facts);
/* The flow that ended, until the next call of track_expire(). */
const struct flow *track_ended(const struct track *t);

#endif
