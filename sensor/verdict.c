/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/verdict.h"

static const struct ctr_def counter_defs[] = {
	DROP_COUNTERS(COUNTER_DEF)
#define X(NAME, name, help) { "drop." name, help },
	DROP_REASONS(X)
#undef X
#define X(NAME, name, help) { "would_drop." name, help },
	DROP_REASONS(X)
#undef X
};
static_assert(ARRAY_LEN(counter_defs) == VERDICT_CTR_MAX, "one for each");
const struct ctr_group verdict_counters = { "verdict", counter_defs,
	VERDICT_CTR_MAX };

const char *
drop_reason_name(enum drop_reason r)
{
	static const char *const names[DROP_REASON_COUNT] = {
#define X(NAME, name, help) [DROP_##NAME] = name,
		DROP_REASONS(X)
#undef X
	};

	return names[r];
}

enum drop_reason
drop_reason_of(const struct decision *d)
{
	if (d->action != ACTION_DROP && d->action != ACTION_REJECT &&
	    d->action != ACTION_SDROP)
		return DROP_NONE;
	return d->rated ? DROP_RATE : d->builtin ? DROP_EVENT : DROP_RULE;
}

bool
drop_is_for_session(enum drop_reason r)
{
	return r == DROP_RULE || r == DROP_EVENT || r == DROP_REPUTATION;
}

void
verdict_count(uint64_t ctrs[VERDICT_CTR_MAX], const struct verdict *v,
    bool would, bool rewritten)
{
	bool dropped = v->reason != DROP_NONE && !would;

	ctrs[VERDICT_CTR_ACCEPTED] += !dropped;
	ctrs[VERDICT_CTR_REWRITTEN] += !dropped && rewritten;
	ctrs[VERDICT_CTR_DROPPED] += dropped;
	if (v->reason == DROP_NONE)
		return;
	ctrs[(would ? VERDICT_CTR_WOULD_RULE : VERDICT_CTR_DROP_RULE) +
	    (unsigned)v->reason - DROP_RULE]++;
}

void
verdict_count_would(uint64_t ctrs[VERDICT_CTR_MAX], enum drop_reason r)
{
	ctrs[VERDICT_CTR_WOULD_RULE + (unsigned)r - DROP_RULE]++;
}
