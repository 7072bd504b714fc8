/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a session says of each packet: direction, established, events of gid
 * 129; and that its memory is bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "tests/tools/play_tcp.h"

static struct play p;

static void
begin(enum tcp_policy policy)
{
	play_init(&p, policy);
	play_start(&p);
}

static void
opened(enum tcp_policy policy)
{
	begin(policy);
	play_handshake(&p);
}

static void
client(const char *flags, uint32_t seq, uint32_t ack, const char *text)
{
	play(&p, FLOW_CLIENT, flags, seq, ack, text);
}

static void
server(const char *flags, uint32_t seq, uint32_t ack, const char *text)
{
	play(&p, FLOW_SERVER, flags, seq, ack, text);
}

/* What was said of the last packet: "C", "S" or "-", and "e". */
static const char *
said(void)
{
	static char text[3];

	text[0] = !p.facts.has_direction ? '-' :
	    p.facts.side == FLOW_CLIENT ? 'C' : 'S';
	text[1] = p.facts.established ? 'e' : '\0';
	return text;
}

static uint32_t
bytes_of(enum flow_side side)
{
	assert_true(p.has_size);
	return p.size[side];
}

static void
test_life(void **state)
{
	(void)state;
	begin(TCP_WINDOWS);
	client("S", 0, 0, "");
	assert_string_equal(said(), "C");
	assert_int_equal(bytes_of(FLOW_CLIENT), 1);
	assert_int_equal(bytes_of(FLOW_SERVER), 0);
	server("SA", 0, 1, "");
	assert_string_equal(said(), "S");
	assert_int_equal(bytes_of(FLOW_SERVER), 1);
	client("A", 1, 1, "");
	assert_string_equal(said(), "Ce");
	client("PA", 1, 1, "0123456789");
	assert_int_equal(bytes_of(FLOW_CLIENT), 11);
	server("A", 1, 11, "");
	assert_string_equal(said(), "Se");
	client("FA", 11, 1, "");
	assert_string_equal(said(), "Ce");
	assert_int_equal(bytes_of(FLOW_CLIENT), 12);
	server("FA", 1, 12, "");
	assert_string_equal(said(), "Se");
	client("A", 12, 2, ""); /* the last one */
	assert_string_equal(said(), "C");
	assert_false(p.has_size);
	client("PA", 12, 2, "late");
	assert_string_equal(said(), "C");
	assert_false(play_raised(&p, 3));
	play_end(&p);
}

/* Midstream: who is the client, and since when it is established. */
static void
test_midstream(void **state)
{
	(void)state;
	begin(TCP_LINUX);
	client("PA", 1, 1, "a");
	assert_string_equal(said(), "C");
	client("PA", 2, 1, "b");
	assert_string_equal(said(), "C");
	server("A", 1, 3, "");
	assert_string_equal(said(), "Se");
	client("PA", 3, 1, "c");
	assert_string_equal(said(), "Ce");
	assert_int_equal(play_ctr(&p, "midstream"), 1);
	play_drain(&p);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "ab"));
	play_end(&p);

	begin(TCP_LINUX);
	server("PA", 1, 1, "from the smaller port");
	assert_string_equal(said(), "S");
	play_end(&p);

	/* the client said where the server goes on, whose segments come in
	 * another order; what comes from before that is its first byte */
	begin(TCP_LINUX);
	client("PA", 1, 1, "a");
	server("A", 5, 2, "late");
	server("PA", 1, 2, "then");
	client("A", 2, 9, "");
	play_drain(&p);
	assert_true(play_is(&p, 1, FLOW_SERVER, "thenlate"));
	play_end(&p);
	begin(TCP_LINUX);
	client("PA", 1, 5, "a");
	server("PA", 1, 2, "thenlate");
	client("A", 2, 9, "");
	play_drain(&p);
	assert_true(play_is(&p, 1, FLOW_SERVER, "thenlate"));
	play_end(&p);

	/* later than the grace: the first packet has a direction, others none */
	play_init(&p, TCP_LINUX);
	p.engine.grace_s = 10;
	play_start(&p);
	client("S", 0, 0, "");
	p.ms += 11000;
	play_next_session(&p);
	client("PA", 1, 1, "a");
	assert_string_equal(said(), "C");
	assert_true(play_raised(&p, 20));
	server("A", 1, 2, "");
	assert_string_equal(said(), "-");
	assert_true(play_raised(&p, 20));
	client("S", 100, 0, ""); /* a handshake starts anew */
	assert_string_equal(said(), "C");
	assert_false(play_raised(&p, 20));
	play_end(&p);

	/* without require_3whs a SYN alone is no session yet */
	play_init(&p, TCP_LINUX);
	p.engine.require_3whs = false;
	play_start(&p);
	client("S", 0, 0, "");
	assert_string_equal(said(), "C");
	stream_alert_note(p.facts.flow, FLOW_CLIENT, 1, 1);
	assert_false(stream_alert_noted(p.facts.flow, FLOW_CLIENT, 1, 1));
	client("A", 1, 1, "");
	assert_string_equal(said(), "-");
	client("PA", 1, 1, "one way");
	assert_string_equal(said(), "C");
	play_end(&p);
}

static void
test_openings(void **state)
{
	(void)state;
	/* no third ACK */
	begin(TCP_LINUX);
	client("S", 0, 0, "");
	server("SA", 0, 1, "");
	client("PA", 1, 1, "data");
	assert_string_equal(said(), "Ce");
	play_end(&p);
	/* four ways */
	begin(TCP_LINUX);
	client("S", 0, 0, "");
	server("S", 0, 0, "");
	assert_true(play_raised(&p, 13));
	client("SA", 0, 1, "");
	server("A", 1, 1, "");
	assert_string_equal(said(), "Se");
	play_end(&p);
	/* SYNs with other numbers: the one that is answered counts */
	begin(TCP_LINUX);
	client("S", 0, 0, "");
	client("S", 77000, 0, "");
	client("S", 9000, 0, "");
	server("SA", 0, 77001, "");
	client("A", 77001, 1, "");
	client("PA", 77001, 1, "right");
	server("A", 1, 77006, "");
	play_drain(&p);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "right"));
	play_end(&p);
	/* the client does not answer itself */
	begin(TCP_LINUX);
	client("S", 0, 0, "");
	client("SA", 0, 400, "");
	client("A", 1, 400, "");
	server("SA", 0, 1, "");
	client("A", 1, 1, "");
	server("PA", 1, 1, "heard");
	client("A", 1, 6, "");
	play_drain(&p);
	assert_true(play_is(&p, 0, FLOW_SERVER, "heard"));
	play_end(&p);
}

static void
test_syn_data(void **state)
{
	static const enum tcp_policy policies[] = { TCP_LINUX, TCP_MACOS };
	static const struct {
		const char *hex;
		bool fast;
	} opts[] = {
		{ "220a0102030405060708", true },
		{ "fe0cf9890102030405060708", true },
		{ "fe0cf98a0102030405060708", false },
		{ "fe03f9", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(policies); i++) {
		begin(policies[i]);
		client("S", 0, 0, "early");
		assert_int_equal(play_raised(&p, 2), i == 0);
		server("SA", 0, 6, "");
		client("A", 6, 1, "");
		assert_int_equal(bytes_of(FLOW_CLIENT), 6);
		client("PA", 6, 1, "late");
		server("A", 1, 10, "");
		play_drain(&p);
		assert_true(play_is(&p, 0, FLOW_CLIENT,
		    i ? "earlylate" : "late"));
		play_end(&p);
	}
	/* Fast Open (RFC 7413): the receiver takes it, its option being its
	 * own or an experiment's */
	for (size_t i = 0; i < ARRAY_LEN(opts); i++) {
		begin(TCP_LINUX);
		p.opts = opts[i].hex;
		client("S", 0, 0, "early");
		assert_int_equal(play_raised(&p, 2), !opts[i].fast);
		p.opts = NULL;
		server("SA", 0, 6, "");
		client("A", 6, 1, "");
		play_drain(&p);
		if (opts[i].fast)
			assert_true(play_is(&p, 0, FLOW_CLIENT, "early"));
		else
			assert_int_equal(bytes_of(FLOW_CLIENT), 6);
		play_end(&p);
	}
}

static void
test_syn_on_established(void **state)
{
	static const struct {
		enum tcp_policy policy;
		uint32_t seq;
		bool told;
	} cases[] = {
		{ TCP_LINUX, 50, true }, { TCP_LINUX, 0, false },
		{ TCP_LINUX, 100000, false }, { TCP_BSD, 50, true },
		{ TCP_SOLARIS, 50, true }, { TCP_WINDOWS, 50, false },
		{ TCP_WINDOWS, 5, true }, { TCP_MACOS, 5, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		opened(cases[i].policy);
		client("PA", 1, 1, "half");
		server("A", 1, 5, "");
		client("S", cases[i].seq, 0, "");
		assert_int_equal(play_raised(&p, 1), cases[i].told);
		client("PA", 5, 1, "half");
		server("A", 1, 9, "");
		play_drain(&p);
		assert_true(play_is(&p, 0, FLOW_CLIENT, "halfhalf"));
		play_end(&p);
	}
}

/* Which resets end what a client sends. */
static void
test_resets(void **state)
{
	static const struct {
		uint32_t seq;
		unsigned who; /* accepts it: a bit per policy */
	} cases[] = {
		{ 11, ~0u },
		{ 16, 1 << TCP_BSD | 1 << TCP_LINUX | 1 << TCP_OLD_LINUX |
		    1 << TCP_SOLARIS | 1 << TCP_HPUX11 },
		{ 6, 1 << TCP_BSD | 1 << TCP_LINUX | 1 << TCP_OLD_LINUX |
		    1 << TCP_SOLARIS },
		{ 1000011, 1 << TCP_HPUX11 },
	};

	(void)state;
	for (unsigned policy = 0; policy <= TCP_NOACK; policy++)
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			bool taken = cases[i].who >> policy & 1;

			opened((enum tcp_policy)policy);
			client("PA", 1, 1, "0123456789");
			client("R", cases[i].seq, 0, "");
			assert_int_equal(play_raised(&p, 15), !taken);
			client("PA", 11, 1, "more");
			assert_int_equal(p.facts.not_inspected, taken);
			assert_int_equal(play_raised(&p, 8), taken);
			assert_string_equal(said(), "Ce");
			server("PA", 1, 11, "other");
			assert_false(p.facts.not_inspected);
			play_end(&p);
		}
	/* refused, or forged */
	begin(TCP_WINDOWS);
	client("S", 0, 0, "");
	server("RA", 0, 500, "");
	assert_false(play_raised(&p, 15));
	assert_int_equal(play_ctr(&p, "bad_rst"), 1);
	server("R", 0, 0, "");
	assert_true(play_raised(&p, 15));
	server("RA", 0, 1, "");
	assert_false(play_raised(&p, 15));
	server("RA", 70000, 1, "");
	assert_true(play_raised(&p, 15));
	play_end(&p);
	/* of no session, after the time of midstream */
	begin(TCP_LINUX);
	client("R", 1, 0, "");
	assert_false(play_raised(&p, 20));
	p.ms += 101000;
	client("R", 1, 0, "");
	assert_true(play_raised(&p, 20));
	play_end(&p);
	/* the same ports again */
	opened(TCP_LINUX);
	client("PA", 1, 1, "first");
	server("A", 1, 6, "");
	client("R", 6, 0, "");
	p.isn[FLOW_CLIENT] = 900000;
	play_handshake(&p);
	client("PA", 1, 1, "second");
	server("A", 1, 7, "");
	play_drain(&p);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "first"));
	assert_true(play_is(&p, 1, FLOW_CLIENT, "second"));
	play_end(&p);
}

/* What a reset must name: behind what came in order, not the highest byte. */
static void
test_resets_at_holes(void **state)
{
	(void)state;
	opened(TCP_WINDOWS);
	client("PA", 1, 1, "ab");
	client("PA", 5, 1, "ef"); /* "cd" is missing */
	client("RA", 7, 1, "");
	assert_true(play_raised(&p, 15));
	client("RA", 3, 1, "");
	assert_false(play_raised(&p, 15));
	play_next_session(&p);
	play_handshake(&p);
	client("PA", 5, 1, "ef");
	client("PA", 1, 1, "abcd");
	client("RA", 7, 1, "");
	assert_false(play_raised(&p, 15));
	/* a hole that was acknowledged is waited for no more */
	play_next_session(&p);
	play_handshake(&p);
	client("PA", 1, 1, "ab");
	client("PA", 5, 1, "ef");
	server("A", 1, 7, "");
	play_drain(&p);
	client("RA", 7, 1, "");
	assert_false(play_raised(&p, 15));
	/* and a FIN out of order counts once it is acknowledged */
	play_next_session(&p);
	play_handshake(&p);
	client("FA", 5, 1, "");
	client("RA", 6, 1, "");
	assert_true(play_raised(&p, 15));
	server("A", 1, 6, "");
	client("RA", 6, 1, "");
	assert_false(play_raised(&p, 15));
	play_end(&p);
}

/* A session that went dark is not followed where its sides are put together:
 * neither small segments nor what a reset must name. */
static void
test_frozen(void **state)
{
	(void)state;
	play_init(&p, TCP_WINDOWS);
	p.engine.small_count = 3;
	p.engine.small_bytes = 10;
	play_start(&p);
	play_handshake(&p);
	client("PA", 1, 1, "hello");
	client("PA", 6, 1, "more");
	stream_freeze(p.facts.flow);
	client("PA", 10, 1, "dark");
	assert_false(play_raised(&p, 12));
	server("PA", 1, 14, "answer");
	client("RA", 14, 7, "");
	assert_true(play_raised(&p, 15));
	server("FA", 7, 14, "");
	server("RA", 8, 14, "");
	assert_true(play_raised(&p, 15));
	client("A", 14, 8, "");
	server("RA", 8, 14, "");
	assert_false(play_raised(&p, 15));
	client("RA", 10, 8, "");
	assert_false(play_raised(&p, 15));
	play_end(&p);
	/* a side that the configuration does not have put together */
	play_init(&p, TCP_WINDOWS);
	p.engine.ports[FLOW_CLIENT] = p.engine.ports[FLOW_SERVER] = NULL;
	play_start(&p);
	play_handshake(&p);
	client("PA", 1, 1, "hello");
	stream_freeze(p.facts.flow);
	client("PA", 6, 1, "dark");
	client("RA", 10, 1, "");
	assert_false(play_raised(&p, 15));
	play_end(&p);
}

static void
test_fins(void **state)
{
	(void)state;
	opened(TCP_LINUX);
	client("PA", 1, 1, "a");
	client("FA", 200000, 1, ""); /* out of the window: none */
	client("F", 2, 0, ""); /* its receiver drops it */
	client("FPA", 2, 1, "b");
	client("PA", 3, 1, "after");
	assert_true(play_raised(&p, 3));
	client("FA", 100, 1, "");
	assert_true(play_raised(&p, 16));
	server("A", 1, 4, "");
	assert_true(play_is(&p, 0, FLOW_CLIENT, "ab"));
	server("FA", 1, 504, "");
	assert_true(play_raised(&p, 17));
	play_end(&p);
}

static void
test_timestamps(void **state)
{
	static const struct {
		enum tcp_policy policy;
		const char *ts;
		uint32_t sid;
	} cases[] = {
		{ TCP_LINUX, "0101080a000003f3000007d0", 0 },
		{ TCP_LINUX, "0101080a000003f1000007d0", 0 },
		{ TCP_LINUX, "0101080a000003f0000007d0", 4 },
		{ TCP_WINDOWS, "0101080a000003f1000007d0", 4 },
		{ TCP_WINDOWS, NULL, 14 },
		{ TCP_SOLARIS, NULL, 14 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		begin(cases[i].policy);
		p.opts = "0101080a000003e800000000";
		client("S", 0, 0, "");
		p.opts = "0101080a000007d0000003e8";
		server("SA", 0, 1, "");
		p.opts = "0101080a000003f2000007d0";
		client("PA", 1, 1, "now ");
		/* from the future, but not of the next byte expected */
		p.opts = "0101080a7fff0000000007d0";
		client("PA", 4000, 1, "forged");
		p.opts = cases[i].ts;
		client("PA", 5, 1, "then");
		assert_int_equal(play_raised(&p, 4), cases[i].sid == 4);
		assert_int_equal(play_raised(&p, 14), cases[i].sid == 14);
		p.opts = "0101080a000007d1000003e8";
		server("A", 1, 9, "");
		play_drain(&p);
		assert_true(play_is(&p, 0, FLOW_CLIENT,
		    cases[i].sid == 4 ? "now " : "now then"));
		play_end(&p);
	}
}

static void
test_anomalies(void **state)
{
	(void)state;
	/* no flags: data for Linux alone */
	opened(TCP_LINUX);
	client("", 1, 1, "none");
	assert_false(play_raised(&p, 11));
	play_end(&p);
	opened(TCP_BSD);
	client("", 1, 1, "none");
	assert_true(play_raised(&p, 11));
	client("P", 1, 1, "push");
	server("A", 1, 5, "");
	play_drain(&p);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "push"));
	play_end(&p);

	play_init(&p, TCP_WINDOWS);
	p.engine.max_window = 30000;
	p.engine.small_count = 3;
	p.engine.small_bytes = 20;
	p.engine.overlap_limit = 2;
	play_start(&p);
	p.window = 60000;
	client("S", 0, 0, "");
	assert_true(play_raised(&p, 6));
	p.window = 8192;
	server("SA", 0, 1, "");
	p.window = 0;
	client("A", 1, 1, "");
	assert_true(play_raised(&p, 19));
	p.window = 8192;
	client("PA", 1, 1, "1");
	client("PA", 2, 1, "2");
	assert_false(play_raised(&p, 12));
	client("PA", 3, 1, "3");
	assert_true(play_raised(&p, 12));
	client("PA", 4, 1, "4");
	assert_false(play_raised(&p, 12));
	client("PA", 3, 1, "X");
	assert_true(play_raised(&p, 5));
	client("PA", 3, 1, "3"); /* sent again */
	assert_false(play_raised(&p, 5));
	assert_true(p.facts.retransmitted);
	client("PA", 4, 1, "XX");
	assert_false(play_raised(&p, 7));
	client("PA", 5, 1, "YY");
	assert_true(play_raised(&p, 7));
	client("PA", 6, 1, "ZZ");
	assert_false(play_raised(&p, 7));
	client("FA", 8, 1, "");
	p.window = 0;
	server("A", 1, 9, "");
	assert_true(play_raised(&p, 21));
	play_end(&p);

	/* nobody asked */
	play_init(&p, TCP_BSD);
	p.engine.detect_anomalies = false;
	play_start(&p);
	play_handshake(&p);
	client("", 1, 1, "none");
	assert_false(play_raised(&p, 11));
	play_end(&p);
}

/* Timestamps of a session whose handshake was not seen. */
static void
test_midstream_timestamps(void **state)
{
	(void)state;
	begin(TCP_WINDOWS);
	p.opts = "0101080a0000000a00000000";
	client("PA", 1, 1, "a");
	server("PA", 1, 2, "b");
	p.opts = NULL;
	client("A", 2, 2, "");
	assert_true(play_raised(&p, 14));
	play_next_session(&p);
	client("PA", 1, 1, "a");
	server("PA", 1, 2, "b");
	client("A", 2, 2, "");
	assert_false(play_raised(&p, 14));
	play_end(&p);
}

/* Which segments count as small ones in a row. */
static void
test_small_segments(void **state)
{
	(void)state;
	play_init(&p, TCP_WINDOWS);
	p.engine.small_count = 3;
	p.engine.small_bytes = 20;
	play_start(&p);
	p.window = 42;
	play_handshake(&p);
	client("PA", 1, 1, "1");
	p.window = 41;
	server("A", 1, 2, "");
	for (int i = 0; i < 3; i++) { /* kept alive */
		client("A", 1, 1, "1");
		assert_false(play_raised(&p, 12));
	}
	/* sent again, until it is acknowledged */
	client("PA", 2, 1, "2");
	client("PA", 2, 1, "2");
	assert_true(play_raised(&p, 12));
	client("PA", 3, 1, "from here on anew, for this one is large");
	p.window = 0;
	server("A", 1, 43, "");
	for (int i = 0; i < 4; i++) { /* probes of a closed window */
		client("A", 43, 1, "x");
		assert_false(play_raised(&p, 12));
	}
	play_end(&p);
}

/* A reset outside of a session, past the grace of require_3whs. */
static void
test_stray_resets(void **state)
{
	(void)state;
	opened(TCP_WINDOWS);
	client("FA", 1, 1, "");
	server("FA", 1, 2, "");
	client("A", 2, 2, "");
	play_next_session(&p);
	client("R", 2, 0, "");
	assert_false(play_raised(&p, 20));
	play_end(&p);

	play_init(&p, TCP_WINDOWS);
	p.engine.grace_s = 10;
	play_start(&p);
	play_handshake(&p);
	p.ms += 11000;
	play_next_session(&p);
	client("RA", 1, 1, "");
	assert_true(play_raised(&p, 20));
	play_end(&p);
}

/* A port that refuses, more than once. */
static void
test_refused(void **state)
{
	(void)state;
	begin(TCP_WINDOWS);
	client("S", 0, 0, "");
	server("RA", 1000, 1, "");
	assert_false(play_raised(&p, 15));
	server("RA", 2000, 1, "");
	assert_true(play_raised(&p, 15));
	client("S", 0, 0, ""); /* another attempt */
	server("RA", 3000, 1, "");
	assert_false(play_raised(&p, 15));
	play_end(&p);
}

/* Sent beyond what the receiver lets in. */
static void
test_window(void **state)
{
	(void)state;
	opened(TCP_LINUX);
	client("PA", 8194, 1, "beyond");
	client("PA", 8193, 1, "edge");
	assert_int_equal(play_ctr(&p, "out_of_window"), 2);
	client("PA", 8192, 1, "last");
	assert_int_equal(play_ctr(&p, "segments"), 1);
	/* an acknowledgement of what could not be sent shuts nobody out */
	server("A", 1, 900000, "");
	assert_int_equal(play_ctr(&p, "bad_ack"), 1);
	/* a smaller window does not take back what was let in */
	p.window = 10;
	server("A", 1, 1, "");
	client("PA", 1, 1, "0123456789");
	client("PA", 100, 1, "still");
	assert_int_equal(play_ctr(&p, "out_of_window"), 2);
	play_end(&p);
}

static void
test_limits(void **state)
{
	static uint8_t bytes[1000];

	(void)state;
	play_init(&p, TCP_LINUX);
	p.engine.max_queued_bytes = 2500;
	play_start(&p);
	play_handshake(&p);
	for (uint32_t at = 0; at < 5000; at += 1000)
		play_data(&p, FLOW_CLIENT, "PA", 1 + at, 1, bytes, 1000);
	assert_int_equal(play_ctr(&p, "segments"), 2);
	assert_int_equal(play_ctr(&p, "max_queued_bytes"), 3);
	play_end(&p);

	play_init(&p, TCP_LINUX);
	p.engine.max_queued_segs = 3;
	play_start(&p);
	play_handshake(&p);
	for (uint32_t at = 0; at < 10; at += 2)
		client("PA", 1 + at, 1, "x");
	assert_int_equal(play_ctr(&p, "segments"), 3);
	assert_int_equal(play_ctr(&p, "max_queued_segs"), 2);
	play_end(&p);
}

/* Inline, what was handed out makes room for what follows it: all of it is. */
static void
test_limits_inline(void **state)
{
	static uint8_t bytes[1000];

	(void)state;
	for (unsigned by_segs = 0; by_segs < 2; by_segs++) {
		play_init(&p, TCP_LINUX);
		p.conf.stream.inline_mode = true;
		p.engine.max_queued_bytes = by_segs ? 0 : 2500;
		p.engine.max_queued_segs = by_segs ? 2 : 0;
		play_start(&p);
		play_handshake(&p);
		for (uint32_t at = 0; at < 5000; at += 1000)
			play_data(&p, FLOW_CLIENT, "PA", 1 + at, 1, bytes,
			    1000);
		assert_int_equal(p.n_units, 5);
		assert_int_equal(play_ctr(&p, "forgotten"), 3000);
		/* what waits for the bytes before it does not */
		for (uint32_t at = 5001; at < 9001; at += 1000)
			play_data(&p, FLOW_CLIENT, "PA", 1 + at, 1, bytes,
			    1000);
		assert_int_equal(play_ctr(&p, "forgotten"), 5000);
		assert_int_equal(play_ctr(&p, by_segs ? "max_queued_segs" :
		    "max_queued_bytes"), 2);
		assert_int_equal(p.n_units, 5);
		/* and what was forgotten may come again */
		play_data(&p, FLOW_CLIENT, "PA", 1, 1, bytes, 1000);
		assert_int_equal(p.n_units, 5);
		play_end(&p);
	}
}

/* A flood of segments that nobody acknowledges costs the idle ones their
 * queues; whoever is active goes on. */
static void
test_memcap(void **state)
{
	static uint8_t bytes[1000];
	uint16_t victim;

	(void)state;
	play_init(&p, TCP_LINUX);
	p.conf.stream.memcap = 1 << 19;
	play_start(&p);
	play_handshake(&p);
	victim = p.port;
	client("PA", 1, 1, "acknowledged");
	server("A", 1, 13, "");
	for (int i = 0; i < 300; i++) {
		p.port = (uint16_t)(20000 + i);
		play_handshake(&p);
		for (uint32_t at = 1; at < 8; at++)
			play_data(&p, FLOW_CLIENT, "PA", at * 1000, 1, bytes,
			    1000);
		if (p.n_units == 1) {
			/* the oldest one, with what was ready */
			assert_memory_equal(p.units[0].ptr, "acknowledged",
			    12);
		}
		if (p.n_units > 1)
			fail_msg("units of sessions without any");
		if (i >= 150) /* it falls idle, and gives way */
			continue;
		assert_int_equal(p.n_units, 0);
		if (i % 10)
			continue;
		p.port = victim;
		client("PA", 13 + (uint32_t)i / 10, 1, "x");
	}
	assert_int_equal(p.n_units, 1);
	assert_true(play_ctr(&p, "pruned") > 200);
	assert_true(play_ctr(&p, "pruned_bytes") > 200000);
	assert_int_equal(play_ctr(&p, "memcap"), 0);
	play_end(&p);
}

/* Sessions that went dark hold no memory that others need. */
static void
test_memcap_dark(void **state)
{
	(void)state;
	play_init(&p, TCP_LINUX);
	p.conf.stream.memcap = 1 << 19;
	play_start(&p);
	for (int i = 0; i < 1500; i++) {
		p.port = (uint16_t)(20000 + i);
		play_handshake(&p);
		client("PA", 1, 1, "the last in clear text");
		stream_ignore(track_streams(p.track), p.facts.flow);
	}
	assert_int_equal(play_ctr(&p, "segments"), 1500);
	assert_int_equal(play_ctr(&p, "memcap"), 0);
	assert_int_equal(play_ctr(&p, "pruned"), 0);
	play_end(&p);
}

/* As many segments as there may be, in the worst orders: an insertion costs
 * a logarithm, so this ends soon. */
static void
test_hostile_order(void **state)
{
	enum { N = 20000 };

	(void)state;
	for (int order = 0; order < 3; order++) {
		play_init(&p, TCP_LINUX);
		p.engine.max_queued_segs = 0;
		p.conf.stream.memcap = 64 << 20;
		p.window = 65535;
		play_start(&p);
		play_handshake(&p);
		for (uint32_t i = 0; i < N; i++) {
			uint32_t at = order == 0 ? N - i : order == 1 ?
			    (i * 7919u) % N : i % 2 ? i : N - i;

			client("A", 2 + 2 * at, 1, "x");
		}
		assert_int_equal(play_ctr(&p, "memcap"), 0);
		play_end(&p);
	}
}

static void
test_engines(void **state)
{
	static const struct bind_net nets[] = {
		{ .addr = { .family = 4, .b = { 10, 0, 0, 2 } }, .bits = 32 },
	};
	struct stream_engine engines[2];
	struct track_conf other;

	(void)state;
	play_init(&p, TCP_LAST);
	engines[0] = engines[1] = p.engine;
	engines[0].policy = TCP_FIRST; /* the default one */
	engines[1].nets = nets;
	engines[1].n_nets = 1;
	p.conf.stream.engines = engines;
	p.conf.stream.n_engines = 2;
	play_start(&p);
	play_handshake(&p);
	client("PA", 1, 1, "old");
	client("PA", 1, 1, "new");
	server("A", 1, 4, "");
	play_drain(&p);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "new"));

	/* a session goes on under another configuration */
	play_next_session(&p);
	play_handshake(&p);
	client("PA", 1, 1, "old");
	other = p.conf;
	other.stream.engines = engines;
	other.stream.n_engines = 1;
	track_adopt(p.track, &other);
	client("PA", 1, 1, "new");
	server("A", 1, 4, "");
	play_drain(&p);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "old"));
	play_end(&p);
}

static void
test_hijacked(void **state)
{
	(void)state;
	play_init(&p, TCP_LINUX);
	p.engine.check_hijacking = true;
	play_start(&p);
	play_handshake(&p);
	client("PA", 1, 1, "x");
	assert_false(play_raised(&p, 9));
	/* frames of either side come from the same address in these tests */
	server("A", 1, 2, "");
	assert_false(play_raised(&p, 10));
	play_end(&p);
}

/* Whatever allocation fails, packets go through. */
static void
test_no_memory(void **state)
{
	(void)state;
	for (uint64_t nth = 1; nth < 20; nth++) {
		play_init(&p, TCP_LINUX);
		play_start(&p);
		mem_fail_at(nth);
		play_handshake(&p);
		client("PA", 1, 1, "data");
		server("A", 1, 5, "");
		mem_fail_at(0);
		play_end(&p);
	}
	for (uint64_t nth = 1;; nth++) {
		struct track *t;

		play_init(&p, TCP_LINUX);
		mem_fail_at(nth);
		t = track_new(&p.conf);
		mem_fail_at(0);
		if (t) {
			track_free(t);
			break;
		}
	}
}

/* What waits to be handed out whole, and so need not be searched by itself. */
static void
test_queued(void **state)
{
	(void)state;
	opened(TCP_FIRST);
	assert_false(p.facts.queued);
	client("PA", 1, 1, "abcd");
	assert_true(p.facts.queued && !p.facts.retransmitted);
	client("PA", 1, 1, "abcd");
	assert_true(!p.facts.queued && p.facts.retransmitted);
	client("PA", 1, 1, "abcX"); /* loses */
	assert_false(p.facts.queued);
	client("PA", 3, 1, "cdefgh"); /* in part */
	assert_false(p.facts.queued);
	client("PA", 20, 1, "later");
	assert_true(p.facts.queued);
	server("A", 1, 5, "");
	client("PA", 1, 1, "abcd"); /* is over */
	assert_false(p.facts.queued || p.facts.retransmitted);
	client("PA", 60000, 1, "too far");
	assert_false(p.facts.queued);
	p.urgent = 3;
	client("PAU", 30, 1, "urgent"); /* some of it is left out */
	assert_false(p.facts.queued);
	stream_set_reassembly(p.facts.flow, FLOW_CLIENT, false);
	client("PA", 40, 1, "as it is");
	assert_false(p.facts.queued);
	play_fini(&p);
}

static void
test_event_table(void **state)
{
	unsigned n;
	const struct dec_event_def *defs = stream_events(&n);

	(void)state;
	assert_int_equal(n, 21);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(defs[i].sid, i + 1);
}

/* A session to be proven, with the last part of its handshake as given. */
static void
begin_proof(uint32_t ack)
{
	begin(TCP_LINUX);
	client("S", 0, 0, "");
	assert_false(p.facts.proven);
	server("SA", 0, 1, "");
	assert_false(p.facts.proven);
	client("A", 1, ack, "");
}

/* Who cannot know the numbers proves nothing. */
static void
test_proven(void **state)
{
	struct rng {
		uint64_t x;
	} r = { 88172645463325252u };

	(void)state;
	begin_proof(1);
	assert_true(p.facts.proven);
	client("PA", 1, 1, "attack");
	assert_true(p.facts.proven);
	server("A", 1, 7, "");
	assert_true(p.facts.proven);
	play_drain(&p);
	assert_int_equal(p.n_proven, 1); /* the rebuilt one, too */
	play_end(&p);

	/* a piece from elsewhere in a session that is proven */
	begin_proof(1);
	server("PA", 1, 1, "banner");
	client("A", 1, 7, "");
	client("PA", 1, 2000, "forged");
	assert_false(p.facts.proven);
	assert_false(stream_is_proven(p.facts.flow));
	client("PA", 7, 7, "and then");
	assert_true(p.facts.proven);
	client("PA", 1u << 31, 7, "far away");
	assert_false(p.facts.proven);
	client("PA", 0u - 100000, 7, "long ago");
	assert_false(p.facts.proven);
	client("P", 15, 0, "no ack");
	assert_false(p.facts.proven);
	server("A", 7, 15, "");
	play_drain(&p);
	assert_int_equal(p.n_proven, 0); /* the forged one may be in it */
	play_end(&p);

	/* guesses: none of them is the number */
	for (unsigned i = 0; i < 2000; i++) {
		r.x ^= r.x << 13;
		r.x ^= r.x >> 7;
		r.x ^= r.x << 17;
		begin_proof((uint32_t)(r.x >> 20) | 2);
		assert_false(p.facts.proven);
		client("PA", 1, (uint32_t)(r.x >> 20) | 2, "attack");
		assert_false(p.facts.proven);
		play_end(&p);
	}
	begin_proof(0);
	assert_false(p.facts.proven);
	play_end(&p);
	begin_proof(2);
	assert_false(p.facts.proven);
	play_end(&p);

	/* one side only, and what began before the capture */
	begin(TCP_LINUX);
	client("S", 0, 0, "");
	client("A", 1, 1, "");
	client("PA", 1, 1, "attack");
	assert_false(p.facts.proven);
	play_end(&p);
	begin(TCP_LINUX);
	client("PA", 1, 1, "a");
	server("A", 1, 2, "");
	client("PA", 2, 1, "b");
	assert_false(p.facts.proven);
	play_end(&p);
	begin(TCP_LINUX);
	server("SA", 0, 1, "");
	client("A", 1, 1, "");
	client("PA", 1, 1, "the SYN was not seen");
	assert_false(p.facts.proven);
	play_end(&p);

	/* a SYN+ACK of the client's making: the server's own differs */
	begin(TCP_LINUX);
	client("S", 0, 0, "");
	server("SA", 7777, 1, "");
	server("SA", 0, 1, "");
	client("A", 1, 1, "");
	assert_false(p.facts.proven);
	play_end(&p);
	/* or comes from where the SYN came from */
	begin(TCP_LINUX);
	p.mac[FLOW_CLIENT] = p.mac[FLOW_SERVER] = 1;
	client("S", 0, 0, "");
	server("SA", 0, 1, "");
	client("A", 1, 1, "");
	assert_false(p.facts.proven);
	play_end(&p);
	begin(TCP_LINUX);
	p.mac[FLOW_SERVER] = 1;
	client("S", 0, 0, "");
	server("SA", 0, 1, "");
	client("A", 1, 1, "");
	assert_true(p.facts.proven);
	/* a reset ends it, whoever sent it */
	client("R", 1, 0, "");
	assert_false(p.facts.proven);
	play_end(&p);

	/* both at once, without a server */
	begin(TCP_LINUX);
	client("S", 0, 0, "");
	server("S", 0, 0, "");
	client("SA", 0, 1, "");
	server("SA", 0, 1, "");
	client("A", 1, 1, "");
	assert_false(p.facts.proven);
	play_end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_openings),
		cmocka_unit_test(test_syn_data),
		cmocka_unit_test(test_syn_on_established),
		cmocka_unit_test(test_resets),
		cmocka_unit_test(test_resets_at_holes),
		cmocka_unit_test(test_frozen),
		cmocka_unit_test(test_fins),
		cmocka_unit_test(test_timestamps),
		cmocka_unit_test(test_anomalies),
		cmocka_unit_test(test_midstream_timestamps),
		cmocka_unit_test(test_small_segments),
		cmocka_unit_test(test_stray_resets),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_inline),
		cmocka_unit_test(test_memcap),
		cmocka_unit_test(test_memcap_dark),
		cmocka_unit_test(test_hostile_order),
		cmocka_unit_test(test_engines),
		cmocka_unit_test(test_hijacked),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_queued),
		cmocka_unit_test(test_event_table),
		cmocka_unit_test(test_proven),
	};

	return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
