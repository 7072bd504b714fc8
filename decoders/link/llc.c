/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IEEE 802.2 LLC, and SNAP (RFC 1042) in it: AA AA 03, a three byte
 * organisation, an ethertype.
 */
#include "decoders/decode.h"

enum {
	SID_BAD_LLC = 131,
	SID_BAD_SNAP = 132,

	LLC_LEN = 3,
	SNAP_LEN = 5,
	SAP_SNAP = 0xaa,
};

static const struct dec_event_def events[] = {
	{ SID_BAD_LLC, DEC_EV_DECODE, "llc.truncated",
	    DEC_MSG("Bad LLC header") },
	{ SID_BAD_SNAP, DEC_EV_DECODE, "llc.truncated_snap",
	    DEC_MSG("Bad Extra LLC Info") },
};

static enum dec_result
decode_llc(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_take(c, LLC_LEN);
	uint16_t type;

	if (!p) {
		dec_event(ctx, pkt, SID_BAD_LLC);
		return DEC_STOP;
	}
	if (p[0] != SAP_SNAP || p[1] != SAP_SNAP)
		return DEC_PAYLOAD;
	if (!cur_skip(c, SNAP_LEN - 2) || !cur_be16(c, &type)) {
		dec_event(ctx, pkt, SID_BAD_SNAP);
		return DEC_STOP;
	}
	return dec_next_or_payload(ctx, DEC_SPACE_ETHERTYPE, type);
}

const struct decoder_ops dec_llc = {
	.name = "llc",
	.help = "IEEE 802.2 LLC and SNAP (RFC 1042)",
	DEC_EVENTS(events),
	.decode = decode_llc,
};
