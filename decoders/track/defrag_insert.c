/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking one fragment in, as frag3 of Snort 2.9 does: what is wrong with it,
 * and who wins where it overlaps what is held. "Keep" below: what came first
 * stays.
 *
 *	            begins before the     begins in it, ends   begins in it, ends
 *	            new one (left)        behind it (partial)  within it (full)
 *	first       keep                  keep                 keep
 *	last        new                   new                  new
 *	bsd         keep                  new, but keep at     new if it begins
 *	                                  the same offset      before, else keep
 *	bsd-right   new, but keep when    keep                 new
 *	            it ends behind
 *	linux       keep                  new                  new
 *	windows     keep                  keep                 new if it begins
 *	                                                       before, ends behind
 *	solaris     keep                  keep                 new if it begins
 *	                                                       before
 */
#include "core/limits.h"
#include "decoders/track/defrag_int.h"

enum { FRAG_UNIT = 8 };

/* What is left to place of the fragment on its way in. */
struct piece {
	struct defrag *d;
	struct frag_tracker *t;
	struct packet *p;
	struct slice data; /* all of the fragment */
	int32_t start, end; /* in the datagram */
	/* how much of data is cut off its front and its tail */
	int32_t slide, trunc;
	bool more;
	bool said_overlap;
};

static int32_t
size_of(const struct piece *n)
{
	return (int32_t)n->data.len - n->slide - n->trunc;
}

static int32_t
end_of(const struct frag_node *s)
{
	return (int32_t)(s->off + s->len);
}

static void
anomaly(const struct piece *n, uint32_t sid)
{
	if (n->t->anomalies)
		frag_event(n->d, n->p, sid);
}

static void
overlapped(struct piece *n)
{
	n->t->overlaps++;
	n->d->ctrs[DEFRAG_CTR_OVERLAPS]++;
}

static void
cut_front(struct frag_tracker *t, struct frag_node *s, uint32_t by)
{
	s->off += by;
	s->skip += by;
	s->len -= by;
	t->bytes -= by;
}

static void
cut_tail(struct frag_tracker *t, struct frag_node *s, uint32_t by)
{
	s->len -= by;
	t->bytes -= by;
}

/* A piece that is cut to (almost) nothing. One that would be less is not: it
 * was cut twice, and is no fragment. */
static void
check_tiny(const struct piece *n)
{
	int32_t size = size_of(n);

	if (n->more && size >= 0 && (uint32_t)size <= n->t->min_length &&
	    n->t->min_length)
		anomaly(n, SID_FRAG_TINY);
}

/* Stores the piece behind `left`. False: no room, and the datagram is given
 * up. */
static bool
store(struct piece *n, struct frag_node *left)
{
	struct frag_tracker *t = n->t;
	struct cursor c = cur_make(n->data.ptr, n->data.len);
	int32_t size = size_of(n);

	if (n->start + size > DATAGRAM_MAX)
		size = DATAGRAM_MAX - n->start;
	if (size <= 0 || !cur_skip(&c, (size_t)n->slide))
		return true;
	if (t->n_nodes >= LIM_FRAGS) {
		n->d->ctrs[DEFRAG_CTR_TOO_MANY]++;
		n->d->points |= POLICY_BIT(POLICY_DEFRAG_FRAGMENTS);
		frag_poison(n->d, t);
		return false;
	}
	if (!frag_make_room(n->d, t, (size_t)size) ||
	    !frag_node_add(&n->d->pool, t, left, (uint32_t)n->start,
	        slice_make(c.p, (size_t)size))) {
		frag_no_room(n->d);
		frag_poison(n->d, t);
		return false;
	}
	return true;
}

/* -- the left neighbour ------------------------------------------------------- */

static bool
keeps_left(enum frag_policy policy, const struct piece *n,
    const struct frag_node *left)
{
	switch (policy) {
	case FRAG_FIRST:
	case FRAG_BSD:
	case FRAG_LINUX:
	case FRAG_WINDOWS:
	case FRAG_SOLARIS:
		return true;
	case FRAG_BSD_RIGHT:
		return end_of(left) >= n->end;
	case FRAG_LAST:
		return false;
	}
	return true;
}

/* A last fragment that overlaps what is held and ends elsewhere than the
 * datagram is the attack of that name. */
static bool
is_teardrop(const struct piece *n)
{
	const struct frag_tracker *t = n->t;
	int32_t highest = (int32_t)t->highest;

	return !n->more && (n->end < highest ||
	    (n->end > highest && t->got_last));
}

/* False: nothing is left of the new one, or it is not to be used. */
static bool
meet_left(struct piece *n, struct frag_node *left)
{
	struct frag_tracker *t = n->t;
	int32_t overlap;

	if (!left || end_of(left) <= n->start)
		return true;
	overlapped(n);
	if (is_teardrop(n)) {
		frag_event(n->d, n->p, SID_FRAG_TEARDROP);
		frag_poison(n->d, t);
		return false;
	}
	overlap = end_of(left) - n->start;
	if (keeps_left((enum frag_policy)t->policy, n, left)) {
		n->slide = overlap;
		n->start += overlap;
		if (n->start > n->end) {
			anomaly(n, SID_FRAG_NEGATIVE);
			return false;
		}
		return true;
	}
	if (end_of(left) > n->end) {
		/* the new one goes in the middle of it */
		if (!frag_make_room(n->d, t, 0) ||
		    !frag_node_split(&n->d->pool, t, left,
		        (uint32_t)n->end - left->off)) {
			frag_no_room(n->d);
			frag_poison(n->d, t);
			return false;
		}
	}
	cut_tail(t, left, (uint32_t)overlap);
	return true;
}

/* -- those to the right --------------------------------------------------------- */

/* One that ends behind the new one. False: nothing is left of that. */
static bool
meet_partial(struct piece *n, struct frag_node *right)
{
	int32_t overlap = n->end - (int32_t)right->off;

	switch ((enum frag_policy)n->t->policy) {
	case FRAG_BSD:
		if ((int32_t)right->off == n->start) {
			n->trunc = overlap;
			return size_of(n) > 0;
		}
		cut_front(n->t, right, (uint32_t)overlap);
		break;
	case FRAG_LAST:
	case FRAG_LINUX:
		cut_front(n->t, right, (uint32_t)overlap);
		break;
	case FRAG_FIRST:
	case FRAG_BSD_RIGHT:
	case FRAG_WINDOWS:
	case FRAG_SOLARIS:
		n->trunc = overlap;
		break;
	}
	return true;
}

/* Does a held fragment that ends within the new one give way to it? */
static bool
gives_way(enum frag_policy policy, const struct piece *n,
    const struct frag_node *s)
{
	bool before = n->start < (int32_t)s->off;

	switch (policy) {
	case FRAG_FIRST:
		return false;
	case FRAG_WINDOWS:
		return before && n->end > end_of(s);
	case FRAG_BSD:
	case FRAG_SOLARIS:
		return before;
	case FRAG_LAST:
	case FRAG_BSD_RIGHT:
	case FRAG_LINUX:
		return true;
	}
	return false;
}

/*
 * Stores what stands before a fragment that is kept, and goes on behind it.
 * What remains begins in the data as far in as the kept one's end is from
 * `start`, not from where the fragment began: so a piece that had lost its
 * front before is out of place from here on (observed with Snort 2.9.19, and
 * visible in the events that follow; kept, so that the payload is the one
 * Snort's rules see). False: nothing is left.
 */
static bool
split_around(struct piece *n, struct frag_node *kept, struct frag_node *left)
{
	n->trunc = n->end - (int32_t)kept->off;
	if (size_of(n) < 0)
		return false;
	check_tiny(n);
	if (!store(n, left))
		return false;
	n->trunc = 0;
	n->slide = end_of(kept) - n->start;
	n->start = end_of(kept);
	return true;
}

/* False: nothing is left to store; else *left is what it goes behind. */
static bool
meet_right(struct piece *n, struct frag_node **left, struct frag_node *right)
{
	struct frag_node *s, *next;

	for (s = right; s && (int32_t)s->off < n->end; s = next) {
		next = s->next;
		overlapped(n);
		if (end_of(s) > n->end)
			return meet_partial(n, s);
		if (!n->said_overlap)
			anomaly(n, SID_FRAG_OVERLAP);
		n->said_overlap = true;
		if (gives_way((enum frag_policy)n->t->policy, n, s)) {
			frag_node_drop(&n->d->pool, n->t, s);
			continue;
		}
		if (end_of(s) == n->end) {
			n->trunc = n->end - (int32_t)s->off;
			return size_of(n) > 0;
		}
		if (!split_around(n, s, *left))
			return false;
		*left = s;
	}
	return true;
}

/* -- the fragment by itself -------------------------------------------------------- */

/* The last of those that begin before `start`, NULL: none. From the nearer
 * end: fragments mostly come in order, or in reverse. */
static struct frag_node *
find_left(const struct frag_tracker *t, int32_t start)
{
	struct frag_node *s = t->tail;

	if (!s || (int32_t)t->head->off >= start)
		return NULL;
	if (start > (int32_t)(s->off - t->head->off) / 2) {
		while (s && (int32_t)s->off >= start)
			s = s->prev;
		return s;
	}
	for (s = t->head; s->next && (int32_t)s->next->off < start;)
		s = s->next;
	return s;
}

/* IP options: those that are copied into every fragment (RFC 791) should be
 * the same in all but the first. Snort compares their number. */
static void
check_options(const struct piece *n, const struct frag_in *f)
{
	const struct packet *p = n->p;
	struct frag_tracker *t = n->t;

	if (f->version != 4 || f->ip_off != p->dec.ip_off || !f->offset)
		return;
	if (t->n_options) {
		if (t->n_options != p->dec.n_ip4_opts)
			anomaly(n, SID_FRAG_OPTIONS);
		return;
	}
	t->n_options = p->dec.n_ip4_opts;
	for (unsigned i = 0; i < p->dec.n_ip4_opts; i++)
		if (!(p->ip4_opts[i].kind & 0x80))
			anomaly(n, SID_FRAG_OPTIONS);
}

/* Sizes that cannot be; false: the fragment is not used. One that comes first
 * raises nothing, as in Snort. */
static bool
check_size(struct piece *n, bool is_new)
{
	struct frag_tracker *t = n->t;

	if (n->more && n->data.len % FRAG_UNIT) {
		if (!is_new)
			frag_event(n->d, n->p, SID_FRAG_SHORT);
		n->data.len -= n->data.len % FRAG_UNIT;
	}
	n->end = n->start + (int32_t)n->data.len;
	if (!n->data.len) {
		if (!is_new)
			anomaly(n, SID_FRAG_ZERO);
		return false;
	}
	if (n->end > DATAGRAM_MAX) {
		if (!is_new)
			frag_event(n->d, n->p, SID_FRAG_TOO_FAR);
		if (!n->more) {
			/* the datagram's end, all the same: it will never be
			 * whole */
			t->got_last = true;
			t->total = (uint32_t)n->end;
		}
		return false;
	}
	if (n->more && t->got_last && (uint32_t)n->end > t->total) {
		frag_event(n->d, n->p, SID_FRAG_BEYOND_END);
		return false;
	}
	return true;
}

/* A fragment without MF says where the datagram ends; the furthest counts.
 * Solaris appends a second one that ends further out. */
static void
note_end(struct piece *n)
{
	struct frag_tracker *t = n->t;

	if (n->more)
		return;
	if (t->got_last && t->policy == FRAG_SOLARIS &&
	    n->end > (int32_t)t->total &&
	    t->total + n->data.len <= DATAGRAM_MAX) {
		n->start = (int32_t)t->total;
		n->end = n->start + (int32_t)n->data.len;
	}
	if (!t->got_last || (uint32_t)n->end > t->total)
		t->total = (uint32_t)n->end;
	if (t->total < t->highest)
		t->total = t->highest;
}

enum frag_insert_result
frag_insert(struct defrag *d, struct frag_tracker *t, const struct frag_in *f,
    struct packet *p, bool is_new)
{
	struct piece n = { .d = d, .t = t, .p = p, .data = f->data,
		.start = (int32_t)f->offset, .more = f->more };
	struct frag_node *left;
	bool any;

	check_options(&n, f);
	if (!check_size(&n, is_new)) {
		d->ctrs[DEFRAG_CTR_BAD]++;
		return FRAG_REFUSED;
	}
	note_end(&n);
	left = find_left(t, n.start);
	any = meet_left(&n, left);
	if (t->bad)
		return FRAG_REFUSED;
	if (any) {
		/* once more: what was split stands behind it now */
		any = meet_right(&n, &left, left ? left->next : t->head);
		if (t->bad)
			return FRAG_REFUSED;
	}
	if (!f->offset)
		t->got_first = true;
	if (!f->more)
		t->got_last = true;
	if ((uint32_t)n.end > t->highest)
		t->highest = (uint32_t)n.end;
	if (!any)
		return FRAG_STORED;
	if (!is_new)
		check_tiny(&n);
	if (t->overlap_limit && t->overlaps > t->overlap_limit) {
		anomaly(&n, SID_FRAG_OVERLAP_LIMIT);
		return FRAG_STORED;
	}
	return store(&n, left) ? FRAG_STORED : FRAG_REFUSED;
}
