/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of what goes on inline while somebody speaks. */
#ifndef TESTS_UNIT_TALK_HELP_H
#define TESTS_UNIT_TALK_HELP_H

#include "tests/tools/inline_rig.h"

/* A session, and who of it says something. */
struct talk {
	struct rig *r;
	bool from_client;
	uint32_t seq, ack; /* of the next segment of that side */
};

static UNUSED bool
say(struct talk *t, const void *bytes, size_t n)
{
	bool goes_on = rig_tcp_bytes(t->r, t->from_client, "PA", t->seq,
	    t->ack, bytes, n);

	t->seq += (uint32_t)n;
	if (goes_on)
		rig_tcp(t->r, !t->from_client, "A", t->ack, t->seq, "");
	return goes_on;
}

/* How many of the bytes went on, in segments of n bytes. */
static UNUSED size_t
say_all(struct talk *t, const void *bytes, size_t len, size_t n)
{
	for (size_t at = 0; at < len; at += n) {
		size_t part = len - at < n ? len - at : n;

		if (!say(t, (const uint8_t *)bytes + at, part))
			return at;
	}
	return len;
}

static UNUSED unsigned
alerts(const struct rig *r)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->n_records; i++)
		n += r->records[i].kind == RECORD_ALERT;
	return n;
}

#endif
