/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What segments were found to hold, from their search until they are part of
 * a unit. It stands behind the bytes of a short segment in its last cell;
 * where there is no room, and for longer ones, in cells of its own.
 */
#include <string.h>

#include "decoders/track/stream_priv.h"

enum {
	HITS_PER_CELL = CELL_BYTES / sizeof(struct stream_hit),
	HITS_MASK = 0x7ff, /* of seg.n_hits */
	SHORT_BYTES = SEG_INLINE + 4 * CELL_BYTES,
};

static_assert(LIM_SEG_HITS <= HITS_CELLS * HITS_PER_CELL,
    "cells are reserved for the hits of a segment");
static_assert((int)LIM_SEG_HITS <= (int)HITS_MASK, "seg.n_hits");

/* The end of the short segment's last cell, and the bytes that it has left. */
static uint8_t *
cell_end(struct seg *g, uint32_t *left)
{
	uint32_t used = g->off + g->len, size = SEG_INLINE;
	uint8_t *end = g->bytes + SEG_INLINE;

	for (struct cell *c = g->more; c; c = c->next) {
		used = used < size ? 0 : used - size;
		size = CELL_BYTES;
		end = c->bytes + CELL_BYTES;
	}
	*left = used < size ? size - used : 0;
	return end;
}

/* Writes them to cells of their own; false: no memory, and there are none. */
static bool
put_cells(struct streams *s, struct seg *g, const struct stream_hit *hits,
    unsigned n)
{
	struct cell **link = &g->hits;

	for (unsigned at = 0, part; at < n; at += part) {
		struct cell *c = slab_take_raw(&s->cells);

		if (!c) {
			free_cells(s, &g->hits);
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

static bool
put_hits(struct streams *s, struct seg *g, const struct stream_hit *hits,
    unsigned n)
{
	size_t bytes = n * sizeof(*hits);
	uint32_t left = 0;
	uint8_t *end = NULL;

	if (!n)
		return true;
	if (g->off + g->len <= SHORT_BYTES)
		end = cell_end(g, &left);
	if (bytes > left)
		return put_cells(s, g, hits, n);
	memcpy(end - bytes, hits, bytes);
	return true;
}

void
stream_scan_note(struct flow *f, const struct packet *p, uint32_t generation,
    const struct stream_hit *hits, unsigned n)
{
	struct streams *s = f->tcp ? f->tcp->streams : NULL;
	struct seg *g = s ? s->newest : NULL;

	if (!g || g->seq != p->dec.tcp_seq + !!(p->dec.tcp_flags & TCP_SYN) ||
	    g->len != p->dec.payload_len || g->scanned)
		return;
	if (n > LIM_SEG_HITS || !put_hits(s, g, hits, n)) {
		s->ctrs[STREAM_CTR_SCANS_LOST]++;
		return;
	}
	g->scanned = generation;
	g->n_hits = n & HITS_MASK;
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
	uint32_t left = g->n_hits, before = scan->n_hits, none;
	uint32_t first = g->seq + from - g->origin;

	if (!g->scanned || scan->n_pieces == LIM_SCAN_PIECES ||
	    left > LIM_SCAN_HITS - scan->n_hits)
		return;
	if (left && !g->hits)
		add_hits(scan, cell_end(g, &none) - left *
		    sizeof(struct stream_hit), left, first, first + len, at);
	for (const struct cell *c = g->hits; c; c = c->next) {
		uint32_t n = left < HITS_PER_CELL ? left : HITS_PER_CELL;

		add_hits(scan, c->bytes, n, first, first + len, at);
		left -= n;
	}
	scan->pieces[scan->n_pieces++] = (struct stream_piece){ at, at + len,
		g->scanned, scan->n_hits - before };
}
