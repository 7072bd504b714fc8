/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor sfportscan and arpspoof into settings. */
#include "config_help.h"

static void
portscan_defaults(void **state)
{
	struct loaded l = apply_clean("preprocessor sfportscan\n");
	const struct portscan_conf *c = &l.s.watch.portscan;

	(void)state;
	assert_true(c->enabled);
	assert_int_equal(c->protos, PS_ALL_PROTOS);
	assert_int_equal(c->scans, PS_ALL_SCANS);
	assert_int_equal(c->sense, PS_LOW);
	assert_int_equal(c->memcap, 10000000);
	assert_false(c->midstream || c->ack_scans);
	tree_free(l.t);
	l = apply_clean("config utc\n");
	assert_false(l.s.watch.portscan.enabled);
	assert_false(l.s.watch.arpspoof.enabled);
	tree_free(l.t);
}

static void
portscan_settings(void **state)
{
	struct loaded l = apply_clean(
	    "preprocessor sfportscan: proto { tcp,udp } \\\n"
	    " scan_type { portscan decoy_portscan } sense_level {high} \\\n"
	    " memcap { 4000000 } include_midstream detect_ack_scans \\\n"
	    " logfile { scans.txt }\n");
	const struct portscan_conf *c = &l.s.watch.portscan;

	(void)state;
	assert_int_equal(c->protos, 1 << PS_TCP | 1 << PS_UDP);
	assert_int_equal(c->scans, 1 << PS_SCAN | 1 << PS_DECOY);
	assert_int_equal(c->sense, PS_HIGH);
	assert_int_equal(c->memcap, 4000000);
	assert_true(c->midstream && c->ack_scans);
	assert_int_equal(l.s.n_outputs, 1);
	assert_string_equal(l.s.outputs[0].ops->name, "log_portscan");
	assert_text(l.s.outputs[0].args, "scans.txt");
	tree_free(l.t);
	l = apply_clean("preprocessor sfportscan: sense_level { low } "
	    "disabled\n");
	assert_false(l.s.watch.portscan.enabled);
	tree_free(l.t);
}

static void
portscan_lists(void **state)
{
	struct loaded l = apply_clean(
	    "ipvar HOME_NET [10.0.0.0/8,!10.1.0.0/16]\n"
	    "preprocessor sfportscan: ignore_scanners { $HOME_NET } "
	    "ignore_scanned { 10.2.0.1[80 1000-2000], 2001:db8::/32 } "
	    "watch_ip { any }\n");
	const struct portscan_conf *c = &l.s.watch.portscan;
	const struct ps_host *h = c->ignore_scanned.hosts;

	(void)state;
	assert_int_equal(c->ignore_scanners.n, 2);
	assert_int_equal(c->ignore_scanners.hosts[0].bits, 8);
	assert_true(c->ignore_scanners.hosts[1].negated);
	assert_int_equal(c->ignore_scanned.n, 2);
	assert_int_equal(h[0].bits, 32);
	assert_int_equal(h[0].n_ports, 2);
	assert_int_equal(h[0].ports[0].lo, 80);
	assert_int_equal(h[0].ports[0].hi, 80);
	assert_int_equal(h[0].ports[1].hi, 2000);
	assert_int_equal(h[1].net.family, 6);
	assert_int_equal(h[1].n_ports, 0);
	assert_int_equal(c->watch.n, 2);
	tree_free(l.t);
}

#define PS "preprocessor sfportscan: "

static void
portscan_errors(void **state)
{
	(void)state;
	expect_bad(PS "proto { tcp frob }\n", 1, 38, "'frob': tcp, udp");
	expect_bad(PS "proto { tcp\n", 1, 37, "the '}' is missing");
	expect_bad(PS "scan_type { }\n", 1, 38, "nothing is named");
	expect_bad(PS "sense_level { hi }\n", 1, 40, "low, medium or high");
	expect_bad(PS "memcap { x }\n", 1, 35, "a number of bytes");
	expect_bad(PS "memcap 5\n", 1, 33, "a '{' belongs here");
	expect_bad(PS "frob { 1 }\n", 1, 26, "no setting of sfportscan");
	expect_bad(PS "watch_ip { 10.0.0.0/8[ }\n", 1, 49, "a port or");
	expect_bad(PS "watch_ip { 10.0.0.0/8[] }\n", 1, 48,
	    "ports belong here");
	expect_bad(PS "watch_ip { 10.0.0.0/8[9-8] }\n", 1, 48, "a port or");
	expect_bad(PS "watch_ip { [10.0.0.0/8 }\n", 1, 37, "does not end");
	expect_bad(PS "watch_ip { 10.300.0.0/8 }\n", 1, 37,
	    "not an address");
	expect_bad("preprocessor sfportscan\npreprocessor sfportscan\n", 2,
	    14, "stands twice");
}

static void
arpspoof(void **state)
{
	struct loaded l = apply_clean("preprocessor arpspoof: -unicast\n"
	    "preprocessor arpspoof_detect_host: 10.0.0.9 "
	    "00:0a:95:9d:68:16\n"
	    "preprocessor arpspoof_detect_host: 10.0.0.1 0:A:95:9D:68:17\n");
	const struct arpspoof_conf *c = &l.s.watch.arpspoof;
	static const uint8_t mac[] = { 0, 0x0a, 0x95, 0x9d, 0x68, 0x17 };

	(void)state;
	assert_true(c->enabled && c->unicast);
	assert_int_equal(c->n_hosts, 2);
	assert_int_equal(c->hosts[0].ip[3], 1);
	assert_memory_equal(c->hosts[0].mac, mac, sizeof(mac));
	tree_free(l.t);
}

#define ARP "preprocessor arpspoof\npreprocessor arpspoof_detect_host: "

static void
arpspoof_errors(void **state)
{
	(void)state;
	expect_bad("preprocessor arpspoof: -unicst\n", 1, 24, "-unicast or");
	expect_bad("preprocessor arpspoof_detect_host: 10.0.0.1 "
	    "0:1:2:3:4:5\n", 1, 36, "belongs before it");
	expect_bad(ARP "10.0.0.300 0:1:2:3:4:5\n", 2, 36, "an IPv4 address");
	expect_bad(ARP "2001:db8::1 0:1:2:3:4:5\n", 2, 36,
	    "an IPv4 address");
	expect_bad(ARP "10.0.0.1 0:1:2:3:4\n", 2, 45, "a MAC address as");
	expect_bad(ARP "10.0.0.1 0:1:2:3:4:5:6\n", 2, 45, "a MAC address");
	expect_bad(ARP "10.0.0.1 0:1:2:3:4:5g\n", 2, 45, "a MAC address");
	expect_bad(ARP "10.0.0.1 0:1:2:3:4:5 x\n", 2, 57, "one address");
	expect_bad(ARP "10.0.0.1 0:1:2:3:4:5\n"
	    "preprocessor arpspoof_detect_host: 10.0.0.1 0:1:2:3:4:6\n", 3,
	    36, "has a MAC already");
}

static void
bo(void **state)
{
	struct loaded l = apply_clean("preprocessor bo: "
	    "noalert { general server } drop { snort_attack }\n");

	(void)state;
	assert_true(l.s.watch.bo.enabled);
	assert_int_equal(l.s.watch.bo.silent, 1 << BO_GENERAL | 1 << BO_SERVER);
	assert_int_equal(l.s.watch.bo.drop, 1 << BO_SNORT_ATTACK);
	tree_free(l.t);
	tree_free(apply_clean("preprocessor bo\n").t);
	expect_bad("preprocessor bo: noalert { all }\n", 1, 28, "general,");
	expect_bad("preprocessor bo: alert\n", 1, 18, "noalert");
}

static void
reputation(void **state)
{
	struct loaded l = apply_clean("preprocessor reputation: memcap 1, "
	    "priority blacklist, white trust, nested_ip both, scan_local\n");
	const struct reputation_conf *c = &l.s.watch.reputation;

	(void)state;
	assert_true(c->enabled && c->priority_black && c->white_trusts &&
	    c->scan_local);
	assert_int_equal(c->nested, REP_BOTH);
	tree_free(l.t);
	expect_bad("preprocessor reputation: white black\n", 1, 32, "trust");
	expect_bad("preprocessor reputation: blacklist f\n", 1, 36,
	    "no file can be read here");
	expect_bad("preprocessor reputation: blacklst f\n", 1, 26, "memcap");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bo),
		cmocka_unit_test(reputation),
		cmocka_unit_test(portscan_defaults),
		cmocka_unit_test(portscan_settings),
		cmocka_unit_test(portscan_lists),
		cmocka_unit_test(portscan_errors),
		cmocka_unit_test(arpspoof),
		cmocka_unit_test(arpspoof_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
