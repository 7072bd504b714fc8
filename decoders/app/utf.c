/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/app/utf.h"

#include <string.h>

#include "core/cursor.h"

enum { MARK_MAX = 4 };

static const struct {
	const char *name;
	uint8_t kind;
} names[] = {
	{ "utf-7", UTF_7 },
	{ "utf7", UTF_7 },
	{ "utf-16", UTF_16 },
	{ "utf16", UTF_16 },
	{ "utf-16le", UTF_16LE },
	{ "utf16le", UTF_16LE },
	{ "utf-16be", UTF_16BE },
	{ "utf16be", UTF_16BE },
	{ "utf-32", UTF_32 },
	{ "utf32", UTF_32 },
	{ "utf-32le", UTF_32LE },
	{ "utf32le", UTF_32LE },
	{ "utf-32be", UTF_32BE },
	{ "utf32be", UTF_32BE },
};

/* The longer one of two that begin alike first. */
static const struct {
	uint8_t kind, len, bytes[MARK_MAX];
} marks[] = {
	{ UTF_32LE, 4, { 0xff, 0xfe, 0, 0 } },
	{ UTF_32BE, 4, { 0, 0, 0xfe, 0xff } },
	{ UTF_16LE, 2, { 0xff, 0xfe } },
	{ UTF_16BE, 2, { 0xfe, 0xff } },
};

void
utf_begin(struct utf *u, enum utf_kind kind)
{
	*u = (struct utf){ .kind = (uint8_t)kind };
}

/* The text's first bytes are held: do they say what it is? more: others may
 * follow. false: they may become a mark yet. */
static bool
begins(struct utf *u, bool more)
{
	for (unsigned i = 0; i < ARRAY_LEN(marks); i++) {
		uint8_t n = u->have < marks[i].len ? u->have : marks[i].len;

		if (memcmp(u->held, marks[i].bytes, n) != 0)
			continue;
		if (n < marks[i].len) {
			if (more)
				return false;
			continue;
		}
		u->kind = marks[i].kind;
		u->have = (uint8_t)(u->have - n);
		memmove(u->held, u->held + n, u->have);
		break;
	}
	if (u->kind == UTF_16)
		u->kind = UTF_16LE;
	if (u->kind == UTF_32)
		u->kind = UTF_32BE;
	u->begun = true;
	return true;
}

static unsigned
unit(const struct utf *u)
{
	return u->kind <= UTF_7 ? 1 : u->kind <= UTF_16BE ? 2 : 4;
}

/* One character of unit() bytes; its low byte comes out. */
static uint8_t
low(struct utf *u, const uint8_t *p, unsigned *flags)
{
	unsigned n = unit(u);
	bool little = u->kind == UTF_16LE || u->kind == UTF_32LE;
	unsigned at = little ? 0 : n - 1;
	bool high = false;

	for (unsigned i = 0; i < n; i++)
		high |= i != at && p[i];
	if (high && !u->bad) {
		u->bad = true;
		*flags |= UTF_BAD;
	}
	return p[at];
}

struct utf_out
utf_feed(struct utf *u, struct slice in, uint8_t *room, size_t size)
{
	struct cursor c = cur_make(in.ptr, in.len);
	struct utf_out o = { .bytes = { room, 0 } };
	const uint8_t *p;
	size_t n = 0;

	if (u->kind == UTF_7 && !u->told) {
		u->told = true;
		o.flags |= UTF_IS_7;
	}
	while (!u->begun && u->have < MARK_MAX) {
		if (!cur_u8(&c, &u->held[u->have]))
			break;
		u->have++;
		if (begins(u, true))
			break;
	}
	if (u->begun && !u->have && unit(u) == 1) {
		o.bytes = slice_make(c.p, cur_left(&c)); /* as it is */
		o.consumed = in.len;
		return o;
	}
	while (u->begun) {
		unsigned len = unit(u);

		if (n == size || (len == 1 && !u->have)) {
			/* bytes that are no more than that need no room: the
			 * next call gives them */
			if (n == size || cur_left(&c))
				o.flags |= UTF_FULL;
			break;
		}
		if (u->have) {
			while (u->have < len && cur_u8(&c, &u->held[u->have]))
				u->have++;
			if (u->have < len)
				break;
			room[n++] = low(u, u->held, &o.flags);
			u->have = (uint8_t)(u->have - len);
			memmove(u->held, u->held + len, u->have);
			continue;
		}
		p = cur_take(&c, len);
		if (p) {
			room[n++] = low(u, p, &o.flags);
			continue;
		}
		if (!cur_left(&c))
			break;
		while (cur_u8(&c, &u->held[u->have]))
			u->have++;
	}
	o.bytes.len = n;
	o.consumed = in.len - cur_left(&c);
	return o;
}

struct utf_out
utf_finish(struct utf *u, uint8_t *room, size_t size)
{
	struct utf_out o;

	if (!u->begun)
		(void)begins(u, false);
	o = utf_feed(u, slice_make(NULL, 0), room, size);
	/* the beginning of a character */
	if (!(o.flags & UTF_FULL))
		u->have = 0;
	return o;
}

enum utf_kind
utf_of_name(struct text name)
{
	name = text_trim(name);
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (text_is_nocase(name, names[i].name))
			return (enum utf_kind)names[i].kind;
	return UTF_NONE;
}

enum utf_kind
utf_of_type(struct slice value)
{
	static const char key[] = "charset";
	struct text rest = text_make((const char *)value.ptr, value.len);
	struct text param, name;

	(void)text_cut(&rest, ';');
	while (rest.len) {
		param = text_cut(&rest, ';');
		name = text_trim(text_cut(&param, '='));
		if (!text_is_nocase(name, key))
			continue;
		param = text_trim(param);
		if (param.len && (*param.ptr == '"' || *param.ptr == '\'')) {
			char quote = *param.ptr;

			param = text_make(param.ptr + 1, param.len - 1);
			param = text_cut(&param, quote);
		}
		return utf_of_name(param);
	}
	return UTF_NONE;
}
