/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/latency.h"

/* Times below LATENCY_PARTS have a bucket each. */
static unsigned
bucket_of(uint64_t ns)
{
	unsigned top;

	if (ns < LATENCY_PARTS)
		return (unsigned)ns;
	if (ns >> LATENCY_TOP)
		return LATENCY_BUCKETS - 1;
	top = 63 - (unsigned)__builtin_clzll(ns);
	return (top - LATENCY_BITS + 1) * LATENCY_PARTS +
	    (unsigned)(ns >> (top - LATENCY_BITS)) % LATENCY_PARTS;
}

/* The longest time of a bucket. */
static uint64_t
bucket_end(unsigned i)
{
	unsigned shift;

	if (i < LATENCY_PARTS)
		return i;
	shift = i / LATENCY_PARTS - 1;
	return ((uint64_t)(LATENCY_PARTS + i % LATENCY_PARTS + 1) << shift) - 1;
}

void
latency_add(struct latency *l, uint64_t ns, uint64_t n)
{
	l->n += n;
	l->count[bucket_of(ns)] += n;
	if (n && ns > l->max)
		l->max = ns;
}

void
latency_merge(struct latency *sum, const struct latency *of)
{
	sum->n += of->n;
	if (of->max > sum->max)
		sum->max = of->max;
	for (unsigned i = 0; i < LATENCY_BUCKETS; i++)
		sum->count[i] += of->count[i];
}

uint64_t
latency_within(const struct latency *l, unsigned thousandths)
{
	/* rounded up, without n times 1000 */
	uint64_t want = l->n / 1000 * thousandths +
	    (l->n % 1000 * thousandths + 999) / 1000, seen = 0;
	unsigned i = 0;

	if (!l->n)
		return 0;
	for (; i < LATENCY_BUCKETS - 1; i++)
		if ((seen += l->count[i]) >= want)
			break;
	return i == LATENCY_BUCKETS - 1 || bucket_end(i) > l->max ? l->max :
	    bucket_end(i);
}
