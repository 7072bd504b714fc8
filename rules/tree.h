/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rule language and snort.conf as a tree: what the user wrote, checked as
 * far as text can be, with the place of everything. No packet, no option's
 * meaning: those are detect/'s. The tree and all its text live in one arena
 * and are immutable once conf_load() returned.
 */
#ifndef RULES_TREE_H
#define RULES_TREE_H

#include "core/arena.h"
#include "core/base.h"
#include "core/erec.h"
#include "core/ipaddr.h"
#include "core/slice.h"

/* -- addresses and ports ------------------------------------------------- */

struct ip_net {
	struct ipaddr addr; /* host bits are zero */
	uint8_t bits;       /* prefix length, 0-32 or 0-128 */
	bool negated;
};

/*
 * A flattened address list. Matches when (any positive net matches, or there
 * is none) and no negated one does. `any` matches both families; 0.0.0.0/0
 * IPv4 only, ::/0 IPv6 only. Equal lists of one tree are the same pointer.
 */
struct ip_set {
	bool any;
	unsigned n, n_positive; /* positive ones come first */
	const struct ip_net *nets;
	uint32_t id; /* dense, from 0; `any` is 0 */
};
bool ip_set_has(const struct ip_set *s, const struct ipaddr *a);

struct port_range {
	uint16_t lo, hi;
};
/* Sorted, disjoint, not adjacent. Equal sets of one tree are the same
 * pointer. `any` has the one range 0-65535. */
struct port_set {
	bool any;
	unsigned n;
	const struct port_range *ranges;
	unsigned count; /* ports in it */
	uint32_t id;    /* dense, from 0; `any` is 0 */
};
bool port_set_has(const struct port_set *s, uint16_t port);

/* -- rules ---------------------------------------------------------------- */

enum rule_action {
	ACTION_ALERT,
	ACTION_LOG,
	ACTION_PASS,
	ACTION_DROP,
	ACTION_SDROP,
	ACTION_REJECT,
	ACTION_ACTIVATE,
	ACTION_DYNAMIC,
	ACTION_CUSTOM, /* a ruletype: rule.ruletype */
};
enum { ACTION_COUNT = ACTION_CUSTOM + 1 };
const char *rule_action_name(enum rule_action a);

enum rule_proto { PROTO_IP, PROTO_TCP, PROTO_UDP, PROTO_ICMP };
const char *rule_proto_name(enum rule_proto p);

/* One option as written: `name: arg`, blanks trimmed, `\;` undone (`\:` and
 * every other escape is the option's own business). */
struct rule_opt {
	struct text name; /* lower case */
	struct text arg;  /* empty and ptr NULL: there was no colon */
	struct loc loc;   /* of the name */
	struct loc arg_loc;
};

struct rule_ref {
	struct text system, id;
	const char *url_prefix; /* of the system, NULL if it has none */
};

struct rule_meta { /* one `key value` of metadata */
	struct text key, value;
};

struct classification {
	struct text name, description;
	unsigned priority;
	unsigned id; /* from 1, by order of appearance: unified2's number */
};

struct ruletype;

struct rule {
	struct loc loc; /* of the action */
	enum rule_action action;
	const struct ruletype *ruletype; /* ACTION_CUSTOM */
	bool has_header; /* false: `action ( options )`, a builtin's rule */
	enum rule_proto proto;
	const struct ip_set *src, *dst;
	const struct port_set *sports, *dports;
	bool bidirectional;

	/* general options, done here; 0 or empty when not given */
	struct text msg; /* escapes undone */
	uint32_t gid, sid, rev; /* gid defaults to 1 */
	const struct classification *class;
	unsigned priority; /* its own, else its class's, else 0 */
	const struct rule_ref *refs;
	unsigned n_refs;
	const struct rule_meta *metas;
	unsigned n_metas;
	bool soft_stub; /* metadata: engine shared, or gid 3 */

	/* all other options, in order as written */
	const struct rule_opt *opts;
	unsigned n_opts;

	bool refused; /* had an error: never loaded */
	bool disabled; /* by rule_state or default_rule_state */
	unsigned index; /* in the tree's list */
	struct text raw; /* the logical line as read, for EVE's `rule` */
};

/* -- directives ----------------------------------------------------------- */

enum directive_kind {
	DIR_CONFIG,       /* config NAME[: ARGS] */
	DIR_PREPROCESSOR, /* preprocessor NAME[: ARGS] */
	DIR_OUTPUT,       /* output NAME[: ARGS] */
	DIR_EVENT_FILTER, /* event_filter and threshold lines: NAME tells */
	DIR_RATE_FILTER,
	DIR_SUPPRESS,
	DIR_RULE_STATE,   /* already resolved into rule.disabled */
	DIR_ATTRIBUTE_TABLE,
	DIR_DYNAMIC,      /* dynamicpreprocessor ...: accepted, no meaning */
	DIR_FILE,         /* file type:NAME; ... */
	DIR_OTHER,        /* sidechannel: likewise */
};

/* A line that the sensor's configuration gives a meaning; variables in it are
 * expanded. */
struct directive {
	enum directive_kind kind;
	struct text name, args;
	struct loc loc, args_loc;
	const struct ruletype *in_ruletype; /* an output of that ruletype */
};

struct ruletype {
	struct text name;
	enum rule_action base;
	struct loc loc;
	unsigned index;
};

struct variable {
	struct text name, value; /* value expanded */
	enum { VAR_TEXT, VAR_IP, VAR_PORT } kind;
};

struct tree {
	struct arena arena;
	struct erecs errors;
	struct rule **rules; /* duplicates and refused ones included, in order */
	unsigned n_rules;
	struct directive *directives;
	unsigned n_directives;
	struct ruletype **ruletypes;
	unsigned n_ruletypes;
	struct classification **classes;
	unsigned n_classes;
	struct variable *vars;
	unsigned n_vars;
	const struct ip_set **ip_sets; /* by id */
	unsigned n_ip_sets;
	const struct port_set **port_sets; /* by id */
	unsigned n_port_sets;
	unsigned n_files;
	/* parser state, private to rules/ */
	struct tree_private *priv;
};

struct conf_options {
	/* -S name=value, in order; they win over the file */
	const char *const *defines;
	unsigned n_defines;
};

/*
 * Reads a configuration file and everything it includes. Never fails as a
 * whole: what is wrong is in t->errors (EREC_CONFIG: must not start;
 * EREC_RULE: that rule has `refused` set). Free with tree_free.
 */
NODISCARD struct tree *conf_load(const char *path,
    const struct conf_options *opts);
/* The same from memory, for tests and fuzzing; includes are errors. */
NODISCARD struct tree *conf_load_text(const char *name, struct text text,
    const struct conf_options *opts);
void tree_free(struct tree *t);

/*
 * Reads a file that a directive names, for directives that carry one: as it
 * stands or beside the configuration. *path and *text (terminated, no NUL in
 * it) live as long as the tree. false after an EREC_CONFIG at loc.
 */
NODISCARD bool tree_file(struct tree *t, struct text name, struct loc loc,
    const char **path, struct text *text);
/* The folder of the configuration; NULL: it is none of a file. */
const char *tree_dir(const struct tree *t);
/* Looks a variable up (the last definition), NULL if there is none. */
const struct variable *tree_var(const struct tree *t, const char *name);
/* Parses and interns an address list in the configuration's own syntax, with
 * variables, for directives that carry one. NULL after adding an EREC_CONFIG
 * at loc. */
NODISCARD const struct ip_set *tree_ip_list(struct tree *t, struct text text,
    struct loc loc);
NODISCARD const struct port_set *tree_port_list(struct tree *t,
    struct text text, struct loc loc);
/* The location `off` bytes into a text that starts at `loc`. */
struct loc loc_at(struct loc loc, size_t off);

struct buf;
/* Canonical text of the header: "alert tcp [..] any -> any 80", and of the
 * general options that stand in struct rule; the other options are printed by
 * detect (option_print). Re-parsing the whole gives an equal rule. */
void rule_print_header(struct buf *b, const struct rule *r);
void rule_print_general(struct buf *b, const struct rule *r);
void ip_set_print(struct buf *b, const struct ip_set *s);
void port_set_print(struct buf *b, const struct port_set *s);

#endif
