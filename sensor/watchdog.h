/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --watchdog: the process that was started keeps the loaded rules and watches
 * another one that works. Workers show that they move; one that does not for
 * so long is ended together with its process, so that the kernel's queues are
 * nobody's and the rules' queue-bypass decides, and a new one begins. So it
 * does after a crash: at once the first time, later when ever more time has
 * passed, and after WATCHDOG_QUICK_MAX ends soon after their begin not inline.
 */
#ifndef SENSOR_WATCHDOG_H
#define SENSOR_WATCHDOG_H

#include "core/base.h"
#include "core/counter.h"

enum {
	WATCHDOG_SECONDS = 2, /* where --watchdog does not say */
	/* ends in a row of processes that lived no longer than this */
	WATCHDOG_QUICK_MAX = 5,
	WATCHDOG_QUICK_S = 30,
	/* then inline is left alone for so long, twice as long each time */
	WATCHDOG_HOLD_S = 60,
	WATCHDOG_HOLD_MAX_S = 600,
};

#define WATCHDOG_COUNTERS(X)                                                   \
	X(RESTARTS, "restarts", "processes that began in another's place")     \
	X(STUCK, "stuck", "ended because a worker did not move")               \
	X(CRASHED, "crashed", "that ended by themselves")                      \
	X(PACKETS_LOST, "packets_lost",                                        \
	    "packets that waited for one that was ended")
enum {
#define X(NAME, name, help) WATCHDOG_CTR_##NAME,
	WATCHDOG_COUNTERS(X)
#undef X
	WATCHDOG_CTR_MAX
};
extern const struct ctr_group watchdog_counters;

struct watchdog_conf {
	unsigned seconds;
	unsigned first_queue, n_queues;
	/* after too many crashes the process goes on without its queues;
	 * false: it ends with status 1 */
	bool may_fall_back;
	/* called once in the process that watches, when the other works */
	void (*begun)(void *arg);
	void *arg;
};

/*
 * Forks. Returns true in the process that is to work, time and again; in the
 * one that watches false, when all is over, and the exit status. It hands on
 * the signals it gets. false and *status -1: with a message in err.
 */
NODISCARD bool watchdog_split(const struct watchdog_conf *conf, int *status,
    char *err, size_t err_len);

/* In the process that works; without a watchdog they do nothing. */

/* Is this a process that is watched? */
bool watchdog_is_there(void);
/* It ends with the one that watches: to be called again after a change of the
 * user, which makes the kernel forget it. */
void watchdog_bind(void);
/* The nth worker moves. */
void watchdog_beat(unsigned nth);
/* Other rules than those that are kept are in force: a process that follows
 * this one reads the configuration. Is this one to? */
void watchdog_reloaded(void);
bool watchdog_wants_reload(void);
/* Its queues are given up and it ends by itself. */
void watchdog_ends(void);
/* Seconds before which it is not to have a queue. */
unsigned watchdog_hold(void);
/* NULL: there is no watchdog. Borrowed until the next call. */
const uint64_t *watchdog_counters_of(void);

#endif
