/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A text buffer that grows up to a maximum it was given, then drops what does
 * not fit and remembers that it did. Kept and reset between uses, so that a
 * writer allocates only until it has seen its longest line.
 */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include "core/base.h"
#include "core/slice.h"

struct buf {
	char *ptr; /* terminated whenever it is not NULL */
	size_t len, size, max;
	bool truncated;
};

void buf_init(struct buf *b, size_t max);
void buf_fini(struct buf *b);
void buf_reset(struct buf *b);
void buf_put(struct buf *b, const void *p, size_t n);
void buf_putc(struct buf *b, char c);
void buf_puts(struct buf *b, const char *s);
void buf_puttext(struct buf *b, struct text t);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Unsigned decimal, the cheap way. */
void buf_putu(struct buf *b, uint64_t v);
/* A JSON string with its quotes; bytes that are not UTF-8 become \u00XX of
 * their value, so that the line is always valid JSON. */
void buf_putjson(struct buf *b, struct text t);
/* Base64 of the bytes (RFC 4648), no quotes. */
void buf_putbase64(struct buf *b, struct slice s);

#endif
