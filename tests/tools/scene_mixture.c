/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mixture without end: conversations of many protocols side by side, in
 * pieces, sent twice, with gaps, left open or closed; datagrams in fragments,
 * not all of them whole; names, pings, scans; and now and then every other
 * scene. Hosts are others each time. Some packets are spoiled.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/tools/scene.h"

enum {
	UDP = 17,
	MF = 0x2000,
	TALKS = 64,         /* at a time */
	STEPS = 3000,       /* of the mixture between two rounds of scenes */
	PIECE_MAX = 700,    /* bytes of a segment */
	DATAGRAM = 24 * 32, /* in fragments */
};

/* What one side says; a conversation ends where nothing is said. */
struct say {
	enum side side;
	const char *bytes;
	size_t n;
};
#define C(text) { CLIENT, text, sizeof(text) - 1 }
#define S(text) { SERVER, text, sizeof(text) - 1 }
#define T16 "0123456789abcdef"
#define T64 T16 T16 T16 T16
#define T256 T64 T64 T64 T64

static const struct say http[] = {
	C("GET /index.html?q=a%20b HTTP/1.1\r\nHost: www.example.net\r\n"
	  "User-Agent: Mozilla/5.0\r\nCookie: id=1; t=" T16 "\r\n\r\n"),
	S("HTTP/1.1 200 OK\r\nServer: a\r\nContent-Type: text/html\r\n"
	  "Content-Length: 270\r\n\r\n<html>" T256 "</html>\n"),
	C("POST /form HTTP/1.1\r\nHost: www.example.net\r\n"
	  "Content-Length: 64\r\n\r\n" T64),
	S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	  "100\r\n" T256 "\r\n40\r\n" T64 "\r\n0\r\n\r\n"),
	{ 0 },
};
static const struct say smtp[] = {
	S("220 mail.example.net ESMTP\r\n"),
	C("EHLO desk.example.net\r\n"),
	S("250-mail.example.net\r\n250-SIZE 10240000\r\n250 8BITMIME\r\n"),
	C("MAIL FROM:<a@example.net>\r\n"),
	S("250 2.1.0 Ok\r\n"),
	C("RCPT TO:<b@example.net>\r\n"),
	S("250 2.1.5 Ok\r\n"),
	C("DATA\r\n"),
	S("354 End data with <CR><LF>.<CR><LF>\r\n"),
	C("From: a@example.net\r\nTo: b@example.net\r\nSubject: a mixture\r\n"
	  "MIME-Version: 1.0\r\n"
	  "Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n"
	  "--part\r\nContent-Type: text/plain\r\n\r\n" T256 "\r\n"
	  "--part\r\nContent-Type: application/octet-stream\r\n"
	  "Content-Transfer-Encoding: base64\r\n"
	  "Content-Disposition: attachment; filename=\"a.bin\"\r\n\r\n"
	  T64 "\r\n" T64 "\r\n" T64 "\r\n--part--\r\n.\r\n"),
	S("250 2.0.0 Ok: queued as 1234\r\n"),
	C("QUIT\r\n"),
	S("221 2.0.0 Bye\r\n"),
	{ 0 },
};
static const struct say pop3[] = {
	S("+OK ready\r\n"),
	C("USER a\r\n"),
	S("+OK\r\n"),
	C("PASS b\r\n"),
	S("+OK logged in\r\n"),
	C("RETR 1\r\n"),
	S("+OK 500 octets\r\nFrom: a@example.net\r\nSubject: b\r\n"
	  "Content-Type: text/plain\r\n"
	  "Content-Transfer-Encoding: quoted-printable\r\n\r\n=41=42=\r\n"
	  T256 "\r\n.\r\n"),
	C("QUIT\r\n"),
	{ 0 },
};
static const struct say imap[] = {
	S("* OK ready\r\n"),
	C("a1 LOGIN a b\r\n"),
	S("a1 OK\r\n"),
	C("a2 SELECT INBOX\r\n"),
	S("* 1 EXISTS\r\na2 OK\r\n"),
	C("a3 FETCH 1 BODY[]\r\n"),
	S("* 1 FETCH (BODY[] {288}\r\nSubject: a message\r\n\r\n" T256
	  "\r\n\r\n\r\n\r\n)\r\na3 OK\r\n"),
	C("a4 LOGOUT\r\n"),
	{ 0 },
};
/* Its data channels are never opened. */
static const struct say ftp[] = {
	S("220 ready\r\n"),
	C("USER anonymous\r\n"),
	S("331 Password\r\n"),
	C("PASS a@b\r\n"),
	S("230 Logged in\r\n"),
	C("PASV\r\n"),
	S("227 Entering Passive Mode (192,0,2,80,200,13)\r\n"),
	C("RETR a.txt\r\n"),
	S("150 Opening\r\n"),
	C("PORT 10,1,2,3,201,7\r\n"),
	S("200 PORT\r\n"),
	C("QUIT\r\n"),
	{ 0 },
};
static const struct say telnet[] = {
	S("\xff\xfd\x18\xff\xfd\x20login: "),
	C("\xff\xfb\x18\xff\xfb\x20root\r\n"),
	S("Password: "),
	C("secret\r\n"),
	S("$ "),
	{ 0 },
};
static const struct say tls[] = {
	C("\x16\3\1\0\x2d\1\0\0\x29\3\3" T16 T16 "\0\0\2\0\x2f\1\0"),
	S("\x16\3\3\0\x2a\2\0\0\x26\3\3" T16 T16 "\0\0\x2f\0"),
	C("\x14\3\3\0\1\1\x16\3\3\0\x10" T16),
	S("\x14\3\3\0\1\1\x16\3\3\0\x10" T16),
	C("\x17\3\3\0\x40" T64),
	S("\x17\3\3\1\0" T256),
	C("\x17\3\3\0\x40" T64),
	S("\x17\3\3\1\0" T256),
	{ 0 },
};
static const struct say dns[] = {
	C("\0\x21\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\7example\3net\0\0\1\0\1"),
	S("\0\x31\x12\x34\x81\x80\0\1\0\1\0\0\0\0\3www\7example\3net\0\0\1\0\1"
	  "\xc0\x0c\0\1\0\1\0\0\xe\x10\0\4\xcb\0\x71\x50"),
	{ 0 },
};
static const struct say modbus[] = {
	C("\0\1\0\0\0\6\1\3\0\0\0\2"),
	S("\0\1\0\0\0\7\1\3\4\0\1\0\2"),
	C("\0\2\0\0\0\6\1\x63\0\0\0\2"),
	{ 0 },
};
static const struct say dce[] = {
	C("\5\0\xb\3\x10\0\0\0\x48\0\0\0\1\0\0\0\xd0\x16\xd0\x16\0\0\0\0"
	  "\1\0\0\0\0\0\1\0" T16 "\1\0\0\0"
	  "\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\0\x2b\x10\x48\x60"
	  "\2\0\0\0"),
	C("\5\0\0\1\x10\0\0\0\x58\0\0\0\2\0\0\0\x40\0\0\0\0\0\1\0" T64),
	C("\5\0\0\2\x10\0\0\0\x58\0\0\0\2\0\0\0\x40\0\0\0\0\0\1\0" T64),
	{ 0 },
};
static const struct say chat[] = {
	C(T256 T256 T64),
	S(T256),
	C(T16),
	S(T64 T64 T64),
	{ 0 },
};

static const struct {
	const struct say *says;
	uint16_t port;
} protocols[] = { { http, 80 }, { http, 8080 }, { smtp, 25 }, { pop3, 110 },
	{ imap, 143 }, { ftp, 21 }, { telnet, 23 }, { tls, 443 }, { dns, 53 },
	{ modbus, 502 }, { dce, 135 }, { chat, 5555 } };

/* A conversation under way; says NULL: none. */
struct talk {
	char client[32], server[32];
	struct conn conn;
	const struct say *says;
	size_t said; /* bytes of what is being said */
};

static unsigned
random16(struct scene *s)
{
	unsigned high = scene_random(s);

	return high << 8 | scene_random(s);
}

static void
begin(struct scene *s, struct talk *t)
{
	size_t which = scene_random(s) % ARRAY_LEN(protocols);
	unsigned host = random16(s);

	snprintf(t->client, sizeof(t->client), "10.%u.%u.%u",
	    scene_random(s) % 4u, host >> 8, host & 255);
	snprintf(t->server, sizeof(t->server), "192.0.2.%u",
	    scene_random(s) % 254u + 1);
	t->says = protocols[which].says;
	t->said = 0;
	t->conn = conn_open(s, t->client, (uint16_t)(random16(s) | 1024),
	    t->server, protocols[which].port);
}

/* A piece more; at the end a FIN, or silence. */
static void
go_on(struct scene *s, struct talk *t)
{
	const struct say *say = t->says;
	size_t n = say->n - t->said;

	if (!say->n) {
		if (scene_random(s) % 4)
			conn_close(&t->conn);
		t->says = NULL;
		return;
	}
	if (n > PIECE_MAX)
		n = PIECE_MAX;
	if (scene_random(s) % 4 == 0)
		n = 1 + random16(s) % n;
	switch (scene_random(s) % 32) {
	case 0: /* a gap */
		*(say->side == CLIENT ? &t->conn.cseq : &t->conn.sseq) +=
		    (uint32_t)n;
		break;
	case 1:
		conn_twice(&t->conn, say->side, say->bytes + t->said, n);
		break;
	case 2: /* the line is dead */
		t->says = NULL;
		return;
	default:
		conn_send(&t->conn, say->side, say->bytes + t->said, n);
		break;
	}
	t->said += n;
	if (t->said == say->n) {
		t->says++;
		t->said = 0;
	}
}

/* A datagram in three fragments, one of which may be missing or last. */
static void
fragments(struct scene *s)
{
	unsigned first = scene_random(s), missing = scene_random(s) % 8;
	uint16_t id = (uint16_t)random16(s);
	char src[32];

	snprintf(src, sizeof(src), "10.9.%u.%u", scene_random(s), first);
	for (unsigned i = 0; i < 3; i++) {
		unsigned part = (i + first) % 3;
		size_t n = DATAGRAM / 3;

		if (part == missing)
			continue;
		scene_ip(s, UDP, src, "192.0.2.53");
		craft_poke16(&s->c, 14 + 4, id);
		craft_ip4_frag(&s->c, (uint16_t)(part * n / 8 |
		    (part < 2 ? MF : 0)));
		if (part == 0) {
			craft_be16(&s->c, (uint16_t)(1024 + first));
			craft_be16(&s->c, 53);
			craft_be16(&s->c, DATAGRAM);
			craft_be16(&s->c, 0);
			n -= 8;
		}
		craft_fill(&s->c, (uint8_t)first, n);
		scene_send(s);
	}
}

static void
something_else(struct scene *s)
{
	static const uint8_t address[4] = { 203, 0, 113, 80 };
	unsigned host = random16(s);
	char src[32];

	snprintf(src, sizeof(src), "10.8.%u.%u", host >> 8, host & 255);
	switch (scene_random(s) % 6) {
	case 0:
		scene_dns(s, src, "192.0.2.53", "www.example.net",
		    host & 1 ? address : NULL);
		break;
	case 1:
		scene_ping(s, src, "192.0.2.1", (uint16_t)host, 56);
		break;
	case 2:
		scene_segment(s, src, (uint16_t)(host | 1024), "192.0.2.80",
		    (uint16_t)random16(s), 2);
		break;
	case 3:
		scene_udp(s, src, (uint16_t)(host | 1024), "192.0.2.9",
		    (uint16_t)random16(s), T256, 1 + host % 256);
		break;
	default:
		fragments(s);
		break;
	}
}

/* Spoils a byte or two of some packets, or cuts them. */
static void
spoil(struct scene *s)
{
	struct craft *c = &s->c;

	switch (scene_random(s)) {
	case 0:
	case 1:
		craft_poke8(c, random16(s) % c->len, scene_random(s));
		break;
	case 2:
		craft_cut(c, random16(s) % (c->len + 1));
		break;
	default:
		break;
	}
}

void
scene_mixture(struct scene *s)
{
	static struct talk talks[TALKS];

	signal(SIGPIPE, SIG_DFL);
	s->spoil = spoil;
	for (;;) {
		scene_demo(s);
		scene_sessions(s);
		scene_fragments(s);
		scene_options(s);
		scene_names(s);
		for (unsigned i = 0; i < STEPS; i++) {
			struct talk *t = &talks[scene_random(s) % TALKS];

			if (i % 8 == 0)
				something_else(s);
			else if (t->says)
				go_on(s, t);
			else
				begin(s, t);
		}
	}
}
