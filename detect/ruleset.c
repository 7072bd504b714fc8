/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/ruleset.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/hash.h"
#include "core/xalloc.h"
#include "decoders/events.h"
#include "detect/hscache.h"
#include "detect/option.h"

enum {
	SLICE = 64,       /* rules a thread takes at a time */
	THREADS_MAX = 64,
	GID_TAG = 2, SID_TAG = 1,
};

struct detect_conf
detect_conf_default(void)
{
	static const enum rule_action order[] = { ACTION_PASS, ACTION_DROP,
		ACTION_SDROP, ACTION_REJECT, ACTION_ALERT, ACTION_LOG };
	struct detect_conf c = {
		.opt = {
			.pcre_match_limit = 1500,
			.pcre_match_limit_recursion = 1500,
			.asn1_max_nodes = 256,
		},
		.max_queue = 8,
		.log = 3,
		.order_events = ORDER_CONTENT_LENGTH,
		.max_queue_events = 5,
		.bleedover_port_limit = 1024,
		.threshold_memcap = 1 << 20,
		.rate_filter_memcap = 1 << 20,
		.detection_filter_memcap = 1 << 20,
		.tagged_packet_limit = 256,
		.ppm = ppm_default(),
		.flowbits_size = FLOWBITS_DEFAULT,
		.n_order = ARRAY_LEN(order),
	};

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		c.order[i] = (uint16_t)order[i];
	return c;
}

/* -- which rules ------------------------------------------------------------- */

/* Rules of the tree that are to be compiled, in order, one per gid:sid. */
struct chosen {
	const struct rule **rules;
	uint32_t n;
};

struct id_table {
	uint32_t *at; /* index into chosen + 1 */
	uint32_t mask;
};

static uint32_t *
id_slot(const struct id_table *t, const struct chosen *c, const struct rule *r)
{
	const uint32_t key[2] = { r->gid, r->sid };
	uint32_t h = (uint32_t)hash_fast(key, sizeof(key), 0) & t->mask;

	while (t->at[h] && (c->rules[t->at[h] - 1]->gid != r->gid ||
	    c->rules[t->at[h] - 1]->sid != r->sid))
		h = (h + 1) & t->mask;
	return &t->at[h];
}

/* Of two rules with one gid:sid the higher revision stays, of equal ones the
 * later. */
static void
choose_one(struct ruleset *rs, struct chosen *c, const struct id_table *ids,
    const struct rule *r)
{
	uint32_t *at = id_slot(ids, c, r);
	const struct rule *old, *stays;

	if (!*at) {
		c->rules[c->n++] = r;
		*at = c->n;
		return;
	}
	old = c->rules[*at - 1];
	stays = r->rev >= old->rev ? r : old;
	c->rules[*at - 1] = stays;
	rs->stats.replaced++;
	erec_add(&rs->tree->errors, EREC_WARNING, r->loc,
	    "gid %u, sid %u is at %s:%u, too; revision %u %s", r->gid, r->sid,
	    old->loc.file ? old->loc.file : "?", old->loc.line, stays->rev,
	    stays == r ? "here replaces it" : "there stays");
}

static void
choose(struct ruleset *rs, struct chosen *c)
{
	struct tree *t = rs->tree;
	struct id_table ids = { .mask = 1023 };

	while (ids.mask < 2 * t->n_rules)
		ids.mask = ids.mask * 2 + 1;
	ids.at = xcalloc((size_t)ids.mask + 1, sizeof(*ids.at));
	c->rules = xcalloc(t->n_rules + 1u, sizeof(struct rule *));
	for (unsigned i = 0; i < t->n_rules; i++) {
		const struct rule *r = t->rules[i];

		if (r->refused)
			rs->stats.refused++;
		else if (r->disabled)
			rs->stats.disabled++;
		else if (r->soft_stub)
			rs->stats.stubs++;
		else
			choose_one(rs, c, &ids, r);
	}
	free(ids.at);
}

/* Numbers in the order of the rules, whatever threads compile them. */
static void
declare_flowbits(struct ruleset *rs, const struct chosen *c)
{
	rs->flowbits = (struct flowbit_set){
		.names = rs->conf.flowbit_names,
		.arena = &rs->arena,
		.limit = rs->conf.flowbits_size,
	};
	if (!rs->flowbits.names)
		return;
	for (uint32_t i = 0; i < c->n; i++)
		flowbits_declare(&rs->flowbits, c->rules[i]);
	rs->conf.opt.flowbits = &rs->flowbits;
}

/* -- compiling them ----------------------------------------------------------- */

struct work {
	struct ruleset *rs;
	const struct chosen *chosen;
	struct crule *out;
	bool *ok;
	struct erecs *errors; /* by slice */
	uint32_t n_slices, next;
	pthread_mutex_t lock;
};

struct worker {
	struct work *work;
	struct arena *arena;
	pthread_t thread;
};

static void
compile_slice(struct work *w, struct arena *arena, uint32_t slice)
{
	uint32_t end = (slice + 1) * SLICE;

	erecs_init(&w->errors[slice], arena);
	if (end > w->chosen->n)
		end = w->chosen->n;
	for (uint32_t i = slice * SLICE; i < end; i++) {
		struct opt_build b = {
			.arena = arena,
			.errors = &w->errors[slice],
			.conf = &w->rs->conf.opt,
			.tree = w->rs->tree,
		};

		w->ok[i] = rule_compile(&b, w->chosen->rules[i], &w->out[i]);
		w->out[i].rule = w->chosen->rules[i];
	}
}

static void *
compile_worker(void *arg)
{
	struct worker *me = arg;
	struct work *w = me->work;
	uint32_t slice;

	for (;;) {
		pthread_mutex_lock(&w->lock);
		slice = w->next < w->n_slices ? w->next++ : UINT32_MAX;
		pthread_mutex_unlock(&w->lock);
		if (slice == UINT32_MAX)
			return NULL;
		compile_slice(w, me->arena, slice);
	}
}

/* Compiles every chosen rule; what fails is left out of *n rules returned.
 * Errors come in source order, whatever thread found them. */
static struct crule *
compile_all(struct ruleset *rs, const struct chosen *chosen, unsigned threads,
    uint32_t *n)
{
	struct work w = { .rs = rs, .chosen = chosen,
		.n_slices = (chosen->n + SLICE - 1) / SLICE,
		.lock = PTHREAD_MUTEX_INITIALIZER };
	struct worker workers[THREADS_MAX] = { { .work = NULL } };
	unsigned started = 0;

	w.out = xcalloc(chosen->n + 1u, sizeof(*w.out));
	w.ok = xcalloc(chosen->n + 1u, sizeof(*w.ok));
	w.errors = xcalloc(w.n_slices + 1u, sizeof(*w.errors));
	rs->work = xcalloc(threads, sizeof(*rs->work));
	rs->n_work = threads;
	for (unsigned i = 0; i < threads; i++) {
		arena_init(&rs->work[i], 0);
		workers[i] = (struct worker){ .work = &w,
			.arena = &rs->work[i] };
	}
	while (started + 1 < threads && pthread_create(
	    &workers[started + 1].thread, NULL, compile_worker,
	    &workers[started + 1]) == 0)
		started++;
	compile_worker(&workers[0]);
	for (unsigned i = 1; i <= started; i++)
		pthread_join(workers[i].thread, NULL);
	for (uint32_t i = 0; i < w.n_slices; i++)
		for (struct erec *e = w.errors[i].first; e; e = e->next)
			erec_add(&rs->tree->errors, e->kind, e->loc, "%s",
			    e->message);
	*n = 0;
	for (uint32_t i = 0; i < chosen->n; i++) {
		if (w.ok[i])
			w.out[(*n)++] = w.out[i];
		else
			rs->stats.refused++;
	}
	free(w.ok);
	free(w.errors);
	pthread_mutex_destroy(&w.lock);
	return w.out;
}

/* -- actions -------------------------------------------------------------------- */

/* Lists in the order given, then whatever action it does not name. */
static void
order_lists(struct ruleset *rs, uint8_t list_of[LISTS_MAX])
{
	unsigned n_types = rs->tree->n_ruletypes;

	if (n_types > LISTS_MAX_RULETYPES)
		n_types = LISTS_MAX_RULETYPES;
	memset(list_of, LIST_NONE, LISTS_MAX);
	for (unsigned i = 0; i < rs->conf.n_order; i++) {
		unsigned a = rs->conf.order[i];

		if (a < ACTION_COUNT + n_types && list_of[a] == LIST_NONE)
			list_of[a] = (uint8_t)rs->n_lists++;
	}
	for (unsigned a = 0; a < ACTION_COUNT + n_types; a++) {
		if (list_of[a] == LIST_NONE && a != ACTION_CUSTOM)
			list_of[a] = (uint8_t)rs->n_lists++;
		if (list_of[a] == LIST_NONE)
			continue;
		rs->list_action[list_of[a]] = a < ACTION_COUNT ?
		    (enum rule_action)a :
		    rs->tree->ruletypes[a - ACTION_COUNT]->base;
	}
	rs->pass_list = list_of[ACTION_PASS];
}

static bool
is_drop(enum rule_action a)
{
	return a == ACTION_DROP || a == ACTION_REJECT || a == ACTION_SDROP;
}

/*
 * What a rule does in this run, and the list its matches go to. Where nothing
 * can be stopped a drop keeps its name, and counts among the alerts; a silent
 * drop is nothing.
 */
static void
place_action(struct ruleset *rs, const struct rule *r,
    const uint8_t list_of[LISTS_MAX], struct rule_head *h)
{
	const struct detect_conf *c = &rs->conf;
	bool custom = r->action == ACTION_CUSTOM && r->ruletype;
	enum rule_action does = custom ? r->ruletype->base : r->action;
	enum rule_action as = does;

	if (does == ACTION_SDROP &&
	    (!c->sdrop_active || c->treat_drop_as_alert)) {
		rs->stats.sdrop_ignored++;
		h->list = LIST_NONE;
		return;
	}
	if (c->treat_drop_as_alert && is_drop(does))
		does = as = ACTION_ALERT;
	else if (does == ACTION_DROP && !c->inline_mode &&
	    !c->treat_drop_as_ignore)
		as = ACTION_ALERT;
	h->action = (uint8_t)does;
	h->list = list_of[as];
	if (custom)
		h->list = list_of[ACTION_COUNT +
		    (r->ruletype->index < LISTS_MAX_RULETYPES ?
		    r->ruletype->index : LISTS_MAX_RULETYPES - 1)];
}

/* The class of a decoder's event; false: it is another's. */
static bool
decoder_class(const struct rule *r, enum dec_event_class *class)
{
	enum { GID_DECODER = 116 };
	struct event_table t;

	for (unsigned i = 0; r->gid == GID_DECODER && events_table(i, &t); i++)
		for (unsigned e = 0; t.gid == GID_DECODER && e < t.n; e++)
			if (t.defs[e].sid == r->sid) {
				*class = t.defs[e].class;
				return true;
			}
	return false;
}

/* Inline, the configuration may switch off that rules for decoder events drop,
 * and on that events without a written rule do. */
static void
place_decoder_drop(struct ruleset *rs, const struct rule *r, bool synthetic,
    const uint8_t list_of[LISTS_MAX], struct rule_head *h)
{
	const struct detect_conf *c = &rs->conf;
	enum dec_event_class class;
	enum rule_action action = (enum rule_action)h->action;

	if (!c->inline_mode || !(synthetic || builtin_is(r)) ||
	    !decoder_class(r, &class))
		return;
	if (c->drops_off[class] || c->drops_off[DEC_EV_DECODE]) {
		if (is_drop(action) || action == ACTION_SDROP)
			action = ACTION_ALERT;
	} else if (synthetic && c->drops_on[class]) {
		action = ACTION_DROP;
	}
	if (action == (enum rule_action)h->action)
		return;
	h->action = (uint8_t)action;
	h->list = list_of[action];
}

/* -- the set --------------------------------------------------------------------- */

/* How rules are numbered; ties end with gid, so that runs agree. */
struct precedence {
	uint32_t key[3];
	uint32_t index;
};

static int
precedence_cmp(const void *pa, const void *pb)
{
	const struct precedence *a = pa, *b = pb;

	for (unsigned i = 0; i < 3; i++)
		if (a->key[i] != b->key[i])
			return a->key[i] < b->key[i] ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* content_length: the longer fast pattern first, then the higher sid.
 * priority: the lower number first, then the lower sid. */
static void
number_rules(struct ruleset *rs, struct crule *from)
{
	struct precedence *p = xcalloc(rs->n_rules + 1u, sizeof(*p));

	for (uint32_t i = 0; i < rs->n_rules; i++) {
		const struct rule *r = from[i].rule;

		p[i].index = i;
		p[i].key[2] = r->gid;
		if (rs->conf.order_events == ORDER_PRIORITY) {
			p[i].key[0] = r->priority;
			p[i].key[1] = r->sid;
		} else {
			p[i].key[0] = UINT32_MAX - from[i].fast.full_len;
			p[i].key[1] = UINT32_MAX - r->sid;
		}
	}
	qsort(p, rs->n_rules, sizeof(*p), precedence_cmp);
	rs->rules = arena_xalloc(&rs->arena, (rs->n_rules + 1u) *
	    sizeof(*rs->rules));
	for (uint32_t i = 0; i < rs->n_rules; i++) {
		rs->rules[i] = from[p[i].index];
		rs->rules[i].index = i;
	}
	free(p);
}

static const struct rule tag_rule = { .action = ACTION_LOG, .gid = GID_TAG,
	.sid = SID_TAG, .rev = 1, .msg = { "tag: Tagged Packet", 18 } };

/* Adds the rules that no file holds: for tagged packets, and for builtin
 * events that have none. */
static struct crule *
add_synthetic(struct ruleset *rs, struct crule *rules, uint32_t *n)
{
	struct builtin_index loaded = { .n = *n };

	if (rs->conf.autogenerate)
		rs->generated = builtin_generate(&rs->arena, &rs->n_generated);
	loaded.refs = xreallocarray(NULL, loaded.n + 1u, sizeof(*loaded.refs));
	for (uint32_t i = 0; i < loaded.n; i++)
		loaded.refs[i] = (struct builtin_ref){ rules[i].rule->gid,
			rules[i].rule->sid, i };
	builtin_index_sort(&loaded);
	rules = xreallocarray(rules, loaded.n + rs->n_generated + 1u,
	    sizeof(*rules));
	for (unsigned i = 0; i < rs->n_generated; i++) {
		const struct rule *r = &rs->generated[i];

		if (builtin_find(&loaded, r->gid, r->sid) == UINT32_MAX)
			rules[(*n)++] = (struct crule){ .rule = r };
	}
	free(loaded.refs);
	rules[(*n)++] = (struct crule){ .rule = &tag_rule };
	return rules;
}

static bool
is_synthetic(const struct ruleset *rs, const struct rule *r)
{
	return r == &tag_rule || (rs->n_generated && r >= rs->generated &&
	    r < rs->generated + rs->n_generated);
}

/* Leaves out the rules that their own filters contradict. */
static void
drop_conflicts(struct ruleset *rs, struct crule *rules, uint32_t *n)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < *n; i++) {
		if (filter_conflicts(rs->filters, rs->tree, &rules[i]))
			rs->stats.refused++;
		else
			rules[kept++] = rules[i];
	}
	*n = kept;
}

static void
plan_filters(struct ruleset *rs)
{
	rs->plans = arena_xalloc(&rs->arena, (rs->n_rules + 1u) *
	    sizeof(struct filter_plan *));
	for (uint32_t i = 0; i < rs->n_rules; i++)
		rs->plans[i] = filter_plan_of(rs->filters, &rs->arena,
		    &rs->rules[i]);
}

/* Heads, the builtin index, and which rules are to be matched, or count
 * sensitive data. */
static void
sort_out(struct ruleset *rs, struct vec32 *active, struct vec32 *sensitive)
{
	uint8_t list_of[LISTS_MAX];
	struct builtin_index *bi = &rs->builtin;

	order_lists(rs, list_of);
	rs->heads = arena_xalloc(&rs->arena, (rs->n_rules + 1u) *
	    sizeof(*rs->heads));
	bi->refs = arena_xalloc(&rs->arena, (rs->n_rules + 1u) *
	    sizeof(*bi->refs));
	for (uint32_t i = 0; i < rs->n_rules; i++) {
		const struct crule *c = &rs->rules[i];
		const struct rule *r = c->rule;
		struct rule_head *h = &rs->heads[i];
		bool synthetic = is_synthetic(rs, r);

		h->flow = c->flow;
		place_action(rs, r, list_of, h);
		place_decoder_drop(rs, r, synthetic, list_of, h);
		rs->stats.loaded += !synthetic;
		if (r == &tag_rule) {
			rs->tag_rule = i;
		} else if (synthetic || builtin_is(r)) {
			rs->stats.builtin += !synthetic;
			if (!builtin_is_silent(r) || rs->conf.autogenerate)
				bi->refs[bi->n++] = (struct builtin_ref){
					r->gid, r->sid, i };
		} else if (c->needs) {
			rs->stats.inactive++;
			for (unsigned b = 0; b < RULE_NEED_BITS; b++)
				rs->stats.by_need[b] += c->needs >> b & 1;
		} else if (h->list != LIST_NONE) {
			bool ports = r->proto == PROTO_TCP ||
			    r->proto == PROTO_UDP;

			h->src = r->src->id;
			h->dst = r->dst->id;
			h->sports = ports ? r->sports->id : 0;
			h->dports = ports ? r->dports->id : 0;
			h->bidirectional = r->bidirectional;
			rs->file_types |= c->file_type;
			rs->early |= c->early.can && (h->action ==
			    ACTION_DROP || h->action == ACTION_REJECT ||
			    h->action == ACTION_SDROP);
			vec32_push(c->sd ? sensitive : active, i);
		}
	}
	builtin_index_sort(bi);
}

static void
compile_patterns(struct ruleset *rs, unsigned threads)
{
	struct prefilter *pf = &rs->prefilter;
	struct hscache *cache = NULL;
	const char *why;

	if (rs->conf.cache_dir)
		cache = hscache_open(rs->conf.cache_dir);
	prefilter_compile(pf, cache, threads, &rs->tree->errors);
	if (cache) {
		hscache_save(cache);
		why = hscache_refused(cache);
		if (why)
			erec_add(&rs->tree->errors, EREC_WARNING,
			    (struct loc){ .file = rs->conf.cache_dir },
			    "rule cache: %s", why);
	}
	hscache_close(cache);
	rs->stats.databases = pf->n_dbs;
	for (uint32_t i = 0; i < pf->n_dbs; i++) {
		size_t size = 0;

		rs->stats.databases_cached += pf->dbs[i]->cached;
		rs->stats.patterns += pf->dbs[i]->n;
		if (pf->dbs[i]->hs &&
		    hs_database_size(pf->dbs[i]->hs, &size) == HS_SUCCESS)
			rs->stats.bytes += size;
	}
}

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static unsigned
thread_count(const struct detect_conf *conf)
{
	long n = conf->compile_threads ? (long)conf->compile_threads :
	    sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

struct ruleset *
ruleset_compile(struct tree *t, const struct detect_conf *conf)
{
	struct ruleset *rs = mem_calloc(1, sizeof(*rs));
	uint64_t start = now_ns();
	unsigned threads = thread_count(conf);
	struct chosen chosen = { .n = 0 };
	struct vec32 active = { NULL, 0, 0 }, sensitive = { NULL, 0, 0 };
	struct crule *rules;

	if (!rs)
		return NULL;
	rs->tree = t;
	rs->conf = *conf;
	if (!rs->conf.n_order) {
		struct detect_conf def = detect_conf_default();

		memcpy(rs->conf.order, def.order, sizeof(def.order));
		rs->conf.n_order = def.n_order;
	}
	arena_init(&rs->arena, 0);
	choose(rs, &chosen);
	declare_flowbits(rs, &chosen);
	rules = compile_all(rs, &chosen, threads, &rs->n_rules);
	free(chosen.rules);
	rs->filters = filter_conf_parse(t, &rs->arena);
	drop_conflicts(rs, rules, &rs->n_rules);
	rules = add_synthetic(rs, rules, &rs->n_rules);
	number_rules(rs, rules);
	free(rules);
	plan_filters(rs);
	sort_out(rs, &active, &sensitive);
	sd_build(rs, sensitive.v, sensitive.n);
	free(sensitive.v);
	rs->n_ip_sets = t->n_ip_sets;
	rs->n_port_sets = t->n_port_sets;
	ignore_any_build(rs);
	prefilter_init(&rs->prefilter, &rs->arena, rs->rules);
	groups_build(&rs->groups, &rs->arena, &rs->prefilter, active.v,
	    active.n, rs->n_port_sets, &rs->conf);
	free(active.v);
	prefilter_seal(&rs->prefilter);
	compile_patterns(rs, threads);
	rs->stats.bytes += rs->arena.used;
	for (unsigned i = 0; i < rs->n_work; i++)
		rs->stats.bytes += rs->work[i].used;
	rs->stats.compile_ns = now_ns() - start;
	return rs;
}

void
ruleset_free(struct ruleset *rs)
{
	if (!rs)
		return;
	prefilter_fini(&rs->prefilter);
	groups_fini(&rs->groups);
	for (unsigned i = 0; i < rs->n_work; i++)
		arena_fini(&rs->work[i]);
	free(rs->work);
	arena_fini(&rs->arena);
	free(rs);
}

const struct ruleset_stats *
ruleset_stats(const struct ruleset *rs)
{
	return &rs->stats;
}

const struct crule *
ruleset_rule(const struct ruleset *rs, uint32_t index)
{
	return index < rs->n_rules ? &rs->rules[index] : NULL;
}

unsigned
ruleset_count(const struct ruleset *rs)
{
	return rs->n_rules;
}
