/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ethernet II and IEEE 802.3: the third field is a type above 1535 and the
 * length of an LLC frame up to 1500.
 */
#include "decoders/link/link.h"
#include "decoders/wire/eth.h"
#include "decoders/wire/wire.h"

static const struct dec_key keys[] = {
	{ DEC_SPACE_DLT, 1 }, /* DLT_EN10MB */
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_TEB },
};

static enum dec_result
decode_ethernet(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	struct pkt_dec *d = &pkt->dec;
	uint32_t off = dec_off(pkt, c);
	struct wire_eth h;
	uint16_t type;

	if (!WIRE_TAKE(c, &h))
		return dec_link_stop(ctx, pkt);
	type = be16_get(h.type);
	if (!d->has_eth) {
		d->has_eth = true;
		d->eth_off = off;
		d->ethertype = type;
	}
	if (type <= ETH_LEN_MAX) {
		cur_trim(c, type);
		ctx->next = DEC_ID_llc;
		return DEC_NEXT;
	}
	return dec_next_or_payload(ctx, DEC_SPACE_ETHERTYPE, type);
}

const struct decoder_ops dec_ethernet = {
	.name = "ethernet",
	.help = "Ethernet II and IEEE 802.3",
	DEC_KEYS(keys),
	DEC_EVENTS(dec_link_truncated),
	.decode = decode_ethernet,
};
