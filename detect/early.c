/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/early.h"

#include <string.h>

#include "detect/options/content.h"

/* A rule being read, option by option. */
struct reading {
	struct rule_early *e;
	enum buf_id sticky;
	bool placed; /* there is a place that something may be relative to */
	bool http;   /* it wants something in a buffer of HTTP's */
};

static void
want(struct reading *r, enum buf_id id, bool whole, bool begin)
{
	if (whole)
		r->e->whole |= 1u << id;
	if (begin)
		r->e->begin |= 1u << id;
}

static bool
has_word(struct text t, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= t.len; i++)
		if (text_is_nocase(text_make(t.ptr + i, n), word))
			return true;
	return false;
}

static bool
is_negated(struct text arg)
{
	return arg.len && arg.ptr[0] == '!';
}

static void
read_content(struct reading *r, const struct content *c)
{
	enum buf_id id = c->is_http ? c->http : c->rawbytes ? BUF_PAYLOAD :
	    c->sticky;

	if (c->negated)
		want(r, id, true, true);
	else if (content_is_relative(c))
		want(r, id, false, !r->placed || c->has_offset);
	else
		want(r, id, false, c->has_offset || c->has_depth);
	r->placed |= !c->negated;
	r->http |= c->is_http && !c->negated;
}

/*
 * Where an expression looks at what is around its match: at ends, at the bounds
 * of words, ahead or behind. Groups that are named or only say options look
 * like some of these, and are taken for them.
 */
static void
read_expression(struct reading *r, enum buf_id id, struct text re)
{
	bool in_class = false;

	for (size_t i = 0; i < re.len; i++) {
		char c = re.ptr[i], next = '\0';

		if (i + 1 < re.len)
			next = re.ptr[i + 1];
		if (c == '\\') {
			want(r, id, next && strchr("bBzZ", next),
			    next && strchr("bBAGK", next));
			i++;
		} else if (in_class) {
			in_class = c != ']';
		} else if (c == '[') {
			in_class = true;
			i += next == '^';
			/* a bracket that comes first is one of it */
			i += i + 1 < re.len && re.ptr[i + 1] == ']';
		} else if (c == '$') {
			want(r, id, true, false);
		} else if (c == '^') {
			want(r, id, false, true);
		} else if (c == '(' && (next == '*' || (next == '?' &&
		    i + 2 < re.len && re.ptr[i + 2] != ':'))) {
			want(r, id, true, true);
		}
	}
}

static void
read_pcre(struct reading *r, struct text arg)
{
	static const struct {
		char flag;
		enum buf_id buf;
	} bufs[] = {
		{ 'U', BUF_HTTP_URI }, { 'I', BUF_HTTP_RAW_URI },
		{ 'P', BUF_HTTP_CLIENT_BODY }, { 'H', BUF_HTTP_HEADER },
		{ 'D', BUF_HTTP_RAW_HEADER }, { 'M', BUF_HTTP_METHOD },
		{ 'C', BUF_HTTP_COOKIE }, { 'K', BUF_HTTP_RAW_COOKIE },
		{ 'S', BUF_HTTP_STAT_CODE }, { 'Y', BUF_HTTP_STAT_MSG },
	};
	bool negated = is_negated(arg), relative = false, anchored = false;
	enum buf_id id = r->sticky;
	size_t end, begin;

	/* ["]/expression/flags["] with a delimiter, perhaps behind an m */
	for (begin = 0; begin < arg.len && arg.ptr[begin] != '"'; begin++)
		;
	begin += begin + 1 < arg.len && arg.ptr[begin + 1] == 'm' ? 2 : 1;
	if (begin >= arg.len) {
		r->e->can = false;
		return;
	}
	for (end = arg.len - 1; end > begin &&
	    arg.ptr[end] != arg.ptr[begin]; end--) {
		char c = arg.ptr[end];

		relative |= c == 'R';
		anchored |= c == 'A';
		if (c == 'B')
			id = BUF_PAYLOAD;
		for (size_t i = 0; i < ARRAY_LEN(bufs); i++)
			if (bufs[i].flag == c)
				id = bufs[i].buf;
	}
	if (end > begin)
		read_expression(r, id, text_make(arg.ptr + begin + 1,
		    end - begin - 1));
	want(r, id, negated, negated || (relative && !r->placed) ||
	    (anchored && !relative));
	r->placed |= !negated;
	r->http |= !negated && buf_is_http(id);
}

/* byte_test and its kin: what they read stands where it stands. */
static void
read_bytes(struct reading *r, struct text arg)
{
	if (has_word(arg, "from_end") || has_word(arg, "dce"))
		r->e->can = false;
	want(r, r->sticky, false, !has_word(arg, "relative") || !r->placed ||
	    has_word(arg, "from_beginning") || has_word(arg, "align"));
	r->placed = true;
}

static void
read_isdataat(struct reading *r, struct text arg)
{
	want(r, r->sticky, is_negated(arg), is_negated(arg) ||
	    !has_word(arg, "relative") || !r->placed);
}

/* false: it says something of all of a unit. */
static bool
read_test(struct reading *r, const struct opt_test *t, struct text arg)
{
	const struct opt_ops *ops = t->ops;

	if (ops == &content_test) {
		read_content(r, t->data);
	} else if (ops == &opt_pcre) {
		read_pcre(r, arg);
	} else if (ops == &opt_byte_test || ops == &opt_byte_jump ||
	    ops == &opt_byte_extract || ops == &opt_byte_math) {
		read_bytes(r, arg);
	} else if (ops == &opt_isdataat) {
		read_isdataat(r, arg);
	} else if (ops == &opt_urilen) {
		want(r, BUF_HTTP_URI, true, true);
		want(r, BUF_HTTP_RAW_URI, true, true);
	} else if (ops == &opt_file_data || ops == &opt_pkt_data) {
		r->sticky = ops == &opt_file_data ? BUF_FILE_DATA :
		    BUF_PAYLOAD;
		r->placed = false;
	} else if (ops == &opt_flowbits) {
		/* what has not come yet may set it */
		return !has_word(arg, "isnotset");
	} else {
		return ops == &opt_flow || ops == &content_only;
	}
	return true;
}

void
early_of(const struct opt_build *b, struct crule *out)
{
	struct reading r = { .e = &out->early, .sticky = BUF_PAYLOAD };

	out->early = (struct rule_early){ .can =
	    out->detection_filter.type == FILTER_NONE };
	for (unsigned i = 0; i < b->n_tests; i++)
		if (!(b->tests[i].ops->flags & OPT_NO_MATCH) &&
		    !read_test(&r, &b->tests[i], text_trim(b->places[i]->arg)))
			out->early.can = false;
	/* what asks for neither, packets say all of; and bits that are set
	 * for others are set once, with the whole */
	out->early.can &= (out->fast.ptr || r.http) && !out->noalert;
}
