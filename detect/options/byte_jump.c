/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "core/buf.h"
#include "detect/options/byte.h"

enum jump_from { FROM_HERE, FROM_BEGINNING, FROM_END };

struct byte_jump {
	struct byte_field field;
	struct operand offset, post_offset;
	uint32_t multiplier;
	bool align;
	enum jump_from from;
};

/* Items that byte_jump alone has. */
static bool
parse_item(struct opt_build *b, const struct rule_opt *o, struct text item,
    struct byte_jump *bj)
{
	struct text arg = item, name = text_word(&arg);
	int64_t v;

	arg = text_trim(arg);
	if (text_is_nocase(name, "multiplier")) {
		if (!arg_int(b, o, arg, "multiplier", 1, UINT32_MAX, &v))
			return false;
		bj->multiplier = (uint32_t)v;
		return true;
	}
	if (text_is_nocase(name, "post_offset"))
		return arg_operand(b, o, arg, "post_offset", false, INT32_MIN,
		    INT32_MAX, &bj->post_offset);
	if (text_is_nocase(item, "align")) {
		bj->align = true;
		return true;
	}
	if (text_is_nocase(item, "from_beginning") ||
	    text_is_nocase(item, "from_end")) {
		enum jump_from from = text_is_nocase(item, "from_end") ?
		    FROM_END : FROM_BEGINNING;

		if (bj->from != FROM_HERE && bj->from != from) {
			arg_error(b, o, item, "a jump is from_beginning or "
			    "from_end, not both");
			return false;
		}
		bj->from = from;
		return true;
	}
	arg_error(b, o, item, "byte_jump does not know `%.*s'",
	    TEXT_ARG(item));
	return false;
}

static enum opt_parse
parse_byte_jump(struct opt_build *b, const struct rule_opt *o)
{
	struct byte_jump *bj = arena_xalloc(b->arena, sizeof(*bj));
	struct text rest = o->arg, n, offset, item;

	bj->multiplier = 1;
	if (!arg_next(&rest, ',', &n) || !arg_next(&rest, ',', &offset))
		return arg_error(b, o, o->arg,
		    "byte_jump wants at least `bytes, offset'");
	if (!arg_operand(b, o, offset, "the offset", false, -BYTE_OFFSET_MAX,
	    BYTE_OFFSET_MAX, &bj->offset))
		return OPT_BAD;
	while (arg_next(&rest, ',', &item)) {
		bool known;

		if (!byte_tail(b, o, item, &bj->field, &known))
			return OPT_BAD;
		if (!known && !parse_item(b, o, item, bj))
			return OPT_BAD;
	}
	if (!byte_finish(b, o, n, 0, 0, &bj->field))
		return OPT_BAD;
	opt_add(b, &opt_byte_jump, bj);
	return OPT_OK;
}

static int64_t
signed_operand(const struct eval *e, const struct operand *op)
{
	return op->name.len ? (int32_t)operand_get(e, op) : op->value;
}

static bool
match_byte_jump(struct eval *e, const void *data)
{
	const struct byte_jump *bj = data;
	uint32_t v = 0, used = 0;
	enum buf_id id;
	struct slice s;
	int64_t pos, jump;

	if (!byte_place(e, &bj->field, signed_operand(e, &bj->offset), &id,
	    &s, &pos))
		return false;
	/* no bytes: the value is 0, wherever that is; no digits: no number */
	if ((bj->field.n || bj->field.string) &&
	    !byte_value(e, &bj->field, s, pos, &v, &used))
		return false;
	jump = (int64_t)v * bj->multiplier;
	if (bj->align)
		jump = (jump + 3) / 4 * 4;
	switch (bj->from) {
	case FROM_HERE:
		jump += pos + used;
		break;
	case FROM_BEGINNING:
		break;
	case FROM_END:
		jump += (int64_t)s.len;
		break;
	}
	jump += signed_operand(e, &bj->post_offset);
	if (jump < 0 || jump > (int64_t)s.len)
		return false;
	eval_move(e, id, (size_t)jump);
	return true;
}

static void
print_byte_jump(struct buf *out, const void *data)
{
	const struct byte_jump *bj = data;

	buf_printf(out, "byte_jump:%u,", bj->field.n);
	operand_print(out, &bj->offset);
	byte_tail_print(out, &bj->field, 0);
	if (bj->multiplier != 1)
		buf_printf(out, ",multiplier %u", bj->multiplier);
	if (bj->align)
		buf_puts(out, ",align");
	if (bj->from != FROM_HERE)
		buf_puts(out, bj->from == FROM_END ? ",from_end" :
		    ",from_beginning");
	if (bj->post_offset.name.len || bj->post_offset.value) {
		buf_puts(out, ",post_offset ");
		operand_print(out, &bj->post_offset);
	}
}

static bool
is_relative(const void *data)
{
	return ((const struct byte_jump *)data)->field.relative;
}

const struct opt_ops opt_byte_jump = {
	.name = "byte_jump",
	.help = "moves the cursor by a number in the payload",
	.grammar = "bytes, offset[, relative][, multiplier N][, big | little]"
	    "[, string[, hex | dec | oct]][, align][, from_beginning | "
	    "from_end][, post_offset N][, dce][, bitmask N]",
	.flags = OPT_PAYLOAD,
	.parse = parse_byte_jump,
	.match = match_byte_jump,
	.print = print_byte_jump,
	.is_relative = is_relative,
};
