/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/2 in clear text: a page, a form and a compressed file over one
 * connection on another port, streams among each other, an upgrade from
 * HTTP/1, and what is no good: CONTINUATION without end.
 */
#include <string.h>

#include "tests/tools/h2_make.h"
#include "tests/tools/scene.h"

#define CLIENT_HOST "192.168.10.20"
#define SERVER_HOST "203.0.113.80"
#define GET ":method", "GET", ":scheme", "http", ":authority", "www.example.net"
#define POST ":method", "POST", ":scheme", "http", ":authority", \
	"www.example.net"

/* "evil payload in a file\n" by gzip. */
static const uint8_t file[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0x2d,
	0xcb, 0xcc, 0x51, 0x28, 0x48, 0xac, 0xcc, 0xc9, 0x4f, 0x4c, 0x51, 0xc8,
	0xcc, 0x53, 0x48, 0x54, 0x48, 0xcb, 0xcc, 0x49, 0xe5, 0x02, 0x00, 0x4d,
	0x10, 0x5f, 0x6b, 0x17, 0x00, 0x00, 0x00,
};

/* What was made until now, in segments of so many bytes. */
static void
say(struct conn *c, enum side from, struct h2_make *m, size_t segment)
{
	for (size_t at = 0; at < m->n; at += segment)
		conn_send(c, from, m->bytes + at, m->n - at < segment ?
		    m->n - at : segment);
	h2_clear(m);
}

static void
known(struct scene *s, struct h2_make *c, struct h2_make *v)
{
	struct conn conn = conn_open(s, CLIENT_HOST, 41001, SERVER_HOST, 50051);

	h2_preface(c);
	h2_setting(c, 3, 100);
	H2_HEAD(c, H2_END, 1, GET, ":path", "/a/../evil%2ephp?x=1",
	    "user-agent", "probe/1.0", "cookie", "id=7", "cookie", "s=secret");
	say(&conn, CLIENT, c, 11);
	h2_setting(v, 0, 0);
	h2_frame(v, H2_SETTINGS, 1, 0, "", 0);
	H2_HEAD(v, 0, 1, ":status", "200", "content-type", "text/html",
	    "set-cookie", "id=8");
	h2_data(v, H2_END, 1, "<html>welcome</html>", 0);
	say(&conn, SERVER, v, 1400);
	/* a form and a file at once */
	H2_HEAD(c, 0, 3, POST, ":path", "/form", "content-type",
	    "application/grpc");
	H2_HEAD(c, H2_END, 5, GET, ":path", "/file", "user-agent",
	    "probe/1.0");
	h2_data(c, 0, 3, "name=va", 0);
	h2_data(c, H2_END, 3, "lue", 0);
	say(&conn, CLIENT, c, 1400);
	H2_HEAD(v, 0, 5, ":status", "200", "content-encoding", "gzip");
	H2_HEAD(v, 0, 3, ":status", "200", "content-type",
	    "application/grpc");
	h2_data(v, 0, 5, file, 20);
	h2_data(v, 0, 3, "stored", 0);
	h2_data(v, H2_END, 5, file + 20, sizeof(file) - 20);
	H2_HEAD(v, H2_END, 3, "grpc-status", "0");
	say(&conn, SERVER, v, 7);
	h2_frame(c, H2_GOAWAY, 0, 0, "\0\0\0\0\0\0\0\0", 8);
	say(&conn, CLIENT, c, 1400);
	conn_close(&conn);
}

static void
upgrade(struct scene *s, struct h2_make *c, struct h2_make *v)
{
	struct conn conn = conn_open(s, CLIENT_HOST, 41002, SERVER_HOST, 80);

	conn_text(&conn, CLIENT, "GET /up HTTP/1.1\r\n"
	    "Host: www.example.net\r\nConnection: Upgrade, HTTP2-Settings\r\n"
	    "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n");
	conn_text(&conn, SERVER, "HTTP/1.1 101 Switching Protocols\r\n"
	    "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
	h2_setting(v, 0, 0);
	H2_HEAD(v, 0, 1, ":status", "404");
	h2_data(v, H2_END, 1, "nothing here", 0);
	say(&conn, SERVER, v, 1400);
	h2_preface(c);
	h2_setting(c, 0, 0);
	H2_HEAD(c, H2_END, 3, GET, ":path", "/evil.php");
	say(&conn, CLIENT, c, 1400);
	H2_HEAD(v, H2_END, 3, ":status", "204");
	say(&conn, SERVER, v, 1400);
	conn_close(&conn);
}

static void
flood(struct scene *s, struct h2_make *c)
{
	struct conn conn = conn_open(s, CLIENT_HOST, 41003, SERVER_HOST, 80);
	static const uint8_t junk[1000] = { 0x40 };

	h2_preface(c);
	h2_setting(c, 0, 0);
	h2_frame(c, H2_HEADERS, H2_END, 1, "\x82", 1);
	for (unsigned i = 0; i < 80; i++)
		h2_frame(c, H2_CONT, 0, 1, junk, sizeof(junk));
	say(&conn, CLIENT, c, 1400);
	conn_close(&conn);
}

void
scene_http2(struct scene *s)
{
	struct h2_make *m[6];

	for (unsigned i = 0; i < 6; i++)
		m[i] = h2_make_new();
	m[0]->huffman = m[1]->huffman = true;
	known(s, m[0], m[1]);
	upgrade(s, m[2], m[3]);
	flood(s, m[4]);
	for (unsigned i = 0; i < 6; i++)
		h2_make_free(m[i]);
	scene_wait(s, 200000);
	for (uint16_t i = 1; i <= 20; i++)
		scene_ping(s, CLIENT_HOST, SERVER_HOST, i, 8);
}
