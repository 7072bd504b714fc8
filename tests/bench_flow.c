/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a packet costs in the flow table, by the number of flows: look-up,
 * counting, and expiry, packets of flows in random order. Run by hand:
 *
 *	make tests/bench_flow && tests/bench_flow
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/hash.h"
#include "decoders/track/flow.h"

enum { PACKETS = 2000000, PER_SECOND = 1000000 };

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t
next_random(void)
{
	static uint64_t x = 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* The packet of flow i, from either side. */
static void
set_packet(struct packet *p, uint32_t i, bool answer, uint64_t n)
{
	uint8_t *client = answer ? p->dec.dst.b : p->dec.src.b;
	uint8_t *server = answer ? p->dec.src.b : p->dec.dst.b;

	for (unsigned k = 0; k < 4; k++) {
		client[k] = (uint8_t)(i >> 8 * k);
		server[k] = (uint8_t)(10 + k);
	}
	p->dec.sport = answer ? 53 : 4000;
	p->dec.dport = answer ? 4000 : 53;
	p->ts.ns = UINT64_C(1000000000) * 1000 +
	    n * (UINT64_C(1000000000) / PER_SECOND);
}

static double
run(uint32_t flows)
{
	struct flow_conf conf = { .track = { [FLOW_UDP] = true },
		.max = { [FLOW_UDP] = flows },
		.timeout_s = { [FLOW_UDP] = 180 } };
	struct flow_table *t = flow_table_new(&conf);
	struct packet p = { .wirelen = 100, .dec = { .ip_ver = 4,
		.ip_proto = 17, .l4 = PKT_L4_UDP, .src.family = 4,
		.dst.family = 4 } };
	enum flow_side side;
	double start;

	if (!t)
		exit(1);
	for (uint32_t i = 0; i < flows; i++) {
		set_packet(&p, i, false, 0);
		if (!flow_create(t, &p, false))
			exit(1);
	}
	start = seconds();
	for (uint64_t n = 0; n < PACKETS; n++) {
		uint64_t r = next_random();
		struct flow *f;

		set_packet(&p, (uint32_t)((r >> 1) % flows), r & 1, n);
		f = flow_find(t, &p, &side);
		if (!f)
			exit(1);
		flow_touch(t, f, &p, side);
		flow_expire(t, p.ts, false);
	}
	start = seconds() - start;
	flow_table_free(t);
	return start / PACKETS * 1e9;
}

int
main(void)
{
	static const uint32_t flows[] = { 1000, 10000, 100000, 1000000 };

	hash_seed();
	printf("a flow takes %zu bytes, its bits %zu\n", sizeof(struct flow),
	    sizeof(struct flow_bits));
	for (unsigned i = 0; i < ARRAY_LEN(flows); i++)
		printf("%8u flows: %5.0f ns a packet\n", (unsigned)flows[i],
		    run(flows[i]));
	return 0;
}
