/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration's text into settings, and what is wrong in it. */
#ifndef TESTS_UNIT_CONFIG_HELP_H
#define TESTS_UNIT_CONFIG_HELP_H

#include "rules_help.h"

#include "sensor/config.h"

struct loaded {
	struct tree *t; /* tree_free() */
	struct settings s;
};

static inline struct loaded
apply(const char *text)
{
	struct loaded l = { .t = load(text), .s = settings_default() };

	config_apply(&l.s, l.t);
	return l;
}

static inline struct loaded
apply_clean(const char *text)
{
	struct loaded l = apply(text);

	if (l.t->errors.first)
		fail_msg("%s", l.t->errors.first->message);
	return l;
}

/* An error that says the part, at its place. */
static inline void
expect_bad_among(const char *text, unsigned line, unsigned col,
    const char *part)
{
	struct loaded l = apply(text);
	const struct erec *e = find_error(l.t, part);

	assert_int_equal(e->kind, EREC_CONFIG);
	assert_int_equal(e->loc.line, line);
	assert_int_equal(e->loc.col, col);
	tree_free(l.t);
}

/* And no other beside it. */
static inline void
expect_bad(const char *text, unsigned line, unsigned col, const char *part)
{
	struct loaded l = apply(text);

	assert_int_equal(l.t->errors.n_config, 1);
	tree_free(l.t);
	expect_bad_among(text, line, col, part);
}

static inline bool
has_port(const uint8_t *bits, unsigned port)
{
	return bits[port >> 3] >> (port & 7) & 1;
}

#endif
