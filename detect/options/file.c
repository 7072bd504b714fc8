/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file_type and file_group: what the file in file_data is, by `file' lines. */
#include "core/buf.h"
#include "detect/eval.h"
#include "detect/filetype.h"
#include "detect/options/arg.h"

struct file_test {
	bool group;
	struct text text;
	uint64_t types[LIM_FILE_TYPES / 64];
};

static bool
match_file(struct eval *e, const void *data)
{
	const struct file_test *t = data;

	return e->file_type >= 0 && t->types[e->file_type / 64] >>
	    e->file_type % 64 & 1;
}

static bool
in_list(struct text list, struct text name)
{
	struct text item;

	while (arg_next(&list, ',', &item))
		if (text_eq(item, name))
			return true;
	return false;
}

/* Is the line one of the item, `TYPE[, version ...]' or a group's name? */
static bool
is_of(const struct file_magic *m, struct text item, bool group)
{
	struct text rest = item, name;

	if (group)
		return in_list(m->groups, item);
	return arg_next(&rest, ',', &name) && text_eq(name, m->type) &&
	    (!rest.ptr || in_list(rest, m->version));
}

static bool
add_item(struct file_test *t, const struct file_conf *c, struct text item)
{
	bool any = false;

	for (unsigned i = 0; i < c->n; i++) {
		if (!is_of(&c->magics[i], item, t->group))
			continue;
		t->types[i / 64] |= UINT64_C(1) << i % 64;
		any = true;
	}
	return any;
}

static enum opt_parse
parse(struct opt_build *b, const struct rule_opt *o,
    const struct opt_ops *ops, bool group)
{
	struct file_test *t = arena_xalloc(b->arena, sizeof(*t));
	const struct file_conf *c = b->conf->files;
	struct text rest = o->arg, item;
	unsigned n = 0;

	t->group = group;
	t->text = text_trim(o->arg);
	while (arg_next(&rest, group ? ',' : '|', &item)) {
		if (!item.len || (c && !add_item(t, c, item)))
			return arg_error(b, o, item, "no `file' line has the "
			    "%s `%.*s'", group ? "group" : "type",
			    TEXT_ARG(item));
		n++;
	}
	if (!n)
		return arg_error(b, o, o->arg, "%s wants %s", ops->name,
		    ops->grammar);
	if (!c)
		b->out->needs |= RULE_NEEDS_FILE_TYPE;
	b->out->file_type = true;
	opt_add(b, ops, t);
	return OPT_OK;
}

static enum opt_parse
parse_type(struct opt_build *b, const struct rule_opt *o)
{
	return parse(b, o, &opt_file_type, false);
}

static enum opt_parse
parse_group(struct opt_build *b, const struct rule_opt *o)
{
	return parse(b, o, &opt_file_group, true);
}

static void
print(struct buf *out, const void *data)
{
	const struct file_test *t = data;

	buf_puts(out, t->group ? "file_group:" : "file_type:");
	print_text(out, t->text);
}

const struct opt_ops opt_file_type = {
	.name = "file_type",
	.help = "type of the transferred file",
	.grammar = "TYPE[, version ...] | ...",
	.parse = parse_type,
	.match = match_file,
	.print = print,
};

const struct opt_ops opt_file_group = {
	.name = "file_group",
	.help = "group of types of the transferred file",
	.grammar = "group, ...",
	.parse = parse_group,
	.match = match_file,
	.print = print,
};
