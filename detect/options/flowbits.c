/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flowbits. Without a session isset and isnotset both fail; the operations
 * that change bits pass, and are carried out once the whole rule has matched,
 * its header and detection_filter included.
 */
#include "core/buf.h"
#include "detect/eval.h"
#include "detect/flowbits.h"
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
	bool any; /* one of the bits is enough: a|b, or `any' */
	const struct flow_bits *mask;  /* the bits; NULL: none */
	const struct flow_bits *of_group; /* NULL: no group */
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

/* Without a group `all' and `any' are about every bit. */
static const struct flow_bits *
mask_of_group(const struct opt_build *b, struct text group)
{
	struct flow_bits *every;

	if (group.len)
		return b->conf->flowbits ?
		    flowbits_group(b->conf->flowbits, group) : NULL;
	every = arena_xalloc(b->arena, sizeof(*every));
	memset(every, 0xff, sizeof(*every));
	return every;
}

static bool
number_names(struct opt_build *b, const struct rule_opt *o,
    struct flowbits *f)
{
	struct flow_bits *m = arena_xalloc(b->arena, sizeof(*m));
	struct text rest = f->names, name;

	f->mask = m;
	while (b->conf->flowbits && arg_next(&rest, f->any ? '|' : '&',
	    &name)) {
		unsigned bit = flowbits_number(b->conf->flowbits, name);

		if (bit == FLOWBITS_NONE) {
			opt_error(b, o, "there is no room for flowbit `%.*s': "
			    "there are %u already, see config flowbits_size",
			    TEXT_ARG(name), b->conf->flowbits->limit);
			return false;
		}
		m->words[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	return true;
}

/* From names to bits. */
static bool
resolve(struct opt_build *b, const struct rule_opt *o, struct flowbits *f)
{
	bool any = text_is_nocase(f->names, "any");

	f->any = any || (f->names.len && memchr(f->names.ptr, '|',
	    f->names.len));
	if (f->group.len)
		f->of_group = mask_of_group(b, f->group);
	if (any || text_is_nocase(f->names, "all")) {
		f->mask = mask_of_group(b, f->group);
		return true;
	}
	return number_names(b, o, f);
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
	if (!resolve(b, o, f))
		return OPT_BAD;
	if (op == FLOWBITS_NOALERT)
		b->out->noalert = true;
	else if ((op == FLOWBITS_ISSET || op == FLOWBITS_ISNOTSET) &&
	    !opt_has_sessions(b))
		b->out->needs |= RULE_NEEDS_SESSIONS;
	opt_add(b, &opt_flowbits, f);
	return OPT_OK;
}

static bool
is_set(const struct flow *f, const struct flowbits *b)
{
	return b->any ? flow_bits_any(f, b->mask) : flow_bits_all(f, b->mask);
}

static bool
match_flowbits(struct eval *e, const void *data)
{
	const struct flow *f = e->unit->flow.flow;
	const struct flowbits *b = data;

	if (b->op == FLOWBITS_ISSET)
		return f && is_set(f, b);
	if (b->op == FLOWBITS_ISNOTSET)
		return f && !is_set(f, b);
	return true;
}

static void
act_flowbits(const struct eval *e, const void *data)
{
	const struct unit_flow *u = &e->unit->flow;
	const struct flowbits *b = data;

	if (!u->flow)
		return;
	switch (b->op) {
	case FLOWBITS_SETX:
		flow_bits_clear(u->flow, b->of_group);
		flow_bits_set(u->table, u->flow, b->mask);
		break;
	case FLOWBITS_SET:
		flow_bits_set(u->table, u->flow, b->mask);
		break;
	case FLOWBITS_UNSET:
		flow_bits_clear(u->flow, b->mask);
		break;
	case FLOWBITS_TOGGLE:
		flow_bits_toggle(u->table, u->flow, b->mask);
		break;
	case FLOWBITS_RESET:
		if (b->of_group)
			flow_bits_clear(u->flow, b->of_group);
		else
			flow_bits_reset(u->table, u->flow);
		break;
	case FLOWBITS_ISSET:
	case FLOWBITS_ISNOTSET:
	case FLOWBITS_NOALERT:
		break;
	}
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
	.act = act_flowbits,
	.print = print_flowbits,
};
