/* SPDX-License-Identifier: GPL-2.0-or-later */
/* urilen and http_encode. */
#include "core/buf.h"
#include "decoders/app/http.h"
#include "detect/eval.h"
#include "detect/options/arg.h"
#include "detect/options/range.h"

struct urilen {
	struct range range;
	bool norm;
};

static enum opt_parse
parse_urilen(struct opt_build *b, const struct rule_opt *o)
{
	static const struct range_spec spec = { .what = "urilen",
		.max = UINT16_MAX, .ops = 1u << RANGE_EQ | 1u << RANGE_LT |
		1u << RANGE_GT | 1u << RANGE_IN };
	struct urilen *u = arena_xalloc(b->arena, sizeof(*u));
	struct text rest = o->arg, item = { NULL, 0 };

	if (!arg_next(&rest, ',', &item))
		return opt_error(b, o, "urilen wants a number");
	if (!range_parse(b, o, item, &spec, &u->range))
		return OPT_BAD;
	if (arg_next(&rest, ',', &item)) {
		u->norm = text_is_nocase(item, "norm");
		if ((!u->norm && !text_is_nocase(item, "raw")) || rest.ptr)
			return arg_error(b, o, item, "urilen looks at the URI "
			    "as sent, `raw', or normalised, `norm'");
	}
	if (range_is_empty(&u->range))
		opt_warn(b, o, "no URI has such a length: the rule never "
		    "matches");
	b->out->needs |= RULE_NEEDS_HTTP;
	opt_add(b, &opt_urilen, u);
	return OPT_OK;
}

static bool
match_urilen(struct eval *e, const void *data)
{
	const struct urilen *u = data;
	struct slice s;

	return eval_bytes(e, u->norm ? BUF_HTTP_URI : BUF_HTTP_RAW_URI, &s) &&
	    range_has(&u->range, (int64_t)s.len);
}

static void
print_urilen(struct buf *out, const void *data)
{
	const struct urilen *u = data;

	buf_puts(out, "urilen:");
	range_print(out, &u->range, false);
	if (u->norm)
		buf_puts(out, ",norm");
}

const struct opt_ops opt_urilen = {
	.name = "urilen",
	.help = "length of the request URI",
	.grammar = "N | <N | >N | N<>N (both included)[, norm | raw]",
	.parse = parse_urilen,
	.match = match_urilen,
	.print = print_urilen,
};

/* -- http_encode ----------------------------------------------------------- */

static const struct arg_word fields[] = {
	{ "uri", HTTP_FIELD_URI + 1 }, { "header", HTTP_FIELD_HEADER + 1 },
	{ "cookie", HTTP_FIELD_COOKIE + 1 },
};
static const struct arg_word encodings[] = {
	{ "utf8", HTTP_ENC_UTF8 },           { "double_encode", HTTP_ENC_DOUBLE },
	{ "non_ascii", HTTP_ENC_NON_ASCII }, { "uencode", HTTP_ENC_U_ENCODE },
	{ "bare_byte", HTTP_ENC_BARE_BYTE }, { "ascii", HTTP_ENC_ASCII },
	{ "iis_encode", HTTP_ENC_IIS_UNICODE },
};

struct http_encode {
	unsigned field; /* 0: a word that is none, never matches */
	unsigned types;
	bool negated;
};

static enum opt_parse
parse_http_encode(struct opt_build *b, const struct rule_opt *o)
{
	struct http_encode *h = arena_xalloc(b->arena, sizeof(*h));
	struct text rest = o->arg, field, types, type;

	if (!arg_next(&rest, ',', &field) || !arg_next(&rest, ',', &types) ||
	    rest.ptr)
		return arg_error(b, o, o->arg, "http_encode wants `field, "
		    "encoding'");
	/* Snort does not check the field's name */
	if (!arg_word(fields, ARRAY_LEN(fields), field, &h->field))
		opt_warn(b, o, "http_encode knows uri, header and cookie, not "
		    "`%.*s': it never matches", TEXT_ARG(field));
	h->negated = arg_not(&types);
	while (arg_next(&types, '|', &type)) {
		unsigned bit;

		if (type.len && type.ptr[0] == '!')
			return arg_error(b, o, type, "`!' stands before one "
			    "encoding alone");
		if (!arg_word(encodings, ARRAY_LEN(encodings), type, &bit))
			return arg_error(b, o, type, "http_encode does not "
			    "know `%.*s'", TEXT_ARG(type));
		h->types |= bit;
	}
	if (h->negated && h->types & (h->types - 1))
		return arg_error(b, o, o->arg,
		    "`!' stands before one encoding alone");
	b->out->needs |= RULE_NEEDS_HTTP;
	opt_add(b, &opt_http_encode, h);
	return OPT_OK;
}

static bool
match_http_encode(struct eval *e, const void *data)
{
	const struct http_encode *h = data;
	const struct http_facts *f = e->unit->facts;

	if (e->unit->app != APP_HTTP || !f || !h->field)
		return false;
	return ((f->encodings[h->field - 1] & h->types) != 0) != h->negated;
}

static void
print_http_encode(struct buf *out, const void *data)
{
	const struct http_encode *h = data;
	const char *sep = h->negated ? ",!" : ",";

	buf_printf(out, "http_encode:%s", h->field ?
	    fields[h->field - 1].name : "none");
	for (unsigned i = 0; i < ARRAY_LEN(encodings); i++)
		if (h->types & encodings[i].value) {
			buf_printf(out, "%s%s", sep, encodings[i].name);
			sep = "|";
		}
}

const struct opt_ops opt_http_encode = {
	.name = "http_encode",
	.help = "how a field of the request was encoded",
	.grammar = "uri | header | cookie, [!]utf8 | double_encode | "
	    "non_ascii | uencode | bare_byte | ascii | iis_encode",
	.parse = parse_http_encode,
	.match = match_http_encode,
	.print = print_http_encode,
};
