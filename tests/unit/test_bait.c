/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is sent to a honeypot, and that as the kernel's rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sensor/respond/bait_table.h"

#define SECOND UINT64_C(1000000000)

static struct ipaddr
addr(const char *text)
{
	struct ipaddr a = { 0 };

	if (*text)
		assert_true(ipaddr_parse(text_of(text), &a));
	return a;
}

static struct bait_job
job(const char *attacker, const char *victim, const char *pot, uint32_t s)
{
	return (struct bait_job){ addr(attacker), addr(victim), addr(pot), s };
}

static void
what_can_be_done(void **state)
{
	const struct {
		struct bait_job j;
		bool ok;
	} cases[] = {
		{ job("192.0.2.1", "192.0.2.2", "192.0.2.3", 1), true },
		{ job("fd00::1", "fd00::2", "fd00::3", 1), true },
		{ job("192.0.2.1", "192.0.2.2", "192.0.2.3", 0), false },
		{ job("192.0.2.1", "192.0.2.1", "192.0.2.3", 1), false },
		{ job("192.0.2.3", "192.0.2.2", "192.0.2.3", 1), false },
		{ job("192.0.2.1", "192.0.2.3", "192.0.2.3", 1), false },
		{ job("192.0.2.1", "192.0.2.2", "fd00::3", 1), false },
		{ job("192.0.2.1", "fd00::2", "192.0.2.3", 1), false },
		{ job("", "", "", 1), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(bait_job_ok(&cases[i].j), cases[i].ok);
}

static void
time_and_room(void **state)
{
	struct bait_entry room[2];
	struct bait_table t = { room, 0, 2 };
	struct bait_job a = job("192.0.2.1", "192.0.2.8", "192.0.2.9", 10),
	    b = job("192.0.2.2", "192.0.2.8", "192.0.2.9", 5),
	    c = job("192.0.2.1", "192.0.2.7", "192.0.2.9", 20);

	(void)state;
	assert_true(bait_table_next(&t) == UINT64_MAX);
	assert_int_equal(bait_table_add(&t, &a, SECOND), BAIT_ADDED);
	assert_int_equal(bait_table_add(&t, &b, SECOND), BAIT_ADDED);
	assert_true(bait_table_next(&t) == 6 * SECOND);
	/* another victim of the first is another entry */
	assert_int_equal(bait_table_add(&t, &c, SECOND), BAIT_EVICTED);
	assert_int_equal(t.n, 2);
	assert_true(bait_table_next(&t) == 11 * SECOND);
	/* for longer, never for less */
	assert_int_equal(bait_table_add(&t, &a, 3 * SECOND), BAIT_EXTENDED);
	a.seconds = 1;
	assert_int_equal(bait_table_add(&t, &a, 3 * SECOND), BAIT_EXTENDED);
	assert_true(bait_table_next(&t) == 13 * SECOND);
	assert_int_equal(bait_table_expire(&t, 13 * SECOND - 1), 0);
	assert_int_equal(bait_table_expire(&t, 13 * SECOND), 1);
	assert_int_equal(bait_table_expire(&t, 21 * SECOND), 1);
	assert_int_equal(t.n, 0);
	/* the longest time there is does not end at once */
	a.seconds = UINT32_MAX;
	(void)bait_table_add(&t, &a, SECOND);
	assert_int_equal(bait_table_expire(&t, UINT32_MAX * SECOND), 0);
}

static void
rules(void **state)
{
	struct bait_entry room[4];
	struct bait_table t = { room, 0, 4 };
	struct bait_job a = job("192.0.2.1", "192.0.2.8", "192.0.2.9", 10),
	    b = job("fd00::1", "fd00::8", "fd00::9", 10);
	struct buf out;

	(void)state;
	(void)bait_table_add(&t, &a, SECOND);
	(void)bait_table_add(&t, &b, SECOND);
	buf_init(&out, 4096);
	bait_table_print(&t, FIREWALL_IP4, &out);
	assert_string_equal(out.ptr, "*nat\n"
	    ":ADUANA_BAIT - [0:0]\n:ADUANA_BAIT_BACK - [0:0]\n"
	    "-A ADUANA_BAIT -s 192.0.2.1 -d 192.0.2.8 -j DNAT "
	    "--to-destination 192.0.2.9\n"
	    "-A ADUANA_BAIT_BACK -s 192.0.2.9 -d 192.0.2.1 -j SNAT "
	    "--to-source 192.0.2.8\nCOMMIT\n");
	buf_reset(&out);
	bait_table_print(&t, FIREWALL_IP6, &out);
	assert_non_null(strstr(out.ptr, "-s fd00::1 -d fd00::8 -j DNAT"));
	assert_null(strstr(out.ptr, "192.0.2"));
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_can_be_done),
		cmocka_unit_test(time_and_room),
		cmocka_unit_test(rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
