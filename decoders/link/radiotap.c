/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Radiotap: a header before 802.11 whose length, little endian, stands in its
 * third and fourth bytes. */
#include "decoders/link/link.h"

enum {
	RADIOTAP_LEN_MIN = 8,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_DLT, 127 }, /* DLT_IEEE802_11_RADIO */
};

static enum dec_result
decode_radiotap(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, RADIOTAP_LEN_MIN);
	size_t len = p ? (size_t)(p[3] << 8 | p[2]) : 0;

	if (len < RADIOTAP_LEN_MIN || !cur_skip(c, len))
		return dec_link_stop(ctx, pkt);
	ctx->next = DEC_ID_ieee80211;
	return DEC_NEXT;
}

const struct decoder_ops dec_radiotap = {
	.name = "radiotap",
	.help = "radiotap headers before 802.11",
	DEC_KEYS(keys),
	DEC_EVENTS(dec_link_truncated),
	.decode = decode_radiotap,
};
