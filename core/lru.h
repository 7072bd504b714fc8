/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of fixed memory for what traffic makes us remember: keys of one
 * size to values of one size. All memory is taken at lru_init; when the table
 * is full, the entry used longest ago makes room, and that is counted. Keys
 * are hashed under the process's secret key (core/hash.h).
 */
#ifndef CORE_LRU_H
#define CORE_LRU_H

#include "core/base.h"

struct lru {
	uint8_t *entries;   /* links, key, value; index 0 is not used */
	uint32_t *buckets;  /* index of a chain's first entry, 0: empty */
	uint32_t mask;      /* buckets - 1 */
	uint32_t key_len, val_off, stride;
	uint32_t cap, n;    /* entries there may be, and are */
	uint32_t newest, oldest;
	uint64_t evicted;
};

/* As many entries as fit into memcap bytes, at least one. False: no memory. */
NODISCARD bool lru_init(struct lru *l, size_t key_len, size_t val_len,
    size_t memcap);
void lru_fini(struct lru *l);
/* Forgets every entry; `evicted` goes on. */
void lru_clear(struct lru *l);

/* The key's value, which becomes the newest; NULL when there is none. The
 * pointer (aligned for any type) holds until the next lru_get or lru_drop. */
void *lru_find(struct lru *l, const void *key);
/* The same, adding a zeroed value when there is none; *is_new says so. */
void *lru_get(struct lru *l, const void *key, bool *is_new);
/* The value used longest ago and its key; NULL: there is none. It stays that. */
void *lru_oldest(const struct lru *l, const void **key);
void lru_drop(struct lru *l, const void *key);

#endif
