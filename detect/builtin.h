/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules for events that decoders and preprocessors raise: found by gid:sid. */
#ifndef DETECT_BUILTIN_H
#define DETECT_BUILTIN_H

#include "core/arena.h"
#include "core/base.h"
#include "rules/tree.h"

/* Is this a rule for a builtin event, not one to be matched? */
bool builtin_is(const struct rule *r);
/*
 * Does the rule stay silent? About half of gid 116 alerts only with rules that
 * say `metadata: rule-type decode` (observed with Snort 2.9.19).
 */
bool builtin_is_silent(const struct rule *r);
/* Does a rule of the tree alert about empty IPv4 fragments (116:459)? See
 * dec_conf.zero_frag_event. */
bool builtin_wants_empty_fragments(const struct tree *t);
/* config autogenerate_preprocessor_decoder_rules: a rule for every event in
 * decoders/events.h, in the arena; *n of them. */
struct rule *builtin_generate(struct arena *arena, unsigned *n);

/* Finds a builtin event's rule. */
struct builtin_ref {
	uint32_t gid, sid, rule;
};
struct builtin_index {
	struct builtin_ref *refs; /* sorted */
	uint32_t n;
};
void builtin_index_sort(struct builtin_index *bi);
/* UINT32_MAX: no rule. */
uint32_t builtin_find(const struct builtin_index *bi, uint32_t gid,
    uint32_t sid);

#endif
