/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/replace.h"

#include <string.h>

#include "core/be.h"
#include "decoders/decode.h"
#include "decoders/wire/icmp.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/ip6.h"
#include "decoders/wire/tcp.h"
#include "decoders/wire/udp.h"

enum { NO_CSUM = 0 }; /* no header begins where its checksum stands */

struct rewrite
rewrite_begin(uint8_t *room, uint32_t len, const struct packet *p)
{
	return (struct rewrite){ .room = room, .len = len, .pkt = p };
}

static uint16_t
get16(const uint8_t *b, uint32_t off)
{
	return (uint16_t)(b[off] << 8 | b[off + 1]);
}

static void
put16(uint8_t *b, uint32_t off, uint16_t v)
{
	b[off] = (uint8_t)(v >> 8);
	b[off + 1] = (uint8_t)v;
}

/* Where the checksum of a header stands that begins at off. */
static uint32_t
csum_of_l4(unsigned id, uint32_t off)
{
	switch (id) {
	case DEC_ID_tcp:
		return off + (uint32_t)offsetof(struct wire_tcp, csum);
	case DEC_ID_udp:
		return off + (uint32_t)offsetof(struct wire_udp, csum);
	case DEC_ID_icmp4:
	case DEC_ID_icmp6:
		return off + (uint32_t)offsetof(struct wire_icmp, csum);
	default:
		return NO_CSUM;
	}
}

/*
 * The checksum that covers the byte at off: that of the innermost header whose
 * sum does, and where that one begins. UDP without one leaves it to what is
 * around; what is not there at all has none.
 */
static uint32_t
csum_over(const struct rewrite *w, uint32_t off, uint32_t *from)
{
	const struct packet *p = w->pkt;

	for (unsigned i = p->dec.n_layers; i-- > 0;) {
		const struct layer *l = &p->layers[i];
		uint32_t at = csum_of_l4(l->id, l->off);

		if (off < l->off)
			continue;
		*from = l->off;
		if (l->id == DEC_ID_ip4 && off < l->off + l->len)
			return l->off + (uint32_t)offsetof(struct wire_ip4,
			    csum);
		if (at == NO_CSUM || at + 2 > w->len ||
		    (l->id == DEC_ID_udp && !get16(w->room, at)))
			continue;
		return at;
	}
	return NO_CSUM;
}

/* RFC 1624: HC' = ~(~HC + ~m + m'). */
static void
absorb(struct rewrite *w, uint32_t csum, bool is_udp, uint32_t out,
    uint32_t in)
{
	uint32_t sum = (uint16_t)~get16(w->room, csum);
	uint16_t v;

	sum += (uint16_t)~dec_csum_fold(out);
	sum += dec_csum_fold(in);
	v = (uint16_t)~dec_csum_fold(sum);
	put16(w->room, csum, is_udp && !v ? 0xffff : v);
}

static bool
is_udp_csum(const struct packet *p, uint32_t csum)
{
	for (unsigned i = 0; i < p->dec.n_layers; i++)
		if (p->layers[i].id == DEC_ID_udp &&
		    csum_of_l4(DEC_ID_udp, p->layers[i].off) == csum)
			return true;
	return false;
}

/* Is it the sum that the kernel has not filled in? */
static bool
is_the_kernels(const struct rewrite *w, uint32_t csum)
{
	return (w->not_ready || w->is_gso) &&
	    w->pkt->dec.l4 != PKT_L4_NONE && csum >= w->pkt->dec.l4_off;
}

bool
rewrite_bytes(struct rewrite *w, uint32_t off, struct slice s)
{
	uint32_t n = (uint32_t)s.len, csum, from = 0, first, end;
	uint32_t out, in;

	if (!w->room || off >= w->len || !n)
		return false;
	if (n > w->len - off)
		n = w->len - off;
	csum = csum_over(w, off, &from);
	/* whole words of what is summed */
	first = off - (off - from) % 2;
	end = off + n + (off + n - from) % 2;
	if (end > w->len)
		end = w->len;
	out = dec_csum_add(0, w->room + first, end - first);
	memcpy(w->room + off, s.ptr, n);
	in = dec_csum_add(0, w->room + first, end - first);
	w->changed = true;
	if (csum != NO_CSUM && (csum + 2 <= off || csum >= off + n) &&
	    !is_the_kernels(w, csum))
		absorb(w, csum, is_udp_csum(w->pkt, csum), out, in);
	return true;
}

bool
rewrite_u8(struct rewrite *w, uint32_t off, uint8_t v)
{
	return rewrite_bytes(w, off, slice_make(&v, 1));
}

uint16_t
rewrite_l4_csum(const uint8_t *b, const struct packet *p, uint32_t len)
{
	const struct pkt_dec *d = &p->dec;
	uint32_t csum = csum_of_l4(d->l4 == PKT_L4_TCP ? DEC_ID_tcp :
	    d->l4 == PKT_L4_UDP ? DEC_ID_udp : DEC_ID_icmp4, d->l4_off);
	uint32_t sum = 0, n = len - d->l4_off;
	unsigned addr = d->ip_ver == 4 ? 4 : 16;
	uint16_t v;

	if (d->l4 != PKT_L4_ICMP4) {
		const uint8_t pseudo[] = { (uint8_t)(n >> 24),
			(uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n, 0,
			0, 0, d->ip_proto };

		sum = dec_csum_add(sum, d->src.b, addr);
		sum = dec_csum_add(sum, d->dst.b, addr);
		sum = dec_csum_add(sum, pseudo, sizeof(pseudo));
	}
	sum = dec_csum_add(sum, b + d->l4_off, csum - d->l4_off);
	sum = dec_csum_add(sum, b + csum + 2, len - csum - 2);
	v = (uint16_t)~dec_csum_fold(sum);
	return d->l4 == PKT_L4_UDP && !v ? 0xffff : v;
}

/* Was the innermost datagram whole when it came, and no other's content? */
static bool
came_whole(const struct rewrite *w)
{
	const struct pkt_dec *d = &w->pkt->dec;

	return w->room && d->ip_ver && d->l4 != PKT_L4_NONE &&
	    !(d->flags & (PKT_FRAGMENT | PKT_TRUNCATED | PKT_TUNNELLED)) &&
	    w->pkt->caplen == w->pkt->wirelen;
}

static bool
is_all_there(const struct rewrite *w)
{
	const struct pkt_dec *d = &w->pkt->dec;

	return came_whole(w) && d->ip_off + d->ip_len <= w->len;
}

static void
put_lengths(struct rewrite *w, uint32_t ip_len)
{
	const struct pkt_dec *d = &w->pkt->dec;
	struct be16 v = be16_make((uint16_t)(d->ip_ver == 4 ? ip_len :
	    ip_len - (uint32_t)sizeof(struct wire_ip6)));
	uint32_t at = d->ip_off + (uint32_t)(d->ip_ver == 4 ?
	    offsetof(struct wire_ip4, len) : offsetof(struct wire_ip6, len));

	rewrite_bytes(w, at, slice_make(v.b, sizeof(v)));
	if (d->l4 == PKT_L4_UDP) {
		v = be16_make((uint16_t)(d->ip_off + ip_len - d->l4_off));
		memcpy(w->room + d->l4_off + offsetof(struct wire_udp, len),
		    v.b, sizeof(v));
	}
}

static void
put_l4_csum(struct rewrite *w, uint32_t end)
{
	const struct pkt_dec *d = &w->pkt->dec;
	uint32_t at = csum_of_l4(d->l4 == PKT_L4_TCP ? DEC_ID_tcp :
	    d->l4 == PKT_L4_UDP ? DEC_ID_udp : DEC_ID_icmp4, d->l4_off);

	if (at + 2 <= end)
		put16(w->room, at, rewrite_l4_csum(w->room, w->pkt, end));
}

bool
rewrite_cut(struct rewrite *w, uint32_t keep)
{
	const struct pkt_dec *d = &w->pkt->dec;
	uint32_t end = d->payload_off + keep;

	if (!is_all_there(w) || w->is_gso ||
	    keep > d->payload_len || end >= w->len)
		return false;
	if (keep < d->payload_len) {
		put_lengths(w, end - d->ip_off);
		put_l4_csum(w, end);
	}
	w->len = end;
	w->changed = true;
	return true;
}

uint32_t
rewrite_end(struct rewrite *w)
{
	const struct pkt_dec *d = &w->pkt->dec;

	if (!w->changed)
		return 0;
	/* (what was cut ends with the frame) */
	if (w->not_ready && !w->is_gso && came_whole(w))
		put_l4_csum(w, d->ip_off + d->ip_len < w->len ?
		    d->ip_off + d->ip_len : w->len);
	return w->len;
}
