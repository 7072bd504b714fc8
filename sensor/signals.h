/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals become requests that the worker looks at between batches. */
#ifndef SENSOR_SIGNALS_H
#define SENSOR_SIGNALS_H

#include "core/base.h"

/* TERM, INT and QUIT ask to stop, HUP to reload, USR1 for statistics; USR2 and
 * URG are accepted and do nothing; PIPE is ignored. A second TERM or INT ends
 * the process at once. */
void signals_init(void);

/* A process that watches this one hands them on: what comes twice within a
 * second is one request to stop. */
void signals_are_handed_on(void);
/* As if HUP had come. */
void signals_ask_reload(void);

bool signals_stop(void);
/* True once per request. */
bool signals_take_reload(void);
bool signals_take_stats(void);

#endif
