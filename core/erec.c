/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/erec.h"

#include <stdarg.h>

enum { SHOW_COLS = 120 }; /* a rule may be 64 KiB long: show a window of it */

void
erecs_init(struct erecs *es, struct arena *arena)
{
	*es = (struct erecs){ .arena = arena };
	es->tail = &es->first;
}

void
erec_add(struct erecs *es, enum erec_kind kind, struct loc loc,
    const char *fmt, ...)
{
	struct erec *e = arena_xalloc(es->arena, sizeof(*e));
	char message[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	*e = (struct erec){ .kind = kind, .loc = loc,
		.message = arena_xprintf(es->arena, "%s", message) };
	*es->tail = e;
	es->tail = &e->next;
	switch (kind) {
	case EREC_CONFIG:
		es->n_config++;
		break;
	case EREC_RULE:
		es->n_rule++;
		break;
	case EREC_WARNING:
		es->n_warning++;
		break;
	}
}

void
erec_print(FILE *to, const struct erec *e)
{
	const char *kind = e->kind == EREC_WARNING ? "warning" : "error";
	struct text t = e->loc.line_text;
	size_t col = e->loc.col ? e->loc.col - 1 : 0;
	size_t from = 0;

	if (e->loc.file)
		fprintf(to, "%s:", e->loc.file);
	if (e->loc.line)
		fprintf(to, "%u:", e->loc.line);
	if (e->loc.line && e->loc.col)
		fprintf(to, "%u:", e->loc.col);
	fprintf(to, "%s%s: %s\n", e->loc.file ? " " : "", kind, e->message);
	if (!t.len || !e->loc.col || col > t.len)
		return;
	if (t.len > SHOW_COLS && col > SHOW_COLS / 2)
		from = col - SHOW_COLS / 2;
	if (t.len - from > SHOW_COLS)
		t.len = from + SHOW_COLS;
	fputs("    ", to);
	for (size_t i = from; i < t.len; i++)
		fputc((unsigned char)t.ptr[i] < ' ' ? ' ' : t.ptr[i], to);
	fprintf(to, "\n    %*s^\n", (int)(col - from), "");
}

void
erecs_print(FILE *to, const struct erecs *es)
{
	for (const struct erec *e = es->first; e; e = e->next)
		erec_print(to, e);
}
