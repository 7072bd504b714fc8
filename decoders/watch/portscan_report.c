/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packet on which Snort reports a scan: never on the wire, IP protocol 255
 * from the scanner to the scanned host, MAC addresses that spell MACDAD, and
 * the counts as text:
 *
 *	Priority Count: 5
 *	Connection Count: 5
 *	IP Count: 1
 *	Scanner IP Range: 10.1.1.1:10.1.1.1
 *	Port/Proto Count: 5
 *	Port/Proto Range: 1:5
 */
#include <stdio.h>
#include <string.h>

#include "decoders/decode.h"
#include "decoders/watch/portscan_int.h"
#include "decoders/wire/eth.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/ip6.h"

enum {
	DLT_ETHERNET = 1,
	IP_PROTO_PORTSCAN = 255,
	LINK_MAX = 64, /* bytes of another link header that are taken over */
};

/* Where the trigger's first IP header begins, 0 for at once (or unknown). */
static uint32_t
link_len(const struct packet *p)
{
	for (unsigned i = 0; i < p->dec.n_layers; i++)
		if (p->layers[i].id == DEC_ID_ip4 ||
		    p->layers[i].id == DEC_ID_ip6)
			return p->layers[i].off;
	return 0;
}

static void
put(struct ps_room *room, const void *p, size_t n)
{
	struct packet *out = &room->pkt;

	assert(n <= sizeof(room->frame) - out->caplen);
	memcpy(room->frame + out->caplen, p, n);
	out->caplen += (uint32_t)n;
}

static void
put_layer(struct ps_room *room, enum dec_id id, const void *p, size_t n)
{
	struct packet *out = &room->pkt;

	out->layers[out->dec.n_layers++] = (struct layer){ (uint8_t)id,
		out->caplen, (uint32_t)n };
	put(room, p, n);
}

/* A log file has one link type; so the packet has that of its trigger. */
static void
put_link(struct ps_room *room, const struct packet *trigger,
    uint16_t ethertype)
{
	static const struct wire_eth eth = { { 'M', 'A', 'C', 'D', 'A', 'D' },
		{ 'M', 'A', 'C', 'D', 'A', 'D' }, { { 0, 0 } } };
	struct wire_eth h = eth;
	struct slice other;

	if (trigger->dlt == DLT_ETHERNET) {
		h.type = be16_make(ethertype);
		room->pkt.dec.has_eth = true;
		room->pkt.dec.ethertype = ethertype;
		put_layer(room, DEC_ID_ethernet, &h, sizeof(h));
		return;
	}
	other = pkt_bytes(trigger, 0, link_len(trigger));
	if (other.len && other.len <= LINK_MAX)
		put(room, other.ptr, other.len);
}

/* The trigger's header as far as it is that of any packet. */
static void
put_ip4(struct ps_room *room, const struct packet *trigger, size_t payload)
{
	struct pkt_dec *d = &room->pkt.dec;
	struct wire_ip4 h = {
		.ver_ihl = 0x45,
		.len = be16_make((uint16_t)(sizeof(h) + payload)),
		.id = be16_make((uint16_t)trigger->dec.ip_id),
		.frag = be16_make(trigger->dec.ip_frag & IP_FLAG_DF),
		.proto = IP_PROTO_PORTSCAN,
	};
	uint16_t sum;

	memcpy(h.src, d->src.b, sizeof(h.src));
	memcpy(h.dst, d->dst.b, sizeof(h.dst));
	sum = dec_csum_fold(dec_csum_add(0, (const uint8_t *)&h, sizeof(h)));
	h.csum = be16_make((uint16_t)~sum);
	d->ip_id = be16_get(h.id);
	d->ip_frag = be16_get(h.frag);
	d->ip_hlen = sizeof(h);
	put_layer(room, DEC_ID_ip4, &h, sizeof(h));
}

static void
put_ip6(struct ps_room *room, size_t payload)
{
	struct pkt_dec *d = &room->pkt.dec;
	struct wire_ip6 h = {
		.ver_tc_flow = be32_make(UINT32_C(6) << 28),
		.len = be16_make((uint16_t)payload),
		.next = IP_PROTO_PORTSCAN,
	};

	memcpy(h.src, d->src.b, sizeof(h.src));
	memcpy(h.dst, d->dst.b, sizeof(h.dst));
	d->ip_hlen = sizeof(h);
	put_layer(room, DEC_ID_ip6, &h, sizeof(h));
}

static size_t
print_counts(char *out, size_t size, const struct ps_finding *f)
{
	const struct ps_count *c = &f->count;
	char low[IPADDR_TEXT_MAX], high[IPADDR_TEXT_MAX];
	int n;

	if (f->sid == PS_SID_OPEN_PORT)
		n = snprintf(out, size, "Open Port: %u\n", f->open_port);
	else
		n = snprintf(out, size,
		    "Priority Count: %u\n"
		    "Connection Count: %u\n"
		    "IP Count: %u\n"
		    "%s IP Range: %s:%s\n"
		    "Port/Proto Count: %u\n"
		    "Port/Proto Range: %u:%u\n",
		    c->bad, c->conns, c->ips,
		    f->of_scanner ? "Scanned" : "Scanner",
		    ipaddr_print(&c->low_ip, low),
		    ipaddr_print(&c->high_ip, high),
		    c->ports, c->low_port, c->high_port);
	assert(n > 0 && (size_t)n < size);
	return (size_t)n;
}

void
ps_report_make(struct ps_room *room, const struct packet *trigger,
    const struct ps_finding *f)
{
	struct packet *p = &room->pkt;
	struct pkt_dec *d = &p->dec;
	char text[512];
	size_t n = print_counts(text, sizeof(text), f);
	bool is_ip4 = f->sight.scanner.family == 4;

	p->data = room->frame;
	p->caplen = 0;
	p->ts = trigger->ts;
	p->dlt = trigger->dlt;
	p->iface = trigger->iface;
	p->num = trigger->num;
	*d = (struct pkt_dec){
		.flags = PKT_NO_RULES,
		.n_ip = 1,
		.ip_ver = is_ip4 ? 4 : 6,
		.ip_proto = IP_PROTO_PORTSCAN,
		.src = f->sight.scanner,
		.dst = f->sight.scanned,
	};
	put_link(room, trigger, is_ip4 ? ETHERTYPE_IP4 : ETHERTYPE_IP6);
	d->ip_off = p->caplen;
	if (is_ip4)
		put_ip4(room, trigger, n);
	else
		put_ip6(room, n);
	d->ip_payload_off = d->payload_off = p->caplen;
	d->ip_payload_len = d->payload_len = (uint32_t)n;
	d->ip_len = (uint32_t)(d->ip_hlen + n);
	put(room, text, n);
	p->wirelen = p->caplen;
	(void)pkt_event_add(p, GID_PORTSCAN, f->sid);
}
