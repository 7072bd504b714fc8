/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/flowbits.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/xalloc.h"
#include "detect/options/arg.h"

enum { SLOTS = 2 * FLOW_BITS_MAX };

struct flowbit_names {
	pthread_mutex_t lock;
	struct arena arena; /* the names */
	struct text by_bit[FLOW_BITS_MAX];
	unsigned n;
	uint16_t slots[SLOTS]; /* open addressing: bit + 1, 0 for none */
};

struct flowbit_names *
flowbit_names_new(void)
{
	struct flowbit_names *n = mem_calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	pthread_mutex_init(&n->lock, NULL);
	arena_init(&n->arena, 0);
	return n;
}

void
flowbit_names_free(struct flowbit_names *n)
{
	if (!n)
		return;
	pthread_mutex_destroy(&n->lock);
	arena_fini(&n->arena);
	free(n);
}

/* The name's slot, or the free one that it may take: half of them stay. */
static uint16_t *
slot_of(struct flowbit_names *n, struct text name)
{
	uint32_t i = (uint32_t)hash_fast(name.ptr, name.len, 0) % SLOTS;

	while (n->slots[i] && !text_eq(n->by_bit[n->slots[i] - 1], name))
		i = (i + 1) % SLOTS;
	return &n->slots[i];
}

static unsigned
number(const struct flowbit_set *s, struct text name, bool add)
{
	struct flowbit_names *n = s->names;
	unsigned bit = FLOWBITS_NONE;
	uint16_t *slot;

	pthread_mutex_lock(&n->lock);
	slot = slot_of(n, name);
	if (!*slot && add && n->n < s->limit) {
		n->by_bit[n->n] = arena_xtext(&n->arena, name);
		*slot = (uint16_t)++n->n;
	}
	if (*slot && *slot - 1u < s->limit)
		bit = *slot - 1u;
	pthread_mutex_unlock(&n->lock);
	return bit;
}

unsigned
flowbits_number(const struct flowbit_set *s, struct text name)
{
	return number(s, name, false);
}

static struct flowbit_group *
find_group(const struct flowbit_set *s, struct text name)
{
	struct flowbit_group *g = s->groups;

	while (g && !text_eq(g->name, name))
		g = g->next;
	return g;
}

const struct flow_bits *
flowbits_group(const struct flowbit_set *s, struct text name)
{
	const struct flowbit_group *g = find_group(s, name);

	return g ? &g->mask : NULL;
}

static struct flowbit_group *
get_group(struct flowbit_set *s, struct text name)
{
	struct flowbit_group *g = find_group(s, name);

	if (g)
		return g;
	g = arena_xalloc(s->arena, sizeof(*g));
	g->name = name;
	g->next = s->groups;
	s->groups = g;
	return g;
}

/* operation, names, group: see options/flowbits.c for what they may be. */
static void
declare(struct flowbit_set *s, struct text arg)
{
	struct text op = { NULL, 0 }, names = op, group = op, name;
	struct flowbit_group *g = NULL;
	char sep;

	if (!arg_next(&arg, ',', &op))
		return;
	if (!text_is_nocase(op, "reset") && !text_is_nocase(op, "noalert") &&
	    !arg_next(&arg, ',', &names))
		return;
	if (arg_next(&arg, ',', &group) && group.len)
		g = get_group(s, group);
	sep = names.len && memchr(names.ptr, '|', names.len) ? '|' : '&';
	while (arg_next(&names, sep, &name)) {
		unsigned bit;

		if (!name.len || text_is_nocase(name, "all") ||
		    text_is_nocase(name, "any"))
			continue;
		bit = number(s, name, true);
		if (g && bit != FLOWBITS_NONE)
			g->mask.words[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

void
flowbits_declare(struct flowbit_set *s, const struct rule *r)
{
	for (unsigned i = 0; i < r->n_opts; i++)
		if (text_is_nocase(r->opts[i].name, "flowbits"))
			declare(s, r->opts[i].arg);
}
