/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line that shows how far a long reading has come, on a terminal. */
#ifndef SENSOR_PROGRESS_H
#define SENSOR_PROGRESS_H

#include "core/base.h"

struct progress {
	bool on, shown;
	uint64_t started_ns, last_ns;
	uint64_t last_packets;
	const char *name;
};

/* Silent for good unless `wanted` and standard error is a terminal. */
void progress_init(struct progress *p, bool wanted);
/* A new file; `name` is borrowed. */
void progress_start(struct progress *p, const char *name, uint64_t now_ns,
    uint64_t packets);
/* Shows the line again, at most twice a second; size 0: not known. */
void progress_show(struct progress *p, uint64_t now_ns, uint64_t at,
    uint64_t size, uint64_t packets, uint64_t alerts);
/* Clears the line, so that something else can be printed. */
void progress_clear(struct progress *p);

#endif
