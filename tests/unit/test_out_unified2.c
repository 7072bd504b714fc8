/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unified2 read back byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/cursor.h"
#include "output/output.h"
#include "tests/tools/record_make.h"

static struct tmp_dir dir;
static struct out_conf conf;
static char *file;
static struct cursor in;

static int
setup(void **state)
{
	(void)state;
	tmp_dir_make(&dir);
	conf = (struct out_conf){ .logdir = dir.path, .dlt = 1 };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	free(file);
	file = NULL;
	tmp_dir_remove(&dir);
	return 0;
}

static void
write_and_read(const char *name, const char *args, const char *path,
    const struct made *m)
{
	const struct record *r = &m->r;
	size_t len;

	free(file);
	file = written(&conf, &dir, name, args, path, &len, &r, 1);
	in = cur_make((const uint8_t *)file, len);
}

#define EXPECT(bits, want) assert_int_equal(take##bits(), want)

static uint32_t
take32(void)
{
	uint32_t v = 0;

	assert_true(cur_be32(&in, &v));
	return v;
}

static uint16_t
take16(void)
{
	uint16_t v = 0;

	assert_true(cur_be16(&in, &v));
	return v;
}

static uint8_t
take8(void)
{
	uint8_t v = 0;

	assert_true(cur_u8(&in, &v));
	return v;
}

static void
expect_bytes(const uint8_t *want, size_t n)
{
	const uint8_t *got = cur_take(&in, n);

	assert_non_null(got);
	assert_memory_equal(got, want, n);
}

/* Type, length and the fields up to the addresses. */
static void
expect_event_head(uint32_t type, uint32_t len)
{
	EXPECT(32, type);
	EXPECT(32, len);
	EXPECT(32, 0);
	EXPECT(32, 7);
	EXPECT(32, 1710408413);
	EXPECT(32, 589793);
	EXPECT(32, 1000001);
	EXPECT(32, 1);
	EXPECT(32, 3);
	EXPECT(32, 5);
	EXPECT(32, 2);
}

static void
expect_packet(const struct made *m, uint32_t event_second)
{
	uint32_t n = (uint32_t)m->r.pkt.raw.len;

	EXPECT(32, 2);
	EXPECT(32, 28 + n);
	EXPECT(32, 0);
	EXPECT(32, 7);
	EXPECT(32, event_second);
	EXPECT(32, 1710408413);
	EXPECT(32, 589793);
	EXPECT(32, 1);
	EXPECT(32, n);
	expect_bytes(m->frame, n);
}

static void
test_ip4(void **state)
{
	static struct made m;
	static const uint8_t addrs[] = { 192, 0, 2, 10, 198, 51, 100, 7 };

	(void)state;
	make_tcp(&m);
	m.r.verdict = VERDICT_DROPPED;
	write_and_read("unified2", "filename snort.log, limit 128",
	    "snort.log.*", &m);
	expect_event_head(7, 52);
	expect_bytes(addrs, sizeof(addrs));
	EXPECT(16, 51514);
	EXPECT(16, 80);
	EXPECT(8, 6);
	EXPECT(8, 0x20);
	EXPECT(8, 0);
	EXPECT(8, 1);
	expect_packet(&m, 1710408413);
	assert_int_equal(cur_left(&in), 0);
}

static void
test_ip4_vlan_and_mpls(void **state)
{
	static struct made m;
	static const uint8_t addrs[] = { 203, 0, 113, 1, 192, 0, 2, 10 };

	(void)state;
	make_icmp_unreach(&m);
	m.r.verdict = VERDICT_WOULD_DROP;
	m.r.pkt.n_vlan = 2;
	m.r.pkt.vlan[0] = 5;
	m.r.pkt.vlan[1] = 0xe123;
	m.r.pkt.has_mpls = true;
	m.r.pkt.mpls_label = 0x12345;
	write_and_read("alert_unified2", "filename u2, limit 128K, nostamp, "
	    "vlan_event_types, mpls_event_types", "u2", &m);
	expect_event_head(104, 60);
	expect_bytes(addrs, sizeof(addrs));
	EXPECT(16, 3);
	EXPECT(16, 3);
	EXPECT(8, 1);
	EXPECT(8, 0);
	EXPECT(8, 0);
	EXPECT(8, 2);
	EXPECT(32, 0x12345);
	EXPECT(16, 0x123);
	EXPECT(16, 0);
	assert_int_equal(cur_left(&in), 0);
}

static void
test_ip6_with_extra_data(void **state)
{
	static struct made m;

	(void)state;
	make_ip6_tcp(&m);
	m.r.verdict = VERDICT_CANNOT_DROP;
	conf.ipv6_extra_data = true;
	conf.nostamps = true;
	write_and_read("unified2", "", "snort-unified", &m);
	expect_event_head(72, 76);
	expect_bytes(m.frame + 22, 32);
	EXPECT(16, 32769);
	EXPECT(16, 443);
	EXPECT(8, 6);
	EXPECT(8, 0);
	EXPECT(8, 0);
	EXPECT(8, 3);
	for (unsigned i = 0; i < 2; i++) {
		EXPECT(32, 110);
		EXPECT(32, 48);
		EXPECT(32, 4);
		EXPECT(32, 48);
		EXPECT(32, 0);
		EXPECT(32, 7);
		EXPECT(32, 1710408413);
		EXPECT(32, 11 + i);
		EXPECT(32, 1);
		EXPECT(32, 24);
		expect_bytes(m.frame + 22 + 16 * i, 16);
	}
	expect_packet(&m, 1710408413);
	assert_int_equal(cur_left(&in), 0);
}

static void
test_ip6_vlan(void **state)
{
	static struct made m;

	(void)state;
	make_icmp6(&m);
	write_and_read("alert_unified2", "nostamp, vlan_event_types",
	    "snort-unified.alert", &m);
	expect_event_head(105, 84);
	expect_bytes(m.frame + 22, 32);
	EXPECT(16, 128);
	EXPECT(16, 0);
	EXPECT(8, 58);
	EXPECT(8, 0);
	EXPECT(8, 0);
	EXPECT(8, 0);
	EXPECT(32, 0);
	EXPECT(16, 0);
	EXPECT(16, 0);
	assert_int_equal(cur_left(&in), 0);
}

/* A tagged packet carries the id and second of the event that tagged it. */
static void
test_tagged_packet(void **state)
{
	static struct made m;

	(void)state;
	make_udp(&m);
	m.r.kind = RECORD_LOG;
	m.r.event.event_id = 99;
	m.r.event.event_ref = 7;
	m.r.event.ref_ts = mtime_make(1710408400, 0);
	write_and_read("unified2", "filename x, nostamp", "x", &m);
	expect_packet(&m, 1710408400);
	assert_int_equal(cur_left(&in), 0);
	write_and_read("log_unified2", "nostamp", "snort-unified.log", &m);
	expect_packet(&m, 1710408400);
	assert_int_equal(cur_left(&in), 0);
}

static void
test_not_ip(void **state)
{
	static struct made m;
	static const uint8_t zero[8];

	(void)state;
	make_arp(&m);
	write_and_read("alert_unified2", "filename x, nostamp", "x", &m);
	expect_event_head(7, 52);
	expect_bytes(zero, sizeof(zero));
	EXPECT(32, 0);
	EXPECT(32, 0);
	assert_int_equal(cur_left(&in), 0);
}

static void
test_arguments(void **state)
{
	static const char *const bad[] = { "filename", "limit x", "nostamp 1",
		"file u2", "filename a b" };
	struct outputs *os = outputs_new(&conf);
	char err[512];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(outputs_add(os, &out_unified2, text_of(bad[i]), 0,
		    err, sizeof(err)));
	assert_true(outputs_add(os, &out_unified2,
	    TEXT("filename a, limit 0, appid_event_types"), 0, err,
	    sizeof(err)));
	outputs_free(os);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_ip4),
		TEST(test_ip4_vlan_and_mpls),
		TEST(test_ip6_with_extra_data),
		TEST(test_ip6_vlan),
		TEST(test_tagged_packet),
		TEST(test_not_ip),
		TEST(test_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
