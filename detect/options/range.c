/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/options/range.h"

#include <inttypes.h>

#include "core/buf.h"
#include "detect/options/arg.h"

static const struct {
	const char *text;
	enum range_op op;
} prefixes[] = {
	{ "<=", RANGE_LE },
	{ ">=", RANGE_GE },
	{ "<", RANGE_LT },
	{ ">", RANGE_GT },
	{ "!", RANGE_NE },
	{ "=", RANGE_EQ },
};

static bool
number(struct opt_build *b, const struct rule_opt *o, struct text t,
    const struct range_spec *spec, int64_t *v)
{
	t = text_trim(t);
	return spec->bases ?
	    arg_int_auto(b, o, t, spec->what, spec->min, spec->max, v) :
	    arg_int(b, o, t, spec->what, spec->min, spec->max, v);
}

/* The number that t starts with. */
static struct text
leading_number(struct text t)
{
	t = text_trim(t);
	for (size_t i = 0; i < t.len; i++)
		if (t.ptr[i] < '0' || t.ptr[i] > '9')
			t.len = i;
	return t;
}

static bool
parse_sides(struct opt_build *b, const struct rule_opt *o,
    struct text t, size_t at, size_t sep_len, const struct range_spec *spec,
    struct range *r)
{
	struct text lo = text_make(t.ptr, at);
	struct text hi = text_make(t.ptr + at + sep_len, t.len - at - sep_len);

	r->op = spec->ops >> RANGE_BETWEEN & 1 ? RANGE_BETWEEN : RANGE_IN;
	r->lo = spec->min;
	r->hi = spec->max;
	if (spec->tail)
		hi = leading_number(hi);
	if (spec->dash && !text_trim(lo).len && text_trim(hi).len) {
		r->op = RANGE_LE;
		return number(b, o, hi, spec, &r->lo);
	}
	if (spec->dash && !text_trim(hi).len && text_trim(lo).len) {
		r->op = RANGE_GE;
		return number(b, o, lo, spec, &r->lo);
	}
	return number(b, o, lo, spec, &r->lo) && number(b, o, hi, spec, &r->hi);
}

/* Where a<>b or a-b is split; t.len when it is not. */
static size_t
find_sep(struct text t, const struct range_spec *spec)
{
	for (size_t i = 0; i < t.len; i++) {
		if (spec->dash && t.ptr[i] == '-')
			return i;
		if (!spec->dash && t.ptr[i] == '<' && i + 1 < t.len &&
		    t.ptr[i + 1] == '>')
			return i;
	}
	return t.len;
}

bool
range_parse(struct opt_build *b, const struct rule_opt *o, struct text t,
    const struct range_spec *spec, struct range *r)
{
	size_t at;

	t = text_trim(t);
	*r = (struct range){ RANGE_EQ, 0, 0 };
	if (!t.len) {
		arg_error(b, o, t, "%s wants a number", spec->what);
		return false;
	}
	at = find_sep(t, spec);
	if (at < t.len && spec->ops & (1u << RANGE_IN | 1u << RANGE_BETWEEN))
		return parse_sides(b, o, t, at, spec->dash ? 1 : 2, spec, r);
	for (unsigned i = 0; i < ARRAY_LEN(prefixes); i++) {
		struct text prefix = text_of(prefixes[i].text);

		if (t.len < prefix.len ||
		    memcmp(t.ptr, prefix.ptr, prefix.len) != 0)
			continue;
		if (!(spec->ops >> prefixes[i].op & 1) ||
		    (prefixes[i].op == RANGE_EQ && !spec->equals)) {
			arg_error(b, o, t, "%s does not know `%s'",
			    spec->what, prefixes[i].text);
			return false;
		}
		r->op = prefixes[i].op;
		t = text_make(t.ptr + prefix.len, t.len - prefix.len);
		break;
	}
	return number(b, o, t, spec, &r->lo);
}

bool
range_has(const struct range *r, int64_t v)
{
	switch (r->op) {
	case RANGE_EQ:
		return v == r->lo;
	case RANGE_NE:
		return v != r->lo;
	case RANGE_LT:
		return v < r->lo;
	case RANGE_GT:
		return v > r->lo;
	case RANGE_LE:
		return v <= r->lo;
	case RANGE_GE:
		return v >= r->lo;
	case RANGE_IN:
		return v >= r->lo && v <= r->hi;
	case RANGE_BETWEEN:
		return v > r->lo && v < r->hi;
	}
	return false;
}

bool
range_is_empty(const struct range *r)
{
	return (r->op == RANGE_IN && r->lo > r->hi) ||
	    (r->op == RANGE_BETWEEN && r->lo + 1 >= r->hi);
}

void
range_print(struct buf *out, const struct range *r, bool dash)
{
	static const char *const signs[] = {
		[RANGE_EQ] = "", [RANGE_NE] = "!", [RANGE_LT] = "<",
		[RANGE_GT] = ">", [RANGE_LE] = "<=", [RANGE_GE] = ">=",
		[RANGE_IN] = "", [RANGE_BETWEEN] = "",
	};

	buf_printf(out, "%s%" PRId64, signs[r->op], r->lo);
	if (r->op == RANGE_IN || r->op == RANGE_BETWEEN)
		buf_printf(out, "%s%" PRId64, dash ? "-" : "<>", r->hi);
}
