/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of a unit's matches are reported: match lists by action, walked in
 * the order of actions into a bounded event queue (Snort's event queue).
 */
#ifndef DETECT_SELECT_H
#define DETECT_SELECT_H

#include "core/base.h"
#include "core/limits.h"
#include "detect/ruleset.h"

struct match_list {
	uint32_t rules[LIM_MATCHES];
	unsigned n;
	bool any; /* matches, be it that all were raised before */
};

/* Of one unit. */
struct selection {
	struct match_list lists[LISTS_MAX];
	unsigned per_list; /* matches a list takes: max_queue_events */
	bool any; /* some list has a match */
	bool passed; /* a pass rule matched and ended it */
	bool passed_all; /* and does so for all of its session */
	uint32_t queue[LIM_EVENT_QUEUE]; /* rules, in reporting order */
	unsigned n_queue, max_queue;
	unsigned n_builtin; /* of the queue, the first ones */
	uint64_t list_full, queue_full, raised;
};

/* Before each unit; keeps the counters. */
void select_begin(struct selection *s, const struct ruleset *rs);
/* A builtin event's rule; before all matches. */
void select_builtin(struct selection *s, uint32_t rule);
/* A rule of rs that matched u. What the packets that the unit was rebuilt from
 * have raised already takes no room in its list; beyond what the list takes it
 * is counted and lost. */
void select_match(struct selection *s, const struct ruleset *rs,
    const struct unit *u, uint32_t rule);
/* Fills the queue from the lists. */
void select_finish(struct selection *s, const struct ruleset *rs);

#endif
