/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP: messages in any pieces, their buffers, events, what is told of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/app/http.h"
#include "tests/tools/app_rig.h"

#define C(text) { FLOW_CLIENT, text, 0 }
#define S(text) { FLOW_SERVER, text, 0 }
#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\n"

static const uint8_t control[32] = { 0xff }; /* 0 to 7 */
static const struct text methods[] = { { "GET", 3 }, { "POST", 4 },
	{ "PUT", 3 }, { "HEAD", 4 }, { "CONNECT", 7 } };
static struct http_server sv;
static struct http_conf conf;
static struct rig r;

/* As the stock configuration has it. */
static int
setup(void **state)
{
	(void)state;
	sv = (struct http_server){
		.norm = 0xfff & ~(uint32_t)HTTP_NORM_BARE_BYTE,
		.alert = HTTP_NORM_U_ENCODE,
		.non_rfc = control,
		.methods = methods,
		.n_methods = ARRAY_LEN(methods),
		.oversize_dir = 20,
		.max_header = 200,
		.max_headers = 5,
		.max_spaces = 50,
		.chunk_length = 1000,
		.small_chunk = 2,
		.small_chunks = 3,
		.max_js_blanks = 20,
		.cookies = true,
		.responses = true,
		.gzip = true,
		.unlimited = true,
	};
	conf = (struct http_conf){ .servers = &sv, .n_servers = 1,
		.memcap = 1 << 20, .max_gzip_mem = 1 << 20,
		.compress_depth = 65535, .decompress_depth = 65535 };
	if (!rig_init(&r, APP_HTTP, &conf))
		return -1;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

#define PLAY(...) play((const struct rig_say[]){ __VA_ARGS__ },                \
	sizeof((const struct rig_say[]){ __VA_ARGS__ }) /                      \
	sizeof(struct rig_say))

static void
play(const struct rig_say *say, size_t n)
{
	rig_play(&r, say, n);
}

/* In the text of the last conversation. */
static void
has(const char *part)
{
	if (!strstr(rig_text(&r), part)) {
		print_error("%s\n--- not in\n%s", part, rig_text(&r));
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
}

/* HTTP/0.9: a line, and what comes back. */
static void
test_simple(void **state)
{
	(void)state;
	PLAY(C("GET /x\r\n"), S("<html>"), S("</html>"));
	has(" http_uri=\"/x\"");
	has("event 119:32");
	has("unit server full\nevent 120:3");
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

static void
test_gap(void **state)
{
	(void)state;
	rig_clear(&r);
	rig_session(&r);
	rig_feed(&r, FLOW_CLIENT, GET GET, 2 * (sizeof(GET) - 1), 0);
	rig_feed(&r, FLOW_SERVER, OK "Content-Length: 50\r\n\r\nabc",
	    sizeof(OK "Content-Length: 50\r\n\r\nabc") - 1, 0);
	rig_gap(&r, FLOW_SERVER);
	rig_feed(&r, FLOW_SERVER, "tail\n" OK "Content-Length: 1\r\n\r\nz",
	    sizeof("tail\n" OK "Content-Length: 1\r\n\r\nz") - 1, 0);
	rig_end(&r);
	has("file_data=\"abc\"");
	has("file_data=\"z\"");
	has("\"gaps\":true");
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
	assert_int_equal(count("unit server full"), 1);
	assert_int_equal(count("file_data"), 3);
	assert_int_equal(count("http_stat_code"), 1);
	has("\"length\":49092");
	has("\"state\":\"CLOSED\"");
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
	assert_string_equal(uri("/%41//./\\"), "/%41//./\\\\");
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

/* "gzipped text" */
static const uint8_t gzipped[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0xaf,
	0xca, 0x2c, 0x28, 0x48, 0x4d, 0x51, 0x28, 0x49, 0xad, 0x28, 0x01, 0x00,
	0xb1, 0x4d, 0x76, 0xdb, 0x0c, 0x00, 0x00, 0x00,
};

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
	has("<script>x = \\\"AB\\\" ;</script>");
	PLAY(C(GET), S(OK "\r\n<script>unescape(\"%41\")</script>"));
	has("<script>\\\"A\\\"</script>");
}

/* -- what is told ----------------------------------------------------------------------- */

static void
test_log(void **state)
{
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
	    "\"state\":\"CLOSED\",\"stored\":false,\"size\":2}");
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
		TEST(test_gap),
		TEST(test_long),
		TEST(test_depths),
		TEST(test_cookies_in_headers),
		TEST(test_uri),
		TEST(test_uri_events),
		TEST(test_request_events),
		TEST(test_long_header),
		TEST(test_response_events),
		TEST(test_clients),
		TEST(test_gzip),
		TEST(test_text),
		TEST(test_log),
		TEST(test_pipeline),
		TEST(test_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
