/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/link/link.h"

enum { SID_TRUNCATED = 424 };

const struct dec_event_def dec_link_truncated[1] = {
	{ SID_TRUNCATED, DEC_EV_DECODE, "ethernet.truncated",
	    DEC_MSG("truncated eth header") },
};

enum dec_result
dec_link_stop(struct dec_ctx *ctx, struct packet *pkt)
{
	dec_event(ctx, pkt, SID_TRUNCATED);
	return DEC_STOP;
}
