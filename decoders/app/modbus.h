/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modbus/TCP: what rules ask about a message. */
#ifndef DECODERS_APP_MODBUS_H
#define DECODERS_APP_MODBUS_H

#include "core/base.h"

struct modbus_facts {
	uint8_t unit, func;
};

#endif
