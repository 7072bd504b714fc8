/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP: messages in any pieces, their buffers, events, what is told of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <time.h>
#include <zlib.h>

#include "http_help.h"

/* Of all sessions so far. */
static uint64_t
counter(const char *name)
{
	const struct ctr_group *g = app_ops(APP_HTTP)->counters;

	for (unsigned i = 0; i < g->n; i++)
		if (strcmp(g->defs[i].name, name) == 0)
			return app_proto_counters(r.app, APP_HTTP)[i];
	fail_msg("no counter %s", name);
	return 0;
}

/* -- buffers ------------------------------------------------------------------ */

static void
test_request(void **state)
{
	const struct rig_say say[] = { C("GET /a/../b%41?x=1 HTTP/1.1\r\n"
	    "Host: h\r\nCookie: k=v; l\r\nX: y\r\n\r\n") };

	(void)state;
	rig_play(&r, say, 1);
	assert_true(rig_has(&r, "unit client full"));
	has(" http_uri=\"/bA?x=1\"");
	has(" http_raw_uri=\"/a/../b%41?x=1\"");
	has(" http_method=\"GET\"");
	has(" http_header=\"Host: h\\r\\nCookie: \\r\\nX: y\\r\\n\\r\\n\"");
	has(" http_raw_header=\"Host: h\\r\\nCookie: k=v; l\\r\\n");
	has(" http_cookie=\"k=v; l\"");
	has(" http_raw_cookie=\"k=v; l\"");
	has_not("http_client_body");
	has_not("http_stat");
	has_not("event");
	rig_truncate(&r, say, 1);
}

static void
test_response(void **state)
{
	const struct rig_say say[] = { C(GET), S(OK
	    "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
	    "Content-Length: 4\r\n\r\nbodyHTTP/1.1 304 Not Modified\r\n"
	    "\r\n") };

	(void)state;
	rig_play(&r, say, 2);
	has(" http_stat_code=\"200\"");
	has(" http_stat_msg=\"OK\"");
	has(" http_cookie=\"a=1b=2\"");
	has("http_header=\"Set-Cookie: \\r\\nSet-Cookie: \\r\\nContent-Length");
	has(" file_data=\"body\"");
	has(" http_stat_msg=\"Not Modified\"");
	assert_int_equal(count("unit server full"), 2);
	assert_int_equal(count("file_data"), 1);
	has_not("event");
	rig_truncate(&r, say, 2);
}

static void
test_bodies(void **state)
{
	const struct rig_say say[] = {
		C("POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloPUT /q "
		"HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
		"3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: u\r\n\r\n"),
		S(OK "Transfer-Encoding:\r\n chunked\r\n\r\n"
		"6\r\nabcdef\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"
		OK "Content-Length: 0\r\n\r\n"),
	};

	(void)state;
	rig_play(&r, say, 2);
	has(" http_client_body=\"hello\"");
	has(" http_client_body=\"abcdefg\"");
	has(" file_data=\"abcdef0123456789abcdef\"");
	assert_int_equal(count("unit client full"), 2);
	assert_int_equal(count("unit server full"), 2);
	has_not("event");
	rig_truncate(&r, say, 2);
}

static void
test_no_body(void **state)
{
	(void)state;
	PLAY(C("HEAD / HTTP/1.1\r\n\r\n" GET),
	    S(OK "Content-Length: 9\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" OK
	    "Content-Length: 2\r\n\r\nhi"));
	assert_int_equal(count("unit server full"), 3);
	has(" file_data=\"hi\"");
	/* nobody says where it ends */
	PLAY(C(GET), S("HTTP/1.0 200 OK\r\n\r\nup to"), S(" the end"));
	has(" file_data=\"up to the end\"");
	has("event 120:3");
	has_not("event 120:8");
}

static void
test_other_protocols(void **state)
{
	(void)state;
	/* what follows is not HTTP any more */
	PLAY(C("CONNECT h:443 HTTP/1.1\r\n\r\n"), S(OK "\r\n"), C("\x16\x03"));
	has("fate not mine");
	PLAY(C(GET), S("HTTP/1.1 101 Switching\r\n\r\n"), S("x"));
	has("fate not mine");
	/* what precedes it was none */
	PLAY(C("EHLO there\n"), S("250 well\r\n"));
	has("event 120:18");
	has("event 120:3");
	has("fate not mine");
	has_not("http_");
	r.conf.by_content = true;
	PLAY(C("EHLO there\n"));
	assert_string_equal(rig_text(&r), "fate not mine\n");
	PLAY(S("220 hello\r\n"));
	assert_string_equal(rig_text(&r), "fate not mine\n");
	r.conf.by_content = false;
	/* in any pieces */
	PLAY(C("\xff\xff\r\n"), S("a\r\nb\r\nc\r\nd\r\ne\r\n"));
	has_not("file_data");
}

/* HTTP/0.9: a line, and what comes back. */
static void
test_simple(void **state)
{
	(void)state;
	PLAY(C("GET /x\r\n"), S("<html>"), S("</html>"));
	has(" http_uri=\"/x\"");
	has("event 119:32");
	has("unit server\nevent 120:3");
	has_not("file_data"); /* rules have the payload for it */
}

/* As lenient as browsers. */
static void
test_lenient(void **state)
{
	(void)state;
	PLAY(C("\r\n\r\nGET  /a b  HTTP/1.0 \nHost:h\n\n"),
	    S("\nhTTp/1.1  200\nTransfer-Encoding : x, CHUNKED\n\n"
	    "000000000000000000003  \nabc\n0\n\n"));
	has(" http_uri=\"/a b\"");
	has(" http_header=\"Host:h\\n\\n\"");
	has(" file_data=\"abc\"");
	has("event 119:33");
	has("event 120:28");
	/* a size that is none: the rest is data */
	PLAY(C(GET), S(OK "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\nxyz"));
	has("file_data=\"abxyz\"");
	has("event 120:8");
}

/* Heads that end as some browsers see it, fields that go on behind their name. */
static void
test_odd_heads(void **state)
{
	static const char *const ends[] = { "A: b\n\r\r\n", "A: b\n\r\r\n\r\n",
		"A: b\n\r\n", "A: b\r\n\r\r\r\n" };
	char answer[128];
	const struct rig_say say[] = { C(GET), { FLOW_SERVER, answer, 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(answer, sizeof(answer), OK "Content-Length: 4\r\n"
		    "%sbody" OK "Content-Length: 0\r\n\r\n", ends[i]);
		rig_play(&r, say, 2);
		has(" file_data=\"body\"");
		assert_int_equal(count("unit server full"), 2);
		snprintf(answer, sizeof(answer), OK "%sbody", ends[i]);
		rig_play(&r, say, 2);
		has(" file_data=\"body\"");
	}
	/* a CR of the body's own */
	PLAY(C(GET), S(OK "Content-Length: 2\r\n\r\r\n\rx" OK
	    "Content-Length: 0\r\n\r\n"));
	assert_int_equal(count("unit server full"), 2);
	PLAY(C(GET), S(OK "A: b\r\n\r\rTransfer-Encoding: chunked\r\n\r\n"
	    "1\r\nx\r\n1\r\ny\r\n0\r\n\r\n"));
	has(" file_data=\"xy\"");
	PLAY(C(GET), S(OK "Transfer-Encoding\r\n \r\n :\r\n chunked\r\n\r\n"
	    "1\r\nx\r\n1\r\ny\r\n0\r\n\r\n"));
	has(" file_data=\"xy\"");
}

/* A head, and a CR behind it. */
static void
test_odd_cr(void **state)
{
	static const char chunked[] = OK "Transfer-Encoding: chunked\r\n\r\n"
	    "3\r\nabc", cr[] = "\r\n0\r\n\r\n";

	(void)state;
	/* a chunk ends where the next request's head did before it */
	PLAY(C(GET), S(chunked), C(GET), S(cr));
	assert_int_equal(count("event 120:28"), 1);
	has(" file_data=\"abc\"");
	/* told, and nobody announced chunks since; or it follows at once */
	PLAY(C(GET), S(OK "Content-Length: 0\r\n\r\n"), C(GET), S("\r\n"));
	has_not("event 120:28");
	PLAY(C(GET), S(chunked), S(cr));
	has_not("event 120:28");
	/* bytes of a body in between are not looked at, others are */
	PLAY(C(GET), S(chunked), C("POST / HTTP/1.1\r\nContent-Length: 9\r\n"
	    "\r\nxx"), S(cr));
	assert_int_equal(count("event 120:28"), 1);
	PLAY(C(GET), S(chunked), C(GET), C("G"), S(cr));
	has_not("event 120:28");
	/* another session's head is none of this one's */
	PLAY(C(GET), S(chunked), S("\r\n"), C(GET));
	rig_session(&r);
	rig_feed(&r, FLOW_CLIENT, "\r\n" GET, sizeof(GET) + 1, 0);
	rig_end(&r);
	has(" http_uri=\"/\"");
	has_not("event 120:28");
}

/* A message longer than a unit comes in parts. */
static void
test_long(void **state)
{
	static char body[3 * RIG_PAF_MAX];
	int head = snprintf(body, sizeof(body), OK
	    "Content-Length: %zu\r\n\r\n", sizeof(body) - 60);
	const struct rig_say say[] = { C(GET), { FLOW_SERVER, body,
	    sizeof(body) - 60 + (size_t)head } };

	(void)state;
	memset(body + head, 'x', sizeof(body) - (size_t)head);
	rig_play(&r, say, 2);
	assert_int_equal(count("unit server"), 3);
	/* none of them is a whole message */
	assert_int_equal(count("unit server full"), 0);
	assert_int_equal(count("file_data"), 3);
	assert_int_equal(count("http_stat_code"), 1);
	has("\"length\":49092");
	has("\"state\":\"CLOSED\"");
}

/* -- what will be shown again ------------------------------------------------- */

/* Feeds a piece of a side. */
static void
feed(enum flow_side side, const void *bytes, size_t n)
{
	rig_feed(&r, side, bytes, n, RIG_WHOLE);
}

/* Whatever is shown of an open PDU, the rest comes out as if it had not been;
 * and nothing is left behind. */
static void
test_open(void **state)
{
	static uint8_t answer[256];
	static const char ask[] = "POST /a HTTP/1.1\r\nContent-Length: 4\r\n"
	    "\r\nbody";
	int head = snprintf((char *)answer, sizeof(answer), OK
	    "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
	    sizeof(gzipped));
	size_t len = (size_t)head + sizeof(gzipped);
	uint64_t requests;
	char *plain;

	(void)state;
	memcpy(answer + head, gzipped, sizeof(gzipped));
	rig_clear(&r);
	rig_session(&r);
	feed(FLOW_CLIENT, ask, sizeof(ask) - 1);
	feed(FLOW_SERVER, answer, len);
	rig_end(&r);
	plain = strdup(rig_text(&r));
	assert_non_null(plain);

	rig_clear(&r);
	rig_session(&r);
	requests = counter("requests");
	feed(FLOW_CLIENT, ask, sizeof(ask) - 3);
	rig_open(&r, FLOW_CLIENT);
	has("unit client http_uri=\"/a\"");
	has("http_client_body=\"bo\"");
	assert_int_equal(counter("requests"), requests);
	rig_clear(&r);
	feed(FLOW_CLIENT, ask + sizeof(ask) - 3, 2);
	for (size_t i = 1; i < len; i++) {
		size_t at = strlen(rig_text(&r));

		feed(FLOW_SERVER, answer + i - 1, 1);
		rig_open(&r, FLOW_SERVER);
		/* a body that begins in it is decoded */
		if (i == len - 8)
			has("file_data=\"gzipped text\"");
		/* besides what the whole request said */
		assert_null(strstr(rig_text(&r) + at, "log"));
		has_not("event");
		r.text.len = at;
		r.text.ptr[at] = '\0';
	}
	feed(FLOW_SERVER, answer + len - 1, 1);
	rig_end(&r);
	assert_string_equal(rig_text(&r), plain);
	free(plain);
}

/* A body that goes on is not decoded twice, nor shown as it is coded. */
static void
test_open_long(void **state)
{
	static uint8_t part[RIG_PAF_MAX + 100];
	int head = snprintf((char *)part, sizeof(part), OK
	    "Content-Encoding: gzip\r\nContent-Length: 60000\r\n\r\n");

	(void)state;
	memcpy(part + head, gzipped, sizeof(gzipped));
	rig_clear(&r);
	rig_session(&r);
	feed(FLOW_CLIENT, GET, sizeof(GET) - 1);
	feed(FLOW_SERVER, part, sizeof(part));
	rig_clear(&r);
	rig_open(&r, FLOW_SERVER);
	has("unit server");
	has_not("file_data");
	rig_end(&r);
}

/* -- limits --------------------------------------------------------------------- */

static void
test_depths(void **state)
{
	(void)state;
	sv.post_depth = 3;
	sv.server_flow_depth = 2;
	PLAY(C("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"),
	    S(OK "Content-Length: 4\r\n\r\nbody"));
	has(" http_client_body=\"hel\"");
	has(" file_data=\"bo\"");
	has("pkt_data=\"HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nbo\"");
	sv.post_depth = -1;
	sv.server_flow_depth = -1;
	sv.client_flow_depth = 4;
	PLAY(C("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"),
	    S(OK "Content-Length: 4\r\n\r\nbody"));
	has_not("http_client_body");
	has("unit client full pkt_data=\"POST\"");
	has("unit server full pkt_data=\"\" file_data=\"\"");
	sv.inspect_uri_only = true;
	sv.responses = false;
	sv.server_flow_depth = 6;
	PLAY(C(GET), S(OK "Content-Length: 4\r\n\r\nbody"));
	has("unit client full pkt_data=\"\" http_uri");
	has("unit server full pkt_data=\"HTTP/1\"\n");
}

static void
test_cookies_in_headers(void **state)
{
	(void)state;
	sv.cookies = false;
	sv.normalize_headers = true;
	PLAY(C("GET / HTTP/1.1\r\nCookie: %41//b\r\n\r\n"));
	has(" http_header=\"Cookie: A/b\\r\\n\\r\\n\"");
	has(" http_cookie=\"Cookie: A/b\\r\\n\\r\\n\"");
	has(" http_raw_header=\"Cookie: %41//b\\r\\n\\r\\n\"");
	sv.cookies = sv.normalize_cookies = true;
	PLAY(C("GET / HTTP/1.1\r\nCookie: %41//b\r\n\r\n"));
	has(" http_cookie=\"A/b\"");
	has(" http_raw_cookie=\"%41//b\"");
}

/* -- URIs -------------------------------------------------------------------------- */

static const char *
uri(const char *raw)
{
	static char line[512], shown[512];
	const struct rig_say say = { FLOW_CLIENT, line, 0 };
	const char *at, *end;

	snprintf(line, sizeof(line), "GET %s HTTP/1.1\r\n\r\n", raw);
	rig_play(&r, &say, 1);
	at = strstr(rig_text(&r), " http_uri=\"");
	assert_non_null(at);
	at += strlen(" http_uri=\"");
	end = strchr(at, '"');
	assert_non_null(end);
	snprintf(shown, sizeof(shown), "%.*s", (int)(end - at), at);
	return shown;
}

static void
test_uri(void **state)
{
	static uint8_t page[65536];

	(void)state;
	page[0x2215] = '/';
	assert_string_equal(uri("/plain"), "/plain");
	assert_string_equal(uri("/a/%2e%2e/b//c/./d%20e/%u0041%c0%af?q=a//b/.."
	    "/c%25%34%31"), "/b/c/d e/A/?q=a/cA");
	assert_string_equal(uri("/one/../two/./three//four\\five"),
	    "/two/three/four/five");
	assert_string_equal(uri("/../../x"), "/x");
	assert_string_equal(uri("http://h//a+b%2b"), "http://h/a b+");
	assert_string_equal(uri("/%2541/%zz%"), "/A/\\xffzz\\xff");
	assert_string_equal(uri("/%u2215"), "/\\xff");
	assert_true(rig_has(&r, "event 119:3"));
	conf.codepage = page;
	assert_string_equal(uri("/a%u2215b"), "/a/b");
	assert_string_equal(uri("/a%e2%88%95b"), "/a/b");
	sv.norm = 0;
	assert_string_equal(uri("/%41//./\\"), "/%41//./\\x5c");
	sv.norm = HTTP_NORM_BARE_BYTE | HTTP_NORM_UTF8;
	assert_string_equal(uri("/\xc1\x81"), "/A");
	sv.alert = HTTP_NORM_BARE_BYTE | HTTP_NORM_UTF8;
	(void)uri("/\xc1\x81");
	assert_true(rig_has(&r, "event 119:4"));
	assert_true(rig_has(&r, "event 119:6"));
}

static void
test_uri_events(void **state)
{
	static const struct {
		const char *uri;
		unsigned sid;
	} all[] = {
		{ "/%41", 1 }, { "/%2541", 2 }, { "/%u0041", 3 },
		{ "/%c0%af", 6 }, { "/%u1234", 7 }, { "//", 8 }, { "/\\", 9 },
		{ "/./a", 10 }, { "/a/../", 11 }, { "/\x01", 14 },
		{ "/123456789012345678901/", 15 }, { "/../a", 18 },
	};

	(void)state;
	sv.alert = 0xfff;
	conf.proxy_alert = true;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		char line[32];

		(void)uri(all[i].uri);
		snprintf(line, sizeof(line), "event 119:%u", all[i].sid);
		has(line);
	}
	(void)uri("http://h/");
	has("event 119:17");
	PLAY(C("GET\t/ HTTP/1.1\n\n"));
	has("event 119:12");
	has("event 119:13");
	sv.no_alerts = true;
	(void)uri("/%41//");
	has_not("event");
}

/* -- other events ------------------------------------------------------------------- */

static void
test_request_events(void **state)
{
	(void)state;
	PLAY(C("BREW / HTTP/1.1\r\nHost: a\r\nHost: b\r\nRange: lines=1\r\n"
	    "\r\n"));
	has("event 119:31");
	has("event 119:24");
	has("event 119:37");
	PLAY(C("GET / HTTP/1.1\r\nRange: lines=1\r\n\r\n"));
	has("event 119:36");
	PLAY(C("GET / HTTP/1.1\r\nRange: bytes=0-1,x\r\n\r\n"));
	has("event 119:38");
	PLAY(C("POST / HTTP/1.1\r\n\r\n"));
	has("event 119:28");
	PLAY(C("GET / HTTP/1.1\r\nA: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n"
	    "F:                                                           x"
	    "\r\n\r\n"));
	has("event 119:20");
	has("event 119:26");
	PLAY(C("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: x\r\n"
	    "\r\nz"));
	has("event 119:21");
	has("event 120:8");
	PLAY(C("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "1\r\na\r\n1\r\na\r\n1\r\na\r\nffff\r\n"));
	has("event 119:27");
	has("event 119:16");
	/* once a session */
	PLAY(C("BREW / HTTP/1.1\r\n\r\nBREW / HTTP/1.1\r\n\r\n"));
	assert_int_equal(count("119:31"), 1);
}

static void
test_long_header(void **state)
{
	static char line[400];
	const struct rig_say say = { FLOW_CLIENT, line, 0 };

	(void)state;
	snprintf(line, sizeof(line), "GET / HTTP/1.1\r\nA: %0250d\r\n\r\n", 1);
	rig_play(&r, &say, 1);
	has("event 119:19");
	snprintf(line, sizeof(line), "GET /%0250d HTTP/1.1\r\n\r\n", 1);
	rig_play(&r, &say, 1);
	has("event 119:19");
	snprintf(line, sizeof(line), "GET / HTTP/1.1\r\nHost: %0260d\r\n\r\n",
	    1);
	rig_play(&r, &say, 1);
	has("event 119:25");
}

static void
test_response_events(void **state)
{
	(void)state;
	PLAY(C(GET), S("HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n"));
	has("event 120:2");
	PLAY(C(GET), S(OK "\r\nbody"));
	has("event 120:3");
	has("event 120:8");
	PLAY(S(OK "Content-Length: 0\r\n\r\n"));
	has("event 120:18");
	PLAY(C(GET), S(OK "Content-Length: 0\r\nContent-Length: 0\r\n\r\n"));
	has("event 120:19");
	PLAY(C(GET), S(OK "Content-Encoding: gzip\r\nContent-Encoding: br\r\n"
	    "Content-Length: 0\r\n\r\n"));
	has("event 120:20");
	PLAY(C(GET), S(OK "Transfer-Encoding: chunked\r\n\r\n"
	    "1\r\na\r\n1\r\na\r\n1\r\na\r\n0\r\n\r\n"));
	has("event 120:7");
}

static void
test_field_events(void **state)
{
	(void)state;
	PLAY(C("GET / HTTP/1.1\r\nA:: b\r\n\r\n"),
	    S(OK "Content-Length: 0\r\nA:: b\r\n\r\n"));
	has("event 119:35");
	has("event 120:21");
	PLAY(C(GET), S(OK "Content-Length\v: 0\r\n\r\n"));
	has("event 120:22");
	PLAY(C(GET), S("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n"
	    "\r\n0\r\n\r\n"));
	has("event 120:23");
	PLAY(C(GET), S(OK "Content-Length\r\n : 0\r\n\r\n"));
	has("event 120:25");
	PLAY(C(GET), S(OK " A: b\r\nContent-Length: 0\r\n\r\n"));
	has("event 120:25");
	PLAY(C(GET), S("\r\njunk\r\n" OK "Content-Length: 0\r\n\r\n"));
	has("event 120:26");
	PLAY(C(GET), S(OK "Content-Length: 0\r\n"));
	has("event 120:27");
	PLAY(C(GET), S("HTTP/3.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
	has("event 120:29");
	/* as it should be */
	PLAY(C("GET / HTTP/1.1\r\nA: ::1\r\n\r\n"), S(OK "A: ::1\r\n b\r\n"
	    "Content-Length: 0\r\n\r\n"));
	has_not("event");
}

static void
test_range_events(void **state)
{
	static const char ask[] = "GET / HTTP/1.1\r\nRange: bytes=0-1\r\n\r\n";

	(void)state;
#define PART "HTTP/1.1 206 Part\r\nContent-Length: 0\r\nContent-Range: "
	PLAY(C(ask), S(PART "lines 0-1/2\r\n\r\n"));
	has("event 120:30");
	PLAY(C(ask), S(PART "bytes 0-/2\r\n\r\n"));
	has("event 120:31");
	PLAY(C(GET), S(PART "bytes 0-1/2\r\n\r\n"));
	has("event 120:32");
	PLAY(C(ask), S(PART "bytes 0-1/*\r\n\r\n"));
	has_not("event");
	PLAY(S(PART "bytes */2\r\n\r\n"));
	has_not("event 120:3");
#undef PART
}

/* detect_anomalous_servers */
static void
test_anomalous_server(void **state)
{
	static uint8_t ports[65536 / 8];

	(void)state;
	conf.anomalous_servers = true;
	conf.ports = ports;
	PLAY(C(GET), S(OK "Content-Length: 0\r\n\r\n"));
	has("event 120:1\n");
	ports[80 / 8] = 1 << 80 % 8;
	PLAY(C(GET), S(OK "Content-Length: 0\r\n\r\n"));
	has_not("event");
	ports[80 / 8] = 0;
}

static void
test_clients(void **state)
{
	static const struct http_xff xff[] = { { { "x-real", 6 }, 1 },
		{ { "x-forwarded-for", 15 }, 2 } };

	(void)state;
	PLAY(C("GET / HTTP/1.1\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\r\n"
	    "\r\n"));
	has_not("xff");
	sv.xff = true;
	PLAY(C("GET / HTTP/1.1\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\r\n"
	    "\r\nGET / HTTP/1.1\r\nX-Forwarded-For: 10.0.0.3\r\n\r\n"));
	has("\"xff\":\"10.0.0.1, 10.0.0.2\"");
	has("event 119:29");
	PLAY(C("GET / HTTP/1.1\r\nX-Forwarded-For: you\r\n"
	    "True-Client-IP: 10.0.0.1\r\n\r\n"));
	has("event 119:23");
	has("event 119:30");
	sv.xffs = xff;
	sv.n_xffs = ARRAY_LEN(xff);
	PLAY(C("GET / HTTP/1.1\r\nX-Forwarded-For: 10.0.0.1\r\n"
	    "X-Real: 10.0.0.9\r\n\r\n"));
	has("\"xff\":\"10.0.0.9\"");
}

/* -- bodies that are coded ------------------------------------------------------------ */

static void
test_gzip(void **state)
{
	static uint8_t answer[256];
	int head = snprintf((char *)answer, sizeof(answer), OK
	    "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
	    sizeof(gzipped));
	const struct rig_say say[] = { C(GET), { FLOW_SERVER, answer,
	    (size_t)head + sizeof(gzipped) } };

	(void)state;
	memcpy(answer + head, gzipped, sizeof(gzipped));
	rig_play(&r, say, 2);
	has(" file_data=\"gzipped text\"");
	has("\"size\":12");
	has_not("event");
	rig_truncate(&r, say, 2);
	/* not what it says: as it is, with an event */
	answer[head + 12] = 0xff;
	rig_play(&r, say, 2);
	has("event 120:6");
	sv.gzip = false;
	rig_play(&r, say, 2);
	has_not("event");
	has("file_data=\"\\x1f");
}

/* compress_depth, decompress_depth: without unlimited_decompress. */
static void
test_coded_depths(void **state)
{
	static uint8_t answer[256];
	int head = snprintf((char *)answer, sizeof(answer), OK
	    "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
	    sizeof(gzipped));
	const struct rig_say say[] = { C(GET), { FLOW_SERVER, answer,
	    (size_t)head + sizeof(gzipped) } };

	(void)state;
	memcpy(answer + head, gzipped, sizeof(gzipped));
	sv.unlimited = false;
	conf.decompress_depth = 4;
	rig_play(&r, say, 2);
	has(" file_data=\"gzip\"");
	conf.decompress_depth = 65535;
	conf.compress_depth = 11;
	rig_play(&r, say, 2);
	has_not(" file_data=\"g");
	sv.unlimited = true;
	rig_play(&r, say, 2);
	has(" file_data=\"gzipped text\"");
	/* memcap: no room for a body under way */
	rig_fini(&r);
	conf.memcap = 1;
	assert_true(rig_init(&r, APP_HTTP, &conf));
	rig_play(&r, say, 2);
	has_not(" file_data=\"g");
	assert_true(counter("body_no_memory") > 0);
	assert_true(counter("no_transaction") > 0);
}

/* SIZE bytes packed by zlib; the whole, in room. */
static size_t
pack(uint8_t *room, size_t max, const void *bytes, size_t n)
{
	uLongf len = max;

	assert_int_equal(compress2(room, &len, bytes, n, 9), Z_OK);
	return len;
}

/* decompress_swf, decompress_pdf */
static void
test_packed_files(void **state)
{
	static uint8_t answer[1024], packed[512];
	static const char text[] = "text of a packed file, text of it";
	size_t n = pack(packed, sizeof(packed), text, sizeof(text) - 1);
	struct rig_say say[] = { C(GET), { FLOW_SERVER, answer, 0 } };
	int head = snprintf((char *)answer, sizeof(answer), OK
	    "Content-Length: %zu\r\n\r\nCWS\x09\x29%c%c%c", n + 8, 0, 0, 0);

	(void)state;
	memcpy(answer + head, packed, n);
	say[1].n = (size_t)head + n;
	rig_play(&r, say, 2);
	has_not(text);
	sv.swf_deflate = true;
	rig_play(&r, say, 2);
	has(text);
	answer[head] ^= 0xff;
	rig_play(&r, say, 2);
	has("event 120:12");

	head = snprintf((char *)answer, sizeof(answer), OK
	    "Content-Length: %zu\r\n\r\n%%PDF-1.4\n1 0 obj\n<</Length %zu"
	    "/Filter/FlateDecode>>\nstream\n", n + 84, n);
	memcpy(answer + head, packed, n);
	memcpy(answer + head + n, "\nendstream\nendobj\n..............", 32);
	say[1].n = (size_t)head + n + 32;
	rig_play(&r, say, 2);
	has_not(text);
	sv.pdf_deflate = true;
	rig_play(&r, say, 2);
	has(text);
}

/* -- the worst there is ---------------------------------------------------------- */

/* Seconds of the processor for the bytes, of a side, in one session. */
static double
cost(enum flow_side side, const uint8_t *bytes, size_t n)
{
	clock_t before;

	rig_clear(&r);
	rig_session(&r);
	feed(FLOW_CLIENT, GET, side == FLOW_SERVER ? sizeof(GET) - 1 : 0);
	before = clock();
	for (size_t at = 0, len; at < n; at += len) {
		len = n - at < 1000 ? n - at : 1000;
		feed(side, bytes + at, len);
		rig_clear(&r);
	}
	rig_end(&r);
	return (double)(clock() - before) / CLOCKS_PER_SEC;
}

/* Eight times as many bytes take eight times as long, and not 64 times. */
static void
test_linear(void **state)
{
	enum { LEN = 1 << 19 };
	static const struct {
		enum flow_side side;
		const char *head, *again;
	} all[] = {
		{ FLOW_CLIENT, "GET / HTTP/1.1\r\nA: ", "b" },
		{ FLOW_CLIENT, "GET / HTTP/1.1\r\n", "A: b\r\n" },
		{ FLOW_CLIENT, "GET / HTTP/1.1\r\nCookie: ", "a\r\n " },
		{ FLOW_CLIENT, "GET ", "/.." },
		{ FLOW_CLIENT, "GET ", "%25" },
		{ FLOW_CLIENT, "", GET },
		{ FLOW_CLIENT, "", "\r\n" },
		{ FLOW_CLIENT, "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked"
		    "\r\n\r\n", "1\r\na\r\n" },
		{ FLOW_SERVER, OK "Transfer-Encoding: chunked\r\n\r\n",
		    "1\r\na\r\n" },
		{ FLOW_SERVER, OK, "Content-Length\r" },
		{ FLOW_SERVER, OK "\r\n", "<script>unescape(" },
		{ FLOW_SERVER, "", "junk\r\n" },
	};
	static uint8_t bytes[LEN];

	(void)state;
	sv.normalize_javascript = sv.normalize_utf = true;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		size_t n = strlen(all[i].head), len = strlen(all[i].again);
		double few, many;

		memcpy(bytes, all[i].head, n);
		for (; n + len <= LEN; n += len)
			memcpy(bytes + n, all[i].again, len);
		few = cost(all[i].side, bytes, n / 8);
		many = cost(all[i].side, bytes, n);
		if (many > 0.05 && many > 30 * few)
			fail_msg("%s: %f s, an eighth %f s", all[i].again, many,
			    few);
	}
}

/* A body that becomes longer and longer is cut off, and counted. */
static void
test_bomb(void **state)
{
	enum { PLAIN = 32 << 20, PACKED = 1 << 16 };
	static uint8_t answer[PACKED];
	uint8_t *zeros = calloc(1, PLAIN), *packed = malloc(PACKED);
	size_t n;
	int head;

	(void)state;
	assert_non_null(zeros);
	assert_non_null(packed);
	n = pack(packed, PACKED, zeros, PLAIN);
	head = snprintf((char *)answer, sizeof(answer), OK
	    "Content-Encoding: deflate\r\nContent-Length: %zu\r\n\r\n", n);
	assert_true((size_t)head + n <= sizeof(answer));
	memcpy(answer + head, packed, n);
	(void)cost(FLOW_SERVER, answer, (size_t)head + n);
	assert_int_equal(counter("body_bombs"), 1);
	assert_true(counter("body_out") <= LIM_BODY_FREE + LIM_BODY_RATIO * n +
	    LIM_BODY_ROOM);
	free(zeros);
	free(packed);
}

static void
test_text(void **state)
{
	static const char wide[] = OK "Content-Type: text/html; charset=utf-16le"
	    "\r\nContent-Length: 6\r\n\r\na\0b\0c\0";
	const struct rig_say say[] = { C(GET), { FLOW_SERVER, wide,
	    sizeof(wide) - 1 } };

	(void)state;
	sv.normalize_utf = true;
	rig_play(&r, say, 2);
	has(" file_data=\"abc\"");
	sv.normalize_javascript = true;
	PLAY(C(GET), S(OK "Content-Length: 50\r\n\r\n"
	    "<script>x = unescape(\"%41%42\")   ;</script>......."));
	has("<script>x = \\x22AB\\x22 ;</script>");
	PLAY(C(GET), S(OK "\r\n<script>unescape(\"%41\")</script>"));
	has("<script>\\x22A\\x22</script>");
}

/* -- what is told ----------------------------------------------------------------------- */

static void
test_log(void **state)
{
	static const char ask[] = "POST /p HTTP/1.1\r\nContent-Length: 2\r\n"
	    "\r\n";
	static const char answer[] = OK "Content-Length: 0\r\n\r\n";

	(void)state;
	PLAY(C("GET /a?b HTTP/1.1\r\nHost: h\r\nUser-Agent: u\r\nReferer: r\r\n"
	    "\r\nGET /c HTTP/1.1\r\n\r\nGET /d HTTP/1.1\r\n\r\n"),
	    S("HTTP/1.1 302 Found\r\nLocation: l\r\nContent-Type: t\r\n"
	    "Content-Length: 2\r\n\r\nhi" OK "Content-Disposition: attachment;"
	    " filename=\"f.exe\"\r\nContent-Length: 1\r\n\r\nx"));
	has("log http {\"hostname\":\"h\",\"url\":\"/a?b\","
	    "\"http_user_agent\":\"u\",\"http_content_type\":\"t\","
	    "\"http_refer\":\"r\",\"http_method\":\"GET\","
	    "\"protocol\":\"HTTP/1.1\",\"status\":302,\"redirect\":\"l\","
	    "\"length\":2}");
	has("log fileinfo {\"filename\":\"/a\",\"gaps\":false,"
	    "\"state\":\"CLOSED\",\"stored\":false,\"size\":2,"
	    "\"direction\":\"to_client\"}");
	has("log fileinfo {\"filename\":\"f.exe\"");
	/* without an answer */
	has("log http {\"url\":\"/d\",\"http_method\":\"GET\","
	    "\"protocol\":\"HTTP/1.1\",\"length\":0}");
	PLAY(C("POST /u HTTP/1.1\r\nContent-Type: multipart/form-data; b=x\r\n"
	    "Content-Length: 60\r\n\r\nContent-Disposition: form-data; "
	    "filename=up.txt\r\n..........."));
	has("log fileinfo {\"filename\":\"up.txt\"");
	PLAY(C("PUT /up HTTP/1.1\r\nContent-Length: 1\r\n\r\nx"));
	has("log fileinfo {\"filename\":\"/up\"");
	/* of one that does not end, too */
	PLAY(C("POST /cut?q HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"));
	has("log fileinfo {\"filename\":\"/cut\",\"gaps\":false,"
	    "\"state\":\"TRUNCATED\",\"stored\":false,\"size\":1,"
	    "\"direction\":\"to_server\"}");
	PLAY(C(GET), S(OK "Content-Length: 9\r\n\r\nx"));
	has("\"state\":\"TRUNCATED\",\"stored\":false,\"size\":1,"
	    "\"direction\":\"to_client\"}");
	/* answered before it ended */
	rig_clear(&r);
	rig_session(&r);
	feed(FLOW_CLIENT, ask, sizeof(ask) - 1);
	feed(FLOW_SERVER, answer, sizeof(answer) - 1);
	feed(FLOW_CLIENT, "ab", 2);
	rig_end(&r);
	has("\"url\":\"/p\"");
	has("log fileinfo {\"filename\":\"/p\",\"gaps\":false,"
	    "\"state\":\"CLOSED\",\"stored\":false,\"size\":2,"
	    "\"direction\":\"to_server\"}");
}

#define MD5_ABC "\"md5\":900150983cd24fb0d6963f7d28e17f72"

/* Digests are those of the body out of its chunks and codings, before what
 * rules want of it. */
static void
test_digests(void **state)
{
	static uint8_t answer[256];
	int head = snprintf((char *)answer, sizeof(answer), OK
	    "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
	    sizeof(gzipped));
	const struct rig_say say[] = { C(GET), { FLOW_SERVER, answer,
	    (size_t)head + sizeof(gzipped) } };

	(void)state;
	memcpy(answer + head, gzipped, sizeof(gzipped));
	r.conf.file_hashes = APP_FILE_MD5;
	sv.normalize_javascript = true;
	PLAY(C("POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"),
	    S(OK "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n"
	    "0\r\n\r\n"));
	has("log fileinfo {\"filename\":\"/a\",\"gaps\":false,"
	    "\"state\":\"CLOSED\"," MD5_ABC ",\"stored\":false,\"size\":3,"
	    "\"direction\":\"to_server\"}\nunit server");
	has("\"length\":3}\nlog fileinfo {\"filename\":\"/a\",\"gaps\":false,"
	    "\"state\":\"CLOSED\"," MD5_ABC);
	rig_play(&r, say, 2);
	has("\"state\":\"CLOSED\",\"md5\":"
	    "b23641112e51b314ce8090702088cfb5,\"stored\":false,\"size\":12,"
	    "\"direction\":\"to_client\"}");
	/* bad, or cut off: there is none */
	answer[(size_t)head + sizeof(gzipped) - 8] ^= 1;
	rig_play(&r, say, 2);
	has("\"state\":\"TRUNCATED\",\"stored\":false,\"size\":12,"
	    "\"direction\":\"to_client\"}");
	PLAY(C(GET), S(OK "Content-Length: 4\r\n\r\nabc"));
	has("TRUNCATED");
	has_not("md5");
	/* nor of a form, whose file is a part of it */
	PLAY(C("POST /u HTTP/1.1\r\nContent-Type: multipart/form-data; b=x\r\n"
	    "Content-Length: 26\r\n\r\n filename=up.txt\r\n\r\nabc\r\n.."));
	has("up.txt");
	has_not("md5");
	r.conf.file_hashes = 0;
}

/* More requests than are remembered, and more than there is room to tell. */
static void
test_pipeline(void **state)
{
	static char many[100 * (sizeof(GET) - 1) + 1];
	const struct rig_say say = { FLOW_CLIENT, many, 0 };

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		memcpy(many + i * (sizeof(GET) - 1), GET, sizeof(GET) - 1);
	rig_play(&r, &say, 1);
	assert_int_equal(count("unit client full"), 100);
	assert_int_equal(count("log http"), 100);
	/* the first of them are forgotten */
	assert_int_equal(count("event 119:34"), 1);
	assert_int_equal(counter("waiting_lost"), 8 * (100 - LIM_HTTP_WAITING));
}

static void
test_servers(void **state)
{
	static const struct bind_net net = { .addr = { 4, { 10, 0, 0, 9 } },
		.bits = 32 };
	const struct http_server two[] = {
		{ .nets = &net, .n_nets = 1, .max_header = 7 },
		{ .max_header = 9 },
	};
	const struct http_conf c = { .servers = two, .n_servers = 2 };
	struct ipaddr a = net.addr;

	(void)state;
	assert_int_equal(http_server_of(&c, &a)->max_header, 7);
	a.b[3] = 1;
	assert_int_equal(http_server_of(&c, &a)->max_header, 9);
	assert_false(http_server_default().cookies == false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_request),
		TEST(test_response),
		TEST(test_bodies),
		TEST(test_no_body),
		TEST(test_other_protocols),
		TEST(test_simple),
		TEST(test_lenient),
		TEST(test_odd_heads),
		TEST(test_odd_cr),
		TEST(test_long),
		TEST(test_open),
		TEST(test_open_long),
		TEST(test_depths),
		TEST(test_cookies_in_headers),
		TEST(test_uri),
		TEST(test_uri_events),
		TEST(test_request_events),
		TEST(test_long_header),
		TEST(test_response_events),
		TEST(test_field_events),
		TEST(test_range_events),
		TEST(test_anomalous_server),
		TEST(test_clients),
		TEST(test_gzip),
		TEST(test_coded_depths),
		TEST(test_packed_files),
		TEST(test_linear),
		TEST(test_bomb),
		TEST(test_text),
		TEST(test_log),
		TEST(test_digests),
		TEST(test_pipeline),
		TEST(test_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
