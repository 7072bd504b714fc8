/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/erec.h"

static char *printed;
static size_t printed_len;

/* What erec_print writes for one error at this column of this line. */
static const char *
show(enum erec_kind kind, const char *file, uint32_t line, uint32_t col,
    const char *text)
{
	struct arena arena;
	struct erecs es;
	FILE *f;

	free(printed);
	f = open_memstream(&printed, &printed_len);
	assert_non_null(f);
	arena_init(&arena, 0);
	erecs_init(&es, &arena);
	erec_add(&es, kind,
	    (struct loc){ file, line, col, text_of(text) }, "no %s here",
	    "sid");
	erecs_print(f, &es);
	fclose(f);
	arena_fini(&arena);
	return printed;
}

static void
test_caret_is_under_the_column(void **state)
{
	(void)state;
	assert_string_equal(show(EREC_RULE, "a.rules", 3, 7, "alert tpc any"),
	    "a.rules:3:7: error: no sid here\n"
	    "    alert tpc any\n"
	    "          ^\n");
	assert_string_equal(show(EREC_WARNING, "a.rules", 3, 1, "x"),
	    "a.rules:3:1: warning: no sid here\n"
	    "    x\n"
	    "    ^\n");
	/* just behind the last character: what is missing at the end */
	assert_string_equal(show(EREC_CONFIG, "a", 1, 3, "ab"),
	    "a:1:3: error: no sid here\n"
	    "    ab\n"
	    "      ^\n");
}

static void
test_places_that_are_not_known(void **state)
{
	(void)state;
	assert_string_equal(show(EREC_CONFIG, NULL, 0, 0, NULL),
	    "error: no sid here\n");
	assert_string_equal(show(EREC_CONFIG, "a", 0, 0, NULL),
	    "a: error: no sid here\n");
	assert_string_equal(show(EREC_CONFIG, "a", 2, 0, "text"),
	    "a:2: error: no sid here\n");
	/* a column past the line's end draws no caret */
	assert_string_equal(show(EREC_CONFIG, "a", 2, 9, "text"),
	    "a:2:9: error: no sid here\n");
}

/* Control characters of a file do not reach the terminal. */
static void
test_control_characters(void **state)
{
	(void)state;
	assert_string_equal(show(EREC_RULE, "a", 1, 3, "\tb\x1b[m"),
	    "a:1:3: error: no sid here\n"
	    "     b [m\n"
	    "      ^\n");
}

/* Of a long line a window around the column is shown. */
static void
test_long_line(void **state)
{
	char line[1001], *text, *caret;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		line[i] = (char)('a' + i % 26);
	line[1000] = '\0';
	show(EREC_RULE, "a", 1, 500, line);
	text = strchr(printed, '\n') + 1;
	caret = strchr(text, '\n') + 1;
	assert_true(caret - text <= 4 + 120 + 1);
	assert_int_equal(strlen(caret), (size_t)(strchr(caret, '^') - caret) + 2);
	assert_int_equal(text[strchr(caret, '^') - caret], 'a' + 499 % 26);
}

static void
test_counted_and_in_order(void **state)
{
	struct arena arena;
	struct erecs es;

	(void)state;
	arena_init(&arena, 0);
	erecs_init(&es, &arena);
	erec_add(&es, EREC_RULE, (struct loc){ 0 }, "first");
	erec_add(&es, EREC_WARNING, (struct loc){ 0 }, "second");
	erec_add(&es, EREC_RULE, (struct loc){ 0 }, "third");
	erec_add(&es, EREC_CONFIG, (struct loc){ 0 }, "%0*d", 3000, 4);
	assert_int_equal(es.n_rule, 2);
	assert_int_equal(es.n_warning, 1);
	assert_int_equal(es.n_config, 1);
	assert_string_equal(es.first->message, "first");
	assert_string_equal(es.first->next->message, "second");
	assert_string_equal(es.first->next->next->message, "third");
	/* a message without end is cut */
	assert_true(strlen(es.first->next->next->next->message) < 3000);
	assert_null(es.first->next->next->next->next);
	arena_fini(&arena);
}

static int
free_printed(void **state)
{
	(void)state;
	free(printed);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_caret_is_under_the_column),
		cmocka_unit_test(test_places_that_are_not_known),
		cmocka_unit_test(test_control_characters),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_counted_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, free_printed);
}
