/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The further workers of a run that reads several queues: each a thread with
 * a queue, a detector, flows and counters of its own. The first worker is the
 * main thread. It lets the others rest, all of them between two batches, for
 * whatever touches more than one worker: a reload, statistics, the end.
 */
#ifndef SENSOR_WORKERS_H
#define SENSOR_WORKERS_H

#include "core/base.h"

struct workers;

/* One batch of a worker; called again and again in its thread. */
typedef void worker_step(void *worker);

/*
 * Starts n threads, one for each of list's elements, pinned to processors of
 * their own as far as there are some (the calling thread to the first). NULL
 * with a message in err; then none runs.
 */
NODISCARD struct workers *workers_start(void *const *list, unsigned n,
    worker_step *step, char *err, size_t err_len);
/* All rest when this returns, and see what was changed when they go on. NULL:
 * there are none. */
void workers_rest(struct workers *w);
void workers_go_on(struct workers *w);
/* Ends and frees them; what they did is seen afterwards. */
void workers_stop(struct workers *w);

#endif
