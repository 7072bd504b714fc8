/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpc: an ONC RPC call (RFC 5531, section 9), at its fixed offsets:
 *
 *	xid | CALL = 0 | RPC version = 2 | program | version | procedure
 *
 * Over TCP a record mark of four bytes stands before it; of a call in several
 * fragments the parser of RPC makes one.
 */
#include <inttypes.h>

#include "core/buf.h"
#include "core/cursor.h"
#include "detect/eval.h"
#include "detect/options/arg.h"

enum { RPC_CALL = 0, RPC_VERSION = 2, RECORD_MARK = 4 };

struct rpc_number {
	bool any;
	uint32_t value;
};

struct rpc {
	struct rpc_number program, version, procedure;
};

/* A number or `*`; what is missing is `*`. */
static bool
parse_number(struct opt_build *b, const struct rule_opt *o,
    struct text *rest, const char *what, struct rpc_number *out)
{
	struct text item;
	int64_t v;

	if (!arg_next(rest, ',', &item) || text_is(item, "*")) {
		out->any = true;
		return true;
	}
	if (!arg_int_auto(b, o, item, what, 0, UINT32_MAX, &v))
		return false;
	out->value = (uint32_t)v;
	return true;
}

static enum opt_parse
parse_rpc(struct opt_build *b, const struct rule_opt *o)
{
	struct rpc *r = arena_xalloc(b->arena, sizeof(*r));
	struct text rest = o->arg, item;
	int64_t v = 0;

	if (!arg_next(&rest, ',', &item) || !item.len || text_is(item, "*"))
		return arg_error(b, o, o->arg, "rpc wants a program's number, "
		    "then the version and the procedure or `*'");
	/* as in Snort, a rule with a name here loads */
	if (!text_to_i64_auto(item, 0, UINT32_MAX, &v))
		opt_warn(b, o, "rpc wants a program's number; `%.*s' is taken "
		    "as 0", TEXT_ARG(item));
	r->program.value = (uint32_t)v;
	if (!parse_number(b, o, &rest, "the version", &r->version) ||
	    !parse_number(b, o, &rest, "the procedure", &r->procedure))
		return OPT_BAD;
	opt_add(b, &opt_rpc, r);
	return OPT_OK;
}

static bool
is_number(const struct rpc_number *want, uint32_t have)
{
	return want->any || want->value == have;
}

static bool
match_rpc(struct eval *e, const void *data)
{
	const struct unit *u = e->unit;
	struct slice s = u->bufs[unit_has(u, BUF_DECODED) ? BUF_DECODED :
	    BUF_PAYLOAD];
	struct cursor c = cur_make(s.ptr, s.len);
	uint32_t xid, type, rpcvers, program, version, procedure;
	const struct rpc *r = data;

	if (u->pkt->dec.l4 == PKT_L4_TCP && !cur_skip(&c, RECORD_MARK))
		return false;
	return cur_be32(&c, &xid) && cur_be32(&c, &type) &&
	    cur_be32(&c, &rpcvers) && cur_be32(&c, &program) &&
	    cur_be32(&c, &version) && cur_be32(&c, &procedure) &&
	    type == RPC_CALL && rpcvers == RPC_VERSION &&
	    is_number(&r->program, program) &&
	    is_number(&r->version, version) &&
	    is_number(&r->procedure, procedure);
}

static void
print_number(struct buf *out, char before, const struct rpc_number *n)
{
	buf_putc(out, before);
	if (n->any)
		buf_putc(out, '*');
	else
		buf_printf(out, "%" PRIu32, n->value);
}

static void
print_rpc(struct buf *out, const void *data)
{
	const struct rpc *r = data;

	buf_puts(out, "rpc");
	print_number(out, ':', &r->program);
	print_number(out, ',', &r->version);
	print_number(out, ',', &r->procedure);
}

const struct opt_ops opt_rpc = {
	.name = "rpc",
	.help = "an ONC RPC call of this program, version and procedure",
	.grammar = "program[, version | *][, procedure | *]",
	.flags = OPT_PAYLOAD,
	.parse = parse_rpc,
	.match = match_rpc,
	.print = print_rpc,
};
