/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IP encapsulating security payload, RFC 4303. Encrypted, so payload; with
 * config decode_esp null encryption (RFC 2410) and a check value of 96 bits
 * are taken for granted, and the trailer's next-header field is followed when
 * the padding before it is what RFC 4303 2.4 prescribes (1, 2, 3...).
 */
#include "decoders/decode.h"
#include "decoders/wire/ip4.h"

enum {
	SID_TRUNCATED = 294,

	HEADER_LEN = 8,
	TRAILER_LEN = 2,
	CHECK_LEN = 12,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_IPPROTO, IP_PROTO_ESP },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_ESP },
};

static const struct dec_event_def events[] = {
	{ SID_TRUNCATED, DEC_EV_DECODE, "esp.truncated",
	    DEC_MSG("truncated Encapsulated Security Payload (ESP) header") },
};

static enum dec_result
decode_esp(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	struct cursor at = *c, body, padding;
	uint8_t pad, next;
	const uint8_t *p;
	size_t n;

	if (!ctx->conf->decode_esp)
		return DEC_PAYLOAD;
	if (cur_left(c) < HEADER_LEN + TRAILER_LEN + CHECK_LEN) {
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	n = cur_left(c) - HEADER_LEN - TRAILER_LEN - CHECK_LEN;
	if (!cur_skip(&at, HEADER_LEN))
		return DEC_PAYLOAD; /* not reached: seen to above */
	padding = at;
	if (!cur_sub(&at, n, &body) || !cur_u8(&at, &pad) ||
	    !cur_u8(&at, &next) || pad > n || !cur_skip(&padding, n - pad))
		return DEC_PAYLOAD;
	p = cur_peek(&padding, pad);
	for (uint8_t i = 0; p && i < pad; i++)
		if (p[i] != i + 1)
			return DEC_PAYLOAD;
	if (n == pad || !dec_next(ctx, ctx->in_ip6 ? DEC_SPACE_IP6_NEXT
						   : DEC_SPACE_IPPROTO, next))
		return DEC_PAYLOAD;
	*c = body;
	cur_trim(c, n - pad);
	pkt->dec.ip_proto = next;
	return DEC_NEXT;
}

const struct decoder_ops dec_esp = {
	.name = "esp",
	.help = "IP encapsulating security payload, RFC 4303",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_esp,
};
