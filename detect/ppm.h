/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config ppm: what units and rules may take, after Snort 2.9's README.ppm. A
 * rule that takes too long again and again is suspended for a while; a unit
 * that does is not judged any further.
 *
 * The common case reads no clock. A step (eval.h) is at most a tenth of a
 * microsecond, about, so that a rule with few steps took no long time; one with
 * many is watched, and its next evaluations are measured. Time is the
 * processor's that the thread used: a busy machine suspends nothing.
 */
#ifndef DETECT_PPM_H
#define DETECT_PPM_H

#include "core/base.h"
#include "core/counter.h"
#include "core/mtime.h"

enum { PPM_GID = 134, PPM_SUSPENDED = 1, PPM_RESUMED, PPM_ABORTED };

struct ppm_conf {
	uint32_t max_pkt_us, max_rule_us; /* 0: no limit */
	uint32_t threshold; /* expensive evaluations, less those that were not,
	                       after which a rule is suspended */
	uint32_t suspend_s; /* for so long; 0: until the next start or reload */
	bool fastpath;      /* expensive units are not judged further */
	bool suspend;       /* expensive rules */
	bool pkt_alert, rule_alert; /* raise events */
};
/* Without a line: rules alone, and only what is out of all proportion. */
struct ppm_conf ppm_default(void);
/* Snort's, of a line that says nothing else. */
struct ppm_conf ppm_snort(void);

#define PPM_COUNTERS(X)                                                        \
	X(RULES, "expensive_rules", "evaluations of rules beyond max-rule-time") \
	X(SUSPENDED, "suspended", "of them, those that suspended their rule")  \
	X(RESUMED, "resumed", "suspensions that ended")                        \
	X(SKIPPED, "skipped", "rules not evaluated while suspended")           \
	X(UNITS, "expensive_units", "units beyond max-pkt-time")               \
	X(ABORTED, "aborted", "of them, not judged to the end")
enum {
#define X(NAME, name, help) PPM_CTR_##NAME,
	PPM_COUNTERS(X)
#undef X
	PPM_CTR_MAX
};
extern const struct ctr_group ppm_counters;

/* A rule that was ever watched has `watched'. */
struct ppm_rule {
	uint64_t until; /* suspended: second in which that ends, UINT64_MAX:
	                   never; 0: it is not */
	uint32_t expensive, suspensions;
	bool watched;
};

struct ppm {
	struct ppm_conf conf;
	struct ppm_rule *rules; /* by rule; NULL: there is no limit */
	uint32_t many_steps;    /* of a rule, to be watched */
	uint64_t began;         /* ns, of what is measured: a rule */
	uint64_t unit_began;    /* and the unit; 0: it is not */
	uint32_t unit_checked;  /* its steps when the clock was read last */
	bool aborted;           /* the unit */
	unsigned raised;        /* bit per PPM_...: events of the unit */
	uint64_t ctrs[PPM_CTR_MAX];
};

/* False: out of memory. */
NODISCARD bool ppm_init(struct ppm *p, const struct ppm_conf *c,
    uint32_t n_rules);
void ppm_fini(struct ppm *p);
void ppm_unit(struct ppm *p);

/* For rules that are watched: is it suspended in that second? If not, its
 * evaluation begins. */
NODISCARD bool ppm_begin(struct ppm *p, uint32_t rule, uint64_t now_s);
/* It took so many steps; for rules that are watched or took many. */
void ppm_end(struct ppm *p, uint32_t rule, uint32_t steps, uint64_t now_s);
/* So many steps of the unit were taken. */
void ppm_check_unit(struct ppm *p, uint32_t steps);

enum { PPM_UNIT_STEPS = 500 }; /* between two looks at the clock */

/* Before a rule is evaluated; false: it is not to be. */
static inline bool
ppm_before(struct ppm *p, uint32_t rule, struct mtime now)
{
	return LIKELY(!p->rules || !p->rules[rule].watched) ||
	    !ppm_begin(p, rule, mtime_sec(now));
}

/* And behind it: its steps, and those of the unit with it. */
static inline void
ppm_after(struct ppm *p, uint32_t rule, uint32_t steps, uint32_t unit_steps,
    struct mtime now)
{
	if (p->rules && UNLIKELY(p->rules[rule].watched ||
	    steps >= p->many_steps))
		ppm_end(p, rule, steps, mtime_sec(now));
	if (UNLIKELY(p->unit_began) &&
	    unit_steps - p->unit_checked >= PPM_UNIT_STEPS)
		ppm_check_unit(p, unit_steps);
}

#endif
