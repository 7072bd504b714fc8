/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcre on PCRE2, compiled to machine code where the processor allows it.
 *
 * Snort's limits count the match() calls of PCRE 8, its answer to runaway
 * patterns; PCRE2 counts other, larger steps. They bound work here, not
 * results: the limits are scaled by LIMIT_SCALE, which makes the stock 3500
 * about a millisecond of the worst expression. A rule may try one again and
 * again behind a content: its nth call on a unit gets the nth part, so that
 * all calls together cost a small multiple of the first. What a call took is
 * not to be learnt, so each begins with CHEAP; one that needs more begins
 * anew, and the rule is charged for all that it may take.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/buf.h"
#include "detect/eval.h"
#include "detect/options/arg.h"
#include "detect/options/pcre.h"

enum {
	LIMIT_SCALE = 100,
	CHEAP = 5000,
	PER_STEP = 32, /* PCRE2's steps in one of ours */
};

struct pcre {
	pcre2_code *code;
	struct text text; /* the expression */
	struct text flags; /* as written, each once */
	char delimiter;   /* '/', or what followed m */
	bool negated, relative, rawbytes, anchored;
	bool is_http, never; /* never: two http buffers were named */
	enum buf_id http;
	uint32_t match_limit, depth_limit; /* 0: never match */
};

/* -- load ------------------------------------------------------------------ */

static const struct {
	char flag;
	uint32_t option;
} perl_flags[] = {
	{ 'i', PCRE2_CASELESS },
	{ 's', PCRE2_DOTALL },
	{ 'm', PCRE2_MULTILINE },
	{ 'x', PCRE2_EXTENDED },
	{ 'A', PCRE2_ANCHORED },
	{ 'E', PCRE2_DOLLAR_ENDONLY },
	{ 'G', PCRE2_UNGREEDY },
};

static const struct {
	char flag;
	enum buf_id buf;
} http_flags[] = {
	{ 'U', BUF_HTTP_URI },
	{ 'I', BUF_HTTP_RAW_URI },
	{ 'P', BUF_HTTP_CLIENT_BODY },
	{ 'H', BUF_HTTP_HEADER },
	{ 'D', BUF_HTTP_RAW_HEADER },
	{ 'M', BUF_HTTP_METHOD },
	{ 'C', BUF_HTTP_COOKIE },
	{ 'K', BUF_HTTP_RAW_COOKIE },
	{ 'S', BUF_HTTP_STAT_CODE },
	{ 'Y', BUF_HTTP_STAT_MSG },
};

static void
free_code(void *code)
{
	pcre2_code_free(code);
}

/* "/re/flags" or "m<d>re<d>flags" into p->text and *flags. */
static bool
split(struct opt_build *b, const struct rule_opt *o, struct pcre *p,
    struct text *flags)
{
	struct text t = o->arg, all;
	size_t end;

	p->negated = arg_not(&t);
	all = t;
	if (t.len < 2 || t.ptr[0] != '"' || t.ptr[t.len - 1] != '"') {
		arg_error(b, o, all, "pcre wants \"/expression/flags\" in "
		    "double quotes (a `;' in it is written \\; or \\x3b)");
		return false;
	}
	t = text_make(t.ptr + 1, t.len - 2);
	p->delimiter = '/';
	if (t.len > 1 && t.ptr[0] == 'm') {
		p->delimiter = t.ptr[1];
		t = text_make(t.ptr + 1, t.len - 1);
	}
	/* an expression ends at the last delimiter, whatever is before it */
	for (end = t.len; end > 0 && t.ptr[end - 1] != p->delimiter; end--)
		;
	if (!t.len || t.ptr[0] != p->delimiter || end < 3) {
		arg_error(b, o, all, "pcre wants \"/expression/flags\" or "
		    "\"m<d>expression<d>flags\" with any other delimiter");
		return false;
	}
	p->text = text_make(t.ptr + 1, end - 2);
	*flags = text_make(t.ptr + end, t.len - end);
	return true;
}

static uint32_t
library_limit(uint32_t what)
{
	uint32_t limit = UINT32_MAX;

	(void)pcre2_config(what, &limit);
	return limit;
}

static uint32_t
scaled_limit(int64_t limit, uint32_t what)
{
	if (limit < 0 || limit > UINT32_MAX / LIMIT_SCALE)
		return library_limit(what);
	return (uint32_t)limit * LIMIT_SCALE;
}

/* One flag: *options or p changes. false: unknown. */
static bool
set_flag(struct opt_build *b, const struct rule_opt *o, char flag,
    struct pcre *p, uint32_t *options)
{
	for (unsigned i = 0; i < ARRAY_LEN(perl_flags); i++)
		if (perl_flags[i].flag == flag) {
			*options |= perl_flags[i].option;
			return true;
		}
	for (unsigned i = 0; i < ARRAY_LEN(http_flags); i++)
		if (http_flags[i].flag == flag) {
			if (p->is_http && p->http != http_flags[i].buf &&
			    !p->never) {
				opt_warn(b, o, "a pcre looks at one http "
				    "buffer: with two it never matches");
				p->never = true;
			}
			p->is_http = true;
			p->http = http_flags[i].buf;
			return true;
		}
	switch (flag) {
	case 'R':
		p->relative = true;
		return true;
	case 'B':
		p->rawbytes = true;
		return true;
	case 'O':
		p->match_limit = library_limit(PCRE2_CONFIG_MATCHLIMIT);
		p->depth_limit = library_limit(PCRE2_CONFIG_DEPTHLIMIT);
		return true;
	}
	return false;
}

static bool
parse_flags(struct opt_build *b, const struct rule_opt *o, struct text flags,
    struct pcre *p, uint32_t *options)
{
	char *kept = arena_xalloc(b->arena, flags.len + 1);
	size_t n = 0;

	p->match_limit = scaled_limit(b->conf->pcre_match_limit,
	    PCRE2_CONFIG_MATCHLIMIT);
	p->depth_limit = scaled_limit(b->conf->pcre_match_limit_recursion,
	    PCRE2_CONFIG_DEPTHLIMIT);
	for (size_t i = 0; i < flags.len; i++) {
		if (!set_flag(b, o, flags.ptr[i], p, options)) {
			arg_error(b, o, text_make(flags.ptr + i, 1),
			    "pcre does not know the flag `%c'; it knows "
			    "ismxAEG, R, B, O and UIPHDMCKSY", flags.ptr[i]);
			return false;
		}
		if (!memchr(kept, flags.ptr[i], n))
			kept[n++] = flags.ptr[i];
	}
	p->flags = text_make(kept, n);
	p->anchored = *options & PCRE2_ANCHORED;
	if (p->is_http && (p->relative || p->rawbytes)) {
		arg_error(b, o, flags, "%c is not possible with an http "
		    "buffer", p->relative ? 'R' : 'B');
		return false;
	}
	return true;
}

static pcre2_code *
compile(struct pcre *p, uint32_t options, uint32_t extra, int *error,
    size_t *at)
{
	pcre2_compile_context *cc = pcre2_compile_context_create(NULL);
	pcre2_code *code;

	if (cc) {
		pcre2_set_newline(cc, PCRE2_NEWLINE_LF);
		pcre2_set_compile_extra_options(cc, extra);
	}
	code = pcre2_compile((const uint8_t *)p->text.ptr, p->text.len,
	    options | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP, error, at, cc);
	pcre2_compile_context_free(cc);
	return code;
}

static enum opt_parse
parse_pcre(struct opt_build *b, const struct rule_opt *o)
{
	struct pcre *p = arena_xalloc(b->arena, sizeof(*p));
	struct text flags;
	uint32_t options = 0;
	size_t at;
	int error;

	if (!split(b, o, p, &flags) || !parse_flags(b, o, flags, p, &options))
		return OPT_BAD;
	p->code = compile(p, options, 0, &error, &at);
	/* PCRE 8 took an unknown escape as the letter itself */
	if (!p->code)
		p->code = compile(p, options,
		    PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL, &error, &at);
	if (!p->code) {
		uint8_t why[128];

		pcre2_get_error_message(error, why, sizeof(why));
		return arg_error(b, o, text_make(p->text.ptr + at, 0),
		    "the expression is wrong here: %s", (const char *)why);
	}
	arena_on_fini(b->arena, free_code, p->code);
	if (b->conf->nopcre)
		p->never = true;
	if (p->is_http)
		b->out->needs |= RULE_NEEDS_HTTP;
	opt_add(b, &opt_pcre, p);
	return OPT_OK;
}

void
pcre_ready(const void *data)
{
	const struct pcre *p = data;

	/* an error means no JIT here, or not for this one: it is interpreted */
	(void)pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
}

/* -- run ------------------------------------------------------------------- */

static int
match_within(struct eval *e, const struct pcre *p, struct slice s,
    size_t start, uint32_t limit)
{
	pcre2_set_match_limit(e->pcre_context, limit);
	return pcre2_match(p->code, s.ptr, s.len, start, 0, e->pcre_data,
	    e->pcre_context);
}

/* The match at or behind `start`: 1 found, 0 not found, -1 given up. */
static int
find(struct eval *e, const struct pcre *p, struct slice s, size_t start,
    size_t *from, size_t *to)
{
	uint32_t limit = p->match_limit / ++e->pcre_calls + 1;
	uint32_t most = eval_left(e) * PER_STEP;
	const size_t *pair;
	int rc;

	pcre2_set_depth_limit(e->pcre_context, p->depth_limit);
	eval_charge(e, s.len - start);
	rc = match_within(e, p, s, start, limit < CHEAP ? limit : CHEAP);
	if (limit > most)
		limit = most;
	if (rc == PCRE2_ERROR_MATCHLIMIT && limit > CHEAP) {
		e->steps += limit / PER_STEP;
		rc = match_within(e, p, s, start, limit);
	}
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	if (rc < 0) {
		e->ctrs[rc == PCRE2_ERROR_MATCHLIMIT ||
		    rc == PCRE2_ERROR_DEPTHLIMIT ||
		    rc == PCRE2_ERROR_JIT_STACKLIMIT ||
		    rc == PCRE2_ERROR_HEAPLIMIT ?
		    EVAL_CTR_PCRE_LIMIT : EVAL_CTR_PCRE_ERROR]++;
		return -1;
	}
	pair = pcre2_get_ovector_pointer(e->pcre_data);
	*from = pair[0];
	*to = pair[1];
	return 1;
}

static bool
match_pcre(struct eval *e, const void *data, uint32_t *resume)
{
	const struct pcre *p = data;
	enum buf_id id = p->is_http ? p->http : eval_buf(e, p->rawbytes);
	uint32_t cursor = 0, start = *resume;
	size_t from, to;
	struct slice s;
	int found;

	*resume = UINT32_MAX;
	if (p->never || !p->match_limit || !p->depth_limit)
		return false;
	if (!p->is_http && eval_dsize(e) == 0)
		return false;
	if (!eval_bytes(e, id, &s) || !s.len)
		return false;
	if (p->relative) {
		if (!eval_cursor(e, id, s, &cursor) || cursor == s.len)
			return false;
		/* the text begins at the cursor: ^ and \b see a start */
		s = slice_make(s.ptr + cursor, s.len - cursor);
	}
	if (start > s.len)
		return false;
	found = find(e, p, s, start, &from, &to);
	if (found < 0)
		return false;
	if (p->negated)
		return !found;
	if (!found)
		return false;
	/* an empty match at the very start leaves the cursor alone */
	if (p->is_http || !to)
		return true;
	if (!p->anchored)
		*resume = (uint32_t)(to == from && to == start ? to + 1 : to);
	eval_move(e, id, cursor + to);
	return true;
}

static void
print_pcre(struct buf *out, const void *data)
{
	const struct pcre *p = data;

	buf_puts(out, p->negated ? "pcre:!\"" : "pcre:\"");
	if (p->delimiter != '/')
		buf_putc(out, 'm');
	buf_putc(out, p->delimiter);
	print_text(out, p->text);
	buf_putc(out, p->delimiter);
	buf_puttext(out, p->flags);
	buf_putc(out, '"');
}

static bool
is_relative(const void *data)
{
	return ((const struct pcre *)data)->relative;
}

const struct opt_ops opt_pcre = {
	.name = "pcre",
	.help = "a regular expression, in Perl's syntax",
	.grammar = "[!]\"/expression/[ismxAEG][RBO][UIPHDMCKSY]\"",
	.flags = OPT_PAYLOAD,
	.parse = parse_pcre,
	.match_next = match_pcre,
	.print = print_pcre,
	.is_relative = is_relative,
};
