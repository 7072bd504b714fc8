/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/kept.h"

#include <string.h>

enum {
	/* windows that are closer than this are searched as one: to begin a
	 * search takes as long as to search about as many bytes */
	WINDOW_GAP = 32,
	/* of looking for one literal, in bytes searched for all: what a byte
	 * of it that stands there costs, and how many bytes without cost one */
	ANCHOR_WORK = 4,
	MEMCHR_BYTES = 64,
};

bool
kept_is_any(const struct kept *k)
{
	for (unsigned i = 0; i < k->scan->n_pieces; i++)
		if (k->scan->pieces[i].generation == k->generation)
			return true;
	return false;
}

/* The literal of a slot. */
static const struct fast_pattern *
literal(const struct prefilter *pf, uint32_t slot)
{
	return &pf->rules[pf->slot_rules.v[pf->slot_first.v[slot]]].fast;
}

unsigned
kept_hits(const struct hits *h, const struct prefilter *pf,
    struct stream_hit *out, unsigned room)
{
	unsigned n = 0, places = 0;

	for (uint32_t i = 0; i < h->n; i++)
		places += h->places[h->list[i].nth].n;
	if (h->n > room)
		return h->n;
	for (uint32_t i = 0; i < h->n; i++) {
		const struct hit_places *p = &h->places[h->list[i].nth];
		uint32_t last = places > room ? 0 : p->n - 1;
		bool more = last + 1 < p->n || p->known != UINT32_MAX ||
		    literal(pf, h->list[i].slot)->once;

		for (uint32_t j = 0; j <= last; j++)
			out[n++] = (struct stream_hit){ h->list[i].slot |
				(more && j == last ? STREAM_HIT_MORE : 0),
				p->ends[j] };
	}
	return n;
}

/* -- taking over ------------------------------------------------------------ */

static bool
is_letter(uint8_t c)
{
	c = (uint8_t)text_lower((char)c);
	return c >= 'a' && c <= 'z';
}

static bool
stands_at(struct slice lit, const uint8_t *p)
{
	for (size_t i = 0; i < lit.len; i++)
		if (text_lower((char)lit.ptr[i]) != text_lower((char)p[i]))
			return false;
	return true;
}

/* A byte of it that has one case, or its first. */
static size_t
anchor_of(struct slice lit)
{
	for (size_t i = 0; i < lit.len; i++)
		if (!is_letter(lit.ptr[i]))
			return i;
	return 0;
}

/* The next byte that is c, whatever its case; `end' without. */
static const uint8_t *
next_byte(const uint8_t *p, const uint8_t *end, uint8_t c)
{
	const uint8_t *at = memchr(p, c, (size_t)(end - p));

	if (!is_letter(c))
		return at ? at : end;
	end = at ? at : end;
	at = memchr(p, c ^ 0x20, (size_t)(end - p));
	return at ? at : end;
}

/*
 * Where the literal ends first in payload [from, to), to `end', 0 if nowhere.
 * False: *left, the work that there may be, does not suffice.
 */
static bool
find(struct slice lit, struct slice payload, size_t from, size_t to,
    uint32_t *end, size_t *left)
{
	size_t anchor = anchor_of(lit);
	const uint8_t *p = payload.ptr + from + anchor, *last;

	*end = 0;
	if (to - from < lit.len)
		return true;
	last = payload.ptr + (to - lit.len) + anchor + 1;
	for (; (p = next_byte(p, last, lit.ptr[anchor])) != last; p++) {
		if (*left < lit.len + ANCHOR_WORK)
			return false;
		*left -= lit.len + ANCHOR_WORK;
		if (stands_at(lit, p - anchor)) {
			*end = (uint32_t)(p - anchor - payload.ptr) +
			    (uint32_t)lit.len;
			return true;
		}
	}
	if (*left < (to - from) / MEMCHR_BYTES)
		return false;
	*left -= (to - from) / MEMCHR_BYTES;
	return true;
}

/* A place in the payload, of which others may follow. */
static bool
add(const struct kept *k, struct hits *h, uint32_t slot, size_t len,
    uint32_t end, bool more)
{
	if (k->body_at <= end - len)
		return hits_add(h, slot, end - (uint32_t)k->body_at, more,
		    k->body_scan);
	return hits_add(h, slot, end, more, k->payload_scan);
}

/* Some place of the literal in payload [from, to), if there is one, and one in
 * the body: nothing is known of what lies there. */
static bool
look(const struct kept *k, struct hits *h, uint32_t slot, size_t from,
    size_t to, size_t *left)
{
	const struct fast_pattern *f = literal(k->pf, slot);
	struct slice lit = slice_make(f->ptr, f->len);
	uint32_t end;

	for (;;) {
		if (!find(lit, k->payload, from, to, &end, left))
			return false;
		if (!end)
			return true;
		if (!add(k, h, slot, lit.len, end, true))
			return false;
		if (k->body_at >= to || k->body_at <= end - lit.len)
			return true;
		from = k->body_at;
	}
}

/* A hit of the piece. */
static bool
take(const struct kept *k, struct hits *h, const struct stream_piece *p,
    const struct stream_hit *hit, size_t *left)
{
	uint32_t slot = hit->what & ~STREAM_HIT_MORE;
	bool more = hit->what & STREAM_HIT_MORE;
	size_t len = literal(k->pf, slot)->len, body = k->body_at;

	if (hit->end >= p->from + len) {
		size_t begin = hit->end - len;

		if (!add(k, h, slot, len, hit->end, more))
			return false;
		return !more || begin >= body || body >= p->to ||
		    look(k, h, slot, body > p->from ? body : p->from, p->to,
			left);
	}
	return !more || look(k, h, slot, p->from, p->to, left);
}

bool
kept_take(const struct kept *k, struct hits *h, struct kept_cost *cost)
{
	size_t work = k->payload.len / 2, left = work;
	unsigned at = 0;
	bool ok = true;

	for (unsigned i = 0; i < k->scan->n_pieces && ok; i++) {
		const struct stream_piece *p = &k->scan->pieces[i];
		const struct stream_hit *hits = k->scan->hits + at;

		at += p->n_hits;
		if (p->generation != k->generation)
			continue;
		for (unsigned j = 0; j < p->n_hits && ok; j++)
			ok = take(k, h, p, &hits[j], &left);
	}
	cost->bytes += work - left;
	return ok;
}

/* -- searching the rest ----------------------------------------------------- */

struct window {
	uint32_t from, to;
};

static bool
search_part(const struct kept *k, struct hits *h, const struct bundle *b,
    size_t from, size_t to, bool body, struct kept_cost *cost)
{
	size_t base = body ? k->body_at : 0;

	if (from >= to)
		return true;
	cost->scans++;
	cost->bytes += to - from;
	return hits_scan_part(h, b, slice_make(k->payload.ptr + base,
	    k->payload.len - base), (uint32_t)(from - base),
	    (uint32_t)(to - base), body ? k->body_scan : k->payload_scan);
}

/* What begins in front of the body, and what in it. */
static bool
search(const struct kept *k, struct window w, struct hits *h,
    const struct bundle *b, struct kept_cost *cost)
{
	size_t reach = b->db->longest - 1, body = k->body_at;

	if (body >= w.to)
		return search_part(k, h, b, w.from, w.to, false, cost);
	if (w.from < body && !search_part(k, h, b, w.from, w.to - body > reach ?
	    body + reach : w.to, false, cost))
		return false;
	return search_part(k, h, b, w.from > body ? w.from : body, w.to, true,
	    cost);
}

/*
 * A hit that no piece has lies over the border of one: it begins and ends
 * within the longest literal's length of it. So what is searched is what
 * stands between two pieces, if only their border, and that much around it.
 */
bool
kept_search(const struct kept *k, struct hits *h, const struct bundle *b,
    struct kept_cost *cost)
{
	uint32_t len = (uint32_t)k->payload.len, reach = b->db->longest - 1;
	const struct stream_piece *p = k->scan->pieces;
	const struct stream_piece *end = p + k->scan->n_pieces;
	struct window w = { 0, 0 };
	uint32_t at = 0;

	for (; at < len; p++) {
		bool last = p == end;
		uint32_t to = last ? len : p->from;
		struct window next = { at > reach ? at - reach : 0,
			len - to > reach ? to + reach : len };

		if (!last && p->generation != k->generation)
			continue;
		cost->rescanned += to - at;
		at = last ? len : p->to;
		if (to == 0) /* the first piece begins the unit */
			continue;
		if (next.from > w.to + WINDOW_GAP) {
			if (!search(k, w, h, b, cost))
				return false;
			w = next;
		} else {
			w.to = next.to;
		}
	}
	return search(k, w, h, b, cost);
}
