/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields under a name in EVE: transactions of parsers, statistics. */
#include "output/eve.h"

static void
put_hex(struct buf *b, struct text t)
{
	static const char hex[] = "0123456789abcdef";

	buf_putc(b, '"');
	for (size_t i = 0; i < t.len; i++) {
		uint8_t c = (uint8_t)t.ptr[i];
		char two[2] = { hex[c >> 4], hex[c & 15] };

		buf_put(b, two, 2);
	}
	buf_putc(b, '"');
}

/* The members of an object whose brace is open; what they open they close. */
static void
put_fields(struct buf *b, const struct field *fields, unsigned n)
{
	bool first = true; /* of the object or array */

	for (unsigned i = 0; i < n; i++) {
		const struct field *f = &fields[i];

		if (f->kind == FIELD_END) {
			buf_putc(b, f->number ? ']' : '}');
			first = false;
			continue;
		}
		if (!first)
			buf_putc(b, ',');
		first = false;
		if (f->name) {
			buf_putjson(b, text_of(f->name));
			buf_putc(b, ':');
		}
		switch (f->kind) {
		case FIELD_TEXT:
			buf_putjson(b, f->text);
			break;
		case FIELD_NUMBER:
			buf_putu(b, f->number);
			break;
		case FIELD_BOOL:
			buf_puts(b, f->number ? "true" : "false");
			break;
		case FIELD_HEX:
			put_hex(b, f->text);
			break;
		case FIELD_OBJECT:
			buf_putc(b, '{');
			first = true;
			break;
		case FIELD_ARRAY:
			buf_putc(b, '[');
			first = true;
			break;
		case FIELD_END:
			break;
		}
	}
}

void
eve_put_app(struct buf *b, const struct record_app *a)
{
	eve_key(b, a->type);
	buf_putc(b, '{');
	put_fields(b, a->fields, a->n);
	buf_putc(b, '}');
}
