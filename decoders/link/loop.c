/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BSD loopback: four bytes of address family, in the capturing machine's byte
 * order (NULL) or the network's (LOOP). A family fits in 16 bits, so which
 * half is zero tells the order. IPv6 has another number on each system.
 */
#include "decoders/link/link.h"
#include "decoders/wire/eth.h"

enum {
	BSD_AF_INET = 2,
	LINUX_AF_INET6 = 10,
	NETBSD_AF_INET6 = 24, /* OpenBSD as well */
	FREEBSD_AF_INET6 = 28,
	DARWIN_AF_INET6 = 30,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_DLT, 0 },   /* DLT_NULL */
	{ DEC_SPACE_DLT, 108 }, /* DLT_LOOP */
};

static enum dec_result
decode_loop(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	uint32_t family;

	if (!cur_be32(c, &family))
		return dec_link_stop(ctx, pkt);
	if (family > UINT16_MAX)
		family = family >> 24 | (family >> 8 & 0xff00);
	switch (family) {
	case BSD_AF_INET:
		ctx->next = DEC_ID_ip4;
		return DEC_NEXT;
	case LINUX_AF_INET6:
	case NETBSD_AF_INET6:
	case FREEBSD_AF_INET6:
	case DARWIN_AF_INET6:
		ctx->next = DEC_ID_ip6;
		return DEC_NEXT;
	default:
		return DEC_PAYLOAD;
	}
}

const struct decoder_ops dec_loop = {
	.name = "loop",
	.help = "BSD loopback",
	DEC_KEYS(keys),
	DEC_EVENTS(dec_link_truncated),
	.decode = decode_loop,
};
