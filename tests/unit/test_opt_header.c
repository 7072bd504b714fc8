/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options on packet headers: a rule's options, a header, whether it matches. */
#include "opt_help.h"

struct header_case {
	const char *proto, *options;
	bool want;
};

static void
run_cases(const struct packet *pkt, const struct header_case *cases, size_t n)
{
	const struct unit u = { .kind = UNIT_RAW, .pkt = pkt,
		.present = 1u << BUF_PAYLOAD };

	for (size_t i = 0; i < n; i++)
		if (judge(&u, cases[i].proto, cases[i].options) !=
		    cases[i].want)
			fail_msg("%s (%s): %s expected", cases[i].proto,
			    cases[i].options,
			    cases[i].want ? "a match" : "none");
}

static void
ip(void **state)
{
	static const struct packet pkt = {
		.dec = { .ip_ver = 4, .ip_proto = 47, .ip_tos = 0x10,
		    .ip_ttl = 64, .ip_id = 0x1234, .ip_frag = IP_FLAG_DF | 3,
		    .src = { 4, { 10, 0, 0, 1 } }, .dst = { 4, { 10, 0, 0, 1 } },
		    .n_ip4_opts = 1 },
		.ip4_opts = { { .kind = 131 } },
	};
	static const struct packet plain = { .dec = { .ip_ver = 6,
		.src = { 6, { 1 } }, .dst = { 6, { 2 } } } };
	static const struct packet none = { .caplen = 0 };
	static const struct header_case cases[] = {
		{ "ip", "ttl:64", true },      { "ip", "ttl:63", false },
		{ "ip", "ttl:=64", true },     { "ip", "ttl:<65", true },
		{ "ip", "ttl:>64", false },    { "ip", "ttl:<=64", true },
		{ "ip", "ttl:>=65", false },   { "ip", "ttl:60-64", true },
		{ "ip", "ttl:65-70", false },  { "ip", "ttl:64-", true },
		{ "ip", "ttl:-63", false },    { "ip", "tos:16", true },
		{ "ip", "tos:0x10", true },    { "ip", "tos:!16", false },
		{ "ip", "id:0x1234", true },   { "ip", "id:1", false },
		{ "ip", "fragbits:D", true },  { "ip", "fragbits:M", false },
		{ "ip", "fragbits:!M", true }, { "ip", "fragbits:D+", true },
		{ "ip", "fragbits:+MD", false }, { "ip", "fragbits:*MD", true },
		{ "ip", "fragoffset:24", true }, { "ip", "fragoffset:3", false },
		{ "ip", "fragoffset:!24", false }, { "ip", "fragoffset:>23", true },
		{ "ip", "ip_proto:gre", true }, { "ip", "ip_proto:47", true },
		{ "ip", "ip_proto:!gre", false }, { "ip", "ip_proto:>47", false },
		{ "ip", "sameip", true },      { "ip", "ipopts:lsrr", true },
		{ "ip", "ipopts:any", true },  { "ip", "ipopts:rr", false },
		{ "tcp", "flags:S", false },
	};
	static const struct header_case others[] = {
		{ "ip", "sameip", false },     { "ip", "ipopts:any", false },
	};
	static const struct header_case no_ip[] = {
		{ "ip", "sameip", false },     { "ip", "ttl:0", false },
		{ "ip", "ip_proto:0", false }, { "ip", "fragbits:!M", false },
	};

	(void)state;
	run_cases(&pkt, cases, ARRAY_LEN(cases));
	run_cases(&plain, others, ARRAY_LEN(others));
	run_cases(&none, no_ip, ARRAY_LEN(no_ip));
}

static void
tcp(void **state)
{
	static const struct packet pkt = { .dec = { .ip_ver = 4,
		.l4 = PKT_L4_TCP, .tcp_flags = TCP_SYN | TCP_ACK | TCP_ECE,
		.tcp_seq = 1000, .tcp_ack = 0, .tcp_win = 8192 } };
	static const struct header_case cases[] = {
		{ "tcp", "flags:SAE", true },  { "tcp", "flags:SA", false },
		{ "tcp", "flags:SA,CE", true }, { "tcp", "flags:sa,12", true },
		{ "tcp", "flags:SA+", true },  { "tcp", "flags:+SAF", false },
		{ "tcp", "flags:*SF", true },  { "tcp", "flags:*RF", false },
		{ "tcp", "flags:!RF", true },  { "tcp", "flags:!S", false },
		{ "tcp", "flags:0", false },   { "tcp", "flags:SA2,2", false },
		{ "tcp", "seq:1000", true },   { "tcp", "seq:1", false },
		{ "tcp", "ack:!0", true },     { "tcp", "ack:1", false },
		{ "tcp", "window:8192", true }, { "tcp", "window:!8192", false },
		{ "tcp", "window:0x2000", true },
		{ "tcp", "stream_size:client,>,0", false },
		{ "tcp", "stream_reassemble:disable,both", true },
	};

	(void)state;
	run_cases(&pkt, cases, ARRAY_LEN(cases));
}

static void
icmp(void **state)
{
	static const struct packet echo = { .dec = { .ip_ver = 4,
		.l4 = PKT_L4_ICMP4, .icmp_type = 8, .icmp_code = 0,
		.icmp_id = 77, .icmp_seq = 3 } };
	static const struct packet echo6 = { .dec = { .ip_ver = 6,
		.l4 = PKT_L4_ICMP6, .icmp_type = 129, .icmp_id = 77 } };
	static const struct packet unreach = { .dec = { .ip_ver = 4,
		.l4 = PKT_L4_ICMP4, .icmp_type = 3, .icmp_code = 1 } };
	static const struct header_case cases[] = {
		{ "icmp", "itype:8", true },   { "icmp", "itype:0", false },
		{ "icmp", "itype:<9", true },  { "icmp", "itype:>8", false },
		{ "icmp", "itype:7<>9", true }, { "icmp", "itype:8<>9", false },
		{ "icmp", "itype:8<>8", false }, { "icmp", "icode:0", true },
		{ "icmp", "icode:-1<>1", true }, { "icmp", "icode:>0", false },
		{ "icmp", "icmp_id:77", true }, { "icmp", "icmp_id:78", false },
		{ "icmp", "icmp_seq:3", true }, { "icmp", "icmp_seq:4", false },
	};
	static const struct header_case six[] = {
		{ "icmp", "icmp_id:77", true }, { "icmp", "itype:129", true },
	};
	static const struct header_case no_echo[] = {
		{ "icmp", "icmp_id:0", false }, { "icmp", "icode:1", true },
	};

	(void)state;
	run_cases(&echo, cases, ARRAY_LEN(cases));
	run_cases(&echo6, six, ARRAY_LEN(six));
	run_cases(&unreach, no_echo, ARRAY_LEN(no_echo));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ip),
		cmocka_unit_test(tcp),
		cmocka_unit_test(icmp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
