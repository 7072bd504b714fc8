/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/options/byte.h"

#include "core/buf.h"
#include "detect/options/dce.h"

enum word {
	WORD_RELATIVE,
	WORD_BIG,
	WORD_LITTLE,
	WORD_STRING,
	WORD_HEX,
	WORD_DEC,
	WORD_OCT,
	WORD_DCE,
	WORD_BITMASK,
};

static const struct arg_word words[] = {
	{ "relative", WORD_RELATIVE },
	{ "big", WORD_BIG },
	{ "little", WORD_LITTLE },
	{ "string", WORD_STRING },
	{ "hex", WORD_HEX },
	{ "dec", WORD_DEC },
	{ "oct", WORD_OCT },
	{ "dce", WORD_DCE },
	{ "bitmask", WORD_BITMASK },
};

static bool
set_base(struct byte_field *f, uint8_t base)
{
	f->has_base = true;
	f->base = base;
	return true;
}

bool
byte_tail(struct opt_build *b, const struct rule_opt *o, struct text item,
    struct byte_field *f, bool *known)
{
	struct text arg = item, name = text_word(&arg);
	unsigned word;
	int64_t v;

	arg = text_trim(arg);
	*known = arg_word(words, ARRAY_LEN(words), name, &word) &&
	    (word == WORD_BITMASK || !arg.len);
	if (!*known)
		return true;
	switch ((enum word)word) {
	case WORD_RELATIVE:
		f->relative = true;
		return true;
	case WORD_BIG:
		f->little = false;
		return true;
	case WORD_LITTLE:
		f->little = true;
		return true;
	case WORD_STRING:
		f->string = true;
		return true;
	case WORD_HEX:
		return set_base(f, 16);
	case WORD_DEC:
		return set_base(f, 10);
	case WORD_OCT:
		return set_base(f, 8);
	case WORD_DCE:
		f->dce = true;
		return true;
	case WORD_BITMASK:
		if (!arg_int_auto(b, o, arg, "bitmask", 1, UINT32_MAX, &v))
			return false;
		f->bitmask = (uint32_t)v;
		return true;
	}
	return true;
}

bool
byte_finish(struct opt_build *b, const struct rule_opt *o, struct text t,
    int64_t min, uint8_t default_base, struct byte_field *f)
{
	int64_t n;

	if (!arg_int(b, o, t, f->string ? "the number of characters" :
	    "the number of bytes", min,
	    f->string ? BYTE_STRING_MAX : BYTE_BINARY_MAX, &n))
		return false;
	f->n = (uint8_t)n;
	if (f->has_base && !f->string) {
		arg_error(b, o, o->arg, "hex, dec and oct need `string'");
		return false;
	}
	if (f->dce && f->string) {
		arg_error(b, o, o->arg, "dce is for binary numbers, not with "
		    "`string'");
		return false;
	}
	if (f->n < 4 && f->bitmask >> (8 * f->n)) {
		arg_error(b, o, o->arg, "the bitmask has more bytes than the "
		    "%u that are read", f->n);
		return false;
	}
	if (!f->has_base)
		f->base = default_base;
	if (f->dce)
		b->out->needs |= RULE_NEEDS_DCE;
	return true;
}

void
byte_tail_print(struct buf *out, const struct byte_field *f,
    uint8_t default_base)
{
	if (f->relative)
		buf_puts(out, ",relative");
	if (f->little)
		buf_puts(out, ",little");
	if (f->string)
		buf_puts(out, ",string");
	if (f->string && f->base != default_base)
		buf_puts(out, f->base == 16 ? ",hex" :
		    f->base == 8 ? ",oct" : ",dec");
	if (f->dce)
		buf_puts(out, ",dce");
	if (f->bitmask)
		buf_printf(out, ",bitmask 0x%x", f->bitmask);
}

bool
byte_place(const struct eval *e, const struct byte_field *f, int64_t offset,
    enum buf_id *id, struct slice *s, int64_t *pos)
{
	uint32_t cursor = 0;

	/* the byte order that dce stands for comes from a DCE/RPC header */
	if (f->dce && !dce_facts_of(e->unit))
		return false;
	*id = eval_buf(e, false);
	if (!eval_bytes(e, *id, s))
		return false;
	if (f->relative && !eval_cursor(e, *id, *s, &cursor))
		return false;
	*pos = (int64_t)cursor + offset;
	return true;
}

static unsigned
digit_of(uint8_t c)
{
	c = (uint8_t)text_lower((char)c);
	return c >= '0' && c <= '9' ? c - (unsigned)'0' :
	    c >= 'a' && c <= 'z' ? c - (unsigned)'a' + 10 : 99;
}

static bool
string_value(const struct byte_field *f, struct slice in, uint32_t *value,
    uint32_t *used)
{
	unsigned base = f->base;
	uint64_t v = 0;
	size_t i = 0, from;

	while (i < in.len && text_is_blank((char)in.ptr[i]))
		i++;
	if (i < in.len && in.ptr[i] == '+')
		i++;
	if ((base == 0 || base == 16) && i + 2 < in.len &&
	    in.ptr[i] == '0' && (in.ptr[i + 1] | 0x20) == 'x' &&
	    digit_of(in.ptr[i + 2]) < 16) {
		i += 2;
		base = 16;
	} else if (base == 0) {
		base = i < in.len && in.ptr[i] == '0' ? 8 : 10;
	}
	for (from = i; i < in.len && digit_of(in.ptr[i]) < base; i++)
		v = v * base + digit_of(in.ptr[i]);
	*value = v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
	*used = (uint32_t)i;
	return i > from;
}

bool
byte_value(const struct eval *e, const struct byte_field *f, struct slice s,
    int64_t pos, uint32_t *value, uint32_t *used)
{
	const struct dce_facts *dce = f->dce ? dce_facts_of(e->unit) : NULL;
	bool little = dce ? dce->little : f->little;
	struct slice in;
	uint32_t v = 0;

	if (pos < 0 || pos > (int64_t)s.len ||
	    f->n > s.len - (size_t)pos)
		return false;
	in = slice_make(f->n ? s.ptr + pos : s.ptr, f->n);
	*used = f->n;
	if (f->string) {
		if (!string_value(f, in, &v, used))
			return false;
	} else {
		for (size_t i = 0; i < in.len; i++)
			v |= (uint32_t)in.ptr[i] <<
			    8 * (little ? i : in.len - 1 - i);
	}
	if (f->bitmask)
		v = (v & f->bitmask) >> __builtin_ctz(f->bitmask);
	*value = v;
	return true;
}
