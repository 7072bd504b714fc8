/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ends the connections that the kernel tracks of what was blocked, by
 * libnetfilter_conntrack. They are looked for in one dump of the kernel's table
 * for all that was blocked since the last one began (of a single address in
 * what the kernel finds of it, where the table is large). Walking it takes the
 * kernel milliseconds: it is for a process that has nothing else to do. That
 * the packets of such a connection stop does not depend on it: our rules
 * are before the ones that let known connections through.
 */
#ifndef SENSOR_RESPOND_CONNTRACK_H
#define SENSOR_RESPOND_CONNTRACK_H

#include "core/base.h"
#include "sensor/respond/hands.h"

enum { CONNTRACK_WANTED = 1 << 16 }; /* blocks that wait for a dump */

struct conntrack;

/* NULL: *error says why; HAND_E_BUILT: built without the library. */
NODISCARD struct conntrack *conntrack_open(int *error);
void conntrack_close(struct conntrack *c);
/* What it has is to end. false: too many wait. */
bool conntrack_want(struct conntrack *c, const struct block_key *k);
/* Ends all that was wanted; how many connections. */
uint64_t conntrack_end(struct conntrack *c);

/* What a tracked connection is of, and which of its ends is which, for the
 * tests. */
struct conntrack_ends {
	struct ipaddr src, dst, answers; /* who answers: behind NAT not dst */
	uint8_t proto;
	uint16_t sport, dport, answer_port;
};
bool conntrack_is_of(const struct conntrack_ends *e,
    const struct block_key *k);

#endif
