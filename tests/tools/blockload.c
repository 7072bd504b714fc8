/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attackers, real and made up, for what blocks them. All of it is for
 * namespaces of a test's own.
 *
 *	blockload attack ADDRESS FROM N [MS]
 *	        N connections, each from the next address (FROM on, which need
 *	        not be the host's own: AnyIP), that send EVIL
 *	blockload hold ADDRESS FROM
 *	        one connection; each line of standard input is sent, and the
 *	        answer printed, or "silence" after half a second
 *	blockload drip ADDRESS FROM MS
 *	        one connection that sends "tick" each millisecond, and after a
 *	        quarter of the time EVIL; prints when, as sink does
 *	blockload sink [4]
 *	        accepts on port 7778 and prints when something came (the
 *	        kernel had it): seconds and microseconds, a line each
 *	blockload spoof INTERFACE MAC ADDRESS N [ADDRESS...]
 *	        frames in the name of N addresses, and of those given: a SYN, a
 *	        guess at the ACK with EVIL in it, a SYN+ACK of the server's that
 *	        the server did not send, and EVIL by UDP
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/base.h"
#include "core/be.h"
#include "core/ipaddr.h"
#include "core/mtime.h"
#include "tests/tools/craft.h"
#include "tests/tools/rxtime.h"

enum { ECHO_PORT = 7777, SINK_PORT = 7778, SINKS = 64, BURST = 200 };

static void
or_die(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "blockload: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct ipaddr
addr_of(const char *text)
{
	struct ipaddr a;

	errno = EINVAL;
	or_die(ipaddr_parse(text_of(text), &a), text);
	return a;
}

static struct ipaddr
nth(struct ipaddr a, uint32_t n)
{
	unsigned i = a.family == 4 ? 4 : 16;

	for (uint32_t carry = n; i-- > 0 && carry; carry >>= 8) {
		carry += a.b[i];
		a.b[i] = (uint8_t)carry;
	}
	return a;
}

static socklen_t
to_sockaddr(const struct ipaddr *a, uint16_t port, struct sockaddr_in6 *out)
{
	struct sockaddr_in *in = (void *)out;

	memset(out, 0, sizeof(*out));
	if (a->family == 4) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, a->b, 4);
		return sizeof(*in);
	}
	out->sin6_family = AF_INET6;
	out->sin6_port = htons(port);
	memcpy(&out->sin6_addr, a->b, 16);
	return sizeof(*out);
}

/* A connection from an address, -1 within the time. */
static int
open_from(const struct ipaddr *to, const struct ipaddr *from, uint16_t port,
    int wait_ms)
{
	int one = 1, fd = socket(to->family == 4 ? AF_INET : AF_INET6,
	    SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct sockaddr_in6 sa;
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t len = to_sockaddr(from, 0, &sa);
	int error = 0;
	socklen_t size = sizeof(error);

	or_die(fd != -1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &one, sizeof(one));
	or_die(bind(fd, (void *)&sa, len) == 0, "bind");
	len = to_sockaddr(to, port, &sa);
	if (connect(fd, (void *)&sa, len) == 0)
		return fd;
	if (errno == EINPROGRESS && poll(&p, 1, wait_ms) == 1 &&
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
	    !error)
		return fd;
	close(fd);
	return -1;
}

static void
sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static int
attack(int argc, char **argv)
{
	struct ipaddr to = addr_of(argv[0]), from = addr_of(argv[1]);
	unsigned n = (unsigned)strtoul(argv[2], NULL, 10), opened = 0;
	long ms = argc > 3 ? strtol(argv[3], NULL, 10) : 0;

	for (unsigned i = 0; i < n; i++) {
		struct ipaddr a = nth(from, i);
		int fd = open_from(&to, &a, ECHO_PORT, 300);

		if (fd == -1)
			continue;
		opened++;
		(void)!write(fd, "EVIL\n", 5);
		if (ms)
			sleep_ms(ms);
		close(fd);
	}
	printf("opened %u\n", opened);
	return opened == n ? 0 : 1;
}

static int
hold(char **argv)
{
	struct ipaddr to = addr_of(argv[0]), from = addr_of(argv[1]);
	int fd = open_from(&to, &from, ECHO_PORT, 3000);
	char line[256], answer[256];

	or_die(fd != -1, "connect");
	puts("open");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n = -1;

		if (write(fd, line, strlen(line)) == -1)
			puts("closed");
		else if (poll(&p, 1, 500) == 1)
			n = read(fd, answer, sizeof(answer));
		if (n > 0)
			printf("%.*s", (int)n, answer);
		else
			puts("silence");
		fflush(stdout);
	}
	return 0;
}

static void
print_time(struct mtime t)
{
	printf("%" PRIu64 ".%06" PRIu32 "\n", mtime_sec(t), mtime_usec(t));
	fflush(stdout);
}

static int
drip(char **argv)
{
	struct ipaddr to = addr_of(argv[0]), from = addr_of(argv[1]);
	long ms = strtol(argv[2], NULL, 10);
	int fd = open_from(&to, &from, SINK_PORT, 3000);

	or_die(fd != -1, "connect");
	for (long i = 0; i < ms; i++) {
		(void)!write(fd, i == ms / 4 ? "EVIL" : "tick", 4);
		if (i == ms / 4)
			print_time(mtime_now());
		sleep_ms(1);
	}
	return 0;
}

NORETURN static void
sink(bool v4)
{
	struct ipaddr any = { .family = v4 ? 4 : 6 };
	int one = 1, zero = 0, fd = socket(v4 ? AF_INET : AF_INET6,
	    SOCK_STREAM, 0);
	struct pollfd p[SINKS + 1];
	struct sockaddr_in6 sa;
	socklen_t len = to_sockaddr(&any, SINK_PORT, &sa);
	unsigned n = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (!v4)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	or_die(bind(fd, (void *)&sa, len) == 0 && listen(fd, SINKS) == 0,
	    "listen");
	rxtime_ask(fd); /* and so those that it accepts */
	p[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	puts("ready");
	fflush(stdout);
	for (;;) {
		char b[4096];
		struct mtime at;

		or_die(poll(p, n, -1) > 0, "poll");
		if (p[0].revents && n <= SINKS)
			p[n++] = (struct pollfd){ .fd = accept(fd, NULL, NULL),
				.events = POLLIN };
		for (unsigned i = 1; i < n; i++) {
			if (!p[i].revents)
				continue;
			if (rxtime_read(p[i].fd, b, sizeof(b), &at) <= 0) {
				close(p[i].fd);
				p[i--] = p[--n];
				continue;
			}
			print_time(at);
		}
	}
}

/* -- made up -------------------------------------------------------------------- */

struct maker {
	int fd;
	struct sockaddr_ll to;
	uint8_t mac[6], own[6];
	const char *server;
	uint64_t random;
};

static uint32_t
guess(struct maker *m)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 7;
	m->random ^= m->random << 17;
	return (uint32_t)(m->random >> 20);
}

static void
send_frame(struct maker *m, struct craft *c)
{
	craft_done(c);
	memcpy(c->b, m->mac, 6);
	memcpy(c->b + 6, m->own, 6);
	while (sendto(m->fd, c->b, c->len, 0, (void *)&m->to,
	    sizeof(m->to)) == -1)
		sleep_ms(1);
}

static void
begin(struct maker *m, struct craft *c, uint8_t proto, const char *src,
    const char *dst)
{
	bool v4 = addr_of(m->server).family == 4;

	craft_init(c);
	craft_eth(c, v4 ? 0x0800 : 0x86dd);
	if (v4)
		craft_ip4(c, proto, src, dst);
	else
		craft_ip6(c, proto, src, dst);
}

static void
spoof_one(struct maker *m, const struct ipaddr *from)
{
	enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };
	char text[IPADDR_TEXT_MAX];
	const char *src = ipaddr_print(from, text);
	uint16_t port = (uint16_t)(1024 + guess(m) % 60000);
	uint32_t isn = guess(m);
	static struct craft c;

	begin(m, &c, 6, src, m->server);
	craft_tcp(&c, port, ECHO_PORT, isn, 0, SYN);
	send_frame(m, &c);
	begin(m, &c, 6, m->server, src);
	craft_tcp(&c, ECHO_PORT, port, 4711, isn + 1, SYN | ACK);
	send_frame(m, &c);
	for (unsigned i = 0; i < 2; i++) {
		begin(m, &c, 6, src, m->server);
		craft_tcp(&c, port, ECHO_PORT, isn + 1, i ? guess(m) : 4712,
		    PSH | ACK);
		craft_bytes(&c, "EVIL\n", 5);
		send_frame(m, &c);
	}
	begin(m, &c, 17, src, m->server);
	craft_udp(&c, port, ECHO_PORT);
	craft_bytes(&c, "EVIL\n", 5);
	send_frame(m, &c);
}

static int
spoof(int argc, char **argv)
{
	unsigned n = (unsigned)strtoul(argv[3], NULL, 10), mac[6];
	struct ipaddr base;
	struct maker m = { .server = argv[2], .random = 88172645463325252u };

	or_die(sscanf(argv[1], "%x:%x:%x:%x:%x:%x", &mac[0], &mac[1], &mac[2],
	    &mac[3], &mac[4], &mac[5]) == 6, argv[1]);
	for (unsigned i = 0; i < 6; i++)
		m.mac[i] = (uint8_t)mac[i];
	m.own[0] = 2;
	m.own[5] = 0x66;
	m.fd = socket(AF_PACKET, SOCK_RAW, 0);
	m.to = (struct sockaddr_ll){ .sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(argv[0]) };
	or_die(m.fd != -1 && m.to.sll_ifindex, argv[0]);
	base = addr_of(addr_of(m.server).family == 4 ? "11.0.0.1" :
	    "2001:db8:11::1");
	for (unsigned i = 0; i < n; i++) {
		struct ipaddr from = nth(base, i);

		spoof_one(&m, &from);
		for (int k = 4; k < argc && i % 1000 == 0; k++) {
			from = addr_of(argv[k]);
			spoof_one(&m, &from);
		}
		if (i % BURST == BURST - 1)
			sleep_ms(10);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	signal(SIGPIPE, SIG_IGN);
	if (strcmp(what, "attack") == 0 && argc >= 5)
		return attack(argc - 2, argv + 2);
	if (strcmp(what, "hold") == 0 && argc == 4)
		return hold(argv + 2);
	if (strcmp(what, "drip") == 0 && argc == 5)
		return drip(argv + 2);
	if (strcmp(what, "sink") == 0)
		sink(argc > 2);
	if (strcmp(what, "spoof") == 0 && argc >= 6)
		return spoof(argc - 2, argv + 2);
	fprintf(stderr, "usage: see blockload.c\n");
	return 2;
}
