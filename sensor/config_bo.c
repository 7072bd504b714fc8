/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor bo[: noalert { KIND ... }, drop { KIND ... }] */
#include "sensor/applier.h"

static bool
take_kind(struct applier *a, struct text word, void *arg)
{
	static const char *const kinds[] = { [BO_GENERAL] = "general",
		[BO_CLIENT] = "client", [BO_SERVER] = "server",
		[BO_SNORT_ATTACK] = "snort_attack" };
	uint8_t *bits = arg;

	for (unsigned i = 0; i < ARRAY_LEN(kinds); i++)
		if (text_is_nocase(word, kinds[i])) {
			*bits |= (uint8_t)(1 << i);
			return true;
		}
	applier_bad(a, word, "general, client, server or snort_attack");
	return false;
}

void
config_bo(struct applier *a)
{
	struct bo_conf *c = &a->s->watch.bo;
	struct text rest = a->d->args, word;

	c->enabled = true;
	while ((word = applier_token(&rest)).len) {
		bool silent = text_is_nocase(word, "noalert");

		if (!silent && !text_is_nocase(word, "drop")) {
			applier_bad(a, word, "noalert { } or drop { }");
			return;
		}
		if (!applier_list(a, &rest, take_kind,
		    silent ? &c->silent : &c->drop))
			return;
	}
}
