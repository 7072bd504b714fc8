/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cursor across buffers, and what a unit tells besides its bytes. */
#include "opt_help.h"

static const struct packet tcp_packet = { .dec = { .ip_ver = 4,
	.l4 = PKT_L4_TCP } };

static void
set(struct unit *u, enum buf_id id, const char *s)
{
	unit_set(u, id, slice_make((const uint8_t *)s, strlen(s)));
}

struct buffer_case {
	const char *options;
	bool want;
};

static void
run_cases(const struct unit *u, const struct buffer_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (judge(u, "tcp", cases[i].options) != cases[i].want)
			fail_msg("%s: %s expected", cases[i].options,
			    cases[i].want ? "a match" : "none");
}

static void
http(void **state)
{
	static const struct buffer_case cases[] = {
		{ "content:\"index\"; http_uri", true },
		{ "content:\"GET\"; http_uri", false },
		{ "content:!\"GET\"; http_uri", true },
		{ "content:\"x\"; http_cookie", false },
		{ "content:!\"x\"; http_cookie", false },
		{ "uricontent:\"/index\"; depth:6", true },
		{ "content:\"/\"; http_uri; content:\"index\"; http_uri; "
		  "within:5", true },
		/* payload, then http: from the http buffer's first byte */
		{ "content:\"Host\"; content:\"/index\"; http_uri; within:6",
		  true },
		/* http, then payload: from the payload's first byte */
		{ "content:\"index\"; http_uri; content:\"GET\"; within:3",
		  true },
		/* another http buffer: outside */
		{ "content:\"/\"; http_uri; content:\"GET\"; http_method; "
		  "within:3", false },
		{ "content:\"/\"; http_uri; content:!\"x\"; http_method; "
		  "within:3", false },
		/* the others look at the payload only */
		{ "content:\"/\"; http_uri; isdataat:0,relative", false },
		{ "content:\"/\"; http_uri; isdataat:!99,relative", false },
		{ "content:\"/\"; http_uri; byte_test:1,>,0,0,relative",
		  false },
		{ "content:\"/\"; http_uri; pcre:\"/i/R\"", false },
		{ "content:\"/\"; http_uri; isdataat:0; content:\"index\"; "
		  "http_uri; within:5", true },
		{ "content:\"/\"; http_uri; pcre:\"/html$/U\"; "
		  "content:\"index\"; http_uri; within:5", true },
		{ "content:\"/\"; http_uri; pcre:\"/GET/\"; "
		  "content:\"index\"; http_uri; within:5", false },
		{ "pcre:\"/^\\/index/U\"", true },
		{ "pcre:!\"/zz/U\"", true },
		{ "pcre:!\"/zz/C\"", false },
		{ "pcre:\"/GET/M\"", true },
		/* a negated one that crosses over loses the cursor */
		{ "content:\"Host\"; content:!\"zz\"; http_uri; within:5; "
		  "content:\":\"; within:1", false },
		/* base64_decode goes on where it is */
		{ "content:\"index\"; http_uri; base64_decode:relative; "
		  "base64_data; content:\"|86 D9 A5|\"; depth:3", true },
		{ "urilen:11", true },
		{ "urilen:>11", false },
		{ "urilen:10,norm", true },
		{ "urilen:9<>10,norm", true },
	};
	struct unit u = { .kind = UNIT_STREAM, .pkt = &tcp_packet };

	(void)state;
	set(&u, BUF_PAYLOAD, "GET //index.htm HTTP/1.0\r\nHost: a\r\n\r\n");
	set(&u, BUF_HTTP_URI, "/indexhtml");
	set(&u, BUF_HTTP_RAW_URI, "//index.htm");
	set(&u, BUF_HTTP_METHOD, "GET");
	run_cases(&u, cases, ARRAY_LEN(cases));
}

/* A request's body lies in the payload, or was made anew. */
static void
client_body(void **state)
{
	static const struct buffer_case cases[] = {
		{ "content:\"a\"; http_client_body; pcre:\"/^bc/R\"", true },
		{ "content:\"a\"; http_client_body; pcre:\"/^c/R\"", false },
		{ "content:\"a\"; http_client_body; isdataat:1,relative",
		  true },
		{ "content:\"a\"; http_client_body; isdataat:2,relative",
		  false },
		{ "content:\"a\"; http_client_body; "
		  "byte_test:1,=,0x62,0,relative", true },
	};
	struct unit u = { .kind = UNIT_STREAM, .pkt = &tcp_packet };
	struct slice s;

	(void)state;
	set(&u, BUF_PAYLOAD, "POST / HTTP/1.0\r\n\r\nabc");
	s = u.bufs[BUF_PAYLOAD];
	unit_set(&u, BUF_HTTP_CLIENT_BODY, slice_make(s.ptr + s.len - 3, 3));
	run_cases(&u, cases, ARRAY_LEN(cases));
	set(&u, BUF_HTTP_CLIENT_BODY, "abcd");
	assert_false(judge(&u, "tcp", cases[0].options));
}

static void
sticky(void **state)
{
	static const struct buffer_case cases[] = {
		{ "file_data; content:\"body\"; depth:4", true },
		{ "file_data; content:\"HTTP\"", false },
		{ "file_data; content:\"HTTP\"; rawbytes", true },
		{ "file_data; pkt_data; content:\"HTTP\"; depth:4", true },
		{ "file_data; content:\"body\"; pkt_data; content:\"HTTP\"; "
		  "within:4", true },
		{ "file_data; pcre:\"/^body/\"", true },
		{ "file_data; byte_test:1,=,0x62,0", true },
		{ "file_data; isdataat:!8", true },
		{ "file_data; content:\"body\"; content:\"text\"; rawbytes; "
		  "distance:0", false },
		{ "content:\"HTTP\"; file_data; content:\"body\"; within:4",
		  true },
		{ "sip_body; content:\"v=0\"; depth:3", true },
		{ "sip_header; content:\"v\"", false },
	};
	struct unit u = { .kind = UNIT_STREAM, .pkt = &tcp_packet };

	(void)state;
	set(&u, BUF_PAYLOAD, "HTTP/1.1 200 OK\r\n\r\nbodytext");
	set(&u, BUF_FILE_DATA, "bodytext");
	set(&u, BUF_SIP_BODY, "v=0");
	run_cases(&u, cases, ARRAY_LEN(cases));
}

static void
normalised(void **state)
{
	static const struct buffer_case cases[] = {
		{ "content:\"login\"", true },
		{ "content:\"login\"; rawbytes", false },
		{ "content:\"gin\"; rawbytes", true },
		{ "content:\"lo\"; content:\"gin\"; rawbytes; distance:0",
		  false },
		{ "content:\"lo\"; isdataat:!6,rawbytes,relative", false },
		{ "isdataat:!5", true },
	};
	struct unit u = { .kind = UNIT_RAW, .pkt = &tcp_packet };

	(void)state;
	set(&u, BUF_PAYLOAD, "lo\xff\xfb\x01gin");
	set(&u, BUF_DECODED, "login");
	run_cases(&u, cases, ARRAY_LEN(cases));
}

static void
flow(void **state)
{
	static const struct buffer_case client[] = {
		{ "flow:to_server", true },
		{ "flow:to_client", false },
		{ "flow:established", true },
		{ "flow:not_established", false },
		{ "flow:to_server,established,only_stream", true },
		{ "flow:no_stream", false },
		{ "dsize:3", false },
	};
	static const struct buffer_case whole[] = { { "dsize:3", true } };
	static const struct buffer_case datagram[] = {
		{ "flow:only_frag", true },
		{ "flow:no_frag", false },
		{ "dsize:3", true },
	};
	struct unit u = { .kind = UNIT_STREAM, .pkt = &tcp_packet,
		.flow = { .has_direction = true, .to_server = true,
		    .established = true } };

	(void)state;
	set(&u, BUF_PAYLOAD, "abc");
	run_cases(&u, client, ARRAY_LEN(client));
	u.full_pdu = true;
	run_cases(&u, whole, ARRAY_LEN(whole));
	u.kind = UNIT_DATAGRAM;
	u.full_pdu = false;
	run_cases(&u, datagram, ARRAY_LEN(datagram));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http),
		cmocka_unit_test(client_body),
		cmocka_unit_test(sticky),
		cmocka_unit_test(normalised),
		cmocka_unit_test(flow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
