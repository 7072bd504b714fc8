/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options on what an application parser knows: sip_method sip_stat_code
 * file_type file_group appid sd_pattern. Each is a checked list of words or
 * numbers. The facts are not in a unit, so they never match; their rules load
 * as inactive.
 */
#include <inttypes.h>

#include "detect/options/list.h"

static bool
match_list(struct eval *e, const void *data)
{
	(void)e;
	(void)data;
	return false;
}

LIST_OPTION(sip_method, "method of a SIP request", "[!]method, ...", 0, match_list,
    .needs = RULE_NEEDS_SIP,
    .what = "method", .any_word = true, .negation = true,
    .negated_one = true)
LIST_OPTION(sip_stat_code, "status code of a SIP response",
    "N (100-999, or a class 1-9), ...", 0, match_list, .needs = RULE_NEEDS_SIP,
    .what = "status code",
    .numbers = true, .min = 1, .max = 999)
LIST_OPTION(file_type, "type of the transferred file",
    "TYPE[, version] | ...", 0, match_list, .needs = RULE_NEEDS_FILE_TYPE,
    .what = "type", .any_word = true)
LIST_OPTION(file_group, "group of types of the transferred file",
    "group, ...", 0, match_list, .needs = RULE_NEEDS_FILE_TYPE,
    .what = "group", .any_word = true)
LIST_OPTION(appid, "application that OpenAppID found", "name ...", 0, match_list,
    .needs = RULE_NEEDS_APPID,
    .what = "application", .any_word = true, .blanks = true)

/* -- sd_pattern ------------------------------------------------------------------ */

enum { GID_SENSITIVE_DATA = 138, SD_COUNT_MAX = 255 };

struct sd_pattern {
	uint32_t count;
	struct text pattern;
};

static enum opt_parse
parse_sd_pattern(struct opt_build *b, const struct rule_opt *o)
{
	struct sd_pattern *s = arena_xalloc(b->arena, sizeof(*s));
	struct text rest = o->arg, count = { NULL, 0 };
	int64_t v;

	if (b->rule->gid != GID_SENSITIVE_DATA)
		return opt_error(b, o, "a rule with sd_pattern needs gid:%d",
		    GID_SENSITIVE_DATA);
	if (b->rule->n_opts > 1)
		return opt_error(b, o, "sd_pattern stands alone: no other "
		    "test may be in the rule");
	if (!arg_next(&rest, ',', &count) || !rest.ptr)
		return arg_error(b, o, o->arg, "sd_pattern wants `count, "
		    "pattern'");
	if (!arg_int(b, o, count, "the count", 1, SD_COUNT_MAX, &v))
		return OPT_BAD;
	s->count = (uint32_t)v;
	s->pattern = text_trim(rest);
	if (!s->pattern.len)
		return arg_error(b, o, rest, "the pattern is missing");
	b->out->needs |= RULE_NEEDS_SENSITIVE;
	opt_add(b, &opt_sd_pattern, s);
	return OPT_OK;
}

static void
print_sd_pattern(struct buf *out, const void *data)
{
	const struct sd_pattern *s = data;

	buf_printf(out, "sd_pattern:%" PRIu32 ",", s->count);
	print_text(out, s->pattern);
}

const struct opt_ops opt_sd_pattern = {
	.name = "sd_pattern",
	.help = "so many credit card, social security numbers or the like",
	.grammar = "count, credit_card | us_social | us_social_nodashes | "
	    "email | pattern",
	.flags = OPT_ONCE,
	.parse = parse_sd_pattern,
	.match = match_list,
	.print = print_sd_pattern,
};
