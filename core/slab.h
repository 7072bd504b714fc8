/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects of one size, up to a maximum, in pages that are taken as they are
 * first needed and kept until the end. Giving one back and taking another are
 * a few instructions. One owner; no lock.
 *
 * A page has 64 KiB, and 2 MiB (a huge page, core/xalloc.h) once the slab has
 * grown past that and is still to grow by as much. So no slab takes more than
 * its maximum and 64 KiB, nor, while it grows, 2 MiB more than it gave out.
 */
#ifndef CORE_SLAB_H
#define CORE_SLAB_H

#include "core/base.h"

enum { SLAB_ALIGN = 64 }; /* objects begin at cache lines */

struct slab {
	size_t stride;   /* object and padding */
	uint64_t max;    /* objects there may be; may be changed */
	uint64_t live;   /* given out now */
	uint64_t refused; /* times there was none: at max, or no memory */
	struct slab_page *pages;
	uint64_t made;   /* objects of all pages */
	uint32_t fresh;  /* objects of the newest page never given out */
	void *free;      /* given back; chained through their first word */
};

void slab_init(struct slab *s, size_t size, uint64_t max);
/* Releases every object. */
void slab_fini(struct slab *s);

/* A zeroed object; NULL (counted) at max or without memory. */
NODISCARD void *slab_take(struct slab *s);
/* The same, of any content: for whoever writes all that is read of it. */
NODISCARD void *slab_take_raw(struct slab *s);
/* Gives back an object of this slab; NULL is nothing. */
void slab_give(struct slab *s, void *object);
/* Gives back n of them, one at least, of which each but the last holds the
 * next one's address in its first word: as costly as one. */
void slab_give_chain(struct slab *s, void *first, void *last, uint64_t n);

#endif
