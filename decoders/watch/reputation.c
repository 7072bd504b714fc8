/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/watch/reputation.h"

#include <stdlib.h>
#include <string.h>

enum { GID = 136, SID_BLACK = 1, SID_WHITE = 2 };

static const struct dec_event_def defs[] = {
	{ SID_BLACK, DEC_EV_DECODE, "reputation.black",
	    "(spp_reputation) packets blacklisted" },
	{ SID_WHITE, DEC_EV_DECODE, "reputation.white",
	    "(spp_reputation) packets whitelisted" },
};

const struct dec_event_def *
reputation_events(unsigned *n)
{
	*n = ARRAY_LEN(defs);
	return defs;
}

/* -- the table ---------------------------------------------------------- */

/* At `at` a network of the list begins, or the one that did is over. */
struct edge {
	uint64_t hi, lo;
	uint8_t list;
	int8_t step;
};

static void
key_of(const struct ipaddr *a, uint64_t *hi, uint64_t *lo)
{
	*hi = *lo = 0;
	if (a->family == 4) {
		for (unsigned i = 0; i < 4; i++)
			*lo = *lo << 8 | a->b[i];
		return;
	}
	for (unsigned i = 0; i < 8; i++) {
		*hi = *hi << 8 | a->b[i];
		*lo = *lo << 8 | a->b[i + 8];
	}
}

static int
edge_cmp(const void *pa, const void *pb)
{
	const struct edge *a = pa, *b = pb;

	if (a->hi != b->hi)
		return a->hi < b->hi ? -1 : 1;
	return a->lo < b->lo ? -1 : a->lo > b->lo;
}

/* Both edges of a network; the second one may lie behind all addresses, then
 * there is none. */
static uint32_t
put_edges(struct edge *e, const struct rep_net *net)
{
	unsigned host = (net->addr.family == 4 ? 32u : 128u) - net->bits;
	struct ipaddr first = net->addr;
	struct edge end;

	ipaddr_mask(&first, net->bits);
	e[0] = (struct edge){ .list = net->list, .step = 1 };
	key_of(&first, &e[0].hi, &e[0].lo);
	end = (struct edge){ .hi = e[0].hi, .lo = e[0].lo, .list = net->list,
		.step = -1 };
	if (host >= 128)
		return 1;
	if (host >= 64) {
		end.hi += UINT64_C(1) << (host - 64);
	} else {
		end.lo += UINT64_C(1) << host;
		end.hi += end.lo < e[0].lo;
	}
	if (net->addr.family == 4 ? end.lo > UINT32_MAX : !end.hi && !end.lo)
		return 1;
	e[1] = end;
	return 2;
}

static const struct rep_range *
build_family(struct arena *a, const struct rep_net *nets, uint32_t n,
    uint8_t family, uint32_t *out)
{
	struct edge *edges = arena_xalloc(a, (2 * (size_t)n + 1) *
	    sizeof(*edges));
	struct rep_range *ranges;
	uint32_t n_edges = 0, k = 0;
	uint32_t depth[REP_WHITE + 1] = { 0 };

	for (uint32_t i = 0; i < n; i++)
		if (nets[i].addr.family == family)
			n_edges += put_edges(edges + n_edges, &nets[i]);
	qsort(edges, n_edges, sizeof(*edges), edge_cmp);
	ranges = arena_xalloc(a, ((size_t)n_edges + 1) * sizeof(*ranges));
	for (uint32_t i = 0; i < n_edges; i++) {
		uint8_t lists;

		if (edges[i].step > 0)
			depth[edges[i].list]++;
		else
			depth[edges[i].list]--;
		if (i + 1 < n_edges && !edge_cmp(&edges[i], &edges[i + 1]))
			continue;
		lists = (uint8_t)((depth[REP_BLACK] ? REP_BLACK : 0) |
		    (depth[REP_WHITE] ? REP_WHITE : 0));
		if (k ? ranges[k - 1].lists != lists : lists)
			ranges[k++] = (struct rep_range){ edges[i].hi,
				edges[i].lo, lists };
	}
	*out = k;
	return ranges;
}

size_t
reputation_bytes(size_t n)
{
	return 2 * n * (sizeof(struct edge) + sizeof(struct rep_range));
}

void
reputation_build(struct rep_table *t, struct arena *a,
    const struct rep_net *nets, uint32_t n)
{
	t->v4 = build_family(a, nets, n, 4, &t->n4);
	t->v6 = build_family(a, nets, n, 6, &t->n6);
}

static uint8_t
lists_of(const struct rep_table *t, const struct ipaddr *a)
{
	const struct rep_range *r = a->family == 4 ? t->v4 : t->v6;
	uint32_t lo = 0, hi = a->family == 4 ? t->n4 : t->n6;
	struct edge key = { 0 };

	key_of(a, &key.hi, &key.lo);
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (r[mid].hi < key.hi ||
		    (r[mid].hi == key.hi && r[mid].lo <= key.lo))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? r[lo - 1].lists : 0;
}

/* -- packets --------------------------------------------------------------- */

/* RFC 1918, RFC 4193 and what stays on a link. */
static bool
is_local(const struct ipaddr *a)
{
	const uint8_t *b = a->b;

	if (a->family == 4)
		return b[0] == 10 || (b[0] == 172 && b[1] >> 4 == 1) ||
		    (b[0] == 192 && b[1] == 168) ||
		    (b[0] == 169 && b[1] == 254);
	return b[0] >> 1 == 0xfc >> 1 || (b[0] == 0xfe && b[1] >> 6 == 2);
}

static uint8_t
look_up(const struct reputation_conf *c, const struct ipaddr *a)
{
	if (!a->family || (!c->scan_local && is_local(a)))
		return 0;
	return lists_of(&c->table, a);
}

enum rep_word
reputation_packet(const struct reputation_conf *c, struct packet *p)
{
	const struct pkt_dec *d = &p->dec;
	bool tunnel = d->flags & PKT_TUNNELLED;
	uint8_t lists = 0;

	if (!d->ip_ver)
		return REP_SAYS_NOTHING;
	if (c->nested != REP_OUTER || !tunnel)
		lists |= (uint8_t)(look_up(c, &d->src) | look_up(c, &d->dst));
	if (c->nested != REP_INNER && tunnel)
		lists |= (uint8_t)(look_up(c, &d->outer_src) |
		    look_up(c, &d->outer_dst));
	if (lists == (REP_BLACK | REP_WHITE))
		lists = c->priority_black ? REP_BLACK : REP_WHITE;
	switch (lists) {
	case REP_BLACK:
		pkt_event_add(p, GID, SID_BLACK);
		return REP_SAYS_BLACK;
	case REP_WHITE:
		pkt_event_add(p, GID, SID_WHITE);
		return c->white_trusts ? REP_SAYS_TRUSTED : REP_SAYS_WHITE;
	default:
		return REP_SAYS_NOTHING;
	}
}
