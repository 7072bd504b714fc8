/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attacks that come late in what a client sends, and whether they arrive.
 *
 *	lateload serve              HTTP on port 80, until it is ended
 *	lateload count ADDRESS      prints how many requests arrived whole, and
 *	                            how many connections had the mark in a body,
 *	                            or in a line of a head that arrived whole:
 *	                            before that no server knows what it is
 *	lateload load ADDRESS MS    requests with long answers and long requests
 *	                            on one connection, for so long
 *	lateload uri ADDRESS SEED   900 requests on one connection; the mark is
 *	                            in the URI of the last
 *	lateload body ADDRESS SEED  a request of 1 MiB; the mark is somewhere in
 *	                            its last KiB
 *	lateload fine-uri ADDRESS SEED, lateload fine-body ADDRESS SEED
 *	                            the same without the mark
 *
 * The last four print "answered" or "silence" for the last request; the exit
 * status is not 0 where one before it was not answered. SEED says where the
 * mark is, how it is cut into segments, how long an answer is waited for, and
 * the client's port: none comes again, for who comes back with the port of a
 * session that was dropped is dropped as well.
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
#include "tests/tools/rng.h"

#define PORT "80"
#define MARK "EVILWORD"
enum {
	REQUESTS = 900, BODY = 1 << 20, LAST = 1024, CLIENTS = 64,
	WAIT_MS = 10000, MARK_LEN = sizeof(MARK) - 1, LONG = 1 << 16, PORTS = 6000,
};

static void
or_die(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "lateload: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int
open_socket(const char *address, bool serve, uint16_t from)
{
	struct sockaddr_in own = { .sin_family = AF_INET,
		.sin_port = htons(from) };

	struct addrinfo hint = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }, *a;
	int fd, one = 1, rc;

	or_die(getaddrinfo(address, PORT, &hint, &a) == 0, "address");
	fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	or_die(fd != -1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	or_die(!from || bind(fd, (void *)&own, sizeof(own)) == 0, "port");
	rc = serve ? bind(fd, a->ai_addr, a->ai_addrlen) :
	    connect(fd, a->ai_addr, a->ai_addrlen);
	or_die(rc == 0, serve ? "bind" : "connect");
	freeaddrinfo(a);
	return fd;
}

/* false: it ended, or ms went by. */
static bool
wait_on(int fd, short what, unsigned ms)
{
	struct pollfd p = { .fd = fd, .events = what };

	return poll(&p, 1, (int)ms) == 1 && p.revents & what;
}

static bool
put(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t done = send(fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (done < 0 && errno == EAGAIN) {
			if (!wait_on(fd, POLLOUT, WAIT_MS))
				return false;
			continue;
		}
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

/* -- the server -------------------------------------------------------------- */

struct client {
	int fd;
	bool in_body, marked;
	uint64_t heard; /* ms */
	uint32_t matched; /* bytes of the mark that came last */
	size_t n;         /* of the head */
	size_t left;      /* of the body */
	char head[4096];
};

static uint64_t arrived, attacks;

static bool
answer(struct client *c)
{
	static char text[LONG + 256];
	char say[128];
	int n, len;

	arrived++;
	len = snprintf(say, sizeof(say), "arrived %llu attacks %llu\n",
	    (unsigned long long)arrived, (unsigned long long)attacks);
	n = snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n"
	    "Content-Length: %d\r\n\r\n", strncmp(c->head, "GET /long ", 10)
	    == 0 ? LONG : strncmp(c->head, "GET /count ", 11) == 0 ? len : 3);
	if (strncmp(c->head, "GET /long ", 10) == 0) {
		memset(text + n, 'l', LONG);
		n += LONG;
	} else if (strncmp(c->head, "GET /count ", 11) == 0) {
		arrived--;
		memcpy(text + n, say, (size_t)len);
		n += len;
	} else {
		memcpy(text + n, "ok\n", 3);
		n += 3;
	}
	return put(c->fd, text, (size_t)n);
}

/* The mark has one E: where it does not go on, it may begin. */
static void
look(struct client *c, char byte)
{
	if (c->matched < MARK_LEN)
		c->matched = byte == MARK[c->matched] ? c->matched + 1 :
		    byte == MARK[0];
	if (c->matched < MARK_LEN || (!c->in_body && byte != '\n'))
		return;
	c->matched = 0;
	attacks += !c->marked;
	c->marked = true;
}

/* A head is whole. */
static bool
end_head(struct client *c)
{
	const char *length;

	c->head[c->n] = '\0';
	length = strstr(c->head, "Content-Length: ");
	c->left = length ? strtoul(length + 16, NULL, 10) : 0;
	c->in_body = c->left > 0;
	c->n = 0;
	return c->in_body || answer(c);
}

/* false: the connection ended. */
static bool
take(struct client *c)
{
	static char b[1 << 16];
	ssize_t got = recv(c->fd, b, sizeof(b), MSG_DONTWAIT);

	if (got < 0 && errno == EAGAIN)
		return true;
	c->heard = now_ms();
	for (ssize_t i = 0; i < got; i++) {
		look(c, b[i]);
		if (c->in_body) {
			if (--c->left)
				continue;
			c->in_body = false;
			if (!answer(c))
				return false;
			continue;
		}
		c->head[c->n++] = b[i];
		if (c->n == sizeof(c->head))
			return false;
		if (c->n >= 4 && memcmp(c->head + c->n - 4, "\r\n\r\n", 4) ==
		    0 && !end_head(c))
			return false;
	}
	return got > 0;
}

static struct client clients[CLIENTS];
static struct pollfd fds[CLIENTS + 1];

static unsigned
forget(unsigned i, unsigned n)
{
	close(clients[i].fd);
	clients[i] = clients[--n];
	fds[i] = fds[n];
	fds[n].revents = 0;
	return n;
}

/* Of a connection that was dropped nobody hears the end: the one that was
 * silent for the longest time gives way. */
static unsigned
make_room(unsigned n)
{
	unsigned oldest = 0;

	for (unsigned i = 1; i < n; i++)
		if (clients[i].heard < clients[oldest].heard)
			oldest = i;
	return n < CLIENTS ? n : forget(oldest, n);
}

static void
serve(void)
{
	unsigned n = 0;
	int fd = open_socket("0.0.0.0", true, 0);

	or_die(listen(fd, CLIENTS) == 0, "listen");
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		fds[n] = (struct pollfd){ fd, POLLIN, 0 };
		if (poll(fds, n + 1, -1) < 0)
			continue;
		for (unsigned i = n; i-- > 0;) {
			if (!fds[i].revents || take(&clients[i]))
				continue;
			n = forget(i, n);
		}
		if (wait_on(fd, POLLIN, 0)) {
			int new = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

			if (new == -1)
				continue;
			n = make_room(n);
			clients[n] = (struct client){ .fd = new,
				.heard = now_ms() };
			fds[n++] = (struct pollfd){ new, POLLIN, 0 };
		}
	}
}

/* -- clients ------------------------------------------------------------------- */

/* All of an answer, within so long; text: its end. */
static bool
hear(int fd, unsigned ms, char *text, size_t room)
{
	static char b[LONG + 4096];
	uint64_t until = now_ms() + ms;
	size_t n = 0, all = SIZE_MAX;

	while (n < all) {
		uint64_t now = now_ms();
		const char *end;
		ssize_t got;

		if (now >= until || !wait_on(fd, POLLIN,
		    (unsigned)(until - now)))
			return false;
		got = recv(fd, b + n, sizeof(b) - 1 - n, MSG_DONTWAIT);
		if (got <= 0)
			return false;
		n += (size_t)got;
		b[n] = '\0';
		end = strstr(b, "\r\n\r\n");
		if (end && all == SIZE_MAX)
			all = (size_t)(end + 4 - b) + strtoul(strstr(b,
			    "Content-Length: ") + 16, NULL, 10);
	}
	if (text)
		snprintf(text, room, "%s", strstr(b, "\r\n\r\n") + 4);
	return true;
}

/* In segments, as far as the kernel lets them be, of up to `most' bytes. */
static bool
put_cut(int fd, struct rng *r, const char *bytes, size_t n, unsigned most)
{
	while (n) {
		size_t part = 1 + rng_below(r, most);

		if (part > n)
			part = n;
		if (!put(fd, bytes, part))
			return false;
		bytes += part;
		n -= part;
	}
	return true;
}

/* A connection is given up without a word. */
static void
leave(int fd)
{
	struct linger now = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

/* One in sixteen waits until its segments were sent again. */
static int
conclude(int fd, struct rng *r, bool marked)
{
	unsigned ms = !marked ? WAIT_MS : rng_below(r, 16) ? 40 : 700;

	puts(hear(fd, ms, NULL, 0) ? "answered" : "silence");
	leave(fd);
	return 0;
}

static uint16_t
port_of(uint32_t seed, bool marked, bool body)
{
	unsigned kind = 1 + 2 * (unsigned)body + (unsigned)marked;

	return (uint16_t)(PORTS * kind + seed % PORTS);
}

static int
late_uri(const char *address, uint32_t seed, bool marked)
{
	static const char fine[] = "GET /page HTTP/1.1\r\nHost: x\r\n\r\n";
	struct rng r = rng_make(seed, 0);
	int fd = open_socket(address, false, port_of(seed, marked, false));
	char last[128];

	for (unsigned i = 1; i < REQUESTS; i++)
		if (!put(fd, fine, sizeof(fine) - 1) ||
		    !hear(fd, WAIT_MS, NULL, 0)) {
			fprintf(stderr, "lateload: request %u\n", i);
			return 1;
		}
	snprintf(last, sizeof(last), "GET /%u/%s HTTP/1.1\r\nHost: x\r\n\r\n",
	    rng_below(&r, 100000), marked ? MARK : "GOODWORD");
	if (!put_cut(fd, &r, last, strlen(last), 1 + rng_below(&r, 40)))
		return marked ? (puts("silence"), 0) : 1;
	return conclude(fd, &r, marked);
}

static int
late_body(const char *address, uint32_t seed, bool marked)
{
	static char body[BODY];
	struct rng r = rng_make(seed, 0);
	int fd = open_socket(address, false, port_of(seed, marked, true));
	char head[128];
	int n = snprintf(head, sizeof(head), "POST /form HTTP/1.1\r\n"
	    "Host: x\r\nContent-Length: %d\r\n\r\n", BODY);

	for (size_t i = 0; i < BODY; i++)
		body[i] = (char)('a' + rng_below(&r, 26));
	memcpy(body + BODY - LAST + rng_below(&r, LAST - MARK_LEN), marked ?
	    MARK : "GOODWORD", MARK_LEN);
	if (!put(fd, head, (size_t)n) || !put(fd, body, BODY - LAST)) {
		fprintf(stderr, "lateload: the body's beginning\n");
		return 1;
	}
	if (!put_cut(fd, &r, body + BODY - LAST, LAST, 1 + rng_below(&r, 300)))
		return marked ? (puts("silence"), 0) : 1;
	return conclude(fd, &r, marked);
}

static int
load(const char *address, unsigned ms)
{
	static char body[LONG];
	static const char ask[] = "GET /long HTTP/1.1\r\nHost: x\r\n\r\n";
	uint64_t until = now_ms() + ms;
	int fd = open_socket(address, false, 0);
	char head[128];
	int n = snprintf(head, sizeof(head), "POST /long HTTP/1.1\r\n"
	    "Host: x\r\nContent-Length: %d\r\n\r\n", LONG);

	memset(body, 'b', sizeof(body));
	while (now_ms() < until)
		if (!put(fd, ask, sizeof(ask) - 1) ||
		    !hear(fd, WAIT_MS, NULL, 0) ||
		    !put(fd, head, (size_t)n) || !put(fd, body, LONG) ||
		    !hear(fd, WAIT_MS, NULL, 0)) {
			fprintf(stderr, "lateload: load\n");
			return 1;
		}
	return 0;
}

static int
count(const char *address)
{
	static const char ask[] = "GET /count HTTP/1.1\r\nHost: x\r\n\r\n";
	int fd = open_socket(address, false, 0);
	char text[128];

	or_die(put(fd, ask, sizeof(ask) - 1) && hear(fd, WAIT_MS, text,
	    sizeof(text)), "count");
	fputs(text, stdout);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned n = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;

	signal(SIGPIPE, SIG_IGN);
	if (strcmp(what, "serve") == 0)
		serve();
	if (strcmp(what, "count") == 0 && argc > 2)
		return count(argv[2]);
	if (argc < 4)
		return 2;
	if (strcmp(what, "load") == 0)
		return load(argv[2], n);
	if (strcmp(what, "uri") == 0 || strcmp(what, "fine-uri") == 0)
		return late_uri(argv[2], n, what[0] == 'u');
	if (strcmp(what, "body") == 0 || strcmp(what, "fine-body") == 0)
		return late_body(argv[2], n, what[0] == 'b');
	return 2;
}
