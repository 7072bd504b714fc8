/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash table of borrowed items for the time a configuration is read. Items
 * are never removed; equality is the caller's. */
#ifndef RULES_TABLE_H
#define RULES_TABLE_H

#include "core/base.h"
#include "core/slice.h"

struct table_slot {
	uint64_t hash;
	void *item; /* NULL: free */
};

struct table {
	struct table_slot *slots;
	unsigned n, size; /* size is a power of two, or 0 */
};

/* NULL when there is none. */
void *table_find(const struct table *t, uint64_t hash,
    bool (*equal)(const void *item, const void *key), const void *key);
/* Adds an item that table_find did not find. */
void table_add(struct table *t, uint64_t hash, void *item);
/* Replaces the item that table_find would find. */
void table_replace(struct table *t, uint64_t hash, const void *old,
    void *item);
void table_fini(struct table *t);

/* Hashes for names: as written, and with ASCII case folded. */
uint64_t text_hash(struct text t);
uint64_t text_hash_nocase(struct text t);
bool text_eq_nocase(struct text a, struct text b);

#endif
