/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/hash.h"

#include <string.h>
#include <sys/random.h>

#include "core/log.h"

static uint64_t key[2];

void
hash_seed(void)
{
	if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
		fatal("cannot read random bytes from the system");
}

static inline uint64_t
rotl(uint64_t x, unsigned b)
{
	return x << b | x >> (64 - b);
}

static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

/* Little-endian load of up to 8 bytes. */
static inline uint64_t
load_le(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

/* SipHash-1-3 (Aumasson, Bernstein). */
uint64_t
hash_keyed(const void *ptr, size_t n)
{
	const uint8_t *p = ptr;
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575u,
		key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u,
		key[1] ^ 0x7465646279746573u };
	uint64_t m;
	size_t i;

	for (i = 0; i + 8 <= n; i += 8) {
		memcpy(&m, p + i, 8); /* any byte order: the hash stays home */
		v[3] ^= m;
		sip_round(v);
		v[0] ^= m;
	}
	m = (uint64_t)n << 56 | load_le(p + i, n - i);
	v[3] ^= m;
	sip_round(v);
	v[0] ^= m;
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t
hash_fast(const void *ptr, size_t n, uint64_t seed)
{
	const uint8_t *p = ptr;
	uint64_t h = seed ^ (n * 0x9e3779b97f4a7c15u);
	size_t i;

	for (i = 0; i + 8 <= n; i += 8) {
		h = rotl(h ^ load_le(p + i, 8), 29) * 0xbf58476d1ce4e5b9u;
		h ^= h >> 32;
	}
	h = rotl(h ^ load_le(p + i, n - i), 29) * 0x94d049bb133111ebu;
	h ^= h >> 29;
	h *= 0xbf58476d1ce4e5b9u;
	return h ^ h >> 32;
}
