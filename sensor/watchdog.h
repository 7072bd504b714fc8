/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --watchdog: the process that was started keeps the loaded rules and watches
 * another one that works. Workers show that they move; one that does not for
 * so long is ended together with its process, so that the kernel's queues are
 * nobody's and the rules' queue-bypass decides, and a new one begins.
 */
#ifndef SENSOR_WATCHDOG_H
#define SENSOR_WATCHDOG_H

#include "core/base.h"

struct watchdog_queues {
	unsigned first, n;
};

/*
 * Forks. Returns true in the process that is to work, time and again; in the
 * one that watches false, when the other ended by itself, and its status. It
 * hands on the signals it gets. false and *status -1: with a message in err.
 */
NODISCARD bool watchdog_split(unsigned seconds,
    const struct watchdog_queues *q, int *status, char *err, size_t err_len);
/* The nth worker moves; nothing without a watchdog. */
void watchdog_beat(unsigned nth);

#endif
