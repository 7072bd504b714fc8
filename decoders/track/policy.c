/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/track/policy.h"

static_assert(POLICY_POINTS <= 32, "points are bits of a word");

static const struct ctr_def counter_defs[] = {
#define POLICY_POINT(NAME, name, action, help)                                 \
	{ name ".pass", help },                                                \
	{ name ".bypass", help },                                              \
	{ name ".drop", help },
#include "decoders/track/policy.def"
#undef POLICY_POINT
};
static_assert(ARRAY_LEN(counter_defs) == POLICY_CTRS,
    "a counter for each point and action");
const struct ctr_group policy_counters = { "policy", counter_defs,
	POLICY_CTRS };

struct policy_conf
policy_conf_default(void)
{
	return (struct policy_conf){ .action = {
#define POLICY_POINT(NAME, name, action, help)                                 \
		[POLICY_##NAME] = POLICY_ACT_##action,
#include "decoders/track/policy.def"
#undef POLICY_POINT
	} };
}

const char *
policy_point_name(enum policy_point point)
{
	static const char *const names[POLICY_POINTS] = {
#define POLICY_POINT(NAME, name, action, help) [POLICY_##NAME] = name,
#include "decoders/track/policy.def"
#undef POLICY_POINT
	};

	return names[point];
}

const char *
policy_action_name(enum policy_action action)
{
	static const char *const names[POLICY_N_ACTIONS] = {
#define X(NAME, name) [POLICY_ACT_##NAME] = name,
		POLICY_ACTIONS(X)
#undef X
	};

	return names[action];
}

enum policy_action
policy_apply(const struct policy_conf *conf, uint32_t points,
    uint64_t ctrs[POLICY_CTRS])
{
	enum policy_action strictest = POLICY_ACT_PASS;

	for (unsigned i = 0; points; i++, points >>= 1) {
		enum policy_action a = (enum policy_action)conf->action[i];

		if (!(points & 1))
			continue;
		ctrs[policy_ctr((enum policy_point)i, a)]++;
		if (a > strictest)
			strictest = a;
	}
	return strictest;
}
