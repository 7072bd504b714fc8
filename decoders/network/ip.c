/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/network/ip.h"

#include "decoders/wire/ip4.h"

void
dec_ip_begin(struct dec_ctx *ctx, struct packet *pkt, uint8_t version,
    uint32_t off)
{
	struct pkt_dec *d = &pkt->dec;

	if (d->n_ip == 1) {
		d->outer_src = d->src;
		d->outer_dst = d->dst;
		d->outer_proto = d->ip_proto;
	}
	if (d->n_ip) {
		d->flags |= PKT_TUNNELLED;
		d->flags &= ~(uint32_t)(PKT_FRAGMENT | PKT_IP6_EXT);
		d->n_ip4_opts = d->n_tcp_opts = 0;
		d->ip_id = 0;
		d->ip_frag = 0;
		d->l4 = PKT_L4_NONE;
		d->l4_off = 0;
		d->l4_hlen = 0;
		d->sport = d->dport = 0;
		d->tcp_seq = d->tcp_ack = 0;
		d->tcp_win = d->tcp_urp = 0;
		d->tcp_flags = 0;
		d->udp_len = 0;
		d->icmp_type = d->icmp_code = 0;
		d->icmp_id = d->icmp_seq = 0;
		d->src = d->dst = (struct ipaddr){ 0 };
	}
	ctx->in_ip6 = version == 6;
	ctx->ip6 = (struct dec_ip6_chain){ 0 };
	d->n_ip++;
	d->ip_ver = version;
	d->ip_off = off;
}

void
dec_ip_ttl(struct dec_ctx *ctx, struct packet *pkt, uint32_t sid_zero,
    uint32_t sid_low)
{
	uint8_t ttl = pkt->dec.ip_ttl, min = ctx->conf->min_ttl;

	if (ttl == 0)
		dec_event(ctx, pkt, sid_zero);
	else if (ttl < min)
		dec_event(ctx, pkt, sid_low);
	/* Snort lets TTL 0 through while min_ttl stands at its default, 1. */
	if (ttl < min && min > 1 && pkt->dec.n_ip == 1)
		pkt->dec.flags |= PKT_NO_RULES;
}

bool
dec_ip_is_transport(uint8_t proto)
{
	return proto == IP_PROTO_TCP || proto == IP_PROTO_UDP ||
	    proto == IP_PROTO_ICMP || proto == IP_PROTO_ICMP6;
}

void
dec_ip_payload(struct packet *pkt, const struct cursor *c)
{
	struct pkt_dec *d = &pkt->dec;

	d->ip_payload_off = d->payload_off = dec_off(pkt, c);
	d->ip_payload_len = d->payload_len = (uint32_t)cur_left(c);
}

void
dec_l4_begin(struct packet *pkt, enum pkt_l4 l4, uint32_t off, uint32_t hlen,
    const struct cursor *c)
{
	struct pkt_dec *d = &pkt->dec;

	d->l4 = l4;
	d->l4_off = off;
	d->l4_hlen = (uint16_t)hlen;
	d->payload_off = dec_off(pkt, c);
	d->payload_len = (uint32_t)cur_left(c);
}

/* The sum of one address: the IP header's, or where ctx says. */
static uint32_t
add_address(uint32_t sum, const struct packet *pkt, const struct ipaddr *a,
    uint32_t elsewhere)
{
	struct slice s = pkt_bytes(pkt, elsewhere, 16);

	if (elsewhere && s.ptr)
		return dec_csum_add(sum, s.ptr, s.len);
	return dec_csum_add(sum, a->b, a->family == 4 ? 4 : 16);
}

bool
dec_l4_csum_ok(const struct dec_ctx *ctx, const struct packet *pkt,
    const struct cursor *hdr, uint8_t proto)
{
	size_t n = cur_left(hdr);
	uint32_t sum = proto + (uint32_t)(n >> 16) + (uint32_t)(n & 0xffff);

	if (pkt->csum_not_ready)
		return true;
	sum = add_address(sum, pkt, &pkt->dec.src, ctx->ip6.src_off);
	sum = add_address(sum, pkt, &pkt->dec.dst, ctx->ip6.dst_off);
	return dec_csum_fold(dec_csum_add(sum, hdr->p, n)) == 0xffff;
}
