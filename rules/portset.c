/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port lists: flattened to sorted, disjoint ranges and interned. */
#include <stdlib.h>

#include "core/hash.h"
#include "core/xalloc.h"
#include "rules/parse.h"

enum { PORTS = 65536, LINEAR_RANGES = 8 };

bool
port_set_has(const struct port_set *s, uint16_t port)
{
	unsigned lo = 0, n = s->n;

	if (s->any)
		return true;
	if (n <= LINEAR_RANGES) {
		for (unsigned i = 0; i < n; i++)
			if (port <= s->ranges[i].hi)
				return port >= s->ranges[i].lo;
		return false;
	}
	while (n) {
		unsigned half = n / 2;

		if (s->ranges[lo + half].lo <= port) {
			lo += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return lo && port <= s->ranges[lo - 1].hi;
}

/* -- parsing --------------------------------------------------------------------- */

struct ranges {
	struct port_range *v;
	unsigned n;
};

struct collected {
	struct ranges positive, negated;
};

static void
add_range(struct ranges *to, unsigned lo, unsigned hi)
{
	to->v = vec_room(to->v, to->n, sizeof(*to->v));
	to->v[to->n++] = (struct port_range){ (uint16_t)lo, (uint16_t)hi };
}

static bool
parse_port(struct text t, int64_t *port)
{
	t = text_trim(t);
	return t.len && t.ptr[0] >= '0' && t.ptr[0] <= '9' &&
	    text_to_i64(t, 0, PORTS - 1, port);
}

static bool
take_ports(struct list_walk *w, struct text item, bool negated)
{
	struct collected *c = w->arg;
	struct text rest = item, first = text_cut(&rest, ':');
	int64_t lo = 0, hi = PORTS - 1;

	if (text_is_nocase(item, "any")) {
		if (negated)
			return list_fail(w, item, "!any matches no port: "
			    "leave the list or the rule out");
		add_range(&c->positive, 0, PORTS - 1);
		return true;
	}
	if (!text_trim(first).len && !text_trim(rest).len)
		return list_fail(w, item, "a port is missing here");
	if (text_trim(first).len && !parse_port(first, &lo))
		return list_fail(w, first, "'%.*s' is not a port (0-65535)",
		    TEXT_ARG(first));
	if (!rest.ptr)
		hi = lo;
	else if (text_trim(rest).len && !parse_port(rest, &hi))
		return list_fail(w, rest, "'%.*s' is not a port (0-65535)",
		    TEXT_ARG(rest));
	if (lo > hi)
		return list_fail(w, item, "the range %.*s is upside down: "
		    "write %.*s:%.*s", TEXT_ARG(item),
		    TEXT_ARG(text_trim(rest)), TEXT_ARG(text_trim(first)));
	add_range(negated ? &c->negated : &c->positive, (unsigned)lo,
	    (unsigned)hi);
	return true;
}

static int
by_port(const void *x, const void *y)
{
	const struct port_range *a = x, *b = y;

	return (int)a->lo - (int)b->lo;
}

/* Sorts and joins what overlaps or touches. */
static void
tidy(struct ranges *s)
{
	unsigned kept = 0;

	if (!s->n)
		return;
	qsort(s->v, s->n, sizeof(*s->v), by_port);
	for (unsigned i = 1; i < s->n; i++) {
		struct port_range *last = &s->v[kept];

		if ((unsigned)s->v[i].lo > last->hi + 1u)
			s->v[++kept] = s->v[i];
		else if (s->v[i].hi > last->hi)
			last->hi = s->v[i].hi;
	}
	s->n = kept + 1;
}

/* What is in `of` and not in `without`; both tidy. */
static struct ranges
subtract(const struct ranges *of, const struct ranges *without)
{
	struct ranges out = { .n = 0 };
	unsigned k = 0;

	for (unsigned i = 0; i < of->n; i++) {
		unsigned lo = of->v[i].lo, hi = of->v[i].hi;

		while (k < without->n && without->v[k].hi < lo)
			k++;
		for (unsigned j = k; j < without->n && lo <= hi; j++) {
			if (without->v[j].lo > hi)
				break;
			if (without->v[j].lo > lo)
				add_range(&out, lo, without->v[j].lo - 1u);
			lo = without->v[j].hi + 1u;
		}
		if (lo <= hi)
			add_range(&out, lo, hi);
	}
	return out;
}

/* -- interning ---------------------------------------------------------------------- */

static uint64_t
set_hash(const struct port_set *s)
{
	return hash_fast(s->ranges, s->n * sizeof(*s->ranges), s->n);
}

static bool
same_set(const void *item, const void *key)
{
	const struct port_set *a = item, *b = key;

	return a->n == b->n &&
	    memcmp(a->ranges, b->ranges, a->n * sizeof(*a->ranges)) == 0;
}

static const struct port_set *
intern(struct tree *t, const struct ranges *r)
{
	struct port_set s = { .n = r->n, .ranges = r->v };
	uint64_t h = set_hash(&s);
	struct port_set *own = table_find(&t->priv->port_sets, h, same_set,
	    &s);

	if (own)
		return own;
	for (unsigned i = 0; i < r->n; i++)
		s.count += r->v[i].hi - r->v[i].lo + 1u;
	s.any = s.count == PORTS;
	s.ranges = arena_xdup(&t->arena, r->v, r->n * sizeof(*r->v));
	s.id = t->n_port_sets;
	own = arena_xdup(&t->arena, &s, sizeof(s));
	t->port_sets = vec_room(t->port_sets, t->n_port_sets,
	    sizeof(*t->port_sets));
	t->port_sets[t->n_port_sets++] = own;
	table_add(&t->priv->port_sets, h, own);
	return own;
}

static struct port_range every_port = { 0, PORTS - 1 };

void
port_set_start(struct tree *t)
{
	const struct port_set *made = intern(t,
	    &(struct ranges){ &every_port, 1 });

	assert(made->any && made->id == 0);
	(void)made;
}

const struct port_set *
port_set_parse(struct tree *t, struct text text, unsigned position,
    struct set_error *e)
{
	struct collected c = { .positive.n = 0 };
	struct list_walk w = { .tree = t, .position = position,
		.item = take_ports, .arg = &c };
	struct ranges result = { .n = 0 };
	const struct port_set *s;

	s = set_text_find(&t->priv->port_texts, text, position);
	if (s)
		return s;
	if (list_walk(&w, text)) {
		if (!c.positive.n)
			add_range(&c.positive, 0, PORTS - 1);
		tidy(&c.positive);
		tidy(&c.negated);
		result = subtract(&c.positive, &c.negated);
		if (result.n) {
			s = intern(t, &result);
		} else {
			snprintf(e->message, sizeof(e->message),
			    "no port is left of the list: it can never match");
			e->off = 0;
		}
	} else {
		memcpy(e->message, w.message, sizeof(e->message));
		e->off = w.off;
	}
	free(c.positive.v);
	free(c.negated.v);
	free(result.v);
	if (s)
		set_text_add(t, &t->priv->port_texts, text, position, s);
	return s;
}

const struct port_set *
tree_port_list(struct tree *t, struct text text, struct loc loc)
{
	struct set_error e = { .message = "" };
	const struct port_set *s = port_set_parse(t,
	    arena_xtext(&t->arena, text), t->priv->position, &e);

	if (!s)
		erec_add(&t->errors, EREC_CONFIG, loc_at(loc, e.off), "%s",
		    e.message);
	return s;
}

/* -- printing -------------------------------------------------------------------------- */

static void
print_range(struct buf *b, bool negated, unsigned lo, unsigned hi)
{
	if (negated)
		buf_putc(b, '!');
	if (lo == hi) {
		buf_putu(b, lo);
		return;
	}
	if (lo)
		buf_putu(b, lo);
	buf_putc(b, ':');
	if (hi < PORTS - 1)
		buf_putu(b, hi);
}

void
port_set_print(struct buf *b, const struct port_set *s)
{
	/* what is missing, where that is what the author will have written */
	bool negated = !s->any && s->ranges[0].lo == 0 &&
	    s->ranges[s->n - 1].hi == PORTS - 1;
	unsigned n = negated ? s->n - 1 : s->n;

	if (s->any) {
		buf_puts(b, "any");
		return;
	}
	if (n != 1)
		buf_putc(b, '[');
	for (unsigned i = 0; i < n; i++) {
		if (i)
			buf_putc(b, ',');
		if (negated)
			print_range(b, true, s->ranges[i].hi + 1u,
			    s->ranges[i + 1].lo - 1u);
		else
			print_range(b, false, s->ranges[i].lo,
			    s->ranges[i].hi);
	}
	if (n != 1)
		buf_putc(b, ']');
}
