/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/buf.h"
#include "detect/eval.h"
#include "detect/options/arg.h"
#include "detect/options/bits.h"

static const struct bit_letter letters[] = {
	{ 'F', TCP_FIN }, { 'S', TCP_SYN }, { 'R', TCP_RST },
	{ 'P', TCP_PSH }, { 'A', TCP_ACK }, { 'U', TCP_URG },
	{ '1', TCP_CWR }, { 'C', TCP_CWR }, { '2', TCP_ECE },
	{ 'E', TCP_ECE }, { '0', 0 },
};

struct flags {
	struct bits bits, ignored;
};

static enum opt_parse
parse_flags(struct opt_build *b, const struct rule_opt *o)
{
	struct flags *f = arena_xalloc(b->arena, sizeof(*f));
	struct text rest = o->arg, item = { NULL, 0 };
	struct crule *out = b->out;

	if (!arg_next(&rest, ',', &item) ||
	    !bits_parse(b, o, item, letters, ARRAY_LEN(letters), true,
	    &f->bits))
		return item.ptr ? OPT_BAD :
		    opt_error(b, o, "flags wants letters of FSRPAU12CE0");
	if (arg_next(&rest, ',', &item) &&
	    !bits_parse(b, o, item, letters, ARRAY_LEN(letters), false,
	    &f->ignored))
		return OPT_BAD;
	if (rest.ptr)
		return arg_error(b, o, rest, "flags takes bits and a mask");
	if (f->bits.value & f->ignored.value &&
	    (f->bits.mode == BITS_EXACT || f->bits.mode == BITS_ALL))
		opt_warn(b, o, "the mask hides bits that must be set: the "
		    "rule never matches");
	if (f->bits.mode == BITS_EXACT && !out->has_flags_test) {
		out->has_flags_test = true;
		out->flags_value = (uint8_t)f->bits.value;
		out->flags_ignored = (uint8_t)f->ignored.value;
	}
	opt_add(b, &opt_flags, f);
	return OPT_OK;
}

static bool
match_flags(struct eval *e, const void *data)
{
	const struct pkt_dec *d = &e->unit->pkt->dec;
	const struct flags *f = data;

	return d->l4 == PKT_L4_TCP && bits_match(&f->bits,
	    (uint16_t)(d->tcp_flags & ~f->ignored.value));
}

static void
print_flags(struct buf *out, const void *data)
{
	const struct flags *f = data;

	buf_puts(out, "flags:");
	bits_print(out, &f->bits, letters, ARRAY_LEN(letters));
	if (f->ignored.value) {
		buf_putc(out, ',');
		bits_print(out, &f->ignored, letters, ARRAY_LEN(letters));
	}
}

const struct opt_ops opt_flags = {
	.name = "flags",
	.help = "TCP flags: these exactly, + and others, * any, ! none; a "
	    "mask names those that do not count",
	.grammar = "[! | * | +]FSRPAU12CE0[, FSRPAU12CE]",
	.flags = OPT_TCP,
	.parse = parse_flags,
	.match = match_flags,
	.print = print_flags,
};
