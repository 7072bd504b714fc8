/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/events.h"

#include "decoders/app/app.h"
#include "decoders/track/defrag.h"
#include "decoders/track/stream.h"
#include "decoders/watch/sensitive.h"
#include "decoders/watch/watch.h"

enum { GID_DECODER = 116 };

/* config ppm: raised where rules are judged, but Snort counts it among the
 * preprocessors'. */
static const struct dec_event_def *
ppm_events(unsigned *n)
{
	static const struct dec_event_def defs[] = {
		{ 1, DEC_EV_DECODE, "ppm.suspended",
			"PPM_EVENT_RULE_TREE_DISABLED" },
		{ 2, DEC_EV_DECODE, "ppm.resumed",
			"PPM_EVENT_RULE_TREE_ENABLED" },
		{ 3, DEC_EV_DECODE, "ppm.aborted",
			"PPM_EVENT_PACKET_ABORTED" },
	};

	*n = ARRAY_LEN(defs);
	return defs;
}

bool
events_table(unsigned i, struct event_table *out)
{
	/* beside the decoders */
	static const struct {
		uint16_t gid;
		const struct dec_event_def *(*defs)(unsigned *n);
	} others[] = {
		{ 105, bo_events },
		{ 112, arpspoof_events },
		{ 122, portscan_events },
		{ 123, defrag_events },
		{ 129, stream_events },
		{ 134, ppm_events },
		{ 136, reputation_events },
		{ 139, sensitive_events },
	};

	if (i == DEC_ID_NONE) {
		out->gid = GID_DECODER;
		out->defs = dec_loop_events(&out->n);
		return true;
	}
	if (i < DEC_ID_COUNT) {
		const struct decoder_ops *ops = dec_ops((enum dec_id)i);

		*out = (struct event_table){ GID_DECODER, ops->events,
			ops->n_events };
		return true;
	}
	i -= DEC_ID_COUNT;
	if (i >= ARRAY_LEN(others)) {
		i -= (unsigned)ARRAY_LEN(others);
		for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
			const struct app_ops *ops = app_ops(id);

			if (i < ops->n_events) {
				*out = ops->events[i];
				return true;
			}
			i -= ops->n_events;
		}
		return false;
	}
	out->gid = others[i].gid;
	out->defs = others[i].defs(&out->n);
	return true;
}

const struct dec_event_def *
events_find(uint32_t gid, uint32_t sid)
{
	struct event_table t;

	for (unsigned i = 0; events_table(i, &t); i++) {
		if (t.gid != gid)
			continue;
		for (unsigned e = 0; e < t.n; e++)
			if (t.defs[e].sid == sid)
				return &t.defs[e];
	}
	return NULL;
}
