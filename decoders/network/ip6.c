/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6, RFC 8200: the fixed header. Extension headers are ip6_ext.c's.
 *
 *	+-------+---------------+---------------------------------------+
 *	|version| traffic class |              flow label               |
 *	+-------+---------------+-------+---------------+---------------+
 *	|        payload length         |  next header  |   hop limit   |
 *	+-------------------------------+---------------+---------------+
 *	|             source (16 bytes), destination (16 bytes)         |
 */
#include "decoders/network/ip6.h"
#include "decoders/network/ip.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/ip6.h"
#include "decoders/wire/wire.h"

enum {
	SID_HOPS_LOW = 270,
	SID_NOT_IP6 = 271,
	SID_TRUNCATED = 273,
	SID_LEN_GT_CAPTURED = 275,
	SID_BAD_NEXT = 281,
	SID_TUNNELLED_TRUNCATED = 291,
	SID_UNORDERED = 296,
	SID_HOPS_ZERO = 429,
	SID_TOO_MANY_EXT = 456,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_DLT, 229 }, /* DLT_IPV6 */
	{ DEC_SPACE_ETHERTYPE, 0x86dd },
	{ DEC_SPACE_PPP, 0x0057 },
	{ DEC_SPACE_IPPROTO, IP_PROTO_IPV6 },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_IPV6 },
};

static const struct dec_event_def events[] = {
	{ SID_HOPS_LOW, DEC_EV_DECODE, "ip6.hop_limit_low",
	    DEC_MSG("IPV6 packet exceeded TTL limit") },
	{ SID_NOT_IP6, DEC_EV_DECODE, "ip6.not_ip6",
	    DEC_MSG("IPv6 header claims to not be IPv6") },
	{ SID_TRUNCATED, DEC_EV_DECODE, "ip6.truncated",
	    DEC_MSG("IPV6 truncated header") },
	{ SID_LEN_GT_CAPTURED, DEC_EV_OVERSIZED, "ip6.length_beyond_capture",
	    DEC_MSG("IPV6 dgm len > captured len") },
	{ IP6_SID_LOOPBACK, DEC_EV_DECODE, "ip.loopback",
	    DEC_MSG("Bad Traffic Loopback IP") },
	{ IP6_SID_SAME, DEC_EV_DECODE, "ip.same_addresses",
	    DEC_MSG("Bad Traffic Same Src/Dst IP") },
	{ IP6_SID_DST_UNSPECIFIED, DEC_EV_DECODE, "ip6.dst_unspecified",
	    DEC_MSG("IPv6 packet with destination address ::0") },
	{ IP6_SID_SRC_MULTICAST, DEC_EV_DECODE, "ip6.src_multicast",
	    DEC_MSG("IPv6 packet with multicast source address") },
	{ IP6_SID_DST_RESERVED_MULTICAST, DEC_EV_DECODE,
	    "ip6.dst_reserved_multicast",
	    DEC_MSG("IPv6 packet with reserved multicast destination "
		"address") },
	{ IP6_SID_BAD_SCOPE, DEC_EV_DECODE, "ip6.bad_multicast_scope",
	    DEC_MSG("IPv6 address includes an unassigned multicast scope "
		"value") },
	{ SID_BAD_NEXT, DEC_EV_DECODE, "ip6.bad_next_header",
	    DEC_MSG("IPv6 header includes an invalid value for the \"next "
		"header\" field") },
	{ SID_TUNNELLED_TRUNCATED, DEC_EV_DECODE, "ip6.tunnelled_truncated",
	    DEC_MSG("IPV6 tunneled over IPv4, IPv6 header truncated, "
		"possible Linux Kernel attack") },
	{ SID_UNORDERED, DEC_EV_DECODE, "ip6.extension_order",
	    DEC_MSG("IPv6 packet includes out-of-order extension headers") },
	{ SID_HOPS_ZERO, DEC_EV_DECODE, "ip6.hop_limit_zero",
	    DEC_MSG("IPV6 packet has zero hop limit") },
	{ IP6_SID_ISATAP_SPOOF, DEC_EV_DECODE, "ip6.isatap_spoof",
	    DEC_MSG("IPV6 ISATAP spoof") },
	{ SID_TOO_MANY_EXT, DEC_EV_DECODE, "ip6.too_many_extensions",
	    DEC_MSG("too many IPV6 extension headers") },
};

static bool
is_extension(uint8_t next)
{
	switch (next) {
	case IP_PROTO_HOPOPTS:
	case IP_PROTO_ROUTING:
	case IP_PROTO_FRAGMENT:
	case IP_PROTO_DSTOPTS:
	case IP_PROTO_AH:
	case IP_PROTO_MOBILITY:
	case IP_PROTO_HIP:
	case IP_PROTO_SHIM6:
		return true;
	default:
		return false;
	}
}

/* RFC 8200 4.1, upper layers last. */
static uint8_t
rank_of(uint8_t kind)
{
	switch (kind) {
	case IP_PROTO_HOPOPTS:
		return 1;
	case IP_PROTO_DSTOPTS:
		return 2;
	case IP_PROTO_ROUTING:
		return 3;
	case IP_PROTO_FRAGMENT:
		return 4;
	case IP_PROTO_AH:
		return 5;
	case IP_PROTO_ESP:
		return 6;
	default:
		return 7;
	}
}

void
dec_ip6_ext_seen(struct dec_ctx *ctx, uint8_t kind, uint8_t next)
{
	struct dec_ip6_chain *chain = &ctx->ip6;
	uint8_t rank = rank_of(kind);

	/* destination options may come again as the last, for the final
	 * destination, once a routing header was there */
	if (chain->count && rank <= chain->rank &&
	    !(kind == IP_PROTO_DSTOPTS && chain->routing &&
		!is_extension(next)))
		chain->unordered++;
	if (kind == IP_PROTO_ROUTING)
		chain->routing = true;
	chain->rank = rank;
	chain->count++;
}

enum dec_result
dec_ip6_next(struct dec_ctx *ctx, struct packet *pkt, const struct cursor *c,
    uint8_t next)
{
	struct pkt_dec *d = &pkt->dec;

	d->ip_proto = next;
	d->ip_hlen = (uint16_t)(dec_off(pkt, c) - d->ip_off);
	dec_ip_payload(pkt, c);
	if (is_extension(next)) {
		if (ctx->ip6.count >= ctx->conf->max_ip6_ext) {
			dec_event(ctx, pkt, SID_TOO_MANY_EXT);
			return DEC_STOP;
		}
		d->flags |= PKT_IP6_EXT;
		return dec_next_or_payload(ctx, DEC_SPACE_IP6_NEXT, next);
	}

	for (; ctx->ip6.unordered; ctx->ip6.unordered--)
		dec_event(ctx, pkt, SID_UNORDERED);
	if (next == IP_PROTO_NONE)
		return DEC_PAYLOAD;
	if ((d->flags & PKT_FRAGMENT) && !dec_ip_is_transport(next))
		return DEC_PAYLOAD;
	if (dec_next(ctx, DEC_SPACE_IP6_NEXT, next))
		return DEC_NEXT;
	dec_event(ctx, pkt, SID_BAD_NEXT);
	return DEC_PAYLOAD;
}

static void
fill(struct dec_ctx *ctx, struct packet *pkt, const struct wire_ip6 *h,
    uint32_t off)
{
	struct pkt_dec *d = &pkt->dec;

	dec_ip_begin(ctx, pkt, 6, off);
	d->ip_proto = h->next;
	d->ip_tos = (uint8_t)(be32_get(h->ver_tc_flow) >> 20);
	d->ip_ttl = h->hops;
	d->ip_hlen = sizeof(*h);
	d->ip_len = (uint32_t)sizeof(*h) + be16_get(h->len);
	d->src.family = d->dst.family = 6;
	memcpy(d->src.b, h->src, sizeof(h->src));
	memcpy(d->dst.b, h->dst, sizeof(h->dst));
}

static bool
is_behind_ip4(const struct pkt_dec *d, const struct layer *layers)
{
	return d->n_layers && layers[d->n_layers - 1].id == DEC_ID_ip4;
}

static enum dec_result
decode_ip6(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	uint32_t off = dec_off(pkt, c);
	struct cursor at = *c;
	struct wire_ip6 h;
	bool beyond;

	if (!WIRE_TAKE(&at, &h)) {
		if (is_behind_ip4(&pkt->dec, pkt->layers))
			dec_event(ctx, pkt, SID_TUNNELLED_TRUNCATED);
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	if (be32_get(h.ver_tc_flow) >> 28 != 6) {
		dec_event(ctx, pkt, SID_NOT_IP6);
		return DEC_STOP;
	}
	beyond = be16_get(h.len) > cur_left(&at);
	if (beyond) {
		/* as for IPv4: not for the rules, except in a tunnel */
		dec_event(ctx, pkt, SID_LEN_GT_CAPTURED);
		if (pkt->dec.n_ip)
			return DEC_STOP;
		pkt->dec.flags |= PKT_NO_RULES;
	}
	*c = at;
	fill(ctx, pkt, &h, off);
	cur_trim(c, be16_get(h.len));
	dec_ip_payload(pkt, c);
	if (beyond)
		return DEC_STOP;

	dec_ip_ttl(ctx, pkt, SID_HOPS_ZERO, SID_HOPS_LOW);
	dec_ip6_check_addresses(ctx, pkt, &h);
	return dec_ip6_next(ctx, pkt, c, h.next);
}

const struct decoder_ops dec_ip6 = {
	.name = "ip6",
	.help = "IPv6, RFC 8200",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_ip6,
};
