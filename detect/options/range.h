/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers compared with a constant or a range: ttl, dsize, itype and others
 * share it, each with the comparisons that Snort gives it. */
#ifndef DETECT_OPTIONS_RANGE_H
#define DETECT_OPTIONS_RANGE_H

#include "detect/option.h"

struct buf;

enum range_op {
	RANGE_EQ, /* N and =N */
	RANGE_NE, /* !N */
	RANGE_LT,
	RANGE_GT,
	RANGE_LE,
	RANGE_GE,
	RANGE_IN,      /* a<>b, both ends included */
	RANGE_BETWEEN, /* a<>b, both ends excluded */
};

struct range {
	enum range_op op;
	int64_t lo, hi; /* lo alone except for the two-sided ones */
};

/* What an option allows; bit per range_op in `ops`. */
struct range_spec {
	const char *what;
	unsigned ops;
	int64_t min, max;
	bool bases;    /* 0x and octal, as in C */
	bool equals;   /* `=N' may be written */
	bool dash;     /* a-b, a-, -b instead of a<>b */
	bool tail;     /* what follows the second number is ignored */
};

/* false after adding an EREC_RULE. */
NODISCARD bool range_parse(struct opt_build *b, const struct rule_opt *o,
    struct text t, const struct range_spec *spec, struct range *r);
bool range_has(const struct range *r, int64_t v);
/* Can no number satisfy it? */
bool range_is_empty(const struct range *r);
void range_print(struct buf *out, const struct range *r, bool dash);

#endif
