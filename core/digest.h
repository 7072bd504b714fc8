/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message digests, whole or piece by piece: MD5 (RFC 1321), SHA-1 (RFC 3174),
 * SHA-256 and SHA-512 (FIPS 180-4). To name what was seen - files,
 * protected_content, Community ID - and not for secrets.
 */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include "core/base.h"
#include "core/slice.h"

enum digest_kind {
	DIGEST_NONE,
	DIGEST_MD5,
	DIGEST_SHA1,
	DIGEST_SHA256,
	DIGEST_SHA512,
};
enum { DIGEST_MAX = 64 };

struct digest {
	enum digest_kind kind;
	uint64_t bytes; /* so far */
	union {
		uint32_t w32[8];
		uint64_t w64[8];
	} h;
	uint8_t part[128]; /* of a block */
};

/* Bytes of a digest. */
size_t digest_len(enum digest_kind kind);

void digest_init(struct digest *d, enum digest_kind kind);
void digest_update(struct digest *d, struct slice in);
/* Writes digest_len(kind) bytes; the struct is used up. */
void digest_final(struct digest *d, uint8_t out[DIGEST_MAX]);

/* All at once. */
void digest(enum digest_kind kind, struct slice in, uint8_t out[DIGEST_MAX]);

#endif
