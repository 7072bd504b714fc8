/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packet time: nanoseconds since the epoch, as the source stamped it. */
#ifndef CORE_MTIME_H
#define CORE_MTIME_H

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

#endif
