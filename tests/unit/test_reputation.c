/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Block and allow lists: look-ups against a plain walk, and what they say of
 * packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/watch/reputation.h"

enum { NETS = 300, LOOKUPS = 20000 };

static struct arena arena;

static uint32_t
next_random(void)
{
	static uint64_t x = 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)(x >> 16);
}

static struct ipaddr
addr_of(const char *text)
{
	struct ipaddr a;

	assert_true(ipaddr_parse(text_of(text), &a));
	return a;
}

/* Few values, so that networks nest and meet. */
static struct ipaddr
random_addr(void)
{
	struct ipaddr a = { .family = next_random() & 1 ? 4 : 6 };
	unsigned n = a.family == 4 ? 4 : 16;

	for (unsigned i = 0; i < n; i++)
		a.b[i] = i < 2 || i + 1 == n ?
		    (uint8_t)(next_random() & 3 ? 0xff * (next_random() & 1) :
		    next_random()) : 0;
	return a;
}

static enum rep_word
ask(const struct reputation_conf *c, struct ipaddr src, struct ipaddr dst,
    uint32_t *sid)
{
	static struct packet p;
	enum rep_word word;

	p.dec = (struct pkt_dec){ .ip_ver = src.family, .src = src,
		.dst = dst };
	word = reputation_packet(c, &p);
	*sid = p.dec.n_events ? p.events[0].sid : 0;
	return word;
}

static void
test_model(void **state)
{
	struct reputation_conf c = { .scan_local = true,
		.priority_black = true };
	struct rep_net nets[NETS];
	struct ipaddr nobody = { .family = 0 };

	(void)state;
	for (unsigned i = 0; i < NETS; i++) {
		nets[i].addr = random_addr();
		nets[i].bits = (uint8_t)(1 + next_random() %
		    (nets[i].addr.family == 4 ? 32 : 128));
		nets[i].list = next_random() & 1 ? REP_BLACK : REP_WHITE;
	}
	reputation_build(&c.table, &arena, nets, NETS);
	for (unsigned i = 0; i < LOOKUPS; i++) {
		struct ipaddr a = random_addr();
		uint32_t sid;
		unsigned lists = 0;

		for (unsigned j = 0; j < NETS; j++)
			if (ipaddr_in_net(&a, &nets[j].addr, nets[j].bits))
				lists |= nets[j].list;
		ask(&c, a, nobody, &sid);
		assert_int_equal(sid, lists & REP_BLACK ? 1 : lists ? 2 : 0);
	}
}

static void
test_words(void **state)
{
	struct reputation_conf c = { .scan_local = false };
	const struct rep_net nets[] = {
		{ addr_of("192.0.2.0"), 24, REP_BLACK },
		{ addr_of("192.0.2.7"), 32, REP_WHITE },
		{ addr_of("10.0.0.0"), 8, REP_BLACK },
		{ addr_of("255.255.255.255"), 32, REP_BLACK },
		{ addr_of("2001:db8::"), 32, REP_BLACK },
	};
	struct ipaddr black = addr_of("192.0.2.1"), own = addr_of("10.0.0.1");
	struct ipaddr both = addr_of("192.0.2.7"), other = addr_of("1.1.1.1");
	uint32_t sid;

	(void)state;
	reputation_build(&c.table, &arena, nets, ARRAY_LEN(nets));
	assert_int_equal(ask(&c, black, other, &sid), REP_SAYS_BLACK);
	assert_int_equal(sid, 1);
	assert_int_equal(ask(&c, other, black, &sid), REP_SAYS_BLACK);
	assert_int_equal(ask(&c, other, own, &sid), REP_SAYS_NOTHING);
	c.scan_local = true;
	assert_int_equal(ask(&c, other, own, &sid), REP_SAYS_BLACK);
	assert_int_equal(ask(&c, addr_of("255.255.255.255"), other, &sid),
	    REP_SAYS_BLACK);
	assert_int_equal(ask(&c, addr_of("2001:db8:ffff::1"),
	    addr_of("2001:db9::1"), &sid), REP_SAYS_BLACK);
	assert_int_equal(ask(&c, addr_of("2001:db9::"), addr_of("::1"), &sid),
	    REP_SAYS_NOTHING);
	/* on both lists */
	assert_int_equal(ask(&c, both, other, &sid), REP_SAYS_WHITE);
	assert_int_equal(sid, 2);
	c.white_trusts = true;
	assert_int_equal(ask(&c, both, other, &sid), REP_SAYS_TRUSTED);
	c.priority_black = true;
	assert_int_equal(ask(&c, both, other, &sid), REP_SAYS_BLACK);
}

static void
test_tunnel(void **state)
{
	struct reputation_conf c = { .nested = REP_INNER };
	const struct rep_net nets[] = {
		{ addr_of("192.0.2.0"), 24, REP_BLACK },
	};
	struct packet p = { .dec = { .ip_ver = 4, .flags = PKT_TUNNELLED,
		.src = addr_of("1.1.1.1"), .dst = addr_of("1.1.1.2"),
		.outer_src = addr_of("192.0.2.9"),
		.outer_dst = addr_of("1.1.1.3") } };

	(void)state;
	reputation_build(&c.table, &arena, nets, ARRAY_LEN(nets));
	assert_int_equal(reputation_packet(&c, &p), REP_SAYS_NOTHING);
	c.nested = REP_OUTER;
	assert_int_equal(reputation_packet(&c, &p), REP_SAYS_BLACK);
	c.nested = REP_BOTH;
	assert_int_equal(reputation_packet(&c, &p), REP_SAYS_BLACK);
	p.dec.outer_src = p.dec.src;
	p.dec.src = addr_of("192.0.2.9");
	assert_int_equal(reputation_packet(&c, &p), REP_SAYS_BLACK);
	c.nested = REP_OUTER;
	assert_int_equal(reputation_packet(&c, &p), REP_SAYS_NOTHING);
}

static int
setup(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_tunnel),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
