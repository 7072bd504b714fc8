/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cisco FabricPath: an outer pair of switch addresses and this type, a tag of
 * two bytes (tree and TTL), then the Ethernet frame. */
#include "decoders/decode.h"
#include "decoders/wire/eth.h"

enum {
	SID_TRUNCATED = 467,
	TAG_LEN = 2,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_FABRICPATH },
};

static const struct dec_event_def events[] = {
	{ SID_TRUNCATED, DEC_EV_DECODE, "fabricpath.truncated",
	    DEC_MSG("truncated FabricPath header") },
};

static enum dec_result
decode_fabricpath(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	if (!cur_skip(c, TAG_LEN)) {
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	ctx->next = DEC_ID_ethernet;
	return DEC_NEXT;
}

const struct decoder_ops dec_fabricpath = {
	.name = "fabricpath",
	.help = "Cisco FabricPath",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_fabricpath,
};
