/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/sha1.h"

#include <string.h>

#include "core/be.h"

enum { BLOCK = 64, LENGTH = 8 };

static uint32_t
rotl(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

/* RFC 3174, 6.1 */
static void
block(uint32_t h[5], const uint8_t p[BLOCK])
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
sha1(const uint8_t *p, size_t n, uint8_t digest[SHA1_LEN])
{
	uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
		0xc3d2e1f0 };
	uint8_t tail[2 * BLOCK] = { 0 };
	size_t whole = n - n % BLOCK, left = n % BLOCK;
	size_t end = left + 1 + LENGTH <= BLOCK ? BLOCK : 2 * BLOCK;
	uint64_t bits = (uint64_t)n * 8;

	for (size_t at = 0; at < whole; at += BLOCK)
		block(h, p + at);
	/* padding: a one bit, zeros, and the length in bits */
	if (left)
		memcpy(tail, p + whole, left);
	tail[left] = 0x80;
	for (unsigned i = 0; i < LENGTH; i++)
		tail[end - 1 - i] = (uint8_t)(bits >> 8 * i);
	for (size_t at = 0; at < end; at += BLOCK)
		block(h, tail + at);
	for (unsigned i = 0; i < 5; i++) {
		struct be32 v = be32_make(h[i]);

		memcpy(digest + 4 * i, &v, sizeof(v));
	}
}
