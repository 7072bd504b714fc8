/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gtp_type, gtp_info and gtp_version. */
#include "decoders/app/gtp.h"
#include "detect/options/list.h"

/* A name stands for another number in each version: nine bits each, and one
 * that says it is a name. */
enum {
	NONE = 0x1ff,
	BITS = 9,
	IS_NAME = 1 << 27,
};
#define NUMBERS(a, b, c)                                                       \
	(IS_NAME | (a) | (unsigned)(b) << BITS | (unsigned)(c) << 2 * BITS)

static const struct arg_word types[] = {
#define GTP_TYPE(name, a, b, c) { #name, NUMBERS(a, b, c) },
#define GTP_IE(name, a, b, c)
#include "detect/options/gtp_names.def"
#undef GTP_TYPE
#undef GTP_IE
};
static const struct arg_word elements[] = {
#define GTP_TYPE(name, a, b, c)
#define GTP_IE(name, a, b, c) { #name, NUMBERS(a, b, c) },
#include "detect/options/gtp_names.def"
#undef GTP_TYPE
#undef GTP_IE
};

static const struct gtp_facts *
facts_of(const struct eval *e)
{
	return e->unit->app == APP_GTP ? e->unit->facts : NULL;
}

/* The item's number in that version; NONE where it has none. */
static unsigned
number_of(const struct list_item *item, unsigned version)
{
	if (!(item->lo & IS_NAME))
		return (unsigned)item->lo;
	return (unsigned)item->lo >> version * BITS & NONE;
}

static bool
match_type(struct eval *e, const void *data)
{
	const struct gtp_facts *f = facts_of(e);
	const struct list *l = data;

	for (unsigned i = 0; f && i < l->n; i++)
		if (number_of(&l->items[i], f->version) == f->type)
			return true;
	return false;
}

static bool
match_version(struct eval *e, const void *data)
{
	const struct gtp_facts *f = facts_of(e);

	return f && list_has(data, f->version);
}

/* What follows looks at the element. */
static bool
match_info(struct eval *e, const void *data)
{
	const struct gtp_facts *f = facts_of(e);
	const struct list *l = data;
	unsigned ie = f ? number_of(&l->items[0], f->version) : NONE;

	if (ie >= GTP_IE_TYPES || !f->ie[ie].off)
		return false;
	e->gtp_ie = slice_make(f->message.ptr + f->ie[ie].off, f->ie[ie].len);
	e->s.sticky = BUF_GTP_IE;
	eval_move(e, BUF_GTP_IE, 0);
	return true;
}

LIST_OPTION(gtp_type, "type of a GTP message", "N | name, ...", 0, match_type,
    .needs = RULE_NEEDS_GTP, .what = "message type", .numbers = true,
    .max = 255, WORDS(types))
LIST_OPTION(gtp_info, "a GTP information element; what follows looks at it",
    "N | name", 0, match_info, .needs = RULE_NEEDS_GTP, .what = "element",
    .numbers = true, .max = 255, WORDS(elements), .max_items = 1)
LIST_OPTION(gtp_version, "version of GTP", "0 | 1 | 2", 0, match_version,
    .needs = RULE_NEEDS_GTP, .what = "version", .numbers = true, .max = 2,
    .max_items = 1)
