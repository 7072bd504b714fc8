/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inline: a session that was dropped, and SYNs between its ports afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "decoders/track/stream.h"
#include "decoders/track/track.h"
#include "tests/tools/inline_rig.h"

enum { NEW = 5000, NEW_SERVER = 90000 }; /* numbers of the new session */

static bool
client(struct rig *r, const char *flags, uint32_t seq, uint32_t ack,
    const char *text)
{
	return rig_tcp(r, true, flags, seq, ack, text);
}

static bool
server(struct rig *r, const char *flags, uint32_t seq, uint32_t ack,
    const char *text)
{
	return rig_tcp(r, false, flags, seq, ack, text);
}

/* A session that an attack has ended, 9 bytes behind its begin. */
static struct rig *
dropped(const char *conf, bool ip6)
{
	struct rig *r = rig_new("-Q", conf);

	if (ip6) {
		r->client = "2001:db8::1";
		r->server = "2001:db8::2";
	}
	rig_handshake(r);
	assert_true(client(r, "PA", 1, 1, "innocent"));
	assert_false(client(r, "PA", 9, 1, "an attack"));
	assert_false(client(r, "PA", 9, 1, "an attack"));
	return r;
}

static uint64_t
stream_ctr(struct rig *r, const char *name)
{
	const uint64_t *v = streams_counters(track_streams(r->in.track));

	for (unsigned i = 0; i < stream_counters.n; i++)
		if (strcmp(stream_counters.defs[i].name, name) == 0)
			return v[i];
	fail_msg("no counter %s", name);
	return 0;
}

/* Nothing of the old one passes. */
static void
old_is_dropped(struct rig *r)
{
	assert_false(client(r, "PA", 9, 1, "an attack"));
	assert_false(client(r, "PA", 9, 1, "more"));
	assert_false(client(r, "A", 9, 1, ""));
	assert_false(client(r, "FA", 9, 1, ""));
	assert_false(server(r, "PA", 1, 9, "answer"));
	assert_false(server(r, "FA", 1, 9, ""));
	assert_false(server(r, "R", 1, 0, ""));
	assert_false(server(r, "SA", 0, 1, ""));
	assert_false(server(r, "SA", NEW_SERVER, 9, ""));
	assert_false(server(r, "RA", 1, 9, ""));
}

static void
agreed(struct rig *r, uint32_t isn)
{
	assert_true(server(r, "SA", NEW_SERVER, isn + 1, ""));
	assert_true(client(r, "A", isn + 1, NEW_SERVER + 1, ""));
	assert_true(client(r, "PA", isn + 1, NEW_SERVER + 1, "innocent"));
	assert_true(server(r, "PA", NEW_SERVER + 1, isn + 9, "answer"));
}

static void
comes_back(void **state)
{
	(void)state;
	for (unsigned ip6 = 0; ip6 < 2; ip6++) {
		struct rig *r = dropped(TCP_RULE("drop", "attack", "1"), ip6);

		assert_true(client(r, "S", NEW, 0, ""));
		old_is_dropped(r);
		assert_false(client(r, "PA", NEW + 1, 1, "too early"));
		/* the server has not forgotten, and is made to */
		assert_true(server(r, "A", 1, 9, ""));
		assert_true(client(r, "R", 9, 0, ""));
		old_is_dropped(r);
		assert_true(client(r, "S", NEW, 0, ""));
		agreed(r, NEW);
		assert_int_equal(stream_ctr(r, "reopens"), 1);
		assert_int_equal(stream_ctr(r, "reopened"), 1);
		/* a session as any */
		rig_forget(r);
		assert_true(client(r, "PA", NEW + 9, NEW_SERVER + 7, "an att"));
		assert_false(client(r, "PA", NEW + 15, NEW_SERVER + 7, "ack"));
		assert_string_equal(r->records[r->n_records - 1].reason,
		    "rules");
		assert_false(server(r, "PA", NEW_SERVER + 7, NEW + 9, "x"));
		/* again */
		assert_true(client(r, "S", 3 * NEW, 0, ""));
		agreed(r, 3 * NEW);
		rig_free(r);
	}
}

/* Beginnings that are none. */
static void
not_so(void **state)
{
	struct rig *r = dropped(TCP_RULE("drop", "attack", "1"), false);

	(void)state;
	assert_false(client(r, "S", 0, 0, "")); /* a copy of the old one's */
	assert_false(client(r, "S", NEW, 0, "data"));
	assert_false(client(r, "SF", NEW, 0, ""));
	assert_false(client(r, "SR", NEW, 0, ""));
	assert_false(server(r, "SA", NEW_SERVER, NEW + 1, ""));
	assert_false(client(r, "R", 9, 0, ""));
	old_is_dropped(r);
	assert_int_equal(stream_ctr(r, "reopens"), 0);
	assert_true(client(r, "S", NEW, 0, ""));
	assert_false(client(r, "S", NEW, 0, "data"));
	assert_false(client(r, "SA", NEW, 1, ""));
	assert_false(server(r, "SA", NEW_SERVER, NEW, ""));
	assert_false(server(r, "SA", NEW_SERVER, NEW + 2, ""));
	assert_false(server(r, "SA", NEW_SERVER, NEW + 1, "data"));
	assert_false(server(r, "A", 1, 9, "data"));
	assert_false(client(r, "R", 9, 0, "data"));
	old_is_dropped(r);
	rig_free(r);
}

/* A port that is closed now: the reset answers the SYN. */
static void
is_refused(void **state)
{
	struct rig *r = dropped(TCP_RULE("drop", "attack", "1"), false);

	(void)state;
	assert_true(client(r, "S", NEW, 0, ""));
	assert_true(server(r, "RA", 0, NEW + 1, ""));
	assert_true(client(r, "S", 2 * NEW, 0, ""));
	agreed(r, 2 * NEW);
	rig_free(r);
}

/* The other end begins, from the port that was the server's. */
static void
other_way_round(void **state)
{
	struct rig *r = dropped(TCP_RULE("drop", "attack", "1"), false);

	(void)state;
	assert_true(client(r, "S", NEW, 0, ""));
	assert_true(server(r, "S", NEW_SERVER, 0, ""));
	assert_false(server(r, "SA", NEW_SERVER, NEW + 1, ""));
	assert_false(client(r, "PA", 9, 1, "more"));
	assert_true(client(r, "SA", 2 * NEW, NEW_SERVER + 1, ""));
	assert_true(server(r, "A", NEW_SERVER + 1, 2 * NEW + 1, ""));
	assert_true(client(r, "PA", 2 * NEW + 1, NEW_SERVER + 1, "innocent"));
	assert_true(server(r, "PA", NEW_SERVER + 1, 2 * NEW + 9, "an "));
	assert_false(server(r, "PA", NEW_SERVER + 4, 2 * NEW + 9, "attack"));
	rig_free(r);
}

/* Many of them cost no more than one. */
static void
many(void **state)
{
	struct rig *r = dropped(TCP_RULE("drop", "attack", "1"), false);

	(void)state;
	for (uint32_t i = 1; i <= 20000; i++)
		assert_true(client(r, "S", NEW * i, 0, ""));
	assert_int_equal(flow_live(track_flows(r->in.track), FLOW_TCP), 1);
	assert_int_equal(stream_ctr(r, "reopens"), 20000);
	old_is_dropped(r);
	rig_free(r);
}

/* Without memory for another flow or its session what was dropped stays so. */
static void
without_room(void **state)
{
	struct rig *r = dropped(TCP_RULE("drop", "attack", "1"), false);
	uint16_t port = r->cport;
	unsigned failed = 0;

	(void)state;
	for (uint32_t i = 1; i <= 2000; i++) {
		bool passed;

		r->cport = (uint16_t)(port + i);
		assert_true(client(r, "S", 0, 0, ""));
		r->cport = port;
		mem_fail_at(1);
		passed = client(r, "S", NEW * i, 0, "");
		mem_fail_at(0);
		failed += !passed;
		if (!passed)
			old_is_dropped(r);
	}
	assert_in_range(failed, 2, 200);
	assert_true(client(r, "S", NEW + 1, 0, ""));
	agreed(r, NEW + 1);
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back),
		cmocka_unit_test(not_so),
		cmocka_unit_test(is_refused),
		cmocka_unit_test(other_way_round),
		cmocka_unit_test(many),
		cmocka_unit_test(without_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
