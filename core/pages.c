/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pages.h"

#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"

enum { ALIGN = 64, WORD = 64 };

bool
pages_init(struct pages *p, size_t bytes)
{
	size_t n = bytes / PAGES_BYTES;
	uintptr_t off;

	*p = (struct pages){ 0 };
	if (n > UINT32_MAX)
		return false;
	if (!n)
		return true;
	/* zeroed, so untouched until it is used */
	p->region = mem_calloc(1, n * PAGES_BYTES + ALIGN);
	p->used = mem_calloc((n + WORD - 1) / WORD, sizeof(*p->used));
	p->taken = mem_calloc(n, sizeof(*p->taken));
	if (!p->region || !p->used || !p->taken) {
		pages_fini(p);
		return false;
	}
	off = (uintptr_t)p->region % ALIGN;
	p->first = p->region + (off ? ALIGN - off : 0);
	p->n = (uint32_t)n;
	return true;
}

void
pages_fini(struct pages *p)
{
	free(p->region);
	free(p->used);
	free(p->taken);
	*p = (struct pages){ 0 };
}

static bool
is_used(const struct pages *p, uint32_t page)
{
	return p->used[page / WORD] >> page % WORD & 1;
}

/* The first of n free pages in a row; p->n: there are none. */
static uint32_t
find(const struct pages *p, uint32_t n)
{
	uint32_t run = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		if (i % WORD == 0 && p->used[i / WORD] == UINT64_MAX) {
			run = 0;
			i += WORD - 1;
		} else if (is_used(p, i)) {
			run = 0;
		} else if (++run == n) {
			return i + 1 - n;
		}
	}
	return p->n;
}

void *
pages_take(struct pages *p, size_t n)
{
	size_t pages = n / PAGES_BYTES + (n % PAGES_BYTES != 0 || !n);
	uint32_t at;

	if (pages > p->n - p->live) {
		p->refused++;
		return NULL;
	}
	at = find(p, (uint32_t)pages);
	if (at == p->n) {
		p->refused++;
		return NULL;
	}
	for (uint32_t i = at; i < at + pages; i++)
		p->used[i / WORD] |= (uint64_t)1 << i % WORD;
	p->taken[at] = (uint32_t)pages;
	p->live += (uint32_t)pages;
	return p->first + (size_t)at * PAGES_BYTES;
}

void
pages_give(struct pages *p, void *at)
{
	uint32_t page;

	if (!at)
		return;
	page = (uint32_t)((size_t)((uint8_t *)at - p->first) / PAGES_BYTES);
	for (uint32_t i = page; i < page + p->taken[page]; i++)
		p->used[i / WORD] &= ~((uint64_t)1 << i % WORD);
	p->live -= p->taken[page];
	p->taken[page] = 0;
}
