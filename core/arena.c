/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/xalloc.h"

enum { CHUNK_BYTES = 256 * 1024, ALIGN = _Alignof(max_align_t) };

struct arena_chunk {
	struct arena_chunk *next;
	size_t size, used;
	_Alignas(max_align_t) uint8_t data[];
};

struct arena_hook {
	struct arena_hook *next;
	void (*fn)(void *);
	void *ptr;
};

void
arena_init(struct arena *a, size_t cap)
{
	*a = (struct arena){ .cap = cap };
}

void
arena_fini(struct arena *a)
{
	struct arena_chunk *c, *next;

	for (struct arena_hook *h = a->hooks; h; h = h->next)
		h->fn(h->ptr);
	for (c = a->chunks; c; c = next) {
		next = c->next;
		free(c);
	}
	*a = (struct arena){ .cap = a->cap };
}

void
arena_on_fini(struct arena *a, void (*fn)(void *), void *ptr)
{
	struct arena_hook *h = arena_xalloc(a, sizeof(*h));

	*h = (struct arena_hook){ a->hooks, fn, ptr };
	a->hooks = h;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct arena_chunk *c = a->chunks;

	if (n > SIZE_MAX / 2)
		return NULL;
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (a->cap && n > a->cap - a->used)
		return NULL;
	if (!c || n > c->size - c->used) {
		size_t size = n > CHUNK_BYTES / 4 ? n : CHUNK_BYTES;
		struct arena_chunk *fresh = mem_calloc(1, sizeof(*c) + size);

		if (!fresh)
			return NULL;
		fresh->size = size;
		if (size == n && c) {
			/* a large piece of its own stays behind the chunk
			 * in use, whose room is not lost */
			fresh->next = c->next;
			c->next = fresh;
		} else {
			fresh->next = c;
			a->chunks = fresh;
		}
		c = fresh;
	}
	void *p = c->data + c->used;
	c->used += n;
	a->used += n;
	return p;
}

void *
arena_xalloc(struct arena *a, size_t n)
{
	void *p = arena_alloc(a, n);

	if (!p)
		fatalx("out of memory: %zu bytes wanted, %zu in use", n,
		    a->used);
	return p;
}

void *
arena_xdup(struct arena *a, const void *p, size_t n)
{
	void *copy = arena_xalloc(a, n);

	if (n)
		memcpy(copy, p, n);
	return copy;
}

struct text
arena_xtext(struct arena *a, struct text t)
{
	char *copy = arena_xalloc(a, t.len + 1);

	if (t.len)
		memcpy(copy, t.ptr, t.len);
	return text_make(copy, t.len);
}

char *
arena_xprintf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		fatalx("cannot format a message");
	char *s = arena_xalloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}
