/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/filter/filter.h"

struct rate {
	uint64_t start; /* of the sample period, seconds */
	uint64_t since; /* the new action holds since then */
	uint32_t n;
	bool was_over;  /* the period before exceeded the count, and this one
	                   follows it without a pause */
	bool on;
};
static_assert(sizeof(struct rate) <= FILTER_COUNT_LEN, "a table's value");

enum rate_state { RATE_BELOW, RATE_OVER, RATE_OVER_FIRST };

static enum rate_state
rate_count(struct rate *r, const struct rate_filter *f, uint64_t sec)
{
	bool over;

	/* seconds 0: a total that no period ends */
	if (f->seconds && sec - r->start >= f->seconds) {
		r->was_over = r->n > f->count &&
		    sec - r->start < 2 * (uint64_t)f->seconds;
		r->start = sec;
		r->n = 0;
	}
	if (r->n != UINT32_MAX)
		r->n++;
	over = r->n > f->count;
	/* timeout 0: for ever */
	if (r->on && f->timeout && sec - r->since >= f->timeout) {
		r->on = over || r->was_over;
		r->since = sec;
	}
	if (r->on)
		return RATE_OVER;
	if (!over)
		return RATE_BELOW;
	r->on = true;
	r->since = sec;
	return RATE_OVER_FIRST;
}

bool
rate_filter_test(struct lru *table, const struct filter_plan *p,
    const struct filter_event *ev, enum rule_action *action, bool *first)
{
	bool found = false;

	for (unsigned i = 0; i < p->n_rates; i++) {
		const struct rate_filter *f = p->rates[i];
		struct filter_key key = filter_key_make(f->id, ev, f->track);
		enum rate_state state;
		struct rate *r;
		bool is_new;

		if (f->apply_to && !ip_set_has(f->apply_to,
		    f->track == TRACK_DST ? ev->dst : ev->src))
			continue;
		r = lru_get(table, &key, &is_new);
		if (is_new)
			r->start = ev->sec;
		state = rate_count(r, f, ev->sec);
		if (found || state == RATE_BELOW)
			continue;
		found = true;
		*action = f->new_action;
		*first = state == RATE_OVER_FIRST;
	}
	return found;
}
