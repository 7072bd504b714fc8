/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growing arrays for compiling a rule set; released with free(v->v). */
#ifndef DETECT_VEC_H
#define DETECT_VEC_H

#include "core/base.h"
#include "core/xalloc.h"

struct vec32 {
	uint32_t *v;
	uint32_t n, cap;
};

static inline void
vec32_push(struct vec32 *a, uint32_t x)
{
	if (a->n == a->cap) {
		a->cap = a->cap ? a->cap * 2 : 16;
		a->v = xreallocarray(a->v, a->cap, sizeof(*a->v));
	}
	a->v[a->n++] = x;
}

static inline int
u32_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

#endif
