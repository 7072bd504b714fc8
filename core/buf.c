/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_fini(struct buf *b)
{
	free(b->ptr);
	*b = (struct buf){ .max = b->max };
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->truncated = false;
	if (b->ptr)
		b->ptr[0] = '\0';
}

/* Room for n more bytes and the terminator; false when the maximum or the
 * memory does not give it. */
static bool
reserve(struct buf *b, size_t n)
{
	size_t want = b->size ? b->size : 256;
	char *p;

	if (n > b->max || b->len > b->max - n)
		return false;
	if (b->len + n < b->size)
		return true;
	while (want <= b->len + n)
		want *= 2;
	p = mem_realloc(b->ptr, want, 1);
	if (!p)
		return false;
	b->ptr = p;
	b->size = want;
	return true;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (!n)
		return;
	if (!reserve(b, n)) {
		b->truncated = true;
		return;
	}
	memcpy(b->ptr + b->len, p, n);
	b->len += n;
	b->ptr[b->len] = '\0';
}

void
buf_putc(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_puttext(struct buf *b, struct text t)
{
	buf_put(b, t.ptr, t.len);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n <= 0)
		return;
	if (!reserve(b, (size_t)n)) {
		b->truncated = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void
buf_putu(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	buf_put(b, digits + n, sizeof(digits) - n);
}

/* Length of the UTF-8 sequence at p (RFC 3629), 0 when it is none. */
static size_t
utf8_len(const unsigned char *p, size_t left)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 :
	    (p[0] & 0xf0) == 0xe0 ? 3 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;

	if (!n || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/* Can the byte stand in a JSON string as it is? */
static bool
is_plain_json(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* One byte that is neither plain nor part of a UTF-8 sequence. */
static void
put_json_escape(struct buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char letter = c == '"' || c == '\\' ? (char)c : c == '\n' ? 'n' :
	    c == '\r' ? 'r' : c == '\t' ? 't' : 'u';
	char six[6] = { '\\', letter, '0', '0', hex[c >> 4], hex[c & 15] };

	buf_put(b, six, letter == 'u' ? 6 : 2);
}

void
buf_putjson(struct buf *b, struct text t)
{
	const unsigned char *p = (const unsigned char *)t.ptr;
	size_t i = 0;

	buf_putc(b, '"');
	while (i < t.len) {
		size_t n = 0;

		while (i + n < t.len && is_plain_json(p[i + n]))
			n++;
		if (!n && p[i] >= 0x80)
			n = utf8_len(p + i, t.len - i);
		if (n) {
			buf_put(b, p + i, n);
			i += n;
		} else {
			put_json_escape(b, p[i++]);
		}
	}
	buf_putc(b, '"');
}

void
buf_putbase64(struct buf *b, struct slice s)
{
	static const char set[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	char out[256];
	size_t n = 0;

	for (size_t i = 0; i < s.len; i += 3) {
		size_t left = s.len - i;
		uint32_t v = (uint32_t)s.ptr[i] << 16 |
		    (left > 1 ? (uint32_t)s.ptr[i + 1] << 8 : 0) |
		    (left > 2 ? s.ptr[i + 2] : 0);

		out[n++] = set[v >> 18];
		out[n++] = set[v >> 12 & 63];
		out[n++] = left > 1 ? set[v >> 6 & 63] : '=';
		out[n++] = left > 2 ? set[v & 63] : '=';
		if (n == sizeof(out)) {
			buf_put(b, out, n);
			n = 0;
		}
	}
	buf_put(b, out, n);
}
