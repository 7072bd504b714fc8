/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alerts and anomalies in EVE: the event, its rule, its packet. */
#include <stdio.h>
#include <string.h>

#include "output/eve.h"

enum { SEVERITY_DEFAULT = 3 };

static void
put_base64(struct buf *b, const char *name, struct slice s)
{
	eve_key(b, name);
	buf_putc(b, '"');
	buf_putbase64(b, s);
	buf_putc(b, '"');
}

static const char *
pkt_src(const struct record_packet *p)
{
	return !p->rebuilt ? "wire/pcap" :
	    p->l4_kind == REC_L4_TCP ? "stream" : "defrag";
}

/* Is there an earlier one of this key? Rules have few of them. */
static bool
key_came_before(const struct record_event *ev, unsigned at)
{
	for (unsigned i = 0; i < at; i++)
		if (text_eq(ev->metas[i].key, ev->metas[at].key))
			return true;
	return false;
}

/* "metadata":{"key":["value",...],...}: values of one key together. */
static void
put_metadata(struct buf *b, const struct record_event *ev)
{
	if (!ev->n_metas)
		return;
	eve_key(b, "metadata");
	for (unsigned i = 0; i < ev->n_metas; i++) {
		if (key_came_before(ev, i))
			continue;
		buf_putc(b, i ? ',' : '{');
		buf_putjson(b, ev->metas[i].key);
		buf_put(b, ":[", 2);
		buf_putjson(b, ev->metas[i].value);
		for (unsigned n = i + 1; n < ev->n_metas; n++) {
			if (!text_eq(ev->metas[n].key, ev->metas[i].key))
				continue;
			buf_putc(b, ',');
			buf_putjson(b, ev->metas[n].value);
		}
		buf_putc(b, ']');
	}
	buf_putc(b, '}');
}

static void
put_references(struct eve *e, struct buf *b, const struct record_event *ev)
{
	if (!ev->n_refs)
		return;
	eve_key(b, "references");
	for (unsigned i = 0; i < ev->n_refs; i++) {
		const struct record_ref *ref = &ev->refs[i];
		struct buf *url = &e->printable;

		buf_reset(url);
		buf_puttext(url, ref->url.len ? ref->url : ref->system);
		if (!ref->url.len)
			buf_putc(url, ' ');
		buf_puttext(url, ref->id);
		buf_putc(b, i ? ',' : '[');
		buf_putjson(b, text_make(url->ptr, url->len));
	}
	buf_putc(b, ']');
}

static void
put_event(struct eve *e, struct buf *b, const struct record *r)
{
	const struct record_event *ev = &r->event;

	eve_key(b, "alert");
	buf_puts(b, r->verdict == VERDICT_DROPPED ? "{\"action\":\"blocked\"" :
	    "{\"action\":\"allowed\"");
	eve_num(b, "gid", ev->gid);
	eve_num(b, "signature_id", ev->sid);
	eve_num(b, "rev", ev->rev);
	eve_text(b, "signature", ev->msg);
	eve_text(b, "category", ev->class_text);
	eve_num(b, "severity", ev->priority ? ev->priority : SEVERITY_DEFAULT);
	if (!(e->on & EVE_NO_METADATA))
		put_metadata(b, ev);
	if (e->on & EVE_REFERENCES)
		put_references(e, b, ev);
	if (e->on & EVE_RULE && ev->rule_text.len)
		eve_text(b, "rule", ev->rule_text);
	buf_putc(b, '}');
}

/* What became of a packet that a rule wanted stopped. EVE knows pass, drop and
 * alert; the finer word is Snort's disposition. */
static void
put_verdict(struct buf *b, const struct record *r)
{
	if (r->verdict == VERDICT_ALLOW)
		return;
	eve_key(b, "verdict");
	buf_puts(b, r->verdict == VERDICT_DROPPED ? "{\"action\":\"drop\"}" :
	    "{\"action\":\"alert\"}");
	eve_key(b, "snort");
	buf_puts(b, "{\"action\":");
	buf_putjson(b, text_of(r->event.action));
	eve_str(b, "disposition", r->verdict == VERDICT_DROPPED ? "dropped" :
	    r->verdict == VERDICT_WOULD_DROP ? "would_drop" : "cannot_drop");
	if (r->reason)
		eve_str(b, "reason", r->reason);
	buf_putc(b, '}');
}

static void
put_tunnel(struct eve *e, struct buf *b, const struct record_packet *p)
{
	char room[OUT_PROTO_MAX];

	if (!p->outer.src.family)
		return;
	eve_key(b, "tunnel");
	buf_puts(b, "{\"depth\":");
	buf_putu(b, p->outer.depth);
	eve_addr(b, "src_ip", e->t.conf, &p->outer.src);
	eve_addr(b, "dest_ip", e->t.conf, &p->outer.dst);
	eve_str(b, "proto", out_proto_name(p->outer.proto, room));
	buf_putc(b, '}');
}

/* Bytes that are no printable ASCII show as dots, lines stay lines. */
static void
put_printable(struct eve *e, struct buf *b, struct slice s)
{
	struct buf *text = &e->printable;

	buf_reset(text);
	buf_put(text, s.ptr, s.len);
	for (size_t i = 0; i < text->len; i++) {
		char c = text->ptr[i];

		if ((c < ' ' || c > '~') && c != '\r' && c != '\n')
			text->ptr[i] = '.';
	}
	eve_text(b, "payload_printable", text_make(text->ptr, text->len));
}

static void
put_bytes(struct eve *e, struct buf *b, const struct record_packet *p)
{
	bool any = e->on & (EVE_PAYLOAD | EVE_PAYLOAD_PRINTABLE);

	if (any && p->payload.len) {
		if (e->on & EVE_PAYLOAD)
			put_base64(b, "payload", p->payload);
		if (e->on & EVE_PAYLOAD_PRINTABLE)
			put_printable(e, b, p->payload);
		eve_num(b, "payload_length", p->payload.len);
		eve_num(b, "stream", p->rebuilt);
	}
	/* the frame has the addresses that are hidden */
	if (e->on & EVE_PACKET && !out_hides(e->t.conf))
		put_base64(b, "packet", p->raw);
	if (e->on & EVE_PACKET_INFO) {
		eve_key(b, "packet_info");
		buf_printf(b, "{\"linktype\":%d}", p->dlt);
	}
}

void
eve_put_alert(struct eve *e, struct buf *b, const struct record *r)
{
	eve_str(b, "pkt_src", pkt_src(&r->pkt));
	put_tunnel(e, b, &r->pkt);
	put_event(e, b, r);
	if (r->flow.app_proto)
		eve_str(b, "app_proto", r->flow.app_proto);
	eve_put_session(e, b, &r->flow);
	put_verdict(b, r);
	put_bytes(e, b, &r->pkt);
}

void
eve_put_anomaly(struct buf *b, const struct record *r)
{
	const struct record_anomaly *a = &r->anomaly;
	bool app = strcmp(a->type, "applayer") == 0;

	eve_str(b, "pkt_src", pkt_src(&r->pkt));
	eve_key(b, "anomaly");
	buf_puts(b, "{\"type\":");
	buf_putjson(b, text_of(a->type));
	eve_str(b, "event", a->name);
	if (app && r->flow.app_proto)
		eve_str(b, "app_proto", r->flow.app_proto);
	if (app)
		eve_str(b, "layer", "proto_parser");
	buf_putc(b, '}');
	/* what the event is to Snort */
	eve_key(b, "snort");
	buf_puts(b, "{\"gid\":");
	buf_putu(b, r->event.gid);
	eve_num(b, "sid", r->event.sid);
	eve_text(b, "msg", r->event.msg);
	buf_putc(b, '}');
}

static void
put_drop_tcp(struct buf *b, const struct record_packet *p)
{
	static const struct {
		const char *name;
		uint8_t bit;
	} flags[] = {
		{ "syn", 0x02 }, { "ack", 0x10 }, { "psh", 0x08 },
		{ "rst", 0x04 }, { "urg", 0x20 }, { "fin", 0x01 },
	};

	eve_num(b, "tcpseq", p->tcp_seq);
	eve_num(b, "tcpack", p->tcp_ack);
	eve_num(b, "tcpwin", p->tcp_win);
	for (unsigned i = 0; i < ARRAY_LEN(flags); i++) {
		eve_key(b, flags[i].name);
		buf_puts(b, p->tcp_flags & flags[i].bit ? "true" : "false");
	}
	eve_num(b, "tcpres", 0);
	eve_num(b, "tcpurgp", p->tcp_urp);
}

/* The packet's header in short, why it was dropped, and the rule that did. */
void
eve_put_drop(struct eve *e, struct buf *b, const struct record *r)
{
	const struct record_packet *p = &r->pkt;

	eve_key(b, "drop");
	buf_puts(b, "{\"len\":");
	buf_putu(b, p->ip_ver ? p->ip_len : p->wirelen);
	if (p->ip_ver) {
		eve_num(b, "tos", p->ip_tos);
		eve_num(b, "ttl", p->ip_ttl);
	}
	if (p->ip_ver == 4)
		eve_num(b, "ipid", p->ip_id);
	switch (p->l4_kind) {
	case REC_L4_NONE:
		break;
	case REC_L4_TCP:
		put_drop_tcp(b, p);
		break;
	case REC_L4_UDP:
		eve_num(b, "udplen", p->udp_len);
		break;
	case REC_L4_ICMP4:
	case REC_L4_ICMP6:
		eve_num(b, "icmp_id", p->icmp_id);
		eve_num(b, "icmp_seq", p->icmp_seq);
		break;
	}
	eve_str(b, "reason", r->reason);
	buf_putc(b, '}');
	if (r->event.gid)
		put_event(e, b, r);
	eve_key(b, "verdict");
	buf_puts(b, "{\"action\":\"drop\"}");
}

static void
put_bool(struct buf *b, const char *name, bool on)
{
	eve_key(b, name);
	buf_puts(b, on ? "true" : "false");
}

/* What became of a block, and why it was asked for. */
void
eve_put_block(struct eve *e, struct buf *b, const struct record *r)
{
	const struct record_block *k = &r->block;
	const struct out_conf *conf = e->t.conf;
	char room[OUT_PROTO_MAX];

	eve_key(b, "block");
	buf_puts(b, "{\"status\":");
	buf_putjson(b, text_of(k->status));
	if (k->reason)
		eve_str(b, "reason", k->reason);
	if (k->detail)
		eve_str(b, "detail", k->detail);
	eve_str(b, "kind", k->connection ? "connection" : "address");
	eve_addr(b, "address", conf, &k->addr);
	if (k->connection) {
		eve_addr(b, "peer", conf, &k->peer);
		eve_num(b, "port", k->port);
		eve_str(b, "proto", out_proto_name(k->proto, room));
	} else {
		eve_str(b, "direction", k->from && k->to ? "either" :
		    k->from ? "in" : "out");
	}
	eve_str(b, "evidence", k->evidence);
	eve_str(b, "asked_by", k->asked_by);
	if (k->made.ns) {
		eve_key(b, "since");
		eve_time(e, b, k->made);
	}
	put_bool(b, "permanent", k->forever);
	if (k->until.ns && !k->forever) {
		eve_key(b, "until");
		eve_time(e, b, k->until);
		if (k->made.ns && k->until.ns > k->made.ns)
			eve_num(b, "seconds", (k->until.ns - k->made.ns +
			    999999999u) / 1000000000u);
	}
	eve_num(b, "times_before", k->times);
	eve_num(b, "repeats", k->repeats);
	if (k->has_latency)
		eve_num(b, "latency_us", k->latency_us);
	buf_putc(b, '}');
	if (r->event.gid)
		put_event(e, b, r);
}
