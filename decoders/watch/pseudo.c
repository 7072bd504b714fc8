/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/watch/pseudo.h"

#include <string.h>

#include "decoders/decode.h"
#include "decoders/wire/eth.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/ip6.h"

enum {
	DLT_ETHERNET = 1,
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
put(struct pseudo_room *room, const void *p, size_t n)
{
	struct packet *out = &room->pkt;

	assert(n <= sizeof(room->frame) - out->caplen);
	memcpy(room->frame + out->caplen, p, n);
	out->caplen += (uint32_t)n;
}

static void
put_layer(struct pseudo_room *room, enum dec_id id, const void *p, size_t n)
{
	struct packet *out = &room->pkt;

	out->layers[out->dec.n_layers++] = (struct layer){ (uint8_t)id,
		out->caplen, (uint32_t)n };
	put(room, p, n);
}

/* A log file has one link type; so the packet has that of its trigger. */
static void
put_link(struct pseudo_room *room, const struct packet *trigger,
    uint16_t ethertype, bool own)
{
	static const struct wire_eth eth = { { 'M', 'A', 'C', 'D', 'A', 'D' },
		{ 'M', 'A', 'C', 'D', 'A', 'D' }, { { 0, 0 } } };
	struct wire_eth h = eth;
	struct slice other;

	other = pkt_bytes(trigger, trigger->dec.eth_off, sizeof(h));
	if (trigger->dlt == DLT_ETHERNET) {
		if (!own && trigger->dec.has_eth && other.len)
			memcpy(&h, other.ptr, sizeof(h));
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
put_ip4(struct pseudo_room *room, const struct packet *trigger, size_t payload)
{
	struct pkt_dec *d = &room->pkt.dec;
	struct wire_ip4 h = {
		.ver_ihl = 0x45,
		.len = be16_make((uint16_t)(sizeof(h) + payload)),
		.id = be16_make((uint16_t)trigger->dec.ip_id),
		.frag = be16_make(trigger->dec.ip_frag & IP_FLAG_DF),
		.proto = room->pkt.dec.ip_proto,
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
put_ip6(struct pseudo_room *room, size_t payload)
{
	struct pkt_dec *d = &room->pkt.dec;
	struct wire_ip6 h = {
		.ver_tc_flow = be32_make(UINT32_C(6) << 28),
		.len = be16_make((uint16_t)payload),
		.next = room->pkt.dec.ip_proto,
	};

	memcpy(h.src, d->src.b, sizeof(h.src));
	memcpy(h.dst, d->dst.b, sizeof(h.dst));
	d->ip_hlen = sizeof(h);
	put_layer(room, DEC_ID_ip6, &h, sizeof(h));
}

void
pseudo_make(struct pseudo_room *room, const struct packet *trigger,
    const struct pseudo *what)
{
	struct packet *p = &room->pkt;
	struct pkt_dec *d = &p->dec;
	bool is_ip4 = what->src.family == 4;
	size_t n = what->text.len;

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
		.ip_proto = what->ip_proto,
		.src = what->src,
		.dst = what->dst,
	};
	put_link(room, trigger, is_ip4 ? ETHERTYPE_IP4 : ETHERTYPE_IP6,
	    what->own_link);
	d->ip_off = p->caplen;
	if (is_ip4)
		put_ip4(room, trigger, n);
	else
		put_ip6(room, n);
	d->ip_payload_off = d->payload_off = p->caplen;
	d->ip_payload_len = d->payload_len = (uint32_t)n;
	d->ip_len = (uint32_t)(d->ip_hlen + n);
	if (n)
		put(room, what->text.ptr, n);
	p->wirelen = p->caplen;
}
