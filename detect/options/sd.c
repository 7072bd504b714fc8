/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sd_pattern: a rule that counts in a session (detect/sd.h). It never matches
 * a unit, and is in no group.
 */
#include "core/buf.h"
#include "detect/options/arg.h"
#include "detect/sd.h"

static bool
match_sd_pattern(struct eval *e, const void *data)
{
	(void)e;
	(void)data;
	return false;
}

static enum opt_parse
parse_sd_pattern(struct opt_build *b, const struct rule_opt *o)
{
	struct sd_pattern *s = arena_xalloc(b->arena, sizeof(*s));
	struct text rest = o->arg, count = { NULL, 0 };
	bool any_byte = false;
	const char *why;
	int64_t v;

	if (b->rule->gid != GID_SD_RULES)
		return opt_error(b, o, "a rule with sd_pattern needs gid:%d",
		    GID_SD_RULES);
	if (b->rule->n_opts > 1)
		return opt_error(b, o, "sd_pattern stands alone: no other "
		    "test may be in the rule");
	if (!arg_next(&rest, ',', &count) || !rest.ptr)
		return arg_error(b, o, o->arg, "sd_pattern wants `count, "
		    "pattern'");
	if (!arg_int(b, o, count, "the count", 1, UINT8_MAX, &v))
		return OPT_BAD;
	rest = text_trim(rest);
	if (!rest.len)
		return arg_error(b, o, rest, "the pattern is missing");
	why = sd_pattern_parse(b->arena, rest, s, &any_byte);
	if (why)
		return arg_error(b, o, rest, "%s", why);
	if (any_byte)
		opt_warn(b, o, "an escape that is none of \\d \\D \\w "
		    "\\W \\l \\L stands for any byte, as in Snort");
	s->count = (uint8_t)v;
	b->out->needs |= RULE_NEEDS_SENSITIVE;
	b->out->sd = s;
	opt_add(b, &opt_sd_pattern, s);
	return OPT_OK;
}

static void
print_sd_pattern(struct buf *out, const void *data)
{
	const struct sd_pattern *s = data;

	buf_printf(out, "sd_pattern:%u,", s->count);
	print_text(out, s->text);
}

const struct opt_ops opt_sd_pattern = {
	.name = "sd_pattern",
	.help = "so many credit card, social security numbers or the like",
	.grammar = "count, credit_card | us_social | us_social_nodashes | "
	    "email | us_phone | pattern",
	.flags = OPT_ONCE,
	.parse = parse_sd_pattern,
	.match = match_sd_pattern,
	.print = print_sd_pattern,
};
