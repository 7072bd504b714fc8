/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP, RFC 768. A port known for a tunnel leads to a guess: the tunnel's
 * decoder looks closely and gives the datagram back when it is something else.
 */
#include "decoders/network/ip.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/udp.h"
#include "decoders/wire/wire.h"

enum {
	SID_TRUNCATED = 95,
	SID_BAD_LENGTH = 96,
	SID_LENGTH_BEYOND = 97,
	SID_LENGTH_SHORT = 98,
	SID_IP6_NO_CSUM = 406,
	SID_LARGE = 445,
	SID_PORT_ZERO = 447,

	LARGE_PAYLOAD = 4000,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_IPPROTO, IP_PROTO_UDP },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_UDP },
};

static const struct dec_event_def events[] = {
	{ SID_TRUNCATED, DEC_EV_DECODE, "udp.truncated",
	    DEC_MSG("Truncated UDP Header") },
	{ SID_BAD_LENGTH, DEC_EV_DECODE, "udp.bad_length",
	    DEC_MSG("Invalid UDP header, length field < 8") },
	{ SID_LENGTH_BEYOND, DEC_EV_OVERSIZED, "udp.length_beyond_payload",
	    DEC_MSG("Short UDP packet, length field > payload length") },
	{ SID_LENGTH_SHORT, DEC_EV_DECODE, "udp.length_below_payload",
	    DEC_MSG("Long UDP packet, length field < payload length") },
	{ SID_IP6_NO_CSUM, DEC_EV_DECODE, "udp.ip6_no_checksum",
	    DEC_MSG("Invalid IPv6 UDP packet, checksum zero") },
	{ SID_LARGE, DEC_EV_DECODE, "udp.large",
	    DEC_MSG("MISC Large UDP Packet") },
	{ SID_PORT_ZERO, DEC_EV_DECODE, "udp.port_zero",
	    DEC_MSG("BAD-TRAFFIC UDP port 0 traffic") },
};

static void
check_csum(struct dec_ctx *ctx, struct packet *pkt, const struct cursor *hdr,
    uint16_t csum)
{
	if (!ctx->conf->csum_udp || (pkt->dec.flags & PKT_FRAGMENT))
		return;
	if (!csum) {
		/* none was computed; RFC 8200 8.1 does not allow it */
		if (ctx->in_ip6)
			dec_event(ctx, pkt, SID_IP6_NO_CSUM);
		return;
	}
	if (!dec_l4_csum_ok(ctx, pkt, hdr, IP_PROTO_UDP))
		pkt->dec.flags |= PKT_BAD_UDP_CSUM;
}

static bool
is_gtp_port(const struct dec_conf *conf, uint16_t port)
{
	for (unsigned i = 0; i < conf->n_gtp_ports; i++)
		if (conf->gtp_ports[i] == port)
			return true;
	return false;
}

static enum dec_result
next(struct dec_ctx *ctx, const struct pkt_dec *d)
{
	if ((d->flags & PKT_FRAGMENT) || !d->payload_len)
		return DEC_PAYLOAD;
	if (ctx->conf->gtp && (is_gtp_port(ctx->conf, d->dport) ||
	    is_gtp_port(ctx->conf, d->sport))) {
		/* configured, so no guess */
		ctx->next = DEC_ID_gtp;
		return DEC_NEXT;
	}
	if (!dec_next(ctx, DEC_SPACE_UDP_PORT, d->dport) &&
	    !dec_next(ctx, DEC_SPACE_UDP_PORT, d->sport)) {
		if (!ctx->conf->deep_teredo)
			return DEC_PAYLOAD;
		ctx->next = DEC_ID_teredo;
	}
	ctx->guess = true;
	return DEC_NEXT;
}

static enum dec_result
decode_udp(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	struct pkt_dec *d = &pkt->dec;
	struct cursor datagram = *c, at = *c;
	uint32_t off = dec_off(pkt, c);
	struct wire_udp h;
	uint16_t len;

	if (!WIRE_TAKE(&at, &h)) {
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	len = be16_get(h.len);
	if (len < sizeof(h)) {
		dec_event(ctx, pkt, SID_BAD_LENGTH);
		return DEC_STOP;
	}
	/* the first fragment holds less than the datagram */
	if (!(d->flags & PKT_FRAGMENT) && len != cur_left(c)) {
		dec_event(ctx, pkt, len > cur_left(c) ? SID_LENGTH_BEYOND
						      : SID_LENGTH_SHORT);
		return DEC_STOP;
	}

	*c = at;
	d->sport = be16_get(h.sport);
	d->dport = be16_get(h.dport);
	d->udp_len = len;
	dec_l4_begin(pkt, PKT_L4_UDP, off, sizeof(h), c);
	check_csum(ctx, pkt, &datagram, be16_get(h.csum));
	if (!d->sport || !d->dport)
		dec_event(ctx, pkt, SID_PORT_ZERO);
	if (d->payload_len > LARGE_PAYLOAD)
		dec_event(ctx, pkt, SID_LARGE);
	return next(ctx, d);
}

const struct decoder_ops dec_udp = {
	.name = "udp",
	.help = "UDP, RFC 768",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_udp,
};
