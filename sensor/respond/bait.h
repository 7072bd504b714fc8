/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bait-and-switch as snort_inline had it: for some time the kernel sends what
 * an attacker begins with his victim to a honeypot, and makes the answers seem
 * to be the victim's. That is the kernel's own translation of addresses, done
 * before it looks for a way (a packet whose destination is changed when it is
 * judged, in FORWARD, would still leave where the victim is), with checksums
 * and the addresses that protocols carry, whatever offloading has merged.
 *
 * A process of its own, forked while the sensor has its rights, holds the table
 * and the chains ADUANA_BAIT and ADUANA_BAIT_BACK of the table nat, first of
 * all in PREROUTING and POSTROUTING, and takes them away when the sensor ends,
 * however that does.
 */
#ifndef SENSOR_RESPOND_BAIT_H
#define SENSOR_RESPOND_BAIT_H

#include "core/base.h"
#include "core/counter.h"
#include "core/ipaddr.h"
#include "sensor/respond/bait_table.h"

#define BAIT_COUNTERS(X)                                                       \
	X(REJECTED, "rejected", "sessions of attackers that ended here")       \
	X(IGNORED, "ignored",                                                  \
	    "events that switch nobody: the configuration says so, or they "   \
	    "are for the honeypot itself")                                     \
	X(LOST, "lost", "that could not be handed on")                         \
	X(ADDED, "added", "attackers sent on from a victim to a honeypot")     \
	X(EXTENDED, "extended", "that already were, and are for longer")       \
	X(EXPIRED, "expired", "whose time was over")                           \
	X(EVICTED, "evicted", "that gave way to others in a full table")       \
	X(FAILED, "failed", "times the kernel did not take the rules")
enum {
#define X(NAME, name, help) BAIT_CTR_##NAME,
	BAIT_COUNTERS(X)
#undef X
	BAIT_CTR_MAX
};
extern const struct ctr_group bait_counters;

struct bait;

/*
 * Forks, and waits until the chains are there. honeypots: those of the rules,
 * to which there has to be a way: *warn gets what is wrong about them, "" if
 * nothing is. NULL with what is wrong and what to do in err.
 */
NODISCARD struct bait *bait_start(unsigned max_entries,
    const struct ipaddr *honeypots, unsigned n, char *warn, size_t warn_len,
    char *err, size_t err_len);
/* Takes all back; b may be NULL. */
void bait_stop(struct bait *b);

/* By any thread; never waits. false: it is lost. */
bool bait_ask(struct bait *b, const struct bait_job *j);
/* The numbers of the process, from BAIT_CTR_ADDED on. */
void bait_counts(const struct bait *b, uint64_t ctrs[BAIT_CTR_MAX]);

#endif
