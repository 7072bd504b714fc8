/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of rules/ share: a configuration in a string. */
#ifndef TESTS_RULES_HELP_H
#define TESTS_RULES_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/buf.h"
#include "rules/tree.h"

static inline struct tree *
load(const char *text)
{
	return conf_load_text("t", text_of(text), NULL);
}

/* Loads without a record of any kind. */
static inline struct tree *
load_clean(const char *text)
{
	struct tree *t = load(text);

	if (t->errors.first)
		print_error("%s\n", t->errors.first->message);
	assert_null(t->errors.first);
	return t;
}

/* The record whose message contains `part`; the test fails without one. */
static inline const struct erec *
find_error(const struct tree *t, const char *part)
{
	static const struct erec none = { .message = "" };
	const struct erec *e;

	for (e = t->errors.first; e; e = e->next)
		if (strstr(e->message, part))
			return e;
	for (e = t->errors.first; e; e = e->next)
		print_error("have: %s\n", e->message);
	fail_msg("no message with '%s'", part);
	return &none;
}

static inline void
expect_error(const char *text, enum erec_kind kind, unsigned line,
    unsigned col, const char *part)
{
	struct tree *t = load(text);
	const struct erec *e = find_error(t, part);

	assert_int_equal(e->kind, kind);
	assert_int_equal(e->loc.line, line);
	assert_int_equal(e->loc.col, col);
	tree_free(t);
}

static inline void
assert_text(struct text t, const char *want)
{
	assert_int_equal(t.len, strlen(want));
	assert_memory_equal(t.ptr ? t.ptr : "", want, t.len);
}

#endif
