/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/app/body.h"

#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "decoders/app/body_int.h"

/* -- the pool ---------------------------------------------------------- */

struct body_pool *
body_pool_new(size_t mem, size_t mem_brotli)
{
	struct body_pool *p = mem_calloc(1, sizeof(*p));
	size_t pages = mem_brotli / PAGES_BYTES;
	uint64_t decoders;

	if (!p)
		return NULL;
	p->window = inflate_measure(p);
	if (!p->window || !pages_init(&p->big, mem_brotli)) {
		free(p);
		return NULL;
	}
	slab_init(&p->windows, p->window, 1);
	if (mem / p->windows.stride > 1)
		p->windows.max = mem / p->windows.stride;
	/* a brotli decoder takes more than one page */
	decoders = p->windows.max + pages / 2;
	slab_init(&p->layers, sizeof(struct layer), decoders);
	slab_init(&p->bodies, sizeof(struct body), decoders);
	return p;
}

void
body_pool_free(struct body_pool *p)
{
	if (!p)
		return;
	slab_fini(&p->bodies);
	slab_fini(&p->layers);
	slab_fini(&p->windows);
	pages_fini(&p->big);
	free(p);
}

void
body_pool_count(struct body_pool *p, uint64_t ctrs[BODY_CTRS])
{
	for (unsigned i = 0; i < BODY_CTRS; i++) {
		ctrs[i] += p->ctrs[i];
		p->ctrs[i] = 0;
	}
}

bool
body_pool_is_idle(const struct body_pool *p)
{
	return p->windows.live < p->windows.max / 2;
}

/* -- a body ------------------------------------------------------------- */

/* One more, inside of those there are; false: no memory. */
static bool
add_layer(struct body *b, unsigned coding)
{
	struct body_pool *p = b->pool;
	struct layer *l = slab_take(&p->layers);

	if (!l || !layer_init(l, p, coding)) {
		slab_give(&p->layers, l);
		return false;
	}
	b->layer[b->n++] = l;
	return true;
}

static struct body *
no_memory(struct body_pool *p, struct body *b)
{
	body_end(b);
	p->ctrs[BODY_CTR_BODY_NO_MEMORY]++;
	return NULL;
}

struct body *
body_begin(struct body_pool *p, const enum body_coding *codings, unsigned n)
{
	struct body *b = slab_take(&p->bodies);

	if (!b)
		return no_memory(p, NULL);
	b->pool = p;
	for (unsigned i = n; i-- > 0;) {
		if (codings[i] == BODY_IDENTITY)
			continue;
		if (b->n == LIM_BODY_LAYERS) {
			p->ctrs[BODY_CTR_BODY_LAYERS]++;
			break;
		}
		if (!add_layer(b, codings[i]))
			return no_memory(p, b);
	}
	p->ctrs[BODY_CTR_BODIES]++;
	return b;
}

struct body *
body_begin_as(struct body_pool *p, unsigned coding)
{
	struct body *b = slab_take(&p->bodies);

	if (!b)
		return no_memory(p, NULL);
	b->pool = p;
	if (!add_layer(b, coding))
		return no_memory(p, b);
	p->ctrs[BODY_CTR_BODIES]++;
	return b;
}

struct body *
body_clone(struct body *b)
{
	struct body_pool *p = b->pool;
	struct body *c = slab_take(&p->bodies);

	if (!c)
		return NULL;
	*c = *b;
	for (c->n = 0; c->n < b->n; c->n++) {
		struct layer *l = slab_take(&p->layers);

		if (!l || !layer_clone(l, b->layer[c->n])) {
			slab_give(&p->layers, l);
			body_end(c);
			return NULL;
		}
		c->layer[c->n] = l;
	}
	return c;
}

void
body_end(struct body *b)
{
	if (!b)
		return;
	for (unsigned i = 0; i < b->n; i++) {
		layer_fini(b->layer[i]);
		slab_give(&b->pool->layers, b->layer[i]);
	}
	slab_give(&b->pool->bodies, b);
}

static bool
is_bomb(const struct body *b, const struct layer *l)
{
	return l->out > LIM_BODY_FREE && l->out / LIM_BODY_RATIO > b->in;
}

/*
 * Has layer i write to io->out, reading what came out of the one before it,
 * or io->in for the first. Recursion is bounded by the layers.
 */
static enum layer_end
pull(struct body *b, unsigned i, struct layer_io *io, bool ends,
    unsigned *flags)
{
	struct layer *l = b->layer[i], *up = i ? b->layer[i - 1] : NULL;

	for (;;) {
		enum layer_end end, above = LAYER_HUNGRY;
		struct layer_io from = *io;
		bool last; /* nothing follows from above */
		size_t n;

		if (l->over)
			return LAYER_DONE;
		if (up && up->from_at == up->from_len) {
			from = (struct layer_io){ io->in, up->from,
				sizeof(up->from) };
			above = pull(b, i - 1, &from, ends, flags);
			io->in = from.in;
			up->from_at = 0;
			up->from_len = (uint16_t)(sizeof(up->from) - from.room);
		}
		if (*flags & BODY_BOMB)
			return LAYER_BAD;
		if (up)
			from = (struct layer_io){ cur_make(up->from +
			    up->from_at, (size_t)(up->from_len - up->from_at)),
				io->out, io->room };
		n = cur_left(&from.in);
		last = !up ? ends : !n && above != LAYER_FULL &&
		    (ends || above != LAYER_HUNGRY);
		end = layer_step(l, &from, last, flags);
		n -= cur_left(&from.in);
		io->out = from.out;
		io->room = from.room;
		if (up) {
			up->from_at = (uint16_t)(up->from_at + n);
		} else {
			io->in = from.in;
			b->in += n;
		}
		if (is_bomb(b, l)) {
			*flags |= BODY_BOMB;
			return LAYER_BAD;
		}
		if (end == LAYER_FULL)
			return end;
		if (end != LAYER_HUNGRY) {
			l->over = true;
			if (end == LAYER_BAD)
				*flags |= BODY_BAD;
			if (end == LAYER_NO_MEMORY)
				*flags |= BODY_NO_MEMORY;
			return end;
		}
		if (!up)
			return LAYER_HUNGRY;
		if (above != LAYER_FULL && !up->from_len)
			return above;
	}
}

static void
count(struct body_pool *p, unsigned flags)
{
	p->ctrs[BODY_CTR_BODY_BAD] += (flags & BODY_BAD) != 0;
	p->ctrs[BODY_CTR_BODY_PLAIN] += (flags & BODY_PLAIN) != 0;
	p->ctrs[BODY_CTR_BODY_BOMBS] += (flags & BODY_BOMB) != 0;
	p->ctrs[BODY_CTR_BODY_NO_MEMORY] += (flags & BODY_NO_MEMORY) != 0;
}

/* No layers: the input itself. */
static struct body_out
identity(struct body *b, struct slice in, size_t room)
{
	struct body_out o = { .bytes = in, .consumed = in.len };

	if (room < in.len) {
		o.bytes.len = room;
		o.flags = BODY_DEPTH;
		b->over = true;
	}
	b->in += in.len;
	b->out += o.bytes.len;
	return o;
}

struct body_out
body_feed_to(struct body *b, struct slice in, uint8_t *room, size_t size,
    bool ends)
{
	struct body_pool *p = b->pool;
	struct layer_io io = { cur_make(in.ptr, in.len), room, size };
	struct body_out o = { .bytes = { room, 0 } };
	enum layer_end end;

	end = pull(b, b->n - 1, &io, ends, &o.flags);
	o.bytes.len = size - io.room;
	o.consumed = in.len - cur_left(&io.in);
	b->out += o.bytes.len;
	p->ctrs[BODY_CTR_BODY_IN] += o.consumed;
	p->ctrs[BODY_CTR_BODY_OUT] += o.bytes.len;
	switch (end) {
	case LAYER_FULL:
		o.flags |= BODY_FULL;
		break;
	case LAYER_DONE:
		o.flags |= BODY_DONE;
		b->over = true;
		break;
	case LAYER_BAD:
	case LAYER_NO_MEMORY:
		b->over = true;
		break;
	case LAYER_HUNGRY:
		break;
	}
	count(p, o.flags);
	return o;
}

struct slice
body_kept(const struct body *b)
{
	const struct layer *l = b->layer[0];

	return slice_make(l->keep, l->sure ? 0 : l->kept);
}

static struct body_out
feed(struct body *b, struct slice in, size_t depth, bool ends)
{
	struct body_pool *p = b->pool;
	struct body_out o = { .bytes = { p->room, 0 }, .consumed = in.len };
	size_t room = b->out < depth ? depth - (size_t)b->out : 0;

	if (b->over)
		return o;
	if (!room) {
		b->over = true;
		o.flags = BODY_DEPTH;
		return o;
	}
	if (!b->n)
		return identity(b, in, room);
	o = body_feed_to(b, in, p->room,
	    room < sizeof(p->room) ? room : sizeof(p->room), ends);
	if (b->over)
		o.consumed = in.len;
	return o;
}

struct body_out
body_feed(struct body *b, struct slice in, size_t depth)
{
	return feed(b, in, depth, false);
}

struct body_out
body_finish(struct body *b, size_t depth)
{
	return feed(b, slice_make(NULL, 0), depth, true);
}

/* -- Content-Encoding ---------------------------------------------------- */

static bool
is_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == 0;
}

static void
add(struct body_codings *c, struct text word)
{
	enum body_coding coding;

	if (text_is_nocase(word, "gzip") || text_is_nocase(word, "x-gzip")) {
		coding = BODY_GZIP;
	} else if (text_is_nocase(word, "deflate") ||
	    text_is_nocase(word, "x-deflate")) {
		coding = BODY_DEFLATE;
	} else if (text_is_nocase(word, "br")) {
		coding = BODY_BROTLI;
	} else {
		if (word.len && !text_is_nocase(word, "identity"))
			c->unknown = true;
		return;
	}
	if (c->n == LIM_BODY_LAYERS) {
		c->too_many = true;
		memmove(c->list, c->list + 1,
		    (LIM_BODY_LAYERS - 1) * sizeof(c->list[0]));
		c->n--;
	}
	c->list[c->n++] = coding;
}

void
body_codings_add(struct body_codings *c, struct slice value)
{
	struct cursor in = cur_make(value.ptr, value.len);
	char word[16]; /* longer than any of them */
	size_t n = 0;
	uint8_t byte;

	while (cur_u8(&in, &byte)) {
		if (!is_word(byte)) {
			add(c, text_make(word, n));
			n = 0;
		} else if (byte && n < sizeof(word)) {
			word[n++] = (char)byte;
		}
	}
	add(c, text_make(word, n));
}
