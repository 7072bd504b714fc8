/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building the next generation while packets go on: one thread, one at a
 * time. This and the worker's look at reload_take() are all that two threads
 * share.
 */
#ifndef SENSOR_RELOAD_H
#define SENSOR_RELOAD_H

#include "core/base.h"
#include "sensor/cmdline.h"
#include "sensor/generation.h"

struct reload;

/* cl and names are borrowed. NULL when memory is out. */
NODISCARD struct reload *reload_new(const struct cmdline *cl,
    struct flowbit_names *names);
/* Waits for a build under way and throws it away. */
void reload_free(struct reload *r);

/* Starts a build; one that is already under way is followed by another, so
 * that what was changed meanwhile is not missed. */
void reload_start(struct reload *r);
/* A build that ended since the last call: true, and *g is it, or NULL when
 * nothing usable came of it (which was said). The caller owns *g. */
bool reload_take(struct reload *r, struct generation **g);

#endif
