/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor dns (Snort's README.dns). */
#include "decoders/app/dns.h"
#include "sensor/applier.h"

static const uint16_t default_ports[] = { 53 };

void
config_dns(struct applier *a)
{
	struct dns_conf *c = applier_proto(a, APP_DNS, sizeof(*c),
	    default_ports, ARRAY_LEN(default_ports));
	struct text rest = a->d->args, word;

	if (!c)
		return;
	while ((word = applier_token(&rest)).len) {
		if (text_is_nocase(word, "ports")) {
			if (!applier_port_list(a, &rest,
			    &a->s->track.app.proto[APP_DNS].ports))
				return;
		} else if (text_is_nocase(word, "enable_obsolete_types")) {
			c->obsolete_types = true;
		} else if (text_is_nocase(word, "enable_experimental_types")) {
			c->experimental_types = true;
		} else if (text_is_nocase(word, "enable_rdata_overflow")) {
			c->rdata_overflow = true;
		} else {
			applier_bad(a, word, "ports { }, enable_obsolete_types, "
			    "enable_experimental_types or "
			    "enable_rdata_overflow");
			return;
		}
	}
}
