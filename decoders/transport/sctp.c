/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SCTP, RFC 9260: the common header. Rules have no SCTP: they see the ports
 * in the record and the whole as IP payload. */
#include "decoders/decode.h"
#include "decoders/wire/ip4.h"

static const struct dec_key keys[] = {
	{ DEC_SPACE_IPPROTO, IP_PROTO_SCTP },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_SCTP },
};

static enum dec_result
decode_sctp(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	(void)ctx;
	(void)pkt;
	return dec_end(c, 12); /* ports, verification tag, checksum */
}

const struct decoder_ops dec_sctp = {
	.name = "sctp",
	.help = "SCTP, RFC 9260",
	DEC_KEYS(keys),
	.decode = decode_sctp,
};
