/* SPDX-License-Identifier: GPL-2.0-or-later */
/* var, ipvar and portvar: definitions, and $N, $(N), $(N:-default) and
 * $(N:?message) in the lines that follow them. */
#include "rules/parse.h"

bool
var_is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

static bool
has_name(const void *item, const void *key)
{
	const struct var_def *d = item;
	const struct text *name = key;

	return text_eq(d->var.name, *name);
}

static struct var_def *
youngest(const struct tree *t, struct text name)
{
	return table_find(&t->priv->vars, text_hash(name), has_name, &name);
}

const struct var_def *
var_find(const struct tree *t, struct text name, unsigned position)
{
	const struct var_def *d = youngest(t, name);

	while (d && d->position > position)
		d = d->older;
	return d;
}

const struct variable *
tree_var(const struct tree *t, const char *name)
{
	const struct var_def *d = youngest(t, text_of(name));

	return d ? &d->var : NULL;
}

static void
define(struct tree *t, struct variable v, struct loc loc, bool fixed)
{
	struct tree_private *priv = t->priv;
	struct var_def *old = youngest(t, v.name);
	struct var_def *d = arena_xalloc(&t->arena, sizeof(*d));

	*d = (struct var_def){ .var = v, .loc = loc, .fixed = fixed,
		.position = ++priv->position, .older = old };
	if (old)
		table_replace(&priv->vars, text_hash(v.name), old, d);
	else
		table_add(&priv->vars, text_hash(v.name), d);
	t->vars = vec_room(t->vars, t->n_vars, sizeof(*t->vars));
	t->vars[t->n_vars++] = v;
}

static bool
contains(struct text t, const char *what)
{
	size_t n = strlen(what);

	return t.len && memmem(t.ptr, t.len, what, n) != NULL;
}

/* `var` means what its value can mean. */
static void
guess_kind(struct tree *t, struct variable *v)
{
	unsigned now = t->priv->position;
	struct set_error ignored;
	bool port_name = contains(v->name, "_PORT") ||
	    (v->name.len > 5 && memcmp(v->name.ptr, "PORT_", 5) == 0);

	if (port_name && port_set_parse(t, v->value, now, &ignored))
		v->kind = VAR_PORT;
	else if (ip_set_parse(t, v->value, now, &ignored))
		v->kind = VAR_IP;
	else
		v->kind = VAR_TEXT;
}

/* `1.1.1.1,2.2.2.2` gets its brackets, so that it can stand in a list. */
static struct text
bracketed(struct tree *t, struct text value)
{
	unsigned depth = 0;

	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '[')
			depth++;
		else if (value.ptr[i] == ']' && depth)
			depth--;
		else if (value.ptr[i] == ',' && !depth)
			return text_of(arena_xprintf(&t->arena, "[%.*s]",
			    TEXT_ARG(value)));
	}
	return value;
}

static bool
name_is_fit(struct text name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!var_is_name_char(name.ptr[i]) && name.ptr[i] != '.' &&
		    name.ptr[i] != '-')
			return false;
	return name.len;
}

void
var_directive(struct tree *t, struct text keyword, struct text rest,
    struct loc loc)
{
	struct text name = text_word(&rest), raw = text_trim(rest), value;
	bool is_ip = text_is_nocase(keyword, "ipvar");
	bool is_port = text_is_nocase(keyword, "portvar");
	unsigned now = t->priv->position;
	struct set_error e = { .message = "" };
	const struct var_def *old = youngest(t, name);
	/* `rest` is the tail of the logical line that `loc` starts */
	struct loc value_loc = raw.len ?
	    loc_at(loc, (size_t)(raw.ptr - keyword.ptr)) : loc;

	if (!name_is_fit(name)) {
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "'%.*s' cannot name a variable: use letters, digits and _",
		    TEXT_ARG(name));
		return;
	}
	if (old && old->fixed)
		return;
	if (!raw.len) {
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "variable %.*s has no value", TEXT_ARG(name));
		return;
	}
	if (!var_expand(t, EREC_CONFIG, raw, value_loc, now, &value))
		value = TEXT("any"); /* defined: one error is enough */

	struct variable v = { .name = name, .value = value,
		.kind = is_ip ? VAR_IP : is_port ? VAR_PORT : VAR_TEXT };
	if (is_ip && !ip_set_parse(t, value, now, &e))
		v.value = TEXT("any");
	else if (is_port && !port_set_parse(t, value, now, &e))
		v.value = TEXT("any");
	if (e.message[0])
		erec_add(&t->errors, EREC_CONFIG,
		    value.ptr == raw.ptr ? loc_at(value_loc, e.off) : value_loc,
		    "%.*s %.*s: %s", TEXT_ARG(keyword), TEXT_ARG(name),
		    e.message);
	if (!is_ip && !is_port)
		guess_kind(t, &v);
	if (v.kind != VAR_TEXT)
		v.value = bracketed(t, v.value);
	if (old && ((is_ip && old->var.kind == VAR_PORT) ||
	    (is_port && old->var.kind == VAR_IP)))
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "%.*s is already %s, defined in line %u of %s: "
		    "use another name", TEXT_ARG(name),
		    is_ip ? "a port variable" : "an address variable",
		    old->loc.line, old->loc.file);
	define(t, v, loc, false);
}

void
var_define(struct tree *t, const char *text)
{
	struct text value = text_of(text);
	struct loc loc = { .file = "-S" };
	struct text name = text_trim(text_cut(&value, '='));
	struct text raw = text_trim(value);

	if (!value.ptr || !name_is_fit(name) || !raw.len) {
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "'%s' is not NAME=VALUE", text);
		return;
	}
	if (youngest(t, name)) {
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "%.*s is defined twice", TEXT_ARG(name));
		return;
	}
	struct variable v = { .name = arena_xtext(&t->arena, name) };
	if (!var_expand(t, EREC_CONFIG, arena_xtext(&t->arena, raw), loc,
	    t->priv->position, &v.value))
		return;
	guess_kind(t, &v);
	if (v.kind != VAR_TEXT)
		v.value = bracketed(t, v.value);
	define(t, v, loc, true);
}

/* -- expansion ---------------------------------------------------------------- */

/* What stands at a `$`: a reference, or a `$` like any other. */
struct reference {
	size_t len; /* of the whole of it; 0: a plain `$` */
	struct text name;
	bool has_default, has_message;
	struct text other; /* the default or the message */
};

static struct reference
reference_at(struct text t)
{
	struct reference r = { .len = 0 };
	size_t i = 1;

	if (t.len > 1 && t.ptr[1] == '(') {
		const char *close = memchr(t.ptr, ')', t.len);

		if (!close)
			return r;
		struct text in = text_make(t.ptr + 2,
		    (size_t)(close - t.ptr) - 2);
		r.len = in.len + 3;
		r.name = text_cut(&in, ':');
		if (in.len && in.ptr[0] == '-')
			r.has_default = true;
		else if (in.len && in.ptr[0] == '?')
			r.has_message = true;
		if (in.len)
			r.other = text_make(in.ptr + 1, in.len - 1);
		return r;
	}
	while (i < t.len && var_is_name_char(t.ptr[i]))
		i++;
	if (i > 1) {
		r.len = i;
		r.name = text_make(t.ptr + 1, i - 1);
	}
	return r;
}

static bool
value_of(struct tree *t, enum erec_kind kind, const struct reference *r,
    struct loc loc, unsigned position, struct text *out)
{
	const struct var_def *d = var_find(t, r->name, position);

	if (d) {
		*out = d->var.value;
		return true;
	}
	if (r->has_default) {
		*out = r->other;
		return true;
	}
	d = youngest(t, r->name);
	if (r->has_message)
		erec_add(&t->errors, kind, loc, "$%.*s: %.*s",
		    TEXT_ARG(r->name), TEXT_ARG(r->other));
	else if (d)
		erec_add(&t->errors, kind, loc,
		    "$%.*s is used before its definition in line %u of %s",
		    TEXT_ARG(r->name), d->loc.line, d->loc.file);
	else
		erec_add(&t->errors, kind, loc,
		    "undefined variable $%.*s: define it before this line or "
		    "with -S", TEXT_ARG(r->name));
	return false;
}

bool
var_expand(struct tree *t, enum erec_kind kind, struct text in,
    struct loc loc, unsigned position, struct text *out)
{
	bool quoted = false, ok = true;
	struct buf b;

	*out = in;
	if (!in.len || !memchr(in.ptr, '$', in.len))
		return true;
	buf_init(&b, LIM_EXPANDED - t->priv->expanded);
	for (size_t i = 0; i < in.len;) {
		struct text rest = text_make(in.ptr + i, in.len - i), value;
		struct reference r = { .len = 0 };

		if (in.ptr[i] == '"')
			quoted = !quoted;
		if (in.ptr[i] == '$' && !quoted)
			r = reference_at(rest);
		if (!r.len) {
			buf_putc(&b, in.ptr[i++]);
			continue;
		}
		if (value_of(t, kind, &r, loc_at(loc, i), position, &value))
			buf_puttext(&b, value);
		else
			ok = false;
		i += r.len;
	}
	if (b.truncated) {
		erec_add(&t->errors, kind, loc,
		    "the variables expand to more than %d bytes", LIM_EXPANDED);
		ok = false;
	}
	t->priv->expanded += b.len;
	*out = arena_xtext(&t->arena, text_make(b.ptr, b.len));
	buf_fini(&b);
	return ok;
}
