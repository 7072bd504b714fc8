/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/block_want.h"

static const struct block_rule *
find(const struct block_rule *v, unsigned n, uint32_t gid, uint32_t sid)
{
	unsigned lo = 0, hi = n;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (v[mid].gid == gid && v[mid].sid == sid)
			return &v[mid];
		if (v[mid].gid < gid || (v[mid].gid == gid &&
		    v[mid].sid < sid))
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static void
by_fwsam(const struct fwsam *f, enum block_asker asker, struct block_ask *a)
{
	a->why.asker = (uint8_t)asker;
	a->dest = f->dest;
	a->conn = f->how == FWSAM_CONN;
	/* the rule names one connection: it knows what it does */
	a->unproven_ok = a->conn;
	a->how = f->how == FWSAM_IN ? BLOCK_FROM : f->how == FWSAM_OUT ?
	    BLOCK_TO : BLOCK_FROM | BLOCK_TO;
	a->seconds = !f->timed ? 0 : f->seconds == RESPONSE_FOREVER ?
	    UINT32_MAX : f->seconds;
}

/* block_for: class and priority; the last line for a rule counts, and a class
 * before a priority. */
static const struct block_rule *
by_kind(const struct settings *s, const struct rule *rule, bool class)
{
	for (unsigned i = s->n_block_kinds; i-- > 0;) {
		const struct block_rule *r = &s->block_kinds[i];

		if (class ? r->class.len && rule->class &&
		    text_eq(rule->class->name, r->class) :
		    r->priority && r->priority == rule->priority)
			return r;
	}
	return NULL;
}

static bool
by_rule(const struct block_rule *r, enum block_asker asker,
    struct block_ask *a)
{
	if (!r->never)
		by_fwsam(&r->fwsam, asker, a);
	return !r->never;
}

bool
block_want(const struct settings *s, const struct event *ev, bool dropped,
    struct block_ask *a)
{
	const struct rule *rule = ev->rule->rule;
	const struct rule_response *resp = &ev->rule->response;
	const struct block_rule *r;
	enum rule_action action = ev->action;

	if ((r = find(s->block_map, s->n_block_map, ev->gid, ev->sid)))
		return by_rule(r, BLOCK_ASKER_MAP, a);
	if ((r = find(s->block_sids, s->n_block_sids, ev->gid, ev->sid)))
		return by_rule(r, BLOCK_ASKER_SID, a);
	if (resp->fwsam.on) {
		by_fwsam(&resp->fwsam, BLOCK_ASKER_FWSAM, a);
		return true;
	}
	if (resp->sticky_drop.on) {
		a->why.asker = BLOCK_ASKER_STICKY;
		a->dest = resp->sticky_drop.dest;
		a->how = BLOCK_FROM | BLOCK_TO;
		a->seconds = resp->sticky_drop.seconds;
		return true;
	}
	if ((r = by_kind(s, rule, true)))
		return by_rule(r, BLOCK_ASKER_CLASS, a);
	if ((r = by_kind(s, rule, false)))
		return by_rule(r, BLOCK_ASKER_PRIORITY, a);
	if (action == ACTION_CUSTOM && rule->ruletype)
		action = rule->ruletype->base;
	if (dropped || s->block.no_drops ||
	    (action != ACTION_DROP && action != ACTION_REJECT))
		return false;
	a->why.asker = BLOCK_ASKER_ACTION;
	a->how = BLOCK_FROM | BLOCK_TO;
	return true;
}
