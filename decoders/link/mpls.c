/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MPLS label stack, RFC 3032: entries of label (20 bits), class (3), bottom
 * (1), TTL (8). What the bottom carries is not said: the reserved labels 0
 * and 2 mean IPv4 and IPv6, else an IP version in the first bits is believed,
 * else config mpls_payload_type.
 */
#include "decoders/decode.h"
#include "decoders/wire/eth.h"

enum {
	SID_BAD_FRAME = 170,
	SID_LABEL_0 = 171,
	SID_LABEL_1 = 172,
	SID_LABEL_2 = 173,
	SID_LABEL_3 = 174,
	SID_LABEL_RESERVED = 175,
	SID_TOO_MANY = 176,

	LABEL_IP4_NULL = 0,
	LABEL_ROUTER_ALERT = 1,
	LABEL_IP6_NULL = 2,
	LABEL_IMPLICIT_NULL = 3,
	LABEL_RESERVED_MAX = 15,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_MPLS },
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_MPLS_MULTI },
	{ DEC_SPACE_PPP, 0x0281 },
	{ DEC_SPACE_PPP, 0x0283 },
};

static const struct dec_event_def events[] = {
	{ SID_BAD_FRAME, DEC_EV_DECODE, "mpls.bad_frame",
	    DEC_MSG("Bad MPLS Frame") },
	{ SID_LABEL_0, DEC_EV_DECODE, "mpls.label_0",
	    DEC_MSG("MPLS Label 0 Appears in Nonbottom Header") },
	{ SID_LABEL_1, DEC_EV_DECODE, "mpls.label_1",
	    DEC_MSG("MPLS Label 1 Appears in Bottom Header") },
	{ SID_LABEL_2, DEC_EV_DECODE, "mpls.label_2",
	    DEC_MSG("MPLS Label 2 Appears in Nonbottom Header") },
	{ SID_LABEL_3, DEC_EV_DECODE, "mpls.label_3",
	    DEC_MSG("Bad use of label 3") },
	{ SID_LABEL_RESERVED, DEC_EV_DECODE, "mpls.label_reserved",
	    DEC_MSG("MPLS Label 4, 5,.. or 15 Appears in Header") },
	{ SID_TOO_MANY, DEC_EV_DECODE, "mpls.too_many_labels",
	    DEC_MSG("Too Many MPLS headers") },
};

/*
 * What Snort says of a reserved label; false: decoding ends. Its texts for 0
 * and 2 speak of other entries than the bottom one, its decoder of the bottom
 * one that contradicts the configured payload: that is what is told here.
 */
static bool
check_reserved(struct dec_ctx *ctx, struct packet *pkt, uint32_t label,
    bool bottom)
{
	switch (label) {
	case LABEL_IP4_NULL:
		if (bottom && ctx->conf->mpls_payload != MPLS_PAYLOAD_IP4)
			dec_event(ctx, pkt, SID_LABEL_0);
		return true;
	case LABEL_ROUTER_ALERT:
		if (bottom)
			dec_event(ctx, pkt, SID_LABEL_1);
		return !bottom;
	case LABEL_IP6_NULL:
		if (bottom && ctx->conf->mpls_payload != MPLS_PAYLOAD_IP6)
			dec_event(ctx, pkt, SID_LABEL_2);
		return true;
	case LABEL_IMPLICIT_NULL:
		dec_event(ctx, pkt, SID_LABEL_3);
		return false;
	default:
		dec_event(ctx, pkt, SID_LABEL_RESERVED);
		return true;
	}
}

/* Who decodes what the bottom label carries. */
static enum dec_id
payload_of(const struct dec_ctx *ctx, uint32_t label, const struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 1);

	if (label == LABEL_IP4_NULL)
		return DEC_ID_ip4;
	if (label == LABEL_IP6_NULL)
		return DEC_ID_ip6;
	if (ctx->conf->mpls_payload == MPLS_PAYLOAD_ETH)
		return DEC_ID_ethernet;
	if (p && p[0] >> 4 == 4)
		return DEC_ID_ip4;
	if (p && p[0] >> 4 == 6)
		return DEC_ID_ip6;
	return ctx->conf->mpls_payload == MPLS_PAYLOAD_IP6 ? DEC_ID_ip6
							   : DEC_ID_ip4;
}

static enum dec_result
decode_mpls(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	uint32_t entry, label;
	bool bottom;
	int depth = 0;

	if (ctx->arg == ETHERTYPE_MPLS_MULTI && !ctx->conf->mpls_multicast)
		dec_event(ctx, pkt, SID_BAD_FRAME);
	do {
		if (!cur_be32(c, &entry)) {
			dec_event(ctx, pkt, SID_BAD_FRAME);
			return DEC_STOP;
		}
		if (ctx->conf->max_mpls_depth >= 0 &&
		    ++depth > ctx->conf->max_mpls_depth) {
			dec_event(ctx, pkt, SID_TOO_MANY);
			return DEC_STOP;
		}
		label = entry >> 12;
		bottom = entry >> 8 & 1;
		if (label <= LABEL_RESERVED_MAX &&
		    !check_reserved(ctx, pkt, label, bottom))
			return DEC_STOP;
	} while (!bottom);
	pkt->dec.has_mpls = true;
	pkt->dec.mpls_label = label;
	ctx->next = payload_of(ctx, label, c);
	return DEC_NEXT;
}

const struct decoder_ops dec_mpls = {
	.name = "mpls",
	.help = "MPLS label stacks, RFC 3032",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_mpls,
};
