/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/inspect.h"

#include <stdlib.h>

#include "core/xalloc.h"
#include "sensor/blocker.h"
#include "sensor/enforce.h"
#include "sensor/tell.h"

enum { SAMPLE_EVERY = 64, GID_BO = 105 };

static const struct ctr_def counter_defs[] = {
	INSPECT_COUNTERS(COUNTER_DEF)
};
const struct ctr_group inspect_counters = { "packet", counter_defs,
	INSPECT_CTR_MAX };

/* What reading the clock adds to each sampled stage. */
static uint64_t
clock_cost(void)
{
	uint64_t least = UINT64_MAX, last = clock_ns();

	for (unsigned i = 0; i < 64; i++) {
		uint64_t now = clock_ns();

		if (now - last < least)
			least = now - last;
		last = now;
	}
	return least;
}

static void
free_rooms(struct inspect *in)
{
	track_free(in->track);
	watch_free(in->watch);
	ends_free(in->ends);
	free(in->late);
	free(in->shown_frame);
	in->ends = NULL;
	in->late = NULL;
	in->track = NULL;
	in->watch = NULL;
	in->shown_frame = NULL;
}

bool
inspect_init(struct inspect *in, const struct dec_conf *dec,
    struct detector *det, struct outputs *out,
    const struct inspect_conf *conf)
{
	*in = (struct inspect){ .det = det, .out = out, .conf = *conf,
		.clock_ns = clock_cost() };
	if (det) {
		in->track = track_new(conf->track);
		in->watch = watch_new(conf->watch);
		in->shown_frame = mem_calloc(1, LIM_SNAPLEN_MAX);
		in->ends = ends_new();
		in->late = mem_calloc(LIM_ANSWERS_LATE, sizeof(*in->late));
	}
	if ((!det || (in->track && in->watch && in->shown_frame &&
	        in->ends && in->late)) &&
	    decoder_init(&in->dec, dec))
		return true;
	free_rooms(in);
	return false;
}

void
inspect_fini(struct inspect *in)
{
	decoder_fini(&in->dec);
	free_rooms(in);
}

uint64_t
inspect_stage_ns(const struct inspect *in, enum stage s)
{
	return in->stage_ns[s] * SAMPLE_EVERY;
}

/* Ends a stage of a sampled packet. */
static void
lap(struct inspect *in, enum stage s, uint64_t *since)
{
	uint64_t now, took;

	if (LIKELY(!*since))
		return;
	now = clock_ns();
	took = now - *since;
	in->stage_ns[s] += took > in->clock_ns ? took - in->clock_ns : 0;
	*since = now;
}

static void
count_packet(struct inspect *in, const struct packet *p)
{
	const struct pkt_dec *d = &p->dec;
	uint64_t *c = in->ctrs;

	c[INSPECT_CTR_PACKETS]++;
	c[INSPECT_CTR_BYTES] += p->caplen;
	c[INSPECT_CTR_SNAPPED] += p->caplen < p->wirelen;
	c[INSPECT_CTR_ETH] += d->has_eth;
	c[INSPECT_CTR_ARP] += d->has_arp;
	c[INSPECT_CTR_EVENTS] += d->n_events;
	if (!d->ip_ver) {
		c[INSPECT_CTR_NON_IP]++;
		return;
	}
	c[d->ip_ver == 4 ? INSPECT_CTR_IP4 : INSPECT_CTR_IP6]++;
	c[INSPECT_CTR_FRAGMENTS] += (d->flags & PKT_FRAGMENT) != 0;
	c[INSPECT_CTR_TUNNELLED] += (d->flags & PKT_TUNNELLED) != 0;
	switch (d->l4) {
	case PKT_L4_TCP:
		c[INSPECT_CTR_TCP]++;
		break;
	case PKT_L4_UDP:
		c[INSPECT_CTR_UDP]++;
		break;
	case PKT_L4_ICMP4:
	case PKT_L4_ICMP6:
		c[INSPECT_CTR_ICMP]++;
		break;
	case PKT_L4_NONE:
		c[INSPECT_CTR_OTHER_IP]++;
		break;
	}
}

static bool
port_in(const uint8_t *bitmap, uint16_t port)
{
	return bitmap && (bitmap[port >> 3] >> (port & 7) & 1);
}

/* config ignore_ports: neither port may be in the list. */
static bool
is_ignored(const struct inspect_conf *conf, const struct pkt_dec *d)
{
	const uint8_t *bitmap = d->l4 == PKT_L4_TCP ? conf->ignore_tcp :
	    d->l4 == PKT_L4_UDP ? conf->ignore_udp : NULL;

	return port_in(bitmap, d->sport) || port_in(bitmap, d->dport);
}

/* A packet whose verified checksum is wrong is not what its receiver will
 * see: only its decoder events are processed, as in Snort. */
static void
keep_broken_from_rules(struct inspect *in, struct packet *p)
{
	const uint32_t bad = PKT_BAD_IP_CSUM | PKT_BAD_TCP_CSUM |
	    PKT_BAD_UDP_CSUM | PKT_BAD_ICMP_CSUM;

	if (p->dec.flags & bad) {
		if (p->dec.flags & in->conf.checksum_drop)
			enforce_drop(in, DROP_CHECKSUM);
		in->ctrs[INSPECT_CTR_BAD_CSUM]++;
		p->dec.flags |= PKT_NO_RULES;
	} else if (p->dec.flags & PKT_NO_RULES) {
		in->ctrs[INSPECT_CTR_NO_RULES]++;
	} else if (is_ignored(&in->conf, &p->dec)) {
		in->ctrs[INSPECT_CTR_IGNORED]++;
		p->dec.flags |= PKT_NO_RULES;
	}
}

/* -- judging ----------------------------------------------------------- */

static void
write_event(struct inspect *in, const struct unit *u, const struct event *ev)
{
	record_event(&in->rec, ev, &in->room);
	in->rec.reason = NULL;
	if (ev->action == ACTION_DROP || ev->action == ACTION_REJECT ||
	    (ev->action == ACTION_CUSTOM && ev->rule->rule->ruletype &&
	        ev->rule->rule->ruletype->base == ACTION_DROP))
		in->rec.verdict = enforce_shown(in, ev->rule);
	if (in->rec.verdict != VERDICT_ALLOW)
		in->rec.reason = drop_reason_name(ev->rule->test_only ?
		    in->would : in->why);
	if (UNLIKELY(in->baited == ev->rule) && in->has_frame) {
		in->rec.verdict = enforce_shown(in, ev->rule);
		in->rec.reason = drop_reason_name(DROP_BAIT);
	}
	in->rec.event.event_id += in->conf.event_id_base;
	if (in->rec.event.event_ref)
		in->rec.event.event_ref += in->conf.event_id_base;
	in->ctrs[ev->log_only ? INSPECT_CTR_LOGGED : INSPECT_CTR_ALERTS]++;
	if (in->sticky && !ev->log_only)
		enforce_stick(in, ev->rule);
	outputs_write(in->out, &in->rec);
	if (UNLIKELY(in->blocker != NULL) && !ev->log_only)
		blocker_event(in->blocker, in, u, ev);
}

static void
report(struct inspect *in, const struct unit *u, const struct event *events,
    unsigned n)
{
	if (!n)
		return;
	if (u->flow.flow)
		u->flow.flow->alerted = true;
	tell_unit(in, u);
	for (unsigned i = 0; i < n; i++)
		write_event(in, u, &events[i]);
}

/* What rules with `session' log: the data of each packet once. In the inline
 * view a rebuilt unit comes with its last packet, which is logged itself. */
static void
log_session(struct inspect *in, const struct unit *u)
{
	enum flow_log how = in->session_log;

	in->session_log = FLOW_LOG_NONE;
	if (how == FLOW_LOG_NONE || !u->pkt->dec.payload_len ||
	    u->repeated || u->pkt->dec.flags & PKT_FRAGMENT ||
	    (u->kind == UNIT_STREAM && track_is_inline(in->track)))
		return;
	tell_unit(in, u);
	record_session_data(&in->rec, how);
	in->ctrs[INSPECT_CTR_SESSION_LOGGED]++;
	outputs_write(in->out, &in->rec);
}

/* The session reached alert_threshold with this unit: told on a packet of its
 * own, which passes the filters. */
static void
judge_sensitive(struct inspect *in, const struct unit *of, struct slice text)
{
	const struct event *events;
	enum rule_action verdict;
	struct unit u = { .kind = UNIT_RAW, .pkt = &in->pseudo.pkt };
	unsigned n;

	sensitive_report(&in->pseudo, of->pkt, text);
	unit_set(&u, BUF_PAYLOAD, pkt_payload(u.pkt));
	in->ctrs[INSPECT_CTR_EVENTS]++;
	if (in->conf.wants.shows & 1u << SHOW_ANOMALY)
		tell_anomalies(in, &u);
	n = detect_unit(in->det, &u, u.pkt->events, u.pkt->dec.n_events,
	    &events, &verdict);
	report(in, &u, events, n);
}

/* A unit of the whole packet. */
static struct unit
unit_of(const struct inspect *in, const struct packet *p, enum unit_kind kind,
    const struct stream_facts *facts)
{
	struct unit u;

	u.kind = kind;
	u.pkt = p;
	u.flow = (struct unit_flow){
		.flow = facts->flow,
		.table = track_flows(in->track),
		.has_direction = facts->has_direction,
		.to_server = facts->side == FLOW_CLIENT,
		.established = facts->established,
		.proven = facts->proven,
	};
	u.present = 0;
	u.full_pdu = u.no_patterns = u.repeated = false;
	u.open = u.file_begins = false;
	u.whole = u.cut = 0;
	u.app = APP_NONE;
	u.facts = NULL;
	u.raised = NULL;
	u.n_raised = 0;
	u.scan = facts->scan;
	unit_set(&u, BUF_PAYLOAD, pkt_payload(p));
	return u;
}

/* config memory_policy, where judging ran out of room: the unit was judged as
 * far as that went. */
static void
apply_judging_policy(struct inspect *in, const struct unit *u)
{
	uint32_t points = detector_points(in->det);
	enum policy_action action;

	if (LIKELY(!points))
		return;
	action = policy_apply(track_policy(in->track), points,
	    in->policy_ctrs);
	if (action == POLICY_ACT_BYPASS && u->flow.flow &&
	    u->flow.flow->bypass == FLOW_INSPECTED)
		u->flow.flow->bypass = FLOW_BYPASS_POLICY;
	if (action == POLICY_ACT_DROP) {
		in->ctrs[INSPECT_CTR_POLICY_DROP]++;
		enforce_drop(in, DROP_MEMORY);
	}
}

static void
note_raised(struct inspect *in, struct pkt_event e)
{
	if (in->n_raised < LIM_FRAME_RAISED)
		in->raised[in->n_raised++] = e;
}

/* What was raised for a unit that the segment at hand made ready. */
static void
note_for_segment(struct inspect *in, const struct event *events, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		note_raised(in, (struct pkt_event){ (uint16_t)events[i].gid,
		    events[i].sid });
}

/* Detects, decides and records one unit. */
static void
judge(struct inspect *in, const struct unit *u, enum defrag_result res,
    uint64_t *since)
{
	const struct packet *p = u->pkt;
	const struct event *events;
	enum rule_action verdict;
	struct slice sensitive;
	unsigned n;

	if (UNLIKELY(p->dec.n_events) && in->conf.wants.shows &
	    1u << SHOW_ANOMALY)
		tell_anomalies(in, u);
	n = detect_unit(in->det, u, p->events, p->dec.n_events, &events,
	    &verdict);
	lap(in, STAGE_DETECT, since);
	enforce_decide(in, u);
	apply_judging_policy(in, u);
	if (res == DEFRAG_HELD)
		for (unsigned i = 0; i < n; i++)
			defrag_note(track_defrag(in->track), events[i].gid,
			    events[i].sid);
	in->ctrs[INSPECT_CTR_PASSED] += verdict == ACTION_PASS;
	in->ctrs[INSPECT_CTR_WOULD_DROP] += in->why != DROP_NONE;
	for (unsigned i = 0; i < n; i++)
		enforce_answer(in, u, events[i].rule, events[i].action);
	for (unsigned i = 0; i < n; i++)
		if (UNLIKELY(events[i].rule->response.bait_and_switch.on) &&
		    !events[i].log_only)
			enforce_bait(in, u, events[i].rule);
	enforce_replace(in, u);
	if (u->kind == UNIT_STREAM && in->has_frame &&
	    track_is_inline(in->track))
		note_for_segment(in, events, n);
	for (unsigned i = 0; u->open && i < n; i++)
		stream_alert_early(u->flow.flow, u->flow.to_server ?
		    FLOW_CLIENT : FLOW_SERVER, events[i].gid, events[i].sid);
	report(in, u, events, n);
	if (!in->session_log)
		in->session_log = detector_session_log(in->det);
	sensitive = detector_sensitive(in->det);
	if (UNLIKELY(sensitive.len))
		judge_sensitive(in, u, sensitive);
	lap(in, STAGE_OUTPUT, since);
}

/* Is there room for another unit of this frame? */
static bool
may_judge(struct inspect *in)
{
	if (in->n_units < LIM_UNITS) {
		in->n_units++;
		return true;
	}
	in->ctrs[INSPECT_CTR_TOO_MANY]++;
	in->points |= POLICY_BIT(POLICY_INSPECT_UNITS);
	return false;
}

/* What a parser made of the unit's bytes. */
static void
take_buffers(struct unit *u, const struct app_unit *a, bool first)
{
	for (uint32_t left = a->present; left; left &= left - 1) {
		enum buf_id id = (enum buf_id)__builtin_ctz(left);

		unit_set(u, id, a->bufs[id]);
	}
	if (!first && !(a->present >> BUF_PAYLOAD & 1))
		unit_set(u, BUF_PAYLOAD, slice_make(NULL, 0));
	u->full_pdu = a->full_pdu;
	u->file_begins = a->file_begins;
	u->app = a->app;
	u->facts = a->facts;
}

/*
 * The units that the parser of its session makes of a packet's payload, each
 * judged by itself; events of the parser go with the unit they came with.
 */
static void
judge_parsed(struct inspect *in, struct packet *p, const struct unit *u,
    const struct stream_facts *facts, enum defrag_result res, uint64_t *since)
{
	struct app *app = track_app(in->track);
	bool first = true;
	struct app_unit a;

	app_pdu_begin(app, p, facts);
	for (;;) {
		unsigned before = p->dec.n_events;
		struct unit part = *u;

		if (!app_next(app, &a))
			break;
		/* nobody is known to have received it: logs alone */
		if (facts->not_inspected)
			p->dec.n_events = (uint8_t)before;
		in->ctrs[INSPECT_CTR_EVENTS] += p->dec.n_events - before;
		take_buffers(&part, &a, first);
		lap(in, STAGE_PARSE, since);
		judge(in, &part, res, since);
		tell_logs(in);
		p->dec.n_events = 0;
		first = false;
	}
	app_pdu_end(app);
}

/* Is the flow left alone? Then that is counted. */
static bool
is_bypassed(struct inspect *in, const struct flow *f)
{
	static const uint8_t counters[] = {
		[FLOW_BYPASS_POLICY] = INSPECT_CTR_BYPASSED,
		[FLOW_BYPASS_RULE] = INSPECT_CTR_FASTPATH,
		[FLOW_BYPASS_TRUSTED] = INSPECT_CTR_TRUSTED,
		[FLOW_BYPASS_ENCRYPTED] = INSPECT_CTR_ENCRYPTED,
		[FLOW_BYPASS_CONFIG] = INSPECT_CTR_UNWANTED,
		[FLOW_BYPASS_PASS] = INSPECT_CTR_PASS_SESSION,
		[FLOW_BYPASS_DEPTH] = INSPECT_CTR_DEPTH,
	};

	if (!f || f->bypass == FLOW_INSPECTED)
		return false;
	in->ctrs[counters[f->bypass]]++;
	return true;
}

static void
judge_stream(struct inspect *in, const struct stream_facts *facts,
    uint64_t *since)
{
	struct unit u = unit_of(in, &in->stream, UNIT_STREAM, facts);

	if (facts->flow && facts->flow->judged == FLOW_DROPPED)
		return;
	if (is_bypassed(in, facts->flow)) {
		if (!app_reads_on(facts->flow))
			return;
		in->stream.dec.flags |= PKT_NO_RULES;
	}
	if (facts->not_inspected) {
		in->ctrs[INSPECT_CTR_UNACKED]++;
		in->stream.dec.flags |= PKT_NO_RULES;
	}
	in->ctrs[INSPECT_CTR_STREAM_UNITS]++;
	judge_parsed(in, &in->stream, &u, facts, DEFRAG_PASS, since);
	log_session(in, &u);
}

/*
 * The bytes of a fragment that was taken for its datagram are searched there;
 * only a first one of UDP that did not complete it is searched by itself as
 * well, as in Snort.
 */
static bool
waits_for_datagram(const struct packet *p, enum defrag_result res)
{
	return res == DEFRAG_REBUILT ||
	    (res == DEFRAG_HELD && p->dec.l4 != PKT_L4_UDP);
}

/* One report of a watch: an alert on a packet of its own, or a log entry that
 * belongs to an earlier one. The event passes the filters; no rule judges the
 * packet. */
static void
judge_report(struct inspect *in, const struct watch_report *r)
{
	const struct stream_facts none = { .flow = NULL };
	struct unit u = unit_of(in, r->pkt, UNIT_RAW, &none);
	const struct event *events;
	enum rule_action verdict;
	struct event ev;
	unsigned n;

	in->ctrs[INSPECT_CTR_EVENTS]++;
	if (in->conf.wants.shows & 1u << SHOW_ANOMALY && !r->event_ref)
		tell_anomalies(in, &u);
	n = detect_unit(in->det, &u, r->pkt->events, r->pkt->dec.n_events,
	    &events, &verdict);
	enforce_decide(in, &u);
	if (!n)
		return;
	ev = events[0];
	if (r->event_ref) {
		ev.log_only = ev.tagged = true;
		ev.event_ref = r->event_ref;
	} else {
		watch_reported(in->watch, ev.event_id);
	}
	tell_unit(in, &u);
	in->rec.pkt.event_proto = r->ip_proto;
	write_event(in, &u, &ev);
}

/* Of addresses that the user trusts: not inspected. */
static void
trust(struct inspect *in, struct packet *p)
{
	in->ctrs[INSPECT_CTR_TRUSTED]++;
	p->dec.flags |= PKT_NO_RULES;
}

/* What the watches see in a packet is told before what rules do. */
static void
watch(struct inspect *in, struct packet *p, const struct stream_facts *facts)
{
	struct watch_view v = { .has_session = facts->flow != NULL };
	unsigned before = p->dec.n_events;
	struct watch_report r;
	enum rep_word word;

	if (p->dec.flags & PKT_NO_RULES)
		return;
	if (facts->flow) {
		v.from_server = facts->side == FLOW_SERVER;
		v.handshake_done = facts->handshake_done;
		v.midstream = facts->midstream;
		v.is_first = facts->flow->packets[FLOW_CLIENT] +
		    facts->flow->packets[FLOW_SERVER] == 1;
		v.server_packets = facts->flow->packets[FLOW_SERVER];
	}
	word = watch_packet(in->watch, p, &v);
	if (word == REP_SAYS_BLACK) {
		enforce_drop(in, DROP_REPUTATION);
		enforce_session(in, facts->flow);
	}
	for (unsigned i = before; i < p->dec.n_events; i++)
		if (p->events[i].gid == GID_BO && in->conf.bo_drop >>
		    (p->events[i].sid - 1) & 1) {
			enforce_drop(in, DROP_EVENT);
			enforce_session(in, facts->flow);
		}
	if (word == REP_SAYS_TRUSTED) {
		/* without a session, each packet is asked about */
		if (facts->flow)
			facts->flow->bypass = FLOW_BYPASS_TRUSTED;
		else
			trust(in, p);
	}
	while (watch_next(in->watch, &r))
		judge_report(in, &r);
}

/* What its session means for the packet itself. */
static void
apply_facts(struct inspect *in, struct packet *p,
    const struct stream_facts *facts, struct unit *u)
{
	if (facts->not_inspected) {
		in->ctrs[INSPECT_CTR_AFTER_RESET]++;
		p->dec.flags |= PKT_NO_RULES;
	} else if (in->conf.established_only && p->dec.l4 == PKT_L4_TCP &&
	    !facts->established) {
		in->ctrs[INSPECT_CTR_NOT_ESTABLISHED]++;
		p->dec.flags |= PKT_NO_RULES;
	}
	if (facts->retransmitted) {
		in->ctrs[INSPECT_CTR_RETRANSMITTED]++;
		u->no_patterns = u->repeated = true;
	} else if (in->conf.no_stream_inserts && facts->queued) {
		in->ctrs[INSPECT_CTR_INSERTED]++;
		u->no_patterns = true;
	}
}

/*
 * config memory_policy, where room ran out for the packet. What is not put
 * together then is searched as it came, whatever it was to wait for.
 */
static void
apply_policy(struct inspect *in, struct packet *p,
    const struct stream_facts *facts, struct unit *u)
{
	enum policy_action action = policy_apply(track_policy(in->track),
	    in->points, in->policy_ctrs);
	struct flow *f = facts->flow;

	if (in->points)
		u->no_patterns = false;
	in->points = 0;
	if (f && action == POLICY_ACT_BYPASS && f->bypass == FLOW_INSPECTED)
		f->bypass = FLOW_BYPASS_POLICY;
	if (is_bypassed(in, f)) {
		p->dec.flags |= PKT_NO_RULES;
	} else if (action == POLICY_ACT_BYPASS) { /* it has no flow */
		in->ctrs[INSPECT_CTR_BYPASSED]++;
		p->dec.flags |= PKT_NO_RULES;
	}
	if (action == POLICY_ACT_DROP) {
		in->ctrs[INSPECT_CTR_POLICY_DROP]++;
		enforce_drop(in, DROP_MEMORY);
	}
}

/*
 * The inline view: what a packet completes is judged before it is, so its
 * bytes are searched before both. True: in->scan holds what was found.
 */
static bool
search_first(struct inspect *in, const struct packet *p, enum unit_kind kind,
    enum defrag_result res, const struct stream_facts *facts)
{
	struct unit u;

	if (!track_is_inline(in->track) || facts->retransmitted ||
	    facts->not_inspected || waits_for_datagram(p, res) ||
	    (facts->flow && facts->flow->bypass != FLOW_INSPECTED))
		return false;
	u = unit_of(in, p, kind, facts);
	return detect_scan(in->det, &u, &in->scan);
}

/*
 * Inline: what the segment adds to a unit that is not whole yet. An attack is
 * stopped with the byte that completes it, not with the unit's last.
 */
static void
judge_open(struct inspect *in, const struct packet *p, struct flow *f,
    enum flow_side side, uint64_t *since)
{
	struct app *app = track_app(in->track);
	struct stream_facts facts;
	struct stream_part part;
	struct app_unit a;
	bool first = true;

	if (in->verdict.reason != DROP_NONE || f->bypass != FLOW_INSPECTED ||
	    p->dec.flags & PKT_NO_RULES || !detector_judges_open(in->det) ||
	    !stream_open(track_streams(in->track), p, f, side,
	        app_shown(f, side), &in->stream, &facts, &part))
		return;
	app_open_begin(app, &in->stream, &facts, &part);
	while (in->verdict.reason == DROP_NONE && app_open_next(app, &a) &&
	    may_judge(in)) {
		struct unit u = unit_of(in, &in->stream, UNIT_STREAM, &facts);

		take_buffers(&u, &a, first);
		u.open = true;
		u.whole = a.whole;
		u.cut = a.cut | (part.begins ? 0 : 1u << BUF_PAYLOAD);
		in->ctrs[INSPECT_CTR_OPEN_UNITS]++;
		lap(in, STAGE_PARSE, since);
		judge(in, &u, DEFRAG_PASS, since);
		first = false;
	}
}

/*
 * normalize_tcp: ips: what was sent first goes on when it is sent again, for
 * that is what was inspected.
 */
static void
keep_first(struct inspect *in, const struct stream_facts *facts)
{
	const struct packet *p = &in->pkt;
	uint32_t at = 0;
	struct slice first;

	while (stream_conflict(facts->flow, facts->side, p, &at, &first)) {
		in->norm_ctrs[NORM_CTR_TCP_IPS]++;
		if (!rewrite_bytes(&in->rewrite, p->dec.payload_off + at,
		    first)) {
			if (in->conf.norm->tcp_on & NORM_TCP_BLOCK)
				enforce_drop(in, DROP_NORMALIZE);
			return;
		}
		at += (uint32_t)first.len;
	}
}

/*
 * A decoded packet that defrag has looked at: through its session, and the
 * units that this made ready are judged before it, as in Snort.
 */
static void
judge_packet(struct inspect *in, struct packet *p, enum unit_kind kind,
    enum defrag_result res, uint64_t *since)
{
	unsigned before = p->dec.n_events;
	struct pkt_event early[LIM_FRAME_RAISED];
	struct stream_facts facts, part;
	bool searched;
	unsigned n_early = 0;
	struct unit u;

	keep_broken_from_rules(in, p);
	if (UNLIKELY(in->conf.norm && in->conf.norm->tcp_on &
	    NORM_TCP_OF_TERMS) && p == &in->pkt)
		enforce_normalize_terms(in);
	track_packet(in->track, p, &facts);
	in->points |= facts.points;
	lap(in, STAGE_TRACK, since);
	in->frame_flow = facts.flow;
	in->frame_side = facts.side;
	if (facts.dropped ||
	    (facts.flow && facts.flow->judged == FLOW_WOULD_DROP))
		enforce_drop(in, DROP_SESSION);
	if (facts.dropped)
		return;
	if (UNLIKELY(in->conf.norm && in->conf.norm->tcp_on & NORM_TCP_IPS) &&
	    p == &in->pkt && facts.taken && !facts.queued &&
	    p->dec.payload_len)
		keep_first(in, &facts);
	if (UNLIKELY(in->conf.bypass) && facts.flow)
		enforce_depth(in, facts.flow);
	searched = search_first(in, p, kind, res, &facts);
	lap(in, STAGE_DETECT, since);
	in->n_raised = 0;
	if (facts.flow && facts.flow->judged == FLOW_WOULD_DROP)
		n_early = stream_alerts_early(facts.flow, facts.side, early,
		    ARRAY_LEN(early));
	while (track_next(in->track, &in->stream, &part)) {
		lap(in, STAGE_TRACK, since);
		if (may_judge(in))
			judge_stream(in, &part, since);
		if (part.side != facts.side || part.flow != facts.flow)
			in->n_raised = 0;
	}
	/* what its unit raised before it was whole, it did for all of it */
	for (unsigned i = 0; i < n_early; i++)
		note_raised(in, early[i]);
	watch(in, p, &facts);
	in->ctrs[INSPECT_CTR_EVENTS] += p->dec.n_events - before;
	u = unit_of(in, p, kind, &facts);
	u.no_patterns = waits_for_datagram(p, res);
	u.scan = searched ? &in->scan : NULL;
	u.raised = in->raised;
	u.n_raised = in->n_raised;
	if (kind == UNIT_DATAGRAM)
		u.raised = defrag_noted(track_defrag(in->track), p,
		    &u.n_raised);
	apply_policy(in, p, &facts, &u);
	apply_facts(in, p, &facts, &u);
	if (p->dec.l4 == PKT_L4_UDP && facts.flow && facts.flow->app &&
	    !(p->dec.flags & PKT_NO_RULES)) {
		judge_parsed(in, p, &u, &facts, res, since);
	} else {
		struct app_unit a;

		app_segment(track_app(in->track), p, &facts, &a);
		take_buffers(&u, &a, true);
		judge(in, &u, res, since);
	}
	log_session(in, &u);
	if (in->conf.enforce != ENFORCE_NOTHING && facts.taken &&
	    !facts.retransmitted)
		judge_open(in, p, facts.flow, facts.side, since);
}

/*
 * The datagram in rebuilt[0], which a fragment completed, and any that it
 * completes itself (a tunnel may carry fragments in fragments).
 */
static void
judge_rebuilt(struct inspect *in, uint64_t *since)
{
	struct defrag *d = track_defrag(in->track);
	enum defrag_result res = DEFRAG_REBUILT;

	for (unsigned i = 0; res == DEFRAG_REBUILT && may_judge(in); i++) {
		struct packet *p = &in->rebuilt[i & 1];

		decode(&in->dec, p);
		p->dec.flags |= PKT_REBUILT_FRAG;
		res = defrag_packet(d, p, &in->rebuilt[~i & 1]);
		in->points |= defrag_points(d);
		lap(in, STAGE_DECODE, since);
		in->ctrs[INSPECT_CTR_REBUILT]++;
		in->ctrs[INSPECT_CTR_EVENTS] += p->dec.n_events;
		judge_packet(in, p, UNIT_DATAGRAM, res, since);
	}
}

/* What time or memory flushed; beyond the frame's units it waits. */
static void
judge_expired(struct inspect *in, struct mtime now, uint64_t *since)
{
	struct stream_facts facts;
	enum track_step step;

	while (in->n_units < LIM_UNITS && (step = track_expire(in->track, now,
	    false, &in->stream, &facts)) != TRACK_IDLE) {
		if (step == TRACK_ENDED) {
			tell_ended(in);
			continue;
		}
		in->n_units++;
		judge_stream(in, &facts, since);
	}
	tell_logs(in);
	lap(in, STAGE_TRACK, since);
}

void
inspect_answer_late(struct inspect *in)
{
	if (UNLIKELY(in->n_late))
		enforce_answer_late(in);
}

void
inspect_flush(struct inspect *in)
{
	struct mtime end = { UINT64_MAX };
	struct stream_facts facts;
	enum track_step step;
	uint64_t since = 0;

	if (!in->det)
		return;
	while ((step = track_expire(in->track, end, true, &in->stream,
	    &facts)) != TRACK_IDLE) {
		if (step == TRACK_ENDED)
			tell_ended(in);
		else
			judge_stream(in, &facts, &since);
	}
	tell_logs(in);
}

void
inspect_reset(struct inspect *in)
{
	if (!in->det)
		return;
	track_reset(in->track);
	watch_reset(in->watch);
	detector_reset(in->det);
}

/* -- one frame --------------------------------------------------------- */

/* Without rules the frame itself goes to the outputs. */
static void
record_frame(struct inspect *in, const struct packet *p)
{
	struct record_source src = tell_source(in, p->iface);

	in->rec = (struct record){ .kind = RECORD_PACKET };
	record_packet(&in->rec, p, &src);
	outputs_write(in->out, &in->rec);
}

/* Some of these cost more than others, so as many in a row are sampled as lie
 * ahead. */
void
inspect_ahead(struct inspect *in, struct slice frame, int dlt,
    unsigned distance)
{
	uint64_t num = in->n_packets + 1 + distance;
	uint64_t since;

	if (!in->track)
		return;
	since = num / INSPECT_AHEAD % SAMPLE_EVERY ? 0 : clock_ns();
	track_ahead(in->track, num, dlt, frame);
	lap(in, STAGE_TRACK, &since);
}

/* A frame with rules: all its units, and what they decide. */
static void
judge_frame(struct inspect *in, enum defrag_result res, uint64_t *since)
{
	struct defrag *d = track_defrag(in->track);
	struct packet *p = &in->pkt;
	bool test = in->conf.enforce == ENFORCE_TEST;

	if (UNLIKELY(defrag_is_dropped(d)))
		enforce_drop(in, DROP_DATAGRAM);
	if (in->verdict.reason != DROP_NONE && !test)
		return;
	/* as in Snort: the datagram before what completed it */
	if (UNLIKELY(res == DEFRAG_REBUILT))
		judge_rebuilt(in, since);
	judge_packet(in, p, UNIT_RAW, res, since);
	if (LIKELY(in->verdict.reason == DROP_NONE))
		return;
	defrag_drop(d, p, test);
	if (test)
		return;
	/* what its stream holds is for nobody any more */
	if (in->frame_flow && in->frame_flow->judged == FLOW_DROPPED)
		stream_ignore(track_streams(in->track), in->frame_flow);
}

struct frame_verdict
inspect_frame(struct inspect *in, const struct frame *f)
{
	struct packet *p = &in->pkt;
	struct frame_verdict v;
	uint64_t since = in->n_packets % SAMPLE_EVERY ? 0 : clock_ns();
	enum defrag_result res = DEFRAG_PASS;

	p->data = f->data;
	p->caplen = f->caplen;
	p->wirelen = f->wirelen;
	p->ts = f->ts;
	p->dlt = in->dlt;
	p->iface = f->iface;
	p->num = ++in->n_packets;
	p->quiet_len = 0;
	p->csum_not_ready = f->flags & (FRAME_CSUM_NOT_READY | FRAME_GSO);
	in->n_units = 0;
	in->points = 0;
	in->verdict = (struct verdict){ .reason = DROP_NONE };
	in->has_frame = true;
	in->rewrite = rewrite_begin(f->room, f->caplen, p);
	in->rewrite.not_ready = f->flags & FRAME_CSUM_NOT_READY;
	in->rewrite.is_gso = f->flags & FRAME_GSO;
	in->baited = NULL;
	in->answer.pkt = NULL;
	in->answer.resp = 0;
	in->answer.react = false;
	in->frame_flow = NULL;
	in->would = DROP_NONE;
	decode(&in->dec, p);
	if (in->conf.norm)
		enforce_normalize(in);
	if (in->sticky)
		enforce_sticky(in);
	if (in->det && in->verdict.reason != DROP_STICKY) {
		res = defrag_packet(track_defrag(in->track), p,
		    &in->rebuilt[0]);
		in->points = defrag_points(track_defrag(in->track));
	}
	lap(in, STAGE_DECODE, &since);
	count_packet(in, p);

	if (in->conf.record_packets) {
		record_frame(in, p);
		lap(in, STAGE_OUTPUT, &since);
	}
	if (in->det)
		judge_frame(in, res, &since);
	v = enforce_conclude(in, f);
	in->has_frame = false;
	if (in->det)
		judge_expired(in, f->ts, &since);
	return v;
}
