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
	size_t bytes;     /* of all of them */
	bool mapped;      /* by mem_map: MEM_HUGE bytes */
};
static_assert(sizeof(struct slab_page) <= SLAB_ALIGN,
    "objects begin behind one cache line");

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
		UNPOISON(page->objects, page->bytes);
		if (page->mapped)
			mem_unmap(page, MEM_HUGE);
		else
			free(page);
	}
	s->free = NULL;
	s->live = s->made = s->fresh = 0;
}

/* A slab that grew past a huge page goes on in huge pages, as long as its
 * maximum needs all of one. */
static bool
wants_huge(const struct slab *s)
{
	uint64_t n = MEM_HUGE / s->stride;

	return s->stride <= PAGE_BYTES && s->made >= n && s->max > s->made &&
	    s->max - s->made >= n;
}

static bool
add_page(struct slab *s)
{
	bool huge = wants_huge(s);
	size_t room = huge ? MEM_HUGE - SLAB_ALIGN : PAGE_BYTES;
	size_t n = room < s->stride ? 1 : room / s->stride;
	struct slab_page *page = huge ? mem_map(MEM_HUGE) :
	    mem_calloc(1, 2 * SLAB_ALIGN + s->stride * n);
	uintptr_t at;

	if (!page)
		return false;
	at = (uintptr_t)page % SLAB_ALIGN;
	page->objects = (uint8_t *)page + (at ? SLAB_ALIGN - at : 0) +
	    SLAB_ALIGN;
	page->bytes = s->stride * n;
	page->mapped = huge;
	page->next = s->pages;
	s->pages = page;
	s->fresh = (uint32_t)n;
	s->made += n;
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

void
slab_give_chain(struct slab *s, void *first, void *last, uint64_t n)
{
#ifdef SLAB_ASAN
	for (void *at = first, *next; n > 1; at = next, n--) {
		memcpy(&next, at, sizeof(next));
		slab_give(s, at);
	}
	slab_give(s, last);
#else
	memcpy(last, &s->free, sizeof(s->free));
	s->free = first;
	s->live -= n;
#endif
}
