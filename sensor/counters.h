/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every counter of a run: by group, and as one tree of names for outputs, in
 * which stand besides those that readers of Suricata's statistics look for.
 */
#ifndef SENSOR_COUNTERS_H
#define SENSOR_COUNTERS_H

#include "core/counter.h"
#include "core/field.h"
#include "core/mtime.h"

struct run;

struct counters_group {
	struct ctr_group def;
	const uint64_t *values; /* NULL: of no run, or of what it has not */
};

/* The nth group of all; false past the last one. r may be NULL. */
NODISCARD bool counters_group(unsigned n, const struct run *r,
    struct counters_group *out);

/* The values of a group, of all workers, which must rest meanwhile; NULL: of
 * no run, or of what it has not. Borrowed until the next call. */
const uint64_t *counters_values(const struct run *r,
    const struct ctr_group *def);
/* Room for sums over workers, for run.sums. */
uint64_t **counters_sums_new(void);
void counters_sums_free(uint64_t **sums);

/* The tree. NULL: out of memory. */
struct counters;
NODISCARD struct counters *counters_new(void);
void counters_free(struct counters *c);
/* With its values now, *n fields; each "a.b" is b in the object a. Borrowed
 * until the next call. */
const struct field *counters_fields(struct counters *c, const struct run *r,
    unsigned *n);

/* Hands the tree to outputs, as of time ts. */
void counters_tell(struct counters *c, struct run *r, struct mtime ts);
/* Are they due? With several workers they are to rest before it is told. */
bool counters_due(struct counters *c, const struct run *r, struct mtime now);
/* The same when they are due: every so many seconds, for whoever wants it.
 * true: they were. */
bool counters_clock(struct counters *c, struct run *r, struct mtime now);

#endif
