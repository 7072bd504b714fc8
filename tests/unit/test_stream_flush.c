/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When bytes are handed out, and in what packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "tests/tools/play_tcp.h"

static struct play p;
static uint8_t fill[70000];

static void
begin(enum tcp_policy policy)
{
	play_init(&p, policy);
	play_start(&p);
	play_handshake(&p);
}

static int
setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fill); i++)
		fill[i] = (uint8_t)(i * 7 + (i >> 9));
	return 0;
}

static void
client(uint32_t seq, const char *text)
{
	play(&p, FLOW_CLIENT, "PA", seq, 1, text);
}

static void
ack(uint32_t to)
{
	play(&p, FLOW_SERVER, "A", 1, to, "");
}

/* Two segments and 192 bytes, all of them acknowledged. */
static void
test_flush_point(void **state)
{
	(void)state;
	begin(TCP_LINUX);
	play_data(&p, FLOW_CLIENT, "PA", 1, 1, fill, 1000);
	ack(1001);
	assert_int_equal(p.n_units, 0); /* one segment, however large */
	play_data(&p, FLOW_CLIENT, "PA", 1001, 1, fill + 1000, 1000);
	assert_int_equal(p.n_units, 0);
	ack(2001);
	assert_int_equal(p.n_units, 1);
	assert_int_equal(p.units[0].len, 2000);
	assert_memory_equal(p.units[0].ptr, fill, 2000);
	play_forget(&p);

	play_data(&p, FLOW_CLIENT, "PA", 2001, 1, fill, 95);
	play_data(&p, FLOW_CLIENT, "PA", 2096, 1, fill, 96);
	ack(2192);
	assert_int_equal(p.n_units, 0); /* 191 bytes */
	play_data(&p, FLOW_CLIENT, "PA", 2192, 1, fill, 1);
	ack(2193);
	assert_int_equal(p.n_units, 1);
	assert_int_equal(p.units[0].len, 192);
	play_forget(&p);

	/* only what is acknowledged; the rest of a segment stays */
	play_data(&p, FLOW_CLIENT, "PA", 2193, 1, fill, 200);
	play_data(&p, FLOW_CLIENT, "PA", 2393, 1, fill + 200, 200);
	play_data(&p, FLOW_CLIENT, "PA", 2593, 1, fill + 400, 200);
	ack(2643);
	assert_int_equal(p.n_units, 1);
	assert_int_equal(p.units[0].len, 450);
	play_forget(&p);
	play_close(&p, 2792, 0);
	assert_int_equal(p.n_units, 1);
	assert_int_equal(p.units[0].len, 150);
	assert_memory_equal(p.units[0].ptr, fill + 450, 150);
	play_end(&p);
}

/* The packet that made the bytes ready gives the headers. */
static void
test_headers(void **state)
{
	(void)state;
	begin(TCP_WINDOWS);
	client(1, "GET ");
	client(5, "SPLIT");
	ack(10);
	play(&p, FLOW_CLIENT, "FA", 10, 1, "");
	play(&p, FLOW_SERVER, "FA", 1, 11, "");
	assert_int_equal(p.n_units, 0);
	play(&p, FLOW_CLIENT, "A", 11, 2, "");
	assert_true(play_is(&p, 0, FLOW_CLIENT, "GET SPLIT"));
	assert_int_equal(p.units[0].seq, 1);
	assert_int_equal(p.units[0].flags, TCP_ACK);
	assert_int_equal(p.unit.dec.tcp_ack, 5002);
	assert_int_equal(p.unit.dec.tcp_win, 8192);
	/* the time of the first segment */
	assert_int_equal(p.units[0].ts.ns, 1030000000);
	play_end(&p);

	/* turned round: the acknowledgement is the other side's */
	begin(TCP_WINDOWS);
	play_data(&p, FLOW_CLIENT, "PA", 1, 1, fill, 100);
	play_data(&p, FLOW_CLIENT, "PA", 101, 1, fill, 100);
	ack(201);
	assert_int_equal(p.n_units, 1);
	assert_int_equal(p.unit.dec.tcp_seq, 1001);
	assert_int_equal(p.unit.dec.tcp_ack, 5001);
	assert_int_equal(p.unit.num, p.pkt.num);
	assert_memory_equal(p.unit.data, p.pkt.data + 6, 6);
	assert_memory_equal(p.unit.data + 6, p.pkt.data, 6);
	play_end(&p);

	/* at the end of input nothing triggers it */
	begin(TCP_WINDOWS);
	client(1, "half");
	ack(5);
	client(5, "not");
	play_drain(&p);
	assert_int_equal(p.n_units, 1);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "half"));
	assert_int_equal(p.units[0].flags, TCP_PSH | TCP_ACK);
	assert_int_equal(play_ctr(&p, "unacked_bytes"), 3);
	play_end(&p);
}

static void
test_ip6(void **state)
{
	(void)state;
	play_init(&p, TCP_LINUX);
	p.ip6 = true;
	play_start(&p);
	play_handshake(&p);
	client(1, "six");
	ack(4);
	play_close(&p, 3, 0);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "six"));
	assert_int_equal(p.unit.dec.ip_ver, 6);
	play_end(&p);
}

static void
test_holes(void **state)
{
	(void)state;
	begin(TCP_LINUX);
	client(1, "0123456789");
	client(21, "behind");
	client(27, " the hole");
	ack(36);
	assert_int_equal(p.n_units, 2);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "0123456789"));
	assert_true(play_is(&p, 1, FLOW_CLIENT, "behind the hole"));
	assert_int_equal(play_ctr(&p, "gaps"), 1);
	assert_int_equal(play_ctr(&p, "gap_bytes"), 10);
	play_forget(&p);
	/* the hole is closed for good */
	client(11, "abcdefghij");
	ack(36);
	play_close(&p, 35, 0);
	assert_int_equal(p.n_units, 0);
	play_end(&p);

	/* acknowledged before it was seen: what follows is whole */
	begin(TCP_LINUX);
	ack(11);
	client(11, "one");
	ack(14);
	client(14, "two");
	ack(17);
	play_close(&p, 16, 0);
	assert_int_equal(p.n_units, 1);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "onetwo"));
	play_end(&p);
}

/* Never acknowledged, never handed out. */
static void
test_unacknowledged(void **state)
{
	static const char *const ends[] = { "FA", "RA", "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		begin(TCP_LINUX);
		client(1, "half");
		client(5, "half");
		if (*ends[i])
			play(&p, FLOW_CLIENT, ends[i], 9, 1, "");
		play_drain(&p);
		assert_int_equal(p.n_units, 0);
		play_end(&p);
	}
}

/* But for logs it is at the end, behind what was acknowledged. */
static void
test_tail(void **state)
{
	static const char *const ends[] = { "FA", "RA", "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		play_init(&p, TCP_LINUX);
		p.conf.stream.tail = true;
		play_start(&p);
		play_handshake(&p);
		client(1, "half");
		ack(5);
		client(5, "rest");
		play(&p, FLOW_SERVER, "PA", 1, 5, "answer");
		client(20, "behind a hole");
		if (*ends[i])
			play(&p, FLOW_CLIENT, ends[i], 33, 1, "");
		assert_int_equal(p.n_units, *ends[i] == 'R');
		play_drain(&p);
		assert_int_equal(p.n_units, 4);
		assert_true(play_is(&p, 0, FLOW_CLIENT, "half"));
		assert_true(play_is(&p, 1, FLOW_CLIENT, "rest"));
		assert_true(play_is(&p, 2, FLOW_CLIENT, "behind a hole"));
		assert_true(play_is(&p, 3, FLOW_SERVER, "answer"));
		for (unsigned u = 0; u < 4; u++) {
			assert_int_equal(p.units[u].not_inspected, u > 0);
			assert_true(p.units[u].established);
		}
		assert_int_equal(play_ctr(&p, "unacked_bytes"), 23);
		play_end(&p);
	}
	/* a session that was over had nothing left */
	play_init(&p, TCP_LINUX);
	p.conf.stream.tail = true;
	play_start(&p);
	play_handshake(&p);
	client(1, "all");
	ack(4);
	play_close(&p, 4, 0);
	assert_int_equal(p.n_units, 1);
	assert_false(p.units[0].not_inspected);
	assert_int_equal(play_ctr(&p, "unacked_bytes"), 0);
	play_end(&p);
}

/* Only the client's way is seen: nobody acknowledges. */
static void
one_way(bool async, bool tail)
{
	play_init(&p, TCP_LINUX);
	p.engine.no_reassemble_async = !async;
	p.conf.stream.tail = tail;
	play_start(&p);
	client(1, "GET /one");
	client(9, "-sided");
}

static void
test_one_sided(void **state)
{
	(void)state;
	one_way(true, true);
	assert_int_equal(p.n_units, 0);
	play_drain(&p);
	assert_int_equal(p.n_units, 1);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "GET /one-sided"));
	assert_false(p.units[0].established);
	assert_true(p.units[0].not_inspected);
	assert_int_equal(play_ctr(&p, "one_sided_bytes"), 14);
	assert_int_equal(play_ctr(&p, "unacked_bytes"), 0);
	play_end(&p);

	/* nobody asked for logs */
	one_way(true, false);
	play_drain(&p);
	assert_int_equal(p.n_units, 0);
	assert_int_equal(play_ctr(&p, "unacked_bytes"), 14);
	play_end(&p);

	/* not by dont_reassemble_async */
	one_way(false, true);
	play_drain(&p);
	assert_int_equal(p.n_units, 0);
	assert_int_equal(play_ctr(&p, "segments"), 0);
	play_end(&p);
	/* which begins with what follows the other side's first packet */
	for (unsigned async = 0; async < 2; async++) {
		one_way(async, true);
		ack(15);
		client(15, " no more");
		ack(23);
		play_drain(&p);
		assert_int_equal(p.n_units, 1);
		assert_true(play_is(&p, 0, FLOW_CLIENT, async ?
		    "GET /one-sided no more" : " no more"));
		assert_true(p.units[0].established);
		play_end(&p);
	}
}

/* It does not wait for the end, nor for ever for what is missing. */
static void
test_one_sided_at_length(void **state)
{
	(void)state;
	for (unsigned hole = 0; hole < 2; hole++) {
		uint32_t at = 1, n = 0;

		play_init(&p, TCP_LINUX);
		p.conf.stream.tail = true;
		play_start(&p);
		client(at, "first");
		at += 5 + hole;
		for (unsigned i = 0; i < 400; i++) {
			play_data(&p, FLOW_CLIENT, "PA", at, 1, fill, 1000);
			at += 1000;
		}
		assert_in_range(p.n_units, 5, 16);
		play_drain(&p);
		for (unsigned i = 0; i < p.n_units; i++)
			n += p.units[i].len;
		assert_int_equal(n, 400005);
		assert_int_equal(play_ctr(&p, "gaps"), hole);
		assert_int_equal(play_ctr(&p, "unacked_bytes"), 0);
		play_end(&p);
	}
}

static void
test_reset_flushes_its_sender(void **state)
{
	(void)state;
	begin(TCP_LINUX);
	client(1, "acked");
	ack(6);
	play(&p, FLOW_CLIENT, "R", 6, 0, "");
	assert_true(play_is(&p, 0, FLOW_CLIENT, "acked"));
	play_end(&p);
	/* what the other side still sends may be acknowledged later */
	begin(TCP_LINUX);
	client(1, "one ");
	play(&p, FLOW_SERVER, "RA", 1, 5, "");
	client(5, "two");
	ack(8);
	play_drain(&p);
	assert_int_equal(p.n_units, 1);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "one two"));
	play_end(&p);
}

/* A FIN that was acknowledged: the side has nothing more to say. */
static void
test_half_close(void **state)
{
	(void)state;
	begin(TCP_LINUX);
	client(1, "request");
	assert_false(stream_is_whole(p.facts.flow, FLOW_CLIENT));
	play(&p, FLOW_CLIENT, "FA", 8, 1, "");
	/* not handed out, as it is not acknowledged */
	assert_false(stream_is_whole(p.facts.flow, FLOW_CLIENT));
	ack(9);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "request"));
	assert_true(stream_is_whole(p.facts.flow, FLOW_CLIENT));
	assert_false(stream_is_whole(p.facts.flow, FLOW_SERVER));
	play(&p, FLOW_SERVER, "PA", 1, 9, "answer");
	play(&p, FLOW_CLIENT, "A", 9, 7, "");
	play(&p, FLOW_SERVER, "FA", 7, 9, "");
	play(&p, FLOW_CLIENT, "A", 9, 8, "");
	assert_true(play_is(&p, 1, FLOW_SERVER, "answer"));
	assert_false(p.facts.established);
	play_end(&p);
}

static void
test_timeout(void **state)
{
	(void)state;
	begin(TCP_LINUX);
	client(1, "slow");
	ack(5);
	p.ms += 31000;
	p.port++; /* another session's packet finds it expired */
	play(&p, FLOW_CLIENT, "S", 0, 0, "");
	p.port--;
	for (int i = 0; i < 40 && !p.n_units; i++) {
		struct stream_facts facts;

		if (track_expire(p.track, p.pkt.ts, false, &p.unit, &facts))
			p.n_units++;
	}
	assert_int_equal(p.n_units, 1);
	assert_int_equal(p.unit.dec.payload_len, 4);
	play_end(&p);
}

/* More than a datagram can carry goes in parts. */
static void
test_large(void **state)
{
	uint32_t at = 0;

	(void)state;
	play_init(&p, TCP_LINUX);
	p.window = 65535;
	p.opts = "03030801"; /* window scale 8 */
	play_start(&p);
	play_handshake(&p);
	p.opts = NULL;
	ack(1); /* SYNs do not scale their window */
	for (; at < 69000; at += 1000)
		play_data(&p, FLOW_CLIENT, "PA", 1 + at, 1, fill + at, 1000);
	ack(1 + at);
	assert_int_equal(p.n_units, 2);
	assert_true(p.units[0].len > 65000);
	assert_int_equal(p.units[0].len + p.units[1].len, 69000);
	assert_memory_equal(p.bytes, fill, 69000);
	play_end(&p);
}

static void
test_urgent(void **state)
{
	(void)state;
	begin(TCP_LINUX);
	p.urgent = 5;
	play(&p, FLOW_CLIENT, "PAU", 1, 1, "PAT42-EVIL");
	p.urgent = 11; /* beyond the segment: all of it counts */
	play(&p, FLOW_CLIENT, "PAU", 11, 1, "DATA-42-END");
	ack(22);
	play_close(&p, 21, 0);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "-EVILDATA-42-END"));
	assert_int_equal(play_ctr(&p, "urgent"), 5);
	play_end(&p);

	/* nothing but urgent bytes: no packet */
	begin(TCP_LINUX);
	p.urgent = 4;
	play(&p, FLOW_CLIENT, "PAU", 1, 1, "abcd!");
	ack(5);
	play_drain(&p);
	assert_int_equal(p.n_units, 0);
	play_end(&p);
}

static void
test_ports(void **state)
{
	static const uint8_t none[8192];

	(void)state;
	play_init(&p, TCP_LINUX);
	p.engine.ports[FLOW_SERVER] = none;
	play_start(&p);
	play_handshake(&p);
	client(1, "client");
	play(&p, FLOW_SERVER, "PA", 1, 7, "server");
	play(&p, FLOW_CLIENT, "A", 7, 7, "");
	play(&p, FLOW_SERVER, "PA", 1, 7, "server");
	assert_false(p.facts.retransmitted); /* nobody remembers */
	stream_set_reassembly(p.facts.flow, FLOW_SERVER, true);
	play(&p, FLOW_SERVER, "PA", 7, 7, "more");
	play(&p, FLOW_CLIENT, "A", 7, 11, "");
	play_close(&p, 6, 10);
	assert_int_equal(p.n_units, 2);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "client"));
	assert_true(play_is(&p, 1, FLOW_SERVER, "more"));
	play_end(&p);
}

/* The alerts of raw segments are forgotten with each flush. */
static void
test_alerts(void **state)
{
	struct flow *f;

	(void)state;
	begin(TCP_LINUX);
	f = p.facts.flow;
	for (uint32_t sid = 1; sid <= 9; sid++)
		stream_alert_note(f, FLOW_CLIENT, 1, sid);
	stream_alert_note(f, FLOW_SERVER, 1, 20);
	assert_true(stream_alert_noted(f, FLOW_CLIENT, 1, 8));
	assert_false(stream_alert_noted(f, FLOW_CLIENT, 1, 9)); /* the 9th */
	assert_false(stream_alert_noted(f, FLOW_CLIENT, 3, 8));
	assert_false(stream_alert_noted(f, FLOW_CLIENT, 1, 20));
	play_data(&p, FLOW_CLIENT, "PA", 1, 1, fill, 100);
	play_data(&p, FLOW_CLIENT, "PA", 101, 1, fill, 100);
	assert_true(stream_alert_noted(f, FLOW_CLIENT, 1, 8));
	ack(201);
	assert_int_equal(p.n_units, 1);
	assert_false(stream_alert_noted(f, FLOW_CLIENT, 1, 8));
	assert_true(stream_alert_noted(f, FLOW_SERVER, 1, 20));
	play_end(&p);
}

/* Without memory an alert is not remembered, and that is counted. */
static void
test_no_memory_for_alerts(void **state)
{
	struct flow *f;

	(void)state;
	begin(TCP_LINUX);
	f = p.facts.flow;
	mem_fail_at(1);
	stream_alert_note(f, FLOW_CLIENT, 1, 1);
	mem_fail_at(0);
	assert_false(stream_alert_noted(f, FLOW_CLIENT, 1, 1));
	assert_int_equal(play_ctr(&p, "not_noted"), 1);
	stream_alert_note(f, FLOW_CLIENT, 1, 2);
	assert_true(stream_alert_noted(f, FLOW_CLIENT, 1, 2));
	play_end(&p);
}

/* Lines, as a parser would name them. */
static size_t
line_end(void *arg, struct slice s)
{
	unsigned *gaps = arg;
	const uint8_t *nl = s.ptr ? memchr(s.ptr, '\n', s.len) : NULL;

	if (!s.ptr)
		++*gaps;
	return nl ? (size_t)(nl - s.ptr) + 1 : 0;
}

static void
test_pdu_hook(void **state)
{
	unsigned gaps = 0;

	(void)state;
	begin(TCP_LINUX);
	stream_set_pdu(track_streams(p.track),
	    p.facts.flow, FLOW_CLIENT, line_end, &gaps);
	client(1, "one\ntwo\nth");
	assert_int_equal(p.n_units, 0);
	ack(11);
	assert_int_equal(p.n_units, 2);
	assert_true(play_is(&p, 0, FLOW_CLIENT, "one\n"));
	assert_true(play_is(&p, 1, FLOW_CLIENT, "two\n"));
	client(11, "ree\n");
	ack(15);
	assert_true(play_is(&p, 2, FLOW_CLIENT, "three\n"));
	client(15, "rest");
	client(20, "x\ny");
	ack(23);
	assert_int_equal(gaps, 1);
	play_close(&p, 22, 0);
	assert_true(play_is(&p, 3, FLOW_CLIENT, "rest"));
	assert_true(play_is(&p, 4, FLOW_CLIENT, "x\n"));
	assert_true(play_is(&p, 5, FLOW_CLIENT, "y"));
	assert_int_equal(p.n_units, 6);
	play_end(&p);

	/* it names none: paf_max does */
	play_init(&p, TCP_LINUX);
	p.conf.stream.paf_max = 300;
	play_start(&p);
	play_handshake(&p);
	stream_set_pdu(track_streams(p.track),
	    p.facts.flow, FLOW_CLIENT, line_end, &gaps);
	for (uint32_t at = 0; at < 700; at += 100)
		play_data(&p, FLOW_CLIENT, "PA", 1 + at, 1,
		    "..........................................."
		    ".........................................................",
		    100);
	ack(701);
	assert_int_equal(p.n_units, 2);
	assert_int_equal(p.units[0].len, 300);
	play_end(&p);
}

/* A session whose lines are units, or so many bytes. */
static void
begin_lines(uint32_t paf_max, unsigned *gaps)
{
	play_init(&p, TCP_LINUX);
	p.conf.stream.paf_max = paf_max;
	play_start(&p);
	play_handshake(&p);
	stream_set_pdu(track_streams(p.track), p.facts.flow, FLOW_CLIENT,
	    line_end, gaps);
}

/* A unit that is cut for its length ends with a segment, and is never longer
 * than a packet may be. */
static void
test_long_units(void **state)
{
	static uint8_t bytes[32000];
	unsigned gaps = 0;

	(void)state;
	begin_lines(300, &gaps);
	for (uint32_t at = 0; at < 840; at += 140)
		play_data(&p, FLOW_CLIENT, "PA", 1 + at, 1, bytes, 140);
	ack(841);
	assert_int_equal(p.n_units, 2);
	assert_int_equal(p.units[0].len, 420);
	play_end(&p);

	begin_lines(63780, &gaps);
	for (uint32_t at = 0; at < 4 * 32000; at += 32000) {
		play_data(&p, FLOW_CLIENT, "PA", 1 + at, 1, bytes, 32000);
		ack(at + 32001);
	}
	assert_int_equal(p.n_units, 2);
	assert_int_equal(p.units[0].len, 64000);
	assert_int_equal(p.units[1].len, 64000);
	play_end(&p);

	/* a third one would be too long behind these */
	begin_lines(63780, &gaps);
	for (uint32_t at = 0; at < 90000; at += 30000) {
		play_data(&p, FLOW_CLIENT, "PA", 1 + at, 1, bytes, 30000);
		ack(at + 30001);
	}
	assert_int_equal(p.n_units, 1);
	assert_int_equal(p.units[0].len, 60000);
	play_close(&p, 90001, 0);
	assert_int_equal(p.n_units, 2);
	assert_int_equal(p.units[1].len, 30000);
	play_end(&p);
}

/*
 * A shell on a port where HTTP is expected, as a parser of requests sees it:
 * the banner looks like a request, whose end is that of the segment with the
 * first empty line. What follows is none, the parser gives up, and as in Snort
 * the rest stays together until paf_max and the flush point are reached.
 */
static size_t
request_end(void *arg, struct slice s)
{
	static const char empty[] = "\r\n\r\n";
	bool *done = arg;

	if (*done) {
		stream_set_pdu(track_streams(p.track), p.facts.flow,
		    FLOW_CLIENT, NULL, NULL);
		return 0;
	}
	for (size_t i = 0; s.ptr && i + 4 <= s.len; i++)
		*done |= memcmp(s.ptr + i, empty, 4) == 0;
	return *done ? s.len : 0;
}

static void
test_after_pdus(void **state)
{
	static const char banner[] = "Some Shell [Version 1.2]";
	static const char prompt[] = "\r\nCopyright (c) Somebody.\r\n\r\nC:\\>";
	const uint32_t all = sizeof(banner) + sizeof(prompt) - 2;
	uint32_t at = 1 + all;
	bool done = false;

	(void)state;
	begin(TCP_LINUX);
	stream_set_pdu(track_streams(p.track), p.facts.flow, FLOW_CLIENT,
	    request_end, &done);
	client(1, banner);
	ack(sizeof(banner));
	assert_int_equal(p.n_units, 0);
	client(sizeof(banner), prompt);
	ack(at);
	assert_int_equal(p.n_units, 1);
	assert_int_equal(p.units[0].len, all);
	play_forget(&p);

	/* what a command prints, line by line, each acknowledged */
	for (unsigned i = 0; i < 20; i++, at += 80) {
		play_data(&p, FLOW_CLIENT, "PA", at, 1, fill, 80);
		ack(at + 80);
	}
	assert_int_equal(p.n_units, 0);
	for (; at < 1 + all + 16384 + 192; at += 80) {
		assert_int_equal(p.n_units, 0);
		play_data(&p, FLOW_CLIENT, "PA", at, 1, fill, 80);
		ack(at + 80);
	}
	assert_int_equal(p.n_units, 1);
	assert_int_equal(p.units[0].len, at - 1 - all);
	play_forget(&p);

	/* and what is left at the end */
	play_data(&p, FLOW_CLIENT, "PA", at, 1, fill, 500);
	play_data(&p, FLOW_CLIENT, "PA", at + 500, 1, fill, 500);
	ack(at + 1000);
	assert_int_equal(p.n_units, 0);
	play_close(&p, at + 999, 0);
	assert_int_equal(p.n_units, 1);
	assert_int_equal(p.units[0].len, 1000);
	play_end(&p);
}

/* Nor do tiny segments fill the queue until some are lost. */
static void
test_tiny_after_pdus(void **state)
{
	bool done = true;

	(void)state;
	begin(TCP_LINUX);
	stream_set_pdu(track_streams(p.track), p.facts.flow, FLOW_CLIENT,
	    request_end, &done);
	stream_set_pdu(track_streams(p.track), p.facts.flow,
		    FLOW_CLIENT, NULL, NULL);
	for (uint32_t at = 1; at <= 3000; at++) {
		play_data(&p, FLOW_CLIENT, "PA", at, 1, fill + at, 1);
		ack(at + 1);
	}
	play_close(&p, 3000, 0);
	assert_int_equal(p.n_units, 3);
	assert_int_equal(p.units[0].len + p.units[1].len + p.units[2].len,
	    3000);
	assert_int_equal(play_ctr(&p, "max_queued_segs"), 0);
	play_end(&p);
}

static void
sized(uint32_t *at, uint32_t len)
{
	play_data(&p, FLOW_CLIENT, "PA", *at, 1, fill + *at, len);
	*at += len;
}

/* Inline with flush_factor 3: a smaller segment after three ends a unit. */
static void
test_flush_factor(void **state)
{
	uint32_t at = 1;

	(void)state;
	play_init(&p, TCP_LINUX);
	p.conf.stream.inline_mode = true;
	p.engine.flush_factor = 3;
	play_start(&p);
	play_handshake(&p);
	sized(&at, 10);
	sized(&at, 10);
	sized(&at, 20);
	assert_int_equal(p.n_units, 0);
	sized(&at, 19);
	assert_int_equal(p.n_units, 1);
	assert_int_equal(p.units[0].len, 59);
	assert_memory_equal(p.units[0].ptr, fill + 1, 59);

	/* counted anew; after fewer it is as any other */
	sized(&at, 30);
	sized(&at, 20);
	sized(&at, 30);
	assert_int_equal(p.n_units, 1);
	sized(&at, 5);
	assert_int_equal(p.n_units, 2);
	assert_int_equal(p.units[1].len, 85);

	/* the flush point as well, then the count begins anew */
	sized(&at, 60);
	sized(&at, 60);
	sized(&at, 60);
	assert_int_equal(p.n_units, 2);
	sized(&at, 60);
	assert_int_equal(p.n_units, 3);
	assert_int_equal(p.units[2].len, 240);
	sized(&at, 4);
	assert_int_equal(p.n_units, 3);

	/* an acknowledgement alone flushes nothing, a hole in it does */
	ack(at);
	assert_int_equal(p.n_units, 3);
	at += 10;
	sized(&at, 6);
	assert_int_equal(p.n_units, 3);
	ack(at);
	assert_int_equal(p.n_units, 5);
	assert_int_equal(p.units[3].len, 4);
	assert_int_equal(p.units[4].len, 6);

	/* and the end */
	sized(&at, 7);
	ack(at);
	play_close(&p, at - 1, 0);
	assert_int_equal(p.n_units, 6);
	assert_int_equal(p.units[5].len, 7);
	play_end(&p);
}

/* As in Snort it has no meaning where acknowledgements are waited for. */
static void
test_flush_factor_passive(void **state)
{
	uint32_t at = 1;

	(void)state;
	play_init(&p, TCP_LINUX);
	p.engine.flush_factor = 1;
	play_start(&p);
	play_handshake(&p);
	sized(&at, 20);
	sized(&at, 20);
	sized(&at, 10);
	ack(at);
	assert_int_equal(p.n_units, 0);
	play_close(&p, at - 1, 0);
	assert_int_equal(p.n_units, 1);
	play_end(&p);
}

/* Inline: in order is ready, and stays what it was. */
static void
test_inline(void **state)
{
	(void)state;
	play_init(&p, TCP_LAST);
	p.conf.stream.inline_mode = true;
	play_start(&p);
	play_handshake(&p);
	client(1, "abcd");
	assert_true(play_is(&p, 0, FLOW_CLIENT, "abcd"));
	client(9, "ijkl");
	assert_int_equal(p.n_units, 1);
	client(5, "efgh");
	assert_true(play_is(&p, 1, FLOW_CLIENT, "efghijkl"));
	client(1, "abcd");
	assert_true(p.facts.retransmitted);
	assert_int_equal(play_ctr(&p, "conflicts"), 0);
	client(3, "XXXXXXXXXXXX");
	assert_int_equal(play_ctr(&p, "conflicts"), 1);
	assert_true(play_is(&p, 2, FLOW_CLIENT, "XX"));
	ack(15);
	client(15, "end");
	play_close(&p, 17, 0);
	assert_int_equal(p.n_units, 4);
	assert_true(play_is(&p, 3, FLOW_CLIENT, "end"));
	play_end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flush_point),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_ip6),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_unacknowledged),
		cmocka_unit_test(test_tail),
		cmocka_unit_test(test_one_sided),
		cmocka_unit_test(test_one_sided_at_length),
		cmocka_unit_test(test_reset_flushes_its_sender),
		cmocka_unit_test(test_half_close),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_urgent),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_no_memory_for_alerts),
		cmocka_unit_test(test_pdu_hook),
		cmocka_unit_test(test_long_units),
		cmocka_unit_test(test_after_pdus),
		cmocka_unit_test(test_tiny_after_pdus),
		cmocka_unit_test(test_inline),
		cmocka_unit_test(test_flush_factor),
		cmocka_unit_test(test_flush_factor_passive),
	};

	return cmocka_run_group_tests_name("stream_flush", tests, setup, NULL);
}
