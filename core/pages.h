/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of any sizes within a region taken once: for libraries that ask for
 * an allocator, so that what traffic makes them allocate has a cap and never
 * reaches the heap. In whole pages, the first place that fits; a call takes
 * time for the region's size, not for what happened before. One owner; no
 * lock.
 */
#ifndef CORE_PAGES_H
#define CORE_PAGES_H

#include "core/base.h"

enum { PAGES_BYTES = 4096 };

struct pages {
	uint8_t *region;
	uint8_t *first;   /* of the region, aligned for any type */
	uint64_t *used;   /* bit per page */
	uint32_t *taken;  /* pages of what begins at a page */
	uint32_t n, live; /* pages there are; of them given out */
	uint64_t refused; /* times there was no room */
};

/* false: no memory; then, and of no bytes, an empty region. */
NODISCARD bool pages_init(struct pages *p, size_t bytes);
void pages_fini(struct pages *p);

/* n bytes, aligned for any type, not zeroed; NULL (counted): no room. */
NODISCARD void *pages_take(struct pages *p, size_t n);
/* Gives back what pages_take gave; NULL is nothing. */
void pages_give(struct pages *p, void *at);

#endif
