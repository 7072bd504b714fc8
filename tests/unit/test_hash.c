/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/hash.h"

/*
 * SipHash-c-d once more, straight from the paper (Aumasson, Bernstein, 2012,
 * section 2), to compare with. Words are little-endian.
 */
struct sip {
	uint64_t v0, v1, v2, v3;
};

static uint64_t
rotate(uint64_t x, int left)
{
	return (x << left) | (x >> (64 - left));
}

static void
rounds(struct sip *s, int n)
{
	while (n--) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = rotate(s->v1, 13);
		s->v3 = rotate(s->v3, 16);
		s->v1 ^= s->v0;
		s->v3 ^= s->v2;
		s->v0 = rotate(s->v0, 32);
		s->v2 += s->v1;
		s->v0 += s->v3;
		s->v1 = rotate(s->v1, 17);
		s->v3 = rotate(s->v3, 21);
		s->v1 ^= s->v2;
		s->v3 ^= s->v0;
		s->v2 = rotate(s->v2, 32);
	}
}

static uint64_t
siphash(int c, int d, uint64_t k0, uint64_t k1, const uint8_t *p, size_t len)
{
	struct sip s = { k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du,
		k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u };
	size_t padded = (len / 8 + 1) * 8;

	for (size_t word = 0; word < padded; word += 8) {
		uint64_t m = 0;

		for (size_t i = 0; i < 8; i++) {
			size_t at = word + i;
			uint8_t byte = at < len ? p[at] :
			    at == padded - 1    ? (uint8_t)len :
			                          0;

			m |= (uint64_t)byte << (i * 8);
		}
		s.v3 ^= m;
		rounds(&s, c);
		s.v0 ^= m;
	}
	s.v2 ^= 0xff;
	rounds(&s, d);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* The paper's own test vector (appendix A) says that the comparison is right;
 * 1-3 differs from 2-4 in the number of rounds only. */
static void
test_the_comparison(void **state)
{
	uint8_t in[15];

	(void)state;
	for (uint8_t i = 0; i < sizeof(in); i++)
		in[i] = i;
	assert_true(siphash(2, 4, 0x0706050403020100u, 0x0f0e0d0c0b0a0908u,
	    in, sizeof(in)) == 0xa129ca6149be45e5u);
}

static void
test_keyed(void **state)
{
	const uint16_t one = 1;
	uint8_t in[300];

	(void)state;
	/* elsewhere words are loaded in the machine's order */
	if (*(const uint8_t *)&one != 1)
		skip();
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 7);
	for (size_t len = 0; len <= sizeof(in); len++)
		assert_true(hash_keyed(in, len) ==
		    siphash(1, 3, 0, 0, in, len));
}

/* Every bit of the input moves about half of the output's bits. */
static void
test_fast_spreads(void **state)
{
	uint8_t in[24] = { 0 };
	uint64_t before = hash_fast(in, sizeof(in), 1);

	(void)state;
	for (size_t bit = 0; bit < sizeof(in) * 8; bit++) {
		in[bit / 8] ^= (uint8_t)(1 << bit % 8);
		int moved = __builtin_popcountll(before ^
		    hash_fast(in, sizeof(in), 1));
		assert_in_range(moved, 12, 52);
		in[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(hash_fast(in, 8, 1) != hash_fast(in, 9, 1));
	assert_true(hash_fast(in, 8, 1) != hash_fast(in, 8, 2));
	assert_true(hash_fast(in, 8, 1) == hash_fast(in, 8, 1));
}

/* Last, for it changes the key: then no one can say what a hash will be. */
static void
test_seed(void **state)
{
	uint64_t unseeded = hash_keyed("abc", 3), once, twice;

	(void)state;
	hash_seed();
	once = hash_keyed("abc", 3);
	hash_seed();
	twice = hash_keyed("abc", 3);
	assert_true(unseeded != once && once != twice && unseeded != twice);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_comparison),
		cmocka_unit_test(test_keyed),
		cmocka_unit_test(test_fast_spreads),
		cmocka_unit_test(test_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
