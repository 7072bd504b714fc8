/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP, RFC 792, 950 (address mask), 1256 (router discovery). */
#include "decoders/network/ip.h"
#include "decoders/wire/icmp.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/wire.h"

enum {
	SID_TOO_SHORT = 105,
	SID_TIMESTAMP_SHORT = 106,
	SID_MASK_SHORT = 107,
	SID_ORIG_TRUNCATED = 250,
	SID_ORIG_VERSION = 251,
	SID_ORIG_LEN_LT_HEADER = 252,
	SID_ORIG_PAYLOAD_SHORT = 253,
	SID_ORIG_PAYLOAD_LONG = 254,
	SID_ORIG_OFFSET = 255,
	SID_ECHO_MULTICAST = 415,
	SID_ECHO_BROADCAST = 416,
	SID_TYPE_OTHER = 418,
	SID_TRUNCATED = 426,
	SID_NMAP_PING = 434,
	SID_ICMPENUM = 435,
	SID_REDIRECT_HOST = 436,
	SID_REDIRECT_NET = 437,
	SID_REPLY_RECORD_ROUTE = 438,
	SID_QUENCH = 439,
	SID_SMURF_SCANNER = 440,
	SID_UNREACH_FILTERED = 441,
	SID_UNREACH_HOST = 442,
	SID_UNREACH_NET = 443,
	SID_PATH_MTU = 451,
	SID_LINUX_DOS = 452,

	HEADER_LEN = 8,         /* of the types that RFC 792 gives a second
	                           word; the others' header is half of it */
	TIMESTAMP_LEN = 20,
	MASK_LEN = 12,
	MIN_PATH_MTU = 576,
	ERROR_LEN_MAX = 576,    /* RFC 1812 4.3.2.3 */
	ORIG_PAYLOAD_MIN = 8,
	ICMPENUM_SEQ = 0x9a02,  /* 666 in the tool author's byte order */
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_IPPROTO, IP_PROTO_ICMP },
};

static const struct dec_event_def events[] = {
	{ SID_TOO_SHORT, DEC_EV_DECODE, "icmp.header_truncated",
	    DEC_MSG("ICMP Header Truncated") },
	{ SID_TIMESTAMP_SHORT, DEC_EV_DECODE, "icmp4.timestamp_truncated",
	    DEC_MSG("ICMP Timestamp Header Truncated") },
	{ SID_MASK_SHORT, DEC_EV_DECODE, "icmp4.address_mask_truncated",
	    DEC_MSG("ICMP Address Header Truncated") },
	{ SID_ORIG_TRUNCATED, DEC_EV_DECODE, "icmp.original_truncated",
	    DEC_MSG("ICMP Original IP Header Truncated") },
	{ SID_ORIG_VERSION, DEC_EV_DECODE, "icmp.original_not_ip",
	    DEC_MSG("ICMP Original IP Header Not IPv4") },
	{ SID_ORIG_LEN_LT_HEADER, DEC_EV_DECODE, "icmp.original_bad_length",
	    DEC_MSG("ICMP Original Datagram Length < Original IP Header "
		"Length") },
	{ SID_ORIG_PAYLOAD_SHORT, DEC_EV_DECODE,
	    "icmp4.original_payload_short",
	    DEC_MSG("ICMP Original IP Payload < 64 bits") },
	{ SID_ORIG_PAYLOAD_LONG, DEC_EV_DECODE, "icmp4.original_payload_long",
	    DEC_MSG("ICMP Original IP Payload > 576 bytes") },
	{ SID_ORIG_OFFSET, DEC_EV_DECODE, "icmp4.original_fragment",
	    DEC_MSG("ICMP Original IP Fragmented and Offset Not 0") },
	{ SID_ECHO_MULTICAST, DEC_EV_DECODE, "icmp4.echo_to_multicast",
	    DEC_MSG("ICMP4 packet to multicast dest address") },
	{ SID_ECHO_BROADCAST, DEC_EV_DECODE, "icmp4.echo_to_broadcast",
	    DEC_MSG("ICMP4 packet to broadcast dest address") },
	{ SID_TYPE_OTHER, DEC_EV_DECODE, "icmp4.type_other",
	    DEC_MSG("ICMP4 type other") },
	{ SID_TRUNCATED, DEC_EV_DECODE, "icmp4.truncated",
	    DEC_MSG("truncated ICMP4 header") },
	{ SID_NMAP_PING, DEC_EV_DECODE, "icmp4.nmap_ping",
	    DEC_MSG("ICMP PING NMAP") },
	{ SID_ICMPENUM, DEC_EV_DECODE, "icmp4.icmpenum",
	    DEC_MSG("ICMP icmpenum v1.1.1") },
	{ SID_REDIRECT_HOST, DEC_EV_DECODE, "icmp4.redirect_host",
	    DEC_MSG("ICMP redirect host") },
	{ SID_REDIRECT_NET, DEC_EV_DECODE, "icmp4.redirect_net",
	    DEC_MSG("ICMP redirect net") },
	{ SID_REPLY_RECORD_ROUTE, DEC_EV_DECODE, "icmp4.traceroute_options",
	    DEC_MSG("ICMP traceroute ipopts") },
	{ SID_QUENCH, DEC_EV_DECODE, "icmp4.source_quench",
	    DEC_MSG("ICMP Source Quench") },
	{ SID_SMURF_SCANNER, DEC_EV_DECODE, "icmp4.smurf_scanner",
	    DEC_MSG("Broadscan Smurf Scanner") },
	{ SID_UNREACH_FILTERED, DEC_EV_DECODE, "icmp4.unreach_prohibited",
	    DEC_MSG("ICMP Destination Unreachable Communication "
		"Administratively Prohibited") },
	{ SID_UNREACH_HOST, DEC_EV_DECODE, "icmp4.unreach_host_prohibited",
	    DEC_MSG("ICMP Destination Unreachable Communication with "
		"Destination Host is Administratively Prohibited") },
	{ SID_UNREACH_NET, DEC_EV_DECODE, "icmp4.unreach_net_prohibited",
	    DEC_MSG("ICMP Destination Unreachable Communication with "
		"Destination Network is Administratively Prohibited") },
	{ SID_PATH_MTU, DEC_EV_DECODE, "icmp4.path_mtu",
	    DEC_MSG("ICMP PATH MTU denial of service attempt") },
	{ SID_LINUX_DOS, DEC_EV_DECODE, "icmp4.linux_dos",
	    DEC_MSG("BAD-TRAFFIC linux ICMP header dos attempt") },
};

/* The sid of a message shorter than its type wants, or 0; *known says
 * whether the type is one that Snort lists. */
static uint32_t
check_length(uint8_t type, size_t len, bool *known)
{
	*known = true;
	switch (type) {
	case ICMP4_ECHO_REPLY:
	case ICMP4_UNREACH:
	case ICMP4_QUENCH:
	case ICMP4_REDIRECT:
	case ICMP4_ECHO:
	case ICMP4_ROUTER_ADVERT:
	case ICMP4_ROUTER_SOLICIT:
	case ICMP4_TIME_EXCEEDED:
	case ICMP4_PARAM_PROBLEM:
	case ICMP4_INFO:
	case ICMP4_INFO_REPLY:
		return len < HEADER_LEN ? SID_TOO_SHORT : 0;
	case ICMP4_TIMESTAMP:
	case ICMP4_TIMESTAMP_REPLY:
		return len < TIMESTAMP_LEN ? SID_TIMESTAMP_SHORT : 0;
	case ICMP4_MASK:
	case ICMP4_MASK_REPLY:
		return len < MASK_LEN ? SID_MASK_SHORT : 0;
	default:
		*known = false;
		return 0;
	}
}

/* Where the rules' payload begins (as Snort has it): behind the second word
 * of these types, behind the first of all others. */
static uint32_t
header_len(uint8_t type)
{
	switch (type) {
	case ICMP4_ECHO_REPLY:
	case ICMP4_UNREACH:
	case ICMP4_QUENCH:
	case ICMP4_REDIRECT:
	case ICMP4_ECHO:
	case ICMP4_TIME_EXCEEDED:
	case ICMP4_PARAM_PROBLEM:
		return HEADER_LEN;
	default:
		return sizeof(struct wire_icmp);
	}
}

/* The datagram that an error message quotes. */
static void
check_original(struct dec_ctx *ctx, struct packet *pkt, struct cursor c)
{
	size_t left = cur_left(&c);
	struct wire_ip4 h;
	uint32_t hlen;

	if (!WIRE_TAKE(&c, &h)) {
		dec_event(ctx, pkt, SID_ORIG_TRUNCATED);
		return;
	}
	if (h.ver_ihl >> 4 != 4) {
		dec_event(ctx, pkt, SID_ORIG_VERSION);
		return;
	}
	hlen = (h.ver_ihl & 0x0f) * 4u;
	if (hlen > left || be16_get(h.len) < hlen) {
		dec_event(ctx, pkt, SID_ORIG_LEN_LT_HEADER);
		return;
	}
	if (be16_get(h.frag) & 0x1fff)
		dec_event(ctx, pkt, SID_ORIG_OFFSET);
	else if (left - hlen < ORIG_PAYLOAD_MIN)
		dec_event(ctx, pkt, SID_ORIG_PAYLOAD_SHORT);
	else if (pkt->dec.ip_len > ERROR_LEN_MAX)
		dec_event(ctx, pkt, SID_ORIG_PAYLOAD_LONG);
}

/*
 * A record route or timestamp option whose free space does not hold a whole
 * number of entries made Linux 2.6.12 to 2.6.15 crash while it answered
 * (CVE-2006-0454). The pointer counts from the option's kind byte, from 1.
 */
static bool
has_torn_option(const struct packet *pkt)
{
	for (unsigned i = 0; i < pkt->dec.n_ip4_opts; i++) {
		const struct hdr_opt *o = &pkt->ip4_opts[i];
		struct slice v = pkt_bytes(pkt, o->off, o->len);
		unsigned entry = 4, len = o->len + 2u, pointer;

		if (o->kind != IP4_OPT_RR && o->kind != IP4_OPT_TS)
			continue;
		if (v.len < (o->kind == IP4_OPT_TS ? 2 : 1))
			continue;
		pointer = v.ptr[0];
		/* flag bit 0: each timestamp comes with an address */
		if (o->kind == IP4_OPT_TS && (v.ptr[1] & 1))
			entry = 8;
		if (pointer <= len && (len + 1 - pointer) % entry)
			return true;
	}
	return false;
}

static void
check_echo(struct dec_ctx *ctx, struct packet *pkt)
{
	const struct pkt_dec *d = &pkt->dec;
	const uint8_t *dst = d->dst.b;

	if (dst[0] == 255 && dst[1] == 255 && dst[2] == 255 && dst[3] == 255)
		dec_event(ctx, pkt, SID_ECHO_BROADCAST);
	else if (dst[0] >> 4 == 0xe)
		dec_event(ctx, pkt, SID_ECHO_MULTICAST);
	if (d->payload_len == 0) {
		dec_event(ctx, pkt, SID_NMAP_PING);
		if (d->icmp_seq == ICMPENUM_SEQ)
			dec_event(ctx, pkt, SID_ICMPENUM);
	}
	if (d->payload_len == 4 && !d->icmp_seq && !d->icmp_code)
		dec_event(ctx, pkt, SID_SMURF_SCANNER);
}

static void
check_unreach(struct dec_ctx *ctx, struct packet *pkt, uint16_t mtu)
{
	switch (pkt->dec.icmp_code) {
	case ICMP4_UNREACH_FRAG_NEEDED:
		if (mtu < MIN_PATH_MTU)
			dec_event(ctx, pkt, SID_PATH_MTU);
		break;
	case ICMP4_UNREACH_FILTERED:
		dec_event(ctx, pkt, SID_UNREACH_FILTERED);
		break;
	case ICMP4_UNREACH_HOST_PROHIBITED:
		dec_event(ctx, pkt, SID_UNREACH_HOST);
		break;
	case ICMP4_UNREACH_NET_PROHIBITED:
		dec_event(ctx, pkt, SID_UNREACH_NET);
		break;
	default:
		break;
	}
}

/* What Snort finds remarkable in well formed messages. `rest` is the second
 * word of the types that have one. */
static void
check_message(struct dec_ctx *ctx, struct packet *pkt,
    const struct wire_icmp_echo *rest, const struct cursor *payload)
{
	const struct pkt_dec *d = &pkt->dec;

	switch (d->icmp_type) {
	case ICMP4_ECHO:
		check_echo(ctx, pkt);
		return;
	case ICMP4_ECHO_REPLY:
		for (unsigned i = 0; i < d->n_ip4_opts; i++)
			if (pkt->ip4_opts[i].kind == IP4_OPT_RR) {
				dec_event(ctx, pkt, SID_REPLY_RECORD_ROUTE);
				break;
			}
		return;
	case ICMP4_UNREACH:
		check_unreach(ctx, pkt, be16_get(rest->seq));
		break;
	case ICMP4_QUENCH:
		if (d->icmp_code == 0)
			dec_event(ctx, pkt, SID_QUENCH);
		break;
	case ICMP4_REDIRECT:
		if (d->icmp_code == 1)
			dec_event(ctx, pkt, SID_REDIRECT_HOST);
		else if (d->icmp_code == 0)
			dec_event(ctx, pkt, SID_REDIRECT_NET);
		break;
	case ICMP4_TIME_EXCEEDED:
	case ICMP4_PARAM_PROBLEM:
		break;
	default:
		return;
	}
	check_original(ctx, pkt, *payload);
}

static enum dec_result
decode_icmp4(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	struct pkt_dec *d = &pkt->dec;
	struct cursor message = *c, at = *c;
	struct wire_icmp_echo rest = { { { 0 } }, { { 0 } } };
	uint32_t off = dec_off(pkt, c), hlen, bad;
	struct wire_icmp h;
	bool known;

	if (!WIRE_TAKE(&at, &h)) {
		dec_event(ctx, pkt, SID_TRUNCATED);
		return DEC_STOP;
	}
	bad = check_length(h.type, cur_left(c), &known);
	if (bad) {
		dec_event(ctx, pkt, bad);
		return DEC_STOP;
	}
	hlen = header_len(h.type);
	if (hlen == HEADER_LEN && !WIRE_TAKE(&at, &rest))
		return DEC_STOP; /* not reached: check_length saw to it */

	*c = at;
	dec_l4_begin(pkt, PKT_L4_ICMP4, off, hlen, c);
	d->icmp_type = h.type;
	d->icmp_code = h.code;
	if (h.type == ICMP4_ECHO || h.type == ICMP4_ECHO_REPLY) {
		d->icmp_id = be16_get(rest.id);
		d->icmp_seq = be16_get(rest.seq);
	}
	if (ctx->conf->csum_icmp && !(d->flags & PKT_FRAGMENT) &&
	    dec_csum_fold(dec_csum_add(0, message.p, cur_left(&message))) !=
		0xffff)
		d->flags |= PKT_BAD_ICMP_CSUM;
	if (!known)
		dec_event(ctx, pkt, SID_TYPE_OTHER);
	if (UNLIKELY(d->n_ip4_opts) && has_torn_option(pkt))
		dec_event(ctx, pkt, SID_LINUX_DOS);
	check_message(ctx, pkt, &rest, c);
	return DEC_PAYLOAD;
}

const struct decoder_ops dec_icmp4 = {
	.name = "icmp4",
	.help = "ICMP for IPv4, RFC 792",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_icmp4,
};
