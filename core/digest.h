/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message digests for protected_content and fingerprints: MD5 (RFC 1321),
 * SHA-256 and SHA-512 (FIPS 180-4). Of short inputs; not for secrets. */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include "core/base.h"
#include "core/slice.h"

enum digest_kind { DIGEST_NONE, DIGEST_MD5, DIGEST_SHA256, DIGEST_SHA512 };
enum { DIGEST_MAX = 64 };

/* Bytes of a digest. */
size_t digest_len(enum digest_kind kind);
/* Writes digest_len(kind) bytes. */
void digest(enum digest_kind kind, struct slice in, uint8_t out[DIGEST_MAX]);

#endif
