/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address lists: meaning, interning, and look-up against a plain model. */
#include "rules_help.h"

#include <stdio.h>

static const struct ip_set *
list(struct tree *t, const char *text)
{
	const struct ip_set *s = tree_ip_list(t, text_of(text),
	    (struct loc){ .file = "t" });

	assert_non_null(s);
	return s;
}

static bool
has(struct tree *t, const char *text, const char *addr)
{
	struct ipaddr a;

	assert_true(ipaddr_parse(text_of(addr), &a));
	return ip_set_has(list(t, text), &a);
}

static void
families_are_apart(void **state)
{
	struct tree *t = load_clean("");

	(void)state;
	assert_true(has(t, "any", "1.2.3.4") && has(t, "any", "1::2"));
	assert_true(has(t, "0.0.0.0/0", "1.2.3.4"));
	assert_false(has(t, "0.0.0.0/0", "1::2"));
	assert_true(has(t, "::/0", "1::2"));
	assert_false(has(t, "::/0", "1.2.3.4"));
	/* a negation says nothing of the other family */
	assert_true(has(t, "!10.1.1.0/24", "1::2"));
	assert_true(has(t, "!fd00::/16", "10.1.1.1"));
	assert_false(has(t, "!10.1.1.0/24", "10.1.1.7"));
	tree_free(t);
}

static void
lists_are_flattened(void **state)
{
	struct tree *t = load_clean("ipvar V [10.0.0.0/8,192.168.1.1]\n");

	(void)state;
	assert_true(has(t, "[ $V , 11.0.0.1 ]", "192.168.1.1"));
	assert_true(has(t, "[$V,!10.1.0.0/16]", "10.2.0.0"));
	assert_false(has(t, "[$V,!10.1.0.0/16]", "10.1.255.255"));
	assert_false(has(t, "!$V", "10.1.1.1"));
	assert_true(has(t, "!$V", "11.1.1.1"));
	assert_false(has(t, "![$V,[11.0.0.0/8]]", "11.1.1.1"));
	assert_true(has(t, "[any,!$V]", "1::1"));
	assert_false(has(t, "[any,!$V]", "10.0.0.1"));
	assert_true(has(t, "10.1.1.77/24", "10.1.1.3"));
	assert_true(has(t, "10.1.1.77/255.255.255.0", "10.1.1.3"));
	assert_true(has(t, "!!10.1.1.1", "10.1.1.1"));
	tree_free(t);
}

static void
equal_lists_are_one(void **state)
{
	struct tree *t = load_clean("ipvar V [10.0.0.0/8,1.1.1.1]\n");

	(void)state;
	assert_int_equal(list(t, "any")->id, 0);
	assert_ptr_equal(list(t, "any"), list(t, "[any,10.0.0.1]"));
	assert_ptr_equal(list(t, "$V"), list(t, "[ 1.1.1.1, 10.0.0.0/8 ]"));
	assert_ptr_equal(list(t, "$V"), list(t, "[$V,10.3.0.0/16,1.1.1.1]"));
	assert_ptr_not_equal(list(t, "$V"), list(t, "!$V"));
	for (unsigned i = 0; i < t->n_ip_sets; i++)
		assert_int_equal(t->ip_sets[i]->id, i);
	tree_free(t);
}

static void
errors_say_what_and_where(void **state)
{
	static const struct {
		const char *list, *part;
		unsigned col;
	} bad[] = {
		{ "!any", "!any matches no address", 2 },
		{ "[1.1.1.1,!1.1.1.0/24]", "it can never match", 1 },
		{ "[1.1.1.1,!1.1.1.1]", "it can never match", 1 },
		{ "[!0.0.0.0/0,!::/0]", "every address is negated", 1 },
		{ "[1.1.1.1,,2.2.2.2]", "an item is missing", 10 },
		{ "[]", "an item is missing", 2 },
		{ "[1.1.1.1", "a ']' is missing", 1 },
		{ "[1.1.1.1 2.2.2.2]", "separated by commas", 2 },
		{ "1.1.1.1/33", "not a prefix length (0-32)", 1 },
		{ "1::1/129", "not a prefix length (0-128)", 1 },
		{ "1.1.1.1/255.0.255.0", "not a prefix length", 1 },
		{ "[1.1.1.1,$NONE]", "undefined variable $NONE", 10 },
		{ "$", "not a variable", 1 },
		{ "$V", "in $V: !any", 1 },
		{ "!", "an item is missing", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct tree *t = load_clean("var V !any\n");
		struct loc loc = { .file = "t", .line = 1, .col = 1 };

		assert_null(tree_ip_list(t, text_of(bad[i].list), loc));
		assert_int_equal(find_error(t, bad[i].part)->loc.col,
		    bad[i].col);
		tree_free(t);
	}
}

static void
nesting_is_bounded(void **state)
{
	char text[512] = "";
	struct tree *t = load_clean("");

	(void)state;
	for (int i = 0; i < 100; i++)
		text[i] = '[';
	text[100] = '1';
	for (int i = 101; i < 201; i++)
		text[i] = ']';
	assert_null(tree_ip_list(t, text_of(text), (struct loc){ .col = 1 }));
	find_error(t, "nested deeper");
	tree_free(t);
}

/* Random lists in a small corner of the address space, so that nets meet. */
static void
lookup_agrees_with_the_model(void **state)
{
	struct tree *t = load_clean("");
	unsigned seed = 12345, loaded = 0;

	(void)state;
	for (int round = 0; round < 400; round++) {
		struct { unsigned addr, bits; bool negated; } v[40];
		unsigned n = 1 + (unsigned)rand_r(&seed) % ARRAY_LEN(v);
		char text[2048];
		size_t len = 0;

		for (unsigned i = 0; i < n; i++) {
			v[i].bits = 24 + (unsigned)rand_r(&seed) % 9;
			v[i].addr = (unsigned)rand_r(&seed) % 256 &
			    (0xffu << (32 - v[i].bits));
			v[i].negated = rand_r(&seed) % 6 == 0;
			len += (size_t)snprintf(text + len,
			    sizeof(text) - len, "%s%s10.0.0.%u/%u",
			    i ? "," : "[", v[i].negated ? "!" : "",
			    v[i].addr, v[i].bits);
		}
		snprintf(text + len, sizeof(text) - len, "]");
		const struct ip_set *s = tree_ip_list(t, text_of(text),
		    (struct loc){ .col = 1 });
		if (!s)
			continue; /* a contradiction */
		loaded++;
		for (unsigned a = 0; a < 256; a++) {
			bool positive = false, in = false, out = false;
			struct ipaddr addr = { 4, { 10, 0, 0, (uint8_t)a } };

			for (unsigned i = 0; i < n; i++) {
				bool hit = (a & (0xffu << (32 - v[i].bits))) ==
				    v[i].addr;

				if (v[i].negated)
					out |= hit;
				else
					positive = true, in |= hit;
			}
			assert_int_equal(ip_set_has(s, &addr),
			    (in || !positive) && !out);
		}
	}
	assert_true(loaded > 50);
	tree_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(families_are_apart),
		cmocka_unit_test(lists_are_flattened),
		cmocka_unit_test(equal_lists_are_one),
		cmocka_unit_test(errors_say_what_and_where),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(lookup_agrees_with_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
