/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/slab.h"

#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"

#if defined(__SANITIZE_ADDRESS__)
#define SLAB_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLAB_ASAN 1
#endif
#endif
#ifdef SLAB_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { PAGE_BYTES = 64 * 1024 };

struct slab_page {
	struct slab_page *next;
	uint8_t *objects; /* inside the page, aligned */
};

static uint32_t
per_page(const struct slab *s)
{
	return s->stride < PAGE_BYTES ? (uint32_t)(PAGE_BYTES / s->stride) : 1;
}

void
slab_init(struct slab *s, size_t size, uint64_t max)
{
	size_t stride = (size + SLAB_ALIGN - 1) / SLAB_ALIGN * SLAB_ALIGN;

	*s = (struct slab){ .stride = stride, .max = max };
}

void
slab_fini(struct slab *s)
{
	while (s->pages) {
		struct slab_page *page = s->pages;

		s->pages = page->next;
		UNPOISON(page->objects, s->stride * per_page(s));
		free(page);
	}
	s->free = NULL;
	s->live = s->fresh = 0;
}

static bool
add_page(struct slab *s)
{
	struct slab_page *page = mem_calloc(1, sizeof(*page) + SLAB_ALIGN +
	    s->stride * per_page(s));
	uintptr_t at;

	if (!page)
		return false;
	at = (uintptr_t)(page + 1) % SLAB_ALIGN;
	page->objects = (uint8_t *)(page + 1) + (at ? SLAB_ALIGN - at : 0);
	page->next = s->pages;
	s->pages = page;
	s->fresh = per_page(s);
	return true;
}

void *
slab_take_raw(struct slab *s)
{
	void *object = s->free;

	if (s->live >= s->max || (!object && !s->fresh && !add_page(s))) {
		s->refused++;
		return NULL;
	}
	s->live++;
	if (!object)
		return s->pages->objects + s->stride * --s->fresh;
	UNPOISON(object, s->stride);
	memcpy(&s->free, object, sizeof(s->free));
	return object;
}

void *
slab_take(struct slab *s)
{
	bool fresh = !s->free; /* a new page is zeroed */
	void *object = slab_take_raw(s);

	return fresh || !object ? object : memset(object, 0, s->stride);
}

void
slab_give(struct slab *s, void *object)
{
	if (!object)
		return;
	memcpy(object, &s->free, sizeof(s->free));
	s->free = object;
	s->live--;
	POISON(object, s->stride);
}
