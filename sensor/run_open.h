/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What run_open.c, which opens a run, and run.c, which goes on with it, have to
 * say to each other. */
#ifndef SENSOR_RUN_OPEN_H
#define SENSOR_RUN_OPEN_H

#include "sensor/inspect.h"

struct run;

/* How packets are inspected as things are now: what the generation says, in
 * the path or, for want of a queue, out of it. Borrows from r->gen. */
void run_inspect_conf(const struct run *r, struct inspect_conf *out);

#endif
