/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ARP spoofing, as Snort 2.9's preprocessor arpspoof: ARP (RFC 826) that does
 * not agree with the Ethernet header around it, or with the pairs of address
 * and MAC that the configuration names.
 */
#ifndef DECODERS_WATCH_ARPSPOOF_H
#define DECODERS_WATCH_ARPSPOOF_H

#include "core/base.h"
#include "decoders/decode.h"
#include "decoders/packet.h"

/* preprocessor arpspoof_detect_host: IP MAC */
struct arp_host {
	uint8_t ip[4];
	uint8_t mac[6];
};

struct arpspoof_conf {
	bool enabled;
	bool unicast;  /* -unicast */
	struct arp_host *hosts; /* in the order of arpspoof_add */
	unsigned n_hosts;
};

/* Its events, of gid 112. */
const struct dec_event_def *arpspoof_events(unsigned *n);

/* Puts a pair into its place among *n; there is room for one more. false: the
 * address has a pair already. */
NODISCARD bool arpspoof_add(struct arp_host *hosts, unsigned *n,
    const struct arp_host *h);
/* Raises what is wrong with an ARP packet as events of gid 112 on p and
 * returns how many those were. */
unsigned arpspoof_packet(const struct arpspoof_conf *conf, struct packet *p);

#endif
