/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alert_csv: chosen fields of an alert, separated by commas (output-formats
 * 1.3). A field is a function and a line in the table below.
 */
#include <string.h>

#include "core/cursor.h"
#include "core/log.h"
#include "output/output.h"
#include "output/text.h"

enum { FIELDS_MAX = 64 }; /* a longer list is refused */

struct csv {
	struct out_text t; /* first: the shared hooks take it */
	unsigned n;
	const struct csv_field *fields[FIELDS_MAX]; /* NULL: an empty column */
};

struct csv_field {
	const char *name;
	void (*put)(struct csv *csv, struct buf *b, const struct record *r);
};

#define FIELD(name)                                                            \
	static void put_##name(UNUSED struct csv *csv, UNUSED struct buf *b,   \
	    UNUSED const struct record *r)

/* "text" with what would end it escaped by a backslash, as Snort has it. */
static void
put_quoted(struct buf *b, struct text t)
{
	buf_putc(b, '"');
	for (size_t i = 0; i < t.len; i++) {
		if (t.ptr[i] == '"' || t.ptr[i] == '\\')
			buf_putc(b, '\\');
		buf_putc(b, t.ptr[i]);
	}
	buf_putc(b, '"');
}

FIELD(timestamp)
{
	out_put_time(b, &csv->t.clock, csv->t.conf, r->pkt.ts);
}

FIELD(sig_generator)
{
	buf_putu(b, r->event.gid);
}

FIELD(sig_id)
{
	buf_putu(b, r->event.sid);
}

FIELD(sig_rev)
{
	buf_putu(b, r->event.rev);
}

FIELD(msg)
{
	if (r->event.msg.len)
		put_quoted(b, r->event.msg);
}

FIELD(proto)
{
	if (!r->pkt.ip_ver)
		return;
	buf_puts(b, r->pkt.ip_proto == 6 ? "TCP" : r->pkt.ip_proto == 17 ?
	    "UDP" : r->pkt.ip_proto == 1 ? "ICMP" : "");
}

FIELD(ethsrc)
{
	if (r->pkt.eth.len >= 14)
		out_put_mac(b, r->pkt.eth.ptr + 6);
}

FIELD(ethdst)
{
	if (r->pkt.eth.len >= 14)
		out_put_mac(b, r->pkt.eth.ptr);
}

FIELD(ethtype)
{
	if (r->pkt.eth.len >= 14)
		out_put_0x(b, r->pkt.ethertype);
}

FIELD(ethlen)
{
	if (r->pkt.eth.len >= 14)
		out_put_0x(b, r->pkt.wirelen);
}

FIELD(udplength)
{
	if (r->pkt.l4_kind == REC_L4_UDP)
		buf_putu(b, r->pkt.udp_len);
}

FIELD(src)
{
	out_put_addr(b, csv->t.conf, &r->pkt.src);
}

FIELD(dst)
{
	out_put_addr(b, csv->t.conf, &r->pkt.dst);
}

static bool
is_tcp_or_udp(const struct record_packet *p)
{
	return p->ip_ver && (p->ip_proto == 6 || p->ip_proto == 17);
}

FIELD(srcport)
{
	if (is_tcp_or_udp(&r->pkt))
		buf_putu(b, r->pkt.sport);
}

FIELD(dstport)
{
	if (is_tcp_or_udp(&r->pkt))
		buf_putu(b, r->pkt.dport);
}

static bool
is_icmp(const struct record_packet *p)
{
	return p->l4_kind == REC_L4_ICMP4 || p->l4_kind == REC_L4_ICMP6;
}

FIELD(icmptype)
{
	if (is_icmp(&r->pkt))
		buf_putu(b, r->pkt.icmp_type);
}

FIELD(icmpcode)
{
	if (is_icmp(&r->pkt))
		buf_putu(b, r->pkt.icmp_code);
}

/* The 16-bit field at off, whatever the message's type makes of it. */
static void
put_icmp_u16(struct buf *b, const struct record_packet *p, size_t off)
{
	struct cursor c = cur_make(p->l4.ptr, p->l4.len);
	uint16_t v;

	if (is_icmp(p) && cur_skip(&c, off) && cur_be16(&c, &v))
		buf_putu(b, v);
}

FIELD(icmpid)
{
	put_icmp_u16(b, &r->pkt, 4);
}

FIELD(icmpseq)
{
	put_icmp_u16(b, &r->pkt, 6);
}

FIELD(ttl)
{
	if (r->pkt.ip_ver)
		buf_putu(b, r->pkt.ip_ttl);
}

FIELD(tos)
{
	if (r->pkt.ip_ver)
		buf_putu(b, r->pkt.ip_tos);
}

FIELD(id)
{
	if (r->pkt.ip_ver)
		buf_putu(b, r->pkt.ip_id);
}

FIELD(iplen)
{
	if (r->pkt.ip_ver)
		buf_putu(b, r->pkt.ip_ver == 6 ? 40 : r->pkt.ip_hlen);
}

FIELD(dgmlen)
{
	if (r->pkt.ip_ver)
		buf_putu(b, r->pkt.ip_len);
}

FIELD(tcpseq)
{
	if (r->pkt.l4_kind == REC_L4_TCP)
		out_put_0x(b, r->pkt.tcp_seq);
}

FIELD(tcpack)
{
	if (r->pkt.l4_kind == REC_L4_TCP)
		out_put_0x(b, r->pkt.tcp_ack);
}

FIELD(tcplen)
{
	if (r->pkt.l4_kind == REC_L4_TCP)
		buf_putu(b, r->pkt.tcp_hlen);
}

FIELD(tcpwindow)
{
	if (r->pkt.l4_kind == REC_L4_TCP)
		out_put_0x(b, r->pkt.tcp_win);
}

FIELD(tcpflags)
{
	char flags[8];

	if (r->pkt.l4_kind != REC_L4_TCP)
		return;
	out_tcp_flags(r->pkt.tcp_flags, flags);
	buf_put(b, flags, sizeof(flags));
}

/* The following four as pfSense's package adds them to Snort. */
FIELD(classification)
{
	struct text t = r->event.class_text;

	if (t.len && (memchr(t.ptr, ',', t.len) || memchr(t.ptr, '"', t.len)))
		put_quoted(b, t);
	else
		buf_puttext(b, t);
}

FIELD(priority)
{
	buf_putu(b, r->event.priority);
}

FIELD(action)
{
	if (r->event.action)
		buf_puts(b, r->event.action);
}

FIELD(disposition)
{
	buf_puts(b, r->verdict == VERDICT_DROPPED ? "Block" : "Allow");
}

/* Fields that are known and always empty. */
FIELD(nothing)
{
}

static const struct csv_field table[] = {
#define F(name) { #name, put_##name }
	F(timestamp), F(sig_generator), F(sig_id), F(sig_rev), F(msg),
	F(proto), F(ethsrc), F(ethdst), F(ethtype), F(ethlen), F(udplength),
	F(src), F(dst), F(srcport), F(dstport), F(icmptype), F(icmpcode),
	F(icmpid), F(icmpseq), F(ttl), F(tos), F(id), F(iplen), F(dgmlen),
	F(tcpseq), F(tcpack), F(tcplen), F(tcpwindow), F(tcpflags),
	F(classification), F(priority), F(action), F(disposition),
#undef F
	{ "trheader", put_nothing }, /* Token Ring is not decoded */
	{ "tcpln", put_nothing },    /* so spelled in Snort's default list */
};

/* Byte for byte Snort's, with its misspelled tcplen: the column is there, and
 * programs count columns. */
static const char default_fields[] =
    "timestamp,sig_generator,sig_id,sig_rev,msg,proto,src,srcport,dst,dstport,"
    "ethsrc,ethdst,ethlen,tcpflags,tcpseq,tcpack,tcpln,tcpwindow,ttl,tos,id,"
    "dgmlen,iplen,icmptype,icmpcode,icmpid,icmpseq";

static const struct csv_field *
find_field(struct text name)
{
	for (unsigned i = 0; i < ARRAY_LEN(table); i++)
		if (text_is_nocase(name, table[i].name))
			return &table[i];
	log_warnx("alert_csv: there is no field \"%.*s\"; its column is empty",
	    TEXT_ARG(name));
	return NULL;
}

static const char grammar[] =
    "[FILE|stdout] [FIELD,FIELD,...|default] [LIMIT[K|M|G]]";

static void *
csv_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct text name = text_word(&args), fields = text_word(&args), word;
	uint64_t limit = 0;
	struct csv *self;

	while ((word = text_word(&args)).len)
		if (!out_parse_limit(word, &limit))
			return out_bad_arg(word, grammar, err, err_len);
	if (!fields.len || text_is_nocase(fields, "default"))
		fields = text_of(default_fields);
	self = out_text_new(conf, sizeof(*self), name, "alert.csv", limit, err,
	    err_len);
	if (!self)
		return NULL;
	while (fields.len) {
		struct text field = text_cut(&fields, ',');

		if (self->n == FIELDS_MAX) {
			out_text_close(self);
			return out_bad_arg(field, "at most 64 fields", err,
			    err_len);
		}
		self->fields[self->n++] = find_field(field);
	}
	return self;
}

static void
csv_write(void *self, const struct record *r)
{
	struct csv *csv = self;
	struct buf *b = out_file_begin(&csv->t.file);

	for (unsigned i = 0; i < csv->n; i++) {
		if (i)
			buf_putc(b, ',');
		if (csv->fields[i])
			csv->fields[i]->put(csv, b, r);
	}
	buf_putc(b, '\n');
	out_file_end(&csv->t.file);
}

const struct out_ops out_alert_csv = {
	.name = "alert_csv",
	.help = "chosen fields of alerts, separated by commas",
	.grammar = grammar,
	.mask = OUT_ALERT,
	.open = csv_open,
	.write = csv_write,
	.flush = out_text_flush,
	.reopen = out_text_reopen,
	.close = out_text_close,
	.lost = out_text_lost,
};
