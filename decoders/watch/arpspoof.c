/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/watch/arpspoof.h"

#include <string.h>

#include "decoders/wire/arp.h"
#include "decoders/wire/eth.h"
#include "decoders/wire/wire.h"

enum { GID_ARPSPOOF = 112, HW_ETHERNET = 1 };

enum {
	SID_UNICAST = 1,
	SID_SOURCE = 2,
	SID_TARGET = 3,
	SID_PAIR = 4,
};

static const struct dec_event_def defs[] = {
	{ SID_UNICAST, DEC_EV_DECODE, "arp.unicast_request",
	    "(spp_arpspoof) Unicast ARP request" },
	{ SID_SOURCE, DEC_EV_DECODE, "arp.source_mismatch",
	    "(spp_arpspoof) Ethernet/ARP Mismatch request for Source" },
	{ SID_TARGET, DEC_EV_DECODE, "arp.target_mismatch",
	    "(spp_arpspoof) Ethernet/ARP Mismatch request for Destination" },
	{ SID_PAIR, DEC_EV_DECODE, "arp.pair_violated",
	    "(spp_arpspoof) Attempted ARP cache overwrite attack" },
};

const struct dec_event_def *
arpspoof_events(unsigned *n)
{
	*n = ARRAY_LEN(defs);
	return defs;
}

/* The first of the n sorted hosts whose address is not below ip. */
static unsigned
host_place(const struct arp_host *hosts, unsigned n, const uint8_t ip[4])
{
	unsigned lo = 0, hi = n;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (memcmp(hosts[mid].ip, ip, sizeof(hosts[mid].ip)) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool
arpspoof_add(struct arp_host *hosts, unsigned *n, const struct arp_host *h)
{
	unsigned at = host_place(hosts, *n, h->ip);

	if (at < *n && memcmp(hosts[at].ip, h->ip, sizeof(h->ip)) == 0)
		return false;
	memmove(hosts + at + 1, hosts + at, (*n - at) * sizeof(*hosts));
	hosts[at] = *h;
	++*n;
	return true;
}

static bool
same_mac(const uint8_t a[6], const uint8_t b[6])
{
	return memcmp(a, b, 6) == 0;
}

/* What an ARP packet and the Ethernet header around it disagree in; 0: in
 * nothing. */
static uint32_t
disagreement(const struct arpspoof_conf *conf, const struct wire_eth *eth,
    const struct wire_arp *arp)
{
	static const uint8_t everybody[6] = { 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff };

	switch (be16_get(arp->op)) {
	case ARP_REQUEST:
		/* a unicast request need not name its own sender */
		if (conf->unicast)
			return same_mac(eth->dst, everybody) ? 0 : SID_UNICAST;
		return same_mac(eth->src, arp->sender_hw) ? 0 : SID_SOURCE;
	case ARP_REPLY:
		if (!same_mac(eth->src, arp->sender_hw))
			return SID_SOURCE;
		return same_mac(eth->dst, arp->target_hw) ? 0 : SID_TARGET;
	default:
		return 0;
	}
}

/* Does the sender have another MAC than the one configured for its address? */
static bool
breaks_pair(const struct arpspoof_conf *conf, const struct wire_eth *eth,
    const struct wire_arp *arp)
{
	unsigned at = host_place(conf->hosts, conf->n_hosts, arp->sender_ip);
	const struct arp_host *h;

	if (at == conf->n_hosts)
		return false;
	h = &conf->hosts[at];
	if (memcmp(h->ip, arp->sender_ip, sizeof(h->ip)) != 0)
		return false;
	return !same_mac(eth->src, h->mac) ||
	    !same_mac(arp->sender_hw, h->mac);
}

/* The headers, if this is ARP for IPv4 on the wire itself: within a tunnel the
 * Ethernet header that is known is not the one around it. */
static bool
take_headers(const struct packet *p, struct wire_eth *eth,
    struct wire_arp *arp)
{
	struct slice e = pkt_bytes(p, p->dec.eth_off, sizeof(*eth));
	struct slice a = pkt_bytes(p, p->dec.arp_off, sizeof(*arp));
	struct cursor eth_bytes = cur_make(e.ptr, e.len);
	struct cursor arp_bytes = cur_make(a.ptr, a.len);

	return p->dec.has_arp && p->dec.has_eth && !p->dec.n_ip &&
	    WIRE_TAKE(&eth_bytes, eth) && WIRE_TAKE(&arp_bytes, arp) &&
	    be16_get(arp->hw_type) == HW_ETHERNET &&
	    be16_get(arp->proto_type) == ETHERTYPE_IP4;
}

unsigned
arpspoof_packet(const struct arpspoof_conf *conf, struct packet *p)
{
	struct wire_arp arp;
	struct wire_eth eth;
	unsigned n = 0;
	uint32_t sid;

	if (!take_headers(p, &eth, &arp))
		return 0;
	sid = disagreement(conf, &eth, &arp);
	if (sid)
		n += pkt_event_add(p, GID_ARPSPOOF, sid);
	if (breaks_pair(conf, &eth, &arp))
		n += pkt_event_add(p, GID_ARPSPOOF, SID_PAIR);
	return n;
}
