/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ftpbounce: FTP's PORT (RFC 959) with an address that is not the sender's.
 * The cursor stands behind the command. */
#include "core/buf.h"
#include "core/cursor.h"
#include "detect/eval.h"
#include "detect/options/arg.h"

static enum opt_parse
parse_ftpbounce(struct opt_build *b, const struct rule_opt *o)
{
	(void)o;
	opt_add(b, &opt_ftpbounce, NULL);
	return OPT_OK;
}

/* "10,1,1,2," as four numbers. */
static bool
read_address(struct cursor *c, uint8_t out[4])
{
	const uint8_t *p;

	while ((p = cur_peek(c, 1)) && text_is_blank((char)*p))
		if (!cur_skip(c, 1))
			return false;
	for (unsigned i = 0; i < 4; i++) {
		unsigned v = 0, digits = 0;
		uint8_t ch = 0;

		while (cur_u8(c, &ch) && ch >= '0' && ch <= '9') {
			v = v * 10 + (unsigned)(ch - '0');
			if (++digits > 3 || v > UINT8_MAX)
				return false;
		}
		if (!digits || ch != ',')
			return false;
		out[i] = (uint8_t)v;
	}
	return true;
}

static bool
match_ftpbounce(struct eval *e, const void *data)
{
	const struct ipaddr *src = &e->unit->pkt->dec.src;
	enum buf_id id = eval_buf(e, false);
	uint8_t address[4];
	uint32_t cursor;
	struct cursor c;
	struct slice s;

	(void)data;
	if (!e->s.set || eval_dsize(e) == 0 || !eval_bytes(e, id, &s) ||
	    !eval_cursor(e, id, s, &cursor))
		return false;
	c = cur_make(s.ptr, s.len);
	return cur_skip(&c, cursor) && read_address(&c, address) &&
	    (src->family != 4 || memcmp(src->b, address, 4) != 0);
}

static void
print_ftpbounce(struct buf *out, const void *data)
{
	(void)data;
	buf_puts(out, "ftpbounce");
}

static bool
is_relative(const void *data)
{
	(void)data;
	return true;
}

const struct opt_ops opt_ftpbounce = {
	.name = "ftpbounce",
	.help = "the address in an FTP PORT command is not the sender's",
	.grammar = "",
	.flags = OPT_NO_ARG | OPT_PAYLOAD,
	.parse = parse_ftpbounce,
	.match = match_ftpbounce,
	.print = print_ftpbounce,
	.is_relative = is_relative,
};
