/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor gtp[: ports { N ... }] */
#include "sensor/applier.h"

void
config_gtp(struct applier *a)
{
	static const uint16_t ports[] = { 2123, 3386 };

	applier_ports_only(a, APP_GTP, ports, ARRAY_LEN(ports));
}
