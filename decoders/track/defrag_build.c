/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a fragment out of a frame, and putting a frame together again: the
 * first fragment's headers, with what they say of length and fragmentation put
 * right, and the datagram behind them. An IPv6 fragment header is left out,
 * as its receiver leaves it out (RFC 8200 4.5).
 */
#include "decoders/track/defrag_int.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/ip6.h"
#include "decoders/wire/udp.h"
#include "decoders/wire/wire.h"

enum {
	FRAG_OFFSET_MASK = 0x1fff,
	OFFSET_UNIT = 8,
	IP6_OFFSET_MASK = 0xfff8,
	IP6_MORE = 1,
	IP6_NEXT_AT = 6,  /* of the byte in an IPv6 header */
	DLT_RAW_IP = 12,  /* no link layer */
};

static struct cursor
cursor_at(const struct packet *p, uint32_t off)
{
	struct slice s = off <= p->caplen ?
	    pkt_bytes(p, off, p->caplen - off) : slice_make(NULL, 0);

	return cur_make(s.ptr, s.len);
}

static bool
parse_ip4(const struct packet *p, struct frag_in *f)
{
	struct cursor c = cursor_at(p, f->ip_off);
	struct wire_ip4 h;
	uint32_t hlen, len;
	uint16_t field;

	if (!WIRE_PEEK(&c, &h))
		return false;
	field = be16_get(h.frag);
	if (!(field & (IP_FLAG_MF | FRAG_OFFSET_MASK)))
		return false;
	hlen = (h.ver_ihl & 0x0fu) * 4;
	len = be16_get(h.len);
	if (hlen < sizeof(h) || len < hlen)
		return false;
	f->version = 4;
	f->ttl = h.ttl;
	f->proto = h.proto;
	f->id = be16_get(h.id);
	memcpy(f->src, h.src, sizeof(h.src));
	memcpy(f->dst, h.dst, sizeof(h.dst));
	f->offset = (field & FRAG_OFFSET_MASK) * (uint32_t)OFFSET_UNIT;
	f->more = field & IP_FLAG_MF;
	f->prefix_len = f->ip_off + hlen;
	f->data = pkt_bytes(p, f->prefix_len, len - hlen);
	return f->data.ptr;
}

static bool
parse_ip6(const struct packet *p, struct frag_in *f)
{
	struct cursor c = cursor_at(p, f->ip_off);
	struct wire_ip6 h;
	struct wire_ip6_frag fh;
	uint32_t end;
	uint8_t kind;

	if (!WIRE_PEEK(&c, &h))
		return false;
	end = f->ip_off + (uint32_t)sizeof(h) + be16_get(h.len);
	f->next_off = f->ip_off + IP6_NEXT_AT;
	kind = h.next;
	for (uint32_t i = f->layer + 1; i < p->dec.n_layers; i++) {
		const struct layer *l = &p->layers[i];

		if (l->id != DEC_ID_ip6_ext && l->id != DEC_ID_ah)
			return false;
		c = cursor_at(p, l->off);
		if (kind != IP_PROTO_FRAGMENT || !WIRE_PEEK(&c, &fh) ||
		    !(be16_get(fh.field) & (IP6_OFFSET_MASK | IP6_MORE))) {
			f->next_off = l->off;
			if (!cur_u8(&c, &kind))
				return false;
			continue;
		}
		f->version = 6;
		f->ttl = h.hops;
		f->next = fh.next;
		f->id = be32_get(fh.id);
		memcpy(f->src, h.src, sizeof(h.src));
		memcpy(f->dst, h.dst, sizeof(h.dst));
		f->offset = be16_get(fh.field) & IP6_OFFSET_MASK;
		f->more = be16_get(fh.field) & IP6_MORE;
		f->prefix_len = l->off;
		if (end < l->off + sizeof(fh))
			return false;
		f->data = pkt_bytes(p, l->off + (uint32_t)sizeof(fh),
		    end - l->off - (uint32_t)sizeof(fh));
		return f->data.ptr;
	}
	return false;
}

bool
frag_parse(const struct packet *p, struct frag_in *f)
{
	for (uint32_t i = 0; i < p->dec.n_layers; i++) {
		bool found = false;

		*f = (struct frag_in){ .layer = i, .ip_off = p->layers[i].off };
		if (p->layers[i].id == DEC_ID_ip4)
			found = parse_ip4(p, f);
		else if (p->layers[i].id == DEC_ID_ip6)
			found = parse_ip6(p, f);
		if (found)
			return true;
	}
	return false;
}

/* -- headers ---------------------------------------------------------------------- */

/* Which headers say how long what is behind them is. */
static bool
has_length(uint8_t id, enum frag_patch_kind *kind)
{
	switch (id) {
	case DEC_ID_ip4:
		*kind = PATCH_IP4;
		return true;
	case DEC_ID_ip6:
		*kind = PATCH_IP6;
		return true;
	case DEC_ID_udp:
		*kind = PATCH_UDP;
		return true;
	case DEC_ID_pppoe:
		*kind = PATCH_PPPOE;
		return true;
	case DEC_ID_gtp:
		*kind = PATCH_GTP;
		return true;
	default:
		return false;
	}
}

bool
frag_keep_prefix(struct defrag *d, struct frag_tracker *t,
    const struct frag_in *f, const struct packet *p)
{
	struct slice prefix = pkt_bytes(p, 0, f->prefix_len);
	enum frag_patch_kind kind;

	if (f->prefix_len > FRAG_PREFIX_MAX ||
	    !frag_make_room(d, t, prefix.len) ||
	    !frag_bytes_copy(&d->pool, prefix, &t->prefix))
		return false;
	t->prefix_len = (uint16_t)f->prefix_len;
	t->ip_off = (uint16_t)f->ip_off;
	t->next_off = (uint16_t)f->next_off;
	t->next = f->next;
	t->n_patches = 0;
	for (uint32_t i = 0; i < f->layer; i++) {
		if (!has_length(p->layers[i].id, &kind))
			continue;
		if (t->n_patches == FRAG_PATCHES)
			return false;
		t->patches[t->n_patches++] = (struct frag_patch){
			.off = (uint16_t)p->layers[i].off,
			.kind = (uint8_t)kind };
	}
	return true;
}

static void
put16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void
fix_ip4_csum(uint8_t *h)
{
	put16(h + offsetof(struct wire_ip4, csum), 0);
	put16(h + offsetof(struct wire_ip4, csum), 0xffffu ^
	    dec_csum_fold(dec_csum_add(0, h, (h[0] & 0x0fu) * 4)));
}

/* A header at h says how many bytes there are, itself included or not; false:
 * its field cannot say that. */
static bool
patch(uint8_t *h, enum frag_patch_kind kind, uint32_t len)
{
	uint32_t field = 0, less = 0;

	switch (kind) {
	case PATCH_IP4:
		field = offsetof(struct wire_ip4, len);
		break;
	case PATCH_IP6:
		field = offsetof(struct wire_ip6, len);
		less = sizeof(struct wire_ip6);
		break;
	case PATCH_UDP:
		field = offsetof(struct wire_udp, len);
		break;
	case PATCH_PPPOE:
		field = 4;
		less = 6;
		break;
	case PATCH_GTP:
		/* TS 29.281 5.1; before version 1 the header is longer */
		field = 2;
		less = h[0] >> 5 ? 8 : 20;
		break;
	}
	if (len - less > UINT16_MAX)
		return false;
	put16(h + field, len - less);
	if (kind == PATCH_IP4)
		fix_ip4_csum(h);
	return true;
}

/* -- the datagram ------------------------------------------------------------------ */

bool
frag_is_whole(const struct frag_tracker *t)
{
	uint32_t next = 0;

	if (!t->got_first || !t->got_last || t->bytes < t->total || !t->prefix)
		return false;
	for (const struct frag_node *n = t->head; n && n->off <= next;
	     n = n->next)
		if (n->off + n->len > next)
			next = n->off + n->len;
	return next >= t->total;
}

/*
 * A datagram of UDP that its first fragment completes carries its UDP header
 * twice in Snort 2.9.19: the rules' payload begins with the header once more,
 * and over IPv6 the outer of the two has no length, so that UDP is not
 * decoded at all. That moves every offset, but rules are written and tested
 * against it; this is the one place that does it.
 */
static uint32_t
repeat_udp_header(uint8_t *out, const struct frag_tracker *t,
    const struct frag_in *f, const struct packet *p, uint32_t len)
{
	const uint32_t n = sizeof(struct wire_udp);

	if (f->offset || p->dec.l4 != PKT_L4_UDP ||
	    p->dec.ip_off != f->ip_off || len < n || len > DATAGRAM_MAX - n -
	    (t->prefix_len - t->ip_off))
		return 0;
	memcpy(out, out + n, n);
	put16(out + offsetof(struct wire_udp, len),
	    f->version == 4 ? len + n : 0);
	put16(out + offsetof(struct wire_udp, csum), 0); /* none */
	return n;
}

/* A tunnel can carry the fragments of a datagram that is longer than its own
 * headers can say: false, and the datagram goes on without them. */
static bool
patch_outer(const struct frag_tracker *t, uint8_t *frame, uint32_t end)
{
	for (unsigned i = 0; i < t->n_patches; i++)
		if (!patch(frame + t->patches[i].off,
		        (enum frag_patch_kind)t->patches[i].kind,
		        end - t->patches[i].off))
			return false;
	return true;
}

bool
frag_build(struct defrag *d, const struct frag_tracker *t,
    const struct frag_in *f, const struct packet *p, struct packet *rebuilt)
{
	const uint32_t spare = sizeof(struct wire_udp);
	struct frag_built *out = &d->built[d->turn];
	/* room in front of the payload for a second UDP header */
	uint8_t *frame = out->b, *payload = frame + t->prefix_len;
	uint32_t again, end, bare;

	for (const struct frag_node *n = t->head; n; n = n->next) {
		uint32_t len = n->len;

		if (n->off >= t->total)
			continue;
		if (len > t->total - n->off)
			len = t->total - n->off;
		frag_node_read(n, len, payload + spare + n->off);
	}
	again = repeat_udp_header(payload, t, f, p, t->total);
	if (!again)
		memmove(payload, payload + spare, t->total);
	frag_bytes_read(t->prefix, 0, t->prefix_len, frame);
	end = t->prefix_len + again + t->total;
	if (t->key.version == 4) {
		uint8_t *field = frame + t->ip_off +
		    offsetof(struct wire_ip4, frag);

		field[0] &= (IP_FLAG_RB | IP_FLAG_DF) >> 8;
		field[1] = 0;
	} else {
		frame[t->next_off] = t->next;
	}
	if (!patch(frame + t->ip_off, t->key.version == 4 ? PATCH_IP4 :
	        PATCH_IP6, end - t->ip_off))
		return false;
	bare = patch_outer(t, frame, end) ? 0 : t->ip_off;
	d->turn = !d->turn;
	rebuilt->data = frame + bare;
	rebuilt->caplen = rebuilt->wirelen = end - bare;
	rebuilt->quiet_len = t->prefix_len - bare;
	rebuilt->dlt = bare ? DLT_RAW_IP : p->dlt;
	rebuilt->ts = p->ts;
	rebuilt->iface = p->iface;
	rebuilt->num = p->num;
	return true;
}
