/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rule options. One option is one file in detect/options/ with one `const
 * struct opt_ops opt_<name>` and one line in options.def.
 *
 * parse runs at load: it allocates from the rule set's arena (there is no free
 * hook), checks everything a text can get wrong, and either appends a test to
 * the rule, changes the content before it (nocase, depth, http_uri ...), or
 * changes the rule (fast_pattern, threshold ...). match runs per candidate: const
 * data, per-worker scratch in struct eval, no allocation.
 */
#ifndef DETECT_OPTION_H
#define DETECT_OPTION_H

#include "core/arena.h"
#include "core/base.h"
#include "core/erec.h"
#include "core/limits.h"
#include "core/slice.h"
#include "detect/rule.h"
#include "detect/unit.h"
#include "rules/tree.h"

struct buf;
struct content;
struct eval;
struct file_conf;
struct flowbit_set;
struct opt_build;

enum opt_flag {
	OPT_MODIFIER = 1 << 0,  /* belongs to the content before it */
	OPT_ONCE = 1 << 1,      /* a second one is refused */
	OPT_PAYLOAD = 1 << 2,   /* looks at a buffer: never true on no data,
	                           unless the option says otherwise */
	OPT_NO_MATCH = 1 << 3,  /* only parse: nothing to test per packet */
	OPT_NO_ARG = 1 << 4,    /* takes no argument */
	OPT_TCP = 1 << 5,       /* only in tcp rules */
	OPT_ICMP = 1 << 6,      /* only in icmp rules */
	OPT_IN_CONTENT = 1 << 7, /* a modifier that may stand behind a comma in
	                            content's argument */
};

enum opt_parse {
	OPT_OK,
	OPT_BAD, /* at least one erec of EREC_RULE was added */
};

struct opt_ops {
	const char *name; /* as in a rule */
	const char *help; /* one line */
	const char *grammar; /* "[!]N | <N | >N | N<>N" */
	unsigned flags;
	enum opt_parse (*parse)(struct opt_build *b, const struct rule_opt *o);
	/* One test. May move e's cursor and sticky buffer on a match; leaves
	 * them alone otherwise (except where Snort moves them: say so). */
	bool (*match)(struct eval *e, const void *data);
	/*
	 * For tests that can match again further on (content, pcre): called
	 * instead of match. *resume is 0 on the first call and whatever the
	 * option left there afterwards; e's state is as before the first call.
	 * A match that cannot be retried sets *resume to UINT32_MAX.
	 */
	bool (*match_next)(struct eval *e, const void *data, uint32_t *resume);
	/* What the option does once its whole rule has matched, header and
	 * detection_filter included: to the session, never to the cursor. NULL:
	 * nothing. */
	void (*act)(const struct eval *e, const void *data);
	/* Canonical `name:arg` without the semicolon, modifiers included;
	 * re-parsing gives an equal test. */
	void (*print)(struct buf *out, const void *data);
	/* Is this test relative to the cursor? (It makes the content before
	 * it a retry point.) NULL: no. */
	bool (*is_relative)(const void *data);
};

enum opt_id {
#define OPTION(name) OPT_ID_##name,
#include "detect/options.def"
#undef OPTION
	OPT_ID_COUNT
};
#define OPTION(name) extern const struct opt_ops opt_##name;
#include "detect/options.def"
#undef OPTION

const struct opt_ops *opt_by_id(enum opt_id id);
/* NULL when there is no option of that name. */
const struct opt_ops *opt_find(struct text name);

/* Settings of the configuration that options need at load. */
struct opt_conf {
	int64_t pcre_match_limit;           /* -1 library's, 0 never match */
	int64_t pcre_match_limit_recursion;
	bool nopcre;
	unsigned asn1_max_nodes;
	unsigned max_pattern_len; /* of fast patterns; 0: unlimited */
	bool tracked[FLOW_PROTOS]; /* sessions that there are */
	uint32_t has; /* enum rule_need: of parsers, what there is */
	const struct file_conf *files; /* `file' lines; NULL: there are none */
	const struct flowbit_set *flowbits; /* set by ruleset_compile; NULL:
	                                       bits are not numbered */
	/* config inline_test_rules */
	const struct rule_id {
		uint32_t gid, sid;
	} *test_rules;
	unsigned n_test_rules;
	enum { PROTECTED_NONE, PROTECTED_MD5, PROTECTED_SHA256,
		PROTECTED_SHA512 } protected_default;
};

/* A rule on its way from text to tests. */
struct opt_build {
	struct arena *arena;
	struct erecs *errors;
	const struct opt_conf *conf;
	const struct tree *tree;
	const struct rule *rule;
	struct crule *out;
	/* the test list under construction, LIM_RULE_OPTIONS long */
	struct opt_test *tests;
	unsigned n_tests;
	/* private to detect/: the option being parsed and those that the
	 * tests come from, the contents, the one that modifiers change (the
	 * last), the buffer
	 * that contents look at, the names of the variables declared so far
	 * (byte_extract's, then byte_math's; empty: none), the content that
	 * fast_pattern named, what was seen once */
	const struct rule_opt *opt, **places;
	struct content *contents, *content;
	enum buf_id sticky;
	struct text vars[LIM_BYTE_VARS];
	struct content *fast;
	uint64_t seen[4]; /* bit per enum opt_id */
};

/* Are sessions of what the rule is about tracked? */
bool opt_has_sessions(const struct opt_build *b);
/* Appends a test to the rule. */
void opt_add(struct opt_build *b, const struct opt_ops *ops, const void *data);
/* Adds an EREC_RULE at the option (or `off` bytes into its argument) and
 * returns OPT_BAD. */
enum opt_parse opt_error(struct opt_build *b, const struct rule_opt *o,
    const char *fmt, ...) PRINTF_LIKE(3, 4);
enum opt_parse opt_error_at(struct opt_build *b, const struct rule_opt *o,
    size_t off, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Adds an EREC_WARNING at the option: it loads, but not as its author may
 * think. */
void opt_warn(struct opt_build *b, const struct rule_opt *o,
    const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
