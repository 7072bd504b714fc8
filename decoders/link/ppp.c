/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PPP, RFC 1661, with or without HDLC-like framing's address and control
 * (RFC 1662), the protocol in two bytes or in one (its lowest bit set). */
#include "decoders/decode.h"
#include "decoders/wire/eth.h"

enum {
	PPP_ADDRESS = 0xff,
	PPP_CONTROL = 0x03,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_DLT, 9 },  /* DLT_PPP */
	{ DEC_SPACE_DLT, 50 }, /* DLT_PPP_SERIAL */
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_PPP },
};

static enum dec_result
decode_ppp(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 2);
	uint8_t high, low = 0;

	(void)pkt;
	if (p && p[0] == PPP_ADDRESS && p[1] == PPP_CONTROL && !cur_skip(c, 2))
		return DEC_PAYLOAD;
	if (!cur_u8(c, &high))
		return DEC_PAYLOAD;
	if (high & 1)
		return dec_next_or_payload(ctx, DEC_SPACE_PPP, high);
	if (!cur_u8(c, &low))
		return DEC_PAYLOAD;
	return dec_next_or_payload(ctx, DEC_SPACE_PPP,
	    (uint32_t)(high << 8 | low));
}

const struct decoder_ops dec_ppp = {
	.name = "ppp",
	.help = "PPP, RFC 1661 and 1662",
	DEC_KEYS(keys),
	.decode = decode_ppp,
};
