/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handsdo [--backend nft|legacy] [--entries N] [--check MS] [--plain]
 * [--leave]: what blocks, without the sensor. Does what standard input says, a
 * line each, prints what comes of it, and at its end stops, cleaning up:
 *
 *	add from|to|both ADDRESS SECONDS	and del, without the seconds
 *	add conn ADDRESS PEER PROTO PORT SECONDS
 *	flush, list, where, check
 *	many N SECONDS		so many at once, and how fast that is
 *	one N SECONDS		so many one by one, and how long it takes
 *	wrong			jobs that are none
 *	stats
 *	leave			ends, and leaves what is blocked
 *	sleep MS
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mtime.h"
#include "core/xalloc.h"
#include "sensor/respond/hands.h"

static struct hands *hands;
static uint64_t asked_ns[HANDS_QUEUE], took_ns[HANDS_QUEUE];
static uint64_t next_id = 1, ended;
static bool quiet;

static const char *
what_name(unsigned what)
{
	static const char *const names[] = { "add", "del", "flush", "list",
		"where", "check", "held", "mended" };

	return what < ARRAY_LEN(names) ? names[what] : "?";
}

static void
print_key(const struct block_key *k)
{
	char a[IPADDR_TEXT_MAX], b[IPADDR_TEXT_MAX];

	if (k->kind == BLOCK_CONN)
		printf(" conn %s %s %u %u", ipaddr_print(&k->addr, a),
		    ipaddr_print(&k->peer, b), k->proto,
		    (unsigned)(k->port[0] << 8 | k->port[1]));
	else if (k->addr.family)
		printf(" %s %s", k->how == BLOCK_FROM ? "from" :
		    k->how == BLOCK_TO ? "to" : "both",
		    ipaddr_print(&k->addr, a));
}

static void
print_file(int fd)
{
	char b[4096];
	ssize_t n;

	while ((n = read(fd, b, sizeof(b))) > 0)
		fwrite(b, 1, (size_t)n, stdout);
	close(fd);
}

static void
take(const struct hand_done *d)
{
	if (d->what == HAND_HELD) {
		printf("held");
		print_key(&d->key);
		printf(" %u\n", d->seconds);
		return;
	}
	if (d->what == HAND_MENDED) {
		printf("mended%s\n", d->entries_lost ? " lost" : "");
		return;
	}
	took_ns[d->id % HANDS_QUEUE] = d->done_ns -
	    asked_ns[d->id % HANDS_QUEUE];
	ended++;
	if (d->fd != -1)
		print_file(d->fd);
	if (quiet && !d->error)
		return;
	printf("%s", what_name(d->what));
	print_key(&d->key);
	printf(": %s", hands_why(d->error));
	if (!d->error && d->key.addr.family)
		printf(" at %llu", (unsigned long long)d->done_ns);
	putchar('\n');
}

static void
listen_to(void)
{
	struct hand_done d[128];
	char line[HANDS_LINE];
	unsigned n;

	do {
		n = hands_answers(hands, d, ARRAY_LEN(d));
		for (unsigned i = 0; i < n; i++)
			take(&d[i]);
	} while (n == ARRAY_LEN(d));
	while (hands_said(hands, line))
		printf("said: %s\n", line);
	fflush(stdout);
}

/* Until all that was asked is answered; false: the helper has gone. */
static bool
wait_all(void)
{
	struct hands_stats s;

	for (;;) {
		struct pollfd p = { .fd = hands_fd(hands), .events = POLLIN };

		listen_to();
		hands_stats(hands, &s);
		if (ended == next_id - 1 || s.gone)
			return !s.gone;
		(void)poll(&p, 1, 1000);
	}
}

static bool
ask(enum hand_what what, const struct block_key *k, uint32_t seconds)
{
	struct hand_job j = { .id = next_id, .what = (uint8_t)what,
		.seconds = seconds };

	if (k)
		j.key = *k;
	asked_ns[next_id % HANDS_QUEUE] = clock_ns();
	if (!hands_ask(hands, &j))
		return false;
	next_id++;
	return true;
}

static struct block_key
nth(uint32_t n)
{
	struct block_key k = { .kind = BLOCK_ADDR, .how = BLOCK_FROM,
		.addr = { .family = 4, .b = { 10, (uint8_t)(n >> 16),
		    (uint8_t)(n >> 8), (uint8_t)n } } };

	return k;
}

static int
by_time(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

/* at_once: all as fast as they can be asked; else one after the other. */
static void
many(uint32_t n, uint32_t seconds, bool at_once)
{
	static uint64_t took[HANDS_QUEUE];
	uint64_t began, asked = 0, all;

	quiet = true;
	began = clock_ns();
	for (uint32_t i = 0; i < n; i++) {
		struct block_key k = nth(i + 1);

		while (!ask(HAND_ADD, &k, seconds)) {
			struct hands_stats s;

			listen_to();
			hands_stats(hands, &s);
			if (s.gone)
				return;
		}
		if (at_once)
			continue;
		if (!wait_all())
			return;
		took[i % HANDS_QUEUE] = took_ns[(next_id - 1) % HANDS_QUEUE];
		(void)poll(NULL, 0, 1);
	}
	asked = clock_ns() - began;
	(void)wait_all();
	all = clock_ns() - began;
	quiet = false;
	if (at_once) {
		printf("%u adds: %.0f a second, asked for in %.1f ms\n", n,
		    n * 1e9 / (double)all, (double)asked / 1e6);
		return;
	}
	n = n < HANDS_QUEUE ? n : HANDS_QUEUE;
	qsort(took, n, sizeof(took[0]), by_time);
	printf("%u adds: p50 %.3f ms, p99 %.3f ms, longest %.3f ms\n", n,
	    (double)took[n / 2] / 1e6, (double)took[n * 99 / 100] / 1e6,
	    (double)took[n - 1] / 1e6);
}

static bool
read_key(char **at, struct block_key *k)
{
	const char *how = strsep(at, " "), *addr = strsep(at, " ");

	*k = (struct block_key){ .kind = BLOCK_ADDR };
	if (!how || !addr || !ipaddr_parse(text_of(addr), &k->addr))
		return false;
	if (strcmp(how, "conn") == 0) {
		const char *peer = strsep(at, " "), *proto = strsep(at, " "),
		    *port = strsep(at, " ");

		k->kind = BLOCK_CONN;
		if (!peer || !proto || !port ||
		    !ipaddr_parse(text_of(peer), &k->peer))
			return false;
		k->proto = (uint8_t)atoi(proto);
		k->port[0] = (uint8_t)(atoi(port) >> 8);
		k->port[1] = (uint8_t)atoi(port);
	}
	k->how = strcmp(how, "from") == 0 ? BLOCK_FROM :
	    strcmp(how, "to") == 0 ? BLOCK_TO : BLOCK_FROM | BLOCK_TO;
	return true;
}

static void
wrong(void)
{
	struct block_key k = nth(1);

	k.addr.b[7] = 1; /* more than an IPv4 address */
	(void)ask(HAND_ADD, &k, 1);
	k = (struct block_key){ .kind = 77, .how = 3 };
	(void)ask(HAND_ADD, &k, 1);
	k = nth(1);
	k.addr.family = 9;
	(void)ask(HAND_DEL, &k, 1);
	(void)ask((enum hand_what)200, &k, 1);
}

static void
print_stats(void)
{
	struct hands_stats s;

	hands_stats(hands, &s);
	printf("stats asked %llu full %llu answered %llu failed %llu "
	    "connections %llu late %llu mended %llu restarts %llu plain %d "
	    "gone %d\n", (unsigned long long)s.asked,
	    (unsigned long long)s.full, (unsigned long long)s.answered,
	    (unsigned long long)s.failed, (unsigned long long)s.connections,
	    (unsigned long long)s.connections_late,
	    (unsigned long long)s.mended, (unsigned long long)s.restarts,
	    s.plain, s.gone);
}

/* false: to be left as it is. */
static bool
do_line(char *line)
{
	const char *word = strsep(&line, " ");
	struct block_key k;

	if (strcmp(word, "add") == 0 || strcmp(word, "del") == 0) {
		if (!line || !read_key(&line, &k)) {
			printf("?\n");
			return true;
		}
		(void)ask(word[0] == 'a' ? HAND_ADD : HAND_DEL, &k, line ?
		    (uint32_t)atoi(line) : 0);
	} else if (strcmp(word, "flush") == 0) {
		(void)ask(HAND_FLUSH, NULL, 0);
	} else if (strcmp(word, "list") == 0) {
		(void)ask(HAND_LIST, NULL, 0);
	} else if (strcmp(word, "where") == 0) {
		(void)ask(HAND_WHERE, NULL, 0);
	} else if (strcmp(word, "check") == 0) {
		(void)ask(HAND_CHECK, NULL, 0);
	} else if (strcmp(word, "wrong") == 0) {
		wrong();
	} else if (strcmp(word, "stats") == 0) {
		print_stats();
	} else if (strcmp(word, "sleep") == 0 && line) {
		(void)poll(NULL, 0, atoi(line));
	} else if (line) {
		uint32_t n = (uint32_t)strtoul(line, &line, 10);

		many(n, (uint32_t)atoi(line), strcmp(word, "many") == 0);
	}
	(void)wait_all();
	return strcmp(word, "leave") != 0;
}

/* The next line of standard input; meanwhile the helper is listened to. */
static char *
next_line(void)
{
	static char b[256];
	size_t n = 0;

	for (;;) {
		struct pollfd p[2] = { { .fd = 0, .events = POLLIN },
			{ .fd = hands_fd(hands), .events = POLLIN } };
		struct hands_stats s;

		hands_stats(hands, &s);
		(void)poll(p, s.gone ? 1 : 2, -1);
		if (p[1].revents)
			listen_to();
		if (!p[0].revents)
			continue;
		if (read(0, b + n, 1) != 1)
			return NULL;
		if (b[n] == '\n') {
			b[n] = '\0';
			return b;
		}
		n += n < sizeof(b) - 1;
	}
}

int
main(int argc, char **argv)
{
	struct hands_conf c = { 0 };
	char err[512], *line;
	bool leave = false;

	for (int i = 1; i < argc; i++) {
		bool more = i + 1 < argc;

		if (strcmp(argv[i], "--plain") == 0)
			c.plain = true;
		else if (strcmp(argv[i], "--leave") == 0)
			c.leave = true;
		else if (more && strcmp(argv[i], "--backend") == 0)
			c.backend = argv[++i];
		else if (more && strcmp(argv[i], "--entries") == 0)
			c.entries = (uint32_t)atoi(argv[++i]);
		else if (more && strcmp(argv[i], "--check") == 0)
			c.check_ms = (uint32_t)atoi(argv[++i]);
		else
			return 2;
	}
	hands = hands_start(&c, err, sizeof(err));
	if (!hands) {
		printf("%s\n", err);
		return 1;
	}
	printf("ready\n");
	fflush(stdout);
	while (!leave && (line = next_line()))
		leave = !do_line(line);
	if (hands_stop(hands, leave, err, sizeof(err))) {
		printf("stopped\n");
		return 0;
	}
	printf("%s\n", err);
	return 1;
}
