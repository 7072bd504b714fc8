/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/filter/filter.h"

struct sample {
	uint64_t start, last; /* seconds */
	uint32_t n, previous;
};
static_assert(sizeof(struct sample) <= FILTER_COUNT_LEN, "a table's value");

/*
 * Counts in sample periods: the rule fires when this period's count, or that
 * of the period before, exceeds `count`. A match that finds its period over
 * begins the next; the old count is the "period before" only when the last
 * match is no older than a period.
 */
bool
detect_filter_test(struct lru *table, const struct rule_filter *f,
    const struct filter_event *ev)
{
	uint64_t id = filter_id("detection_filter", f->by_dst,
	    (uint64_t)f->count, f->seconds, 0);
	struct filter_key key = filter_key_make(id, ev,
	    f->by_dst ? TRACK_DST : TRACK_SRC);
	uint32_t count = f->count < 0 ? 0 : (uint32_t)f->count;
	struct sample *s;
	bool is_new;

	s = lru_get(table, &key, &is_new);
	if (is_new)
		s->start = s->last = ev->sec;
	if (!is_new && ev->sec - s->start >= f->seconds) {
		s->previous = ev->sec - s->last <= f->seconds ? s->n : 0;
		s->start = ev->sec;
		s->n = 0;
	}
	s->last = ev->sec;
	if (s->n != UINT32_MAX)
		s->n++;
	return s->n > count || s->previous > count;
}
