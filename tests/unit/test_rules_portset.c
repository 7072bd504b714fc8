/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port lists: meaning, interning, and look-up against a plain model. */
#include "rules_help.h"

#include <stdio.h>

static const struct port_set *
list(struct tree *t, const char *text)
{
	const struct port_set *s = tree_port_list(t, text_of(text),
	    (struct loc){ .file = "t" });

	assert_non_null(s);
	return s;
}

static void
lists_become_ranges(void **state)
{
	static const struct {
		const char *list, *canonical;
		unsigned n, count;
	} good[] = {
		{ "any", "any", 1, 65536 },
		{ "0:65535", "any", 1, 65536 },
		{ "80", "80", 1, 1 },
		{ ":1023", ":1023", 1, 1024 },
		{ "1024:", "1024:", 1, 64512 },
		{ "!80", "!80", 2, 65535 },
		{ "[80,8000:8080,!8005]", "[80,8000:8004,8006:8080]", 3, 81 },
		{ "[ 81 , 80, 82 ]", "80:82", 1, 3 },
		{ "![80:82,1000]", "[!80:82,!1000]", 3, 65532 },
		{ "[$P,443]", "[80,443,8080]", 3, 3 },
		{ "!$P", "[!80,!8080]", 3, 65534 },
		{ "[0,65535]", "!1:65534", 2, 2 },
		{ "!0:10", "11:", 1, 65525 },
	};
	struct tree *t = load_clean("portvar P [80,8080]\n");
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		const struct port_set *s = list(t, good[i].list);

		buf_reset(&b);
		port_set_print(&b, s);
		assert_string_equal(b.ptr, good[i].canonical);
		assert_int_equal(s->n, good[i].n);
		assert_int_equal(s->count, good[i].count);
		assert_int_equal(s->any, s->count == 65536);
		assert_ptr_equal(list(t, b.ptr), s);
		assert_ptr_equal(t->port_sets[s->id], s);
	}
	buf_fini(&b);
	tree_free(t);
}

static void
errors_say_what_and_where(void **state)
{
	static const struct {
		const char *list, *part;
		unsigned col;
	} bad[] = {
		{ "!any", "!any matches no port", 2 },
		{ "[80,!80]", "it can never match", 1 },
		{ "!0:65535", "it can never match", 1 },
		{ "65536", "not a port", 1 },
		{ "-1", "not a port", 1 },
		{ "80a", "not a port", 1 },
		{ "[80,90:80]", "upside down: write 80:90", 5 },
		{ "80:x", "'x' is not a port", 4 },
		{ ":", "a port is missing", 1 },
		{ "80-90", "not a port", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct tree *t = load_clean("");
		struct loc loc = { .file = "t", .line = 1, .col = 1 };

		assert_null(tree_port_list(t, text_of(bad[i].list), loc));
		assert_int_equal(find_error(t, bad[i].part)->loc.col,
		    bad[i].col);
		tree_free(t);
	}
}

static void
lookup_agrees_with_the_model(void **state)
{
	struct tree *t = load_clean("");
	unsigned seed = 99, loaded = 0;

	(void)state;
	for (int round = 0; round < 300; round++) {
		unsigned n = 1 + (unsigned)rand_r(&seed) % 30;
		bool in[256] = { false }, out[256] = { false };
		bool positive = false;
		char text[1024];
		size_t len = 0;

		for (unsigned i = 0; i < n; i++) {
			unsigned lo = (unsigned)rand_r(&seed) % 256;
			unsigned hi = lo + (unsigned)rand_r(&seed) % 6;
			bool negated = rand_r(&seed) % 3 == 0;

			hi = hi > 255 ? 255 : hi;
			for (unsigned p = lo; p <= hi; p++)
				*(negated ? &out[p] : &in[p]) = true;
			positive |= !negated;
			len += (size_t)snprintf(text + len,
			    sizeof(text) - len, "%s%s%u:%u", i ? "," : "[",
			    negated ? "!" : "", lo, hi);
		}
		snprintf(text + len, sizeof(text) - len, "]");
		const struct port_set *s = tree_port_list(t, text_of(text),
		    (struct loc){ .col = 1 });
		if (!s)
			continue;
		loaded++;
		for (unsigned p = 0; p < 256; p++)
			assert_int_equal(port_set_has(s, (uint16_t)p),
			    (in[p] || !positive) && !out[p]);
		assert_int_equal(port_set_has(s, 65535), !positive);
		for (unsigned i = 1; i < s->n; i++)
			assert_true(s->ranges[i].lo >
			    s->ranges[i - 1].hi + 1);
	}
	assert_true(loaded > 200);
	tree_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_become_ranges),
		cmocka_unit_test(errors_say_what_and_where),
		cmocka_unit_test(lookup_agrees_with_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
