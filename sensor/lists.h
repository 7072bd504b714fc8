/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of this build, printed: --list-..., --daq-list, -V. */
#ifndef SENSOR_LISTS_H
#define SENSOR_LISTS_H

#include <stdio.h>

void lists_decoders(FILE *to);
/* Each with its preprocessor, the ports of a bare line of that, and the word
 * that shows its transactions. */
void lists_apps(FILE *to);
void lists_options(FILE *to);
void lists_events(FILE *to);
void lists_counters(FILE *to);
void lists_outputs(FILE *to);
void lists_captures(FILE *to);
void lists_version(FILE *to);

#endif
