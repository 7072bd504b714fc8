/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Provider backbone bridges, IEEE 802.1ah: the service tag's four bytes, then
 * the customer's Ethernet frame. */
#include "decoders/decode.h"
#include "decoders/wire/eth.h"

enum { ITAG_LEN = 4 };

static const struct dec_key keys[] = {
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_PBB },
};

static enum dec_result
decode_pbb(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	(void)pkt;
	if (!cur_skip(c, ITAG_LEN))
		return DEC_PAYLOAD;
	ctx->next = DEC_ID_ethernet;
	return DEC_NEXT;
}

const struct decoder_ops dec_pbb = {
	.name = "pbb",
	.help = "provider backbone bridge tags, IEEE 802.1ah",
	DEC_KEYS(keys),
	.decode = decode_pbb,
};
