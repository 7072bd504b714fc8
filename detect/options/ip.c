/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the IP header tells: fragbits fragoffset ip_proto sameip ipopts. */
#include "core/buf.h"
#include "detect/eval.h"
#include "detect/options/arg.h"
#include "detect/options/bits.h"
#include "detect/options/range.h"

enum {
	FRAG_BITS = IP_FLAG_RB | IP_FLAG_DF | IP_FLAG_MF,
	FRAG_OFFSET = 0x1fff,
	FRAG_UNIT = 8, /* bytes that the offset counts in */
};

/* -- fragbits --------------------------------------------------------------- */

static const struct bit_letter frag_letters[] = {
	{ 'M', IP_FLAG_MF },
	{ 'D', IP_FLAG_DF },
	{ 'R', IP_FLAG_RB },
};

static enum opt_parse
parse_fragbits(struct opt_build *b, const struct rule_opt *o)
{
	struct bits *v = arena_xalloc(b->arena, sizeof(*v));

	if (!bits_parse(b, o, o->arg, frag_letters, ARRAY_LEN(frag_letters),
	    true, v))
		return OPT_BAD;
	opt_add(b, &opt_fragbits, v);
	return OPT_OK;
}

static bool
match_fragbits(struct eval *e, const void *data)
{
	const struct pkt_dec *d = &e->unit->pkt->dec;

	return d->ip_ver && bits_match(data, d->ip_frag & FRAG_BITS);
}

static void
print_fragbits(struct buf *out, const void *data)
{
	buf_puts(out, "fragbits:");
	bits_print(out, data, frag_letters, ARRAY_LEN(frag_letters));
}

const struct opt_ops opt_fragbits = {
	.name = "fragbits",
	.help = "more fragments, don't fragment, reserved: these exactly, + "
	    "and others, * any, ! none",
	.grammar = "[! | + | *]MDR",
	.parse = parse_fragbits,
	.match = match_fragbits,
	.print = print_fragbits,
};

/* -- fragoffset ------------------------------------------------------------- */

static enum opt_parse
parse_fragoffset(struct opt_build *b, const struct rule_opt *o)
{
	static const struct range_spec spec = { .what = "fragoffset",
		.max = UINT16_MAX, .ops = 1u << RANGE_EQ | 1u << RANGE_NE |
		1u << RANGE_LT | 1u << RANGE_GT };
	struct range *r = arena_xalloc(b->arena, sizeof(*r));

	if (!range_parse(b, o, o->arg, &spec, r))
		return OPT_BAD;
	opt_add(b, &opt_fragoffset, r);
	return OPT_OK;
}

static bool
match_fragoffset(struct eval *e, const void *data)
{
	const struct pkt_dec *d = &e->unit->pkt->dec;

	return d->ip_ver &&
	    range_has(data, (d->ip_frag & FRAG_OFFSET) * FRAG_UNIT);
}

static void
print_fragoffset(struct buf *out, const void *data)
{
	buf_puts(out, "fragoffset:");
	range_print(out, data, false);
}

const struct opt_ops opt_fragoffset = {
	.name = "fragoffset",
	.help = "offset of the fragment, in bytes",
	.grammar = "[! | < | >]N",
	.parse = parse_fragoffset,
	.match = match_fragoffset,
	.print = print_fragoffset,
};

/* -- ip_proto ----------------------------------------------------------------- */

static const struct arg_word protocols[] = {
	{ "ip", 0 }, { "icmp", 1 }, { "igmp", 2 }, { "ipencap", 4 },
	{ "ipip", 4 }, { "tcp", 6 }, { "egp", 8 }, { "igp", 9 },
	{ "udp", 17 }, { "rdp", 27 }, { "dccp", 33 }, { "ipv6", 41 },
	{ "ipv6-route", 43 }, { "ipv6-frag", 44 }, { "rsvp", 46 },
	{ "gre", 47 }, { "esp", 50 }, { "ah", 51 }, { "ipv6-icmp", 58 },
	{ "icmpv6", 58 }, { "icmp6", 58 }, { "ipv6-nonxt", 59 },
	{ "ipv6-opts", 60 }, { "eigrp", 88 }, { "ospf", 89 }, { "pim", 103 },
	{ "ipcomp", 108 }, { "vrrp", 112 }, { "l2tp", 115 }, { "isis", 124 },
	{ "sctp", 132 }, { "udplite", 136 },
};

static enum opt_parse
parse_ip_proto(struct opt_build *b, const struct rule_opt *o)
{
	static const struct range_spec spec = { .what = "ip_proto",
		.max = UINT8_MAX, .bases = true, .ops = 1u << RANGE_EQ |
		1u << RANGE_NE | 1u << RANGE_LT | 1u << RANGE_GT };
	struct range *r = arena_xalloc(b->arena, sizeof(*r));
	struct text name = o->arg;
	bool negated = arg_not(&name);
	unsigned proto;

	if (b->rule->has_header && b->rule->proto != PROTO_IP)
		return opt_error(b, o, "ip_proto is for ip rules");
	if (arg_word(protocols, ARRAY_LEN(protocols), name, &proto))
		*r = (struct range){ negated ? RANGE_NE : RANGE_EQ, proto, 0 };
	else if (!range_parse(b, o, o->arg, &spec, r))
		return OPT_BAD;
	opt_add(b, &opt_ip_proto, r);
	return OPT_OK;
}

static bool
match_ip_proto(struct eval *e, const void *data)
{
	const struct pkt_dec *d = &e->unit->pkt->dec;

	return d->ip_ver && range_has(data, d->ip_proto);
}

static void
print_ip_proto(struct buf *out, const void *data)
{
	buf_puts(out, "ip_proto:");
	range_print(out, data, false);
}

const struct opt_ops opt_ip_proto = {
	.name = "ip_proto",
	.help = "protocol above IP",
	.grammar = "[! | > | <]N | [!]name",
	.parse = parse_ip_proto,
	.match = match_ip_proto,
	.print = print_ip_proto,
};

/* -- sameip ---------------------------------------------------------------------- */

static enum opt_parse
parse_sameip(struct opt_build *b, const struct rule_opt *o)
{
	(void)o;
	opt_add(b, &opt_sameip, NULL);
	return OPT_OK;
}

static bool
match_sameip(struct eval *e, const void *data)
{
	const struct pkt_dec *d = &e->unit->pkt->dec;

	(void)data;
	return d->ip_ver && ipaddr_eq(&d->src, &d->dst);
}

static void
print_sameip(struct buf *out, const void *data)
{
	(void)data;
	buf_puts(out, "sameip");
}

const struct opt_ops opt_sameip = {
	.name = "sameip",
	.help = "source and destination address are the same",
	.grammar = "",
	.flags = OPT_NO_ARG,
	.parse = parse_sameip,
	.match = match_sameip,
	.print = print_sameip,
};

/* -- ipopts ------------------------------------------------------------------------ */

enum { IPOPT_ANY = 256 };

/* RFC 791 and the IANA registry; lsrre is what Snort calls 0x84. */
static const struct arg_word ip_options[] = {
	{ "eol", 0 }, { "nop", 1 }, { "rr", 7 }, { "ts", 68 },
	{ "sec", 130 }, { "lsrr", 131 }, { "lsrre", 132 }, { "esec", 133 },
	{ "satid", 136 }, { "ssrr", 137 }, { "any", IPOPT_ANY },
};

static enum opt_parse
parse_ipopts(struct opt_build *b, const struct rule_opt *o)
{
	unsigned *kind = arena_xalloc(b->arena, sizeof(*kind));

	if (!arg_word(ip_options, ARRAY_LEN(ip_options), text_trim(o->arg),
	    kind))
		return arg_error(b, o, o->arg, "ipopts is one of rr, eol, "
		    "nop, ts, sec, esec, lsrr, lsrre, ssrr, satid and any");
	opt_add(b, &opt_ipopts, kind);
	return OPT_OK;
}

static bool
match_ipopts(struct eval *e, const void *data)
{
	const struct packet *p = e->unit->pkt;
	unsigned kind = *(const unsigned *)data;

	for (unsigned i = 0; i < p->dec.n_ip4_opts; i++)
		if (kind == IPOPT_ANY || p->ip4_opts[i].kind == kind)
			return true;
	return false;
}

static void
print_ipopts(struct buf *out, const void *data)
{
	buf_printf(out, "ipopts:%s", arg_word_name(ip_options,
	    ARRAY_LEN(ip_options), *(const unsigned *)data));
}

const struct opt_ops opt_ipopts = {
	.name = "ipopts",
	.help = "the IPv4 header has this option",
	.grammar = "rr | eol | nop | ts | sec | esec | lsrr | lsrre | ssrr | "
	    "satid | any",
	.parse = parse_ipopts,
	.match = match_ipopts,
	.print = print_ipopts,
};
