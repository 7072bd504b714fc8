/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What segments were found to hold, from their search until they are part of
 * a unit. It stands behind the segment's bytes in its last cell; where there
 * is no room, in a cell more.
 */
#include <string.h>

#include "decoders/track/stream_priv.h"

static_assert(LIM_SEG_HITS * sizeof(struct stream_hit) <= CELL_BYTES,
    "the hits of a segment fit a cell");

/* The place for n bytes at the end of the segment's last cell; NULL: its own
 * bytes reach into it. */
static uint8_t *
cell_end(struct seg *g, size_t n)
{
	uint32_t used = g->off + g->len;
	struct cell *c = g->more;

	if (!c)
		return used + n <= SEG_INLINE ? g->bytes + SEG_INLINE - n :
		    NULL;
	used = used < SEG_INLINE ? 0 : used - SEG_INLINE;
	for (; c->next; c = c->next)
		used = used < CELL_BYTES ? 0 : used - CELL_BYTES;
	return used + n <= CELL_BYTES ? c->bytes + CELL_BYTES - n : NULL;
}

/* The same in a new cell; NULL: no memory. */
static uint8_t *
one_more(struct streams *s, struct seg *g, size_t n)
{
	struct cell **link = &g->more;

	while (*link)
		link = &(*link)->next;
	*link = slab_take_raw(&s->cells);
	if (!*link)
		return NULL;
	(*link)->next = NULL;
	return (*link)->bytes + CELL_BYTES - n;
}

void
stream_scan_note(struct flow *f, const struct packet *p, uint32_t generation,
    const struct stream_hit *hits, unsigned n)
{
	struct streams *s = f->tcp ? f->tcp->streams : NULL;
	struct seg *g = s ? s->newest : NULL;
	size_t bytes = n * sizeof(*hits);
	uint8_t *to = NULL;

	if (!g || g->seq != p->dec.tcp_seq + !!(p->dec.tcp_flags & TCP_SYN) ||
	    g->len != p->dec.payload_len || g->scanned)
		return;
	if (n <= LIM_SEG_HITS)
		to = cell_end(g, bytes);
	if (!to && n <= LIM_SEG_HITS)
		to = one_more(s, g, bytes);
	if (!to) {
		s->ctrs[STREAM_CTR_SCANS_LOST]++;
		return;
	}
	if (n)
		memcpy(to, hits, bytes);
	g->scanned = generation;
	g->n_hits = (uint16_t)n;
}

/* Each hit is a pattern's first one: so what ends in front of a cut is known
 * from it, and what begins behind it is not. */
void
scan_piece(struct stream_scan *scan, const struct seg *g, uint32_t len,
    uint32_t at)
{
	const uint8_t *area = g->bytes + SEG_INLINE;
	uint32_t n = 0;

	if (!g->scanned || scan->n_pieces == LIM_SCAN_PIECES ||
	    g->n_hits > LIM_SCAN_HITS - scan->n_hits)
		return;
	for (const struct cell *c = g->n_hits ? g->more : NULL; c; c = c->next)
		area = c->bytes + CELL_BYTES;
	area -= g->n_hits * sizeof(struct stream_hit);
	for (unsigned i = 0; i < g->n_hits; i++) {
		struct stream_hit hit;

		memcpy(&hit, area + i * sizeof(hit), sizeof(hit));
		if (hit.end > len)
			continue;
		hit.end += at;
		scan->hits[scan->n_hits + n++] = hit;
	}
	scan->n_hits += n;
	scan->pieces[scan->n_pieces++] = (struct stream_piece){ at, at + len,
		g->scanned, n };
}
