/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What speaks no HTTP where HTTP is expected: judged soon, and the same however
 * it is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/tools/app_rig.h"

#define S(text) { FLOW_SERVER, text, sizeof(text) - 1 }
#define C(text) { FLOW_CLIENT, text, sizeof(text) - 1 }
#define L50 "0123456789012345678901234567890123456789012345678\n"

static struct rig r;

static int
setup(void **state)
{
	(void)state;
	return rig_init(&r, APP_HTTP, NULL) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static unsigned
n_units(void)
{
	unsigned n = 0;

	for (const char *p = rig_text(&r); (p = strstr(p, "unit ")); p++)
		n++;
	return n;
}

/* The bytes of the server that wait for their judgement. */
static size_t
waiting(const char *text)
{
	rig_session(&r);
	rig_feed(&r, FLOW_SERVER, text, strlen(text), RIG_BYTEWISE);
	return r.side[FLOW_SERVER].n;
}

static void
lines(void **state)
{
	const struct rig_say say[] = { S("220 welcome\r\n" L50 L50 L50 L50
	    "prompt> ") };

	(void)state;
	rig_play(&r, say, 1);
	/* the first, then 150 bytes, then 50 and a part of a line */
	assert_int_equal(n_units(), 3);
	rig_truncate(&r, say, 1);
	assert_int_equal(waiting("220 welcome\r"), 12);
	assert_int_equal(waiting("220 welcome\r\n"), 0);
	assert_int_equal(waiting("220 welcome\r\n" L50 L50), 100);
	assert_int_equal(waiting("220 welcome\r\n" L50 L50 L50), 0);
}

/* Without lines, too. */
static void
no_lines(void **state)
{
	static char bytes[5000];
	const struct rig_say say[] = { { FLOW_SERVER, bytes, sizeof(bytes) },
		{ FLOW_CLIENT, bytes, sizeof(bytes) },
		{ FLOW_SERVER, bytes, sizeof(bytes) } };

	(void)state;
	memset(bytes, '\x99', sizeof(bytes));
	rig_play(&r, say, 1);
	assert_int_equal(n_units(), 5);
	rig_play(&r, say, 3);
	bytes[2000] = '\n';
	rig_play(&r, say, 3);
	memset(bytes, '\n', sizeof(bytes));
	bytes[2500] = 'a';
	rig_play(&r, say, 3);
}

/* And where HTTP begins behind it. */
static void
then_http(void **state)
{
	const struct rig_say say[] = { S("junk\r\n" L50 "HTTP/1.1 200 OK\r\n"
	    "Content-Length: 1\r\n\r\na" L50 "HTTP/1.1 200 OK\r\n"
	    "Content-Length: 1\r\n\r\nb") };
	const struct rig_say both[] = { C("\x16\3\1\r\n"), S("250-a\r\n250 b\r\n"
	    L50), C("MAIL\r\n"), S("250 c\r\n") };

	(void)state;
	rig_play(&r, say, 1);
	assert_non_null(strstr(rig_text(&r), "http_stat_code=\"200\""));
	rig_truncate(&r, say, 1);
	rig_play(&r, both, 4);
	assert_true(rig_has(&r, "fate not mine"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(lines),
		TEST(no_lines),
		TEST(then_http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
