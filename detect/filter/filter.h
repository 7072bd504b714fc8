/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands between a match and its report: suppress, event_filter (and the
 * threshold option), rate_filter, and detection_filter before all of them.
 *
 * The lines are parsed and tied to rules at load (immutable); the counts are
 * per worker in tables of fixed memory. All time is packet time in whole
 * seconds, as in Snort 2.9. A count is found by what its filter says, not by
 * where it stands, so it survives a reload that keeps the filter.
 */
#ifndef DETECT_FILTER_FILTER_H
#define DETECT_FILTER_FILTER_H

#include "core/arena.h"
#include "core/base.h"
#include "core/ipaddr.h"
#include "core/lru.h"
#include "detect/rule.h"
#include "rules/tree.h"

enum filter_track { TRACK_SRC, TRACK_DST, TRACK_RULE };

struct suppress {
	bool always; /* no address given */
	bool by_dst;
	const struct ip_set *ips;
};

struct event_filter {
	uint64_t id; /* of its parameters */
	enum { EVENT_LIMIT, EVENT_THRESHOLD, EVENT_BOTH } type;
	bool by_dst;
	int32_t count; /* -1: does not filter */
	uint32_t seconds;
};

struct rate_filter {
	uint64_t id;
	enum filter_track track;
	uint32_t count, seconds, timeout;
	enum rule_action new_action;
	const struct ip_set *apply_to; /* NULL: all */
};

/* The filters of one rule. */
struct filter_plan {
	const struct suppress *const *suppress;
	const struct rate_filter *const *rates;
	const struct event_filter *event;
	unsigned n_suppress, n_rates;
};

/* -- load: filter_conf.c ---------------------------------------------------- */

struct filter_conf;

/* Parses the tree's filter lines. What is wrong with one is an EREC_CONFIG in
 * t->errors. From the arena, which must live as long as the plans. */
const struct filter_conf *filter_conf_parse(struct tree *t, struct arena *arena);
/* Has the rule a threshold option and an event_filter line of its own? Then
 * an EREC_RULE is added to t->errors. */
bool filter_conflicts(const struct filter_conf *fc, struct tree *t,
    const struct crule *r);
/* The plan of a rule; NULL when no filter concerns it. */
const struct filter_plan *filter_plan_of(const struct filter_conf *fc,
    struct arena *arena, const struct crule *r);

/* -- packet time -------------------------------------------------------------- */

/* What an event counts under; zeroed before its members are set. */
struct filter_key {
	uint64_t id;
	uint32_t gid, sid;
	struct ipaddr ip;
	uint8_t zero[7];
};
static_assert(sizeof(struct filter_key) == 40, "filter_key has no padding");

/* An event as filters see it. Addresses of family 0 where there is no IP. */
struct filter_event {
	uint32_t gid, sid;
	const struct ipaddr *src, *dst;
	uint64_t sec;
};

/* The id of a filter's parameters. */
uint64_t filter_id(const char *kind, uint64_t a, uint64_t b, uint64_t c,
    uint64_t d);
struct filter_key filter_key_make(uint64_t id, const struct filter_event *ev,
    enum filter_track track);

enum { FILTER_COUNT_LEN = 32 }; /* the most that a filter keeps for a key */

struct filter_tables {
	struct lru events, rates, matches;
};
NODISCARD bool filter_tables_init(struct filter_tables *ft, uint64_t events,
    uint64_t rates, uint64_t matches);
void filter_tables_fini(struct filter_tables *ft);
void filter_tables_clear(struct filter_tables *ft);

/* suppress.c: does a suppress line silence the event? */
bool suppress_test(const struct filter_plan *p, const struct filter_event *ev);

/* event_filter.c: counts the event; true: it is to be logged. */
bool event_filter_test(struct lru *table, const struct event_filter *f,
    const struct filter_event *ev);

/* detect_filter.c: counts the match; true: the rule fires. f->type is
 * FILTER_DETECTION. */
bool detect_filter_test(struct lru *table, const struct rule_filter *f,
    const struct filter_event *ev);

/*
 * rate_filter.c: counts the event under every rate filter of its rule. False:
 * the action stays. True: *action is the first one's that is over its rate,
 * and *first says that it came over it with this event (which an event_filter
 * then does not hold back).
 */
bool rate_filter_test(struct lru *table, const struct filter_plan *p,
    const struct filter_event *ev, enum rule_action *action, bool *first);

#endif
