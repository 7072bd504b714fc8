/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that name and classify a rule and have no part in matching it,
 * and the classes and reference systems that they refer to. */
#include "rules/parse.h"

enum general_id {
	GEN_CLASSTYPE, GEN_GID, GEN_METADATA, GEN_MSG, GEN_PRIORITY,
	GEN_REFERENCE, GEN_REV, GEN_SID,
};

static const struct {
	const char *name;
	enum general_id id;
	bool repeatable;
} options[] = {
	{ "msg", GEN_MSG, false },
	{ "sid", GEN_SID, false },
	{ "gid", GEN_GID, false },
	{ "rev", GEN_REV, false },
	{ "classtype", GEN_CLASSTYPE, false },
	{ "priority", GEN_PRIORITY, false },
	{ "reference", GEN_REFERENCE, true },
	{ "metadata", GEN_METADATA, true },
};

static void
refuse(struct tree *t, struct rule *r, struct loc loc, const char *what,
    struct text arg, const char *advice)
{
	r->refused = true;
	erec_add(&t->errors, EREC_RULE, loc, "%s '%.*s': %s", what,
	    TEXT_ARG(arg), advice);
}

/* -- names ------------------------------------------------------------------------- */

static bool
class_is(const void *item, const void *key)
{
	const struct classification *c = item;

	return text_eq_nocase(c->name, *(const struct text *)key);
}

static struct classification *
class_find(const struct tree *t, struct text name)
{
	return table_find(&t->priv->classes, text_hash_nocase(name), class_is,
	    &name);
}

/* config classification: name,description,priority */
void
class_directive(struct tree *t, struct text args, struct loc loc)
{
	struct text rest = args;
	struct text name = text_trim(text_cut(&rest, ','));
	const char *comma = rest.len ? memrchr(rest.ptr, ',', rest.len) : NULL;
	int64_t priority;

	if (!name.len || !comma ||
	    !text_to_i64(text_trim(text_make(comma + 1, rest.len -
	    (size_t)(comma + 1 - rest.ptr))), 1, INT32_MAX, &priority)) {
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "a classification is name,description,priority "
		    "(priority from 1)");
		return;
	}
	if (class_find(t, name)) {
		erec_add(&t->errors, EREC_WARNING, loc,
		    "classification %.*s was there before: the first one "
		    "stays", TEXT_ARG(name));
		return;
	}
	struct classification *c = arena_xalloc(&t->arena, sizeof(*c));
	*c = (struct classification){ .name = name,
		.description = text_trim(text_make(rest.ptr,
		    (size_t)(comma - rest.ptr))),
		.priority = (unsigned)priority, .id = t->n_classes + 1 };
	t->classes = vec_room(t->classes, t->n_classes, sizeof(*t->classes));
	t->classes[t->n_classes++] = c;
	table_add(&t->priv->classes, text_hash_nocase(name), c);
}

static bool
system_is(const void *item, const void *key)
{
	const struct ref_system *s = item;

	return text_eq_nocase(s->name, *(const struct text *)key);
}

/* config reference: system [url-prefix] */
void
reference_directive(struct tree *t, struct text args, struct loc loc)
{
	struct text rest = args, name = text_word(&rest);
	struct text url = text_trim(rest);

	if (!name.len) {
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "a reference system needs a name");
		return;
	}
	if (table_find(&t->priv->systems, text_hash_nocase(name), system_is,
	    &name)) {
		erec_add(&t->errors, EREC_WARNING, loc,
		    "reference system %.*s was there before: the first one "
		    "stays", TEXT_ARG(name));
		return;
	}
	struct ref_system *s = arena_xalloc(&t->arena, sizeof(*s));
	*s = (struct ref_system){ .name = name, .url_prefix = url.len ?
		arena_xtext(&t->arena, url).ptr : NULL };
	table_add(&t->priv->systems, text_hash_nocase(name), s);
}

/* -- one option ----------------------------------------------------------------------- */

/* Quotes may stand around it; a backslash makes any byte plain. */
static bool
unquote(struct tree *t, struct text arg, struct text *out)
{
	bool open = arg.len && arg.ptr[0] == '"', closed = false;
	size_t n = 0, i = open ? 1 : 0;

	if (!memchr(arg.ptr, '\\', arg.len)) {
		closed = arg.len > i && arg.ptr[arg.len - 1] == '"';
		*out = text_make(arg.ptr + i,
		    arg.len - i - (closed ? 1 : 0));
		return open == closed;
	}
	char *to = arena_xalloc(&t->arena, arg.len);
	for (; i < arg.len; i++) {
		if (arg.ptr[i] == '\\' && i + 1 < arg.len)
			i++;
		else if (arg.ptr[i] == '"' && i + 1 == arg.len) {
			closed = true;
			break;
		}
		to[n++] = arg.ptr[i];
	}
	*out = text_make(to, n);
	return open == closed;
}

static void
read_msg(struct tree *t, struct rule *r, const struct rule_opt *o)
{
	if (!unquote(t, o->arg, &r->msg))
		refuse(t, r, o->arg_loc, "msg", o->arg,
		    "a quote is open at one end");
	else if (!r->msg.len)
		refuse(t, r, o->arg_loc, "msg", o->arg, "the text is missing");
}

static void
read_number(struct tree *t, struct rule *r, const struct rule_opt *o,
    uint32_t min, uint32_t max, uint32_t *to)
{
	char advice[64];
	int64_t v;

	if (o->arg.len && o->arg.ptr[0] >= '0' && o->arg.ptr[0] <= '9' &&
	    text_to_i64(o->arg, min, max, &v)) {
		*to = (uint32_t)v;
		return;
	}
	snprintf(advice, sizeof(advice), "a number from %u to %u belongs here",
	    min, max);
	r->refused = true;
	erec_add(&t->errors, EREC_RULE, o->arg_loc, "%.*s '%.*s': %s",
	    TEXT_ARG(o->name), TEXT_ARG(o->arg), advice);
}

static void
read_class(struct tree *t, struct rule *r, const struct rule_opt *o)
{
	r->class = class_find(t, o->arg);
	if (!r->class)
		refuse(t, r, o->arg_loc, "classtype", o->arg,
		    "no such class, see config classification");
}

static void
read_reference(struct tree *t, struct general *g, const struct rule_opt *o)
{
	struct text id = o->arg, system = text_trim(text_cut(&id, ','));
	const struct ref_system *s;

	id = text_trim(id);
	if (!system.len || !id.len) {
		erec_add(&t->errors, EREC_WARNING, o->arg_loc,
		    "reference '%.*s' is left out: it is system,id",
		    TEXT_ARG(o->arg));
		return;
	}
	s = table_find(&t->priv->systems, text_hash_nocase(system), system_is,
	    &system);
	t->priv->refs[g->n_refs++] = (struct rule_ref){ .system = system,
		.id = id, .url_prefix = s ? s->url_prefix : NULL };
}

static void
read_metadata(struct tree *t, struct rule *r, const struct rule_opt *o)
{
	struct tree_private *priv = t->priv;
	struct text rest = o->arg;

	while (rest.ptr) {
		struct text value = text_cut(&rest, ','),
		    key = text_word(&value);

		if (!key.len)
			continue;
		value = text_trim(value);
		priv->metas = vec_room(priv->metas, priv->n_metas,
		    sizeof(*priv->metas));
		priv->metas[priv->n_metas++] =
		    (struct rule_meta){ .key = key, .value = value };
		if (text_is_nocase(key, "engine") &&
		    text_is_nocase(value, "shared"))
			r->soft_stub = true;
	}
}

bool
general_option(struct tree *t, struct general *g, const struct rule_opt *o)
{
	struct rule *r = g->rule;
	unsigned i;

	for (i = 0; i < ARRAY_LEN(options); i++)
		if (text_is(o->name, options[i].name))
			break;
	if (i == ARRAY_LEN(options))
		return false;
	if (!o->arg.len) {
		r->refused = true;
		erec_add(&t->errors, EREC_RULE, o->loc,
		    "%s needs an argument", options[i].name);
		return true;
	}
	if (g->seen >> i & 1 && !options[i].repeatable) {
		r->refused = true;
		erec_add(&t->errors, EREC_RULE, o->loc,
		    "%s stands twice in one rule", options[i].name);
		return true;
	}
	g->seen |= 1u << i;
	switch (options[i].id) {
	case GEN_MSG:
		read_msg(t, r, o);
		break;
	case GEN_SID:
		read_number(t, r, o, 1, UINT32_MAX, &r->sid);
		break;
	case GEN_GID:
		read_number(t, r, o, 1, UINT32_MAX, &r->gid);
		g->has_gid = true;
		break;
	case GEN_REV:
		read_number(t, r, o, 0, UINT32_MAX, &r->rev);
		break;
	case GEN_PRIORITY:
		read_number(t, r, o, 0, INT32_MAX, &r->priority);
		g->has_priority = true;
		break;
	case GEN_CLASSTYPE:
		read_class(t, r, o);
		break;
	case GEN_REFERENCE:
		read_reference(t, g, o);
		break;
	case GEN_METADATA:
		read_metadata(t, r, o);
		break;
	}
	return true;
}

void
general_finish(struct tree *t, struct general *g)
{
	struct tree_private *priv = t->priv;
	struct rule *r = g->rule;

	if (!r->sid && !r->refused) {
		r->refused = true;
		erec_add(&t->errors, EREC_RULE, r->loc,
		    "the rule has no sid: add sid:N;");
	}
	if (!r->has_header && !g->has_gid && !r->refused) {
		r->refused = true;
		erec_add(&t->errors, EREC_RULE, r->loc,
		    "a rule without addresses is one for a builtin event: "
		    "it needs a gid");
	}
	if (!g->has_priority && r->class)
		r->priority = r->class->priority;
	if (r->gid == 3)
		r->soft_stub = true;
	r->n_refs = g->n_refs;
	if (r->n_refs)
		r->refs = arena_xdup(&t->arena, priv->refs,
		    r->n_refs * sizeof(*r->refs));
	r->n_metas = priv->n_metas;
	if (r->n_metas)
		r->metas = arena_xdup(&t->arena, priv->metas,
		    r->n_metas * sizeof(*r->metas));
}
