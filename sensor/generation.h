/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One generation: the configuration as text, what it means, and the compiled
 * rules. Immutable once loaded; a reload builds another one beside it.
 */
#ifndef SENSOR_GENERATION_H
#define SENSOR_GENERATION_H

#include "core/base.h"
#include "detect/flowbits.h"
#include "rules/tree.h"
#include "sensor/cmdline.h"
#include "sensor/settings.h"

struct generation {
	struct tree *tree;
	struct settings settings;
	struct flowbit_names *names; /* the process's, borrowed */
	struct ruleset *rules; /* NULL: a run without a configuration */
	bool usable; /* nothing forbids to start (or to swap) */
	/* for the workers' detectors, while they go by another one: n_rooms */
	struct detector_room **rooms;
	unsigned n_rooms;
	struct generation *next; /* in a list of its owner's */
};

/*
 * Reads and compiles what the command line names. Everything wrong is said,
 * and so is the summary; `usable` is the outcome: false when the
 * configuration has errors, or when a rule was refused under -T, or refused
 * or given twice under -x. cl and names must outlive the generation. NULL when memory
 * is out. May run in a thread of its own.
 */
NODISCARD struct generation *generation_load(const struct cmdline *cl,
    struct flowbit_names *names);
void generation_free(struct generation *g);
/* What so many detectors want of their own to go by it (g->rooms), if it has
 * rules; false: out of memory. May run in a thread of its own. */
NODISCARD bool generation_make_rooms(struct generation *g, unsigned n);

/* "12 inactive: ..." and the like for the summary and the statistics, one
 * line each, into f; nothing when there is nothing to say. */
void generation_print_inactive(FILE *f, const struct generation *g);

#endif
