/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/addrindex.h"

#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/xalloc.h"
#include "detect/vec.h"

enum {
	TOP_MIN = 256,      /* fewer ranges do without the table by 16 bits */
	LISTS_MAX = 1 << 22 /* numbers in all lists together */
};

/* An IPv4 address is { 0, the address }. */
struct key {
	uint64_t hi, lo;
};

/* At `at` the value comes into force, or ceases. */
struct edge {
	struct key at;
	uint32_t value;
	int8_t step;
};

static struct key
key_of(const struct ipaddr *a)
{
	struct key k = { 0, 0 };

	if (a->family == 4) {
		for (unsigned i = 0; i < 4; i++)
			k.lo = k.lo << 8 | a->b[i];
		return k;
	}
	for (unsigned i = 0; i < 8; i++) {
		k.hi = k.hi << 8 | a->b[i];
		k.lo = k.lo << 8 | a->b[i + 8];
	}
	return k;
}

static int
key_cmp(struct key a, struct key b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

/* The address behind the last of the network; false: there is none. */
static bool
key_behind(struct key k, unsigned host_bits, bool v4, struct key *end)
{
	uint64_t lo = host_bits < 64 ? (uint64_t)1 << host_bits : 0;
	uint64_t hi = host_bits < 64 ? 0 :
	    host_bits < 128 ? (uint64_t)1 << (host_bits - 64) : 0;

	if (host_bits == 128)
		return false;
	end->lo = k.lo + lo;
	end->hi = k.hi + hi + (end->lo < k.lo);
	return v4 ? end->lo <= UINT32_MAX : end->hi || end->lo;
}

uint64_t
addr_weight(const struct ip_set *s)
{
	uint64_t w = 0;

	if (s->any || !s->n_positive)
		return UINT64_MAX;
	for (unsigned i = 0; i < s->n_positive; i++) {
		const struct ip_net *n = &s->nets[i];

		w += (uint64_t)1 << (n->bits < 32 ? 32 - n->bits : 0);
	}
	return w;
}

static int
edge_cmp(const void *pa, const void *pb)
{
	const struct edge *a = pa, *b = pb;
	int c = key_cmp(a->at, b->at);

	if (c)
		return c;
	return a->value < b->value ? -1 : a->value > b->value;
}

/* All edges of a family, sorted; the caller frees. */
static struct edge *
edges_of(const struct addr_entry *es, uint32_t n, uint8_t family, uint32_t *out)
{
	struct edge *edges;
	uint32_t n_nets = 0, k = 0;

	for (uint32_t i = 0; i < n; i++)
		n_nets += es[i].set->n_positive;
	edges = xcalloc((size_t)n_nets * 2 + 1, sizeof(*edges));
	for (uint32_t i = 0; i < n; i++) {
		for (unsigned j = 0; j < es[i].set->n_positive; j++) {
			const struct ip_net *net = &es[i].set->nets[j];
			struct edge e = { key_of(&net->addr), es[i].value, 1 };

			if (net->addr.family != family)
				continue;
			edges[k++] = e;
			e.step = -1;
			if (key_behind(edges[k - 1].at, (family == 4 ? 32u :
			    128u) - net->bits, family == 4, &e.at))
				edges[k++] = e;
		}
	}
	qsort(edges, k, sizeof(*edges), edge_cmp);
	*out = k;
	return edges;
}

/* The values in force while the edges are walked, ascending, each with how
 * many networks put it there. */
struct active {
	struct vec32 value, count;
};

static void
active_step(struct active *a, uint32_t value, int step)
{
	uint32_t i = 0;

	while (i < a->value.n && a->value.v[i] < value)
		i++;
	if (i == a->value.n || a->value.v[i] != value) {
		vec32_push(&a->value, 0);
		vec32_push(&a->count, 0);
		for (uint32_t j = a->value.n - 1; j > i; j--) {
			a->value.v[j] = a->value.v[j - 1];
			a->count.v[j] = a->count.v[j - 1];
		}
		a->value.v[i] = value;
		a->count.v[i] = 0;
	}
	a->count.v[i] += (uint32_t)step;
	if (a->count.v[i])
		return;
	a->value.n--;
	a->count.n--;
	for (uint32_t j = i; j < a->value.n; j++) {
		a->value.v[j] = a->value.v[j + 1];
		a->count.v[j] = a->count.v[j + 1];
	}
}

struct lists {
	struct vec32 v;     /* as struct addr_index has them */
	uint32_t *table;    /* open hash of list offsets */
	uint32_t mask;
};

static uint32_t
list_intern(struct lists *l, const struct vec32 *values)
{
	size_t bytes = values->n * sizeof(*values->v);
	uint32_t h, at;

	if (!values->n)
		return 0;
	h = (uint32_t)hash_fast(values->v, bytes, values->n) & l->mask;
	for (; (at = l->table[h]) != 0; h = (h + 1) & l->mask)
		if (l->v.v[at] == values->n &&
		    memcmp(&l->v.v[at + 1], values->v, bytes) == 0)
			return at;
	at = l->table[h] = l->v.n;
	vec32_push(&l->v, values->n);
	for (uint32_t i = 0; i < values->n; i++)
		vec32_push(&l->v, values->v[i]);
	return at;
}

/* Walks the edges and emits one range per address where something changes;
 * returns their number, or UINT32_MAX when the lists grow too long. */
static uint32_t
sweep(const struct edge *edges, uint32_t n, struct lists *l,
    struct addr_range6 *out)
{
	struct active a = { { NULL, 0, 0 }, { NULL, 0, 0 } };
	uint32_t k = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t list;

		active_step(&a, edges[i].value, edges[i].step);
		if (i + 1 < n && key_cmp(edges[i].at, edges[i + 1].at) == 0)
			continue;
		list = list_intern(l, &a.value);
		if (l->v.n > LISTS_MAX) {
			k = UINT32_MAX;
			break;
		}
		if (!k || out[k - 1].list != list)
			out[k++] = (struct addr_range6){ edges[i].at.hi,
				edges[i].at.lo, list };
	}
	free(a.value.v);
	free(a.count.v);
	return k;
}

static void
build_top(struct addr_index *ai, struct arena *arena)
{
	uint32_t i = 0;

	if (ai->n4 < TOP_MIN)
		return;
	ai->top = arena_xalloc(arena, 65537 * sizeof(*ai->top));
	for (uint32_t t = 0; t < 65536; t++) {
		while (i < ai->n4 && ai->start4[i] <= t << 16)
			i++;
		ai->top[t] = i; /* one past the range that holds t.0.0 */
	}
	ai->top[65536] = ai->n4;
}

bool
addr_index_build(struct addr_index *ai, struct arena *arena,
    const struct addr_entry *es, uint32_t n)
{
	struct lists l = { .mask = 1023 };
	uint32_t n4, n6;
	struct edge *e4 = edges_of(es, n, 4, &n4);
	struct edge *e6 = edges_of(es, n, 6, &n6);
	struct addr_range6 *r = xcalloc((size_t)n4 + n6 + 1, sizeof(*r));
	bool ok = false;

	*ai = (struct addr_index){ .n4 = 0 };
	while (l.mask < 2 * (n4 + n6))
		l.mask = l.mask * 2 + 1;
	l.table = xcalloc((size_t)l.mask + 1, sizeof(*l.table));
	vec32_push(&l.v, 0);
	n4 = sweep(e4, n4, &l, r);
	if (n4 == UINT32_MAX)
		goto out;
	ai->start4 = arena_xalloc(arena, (n4 + 1) * sizeof(*ai->start4));
	ai->list4 = arena_xalloc(arena, (n4 + 1) * sizeof(*ai->list4));
	for (uint32_t i = 0; i < n4; i++) {
		ai->start4[i] = (uint32_t)r[i].lo;
		ai->list4[i] = r[i].list;
	}
	n6 = sweep(e6, n6, &l, r);
	if (n6 == UINT32_MAX)
		goto out;
	ai->ranges6 = arena_xdup(arena, r, n6 * sizeof(*r) + 1);
	ai->lists = arena_xdup(arena, l.v.v, l.v.n * sizeof(*l.v.v));
	ai->n4 = n4;
	ai->n6 = n6;
	build_top(ai, arena);
	ok = true;
out:
	free(e4);
	free(e6);
	free(r);
	free(l.table);
	free(l.v.v);
	return ok;
}

static uint32_t
find4(const struct addr_index *ai, uint32_t a)
{
	uint32_t lo = 0, hi = ai->n4; /* the first start above a is in [lo, hi] */

	if (ai->top) {
		lo = ai->top[a >> 16];
		hi = ai->top[(a >> 16) + 1];
	}
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (ai->start4[mid] <= a)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? ai->list4[lo - 1] : 0;
}

static uint32_t
find6(const struct addr_index *ai, struct key a)
{
	uint32_t lo = 0, hi = ai->n6;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		const struct addr_range6 *r = &ai->ranges6[mid];

		if (key_cmp((struct key){ r->hi, r->lo }, a) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? ai->ranges6[lo - 1].list : 0;
}

const uint32_t *
addr_index_find(const struct addr_index *ai, const struct ipaddr *a,
    uint32_t *n)
{
	uint32_t at = 0;

	*n = 0;
	if (!ai->lists)
		return NULL;
	if (a->family == 4)
		at = find4(ai, (uint32_t)key_of(a).lo);
	else if (a->family == 6)
		at = find6(ai, key_of(a));
	*n = ai->lists[at];
	return &ai->lists[at + 1];
}
