/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/options/bits.h"

#include "core/buf.h"
#include "detect/options/arg.h"

static const char signs_of[] = {
	[BITS_EXACT] = 0, [BITS_ALL] = '+', [BITS_ANY] = '*',
	[BITS_NONE] = '!',
};

static bool
take_sign(char c, struct bits *out)
{
	for (unsigned m = BITS_ALL; m <= BITS_NONE; m++)
		if (signs_of[m] == c) {
			out->mode = m;
			return true;
		}
	return false;
}

static bool
take_letter(char c, const struct bit_letter *letters, unsigned n,
    struct bits *out)
{
	for (unsigned i = 0; i < n; i++)
		if (text_lower(letters[i].letter) == text_lower(c)) {
			out->value |= letters[i].bit;
			return true;
		}
	return false;
}

bool
bits_parse(struct opt_build *b, const struct rule_opt *o, struct text t,
    const struct bit_letter *letters, unsigned n, bool signs,
    struct bits *out)
{
	*out = (struct bits){ 0 };
	t = text_trim(t);
	for (size_t i = 0; i < t.len; i++) {
		char c = t.ptr[i];

		if (take_letter(c, letters, n, out) ||
		    (signs && take_sign(c, out)) || text_is_blank(c))
			continue;
		arg_error(b, o, text_make(t.ptr + i, 1),
		    "`%c' stands for no bit here", c);
		return false;
	}
	if (!t.len)
		arg_error(b, o, t, "letters are missing here");
	return t.len > 0;
}

bool
bits_match(const struct bits *want, uint16_t have)
{
	switch (want->mode) {
	case BITS_EXACT:
		return have == want->value;
	case BITS_ALL:
		return (have & want->value) == want->value;
	case BITS_ANY:
		return (have & want->value) != 0;
	case BITS_NONE:
		return (have & want->value) == 0;
	}
	return false;
}

void
bits_print(struct buf *out, const struct bits *v,
    const struct bit_letter *letters, unsigned n)
{
	uint16_t left = v->value;

	if (v->mode != BITS_EXACT)
		buf_putc(out, signs_of[v->mode]);
	for (unsigned i = 0; i < n; i++)
		if (letters[i].bit & left || (!v->value && !letters[i].bit)) {
			buf_putc(out, letters[i].letter);
			left &= (uint16_t)~letters[i].bit;
		}
}
