/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every decoder event raised by a frame made for it, nothing else with it, in
 * the order in which Snort raises them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/tools/dec_frames.h"

enum { SIDS = 512 };
static bool seen[SIDS];

static void
test_events(void **state)
{
	static struct craft c;
	static struct packet pkt;
	unsigned bad = 0;

	(void)state;
	for (unsigned i = 0; i < n_dec_frames; i++) {
		const struct dec_frame *f = &dec_frames[i];
		struct dec_conf conf = dec_frame_conf(f);
		struct decoder dec;
		char got[256] = "";
		size_t n = 0;

		assert_true(decoder_init(&dec, &conf));
		pkt.dlt = dec_frame_make(f, &c);
		pkt.data = c.b;
		pkt.caplen = pkt.wirelen = (uint32_t)c.len;
		decode(&dec, &pkt);
		for (unsigned e = 0; e < pkt.dec.n_events; e++) {
			assert_int_equal(pkt.events[e].gid, 116);
			seen[pkt.events[e].sid] = true;
			n += (size_t)snprintf(got + n, sizeof(got) - n,
			    "%s%u", e ? " " : "", pkt.events[e].sid);
		}
		if (strcmp(got, f->want) != 0) {
			print_error("%s: wanted \"%s\", got \"%s\"\n", f->name,
			    f->want, got);
			bad++;
		}
		decoder_fini(&dec);
	}
	assert_int_equal(bad, 0);
}

static unsigned
count_silent(const char *name, const struct dec_event_def *events, unsigned n)
{
	unsigned silent = 0;

	for (unsigned i = 0; i < n; i++)
		if (!seen[events[i].sid]) {
			print_error("%s: no frame raises 116:%u\n", name,
			    events[i].sid);
			silent++;
		}
	return silent;
}

/* Runs behind test_events. */
static void
test_none_is_left_out(void **state)
{
	unsigned n, silent;
	const struct dec_event_def *loop = dec_loop_events(&n);

	(void)state;
	silent = count_silent("loop", loop, n);
	for (unsigned id = DEC_ID_NONE + 1; id < DEC_ID_COUNT; id++) {
		const struct decoder_ops *ops = dec_ops((enum dec_id)id);

		silent += count_silent(ops->name, ops->events, ops->n_events);
	}
	assert_int_equal(silent, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_none_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
