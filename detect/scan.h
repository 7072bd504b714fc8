/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is searched of a unit: the bundles that its packet's protocol and ports
 * give, in the buffers it has, and none of its bytes twice where that can be
 * helped.
 */
#ifndef DETECT_SCAN_H
#define DETECT_SCAN_H

#include "core/base.h"
#include "core/limits.h"
#include "core/slice.h"
#include "decoders/track/stream.h"
#include "detect/group.h"
#include "detect/prefilter.h"
#include "detect/ruleset.h"
#include "detect/unit.h"

/* The same names as counters of detect. */
enum scan_ctr {
	SCAN_CTR_SCANS, SCAN_CTR_SCANNED, SCAN_CTR_RESCANNED, SCAN_CTR_SEAMS,
	SCAN_CTR_MAX
};

/* A detector's; of the unit where nothing else is said. */
struct scanner {
	const struct ruleset *rs;
	uint32_t set_gen;   /* of the rule set; never 0 */
	struct hits *hits;  /* the rule set's */
	struct stream_hit notes[LIM_SEG_HITS];
	bool any_ignored;   /* ignore_any_rules */
	size_t body_at;     /* of its body in its payload, or SIZE_MAX */
	uint64_t ctrs[SCAN_CTR_MAX]; /* of all units */
};

/* What is to be searched and tried for a unit. */
struct plan {
	const struct group *group;
	const struct rule_part *parts[3];
	unsigned n, first; /* the bundles of parts before it are in others */
};

struct plan plan_of(const struct ruleset *rs, const struct pkt_dec *dec);
/* Finds the unit's hits; those of a segment are noted in its session. */
void scan_unit(struct scanner *sc, const struct unit *u,
    const struct plan *plan);
/* The same of a segment, in advance: what is known of it then is in scan.
 * False: nothing is. */
bool scan_segment(struct scanner *sc, const struct unit *u,
    const struct plan *plan, struct stream_scan *scan);
/* The bytes that a search of that number was of. */
struct slice scan_bytes(const struct unit *u, uint64_t scan);

#endif
