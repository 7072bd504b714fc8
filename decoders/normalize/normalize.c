/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/normalize/normalize.h"

#include <string.h>

#include "decoders/decode.h"
#include "decoders/wire/icmp.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/ip6.h"
#include "decoders/wire/tcp.h"

static const struct ctr_def counter_defs[] = { NORM_COUNTERS(COUNTER_DEF) };
const struct ctr_group norm_counters = { "normalize", counter_defs,
	NORM_CTR_MAX };

/* One packet on its way through. */
struct norming {
	const struct norm_conf *conf;
	struct packet *p;
	struct norm *out;
	uint64_t *ctrs;
};

static bool
put(struct norming *n, unsigned ctr, uint32_t off, const void *b, size_t len)
{
	struct norm_edit *e = &n->out->edits[n->out->n];

	if (n->out->n == NORM_EDITS) {
		n->ctrs[NORM_CTR_FULL]++;
		return false;
	}
	e->off = off;
	e->len = (uint8_t)len;
	memcpy(e->b, b, len);
	n->out->n++;
	n->ctrs[ctr]++;
	return true;
}

static void
put8(struct norming *n, unsigned ctr, uint32_t off, uint8_t v)
{
	put(n, ctr, off, &v, 1);
}

static void
put16(struct norming *n, unsigned ctr, uint32_t off, uint16_t v)
{
	struct be16 b = be16_make(v);

	put(n, ctr, off, b.b, sizeof(b));
}

/* -- network ------------------------------------------------------------- */

static void
ttl(struct norming *n, unsigned ctr, uint32_t off)
{
	const struct norm_conf *c = n->conf;

	if (c->new_ttl <= c->min_ttl || n->p->dec.ip_ttl >= c->min_ttl)
		return;
	put8(n, ctr, off, c->new_ttl);
	n->p->dec.ip_ttl = c->new_ttl;
}

static void
ip4(struct norming *n)
{
	struct pkt_dec *d = &n->p->dec;
	unsigned on = n->conf->ip4_on;
	uint16_t frag = d->ip_frag;
	uint8_t nops[40];

	ttl(n, NORM_CTR_IP4_TTL, d->ip_off +
	    (uint32_t)offsetof(struct wire_ip4, ttl));
	if (on & NORM_IP4_TOS && d->ip_tos) {
		put8(n, NORM_CTR_IP4_TOS, d->ip_off +
		    (uint32_t)offsetof(struct wire_ip4, tos), 0);
		d->ip_tos = 0;
	}
	if (on & NORM_IP4_DF && frag & IP_FLAG_DF) {
		frag &= (uint16_t)~IP_FLAG_DF;
		n->ctrs[NORM_CTR_IP4_DF]++;
	}
	if (on & NORM_IP4_RF && frag & IP_FLAG_RB) {
		frag &= (uint16_t)~IP_FLAG_RB;
		n->ctrs[NORM_CTR_IP4_RF]++;
	}
	if (frag != d->ip_frag) {
		struct be16 b = be16_make(frag);
		struct norm_edit *e = &n->out->edits[n->out->n++];

		*e = (struct norm_edit){ .off = d->ip_off +
			(uint32_t)offsetof(struct wire_ip4, frag), .len = 2 };
		memcpy(e->b, b.b, sizeof(b));
		d->ip_frag = frag;
	}
	if (d->ip_hlen > sizeof(struct wire_ip4) && n->p->dec.n_ip4_opts) {
		size_t len = d->ip_hlen - sizeof(struct wire_ip4);

		memset(nops, IP4_OPT_NOP, sizeof(nops));
		put(n, NORM_CTR_IP4_OPTS, d->ip_off +
		    (uint32_t)sizeof(struct wire_ip4), nops, len);
		d->n_ip4_opts = 0;
	}
	if (on & NORM_IP4_TRIM && !(d->flags & PKT_TUNNELLED) &&
	    d->ip_off + d->ip_len < n->p->caplen) {
		n->out->cut = true;
		n->out->keep = d->payload_len;
		n->ctrs[NORM_CTR_IP4_TRIM]++;
	}
}

/* The options of a header become one PadN. */
static void
pad_options(struct norming *n, const struct layer *l)
{
	uint8_t b[40] = { IP6_OPT_PADN };
	uint32_t len = l->len - (uint32_t)sizeof(struct wire_ip6_ext);
	struct slice now = pkt_bytes(n->p, l->off +
	    (uint32_t)sizeof(struct wire_ip6_ext), len);

	if (l->len <= sizeof(struct wire_ip6_ext) || len > sizeof(b) || !now.ptr)
		return;
	b[1] = (uint8_t)(len - 2);
	if (memcmp(now.ptr, b, len) != 0)
		put(n, NORM_CTR_IP6_OPTS, l->off +
		    (uint32_t)sizeof(struct wire_ip6_ext), b, len);
}

static void
ip6(struct norming *n)
{
	const struct packet *p = n->p;
	struct slice next = pkt_bytes(p, p->dec.ip_off +
	    (uint32_t)offsetof(struct wire_ip6, next), 1);

	ttl(n, NORM_CTR_IP6_TTL, p->dec.ip_off +
	    (uint32_t)offsetof(struct wire_ip6, hops));
	for (unsigned i = 0; i < p->dec.n_layers && next.ptr; i++) {
		const struct layer *l = &p->layers[i];

		if (l->off <= p->dec.ip_off || l->id != DEC_ID_ip6_ext)
			continue;
		if (next.ptr[0] == IP_PROTO_HOPOPTS ||
		    next.ptr[0] == IP_PROTO_DSTOPTS)
			pad_options(n, l);
		next = pkt_bytes(p, l->off, 1);
	}
}

static void
icmp(struct norming *n, bool is_echo, unsigned ctr)
{
	struct pkt_dec *d = &n->p->dec;

	if (!is_echo || !d->icmp_code)
		return;
	put8(n, ctr, d->l4_off + (uint32_t)offsetof(struct wire_icmp, code), 0);
	d->icmp_code = 0;
}

/* -- TCP ----------------------------------------------------------------- */

static uint32_t
tcp_at(const struct norming *n, size_t off)
{
	return n->p->dec.l4_off + (uint32_t)off;
}

static void
set_flags(struct norming *n, unsigned ctr, uint8_t flags)
{
	put8(n, ctr, tcp_at(n, offsetof(struct wire_tcp, flags)), flags);
	n->p->dec.tcp_flags = flags;
}

static void
set_urp(struct norming *n, uint16_t urp)
{
	put16(n, NORM_CTR_TCP_URG, tcp_at(n, offsetof(struct wire_tcp, urp)),
	    urp);
	n->p->dec.tcp_urp = urp;
}

static void
urgent(struct norming *n)
{
	struct pkt_dec *d = &n->p->dec;
	uint32_t len = n->out->cut ? n->out->keep : d->payload_len;
	unsigned on = n->conf->tcp_on;
	bool flag = d->tcp_flags & TCP_URG;

	if (on & NORM_TCP_REQ_URG && !flag && d->tcp_urp)
		set_urp(n, 0);
	if (on & NORM_TCP_REQ_PAY && flag && !len) {
		if (d->tcp_urp)
			set_urp(n, 0);
		set_flags(n, NORM_CTR_TCP_URG,
		    (uint8_t)(d->tcp_flags & ~TCP_URG));
		return;
	}
	if (on & NORM_TCP_REQ_URP && flag && !d->tcp_urp)
		set_flags(n, NORM_CTR_TCP_URG,
		    (uint8_t)(d->tcp_flags & ~TCP_URG));
	else if (on & NORM_TCP_URP && flag && d->tcp_urp > len)
		set_urp(n, (uint16_t)len);
}

static bool
is_kept(const struct norming *n, uint8_t kind)
{
	bool syn = n->p->dec.tcp_flags & TCP_SYN;

	if (kind == TCP_OPT_MSS || kind == TCP_OPT_WSCALE)
		return syn;
	return kind == TCP_OPT_NOP || kind == TCP_OPT_EOL ||
	    kind == TCP_OPT_TS || n->conf->opts[kind / 8] >> kind % 8 & 1;
}

static void
options(struct norming *n)
{
	const struct pkt_dec *d = &n->p->dec;
	uint8_t nops[40];

	memset(nops, TCP_OPT_NOP, sizeof(nops));
	for (unsigned i = 0; i < d->n_tcp_opts; i++) {
		const struct hdr_opt *o = &n->p->tcp_opts[i];
		size_t len = (size_t)o->len + 2;

		if (is_kept(n, o->kind) || len > sizeof(nops))
			continue;
		put(n, NORM_CTR_TCP_OPTS, o->off - 2, nops, len);
	}
}

/* What stands behind the end of the options. */
static void
padding(struct norming *n)
{
	static const uint8_t zeros[40];
	const struct pkt_dec *d = &n->p->dec;
	uint32_t end = d->l4_off + d->l4_hlen, at = 0;
	struct slice opts = pkt_bytes(n->p,
	    tcp_at(n, sizeof(struct wire_tcp)), end -
	    tcp_at(n, sizeof(struct wire_tcp)));

	while (at < opts.len && opts.ptr[at] != TCP_OPT_EOL) {
		if (opts.ptr[at] == TCP_OPT_NOP) {
			at++;
			continue;
		}
		if (at + 1 >= opts.len || opts.ptr[at + 1] < 2)
			return;
		at += opts.ptr[at + 1];
	}
	if (at >= opts.len || memcmp(opts.ptr + at, zeros, opts.len - at) == 0)
		return;
	put(n, NORM_CTR_TCP_PAD, tcp_at(n, sizeof(struct wire_tcp)) + at,
	    zeros, opts.len - at);
}

static void
trim(struct norming *n, unsigned ctr)
{
	n->out->cut = true;
	n->out->keep = 0;
	n->ctrs[ctr]++;
}

static void
tcp(struct norming *n)
{
	const struct pkt_dec *d = &n->p->dec;
	unsigned on = n->conf->tcp_on;
	struct slice off = pkt_bytes(n->p,
	    tcp_at(n, offsetof(struct wire_tcp, off)), 1);

	if (on & NORM_TCP_RSV && off.ptr && off.ptr[0] & 0x0e)
		put8(n, NORM_CTR_TCP_RSV, tcp_at(n, offsetof(struct wire_tcp,
		    off)), off.ptr[0] & 0xf1);
	if (on & NORM_TCP_ECN_PACKET && d->tcp_flags & (TCP_ECE | TCP_CWR))
		set_flags(n, NORM_CTR_TCP_ECN, (uint8_t)(d->tcp_flags &
		    ~(TCP_ECE | TCP_CWR)));
	if (on & NORM_TCP_TRIM_SYN && d->payload_len && d->tcp_flags & TCP_SYN)
		trim(n, NORM_CTR_TCP_SYN);
	if (on & NORM_TCP_TRIM_RST && d->payload_len && d->tcp_flags & TCP_RST)
		trim(n, NORM_CTR_TCP_RST);
	urgent(n);
	if (on & NORM_TCP_OPTS)
		options(n);
	if (on & NORM_TCP_PAD)
		padding(n);
}

/* -- face ---------------------------------------------------------------- */

void
normalize(const struct norm_conf *conf, struct packet *p, struct norm *out,
    uint64_t ctrs[NORM_CTR_MAX])
{
	struct norming n = { conf, p, out, ctrs };
	const struct pkt_dec *d = &p->dec;

	out->n = 0;
	out->cut = false;
	/* what is broken is not made whole here */
	if (!d->ip_ver || d->flags & (PKT_MALFORMED | PKT_BAD_IP_CSUM |
	    PKT_BAD_TCP_CSUM | PKT_BAD_UDP_CSUM | PKT_BAD_ICMP_CSUM))
		return;
	if (d->ip_ver == 4 && conf->ip4)
		ip4(&n);
	if (d->ip_ver == 6 && conf->ip6)
		ip6(&n);
	if (d->flags & PKT_FRAGMENT)
		return;
	switch (d->l4) {
	case PKT_L4_TCP:
		if (conf->tcp)
			tcp(&n);
		break;
	case PKT_L4_ICMP4:
		if (conf->icmp4)
			icmp(&n, d->icmp_type == ICMP4_ECHO ||
			    d->icmp_type == ICMP4_ECHO_REPLY,
			    NORM_CTR_ICMP4_ECHO);
		break;
	case PKT_L4_ICMP6:
		if (conf->icmp6)
			icmp(&n, d->icmp_type == ICMP6_ECHO ||
			    d->icmp_type == ICMP6_ECHO_REPLY,
			    NORM_CTR_ICMP6_ECHO);
		break;
	case PKT_L4_NONE:
	case PKT_L4_UDP:
		break;
	}
}

void
normalize_terms(const struct norm_conf *conf, struct packet *p,
    const struct norm_terms *terms, struct norm *out,
    uint64_t ctrs[NORM_CTR_MAX])
{
	struct norming n = { conf, p, out, ctrs };
	uint8_t flags = p->dec.tcp_flags;

	out->n = 0;
	out->cut = false;
	if (terms->keep < p->dec.payload_len) {
		trim(&n, terms->ctr);
		out->keep = terms->keep;
	}
	if (terms->no_ecn && flags & (TCP_ECE | TCP_CWR))
		set_flags(&n, NORM_CTR_TCP_ECN, (uint8_t)(flags & ~(TCP_ECE |
		    TCP_CWR)));
}

bool
norm_opts_allow(struct text name, uint8_t opts[32])
{
	static const struct {
		const char *name;
		uint8_t first, last;
	} names[] = { { "sack", 4, 5 }, { "echo", 6, 7 },
		{ "partial_order", 9, 10 }, { "conn_count", 11, 13 },
		{ "alt_checksum", 14, 15 }, { "md5", 19, 19 } };
	int64_t first = -1, last = -1;

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (text_is_nocase(name, names[i].name)) {
			first = names[i].first;
			last = names[i].last;
		}
	if (first < 0) {
		if (!text_to_i64(name, 3, 255, &first))
			return false;
		last = first;
	}
	for (int64_t k = first; k <= last; k++)
		opts[k / 8] |= (uint8_t)(1u << k % 8);
	return true;
}
