/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to do where room runs out. Tracking reports the points that a packet
 * reached, and detection those of a unit, as bits; the packet path applies the
 * actions.
 */
#ifndef DECODERS_TRACK_POLICY_H
#define DECODERS_TRACK_POLICY_H

#include "core/base.h"
#include "core/counter.h"

enum policy_point {
#define POLICY_POINT(NAME, name, action, help) POLICY_##NAME,
#include "decoders/track/policy.def"
#undef POLICY_POINT
	POLICY_POINTS
};

#define POLICY_BIT(point) (1u << (point))

/* From the mildest to the strictest. */
#define POLICY_ACTIONS(X)                                                      \
	X(PASS, "pass")     /* go on: the packet is judged as it came */       \
	X(BYPASS, "bypass") /* the flow is not inspected until it ends */      \
	X(DROP, "drop")     /* the packet is to be dropped */
enum policy_action {
#define X(NAME, name) POLICY_ACT_##NAME,
	POLICY_ACTIONS(X)
#undef X
	POLICY_N_ACTIONS
};

struct policy_conf {
	uint8_t action[POLICY_POINTS]; /* enum policy_action */
	uint32_t named; /* POLICY_BITs that the configuration spoke of */
};

/* Going on, everywhere. */
struct policy_conf policy_conf_default(void);

const char *policy_point_name(enum policy_point point);
const char *policy_action_name(enum policy_action action);

/* One counter for each point and action. */
enum { POLICY_CTRS = (int)POLICY_POINTS * (int)POLICY_N_ACTIONS };
extern const struct ctr_group policy_counters;

static inline unsigned
policy_ctr(enum policy_point point, enum policy_action action)
{
	return (unsigned)point * POLICY_N_ACTIONS + (unsigned)action;
}

/* The strictest action for the points (POLICY_BITs), each of them counted in
 * ctrs; PASS for none. */
enum policy_action policy_apply(const struct policy_conf *conf,
    uint32_t points, uint64_t ctrs[POLICY_CTRS]);

#endif
