/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Borrowed bytes (struct slice) and borrowed text (struct text), passed by
 * value. Neither is terminated; ptr may be NULL when len is 0.
 */
#ifndef CORE_SLICE_H
#define CORE_SLICE_H

#include <string.h>

#include "core/base.h"

struct slice {
	const uint8_t *ptr;
	size_t len;
};

struct text {
	const char *ptr;
	size_t len;
};

#define TEXT(literal) ((struct text){ (literal), sizeof(literal) - 1 })
/* for printf: "%.*s", TEXT_ARG(t) */
#define TEXT_ARG(t) (int)(t).len, (t).ptr ? (t).ptr : ""

static inline struct slice
slice_make(const uint8_t *ptr, size_t len)
{
	return (struct slice){ ptr, len };
}

static inline struct text
text_make(const char *ptr, size_t len)
{
	return (struct text){ ptr, len };
}

static inline struct text
text_of(const char *s)
{
	return (struct text){ s, s ? strlen(s) : 0 };
}

static inline bool
text_eq(struct text a, struct text b)
{
	return a.len == b.len && (!a.len || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool
text_is(struct text a, const char *s)
{
	return text_eq(a, text_of(s));
}

/* ASCII case folding, independent of the locale. */
static inline char
text_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline bool
text_is_nocase(struct text a, const char *s)
{
	size_t i;

	for (i = 0; i < a.len && s[i]; i++)
		if (text_lower(a.ptr[i]) != text_lower(s[i]))
			return false;
	return i == a.len && !s[i];
}

static inline bool
text_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' ||
	    c == '\f';
}

static inline struct text
text_trim(struct text t)
{
	while (t.len && text_is_blank(t.ptr[0]))
		t.ptr++, t.len--;
	while (t.len && text_is_blank(t.ptr[t.len - 1]))
		t.len--;
	return t;
}

/*
 * Cuts the text before the first `sep` off *rest and returns it; without one
 * all of *rest is returned and *rest becomes empty with a NULL ptr.
 */
static inline struct text
text_cut(struct text *rest, char sep)
{
	struct text head = *rest;
	const char *at = rest->len ? memchr(rest->ptr, sep, rest->len) : NULL;

	if (!at) {
		*rest = (struct text){ NULL, 0 };
		return head;
	}
	head.len = (size_t)(at - head.ptr);
	rest->ptr = at + 1;
	rest->len -= head.len + 1;
	return head;
}

/* The next blank-separated word of *rest, empty at the end. */
static inline struct text
text_word(struct text *rest)
{
	struct text t = text_trim(*rest), word = t;

	word.len = 0;
	while (word.len < t.len && !text_is_blank(t.ptr[word.len]))
		word.len++;
	*rest = t.len ? text_make(t.ptr + word.len, t.len - word.len) : t;
	return word;
}

/* A whole decimal number in [min, max]; false leaves *v alone. */
NODISCARD bool text_to_i64(struct text t, int64_t min, int64_t max, int64_t *v);
/* Likewise with C's bases: 0x hexadecimal, leading 0 octal, else decimal. */
NODISCARD bool text_to_i64_auto(struct text t, int64_t min, int64_t max,
    int64_t *v);

#endif
