/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams against a model that keeps everything: the whole stream as an array,
 * with the segment each byte came from. Random segments, in any order, twice
 * and over each other, acknowledged now and then; each byte that is handed out
 * must be the model's, and none may be missing.
 *
 *	model_stream [SEED [ROUNDS]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tools/play_tcp.h"

enum { STREAM_LEN = 700, STEPS = 120, OWNERS = 1 << 16 };

static struct play p;
static uint64_t rng;

static uint32_t
draw(uint32_t below)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)(rng >> 16) % below;
}

struct model {
	uint8_t byte[STREAM_LEN];
	uint32_t owner[STREAM_LEN]; /* the segment, 0: not queued */
	uint32_t origin[OWNERS];    /* where that began when it came */
	uint32_t n_owners;
	uint32_t acked, taken;      /* offsets */
};

static bool
in(enum tcp_policy p1, const enum tcp_policy *set, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (set[i] == p1)
			return true;
	return false;
}
#define IN(policy, ...)                                                        \
	in(policy, (const enum tcp_policy[]){ __VA_ARGS__ },                   \
	    sizeof((const enum tcp_policy[]){ __VA_ARGS__ }) /                 \
	    sizeof(enum tcp_policy))

/* Does the new segment [a, b) win over the old one [s, e)? */
static bool
new_wins(enum tcp_policy policy, uint32_t a, uint32_t b, uint32_t s,
    uint32_t e)
{
	if (policy == TCP_LAST)
		return true;
	if (IN(policy, TCP_FIRST, TCP_NOACK, TCP_VISTA))
		return false;
	if (s < a)
		return IN(policy, TCP_SOLARIS, TCP_HPUX11) && b > e;
	if (b < e)
		return s > a && !IN(policy, TCP_SOLARIS, TCP_HPUX11);
	if (s > a || IN(policy, TCP_SOLARIS, TCP_HPUX11, TCP_OLD_LINUX))
		return true;
	if (b > e)
		return IN(policy, TCP_LINUX, TCP_HPUX10, TCP_IRIX);
	return false;
}

static uint32_t
new_owner(struct model *m, uint32_t origin)
{
	if (++m->n_owners == OWNERS)
		abort();
	m->origin[m->n_owners] = origin;
	return m->n_owners;
}

/* A new owner for what is left of a segment behind a cut. */
static void
rename_from(struct model *m, uint32_t from, uint32_t to)
{
	new_owner(m, m->origin[m->owner[from]]);
	for (uint32_t i = from; i < to; i++)
		m->owner[i] = m->n_owners;
}

static void
model_put(struct model *m, enum tcp_policy policy, uint32_t a,
    const uint8_t *bytes, uint32_t len)
{
	uint32_t b = a + len, at = a, mine, origin;

	/* the same bytes again, within one segment */
	for (at = a; at < b && a >= m->taken && m->owner[at] && m->owner[at] == m->owner[a] &&
	    m->byte[at] == bytes[at - a]; at++)
		;
	if (at == b)
		return;
	if (b <= m->acked)
		return;
	if (a < m->acked)
		a = m->acked;
	mine = new_owner(m, a);
	at = origin = a;
	while (at < b) {
		uint32_t s = at, e = at, who = m->owner[at];
		bool wins;

		if (!who) {
			m->owner[at] = mine;
			m->byte[at] = bytes[at - (b - len)];
			at++;
			continue;
		}
		while (s > 0 && m->owner[s - 1] == who)
			s--;
		while (e < STREAM_LEN && m->owner[e] == who)
			e++;
		/* Linux cuts nothing off what it keeps: where both began when
		 * they came decides */
		wins = policy == TCP_LINUX ? new_wins(policy, origin, b,
		    m->origin[who], e) : new_wins(policy, a, b, s, e);
		if (wins && b < e)
			rename_from(m, b, e);
		if (!wins && s < at && b > e)
			a = e; /* its front is gone, for what follows */
		if (!wins && s >= at) {
			a = e;
			mine = new_owner(m, origin);
		}
		for (; at < b && at < e; at++)
			if (wins) {
				m->owner[at] = mine;
				m->byte[at] = bytes[at - (b - len)];
			}
	}
}

static void
die(uint64_t seed, enum tcp_policy policy, const char *what)
{
	fprintf(stderr, "model_stream: seed %llu, policy %d: %s\n",
	    (unsigned long long)seed, (int)policy, what);
	abort();
}

/* Compares what was handed out since the last call. */
static void
compare(struct model *m, uint64_t seed, enum tcp_policy policy)
{
	for (unsigned i = 0; i < p.n_units; i++) {
		const struct play_unit *u = &p.units[i];
		uint32_t at = u->seq - 1;

		if (u->side != FLOW_CLIENT || at < m->taken ||
		    at + u->len > m->acked)
			die(seed, policy, "a unit out of place");
		for (; m->taken < at; m->taken++)
			if (m->owner[m->taken])
				die(seed, policy, "bytes left out");
		for (uint32_t k = 0; k < u->len; k++, m->taken++)
			if (!m->owner[at + k] || m->byte[at + k] != u->ptr[k])
				die(seed, policy, "a byte differs");
		/* the rest of a segment stands on its own */
		if (m->taken < STREAM_LEN && m->owner[m->taken] &&
		    m->owner[m->taken] == m->owner[m->taken - 1]) {
			uint32_t e = m->taken, who = m->owner[e];

			while (e < STREAM_LEN && m->owner[e] == who)
				e++;
			rename_from(m, m->taken, e);
		}
	}
	play_forget(&p);
}

static void
run(uint64_t seed, enum tcp_policy policy)
{
	static struct model m;
	uint8_t bytes[64];

	rng = seed * 0x9e3779b97f4a7c15u + 1;
	memset(&m, 0, sizeof(m));
	p.isn[FLOW_CLIENT] = 0u - draw(STREAM_LEN * 2); /* it wraps, or not */
	play_next_session(&p);
	play_handshake(&p);
	for (int i = 0; i < STEPS; i++) {
		uint32_t ahead = m.acked + 250 < STREAM_LEN ? 250 :
		    STREAM_LEN - m.acked;
		uint32_t len = 1 + draw(draw(4) ? 12 : sizeof(bytes)), a;

		if (!draw(6)) {
			/* acknowledge, up to any place that was sent */
			uint32_t to = m.acked + draw(60), sent = 0;

			for (uint32_t k = 0; k < STREAM_LEN; k++)
				if (m.owner[k])
					sent = k + 1;
			if (to > sent)
				to = sent;
			if (to <= m.acked)
				continue;
			m.acked = to;
			play(&p, FLOW_SERVER, "A", 1, 1 + m.acked, "");
			compare(&m, seed, policy);
			continue;
		}
		if (!ahead)
			break;
		a = m.acked + draw(ahead);
		a = a > 20 && !draw(4) ? a - 20 : a;
		if (a + len > STREAM_LEN)
			len = STREAM_LEN - a;
		for (uint32_t k = 0; k < len; k++)
			bytes[k] = draw(3) && m.owner[a + k] ? m.byte[a + k] :
			    (uint8_t)('a' + draw(26));
		model_put(&m, policy, a, bytes, len);
		play_data(&p, FLOW_CLIENT, "PA", 1 + a, 1, bytes, len);
		compare(&m, seed, policy);
	}
	m.acked = STREAM_LEN;
	play(&p, FLOW_SERVER, "A", 1, 1 + STREAM_LEN, "");
	compare(&m, seed, policy);
	play_close(&p, STREAM_LEN, 0);
	compare(&m, seed, policy);
	for (; m.taken < STREAM_LEN; m.taken++)
		if (m.owner[m.taken])
			die(seed, policy, "bytes left out at the end");
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 60;

	printf("seed %llu, %lu rounds of each policy\n",
	    (unsigned long long)seed, rounds);
	for (unsigned policy = 0; policy <= TCP_NOACK; policy++) {
		play_init(&p, (enum tcp_policy)policy);
		play_start(&p);
		for (unsigned long i = 0; i < rounds; i++)
			run(seed + i, (enum tcp_policy)policy);
		play_end(&p);
	}
	printf("ok\n");
	return 0;
}
