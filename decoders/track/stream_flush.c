/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When queued bytes are ready, and the packets made of them.
 *
 * Passive: bytes that the receiver acknowledged, once two segments and the
 * flush point's worth of them are there; at a hole, a close or the end,
 * whatever was acknowledged. Snort draws the flush point from 128 to 255 at
 * random; here it is always the 192 of its -H, so that one capture gives the
 * same alerts each time.
 *
 * For logs alone, if there are any: what was never acknowledged, at the end.
 * Where nothing of the receiver is seen, nobody acknowledges at all: then bytes
 * are ready when LIM_STREAM_ONE_SIDED of them are there, too. As in Snort no
 * rule sees either put together.
 *
 * Inline: every byte as soon as it is in order. With flush_factor N bytes wait
 * instead for the flush point, or for a segment that is smaller than one of
 * the N or more before it: the end of a message, as a rule (Snort's
 * README.stream5). What was handed out stays queued until it is acknowledged,
 * so that bytes which differ from it later are known, and lose.
 */
#include <string.h>

#include "decoders/track/stream_priv.h"
#include "decoders/wire/eth.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/ip6.h"
#include "decoders/wire/tcp.h"
#include "decoders/wire/wire.h"

enum {
	LINKTYPE_RAW = 101,
	MAC_LEN = 6,
	SEGS_AFTER_PDU = 1024,
	/* so that IPv4's length field holds it all */
	UNIT_MAX = UINT16_MAX - (int)sizeof(struct wire_ip6) -
	    (int)sizeof(struct wire_tcp),
};

/* -------------------------------------------------------- when */

/* Behind the last byte that is queued. */
static uint32_t
queue_end(const struct tcp_side *q)
{
	const struct seg *tail = q->queue->tail;

	return tail->seq + tail->len;
}

/* Up to where the side's bytes may be handed out. */
static uint32_t
limit_of(const struct tcp_session *t, const struct tcp_side *q)
{
	uint32_t to = q->acked;

	if (t->tail && q->n_segs)
		to = seq_max(to, queue_end(q));
	return q->fin ? seq_min(to, q->fin_seq) : to;
}

void
flush_one_sided(struct streams *s, struct tcp_session *t, enum flow_side side,
    bool in_order)
{
	struct tcp_side *q = &t->side[side];
	uint32_t to;

	if (!s->conf->tail || s->conf->inline_mode || t->side[!side].seen ||
	    !q->n_segs)
		return;
	to = in_order ? queue_reach(q, q->ready) : queue_end(q);
	if (!seq_lt(q->acked, to))
		return;
	s->ctrs[STREAM_CTR_ONE_SIDED] += to - q->acked;
	q->acked = to;
}

void
flush_pend(struct streams *s, struct tcp_session *t)
{
	if (t->in_pending)
		return;
	t->in_pending = true;
	t->buf->pending_next = NULL;
	*s->pending_end = t;
	s->pending_end = &t->buf->pending_next;
}

/*
 * Snort's rule. The loop ends after as many segments as it takes for two of
 * them and the flush point's bytes, so it is bounded by that. Behind a hook
 * that gave up a unit has paf_max bytes more (or a thousand segments, before
 * max_queued_segs loses some); until they are there, a hole is not looked for,
 * which would be to walk them all each time.
 */
static bool
is_due(const struct streams *s, const struct tcp_side *q,
    const struct tcp_rare *rare, uint32_t limit)
{
	uint32_t at = q->ready, segs = 0;

	if (rare->pdu_ended && q->n_segs < SEGS_AFTER_PDU &&
	    limit - q->ready < FLUSH_POINT + s->conf->paf_max)
		return false;

	for (const struct seg *g = q->queue->head[0];
	    g && seq_lt(g->seq, limit); g = g->next[0]) {
		uint32_t end = g->seq + g->len;

		if (g->seq != at)
			return true; /* a hole */
		at = seq_min(end, limit);
		segs += g->whole && at == end;
		if (segs >= 2 && at - q->ready >= FLUSH_POINT)
			return true;
	}
	return at != limit;
}

/* Inline: would the next segment not be queued? What was judged makes room for
 * it (has_room()), so what came is to be. */
static bool
is_full(const struct streams *s, const struct tcp_session *t,
    const struct tcp_side *q)
{
	const struct seg *g = q->queue->head[0];
	uint32_t max = t->engine->max_queued_segs;

	return s->conf->inline_mode && max && q->n_segs >= max && g &&
	    !seq_le(g->seq + g->len, q->ready);
}

/* Is the unit long enough, or would more of the segment make it too long? As in
 * Snort one that is cut for its length ends with a segment. */
static bool
is_long(const struct streams *s, const struct tcp_session *t,
    const struct tcp_side *q, const struct seg *g)
{
	uint32_t max = s->conf->paf_max ? s->conf->paf_max : UNIT_MAX;
	uint32_t at = q->queue->scanned, n = at - q->ready;

	if (n >= UNIT_MAX)
		return true;
	return (at == g->seq && n && n + g->len > UNIT_MAX) ||
	    (at == g->seq + g->len && (n >= max || is_full(s, t, q)));
}

static bool
cut_here(struct tcp_queue *k, uint32_t *limit)
{
	k->pdu_cut = true;
	*limit = k->scanned;
	return true;
}

/* The hook's rule: shows it what became ready since it looked last, up to the
 * moment in which it has itself replaced. */
static bool
is_pdu_due(struct streams *s, const struct tcp_session *t,
    const struct tcp_side *q, const struct tcp_rare *rare, uint32_t *limit)
{
	stream_pdu_fn *hook = rare->pdu;
	struct tcp_queue *k = q->queue;
	struct seg_place last = { NULL, NULL, 0 };
	const struct seg *g;

	k->pdu_end = k->pdu_cut = false;
	k->scanned = seq_max(k->scanned, q->ready);
	g = queue_before(q, k->scanned + 1);
	if (!g)
		g = k->head[0];
	while (rare->pdu && seq_lt(k->scanned, *limit)) { /* it may give up */
		struct slice run;
		size_t n, left = *limit - k->scanned;

		while (g && seq_le(g->seq + g->len, k->scanned))
			g = g->next[0];
		if (!g || seq_lt(k->scanned, g->seq)) {
			hook(rare->pdu_state, slice_make(NULL, 0));
			if (rare->pdu != hook)
				return false;
			k->scanned = g ? seq_min(g->seq, *limit) : *limit;
			*limit = k->scanned;
			return true;
		}
		if (is_long(s, t, q, g))
			return cut_here(k, limit);
		if (left > UNIT_MAX - (k->scanned - q->ready))
			left = UNIT_MAX - (k->scanned - q->ready);
		run = seg_bytes(s, g, k->scanned - g->seq, &last);
		if (run.len > left)
			run.len = left;
		n = hook(rare->pdu_state, run);
		if (rare->pdu != hook)
			return false;
		k->pdu_end = n > 0;
		k->scanned += (uint32_t)(n && n < run.len ? n : run.len);
		if (n) {
			*limit = k->scanned;
			return true;
		}
		if (is_long(s, t, q, g))
			return cut_here(k, limit);
	}
	return false;
}

void
flush_note_size(struct tcp_session *t, enum flow_side side, uint32_t len)
{
	struct tcp_queue *k = t->side[side].queue;

	if (!k) /* nothing waits */
		return;
	if (len < k->size_max && k->size_count >= t->engine->flush_factor)
		k->size_fell = true;
	if (k->size_max < len)
		k->size_max = len;
	k->size_count++;
}

/* Inline; a limit beyond what is in order is an acknowledged hole. */
static bool
is_due_inline(const struct tcp_session *t, const struct tcp_side *q,
    uint32_t limit, uint32_t ordered)
{
	return !t->engine->flush_factor || q->queue->size_fell ||
	    limit != ordered || limit - q->ready >= FLUSH_POINT;
}

/* The same without a flush_factor, as is_due() for what is acknowledged. */
static bool
is_due_open(const struct tcp_side *q, uint32_t limit, uint32_t ordered)
{
	const struct seg *g = queue_before(q, q->ready + 1);

	return limit != ordered || (limit - q->ready >= FLUSH_POINT && g &&
	    seq_lt(g->seq + g->len, ordered));
}

void
flush_check(struct streams *s, struct tcp_session *t, enum flow_side side,
    bool force)
{
	struct tcp_side *q = &t->side[side];
	struct tcp_rare *rare = &t->rare[side];
	uint32_t limit, end, ordered = 0;
	stream_pdu_fn *hook;
	bool due;

again:
	limit = limit_of(t, q);
	if (s->conf->inline_mode) {
		ordered = queue_reach(q, q->ready);
		limit = seq_max(ordered, limit);
	}
	if (!seq_lt(q->ready, limit))
		return;
	if (!q->n_segs) {
		/* acknowledged, but not queued: nothing to wait for */
		if (q->reassemble && seq_lt(q->ready, q->next)) {
			s->ctrs[STREAM_CTR_GAPS]++;
			s->ctrs[STREAM_CTR_GAP_BYTES] += limit - q->ready;
			rare->gap = true;
		}
		q->ready = limit;
		if (q->queue)
			q->queue->flush_to = limit;
		return;
	}
	hook = rare->pdu;
	end = limit;
	if (hook) {
		due = is_pdu_due(s, t, q, rare, &limit) || force;
		/* from a guess to a parser, or from it to none: seldom, and
		 * never back */
		if (rare->pdu != hook)
			goto again;
		/* only looked at, and nobody's to the last */
		if (force && rare->tentative && !t->by_port[side] &&
		    !t->manual[side]) {
			queue_drop_all(s, q);
			q->ready = q->queue->flush_to = end;
			return;
		}
	} else {
		q->queue->pdu_end = q->queue->pdu_cut = false;
		due = force || (!s->conf->inline_mode ?
		    is_due(s, q, rare, limit) :
		    s->conf->open && !t->engine->flush_factor ?
		    is_due_open(q, limit, ordered) :
		    is_due_inline(t, q, limit, ordered));
	}
	if (due) {
		q->queue->size_count = q->queue->size_max = 0;
		q->queue->size_fell = false;
		q->queue->flush_to = limit;
		flush_pend(s, t);
	}
}

/* -------------------------------------------------------- headers */

/* Bytes of the frame before its first IP header. */
static uint32_t
link_len(const struct packet *p)
{
	for (unsigned i = 0; i < p->dec.n_layers; i++)
		if (p->layers[i].id == DEC_ID_ip4 ||
		    p->layers[i].id == DEC_ID_ip6)
			return p->layers[i].off;
	return p->dec.ip_off;
}

void
flush_template(struct tcp_session *t, const struct packet *p,
    enum flow_side side)
{
	struct tcp_template *l = &t->buf->last;
	uint32_t n = link_len(p);
	struct slice link = pkt_bytes(p, 0, n);

	l->dec = p->dec;
	l->num = p->num;
	l->dlt = p->dlt;
	l->iface = p->iface;
	l->side = (uint8_t)side;
	l->link_len = 0;
	if (link.len == n && n <= sizeof(l->hdr)) {
		l->link_len = (uint16_t)n;
		if (n)
			memcpy(l->hdr, link.ptr, n);
	} else {
		l->dlt = LINKTYPE_RAW;
		l->dec.has_eth = false;
	}
}

/* The link headers, as the side that sent the bytes would send them. */
static void
put_link(uint8_t *to, const struct tcp_template *l, bool swapped)
{
	const struct pkt_dec *d = &l->dec;
	struct be16 type = be16_make(d->ip_ver == 4 ? ETHERTYPE_IP4 :
	    ETHERTYPE_IP6);
	uint8_t mac[MAC_LEN];

	memcpy(to, l->hdr, l->link_len);
	if (!d->has_eth ||
	    d->eth_off + sizeof(struct wire_eth) > l->link_len)
		return;
	if (swapped) {
		uint8_t *dst = to + d->eth_off, *src = dst + MAC_LEN;

		memcpy(mac, dst, MAC_LEN);
		memcpy(dst, src, MAC_LEN);
		memcpy(src, mac, MAC_LEN);
	}
	/* without a tunnel's outer headers the type is that of what is left */
	if (d->flags & PKT_TUNNELLED && !d->has_mpls)
		memcpy(to + l->link_len - sizeof(type), &type, sizeof(type));
}

static void
put_ip4(uint8_t *to, const struct pkt_dec *d)
{
	struct wire_ip4 ip = {
		.ver_ihl = 0x45,
		.tos = d->ip_tos,
		.len = be16_make((uint16_t)d->ip_len),
		.id = be16_make((uint16_t)d->ip_id),
		.frag = be16_make(d->ip_frag),
		.ttl = d->ip_ttl,
		.proto = IP_PROTO_TCP,
	};

	memcpy(ip.src, d->src.b, sizeof(ip.src));
	memcpy(ip.dst, d->dst.b, sizeof(ip.dst));
	ip.csum = be16_make((uint16_t)~dec_csum_fold(dec_csum_add(0,
	    (const uint8_t *)&ip, sizeof(ip))));
	memcpy(to, &ip, sizeof(ip));
}

static void
put_ip6(uint8_t *to, const struct pkt_dec *d)
{
	struct wire_ip6 ip = {
		.ver_tc_flow = be32_make(UINT32_C(6) << 28 |
		    (uint32_t)d->ip_tos << 20),
		.len = be16_make((uint16_t)d->ip_payload_len),
		.next = IP_PROTO_TCP,
		.hops = d->ip_ttl,
	};

	memcpy(ip.src, d->src.b, sizeof(ip.src));
	memcpy(ip.dst, d->dst.b, sizeof(ip.dst));
	memcpy(to, &ip, sizeof(ip));
}

static void
put_tcp(uint8_t *to, const struct pkt_dec *d)
{
	/* no checksum: nobody receives this segment */
	struct wire_tcp tcp = {
		.sport = be16_make(d->sport),
		.dport = be16_make(d->dport),
		.seq = be32_make(d->tcp_seq),
		.ack = be32_make(d->tcp_ack),
		.off = sizeof(tcp) / 4 << 4,
		.flags = d->tcp_flags,
		.win = be16_make(d->tcp_win),
	};

	memcpy(to, &tcp, sizeof(tcp));
}

static void
swap_ends(struct pkt_dec *d)
{
	struct ipaddr a = d->src;
	uint16_t port = d->sport;

	d->src = d->dst;
	d->dst = a;
	a = d->outer_src;
	d->outer_src = d->outer_dst;
	d->outer_dst = a;
	d->sport = d->dport;
	d->dport = port;
	d->tcp_ack = d->tcp_seq;
}

/*
 * Makes the frame around len bytes at s->room + HDR_MAX: the session's last
 * headers, turned round when the other side sent them. Options of IP and TCP
 * are left out, and of a tunnel its outer headers.
 */
static void
make_packet(struct streams *s, const struct tcp_session *t,
    enum flow_side side, uint32_t seq, uint32_t len, struct mtime ts,
    struct packet *p)
{
	const struct tcp_template *l = &t->buf->last;
	bool swapped = l->side != side;
	struct pkt_dec *d = &p->dec;
	uint32_t ip_hlen;
	uint8_t *to;

	*d = l->dec;
	ip_hlen = d->ip_ver == 4 ? sizeof(struct wire_ip4) :
	    sizeof(struct wire_ip6);
	d->flags = (d->flags & PKT_TUNNELLED) | PKT_REBUILT_STREAM;
	d->n_events = d->n_ip4_opts = d->n_tcp_opts = 0;
	if (swapped)
		swap_ends(d);
	d->tcp_seq = seq;
	d->tcp_urp = 0;
	if (t->ended || t->pruning)
		d->tcp_flags = TCP_PSH | TCP_ACK;

	d->ip_off = l->link_len;
	d->ip_hlen = (uint16_t)ip_hlen;
	d->ip_proto = IP_PROTO_TCP;
	d->ip_frag &= IP_FLAG_DF;
	d->ip_payload_off = d->l4_off = d->ip_off + ip_hlen;
	d->ip_payload_len = (uint32_t)sizeof(struct wire_tcp) + len;
	d->ip_len = ip_hlen + d->ip_payload_len;
	d->l4_hlen = sizeof(struct wire_tcp);
	d->payload_off = d->l4_off + d->l4_hlen;
	d->payload_len = len;
	d->n_layers = 2;
	p->layers[0] = (struct layer){ .id = (uint8_t)(d->ip_ver == 4 ?
	    DEC_ID_ip4 : DEC_ID_ip6), .off = d->ip_off, .len = ip_hlen };
	p->layers[1] = (struct layer){ .id = DEC_ID_tcp, .off = d->l4_off,
		.len = d->l4_hlen };

	to = s->room + HDR_MAX - d->payload_off;
	p->data = to;
	put_link(to, l, swapped);
	if (d->ip_ver == 4)
		put_ip4(to + d->ip_off, d);
	else
		put_ip6(to + d->ip_off, d);
	put_tcp(to + d->l4_off, d);
	p->caplen = p->wirelen = d->payload_off + len;
	p->ts = ts;
	p->dlt = l->dlt;
	p->iface = l->iface;
	p->num = l->num;
}

/* -------------------------------------------------------- units */

/* The bytes of [from, to) that the segment has, but for urgent ones. */
static uint32_t
copy_out(struct streams *s, const struct seg *g, uint32_t from, uint32_t to,
    uint8_t *out)
{
	uint32_t at = from - g->seq, end = to - g->seq, n = 0;
	struct seg_place last = { NULL, NULL, 0 };

	if (at < g->urgent) {
		uint32_t skip = g->urgent < end ? g->urgent : end;

		s->ctrs[STREAM_CTR_URGENT] += skip - at;
		at = skip;
	}
	while (at < end) {
		struct slice run = seg_bytes(s, g, at, &last);
		uint32_t part = end - at < run.len ? end - at :
		    (uint32_t)run.len;

		memcpy(out + n, run.ptr, part);
		n += part;
		at += part;
	}
	return n;
}

/* The next run of the side's bytes below flush_to as a packet; false when
 * there is none. */
static bool
next_unit(struct streams *s, struct tcp_session *t, enum flow_side side,
    struct packet *p)
{
	struct tcp_side *q = &t->side[side];
	uint32_t limit = q->queue->flush_to;

	while (seq_lt(q->ready, limit)) {
		struct seg *g = queue_before(q, q->ready + 1);
		uint32_t first, at, n = 0;
		struct mtime ts;

		if (!g || seq_le(g->seq + g->len, q->ready))
			g = g ? g->next[0] : q->queue->head[0];
		first = g ? seq_min(g->seq, limit) : limit;
		if (seq_lt(q->ready, first)) {
			s->ctrs[STREAM_CTR_GAPS]++;
			s->ctrs[STREAM_CTR_GAP_BYTES] += first - q->ready;
			t->rare[side].gap = true;
			q->ready = first;
			continue;
		}
		first = at = q->ready;
		ts = g->ts;
		s->scan.n_pieces = s->scan.n_hits = 0;
		for (; g && seq_le(g->seq, at) && seq_lt(at, limit) &&
		    n < UNIT_MAX; g = g->next[0]) {
			uint32_t to = seq_min(g->seq + g->len, limit);

			if (to - at > UNIT_MAX - n)
				to = at + (UNIT_MAX - n);
			if (!g->urgent)
				scan_piece(&s->scan, g, at - g->seq, to - at,
				    n);
			n += copy_out(s, g, at, to, s->room + HDR_MAX + n);
			at = to;
		}
		q->ready = at;
		if (n)
			make_packet(s, t, side, first, n, ts, p);
		queue_done(s, t, side);
		if (n)
			return true;
	}
	return false;
}

/* Nothing of the session is ready any more. */
static void
leave_pending(struct streams *s, struct tcp_session *t)
{
	s->pending = t->buf->pending_next;
	if (!s->pending)
		s->pending_end = &s->pending;
	t->in_pending = false;
	if (t->pruning) {
		t->pruning = false;
		for (unsigned i = 0; i < FLOW_SIDES; i++)
			s->ctrs[STREAM_CTR_PRUNED_BYTES] +=
			    queue_drop_all(s, &t->side[i]);
	}
	if (!t->side[0].n_segs && !t->side[1].n_segs)
		buffer_free(s, t);
}

/* The session is over: what nobody acknowledged is all that is left. */
static bool
begin_tail(struct streams *s, struct tcp_session *t)
{
	bool any = false;

	if (!t->ended || t->tail || !s->conf->tail || s->conf->inline_mode)
		return false;
	t->tail = true;
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		struct tcp_side *q = &t->side[i];

		if (!q->n_segs)
			continue;
		s->ctrs[STREAM_CTR_UNACKED] += q->queue->n_bytes;
		flush_check(s, t, (enum flow_side)i, true);
		any = true;
	}
	return any;
}

bool
stream_next(struct streams *s, struct packet *p, struct stream_facts *facts)
{
	struct tcp_session *t;

	if (s->given) {
		alerts_forget(s, s->given, s->given_side);
		s->given = NULL;
	}
	while ((t = s->pending)) {
		for (unsigned i = 0; i < FLOW_SIDES; i++) {
			enum flow_side side = (enum flow_side)i;
			const struct tcp_queue *k = &t->buf->queue[i];
			struct tcp_rare *rare = &t->rare[i];
			bool is_all;

			if (!next_unit(s, t, side, p))
				continue;
			is_all = t->side[i].ready == k->flush_to;
			s->ctrs[STREAM_CTR_REBUILT]++;
			s->ctrs[STREAM_CTR_REBUILT_BYTES] +=
			    p->dec.payload_len;
			*facts = (struct stream_facts){
				.flow = t->flow,
				.side = side,
				.has_direction = true,
				.established = t->side[!i].seen,
				.not_inspected = t->tail || !t->side[!i].seen,
				.proven = stream_is_proven(t->flow),
				.gap = rare->gap,
				.pdu_end = k->pdu_end && is_all,
				.pdu_cut = k->pdu_cut || !is_all,
				.scan = &s->scan,
			};
			rare->gap = false;
			s->given = t;
			s->given_side = side;
			/* the hook may name more than one end */
			if (rare->pdu)
				flush_check(s, t, side,
				    t->ended || t->pruning);
			return true;
		}
		if (!begin_tail(s, t))
			leave_pending(s, t);
	}
	return false;
}

/* Were those bytes of the unit that begins with `from' shown before? */
static bool
was_shown(const struct stream_shown *shown, uint32_t from)
{
	return shown && shown->any && shown->from == from;
}

/* Copies the unit's bytes from *at on to its end; *at: where that was. */
static uint32_t
copy_open(struct streams *s, struct seg *g, uint32_t *at, uint32_t end,
    uint32_t fresh, uint32_t *fresh_at)
{
	uint32_t n = 0;

	s->scan.n_pieces = s->scan.n_hits = 0;
	*fresh_at = 0;
	for (; g && seq_le(g->seq, *at) && seq_lt(*at, end); g = g->next[0]) {
		uint32_t to = g->seq + g->len;

		if (to - *at > UNIT_MAX - n)
			to = *at + (UNIT_MAX - n);
		if (!g->urgent)
			scan_piece(&s->scan, g, *at - g->seq, to - *at, n);
		if (seq_lt(*at, fresh) && seq_lt(fresh, to)) {
			n += copy_out(s, g, *at, fresh,
			    s->room + HDR_MAX + n);
			*at = fresh;
		}
		if (*at == fresh)
			*fresh_at = n;
		n += copy_out(s, g, *at, to, s->room + HDR_MAX + n);
		*at = to;
		if (n == UNIT_MAX)
			break;
	}
	return n;
}

bool
stream_open(struct streams *s, const struct packet *p, struct flow *f,
    enum flow_side side, struct stream_shown *shown, struct packet *open,
    struct stream_facts *facts, struct stream_part *part)
{
	struct tcp_session *t = f->tcp;
	uint32_t at, first, end, own, fresh, n;
	struct tcp_side *q;
	struct seg *g;

	if (!s->conf->inline_mode || !t || !t->buf || !p->dec.payload_len)
		return false;
	q = &t->side[side];
	*part = (struct stream_part){ .again = was_shown(shown, q->ready) };
	fresh = part->again ? shown->to : q->ready;
	end = queue_reach(q, fresh);
	at = end - q->ready > LIM_STREAM_OPEN ? end - LIM_STREAM_OPEN :
	    q->ready;
	own = p->dec.tcp_seq + !!(p->dec.tcp_flags & TCP_SYN);
	if (!seq_lt(at, end) || (shown ? !seq_lt(fresh, end) : seq_le(own, at) &&
	    seq_le(end, own + p->dec.payload_len)))
		return false;
	if (shown)
		at = seq_min(at, fresh);
	g = queue_before(q, at + 1);
	if (!g || seq_le(g->seq + g->len, at))
		return false;
	first = at;
	n = copy_open(s, g, &at, end, fresh, &part->fresh);
	if (!n)
		return false;
	part->at = first - q->ready;
	part->begins = !part->at;
	if (shown)
		*shown = (struct stream_shown){ true, q->ready, at };
	make_packet(s, t, side, first, n, p->ts, open);
	*facts = (struct stream_facts){ .flow = f, .side = side,
		.has_direction = true, .established = true,
		.proven = stream_is_proven(f), .gap = t->rare[side].gap,
		.scan = &s->scan };
	return true;
}
