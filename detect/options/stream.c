/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream_size and stream_reassemble: what a TCP session's tracker knows and
 * does. */
#include <inttypes.h>

#include "core/buf.h"
#include "decoders/track/stream.h"
#include "detect/eval.h"
#include "detect/options/arg.h"

enum side { SIDE_CLIENT, SIDE_SERVER, SIDE_BOTH, SIDE_EITHER };

static const struct arg_word sides[] = {
	{ "client", SIDE_CLIENT }, { "server", SIDE_SERVER },
	{ "both", SIDE_BOTH }, { "either", SIDE_EITHER },
};
enum { SIDES_REASSEMBLE = 3 }; /* `either' is stream_size's alone */

enum comparison { OP_LESS, OP_MORE, OP_EQUAL, OP_OTHER, OP_AT_MOST,
	OP_AT_LEAST };

static const struct arg_word comparisons[] = {
	{ "<", OP_LESS }, { ">", OP_MORE }, { "=", OP_EQUAL },
	{ "!=", OP_OTHER }, { "<=", OP_AT_MOST }, { ">=", OP_AT_LEAST },
};

struct stream_size {
	enum side side;
	enum comparison op;
	uint32_t size;
};

static enum opt_parse
parse_stream_size(struct opt_build *b, const struct rule_opt *o)
{
	struct stream_size *s = arena_xalloc(b->arena, sizeof(*s));
	struct text rest = o->arg, side, op, size;
	unsigned word;
	int64_t v;

	if (!arg_next(&rest, ',', &side) || !arg_next(&rest, ',', &op) ||
	    !arg_next(&rest, ',', &size) || rest.ptr)
		return arg_error(b, o, o->arg, "stream_size wants `side, "
		    "operator, bytes'");
	if (!arg_word(sides, ARRAY_LEN(sides), side, &word))
		return arg_error(b, o, side, "the side is client, server, "
		    "both or either");
	s->side = word;
	if (!arg_word(comparisons, ARRAY_LEN(comparisons), op, &word))
		return arg_error(b, o, op, "the operator is one of < > = != "
		    "<= >=");
	s->op = word;
	if (!arg_int(b, o, size, "the size", 0, UINT32_MAX, &v))
		return OPT_BAD;
	s->size = (uint32_t)v;
	if (!b->conf->tracked[FLOW_TCP])
		b->out->needs |= RULE_NEEDS_SESSIONS;
	opt_add(b, &opt_stream_size, s);
	return OPT_OK;
}

static bool
compare(uint32_t bytes, const struct stream_size *s)
{
	switch (s->op) {
	case OP_LESS:
		return bytes < s->size;
	case OP_MORE:
		return bytes > s->size;
	case OP_EQUAL:
		return bytes == s->size;
	case OP_OTHER:
		return bytes != s->size;
	case OP_AT_MOST:
		return bytes <= s->size;
	case OP_AT_LEAST:
		return bytes >= s->size;
	}
	return false;
}

/* Fails without a session. */
static bool
match_stream_size(struct eval *e, const void *data)
{
	const struct flow *f = e->unit->flow.flow;
	const struct stream_size *s = data;
	uint32_t client, server;

	if (!f || !stream_bytes(f, FLOW_CLIENT, &client) ||
	    !stream_bytes(f, FLOW_SERVER, &server))
		return false;
	switch (s->side) {
	case SIDE_CLIENT:
		return compare(client, s);
	case SIDE_SERVER:
		return compare(server, s);
	case SIDE_BOTH:
		return compare(client, s) && compare(server, s);
	case SIDE_EITHER:
		return compare(client, s) || compare(server, s);
	}
	return false;
}

static void
print_stream_size(struct buf *out, const void *data)
{
	const struct stream_size *s = data;

	buf_printf(out, "stream_size:%s,%s,%" PRIu32, sides[s->side].name,
	    comparisons[s->op].name, s->size);
}

const struct opt_ops opt_stream_size = {
	.name = "stream_size",
	.help = "bytes that a side of the TCP session sent so far",
	.grammar = "client | server | both | either, < | > | = | != | <= | "
	    ">=, N",
	.flags = OPT_TCP,
	.parse = parse_stream_size,
	.match = match_stream_size,
	.print = print_stream_size,
};

struct reassemble {
	bool enable, noalert, fastpath;
	enum side side;
};

static enum opt_parse
parse_stream_reassemble(struct opt_build *b, const struct rule_opt *o)
{
	struct reassemble *r = arena_xalloc(b->arena, sizeof(*r));
	struct text rest = o->arg, what, side, item;
	unsigned word;

	if (!arg_next(&rest, ',', &what) || !arg_next(&rest, ',', &side))
		return arg_error(b, o, o->arg, "stream_reassemble wants "
		    "`enable | disable, side'");
	r->enable = text_is_nocase(what, "enable");
	if (!r->enable && !text_is_nocase(what, "disable"))
		return arg_error(b, o, what, "enable or disable");
	if (!arg_word(sides, SIDES_REASSEMBLE, side, &word))
		return arg_error(b, o, side, "the side is client, server or "
		    "both");
	r->side = word;
	while (arg_next(&rest, ',', &item)) {
		if (text_is_nocase(item, "noalert"))
			r->noalert = b->out->noalert = true;
		else if (text_is_nocase(item, "fastpath"))
			r->fastpath = true;
		else
			return arg_error(b, o, item, "stream_reassemble knows "
			    "noalert and fastpath, not `%.*s'",
			    TEXT_ARG(item));
	}
	if (r->fastpath && r->enable)
		return arg_error(b, o, what, "fastpath leaves the session "
		    "alone: that goes with disable only");
	opt_add(b, &opt_stream_reassemble, r);
	return OPT_OK;
}

static void
act_stream_reassemble(const struct eval *e, const void *data)
{
	const struct reassemble *r = data;
	struct flow *f = e->unit->flow.flow;

	if (!f)
		return;
	if (r->fastpath)
		f->bypass = FLOW_BYPASS_RULE;
	if (r->side != SIDE_SERVER || r->fastpath)
		stream_set_reassembly(f, FLOW_CLIENT, r->enable);
	if (r->side != SIDE_CLIENT || r->fastpath)
		stream_set_reassembly(f, FLOW_SERVER, r->enable);
}

static void
print_stream_reassemble(struct buf *out, const void *data)
{
	const struct reassemble *r = data;

	buf_printf(out, "stream_reassemble:%s,%s%s%s",
	    r->enable ? "enable" : "disable", sides[r->side].name,
	    r->noalert ? ",noalert" : "", r->fastpath ? ",fastpath" : "");
}

const struct opt_ops opt_stream_reassemble = {
	.name = "stream_reassemble",
	.help = "switches the reassembly of the session on or off",
	.grammar = "enable | disable, client | server | both[, noalert]"
	    "[, fastpath]",
	.flags = OPT_TCP | OPT_NO_MATCH,
	.parse = parse_stream_reassemble,
	.act = act_stream_reassemble,
	.print = print_stream_reassemble,
};
