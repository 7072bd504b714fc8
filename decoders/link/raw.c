/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No link header: the first four bits say which IP it is. */
#include "decoders/decode.h"

static const struct dec_key keys[] = {
	{ DEC_SPACE_DLT, 12 },  /* DLT_RAW */
	{ DEC_SPACE_DLT, 14 },  /* DLT_RAW on OpenBSD */
	{ DEC_SPACE_DLT, 101 }, /* LINKTYPE_RAW */
};

static enum dec_result
decode_raw(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 1);

	(void)pkt;
	ctx->next = p && p[0] >> 4 == 6 ? DEC_ID_ip6 : DEC_ID_ip4;
	return DEC_NEXT;
}

const struct decoder_ops dec_raw = {
	.name = "raw",
	.help = "raw IP",
	DEC_KEYS(keys),
	.decode = decode_raw,
};
