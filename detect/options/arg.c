/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/options/arg.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/buf.h"
#include "detect/eval.h"

enum opt_parse
arg_error(struct opt_build *b, const struct rule_opt *o, struct text at,
    const char *fmt, ...)
{
	char message[800];
	va_list ap;
	size_t off = 0;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	if (!o->arg.ptr)
		return opt_error(b, o, "%s", message);
	if (at.ptr && at.ptr >= o->arg.ptr &&
	    at.ptr <= o->arg.ptr + o->arg.len)
		off = (size_t)(at.ptr - o->arg.ptr);
	return opt_error_at(b, o, off, "%s", message);
}

bool
arg_next(struct text *rest, char sep, struct text *item)
{
	if (!rest->ptr)
		return false;
	*item = text_trim(text_cut(rest, sep));
	return true;
}

bool
arg_not(struct text *t)
{
	*t = text_trim(*t);
	if (!t->len || t->ptr[0] != '!')
		return false;
	*t = text_trim(text_make(t->ptr + 1, t->len - 1));
	return true;
}

bool
arg_quoted(struct opt_build *b, const struct rule_opt *o, bool required,
    struct text *out)
{
	struct text t = text_trim(o->arg);

	if (t.len >= 2 && t.ptr[0] == '"' && t.ptr[t.len - 1] == '"') {
		*out = text_make(t.ptr + 1, t.len - 2);
		return true;
	}
	if (!t.len || required || t.ptr[0] == '"') {
		arg_error(b, o, t, "%s wants a text in double quotes",
		    required ? "this option" : "an argument");
		return false;
	}
	*out = t;
	return true;
}

static bool
int_error(struct opt_build *b, const struct rule_opt *o, struct text t,
    const char *what, int64_t min, int64_t max)
{
	arg_error(b, o, t, "%s must be a number from %" PRId64 " to %" PRId64
	    ", not `%.*s'", what, min, max, TEXT_ARG(t));
	return false;
}

bool
arg_int(struct opt_build *b, const struct rule_opt *o, struct text t,
    const char *what, int64_t min, int64_t max, int64_t *v)
{
	return text_to_i64(t, min, max, v) ||
	    int_error(b, o, t, what, min, max);
}

bool
arg_int_auto(struct opt_build *b, const struct rule_opt *o, struct text t,
    const char *what, int64_t min, int64_t max, int64_t *v)
{
	return text_to_i64_auto(t, min, max, v) ||
	    int_error(b, o, t, what, min, max);
}

bool
arg_word(const struct arg_word *words, unsigned n, struct text t,
    unsigned *value)
{
	for (unsigned i = 0; i < n; i++)
		if (text_is_nocase(t, words[i].name)) {
			*value = words[i].value;
			return true;
		}
	return false;
}

const char *
arg_word_name(const struct arg_word *words, unsigned n, unsigned value)
{
	for (unsigned i = 0; i < n; i++)
		if (words[i].value == value)
			return words[i].name;
	return "";
}

static bool
is_letter(char c)
{
	return text_lower(c) >= 'a' && text_lower(c) <= 'z';
}

bool
arg_operand(struct opt_build *b, const struct rule_opt *o, struct text t,
    const char *what, bool bases, int64_t min, int64_t max,
    struct operand *op)
{
	*op = (struct operand){ 0 };
	if (!t.len || !is_letter(t.ptr[0]))
		return bases ?
		    arg_int_auto(b, o, t, what, min, max, &op->value) :
		    arg_int(b, o, t, what, min, max, &op->value);
	for (unsigned i = 0; i < LIM_BYTE_VARS; i++)
		if (text_eq(b->vars[i], t)) {
			op->name = b->vars[i];
			op->var = (uint8_t)i;
			return true;
		}
	arg_error(b, o, t, "%s: there is no variable `%.*s'; declare it with "
	    "byte_extract or byte_math before it is used", what, TEXT_ARG(t));
	return false;
}

int64_t
operand_get(const struct eval *e, const struct operand *op)
{
	return op->name.len ? (int64_t)e->s.vars[op->var] : op->value;
}

void
operand_print(struct buf *out, const struct operand *op)
{
	if (op->name.len)
		print_text(out, op->name);
	else
		buf_printf(out, "%" PRId64, op->value);
}

void
print_text(struct buf *out, struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		if (t.ptr[i] == ';')
			buf_putc(out, '\\');
		buf_putc(out, t.ptr[i]);
	}
}
