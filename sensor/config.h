/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the directives of a configuration file mean to a run. */
#ifndef SENSOR_CONFIG_H
#define SENSOR_CONFIG_H

#include "rules/tree.h"
#include "sensor/settings.h"

/*
 * Sets in s what the tree's directives say; s holds the defaults before, and
 * borrows from the tree afterwards. What is wrong goes to t->errors as
 * EREC_CONFIG, each with its place; what has no meaning here goes to
 * s->ignored. Filters (event_filter, suppress, ...) are detect's and stay in
 * the tree.
 */
void config_apply(struct settings *s, struct tree *t);

#endif
