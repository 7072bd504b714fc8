/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text as a configuration: loads or reports, never crashes; each record
 * has a place inside the text; what loaded prints, and what was printed loads
 * and prints the same.
 */
#include <stdlib.h>

#include "core/buf.h"
#include "rules/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
print_rule(struct buf *b, const struct rule *r)
{
	rule_print_header(b, r);
	buf_puts(b, " (");
	rule_print_general(b, r);
	buf_puts(b, ")");
}

static void
check_round_trip(const struct rule *r)
{
	struct buf a, b;
	struct tree *again;

	/* names of the tree that the text alone does not carry */
	if (r->refused || r->class || r->ruletype)
		return;
	buf_init(&a, 1 << 22);
	buf_init(&b, 1 << 22);
	print_rule(&a, r);
	again = conf_load_text("again", text_make(a.ptr, a.len), NULL);
	if (a.len <= 65535) {
		if (again->n_rules != 1 || again->rules[0]->refused)
			abort();
		print_rule(&b, again->rules[0]);
		if (!text_eq(text_make(a.ptr, a.len),
		    text_make(b.ptr, b.len)))
			abort();
	}
	tree_free(again);
	buf_fini(&a);
	buf_fini(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text text = text_make((const char *)data, size);
	struct tree *t = conf_load_text("fuzz", text, NULL);

	for (const struct erec *e = t->errors.first; e; e = e->next) {
		struct text line = e->loc.line_text;

		if (e->loc.col > line.len + 1 && line.ptr)
			abort();
	}
	for (unsigned i = 0; i < t->n_rules && i < 50; i++) {
		const struct rule *r = t->rules[i];

		for (unsigned k = 0; k < r->n_opts; k++) {
			struct loc l = r->opts[k].arg_loc;

			l = loc_at(l, r->opts[k].arg.len);
			if (l.col > l.line_text.len + 1)
				abort();
		}
		check_round_trip(r);
	}
	tree_free(t);
	return 0;
}
