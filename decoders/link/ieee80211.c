/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IEEE 802.11: unencrypted data frames, whose body is an LLC frame. Frame
 * control (type and subtype, flags), duration, three addresses, sequence;
 * a fourth address between access points, QoS control, HT control.
 */
#include "decoders/decode.h"

enum {
	SID_BAD_LLC = 133,
	SID_BAD_SNAP = 134,

	TYPE_MASK = 0x0c,
	TYPE_DATA = 0x08,
	SUBTYPE_NULL = 0x40, /* no body */
	SUBTYPE_QOS = 0x80,
	FLAG_TO_DS = 0x01,
	FLAG_FROM_DS = 0x02,
	FLAG_PROTECTED = 0x40,
	FLAG_ORDER = 0x80,   /* with QoS: HT control follows */
	HEADER_LEN = 24,
	ADDRESS_LEN = 6,
	QOS_LEN = 2,
	QOS_AMSDU = 0x80,    /* several frames in one: not followed */
	HT_LEN = 4,
	LLC_LEN = 3,
	SNAP_LEN = 8,
	SAP_SNAP = 0xaa,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_DLT, 105 }, /* DLT_IEEE802_11 */
};

static const struct dec_event_def events[] = {
	{ SID_BAD_LLC, DEC_EV_DECODE, "ieee80211.llc_truncated",
	    DEC_MSG("Bad 802.11 LLC header") },
	{ SID_BAD_SNAP, DEC_EV_DECODE, "ieee80211.snap_truncated",
	    DEC_MSG("Bad 802.11 Extra LLC Info") },
};

static enum dec_result
decode_ieee80211(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_take(c, HEADER_LEN), *qos = NULL;
	uint32_t bad = 0;

	if (!p || (p[0] & TYPE_MASK) != TYPE_DATA || (p[0] & SUBTYPE_NULL) ||
	    (p[1] & FLAG_PROTECTED))
		return DEC_PAYLOAD;
	if ((p[1] & FLAG_TO_DS) && (p[1] & FLAG_FROM_DS) &&
	    !cur_skip(c, ADDRESS_LEN))
		return DEC_PAYLOAD;
	if (p[0] & SUBTYPE_QOS) {
		qos = cur_take(c, QOS_LEN);
		if (!qos || (qos[0] & QOS_AMSDU) ||
		    ((p[1] & FLAG_ORDER) && !cur_skip(c, HT_LEN)))
			return DEC_PAYLOAD;
	}
	p = cur_peek(c, LLC_LEN);
	if (!p)
		bad = SID_BAD_LLC;
	else if (p[0] == SAP_SNAP && p[1] == SAP_SNAP &&
	    cur_left(c) < SNAP_LEN)
		bad = SID_BAD_SNAP;
	if (bad) {
		dec_event(ctx, pkt, bad);
		return DEC_STOP;
	}
	ctx->next = DEC_ID_llc;
	return DEC_NEXT;
}

const struct decoder_ops dec_ieee80211 = {
	.name = "ieee80211",
	.help = "IEEE 802.11 data frames",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_ieee80211,
};
