/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the two ends of hands.h share. The near end may be in the hands of an
 * attacker: the helper keeps its own places in the rings, takes any value of
 * the other's, and copies a job before it looks at it.
 */
#ifndef SENSOR_RESPOND_HANDS_RING_H
#define SENSOR_RESPOND_HANDS_RING_H

#include <stdatomic.h>

#include "core/base.h"
#include "sensor/respond/hands.h"

enum hands_ctr {
	HANDS_CTR_CONNECTIONS,
	HANDS_CTR_CONNECTIONS_LATE,
	HANDS_CTR_CHECKS,
	HANDS_CTR_MENDED,
	HANDS_CTR_RESTARTS,
	HANDS_CTR_LINES_LOST,
	HANDS_CTR_PLAIN,
	HANDS_CTRS
};

/* Places only grow; each in a cache line of its own. A job's is given back
 * when its answer is there: a helper that was killed does it again. */
struct hands_shared {
	_Alignas(64) atomic_ullong job_head; /* the near end writes */
	_Alignas(64) atomic_ullong job_tail;
	_Alignas(64) atomic_ullong done_head;
	_Alignas(64) atomic_ullong done_tail; /* the near end writes */
	_Alignas(64) atomic_uint asleep; /* the helper: ring for it */
	_Alignas(64) atomic_uint rung;   /* the near end was rung for */
	_Alignas(64) atomic_ullong ctrs[HANDS_CTRS];
	struct hand_job jobs[HANDS_QUEUE];
	struct hand_done dones[HANDS_QUEUE];
};

/* Messages of the socket between them: a byte, and what belongs to it. */
enum {
	HANDS_BELL = 'b',
	HANDS_READY = 'r',
	HANDS_FAILED = 'f',  /* text: it could not begin */
	HANDS_LINE_SAID = 'l', /* text */
	HANDS_FILE = 't',    /* a file descriptor, for the next HAND_WHERE */
	HANDS_STOP = 's',    /* to the helper; a byte: leave it all */
	HANDS_STOPPED = 'e', /* text, empty: nothing is left */

	HANDS_MESSAGE = HANDS_LINE,
};

/* The helper's life, in a process of its own; fd is its end of the socket. */
NORETURN void helper_main(struct hands_shared *sh, int fd,
    const struct hands_conf *c, int parent);

#endif
