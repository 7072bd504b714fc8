/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells, and what stored fragments are made of. */
#include "decoders/track/defrag_mem.h"

#include <stdlib.h>

#include "core/limits.h"
#include "core/xalloc.h"

enum { PAGE_CELLS = 255 };

struct frag_page {
	struct frag_page *next;
	union frag_cell cells[PAGE_CELLS];
};

void
frag_pool_set_max(struct frag_pool *pool, size_t memcap)
{
	pool->max = memcap / sizeof(union frag_cell);
}

void
frag_pool_fini(struct frag_pool *pool)
{
	while (pool->pages) {
		struct frag_page *page = pool->pages;

		pool->pages = page->next;
		free(page);
	}
	*pool = (struct frag_pool){ 0 };
}

static bool
pool_grow(struct frag_pool *pool)
{
	size_t n = pool->max > pool->n ? pool->max - pool->n : 0;
	struct frag_page *page;

	if (n > PAGE_CELLS)
		n = PAGE_CELLS;
	page = n ? mem_calloc(1, offsetof(struct frag_page, cells) +
	    n * sizeof(*page->cells)) : NULL;
	if (!page)
		return false;
	page->next = pool->pages;
	pool->pages = page;
	for (size_t i = 0; i < n; i++) {
		page->cells[i].next_free = pool->free;
		pool->free = &page->cells[i];
	}
	pool->n += n;
	pool->n_free += n;
	return true;
}

bool
frag_pool_has(struct frag_pool *pool, size_t n)
{
	/* a reload may have taken memory away: what is in use stays, and no
	 * more is handed out until it went */
	size_t over = pool->n > pool->max ? pool->n - pool->max : 0;

	while (pool->n_free < n + over)
		if (!pool_grow(pool))
			return false;
	return true;
}

union frag_cell *
frag_cell_take(struct frag_pool *pool)
{
	union frag_cell *c = pool->free;

	assert(c);
	pool->free = c->next_free;
	pool->n_free--;
	return c;
}

void
frag_cell_give(struct frag_pool *pool, void *cell)
{
	union frag_cell *c = cell;

	c->next_free = pool->free;
	pool->free = c;
	pool->n_free++;
}

/* -- chains of bytes ---------------------------------------------------------- */

static size_t
cells_for(size_t len)
{
	const size_t per = sizeof(((struct frag_bytes *)0)->b);

	return (len + per - 1) / per;
}

bool
frag_bytes_copy(struct frag_pool *pool, struct slice s, struct frag_bytes **out)
{
	struct frag_bytes **to = out;
	struct cursor c = cur_make(s.ptr, s.len);

	*out = NULL;
	if (!frag_pool_has(pool, cells_for(s.len)))
		return false;
	while (cur_left(&c)) {
		struct frag_bytes *b = &frag_cell_take(pool)->bytes;
		size_t n = cur_left(&c) < sizeof(b->b) ? cur_left(&c) :
		    sizeof(b->b);
		const uint8_t *from = cur_take(&c, n);

		memcpy(b->b, from, n);
		b->next = NULL;
		*to = b;
		to = &b->next;
	}
	return true;
}

void
frag_bytes_read(const struct frag_bytes *b, size_t at, size_t len, uint8_t *out)
{
	while (b && at >= sizeof(b->b)) {
		at -= sizeof(b->b);
		b = b->next;
	}
	for (; b && len; b = b->next) {
		size_t n = sizeof(b->b) - at < len ? sizeof(b->b) - at : len;

		memcpy(out, b->b + at, n);
		out += n;
		len -= n;
		at = 0;
	}
}

void
frag_bytes_free(struct frag_pool *pool, struct frag_bytes *b)
{
	while (b) {
		struct frag_bytes *next = b->next;

		frag_cell_give(pool, b);
		b = next;
	}
}

/* -- nodes -------------------------------------------------------------------- */

static void
link_behind(struct frag_pool *pool, struct frag_tracker *t,
    struct frag_node *left, struct frag_node *n)
{
	n->prev = left;
	n->next = left ? left->next : t->head;
	if (n->prev)
		n->prev->next = n;
	else
		t->head = n;
	if (n->next)
		n->next->prev = n;
	else
		t->tail = n;
	pool->n_nodes++;
	t->n_nodes++;
	t->bytes += n->len;
}

size_t
frag_node_cells(size_t len)
{
	const size_t own = sizeof(((struct frag_node *)0)->b);

	return 1 + (len > own ? cells_for(len - own) : 0);
}

struct frag_node *
frag_node_add(struct frag_pool *pool, struct frag_tracker *t,
    struct frag_node *left, uint32_t off, struct slice data)
{
	struct cursor c = cur_make(data.ptr, data.len);
	struct frag_node *n;
	size_t own;
	const uint8_t *from;

	if (t->n_nodes >= LIM_FRAGS ||
	    !frag_pool_has(pool, frag_node_cells(data.len)))
		return NULL;
	n = &frag_cell_take(pool)->node;
	own = data.len < sizeof(n->b) ? data.len : sizeof(n->b);
	from = cur_take(&c, own);
	n->owner = n;
	n->off = off;
	n->len = n->size = (uint32_t)data.len;
	n->skip = 0;
	n->refs = 1;
	if (from)
		memcpy(n->b, from, own);
	if (!frag_bytes_copy(pool, slice_make(c.p, cur_left(&c)), &n->rest)) {
		frag_cell_give(pool, n); /* not reached: there was room */
		return NULL;
	}
	link_behind(pool, t, left, n);
	return n;
}

struct frag_node *
frag_node_split(struct frag_pool *pool, struct frag_tracker *t,
    struct frag_node *n, uint32_t at)
{
	struct frag_node *right;

	if (t->n_nodes >= LIM_FRAGS || !frag_pool_has(pool, 1))
		return NULL;
	right = &frag_cell_take(pool)->node;
	right->owner = n->owner;
	right->owner->refs++;
	right->rest = NULL;
	right->size = right->refs = 0;
	right->off = n->off + at;
	right->len = n->len - at;
	right->skip = n->skip + at;
	link_behind(pool, t, n, right);
	return right;
}

void
frag_node_read(const struct frag_node *n, uint32_t len, uint8_t *out)
{
	const struct frag_node *o = n->owner;
	size_t at = n->skip, own;

	assert(n->skip <= o->size && len <= o->size - n->skip);
	if (at < sizeof(o->b)) {
		own = sizeof(o->b) - at < len ? sizeof(o->b) - at : len;
		memcpy(out, o->b + at, own);
		frag_bytes_read(o->rest, 0, len - own, out + own);
	} else {
		frag_bytes_read(o->rest, at - sizeof(o->b), len, out);
	}
}

static void
let_go(struct frag_pool *pool, struct frag_node *owner)
{
	if (--owner->refs)
		return;
	frag_bytes_free(pool, owner->rest);
	frag_cell_give(pool, owner);
}

void
frag_node_drop(struct frag_pool *pool, struct frag_tracker *t,
    struct frag_node *n)
{
	struct frag_node *owner = n->owner;

	if (n->prev)
		n->prev->next = n->next;
	else
		t->head = n->next;
	if (n->next)
		n->next->prev = n->prev;
	else
		t->tail = n->prev;
	pool->n_nodes--;
	t->n_nodes--;
	t->bytes -= n->len;
	if (n != owner)
		frag_cell_give(pool, n);
	let_go(pool, owner);
}

void
frag_nodes_drop(struct frag_pool *pool, struct frag_tracker *t)
{
	while (t->head)
		frag_node_drop(pool, t, t->head);
}
