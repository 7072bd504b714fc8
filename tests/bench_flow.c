/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a packet costs in tracking, by the number of live sessions: the whole of
 * track_ahead, track_packet and track_expire over batches of frames as inspect
 * does it, established UDP and TCP sessions, packets of them in random order;
 * beside it the floor, what the memory alone costs. What an idle session takes;
 * and what the dearest of a hundred packets costs while a flood of SYNs or of
 * fragments fills the tables. Filling in what a decoder would is in the cost,
 * decoding is not. Run by hand, on an idle machine: make bench-flow
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/hash.h"
#include "core/xalloc.h"
#include "decoders/decode.h"
#include "decoders/track/track.h"
#include "decoders/wire/eth.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/tcp.h"

enum {
	BATCH = 256,       /* frames, as a front end's */
	PACKETS = 400 * BATCH, /* of a measurement */
	WARM = 40 * BATCH, /* before it, not measured */
	RUNS = 9,         /* the median counts */
	PER_SECOND = 1000000,
	IDLE = 1000000,    /* sessions whose memory is measured */
	SAMPLES = 2048 * BATCH, /* packets timed one by one */
	TABLE = 262144,    /* sessions of a table to be flooded */
	BYSTANDERS = 1000,
	SERVER_PORT = 80,
	CLIENT_PORT = 4000,
	TCP = 6,
	UDP = 17,
	DLT_ETHERNET = 1,
	LINE = 64,
	AHEAD_LEAST = 16,  /* as sensor/run.c */
	PAYLOAD = 20, /* a fragment's length is a multiple of 8 */
};

enum answer { QUERY, ANSWER };

/* A packet to be sent. */
struct shot {
	uint32_t session;
	enum answer way;
	uint8_t flags; /* TCP's, 0 for UDP */
	bool fragment; /* the first of a datagram that never becomes whole */
};

/* Frames as far as anybody looks at them. */
struct bytes {
	struct wire_eth eth;
	struct wire_ip4 ip;
	struct be16 sport, dport;
	uint8_t rest[PAYLOAD];
};

static struct stream_engine engine = { .policy = TCP_LINUX, .timeout_s = 180,
	.max_queued_bytes = 1 << 20, .max_queued_segs = 2621 };
static struct defrag_engine frag_engine = { .timeout_s = 60, .min_ttl = 1 };
static struct decoder decoder;
static struct packet pkt, rebuilt, datagram;
static struct bytes frames[BATCH];
static uint64_t sent; /* packets: the clock */
static double clock_ns; /* what reading the clock costs */

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

static void
ends_of(const struct shot *s, uint8_t src[4], uint8_t dst[4])
{
	uint8_t *client = s->way == ANSWER ? dst : src;
	uint8_t *server = s->way == ANSWER ? src : dst;

	for (unsigned k = 0; k < 4; k++) {
		client[k] = (uint8_t)(s->session >> 8 * k);
		server[k] = (uint8_t)(10 + k);
	}
}

static void
build(const struct shot *s, struct bytes *b)
{
	bool answer = s->way == ANSWER;

	*b = (struct bytes){ .eth.type = be16_make(ETHERTYPE_IP4),
		.ip = { .ver_ihl = 0x45, .ttl = 64,
		    .len = be16_make(sizeof(*b) - sizeof(b->eth)),
		    .proto = s->flags ? TCP : UDP },
		.sport = be16_make(answer ? SERVER_PORT : CLIENT_PORT),
		.dport = be16_make(answer ? CLIENT_PORT : SERVER_PORT) };
	if (s->fragment)
		b->ip.frag = be16_make(IP_FLAG_MF);
	ends_of(s, b->ip.src, b->ip.dst);
}

/* What decoding would find. */
static void
fill_in(const struct shot *s)
{
	struct pkt_dec *d = &pkt.dec;

	*d = (struct pkt_dec){ .ip_ver = 4, .ip_proto = s->flags ? TCP : UDP,
		.l4 = s->flags ? PKT_L4_TCP : PKT_L4_UDP, .src.family = 4,
		.dst.family = 4, .tcp_flags = s->flags, .tcp_win = 8192 };
	ends_of(s, d->src.b, d->dst.b);
	d->sport = s->way == ANSWER ? SERVER_PORT : CLIENT_PORT;
	d->dport = s->way == ANSWER ? CLIENT_PORT : SERVER_PORT;
	d->tcp_seq = s->flags & TCP_SYN ? 0 : 1;
	d->tcp_ack = s->flags & TCP_ACK ? 1 : 0;
	pkt.wirelen = 100;
}

static struct stream_facts
give(struct track *t, const struct shot *s)
{
	struct stream_facts facts, part;

	pkt.num = ++sent;
	pkt.ts.ns = UINT64_C(1000000000) * 1000 +
	    sent * (UINT64_C(1000000000) / PER_SECOND);
	if (s->fragment) {
		decode(&decoder, &pkt);
		(void)defrag_packet(track_defrag(t), &pkt, &datagram);
	} else {
		fill_in(s);
	}
	track_packet(t, &pkt, &facts);
	while (track_next(t, &rebuilt, &part))
		;
	while (track_expire(t, pkt.ts, false, &rebuilt, &part))
		;
	return facts;
}

/* As in sensor/run.c. */
static unsigned
look_ahead(struct track *t, unsigned n, unsigned i, unsigned seen)
{
	for (; seen <= i + TRACK_AHEAD; seen++)
		track_ahead(t, sent + 1 + seen - i, DLT_ETHERNET, seen < n ?
		    slice_make((const uint8_t *)&frames[seen],
		    sizeof(*frames)) : slice_make(NULL, 0));
	return seen;
}

/* Gives n packets, at most a batch. ns, unless NULL: of each. Ends the program
 * when a packet of an established session has none. Returns what they took. */
static uint64_t
give_batch(struct track *t, const struct shot *shots, unsigned n, uint32_t *ns)
{
	unsigned seen = 0;
	uint64_t start, last;

	for (unsigned i = 0; i < n; i++)
		build(&shots[i], &frames[i]);
	start = last = now_ns();
	for (unsigned i = 0; i < n; i++) {
		struct stream_facts f;

		if (n >= AHEAD_LEAST)
			seen = look_ahead(t, n, i, seen);
		pkt.data = (const uint8_t *)&frames[i];
		pkt.caplen = pkt.wirelen = sizeof(*frames);
		pkt.dlt = DLT_ETHERNET;
		f = give(t, &shots[i]);
		if (shots[i].session < BYSTANDERS && !f.flow) {
			fprintf(stderr, "a session was lost\n");
			exit(1);
		}
		if (ns) {
			uint64_t now = now_ns();

			ns[i] = (uint32_t)(now - last);
			last = now;
		}
	}
	return now_ns() - start;
}

/* Begins a session with each number, a batch at a time. */
static void
establish(struct track *t, uint32_t n, enum flow_proto proto)
{
	static const struct { enum answer way; uint8_t flags; } steps[] = {
		{ QUERY, TCP_SYN }, { ANSWER, TCP_SYN | TCP_ACK },
		{ QUERY, TCP_ACK },
	};
	unsigned n_steps = proto == FLOW_TCP ? 3 : 2, have = 0;
	struct shot shots[BATCH];

	for (uint32_t i = 0; i < n; i++)
		for (unsigned k = 0; k < n_steps; k++) {
			shots[have++] = (struct shot){ .session = i,
				.way = steps[k].way, .flags =
				proto == FLOW_TCP ? steps[k].flags : 0 };
			if (have < BATCH)
				continue;
			give_batch(t, shots, have, NULL);
			have = 0;
		}
	give_batch(t, shots, have, NULL);
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
	conf->defrag.engines = &frag_engine;
	conf->defrag.n_engines = 1;
	t = need(track_new(conf));
	establish(t, established, proto);
	return t;
}

/* Packets of established sessions. */
static void
draw(struct shot *shots, unsigned n, enum flow_proto proto, uint32_t sessions)
{
	for (unsigned i = 0; i < n; i++) {
		uint64_t r = next_random();

		shots[i] = (struct shot){
			.session = (uint32_t)((r >> 1) % sessions),
			.way = r & 1 ? ANSWER : QUERY,
			.flags = proto == FLOW_TCP ? TCP_ACK : 0,
		};
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), compare);
	return v[n / 2];
}

/* -- the curve --------------------------------------------------------- */

struct point {
	uint32_t sessions;
	struct track_conf conf;
	struct track *track;
	double took[RUNS]; /* nanoseconds of a packet */
};

/* Nanoseconds of a packet; in batches, or each in one of its own. */
static double
cost(struct point *p, enum flow_proto proto, unsigned batch, unsigned n)
{
	struct shot shots[BATCH];
	uint64_t took = 0;

	for (unsigned done = 0; done < n; done += batch) {
		draw(shots, batch, proto, p->sessions);
		took += give_batch(p->track, shots, batch, NULL);
	}
	return (double)took / n;
}

static void
curve(const char *name, struct point *points, unsigned n,
    enum flow_proto proto, unsigned batch)
{
	double first[RUNS], ratio[RUNS];

	/* all in turn, so that what else the machine does befalls all */
	for (unsigned run = 0; run < RUNS; run++)
		for (unsigned i = 0; i < n; i++) {
			cost(&points[i], proto, batch, WARM);
			points[i].took[run] = cost(&points[i], proto, batch,
			    PACKETS) - (batch == 1 ? 2 * clock_ns : 0);
		}
	memcpy(first, points[0].took, sizeof(first));
	for (unsigned i = 0; i < n; i++) {
		for (unsigned run = 0; run < RUNS; run++)
			ratio[run] = points[i].took[run] / first[run];
		printf("%s %8u sessions, %s: %6.0f ns a packet, x%.2f\n",
		    name, (unsigned)points[i].sessions,
		    batch == 1 ? "one by one" : "in batches",
		    median(points[i].took, RUNS), median(ratio, RUNS));
	}
}

static void
curves(const char *name, enum flow_proto proto)
{
	static struct point points[] = { { .sessions = 1000 },
		{ .sessions = 10000 }, { .sessions = 100000 },
		{ .sessions = 1000000 } };
	unsigned n = ARRAY_LEN(points);

	for (unsigned i = 0; i < n; i++)
		points[i].track = table_of(&points[i].conf, proto,
		    points[i].sessions, points[i].sessions);
	curve(name, points, n, proto, BATCH);
	curve(name, points, n, proto, 1);
	for (unsigned i = 0; i < n; i++)
		track_free(points[i].track);
}

/*
 * What memory alone costs: `lines` cache lines together, of one of n sessions
 * drawn at random, read and written; each fetched ahead as far as frames are
 * looked ahead to, or one line at a time, the next known from the last.
 */
static double
touch(uint8_t *mem, uint32_t n, unsigned lines, bool ahead)
{
	static uint32_t at[BATCH + TRACK_AHEAD];
	uint32_t chained = 0;
	uint64_t took = 0;

	for (unsigned done = 0; done < PACKETS; done += BATCH) {
		uint64_t start;

		for (unsigned i = 0; i < BATCH + TRACK_AHEAD; i++)
			at[i] = (uint32_t)(next_random() % n);
		start = now_ns();
		for (unsigned i = 0; i < BATCH; i++) {
			size_t to = ((at[i] + chained) % n) * (size_t)lines;
			uint8_t *p = mem + to * LINE;

			for (unsigned k = 0; ahead && k < lines; k++)
				__builtin_prefetch(mem + ((size_t)lines *
				    at[i + TRACK_AHEAD] + k) * LINE);
			for (unsigned k = 0; k < (ahead ? lines : 1); k++)
				p[k * LINE]++;
			/* not known to the processor before it is read */
			chained = ahead ? 0 : p[1];
		}
		took += now_ns() - start;
	}
	return (double)took / PACKETS;
}

static void
floors(const char *name, unsigned lines)
{
	static const uint32_t sessions[] = { 1000, 10000, 100000, 1000000 };

	for (unsigned i = 0; i < ARRAY_LEN(sessions); i++) {
		size_t size = (size_t)sessions[i] * lines * LINE;
		uint8_t *mem = need(mem_map(size));
		double fetched[RUNS], chased[RUNS];

		memset(mem, 0, size);
		for (unsigned run = 0; run < RUNS; run++) {
			fetched[run] = touch(mem, sessions[i], lines, true);
			chased[run] = touch(mem, sessions[i], lines, false);
		}
		mem_unmap(mem, size);
		printf("floor %s %8u sessions: %3.0f ns for %u lines fetched "
		    "ahead, %3.0f ns for one chased\n", name,
		    (unsigned)sessions[i], median(fetched, RUNS), lines,
		    median(chased, RUNS));
	}
}

/* -- memory ------------------------------------------------------------ */

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

/* -- floods ------------------------------------------------------------ */

enum flood { IDLE_NET, SYNS, FRAGMENTS, FLOODS };

/* n packets of bystanders, between each two one of the flood. */
static unsigned
mix(struct shot *shots, enum flood flood, uint32_t *forged)
{
	unsigned step = flood == IDLE_NET ? 1 : 2;

	draw(shots, BATCH, FLOW_TCP, BYSTANDERS);
	for (unsigned i = 1; i < BATCH && flood != IDLE_NET; i += 2)
		shots[i] = (struct shot){ .session = (*forged)++,
			.flags = flood == SYNS ? TCP_SYN : 0,
			.fragment = flood == FRAGMENTS };
	return step;
}

/* The median and the dearest of a hundred of n times. */
static void
tell(const char *name, const uint32_t *ns, size_t n, double *p99)
{
	static double sorted[SAMPLES];
	double first = *p99;

	for (size_t i = 0; i < n; i++)
		sorted[i] = ns[i] > clock_ns ? ns[i] - clock_ns : 0;
	qsort(sorted, n, sizeof(*sorted), compare);
	*p99 = sorted[n / 100 * 99];
	printf("%-28s median %4.0f ns, 99%% %4.0f ns, x%.2f\n", name,
	    sorted[n / 2], *p99, first > 0.0 ? *p99 / first : 1.0);
}

static void
flooded(void)
{
	static uint32_t ns[FLOODS][2][SAMPLES];
	static const char *const names[FLOODS][2] = { { "idle" },
		{ "SYN flood: bystanders", "SYN flood: the flood" },
		{ "fragments: bystanders", "fragments: the flood" } };
	struct track_conf conf;
	struct track *t = table_of(&conf, FLOW_TCP, TABLE, BYSTANDERS);
	uint32_t forged = BYSTANDERS, took[BATCH];
	struct shot shots[BATCH];
	size_t n[FLOODS][2] = { { 0 } };
	double idle = 0.0;

	/* the table is full in all of it; the three in turn, as above */
	for (unsigned i = 0; i < 4 * TABLE; i += BATCH) {
		mix(shots, SYNS, &forged);
		give_batch(t, shots, BATCH, NULL);
	}
	while (n[IDLE_NET][0] + 64 * BATCH < SAMPLES)
		for (unsigned what = 0; what < FLOODS; what++)
			for (unsigned k = 0; k < 64; k++) {
				unsigned step = mix(shots, what, &forged);

				give_batch(t, shots, BATCH, took);
				if (k < 16)
					continue; /* another one's cache */
				for (unsigned i = 0; i < BATCH; i++) {
					unsigned who = i % step;

					ns[what][who][n[what][who]++] =
					    took[i];
				}
			}
	for (unsigned what = 0; what < FLOODS; what++) {
		double p99 = idle;

		tell(names[what][0], ns[what][0], n[what][0], &p99);
		if (what == IDLE_NET) {
			idle = p99;
			continue;
		}
		p99 = idle;
		tell(names[what][1], ns[what][1], n[what][1], &p99);
	}
	track_free(t);
}

int
main(void)
{
	struct dec_conf conf = dec_conf_default();
	double took[BATCH];

	setlinebuf(stdout);
	hash_seed();
	if (!decoder_init(&decoder, &conf))
		exit(1);
	for (unsigned i = 0; i < BATCH; i++) {
		uint64_t start = now_ns();

		took[i] = (double)(now_ns() - start);
	}
	clock_ns = median(took, BATCH);
	printf("a flow takes %zu bytes, its bits %zu\n", sizeof(struct flow),
	    sizeof(struct flow_bits));
	memory("UDP", FLOW_UDP);
	memory("TCP", FLOW_TCP);
	flooded();
	curves("UDP", FLOW_UDP);
	floors("UDP", 3);
	curves("TCP", FLOW_TCP);
	floors("TCP", 6);
	decoder_fini(&decoder);
	return 0;
}
