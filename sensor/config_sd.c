/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor sensitive_data (Snort's README.sensitive_data). */
#include "detect/sd.h"
#include "sensor/applier.h"

/* Numbers between blanks and commas: the last group issued in each area, from
 * the first area on. */
static bool
read_groups(struct applier *a, struct text name, struct sd_conf *c)
{
	struct text text, word;
	unsigned area = 1;
	const char *path;
	int64_t v;

	if (!name.len) {
		applier_bad(a, name, "the name of a file belongs here");
		return false;
	}
	if (!tree_file(a->t, name, loc_at(a->d->args_loc,
	    (size_t)(name.ptr - a->d->args.ptr)), &path, &text))
		return false;
	while ((word = applier_word(&text)).len) {
		if (area == SD_AREAS) {
			applier_bad(a, name, "the file has more than 772 "
			    "areas");
			return false;
		}
		if (!text_to_i64(word, 0, 99, &v)) {
			applier_bad(a, name, "the file has something else "
			    "than groups from 0 to 99");
			return false;
		}
		c->groups[area++] = (uint8_t)v;
	}
	if (area == 1)
		applier_bad(a, name, "the file is empty");
	return area > 1;
}

void
config_sensitive_data(struct applier *a)
{
	struct sd_conf *c = arena_xalloc(&a->t->arena, sizeof(*c));
	struct text rest = a->d->args, word;
	int64_t n;

	if (a->s->detect.sd) {
		applier_bad(a, a->d->args, "stands twice: take one away");
		return;
	}
	*c = sd_conf_default();
	while ((word = applier_word(&rest)).len) {
		if (text_is_nocase(word, "alert_threshold")) {
			if (!applier_number(a, &rest, 1, UINT16_MAX, &n))
				return;
			c->threshold = (uint32_t)n;
		} else if (text_is_nocase(word, "mask_output")) {
			c->mask = true;
		} else if (text_is_nocase(word, "ssn_file")) {
			if (!read_groups(a, applier_word(&rest), c))
				return;
		} else {
			applier_bad(a, word, "alert_threshold N, mask_output "
			    "or ssn_file FILE");
			return;
		}
	}
	a->s->detect.sd = c;
	a->s->detect.opt.has |= RULE_NEEDS_SENSITIVE;
}
