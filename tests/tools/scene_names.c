/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names looked up, by datagrams and over TCP: what there is, what there is
 * not, long answers, two questions in one segment and one in two, a name that
 * points to itself, an obsolete type, a resolver on another port, and a chat
 * on port 53.
 */
#include <string.h>

#include "tests/tools/scene.h"

#define CLIENT_HOST "192.168.10.20"
#define RESOLVER "192.168.10.53"

enum { QUERY = 0x0100, ANSWER = 0x8180, NXDOMAIN = 3 };
enum { A = 1, MD = 3, CNAME = 5, SOA = 6, MX = 15, TXT = 16, AAAA = 28 };

/* A message in the making. */
struct message {
	uint8_t bytes[1024];
	size_t n;
};

static void
put(struct message *m, const void *p, size_t n)
{
	memcpy(m->bytes + m->n, p, n);
	m->n += n;
}

static void
put16(struct message *m, unsigned v)
{
	uint8_t two[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	put(m, two, 2);
}

static void
put_name(struct message *m, const char *name)
{
	while (*name) {
		size_t n = strcspn(name, ".");
		uint8_t len = (uint8_t)n;

		put(m, &len, 1);
		put(m, name, n);
		name += n + (name[n] == '.');
	}
	put(m, "", 1);
}

/* With its question; answers to come. */
static void
begin(struct message *m, unsigned id, unsigned flags, const char *name,
    unsigned type, unsigned answers, unsigned authorities)
{
	m->n = 0;
	put16(m, id);
	put16(m, flags);
	put16(m, 1);
	put16(m, answers);
	put16(m, authorities);
	put16(m, 0);
	put_name(m, name);
	put16(m, type);
	put16(m, 1);
}

/* A record of the name asked for. */
static void
record(struct message *m, unsigned type, const void *data, size_t n)
{
	put16(m, 0xc00c);
	put16(m, type);
	put16(m, 1);
	put16(m, 0);
	put16(m, 3600);
	put16(m, (unsigned)n);
	put(m, data, n);
}

static void
ask(struct scene *s, uint16_t port, const struct message *m)
{
	scene_udp(s, CLIENT_HOST, port, RESOLVER, 53, m->bytes, m->n);
}

static void
tell(struct scene *s, uint16_t port, const struct message *m)
{
	scene_udp(s, RESOLVER, 53, CLIENT_HOST, port, m->bytes, m->n);
}

static void
datagrams(struct scene *s)
{
	static const uint8_t address[16] = { 0x20, 1, 0xd, 0xb8, [15] = 0x80 };
	struct message m;

	begin(&m, 0x1001, QUERY, "www.example.net", AAAA, 0, 0);
	ask(s, 41001, &m);
	begin(&m, 0x1001, ANSWER, "www.example.net", AAAA, 3, 0);
	record(&m, CNAME, "\3web\xc0\x10", 6);
	record(&m, AAAA, address, sizeof(address));
	record(&m, A, "\xcb\0\x71\x50", 4);
	tell(s, 41001, &m);
	/* the same socket asks again: another transaction of the session */
	begin(&m, 0x1002, QUERY, "nobody.example.net", MX, 0, 0);
	ask(s, 41001, &m);
	begin(&m, 0x1002, ANSWER | NXDOMAIN, "nobody.example.net", MX, 0, 1);
	record(&m, SOA, "\2ns\xc0\x13\5admin\xc0\x13"
	    "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5", 33);
	tell(s, 41001, &m);
	begin(&m, 0x1003, QUERY, "txt.example.net", TXT, 0, 0);
	ask(s, 41002, &m);
	begin(&m, 0x1003, ANSWER, "txt.example.net", TXT, 2, 0);
	record(&m, TXT, "\7v=spf1 \4-all\2\"\xff", 16);
	record(&m, MD, "\xc0\x0c", 2);
	tell(s, 41002, &m);
	/* a name that points to itself, and an answer cut short */
	begin(&m, 0x1004, QUERY, "", A, 0, 0);
	m.n = 12;
	put16(&m, 0xc00c);
	put16(&m, A);
	put16(&m, 1);
	ask(s, 41003, &m);
	begin(&m, 0x1004, ANSWER, "a.example.net", A, 2, 0);
	record(&m, A, "\xcb\0\x71\x51", 4);
	put16(&m, 0xc00c);
	tell(s, 41003, &m);
}

/* The message with its length before it. */
static size_t
prefixed(uint8_t *out, const struct message *m)
{
	out[0] = (uint8_t)(m->n >> 8);
	out[1] = (uint8_t)m->n;
	memcpy(out + 2, m->bytes, m->n);
	return m->n + 2;
}

static void
stream(struct scene *s)
{
	struct conn c = conn_open(s, CLIENT_HOST, 42001, RESOLVER, 53);
	uint8_t bytes[2048];
	struct message m;
	size_t n;

	begin(&m, 0x2001, QUERY, "one.example.net", A, 0, 0);
	n = prefixed(bytes, &m);
	begin(&m, 0x2002, QUERY, "two.example.net", A, 0, 0);
	n += prefixed(bytes + n, &m);
	conn_send(&c, CLIENT, bytes, n - 7);
	conn_send(&c, CLIENT, bytes + n - 7, 7);
	begin(&m, 0x2002, ANSWER, "two.example.net", A, 1, 0);
	record(&m, A, "\xcb\0\x71\2", 4);
	n = prefixed(bytes, &m);
	for (size_t i = 0; i < n; i += 5)
		conn_send(&c, SERVER, bytes + i, n - i < 5 ? n - i : 5);
	begin(&m, 0x2001, ANSWER, "one.example.net", A, 40, 0);
	for (uint8_t i = 0; i < 40; i++)
		record(&m, A, (uint8_t[4]){ 203, 0, 113, i }, 4);
	conn_send(&c, SERVER, bytes, prefixed(bytes, &m));
	conn_close(&c);
}

void
scene_names(struct scene *s)
{
	struct message m;
	struct conn c;

	datagrams(s);
	stream(s);
	/* where no line looks for it, and what is there but none */
	begin(&m, 0x3001, QUERY, "else.example.net", A, 0, 0);
	scene_udp(s, CLIENT_HOST, 43001, RESOLVER, 5300, m.bytes, m.n);
	c = conn_open(s, CLIENT_HOST, 43002, RESOLVER, 53);
	conn_text(&c, CLIENT, "hello there, is this a name server?\n");
	conn_text(&c, SERVER, "no\n");
	conn_close(&c);
	scene_wait(s, 200000);
	/* in whose time the sessions above end */
	for (uint16_t i = 1; i <= 20; i++)
		scene_ping(s, CLIENT_HOST, RESOLVER, i, 8);
}
