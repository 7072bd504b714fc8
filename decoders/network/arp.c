/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 826. Where the packet lies is all that is kept: arpspoof reads it. */
#include "decoders/decode.h"
#include "decoders/wire/arp.h"
#include "decoders/wire/eth.h"

enum { SID_TRUNCATED = 109 };

static const struct dec_key keys[] = {
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_ARP },
};

static const struct dec_event_def events[] = {
	{ SID_TRUNCATED, DEC_EV_DECODE, "arp.truncated",
	    DEC_MSG("Truncated ARP Packet") },
};

static enum dec_result
decode_arp(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	uint32_t off = dec_off(pkt, c);

	if (!cur_skip(c, sizeof(struct wire_arp))) {
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	pkt->dec.has_arp = true;
	pkt->dec.arp_off = off;
	return DEC_PAYLOAD;
}

const struct decoder_ops dec_arp = {
	.name = "arp",
	.help = "Address Resolution Protocol, RFC 826",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_arp,
};
