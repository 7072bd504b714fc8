/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * asn1: walks BER (X.690) and looks for encodings that broke decoders. It
 * goes on into constructed values and over primitive ones; what the length
 * promises need not be in the packet.
 */
#include <inttypes.h>

#include "core/buf.h"
#include "core/cursor.h"
#include "detect/eval.h"
#include "detect/options/arg.h"

enum {
	BER_CLASS = 0xc0,
	BER_CONSTRUCTED = 0x20,
	BER_TAG = 0x1f,
	BER_BIT_STRING = 3,
	BER_REAL = 9,
	BER_LONG_FORM = 0x80,
	REAL_BINARY_OR_SPECIAL = 0xc0,
	DOUBLE_MAX = 256,
	OFFSET_MAX = 65535,
	NODES_MAX = 65535,
};

struct asn1 {
	bool bitstring, real, oversize, print, relative, absolute;
	uint32_t max_len;
	int32_t offset;
	unsigned max_nodes;
};

/* One word, with its number when it takes one. */
static bool
parse_word(struct opt_build *b, const struct rule_opt *o, struct text *rest,
    struct text word, struct asn1 *a)
{
	bool relative = text_is(word, "relative_offset");
	int64_t v;

	if (text_is(word, "bitstring_overflow")) {
		a->bitstring = true;
	} else if (text_is(word, "double_overflow")) {
		a->real = true;
	} else if (text_is(word, "print")) {
		a->print = true;
	} else if (text_is(word, "oversize_length")) {
		if (!arg_int(b, o, text_word(rest), "oversize_length", 0,
		    UINT32_MAX, &v))
			return false;
		a->oversize = true;
		a->max_len = (uint32_t)v;
	} else if (relative || text_is(word, "absolute_offset")) {
		if (!arg_int(b, o, text_word(rest), "the offset",
		    relative ? -OFFSET_MAX : 0, OFFSET_MAX, &v))
			return false;
		a->relative = relative;
		a->absolute = !relative;
		a->offset = (int32_t)v;
	} else {
		arg_error(b, o, word, "asn1 does not know `%.*s'",
		    TEXT_ARG(word));
		return false;
	}
	return true;
}

static enum opt_parse
parse_asn1(struct opt_build *b, const struct rule_opt *o)
{
	struct asn1 *a = arena_xalloc(b->arena, sizeof(*a));
	struct text rest = o->arg, item;

	a->max_nodes = b->conf->asn1_max_nodes;
	if (!a->max_nodes || a->max_nodes > NODES_MAX)
		a->max_nodes = NODES_MAX;
	/* blanks separate as well as commas do */
	while (arg_next(&rest, ',', &item))
		for (struct text word = text_word(&item); word.len;
		    word = text_word(&item))
			if (!parse_word(b, o, &item, word, a))
				return OPT_BAD;
	if (!a->bitstring && !a->real && !a->oversize && !a->print)
		opt_warn(b, o, "asn1 without a test never matches");
	opt_add(b, &opt_asn1, a);
	return OPT_OK;
}

/* Reads a BER length; *known is false for the indefinite form. */
static bool
read_length(struct cursor *c, uint32_t *len, bool *known)
{
	uint8_t first, byte;
	uint32_t v = 0;

	if (!cur_u8(c, &first))
		return false;
	*known = first != BER_LONG_FORM;
	if (first <= BER_LONG_FORM) {
		*len = *known ? first : 0;
		return true;
	}
	for (unsigned i = first & 0x7f; i; i--) {
		if (v >> 24 || !cur_u8(c, &byte))
			return false;
		v = v << 8 | byte;
	}
	*len = v;
	return true;
}

static bool
read_tag(struct cursor *c, uint8_t *ident, bool *high)
{
	uint8_t byte;

	if (!cur_u8(c, ident))
		return false;
	*high = (*ident & BER_TAG) == BER_TAG;
	if (*high)
		do {
			if (!cur_u8(c, &byte))
				return false;
		} while (byte & 0x80);
	return true;
}

static bool
is_bad(const struct asn1 *a, uint8_t ident, bool high, uint32_t len,
    const struct cursor *value)
{
	bool primitive = !(ident & (BER_CLASS | BER_CONSTRUCTED)) && !high;
	const uint8_t *first = cur_peek(value, 1);

	if (a->oversize && len >= a->max_len)
		return true;
	if (!primitive || !first || !len)
		return false;
	if (a->bitstring && (ident & BER_TAG) == BER_BIT_STRING &&
	    ((uint64_t)len - 1) * 8 < *first)
		return true;
	/* a real number written out in characters */
	return a->real && (ident & BER_TAG) == BER_REAL &&
	    !(*first & REAL_BINARY_OR_SPECIAL) && len > DOUBLE_MAX;
}

static bool
match_asn1(struct eval *e, const void *data)
{
	const struct asn1 *a = data;
	enum buf_id id = eval_buf(e, false);
	uint32_t cursor = 0, len;
	struct slice s;
	struct cursor c;
	int64_t start;
	uint8_t ident;
	bool high, known;

	if (eval_dsize(e) == 0 || !eval_bytes(e, id, &s))
		return false;
	if (a->relative &&
	    (!e->s.set || !eval_cursor(e, id, s, &cursor)))
		return false;
	start = (int64_t)cursor + a->offset;
	c = cur_make(s.ptr, s.len);
	if (start < 0 || !cur_skip(&c, (size_t)start))
		return false;
	if (a->print)
		return true;
	for (unsigned n = 0; n < a->max_nodes; n++) {
		if (!read_tag(&c, &ident, &high) ||
		    !read_length(&c, &len, &known))
			return false;
		if (is_bad(a, ident, high, len, &c))
			return true;
		if (!(ident & BER_CONSTRUCTED) && known && !cur_skip(&c, len))
			return false;
	}
	return false;
}

static void
print_asn1(struct buf *out, const void *data)
{
	const struct asn1 *a = data;
	const char *sep = "asn1:";

	if (a->bitstring) {
		buf_printf(out, "%sbitstring_overflow", sep);
		sep = ",";
	}
	if (a->real) {
		buf_printf(out, "%sdouble_overflow", sep);
		sep = ",";
	}
	if (a->oversize) {
		buf_printf(out, "%soversize_length %" PRIu32, sep, a->max_len);
		sep = ",";
	}
	if (a->relative || a->absolute) {
		buf_printf(out, "%s%s %" PRId32, sep, a->relative ?
		    "relative_offset" : "absolute_offset", a->offset);
		sep = ",";
	}
	if (a->print)
		buf_printf(out, "%sprint", sep);
	else if (*sep == 'a')
		buf_puts(out, "asn1");
}

static bool
is_relative(const void *data)
{
	return ((const struct asn1 *)data)->relative;
}

const struct opt_ops opt_asn1 = {
	.name = "asn1",
	.help = "BER encodings that broke decoders",
	.grammar = "[bitstring_overflow][, double_overflow][, oversize_length "
	    "N][, absolute_offset N | relative_offset N][, print]",
	.flags = OPT_PAYLOAD,
	.parse = parse_asn1,
	.match = match_asn1,
	.print = print_asn1,
	.is_relative = is_relative,
};
