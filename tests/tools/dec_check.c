/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/dec_check.h"

#include "decoders/decode.h"

static bool
inside(const struct packet *p, uint32_t off, uint32_t len)
{
	return off <= p->caplen && len <= p->caplen - off;
}

static const char *
check_layers(const struct packet *p)
{
	unsigned ips = 0;

	if (p->dec.n_layers > LIM_LAYERS)
		return "too many layers";
	for (unsigned i = 0; i < p->dec.n_layers; i++) {
		const struct layer *l = &p->layers[i];

		if (l->id == DEC_ID_NONE || l->id >= DEC_ID_COUNT)
			return "a layer of no decoder";
		if (!inside(p, l->off, l->len))
			return "a layer outside the frame";
		if (i && l->off < p->layers[i - 1].off + p->layers[i - 1].len)
			return "layers overlap";
		ips += l->id == DEC_ID_ip4 || l->id == DEC_ID_ip6;
	}
	if (ips > LIM_IP_LAYERS || p->dec.n_ip > LIM_IP_LAYERS)
		return "too many IP headers";
	/* one that may not be passed to rules is described, but no layer */
	if (p->dec.n_ip != ips && !(p->dec.flags & PKT_MALFORMED))
		return "IP headers and their layers differ in number";
	return NULL;
}

static const char *
check_options(const struct packet *p, const struct hdr_opt *o, unsigned n,
    uint32_t off, uint32_t hlen)
{
	for (unsigned i = 0; i < n; i++)
		if (o[i].off < off || o[i].off + o[i].len > off + hlen ||
		    !inside(p, o[i].off, o[i].len))
			return "an option outside its header";
	return NULL;
}

static const char *
check_ip(const struct packet *p)
{
	const struct pkt_dec *d = &p->dec;
	const char *bad;

	if (!d->n_ip)
		return d->ip_ver || d->l4 || d->payload_len
		    ? "fields of an IP header that is not there" : NULL;
	if (d->ip_ver != d->src.family || d->ip_ver != d->dst.family)
		return "addresses of another family";
	if ((d->flags & PKT_NO_RULES) && (d->flags & PKT_MALFORMED))
		return NULL; /* its lengths are the lies it was refused for */
	if (!inside(p, d->ip_off, d->ip_hlen))
		return "IP header outside the frame";
	if (!inside(p, d->ip_payload_off, d->ip_payload_len))
		return "IP payload outside the frame";
	if (d->ip_payload_off != d->ip_off + d->ip_hlen)
		return "IP payload not behind its header";
	if (d->ip_hlen + d->ip_payload_len > d->ip_len)
		return "more IP payload than the header says";
	bad = check_options(p, p->ip4_opts, d->n_ip4_opts, d->ip_off,
	    d->ip_hlen);
	if (bad)
		return bad;
	if (!inside(p, d->payload_off, d->payload_len))
		return "payload outside the frame";
	if (d->payload_off < d->ip_payload_off ||
	    d->payload_off + d->payload_len >
		d->ip_payload_off + d->ip_payload_len)
		return "payload outside the IP payload";
	if (d->l4 == PKT_L4_NONE)
		return d->sport || d->dport ? "ports without a transport"
					    : NULL;
	if (d->payload_off != d->l4_off + d->l4_hlen)
		return "payload not behind the transport header";
	return check_options(p, p->tcp_opts, d->n_tcp_opts, d->l4_off,
	    d->l4_hlen);
}

const char *
dec_check(const struct packet *p)
{
	const char *bad = check_layers(p);

	if (bad)
		return bad;
	if (p->dec.n_events > LIM_PKT_EVENTS)
		return "too many events";
	if (p->dec.has_eth && !inside(p, p->dec.eth_off, 14))
		return "Ethernet header outside the frame";
	if (p->dec.has_arp && !inside(p, p->dec.arp_off, 28))
		return "ARP outside the frame";
	return check_ip(p);
}
