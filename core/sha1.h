/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-1 (RFC 3174), for identifiers that are defined by it, such as Community
 * ID. Not for anything that must withstand forgery.
 */
#ifndef CORE_SHA1_H
#define CORE_SHA1_H

#include "core/base.h"

enum { SHA1_LEN = 20 };

/* The digest of the n bytes. */
void sha1(const uint8_t *p, size_t n, uint8_t digest[SHA1_LEN]);

#endif
