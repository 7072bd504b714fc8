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

/* A unit's pieces, of which those of the generation count. */
struct kept {
	const struct stream_scan *scan;
	uint32_t generation;
};

/* What was searched of a unit: calls and bytes; rescanned of them are those
 * in no piece, and the rest is where pieces meet. */
struct kept_cost {
	uint64_t scans, bytes, rescanned;
};

/* Bytes of the unit that were searched. */
size_t kept_bytes(const struct kept *k);
/* In `what' beside the literal: behind this place there may be others of it. */
#define KEPT_MORE (1u << 31)

/* What was found, to be kept: all known places of each literal, or where the
 * room is too small the first of each. Returns how many there are to write;
 * with more than `room' nothing is written. */
unsigned kept_hits(const struct hits *h, struct stream_hit *out, unsigned room);
/* Adds the pieces' hits. False: there are too many. */
bool kept_take(const struct kept *k, struct hits *h, uint32_t scan);
/* Adds the bundle's other hits in s. False: there are too many, or the search
 * failed; then nothing is known of s. */
bool kept_search(const struct kept *k, struct hits *h, const struct bundle *b,
    struct slice s, uint32_t scan, struct kept_cost *cost);

#endif
