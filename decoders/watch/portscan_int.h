/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files portscan*.c share. */
#ifndef DECODERS_WATCH_PORTSCAN_INT_H
#define DECODERS_WATCH_PORTSCAN_INT_H

#include "decoders/watch/portscan.h"
#include "decoders/watch/pseudo.h"

enum {
	GID_PORTSCAN = 122,
	PS_SID_OPEN_PORT = 27,
	PS_OPEN_PORTS = 8, /* remembered per host; more are not reported */
};

/* -- portscan_see.c: what one packet means ------------------------------- */

enum ps_what {
	PS_NOTHING,
	PS_PROBE, /* somebody asks */
	PS_DONE,  /* and got a connection: it was no probe */
	PS_BAD,   /* and was refused: RST, or an ICMP error quoting it */
	PS_OPEN,  /* and was let in: SYN and ACK */
};

/* Both sides by their role, whichever of them sent the packet. */
struct ps_sight {
	enum ps_what what;
	enum ps_proto proto;
	struct ipaddr scanner, scanned;
	uint16_t sport, port; /* scanner's, scanned's; PS_IP: the protocol in
	                         port; 0 when there are none */
};

/* what is PS_NOTHING when the packet is none of a scan's, or is not to be
 * looked at by the configuration. */
struct ps_sight ps_see(const struct portscan_conf *conf,
    const struct packet *p, const struct watch_view *v);

/* -- portscan_level.c: when it is a scan ---------------------------------- */

/* What was counted of one host in one role since the window began. */
struct ps_count {
	uint32_t conns;      /* connections asked for and not come about */
	uint32_t bad;        /* refusals: Snort's priority count */
	uint32_t ips, ports; /* how often the peer, the port changed */
	struct ipaddr last_ip, low_ip, high_ip;
	uint16_t last_port, low_port, high_port;
};

unsigned ps_window_s(enum ps_sense sense);
/* The sid of the scan that the counts amount to, 0: none. The scanned host's
 * and, for PS_SWEEP, the scanner's are judged; `scanner` may be NULL in the
 * first call. */
uint32_t ps_judge_scanned(const struct portscan_conf *conf,
    enum ps_proto proto, const struct ps_count *scanned,
    const struct ps_count *scanner);
uint32_t ps_judge_scanner(const struct portscan_conf *conf,
    enum ps_proto proto, const struct ps_count *scanner);

/* -- portscan_report.c: the packet an event is reported on ----------------- */

/* What an event says, and of which packet's making it is. */
struct ps_finding {
	uint32_t sid;
	struct ps_sight sight;
	bool of_scanner;  /* a sweep: the scanner's tracker found it */
	struct ps_count count; /* what it says; not for open ports */
	uint16_t open_port;
};

/* Writes the pseudo packet of a finding that `trigger` led to: IP protocol
 * 255 from scanner to scanned, the counts as text. */
void ps_report_make(struct pseudo_room *room, const struct packet *trigger,
    const struct ps_finding *f);

#endif
