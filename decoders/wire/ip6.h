/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 8200. */
#ifndef DECODERS_WIRE_IP6_H
#define DECODERS_WIRE_IP6_H

#include "core/be.h"

struct wire_ip6 {
	struct be32 ver_tc_flow;
	struct be16 len;
	uint8_t next, hops;
	uint8_t src[16], dst[16];
};
static_assert(sizeof(struct wire_ip6) == 40, "IPv6 header");

/* What all extension headers but the fragment header begin with. */
struct wire_ip6_ext {
	uint8_t next, len; /* len: in units of eight bytes, less the first */
};
static_assert(sizeof(struct wire_ip6_ext) == 2, "IPv6 extension header");

struct wire_ip6_routing {
	uint8_t next, len, type, left;
};
static_assert(sizeof(struct wire_ip6_routing) == 4, "IPv6 routing header");

struct wire_ip6_frag {
	uint8_t next, reserved;
	struct be16 field; /* offset in the top 13 bits, M in the lowest */
	struct be32 id;
};
static_assert(sizeof(struct wire_ip6_frag) == 8, "IPv6 fragment header");

/* Destination and hop-by-hop options (IANA registry). */
enum {
	IP6_OPT_PAD1 = 0x00,
	IP6_OPT_PADN = 0x01,
	IP6_OPT_TUNNEL_LIMIT = 0x04, /* RFC 2473 */
	IP6_OPT_RTRALT = 0x05,       /* RFC 2711 */
	IP6_OPT_QUICK_START = 0x26,  /* RFC 4782 */
	IP6_OPT_CALIPSO = 0x07,      /* RFC 5570 */
	IP6_OPT_RPL = 0x63,          /* RFC 6553 */
	IP6_OPT_HOME_ADDR = 0xc9,    /* RFC 6275 */
	IP6_OPT_ENDPOINT_ID = 0x8a, /* deprecated */
	IP6_OPT_JUMBO = 0xc2,        /* RFC 2675 */
};

#endif
