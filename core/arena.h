/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An arena: many small allocations, one release. For start-up and rule set
 * generations; nothing on the packet's path allocates. Memory is zeroed and
 * aligned for any type. An arena has a cap in bytes; past it, and when the
 * system has no memory, allocation fails with NULL (or dies in arena_x...).
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include "core/base.h"
#include "core/slice.h"

struct arena_chunk;
struct arena_hook;

struct arena {
	struct arena_chunk *chunks;
	struct arena_hook *hooks;
	size_t used; /* bytes handed out, padding included */
	size_t cap;
};

/* cap 0: no limit. */
void arena_init(struct arena *a, size_t cap);
void arena_fini(struct arena *a);
/* Has fn(ptr) called by arena_fini, latest first, before memory goes: for what
 * hangs on the arena's objects but was not allocated from it. Dies like
 * arena_xalloc. */
void arena_on_fini(struct arena *a, void (*fn)(void *), void *ptr);

/* n zeroed bytes living until arena_fini; NULL when cap or memory is out. */
NODISCARD void *arena_alloc(struct arena *a, size_t n);
/* The same; ends the process with a message instead of returning NULL. For
 * boot code whose only answer to no memory is to stop. */
NODISCARD void *arena_xalloc(struct arena *a, size_t n);
/* Copies; the text copy is terminated as well. Die like arena_xalloc. */
NODISCARD void *arena_xdup(struct arena *a, const void *p, size_t n);
NODISCARD struct text arena_xtext(struct arena *a, struct text t);
NODISCARD char *arena_xprintf(struct arena *a, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

#endif
