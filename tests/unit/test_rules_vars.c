/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variables: kinds, versions, expansion, -S. */
#include "rules_help.h"

static const char *
value(const struct tree *t, const char *name)
{
	static char text[256];
	const struct variable *v = tree_var(t, name);

	assert_non_null(v);
	snprintf(text, sizeof(text), "%.*s", TEXT_ARG(v->value));
	return text;
}

static void
var_takes_the_kind_of_its_value(void **state)
{
	struct tree *t = load_clean("var A 10.0.0.0/8\nvar B_PORTS 80\n"
	    "var C ../rules\nvar PORT_D any\nipvar E any\nportvar F !80\n");

	(void)state;
	assert_int_equal(tree_var(t, "A")->kind, VAR_IP);
	assert_int_equal(tree_var(t, "B_PORTS")->kind, VAR_PORT);
	assert_int_equal(tree_var(t, "C")->kind, VAR_TEXT);
	assert_int_equal(tree_var(t, "PORT_D")->kind, VAR_PORT);
	assert_int_equal(tree_var(t, "E")->kind, VAR_IP);
	assert_int_equal(tree_var(t, "F")->kind, VAR_PORT);
	assert_null(tree_var(t, "G"));
	tree_free(t);
}

static void
values_are_expanded_where_they_stand(void **state)
{
	struct tree *t = load_clean("ipvar A 10.0.0.1\nipvar B [$A,10.0.0.2]\n"
	    "ipvar A 10.0.0.3\nvar C $A/x\nvar D $(A)y$(NONE:-z)$\n");

	(void)state;
	assert_string_equal(value(t, "A"), "10.0.0.3");
	assert_string_equal(value(t, "B"), "[10.0.0.1,10.0.0.2]");
	assert_string_equal(value(t, "C"), "10.0.0.3/x");
	assert_string_equal(value(t, "D"), "10.0.0.3yz$");
	tree_free(t);
}

static void
rules_see_the_version_of_their_place(void **state)
{
	struct tree *t = load_clean("ipvar A 10.0.0.1\n"
	    "alert ip $A any -> any any (sid:1;)\n"
	    "ipvar A 10.0.0.2\n"
	    "alert ip $A any -> any any (sid:2;)\n");

	(void)state;
	assert_int_equal(t->rules[0]->src->nets[0].addr.b[3], 1);
	assert_int_equal(t->rules[1]->src->nets[0].addr.b[3], 2);
	tree_free(t);
}

static void
list_without_brackets_can_be_negated(void **state)
{
	struct tree *t = load_clean("ipvar A 10.0.0.1,10.0.0.2\n"
	    "alert ip !$A any -> any any (sid:1;)\n");

	(void)state;
	assert_int_equal(t->rules[0]->src->n, 2);
	assert_int_equal(t->rules[0]->src->n_positive, 0);
	tree_free(t);
}

static void
directives_are_expanded_outside_quotes(void **state)
{
	struct tree *t = load_clean("var P 139\n"
	    "preprocessor dcerpc2_server: ports $P, shares [\"C$\", \"$P\"]\n");

	(void)state;
	assert_text(t->directives[0].args,
	    "ports 139, shares [\"C$\", \"$P\"]");
	tree_free(t);
}

static void
defines_win(void **state)
{
	const char *const defines[] = { "A=10.0.0.9", "B=[10.0.0.1,10.0.0.2]" };
	struct conf_options opts = { defines, 2 };
	struct tree *t = conf_load_text("t", TEXT("ipvar A 10.0.0.1\n"
	    "ipvar C $A\n"), &opts);

	(void)state;
	assert_null(t->errors.first);
	assert_string_equal(value(t, "A"), "10.0.0.9");
	assert_string_equal(value(t, "C"), "10.0.0.9");
	assert_int_equal(tree_var(t, "B")->kind, VAR_IP);
	tree_free(t);
}

static void
bad_defines_are_errors(void **state)
{
	const char *const defines[] = { "A", "=x", "B=1", "B=2", "C=$NONE" };
	struct conf_options opts = { defines, 5 };
	struct tree *t = conf_load_text("t", TEXT(""), &opts);

	(void)state;
	assert_int_equal(t->errors.n_config, 4);
	find_error(t, "'A' is not NAME=VALUE");
	find_error(t, "B is defined twice");
	find_error(t, "undefined variable $NONE");
	tree_free(t);
}

static void
errors_have_places(void **state)
{
	(void)state;
	expect_error("ipvar A\n", EREC_CONFIG, 1, 1, "has no value");
	expect_error("ipvar A [1.1.1.1, 2.2.2]\n", EREC_CONFIG, 1, 19,
	    "'2.2.2' is not an address");
	expect_error("ipvar A [1.1.1.1, \\\n 2.2.2]\n", EREC_CONFIG, 2, 2,
	    "'2.2.2' is not an address");
	expect_error("portvar A 99999\n", EREC_CONFIG, 1, 11, "not a port");
	expect_error("var A/B x\n", EREC_CONFIG, 1, 1, "cannot name");
	expect_error("ipvar A any\nportvar A 80\n", EREC_CONFIG, 2, 1,
	    "is already an address variable");
	expect_error("var A x$NONE\n", EREC_CONFIG, 1, 8,
	    "undefined variable $NONE");
	expect_error("var A $(NONE:?set it)\n", EREC_CONFIG, 1, 7,
	    "$NONE: set it");
	expect_error("alert ip $A any -> any any (sid:1;)\nipvar A any\n",
	    EREC_RULE, 1, 10, "used before its definition in line 2");
}

static void
a_broken_variable_is_one_error(void **state)
{
	struct tree *t = load("ipvar A 1.1.1\n"
	    "alert ip $A any -> any any (sid:1;)\n");

	(void)state;
	assert_int_equal(t->errors.n_config, 1);
	assert_int_equal(t->errors.n_rule, 0);
	tree_free(t);
}

static void
expansion_is_bounded(void **state)
{
	char text[4096];
	size_t n = 0;

	(void)state;
	n += (size_t)snprintf(text, sizeof(text), "var A0 xxxxxxxxxx\n");
	for (int i = 1; i < 40; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "var A%d $A%d$A%d\n", i, i - 1, i - 1);
	struct tree *t = load(text);
	find_error(t, "expand to more than");
	tree_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(var_takes_the_kind_of_its_value),
		cmocka_unit_test(values_are_expanded_where_they_stand),
		cmocka_unit_test(rules_see_the_version_of_their_place),
		cmocka_unit_test(list_without_brackets_can_be_negated),
		cmocka_unit_test(directives_are_expanded_outside_quotes),
		cmocka_unit_test(defines_win),
		cmocka_unit_test(bad_defines_are_errors),
		cmocka_unit_test(errors_have_places),
		cmocka_unit_test(a_broken_variable_is_one_error),
		cmocka_unit_test(expansion_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
