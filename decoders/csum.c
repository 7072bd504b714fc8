/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Internet checksum, RFC 1071: a sum of 16 bit words may be formed in any
 * width and in either byte order, and folded and swapped at the end. */
#include <string.h>

#include "core/be.h"
#include "decoders/decode.h"

uint16_t
dec_csum_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum += sum >> 16;
	return (uint16_t)sum;
}

uint32_t
dec_csum_add(uint32_t sum, const uint8_t *p, size_t n)
{
	uint64_t a = 0, b = 0;
	uint32_t words[4];
	uint8_t tail[4] = { 0 };
	uint16_t folded;
	struct be16 be;
	size_t i = 0;

	for (; n - i >= sizeof(words); i += sizeof(words)) {
		memcpy(words, p + i, sizeof(words));
		a += (uint64_t)words[0] + words[1];
		b += (uint64_t)words[2] + words[3];
	}
	for (; n - i >= sizeof(words[0]); i += sizeof(words[0])) {
		memcpy(words, p + i, sizeof(words[0]));
		a += words[0];
	}
	if (n > i)
		memcpy(tail, p + i, n - i);
	memcpy(words, tail, sizeof(tail));
	a += words[0];

	/* 2^32 and 2^16 are 1 in this arithmetic */
	a = (a & UINT32_MAX) + (a >> 32) + (b & UINT32_MAX) + (b >> 32);
	a = (a & UINT32_MAX) + (a >> 32);
	a = (a & UINT16_MAX) + (a >> 16);
	a = (a & UINT16_MAX) + (a >> 16);
	a = (a & UINT16_MAX) + (a >> 16);
	folded = (uint16_t)a;
	memcpy(&be, &folded, sizeof(be)); /* the words were in memory's order */
	return (uint32_t)dec_csum_fold(sum) + be16_get(be);
}
