/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "output/community_id.h"
#include "output/output.h"
#include "tests/tools/json_check.h"
#include "tests/tools/record_make.h"

static struct tmp_dir dir;
static struct out_conf conf;

static int
setup(void **state)
{
	(void)state;
	tmp_dir_make(&dir);
	conf = (struct out_conf){ .logdir = dir.path, .utc = true, .dlt = 1 };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tmp_dir_remove(&dir);
	return 0;
}

static void
test_lines(void **state)
{
	static struct made m[3];
	const struct record *r[] = { &m[0].r, &m[1].r, &m[2].r };
	size_t len;
	char *text;

	(void)state;
	make_tcp(&m[0]);
	m[0].r.pkt.file = "/data/in.pcap";
	m[0].r.pkt.n_vlan = 2;
	m[0].r.pkt.vlan[0] = 0x6064;
	m[0].r.pkt.vlan[1] = 7;
	make_icmp_echo(&m[1]);
	m[1].r.pkt.outer.src = (struct ipaddr){ 4, { 203, 0, 113, 5 } };
	m[1].r.pkt.outer.dst = (struct ipaddr){ 4, { 203, 0, 113, 6 } };
	m[1].r.pkt.outer.proto = 47;
	m[1].r.pkt.outer.depth = 1;
	make_arp(&m[2]);
	text = written(&conf, &dir, "eve", "eve.json payload payload_printable "
	    "packet_info rule references", "eve.json", &len, r, 3);
	assert_golden("eve", text, len);
	free(text);
}

/* Text from rules and bytes from the network that JSON cannot hold as is. */
static void
test_always_json(void **state)
{
	static struct made m[3];
	const struct record *r[] = { &m[0].r, &m[1].r, &m[2].r };
	static const char odd[] = "\"quote\\ \n\r\t\x01\x1f\x7f \xff\xfe\xc3\x28 "
	    "\xc3\xa9 \xed\xa0\x80 \xf0\x9f\x98\x80 \xf4\x90\x80\x80 \xe2\x82";
	struct text text_odd = text_make(odd, sizeof(odd) - 1);
	uint8_t all[256];
	size_t len;
	char *text;

	(void)state;
	for (unsigned i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	for (unsigned i = 0; i < 3; i++) {
		make_tcp(&m[i]);
		m[i].r.event.msg = text_odd;
		m[i].r.event.class_text = text_odd;
		m[i].r.event.rule_text = text_odd;
		m[i].metas[1].key = text_odd;
		m[i].metas[1].value = text_odd;
		m[i].refs[0].id = text_odd;
		m[i].r.pkt.file = odd;
		m[i].r.pkt.iface = odd;
		m[i].r.pkt.payload = slice_make(all, sizeof(all));
		m[i].r.verdict = VERDICT_WOULD_DROP;
	}
	m[1].r.event = (struct record_event){ 0 }; /* nothing at all */
	m[2].r.pkt = (struct record_packet){ 0 };
	conf.sensor_name = odd;
	text = written(&conf, &dir, "eve", "e payload payload_printable packet "
	    "packet_info rule references community_id", "e", &len, r, 3);
	assert_int_equal((int)json_lines(text, len), 3);
	free(text);
}

static void
test_obfuscation_hides_every_address(void **state)
{
	static struct made m;
	const struct record *r = &m.r;
	char *text;

	(void)state;
	make_udp(&m);
	conf.obfuscate = true;
	text = written(&conf, &dir, "eve", "e packet community_id", "e", NULL,
	    &r, 1);
	assert_non_null(strstr(text, "\"src_ip\":\"xxx.xxx.xxx.xxx\""));
	assert_null(strstr(text, "\"packet\""));
	assert_null(strstr(text, "community_id"));
	free(text);
	conf.obfuscate = false;
	conf.obfuscate_home = true;
	conf.obfuscate_net = (struct ipaddr){ 4, { 10 } };
	conf.obfuscate_bits = 8;
	text = written(&conf, &dir, "eve", "f packet community_id", "f", NULL,
	    &r, 1);
	assert_non_null(strstr(text, "\"src_ip\":\"10.0.2.9\""));
	assert_null(strstr(text, "\"packet\""));
	assert_null(strstr(text, "community_id"));
	free(text);
}

static void
test_zones(void **state)
{
	static const struct {
		const char *tz, *want;
	} zones[] = {
		{ "XXX-5:45", "2024-03-14T15:11:53.589793+0545" },
		{ "XXX3:30", "2024-03-14T05:56:53.589793-0330" },
	};
	static struct made m;
	const struct record *r = &m.r;

	(void)state;
	conf.utc = false;
	make_udp(&m);
	for (unsigned i = 0; i < ARRAY_LEN(zones); i++) {
		char name[2] = { (char)('a' + i), '\0' };
		char *text;

		setenv("TZ", zones[i].tz, 1);
		tzset();
		text = written(&conf, &dir, "eve", name, name, NULL, &r, 1);
		assert_non_null(strstr(text, zones[i].want));
		free(text);
	}
	unsetenv("TZ");
	tzset();
}

static void
community_id(const char *src, uint16_t sport, const char *dst, uint16_t dport,
    uint8_t proto, uint16_t seed, const char *want)
{
	struct record_packet p = { .ip_proto = proto, .sport = sport,
		.dport = dport };
	struct buf b;

	assert_true(ipaddr_parse(text_of(src), &p.src));
	assert_true(ipaddr_parse(text_of(dst), &p.dst));
	p.ip_ver = p.src.family;
	p.l4_kind = proto == 6 ? REC_L4_TCP : proto == 17 ? REC_L4_UDP :
	    proto == 1 ? REC_L4_ICMP4 : REC_L4_ICMP6;
	if (proto == 1 || proto == 58) {
		p.icmp_type = (uint8_t)sport;
		p.icmp_code = (uint8_t)dport;
		p.sport = p.dport = 0;
	}
	buf_init(&b, 100);
	community_id_put(&b, &p, seed);
	assert_string_equal(b.ptr, want);
	buf_fini(&b);
}

/* The values the specification gives for its example captures. */
static void
test_community_id(void **state)
{
	(void)state;
	community_id("128.232.110.120", 34855, "66.35.250.204", 80, 6, 0,
	    "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	community_id("66.35.250.204", 80, "128.232.110.120", 34855, 6, 0,
	    "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	community_id("128.232.110.120", 34855, "66.35.250.204", 80, 6, 1,
	    "1:3V71V58M3Ksw/yuFALMcW0LAHvc=");
	community_id("192.168.1.52", 54585, "8.8.8.8", 53, 17, 0,
	    "1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
	community_id("192.168.0.89", 8, "192.168.0.1", 0, 1, 0,
	    "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
	community_id("192.168.0.1", 0, "192.168.0.89", 0, 1, 0,
	    "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
	community_id("fe80::200:86ff:fe05:80da", 135,
	    "fe80::260:97ff:fe07:69ea", 0, 58, 0,
	    "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=");
}

static void
test_arguments(void **state)
{
	static const char *const bad[] = { "e paylod", "e limit",
		"e limit 1", "e community_id=70000", "e community_id=" };
	struct outputs *os = outputs_new(&conf);
	char err[512];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(outputs_add(os, &out_eve, text_of(bad[i]), 0, err,
		    sizeof(err)));
	assert_true(outputs_add(os, &out_eve,
	    TEXT("e limit 1M community_id=77"), 0, err, sizeof(err)));
	outputs_free(os);
}

/* What became of blocks: only for who asks, and all of it JSON. */
static void
test_blocks(void **state)
{
	static struct made m[3];
	const struct record *r[] = { &m[0].r, &m[1].r, &m[2].r };
	size_t len;
	char *text;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		make_tcp(&m[i]);
		m[i].r.kind = RECORD_BLOCK;
		m[i].r.block = (struct record_block){
			.status = "blocked",
			.evidence = "handshake",
			.asked_by = "fwsam",
			.addr = { 4, { 192, 0, 2, 1 } },
			.from = true,
			.to = true,
			.made = mtime_make(1710408413, 0),
			.until = mtime_make(1710408713, 0),
			.has_latency = true,
			.latency_us = 1234,
		};
	}
	m[1].r.block.status = "refused";
	m[1].r.block.reason = "never_block";
	m[1].r.block.detail = "a \"gateway\"";
	m[1].r.block.connection = true;
	m[1].r.block.peer = (struct ipaddr){ 4, { 192, 0, 2, 2 } };
	m[1].r.block.port = 80;
	m[1].r.block.proto = 6;
	m[2].r.block.forever = true;
	m[2].r.event.gid = 0;
	text = written(&conf, &dir, "eve", "eve.json block", "eve.json", &len,
	    r, 3);
	assert_int_equal(json_lines(text, len), 3);
	assert_non_null(strstr(text, "\"event_type\":\"block\""));
	assert_non_null(strstr(text, "\"block\":{\"status\":\"blocked\","
	    "\"kind\":\"address\",\"address\":\"192.0.2.1\","
	    "\"direction\":\"either\",\"evidence\":\"handshake\","
	    "\"asked_by\":\"fwsam\""));
	assert_non_null(strstr(text, "\"seconds\":300"));
	assert_non_null(strstr(text, "\"latency_us\":1234"));
	assert_non_null(strstr(text, "\"reason\":\"never_block\","
	    "\"detail\":\"a \\\"gateway\\\"\",\"kind\":\"connection\""));
	assert_non_null(strstr(text, "\"peer\":\"192.0.2.2\",\"port\":80,"
	    "\"proto\":\"TCP\""));
	assert_non_null(strstr(text, "\"permanent\":true"));
	assert_non_null(strstr(text, "\"signature_id\":1000001"));
	free(text);
	text = written(&conf, &dir, "eve", "no.json", "no.json", &len, r, 3);
	assert_int_equal(len, 0);
	free(text);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_lines),
		TEST(test_always_json),
		TEST(test_obfuscation_hides_every_address),
		TEST(test_zones),
		TEST(test_community_id),
		TEST(test_arguments),
		TEST(test_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
