/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of a frame: decided from all that was judged of it, once. The
 * first reason to drop it stands; nothing takes a drop back.
 */
#ifndef SENSOR_VERDICT_H
#define SENSOR_VERDICT_H

#include "core/base.h"
#include "core/counter.h"
#include "detect/detect.h"

/* Why a packet is dropped. */
#define DROP_REASONS(X)                                                        \
	X(RULE, "rules", "a drop, sdrop or reject rule matched")               \
	X(EVENT, "events",                                                     \
	    "such a rule for an event of a decoder or preprocessor")           \
	X(SESSION, "session", "of a session that was dropped")                 \
	X(DATAGRAM, "datagram", "fragments of a datagram that was dropped")    \
	X(RATE, "rate_filter", "a rate_filter's new_action")                   \
	X(REPUTATION, "reputation", "of addresses on the block list")          \
	X(CHECKSUM, "checksum", "a wrong one: config checksum_drop")           \
	X(STICKY, "sticky-drop",                                               \
	    "from or to an address that a rule's sticky-drop holds")           \
	X(BAIT, "bait-and-switch",                                             \
	    "an attacker's who is sent to a rule's honeypot from then on")     \
	X(MEMORY, "memory_policy", "room ran out: config memory_policy")       \
	X(NORMALIZE, "normalize", "what preprocessor normalize_tcp blocks")
enum drop_reason {
	DROP_NONE,
#define X(NAME, name, help) DROP_##NAME,
	DROP_REASONS(X)
#undef X
	DROP_REASON_COUNT
};

#define DROP_COUNTERS(X)                                                       \
	X(ACCEPTED, "accepted", "packets that went on")                        \
	X(REWRITTEN, "rewritten", "of them, changed on their way")             \
	X(DROPPED, "dropped", "packets that did not, for the reasons below")   \
	X(REJECTED, "rejected", "packets and sessions that were answered")
enum {
#define X(NAME, name, help) VERDICT_CTR_##NAME,
	DROP_COUNTERS(X)
#undef X
#define X(NAME, name, help) VERDICT_CTR_DROP_##NAME,
	DROP_REASONS(X)
#undef X
#define X(NAME, name, help) VERDICT_CTR_WOULD_##NAME,
	DROP_REASONS(X)
#undef X
	VERDICT_CTR_MAX
};
extern const struct ctr_group verdict_counters;

struct verdict {
	enum drop_reason reason; /* DROP_NONE: it goes on */
	const struct crule *rule; /* whose action it is, or NULL */
	enum rule_action action;  /* of the rule, after rate_filter */
};

/* As records name it, NULL for DROP_NONE. */
const char *drop_reason_name(enum drop_reason r);
/* Why the detector's decision drops; DROP_NONE: it does not. */
enum drop_reason drop_reason_of(const struct decision *d);
/* Does dropping a packet for that drop its session as well? */
bool drop_is_for_session(enum drop_reason r);
/* A frame that goes on, and would not by a rule for test only. */
void verdict_count_would(uint64_t ctrs[VERDICT_CTR_MAX], enum drop_reason r);
/* Counts a frame's verdict; `would`: it is told and not done. */
void verdict_count(uint64_t ctrs[VERDICT_CTR_MAX], const struct verdict *v,
    bool would, bool rewritten);

#endif
