/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the decoders of IPv6, its extension headers and AH share. */
#ifndef DECODERS_NETWORK_IP6_H
#define DECODERS_NETWORK_IP6_H

#include "decoders/decode.h"

struct wire_ip6;

/* Events about addresses: ip6_addr.c raises them, ip6.c's table has them. */
enum dec_ip6_addr_sid {
	IP6_SID_LOOPBACK = 150,
	IP6_SID_SAME = 151,
	IP6_SID_DST_UNSPECIFIED = 276,
	IP6_SID_SRC_MULTICAST = 277,
	IP6_SID_DST_RESERVED_MULTICAST = 278,
	IP6_SID_BAD_SCOPE = 280,
	IP6_SID_ISATAP_SPOOF = 453,
};

/* Raises what is wrong with an IPv6 header's addresses. */
void dec_ip6_check_addresses(struct dec_ctx *ctx, struct packet *pkt,
    const struct wire_ip6 *h);

/* An extension header of this kind stands in the chain, before `next`:
 * remembers whether it stands where RFC 8200 4.1 wants it. */
void dec_ip6_ext_seen(struct dec_ctx *ctx, uint8_t kind, uint8_t next);

/*
 * What follows behind a header whose next-header field is `next`: another
 * extension header, or the chain's end with what there is to say about the
 * chain. The cursor stands behind the header; packet.dec learns of both.
 */
enum dec_result dec_ip6_next(struct dec_ctx *ctx, struct packet *pkt,
    const struct cursor *c, uint8_t next);

#endif
