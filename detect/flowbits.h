/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of flowbits and their numbers. A name keeps its number while the
 * process lives, so that sessions keep their bits over a reload; groups belong
 * to one rule set.
 */
#ifndef DETECT_FLOWBITS_H
#define DETECT_FLOWBITS_H

#include "core/arena.h"
#include "core/base.h"
#include "core/slice.h"
#include "decoders/track/flow.h"
#include "rules/tree.h"

enum { FLOWBITS_DEFAULT = 1024, FLOWBITS_NONE = FLOW_BITS_MAX };

/* Of the process; may be used by several threads that load. */
struct flowbit_names;
/* NULL: out of memory. */
NODISCARD struct flowbit_names *flowbit_names_new(void);
void flowbit_names_free(struct flowbit_names *n);

struct flowbit_group {
	struct text name;
	struct flow_bits mask;
	struct flowbit_group *next;
};

/* Of one rule set: filled before rules are compiled, read afterwards. */
struct flowbit_set {
	struct flowbit_names *names; /* borrowed */
	struct flowbit_group *groups;
	struct arena *arena;
	unsigned limit; /* config flowbits_size */
};

/* Gives numbers to the names in a rule's flowbits options and puts them into
 * their groups. Past the limit names get none: their rules are refused as
 * they are compiled. Faulty options are left to that, too. */
void flowbits_declare(struct flowbit_set *s, const struct rule *r);
/* A declared name's number; FLOWBITS_NONE: it has none. */
unsigned flowbits_number(const struct flowbit_set *s, struct text name);
/* NULL: no rule names it. */
const struct flow_bits *flowbits_group(const struct flowbit_set *s,
    struct text name);

#endif
