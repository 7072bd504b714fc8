/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/tell.h"

#include "decoders/events.h"
#include "sensor/settings.h"

enum { TCP = 6, UDP = 17, ICMP4 = 1, ICMP6 = 58, SYN = 0x02 };

struct record_source
tell_source(const struct inspect *in, uint32_t iface)
{
	return (struct record_source){ in->file,
		in->iface_names ? in->iface_names[iface] : NULL };
}

/* The packet as outputs are to see it: preprocessor sensitive_data may mask
 * numbers in its payload. */
static const struct packet *
shown(struct inspect *in, const struct packet *p)
{
	uint32_t off = p->dec.payload_off, len = p->dec.payload_len;

	if (LIKELY(!in->det || !detector_masks(in->det)))
		return p;
	if (!in->shown_frame || p->caplen > LIM_SNAPLEN_MAX ||
	    !pkt_bytes(p, off, len).len)
		return p;
	memcpy(in->shown_frame, p->data, p->caplen);
	detector_mask(in->det, in->shown_frame + off, len);
	in->shown = *p;
	in->shown.data = in->shown_frame;
	return &in->shown;
}

void
tell_unit(struct inspect *in, const struct unit *u)
{
	const struct packet *p = shown(in, u->pkt);
	struct record_source src = tell_source(in, p->iface);

	record_packet(&in->rec, p, &src);
	record_session(&in->rec, u->flow.flow);
	in->rec.flow.has_direction = u->flow.has_direction;
	in->rec.flow.to_server = u->flow.to_server;
}

static void
hand_over(struct inspect *in)
{
	in->ctrs[INSPECT_CTR_TOLD]++;
	outputs_write(in->out, &in->rec);
}

/* A record about a session: its client and its server stand as the source and
 * the destination of a packet that there is not. */
static void
record_ends(struct inspect *in, enum record_kind kind, struct mtime ts,
    uint8_t proto, uint16_t vlan, uint16_t iface)
{
	struct record_source src = tell_source(in, iface);
	const struct record_flow *f = &in->rec.flow;

	in->rec.kind = kind;
	in->rec.ruletype = 0;
	in->rec.verdict = VERDICT_ALLOW;
	in->rec.pkt = (struct record_packet){
		.ts = ts,
		.dlt = in->dlt,
		.num = in->n_packets,
		.iface = src.iface,
		.file = src.file,
		.ip_ver = f->addr[0].family,
		.ip_proto = proto,
		.event_proto = proto,
		.src = f->addr[0],
		.dst = f->addr[1],
		.sport = f->port[0],
		.dport = f->port[1],
		.l4_kind = proto == TCP ? REC_L4_TCP : proto == UDP ?
		    REC_L4_UDP : proto == ICMP4 ? REC_L4_ICMP4 :
		    proto == ICMP6 ? REC_L4_ICMP6 : REC_L4_NONE,
		.n_vlan = vlan != 0,
		.vlan = { vlan },
	};
}

static void
tell_log(struct inspect *in, const struct app_log *l)
{
	const struct app_log_flow *f = l->flow;
	struct record *r = &in->rec;

	if (!settings_show_of(l->app, &r->app.show))
		return;
	r->flow = (struct record_flow){
		.id = f->id,
		.app_proto = app_ops(l->app)->name,
		.start = f->first,
		.addr = { f->addr[0], f->addr[1] },
		.port = { f->port[0], f->port[1] },
		.packets = { f->packets[0], f->packets[1] },
		.bytes = { f->bytes[0], f->bytes[1] },
	};
	record_ends(in, RECORD_APP, f->ts, f->ip_proto, f->vlan,
	    f->iface);
	if (strcmp(l->type, "fileinfo") == 0)
		r->app.show = SHOW_FILEINFO;
	r->app.type = l->type;
	r->app.fields = l->fields;
	r->app.n = l->n;
	hand_over(in);
}

void
tell_logs(struct inspect *in)
{
	struct app *app = track_app(in->track);
	struct app_log l;

	while (UNLIKELY(app_has_logs(app)) && app_log_next(app, &l))
		tell_log(in, &l);
}

/* -- flows ----------------------------------------------------------------- */

/* How far a TCP session came, in EVE's words. */
static const char *
tcp_state(const struct flow *f)
{
	if (f->end == FLOW_END_CLOSED)
		return "closed";
	if (f->established)
		return f->class == FLOW_CLASS_CLOSING ? "fin_wait1" :
		    "established";
	if (f->l4[FLOW_SERVER] & SYN)
		return "syn_recv";
	return f->l4[FLOW_CLIENT] & SYN ? "syn_sent" : "none";
}

static const char *
end_reason(const struct flow *f)
{
	switch ((enum flow_end)f->end) {
	case FLOW_END_CLOSED:
		return "closed";
	case FLOW_END_TIMEOUT:
		return "timeout";
	case FLOW_END_PRUNED:
		return "forced";
	case FLOW_END_SHUTDOWN:
		return "shutdown";
	}
	return "unknown";
}

/* What passed by is the session's as well. */
static void
add_rest(struct inspect *in, struct record_flow *r, const struct flow *f)
{
	struct account_rest rest;

	r->has_rest = true;
	r->rest_known = in->account && account_end(in->account, f, &rest);
	for (unsigned i = 0; r->rest_known && i < FLOW_SIDES; i++) {
		r->rest_packets[i] = rest.packets[i];
		r->rest_bytes[i] = rest.bytes[i];
		r->packets[i] += rest.packets[i];
		r->bytes[i] += rest.bytes[i];
	}
}

static void
tell_flow(struct inspect *in, const struct flow *f)
{
	struct record *r = &in->rec;

	record_session(r, f);
	if (UNLIKELY(f->has_rest))
		add_rest(in, &r->flow, f);
	record_ends(in, RECORD_FLOW, in->pkt.ts, f->key.proto, f->key.vlan,
	    f->iface);
	if (f->kind == FLOW_ICMP) {
		r->pkt.icmp_type = f->l4[0];
		r->pkt.icmp_code = f->l4[1];
	}
	r->flow.state = f->end == FLOW_END_CLOSED ? "closed" :
	    f->established ? "established" : "new";
	r->flow.reason = end_reason(f);
	if (f->kind == FLOW_TCP) {
		r->flow.tcp_state = tcp_state(f);
		r->flow.tcp_flags[0] = f->l4[FLOW_CLIENT];
		r->flow.tcp_flags[1] = f->l4[FLOW_SERVER];
	}
	hand_over(in);
}

void
tell_ended(struct inspect *in)
{
	tell_logs(in);
	if (in->conf.wants.shows >> SHOW_FLOW & 1)
		tell_flow(in, track_ended(in->track));
}

/* -- anomalies --------------------------------------------------------------- */

/* Which layer of EVE's raises the events of a generator. */
static const char *
anomaly_type(uint32_t gid)
{
	enum { ARPSPOOF = 112, DECODER = 116, PORTSCAN = 122, FRAG3, STREAM5 =
	    129 };

	switch (gid) {
	case ARPSPOOF:
	case DECODER:
	case FRAG3:
		return "decode";
	case PORTSCAN:
	case STREAM5:
		return "stream";
	default:
		return "applayer";
	}
}

void
tell_anomalies(struct inspect *in, const struct unit *u)
{
	const struct packet *p = u->pkt;
	struct record *r = &in->rec;

	tell_unit(in, u);
	r->kind = RECORD_ANOMALY;
	r->ruletype = 0;
	r->verdict = VERDICT_ALLOW;
	for (unsigned i = 0; i < p->dec.n_events; i++) {
		const struct pkt_event *e = &p->events[i];
		const struct dec_event_def *def = events_find(e->gid, e->sid);
		bool has_rule = detector_has_rule(in->det, e->gid, e->sid);

		if (!def || (has_rule && !in->conf.wants.all_anomalies))
			continue;
		r->event = (struct record_event){ .gid = e->gid,
			.sid = e->sid, .msg = text_of(def->message) };
		r->anomaly = (struct record_anomaly){ anomaly_type(e->gid),
			def->name, has_rule };
		hand_over(in);
	}
}

/* -- drops ------------------------------------------------------------------- */

void
tell_drop(struct inspect *in)
{
	const struct packet *p = &in->pkt;
	const struct verdict *v = &in->verdict;
	struct record_source src = tell_source(in, p->iface);
	struct record *r = &in->rec;

	record_packet(r, p, &src);
	record_session(r, in->frame_flow);
	r->event = (struct record_event){ .gid = 0 };
	if (v->rule) {
		struct event ev = { .rule = v->rule,
			.gid = v->rule->rule->gid, .sid = v->rule->rule->sid,
			.rev = v->rule->rule->rev, .action = v->action };

		record_event(r, &ev, &in->room);
	}
	r->kind = RECORD_DROP;
	r->ruletype = 0;
	r->logto = NULL;
	r->verdict = VERDICT_DROPPED;
	r->reason = drop_reason_name(v->reason);
	hand_over(in);
}
