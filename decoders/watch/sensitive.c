/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/watch/sensitive.h"

enum { GID_SENSITIVE = 139, SID_COMBINED = 1, IP_PROTO_SENSITIVE = 254 };

static const struct dec_event_def defs[] = {
	{ SID_COMBINED, DEC_EV_DECODE, "sensitive.combined",
	    "(spp_sdf) SDF Combination Alert" },
};

const struct dec_event_def *
sensitive_events(unsigned *n)
{
	*n = ARRAY_LEN(defs);
	return defs;
}

void
sensitive_report(struct pseudo_room *room, const struct packet *trigger,
    struct slice text)
{
	struct pseudo what = {
		.ip_proto = IP_PROTO_SENSITIVE,
		.src = trigger->dec.src,
		.dst = trigger->dec.dst,
		.text = slice_make(text.ptr, text.len < PSEUDO_TEXT ?
		    text.len : PSEUDO_TEXT),
	};

	pseudo_make(room, trigger, &what);
	(void)pkt_event_add(&room->pkt, GID_SENSITIVE, SID_COMBINED);
}
