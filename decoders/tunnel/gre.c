/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRE: version 0 (RFC 1701, 2784, 2890) and version 1 of PPTP (RFC 2637).
 *
 *	+-+-+-+-+-+-----+---------+-----+-------------------------------+
 *	|C|R|K|S|s|recur|A| flags | ver |         protocol type         |
 *	+-+-+-+-+-+-----+---------+-----+-------------------------------+
 *	| checksum and offset (C or R), key (K), sequence (S),          |
 *	| acknowledgment (A, version 1), routing (R)                    |
 */
#include "decoders/decode.h"
#include "decoders/wire/eth.h"
#include "decoders/wire/ip4.h"

enum {
	SID_TRUNCATED = 160,
	SID_MULTIPLE = 161,
	SID_BAD_VERSION = 162,
	SID_BAD_V0 = 163,
	SID_BAD_V1 = 164,
	SID_TRANS_TRUNCATED = 165,

	GRE_C = 0x8000,
	GRE_R = 0x4000,
	GRE_K = 0x2000,
	GRE_S = 0x1000,
	GRE_SSR = 0x0800,
	GRE_RECUR = 0x0700,
	GRE_FLAGS = 0x00f8,
	GRE_V1_ACK = 0x0080,
	GRE_V1_FLAGS = 0x0078,
	GRE_VERSION = 0x0007,

	SOURCE_ROUTE_LEN = 4, /* of an entry's head: family, offset, length */
	MAX_ROUTES = 64,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_IPPROTO, IP_PROTO_GRE },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_GRE },
};

static const struct dec_event_def events[] = {
	{ SID_TRUNCATED, DEC_EV_DECODE, "gre.truncated",
	    DEC_MSG("GRE header length > payload length") },
	{ SID_MULTIPLE, DEC_EV_DECODE, "gre.multiple_encapsulations",
	    DEC_MSG("Multiple encapsulations in packet") },
	{ SID_BAD_VERSION, DEC_EV_DECODE, "gre.bad_version",
	    DEC_MSG("Invalid GRE version") },
	{ SID_BAD_V0, DEC_EV_DECODE, "gre.bad_v0_header",
	    DEC_MSG("Invalid GRE v.0 header") },
	{ SID_BAD_V1, DEC_EV_DECODE, "gre.bad_v1_header",
	    DEC_MSG("Invalid GRE v.1 PPTP header") },
	{ SID_TRANS_TRUNCATED, DEC_EV_DECODE, "gre.ethernet_truncated",
	    DEC_MSG("GRE Trans header length > payload length") },
};

/* RFC 1701: source route entries end with one of family and length zero. */
static bool
skip_routes(struct cursor *c)
{
	for (unsigned i = 0; i < MAX_ROUTES; i++) {
		const uint8_t *p = cur_take(c, SOURCE_ROUTE_LEN);

		if (!p)
			return false;
		if (!p[0] && !p[1] && !p[3])
			return true;
		if (!cur_skip(c, p[3]))
			return false;
	}
	return false;
}

/* The optional fields; the sid of what is wrong, or 0. */
static uint32_t
parse_v0(struct cursor *c, uint16_t flags)
{
	size_t n = 0;

	if (flags & (GRE_RECUR | GRE_FLAGS))
		return SID_BAD_V0;
	if (flags & (GRE_C | GRE_R))
		n += 4;
	if (flags & GRE_K)
		n += 4;
	if (flags & GRE_S)
		n += 4;
	if (!cur_skip(c, n) || ((flags & GRE_R) && !skip_routes(c)))
		return SID_TRUNCATED;
	return 0;
}

static uint32_t
parse_v1(struct cursor *c, uint16_t flags, uint16_t proto)
{
	size_t n = 4; /* payload length and call id */

	if ((flags & (GRE_C | GRE_R | GRE_SSR | GRE_RECUR | GRE_V1_FLAGS)) ||
	    !(flags & GRE_K) || proto != ETHERTYPE_PPP)
		return SID_BAD_V1;
	if (flags & GRE_S)
		n += 4;
	if (flags & GRE_V1_ACK)
		n += 4;
	return cur_skip(c, n) ? 0 : SID_TRUNCATED;
}

static bool
is_in_gre(const struct packet *pkt)
{
	for (unsigned i = 0; i < pkt->dec.n_layers; i++)
		if (pkt->layers[i].id == DEC_ID_gre)
			return true;
	return false;
}

static enum dec_result
decode_gre(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	uint16_t flags, proto;
	uint32_t bad;

	if (!cur_be16(c, &flags) || !cur_be16(c, &proto)) {
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	/* a third IP header inside says the same, as 116:293 */
	if (is_in_gre(pkt) && proto != ETHERTYPE_IP4 &&
	    proto != ETHERTYPE_IP6) {
		dec_event(ctx, pkt, SID_MULTIPLE);
		return DEC_STOP;
	}
	switch (flags & GRE_VERSION) {
	case 0:
		bad = parse_v0(c, flags);
		break;
	case 1:
		bad = parse_v1(c, flags, proto);
		break;
	default:
		bad = SID_BAD_VERSION;
		break;
	}
	if (!bad && proto == ETHERTYPE_TEB &&
	    cur_left(c) < sizeof(struct wire_eth))
		bad = SID_TRANS_TRUNCATED;
	if (bad) {
		dec_event(ctx, pkt, bad);
		return DEC_STOP;
	}
	/* ERSPAN type I is a bare Ethernet frame; II has a header, and the
	 * sequence number says which it is */
	if (proto == ETHERTYPE_ERSPAN2 && !(flags & GRE_S)) {
		ctx->next = DEC_ID_ethernet;
		return DEC_NEXT;
	}
	return dec_next_or_payload(ctx, DEC_SPACE_ETHERTYPE, proto);
}

const struct decoder_ops dec_gre = {
	.name = "gre",
	.help = "GRE, RFC 2784 and 2890; PPTP's, RFC 2637",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_gre,
};
