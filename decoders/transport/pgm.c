/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PGM, RFC 3208: named, and watched for NAKs whose list of sequence numbers
 * is longer than the option or the datagram holds (CVE-2006-3442).
 */
#include "decoders/decode.h"
#include "decoders/wire/ip4.h"

enum {
	SID_NAK_OVERFLOW = 454,

	PGM_LEN = 16,        /* ports, type, options, checksum, gsi, length */
	PGM_TYPE_AT = 4,
	PGM_OPTIONS_AT = 5,
	PGM_NAK = 8,
	OPTIONS_PRESENT = 0x01,
	NAK_LEN_IP4 = 20,    /* sequence, source and group with their families */

	OPT_LENGTH = 0x00,
	OPT_LENGTH_LEN = 4,
	OPT_NAK_LIST = 0x02,
	OPT_KIND_MASK = 0x7f,
	OPT_END = 0x80,
	NAK_LIST_MAX = 62,   /* sequence numbers, RFC 3208 9.3.1 */
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_IPPROTO, IP_PROTO_PGM },
};

static const struct dec_event_def events[] = {
	{ SID_NAK_OVERFLOW, DEC_EV_DECODE, "pgm.nak_overflow",
	    DEC_MSG("PGM NAK overflow") },
};

/* The options behind a NAK; a list of sequence numbers that is too long, or
 * not a whole number of them. */
static bool
list_overflows(struct cursor c)
{
	uint8_t kind, len;

	while (cur_u8(&c, &kind) && cur_u8(&c, &len)) {
		if ((kind & OPT_KIND_MASK) == OPT_NAK_LIST &&
		    (len < 4 || (len - 4u) % 4 || (len - 4u) / 4 > NAK_LIST_MAX ||
			len - 2u > cur_left(&c)))
			return true;
		if ((kind & OPT_END) || len < 2 || !cur_skip(&c, len - 2u))
			break;
	}
	return false;
}

static enum dec_result
decode_pgm(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_take(c, PGM_LEN);
	struct cursor opts = *c;

	if (!p || p[PGM_TYPE_AT] != PGM_NAK ||
	    !(p[PGM_OPTIONS_AT] & OPTIONS_PRESENT))
		return DEC_PAYLOAD;
	if (!cur_skip(&opts, NAK_LEN_IP4))
		return DEC_PAYLOAD;
	p = cur_peek(&opts, OPT_LENGTH_LEN);
	if (p && (p[0] & OPT_KIND_MASK) == OPT_LENGTH && list_overflows(opts))
		dec_event(ctx, pkt, SID_NAK_OVERFLOW);
	return DEC_PAYLOAD;
}

const struct decoder_ops dec_pgm = {
	.name = "pgm",
	.help = "PGM, RFC 3208",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_pgm,
};
