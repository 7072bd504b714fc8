/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP, RFC 9293, with its options. */
#include "decoders/network/ip.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/tcp.h"
#include "decoders/wire/wire.h"

enum {
	SID_TRUNCATED = 45,
	SID_BAD_OFFSET = 46,
	SID_OFFSET_BEYOND = 47,
	SID_OPT_BAD_LEN = 54,
	SID_OPT_TRUNCATED = 55,
	SID_OPT_TTCP = 56,
	SID_OPT_OBSOLETE = 57,
	SID_OPT_EXPERIMENTAL = 58,
	SID_OPT_WSCALE = 59,
	SID_XMAS = 400,
	SID_NMAP_XMAS = 401,
	SID_NAPTHA = 402,
	SID_SYN_MULTICAST = 403,
	SID_BAD_URGENT = 419,
	SID_SYN_FIN = 420,
	SID_SYN_RST = 421,
	SID_NO_ACK = 422,
	SID_NO_SYN_ACK_RST = 423,
	SID_SHAFT = 433,
	SID_PORT_ZERO = 446,

	/* what two denial of service tools put in their SYNs */
	SHAFT_SEQ = 674711609,
	NAPTHA_SEQ = 6060842,
	NAPTHA_IP_ID = 413,

	WSCALE_MAX = 14, /* RFC 7323 2.3 */
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_IPPROTO, IP_PROTO_TCP },
	{ DEC_SPACE_IP6_NEXT, IP_PROTO_TCP },
};

static const struct dec_event_def events[] = {
	{ SID_TRUNCATED, DEC_EV_DECODE, "tcp.truncated",
	    DEC_MSG("TCP packet len is smaller than 20 bytes") },
	{ SID_BAD_OFFSET, DEC_EV_DECODE, "tcp.bad_offset",
	    DEC_MSG("TCP Data Offset is less than 5") },
	{ SID_OFFSET_BEYOND, DEC_EV_OVERSIZED, "tcp.offset_beyond_payload",
	    DEC_MSG("TCP Data Offset is longer than payload") },
	{ SID_OPT_BAD_LEN, DEC_EV_TCPOPT, "tcp.option_bad_length",
	    DEC_MSG("Tcp Options found with bad lengths") },
	{ SID_OPT_TRUNCATED, DEC_EV_TCPOPT, "tcp.option_truncated",
	    DEC_MSG("Truncated Tcp Options") },
	{ SID_OPT_TTCP, DEC_EV_TCPOPT_TTCP, "tcp.option_ttcp",
	    DEC_MSG("T/TCP Detected") },
	{ SID_OPT_OBSOLETE, DEC_EV_TCPOPT_OBS, "tcp.option_obsolete",
	    DEC_MSG("Obsolete TCP options") },
	{ SID_OPT_EXPERIMENTAL, DEC_EV_TCPOPT_EXP, "tcp.option_experimental",
	    DEC_MSG("Experimental TCP options") },
	{ SID_OPT_WSCALE, DEC_EV_TCPOPT, "tcp.option_window_scale",
	    DEC_MSG("TCP Window Scale Option Scale Invalid (> 14)") },
	{ SID_XMAS, DEC_EV_DECODE, "tcp.xmas",
	    DEC_MSG("XMAS Attack Detected") },
	{ SID_NMAP_XMAS, DEC_EV_DECODE, "tcp.nmap_xmas",
	    DEC_MSG("Nmap XMAS Attack Detected") },
	{ SID_NAPTHA, DEC_EV_DECODE, "tcp.naptha",
	    DEC_MSG("DOS NAPTHA Vulnerability Detected") },
	{ SID_SYN_MULTICAST, DEC_EV_DECODE, "tcp.syn_to_multicast",
	    DEC_MSG("Bad Traffic SYN to multicast address") },
	{ SID_BAD_URGENT, DEC_EV_DECODE, "tcp.bad_urgent_pointer",
	    DEC_MSG("TCP urgent pointer exceeds payload length or no "
		"payload") },
	{ SID_SYN_FIN, DEC_EV_DECODE, "tcp.syn_fin",
	    DEC_MSG("TCP SYN with FIN") },
	{ SID_SYN_RST, DEC_EV_DECODE, "tcp.syn_rst",
	    DEC_MSG("TCP SYN with RST") },
	{ SID_NO_ACK, DEC_EV_DECODE, "tcp.missing_ack",
	    DEC_MSG("TCP PDU missing ack for established session") },
	{ SID_NO_SYN_ACK_RST, DEC_EV_DECODE, "tcp.no_syn_ack_rst",
	    DEC_MSG("TCP has no SYN, ACK, or RST") },
	{ SID_SHAFT, DEC_EV_DECODE, "tcp.shaft",
	    DEC_MSG("DDOS shaft synflood") },
	{ SID_PORT_ZERO, DEC_EV_DECODE, "tcp.port_zero",
	    DEC_MSG("BAD-TRAFFIC TCP port 0 traffic") },
};

/* What Snort thinks of an option, and the length it must have. */
enum opt_class {
	OPT_EXPERIMENTAL, /* any kind not listed */
	OPT_FINE,
	OPT_TTCP,
	OPT_OBSOLETE,
};

static const struct {
	uint8_t class; /* enum opt_class */
	uint8_t len;   /* with kind and length bytes; 0: any */
} opt_kinds[256] = {
	[TCP_OPT_MSS] = { OPT_FINE, 4 },
	[TCP_OPT_WSCALE] = { OPT_FINE, 3 },
	[TCP_OPT_SACKOK] = { OPT_FINE, 2 },
	[TCP_OPT_SACK] = { OPT_FINE, 0 },
	[TCP_OPT_ECHO] = { OPT_OBSOLETE, 6 },
	[TCP_OPT_ECHO_REPLY] = { OPT_OBSOLETE, 6 },
	[TCP_OPT_TS] = { OPT_FINE, 10 },
	[TCP_OPT_PARTIAL_PERM] = { OPT_EXPERIMENTAL, 2 },
	[TCP_OPT_PARTIAL_SVC] = { OPT_EXPERIMENTAL, 3 },
	/* of the three of T/TCP only CC.ECHO is told */
	[TCP_OPT_CC] = { OPT_FINE, 6 },
	[TCP_OPT_CC_NEW] = { OPT_FINE, 6 },
	[TCP_OPT_CC_ECHO] = { OPT_TTCP, 6 },
	[TCP_OPT_ALT_CSUM] = { OPT_EXPERIMENTAL, 3 },
	[TCP_OPT_SKEETER] = { OPT_OBSOLETE, 0 },
	[TCP_OPT_BUBBA] = { OPT_OBSOLETE, 0 },
	[TCP_OPT_MD5] = { OPT_OBSOLETE, 0 },
	[TCP_OPT_UNASSIGNED] = { OPT_OBSOLETE, 0 },
	[TCP_OPT_AO] = { OPT_FINE, 0 },
	[TCP_OPT_TFO] = { OPT_FINE, 0 },
};

/* One option into *o, the cursor behind its kind byte; the sid of what is
 * wrong with it, or 0. */
static uint32_t
parse_option(struct cursor *c, const struct packet *pkt, struct hdr_opt *o)
{
	uint8_t len;

	if (!cur_u8(c, &len))
		return SID_OPT_TRUNCATED;
	if (len < 2 || (opt_kinds[o->kind].len && len != opt_kinds[o->kind].len))
		return SID_OPT_BAD_LEN;
	o->len = (uint8_t)(len - 2);
	o->off = dec_off(pkt, c);
	return cur_skip(c, o->len) ? 0 : SID_OPT_BAD_LEN;
}

static bool
scale_is_too_big(const struct packet *pkt, const struct hdr_opt *o)
{
	struct slice value = pkt_bytes(pkt, o->off, o->len);

	return o->kind == TCP_OPT_WSCALE && value.len &&
	    value.ptr[0] > WSCALE_MAX;
}

static void
parse_options(struct dec_ctx *ctx, struct packet *pkt, struct cursor c)
{
	struct pkt_dec *d = &pkt->dec;
	bool seen[OPT_OBSOLETE + 1] = { false };
	uint8_t kind;

	while (cur_u8(&c, &kind) && kind != TCP_OPT_EOL) {
		struct hdr_opt *o = &pkt->tcp_opts[d->n_tcp_opts];
		uint32_t bad;

		*o = (struct hdr_opt){ .kind = kind, .off = dec_off(pkt, &c) };
		if (kind != TCP_OPT_NOP) {
			bad = parse_option(&c, pkt, o);
			if (bad) {
				/* what stands before it stays readable */
				dec_event(ctx, pkt, bad);
				return;
			}
			seen[opt_kinds[kind].class] = true;
		}
		if (scale_is_too_big(pkt, o))
			dec_event(ctx, pkt, SID_OPT_WSCALE);
		/* the array holds as many as a header of 60 bytes can */
		d->n_tcp_opts++;
	}
	if (seen[OPT_EXPERIMENTAL])
		dec_event(ctx, pkt, SID_OPT_EXPERIMENTAL);
	else if (seen[OPT_OBSOLETE])
		dec_event(ctx, pkt, SID_OPT_OBSOLETE);
	else if (seen[OPT_TTCP])
		dec_event(ctx, pkt, SID_OPT_TTCP);
}

static bool
to_multicast(const struct packet *pkt)
{
	const struct ipaddr *dst = &pkt->dec.dst;

	return dst->family == 4 ? dst->b[0] >> 4 == 0xe : dst->b[0] == 0xff;
}

static void
check_syn(struct dec_ctx *ctx, struct packet *pkt, uint8_t flags)
{
	const struct pkt_dec *d = &pkt->dec;

	if (flags == TCP_SYN) {
		if (d->tcp_seq == SHAFT_SEQ)
			dec_event(ctx, pkt, SID_SHAFT);
		if (d->tcp_seq == NAPTHA_SEQ && d->ip_id == NAPTHA_IP_ID)
			dec_event(ctx, pkt, SID_NAPTHA);
	}
	if (to_multicast(pkt))
		dec_event(ctx, pkt, SID_SYN_MULTICAST);
	if (flags & TCP_RST)
		dec_event(ctx, pkt, SID_SYN_RST);
	if (flags & TCP_FIN)
		dec_event(ctx, pkt, SID_SYN_FIN);
}

static void
check_flags(struct dec_ctx *ctx, struct packet *pkt, uint8_t flags)
{
	const uint8_t fpu = TCP_FIN | TCP_PSH | TCP_URG;
	const uint8_t sra = TCP_SYN | TCP_RST | TCP_ACK;

	if (UNLIKELY((flags & fpu) == fpu))
		dec_event(ctx, pkt,
		    (flags & sra) == sra ? SID_XMAS : SID_NMAP_XMAS);
	if (flags & TCP_SYN)
		check_syn(ctx, pkt, flags);
	else if (UNLIKELY(!(flags & sra)))
		dec_event(ctx, pkt, SID_NO_SYN_ACK_RST);
	if (UNLIKELY((flags & fpu) && !(flags & TCP_ACK)))
		dec_event(ctx, pkt, SID_NO_ACK);
}

static enum dec_result
decode_tcp(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	struct pkt_dec *d = &pkt->dec;
	struct cursor segment = *c, at = *c, options;
	uint32_t off = dec_off(pkt, c), hlen;
	struct wire_tcp h;

	if (!WIRE_TAKE(&at, &h)) {
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	hlen = (h.off >> 4) * 4u;
	if (hlen < sizeof(h)) {
		dec_event(ctx, pkt, SID_BAD_OFFSET);
		return DEC_STOP;
	}
	if (!cur_skip(c, hlen)) {
		dec_event(ctx, pkt, SID_OFFSET_BEYOND);
		return DEC_STOP;
	}

	d->sport = be16_get(h.sport);
	d->dport = be16_get(h.dport);
	d->tcp_seq = be32_get(h.seq);
	d->tcp_ack = be32_get(h.ack);
	d->tcp_win = be16_get(h.win);
	d->tcp_urp = be16_get(h.urp);
	d->tcp_flags = h.flags;
	dec_l4_begin(pkt, PKT_L4_TCP, off, hlen, c);

	if (ctx->conf->csum_tcp && !(d->flags & PKT_FRAGMENT) &&
	    !dec_l4_csum_ok(ctx, pkt, &segment, IP_PROTO_TCP))
		d->flags |= PKT_BAD_TCP_CSUM;
	check_flags(ctx, pkt, h.flags);
	if (hlen > sizeof(h) && cur_sub(&at, hlen - sizeof(h), &options))
		parse_options(ctx, pkt, options);
	if ((h.flags & TCP_URG) &&
	    (!d->payload_len || d->tcp_urp > d->payload_len))
		dec_event(ctx, pkt, SID_BAD_URGENT);
	if (!d->sport || !d->dport)
		dec_event(ctx, pkt, SID_PORT_ZERO);
	return DEC_PAYLOAD;
}

const struct decoder_ops dec_tcp = {
	.name = "tcp",
	.help = "TCP, RFC 9293",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_tcp,
};
