/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP behind missing bytes. */
#include <unistd.h>

#include "http_help.h"

#include "decoders/app/http_scan.h"

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

/* Bytes of the server with one missing in front of each piece but the first. */
static void
lose(const struct text *pieces, size_t n)
{
	rig_clear(&r);
	rig_session(&r);
	rig_feed(&r, FLOW_CLIENT, GET, sizeof(GET) - 1, 0);
	for (size_t i = 0; i < n; i++) {
		if (i)
			rig_gap(&r, FLOW_SERVER);
		rig_feed(&r, FLOW_SERVER, pieces[i].ptr, pieces[i].len, 0);
	}
	rig_end(&r);
}

#define T(s) { s, sizeof(s) - 1 }
#define LOSE(...) lose((const struct text[]){ __VA_ARGS__ },                   \
	sizeof((const struct text[]){ __VA_ARGS__ }) / sizeof(struct text))

#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

/* Snort goes on behind missing bytes as if they had not been there. */
static void
test_lost_chunks(void **state)
{
	(void)state;
	/* the chunk is longer than it was, and one more that ends in none */
	LOSE(T(CHUNKED "a\r\nabcde"), T("fghij5\r\nABCDEXY"));
	assert_int_equal(count("event 119:22"), 1);
	has_not("event 120:3");
	LOSE(T(CHUNKED "a\r\nabcde"), T("fghij5\r\nABCDE\r\n3"), T("0\r\n"));
	has_not("event 119:22");
	has_not("event 120:3");
	/* what is no size is passed over up to the line's end */
	LOSE(T(CHUNKED "3\r\nabc"), T("1 x\r\nA\rY;\n1\r\nAXY"));
	has("event 119:22");
	/* digits of a size in two units */
	LOSE(T(CHUNKED "3\r\nabc\r\n"), T("1\r\nA\r\n1"),
	    T("0\r\n0123456789abcdefXY"));
	has("event 119:22");
	LOSE(T(CHUNKED "3\r\nabc\r\n"), T("1\r\nA\r\n1"),
	    T("0\r\n0123456789abcdef\r\n"));
	has_not("event 119:22");
	/* a unit of no chunk: from the next one on there are none */
	LOSE(T(CHUNKED "3\r\nabc"), T("zyx"));
	has_not("event 120:3");
	LOSE(T(CHUNKED "3\r\nabc"), T("zyx"), T("more"), T("more"));
	assert_int_equal(count("event 120:3"), 1);
	/* a status line ends it */
	LOSE(T(CHUNKED "3\r\nabc"), T("zyx"),
	    T(OK "Content-Length: 1\r\n\r\nz"), T("more"));
	has_not("event 120:3");
	has(" file_data=\"z\"");
	/* a length is believed */
	LOSE(T(OK "Content-Length: 50\r\n\r\nabc"), T("zyx"), T("more"));
	has_not("event 120:3");
	/* the answer's beginning itself is missing */
	LOSE(T(""), T("zyx"));
	has("event 120:3");
}

/* The same; what is coded, up to where it cannot be decoded any more. */
static void
test_lost_coding(void **state)
{
	/* no block of deflate's is of that length */
	static const char junk[] = "\0\0\0\0\0\0\0\0\0\0\0";
	char head[200], chunk[200];
	int n = snprintf(head, sizeof(head), OK "Content-Encoding: gzip\r\n"
	    "Content-Length: 32\r\n\r\n");
	int m = snprintf(chunk, sizeof(chunk), OK "Content-Encoding: gzip\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n20\r\n");

	(void)state;
	memcpy(head + n, gzipped, 16);
	memcpy(chunk + m, gzipped, 16);
	LOSE({ head, (size_t)n + 16 }, T(junk));
	has_not("event 120:3");
	LOSE({ head, (size_t)n + 16 }, T(junk), T("more"), T("more"));
	assert_int_equal(count("event 120:3"), 1);
	/* it can */
	LOSE({ head, (size_t)n + 16 }, { (const char *)gzipped + 16, 16 },
	    T("more"), T("more"));
	has_not("event 120:3");
	LOSE({ chunk, (size_t)m + 16 }, { (const char *)gzipped + 16, 16 },
	    T("more"), T("more"));
	has_not("event 120:3");
	/* the unit's chunks are looked for in any case */
	LOSE({ chunk, (size_t)m + 16 }, T("\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0\0\0" "1\r\nAXY"), T("1\r\nAXY"));
	assert_int_equal(count("event 119:22"), 1);
	has("event 120:3");
}

/* The rest of a body behind missing bytes need not end with a line. */
static void
test_gap_within(void **state)
{
	static const char rest[] = "HTTTP/1.1 no HTTP/1.1 n\0 HHTTP/1"
	    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nz";

	(void)state;
	for (unsigned cut = 0; cut < 20; cut++) {
		rig_clear(&r);
		rig_session(&r);
		rig_feed(&r, FLOW_CLIENT, GET GET, 2 * (sizeof(GET) - 1), 0);
		rig_feed(&r, FLOW_SERVER, OK "Content-Length: 99\r\n\r\nabc",
		    sizeof(OK "Content-Length: 99\r\n\r\nabc") - 1, 0);
		rig_gap(&r, FLOW_SERVER);
		rig_feed(&r, FLOW_SERVER, rest, sizeof(rest) - 1, cut);
		rig_end(&r);
		has("file_data=\"z\"");
		assert_int_equal(count("log http"), 2);
	}
	/* without a gap it is the body's */
	PLAY(C(GET), S(OK "Content-Length: 19\r\n\r\nabHTTP/1.1 200 OK\r\n"));
	has("\"length\":19}");
}

/* Where nobody said that the next message begins it does so by itself; a body
 * of no length does not go on for ever. */
static void
test_goes_on(void **state)
{
	static const char text[] = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n"
	    "abc" GET;
	const struct http_scan_conf none = { 0 };
	struct http_waiting waiting = { 0 };
	struct slice rest = slice_make((const uint8_t *)text,
	    sizeof(text) - 1);
	unsigned ends = 0;
	struct http_scan s;

	(void)state;
	http_scan_init(&s, FLOW_CLIENT);
	alarm(5);
	while (rest.len) {
		enum http_part part;
		size_t n = http_scan(&s, &none, &waiting, rest, &part);

		assert_in_range(n, 1, rest.len);
		rest = slice_make(rest.ptr + n, rest.len - n);
		ends += s.ended;
	}
	alarm(0);
	assert_int_equal(ends, 2);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_gap),
		TEST(test_lost_chunks),
		TEST(test_lost_coding),
		TEST(test_gap_within),
		TEST(test_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
