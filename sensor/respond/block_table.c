/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/xalloc.h"
#include "sensor/respond/block_int.h"

/* How long before the kernel lets go of it a block is asked for again. */
enum { RENEW_EARLY_S = 3600 };

bool
btab_init(struct block_table *t, uint32_t cap)
{
	uint32_t buckets = 1;

	while (buckets < cap)
		buckets *= 2;
	*t = (struct block_table){ .mask = buckets - 1, .cap = cap };
	t->slots = mem_map(((size_t)cap + 1) * sizeof(*t->slots));
	t->buckets = mem_calloc(buckets, sizeof(*t->buckets));
	t->heap = mem_calloc((size_t)cap + 1, sizeof(*t->heap));
	if (t->slots && t->buckets && t->heap)
		return true;
	btab_fini(t);
	return false;
}

void
btab_fini(struct block_table *t)
{
	if (t->slots)
		mem_unmap(t->slots, ((size_t)t->cap + 1) * sizeof(*t->slots));
	free(t->buckets);
	free(t->heap);
	*t = (struct block_table){ .cap = 0 };
}

/* All blocks of an address are one, whichever way. */
static uint32_t *
bucket_of(const struct block_table *t, const struct block_key *k)
{
	struct block_key any = *k;

	any.how = 0;
	return &t->buckets[(uint32_t)hash_keyed(&any, sizeof(any)) & t->mask];
}

static bool
is_same(const struct block_key *a, const struct block_key *b)
{
	struct block_key any = *a;

	any.how = b->how;
	return memcmp(&any, b, sizeof(any)) == 0;
}

struct block *
btab_find(const struct block_table *t, const struct block_key *k)
{
	uint32_t i = *bucket_of(t, k);

	while (i && !is_same(&t->slots[i].key, k))
		i = t->slots[i].chain;
	return i ? &t->slots[i] : NULL;
}

struct block *
btab_add(struct block_table *t, const struct block_key *k)
{
	uint32_t i = t->free, *bucket = bucket_of(t, k);
	struct block *b;

	if (i)
		t->free = t->slots[i].chain;
	else if (t->made < t->cap)
		i = ++t->made;
	else
		return NULL;
	b = &t->slots[i];
	*b = (struct block){ .key = *k, .serial = ++t->serial,
		.chain = *bucket, .older = t->newest };
	*bucket = i;
	if (t->newest)
		t->slots[t->newest].newer = i;
	else
		t->oldest = i;
	t->newest = i;
	t->n++;
	return b;
}

/* -- the heap: the block that is due first is heap[1] -------------------------- */

uint64_t
btab_due_ns(const struct block *b)
{
	uint64_t end = b->until.ns ? b->until.ns : UINT64_MAX;
	uint64_t kernel = b->kernel_until.ns;

	if (!kernel || kernel >= end || b->state == BLOCK_STATE_DRY)
		return end;
	return kernel - (uint64_t)RENEW_EARLY_S * 1000000000u;
}

static bool
is_before(const struct block_table *t, uint32_t a, uint32_t b)
{
	return btab_due_ns(&t->slots[t->heap[a]]) <
	    btab_due_ns(&t->slots[t->heap[b]]);
}

static void
swap(struct block_table *t, uint32_t a, uint32_t b)
{
	uint32_t i = t->heap[a];

	t->heap[a] = t->heap[b];
	t->heap[b] = i;
	t->slots[t->heap[a]].heap = a;
	t->slots[t->heap[b]].heap = b;
}

static void
settle(struct block_table *t, uint32_t at)
{
	while (at > 1 && is_before(t, at, at / 2)) {
		swap(t, at, at / 2);
		at /= 2;
	}
	for (;;) {
		uint32_t next = at * 2;

		if (next > t->n_heap)
			return;
		if (next < t->n_heap && is_before(t, next + 1, next))
			next++;
		if (!is_before(t, next, at))
			return;
		swap(t, at, next);
		at = next;
	}
}

static void
heap_drop(struct block_table *t, struct block *b)
{
	uint32_t at = b->heap, last = t->n_heap;

	if (!at)
		return;
	if (at != last)
		swap(t, at, last);
	t->n_heap--;
	b->heap = 0;
	if (at != last)
		settle(t, at);
}

void
btab_due(struct block_table *t, struct block *b)
{
	if (btab_due_ns(b) == UINT64_MAX) {
		heap_drop(t, b);
		return;
	}
	if (!b->heap) {
		b->heap = ++t->n_heap;
		t->heap[b->heap] = btab_slot(t, b);
	}
	settle(t, b->heap);
}

struct block *
btab_next_due(const struct block_table *t, struct mtime now)
{
	struct block *b;

	if (!t->n_heap)
		return NULL;
	b = &t->slots[t->heap[1]];
	return btab_due_ns(b) <= now.ns ? b : NULL;
}

void
btab_drop(struct block_table *t, struct block *b)
{
	uint32_t i = btab_slot(t, b), *at = bucket_of(t, &b->key);

	while (*at != i)
		at = &t->slots[*at].chain;
	*at = b->chain;
	if (b->newer)
		t->slots[b->newer].older = b->older;
	else
		t->newest = b->older;
	if (b->older)
		t->slots[b->older].newer = b->newer;
	else
		t->oldest = b->newer;
	heap_drop(t, b);
	b->state = BLOCK_STATE_FREE;
	b->chain = t->free;
	t->free = i;
	t->n--;
}

const struct block *
blocks_next(const struct blocks *bs, uint32_t *at)
{
	while (*at < bs->table.made) {
		const struct block *b = &bs->table.slots[++*at];

		if (b->state != BLOCK_STATE_FREE)
			return b;
	}
	return NULL;
}

uint32_t
blocks_count(const struct blocks *bs)
{
	return bs->table.n;
}
