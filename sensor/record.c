/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/record.h"

#include "decoders/app/app.h"
#include "decoders/decode.h"

static void
record_l4(struct record_packet *out, const struct packet *p)
{
	const struct pkt_dec *d = &p->dec;
	uint32_t end = d->ip_payload_off + d->ip_payload_len;

	out->sport = d->sport;
	out->dport = d->dport;
	switch (d->l4) {
	case PKT_L4_NONE:
		out->l4_kind = REC_L4_NONE;
		return;
	case PKT_L4_TCP:
		out->l4_kind = REC_L4_TCP;
		out->tcp_flags = d->tcp_flags;
		out->tcp_seq = d->tcp_seq;
		out->tcp_ack = d->tcp_ack;
		out->tcp_win = d->tcp_win;
		out->tcp_urp = d->tcp_urp;
		out->tcp_hlen = d->l4_hlen;
		break;
	case PKT_L4_UDP:
		out->l4_kind = REC_L4_UDP;
		out->udp_len = d->udp_len;
		break;
	case PKT_L4_ICMP4:
	case PKT_L4_ICMP6:
		out->l4_kind = d->l4 == PKT_L4_ICMP4 ? REC_L4_ICMP4 :
		    REC_L4_ICMP6;
		out->icmp_type = d->icmp_type;
		out->icmp_code = d->icmp_code;
		out->icmp_id = d->icmp_id;
		out->icmp_seq = d->icmp_seq;
		/* the whole message: outputs show what an error quotes */
		out->l4 = pkt_bytes(p, d->l4_off,
		    end > d->l4_off ? end - d->l4_off : 0);
		return;
	}
	out->l4 = pkt_bytes(p, d->l4_off, d->l4_hlen);
}

static void
record_ip(struct record_packet *out, const struct packet *p)
{
	const struct pkt_dec *d = &p->dec;

	out->ip_ver = d->ip_ver;
	out->ip_proto = out->event_proto = d->ip_proto;
	out->ip_tos = d->ip_tos;
	out->ip_ttl = d->ip_ttl;
	out->ip_hlen = d->ip_hlen;
	out->ip_len = d->ip_len;
	out->ip_id = d->ip_id;
	out->ip_frag = d->ip_frag;
	out->is_fragment = (d->flags & PKT_FRAGMENT) != 0;
	out->src = d->src;
	out->dst = d->dst;
	out->ip = pkt_bytes(p, d->ip_off, d->ip_ver == 6 ? 40 : d->ip_hlen);
	out->ip_payload = pkt_bytes(p, d->ip_payload_off, d->ip_payload_len);
	if (d->flags & PKT_TUNNELLED) {
		out->outer.src = d->outer_src;
		out->outer.dst = d->outer_dst;
		out->outer.proto = d->outer_proto;
		out->outer.depth = (uint8_t)(d->n_ip - 1);
	}
	record_l4(out, p);
}

void
record_packet(struct record *r, const struct packet *p,
    const struct record_source *src)
{
	const struct pkt_dec *d = &p->dec;
	struct record_packet *out = &r->pkt;

	*out = (struct record_packet){
		.ts = p->ts,
		.dlt = p->dlt,
		.caplen = p->caplen,
		.wirelen = p->wirelen,
		.num = p->num,
		.raw = slice_make(p->data, p->caplen),
		.iface = src->iface,
		.file = src->file,
		.ethertype = d->ethertype,
		.n_vlan = d->n_vlan,
		.has_mpls = d->has_mpls,
		.mpls_label = d->mpls_label,
		.rebuilt = (d->flags &
		    (PKT_REBUILT_FRAG | PKT_REBUILT_STREAM)) != 0,
		.payload = pkt_payload(p),
	};
	static_assert(ARRAY_LEN(out->vlan) == LIM_VLAN_TAGS, "as many tags");
	memcpy(out->vlan, d->vlan, sizeof(out->vlan));
	if (d->has_eth)
		out->eth = pkt_bytes(p, d->eth_off, 14);
	if (d->has_arp)
		out->arp = pkt_bytes(p, d->arp_off, p->caplen > d->arp_off ?
		    p->caplen - d->arp_off : 0);
	if (d->ip_ver)
		record_ip(out, p);
}

void
record_session(struct record *r, const struct flow *f)
{
	r->flow = (struct record_flow){ .id = 0 };
	if (!f)
		return;
	r->flow = (struct record_flow){
		.id = f->id,
		.app_proto = app_proto_of(f),
		.start = f->first,
		.end = f->last,
		.packets = { f->packets[FLOW_CLIENT], f->packets[FLOW_SERVER] },
		.bytes = { f->bytes[FLOW_CLIENT], f->bytes[FLOW_SERVER] },
		.alerted = f->alerted,
	};
	flow_ends(f, r->flow.addr, r->flow.port);
}

void
record_event(struct record *r, const struct event *ev,
    struct record_room *room)
{
	const struct rule *rule = ev->rule->rule;
	struct record_event *out = &r->event;
	unsigned n;

	r->kind = ev->log_only ? RECORD_LOG : RECORD_ALERT;
	r->verdict = VERDICT_ALLOW;
	r->ruletype = rule->ruletype ? rule->ruletype->index + 1 : 0;
	r->logto = ev->rule->logto;
	*out = (struct record_event){
		.gid = ev->gid,
		.sid = ev->sid,
		.rev = ev->rev,
		.event_id = ev->event_id,
		.event_ref = ev->tagged ? ev->event_ref : ev->event_id,
		.priority = rule->priority,
		.msg = rule->msg,
		.action = ev->action == ACTION_CUSTOM && rule->ruletype ?
		    rule->ruletype->name.ptr : rule_action_name(ev->action),
		.refs = room->refs,
		.metas = room->metas,
		.rule_text = rule->raw,
	};
	if (rule->class) {
		out->class_id = rule->class->id;
		out->class_name = rule->class->name;
		out->class_text = rule->class->description;
	}
	n = rule->n_refs < RECORD_REFS ? rule->n_refs : RECORD_REFS;
	for (unsigned i = 0; i < n; i++)
		room->refs[i] = (struct record_ref){ rule->refs[i].system,
			rule->refs[i].id, text_of(rule->refs[i].url_prefix) };
	out->n_refs = n;
	n = rule->n_metas < RECORD_METAS ? rule->n_metas : RECORD_METAS;
	for (unsigned i = 0; i < n; i++)
		room->metas[i] = (struct record_meta){ rule->metas[i].key,
			rule->metas[i].value };
	out->n_metas = n;
}

void
record_session_data(struct record *r, enum flow_log how)
{
	r->kind = RECORD_SESSION;
	r->verdict = VERDICT_ALLOW;
	r->ruletype = 0;
	r->logto = NULL;
	r->event = (struct record_event){ .gid = 0 };
	switch (how) {
	case FLOW_LOG_NONE:
	case FLOW_LOG_PRINTABLE:
		r->session = RECORD_SESSION_PRINTABLE;
		break;
	case FLOW_LOG_BINARY:
		r->session = RECORD_SESSION_BINARY;
		break;
	case FLOW_LOG_ALL:
		r->session = RECORD_SESSION_ALL;
		break;
	}
}
