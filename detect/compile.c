/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule's options into its list of tests, and its fast pattern. */
#include <string.h>

#include "core/buf.h"
#include "detect/early.h"
#include "detect/option.h"
#include "detect/options/content.h"
#include "detect/options/pcre.h"

static enum opt_id
id_of(const struct opt_ops *ops)
{
	unsigned id = 0;

	while (id < OPT_ID_COUNT && opt_by_id(id) != ops)
		id++;
	return id;
}

/* What holds for every option, by its flags. */
static bool
check(struct opt_build *b, const struct opt_ops *ops, const struct rule_opt *o)
{
	const struct rule *r = b->rule;

	if (ops->flags & OPT_NO_ARG && text_trim(o->arg).len)
		opt_error(b, o, "%s takes no argument", ops->name);
	else if (ops->flags & OPT_MODIFIER && !b->content)
		opt_error(b, o, "%s changes the content before it: put a "
		    "content there", ops->name);
	else if (ops->flags & OPT_TCP && r->has_header &&
	    r->proto != PROTO_TCP)
		opt_error(b, o, "%s is for tcp rules", ops->name);
	else if (ops->flags & OPT_ICMP && r->has_header &&
	    r->proto != PROTO_ICMP)
		opt_error(b, o, "%s is for icmp rules", ops->name);
	else
		return true;
	return false;
}

static bool
check_once(struct opt_build *b, const struct opt_ops *ops,
    const struct rule_opt *o)
{
	enum opt_id id;
	uint64_t bit;

	if (!(ops->flags & OPT_ONCE))
		return true;
	id = id_of(ops);
	bit = (uint64_t)1 << id % 64;
	if (b->seen[id / 64] & bit) {
		opt_error(b, o, "%s may be given once in a rule", ops->name);
		return false;
	}
	b->seen[id / 64] |= bit;
	return true;
}

static bool
parse_options(struct opt_build *b)
{
	bool good = true;

	for (unsigned i = 0; i < b->rule->n_opts; i++) {
		const struct rule_opt *o = &b->rule->opts[i];
		const struct opt_ops *ops = opt_find(o->name);

		b->opt = o;
		if (!ops) {
			opt_error(b, o, "there is no rule option `%.*s'",
			    TEXT_ARG(o->name));
			good = false;
			continue;
		}
		if (!check(b, ops, o) || !check_once(b, ops, o) ||
		    ops->parse(b, o) != OPT_OK)
			good = false;
	}
	return good;
}

/* -- tests ------------------------------------------------------------------- */

static bool
finish_contents(struct opt_build *b)
{
	bool good = true;

	for (struct content *c = b->contents; c; c = c->next) {
		struct opt_test *t = &b->tests[c->test];

		good &= content_finish(b, c);
		t->once = content_is_relative(c) && !c->has_within &&
		    !c->is_protected;
		if (c->fast == FAST_ONLY)
			t->ops = &content_only;
	}
	return good;
}

static void
find_relatives(struct opt_build *b)
{
	for (unsigned i = 0; i < b->n_tests; i++) {
		struct opt_test *t = &b->tests[i];

		t->relative = t->ops->is_relative &&
		    t->ops->is_relative(t->data);
		if (t->relative && i && t[-1].ops == &content_only)
			opt_warn(b, b->places[i], "this is relative, but the "
			    "fast_pattern:only before it has no place to be "
			    "relative to");
	}
}

static bool
is_matched(const struct opt_test *t)
{
	return !(t->ops->flags & OPT_NO_MATCH);
}

/* The tests in order, then the parts that are not tested. */
static const struct opt_test *
order_tests(struct opt_build *b, unsigned *n_tests)
{
	struct opt_test *out = arena_xalloc(b->arena,
	    b->n_tests * sizeof(*out));
	unsigned n = 0;

	for (unsigned i = 0; i < b->n_tests; i++)
		if (is_matched(&b->tests[i]))
			out[n++] = b->tests[i];
	*n_tests = n;
	for (unsigned i = 0; i < b->n_tests; i++)
		if (!is_matched(&b->tests[i]))
			out[n++] = b->tests[i];
	for (unsigned i = 0; i + 1 < *n_tests; i++)
		out[i].retry = out[i + 1].relative;
	return out;
}

/* -- the fast pattern ----------------------------------------------------------- */

/* Can the prefilter look for it? What base64_decode decodes is there only
 * while a rule is evaluated. */
static bool
can_be_fast(const struct content *c)
{
	if (c->negated || c->is_protected)
		return false;
	if (!c->is_http)
		return c->sticky != BUF_BASE64 || c->rawbytes;
	return c->http == BUF_HTTP_URI || c->http == BUF_HTTP_HEADER ||
	    c->http == BUF_HTTP_CLIENT_BODY;
}

/* Leading zero bytes do not count: they are everywhere. */
static uint32_t
weight(const struct content *c)
{
	uint32_t zeros = 0;

	while (zeros < c->len && !c->bytes[zeros])
		zeros++;
	return c->len - zeros;
}

static bool
is_faster(const struct content *c, const struct content *than)
{
	if (!than)
		return true;
	if (c->is_http != than->is_http)
		return c->is_http;
	return weight(c) > weight(than);
}

static void
set_fast(const struct opt_build *b, const struct content *c,
    struct fast_pattern *f)
{
	f->ptr = c->bytes;
	f->len = f->full_len = c->len;
	if (c->fast == FAST_PART) {
		f->ptr += c->fast_off;
		f->len = c->fast_len;
	}
	if (c->fast != FAST_ONLY && b->conf->max_pattern_len &&
	    f->len > b->conf->max_pattern_len)
		f->len = b->conf->max_pattern_len;
	f->once = is_run(slice_make(f->ptr, f->len));
	f->buf = c->is_http ? c->http : c->rawbytes ? BUF_PAYLOAD : c->sticky;
	if (c->fast == FAST_ONLY && !c->is_http) {
		f->any_payload = true;
		f->buf = BUF_PAYLOAD;
	}
}

static void
choose_fast(const struct opt_build *b, struct crule *out)
{
	struct content *best = NULL;

	for (struct content *c = b->contents; c; c = c->next) {
		if (c->len > out->longest_content)
			out->longest_content = c->len;
		if ((can_be_fast(c) || c->fast == FAST_ONLY) &&
		    is_faster(c, best))
			best = c;
	}
	/* one that was named but is negated would find nothing; the best of
	 * the others must be there as well */
	if (b->fast && !b->fast->negated)
		best = can_be_fast(b->fast) || b->fast->fast == FAST_ONLY ?
		    b->fast : best;
	if (!best)
		return;
	set_fast(b, best, &out->fast);
	best->is_fast = true;
}

/* -- face -------------------------------------------------------------------------- */

static void
read_metadata(struct crule *out)
{
	for (unsigned i = 0; i < out->rule->n_metas; i++) {
		const struct rule_meta *m = &out->rule->metas[i];

		if (text_is_nocase(m->key, "rule-type") &&
		    text_is_nocase(m->value, "decode"))
			out->builtin_type_decode = true;
		if (text_is_nocase(m->key, "inline-test") &&
		    !text_is_nocase(m->value, "no"))
			out->test_only = true;
	}
}

/* config inline_test_rules */
static bool
is_in_test(const struct opt_conf *c, const struct rule *r)
{
	for (unsigned i = 0; i < c->n_test_rules; i++)
		if (c->test_rules[i].gid == r->gid &&
		    c->test_rules[i].sid == r->sid)
			return true;
	return false;
}

static bool
is_header_only(const struct crule *r)
{
	for (unsigned i = 0; i < r->n_tests; i++)
		if (r->tests[i].ops != &opt_flow)
			return false;
	return r->detection_filter.type == FILTER_NONE;
}

bool
rule_compile(struct opt_build *b, const struct rule *r, struct crule *out)
{
	struct opt_test room[LIM_RULE_OPTIONS];
	const struct rule_opt *places[LIM_RULE_OPTIONS];

	*out = (struct crule){ .rule = r };
	b->rule = r;
	b->out = out;
	b->tests = room;
	b->n_tests = 0;
	b->places = places;
	b->contents = b->content = b->fast = NULL;
	b->sticky = BUF_PAYLOAD;
	memset(b->vars, 0, sizeof(b->vars));
	memset(b->seen, 0, sizeof(b->seen));
	/* every option adds one test at most */
	if (r->n_opts > LIM_RULE_OPTIONS) {
		opt_error(b, &r->opts[LIM_RULE_OPTIONS],
		    "a rule may have %d options, this one has %u",
		    LIM_RULE_OPTIONS, r->n_opts);
		return false;
	}
	if (!parse_options(b) || !finish_contents(b))
		return false;
	find_relatives(b);
	read_metadata(out);
	choose_fast(b, out);
	early_of(b, out);
	out->n_parts = b->n_tests;
	out->tests = order_tests(b, &out->n_tests);
	out->test_only |= is_in_test(b->conf, r);
	out->header_only = is_header_only(out);
	b->tests = NULL;
	b->places = NULL;
	out->needs &= ~b->conf->has;
	if (!out->needs)
		for (unsigned i = 0; i < out->n_tests; i++)
			if (out->tests[i].ops == &opt_pcre)
				pcre_ready(out->tests[i].data);
	return true;
}

void
crule_print(struct buf *out, const struct crule *r)
{
	rule_print_header(out, r->rule);
	buf_puts(out, " (");
	rule_print_general(out, r->rule);
	for (unsigned i = 0; i < r->n_parts; i++) {
		buf_putc(out, ' ');
		r->tests[i].ops->print(out, r->tests[i].data);
		buf_putc(out, ';');
	}
	buf_putc(out, ')');
}
