/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a packet costs in tracking, by the number of live sessions: the whole of
 * track_packet and track_expire, established UDP and TCP sessions, packets of
 * them in random order; what an idle session takes; and what the dearest of a
 * hundred packets costs while a flood fills the table. Run by hand, on an idle
 * machine: make bench-flow
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/hash.h"
#include "decoders/track/track.h"
#include "decoders/wire/tcp.h"

enum {
	PACKETS = 2000000, /* of a measurement */
	RUNS = 5,          /* the median counts */
	PER_SECOND = 1000000,
	IDLE = 1000000,    /* sessions whose memory is measured */
	SAMPLES = 1000000, /* packets timed one by one */
	TABLE = 262144,    /* sessions of a table to be flooded */
	BYSTANDERS = 1000,
	SERVER_PORT = 80,
	CLIENT_PORT = 4000,
	TCP = 6,
	UDP = 17,
};

enum answer { QUERY, ANSWER };

static struct stream_engine engine = { .policy = TCP_LINUX, .timeout_s = 180,
	.max_queued_bytes = 1 << 20, .max_queued_segs = 2621 };
static struct packet pkt, rebuilt;
static uint64_t sent; /* packets: the clock */

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
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

static void *
need(void *p)
{
	if (!p) {
		perror("bench_flow");
		exit(1);
	}
	return p;
}

/* The next packet of session i; flags are TCP's, 0 for UDP. */
static struct stream_facts
give(struct track *t, uint32_t i, enum answer way, uint8_t flags)
{
	struct pkt_dec *d = &pkt.dec;
	struct stream_facts facts, part;
	uint8_t *client, *server;

	*d = (struct pkt_dec){ .ip_ver = 4, .ip_proto = flags ? TCP : UDP,
		.l4 = flags ? PKT_L4_TCP : PKT_L4_UDP, .src.family = 4,
		.dst.family = 4, .tcp_flags = flags, .tcp_win = 8192 };
	client = way == ANSWER ? d->dst.b : d->src.b;
	server = way == ANSWER ? d->src.b : d->dst.b;
	for (unsigned k = 0; k < 4; k++) {
		client[k] = (uint8_t)(i >> 8 * k);
		server[k] = (uint8_t)(10 + k);
	}
	d->sport = way == ANSWER ? SERVER_PORT : CLIENT_PORT;
	d->dport = way == ANSWER ? CLIENT_PORT : SERVER_PORT;
	d->tcp_seq = flags & TCP_SYN ? 0 : 1;
	d->tcp_ack = flags & TCP_ACK ? 1 : 0;
	pkt.wirelen = 100;
	pkt.ts.ns = UINT64_C(1000000000) * 1000 +
	    ++sent * (UINT64_C(1000000000) / PER_SECOND);
	track_packet(t, &pkt, &facts);
	while (track_next(t, &rebuilt, &part))
		;
	while (track_expire(t, pkt.ts, false, &rebuilt, &part))
		;
	return facts;
}

static void
establish(struct track *t, uint32_t i, enum flow_proto proto)
{
	if (proto == FLOW_UDP) {
		give(t, i, QUERY, 0);
		give(t, i, ANSWER, 0);
		return;
	}
	give(t, i, QUERY, TCP_SYN);
	give(t, i, ANSWER, TCP_SYN | TCP_ACK);
	give(t, i, QUERY, TCP_ACK);
}

static struct track *
table_of(struct track_conf *conf, enum flow_proto proto, uint32_t max,
    uint32_t established)
{
	struct track *t;

	*conf = track_conf_default();
	conf->flow.track[proto] = true;
	conf->flow.max[proto] = max;
	conf->flow.timeout_s[proto] = 180;
	conf->stream.engines = &engine;
	conf->stream.n_engines = 1;
	t = need(track_new(conf));
	for (uint32_t i = 0; i < established; i++)
		establish(t, i, proto);
	return t;
}

/* A packet of some established session; ends the program if it had none. */
static void
some_packet(struct track *t, enum flow_proto proto, uint32_t sessions)
{
	uint64_t r = next_random();
	struct stream_facts f = give(t, (uint32_t)((r >> 1) % sessions),
	    r & 1 ? ANSWER : QUERY, proto == FLOW_TCP ? TCP_ACK : 0);

	if (!f.flow || !f.established)
		exit(1);
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Nanoseconds of a packet. */
static double
cost(enum flow_proto proto, uint32_t sessions)
{
	struct track_conf conf;
	struct track *t = table_of(&conf, proto, sessions, sessions);
	uint64_t took[RUNS];

	for (unsigned run = 0; run < RUNS; run++) {
		uint64_t start = now_ns();

		for (unsigned n = 0; n < PACKETS; n++)
			some_packet(t, proto, sessions);
		took[run] = now_ns() - start;
	}
	track_free(t);
	qsort(took, RUNS, sizeof(*took), compare);
	return (double)took[RUNS / 2] / PACKETS;
}

static void
costs(const char *name, enum flow_proto proto)
{
	static const uint32_t sessions[] = { 1000, 10000, 100000, 1000000 };
	double first = 0.0;

	for (unsigned i = 0; i < ARRAY_LEN(sessions); i++) {
		double ns = cost(proto, sessions[i]);

		first = i ? first : ns;
		printf("%s %8u sessions: %6.0f ns a packet, x%.2f\n", name,
		    (unsigned)sessions[i], ns, ns / first);
	}
}

static double
resident(void)
{
	FILE *f = need(fopen("/proc/self/statm", "r"));
	unsigned long all, here = 0;

	if (fscanf(f, "%lu %lu", &all, &here) != 2)
		exit(1);
	fclose(f);
	return (double)here * (double)sysconf(_SC_PAGESIZE);
}

static void
memory(const char *name, enum flow_proto proto)
{
	struct track_conf conf;
	double before = resident();
	struct track *t = table_of(&conf, proto, IDLE, IDLE);

	printf("%s %8u idle sessions: %4.0f bytes each\n", name,
	    (unsigned)IDLE, (resident() - before) / IDLE);
	track_free(t);
}

/*
 * The dearest of a hundred packets: of bystanders among few sessions, and with
 * a forged SYN in between each, at a full table.
 */
static void
flooded(void)
{
	static uint32_t ns[SAMPLES], idle_ns;
	static uint64_t sorted[SAMPLES];
	struct track_conf conf;
	struct track *t = table_of(&conf, FLOW_TCP, TABLE, BYSTANDERS);
	uint32_t forged = BYSTANDERS;
	static const char *const names[] = { "idle", "SYN flood: bystanders",
		"SYN flood: the flood" };

	for (unsigned what = 0; what < ARRAY_LEN(names); what++) {
		for (unsigned n = 0; what == 1 && n < 2 * TABLE; n++)
			give(t, forged++, QUERY, TCP_SYN);
		for (unsigned n = 0; n < SAMPLES; n++) {
			uint64_t start;

			if (what == 1)
				give(t, forged++, QUERY, TCP_SYN);
			start = now_ns();
			if (what == 2)
				give(t, forged++, QUERY, TCP_SYN);
			else
				some_packet(t, FLOW_TCP, BYSTANDERS);
			ns[n] = (uint32_t)(now_ns() - start);
		}
		for (unsigned n = 0; n < SAMPLES; n++)
			sorted[n] = ns[n];
		qsort(sorted, SAMPLES, sizeof(*sorted), compare);
		if (!what)
			idle_ns = (uint32_t)sorted[SAMPLES / 100 * 99];
		printf("%-22s median %4u ns, 99%% %4u ns, x%.2f\n",
		    names[what], (unsigned)sorted[SAMPLES / 2],
		    (unsigned)sorted[SAMPLES / 100 * 99],
		    (double)sorted[SAMPLES / 100 * 99] / idle_ns);
	}
	track_free(t);
}

int
main(void)
{
	setlinebuf(stdout);
	hash_seed();
	printf("a flow takes %zu bytes, its bits %zu\n", sizeof(struct flow),
	    sizeof(struct flow_bits));
	memory("UDP", FLOW_UDP);
	memory("TCP", FLOW_TCP);
	flooded();
	costs("UDP", FLOW_UDP);
	costs("TCP", FLOW_TCP);
	return 0;
}
