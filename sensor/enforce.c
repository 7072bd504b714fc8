/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/enforce.h"

#include <string.h>

#include "sensor/tell.h"

enum { GID_RULES = 1, GID_DECODER = 116, GID_PORTSCAN = 122 };

void
enforce_drop(struct inspect *in, enum drop_reason why)
{
	if (in->conf.enforce == ENFORCE_NOTHING || !in->has_frame ||
	    in->verdict.reason != DROP_NONE)
		return;
	in->verdict = (struct verdict){ .reason = why };
}

void
enforce_session(struct inspect *in, struct flow *f)
{
	if (f && in->conf.enforce != ENFORCE_NOTHING)
		f->judged = in->conf.enforce == ENFORCE_ALL ? FLOW_DROPPED :
		    FLOW_WOULD_DROP;
}

/*
 * Copies of packets are answered where the configuration says so, a session
 * only as often. What of TCP is no session has no direction.
 */
static bool
may_answer(struct inspect *in, const struct unit *u)
{
	const struct response_conf *conf = &in->conf.response;
	const struct flow *f = u->flow.flow;

	if (in->conf.enforce == ENFORCE_ALL)
		return in->has_frame;
	if (!in->conf.answers_copies || !in->has_frame)
		return false;
	if (!f)
		return u->pkt->dec.l4 != PKT_L4_TCP;
	return !conf->max_active || in->answer.pkt ||
	    ends_may_answer(in->ends, f, in->pkt.ts, conf->max_active,
	        conf->min_seconds);
}

void
enforce_answer(struct inspect *in, const struct unit *u, const struct crule *r,
    enum rule_action action)
{
	const struct rule_response *resp = &r->response;
	unsigned bits = resp->resp;

	if (r->test_only)
		return;
	/* resp and react say how, and reject what is usual */
	if (action == ACTION_REJECT && !bits && !resp->react)
		bits = u->pkt->dec.l4 == PKT_L4_TCP ? RESP_RESET_SOURCE |
		    RESP_RESET_DEST : RESP_ICMP_PORT;
	if ((!bits && !resp->react) || !may_answer(in, u))
		return;
	in->answer.resp |= bits;
	if (resp->react && !in->answer.react) {
		in->answer.react = true;
		in->answer.page = resp->react_msg ? r->rule->msg :
		    (struct text){ 0 };
		enforce_drop(in, DROP_RULE);
		enforce_session(in, u->flow.flow);
	}
	in->answer.pkt = u->kind == UNIT_DATAGRAM ? u->pkt : &in->pkt;
}

void
enforce_decide(struct inspect *in, const struct unit *u)
{
	const struct decision *d = detector_decision(in->det);
	bool first = in->verdict.reason == DROP_NONE;

	in->why = drop_reason_of(d);
	if (UNLIKELY(d->would != NULL) && in->would == DROP_NONE)
		in->would = d->would->rule->gid == GID_RULES ? DROP_RULE :
		    DROP_EVENT;
	if (d->action == ACTION_PASS && d->pass_all && u->flow.flow &&
	    u->flow.flow->bypass == FLOW_INSPECTED &&
	    in->conf.bypass >> FLOW_BYPASS_PASS & 1)
		u->flow.flow->bypass = FLOW_BYPASS_PASS;
	if (in->why == DROP_NONE)
		return;
	enforce_drop(in, in->why);
	if (first && in->verdict.reason != DROP_NONE) {
		in->verdict.rule = d->rule;
		in->verdict.action = d->action;
	}
	if (d->action == ACTION_REJECT)
		enforce_answer(in, u, d->rule, d->action);
	/* broken headers are those of their packet alone */
	if (drop_is_for_session(in->why) && (in->why != DROP_EVENT ||
	    d->rule->rule->gid != GID_DECODER))
		enforce_session(in, u->flow.flow);
}

void
enforce_depth(struct inspect *in, struct flow *f)
{
	if (in->conf.depth && f->bypass == FLOW_INSPECTED &&
	    in->conf.bypass >> FLOW_BYPASS_DEPTH & 1 &&
	    f->judged == FLOW_GOES_ON &&
	    f->bytes[FLOW_CLIENT] + f->bytes[FLOW_SERVER] > in->conf.depth)
		f->bypass = FLOW_BYPASS_DEPTH;
}

/* -- sticky drop ------------------------------------------------------------- */

void
enforce_sticky(struct inspect *in)
{
	const struct packet *p = &in->pkt;

	if (LIKELY(!sticky_has(in->sticky, &p->dec, p->ts, in->sticky_ctrs)))
		return;
	enforce_drop(in, DROP_STICKY);
	if (in->conf.enforce == ENFORCE_ALL)
		sticky_log(in->sticky, p, in->sticky_ctrs);
}

void
enforce_stick(struct inspect *in, const struct crule *r)
{
	const struct record_packet *p = &in->rec.pkt;
	struct sticky_event e = { .src = &p->src, .dst = &p->dst,
		.sport = p->sport, .dport = p->dport,
		.dest = r->response.sticky_drop.dest,
		.seconds = r->response.sticky_drop.seconds, .now = p->ts };

	if (in->conf.enforce == ENFORCE_NOTHING || r->test_only)
		return;
	if (!r->response.sticky_drop.on) {
		if (r->rule->gid != GID_PORTSCAN)
			return;
		e.seconds = sticky_portscan_s(in->sticky);
	}
	if (e.seconds)
		sticky_add(in->sticky, &e, in->sticky_ctrs);
}

/* -- bait-and-switch ---------------------------------------------------------- */

void
enforce_bait(struct inspect *in, const struct unit *u, const struct crule *r)
{
	const struct pkt_dec *d = &u->pkt->dec;
	bool dest = r->response.bait_and_switch.dest;
	struct bait_job job = { .attacker = dest ? d->dst : d->src,
		.victim = dest ? d->src : d->dst,
		.honeypot = r->response.bait_and_switch.honeypot,
		.seconds = r->response.bait_and_switch.seconds };
	struct sticky_event e = { .src = &d->src, .dst = &d->dst,
		.sport = d->sport, .dport = d->dport, .dest = dest };

	if (in->conf.enforce == ENFORCE_NOTHING || !in->has_frame ||
	    r->test_only)
		return;
	/* what is done to the honeypot is what it is there for */
	if (!bait_job_ok(&job) || (in->switcher &&
	    switcher_ignores(in->switcher, &e))) {
		in->bait_ctrs[BAIT_CTR_IGNORED]++;
		return;
	}
	in->bait_ctrs[BAIT_CTR_REJECTED]++;
	in->baited = in->verdict.reason == DROP_NONE ? r : NULL;
	enforce_drop(in, DROP_BAIT);
	if (in->baited) {
		in->verdict.rule = r;
		in->verdict.action = ACTION_REJECT;
	}
	enforce_session(in, u->flow.flow);
	if (in->conf.enforce != ENFORCE_ALL)
		return;
	if (d->l4 == PKT_L4_TCP) {
		in->answer.resp |= RESP_RESET_SOURCE | RESP_RESET_DEST;
		in->answer.pkt = u->kind == UNIT_DATAGRAM ? u->pkt : &in->pkt;
	}
	if (!in->switcher || !switcher_ask(in->switcher, &job, u->pkt->ts))
		in->bait_ctrs[BAIT_CTR_LOST]++;
}

/* -- what is shown ------------------------------------------------------------ */

enum record_verdict
enforce_shown(const struct inspect *in, const struct crule *r)
{
	if (r->test_only && in->conf.enforce != ENFORCE_NOTHING)
		return VERDICT_WOULD_DROP;
	switch (in->conf.enforce) {
	case ENFORCE_ALL:
		return in->has_frame ? VERDICT_DROPPED : VERDICT_CANNOT_DROP;
	case ENFORCE_TEST:
		return VERDICT_WOULD_DROP;
	case ENFORCE_NOTHING:
		break;
	}
	return in->conf.cannot_drop ? VERDICT_CANNOT_DROP : VERDICT_ALLOW;
}

void
enforce_replace(struct inspect *in, const struct unit *u)
{
	unsigned n;
	const struct replacement *list = detector_replaces(in->det, &n);
	const struct pkt_dec *d = &in->pkt.dec;

	if (LIKELY(!n) || u->pkt != &in->pkt ||
	    in->conf.enforce != ENFORCE_ALL)
		return;
	for (unsigned i = 0; i < n; i++) {
		struct slice with = list[i].with;

		if (list[i].at >= d->payload_len)
			continue;
		if (with.len > d->payload_len - list[i].at)
			with.len = d->payload_len - list[i].at;
		if (!rewrite_bytes(&in->rewrite, d->payload_off + list[i].at,
		    with)) {
			in->ctrs[INSPECT_CTR_NOT_REPLACED]++;
		} else if (u->flow.flow && d->l4 == PKT_L4_TCP) {
			stream_rewrite(u->flow.flow, u->flow.to_server ?
			    FLOW_CLIENT : FLOW_SERVER, &in->pkt, list[i].at,
			    with.ptr, (uint32_t)with.len);
		}
	}
}

/* The payload becomes shorter, and what is behind it goes. */
static bool
cut(struct inspect *in, uint32_t keep)
{
	struct pkt_dec *d = &in->pkt.dec;
	uint32_t less = d->payload_len - keep;

	if (!rewrite_cut(&in->rewrite, keep))
		return false;
	d->payload_len -= less;
	d->ip_payload_len -= less;
	d->ip_len -= less;
	in->pkt.caplen = in->pkt.wirelen = in->rewrite.len;
	return true;
}

/* What there is to change is written; false: not all of it could be. */
static bool
write_normed(struct inspect *in)
{
	const struct norm *n = &in->normed;
	bool ok = !n->cut || cut(in, n->keep);

	for (unsigned i = 0; i < n->n; i++)
		ok &= rewrite_bytes(&in->rewrite, n->edits[i].off,
		    slice_make(n->edits[i].b, n->edits[i].len));
	return ok;
}

void
enforce_normalize(struct inspect *in)
{
	const struct norm_conf *conf = in->conf.norm;

	normalize(conf, &in->pkt, &in->normed, in->norm_ctrs);
	if (!write_normed(in) && in->pkt.dec.l4 == PKT_L4_TCP && conf->tcp &&
	    conf->tcp_on & NORM_TCP_BLOCK)
		enforce_drop(in, DROP_NORMALIZE);
}

void
enforce_normalize_terms(struct inspect *in)
{
	const struct norm_conf *conf = in->conf.norm;
	struct packet *p = &in->pkt;
	struct norm_terms n = { .keep = p->dec.payload_len };
	struct stream_terms terms;
	enum flow_side side;
	const struct flow *f;

	if (p->dec.l4 != PKT_L4_TCP || p->dec.flags & (PKT_FRAGMENT |
	        PKT_NO_RULES | PKT_MALFORMED))
		return;
	f = flow_find(track_flows(in->track), p, &side);
	if (!f || !stream_terms(f, side, p, &terms))
		return;
	n.no_ecn = terms.no_ecn && conf->tcp_on & NORM_TCP_ECN_STREAM;
	if (terms.has_window && !terms.is_probe && terms.window < n.keep &&
	    conf->tcp_on & NORM_TCP_TRIM_WIN) {
		n.keep = terms.window;
		n.ctr = NORM_CTR_TCP_WIN;
	}
	/* (several segments in one are each as long as they may be) */
	if (terms.mss && terms.mss < n.keep && !in->rewrite.is_gso &&
	    conf->tcp_on & NORM_TCP_TRIM_MSS) {
		n.keep = terms.mss;
		n.ctr = NORM_CTR_TCP_MSS;
	}
	normalize_terms(conf, p, &n, &in->normed, in->norm_ctrs);
	if (!write_normed(in) && conf->tcp_on & NORM_TCP_BLOCK)
		enforce_drop(in, DROP_NORMALIZE);
}

/* Where its receiver is: the source by the link the packet came by, the
 * destination as its own packets said. */
static struct reject_link
link_to(const struct inspect *in, const struct frame *f, bool to_source)
{
	struct reject_link link = { .port = 0 };
	const struct ends_session *known = in->frame_flow ?
	    ends_find(in->ends, in->frame_flow) : NULL;
	struct ends_side far = { .port = 0 };

	static_assert(sizeof(link.hw) == FRAME_HW_MAX, "as frame_link");
	static_assert(sizeof(link.from) == ENDS_MAC, "as ends_side");
	static_assert(sizeof(link.shim) == FRAME_SHIM_MAX, "as frame_link");
	if (known)
		far = known->side[in->frame_side == FLOW_CLIENT ? FLOW_SERVER :
		    FLOW_CLIENT];
	if (to_source && f->link) {
		link.port = f->link->in_port;
		link.hw_len = f->link->hw_len;
		memcpy(link.hw, f->link->hw, sizeof(link.hw));
		link.has_from = far.port != 0;
		memcpy(link.from, far.mac, ENDS_MAC);
		link.shim_len = f->link->shim_len;
		memcpy(link.shim, f->link->shim, sizeof(link.shim));
	} else if (!to_source && far.port) {
		link.port = far.port;
		link.hw_len = ENDS_MAC;
		memcpy(link.hw, far.mac, ENDS_MAC);
		link.shim_len = far.shim_len;
		memcpy(link.shim, far.shim, sizeof(link.shim));
		link.has_from = f->link && f->link->hw_len == ENDS_MAC;
		if (link.has_from)
			memcpy(link.from, f->link->hw, ENDS_MAC);
	}
	return link;
}

static bool
send_answer(struct inspect *in, const struct reject_packet *r,
    const struct frame *f)
{
	struct reject_link link = link_to(in, f, r->to_source);
	const struct packet *p = in->answer.pkt;
	bool ok;

	/* it stands behind what goes on of the batch, and is nothing before */
	if (!r->to_source && in->sender.send_late &&
	    in->n_late < LIM_ANSWERS_LATE && !(p->dec.flags & PKT_TUNNELLED)) {
		in->late[in->n_late].link = link;
		in->late[in->n_late++].packet = *r;
		return true;
	}
	ok = in->sender.send && in->sender.send(in->sender.self, p, &link, r);
	in->ctrs[ok ? INSPECT_CTR_ANSWERS : INSPECT_CTR_ANSWERS_LOST]++;
	return ok;
}

void
enforce_answer_late(struct inspect *in)
{
	for (unsigned i = 0; i < in->n_late; i++)
		in->ctrs[in->sender.send_late(in->sender.self,
		    &in->late[i].link, &in->late[i].packet) ?
		    INSPECT_CTR_ANSWERS : INSPECT_CTR_ANSWERS_LOST]++;
	in->n_late = 0;
}

/*
 * The reset towards the destination: the packet itself, where it can be made
 * one. A GSO packet cannot be made shorter than its parts.
 */
static bool
reset_in_place(struct inspect *in, bool arrives)
{
	const struct pkt_dec *d = &in->pkt.dec;
	struct rewrite w = in->rewrite;
	static const uint8_t zeros[2];

	if (arrives || in->answer.pkt != &in->pkt || w.is_gso ||
	    d->l4 != PKT_L4_TCP || in->pkt.caplen != in->pkt.wirelen ||
	    (d->payload_len && !rewrite_cut(&w, 0)) || !rewrite_u8(&w,
	        d->l4_off + 13, TCP_RST | TCP_ACK))
		return false;
	rewrite_bytes(&w, d->l4_off + 14, slice_make(zeros, 2)); /* window */
	rewrite_bytes(&w, d->l4_off + 18, slice_make(zeros, 2)); /* urgent */
	in->rewrite = w;
	return true;
}

/* Answers the frame; true: it goes on, as a reset. */
static bool
answer(struct inspect *in, const struct frame *f)
{
	static const struct {
		enum rule_resp resp;
		enum reject_icmp kind;
	} icmp[] = { { RESP_ICMP_NET, REJECT_NET },
		{ RESP_ICMP_HOST, REJECT_HOST },
		{ RESP_ICMP_PORT, REJECT_PORT } };
	const struct packet *p = in->answer.pkt;
	bool arrives = in->verdict.reason == DROP_NONE, in_place = false;
	unsigned attempts = in->conf.response.attempts ?
	    in->conf.response.attempts : 1, resp = in->answer.resp;
	struct reject_packet r;
	uint8_t page[REJECT_PAGE_MAX];
	uint32_t n = 0;

	if (!reject_may_answer(p))
		return false;
	in->verdict_ctrs[VERDICT_CTR_REJECTED]++;
	if (in->answer.react && p->dec.l4 == PKT_L4_TCP) {
		n = reject_page(page, in->answer.page.len ? in->answer.page :
		    TEXT("<html><body>Access denied</body></html>\r\n"));
		if (reject_data(&r, p, slice_make(page, n)))
			send_answer(in, &r, f);
		resp |= RESP_RESET_SOURCE | RESP_RESET_DEST;
	}
	for (unsigned i = 0; i < attempts; i++)
		if (resp & RESP_RESET_SOURCE && reject_reset(&r, p, true,
		    arrives, i)) {
			reject_shift(&r, n); /* behind the page */
			send_answer(in, &r, f);
		}
	for (unsigned i = 0; i < ARRAY_LEN(icmp); i++)
		if (resp & icmp[i].resp &&
		    reject_unreach(&r, p, icmp[i].kind))
			send_answer(in, &r, f);
	if (!(resp & RESP_RESET_DEST))
		return false;
	in_place = reset_in_place(in, arrives);
	for (unsigned i = in_place ? 1 : 0; i < attempts; i++)
		if (reject_reset(&r, p, false, arrives, i))
			send_answer(in, &r, f);
	return in_place;
}

/*
 * What the kernel may do by itself with the rest of the session, where the
 * configuration lets it. A tunnel's mark would be that of all that is in it.
 */
static enum frame_rest
rest_of(const struct inspect *in)
{
	const struct flow *f = in->frame_flow;

	if (LIKELY(!in->conf.bypass) || !f || in->conf.enforce != ENFORCE_ALL ||
	    in->pkt.dec.flags & PKT_TUNNELLED)
		return FRAME_REST_INSPECT;
	if (f->judged == FLOW_DROPPED)
		return in->conf.bypass >> FLOW_INSPECTED & 1 ? FRAME_REST_DROP :
		    FRAME_REST_INSPECT;
	return f->bypass != FLOW_INSPECTED && in->verdict.reason == DROP_NONE &&
	    in->conf.bypass >> f->bypass & 1 ? FRAME_REST_ACCEPT :
	    FRAME_REST_INSPECT;
}

/*
 * stream5_global: max_active_responses: a session that was dropped is told so
 * again when it goes on, and one that no rule rejects is told at all.
 */
static void
answer_again(struct inspect *in)
{
	const struct response_conf *conf = &in->conf.response;
	const struct flow *f = in->frame_flow;

	if (!f || f->judged != FLOW_DROPPED ||
	    !ends_may_answer(in->ends, f, in->pkt.ts, conf->max_active,
	        conf->min_seconds) || in->answer.pkt)
		return;
	in->answer.resp = f->kind == FLOW_TCP ? RESP_RESET_SOURCE |
	    RESP_RESET_DEST : RESP_ICMP_PORT;
	in->answer.pkt = &in->pkt;
}

struct frame_verdict
enforce_conclude(struct inspect *in, const struct frame *f)
{
	bool would = in->conf.enforce == ENFORCE_TEST, reset = false;
	bool drop = in->verdict.reason != DROP_NONE && !would;
	struct frame_verdict v = { .action = drop ? FRAME_DROP : FRAME_ACCEPT };

	if (f->link && in->frame_flow && in->conf.enforce == ENFORCE_ALL)
		ends_learn(in->ends, in->frame_flow, in->frame_side, f->link);
	if (UNLIKELY(drop && in->conf.response.max_active))
		answer_again(in);
	if (UNLIKELY(in->answer.pkt != NULL))
		reset = answer(in, f);
	if (reset)
		v.action = FRAME_ACCEPT;
	v.rest = rest_of(in);
	if (UNLIKELY(v.rest == FRAME_REST_ACCEPT && in->account) &&
	    in->conf.wants.shows >> SHOW_FLOW & 1)
		account_begin(in->account, in->frame_flow);
	if (v.action == FRAME_ACCEPT)
		v.rewritten = rewrite_end(&in->rewrite);
	verdict_count(in->verdict_ctrs, &in->verdict, would,
	    v.rewritten != 0);
	if (UNLIKELY(in->would != DROP_NONE) && in->verdict.reason == DROP_NONE)
		verdict_count_would(in->verdict_ctrs, in->would);
	if (UNLIKELY(drop) && in->conf.wants.shows >> SHOW_DROP & 1 &&
	    in->verdict.reason != DROP_SESSION &&
	    in->verdict.reason != DROP_STICKY)
		tell_drop(in);
	return v;
}
