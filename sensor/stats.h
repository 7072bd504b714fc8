/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run did, for the person who has to find out at night. */
#ifndef SENSOR_STATS_H
#define SENSOR_STATS_H

#include <stdio.h>

struct run;

void stats_print(FILE *to, const struct run *r);
/* To standard error or syslog. */
void stats_say(const struct run *r);

#endif
