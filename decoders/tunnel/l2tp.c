/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L2TP version 2 data messages, RFC 2661 3.1: flags say which of length,
 * sequence numbers and offset follow; then PPP. A guess by port.
 */
#include "decoders/decode.h"

enum {
	L2TP_CONTROL = 0x8000,
	L2TP_LENGTH = 0x4000,
	L2TP_SEQUENCE = 0x0800,
	L2TP_OFFSET = 0x0200,
	L2TP_RESERVED = 0x34f0,
	L2TP_VERSION = 0x000f,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_UDP_PORT, 1701 },
};

static enum dec_result
decode_l2tp(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	size_t whole = cur_left(c);
	uint16_t flags, len, offset;

	(void)pkt;
	if (!cur_be16(c, &flags) || (flags & L2TP_VERSION) != 2 ||
	    (flags & (L2TP_CONTROL | L2TP_RESERVED)))
		return DEC_NOT_MINE;
	if ((flags & L2TP_LENGTH) && (!cur_be16(c, &len) || len != whole))
		return DEC_NOT_MINE;
	if (!cur_skip(c, 4)) /* tunnel and session */
		return DEC_NOT_MINE;
	if ((flags & L2TP_SEQUENCE) && !cur_skip(c, 4))
		return DEC_NOT_MINE;
	if ((flags & L2TP_OFFSET) &&
	    (!cur_be16(c, &offset) || !cur_skip(c, offset)))
		return DEC_NOT_MINE;
	ctx->next = DEC_ID_ppp;
	return DEC_NEXT;
}

const struct decoder_ops dec_l2tp = {
	.name = "l2tp",
	.help = "L2TP data messages, RFC 2661",
	DEC_KEYS(keys),
	.decode = decode_l2tp,
};
