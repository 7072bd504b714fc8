/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a Linux receiver makes of segments that were sent to confuse an
 * onlooker, as its kernel showed in tests/sh/stream_kernel.sh: here packet by
 * packet, with its answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/tools/play_tcp.h"

static struct play p;

static void
begin(void)
{
	play_init(&p, TCP_LINUX);
	play_start(&p);
}

static void
opened(void)
{
	begin();
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

/* Ends the session: its receiver has read that. */
static void
read_was(enum flow_side side, const char *text)
{
	char all[256] = "";
	size_t n = 0;

	play_drain(&p);
	for (unsigned i = 0; i < p.n_units; i++) {
		const struct play_unit *u = &p.units[i];

		if (u->side != side)
			continue;
		assert_true(u->len < sizeof(all) - n);
		memcpy(all + n, u->ptr, u->len);
		n += u->len;
		all[n] = '\0';
	}
	assert_string_equal(all, text);
	play_end(&p);
}

/* The options of one timestamp. */
static const char *
ts(uint32_t value)
{
	static char text[32];

	snprintf(text, sizeof(text), "0101080a%08x00000000", value);
	return text;
}

static void
client_ts(uint32_t value, const char *flags, uint32_t seq, uint32_t ack,
    const char *text)
{
	p.opts = ts(value);
	client(flags, seq, ack, text);
}

static void
opened_ts(uint32_t value)
{
	begin();
	client_ts(value, "S", 0, 0, "");
	p.opts = ts(7000);
	server("SA", 0, 1, "");
	client_ts(value, "A", 1, 1, "");
}

/* A segment stays as long as it came, whatever was cut off its front: the one
 * that began first has its bytes. */
static void
test_extents(void **state)
{
	(void)state;
	opened();
	client("A", 12, 1, "oooooooo");   /* 12-19 */
	client("A", 9, 1, "nnnnnn");      /* 9-14 covers its front */
	client("A", 13, 1, "xxxxxxxxxx"); /* 13-22: two began before */
	client("A", 1, 1, "........");
	server("A", 1, 23, "");
	read_was(FLOW_CLIENT, "........nnnnnnoooooxxx");

	opened();
	client("A", 12, 1, "oooooooo");
	client("A", 9, 1, "nnnnnn");
	client("A", 12, 1, "xxxxxxxxxx"); /* longer than o from its begin on */
	client("A", 1, 1, "........");
	server("A", 1, 22, "");
	read_was(FLOW_CLIENT, "........nnnnnnxxxxxxx");
}

/* FIN makes a segment one longer. */
static void
test_fin_is_length(void **state)
{
	(void)state;
	opened();
	client("A", 3, 1, "oooo");
	client("FA", 3, 1, "nnnn");
	client("FA", 3, 1, "xxxx");
	client("A", 3, 1, "yyyyy");
	client("A", 1, 1, "..");
	server("A", 1, 8, "");
	read_was(FLOW_CLIENT, "..nnnn");

	/* noted as well where it comes with the same bytes */
	opened();
	client("A", 3, 1, "oooo");
	client("FA", 3, 1, "oooo");
	client("FA", 3, 1, "xxxx");
	client("A", 1, 1, "..");
	server("A", 1, 8, "");
	read_was(FLOW_CLIENT, "..oooo");
}

/* A FIN out of order goes with its segment when that is covered. */
static void
test_fin_covered(void **state)
{
	static const struct {
		const char *text; /* of a segment from 3 on, FIN at 7 */
		uint32_t ack;
		const char *read;
	} cases[] = {
		{ "nnnn", 8, "..nnnn" }, /* is not covered */
		{ "nnnnn", 10, "..nnnnnmm" },
		{ "nnnnnn", 10, "..nnnnnnm" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		opened();
		client("FA", 5, 1, "oo");
		client("A", 8, 1, "mm");
		client("A", 3, 1, cases[i].text);
		client("A", 1, 1, "..");
		server("A", 1, cases[i].ack, "");
		read_was(FLOW_CLIENT, cases[i].read);
	}
	/* nor does it count when that was covered before */
	opened();
	client("A", 3, 1, "nnnnnnnn");
	client("FA", 5, 1, "oo");
	client("A", 1, 1, "..");
	server("A", 1, 11, "");
	client("PA", 11, 1, "more");
	server("A", 1, 15, "");
	read_was(FLOW_CLIENT, "..nnnnnnnnmore");
	/* the lower one of two */
	opened();
	client("FA", 9, 1, "oo");
	client("FA", 5, 1, "pp");
	client("A", 1, 1, "nnnn");
	server("A", 1, 8, "");
	read_was(FLOW_CLIENT, "nnnnpp");
	/* the receiver's word counts where a segment was not seen */
	opened();
	client("FA", 5, 1, "oo");
	client("A", 8, 1, "mm");
	server("A", 1, 10, "");
	client("PA", 10, 1, "more");
	server("A", 1, 14, "");
	read_was(FLOW_CLIENT, "oommmore");
}

/* One in order is the end, whatever comes. */
static void
test_fin_in_order(void **state)
{
	(void)state;
	opened();
	client("A", 1, 1, "half");
	client("FA", 5, 1, "");
	client("A", 1, 1, "covered");
	assert_false(play_raised(&p, 16));
	client("A", 5, 1, "more");
	assert_true(play_raised(&p, 3));
	server("A", 1, 9, "");
	read_was(FLOW_CLIENT, "half");
}

/* A segment that begins in the window is taken whole, with its FIN. */
static void
test_over_the_edge(void **state)
{
	(void)state;
	begin();
	client("S", 0, 0, "");
	p.window = 5;
	server("SA", 0, 1, "");
	p.window = 8192;
	client("A", 1, 1, "");
	client("FA", 1, 1, "0123456789");
	p.window = 0;
	server("A", 1, 12, "");
	read_was(FLOW_CLIENT, "0123456789");
}

/* What probes a closed window is not taken. */
static void
test_probe(void **state)
{
	(void)state;
	begin();
	client("S", 0, 0, "");
	p.window = 3;
	server("SA", 0, 1, "");
	client("A", 1, 1, "");
	client("PA", 1, 1, "abc");
	p.window = 0;
	server("A", 1, 4, "");
	client("A", 4, 1, "x");
	server("A", 1, 4, "");
	p.window = 8192;
	server("A", 1, 4, "");
	client("PA", 4, 1, "d");
	server("A", 1, 5, "");
	read_was(FLOW_CLIENT, "abcd");
}

/* What acknowledges bytes that were never sent has no FIN. */
static void
test_fin_of_a_lie(void **state)
{
	(void)state;
	opened();
	client("FA", 1, 5000, "");
	client("PA", 1, 1, "more");
	server("A", 1, 5, "");
	read_was(FLOW_CLIENT, "more");
}

/* SYN and ACK of the client, and it is another's. */
static void
test_forged_syn_ack(void **state)
{
	(void)state;
	begin();
	client("S", 0, 0, "");
	server("SA", 0, 1, "");
	client("SA", 700000, 1, "");
	client("A", 1, 1, "");
	client("PA", 1, 1, "here");
	server("A", 1, 5, "");
	read_was(FLOW_CLIENT, "here");
}

/* ... and as it began: the handshake is over, and its clock counts. */
static void
test_late_syn_ack(void **state)
{
	(void)state;
	begin();
	client_ts(1000, "S", 0, 0, "");
	p.opts = ts(7000);
	server("SA", 0, 1, "");
	client_ts(2000, "SA", 0, 1, "data");
	client_ts(1000, "PA", 1, 1, "late");
	assert_true(play_raised(&p, 4));
	client_ts(9000, "SA", 0, 1, "data");
	client_ts(2000, "PA", 1, 1, "here");
	assert_false(play_raised(&p, 4));
	p.opts = ts(7001);
	server("A", 1, 5, "");
	read_was(FLOW_CLIENT, "here");
}

/* SYN before the last FIN is acknowledged begins nothing. */
static void
test_syn_while_closing(void **state)
{
	(void)state;
	opened();
	client("FA", 5, 1, "");
	server("FA", 1, 1, "");
	client("A", 5, 2, "");
	client("S", 700000, 0, "");
	client("A", 1, 2, "here");
	server("A", 2, 6, "");
	read_was(FLOW_CLIENT, "here");
}

/* In SYN-RECEIVED a wrong acknowledgement is answered by a reset, which ends
 * nothing; and so a SYN begins nothing. */
static void
test_reset_of_a_lie(void **state)
{
	(void)state;
	begin();
	client("S", 0, 0, "");
	server("SA", 0, 1, "");
	client("A", 1, 300, "");
	client("A", 1, 200, "");
	server("R", 300, 0, "");
	assert_true(play_raised(&p, 15));
	server("R", 200, 0, "");
	client("S", 700000, 0, "");
	client("A", 1, 1, "here");
	server("PA", 1, 5, "there");
	assert_false(p.facts.not_inspected);
	read_was(FLOW_CLIENT, "here");
}

/* No clock is taken from what the receiver drops, or what it has heard. */
static void
test_forged_clocks(void **state)
{
	(void)state;
	opened_ts(1000);
	client_ts(900000, "A", 1, 5000, "");   /* acknowledges too much */
	client_ts(900000, "A", 1, 0, "");      /* and nothing new */
	client_ts(900000, "PA", 50, 1, "far"); /* out of order */
	client_ts(900000, "P", 1, 0, "");      /* acknowledges nothing */
	client_ts(1001, "PA", 1, 1, "here");
	assert_false(play_raised(&p, 4));
	p.opts = ts(7001);
	server("A", 1, 5, "");
	read_was(FLOW_CLIENT, "here");

	/* but those of others count, after a lie about what it answers */
	opened_ts(1000);
	client_ts(1000, "A", 1, 3, "");
	p.opts = ts(7001);
	server("PA", 1, 1, "ab");
	server("FA", 3, 1, "");
	client_ts(2000, "A", 1, 4, "");
	client_ts(1500, "PA", 1, 4, "late");
	assert_true(play_raised(&p, 4));
	client_ts(2000, "PA", 1, 4, "here");
	p.opts = ts(7002);
	server("A", 4, 5, "");
	read_was(FLOW_CLIENT, "here");
}

/* 0 is no clock. */
static void
test_clock_zero(void **state)
{
	(void)state;
	opened_ts(UINT32_MAX - 5);
	client_ts(0, "PA", 1, 1, "a");
	p.opts = ts(7001);
	server("A", 1, 2, "");
	client_ts(UINT32_MAX - 5, "PA", 2, 1, "b");
	assert_false(play_raised(&p, 4));
	p.opts = ts(7001);
	server("A", 1, 3, "");
	read_was(FLOW_CLIENT, "ab");
}

/* Of two clocks in one segment the last counts. */
static void
test_two_clocks(void **state)
{
	(void)state;
	opened_ts(1000);
	p.opts = "0101080a000003e8000000000101080a0000006400000000";
	client("PA", 1, 1, "late");
	assert_true(play_raised(&p, 4));
	p.opts = "0101080a00000064000000000101080a000003e800000000";
	client("PA", 1, 1, "here");
	assert_false(play_raised(&p, 4));
	p.opts = ts(7001);
	server("A", 1, 5, "");
	read_was(FLOW_CLIENT, "here");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_extents),
		cmocka_unit_test(test_fin_is_length),
		cmocka_unit_test(test_fin_covered),
		cmocka_unit_test(test_fin_in_order),
		cmocka_unit_test(test_over_the_edge),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_fin_of_a_lie),
		cmocka_unit_test(test_forged_syn_ack),
		cmocka_unit_test(test_late_syn_ack),
		cmocka_unit_test(test_syn_while_closing),
		cmocka_unit_test(test_reset_of_a_lie),
		cmocka_unit_test(test_forged_clocks),
		cmocka_unit_test(test_clock_zero),
		cmocka_unit_test(test_two_clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
