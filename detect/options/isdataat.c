/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/buf.h"
#include "detect/eval.h"
#include "detect/options/arg.h"

struct isdataat {
	bool negated, relative, rawbytes;
	struct operand at;
};

static enum opt_parse
parse_isdataat(struct opt_build *b, const struct rule_opt *o)
{
	struct isdataat *d = arena_xalloc(b->arena, sizeof(*d));
	struct text rest = o->arg, item = { NULL, 0 };

	if (!arg_next(&rest, ',', &item) || !item.len)
		return arg_error(b, o, o->arg, "isdataat wants a number");
	d->negated = arg_not(&item);
	if (!arg_operand(b, o, item, "isdataat", true, 0, UINT16_MAX, &d->at))
		return OPT_BAD;
	while (arg_next(&rest, ',', &item)) {
		if (text_is_nocase(item, "relative"))
			d->relative = true;
		else if (text_is_nocase(item, "rawbytes"))
			d->rawbytes = true;
		else
			return arg_error(b, o, item, "isdataat knows relative "
			    "and rawbytes, not `%.*s'", TEXT_ARG(item));
	}
	opt_add(b, &opt_isdataat, d);
	return OPT_OK;
}

static bool
match_isdataat(struct eval *e, const void *data)
{
	const struct isdataat *d = data;
	enum buf_id id = eval_buf(e, d->rawbytes);
	int64_t at = operand_get(e, &d->at);
	uint32_t cursor = 0;
	struct slice s;

	if (!eval_bytes(e, id, &s))
		return false;
	if (d->relative && !eval_cursor(e, id, s, &cursor))
		return false;
	/* a variable from 2^31 up lies before the start; from the cursor it
	 * only lies too far behind */
	if (!d->relative && at > INT32_MAX)
		return false;
	return (cursor + at < (int64_t)s.len) != d->negated;
}

static void
print_isdataat(struct buf *out, const void *data)
{
	const struct isdataat *d = data;

	buf_puts(out, d->negated ? "isdataat:!" : "isdataat:");
	operand_print(out, &d->at);
	if (d->relative)
		buf_puts(out, ",relative");
	if (d->rawbytes)
		buf_puts(out, ",rawbytes");
}

static bool
is_relative(const void *data)
{
	return ((const struct isdataat *)data)->relative;
}

const struct opt_ops opt_isdataat = {
	.name = "isdataat",
	.help = "is there a byte so far behind the start or the cursor",
	.grammar = "[!]N | [!]variable[, relative][, rawbytes]",
	.flags = OPT_PAYLOAD,
	.parse = parse_isdataat,
	.match = match_isdataat,
	.print = print_isdataat,
	.is_relative = is_relative,
};
