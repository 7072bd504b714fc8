/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changes the content before it. */
#include "core/buf.h"
#include "detect/options/content.h"

enum { PLACE_MAX = 65535 };

static enum opt_parse
parse_nocase(struct opt_build *b, const struct rule_opt *o)
{
	if (b->content->is_protected)
		return opt_error(b, o, "nocase is not possible with "
		    "protected_content");
	b->content->nocase = true;
	return OPT_OK;
}

static enum opt_parse
parse_rawbytes(struct opt_build *b, const struct rule_opt *o)
{
	if (b->content->is_http)
		return opt_error(b, o, "a content looks at the raw payload or "
		    "at %s, not at both", buf_name(b->content->http));
	b->content->rawbytes = true;
	return OPT_OK;
}

/* -- the window ------------------------------------------------------------ */

static bool
parse_place(struct opt_build *b, const struct rule_opt *o,
    const char *what, bool conflict, struct operand *op)
{
	if (conflict) {
		opt_error(b, o, "%s is given twice, or offset and depth are "
		    "mixed with distance and within on one content", what);
		return false;
	}
	return arg_operand(b, o, text_trim(o->arg), what, false, -PLACE_MAX,
	    PLACE_MAX, op);
}

static enum opt_parse
parse_offset(struct opt_build *b, const struct rule_opt *o)
{
	struct content *c = b->content;

	if (!parse_place(b, o, "offset", operand_is_set(&c->offset) ||
	    operand_is_set(&c->distance) || operand_is_set(&c->within), &c->offset))
		return OPT_BAD;
	c->has_offset = true;
	return OPT_OK;
}

static enum opt_parse
parse_distance(struct opt_build *b, const struct rule_opt *o)
{
	struct content *c = b->content;

	if (!parse_place(b, o, "distance", operand_is_set(&c->distance) ||
	    operand_is_set(&c->offset) || operand_is_set(&c->depth), &c->distance))
		return OPT_BAD;
	c->has_distance = true;
	return OPT_OK;
}

static enum opt_parse
parse_depth(struct opt_build *b, const struct rule_opt *o)
{
	struct content *c = b->content;

	if (c->is_protected)
		return opt_error(b, o, "a protected_content has a fixed "
		    "length: depth is not possible");
	if (!parse_place(b, o, "depth", operand_is_set(&c->depth) ||
	    operand_is_set(&c->distance) || operand_is_set(&c->within), &c->depth))
		return OPT_BAD;
	if (!c->depth.name.len && c->depth.value < (int64_t)c->len)
		return arg_error(b, o, o->arg, "depth must be at least %u, "
		    "the length of the content", c->len);
	c->has_depth = true;
	return OPT_OK;
}

static enum opt_parse
parse_within(struct opt_build *b, const struct rule_opt *o)
{
	struct content *c = b->content;

	if (c->is_protected)
		return opt_error(b, o, "a protected_content has a fixed "
		    "length: within is not possible");
	if (!parse_place(b, o, "within", operand_is_set(&c->within) ||
	    operand_is_set(&c->offset) || operand_is_set(&c->depth), &c->within))
		return OPT_BAD;
	if (!c->within.name.len && c->within.value >= 0 &&
	    c->within.value < (int64_t)c->len)
		return arg_error(b, o, o->arg, "within must be at least %u, "
		    "the length of the content: it would never match",
		    c->len);
	if (!c->within.name.len && c->within.value < -1)
		opt_warn(b, o, "a negative within other than -1 never "
		    "matches");
	c->has_within = true;
	return OPT_OK;
}

/* -- fast_pattern ----------------------------------------------------------- */

static enum opt_parse
parse_fast_pattern(struct opt_build *b, const struct rule_opt *o)
{
	struct content *c = b->content;
	struct text rest = o->arg, off, len;
	int64_t v_off, v_len;

	if (b->fast)
		return opt_error(b, o, "fast_pattern may be given once in a "
		    "rule");
	b->fast = c;
	if (!text_trim(o->arg).len) {
		c->fast = FAST_WHOLE;
		return OPT_OK;
	}
	if (text_is(text_trim(o->arg), "only")) {
		c->fast = FAST_ONLY;
		return OPT_OK;
	}
	if (!arg_next(&rest, ',', &off) || !arg_next(&rest, ',', &len) ||
	    rest.ptr || !text_to_i64(off, 0, PLACE_MAX, &v_off) ||
	    !text_to_i64(len, 1, PLACE_MAX, &v_len) ||
	    v_off + v_len > (int64_t)c->len)
		return arg_error(b, o, o->arg, "fast_pattern takes nothing, "
		    "`only', or `offset,length' inside the %u bytes of the "
		    "content", c->len);
	c->fast = FAST_PART;
	c->fast_off = (uint32_t)v_off;
	c->fast_len = (uint32_t)v_len;
	return OPT_OK;
}

/* -- protected_content -------------------------------------------------------- */

static enum opt_parse
parse_hash(struct opt_build *b, const struct rule_opt *o)
{
	static const struct arg_word kinds[] = {
		{ "md5", DIGEST_MD5 },
		{ "sha256", DIGEST_SHA256 },
		{ "sha512", DIGEST_SHA512 },
	};
	unsigned kind;

	if (!b->content->is_protected)
		return opt_error(b, o, "hash belongs to protected_content");
	if (!arg_word(kinds, ARRAY_LEN(kinds), text_trim(o->arg), &kind))
		return arg_error(b, o, o->arg, "hash is md5, sha256 or "
		    "sha512");
	b->content->digest = kind;
	return OPT_OK;
}

static enum opt_parse
parse_length(struct opt_build *b, const struct rule_opt *o)
{
	int64_t v;

	if (!b->content->is_protected)
		return opt_error(b, o, "length belongs to protected_content");
	if (!arg_int(b, o, text_trim(o->arg), "length", 1, PLACE_MAX, &v))
		return OPT_BAD;
	b->content->len = (uint32_t)v;
	return OPT_OK;
}

/* -- replace -------------------------------------------------------------------- */

static enum opt_parse
parse_replace(struct opt_build *b, const struct rule_opt *o)
{
	struct content *c = b->content;
	struct text rest = o->arg, quoted;

	if (c->negated || c->is_protected || c->is_http)
		return opt_error(b, o, "replace needs a content that is "
		    "found in the payload");
	if (!content_quoted(b, o, &rest, &quoted) ||
	    !content_text(b, o, quoted, &c->replace))
		return OPT_BAD;
	if (rest.len)
		return arg_error(b, o, rest, "nothing may follow the text");
	if (c->replace.len != c->len)
		opt_warn(b, o, "the text has %zu bytes, its content %u: a "
		    "packet's length does not change", c->replace.len,
		    c->len);
	c->has_replace = true;
	return OPT_OK;
}

/* -- http buffers ------------------------------------------------------------------ */

static enum opt_parse
set_http(struct opt_build *b, const struct rule_opt *o, enum buf_id id)
{
	struct content *c = b->content;

	if (c->rawbytes)
		return opt_error(b, o, "a content looks at the raw payload or "
		    "at %s, not at both", buf_name(id));
	if (c->has_replace)
		return opt_error(b, o, "replace needs a content that is "
		    "found in the payload");
	if (c->is_http)
		opt_warn(b, o, "a content looks at one http buffer: %s is "
		    "forgotten, %s counts", buf_name(c->http), buf_name(id));
	c->is_http = true;
	c->http = id;
	b->out->needs |= RULE_NEEDS_HTTP;
	return OPT_OK;
}

#define MODIFIER(n, text, gram, fl)                                            \
	const struct opt_ops opt_##n = {                                       \
		.name = #n,                                                    \
		.help = text,                                                  \
		.grammar = gram,                                               \
		.flags = OPT_MODIFIER | OPT_NO_MATCH | (fl),                   \
		.parse = parse_##n,                                            \
	};
#define HTTP_MODIFIER(n, ID, text)                                             \
	static enum opt_parse parse_##n(struct opt_build *b,                   \
	    const struct rule_opt *o)                                          \
	{                                                                      \
		return set_http(b, o, BUF_##ID);                               \
	}                                                                      \
	MODIFIER(n, text, "", OPT_NO_ARG | OPT_IN_CONTENT)

MODIFIER(nocase, "without regard to the case of A-Z", "",
    OPT_NO_ARG | OPT_IN_CONTENT)
MODIFIER(rawbytes, "in the payload as it came, not normalised", "",
    OPT_NO_ARG | OPT_IN_CONTENT)
MODIFIER(offset, "not before this byte of the buffer", "N | variable",
    OPT_IN_CONTENT)
MODIFIER(depth, "wholly in so many bytes from the offset", "N | variable",
    OPT_IN_CONTENT)
MODIFIER(distance, "not before so many bytes after the last match",
    "N | variable", OPT_IN_CONTENT)
MODIFIER(within, "wholly in so many bytes from the distance",
    "N | variable", OPT_IN_CONTENT)
MODIFIER(fast_pattern, "the content that the prefilter looks for",
    "[only | offset,length]", OPT_IN_CONTENT)
MODIFIER(hash, "protected_content: kind of the digest",
    "md5 | sha256 | sha512", 0)
MODIFIER(length, "protected_content: length of the hashed text", "N", 0)
MODIFIER(replace, "inline: bytes to write over what was found",
    "\"text|0d 0a|\"", 0)
HTTP_MODIFIER(http_uri, HTTP_URI, "in the normalised request URI")
HTTP_MODIFIER(http_raw_uri, HTTP_RAW_URI, "in the request URI as sent")
HTTP_MODIFIER(http_header, HTTP_HEADER, "in the normalised header")
HTTP_MODIFIER(http_raw_header, HTTP_RAW_HEADER, "in the header as sent")
HTTP_MODIFIER(http_cookie, HTTP_COOKIE, "in the normalised cookie")
HTTP_MODIFIER(http_raw_cookie, HTTP_RAW_COOKIE, "in the cookie as sent")
HTTP_MODIFIER(http_method, HTTP_METHOD, "in the request method")
HTTP_MODIFIER(http_client_body, HTTP_CLIENT_BODY, "in the request body")
HTTP_MODIFIER(http_stat_code, HTTP_STAT_CODE, "in the status code")
HTTP_MODIFIER(http_stat_msg, HTTP_STAT_MSG, "in the status message")
