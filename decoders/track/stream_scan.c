/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What segments were found to hold, from their search until they are part of
 * a unit. It stands behind the segment's bytes in its last cell; where there
 * is no room, in cells more.
 */
#include <string.h>

#include "decoders/track/stream_priv.h"

enum { HITS_PER_CELL = CELL_BYTES / sizeof(struct stream_hit) };

static_assert(LIM_SEG_HITS <= HITS_CELLS * HITS_PER_CELL,
    "cells are reserved for the hits of a segment");
static_assert(LIM_SEG_HITS <= UINT16_MAX, "seg.n_hits");

/* Where the segment's cells go on behind its bytes, and the place at which
 * these end: of the last cell, or of the segment's own room. */
struct tail {
	struct cell **link;
	uint8_t *bytes;
	uint32_t used, size;
};

static struct tail
tail_of(struct seg *g)
{
	struct tail t = { &g->more, g->bytes, g->off + g->len, SEG_INLINE };

	while (t.used > t.size) {
		t.used -= t.size;
		t.size = CELL_BYTES;
		t.bytes = (*t.link)->bytes;
		t.link = &(*t.link)->next;
	}
	return t;
}

static void
drop_cells(struct streams *s, struct cell **link)
{
	while (*link) {
		struct cell *c = *link;

		*link = c->next;
		slab_give(&s->cells, c);
	}
}

/* Writes them to cells more; false: no memory, and there are none. */
static bool
put_cells(struct streams *s, struct cell **link, const struct stream_hit *hits,
    unsigned n)
{
	struct cell **first = link;

	for (unsigned at = 0, part; at < n; at += part) {
		struct cell *c = slab_take_raw(&s->cells);

		if (!c) {
			drop_cells(s, first);
			return false;
		}
		part = n - at < HITS_PER_CELL ? n - at : HITS_PER_CELL;
		memcpy(c->bytes, hits + at, part * sizeof(*hits));
		c->next = NULL;
		*link = c;
		link = &c->next;
	}
	return true;
}

void
stream_scan_note(struct flow *f, const struct packet *p, uint32_t generation,
    const struct stream_hit *hits, unsigned n)
{
	struct streams *s = f->tcp ? f->tcp->streams : NULL;
	struct seg *g = s ? s->newest : NULL;
	size_t bytes = n * sizeof(*hits);
	struct tail t;

	if (!g || g->seq != p->dec.tcp_seq + !!(p->dec.tcp_flags & TCP_SYN) ||
	    g->len != p->dec.payload_len || g->scanned)
		return;
	t = tail_of(g);
	if (n > LIM_SEG_HITS || (t.used + bytes > t.size &&
	    !put_cells(s, t.link, hits, n))) {
		s->ctrs[STREAM_CTR_SCANS_LOST]++;
		return;
	}
	if (n && !*t.link)
		memcpy(t.bytes + t.size - bytes, hits, bytes);
	g->scanned = generation;
	g->n_hits = (uint16_t)n;
}

/* Adds those of the hits that end in the piece, [from, to) of the segment as
 * it was searched, and `at' in the unit. */
static void
add_hits(struct stream_scan *scan, const uint8_t *hits, uint32_t n,
    uint32_t from, uint32_t to, uint32_t at)
{
	for (uint32_t i = 0; i < n; i++) {
		struct stream_hit hit;

		memcpy(&hit, hits + i * sizeof(hit), sizeof(hit));
		if (hit.end > to || (hit.end <= from &&
		    !(hit.what & STREAM_HIT_MORE)))
			continue;
		hit.end = hit.end > from ? at + (hit.end - from) : at;
		scan->hits[scan->n_hits++] = hit;
	}
}

/* Each hit is followed by the pattern's next one, up to the one that says that
 * there may be more: so what lies between cuts is known from them, or is known
 * not to be. */
void
scan_piece(struct stream_scan *scan, struct seg *g, uint32_t from, uint32_t len,
    uint32_t at)
{
	uint32_t left = g->n_hits, before = scan->n_hits;
	uint32_t first = g->seq + from - g->origin;
	struct tail t;

	if (!g->scanned || scan->n_pieces == LIM_SCAN_PIECES ||
	    left > LIM_SCAN_HITS - scan->n_hits)
		return;
	t = tail_of(g);
	if (!*t.link)
		add_hits(scan, t.bytes + t.size - left *
		    sizeof(struct stream_hit), left, first, first + len, at);
	for (const struct cell *c = *t.link; c; c = c->next) {
		uint32_t n = left < HITS_PER_CELL ? left : HITS_PER_CELL;

		add_hits(scan, c->bytes, n, first, first + len, at);
		left -= n;
	}
	scan->pieces[scan->n_pieces++] = (struct stream_piece){ at, at + len,
		g->scanned, scan->n_hits - before };
}
