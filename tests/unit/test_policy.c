/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where room runs out: the points that tracking reports, and what is made of
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/limits.h"
#include "core/xalloc.h"
#include "decoders/track/policy.h"
#include "tests/tools/fragrig.h"
#include "tests/tools/play_tcp.h"

static struct play p;

static void
actions_are_counted(void **state)
{
	struct policy_conf c = policy_conf_default();
	uint64_t ctrs[POLICY_CTRS] = { 0 };
	uint32_t two = POLICY_BIT(POLICY_STREAM_MEMCAP) |
	    POLICY_BIT(POLICY_INSPECT_UNITS);

	(void)state;
	assert_int_equal(policy_apply(&c, 0, ctrs), POLICY_ACT_PASS);
	assert_int_equal(policy_apply(&c, two, ctrs), POLICY_ACT_PASS);
	c.action[POLICY_STREAM_MEMCAP] = POLICY_ACT_BYPASS;
	assert_int_equal(policy_apply(&c, two, ctrs), POLICY_ACT_BYPASS);
	c.action[POLICY_INSPECT_UNITS] = POLICY_ACT_DROP;
	assert_int_equal(policy_apply(&c, two, ctrs), POLICY_ACT_DROP);
	for (unsigned i = 0; i < POLICY_CTRS; i++) {
		const char *name = policy_counters.defs[i].name;
		uint64_t want = !strcmp(name, "stream.memcap.pass") ? 1 :
		    !strcmp(name, "stream.memcap.bypass") ? 2 :
		    !strcmp(name, "inspect.units.pass") ? 2 :
		    !strcmp(name, "inspect.units.drop") ? 1 : 0;

		assert_int_equal(ctrs[i], want);
	}
}

static void
queue_of_a_session(void **state)
{
	(void)state;
	play_init(&p, TCP_FIRST);
	p.engine.max_queued_segs = 2;
	play_start(&p);
	play_handshake(&p);
	play(&p, FLOW_CLIENT, "PA", 1, 1, "one");
	play(&p, FLOW_CLIENT, "PA", 4, 1, "two");
	assert_int_equal(p.facts.points, 0);
	play(&p, FLOW_CLIENT, "PA", 7, 1, "three");
	assert_int_equal(p.facts.points, POLICY_BIT(POLICY_STREAM_SEGMENTS));
	play(&p, FLOW_SERVER, "A", 1, 4, "");
	assert_int_equal(p.facts.points, 0);
	play_end(&p);
}

/* Without memory the packet has no flow, no session, or is not queued. */
static void
no_memory_for_tcp(void **state)
{
	(void)state;
	play_init(&p, TCP_FIRST);
	play_start(&p);
	mem_fail_at(1);
	play(&p, FLOW_CLIENT, "S", 0, 0, "");
	mem_fail_at(0);
	assert_int_equal(p.facts.points, POLICY_BIT(POLICY_FLOW_FULL));
	assert_null(p.facts.flow);

	mem_fail_at(2);
	play(&p, FLOW_CLIENT, "S", 0, 0, "");
	mem_fail_at(0);
	assert_int_equal(p.facts.points, POLICY_BIT(POLICY_STREAM_SESSIONS));
	assert_non_null(p.facts.flow);

	play_handshake(&p);
	mem_fail_at(1);
	play(&p, FLOW_CLIENT, "PA", 1, 1, "one");
	mem_fail_at(0);
	assert_int_equal(p.facts.points, POLICY_BIT(POLICY_STREAM_MEMCAP));
	play_end(&p);
}

static void
fragments(void **state)
{
	static struct fragrig r;
	static const uint8_t eight[8];

	(void)state;
	fragrig_init(&r, FRAG_FIRST);
	mem_fail_at(1);
	fragrig_send(&r, 0, eight, 8, true);
	mem_fail_at(0);
	assert_int_equal(defrag_points(r.d), POLICY_BIT(POLICY_DEFRAG_MEMCAP));
	for (unsigned i = 0; i < LIM_FRAGS; i++) {
		fragrig_send(&r, i * 16, eight, 8, true);
		assert_int_equal(defrag_points(r.d), 0);
	}
	fragrig_send(&r, LIM_FRAGS * 16, eight, 8, true);
	assert_int_equal(defrag_points(r.d),
	    POLICY_BIT(POLICY_DEFRAG_FRAGMENTS));
	fragrig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(actions_are_counted),
		cmocka_unit_test(queue_of_a_session),
		cmocka_unit_test(no_memory_for_tcp),
		cmocka_unit_test(fragments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
