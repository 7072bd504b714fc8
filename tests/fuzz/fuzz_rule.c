/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first line of the input is the text of a rule's options, the rest a
 * payload. What loads prints; what was printed loads, and both judge the
 * payload alike.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/buf.h"
#include "detect/eval.h"
#include "detect/option.h"
#include "rules/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct opt_conf conf = { .pcre_match_limit = 10,
	.pcre_match_limit_recursion = 10, .asn1_max_nodes = 256 };

/* Compiles the only rule of the text, prints it to out and judges the unit. */
static bool
run(struct text text, const struct unit *u, struct buf *out, bool *match)
{
	struct tree *t = conf_load_text("fuzz", text, NULL);
	struct opt_build b = { .errors = &t->errors, .conf = &conf, .tree = t };
	struct arena arena;
	struct crule rule;
	struct eval e;
	bool good;

	arena_init(&arena, 0);
	b.arena = &arena;
	good = t->n_rules == 1 && !t->rules[0]->refused &&
	    rule_compile(&b, t->rules[0], &rule);
	if (!good && t->n_rules == 1 && !t->errors.n_rule &&
	    !t->errors.n_config)
		abort(); /* refused without a word */
	if (good) {
		crule_print(out, &rule);
		if (!eval_init(&e))
			abort();
		eval_unit(&e, u);
		*match = rule_match(&e, &rule);
		eval_fini(&e);
	}
	arena_fini(&arena);
	tree_free(t);
	return good;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	size_t len = end ? (size_t)(end - data) : size;
	struct packet pkt = { .dec = { .ip_ver = 4, .l4 = PKT_L4_TCP } };
	struct unit u = { .kind = UNIT_RAW, .pkt = &pkt };
	bool first = false, second = false;
	struct buf text, a, b;

	buf_init(&text, 1 << 18);
	buf_init(&a, 1 << 20);
	buf_init(&b, 1 << 20);
	buf_puts(&text, "alert tcp any any -> any any (");
	buf_put(&text, data, len);
	buf_puts(&text, " sid:1;)");
	unit_set(&u, BUF_PAYLOAD, slice_make(data + len, size - len));
	unit_set(&u, BUF_HTTP_URI, slice_make(data + len, (size - len) / 2));
	if (run(text_make(text.ptr, text.len), &u, &a, &first) &&
	    a.len < LIM_RULE_TEXT) {
		if (!run(text_make(a.ptr, a.len), &u, &b, &second) ||
		    !text_eq(text_make(a.ptr, a.len),
		    text_make(b.ptr, b.len)) || first != second)
			abort();
	}
	buf_fini(&text);
	buf_fini(&a);
	buf_fini(&b);
	return 0;
}
