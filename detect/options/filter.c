/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is done with a rule's events, not with packets: detection_filter,
 * threshold, tag, and the activate/dynamic pair of Snort 2.8. */
#include <inttypes.h>

#include "core/buf.h"
#include "detect/option.h"
#include "detect/options/arg.h"

/* -- detection_filter, threshold ------------------------------------------------ */

static const struct arg_word types[] = {
	{ "limit", FILTER_LIMIT },
	{ "threshold", FILTER_THRESHOLD },
	{ "both", FILTER_BOTH },
};
static const struct arg_word tracks[] = {
	{ "by_src", false },
	{ "by_dst", true },
};

enum { HAS_TYPE = 1, HAS_TRACK = 2, HAS_COUNT = 4, HAS_SECONDS = 8 };

/* One `key value`; *has gets its bit. */
static bool
filter_item(struct opt_build *b, const struct rule_opt *o, struct text item,
    struct rule_filter *f, unsigned *has)
{
	struct text arg = item, key = text_word(&arg);
	bool detection = f->type == FILTER_DETECTION;
	unsigned bit, v;
	int64_t n;

	arg = text_trim(arg);
	if (text_is_nocase(key, "type") && !detection) {
		bit = HAS_TYPE;
		if (!arg_word(types, ARRAY_LEN(types), arg, &v)) {
			arg_error(b, o, item, "type is limit, threshold or "
			    "both");
			return false;
		}
		f->type = v;
	} else if (text_is_nocase(key, "track")) {
		bit = HAS_TRACK;
		if (!arg_word(tracks, ARRAY_LEN(tracks), arg, &v)) {
			arg_error(b, o, item, "track is by_src or by_dst");
			return false;
		}
		f->by_dst = v;
	} else if (text_is_nocase(key, "count")) {
		bit = HAS_COUNT;
		if (!arg_int(b, o, arg, "count", detection ? 1 : -1,
		    INT32_MAX, &n))
			return false;
		f->count = (int32_t)n;
	} else if (text_is_nocase(key, "seconds")) {
		bit = HAS_SECONDS;
		if (!arg_int(b, o, arg, "seconds", 0, UINT32_MAX, &n))
			return false;
		f->seconds = (uint32_t)n;
	} else {
		arg_error(b, o, item, "`%.*s' is not known here; %strack, "
		    "count and seconds are", TEXT_ARG(item),
		    detection ? "" : "type, ");
		return false;
	}
	if (*has & bit) {
		arg_error(b, o, item, "%.*s is given twice", TEXT_ARG(key));
		return false;
	}
	*has |= bit;
	return true;
}

static enum opt_parse
parse_filter(struct opt_build *b, const struct rule_opt *o,
    const struct opt_ops *ops, struct rule_filter *f)
{
	unsigned all = HAS_TRACK | HAS_COUNT | HAS_SECONDS |
	    (f->type == FILTER_DETECTION ? 0 : HAS_TYPE), has = 0;
	struct text rest = o->arg, item;

	while (arg_next(&rest, ',', &item))
		if (!filter_item(b, o, item, f, &has))
			return OPT_BAD;
	if (has != all)
		return arg_error(b, o, o->arg, "%s wants %s", ops->name,
		    ops->grammar);
	opt_add(b, ops, arena_xdup(b->arena, f, sizeof(*f)));
	return OPT_OK;
}

static enum opt_parse
parse_detection_filter(struct opt_build *b, const struct rule_opt *o)
{
	b->out->detection_filter.type = FILTER_DETECTION;
	return parse_filter(b, o, &opt_detection_filter,
	    &b->out->detection_filter);
}

static enum opt_parse
parse_threshold(struct opt_build *b, const struct rule_opt *o)
{
	return parse_filter(b, o, &opt_threshold, &b->out->threshold);
}

static void
print_filter(struct buf *out, const void *data)
{
	const struct rule_filter *f = data;

	if (f->type == FILTER_DETECTION)
		buf_puts(out, "detection_filter:");
	else
		buf_printf(out, "threshold:type %s,", arg_word_name(types,
		    ARRAY_LEN(types), f->type));
	buf_printf(out, "track %s,count %" PRId32 ",seconds %" PRIu32,
	    tracks[f->by_dst].name, f->count, f->seconds);
}

const struct opt_ops opt_detection_filter = {
	.name = "detection_filter",
	.help = "the rule fires from the match after the count-th on",
	.grammar = "track by_src | by_dst, count N, seconds N",
	.flags = OPT_ONCE | OPT_NO_MATCH,
	.parse = parse_detection_filter,
	.print = print_filter,
};

const struct opt_ops opt_threshold = {
	.name = "threshold",
	.help = "how many of the rule's events are logged",
	.grammar = "type limit | threshold | both, track by_src | by_dst, "
	    "count N, seconds N",
	.flags = OPT_ONCE | OPT_NO_MATCH,
	.parse = parse_threshold,
	.print = print_filter,
};

/* -- tag ---------------------------------------------------------------------------- */

static bool
tag_metric(struct opt_build *b, const struct rule_opt *o, struct text count,
    struct text metric, struct rule_tag *t)
{
	uint32_t *field;
	int64_t n;

	if (text_is_nocase(metric, "packets")) {
		field = &t->packets;
	} else if (text_is_nocase(metric, "seconds")) {
		field = &t->seconds;
	} else if (text_is_nocase(metric, "bytes")) {
		field = &t->bytes;
	} else {
		arg_error(b, o, metric, "a tag counts packets, seconds or "
		    "bytes");
		return false;
	}
	if (!arg_int(b, o, count, "the count", 0, UINT32_MAX, &n))
		return false;
	*field = (uint32_t)n;
	return true;
}

static enum opt_parse
parse_tag(struct opt_build *b, const struct rule_opt *o)
{
	struct rule_tag *t = &b->out->tag;
	struct text rest = o->arg, item = { NULL, 0 }, metric;
	bool has_side = false;

	if (!arg_next(&rest, ',', &item) || (!text_is_nocase(item, "host") &&
	    !text_is_nocase(item, "session")))
		return arg_error(b, o, item, "tag begins with session or "
		    "host");
	t->host = text_is_nocase(item, "host");
	while (arg_next(&rest, ',', &item)) {
		if (text_is_nocase(item, "exclusive")) {
			t->exclusive = true;
		} else if (text_is_nocase(item, "src") ||
		    text_is_nocase(item, "dst")) {
			has_side = true;
			t->by_dst = text_is_nocase(item, "dst");
		} else if (!arg_next(&rest, ',', &metric)) {
			return arg_error(b, o, item, "a tag's count is "
			    "followed by packets, seconds or bytes");
		} else if (!tag_metric(b, o, item, metric, t)) {
			return OPT_BAD;
		}
	}
	if (!t->packets && !t->seconds && !t->bytes)
		return arg_error(b, o, o->arg, "tag wants how much to log: "
		    "`N, packets', seconds or bytes");
	if (t->host && !has_side)
		return arg_error(b, o, o->arg, "tag:host wants src or dst");
	opt_add(b, &opt_tag, arena_xdup(b->arena, t, sizeof(*t)));
	return OPT_OK;
}

static void
print_tag(struct buf *out, const void *data)
{
	const struct rule_tag *t = data;

	buf_puts(out, t->host ? "tag:host" : "tag:session");
	if (t->packets)
		buf_printf(out, ",%" PRIu32 ",packets", t->packets);
	if (t->seconds)
		buf_printf(out, ",%" PRIu32 ",seconds", t->seconds);
	if (t->bytes)
		buf_printf(out, ",%" PRIu32 ",bytes", t->bytes);
	if (t->host || t->by_dst)
		buf_puts(out, t->by_dst ? ",dst" : ",src");
	if (t->exclusive)
		buf_puts(out, ",exclusive");
}

const struct opt_ops opt_tag = {
	.name = "tag",
	.help = "logs so many packets after an event",
	.grammar = "session | host, N, packets | seconds | bytes[, N, ...]"
	    "[, src | dst][, exclusive]",
	.flags = OPT_ONCE | OPT_NO_MATCH,
	.parse = parse_tag,
	.print = print_tag,
};

/* -- activate and dynamic rules ------------------------------------------------------- */

static enum opt_parse
parse_number(struct opt_build *b, const struct rule_opt *o,
    const struct opt_ops *ops, uint32_t *out)
{
	int64_t v;

	if (!arg_int(b, o, text_trim(o->arg), ops->name, 1, UINT32_MAX, &v))
		return OPT_BAD;
	*out = (uint32_t)v;
	opt_add(b, ops, arena_xdup(b->arena, out, sizeof(*out)));
	return OPT_OK;
}

#define DYNAMIC_OPTION(n, field, need, text)                                   \
	static enum opt_parse parse_##n(struct opt_build *b,                   \
	    const struct rule_opt *o)                                          \
	{                                                                      \
		b->out->needs |= (need);                                       \
		return parse_number(b, o, &opt_##n, &b->out->field);           \
	}                                                                      \
	static void print_##n(struct buf *out, const void *data)               \
	{                                                                      \
		buf_printf(out, #n ":%" PRIu32, *(const uint32_t *)data);      \
	}                                                                      \
	const struct opt_ops opt_##n = {                                       \
		.name = #n,                                                    \
		.help = text,                                                  \
		.grammar = "N",                                                \
		.flags = OPT_ONCE | OPT_NO_MATCH,                              \
		.parse = parse_##n,                                            \
		.print = print_##n,                                            \
	};

DYNAMIC_OPTION(activates, activates, 0,
    "activate rules: switches on the dynamic rules of this number")
DYNAMIC_OPTION(activated_by, activated_by, RULE_NEEDS_DYNAMIC,
    "dynamic rules: the number by which they are switched on")
DYNAMIC_OPTION(count, activated_count, 0,
    "dynamic rules: for how many packets")
