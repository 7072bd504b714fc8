/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-1 (RFC 3174), for identifiers that are defined by it, such as Community
 * ID. Not for anything that must withstand forgery.
 */
#ifndef CORE_SHA1_H
#define CORE_SHA1_H

#include "core/base.h"

enum { SHA1_LEN = 20, SHA1_BLOCK = 64 };

/* A digest under way. */
struct sha1 {
	uint32_t h[5];
	uint64_t n; /* bytes so far; the last n % SHA1_BLOCK of them in tail */
	uint8_t tail[SHA1_BLOCK];
};

void sha1_begin(struct sha1 *s);
void sha1_add(struct sha1 *s, const uint8_t *p, size_t n);
void sha1_end(struct sha1 *s, uint8_t digest[SHA1_LEN]);

/* The digest of the n bytes. */
void sha1(const uint8_t *p, size_t n, uint8_t digest[SHA1_LEN]);

#endif
