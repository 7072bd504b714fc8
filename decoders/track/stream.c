/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TCP packet through its session: found or made, followed (stream_state.c),
 * its bytes queued (stream_queue.c), and what that made ready marked for
 * stream_next (stream_flush.c).
 *
 * Memory. A session is one block of its own slab, a segment one cell of 512
 * bytes and more of them past 432 bytes; both slabs take pages as they are
 * first needed. Queues are capped by memcap: when less than a reserve is
 * left, the sessions whose last segment is the oldest hand out what is
 * acknowledged and give up the rest. So a flood costs the flooder's sessions
 * or idle ones their queues, before it blinds others.
 */
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/xalloc.h"
#include "decoders/track/stream_priv.h"
#include "decoders/wire/tcp.h"

enum {
	/* the flow table bounds them; this is the largest max_tcp */
	SESSIONS_MAX = 1048576,
	CELLS_MIN = 2 * CELLS_RESERVED,
};

static const struct ctr_def counter_defs[] = { STREAM_COUNTERS(COUNTER_DEF) };
const struct ctr_group stream_counters = { "stream", counter_defs,
	ARRAY_LEN(counter_defs) };

static uint64_t
cells_max(const struct stream_conf *conf)
{
	uint64_t n = conf->memcap / CELL_SIZE;

	return n > CELLS_MIN ? n : CELLS_MIN;
}

struct streams *
streams_new(const struct stream_conf *conf, struct flow_table *flows)
{
	struct streams *s = mem_calloc(1, sizeof(*s));
	static const char seed[] = "stream";

	if (!s)
		return NULL;
	s->conf = conf;
	s->flows = flows;
	s->pending_end = &s->pending;
	s->random = hash_keyed(seed, sizeof(seed)) | 1;
	slab_init(&s->sessions, sizeof(struct tcp_session), SESSIONS_MAX);
	slab_init(&s->cells, CELL_SIZE, cells_max(conf));
	slab_init(&s->alerts, sizeof(struct tcp_alerts), SESSIONS_MAX);
	return s;
}

void
streams_free(struct streams *s)
{
	if (!s)
		return;
	slab_fini(&s->sessions);
	slab_fini(&s->cells);
	slab_fini(&s->alerts);
	free(s);
}

void
streams_adopt(struct streams *s, const struct stream_conf *conf)
{
	s->conf = conf;
	s->cells.max = cells_max(conf);
	s->generation++; /* each session looks for its engine anew */
}

void
streams_reset(struct streams *s)
{
	s->started = false;
}

uint64_t *
streams_counters(struct streams *s)
{
	return s->ctrs;
}

void
streams_clock(struct streams *s, struct mtime now)
{
	s->newest = NULL;
	s->fresh = NULL;
	if (s->started)
		return;
	s->started = true;
	s->start = now;
}

/* -------------------------------------------------------- engines */

static bool
net_matches(const struct stream_engine *e, const struct ipaddr *a)
{
	bool positive = false, hit = false;

	if (!e->n_nets)
		return true;
	for (unsigned i = 0; i < e->n_nets; i++) {
		const struct bind_net *n = &e->nets[i];
		bool in = ipaddr_in_net(a, &n->addr, n->bits);

		if (n->negated && in)
			return false;
		positive |= !n->negated;
		hit |= in && !n->negated;
	}
	return hit || !positive;
}

/* The first engine bound to the server's address, else the default one. */
static const struct stream_engine *
find_engine(const struct stream_conf *conf, const struct ipaddr *server)
{
	const struct stream_engine *found = NULL;

	for (unsigned i = 0; i < conf->n_engines; i++) {
		const struct stream_engine *e = &conf->engines[i];

		if (!e->n_nets)
			found = found ? found : e;
		else if (net_matches(e, server))
			return e;
	}
	return found;
}

static bool
port_in(const uint8_t *bitmap, uint16_t port)
{
	return bitmap && (bitmap[port >> 3] >> (port & 7) & 1);
}

/* Of a session that a new configuration has no engine for: it is followed to
 * its end, and nothing more of it is put together. */
static const struct stream_engine no_engine = { .policy = TCP_BSD,
	.timeout_s = 30 };

/* The engine of the configuration in force for a packet of that side; NULL:
 * there is none. */
static const struct stream_engine *
engine_of(const struct streams *s, const struct packet *p, enum flow_side side)
{
	return find_engine(s->conf, side == FLOW_CLIENT ? &p->dec.dst :
	    &p->dec.src);
}

/* Has the session follow the engine, and what it says about ports. */
static void
bind_engine(const struct streams *s, struct tcp_session *t,
    const struct stream_engine *e, const struct packet *p,
    enum flow_side side)
{
	uint16_t port = side == FLOW_CLIENT ? p->dec.dport : p->dec.sport;

	t->generation = s->generation;
	t->engine = e ? e : &no_engine;
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		t->by_port[i] = port_in(t->engine->ports[i], port);
		if (!t->manual[i] && !t->ignored)
			t->side[i].reassemble = t->by_port[i] ||
			    t->rare[i].pdu;
	}
}

/* -------------------------------------------------------- sessions */

static void
holder_leave(struct streams *s, struct tcp_session *t)
{
	struct tcp_buffer *b = t->buf;

	if (!t->is_holder)
		return;
	if (b->older)
		b->older->buf->younger = b->younger;
	else
		s->oldest = b->younger;
	if (b->younger)
		b->younger->buf->older = b->older;
	else
		s->youngest = b->older;
	t->is_holder = false;
}

static void
holder_touch(struct streams *s, struct tcp_session *t)
{
	if (s->youngest == t)
		return;
	holder_leave(s, t);
	t->buf->older = s->youngest;
	t->buf->younger = NULL;
	if (s->youngest)
		s->youngest->buf->younger = t;
	else
		s->oldest = t;
	s->youngest = t;
	t->is_holder = true;
}

bool
buffer_make(struct streams *s, struct tcp_session *t)
{
	t->buf = slab_take(&s->cells);
	for (unsigned i = 0; t->buf && i < FLOW_SIDES; i++) {
		struct tcp_queue *q = &t->buf->queue[i];

		q->flush_to = q->scanned = t->side[i].ready;
		t->side[i].queue = q;
	}
	return t->buf;
}

void
buffer_free(struct streams *s, struct tcp_session *t)
{
	holder_leave(s, t);
	slab_give(&s->cells, t->buf);
	t->buf = NULL;
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		t->side[i].queue = NULL;
}

void
alerts_forget(struct streams *s, struct tcp_session *t, enum flow_side side)
{
	t->side[side].n_alerts = 0;
	if (!t->alerts || t->side[!side].n_alerts)
		return;
	slab_give(&s->alerts, t->alerts);
	t->alerts = NULL;
}

static bool
may_be_midstream(const struct streams *s, const struct stream_engine *e,
    const struct packet *p)
{
	return !e->require_3whs || p->ts.ns < s->start.ns +
	    e->grace_s * UINT64_C(1000000000);
}

/* A reset of a session that is over, by its last ACK or by timeout: it begins
 * none, and is told like any packet outside of one. */
static void
stray_reset(struct streams *s, struct packet *p)
{
	enum flow_side side = p->dec.sport <= p->dec.dport ? FLOW_SERVER :
	    FLOW_CLIENT;
	const struct stream_engine *e = engine_of(s, p, side);

	if (e && !may_be_midstream(s, e, p))
		stream_event(s, e, p, STREAM_NO_3WHS);
}

/*
 * A session for the flow, when this packet may begin one: a SYN, or where the
 * handshake may have been missed a SYN/ACK or data. NULL: not, or no memory.
 */
static struct tcp_session *
session_begin(struct streams *s, struct flow *f, struct packet *p,
    enum flow_side side)
{
	const uint8_t fl = p->dec.tcp_flags;
	bool syn = fl & TCP_SYN && !(fl & (TCP_ACK | TCP_RST));
	const struct stream_engine *e = engine_of(s, p, side);
	struct tcp_session *t;

	if (!e)
		return NULL;
	if (!syn && !may_be_midstream(s, e, p)) {
		stream_event(s, e, p, STREAM_NO_3WHS);
		return NULL;
	}
	if (!syn && !(fl & TCP_SYN) && !p->dec.payload_len)
		return NULL;
	t = slab_take(&s->sessions);
	if (!t) {
		s->ctrs[STREAM_CTR_SESSIONS_FULL]++;
		s->points |= POLICY_BIT(POLICY_STREAM_SESSIONS);
		return NULL;
	}
	t->flow = f;
	t->streams = s;
	bind_engine(s, t, e, p, side);
	t->shadow = syn && !t->engine->require_3whs;
	f->tcp = t;
	flow_set_timeout(f, t->engine->timeout_s);
	state_begin(t, p, side);
	s->ctrs[STREAM_CTR_SESSIONS]++;
	s->ctrs[STREAM_CTR_MIDSTREAM] += t->midstream;
	return t;
}

void
stream_free(struct streams *s, struct flow *f)
{
	struct tcp_session *t = f->tcp, **link;
	uint32_t dropped;

	if (!t)
		return;
	if (s->given == t)
		s->given = NULL;
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		alerts_forget(s, t, (enum flow_side)i);
		dropped = queue_drop_all(s, &t->side[i]);
		if (!t->tail) /* they were counted */
			s->ctrs[STREAM_CTR_UNACKED] += dropped;
	}
	if (t->in_pending) {
		for (link = &s->pending; *link != t;)
			link = &(*link)->buf->pending_next;
		*link = t->buf->pending_next;
		if (!*link)
			s->pending_end = link;
	}
	if (t->buf)
		buffer_free(s, t);
	slab_give(&s->sessions, t);
	f->tcp = NULL;
}

void
stream_end(struct streams *s, struct flow *f)
{
	struct tcp_session *t = f->tcp;

	if (!t)
		return;
	s->fresh = NULL; /* there may be no packet any more */
	t->ended = true;
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		flush_one_sided(s, t, (enum flow_side)i, false);
		flush_check(s, t, (enum flow_side)i, true);
		if (t->side[i].n_segs)
			flush_pend(s, t);
	}
}

/* Makes room for what the next packet may bring: one session's queue a
 * packet, so the work is bounded. */
static void
keep_reserve(struct streams *s)
{
	struct tcp_session *t;

	if (s->cells.live + CELLS_RESERVED <= s->cells.max)
		return;
	/* whose segments were dropped, or acknowledged inline */
	while ((t = s->oldest) && !t->side[0].n_segs && !t->side[1].n_segs) {
		if (t->in_pending)
			holder_leave(s, t); /* given back when it leaves */
		else
			buffer_free(s, t);
	}
	if (!t || s->cells.live + CELLS_RESERVED <= s->cells.max)
		return;
	s->ctrs[STREAM_CTR_PRUNED]++;
	t->pruning = true;
	holder_leave(s, t);
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		flush_one_sided(s, t, (enum flow_side)i, false);
		flush_check(s, t, (enum flow_side)i, true);
	}
	flush_pend(s, t);
}

/* -------------------------------------------------------- data */

/* Fast Open (RFC 7413), with its own option or as the experiment it was: its
 * receiver takes what comes with the SYN. */
static bool
is_fast_open(const struct packet *p)
{
	for (unsigned i = 0; i < p->dec.n_tcp_opts; i++) {
		const struct hdr_opt *o = &p->tcp_opts[i];
		struct slice value = pkt_bytes(p, o->off, o->len);
		struct cursor c = cur_make(value.ptr, value.len);
		uint16_t experiment;

		if (o->kind == TCP_OPT_TFO ||
		    (o->kind == TCP_OPT_EXPERIMENT &&
		    cur_be16(&c, &experiment) &&
		    experiment == TCP_EXPERIMENT_TFO))
			return true;
	}
	return false;
}

/* May the sender's bytes be queued? Events and counters of why not. */
static bool
is_wanted(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side, uint32_t seq)
{
	const struct tcp_policy_def *policy = stream_policy(t->engine->policy);
	const struct tcp_side *q = &t->side[side];
	const uint8_t fl = p->dec.tcp_flags;

	if (q->fin && !seq_lt(seq, q->fin_seq)) {
		stream_event(s, t->engine, p, STREAM_DATA_ON_CLOSED);
		s->ctrs[STREAM_CTR_AFTER_FIN]++;
		if (!state_fin_may_go(t, q))
			return false;
	}
	if (fl & TCP_SYN) {
		if (!policy->queues_syn_data && !is_fast_open(p)) {
			if (!(fl & TCP_ACK))
				stream_event(s, t->engine, p,
				    STREAM_DATA_ON_SYN);
			s->ctrs[STREAM_CTR_DATA_ON_SYN]++;
			return false;
		}
	}
	if (!(fl & (TCP_FIN | TCP_SYN | TCP_RST | TCP_PSH | TCP_ACK |
	    TCP_URG)) && !policy->queues_no_flags) {
		stream_event(s, t->engine, p, STREAM_DATA_NO_FLAGS);
		s->ctrs[STREAM_CTR_NO_FLAGS]++;
		return false;
	}
	if (seq_le(seq + p->dec.payload_len, q->acked)) {
		s->ctrs[STREAM_CTR_OLD_DATA]++;
		return false;
	}
	/* the window ends before its edge: a probe of a closed one is not
	 * taken */
	if (!state_in_window(q, seq) || (q->has_edge && seq == q->edge)) {
		s->ctrs[STREAM_CTR_OUT_OF_WINDOW]++;
		return false;
	}
	return true;
}

static bool
has_bytes_left(const struct stream_engine *e, const struct tcp_side *q,
    uint32_t len)
{
	uint32_t have = q->queue ? q->queue->n_bytes : 0;

	return !e->max_queued_bytes || have + len <= e->max_queued_bytes;
}

static bool
has_segs_left(const struct stream_engine *e, const struct tcp_side *q)
{
	return !e->max_queued_segs || q->n_segs < e->max_queued_segs;
}

/*
 * Is there room for it in the queue and in memory? Inline, what was handed out
 * and only waits to be acknowledged makes room: windows are larger than the
 * queue, and a segment that is not queued is a hole in what is judged.
 */
static bool
has_room(struct streams *s, const struct tcp_session *t, struct tcp_side *q,
    uint32_t len)
{
	const struct stream_engine *e = t->engine;

	while (s->conf->inline_mode &&
	    !(has_bytes_left(e, q, len) && has_segs_left(e, q))) {
		uint32_t n = queue_forget_first(s, q);

		if (!n)
			break;
		s->ctrs[STREAM_CTR_FORGOTTEN] += n;
	}
	if (!has_bytes_left(e, q, len)) {
		s->ctrs[STREAM_CTR_MAX_BYTES]++;
		s->points |= POLICY_BIT(POLICY_STREAM_SEGMENTS);
		return false;
	}
	if (!has_segs_left(e, q)) {
		s->ctrs[STREAM_CTR_MAX_SEGS]++;
		s->points |= POLICY_BIT(POLICY_STREAM_SEGMENTS);
		return false;
	}
	return true;
}

static void
no_memory(struct streams *s)
{
	s->ctrs[STREAM_CTR_MEMCAP]++;
	s->points |= POLICY_BIT(POLICY_STREAM_MEMCAP);
}

/* A count that stands still at its highest. */
static uint16_t
count_on(uint16_t count, uint32_t n)
{
	return n < (uint32_t)UINT16_MAX - count ? (uint16_t)(count + n) :
	    UINT16_MAX;
}

/* Queues the packet's bytes, and says whether they were queued before, the
 * same, or now, all of them. A side that only a hook wants put together raises
 * nothing: the configuration did not ask for it; nor does one that is dark to
 * Snort. */
static void
queue_data(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side, uint32_t seq, struct stream_facts *facts)
{
	const struct stream_engine *e = t->engine;
	struct tcp_side *q = &t->side[side];
	struct tcp_rare *rare = &t->rare[side];
	struct slice data = pkt_payload(p);
	struct seg_new n = { .seq = seq, .bytes = data.ptr,
		.len = (uint32_t)data.len, .ts = p->ts, .whole = true,
		.fin = p->dec.tcp_flags & TCP_FIN };
	bool asked = t->by_port[side] || t->manual[side];
	bool told = asked && !t->frozen;
	struct queue_result r;
	uint32_t from, to;

	if (queue_has(q, &n)) {
		s->ctrs[STREAM_CTR_RETRANSMITTED]++;
		facts->retransmitted = asked;
		return;
	}
	if (!has_room(s, t, q, n.len))
		return;
	/* what was acknowledged is what it was; what is behind a FIN, nothing */
	from = seq_max(seq, q->acked);
	to = q->fin && !state_fin_may_go(t, q) ? seq_min(seq + n.len,
	    q->fin_seq) : seq + n.len;
	if (!seq_lt(from, to))
		return;
	n.seq = from;
	n.bytes += from - seq;
	n.len = to - from;
	if (p->dec.tcp_flags & TCP_URG && p->dec.tcp_urp < data.len &&
	    p->dec.tcp_urp > from - seq)
		n.urgent = (uint16_t)(p->dec.tcp_urp - (from - seq));
	if (n.urgent > n.len)
		n.urgent = (uint16_t)n.len;
	if (s->conf->inline_mode && queue_differs(q, n.seq, n.bytes, n.len))
		s->ctrs[STREAM_CTR_CONFLICTS]++;
	if (!t->buf) {
		if (!buffer_make(s, t)) {
			no_memory(s);
			return;
		}
		flush_template(t, p, side);
	}
	r = queue_put(s, q, n, &stream_policy(s->conf->inline_mode ?
	    TCP_FIRST : e->policy)->overlap);
	state_cover_fin(t, side, &n);
	holder_touch(s, t);
	s->ctrs[STREAM_CTR_SEGMENTS]++;
	s->ctrs[STREAM_CTR_SEGMENT_BYTES] += n.len;
	s->ctrs[STREAM_CTR_OVERLAPS] += r.overlaps;
	if (r.no_memory)
		no_memory(s);
	if (r.emptied && told)
		stream_event(s, e, p, STREAM_BAD_SEGMENT);
	rare->overlaps = count_on(rare->overlaps, r.overlaps);
	if (told && e->overlap_limit && rare->overlaps > e->overlap_limit &&
	    !rare->overlap_told) {
		rare->overlap_told = true;
		stream_event(s, e, p, STREAM_OVERLAPS);
	}
	facts->queued = n.len == data.len && !n.urgent && !r.overlaps &&
	    !r.no_memory;
}

/*
 * small_segments: the Nth small one in a row is told. Snort counts what the
 * receiver may take: no keep-alive or other bytes acknowledged before, and no
 * probe of a closed window; but what is sent again, until it is acknowledged.
 */
static void
count_small(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side)
{
	const struct stream_engine *e = t->engine;
	struct tcp_rare *rare = &t->rare[side];

	if (!e->small_count || port_in(e->small_ignore, p->dec.dport))
		return;
	if (p->dec.payload_len >= e->small_bytes)
		rare->small_run = 0;
	else if ((rare->small_run = count_on(rare->small_run, 1)) ==
	    e->small_count)
		stream_event(s, e, p, STREAM_SMALL_SEGMENTS);
}

/* Where the side's next byte belongs, now that these were taken. */
static void
move_expected(struct tcp_session *t, enum flow_side side, uint32_t seq,
    uint32_t len)
{
	struct tcp_side *q = &t->side[side];

	if (is_frozen(t, side))
		return;
	if (q->reassemble)
		q->expected = queue_reach(q, q->expected);
	else if (seq == q->expected || t->handshaken)
		q->expected = seq_max(q->expected, seq + len);
	if (q->fin && q->expected == q->fin_seq)
		q->expected++;
}

static void
take_data(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side, const struct tcp_meaning *m,
    struct stream_facts *facts)
{
	struct tcp_side *q = &t->side[side], *o = &t->side[!side];
	uint32_t len = p->dec.payload_len;
	uint32_t seq = p->dec.tcp_seq + !!(p->dec.tcp_flags & TCP_SYN);

	if (!len || p->dec.tcp_flags & TCP_RST)
		return;
	if (q->reset) {
		stream_event(s, t->engine, p, STREAM_DATA_AFTER_RST);
		s->ctrs[STREAM_CTR_AFTER_RST]++;
		facts->not_inspected = true;
		return;
	}
	if (m->in_hand)
		q->next = seq_max(q->next, seq + len);
	if (m->ignore || !is_wanted(s, t, p, side, seq))
		return;
	facts->taken = true;
	if (!t->frozen)
		count_small(s, t, p, side);
	if (q->reassemble && (o->seen || !t->engine->no_reassemble_async) &&
	    pkt_payload(p).len == len)
		queue_data(s, t, p, side, seq, facts);
	q->next = seq_max(q->next, seq + len);
	move_expected(t, side, seq, len);
	if (s->conf->inline_mode) {
		flush_note_size(t, side, len);
		flush_check(s, t, side, false);
	} else if (!o->seen && q->queue &&
	    q->queue->n_bytes >= LIM_STREAM_ONE_SIDED) {
		/* behind a hole for as many bytes again */
		flush_one_sided(s, t, side,
		    q->queue->n_bytes < 2 * LIM_STREAM_ONE_SIDED);
		flush_check(s, t, side, true);
	}
}

/* -------------------------------------------------------- the packet */

static bool
is_dropped(const struct flow *f)
{
	return f->judged == FLOW_DROPPED || f->judged == FLOW_REOPENS;
}

/*
 * A SYN between the ports of a session that was dropped: ports come again soon,
 * and only the host it is sent to knows whether it has forgotten the old one.
 * It is shown the SYN, and until it agrees the old session stays dropped: see
 * judge_reopening(). Data with the SYN would be the old one's, too; and a SYN
 * with the old one's number is a copy of what began that. The flow to go on
 * with; *is_new: it is another one.
 */
static struct flow *
reopen(struct streams *s, struct flow *old, const struct packet *p,
    enum flow_side *side, bool *is_new)
{
	const struct tcp_session *t = old->tcp;
	bool established = old->established || old->judged == FLOW_REOPENS;
	struct flow *f;

	if (p->dec.payload_len || p->dec.tcp_flags & TCP_FIN ||
	    (t && established && t->side[*side].syn &&
	        t->rare[*side].isn == p->dec.tcp_seq))
		return old;
	/* first, for without it the old one goes on */
	f = flow_create(s->flows, p, false);
	if (!f)
		return old;
	if (!old->dying)
		flow_end(s->flows, old, FLOW_END_CLOSED);
	f->judged = FLOW_REOPENS;
	s->ctrs[STREAM_CTR_REOPENS]++;
	*side = FLOW_CLIENT;
	*is_new = true;
	return f;
}

/*
 * What comes before the other side answered the new SYN: its SYN+ACK, or a
 * reset, says that the old session is forgotten, and the new one goes on. Where
 * it is not, that side acknowledges what it had of it (RFC 5961 4.2) and the
 * sender of the SYN resets it (RFC 9293 3.5.1): both pass, and so
 * does the SYN again. Nothing else does. True: the session is to see it.
 */
static bool
judge_reopening(struct streams *s, struct flow *f, const struct packet *p,
    struct stream_facts *facts)
{
	const uint8_t fl = p->dec.tcp_flags & (TCP_SYN | TCP_ACK | TCP_FIN |
	    TCP_RST);
	uint32_t isn = f->tcp->rare[FLOW_CLIENT].isn;
	bool passes = fl == TCP_ACK;

	facts->has_direction = true;
	if (facts->side == FLOW_CLIENT)
		passes = fl & TCP_RST || (fl == TCP_SYN &&
		    p->dec.tcp_seq == isn);
	facts->dropped = !passes || p->dec.payload_len;
	if (facts->side == FLOW_CLIENT || p->dec.payload_len ||
	    p->dec.tcp_ack != isn + 1 ||
	    (fl != (TCP_SYN | TCP_ACK) && fl != (TCP_RST | TCP_ACK)))
		return false;
	facts->dropped = false;
	f->judged = FLOW_GOES_ON;
	s->ctrs[STREAM_CTR_REOPENED]++;
	return true;
}

/*
 * The packet's flow, found or made. Who opened it, where that was not seen:
 * the side with the larger port is taken to be the client.
 */
static struct flow *
get_flow(struct streams *s, const struct packet *p, enum flow_side *side,
    bool *is_new)
{
	const uint8_t fl = p->dec.tcp_flags;
	bool syn = (fl & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
	struct flow *f = flow_find(s->flows, p, side);
	bool from_server;

	*is_new = false;
	if (f && syn && is_dropped(f))
		return reopen(s, f, p, side, is_new);
	if (f && syn && (!f->tcp || state_is_over(f->tcp))) {
		/* another session between the same ports */
		flow_end(s->flows, f, FLOW_END_CLOSED);
		f = NULL;
	}
	if (f || fl & TCP_RST)
		return f;
	from_server = !syn && (fl & TCP_SYN || p->dec.sport <= p->dec.dport);
	*side = from_server ? FLOW_SERVER : FLOW_CLIENT;
	*is_new = true;
	return flow_create(s->flows, p, from_server);
}

static void
set_class(struct streams *s, struct flow *f, const struct tcp_session *t)
{
	bool closing = t->side[0].fin || t->side[1].fin || t->side[0].reset ||
	    t->side[1].reset;
	enum flow_class class = closing ? FLOW_CLASS_CLOSING :
	    t->handshaken || f->judged == FLOW_REOPENS ? FLOW_CLASS_OPEN :
	    FLOW_CLASS_HALF_OPEN;

	if (f->class != class)
		flow_set_class(s->flows, f, class);
}

static void
follow(struct streams *s, struct tcp_session *t, struct packet *p,
    struct stream_facts *facts)
{
	enum flow_side side = facts->side;
	struct tcp_meaning m;
	bool proven;

	if (t->generation != s->generation)
		bind_engine(s, t, engine_of(s, p, side), p, side);
	/* its headers are those of what it may make ready */
	if (t->buf)
		flush_template(t, p, side);
	m = state_packet(s, t, p, side);
	t->shadow = t->shadow && !p->dec.payload_len && side == FLOW_CLIENT;
	proven = !m.ignore && state_is_proven(t, p, side);
	if (t->forged && !t->side[0].n_segs && !t->side[1].n_segs)
		t->forged = false;
	take_data(s, t, p, side, &m, facts);
	facts->proven = proven && (facts->taken || !p->dec.payload_len);
	t->forged = t->forged || (facts->taken && !proven);
	state_finish(s, t, p, side, &m);
	facts->established = t->handshaken && !m.closed;
	facts->handshake_done = facts->established && !facts->flow->established;
	facts->flow->established = facts->established;
	facts->midstream = t->midstream && !t->engine->require_3whs;
	set_class(s, facts->flow, t);
	if (m.closed)
		flow_end(s->flows, facts->flow, FLOW_END_CLOSED);
}

static void
take_packet(struct streams *s, struct packet *p, struct stream_facts *facts)
{
	bool is_new;
	struct flow *f = get_flow(s, p, &facts->side, &is_new);

	if (!f) {
		if (is_new)
			s->points |= POLICY_BIT(POLICY_FLOW_FULL);
		if (p->dec.tcp_flags & TCP_RST)
			stray_reset(s, p);
		return;
	}
	facts->flow = f;
	flow_touch(s->flows, f, p, facts->side);
	if (f->judged == FLOW_DROPPED) {
		facts->dropped = facts->has_direction = true;
		return;
	}
	if (f->judged == FLOW_REOPENS && !is_new &&
	    !judge_reopening(s, f, p, facts))
		return;
	if (!f->tcp && !session_begin(s, f, p, facts->side)) {
		if (f->judged == FLOW_REOPENS) { /* nobody could tell */
			f->judged = FLOW_DROPPED;
			facts->dropped = true;
		}
		/* as in Snort: the first packet has a direction, and what
		 * follows without a session has none */
		facts->has_direction = is_new;
		s->ctrs[STREAM_CTR_NO_SESSION]++;
		return;
	}
	facts->has_direction = true;
	follow(s, f->tcp, p, facts);
	if (f->tcp->shadow && !is_new && !(p->dec.tcp_flags & TCP_SYN))
		facts->has_direction = false;
	keep_reserve(s);
}

void
stream_packet(struct streams *s, struct packet *p, struct stream_facts *facts)
{
	*facts = (struct stream_facts){ 0 };
	streams_clock(s, p->ts);
	if (!s->conf->n_engines)
		return;
	s->points = 0;
	take_packet(s, p, facts);
	facts->points = s->points;
}

/* -------------------------------------------------------- questions */

bool
stream_bytes(const struct flow *f, enum flow_side side, uint32_t *n)
{
	const struct tcp_session *t = f->tcp;
	const struct tcp_side *q;

	if (!t || f->dying)
		return false;
	q = &t->side[side];
	*n = q->seen || q->syn ? q->next - t->rare[side].isn : 0;
	return true;
}

void
stream_set_reassembly(struct flow *f, enum flow_side side, bool on)
{
	if (!f->tcp || f->tcp->ignored)
		return;
	f->tcp->manual[side] = true;
	f->tcp->side[side].reassemble = on;
}

bool
stream_ignores_any(const struct flow *f)
{
	return f->tcp && f->tcp->engine->ignore_any_rules;
}

void
stream_set_pdu(struct streams *s, struct flow *f, enum flow_side side,
    stream_pdu_fn *fn, void *state)
{
	struct tcp_session *t = f->tcp;
	struct tcp_rare *rare;
	struct tcp_side *q;

	if (!t)
		return;
	q = &t->side[side];
	rare = &t->rare[side];
	rare->pdu_ended = (rare->pdu_ended || rare->pdu) &&
	    !rare->tentative && !fn;
	rare->pdu = fn;
	rare->pdu_state = state;
	rare->tentative = false;
	if (q->queue)
		q->queue->scanned = q->ready;
	if (t->manual[side] || t->ignored)
		return;
	q->reassemble = fn || t->by_port[side];
	if (!q->reassemble)
		queue_drop_all(s, q);
}

bool
stream_is_whole(const struct flow *f, enum flow_side side)
{
	const struct tcp_side *q = f->tcp ? &f->tcp->side[side] : NULL;

	return q && q->fin && !seq_lt(q->ready, q->fin_seq);
}

bool
stream_is_proven(const struct flow *f)
{
	return f->tcp && f->tcp->proven && !f->tcp->forged;
}

bool
stream_is_midstream(const struct flow *f)
{
	return f->tcp && f->tcp->midstream;
}

void
stream_set_guess(struct streams *s, struct flow *f, enum flow_side side,
    stream_pdu_fn *fn, void *state)
{
	stream_set_pdu(s, f, side, fn, state);
	if (f->tcp)
		f->tcp->rare[side].tentative = true;
}

void
stream_freeze(struct flow *f)
{
	if (f->tcp)
		f->tcp->frozen = true;
}

void
stream_ignore(struct streams *s, struct flow *f)
{
	struct tcp_session *t = f->tcp;

	if (!t || t->ignored)
		return;
	t->ignored = t->frozen = true;
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		t->side[i].reassemble = false;
		t->rare[i].pdu = NULL;
		queue_drop_all(s, &t->side[i]);
	}
}

void
stream_alert_note(struct flow *f, enum flow_side side, uint32_t gid,
    uint32_t sid)
{
	struct tcp_session *t = f->tcp;
	struct tcp_side *q;
	struct streams *s;

	if (!t || t->shadow)
		return;
	q = &t->side[side];
	s = t->streams;
	if (q->n_alerts == STREAM_ALERTS)
		return;
	if (!t->alerts)
		t->alerts = slab_take(&s->alerts);
	if (!t->alerts) {
		s->ctrs[STREAM_CTR_NOT_NOTED]++;
		return;
	}
	t->alerts->early[side] &= (uint8_t)~(1u << q->n_alerts);
	t->alerts->list[side][q->n_alerts++] =
	    (struct pkt_event){ (uint16_t)gid, sid };
}

bool
stream_alert_noted(const struct flow *f, enum flow_side side, uint32_t gid,
    uint32_t sid)
{
	const struct tcp_session *t = f->tcp;
	const struct pkt_event *e;

	if (!t || !t->side[side].n_alerts)
		return false;
	e = t->alerts->list[side];
	for (unsigned i = 0; i < t->side[side].n_alerts; i++)
		if (e[i].gid == gid && e[i].sid == sid)
			return true;
	return false;
}

void
stream_alert_early(struct flow *f, enum flow_side side, uint32_t gid,
    uint32_t sid)
{
	struct tcp_session *t = f->tcp;

	for (unsigned i = 0; t && i < t->side[side].n_alerts; i++)
		if (t->alerts->list[side][i].gid == gid &&
		    t->alerts->list[side][i].sid == sid)
			t->alerts->early[side] |= (uint8_t)(1u << i);
}

unsigned
stream_alerts_early(const struct flow *f, enum flow_side side,
    struct pkt_event *list, unsigned max)
{
	const struct tcp_session *t = f->tcp;
	unsigned n = 0;

	for (unsigned i = 0; t && i < t->side[side].n_alerts && n < max; i++)
		if (t->alerts->early[side] >> i & 1)
			list[n++] = t->alerts->list[side][i];
	return n;
}

void
stream_rewrite(struct flow *f, enum flow_side side, const struct packet *p,
    uint32_t at, const uint8_t *bytes, uint32_t n)
{
	uint32_t seq = p->dec.tcp_seq + !!(p->dec.tcp_flags & TCP_SYN) + at;

	if (f->tcp)
		queue_write(&f->tcp->side[side], seq, bytes, n);
}

bool
stream_terms(const struct flow *f, enum flow_side side,
    const struct packet *p, struct stream_terms *out)
{
	const struct tcp_session *t = f->tcp;
	const struct tcp_side *q, *o;
	uint32_t len = p->dec.payload_len;

	if (!t || t->ended || p->dec.tcp_flags & TCP_SYN)
		return false;
	q = &t->side[side];
	o = &t->side[side == FLOW_CLIENT ? FLOW_SERVER : FLOW_CLIENT];
	*out = (struct stream_terms){ .has_window = q->has_edge, .mss = o->mss,
		.no_ecn = !t->midstream && q->syn && o->syn && !t->ecn_agreed };
	if (q->has_edge) {
		uint32_t room = q->edge - p->dec.tcp_seq;

		out->window = seq_le(q->edge, p->dec.tcp_seq) ? 0 :
		    room < len ? room : len;
		out->is_probe = len == 1 && p->dec.tcp_seq == q->edge;
	}
	return true;
}

bool
stream_conflict(const struct flow *f, enum flow_side side,
    const struct packet *p, uint32_t *at, struct slice *first)
{
	uint32_t seq = p->dec.tcp_seq + !!(p->dec.tcp_flags & TCP_SYN);
	struct slice s = pkt_payload(p);

	return f->tcp && queue_conflict(&f->tcp->side[side], seq, s, at, first);
}
