/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decoders under a fuzzer: the first byte picks the link type and a bit of
 * configuration, the rest is the frame. Built as a fuzz target by clang's
 * -fsanitize=fuzzer; anything found goes into the frames of the unit tests.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/tools/dec_check.h"
#include "decoders/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const int dlts[] = { 1, 1, 1, 113, 276, 12, 0, 9, 51, 104, 105,
		108, 117, 127, 228, 229 };
	static struct packet pkt;
	struct dec_conf conf = dec_conf_default();
	struct decoder dec;
	const char *bad;

	if (!n || n > LIM_SNAPLEN_MAX)
		return 0;
	conf.gtp = conf.decode_esp = conf.deep_teredo = p[0] & 0x80;
	conf.oversized_alerts = p[0] & 0x40;
	conf.gtp_ports[conf.n_gtp_ports++] = 2152;
	if (!decoder_init(&dec, &conf))
		abort();
	pkt.dlt = dlts[p[0] % ARRAY_LEN(dlts)];
	pkt.data = p + 1;
	pkt.caplen = pkt.wirelen = (uint32_t)(n - 1);
	decode(&dec, &pkt);
	bad = dec_check(&pkt);
	if (bad) {
		fprintf(stderr, "%s\n", bad);
		abort();
	}
	decoder_fini(&dec);
	return 0;
}
