/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A compiled rule set as the detector reads it: immutable, shared by all
 * workers. Rules are numbered in the order in which their events are reported
 * (config event_queue: order_events), so that comparing two numbers compares
 * their precedence.
 */
#ifndef DETECT_RULESET_H
#define DETECT_RULESET_H

#include "core/arena.h"
#include "detect/builtin.h"
#include "detect/detect.h"
#include "detect/filter/filter.h"
#include "detect/flowbits.h"
#include "detect/group.h"
#include "detect/ignore_any.h"
#include "detect/prefilter.h"
#include "detect/sd.h"

enum {
	LISTS_MAX_RULETYPES = 64,
	LISTS_MAX = ACTION_COUNT + LISTS_MAX_RULETYPES,
	LIST_NONE = 255, /* the rule is never tested */
};

/* A rule's header, close together for the test before all others. */
struct rule_head {
	uint32_t src, dst;     /* ip_set.id */
	uint32_t sports, dports; /* port_set.id; 0 where ports do not count */
	uint16_t flow; /* crule.flow: a unit that it is wrong of is none */
	bool bidirectional;
	uint8_t list; /* match list: place in the order of actions */
	uint8_t action; /* enum rule_action: what the rule does here, a
	                   ruletype's base for its rules */
};

struct ruleset {
	struct tree *tree;
	struct detect_conf conf;
	struct ruleset_stats stats;
	struct arena arena;
	struct arena *work; /* what compiling rules allocated, one a thread */
	unsigned n_work;
	struct crule *rules;
	struct rule_head *heads;
	struct flowbit_set flowbits;
	const struct filter_conf *filters;
	const struct filter_plan **plans; /* by rule; NULL: no filter */
	const struct rule *generated; /* for builtin events without a rule */
	unsigned n_generated;
	uint32_t n_rules;
	uint32_t tag_rule; /* 2:1, for tagged packets */
	uint32_t n_ip_sets, n_port_sets;
	unsigned n_lists;
	enum rule_action list_action[LISTS_MAX]; /* a ruletype's base */
	unsigned pass_list;
	struct builtin_index builtin;
	struct prefilter prefilter;
	struct groups groups;
	bool file_types; /* some rule asks for them */
	bool early;      /* some rule that drops may judge a part of a unit */
	struct sd_set sd;
	struct ignore_any ignore_any[FLOW_PROTOS]; /* TCP's and UDP's are used */
};

#endif
