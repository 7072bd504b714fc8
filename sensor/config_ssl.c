/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor ssl (Snort's README.ssl). */
#include "decoders/app/tls.h"
#include "sensor/applier.h"

static const uint16_t default_ports[] = { 443, 465, 563, 636, 989, 992, 993,
	994, 995 };

void
config_ssl(struct applier *a)
{
	struct tls_conf *c = applier_proto(a, APP_TLS, sizeof(*c),
	    default_ports, ARRAY_LEN(default_ports));
	struct text rest = a->d->args, word;
	int64_t n;

	if (!c)
		return;
	*c = (struct tls_conf){ 0 };
	while ((word = applier_token(&rest)).len) {
		if (text_is_nocase(word, "ports")) {
			if (!applier_port_list(a, &rest,
			    &a->s->track.app.proto[APP_TLS].ports))
				return;
		} else if (text_is_nocase(word, "noinspect_encrypted")) {
			c->noinspect_encrypted = true;
		} else if (text_is_nocase(word, "trustservers")) {
			c->trust_servers = true;
		} else if (text_is_nocase(word, "max_heartbeat_length")) {
			if (!applier_number(a, &rest, 0, UINT16_MAX, &n))
				return;
			c->max_heartbeat = (uint32_t)n;
		} else {
			applier_bad(a, word, "ports { }, noinspect_encrypted, "
			    "trustservers or max_heartbeat_length N");
			return;
		}
	}
	if (c->trust_servers && !c->noinspect_encrypted)
		applier_bad(a, a->d->args, "trustservers means something with "
		    "noinspect_encrypted only");
}
