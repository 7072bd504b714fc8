/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a detector has that depends on the rule set. */
#ifndef DETECT_ROOM_H
#define DETECT_ROOM_H

#include "detect/ppm.h"
#include "detect/prefilter.h"

struct ruleset;

/*
 * What a unit's addresses and ports are in, found out once a unit: the value
 * is the unit's generation and the answer in the lowest bit.
 */
struct memo {
	uint32_t *v; /* by set id */
};
enum { SIDE_SRC, SIDE_DST, SIDES };

struct detector_room {
	const struct ruleset *rs;
	struct hits hits;
	uint32_t *tried; /* by rule: generation of the unit that tried it */
	struct memo ips[SIDES], ports[SIDES];
	struct ppm ppm;
};

/* Borrows rs. false: no memory, and nothing is to be released. */
NODISCARD bool room_init(struct detector_room *r, const struct ruleset *rs);
void room_fini(struct detector_room *r);

#endif
