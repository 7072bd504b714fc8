/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/ppm.h"

#include <stdlib.h>

#include "core/xalloc.h"

enum {
	STEPS_PER_US = 10, /* at least that many are in a microsecond */
	RULE_US = 3000,    /* by default; most that is usual is a tenth of it */
};

static const struct ctr_def counters[] = { PPM_COUNTERS(COUNTER_DEF) };
const struct ctr_group ppm_counters = { "ppm", counters, PPM_CTR_MAX };

struct ppm_conf
ppm_snort(void)
{
	return (struct ppm_conf){ .threshold = 5, .suspend_s = 60 };
}

struct ppm_conf
ppm_default(void)
{
	struct ppm_conf c = ppm_snort();

	c.max_rule_us = RULE_US;
	c.suspend = c.rule_alert = true;
	return c;
}

bool
ppm_init(struct ppm *p, const struct ppm_conf *c, uint32_t n_rules)
{
	*p = (struct ppm){ .conf = *c };
	p->many_steps = c->max_rule_us < UINT32_MAX / STEPS_PER_US ?
	    c->max_rule_us * STEPS_PER_US : UINT32_MAX;
	if (!c->max_rule_us)
		return true;
	p->rules = mem_calloc(n_rules + 1u, sizeof(*p->rules));
	return p->rules != NULL;
}

void
ppm_fini(struct ppm *p)
{
	free(p->rules);
	p->rules = NULL;
}

void
ppm_unit(struct ppm *p)
{
	p->aborted = false;
	p->raised = 0;
	p->unit_checked = 0;
	if (UNLIKELY(p->conf.max_pkt_us))
		p->unit_began = cpu_ns();
}

bool
ppm_begin(struct ppm *p, uint32_t rule, uint64_t now_s)
{
	struct ppm_rule *r = &p->rules[rule];

	if (r->until > now_s) {
		p->ctrs[PPM_CTR_SKIPPED]++;
		return true;
	}
	if (r->until) {
		r->until = 0;
		r->expensive = 0;
		p->ctrs[PPM_CTR_RESUMED]++;
		if (p->conf.rule_alert)
			p->raised |= 1u << PPM_RESUMED;
	}
	p->began = cpu_ns();
	return false;
}

static void
suspend(struct ppm *p, struct ppm_rule *r, uint64_t now_s)
{
	r->until = p->conf.suspend_s ? now_s + p->conf.suspend_s : UINT64_MAX;
	r->suspensions++;
	p->ctrs[PPM_CTR_SUSPENDED]++;
	if (p->conf.rule_alert)
		p->raised |= 1u << PPM_SUSPENDED;
}

void
ppm_end(struct ppm *p, uint32_t rule, uint32_t steps, uint64_t now_s)
{
	struct ppm_rule *r = &p->rules[rule];

	if (!r->watched) {
		r->watched = true;
		return;
	}
	if (steps < p->many_steps || cpu_ns() - p->began <
	    p->conf.max_rule_us * UINT64_C(1000)) {
		r->expensive -= r->expensive > 0;
		return;
	}
	p->ctrs[PPM_CTR_RULES]++;
	if (++r->expensive >= p->conf.threshold && p->conf.suspend)
		suspend(p, r, now_s);
}

void
ppm_check_unit(struct ppm *p, uint32_t steps)
{
	p->unit_checked = steps;
	if (cpu_ns() - p->unit_began < p->conf.max_pkt_us * UINT64_C(1000))
		return;
	p->unit_began = 0; /* once is enough */
	p->ctrs[PPM_CTR_UNITS]++;
	if (!p->conf.fastpath)
		return;
	p->aborted = true;
	p->ctrs[PPM_CTR_ABORTED]++;
	if (p->conf.pkt_alert)
		p->raised |= 1u << PPM_ABORTED;
}
