/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/ignore_any.h"

#include "core/buf.h"
#include "decoders/track/stream.h"
#include "detect/ruleset.h"

enum {
	PORT_WORDS = 65536 / 64,
	SIDS_SHOWN = 8,   /* in the warning */
	SIDS_TEXT = 512,
};

static bool
has_option(const struct rule *r, const char *const *names, size_t n)
{
	for (unsigned i = 0; i < r->n_opts; i++)
		for (size_t j = 0; j < n; j++)
			if (text_is(r->opts[i].name, names[j]))
				return true;
	return false;
}

static bool
asks_for_flow(const struct rule *r)
{
	static const char *const names[] = { "flow", "flowbits" };

	return has_option(r, names, ARRAY_LEN(names));
}

static bool
looks_at_payload(const struct rule *r)
{
	static const char *const names[] = { "content", "uricontent",
		"protected_content", "pcre", "byte_test" };

	return has_option(r, names, ARRAY_LEN(names));
}

static void
name_ports(uint64_t *named, const struct port_set *ports)
{
	if (ports->any)
		return;
	for (unsigned i = 0; i < ports->n; i++)
		for (unsigned p = ports->ranges[i].lo;
		     p <= ports->ranges[i].hi; p++)
			named[p / 64] |= (uint64_t)1 << p % 64;
}

static bool
is_for_any(const struct rule *r)
{
	return r->sports->any && r->dports->any;
}

/* A rule of that protocol's, and one that is judged. */
static bool
is_of(const struct ruleset *rs, uint32_t i, enum rule_proto proto)
{
	const struct rule *r = rs->rules[i].rule;

	return r->has_header && r->proto == proto &&
	    rs->heads[i].list != LIST_NONE;
}

/* The first rule that switches the setting off; NULL: none. */
static const struct rule *
opponent(const struct ruleset *rs, enum rule_proto proto)
{
	for (uint32_t i = 0; i < rs->n_rules; i++) {
		const struct rule *r = rs->rules[i].rule;

		if (is_of(rs, i, proto) && is_for_any(r) && asks_for_flow(r))
			return r;
	}
	return NULL;
}

static void
build(struct ruleset *rs, enum flow_proto flow, enum rule_proto proto)
{
	const char *name = rule_proto_name(proto);
	struct loc loc = rs->conf.ignore_any[flow].loc;
	const struct rule *against = opponent(rs, proto);
	uint64_t *named;
	struct buf sids;
	unsigned n = 0;

	if (against) {
		erec_add(&rs->tree->errors, EREC_WARNING, loc,
		    "ignore_any_rules is off for %s, as in Snort: rule "
		    "%u:%u is for any port and has flow or flowbits", name,
		    against->gid, against->sid);
		return;
	}
	named = arena_xalloc(&rs->arena, PORT_WORDS * sizeof(*named));
	buf_init(&sids, SIDS_TEXT);
	for (uint32_t i = 0; i < rs->n_rules; i++) {
		struct crule *c = &rs->rules[i];

		if (!is_of(rs, i, proto))
			continue;
		name_ports(named, c->rule->sports);
		name_ports(named, c->rule->dports);
		if (!is_for_any(c->rule) || !looks_at_payload(c->rule))
			continue;
		c->any_ignored = true;
		if (n++ < SIDS_SHOWN)
			buf_printf(&sids, "%s%u:%u", n > 1 ? ", " : "",
			    c->rule->gid, c->rule->sid);
	}
	if (n) {
		rs->ignore_any[flow].named = named;
		erec_add(&rs->tree->errors, EREC_WARNING, loc,
		    "ignore_any_rules: where no other %s rule names a port, "
		    "%u rules are not tried: %s%s", name, n, sids.ptr,
		    n > SIDS_SHOWN ? ", ..." : "");
	}
	buf_fini(&sids);
}

void
ignore_any_build(struct ruleset *rs)
{
	if (rs->conf.ignore_any[FLOW_TCP].on)
		build(rs, FLOW_TCP, PROTO_TCP);
	if (rs->conf.ignore_any[FLOW_UDP].on)
		build(rs, FLOW_UDP, PROTO_UDP);
}

static bool
is_named(const struct ignore_any *ia, uint16_t port)
{
	return ia->named[port / 64] >> port % 64 & 1;
}

bool
ignore_any_holds(const struct ruleset *rs, const struct unit *u)
{
	const struct pkt_dec *d = &u->pkt->dec;
	bool tcp = d->l4 == PKT_L4_TCP;
	const struct ignore_any *ia = &rs->ignore_any[tcp ? FLOW_TCP :
	    FLOW_UDP];

	if ((!tcp && d->l4 != PKT_L4_UDP) || !ia->named ||
	    is_named(ia, d->sport) || is_named(ia, d->dport))
		return false;
	/* each stream5_tcp speaks for its own servers */
	return !tcp || (u->flow.flow && stream_ignores_any(u->flow.flow));
}
