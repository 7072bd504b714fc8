/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options whose argument is a checked list of words or numbers. */
#ifndef DETECT_OPTIONS_LIST_H
#define DETECT_OPTIONS_LIST_H

#include "core/buf.h"
#include "detect/eval.h"
#include "detect/options/arg.h"

/* One kind of list. */
struct list_spec {
	const struct opt_ops *ops;
	uint32_t needs;
	const char *what;
	const struct arg_word *words; /* names that are known */
	unsigned n_words;
	bool any_word;   /* any name of letters, digits, `_', `-' and `.' */
	bool numbers, ranges;
	int64_t min, max;
	bool negation;     /* `!' before the list */
	bool negated_one;  /* and then one item only */
	bool negated_items; /* `!' before an item */
	unsigned min_items, max_items; /* min 0: one, max 0: any number */
	bool blanks; /* separated by blanks, not by commas */
};

/* An item: a number, a range, or a word and its value in spec.words. */
struct list_item {
	bool negated;
	bool is_word;    /* of any_word's kind: word is it, in lower case */
	int64_t lo, hi;
	struct text word;
};

struct list {
	const struct list_spec *spec;
	struct text text; /* as it is printed: blanks trimmed */
	bool negated;     /* all of it */
	unsigned n;
	const struct list_item *items;
};

/* Adds the option's test; its data is a struct list. */
enum opt_parse list_parse(struct opt_build *b, const struct rule_opt *o,
    const struct list_spec *spec);
void list_print(struct buf *out, const void *data);
/* Is the number one of the items, whatever is negated? */
bool list_has(const struct list *l, int64_t v);

#define LIST_OPTION(n, text, gram, fl, match_fn, ...)                          \
	static enum opt_parse parse_##n(struct opt_build *b,                   \
	    const struct rule_opt *o)                                          \
	{                                                                      \
		static const struct list_spec spec = { .ops = &opt_##n,        \
			__VA_ARGS__ };                                         \
                                                                               \
		return list_parse(b, o, &spec);                                \
	}                                                                      \
	const struct opt_ops opt_##n = {                                       \
		.name = #n,                                                    \
		.help = text,                                                  \
		.grammar = gram,                                               \
		.flags = fl,                                                   \
		.parse = parse_##n,                                            \
		.match = match_fn,                                             \
		.print = list_print,                                           \
	};
#define WORDS(table) .words = table, .n_words = ARRAY_LEN(table)

#endif
