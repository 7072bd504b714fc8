/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking an option's argument apart. Every text here is a part of o->arg, so
 * that an error can point at it. The functions that can fail add an EREC_RULE
 * and return false.
 */
#ifndef DETECT_OPTIONS_ARG_H
#define DETECT_OPTIONS_ARG_H

#include "detect/option.h"

struct buf;
struct eval;

/* An EREC_RULE under `at`, a part of the option's argument. */
enum opt_parse arg_error(struct opt_build *b, const struct rule_opt *o,
    struct text at, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* The next item of a list, trimmed; false at its end. Start with
 * *rest = o->arg; an argument that is not there has no items. */
NODISCARD bool arg_next(struct text *rest, char sep, struct text *item);
/* A leading `!`, cut off *t along with the blanks around it. */
bool arg_not(struct text *t);
/* "text" without its quotes, which may be missing when !required. */
NODISCARD bool arg_quoted(struct opt_build *b, const struct rule_opt *o,
    bool required, struct text *out);

/* A whole number in [min, max]; `what` names it in the message. */
NODISCARD bool arg_int(struct opt_build *b, const struct rule_opt *o,
    struct text t, const char *what, int64_t min, int64_t max, int64_t *v);
NODISCARD bool arg_int_auto(struct opt_build *b, const struct rule_opt *o,
    struct text t, const char *what, int64_t min, int64_t max, int64_t *v);

/* One of a table's words, without regard to case. */
struct arg_word {
	const char *name;
	unsigned value;
};
NODISCARD bool arg_word(const struct arg_word *words, unsigned n,
    struct text t, unsigned *value);
/* The first name of that value, "" if there is none. */
const char *arg_word_name(const struct arg_word *words, unsigned n,
    unsigned value);

/* -- numbers that may be variables ------------------------------------- */

enum { VAR_MATH = LIM_BYTE_VARS - 1 }; /* byte_math's slot, the others are
					  byte_extract's */

struct operand {
	int64_t value;
	struct text name; /* of the variable, empty: a constant */
	uint8_t var;      /* its slot in eval_state.vars */
};

/* A number in [min, max] (bases as in C when `bases`) or the name of a
 * variable that an earlier option declared. */
NODISCARD bool arg_operand(struct opt_build *b, const struct rule_opt *o,
    struct text t, const char *what, bool bases, int64_t min, int64_t max,
    struct operand *op);
/* A constant 0 counts as not given, as in Snort. */
static inline bool
operand_is_set(const struct operand *op)
{
	return op->name.len || op->value;
}
/* Its value now; a variable's is unsigned. */
int64_t operand_get(const struct eval *e, const struct operand *op);
void operand_print(struct buf *out, const struct operand *op);

/* Text for a rule: `;` becomes `\;`. */
void print_text(struct buf *out, struct text t);

#endif
