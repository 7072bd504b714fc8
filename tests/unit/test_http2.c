/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/2: frames in any pieces, streams among each other, and floods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <zlib.h>

#include "decoders/app/http2_int.h"
#include "tests/tools/app_rig.h"
#include "tests/tools/h2_make.h"

#define GET ":method", "GET", ":scheme", "http", ":authority", "h.example"
#define POST ":method", "POST", ":scheme", "http", ":authority", "h.example"

static const struct text methods[] = { { "GET", 3 }, { "POST", 4 } };
static struct http_server sv;
static struct http_conf conf;
static struct rig r;
static struct h2_make *c, *s; /* what client and server send */

static int
setup(void **state)
{
	(void)state;
	sv = http_server_default();
	sv.methods = methods;
	sv.n_methods = ARRAY_LEN(methods);
	sv.no_alerts = false;
	conf = (struct http_conf){ .servers = &sv, .n_servers = 1,
		.memcap = 4 << 20, .max_gzip_mem = 1 << 20,
		.compress_depth = 65535, .decompress_depth = 65535 };
	c = h2_make_new();
	s = h2_make_new();
	h2_preface(c);
	h2_setting(c, 3, 100);
	h2_setting(s, 0, 0);
	return rig_init(&r, APP_HTTP, &conf) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	h2_make_free(c);
	h2_make_free(s);
	return 0;
}

static void
has(const char *part)
{
	if (!strstr(rig_text(&r), part)) {
		print_error("%.4000s\n--- not in\n%s", part, rig_text(&r));
		fail();
	}
}

static void
has_not(const char *part)
{
	if (strstr(rig_text(&r), part)) {
		print_error("%s\n--- is in\n%s", part, rig_text(&r));
		fail();
	}
}

static unsigned
count(const char *part)
{
	unsigned n = 0;

	for (const char *p = rig_text(&r); (p = strstr(p, part)); p++)
		n++;
	return n;
}

static uint64_t
ctr(unsigned i)
{
	return app_proto_counters(r.app, APP_HTTP)[i];
}

/* What both sides said, the client's first; in any pieces the same. */
static void
play(void)
{
	const struct rig_say say[] = { { FLOW_CLIENT, c->bytes, c->n },
		{ FLOW_SERVER, s->bytes, s->n } };

	rig_play(&r, say, s->n ? 2 : 1);
}

/* Nothing stays behind when the sessions are gone. */
static void
nothing_left(void)
{
	struct http_worker *w = r.app->proto[APP_HTTP].worker;

	assert_null(r.flow.app);
	assert_int_equal(w->h2->conns.live, 0);
	assert_int_equal(w->h2->streams.live, 0);
	assert_int_equal(w->h2->kepts.live, 0);
	assert_int_equal(w->h2->blocks.live, 0);
	assert_int_equal(w->h2->hpack.small.live, 0);
	assert_int_equal(w->h2->hpack.large.live, 0);
	assert_int_equal(w->txs.live, 0);
	assert_int_equal(w->bodies.live, 0);
	assert_null(w->h2->oldest);
	assert_null(w->h2->oldest_block);
}

/* -- messages ------------------------------------------------------------- */

static void
test_message(void **state)
{
	(void)state;
	H2_HEAD(c, H2_END, 1, GET, ":path", "/a/../b%41?x=1", "user-agent",
	    "curl", "cookie", "k=v", "cookie", "l=w", "etag", "1");
	H2_HEAD(s, 0, 1, ":status", "200", "content-type", "text/html",
	    "set-cookie", "a=1", "server", "x");
	h2_data(s, H2_END, 1, "<html>body", 0);
	play();
	assert_true(rig_has(&r, "unit client full pkt_data=\"GET /a/../b%41?x=1"
	    " HTTP/2\\r\\nHost: h.example\\r\\nUser-Agent: curl\\r\\n"
	    "ETag: 1\\r\\nCookie: k=v; l=w\\r\\n\\r\\n\""));
	has(" http_uri=\"/bA?x=1\"");
	has(" http_raw_uri=\"/a/../b%41?x=1\"");
	has(" http_method=\"GET\"");
	has(" http_cookie=\"k=v; l=w\"");
	has(" http_header=\"Host: h.example\\r\\nUser-Agent: curl\\r\\nETag: 1"
	    "\\r\\nCookie: \\r\\n\\r\\n\"");
	has(" http_stat_code=\"200\"");
	has(" http_stat_msg=\"OK\"");
	has(" http_cookie=\"a=1\"");
	has(" file_data=\"<html>body\"");
	has("pkt_data=\"HTTP/2 200 OK\\r\\nContent-Type: text/html\\r\\n"
	    "Set-Cookie: a=1\\r\\nServer: x\\r\\n\\r\\n<html>body\"");
	has("log http {\"hostname\":\"h.example\",\"url\":\"/a/../b%41?x=1\","
	    "\"http_user_agent\":\"curl\",\"http_content_type\":\"text/html\","
	    "\"http_method\":\"GET\",\"protocol\":\"HTTP/2\",\"status\":200,"
	    "\"length\":10,\"version\":\"2\",\"http2\":{\"stream_id\":1}}");
	assert_int_equal(count("log http "), 1);
	has_not("event");
	nothing_left();
}

/* Head and body of a request are judged together, as HTTP/1's are. */
static void
test_post(void **state)
{
	(void)state;
	c->huffman = true;
	H2_HEAD(c, 0, 1, POST, ":path", "/form");
	h2_data(c, 0, 1, "one", 0);
	h2_frame(c, H2_PING, 0, 0, "12345678", 8);
	h2_data(c, H2_END, 1, "two", 0);
	H2_HEAD(c, 0, 3, POST, ":path", "/form");
	h2_data(c, 0, 3, "three", 0);
	h2_frame(c, H2_DATA, H2_END, 3, "", 0);
	play();
	has("http_method=\"POST\" http_client_body=\"onetwo\"");
	has("http_client_body=\"three\"");
	assert_int_equal(count("http_method=\"POST\""), 2);
	assert_int_equal(count("http_client_body"), 2);
	has_not("event");
	nothing_left();
}

/* Names and values that were said before are a byte each. */
static void
test_table(void **state)
{
	char path[64];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "/page-%u", i % 70);
		H2_HEAD(c, H2_END, 2 * i + 1, GET, ":path", path, "x-some",
		    "value that is said again and again");
		H2_HEAD(s, H2_END, 2 * i + 1, ":status", "204", "x-other",
		    path);
	}
	play();
	assert_int_equal(count("X-Some: value that is said again and again"
	    "\\r\\n\\r\\n\" http_uri"), 100);
	assert_int_equal(count("http_uri=\"/page-"), 100);
	assert_int_equal(count("http_stat_code=\"204\""), 100);
	assert_int_equal(count("\"status\":204"), 100);
	has_not("event");
	nothing_left();
}

/* Padding, priority, a block in three frames, 103 before 200, trailers. */
static void
test_shapes(void **state)
{
	const char *const fields[] = { GET, ":path", "/long", "accept",
		"text/plain", NULL };
	const char *const trailers[] = { "grpc-status", "0", NULL };
	uint8_t block[512], frame[600] = { 3, 0, 0, 0, 0, 7 };
	size_t n = h2_block(c, block, fields);

	(void)state;
	memcpy(frame + 6, block, 4);
	h2_frame(c, H2_HEADERS, H2_PADDED | H2_PRIO | H2_END, 1, frame, 13);
	h2_frame(c, H2_CONT, 0, 1, block + 4, 1);
	h2_frame(c, H2_CONT, 0, 1, "", 0);
	h2_frame(c, H2_CONT, H2_END_HEADERS, 1, block + 5, n - 5);
	H2_HEAD(s, 0, 1, ":status", "103", "link", "</a>");
	H2_HEAD(s, 0, 1, ":status", "200", "trailer", "grpc-status");
	h2_frame(s, H2_DATA, H2_PADDED, 1, "\2abc\0", 6);
	h2_frame(s, H2_DATA, H2_PADDED, 1, "\0def", 4);
	n = h2_block(s, block, trailers);
	h2_frame(s, H2_HEADERS, H2_END_HEADERS | H2_END, 1, block, n);
	play();
	has("http_uri=\"/long\"");
	has("Accept: text/plain\\r\\n\\r\\n\"");
	has("http_stat_code=\"103\" http_stat_msg=\"Early Hints\"");
	has("http_stat_code=\"200\"");
	has("file_data=\"abcdef\"");
	has("\\r\\n\\r\\nabcdefGrpc-Status: 0\\r\\n\\r\\n\"");
	assert_int_equal(count("log http "), 1);
	has("\"status\":200");
	has_not("event");
	nothing_left();
}

/* Streams among each other: what a PDU has of each becomes a unit, and a head
 * comes with its body. */
static void
test_interleaved(void **state)
{
	(void)state;
	H2_HEAD(c, 0, 1, POST, ":path", "/one");
	H2_HEAD(c, 0, 3, POST, ":path", "/three");
	h2_data(c, 0, 1, "a", 0);
	h2_data(c, 0, 3, "A", 0);
	h2_data(c, 0, 1, "b", 0);
	h2_data(c, 0, 3, "B", 0);
	H2_HEAD(c, H2_END, 5, GET, ":path", "/five");
	h2_data(c, 0, 1, "c", 0);
	h2_data(c, H2_END, 3, "C", 0);
	h2_data(c, H2_END, 1, "d", 0);
	for (uint32_t id = 5; id; id -= 2) {
		H2_HEAD(s, 0, id, ":status", "200");
		if (id == 1)
			break;
	}
	h2_data(s, 0, 1, "x", 0);
	h2_data(s, 0, 5, "X", 0);
	h2_data(s, H2_END, 1, "y", 0);
	h2_data(s, H2_END, 3, "3", 0);
	h2_data(s, H2_END, 5, "Y", 0);
	play();
	has("http_client_body=\"ab\"");
	has("http_client_body=\"AB\"");
	has("http_client_body=\"ABC\"");
	has("http_client_body=\"abc\"");
	has("http_client_body=\"abcd\"");
	has("file_data=\"xy\"");
	has("file_data=\"X\"");
	has("file_data=\"Y\"");
	has("file_data=\"3\"");
	assert_int_equal(count("log http "), 3);
	has("\"url\":\"/three\",\"http_method\":\"POST\",\"protocol\":"
	    "\"HTTP/2\",\"status\":200,\"length\":1,\"version\":\"2\","
	    "\"http2\":{\"stream_id\":3}");
	has_not("event");
	nothing_left();
}

/* Another message's end between head and body does not part them. */
static void
test_head_again(void **state)
{
	(void)state;
	H2_HEAD(c, 0, 1, POST, ":path", "/upload");
	H2_HEAD(c, H2_END, 3, GET, ":path", "/");
	h2_data(c, 0, 1, "evil", 0);
	H2_HEAD(c, H2_END, 5, GET, ":path", "/");
	h2_data(c, H2_END, 1, "more", 0);
	H2_HEAD(s, 0, 1, ":status", "200");
	H2_HEAD(s, H2_END, 3, ":status", "404");
	h2_data(s, H2_END, 1, "page", 0);
	play();
	has("http_method=\"POST\" http_client_body=\"evil\"");
	/* and their bytes count once */
	has("http_client_body=\"evilmore\"");
	assert_int_equal(count("http_uri=\"/upload\""), 3);
	has("\\r\\n\\r\\npage\"");
	assert_int_equal(count("log http "), 3);
	assert_int_equal(ctr(HTTP_CTR_REQUESTS) % 8, 0);
	nothing_left();
}

static size_t
gzip_of(const char *text, uint8_t *to, size_t size)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)text,
		.avail_in = (uInt)strlen(text), .next_out = to,
		.avail_out = (uInt)size };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, 0), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

/* Two coded bodies among each other; a length that is a lie. */
static void
test_gzip(void **state)
{
	uint8_t a[256], b[256];
	size_t na = gzip_of("the first body", a, sizeof(a));
	size_t nb = gzip_of("the second body", b, sizeof(b));

	(void)state;
	H2_HEAD(c, H2_END, 1, GET, ":path", "/1");
	H2_HEAD(c, H2_END, 3, GET, ":path", "/2");
	H2_HEAD(s, 0, 1, ":status", "200", "content-encoding", "gzip",
	    "content-length", "5");
	H2_HEAD(s, 0, 3, ":status", "200", "content-encoding", "gzip",
	    "content-length", "70000");
	for (size_t i = 0; i < na || i < nb; i++) {
		if (i < na)
			h2_data(s, i + 1 == na ? H2_END : 0, 1, a + i, 1);
		if (i < nb)
			h2_data(s, i + 1 == nb ? H2_END : 0, 3, b + i, 1);
	}
	play();
	has("file_data=\"the first body\"");
	has("the second body\"");
	has_not("event");
	nothing_left();
}

/* A body of many PDUs, and depths as the server's configuration has them. */
static void
test_depth(void **state)
{
	static char large[60000];

	(void)state;
	memset(large, 'x', sizeof(large));
	sv.post_depth = 20000;
	sv.server_flow_depth = 17000;
	H2_HEAD(c, 0, 1, POST, ":path", "/");
	h2_data(c, H2_END, 1, large, sizeof(large));
	H2_HEAD(s, 0, 1, ":status", "200");
	h2_data(s, H2_END, 1, large, sizeof(large));
	play();
	{
		size_t body = 0, file = 0;
		const char *p;

		for (p = rig_text(&r); (p = strstr(p, "client_body=\""));)
			body += strspn(p += 13, "x");
		for (p = rig_text(&r); (p = strstr(p, "file_data=\""));)
			file += strspn(p += 11, "x");
		assert_int_equal(body, 20000);
		assert_int_equal(file, 17000);
	}
	has("\"length\":60000");
	nothing_left();
}

/* -- beginnings ----------------------------------------------------------- */

#define UPGRADE "GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, "         \
	"HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
#define SWITCH "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"   \
	"Upgrade: h2c\r\n\r\n"

static void
test_upgrade(void **state)
{
	struct rig_say say[4] = { { FLOW_CLIENT, UPGRADE, 0 },
		{ FLOW_SERVER, NULL, 0 }, { FLOW_CLIENT, c->bytes, 0 },
		{ FLOW_SERVER, NULL, 0 } };
	struct h2_make *all = h2_make_new();

	(void)state;
	H2_HEAD(s, 0, 1, ":status", "200");
	h2_data(s, H2_END, 1, "first", 0);
	h2_raw(all, SWITCH, strlen(SWITCH));
	h2_raw(all, s->bytes, s->n);
	h2_clear(s);
	H2_HEAD(c, H2_END, 3, GET, ":path", "/next");
	H2_HEAD(s, H2_END, 3, ":status", "404");
	say[1] = (struct rig_say){ FLOW_SERVER, all->bytes, all->n };
	say[2].n = c->n;
	say[3] = (struct rig_say){ FLOW_SERVER, s->bytes, s->n };
	rig_play(&r, say, 4);
	has("http_uri=\"/up\"");
	has("http_stat_code=\"101\"");
	has("file_data=\"first\"");
	has("http_uri=\"/next\"");
	has("\"url\":\"/up\",\"http_method\":\"GET\",\"protocol\":\"HTTP/1.1\","
	    "\"status\":200,\"length\":5,\"version\":\"2\",\"http2\":"
	    "{\"stream_id\":1}");
	has("\"status\":404");
	assert_int_equal(count("log http "), 2);
	nothing_left();
	h2_make_free(all);
}

/* The server says first what it is; or 101 leads elsewhere. */
static void
test_begins(void **state)
{
	struct rig_say say[] = { { FLOW_SERVER, s->bytes, s->n },
		{ FLOW_CLIENT, c->bytes, 0 } };
	const struct rig_say chat[] = { { FLOW_CLIENT,
		"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", 0 },
		{ FLOW_SERVER, "HTTP/1.1 101 Switching Protocols\r\n"
		    "Upgrade: websocket\r\n\r\n", 0 },
		{ FLOW_SERVER, "\x81\2hi", 4 } };
	const struct rig_say old[] = { { FLOW_CLIENT,
		"PRI * HTTP/2.0\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\n\r\n", 0 },
		{ FLOW_SERVER, "\0\0", 2 } };
	const struct rig_say turned[] = { { FLOW_CLIENT, c->bytes, c->n },
		{ FLOW_SERVER, "\0\0\0\x44 no settings", 16 } };

	(void)state;
	H2_HEAD(c, H2_END, 1, GET, ":path", "/");
	say[1].n = c->n;
	rig_play(&r, say, 2);
	has("http_uri=\"/\"");
	nothing_left();
	/* a server whose answers are none is in pieces the same, too */
	rig_play(&r, turned, 2);
	rig_play(&r, chat, 3);
	has("fate not mine");
	rig_play(&r, old, 2);
	has("http_uri=\"*\"");
	has("http_uri=\"/b\"");
	nothing_left();
}

/* The preface's request, and then what is not the rest of it: whoever reads
 * HTTP/1 reads the next request. */
static void
test_false_start(void **state)
{
	static const char *const rests[] = { "GET /b HTTP/1.1\r\n\r\n",
		"S\r\nGET /b HTTP/1.1\r\n\r\n", "SM\r\n\rGET /b HTTP/1.1\r\n"
		"\r\n", "SM\r\n\r\rGET /b HTTP/1.1\r\n\r\n" };
	char text[80];
	const struct rig_say say = { FLOW_CLIENT, text, 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rests); i++) {
		snprintf(text, sizeof(text), "PRI * HTTP/2.0\r\n\r\n%s",
		    rests[i]);
		rig_play(&r, &say, 1);
		rig_truncate(&r, &say, 1);
		rig_play(&r, &say, 1);
		if (!i)
			has("http_uri=\"/b\"");
		has("event 119:31");
		has_not("http_uri=\"*\"");
	}
	/* one behind another request is like any other */
	{
		const struct rig_say later = { FLOW_CLIENT,
			"GET / HTTP/1.1\r\n\r\nPRI * HTTP/2.0\r\n\r\n"
			"GET /b HTTP/1.1\r\n\r\n", 0 };

		rig_play(&r, &later, 1);
		has("http_uri=\"*\"");
		has("http_uri=\"/b\"");
		assert_int_equal(count("unit client full"), 3);
	}
	nothing_left();
}

static void
test_guess(void **state)
{
	const struct app_ops *o = app_ops(APP_HTTP);
	const uint8_t preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	const uint8_t settings[] = { 0, 0, 18, 4, 0, 0, 0, 0, 0 };
	const uint8_t other[] = { 0, 0, 17, 4, 0, 0, 0, 0, 0 };

	(void)state;
	for (size_t n = 0; n < 24; n++)
		assert_int_equal(o->guess(FLOW_CLIENT, slice_make(preface, n),
		    false), APP_MAYBE);
	assert_int_equal(o->guess(FLOW_CLIENT, slice_make(preface, 24), false),
	    APP_YES);
	assert_int_equal(o->guess(FLOW_SERVER, slice_make(settings, 9), false),
	    APP_YES);
	assert_int_equal(o->guess(FLOW_SERVER, slice_make(settings, 8), false),
	    APP_MAYBE);
	assert_int_equal(o->guess(FLOW_SERVER, slice_make(other, 3), false),
	    APP_NO);
}

/* -- what is odd ---------------------------------------------------------- */

static void
odd(const char *event)
{
	play();
	assert_true(rig_has(&r, event));
	nothing_left();
	h2_clear(c);
	h2_preface(c);
}

static void
test_odd(void **state)
{
	(void)state;
	c->plain = true;
	h2_clear(s);
	H2_HEAD(c, H2_END, 1, ":method", "GET", ":scheme", "http");
	odd("event 121:8\n");
	H2_HEAD(c, H2_END, 1, ":path", "/", ":scheme", "http");
	odd("event 121:33\n");
	H2_HEAD(c, H2_END, 1, GET, ":path", "/", "X-Up", "1");
	odd("event 121:30\n");
	H2_HEAD(c, H2_END, 1, GET, "a", "b", ":path", "/");
	odd("event 121:17\n");
	H2_HEAD(c, H2_END, 1, GET, ":path", "/", ":status", "200");
	odd("event 121:19\n");
	H2_HEAD(c, H2_END, 1, GET, ":path", "/", "a",
	    "b\r\ntransfer-encoding: chunked");
	odd("event 121:1003\n");
	has("A: b  transfer-encoding: chunked\\r\\n\\r\\n");
	H2_HEAD(c, H2_END, 2, GET, ":path", "/");
	odd("event 121:3\n");
	h2_data(c, 0, 7, "stray", 0);
	odd("event 121:13\n");
	h2_frame(c, H2_CONT, H2_END_HEADERS, 1, "\x82", 1);
	odd("event 121:5\n");
	h2_frame(c, H2_HEADERS, H2_END, 1, "\x82", 1);
	h2_data(c, 0, 1, "stray", 0);
	odd("event 121:4\n");
	has("fate not mine");
	h2_frame(c, H2_HEADERS, H2_END | H2_END_HEADERS, 1, "\xff", 1);
	odd("event 121:6\n");
	has("fate not mine");
	H2_HEAD(c, 0, 1, POST, ":path", "/");
	h2_frame(c, H2_DATA, H2_PADDED, 1, "\x09pad", 4);
	odd("event 121:16\n");
	h2_frame(c, H2_SETTINGS, 0, 0, "12345", 5);
	odd("event 121:11\n");
	h2_setting(c, 0x7777, 1);
	odd("event 121:12\n");
	h2_frame(c, H2_RST, 0, 1, "123", 3);
	odd("event 121:28\n");
	h2_frame(c, H2_WINDOW, 0, 1, "123", 3);
	odd("event 121:31\n");
	h2_frame(c, H2_PUSH, H2_END_HEADERS, 1, "\0\0\0\2\x82", 5);
	odd("event 121:23\n");
	/* and nothing is told where the configuration wants nothing told */
	sv.no_alerts = true;
	h2_frame(c, H2_WINDOW, 0, 1, "123", 3);
	play();
	has_not("event");
}

/* A promise is read, so that what follows it can be. */
static void
test_push(void **state)
{
	const char *const fields[] = { GET, ":path", "/promised", "x-a", "b",
		NULL };
	uint8_t block[512] = { 0, 0, 0, 2 };

	(void)state;
	H2_HEAD(c, H2_END, 1, GET, ":path", "/");
	h2_frame(s, H2_PUSH, H2_END_HEADERS, 1, block, 4 + h2_block(s,
	    block + 4, fields));
	H2_HEAD(s, H2_END, 1, ":status", "200", "x-a", "b");
	H2_HEAD(s, 0, 2, ":status", "200");
	h2_data(s, H2_END, 2, "pushed", 0);
	play();
	has("X-A: b\\r\\n");
	has("file_data=\"pushed\"");
	assert_true(ctr(HTTP_CTR_H2_PUSHES) > 0);
	nothing_left();
}

/* A block of more than a PDU; and one that does not end. */
static void
test_long_block(void **state)
{
	static const char *fields[2 * 10 + 11] = { GET, ":path", "/" };
	static char values[10][3000];
	static uint8_t block[40000], junk[16384];
	size_t n;

	(void)state;
	c->plain = true;
	for (unsigned i = 0; i < 10; i++) {
		memset(values[i], 'a' + (int)i, sizeof(values[i]) - 1);
		fields[8 + 2 * i] = "x-long";
		fields[9 + 2 * i] = values[i];
	}
	n = h2_block(c, block, fields);
	assert_true(n > 20000);
	h2_frame(c, H2_HEADERS, H2_END, 1, block, 15000);
	h2_frame(c, H2_CONT, H2_END_HEADERS, 1, block + 15000, n - 15000);
	H2_HEAD(c, H2_END, 3, GET, ":path", "/after");
	play();
	has("http_uri=\"/\"");
	has("jjjjj\\r\\n\\r\\n\"");
	has("http_uri=\"/after\"");
	has_not("event");
	nothing_left();

	/* a flood of CONTINUATION is cut off */
	h2_clear(c);
	h2_preface(c);
	h2_frame(c, H2_HEADERS, H2_END, 1, junk, 1);
	for (unsigned i = 0; i < 20; i++)
		h2_frame(c, H2_CONT, 0, 1, junk, sizeof(junk));
	play();
	has("event 121:38");
	has("fate not mine");
	nothing_left();
}

/* What decodes to more than a head's room is cut, and the table goes on. */
static void
test_long_list(void **state)
{
	static uint8_t refs[1000];
	static char value[3900];
	const char *const fields[] = { GET, ":path", "/", "x-long", value,
		NULL };
	uint8_t block[5000];
	size_t n;

	(void)state;
	memset(value, 'v', sizeof(value) - 1);
	n = h2_block(c, block, fields);
	memset(refs, 0xbe, sizeof(refs));
	h2_frame(c, H2_HEADERS, H2_END, 1, block, n);
	h2_frame(c, H2_CONT, H2_END_HEADERS, 1, refs, sizeof(refs));
	H2_HEAD(c, H2_END, 3, GET, ":path", "/after");
	play();
	has("event 121:1004");
	has("http_uri=\"/after\"");
	assert_true(ctr(HTTP_CTR_H2_HEADS_CUT) > 0);
	/* and over and over is a bomb */
	h2_clear(c);
	h2_preface(c);
	h2_frame(c, H2_HEADERS, H2_END, 1, block, n);
	for (unsigned i = 0; i < 30; i++)
		h2_frame(c, H2_CONT, i == 29 ? H2_END_HEADERS : 0, 1, refs,
		    sizeof(refs));
	play();
	has("event 121:1001");
	has("fate not mine");
	nothing_left();
}

static void
test_resets(void **state)
{
	(void)state;
	for (uint32_t id = 1; id < 600; id += 2) {
		H2_HEAD(c, H2_END, id, GET, ":path", "/");
		h2_frame(c, H2_RST, 0, id, "\0\0\0\10", 4);
	}
	play();
	assert_int_equal(count("event 121:1002"), 1);
	assert_int_equal(count("http_uri"), 300);
	assert_int_equal(count("log http "), 300);
	nothing_left();
}

/* Never more streams than the limit; the oldest are forgotten, and told. */
static void
test_streams(void **state)
{
	struct http_worker *w = r.app->proto[APP_HTTP].worker;

	(void)state;
	for (uint32_t id = 1; id < 2001; id += 2)
		H2_HEAD(c, 0, id, POST, ":path", "/");
	rig_feed(&r, FLOW_CLIENT, c->bytes, c->n, RIG_WHOLE);
	assert_int_equal(w->h2->streams.live, LIM_HTTP2_STREAMS);
	rig_end(&r);
	play();
	assert_int_equal(count("http_uri"), 1000);
	/* of those that the end closes, so many can be told of */
	assert_int_equal(count("log http "), 1000 - LIM_HTTP2_STREAMS +
	    LIM_APP_LOGS);
	assert_int_equal(count("event 121:27"), 1);
	nothing_left();
}

/* The first stream has data in the PDU in which it would give way. */
static void
test_oldest(void **state)
{
	(void)state;
	for (uint32_t id = 1; id < 2 * LIM_HTTP2_STREAMS; id += 2)
		H2_HEAD(c, 0, id, POST, ":path", "/");
	h2_frame(c, H2_RST, 0, 999, "\0\0\0\10", 4);
	h2_data(c, 0, 1, "kept", 0);
	H2_HEAD(c, H2_END, 2 * LIM_HTTP2_STREAMS + 1, GET, ":path", "/new");
	h2_data(c, 0, 3, "gone", 0);
	h2_data(c, H2_END, 1, "too", 0);
	play();
	has("http_client_body=\"kept\"");
	has("http_client_body=\"kepttoo\"");
	has("http_uri=\"/new\"");
	has_not("gone");
	nothing_left();
}

/* -- gaps ----------------------------------------------------------------- */

static void
test_gap(void **state)
{
	size_t cut;

	(void)state;
	H2_HEAD(c, H2_END, 1, GET, ":path", "/1", "x-known", "before");
	rig_feed(&r, FLOW_CLIENT, c->bytes, c->n, RIG_WHOLE);
	h2_clear(c);
	/* this one's beginning is lost, and what it put into the table */
	H2_HEAD(c, 0, 3, POST, ":path", "/lost", "x-known", "lost");
	h2_data(c, H2_END, 3, "rest of it", 0);
	cut = 40;
	H2_HEAD(c, H2_END, 5, GET, ":path", "/found", "x-known", "lost",
	    "x-new", "behind");
	H2_HEAD(c, H2_END, 7, GET, ":path", "/found", "x-new", "behind");
	rig_gap(&r, FLOW_CLIENT);
	rig_feed(&r, FLOW_CLIENT, c->bytes + cut, c->n - cut, RIG_BYTEWISE);
	rig_end(&r);
	has("http_uri=\"/1\"");
	has_not("/lost");
	assert_int_equal(count("http_uri=\"/found\""), 2);
	assert_int_equal(count("X-New: behind\\r\\n\\r\\n\" http_raw_header"),
	    2);
	assert_true(ctr(HTTP_CTR_H2_FIELDS_LOST) > 0);
	assert_int_equal(ctr(HTTP_CTR_GAPS), 1);
	nothing_left();
}

/* -- worst cases ---------------------------------------------------------- */

static void
test_truncated(void **state)
{
	(void)state;
	H2_HEAD(c, 0, 1, POST, ":path", "/a");
	h2_data(c, H2_END, 1, "body", 0);
	H2_HEAD(s, 0, 1, ":status", "200", "content-encoding", "gzip");
	h2_data(s, H2_END, 1, "nothing", 0);
	{
		const struct rig_say one[] = {
			{ FLOW_CLIENT, c->bytes, c->n },
		};
		const struct rig_say two[] = { { FLOW_CLIENT, c->bytes, c->n },
			{ FLOW_SERVER, s->bytes, s->n } };

		rig_truncate(&r, one, 1);
		rig_truncate(&r, two, 2);
	}
	nothing_left();
}

/* Every bit turned. */
static void
test_noise(void **state)
{
	(void)state;
	H2_HEAD(c, 0, 1, POST, ":path", "/a", "a", "b");
	h2_data(c, H2_END, 1, "body", 0);
	H2_HEAD(c, H2_END, 3, GET, ":path", "/a", "a", "b");
	for (size_t i = 24; i < c->n; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			c->bytes[i] = (uint8_t)(c->bytes[i] ^ 1 << bit);
			rig_session(&r);
			rig_feed(&r, FLOW_CLIENT, c->bytes, c->n, RIG_WHOLE);
			rig_end(&r);
			c->bytes[i] = (uint8_t)(c->bytes[i] ^ 1 << bit);
			rig_clear(&r);
		}
	nothing_left();
}

static double
seconds(unsigned frames, unsigned shape)
{
	struct timespec a, b;

	rig_clear(&r);
	rig_session(&r);
	h2_clear(c);
	h2_preface(c);
	for (unsigned i = 0; i < frames; i++)
		if (shape == 0) /* streams of a byte, in turn */
			h2_data(c, 0, 2 * (i % 100) + 1, "x", 1);
		else if (shape == 1) /* empty frames */
			h2_frame(c, H2_DATA, 0, 1, "", 0);
		else /* streams that stay open */
			H2_HEAD(c, 0, 2 * i + 1, POST, ":path", "/");
	clock_gettime(CLOCK_MONOTONIC, &a);
	rig_feed(&r, FLOW_CLIENT, c->bytes, c->n, RIG_WHOLE);
	rig_end(&r);
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)(b.tv_sec - a.tv_sec) +
	    (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

/* Four times as much takes no more than about four times as long. */
static void
test_linear(void **state)
{
	(void)state;
	for (unsigned shape = 0; shape < 3; shape++) {
		double least = 0, most;

		for (unsigned i = 0; i < 3; i++) {
			most = seconds(4000, shape);
			least = !i || most < least ? most : least;
		}
		most = seconds(16000, shape);
		if (most > 16 * least + 0.05) {
			print_error("shape %u: %f s and %f s\n", shape, least,
			    most);
			fail();
		}
	}
	nothing_left();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_message),
		TEST(test_post),
		TEST(test_table),
		TEST(test_shapes),
		TEST(test_interleaved),
		TEST(test_head_again),
		TEST(test_gzip),
		TEST(test_depth),
		TEST(test_upgrade),
		TEST(test_begins),
		TEST(test_false_start),
		TEST(test_guess),
		TEST(test_odd),
		TEST(test_push),
		TEST(test_long_block),
		TEST(test_long_list),
		TEST(test_resets),
		TEST(test_streams),
		TEST(test_oldest),
		TEST(test_gap),
		TEST(test_truncated),
		TEST(test_noise),
		TEST(test_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
