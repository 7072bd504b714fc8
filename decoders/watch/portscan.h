/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port scans and sweeps, as Snort 2.9's sfportscan finds them: hosts are
 * counted for what they ask and for the refusals they get, as one who scans
 * and as one who is scanned; counts over the thresholds of the sense level
 * within its window make an alert, one per host, role and window.
 */
#ifndef DECODERS_WATCH_PORTSCAN_H
#define DECODERS_WATCH_PORTSCAN_H

#include "core/base.h"
#include "core/ipaddr.h"
#include "decoders/decode.h"
#include "decoders/packet.h"
#include "decoders/watch/view.h"

enum ps_sense { PS_LOW, PS_MEDIUM, PS_HIGH };
enum { PS_SENSES = PS_HIGH + 1 };

enum ps_proto { PS_TCP, PS_UDP, PS_IP, PS_ICMP };
enum { PS_PROTOS = PS_ICMP + 1, PS_ALL_PROTOS = (1 << PS_PROTOS) - 1 };

enum ps_scan {
	PS_SCAN,        /* one host asks one host for many ports */
	PS_DECOY,       /* the same under many addresses */
	PS_SWEEP,       /* one host asks many for few ports */
	PS_DISTRIBUTED, /* many hosts ask one for few ports */
};
enum { PS_SCANS = PS_DISTRIBUTED + 1, PS_ALL_SCANS = (1 << PS_SCANS) - 1 };

enum { PS_MEMCAP_DEFAULT = 10000000 };

struct ps_ports {
	uint16_t lo, hi;
};

/* One entry of a list; n_ports 0: every port, and what has none. */
struct ps_host {
	struct ipaddr net;
	uint8_t bits;
	bool negated;
	const struct ps_ports *ports;
	unsigned n_ports;
};

/* Matches when a positive entry does (or there is none) and no negated one
 * does; n 0: not given. */
struct ps_hosts {
	const struct ps_host *hosts;
	unsigned n;
};

struct portscan_conf {
	bool enabled;
	uint8_t protos;     /* bit per enum ps_proto */
	uint8_t scans;      /* bit per enum ps_scan */
	enum ps_sense sense;
	size_t memcap;      /* of both tables of hosts */
	bool midstream;     /* include_midstream */
	bool ack_scans;     /* detect_ack_scans */
	struct ps_hosts watch, ignore_scanners, ignore_scanned;
};

struct portscan_conf portscan_conf_default(void);

struct portscan;

/* Its events, of gid 122. */
const struct dec_event_def *portscan_events(unsigned *n);

/* conf is borrowed. NULL: out of memory. */
NODISCARD struct portscan *portscan_new(const struct portscan_conf *conf);
void portscan_free(struct portscan *ps);
void portscan_reset(struct portscan *ps);
/* The same memcap as before; the caller sees to that. */
void portscan_adopt(struct portscan *ps, const struct portscan_conf *conf);
/* Hosts forgotten before their time because the memory was full. */
uint64_t portscan_evicted(const struct portscan *ps);

/* As watch_packet, watch_next and watch_reported. */
void portscan_packet(struct portscan *ps, const struct packet *p,
    const struct watch_view *v);
bool portscan_next(struct portscan *ps, struct watch_report *r);
void portscan_reported(struct portscan *ps, uint32_t event_id);

#endif
