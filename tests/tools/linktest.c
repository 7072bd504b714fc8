/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two hosts that talk, to see what a sensor between them does to it.
 *
 *	linktest serve              echo on port 7777, TCP and UDP, IPv4 and
 *	                            IPv6, until it is ended; says "reset" of
 *	                            each connection that a reset ended
 *	linktest bulk ADDRESS N     N bytes there and back, unchanged
 *	linktest many ADDRESS N     N connections with a line each
 *	linktest udp ADDRESS N LEN  N datagrams of LEN bytes, one after the other
 *	linktest say ADDRESS TEXT   prints the answer to a line; "silence" when
 *	                            none comes, "reset" after a reset
 *	linktest again ADDRESS TEXT  says the text, gives up, and comes back with
 *	                            the same port for an answer; prints how many
 *	                            milliseconds that took, or "silence"
 *	linktest ask ADDRESS TEXT   the same with a datagram; "refused" after an
 *	                            ICMP error
 *	linktest gap ADDRESS MS     datagrams for so long, one a millisecond;
 *	                            prints the longest time without an answer
 *
 *	linktest gap-open ADDRESS MS  the same with the bytes of a connection
 *	linktest gap-new ADDRESS MS   the same with connections, one every five
 *	                            milliseconds, each with an answer
 *	linktest once ADDRESS MS    a datagram, and its answer within so long
 *
 * The exit status is 0 when all came back as it was.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/base.h"

enum { WAIT_MS = 3000, CLIENTS = 4096, CHUNK = 1 << 16 };
#define PORT "7777"

static void
or_die(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "linktest: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* of sockets that connect; 0: any */
static uint16_t local_port;

static void
bind_port(int fd, int family)
{
	struct sockaddr_storage any = { .ss_family = (sa_family_t)family };
	struct sockaddr_in *in = (void *)&any;

	in->sin_port = htons(local_port); /* where IPv6 has it, too */
	or_die(bind(fd, (struct sockaddr *)&any, sizeof(any)) == 0, "bind");
}

/* A socket for the address, bound or connected. */
static int
open_socket(const char *address, int type, bool serve)
{
	struct addrinfo hint = { .ai_socktype = type,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }, *a;
	struct timeval wait = { WAIT_MS / 1000, WAIT_MS % 1000 * 1000 };
	int fd, one = 1, zero = 0;

	if (getaddrinfo(address, PORT, &hint, &a) != 0) {
		fprintf(stderr, "linktest: %s: no address\n", address);
		exit(1);
	}
	fd = socket(a->ai_family, type | SOCK_CLOEXEC, 0);
	or_die(fd != -1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (serve && a->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	if (local_port)
		bind_port(fd, a->ai_family);
	if ((serve ? bind(fd, a->ai_addr, a->ai_addrlen) :
	        connect(fd, a->ai_addr, a->ai_addrlen)) == -1) {
		int error = errno;

		close(fd);
		fd = -1;
		errno = error;
	}
	freeaddrinfo(a);
	return fd;
}

/* -- the server ------------------------------------------------------------- */

static void
echo_datagram(int fd)
{
	static char b[CHUNK];
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(fd, b, sizeof(b), MSG_DONTWAIT,
	    (struct sockaddr *)&from, &len);

	if (n >= 0)
		(void)sendto(fd, b, (size_t)n, 0, (struct sockaddr *)&from,
		    len);
}

/* false: the connection ended. */
static bool
echo_bytes(int fd)
{
	static char b[CHUNK];
	ssize_t n = read(fd, b, sizeof(b));

	for (ssize_t at = 0, put; at < n; at += put)
		if ((put = write(fd, b + at, (size_t)(n - at))) <= 0) {
			n = put;
			break;
		}
	if (n == -1 && errno == ECONNRESET) {
		puts("reset");
		fflush(stdout);
	}
	return n > 0;
}

NORETURN static void
serve(void)
{
	static struct pollfd fds[CLIENTS + 2];
	nfds_t n = 2;
	int listening = open_socket("::", SOCK_STREAM, true);

	signal(SIGPIPE, SIG_IGN); /* clients may go as they like */
	or_die(listening != -1 && listen(listening, 1024) == 0, "listen");
	fds[0] = (struct pollfd){ .fd = listening, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = open_socket("::", SOCK_DGRAM, true),
		.events = POLLIN };
	or_die(fds[1].fd != -1, "datagrams");
	puts("ready");
	fflush(stdout);
	for (;;) {
		or_die(poll(fds, n, -1) >= 0 || errno == EINTR, "poll");
		if (fds[1].revents)
			echo_datagram(fds[1].fd);
		for (nfds_t i = 2; i < n; i++)
			if (fds[i].revents && !echo_bytes(fds[i].fd)) {
				close(fds[i].fd);
				fds[i--] = fds[--n];
			}
		if (fds[0].revents && n < CLIENTS + 2) {
			int fd = accept(listening, NULL, NULL);

			if (fd != -1)
				fds[n++] = (struct pollfd){ .fd = fd,
					.events = POLLIN };
		}
	}
}

/* -- clients ---------------------------------------------------------------- */

static bool
same_back(int fd, const char *sent, size_t n)
{
	static char b[CHUNK];
	size_t got = 0;

	while (got < n) {
		ssize_t r = read(fd, b + got, n - got);

		if (r <= 0)
			return false;
		got += (size_t)r;
	}
	return memcmp(sent, b, n) == 0;
}

static int
bulk(const char *address, size_t n)
{
	static char b[CHUNK];
	int fd = open_socket(address, SOCK_STREAM, false);
	uint32_t x = 1;

	or_die(fd != -1, "connect");
	while (n) {
		size_t part = n < CHUNK ? n : CHUNK;

		for (size_t i = 0; i < part; i++)
			b[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
		or_die(write(fd, b, part) == (ssize_t)part, "write");
		if (!same_back(fd, b, part)) {
			fprintf(stderr, "linktest: not what was sent\n");
			return 1;
		}
		n -= part;
	}
	close(fd);
	return 0;
}

static int
many(const char *address, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char line[64];
		int fd = open_socket(address, SOCK_STREAM, false);

		or_die(fd != -1, "connect");
		snprintf(line, sizeof(line), "connection %u\n", i);
		or_die(write(fd, line, strlen(line)) > 0, "write");
		if (!same_back(fd, line, strlen(line))) {
			fprintf(stderr, "linktest: connection %u is mute\n",
			    i);
			return 1;
		}
		close(fd);
	}
	return 0;
}

static int
datagrams(const char *address, unsigned n, size_t len)
{
	static char b[CHUNK], back[CHUNK];
	int fd = open_socket(address, SOCK_DGRAM, false);

	or_die(fd != -1 && len < CHUNK, "connect");
	for (unsigned i = 0; i < n; i++) {
		for (size_t k = 0; k < len; k++)
			b[k] = (char)(i + k);
		or_die(send(fd, b, len, 0) == (ssize_t)len, "send");
		if (recv(fd, back, sizeof(back), 0) != (ssize_t)len ||
		    memcmp(b, back, len) != 0) {
			fprintf(stderr, "linktest: datagram %u is lost or not "
			    "what was sent\n", i);
			return 1;
		}
	}
	return 0;
}

static int
say(const char *address, const char *text)
{
	char line[4096];
	int fd = open_socket(address, SOCK_STREAM, false);
	ssize_t n;

	if (fd == -1) {
		puts(errno == ECONNREFUSED || errno == ECONNRESET ? "reset" :
		    "silence");
		return 1;
	}
	snprintf(line, sizeof(line), "%s\n", text);
	or_die(write(fd, line, strlen(line)) > 0, "write");
	n = read(fd, line, sizeof(line));
	if (n <= 0) {
		puts(n == -1 && errno == ECONNRESET ? "reset" : "silence");
		return 1;
	}
	printf("%.*s", (int)n, line);
	return 0;
}

static int
again(const char *address, const char *text)
{
	struct linger now = { .l_onoff = 1 };
	uint64_t before;
	char b[4096];
	int fd;

	local_port = 40000;
	fd = open_socket(address, SOCK_STREAM, false);
	or_die(fd != -1, "connect");
	or_die(write(fd, text, strlen(text)) > 0, "write");
	or_die(read(fd, b, sizeof(b)) == -1, "silence is expected");
	/* (a reset, and the port is free) */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
	before = now_us();
	fd = open_socket(address, SOCK_STREAM, false);
	if (fd == -1 || write(fd, "fine\n", 5) != 5 ||
	    read(fd, b, sizeof(b)) != 5) {
		puts("silence");
		return 1;
	}
	printf("%u\n", (unsigned)((now_us() - before) / 1000));
	return 0;
}

static int
ask(const char *address, const char *text)
{
	char b[4096];
	int fd = open_socket(address, SOCK_DGRAM, false);
	ssize_t n;

	or_die(fd != -1, "connect");
	or_die(send(fd, text, strlen(text), 0) > 0, "send");
	n = recv(fd, b, sizeof(b), 0);
	if (n == -1) {
		puts(errno == ECONNREFUSED ? "refused" : "silence");
		return 1;
	}
	printf("%.*s\n", (int)n, b);
	return 0;
}

/* Datagrams once a millisecond, and when answers come. */
static int
gap(const char *address, unsigned ms)
{
	int fd = open_socket(address, SOCK_DGRAM, false);
	uint64_t start = now_us(), last = start, longest = 0, end;
	char b[64] = "ping";

	or_die(fd != -1, "connect");
	end = start + (uint64_t)ms * 1000;
	for (uint64_t now = start; now < end; now = now_us()) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		(void)send(fd, b, 4, 0);
		(void)poll(&p, 1, 1);
		while (recv(fd, b, sizeof(b), MSG_DONTWAIT) > 0) {
			now = now_us();
			if (now - last > longest)
				longest = now - last;
			last = now;
		}
		usleep(1000);
	}
	if (end - last > longest && end > last)
		longest = end - last;
	printf("%llu\n", (unsigned long long)longest / 1000);
	return 0;
}

/* When answers come, and the longest time without. */
struct times {
	uint64_t last, longest, end;
};

static struct times
begin_times(unsigned ms)
{
	uint64_t now = now_us();

	return (struct times){ .last = now, .end = now + (uint64_t)ms * 1000 };
}

static void
answered(struct times *t)
{
	uint64_t now = now_us();

	if (now - t->last > t->longest)
		t->longest = now - t->last;
	t->last = now;
}

static int
print_times(struct times *t)
{
	answered(t);
	printf("%llu\n", (unsigned long long)t->longest / 1000);
	return 0;
}

static int
gap_open(const char *address, unsigned ms)
{
	int fd = open_socket(address, SOCK_STREAM, false), one = 1;
	struct times t;
	char b[4096] = "ping";

	or_die(fd != -1, "connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	for (t = begin_times(ms); now_us() < t.end;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		(void)send(fd, "ping", 4, MSG_DONTWAIT | MSG_NOSIGNAL);
		(void)poll(&p, 1, 1);
		while (recv(fd, b, sizeof(b), MSG_DONTWAIT) > 0)
			answered(&t);
		usleep(1000);
	}
	return print_times(&t);
}

/* A connection that is begun; it says something as soon as it can. */
static int
begin_connection(const char *address)
{
	struct addrinfo hint = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }, *a;
	int fd;

	or_die(getaddrinfo(address, PORT, &hint, &a) == 0, "address");
	fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	or_die(fd != -1, "socket");
	(void)connect(fd, a->ai_addr, a->ai_addrlen);
	freeaddrinfo(a);
	return fd;
}

static int
gap_new(const char *address, unsigned ms)
{
	enum { AT_A_TIME = 800, EVERY_US = 5000 };
	static struct pollfd fds[AT_A_TIME];
	unsigned next = 0;
	struct times t;
	char b[64];

	for (unsigned i = 0; i < AT_A_TIME; i++)
		fds[i].fd = -1;
	for (t = begin_times(ms); now_us() < t.end;) {
		uint64_t until = now_us() + EVERY_US;
		struct pollfd *p = &fds[next++ % AT_A_TIME];

		if (p->fd != -1) /* given up */
			close(p->fd);
		*p = (struct pollfd){ begin_connection(address), POLLOUT, 0 };
		while (now_us() < until) {
			if (poll(fds, AT_A_TIME, 1) <= 0)
				continue;
			for (unsigned i = 0; i < AT_A_TIME; i++) {
				p = &fds[i];
				if (p->fd == -1 || !p->revents)
					continue;
				if (p->events == POLLOUT && send(p->fd, "hi\n",
				    3, MSG_NOSIGNAL) == 3) {
					p->events = POLLIN;
					continue;
				}
				if (recv(p->fd, b, sizeof(b), 0) > 0)
					answered(&t);
				close(p->fd);
				p->fd = -1;
			}
		}
	}
	return print_times(&t);
}

static int
once(const char *address, unsigned ms)
{
	int fd = open_socket(address, SOCK_DGRAM, false);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	or_die(fd != -1 && send(fd, "ping", 4, 0) == 4, "send");
	return poll(&p, 1, (int)ms) == 1 && p.revents & POLLIN ? 0 : 1;
}

static unsigned
number(const char *s)
{
	return s ? (unsigned)strtoul(s, NULL, 10) : 0;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "serve") == 0)
		serve();
	if (argc < 4) {
		fprintf(stderr, "usage: linktest serve | WHAT ADDRESS N\n");
		return 2;
	}
	if (strcmp(what, "bulk") == 0)
		return bulk(argv[2], number(argv[3]));
	if (strcmp(what, "many") == 0)
		return many(argv[2], number(argv[3]));
	if (strcmp(what, "udp") == 0 && argc > 4)
		return datagrams(argv[2], number(argv[3]), number(argv[4]));
	if (strcmp(what, "say") == 0)
		return say(argv[2], argv[3]);
	if (strcmp(what, "again") == 0)
		return again(argv[2], argv[3]);
	if (strcmp(what, "ask") == 0)
		return ask(argv[2], argv[3]);
	if (strcmp(what, "gap") == 0)
		return gap(argv[2], number(argv[3]));
	if (strcmp(what, "gap-open") == 0)
		return gap_open(argv[2], number(argv[3]));
	if (strcmp(what, "gap-new") == 0)
		return gap_new(argv[2], number(argv[3]));
	if (strcmp(what, "once") == 0)
		return once(argv[2], number(argv[3]));
	return 2;
}
