/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields of a transaction as EVE writes them: a byte says which kind is next,
 * another how many bytes of text it has. What comes out is one JSON object.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/cursor.h"
#include "core/limits.h"
#include "output/eve.h"
#include "tests/tools/json_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct maker {
	struct field list[LIM_APP_LOG_FIELDS + LIM_APP_LOG_DEPTH];
	unsigned n, depth;
	bool is_array[LIM_APP_LOG_DEPTH];
};

static void
close_one(struct maker *m)
{
	if (m->depth)
		m->list[m->n++] = (struct field){ .kind = FIELD_END,
			.number = m->is_array[--m->depth] };
}

/* Each name once, as a parser's are. */
static const char *
next_name(struct maker *m)
{
	static char names[LIM_APP_LOG_FIELDS][8];
	char *name = names[m->n];

	if (m->depth && m->is_array[m->depth - 1])
		return NULL;
	snprintf(name, sizeof(names[0]), "n%u", m->n);
	return name;
}

static void
add(struct maker *m, struct cursor *c, uint8_t byte)
{
	struct field f = { .name = next_name(m), .kind = byte % FIELD_END };
	uint8_t len = 0;
	uint32_t v = 0;

	switch (f.kind) {
	case FIELD_TEXT:
	case FIELD_HEX:
		if (!cur_u8(c, &len) || len > cur_left(c))
			len = (uint8_t)cur_left(c);
		f.text = text_make((const char *)cur_take(c, len), len);
		break;
	case FIELD_OBJECT:
	case FIELD_ARRAY:
		if (m->depth == LIM_APP_LOG_DEPTH)
			return;
		m->is_array[m->depth++] = f.kind == FIELD_ARRAY;
		break;
	case FIELD_NUMBER:
	case FIELD_BOOL:
		if (cur_be32(c, &v))
			f.number = (uint64_t)v << 32 | v;
		break;
	case FIELD_END:
		break;
	}
	m->list[m->n++] = f;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct maker m;
	struct cursor c = cur_make(data, size);
	struct record_app a = { .type = "x", .fields = m.list };
	struct buf b;
	uint8_t byte;

	m.n = m.depth = 0;
	while (m.n < LIM_APP_LOG_FIELDS && cur_u8(&c, &byte))
		if (byte & 0x80)
			close_one(&m);
		else
			add(&m, &c, byte);
	while (m.depth)
		close_one(&m);
	a.n = m.n;
	buf_init(&b, LIM_RECORD_TEXT);
	buf_puts(&b, "{\"a\":0");
	eve_put_app(&b, &a);
	buf_puts(&b, "}\n");
	/* whatever there was of text fits six times into a record */
	if (size <= LIM_APP_LOG_ROOM &&
	    (b.truncated || json_lines(b.ptr, b.len) != 1))
		abort();
	buf_fini(&b);
	return 0;
}
