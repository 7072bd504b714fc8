/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packet time, nanoseconds since the epoch as the source stamped it; and the
 * clocks. */
#ifndef CORE_MTIME_H
#define CORE_MTIME_H

#include <time.h>

#include "core/base.h"

struct mtime {
	uint64_t ns;
};

static inline struct mtime
mtime_make(uint64_t sec, uint32_t ns)
{
	return (struct mtime){ sec * 1000000000u + ns };
}

static inline uint64_t
mtime_sec(struct mtime t)
{
	return t.ns / 1000000000u;
}

static inline uint32_t
mtime_usec(struct mtime t)
{
	return (uint32_t)(t.ns % 1000000000u / 1000u);
}

/* The wall clock, for what no source stamps. */
static inline struct mtime
mtime_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return mtime_make((uint64_t)t.tv_sec, (uint32_t)t.tv_nsec);
}

/* Nanoseconds of a clock that nobody sets, for durations. */
static inline uint64_t
clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* And nanoseconds of processor that the thread used. */
static inline uint64_t
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#endif
