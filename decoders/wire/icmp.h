/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 792, 950, 1256 (ICMPv4) and RFC 4443, 4861, 4620 (ICMPv6). */
#ifndef DECODERS_WIRE_ICMP_H
#define DECODERS_WIRE_ICMP_H

#include "core/be.h"

struct wire_icmp {
	uint8_t type, code;
	struct be16 csum;
};
static_assert(sizeof(struct wire_icmp) == 4, "ICMP header");

/* The second word of an echo message. */
struct wire_icmp_echo {
	struct be16 id, seq;
};
static_assert(sizeof(struct wire_icmp_echo) == 4, "ICMP echo");

enum {
	ICMP4_ECHO_REPLY = 0,
	ICMP4_UNREACH = 3,
	ICMP4_QUENCH = 4,
	ICMP4_REDIRECT = 5,
	ICMP4_ECHO = 8,
	ICMP4_ROUTER_ADVERT = 9,
	ICMP4_ROUTER_SOLICIT = 10,
	ICMP4_TIME_EXCEEDED = 11,
	ICMP4_PARAM_PROBLEM = 12,
	ICMP4_TIMESTAMP = 13,
	ICMP4_TIMESTAMP_REPLY = 14,
	ICMP4_INFO = 15,
	ICMP4_INFO_REPLY = 16,
	ICMP4_MASK = 17,
	ICMP4_MASK_REPLY = 18,

	ICMP4_UNREACH_FRAG_NEEDED = 4,
	ICMP4_UNREACH_NET_PROHIBITED = 9,
	ICMP4_UNREACH_HOST_PROHIBITED = 10,
	ICMP4_UNREACH_FILTERED = 13,

	ICMP6_UNREACH = 1,
	ICMP6_TOO_BIG = 2,
	ICMP6_TIME_EXCEEDED = 3,
	ICMP6_PARAM_PROBLEM = 4,
	ICMP6_ECHO = 128,
	ICMP6_ECHO_REPLY = 129,
	ICMP6_ROUTER_SOLICIT = 133,
	ICMP6_ROUTER_ADVERT = 134,
	ICMP6_NODE_INFO = 139,
	ICMP6_NODE_INFO_REPLY = 140,
};

#endif
