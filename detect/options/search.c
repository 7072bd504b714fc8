/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/options/search.h"

#include "core/limits.h"

enum {
	WASTE = 4,      /* bytes compared in vain per byte searched */
	ANCHOR_GAP = 16, /* bytes between two anchors, or they are not rare */
	ANCHOR_FREE = 8, /* anchors before that is asked */
};

static_assert(LIM_CONTENT_LEN <= UINT16_MAX, "a border fits 16 bits");

static inline uint8_t
fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static inline bool
same(const struct search *s, uint32_t i, uint8_t c)
{
	return s->pattern[i] == (s->nocase ? fold(c) : c);
}

static bool
is_letter(uint8_t c)
{
	return fold(c) >= 'a' && fold(c) <= 'z';
}

/* A byte to look for first: one that text has seldom, and never a letter whose
 * case does not matter. */
static void
choose_anchor(struct search *s)
{
	for (uint32_t i = s->len; i-- > 0;) {
		uint8_t c = s->pattern[i];

		if (s->nocase && is_letter(c))
			continue;
		if (!s->anchored || (c && !is_letter(c) && c != ' ')) {
			s->anchored = true;
			s->anchor = i;
		}
	}
}

static uint16_t *
borders(struct arena *a, const uint8_t *pattern, uint32_t len)
{
	uint16_t *border = arena_xalloc(a, len * sizeof(*border));
	uint16_t k = 0;

	for (uint32_t i = 1; i < len; i++) {
		while (k && pattern[k] != pattern[i])
			k = border[k - 1];
		if (pattern[k] == pattern[i])
			k++;
		border[i] = k;
	}
	return border;
}

uint32_t
search_overlap(struct arena *a, const uint8_t *pattern, uint32_t len)
{
	return len - borders(a, pattern, len)[len - 1];
}

void
search_init(struct search *s, struct arena *a, const uint8_t *pattern,
    uint32_t len, bool nocase)
{
	uint8_t *copy = arena_xalloc(a, len);

	for (uint32_t i = 0; i < len; i++)
		copy[i] = nocase ? fold(pattern[i]) : pattern[i];
	*s = (struct search){ .pattern = copy, .len = len, .nocase = nocase };
	choose_anchor(s);
	s->border = borders(a, copy, len);
	memset(s->skip, len > UINT8_MAX ? UINT8_MAX : (int)len,
	    sizeof(s->skip));
	for (uint32_t i = 0; i + 1 < len; i++) {
		uint32_t skip = len - 1 - i;

		s->skip[copy[i] % SEARCH_SKIPS] =
		    (uint8_t)(skip > UINT8_MAX ? UINT8_MAX : skip);
	}
}

static size_t
find_linear(const struct search *s, struct slice in, size_t from)
{
	uint32_t k = 0;

	for (size_t i = from; i < in.len; i++) {
		while (k && !same(s, k, in.ptr[i]))
			k = s->border[k - 1];
		if (same(s, k, in.ptr[i]))
			k++;
		if (k == s->len)
			return i + 1 - k;
	}
	return SIZE_MAX;
}

bool
search_is_at(const struct search *s, const uint8_t *p)
{
	for (uint32_t i = 0; i < s->len; i++)
		if (!same(s, i, p[i]))
			return false;
	return true;
}

/* From anchor to anchor. False: they are not rare, and nothing begins before
 * *pos; else *pos is what search_find() returns. The bytes compared are at most
 * a pattern's for each ANCHOR_GAP, and long patterns are left to the others. */
static bool
find_anchored(const struct search *s, struct slice in, size_t *pos)
{
	const uint8_t *first = in.ptr + s->anchor, *p = first;
	const uint8_t *end = in.ptr + (in.len - s->len) + s->anchor + 1;

	for (size_t n = 1; (p = memchr(p, s->pattern[s->anchor],
	        (size_t)(end - p))) != NULL; n++) {
		*pos = (size_t)(p - first);
		if (search_is_at(s, in.ptr + *pos))
			return true;
		if (++p == end)
			break;
		if (n > ANCHOR_FREE + *pos / ANCHOR_GAP)
			return false;
	}
	*pos = SIZE_MAX;
	return true;
}

size_t
search_find(const struct search *s, struct slice in)
{
	uint32_t last = s->len - 1;
	size_t wasted = 0, pos = 0;

	if (in.len < s->len)
		return SIZE_MAX;
	if (s->anchored && s->len <= WASTE * ANCHOR_GAP &&
	    find_anchored(s, in, &pos))
		return pos;
	while (pos + last < in.len) {
		uint8_t end = in.ptr[pos + last];
		uint32_t i = 0;

		if (same(s, last, end)) {
			while (i < last && same(s, i, in.ptr[pos + i]))
				i++;
			if (i == last)
				return pos;
			wasted += i;
			if (wasted > WASTE * in.len)
				return find_linear(s, in, pos);
		}
		pos += s->skip[end % SEARCH_SKIPS];
	}
	return SIZE_MAX;
}
