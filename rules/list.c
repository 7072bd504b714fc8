/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar that address and port lists share:
 *
 *	list = ["!"] ( item | "$" NAME | "[" list *( "," list ) "]" )
 *
 * Blanks may stand anywhere between. As in Snort, a negated list is the list
 * of its items, each negated.
 */
#include <stdarg.h>
#include <stdio.h>

#include "rules/parse.h"

bool
list_fail(struct list_walk *w, struct text at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->message, sizeof(w->message), fmt, ap);
	va_end(ap);
	/* a place inside a variable's value is that of the variable, which
	 * the callers up the walk fill in */
	if (at.ptr && at.ptr >= w->outer.ptr &&
	    at.ptr <= w->outer.ptr + w->outer.len)
		w->off = (size_t)(at.ptr - w->outer.ptr);
	return false;
}

static bool walk(struct list_walk *w, struct text t, bool negated,
    unsigned depth);

/* Cuts the part before the first comma outside brackets off *rest. */
static struct text
cut_item(struct text *rest)
{
	struct text head = *rest;
	unsigned depth = 0;

	for (size_t i = 0; i < head.len; i++) {
		char c = head.ptr[i];

		if (c == '[' || c == '(')
			depth++;
		else if ((c == ']' || c == ')') && depth)
			depth--;
		else if (c == ',' && !depth) {
			rest->ptr += i + 1;
			rest->len -= i + 1;
			head.len = i;
			return head;
		}
	}
	*rest = (struct text){ NULL, 0 };
	return head;
}

static bool
walk_items(struct list_walk *w, struct text t, bool negated, unsigned depth)
{
	while (t.ptr) {
		struct text item = cut_item(&t);

		if (!text_trim(item).len)
			return list_fail(w, item, "an item is missing here");
		if (!walk(w, item, negated, depth + 1))
			return false;
	}
	return true;
}

static bool
walk_variable(struct list_walk *w, struct text t, bool negated, unsigned depth)
{
	struct text inner = text_make(t.ptr + 1, t.len - 1), other = { 0 };
	size_t n = 0;

	if (inner.len >= 2 && inner.ptr[0] == '(' &&
	    inner.ptr[inner.len - 1] == ')') {
		inner = text_make(inner.ptr + 1, inner.len - 2);
		other = inner;
		inner = text_cut(&other, ':');
		n = inner.len;
	} else {
		while (n < inner.len && var_is_name_char(inner.ptr[n]))
			n++;
	}
	if (!n || n != inner.len)
		return list_fail(w, t, "'%.*s' is not a variable",
		    TEXT_ARG(t));

	const struct var_def *d = var_find(w->tree, inner, w->position);
	struct text value = d ? d->var.value : other;
	if (!d && other.len && other.ptr[0] == '?')
		return list_fail(w, t, "$%.*s: %.*s", TEXT_ARG(inner),
		    (int)other.len - 1, other.ptr + 1);
	if (!d && other.len && other.ptr[0] == '-') {
		value = text_make(other.ptr + 1, other.len - 1);
	} else if (!d) {
		d = var_find(w->tree, inner, UINT32_MAX);
		if (d)
			return list_fail(w, t,
			    "$%.*s is used before its definition in line %u "
			    "of %s", TEXT_ARG(inner), d->loc.line, d->loc.file);
		return list_fail(w, t,
		    "undefined variable $%.*s: define it before this line or "
		    "with -S", TEXT_ARG(inner));
	}
	if (walk(w, value, negated, depth + 1))
		return true;
	if (value.ptr < w->outer.ptr ||
	    value.ptr > w->outer.ptr + w->outer.len) {
		char message[sizeof(w->message)];

		memcpy(message, w->message, sizeof(message));
		return list_fail(w, t, "in $%.*s: %s", TEXT_ARG(inner),
		    message);
	}
	return false;
}

static bool
walk(struct list_walk *w, struct text t, bool negated, unsigned depth)
{
	struct text rest, first;

	if (depth > LIM_VAR_DEPTH)
		return list_fail(w, t, "nested deeper than %d levels",
		    LIM_VAR_DEPTH);
	t = text_trim(t);
	rest = t;
	first = cut_item(&rest);
	if (rest.ptr)
		return walk_items(w, t, negated, depth);
	t = text_trim(first);
	while (t.len && t.ptr[0] == '!') {
		negated = !negated;
		t = text_trim(text_make(t.ptr + 1, t.len - 1));
	}
	if (!t.len)
		return list_fail(w, t, "an item is missing here");
	if (t.ptr[0] == '[') {
		if (t.ptr[t.len - 1] != ']')
			return list_fail(w, t, "a ']' is missing");
		return walk_items(w, text_make(t.ptr + 1, t.len - 2), negated,
		    depth);
	}
	if (t.ptr[0] == '$')
		return walk_variable(w, t, negated, depth);
	if (++w->n_items > LIM_LIST_ITEMS)
		return list_fail(w, t, "more than %d items", LIM_LIST_ITEMS);
	return w->item(w, t, negated);
}

bool
list_walk(struct list_walk *w, struct text t)
{
	w->outer = t;
	return walk(w, t, false, 0);
}

/* -- what was parsed before --------------------------------------------------- */

static bool
same_text(const void *item, const void *key)
{
	const struct set_text *a = item, *b = key;

	return a->position == b->position && text_eq(a->text, b->text);
}

static uint64_t
set_text_hash(const struct set_text *s)
{
	return text_hash(s->text) + s->position * 0x9e3779b97f4a7c15u;
}

const void *
set_text_find(const struct table *tab, struct text text, unsigned position)
{
	struct set_text key = { .text = text, .position = position };
	const struct set_text *found = table_find(tab, set_text_hash(&key),
	    same_text, &key);

	return found ? found->set : NULL;
}

void
set_text_add(struct tree *t, struct table *tab, struct text text,
    unsigned position, const void *set)
{
	struct set_text *s = arena_xalloc(&t->arena, sizeof(*s));

	*s = (struct set_text){ .text = text, .position = position,
		.set = set };
	table_add(tab, set_text_hash(s), s);
}
