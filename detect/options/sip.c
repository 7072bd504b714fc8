/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sip_method and sip_stat_code: what a SIP message is. */
#include "decoders/app/sip.h"
#include "detect/options/list.h"

enum { CLASS_MAX = 9 }; /* a digit for a hundred codes */

static const struct sip_facts *
facts_of(const struct eval *e)
{
	return e->unit->app == APP_SIP ? e->unit->facts : NULL;
}

static bool
is_word(const struct list_item *item, struct text name)
{
	if (item->word.len != name.len)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (item->word.ptr[i] != text_lower(name.ptr[i]))
			return false;
	return true;
}

/* A response has no method, whatever is negated. */
static bool
match_method(struct eval *e, const void *data)
{
	const struct sip_facts *f = facts_of(e);
	const struct list *l = data;

	if (!f || !f->method.len)
		return false;
	for (unsigned i = 0; i < l->n; i++)
		if (is_word(&l->items[i], f->method))
			return !l->negated;
	return l->negated;
}

static bool
match_stat_code(struct eval *e, const void *data)
{
	const struct sip_facts *f = facts_of(e);

	return f && f->status && (list_has(data, f->status) ||
	    list_has(data, f->status / 100));
}

LIST_OPTION(sip_method, "method of a SIP request", "[!]method, ...", 0,
    match_method, .needs = RULE_NEEDS_SIP, .what = "method",
    .any_word = true, .negation = true, .negated_one = true)

static enum opt_parse
parse_stat_code(struct opt_build *b, const struct rule_opt *o)
{
	static const struct list_spec spec = { .ops = &opt_sip_stat_code,
		.needs = RULE_NEEDS_SIP, .what = "status code",
		.numbers = true, .min = 1, .max = SIP_STATUS_MAX };
	struct text rest = o->arg, item;
	int64_t v;

	while (arg_next(&rest, ',', &item))
		if (text_to_i64_auto(item, CLASS_MAX + 1, SIP_STATUS_MIN - 1,
		    &v))
			return arg_error(b, o, item, "`%.*s' is no status "
			    "code and no class of them", TEXT_ARG(item));
	return list_parse(b, o, &spec);
}

const struct opt_ops opt_sip_stat_code = {
	.name = "sip_stat_code",
	.help = "status code of a SIP response",
	.grammar = "N (100-999, or a class 1-9), ...",
	.parse = parse_stat_code,
	.match = match_stat_code,
	.print = list_print,
};
