/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flowbits. Without a session isset and isnotset both fail; the operations
 * that change bits are carried out once a whole rule has matched, by whoever
 * holds the session: here they only pass.
 */
#include "core/buf.h"
#include "detect/eval.h"
#include "detect/options/arg.h"

enum flowbits_op {
	FLOWBITS_SET,
	FLOWBITS_SETX,
	FLOWBITS_UNSET,
	FLOWBITS_TOGGLE,
	FLOWBITS_ISSET,
	FLOWBITS_ISNOTSET,
	FLOWBITS_RESET,
	FLOWBITS_NOALERT,
};

static const struct arg_word ops_words[] = {
	{ "set", FLOWBITS_SET },
	{ "setx", FLOWBITS_SETX },
	{ "unset", FLOWBITS_UNSET },
	{ "toggle", FLOWBITS_TOGGLE },
	{ "isset", FLOWBITS_ISSET },
	{ "isnotset", FLOWBITS_ISNOTSET },
	{ "reset", FLOWBITS_RESET },
	{ "noalert", FLOWBITS_NOALERT },
};

struct flowbits {
	enum flowbits_op op;
	struct text names; /* a&b or a|b, without blanks; empty: none */
	struct text group;
};

static bool
is_name_char(char c)
{
	char l = text_lower(c);

	return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') ||
	    strchr("._-", c);
}

static bool
check_name(struct opt_build *b, const struct rule_opt *o, struct text name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!is_name_char(name.ptr[i])) {
			arg_error(b, o, text_make(name.ptr + i, 1),
			    "a flowbit's name has letters, digits, `.', `_' "
			    "and `-'");
			return false;
		}
	if (!name.len)
		arg_error(b, o, name, "a flowbit's name is missing");
	return name.len > 0;
}

static bool
parse_names(struct opt_build *b, const struct rule_opt *o, struct text list,
    struct flowbits *f)
{
	bool tests = f->op == FLOWBITS_ISSET || f->op == FLOWBITS_ISNOTSET;
	bool and = list.len && memchr(list.ptr, '&', list.len);
	bool or = list.len && memchr(list.ptr, '|', list.len);
	char *copy = arena_xalloc(b->arena, list.len + 1);
	struct text rest = list, name;
	size_t n = 0;

	if (and && or) {
		arg_error(b, o, list, "`&' and `|' may not be mixed");
		return false;
	}
	if (or && !tests) {
		arg_error(b, o, list, "`|' is for isset and isnotset; several "
		    "bits are written a&b here");
		return false;
	}
	while (arg_next(&rest, or ? '|' : '&', &name)) {
		if (!check_name(b, o, name))
			return false;
		if (n)
			copy[n++] = or ? '|' : '&';
		memcpy(copy + n, name.ptr, name.len);
		n += name.len;
	}
	f->names = text_make(copy, n);
	return true;
}

static enum opt_parse
parse_flowbits(struct opt_build *b, const struct rule_opt *o)
{
	struct flowbits *f = arena_xalloc(b->arena, sizeof(*f));
	struct text rest = o->arg, item = { NULL, 0 };
	unsigned op;

	if (!arg_next(&rest, ',', &item) ||
	    !arg_word(ops_words, ARRAY_LEN(ops_words), item, &op))
		return arg_error(b, o, item, "flowbits begins with set, setx, "
		    "unset, toggle, isset, isnotset, reset or noalert");
	f->op = op;
	if (op != FLOWBITS_RESET && op != FLOWBITS_NOALERT) {
		if (!arg_next(&rest, ',', &item))
			return arg_error(b, o, o->arg, "%s wants a bit's name",
			    ops_words[op].name);
		if (!parse_names(b, o, item, f))
			return OPT_BAD;
	}
	if (op != FLOWBITS_NOALERT && arg_next(&rest, ',', &f->group) &&
	    !check_name(b, o, f->group))
		return OPT_BAD;
	if (rest.ptr)
		return arg_error(b, o, rest, "flowbits:%s takes nothing more",
		    ops_words[op].name);
	if (op == FLOWBITS_SETX && !f->group.len)
		return arg_error(b, o, o->arg, "setx wants the group whose "
		    "other bits it clears");
	if (op == FLOWBITS_ISSET || op == FLOWBITS_ISNOTSET)
		b->out->needs |= RULE_NEEDS_FLOWBITS;
	if (op == FLOWBITS_NOALERT)
		b->out->noalert = true;
	opt_add(b, &opt_flowbits, f);
	return OPT_OK;
}

static bool
match_flowbits(struct eval *e, const void *data)
{
	const struct flowbits *f = data;

	(void)e;
	return f->op != FLOWBITS_ISSET && f->op != FLOWBITS_ISNOTSET;
}

static void
print_flowbits(struct buf *out, const void *data)
{
	const struct flowbits *f = data;

	buf_printf(out, "flowbits:%s", ops_words[f->op].name);
	if (f->names.len)
		buf_printf(out, ",%.*s", TEXT_ARG(f->names));
	if (f->group.len)
		buf_printf(out, ",%.*s", TEXT_ARG(f->group));
}

const struct opt_ops opt_flowbits = {
	.name = "flowbits",
	.help = "sets and tests bits that a session keeps",
	.grammar = "set | setx | unset | toggle | isset | isnotset, "
	    "bit[&bit | |bit ...][, group], or reset[, group], or noalert",
	.parse = parse_flowbits,
	.match = match_flowbits,
	.print = print_flowbits,
};
