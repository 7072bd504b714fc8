/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config block and block_for: who is blocked, for how long, and who never. */
#include <stdio.h>
#include <string.h>

#include "sensor/applier.h"
#include "sensor/block_want.h"

/* -- words ---------------------------------------------------------------------- */

static const struct {
	const char *name;
	size_t field;
	bool value;
} flags[] = {
#define FLAG(name, field, value) { name, offsetof(struct block_conf, field), \
	value }
	FLAG("on", on, true), FLAG("off", on, false),
	FLAG("dry_run", dry_run, true), FLAG("leave", leave, true),
	FLAG("allow_home", allow_home, true), FLAG("plain", plain, true),
	FLAG("files", on_files, true),
#undef FLAG
};

static const struct {
	const char *name;
	size_t field;
	int64_t min, max;
} numbers[] = {
#define NUMBER(name, field, min, max) { name, offsetof(struct block_conf, \
	field), min, max }
	NUMBER("max", max, 1, LIM_BLOCKS),
	NUMBER("rollback", rollback, 0, LIM_BLOCKS),
	NUMBER("escalate", escalate, 0, 1000),
#undef NUMBER
};

/* One word of SnortSam's spelling: 300, 5min, 1hour. */
static const struct {
	const char *name;
	size_t field;
	bool zero; /* 0 is none, and not for ever */
} times[] = {
#define TIME(name, field, zero) { name, offsetof(struct block_conf, field), \
	zero }
	TIME("duration", seconds, false),
	TIME("min_duration", min_seconds, true),
	TIME("max_duration", max_seconds, true),
	TIME("pause", pause_s, true), TIME("remember", remember_s, true),
	TIME("repeat", repeat_s, true),
#undef TIME
};

static const struct {
	const char *name, *no, *yes;
	size_t field;
} choices[] = {
#define CHOICE(name, no, yes, field) { name, no, yes, \
	offsetof(struct block_conf, field) }
	CHOICE("evidence", "handshake", "none", no_evidence),
	CHOICE("spoofable", "alert", "flow", flow_unproven),
	CHOICE("drops", "yes", "no", no_drops),
#undef CHOICE
};

static const struct {
	const char *name;
	size_t field;
} texts[] = {
	{ "save", offsetof(struct block_conf, save) },
	{ "socket", offsetof(struct block_conf, socket) },
	{ "backend", offsetof(struct block_conf, backend) },
};

static uint32_t *
number_at(struct block_conf *c, size_t field)
{
	return (uint32_t *)(void *)((char *)c + field);
}

/* N/S: so many in so many seconds; 0: no ceiling. */
static bool
ceiling(struct applier *a, struct text word)
{
	struct block_conf *c = &a->s->block;
	struct text seconds = word, n = text_cut(&seconds, '/');
	int64_t count, time = 1;

	if (!text_to_i64(n, 0, LIM_BLOCK_CEILING, &count) ||
	    (count && !text_to_i64(seconds, 1, 86400, &time))) {
		applier_bad(a, word, "blocks/seconds belong here, as 200/10, "
		    "or 0 for no ceiling");
		return false;
	}
	c->ceiling = (uint32_t)count;
	c->ceiling_s = (uint32_t)time;
	return true;
}

static bool
take_time(struct applier *a, struct text word, uint32_t *to, bool zero)
{
	uint32_t v;

	if (!fwsam_duration(word, &v)) {
		applier_bad(a, word, "a time in one word, as 300, 5min or "
		    "perm");
		return false;
	}
	/* for ever is the longest of all; 0 of a bound is none */
	*to = v != RESPONSE_FOREVER ? v : zero ? 0 : UINT32_MAX;
	return true;
}

static bool
admin_ports(struct applier *a, struct text *rest)
{
	struct block_conf *c = &a->s->block;
	struct text word, before;
	int64_t port;

	c->n_admin_ports = 0;
	before = *rest;
	if (text_is_nocase(applier_word(&before), "none")) {
		*rest = before;
		return true;
	}
	for (;;) {
		before = *rest;
		word = applier_word(&before);
		if (!text_to_i64(word, 1, 65535, &port))
			break;
		if (c->n_admin_ports == LIM_BLOCK_ADMIN_PORTS) {
			applier_bad(a, word, "there are too many ports");
			return false;
		}
		c->admin_ports[c->n_admin_ports++] = (uint16_t)port;
		*rest = before;
	}
	if (c->n_admin_ports)
		return true;
	applier_bad(a, word, "ports belong here, or none");
	return false;
}

/* -- address lists -------------------------------------------------------------- */

/* A list up to the bracket that closes it, or one word. */
static struct text
cut_list(struct text *rest)
{
	struct text t = text_trim(*rest);
	unsigned depth = 0;
	size_t n = 0;

	while (t.len && t.ptr[0] == ',')
		t = text_trim(text_make(t.ptr + 1, t.len - 1));
	for (; n < t.len; n++) {
		if (t.ptr[n] == '[')
			depth++;
		else if (t.ptr[n] == ']' && depth)
			depth--;
		else if (!depth && (text_is_blank(t.ptr[n]) ||
		    t.ptr[n] == ','))
			break;
	}
	*rest = text_make(t.ptr + n, t.len - n);
	return text_make(t.ptr, n);
}

static struct block_nets
nets_of(struct tree *t, const struct ip_set *s)
{
	struct block_nets out = { NULL, s->n };
	struct block_net *v = arena_xalloc(&t->arena, (s->n + 1) *
	    sizeof(*v));

	for (unsigned i = 0; i < s->n; i++)
		v[i] = (struct block_net){ s->nets[i].addr, s->nets[i].bits,
			s->nets[i].negated };
	out.v = v;
	return out;
}

static const struct ip_set *
take_list(struct applier *a, struct text *rest)
{
	struct text list = cut_list(rest);
	const struct ip_set *s;

	if (!list.len) {
		applier_bad(a, list, "addresses belong here");
		return NULL;
	}
	s = tree_ip_list(a->t, list, loc_at(a->d->args_loc,
	    (size_t)(list.ptr - a->d->args.ptr)));
	if (s && s->any) {
		applier_bad(a, list, "with any, nobody would be blocked: say "
		    "off for that");
		return NULL;
	}
	return s;
}

/* Several lists are one; each is complete in itself, so that what one of them
 * takes out counts for that one alone. */
static bool
add_never(struct applier *a, struct text *rest)
{
	struct block_nets *n = &a->s->block.never;
	const struct ip_set *s = take_list(a, rest);
	struct block_nets more;
	struct block_net *v;

	if (!s)
		return false;
	more = nets_of(a->t, s);
	if (n->n && (more.v[more.n - 1].negated || n->v[n->n - 1].negated)) {
		applier_bad(a, a->d->args, "of several never lists none may "
		    "take addresses out: write one");
		return false;
	}
	v = arena_xalloc(&a->t->arena, (n->n + more.n) * sizeof(*v));
	if (n->n)
		memcpy(v, n->v, n->n * sizeof(*v));
	memcpy(v + n->n, more.v, more.n * sizeof(*v));
	n->v = v;
	n->n += more.n;
	return true;
}

bool
block_rule_id(struct text t, uint32_t *gid, uint32_t *sid)
{
	struct text rest = t, first = text_trim(text_cut(&rest, ':'));
	int64_t g = 1, s;

	if (rest.ptr && !text_to_i64(first, 0, UINT32_MAX, &g))
		return false;
	if (!text_to_i64(rest.ptr ? text_trim(rest) : first, 0, UINT32_MAX,
	    &s))
		return false;
	*gid = (uint32_t)g;
	*sid = (uint32_t)s;
	return true;
}

/* [GID:]SID LIST, or any */
static bool
add_exempt(struct applier *a, struct text *rest)
{
	struct block_conf *c = &a->s->block;
	struct text id = applier_word(rest), list;
	struct block_exempt e = { 0 }, *v;
	const struct ip_set *s;

	if (!block_rule_id(id, &e.gid, &e.sid)) {
		applier_bad(a, id, "a rule belongs here, as 2001 or 1:2001");
		return false;
	}
	list = *rest;
	if (text_is_nocase(applier_word(&list), "any")) {
		*rest = list;
	} else {
		s = take_list(a, rest);
		if (!s)
			return false;
		e.nets = nets_of(a->t, s);
	}
	v = settings_grow(&a->t->arena, (void *)(uintptr_t)c->exempt,
	    c->n_exempt, sizeof(*v));
	v[c->n_exempt++] = e;
	c->exempt = v;
	return true;
}

/* -- config block ----------------------------------------------------------------- */

/* The word and what belongs to it; false after an error. */
static bool
take(struct applier *a, struct text word, struct text *rest)
{
	struct block_conf *c = &a->s->block;
	int64_t v;

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (text_is_nocase(word, flags[i].name)) {
			*(bool *)((char *)c + flags[i].field) = flags[i].value;
			return true;
		}
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (text_is_nocase(word, numbers[i].name)) {
			if (!applier_number(a, rest, numbers[i].min,
			    numbers[i].max, &v))
				return false;
			*number_at(c, numbers[i].field) = (uint32_t)v;
			return true;
		}
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (text_is_nocase(word, times[i].name))
			return take_time(a, applier_word(rest), number_at(c,
			    times[i].field), times[i].zero);
	for (size_t i = 0; i < ARRAY_LEN(choices); i++)
		if (text_is_nocase(word, choices[i].name)) {
			bool *to = (bool *)((char *)c + choices[i].field);
			char what[80];

			word = applier_word(rest);
			*to = text_is_nocase(word, choices[i].yes);
			if (*to || text_is_nocase(word, choices[i].no))
				return true;
			snprintf(what, sizeof(what), "%s or %s belongs here",
			    choices[i].no, choices[i].yes);
			applier_bad(a, word, what);
			return false;
		}
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (text_is_nocase(word, texts[i].name)) {
			word = applier_word(rest);
			if (!word.len) {
				applier_bad(a, word, "a name is missing");
				return false;
			}
			*(const char **)(void *)((char *)c + texts[i].field) =
			    arena_xtext(&a->t->arena, word).ptr;
			return true;
		}
	if (text_is_nocase(word, "ceiling"))
		return ceiling(a, applier_word(rest));
	if (text_is_nocase(word, "never"))
		return add_never(a, rest);
	if (text_is_nocase(word, "exempt"))
		return add_exempt(a, rest);
	if (text_is_nocase(word, "admin_ports"))
		return admin_ports(a, rest);
	applier_bad(a, word, "no setting of block: see aduana.conf(5)");
	return false;
}

void
config_block(struct applier *a)
{
	struct text rest = a->d->args, word;
	const struct block_conf *c = &a->s->block;

	while ((word = applier_word(&rest)).len)
		if (!take(a, word, &rest))
			return;
	if (c->backend && strcmp(c->backend, "nft") != 0 &&
	    strcmp(c->backend, "legacy") != 0)
		applier_bad(a, a->d->args, "the backend is nft or legacy");
	if (c->max_seconds && c->min_seconds > c->max_seconds)
		applier_bad(a, a->d->args, "min_duration cannot be above "
		    "max_duration");
}

/* -- config block_for --------------------------------------------------------------- */

static bool
take_spec(struct applier *a, struct text spec, struct block_rule *r)
{
	struct fwsam_doubt doubt;

	r->never = text_is_nocase(spec, "none");
	if (r->never)
		return true;
	if (fwsam_parse(spec, &r->fwsam, &doubt) && !doubt.at.ptr)
		return true;
	applier_bad(a, doubt.at, doubt.what);
	return false;
}

/* sid N|class NAME|priority N, who[how][, duration]|none */
void
config_block_for(struct applier *a)
{
	struct settings *s = a->s;
	struct text spec = a->d->args, key = text_cut(&spec, ',');
	struct block_rule r = { .loc = a->d->loc };
	struct text kind = text_word(&key), what = text_trim(key);
	int64_t n;

	if (!take_spec(a, text_trim(spec), &r))
		return;
	if (text_is_nocase(kind, "sid") &&
	    block_rule_id(what, &r.gid, &r.sid)) {
		s->block_sids = settings_grow(&a->t->arena, s->block_sids,
		    s->n_block_sids, sizeof(r));
		s->block_sids[s->n_block_sids++] = r;
		return;
	}
	if (text_is_nocase(kind, "class") && what.len) {
		r.class = what;
	} else if (text_is_nocase(kind, "priority") &&
	    text_to_i64(what, 1, INT32_MAX, &n)) {
		r.priority = (unsigned)n;
	} else {
		applier_bad(a, a->d->args, "sid N, class NAME or priority N, "
		    "then a comma and who[how], duration or none");
		return;
	}
	s->block_kinds = settings_grow(&a->t->arena, s->block_kinds,
	    s->n_block_kinds, sizeof(r));
	s->block_kinds[s->n_block_kinds++] = r;
}

/* Who is at home; any is nobody. */
static void
find_home(struct applier *a)
{
	const struct variable *v = tree_var(a->t, "HOME_NET");
	const struct ip_set *s = v ? tree_ip_list(a->t, v->value,
	    (struct loc){ 0 }) : NULL;

	if (s && !s->any)
		a->s->block.home = nets_of(a->t, s);
}

/* A class that nobody has made is a slip of the pen. */
static void
check_classes(struct applier *a)
{
	const struct settings *s = a->s;

	for (unsigned i = 0; i < s->n_block_kinds; i++) {
		const struct block_rule *r = &s->block_kinds[i];
		bool found = !r->class.len;

		for (unsigned j = 0; j < a->t->n_classes && !found; j++)
			found = text_eq(a->t->classes[j]->name, r->class);
		if (!found)
			erec_add(&a->t->errors, EREC_CONFIG, r->loc,
			    "block_for: there is no class '%.*s'",
			    TEXT_ARG(r->class));
	}
}

void
config_block_end(struct applier *a)
{
	struct settings *s = a->s;

	if (!s->block.on)
		return;
	find_home(a);
	check_classes(a);
	block_map_read(s, a->t);
	block_rules_sort(s->block_sids, &s->n_block_sids);
}
