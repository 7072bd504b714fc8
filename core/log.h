/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to the person who runs the sensor: to standard error, or to syslog
 * once log_to_syslog() was called. A message says what is wrong, where, and
 * what to do; no function names, no pointers. errno survives every call.
 * Hostile traffic never logs: it is an event and a counter.
 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include "core/base.h"

/* -q: log_info is silent. Warnings and errors never are. */
void log_set_quiet(bool quiet);
/* Everything to syslog (facility DAEMON) under this name from now on. */
void log_to_syslog(const char *ident);

void log_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);  /* adds strerror */
void log_warnx(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_info(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* For text that may come many times a second: says it at most once per
 * `last`'s second; *last is the caller's, zero at first. */
void log_warn_limited(uint64_t *last, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* End the process with status 1. For boot code only. */
NORETURN void fatal(const char *fmt, ...) PRINTF_LIKE(1, 2); /* strerror */
NORETURN void fatalx(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
