/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --setup and --check-inline: the kernel's part of running inline. */
#ifndef SENSOR_SETUP_H
#define SENSOR_SETUP_H

#include "core/base.h"
#include "sensor/cmdline.h"

/* Each returns the exit status: 0 done, or all is in force. */
int setup_run(const struct cmdline *cl, const struct settings *s);
int setup_check(const struct cmdline *cl, const struct settings *s);

#endif
