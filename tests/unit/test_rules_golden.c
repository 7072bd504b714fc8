/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the files of tests/rules/. A line is one of
 *
 *	rule;;ok;;canonical text
 *	rule;;fail;;part of the message
 *	% a line of configuration that stands before the rules that follow
 *
 * and the canonical text, read again, must give itself.
 */
#include "rules_help.h"

#include <stdio.h>

static const char *const files[] = { "header.t", "general.t", "lists.t" };

/* As detect/ does it, the other options as they were written. */
static void
print_rule(struct buf *b, const struct rule *r)
{
	buf_reset(b);
	rule_print_header(b, r);
	buf_puts(b, " (");
	rule_print_general(b, r);
	for (unsigned i = 0; i < r->n_opts; i++) {
		const struct rule_opt *o = &r->opts[i];

		buf_putc(b, ' ');
		buf_puttext(b, o->name);
		if (o->arg.ptr)
			buf_putc(b, ':');
		for (size_t k = 0; k < o->arg.len; k++) {
			if (o->arg.ptr[k] == ';')
				buf_putc(b, '\\');
			buf_putc(b, o->arg.ptr[k]);
		}
		buf_putc(b, ';');
	}
	buf_putc(b, ')');
}

static struct tree *
load_rule(const struct buf *prelude, struct text rule)
{
	struct buf b;
	struct tree *t;

	buf_init(&b, 1 << 20);
	buf_put(&b, prelude->ptr, prelude->len);
	buf_puttext(&b, rule);
	t = load(b.ptr);
	buf_fini(&b);
	return t;
}

static void
expect_ok(const struct buf *prelude, struct text rule, struct text want)
{
	struct tree *t = load_rule(prelude, rule);
	struct buf b;

	if (t->errors.first && t->errors.first->kind != EREC_WARNING)
		fail_msg("%.*s: %s", TEXT_ARG(rule),
		    t->errors.first->message);
	assert_int_equal(t->n_rules, 1);
	buf_init(&b, 1 << 16);
	print_rule(&b, t->rules[0]);
	if (!text_is(want, b.ptr))
		fail_msg("%.*s: printed as %s", TEXT_ARG(rule), b.ptr);
	tree_free(t);
	buf_fini(&b);
	if (!text_eq(rule, want))
		expect_ok(prelude, want, want);
}

static void
expect_fail(const struct buf *prelude, struct text rule, const char *part)
{
	struct tree *t = load_rule(prelude, rule);

	find_error(t, part);
	assert_int_equal(t->n_rules, 1);
	assert_true(t->rules[0]->refused);
	tree_free(t);
}

static void
run_line(struct buf *prelude, char *line)
{
	char *ok = strstr(line, ";;ok;;"), *bad = strstr(line, ";;fail;;");

	if (!*line || *line == '#')
		return;
	if (*line == '%') {
		buf_puts(prelude, line + 1);
		buf_putc(prelude, '\n');
	} else if (ok) {
		expect_ok(prelude, text_make(line, (size_t)(ok - line)),
		    text_of(ok + strlen(";;ok;;")));
	} else if (bad) {
		expect_fail(prelude, text_make(line, (size_t)(bad - line)),
		    bad + strlen(";;fail;;"));
	} else {
		fail_msg("not a test: %s", line);
	}
}

static void
golden_files(void **state)
{
	const char *srcdir = getenv("top_srcdir");
	char path[4096], line[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct buf prelude;
		unsigned n = 0;

		snprintf(path, sizeof(path), "%s/tests/rules/%s",
		    srcdir ? srcdir : ".", files[i]);
		FILE *f = fopen(path, "r");
		if (!f)
			fail_msg("cannot open %s", path);
		buf_init(&prelude, 1 << 16);
		for (; fgets(line, sizeof(line), f); n++) {
			line[strcspn(line, "\n")] = '\0';
			run_line(&prelude, line);
		}
		assert_true(n > 10);
		buf_fini(&prelude);
		fclose(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
