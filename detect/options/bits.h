/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Letters that stand for bits, with a sign for how they are compared: flags
 * and fragbits. */
#ifndef DETECT_OPTIONS_BITS_H
#define DETECT_OPTIONS_BITS_H

#include "detect/option.h"

struct buf;

struct bit_letter {
	char letter;
	uint16_t bit; /* 0: the letter for "none" */
};

enum bit_mode {
	BITS_EXACT, /* these and no others */
	BITS_ALL,   /* +: these, and any others */
	BITS_ANY,   /* *: at least one of them */
	BITS_NONE,  /* !: none of them */
};

struct bits {
	uint16_t value;
	enum bit_mode mode;
};

/* Letters and at most one sign, in any order; without regard to case. */
NODISCARD bool bits_parse(struct opt_build *b, const struct rule_opt *o,
    struct text t, const struct bit_letter *letters, unsigned n, bool signs,
    struct bits *out);
bool bits_match(const struct bits *want, uint16_t have);
void bits_print(struct buf *out, const struct bits *v,
    const struct bit_letter *letters, unsigned n);

#endif
