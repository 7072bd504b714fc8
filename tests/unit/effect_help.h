/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a word of a `preprocessor' line does: the line and one that differs in
 * that word, and the conversation that shows the difference. */
#ifndef TESTS_UNIT_EFFECT_HELP_H
#define TESTS_UNIT_EFFECT_HELP_H

#include "rules_help.h"

#include "sensor/config.h"
#include "tests/tools/app_rig.h"

#define C(text) { FLOW_CLIENT, text, sizeof(text) - 1 }
#define S(text) { FLOW_SERVER, text, sizeof(text) - 1 }

struct effect {
	const char *with, *without;
	enum app_id id;
	struct rig_say say[5];
	unsigned n;
	const char *part; /* that the first has, and the second has not */
};

/* What the line makes of the conversation: is the part in it? */
static bool
effect_shows(const struct effect *e, const char *line)
{
	struct settings s = settings_default();
	struct tree *t = load_clean(line);
	struct rig r;
	bool is;

	config_apply(&s, t);
	if (t->errors.first)
		fail_msg("%s: %s", line, t->errors.first->message);
	assert_true(s.track.app.proto[e->id].on);
	assert_true(rig_init(&r, e->id, s.track.app.proto[e->id].conf));
	rig_play(&r, e->say, e->n);
	is = strstr(rig_text(&r), e->part) != NULL;
	if (getenv("VERBOSE"))
		print_message("%s:\n%s\n", line, rig_text(&r));
	rig_fini(&r);
	tree_free(t);
	return is;
}

static void
effects_of(const struct effect *cases, size_t n)
{
	unsigned bad = 0;

	for (size_t i = 0; i < n; i++) {
		if (!effect_shows(&cases[i], cases[i].with)) {
			print_error("%s: no %s\n", cases[i].with,
			    cases[i].part);
			bad++;
		}
		if (effect_shows(&cases[i], cases[i].without)) {
			print_error("%s: %s\n", cases[i].without,
			    cases[i].part);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

#endif
