/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inline: of an attack that is cut into segments, in a message that goes on
 * behind it, the one dies that brings the last byte of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "talk_help.h"

#define CONF                                                                   \
	"preprocessor http_inspect: global compress_depth 65535 "              \
	"decompress_depth 65535\n"                                             \
	"preprocessor http_inspect_server: server default ports { 80 } "       \
	"post_depth 0 server_flow_depth 0 client_flow_depth 0 "                \
	"extended_response_inspection inspect_gzip unlimited_decompress "      \
	"enable_cookie normalize_javascript\n"
#define ON_REQUEST "drop tcp any any -> any 80 "
#define ON_ANSWER "drop tcp any 80 -> any any "

static struct talk
begin(const char *options, const char *rules, bool from_client)
{
	static const char ask[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	struct talk t = { .from_client = from_client, .seq = 1, .ack = 1 };
	char conf[4096];

	snprintf(conf, sizeof(conf), "%s%s", CONF, rules);
	t.r = rig_new(options, conf);
	t.r->sport = 80;
	rig_handshake(t.r);
	if (!from_client) {
		assert_true(rig_tcp(t.r, true, "PA", 1, 1, ask));
		t.ack += sizeof(ask) - 1;
	}
	return t;
}

/*
 * Of a message of len bytes, the first n are what the rule needs: whatever its
 * segments are, the one with the last of these dies, once told.
 */
static void
check(const char *rules, bool from_client, const void *bytes, size_t len,
    size_t n, size_t step)
{
	struct talk t = begin("-Q", rules, from_client);

	assert_int_equal(say_all(&t, bytes, len, 1), n - 1);
	assert_int_equal(alerts(t.r), 1);
	rig_free(t.r);
	for (size_t cut = 1; cut < len; cut += step) {
		size_t first = cut < n ? cut : n - 1;

		t = begin("-Q", rules, from_client);
		if (cut >= n) {
			assert_false(say(&t, bytes, cut));
			assert_int_equal(alerts(t.r), 1);
			rig_free(t.r);
			continue;
		}
		assert_true(say(&t, bytes, first));
		assert_int_equal(t.r->n_records, 0);
		assert_false(say(&t, (const uint8_t *)bytes + cut,
		    n - cut));
		assert_int_equal(alerts(t.r), 1);
		assert_int_equal(rig_ctr(t.r, "drop.rules"), 1);
		rig_free(t.r);
	}
}

/* All of it goes on, and is told of as often as on a copy of it. */
static void
check_innocent(const char *rules, bool from_client, const void *bytes,
    size_t len)
{
	static const char *const options[] = { "-Q", "--enable-inline-test",
		"" };

	for (unsigned i = 0; i < ARRAY_LEN(options); i++)
		for (size_t n = 1; n <= len; n = n * 3 + 1) {
			struct talk t = begin(options[i], rules, from_client);

			assert_int_equal(say_all(&t, bytes, len, n), len);
			inspect_flush(&t.r->in);
			assert_int_equal(t.r->n_records, 0);
			rig_free(t.r);
		}
}

/* What is told on a copy, and of what would be dropped. */
static void
check_parity(const char *rules, bool from_client, const void *bytes,
    size_t len)
{
	static const char *const options[] = { "", "--enable-inline-test" };

	for (unsigned i = 0; i < ARRAY_LEN(options); i++)
		for (size_t n = 1; n <= len; n = n * 3 + 1) {
			struct talk t = begin(options[i], rules, from_client);

			assert_int_equal(say_all(&t, bytes, len, n), len);
			inspect_flush(&t.r->in);
			assert_int_equal(alerts(t.r), 1);
			rig_free(t.r);
		}
}

/* -- heads and bodies as they are ------------------------------------------- */

struct row {
	const char *rules, *before, *after; /* the attack ends between them */
	bool from_client;
};

static const struct row rows[] = {
	{ ON_REQUEST "(content:\"/attack\"; http_uri; sid:1;)\n",
	    "GET /%61ttack HTTP/1.1\r\n", "Host: x\r\nA: b\r\n\r\n", true },
	{ ON_REQUEST "(content:\"/%61ttack\"; http_raw_uri; content:\"GET\"; "
	    "http_method; urilen:<20; content:!\"?\"; http_uri; "
	    "pcre:\"/ck$/U\"; content:\" HTTP\"; sid:1;)\n",
	    "GET /%61ttack HTTP/1.1\r\n", "Host: x\r\nA: b\r\n\r\n", true },
	{ ON_REQUEST "(content:\"Evil: yes|0d 0a|\"; http_header; sid:1;)\n",
	    "GET / HTTP/1.1\r\nHost: x\r\nEvil: yes\r\n",
	    "Cookie: a\r\n\r\n", true },
	{ ON_REQUEST "(content:\"/a\"; http_uri; content:\"bad=1\"; "
	    "http_cookie; sid:1;)\n",
	    "GET /a HTTP/1.1\r\nHost: x\r\nCookie: bad=1\r\n", "A: b\r\n\r\n",
	    true },
	/* what is not there is known with the head's end */
	{ ON_REQUEST "(content:\"/a\"; http_uri; content:!\"Host\"; "
	    "http_header; sid:1;)\n",
	    "POST /a HTTP/1.1\r\nContent-Length: 9\r\n\r\n", "more of it",
	    true },
	{ ON_REQUEST "(content:\"POST\"; http_method; content:\"/a\"; "
	    "http_uri; content:\"attack\"; http_client_body; "
	    "pcre:\"/^k=[a-z]/P\"; sid:1;)\n",
	    "POST /a HTTP/1.1\r\nContent-Length: 99\r\n\r\nk=attack",
	    "more of it", true },
	{ ON_REQUEST "(content:\"attack\"; http_client_body; sid:1;)\n",
	    "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "3\r\natt\r\n1\r\na\r\n9\r\nck", "more", true },
	{ ON_REQUEST "(content:\"/a\"; http_uri; content:\"one\"; "
	    "content:\"two\"; distance:0; sid:1;)\n",
	    "POST /a HTTP/1.1\r\nContent-Length: 99\r\n\r\none, two",
	    "more", true },
	{ ON_ANSWER "(content:\"201\"; http_stat_code; content:\"Odd\"; "
	    "http_stat_msg; sid:1;)\n",
	    "HTTP/1.1 201 Odd\r\n", "Content-Length: 0\r\n\r\n", false },
	{ ON_ANSWER "(content:\"evil=1\"; http_cookie; sid:1;)\n",
	    "HTTP/1.1 200 OK\r\nSet-Cookie: evil=1\r\n",
	    "Content-Length: 0\r\n\r\n", false },
	{ ON_ANSWER "(file_data; content:\"att\"; content:\"ack\"; "
	    "distance:1; within:4; sid:1;)\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nan att ack",
	    " and more", false },
	{ ON_ANSWER "(file_data; content:\"attack\"; depth:20; sid:1;)\n",
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "4\r\nan a\r\n3\r\ntta\r\n9\r\nck", " more", false },
	/* as far as the server closes it */
	{ ON_ANSWER "(file_data; content:\"attack\"; sid:1;)\n",
	    "HTTP/1.0 200 OK\r\n\r\nan attack", " and more", false },
};

static void
every_byte(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = strlen(rows[i].before);
		char text[512];
		int len = snprintf(text, sizeof(text), "%s%s", rows[i].before,
		    rows[i].after);

		check(rows[i].rules, rows[i].from_client, text, (size_t)len, n,
		    1);
	}
}

static void
told_as_often_as_on_a_copy(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		char text[512];
		int len = snprintf(text, sizeof(text), "%s%s", rows[i].before,
		    rows[i].after);

		check_parity(rows[i].rules, rows[i].from_client, text,
		    (size_t)len);
	}
}

/* What the rest of it makes false is not dropped before. */
static const struct row innocent[] = {
	{ ON_REQUEST "(content:\"/a\"; http_uri; content:!\"Good\"; "
	    "http_header; sid:1;)\n",
	    "GET /a HTTP/1.1\r\nHost: x\r\n", "Good: yes\r\n\r\n", true },
	{ ON_REQUEST "(content:\"/a\"; http_uri; content:!\"fine\"; "
	    "http_client_body; sid:1;)\n",
	    "POST /a HTTP/1.1\r\nContent-Length: 8\r\n\r\n1234", "fine", true },
	{ ON_REQUEST "(content:\"bad\"; http_client_body; "
	    "pcre:\"/bad$/P\"; sid:1;)\n",
	    "POST /a HTTP/1.1\r\nContent-Length: 8\r\n\r\nisbad", "not", true },
	{ ON_REQUEST "(content:\"bad\"; http_client_body; "
	    "pcre:\"/bad\\b/P\"; sid:1;)\n",
	    "POST /a HTTP/1.1\r\nContent-Length: 8\r\n\r\nisbad", "not", true },
	{ ON_REQUEST "(content:\"bad\"; http_client_body; "
	    "pcre:\"/bad(?!not)/P\"; sid:1;)\n",
	    "POST /a HTTP/1.1\r\nContent-Length: 8\r\n\r\nisbad", "not", true },
	{ ON_REQUEST "(content:\"bad\"; http_client_body; "
	    "urilen:<2; sid:1;)\n",
	    "POST /a HTTP/1.1\r\nContent-Length: 8\r\n\r\nisbad", "not", true },
	/* a pass that all of it deserves saves its first part as well */
	{ "pass tcp any any -> any 80 (content:\"/a\"; http_uri; sid:2;)\n"
	    ON_REQUEST "(content:\"bad\"; http_client_body; sid:1;)\n",
	    "POST /a HTTP/1.1\r\nContent-Length: 8\r\n\r\nisbad", "not", true },
	{ "pass tcp any any -> any 80 (sid:2;)\n"
	    ON_REQUEST "(content:\"bad\"; http_client_body; sid:1;)\n",
	    "POST /a HTTP/1.1\r\nContent-Length: 8\r\n\r\nisbad", "not", true },
};

static void
waits_for_what_may_come(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(innocent); i++) {
		const struct row *row = &innocent[i];
		size_t n = strlen(row->before);
		char text[512];
		int len = snprintf(text, sizeof(text), "%s%s", row->before,
		    row->after);
		struct talk t;

		check_innocent(row->rules, row->from_client, text,
		    (size_t)len);
		t = begin("-Q", row->rules, row->from_client);
		assert_true(say(&t, text, n));
		assert_true(say(&t, text + n, (size_t)len - n));
		assert_int_equal(t.r->n_records, 0);
		rig_free(t.r);
	}
}

/* -- long ones ------------------------------------------------------------------ */

enum { LONG = 60000 };

/* Letters, no two runs of which are the same. */
static void
fill(char *text, size_t n)
{
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		text[i] = (char)('a' + (x >> 16) % 26);
	}
}

/* A body that is many units long: each of them begins anew. */
static void
long_bodies(void **state)
{
	static const size_t places[] = { 10, 1000, 3000, 16300, 20000, 33000,
		50000 };
	static char text[LONG + 200];
	char want[16];

	(void)state;
	for (unsigned i = 0; i < 2 * ARRAY_LEN(places); i++) {
		bool from_client = i & 1;
		size_t place = places[i / 2];
		int head = snprintf(text, sizeof(text), "%s\r\n"
		    "Content-Length: %d\r\n\r\n", from_client ?
		    "POST / HTTP/1.1" : "HTTP/1.1 200 OK", LONG);
		size_t n = (size_t)head + place, len = (size_t)head + LONG;
		struct talk t = begin("-Q", from_client ?
		    ON_REQUEST "(content:\"ATTACK\"; http_client_body; "
		    "sid:1;)\n" : ON_ANSWER "(file_data; "
		    "content:\"ATTACK\"; sid:1;)\n", from_client);

		fill(text + head, LONG);
		memcpy(want, text + n - 6, 6);
		memcpy(text + n - 6, "ATTACK", 6);
		/* seven bytes at a time around it */
		assert_int_equal(say_all(&t, text, n - 40, 1400), n - 40);
		assert_int_equal(say_all(&t, text + n - 40, len - n + 40, 7),
		    35);
		assert_int_equal(alerts(t.r), 1);
		rig_free(t.r);
		memcpy(text + n - 6, want, 6);
		t = begin("-Q", ON_REQUEST "(content:\"ATTACK\"; "
		    "http_client_body; sid:1;)\n", from_client);
		assert_int_equal(say_all(&t, text, len, 1400), len);
		rig_free(t.r);
	}
}

/* A place that is counted from the beginning is not one counted from where
 * the view begins. */
static void
places_in_long_bodies(void **state)
{
	static char text[16000];
	const char *rules = ON_REQUEST "(content:\"ATTACK\"; depth:2000; "
	    "http_client_body; sid:1;)\n";
	int head = snprintf(text, sizeof(text), "POST / HTTP/1.1\r\n"
	    "Content-Length: 15000\r\n\r\n");
	size_t len = (size_t)head + 15000;

	(void)state;
	for (size_t at = 1900; at < 14000; at += 300) {
		struct talk t = begin("-Q", rules, true);
		size_t went;

		fill(text + head, 15000);
		memcpy(text + head + at, "ATTACK", 6);
		went = say_all(&t, text, len, 90);
		if (at < 1994)
			assert_in_range(went, (size_t)head + at - 90,
			    (size_t)head + at + 6);
		else
			assert_int_equal(went, len);
		rig_free(t.r);
	}
}

/* -- coded ---------------------------------------------------------------------- */

/* n bytes in an answer; how many of the answer's bytes give the text's first
 * `want'. */
static size_t
coded(const char *text, size_t n, int bits, size_t want, uint8_t *out,
    size_t room, size_t *len)
{
	static uint8_t packed[2 * LONG];
	static uint8_t back[2 * LONG];
	z_stream z = { .next_in = (Bytef *)(uintptr_t)text,
		.avail_in = (uInt)n, .next_out = packed,
		.avail_out = sizeof(packed) };
	int head;
	size_t at;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, bits, 8,
	    Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	*len = z.total_out;
	deflateEnd(&z);
	head = snprintf((char *)out, room, "HTTP/1.1 200 OK\r\n"
	    "Content-Encoding: %s\r\nContent-Length: %zu\r\n\r\n",
	    bits > 15 ? "gzip" : "deflate", *len);
	memcpy(out + head, packed, *len);
	z = (z_stream){ .next_out = back, .avail_out = sizeof(back) };
	assert_int_equal(inflateInit2(&z, bits), Z_OK);
	for (at = 0; z.total_out < want; at++) {
		z.next_in = packed + at;
		z.avail_in = 1;
		inflate(&z, Z_SYNC_FLUSH);
	}
	inflateEnd(&z);
	*len += (size_t)head;
	return (size_t)head + at;
}

static void
coded_bodies(void **state)
{
	static char text[LONG];
	static uint8_t answer[2 * LONG];
	static const size_t places[] = { 6, 700, 9000, 30000, 50000 };
	const char *rules = ON_ANSWER "(file_data; content:\"ATTACK\"; "
	    "sid:1;)\n";

	(void)state;
	for (unsigned i = 0; i < 2 * ARRAY_LEN(places); i++) {
		size_t len, n, place = places[i / 2];
		struct talk t;

		fill(text, LONG);
		memcpy(text + place - 6, "ATTACK", 6);
		n = coded(text, LONG, i & 1 ? 31 : 15, place, answer,
		    sizeof(answer), &len);
		t = begin("-Q", rules, false);
		assert_int_equal(say_all(&t, answer, n - n % 1400, 1400),
		    n - n % 1400);
		assert_int_equal(say_all(&t, answer + n - n % 1400,
		    len - n + n % 1400, 1), n % 1400 - 1);
		assert_int_equal(alerts(t.r), 1);
		rig_free(t.r);
	}
	/* a short one at every byte */
	{
		size_t len, n;

		fill(text, 400);
		memcpy(text + 200, "ATTACK", 6);
		n = coded(text, 400, 31, 206, answer, sizeof(answer), &len);
		check(rules, false, answer, len, n, 1);
		check_parity(rules, false, answer, len);
	}
}

/* -- what a later message is judged by --------------------------------------- */

/* Requests one after another: each of them by itself. */
static void
request_after_request(void **state)
{
	static const char fine[] = "POST /b HTTP/1.1\r\n"
	    "Content-Length: 6\r\n\r\nattack";
	static const char bad[] = "POST /a HTTP/1.1\r\n"
	    "Content-Length: 60\r\n\r\nattack";
	const char *rules = ON_REQUEST "(content:\"/a\"; http_uri; "
	    "content:\"attack\"; http_client_body; sid:1;)\n";

	(void)state;
	for (size_t n = 1; n < sizeof(bad); n++) {
		struct talk t = begin("-Q", rules, true);

		for (unsigned i = 0; i < 30; i++)
			assert_int_equal(say_all(&t, fine, sizeof(fine) - 1,
			    n), sizeof(fine) - 1);
		assert_in_range(say_all(&t, bad, sizeof(bad) - 1, n),
		    sizeof(bad) - 1 - n, sizeof(bad) - 2);
		assert_int_equal(alerts(t.r), 1);
		rig_free(t.r);
	}
}

/* A head of 12 KB dies at the byte that completes the attack, be that in its
 * last field or in the body behind it. */
static void
heads_longer_than_most(void **state)
{
	static char text[16000];
	const char *rules = ON_REQUEST "(content:\"/a\"; http_uri; "
	    "content:\"Evil\"; http_header; sid:1;)\n"
	    ON_REQUEST "(content:\"/a\"; http_uri; "
	    "content:\"worse\"; http_client_body; sid:2;)\n";
	static const char *const ends[] = {
		"\r\nEvil: 1\r\nContent-Length: 20\r\n\r\n",
		"\r\nContent-Length: 20\r\n\r\nis it worse",
	};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct talk t = begin("-Q", rules, true);
		int n = snprintf(text, sizeof(text), "POST /a HTTP/1.1\r\nA: ");
		size_t done;

		memset(text + n, 'a', 12288);
		strcpy(text + n + 12288, ends[i]);
		done = i ? strlen(text) : (size_t)n + 12288 +
		    strlen("\r\nEvil: 1\r\n");
		strcat(text, i ? " than all" : "12345678901");
		assert_in_range(say_all(&t, text, strlen(text), 7),
		    done - 7, done - 1);
		assert_int_equal(alerts(t.r), 1);
		rig_free(t.r);
	}
}

/* A head that is longer than what is kept of it dies when it is whole. */
static void
long_heads(void **state)
{
	static char text[LIM_HTTP_OPEN_LONG + 2000];
	const char *rules = ON_REQUEST "(content:\"/a\"; http_uri; "
	    "content:\"Evil\"; http_header; sid:1;)\n";
	struct talk t = begin("-Q", rules, true);
	int n = snprintf(text, sizeof(text), "GET /a HTTP/1.1\r\nA: ");

	(void)state;
	memset(text + n, 'a', LIM_HTTP_OPEN_LONG);
	strcpy(text + n + LIM_HTTP_OPEN_LONG, "\r\nEvil: 1\r\nB: 1\r\n\r\n");
	assert_in_range(say_all(&t, text, strlen(text), 7),
	    strlen(text) - 7, strlen(text) - 1);
	assert_int_equal(alerts(t.r), 1);
	rig_free(t.r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte),
		cmocka_unit_test(told_as_often_as_on_a_copy),
		cmocka_unit_test(waits_for_what_may_come),
		cmocka_unit_test(long_bodies),
		cmocka_unit_test(places_in_long_bodies),
		cmocka_unit_test(coded_bodies),
		cmocka_unit_test(request_after_request),
		cmocka_unit_test(heads_longer_than_most),
		cmocka_unit_test(long_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
