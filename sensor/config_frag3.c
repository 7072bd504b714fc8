/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor frag3_global and frag3_engine. */
#include <string.h>

#include "sensor/applier.h"

enum {
	MEMCAP_MIN = 16384, /* Snort 2.9's */
	TIMEOUT_DEFAULT = 60,
	TIMEOUT_MAX = 86400,
};

void
config_frag3_global(struct applier *a)
{
	struct defrag_conf *c = &a->s->track.defrag;
	struct text rest = a->d->args, word;
	int64_t n;

	if (a->has_frag3_global) {
		applier_bad(a, a->d->args, "stands twice: take one away");
		return;
	}
	a->has_frag3_global = true;
	while ((word = applier_word(&rest)).len) {
		if (text_is_nocase(word, "max_frags")) {
			if (applier_number(a, &rest, 1, UINT32_MAX, &n))
				c->max_frags = (uint32_t)n;
		} else if (text_is_nocase(word, "memcap")) {
			if (applier_number(a, &rest, MEMCAP_MIN, UINT32_MAX,
			    &n))
				c->memcap = (size_t)n;
		} else if (text_is_nocase(word, "prealloc_memcap") ||
		    text_is_nocase(word, "prealloc_frags") ||
		    text_is_nocase(word, "prealloc_nodes")) {
			/* memory comes in pages, as it is needed */
			if (!applier_number(a, &rest, 0, UINT32_MAX, &n))
				return;
		} else if (text_is_nocase(word, "disabled")) {
			c->disabled = true;
		} else {
			applier_bad(a, word, "max_frags N, memcap N, "
			    "prealloc_memcap N, prealloc_frags N or disabled");
		}
	}
}

static void
policy(struct applier *a, struct text *rest, struct defrag_engine *e)
{
	struct text word = applier_word(rest);

	for (unsigned i = 0; i < FRAG_POLICIES; i++)
		if (text_is_nocase(word, frag_policy_name(
		    (enum frag_policy)i))) {
			e->policy = (enum frag_policy)i;
			return;
		}
	applier_bad(a, word,
	    "first, last, bsd, bsd-right, linux, windows or solaris");
}

/* An address list: one word, or up to the bracket that ends it. */
static struct text
list_of(struct text *rest)
{
	struct text t = text_trim(*rest), list = t;
	unsigned depth = 0;
	size_t n;

	for (n = 0; n < t.len; n++) {
		depth += t.ptr[n] == '[';
		if (t.ptr[n] == ']' && depth)
			depth--;
		if (!depth && (text_is_blank(t.ptr[n])))
			break;
	}
	list.len = n;
	*rest = text_make(t.ptr ? t.ptr + n : NULL, t.len - n);
	return list;
}

static void
bind_to(struct applier *a, struct text *rest, struct defrag_engine *e)
{
	struct text list = list_of(rest);
	const struct ip_set *set;
	struct bind_net *nets;

	if (!list.len) {
		applier_bad(a, *rest, "an address list belongs here");
		return;
	}
	set = tree_ip_list(a->t, list, loc_at(a->d->args_loc,
	    (size_t)(list.ptr - a->d->args.ptr)));
	if (!set || set->any || !set->n)
		return;
	nets = arena_xalloc(&a->t->arena, set->n * sizeof(*nets));
	for (unsigned i = 0; i < set->n; i++)
		nets[i] = (struct bind_net){ .addr = set->nets[i].addr,
			.bits = set->nets[i].bits,
			.negated = set->nets[i].negated };
	e->nets = nets;
	e->n_nets = set->n;
}

static bool
has_default(const struct defrag_conf *c)
{
	for (unsigned i = 0; i < c->n_engines; i++)
		if (!c->engines[i].n_nets)
			return true;
	return false;
}

static void
add_engine(struct applier *a, const struct defrag_engine *e)
{
	struct defrag_conf *c = &a->s->track.defrag;
	/* few: the arrays outgrown cost nothing */
	struct defrag_engine *all = arena_xalloc(&a->t->arena,
	    (c->n_engines + 1) * sizeof(*all));

	if (!e->n_nets && has_default(c)) {
		applier_bad(a, a->d->args,
		    "a second engine for all hosts: bind it to some");
		return;
	}
	if (c->n_engines)
		memcpy(all, c->engines, c->n_engines * sizeof(*all));
	all[c->n_engines++] = *e;
	c->engines = all;
}

void
config_frag3_engine(struct applier *a)
{
	struct defrag_engine e = { .policy = FRAG_BSD,
		.timeout_s = TIMEOUT_DEFAULT, .min_ttl = 1 };
	struct text rest = a->d->args, word;
	int64_t n;

	while ((word = applier_word(&rest)).len) {
		if (text_is_nocase(word, "policy")) {
			policy(a, &rest, &e);
		} else if (text_is_nocase(word, "timeout")) {
			if (applier_number(a, &rest, 1, TIMEOUT_MAX, &n))
				e.timeout_s = (uint32_t)n;
		} else if (text_is_nocase(word, "min_ttl")) {
			if (applier_number(a, &rest, 1, UINT8_MAX, &n))
				e.min_ttl = (uint8_t)n;
		} else if (text_is_nocase(word, "ttl_limit")) {
			/* gone since Snort 2.8; its lines remain */
			if (!applier_number(a, &rest, 0, UINT8_MAX, &n))
				return;
		} else if (text_is_nocase(word, "detect_anomalies")) {
			e.detect_anomalies = true;
		} else if (text_is_nocase(word, "overlap_limit")) {
			if (applier_number(a, &rest, 0, INT32_MAX, &n))
				e.overlap_limit = (uint32_t)n;
		} else if (text_is_nocase(word, "min_fragment_length")) {
			if (applier_number(a, &rest, 0, UINT16_MAX, &n))
				e.min_fragment_length = (uint32_t)n;
		} else if (text_is_nocase(word, "bind_to")) {
			bind_to(a, &rest, &e);
		} else {
			applier_bad(a, word, "policy P, timeout N, min_ttl N, "
			    "detect_anomalies, overlap_limit N, "
			    "min_fragment_length N or bind_to LIST");
		}
	}
	add_engine(a, &e);
}
