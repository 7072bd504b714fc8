/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/table.h"

#include <stdlib.h>

#include "core/hash.h"
#include "core/xalloc.h"

void *
table_find(const struct table *t, uint64_t hash,
    bool (*equal)(const void *item, const void *key), const void *key)
{
	if (!t->size)
		return NULL;
	for (size_t i = hash;; i++) {
		const struct table_slot *s = &t->slots[i & (t->size - 1)];

		if (!s->item)
			return NULL;
		if (s->hash == hash && equal(s->item, key))
			return s->item;
	}
}

static void
put(struct table *t, uint64_t hash, void *item)
{
	size_t i = hash & (t->size - 1);

	while (t->slots[i].item)
		i = (i + 1) & (t->size - 1);
	t->slots[i] = (struct table_slot){ hash, item };
}

void
table_add(struct table *t, uint64_t hash, void *item)
{
	if (t->n >= t->size / 2) {
		struct table old = *t;

		t->size = old.size ? old.size * 2 : 32;
		t->slots = xcalloc(t->size, sizeof(*t->slots));
		for (unsigned i = 0; i < old.size; i++)
			if (old.slots[i].item)
				put(t, old.slots[i].hash, old.slots[i].item);
		free(old.slots);
	}
	put(t, hash, item);
	t->n++;
}

void
table_replace(struct table *t, uint64_t hash, const void *old, void *item)
{
	for (size_t i = hash;; i++) {
		struct table_slot *s = &t->slots[i & (t->size - 1)];

		assert(s->item);
		if (s->item == old) {
			s->item = item;
			return;
		}
	}
}

void
table_fini(struct table *t)
{
	free(t->slots);
	*t = (struct table){ 0 };
}

uint64_t
text_hash(struct text t)
{
	return hash_fast(t.ptr, t.len, 0);
}

uint64_t
text_hash_nocase(struct text t)
{
	char low[64];
	uint64_t h = t.len;

	for (size_t i = 0; i < t.len; i += sizeof(low)) {
		size_t n = t.len - i < sizeof(low) ? t.len - i : sizeof(low);

		for (size_t k = 0; k < n; k++)
			low[k] = text_lower(t.ptr[i + k]);
		h = hash_fast(low, n, h);
	}
	return h;
}

bool
text_eq_nocase(struct text a, struct text b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (text_lower(a.ptr[i]) != text_lower(b.ptr[i]))
			return false;
	return true;
}
