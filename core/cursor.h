/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only way to read bytes that came from outside. A cursor is the bytes
 * not read yet, [p, end). Every read checks the length first; one that fails
 * changes neither the cursor nor the out value. Borrowed: a cursor lives no
 * longer than the bytes under it.
 */
#ifndef CORE_CURSOR_H
#define CORE_CURSOR_H

#include <string.h>

#include "core/base.h"
#include "core/be.h"

struct cursor {
	const uint8_t *p;
	const uint8_t *end;
};

static inline struct cursor
cur_make(const uint8_t *ptr, size_t len)
{
	/* no arithmetic on a null pointer: an empty cursor may have one */
	return (struct cursor){ ptr, len ? ptr + len : ptr };
}

/* Bytes left to read. */
static inline size_t
cur_left(const struct cursor *c)
{
	return (size_t)(c->end - c->p);
}

/* The next n bytes, consumed; NULL when there are fewer. */
static inline NODISCARD const uint8_t *
cur_take(struct cursor *c, size_t n)
{
	const uint8_t *p = c->p;

	if (UNLIKELY(n > cur_left(c)))
		return NULL;
	if (n)
		c->p += n;
	return p;
}

/* The next n bytes, not consumed; NULL when there are fewer. */
static inline NODISCARD const uint8_t *
cur_peek(const struct cursor *c, size_t n)
{
	return UNLIKELY(n > cur_left(c)) ? NULL : c->p;
}

static inline NODISCARD bool
cur_skip(struct cursor *c, size_t n)
{
	if (UNLIKELY(n > cur_left(c)))
		return false;
	if (n)
		c->p += n;
	return true;
}

static inline NODISCARD bool
cur_u8(struct cursor *c, uint8_t *v)
{
	const uint8_t *p = cur_take(c, 1);

	if (!p)
		return false;
	*v = *p;
	return true;
}

static inline NODISCARD bool
cur_be16(struct cursor *c, uint16_t *v)
{
	const uint8_t *p = cur_take(c, 2);

	if (!p)
		return false;
	*v = (uint16_t)(p[0] << 8 | p[1]);
	return true;
}

static inline NODISCARD bool
cur_be32(struct cursor *c, uint32_t *v)
{
	const uint8_t *p = cur_take(c, 4);

	if (!p)
		return false;
	*v = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
	return true;
}

/* Cuts the next n bytes off as a cursor of their own (a TLV's value). */
static inline NODISCARD bool
cur_sub(struct cursor *c, size_t n, struct cursor *sub)
{
	const uint8_t *p = cur_take(c, n);

	if (!p)
		return false;
	*sub = cur_make(p, n);
	return true;
}

/* Shortens the cursor to at most n bytes left (a length field's promise). */
static inline void
cur_trim(struct cursor *c, size_t n)
{
	if (n < cur_left(c))
		c->end = c->p + n;
}

#endif
