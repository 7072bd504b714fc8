/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_state lines and config default_rule_state: which rules are on. */
#include "rules/parse.h"

static bool
state_is(const void *item, const void *key)
{
	const struct rule_state *a = item, *b = key;

	return a->gid == b->gid && a->sid == b->sid;
}

static uint64_t
state_hash(uint32_t gid, uint32_t sid)
{
	return ((uint64_t)gid << 32 ^ sid) * 0x9e3779b97f4a7c15u >> 16;
}

static struct rule_state *
state_find(const struct tree *t, uint32_t gid, uint32_t sid)
{
	struct rule_state key = { .gid = gid, .sid = sid };

	return table_find(&t->priv->states, state_hash(gid, sid), state_is,
	    &key);
}

/* "enabled" or "disabled" */
static bool
parse_state(struct text t, bool *disabled)
{
	*disabled = text_is_nocase(t, "disabled");
	return *disabled || text_is_nocase(t, "enabled");
}

/* rule_state: sid, gid, enabled|disabled[, action]. A later line wins. */
void
state_directive(struct tree *t, struct text args, struct loc loc)
{
	struct text rest = args, sid_text = text_trim(text_cut(&rest, ',')),
	    gid_text = text_trim(text_cut(&rest, ',')),
	    on = text_trim(text_cut(&rest, ',')), action = text_trim(rest);
	struct rule_state s = { .gid = 0 }, *old;
	int64_t sid, gid;

	if (!text_to_i64(sid_text, 1, UINT32_MAX, &sid) ||
	    !text_to_i64(gid_text, 1, UINT32_MAX, &gid) ||
	    !parse_state(on, &s.disabled)) {
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "a rule_state is sid, gid, enabled or disabled"
		    "[, action]");
		return;
	}
	s.sid = (uint32_t)sid;
	s.gid = (uint32_t)gid;
	s.has_action = action.len;
	if (action.len && !rule_action_find(action, &s.action)) {
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "'%.*s' is not an action", TEXT_ARG(action));
		return;
	}
	old = state_find(t, s.gid, s.sid);
	if (old) {
		*old = s;
		return;
	}
	old = arena_xdup(&t->arena, &s, sizeof(s));
	table_add(&t->priv->states, state_hash(s.gid, s.sid), old);
}

/* config default_rule_state[: enabled|disabled] */
void
state_default(struct tree *t, struct text args, struct loc loc)
{
	if (args.len && !parse_state(args, &t->priv->default_disabled))
		erec_add(&t->errors, EREC_CONFIG, loc,
		    "default_rule_state is enabled or disabled");
}

void
state_apply(struct tree *t)
{
	for (unsigned i = 0; i < t->n_rules; i++) {
		struct rule *r = t->rules[i];
		const struct rule_state *s = state_find(t, r->gid, r->sid);

		r->disabled = s ? s->disabled : t->priv->default_disabled;
		if (s && s->has_action) {
			r->action = s->action;
			r->ruletype = NULL;
		}
	}
}
