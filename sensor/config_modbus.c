/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor modbus[: ports { N ... }] */
#include "sensor/applier.h"

void
config_modbus(struct applier *a)
{
	static const uint16_t ports[] = { 502 };

	applier_ports_only(a, APP_MODBUS, ports, ARRAY_LEN(ports));
}
