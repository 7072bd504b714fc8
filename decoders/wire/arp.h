/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 826, for IPv4 over Ethernet. */
#ifndef DECODERS_WIRE_ARP_H
#define DECODERS_WIRE_ARP_H

#include "core/be.h"

struct wire_arp {
	struct be16 hw_type, proto_type;
	uint8_t hw_len, proto_len;
	struct be16 op;
	uint8_t sender_hw[6], sender_ip[4];
	uint8_t target_hw[6], target_ip[4];
};
static_assert(sizeof(struct wire_arp) == 28, "ARP packet");

enum {
	ARP_REQUEST = 1,
	ARP_REPLY = 2,
};

#endif
