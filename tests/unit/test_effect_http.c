/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the words of preprocessor http_inspect and http_inspect_server do, each
 * by itself, and what profiles do. */
#include "effect_help.h"

#include <stdio.h>
#include <unistd.h>

#define ALL(words) "preprocessor http_inspect: global " words "\n" HTTP("")
#define HTTP(words) "preprocessor http_inspect: global\n" SERVER(words)
#define SERVER(words) "preprocessor http_inspect_server: server default " words

#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define ASK(uri) { C("GET " uri " HTTP/1.1\r\nHost: a\r\n\r\n") }, 1
#define OK "HTTP/1.1 200 OK\r\n"
#define ANSWER(text) { C(GET), S(OK text) }, 2
#define BODY "Content-Length: 6\r\n\r\nattack"
#define POSTED(body) { C("POST / HTTP/1.1\r\nHost: a\r\n"                      \
	"Content-Length: 6\r\n\r\n" body) }, 1
/* "gzipped text" */
#define GZIPPED "\x1f\x8b\x08\0\0\0\0\0\2\3\x4b\xaf\xca\x2c\x28\x48\x4d\x51"   \
	"\x28\x49\xad\x28\1\0\xb1\x4d\x76\xdb\x0c\0\0\0"
#define CODED "Content-Encoding: gzip\r\nContent-Length: 32\r\n\r\n" GZIPPED
/* "a packed file" in a film, and in a document */
#define PACKED "\x78\xda\x4b\x54\x28\x48\x4c\xce\x4e\x4d\x51\x48\xcb\xcc\x49"  \
	"\x05\0\x1f\xb2\x04\xaa"
#define A25 "aaaaaaaaaaaaaaaaaaaaaaaaa"
#define A100 A25 A25 A25 A25
#define RESPONSES "extended_response_inspection "

static const struct effect cases[] = {
	/* -- global ------------------------------------------------------- */
	{ HTTP(RESPONSES "inspect_gzip"),
	  "preprocessor http_inspect: global compress_depth 11\n"
	  SERVER(RESPONSES "inspect_gzip"), APP_HTTP, ANSWER(CODED),
	  " file_data=\"gzipped text\"" },
	{ "preprocessor http_inspect: global decompress_depth 4\n"
	  SERVER(RESPONSES "inspect_gzip"),
	  HTTP(RESPONSES "inspect_gzip"), APP_HTTP, ANSWER(CODED),
	  " file_data=\"gzip\"" },
	{ "preprocessor http_inspect: global memcap 150994944\n" SERVER(""),
	  "preprocessor http_inspect: global memcap 2304\n" SERVER(""),
	  APP_HTTP, ASK("/"), "log http" },
	{ "preprocessor http_inspect: global proxy_alert\n" SERVER(""),
	  HTTP(""), APP_HTTP, ASK("http://h/"), "event 119:17" },
	{ "preprocessor http_inspect: global detect_anomalous_servers\n"
	  SERVER("ports { 81 }"), HTTP("ports { 81 }"), APP_HTTP,
	  ANSWER(BODY), "event 120:1\n" },
	{ "preprocessor http_inspect: global detect_anomalous_servers\n"
	  SERVER("ports { 81 }"),
	  "preprocessor http_inspect: global detect_anomalous_servers\n"
	  SERVER("ports { 80 81 }"), APP_HTTP, ANSWER(BODY), "event 120:1\n" },
	/* -- what is shown of it --------------------------------------------- */
	{ HTTP("client_flow_depth 3"), HTTP("client_flow_depth 0"), APP_HTTP,
	  ASK("/a"), "pkt_data=\"GET\"" },
	{ HTTP("client_flow_depth -1"), HTTP("client_flow_depth 0"), APP_HTTP,
	  ASK("/a"), "pkt_data=\"\"" },
	{ HTTP("inspect_uri_only"), HTTP(""), APP_HTTP, ASK("/a"),
	  "pkt_data=\"\" http_uri=\"/a\"" },
	{ HTTP("post_depth 3"), HTTP("post_depth 65495"), APP_HTTP,
	  POSTED("attack"), "http_client_body=\"att\"" },
	{ HTTP("post_depth 0"), HTTP("post_depth -1"), APP_HTTP,
	  POSTED("attack"), "http_client_body=\"attack\"" },
	{ HTTP("post_depth 0"), HTTP(""), APP_HTTP,
	  POSTED("attack"), "http_client_body=\"attack\"" },
	{ HTTP(RESPONSES "server_flow_depth 3"),
	  HTTP(RESPONSES "server_flow_depth 0"), APP_HTTP, ANSWER(BODY),
	  "file_data=\"att\"" },
	{ HTTP(RESPONSES "server_flow_depth 0"),
	  HTTP(RESPONSES "server_flow_depth -1"), APP_HTTP, ANSWER(BODY),
	  "file_data=\"attack\"" },
	{ HTTP(RESPONSES), HTTP(""), APP_HTTP, ANSWER(BODY),
	  "http_stat_code=\"200\"" },
	{ HTTP("enable_cookie"), HTTP(""), APP_HTTP, { C("GET / HTTP/1.1\r\n"
	  "Cookie: k=v\r\n\r\n") }, 1, "http_cookie=\"k=v\"" },
	/* -- what is undone --------------------------------------------------- */
	{ HTTP(RESPONSES "inspect_gzip"), HTTP(RESPONSES), APP_HTTP,
	  ANSWER(CODED), " file_data=\"gzipped text\"" },
	{ "preprocessor http_inspect: global decompress_depth 4\n"
	  SERVER(RESPONSES "inspect_gzip unlimited_decompress"),
	  "preprocessor http_inspect: global decompress_depth 4\n"
	  SERVER(RESPONSES "inspect_gzip"), APP_HTTP, ANSWER(CODED),
	  " file_data=\"gzipped text\"" },
	{ HTTP(RESPONSES "normalize_utf"), HTTP(RESPONSES), APP_HTTP,
	  ANSWER("Content-Type: text/html; charset=utf-16le\r\n"
	  "Content-Length: 6\r\n\r\na\0b\0c\0"), "file_data=\"abc\"" },
	{ HTTP(RESPONSES "normalize_javascript"), HTTP(RESPONSES), APP_HTTP,
	  ANSWER("Content-Length: 39\r\n\r\n"
	  "<script>x = unescape(\"%41%42\")</script>"), "\\x22AB\\x22" },
	{ HTTP(RESPONSES "normalize_javascript max_javascript_whitespaces 10"),
	  HTTP(RESPONSES "normalize_javascript max_javascript_whitespaces 30"),
	  APP_HTTP, ANSWER("Content-Length: 51\r\n\r\n<script>x ="
	  "                     unescape()</script>"), "event 120:10" },
	{ HTTP(RESPONSES "decompress_swf { deflate }"),
	  HTTP(RESPONSES "decompress_swf { lzma }"), APP_HTTP,
	  ANSWER("Content-Length: 29\r\n\r\nCWS\x09\x15\0\0\0" PACKED),
	  "a packed file" },
	{ HTTP(RESPONSES "decompress_swf { lzma }"),
	  HTTP(RESPONSES "decompress_swf { deflate }"), APP_HTTP,
	  ANSWER("Content-Length: 30\r\n\r\nZWS\x0d\x15\0\0\0\x0d\0\0\0\xff"
	  "\xff\xff\xff\xff not of LZMA"), "event 120:13" },
	{ HTTP(RESPONSES "decompress_pdf { deflate }"), HTTP(RESPONSES),
	  APP_HTTP, ANSWER("Content-Length: 96\r\n\r\n%PDF-1.4\n1 0 obj\n"
	  "<</Length 21/Filter/FlateDecode>>\nstream\n" PACKED
	  "\nendstream\nendobj\n"), "a packed file" },
	{ HTTP("normalize_headers"), HTTP(""), APP_HTTP, { C("GET / HTTP/1.1"
	  "\r\nA: %41//b\r\n\r\n") }, 1, " http_header=\"A: A/b" },
	{ HTTP("enable_cookie normalize_cookies"), HTTP("enable_cookie"),
	  APP_HTTP, { C("GET / HTTP/1.1\r\nCookie: %41//b\r\n\r\n") }, 1,
	  " http_cookie=\"A/b" },
	{ HTTP("u_encode no"), HTTP(""), APP_HTTP, ASK("/%u0041"),
	  " http_uri=\"/A\"" },
	{ HTTP("bare_byte no"), HTTP(""), APP_HTTP, ASK("/\xc1\x81"),
	  " http_uri=\"/A\"" },
	{ HTTP("double_decode no"), HTTP(""), APP_HTTP, ASK("/%2541"),
	  " http_uri=\"/A\"" },
	{ HTTP("iis_backslash no"), HTTP(""), APP_HTTP, ASK("/a\\b"),
	  " http_uri=\"/a/b\"" },
	/* -- events of the URI's writing -------------------------------------- */
	{ HTTP("ascii yes"), HTTP("ascii no"), APP_HTTP, ASK("/%41"),
	  "event 119:1\n" },
	{ HTTP("double_decode yes"), HTTP("double_decode no"), APP_HTTP,
	  ASK("/%2541"), "event 119:2\n" },
	{ HTTP("u_encode yes"), HTTP("u_encode no"), APP_HTTP, ASK("/%u0041"),
	  "event 119:3\n" },
	{ HTTP("bare_byte yes"), HTTP("bare_byte no"), APP_HTTP,
	  ASK("/\xc1\x81"), "event 119:4\n" },
	{ HTTP("utf_8 yes"), HTTP("utf_8 no"), APP_HTTP, ASK("/%c0%af"),
	  "event 119:6\n" },
	{ HTTP("u_encode no iis_unicode yes"), HTTP("u_encode no iis_unicode "
	  "no"), APP_HTTP, ASK("/%u1234"), "event 119:7\n" },
	{ HTTP("multi_slash yes"), HTTP("multi_slash no"), APP_HTTP,
	  ASK("//a"), "event 119:8\n" },
	{ HTTP("iis_backslash yes"), HTTP("iis_backslash no"), APP_HTTP,
	  ASK("/a\\b"), "event 119:9\n" },
	{ HTTP("directory yes"), HTTP("directory no"), APP_HTTP,
	  ASK("/./a"), "event 119:10\n" },
	{ HTTP("directory yes"), HTTP("directory no"), APP_HTTP,
	  ASK("/a/../b"), "event 119:11\n" },
	{ HTTP("apache_whitespace yes"), HTTP("apache_whitespace no"),
	  APP_HTTP, { C("GET\t/ HTTP/1.1\r\n\r\n") }, 1, "event 119:12\n" },
	{ HTTP("iis_delimiter yes"), HTTP("iis_delimiter no"), APP_HTTP,
	  { C("GET / HTTP/1.1\n\n") }, 1, "event 119:13\n" },
	{ HTTP("webroot yes"), HTTP("webroot no"), APP_HTTP,
	  ASK("/../a"), "event 119:18\n" },
	{ HTTP("non_rfc_char { 0x01 }"), HTTP("non_rfc_char { 0x02 }"),
	  APP_HTTP, ASK("/\1"), "event 119:14\n" },
	/* -- limits ----------------------------------------------------------- */
	{ HTTP("oversize_dir_length 20"), HTTP("oversize_dir_length 500"),
	  APP_HTTP, ASK("/" A25 "/"), "event 119:15\n" },
	{ HTTP("chunk_length 4"), HTTP("chunk_length 500000"), APP_HTTP,
	  { C("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
	  "5\r\nabcde\r\n0\r\n\r\n") }, 1, "event 119:16\n" },
	{ HTTP("max_header_length 90"), HTTP("max_header_length 750"),
	  APP_HTTP, { C("GET / HTTP/1.1\r\nA: " A100 "\r\n\r\n") }, 1,
	  "event 119:19\n" },
	{ HTTP("max_headers 2"), HTTP("max_headers 100"), APP_HTTP,
	  { C("GET / HTTP/1.1\r\nA: 1\r\nB: 1\r\nC: 1\r\n\r\n") }, 1,
	  "event 119:20\n" },
	{ HTTP("max_spaces 9"), HTTP("max_spaces 200"), APP_HTTP,
	  { C("GET / HTTP/1.1\r\nA:               1\r\n\r\n") }, 1,
	  "event 119:26\n" },
	{ HTTP("small_chunk_length { 2 3 }"), HTTP("small_chunk_length { 2 5 "
	  "}"), APP_HTTP, { C("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked"
	  "\r\n\r\n1\r\na\r\n1\r\na\r\n1\r\na\r\n1\r\na\r\n0\r\n\r\n") }, 1,
	  "event 119:27\n" },
	{ HTTP("small_chunk_length { 2 3 }"), HTTP("small_chunk_length { 2 5 "
	  "}"), APP_HTTP, ANSWER("Transfer-Encoding: chunked"
	  "\r\n\r\n1\r\na\r\n1\r\na\r\n1\r\na\r\n1\r\na\r\n0\r\n\r\n"),
	  "event 120:7\n" },
	{ HTTP("http_methods { PUT }"), HTTP("http_methods { PUT BREW }"),
	  APP_HTTP, { C("BREW / HTTP/1.1\r\n\r\n") }, 1, "event 119:31\n" },
	/* -- the rest ------------------------------------------------------------ */
	{ HTTP("ascii yes"), HTTP("ascii yes no_alerts"), APP_HTTP,
	  ASK("/%41"), "event 119:1\n" },
	{ "preprocessor http_inspect: global proxy_alert\n" SERVER(""),
	  "preprocessor http_inspect: global proxy_alert\n"
	  SERVER("allow_proxy_use"), APP_HTTP, ASK("http://h/"),
	  "event 119:17" },
	{ HTTP("enable_xff"), HTTP(""), APP_HTTP, { C("GET / HTTP/1.1\r\n"
	  "X-Forwarded-For: 10.0.0.9\r\n\r\n") }, 1, "\"xff\":\"10.0.0.9\"" },
	{ HTTP("enable_xff xff_headers { [ x-real 1 ], [ x-forwarded-for 2 ] "
	  "}"), HTTP("enable_xff xff_headers { [ x-real 2 ], "
	  "[ x-forwarded-for 1 ] }"), APP_HTTP, { C("GET / HTTP/1.1\r\n"
	  "X-Forwarded-For: 10.0.0.9\r\nX-Real: 10.0.0.8\r\n\r\n") }, 1,
	  "\"xff\":\"10.0.0.8\"" },
	{ HTTP("legacy_mode no"), HTTP("legacy_mode yes"), APP_HTTP,
	  { C("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
	  "\0\0\3\1\5\0\0\0\1\x82\x84\x86") }, 1, " http_uri=\"/\"" },
	/* -- profiles: that of Snort's README.http_inspect ------------------------ */
	{ HTTP("profile all"), HTTP("profile apache"), APP_HTTP, ASK("/a\\b"),
	  " http_uri=\"/a/b\"" },
	{ HTTP("profile all"), HTTP("profile iis"), APP_HTTP, ASK("/%c0%afb"),
	  " http_uri=\"/b\"" },
	{ HTTP("profile all"), HTTP("profile apache"), APP_HTTP,
	  ASK("/%u0041"), "event 119:3\n" },
	{ HTTP("profile all"), HTTP("profile iis"), APP_HTTP, ASK("/%2541"),
	  "event 119:2\n" },
	{ HTTP("profile apache"), HTTP("profile iis"), APP_HTTP,
	  ASK("/%c0%afb"), " http_uri=\"/b\"" },
	{ HTTP("profile apache"), HTTP("profile all"), APP_HTTP,
	  ASK("/%u0041"), " http_uri=\"/\\xffu0041\"" },
	{ HTTP("profile iis"), HTTP("profile apache"), APP_HTTP,
	  ASK("/%u0041"), "event 119:3\n" },
	{ HTTP("profile iis"), HTTP("profile iis5_0"), APP_HTTP,
	  ASK("/%2541"), " http_uri=\"/%41\"" },
	{ HTTP("profile iis4_0"), HTTP("profile iis"), APP_HTTP,
	  ASK("/%2541"), "event 119:2\n" },
	{ HTTP("profile iis5_0"), HTTP("profile iis"), APP_HTTP,
	  ASK("/%2541"), "event 119:2\n" },
	{ HTTP("profile apache webroot yes"), HTTP("profile apache webroot "
	  "no"), APP_HTTP, ASK("/../a"), "event 119:18\n" },
};

static void
effects(void **state)
{
	(void)state;
	effects_of(cases, ARRAY_LEN(cases));
}

/* iis_unicode_map: the page's characters in the URI. */
static void
codepage(void **state)
{
	static const char ask[] = "GET /a%u2215b HTTP/1.1\r\n\r\n";
	const struct rig_say say = { FLOW_CLIENT, ask, sizeof(ask) - 1 };
	char map[] = "/tmp/aduana-map-XXXXXX", conf[] = "/tmp/aduana-XXXXXX";
	FILE *f = fdopen(mkstemp(map), "w");

	(void)state;
	assert_non_null(f);
	fputs("1252 (ANSI)\n2215:2f\n\n1253 (x)\n2215:2e\n", f);
	fclose(f);
	close(mkstemp(conf));
	for (unsigned page = 1252; page <= 1253; page++) {
		struct settings s = settings_default();
		struct tree *t;
		struct rig r;

		f = fopen(conf, "w");
		assert_non_null(f);
		fprintf(f, "preprocessor http_inspect: global iis_unicode_map "
		    "%s %u\n" SERVER("u_encode yes iis_unicode yes\n"), map,
		    page);
		fclose(f);
		t = conf_load(conf, NULL);
		config_apply(&s, t);
		assert_null(t->errors.first);
		assert_true(rig_init(&r, APP_HTTP,
		    s.track.app.proto[APP_HTTP].conf));
		rig_play(&r, &say, 1);
		assert_non_null(strstr(rig_text(&r), page == 1252 ?
		    " http_uri=\"/a/b\"" : " http_uri=\"/a.b\""));
		rig_fini(&r);
		tree_free(t);
	}
	unlink(conf);
	unlink(map);
}

/* Is an answer decoded while another one is under way? */
static bool
decodes_two(const char *words)
{
	static const char answer[] = OK CODED;
	struct settings s = settings_default();
	struct flow first;
	struct tree *t;
	char line[256];
	struct rig r;
	bool is;

	snprintf(line, sizeof(line), "preprocessor http_inspect: global %s\n"
	    SERVER(RESPONSES "inspect_gzip"), words);
	t = load_clean(line);
	config_apply(&s, t);
	assert_null(t->errors.first);
	assert_true(rig_init(&r, APP_HTTP, s.track.app.proto[APP_HTTP].conf));
	rig_feed(&r, FLOW_CLIENT, GET, sizeof(GET) - 1, RIG_WHOLE);
	rig_feed(&r, FLOW_SERVER, answer, sizeof(answer) - 10, RIG_WHOLE);
	rig_gap(&r, FLOW_SERVER); /* what there is of it is read */
	first = r.flow;
	first.app->flow = &first;
	r.flow.app = NULL;
	rig_clear(&r);
	rig_session(&r);
	rig_feed(&r, FLOW_CLIENT, GET, sizeof(GET) - 1, RIG_WHOLE);
	rig_feed(&r, FLOW_SERVER, answer, sizeof(answer) - 1, RIG_WHOLE);
	is = strstr(rig_text(&r), " file_data=\"gzipped text\"") != NULL;
	if (getenv("VERBOSE"))
		print_message("%s:\n%s\n", line, rig_text(&r));
	app_end(r.app, &first);
	rig_fini(&r);
	tree_free(t);
	return is;
}

/* max_gzip_mem: Snort's least is enough for one. */
static void
gzip_memory(void **state)
{
	(void)state;
	assert_true(decodes_two("max_gzip_mem 838860"));
	assert_false(decodes_two("max_gzip_mem 3276"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(effects),
		cmocka_unit_test(codepage),
		cmocka_unit_test(gzip_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
