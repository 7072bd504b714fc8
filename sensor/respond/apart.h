/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the processes share that were forked from the sensor while it had its
 * rights, to keep a few of them: they hear nothing that is meant for it, hold
 * none of its files, and can do no more than their work.
 */
#ifndef SENSOR_RESPOND_APART_H
#define SENSOR_RESPOND_APART_H

#include "core/base.h"

/* Signals for the sensor are ignored, the process is named so. */
void apart_signals(const char *name);
/* All files but `fd' are closed; 0 to 2 are nothing's. */
void apart_close_others(int fd);
/* CAP_NET_ADMIN and CAP_NET_RAW are kept, also for what is executed, and no
 * other. false: it cannot be. */
NODISCARD bool apart_keep_rights(void);
/* One process of a kind in a network namespace: the socket that holds `name',
 * to be kept open; an earlier one may still clean up. -1: there is another. */
NODISCARD int apart_lock(const char *name);

#endif
