/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modbus, DNP3 and GTP: messages in any pieces, their facts and events. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/app/dnp3.h"
#include "decoders/app/gtp.h"
#include "decoders/app/modbus.h"
#include "tests/tools/app_rig.h"

#define SAY(side, bytes) { FLOW_##side, bytes, sizeof(bytes) }

static struct rig r;

/* -- Modbus ------------------------------------------------------------- */

static const uint8_t read_coils[] = { 0, 1, 0, 0, 0, 6, 17, 1, 0, 19, 0, 37 };
static const uint8_t coils[] = { 0, 1, 0, 0, 0, 8, 17, 1, 5, 1, 2, 3, 4, 5 };

static void
test_modbus(void **state)
{
	const struct rig_say say[] = { SAY(CLIENT, read_coils),
		SAY(SERVER, coils), SAY(CLIENT, read_coils) };
	const struct modbus_facts *f;

	(void)state;
	assert_true(rig_init(&r, APP_MODBUS, NULL));
	rig_play(&r, say, ARRAY_LEN(say));
	assert_string_equal(rig_text(&r),
	    "unit client full modbus_data=\"\\x00\\x13\\x00%\"\n"
	    "unit server full modbus_data=\"\\x05\\x01\\x02\\x03\\x04\\x05\"\n"
	    "unit client full modbus_data=\"\\x00\\x13\\x00%\"\n");
	rig_truncate(&r, say, ARRAY_LEN(say));
	rig_session(&r);
	rig_feed(&r, FLOW_CLIENT, read_coils, sizeof(read_coils), RIG_WHOLE);
	f = app_facts(&r.flow);
	assert_int_equal(f->unit, 17);
	assert_int_equal(f->func, 1);
	rig_fini(&r);
}

static void
test_modbus_events(void **state)
{
	static const struct {
		uint8_t bytes[16], n;
		enum flow_side side;
		const char *event; /* NULL: none */
	} cases[] = {
		{ { 0, 1, 0, 1, 0, 6, 17, 1, 0, 19, 0, 37 }, 12, FLOW_CLIENT,
		    "event 144:2" },
		{ { 0, 1, 0, 0, 0, 5, 17, 1, 0, 19, 0 }, 11, FLOW_CLIENT,
		    "event 144:1" },
		{ { 0, 1, 0, 0, 0, 4, 17, 1, 5, 1 }, 10, FLOW_SERVER,
		    "event 144:1" },
		{ { 0, 1, 0, 0, 0, 2, 17, 90 }, 8, FLOW_CLIENT,
		    "event 144:3" },
		{ { 0, 1, 0, 0, 0, 4, 17, 8, 0, 19 }, 10, FLOW_CLIENT,
		    "event 144:3" },
		{ { 0, 1, 0, 0, 0, 4, 17, 8, 0, 18 }, 10, FLOW_CLIENT, NULL },
		/* an exception */
		{ { 0, 1, 0, 0, 0, 3, 17, 0x81, 2 }, 9, FLOW_SERVER, NULL },
		/* no room for a function */
		{ { 0, 1, 0, 0, 0, 1, 17 }, 7, FLOW_CLIENT, "event 144:1" },
	};

	(void)state;
	assert_true(rig_init(&r, APP_MODBUS, NULL));
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		const struct rig_say say = { cases[i].side, cases[i].bytes,
			cases[i].n };

		rig_play(&r, &say, 1);
		assert_int_equal(rig_has(&r, "event"), cases[i].event != NULL);
		if (cases[i].event)
			assert_true(rig_has(&r, cases[i].event));
	}
	rig_fini(&r);
}

/* -- DNP3 ----------------------------------------------------------------- */

static void
put_crc(uint8_t *p, size_t n)
{
	uint16_t v = 0;

	for (size_t i = 0; i < n; i++) {
		v ^= p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			v = v & 1 ? v >> 1 ^ 0xa6bc : v >> 1;
	}
	v = (uint16_t)~v;
	p[n] = (uint8_t)v;
	p[n + 1] = (uint8_t)(v >> 8);
}

/* A frame around a transport octet and bytes; returns its length. */
static size_t
frame(uint8_t *out, uint8_t transport, const char *bytes, size_t n)
{
	uint8_t user[256] = { transport };
	size_t at = 10;

	memcpy(user + 1, bytes, n);
	n++;
	memcpy(out, (const uint8_t[]){ 5, 0x64, (uint8_t)(n + 5), 0xc4, 1, 0,
	    2, 0 }, 8);
	put_crc(out, 8);
	for (size_t i = 0; i < n; i += 16) {
		size_t part = n - i < 16 ? n - i : 16;

		memcpy(out + at, user + i, part);
		put_crc(out + at, part);
		at += part + 2;
	}
	return at;
}

static void
test_dnp3(void **state)
{
	static const struct dnp3_conf conf = { .memcap = 1 << 20,
		.check_crc = true };
	uint8_t b[600];
	size_t n = 0;

	(void)state;
	assert_true(rig_init(&r, APP_DNP3, &conf));
	/* junk, then a message in two segments, the second of two blocks */
	b[n++] = 5;
	b[n++] = 5;
	b[n++] = 7;
	n += frame(b + n, 0x40, "\xc0\x01", 2);
	n += frame(b + n, 0x81, "\x3c\x02\x06 0123456789 0123456789", 25);
	/* and an answer whose indications say device_restart */
	n += frame(b + n, 0xc2, "\xc0\x81\x80\x00", 4);
	{
		const struct rig_say say = { FLOW_CLIENT, b, n };

		rig_play(&r, &say, 1);
		assert_true(rig_has(&r, "unit client full dnp3_data="
		    "\"\\xc0\\x01<\\x02\\x06 0123456789 0123456789\""));
		assert_true(rig_has(&r, "unit client full dnp3_data="
		    "\"\\xc0\\x81\\x80\\x00\""));
		assert_false(rig_has(&r, "event"));
		rig_truncate(&r, &say, 1);
	}
	rig_fini(&r);
}

static void
expect_dnp3(const uint8_t *b, size_t n, const char *event)
{
	const struct rig_say say = { FLOW_CLIENT, b, n };

	rig_play(&r, &say, 1);
	assert_true(rig_has(&r, event));
}

static void
test_dnp3_events(void **state)
{
	static const struct dnp3_conf conf = { .memcap = 1 << 20,
		.check_crc = true };
	uint8_t b[600];
	size_t n;

	(void)state;
	assert_true(rig_init(&r, APP_DNP3, &conf));
	n = frame(b, 0xc0, "\xc0\x01", 2);
	b[12] ^= 1;
	expect_dnp3(b, n, "event 145:1");
	expect_dnp3(b, n, "event 145:2");
	n = frame(b, 0x80, "\xc0\x01", 2); /* no first one */
	expect_dnp3(b, n, "event 145:3");
	n = frame(b, 0x40, "\xc0\x01", 2);
	n += frame(b + n, 0x80 | 5, "\xc0\x01", 2); /* 1 would be next */
	expect_dnp3(b, n, "event 145:3");
	n = frame(b, 0x40, "\xc0\x01", 2);
	n += frame(b + n, 0xc0, "\xc0\x01", 2); /* another begins */
	expect_dnp3(b, n, "event 145:4");
	n = frame(b, 0xc0, "\xc0\x01", 2);
	b[5] = 0xff;
	b[4] = 0xf3;
	put_crc(b, 8);
	expect_dnp3(b, n, "event 145:5");
	n = frame(b, 0xc0, "\xc0\x60", 2);
	expect_dnp3(b, n, "event 145:6");
	rig_fini(&r);
}

/* -- GTP -------------------------------------------------------------------- */

static void
expect_gtp(const void *b, size_t n, const char *text)
{
	uint8_t copy[256];

	for (size_t len = 0; len <= n; len++) {
		memcpy(copy, b, len);
		rig_clear(&r);
		rig_session(&r);
		rig_datagram(&r, FLOW_CLIENT, copy, len);
	}
	assert_string_equal(rig_text(&r), text);
}

static void
test_gtp(void **state)
{
	/* v1, sequence: cause 128, recovery 5, APN "a" */
	static const uint8_t v1[] = { 0x32, 17, 0, 12, 0, 0, 0, 1, 0, 9, 0, 0,
		1, 128, 14, 5, 131, 0, 1, 'a' };
	/* v2: IMSI of one octet, cause of two */
	static const uint8_t v2[] = { 0x48, 33, 0, 19, 0, 0, 0, 1, 0, 0, 9, 0,
		1, 0, 1, 0, 7, 2, 0, 2, 0, 16, 0 };
	static const uint8_t order[] = { 0x30, 17, 0, 4, 0, 0, 0, 1, 14, 5, 1,
		128 };
	const struct gtp_facts *f;

	(void)state;
	assert_true(rig_init(&r, APP_GTP, NULL));
	expect_gtp(v1, sizeof(v1), "unit client\n");
	f = r.app->proto[APP_GTP].worker;
	assert_int_equal(f->version, 1);
	assert_int_equal(f->type, 17);
	assert_int_equal(f->ie[1].off, 13);
	assert_int_equal(f->ie[14].len, 1);
	assert_int_equal(f->ie[131].off, 19);
	assert_int_equal(f->ie[131].len, 1);
	expect_gtp(v2, sizeof(v2), "unit client\n");
	assert_int_equal(f->version, 2);
	assert_int_equal(f->ie[1].off, 16);
	assert_int_equal(f->ie[2].len, 2);
	expect_gtp(v1, sizeof(v1) - 1, "unit client\nevent 143:1\n");
	expect_gtp(order, sizeof(order), "unit client\nevent 143:3\n");
	/* an element longer than what is left; v3 is none */
	expect_gtp("\x30\x11\x00\x04\x00\x00\x00\x01\x83\x00\x02z", 12,
	    "unit client\nevent 143:2\n");
	expect_gtp("\x70\x11\x00\x00\x00\x00\x00\x01", 8,
	    "unit client\nevent 143:1\n");
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modbus),
		cmocka_unit_test(test_modbus_events),
		cmocka_unit_test(test_dnp3),
		cmocka_unit_test(test_dnp3_events),
		cmocka_unit_test(test_gtp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
