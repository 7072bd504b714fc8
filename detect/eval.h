/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Evaluating one rule on one unit: the detection cursor and the per-worker
 * scratch that options may use (rule-language: cursor model). Per worker;
 * eval_unit() points it at a unit, rule_match() resets the cursor per rule.
 */
#ifndef DETECT_EVAL_H
#define DETECT_EVAL_H

#include "core/base.h"
#include "core/counter.h"
#include "core/limits.h"
#include "core/slice.h"
#include "detect/unit.h"

/* What backtracking saves and restores. */
struct eval_state {
	bool set;          /* false: the cursor is NULL */
	uint8_t buf;       /* enum buf_id the cursor counts in, when set */
	uint8_t sticky;    /* enum buf_id that file_data and friends chose;
	                      BUF_PAYLOAD: none */
	uint32_t pos;      /* from that buffer's first byte */
	uint32_t vars[LIM_BYTE_VARS];
};

/* What a rule's content with `replace' found, and is to be written there. */
struct eval_replace {
	const void *content; /* whose it is */
	uint32_t at;         /* in the payload */
	struct slice with;
};

/* Where the prefilter found a literal. Each place that ends at `known' or
 * before it is in the list, and what is in the list is all that is known. */
struct eval_hit {
	const uint8_t *buf; /* that it searched; NULL: it was not asked */
	uint32_t len;       /* of the literal */
	uint32_t known;
	uint32_t n;
	const uint32_t *ends; /* ascending */
};

struct eval {
	const struct unit *unit;
	/* of the rule being tested, of a packet as it came */
	struct eval_replace replaces[LIM_REPLACES];
	unsigned n_replaces;
	struct eval_state s;
	uint32_t steps; /* of the rule being tested: up to `allowed` */
	uint32_t allowed;
	uint32_t unit_steps; /* of the rules before it: LIM_UNIT_STEPS */
	uint32_t pcre_calls; /* likewise */
	/* pcre's match data, limits and stack */
	void *pcre_data, *pcre_context, *pcre_stack;
	struct slice gtp_ie; /* the element that gtp_info chose */
	struct eval_hit hit; /* of the rule's literal */
	int file_type; /* of the unit's file (filetype.h), -1: none */
	struct slice base64; /* what the rule's base64_decode gave */
	uint8_t *base64_room; /* LIM_BASE64 bytes */
	uint64_t *ctrs;       /* eval_counters, EVAL_CTR_... */
	unsigned flow_wrong;  /* of the unit */
};

/* The words of `flow' that are not true of the unit, as bits: a rule with one
 * of them in crule.flow does not match it. */
unsigned flow_wrong(const struct unit *u);

#define EVAL_COUNTERS(X)                                                       \
	X(STEP_LIMIT, "step_limit",                                            \
	    "rules given up because they took too many steps on a unit")       \
	X(PCRE_LIMIT, "pcre_limit", "pcre given up at a match limit")          \
	X(PCRE_ERROR, "pcre_error", "pcre that failed for another reason")
enum {
#define X(NAME, name, help) EVAL_CTR_##NAME,
	EVAL_COUNTERS(X)
#undef X
	EVAL_CTR_MAX
};
extern const struct ctr_group eval_counters;

/* Allocates the scratch; false: out of memory. */
NODISCARD bool eval_init(struct eval *e);
void eval_fini(struct eval *e);
void eval_unit(struct eval *e, const struct unit *u);
/* -- for options ---------------------------------------------------------- */

/* One step is one test or EVAL_STEP_BYTES searched: at most 0.1
 * microseconds, about. What is slower charges more. */
enum { EVAL_STEP_BYTES = 64 };

/* Adds the steps that looking at n bytes takes. */
static inline void
eval_charge(struct eval *e, size_t n)
{
	e->steps += 1 + (uint32_t)(n / EVAL_STEP_BYTES);
}

/* The steps that the rule has left. */
static inline uint32_t
eval_left(const struct eval *e)
{
	return e->steps < e->allowed ? e->allowed - e->steps : 0;
}

/* The bytes of a buffer. false: the unit does not have it. file_data falls
 * back to the payload, as in Snort. */
NODISCARD bool eval_bytes(const struct eval *e, enum buf_id id,
    struct slice *s);
/* The buffer that a test without an http_* modifier looks at: the raw payload
 * when `raw`, else the sticky one, else the normalised payload, else the
 * payload. */
enum buf_id eval_buf(const struct eval *e, bool raw);
/* Bytes of the unit's payload: Snort's dsize. */
static inline size_t
eval_dsize(const struct eval *e)
{
	return e->unit->bufs[BUF_PAYLOAD].len;
}
/* Where a relative test starts in that buffer: 0 when the cursor is not set.
 * false: the cursor lies outside it. */
NODISCARD bool eval_cursor(const struct eval *e, enum buf_id id,
    struct slice s, uint32_t *pos);
static inline void
eval_move(struct eval *e, enum buf_id id, size_t pos)
{
	e->s.set = true;
	e->s.buf = (uint8_t)id;
	e->s.pos = (uint32_t)pos;
}

#endif
