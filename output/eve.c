/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * eve: one JSON object a line, for alerts and what else is asked for, with the
 * field names of Suricata's EVE log (output-formats 4), which log shippers and
 * consoles read.
 */
#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "output/community_id.h"
#include "output/eve.h"

enum {
	FLOW_ID_BITS = 53, /* what every JSON reader keeps of a number */
	STATS_S = 8, /* seconds between statistics, as Suricata */
	STATS_S_MAX = 86400,
};

static const char grammar[] = "[FILE|stdout] [limit N[K|M|G]] [payload] "
    "[payload_printable] [packet] [packet_info] [rule] [references] "
    "[no_metadata] [community_id[=SEED]] [no_alert] [anomaly[=all]] [block] "
    "[dns] [fileinfo[=HASH[,HASH]...]] [flow] [ftp] [http] [sip] [smb] [smtp] "
    "[ssh] [stats[=SECONDS]] [tls]";

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

/* Names of digests, between commas. */
static bool
take_hashes(struct text words, uint8_t *on)
{
	static const char *const names[] = {
#define X(NAME, word) word,
		RECORD_HASHES(X)
#undef X
	};

	do {
		struct text word = text_cut(&words, ',');
		unsigned i = 0;

		while (i < ARRAY_LEN(names) && !text_is_nocase(word, names[i]))
			i++;
		if (i == ARRAY_LEN(names))
			return false;
		*on |= (uint8_t)(1u << i);
	} while (words.ptr);
	return true;
}

/* What is shown besides alerts; false when it is no such word. */
static bool
take_show(struct text word, struct out_wants *w)
{
	static const char *const words[] = {
#define X(NAME, word) word,
		RECORD_SHOWS(X)
#undef X
	};
	struct text key = text_cut(&word, '=');
	int64_t v = STATS_S;

	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		if (!text_is_nocase(key, words[i]))
			continue;
		if (i == SHOW_STATS) {
			if (word.ptr && !text_to_i64(word, 1, STATS_S_MAX, &v))
				return false;
			/* the shortest time serves all who ask */
			if (!w->stats_s || (unsigned)v < w->stats_s)
				w->stats_s = (unsigned)v;
		} else if (i == SHOW_ANOMALY && word.ptr) {
			if (!text_is_nocase(word, "all"))
				return false;
			w->all_anomalies = true;
		} else if (i == SHOW_FILEINFO && word.ptr) {
			if (!take_hashes(word, &w->hashes))
				return false;
		} else if (word.ptr) {
			return false;
		}
		w->shows |= 1u << i;
		return true;
	}
	return false;
}

static void
eve_want(struct text args, struct out_wants *w)
{
	struct text word;

	text_word(&args); /* the file */
	while ((word = text_word(&args)).len)
		if (text_is_nocase(word, "limit"))
			text_word(&args);
		else
			take_show(word, w);
}

static void *
eve_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct text name = text_word(&args), word;
	uint64_t limit = UINT64_MAX; /* logrotate and HUP turn it over */
	struct out_wants wants = { 0 };
	unsigned on = 0;
	uint16_t seed = 0;
	struct eve *e;

	while ((word = text_word(&args)).len) {
		if (text_is_nocase(word, "limit")) {
			word = text_word(&args);
			if (!out_parse_limit(word, &limit))
				return out_bad_arg(word, grammar, err, err_len);
		} else if (!take_switch(word, &on) &&
		    !take_seed(word, &on, &seed) && !take_show(word, &wants)) {
			return out_bad_arg(word, grammar, err, err_len);
		}
	}
	e = out_text_new(conf, sizeof(*e), name, "eve.json", limit, err,
	    err_len);
	if (!e)
		return NULL;
	e->on = on;
	e->wants = wants;
	e->seed = seed;
	buf_init(&e->printable, LIM_RECORD_TEXT);
	return e;
}

/* ,"name": behind the first member of an object. */
void
eve_key(struct buf *b, const char *name)
{
	buf_put(b, ",\"", 2);
	buf_puts(b, name);
	buf_put(b, "\":", 2);
}

void
eve_text(struct buf *b, const char *name, struct text v)
{
	eve_key(b, name);
	buf_putjson(b, v);
}

void
eve_str(struct buf *b, const char *name, const char *v)
{
	eve_text(b, name, text_of(v));
}

void
eve_num(struct buf *b, const char *name, uint64_t v)
{
	eve_key(b, name);
	buf_putu(b, v);
}

void
eve_addr(struct buf *b, const char *name, const struct out_conf *conf,
    const struct ipaddr *a)
{
	eve_key(b, name);
	buf_putc(b, '"');
	out_put_addr(b, conf, a);
	buf_putc(b, '"');
}

/* YYYY-MM-DDThh:mm:ss.uuuuuu+zzzz; all but the fraction is kept for the next
 * record of the same second. */
void
eve_time(struct eve *e, struct buf *b, struct mtime t)
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
	eve_key(b, "vlan");
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
	eve_str(b, "proto", name);
}

static void
put_mac(struct buf *b, const char *name, const uint8_t *mac)
{
	eve_key(b, name);
	buf_printf(b, "\"%02x:%02x:%02x:%02x:%02x:%02x\"", mac[0], mac[1],
	    mac[2], mac[3], mac[4], mac[5]);
}

static void
put_link(struct buf *b, const struct record_packet *p)
{
	if (p->eth.len < 14)
		return;
	eve_key(b, "ether");
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
	eve_addr(b, "src_ip", conf, &p->src);
	if (ports)
		eve_num(b, "src_port", p->sport);
	eve_addr(b, "dest_ip", conf, &p->dst);
	if (ports)
		eve_num(b, "dest_port", p->dport);
	put_proto(b, p->ip_proto);
	eve_num(b, "ip_v", p->ip_ver);
	if (icmp) {
		eve_num(b, "icmp_type", p->icmp_type);
		eve_num(b, "icmp_code", p->icmp_code);
	}
	/* it would name the addresses that are hidden */
	if (e->on & EVE_COMMUNITY_ID && !out_hides(conf)) {
		eve_key(b, "community_id");
		buf_putc(b, '"');
		community_id_put(b, p, e->seed);
		buf_putc(b, '"');
	}
}

/* Does this output show it? */
static bool
is_shown(const struct eve *e, const struct record *r)
{
	uint32_t shows = e->wants.shows;

	switch (r->kind) {
	case RECORD_ALERT:
		return !(e->on & EVE_NO_ALERT);
	case RECORD_APP:
	case RECORD_STATS:
		return shows >> r->app.show & 1;
	case RECORD_FLOW:
		return shows >> SHOW_FLOW & 1;
	case RECORD_ANOMALY:
		return shows >> SHOW_ANOMALY & 1 && (!r->anomaly.has_rule ||
		    e->wants.all_anomalies);
	case RECORD_BLOCK:
		return shows >> SHOW_BLOCK & 1;
	case RECORD_DROP:
		return shows >> SHOW_DROP & 1;
	case RECORD_LOG:
	case RECORD_PACKET:
	case RECORD_SESSION:
		break;
	}
	return false;
}

/* When and where; the brace stays open. */
static void
put_head(struct eve *e, struct buf *b, const struct record *r,
    const char *type)
{
	const struct record_packet *p = &r->pkt;

	buf_puts(b, "{\"timestamp\":");
	eve_time(e, b, p->ts);
	if (r->kind != RECORD_STATS) {
		if (r->flow.id)
			eve_num(b, "flow_id", r->flow.id &
			    ((UINT64_C(1) << FLOW_ID_BITS) - 1));
		if (p->file) {
			eve_num(b, "pcap_cnt", p->num);
			eve_str(b, "pcap_filename", p->file);
		}
		if (p->iface)
			eve_str(b, "in_iface", p->iface);
	}
	if (e->t.conf->sensor_name)
		eve_str(b, "host", e->t.conf->sensor_name);
	eve_str(b, "event_type", type);
	if (r->kind == RECORD_STATS)
		return;
	put_vlan(b, p);
	put_endpoints(e, b, p);
}

static void
eve_write(void *self, const struct record *r)
{
	struct eve *e = self;
	struct buf *b;

	if (!is_shown(e, r))
		return;
	b = out_file_begin(&e->t.file);
	switch (r->kind) {
	case RECORD_APP:
	case RECORD_STATS:
		put_head(e, b, r, r->app.type);
		/* another one's type does not say it */
		if (r->kind == RECORD_APP && r->flow.app_proto &&
		    r->app.show == SHOW_FILEINFO)
			eve_str(b, "app_proto", r->flow.app_proto);
		eve_put_app(b, &r->app);
		break;
	case RECORD_FLOW:
		put_head(e, b, r, "flow");
		eve_put_flow(e, b, &r->flow);
		break;
	case RECORD_ANOMALY:
		put_head(e, b, r, "anomaly");
		eve_put_anomaly(b, r);
		break;
	case RECORD_BLOCK:
		put_head(e, b, r, "block");
		eve_put_block(e, b, r);
		break;
	case RECORD_DROP:
		put_head(e, b, r, "drop");
		eve_put_drop(e, b, r);
		break;
	case RECORD_ALERT:
	case RECORD_LOG:
	case RECORD_PACKET:
	case RECORD_SESSION: /* not shown */
		put_head(e, b, r, "alert");
		eve_put_alert(e, b, r);
		break;
	}
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
	.help = "alerts and more as EVE JSON, one object a line",
	.grammar = grammar,
	.mask = OUT_ALERT | OUT_APP,
	.open = eve_open,
	.want = eve_want,
	.write = eve_write,
	.flush = out_text_flush,
	.reopen = out_text_reopen,
	.close = eve_close,
	.lost = out_text_lost,
};
