/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IEEE 802.3 and its tags, and the Linux cooked headers. */
#ifndef DECODERS_WIRE_ETH_H
#define DECODERS_WIRE_ETH_H

#include "core/be.h"

struct wire_eth {
	uint8_t dst[6], src[6];
	struct be16 type; /* up to ETH_LEN_MAX: a length (802.3) */
};
static_assert(sizeof(struct wire_eth) == 14, "Ethernet header");

struct wire_vlan {
	struct be16 tci;
	struct be16 type;
};
static_assert(sizeof(struct wire_vlan) == 4, "802.1Q tag behind its type");

/* LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 */
struct wire_sll {
	struct be16 packet_type, arphrd, addr_len;
	uint8_t addr[8];
	struct be16 proto;
};
static_assert(sizeof(struct wire_sll) == 16, "cooked header, version 1");

struct wire_sll2 {
	struct be16 proto, reserved;
	struct be32 ifindex;
	struct be16 arphrd;
	uint8_t packet_type, addr_len;
	uint8_t addr[8];
};
static_assert(sizeof(struct wire_sll2) == 20, "cooked header, version 2");

enum {
	ETH_LEN_MAX = 1500,  /* larger: a type */

	ETHERTYPE_IP4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_TEB = 0x6558,     /* transparent Ethernet bridging */
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_IP6 = 0x86dd,
	ETHERTYPE_PPP = 0x880b,
	ETHERTYPE_MPLS = 0x8847,
	ETHERTYPE_MPLS_MULTI = 0x8848,
	ETHERTYPE_PPPOE_DISC = 0x8863,
	ETHERTYPE_PPPOE = 0x8864,
	ETHERTYPE_EAPOL = 0x888e,
	ETHERTYPE_QINQ = 0x88a8,
	ETHERTYPE_ERSPAN2 = 0x88be, /* as a GRE protocol; types I and II */
	ETHERTYPE_MACSEC = 0x88e5,
	ETHERTYPE_PBB = 0x88e7,
	ETHERTYPE_FABRICPATH = 0x8903,
	ETHERTYPE_CISCO_META = 0x8909,
	ETHERTYPE_ERSPAN3 = 0x22eb,
	ETHERTYPE_QINQ_9100 = 0x9100,
	ETHERTYPE_QINQ_9200 = 0x9200,
	ETHERTYPE_QINQ_9300 = 0x9300,
};

#endif
