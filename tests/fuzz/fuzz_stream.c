/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TCP session of any shape. The input's first two bytes choose policy and
 * view; each following record of nine bytes is a segment: side and options,
 * flags, sequence and acknowledgement numbers near the ISN or far off, window,
 * urgent pointer, length. Whatever it is: units stay within what was sent and
 * acknowledged, come in order and say where what was noted of segments is, and
 * at the end all memory is given back.
 */
#include <stdlib.h>

#include "core/cursor.h"
#include "decoders/track/track.h"

enum { RECORDS_MAX = 400, SEG_MAX = 3000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

/* Units of a side never go back, and are not empty. */
struct order {
	bool any;
	uint32_t next;
	uint64_t flow;
};

/* Pieces are in order within the unit, hits within their piece, of which the
 * first ones may be missing; those with more behind them are not. */
static void
check_scan(const struct stream_scan *scan, size_t len)
{
	uint32_t at = 0, hit = 0;

	for (unsigned i = 0; i < scan->n_pieces; i++) {
		const struct stream_piece *g = &scan->pieces[i];

		check(g->from >= at && g->from < g->to && g->to <= len);
		check(g->generation == 1 && g->n_hits <= LIM_SEG_HITS);
		for (uint32_t j = 0, last = 0; j < g->n_hits; j++, hit++) {
			const struct stream_hit *h = &scan->hits[hit];
			uint32_t what = h->what & ~STREAM_HIT_MORE;

			check(j == 0 || what > last);
			check(what < LIM_SEG_HITS);
			check(h->end <= g->to && (h->end > g->from ||
			    (h->end == g->from && h->what != what)));
			last = what;
		}
		at = g->to;
	}
	check(hit == scan->n_hits);
}

/* Some packets are searched, and some of these hold something. */
static void
note_scan(const struct packet *p, const struct stream_facts *facts)
{
	struct stream_hit hits[LIM_SEG_HITS];
	unsigned n = (unsigned)(p->num * 7 % (LIM_SEG_HITS + 20));

	if (!facts->flow || p->num % 5 == 0 || !p->dec.payload_len)
		return;
	for (unsigned i = 0; i < n && i < LIM_SEG_HITS; i++)
		hits[i] = (struct stream_hit){ i | (i % 3 ? 0 : STREAM_HIT_MORE),
			1 + i % p->dec.payload_len };
	stream_scan_note(facts->flow, p, 1, hits, n);
}

static void
check_unit(const struct packet *u, const struct stream_facts *facts,
    struct order order[FLOW_SIDES])
{
	struct order *o = &order[facts->side];
	struct slice s = pkt_payload(u);

	check(facts->flow && s.len && s.len == u->dec.payload_len);
	check(u->dec.flags & PKT_REBUILT_STREAM);
	check(u->caplen == u->dec.payload_off + s.len);
	check_scan(facts->scan, s.len);
	if (o->any && o->flow == facts->flow->id)
		check((int32_t)(u->dec.tcp_seq - o->next) >= 0);
	*o = (struct order){ true, u->dec.tcp_seq, facts->flow->id };
}

static bool
next_segment(struct cursor *c, struct packet *p, uint8_t *frame)
{
	static const uint32_t far[] = { 0, 200, 65000, 1u << 20, 1u << 30,
		1u << 31, UINT32_MAX - 100, 0 };
	const uint8_t *r = cur_take(c, 9);
	bool server;
	uint32_t len;

	if (!r)
		return false;
	server = r[0] & 1;
	len = (uint32_t)r[8] * (r[0] & 2 ? 11 : 1);
	for (uint32_t i = 0; i < len; i++)
		frame[54 + i] = (uint8_t)(r[3] + i * r[8]);
	p->data = frame;
	p->caplen = p->wirelen = 54 + len;
	p->dlt = 1;
	p->num++;
	p->ts.ns += r[0] & 4 ? UINT64_C(7000000000) : 1000;
	p->dec = (struct pkt_dec){
		.has_eth = true,
		.ip_ver = 4,
		.ip_proto = 6,
		.n_ip = 1,
		.ip_off = 14,
		.ip_hlen = 20,
		.ip_len = 40 + len,
		.ip_ttl = 64,
		.l4 = PKT_L4_TCP,
		.l4_off = 34,
		.l4_hlen = 20,
		.payload_off = 54,
		.payload_len = len,
		.src = { 4, { 10, 0, 0, server ? 2 : 1 } },
		.dst = { 4, { 10, 0, 0, server ? 1 : 2 } },
		.sport = server ? 80 : (uint16_t)(1025 + (r[0] >> 6)),
		.dport = server ? (uint16_t)(1025 + (r[0] >> 6)) : 80,
		.tcp_flags = r[1],
		.tcp_seq = (server ? 5000u : 0xffffff00u) + r[3] +
		    far[r[2] & 7],
		.tcp_ack = (server ? 0xffffff00u : 5000u) + r[4] +
		    far[r[2] >> 3 & 7],
		.tcp_win = (uint16_t)(r[5] << (r[2] >> 6) * 2),
		.tcp_urp = r[6],
	};
	/* a window scale, or a timestamp, in the frame's first bytes */
	if (r[0] & 8) {
		for (unsigned i = 0; i < 8; i++)
			frame[i] = r[7];
		p->dec.n_tcp_opts = 1;
		p->tcp_opts[0] = (struct hdr_opt){ r[0] & 16 ? 8 : 3,
			r[0] & 16 ? 8 : 1, 0 };
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t ports[8192], frame[54 + SEG_MAX];
	static struct packet p, u;
	struct stream_engine e = { .timeout_s = 30, .detect_anomalies = true,
		.overlap_limit = 3, .max_window = 30000, .small_count = 2,
		.small_bytes = 10, .check_hijacking = true,
		.ports = { ports, ports } };
	struct track_conf conf = track_conf_default();
	struct order order[FLOW_SIDES] = { { 0 } };
	struct cursor c = cur_make(data, size);
	struct stream_facts facts;
	struct track *t;
	uint8_t policy, view;

	if (!cur_u8(&c, &policy) || !cur_u8(&c, &view))
		return 0;
	for (size_t i = 0; i < sizeof(ports); i++)
		ports[i] = 0xff;
	e.policy = policy % (TCP_NOACK + 1);
	e.require_3whs = view & 2;
	e.no_reassemble_async = view & 4;
	e.max_queued_segs = view & 8 ? 5 : 0;
	conf.flow.track[FLOW_TCP] = true;
	conf.flow.max[FLOW_TCP] = 3;
	conf.stream.memcap = 1; /* the least there can be */
	conf.stream.inline_mode = view & 1;
	conf.stream.tail = view & 8;
	conf.stream.engines = &e;
	conf.stream.n_engines = 1;
	t = track_new(&conf);
	if (!t)
		return 0;
	p = (struct packet){ .ts = { 1000000000 } };
	for (int i = 0; i < RECORDS_MAX && next_segment(&c, &p, frame); i++) {
		track_packet(t, &p, &facts);
		note_scan(&p, &facts);
		if (p.dec.tcp_flags & TCP_SYN) /* numbers may begin anew */
			order[0].any = order[1].any = false;
		while (track_next(t, &u, &facts))
			check_unit(&u, &facts, order);
		while (track_expire(t, p.ts, false, &u, &facts))
			check_unit(&u, &facts, order);
	}
	while (track_expire(t, p.ts, true, &u, &facts))
		check_unit(&u, &facts, order);
	check(flow_live(track_flows(t), FLOW_TCP) == 0);
	track_free(t);
	return 0;
}
