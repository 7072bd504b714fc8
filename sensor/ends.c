/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/ends.h"

#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "core/xalloc.h"

/* Bridges move hosts from port to port: how often a long session is looked
 * at again. A power of two. */
enum { LEARN_EVERY = 64, LEARN_FIRST = 4 };
static_assert((LIM_ENDS & (LIM_ENDS - 1)) == 0, "a mask makes the index");

struct ends {
	struct ends_session *table;
	uint64_t ctrs[ENDS_CTR_MAX];
};

static const struct ctr_def counter_defs[] = { ENDS_COUNTERS(COUNTER_DEF) };
const struct ctr_group ends_counters = { "ends", counter_defs, ENDS_CTR_MAX };

struct ends *
ends_new(void)
{
	struct ends *e = mem_calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->table = mem_map(LIM_ENDS * sizeof(*e->table));
	if (e->table)
		return e;
	free(e);
	return NULL;
}

void
ends_free(struct ends *e)
{
	if (!e)
		return;
	mem_unmap(e->table, LIM_ENDS * sizeof(*e->table));
	free(e);
}

uint64_t *
ends_counters_of(struct ends *e)
{
	return e->ctrs;
}

/* A flow's running number is the low part of its id: neighbours in time do not
 * share a place. */
static struct ends_session *
place_of(const struct ends *e, const struct flow *f)
{
	return &e->table[f->id & (LIM_ENDS - 1)];
}

static struct ends_session *
take_place(struct ends *e, const struct flow *f)
{
	struct ends_session *s = place_of(e, f);

	if (s->id == f->id)
		return s;
	e->ctrs[ENDS_CTR_REPLACED] += s->id != 0;
	*s = (struct ends_session){ .id = f->id };
	return s;
}

void
ends_learn(struct ends *e, const struct flow *f, enum flow_side side,
    const struct frame_link *link)
{
	uint64_t n = f->packets[side];
	struct ends_side *s;

	if (!link->in_port || link->hw_len != ENDS_MAC ||
	    (n > LEARN_FIRST && n & (LEARN_EVERY - 1)))
		return;
	s = &take_place(e, f)->side[side];
	e->ctrs[ENDS_CTR_LEARNT] += !s->port;
	s->port = link->in_port;
	memcpy(s->mac, link->hw, ENDS_MAC);
	s->shim_len = link->shim_len;
	memcpy(s->shim, link->shim, link->shim_len);
}

const struct ends_session *
ends_find(const struct ends *e, const struct flow *f)
{
	const struct ends_session *s = place_of(e, f);

	return s->id == f->id ? s : NULL;
}

bool
ends_may_answer(struct ends *e, const struct flow *f, struct mtime now,
    unsigned max, unsigned min_s)
{
	struct ends_session *s = take_place(e, f);
	uint32_t sec = (uint32_t)mtime_sec(now);

	if (s->answers >= max || (s->answers && sec - s->answered_s < min_s))
		return false;
	s->answers++;
	s->answered_s = sec;
	return true;
}
