/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/buf.h"
#include "detect/eval.h"
#include "detect/options/range.h"

static const struct range_spec spec = {
	.what = "dsize",
	.ops = 1u << RANGE_EQ | 1u << RANGE_LT | 1u << RANGE_GT |
	    1u << RANGE_IN,
	.max = UINT32_MAX,
	.tail = true,
};

static enum opt_parse
parse_dsize(struct opt_build *b, const struct rule_opt *o)
{
	struct range *r = arena_xalloc(b->arena, sizeof(*r));

	if (!range_parse(b, o, o->arg, &spec, r))
		return OPT_BAD;
	if (range_is_empty(r))
		opt_warn(b, o, "no payload has such a size: the rule never "
		    "matches");
	opt_add(b, &opt_dsize, r);
	return OPT_OK;
}

static bool
match_dsize(struct eval *e, const void *data)
{
	const struct unit *u = e->unit;

	/* bytes put together from a stream have no size of their own, unless
	 * a protocol says where its message ends */
	if (u->kind == UNIT_STREAM && !u->full_pdu)
		return false;
	return range_has(data, (int64_t)eval_dsize(e));
}

static void
print_dsize(struct buf *out, const void *data)
{
	buf_puts(out, "dsize:");
	range_print(out, data, false);
}

const struct opt_ops opt_dsize = {
	.name = "dsize",
	.help = "size of the payload",
	.grammar = "N | <N | >N | N<>N (both included)",
	.flags = OPT_ONCE,
	.parse = parse_dsize,
	.match = match_dsize,
	.print = print_dsize,
};
