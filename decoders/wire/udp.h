/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 768. */
#ifndef DECODERS_WIRE_UDP_H
#define DECODERS_WIRE_UDP_H

#include "core/be.h"

struct wire_udp {
	struct be16 sport, dport, len, csum;
};
static_assert(sizeof(struct wire_udp) == 8, "UDP header");

#endif
