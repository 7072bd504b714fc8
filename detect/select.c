/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/select.h"

#include <stdlib.h>

#include "decoders/track/stream.h"
#include "detect/vec.h"

void
select_begin(struct selection *s, const struct ruleset *rs)
{
	for (unsigned i = 0; s->any && i < rs->n_lists; i++) {
		s->lists[i].n = 0;
		s->lists[i].any = false;
	}
	s->any = s->passed = s->passed_all = false;
	s->n_queue = s->n_builtin = 0;
	s->per_list = rs->conf.max_queue_events < LIM_MATCHES ?
	    rs->conf.max_queue_events : LIM_MATCHES;
	s->max_queue = rs->conf.max_queue < LIM_EVENT_QUEUE ?
	    rs->conf.max_queue : LIM_EVENT_QUEUE;
}

static void
enqueue(struct selection *s, uint32_t rule)
{
	if (s->n_queue == s->max_queue)
		s->queue_full++;
	else
		s->queue[s->n_queue++] = rule;
}

void
select_builtin(struct selection *s, uint32_t rule)
{
	enqueue(s, rule);
	s->n_builtin = s->n_queue;
}

/* A segment's rules in the rebuilt unit, a fragment's in its datagram. */
static bool
was_raised(const struct unit *u, const struct rule *r)
{
	enum flow_side side = u->flow.to_server ? FLOW_CLIENT : FLOW_SERVER;

	if (u->kind == UNIT_STREAM && u->flow.flow)
		return stream_alert_noted(u->flow.flow, side, r->gid, r->sid);
	for (unsigned i = 0; i < u->n_raised; i++)
		if (u->raised[i].gid == r->gid && u->raised[i].sid == r->sid)
			return true;
	return false;
}

void
select_match(struct selection *s, const struct ruleset *rs,
    const struct unit *u, uint32_t rule)
{
	struct match_list *l = &s->lists[rs->heads[rule].list];

	s->any = l->any = true;
	if (was_raised(u, rs->rules[rule].rule))
		s->raised++;
	else if (l->n >= s->per_list)
		s->list_full++;
	else
		l->rules[l->n++] = rule;
}

/* Ascending: rules are numbered by precedence. */
static void
sort_list(struct match_list *l)
{
	for (unsigned i = 1; i < l->n; i++) {
		uint32_t r = l->rules[i];
		unsigned j = i;

		for (; j && l->rules[j - 1] > r; j--)
			l->rules[j] = l->rules[j - 1];
		l->rules[j] = r;
	}
}

/* A pass also takes back the builtin events whose action comes after it. */
static void
pass(struct selection *s, const struct ruleset *rs)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->n_queue; i++)
		if (rs->heads[s->queue[i]].list < rs->pass_list)
			s->queue[kept++] = s->queue[i];
	s->n_queue = s->n_builtin = kept;
	s->passed = true;
}

void
select_finish(struct selection *s, const struct ruleset *rs)
{
	bool contributed = false;

	if (!s->any)
		return;
	for (unsigned i = 0; i < rs->n_lists; i++) {
		struct match_list *l = &s->lists[i];

		if (!l->any)
			continue;
		if (contributed && !rs->conf.process_all_events)
			return;
		if (rs->list_action[i] == ACTION_PASS) {
			if (!contributed)
				pass(s, rs);
			for (unsigned k = 0; k < l->n; k++)
				s->passed_all |= s->passed &&
				    rs->rules[l->rules[k]].header_only;
			return;
		}
		sort_list(l);
		/* those for test only keep no other list from being told */
		contributed |= !l->n;
		for (unsigned k = 0; k < l->n; k++) {
			enqueue(s, l->rules[k]);
			contributed |= !rs->rules[l->rules[k]].test_only;
		}
	}
}
