/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error records: what is wrong in a text the user wrote, and where. They
 * accumulate, so that one run reports every error, and are printed with the
 * line and a caret under the place.
 */
#ifndef CORE_EREC_H
#define CORE_EREC_H

#include <stdio.h>

#include "core/arena.h"
#include "core/base.h"
#include "core/slice.h"

/* A place in a file. Lines and columns count from 1; 0: not known. `line_text`
 * is that physical line (for the caret), empty when there is none. */
struct loc {
	const char *file;
	uint32_t line, col;
	struct text line_text;
};

enum erec_kind {
	EREC_CONFIG, /* the configuration cannot be used: no start */
	EREC_RULE,   /* one rule cannot be loaded; the rest load */
	EREC_WARNING, /* loaded, and probably not what its author meant */
};

struct erec {
	enum erec_kind kind;
	struct loc loc;
	const char *message; /* what is wrong and what to do, no final dot */
	struct erec *next;
};

/* In order of appearance. Records live as long as `arena`. */
struct erecs {
	struct arena *arena;
	struct erec *first, **tail;
	unsigned n_config, n_rule, n_warning;
};

void erecs_init(struct erecs *es, struct arena *arena);
/* Copies the message; `loc` is borrowed as its parts say. */
void erec_add(struct erecs *es, enum erec_kind kind, struct loc loc,
    const char *fmt, ...) PRINTF_LIKE(4, 5);
/* "file:line:col: error: message", the line, and a caret. */
void erec_print(FILE *to, const struct erec *e);
void erecs_print(FILE *to, const struct erecs *es);

#endif
