/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/xalloc.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "core/log.h"
#include "core/slice.h"

/* atomic: rule databases compile in parallel */
static atomic_uint_fast64_t count, fail_at;
static pthread_once_t environment_read = PTHREAD_ONCE_INIT;

static void
read_environment(void)
{
	const char *s = secure_getenv("ADUANA_FAIL_ALLOC");
	int64_t nth;

	if (s && text_to_i64(text_of(s), 1, INT64_MAX, &nth))
		mem_fail_at((uint64_t)nth);
}

static bool
may_allocate(void)
{
	pthread_once(&environment_read, read_environment);
	uint64_t now = atomic_fetch_add(&count, 1) + 1;

	return UNLIKELY(now == atomic_load(&fail_at)) ? false : true;
}

void
mem_fail_at(uint64_t nth)
{
	atomic_store(&fail_at, nth ? atomic_load(&count) + nth : 0);
}

uint64_t
mem_count(void)
{
	return atomic_load(&count);
}

void *
mem_calloc(size_t n, size_t size)
{
	return may_allocate() ? calloc(n, size) : NULL;
}

void *
mem_realloc(void *p, size_t n, size_t size)
{
	return may_allocate() ? reallocarray(p, n, size) : NULL;
}

/* Whole pages of any system; 0: too much. */
static size_t
whole_pages(size_t size)
{
	enum { PAGES = 64 * 1024 };

	return size > SIZE_MAX - 2 * MEM_HUGE ? 0 :
	    (size + PAGES - 1) / PAGES * PAGES;
}

static void
unmap(uint8_t *p, size_t size)
{
	if (p && size)
		(void)munmap(p, size);
}

void *
mem_map(size_t size)
{
	size_t whole = whole_pages(size), room, before;
	uint8_t *p;

	if (!whole || !may_allocate())
		return NULL;
	/* enough to begin where a huge page does */
	room = whole < MEM_HUGE ? whole : whole + MEM_HUGE;
	p = mmap(NULL, room, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	if (room == whole)
		return p;
	before = -(uintptr_t)p % MEM_HUGE;
	unmap(p, before);
	p += before;
	unmap(p + whole, MEM_HUGE - before);
	(void)madvise(p, whole, MADV_HUGEPAGE); /* a hint */
	return p;
}

void
mem_unmap(void *p, size_t size)
{
	unmap(p, whole_pages(size));
}

void
mem_trim(void)
{
#ifdef __GLIBC__
	(void)malloc_trim(0);
#endif
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = mem_calloc(n ? n : 1, size ? size : 1);

	if (!p)
		fatalx("out of memory: %zu times %zu bytes wanted", n, size);
	return p;
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	void *q = mem_realloc(p, n ? n : 1, size ? size : 1);

	if (!q)
		fatalx("out of memory: %zu times %zu bytes wanted", n, size);
	return q;
}

char *
xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = xcalloc(n, 1);

	memcpy(copy, s, n);
	return copy;
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		fatalx("cannot format a message");
	char *s = xcalloc((size_t)n + 1, 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}
