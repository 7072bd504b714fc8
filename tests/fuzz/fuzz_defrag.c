/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames into the defragmenter: the first byte picks the policy and how little
 * memory there is; then frames, each behind two bytes of length. What comes
 * out is decoded and goes in again, as in the sensor.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/tools/dec_check.h"
#include "decoders/track/defrag.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum { DEPTH = 8, DLT_ETHERNET = 1, SECOND = 1000000000 };

static void
check(const struct packet *p)
{
	const char *bad = dec_check(p);

	if (bad) {
		fprintf(stderr, "%s\n", bad);
		abort();
	}
}

static void
frame(struct defrag *d, struct decoder *dec, struct packet *pkt)
{
	static struct packet rebuilt[2];
	struct packet *p = pkt;

	for (unsigned i = 0; i < DEPTH; i++) {
		struct packet *next = &rebuilt[i & 1];
		unsigned n;

		decode(dec, p);
		check(p);
		if (defrag_packet(d, p, next) != DEFRAG_REBUILT) {
			defrag_note(d, 1, i);
			return;
		}
		(void)defrag_noted(d, next, &n);
		p = next;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct packet pkt;
	struct cursor c = cur_make(data, n), f;
	struct dec_conf dec_conf = dec_conf_default();
	struct defrag_engine engine = { .timeout_s = 60, .min_ttl = 1,
		.detect_anomalies = true, .overlap_limit = 6,
		.min_fragment_length = 16 };
	struct defrag_conf conf = defrag_conf_default();
	struct decoder dec;
	struct defrag *d;
	uint16_t len;
	uint8_t first;

	if (!cur_u8(&c, &first))
		return 0;
	engine.policy = (enum frag_policy)(first % FRAG_POLICIES);
	conf.memcap = first & 0x80 ? 4096 : 1 << 20;
	conf.engines = &engine;
	conf.n_engines = 1;
	dec_conf.csum_ip = false;
	d = defrag_new(&conf);
	if (!d || !decoder_init(&dec, &dec_conf))
		abort();
	pkt.dlt = DLT_ETHERNET;
	pkt.ts.ns = 0;
	while (cur_be16(&c, &len) && cur_sub(&c, len, &f)) {
		pkt.data = f.p;
		pkt.caplen = pkt.wirelen = len;
		pkt.ts.ns += SECOND;
		frame(d, &dec, &pkt);
	}
	if (defrag_memory(d) > conf.memcap)
		abort();
	defrag_reset(d);
	if (defrag_live(d))
		abort();
	decoder_fini(&dec);
	defrag_free(d);
	return 0;
}
