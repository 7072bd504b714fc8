/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * eve: one JSON object a line and alert, with the field names of Suricata's
 * EVE log (output-formats 4), which log shippers and consoles read.
 */
#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "output/community_id.h"
#include "output/output.h"
#include "output/text.h"

/* What a line carries besides the alert; a word of the directive each. */
#define EVE_SWITCHES(X)                                                        \
	X(PAYLOAD, "payload")                     /* base64 */                 \
	X(PAYLOAD_PRINTABLE, "payload_printable")                              \
	X(PACKET, "packet")                       /* base64 */                 \
	X(PACKET_INFO, "packet_info")             /* its link type */          \
	X(RULE, "rule")                           /* the rule's text */        \
	X(REFERENCES, "references")                                            \
	X(NO_METADATA, "no_metadata")                                          \
	X(COMMUNITY_ID, "community_id")

enum {
#define X(NAME, word) EVE_BIT_##NAME,
	EVE_SWITCHES(X)
#undef X
};
enum eve_switch {
#define X(NAME, word) EVE_##NAME = 1 << EVE_BIT_##NAME,
	EVE_SWITCHES(X)
#undef X
};

enum {
	FLOW_ID_BITS = 53, /* what every JSON reader keeps of a number */
	SEVERITY_DEFAULT = 3,
};

struct eve {
	struct out_text t; /* first: the shared hooks take it */
	unsigned on;       /* enum eve_switch */
	uint16_t seed;     /* of Community IDs */
	struct buf printable; /* room to make one text in */
	uint64_t date_sec;    /* the second of date and zone */
	char date[80], zone[48];
};

static const char grammar[] = "[FILE|stdout] [limit N[K|M|G]] [payload] "
    "[payload_printable] [packet] [packet_info] [rule] [references] "
    "[no_metadata] [community_id[=SEED]]";

static bool
take_switch(struct text word, unsigned *on)
{
	static const struct {
		const char *name;
		unsigned bit;
	} switches[] = {
#define X(NAME, word) { word, EVE_##NAME },
		EVE_SWITCHES(X)
#undef X
	};

	for (unsigned i = 0; i < ARRAY_LEN(switches); i++) {
		if (text_is_nocase(word, switches[i].name)) {
			*on |= switches[i].bit;
			return true;
		}
	}
	return false;
}

static bool
take_seed(struct text word, unsigned *on, uint16_t *seed)
{
	struct text key = text_cut(&word, '=');
	int64_t v;

	if (!text_is_nocase(key, "community_id") ||
	    !text_to_i64(word, 0, UINT16_MAX, &v))
		return false;
	*on |= EVE_COMMUNITY_ID;
	*seed = (uint16_t)v;
	return true;
}

static void *
eve_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct text name = text_word(&args), word;
	uint64_t limit = UINT64_MAX; /* logrotate and HUP turn it over */
	unsigned on = 0;
	uint16_t seed = 0;
	struct eve *e;

	while ((word = text_word(&args)).len) {
		if (text_is_nocase(word, "limit")) {
			word = text_word(&args);
			if (!out_parse_limit(word, &limit))
				return out_bad_arg(word, grammar, err, err_len);
		} else if (!take_switch(word, &on) &&
		    !take_seed(word, &on, &seed)) {
			return out_bad_arg(word, grammar, err, err_len);
		}
	}
	e = out_text_new(conf, sizeof(*e), name, "eve.json", limit, err,
	    err_len);
	if (!e)
		return NULL;
	e->on = on;
	e->seed = seed;
	buf_init(&e->printable, LIM_RECORD_TEXT);
	return e;
}

/* ,"name": behind the first member of an object. */
static void
put_key(struct buf *b, const char *name)
{
	buf_put(b, ",\"", 2);
	buf_puts(b, name);
	buf_put(b, "\":", 2);
}

static void
put_text(struct buf *b, const char *name, struct text v)
{
	put_key(b, name);
	buf_putjson(b, v);
}

static void
put_str(struct buf *b, const char *name, const char *v)
{
	put_text(b, name, text_of(v));
}

static void
put_num(struct buf *b, const char *name, uint64_t v)
{
	put_key(b, name);
	buf_putu(b, v);
}

static void
put_base64(struct buf *b, const char *name, struct slice s)
{
	put_key(b, name);
	buf_putc(b, '"');
	buf_putbase64(b, s);
	buf_putc(b, '"');
}

static void
put_addr(struct buf *b, const char *name, const struct out_conf *conf,
    const struct ipaddr *a)
{
	put_key(b, name);
	buf_putc(b, '"');
	out_put_addr(b, conf, a);
	buf_putc(b, '"');
}

/* YYYY-MM-DDThh:mm:ss.uuuuuu+zzzz; all but the fraction is kept for the next
 * record of the same second. */
static void
put_time(struct eve *e, struct buf *b, struct mtime t)
{
	uint32_t us = mtime_usec(t);
	char fraction[6];

	if (!e->date[0] || e->date_sec != mtime_sec(t)) {
		const struct tm *tm = out_tm(&e->t.clock, e->t.conf, t);
		long zone = tm->tm_gmtoff / 60;
		long off = zone < 0 ? -zone : zone;

		snprintf(e->date, sizeof(e->date),
		    "%04d-%02d-%02dT%02d:%02d:%02d.", tm->tm_year + 1900,
		    tm->tm_mon + 1, tm->tm_mday, tm->tm_hour, tm->tm_min,
		    tm->tm_sec);
		snprintf(e->zone, sizeof(e->zone), "%c%02ld%02ld",
		    zone < 0 ? '-' : '+', off / 60, off % 60);
		e->date_sec = mtime_sec(t);
	}
	for (unsigned i = sizeof(fraction); i-- > 0; us /= 10)
		fraction[i] = (char)('0' + us % 10);
	buf_putc(b, '"');
	buf_puts(b, e->date);
	buf_put(b, fraction, sizeof(fraction));
	buf_puts(b, e->zone);
	buf_putc(b, '"');
}

static void
put_vlan(struct buf *b, const struct record_packet *p)
{
	if (!p->n_vlan)
		return;
	put_key(b, "vlan");
	for (unsigned i = 0; i < p->n_vlan && i < ARRAY_LEN(p->vlan); i++) {
		buf_putc(b, i ? ',' : '[');
		buf_putu(b, p->vlan[i] & 0xfff);
	}
	buf_putc(b, ']');
}

/* The name as EVE has it: Snort's, but for these. */
static void
put_proto(struct buf *b, uint8_t proto)
{
	char room[OUT_PROTO_MAX];
	const char *name = out_proto_name(proto, room);

	if (proto == 58)
		name = "IPv6-ICMP";
	else if (strncmp(name, "PROTO:", 6) == 0)
		name += 6;
	put_str(b, "proto", name);
}

static void
put_mac(struct buf *b, const char *name, const uint8_t *mac)
{
	put_key(b, name);
	buf_printf(b, "\"%02x:%02x:%02x:%02x:%02x:%02x\"", mac[0], mac[1],
	    mac[2], mac[3], mac[4], mac[5]);
}

static void
put_link(struct buf *b, const struct record_packet *p)
{
	if (p->eth.len < 14)
		return;
	put_key(b, "ether");
	buf_puts(b, "{\"ether_type\":");
	buf_putu(b, p->ethertype);
	put_mac(b, "src_mac", p->eth.ptr + 6);
	put_mac(b, "dest_mac", p->eth.ptr);
	buf_putc(b, '}');
}

static void
put_endpoints(struct eve *e, struct buf *b, const struct record_packet *p)
{
	const struct out_conf *conf = e->t.conf;
	bool icmp = p->l4_kind == REC_L4_ICMP4 || p->l4_kind == REC_L4_ICMP6;
	bool ports = p->l4_kind == REC_L4_TCP || p->l4_kind == REC_L4_UDP;

	if (!p->ip_ver) {
		put_link(b, p);
		return;
	}
	put_addr(b, "src_ip", conf, &p->src);
	if (ports)
		put_num(b, "src_port", p->sport);
	put_addr(b, "dest_ip", conf, &p->dst);
	if (ports)
		put_num(b, "dest_port", p->dport);
	put_proto(b, p->ip_proto);
	put_num(b, "ip_v", p->ip_ver);
	if (icmp) {
		put_num(b, "icmp_type", p->icmp_type);
		put_num(b, "icmp_code", p->icmp_code);
	}
	/* it would name the addresses that are hidden */
	if (e->on & EVE_COMMUNITY_ID && !out_hides(conf)) {
		put_key(b, "community_id");
		buf_putc(b, '"');
		community_id_put(b, p, e->seed);
		buf_putc(b, '"');
	}
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
	put_key(b, "metadata");
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
	put_key(b, "references");
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
put_alert(struct eve *e, struct buf *b, const struct record *r)
{
	const struct record_event *ev = &r->event;

	put_key(b, "alert");
	buf_puts(b, r->verdict == VERDICT_DROPPED ? "{\"action\":\"blocked\"" :
	    "{\"action\":\"allowed\"");
	put_num(b, "gid", ev->gid);
	put_num(b, "signature_id", ev->sid);
	put_num(b, "rev", ev->rev);
	put_text(b, "signature", ev->msg);
	put_text(b, "category", ev->class_text);
	put_num(b, "severity", ev->priority ? ev->priority : SEVERITY_DEFAULT);
	if (!(e->on & EVE_NO_METADATA))
		put_metadata(b, ev);
	if (e->on & EVE_REFERENCES)
		put_references(e, b, ev);
	if (e->on & EVE_RULE && ev->rule_text.len)
		put_text(b, "rule", ev->rule_text);
	buf_putc(b, '}');
}

/* What became of a packet that a rule wanted stopped. EVE knows pass, drop and
 * alert; the finer word is Snort's disposition. */
static void
put_verdict(struct buf *b, const struct record *r)
{
	if (r->verdict == VERDICT_ALLOW)
		return;
	put_key(b, "verdict");
	buf_puts(b, r->verdict == VERDICT_DROPPED ? "{\"action\":\"drop\"}" :
	    "{\"action\":\"alert\"}");
	put_key(b, "snort");
	buf_puts(b, "{\"action\":");
	buf_putjson(b, text_of(r->event.action));
	put_str(b, "disposition", r->verdict == VERDICT_DROPPED ? "dropped" :
	    r->verdict == VERDICT_WOULD_DROP ? "would_drop" : "cannot_drop");
	buf_putc(b, '}');
}

static void
put_tunnel(struct eve *e, struct buf *b, const struct record_packet *p)
{
	char room[OUT_PROTO_MAX];

	if (!p->outer.src.family)
		return;
	put_key(b, "tunnel");
	buf_puts(b, "{\"depth\":");
	buf_putu(b, p->outer.depth);
	put_addr(b, "src_ip", e->t.conf, &p->outer.src);
	put_addr(b, "dest_ip", e->t.conf, &p->outer.dst);
	put_str(b, "proto", out_proto_name(p->outer.proto, room));
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
	put_text(b, "payload_printable", text_make(text->ptr, text->len));
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
		put_num(b, "payload_length", p->payload.len);
		put_num(b, "stream", p->rebuilt);
	}
	/* the frame has the addresses that are hidden */
	if (e->on & EVE_PACKET && !out_hides(e->t.conf))
		put_base64(b, "packet", p->raw);
	if (e->on & EVE_PACKET_INFO) {
		put_key(b, "packet_info");
		buf_printf(b, "{\"linktype\":%d}", p->dlt);
	}
}

static void
put_flow(struct eve *e, struct buf *b, const struct record_flow *f)
{
	if (!f->id)
		return;
	if (f->has_direction)
		put_str(b, "direction", f->to_server ? "to_server" :
		    "to_client");
	put_key(b, "flow");
	buf_puts(b, "{\"pkts_toserver\":");
	buf_putu(b, f->packets[0]);
	put_num(b, "pkts_toclient", f->packets[1]);
	put_num(b, "bytes_toserver", f->bytes[0]);
	put_num(b, "bytes_toclient", f->bytes[1]);
	put_key(b, "start");
	put_time(e, b, f->start);
	buf_putc(b, '}');
}

static void
eve_write(void *self, const struct record *r)
{
	struct eve *e = self;
	const struct record_packet *p = &r->pkt;
	struct buf *b = out_file_begin(&e->t.file);

	buf_puts(b, "{\"timestamp\":");
	put_time(e, b, p->ts);
	if (r->flow.id)
		put_num(b, "flow_id",
		    r->flow.id & ((UINT64_C(1) << FLOW_ID_BITS) - 1));
	if (p->file) {
		put_num(b, "pcap_cnt", p->num);
		put_str(b, "pcap_filename", p->file);
	}
	if (p->iface)
		put_str(b, "in_iface", p->iface);
	if (e->t.conf->sensor_name)
		put_str(b, "host", e->t.conf->sensor_name);
	put_str(b, "event_type", "alert");
	put_vlan(b, p);
	put_endpoints(e, b, p);
	put_str(b, "pkt_src", pkt_src(p));
	put_tunnel(e, b, p);
	put_alert(e, b, r);
	put_flow(e, b, &r->flow);
	put_verdict(b, r);
	put_bytes(e, b, p);
	buf_put(b, "}\n", 2);
	out_file_end(&e->t.file);
}

static void
eve_close(void *self)
{
	struct eve *e = self;

	buf_fini(&e->printable);
	out_text_close(e);
}

const struct out_ops out_eve = {
	.name = "eve",
	.help = "alerts as EVE JSON, one object a line",
	.grammar = grammar,
	.mask = OUT_ALERT,
	.open = eve_open,
	.write = eve_write,
	.flush = out_text_flush,
	.reopen = out_text_reopen,
	.close = eve_close,
	.lost = out_text_lost,
};
