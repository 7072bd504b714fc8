/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Teredo, RFC 4380: IPv6 in UDP, behind an optional authentication header
 * (0001) and an optional origin indication (0000). A guess: it is taken for
 * one when an IPv6 header follows whose length is exactly what is left.
 */
#include "decoders/decode.h"
#include "decoders/wire/ip6.h"
#include "decoders/wire/wire.h"

enum {
	AUTH = 0x0001,
	AUTH_TAIL = 9,   /* nonce and confirmation byte */
	ORIGIN = 0x0000,
	ORIGIN_LEN = 8,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_UDP_PORT, 3544 },
};

static bool
skip_indications(struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 4);

	if (p && (p[0] << 8 | p[1]) == AUTH) {
		/* lengths of client identifier and authentication value */
		if (!cur_skip(c, 4u + p[2] + p[3] + AUTH_TAIL))
			return false;
		p = cur_peek(c, 4);
	}
	return !p || (p[0] << 8 | p[1]) != ORIGIN || cur_skip(c, ORIGIN_LEN);
}

static enum dec_result
decode_teredo(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	struct wire_ip6 h;

	(void)pkt;
	if (!skip_indications(c) || !WIRE_PEEK(c, &h) ||
	    be32_get(h.ver_tc_flow) >> 28 != 6 ||
	    be16_get(h.len) != cur_left(c) - sizeof(h))
		return DEC_NOT_MINE;
	ctx->next = DEC_ID_ip6;
	return DEC_NEXT;
}

const struct decoder_ops dec_teredo = {
	.name = "teredo",
	.help = "Teredo, RFC 4380",
	DEC_KEYS(keys),
	.decode = decode_teredo,
};
