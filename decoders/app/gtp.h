/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GTP signalling: what rules ask about a message. */
#ifndef DECODERS_APP_GTP_H
#define DECODERS_APP_GTP_H

#include "core/base.h"
#include "core/slice.h"

enum { GTP_IE_TYPES = 256, GTP_VERSIONS = 3 };

struct gtp_facts {
	uint8_t version, type;
	/* where the first information element of each type is, by its place
	 * in the payload; len 0 and off 0: it is not there */
	struct {
		uint16_t off, len;
	} ie[GTP_IE_TYPES];
	struct slice message; /* the payload that offsets count in */
};

#endif
