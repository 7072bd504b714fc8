/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection that says something every millisecond, and a server that knows
 * when it heard the last of it:
 *
 *	steady serve PORT		until SIGTERM; then prints, for each
 *					connection, the client's address, when
 *					something came last, and how often
 *	steady send FROM TO PORT MS	0: connected and said all; 3: reset
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mtime.h"
#include "tests/tools/rxtime.h"

enum { CONNECTIONS = 64, CONNECT_MS = 1500 };

static volatile sig_atomic_t done;

static void
end(int sig)
{
	(void)sig;
	done = 1;
}

/* IPv4 as mapped, for one socket takes both. */
static bool
address(const char *text, uint16_t port, struct sockaddr_in6 *a)
{
	char mapped[64];

	*a = (struct sockaddr_in6){ .sin6_family = AF_INET6,
		.sin6_port = htons(port) };
	snprintf(mapped, sizeof(mapped), "%s%s", strchr(text, ':') ? "" :
	    "::ffff:", text);
	return inet_pton(AF_INET6, mapped, &a->sin6_addr) == 1;
}

static int
serve(uint16_t port)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
		.sin6_port = htons(port) };
	struct { char name[64]; uint64_t last, n; } seen[CONNECTIONS];
	struct pollfd p[CONNECTIONS + 1];
	int fd = socket(AF_INET6, SOCK_STREAM, 0), zero = 0, one = 1;
	unsigned n = 0;

	(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	rxtime_ask(fd); /* and so those that it accepts */
	if (bind(fd, (const struct sockaddr *)&a, sizeof(a)) == -1 ||
	    listen(fd, CONNECTIONS) == -1)
		return 1;
	p[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	printf("serving\n");
	fflush(stdout);
	while (!done) {
		socklen_t len = sizeof(a);
		struct mtime at;
		char b[4096];

		(void)poll(p, n + 1, 1000);
		for (unsigned i = 1; i <= n; i++)
			if (p[i].revents && rxtime_read(p[i].fd, b, sizeof(b),
			    &at) > 0) {
				seen[i - 1].last = clock_ns() -
				    (mtime_now().ns - at.ns);
				seen[i - 1].n++;
			} else if (p[i].revents) {
				close(p[i].fd);
				p[i].fd = -1;
			}
		if (!(p[0].revents & POLLIN) || n == CONNECTIONS)
			continue;
		fd = accept(p[0].fd, (struct sockaddr *)&a, &len);
		if (fd == -1)
			continue;
		inet_ntop(AF_INET6, &a.sin6_addr, seen[n].name,
		    sizeof(seen[n].name));
		seen[n].last = seen[n].n = 0;
		p[++n] = (struct pollfd){ .fd = fd, .events = POLLIN };
	}
	for (unsigned i = 0; i < n; i++)
		printf("%s %llu %llu\n", strncmp(seen[i].name, "::ffff:",
		    7) == 0 ? seen[i].name + 7 : seen[i].name,
		    (unsigned long long)seen[i].last,
		    (unsigned long long)seen[i].n);
	return 0;
}

static int
talk(const char *from, const char *to, uint16_t port, int ms)
{
	struct sockaddr_in6 a, b;
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);

	if (!address(from, 0, &a) || !address(to, port, &b) ||
	    bind(fd, (const struct sockaddr *)&a, sizeof(a)) == -1)
		return 2;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (const struct sockaddr *)&b, sizeof(b)) == -1 &&
	    errno != EINPROGRESS)
		return 1;
	if (poll(&p, 1, CONNECT_MS) != 1 || getsockopt(fd, SOL_SOCKET,
	    SO_ERROR, &one, &len) == -1 || one)
		return 1;
	printf("connected\n");
	fflush(stdout);
	for (int i = 0; i < ms && !done; i++) {
		if (send(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == -1 &&
		    errno != EAGAIN) {
			printf("reset\n");
			return 3;
		}
		(void)poll(NULL, 0, 1);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = end };

	sigaction(SIGTERM, &sa, NULL);
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return serve((uint16_t)atoi(argv[2]));
	if (argc == 6 && strcmp(argv[1], "send") == 0)
		return talk(argv[2], argv[3], (uint16_t)atoi(argv[4]),
		    atoi(argv[5]));
	return 2;
}
