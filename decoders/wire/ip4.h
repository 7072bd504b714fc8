/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 791. */
#ifndef DECODERS_WIRE_IP4_H
#define DECODERS_WIRE_IP4_H

#include "core/be.h"

struct wire_ip4 {
	uint8_t ver_ihl, tos;
	struct be16 len, id, frag;
	uint8_t ttl, proto;
	struct be16 csum;
	uint8_t src[4], dst[4];
};
static_assert(sizeof(struct wire_ip4) == 20, "IPv4 header");

/* Option kinds, RFC 791, 1393, 2113 and the IANA registry. */
enum {
	IP4_OPT_EOL = 0,
	IP4_OPT_NOP = 1,
	IP4_OPT_RR = 7,
	IP4_OPT_TS = 68,
	IP4_OPT_RTRALT = 148,
};

/* Protocol numbers, those of IPv6 as well. */
enum {
	IP_PROTO_HOPOPTS = 0,
	IP_PROTO_ICMP = 1,
	IP_PROTO_IGMP = 2,
	IP_PROTO_IPIP = 4,
	IP_PROTO_TCP = 6,
	IP_PROTO_UDP = 17,
	IP_PROTO_IPV6 = 41,
	IP_PROTO_ROUTING = 43,
	IP_PROTO_FRAGMENT = 44,
	IP_PROTO_GRE = 47,
	IP_PROTO_ESP = 50,
	IP_PROTO_AH = 51,
	IP_PROTO_SWIPE = 53,
	IP_PROTO_MOBILE = 55,
	IP_PROTO_ICMP6 = 58,
	IP_PROTO_NONE = 59,
	IP_PROTO_DSTOPTS = 60,
	IP_PROTO_SUN_ND = 77,
	IP_PROTO_PIM = 103,
	IP_PROTO_PGM = 113,
	IP_PROTO_SCTP = 132,
	IP_PROTO_MOBILITY = 135,
	IP_PROTO_HIP = 139,
	IP_PROTO_SHIM6 = 140,
	IP_PROTO_UNASSIGNED = 143, /* when Snort's list was made */
};

#endif
