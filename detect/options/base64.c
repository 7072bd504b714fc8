/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base64_decode and base64_data. Snort's decoder skips what is not in the
 * alphabet, ends at `=', and gives what whole groups of four characters hold,
 * padding included. */
#include <inttypes.h>

#include "core/buf.h"
#include "core/cursor.h"
#include "detect/eval.h"
#include "detect/options/arg.h"

enum { GROUP = 4, GROUP_BYTES = 3 };

struct base64 {
	uint32_t bytes; /* characters to take, 0: all */
	uint32_t offset;
	bool relative;
};

static enum opt_parse
parse_base64_decode(struct opt_build *b, const struct rule_opt *o)
{
	struct base64 *d = arena_xalloc(b->arena, sizeof(*d));
	struct text rest = o->arg, item;
	int64_t v;

	while (arg_next(&rest, ',', &item)) {
		struct text arg = item, name = text_word(&arg);

		arg = text_trim(arg);
		if (!item.len && !rest.ptr)
			break;
		if (text_is_nocase(name, "bytes")) {
			if (!arg_int(b, o, arg, "bytes", 1, UINT32_MAX, &v))
				return OPT_BAD;
			d->bytes = (uint32_t)v;
		} else if (text_is_nocase(name, "offset")) {
			if (!arg_int(b, o, arg, "offset", 0, UINT32_MAX, &v))
				return OPT_BAD;
			d->offset = (uint32_t)v;
		} else if (text_is_nocase(item, "relative")) {
			d->relative = true;
		} else {
			return arg_error(b, o, item, "base64_decode knows "
			    "`bytes N', `offset N' and relative, not `%.*s'",
			    TEXT_ARG(item));
		}
	}
	opt_add(b, &opt_base64_decode, d);
	return OPT_OK;
}

static int
sextet(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Steps over a line break that blanks follow; false: the header ends here. */
static bool
unfold(struct cursor *c)
{
	struct cursor at = *c;
	uint8_t ch, first;

	if (!cur_u8(&at, &first))
		return false;
	if (first == '\r' && cur_peek(&at, 1) && *cur_peek(&at, 1) == '\n' &&
	    !cur_skip(&at, 1))
		return false;
	if (!cur_u8(&at, &ch) || (ch != ' ' && ch != '\t'))
		return false;
	*c = at;
	return true;
}

static size_t
decode(struct cursor in, uint32_t max, uint8_t *out, size_t room)
{
	uint32_t group = 0, taken = 0, n = 0;
	const uint8_t *p;
	size_t len = 0;

	while ((p = cur_peek(&in, 1)) && (!max || taken < max)) {
		int v;

		if (*p == '\r' || *p == '\n') {
			if (!unfold(&in))
				break;
			continue;
		}
		if (*p == '=') {
			/* 2 characters are a byte, 3 are two */
			for (unsigned i = 1; i < n % GROUP && len < room; i++)
				out[len++] = (uint8_t)(group >>
				    (6 * (n % GROUP) - 8 * i));
			break;
		}
		if (!cur_skip(&in, 1))
			break;
		taken++;
		v = sextet(*p);
		if (v < 0)
			continue;
		group = group << 6 | (uint32_t)v;
		if (++n % GROUP)
			continue;
		if (room - len < GROUP_BYTES)
			break;
		out[len++] = (uint8_t)(group >> 16);
		out[len++] = (uint8_t)(group >> 8);
		out[len++] = (uint8_t)group;
	}
	return len;
}

/* True when there is anything to decode, even if nothing comes out. */
static bool
match_base64_decode(struct eval *e, const void *data)
{
	const struct base64 *d = data;
	enum buf_id id = eval_buf(e, false);
	uint32_t cursor = 0;
	struct cursor in;
	struct slice s;

	/* relative to a match in an http buffer: on in that buffer */
	if (d->relative && e->s.set && buf_is_http((enum buf_id)e->s.buf))
		id = (enum buf_id)e->s.buf;
	if (!eval_bytes(e, id, &s) ||
	    (d->relative && !eval_cursor(e, id, s, &cursor)))
		return false;
	in = cur_make(s.ptr, s.len);
	if (!cur_skip(&in, cursor) || !cur_skip(&in, d->offset) ||
	    !cur_left(&in))
		return false;
	eval_charge(e, cur_left(&in));
	e->base64 = slice_make(e->base64_room,
	    decode(in, d->bytes, e->base64_room, LIM_BASE64));
	return true;
}

static void
print_base64_decode(struct buf *out, const void *data)
{
	const struct base64 *d = data;
	const char *sep = ":";

	buf_puts(out, "base64_decode");
	if (d->bytes) {
		buf_printf(out, "%sbytes %" PRIu32, sep, d->bytes);
		sep = ",";
	}
	if (d->offset) {
		buf_printf(out, "%soffset %" PRIu32, sep, d->offset);
		sep = ",";
	}
	if (d->relative)
		buf_printf(out, "%srelative", sep);
}

const struct opt_ops opt_base64_decode = {
	.name = "base64_decode",
	.help = "decodes base64 text for base64_data",
	.grammar = "[bytes N][, offset N][, relative]",
	.flags = OPT_ONCE | OPT_PAYLOAD,
	.parse = parse_base64_decode,
	.match = match_base64_decode,
	.print = print_base64_decode,
};

static enum opt_parse
parse_base64_data(struct opt_build *b, const struct rule_opt *o)
{
	for (unsigned i = 0; i < b->n_tests; i++)
		if (b->tests[i].ops == &opt_base64_decode) {
			b->sticky = BUF_BASE64;
			opt_add(b, &opt_base64_data, NULL);
			return OPT_OK;
		}
	return opt_error(b, o, "base64_data needs a base64_decode before it");
}

static bool
match_base64_data(struct eval *e, const void *data)
{
	struct slice s;

	(void)data;
	if (!eval_bytes(e, BUF_BASE64, &s))
		return false;
	e->s.sticky = BUF_BASE64;
	eval_move(e, BUF_BASE64, 0);
	return true;
}

static void
print_base64_data(struct buf *out, const void *data)
{
	(void)data;
	buf_puts(out, "base64_data");
}

const struct opt_ops opt_base64_data = {
	.name = "base64_data",
	.help = "what follows looks at what base64_decode decoded",
	.grammar = "",
	.flags = OPT_NO_ARG,
	.parse = parse_base64_data,
	.match = match_base64_data,
	.print = print_base64_data,
};
