/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP authentication header, RFC 4302. */
#include "decoders/network/ip6.h"
#include "decoders/wire/ip4.h"

enum {
	SID_TRUNCATED = 465,
	SID_BAD_LENGTH = 466,

	AH_LEN_MIN = 12, /* with an empty check value */
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_IPPROTO, IP_PROTO_AH },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_AH },
};

static const struct dec_event_def events[] = {
	{ SID_TRUNCATED, DEC_EV_DECODE, "ah.truncated",
	    DEC_MSG("truncated authentication header") },
	{ SID_BAD_LENGTH, DEC_EV_DECODE, "ah.bad_length",
	    DEC_MSG("authentication header bad length") },
};

static enum dec_result
decode_ah(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, AH_LEN_MIN);
	uint8_t next;

	if (!p) {
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	next = p[0];
	/* in units of four bytes, less two */
	if (p[1] < AH_LEN_MIN / 4 - 2 || !cur_skip(c, (p[1] + 2u) * 4)) {
		dec_event(ctx, pkt, SID_BAD_LENGTH);
		return DEC_STOP;
	}
	if (ctx->in_ip6) {
		dec_ip6_ext_seen(ctx, IP_PROTO_AH, next);
		return dec_ip6_next(ctx, pkt, c, next);
	}
	pkt->dec.ip_proto = next;
	return dec_next_or_payload(ctx, DEC_SPACE_IPPROTO, next);
}

const struct decoder_ops dec_ah = {
	.name = "ah",
	.help = "IP authentication header, RFC 4302",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_ah,
};
