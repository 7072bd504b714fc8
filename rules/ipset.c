/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address lists: flattened, checked, interned. The nets of each sign are
 * sorted by address and none lies within another, so that the only one that
 * can hold an address is the last one not above it.
 */
#include <stdlib.h>

#include "core/hash.h"
#include "core/xalloc.h"
#include "rules/parse.h"

enum { LINEAR_NETS = 4 }; /* fewer are not worth a binary search */

/* -- look-up -------------------------------------------------------------------- */

static bool
nets_have(const struct ip_net *nets, unsigned n, const struct ipaddr *a)
{
	unsigned lo = 0;

	if (n <= LINEAR_NETS) {
		for (unsigned i = 0; i < n; i++)
			if (ipaddr_in_net(a, &nets[i].addr, nets[i].bits))
				return true;
		return false;
	}
	while (n) {
		unsigned half = n / 2;

		if (memcmp(&nets[lo + half].addr, a, sizeof(*a)) <= 0) {
			lo += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return lo && ipaddr_in_net(a, &nets[lo - 1].addr, nets[lo - 1].bits);
}

bool
ip_set_has(const struct ip_set *s, const struct ipaddr *a)
{
	if (s->any)
		return true;
	if (s->n_positive && !nets_have(s->nets, s->n_positive, a))
		return false;
	return !nets_have(s->nets + s->n_positive, s->n - s->n_positive, a);
}

/* -- parsing --------------------------------------------------------------------- */

struct nets {
	struct ip_net *v;
	unsigned n;
};

struct collected {
	struct nets positive, negated;
	bool any;
};

static void
add_net(struct nets *to, struct ip_net net)
{
	to->v = vec_room(to->v, to->n, sizeof(*to->v));
	to->v[to->n++] = net;
}

/* "24", or "255.255.255.0" for an IPv4 address. */
static bool
parse_bits(struct text t, const struct ipaddr *addr, uint8_t *bits)
{
	int64_t n, max = addr->family == 4 ? 32 : 128;
	struct ipaddr mask, whole;

	if (t.len && t.ptr[0] != '+' && text_to_i64(t, 0, max, &n)) {
		*bits = (uint8_t)n;
		return true;
	}
	if (addr->family != 4 || !ipaddr_parse(t, &mask) || mask.family != 4)
		return false;
	for (n = 0; n < 32 && (mask.b[n / 8] << (n % 8) & 0x80); n++)
		;
	whole = mask;
	ipaddr_mask(&whole, (unsigned)n);
	if (!ipaddr_eq(&whole, &mask))
		return false;
	*bits = (uint8_t)n;
	return true;
}

static bool
take_address(struct list_walk *w, struct text item, bool negated)
{
	struct collected *c = w->arg;
	struct text rest = item, addr = text_trim(text_cut(&rest, '/'));
	struct ip_net net = { .negated = negated };

	if (text_is_nocase(item, "any")) {
		if (negated)
			return list_fail(w, item, "!any matches no address: "
			    "leave the list or the rule out");
		c->any = true;
		return true;
	}
	if (!ipaddr_parse(addr, &net.addr))
		return list_fail(w, item, "'%.*s' is not an address%s",
		    TEXT_ARG(item), memchr(item.ptr, ' ', item.len) ?
		    ": items are separated by commas" : "");
	net.bits = net.addr.family == 4 ? 32 : 128;
	if (rest.ptr && !parse_bits(text_trim(rest), &net.addr, &net.bits))
		return list_fail(w, item, "'%.*s' is not a prefix length%s",
		    TEXT_ARG(rest), net.addr.family == 4 ?
		    " (0-32) or mask" : " (0-128)");
	ipaddr_mask(&net.addr, net.bits);
	add_net(negated ? &c->negated : &c->positive, net);
	return true;
}

static int
by_address(const void *x, const void *y)
{
	const struct ip_net *a = x, *b = y;
	int d = memcmp(&a->addr, &b->addr, sizeof(a->addr));

	return d ? d : (int)a->bits - (int)b->bits;
}

/* Sorts and drops what lies within another. */
static void
tidy(struct nets *s)
{
	unsigned kept = 0;

	if (!s->n)
		return;
	qsort(s->v, s->n, sizeof(*s->v), by_address);
	for (unsigned i = 1; i < s->n; i++) {
		const struct ip_net *last = &s->v[kept];

		if (!ipaddr_in_net(&s->v[i].addr, &last->addr, last->bits))
			s->v[++kept] = s->v[i];
	}
	s->n = kept + 1;
}

/* The negated net that swallows a positive one, NULL if none does. */
static const struct ip_net *
contradiction(const struct collected *c)
{
	for (unsigned i = 0; i < c->positive.n; i++) {
		const struct ip_net *p = &c->positive.v[i];
		const struct ip_net *found = NULL;
		unsigned lo = 0, n = c->negated.n;

		while (n) {
			unsigned half = n / 2;

			if (memcmp(&c->negated.v[lo + half].addr, &p->addr,
			    sizeof(p->addr)) <= 0) {
				lo += half + 1;
				n -= half + 1;
			} else {
				n = half;
			}
		}
		if (lo)
			found = &c->negated.v[lo - 1];
		if (found && found->bits <= p->bits &&
		    ipaddr_in_net(&p->addr, &found->addr, found->bits))
			return p;
	}
	return NULL;
}

/* -- interning ---------------------------------------------------------------------- */

static uint64_t
set_hash(const struct ip_set *s)
{
	uint64_t h = s->any;

	/* field by field: a struct may have padding */
	for (unsigned i = 0; i < s->n; i++) {
		const struct ip_net *net = &s->nets[i];

		h = hash_fast(&net->addr, sizeof(net->addr),
		    h + net->bits + (net->negated ? 256u : 0u));
	}
	return h;
}

static bool
same_set(const void *item, const void *key)
{
	const struct ip_set *a = item, *b = key;

	if (a->any != b->any || a->n != b->n || a->n_positive != b->n_positive)
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (!ipaddr_eq(&a->nets[i].addr, &b->nets[i].addr) ||
		    a->nets[i].bits != b->nets[i].bits)
			return false;
	return true;
}

static const struct ip_set *
intern(struct tree *t, const struct ip_set *s)
{
	uint64_t h = set_hash(s);
	struct ip_set *own = table_find(&t->priv->ip_sets, h, same_set, s);

	if (own)
		return own;
	own = arena_xalloc(&t->arena, sizeof(*own));
	*own = *s;
	own->nets = arena_xdup(&t->arena, s->nets, s->n * sizeof(*s->nets));
	own->id = t->n_ip_sets;
	t->ip_sets = vec_room(t->ip_sets, t->n_ip_sets, sizeof(*t->ip_sets));
	t->ip_sets[t->n_ip_sets++] = own;
	table_add(&t->priv->ip_sets, h, own);
	return own;
}

void
ip_set_start(struct tree *t)
{
	struct ip_set any = { .any = true };
	const struct ip_set *made = intern(t, &any);

	assert(made->id == 0);
	(void)made;
}

static const struct ip_set *
make(struct tree *t, struct collected *c, struct set_error *e)
{
	const struct ip_net *swallowed;
	struct ip_set s = { .any = false };

	tidy(&c->negated);
	if (!c->any && (swallowed = contradiction(c))) {
		char text[IPADDR_TEXT_MAX];

		snprintf(e->message, sizeof(e->message),
		    "%s/%u is in the list and negated in it: it can never "
		    "match, take one of them out",
		    ipaddr_print(&swallowed->addr, text), swallowed->bits);
		e->off = 0;
		return NULL;
	}
	if (!c->positive.n && c->negated.n == 2 && !c->negated.v[0].bits &&
	    !c->negated.v[1].bits) {
		snprintf(e->message, sizeof(e->message),
		    "every address is negated: it can never match");
		e->off = 0;
		return NULL;
	}
	tidy(&c->positive);
	if (c->any)
		c->positive.n = 0;
	s.any = c->any && !c->negated.n;
	s.n_positive = c->positive.n;
	s.n = c->positive.n + c->negated.n;
	for (unsigned i = 0; i < c->negated.n; i++)
		add_net(&c->positive, c->negated.v[i]);
	s.nets = c->positive.v;
	return intern(t, &s);
}

const struct ip_set *
ip_set_parse(struct tree *t, struct text text, unsigned position,
    struct set_error *e)
{
	struct collected c = { .any = false };
	struct list_walk w = { .tree = t, .position = position,
		.item = take_address, .arg = &c };
	const struct ip_set *s;

	s = set_text_find(&t->priv->ip_texts, text, position);
	if (s)
		return s;
	if (list_walk(&w, text)) {
		s = make(t, &c, e);
	} else {
		memcpy(e->message, w.message, sizeof(e->message));
		e->off = w.off;
	}
	free(c.positive.v);
	free(c.negated.v);
	if (s)
		set_text_add(t, &t->priv->ip_texts, text, position, s);
	return s;
}

const struct ip_set *
tree_ip_list(struct tree *t, struct text text, struct loc loc)
{
	struct set_error e = { .message = "" };
	const struct ip_set *s = ip_set_parse(t,
	    arena_xtext(&t->arena, text), t->priv->position, &e);

	if (!s)
		erec_add(&t->errors, EREC_CONFIG, loc_at(loc, e.off), "%s",
		    e.message);
	return s;
}

/* -- printing -------------------------------------------------------------------------- */

static void
print_net(struct buf *b, const struct ip_net *net)
{
	char text[IPADDR_TEXT_MAX];

	if (net->negated)
		buf_putc(b, '!');
	buf_puts(b, ipaddr_print(&net->addr, text));
	if (net->bits != (net->addr.family == 4 ? 32 : 128))
		buf_printf(b, "/%u", net->bits);
}

void
ip_set_print(struct buf *b, const struct ip_set *s)
{
	if (s->any) {
		buf_puts(b, "any");
		return;
	}
	if (s->n != 1)
		buf_putc(b, '[');
	for (unsigned i = 0; i < s->n; i++) {
		if (i)
			buf_putc(b, ',');
		print_net(b, &s->nets[i]);
	}
	if (s->n != 1)
		buf_putc(b, ']');
}
