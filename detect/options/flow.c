/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/buf.h"
#include "detect/eval.h"
#include "detect/options/arg.h"

enum flow_word {
	FLOW_TO_SERVER = 1 << 0,
	FLOW_TO_CLIENT = 1 << 1,
	FLOW_ESTABLISHED = 1 << 2,
	FLOW_NOT_ESTABLISHED = 1 << 3,
	FLOW_STATELESS = 1 << 4,
	FLOW_NO_STREAM = 1 << 5,
	FLOW_ONLY_STREAM = 1 << 6,
	FLOW_NO_FRAG = 1 << 7,
	FLOW_ONLY_FRAG = 1 << 8,
};

static const struct arg_word words[] = {
	{ "to_server", FLOW_TO_SERVER },
	{ "from_client", FLOW_TO_SERVER },
	{ "to_client", FLOW_TO_CLIENT },
	{ "from_server", FLOW_TO_CLIENT },
	{ "established", FLOW_ESTABLISHED },
	{ "not_established", FLOW_NOT_ESTABLISHED },
	{ "stateless", FLOW_STATELESS },
	{ "no_stream", FLOW_NO_STREAM },
	{ "only_stream", FLOW_ONLY_STREAM },
	{ "no_frag", FLOW_NO_FRAG },
	{ "only_frag", FLOW_ONLY_FRAG },
};

/* Words of which a rule can have one. */
static const unsigned exclusive[] = {
	FLOW_TO_SERVER | FLOW_TO_CLIENT,
	FLOW_ESTABLISHED | FLOW_NOT_ESTABLISHED,
	FLOW_STATELESS | FLOW_ESTABLISHED,
	FLOW_STATELESS | FLOW_NOT_ESTABLISHED,
	FLOW_STATELESS | FLOW_TO_SERVER,
	FLOW_STATELESS | FLOW_TO_CLIENT,
	FLOW_NO_STREAM | FLOW_ONLY_STREAM,
	FLOW_NO_FRAG | FLOW_ONLY_FRAG,
};

static bool
add_word(struct opt_build *b, const struct rule_opt *o, struct text item,
    unsigned *set)
{
	unsigned word;

	if (!arg_word(words, ARRAY_LEN(words), item, &word)) {
		arg_error(b, o, item, "flow does not know `%.*s'",
		    TEXT_ARG(item));
		return false;
	}
	for (unsigned i = 0; i < ARRAY_LEN(exclusive); i++)
		if (((*set | word) & exclusive[i]) == exclusive[i]) {
			arg_error(b, o, item, "%.*s contradicts %s before it",
			    TEXT_ARG(item), arg_word_name(words,
			    ARRAY_LEN(words), exclusive[i] & ~word));
			return false;
		}
	*set |= word;
	return true;
}

static enum opt_parse
parse_flow(struct opt_build *b, const struct rule_opt *o)
{
	unsigned *set = arena_xalloc(b->arena, sizeof(*set));
	struct text rest = o->arg, item;

	while (arg_next(&rest, ',', &item))
		if (!add_word(b, o, item, set))
			return OPT_BAD;
	if (!*set)
		return opt_error(b, o, "flow wants at least one word");
	if (b->rule->has_header && b->rule->proto == PROTO_ICMP &&
	    *set & ~(unsigned)(FLOW_NO_FRAG | FLOW_ONLY_FRAG))
		return opt_error(b, o, "ICMP has no sessions: flow knows only "
		    "no_frag and only_frag in an icmp rule");
	if (*set & FLOW_ESTABLISHED && !opt_has_sessions(b))
		b->out->needs |= RULE_NEEDS_SESSIONS;
	if (*set & FLOW_ONLY_STREAM && !b->conf->tracked[FLOW_TCP])
		b->out->needs |= RULE_NEEDS_SESSIONS;
	b->out->flow = (uint16_t)*set;
	opt_add(b, &opt_flow, set);
	return OPT_OK;
}

/* Without a session, or without a known direction, the direction passes. */
unsigned
flow_wrong(const struct unit *u)
{
	const struct unit_flow *f = &u->flow;
	bool rebuilt = u->kind == UNIT_DATAGRAM ||
	    u->pkt->dec.flags & PKT_REBUILT_FRAG;
	unsigned wrong = 0;

	if (f->has_direction)
		wrong |= f->to_server ? FLOW_TO_CLIENT : FLOW_TO_SERVER;
	wrong |= f->established ? FLOW_NOT_ESTABLISHED : FLOW_ESTABLISHED;
	wrong |= u->kind == UNIT_STREAM ? FLOW_NO_STREAM : FLOW_ONLY_STREAM;
	wrong |= rebuilt ? FLOW_NO_FRAG : FLOW_ONLY_FRAG;
	return wrong;
}

static bool
match_flow(struct eval *e, const void *data)
{
	return !(*(const unsigned *)data & e->flow_wrong);
}

static void
print_flow(struct buf *out, const void *data)
{
	unsigned set = *(const unsigned *)data;
	const char *sep = "flow:";

	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		if (set & words[i].value) {
			buf_printf(out, "%s%s", sep, words[i].name);
			set &= ~words[i].value;
			sep = ",";
		}
}

const struct opt_ops opt_flow = {
	.name = "flow",
	.help = "direction and state of the session, and rebuilt or not",
	.grammar = "[to_server | to_client][, established | not_established]"
	    "[, no_stream | only_stream][, no_frag | only_frag], or stateless",
	.flags = OPT_ONCE,
	.parse = parse_flow,
	.match = match_flow,
	.print = print_flow,
};
