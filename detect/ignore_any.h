/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ignore_any_rules of stream5_tcp and stream5_udp (Snort's README.stream5):
 * rules of the protocol for any port that look at the payload are not tried
 * where no other rule of the protocol names one of the packet's ports. Rules
 * with flow or flowbits are never left out: as in Snort, one of them for any
 * port switches the setting off.
 */
#ifndef DETECT_IGNORE_ANY_H
#define DETECT_IGNORE_ANY_H

#include "detect/detect.h"

struct ruleset;

/* Of TCP or UDP. */
struct ignore_any {
	const uint64_t *named; /* a bit per port that some rule names; NULL:
	                          nothing is left out */
};

/* Marks the rules of the set that may be left out (crule.any_ignored), and
 * says in a warning which they are. Before groups are built. */
void ignore_any_build(struct ruleset *rs);
/* Are they left out for this unit? */
bool ignore_any_holds(const struct ruleset *rs, const struct unit *u);

#endif
