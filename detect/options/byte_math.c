/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where Snort 2.9.19 crashes, on a result that does not fit 32 bits, the test
 * fails. */
#include <inttypes.h>

#include "core/buf.h"
#include "detect/options/byte.h"

enum math_op { MATH_ADD, MATH_SUB, MATH_MUL, MATH_DIV, MATH_LEFT, MATH_RIGHT };
enum { MATH_SHIFT_MAX = 32, BASE_AUTO = 0 };

static const struct arg_word opers[] = {
	{ "+", MATH_ADD },
	{ "-", MATH_SUB },
	{ "*", MATH_MUL },
	{ "/", MATH_DIV },
	{ "<<", MATH_LEFT },
	{ ">>", MATH_RIGHT },
};

struct byte_math {
	struct byte_field field;
	struct operand offset, rvalue;
	enum math_op oper;
	struct text name;
};

struct math_args {
	struct text bytes, oper, rvalue, result;
	bool offset;
};

static bool
parse_item(struct opt_build *b, const struct rule_opt *o, struct text item,
    struct byte_math *bm, struct math_args *args)
{
	struct text arg = item, name = text_word(&arg);
	bool known;

	arg = text_trim(arg);
	if (text_is_nocase(name, "bytes")) {
		args->bytes = arg;
		return true;
	}
	if (text_is_nocase(name, "oper")) {
		args->oper = arg;
		return true;
	}
	if (text_is_nocase(name, "rvalue")) {
		args->rvalue = arg;
		return true;
	}
	if (text_is_nocase(name, "result")) {
		args->result = arg;
		return true;
	}
	if (text_is_nocase(name, "offset")) {
		args->offset = true;
		return arg_operand(b, o, arg, "the offset", false,
		    -BYTE_OFFSET_MAX, BYTE_OFFSET_MAX, &bm->offset);
	}
	if (text_is_nocase(name, "endian") ||
	    (text_is_nocase(name, "string") && arg.len)) {
		if (text_is_nocase(name, "string"))
			bm->field.string = true;
		item = arg;
	}
	if (!byte_tail(b, o, item, &bm->field, &known))
		return false;
	if (!known)
		arg_error(b, o, item, "byte_math does not know `%.*s'",
		    TEXT_ARG(item));
	return known;
}

static bool
is_shift(const struct byte_math *bm)
{
	return bm->oper == MATH_LEFT || bm->oper == MATH_RIGHT;
}

static enum opt_parse
parse_byte_math(struct opt_build *b, const struct rule_opt *o)
{
	struct byte_math *bm = arena_xalloc(b->arena, sizeof(*bm));
	struct math_args args = { 0 };
	struct text rest = o->arg, item;
	unsigned oper;

	while (arg_next(&rest, ',', &item))
		if (!parse_item(b, o, item, bm, &args))
			return OPT_BAD;
	if (!args.bytes.len || !args.offset || !args.oper.len ||
	    !args.rvalue.len || !args.result.len)
		return arg_error(b, o, o->arg, "byte_math needs bytes, "
		    "offset, oper, rvalue and result");
	if (!arg_word(opers, ARRAY_LEN(opers), args.oper, &oper))
		return arg_error(b, o, args.oper,
		    "oper is one of + - * / << >>");
	bm->oper = oper;
	if (!arg_operand(b, o, args.rvalue, "rvalue", true, 1,
	    is_shift(bm) ? MATH_SHIFT_MAX : UINT32_MAX, &bm->rvalue) ||
	    !byte_finish(b, o, args.bytes, 1, BASE_AUTO, &bm->field))
		return OPT_BAD;
	if (is_shift(bm) && bm->field.n > BYTE_BINARY_MAX)
		return arg_error(b, o, args.bytes,
		    "a shift works on at most %d bytes", BYTE_BINARY_MAX);
	if (text_lower(args.result.ptr[0]) < 'a' ||
	    text_lower(args.result.ptr[0]) > 'z')
		return arg_error(b, o, args.result,
		    "a variable's name begins with a letter");
	/* a second byte_math takes the place of the first */
	b->vars[VAR_MATH] = bm->name = args.result;
	opt_add(b, &opt_byte_math, bm);
	return OPT_OK;
}

static bool
calculate(enum math_op oper, uint64_t v, uint64_t r, uint64_t *out)
{
	switch (oper) {
	case MATH_ADD:
		*out = v + r;
		break;
	case MATH_SUB:
		if (r > v)
			return false;
		*out = v - r;
		break;
	case MATH_MUL:
		*out = v * r;
		break;
	case MATH_DIV:
		if (!r)
			return false;
		*out = v / r;
		break;
	case MATH_LEFT: /* 32 shifts by 0, as in Snort */
		*out = (uint32_t)(v << r % MATH_SHIFT_MAX);
		break;
	case MATH_RIGHT:
		*out = v >> r % MATH_SHIFT_MAX;
		break;
	}
	return *out <= UINT32_MAX;
}

static bool
match_byte_math(struct eval *e, const void *data)
{
	const struct byte_math *bm = data;
	uint32_t v, used;
	uint64_t result = 0;
	enum buf_id id;
	struct slice s;
	int64_t pos;

	if (!byte_place(e, &bm->field, bm->offset.name.len ?
	    (int32_t)operand_get(e, &bm->offset) : bm->offset.value, &id, &s,
	    &pos) || !byte_value(e, &bm->field, s, pos, &v, &used) ||
	    !calculate(bm->oper, v, (uint64_t)operand_get(e, &bm->rvalue),
	    &result))
		return false;
	e->s.vars[VAR_MATH] = (uint32_t)result;
	return true;
}

static void
print_byte_math(struct buf *out, const void *data)
{
	const struct byte_math *bm = data;

	buf_printf(out, "byte_math:bytes %u,offset ", bm->field.n);
	operand_print(out, &bm->offset);
	buf_printf(out, ",oper %s,rvalue ",
	    arg_word_name(opers, ARRAY_LEN(opers), bm->oper));
	operand_print(out, &bm->rvalue);
	buf_puts(out, ",result ");
	print_text(out, bm->name);
	byte_tail_print(out, &bm->field, BASE_AUTO);
}

static bool
is_relative(const void *data)
{
	return ((const struct byte_math *)data)->field.relative;
}

const struct opt_ops opt_byte_math = {
	.name = "byte_math",
	.help = "keeps the result of a calculation with a number in the "
	    "payload as a variable",
	.grammar = "bytes N, offset N, oper + | - | * | / | << | >>, rvalue N,"
	    " result name[, relative][, endian big | little][, string hex | "
	    "dec | oct][, dce][, bitmask N]",
	.flags = OPT_PAYLOAD,
	.parse = parse_byte_math,
	.match = match_byte_math,
	.print = print_byte_math,
	.is_relative = is_relative,
};
