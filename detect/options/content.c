/* SPDX-License-Identifier: GPL-2.0-or-later */
/* content, uricontent, protected_content: the options themselves. Their
 * modifiers are in content_mod.c, the window and the search in
 * content_match.c. */
#include "detect/options/content.h"

#include "core/buf.h"

static int
hex_digit(char c)
{
	c = text_lower(c);
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads |0d 0A| from *i (behind the first bar) on; leaves *i at the second. */
static bool
hex_section(struct opt_build *b, const struct rule_opt *o, struct text t,
    size_t *i, uint8_t *out, size_t *n)
{
	size_t from = *i, digits = 0;
	int high = 0;

	for (; *i < t.len && t.ptr[*i] != '|'; ++*i) {
		int v = hex_digit(t.ptr[*i]);

		if (t.ptr[*i] == ' ' || t.ptr[*i] == '\t')
			continue;
		if (v < 0) {
			arg_error(b, o, text_make(t.ptr + *i, 1),
			    "only hexadecimal digits may stand between bars");
			return false;
		}
		if (digits++ % 2)
			out[(*n)++] = (uint8_t)(high << 4 | v);
		else
			high = v;
	}
	if (*i == t.len) {
		arg_error(b, o, text_make(t.ptr + from - 1, 1),
		    "the bytes that begin here have no closing bar");
		return false;
	}
	if (!digits || digits % 2) {
		arg_error(b, o, text_make(t.ptr + from, 1),
		    "bytes between bars need two hexadecimal digits each");
		return false;
	}
	return true;
}

bool
content_text(struct opt_build *b, const struct rule_opt *o,
    struct text quoted, struct slice *bytes)
{
	uint8_t *out = arena_xalloc(b->arena, quoted.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < quoted.len; i++) {
		char c = quoted.ptr[i];

		if (c == '|') {
			i++;
			if (!hex_section(b, o, quoted, &i, out, &n))
				return false;
			continue;
		}
		if (c == '\\') {
			if (++i < quoted.len &&
			    memchr("\\\":;", quoted.ptr[i], 4)) {
				out[n++] = (uint8_t)quoted.ptr[i];
				continue;
			}
			arg_error(b, o, text_make(quoted.ptr + i - 1, 1),
			    "unknown escape; only \\\\ \\\" \\: and \\; are, "
			    "write other bytes in hexadecimal between bars");
			return false;
		}
		if (c < 0x1f || c == 0x7f) {
			arg_error(b, o, text_make(quoted.ptr + i, 1),
			    "this byte may not stand in a content as it is; "
			    "write it in hexadecimal between bars");
			return false;
		}
		out[n++] = (uint8_t)c;
	}
	*bytes = slice_make(out, n);
	return true;
}

void
content_text_print(struct buf *out, struct slice bytes)
{
	bool hex = false;

	buf_putc(out, '"');
	for (size_t i = 0; i < bytes.len; i++) {
		uint8_t c = bytes.ptr[i];
		bool plain = c >= 0x20 && c < 0x7f && !strchr("\"\\|:;", c);

		if (plain == hex)
			buf_putc(out, '|');
		else if (hex)
			buf_putc(out, ' ');
		hex = !plain;
		if (plain)
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%02x", c);
	}
	buf_puts(out, hex ? "|\"" : "\"");
}

bool
content_quoted(struct opt_build *b, const struct rule_opt *o,
    struct text *t, struct text *quoted)
{
	struct text rest = text_trim(*t);
	size_t i = 1;

	if (!rest.len || rest.ptr[0] != '"') {
		arg_error(b, o, rest, "the text to look for must stand in "
		    "double quotes");
		return false;
	}
	while (i < rest.len && rest.ptr[i] != '"')
		i += rest.ptr[i] == '\\' ? 2 : 1;
	if (i >= rest.len) {
		arg_error(b, o, rest, "the closing quote is missing (a quote "
		    "inside is written \\\")");
		return false;
	}
	*quoted = text_make(rest.ptr + 1, i - 1);
	*t = text_trim(text_make(rest.ptr + i + 1, rest.len - i - 1));
	return true;
}

/* The modifiers behind commas in content's own argument: `nocase, offset 4`. */
static enum opt_parse
comma_modifiers(struct opt_build *b, const struct rule_opt *o,
    struct text rest)
{
	struct text item;

	while (arg_next(&rest, ',', &item)) {
		struct text arg = item, name = text_word(&arg);
		const struct opt_ops *ops = opt_find(name);
		struct rule_opt as = { .name = name, .arg = text_trim(arg),
			.loc = loc_at(o->arg_loc,
			    (size_t)(item.ptr - o->arg.ptr)) };

		if (!ops || !(ops->flags & OPT_IN_CONTENT))
			return arg_error(b, o, item, "`%.*s' is not a "
			    "modifier of content; here they are written "
			    "`nocase, offset 4'", TEXT_ARG(item));
		as.arg_loc = loc_at(o->arg_loc, as.arg.ptr ?
		    (size_t)(as.arg.ptr - o->arg.ptr) : 0);
		if (!as.arg.len)
			as.arg.ptr = NULL;
		else if (ops->flags & OPT_NO_ARG)
			return opt_error(b, &as, "%s takes no argument",
			    ops->name);
		if (ops->parse(b, &as) != OPT_OK)
			return OPT_BAD;
	}
	return OPT_OK;
}

static struct content *
add_content(struct opt_build *b, const struct rule_opt *o, struct slice bytes)
{
	struct content *c = arena_xalloc(b->arena, sizeof(*c));

	c->opt = o;
	c->bytes = bytes.ptr;
	c->len = (uint32_t)bytes.len;
	c->sticky = b->sticky;
	c->test = b->n_tests;
	if (b->content)
		b->content->next = c;
	else
		b->contents = c;
	b->content = c;
	opt_add(b, &content_test, c);
	return c;
}

static enum opt_parse
parse_content(struct opt_build *b, const struct rule_opt *o, bool uri)
{
	struct text rest = o->arg, quoted;
	bool negated = arg_not(&rest);
	struct slice bytes;
	struct content *c;

	if (!content_quoted(b, o, &rest, &quoted) ||
	    !content_text(b, o, quoted, &bytes))
		return OPT_BAD;
	if (!bytes.len || bytes.len > LIM_CONTENT_LEN)
		return arg_error(b, o, quoted, "a content has 1 to %d bytes, "
		    "this one %zu", LIM_CONTENT_LEN, bytes.len);
	c = add_content(b, o, bytes);
	c->negated = negated;
	if (uri) {
		c->is_http = true;
		c->http = BUF_HTTP_URI;
		b->out->needs |= RULE_NEEDS_HTTP;
	}
	if (!rest.len)
		return OPT_OK;
	if (rest.ptr[0] != ',')
		return arg_error(b, o, rest, "after the closing quote comes "
		    "`,' and a modifier, or the option's `;'");
	return comma_modifiers(b, o, text_make(rest.ptr + 1, rest.len - 1));
}

static enum opt_parse
parse_plain(struct opt_build *b, const struct rule_opt *o)
{
	return parse_content(b, o, false);
}

static enum opt_parse
parse_uri(struct opt_build *b, const struct rule_opt *o)
{
	return parse_content(b, o, true);
}

static enum opt_parse
parse_protected(struct opt_build *b, const struct rule_opt *o)
{
	static const enum digest_kind kinds[] = {
		[PROTECTED_NONE] = DIGEST_NONE,
		[PROTECTED_MD5] = DIGEST_MD5,
		[PROTECTED_SHA256] = DIGEST_SHA256,
		[PROTECTED_SHA512] = DIGEST_SHA512,
	};
	struct text rest = o->arg, quoted;
	bool negated = arg_not(&rest);
	uint8_t *bytes;
	struct content *c;

	if (!content_quoted(b, o, &rest, &quoted))
		return OPT_BAD;
	if (rest.len)
		return arg_error(b, o, rest, "nothing may follow the digest");
	bytes = arena_xalloc(b->arena, quoted.len / 2 + 1);
	for (size_t i = 0; i < quoted.len; i++) {
		int v = hex_digit(quoted.ptr[i]);

		if (v < 0)
			return arg_error(b, o, text_make(quoted.ptr + i, 1),
			    "a digest is written in hexadecimal digits");
		bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | v);
	}
	if (!quoted.len || quoted.len % 2)
		return arg_error(b, o, quoted,
		    "a digest has two hexadecimal digits for each byte");
	c = add_content(b, o, slice_make(bytes, quoted.len / 2));
	c->negated = negated;
	c->is_protected = true;
	c->digest = kinds[b->conf->protected_default];
	/* len becomes that of the text once `length' tells it; until then the
	 * digest's is kept in fast_len, which such a content cannot use */
	c->fast_len = c->len;
	c->len = 0;
	return OPT_OK;
}

static bool
finish_protected(struct opt_build *b, struct content *c)
{
	if (!c->len)
		opt_error(b, c->opt, "protected_content needs `length:N', the "
		    "length of the text that was hashed");
	else if (c->digest == DIGEST_NONE)
		opt_error(b, c->opt, "protected_content needs `hash:md5', "
		    "sha256 or sha512, or a line `config protected_content'");
	else if (digest_len(c->digest) != c->fast_len)
		opt_error(b, c->opt, "the digest has %u bytes, its hash has "
		    "%zu", c->fast_len, digest_len(c->digest));
	else
		return true;
	return false;
}

static bool
finish_fast(struct opt_build *b, struct content *c)
{
	bool placed = operand_is_set(&c->offset) || operand_is_set(&c->depth) ||
	    content_is_relative(c);

	if (c->fast == FAST_NONE)
		return true;
	if (c->is_protected)
		opt_error(b, c->opt, "a protected_content cannot be the fast "
		    "pattern: only its digest is known");
	else if (c->is_http && c->http != BUF_HTTP_URI &&
	    c->http != BUF_HTTP_HEADER && c->http != BUF_HTTP_CLIENT_BODY)
		opt_error(b, c->opt, "fast_pattern is not possible in %s; it "
		    "is in the payload, http_uri, http_header and "
		    "http_client_body", buf_name(c->http));
	else if (c->fast == FAST_ONLY && (c->negated || placed))
		opt_error(b, c->opt, "fast_pattern:only ignores the place: "
		    "not with negation, offset, depth, distance or within");
	else if (c->fast == FAST_ONLY && c->has_replace)
		opt_error(b, c->opt, "fast_pattern:only ignores the place: "
		    "replace does not know what to replace");
	else if (c->negated && placed)
		opt_error(b, c->opt, "fast_pattern on a negated content is "
		    "not possible with offset, depth, distance or within");
	else
		return true;
	return false;
}

bool
content_finish(struct opt_build *b, struct content *c)
{
	if (c->is_protected && !finish_protected(b, c))
		return false;
	if (!finish_fast(b, c))
		return false;
	if (c->is_protected)
		return true;
	search_init(&c->search, b->arena, c->bytes, c->len, c->nocase);
	/* over the bytes as written, also under nocase, as Snort does it */
	c->overlap = search_overlap(b->arena, c->bytes, c->len);
	return true;
}

static bool
is_relative(const void *data)
{
	return content_is_relative(data);
}

static void
print_modifier(struct buf *out, const char *name, bool given,
    const struct operand *op)
{
	if (!given)
		return;
	buf_printf(out, "; %s:", name);
	operand_print(out, op);
}

static void
print_absolute(struct buf *out, const struct content *c)
{
	print_modifier(out, "offset", c->has_offset, &c->offset);
	print_modifier(out, "depth", c->has_depth, &c->depth);
}

static void
print_relative(struct buf *out, const struct content *c)
{
	print_modifier(out, "distance", c->has_distance, &c->distance);
	print_modifier(out, "within", c->has_within, &c->within);
}

/* Where the two kinds are mixed one of them is 0, and must come first to be
 * read again. */
static void
print_window(struct buf *out, const struct content *c)
{
	if (operand_is_set(&c->offset) || operand_is_set(&c->depth)) {
		print_relative(out, c);
		print_absolute(out, c);
	} else {
		print_absolute(out, c);
		print_relative(out, c);
	}
}

void
content_print(struct buf *out, const void *data)
{
	const struct content *c = data;

	if (c->is_protected) {
		static const char *const names[] = { "", "md5", "sha256",
			"sha512" };

		buf_printf(out, "protected_content:%s\"",
		    c->negated ? "!" : "");
		for (size_t i = 0; i < digest_len(c->digest); i++)
			buf_printf(out, "%02x", c->bytes[i]);
		buf_printf(out, "\"; hash:%s; length:%u", names[c->digest],
		    c->len);
	} else {
		buf_puts(out, c->negated ? "content:!" : "content:");
		content_text_print(out, slice_make(c->bytes, c->len));
	}
	if (c->nocase)
		buf_puts(out, "; nocase");
	if (c->rawbytes)
		buf_puts(out, "; rawbytes");
	if (c->is_http)
		buf_printf(out, "; %s", buf_name(c->http));
	print_window(out, c);
	switch (c->fast) {
	case FAST_NONE:
		break;
	case FAST_WHOLE:
		buf_puts(out, "; fast_pattern");
		break;
	case FAST_ONLY:
		buf_puts(out, "; fast_pattern:only");
		break;
	case FAST_PART:
		buf_printf(out, "; fast_pattern:%u,%u", c->fast_off,
		    c->fast_len);
		break;
	}
	if (c->has_replace) {
		buf_puts(out, "; replace:");
		content_text_print(out, c->replace);
	}
}

const struct opt_ops content_test = {
	.name = "content",
	.flags = OPT_PAYLOAD,
	.match_next = content_match,
	.print = content_print,
	.is_relative = is_relative,
};

const struct opt_ops content_only = {
	.name = "content",
	.flags = OPT_NO_MATCH,
	.print = content_print,
};

const struct opt_ops opt_content = {
	.name = "content",
	.help = "bytes that must, or with ! must not, be in the buffer",
	.grammar = "[!]\"text|0d 0a|\"[, modifier ...]",
	.flags = OPT_PAYLOAD,
	.parse = parse_plain,
};

const struct opt_ops opt_uricontent = {
	.name = "uricontent",
	.help = "content with http_uri",
	.grammar = "[!]\"text|0d 0a|\"[, modifier ...]",
	.flags = OPT_PAYLOAD,
	.parse = parse_uri,
};

const struct opt_ops opt_protected_content = {
	.name = "protected_content",
	.help = "a text at a given place, known by its digest only",
	.grammar = "[!]\"hexadecimal digest\"",
	.flags = OPT_PAYLOAD,
	.parse = parse_protected,
};
