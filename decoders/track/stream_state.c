/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a packet means to its session (RFC 9293, as an onlooker sees it): the
 * handshake, acknowledgements and windows, resets, FINs, timestamps. The
 * session keeps facts about each side (its SYN, its FIN, that it reset) in
 * place of the states of RFC 9293 3.3.2, which follow from them:
 *
 *	SYN-SENT      the client's SYN, not the server's
 *	ESTABLISHED   handshaken
 *	FIN-WAIT-2    its FIN is acknowledged, the other side sent none
 *	closed        both FINs are acknowledged, or a side reset
 */
#include <string.h>

#include "core/cursor.h"
#include "decoders/track/stream_priv.h"
#include "decoders/wire/eth.h"
#include "decoders/wire/tcp.h"

enum {
	WINDOW_MAX = UINT16_MAX << WSCALE_MAX, /* RFC 7323 2.2 */
	SLAM_MAX = 4, /* windows that Snort calls closed */
};

static enum flow_side
other(enum flow_side side)
{
	return side == FLOW_CLIENT ? FLOW_SERVER : FLOW_CLIENT;
}

/* Of an option that is there twice, systems take the last. */
static bool
find_opt(const struct packet *p, uint8_t kind, uint8_t len,
    struct cursor *value)
{
	for (unsigned i = p->dec.n_tcp_opts; i-- > 0;) {
		const struct hdr_opt *o = &p->tcp_opts[i];
		struct slice v;

		if (o->kind != kind || o->len != len)
			continue;
		v = pkt_bytes(p, o->off, o->len);
		*value = cur_make(v.ptr, v.len);
		return v.len == len;
	}
	return false;
}

static bool
timestamp(const struct packet *p, uint32_t *ts)
{
	struct cursor c;

	return find_opt(p, TCP_OPT_TS, 8, &c) && cur_be32(&c, ts);
}

/* The window the packet names, in bytes; SYNs are not scaled (RFC 7323 2.2).
 * Where the handshake was not seen, it is the largest it may be. */
static uint32_t
window(const struct tcp_session *t, const struct tcp_side *q,
    const struct packet *p)
{
	uint32_t win = p->dec.tcp_win;

	if (p->dec.tcp_flags & TCP_SYN)
		return win;
	if (t->midstream)
		return win << WSCALE_MAX;
	if (t->side[0].has_wscale && t->side[1].has_wscale)
		return win << q->wscale;
	return win;
}

bool
state_in_window(const struct tcp_side *q, uint32_t seq)
{
	if (seq_diff(seq, q->acked) > WINDOW_MAX)
		return false;
	return !q->has_edge || seq_le(seq, q->edge);
}

bool
state_is_over(const struct tcp_session *t)
{
	const struct tcp_side *c = &t->side[FLOW_CLIENT];
	const struct tcp_side *v = &t->side[FLOW_SERVER];

	/* RFC 9293 3.10.7.4: in TIME-WAIT, and no sooner */
	return c->reset || v->reset || (c->fin_acked && v->fin_acked);
}

/* The side sends from seq on. */
static void
side_start(struct tcp_session *t, enum flow_side side, uint32_t isn)
{
	struct tcp_side *q = &t->side[side];

	t->rare[side].isn = isn;
	q->fin = q->fin_acked = q->fin_in_order = q->has_edge = false;
	q->next = q->expected = q->acked = q->ready = isn + 1;
	q->sent = q->una = q->claimed = isn + 1;
	if (q->queue)
		q->queue->flush_to = q->queue->scanned = q->ready;
}

/* Which station the side's frames come from; false: it is not known. */
static bool
note_mac(struct tcp_rare *rare, const struct packet *p)
{
	struct slice mac;

	if (!p->dec.has_eth)
		return false;
	mac = pkt_bytes(p, p->dec.eth_off + offsetof(struct wire_eth, src),
	    sizeof(rare->mac));
	if (mac.len != sizeof(rare->mac))
		return false;
	if (!rare->has_mac)
		memcpy(rare->mac, mac.ptr, sizeof(rare->mac));
	rare->has_mac = true;
	return true;
}

static void
note_syn(struct tcp_session *t, enum flow_side side, const struct packet *p,
    const struct tcp_policy_def *policy)
{
	struct tcp_side *q = &t->side[side];
	struct cursor c;
	uint16_t mss;

	side_start(t, side, p->dec.tcp_seq);
	q->syn = true;
	if (!(p->dec.tcp_flags & TCP_ACK))
		t->ecn_asked = (p->dec.tcp_flags & (TCP_ECE | TCP_CWR)) ==
		    (TCP_ECE | TCP_CWR);
	else
		t->ecn_agreed = t->ecn_asked && (p->dec.tcp_flags & (TCP_ECE |
		    TCP_CWR)) == TCP_ECE;
	q->mss = find_opt(p, TCP_OPT_MSS, 2, &c) && cur_be16(&c, &mss) ? mss :
	    0;
	note_mac(&t->rare[side], p);
	q->has_wscale = find_opt(p, TCP_OPT_WSCALE, 1, &c) &&
	    cur_u8(&c, &q->wscale);
	if (q->wscale > WSCALE_MAX)
		q->wscale = WSCALE_MAX;
	q->ts_ok = timestamp(p, &q->ts_last) &&
	    (q->ts_last || !policy->zero_ts_off);
}

void
state_begin(struct tcp_session *t, const struct packet *p,
    enum flow_side side)
{
	const struct pkt_dec *d = &p->dec;

	t->midstream = !(d->tcp_flags & TCP_SYN);
	if (t->midstream)
		side_start(t, side, d->tcp_seq - 1);
}

/* Midstream a side goes on where the other one said it would, also where its
 * segments come in another order; else with the first byte that is seen. */
static bool
begins_as_named(const struct tcp_session *t, enum flow_side side,
    uint32_t seq)
{
	const struct tcp_side *q = &t->side[side];

	return t->midstream && t->rare[side].named && seq_lt(q->next, seq) &&
	    state_in_window(q, seq);
}

/* -------------------------------------------------------- timestamps */

/* Does the receiver go on to look at the packet's timestamp? RFC 9293
 * 3.10.7.4: not where it acknowledges what was never sent, and systems keep
 * none where it acknowledges what is long done. */
static bool
is_ack_current(const struct tcp_side *o, const struct packet *p)
{
	return p->dec.tcp_flags & TCP_ACK && seq_le(o->una, p->dec.tcp_ack) &&
	    seq_le(p->dec.tcp_ack, o->sent);
}

/* RFC 7323 5: false for a packet that its receiver would drop. */
static bool
is_timely(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side)
{
	const struct tcp_policy_def *policy = stream_policy(t->engine->policy);
	struct tcp_side *q = &t->side[side], *o = &t->side[other(side)];
	uint32_t ts, seq = p->dec.tcp_seq;

	if (!q->ts_ok || !o->ts_ok)
		return true;
	if (!timestamp(p, &ts)) {
		stream_event(s, t->engine, p, STREAM_NO_TIMESTAMP);
		if (policy->missing_ts_off)
			q->ts_ok = false;
		return true;
	}
	/* 0 is none: systems keep it so */
	if (q->ts_last && seq_lt(ts + policy->paws_slack, q->ts_last)) {
		s->ctrs[STREAM_CTR_PAWS]++;
		stream_event(s, t->engine, p, STREAM_BAD_TIMESTAMP);
		return false;
	}
	/* only what holds the next byte expected counts (4.3), else a forged
	 * segment from the future would shut the sender out */
	if (is_ack_current(o, p) && seq_le(seq, q->acked) &&
	    seq_lt(q->ts_last, ts) &&
	    seq_le(q->acked, seq + p->dec.payload_len))
		q->ts_last = ts;
	return true;
}

/* -------------------------------------------------------- handshake */

/* A bare SYN. */
static void
take_syn(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side, struct tcp_meaning *m)
{
	const struct tcp_policy_def *policy = stream_policy(t->engine->policy);
	struct tcp_side *q = &t->side[side], *o = &t->side[other(side)];
	const struct tcp_rare *rare = &t->rare[side];
	uint32_t seq = p->dec.tcp_seq;

	if (t->handshaken || (q->syn && o->syn)) {
		/* whatever Snort's targets do, none of them gives up what it
		 * has; the packet is judged and does nothing else */
		if (policy->syn == SYN_EXACT ? seq == q->next :
		    policy->syn == SYN_OTHER_ISN && seq != rare->isn &&
		    state_in_window(q, seq) && seq_le(q->acked, seq))
			stream_event(s, t->engine, p, STREAM_SYN_ON_EST);
		m->ignore = true;
		return;
	}
	if (side == FLOW_SERVER && o->syn) {
		stream_event(s, t->engine, p, STREAM_4WAY_HANDSHAKE);
		t->four_way = true;
	}
	m->in_hand = true;
	if (q->syn && rare->isn == seq)
		return; /* sent again */
	queue_drop_all(s, q);
	note_syn(t, side, p, policy);
}

/*
 * Can the handshake still prove that its client is there? Not when the SYN+ACK
 * may be the client's own: it comes from the same station, or is one of two
 * that do not agree. (A loopback interface's stations are all zero.)
 */
static void
check_syn_ack(struct tcp_session *t, const struct packet *p,
    enum flow_side side)
{
	static const uint8_t none[6];
	const struct tcp_rare *from = &t->rare[other(side)];
	const struct tcp_side *q = &t->side[side];
	struct slice mac;

	if (side == FLOW_CLIENT || !t->side[FLOW_CLIENT].syn ||
	    (q->syn && t->rare[side].isn != p->dec.tcp_seq))
		t->unprovable = true;
	if (!p->dec.has_eth || !from->has_mac)
		return;
	mac = pkt_bytes(p, p->dec.eth_off + offsetof(struct wire_eth, src),
	    sizeof(from->mac));
	if (mac.len == sizeof(from->mac) &&
	    memcmp(mac.ptr, none, sizeof(none)) != 0 &&
	    memcmp(mac.ptr, from->mac, sizeof(from->mac)) == 0)
		t->unprovable = true;
}

/* SYN and ACK. */
static void
take_syn_ack(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side, struct tcp_meaning *m)
{
	struct tcp_side *q = &t->side[side], *o = &t->side[other(side)];
	uint32_t ack = p->dec.tcp_ack, sent = t->rare[other(side)].isn + 1;
	bool same = q->syn && t->rare[side].isn == p->dec.tcp_seq;

	if (!t->proven)
		check_syn_ack(t, p, side);

	/* a client that said SYN with another number before would be somebody
	 * else: its server takes neither */
	if (t->handshaken || q->reset || (side == FLOW_CLIENT && (!o->syn ||
	    (q->syn && !same)))) {
		m->ignore = true;
		return;
	}
	m->in_hand = true;
	if (!o->syn) {
		/* the client's SYN was not seen, but for this */
		side_start(t, other(side), ack - 1);
		o->syn = true;
	} else if (seq_lt(ack, sent) || seq_lt(o->next, ack)) {
		/* of several SYNs the server chose another one */
		queue_drop_all(s, o);
		side_start(t, other(side), ack - 1);
	}
	t->shadow = false;
	if (!same) {
		queue_drop_all(s, q);
		note_syn(t, side, p, stream_policy(t->engine->policy));
	} else if (side == FLOW_CLIENT && p->dec.payload_len) {
		/* in SYN-RECEIVED the SYN is cut off, and with what is left
		 * the handshake is over */
		m->ignore = !is_timely(s, t, p, side);
		t->handshaken = !m->ignore && ack ==
		    t->rare[other(side)].isn + 1;
	}
}

/* Is the handshake over with this packet? Snort waits for the client. */
static void
take_handshake(struct tcp_session *t, const struct packet *p,
    enum flow_side side)
{
	const struct tcp_side *c = &t->side[FLOW_CLIENT];
	const struct tcp_side *v = &t->side[FLOW_SERVER];

	if (t->handshaken)
		return;
	if (!t->midstream && side == FLOW_SERVER && !v->syn) {
		/* its SYN was lost */
		t->midstream = true;
	}
	if (t->midstream)
		t->handshaken = c->seen && v->seen;
	else
		t->handshaken = p->dec.tcp_flags & TCP_ACK && c->syn &&
		    v->syn && (side == FLOW_CLIENT || t->four_way);
}

/* Does the packet's acknowledgement name what only who was sent it can know? */
static bool
knows_number(const struct tcp_session *t, const struct packet *p,
    enum flow_side side)
{
	const struct tcp_side *o = &t->side[other(side)];
	uint32_t ack = p->dec.tcp_ack;

	return (p->dec.tcp_flags & (TCP_ACK | TCP_SYN | TCP_RST)) == TCP_ACK &&
	    seq_le(o->una, ack) && seq_le(ack, o->sent);
}

/* In a tunnel anybody makes up both ends; and of a datagram in pieces, one may
 * be somebody else's. */
static bool
may_prove(const struct packet *p)
{
	return !(p->dec.flags & (PKT_TUNNELLED | PKT_REBUILT_FRAG));
}

static void
take_proof(struct tcp_session *t, const struct packet *p, enum flow_side side)
{
	if (t->proven || !may_prove(p) || side != FLOW_CLIENT || t->midstream || t->four_way ||
	    t->unprovable || !t->handshaken || !t->side[FLOW_SERVER].syn ||
	    t->side[FLOW_SERVER].reset)
		return;
	t->proven = knows_number(t, p, side);
}

bool
state_is_proven(const struct tcp_session *t, const struct packet *p,
    enum flow_side side)
{
	return t->proven && may_prove(p) && knows_number(t, p, side) &&
	    state_in_window(&t->side[side], p->dec.tcp_seq);
}

/* -------------------------------------------------------- resets */

/* Is the reset the first answer of its side: to a SYN, or to what the capture
 * begins with? */
static bool
is_first_answer(const struct tcp_session *t, const struct tcp_side *q)
{
	return (!q->seen || (!t->midstream && !q->syn)) && !q->reset;
}

static bool
is_rst_valid(const struct tcp_session *t, const struct packet *p,
    enum flow_side side)
{
	const struct tcp_side *q = &t->side[side];
	uint32_t seq = p->dec.tcp_seq;

	/* RFC 9293 3.10.7.4: in SYN-RECEIVED, what acknowledges bytes that
	 * were never sent is answered so, and nothing else comes of it */
	if (!(p->dec.tcp_flags & TCP_ACK) && seq_lt(q->sent, seq) &&
	    seq_le(seq, q->claimed))
		return false;
	switch (stream_policy(t->engine->policy)->rst) {
	case RST_EXACT:
		return seq == q->expected;
	case RST_IN_WINDOW:
		return seq_le(q->acked, seq) && state_in_window(q, seq);
	case RST_ABOVE:
		return seq_le(q->expected, seq);
	}
	return false;
}

static void
take_rst(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side, struct tcp_meaning *m)
{
	struct tcp_side *q = &t->side[side], *o = &t->side[other(side)];
	bool has_ack = p->dec.tcp_flags & TCP_ACK, valid, told;
	uint32_t ack = p->dec.tcp_ack;

	m->ignore = true;
	valid = is_rst_valid(t, p, side);
	told = !valid;
	if (is_first_answer(t, q)) {
		/* RFC 9293 3.10.7.3: an answer to the SYN must acknowledge it;
		 * Snort does not tell of one that acknowledges something else.
		 * The first that does ends the attempt; to Snort, further ones
		 * must stand where that one did */
		valid = t->midstream || (has_ack &&
		    seq_lt(t->rare[other(side)].isn, ack) &&
		    seq_le(ack, o->next));
		told = !valid && !has_ack;
	}
	if (!valid) {
		s->ctrs[STREAM_CTR_BAD_RST]++;
		if (told)
			stream_event(s, t->engine, p, STREAM_BAD_RST);
		return;
	}
	if (!q->seen && !q->syn) /* another one must be like it */
		side_start(t, side, p->dec.tcp_seq - 1);
	q->reset = true;
	/* it sends no more; what it was sent may still be acknowledged */
	flush_check(s, t, side, true);
}

/* -------------------------------------------------------- the packet */

static void
check_mac(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side)
{
	struct tcp_rare *q = &t->rare[side];
	struct slice mac;

	if (!t->engine->check_hijacking || !note_mac(q, p))
		return;
	mac = pkt_bytes(p, p->dec.eth_off + offsetof(struct wire_eth, src),
	    sizeof(q->mac));
	if (memcmp(q->mac, mac.ptr, sizeof(q->mac)) != 0) {
		stream_event(s, t->engine, p, side == FLOW_CLIENT ?
		    STREAM_HIJACKED_CLIENT : STREAM_HIJACKED_SERVER);
	}
}

/* A client that closes its window before the server has sent a byte. */
static void
check_slam(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side)
{
	const uint8_t fl = p->dec.tcp_flags;

	if (side == FLOW_CLIENT && t->handshaken && !t->midstream &&
	    !(fl & (TCP_SYN | TCP_FIN | TCP_RST)) && fl & TCP_ACK &&
	    window(t, &t->side[side], p) <= SLAM_MAX &&
	    p->dec.tcp_ack == t->rare[FLOW_SERVER].isn + 1)
		stream_event(s, t->engine, p, STREAM_WINDOW_SLAM);
}

struct tcp_meaning
state_packet(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side)
{
	struct tcp_meaning m = { 0 };
	struct tcp_side *q = &t->side[side], *o = &t->side[other(side)];
	const uint8_t fl = p->dec.tcp_flags;

	check_mac(s, t, p, side);
	if (fl & TCP_ACK && seq_lt(o->claimed, p->dec.tcp_ack) &&
	    state_in_window(o, p->dec.tcp_ack))
		o->claimed = p->dec.tcp_ack;
	if (t->engine->max_window && t->engine->max_window <
	    (t->midstream ? p->dec.tcp_win : window(t, q, p)))
		stream_event(s, t->engine, p, STREAM_WINDOW_TOO_LARGE);

	if (fl & TCP_RST)
		take_rst(s, t, p, side, &m);
	else if (fl & TCP_SYN && fl & TCP_ACK)
		take_syn_ack(s, t, p, side, &m);
	else if (fl & TCP_SYN)
		take_syn(s, t, p, side, &m);
	else if (!is_timely(s, t, p, side))
		m.ignore = true;

	if (!q->seen && !q->syn && !m.ignore) {
		/* RFC 9293 3.4: its first byte seen is its first byte */
		if (!begins_as_named(t, side, p->dec.tcp_seq))
			side_start(t, side, p->dec.tcp_seq - 1);
		/* and midstream, that it has a timestamp says that the
		 * session's packets do */
		q->ts_ok = t->midstream && timestamp(p, &q->ts_last);
	}
	if (!m.ignore || !(fl & TCP_RST))
		q->seen = true;
	if (!m.ignore && state_in_window(q, p->dec.tcp_seq))
		q->sent = seq_max(q->sent, p->dec.tcp_seq +
		    p->dec.payload_len + !!(fl & TCP_SYN) + !!(fl & TCP_FIN));
	if (!m.ignore && !m.in_hand) {
		take_handshake(t, p, side);
		take_proof(t, p, side);
		check_slam(s, t, p, side);
	}
	return m;
}

/* -------------------------------------------------------- its end */

static void
take_ack(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side)
{
	struct tcp_side *q = &t->side[side], *o = &t->side[other(side)];
	uint32_t ack = p->dec.tcp_ack, win = window(t, q, p);
	bool had_fin_acked = o->fin_acked;

	if (!o->seen && !o->syn) {
		/* of a side not seen yet: all before is done */
		side_start(t, other(side), ack - 1);
		t->rare[other(side)].named = true;
	}
	if (o->fin_acked && !q->fin && seq_lt(o->next, ack)) {
		stream_event(s, t->engine, p, STREAM_BAD_ACK);
		return;
	}
	if (seq_lt(o->next, ack) && !state_in_window(o, ack)) {
		s->ctrs[STREAM_CTR_BAD_ACK]++;
		return;
	}
	if (seq_lt(ack + WINDOW_MAX, o->acked))
		return;
	if (seq_le(ack, o->sent))
		o->una = seq_max(o->una, ack);
	o->acked = seq_max(o->acked, ack);
	o->next = seq_max(o->next, ack); /* what was not seen here */
	if (!o->has_edge || seq_lt(o->edge, ack + win))
		o->edge = ack + win;
	o->has_edge = true;
	if (o->fin && seq_lt(o->fin_seq + 1, o->una) && state_fin_may_go(t, o))
		o->fin = false; /* the receiver never took it */
	o->fin_acked = o->fin && seq_lt(o->fin_seq, o->acked);
	if (o->fin_acked) /* also where bytes before it were not seen */
		o->expected = seq_max(o->expected, o->fin_seq + 1);
	if (o->fin_acked && !had_fin_acked && !win &&
	    stream_policy(t->engine->policy)->tells_zero_win)
		stream_event(s, t->engine, p, STREAM_ZERO_WIN_AFTER_FIN);

	/* an acknowledged FIN ends what the side has to say; but where the
	 * answer is a FIN, Snort waits for the last ACK */
	flush_check(s, t, other(side), o->fin_acked &&
	    !(p->dec.tcp_flags & TCP_FIN));
	queue_done(s, t, other(side));
}

bool
state_fin_may_go(const struct tcp_session *t, const struct tcp_side *q)
{
	return !q->fin_in_order &&
	    stream_policy(t->engine->policy)->overlap.keeps_extent;
}

void
state_cover_fin(struct tcp_session *t, enum flow_side side,
    const struct seg_new *n)
{
	struct tcp_side *q = &t->side[side];
	uint32_t end = n->seq + n->len + n->fin, fin_end = q->fin_seq + 1;
	uint32_t origin = q->fin_seq - t->fin_len[side];

	if (!q->fin || !state_fin_may_go(t, q))
		return;
	/* the same place again is nothing new */
	if (n->seq == origin ? seq_lt(fin_end, end) :
	    seq_lt(n->seq, origin) && seq_le(fin_end, end))
		q->fin = false;
}

/* Is a segment queued that covers the one with the FIN? */
static bool
is_fin_covered(const struct tcp_side *q, uint32_t origin, uint32_t fin_seq)
{
	const struct seg *g = queue_before(q, fin_seq + 1);

	return g && seq_lt(fin_seq, g->seq + g->len) &&
	    seq_le(g->origin, origin);
}

/* Is all that is queued in order, and ends there? (Where more is queued, the
 * receiver's acknowledgement will tell.) */
static bool
is_queue_up_to(const struct tcp_side *q, uint32_t seq)
{
	const struct seg *head, *tail;

	if (seq == q->acked)
		return true;
	if (!q->n_segs)
		return false;
	head = q->queue->head[0];
	tail = q->queue->tail;
	return tail->seq + tail->len == seq && seq_le(head->seq, q->acked) &&
	    q->queue->n_bytes == seq - head->seq;
}

static void
take_fin(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side)
{
	struct tcp_side *q = &t->side[side], *o = &t->side[other(side)];
	uint32_t origin = seq_max(p->dec.tcp_seq, q->acked);
	uint32_t fin_seq = p->dec.tcp_seq + p->dec.payload_len +
	    !!(p->dec.tcp_flags & TCP_SYN);

	if (q->fin) {
		if (seq_lt(q->fin_seq, fin_seq))
			stream_event(s, t->engine, p, STREAM_BAD_FIN);
		if (!state_fin_may_go(t, q) || !seq_lt(fin_seq, q->fin_seq))
			return;
	}
	/* systems take a segment whole that begins in the window, and none
	 * that acknowledges what was never sent */
	if (seq_lt(fin_seq, q->acked) ||
	    !state_in_window(q, p->dec.tcp_seq) ||
	    (o->seen && seq_lt(o->sent, p->dec.tcp_ack)) ||
	    (state_fin_may_go(t, q) && is_fin_covered(q, origin, fin_seq))) {
		s->ctrs[STREAM_CTR_BAD_FIN]++;
		return;
	}
	q->fin = true;
	q->fin_seq = fin_seq;
	t->fin_len[side] = (uint16_t)(fin_seq - origin);
	q->fin_in_order = is_queue_up_to(q, fin_seq);
	q->next = seq_max(q->next, fin_seq + 1);
	if (!q->reassemble && !is_frozen(t, side))
		q->expected = seq_max(q->expected, fin_seq);
	if (q->expected == fin_seq)
		q->expected++;
}

void
state_finish(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side, struct tcp_meaning *m)
{
	struct tcp_side *q = &t->side[side], *o = &t->side[other(side)];

	if (m->ignore)
		return;
	if (p->dec.tcp_flags & TCP_ACK)
		take_ack(s, t, p, side);
	/* RFC 9293 3.10.7.4: a segment without ACK does not end anything */
	if (p->dec.tcp_flags & TCP_FIN && p->dec.tcp_flags & TCP_ACK &&
	    t->handshaken)
		take_fin(s, t, p, side);
	m->closed = q->fin_acked && o->fin_acked;
	if (m->closed)
		for (unsigned i = 0; i < FLOW_SIDES; i++)
			flush_check(s, t, (enum flow_side)i, true);
}
