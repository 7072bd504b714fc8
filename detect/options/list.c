/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/options/list.h"

static bool
is_word(struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		char c = text_lower(t.ptr[i]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '_' && c != '-' && c != '.')
			return false;
	}
	return t.len > 0;
}

/* The item's value; false: it is none of this kind. */
static bool
take_item(struct opt_build *b, const struct list_spec *spec, struct text text,
    struct list_item *item)
{
	struct text hi, lo;
	unsigned v;

	*item = (struct list_item){ .negated = spec->negated_items &&
		arg_not(&text) };
	hi = text;
	lo = text_cut(&hi, '-');
	if (spec->numbers && text_to_i64_auto(text, spec->min, spec->max,
	    &item->lo)) {
		item->hi = item->lo;
		return true;
	}
	if (spec->ranges && hi.ptr && text_to_i64(text_trim(lo), spec->min,
	    spec->max, &item->lo) && text_to_i64(text_trim(hi), spec->min,
	    spec->max, &item->hi))
		return item->lo <= item->hi;
	if (arg_word(spec->words, spec->n_words, text, &v)) {
		item->lo = item->hi = v;
		return true;
	}
	if (!spec->any_word || !is_word(text))
		return false;
	item->is_word = true;
	item->word = text_make(arena_xalloc(b->arena, text.len), text.len);
	for (size_t i = 0; i < text.len; i++)
		((char *)(uintptr_t)item->word.ptr)[i] =
		    text_lower(text.ptr[i]);
	return true;
}

enum opt_parse
list_parse(struct opt_build *b, const struct rule_opt *o,
    const struct list_spec *spec)
{
	struct list *l = arena_xalloc(b->arena, sizeof(*l));
	char *copy = arena_xalloc(b->arena, o->arg.len + 2);
	/* an item takes a byte and a separator at least */
	struct list_item *items = arena_xalloc(b->arena,
	    (o->arg.len / 2 + 1) * sizeof(*items));
	struct text rest = text_trim(o->arg), item;
	bool negated = spec->negation && arg_not(&rest);
	char sep = spec->blanks ? ' ' : ',';
	unsigned n_items = 0;
	size_t n = 0;

	if (negated)
		copy[n++] = '!';
	while (arg_next(&rest, sep, &item)) {
		if (!take_item(b, spec, item, &items[n_items]))
			return arg_error(b, o, item, "`%.*s' is no %s; this "
			    "takes %s", TEXT_ARG(item), spec->what,
			    spec->ops->grammar);
		if (n_items++)
			copy[n++] = sep;
		memcpy(copy + n, item.ptr, item.len);
		n += item.len;
	}
	if (!n_items || n_items < spec->min_items ||
	    (spec->max_items && n_items > spec->max_items) ||
	    (negated && spec->negated_one && n_items > 1))
		return arg_error(b, o, o->arg, "%s takes %s", spec->ops->name,
		    spec->ops->grammar);
	*l = (struct list){ .spec = spec, .text = text_make(copy, n),
		.negated = negated, .n = n_items, .items = items };
	b->out->needs |= spec->needs;
	opt_add(b, spec->ops, l);
	return OPT_OK;
}

void
list_print(struct buf *out, const void *data)
{
	const struct list *l = data;

	buf_printf(out, "%s:", l->spec->ops->name);
	print_text(out, l->text);
}

bool
list_has(const struct list *l, int64_t v)
{
	for (unsigned i = 0; i < l->n; i++)
		if (!l->items[i].is_word && v >= l->items[i].lo &&
		    v <= l->items[i].hi)
			return true;
	return false;
}
