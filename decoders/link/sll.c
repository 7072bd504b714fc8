/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linux cooked captures, version 1 (LINKTYPE_LINUX_SLL): who was addressed,
 * the link's address, an ethertype or what Linux puts in its place. */
#include "decoders/link/link.h"
#include "decoders/wire/eth.h"
#include "decoders/wire/wire.h"

enum {
	SLL_PROTO_8022 = 0x0004, /* an LLC frame follows */
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_DLT, 113 }, /* DLT_LINUX_SLL */
};

static enum dec_result
decode_sll(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	struct wire_sll h;

	if (!WIRE_TAKE(c, &h))
		return dec_link_stop(ctx, pkt);
	if (be16_get(h.proto) == SLL_PROTO_8022) {
		ctx->next = DEC_ID_llc;
		return DEC_NEXT;
	}
	return dec_next_or_payload(ctx, DEC_SPACE_ETHERTYPE,
	    be16_get(h.proto));
}

const struct decoder_ops dec_sll = {
	.name = "sll",
	.help = "Linux cooked captures, version 1",
	DEC_KEYS(keys),
	DEC_EVENTS(dec_link_truncated),
	.decode = decode_sll,
};
