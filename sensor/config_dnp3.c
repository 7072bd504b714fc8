/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor dnp3 (Snort's README.dnp3). */
#include "decoders/app/dnp3.h"
#include "sensor/applier.h"

enum { MEMCAP_MIN = 4144, MEMCAP_MAX = 104857600 }; /* Snort 2.9's */

void
config_dnp3(struct applier *a)
{
	static const uint16_t ports[] = { 20000 };
	struct dnp3_conf *c = applier_proto(a, APP_DNP3, sizeof(*c), ports,
	    ARRAY_LEN(ports));
	struct app_proto_conf *p = &a->s->track.app.proto[APP_DNP3];
	struct text rest = a->d->args, word;
	int64_t n;

	if (!c)
		return;
	while ((word = applier_token(&rest)).len) {
		if (text_is_nocase(word, "ports")) {
			if (!applier_port_list(a, &rest, &p->ports))
				return;
		} else if (text_is_nocase(word, "memcap")) {
			if (!applier_number(a, &rest, MEMCAP_MIN, MEMCAP_MAX,
			    &n))
				return;
			c->memcap = (uint64_t)n;
		} else if (text_is_nocase(word, "check_crc")) {
			c->check_crc = true;
		} else if (text_is_nocase(word, "disabled")) {
			p->ports = NULL;
		} else {
			applier_bad(a, word, "ports { }, memcap N, check_crc "
			    "or disabled");
			return;
		}
	}
}
