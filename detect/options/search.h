/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding a literal in bytes. Horspool's algorithm with a small skip table,
 * which gives way to Knuth-Morris-Pratt once the bytes compared in vain exceed
 * a multiple of the bytes searched: the time stays linear whatever the
 * payload and the pattern are. While a byte of the pattern that has one case
 * only is rare in the payload, memchr() goes from one to the next of it.
 */
#ifndef DETECT_OPTIONS_SEARCH_H
#define DETECT_OPTIONS_SEARCH_H

#include "core/arena.h"
#include "core/base.h"
#include "core/slice.h"

enum { SEARCH_SKIPS = 32 };

struct search {
	const uint8_t *pattern; /* folded to lower case when nocase */
	const uint16_t *border; /* border[i]: length of the longest proper
	                           border of the first i + 1 bytes */
	uint32_t len;
	bool nocase;            /* A-Z only */
	bool anchored;          /* pattern[anchor] is the byte to look for */
	uint32_t anchor;
	/* by the low five bits, in which the two cases of a letter agree */
	uint8_t skip[SEARCH_SKIPS];
};

/* 1 <= len <= LIM_CONTENT_LEN; dies without memory. */
void search_init(struct search *s, struct arena *a, const uint8_t *pattern,
    uint32_t len, bool nocase);
/* The first occurrence wholly inside `in`: its offset, or SIZE_MAX. */
size_t search_find(const struct search *s, struct slice in);
/* Does the pattern stand at p? len bytes are read. */
bool search_is_at(const struct search *s, const uint8_t *p);
/* The smallest shift > 0 by which the bytes overlap themselves; their length
 * when they do not. */
uint32_t search_overlap(struct arena *a, const uint8_t *pattern, uint32_t len);

#endif
