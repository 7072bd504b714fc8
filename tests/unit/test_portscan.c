/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port scans: what is counted, when it is reported, and on what packet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/decode.h"
#include "decoders/watch/watch.h"
#include "tests/tools/craft.h"

enum { SIDS = 28, DLT_ETHERNET = 1, DLT_RAW_IP = 12, DLT_COOKED = 113 };

static struct craft c;
static struct packet pkt;
static struct watch_conf conf;
static struct watch *w;
static struct decoder dec;
static struct dec_conf dec_conf;
static int dlt;
static uint64_t now_ms;

/* what was reported so far */
static unsigned seen[SIDS], n_packets, first_at[SIDS];
static struct packet last;
static uint8_t last_frame[2048];
static char last_text[1024];
static uint32_t last_ref;
static bool tell; /* reports are recorded, as event n_told */
static uint32_t n_told;

static int
set_up(void **state)
{
	(void)state;
	conf = watch_conf_default();
	conf.portscan.enabled = true;
	dec_conf = dec_conf_default();
	dlt = DLT_ETHERNET;
	now_ms = 1700000000000;
	memset(seen, 0, sizeof(seen));
	memset(first_at, 0, sizeof(first_at));
	n_packets = n_told = last_ref = 0;
	tell = true;
	w = NULL;
	return decoder_init(&dec, &dec_conf) ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	watch_free(w);
	decoder_fini(&dec);
	return 0;
}

static void
keep(const struct watch_report *r)
{
	const struct packet *p = r->pkt;
	uint32_t sid = p->events[0].sid;

	assert_int_equal(p->dec.n_events, 1);
	assert_int_equal(p->events[0].gid, 122);
	assert_true(sid < SIDS);
	if (!seen[sid]++)
		first_at[sid] = n_packets;
	last = *p;
	assert_true(p->caplen <= sizeof(last_frame));
	memcpy(last_frame, p->data, p->caplen);
	last.data = last_frame;
	snprintf(last_text, sizeof(last_text), "%.*s",
	    (int)p->dec.payload_len, (const char *)pkt_payload(p).ptr);
	last_ref = r->event_ref;
	if (tell && !r->event_ref)
		watch_reported(w, ++n_told);
}

/* Has the crafted frame seen by the watch. */
static void
send_view(const struct watch_view *v)
{
	struct watch_report r;

	if (!w) {
		w = watch_new(&conf);
		assert_non_null(w);
	}
	craft_done(&c);
	pkt.data = c.b;
	pkt.caplen = pkt.wirelen = (uint32_t)c.len;
	pkt.dlt = dlt;
	pkt.ts = (struct mtime){ now_ms * 1000000 };
	pkt.num = ++n_packets;
	decode(&dec, &pkt);
	watch_packet(w, &pkt, v);
	while (watch_next(w, &r))
		keep(&r);
}

static void
begin(uint8_t proto, const char *src, const char *dst)
{
	bool is_ip6 = strchr(src, ':') != NULL;

	craft_init(&c);
	if (dlt == DLT_ETHERNET)
		craft_eth(&c, is_ip6 ? 0x86dd : 0x0800);
	if (dlt == DLT_COOKED)
		craft_hex(&c, "0000 0001 0006 020000000001 0000 0800");
	if (is_ip6)
		craft_ip6(&c, proto, src, dst);
	else
		craft_ip4(&c, proto, src, dst);
}

/* Without a session, as the watch sees it when TCP is not tracked. */
static void
tcp(const char *src, uint16_t sport, const char *dst, uint16_t dport,
    uint8_t flags)
{
	struct watch_view none = { .has_session = false };

	begin(6, src, dst);
	craft_tcp(&c, sport, dport, 1000, 0, flags);
	send_view(&none);
}

static void
probe(const char *src, const char *dst, uint16_t port)
{
	tcp(src, 40000, dst, port, TCP_SYN);
}

static void
refuse(const char *scanned, uint16_t port, const char *scanner)
{
	tcp(scanned, port, scanner, 40000, TCP_RST | TCP_ACK);
}

static void
probe_and_refuse(const char *src, const char *dst, uint16_t port)
{
	probe(src, dst, port);
	refuse(dst, port, src);
}

static unsigned
reports(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < SIDS; i++)
		n += seen[i];
	return n;
}

static const char *
host(const char *net, unsigned n)
{
	static char text[4][64];
	static unsigned at;
	char *out = text[at++ & 3];

	snprintf(out, sizeof(text[0]), "%s%u", net, n);
	return out;
}

/* -- TCP ------------------------------------------------------------------ */

/* The first report of a scan of 240 ports, each answered by a reset. */
static void
check_scan(enum ps_sense sense, unsigned at)
{
	conf.portscan.sense = sense;
	for (uint16_t port = 1; port <= 240; port++)
		probe_and_refuse("10.1.1.1", "10.1.1.2", port);
	assert_int_equal(seen[1], 1);
	assert_int_equal(reports(), 1);
	assert_int_equal(first_at[1], at);
}

static void
test_scan_low(void **state)
{
	(void)state;
	check_scan(PS_LOW, 10);
}

static void
test_scan_medium(void **state)
{
	(void)state;
	check_scan(PS_MEDIUM, 29);
}

static void
test_scan_high(void **state)
{
	(void)state;
	check_scan(PS_HIGH, 19);
}

/* SYNs without an answer. */
static void
check_filtered(enum ps_sense sense, unsigned at)
{
	conf.portscan.sense = sense;
	for (uint16_t port = 1; port <= 240; port++)
		probe("10.1.1.1", "10.1.1.2", port);
	assert_int_equal(reports(), at != 0);
	assert_int_equal(first_at[5], at);
}

static void
test_filtered_low(void **state)
{
	(void)state;
	check_filtered(PS_LOW, 0);
}

static void
test_filtered_high(void **state)
{
	(void)state;
	check_filtered(PS_HIGH, 200);
}

static void
test_sweep(void **state)
{
	(void)state;
	conf.portscan.sense = PS_MEDIUM;
	for (unsigned i = 1; i <= 60; i++)
		probe_and_refuse("10.1.1.1", host("10.1.3.", i), 80);
	assert_int_equal(first_at[3], 14);
	assert_int_equal(reports(), 1);
	assert_non_null(strstr(last_text, "Scanned IP Range: "
	    "10.1.3.1:10.1.3.7\n"));
}

static void
test_sweep_filtered(void **state)
{
	(void)state;
	conf.portscan.sense = PS_HIGH;
	for (unsigned i = 1; i <= 60; i++)
		probe("10.1.1.1", host("10.1.3.", i), 80);
	assert_int_equal(first_at[7], 30);
	assert_int_equal(reports(), 1);
}

static void
test_decoys(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 120; i++)
		probe_and_refuse(host("10.1.9.", 1 + i % 60), "10.1.1.2",
		    (uint16_t)(1 + i));
	assert_int_equal(first_at[2], 99);
	assert_int_equal(reports(), 1);
}

static void
test_distributed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 120; i++)
		probe_and_refuse(host("10.1.9.", 1 + i), "10.1.1.2", 80);
	assert_int_equal(first_at[4], 99);
	assert_int_equal(reports(), 1);
}

/* One scan is of one host by one: both must have the refusals. */
static void
test_both_hosts_count(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 12; port++)
		probe_and_refuse("10.1.1.1", host("10.1.1.", 2 + port % 3),
		    port);
	for (uint16_t port = 1; port <= 12; port++)
		probe_and_refuse(host("10.1.5.", port % 3), "10.1.4.1", port);
	assert_int_equal(seen[1], 0);
}

static void
test_one_alert_per_window(void **state)
{
	(void)state;
	/* a port every ten seconds: windows of seven probes */
	for (uint16_t port = 1; port <= 40; port++) {
		probe_and_refuse("10.1.1.1", "10.1.1.2", port);
		now_ms += 10000;
	}
	assert_int_equal(seen[1], 6);
	assert_int_equal(first_at[1], 10);
}

/* A reset that nobody asked for makes no host known. */
static void
test_answers_alone(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 100; port++)
		refuse("10.1.1.2", port, "10.1.1.1");
	probe_and_refuse("10.1.1.1", "10.1.1.2", 1);
	assert_int_equal(reports(), 0);
}

/* -- sessions --------------------------------------------------------------- */

/* Connections that come about are none of a scan's. */
static void
test_handshakes(void **state)
{
	struct watch_view first = { .has_session = true };
	struct watch_view answer = { .has_session = true, .from_server = true,
		.server_packets = 1 };
	struct watch_view done = { .has_session = true,
		.handshake_done = true, .server_packets = 1 };
	struct watch_view reset = { .has_session = true, .from_server = true,
		.server_packets = 2 };

	(void)state;
	conf.portscan.sense = PS_HIGH;
	for (uint16_t port = 1; port <= 240; port++) {
		begin(6, "10.1.1.1", "10.1.1.2");
		craft_tcp(&c, 40000, port, 1, 0, TCP_SYN);
		send_view(&first);
		begin(6, "10.1.1.2", "10.1.1.1");
		craft_tcp(&c, port, 40000, 1, 2, TCP_SYN | TCP_ACK);
		send_view(&answer);
		begin(6, "10.1.1.1", "10.1.1.2");
		craft_tcp(&c, 40000, port, 2, 2, TCP_ACK);
		send_view(&done);
		begin(6, "10.1.1.2", "10.1.1.1");
		craft_tcp(&c, port, 40000, 2, 2, TCP_RST);
		send_view(&reset);
	}
	assert_int_equal(reports(), 0);
}

static void
test_midstream(void **state)
{
	struct watch_view ack = { .has_session = true };
	struct watch_view reset = { .has_session = true, .from_server = true,
		.midstream = true, .server_packets = 1 };

	(void)state;
	for (unsigned on = 0; on < 3; on++) {
		conf.portscan.ack_scans = on > 0;
		/* within the grace of require_3whs it is not said to be */
		ack.midstream = on != 1;
		for (uint16_t port = 1; port <= 10; port++) {
			begin(6, "10.1.1.1", "10.1.1.2");
			craft_tcp(&c, 40000, port, 1, 1, TCP_ACK);
			send_view(&ack);
			begin(6, "10.1.1.2", "10.1.1.1");
			craft_tcp(&c, port, 40000, 1, 1, TCP_RST);
			send_view(&reset);
		}
		assert_int_equal(seen[1], on == 2);
	}
}

static void
udp_probe(const char *src, const char *dst, uint16_t port, bool session)
{
	struct watch_view v = { .has_session = session };

	begin(17, src, dst);
	craft_udp(&c, 40000, port);
	send_view(&v);
}

/* An ICMP error that quotes that probe, from `from`. */
static void
unreachable(const char *from, const char *src, const char *dst, uint8_t type,
    uint8_t code, uint16_t port)
{
	struct watch_view v = { .has_session = false };
	bool is_ip6 = strchr(src, ':') != NULL;

	begin(is_ip6 ? 58 : 1, from, src);
	craft_icmp(&c, type, code, 0);
	if (is_ip6)
		craft_ip6(&c, 17, src, dst);
	else
		craft_ip4(&c, 17, src, dst);
	craft_udp(&c, 40000, port);
	send_view(&v);
}

static void
test_udp(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 30; port++) {
		udp_probe("10.1.1.1", "10.1.1.2", port, true);
		unreachable("10.1.1.2", "10.1.1.1", "10.1.1.2", 3, 3, port);
	}
	assert_int_equal(first_at[17], 10);
	assert_int_equal(reports(), 1);
}

/* The error of a router counts for the host that it speaks of. */
static void
test_udp_router(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 30; port++) {
		udp_probe("10.1.1.1", "10.1.1.2", port, true);
		unreachable("10.9.9.9", "10.1.1.1", "10.1.1.2", 3, 13, port);
	}
	assert_int_equal(first_at[17], 10);
	assert_string_equal(last_text,
	    "Priority Count: 5\nConnection Count: 5\nIP Count: 1\n"
	    "Scanner IP Range: 10.1.1.1:10.1.1.1\n"
	    "Port/Proto Count: 5\nPort/Proto Range: 1:5\n");
}

/* Who asks is not known without a session. */
static void
test_udp_without_session(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 250; port++) {
		udp_probe("10.1.1.1", "10.1.1.2", port, false);
		unreachable("10.1.1.2", "10.1.1.1", "10.1.1.2", 3, 3, port);
	}
	assert_int_equal(reports(), 0);
}

static void
test_udp_answered(void **state)
{
	struct watch_view answer = { .has_session = true, .from_server = true,
		.server_packets = 1 };

	(void)state;
	conf.portscan.sense = PS_HIGH;
	for (unsigned i = 0; i < 250; i++) {
		udp_probe("10.1.1.1", host("10.1.3.", i), 53, true);
		begin(17, host("10.1.3.", i), "10.1.1.1");
		craft_udp(&c, 53, 40000);
		send_view(&answer);
	}
	assert_int_equal(reports(), 0);
}

static void
test_udp6(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 30; port++) {
		udp_probe("fd00::1", "fd00::2", port, true);
		unreachable("fd00::2", "fd00::1", "fd00::2", 1, 4, port);
	}
	assert_int_equal(first_at[17], 10);
	assert_int_equal(last.dec.ip_ver, 6);
	assert_int_equal(last_frame[14], 0x60);
	assert_int_equal(last_frame[20], 255);
	assert_int_equal(last.caplen, 14 + 40 + strlen(last_text));
	assert_non_null(strstr(last_text, "fd00::1:fd00::1\n"));
}

/* However an error is cut, it is read no further than it goes. */
static void
test_cut_errors(void **state)
{
	struct watch_view v = { .has_session = false };

	(void)state;
	udp_probe("10.1.1.1", "10.1.1.2", 7, true);
	unreachable("10.1.1.2", "10.1.1.1", "10.1.1.2", 3, 3, 7);
	for (size_t len = c.len; len > 0; len--) {
		struct watch_report r;

		pkt.data = c.b;
		pkt.caplen = (uint32_t)len;
		decode(&dec, &pkt);
		watch_packet(w, &pkt, &v);
		while (watch_next(w, &r))
			keep(&r);
	}
	/* four bytes of UDP are enough to know the ports */
	assert_int_equal(seen[17], 0);
}

/* -- ICMP, IP ---------------------------------------------------------------- */

static void
test_icmp_sweep(void **state)
{
	struct watch_view v = { .has_session = false };

	(void)state;
	conf.portscan.sense = PS_MEDIUM;
	for (unsigned i = 1; i <= 60; i++) {
		begin(1, "10.1.1.1", host("10.1.3.", i));
		craft_icmp(&c, 8, 0, i);
		send_view(&v);
	}
	assert_int_equal(first_at[26], 20);
	assert_int_equal(reports(), 1);
}

static void
test_ip_protocols(void **state)
{
	struct watch_view v = { .has_session = false };

	(void)state;
	conf.portscan.sense = PS_HIGH;
	for (uint8_t proto = 200; proto < 230; proto++) {
		begin(proto, "10.1.1.1", "10.1.1.2");
		craft_fill(&c, 'x', 20);
		send_view(&v);
		begin(1, "10.1.1.2", "10.1.1.1");
		craft_icmp(&c, 3, 2, 0);
		craft_ip4(&c, proto, "10.1.1.1", "10.1.1.2");
		craft_fill(&c, 'x', 8);
		send_view(&v);
	}
	assert_int_equal(first_at[9], 19);
	assert_int_equal(reports(), 1);
}

static void
test_protocols_not_asked(void **state)
{
	(void)state;
	conf.portscan.protos = 1 << PS_UDP | 1 << PS_ICMP | 1 << PS_IP;
	for (uint16_t port = 1; port <= 30; port++)
		probe_and_refuse("10.1.1.1", "10.1.1.2", port);
	assert_int_equal(reports(), 0);
}

static void
test_scans_not_asked(void **state)
{
	(void)state;
	conf.portscan.scans = 1 << PS_SWEEP;
	for (uint16_t port = 1; port <= 30; port++)
		probe_and_refuse("10.1.1.1", "10.1.1.2", port);
	assert_int_equal(reports(), 0);
	for (unsigned i = 1; i <= 60; i++)
		probe_and_refuse("10.1.2.1", host("10.1.3.", i), 80);
	assert_int_equal(seen[3], 1);
}

/* -- lists -------------------------------------------------------------------- */

static struct ps_host
net(const char *addr, uint8_t bits)
{
	struct ps_host h = { .bits = bits };

	assert_true(ipaddr_parse(text_of(addr), &h.net));
	return h;
}

static unsigned
scan_30(void)
{
	memset(seen, 0, sizeof(seen));
	watch_free(w);
	w = NULL;
	for (uint16_t port = 1; port <= 30; port++)
		probe_and_refuse("10.1.1.1", "10.1.1.2", port);
	return reports();
}

static void
test_lists(void **state)
{
	static const struct ps_ports low = { 1, 26 }, client = { 40000, 40000 };
	struct ps_host hosts[2] = { net("10.1.1.1", 32) };
	struct ps_hosts list = { hosts, 1 };
	struct portscan_conf *ps = &conf.portscan;

	(void)state;
	assert_int_equal(scan_30(), 1);
	ps->ignore_scanners = list;
	assert_int_equal(scan_30(), 0);
	hosts[0] = net("10.1.1.2", 32);
	assert_int_equal(scan_30(), 1);
	ps->ignore_scanners.n = 0;
	ps->ignore_scanned = list;
	assert_int_equal(scan_30(), 0);
	/* four of the ports are left: one too few */
	hosts[0].ports = &low;
	hosts[0].n_ports = 1;
	assert_int_equal(scan_30(), 0);
	hosts[0] = net("10.0.0.0", 8);
	hosts[1] = net("10.1.1.2", 32);
	hosts[1].negated = true;
	ps->ignore_scanned.n = 2;
	assert_int_equal(scan_30(), 1);
	ps->ignore_scanned.n = 0;
	ps->watch = list;
	hosts[0] = net("10.1.9.0", 24);
	assert_int_equal(scan_30(), 0);
	hosts[0] = net("10.1.1.1", 32);
	assert_int_equal(scan_30(), 1);
	hosts[0].ports = &client;
	hosts[0].n_ports = 1;
	assert_int_equal(scan_30(), 1);
	hosts[0].ports = &low;
	assert_int_equal(scan_30(), 0);
}

/* -- reports -------------------------------------------------------------------- */

static void
test_report(void **state)
{
	(void)state;
	check_scan(PS_LOW, 10);
	assert_memory_equal(last_frame, "MACDADMACDAD\x08\x00\x45", 15);
	assert_int_equal(last_frame[14 + 9], 255);
	assert_int_equal(dec_csum_fold(dec_csum_add(0, last_frame + 14, 20)),
	    0xffff);
	assert_int_equal(last.dec.ip_proto, 255);
	assert_int_equal(last.dec.ip_len, last.caplen - 14);
	assert_int_equal(last.caplen, 14 + 20 + strlen(last_text));
	assert_true(last.dec.flags & PKT_NO_RULES);
	/* from scanner to scanned, though the answer made it so */
	assert_memory_equal(last.dec.src.b, "\x0a\x01\x01\x01", 4);
	assert_memory_equal(last.dec.dst.b, "\x0a\x01\x01\x02", 4);
	assert_string_equal(last_text,
	    "Priority Count: 5\nConnection Count: 5\nIP Count: 1\n"
	    "Scanner IP Range: 10.1.1.1:10.1.1.1\n"
	    "Port/Proto Count: 5\nPort/Proto Range: 1:5\n");
	/* and decoding it gives the same view */
	dec_conf.csum_ip = true;
	decode(&dec, &last);
	assert_int_equal(last.dec.ip_proto, 255);
	assert_int_equal(last.dec.payload_len, strlen(last_text));
}

static void
test_report_other_links(void **state)
{
	(void)state;
	dlt = DLT_RAW_IP;
	for (uint16_t port = 1; port <= 5; port++)
		probe_and_refuse("10.1.1.1", "10.1.1.2", port);
	assert_int_equal(seen[1], 1);
	assert_int_equal(last_frame[0], 0x45);
	assert_int_equal(last.dlt, DLT_RAW_IP);
	dlt = DLT_COOKED;
	for (uint16_t port = 1; port <= 5; port++)
		probe_and_refuse("10.1.2.1", "10.1.2.2", port);
	assert_int_equal(seen[1], 2);
	assert_int_equal(last_frame[16], 0x45);
	assert_int_equal(last.caplen, 16 + 20 + strlen(last_text));
}

/* Port 1 is open; known before the alert, and told with it. */
static void
scan_with_open_ports(void)
{
	probe("10.1.1.1", "10.1.1.2", 1);
	tcp("10.1.1.2", 1, "10.1.1.1", 40000, TCP_SYN | TCP_ACK);
	for (uint16_t port = 2; port <= 12; port++)
		probe_and_refuse("10.1.1.1", "10.1.1.2", port);
	for (uint16_t port = 13; port <= 40; port++) {
		probe("10.1.1.1", "10.1.1.2", port);
		tcp("10.1.1.2", port, "10.1.1.1", 40000, TCP_SYN | TCP_ACK);
		tcp("10.1.1.2", port, "10.1.1.1", 40000, TCP_SYN | TCP_ACK);
	}
}

static void
test_open_ports(void **state)
{
	(void)state;
	scan_with_open_ports();
	assert_int_equal(seen[1], 1);
	assert_int_equal(seen[27], 8);
	assert_int_equal(last_ref, 1);
	assert_string_equal(last_text, "Open Port: 19\n");
}

/* Suppressed alerts have no open ports. */
static void
test_open_ports_untold(void **state)
{
	(void)state;
	tell = false;
	scan_with_open_ports();
	assert_int_equal(seen[1], 1);
	assert_int_equal(seen[27], 0);
}

/* -- memory ---------------------------------------------------------------------- */

static uint64_t
counter(const char *name)
{
	for (unsigned i = 0; i < watch_counters.n; i++)
		if (strcmp(watch_counters.defs[i].name, name) == 0)
			return watch_counters_of(w)[i];
	fail_msg("no counter %s", name);
	return 0;
}

static void
test_full_table(void **state)
{
	(void)state;
	conf.portscan.memcap = 4096;
	for (unsigned i = 0; i < 2000; i++)
		probe(host("10.1.3.", i % 250), "10.2.0.1", 80);
	for (unsigned i = 0; i < 250; i++)
		probe("10.9.9.9", host("10.3.1.", i), 80);
	assert_true(counter("portscan_evicted") > 0);
	/* those who are busy stay */
	for (uint16_t port = 1; port <= 30; port++)
		probe_and_refuse("10.1.1.1", "10.1.1.2", port);
	assert_int_equal(seen[1], 1);
	assert_int_equal(counter("portscans"), reports());
}

static void
test_adopt(void **state)
{
	struct watch_conf other;

	(void)state;
	for (uint16_t port = 1; port <= 4; port++)
		probe_and_refuse("10.1.1.1", "10.1.1.2", port);
	other = conf;
	watch_adopt(w, &other);
	probe_and_refuse("10.1.1.1", "10.1.1.2", 5);
	assert_int_equal(seen[1], 1);
	for (uint16_t port = 1; port <= 4; port++)
		probe_and_refuse("10.1.1.3", "10.1.1.4", port);
	conf.portscan.memcap /= 2;
	watch_adopt(w, &conf);
	probe_and_refuse("10.1.1.3", "10.1.1.4", 5);
	assert_int_equal(seen[1], 1);
	other.portscan.enabled = false;
	watch_adopt(w, &other);
	for (uint16_t port = 1; port <= 40; port++)
		probe_and_refuse("10.1.1.5", "10.1.1.6", port);
	assert_int_equal(seen[1], 1);
	watch_adopt(w, &conf);
	for (uint16_t port = 1; port <= 4; port++)
		probe_and_refuse("10.1.1.5", "10.1.1.6", port);
	watch_reset(w);
	probe_and_refuse("10.1.1.5", "10.1.1.6", 5);
	assert_int_equal(seen[1], 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_scan_low),
		T(test_scan_medium),
		T(test_scan_high),
		T(test_filtered_low),
		T(test_filtered_high),
		T(test_sweep),
		T(test_sweep_filtered),
		T(test_decoys),
		T(test_distributed),
		T(test_both_hosts_count),
		T(test_one_alert_per_window),
		T(test_answers_alone),
		T(test_handshakes),
		T(test_midstream),
		T(test_udp),
		T(test_udp_router),
		T(test_udp_without_session),
		T(test_udp_answered),
		T(test_udp6),
		T(test_cut_errors),
		T(test_icmp_sweep),
		T(test_ip_protocols),
		T(test_protocols_not_asked),
		T(test_scans_not_asked),
		T(test_lists),
		T(test_report),
		T(test_report_other_links),
		T(test_open_ports),
		T(test_open_ports_untold),
		T(test_full_table),
		T(test_adopt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
