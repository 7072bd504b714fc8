/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/prefilter.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "detect/hscache.h"

/*
 * Every literal is caseless, as Snort's search is. SINGLEMATCH is not set:
 * the callback drops repeats, and without it Hyperscan keeps its fastest
 * engines for pure literals.
 */
enum { LITERAL_FLAGS = HS_FLAG_CASELESS };

enum buf_id
prefilter_space(enum buf_id buf)
{
	return buf_is_http(buf) ? buf : BUF_PAYLOAD;
}

bool
prefilter_has(const struct crule *r)
{
	/* what base64_decode decodes exists only while the rule is tested */
	return r->fast.ptr && r->fast.len && r->fast.buf != BUF_BASE64;
}

void
prefilter_init(struct prefilter *pf, struct arena *arena,
    const struct crule *rules)
{
	*pf = (struct prefilter){ .arena = arena, .rules = rules };
}

void
prefilter_fini(struct prefilter *pf)
{
	for (uint32_t i = 0; i < pf->n_dbs; i++)
		hs_free_database(pf->dbs[i]->hs);
	free(pf->dbs);
	free(pf->bundles);
	free(pf->slot_first.v);
	free(pf->slot_rules.v);
}

/* -- building -------------------------------------------------------------- */

struct entry {
	struct slice lit;
	uint32_t rule;
};

static int
lit_cmp(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return memcmp(a.ptr, b.ptr, a.len);
}

static int
entry_cmp(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	int c = lit_cmp(a->lit, b->lit);

	if (c)
		return c;
	return u32_cmp(&a->rule, &b->rule);
}

static struct slice
lower(struct arena *arena, const uint8_t *p, size_t n)
{
	uint8_t *to = arena_xalloc(arena, n);

	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)text_lower((char)p[i]);
	return slice_make(to, n);
}

static void
db_key(struct database *db)
{
	uint64_t a = LITERAL_FLAGS, b = ~(uint64_t)LITERAL_FLAGS;

	for (uint32_t i = 0; i < db->n; i++) {
		a = hash_fast(db->lits[i].ptr, db->lits[i].len, a);
		b = hash_fast(db->lits[i].ptr, db->lits[i].len, b);
		db->lit_bytes += db->lits[i].len;
	}
	db->key[0] = a;
	db->key[1] = b;
}

static bool
same_literals(const struct database *a, const struct database *b)
{
	if (a->n != b->n || a->key[0] != b->key[0] || a->key[1] != b->key[1])
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		if (lit_cmp(a->lits[i], b->lits[i]) != 0)
			return false;
	return true;
}

static const struct database *
db_intern(struct prefilter *pf, struct database *db)
{
	db_key(db);
	for (uint32_t i = 0; i < pf->n_dbs; i++)
		if (same_literals(pf->dbs[i], db))
			return pf->dbs[i];
	pf->dbs = xreallocarray(pf->dbs, pf->n_dbs + 1, sizeof(*pf->dbs));
	return pf->dbs[pf->n_dbs++] = db;
}

const struct bundle *
prefilter_add(struct prefilter *pf, const uint32_t *rules, uint32_t n)
{
	struct entry *es = xcalloc(n, sizeof(*es));
	struct bundle *b = arena_xalloc(pf->arena, sizeof(*b));
	struct database *db = arena_xalloc(pf->arena, sizeof(*db));
	uint32_t i;

	b->any_ignored = true;
	for (i = 0; i < n; i++) {
		const struct fast_pattern *f = &pf->rules[rules[i]].fast;

		b->any_ignored &= pf->rules[rules[i]].any_ignored;
		es[i] = (struct entry){ lower(pf->arena, f->ptr, f->len),
			rules[i] };
	}
	qsort(es, n, sizeof(*es), entry_cmp);
	b->space = prefilter_space(pf->rules[rules[0]].fast.buf);
	b->base = pf->slot_first.n;
	db->lits = arena_xalloc(pf->arena, n * sizeof(*db->lits));
	for (i = 0; i < n; i++) {
		if (!i || lit_cmp(es[i].lit, es[i - 1].lit) != 0) {
			db->lits[db->n++] = es[i].lit;
			vec32_push(&pf->slot_first, pf->slot_rules.n);
		}
		vec32_push(&pf->slot_rules, es[i].rule);
	}
	free(es);
	b->n = db->n;
	b->db = db_intern(pf, db);
	pf->bundles = xreallocarray(pf->bundles, pf->n_bundles + 1,
	    sizeof(*pf->bundles));
	return pf->bundles[pf->n_bundles++] = b;
}

void
prefilter_seal(struct prefilter *pf)
{
	vec32_push(&pf->slot_first, pf->slot_rules.n);
}

/* -- compiling ------------------------------------------------------------- */

struct jobs {
	struct database **dbs; /* largest first */
	uint32_t n, next;
	pthread_mutex_t lock;
};

static void
db_compile(struct database *db)
{
	const char **ptrs = xcalloc(db->n, sizeof(*ptrs));
	size_t *lens = xcalloc(db->n, sizeof(*lens));
	unsigned *flags = xcalloc(db->n, sizeof(*flags));
	unsigned *ids = xcalloc(db->n, sizeof(*ids));
	hs_compile_error_t *err = NULL;

	for (uint32_t i = 0; i < db->n; i++) {
		ptrs[i] = (const char *)db->lits[i].ptr;
		lens[i] = db->lits[i].len;
		flags[i] = LITERAL_FLAGS;
		ids[i] = i;
	}
	if (hs_compile_lit_multi(ptrs, flags, ids, lens, db->n, HS_MODE_BLOCK,
	    NULL, &db->hs, &err) != HS_SUCCESS) {
		db->hs = NULL;
		db->error = xstrdup(err ? err->message : "no reason given");
		hs_free_compile_error(err);
	}
	free(ptrs);
	free(lens);
	free(flags);
	free(ids);
}

static void *
compile_worker(void *arg)
{
	struct jobs *j = arg;
	uint32_t i;

	for (;;) {
		pthread_mutex_lock(&j->lock);
		i = j->next < j->n ? j->next++ : UINT32_MAX;
		pthread_mutex_unlock(&j->lock);
		if (i == UINT32_MAX)
			return NULL;
		db_compile(j->dbs[i]);
	}
}

static int
larger_first(const void *pa, const void *pb)
{
	const struct database *const *a = pa, *const *b = pb;

	return (*a)->lit_bytes > (*b)->lit_bytes ? -1 :
	    (*a)->lit_bytes < (*b)->lit_bytes;
}

void
prefilter_compile(struct prefilter *pf, struct hscache *cache,
    unsigned threads, struct erecs *errors)
{
	enum { THREADS_MAX = 64 };
	pthread_t ids[THREADS_MAX];
	struct jobs j = { .lock = PTHREAD_MUTEX_INITIALIZER };
	unsigned started = 0;

	j.dbs = xcalloc(pf->n_dbs + 1, sizeof(struct database *));
	for (uint32_t i = 0; i < pf->n_dbs; i++) {
		struct database *db = pf->dbs[i];

		if (cache)
			db->hs = hscache_get(cache, db->key, db->n,
			    db->lit_bytes);
		db->cached = db->hs != NULL;
		if (!db->hs)
			j.dbs[j.n++] = db;
	}
	qsort(j.dbs, j.n, sizeof(*j.dbs), larger_first);
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	/* this thread works as well; without others it does all of it */
	while (started + 1 < threads && started + 1 < j.n &&
	    pthread_create(&ids[started], NULL, compile_worker, &j) == 0)
		started++;
	compile_worker(&j);
	while (started)
		pthread_join(ids[--started], NULL);
	for (uint32_t i = 0; i < j.n; i++) {
		struct database *db = j.dbs[i];

		if (db->hs && cache)
			hscache_put(cache, db->key, db->n, db->lit_bytes,
			    db->hs);
		if (!db->hs)
			erec_add(errors, EREC_CONFIG, (struct loc){ 0 },
			    "cannot compile %u fast patterns: %s", db->n,
			    db->error);
	}
	free(j.dbs);
	pthread_mutex_destroy(&j.lock);
}

/* -- scanning -------------------------------------------------------------- */

bool
hits_init(struct hits *h, const struct prefilter *pf)
{
	*h = (struct hits){ .gen = 0 };
	h->stamp = mem_calloc(pf->slot_first.n + 1u, sizeof(*h->stamp));
	h->list = mem_calloc(LIM_CANDIDATES, sizeof(*h->list));
	h->spare = mem_calloc(LIM_CANDIDATES, sizeof(*h->spare));
	if (!h->stamp || !h->list || !h->spare)
		goto err;
	for (uint32_t i = 0; i < pf->n_dbs; i++)
		if (pf->dbs[i]->hs && hs_alloc_scratch(pf->dbs[i]->hs,
		    &h->scratch) != HS_SUCCESS)
			goto err;
	return true;
err:
	hits_fini(h);
	return false;
}

void
hits_fini(struct hits *h)
{
	hs_free_scratch(h->scratch);
	free(h->stamp);
	free(h->list);
	free(h->spare);
	*h = (struct hits){ .gen = 0 };
}

void
hits_begin(struct hits *h, const struct prefilter *pf)
{
	h->n = 0;
	if (++h->gen)
		return;
	memset(h->stamp, 0, pf->slot_first.n * sizeof(*h->stamp));
	h->gen = 1;
}

static int
on_hit(unsigned id, unsigned long long from UNUSED, unsigned long long to,
    unsigned flags UNUSED, void *arg)
{
	struct hits *h = arg;
	uint32_t slot = h->base + id;

	if (h->stamp[slot] == h->gen)
		return 0;
	if (h->n == LIM_CANDIDATES)
		return 1;
	h->stamp[slot] = h->gen;
	h->list[h->n++] = (struct hit){ (uint64_t)h->scan << 32 |
	    (uint32_t)to, slot };
	return 0;
}

void
hits_scan(struct hits *h, const struct bundle *b, struct slice s, uint32_t scan)
{
	hs_error_t e;

	if (!s.len || s.len > UINT32_MAX || !b->db->hs)
		return;
	h->base = b->base;
	h->scan = scan;
	e = hs_scan(b->db->hs, (const char *)s.ptr, (unsigned)s.len, 0,
	    h->scratch, on_hit, h);
	if (e == HS_SCAN_TERMINATED)
		h->lost++;
	else if (e != HS_SUCCESS)
		h->errors++;
}

/* The first rule of the hit's literal. */
static uint32_t
rule_of(const struct hit *h, const struct prefilter *pf)
{
	return pf->slot_rules.v[pf->slot_first.v[h->slot]];
}

/* Where two literals end at one byte the shorter is first, as in Snort: what
 * a rule does to flowbits is seen by the rules after it. */
static bool
hit_before(const struct hit *a, const struct hit *b,
    const struct prefilter *pf)
{
	uint32_t ra = rule_of(a, pf), rb = rule_of(b, pf);

	if (a->order != b->order)
		return a->order < b->order;
	if (pf->rules[ra].fast.len != pf->rules[rb].fast.len)
		return pf->rules[ra].fast.len < pf->rules[rb].fast.len;
	return ra < rb;
}

/* A merge sort, for its bound; most units have a handful of hits. */
void
hits_sort(struct hits *h, const struct prefilter *pf)
{
	struct hit *from = h->list, *to = h->spare, *t;

	for (uint32_t run = 1; run < h->n; run *= 2) {
		for (uint32_t at = 0; at < h->n; at += 2 * run) {
			uint32_t mid = at + run < h->n ? at + run : h->n;
			uint32_t end = mid + run < h->n ? mid + run : h->n;
			uint32_t a = at, b = mid;

			for (uint32_t i = at; i < end; i++)
				to[i] = b == end || (a < mid &&
				    !hit_before(&from[b], &from[a], pf)) ?
				    from[a++] : from[b++];
		}
		t = from;
		from = to;
		to = t;
	}
	h->list = from;
	h->spare = to;
}
