/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logical lines, and the way back from them to physical places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "rules/parse.h"

struct fixture {
	struct arena arena;
	struct buf glue;
	struct source source;
	struct line line;
};

static void
start(struct fixture *f, const char *text)
{
	arena_init(&f->arena, 0);
	buf_init(&f->glue, 1 << 20);
	assert_true(source_open(&f->source, &f->arena, "f", text_of(text)));
}

static bool
next(struct fixture *f)
{
	return source_line(&f->source, &f->arena, &f->glue, &f->line);
}

static void
stop(struct fixture *f)
{
	assert_false(next(f));
	buf_fini(&f->glue);
	arena_fini(&f->arena);
}

static void
expect(struct fixture *f, const char *text, unsigned line, unsigned col)
{
	assert_true(next(f));
	assert_int_equal(f->line.text.len, strlen(text));
	assert_memory_equal(f->line.text.ptr, text, strlen(text));
	assert_int_equal(f->line.loc.line, line);
	assert_int_equal(f->line.loc.col, col);
}

/* The physical place of the first `c` in the line. */
static void
expect_at(const struct fixture *f, char c, unsigned line, unsigned col)
{
	const char *p = memchr(f->line.text.ptr, c, f->line.text.len);
	struct loc l;

	assert_non_null(p);
	l = loc_at(f->line.loc, (size_t)(p - f->line.text.ptr));
	assert_int_equal(l.line, line);
	assert_int_equal(l.col, col);
	assert_int_equal(l.line_text.ptr[l.col - 1], c);
}

static void
comments_and_blanks_vanish(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, "# one\n\n  ; two\n \t a b \t\n#x\\\nc # no comment\n");
	expect(&f, "a b", 4, 4);
	expect(&f, "c # no comment", 6, 1);
	stop(&f);
}

static void
continuation_glues_without_blank(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, "ab\\\n   cd \\\nef\ng\n");
	expect(&f, "abcd ef", 1, 1);
	expect_at(&f, 'b', 1, 2);
	expect_at(&f, 'c', 2, 4);
	expect_at(&f, 'e', 3, 1);
	expect(&f, "g", 4, 1);
	stop(&f);
}

static void
comments_inside_a_continuation_vanish(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, "  a\\ \t\n# gone\n\n ; gone\\\n  b\\\r\n\\\nc\r\nd");
	expect(&f, "abc", 1, 3);
	expect_at(&f, 'b', 5, 3);
	expect_at(&f, 'c', 7, 1);
	expect(&f, "d", 8, 1);
	stop(&f);
}

static void
continuation_may_run_into_the_end(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, "a \\");
	expect(&f, "a", 1, 1);
	assert_int_equal(loc_at(f.line.loc, 100).line, 1);
	stop(&f);
	start(&f, "\\\n\\\na\\\n");
	expect(&f, "a", 3, 1);
	assert_int_equal(loc_at(f.line.loc, 1).line, 3);
	stop(&f);
}

static void
place_past_the_end_is_the_end(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, "abc  \nd\n");
	expect(&f, "abc", 1, 1);
	assert_int_equal(loc_at(f.line.loc, 50).line, 1);
	assert_int_equal(loc_at(f.line.loc, 50).col, 4);
	expect(&f, "d", 2, 1);
	stop(&f);
}

static void
place_without_text_counts_columns(void **state)
{
	struct loc l = { .file = "x", .line = 3, .col = 2 };

	(void)state;
	assert_int_equal(loc_at(l, 4).col, 6);
	assert_int_equal(loc_at(l, 4).line, 3);
}

static void
byte_order_mark_is_no_text(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, "\xef\xbb\xbf" "a\n");
	expect(&f, "a", 1, 1);
	stop(&f);
}

static void
nul_is_refused(void **state)
{
	struct source s;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	assert_false(source_open(&s, &a, "f", TEXT("a\nb\0c\n")));
	assert_int_equal(s.line, 2);
	arena_fini(&a);
}

static void
pipe_is_read_to_its_end(void **state)
{
	struct fixture f;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "a\nb\n", 4), 4);
	close(fds[1]);
	arena_init(&f.arena, 0);
	buf_init(&f.glue, 100);
	assert_int_equal(source_read(&f.source, &f.arena, "p", fds[0]), 0);
	close(fds[0]);
	expect(&f, "a", 1, 1);
	expect(&f, "b", 2, 1);
	stop(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comments_and_blanks_vanish),
		cmocka_unit_test(continuation_glues_without_blank),
		cmocka_unit_test(comments_inside_a_continuation_vanish),
		cmocka_unit_test(continuation_may_run_into_the_end),
		cmocka_unit_test(place_past_the_end_is_the_end),
		cmocka_unit_test(place_without_text_counts_columns),
		cmocka_unit_test(byte_order_mark_is_no_text),
		cmocka_unit_test(nul_is_refused),
		cmocka_unit_test(pipe_is_read_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
