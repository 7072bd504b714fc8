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

struct eval {
	const struct unit *unit;
	struct eval_state s;
	uint32_t steps; /* of the rule being tested: LIM_EVAL_STEPS */
	/* pcre: match data and limits; base64: the decode buffer */
	void *pcre_data;
	void *pcre_context;
	struct slice base64;
	uint8_t *base64_room; /* LIM_BASE64 bytes */
	uint64_t *ctrs;       /* eval_counters */
};

extern const struct ctr_group eval_counters;

/* Allocates the scratch; false: out of memory. */
NODISCARD bool eval_init(struct eval *e);
void eval_fini(struct eval *e);
void eval_unit(struct eval *e, const struct unit *u);

#endif
