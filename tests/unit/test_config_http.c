/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor http_inspect and http_inspect_server into settings. */
#include "config_help.h"

#include <unistd.h>

#include "decoders/app/http.h"

#define GLOBAL "preprocessor http_inspect: global\n"
#define SERVER "preprocessor http_inspect_server: server "

static const struct http_conf *
conf_of(const struct loaded *l)
{
	return l->s.track.app.proto[APP_HTTP].conf;
}

static bool
has_http(const struct loaded *l, unsigned port)
{
	return has_port(l->s.track.app.proto[APP_HTTP].ports, port);
}

/* As Snort has them without a word. */
static void
defaults(void **state)
{
	struct loaded l = apply_clean(GLOBAL SERVER "default\n");
	const struct http_server *sv = conf_of(&l)->servers;

	(void)state;
	assert_int_equal(conf_of(&l)->n_servers, 1);
	assert_int_equal(conf_of(&l)->compress_depth, 1460);
	assert_int_equal(conf_of(&l)->decompress_depth, 2920);
	assert_int_equal(conf_of(&l)->memcap, 150994944);
	assert_int_equal(sv->server_flow_depth, 300);
	assert_int_equal(sv->client_flow_depth, 300);
	assert_int_equal(sv->post_depth, -1);
	assert_int_equal(sv->chunk_length, 500000);
	assert_int_equal(sv->max_spaces, 200);
	assert_int_equal(sv->n_methods, 2);
	assert_false(sv->cookies || sv->responses || sv->gzip ||
	    sv->no_alerts);
	assert_int_equal(sv->alert, HTTP_NORM_WEBROOT);
	assert_true(has_http(&l, 80));
	assert_false(has_http(&l, 8080));
	assert_true(l.s.detect.opt.has & RULE_NEEDS_HTTP);
	assert_true(l.s.detect.opt.has & RULE_NEEDS_FILE_DATA);
	tree_free(l.t);
}

static void
everything(void **state)
{
	struct loaded l = apply_clean(
	    "preprocessor http_inspect: global compress_depth 100 "
	    "decompress_depth 200 max_gzip_mem 4000 memcap 3000 proxy_alert "
	    "detect_anomalous_servers fast_blocking\n"
	    SERVER "default http_methods { PUT BREW } ports { 81 8080 } "
	    "server_flow_depth 0 client_flow_depth -1 post_depth 10 "
	    "ascii no utf_8 yes u_encode no bare_byte no iis_unicode no "
	    "double_decode yes multi_slash no iis_backslash no directory no "
	    "apache_whitespace no iis_delimiter no webroot no base36 no "
	    "non_rfc_char { 0x00 9 } whitespace_chars { 0x9 } "
	    "extended_ascii_uri chunk_length 7 small_chunk_length { 10 5 } "
	    "oversize_dir_length 8 max_header_length 9 max_headers 10 "
	    "max_spaces 11 no_pipeline_req non_strict allow_proxy_use "
	    "no_alerts inspect_uri_only normalize_headers normalize_cookies "
	    "normalize_utf normalize_javascript max_javascript_whitespaces 12 "
	    "enable_cookie extended_response_inspection inspect_gzip "
	    "unlimited_decompress decompress_swf { deflate lzma } "
	    "decompress_pdf { deflate } enable_xff xff_headers { [ a 2 ] "
	    ", [ x-b 1 ] } log_uri log_hostname legacy_mode yes\n");
	const struct http_server *sv = conf_of(&l)->servers;

	(void)state;
	assert_int_equal(conf_of(&l)->compress_depth, 100);
	assert_int_equal(conf_of(&l)->decompress_depth, 200);
	assert_int_equal(conf_of(&l)->max_gzip_mem, 4000);
	assert_int_equal(conf_of(&l)->memcap, 3000);
	assert_true(conf_of(&l)->proxy_alert && conf_of(&l)->anomalous_servers);
	assert_int_equal(sv->n_methods, 4);
	assert_true(text_is(sv->methods[3], "BREW"));
	assert_true(has_http(&l, 81) && has_http(&l, 8080));
	assert_false(has_http(&l, 80));
	assert_int_equal(sv->server_flow_depth, 0);
	assert_int_equal(sv->client_flow_depth, -1);
	assert_int_equal(sv->post_depth, 10);
	assert_int_equal(sv->norm, 0xfff);
	assert_int_equal(sv->alert, HTTP_NORM_UTF8 | HTTP_NORM_ASCII |
	    HTTP_NORM_DOUBLE_DECODE);
	assert_int_equal(sv->non_rfc[0], 1);
	assert_int_equal(sv->non_rfc[1], 2);
	assert_int_equal(sv->chunk_length, 7);
	assert_int_equal(sv->small_chunk, 10);
	assert_int_equal(sv->small_chunks, 5);
	assert_int_equal(sv->oversize_dir, 8);
	assert_int_equal(sv->max_header, 9);
	assert_int_equal(sv->max_headers, 10);
	assert_int_equal(sv->max_spaces, 11);
	assert_int_equal(sv->max_js_blanks, 12);
	assert_true(sv->extended_ascii && sv->no_pipeline &&
	    sv->allow_proxy_use && sv->no_alerts && sv->inspect_uri_only);
	assert_true(sv->normalize_headers && sv->normalize_cookies &&
	    sv->normalize_utf && sv->normalize_javascript);
	assert_true(sv->cookies && sv->responses && sv->gzip &&
	    sv->unlimited && sv->swf_deflate && sv->swf_lzma &&
	    sv->pdf_deflate && sv->xff && sv->log_uri && sv->log_hostname);
	assert_int_equal(sv->n_xffs, 2);
	assert_true(text_is(sv->xffs[1].name, "x-b"));
	assert_int_equal(sv->xffs[1].precedence, 1);
	tree_free(l.t);
}

static void
profiles(void **state)
{
	static const struct {
		const char *name;
		uint32_t on, off, alert;
	} all[] = {
		{ "all", 0xfff, 0, HTTP_NORM_BARE_BYTE },
		{ "apache", HTTP_NORM_UTF8, HTTP_NORM_BACKSLASH, 0 },
		{ "iis", HTTP_NORM_BACKSLASH, HTTP_NORM_DOUBLE_DECODE,
		    HTTP_NORM_U_ENCODE },
		{ "iis5_0", HTTP_NORM_DOUBLE_DECODE, HTTP_NORM_UTF8,
		    HTTP_NORM_DOUBLE_DECODE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		char text[256];
		struct loaded l;
		const struct http_server *sv;

		snprintf(text, sizeof(text), GLOBAL SERVER
		    "default profile %s\n", all[i].name);
		l = apply_clean(text);
		sv = conf_of(&l)->servers;
		assert_int_equal(sv->norm & all[i].on, all[i].on);
		assert_int_equal(sv->norm & all[i].off, 0);
		assert_int_equal(sv->alert & all[i].alert, all[i].alert);
		assert_int_equal(sv->alert & HTTP_NORM_ASCII, 0);
		tree_free(l.t);
	}
}

/* Each has its own line; the default comes last whatever the order. */
static void
servers(void **state)
{
	struct loaded l = apply_clean(GLOBAL
	    SERVER "default max_headers 1\n"
	    SERVER "10.1.1.1 max_headers 2 ports { 81 }\n"
	    SERVER "{ 10.2.0.0/16 10.3.3.3 } max_headers 3\n");
	struct ipaddr a = { 4, { 10, 1, 1, 1 } };

	(void)state;
	assert_int_equal(http_server_of(conf_of(&l), &a)->max_headers, 2);
	a.b[1] = 2;
	assert_int_equal(http_server_of(conf_of(&l), &a)->max_headers, 3);
	a.b[1] = 4;
	assert_int_equal(http_server_of(conf_of(&l), &a)->max_headers, 1);
	assert_true(has_http(&l, 80) && has_http(&l, 81));
	tree_free(l.t);
	l = apply_clean("preprocessor http_inspect: global disabled\n");
	assert_false(l.s.track.app.proto[APP_HTTP].on);
	tree_free(l.t);
}

/* A file of the test's own; its name goes to path. */
static void
put_file(char *path, const char *text)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* Of a file, which may name others. */
static struct loaded
apply_file(const char *text)
{
	char path[] = "/tmp/aduana-conf-XXXXXX";
	struct loaded l = { .s = settings_default() };

	put_file(path, text);
	l.t = conf_load(path, NULL);
	config_apply(&l.s, l.t);
	unlink(path);
	return l;
}

static void
codepage(void **state)
{
	static const char map[] = "# comment\n\n437 (OEM)\n00a1:22\n\n"
	    "1252 (ANSI)\n00a1:21 2215:2f\n2216:5c\n\n1253 (x)\n00a1:23\n";
	char path[] = "/tmp/aduana-map-XXXXXX", text[256];
	const struct erec *e;
	struct loaded l;

	(void)state;
	put_file(path, map);
	snprintf(text, sizeof(text), "preprocessor http_inspect: global "
	    "iis_unicode_map %s 1252\n", path);
	l = apply_file(text);
	assert_null(l.t->errors.first);
	assert_int_equal(conf_of(&l)->codepage[0xa1], '!');
	assert_int_equal(conf_of(&l)->codepage[0x2215], '/');
	assert_int_equal(conf_of(&l)->codepage[0x2216], '\\');
	tree_free(l.t);
	snprintf(text, sizeof(text), "preprocessor http_inspect: global "
	    "iis_unicode_map %s 99\n", path);
	l = apply_file(text);
	e = find_error(l.t, "no such code page");
	assert_int_equal(e->loc.col, 51 + strlen(path) + 1);
	tree_free(l.t);
	unlink(path);
}

static void
errors(void **state)
{
	(void)state;
	expect_bad("preprocessor http_inspect: local\n", 1, 28, "global");
	expect_bad(SERVER "default\n", 1, 35, "before it");
	expect_bad(GLOBAL GLOBAL, 2, 28, "twice");
	expect_bad(GLOBAL SERVER "default\n" SERVER "default\n", 3, 35,
	    "twice");
	expect_bad(GLOBAL SERVER "default profile nginx\n", 2, 58, "apache");
	expect_bad(GLOBAL SERVER "default ascii maybe\n", 2, 56, "yes or no");
	expect_bad(GLOBAL SERVER "default speed 3\n", 2, 50, "no word");
	expect_bad(GLOBAL SERVER "default post_depth 99999\n", 2, 61,
	    "number");
	expect_bad(GLOBAL SERVER "default non_rfc_char { 256 }\n", 2, 65,
	    "byte");
	expect_bad(GLOBAL SERVER "default small_chunk_length 1\n", 2, 69,
	    "size and a count");
	expect_bad(GLOBAL SERVER "default decompress_swf { zip }\n", 2, 67,
	    "deflate or lzma");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(everything),
		cmocka_unit_test(profiles),
		cmocka_unit_test(servers),
		cmocka_unit_test(codepage),
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
