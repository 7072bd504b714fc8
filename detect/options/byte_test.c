/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "core/buf.h"
#include "detect/options/byte.h"

enum test_op { TEST_EQ, TEST_LT, TEST_GT, TEST_LE, TEST_GE, TEST_AND,
	TEST_XOR };

struct byte_test {
	struct byte_field field;
	bool negated;
	enum test_op op;
	struct operand value, offset;
};

static const char *const signs[] = {
	[TEST_EQ] = "=", [TEST_LT] = "<", [TEST_GT] = ">", [TEST_LE] = "<=",
	[TEST_GE] = ">=", [TEST_AND] = "&", [TEST_XOR] = "^",
};

/* `!` alone means "not equal". Of two characters Snort looks at the second
 * only behind < and >, and only for `='. */
static bool
parse_op(struct opt_build *b, const struct rule_opt *o, struct text t,
    struct byte_test *bt)
{
	struct text all = t;

	if (t.len && t.ptr[0] == '!') {
		bt->negated = true;
		t = text_make(t.ptr + 1, t.len - 1);
		if (!t.len)
			return true;
	}
	if (t.len == 1 || t.len == 2) {
		bool equal = t.len == 2 && t.ptr[1] == '=';

		switch (t.ptr[0]) {
		case '=':
			bt->op = TEST_EQ;
			return true;
		case '<':
			bt->op = equal ? TEST_LE : TEST_LT;
			return true;
		case '>':
			bt->op = equal ? TEST_GE : TEST_GT;
			return true;
		case '&':
			bt->op = TEST_AND;
			return true;
		case '^':
			bt->op = TEST_XOR;
			return true;
		}
	}
	arg_error(b, o, all, "the operator is one of < > = <= >= & ^, with a "
	    "`!' before it to negate");
	return false;
}

static enum opt_parse
parse_byte_test(struct opt_build *b, const struct rule_opt *o)
{
	struct byte_test *bt = arena_xalloc(b->arena, sizeof(*bt));
	struct text rest = o->arg, n, op, value, offset, item;

	if (!arg_next(&rest, ',', &n) || !arg_next(&rest, ',', &op) ||
	    !arg_next(&rest, ',', &value) || !arg_next(&rest, ',', &offset))
		return arg_error(b, o, o->arg, "byte_test wants at least "
		    "`bytes, operator, value, offset'");
	if (!parse_op(b, o, op, bt) ||
	    !arg_operand(b, o, value, "the value", true, -(int64_t)UINT32_MAX,
	    UINT32_MAX, &bt->value) ||
	    !arg_operand(b, o, offset, "the offset", false, -BYTE_OFFSET_MAX,
	    BYTE_OFFSET_MAX, &bt->offset))
		return OPT_BAD;
	bt->value.value = (uint32_t)bt->value.value; /* -1 is 0xffffffff */
	while (arg_next(&rest, ',', &item)) {
		bool known;

		if (!byte_tail(b, o, item, &bt->field, &known))
			return OPT_BAD;
		if (!known)
			return arg_error(b, o, item, "byte_test does not "
			    "know `%.*s'", TEXT_ARG(item));
	}
	if (!byte_finish(b, o, n, 1, 0, &bt->field))
		return OPT_BAD;
	opt_add(b, &opt_byte_test, bt);
	return OPT_OK;
}

static bool
match_byte_test(struct eval *e, const void *data)
{
	const struct byte_test *bt = data;
	uint32_t v, want, used;
	enum buf_id id;
	struct slice s;
	int64_t pos;
	bool is = false;

	if (eval_dsize(e) == 0 || !byte_place(e, &bt->field,
	    bt->offset.name.len ? (int32_t)operand_get(e, &bt->offset) :
	    bt->offset.value, &id, &s, &pos) ||
	    !byte_value(e, &bt->field, s, pos, &v, &used))
		return false;
	want = (uint32_t)operand_get(e, &bt->value);
	switch (bt->op) {
	case TEST_EQ:
		is = v == want;
		break;
	case TEST_LT:
		is = v < want;
		break;
	case TEST_GT:
		is = v > want;
		break;
	case TEST_LE:
		is = v <= want;
		break;
	case TEST_GE:
		is = v >= want;
		break;
	case TEST_AND:
		is = (v & want) != 0;
		break;
	case TEST_XOR:
		is = (v ^ want) != 0;
		break;
	}
	return is != bt->negated;
}

static void
print_byte_test(struct buf *out, const void *data)
{
	const struct byte_test *bt = data;

	buf_printf(out, "byte_test:%u,%s%s,", bt->field.n,
	    bt->negated ? "!" : "", signs[bt->op]);
	operand_print(out, &bt->value);
	buf_putc(out, ',');
	operand_print(out, &bt->offset);
	byte_tail_print(out, &bt->field, 0);
}

static bool
is_relative(const void *data)
{
	return ((const struct byte_test *)data)->field.relative;
}

const struct opt_ops opt_byte_test = {
	.name = "byte_test",
	.help = "compares a number in the payload with a value",
	.grammar = "bytes, [!]operator, value, offset[, relative][, big | "
	    "little][, string[, hex | dec | oct]][, dce][, bitmask N]",
	.flags = OPT_PAYLOAD,
	.parse = parse_byte_test,
	.match = match_byte_test,
	.print = print_byte_test,
	.is_relative = is_relative,
};
