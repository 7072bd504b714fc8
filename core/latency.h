/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long things took, as a histogram: each power of two of nanoseconds in
 * LATENCY_PARTS parts, so that what is read back is too large by less than one
 * of them. Fixed in size, and to add to one costs a few instructions.
 */
#ifndef CORE_LATENCY_H
#define CORE_LATENCY_H

#include "core/base.h"

enum {
	LATENCY_BITS = 4,
	LATENCY_PARTS = 1 << LATENCY_BITS,
	LATENCY_TOP = 40, /* bits: 18 minutes and more are one */
	LATENCY_BUCKETS = (LATENCY_TOP - LATENCY_BITS + 1) * LATENCY_PARTS + 1,
};

struct latency {
	uint64_t n, max;
	uint64_t count[LATENCY_BUCKETS];
};

/* n things took as long. */
void latency_add(struct latency *l, uint64_t ns, uint64_t n);
void latency_merge(struct latency *sum, const struct latency *of);
/* The time within which so many thousandths of all were done; 0: there are
 * none. */
uint64_t latency_within(const struct latency *l, unsigned thousandths);

#endif
