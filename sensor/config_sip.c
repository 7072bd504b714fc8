/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor sip (Snort's README.sip). */
#include "decoders/app/sip.h"
#include "sensor/applier.h"

static const uint16_t default_ports[] = { 5060, 5061 };

static bool
take_method(struct applier *a, struct text word, void *arg)
{
	struct sip_conf *c = arg;

	if (c->n_methods == SIP_METHODS_MAX) {
		applier_bad(a, word, "there may be 32 methods, no more");
		return false;
	}
	c->methods[c->n_methods++] = word;
	return true;
}

/* Those that take a number; false: it is none of them. *good is false after
 * an error. */
static bool
take_number(struct applier *a, struct sip_conf *c, struct text word,
    struct text *rest, bool *good)
{
	const struct {
		const char *name;
		uint32_t *to;
		int64_t min, max;
	} numbers[] = {
		{ "max_sessions", &c->max_sessions, 1024, 4194303 },
		{ "max_dialogs", &c->max_dialogs, 1, 4194303 },
		{ "max_uri_len", &c->max_uri, 0, UINT16_MAX },
		{ "max_call_id_len", &c->max_call_id, 0, UINT16_MAX },
		{ "max_requestName_len", &c->max_request_name, 0, UINT16_MAX },
		{ "max_from_len", &c->max_from, 0, UINT16_MAX },
		{ "max_to_len", &c->max_to, 0, UINT16_MAX },
		{ "max_via_len", &c->max_via, 0, UINT16_MAX },
		{ "max_contact_len", &c->max_contact, 0, UINT16_MAX },
		{ "max_content_len", &c->max_content, 0, UINT16_MAX },
	};
	int64_t v;

	for (unsigned i = 0; i < ARRAY_LEN(numbers); i++) {
		if (!text_is_nocase(word, numbers[i].name))
			continue;
		*good = applier_number(a, rest, numbers[i].min,
		    numbers[i].max, &v);
		if (*good)
			*numbers[i].to = (uint32_t)v;
		return true;
	}
	return false;
}

void
config_sip(struct applier *a)
{
	struct sip_conf *c = applier_proto(a, APP_SIP, sizeof(*c),
	    default_ports, ARRAY_LEN(default_ports));
	struct text rest = a->d->args, word;
	bool good = true;

	if (!c)
		return;
	c->events = true;
	while (good && (word = applier_token(&rest)).len) {
		if (take_number(a, c, word, &rest, &good)) {
			continue;
		} else if (text_is_nocase(word, "ports")) {
			good = applier_port_list(a, &rest,
			    &a->s->track.app.proto[APP_SIP].ports);
		} else if (text_is_nocase(word, "methods")) {
			c->n_methods = 0;
			good = applier_list(a, &rest, take_method, c);
		} else if (text_is_nocase(word, "ignore_call_channel")) {
			c->ignore_call_channel = true;
			a->s->track.app.proto[APP_SIP_MEDIA].on = true;
		} else if (text_is_nocase(word, "disabled")) {
			a->s->track.app.proto[APP_SIP].on = false;
		} else {
			applier_bad(a, word, "disabled, max_sessions, "
			    "max_dialogs, ports { }, methods { }, "
			    "max_uri_len, max_call_id_len, "
			    "max_requestName_len, max_from_len, max_to_len, "
			    "max_via_len, max_contact_len, max_content_len "
			    "or ignore_call_channel");
			return;
		}
	}
}
