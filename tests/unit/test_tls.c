/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SSL and TLS: records in any pieces, states, the dark, events of gid 137. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/app/tls.h"
#include "tests/tools/app_rig.h"

static const uint8_t client_hello[] = { 22, 3, 1, 0, 8, 1, 0, 0, 4, 3, 3, 7,
	7 };
static const uint8_t server_hello[] = { 22, 3, 3, 0, 8, 2, 0, 0, 4, 3, 3, 7,
	7 };
static const uint8_t change_cipher[] = { 20, 3, 3, 0, 1, 1 };
static const uint8_t data[] = { 23, 3, 3, 0, 4, 1, 2, 3, 4 };
static const uint8_t big_heartbeat[] = { 24, 3, 2, 0, 4, 1, 0x40, 0, 0 };

#define SAY(side, bytes) { FLOW_##side, bytes, sizeof(bytes) }

static struct rig r;

static int
setup(void **state)
{
	(void)state;
	return rig_init(&r, APP_TLS, NULL) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static void
test_handshake(void **state)
{
	const struct rig_say say[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, server_hello), SAY(SERVER, change_cipher),
		SAY(SERVER, data) };

	(void)state;
	rig_play(&r, say, ARRAY_LEN(say));
	assert_true(rig_has(&r, "unit client"));
	assert_true(rig_has(&r, "unit server"));
	assert_true(rig_has(&r, "fate encrypted"));
	assert_false(rig_has(&r, "event"));
	rig_truncate(&r, say, ARRAY_LEN(say));
}

static void
test_not_tls(void **state)
{
	const struct rig_say say[] = { { FLOW_CLIENT, "GET / HTTP/1.0\r\n",
		0 } };

	(void)state;
	rig_play(&r, say, 1);
	assert_string_equal(rig_text(&r), "fate not mine\n");
}

static void
test_events(void **state)
{
	static const struct tls_conf distrustful = {
		.noinspect_encrypted = true };
	const struct rig_say alone[] = { SAY(SERVER, server_hello),
		SAY(SERVER, change_cipher) };
	const struct rig_say late[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, server_hello), SAY(SERVER, change_cipher),
		SAY(CLIENT, client_hello) };
	const struct rig_say bleed[] = { SAY(CLIENT, client_hello),
		SAY(CLIENT, big_heartbeat) };

	(void)state;
	/* a trusted server may begin */
	rig_play(&r, alone, ARRAY_LEN(alone));
	assert_false(rig_has(&r, "event"));
	rig_fini(&r);
	assert_true(rig_init(&r, APP_TLS, &distrustful));
	rig_play(&r, alone, ARRAY_LEN(alone));
	assert_true(rig_has(&r, "event 137:2"));
	rig_play(&r, late, ARRAY_LEN(late));
	assert_true(rig_has(&r, "event 137:1"));
	rig_play(&r, bleed, ARRAY_LEN(bleed));
	assert_true(rig_has(&r, "event 137:3"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_handshake, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_not_tls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_events, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
