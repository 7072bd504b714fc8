/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor rpc_decode (Snort's manual, "RPC Decode"). */
#include "decoders/app/rpc.h"
#include "sensor/applier.h"

static const uint16_t default_ports[] = { 111, 32771 };

/* Ports stand without braces, before and between the words. */
void
config_rpc_decode(struct applier *a)
{
	struct rpc_conf *c = applier_proto(a, APP_RPC, sizeof(*c),
	    default_ports, ARRAY_LEN(default_ports));
	struct text rest = a->d->args, word;
	uint8_t *ports = NULL;
	int64_t v;

	if (!c)
		return;
	*c = (struct rpc_conf){ .ports = a->s->track.app.proto[APP_RPC].ports,
		.multiple = true, .large = true, .incomplete = true };
	while ((word = applier_token(&rest)).len) {
		if (text_to_i64(word, 0, UINT16_MAX, &v)) {
			if (!ports)
				ports = applier_ports(a, NULL, 0);
			ports[v >> 3] |= (uint8_t)(1 << (v & 7));
			a->s->track.app.proto[APP_RPC].ports = ports;
			c->ports = ports;
		} else if (text_is_nocase(word, "alert_fragments")) {
			c->fragments = true;
		} else if (text_is_nocase(word,
		    "no_alert_multiple_requests")) {
			c->multiple = false;
		} else if (text_is_nocase(word, "no_alert_large_fragments")) {
			c->large = false;
		} else if (text_is_nocase(word, "no_alert_incomplete")) {
			c->incomplete = false;
		} else {
			applier_bad(a, word, "a port, alert_fragments, "
			    "no_alert_multiple_requests, "
			    "no_alert_large_fragments or no_alert_incomplete");
			return;
		}
	}
}
