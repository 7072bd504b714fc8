/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/kept.h"

/* Windows that are closer than this are searched as one: to begin a search
 * takes as long as to search about as many bytes. */
enum { WINDOW_GAP = 32 };

size_t
kept_bytes(const struct kept *k)
{
	size_t n = 0;

	for (unsigned i = 0; i < k->scan->n_pieces; i++)
		if (k->scan->pieces[i].generation == k->generation)
			n += k->scan->pieces[i].to - k->scan->pieces[i].from;
	return n;
}

unsigned
kept_hits(const struct hits *h, struct stream_hit *out, unsigned room)
{
	unsigned n = 0, places = 0;

	for (uint32_t i = 0; i < h->n; i++)
		places += h->places[h->list[i].nth].n;
	if (h->n > room)
		return h->n;
	for (uint32_t i = 0; i < h->n; i++) {
		const struct hit_places *p = &h->places[h->list[i].nth];
		uint32_t last = places > room ? 0 : p->n - 1;
		bool more = last + 1 < p->n || p->known != UINT32_MAX;

		for (uint32_t j = 0; j <= last; j++)
			out[n++] = (struct stream_hit){ h->list[i].slot |
				(more && j == last ? KEPT_MORE : 0),
				p->ends[j] };
	}
	return n;
}

bool
kept_take(const struct kept *k, struct hits *h, uint32_t scan)
{
	unsigned at = 0;

	for (unsigned i = 0; i < k->scan->n_pieces; i++) {
		const struct stream_piece *p = &k->scan->pieces[i];
		const struct stream_hit *hits = k->scan->hits + at;

		at += p->n_hits;
		if (p->generation != k->generation)
			continue;
		for (unsigned j = 0; j < p->n_hits; j++)
			if (!hits_add(h, hits[j].what & ~KEPT_MORE, hits[j].end,
			    hits[j].what & KEPT_MORE, scan))
				return false;
	}
	return true;
}

struct window {
	uint32_t from, to;
};

static bool
search(struct window w, struct hits *h, const struct bundle *b,
    struct slice s, uint32_t scan, struct kept_cost *cost)
{
	if (w.from == w.to)
		return true;
	cost->scans++;
	cost->bytes += w.to - w.from;
	return hits_scan_part(h, b, s, w.from, w.to, scan);
}

/*
 * A hit that no piece has lies over the border of one: it begins and ends
 * within the longest literal's length of it. So what is searched is what
 * stands between two pieces, if only their border, and that much around it.
 */
bool
kept_search(const struct kept *k, struct hits *h, const struct bundle *b,
    struct slice s, uint32_t scan, struct kept_cost *cost)
{
	uint32_t len = (uint32_t)s.len, reach = b->db->longest - 1, at = 0;
	const struct stream_piece *p = k->scan->pieces;
	const struct stream_piece *end = p + k->scan->n_pieces;
	struct window w = { 0, 0 };

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
			if (!search(w, h, b, s, scan, cost))
				return false;
			w = next;
		} else {
			w.to = next.to;
		}
	}
	return search(w, h, b, s, scan, cost);
}
