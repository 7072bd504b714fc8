/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/builtin.h"

#include <stdlib.h>

#include "decoders/events.h"

enum { GID_DECODER = 116, SID_EMPTY_FRAGMENT = 459 };

static bool
has_rule_type(const struct rule *r, const char *type)
{
	for (unsigned i = 0; i < r->n_metas; i++)
		if (text_is_nocase(r->metas[i].key, "rule-type") &&
		    text_is_nocase(r->metas[i].value, type))
			return true;
	return false;
}

bool
builtin_is(const struct rule *r)
{
	return !r->has_header || has_rule_type(r, "decode") ||
	    has_rule_type(r, "preproc");
}

bool
builtin_is_silent(const struct rule *r)
{
	static const struct {
		uint32_t lo, hi;
	} need_type[] = { { 296, 296 }, { 400, 405 }, { 408, 416 },
		{ 418, 427 }, { 429, 434 }, { 436, 451 }, { 455, 455 } };

	if (r->gid != GID_DECODER || has_rule_type(r, "decode"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(need_type); i++)
		if (r->sid >= need_type[i].lo && r->sid <= need_type[i].hi)
			return true;
	return false;
}

bool
builtin_wants_empty_fragments(const struct tree *t)
{
	for (unsigned i = 0; i < t->n_rules; i++)
		if (t->rules[i]->gid == GID_DECODER &&
		    t->rules[i]->sid == SID_EMPTY_FRAGMENT &&
		    has_rule_type(t->rules[i], "decode"))
			return true;
	return false;
}

static bool
has_event(const struct rule *rules, unsigned n, uint32_t gid, uint32_t sid)
{
	for (unsigned i = 0; i < n; i++)
		if (rules[i].gid == gid && rules[i].sid == sid)
			return true;
	return false;
}

struct rule *
builtin_generate(struct arena *arena, unsigned *n)
{
	struct event_table t;
	struct rule *rules, *r;
	unsigned max = 0;

	*n = 0;
	for (unsigned i = 0; events_table(i, &t); i++)
		max += t.n;
	rules = arena_xalloc(arena, (max + 1) * sizeof(*rules));
	for (unsigned i = 0; events_table(i, &t); i++)
		for (unsigned e = 0; e < t.n; e++) {
			if (has_event(rules, *n, t.gid, t.defs[e].sid))
				continue; /* several decoders may raise one */
			r = &rules[(*n)++];
			r->action = ACTION_ALERT;
			r->gid = t.gid;
			r->sid = t.defs[e].sid;
			r->rev = 1;
			r->priority = 3; /* as Snort without a rule */
			r->msg = text_of(t.defs[e].message);
		}
	return rules;
}

static int
ref_cmp(const void *pa, const void *pb)
{
	const struct builtin_ref *a = pa, *b = pb;

	if (a->gid != b->gid)
		return a->gid < b->gid ? -1 : 1;
	return a->sid < b->sid ? -1 : a->sid > b->sid;
}

void
builtin_index_sort(struct builtin_index *bi)
{
	if (bi->n)
		qsort(bi->refs, bi->n, sizeof(*bi->refs), ref_cmp);
}

uint32_t
builtin_find(const struct builtin_index *bi, uint32_t gid, uint32_t sid)
{
	const struct builtin_ref key = { gid, sid, 0 };
	uint32_t lo = 0, hi = bi->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = ref_cmp(&bi->refs[mid], &key);

		if (c == 0)
			return bi->refs[mid].rule;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return UINT32_MAX;
}
