/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ssl_state and ssl_version: what of a handshake is at hand, and which versions
 * its session named. */
#include "decoders/app/tls.h"
#include "detect/options/list.h"

static const struct arg_word versions[] = {
	{ "sslv2", TLS_SSL2 }, { "sslv3", TLS_SSL3 }, { "tls1.0", TLS_1_0 },
	{ "tls1.1", TLS_1_1 }, { "tls1.2", TLS_1_2 },
};
static const struct arg_word states[] = {
	{ "client_hello", TLS_CLIENT_HELLO },
	{ "server_hello", TLS_SERVER_HELLO },
	{ "client_keyx", TLS_CLIENT_KEYX },
	{ "server_keyx", TLS_SERVER_KEYX }, { "unknown", TLS_UNKNOWN },
};

/* Any of the items: a bit that is set, or one with `!' that is not. */
static bool
matches(const struct list *l, uint32_t bits)
{
	for (unsigned i = 0; i < l->n; i++)
		if (((bits & (uint32_t)l->items[i].lo) != 0) !=
		    l->items[i].negated)
			return true;
	return false;
}

static const struct tls_facts *
facts_of(const struct eval *e)
{
	return e->unit->app == APP_TLS ? e->unit->facts : NULL;
}

static bool
match_state(struct eval *e, const void *data)
{
	const struct tls_facts *f = facts_of(e);

	return f && matches(data, f->states);
}

static bool
match_version(struct eval *e, const void *data)
{
	const struct tls_facts *f = facts_of(e);

	return f && matches(data, f->versions);
}

LIST_OPTION(ssl_version, "version of the SSL or TLS record",
    "[!]sslv2 | sslv3 | tls1.0 | tls1.1 | tls1.2, ...", 0, match_version,
    .needs = RULE_NEEDS_SSL, .what = "version", WORDS(versions),
    .negated_items = true)
LIST_OPTION(ssl_state, "state of the SSL or TLS handshake",
    "[!]client_hello | server_hello | client_keyx | server_keyx | unknown, "
    "...", 0, match_state, .needs = RULE_NEEDS_SSL, .what = "state",
    WORDS(states), .negated_items = true)
