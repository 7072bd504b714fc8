/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/limits.h"
#include "detect/options/search.h"

static uint64_t seed;

static unsigned
draw(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static size_t
naive(struct slice pattern, bool nocase, struct slice in)
{
	for (size_t i = 0; i + pattern.len <= in.len; i++) {
		size_t k = 0;

		while (k < pattern.len && (nocase ?
		    lower(in.ptr[i + k]) == lower(pattern.ptr[k]) :
		    in.ptr[i + k] == pattern.ptr[k]))
			k++;
		if (k == pattern.len)
			return i;
	}
	return SIZE_MAX;
}

/* Few letters, so that patterns overlap themselves and the text. */
static void
same_as_naive(void **state)
{
	static const uint8_t letters[] = { 'a', 'A', 'b', 'B', 0, 0xe1, '[',
		'{' };

	(void)state;
	seed = (uint64_t)time(NULL);
	print_message("seed %llu\n", (unsigned long long)seed);
	for (unsigned round = 0; round < 20000; round++) {
		unsigned n_letters = 1 + draw(ARRAY_LEN(letters));
		uint8_t pattern[12], text[80], *copy;
		size_t len = 1 + draw(sizeof(pattern)), text_len = draw(80);
		bool nocase = draw(2);
		struct arena arena;
		struct search s;
		struct slice in;

		for (size_t i = 0; i < len; i++)
			pattern[i] = letters[draw(n_letters)];
		for (size_t i = 0; i < text_len; i++)
			text[i] = letters[draw(n_letters)];
		copy = malloc(text_len ? text_len : 1);
		memcpy(copy, text, text_len);
		in = slice_make(copy, text_len);
		arena_init(&arena, 0);
		search_init(&s, &arena, pattern, (uint32_t)len, nocase);
		assert_int_equal(search_find(&s, in),
		    naive(slice_make(pattern, len), nocase, in));
		arena_fini(&arena);
		free(copy);
	}
}

/* The worst text for Horspool: all but the first byte agree everywhere. */
static void
stays_linear(void **state)
{
	enum { TEXT_LEN = 1 << 20 };
	uint8_t pattern[LIM_CONTENT_LEN], *text = malloc(TEXT_LEN);
	struct arena arena;
	struct search s;
	clock_t start;

	(void)state;
	assert_non_null(text);
	memset(pattern, 'a', sizeof(pattern));
	pattern[sizeof(pattern) / 2] = 'b';
	memset(text, 'a', TEXT_LEN);
	arena_init(&arena, 0);
	search_init(&s, &arena, pattern, sizeof(pattern), true);
	start = clock();
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(search_find(&s, slice_make(text, TEXT_LEN)),
		    SIZE_MAX);
	/* ten times a megabyte: milliseconds, not the minutes of 10^10 */
	assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
	arena_fini(&arena);
	free(text);
}

static void
overlaps(void **state)
{
	static const struct {
		const char *pattern;
		uint32_t shift;
	} cases[] = {
		{ "a", 1 }, { "ab", 2 }, { "aa", 1 }, { "abab", 2 },
		{ "aba", 2 }, { "abcab", 3 }, { "aA", 2 }, { "aBAb", 4 },
		{ "aaaa", 1 }, { "hello", 5 },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, 0);
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(search_overlap(&arena,
		    (const uint8_t *)cases[i].pattern,
		    (uint32_t)strlen(cases[i].pattern)), cases[i].shift);
	arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_naive),
		cmocka_unit_test(stays_linear),
		cmocka_unit_test(overlaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
