/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IEEE 802.1Q and 802.1ad tags: the tag control field and the next type. */
#include "decoders/decode.h"
#include "decoders/wire/eth.h"
#include "decoders/wire/wire.h"

enum {
	SID_BAD_VLAN = 130,
	/* Snort takes types up to a whole frame's length for an LLC length. */
	LLC_LEN_MAX = 1518,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_VLAN },
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_QINQ },
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_QINQ_9100 },
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_QINQ_9200 },
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_QINQ_9300 },
};

static const struct dec_event_def events[] = {
	{ SID_BAD_VLAN, DEC_EV_DECODE, "vlan.truncated",
	    DEC_MSG("Bad VLAN Frame") },
};

static enum dec_result
decode_vlan(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	struct pkt_dec *d = &pkt->dec;
	struct wire_vlan h;
	uint16_t type;

	if (!WIRE_TAKE(c, &h)) {
		dec_event(ctx, pkt, SID_BAD_VLAN);
		return DEC_STOP;
	}
	if (d->n_vlan < LIM_VLAN_TAGS)
		d->vlan[d->n_vlan++] = be16_get(h.tci);
	type = be16_get(h.type);
	if (type <= LLC_LEN_MAX) {
		cur_trim(c, type);
		ctx->next = DEC_ID_llc;
		return DEC_NEXT;
	}
	return dec_next_or_payload(ctx, DEC_SPACE_ETHERTYPE, type);
}

const struct decoder_ops dec_vlan = {
	.name = "vlan",
	.help = "VLAN tags, IEEE 802.1Q and 802.1ad",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_vlan,
};
