/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Geneve, RFC 8926. A guess by port.
 *
 *	+---+-----------+-+-+-----------+-------------------------------+
 *	|ver| opt len   |O|C| reserved  |         protocol type         |
 *	+---+-----------+-+-+-----------+---------------+---------------+
 *	|       virtual network identifier              |   reserved    |
 *	+-----------------------------------------------+---------------+
 */
#include "decoders/decode.h"

enum {
	GENEVE_LEN = 8,
	GENEVE_OPT_LEN = 0x3f, /* in units of four bytes */
	GENEVE_RESERVED = 0x3f,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_UDP_PORT, 6081 },
};

static enum dec_result
decode_geneve(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_take(c, GENEVE_LEN);

	(void)pkt;
	if (!p || p[0] >> 6 || (p[1] & GENEVE_RESERVED) || p[7] ||
	    !cur_skip(c, (p[0] & GENEVE_OPT_LEN) * 4u) ||
	    !dec_next(ctx, DEC_SPACE_ETHERTYPE, (uint32_t)(p[2] << 8 | p[3])))
		return DEC_NOT_MINE;
	return DEC_NEXT;
}

const struct decoder_ops dec_geneve = {
	.name = "geneve",
	.help = "Geneve, RFC 8926",
	DEC_KEYS(keys),
	.decode = decode_geneve,
};
