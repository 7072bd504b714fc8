/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EAP over LAN, IEEE 802.1X: version, type, length; EAP packets (RFC 3748)
 * and keys. Snort tells of short ones on 802.11 alone. */
#include "decoders/decode.h"
#include "decoders/wire/eth.h"

enum {
	SID_TRUNCATED = 110,
	SID_KEY_TRUNCATED = 111,
	SID_EAP_TRUNCATED = 112,

	EAPOL_LEN = 4,
	EAPOL_TYPE_EAP = 0,
	EAPOL_TYPE_KEY = 3,
	KEY_LEN = 44, /* RC4 descriptor, IEEE 802.1X-2004 7.6 */
	EAP_LEN = 4,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_EAPOL },
};

static const struct dec_event_def events[] = {
	{ SID_TRUNCATED, DEC_EV_DECODE, "eapol.truncated",
	    DEC_MSG("Truncated EAP Header") },
	{ SID_KEY_TRUNCATED, DEC_EV_DECODE, "eapol.key_truncated",
	    DEC_MSG("EAP Key Truncated") },
	{ SID_EAP_TRUNCATED, DEC_EV_DECODE, "eapol.eap_truncated",
	    DEC_MSG("EAP Header Truncated") },
};

static enum dec_result
decode_eapol(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_take(c, EAPOL_LEN);
	uint32_t bad = 0;

	if (!p)
		bad = SID_TRUNCATED;
	else if (p[1] == EAPOL_TYPE_KEY && cur_left(c) < KEY_LEN)
		bad = SID_KEY_TRUNCATED;
	else if (p[1] == EAPOL_TYPE_EAP && cur_left(c) < EAP_LEN)
		bad = SID_EAP_TRUNCATED;
	if (!bad || pkt->dec.has_eth)
		return DEC_PAYLOAD;
	dec_event(ctx, pkt, bad);
	return DEC_STOP;
}

const struct decoder_ops dec_eapol = {
	.name = "eapol",
	.help = "EAP over LAN, IEEE 802.1X",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_eapol,
};
