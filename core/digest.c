/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/digest.h"

#include <string.h>

/* RFC 1321: floor(2^32 * |sin(i + 1)|). */
static const uint32_t md5_t[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a,
	0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
	0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
	0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
	0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
	0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
	0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
	0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

/* FIPS 180-4, 4.2.3: fractional parts of the cube roots of the first primes;
 * SHA-256's constants are the upper halves of the first 64. */
static const uint64_t sha_k[80] = {
	0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f,
	0xe9b5dba58189dbbc, 0x3956c25bf348b538, 0x59f111f1b605d019,
	0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242,
	0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
	0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
	0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3,
	0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65, 0x2de92c6f592b0275,
	0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
	0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f,
	0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
	0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc,
	0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
	0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6,
	0x92722c851482353b, 0xa2bfe8a14cf10364, 0xa81a664bbc423001,
	0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
	0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
	0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99,
	0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb,
	0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc,
	0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
	0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915,
	0xc67178f2e372532b, 0xca273eceea26619c, 0xd186b8c721c0c207,
	0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba,
	0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
	0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
	0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a,
	0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

/* 5.3.5: of the square roots; SHA-256 takes the upper halves. */
static const uint64_t sha_h[8] = {
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
	0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
	0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static uint32_t
rotl32(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

static uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static uint32_t
md5_step(uint32_t a, uint32_t b, uint32_t f, uint32_t w, unsigned i,
    unsigned turn)
{
	return b + rotl32(a + f + md5_t[i] + w, turn);
}

/* RFC 1321 3.4 */
static void
md5(uint32_t h[4], const uint8_t *p)
{
	static const uint8_t turns[4][4] = { { 7, 12, 17, 22 },
		{ 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 } };
	uint32_t a = h[0], b = h[1], c = h[2], d = h[3], w[16], next;

	for (unsigned i = 0; i < 16; i++)
		w[i] = le32(p + (size_t)4 * i);
#define ROUND(n, function, word)                                               \
	for (unsigned i = 16 * (n); i < 16 * (n) + 16; i++) {                  \
		next = md5_step(a, b, function, w[(word) % 16], i,             \
		    turns[n][i % 4]);                                          \
		a = d;                                                         \
		d = c;                                                         \
		c = b;                                                         \
		b = next;                                                      \
	}
	ROUND(0, (b & c) | (~b & d), i)
	ROUND(1, (d & b) | (~d & c), 5 * i + 1)
	ROUND(2, b ^ c ^ d, 3 * i + 5)
	ROUND(3, c ^ (b | ~d), 7 * i)
#undef ROUND
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
}

/* RFC 3174 6.1 */
static void
sha1(uint32_t h[5], const uint8_t *p)
{
	uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], next;
	uint32_t w[80];

	for (unsigned t = 0; t < 16; t++)
		w[t] = (uint32_t)p[4 * t] << 24 | (uint32_t)p[4 * t + 1] << 16 |
		    (uint32_t)p[4 * t + 2] << 8 | p[4 * t + 3];
	for (unsigned t = 16; t < 80; t++)
		w[t] = rotl32(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
#define ROUND(n, function, k)                                                  \
	for (unsigned t = 20 * (n); t < 20 * (n) + 20; t++) {                  \
		next = rotl32(a, 5) + (function) + (k) + e + w[t];             \
		e = d;                                                         \
		d = c;                                                         \
		c = rotl32(b, 30);                                             \
		b = a;                                                         \
		a = next;                                                      \
	}
	ROUND(0, (b & c) | (~b & d), 0x5a827999)
	ROUND(1, b ^ c ^ d, 0x6ed9eba1)
	ROUND(2, (b & c) | (b & d) | (c & d), 0x8f1bbcdc)
	ROUND(3, b ^ c ^ d, 0xca62c1d6)
#undef ROUND
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

/* SHA-256 and SHA-512 are the same but for the word and six rotations each. */
#define SHA2(name, word, bits, rounds, a1, a2, a3, b1, b2, b3, c1, c2, c3, d1, \
    d2, d3)                                                                    \
	static word name##_rotr(word v, unsigned n)                            \
	{                                                                      \
		return v >> n | v << (bits - n);                               \
	}                                                                      \
	static void name(word h[8], const uint8_t *p)                          \
	{                                                                      \
		word v0 = h[0], v1 = h[1], v2 = h[2], v3 = h[3];               \
		word v4 = h[4], v5 = h[5], v6 = h[6], v7 = h[7];               \
		word w[rounds];                                                \
									       \
		for (unsigned i = 0; i < 16; i++) {                            \
			w[i] = 0;                                              \
			for (unsigned k = 0; k < bits / 8; k++)                \
				w[i] = (word)(w[i] << 8) |                     \
				    p[i * (bits / 8) + k];                     \
		}                                                              \
		for (unsigned i = 16; i < rounds; i++) {                       \
			word x = w[i - 15], y = w[i - 2];                      \
									       \
			w[i] = w[i - 16] + w[i - 7] +                          \
			    (name##_rotr(x, a1) ^ name##_rotr(x, a2) ^         \
			    x >> a3) + (name##_rotr(y, b1) ^                   \
			    name##_rotr(y, b2) ^ y >> b3);                     \
		}                                                              \
		for (unsigned i = 0; i < rounds; i++) {                        \
			word s1 = name##_rotr(v4, d1) ^                        \
			    name##_rotr(v4, d2) ^ name##_rotr(v4, d3);         \
			word s0 = name##_rotr(v0, c1) ^                        \
			    name##_rotr(v0, c2) ^ name##_rotr(v0, c3);         \
			word ch = (v4 & v5) ^ (~v4 & v6);                      \
			word maj = (v0 & v1) ^ (v0 & v2) ^ (v1 & v2);          \
			word t1 = v7 + s1 + ch + w[i] +                        \
			    (word)(sha_k[i] >> (64 - bits));                   \
									       \
			v7 = v6;                                               \
			v6 = v5;                                               \
			v5 = v4;                                               \
			v4 = v3 + t1;                                          \
			v3 = v2;                                               \
			v2 = v1;                                               \
			v1 = v0;                                               \
			v0 = t1 + s0 + maj;                                    \
		}                                                              \
		h[0] += v0;                                                    \
		h[1] += v1;                                                    \
		h[2] += v2;                                                    \
		h[3] += v3;                                                    \
		h[4] += v4;                                                    \
		h[5] += v5;                                                    \
		h[6] += v6;                                                    \
		h[7] += v7;                                                    \
	}

SHA2(sha256, uint32_t, 32, 64, 7, 18, 3, 17, 19, 10, 2, 13, 22, 6, 11, 25)
SHA2(sha512, uint64_t, 64, 80, 1, 8, 7, 19, 61, 6, 28, 34, 39, 14, 18, 41)

/* -- any of them ------------------------------------------------------------ */

static const struct {
	uint8_t len, block, tail; /* bytes: digest, block, length at the end */
} kinds[] = {
	[DIGEST_NONE] = { 0, 64, 8 },
	[DIGEST_MD5] = { 16, 64, 8 },
	[DIGEST_SHA1] = { 20, 64, 8 },
	[DIGEST_SHA256] = { 32, 64, 8 },
	[DIGEST_SHA512] = { 64, 128, 16 },
};

static void
block(struct digest *d, const uint8_t *p)
{
	switch (d->kind) {
	case DIGEST_NONE:
		break;
	case DIGEST_MD5:
		md5(d->h.w32, p);
		break;
	case DIGEST_SHA1:
		sha1(d->h.w32, p);
		break;
	case DIGEST_SHA256:
		sha256(d->h.w32, p);
		break;
	case DIGEST_SHA512:
		sha512(d->h.w64, p);
		break;
	}
}

size_t
digest_len(enum digest_kind kind)
{
	return kinds[kind].len;
}

void
digest_init(struct digest *d, enum digest_kind kind)
{
	/* RFC 1321 3.3, RFC 3174 6.1 */
	static const uint32_t first[] = { 0x67452301, 0xefcdab89, 0x98badcfe,
		0x10325476, 0xc3d2e1f0 };

	d->kind = kind;
	d->bytes = 0;
	if (kind == DIGEST_SHA512)
		memcpy(d->h.w64, sha_h, sizeof(sha_h));
	else if (kind == DIGEST_SHA256)
		for (unsigned i = 0; i < 8; i++)
			d->h.w32[i] = (uint32_t)(sha_h[i] >> 32);
	else
		memcpy(d->h.w32, first, sizeof(first));
}

void
digest_update(struct digest *d, struct slice in)
{
	size_t size = kinds[d->kind].block, have = d->bytes % size, n;

	d->bytes += in.len;
	while (in.len) {
		if (!have && in.len >= size) {
			block(d, in.ptr);
			n = size;
		} else {
			n = in.len < size - have ? in.len : size - have;
			memcpy(d->part + have, in.ptr, n);
			have += n;
			if (have == size) {
				block(d, d->part);
				have = 0;
			}
		}
		in = slice_make(in.ptr + n, in.len - n);
	}
}

/* The message ends with 0x80, zeros up to a block's end, and its length in
 * bits before that. */
void
digest_final(struct digest *d, uint8_t out[DIGEST_MAX])
{
	size_t size = kinds[d->kind].block, tail = kinds[d->kind].tail;
	size_t have = d->bytes % size;
	uint64_t bits = d->bytes * 8;

	d->part[have++] = 0x80;
	if (have > size - tail) {
		memset(d->part + have, 0, size - have);
		block(d, d->part);
		have = 0;
	}
	memset(d->part + have, 0, size - have);
	for (unsigned i = 0; i < 8; i++)
		d->part[size - 8 + i] = (uint8_t)(bits >> 8 *
		    (d->kind == DIGEST_MD5 ? i : 7 - i));
	block(d, d->part);
	for (unsigned i = 0; i < kinds[d->kind].len; i++)
		out[i] = d->kind == DIGEST_MD5 ?
		    (uint8_t)(d->h.w32[i / 4] >> 8 * (i % 4)) :
		    d->kind == DIGEST_SHA512 ?
		    (uint8_t)(d->h.w64[i / 8] >> (56 - 8 * (i % 8))) :
		    (uint8_t)(d->h.w32[i / 4] >> (24 - 8 * (i % 4)));
}

void
digest(enum digest_kind kind, struct slice in, uint8_t out[DIGEST_MAX])
{
	struct digest d;

	digest_init(&d, kind);
	digest_update(&d, in);
	digest_final(&d, out);
}
