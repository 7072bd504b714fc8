/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/filter/filter.h"

struct count {
	uint64_t start; /* of the window, seconds */
	uint32_t n;
};
static_assert(sizeof(struct count) <= FILTER_COUNT_LEN, "a table's value");

/*
 * limit: the first `count` events of a window. threshold: every `count`th; the
 * window begins anew with it. both: once a window, at its `count`th; an event
 * that finds its window over opens the next one, and is never logged itself.
 */
bool
event_filter_test(struct lru *table, const struct event_filter *f,
    const struct filter_event *ev)
{
	struct filter_key key = filter_key_make(f->id, ev,
	    f->by_dst ? TRACK_DST : TRACK_SRC);
	struct count *c;
	bool is_new, over;

	if (f->count < 0)
		return true;
	c = lru_get(table, &key, &is_new);
	if (is_new)
		c->start = ev->sec;
	/* time that runs backwards ends a window as well, as in Snort, whose
	 * difference is unsigned */
	over = !is_new && ev->sec - c->start >= f->seconds;
	if (over) {
		c->start = ev->sec;
		c->n = 0;
	}
	if (c->n != UINT32_MAX)
		c->n++;
	switch (f->type) {
	case EVENT_LIMIT:
		return c->n <= (uint32_t)f->count;
	case EVENT_THRESHOLD:
		if (c->n < (uint32_t)f->count)
			return false;
		c->n = 0;
		c->start = ev->sec;
		return true;
	case EVENT_BOTH:
		break;
	}
	return c->n == (uint32_t)f->count && !over;
}
