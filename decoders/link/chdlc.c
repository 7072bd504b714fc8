/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cisco HDLC: address (unicast or broadcast), control, ethertype. */
#include "decoders/link/link.h"

enum {
	CHDLC_UNICAST = 0x0f,
	CHDLC_BROADCAST = 0x8f,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_DLT, 104 }, /* DLT_C_HDLC */
};

static enum dec_result
decode_chdlc(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_take(c, 4);

	if (!p)
		return dec_link_stop(ctx, pkt);
	if (p[0] != CHDLC_UNICAST && p[0] != CHDLC_BROADCAST)
		return DEC_PAYLOAD;
	return dec_next_or_payload(ctx, DEC_SPACE_ETHERTYPE,
	    (uint32_t)(p[2] << 8 | p[3]));
}

const struct decoder_ops dec_chdlc = {
	.name = "chdlc",
	.help = "Cisco HDLC",
	DEC_KEYS(keys),
	DEC_EVENTS(dec_link_truncated),
	.decode = decode_chdlc,
};
