/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building the next generation while packets go on, and taking the former one
 * apart: both take long, so that a thread does them, one after the other. It
 * is begun with the first reload.
 */
#ifndef SENSOR_RELOAD_H
#define SENSOR_RELOAD_H

#include "core/base.h"
#include "sensor/cmdline.h"
#include "sensor/generation.h"

struct reload;

/* cl and names are borrowed; generations get rooms for so many detectors. NULL
 * when memory is out. */
NODISCARD struct reload *reload_new(const struct cmdline *cl,
    struct flowbit_names *names, unsigned n_workers);
/* Waits for a build under way and throws it away, and for what is retired. */
void reload_free(struct reload *r);

/* Starts a build; one that is already under way is followed by another, so
 * that what was changed meanwhile is not missed. */
void reload_start(struct reload *r);
/* A build that ended since the last call: true, and *g is it, or NULL when
 * nothing usable came of it (which was said). The caller owns *g. */
bool reload_take(struct reload *r, struct generation **g);
/* Frees g, which nothing refers to any more, in its own time. */
void reload_retire(struct reload *r, struct generation *g);

#endif
