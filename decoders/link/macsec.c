/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MACsec, IEEE 802.1AE: the security tag. What is only authenticated can be
 * read: an ethertype and its packet, and a check value at the end. */
#include "decoders/decode.h"
#include "decoders/wire/eth.h"

enum {
	TCI_SCI = 0x20,       /* SC: an identifier of eight bytes follows */
	TCI_ENCRYPTED = 0x08, /* E */
	TCI_CHANGED = 0x04,   /* C */
	TAG_LEN = 6,          /* TCI and AN, short length, packet number */
	SCI_LEN = 8,
	CHECK_LEN = 16,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_MACSEC },
};

static enum dec_result
decode_macsec(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_take(c, TAG_LEN);
	uint16_t type;

	(void)pkt;
	if (!p || ((p[0] & TCI_SCI) && !cur_skip(c, SCI_LEN)) ||
	    (p[0] & (TCI_ENCRYPTED | TCI_CHANGED)) ||
	    cur_left(c) < CHECK_LEN)
		return DEC_PAYLOAD;
	cur_trim(c, cur_left(c) - CHECK_LEN);
	if (!cur_be16(c, &type))
		return DEC_PAYLOAD;
	return dec_next_or_payload(ctx, DEC_SPACE_ETHERTYPE, type);
}

const struct decoder_ops dec_macsec = {
	.name = "macsec",
	.help = "MACsec tags, IEEE 802.1AE",
	DEC_KEYS(keys),
	.decode = decode_macsec,
};
