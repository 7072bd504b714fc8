/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One coding around a body. What a sender calls gzip may be deflate or
 * nothing of the kind; browsers look, and so is done here: as long as nothing
 * came out, the first bytes are kept, and read again as the next thing that
 * they may be.
 */
#include "decoders/app/body_int.h"

#include <string.h>

/* What a coding may turn out to be, in the order of trying. */
static const uint8_t kinds[][4] = {
	[BODY_GZIP] = { KIND_GZIP, KIND_ZLIB, KIND_PLAIN },
	[BODY_DEFLATE] = { KIND_ZLIB, KIND_GZIP, KIND_RAW, KIND_PLAIN },
	[BODY_BROTLI] = { KIND_BROTLI, KIND_PLAIN },
	[BODY_ZLIB] = { KIND_ZLIB, KIND_NONE },
	[BODY_LZMA] = { KIND_LZMA, KIND_NONE },
};

static void
become(struct layer *l)
{
	l->kind = kinds[l->coding][l->next++];
	l->at = 0;
	if (l->kind <= KIND_RAW)
		inflate_as(l, (enum layer_kind)l->kind);
}

bool
layer_init(struct layer *l, struct body_pool *pool, unsigned coding)
{
	bool begun = false;

	l->pool = pool;
	l->coding = (uint8_t)coding;
	l->inf.bare = coding == BODY_ZLIB;
	switch (kinds[coding][0]) {
	case KIND_BROTLI:
		begun = brotli_begin(l);
		break;
	case KIND_LZMA:
		begun = lzma_begin(l);
		break;
	default:
		begun = inflate_begin(l);
		break;
	}
	if (begun)
		become(l);
	return begun;
}

void
layer_fini(struct layer *l)
{
	inflate_finish(l);
	brotli_finish(l);
	lzma_finish(l);
}

bool
layer_clone(struct layer *l, struct layer *of)
{
	if (of->brotli || of->lzma)
		return false;
	*l = *of;
	return inflate_clone(l, of);
}

static enum layer_end
plain(struct layer_io *io)
{
	size_t n = cur_left(&io->in) < io->room ? cur_left(&io->in) : io->room;
	const uint8_t *p = cur_take(&io->in, n);

	if (p && n)
		memcpy(io->out, p, n);
	io->out += n;
	io->room -= n;
	return cur_left(&io->in) ? LAYER_FULL : LAYER_HUNGRY;
}

/* Once as what it is taken for now. */
static enum layer_end
step(struct layer *l, struct layer_io *io, unsigned *flags)
{
	switch ((enum layer_kind)l->kind) {
	case KIND_GZIP:
	case KIND_ZLIB:
	case KIND_RAW:
		return inflate_step(l, io, flags);
	case KIND_BROTLI:
		return brotli_step(l, io);
	case KIND_LZMA:
		return lzma_step(l, io);
	case KIND_PLAIN:
		return plain(io);
	case KIND_NONE:
		break;
	}
	return LAYER_BAD;
}

/* Of the bytes kept first, or of the input. */
static enum layer_end
step_from(struct layer *l, struct layer_io *io, unsigned *flags)
{
	struct layer_io again = *io;
	struct cursor before = io->in;
	enum layer_end end;
	size_t n;

	if (l->at < l->kept) {
		again.in = cur_make(l->keep + l->at, (size_t)(l->kept - l->at));
		n = cur_left(&again.in);
		end = step(l, &again, flags);
		l->at = (uint16_t)(l->at + n - cur_left(&again.in));
	} else {
		end = step(l, &again, flags);
		n = cur_left(&io->in) - cur_left(&again.in);
		io->in = again.in;
		if (!l->sure && n <= (size_t)(LIM_BODY_KEEP - l->kept)) {
			if (n)
				memcpy(l->keep + l->kept, before.p, n);
			l->kept = (uint16_t)(l->kept + n);
			l->at = l->kept;
		} else {
			l->sure = true;
		}
	}
	if (again.room != io->room)
		l->sure = true;
	l->out += io->room - again.room;
	io->out = again.out;
	io->room = again.room;
	return end;
}

/* No more input where some was wanted. */
static enum layer_end
cut_off(const struct layer *l)
{
	bool inflates = l->kind <= KIND_RAW;

	/* all data came; a trailer is not missed */
	if (inflates && (l->inf.state == INF_TRAILER || l->inf.again))
		return LAYER_DONE;
	/* what begins as it should is not plain because its end is missing */
	if (l->sure || l->kind == KIND_PLAIN ||
	    (inflates && l->kind != KIND_RAW && l->inf.state >= INF_DATA))
		return LAYER_HUNGRY;
	return LAYER_BAD;
}

enum layer_end
layer_step(struct layer *l, struct layer_io *io, bool ends, unsigned *flags)
{
	for (;;) {
		bool again = l->at < l->kept;
		enum layer_end end = step_from(l, io, flags);

		if (end == LAYER_HUNGRY && again)
			continue; /* on to the input itself */
		if (end == LAYER_HUNGRY && ends)
			end = cut_off(l);
		if ((end != LAYER_BAD && end != LAYER_NO_MEMORY) || l->sure ||
		    kinds[l->coding][l->next] == KIND_NONE ||
		    l->kind == KIND_PLAIN)
			return end;
		if (end == LAYER_NO_MEMORY)
			*flags |= BODY_NO_MEMORY;
		become(l);
		if (l->kind == KIND_PLAIN)
			*flags |= BODY_PLAIN | BODY_BAD;
	}
}
