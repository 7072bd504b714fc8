/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lru.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/xalloc.h"

struct link {
	uint32_t chain;        /* next in the bucket, 0 ends */
	uint32_t newer, older; /* by use; 0 ends */
	uint32_t bucket;
};

static size_t
round_up(size_t n)
{
	return (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

static struct link *
link_at(const struct lru *l, uint32_t i)
{
	return (struct link *)(void *)(l->entries + (size_t)i * l->stride);
}

static uint8_t *
key_at(const struct lru *l, uint32_t i)
{
	return l->entries + (size_t)i * l->stride + sizeof(struct link);
}

static void *
val_at(const struct lru *l, uint32_t i)
{
	return l->entries + (size_t)i * l->stride + l->val_off;
}

bool
lru_init(struct lru *l, size_t key_len, size_t val_len, size_t memcap)
{
	size_t val_off = round_up(sizeof(struct link) + key_len);
	size_t stride = round_up(val_off + val_len);
	/* one bucket an entry, and up to twice that by rounding up */
	size_t cap = memcap / (stride + 2 * sizeof(uint32_t));
	uint32_t buckets = 1;

	if (cap < 1)
		cap = 1;
	if (cap > 1u << 30)
		cap = 1u << 30;
	while (buckets < cap)
		buckets *= 2;
	*l = (struct lru){ .mask = buckets - 1, .cap = (uint32_t)cap,
		.key_len = (uint32_t)key_len, .val_off = (uint32_t)val_off,
		.stride = (uint32_t)stride };
	l->entries = mem_calloc(cap + 1, stride);
	l->buckets = mem_calloc(buckets, sizeof(*l->buckets));
	if (l->entries && l->buckets)
		return true;
	lru_fini(l);
	return false;
}

void
lru_fini(struct lru *l)
{
	free(l->entries);
	free(l->buckets);
	*l = (struct lru){ .cap = 0 };
}

void
lru_clear(struct lru *l)
{
	memset(l->buckets, 0, ((size_t)l->mask + 1) * sizeof(*l->buckets));
	l->n = l->newest = l->oldest = 0;
}

static void
unlink_use(struct lru *l, uint32_t i)
{
	struct link *e = link_at(l, i);

	if (e->newer)
		link_at(l, e->newer)->older = e->older;
	else
		l->newest = e->older;
	if (e->older)
		link_at(l, e->older)->newer = e->newer;
	else
		l->oldest = e->newer;
}

static void
link_newest(struct lru *l, uint32_t i)
{
	struct link *e = link_at(l, i);

	e->newer = 0;
	e->older = l->newest;
	if (l->newest)
		link_at(l, l->newest)->newer = i;
	else
		l->oldest = i;
	l->newest = i;
}

static void
unlink_chain(struct lru *l, uint32_t i)
{
	uint32_t *at = &l->buckets[link_at(l, i)->bucket];

	while (*at != i)
		at = &link_at(l, *at)->chain;
	*at = link_at(l, i)->chain;
}

static uint32_t
lookup(const struct lru *l, const void *key, uint32_t bucket)
{
	uint32_t i = l->buckets[bucket];

	while (i && memcmp(key_at(l, i), key, l->key_len) != 0)
		i = link_at(l, i)->chain;
	return i;
}

static uint32_t
bucket_of(const struct lru *l, const void *key)
{
	return (uint32_t)hash_keyed(key, l->key_len) & l->mask;
}

static void *
use(struct lru *l, uint32_t i)
{
	if (l->newest != i) {
		unlink_use(l, i);
		link_newest(l, i);
	}
	return val_at(l, i);
}

void *
lru_find(struct lru *l, const void *key)
{
	uint32_t i = lookup(l, key, bucket_of(l, key));

	return i ? use(l, i) : NULL;
}

void *
lru_get(struct lru *l, const void *key, bool *is_new)
{
	uint32_t bucket = bucket_of(l, key);
	uint32_t i = lookup(l, key, bucket);

	*is_new = !i;
	if (i)
		return use(l, i);
	if (l->n < l->cap) {
		i = ++l->n;
	} else {
		i = l->oldest;
		unlink_chain(l, i);
		unlink_use(l, i);
		l->evicted++;
	}
	link_at(l, i)->bucket = bucket;
	link_at(l, i)->chain = l->buckets[bucket];
	l->buckets[bucket] = i;
	link_newest(l, i);
	memcpy(key_at(l, i), key, l->key_len);
	return memset(val_at(l, i), 0, l->stride - l->val_off);
}

void *
lru_oldest(const struct lru *l, const void **key)
{
	if (!l->oldest)
		return NULL;
	*key = key_at(l, l->oldest);
	return val_at(l, l->oldest);
}

/* The last entry moves into the hole, so that 1..n stay in use. */
void
lru_drop(struct lru *l, const void *key)
{
	uint32_t i = lookup(l, key, bucket_of(l, key));
	uint32_t last = l->n;
	struct link *e;
	uint32_t *at;

	if (!i)
		return;
	unlink_chain(l, i);
	unlink_use(l, i);
	l->n--;
	if (i == last)
		return;
	e = link_at(l, last);
	for (at = &l->buckets[e->bucket]; *at != last;)
		at = &link_at(l, *at)->chain;
	*at = i;
	if (e->newer)
		link_at(l, e->newer)->older = i;
	else
		l->newest = i;
	if (e->older)
		link_at(l, e->older)->newer = i;
	else
		l->oldest = i;
	memcpy(link_at(l, i), e, l->stride);
}
