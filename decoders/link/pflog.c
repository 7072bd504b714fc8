/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OpenBSD's packet filter log: a header that says its own length, with the
 * address family in its second byte, padded to four bytes. */
#include "decoders/link/link.h"

enum {
	PFLOG_LEN_MIN = 8, /* length, family, action, reason, interface... */
	PF_AF_INET = 2,
	PF_AF_INET6_OPENBSD = 24,
	PF_AF_INET6_FREEBSD = 28,
	PF_AF_INET6_DARWIN = 30,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_DLT, 117 }, /* DLT_PFLOG */
};

static enum dec_result
decode_pflog(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, PFLOG_LEN_MIN);

	if (!p || p[0] < PFLOG_LEN_MIN || !cur_skip(c, (p[0] + 3u) & ~3u))
		return dec_link_stop(ctx, pkt);
	switch (p[1]) {
	case PF_AF_INET:
		ctx->next = DEC_ID_ip4;
		return DEC_NEXT;
	case PF_AF_INET6_OPENBSD:
	case PF_AF_INET6_FREEBSD:
	case PF_AF_INET6_DARWIN:
		ctx->next = DEC_ID_ip6;
		return DEC_NEXT;
	default:
		return DEC_PAYLOAD;
	}
}

const struct decoder_ops dec_pflog = {
	.name = "pflog",
	.help = "OpenBSD packet filter log",
	DEC_KEYS(keys),
	DEC_EVENTS(dec_link_truncated),
	.decode = decode_pflog,
};
