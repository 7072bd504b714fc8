/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Back Orifice under every key, on any port, in every length. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/decode.h"
#include "decoders/watch/bo.h"
#include "tests/tools/craft.h"

enum { BO_PORT = 31337, LEN = 19 };

static struct craft c;
static struct packet pkt;
static struct bo_conf conf = { .enabled = true };

/* The events that such a datagram raises, a bit per sid; len bytes of it. */
static unsigned
send_under(uint32_t key, uint16_t sport, uint16_t dport, uint8_t type,
    uint8_t claimed, size_t len)
{
	uint8_t text[64] = "*!*QWTY?";
	static struct dec_conf dec_conf;
	static struct decoder dec;
	static struct bo *bo;
	unsigned bits = 0;

	if (!bo) {
		dec_conf = dec_conf_default();
		bo = bo_new();
		assert_non_null(bo);
		assert_true(decoder_init(&dec, &dec_conf));
	}
	text[8] = claimed;
	text[16] = type;
	for (uint32_t i = 0, state = key; i < sizeof(text); i++) {
		state = state * 214013 + 2531011;
		text[i] ^= (uint8_t)(state >> 16);
	}
	craft_init(&c);
	craft_eth(&c, 0x0800);
	craft_ip4(&c, 17, "10.0.0.1", "10.0.0.2");
	craft_udp(&c, sport, dport);
	craft_bytes(&c, text, len);
	craft_done(&c);
	pkt.data = c.b;
	pkt.caplen = pkt.wirelen = (uint32_t)c.len;
	pkt.dlt = 1;
	decode(&dec, &pkt);
	bo_packet(bo, &conf, &pkt);
	for (unsigned i = 0; i < pkt.dec.n_events; i++)
		if (pkt.events[i].gid == 105)
			bits |= 1u << pkt.events[i].sid;
	return bits;
}

static void
test_keys(void **state)
{
	(void)state;
	for (uint32_t key = 0; key < 65536; key += 7)
		assert_int_equal(send_under(key, 5000, BO_PORT, 1, LEN, LEN),
		    1u << 2);
	assert_int_equal(send_under(31337, BO_PORT, 5000, 1, LEN, LEN),
	    1u << 3);
}

static void
test_direction(void **state)
{
	(void)state;
	assert_int_equal(send_under(5, 4000, 4001, 1, LEN, LEN), 1u << 2);
	assert_int_equal(send_under(5, 4000, 4001, 1, 40, 40), 1u << 3);
	assert_int_equal(send_under(5, 4000, 4001, 2, LEN, LEN), 1u << 1);
	assert_int_equal(send_under(5, 4000, 4001, 0x82, LEN, LEN), 1u << 1);
	/* longer than it is */
	assert_int_equal(send_under(5, 4000, BO_PORT, 1, 200, LEN), 1u << 4);
}

static void
test_short(void **state)
{
	(void)state;
	for (size_t n = 0; n < 18; n++)
		assert_int_equal(send_under(5, 1, BO_PORT, 1, LEN, n), 0);
	assert_int_equal(send_under(5, 1, BO_PORT, 1, 18, 18), 1u << 2);
}

static void
test_silent(void **state)
{
	(void)state;
	conf.silent = 1 << BO_CLIENT;
	assert_int_equal(send_under(5, 1, BO_PORT, 1, LEN, LEN), 0);
	assert_int_equal(send_under(5, BO_PORT, 1, 1, LEN, LEN), 1u << 3);
	conf.silent = 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_direction),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
