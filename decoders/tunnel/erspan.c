/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ERSPAN types II and III, a mirrored Ethernet frame in GRE
 * (draft-foschiano-erspan-03). */
#include "decoders/decode.h"
#include "decoders/wire/eth.h"

enum {
	SID_BAD_VERSION = 462,
	SID_TYPE2_TRUNCATED = 463,
	SID_TYPE3_TRUNCATED = 464,

	TYPE2_VERSION = 1,
	TYPE2_LEN = 8,
	TYPE3_VERSION = 2,
	TYPE3_LEN = 12,
	TYPE3_SUBHEADER = 0x01, /* O bit of the last byte */
	TYPE3_SUBHEADER_LEN = 8,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_ERSPAN2 },
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_ERSPAN3 },
};

static const struct dec_event_def events[] = {
	{ SID_BAD_VERSION, DEC_EV_DECODE, "erspan.bad_version",
	    DEC_MSG("ERSpan Header version mismatch") },
	{ SID_TYPE2_TRUNCATED, DEC_EV_DECODE, "erspan.type2_truncated",
	    DEC_MSG("captured < ERSpan Type2 Header Length") },
	{ SID_TYPE3_TRUNCATED, DEC_EV_DECODE, "erspan.type3_truncated",
	    DEC_MSG("captured < ERSpan Type3 Header Length") },
};

static enum dec_result
decode_erspan(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	bool three = ctx->arg == ETHERTYPE_ERSPAN3;
	const uint8_t *p = cur_take(c, three ? TYPE3_LEN : TYPE2_LEN);

	if (!p || (three && (p[TYPE3_LEN - 1] & TYPE3_SUBHEADER) &&
	    !cur_skip(c, TYPE3_SUBHEADER_LEN))) {
		dec_event(ctx, pkt,
		    three ? SID_TYPE3_TRUNCATED : SID_TYPE2_TRUNCATED);
		return DEC_STOP;
	}
	if (p[0] >> 4 != (three ? TYPE3_VERSION : TYPE2_VERSION)) {
		dec_event(ctx, pkt, SID_BAD_VERSION);
		return DEC_STOP;
	}
	ctx->next = DEC_ID_ethernet;
	return DEC_NEXT;
}

const struct decoder_ops dec_erspan = {
	.name = "erspan",
	.help = "ERSPAN types II and III in GRE",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_erspan,
};
