/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/digest.h"

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

/* A message with its padding, a block at a time: 0x80, zeros, the length in
 * bits in the last 8 bytes. */
struct blocks {
	struct slice in;
	size_t size, off; /* of a block; of the next one */
	bool big_endian;
};

static bool
next_block(struct blocks *b, uint8_t *block)
{
	size_t tail = b->size == 128 ? 16 : 8;
	size_t total = (b->in.len + 1 + tail + b->size - 1) / b->size * b->size;
	uint64_t bits = (uint64_t)b->in.len * 8;

	if (b->off == total)
		return false;
	for (size_t i = 0; i < b->size; i++) {
		size_t at = b->off + i;

		block[i] = at < b->in.len ? b->in.ptr[at] :
		    at == b->in.len ? 0x80 : 0;
		if (at >= total - 8) {
			size_t k = at - (total - 8);
			size_t shift = 8 * (b->big_endian ? 7 - k : k);

			block[i] = (uint8_t)(bits >> shift);
		}
	}
	b->off += b->size;
	return true;
}

static uint32_t
rotl32(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

static void
md5(struct slice in, uint8_t *out)
{
	static const uint8_t turns[4][4] = { { 7, 12, 17, 22 },
		{ 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 } };
	uint32_t h[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
	struct blocks bs = { in, 64, 0, false };
	uint8_t block[128];

	while (next_block(&bs, block)) {
		uint32_t a = h[0], b = h[1], c = h[2], d = h[3], w[16];

		for (unsigned i = 0; i < 16; i++)
			w[i] = (uint32_t)block[4 * i] |
			    (uint32_t)block[4 * i + 1] << 8 |
			    (uint32_t)block[4 * i + 2] << 16 |
			    (uint32_t)block[4 * i + 3] << 24;
		for (unsigned i = 0; i < 64; i++) {
			uint32_t f, next;
			unsigned g;

			switch (i / 16) {
			case 0:
				f = (b & c) | (~b & d);
				g = i;
				break;
			case 1:
				f = (d & b) | (~d & c);
				g = (5 * i + 1) % 16;
				break;
			case 2:
				f = b ^ c ^ d;
				g = (3 * i + 5) % 16;
				break;
			default:
				f = c ^ (b | ~d);
				g = (7 * i) % 16;
				break;
			}
			next = b + rotl32(a + f + md5_t[i] + w[g],
			    turns[i / 16][i % 4]);
			a = d;
			d = c;
			c = b;
			b = next;
		}
		h[0] += a;
		h[1] += b;
		h[2] += c;
		h[3] += d;
	}
	for (unsigned i = 0; i < 16; i++)
		out[i] = (uint8_t)(h[i / 4] >> 8 * (i % 4));
}

/* SHA-256 and SHA-512 are the same but for the word and six rotations each. */
#define SHA2(name, word, bits, rounds, block_len, a1, a2, a3, b1, b2, b3, c1,  \
    c2, c3, d1, d2, d3)                                                        \
	static word name##_rotr(word v, unsigned n)                            \
	{                                                                      \
		return v >> n | v << (bits - n);                               \
	}                                                                      \
	static void name(struct slice in, uint8_t *out)                        \
	{                                                                      \
		struct blocks bs = { in, block_len, 0, true };                 \
		uint8_t block[128];                                            \
		word h[8], v[8], w[rounds];                                    \
									       \
		for (unsigned i = 0; i < 8; i++)                               \
			h[i] = (word)(sha_h[i] >> (64 - bits));                \
		while (next_block(&bs, block)) {                               \
			for (unsigned i = 0; i < 16; i++) {                    \
				w[i] = 0;                                      \
				for (unsigned k = 0; k < bits / 8; k++)        \
					w[i] = (word)(w[i] << 8) |             \
					    block[i * (bits / 8) + k];         \
			}                                                      \
			for (unsigned i = 16; i < rounds; i++) {               \
				word x = w[i - 15], y = w[i - 2];              \
									       \
				w[i] = w[i - 16] + w[i - 7] +                  \
				    (name##_rotr(x, a1) ^ name##_rotr(x, a2) ^ \
				    x >> a3) + (name##_rotr(y, b1) ^           \
				    name##_rotr(y, b2) ^ y >> b3);             \
			}                                                      \
			memcpy(v, h, sizeof(v));                               \
			for (unsigned i = 0; i < rounds; i++) {                \
				word s1 = name##_rotr(v[4], d1) ^              \
				    name##_rotr(v[4], d2) ^                    \
				    name##_rotr(v[4], d3);                     \
				word s0 = name##_rotr(v[0], c1) ^              \
				    name##_rotr(v[0], c2) ^                    \
				    name##_rotr(v[0], c3);                     \
				word ch = (v[4] & v[5]) ^ (~v[4] & v[6]);      \
				word maj = (v[0] & v[1]) ^ (v[0] & v[2]) ^     \
				    (v[1] & v[2]);                             \
				word t1 = v[7] + s1 + ch + w[i] +              \
				    (word)(sha_k[i] >> (64 - bits));           \
									       \
				memmove(v + 1, v, 7 * sizeof(v[0]));           \
				v[4] += t1;                                    \
				v[0] = t1 + s0 + maj;                          \
			}                                                      \
			for (unsigned i = 0; i < 8; i++)                       \
				h[i] += v[i];                                  \
		}                                                              \
		for (unsigned i = 0; i < bits; i++)                            \
			out[i] = (uint8_t)(h[i / (bits / 8)] >>                \
			    (bits - 8 - 8 * (i % (bits / 8))));                \
	}

SHA2(sha256, uint32_t, 32, 64, 64, 7, 18, 3, 17, 19, 10, 2, 13, 22, 6, 11, 25)
SHA2(sha512, uint64_t, 64, 80, 128, 1, 8, 7, 19, 61, 6, 28, 34, 39, 14, 18, 41)

size_t
digest_len(enum digest_kind kind)
{
	static const uint8_t lens[] = { [DIGEST_NONE] = 0, [DIGEST_MD5] = 16,
		[DIGEST_SHA256] = 32, [DIGEST_SHA512] = 64 };

	return lens[kind];
}

void
digest(enum digest_kind kind, struct slice in, uint8_t out[DIGEST_MAX])
{
	switch (kind) {
	case DIGEST_NONE:
		break;
	case DIGEST_MD5:
		md5(in, out);
		break;
	case DIGEST_SHA256:
		sha256(in, out);
		break;
	case DIGEST_SHA512:
		sha512(in, out);
		break;
	}
}
