/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A parser (FUZZ_APP) under a fuzzer: a conversation of pieces, a byte that
 * says whose (1: the server's; 2: bytes are missing before it; 4, of the
 * first: they are datagrams) and a length, two bytes, before each. Whole and
 * byte by byte it must come out the same, looked at ahead or not.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cursor.h"
#include "tests/tools/app_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
converse(struct rig *r, const uint8_t *data, size_t size, unsigned cut)
{
	struct cursor c = cur_make(data, size);
	const struct app_ops *ops = app_ops(r->id);
	bool datagrams = ops->udp && (!ops->tcp || (size && data[0] & 4));
	uint8_t how;
	uint16_t len;

	rig_clear(r);
	rig_session(r);
	while (cur_u8(&c, &how) && cur_be16(&c, &len)) {
		enum flow_side side = how & 1 ? FLOW_SERVER : FLOW_CLIENT;
		size_t n = len < cur_left(&c) ? len : cur_left(&c);
		const uint8_t *p = cur_take(&c, n);

		if (datagrams) {
			if (r->flow.app)
				rig_datagram(r, side, p, n);
			continue;
		}
		if (how & 2)
			rig_gap(r, side);
		rig_feed(r, side, p, n, cut);
	}
	rig_end(r);
}

static char *
outcome(struct rig *r)
{
	char *text = strdup(rig_text(r));

	if (!text)
		abort();
	return text;
}

static void
compare(struct rig *r, const char *whole, const char *how)
{
	char *pieces = outcome(r);

	if (strcmp(whole, pieces) != 0) {
		fprintf(stderr, "%s--- %s, instead of\n%s", pieces, how, whole);
		abort();
	}
	free(pieces);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rig r;
	char *whole;

	if (!r.app && !rig_init(&r, FUZZ_APP, NULL))
		abort();
	converse(&r, data, size, RIG_WHOLE);
	whole = outcome(&r);
	converse(&r, data, size, RIG_BYTEWISE);
	compare(&r, whole, "byte by byte");
	if (app_ops(FUZZ_APP)->open) {
		r.looks_ahead = true;
		converse(&r, data, size, RIG_BYTEWISE);
		compare(&r, whole, "byte by byte, looked at ahead");
		converse(&r, data, size, 7);
		compare(&r, whole, "in pieces, looked at ahead");
		r.looks_ahead = false;
	}
	free(whole);
	return 0;
}
