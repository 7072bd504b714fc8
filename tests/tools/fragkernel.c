/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel as judge of the defragmenter.
 *
 *	fragkernel send INTERFACE MAC SEED RUNS
 *		sends fragmented UDP datagrams, in random order and repeated, to
 *		10.99.0.2:9 and prints each that the defragmenter rebuilt:
 *		"RUN HASH". Every fourth has an overlap with other bytes: for
 *		those it prints "RUN overlap" to standard error.
 *	fragkernel recv MILLISECONDS
 *		prints "RUN HASH" for each datagram that the kernel hands over,
 *		until none comes for so long. RUN is the source port.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/hash.h"
#include "tests/tools/fragrig.h"

enum { PORT = 9, UDP = 17, UNITS = 200, PIECES = 40, HEAD = 8 };

static uint64_t state;

/* xorshift64* */
static unsigned
below(unsigned n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * UINT64_C(2685821657736338717)) >> 33) % n;
}

static int
receive(int ms)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(PORT) }, from;
	struct pollfd p = { .fd = s, .events = POLLIN };
	static uint8_t b[65536];

	if (s == -1 || bind(s, (struct sockaddr *)&a, sizeof(a)) == -1) {
		perror("fragkernel");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	while (poll(&p, 1, ms) == 1) {
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(s, b, sizeof(b), 0,
		    (struct sockaddr *)&from, &len);

		if (n >= 0)
			printf("%u %016llx\n", ntohs(from.sin_port),
			    (unsigned long long)hash_fast(b, (size_t)n, 0));
	}
	close(s);
	return 0;
}

struct sender {
	int fd;
	struct sockaddr_ll to;
	uint8_t mac[6];
	struct fragrig r;
};

/* One fragment to the kernel and to the defragmenter. */
static enum defrag_result
both(struct sender *s, size_t off, const uint8_t *b, size_t n, bool more)
{
	enum defrag_result res = fragrig_send(&s->r, (uint32_t)off, b, n,
	    more);

	memcpy(s->r.c.b, s->mac, sizeof(s->mac));
	if (sendto(s->fd, s->r.c.b, s->r.c.len, 0, (struct sockaddr *)&s->to,
	    sizeof(s->to)) == -1)
		perror("fragkernel: sendto");
	return res;
}

static void
shuffle(size_t (*todo)[2], size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = below((unsigned)i), at = todo[j][0],
		    end = todo[j][1];

		memcpy(todo[j], todo[i - 1], sizeof(*todo));
		todo[i - 1][0] = at;
		todo[i - 1][1] = end;
	}
}

static void
datagram(struct sender *s, unsigned run)
{
	static uint8_t b[UNITS * 8 + 8];
	size_t todo[2 * PIECES][2], n = 0, at = 0;
	size_t total = (2 + below(UNITS - 2)) * 8 + 1 + below(8);
	bool overlap = run % 4 == 0;

	for (size_t i = 0; i < total; i++)
		b[i] = (uint8_t)below(256);
	memset(b, 0, HEAD); /* no checksum */
	b[0] = (uint8_t)(run >> 8);
	b[1] = (uint8_t)run;
	b[3] = PORT;
	b[4] = (uint8_t)(total >> 8);
	b[5] = (uint8_t)total;
	while (at < total) {
		size_t end = at + 8 * (1 + below(UNITS / 4));

		if (n == PIECES - 1 || end > total)
			end = total;
		if (!at && end == total)
			end = 8;
		todo[n][0] = at;
		todo[n++][1] = end;
		at = end;
	}
	for (size_t i = n, repeats = below(4); repeats; repeats--, n++)
		memcpy(todo[n], todo[below((unsigned)i)], sizeof(*todo));
	shuffle(todo, n);
	s->r.id = run;
	if (overlap && total > 40) {
		static const uint8_t other[16];

		/* neither inside nor around any: both sides stick out */
		both(s, 8, b + 8, 16, true);
		both(s, 16, other, 16, true);
	}
	for (size_t i = 0; i < n; i++) {
		struct slice got;

		if (both(s, todo[i][0], b + todo[i][0],
		    todo[i][1] - todo[i][0], todo[i][1] != total) !=
		    DEFRAG_REBUILT || overlap)
			continue;
		/* twice, when all of it was repeated; the UDP header may
		 * stand there twice as well */
		got = fragrig_datagram(&s->r);
		printf("%u %016llx\n", run, got.len < total ? 0 :
		    (unsigned long long)hash_fast(got.ptr +
		    (got.len - total) + HEAD, total - HEAD, 0));
	}
	if (overlap)
		fprintf(stderr, "%u overlap\n", run);
}

int
main(int argc, char **argv)
{
	static struct sender s;
	unsigned m[6];

	if (argc == 3 && strcmp(argv[1], "recv") == 0)
		return receive((int)strtol(argv[2], NULL, 10));
	if (argc != 6 || strcmp(argv[1], "send") != 0 ||
	    sscanf(argv[3], "%x:%x:%x:%x:%x:%x", &m[0], &m[1], &m[2], &m[3],
	    &m[4], &m[5]) != 6) {
		fprintf(stderr, "usage: fragkernel send INTERFACE MAC SEED "
		    "RUNS | recv MILLISECONDS\n");
		return 2;
	}
	for (unsigned i = 0; i < 6; i++)
		s.mac[i] = (uint8_t)m[i];
	s.fd = socket(AF_PACKET, SOCK_RAW, 0);
	s.to = (struct sockaddr_ll){ .sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(argv[2]) };
	if (s.fd == -1 || !s.to.sll_ifindex) {
		perror("fragkernel");
		return 1;
	}
	state = strtoull(argv[4], NULL, 10) * 2 + 1;
	fragrig_init(&s.r, FRAG_LINUX);
	s.r.proto = UDP;
	s.r.src = "10.99.0.1";
	s.r.dst = "10.99.0.2";
	for (unsigned run = 1; run <= strtoul(argv[5], NULL, 10); run++) {
		datagram(&s, run);
		/* what is left of this one is not part of the next */
		defrag_reset(s.r.d);
		usleep(500);
	}
	fragrig_fini(&s.r);
	close(s.fd);
	return 0;
}
