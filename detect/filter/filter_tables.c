/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/hash.h"
#include "detect/filter/filter.h"

uint64_t
filter_id(const char *kind, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const uint64_t v[4] = { a, b, c, d };

	return hash_fast(v, sizeof(v), (uint64_t)(unsigned char)kind[0]);
}

struct filter_key
filter_key_make(uint64_t id, const struct filter_event *ev,
    enum filter_track track)
{
	struct filter_key k = { .id = id, .gid = ev->gid, .sid = ev->sid };

	if (track != TRACK_RULE)
		k.ip = track == TRACK_DST ? *ev->dst : *ev->src;
	return k;
}

bool
filter_tables_init(struct filter_tables *ft, uint64_t events, uint64_t rates,
    uint64_t matches)
{
	*ft = (struct filter_tables){ .events = { .cap = 0 } };
	if (lru_init(&ft->events, sizeof(struct filter_key), FILTER_COUNT_LEN,
	    events) &&
	    lru_init(&ft->rates, sizeof(struct filter_key), FILTER_COUNT_LEN, rates) &&
	    lru_init(&ft->matches, sizeof(struct filter_key), FILTER_COUNT_LEN,
	    matches))
		return true;
	filter_tables_fini(ft);
	return false;
}

void
filter_tables_fini(struct filter_tables *ft)
{
	lru_fini(&ft->events);
	lru_fini(&ft->rates);
	lru_fini(&ft->matches);
}

void
filter_tables_clear(struct filter_tables *ft)
{
	lru_clear(&ft->events);
	lru_clear(&ft->rates);
	lru_clear(&ft->matches);
}
