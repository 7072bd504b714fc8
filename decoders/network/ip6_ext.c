/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 extension headers: RFC 8200 4, mobility (RFC 6275), HIP (RFC 7401),
 * shim6 (RFC 5533). One call decodes one header; the chain's order and length
 * are watched in ctx->ip6.
 */
#include "decoders/network/ip.h"
#include "decoders/network/ip6.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/ip6.h"
#include "decoders/wire/wire.h"

enum {
	SID_TRUNCATED = 272,
	SID_BAD_OPTION = 279,
	SID_ROUTING_THEN_HBH = 282,
	SID_TWO_ROUTING = 283,
	SID_DST_THEN_ROUTING = 292,
	SID_OPTION_TOO_BIG = 295,
	SID_ATOMIC_FRAG = 458,
	SID_ZERO_FRAG = 459,
	SID_ROUTING_TYPE_0 = 461,

	EXT_UNIT = 8,
	ROUTING_TYPE_2 = 2, /* RFC 6275: one address */
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_HOPOPTS },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_ROUTING },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_FRAGMENT },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_DSTOPTS },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_MOBILITY },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_HIP },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_SHIM6 },
};

static const struct dec_event_def events[] = {
	{ SID_TRUNCATED, DEC_EV_DECODE, "ip6.extension_truncated",
	    DEC_MSG("IPV6 truncated extension header") },
	{ SID_BAD_OPTION, DEC_EV_DECODE, "ip6.unknown_option",
	    DEC_MSG("IPv6 header includes an undefined option type") },
	{ SID_ROUTING_THEN_HBH, DEC_EV_DECODE, "ip6.routing_then_hop_by_hop",
	    DEC_MSG("IPv6 header includes a routing extension header "
		"followed by a hop-by-hop header") },
	{ SID_TWO_ROUTING, DEC_EV_DECODE, "ip6.two_routing_headers",
	    DEC_MSG("IPv6 header includes two routing extension headers") },
	{ SID_DST_THEN_ROUTING, DEC_EV_DECODE, "ip6.dst_options_then_routing",
	    DEC_MSG("IPv6 header has destination options followed by a "
		"routing header") },
	{ SID_OPTION_TOO_BIG, DEC_EV_DECODE, "ip6.option_too_big",
	    DEC_MSG("IPv6 header includes an option which is too big for the "
		"containing header.") },
	{ SID_ATOMIC_FRAG, DEC_EV_DECODE, "ip6.atomic_fragment",
	    DEC_MSG("bogus fragmentation packet. Possible BSD attack") },
	{ SID_ZERO_FRAG, DEC_EV_DECODE, "ip.zero_length_fragment",
	    DEC_MSG("zero length fragment") },
	{ SID_ROUTING_TYPE_0, DEC_EV_DECODE, "ip6.routing_type_0",
	    DEC_MSG("Deprecated IPv6 Type 0 Routing Header") },
};

static bool
is_known_option(uint8_t kind)
{
	switch (kind) {
	case IP6_OPT_PADN:
	case IP6_OPT_TUNNEL_LIMIT:
	case IP6_OPT_RTRALT:
	case IP6_OPT_CALIPSO:
	case IP6_OPT_QUICK_START:
	case IP6_OPT_ENDPOINT_ID:
	case IP6_OPT_JUMBO:
	case IP6_OPT_HOME_ADDR:
		return true;
	default:
		return false;
	}
}

/* The options of a hop-by-hop or destination header; the first bad one ends
 * the look at this header, not the packet. */
static void
check_options(struct dec_ctx *ctx, struct packet *pkt, struct cursor c)
{
	uint8_t kind, len;

	while (cur_u8(&c, &kind)) {
		uint32_t value;

		if (kind == IP6_OPT_PAD1)
			continue;
		if (!cur_u8(&c, &len)) {
			dec_event(ctx, pkt, SID_OPTION_TOO_BIG);
			return;
		}
		value = dec_off(pkt, &c);
		if (!cur_skip(&c, len)) {
			dec_event(ctx, pkt, SID_OPTION_TOO_BIG);
			return;
		}
		if (!is_known_option(kind)) {
			dec_event(ctx, pkt, SID_BAD_OPTION);
			return;
		}
		if (kind == IP6_OPT_HOME_ADDR && len == 16)
			ctx->ip6.src_off = value;
	}
}

/* The final destination, which the transport's checksum covers, is the last
 * address of the header while segments are left. */
static void
note_final_destination(struct dec_ctx *ctx, const struct packet *pkt,
    const struct wire_ip6_routing *h, struct cursor c)
{
	size_t n;

	if (!h->left || (h->type != 0 && h->type != ROUTING_TYPE_2))
		return;
	if (!cur_skip(&c, sizeof(struct be32)))
		return;
	n = cur_left(&c) / 16;
	if (n && cur_skip(&c, (n - 1) * 16))
		ctx->ip6.dst_off = dec_off(pkt, &c);
}

static enum dec_result
decode_fragment(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	struct pkt_dec *d = &pkt->dec;
	struct wire_ip6_frag h;
	uint16_t field;
	enum dec_result res;

	if (!WIRE_TAKE(c, &h)) {
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	field = be16_get(h.field);
	d->ip_id = be32_get(h.id);
	d->ip_frag = (uint16_t)(field >> 3 | (field & 1 ? IP_FLAG_MF : 0));
	dec_ip6_ext_seen(ctx, IP_PROTO_FRAGMENT, h.next);
	if (!d->ip_frag) {
		/* RFC 6946: a fragment of nothing, treated as a whole */
		dec_event(ctx, pkt, SID_ATOMIC_FRAG);
		return dec_ip6_next(ctx, pkt, c, h.next);
	}
	d->flags |= PKT_FRAGMENT;
	res = dec_ip6_next(ctx, pkt, c, h.next);
	if (!cur_left(c)) {
		dec_event(ctx, pkt, SID_ZERO_FRAG);
		return DEC_PAYLOAD;
	}
	/* only the first fragment has what the next-header field names */
	return field >> 3 ? DEC_PAYLOAD : res;
}

static enum dec_result
decode_ext(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	struct cursor at = *c, body;
	uint8_t kind = (uint8_t)ctx->arg;
	struct wire_ip6_routing h;

	if (kind == IP_PROTO_FRAGMENT)
		return decode_fragment(ctx, pkt, c);
	/* the length counts eight-byte units, so four bytes are there */
	if (!WIRE_PEEK(c, &h) ||
	    !cur_sub(&at, (h.len + 1u) * EXT_UNIT, &body) ||
	    !cur_skip(&body, sizeof(struct wire_ip6_ext))) {
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	*c = at;
	dec_ip6_ext_seen(ctx, kind, h.next);
	switch (kind) {
	case IP_PROTO_HOPOPTS:
		check_options(ctx, pkt, body);
		break;
	case IP_PROTO_DSTOPTS:
		if (h.next == IP_PROTO_ROUTING)
			dec_event(ctx, pkt, SID_DST_THEN_ROUTING);
		check_options(ctx, pkt, body);
		break;
	case IP_PROTO_ROUTING:
		if (h.type == 0)
			dec_event(ctx, pkt, SID_ROUTING_TYPE_0);
		if (h.next == IP_PROTO_HOPOPTS)
			dec_event(ctx, pkt, SID_ROUTING_THEN_HBH);
		if (h.next == IP_PROTO_ROUTING)
			dec_event(ctx, pkt, SID_TWO_ROUTING);
		if (cur_skip(&body, sizeof(h) - sizeof(struct wire_ip6_ext)))
			note_final_destination(ctx, pkt, &h, body);
		break;
	default:
		break;
	}
	return dec_ip6_next(ctx, pkt, c, h.next);
}

const struct decoder_ops dec_ip6_ext = {
	.name = "ip6_ext",
	.help = "IPv6 extension headers, RFC 8200",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_ext,
};
