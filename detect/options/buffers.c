/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that choose the buffer for the tests behind them, up to the next
 * such option or the rule's end. */
#include "core/buf.h"
#include "detect/eval.h"
#include "detect/options/arg.h"

/* data is the enum buf_id. */
static enum opt_parse
choose(struct opt_build *b, const struct opt_ops *ops, enum buf_id id,
    uint32_t needs)
{
	uint8_t *data = arena_xalloc(b->arena, sizeof(*data));

	*data = (uint8_t)id;
	b->sticky = id;
	b->out->needs |= needs;
	opt_add(b, ops, data);
	return OPT_OK;
}

static bool
match_choose(struct eval *e, const void *data)
{
	enum buf_id id = *(const uint8_t *)data;
	struct slice s;

	if (!eval_bytes(e, id, &s))
		return false;
	if (id == BUF_FILE_DATA && eval_dsize(e) == 0)
		return false;
	e->s.sticky = (uint8_t)id;
	eval_move(e, id, 0);
	return true;
}

static bool
match_pkt_data(struct eval *e, const void *data)
{
	(void)data;
	e->s.sticky = BUF_PAYLOAD;
	e->s.set = false;
	return true;
}

static void
print_choose(struct buf *out, const void *data)
{
	buf_puts(out, buf_name(*(const uint8_t *)data));
}

static enum opt_parse
parse_file_data(struct opt_build *b, const struct rule_opt *o)
{
	struct text arg = text_trim(o->arg);

	if (text_is_nocase(arg, "mime"))
		opt_warn(b, o, "the argument `mime' of file_data has no "
		    "meaning any more");
	else if (arg.len)
		return arg_error(b, o, arg, "file_data takes no argument");
	/* files travel over TCP; elsewhere there is never one, and file_data
	 * is the payload, as in Snort */
	return choose(b, &opt_file_data, BUF_FILE_DATA, b->rule->has_header &&
	    (b->rule->proto == PROTO_UDP || b->rule->proto == PROTO_ICMP) ? 0 :
	    RULE_NEEDS_FILE_DATA);
}

const struct opt_ops opt_file_data = {
	.name = "file_data",
	.help = "what follows looks at the transferred file",
	.grammar = "",
	.parse = parse_file_data,
	.match = match_choose,
	.print = print_choose,
};

#define BUFFER_OPTION(n, ID, need, text, match_fn)                             \
	static enum opt_parse parse_##n(struct opt_build *b,                   \
	    const struct rule_opt *o)                                          \
	{                                                                      \
		(void)o;                                                       \
		return choose(b, &opt_##n, BUF_##ID, need);                    \
	}                                                                      \
	const struct opt_ops opt_##n = {                                       \
		.name = #n,                                                    \
		.help = "what follows looks at " text,                         \
		.grammar = "",                                                 \
		.flags = OPT_NO_ARG,                                           \
		.parse = parse_##n,                                            \
		.match = match_fn,                                             \
		.print = print_choose,                                         \
	};

BUFFER_OPTION(pkt_data, PAYLOAD, 0, "the packet's payload again",
    match_pkt_data)
BUFFER_OPTION(dce_stub_data, DCE_STUB, RULE_NEEDS_DCE,
    "the stub data of a DCE/RPC request", match_choose)
BUFFER_OPTION(sip_header, SIP_HEADER, RULE_NEEDS_SIP,
    "the header of a SIP message", match_choose)
BUFFER_OPTION(sip_body, SIP_BODY, RULE_NEEDS_SIP,
    "the body of a SIP message", match_choose)
BUFFER_OPTION(modbus_data, MODBUS, RULE_NEEDS_MODBUS,
    "the data of a Modbus message", match_choose)
BUFFER_OPTION(dnp3_data, DNP3, RULE_NEEDS_DNP3,
    "the data of a DNP3 message", match_choose)
