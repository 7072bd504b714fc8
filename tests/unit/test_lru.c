/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/lru.h"
#include "core/xalloc.h"

/* A table of exactly n entries of a 4-byte key and a 4-byte value. */
static struct lru
table_of(uint32_t n)
{
	struct lru l;
	size_t mem = 1;

	assert_true(lru_init(&l, 4, 4, mem));
	while (l.cap < n) {
		lru_fini(&l);
		assert_true(lru_init(&l, 4, 4, mem += 8));
	}
	return l;
}

static void
put(struct lru *l, uint32_t key, uint32_t value)
{
	bool is_new;
	uint32_t *v = lru_get(l, &key, &is_new);

	*v = value;
}

static uint32_t
get(struct lru *l, uint32_t key)
{
	uint32_t *v = lru_find(l, &key);

	return v ? *v : 0;
}

static void
test_the_oldest_gives_way(void **state)
{
	struct lru l = table_of(3);
	bool is_new;
	uint32_t key = 4, *v;

	(void)state;
	put(&l, 1, 10);
	put(&l, 2, 20);
	put(&l, 3, 30);
	assert_int_equal(get(&l, 1), 10); /* now 2 is the oldest */
	v = lru_get(&l, &key, &is_new);
	assert_true(is_new);
	assert_int_equal(*v, 0);
	assert_int_equal(l.evicted, 1);
	assert_int_equal(get(&l, 2), 0);
	assert_int_equal(get(&l, 1), 10);
	assert_int_equal(get(&l, 3), 30);
	lru_fini(&l);
}

static void
test_drop_and_clear(void **state)
{
	struct lru l = table_of(4);
	uint32_t key;

	(void)state;
	for (uint32_t i = 1; i <= 4; i++)
		put(&l, i, i * 10);
	key = 2;
	lru_drop(&l, &key);
	lru_drop(&l, &key);
	assert_int_equal(l.n, 3);
	assert_int_equal(get(&l, 2), 0);
	assert_int_equal(get(&l, 4), 40);
	put(&l, 5, 50);
	assert_int_equal(l.evicted, 0);
	lru_clear(&l);
	assert_int_equal(l.n, 0);
	assert_int_equal(get(&l, 5), 0);
	put(&l, 5, 51);
	assert_int_equal(get(&l, 5), 51);
	lru_fini(&l);
}

static void
test_no_memory(void **state)
{
	struct lru l;

	(void)state;
	mem_fail_at(1);
	assert_false(lru_init(&l, 4, 4, 1000));
	mem_fail_at(2);
	assert_false(lru_init(&l, 4, 4, 1000));
	mem_fail_at(0);
	assert_true(lru_init(&l, 4, 4, 0)); /* at least one entry */
	put(&l, 1, 1);
	put(&l, 2, 2);
	assert_int_equal(get(&l, 2), 2);
	lru_fini(&l);
}

/* Against a list that is searched from its newest end. */
enum { MODEL = 7 };

static void
test_model(void **state)
{
	struct lru l = table_of(MODEL);
	struct {
		uint32_t key, value;
	} m[MODEL + 1];
	uint32_t n = 0, seed = 1;

	(void)state;
	for (unsigned step = 0; step < 20000; step++) {
		uint32_t key, at, op;
		bool is_new;
		uint32_t *v;

		seed = seed * 1103515245 + 12345;
		key = seed >> 16 & 15;
		op = seed >> 24 & 7;
		for (at = 0; at < n && m[at].key != key; at++)
			;
		if (op == 0) {
			lru_drop(&l, &key);
			if (at < n) {
				for (uint32_t i = at; i + 1 < n; i++)
					m[i] = m[i + 1];
				n--;
			}
			continue;
		}
		v = lru_get(&l, &key, &is_new);
		assert_int_equal(is_new, at == n);
		if (at == n) {
			if (n == MODEL)
				n--, at--;
			n++;
			m[at].value = 0;
		}
		assert_int_equal(*v, m[at].value);
		*v = step;
		for (uint32_t i = at; i; i--)
			m[i] = m[i - 1];
		m[0].key = key;
		m[0].value = step;
		assert_int_equal(l.n, n);
	}
	lru_fini(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_oldest_gives_way),
		cmocka_unit_test(test_drop_and_clear),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
