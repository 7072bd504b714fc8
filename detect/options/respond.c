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

static const struct {
	const char *name;
	uint32_t seconds;
} units[] = {
	{ "sec", 1 }, { "min", 60 }, { "hour", 3600 }, { "day", 86400 },
	{ "week", 7 * 86400 }, { "month", 30 * 86400 },
	{ "year", 365 * 86400 },
};
enum { FWSAM_DEFAULT = 5 * 60 };

static bool
starts(struct text t, const char *with)
{
	size_t n = strlen(with);

	return t.len >= n && text_is_nocase(text_make(t.ptr, n), with);
}

static uint32_t
unit_seconds(struct text t)
{
	for (unsigned i = 0; i < ARRAY_LEN(units); i++)
		if (starts(t, units[i].name))
			return units[i].seconds;
	/* one letter: m is minutes */
	for (unsigned i = 0; i < ARRAY_LEN(units); i++)
		if (t.len == 1 &&
		    text_lower(t.ptr[0]) == units[i].name[0])
			return units[i].seconds;
	return 0;
}

/* "1 hour 30 min", "45", "perm". */
static bool
parse_duration(struct opt_build *b, const struct rule_opt *o, struct text t,
    uint32_t *seconds)
{
	int64_t sum = 0;
	struct text all = t;

	if (starts(t, "perm") || starts(t, "inf") || starts(t, "forever") ||
	    starts(t, "always") || text_is(t, "0")) {
		*seconds = RESPONSE_FOREVER;
		return true;
	}
	while (t.len) {
		struct text number = t, unit;
		int64_t n;

		number.len = 0;
		while (number.len < t.len && t.ptr[number.len] >= '0' &&
		    t.ptr[number.len] <= '9')
			number.len++;
		if (!text_to_i64(number, 0, UINT32_MAX, &n))
			goto bad;
		t = text_trim(text_make(t.ptr + number.len,
		    t.len - number.len));
		unit = t;
		unit.len = 0;
		while (unit.len < t.len && text_lower(t.ptr[unit.len]) >= 'a' &&
		    text_lower(t.ptr[unit.len]) <= 'z')
			unit.len++;
		t = text_trim(text_make(t.ptr + unit.len, t.len - unit.len));
		if (unit.len && !unit_seconds(unit))
			goto bad;
		sum += n * (unit.len ? (int64_t)unit_seconds(unit) : 1);
		if (sum >= RESPONSE_FOREVER)
			goto bad;
	}
	*seconds = sum ? (uint32_t)sum : RESPONSE_FOREVER;
	return true;
bad:
	arg_error(b, o, all, "a duration is written `15 min', `1 hour 30 min' "
	    "or `perm'");
	return false;
}

/* "src", "dst[in]": the first letters decide. */
static void
parse_who(struct opt_build *b, const struct rule_opt *o, struct text t,
    struct rule_response *r)
{
	struct text who = text_cut(&t, '['), how = text_trim(t);

	who = text_trim(who);
	if (who.len && text_lower(who.ptr[0]) == 'd')
		r->fwsam.dest = true;
	else if (who.len && text_lower(who.ptr[0]) != 's')
		opt_warn(b, o, "fwsam blocks src or dst, not `%.*s': src is "
		    "taken", TEXT_ARG(who));
	if (!how.len)
		return;
	switch (text_lower(how.ptr[0])) {
	case 'i':
	case 's':
		r->fwsam.how = FWSAM_IN;
		break;
	case 'o':
	case 'd':
		r->fwsam.how = FWSAM_OUT;
		break;
	case 'e':
	case 'b':
		break;
	case 't':
	case 'c':
		r->fwsam.how = FWSAM_CONN;
		break;
	default:
		opt_warn(b, o, "fwsam knows in, out, either and conn, not "
		    "`%.*s': either is taken", TEXT_ARG(how));
		break;
	}
}

static enum opt_parse
parse_fwsam(struct opt_build *b, const struct rule_opt *o)
{
	struct rule_response *r = &b->out->response;
	struct text rest = o->arg, item = { NULL, 0 };

	r->fwsam.on = true;
	r->fwsam.how = FWSAM_EITHER;
	r->fwsam.seconds = FWSAM_DEFAULT;
	if (arg_next(&rest, ',', &item) && item.len) {
		bool alone = !rest.ptr &&
		    ((item.ptr[0] >= '0' && item.ptr[0] <= '9') ||
		    starts(item, "perm") || starts(item, "inf"));

		if (alone)
			rest = item;
		else
			parse_who(b, o, item, r);
	}
	rest = text_trim(rest);
	if (rest.len && !parse_duration(b, o, rest, &r->fwsam.seconds))
		return OPT_BAD;
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
