/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect_help.h"

/* Literals over a tiny alphabet, so that they overlap and repeat. */
enum { RULES = 60, ROUNDS = 400, TEXT = 200 };

struct world {
	struct arena arena;
	struct erecs errors;
	struct crule rules[RULES];
	uint8_t lits[RULES][8];
	struct prefilter pf;
	struct hits hits;
};

static uint8_t
letter(void)
{
	static const char letters[] = { 'a', 'A', 'b', 0, '\xc0' };

	return (uint8_t)letters[test_random(sizeof(letters))];
}

static void
world_make(struct world *w, const uint32_t *take, uint32_t n)
{
	arena_init(&w->arena, 0);
	erecs_init(&w->errors, &w->arena);
	for (uint32_t i = 0; i < RULES; i++) {
		uint32_t len = 1 + test_random(5);

		w->rules[i] = (struct crule){ .index = i };
		for (uint32_t j = 0; j < len; j++)
			w->lits[i][j] = letter();
		w->rules[i].fast = (struct fast_pattern){ .ptr = w->lits[i],
			.len = len, .full_len = len, .buf = BUF_PAYLOAD };
	}
	prefilter_init(&w->pf, &w->arena, w->rules);
	assert_non_null(prefilter_add(&w->pf, take, n));
	prefilter_seal(&w->pf);
	prefilter_compile(&w->pf, NULL, 2, &w->errors);
	assert_int_equal(w->errors.n_config, 0);
	assert_true(hits_init(&w->hits, &w->pf));
}

static void
world_free(struct world *w)
{
	hits_fini(&w->hits);
	prefilter_fini(&w->pf);
	arena_fini(&w->arena);
}

static uint8_t
fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Where the literal first ends in the text; 0: nowhere. */
static size_t
naive_end(const struct fast_pattern *f, const uint8_t *text, size_t len)
{
	for (size_t at = 0; at + f->len <= len; at++) {
		size_t i = 0;

		while (i < f->len && fold(text[at + i]) == fold(f->ptr[i]))
			i++;
		if (i == f->len)
			return at + i;
	}
	return 0;
}

/* The known places of a literal, all that there are up to the last known. */
static void
check_places(const struct hit_places *p, const struct fast_pattern *f,
    const uint8_t *text, size_t len)
{
	uint32_t at = 0, n = 0;
	size_t end;

	assert_true(p->n >= 1 && p->n <= LIM_HIT_PLACES);
	if (is_run(slice_make(f->ptr, f->len))) { /* but its first place */
		assert_int_equal(p->ends[0], naive_end(f, text, len));
		return;
	}
	while ((end = naive_end(f, text + at, len - at)) != 0) {
		end += at;
		at = (uint32_t)end - f->len + 1;
		if (end > p->known)
			break;
		assert_true(n < p->n);
		assert_int_equal(p->ends[n++], end);
	}
	assert_int_equal(n, p->n);
	assert_true(p->known == UINT32_MAX || p->n == LIM_HIT_PLACES ||
	    p->ends[p->n - 1] == p->known);
}

/* Rules in the order found, against searching for each by hand. */
static void
test_model(void **state)
{
	uint32_t take[RULES];
	static struct world w;

	(void)state;
	test_seed();
	for (uint32_t i = 0; i < RULES; i++)
		take[i] = i;
	world_make(&w, take, RULES);
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint8_t text[TEXT];
		size_t len = test_random(TEXT), last_end = 0, n = 0;
		bool seen[RULES] = { false };

		for (size_t i = 0; i < len; i++)
			text[i] = letter();
		hits_begin(&w.hits, &w.pf);
		hits_scan(&w.hits, w.pf.bundles[0], slice_make(text, len), 0);
		hits_sort(&w.hits, &w.pf);
		for (uint32_t i = 0; i < w.hits.n; i++) {
			uint32_t slot = w.hits.list[i].slot;
			uint32_t at = w.pf.slot_first.v[slot];

			for (; at < w.pf.slot_first.v[slot + 1]; at++) {
				uint32_t rule = w.pf.slot_rules.v[at];
				size_t end = naive_end(&w.rules[rule].fast,
				    text, len);

				assert_false(seen[rule]);
				seen[rule] = true;
				assert_int_equal(end,
				    (uint32_t)w.hits.list[i].order);
				assert_true(end >= last_end);
				check_places(&w.hits.places[
				    w.hits.list[i].nth], &w.rules[rule].fast,
				    text, len);
				last_end = end;
				n++;
			}
		}
		for (uint32_t i = 0; i < RULES; i++)
			n -= naive_end(&w.rules[i].fast, text, len) != 0;
		assert_int_equal(n, 0);
	}
	assert_int_equal(w.hits.lost, 0);
	world_free(&w);
}

/* From one run in order to none of two, with equals in between: a model sorts
 * by insertion. */
static void
test_order(void **state)
{
	uint32_t take[RULES];
	static struct world w;

	(void)state;
	for (uint32_t i = 0; i < RULES; i++)
		take[i] = i;
	world_make(&w, take, RULES);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct hit want[100];
		uint32_t n = test_random(ARRAY_LEN(want)), at = 0;
		uint32_t steps = test_random(50);

		w.hits.n = n;
		for (uint32_t i = 0; i < n; i++) {
			struct hit h = { .slot = 0 };
			uint32_t to = i;

			at = test_random(steps + 1) ? at + test_random(2) :
			    test_random(60);
			h.order = (uint64_t)at << 32 | test_random(2);
			w.hits.list[i] = h;
			while (to && h.order < want[to - 1].order) {
				want[to] = want[to - 1];
				to--;
			}
			want[to] = h;
		}
		hits_sort(&w.hits, &w.pf);
		for (uint32_t i = 0; i < n; i++)
			assert_true(w.hits.list[i].order == want[i].order);
	}
	world_free(&w);
}

/* What is known is taken in, and the first place counts, found in any order,
 * in two buffers. */
static void
test_parts(void **state)
{
	uint32_t take[RULES];
	static struct world w;
	struct hits full;

	(void)state;
	for (uint32_t i = 0; i < RULES; i++)
		take[i] = i;
	world_make(&w, take, RULES);
	assert_true(hits_init(&full, &w.pf));
	for (unsigned round = 0; round < ROUNDS; round++) {
		const struct bundle *b = w.pf.bundles[0];
		uint8_t text[TEXT];
		struct slice s = slice_make(text, 20 + test_random(TEXT - 20));
		uint32_t half = test_random((uint32_t)s.len - 9);

		for (size_t i = 0; i < s.len; i++)
			text[i] = letter();
		hits_begin(&full, &w.pf);
		assert_true(hits_scan(&full, b, slice_make(text, 10), 3));
		assert_true(hits_scan(&full, b, s, 5));
		hits_begin(&w.hits, &w.pf);
		assert_true(hits_scan_part(&w.hits, b, s, half,
		    (uint32_t)s.len, 5));
		assert_true(hits_scan_part(&w.hits, b, s, 0, half + 9, 5));
		assert_true(hits_scan_part(&w.hits, b, slice_make(text, 10), 0,
		    10, 3));
		for (uint32_t i = 0; i < w.hits.n; i++) {
			const struct hit *h = &w.hits.list[i];
			uint32_t rule = w.pf.slot_rules.v[
			    w.pf.slot_first.v[h->slot]];

			check_places(&w.hits.places[h->nth],
			    &w.rules[rule].fast, text, h->order >> 32 == 3 ?
			    10 : s.len);
		}
		/* again, and behind what was found */
		for (uint32_t i = full.n; i-- > 0;)
			assert_true(hits_add(&w.hits, full.list[i].slot,
			    (uint32_t)s.len, true, 5));
		hits_sort(&full, &w.pf);
		hits_sort(&w.hits, &w.pf);
		assert_int_equal(w.hits.n, full.n);
		for (uint32_t i = 0; i < full.n; i++) {
			assert_int_equal(w.hits.list[i].slot, full.list[i].slot);
			assert_true(w.hits.list[i].order == full.list[i].order);
		}
	}
	hits_fini(&full);
	world_free(&w);
}

/* What lies in a part that was searched before, and what reaches out of it. */
static void
test_around(void **state)
{
	uint32_t take[RULES];
	uint64_t bytes = 0, all = 0;
	static struct world w;
	struct hits full;

	(void)state;
	for (uint32_t i = 0; i < RULES; i++)
		take[i] = i;
	world_make(&w, take, RULES);
	assert_true(hits_init(&full, &w.pf));
	for (unsigned round = 0; round < ROUNDS; round++) {
		const struct bundle *b = w.pf.bundles[0];
		uint8_t text[TEXT];
		struct slice s = slice_make(text, 1 + test_random(TEXT - 1));
		size_t from = test_random(3) ? test_random((uint32_t)s.len) : 0;
		size_t to = test_random(3) ? s.len :
		    from + test_random((uint32_t)(s.len - from + 1));
		struct slice part = slice_make(text + from, to - from);

		for (size_t i = 0; i < s.len; i++)
			text[i] = letter();
		hits_begin(&full, &w.pf);
		assert_true(hits_scan(&full, b, part, 3));
		assert_true(hits_scan(&full, b, s, 5));
		hits_begin(&w.hits, &w.pf);
		assert_true(hits_scan(&w.hits, b, part, 3));
		assert_true(hits_scan_around(&w.hits, b, s, from, to, 5,
		    &bytes));
		all += s.len;
		hits_sort(&full, &w.pf);
		hits_sort(&w.hits, &w.pf);
		assert_int_equal(w.hits.n, full.n);
		for (uint32_t i = 0; i < full.n; i++) {
			const struct hit *h = &w.hits.list[i];
			uint32_t rule = w.pf.slot_rules.v[
			    w.pf.slot_first.v[h->slot]];
			bool in_part = h->order >> 32 == 3;

			assert_int_equal(h->slot, full.list[i].slot);
			assert_true(h->order == full.list[i].order);
			check_places(&w.hits.places[h->nth],
			    &w.rules[rule].fast, in_part ? part.ptr : text,
			    in_part ? part.len : s.len);
		}
	}
	assert_true(bytes < all * 3 / 4);
	assert_int_equal(w.hits.lost, 0);
	hits_fini(&full);
	world_free(&w);
}

/* Places that come in any order, more of them than are kept, or with the word
 * that behind one there may be others. */
static void
test_places(void **state)
{
	enum { ENDS = 40 };
	uint32_t take[] = { 0 };
	static struct world w;

	(void)state;
	world_make(&w, take, 1);
	for (unsigned round = 0; round < ROUNDS; round++) {
		const struct hit_places *p = &w.hits.places[0];
		bool is[ENDS] = { false };
		uint32_t known = UINT32_MAX, n = 0;

		hits_begin(&w.hits, &w.pf);
		for (unsigned i = 1 + test_random(12); i; i--) {
			uint32_t end = test_random(ENDS);
			bool more = test_random(8) == 0;

			is[end] = true;
			if (more && end < known)
				known = end;
			assert_true(hits_add(&w.hits, 0, end, more, 0));
		}
		assert_int_equal(w.hits.n, 1);
		assert_true(p->known <= known);
		for (uint32_t i = 0; i < ENDS; i++) {
			if (!is[i] || i > p->known)
				continue;
			assert_true(n < p->n);
			assert_int_equal(p->ends[n++], i);
		}
		assert_int_equal(n, p->n);
		/* nothing is forgotten for which there was room */
		assert_true(p->known == known || n == LIM_HIT_PLACES);
		assert_int_equal((uint32_t)w.hits.list[0].order, p->ends[0]);
	}
	world_free(&w);
}

static void
test_equal_literals_share(void **state)
{
	static struct world w;
	const uint32_t a[] = { 0, 1 }, b[] = { 2, 3 }, c[] = { 0, 4 };
	uint8_t lit[3][2] = { { 'x', 'y' }, { 'Z', 'z' }, { 'q', 'q' } };
	const struct bundle *ba, *bb, *bc;

	(void)state;
	arena_init(&w.arena, 0);
	erecs_init(&w.errors, &w.arena);
	for (uint32_t i = 0; i < 5; i++)
		w.rules[i] = (struct crule){ .fast = { .ptr = lit[i == 4 ? 2 :
			i % 2], .len = 2, .buf = BUF_PAYLOAD } };
	prefilter_init(&w.pf, &w.arena, w.rules);
	ba = prefilter_add(&w.pf, a, 2);
	bb = prefilter_add(&w.pf, b, 2);
	bc = prefilter_add(&w.pf, c, 2);
	assert_ptr_equal(ba->db, bb->db);
	assert_ptr_not_equal(ba->db, bc->db);
	assert_int_equal(w.pf.n_dbs, 2);
	assert_int_not_equal(ba->base, bb->base);
	prefilter_fini(&w.pf);
	arena_fini(&w.arena);
}

static void
test_which_rules_have_one(void **state)
{
	struct crule r = { .n_tests = 0 };

	(void)state;
	assert_false(prefilter_has(&r));
	r.fast.ptr = (const uint8_t *)"x";
	assert_false(prefilter_has(&r));
	r.fast.len = 1;
	assert_true(prefilter_has(&r));
	r.fast.buf = BUF_BASE64; /* decoded while the rule is tested */
	assert_false(prefilter_has(&r));
	assert_int_equal(prefilter_space(BUF_FILE_DATA), BUF_PAYLOAD);
	assert_int_equal(prefilter_space(BUF_HTTP_URI), BUF_HTTP_URI);
}

static void
test_hits_without_memory(void **state)
{
	uint32_t take[] = { 0, 1, 2 };
	static struct world w;
	struct hits h;
	bool done = false;

	(void)state;
	world_make(&w, take, 3);
	for (uint64_t nth = 1; !done; nth++) {
		mem_fail_at(nth);
		done = hits_init(&h, &w.pf);
		mem_fail_at(0);
	}
	hits_fini(&h);
	world_free(&w);
}

static void
test_the_generation_wraps(void **state)
{
	uint32_t take[] = { 0 };
	static struct world w;

	(void)state;
	world_make(&w, take, 1);
	w.hits.gen = UINT32_MAX - 1;
	for (unsigned i = 0; i < 4; i++) {
		hits_begin(&w.hits, &w.pf);
		assert_true(w.hits.gen != 0);
		hits_scan(&w.hits, w.pf.bundles[0],
		    slice_make(w.lits[0], w.rules[0].fast.len), 0);
		assert_int_equal(w.hits.n, 1);
	}
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_around),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_equal_literals_share),
		cmocka_unit_test(test_which_rules_have_one),
		cmocka_unit_test(test_hits_without_memory),
		cmocka_unit_test(test_the_generation_wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
