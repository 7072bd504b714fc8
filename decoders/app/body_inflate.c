/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gzip and deflate. zlib undoes the deflate data alone; headers and trailers
 * are read here, since it refuses what browsers take.
 */
#include "decoders/app/body_int.h"

#include <stdlib.h>

#include "core/xalloc.h"

enum {
	GZIP_ID1 = 0x1f, /* RFC 1952 2.3.1 */
	GZIP_ID2 = 0x8b,
	METHOD_DEFLATE = 8,
	FLAG_HEADER_CRC = 1 << 1,
	FLAG_EXTRA = 1 << 2,
	FLAG_NAME = 1 << 3,
	FLAG_COMMENT = 1 << 4,
	FIXED_REST = 6, /* MTIME, XFL, OS */
	GZIP_TRAILER = 8,

	ZLIB_DICT = 1 << 5, /* RFC 1950 2.2 */
	ZLIB_DICT_LEN = 4,
	ZLIB_TRAILER = 4,

	ALIGN = 16,
};

/* -- memory -------------------------------------------------------------- */

static size_t
rounded(unsigned items, unsigned size)
{
	return ((size_t)items * size + ALIGN - 1) / ALIGN * ALIGN;
}

/* What zlib takes lives as long as the decoder; so all of it is one object. */
static void *
take(void *opaque, unsigned items, unsigned size)
{
	struct layer *l = opaque;
	size_t n = rounded(items, size);
	uint8_t *at;

	if (n > l->pool->window - l->mem_used)
		return NULL;
	at = l->mem + l->mem_used;
	l->mem_used += n;
	return at;
}

static void
give(void *opaque, void *at)
{
	(void)opaque;
	(void)at;
}

/* Likewise, from the heap, to see how much it is; for start-up. */
static void *
measure(void *opaque, unsigned items, unsigned size)
{
	struct body_pool *p = opaque;
	void *at = mem_calloc(items, size);

	if (at)
		p->measured += rounded(items, size);
	return at;
}

static void
unmeasure(void *opaque, void *at)
{
	(void)opaque;
	free(at);
}

size_t
inflate_measure(struct body_pool *p)
{
	/* a stored block: enough for it to want its window */
	static const uint8_t stored[] = { 0, 1, 0, 0xfe, 0xff, 'a' };
	z_stream z = { .zalloc = measure, .zfree = unmeasure, .opaque = p };
	uint8_t out[8];
	int rc;

	p->measured = 0;
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return 0;
	z.next_in = (z_const Bytef *)(uintptr_t)stored;
	z.avail_in = sizeof(stored);
	z.next_out = out;
	z.avail_out = sizeof(out);
	rc = inflate(&z, Z_SYNC_FLUSH);
	inflateEnd(&z);
	return rc == Z_OK ? p->measured : 0;
}

bool
inflate_begin(struct layer *l)
{
	struct inflate *f = &l->inf;

	l->mem = slab_take(&l->pool->windows);
	if (!l->mem)
		return false;
	f->z.zalloc = take;
	f->z.zfree = give;
	f->z.opaque = l;
	if (inflateInit2(&f->z, -MAX_WBITS) == Z_OK)
		return true;
	slab_give(&l->pool->windows, l->mem);
	l->mem = NULL;
	return false;
}

bool
inflate_clone(struct layer *l, struct layer *of)
{
	l->mem_used = 0;
	l->mem = slab_take(&l->pool->windows);
	if (!l->mem)
		return false;
	/* a copy is made with the memory of what is copied */
	of->inf.z.opaque = l;
	if (inflateCopy(&l->inf.z, &of->inf.z) != Z_OK) {
		slab_give(&l->pool->windows, l->mem);
		l->mem = NULL;
	}
	of->inf.z.opaque = of;
	return l->mem != NULL;
}

void
inflate_finish(struct layer *l)
{
	if (!l->mem)
		return;
	inflateEnd(&l->inf.z);
	slab_give(&l->pool->windows, l->mem);
	l->mem = NULL;
}

/* -- one stream ------------------------------------------------------------ */

static void
restart(struct inflate *f)
{
	static const uint8_t first[] = { [KIND_GZIP] = INF_ID1,
		[KIND_ZLIB] = INF_CMF, [KIND_RAW] = INF_DATA };

	f->state = first[f->kind];
	f->skip = 0;
	f->size = 0;
	f->trailer = 0;
	f->check = f->kind == KIND_ZLIB; /* Adler-32 begins with 1 */
	inflateReset(&f->z);
}

void
inflate_as(struct layer *l, enum layer_kind kind)
{
	l->inf.kind = (uint8_t)kind;
	l->inf.again = false;
	restart(&l->inf);
}

/* The state behind that of gzip's header: what its flags announce next. */
static uint8_t
gzip_next(const struct inflate *f, unsigned state)
{
	if (state < INF_EXTRA_LEN1 && f->flags & FLAG_EXTRA)
		return INF_EXTRA_LEN1;
	if (state < INF_NAME && f->flags & FLAG_NAME)
		return INF_NAME;
	if (state < INF_COMMENT && f->flags & FLAG_COMMENT)
		return INF_COMMENT;
	if (state < INF_HEADER_CRC && f->flags & FLAG_HEADER_CRC)
		return INF_HEADER_CRC;
	return INF_DATA;
}

/* A byte of a header; false: it is none of this kind. */
static bool
header(struct inflate *f, uint8_t c)
{
	switch ((enum inflate_state)f->state) {
	case INF_ID1:
		f->state = INF_ID2;
		return c == GZIP_ID1;
	case INF_ID2:
		f->state = INF_METHOD;
		return c == GZIP_ID2;
	case INF_METHOD:
		f->state = INF_FLAGS;
		return c == METHOD_DEFLATE;
	case INF_FLAGS: /* reserved ones do not matter to browsers */
		f->flags = c;
		f->skip = FIXED_REST;
		f->state = INF_FIXED;
		break;
	case INF_FIXED:
		if (--f->skip == 0)
			f->state = gzip_next(f, INF_FIXED);
		break;
	case INF_EXTRA_LEN1:
		f->skip = c;
		f->state = INF_EXTRA_LEN2;
		break;
	case INF_EXTRA_LEN2:
		f->skip |= (uint32_t)c << 8;
		f->state = f->skip ? INF_EXTRA : gzip_next(f, INF_EXTRA);
		break;
	case INF_EXTRA:
		if (--f->skip == 0)
			f->state = gzip_next(f, INF_EXTRA);
		break;
	case INF_NAME:
	case INF_COMMENT:
		if (!c)
			f->state = gzip_next(f, f->state);
		break;
	case INF_HEADER_CRC: /* two bytes, not looked at */
		if (++f->skip == 2)
			f->state = INF_DATA;
		break;
	case INF_CMF:
		f->cmf = c;
		f->state = INF_FLG;
		return (c & 0x0f) == METHOD_DEFLATE && c >> 4 <= 7;
	case INF_FLG:
		f->skip = ZLIB_DICT_LEN;
		f->state = c & ZLIB_DICT ? INF_DICT : INF_DATA;
		return ((unsigned)f->cmf << 8 | c) % 31 == 0;
	case INF_DICT: /* nobody has it; what does not need it comes out */
		if (--f->skip == 0)
			f->state = INF_DATA;
		break;
	case INF_DATA:
	case INF_TRAILER:
	case INF_END:
		break;
	}
	return true;
}

/* A byte of the trailer. */
static void
trailer(struct inflate *f, uint8_t c, unsigned *flags)
{
	if (f->kind == KIND_ZLIB) { /* big endian */
		f->trailer = f->trailer << 8 | c;
		if (++f->skip < ZLIB_TRAILER)
			return;
		f->state = INF_END;
		if (f->trailer != f->check)
			*flags |= BODY_BAD;
		return;
	}
	f->trailer |= (uint64_t)c << 8 * f->skip;
	if (++f->skip < GZIP_TRAILER)
		return;
	if (f->trailer != ((uint64_t)f->size << 32 | f->check))
		*flags |= BODY_BAD;
	/* maybe there is one more member, 2.2 */
	f->again = true;
	restart(f);
}

static enum layer_end
data(struct inflate *f, struct layer_io *io)
{
	size_t n = cur_left(&io->in), made;
	uint8_t *out = io->out;
	int rc;

	if (n > UINT32_MAX)
		n = UINT32_MAX;
	f->z.next_in = (z_const Bytef *)(uintptr_t)io->in.p;
	f->z.avail_in = (uInt)n;
	f->z.next_out = io->out;
	f->z.avail_out = (uInt)io->room;
	rc = inflate(&f->z, Z_SYNC_FLUSH);
	if (!cur_skip(&io->in, n - f->z.avail_in))
		return LAYER_BAD;
	made = io->room - f->z.avail_out;
	io->out += made;
	io->room -= made;
	if (made && f->kind == KIND_GZIP)
		f->check = (uint32_t)crc32(f->check, out, (uInt)made);
	else if (made && f->kind == KIND_ZLIB && !f->bare)
		f->check = (uint32_t)adler32(f->check, out, (uInt)made);
	f->size += (uint32_t)made;
	switch (rc) {
	case Z_OK:
	case Z_BUF_ERROR: /* nothing left to do */
		return io->room ? LAYER_HUNGRY : LAYER_FULL;
	case Z_STREAM_END:
		f->state = f->kind == KIND_RAW || f->bare ? INF_END :
		    INF_TRAILER;
		f->skip = 0;
		return LAYER_DONE;
	case Z_MEM_ERROR:
		return LAYER_NO_MEMORY;
	default:
		return LAYER_BAD;
	}
}

enum layer_end
inflate_step(struct layer *l, struct layer_io *io, unsigned *flags)
{
	struct inflate *f = &l->inf;
	enum layer_end end;
	uint8_t c;

	for (;;) {
		switch ((enum inflate_state)f->state) {
		case INF_DATA:
			end = data(f, io);
			if (end != LAYER_DONE)
				return end;
			break;
		case INF_END:
			return LAYER_DONE;
		case INF_TRAILER:
			if (!cur_u8(&io->in, &c))
				return LAYER_HUNGRY;
			trailer(f, c, flags);
			break;
		case INF_ID1:
		case INF_ID2:
		case INF_METHOD:
		case INF_FLAGS:
		case INF_FIXED:
		case INF_EXTRA_LEN1:
		case INF_EXTRA_LEN2:
		case INF_EXTRA:
		case INF_NAME:
		case INF_COMMENT:
		case INF_HEADER_CRC:
		case INF_CMF:
		case INF_FLG:
		case INF_DICT:
			if (!cur_u8(&io->in, &c))
				return LAYER_HUNGRY;
			if (header(f, c))
				break;
			/* behind a member: garbage, as browsers see it */
			f->state = INF_END;
			return f->again ? LAYER_DONE : LAYER_BAD;
		}
	}
}
