/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4, RFC 791.
 *
 *	 0                   1                   2                   3
 *	+-------+-------+---------------+-------------------------------+
 *	|version|  IHL  |      TOS      |         total length          |
 *	+-------+-------+---------------+-----+-------------------------+
 *	|        identification         |flags|     fragment offset     |
 *	+---------------+---------------+-----+-------------------------+
 *	|      TTL      |   protocol    |        header checksum        |
 *	+---------------+---------------+-------------------------------+
 *	|              source, destination, options                     |
 */
#include "decoders/network/ip.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/wire.h"

enum {
	SID_NOT_IP4 = 1,
	SID_BAD_IHL = 2,
	SID_LEN_LT_HEADER = 3,
	SID_OPT_BAD_LEN = 4,
	SID_OPT_TRUNCATED = 5,
	SID_LEN_GT_CAPTURED = 6,
	SID_LOOPBACK = 150,
	SID_SAME = 151,
	SID_TTL_ZERO = 404,
	SID_MF_AND_DF = 405,
	SID_FRAG_TOO_FAR = 407,
	SID_SRC_THIS_NET = 408,
	SID_DST_THIS_NET = 409,
	SID_SRC_MULTICAST = 410,
	SID_SRC_RESERVED = 411,
	SID_DST_RESERVED = 412,
	SID_SRC_BROADCAST = 413,
	SID_DST_BROADCAST = 414,
	SID_TRUNCATED = 425,
	SID_TTL_LOW = 428,
	SID_DF_AND_OFFSET = 430,
	SID_OPTION_SET = 444,
	SID_RESERVED_BIT = 448,
	SID_PROTO_UNASSIGNED = 449,
	SID_PROTO_BAD = 450,
	SID_ZERO_FRAG = 459,

	FRAG_OFFSET_MASK = 0x1fff,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_DLT, 228 }, /* DLT_IPV4 */
	{ DEC_SPACE_ETHERTYPE, 0x0800 },
	{ DEC_SPACE_PPP, 0x0021 },
	{ DEC_SPACE_IPPROTO, IP_PROTO_IPIP },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_IPIP },
};

static const struct dec_event_def events[] = {
	{ SID_NOT_IP4, DEC_EV_DECODE, "ip4.not_ip4",
	    DEC_MSG("Not IPv4 datagram") },
	{ SID_BAD_IHL, DEC_EV_DECODE, "ip4.bad_header_length",
	    DEC_MSG("hlen < IP_HEADER_LEN") },
	{ SID_LEN_LT_HEADER, DEC_EV_DECODE, "ip4.length_below_header",
	    DEC_MSG("IP dgm len < IP Hdr len") },
	{ SID_OPT_BAD_LEN, DEC_EV_IPOPT, "ip4.option_bad_length",
	    DEC_MSG("Bad IPv4 Options") },
	{ SID_OPT_TRUNCATED, DEC_EV_IPOPT, "ip4.option_truncated",
	    DEC_MSG("Truncated IPv4 Options") },
	{ SID_LEN_GT_CAPTURED, DEC_EV_OVERSIZED, "ip4.length_beyond_capture",
	    DEC_MSG("IP dgm len > captured len") },
	{ SID_LOOPBACK, DEC_EV_DECODE, "ip.loopback",
	    DEC_MSG("Bad Traffic Loopback IP") },
	{ SID_SAME, DEC_EV_DECODE, "ip.same_addresses",
	    DEC_MSG("Bad Traffic Same Src/Dst IP") },
	{ SID_TTL_ZERO, DEC_EV_DECODE, "ip4.ttl_zero",
	    DEC_MSG("IPV4 packet with zero TTL") },
	{ SID_MF_AND_DF, DEC_EV_DECODE, "ip4.mf_and_df",
	    DEC_MSG("IPV4 packet with bad frag bits (Both MF and DF set)") },
	{ SID_FRAG_TOO_FAR, DEC_EV_DECODE, "ip4.fragment_too_far",
	    DEC_MSG("IPV4 packet frag offset + length exceed maximum") },
	{ SID_SRC_THIS_NET, DEC_EV_DECODE, "ip4.src_this_net",
	    DEC_MSG("IPV4 packet from 'current net' source address") },
	{ SID_DST_THIS_NET, DEC_EV_DECODE, "ip4.dst_this_net",
	    DEC_MSG("IPV4 packet to 'current net' dest address") },
	{ SID_SRC_MULTICAST, DEC_EV_DECODE, "ip4.src_multicast",
	    DEC_MSG("IPV4 packet from multicast source address") },
	{ SID_SRC_RESERVED, DEC_EV_DECODE, "ip4.src_reserved",
	    DEC_MSG("IPV4 packet from reserved source address") },
	{ SID_DST_RESERVED, DEC_EV_DECODE, "ip4.dst_reserved",
	    DEC_MSG("IPV4 packet to reserved dest address") },
	{ SID_SRC_BROADCAST, DEC_EV_DECODE, "ip4.src_broadcast",
	    DEC_MSG("IPV4 packet from broadcast source address") },
	{ SID_DST_BROADCAST, DEC_EV_DECODE, "ip4.dst_broadcast",
	    DEC_MSG("IPV4 packet to broadcast dest address") },
	{ SID_TRUNCATED, DEC_EV_DECODE, "ip4.truncated",
	    DEC_MSG("truncated IP4 header") },
	{ SID_TTL_LOW, DEC_EV_DECODE, "ip4.ttl_low",
	    DEC_MSG("IPV4 packet below TTL limit") },
	{ SID_DF_AND_OFFSET, DEC_EV_DECODE, "ip4.df_and_offset",
	    DEC_MSG("IPV4 packet both DF and offset set") },
	{ SID_OPTION_SET, DEC_EV_DECODE, "ip4.option_set",
	    DEC_MSG("MISC IP option set") },
	{ SID_RESERVED_BIT, DEC_EV_DECODE, "ip4.reserved_bit",
	    DEC_MSG("BAD-TRAFFIC IP reserved bit set") },
	{ SID_PROTO_UNASSIGNED, DEC_EV_DECODE, "ip4.unassigned_protocol",
	    DEC_MSG("BAD-TRAFFIC Unassigned/Reserved IP protocol") },
	{ SID_PROTO_BAD, DEC_EV_DECODE, "ip4.bad_protocol",
	    DEC_MSG("BAD-TRAFFIC Bad IP protocol") },
	{ SID_ZERO_FRAG, DEC_EV_DECODE, "ip.zero_length_fragment",
	    DEC_MSG("zero length fragment") },
};

/* Multicast networks that IANA lists as reserved or unassigned. */
static const struct {
	uint8_t net[2];
	uint8_t bits; /* up to 16 */
} multicast_reserved[] = {
	{ { 224, 1 }, 16 },
	{ { 224, 5 }, 16 },
	{ { 224, 6 }, 15 },
	{ { 224, 8 }, 13 },
	{ { 224, 16 }, 12 },
	{ { 224, 32 }, 11 },
	{ { 224, 64 }, 10 },
	{ { 224, 128 }, 9 },
	{ { 225, 0 }, 8 },
	{ { 226, 0 }, 7 },
	{ { 228, 0 }, 6 },
	{ { 234, 0 }, 7 },
	{ { 236, 0 }, 7 },
	{ { 238, 0 }, 8 },
};

/* 240/4, and what nobody was given of multicast. */
static bool
is_reserved(const uint8_t a[4])
{
	unsigned head = (unsigned)(a[0] << 8 | a[1]);

	if (a[0] >= 240)
		return true;
	for (unsigned i = 0; i < ARRAY_LEN(multicast_reserved); i++) {
		const uint8_t *n = multicast_reserved[i].net;
		unsigned shift = 16u - multicast_reserved[i].bits;

		if (head >> shift == (unsigned)(n[0] << 8 | n[1]) >> shift)
			return true;
	}
	return false;
}

static bool
is_broadcast(const uint8_t a[4])
{
	return a[0] == 255 && a[1] == 255 && a[2] == 255 && a[3] == 255;
}

static void
check_addresses(struct dec_ctx *ctx, struct packet *pkt,
    const struct wire_ip4 *h)
{
	const uint8_t *src = h->src, *dst = h->dst;

	if (memcmp(src, dst, 4) == 0)
		dec_event(ctx, pkt, SID_SAME);
	if (src[0] == 127 || dst[0] == 127)
		dec_event(ctx, pkt, SID_LOOPBACK);
	/* everything below is about addresses out of unicast's range */
	if (UNLIKELY(src[0] == 0))
		dec_event(ctx, pkt, SID_SRC_THIS_NET);
	if (UNLIKELY(dst[0] == 0))
		dec_event(ctx, pkt, SID_DST_THIS_NET);
	if (UNLIKELY(src[0] >= 224)) {
		if (src[0] < 240)
			dec_event(ctx, pkt, SID_SRC_MULTICAST);
		if (is_broadcast(src))
			dec_event(ctx, pkt, SID_SRC_BROADCAST);
		if (is_reserved(src))
			dec_event(ctx, pkt, SID_SRC_RESERVED);
	}
	if (UNLIKELY(dst[0] >= 224)) {
		if (is_broadcast(dst))
			dec_event(ctx, pkt, SID_DST_BROADCAST);
		if (is_reserved(dst))
			dec_event(ctx, pkt, SID_DST_RESERVED);
	}
}

/*
 * Fills ip4_opts; false and none of them when one is malformed. What stands
 * behind an end-of-list byte is padding.
 */
static bool
parse_options(struct dec_ctx *ctx, struct packet *pkt, struct cursor c)
{
	struct pkt_dec *d = &pkt->dec;
	uint32_t bad = 0;
	uint8_t kind, len;

	while (cur_u8(&c, &kind) && kind != IP4_OPT_EOL) {
		struct hdr_opt *o = &pkt->ip4_opts[d->n_ip4_opts];

		*o = (struct hdr_opt){ .kind = kind, .off = dec_off(pkt, &c) };
		if (kind != IP4_OPT_NOP) {
			if (!cur_u8(&c, &len)) {
				bad = SID_OPT_TRUNCATED;
				break;
			}
			if (len < 2) {
				bad = SID_OPT_BAD_LEN;
				break;
			}
			o->len = (uint8_t)(len - 2);
			o->off++;
			if (!cur_skip(&c, o->len)) {
				bad = SID_OPT_TRUNCATED;
				break;
			}
		}
		/* the array holds as many as a header of 60 bytes can */
		d->n_ip4_opts++;
	}
	if (bad) {
		d->n_ip4_opts = 0;
		dec_event(ctx, pkt, bad);
	}
	return !bad;
}

/* Fragment flags and offset. True when this is a fragment. */
static bool
check_fragment(struct dec_ctx *ctx, struct packet *pkt, uint32_t payload_len)
{
	uint16_t frag = pkt->dec.ip_frag;
	uint16_t offset = frag & FRAG_OFFSET_MASK;

	if ((frag & IP_FLAG_DF) && offset)
		dec_event(ctx, pkt, SID_DF_AND_OFFSET);
	if ((frag & IP_FLAG_DF) && (frag & IP_FLAG_MF))
		dec_event(ctx, pkt, SID_MF_AND_DF);
	/* Snort adds the offset in its unit of eight bytes; the datagram that
	 * is longer than 65535 bytes is the defragmenter's to find (123:7). */
	if (offset + payload_len > UINT16_MAX)
		dec_event(ctx, pkt, SID_FRAG_TOO_FAR);
	if (!offset && !(frag & IP_FLAG_MF))
		return false;
	if (!payload_len && ctx->conf->zero_frag_event) {
		dec_event(ctx, pkt, SID_ZERO_FRAG);
		return false;
	}
	pkt->dec.flags |= PKT_FRAGMENT;
	return true;
}

static void
check_protocol(struct dec_ctx *ctx, struct packet *pkt, uint8_t proto)
{
	if (UNLIKELY(proto >= IP_PROTO_UNASSIGNED))
		dec_event(ctx, pkt, SID_PROTO_UNASSIGNED);
	if (proto == IP_PROTO_SWIPE || proto == IP_PROTO_MOBILE ||
	    proto == IP_PROTO_SUN_ND || proto == IP_PROTO_PIM)
		dec_event(ctx, pkt, SID_PROTO_BAD);
}

static void
fill(struct dec_ctx *ctx, struct packet *pkt, const struct wire_ip4 *h,
    uint32_t off, uint16_t hlen)
{
	struct pkt_dec *d = &pkt->dec;

	dec_ip_begin(ctx, pkt, 4, off);
	d->ip_proto = h->proto;
	d->ip_tos = h->tos;
	d->ip_ttl = h->ttl;
	d->ip_hlen = hlen;
	d->ip_len = be16_get(h->len);
	d->ip_id = be16_get(h->id);
	d->ip_frag = be16_get(h->frag);
	d->src.family = d->dst.family = 4;
	memcpy(d->src.b, h->src, sizeof(h->src));
	memcpy(d->dst.b, h->dst, sizeof(h->dst));
}

static enum dec_result
decode_ip4(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	struct cursor at = *c, options;
	uint32_t off = dec_off(pkt, c);
	const uint8_t *start = c->p;
	struct wire_ip4 h;
	uint16_t hlen, len;
	bool fragment;

	if (!WIRE_TAKE(&at, &h)) {
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	if (h.ver_ihl >> 4 != 4) {
		dec_event(ctx, pkt, SID_NOT_IP4);
		return DEC_STOP;
	}
	hlen = (uint16_t)((h.ver_ihl & 0x0f) * 4);
	len = be16_get(h.len);
	if (hlen < sizeof(h)) {
		dec_event(ctx, pkt, SID_BAD_IHL);
		return DEC_STOP;
	}
	if (len > cur_left(c)) {
		/* Snort keeps such a packet from the rules altogether; in a
		 * tunnel the outer header stays what they see. */
		dec_event(ctx, pkt, SID_LEN_GT_CAPTURED);
		if (pkt->dec.n_ip)
			return DEC_STOP;
		fill(ctx, pkt, &h, off, hlen);
		pkt->dec.flags |= PKT_NO_RULES;
		if (cur_skip(c, hlen))
			dec_ip_payload(pkt, c);
		return DEC_STOP;
	}
	if (len < hlen) {
		dec_event(ctx, pkt, SID_LEN_LT_HEADER);
		return DEC_STOP;
	}

	fill(ctx, pkt, &h, off, hlen);
	cur_trim(c, len);
	if (!cur_skip(c, hlen))
		return DEC_STOP; /* not reached: hlen <= len <= left */
	dec_ip_payload(pkt, c);
	if (ctx->conf->csum_ip &&
	    dec_csum_fold(dec_csum_add(0, start, hlen)) != 0xffff)
		pkt->dec.flags |= PKT_BAD_IP_CSUM;
	if (hlen > sizeof(h) && cur_sub(&at, hlen - sizeof(h), &options) &&
	    parse_options(ctx, pkt, options) && pkt->dec.n_ip4_opts)
		dec_event(ctx, pkt, SID_OPTION_SET);
	fragment = check_fragment(ctx, pkt, (uint32_t)(len - hlen));
	if (UNLIKELY(pkt->dec.ip_frag & IP_FLAG_RB))
		dec_event(ctx, pkt, SID_RESERVED_BIT);
	check_addresses(ctx, pkt, &h);
	dec_ip_ttl(ctx, pkt, SID_TTL_ZERO, SID_TTL_LOW);
	check_protocol(ctx, pkt, h.proto);

	if (fragment && ((pkt->dec.ip_frag & FRAG_OFFSET_MASK) ||
	    !dec_ip_is_transport(h.proto)))
		return DEC_PAYLOAD;
	return dec_next_or_payload(ctx, DEC_SPACE_IPPROTO, h.proto);
}

const struct decoder_ops dec_ip4 = {
	.name = "ip4",
	.help = "IPv4, RFC 791",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_ip4,
};
