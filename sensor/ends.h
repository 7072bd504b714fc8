/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inline: where the ends of a session are on the wire, as its packets say, so
 * that an answer reaches either end of a bridge that has no address; and how
 * often the session was answered. A table beside that of sessions, of fixed
 * size: a session that needs the place of another one takes it (counted), and
 * the other one learns it anew from what it sends next.
 */
#ifndef SENSOR_ENDS_H
#define SENSOR_ENDS_H

#include "core/base.h"
#include "core/counter.h"
#include "decoders/track/flow.h"
#include "sensor/capture/capture.h"

enum { ENDS_MAC = 6 };

/* One end: the port of the bridge it is behind, 0: not known. */
struct ends_side {
	uint32_t port;
	uint8_t mac[ENDS_MAC];
	uint8_t shim_len, shim[FRAME_SHIM_MAX]; /* frame_link's */
};

struct ends_session {
	uint64_t id; /* of the flow; 0: the place is free */
	struct ends_side side[FLOW_SIDES];
	uint32_t answered_s; /* when it was last */
	uint8_t answers;     /* so far, config max_active_responses */
};

#define ENDS_COUNTERS(X)                                                       \
	X(LEARNT, "learnt", "ends of sessions whose place on the wire is known") \
	X(REPLACED, "replaced", "sessions that gave way in the table of them")
enum {
#define X(NAME, name, help) ENDS_CTR_##NAME,
	ENDS_COUNTERS(X)
#undef X
	ENDS_CTR_MAX
};
extern const struct ctr_group ends_counters;

struct ends;

/* NULL: out of memory. */
NODISCARD struct ends *ends_new(void);
void ends_free(struct ends *e);
uint64_t *ends_counters_of(struct ends *e);

/* A packet of the flow came by that link from that side. */
void ends_learn(struct ends *e, const struct flow *f, enum flow_side side,
    const struct frame_link *link);
/* What is known of the flow; NULL: nothing. */
const struct ends_session *ends_find(const struct ends *e,
    const struct flow *f);

/* May the session be answered (again) at that time? Not more than max times,
 * and not sooner than min_s seconds after the last one. true: counted. */
NODISCARD bool ends_may_answer(struct ends *e, const struct flow *f,
    struct mtime now, unsigned max, unsigned min_s);

#endif
