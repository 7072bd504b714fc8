/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs tests/rules/options.t. A line is one of
 *
 *	proto options => canonical options
 *	proto options =>! column part of the error's message
 *	proto options =>? part of a warning's message
 *
 * The canonical text, read again, gives itself; the column is that of the
 * caret, counted from 1 at the first option.
 */
#include "opt_help.h"

static void
load(struct compiled *c, const char *proto, const char *options, size_t *start)
{
	char text[4096];

	*start = (size_t)snprintf(text, sizeof(text),
	    "alert %s any any -> any any (", proto);
	snprintf(text + *start, sizeof(text) - *start, "%s; sid:1;)", options);
	compile_rule(c, text, &opt_defaults);
}

static void
expect_print(const char *proto, const char *options, const char *want)
{
	char text[4096];
	struct compiled c;
	struct buf b;
	size_t start;

	load(&c, proto, options, &start);
	if (!c.good)
		fail_msg("%s: %s", options, c.tree->errors.first ?
		    c.tree->errors.first->message : "?");
	buf_init(&b, 1 << 16);
	crule_print(&b, &c.rule);
	snprintf(text, sizeof(text), "alert %s any any -> any any (sid:1; "
	    "%s;)", proto, want);
	if (strcmp(b.ptr, text) != 0)
		fail_msg("%s: printed as %s, not %s", options, b.ptr, text);
	buf_fini(&b);
	compiled_fini(&c);
	if (strcmp(options, want) != 0)
		expect_print(proto, want, want);
}

static void
expect_error(const char *proto, const char *options, const char *rest)
{
	struct compiled c;
	size_t start;
	char *part;
	unsigned long col = strtoul(rest, &part, 10);
	const struct erec *e;

	load(&c, proto, options, &start);
	if (c.good)
		fail_msg("%s: loaded", options);
	for (e = c.tree->errors.first; e; e = e->next)
		if (e->kind == EREC_RULE)
			break;
	if (!e || !strstr(e->message, part + strspn(part, " ")))
		fail_msg("%s: '%s', not '%s'", options,
		    e ? e->message : "no error", part);
	else if (e->loc.col != start + col)
		fail_msg("%s: at %zu", options, e->loc.col - start);
	compiled_fini(&c);
}

static void
expect_warning(const char *proto, const char *options, const char *part)
{
	struct compiled c;
	const struct erec *e;
	size_t start;

	load(&c, proto, options, &start);
	if (!c.good)
		fail_msg("%s: not loaded", options);
	for (e = c.tree->errors.first; e; e = e->next)
		if (e->kind == EREC_WARNING && strstr(e->message, part))
			break;
	if (!e)
		fail_msg("%s: no warning '%s'", options, part);
	compiled_fini(&c);
}

static void
run_line(char *line)
{
	char *options = strchr(line, ' '), *arrow = strstr(line, " =>");

	if (*line == '#' || !*line)
		return;
	if (!options || !arrow)
		fail_msg("not a test: %s", line);
	*options++ = '\0';
	*arrow = '\0';
	arrow += 3;
	if (*arrow == '!')
		expect_error(line, options, arrow + 2);
	else if (*arrow == '?')
		expect_warning(line, options, arrow + 2);
	else
		expect_print(line, options, arrow + 1);
}

static void
golden(void **state)
{
	const char *srcdir = getenv("top_srcdir");
	char path[4096], line[4096];
	unsigned n = 0;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/rules/options.t",
	    srcdir ? srcdir : ".");
	f = fopen(path, "r");
	if (!f)
		fail_msg("cannot open %s", path);
	for (; fgets(line, sizeof(line), f); n++) {
		line[strcspn(line, "\n")] = '\0';
		run_line(line);
	}
	assert_true(n > 100);
	fclose(f);
}

/* Every option has a line in the file, by its name. */
static void
complete(void **state)
{
	const char *srcdir = getenv("top_srcdir");
	char path[4096];
	struct buf all;
	int ch;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/rules/options.t",
	    srcdir ? srcdir : ".");
	f = fopen(path, "r");
	assert_non_null(f);
	buf_init(&all, 1 << 20);
	while ((ch = fgetc(f)) != EOF)
		buf_putc(&all, (char)ch);
	fclose(f);
	for (unsigned id = 0; id < OPT_ID_COUNT; id++) {
		const struct opt_ops *ops = opt_by_id(id);

		assert_non_null(ops->help);
		assert_non_null(ops->grammar);
		assert_ptr_equal(opt_find(text_of(ops->name)), ops);
		if (!strstr(all.ptr, ops->name))
			fail_msg("%s has no line in options.t", ops->name);
	}
	buf_fini(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden),
		cmocka_unit_test(complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
