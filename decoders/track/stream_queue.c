/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The queue of one side: segments that do not overlap, ordered by sequence
 * number, under a skip list (W. Pugh, 1990): finding a place costs a
 * logarithm of the segments, in whatever order traffic sends them.
 *
 * Overlaps are resolved on entry, by comparing where the new segment and each
 * queued one begin and end, as systems do that keep such a queue.
 */
#include <string.h>

#include "decoders/track/stream_priv.h"

static uint32_t
seg_end(const struct seg *g)
{
	return g->seq + g->len;
}

struct slice
seg_run(const struct seg *g, uint32_t at, struct seg_place *last)
{
	uint32_t pos = g->off + at, n = g->len - at, have;

	if (pos < SEG_INLINE) {
		have = SEG_INLINE - pos;
		return slice_make(g->bytes + pos, n < have ? n : have);
	}
	pos -= SEG_INLINE;
	if (last->seg != g || pos < last->pos)
		*last = (struct seg_place){ g, g->more, 0 };
	for (; pos - last->pos >= CELL_BYTES; last->cell = last->cell->next)
		last->pos += CELL_BYTES;
	pos -= last->pos;
	have = CELL_BYTES - pos;
	return slice_make(last->cell->bytes + pos, n < have ? n : have);
}

struct slice
seg_bytes(const struct streams *s, const struct seg *g, uint32_t at,
    struct seg_place *last)
{
	if (g == s->newest && s->fresh)
		return slice_make(s->fresh + g->off + at, g->len - at);
	return seg_run(g, at, last);
}

void
free_cells(struct streams *s, struct cell **link)
{
	while (*link) {
		struct cell *c = *link;

		*link = c->next;
		slab_give(&s->cells, c);
	}
}

static void
seg_free(struct streams *s, struct seg *g)
{
	if (g->n_more)
		slab_give_chain(&s->cells, g->more, g->last, g->n_more);
	free_cells(s, &g->hits);
	if (s->newest == g)
		s->newest = NULL;
	slab_give(&s->cells, g);
}

/* A segment of its own for the bytes; NULL: no memory. */
static struct seg *
seg_make(struct streams *s, const struct seg_new *n)
{
	struct seg *g = slab_take_raw(&s->cells);
	uint32_t len = n->len, at;

	if (!g)
		return NULL;
	memset(g, 0, offsetof(struct seg, bytes));
	g->seq = n->seq;
	g->origin = n->origin;
	g->fin = n->fin;
	g->len = len;
	g->ts = n->ts;
	g->urgent = n->urgent;
	g->whole = n->whole;
	at = len < SEG_INLINE ? len : SEG_INLINE;
	memcpy(g->bytes, n->bytes, at);
	while (at < len) {
		uint32_t part = len - at < CELL_BYTES ? len - at : CELL_BYTES;
		struct cell *c = slab_take_raw(&s->cells);

		if (!c) {
			seg_free(s, g);
			return NULL;
		}
		c->next = NULL;
		memcpy(c->bytes, n->bytes + at, part);
		*(g->last ? &g->last->next : &g->more) = c;
		g->last = c;
		g->n_more++;
		at += part;
	}
	return g;
}

/* How many levels the next segment rises: one, and more with a chance of an
 * eighth each (xorshift64*, seeded from the process's key). */
static unsigned
next_height(struct streams *s)
{
	unsigned h = 1;
	uint64_t r = s->random;

	r ^= r >> 12;
	r ^= r << 25;
	r ^= r >> 27;
	s->random = r;
	for (r = r * 0x2545f4914f6cdd1du >> 32; h < SEG_LEVELS && !(r & 7);
	    r >>= 3)
		h++;
	return h;
}

/* The last segment that begins below seq; link[i] becomes the link of level i
 * that leads to the first one that does not. */
static struct seg *
seek(struct tcp_side *q, uint32_t seq, struct seg **link[SEG_LEVELS])
{
	struct seg *left = NULL, **row = q->queue->head;

	for (unsigned i = SEG_LEVELS; i-- > 0;) {
		while (row[i] && seq_lt(row[i]->seq, seq)) {
			left = row[i];
			row = left->next;
		}
		link[i] = &row[i];
	}
	return left;
}

struct seg *
queue_before(const struct tcp_side *q, uint32_t seq)
{
	struct seg *left = NULL, *const *row;

	if (!q->n_segs)
		return NULL;
	row = q->queue->head;
	for (unsigned i = SEG_LEVELS; i-- > 0;)
		while (row[i] && seq_lt(row[i]->seq, seq)) {
			left = row[i];
			row = left->next;
		}
	return left;
}

uint32_t
queue_reach(const struct tcp_side *q, uint32_t seq)
{
	const struct seg *g = queue_before(q, seq + 1);

	if (!q->n_segs)
		return seq;
	for (g = g ? g : q->queue->head[0]; g && seq_le(g->seq, seq);
	    g = g->next[0])
		seq = seq_max(seq, seg_end(g));
	return seq;
}

static void
link_in(struct streams *s, struct tcp_side *q, struct seg *g)
{
	struct seg **link[SEG_LEVELS], *tail = q->queue->tail;

	g->height = next_height(s) & SEG_HEIGHTS;
	if (g->height == 1 && tail && !seq_lt(g->seq, seg_end(tail))) {
		tail->next[0] = g; /* in order, and no level to find */
	} else {
		seek(q, g->seq, link);
		for (unsigned i = 0; i < g->height; i++) {
			g->next[i] = *link[i];
			*link[i] = g;
		}
	}
	if (!g->next[0])
		q->queue->tail = g;
	else
		s->ctrs[STREAM_CTR_OUT_OF_ORDER]++;
	q->n_segs++;
	q->queue->n_bytes += g->len;
}

static void
link_out(struct tcp_side *q, struct seg *g)
{
	struct seg **link[SEG_LEVELS], *left = seek(q, g->seq, link);

	for (unsigned i = 0; i < g->height; i++)
		*link[i] = g->next[i];
	if (q->queue->tail == g)
		q->queue->tail = left;
	q->n_segs--;
	q->queue->n_bytes -= g->len;
}

static void
cut_front(struct tcp_side *q, struct seg *g, uint32_t n)
{
	g->seq += n;
	g->off += n;
	g->len -= n;
	g->urgent = g->urgent > n ? (uint16_t)(g->urgent - n) : 0;
	q->queue->n_bytes -= n;
}

static void
cut_back(struct tcp_side *q, struct seg *g, uint32_t n)
{
	g->len -= n;
	g->scanned = 0;
	if (g->urgent > g->len)
		g->urgent = (uint16_t)g->len;
	q->queue->n_bytes -= n;
}

/* Frees cells in front of a segment's first byte. */
static void
free_front(struct streams *s, struct seg *g)
{
	while (g->more && g->off >= SEG_INLINE + CELL_BYTES) {
		struct cell *next = g->more->next;

		slab_give(&s->cells, g->more);
		g->more = next;
		g->n_more--;
		g->off -= CELL_BYTES;
		if (g == s->newest && s->fresh)
			s->fresh += CELL_BYTES;
	}
}

static void
new_front(struct seg_new *n, uint32_t seq)
{
	uint32_t cut = seq - n->seq;

	n->seq = seq;
	n->bytes += cut;
	n->len -= cut;
	n->urgent = n->urgent > cut ? (uint16_t)(n->urgent - cut) : 0;
}

/* Puts bytes that overlap nothing into the queue. */
static bool
put_free(struct streams *s, struct tcp_side *q, const struct seg_new *n)
{
	struct seg *g = seg_make(s, n);

	if (!g)
		return false;
	link_in(s, q, g);
	s->newest = g;
	s->fresh = n->bytes;
	return true;
}

/* Cuts bytes [n->seq, end of n) out of a segment that holds them all, with
 * more before them and behind. */
static bool
split(struct streams *s, struct tcp_side *q, struct seg *g,
    const struct seg_new *n)
{
	uint32_t keep = n->seq - g->seq, from = keep + n->len, at;
	struct seg_new rest = { .seq = g->seq + from,
		.origin = g->seq + from, .bytes = s->room,
		.len = g->len - from, .ts = g->ts };
	struct seg_place last = { NULL, NULL, 0 };

	/* the rest is copied: a segment is no longer than a datagram */
	for (at = from; at < g->len;) {
		struct slice run = seg_run(g, at, &last);

		memcpy(s->room + (at - from), run.ptr, run.len);
		at += (uint32_t)run.len;
	}
	if (rest.len && !put_free(s, q, &rest))
		return false;
	s->fresh = NULL; /* it was this room */
	cut_back(q, g, g->len - keep);
	return true;
}

/* Does N win over S, which begins where what is left of N does or behind? */
static bool
new_wins(const struct seg_new *n, const struct seg *g,
    const struct overlap_rules *rules)
{
	uint32_t end = n->seq + n->len, old_end = seg_end(g);
	int32_t later = seq_diff(g->seq, n->seq);

	if (rules->keeps_extent) {
		later = seq_diff(g->origin, n->origin);
		end += n->fin;
		old_end += g->fin;
	}
	if (later < 0)
		return false;
	if (seq_lt(end, old_end))
		return later ? rules->right_later_new : rules->right_same_new;
	if (later)
		return rules->full_later_new;
	return end == old_end ? rules->full_same_new : rules->full_longer_new;
}

struct queue_result
queue_put(struct streams *s, struct tcp_side *q, struct seg_new n,
    const struct overlap_rules *rules)
{
	struct queue_result r = { 0 };
	struct seg **link[SEG_LEVELS], *left, *right;
	uint32_t end = n.seq + n.len;

	n.origin = n.seq;
	if (q->n_segs && seq_lt(n.seq, seg_end(q->queue->tail))) {
		left = seek(q, n.seq, link);
		right = *link[0];
	} else {
		left = right = NULL;
	}
	if (left && seq_lt(n.seq, seg_end(left))) {
		bool inside = seq_le(end, seg_end(left));

		r.overlaps++;
		if (inside && rules->left_new_inside) {
			if (!split(s, q, left, &n)) {
				r.no_memory = true;
				return r;
			}
		} else if (inside) {
			r.emptied = true;
			return r;
		} else if (rules->left_new) {
			cut_back(q, left, seg_end(left) - n.seq);
		} else {
			new_front(&n, seg_end(left));
		}
	}
	/* each turn takes one segment out, or goes past it */
	while (right && seq_lt(right->seq, end)) {
		struct seg *next = right->next[0];
		bool wins = new_wins(&n, right, rules);

		r.overlaps++;
		if (seq_lt(end, seg_end(right))) {
			if (wins) {
				/* no one stands between: the order holds */
				cut_front(q, right, end - right->seq);
				free_front(s, right);
			} else {
				n.len = right->seq - n.seq;
			}
			break;
		}
		if (wins) {
			link_out(q, right);
			seg_free(s, right);
		} else {
			struct seg_new part = n;

			part.len = right->seq - n.seq;
			part.fin = false;
			if (part.len && !put_free(s, q, &part)) {
				r.no_memory = true;
				return r;
			}
			n.whole = n.whole && !part.len;
			new_front(&n, seg_end(right));
		}
		right = next;
	}
	if (!n.len)
		r.emptied = true;
	else if (!put_free(s, q, &n))
		r.no_memory = true;
	return r;
}

void
queue_done(struct streams *s, struct tcp_session *t, enum flow_side side)
{
	struct tcp_side *q = &t->side[side];
	uint32_t done = seq_min(q->ready, q->acked);

	/* what was missing there is not waited for any more */
	if (queue_drop_below(s, q, done) && !is_frozen(t, side))
		q->expected = seq_max(q->expected, done);
}

bool
queue_has(const struct tcp_side *q, const struct seg_new *n)
{
	uint32_t at, done = 0, end = n->seq + n->len;
	struct seg_place last = { NULL, NULL, 0 };
	struct seg *g;

	if (!q->n_segs || !seq_lt(n->seq, seg_end(q->queue->tail)))
		return false;
	g = queue_before(q, n->seq + 1);
	if (!g || seq_lt(seg_end(g), end))
		return false;
	for (at = n->seq - g->seq; done < n->len;) {
		struct slice run = seg_run(g, at, &last);
		uint32_t part = n->len - done < run.len ? n->len - done :
		    (uint32_t)run.len;

		if (memcmp(run.ptr, n->bytes + done, part) != 0)
			return false;
		done += part;
		at += part;
	}
	if (g->origin == n->seq && seg_end(g) == end)
		g->fin |= n->fin;
	return true;
}

bool
queue_differs(const struct tcp_side *q, uint32_t seq, const uint8_t *bytes,
    uint32_t len)
{
	uint32_t end = seq + len;
	const struct seg *g = queue_before(q, seq + 1);
	struct seg_place last = { NULL, NULL, 0 };

	if (!q->n_segs)
		return false;
	if (!g)
		g = q->queue->head[0];
	for (; g && seq_lt(g->seq, end); g = g->next[0]) {
		uint32_t from = seq_max(g->seq, seq);
		uint32_t to = seq_min(seg_end(g), end);

		while (seq_lt(from, to)) {
			struct slice run = seg_run(g, from - g->seq, &last);
			uint32_t n = to - from < run.len ? to - from :
			    (uint32_t)run.len;

			if (memcmp(run.ptr, bytes + (from - seq), n) != 0)
				return true;
			from += n;
		}
	}
	return false;
}

/* The first segment leaves. */
static void
drop_first(struct streams *s, struct tcp_side *q)
{
	struct seg *g = q->queue->head[0];

	for (unsigned i = 0; i < g->height; i++)
		q->queue->head[i] = g->next[i];
	if (q->queue->tail == g)
		q->queue->tail = NULL;
	q->n_segs--;
	q->queue->n_bytes -= g->len;
	seg_free(s, g);
}

uint32_t
queue_forget_first(struct streams *s, struct tcp_side *q)
{
	const struct seg *g = q->n_segs ? q->queue->head[0] : NULL;
	uint32_t n = g && seq_le(seg_end(g), q->ready) ? g->len : 0;

	if (n)
		drop_first(s, q);
	return n;
}

uint32_t
queue_drop_below(struct streams *s, struct tcp_side *q, uint32_t seq)
{
	uint32_t before;
	struct seg *g;

	if (!q->n_segs)
		return 0;
	before = q->queue->n_bytes;
	while ((g = q->queue->head[0]) && seq_le(seg_end(g), seq))
		drop_first(s, q);
	if (g && seq_lt(g->seq, seq)) {
		cut_front(q, g, seq - g->seq);
		free_front(s, g);
		g->whole = true; /* what is left was not counted yet */
	}
	return before - q->queue->n_bytes;
}

uint32_t
queue_drop_all(struct streams *s, struct tcp_side *q)
{
	uint32_t before;

	if (!q->n_segs)
		return 0;
	before = q->queue->n_bytes;
	while (q->n_segs)
		drop_first(s, q);
	return before;
}

/* The place of a segment's byte, and how many more lie behind it. */
static uint8_t *
seg_place(struct seg *g, uint32_t at, uint32_t *n)
{
	uint32_t pos = g->off + at;
	struct cell *c;

	if (pos < SEG_INLINE) {
		*n = SEG_INLINE - pos;
		return g->bytes + pos;
	}
	pos -= SEG_INLINE;
	for (c = g->more; pos >= CELL_BYTES; c = c->next)
		pos -= CELL_BYTES;
	*n = CELL_BYTES - pos;
	return c->bytes + pos;
}

void
queue_write(struct tcp_side *q, uint32_t seq, const uint8_t *bytes,
    uint32_t len)
{
	uint32_t end = seq + len;
	struct seg *g = queue_before(q, seq + 1);

	if (!g)
		g = q->queue ? q->queue->head[0] : NULL;
	for (; g && seq_lt(g->seq, end); g = g->next[0]) {
		uint32_t from = seq_max(g->seq, seq);
		uint32_t to = seq_min(seg_end(g), end);

		if (seq_lt(from, to))
			g->scanned = 0;
		while (seq_lt(from, to)) {
			uint32_t have, left = to - from;
			uint8_t *at = seg_place(g, from - g->seq, &have);

			if (have > left)
				have = left;
			memcpy(at, bytes + (from - seq), have);
			from += have;
		}
	}
}

bool
queue_conflict(const struct tcp_side *q, uint32_t seq, struct slice s,
    uint32_t *at, struct slice *first)
{
	uint32_t end = seq + (uint32_t)s.len, begin = seq + *at;
	const struct seg *g = queue_before(q, begin + 1);
	struct seg_place last = { NULL, NULL, 0 };

	if (!g)
		g = q->queue ? q->queue->head[0] : NULL;
	for (; g && seq_lt(g->seq, end); g = g->next[0]) {
		uint32_t from = seq_max(g->seq, begin);
		uint32_t to = seq_min(seg_end(g), end);

		while (seq_lt(from, to)) {
			struct slice run = seg_run(g, from - g->seq, &last);

			if (run.len > to - from)
				run.len = to - from;
			if (memcmp(run.ptr, s.ptr + (from - seq), run.len)) {
				*at = from - seq;
				*first = run;
				return true;
			}
			from += (uint32_t)run.len;
		}
	}
	return false;
}
