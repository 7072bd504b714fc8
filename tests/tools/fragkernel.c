/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel as judge of the defragmenter.
 *
 *	fragkernel 4|46 NAMESPACE SEED SETS FIRST
 *
 * Sends SETS fragmented UDP datagrams, from the FIRST one of the seed on, to a
 * socket in the far namespace, some at a time, their fragments in random order
 * and some of them again, and gives each fragment to a defragmenter. What that
 * rebuilds must be what the socket receives.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/hash.h"
#include "tests/tools/fragrig.h"
#include "tests/tools/netpair.h"
#include "tests/tools/rng.h"

enum {
	PORT = 9, UDP = 17, HEAD = 8,
	BATCH = 4,    /* datagrams on their way at a time */
	UNITS = 200, PIECES = 40,
	TIMES = 4,    /* that one may be received, when all of it is repeated */
	FAILURES = 5,
};

struct times {
	uint64_t hash[TIMES];
	unsigned n;
};

struct datagram {
	uint64_t set;
	bool ip6, overlap;
	uint8_t b[UNITS * 8 + 8];
	size_t len;
	struct times ours, kernels;
};

struct piece {
	unsigned who; /* of the batch */
	size_t at, end;
};

struct judge {
	struct netpair net;
	bool has_ip6;
	int sock;
	struct fragrig rig;
	struct rng rng;
	struct datagram batch[BATCH];
	struct piece todo[BATCH * 2 * PIECES];
	unsigned n_todo;
	uint64_t seed, fragments, compared;
	unsigned failures;
};

static void
die(const char *what)
{
	fprintf(stderr, "fragkernel: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint32_t
draw(struct judge *j, uint32_t n)
{
	return rng_below(&j->rng, n);
}

static void
note(struct times *t, const uint8_t *b, size_t n)
{
	if (t->n < TIMES)
		t->hash[t->n] = hash_fast(b, n, 0);
	t->n++;
}

static uint32_t
sum(uint32_t s, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s += i % 2 ? b[i] : (uint32_t)b[i] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return s;
}

/* IPv6 wants a checksum (RFC 8200 8.1). */
static void
checksum6(struct datagram *d)
{
	static const uint8_t ends[32] = { 0xfd, 0x99, [15] = 1, 0xfd, 0x99,
		[31] = 2 };
	uint32_t s = sum(UDP + (uint32_t)d->len, ends, sizeof(ends));

	s = ~sum(s, d->b, d->len) & 0xffff;
	s = s ? s : 0xffff;
	d->b[6] = (uint8_t)(s >> 8);
	d->b[7] = (uint8_t)s;
}

static void
make(struct judge *j, unsigned who, uint64_t set)
{
	struct datagram *d = &j->batch[who];
	unsigned first = j->n_todo;
	size_t at = 0;

	d->set = set;
	d->ip6 = draw(j, 4) == 0 && j->has_ip6;
	d->overlap = draw(j, 4) == 0;
	d->len = (2 + draw(j, UNITS - 2)) * 8 + 1 + draw(j, 8);
	d->ours.n = d->kernels.n = 0;
	memset(d->b, 0, HEAD);
	for (size_t i = HEAD; i < d->len; i++)
		d->b[i] = (uint8_t)draw(j, 256);
	d->b[1] = (uint8_t)(who + 1);
	d->b[3] = PORT;
	d->b[4] = (uint8_t)(d->len >> 8);
	d->b[5] = (uint8_t)d->len;
	if (d->ip6)
		checksum6(d);
	while (at < d->len) {
		size_t end = at + 8 * (1 + draw(j, UNITS / 4));

		if (j->n_todo - first == PIECES - 1 || end > d->len)
			end = d->len;
		if (!at && end == d->len)
			end = 8;
		j->todo[j->n_todo++] = (struct piece){ who, at, end };
		at = end;
	}
	for (unsigned n = j->n_todo - first, again = draw(j, 4); again;
	    again--)
		j->todo[j->n_todo++] = j->todo[first + draw(j, n)];
}

static struct datagram *
of_port(struct judge *j, unsigned port)
{
	if (port == 0 || port > BATCH)
		die("a datagram of nobody");
	return &j->batch[port - 1];
}

/* One fragment to the kernel and to the defragmenter. */
static void
both(struct judge *j, const struct datagram *d, size_t off, const uint8_t *b,
    size_t n, bool more)
{
	static const char *const options[] = { NULL, NULL, NULL, "01010101",
		"94040000" };
	struct fragrig *r = &j->rig;
	enum defrag_result res;
	struct datagram *done;
	struct slice got;

	r->id = (uint32_t)d->set & 0xffff;
	r->ip6 = d->ip6;
	r->src = d->ip6 ? "fd99::1" : "10.99.0.1";
	r->dst = d->ip6 ? "fd99::2" : "10.99.0.2";
	r->ttl = (uint8_t)(1 + draw(j, 255));
	r->options = options[draw(j, ARRAY_LEN(options))];
	res = fragrig_send(r, (uint32_t)off, b, n, more);
	netpair_send(&j->net, r->c.b, r->c.len);
	j->fragments++;
	if (res != DEFRAG_REBUILT)
		return;
	got = fragrig_datagram(r);
	done = got.len < HEAD ? NULL : of_port(j, got.ptr[1]);
	if (!done || got.len < done->len)
		die("a datagram cut");
	/* the UDP header stands there twice, as in Snort, when the first
	 * fragment came last */
	note(&done->ours, got.ptr + (got.len - done->len) + HEAD,
	    done->len - HEAD);
}

static void
receive(struct judge *j)
{
	static uint8_t b[65536];
	struct sockaddr_in6 from; /* its port stands where IPv4's does */
	socklen_t len = sizeof(from);
	ssize_t n;

	while ((n = recvfrom(j->sock, b, sizeof(b), 0,
	    (struct sockaddr *)&from, &len)) >= 0) {
		note(&of_port(j, ntohs(from.sin6_port))->kernels, b,
		    (size_t)n);
		len = sizeof(from);
	}
}

static void
run_batch(struct judge *j, uint64_t first)
{
	static const uint8_t other[16];

	j->rng = rng_make(j->seed, first);
	j->n_todo = 0;
	for (unsigned i = 0; i < BATCH; i++)
		make(j, i, first + i);
	for (unsigned i = j->n_todo; i > 1; i--) {
		unsigned k = draw(j, i);
		struct piece was = j->todo[k];

		j->todo[k] = j->todo[i - 1];
		j->todo[i - 1] = was;
	}
	for (unsigned i = 0; i < BATCH; i++) {
		struct datagram *d = &j->batch[i];

		/* neither inside nor around any: both sides stick out */
		if (d->overlap && d->len > 40) {
			both(j, d, 8, d->b + 8, 16, true);
			both(j, d, 16, other, 16, true);
		}
	}
	for (unsigned i = 0; i < j->n_todo; i++) {
		const struct piece *p = &j->todo[i];
		const struct datagram *d = &j->batch[p->who];

		both(j, d, p->at, d->b + p->at, p->end - p->at,
		    p->end != d->len);
	}
	receive(j);
	for (unsigned i = 0; i < BATCH; i++) {
		const struct datagram *d = &j->batch[i];
		const struct times *a = &d->ours, *b = &d->kernels;

		if (d->overlap)
			continue;
		j->compared++;
		if (a->n && a->n == b->n && a->n <= TIMES &&
		    memcmp(a->hash, b->hash, a->n * sizeof(*a->hash)) == 0)
			continue;
		printf("not ok: set %llu of seed %llu: %zu bytes, IPv%c: "
		    "received %u times, rebuilt %u\n",
		    (unsigned long long)d->set, (unsigned long long)j->seed,
		    d->len, d->ip6 ? '6' : '4', b->n, a->n);
		j->failures++;
	}
	/* what is left of these is not part of the next */
	defrag_reset(j->rig.d);
}

static void
start(struct judge *j, const char *ns)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
		.sin6_port = htons(PORT) };
	struct sockaddr_in a4 = { .sin_family = AF_INET,
		.sin_port = htons(PORT) };
	const void *any = j->has_ip6 ? (const void *)&a : &a4;

	if (!netpair_open(&j->net, "a0", "b0", ns))
		die("namespace");
	j->sock = netpair_socket(&j->net, j->has_ip6 ? AF_INET6 : AF_INET,
	    SOCK_DGRAM, 0);
	if (bind(j->sock, any, j->has_ip6 ? sizeof(a) : sizeof(a4)) == -1)
		die("bind");
	fragrig_init(&j->rig, FRAG_LINUX);
	j->rig.proto = UDP;
}

int
main(int argc, char **argv)
{
	static struct judge j;
	uint64_t first, sets;

	if (argc != 6) {
		fprintf(stderr,
		    "usage: fragkernel 4|46 NAMESPACE SEED SETS FIRST\n");
		return 2;
	}
	j.has_ip6 = strcmp(argv[1], "46") == 0;
	j.seed = strtoull(argv[3], NULL, 10);
	sets = strtoull(argv[4], NULL, 10);
	/* a batch is drawn as one */
	first = strtoull(argv[5], NULL, 10) / BATCH * BATCH;
	start(&j, argv[2]);
	for (uint64_t at = 0; at < sets && j.failures < FAILURES; at += BATCH)
		run_batch(&j, first + at);
	printf("seed %llu: %llu fragments, %llu datagrams compared\n",
	    (unsigned long long)j.seed, (unsigned long long)j.fragments,
	    (unsigned long long)j.compared);
	fragrig_fini(&j.rig);
	close(j.sock);
	netpair_close(&j.net);
	return j.failures != 0;
}
