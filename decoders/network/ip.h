/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the IPv4 and IPv6 decoders share: filling packet.dec. */
#ifndef DECODERS_NETWORK_IP_H
#define DECODERS_NETWORK_IP_H

#include "decoders/decode.h"

/*
 * A valid IP header begins at off: it becomes "the IP header", and what an
 * outer one had said of transport and payload is forgotten; the outermost
 * one's addresses and protocol are kept. The caller then fills its fields.
 */
void dec_ip_begin(struct dec_ctx *ctx, struct packet *pkt, uint8_t version,
    uint32_t off);
/* The bytes behind the header(s), which begin at the cursor, are the IP
 * payload, and the rules' payload until a transport is decoded. */
void dec_ip_payload(struct packet *pkt, const struct cursor *c);
/*
 * The time to live or hop limit, 0 or below config min_ttl: raises the event
 * of the version, and a packet that min_ttl refuses is not for rules.
 */
void dec_ip_ttl(struct dec_ctx *ctx, struct packet *pkt, uint32_t sid_zero,
    uint32_t sid_low);
/* Does this protocol decode in the first fragment of a datagram? Tunnels and
 * extension headers wait for the whole. */
bool dec_ip_is_transport(uint8_t proto);
/* A transport header of hlen bytes begins at off; the cursor stands behind
 * it, at its payload. */
void dec_l4_begin(struct packet *pkt, enum pkt_l4 l4, uint32_t off,
    uint32_t hlen, const struct cursor *c);

/*
 * Is the transport's checksum right? `hdr` is the transport's first byte to
 * the end of the datagram's bytes. Pseudo header: RFC 9293 3.1, RFC 8200 8.1.
 */
bool dec_l4_csum_ok(const struct dec_ctx *ctx, const struct packet *pkt,
    const struct cursor *hdr, uint8_t proto);

#endif
