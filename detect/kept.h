/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The payload of a unit whose segments were searched before, as they came:
 * their hits are taken over, and what is left to search is where two of them
 * meet, and bytes that were not searched.
 */
#ifndef DETECT_KEPT_H
#define DETECT_KEPT_H

#include "decoders/track/stream.h"
#include "detect/prefilter.h"

/* A unit's pieces, of which those of the generation count, for its payload,
 * and for a body that is the end of it. */
struct kept {
	const struct stream_scan *scan;
	uint32_t generation;
	const struct prefilter *pf;
	struct slice payload;
	size_t body_at;            /* in payload; SIZE_MAX: there is none */
	/* the numbers of their searches; what lies in the body counts there */
	uint32_t payload_scan, body_scan;
};

/* What was searched of a unit: calls and bytes; rescanned of them are those
 * in no piece, and the rest is where pieces meet, and where a pattern may be
 * of which not all places were kept. */
struct kept_cost {
	uint64_t scans, bytes, rescanned;
};

/* Is anything of the unit known? */
bool kept_is_any(const struct kept *k);
/* What was found, to be kept: all known places of each literal, or where the
 * room is too small the first of each. Returns how many there are to write;
 * with more than `room' nothing is written. */
unsigned kept_hits(const struct hits *h, const struct prefilter *pf,
    struct stream_hit *out, unsigned room);
/* Adds the pieces' hits. False: there are too many, or too many literals would
 * have to be searched for one by one. */
bool kept_take(const struct kept *k, struct hits *h, struct kept_cost *cost);
/* Adds the bundle's other hits. False: there are too many, or the search
 * failed; then nothing is known. */
bool kept_search(const struct kept *k, struct hits *h, const struct bundle *b,
    struct kept_cost *cost);

#endif
