/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of a stream are searched for patterns once: what judging finds is
 * the same as when every unit is searched whole, in the same order.
 */
#include "detect_help.h"

#include "core/xalloc.h"
#include "decoders/track/track.h"
#include "detect/kept.h"

enum { STREAM_LEN = 5000, HEADERS = 54, SEG_MAX = 3000, CLIENT_ISN = 1000 };

/* A session judged as the sensor does. */
struct world {
	struct set set;
	struct stream_engine engine;
	struct track_conf conf;
	struct track *track;
	struct packet pkt, part;
	struct stream_facts facts;
	struct stream_scan own;
	uint8_t frame[HEADERS + SEG_MAX];
	bool whole;         /* search every unit whole */
	uint32_t set_gen;   /* as the detector counts it */
	struct hits kept, full;
	char said[65536];   /* of the last packet's units and its own */
	size_t n_said;
	uint64_t units, unit_bytes;
	uint64_t compared; /* twice for each of the units, but those for which
	                      what was kept is not enough */
	uint32_t cut;      /* where the next body begins */
	/* for a hook: bytes of units, 0 for any number, and what the next one
	 * has left */
	uint32_t unit_len, left, ends;
};

static uint8_t ports[8192];

static void
world_rules(struct world *w, const char *rules, struct set *set)
{
	struct detect_conf c = detect_conf_default();

	c.max_queue = c.log = 100;
	c.max_queue_events = LIM_MATCHES;
	*set = set_load(rules, &c);
	assert_true(hits_init(&w->kept, &set->rs->prefilter));
	assert_true(hits_init(&w->full, &set->rs->prefilter));
}

static struct world *
world_new(const char *rules, enum tcp_policy policy, bool inline_mode)
{
	struct world *w = test_calloc(1, sizeof(*w));

	memset(ports, 0xff, sizeof(ports));
	world_rules(w, rules, &w->set);
	w->set_gen = 1;
	w->engine = (struct stream_engine){ .policy = policy, .timeout_s = 30,
		.ports = { ports, ports } };
	w->conf = track_conf_default();
	w->conf.flow.track[FLOW_TCP] = true;
	w->conf.stream.engines = &w->engine;
	w->conf.stream.n_engines = 1;
	w->conf.stream.inline_mode = inline_mode;
	w->track = track_new(&w->conf);
	assert_non_null(w->track);
	w->pkt.ts = mtime_make(1000, 0);
	return w;
}

static void
world_adopt(struct world *w, const char *rules)
{
	struct set next;

	hits_fini(&w->kept);
	hits_fini(&w->full);
	world_rules(w, rules, &next);
	assert_true(set_adopt(w->set.d, next.rs));
	detector_free(next.d);
	ruleset_free(w->set.rs);
	tree_free(w->set.tree);
	w->set.tree = next.tree;
	w->set.rs = next.rs;
	w->set_gen++;
}

static uint64_t
stream_counter(const struct world *w, const char *name)
{
	for (unsigned i = 0; i < stream_counters.n; i++)
		if (strcmp(stream_counters.defs[i].name, name) == 0)
			return streams_counters(track_streams(w->track))[i];
	fail_msg("no counter %s", name);
	return 0;
}

static struct unit
unit_of(struct world *w, const struct packet *p, enum unit_kind kind,
    const struct stream_facts *facts)
{
	struct unit u = { .kind = kind, .pkt = p };

	u.flow = (struct unit_flow){ .flow = facts->flow,
		.table = track_flows(w->track),
		.has_direction = facts->has_direction,
		.to_server = facts->side == FLOW_CLIENT,
		.established = facts->established };
	u.scan = w->whole ? NULL : facts->scan;
	unit_set(&u, BUF_PAYLOAD, pkt_payload(p));
	return u;
}

static void
judge_unit(struct world *w, const struct unit *u)
{
	const struct event *ev;
	enum rule_action verdict;
	unsigned n = detect_unit(w->set.d, u, NULL, 0, &ev, &verdict);

	w->n_said += (size_t)snprintf(w->said + w->n_said, sizeof(w->said) -
	    w->n_said, "%s", u->kind == UNIT_STREAM ? " stream:" : " raw:");
	for (unsigned i = 0; i < n; i++)
		w->n_said += (size_t)snprintf(w->said + w->n_said,
		    sizeof(w->said) - w->n_said, " %u", ev[i].sid);
	assert_true(w->n_said < sizeof(w->said));
}

/* What both know is the same; of a run nothing but its first is. */
static void
compare_places(const struct prefilter *pf, uint32_t slot,
    const struct hit_places *a, const struct hit_places *b)
{
	uint32_t known = a->known < b->known ? a->known : b->known;
	uint32_t rule = pf->slot_rules.v[pf->slot_first.v[slot]];

	if (pf->rules[rule].fast.once)
		known = a->ends[0];
	for (uint32_t i = 0; i < a->n || i < b->n; i++) {
		bool in_a = i < a->n && a->ends[i] <= known;
		bool in_b = i < b->n && b->ends[i] <= known;

		assert_int_equal(in_a, in_b);
		if (in_a)
			assert_int_equal(a->ends[i], b->ends[i]);
	}
}

enum { BODY_SCAN = 6, PAYLOAD_SCAN };

/* Every bundle in the unit: from what was kept, and searched whole; where the
 * payload has a body, from `body' on, that first. */
static void
compare_hits(struct world *w, const struct unit *u, size_t body)
{
	const struct prefilter *pf = &w->set.rs->prefilter;
	struct slice s = u->bufs[BUF_PAYLOAD];
	const struct kept kept = { .scan = u->scan, .generation = w->set_gen,
		.pf = pf, .payload = s, .body_at = body,
		.payload_scan = PAYLOAD_SCAN, .body_scan = BODY_SCAN };
	struct kept_cost cost = { 0 };

	hits_begin(&w->kept, pf);
	hits_begin(&w->full, pf);
	if (!kept_take(&kept, &w->kept, &cost))
		return;
	w->compared++;
	for (uint32_t i = 0; i < pf->n_bundles; i++) {
		assert_true(kept_search(&kept, &w->kept, pf->bundles[i],
		    &cost));
		if (body < s.len)
			assert_true(hits_scan(&w->full, pf->bundles[i],
			    slice_make(s.ptr + body, s.len - body),
			    BODY_SCAN));
		assert_true(hits_scan(&w->full, pf->bundles[i], s,
		    PAYLOAD_SCAN));
	}
	hits_sort(&w->kept, pf);
	hits_sort(&w->full, pf);
	assert_int_equal(w->kept.n, w->full.n);
	for (uint32_t i = 0; i < w->full.n; i++) {
		assert_int_equal(w->kept.list[i].slot, w->full.list[i].slot);
		assert_true(w->kept.list[i].order == w->full.list[i].order);
		compare_places(pf, w->kept.list[i].slot,
		    &w->kept.places[w->kept.list[i].nth],
		    &w->full.places[w->full.list[i].nth]);
	}
}

static void
judge_part(struct world *w, const struct stream_facts *facts)
{
	struct unit u = unit_of(w, &w->part, UNIT_STREAM, facts);

	w->units++;
	w->unit_bytes += w->part.dec.payload_len;
	if (u.scan) {
		uint32_t len = w->part.dec.payload_len;

		compare_hits(w, &u, SIZE_MAX);
		w->cut = w->cut * 1664525 + 1013904223;
		compare_hits(w, &u, w->cut >> 30 ? (w->cut >> 8) % len : 0);
	}
	judge_unit(w, &u);
}

/* What a segment is besides its place. */
struct how {
	uint8_t flags;
	uint16_t urgent;
	bool broken; /* rules do not see it */
};

static void
send_segment(struct world *w, bool server, uint32_t seq, uint32_t ack,
    const uint8_t *bytes, uint32_t len, struct how how)
{
	struct packet *p = &w->pkt;
	struct stream_facts part;
	bool searched = false;
	struct unit u;

	assert_true(len <= SEG_MAX);
	if (len)
		memcpy(w->frame + HEADERS, bytes, len);
	p->data = w->frame;
	p->caplen = p->wirelen = HEADERS + len;
	p->dlt = 1;
	p->num++;
	p->ts.ns += 1000;
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
		.payload_off = HEADERS,
		.payload_len = len,
		.src = ip(server ? "10.0.0.1" : "10.0.0.2"),
		.dst = ip(server ? "10.0.0.2" : "10.0.0.1"),
		.sport = server ? 80 : 4000,
		.dport = server ? 4000 : 80,
		.tcp_flags = how.flags,
		.tcp_seq = server ? 5000 + seq : CLIENT_ISN + seq,
		.tcp_ack = server ? CLIENT_ISN + ack : 5000 + ack,
		.tcp_win = 60000,
		.tcp_urp = how.urgent,
	};
	w->n_said = 0;
	track_packet(w->track, p, &w->facts);
	if (how.broken)
		p->dec.flags |= PKT_NO_RULES;
	u = unit_of(w, p, UNIT_RAW, &w->facts);
	if (w->conf.stream.inline_mode && !w->facts.retransmitted && !w->whole)
		searched = detect_scan(w->set.d, &u, &w->own);
	while (track_next(w->track, &w->part, &part))
		judge_part(w, &part);
	u = unit_of(w, p, UNIT_RAW, &w->facts);
	u.no_patterns = w->facts.retransmitted;
	if (searched)
		u.scan = &w->own;
	judge_unit(w, &u);
	while (track_expire(w->track, p->ts, false, &w->part, &part))
		judge_part(w, &part);
}

static void
client(struct world *w, uint32_t seq, const void *bytes, size_t len)
{
	send_segment(w, false, seq, 1, bytes, (uint32_t)len,
	    (struct how){ .flags = TCP_PSH | TCP_ACK });
}

static void
acknowledge(struct world *w, uint32_t ack)
{
	send_segment(w, true, 1, ack, NULL, 0,
	    (struct how){ .flags = TCP_ACK });
}

static void
handshake(struct world *w)
{
	send_segment(w, false, 0, 0, NULL, 0, (struct how){ .flags = TCP_SYN });
	send_segment(w, true, 0, 1, NULL, 0,
	    (struct how){ .flags = TCP_SYN | TCP_ACK });
	send_segment(w, false, 1, 1, NULL, 0, (struct how){ .flags = TCP_ACK });
}

static void
finish(struct world *w)
{
	struct stream_facts part;

	while (track_expire(w->track, w->pkt.ts, true, &w->part, &part))
		judge_part(w, &part);
	assert_int_equal(flow_live(track_flows(w->track), FLOW_TCP), 0);
}

static void
world_free(struct world *w)
{
	finish(w);
	track_free(w->track);
	hits_fini(&w->kept);
	hits_fini(&w->full);
	set_free(&w->set);
	test_free(w);
}

/* -- any stream -------------------------------------------------------------- */

static char rules_text[65536];

/* Literals over a few letters, a third of them for the port alone, some that
 * see what others did to the session. */
static const char *
random_rules(void)
{
	static const char letters[] = "abAc";
	size_t at = 0, size = sizeof(rules_text);

	for (unsigned i = 1; i <= 80; i++) {
		char lit[64];
		unsigned len = 1 + test_random(i % 16 ? 7 : 40), n = 0;

		for (; n < len; n++)
			lit[n] = letters[test_random(4)];
		lit[n] = '\0';
		at += (size_t)snprintf(rules_text + at, size - at,
		    "alert tcp any any -> any %s (content:\"%s\"; nocase; "
		    "%s%u; sid:%u;)\n", i % 3 ? "any" : "80", lit,
		    i % 5 ? "flowbits:set,b" : "flowbits:isset,b",
		    test_random(6), i);
	}
	assert_true(at < size);
	return rules_text;
}

/* Both worlds, and what they said. */
struct pair {
	struct world *once, *whole;
	uint8_t bytes[STREAM_LEN];
	uint32_t acked;
	unsigned n;
};

static void
pair_send(struct pair *p, bool server, uint32_t seq, uint32_t ack,
    const uint8_t *bytes, uint32_t len, struct how how)
{
	send_segment(p->once, server, seq, ack, bytes, len, how);
	send_segment(p->whole, server, seq, ack, bytes, len, how);
	assert_int_equal(p->once->n_said, p->whole->n_said);
	assert_string_equal(p->once->said, p->whole->said);
	p->n++;
}

static void
pair_same(struct pair *p)
{
	static const char *const names[] = { "units", "hits", "candidates",
		"evaluated", "matched", "reported", "raised_before" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_int_equal(counter(&p->once->set, names[i]),
		    counter(&p->whole->set, names[i]));
}

static uint8_t
stream_byte(void)
{
	return (uint8_t)"abAcBC.\0"[test_random(8)];
}

/* One segment, near what is acknowledged or anywhere in front of it. */
static void
random_segment(struct pair *p, uint32_t *next)
{
	static const uint32_t lens[] = { 3, 20, 90, 400, 1400 };
	uint32_t len = 1 + test_random(lens[test_random(ARRAY_LEN(lens))]);
	uint32_t at = *next;
	struct how how = { .flags = TCP_PSH | TCP_ACK };
	uint8_t bytes[1400];

	switch (test_random(10)) {
	case 0: /* again, or over others */
		at -= test_random(at < 600 ? at + 1 : 600);
		break;
	case 1: /* behind a hole */
		at += test_random(300);
		break;
	case 2:
		how.urgent = (uint16_t)test_random(20);
		how.flags |= TCP_URG;
		break;
	case 3:
		how.broken = true;
		break;
	default:
		break;
	}
	if (at >= STREAM_LEN)
		return;
	if (len > STREAM_LEN - at)
		len = STREAM_LEN - at;
	memcpy(bytes, p->bytes + at, len);
	if (!test_random(20)) /* not what others say */
		bytes[test_random(len)] = stream_byte();
	pair_send(p, false, 1 + at, 1, bytes, len, how);
	if (at <= *next && at + len > *next && (at == *next || test_random(2)))
		*next = at + len;
}

/* Units of any length, a few of one byte, from wherever they begin. */
static size_t
any_pdu(void *state, struct slice bytes)
{
	struct world *w = state;

	if (!bytes.ptr)
		return 0;
	if (!w->left && w->unit_len) {
		w->left = w->unit_len;
	} else if (!w->left) {
		w->ends = w->ends * 1664525 + 1013904223;
		w->left = w->ends >> 29 ? 1 + (w->ends >> 8) % 600 : 1;
	}
	if (w->left > bytes.len) {
		w->left -= (uint32_t)bytes.len;
		return 0;
	}
	bytes.len = w->left;
	w->left = 0;
	return bytes.len;
}

static void
begin_stream(struct world *w, bool cut)
{
	handshake(w);
	if (cut)
		stream_set_pdu(track_streams(w->track), w->facts.flow,
		    FLOW_CLIENT, any_pdu, w);
}

static void
random_stream(struct pair *p, bool cut)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < STREAM_LEN; i++)
		p->bytes[i] = stream_byte();
	begin_stream(p->once, cut);
	begin_stream(p->whole, cut);
	for (int i = 0; i < 400 && next < STREAM_LEN; i++) {
		random_segment(p, &next);
		if (!test_random(3)) {
			uint32_t to = p->acked + test_random(next -
			    p->acked + 1);

			p->acked = test_random(2) ? next : to;
			pair_send(p, true, 1, 1 + p->acked, NULL, 0,
			    (struct how){ .flags = TCP_ACK });
		}
		if (!test_random(100)) {
			const char *text = random_rules();

			pair_same(p);
			world_adopt(p->once, text);
			world_adopt(p->whole, text);
		}
	}
	pair_send(p, true, 1, 1 + next, NULL, 0,
	    (struct how){ .flags = TCP_ACK });
	finish(p->once);
	finish(p->whole);
	pair_same(p);
}

static void
test_same_as_searched_whole(void **state)
{
	uint64_t once = 0, whole = 0, units = 0, compared = 0;

	(void)state;
	test_seed();
	for (unsigned round = 0; round < 80; round++) {
		enum tcp_policy policy = (enum tcp_policy)test_random(
		    TCP_NOACK + 1);
		const char *text = random_rules();
		struct pair *p = test_calloc(1, sizeof(*p));

		p->once = world_new(text, policy, round & 1);
		p->whole = world_new(text, policy, round & 1);
		p->whole->whole = true;
		random_stream(p, round & 2);
		once += counter(&p->once->set, "scanned");
		whole += counter(&p->whole->set, "scanned");
		units += p->once->units;
		compared += p->once->compared;
		world_free(p->once);
		world_free(p->whole);
		test_free(p);
	}
	print_message("%llu units, %llu compared, %llu bytes searched, else "
	    "%llu\n", (unsigned long long)units, (unsigned long long)compared,
	    (unsigned long long)once, (unsigned long long)whole);
	assert_true(units > 1000 && compared > units);
	assert_true(once < whole);
}

/* -- one stream -------------------------------------------------------------- */

/* The longest literal of all is six bytes: five are searched on each side. */
static const char few[] =
    "alert tcp any any -> any any (content:\"first\"; sid:1;)\n"
    "alert tcp any any -> any any (content:\"second\"; sid:2;)\n";
enum { REACH = 5 };

/* Segments of so many bytes with these texts in them. */
static void
fill(uint8_t *to, size_t len, const char *text, size_t at)
{
	memset(to, '.', len);
	memcpy(to + at, text, strlen(text));
}

static void
test_seams_alone(void **state)
{
	for (int view = 0; view < 2; view++) {
		struct world *w = world_new(few, TCP_LINUX, false);
		uint8_t bytes[3][200];

		(void)state;
		fill(bytes[0], 200, "second", 30);
		fill(bytes[0] + 197, 3, "fir", 0);
		fill(bytes[1], 200, "st", 0);
		fill(bytes[2], 200, "first", 195);
		if (view) { /* one piece in the middle was not judged */
			handshake(w);
			client(w, 1, bytes[0], 200);
			send_segment(w, false, 201, 1, bytes[1], 200,
			    (struct how){ .flags = TCP_ACK, .broken = true });
		} else {
			handshake(w);
			client(w, 1, bytes[0], 200);
			assert_string_equal(w->said, " raw: 2");
			client(w, 201, bytes[1], 200);
			assert_string_equal(w->said, " raw:");
		}
		client(w, 401, bytes[2], 200);
		assert_string_equal(w->said, " raw: 1");
		acknowledge(w, 601);
		/* what the segments raised is not raised again */
		assert_string_equal(w->said, " stream: raw:");
		assert_int_equal(counter(&w->set, "raised_before"), 2);
		assert_int_equal(counter(&w->set, "rescanned"),
		    view ? 200 : 0);
		assert_int_equal(counter(&w->set, "seams"),
		    view ? 2 * REACH : 4 * REACH);
		assert_int_equal(counter(&w->set, "scanned"), 600 +
		    (view ? 2 * REACH : 4 * REACH));
		world_free(w);
	}
}

/* A hit over a seam comes before the same one in a segment behind it. */
static void
test_pattern_over_a_seam(void **state)
{
	struct world *w = world_new(few, TCP_LINUX, false);
	uint8_t bytes[400];

	(void)state;
	fill(bytes, 400, "second", 197);
	handshake(w);
	for (uint32_t at = 0; at < 400; at += 200)
		client(w, 1 + at, bytes + at, 200);
	assert_string_equal(w->said, " raw:");
	acknowledge(w, 401);
	assert_string_equal(w->said, " stream: 2 raw:");
	assert_int_equal(counter(&w->set, "seams"), 2 * REACH);
	world_free(w);
}

/* Inline, the unit that holds a segment comes before it: one search. */
static void
test_inline(void **state)
{
	struct world *w = world_new(few, TCP_LINUX, true);
	uint8_t bytes[300];

	(void)state;
	fill(bytes, 300, "first", 120);
	handshake(w);
	client(w, 1, bytes, 300);
	assert_string_equal(w->said, " stream: 1 raw: 1");
	assert_int_equal(counter(&w->set, "scanned"), 300);
	assert_int_equal(counter(&w->set, "rescanned"), 0);
	/* out of order: it waits with what was found in it */
	client(w, 501, bytes, 300);
	assert_string_equal(w->said, " raw: 1");
	client(w, 301, bytes, 200); /* 1 was raised, by that one */
	assert_string_equal(w->said, " stream: raw: 1");
	assert_int_equal(counter(&w->set, "scanned"), 800 + 2 * REACH);
	assert_int_equal(counter(&w->set, "rescanned"), 0);
	world_free(w);
}

/* What is not whole in a unit, or not as it was searched, is searched anew. */
static void
test_searched_anew(void **state)
{
	struct world *w = world_new(few, TCP_LAST, false);
	uint8_t bytes[1000];

	(void)state;
	fill(bytes, 1000, "first", 797);
	handshake(w);
	/* an acknowledgement in the middle of a segment: what is behind it is
	 * known as well */
	client(w, 1, bytes, 100);
	client(w, 101, bytes + 100, 400);
	client(w, 501, bytes + 500, 400);
	acknowledge(w, 801);
	assert_string_equal(w->said, " stream: raw:");
	assert_int_equal(counter(&w->set, "rescanned"), 0);
	client(w, 901, bytes, 100);
	acknowledge(w, 1001);
	assert_string_equal(w->said, " stream: raw:");
	assert_int_equal(counter(&w->set, "rescanned"), 0);

	/* another one over its end */
	client(w, 1001, bytes, 300);
	client(w, 1201, bytes + 200, 300);
	acknowledge(w, 1501);
	assert_int_equal(counter(&w->set, "rescanned"), 200);
	/* sent again while it waits: it is the first that counts */
	client(w, 1501, bytes, 300);
	client(w, 1501, bytes, 300);
	assert_true(w->facts.retransmitted);
	client(w, 1801, bytes, 300);
	acknowledge(w, 2101);
	assert_int_equal(counter(&w->set, "rescanned"), 200);
	/* urgent bytes are left out */
	send_segment(w, false, 2101, 1, bytes, 300, (struct how){ .flags =
	    TCP_PSH | TCP_ACK | TCP_URG, .urgent = 1 });
	client(w, 2401, bytes, 300);
	acknowledge(w, 2701);
	assert_int_equal(counter(&w->set, "rescanned"), 499);
	/* other rules */
	client(w, 2701, bytes + 700, 300);
	world_adopt(w, "alert tcp any any -> any any (content:\"fir\"; "
	    "sid:3;)\n");
	client(w, 3001, bytes + 700, 300);
	assert_string_equal(w->said, " raw: 3");
	acknowledge(w, 3301);
	assert_string_equal(w->said, " stream: raw:");
	assert_int_equal(counter(&w->set, "rescanned"), 499 + 300);
	world_free(w);
}

/* What was found in bytes that others won over is not in the unit. */
static void
test_trimmed(void **state)
{
	struct world *w = world_new(few, TCP_FIRST, false);
	uint8_t bytes[400];

	(void)state;
	fill(bytes, 400, "first", 350);
	handshake(w);
	client(w, 301, bytes, 100);
	client(w, 1, bytes, 400);
	assert_int_equal(counter(&w->set, "hits"), 1);
	acknowledge(w, 401);
	assert_int_equal(w->unit_bytes, 400);
	assert_int_equal(counter(&w->set, "hits"), 1);
	assert_int_equal(counter(&w->set, "rescanned"), 300);
	world_free(w);
}

static size_t
pdu_of_100(void *state, struct slice bytes)
{
	(void)state;
	return bytes.len < 100 ? bytes.len : 100;
}

/* Inline, with flush points inside of segments. */
static void
test_inline_parts(void **state)
{
	struct world *w = world_new(few, TCP_LINUX, true);
	uint8_t bytes[300];

	(void)state;
	fill(bytes, 300, "first", 20);
	handshake(w);
	stream_set_pdu(track_streams(w->track), w->facts.flow, FLOW_CLIENT,
	    pdu_of_100, NULL);
	client(w, 1, bytes, 300);
	assert_int_equal(w->units, 3);
	/* the packet's, and the first unit's */
	assert_int_equal(counter(&w->set, "hits"), 2);
	assert_int_equal(counter(&w->set, "rescanned"), 0);
	world_free(w);
}

/* Each unit is a part of what was searched: what is before it, and behind it,
 * is not found in it. A literal of one byte again and again is known by its
 * first place alone, and others by a few. */
static void
test_parts_of_a_segment(void **state)
{
	static const char rules[] =
	    "alert tcp any any -> any any (content:\"first\"; sid:1;)\n"
	    "alert tcp any any -> any any (content:\"zzz\"; nocase; sid:2;)\n"
	    "alert tcp any any -> any any (content:\"a9\"; nocase; sid:3;)\n"
	    "alert tcp any any -> any any (content:\"##\"; sid:4;)\n";
	struct world *w = world_new(rules, TCP_LINUX, true);
	uint8_t bytes[2000];

	(void)state;
	fill(bytes, 2000, "first", 98); /* over a flush point */
	memcpy(bytes + 250, "first", 5);
	memcpy(bytes + 10, "zzz", 3);
	memcpy(bytes + 1850, "zZzz", 4);
	for (unsigned i = 300; i < 1000; i += 20)
		memcpy(bytes + i, "A9", 2);
	memcpy(bytes + 1950, "a9", 2);
	memcpy(bytes + 199, "####", 4);
	w->unit_len = 100;
	begin_stream(w, true);
	client(w, 1, bytes, 2000);
	assert_int_equal(w->units, 20);
	assert_int_equal(w->compared, 40);
	assert_int_equal(counter(&w->set, "rescanned"), 0);
	/* their seams are those of the packet's ends: there are none */
	assert_true(counter(&w->set, "scanned") < 3000);
	assert_string_equal(w->said, " stream: 2 stream: stream: 1 4 stream: 3"
	    " stream: 3 stream: 3 stream: 3 stream: 3 stream: 3 stream: 3"
	    " stream: stream: stream: stream: stream: stream: stream: stream:"
	    " stream: 2 stream: 3 raw: 1 2 4 3");
	world_free(w);
}

/* A parser may give a unit other bytes than its packet has. */
static void
test_other_payload(void **state)
{
	struct world *w = world_new(few, TCP_LINUX, false);
	uint8_t bytes[300];
	struct slice all;
	struct unit u;

	(void)state;
	fill(bytes, 300, "first", 20);
	memcpy(bytes + 200, "second", 6);
	handshake(w);
	client(w, 1, bytes, 300);
	u = unit_of(w, &w->pkt, UNIT_RAW, &w->facts);
	assert_true(detect_scan(w->set.d, &u, &w->own));
	u.scan = &w->own;
	all = u.bufs[BUF_PAYLOAD];
	w->n_said = 0;
	unit_set(&u, BUF_PAYLOAD, slice_make(all.ptr + 100, 200));
	judge_unit(w, &u);
	unit_set(&u, BUF_PAYLOAD, slice_make(all.ptr, 100));
	judge_unit(w, &u);
	unit_set(&u, BUF_PAYLOAD, all);
	judge_unit(w, &u);
	assert_string_equal(w->said, " raw: 2 raw: 1 raw: 2 1");
	assert_int_equal(counter(&w->set, "scanned"), 300 + 300 + 200 + 100);
	world_free(w);
}

/* -- limits ------------------------------------------------------------------ */

/* So many literals of three bytes. */
static const char *
many_rules(unsigned n)
{
	size_t at = 0;

	for (unsigned i = 0; i < n; i++)
		at += (size_t)snprintf(rules_text + at, sizeof(rules_text) -
		    at, "alert tcp any any -> any any (content:\"%03x\"; "
		    "sid:%u;)\n", i, i + 1);
	return rules_text;
}

static void
test_more_hits_than_kept(void **state)
{
	for (unsigned more = 0; more < 2; more++) {
		struct world *w = world_new(many_rules(LIM_SEG_HITS + 1),
		    TCP_LINUX, false);
		uint8_t bytes[3000];

		(void)state;
		memset(bytes, '.', sizeof(bytes));
		for (unsigned i = 0; i < LIM_SEG_HITS + more; i++)
			snprintf((char *)bytes + i * 4, 5, "%03x.", i);
		handshake(w);
		client(w, 1, bytes, 2500);
		client(w, 2501, bytes + 2500, 500);
		acknowledge(w, 3001);
		assert_int_equal(stream_counter(w, "scans_lost"), more);
		assert_int_equal(counter(&w->set, "rescanned"),
		    more ? 2500 : 0);
		assert_int_equal(w->compared, 2);
		world_free(w);
	}
}

/* A unit of more segments than are kept, and with more hits. */
static void
test_more_pieces_than_kept(void **state)
{
	struct world *w = world_new(few, TCP_LINUX, false);
	struct world *whole = world_new(few, TCP_LINUX, false);
	uint8_t bytes[30];
	uint32_t at = 1;

	(void)state;
	whole->whole = true;
	handshake(w);
	handshake(whole);
	for (unsigned i = 0; i < LIM_SCAN_PIECES + 10; i++) {
		fill(bytes, sizeof(bytes), "first", i % 26);
		client(w, at, bytes, sizeof(bytes));
		client(whole, at, bytes, sizeof(bytes));
		at += sizeof(bytes);
	}
	acknowledge(w, at);
	acknowledge(whole, at);
	assert_string_equal(w->said, whole->said);
	assert_int_equal(w->units, 1);
	assert_int_equal(counter(&w->set, "rescanned"), 10 * sizeof(bytes));
	assert_int_equal(counter(&w->set, "hits"),
	    counter(&whole->set, "hits"));
	world_free(w);
	world_free(whole);
}

/* Without a cell for them hits are lost, and the bytes searched again. */
static void
test_no_memory_for_hits(void **state)
{
	enum { LEN = 416, N = 130 }; /* a segment's cell is full of it */
	struct world *w = world_new(few, TCP_LINUX, false);
	uint8_t bytes[LEN];
	uint32_t at = 1;
	uint64_t lost;

	(void)state;
	fill(bytes, LEN, "first", 7);
	handshake(w);
	for (unsigned i = 0; i < N; i++, at += LEN) {
		struct stream_facts part;

		/* the segment takes its cell here, its hits below */
		send_segment(w, false, at, 1, bytes, LEN, (struct how){
		    .flags = TCP_ACK, .broken = true });
		mem_fail_at(1);
		stream_scan_note(w->facts.flow, &w->pkt, 1,
		    (struct stream_hit[]){ { 0, 12 } }, 1);
		mem_fail_at(0);
		assert_false(track_next(w->track, &w->part, &part));
	}
	lost = stream_counter(w, "scans_lost");
	assert_true(lost > 0 && lost < N);
	acknowledge(w, at);
	finish(w);
	assert_int_equal(counter(&w->set, "rescanned"), lost * LEN);
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_searched_whole),
		cmocka_unit_test(test_seams_alone),
		cmocka_unit_test(test_pattern_over_a_seam),
		cmocka_unit_test(test_inline),
		cmocka_unit_test(test_searched_anew),
		cmocka_unit_test(test_trimmed),
		cmocka_unit_test(test_other_payload),
		cmocka_unit_test(test_inline_parts),
		cmocka_unit_test(test_parts_of_a_segment),
		cmocka_unit_test(test_more_hits_than_kept),
		cmocka_unit_test(test_more_pieces_than_kept),
		cmocka_unit_test(test_no_memory_for_hits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
