/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The watches: what sees packets and sessions go by and says what somebody is
 * up to. Port scans (gid 122), ARP spoofing (gid 112), Back Orifice (gid 105),
 * addresses with a name (gid 136). Per worker; all memory is taken by
 * watch_new.
 *
 *	watch_packet(w, p, &view);	(ARP events are raised on p)
 *	while (watch_next(w, &report))
 *		judge report.pkt; watch_reported(w, its event id)
 *	judge p
 */
#ifndef DECODERS_WATCH_WATCH_H
#define DECODERS_WATCH_WATCH_H

#include "core/base.h"
#include "core/counter.h"
#include "decoders/packet.h"
#include "decoders/watch/arpspoof.h"
#include "decoders/watch/bo.h"
#include "decoders/watch/portscan.h"
#include "decoders/watch/reputation.h"

struct watch_conf {
	struct portscan_conf portscan;
	struct arpspoof_conf arpspoof;
	struct bo_conf bo;
	struct reputation_conf reputation;
};

/* Nothing is watched for. */
struct watch_conf watch_conf_default(void);

struct watch;

extern const struct ctr_group watch_counters;

/* conf is borrowed. NULL: out of memory. */
NODISCARD struct watch *watch_new(const struct watch_conf *conf);
void watch_free(struct watch *w);
/* Forgets every host (--pcap-reset); counters go on. */
void watch_reset(struct watch *w);
/* Another configuration from the next packet on. What was counted stays, unless
 * memcap changed; without memory for another table the old one goes on (or
 * none), which is counted. */
void watch_adopt(struct watch *w, const struct watch_conf *conf);
uint64_t *watch_counters_of(struct watch *w);

/* Looks at a decoded packet as it came, or a datagram put together from
 * fragments; never at one put together from a stream. What its addresses are
 * known for is asked once a session. */
enum rep_word watch_packet(struct watch *w, struct packet *p,
    const struct watch_view *v);
/* What it led to, one report a call: false when there is no more. */
bool watch_next(struct watch *w, struct watch_report *r);
/* The event id under which the last report was recorded; not called for one
 * that was not. */
void watch_reported(struct watch *w, uint32_t event_id);

#endif
