/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directive on its way into the settings: what config.c and the files of
 * single preprocessors share; nobody else includes this. */
#ifndef SENSOR_APPLIER_H
#define SENSOR_APPLIER_H

#include "rules/tree.h"
#include "sensor/settings.h"

struct applier {
	struct settings *s;
	struct tree *t;
	const struct directive *d;
};

/* preprocessor sfportscan, arpspoof, arpspoof_detect_host */
void config_sfportscan(struct applier *a);
void config_arpspoof(struct applier *a);
void config_arpspoof_host(struct applier *a);

#endif
