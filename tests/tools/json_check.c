/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/json_check.h"

#include <string.h>

#include "core/cursor.h"
#include "core/slice.h"

enum { DEPTH_MAX = 12, KEYS_MAX = 4096 };

/* Keys of the objects that are open, the innermost's last. */
static struct text keys[KEYS_MAX];
static unsigned n_keys;

/* Skips one value; false when there is none. */
static bool skip_value(struct cursor *c, unsigned depth);

static bool
skip_literal(struct cursor *c, const char *s)
{
	const uint8_t *p = cur_take(c, strlen(s));

	return p && memcmp(p, s, strlen(s)) == 0;
}

static bool
skip_hex4(struct cursor *c)
{
	const uint8_t *p = cur_take(c, 4);

	for (unsigned i = 0; p && i < 4; i++)
		if (!strchr("0123456789abcdefABCDEF", p[i]) || !p[i])
			return false;
	return p != NULL;
}

/* One UTF-8 sequence that begins with `first` (RFC 3629). */
static bool
skip_utf8(struct cursor *c, uint8_t first)
{
	unsigned more = first < 0x80 ? 0 : first < 0xc2 ? 9 : first < 0xe0 ? 1 :
	    first < 0xf0 ? 2 : first < 0xf5 ? 3 : 9;
	const uint8_t *p;

	if (more == 9 || !(p = cur_take(c, more)))
		return false;
	for (unsigned i = 0; i < more; i++)
		if ((p[i] & 0xc0) != 0x80)
			return false;
	return !more || !((first == 0xe0 && p[0] < 0xa0) ||
	    (first == 0xed && p[0] > 0x9f) || (first == 0xf0 && p[0] < 0x90) ||
	    (first == 0xf4 && p[0] > 0x8f));
}

static bool
skip_string(struct cursor *c)
{
	uint8_t ch;

	if (!cur_u8(c, &ch) || ch != '"')
		return false;
	while (cur_u8(c, &ch)) {
		if (ch == '"')
			return true;
		if (ch < 0x20)
			return false;
		if (ch != '\\') {
			if (!skip_utf8(c, ch))
				return false;
			continue;
		}
		if (!cur_u8(c, &ch) || !strchr("\"\\/bfnrtu", ch) ||
		    (ch == 'u' && !skip_hex4(c)))
			return false;
	}
	return false;
}

static bool
skip_number(struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 1);
	unsigned digits = 0;

	while (p && *p >= '0' && *p <= '9') {
		(void)!cur_skip(c, 1);
		digits++;
		p = cur_peek(c, 1);
	}
	return digits > 0;
}

/* A key that the object has not yet: its own begin at keys[first]. */
static bool
skip_key(struct cursor *c, unsigned first)
{
	struct cursor at = *c;
	struct text key;

	if (!skip_string(c) || n_keys == KEYS_MAX)
		return false;
	cur_trim(&at, cur_left(&at) - cur_left(c));
	key = text_make((const char *)at.p, cur_left(&at));
	for (unsigned i = first; i < n_keys; i++)
		if (text_eq(keys[i], key))
			return false;
	keys[n_keys++] = key;
	return skip_literal(c, ":");
}

static bool
skip_members(struct cursor *c, char close, unsigned depth)
{
	unsigned first = n_keys;
	uint8_t ch;

	if (cur_peek(c, 1) && *cur_peek(c, 1) == (uint8_t)close)
		return cur_skip(c, 1);
	do {
		if (close == '}' && !skip_key(c, first))
			return false;
		if (!skip_value(c, depth + 1) || !cur_u8(c, &ch))
			return false;
	} while (ch == ',');
	n_keys = first;
	return ch == (uint8_t)close;
}

static bool
skip_value(struct cursor *c, unsigned depth)
{
	const uint8_t *p = cur_peek(c, 1);

	if (!p || depth > DEPTH_MAX)
		return false;
	switch (*p) {
	case '"':
		return skip_string(c);
	case '{':
		return cur_skip(c, 1) && skip_members(c, '}', depth);
	case '[':
		return cur_skip(c, 1) && skip_members(c, ']', depth);
	case 't':
		return skip_literal(c, "true");
	case 'f':
		return skip_literal(c, "false");
	default:
		return skip_number(c);
	}
}

long
json_lines(const char *text, size_t len)
{
	struct cursor c = cur_make((const uint8_t *)text, len);
	long n = 0;

	while (cur_left(&c)) {
		n_keys = 0;
		if (*cur_peek(&c, 1) != '{' || !skip_value(&c, 0) ||
		    !skip_literal(&c, "\n"))
			return JSON_BAD;
		n++;
	}
	return n;
}
