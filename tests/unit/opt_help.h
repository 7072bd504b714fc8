/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of options share: a rule from the text of its options, and a
 * unit to judge. */
#ifndef TESTS_OPT_HELP_H
#define TESTS_OPT_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/buf.h"
#include "detect/eval.h"
#include "detect/option.h"
#include "rules/tree.h"

struct compiled {
	struct tree *tree;
	struct arena arena;
	struct crule rule;
	bool good;
};

static const struct opt_conf opt_defaults = {
	.pcre_match_limit = 3500,
	.pcre_match_limit_recursion = 1500,
	.asn1_max_nodes = 256,
};

/* One whole rule; c->good tells whether it compiled. */
static inline void
compile_rule(struct compiled *c, const char *text, const struct opt_conf *conf)
{
	struct opt_build b = { .arena = &c->arena, .conf = conf };

	memset(&c->rule, 0, sizeof(c->rule));
	arena_init(&c->arena, 0);
	c->tree = conf_load_text("t", text_of(text), NULL);
	b.errors = &c->tree->errors;
	b.tree = c->tree;
	c->good = c->tree->n_rules == 1 && !c->tree->rules[0]->refused &&
	    rule_compile(&b, c->tree->rules[0], &c->rule);
}

static inline void
compiled_fini(struct compiled *c)
{
	arena_fini(&c->arena);
	tree_free(c->tree);
}

/* `options` in a rule of that protocol; the test fails when it does not
 * compile. */
static inline void
compile_options(struct compiled *c, const char *proto, const char *options)
{
	char text[4096];

	snprintf(text, sizeof(text), "alert %s any any -> any any (%s; sid:1;)",
	    proto, options);
	compile_rule(c, text, &opt_defaults);
	if (!c->good)
		fail_msg("%s: %s", text, c->tree->errors.first ?
		    c->tree->errors.first->message : "not loaded");
}

/* Judges a unit by one rule. */
static inline bool
judge(const struct unit *u, const char *proto, const char *options)
{
	struct compiled c;
	struct eval e;
	bool is;

	compile_options(&c, proto, options);
	assert_true(eval_init(&e));
	eval_unit(&e, u);
	is = rule_match(&e, &c.rule);
	eval_fini(&e);
	compiled_fini(&c);
	return is;
}

/* A UDP packet's payload as a unit. The copy is exactly as long as the payload
 * so that a sanitizer sees a read past its end. */
static inline bool
judge_payload(const char *options, const char *payload, size_t len)
{
	struct packet pkt = { .dec = { .ip_ver = 4, .ip_proto = 17,
		.l4 = PKT_L4_UDP, .src = { 4, { 10, 1, 1, 2 } },
		.dst = { 4, { 10, 1, 1, 3 } } } };
	struct unit u = { .kind = UNIT_RAW, .pkt = &pkt };
	uint8_t *copy = malloc(len ? len : 1);
	bool is;

	assert_non_null(copy);
	if (len)
		memcpy(copy, payload, len);
	unit_set(&u, BUF_PAYLOAD, slice_make(copy, len));
	is = judge(&u, "udp", options);
	free(copy);
	return is;
}

#endif
