/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNP3 (IEEE 1815): configuration, and what rules ask about a message. */
#ifndef DECODERS_APP_DNP3_H
#define DECODERS_APP_DNP3_H

#include "core/base.h"
#include "core/slice.h"

struct dnp3_conf {
	uint64_t memcap; /* bytes of sessions */
	bool check_crc;
};

enum { DNP3_OBJECTS = 32 };

struct dnp3_facts {
	uint8_t func;
	bool response;        /* ind means something */
	uint16_t indications; /* as on the wire, the first octet above */
	/* headers of the message's objects, the first ones */
	unsigned n_objects;
	struct {
		uint8_t group, variation;
	} objects[DNP3_OBJECTS];
};

#endif
