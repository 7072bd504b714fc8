/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/group.h"

#include <stdlib.h>
#include <string.h>

#include "core/hash.h"

enum {
	/* A port list with this many rules keeps a database of its own, shared
	 * by all classes it is in; smaller ones are put together. */
	SHARED_MIN = 512,
	/* A rule is found by address when its list covers at most as much. */
	LISTED_WEIGHT_MAX = 1 << 20,
};

/* Rules that one port set of a side brings in. */
struct ports_rules {
	const struct port_set *ports;
	struct vec32 rules;
};

struct side_build {
	struct ports_rules *sets;
	uint32_t n;
	uint32_t *by_id; /* port set id: index + 1 */
};

struct build {
	struct arena *arena;
	struct prefilter *pf;
	const struct crule *rules;
	const struct detect_conf *conf;
	/* of the set being built */
	struct vec32 any;
	struct side_build dst, src;
	struct {
		struct vec32 rules, by_src, by_dst; /* by_*: places in rules */
	} listed;
	/* bundles made so far in this set, by what they were made of */
	struct made {
		uint64_t key[2];
		const struct bundle *b;
	} *made;
	uint32_t n_made;
};

enum proto_set
group_of(const struct pkt_dec *dec)
{
	switch (dec->l4) {
	case PKT_L4_TCP:
		return SET_TCP;
	case PKT_L4_UDP:
		return SET_UDP;
	case PKT_L4_ICMP4:
	case PKT_L4_ICMP6:
		return SET_ICMP;
	case PKT_L4_NONE:
		break;
	}
	return SET_IP;
}

/*
 * Can the rule's `ip_proto:[!]N` options be true of that protocol number?
 * Names and other comparisons are left to the option itself.
 */
static bool
ip_proto_may(const struct rule *r, int64_t number)
{
	for (unsigned i = 0; i < r->n_opts; i++) {
		struct text arg = text_trim(r->opts[i].arg);
		bool negated = arg.len && arg.ptr[0] == '!';
		int64_t n;

		if (!text_is(r->opts[i].name, "ip_proto"))
			continue;
		if (negated)
			arg = text_trim(text_make(arg.ptr + 1, arg.len - 1));
		if (text_to_i64_auto(arg, 0, 255, &n) &&
		    (n == number) == negated)
			return false;
	}
	return true;
}

static bool
in_set(const struct rule *r, enum proto_set set)
{
	switch (r->proto) {
	case PROTO_TCP:
		return set == SET_TCP;
	case PROTO_UDP:
		return set == SET_UDP;
	case PROTO_ICMP:
		return set == SET_ICMP;
	case PROTO_IP:
		break;
	}
	switch (set) {
	case SET_TCP:
		return ip_proto_may(r, 6);
	case SET_UDP:
		return ip_proto_may(r, 17);
	case SET_ICMP:
		return ip_proto_may(r, 1) || ip_proto_may(r, 58);
	case SET_IP: /* later fragments of any protocol are here */
	case SET_COUNT:
		break;
	}
	return true;
}

/* -- TCP flags a rule insists on -------------------------------------------- */

/*
 * Reads `flags:[+]LETTERS[,MASK]` for a quick refusal; anything else, and
 * anything doubtful, insists on nothing and is left to the option itself.
 */
static bool
flag_of(char c, uint8_t *flag)
{
	static const struct {
		char c;
		uint8_t flag;
	} letters[] = { { 'F', TCP_FIN }, { 'S', TCP_SYN }, { 'R', TCP_RST },
		{ 'P', TCP_PSH }, { 'A', TCP_ACK }, { 'U', TCP_URG },
		{ 'C', TCP_CWR }, { '1', TCP_CWR }, { 'E', TCP_ECE },
		{ '2', TCP_ECE }, { '0', 0 } };

	for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
		if (text_lower(letters[i].c) == text_lower(c)) {
			*flag = letters[i].flag;
			return true;
		}
	}
	return false;
}

static void
flags_hint(const struct rule *r, struct plain_rule *p)
{
	uint8_t set[2] = { 0, 0 }, flag;
	struct text arg = { NULL, 0 };
	unsigned part = 0;
	bool plus;

	for (unsigned i = 0; i < r->n_opts; i++)
		if (text_is(r->opts[i].name, "flags"))
			arg = text_trim(r->opts[i].arg);
	if (!arg.len || r->proto != PROTO_TCP)
		return;
	plus = arg.ptr[0] == '+';
	for (size_t i = plus; i < arg.len; i++) {
		if (flag_of(arg.ptr[i], &flag))
			set[part] |= flag;
		else if (arg.ptr[i] == ',' && part == 0)
			part = 1;
		else if (!text_is_blank(arg.ptr[i]))
			return;
	}
	p->must = set[0];
	p->must_not = plus ? 0 : (uint8_t)~(set[0] | set[1]);
}

static struct plain_rule
plain_make(const struct build *b, uint32_t rule)
{
	struct plain_rule p = { .rule = rule };

	flags_hint(b->rules[rule].rule, &p);
	return p;
}

/* -- where a rule goes ------------------------------------------------------- */

static void
side_add(struct side_build *s, const struct port_set *ports, uint32_t rule)
{
	if (!s->by_id[ports->id]) {
		s->sets = xreallocarray(s->sets, s->n + 1, sizeof(*s->sets));
		s->sets[s->n] = (struct ports_rules){ ports, { NULL, 0, 0 } };
		s->by_id[ports->id] = ++s->n;
	}
	vec32_push(&s->sets[s->by_id[ports->id] - 1].rules, rule);
}

static bool
is_wide(const struct build *b, const struct port_set *p)
{
	return p->any || p->count > b->conf->bleedover_port_limit;
}

/* Rules without a pattern and with a short enough address list. */
static bool
place_listed(struct build *b, uint32_t rule)
{
	const struct rule *r = b->rules[rule].rule;
	uint64_t src = addr_weight(r->src), dst = addr_weight(r->dst);
	bool by_src = src <= dst;
	uint32_t at = b->listed.rules.n;

	if ((by_src ? src : dst) > LISTED_WEIGHT_MAX)
		return false;
	vec32_push(&b->listed.rules, rule);
	if (by_src || r->bidirectional)
		vec32_push(&b->listed.by_src, at);
	if (!by_src || r->bidirectional)
		vec32_push(&b->listed.by_dst, at);
	return true;
}

static void
place(struct build *b, uint32_t rule)
{
	const struct rule *r = b->rules[rule].rule;
	bool ports = r->proto == PROTO_TCP || r->proto == PROTO_UDP;

	if (!prefilter_has(&b->rules[rule]) && place_listed(b, rule))
		return;
	if (!ports || b->conf->single_rule_group ||
	    (is_wide(b, r->dports) && is_wide(b, r->sports))) {
		vec32_push(&b->any, rule);
	} else if (!is_wide(b, r->dports)) {
		side_add(&b->dst, r->dports, rule);
		if (r->bidirectional)
			side_add(&b->src, r->dports, rule);
	} else {
		side_add(&b->src, r->sports, rule);
		if (r->bidirectional)
			side_add(&b->dst, r->sports, rule);
	}
}

/* -- bundles ----------------------------------------------------------------- */

static bool
wants(const struct build *b, uint32_t rule, enum buf_id space)
{
	return prefilter_has(&b->rules[rule]) &&
	    prefilter_space(b->rules[rule].fast.buf) == space;
}

static void
collect(const struct build *b, const struct vec32 *from, enum buf_id space,
    struct vec32 *to)
{
	for (uint32_t i = 0; i < from->n; i++)
		if (wants(b, from->v[i], space))
			vec32_push(to, from->v[i]);
}

/* The bundle of these rules, made once per set; NULL for none. */
static const struct bundle *
bundle_of(struct build *b, struct vec32 *rules, enum buf_id space)
{
	uint64_t key[2];
	size_t bytes = rules->n * sizeof(*rules->v);

	if (!rules->n)
		return NULL;
	qsort(rules->v, rules->n, sizeof(*rules->v), u32_cmp);
	key[0] = hash_fast(rules->v, bytes, space);
	key[1] = hash_fast(rules->v, bytes, ~(uint64_t)space);
	for (uint32_t i = 0; i < b->n_made; i++)
		if (b->made[i].key[0] == key[0] &&
		    b->made[i].key[1] == key[1] &&
		    b->made[i].b->space == space)
			return b->made[i].b;
	b->made = xreallocarray(b->made, b->n_made + 1, sizeof(*b->made));
	b->made[b->n_made] = (struct made){ { key[0], key[1] },
		prefilter_add(b->pf, rules->v, rules->n) };
	return b->made[b->n_made++].b;
}


/* Bundles of a part under construction: at most one of its own and one of
 * each port set's, by space. */
struct bundle_vec {
	const struct bundle **v;
	uint32_t n;
};

static void
bundles_push(struct bundle_vec *l, const struct bundle *b)
{
	if (!b)
		return;
	l->v = xreallocarray(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = b;
}

static void
bundles_take(struct build *b, struct bundle_vec *l, struct rule_part *part)
{
	part->n_bundles = l->n;
	part->bundles = arena_xalloc(b->arena, (l->n + 1) * sizeof(*l->v));
	if (l->n)
		memcpy(part->bundles, l->v, l->n * sizeof(*l->v));
	free(l->v);
}

/* Takes those of the (ascending) rules that have no pattern. */
static void
plain_take(struct build *b, const struct vec32 *rules, struct rule_part *part)
{
	struct plain_rule *v = arena_xalloc(b->arena, (rules->n + 1) *
	    sizeof(*v));

	for (uint32_t i = 0; i < rules->n; i++)
		if (!prefilter_has(&b->rules[rules->v[i]]))
			v[part->n_plain++] = plain_make(b, rules->v[i]);
	part->plain = v;
}

/* The spaces in the order they are scanned: HTTP buffers, then payload. */
static const enum buf_id spaces[] = {
#define SPACE_STD(ID)
#define SPACE_HTTP(ID) BUF_##ID,
#define BUFFER(ID, name, CLASS, help) SPACE_##CLASS(ID)
#include "decoders/app/buffers.def"
#undef BUFFER
	BUF_PAYLOAD,
};

static void
any_build(struct build *b, struct rule_part *part)
{
	struct bundle_vec l = { NULL, 0 };

	for (size_t i = 0; i < ARRAY_LEN(spaces); i++) {
		struct vec32 rules = { NULL, 0, 0 };

		collect(b, &b->any, spaces[i], &rules);
		bundles_push(&l, bundle_of(b, &rules, spaces[i]));
		free(rules.v);
	}
	bundles_take(b, &l, part);
	plain_take(b, &b->any, part);
}

/* -- classes of ports --------------------------------------------------------- */

/* Rules of the class's port sets that are searched for in the space. */
static void
class_collect(const struct build *b, const struct side_build *s,
    const struct vec32 *in, enum buf_id space, struct vec32 *to)
{
	for (uint32_t i = 0; i < in->n; i++)
		collect(b, &s->sets[in->v[i]].rules, space, to);
}

/*
 * Is the payload searched once for the class and the any-any part together?
 * Where the class brings as many literals: then one pass is faster than two,
 * and compiling the any-any part's again costs no more than the class itself.
 */
static bool
class_merges(const struct build *b, const struct side_build *s,
    const struct vec32 *in)
{
	struct vec32 own = { NULL, 0, 0 }, any = { NULL, 0, 0 };
	bool yes;

	class_collect(b, s, in, BUF_PAYLOAD, &own);
	collect(b, &b->any, BUF_PAYLOAD, &any);
	yes = any.n && own.n >= any.n;
	free(own.v);
	free(any.v);
	return yes;
}

/* A class's bundles in one space: with the any-any part, one; without it,
 * large port sets keep a bundle that classes share, small ones make one. */
static void
class_space(struct build *b, struct side_build *s, const struct vec32 *in,
    enum buf_id space, bool with_any, struct bundle_vec *l)
{
	struct vec32 one = { NULL, 0, 0 }, rest = { NULL, 0, 0 };

	if (with_any)
		collect(b, &b->any, space, &rest);
	for (uint32_t i = 0; i < in->n; i++) {
		one.n = 0;
		collect(b, &s->sets[in->v[i]].rules, space, &one);
		if (one.n >= SHARED_MIN && !with_any) {
			bundles_push(l, bundle_of(b, &one, space));
			continue;
		}
		for (uint32_t j = 0; j < one.n; j++)
			vec32_push(&rest, one.v[j]);
	}
	bundles_push(l, bundle_of(b, &rest, space));
	free(one.v);
	free(rest.v);
}

static void
class_build(struct build *b, struct side_build *s, const struct vec32 *in,
    struct rule_part *part)
{
	struct bundle_vec l = { NULL, 0 };
	struct vec32 all = { NULL, 0, 0 };

	part->with_any = class_merges(b, s, in);
	for (size_t i = 0; i < ARRAY_LEN(spaces); i++)
		class_space(b, s, in, spaces[i], part->with_any, &l);
	bundles_take(b, &l, part);
	for (uint32_t i = 0; i < in->n; i++)
		for (uint32_t j = 0; j < s->sets[in->v[i]].rules.n; j++)
			vec32_push(&all, s->sets[in->v[i]].rules.v[j]);
	if (all.n)
		qsort(all.v, all.n, sizeof(uint32_t), u32_cmp);
	plain_take(b, &all, part);
	free(all.v);
}

/* A port set begins or ends at a port. */
struct port_edge {
	uint32_t port, set;
	bool begins;
};

static int
port_edge_cmp(const void *pa, const void *pb)
{
	const struct port_edge *a = pa, *b = pb;

	return a->port < b->port ? -1 : a->port > b->port;
}

struct class_made {
	struct vec32 in; /* indices of the side's sets, ascending */
};

/* The class of exactly these port sets, made when it is new. */
static uint16_t
class_of(struct build *b, struct side_build *s, struct port_side *side,
    struct class_made **made, const struct vec32 *in)
{
	size_t bytes = in->n * sizeof(*in->v);

	for (uint32_t i = 1; i < side->n; i++)
		if ((*made)[i].in.n == in->n &&
		    memcmp((*made)[i].in.v, in->v, bytes) == 0)
			return (uint16_t)i;
	*made = xreallocarray(*made, side->n + 1, sizeof(**made));
	side->classes = xreallocarray(side->classes, side->n + 1,
	    sizeof(*side->classes));
	side->classes[side->n] = (struct rule_part){ .n_plain = 0 };
	(*made)[side->n].in = (struct vec32){ NULL, 0, 0 };
	for (uint32_t i = 0; i < in->n; i++)
		vec32_push(&(*made)[side->n].in, in->v[i]);
	class_build(b, s, in, &side->classes[side->n]);
	return (uint16_t)side->n++;
}

static void
side_build(struct build *b, struct side_build *s, struct port_side *side)
{
	struct class_made *made = xcalloc(1, sizeof(*made));
	struct port_edge *edges;
	bool *on = xcalloc(s->n + 1u, sizeof(*on));
	uint32_t n = 0, n_ranges = 0;

	if (!s->n)
		goto out;
	for (uint32_t i = 0; i < s->n; i++)
		n_ranges += s->sets[i].ports->n;
	edges = xcalloc(n_ranges * 2u + 1, sizeof(*edges));
	for (uint32_t i = 0; i < s->n; i++) {
		const struct port_set *p = s->sets[i].ports;

		for (unsigned j = 0; j < p->n; j++) {
			edges[n++] = (struct port_edge){ p->ranges[j].lo, i,
				true };
			edges[n++] = (struct port_edge){ p->ranges[j].hi + 1u,
				i, false };
		}
	}
	qsort(edges, n, sizeof(*edges), port_edge_cmp);
	side->class_of = arena_xalloc(b->arena, 65536 * sizeof(uint16_t));
	side->classes = xcalloc(1, sizeof(*side->classes));
	side->n = 1;
	for (uint32_t i = 0, at; i < n; i = at) {
		struct vec32 in = { NULL, 0, 0 };
		uint32_t end;
		uint16_t class;

		for (at = i; at < n && edges[at].port == edges[i].port; at++)
			on[edges[at].set] = edges[at].begins;
		end = at < n ? edges[at].port : edges[i].port;
		for (uint32_t j = 0; j < s->n; j++)
			if (on[j])
				vec32_push(&in, j);
		class = in.n ? class_of(b, s, side, &made, &in) : 0;
		for (uint32_t p = edges[i].port; p < end; p++)
			side->class_of[p] = class;
		free(in.v);
	}
	free(edges);
out:
	for (uint32_t i = 1; i < side->n; i++)
		free(made[i].in.v);
	free(made);
	free(on);
}

/* -- rules found by address ---------------------------------------------------- */

static bool
listed_index(struct build *b, const struct vec32 *places, bool by_src,
    struct addr_index *ai)
{
	struct addr_entry *es = xcalloc(places->n + 1u, sizeof(*es));
	bool ok;

	for (uint32_t i = 0; i < places->n; i++) {
		const struct rule *r =
		    b->rules[b->listed.rules.v[places->v[i]]].rule;
		uint64_t src = addr_weight(r->src), dst = addr_weight(r->dst);

		/* a bidirectional rule's shorter list, on either side */
		es[i].set = r->bidirectional ? src <= dst ? r->src : r->dst :
		    by_src ? r->src : r->dst;
		es[i].value = places->v[i];
	}
	ok = addr_index_build(ai, b->arena, es, places->n);
	free(es);
	return ok;
}

static void
listed_build(struct build *b, struct group *g)
{
	uint32_t n = b->listed.rules.n;
	struct plain_rule *v = arena_xalloc(b->arena, (n + 1) * sizeof(*v));

	for (uint32_t i = 0; i < n; i++) {
		v[i] = plain_make(b, b->listed.rules.v[i]);
		for (unsigned f = 0; f < 256; f++)
			if (plain_rule_may(&v[i], (uint8_t)f))
				g->listed_flags[f / 64] |= (uint64_t)1 << f % 64;
	}
	g->listed = v;
	g->n_listed = n;
	if (listed_index(b, &b->listed.by_src, true, &g->by_src) &&
	    listed_index(b, &b->listed.by_dst, false, &g->by_dst))
		return;
	/* lists that overlap this much are walked like any other rule */
	g->by_src = g->by_dst = (struct addr_index){ .n4 = 0 };
	for (uint32_t i = 0; i < n; i++)
		vec32_push(&b->any, b->listed.rules.v[i]);
	qsort(b->any.v, b->any.n, sizeof(*b->any.v), u32_cmp);
}

/* -- all of it ------------------------------------------------------------------ */

static void
side_begin(struct side_build *s, uint32_t n_port_sets)
{
	*s = (struct side_build){ .by_id = xcalloc(n_port_sets + 1u,
	    sizeof(*s->by_id)) };
}

static void
side_end(struct side_build *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		free(s->sets[i].rules.v);
	free(s->sets);
	free(s->by_id);
}

void
groups_build(struct groups *gs, struct arena *arena, struct prefilter *pf,
    const uint32_t *active, uint32_t n, uint32_t n_port_sets,
    const struct detect_conf *conf)
{
	*gs = (struct groups){ .set = { { .n_listed = 0 } } };
	for (unsigned set = 0; set < SET_COUNT; set++) {
		struct build b = { .arena = arena, .pf = pf,
			.rules = pf->rules, .conf = conf };
		struct group *g = &gs->set[set];

		side_begin(&b.dst, n_port_sets);
		side_begin(&b.src, n_port_sets);
		for (uint32_t i = 0; i < n; i++)
			if (in_set(b.rules[active[i]].rule,
			    (enum proto_set)set))
				place(&b, active[i]);
		listed_build(&b, g);
		any_build(&b, &g->any);
		side_build(&b, &b.dst, &g->dst);
		side_build(&b, &b.src, &g->src);
		side_end(&b.dst);
		side_end(&b.src);
		free(b.any.v);
		free(b.listed.rules.v);
		free(b.listed.by_src.v);
		free(b.listed.by_dst.v);
		free(b.made);
	}
}

void
groups_fini(struct groups *gs)
{
	for (unsigned set = 0; set < SET_COUNT; set++) {
		free(gs->set[set].dst.classes);
		free(gs->set[set].src.classes);
	}
}
