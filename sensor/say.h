/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of many lines to where messages go. */
#ifndef SENSOR_SAY_H
#define SENSOR_SAY_H

#include "core/base.h"
#include "core/erec.h"

/* From now on to syslog, as core/log does: one line a message. */
void say_to_syslog(void);
/* Prints the text as it is to standard error, or line by line to syslog.
 * Never silenced by -q: callers decide. */
void say_text(const char *text, size_t len);
/* Error records; warnings only when asked for. */
void say_errors(const struct erecs *es, bool warnings);

#endif
