/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The thresholds of sfportscan's sense levels, and the test against them. */
#include "decoders/watch/portscan_int.h"

/* conns 0: scans that nobody refuses are not looked for at this level. */
struct level {
	uint16_t conns, bad, ips, ports;
};

static const struct level levels[PS_SENSES][PS_PROTOS][PS_SCANS] = {
	[PS_LOW] = {
		[PS_TCP] = {
			[PS_SCAN] = { 0, 5, 25, 5 },
			[PS_DECOY] = { 0, 15, 50, 30 },
			[PS_SWEEP] = { 0, 5, 5, 15 },
			[PS_DISTRIBUTED] = { 0, 15, 50, 15 },
		},
		[PS_UDP] = {
			[PS_SCAN] = { 0, 5, 25, 5 },
			[PS_DECOY] = { 0, 15, 50, 30 },
			[PS_SWEEP] = { 0, 5, 5, 15 },
			[PS_DISTRIBUTED] = { 0, 15, 50, 15 },
		},
		[PS_IP] = {
			[PS_SCAN] = { 0, 10, 10, 50 },
			[PS_DECOY] = { 0, 40, 50, 25 },
			[PS_SWEEP] = { 0, 10, 10, 10 },
			[PS_DISTRIBUTED] = { 0, 15, 25, 50 },
		},
		[PS_ICMP] = { [PS_SWEEP] = { 0, 5, 5, 5 } },
	},
	[PS_MEDIUM] = {
		[PS_TCP] = {
			[PS_SCAN] = { 200, 10, 60, 15 },
			[PS_DECOY] = { 200, 30, 120, 60 },
			[PS_SWEEP] = { 30, 7, 7, 10 },
			[PS_DISTRIBUTED] = { 200, 30, 120, 30 },
		},
		[PS_UDP] = {
			[PS_SCAN] = { 200, 10, 60, 15 },
			[PS_DECOY] = { 200, 30, 120, 60 },
			[PS_SWEEP] = { 30, 5, 5, 20 },
			[PS_DISTRIBUTED] = { 200, 30, 120, 30 },
		},
		[PS_IP] = {
			[PS_SCAN] = { 200, 10, 10, 50 },
			[PS_DECOY] = { 200, 40, 50, 25 },
			[PS_SWEEP] = { 30, 10, 10, 10 },
			[PS_DISTRIBUTED] = { 200, 15, 25, 50 },
		},
		[PS_ICMP] = { [PS_SWEEP] = { 20, 5, 5, 5 } },
	},
	[PS_HIGH] = {
		[PS_TCP] = {
			[PS_SCAN] = { 200, 5, 100, 10 },
			[PS_DECOY] = { 200, 7, 200, 60 },
			[PS_SWEEP] = { 30, 3, 3, 10 },
			[PS_DISTRIBUTED] = { 200, 5, 200, 10 },
		},
		[PS_UDP] = {
			[PS_SCAN] = { 200, 3, 100, 10 },
			[PS_DECOY] = { 200, 7, 200, 60 },
			[PS_SWEEP] = { 30, 3, 3, 10 },
			[PS_DISTRIBUTED] = { 200, 3, 200, 10 },
		},
		[PS_IP] = {
			[PS_SCAN] = { 200, 3, 3, 10 },
			[PS_DECOY] = { 200, 7, 15, 5 },
			[PS_SWEEP] = { 30, 3, 3, 7 },
			[PS_DISTRIBUTED] = { 200, 3, 11, 10 },
		},
		[PS_ICMP] = { [PS_SWEEP] = { 10, 3, 3, 5 } },
	},
};

/* [filtered]: refused, or left without an answer. */
static const uint8_t sids[PS_PROTOS][PS_SCANS][2] = {
	[PS_TCP] = { { 1, 5 }, { 2, 6 }, { 3, 7 }, { 4, 8 } },
	[PS_IP] = { { 9, 13 }, { 10, 14 }, { 11, 15 }, { 12, 16 } },
	[PS_UDP] = { { 17, 21 }, { 18, 22 }, { 19, 23 }, { 20, 24 } },
	[PS_ICMP] = { [PS_SWEEP] = { 25, 26 } },
};

static const struct dec_event_def defs[] = {
#define EV(sid, name, text) { sid, DEC_EV_DECODE, name, "(portscan) " text }
	EV(1, "portscan.tcp", "TCP Portscan"),
	EV(2, "portscan.tcp_decoy", "TCP Decoy Portscan"),
	EV(3, "portscan.tcp_sweep", "TCP Portsweep"),
	EV(4, "portscan.tcp_distributed", "TCP Distributed Portscan"),
	EV(5, "portscan.tcp_filtered", "TCP Filtered Portscan"),
	EV(6, "portscan.tcp_decoy_filtered", "TCP Filtered Decoy Portscan"),
	EV(7, "portscan.tcp_sweep_filtered", "TCP Filtered Portsweep"),
	EV(8, "portscan.tcp_distributed_filtered",
	    "TCP Filtered Distributed Portscan"),
	EV(9, "portscan.ip", "IP Protocol Scan"),
	EV(10, "portscan.ip_decoy", "IP Decoy Protocol Scan"),
	EV(11, "portscan.ip_sweep", "IP Protocol Sweep"),
	EV(12, "portscan.ip_distributed", "IP Distributed Protocol Scan"),
	EV(13, "portscan.ip_filtered", "IP Filtered Protocol Scan"),
	EV(14, "portscan.ip_decoy_filtered",
	    "IP Filtered Decoy Protocol Scan"),
	EV(15, "portscan.ip_sweep_filtered", "IP Filtered Protocol Sweep"),
	EV(16, "portscan.ip_distributed_filtered",
	    "IP Filtered Distributed Protocol Scan"),
	EV(17, "portscan.udp", "UDP Portscan"),
	EV(18, "portscan.udp_decoy", "UDP Decoy Portscan"),
	EV(19, "portscan.udp_sweep", "UDP Portsweep"),
	EV(20, "portscan.udp_distributed", "UDP Distributed Portscan"),
	EV(21, "portscan.udp_filtered", "UDP Filtered Portscan"),
	EV(22, "portscan.udp_decoy_filtered", "UDP Filtered Decoy Portscan"),
	EV(23, "portscan.udp_sweep_filtered", "UDP Filtered Portsweep"),
	EV(24, "portscan.udp_distributed_filtered",
	    "UDP Filtered Distributed Portscan"),
	EV(25, "portscan.icmp_sweep", "ICMP Sweep"),
	EV(26, "portscan.icmp_sweep_filtered", "ICMP Filtered Sweep"),
	EV(PS_SID_OPEN_PORT, "portscan.open_port", "Open Port"),
#undef EV
};

const struct dec_event_def *
portscan_events(unsigned *n)
{
	*n = ARRAY_LEN(defs);
	return defs;
}

unsigned
ps_window_s(enum ps_sense sense)
{
	static const uint16_t windows[PS_SENSES] = {
		[PS_LOW] = 60, [PS_MEDIUM] = 90, [PS_HIGH] = 600,
	};

	return windows[sense];
}

/* Do the peers and ports have the shape of this scan? */
static bool
has_shape(enum ps_scan scan, const struct level *l, const struct ps_count *c)
{
	switch (scan) {
	case PS_SCAN:
		return c->ips < l->ips && c->ports >= l->ports;
	case PS_DECOY:
		return c->ips >= l->ips && c->ports >= l->ports;
	case PS_SWEEP:
	case PS_DISTRIBUTED:
		return c->ips >= l->ips && c->ports <= l->ports;
	}
	return false;
}

/* also: a second count whose refusals must be as many, or NULL. */
static uint32_t
judge(const struct portscan_conf *conf, enum ps_proto proto,
    enum ps_scan scan, const struct ps_count *c, const struct ps_count *also)
{
	const struct level *l = &levels[conf->sense][proto][scan];

	if (!(conf->scans >> scan & 1) || !l->bad || !has_shape(scan, l, c))
		return 0;
	if (c->bad >= l->bad && (!also || also->bad >= l->bad))
		return sids[proto][scan][false];
	if (l->conns && c->conns >= l->conns)
		return sids[proto][scan][true];
	return 0;
}

uint32_t
ps_judge_scanned(const struct portscan_conf *conf, enum ps_proto proto,
    const struct ps_count *scanned, const struct ps_count *scanner)
{
	uint32_t sid = judge(conf, proto, PS_SCAN, scanned, scanner);

	if (!sid)
		sid = judge(conf, proto, PS_DECOY, scanned, NULL);
	if (!sid)
		sid = judge(conf, proto, PS_DISTRIBUTED, scanned, NULL);
	return sid;
}

uint32_t
ps_judge_scanner(const struct portscan_conf *conf, enum ps_proto proto,
    const struct ps_count *scanner)
{
	return judge(conf, proto, PS_SWEEP, scanner, NULL);
}
