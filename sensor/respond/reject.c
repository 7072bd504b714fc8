/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/reject.h"

#include <stdio.h>
#include <string.h>

#include "core/be.h"
#include "decoders/decode.h"
#include "decoders/wire/icmp.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/ip6.h"
#include "decoders/wire/tcp.h"

enum {
	TTL = 64,
	QUOTED = 8, /* bytes behind the quoted header */
	UNREACH_HLEN = 8,
};

static bool
is_multicast(const struct ipaddr *a)
{
	return a->family == 4 ? a->b[0] >= 224 : a->b[0] == 0xff;
}

/* Only questions: errors and answers are for no error (RFC 1122 3.2.2). */
static bool
is_icmp_question(const struct pkt_dec *d)
{
	return d->l4 == PKT_L4_ICMP4 ? d->icmp_type == ICMP4_ECHO ||
	    d->icmp_type == ICMP4_TIMESTAMP || d->icmp_type == ICMP4_MASK ||
	    d->icmp_type == ICMP4_INFO : d->icmp_type == ICMP6_ECHO;
}

bool
reject_may_answer(const struct packet *p)
{
	const struct pkt_dec *d = &p->dec;

	if (!d->ip_ver || is_multicast(&d->dst) || is_multicast(&d->src) ||
	    (d->flags & PKT_FRAGMENT && d->l4 == PKT_L4_NONE))
		return false;
	if (d->l4 == PKT_L4_TCP)
		return !(d->tcp_flags & TCP_RST);
	if (d->l4 == PKT_L4_ICMP4 || d->l4 == PKT_L4_ICMP6)
		return is_icmp_question(d);
	return true;
}

/* -- headers ------------------------------------------------------------- */

/* The IP header of a packet with n bytes behind it. */
static uint32_t
put_ip(struct reject_packet *out, const struct pkt_dec *d, bool to_source,
    uint8_t proto, uint32_t n)
{
	const struct ipaddr *src = to_source ? &d->dst : &d->src;
	const struct ipaddr *dst = to_source ? &d->src : &d->dst;

	out->to_source = to_source;
	if (d->ip_ver == 6) {
		struct wire_ip6 ip = { .ver_tc_flow =
			    be32_make(UINT32_C(6) << 28),
			.len = be16_make((uint16_t)n),
			.next = proto,
			.hops = TTL };

		memcpy(ip.src, src->b, sizeof(ip.src));
		memcpy(ip.dst, dst->b, sizeof(ip.dst));
		memcpy(out->b, &ip, sizeof(ip));
		out->len = (uint32_t)sizeof(ip) + n;
		return sizeof(ip);
	} else {
		struct wire_ip4 ip = { .ver_ihl = 0x45,
			.len = be16_make((uint16_t)(sizeof(ip) + n)),
			.id = be16_make((uint16_t)(d->ip_id + 1)),
			.ttl = TTL,
			.proto = proto };

		memcpy(ip.src, src->b, sizeof(ip.src));
		memcpy(ip.dst, dst->b, sizeof(ip.dst));
		ip.csum = be16_make((uint16_t)~dec_csum_fold(dec_csum_add(0,
		    (const uint8_t *)&ip, sizeof(ip))));
		memcpy(out->b, &ip, sizeof(ip));
		out->len = (uint32_t)sizeof(ip) + n;
		return sizeof(ip);
	}
}

/* The checksum of what is behind the IP header. */
static struct be16
transport_csum(const struct reject_packet *out, const struct pkt_dec *d,
    uint32_t off, uint8_t proto)
{
	uint32_t n = out->len - off, sum = 0;
	unsigned addr = d->ip_ver == 4 ? 4 : 16;

	if (proto != IP_PROTO_ICMP) {
		const uint8_t tail[] = { (uint8_t)(n >> 8), (uint8_t)n, 0,
			proto };

		sum = dec_csum_add(sum, d->src.b, addr);
		sum = dec_csum_add(sum, d->dst.b, addr);
		sum = dec_csum_add(sum, tail, sizeof(tail));
	}
	return be16_make((uint16_t)~dec_csum_fold(dec_csum_add(sum,
	    out->b + off, n)));
}

/* -- TCP ----------------------------------------------------------------- */

/* What the packet takes of the sequence numbers. */
static uint32_t
seq_len(const struct pkt_dec *d)
{
	return d->payload_len + !!(d->tcp_flags & TCP_SYN) +
	    !!(d->tcp_flags & TCP_FIN);
}

/* How far ahead an attempt guesses: what was on its way meanwhile. */
static uint32_t
strafe(const struct pkt_dec *d, unsigned attempt)
{
	static const uint8_t times[] = { 0, 1, 2, 2, 4 };
	uint32_t ahead = 0;

	for (unsigned i = 0; i <= attempt && i <= REJECT_ATTEMPTS_MAX; i++)
		ahead += i < ARRAY_LEN(times) ? times[i] * d->payload_len :
		    d->tcp_win / 2;
	return ahead;
}

static bool
put_tcp(struct reject_packet *out, const struct packet *p, bool to_source,
    struct wire_tcp tcp, struct slice data)
{
	const struct pkt_dec *d = &p->dec;
	uint32_t off, n = (uint32_t)(sizeof(tcp) + data.len);

	if (d->l4 != PKT_L4_TCP || n > REJECT_PACKET_MAX -
	    sizeof(struct wire_ip6))
		return false;
	off = put_ip(out, d, to_source, IP_PROTO_TCP, n);
	tcp.sport = be16_make(to_source ? d->dport : d->sport);
	tcp.dport = be16_make(to_source ? d->sport : d->dport);
	tcp.off = sizeof(tcp) / 4 << 4;
	memcpy(out->b + off, &tcp, sizeof(tcp));
	if (data.len)
		memcpy(out->b + off + sizeof(tcp), data.ptr, data.len);
	tcp.csum = transport_csum(out, d, off, IP_PROTO_TCP);
	memcpy(out->b + off, &tcp, sizeof(tcp));
	return true;
}

bool
reject_reset(struct reject_packet *out, const struct packet *p,
    bool to_source, bool arrives, unsigned attempt)
{
	const struct pkt_dec *d = &p->dec;
	struct wire_tcp tcp = { .flags = TCP_RST | TCP_ACK };

	if (to_source) {
		tcp.seq = be32_make(d->tcp_ack + strafe(d, attempt));
		tcp.ack = be32_make(d->tcp_seq + seq_len(d));
	} else {
		tcp.seq = be32_make(d->tcp_seq + strafe(d, attempt) +
		    (arrives ? seq_len(d) : 0));
		tcp.ack = be32_make(d->tcp_ack);
	}
	return put_tcp(out, p, to_source, tcp, slice_make(NULL, 0));
}

bool
reject_data(struct reject_packet *out, const struct packet *p,
    struct slice data)
{
	const struct pkt_dec *d = &p->dec;
	struct wire_tcp tcp = { .flags = TCP_PSH | TCP_ACK,
		.seq = be32_make(d->tcp_ack),
		.ack = be32_make(d->tcp_seq + seq_len(d)),
		.win = be16_make(d->tcp_win) };

	return put_tcp(out, p, true, tcp, data);
}

void
reject_shift(struct reject_packet *r, uint32_t n)
{
	uint32_t off = reject_is_ip4(r) ? sizeof(struct wire_ip4) :
	    sizeof(struct wire_ip6), sum;
	struct wire_tcp tcp;

	memcpy(&tcp, r->b + off, sizeof(tcp));
	sum = (uint16_t)~be16_get(tcp.csum);
	sum += (uint16_t)~dec_csum_fold(dec_csum_add(0, tcp.seq.b, 4));
	tcp.seq = be32_make(be32_get(tcp.seq) + n);
	sum += dec_csum_fold(dec_csum_add(0, tcp.seq.b, 4));
	tcp.csum = be16_make((uint16_t)~dec_csum_fold(sum));
	memcpy(r->b + off, &tcp, sizeof(tcp));
}

bool
reject_is_ip4(const struct reject_packet *r)
{
	return r->b[0] >> 4 == 4;
}

const uint8_t *
reject_dst(const struct reject_packet *r)
{
	return r->b + (reject_is_ip4(r) ? offsetof(struct wire_ip4, dst) :
	    offsetof(struct wire_ip6, dst));
}

uint32_t
reject_page(uint8_t out[REJECT_PAGE_MAX], struct text body)
{
	int n;

	if (body.len > REJECT_PAGE_MAX - 200)
		body.len = REJECT_PAGE_MAX - 200;
	n = snprintf((char *)out, REJECT_PAGE_MAX, "HTTP/1.1 403 Forbidden\r\n"
	    "Connection: close\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "Content-Length: %zu\r\n\r\n%.*s", body.len, TEXT_ARG(body));
	return n > 0 ? (uint32_t)n : 0;
}

/* -- ICMP ---------------------------------------------------------------- */

static uint8_t
unreach_code(bool v6, enum reject_icmp kind)
{
	switch (kind) {
	case REJECT_NET:
		return 0; /* net unreachable; no route */
	case REJECT_HOST:
		return v6 ? 3 : 1;
	case REJECT_PORT:
		break;
	}
	return v6 ? 4 : 3;
}

bool
reject_unreach(struct reject_packet *out, const struct packet *p,
    enum reject_icmp kind)
{
	const struct pkt_dec *d = &p->dec;
	bool v6 = d->ip_ver == 6;
	uint8_t proto = v6 ? IP_PROTO_ICMP6 : IP_PROTO_ICMP;
	uint32_t n = d->ip_hlen + QUOTED, off;
	struct wire_icmp icmp = {
		.type = v6 ? ICMP6_UNREACH : ICMP4_UNREACH,
		.code = unreach_code(v6, kind) };
	struct slice quoted;

	if (!d->ip_ver)
		return false;
	quoted = pkt_bytes(p, d->ip_off, n);
	if (!quoted.ptr)
		quoted = pkt_bytes(p, d->ip_off, p->caplen - d->ip_off);
	if (quoted.len > REJECT_PACKET_MAX - sizeof(struct wire_ip6) -
	    UNREACH_HLEN)
		return false;
	off = put_ip(out, d, true, proto, UNREACH_HLEN +
	    (uint32_t)quoted.len);
	memset(out->b + off, 0, UNREACH_HLEN);
	memcpy(out->b + off, &icmp, sizeof(icmp));
	if (quoted.len)
		memcpy(out->b + off + UNREACH_HLEN, quoted.ptr, quoted.len);
	icmp.csum = transport_csum(out, d, off, proto);
	memcpy(out->b + off, &icmp, sizeof(icmp));
	return true;
}
