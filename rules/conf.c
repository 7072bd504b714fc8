/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snort.conf as a whole. One pass over all files takes the directives and
 * lists the rules; then the rules are parsed, so that a rule may use classes,
 * references and ruletypes that stand after it, and yet sees the variables as
 * they were at its place.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/xalloc.h"
#include "rules/parse.h"

void *
vec_room(void *v, unsigned n, size_t size)
{
	if (n & (n - 1))
		return v; /* not at a power of two */
	return xreallocarray(v, n ? (size_t)n * 2 : 1, size);
}

/* A ruletype block that is still open. */
struct block {
	struct ruletype *type; /* NULL: none */
	bool opened; /* its { was seen */
	bool has_type;
};

struct conf_reader {
	struct tree *t;
	const struct include *file; /* the innermost */
	struct block block;
};

/* -- the tree -------------------------------------------------------------------- */

static bool
ruletype_is(const void *item, const void *key)
{
	const struct ruletype *r = item;

	return text_eq_nocase(r->name, *(const struct text *)key);
}

const struct ruletype *
ruletype_find(const struct tree *t, struct text name)
{
	return table_find(&t->priv->ruletypes, text_hash_nocase(name),
	    ruletype_is, &name);
}

static struct tree *
tree_new(const struct conf_options *opts)
{
	struct tree *t = xcalloc(1, sizeof(*t));

	arena_init(&t->arena, 0);
	erecs_init(&t->errors, &t->arena);
	t->priv = xcalloc(1, sizeof(*t->priv));
	buf_init(&t->priv->glue, LIM_CONF_FILE);
	ip_set_start(t);
	port_set_start(t);
	for (unsigned i = 0; opts && i < opts->n_defines; i++)
		var_define(t, opts->defines[i]);
	return t;
}

void
tree_free(struct tree *t)
{
	if (!t)
		return;
	struct tree_private *p = t->priv;
	struct table *const tables[] = { &p->vars, &p->ip_texts,
		&p->port_texts, &p->ip_sets, &p->port_sets, &p->classes,
		&p->systems, &p->ruletypes, &p->states };
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		table_fini(tables[i]);
	buf_fini(&p->glue);
	free(p->lines);
	free(p->metas);
	free(p);
	free(t->rules);
	free(t->directives);
	free(t->ruletypes);
	free(t->classes);
	free(t->vars);
	free(t->ip_sets);
	free(t->port_sets);
	arena_fini(&t->arena);
	free(t);
}

static void
add_directive(struct tree *t, struct directive d)
{
	t->directives = vec_room(t->directives, t->n_directives,
	    sizeof(*t->directives));
	t->directives[t->n_directives++] = d;
}

/* -- directives -------------------------------------------------------------------- */

/* A directive's line: the keyword, and what follows it, expanded. */
struct directive_line {
	struct text keyword, rest;
	struct loc loc, rest_loc;
	const struct ruletype *in_ruletype;
};

static void read_include(struct conf_reader *c,
    const struct directive_line *l);

/* "name: args" or "name args". */
static struct directive
split_name(enum directive_kind kind, const struct directive_line *l)
{
	struct text args = l->rest, name = text_trim(text_cut(&args, ':'));

	if (!args.ptr) {
		args = name;
		name = text_word(&args);
	}
	args = text_trim(args);
	return (struct directive){ .kind = kind, .name = name, .args = args,
		.loc = l->rest_loc, .in_ruletype = l->in_ruletype,
		.args_loc = args.len ? loc_at(l->rest_loc,
		    (size_t)(args.ptr - l->rest.ptr)) : l->rest_loc };
}

static void
read_config(struct tree *t, const struct directive_line *l)
{
	struct directive d = split_name(DIR_CONFIG, l);

	if (text_is_nocase(d.name, "classification")) {
		class_directive(t, d.args, d.args_loc);
		return;
	}
	if (text_is_nocase(d.name, "reference")) {
		reference_directive(t, d.args, d.args_loc);
		return;
	}
	if (text_is_nocase(d.name, "default_rule_state"))
		state_default(t, d.args, d.args_loc);
	add_directive(t, d);
}

static void
read_ruletype(struct conf_reader *c, const struct directive_line *l)
{
	struct tree *t = c->t;
	struct text rest = l->rest, name;
	size_t n = 0;
	enum rule_action ignored;

	while (n < rest.len && !text_is_blank(rest.ptr[n]) &&
	    rest.ptr[n] != '{')
		n++;
	name = text_make(rest.ptr, n);
	if (!n || rule_action_find(name, &ignored) ||
	    ruletype_find(t, name))
		erec_add(&t->errors, EREC_CONFIG, l->rest_loc,
		    "'%.*s' cannot name a ruletype: %s", TEXT_ARG(name),
		    n ? "there is an action of that name" : "a name belongs "
		    "here");
	struct ruletype *r = arena_xalloc(&t->arena, sizeof(*r));
	*r = (struct ruletype){ .name = name, .loc = l->rest_loc,
		.index = t->n_ruletypes };
	t->ruletypes = vec_room(t->ruletypes, t->n_ruletypes,
	    sizeof(*t->ruletypes));
	t->ruletypes[t->n_ruletypes++] = r;
	if (!ruletype_find(t, name))
		table_add(&t->priv->ruletypes, text_hash_nocase(name), r);
	c->block = (struct block){ .type = r };
}

enum keyword_id {
	KEY_INCLUDE, KEY_VAR, KEY_CONFIG, KEY_NAMED, KEY_PLAIN, KEY_STATE,
	KEY_RULETYPE,
};

static const struct keyword {
	const char *name;
	enum keyword_id id;
	enum directive_kind kind; /* of KEY_NAMED and KEY_PLAIN */
} keywords[] = {
	{ "include", KEY_INCLUDE, DIR_OTHER },
	{ "var", KEY_VAR, DIR_OTHER },
	{ "ipvar", KEY_VAR, DIR_OTHER },
	{ "portvar", KEY_VAR, DIR_OTHER },
	{ "config", KEY_CONFIG, DIR_CONFIG },
	{ "preprocessor", KEY_NAMED, DIR_PREPROCESSOR },
	{ "output", KEY_NAMED, DIR_OUTPUT },
	{ "event_filter", KEY_PLAIN, DIR_EVENT_FILTER },
	{ "threshold", KEY_PLAIN, DIR_EVENT_FILTER },
	{ "rate_filter", KEY_PLAIN, DIR_RATE_FILTER },
	{ "suppress", KEY_PLAIN, DIR_SUPPRESS },
	{ "rule_state", KEY_STATE, DIR_RULE_STATE },
	{ "attribute_table", KEY_PLAIN, DIR_ATTRIBUTE_TABLE },
	{ "ruletype", KEY_RULETYPE, DIR_OTHER },
	{ "dynamicpreprocessor", KEY_PLAIN, DIR_DYNAMIC },
	{ "dynamicdetection", KEY_PLAIN, DIR_DYNAMIC },
	{ "dynamicengine", KEY_PLAIN, DIR_DYNAMIC },
	{ "dynamicoutput", KEY_PLAIN, DIR_DYNAMIC },
	{ "dynamicsidechannel", KEY_PLAIN, DIR_DYNAMIC },
	{ "sidechannel", KEY_PLAIN, DIR_OTHER },
	{ "file", KEY_PLAIN, DIR_FILE },
};

static const struct keyword *
keyword_find(struct text word)
{
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (text_is_nocase(word, keywords[i].name))
			return &keywords[i];
	return NULL;
}

static void
read_directive(struct conf_reader *c, const struct keyword *k,
    struct directive_line *l)
{
	struct tree *t = c->t;

	if (!l->rest.len) {
		erec_add(&t->errors, EREC_CONFIG, l->loc,
		    "'%s' needs something after it", k->name);
		return;
	}
	if (k->id == KEY_VAR) {
		var_directive(t, l->keyword, l->rest, l->loc);
		return;
	}
	if (!var_expand(t, EREC_CONFIG, l->rest, l->rest_loc,
	    t->priv->position, &l->rest))
		return;
	switch (k->id) {
	case KEY_INCLUDE:
		read_include(c, l);
		break;
	case KEY_CONFIG:
		read_config(t, l);
		break;
	case KEY_NAMED:
		add_directive(t, split_name(k->kind, l));
		break;
	case KEY_STATE:
		state_directive(t, l->rest, l->rest_loc);
		add_directive(t, (struct directive){ .kind = k->kind,
			.name = text_of(k->name), .args = l->rest,
			.loc = l->loc, .args_loc = l->rest_loc });
		break;
	case KEY_RULETYPE:
		read_ruletype(c, l);
		break;
	case KEY_PLAIN:
	case KEY_VAR:
		add_directive(t, (struct directive){ .kind = k->kind,
			.name = text_of(k->name), .args = l->rest,
			.loc = l->loc, .args_loc = l->rest_loc });
		break;
	}
}

/* -- ruletype blocks -------------------------------------------------------------------- */

static void
close_block(struct conf_reader *c)
{
	if (!c->block.has_type)
		erec_add(&c->t->errors, EREC_CONFIG, c->block.type->loc,
		    "ruletype %.*s has no type", TEXT_ARG(c->block.type->name));
	c->block.type = NULL;
}

/* "type ACTION" or "output NAME: ARGS"; what follows the action goes on. */
static struct text
block_item(struct conf_reader *c, struct text item, struct loc loc)
{
	struct tree *t = c->t;
	struct text rest = item, word = text_word(&rest);
	struct directive_line l = { .keyword = word, .loc = loc,
		.in_ruletype = c->block.type };

	if (text_is_nocase(word, "type")) {
		struct text action = text_word(&rest);

		if (c->block.has_type)
			erec_add(&t->errors, EREC_CONFIG, loc,
			    "a ruletype has one type");
		else if (!rule_action_find(action, &c->block.type->base))
			erec_add(&t->errors, EREC_CONFIG, loc,
			    "'%.*s' is not an action", TEXT_ARG(action));
		c->block.has_type = true;
		return text_trim(rest);
	}
	if (text_is_nocase(word, "output")) {
		l.rest = text_trim(rest);
		l.rest_loc = loc_at(loc, (size_t)((l.rest.len ? l.rest.ptr :
		    word.ptr) - item.ptr));
		if (!l.rest.len)
			erec_add(&t->errors, EREC_CONFIG, loc,
			    "'output' needs something after it");
		else if (var_expand(t, EREC_CONFIG, l.rest, l.rest_loc,
		    t->priv->position, &l.rest))
			add_directive(t, split_name(DIR_OUTPUT, &l));
		return (struct text){ NULL, 0 };
	}
	erec_add(&t->errors, EREC_CONFIG, loc, "'%.*s' in a ruletype: only "
	    "type, output and } belong there", TEXT_ARG(word));
	return (struct text){ NULL, 0 };
}

static void
read_block_line(struct conf_reader *c, struct text text, struct loc loc)
{
	struct text t = text;
	bool closes;

	if (!c->block.opened) {
		if (!t.len)
			return;
		if (t.ptr[0] != '{') {
			erec_add(&c->t->errors, EREC_CONFIG, loc,
			    "'{' belongs here, after ruletype %.*s",
			    TEXT_ARG(c->block.type->name));
			c->block.type = NULL;
			return;
		}
		c->block.opened = true;
		t = text_trim(text_make(t.ptr + 1, t.len - 1));
	}
	closes = t.len && t.ptr[t.len - 1] == '}';
	if (closes)
		t = text_trim(text_make(t.ptr, t.len - 1));
	while (t.len)
		t = block_item(c, t, loc_at(loc, (size_t)(t.ptr - text.ptr)));
	if (closes)
		close_block(c);
}

/* -- lines and files --------------------------------------------------------------------- */

static void
read_line(struct conf_reader *c, const struct line *line)
{
	struct tree *t = c->t;
	struct tree_private *p = t->priv;
	struct directive_line l = { .loc = line->loc };
	const struct keyword *k;
	struct text name;

	if (c->block.type) {
		read_block_line(c, line->text, line->loc);
		return;
	}
	l.rest = line->text;
	l.keyword = name = text_word(&l.rest);
	l.rest = text_trim(l.rest);
	if (name.len && name.ptr[name.len - 1] == ':')
		name.len--; /* "rule_state:", "file:" */
	k = keyword_find(name);
	if (!k) {
		p->lines = vec_room(p->lines, p->n_lines, sizeof(*p->lines));
		p->lines[p->n_lines++] = (struct rule_line){ .line = *line,
			.position = p->position };
		return;
	}
	l.rest_loc = l.rest.len ? loc_at(line->loc,
	    (size_t)(l.rest.ptr - line->text.ptr)) : line->loc;
	read_directive(c, k, &l);
	if (k->id == KEY_RULETYPE && c->block.type) {
		struct text after = c->block.type->name;
		const char *end = l.rest.ptr + l.rest.len;

		after.ptr += after.len;
		after.len = (size_t)(end - after.ptr);
		after = text_trim(after);
		read_block_line(c, after, loc_at(l.rest_loc,
		    after.len ? (size_t)(after.ptr - l.rest.ptr) : 0));
	}
}

static void
read_source(struct conf_reader *c, struct source *s)
{
	struct line line;

	c->t->n_files++;
	while (source_line(s, &c->t->arena, &c->t->priv->glue, &line))
		read_line(c, &line);
	if (c->block.type) {
		erec_add(&c->t->errors, EREC_CONFIG, c->block.type->loc,
		    "the block of ruletype %.*s is not closed",
		    TEXT_ARG(c->block.type->name));
		c->block.type = NULL;
	}
}

/* "a.conf -> b.rules -> a.conf" for a message. */
static const char *
chain_text(struct tree *t, const struct include *from, const char *to)
{
	const char *text = to;

	for (; from; from = from->up)
		text = arena_xprintf(&t->arena, "%s -> %s", from->path, text);
	return text;
}

/* What could not be read of a file, and where. */
static void
bad_source(struct tree *t, const char *path, const struct source *s,
    struct loc loc)
{
	if (errno == EILSEQ)
		erec_add(&t->errors, EREC_CONFIG, (struct loc){ .file = path,
			.line = s->line }, "a NUL byte: this is no text file");
	else
		erec_add(&t->errors, EREC_CONFIG, loc, "cannot read %s: %s",
		    path, strerror(errno));
}

/* Reads an open file; `loc` is the line that asked for it. */
static void
read_file(struct conf_reader *c, const char *path, int fd, struct loc loc)
{
	struct tree *t = c->t;
	struct include here = { .path = path, .up = c->file,
		.depth = c->file ? c->file->depth + 1 : 0 };
	struct source s;
	struct stat st;

	if (fstat(fd, &st) == -1 || S_ISDIR(st.st_mode)) {
		erec_add(&t->errors, EREC_CONFIG, loc, "cannot read %s: %s",
		    path, strerror(S_ISDIR(st.st_mode) ? EISDIR : errno));
		return;
	}
	here.dev = st.st_dev;
	here.ino = st.st_ino;
	for (const struct include *i = c->file; i; i = i->up)
		if (i->dev == here.dev && i->ino == here.ino) {
			erec_add(&t->errors, EREC_CONFIG, loc,
			    "include loop: %s", chain_text(t, c->file, path));
			return;
		}
	if (here.depth > LIM_INCLUDE_DEPTH) {
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "includes nested deeper than %d: %s", LIM_INCLUDE_DEPTH,
		    chain_text(t, c->file, path));
		return;
	}
	if (source_read(&s, &t->arena, path, fd) == -1) {
		bad_source(t, path, &s, loc);
		return;
	}
	c->file = &here;
	read_source(c, &s);
	c->file = here.up;
}

/* Opens a file that the configuration names: as it stands or, if there is none,
 * beside the configuration. -1 after an error at loc. */
static int
open_named(struct tree *t, struct text name, struct loc loc,
    const char **path_out)
{
	const char *path;
	int fd;

	if (!t->priv->top_dir) {
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "no file can be read here");
		return -1;
	}
	if (name.len > 1 && name.ptr[0] == '"' &&
	    name.ptr[name.len - 1] == '"')
		name = text_make(name.ptr + 1, name.len - 2);
	path = arena_xtext(&t->arena, name).ptr;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT && path[0] != '/') {
		while (path[0] == '.' && path[1] == '/')
			path += 2;
		path = arena_xprintf(&t->arena, "%s/%s", t->priv->top_dir,
		    path);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (fd == -1)
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "cannot open %s: %s", path, strerror(errno));
	*path_out = path;
	return fd;
}

static void
read_include(struct conf_reader *c, const struct directive_line *l)
{
	const char *path;
	int fd;

	if (!c->t->priv->top_dir) {
		erec_add(&c->t->errors, EREC_CONFIG, l->loc,
		    "nothing can be included here");
		return;
	}
	fd = open_named(c->t, l->rest, l->rest_loc, &path);
	if (fd == -1)
		return;
	read_file(c, path, fd, l->rest_loc);
	close(fd);
}

const char *
tree_dir(const struct tree *t)
{
	return t->priv->top_dir;
}

bool
tree_file(struct tree *t, struct text name, struct loc loc, const char **path,
    struct text *text)
{
	int fd = open_named(t, name, loc, path);
	struct source s;
	bool ok;

	if (fd == -1)
		return false;
	ok = source_read(&s, &t->arena, *path, fd) == 0;
	if (!ok)
		bad_source(t, *path, &s, loc);
	close(fd);
	if (ok)
		*text = text_make(s.next, (size_t)(s.end - s.next));
	return ok;
}

/* -- loading --------------------------------------------------------------------------------- */

/* The second pass. */
static void
parse_rules(struct tree *t)
{
	struct tree_private *p = t->priv;

	for (unsigned i = 0; i < p->n_lines; i++) {
		const struct rule_line *l = &p->lines[i];
		struct text rest = l->line.text, word = text_word(&rest);

		if (rule_is_action(t, word))
			rule_parse(t, l);
		else
			erec_add(&t->errors, EREC_CONFIG, l->line.loc,
			    "'%.*s' is neither a directive nor a rule's "
			    "action", TEXT_ARG(word));
	}
	state_apply(t);
	free(p->lines);
	p->lines = NULL;
	p->n_lines = 0;
}

struct tree *
conf_load(const char *path, const struct conf_options *opts)
{
	struct tree *t = tree_new(opts);
	struct conf_reader c = { .t = t };
	const char *slash = strrchr(path, '/');
	const char *name = arena_xtext(&t->arena, text_of(path)).ptr;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	t->priv->top_dir = !slash ? "." : slash == path ? "/" :
	    arena_xprintf(&t->arena, "%.*s", (int)(slash - path), path);
	if (fd == -1) {
		erec_add(&t->errors, EREC_CONFIG, (struct loc){ .file = name },
		    "cannot open: %s", strerror(errno));
		return t;
	}
	read_file(&c, name, fd, (struct loc){ .file = name });
	close(fd);
	parse_rules(t);
	return t;
}

struct tree *
conf_load_text(const char *name, struct text text,
    const struct conf_options *opts)
{
	struct tree *t = tree_new(opts);
	struct conf_reader c = { .t = t };
	struct source s;
	const char *own = arena_xtext(&t->arena, text_of(name)).ptr;

	if (!source_open(&s, &t->arena, own, text)) {
		erec_add(&t->errors, EREC_CONFIG, (struct loc){ .file = own,
			.line = s.line }, "a NUL byte: this is no text file");
		return t;
	}
	read_source(&c, &s);
	parse_rules(t);
	return t;
}
