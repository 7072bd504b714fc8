/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LZMA as it stood before .xz, by liblzma, in memory that has a cap. */
#include <lzma.h>

#include "decoders/app/body_int.h"
#include "decoders/app/unpack.h"

struct lzma {
	lzma_stream s;
	lzma_allocator allocator;
};

static void *
take(void *opaque, size_t items, size_t size)
{
	struct body_pool *p = opaque;

	if (size && items > SIZE_MAX / size)
		return NULL;
	return pages_take(&p->big, items * size);
}

static void
give(void *opaque, void *at)
{
	struct body_pool *p = opaque;

	pages_give(&p->big, at);
}

bool
lzma_begin(struct layer *l)
{
	struct body_pool *p = l->pool;
	struct lzma *z = pages_take(&p->big, sizeof(*z));

	if (!z)
		return false;
	*z = (struct lzma){ .s = LZMA_STREAM_INIT,
		.allocator = { take, give, p } };
	z->s.allocator = &z->allocator;
	if (lzma_alone_decoder(&z->s, (uint64_t)p->big.n * PAGES_BYTES) ==
	    LZMA_OK) {
		l->lzma = z;
		return true;
	}
	lzma_end(&z->s);
	pages_give(&p->big, z);
	return false;
}

void
lzma_finish(struct layer *l)
{
	if (!l->lzma)
		return;
	lzma_end(&l->lzma->s);
	pages_give(&l->pool->big, l->lzma);
	l->lzma = NULL;
}

enum layer_end
lzma_step(struct layer *l, struct layer_io *io)
{
	lzma_stream *s = &l->lzma->s;
	size_t left = cur_left(&io->in);
	lzma_ret rc;

	s->next_in = io->in.p;
	s->avail_in = left;
	s->next_out = io->out;
	s->avail_out = io->room;
	rc = lzma_code(s, LZMA_RUN);
	io->out = s->next_out;
	io->room = s->avail_out;
	if (!cur_skip(&io->in, left - s->avail_in))
		return LAYER_BAD;
	if (rc == LZMA_STREAM_END)
		return LAYER_DONE;
	if (rc == LZMA_MEM_ERROR || rc == LZMA_MEMLIMIT_ERROR)
		return LAYER_NO_MEMORY;
	if (rc != LZMA_OK && rc != LZMA_BUF_ERROR /* nothing left to do */)
		return LAYER_BAD;
	return io->room ? LAYER_HUNGRY : LAYER_FULL;
}

bool
unpack_has_lzma(void)
{
	return true;
}
