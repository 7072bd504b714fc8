/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to do about an event: resp, react, SnortSam's fwsam, snort_inline's
 * sticky-drop and bait-and-switch; session and logto. They fill
 * crule.response. */
#include <inttypes.h>

#include "core/buf.h"
#include "detect/option.h"
#include "detect/options/arg.h"

/* -- resp, react ------------------------------------------------------------- */

static const struct arg_word resps[] = {
	{ "reset_source", RESP_RESET_SOURCE },
	{ "rst_snd", RESP_RESET_SOURCE },
	{ "reset_dest", RESP_RESET_DEST },
	{ "rst_rcv", RESP_RESET_DEST },
	{ "reset_both", RESP_RESET_SOURCE | RESP_RESET_DEST },
	{ "rst_all", RESP_RESET_SOURCE | RESP_RESET_DEST },
	{ "icmp_net", RESP_ICMP_NET },
	{ "icmp_host", RESP_ICMP_HOST },
	{ "icmp_port", RESP_ICMP_PORT },
	{ "icmp_all", RESP_ICMP_NET | RESP_ICMP_HOST | RESP_ICMP_PORT },
};

static enum opt_parse
parse_resp(struct opt_build *b, const struct rule_opt *o)
{
	unsigned *set = arena_xalloc(b->arena, sizeof(*set));
	struct text rest = o->arg, item;

	while (arg_next(&rest, ',', &item)) {
		unsigned v;

		if (!arg_word(resps, ARRAY_LEN(resps), item, &v))
			return arg_error(b, o, item, "resp is reset_source, "
			    "reset_dest, reset_both, icmp_net, icmp_host, "
			    "icmp_port or icmp_all");
		*set |= v;
	}
	if (!*set)
		return opt_error(b, o, "resp wants at least one response");
	b->out->response.resp = *set;
	opt_add(b, &opt_resp, set);
	return OPT_OK;
}

static void
print_resp(struct buf *out, const void *data)
{
	static const unsigned bits[] = { RESP_RESET_SOURCE, RESP_RESET_DEST,
		RESP_ICMP_NET, RESP_ICMP_HOST, RESP_ICMP_PORT };
	unsigned set = *(const unsigned *)data;
	const char *sep = "resp:";

	for (unsigned i = 0; i < ARRAY_LEN(bits); i++)
		if (set & bits[i]) {
			buf_printf(out, "%s%s", sep,
			    arg_word_name(resps, ARRAY_LEN(resps), bits[i]));
			sep = ",";
		}
}

const struct opt_ops opt_resp = {
	.name = "resp",
	.help = "active response: TCP resets, ICMP unreachable",
	.grammar = "reset_source | reset_dest | reset_both | icmp_net | "
	    "icmp_host | icmp_port | icmp_all, ...",
	.flags = OPT_ONCE | OPT_NO_MATCH,
	.parse = parse_resp,
	.print = print_resp,
};

/* block, warn and proxy are older words that Snort 2.9 takes and ignores. */
static enum opt_parse
parse_react(struct opt_build *b, const struct rule_opt *o)
{
	struct rule_response *r = &b->out->response;
	struct text rest = o->arg, item;

	while (arg_next(&rest, ',', &item)) {
		struct text arg = item, word = text_word(&arg);

		if (text_is_nocase(word, "msg"))
			r->react_msg = true;
		else if (item.len && !text_is_nocase(word, "block") &&
		    !text_is_nocase(word, "warn") &&
		    !text_is_nocase(word, "proxy"))
			return arg_error(b, o, item, "react knows msg, not "
			    "`%.*s'", TEXT_ARG(item));
	}
	r->react = true;
	opt_add(b, &opt_react, arena_xdup(b->arena, &r->react_msg,
	    sizeof(r->react_msg)));
	return OPT_OK;
}

static void
print_react(struct buf *out, const void *data)
{
	buf_puts(out, *(const bool *)data ? "react:msg" : "react");
}

const struct opt_ops opt_react = {
	.name = "react",
	.help = "answers the client with a page and resets the session",
	.grammar = "[msg]",
	.flags = OPT_ONCE | OPT_NO_MATCH | OPT_TCP,
	.parse = parse_react,
	.print = print_react,
};

/* -- fwsam --------------------------------------------------------------------- */

static enum opt_parse
parse_fwsam(struct opt_build *b, const struct rule_opt *o)
{
	struct rule_response *r = &b->out->response;
	struct fwsam_doubt doubt;

	if (!fwsam_parse(o->arg, &r->fwsam, &doubt))
		return arg_error(b, o, doubt.at, "%s", doubt.what);
	if (doubt.at.ptr)
		opt_warn(b, o, "fwsam: `%.*s': %s", TEXT_ARG(doubt.at),
		    doubt.what);
	opt_add(b, &opt_fwsam, arena_xdup(b->arena, r, sizeof(*r)));
	return OPT_OK;
}

static void
print_fwsam(struct buf *out, const void *data)
{
	static const char *const hows[] = { [FWSAM_EITHER] = "either",
		[FWSAM_IN] = "in", [FWSAM_OUT] = "out",
		[FWSAM_CONN] = "conn" };
	const struct rule_response *r = data;

	buf_printf(out, "fwsam:%s[%s],", r->fwsam.dest ? "dst" : "src",
	    hows[r->fwsam.how]);
	if (r->fwsam.seconds == RESPONSE_FOREVER)
		buf_puts(out, "perm");
	else
		buf_printf(out, "%" PRIu32, r->fwsam.seconds);
}

const struct opt_ops opt_fwsam = {
	.name = "fwsam",
	.help = "SnortSam: blocks an address at the firewall for some time",
	.grammar = "[src | dst][[in | out | either | conn]][, duration]",
	.flags = OPT_ONCE | OPT_NO_MATCH,
	.parse = parse_fwsam,
	.print = print_fwsam,
};

/* -- sticky-drop, bait-and-switch ------------------------------------------------- */

static bool
parse_block(struct opt_build *b, const struct rule_opt *o,
    struct text *rest, uint32_t *seconds, bool *dest)
{
	struct text time, side;
	int64_t v;

	if (!arg_next(rest, ',', &time) || !arg_next(rest, ',', &side)) {
		arg_error(b, o, o->arg, "this wants `seconds, src | dst'");
		return false;
	}
	if (!arg_int(b, o, time, "the time", 1, RESPONSE_FOREVER - 1, &v))
		return false;
	*seconds = (uint32_t)v;
	*dest = text_is_nocase(side, "dst");
	if (!*dest && !text_is_nocase(side, "src")) {
		arg_error(b, o, side, "src or dst");
		return false;
	}
	return true;
}

static enum opt_parse
parse_sticky_drop(struct opt_build *b, const struct rule_opt *o)
{
	struct rule_response *r = &b->out->response;
	struct text rest = o->arg;

	if (!parse_block(b, o, &rest, &r->sticky_drop.seconds,
	    &r->sticky_drop.dest))
		return OPT_BAD;
	if (rest.ptr)
		return arg_error(b, o, rest, "nothing may follow");
	r->sticky_drop.on = true;
	opt_add(b, &opt_sticky_drop, arena_xdup(b->arena, r, sizeof(*r)));
	return OPT_OK;
}

static void
print_sticky_drop(struct buf *out, const void *data)
{
	const struct rule_response *r = data;

	buf_printf(out, "sticky-drop:%" PRIu32 ",%s", r->sticky_drop.seconds,
	    r->sticky_drop.dest ? "dst" : "src");
}

const struct opt_ops opt_sticky_drop = {
	.name = "sticky-drop",
	.help = "inline: drops all packets of an address for some time",
	.grammar = "seconds, src | dst",
	.flags = OPT_ONCE | OPT_NO_MATCH,
	.parse = parse_sticky_drop,
	.print = print_sticky_drop,
};

static enum opt_parse
parse_bait_and_switch(struct opt_build *b, const struct rule_opt *o)
{
	struct rule_response *r = &b->out->response;
	struct text rest = o->arg, pot = { NULL, 0 };

	if (!parse_block(b, o, &rest, &r->bait_and_switch.seconds,
	    &r->bait_and_switch.dest))
		return OPT_BAD;
	if (!arg_next(&rest, ',', &pot) || rest.ptr ||
	    !ipaddr_parse(pot, &r->bait_and_switch.honeypot))
		return arg_error(b, o, pot, "the third argument is the "
		    "honeypot's address");
	r->bait_and_switch.on = true;
	opt_add(b, &opt_bait_and_switch,
	    arena_xdup(b->arena, r, sizeof(*r)));
	return OPT_OK;
}

static void
print_bait_and_switch(struct buf *out, const void *data)
{
	const struct rule_response *r = data;
	char text[IPADDR_TEXT_MAX];

	buf_printf(out, "bait-and-switch:%" PRIu32 ",%s,%s",
	    r->bait_and_switch.seconds,
	    r->bait_and_switch.dest ? "dst" : "src",
	    ipaddr_print(&r->bait_and_switch.honeypot, text));
}

const struct opt_ops opt_bait_and_switch = {
	.name = "bait-and-switch",
	.help = "inline: sends an attacker on to a honeypot for some time",
	.grammar = "seconds, src | dst, address",
	.flags = OPT_ONCE | OPT_NO_MATCH,
	.parse = parse_bait_and_switch,
	.print = print_bait_and_switch,
};

/* -- session, logto ------------------------------------------------------------------ */

static enum opt_parse
parse_session(struct opt_build *b, const struct rule_opt *o)
{
	static const struct arg_word kinds[] = {
		{ "printable", FLOW_LOG_PRINTABLE },
		{ "binary", FLOW_LOG_BINARY },
		{ "all", FLOW_LOG_ALL },
	};
	struct text arg = text_trim(o->arg);
	unsigned kind;

	if (!arg_word(kinds, ARRAY_LEN(kinds), arg, &kind))
		return arg_error(b, o, arg, "session is printable, binary or "
		    "all");
	b->out->session = (enum flow_log)kind;
	opt_add(b, &opt_session,
	    arg_word_name(kinds, ARRAY_LEN(kinds), kind));
	return OPT_OK;
}

static void
print_session(struct buf *out, const void *data)
{
	buf_printf(out, "session:%s", (const char *)data);
}

const struct opt_ops opt_session = {
	.name = "session",
	.help = "logs the session's data to a file of its own",
	.grammar = "printable | binary | all",
	.flags = OPT_ONCE | OPT_NO_MATCH,
	.parse = parse_session,
	.print = print_session,
};

static enum opt_parse
parse_logto(struct opt_build *b, const struct rule_opt *o)
{
	struct text name;

	if (!arg_quoted(b, o, false, &name))
		return OPT_BAD;
	/* the rules' author must not choose where on the disk we write */
	if (!name.len || memchr(name.ptr, '/', name.len))
		return arg_error(b, o, name, "logto wants a file's name in "
		    "the log directory, without `/'");
	b->out->logto = arena_xtext(b->arena, name).ptr;
	opt_add(b, &opt_logto, b->out->logto);
	return OPT_OK;
}

static void
print_logto(struct buf *out, const void *data)
{
	buf_puts(out, "logto:\"");
	print_text(out, text_of(data));
	buf_putc(out, '"');
}

const struct opt_ops opt_logto = {
	.name = "logto",
	.help = "logs the rule's packets to a file of their own",
	.grammar = "\"file name\"",
	.flags = OPT_ONCE | OPT_NO_MATCH,
	.parse = parse_logto,
	.print = print_logto,
};
