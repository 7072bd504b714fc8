/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A compiled rule: immutable, shared by all workers. */
#ifndef DETECT_RULE_H
#define DETECT_RULE_H

#include "core/base.h"
#include "core/ipaddr.h"
#include "core/slice.h"
#include "detect/fwsam.h"
#include "detect/unit.h"
#include "rules/tree.h"

struct opt_ops;
struct opt_build;
struct sd_pattern;
struct eval;

struct opt_test {
	const struct opt_ops *ops;
	const void *data;
	bool relative; /* it starts at the cursor that the test before left */
	bool retry;    /* the test after it is relative: a retry point */
	bool once;     /* a relative content without an end to its window: if
	                  what follows it failed, trying the test before it
	                  again does not help (Snort's rule, negated or not) */
};

/* What a rule needs to match beside packets: without it, it is loaded and
 * inactive; each counted and listed. */
#define RULE_NEEDS(X)                                                          \
	X(SESSIONS, "sessions that preprocessor stream5 is not told to track") \
	X(HTTP, "HTTP buffers")                                                \
	X(FILE_DATA, "file_data")                                              \
	X(DYNAMIC, "activate and dynamic rules")                               \
	X(SSL, "preprocessor ssl")                                             \
	X(DCE, "preprocessor dcerpc2")                                         \
	X(SIP, "preprocessor sip")                                             \
	X(GTP, "preprocessor gtp")                                             \
	X(MODBUS, "preprocessor modbus")                                       \
	X(DNP3, "preprocessor dnp3")                                           \
	X(SENSITIVE, "preprocessor sensitive_data")                            \
	X(FILE_TYPE, "`file' lines (file_magic.conf)")                                             \
	X(APPID, "OpenAppID")
enum {
#define X(NAME, help) RULE_NEED_BIT_##NAME,
	RULE_NEEDS(X)
#undef X
	RULE_NEED_BITS
};
enum rule_need {
#define X(NAME, help) RULE_NEEDS_##NAME = 1 << RULE_NEED_BIT_##NAME,
	RULE_NEEDS(X)
#undef X
};

/* The literal that must be there for a rule to be worth evaluating. */
struct fast_pattern {
	const uint8_t *ptr; /* NULL: none */
	uint32_t len;       /* after max-pattern-len */
	uint32_t full_len;  /* of the content: order_events content_length */
	enum buf_id buf;
	bool once;          /* the prefilter tells its first place alone */
	bool any_payload; /* fast_pattern:only on a plain content: raw payload,
	                     decoded payload or file_data */
};

/* Is it one byte again and again, whatever its case? */
static inline bool
is_run(struct slice lit)
{
	for (size_t i = 1; i < lit.len; i++)
		if (text_lower((char)lit.ptr[i]) !=
		    text_lower((char)lit.ptr[0]))
			return false;
	return true;
}

/* detection_filter and threshold of the rule; type NONE when not given. */
struct rule_filter {
	enum { FILTER_NONE, FILTER_LIMIT, FILTER_THRESHOLD, FILTER_BOTH,
		FILTER_DETECTION } type;
	bool by_dst;
	int32_t count;
	uint32_t seconds;
};

/* tag: after an event, log this many more. */
struct rule_tag {
	bool host; /* else session */
	bool by_dst; /* host: of the destination */
	bool exclusive;
	uint32_t packets, seconds, bytes; /* 0: that metric is not used */
};

/* resp, react, fwsam, sticky-drop and bait-and-switch: what to do about an
 * event besides reporting it. All zero: nothing. */
enum rule_resp {
	RESP_RESET_SOURCE = 1 << 0,
	RESP_RESET_DEST = 1 << 1,
	RESP_ICMP_NET = 1 << 2,
	RESP_ICMP_HOST = 1 << 3,
	RESP_ICMP_PORT = 1 << 4,
};
struct rule_response {
	unsigned resp; /* enum rule_resp */
	bool react, react_msg; /* msg: the page shows the rule's message */
	struct fwsam fwsam;
	struct {
		bool on, dest;
		uint32_t seconds;
	} sticky_drop;
	struct {
		bool on, dest;
		uint32_t seconds;
		struct ipaddr honeypot;
	} bait_and_switch;
};

/* Is it judged by a part of a unit, while more of that will come (early.h)? */
struct rule_early {
	bool can;
	uint32_t whole; /* bit per enum buf_id: that it wants finished */
	uint32_t begin; /* likewise: from its first byte on */
};

struct crule {
	const struct rule *rule; /* header, identity, text: borrowed from the
	                            tree, which lives as long as the rule set */
	uint32_t index;          /* dense, in its rule set */
	uint32_t needs;          /* enum rule_need: not 0 means inactive */
	/* n_tests tests in order, then what only loading looks at: n_parts in
	 * all, which is what crule_print prints */
	const struct opt_test *tests;
	unsigned n_tests, n_parts;
	struct fast_pattern fast;
	uint16_t flow;            /* the words of `flow' (flow_wrong) */
	uint32_t longest_content; /* 0 without one */
	struct rule_filter detection_filter, threshold;
	struct rule_tag tag;
	struct rule_response response;
	uint32_t activates, activated_by, activated_count; /* 0: not given */
	const char *logto;        /* file name, NULL if none */
	enum flow_log session;    /* how the session's data is logged */
	bool file_type;           /* it asks for the type of a file */
	const struct sd_pattern *sd; /* it counts these; NULL: it matches */
	bool any_ignored;         /* ignore_any_rules may leave it out */
	bool noalert;             /* flowbits:noalert and friends */
	struct rule_early early;
	/* what the raw header allows, known before any option is tried */
	bool has_flags_test;  /* `flags`: tcp_flags without flags_ignored must
	                         equal flags_value (two that disagree: the
	                         first) */
	uint8_t flags_value, flags_ignored;
	bool builtin_type_decode; /* metadata: rule-type decode */
	bool test_only;   /* metadata: inline-test, or config
	                     inline_test_rules: what it would drop is told */
	bool header_only; /* it asks for nothing but addresses, ports and
	                     flow: true of all of a session's packets */
};

/*
 * Compiles the options of a tree's rule. On an error the records are in
 * b->errors and false is returned; the rule must not be used. b->arena,
 * errors, conf and tree are set by the caller, the rest here.
 */
NODISCARD bool rule_compile(struct opt_build *b, const struct rule *r,
    struct crule *out);
/* The whole rule in canonical form, options in order of their tests. */
struct buf;
void crule_print(struct buf *out, const struct crule *r);

/* A prefilter hit's rule tested in full, its header excepted: options in
 * order with Snort 2.9's cursor and retry semantics. */
bool rule_match(struct eval *e, const struct crule *r);
/* What its options do to the session once all of the rule has matched. */
void rule_act(const struct eval *e, const struct crule *r);

#endif
