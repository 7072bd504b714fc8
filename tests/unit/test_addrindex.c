/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect_help.h"

#include "detect/addrindex.h"

enum { SETS = 40, NETS = 6, ROUNDS = 60, PROBES = 400 };

/* Addresses near each other, so that networks nest, touch and repeat. */
static struct ipaddr
random_ip(bool v6)
{
	struct ipaddr a = { .family = v6 ? 6 : 4 };
	unsigned n = v6 ? 16 : 4;

	if (test_random(4) == 0)
		memset(a.b, test_random(2) ? 0xff : 0, n);
	else
		a.b[0] = (uint8_t)(9 + test_random(3));
	a.b[n - 1] = (uint8_t)test_random(256);
	a.b[n - 2] = (uint8_t)test_random(3);
	a.b[1] = (uint8_t)test_random(3);
	return a;
}

static void
test_model(void **state)
{
	(void)state;
	test_seed();
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct ip_net nets[SETS][NETS];
		struct ip_set sets[SETS];
		struct addr_entry es[SETS];
		struct addr_index ai;
		struct arena arena;
		uint32_t n_sets = test_random(SETS);

		arena_init(&arena, 0);
		for (uint32_t i = 0; i < n_sets; i++) {
			uint32_t n = 1 + test_random(NETS - 1);

			for (uint32_t j = 0; j < n; j++) {
				bool v6 = test_random(2);
				struct ip_net *net = &nets[i][j];

				net->addr = random_ip(v6);
				net->bits = (uint8_t)test_random(v6 ? 129 : 33);
				net->negated = false;
				ipaddr_mask(&net->addr, net->bits);
			}
			sets[i] = (struct ip_set){ .n = n, .n_positive = n,
				.nets = nets[i], .id = i + 1 };
			es[i] = (struct addr_entry){ &sets[i], i };
		}
		assert_true(addr_index_build(&ai, &arena, es, n_sets));
		for (unsigned p = 0; p < PROBES; p++) {
			struct ipaddr a = random_ip(test_random(2));
			uint32_t n, at = 0;
			const uint32_t *v = addr_index_find(&ai, &a, &n);

			for (uint32_t i = 0; i < n_sets; i++) {
				bool in = false;

				for (uint32_t j = 0; j < sets[i].n; j++)
					in |= ipaddr_in_net(&a,
					    &nets[i][j].addr, nets[i][j].bits);
				if (in) {
					assert_true(at < n);
					assert_int_equal(v[at++], i);
				}
			}
			assert_int_equal(at, n);
		}
		arena_fini(&arena);
	}
}

/* Enough ranges for the table by the upper 16 bits. */
static void
test_many_ranges(void **state)
{
	enum { N = 3000 };
	struct ip_net *nets = test_calloc(N, sizeof(*nets));
	struct ip_set *sets = test_calloc(N, sizeof(*sets));
	struct addr_entry *es = test_calloc(N, sizeof(*es));
	struct addr_index ai;
	struct arena arena;
	uint32_t n;
	const uint32_t *v;

	(void)state;
	arena_init(&arena, 0);
	for (uint32_t i = 0; i < N; i++) {
		nets[i] = (struct ip_net){ .bits = 32, .addr = { 4,
			{ (uint8_t)(i % 251), (uint8_t)(i / 7), 1,
			(uint8_t)i } } };
		sets[i] = (struct ip_set){ .n = 1, .n_positive = 1,
			.nets = &nets[i] };
		es[i] = (struct addr_entry){ &sets[i], i };
	}
	assert_true(addr_index_build(&ai, &arena, es, N));
	assert_non_null(ai.top);
	for (uint32_t i = 0; i < N; i++) {
		struct ipaddr a = nets[i].addr;

		v = addr_index_find(&ai, &a, &n);
		assert_int_equal(n, 1);
		assert_int_equal(v[0], i);
		a.b[2] = 2;
		addr_index_find(&ai, &a, &n);
		assert_int_equal(n, 0);
	}
	arena_fini(&arena);
	test_free(nets);
	test_free(sets);
	test_free(es);
}

static void
test_weights(void **state)
{
	struct ip_net nets[] = { { .addr = { .family = 4 }, .bits = 24 },
		{ .addr = { .family = 4 }, .bits = 32 } };
	struct ip_set s = { .n = 2, .n_positive = 2, .nets = nets };

	(void)state;
	assert_true(addr_weight(&s) == 257);
	s.n_positive = 0;
	assert_true(addr_weight(&s) == UINT64_MAX);
	s.any = true;
	assert_true(addr_weight(&s) == UINT64_MAX);
}

static void
test_empty(void **state)
{
	struct addr_index none = { .n4 = 0 }, ai;
	struct ipaddr a = ip("10.0.0.1");
	struct arena arena;
	uint32_t n = 1;

	(void)state;
	addr_index_find(&none, &a, &n);
	assert_int_equal(n, 0);
	arena_init(&arena, 0);
	assert_true(addr_index_build(&ai, &arena, NULL, 0));
	addr_index_find(&ai, &a, &n);
	assert_int_equal(n, 0);
	arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_many_ranges),
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
