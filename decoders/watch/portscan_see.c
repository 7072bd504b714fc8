/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one packet means to a scan: who asks whom, and what comes back. */
#include <string.h>

#include "decoders/watch/portscan_int.h"
#include "decoders/wire/icmp.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/ip6.h"
#include "decoders/wire/wire.h"

enum {
	ICMP_QUOTE_OFF = 8, /* where an ICMP error quotes the datagram */

	UNREACH4_PROTO = 2,
	UNREACH4_PORT = 3,
	UNREACH6_PROHIBITED = 1,
	UNREACH6_PORT = 4,
	PARAM6_NEXT_HEADER = 1,
};

static struct ipaddr
addr4(const uint8_t b[4])
{
	struct ipaddr a = { .family = 4 };

	memcpy(a.b, b, 4);
	return a;
}

static struct ipaddr
addr6(const uint8_t b[16])
{
	struct ipaddr a = { .family = 6 };

	memcpy(a.b, b, 16);
	return a;
}

/* From the sender's side; the sender asks. */
static void
see_forward(struct ps_sight *s, const struct pkt_dec *d)
{
	s->scanner = d->src;
	s->scanned = d->dst;
	s->sport = d->sport;
	s->port = d->dport;
}

/* The sender answers. */
static void
see_backward(struct ps_sight *s, const struct pkt_dec *d)
{
	s->scanner = d->dst;
	s->scanned = d->src;
	s->sport = d->dport;
	s->port = d->sport;
}

static enum ps_what
tcp_asked(const struct portscan_conf *conf, const struct watch_view *v,
    uint8_t flags)
{
	if (v->handshake_done)
		return PS_DONE;
	if (v->server_packets || flags & TCP_RST)
		return PS_NOTHING;
	if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		return PS_PROBE;
	if (!v->midstream)
		return PS_NOTHING;
	return conf->midstream || (conf->ack_scans && flags == TCP_ACK) ?
	    PS_PROBE : PS_NOTHING;
}

/* Only the server's first packet says whether the port is open; a reset later
 * on ends a connection. Without a session every packet counts as the first. */
static enum ps_what
tcp_answered(const struct watch_view *v, uint8_t flags)
{
	if (v->server_packets > 1)
		return PS_NOTHING;
	if (flags & TCP_RST)
		return PS_BAD;
	return (flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) ?
	    PS_OPEN : PS_NOTHING;
}

static void
see_tcp(struct ps_sight *s, const struct portscan_conf *conf,
    const struct pkt_dec *d, const struct watch_view *v)
{
	bool answer = v->has_session ? v->from_server :
	    (d->tcp_flags & TCP_RST) != 0 ||
	    (d->tcp_flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);

	s->proto = PS_TCP;
	if (answer) {
		see_backward(s, d);
		s->what = tcp_answered(v, d->tcp_flags);
	} else {
		see_forward(s, d);
		s->what = tcp_asked(conf, v, d->tcp_flags);
	}
}

/* Only the session tells who asks. */
static void
see_udp(struct ps_sight *s, const struct pkt_dec *d,
    const struct watch_view *v)
{
	s->proto = PS_UDP;
	if (!v->has_session)
		return;
	if (v->from_server) {
		see_backward(s, d);
		s->what = v->server_packets == 1 ? PS_DONE : PS_NOTHING;
	} else {
		see_forward(s, d);
		s->what = v->server_packets ? PS_NOTHING : PS_PROBE;
	}
}

/* Takes the IP header of a quoted datagram: its addresses into s, and returns
 * what it carries, or -1. */
static int
take_quoted_ip(struct cursor *c, struct ps_sight *s)
{
	const uint8_t *first = cur_peek(c, 1);
	struct wire_ip4 ip4;
	struct wire_ip6 ip6;
	size_t hlen;

	if (!first)
		return -1;
	if (*first >> 4 == 6) {
		if (!WIRE_TAKE(c, &ip6))
			return -1;
		s->scanner = addr6(ip6.src);
		s->scanned = addr6(ip6.dst);
		return ip6.next;
	}
	if (*first >> 4 != 4 || !WIRE_PEEK(c, &ip4))
		return -1;
	hlen = (size_t)(ip4.ver_ihl & 15) * 4;
	if (hlen < sizeof(ip4) || !cur_skip(c, hlen))
		return -1;
	s->scanner = addr4(ip4.src);
	s->scanned = addr4(ip4.dst);
	return ip4.proto;
}

/* Which probes a message refuses: of a port, of a protocol, or what a filter
 * did not let through; all others stand for a host that is not there. */
enum refusal { REFUSES_HOST, REFUSES_PORT, REFUSES_PROTO, REFUSES_ANY };

/* -1: not an error that says so. */
static int
refusal_of(const struct pkt_dec *d)
{
	if (d->l4 == PKT_L4_ICMP4) {
		if (d->icmp_type != ICMP4_UNREACH)
			return -1;
		switch (d->icmp_code) {
		case UNREACH4_PROTO:
			return REFUSES_PROTO;
		case UNREACH4_PORT:
			return REFUSES_PORT;
		case ICMP4_UNREACH_FRAG_NEEDED:
			return -1;
		case ICMP4_UNREACH_FILTERED:
			return REFUSES_ANY;
		default:
			return REFUSES_HOST;
		}
	}
	if (d->icmp_type == ICMP6_PARAM_PROBLEM)
		return d->icmp_code == PARAM6_NEXT_HEADER ? REFUSES_PROTO : -1;
	if (d->icmp_type != ICMP6_UNREACH)
		return -1;
	switch (d->icmp_code) {
	case UNREACH6_PORT:
		return REFUSES_PORT;
	case UNREACH6_PROHIBITED:
		return REFUSES_ANY;
	default:
		return REFUSES_HOST;
	}
}

static enum ps_proto
proto_of(int ip_proto)
{
	switch (ip_proto) {
	case IP_PROTO_TCP:
		return PS_TCP;
	case IP_PROTO_UDP:
		return PS_UDP;
	case IP_PROTO_ICMP:
	case IP_PROTO_ICMP6:
		return PS_ICMP;
	default:
		return PS_IP;
	}
}

/* An ICMP error refuses what the datagram in it asked for, whoever sends the
 * error: hosts and the routers before them alike. */
static void
see_refusal(struct ps_sight *s, const struct packet *p, int refusal)
{
	const struct pkt_dec *d = &p->dec;
	uint32_t end = d->ip_payload_off + d->ip_payload_len;
	uint32_t off = d->l4_off + ICMP_QUOTE_OFF;
	struct slice b = pkt_bytes(p, off, end > off ? end - off : 0);
	struct cursor c = cur_make(b.ptr, b.len);
	int proto = take_quoted_ip(&c, s);

	if (proto == -1)
		return;
	s->proto = proto_of(proto);
	switch (s->proto) {
	case PS_TCP:
	case PS_UDP:
		if ((refusal != REFUSES_PORT && refusal != REFUSES_ANY) ||
		    !cur_be16(&c, &s->sport) || !cur_be16(&c, &s->port))
			return;
		break;
	case PS_IP:
		if (refusal != REFUSES_PROTO && refusal != REFUSES_ANY)
			return;
		s->port = (uint16_t)proto;
		break;
	case PS_ICMP:
		break;
	}
	s->what = PS_BAD;
}

static bool
is_icmp_request(const struct pkt_dec *d)
{
	if (d->l4 == PKT_L4_ICMP6)
		return d->icmp_type == ICMP6_ECHO;
	return d->icmp_type == ICMP4_ECHO || d->icmp_type == ICMP4_TIMESTAMP ||
	    d->icmp_type == ICMP4_INFO || d->icmp_type == ICMP4_MASK;
}

static void
see_icmp(struct ps_sight *s, const struct packet *p)
{
	int refusal = refusal_of(&p->dec);

	s->proto = PS_ICMP;
	if (refusal != -1) {
		see_refusal(s, p, refusal);
	} else if (is_icmp_request(&p->dec)) {
		see_forward(s, &p->dec);
		s->what = PS_PROBE;
	}
}

static bool
entry_has(const struct ps_host *h, const struct ipaddr *a, uint16_t port)
{
	if (!ipaddr_in_net(a, &h->net, h->bits))
		return false;
	for (unsigned i = 0; i < h->n_ports; i++)
		if (port >= h->ports[i].lo && port <= h->ports[i].hi)
			return true;
	return !h->n_ports;
}

static bool
list_has(const struct ps_hosts *l, const struct ipaddr *a, uint16_t port)
{
	bool positive = false, any = false;

	for (unsigned i = 0; i < l->n; i++) {
		const struct ps_host *h = &l->hosts[i];

		any |= !h->negated;
		if (positive && !h->negated)
			continue;
		if (entry_has(h, a, port)) {
			if (h->negated)
				return false;
			positive = true;
		}
	}
	return l->n && (positive || !any);
}

static bool
is_wanted(const struct portscan_conf *conf, const struct ps_sight *s)
{
	if (!(conf->protos >> s->proto & 1))
		return false;
	if (list_has(&conf->ignore_scanners, &s->scanner, s->sport) ||
	    list_has(&conf->ignore_scanned, &s->scanned, s->port))
		return false;
	return !conf->watch.n ||
	    list_has(&conf->watch, &s->scanner, s->sport) ||
	    list_has(&conf->watch, &s->scanned, s->port);
}

struct ps_sight
ps_see(const struct portscan_conf *conf, const struct packet *p,
    const struct watch_view *v)
{
	const struct pkt_dec *d = &p->dec;
	struct ps_sight s = { .what = PS_NOTHING };

	switch (d->l4) {
	case PKT_L4_TCP:
		see_tcp(&s, conf, d, v);
		break;
	case PKT_L4_UDP:
		see_udp(&s, d, v);
		break;
	case PKT_L4_ICMP4:
	case PKT_L4_ICMP6:
		see_icmp(&s, p);
		break;
	case PKT_L4_NONE:
		/* a fragment asks for nothing by itself */
		if (!d->ip_ver || d->flags & (PKT_FRAGMENT | PKT_MALFORMED))
			break;
		see_forward(&s, d);
		s.proto = PS_IP;
		s.port = d->ip_proto;
		s.what = PS_PROBE;
		break;
	}
	if (s.what != PS_NOTHING && !is_wanted(conf, &s))
		s.what = PS_NOTHING;
	return s;
}
