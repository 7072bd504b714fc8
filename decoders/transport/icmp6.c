/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMPv6: RFC 4443, neighbour discovery (RFC 4861), node information queries
 * (RFC 4620). */
#include "decoders/network/ip.h"
#include "decoders/wire/icmp.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/wire.h"

enum {
	SID_TOO_SHORT = 105,
	SID_ORIG_TRUNCATED = 250,
	SID_ORIG_VERSION = 251,
	SID_BAD_MTU = 285,
	SID_UNREACH_CODE_2463 = 286,
	SID_SOLICIT_CODE = 287,
	SID_ADVERT_CODE = 288,
	SID_SOLICIT_RESERVED = 289,
	SID_ADVERT_REACHABLE = 290,
	SID_TRUNCATED = 427,
	SID_TYPE_OTHER = 431,
	SID_ECHO_MULTICAST = 432,
	SID_UNREACH_CODE_4443 = 457,
	SID_NODE_INFO_CODE = 460,

	HEADER_LEN = 8,       /* with the second word, where there is one */
	ADVERT_LEN = 16,
	NODE_INFO_LEN = 16,
	MTU_MIN = 1280,       /* RFC 8200 5 */
	REACHABLE_MAX = 3600000, /* an hour in milliseconds, RFC 4861 6.2.1 */
	UNREACH_CODE_MAX = 6, /* RFC 4443 3.1 */
	UNREACH_CODE_GONE = 2, /* RFC 2463 has no code 2 */
	NODE_INFO_CODE_MAX = 2,
	IP6_LEN = 40,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_ICMP6 },
};

static const struct dec_event_def events[] = {
	{ SID_TOO_SHORT, DEC_EV_DECODE, "icmp.header_truncated",
	    DEC_MSG("ICMP Header Truncated") },
	{ SID_ORIG_TRUNCATED, DEC_EV_DECODE, "icmp.original_truncated",
	    DEC_MSG("ICMP Original IP Header Truncated") },
	{ SID_ORIG_VERSION, DEC_EV_DECODE, "icmp.original_not_ip",
	    DEC_MSG("ICMP Original IP Header Not IPv4") },
	{ SID_BAD_MTU, DEC_EV_DECODE, "icmp6.bad_mtu",
	    DEC_MSG("ICMPv6 packet of type 2 (message too big) with MTU "
		"field < 1280") },
	{ SID_UNREACH_CODE_2463, DEC_EV_DECODE, "icmp6.unreach_code_2",
	    DEC_MSG("ICMPv6 packet of type 1 (destination unreachable) with "
		"non-RFC 2463 code") },
	{ SID_SOLICIT_CODE, DEC_EV_DECODE, "icmp6.solicitation_code",
	    DEC_MSG("ICMPv6 router solicitation packet with a code not equal "
		"to 0") },
	{ SID_ADVERT_CODE, DEC_EV_DECODE, "icmp6.advertisement_code",
	    DEC_MSG("ICMPv6 router advertisement packet with a code not "
		"equal to 0") },
	{ SID_SOLICIT_RESERVED, DEC_EV_DECODE, "icmp6.solicitation_reserved",
	    DEC_MSG("ICMPv6 router solicitation packet with the reserved "
		"field not equal to 0") },
	{ SID_ADVERT_REACHABLE, DEC_EV_DECODE,
	    "icmp6.advertisement_reachable_time",
	    DEC_MSG("ICMPv6 router advertisement packet with the reachable "
		"time field set > 1 hour") },
	{ SID_TRUNCATED, DEC_EV_DECODE, "icmp6.truncated",
	    DEC_MSG("truncated ICMP6 header") },
	{ SID_TYPE_OTHER, DEC_EV_DECODE, "icmp6.type_other",
	    DEC_MSG("ICMP6 type not decoded") },
	{ SID_ECHO_MULTICAST, DEC_EV_DECODE, "icmp6.echo_to_multicast",
	    DEC_MSG("ICMP6 packet to multicast address") },
	{ SID_UNREACH_CODE_4443, DEC_EV_DECODE, "icmp6.unreach_bad_code",
	    DEC_MSG("ICMPv6 packet of type 1 (destination unreachable) with "
		"non-RFC 4443 code") },
	{ SID_NODE_INFO_CODE, DEC_EV_DECODE, "icmp6.node_info_code",
	    DEC_MSG("ICMPv6 node info query/response packet with a code "
		"greater than 2") },
};

/* The least length of the types that Snort lists, 0 for the others. */
static uint32_t
least_len(uint8_t type)
{
	switch (type) {
	case ICMP6_UNREACH:
	case ICMP6_TOO_BIG:
	case ICMP6_TIME_EXCEEDED:
	case ICMP6_PARAM_PROBLEM:
	case ICMP6_ECHO:
	case ICMP6_ECHO_REPLY:
	case ICMP6_ROUTER_SOLICIT:
		return HEADER_LEN;
	case ICMP6_ROUTER_ADVERT:
		return ADVERT_LEN;
	case ICMP6_NODE_INFO:
	case ICMP6_NODE_INFO_REPLY:
		return NODE_INFO_LEN;
	default:
		return 0;
	}
}

/* Where the rules' payload begins, as Snort has it. */
static uint32_t
header_len(uint8_t type)
{
	switch (type) {
	case ICMP6_UNREACH:
	case ICMP6_TOO_BIG:
	case ICMP6_TIME_EXCEEDED:
	case ICMP6_PARAM_PROBLEM:
	case ICMP6_ECHO:
	case ICMP6_ECHO_REPLY:
		return HEADER_LEN;
	default:
		return sizeof(struct wire_icmp);
	}
}

/* The datagram that an error message quotes. */
static void
check_original(struct dec_ctx *ctx, struct packet *pkt, const struct cursor *c)
{
	const uint8_t *p = cur_peek(c, IP6_LEN);

	if (!p)
		dec_event(ctx, pkt, SID_ORIG_TRUNCATED);
	else if (p[0] >> 4 != 6)
		dec_event(ctx, pkt, SID_ORIG_VERSION);
}

/* `body` is what follows the first word: the length was checked. */
static void
check_message(struct dec_ctx *ctx, struct packet *pkt, struct cursor body)
{
	uint8_t code = pkt->dec.icmp_code;
	uint32_t word = 0, reachable = 0;

	if (header_len(pkt->dec.icmp_type) == HEADER_LEN ||
	    pkt->dec.icmp_type == ICMP6_ROUTER_SOLICIT)
		if (!cur_be32(&body, &word))
			return;
	switch (pkt->dec.icmp_type) {
	case ICMP6_ECHO:
		if (pkt->dec.dst.b[0] == 0xff)
			dec_event(ctx, pkt, SID_ECHO_MULTICAST);
		return;
	case ICMP6_ROUTER_SOLICIT:
		if (code)
			dec_event(ctx, pkt, SID_SOLICIT_CODE);
		if (word)
			dec_event(ctx, pkt, SID_SOLICIT_RESERVED);
		return;
	case ICMP6_ROUTER_ADVERT:
		if (code)
			dec_event(ctx, pkt, SID_ADVERT_CODE);
		if (cur_skip(&body, 4) && cur_be32(&body, &reachable) &&
		    reachable > REACHABLE_MAX)
			dec_event(ctx, pkt, SID_ADVERT_REACHABLE);
		return;
	case ICMP6_NODE_INFO:
	case ICMP6_NODE_INFO_REPLY:
		if (code > NODE_INFO_CODE_MAX)
			dec_event(ctx, pkt, SID_NODE_INFO_CODE);
		return;
	case ICMP6_UNREACH:
		if (code == UNREACH_CODE_GONE)
			dec_event(ctx, pkt, SID_UNREACH_CODE_2463);
		else if (code > UNREACH_CODE_MAX)
			dec_event(ctx, pkt, SID_UNREACH_CODE_4443);
		break;
	case ICMP6_TOO_BIG:
		if (word < MTU_MIN)
			dec_event(ctx, pkt, SID_BAD_MTU);
		break;
	case ICMP6_TIME_EXCEEDED:
	case ICMP6_PARAM_PROBLEM:
		break;
	default:
		return;
	}
	check_original(ctx, pkt, &body);
}

static enum dec_result
decode_icmp6(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	struct pkt_dec *d = &pkt->dec;
	struct cursor message = *c, at = *c, body;
	uint32_t off = dec_off(pkt, c), hlen, least;
	struct wire_icmp_echo echo;
	struct wire_icmp h;

	if (!WIRE_TAKE(&at, &h)) {
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	least = least_len(h.type);
	if (cur_left(c) < least) {
		dec_event(ctx, pkt, SID_TOO_SHORT);
		return DEC_STOP;
	}
	hlen = header_len(h.type);
	if (!cur_skip(c, hlen))
		return DEC_STOP; /* not reached: least covers it */
	body = at;
	dec_l4_begin(pkt, PKT_L4_ICMP6, off, hlen, c);
	d->icmp_type = h.type;
	d->icmp_code = h.code;
	if ((h.type == ICMP6_ECHO || h.type == ICMP6_ECHO_REPLY) &&
	    WIRE_TAKE(&at, &echo)) {
		d->icmp_id = be16_get(echo.id);
		d->icmp_seq = be16_get(echo.seq);
	}
	if (ctx->conf->csum_icmp && !(d->flags & PKT_FRAGMENT) &&
	    !dec_l4_csum_ok(ctx, pkt, &message, IP_PROTO_ICMP6))
		d->flags |= PKT_BAD_ICMP_CSUM;
	if (least)
		check_message(ctx, pkt, body);
	else
		dec_event(ctx, pkt, SID_TYPE_OTHER);
	return DEC_PAYLOAD;
}

const struct decoder_ops dec_icmp6 = {
	.name = "icmp6",
	.help = "ICMPv6, RFC 4443, 4861 and 4620",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_icmp6,
};
