/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking ahead: what a frame is taken for is what it turns out to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/decode.h"
#include "decoders/track/peek.h"
#include "tests/tools/dec_frames.h"

enum { DLT_ETHERNET = 1, DLT_RAW_IP = 12, DLT_PPP_LINK = 9 };

static struct craft c;
static struct packet pkt;

static void
decode_frame(int dlt, const uint8_t *bytes, size_t len,
    const struct dec_conf *conf)
{
	struct decoder dec;

	assert_true(decoder_init(&dec, conf));
	pkt.data = bytes;
	pkt.caplen = pkt.wirelen = (uint32_t)len;
	pkt.dlt = dlt;
	decode(&dec, &pkt);
	decoder_fini(&dec);
}

/* Has the packet that was decoded this key? */
static bool
is_key(const struct flow_key *key, unsigned from, bool vlan_agnostic)
{
	struct flow_conf conf = { .track = { true, true, true, true },
		.max = { 1, 1, 1, 1 }, .timeout_s = { 30, 30, 30, 30 },
		.vlan_agnostic = vlan_agnostic };
	struct flow_table *t = flow_table_new(&conf);
	struct flow *f;
	bool same;

	assert_non_null(t);
	f = flow_create(t, &pkt, false);
	same = f && memcmp(&f->key, key, sizeof(*key)) == 0 &&
	    f->client_is_low == (from == 0);
	flow_table_free(t);
	return same;
}

/* Is the crafted frame taken for what it is? */
static bool
is_known(int dlt, bool vlan_agnostic)
{
	struct dec_conf conf = dec_conf_default();
	struct flow_key key;
	unsigned from;

	craft_done(&c);
	if (!peek_key(dlt, slice_make(c.b, c.len), vlan_agnostic, &key, &from))
		return false;
	decode_frame(dlt, c.b, c.len, &conf);
	assert_true(is_key(&key, from, vlan_agnostic));
	return true;
}

static void
plain_frames_are_known(void **state)
{
	(void)state;
	for (unsigned way = 0; way < 2; way++) {
		const char *a = way ? "10.0.0.2" : "10.0.0.1";
		const char *b = way ? "10.0.0.1" : "10.0.0.2";

		craft_init(&c);
		craft_eth(&c, 0x0800);
		craft_ip4(&c, 6, a, b);
		craft_tcp(&c, 1000, 80, 1, 2, 0x10);
		assert_true(is_known(DLT_ETHERNET, false));

		craft_init(&c);
		craft_ip4(&c, 17, a, b);
		craft_udp(&c, 1000, 53);
		assert_true(is_known(DLT_RAW_IP, false));

		craft_init(&c);
		craft_ip6(&c, 17, way ? "fe80::1" : "fe80::2",
		    way ? "fe80::2" : "fe80::1");
		craft_udp(&c, 1000, 53);
		assert_true(is_known(DLT_RAW_IP, false));

		/* the ports decide where the addresses do not */
		craft_init(&c);
		craft_eth(&c, 0x0800);
		craft_ip4(&c, 17, "10.0.0.1", "10.0.0.1");
		craft_udp(&c, way ? 53 : 1000, way ? 1000 : 53);
		assert_true(is_known(DLT_ETHERNET, false));
	}
}

static void
tags_count(void **state)
{
	(void)state;
	craft_init(&c);
	craft_eth(&c, 0x88a8);
	craft_vlan(&c, 0x2005, 0x8100);
	craft_vlan(&c, 7, 0x86dd);
	craft_ip6(&c, 6, "2001:db8::1", "2001:db8::2");
	craft_tcp(&c, 1000, 80, 1, 2, 0x10);
	assert_true(is_known(DLT_ETHERNET, false));
	assert_true(is_known(DLT_ETHERNET, true));
}

static void
others_are_not_known(void **state)
{
	struct flow_key key;
	unsigned from;

	(void)state;
	craft_init(&c);
	craft_eth(&c, 0x0800);
	craft_ip4(&c, 1, "10.0.0.1", "10.0.0.2");
	craft_icmp(&c, 8, 0, 1);
	assert_false(is_known(DLT_ETHERNET, false));
	craft_init(&c);
	craft_eth(&c, 0x0800);
	craft_ip4(&c, 17, "10.0.0.1", "10.0.0.2");
	craft_udp(&c, 1000, 53);
	assert_false(is_known(DLT_PPP_LINK, false));
	craft_poke16(&c, 14 + 6, 0x2000); /* more fragments */
	assert_false(peek_key(DLT_ETHERNET, slice_make(c.b, c.len), false,
	    &key, &from));
	assert_false(peek_key(DLT_ETHERNET, slice_make(NULL, 0), false, &key,
	    &from));
}

/*
 * All frames made for decoders, cut at every length: where one is known and
 * has a session of TCP or UDP outside of tunnels, its key is the session's.
 */
static void
never_mistaken(void **state)
{
	unsigned known = 0;

	(void)state;
	for (unsigned i = 0; i < n_dec_frames; i++) {
		struct dec_conf conf = dec_frame_conf(&dec_frames[i]);
		int dlt = dec_frame_make(&dec_frames[i], &c);

		for (size_t len = c.len > 200 ? c.len - 1 : 0; len <= c.len;
		    len++) {
			/* so that reading past its end is noticed */
			uint8_t *copy = malloc(len + !len);
			struct flow_key key;
			enum flow_proto proto;
			unsigned from;

			assert_non_null(copy);
			memcpy(copy, c.b, len);
			if (peek_key(dlt, slice_make(copy, len), false, &key,
			    &from)) {
				decode_frame(dlt, copy, len, &conf);
				if (flow_proto_of(&pkt, &proto) &&
				    proto <= FLOW_UDP &&
				    !(pkt.dec.flags & PKT_TUNNELLED)) {
					known++;
					assert_true(is_key(&key, from, false));
				}
			}
			free(copy);
		}
	}
	assert_true(known > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_frames_are_known),
		cmocka_unit_test(tags_count),
		cmocka_unit_test(others_are_not_known),
		cmocka_unit_test(never_mistaken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
