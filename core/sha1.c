/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/sha1.h"

#include <string.h>

#include "core/be.h"

enum { LENGTH = 8 };

static uint32_t
rotl(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

/* RFC 3174, 6.1 */
static void
block(uint32_t h[5], const uint8_t p[SHA1_BLOCK])
{
	uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], w[80];

	for (unsigned t = 0; t < 16; t++)
		w[t] = (uint32_t)p[4 * t] << 24 | (uint32_t)p[4 * t + 1] << 16 |
		    (uint32_t)p[4 * t + 2] << 8 | p[4 * t + 3];
	for (unsigned t = 16; t < 80; t++)
		w[t] = rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	for (unsigned t = 0; t < 80; t++) {
		uint32_t f = t < 20 ? ((b & c) | (~b & d)) + 0x5a827999 :
		    t < 40 ? (b ^ c ^ d) + 0x6ed9eba1 :
		    t < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc :
		    (b ^ c ^ d) + 0xca62c1d6;
		uint32_t next = rotl(a, 5) + f + e + w[t];

		e = d;
		d = c;
		c = rotl(b, 30);
		b = a;
		a = next;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

void
sha1_begin(struct sha1 *s)
{
	*s = (struct sha1){ .h = { 0x67452301, 0xefcdab89, 0x98badcfe,
		0x10325476, 0xc3d2e1f0 } };
}

void
sha1_add(struct sha1 *s, const uint8_t *p, size_t n)
{
	size_t held = s->n % SHA1_BLOCK, take = SHA1_BLOCK - held;

	s->n += n;
	if (held && n >= take) {
		memcpy(s->tail + held, p, take);
		block(s->h, s->tail);
		p += take;
		n -= take;
		held = 0;
	}
	for (; !held && n >= SHA1_BLOCK; p += SHA1_BLOCK, n -= SHA1_BLOCK)
		block(s->h, p);
	if (n)
		memcpy(s->tail + held, p, n);
}

void
sha1_end(struct sha1 *s, uint8_t digest[SHA1_LEN])
{
	size_t held = s->n % SHA1_BLOCK;
	size_t zeros = (2 * SHA1_BLOCK - LENGTH - 1 - held) % SHA1_BLOCK;
	uint8_t pad[SHA1_BLOCK + LENGTH] = { 0x80 };
	uint64_t bits = s->n * 8;

	/* a one bit, zeros, and the length in bits */
	for (unsigned i = 0; i < LENGTH; i++)
		pad[1 + zeros + i] = (uint8_t)(bits >> 8 * (LENGTH - 1 - i));
	sha1_add(s, pad, 1 + zeros + LENGTH);
	for (unsigned i = 0; i < 5; i++) {
		struct be32 v = be32_make(s->h[i]);

		memcpy(digest + 4 * i, &v, sizeof(v));
	}
}

void
sha1(const uint8_t *p, size_t n, uint8_t digest[SHA1_LEN])
{
	struct sha1 s;

	sha1_begin(&s);
	sha1_add(&s, p, n);
	sha1_end(&s, digest);
}
