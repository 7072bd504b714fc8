/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ARP against the Ethernet header around it, and against configured pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/decode.h"
#include "decoders/watch/watch.h"
#include "tests/tools/craft.h"

#define A "0200 0000 000a"
#define B "0200 0000 000b"
#define ALL "ffff ffff ffff"
#define ZERO "0000 0000 0000"
#define REQUEST "0001"
#define REPLY "0002"

static struct craft c;
static struct packet pkt;
static struct watch_conf conf;

/* An ARP packet from 10.0.0.1 for 10.0.0.2; the MACs as hexadecimal. */
static void
arp(const char *eth_dst, const char *eth_src, const char *op,
    const char *sender, const char *target)
{
	craft_init(&c);
	craft_hex(&c, eth_dst);
	craft_hex(&c, eth_src);
	craft_hex(&c, "0806 0001 0800 06 04");
	craft_hex(&c, op);
	craft_hex(&c, sender);
	craft_hex(&c, "0a000001");
	craft_hex(&c, target);
	craft_hex(&c, "0a000002");
}

/* The events that the frame raises: a bit per sid. */
static unsigned
events(void)
{
	struct watch_view none = { .has_session = false };
	struct dec_conf dec_conf = dec_conf_default();
	struct watch *w = watch_new(&conf);
	struct watch_report r;
	struct decoder dec;
	unsigned bits = 0;

	assert_non_null(w);
	assert_true(decoder_init(&dec, &dec_conf));
	pkt.data = c.b;
	pkt.caplen = pkt.wirelen = (uint32_t)c.len;
	pkt.dlt = 1;
	decode(&dec, &pkt);
	watch_packet(w, &pkt, &none);
	assert_false(watch_next(w, &r));
	for (unsigned i = 0; i < pkt.dec.n_events; i++)
		if (pkt.events[i].gid == 112)
			bits |= 1u << pkt.events[i].sid;
	watch_free(w);
	decoder_fini(&dec);
	return bits;
}

static int
set_up(void **state)
{
	(void)state;
	conf = watch_conf_default();
	conf.arpspoof.enabled = true;
	return 0;
}

static void
test_requests(void **state)
{
	(void)state;
	arp(ALL, A, REQUEST, A, ZERO);
	assert_int_equal(events(), 0);
	arp(B, A, REQUEST, A, ZERO);
	assert_int_equal(events(), 0);
	arp(ALL, A, REQUEST, B, ZERO);
	assert_int_equal(events(), 1 << 2);
	conf.arpspoof.enabled = false;
	assert_int_equal(events(), 0);
}

static void
test_unicast(void **state)
{
	(void)state;
	conf.arpspoof.unicast = true;
	arp(ALL, A, REQUEST, A, ZERO);
	assert_int_equal(events(), 0);
	arp(B, A, REQUEST, A, ZERO);
	assert_int_equal(events(), 1 << 1);
	/* then the sender of a request is not looked at */
	arp(ALL, A, REQUEST, B, ZERO);
	assert_int_equal(events(), 0);
	arp(B, A, REPLY, B, B);
	assert_int_equal(events(), 1 << 2);
}

static void
test_replies(void **state)
{
	(void)state;
	arp(B, A, REPLY, A, B);
	assert_int_equal(events(), 0);
	arp(B, A, REPLY, B, B);
	assert_int_equal(events(), 1 << 2);
	arp(B, A, REPLY, A, A);
	assert_int_equal(events(), 1 << 3);
	arp(B, A, "0003", B, A);
	assert_int_equal(events(), 0);
}

static void
test_pairs(void **state)
{
	struct arp_host hosts[4];
	struct arp_host h[] = {
		{ { 10, 0, 0, 9 }, { 2, 0, 0, 0, 0, 9 } },
		{ { 10, 0, 0, 1 }, { 2, 0, 0, 0, 0, 10 } },
		{ { 10, 0, 0, 5 }, { 2, 0, 0, 0, 0, 5 } },
	};
	struct arpspoof_conf *a = &conf.arpspoof;

	(void)state;
	a->hosts = hosts;
	for (unsigned i = 0; i < 3; i++)
		assert_true(arpspoof_add(hosts, &a->n_hosts, &h[i]));
	assert_false(arpspoof_add(hosts, &a->n_hosts, &h[1]));
	assert_int_equal(a->n_hosts, 3);
	assert_int_equal(hosts[0].ip[3], 1);
	assert_int_equal(hosts[2].ip[3], 9);
	arp(B, A, REPLY, A, B);
	assert_int_equal(events(), 0);
	arp(A, B, REPLY, B, A);
	assert_int_equal(events(), 1 << 4);
	arp(ALL, B, REQUEST, A, ZERO);
	assert_int_equal(events(), 1 << 2 | 1 << 4);
	a->n_hosts = 0;
	arp(A, B, REPLY, B, A);
	assert_int_equal(events(), 0);
}

/* Only ARP for IPv4 on Ethernet, whole, and not within a tunnel. */
static void
test_others(void **state)
{
	(void)state;
	arp(ALL, A, REQUEST, B, ZERO);
	craft_poke16(&c, 14, 6);
	assert_int_equal(events(), 0);
	arp(ALL, A, REQUEST, B, ZERO);
	craft_poke16(&c, 16, 0x86dd);
	assert_int_equal(events(), 0);
	for (size_t len = 0; len < 42; len++) {
		arp(ALL, A, REQUEST, B, ZERO);
		craft_cut(&c, len);
		assert_int_equal(events(), 0);
	}
	craft_init(&c);
	craft_eth(&c, 0x0800);
	craft_ip4(&c, 47, "10.1.1.1", "10.1.1.2");
	craft_hex(&c, "0000 6558" ALL A "0806 0001 0800 06 04" REQUEST B
	    "0a000001" ZERO "0a000002");
	craft_done(&c);
	assert_int_equal(events(), 0);
	assert_true(pkt.dec.has_arp);
}

#define T(name) cmocka_unit_test_setup(name, set_up)
int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_requests),
		T(test_unicast),
		T(test_replies),
		T(test_pairs),
		T(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
