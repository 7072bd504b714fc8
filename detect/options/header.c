/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of the IP, TCP and ICMP headers: ttl tos id seq ack window itype
 * icode icmp_id icmp_seq. */
#include "core/buf.h"
#include "detect/eval.h"
#include "detect/options/arg.h"
#include "detect/options/range.h"

enum { ICMP4_ECHO_REPLY = 0, ICMP4_ECHO = 8, ICMP6_ECHO = 128,
	ICMP6_ECHO_REPLY = 129 };

#define OPS_NOT (1u << RANGE_EQ | 1u << RANGE_NE)
#define OPS_ICMP                                                               \
	(1u << RANGE_EQ | 1u << RANGE_LT | 1u << RANGE_GT | 1u << RANGE_BETWEEN)

static enum opt_parse
parse_range(struct opt_build *b, const struct rule_opt *o,
    const struct opt_ops *ops, const struct range_spec *spec)
{
	struct range *r = arena_xalloc(b->arena, sizeof(*r));

	if (!range_parse(b, o, o->arg, spec, r))
		return OPT_BAD;
	if (range_is_empty(r))
		opt_warn(b, o, "no %s is in this range: the rule never "
		    "matches", spec->what);
	opt_add(b, ops, r);
	return OPT_OK;
}

/* Snort takes what is no number as 0 in seq and ack, and so do we: old rule
 * sets load. */
static enum opt_parse
parse_lax(struct opt_build *b, const struct rule_opt *o,
    const struct opt_ops *ops)
{
	struct range *r = arena_xalloc(b->arena, sizeof(*r));

	*r = (struct range){ .op = RANGE_EQ };
	if (!text_to_i64_auto(text_trim(o->arg), 0, UINT32_MAX, &r->lo))
		opt_warn(b, o, "%s wants a number; `%.*s' is taken as 0",
		    ops->name, TEXT_ARG(o->arg));
	opt_add(b, ops, r);
	return OPT_OK;
}

static bool
is_ip(const struct pkt_dec *d)
{
	return d->ip_ver != 0;
}

static bool
is_tcp(const struct pkt_dec *d)
{
	return d->l4 == PKT_L4_TCP;
}

static bool
is_icmp(const struct pkt_dec *d)
{
	return d->l4 == PKT_L4_ICMP4 || d->l4 == PKT_L4_ICMP6;
}

static bool
is_echo(const struct pkt_dec *d)
{
	return d->l4 == PKT_L4_ICMP4 ? d->icmp_type == ICMP4_ECHO ||
	    d->icmp_type == ICMP4_ECHO_REPLY :
	    d->l4 == PKT_L4_ICMP6 && (d->icmp_type == ICMP6_ECHO ||
	    d->icmp_type == ICMP6_ECHO_REPLY);
}

/* One option: its field, when the field is there, and how it is printed. */
#define NUMBER(n, text, gram, fl, is, field, dash)                             \
	static bool match_##n(struct eval *e, const void *data)                \
	{                                                                      \
		const struct pkt_dec *d = &e->unit->pkt->dec;                  \
									       \
		return is(d) && range_has(data, d->field);                     \
	}                                                                      \
	static void print_##n(struct buf *out, const void *data)               \
	{                                                                      \
		buf_puts(out, #n ":");                                         \
		range_print(out, data, dash);                                  \
	}                                                                      \
	const struct opt_ops opt_##n = {                                       \
		.name = #n,                                                    \
		.help = text,                                                  \
		.grammar = gram,                                               \
		.flags = fl,                                                   \
		.parse = parse_##n,                                            \
		.match = match_##n,                                            \
		.print = print_##n,                                            \
	};

#define PARSE(n, ...)                                                          \
	static enum opt_parse parse_##n(struct opt_build *b,                   \
	    const struct rule_opt *o)                                          \
	{                                                                      \
		static const struct range_spec spec = { .what = #n,            \
			__VA_ARGS__ };                                         \
									       \
		return parse_range(b, o, &opt_##n, &spec);                     \
	}
#define PARSE_LAX(n)                                                           \
	static enum opt_parse parse_##n(struct opt_build *b,                   \
	    const struct rule_opt *o)                                          \
	{                                                                      \
		return parse_lax(b, o, &opt_##n);                              \
	}

PARSE(ttl, .max = UINT8_MAX, .dash = true, .equals = true,
    .ops = 1u << RANGE_EQ | 1u << RANGE_LT | 1u << RANGE_GT | 1u << RANGE_LE |
	1u << RANGE_GE | 1u << RANGE_IN)
NUMBER(ttl, "time to live, or hop limit",
    "[< | > | = | <= | >=]N | N-N | N- | -N", 0, is_ip, ip_ttl, true)

PARSE(tos, .max = UINT8_MAX, .bases = true, .ops = OPS_NOT)
NUMBER(tos, "type of service, or traffic class", "[!]N", 0, is_ip, ip_tos,
    false)

PARSE(id, .max = UINT16_MAX, .bases = true, .ops = 1u << RANGE_EQ)
NUMBER(id, "identification of the IP header", "N", 0, is_ip, ip_id, false)

PARSE_LAX(seq)
NUMBER(seq, "TCP sequence number", "N", OPT_TCP, is_tcp, tcp_seq, false)

PARSE_LAX(ack)
NUMBER(ack, "TCP acknowledgement number", "N", OPT_TCP, is_tcp, tcp_ack,
    false)

PARSE(window, .max = UINT16_MAX, .bases = true, .ops = OPS_NOT)
NUMBER(window, "TCP window", "[!]N", OPT_TCP, is_tcp, tcp_win, false)

PARSE(itype, .max = UINT8_MAX, .ops = OPS_ICMP)
NUMBER(itype, "ICMP type", "N | <N | >N | N<>N (both excluded)", OPT_ICMP,
    is_icmp, icmp_type, false)

static enum opt_parse
parse_icode(struct opt_build *b, const struct rule_opt *o)
{
	static const struct range_spec spec = { .what = "icode", .min = -1,
		.max = UINT8_MAX, .ops = OPS_ICMP };
	struct range r;

	if (!range_parse(b, o, o->arg, &spec, &r))
		return OPT_BAD;
	if (range_is_empty(&r))
		return arg_error(b, o, o->arg, "there is no number between "
		    "the two");
	return parse_range(b, o, &opt_icode, &spec);
}
NUMBER(icode, "ICMP code", "N | <N | >N | N<>N (both excluded)", OPT_ICMP,
    is_icmp, icmp_code, false)

PARSE(icmp_id, .max = UINT16_MAX, .bases = true, .ops = 1u << RANGE_EQ)
NUMBER(icmp_id, "identifier of an ICMP echo or its reply", "N", OPT_ICMP,
    is_echo, icmp_id, false)

PARSE(icmp_seq, .max = UINT16_MAX, .bases = true, .ops = 1u << RANGE_EQ)
NUMBER(icmp_seq, "sequence number of an ICMP echo or its reply", "N",
    OPT_ICMP, is_echo, icmp_seq, false)
