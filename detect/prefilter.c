/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/prefilter.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "detect/hscache.h"

/*
 * Every literal is caseless, as Snort's search is. SINGLEMATCH is set for
 * those of one repeated byte alone, which padding has at every place: for the
 * others the callback drops repeats, and Hyperscan keeps its fastest engines.
 */
enum {
	LITERAL_FLAGS = HS_FLAG_CASELESS,
	RUN_FLAGS = HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH,
};

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
	/* and of the flags, which follow from them */
	const uint64_t flags = LITERAL_FLAGS | (uint64_t)RUN_FLAGS << 32;
	uint64_t a = flags, b = ~flags;

	for (uint32_t i = 0; i < db->n; i++) {
		a = hash_fast(db->lits[i].ptr, db->lits[i].len, a);
		b = hash_fast(db->lits[i].ptr, db->lits[i].len, b);
		db->lit_bytes += db->lits[i].len;
		if (db->lits[i].len > db->longest)
			db->longest = (uint32_t)db->lits[i].len;
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
		flags[i] = is_run(db->lits[i]) ? RUN_FLAGS :
		    LITERAL_FLAGS;
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
	h->place = mem_calloc(pf->slot_first.n + 1u, sizeof(*h->place));
	h->list = mem_calloc(LIM_CANDIDATES, sizeof(*h->list));
	h->spare = mem_calloc(LIM_CANDIDATES, sizeof(*h->spare));
	h->places = mem_calloc(LIM_CANDIDATES, sizeof(*h->places));
	if (!h->stamp || !h->place || !h->list || !h->spare || !h->places)
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
	free(h->place);
	free(h->list);
	free(h->spare);
	free(h->places);
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

static_assert(LIM_CANDIDATES <= UINT16_MAX, "hits.place");

static inline void
first_place(struct hit_places *p, uint32_t end)
{
	p->known = UINT32_MAX;
	p->n = 1;
	p->ends[0] = end;
}

static void
forget_behind(struct hit_places *p, uint32_t end)
{
	if (p->known > end)
		p->known = end;
	while (p->n && p->ends[p->n - 1] > end)
		p->n--;
}

/* One more, seldom before others: where parts are put together. */
static void
add_place(struct hit_places *p, uint32_t end)
{
	bool full = p->n == LIM_HIT_PLACES;
	uint32_t i = p->n;

	if (end > p->known)
		return;
	while (i && p->ends[i - 1] > end)
		i--;
	if (i && p->ends[i - 1] == end)
		return;
	if (full && i == p->n) {
		p->known = p->ends[i - 1];
		return;
	}
	p->n -= full;
	memmove(p->ends + i + 1, p->ends + i, (p->n - i) * sizeof(*p->ends));
	p->ends[i] = end;
	p->n++;
	if (full)
		p->known = p->ends[p->n - 1];
}

/* A literal that the list has. */
static inline void
add_again(struct hits *h, uint32_t at, uint64_t order)
{
	struct hit *was = &h->list[at];

	if (LIKELY(order >> 32 == was->order >> 32)) {
		add_place(&h->places[at], (uint32_t)order);
		if (UNLIKELY(order < was->order))
			was->order = order;
	} else if (UNLIKELY(order < was->order)) {
		was->order = order;
		first_place(&h->places[at], (uint32_t)order);
	}
}

/* False: the list is full. */
static inline bool
add(struct hits *h, uint32_t slot, uint32_t end)
{
	uint64_t order = (uint64_t)h->scan << 32 | end;

	if (h->stamp[slot] == h->gen) {
		add_again(h, h->place[slot], order);
		return true;
	}
	if (h->n == LIM_CANDIDATES)
		return false;
	h->stamp[slot] = h->gen;
	h->place[slot] = (uint16_t)h->n;
	first_place(&h->places[h->n], end);
	h->list[h->n] = (struct hit){ order, slot, h->n };
	h->n++;
	return true;
}

static int
on_hit(unsigned id, unsigned long long from UNUSED, unsigned long long to,
    unsigned flags UNUSED, void *arg)
{
	struct hits *h = arg;

	return !add(h, h->base + id, h->from + (uint32_t)to);
}

static hs_error_t
search(struct hits *h, const struct bundle *b, struct slice s, uint32_t scan)
{
	h->base = b->base;
	h->scan = scan;
	return hs_scan(b->db->hs, (const char *)s.ptr, (unsigned)s.len, 0,
	    h->scratch, on_hit, h);
}

/* A part of s, counted. */
static bool
scan_counted(struct hits *h, const struct bundle *b, struct slice s,
    size_t from, size_t to, uint32_t scan)
{
	hs_error_t e;

	if (from == to || !b->db->hs)
		return true;
	if (s.len > UINT32_MAX)
		return false;
	h->from = (uint32_t)from;
	e = search(h, b, slice_make(s.ptr + from, to - from), scan);
	h->lost += e == HS_SCAN_TERMINATED;
	h->errors += e != HS_SCAN_TERMINATED && e != HS_SUCCESS;
	return e == HS_SUCCESS;
}

bool
hits_scan(struct hits *h, const struct bundle *b, struct slice s, uint32_t scan)
{
	return scan_counted(h, b, s, 0, s.len, scan);
}

bool
hits_scan_around(struct hits *h, const struct bundle *b, struct slice s,
    size_t from, size_t to, uint32_t scan, uint64_t *bytes)
{
	size_t reach = b->db->longest - 1;
	size_t first = from ? from + reach : 0;
	size_t second = to < s.len ? to - reach : s.len;
	bool ok;

	if (to - from <= 2 * reach) {
		*bytes += s.len;
		return scan_counted(h, b, s, 0, s.len, scan);
	}
	*bytes += first + (s.len - second);
	ok = scan_counted(h, b, s, 0, first, scan);
	return scan_counted(h, b, s, second, s.len, scan) && ok;
}

bool
hits_add(struct hits *h, uint32_t slot, uint32_t end, bool more, uint32_t scan)
{
	uint32_t at;

	h->scan = scan;
	if (!add(h, slot, end))
		return false;
	at = h->place[slot];
	if (more && h->list[at].order >> 32 == scan)
		forget_behind(&h->places[at], end);
	return true;
}

bool
hits_scan_part(struct hits *h, const struct bundle *b, struct slice s,
    uint32_t from, uint32_t to, uint32_t scan)
{
	h->from = from;
	return from == to || !b->db->hs || search(h, b, slice_make(s.ptr + from,
	    to - from), scan) == HS_SUCCESS;
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

/* Where the run in order that begins at `at` ends. */
static uint32_t
run_end(const struct hits *h, const struct hit *list, uint32_t at,
    const struct prefilter *pf)
{
	while (++at < h->n && !hit_before(&list[at], &list[at - 1], pf))
		;
	return at < h->n ? at : h->n;
}

/* A merge sort, for its bound; of the runs there are, as each search finds its
 * hits in order but for those that end together. */
void
hits_sort(struct hits *h, const struct prefilter *pf)
{
	struct hit *from = h->list, *to = h->spare, *t;

	while (run_end(h, from, 0, pf) < h->n) {
		for (uint32_t at = 0, end; at < h->n; at = end) {
			uint32_t mid = run_end(h, from, at, pf);
			uint32_t a = at, b = mid;

			end = mid < h->n ? run_end(h, from, mid, pf) : mid;
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
