/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of rules/ share with each other and with nobody else. */
#ifndef RULES_PARSE_H
#define RULES_PARSE_H

#include <sys/types.h>

#include "core/buf.h"
#include "core/limits.h"
#include "rules/table.h"
#include "rules/tree.h"

/* -- reading (source.c) --------------------------------------------------- */

/* A file's text while it is read. The text lives in the tree's arena, holds
 * no NUL and is followed by one. */
struct source {
	const char *name;
	const char *next, *end;
	uint32_t line; /* number of the physical line at `next` */
};

/* A logical line: comments gone, continued pieces glued. */
struct line {
	struct text text; /* not empty, no blanks at either end */
	struct loc loc;   /* of its first byte */
};

/* Starts reading a copy of `text`; false if it is no text (a NUL byte), whose
 * line is then in s->line. */
NODISCARD bool source_open(struct source *s, struct arena *a,
    const char *name, struct text text);
/* Reads a whole file into *s. 0, or -1 with errno; EILSEQ: as for a false of
 * source_open, EFBIG: above LIM_CONF_FILE. */
NODISCARD int source_read(struct source *s, struct arena *a, const char *name,
    int fd);
/* The next logical line; false at the end. `glue` is scratch. */
NODISCARD bool source_line(struct source *s, struct arena *a, struct buf *glue,
    struct line *out);

/* -- private state of a tree ----------------------------------------------- */

/* One definition of a variable. Lines see the youngest that stood before
 * them, so each knows its position and its predecessor. */
struct var_def {
	struct variable var;
	struct loc loc;
	unsigned position;
	bool fixed; /* -S: definitions in files are passed over */
	struct var_def *older;
};

/* A file being read, and the one that includes it. */
struct include {
	const char *path;
	dev_t dev;
	ino_t ino;
	unsigned depth;
	const struct include *up;
};

/* A rule as found by the first pass, to be parsed by the second. */
struct rule_line {
	struct line line;
	unsigned position; /* variables defined before it */
};

struct ref_system {
	struct text name;
	const char *url_prefix;
};

struct rule_state {
	uint32_t gid, sid;
	bool disabled;
	bool has_action;
	enum rule_action action;
};

struct tree_private {
	struct table vars;       /* struct var_def, the youngest */
	unsigned position;       /* definitions so far */
	size_t expanded;         /* bytes made by expansion so far */
	const char *top_dir;     /* of the first file; NULL: no includes */
	struct rule_line *lines;
	unsigned n_lines;
	struct table ip_texts, port_texts; /* struct set_text */
	struct table ip_sets, port_sets;   /* by content */
	struct table classes, systems, ruletypes, states;
	bool default_disabled;   /* config default_rule_state */
	struct rule *rule_block; /* room for rules not handed out yet */
	unsigned n_rule_block;
	struct buf glue;
	struct rule_opt opts[LIM_RULE_OPTIONS];
	struct rule_ref refs[LIM_RULE_OPTIONS];
	struct rule_meta *metas; /* scratch of one rule */
	unsigned n_metas;
};

/* Grows *v, an array of n elements of `size` bytes whose room doubles at
 * powers of two, so that one more fits, and returns it. */
NODISCARD void *vec_room(void *v, unsigned n, size_t size);

/* -- variables (vars.c) ------------------------------------------------------ */

/* The definition in force at a position; NULL if there is none. */
const struct var_def *var_find(const struct tree *t, struct text name,
    unsigned position);
bool var_is_name_char(char c);
/* `var`, `ipvar` or `portvar` with what follows it, at loc. */
void var_directive(struct tree *t, struct text keyword, struct text rest,
    struct loc loc);
/* -S name=value. */
void var_define(struct tree *t, const char *define);
/* Replaces the variables outside double quotes; false after adding an error
 * of this kind. *out is `in` itself when there are none. */
NODISCARD bool var_expand(struct tree *t, enum erec_kind kind,
    struct text in, struct loc loc, unsigned position, struct text *out);

/* -- lists (list.c) ---------------------------------------------------------- */

/* A walk over a list of addresses or ports: brackets, negations and variables
 * are resolved, `item` is called for each single one and may fail by calling
 * list_fail(). */
struct list_walk {
	struct tree *tree;
	unsigned position;
	bool (*item)(struct list_walk *w, struct text item, bool negated);
	void *arg;
	unsigned n_items;
	/* after a failure */
	char message[256];
	size_t off; /* into the outermost text */
	struct text outer;
};
NODISCARD bool list_walk(struct list_walk *w, struct text t);
bool list_fail(struct list_walk *w, struct text at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* -- sets (ipset.c, portset.c) ------------------------------------------------ */

struct set_error {
	char message[256];
	size_t off;
};
/* Parse and intern; NULL with *e filled when the text is no such list. */
NODISCARD const struct ip_set *ip_set_parse(struct tree *t, struct text text,
    unsigned position, struct set_error *e);
NODISCARD const struct port_set *port_set_parse(struct tree *t,
    struct text text, unsigned position, struct set_error *e);
/* The `any` of both kinds, made first so that their id is 0. */
void ip_set_start(struct tree *t);
void port_set_start(struct tree *t);

/* A text that was parsed before, to the set it means. */
struct set_text {
	struct text text;
	unsigned position;
	const void *set;
};
const void *set_text_find(const struct table *tab, struct text text,
    unsigned position);
void set_text_add(struct tree *t, struct table *tab, struct text text,
    unsigned position, const void *set);

/* -- rules (rule.c, general.c) ------------------------------------------------- */

NODISCARD bool rule_action_find(struct text name, enum rule_action *a);
/* Is this the keyword of a rule: an action or a declared ruletype? */
bool rule_is_action(const struct tree *t, struct text word);
const struct ruletype *ruletype_find(const struct tree *t, struct text name);
/* Parses a line and appends it to the tree, refused if it had an error. */
void rule_parse(struct tree *t, const struct rule_line *l);

/* A rule's general options while they are read. */
struct general {
	struct rule *rule;
	unsigned seen; /* bit per option that may stand once */
	bool has_gid, has_priority;
	unsigned n_refs;
};
/* Takes one; false if `o` is none of them. Errors are added and set the
 * rule's `refused`. */
bool general_option(struct tree *t, struct general *g,
    const struct rule_opt *o);
/* After the last option: what must be there, and the lists. */
void general_finish(struct tree *t, struct general *g);

/* -- classes, references, states (general.c, state.c) ------------------------- */

void class_directive(struct tree *t, struct text args, struct loc loc);
void reference_directive(struct tree *t, struct text args, struct loc loc);
void state_directive(struct tree *t, struct text args, struct loc loc);
void state_default(struct tree *t, struct text args, struct loc loc);
void state_apply(struct tree *t);

#endif
