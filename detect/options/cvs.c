/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cvs:invalid-entry: the CVS pserver's Entry/Is-modified heap overflow
 * (CVE-2004-0396). The server grew an entry by a byte each time Is-modified or
 * Unchanged named it, so the attack names one entry at least twice.
 */
#include "core/buf.h"
#include "core/cursor.h"
#include "detect/eval.h"
#include "detect/options/arg.h"

static enum opt_parse
parse_cvs(struct opt_build *b, const struct rule_opt *o)
{
	struct text arg = text_trim(o->arg);

	if (!text_is_nocase(arg, "invalid-entry"))
		return arg_error(b, o, arg, "cvs wants `invalid-entry'");
	opt_add(b, &opt_cvs, NULL);
	return OPT_OK;
}

static bool
next_line(struct cursor *c, struct slice *line)
{
	const uint8_t *p = cur_peek(c, 0);
	size_t n = 0;

	if (!cur_left(c))
		return false;
	while (n < cur_left(c) && p[n] != '\n')
		n++;
	*line = slice_make(p, n);
	return cur_skip(c, n + (n < cur_left(c)));
}

/* What follows the request's name on the line. */
static bool
request(struct slice line, struct text name, struct slice *rest)
{
	if (line.len < name.len || memcmp(line.ptr, name.ptr, name.len) != 0)
		return false;
	*rest = slice_make(line.ptr + name.len, line.len - name.len);
	return true;
}

/* "/name/version/...": does the entry have that name? */
static bool
entry_is(struct slice entry, struct slice name)
{
	return entry.ptr && name.len && entry.len > name.len + 1 &&
	    entry.ptr[0] == '/' &&
	    entry.ptr[name.len + 1] == '/' &&
	    memcmp(entry.ptr + 1, name.ptr, name.len) == 0;
}

static bool
match_cvs(struct eval *e, const void *data)
{
	struct slice s, line, rest, entry = { NULL, 0 };
	unsigned modified = 0;
	struct cursor c;

	(void)data;
	if (eval_dsize(e) == 0 || !eval_bytes(e, eval_buf(e, false), &s))
		return false;
	eval_charge(e, s.len);
	c = cur_make(s.ptr, s.len);
	while (next_line(&c, &line)) {
		if (request(line, TEXT("Entry "), &rest)) {
			entry = rest;
			modified = 0;
		} else if ((request(line, TEXT("Is-modified "), &rest) ||
		    request(line, TEXT("Unchanged "), &rest)) &&
		    entry_is(entry, rest) && ++modified > 1) {
			return true;
		}
	}
	return false;
}

static void
print_cvs(struct buf *out, const void *data)
{
	(void)data;
	buf_puts(out, "cvs:invalid-entry");
}

const struct opt_ops opt_cvs = {
	.name = "cvs",
	.help = "CVS pserver: an entry modified more than once "
	    "(CVE-2004-0396)",
	.grammar = "invalid-entry",
	.flags = OPT_PAYLOAD,
	.parse = parse_cvs,
	.match = match_cvs,
	.print = print_cvs,
};
