/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks of fixed size. Pages are taken from the system the first time they
 * are needed and kept until the end, so a busy sensor allocates nothing. */
#include <stdlib.h>
#include <string.h>

#include "decoders/track/stream_priv.h"

struct slab_page {
	struct slab_page *next;
	size_t pad; /* blocks begin aligned for any type */
};
static_assert(sizeof(struct slab_page) % 16 == 0, "blocks are aligned");

static size_t
per_page(const struct slab *s)
{
	return (PAGE_SIZE - sizeof(struct slab_page)) / s->size;
}

void
slab_init(struct slab *s, size_t size, size_t cap)
{
	*s = (struct slab){ .size = (size + 15) & ~(size_t)15, .cap = cap };
}

void
slab_fini(struct slab *s)
{
	while (s->pages) {
		struct slab_page *next = s->pages->next;

		free(s->pages);
		s->pages = next;
	}
	*s = (struct slab){ 0 };
}

static bool
slab_grow(struct slab *s)
{
	size_t n = per_page(s), pages = s->n_blocks / n;
	struct slab_page *page;
	uint8_t *block;

	if ((pages + 1) * PAGE_SIZE > s->cap)
		return false;
	page = malloc(PAGE_SIZE);
	if (!page)
		return false;
	page->next = s->pages;
	s->pages = page;
	block = (uint8_t *)(page + 1);
	for (size_t i = 0; i < n; i++, block += s->size) {
		struct slab_free *f = (struct slab_free *)(void *)block;

		f->next = s->free;
		s->free = f;
	}
	s->n_blocks += n;
	return true;
}

void *
slab_take(struct slab *s)
{
	struct slab_free *f;

	if (!s->free && !slab_grow(s))
		return NULL;
	f = s->free;
	s->free = f->next;
	s->n_used++;
	memset(f, 0, s->size);
	return f;
}

void
slab_give(struct slab *s, void *block)
{
	struct slab_free *f = block;

	f->next = s->free;
	s->free = f;
	s->n_used--;
}

size_t
slab_left(const struct slab *s)
{
	size_t max = s->cap / PAGE_SIZE * per_page(s);

	return max > s->n_used ? max - s->n_used : 0;
}
