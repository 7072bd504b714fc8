/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ends the connections that the kernel tracks of what was blocked, by
 * libnetfilter_conntrack. They are looked for in one dump of the kernel's table
 * for all that was blocked since the last one began (of a single address in
 * what the kernel finds of it), a piece of it at a time, so that further blocks
 * need not wait. That the packets of such a connection stop does not depend on
 * it: our rules are before the ones that let known connections through.
 */
#ifndef SENSOR_RESPOND_CONNTRACK_H
#define SENSOR_RESPOND_CONNTRACK_H

#include "core/base.h"
#include "sensor/respond/hands.h"

enum { CONNTRACK_WANTED = 1 << 14 }; /* blocks that wait for a dump */

struct conntrack;

/* NULL: *error says why; HAND_E_BUILT: built without the library. */
NODISCARD struct conntrack *conntrack_open(int *error);
void conntrack_close(struct conntrack *c);
/* What it has is to end. false: too many wait. */
bool conntrack_want(struct conntrack *c, const struct block_key *k);
/* Goes on with what is to be done, for some 200 messages at most; never
 * waits. *ended is added to. true: there is more to do at once. */
bool conntrack_step(struct conntrack *c, uint64_t *ended);
/* Readable when it can go on. */
int conntrack_fd(const struct conntrack *c);

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
