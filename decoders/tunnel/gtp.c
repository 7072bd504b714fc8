/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GTP user plane, 3GPP TS 29.281 (version 1) and 09.60 (version 0), on the
 * ports of the variable GTP_PORTS and only with config enable_gtp. Everything
 * but a carried packet stays payload.
 *
 *	+-----+--+-+-+-+-+---------------+-------------------------------+
 *	| ver |PT|*|E|S|N| message type  |            length             |
 *	+-----+--+-+-+-+-+---------------+-------------------------------+
 *	| tunnel identifier; with E, S or N: sequence number (2),        |
 *	| N-PDU number (1), next extension type (1), extensions          |
 */
#include "decoders/decode.h"

enum {
	SID_MULTIPLE = 297,
	SID_BAD_LENGTH = 298,

	GTP_PT = 0x10,      /* GTP, not GTP' */
	GTP_E = 0x04,
	GTP_ESN = 0x07,
	GTP_CARRIED = 255,  /* T-PDU */
	GTP0_LEN = 20,
	GTP1_LEN = 8,
	GTP1_OPTIONAL_LEN = 4,
	MAX_EXTENSIONS = 16,
};

static const struct dec_event_def events[] = {
	{ SID_MULTIPLE, DEC_EV_DECODE, "gtp.multiple_encapsulations",
	    DEC_MSG("Two or more GTP encapsulation layers are present") },
	{ SID_BAD_LENGTH, DEC_EV_DECODE, "gtp.bad_length",
	    DEC_MSG("GTP header length is invalid") },
};

static bool
skip_extensions(struct cursor *c, uint8_t type)
{
	for (unsigned i = 0; type && i < MAX_EXTENSIONS; i++) {
		uint8_t words;

		/* length in words, content, type of the next */
		if (!cur_u8(c, &words) || !words ||
		    !cur_skip(c, words * 4u - 2) || !cur_u8(c, &type))
			return false;
	}
	return !type;
}

static bool
is_in_gtp(const struct packet *pkt)
{
	for (unsigned i = 0; i < pkt->dec.n_layers; i++)
		if (pkt->layers[i].id == DEC_ID_gtp)
			return true;
	return false;
}

/* The header, consumed; false when its length is not right. */
static bool
parse(struct cursor *c, uint8_t version, uint8_t flags, uint16_t len)
{
	const uint8_t *p;

	if (version == 0)
		return cur_skip(c, GTP0_LEN) && len == cur_left(c);
	if (!cur_skip(c, GTP1_LEN) || len != cur_left(c))
		return false;
	if (!(flags & GTP_ESN))
		return true;
	p = cur_take(c, GTP1_OPTIONAL_LEN);
	return p && (!(flags & GTP_E) || skip_extensions(c, p[3]));
}

static enum dec_result
decode_gtp(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 4);
	uint8_t version, flags;

	if (!p || p[1] != GTP_CARRIED)
		return DEC_PAYLOAD;
	flags = p[0];
	version = flags >> 5;
	if (version > 1 || !(flags & GTP_PT))
		return DEC_PAYLOAD;
	if (is_in_gtp(pkt)) {
		dec_event(ctx, pkt, SID_MULTIPLE);
		return DEC_STOP;
	}
	if (!parse(c, version, flags, (uint16_t)(p[2] << 8 | p[3]))) {
		dec_event(ctx, pkt, SID_BAD_LENGTH);
		return DEC_STOP;
	}
	p = cur_peek(c, 1);
	if (p && p[0] >> 4 == 4)
		ctx->next = DEC_ID_ip4;
	else if (p && p[0] >> 4 == 6)
		ctx->next = DEC_ID_ip6;
	else
		return DEC_PAYLOAD;
	return DEC_NEXT;
}

const struct decoder_ops dec_gtp = {
	.name = "gtp",
	.help = "GTP user plane, 3GPP TS 29.281",
	DEC_EVENTS(events),
	.decode = decode_gtp,
};
