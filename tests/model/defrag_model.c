/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The defragmenter against a model that has the whole datagram as an array of
 * bytes: random fragmentation, order, repetition and overlap, for every policy
 * and both versions of IP. A seed as the argument repeats a run.
 *
 * Not sent: a fragment that is split around a held one after it had lost its
 * front. Snort misplaces what is left of it (test_defrag.c has that).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/tools/fragrig.h"

enum { UNITS = 24, PIECES = 64, ROUNDS = 4000, EXTRA = 12 };

struct piece {
	int start, end;
};
struct model {
	enum frag_policy policy;
	uint8_t val[UNITS * 8 + 8];
	struct piece p[PIECES]; /* by start */
	int n;
};

static uint64_t state; /* never 0 */

/* xorshift64* */
static unsigned
below(unsigned n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * UINT64_C(2685821657736338717)) >> 33) % n;
}

static void
place(struct model *m, const uint8_t *data, int from, int s, int e)
{
	int at = m->n;

	if (s >= e)
		return;
	while (at && m->p[at - 1].start > s)
		m->p[at] = m->p[at - 1], at--;
	m->p[at] = (struct piece){ s, e };
	m->n++;
	if (data)
		memcpy(m->val + s, data + (s - from), (size_t)(e - s));
}

static void
drop(struct model *m, int i)
{
	memmove(m->p + i, m->p + i + 1,
	    (size_t)(m->n - i - 1) * sizeof(*m->p));
	m->n--;
}

static bool
new_wins_left(enum frag_policy policy, const struct piece *old, int e)
{
	return policy == FRAG_LAST ||
	    (policy == FRAG_BSD_RIGHT && old->end < e);
}

static bool
new_wins_partial(enum frag_policy policy, const struct piece *old, int s)
{
	return policy == FRAG_LAST || policy == FRAG_LINUX ||
	    (policy == FRAG_BSD && old->start != s);
}

static bool
new_wins_full(enum frag_policy policy, const struct piece *old, int s, int e)
{
	switch (policy) {
	case FRAG_FIRST:
		return false;
	case FRAG_BSD:
	case FRAG_SOLARIS:
		return s < old->start;
	case FRAG_WINDOWS:
		return s < old->start && e > old->end;
	case FRAG_LAST:
	case FRAG_BSD_RIGHT:
	case FRAG_LINUX:
		return true;
	}
	return false;
}

/* False: the fragment is of the kind that is not sent. */
static bool
add(struct model *m, const uint8_t *data, int start, int end)
{
	int s = start, e = end, i = 0;

	while (i < m->n && m->p[i].start < s)
		i++;
	if (i && m->p[i - 1].end > s) {
		struct piece *left = &m->p[i - 1];

		if (!new_wins_left(m->policy, left, e)) {
			s = left->end;
		} else {
			if (left->end > e)
				place(m, NULL, 0, e, left->end);
			left->end = s;
		}
	}
	while (i < m->n && m->p[i].start < e) {
		struct piece *old = &m->p[i], kept;

		if (old->end > e) {
			if (new_wins_partial(m->policy, old, s))
				old->start = e;
			else
				e = old->start;
			break;
		}
		if (new_wins_full(m->policy, old, s, e)) {
			drop(m, i);
			continue;
		}
		if (old->end < e && s != start)
			return false;
		if (old->end == e) {
			e = old->start;
			break;
		}
		kept = *old;
		place(m, data, start, s, kept.start);
		i += 1 + (s < kept.start);
		s = kept.end;
	}
	place(m, data, start, s, e);
	return true;
}

static bool
is_whole(const struct model *m, int total)
{
	int next = 0;

	for (int i = 0; i < m->n && m->p[i].start == next; i++)
		next = m->p[i].end;
	return next == total;
}

static void
fill(uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)below(256);
}

static void
fail(const struct model *m, uint64_t seed, unsigned round, const char *what)
{
	printf("not ok: policy %s, seed %llu, round %u: %s\n",
	    frag_policy_name(m->policy), (unsigned long long)seed, round,
	    what);
	exit(1);
}

/* One datagram: a cover in random order, with others strewn in. */
static void
datagram(struct fragrig *r, uint64_t seed, unsigned round)
{
	struct piece todo[UNITS + EXTRA];
	struct model m = { .policy = r->engine.policy };
	int units = 2 + (int)below(UNITS - 2), last = 0, n = 0, at = 0;
	int total = units * 8 + 1 + (int)below(8);
	enum defrag_result res = DEFRAG_HELD;

	while (at < units) {
		/* two at least: one alone is no fragment */
		int end = at + 1 + (int)below((unsigned)(units - at - !at));

		if (end == units)
			last = at;
		todo[n++] = (struct piece){ at * 8, end * 8 };
		at = end;
	}
	/* nothing overlaps the last one, and it is odd */
	todo[n - 1].end = total;
	for (int i = (int)below(EXTRA); i && last; i--) {
		int s = (int)below((unsigned)last);
		int e = s + 1 + (int)below((unsigned)(last - s));

		todo[n++] = (struct piece){ s * 8, e * 8 };
	}
	for (int i = n - 1; i > 0; i--) {
		int j = (int)below((unsigned)i + 1);
		struct piece t = todo[i];

		todo[i] = todo[j];
		todo[j] = t;
	}
	for (int i = 0; i < n && res != DEFRAG_REBUILT; i++) {
		uint8_t data[UNITS * 8 + 8];
		struct model then = m;
		struct slice got;

		fill(data, sizeof(data));
		if (!add(&then, data, todo[i].start, todo[i].end)) {
			then = m;
			continue;
		}
		m = then;
		res = fragrig_send(r, (uint32_t)todo[i].start, data,
		    (size_t)(todo[i].end - todo[i].start),
		    todo[i].end != total);
		if (res == DEFRAG_PASS)
			fail(&m, seed, round, "refused");
		if ((res == DEFRAG_REBUILT) != is_whole(&m, total))
			fail(&m, seed, round, "whole, or not");
		if (res != DEFRAG_REBUILT)
			continue;
		got = fragrig_datagram(r);
		if (got.len != (size_t)total ||
		    memcmp(got.ptr, m.val, got.len) != 0)
			fail(&m, seed, round, "other bytes");
	}
	defrag_reset(r->d);
	r->id++;
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) :
	    (uint64_t)time(NULL);
	static struct fragrig r;

	printf("seed %llu\n", (unsigned long long)seed);
	state = seed * 2 + 1;
	for (unsigned policy = 0; policy < FRAG_POLICIES; policy++)
		for (unsigned ip6 = 0; ip6 < 2; ip6++) {
			fragrig_init(&r, (enum frag_policy)policy);
			r.ip6 = ip6;
			for (unsigned i = 0; i < ROUNDS; i++)
				datagram(&r, seed, i);
			printf("%s, IPv%c: %llu of %d rebuilt\n",
			    frag_policy_name((enum frag_policy)policy),
			    ip6 ? '6' : '4', (unsigned long long)
			    fragrig_counter(&r, "rebuilt"), ROUNDS);
			fragrig_fini(&r);
		}
	return 0;
}
