/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "output/dump.h"
#include "tests/tools/record_make.h"

static struct out_conf conf;
static struct buf text;

static int
setup(void **state)
{
	(void)state;
	conf = (struct out_conf){ .utc = true };
	buf_init(&text, 1 << 20);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	buf_fini(&text);
	return 0;
}

static void
dump(const struct made *m)
{
	struct out_clock clock = { 0 };

	dump_packet(&text, &clock, &conf, &m->r.pkt);
}

static void
test_headers(void **state)
{
	static void (*const make[])(struct made *) = { make_tcp, make_udp,
		make_icmp_echo, make_icmp_unreach, make_ip6_tcp, make_icmp6,
		make_fragment, make_arp, make_ip_options };
	static struct made m;

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(make); i++) {
		make[i](&m);
		dump(&m);
	}
	assert_golden("dump", text.ptr, text.len);
}

/* -X: the whole frame with offsets; -O hides addresses in it. */
static void
test_whole_frame(void **state)
{
	static struct made m;

	(void)state;
	make_udp(&m);
	conf.dump_hex_all = conf.dump_link = true;
	dump(&m);
	conf.obfuscate = true;
	dump(&m);
	assert_golden("dump-frame", text.ptr, text.len);
}

static void
test_chars(void **state)
{
	static const char want[] =
	    "0123456789012345678901234567890123456789012345678901234567890123\n"
	    "a..b \n";
	uint8_t bytes[68];

	(void)state;
	for (unsigned i = 0; i < 64; i++)
		bytes[i] = (uint8_t)('0' + i % 10);
	memcpy(bytes + 64, "a\n\0b", 4);
	dump_chars(&text, slice_make(bytes, sizeof(bytes)));
	assert_string_equal(text.ptr, want);
}

static void
icmp(const uint8_t *message, size_t len, const char *want)
{
	static struct made m;
	uint8_t ip[128] = { 0x45, 0, 0, (uint8_t)(20 + len), 0, 0, 0, 0, 64, 1,
		0, 0, 192, 0, 2, 1, 192, 0, 2, 2 };

	memcpy(ip + 20, message, len);
	make_from_ip4(&m, ip, 20 + len);
	buf_reset(&text);
	dump_icmp(&text, &conf, &m.r.pkt);
	assert_string_equal(text.ptr, want);
}

#define ICMP(want, ...)                                                        \
	do {                                                                   \
		const uint8_t bytes[] = { __VA_ARGS__ };                       \
		icmp(bytes, sizeof(bytes), want);                              \
	} while (0)

static void
test_icmp_texts(void **state)
{
	(void)state;
	ICMP("Type:0  Code:0  ID:258  Seq:3  ECHO REPLY\n",
	    0, 0, 0, 0, 1, 2, 0, 3);
	ICMP("Type:3  Code:4  DESTINATION UNREACHABLE: "
	    "FRAGMENTATION NEEDED, DF SET\nNEXT LINK MTU: 1476\n"
	    "ORIGINAL DATAGRAM TRUNCATED\n",
	    3, 4, 0, 0, 0, 0, 0x05, 0xc4, 0x45, 0, 0);
	ICMP("Type:3  Code:99  DESTINATION UNREACHABLE: UNKNOWN\n"
	    "ORIGINAL DATAGRAM TRUNCATED\n", 3, 99, 0, 0, 0, 0, 0, 0);
	ICMP("Type:4  Code:0  SOURCE QUENCH\nORIGINAL DATAGRAM TRUNCATED\n",
	    4, 0, 0, 0, 0, 0, 0, 0);
	ICMP("Type:5  Code:1  REDIRECT HOST NEW GW: 192.0.2.77\n"
	    "** ORIGINAL DATAGRAM DUMP:\n192.0.2.2:1 -> 192.0.2.3:2\n"
	    "TCP TTL:7 TOS:0x0 ID:0 IpLen:20 DgmLen:40\nSeq: 0x90A0B\n"
	    "** END OF DUMP\n",
	    5, 1, 0, 0, 192, 0, 2, 77, 0x45, 0, 0, 40, 0, 0, 0, 0, 7, 6, 0, 0,
	    192, 0, 2, 2, 192, 0, 2, 3, 0, 1, 0, 2, 0, 9, 10, 11);
	ICMP("Type:9  Code:0  ROUTER ADVERTISMENT: Num addrs: 2 "
	    "Addr entry size: 3 Lifetime: 256\n", 9, 0, 0, 0, 2, 3, 1, 0);
	ICMP("Type:10  Code:0  ROUTER SOLICITATION\n", 10, 0, 0, 0, 0, 0, 0, 0);
	ICMP("Type:11  Code:0  TTL EXCEEDED IN TRANSIT\n"
	    "** ORIGINAL DATAGRAM DUMP:\n192.0.2.2 -> 192.0.2.3\n"
	    "ICMP TTL:1 TOS:0x0 ID:0 IpLen:20 DgmLen:40\n"
	    "Type: 8  Code: 0  Csum: 4660  Id: 5  SeqNo: 6\n"
	    "** END OF DUMP\n",
	    11, 0, 0, 0, 0, 0, 0, 0, 0x45, 0, 0, 40, 0, 0, 0, 0, 1, 1, 0, 0,
	    192, 0, 2, 2, 192, 0, 2, 3, 8, 0, 0x12, 0x34, 0, 5, 0, 6);
	ICMP("Type:12  Code:0  PARAMETER PROBLEM: BAD IP HEADER BYTE 20\n"
	    "** ORIGINAL DATAGRAM DUMP:\n192.0.2.2 -> 192.0.2.3\n"
	    "GRE TTL:1 TOS:0x0 ID:0 IpLen:20 DgmLen:40\n"
	    "Protocol: 0x2F (unknown or header truncated)** END OF DUMP\n",
	    12, 0, 0, 0, 20, 0, 0, 0, 0x45, 0, 0, 40, 0, 0, 0, 0, 1, 47, 0, 0,
	    192, 0, 2, 2, 192, 0, 2, 3);
	ICMP("Type:13  Code:0  ID: 1  Seq: 2  TIMESTAMP REQUEST\n",
	    13, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 3);
	ICMP("Type:14  Code:0  ID: 1  Seq: 2  TIMESTAMP REPLY:\n"
	    "Orig: 3 Rtime: 4  Ttime: 5\n",
	    14, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5);
	ICMP("Type:18  Code:0  ID: 1  Seq: 2  ADDRESS REPLY: 0xFFFFFF00\n",
	    18, 0, 0, 0, 0, 1, 0, 2, 255, 255, 255, 0);
	ICMP("Type:40  Code:5  UNKNOWN\n", 40, 5, 0, 0, 0, 0, 0, 0);
}

/* A message cut short must not be read past its end. */
static void
test_icmp_short(void **state)
{
	(void)state;
	for (uint8_t type = 0; type < 20; type++)
		for (unsigned len = 2; len < 36; len++) {
			static struct made m;
			uint8_t ip[64] = { 0x45, 0, 0, 60, 0, 0, 0, 0, 64, 1,
				[20] = type, [28] = 0x4f };
			struct slice *l4 = &m.r.pkt.l4;
			uint8_t *exact;

			make_from_ip4(&m, ip, 20 + 36);
			exact = malloc(len);
			assert_non_null(exact);
			memcpy(exact, l4->ptr, len);
			*l4 = slice_make(exact, len);
			buf_reset(&text);
			dump_icmp(&text, &conf, &m.r.pkt);
			assert_int_equal(text.ptr[text.len - 1], '\n');
			free(exact);
		}
}

static void
tcp_options(const uint8_t *options, size_t len, const char *want)
{
	static struct made m;
	uint8_t ip[80] = { 0x45, 0, 0, (uint8_t)(40 + len), 0, 0, 0, 0, 64, 6,
		0, 0, 192, 0, 2, 1, 192, 0, 2, 2,
		[32] = (uint8_t)((20 + len) << 2) };
	struct out_clock clock = { 0 };
	const char *at;

	assert_int_equal(len % 4, 0);
	memcpy(ip + 40, options, len);
	make_from_ip4(&m, ip, 40 + len);
	buf_reset(&text);
	dump_headers(&text, &clock, &conf, &m.r.pkt);
	at = strstr(text.ptr, "TcpLen: ");
	assert_non_null(at);
	at = strchr(at, '\n');
	assert_string_equal(at + 1, want);
}

#define TCP_OPTIONS(want, ...)                                                 \
	do {                                                                   \
		const uint8_t bytes[] = { __VA_ARGS__ };                       \
		tcp_options(bytes, sizeof(bytes), want);                       \
	} while (0)

static void
test_tcp_options(void **state)
{
	(void)state;
	TCP_OPTIONS("TCP Options (5) => MSS: 1460 NOP WS: 7 SackOK EOL \n",
	    2, 4, 5, 0xb4, 1, 3, 3, 7, 4, 2, 0, 0);
	TCP_OPTIONS("TCP Options (2) => Sack: 1@2 NOP \n",
	    5, 10, 0, 1, 0, 2, 0, 0, 0, 0, 1, 1 + 1);
	TCP_OPTIONS("TCP Options (5) => Echo: 1 Echo Rep: 2 CC 3 CCNEW: 4 "
	    "CCECHO: 5 \n", 6, 6, 0, 0, 0, 1, 7, 6, 0, 0, 0, 2,
	    11, 6, 0, 0, 0, 3, 12, 6, 0, 0, 0, 4, 13, 6, 0, 0, 0, 5, 2, 99);
	TCP_OPTIONS("TCP Options (3) => TFO Opt 200 (3): 0102 03 Opt 201 \n",
	    34, 2, 200, 5, 1, 2, 3, 201, 2, 9, 1, 1);
	/* broken behind 60 columns */
	TCP_OPTIONS("TCP Options (16) => NOP NOP NOP NOP NOP NOP NOP NOP NOP "
	    "NOP NOP \nTCP Options => NOP NOP NOP NOP NOP \n",
	    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
	/* lengths that lie */
	TCP_OPTIONS("TCP Options (1) => NOP \n", 1, 8, 10, 0);
	TCP_OPTIONS("", 8, 1, 0, 0);
}

static void
test_truncated_transport(void **state)
{
	static struct made m;
	struct out_clock clock = { 0 };

	(void)state;
	make_tcp(&m);
	m.r.pkt.l4_kind = REC_L4_NONE;
	dump_headers(&text, &clock, &conf, &m.r.pkt);
	assert_non_null(strstr(text.ptr, "DF\nTCP header truncated\n"));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_headers),
		TEST(test_whole_frame),
		TEST(test_chars),
		TEST(test_icmp_texts),
		TEST(test_icmp_short),
		TEST(test_tcp_options),
		TEST(test_truncated_transport),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
