/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames cut at every length and with bytes spoilt: decoding stays inside the
 * frame (each is decoded from memory of exactly its size, for the sanitizers)
 * and what it says of the frame is true.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/tools/dec_check.h"
#include "tests/tools/dec_frames.h"

static void
decode_copy(struct decoder *dec, const uint8_t *p, size_t n, int dlt)
{
	static struct packet pkt;
	uint8_t *exact = malloc(n ? n : 1);

	assert_non_null(exact);
	memcpy(exact, p, n);
	pkt.data = exact;
	pkt.caplen = (uint32_t)n;
	pkt.wirelen = (uint32_t)n;
	pkt.dlt = dlt;
	decode(dec, &pkt);
	assert_null(dec_check(&pkt));
	free(exact);
}

static struct dec_conf
everything_on(const struct dec_frame *f)
{
	struct dec_conf conf = dec_frame_conf(f);

	conf.csum_ip = conf.csum_tcp = conf.csum_udp = conf.csum_icmp = true;
	conf.oversized_alerts = conf.gtp = conf.decode_esp = true;
	conf.deep_teredo = true;
	return conf;
}

static void
test_cut(void **state)
{
	static struct craft c;

	(void)state;
	for (unsigned i = 0; i < n_dec_frames; i++) {
		struct dec_conf conf = everything_on(&dec_frames[i]);
		int dlt = dec_frame_make(&dec_frames[i], &c);
		struct decoder dec;

		assert_true(decoder_init(&dec, &conf));
		for (size_t n = 0; n <= c.len && n < 400; n++)
			decode_copy(&dec, c.b, n, dlt);
		decoder_fini(&dec);
	}
}

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Every byte of the headers in turn, then several at random. */
static void
test_spoilt(void **state)
{
	static const int dlts[] = { 0, 1, 9, 12, 50, 51, 101, 104, 105, 108,
		113, 117, 127, 228, 229, 276 };
	static struct craft c;
	uint32_t seed = 42;

	(void)state;
	for (unsigned i = 0; i < n_dec_frames; i++) {
		struct dec_conf conf = everything_on(&dec_frames[i]);
		int dlt = dec_frame_make(&dec_frames[i], &c);
		size_t n = c.len < 200 ? c.len : 200;
		struct decoder dec;

		assert_true(decoder_init(&dec, &conf));
		for (size_t at = 0; at < n; at++) {
			uint8_t was = c.b[at];

			for (unsigned bit = 0; bit < 8; bit++) {
				c.b[at] = was ^ (uint8_t)(1u << bit);
				decode_copy(&dec, c.b, n, dlt);
			}
			c.b[at] = 0xff;
			decode_copy(&dec, c.b, n, dlt);
			c.b[at] = was;
		}
		for (unsigned k = 0; k < 300 && n; k++) {
			for (unsigned m = 0; m < 4; m++)
				c.b[next_random(&seed) % n] =
				    (uint8_t)next_random(&seed);
			decode_copy(&dec, c.b, next_random(&seed) % (n + 1),
			    dlts[next_random(&seed) % ARRAY_LEN(dlts)]);
		}
		decoder_fini(&dec);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_spoilt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
