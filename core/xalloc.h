/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Heap memory for start-up and for what a configuration sizes. mem_* return
 * NULL when memory is out (and let a test make them: mem_fail_at); the x-forms
 * end the process with a message, for boot code whose only answer is that.
 * Released with free(). Not for the packet's path.
 */
#ifndef CORE_XALLOC_H
#define CORE_XALLOC_H

#include "core/base.h"

NODISCARD void *mem_calloc(size_t n, size_t size);
NODISCARD void *mem_realloc(void *p, size_t n, size_t size);

NODISCARD void *xcalloc(size_t n, size_t size);
/* Resizes to n elements of size bytes, the multiplication checked. */
NODISCARD void *xreallocarray(void *p, size_t n, size_t size);
NODISCARD char *xstrdup(const char *s);
NODISCARD char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);

/*
 * Zeroed memory of its own pages, for what is large and lasts; given back with
 * mem_unmap and the same size. From MEM_HUGE on it begins at a multiple of it
 * and the system is asked for huge pages there (transparent ones, where it has
 * them): a look-up in a large table then costs one miss and not two. Bytes
 * nobody touched take no memory, but for the rest of their page. NULL: none.
 */
enum { MEM_HUGE = 2 << 20 };
NODISCARD void *mem_map(size_t size);
void mem_unmap(void *p, size_t size);

/* Gives the system back what of the heap is free; takes its time. */
void mem_trim(void);

/* Test aid: the nth allocation from now on (1 the next) fails; 0: none. Also
 * set at the first allocation, from the environment: ADUANA_FAIL_ALLOC. */
void mem_fail_at(uint64_t nth);
/* How many allocations there were so far. */
uint64_t mem_count(void);

#endif
