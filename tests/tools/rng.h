/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers that are the same for the same seed (xorshift64*). */
#ifndef TESTS_TOOLS_RNG_H
#define TESTS_TOOLS_RNG_H

#include "core/base.h"

struct rng {
	uint64_t state;
};

/* `n` of a seed: as many sequences as one likes, unlike each other. */
static inline struct rng
rng_make(uint64_t seed, uint64_t n)
{
	uint64_t s = seed * UINT64_C(0x9e3779b97f4a7c15) + n;

	s = (s ^ s >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	s = (s ^ s >> 27) * UINT64_C(0x94d049bb133111eb);
	return (struct rng){ (s ^ s >> 31) | 1 };
}

/* A number below n, which is not 0. */
static inline uint32_t
rng_below(struct rng *r, uint32_t n)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (uint32_t)(r->state * UINT64_C(2685821657736338717) >> 32) % n;
}

#endif
