/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hashing. hash_keyed() is SipHash-1-3 under a random key chosen once per
 * process: for every table whose keys traffic can choose. hash_fast() has no
 * key: for tables whose keys the configuration chose.
 */
#ifndef CORE_HASH_H
#define CORE_HASH_H

#include "core/base.h"

/* Draws the process's key from the system; call once at start. Without it
 * (tests) the key is zero and hashes repeat. */
void hash_seed(void);
uint64_t hash_keyed(const void *p, size_t n);
uint64_t hash_fast(const void *p, size_t n, uint64_t seed);

#endif
