/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config memory_policy: POINT ACTION[, POINT ACTION ...] */
#include "sensor/applier.h"

static bool
point_of(struct text word, enum policy_point *point)
{
	for (unsigned i = 0; i < POLICY_POINTS; i++)
		if (text_is_nocase(word,
		    policy_point_name((enum policy_point)i))) {
			*point = (enum policy_point)i;
			return true;
		}
	return false;
}

static bool
action_of(struct text word, enum policy_action *action)
{
	for (unsigned i = 0; i < POLICY_N_ACTIONS; i++)
		if (text_is_nocase(word,
		    policy_action_name((enum policy_action)i))) {
			*action = (enum policy_action)i;
			return true;
		}
	return false;
}

void
config_memory_policy(struct applier *a)
{
	struct policy_conf *c = &a->s->track.policy;
	struct text rest = a->d->args, word;

	while ((word = applier_word(&rest)).len) {
		enum policy_point point;
		enum policy_action action;

		if (!point_of(word, &point)) {
			applier_bad(a, word, "no such point: see the policy "
			    "counters in aduana --list-counters");
			return;
		}
		word = applier_word(&rest);
		if (!action_of(word, &action)) {
			applier_bad(a, word, "pass, bypass or drop");
			return;
		}
		c->action[point] = (uint8_t)action;
		c->named |= POLICY_BIT(point);
	}
}
