/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "core/buf.h"
#include "detect/options/byte.h"

enum { MULTIPLIER_MAX = 65535, DECIMAL = 10 };

struct byte_extract {
	struct byte_field field;
	int32_t offset;
	struct text name;
	uint8_t var;
	uint32_t multiplier;
	uint8_t align; /* 0, 2 or 4 */
};

/* The variable's slot: its own if the name is known, else a free one. */
static bool
declare(struct opt_build *b, const struct rule_opt *o, struct text name,
    struct byte_extract *bx)
{
	char c = name.len ? text_lower(name.ptr[0]) : '0';

	if (c < 'a' || c > 'z') {
		arg_error(b, o, name, "a variable's name begins with a "
		    "letter");
		return false;
	}
	for (unsigned i = 0; i < VAR_MATH; i++)
		if (!b->vars[i].len || text_eq(b->vars[i], name)) {
			b->vars[i] = bx->name = name;
			bx->var = (uint8_t)i;
			return true;
		}
	arg_error(b, o, name, "a rule may extract %d variables", VAR_MATH);
	return false;
}

static bool
parse_item(struct opt_build *b, const struct rule_opt *o, struct text item,
    struct byte_extract *bx)
{
	struct text arg = item, name = text_word(&arg);
	int64_t v;

	arg = text_trim(arg);
	if (text_is_nocase(name, "multiplier")) {
		if (!arg_int(b, o, arg, "multiplier", 1, MULTIPLIER_MAX, &v))
			return false;
		bx->multiplier = (uint32_t)v;
		return true;
	}
	if (text_is_nocase(name, "align")) {
		if (!text_is(arg, "2") && !text_is(arg, "4")) {
			arg_error(b, o, item, "align is 2 or 4");
			return false;
		}
		bx->align = (uint8_t)(arg.ptr[0] - '0');
		return true;
	}
	arg_error(b, o, item, "byte_extract does not know `%.*s'",
	    TEXT_ARG(item));
	return false;
}

static enum opt_parse
parse_byte_extract(struct opt_build *b, const struct rule_opt *o)
{
	struct byte_extract *bx = arena_xalloc(b->arena, sizeof(*bx));
	struct text rest = o->arg, n, offset, name, item;
	int64_t off;

	bx->multiplier = 1;
	if (!arg_next(&rest, ',', &n) || !arg_next(&rest, ',', &offset) ||
	    !arg_next(&rest, ',', &name))
		return arg_error(b, o, o->arg, "byte_extract wants at least "
		    "`bytes, offset, name'");
	if (!arg_int(b, o, offset, "the offset", -BYTE_OFFSET_MAX,
	    BYTE_OFFSET_MAX, &off))
		return OPT_BAD;
	bx->offset = (int32_t)off;
	while (arg_next(&rest, ',', &item)) {
		bool known;

		if (!byte_tail(b, o, item, &bx->field, &known))
			return OPT_BAD;
		if (!known && !parse_item(b, o, item, bx))
			return OPT_BAD;
	}
	if (off < 0 && !bx->field.relative)
		return arg_error(b, o, offset,
		    "a negative offset needs `relative'");
	if (!byte_finish(b, o, n, 1, DECIMAL, &bx->field) ||
	    !declare(b, o, name, bx))
		return OPT_BAD;
	opt_add(b, &opt_byte_extract, bx);
	return OPT_OK;
}

static bool
match_byte_extract(struct eval *e, const void *data)
{
	const struct byte_extract *bx = data;
	uint32_t v, used;
	enum buf_id id;
	struct slice s;
	int64_t pos;

	if (bx->field.relative && !e->s.set)
		return false;
	if (!byte_place(e, &bx->field, bx->offset, &id, &s, &pos) ||
	    !byte_value(e, &bx->field, s, pos, &v, &used))
		return false;
	v *= bx->multiplier; /* 32 bits, as in Snort */
	if (bx->align && v % bx->align)
		v += bx->align - v % bx->align;
	e->s.vars[bx->var] = v;
	eval_move(e, id, (size_t)pos + used);
	return true;
}

static void
print_byte_extract(struct buf *out, const void *data)
{
	const struct byte_extract *bx = data;

	buf_printf(out, "byte_extract:%u,%" PRId32 ",", bx->field.n,
	    bx->offset);
	print_text(out, bx->name);
	byte_tail_print(out, &bx->field, DECIMAL);
	if (bx->multiplier != 1)
		buf_printf(out, ",multiplier %u", bx->multiplier);
	if (bx->align)
		buf_printf(out, ",align %u", bx->align);
}

static bool
is_relative(const void *data)
{
	return ((const struct byte_extract *)data)->field.relative;
}

const struct opt_ops opt_byte_extract = {
	.name = "byte_extract",
	.help = "keeps a number in the payload as a variable",
	.grammar = "bytes, offset, name[, relative][, multiplier N][, big | "
	    "little][, string[, hex | dec | oct]][, align 2|4][, dce]"
	    "[, bitmask N]",
	.flags = OPT_PAYLOAD,
	.parse = parse_byte_extract,
	.match = match_byte_extract,
	.print = print_byte_extract,
	.is_relative = is_relative,
};
