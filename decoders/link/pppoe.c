/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PPP over Ethernet, RFC 2516: version and type (1, 1), code, session, length
 * of what follows. Discovery frames carry nothing for rules. */
#include "decoders/decode.h"
#include "decoders/wire/eth.h"

enum {
	SID_BAD_FRAME = 120,
	PPPOE_LEN = 6,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_DLT, 51 }, /* DLT_PPP_ETHER */
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_PPPOE_DISC },
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_PPPOE },
};

static const struct dec_event_def events[] = {
	{ SID_BAD_FRAME, DEC_EV_DECODE, "pppoe.truncated",
	    DEC_MSG("Bad PPPOE frame detected") },
};

static enum dec_result
decode_pppoe(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_take(c, PPPOE_LEN);

	if (!p) {
		dec_event(ctx, pkt, SID_BAD_FRAME);
		return DEC_STOP;
	}
	cur_trim(c, (size_t)(p[4] << 8 | p[5]));
	/* code 0 is session data (RFC 2516 6) */
	if (ctx->arg == ETHERTYPE_PPPOE_DISC || p[1] != 0)
		return DEC_PAYLOAD;
	ctx->next = DEC_ID_ppp;
	return DEC_NEXT;
}

const struct decoder_ops dec_pppoe = {
	.name = "pppoe",
	.help = "PPP over Ethernet, RFC 2516",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_pppoe,
};
