/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unified2: events and packets in binary for barnyard2 and its like, in the
 * layout of Snort 2.9 (output-formats 2), every integer big-endian:
 *
 *	record:  type, length of what follows; then
 *	event:   7 IPv4, 72 IPv6; 104 and 105 with MPLS label and VLAN
 *	packet:  2
 *	extra:   110, here the addresses of an IPv6 event
 */
#include <stdlib.h>

#include "core/be.h"
#include "core/xalloc.h"
#include "output/file.h"
#include "output/output.h"
#include "output/text.h"

enum u2_type {
	U2_PACKET = 2,
	U2_EVENT = 7,
	U2_EVENT_IP6 = 72,
	U2_EVENT_VLAN = 104,
	U2_EVENT_IP6_VLAN = 105,
	U2_EXTRA = 110,
};

enum {
	EXTRA_EVENT_TYPE = 4,
	EXTRA_BLOB = 1, /* data type */
	EXTRA_IP6_SRC = 11,
	EXTRA_IP6_DST = 12,
	IMPACT_BLOCKED = 0x20,
	LIMIT_MAX_MB = 512,
};

struct unified2 {
	const struct out_conf *conf;
	struct out_file file;
	bool events, packets; /* what it writes */
	bool vlan, mpls;      /* vlan_event_types, mpls_event_types */
};

static const char grammar[] = "[filename FILE][, limit MB][, nostamp]"
    "[, vlan_event_types][, mpls_event_types][, appid_event_types]";

struct u2_args {
	struct text name;
	uint64_t limit_mb;
	bool nostamp, vlan, mpls;
};

/* Snort reads the digits and nothing behind them ("128K" is 128 MB). */
static bool
parse_limit(struct text t, uint64_t *mb)
{
	size_t n = 0;
	int64_t v;

	while (n < t.len && t.ptr[n] >= '0' && t.ptr[n] <= '9')
		n++;
	if (!text_to_i64(text_make(t.ptr, n), 0, INT64_MAX, &v))
		return false;
	*mb = v > LIMIT_MAX_MB ? LIMIT_MAX_MB : (uint64_t)v;
	return true;
}

static bool
parse_arg(struct u2_args *a, struct text arg)
{
	struct text key = text_word(&arg), value = text_word(&arg);

	if (text_trim(arg).len)
		return false;
	if (text_is_nocase(key, "filename") && value.len)
		a->name = value;
	else if (text_is_nocase(key, "limit"))
		return parse_limit(value, &a->limit_mb);
	else if (text_is_nocase(key, "nostamp") && !value.len)
		a->nostamp = true;
	else if (text_is_nocase(key, "vlan_event_types") && !value.len)
		a->vlan = true;
	else if (text_is_nocase(key, "mpls_event_types") && !value.len)
		a->mpls = true;
	else
		/* there is no application name to write: types 111 and 112
		 * are never written, and readers take the others */
		return text_is_nocase(key, "appid_event_types") || !key.len;
	return true;
}

static struct unified2 *
open_any(const struct out_conf *conf, struct text args, const char *name,
    char *err, size_t err_len)
{
	struct u2_args a = { .name = text_of(name) };
	struct unified2 *u;

	while (args.ptr) {
		struct text arg = text_cut(&args, ',');

		if (!parse_arg(&a, arg))
			return out_bad_arg(text_trim(arg), grammar, err,
			    err_len);
	}
	u = xcalloc(1, sizeof(*u));
	u->conf = conf;
	u->vlan = a.vlan;
	u->mpls = a.mpls;
	if (!out_file_open(&u->file, conf, &(struct out_file_spec){
	    .name = a.name,
	    .roll = a.nostamp || conf->nostamps ? OUT_ROLL_RENAME :
		OUT_ROLL_STAMP,
	    .limit = a.limit_mb ? a.limit_mb << 20 : OUT_LIMIT_DEFAULT },
	    err, err_len)) {
		free(u);
		return NULL;
	}
	return u;
}

static void *
unified2_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct unified2 *u = open_any(conf, args, "snort-unified", err,
	    err_len);

	if (u)
		u->events = u->packets = true;
	return u;
}

static void *
alert_unified2_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct unified2 *u = open_any(conf, args, "snort-unified.alert", err,
	    err_len);

	if (u)
		u->events = true;
	return u;
}

static void *
log_unified2_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct unified2 *u = open_any(conf, args, "snort-unified.log", err,
	    err_len);

	if (u)
		u->packets = true;
	return u;
}

static void
put8(struct buf *b, unsigned v)
{
	buf_putc(b, (char)(uint8_t)v);
}

static void
put16(struct buf *b, unsigned v)
{
	struct be16 be = be16_make((uint16_t)v);

	buf_put(b, &be, sizeof(be));
}

static void
put32(struct buf *b, uint64_t v)
{
	struct be32 be = be32_make((uint32_t)v);

	buf_put(b, &be, sizeof(be));
}

static void
put_head(struct buf *b, enum u2_type type, size_t len)
{
	put32(b, type);
	put32(b, len);
}

/* Ports, or ICMP's type and code in their place. */
static void
put_ports(struct buf *b, const struct record_packet *p)
{
	bool icmp = p->l4_kind == REC_L4_ICMP4 || p->l4_kind == REC_L4_ICMP6;

	put16(b, icmp ? p->icmp_type : p->sport);
	put16(b, icmp ? p->icmp_code : p->dport);
}

static unsigned
vlan_id(const struct record_packet *p)
{
	unsigned n = p->n_vlan < ARRAY_LEN(p->vlan) ? p->n_vlan :
	    ARRAY_LEN(p->vlan);

	return n ? p->vlan[n - 1] & 0xfff : 0; /* the innermost */
}

static unsigned
blocked(enum record_verdict v)
{
	switch (v) {
	case VERDICT_ALLOW:
		return 0;
	case VERDICT_DROPPED:
		return 1;
	case VERDICT_WOULD_DROP:
		return 2;
	case VERDICT_CANNOT_DROP:
		return 3;
	}
	return 0;
}

static void
put_event(struct unified2 *u, struct buf *b, const struct record *r)
{
	const struct record_packet *p = &r->pkt;
	const struct record_event *e = &r->event;
	bool ip6 = p->ip_ver == 6, wide = u->vlan || u->mpls;
	size_t addr_len = ip6 ? 16 : 4;

	put_head(b, ip6 ? (wide ? U2_EVENT_IP6_VLAN : U2_EVENT_IP6) :
	    (wide ? U2_EVENT_VLAN : U2_EVENT),
	    44 + 2 * addr_len + (wide ? 8 : 0));
	put32(b, 0); /* sensor id */
	put32(b, e->event_id);
	put32(b, mtime_sec(p->ts));
	put32(b, mtime_usec(p->ts));
	put32(b, e->sid);
	put32(b, e->gid);
	put32(b, e->rev);
	put32(b, e->class_id);
	put32(b, e->priority);
	buf_put(b, p->src.b, addr_len);
	buf_put(b, p->dst.b, addr_len);
	put_ports(b, p);
	put8(b, p->event_proto);
	put8(b, r->verdict == VERDICT_DROPPED ? IMPACT_BLOCKED : 0);
	put8(b, 0); /* impact */
	put8(b, blocked(r->verdict));
	if (wide) {
		put32(b, u->mpls ? p->mpls_label : 0);
		put16(b, u->vlan ? vlan_id(p) : 0);
		put16(b, 0);
	}
}

static void
put_extra(struct buf *b, const struct record *r, unsigned type,
    const struct ipaddr *addr)
{
	size_t n = sizeof(addr->b), len = 8 + 24 + n;

	put_head(b, U2_EXTRA, len);
	put32(b, EXTRA_EVENT_TYPE);
	put32(b, len);
	put32(b, 0); /* sensor id */
	put32(b, r->event.event_id);
	put32(b, mtime_sec(r->pkt.ts));
	put32(b, type);
	put32(b, EXTRA_BLOB);
	put32(b, n + 8); /* counts type and this length */
	buf_put(b, addr->b, n);
}

static void
put_packet(struct buf *b, const struct record *r)
{
	const struct record_packet *p = &r->pkt;
	struct mtime event_ts = r->event.ref_ts.ns ? r->event.ref_ts : p->ts;

	if (!p->raw.len)
		return;
	put_head(b, U2_PACKET, 28 + p->raw.len);
	put32(b, 0); /* sensor id */
	put32(b, r->event.event_ref);
	put32(b, mtime_sec(event_ts));
	put32(b, mtime_sec(p->ts));
	put32(b, mtime_usec(p->ts));
	put32(b, (uint32_t)p->dlt);
	put32(b, p->raw.len);
	buf_put(b, p->raw.ptr, p->raw.len);
}

/* An event and its packet are one record of the file: they are never parted
 * by a new file. */
static void
unified2_write(void *self, const struct record *r)
{
	struct unified2 *u = self;
	struct buf *b = out_file_begin(&u->file);

	if (u->events && r->kind == RECORD_ALERT) {
		put_event(u, b, r);
		if (u->conf->ipv6_extra_data && r->pkt.ip_ver == 6) {
			put_extra(b, r, EXTRA_IP6_SRC, &r->pkt.src);
			put_extra(b, r, EXTRA_IP6_DST, &r->pkt.dst);
		}
	}
	if (u->packets)
		put_packet(b, r);
	out_file_end(&u->file);
}

static void
unified2_flush(void *self)
{
	struct unified2 *u = self;

	if (!u->conf->no_flush)
		out_file_flush(&u->file);
}

static void
unified2_reopen(void *self)
{
	struct unified2 *u = self;

	out_file_reopen(&u->file);
}

static void
unified2_close(void *self)
{
	struct unified2 *u = self;

	out_file_close(&u->file, false);
	free(u);
}

static uint64_t
unified2_lost(const void *self)
{
	const struct unified2 *u = self;

	return out_file_lost(&u->file);
}

const struct out_ops out_unified2 = {
	.name = "unified2",
	.help = "events and packets in binary, for barnyard2",
	.grammar = grammar,
	.mask = OUT_ALERT | OUT_LOG,
	.open = unified2_open,
	.write = unified2_write,
	.flush = unified2_flush,
	.reopen = unified2_reopen,
	.close = unified2_close,
	.lost = unified2_lost,
};

const struct out_ops out_alert_unified2 = {
	.name = "alert_unified2",
	.help = "unified2 without packets",
	.grammar = grammar,
	.mask = OUT_ALERT,
	.open = alert_unified2_open,
	.write = unified2_write,
	.flush = unified2_flush,
	.reopen = unified2_reopen,
	.close = unified2_close,
	.lost = unified2_lost,
};

const struct out_ops out_log_unified2 = {
	.name = "log_unified2",
	.help = "unified2 without events",
	.grammar = grammar,
	.mask = OUT_LOG,
	.open = log_unified2_open,
	.write = unified2_write,
	.flush = unified2_flush,
	.reopen = unified2_reopen,
	.close = unified2_close,
	.lost = unified2_lost,
};
