/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output/dump.h"

#include <string.h>

#include "core/cursor.h"

enum {
	HEX_COLS = 16,
	HEX_WIDTH = 3 * HEX_COLS + 1, /* "HH " each, and a blank */
	CHAR_COLS = 64,
	OPTIONS_WRAP = 60, /* a line of options is broken behind this column */
};

static const char separator[] =
    "=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+"
    "=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+\n\n";

static char
printable(uint8_t c)
{
	return c > 0x1f && c < 0x7f ? (char)c : '.';
}

void
dump_hex(struct buf *b, struct slice s, bool with_offset,
    struct dump_hide hide)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t at = 0; at < s.len; at += HEX_COLS) {
		size_t n = s.len - at < HEX_COLS ? s.len - at : HEX_COLS;
		char line[HEX_WIDTH + HEX_COLS + 1];

		if (with_offset) {
			buf_put(b, "0x", 2);
			out_put_hex(b, at, 4);
			buf_put(b, ": ", 2);
		}
		memset(line, ' ', HEX_WIDTH);
		for (size_t i = 0; i < n; i++) {
			bool hidden = at + i >= hide.from && at + i < hide.to;
			uint8_t c = s.ptr[at + i];

			line[3 * i] = hidden ? 'X' : hex[c >> 4];
			line[3 * i + 1] = hidden ? 'X' : hex[c & 15];
			line[HEX_WIDTH + i] = hidden ? 'X' : printable(c);
		}
		line[HEX_WIDTH + n] = '\n';
		buf_put(b, line, HEX_WIDTH + n + 1);
	}
	buf_putc(b, '\n');
}

void
dump_chars(struct buf *b, struct slice s)
{
	char line[CHAR_COLS + 1];

	if (!s.ptr)
		return;
	for (size_t at = 0; at < s.len; at += CHAR_COLS) {
		size_t n = s.len - at < CHAR_COLS ? s.len - at : CHAR_COLS;

		for (size_t i = 0; i < n; i++)
			line[i] = printable(s.ptr[at + i]);
		line[n] = '\n';
		buf_put(b, line, n == CHAR_COLS ? n + 1 : n);
	}
	/* Snort pads with a blank before the last end of line */
	buf_put(b, " \n", 2);
}

static void
dump_link(struct buf *b, const struct record_packet *p)
{
	if (p->eth.len < 14)
		return;
	out_put_mac(b, p->eth.ptr + 6);
	buf_puts(b, " -> ");
	out_put_mac(b, p->eth.ptr);
	buf_puts(b, " type:");
	out_put_0x(b, p->ethertype);
	buf_puts(b, " len:");
	out_put_0x(b, p->wirelen);
	buf_putc(b, '\n');
}

/* A list of options as it is printed, broken into lines. */
struct opt_list {
	struct buf *b;
	const char *name; /* "IP" or "TCP" */
	size_t start;     /* of the line, in b */
};

static void
opt_list_begin(struct opt_list *l, struct buf *b, const char *name, unsigned n)
{
	*l = (struct opt_list){ b, name, b->len };
	buf_puts(b, name);
	buf_puts(b, " Options (");
	buf_putu(b, n);
	buf_puts(b, ") => ");
}

/* Before each option. */
static void
opt_list_wrap(struct opt_list *l)
{
	if (l->b->len - l->start <= OPTIONS_WRAP)
		return;
	buf_putc(l->b, '\n');
	buf_puts(l->b, l->name);
	buf_puts(l->b, " Options => ");
	l->start = l->b->len;
}

struct hdr_option {
	uint8_t kind;
	struct cursor value;
};

/* The next option of an IPv4 or TCP header (RFC 791 3.1, RFC 9293 3.1): end
 * of list (0) and no operation (1) are one byte, the others carry their
 * length. false at the end and at a malformed one. */
static bool
next_option(struct cursor *c, struct hdr_option *o)
{
	uint8_t len;

	o->value = cur_make(NULL, 0);
	if (!cur_u8(c, &o->kind))
		return false;
	if (o->kind == 0) {
		*c = cur_make(NULL, 0);
		return true;
	}
	if (o->kind == 1)
		return true;
	return cur_u8(c, &len) && len >= 2 &&
	    cur_sub(c, len - 2u, &o->value);
}

static unsigned
count_options(struct cursor c)
{
	struct hdr_option o;
	unsigned n = 0;

	while (next_option(&c, &o))
		n++;
	return n;
}

/* What stands behind the fixed part of a header. */
static struct cursor
options_of(struct slice header, size_t fixed)
{
	struct cursor c = cur_make(header.ptr, header.len);

	return cur_skip(&c, fixed) ? c : cur_make(NULL, 0);
}

static const char *
ip_option_name(uint8_t kind)
{
	switch (kind) {
	case 0:
		return "EOL ";
	case 1:
		return "NOP ";
	case 7:
		return "RR ";
	case 68:
		return "TS ";
	case 130:
		return "SEC ";
	case 131:
	case 132:
		return "LSRR ";
	case 133:
		return "ESEC ";
	case 136:
		return "SID ";
	case 137:
		return "SSRR ";
	case 148:
		return "RTRALT ";
	default:
		return NULL;
	}
}

static void
dump_ip_options(struct buf *b, struct slice ip)
{
	struct cursor c = options_of(ip, 20);
	unsigned n = count_options(c);
	struct opt_list l;
	struct hdr_option o;

	if (!n)
		return;
	opt_list_begin(&l, b, "IP", n);
	while (next_option(&c, &o)) {
		const char *name = ip_option_name(o.kind);
		uint8_t v;

		opt_list_wrap(&l);
		if (name) {
			buf_puts(b, name);
			continue;
		}
		buf_puts(b, "Opt ");
		buf_putu(b, o.kind);
		buf_puts(b, ": ");
		for (unsigned i = 0; cur_u8(&o.value, &v); i++) {
			out_put_hex(b, v, 2);
			if (i % 2 == 0) /* so does Snort: 00 1122 3344 */
				buf_putc(b, ' ');
		}
	}
	buf_putc(b, '\n');
}

/* An integer of an option's value; 0 when it is too short. */
static uint32_t
opt_u32(struct cursor *c)
{
	uint32_t v = 0;

	return cur_be32(c, &v) ? v : 0;
}

static uint16_t
opt_u16(struct cursor *c)
{
	uint16_t v = 0;

	return cur_be16(c, &v) ? v : 0;
}

static void
dump_unknown_tcp_option(struct buf *b, struct hdr_option *o)
{
	size_t len = cur_left(&o->value);
	uint8_t v;

	buf_puts(b, "Opt ");
	buf_putu(b, o->kind);
	if (!len) {
		buf_putc(b, ' ');
		return;
	}
	buf_puts(b, " (");
	buf_putu(b, len);
	buf_puts(b, "): ");
	for (unsigned i = 0; cur_u8(&o->value, &v); i++) {
		out_put_hex(b, v, 2);
		if (i % 2 == 1)
			buf_putc(b, ' ');
	}
	buf_putc(b, ' ');
}

static void
dump_tcp_option(struct buf *b, struct hdr_option *o)
{
	/* options that are a name and numbers of one width */
	static const struct {
		uint8_t kind;
		const char *name;
		uint8_t numbers, width;
	} known[] = {
		{ 0, "EOL ", 0, 0 }, { 1, "NOP ", 0, 0 },
		{ 2, "MSS: ", 1, 2 }, { 4, "SackOK ", 0, 0 },
		{ 6, "Echo: ", 1, 4 }, { 7, "Echo Rep: ", 1, 4 },
		{ 8, "TS: ", 2, 4 }, { 11, "CC ", 1, 4 },
		{ 12, "CCNEW: ", 1, 4 }, { 13, "CCECHO: ", 1, 4 },
		{ 34, "TFO ", 0, 0 },
	};
	uint8_t scale = 0;

	for (unsigned i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].kind != o->kind)
			continue;
		buf_puts(b, known[i].name);
		for (unsigned n = 0; n < known[i].numbers; n++) {
			buf_putu(b, known[i].width == 2 ? opt_u16(&o->value) :
			    opt_u32(&o->value));
			buf_putc(b, ' ');
		}
		return;
	}
	if (o->kind == 3) {
		if (!cur_u8(&o->value, &scale))
			scale = 0;
		buf_printf(b, "WS: %u ", scale);
	} else if (o->kind == 5) {
		/* the first four bytes as two numbers, as Snort shows them */
		buf_printf(b, "Sack: %u@", opt_u16(&o->value));
		buf_printf(b, "%u ", opt_u16(&o->value));
	} else {
		dump_unknown_tcp_option(b, o);
	}
}

static void
dump_tcp(struct buf *b, const struct record_packet *p)
{
	struct cursor c = options_of(p->l4, 20);
	unsigned n = count_options(c);
	struct opt_list l;
	struct hdr_option o;
	char flags[8];

	out_tcp_flags(p->tcp_flags, flags);
	buf_put(b, flags, sizeof(flags));
	buf_puts(b, " Seq: ");
	out_put_0x(b, p->tcp_seq);
	buf_puts(b, "  Ack: ");
	out_put_0x(b, p->tcp_ack);
	buf_puts(b, "  Win: ");
	out_put_0x(b, p->tcp_win);
	buf_puts(b, "  TcpLen: ");
	buf_putu(b, p->tcp_hlen);
	if (p->tcp_flags & 0x20) {
		buf_puts(b, "  UrgPtr: ");
		out_put_0x(b, p->tcp_urp);
	}
	buf_putc(b, '\n');
	if (!n)
		return;
	opt_list_begin(&l, b, "TCP", n);
	while (next_option(&c, &o)) {
		opt_list_wrap(&l);
		dump_tcp_option(b, &o);
	}
	buf_putc(b, '\n');
}

void
dump_ip(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p)
{
	char name[OUT_PROTO_MAX];

	out_put_flow(b, conf, p);
	buf_putc(b, conf->dump_link ? ' ' : '\n');
	buf_puts(b, out_proto_name(p->ip_proto, name));
	buf_puts(b, " TTL:");
	buf_putu(b, p->ip_ttl);
	buf_puts(b, " TOS:");
	out_put_0x(b, p->ip_tos);
	buf_puts(b, " ID:");
	buf_putu(b, p->ip_id);
	buf_puts(b, " IpLen:");
	buf_putu(b, p->ip_ver == 6 ? 40 : p->ip_hlen);
	buf_puts(b, " DgmLen:");
	buf_putu(b, p->ip_len);
	if (p->ip_frag & 0x8000)
		buf_puts(b, " RB");
	if (p->ip_frag & 0x4000)
		buf_puts(b, " DF");
	if (p->ip_frag & 0x2000)
		buf_puts(b, " MF");
	buf_putc(b, '\n');
}

/* Bytes behind the IP header as its length field says. */
static uint32_t
ip_payload_len(const struct record_packet *p)
{
	uint32_t head = p->ip_ver == 6 ? 40 : p->ip_hlen;

	return p->ip_len > head ? p->ip_len - head : 0;
}

static void
dump_ip_and_fragment(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p)
{
	dump_ip(b, conf, p);
	if (p->ip_ver == 4)
		dump_ip_options(b, p->ip);
	if (!p->is_fragment)
		return;
	buf_puts(b, "Frag Offset: 0x");
	out_put_hex(b, p->ip_frag & 0x1fff, 4);
	buf_puts(b, "   Frag Size: 0x");
	out_put_hex(b, ip_payload_len(p), 4);
	buf_putc(b, '\n');
}

/* The transport's line; false when it has no header to show. */
static bool
dump_l4(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p)
{
	switch (p->l4_kind) {
	case REC_L4_TCP:
		dump_tcp(b, p);
		return true;
	case REC_L4_UDP:
		buf_printf(b, "Len: %d\n", (int)p->udp_len - 8);
		return true;
	case REC_L4_ICMP4:
		dump_icmp(b, conf, p);
		return true;
	case REC_L4_ICMP6: /* Snort prints no line for it */
		return true;
	case REC_L4_NONE:
		break;
	}
	return false;
}

/* The name of a transport that Snort shows a header line of. */
static const char *
l4_name(uint8_t proto)
{
	return proto == 6 ? "TCP" : proto == 17 ? "UDP" :
	    proto == 1 ? "ICMP" : NULL;
}

void
dump_headers(struct buf *b, struct out_clock *clock,
    const struct out_conf *conf, const struct record_packet *p)
{
	out_put_time(b, clock, conf, p->ts);
	if (conf->dump_link)
		dump_link(b, p);
	dump_ip_and_fragment(b, conf, p);
	if (!p->is_fragment && !dump_l4(b, conf, p) && l4_name(p->ip_proto)) {
		buf_puts(b, l4_name(p->ip_proto));
		buf_puts(b, " header truncated\n");
	}
}

static void
put_ip4_at(struct buf *b, const struct out_conf *conf, const uint8_t *bytes)
{
	struct ipaddr a = { .family = 4 };

	memcpy(a.b, bytes, 4);
	out_put_addr(b, conf, &a);
}

/* ARP for IPv4 over Ethernet (RFC 826). */
static void
dump_arp(struct buf *b, const struct out_conf *conf, struct slice arp)
{
	struct cursor c = cur_make(arp.ptr, arp.len);
	const uint8_t *head = cur_take(&c, 6), *sha, *spa, *tpa;
	uint16_t op;

	if (!head || !cur_be16(&c, &op) || head[4] != 6 || head[5] != 4 ||
	    !(sha = cur_take(&c, 6)) || !(spa = cur_take(&c, 4)) ||
	    !cur_skip(&c, 6) || !(tpa = cur_take(&c, 4))) {
		buf_puts(b, "ARP header truncated\n");
		return;
	}
	if (op == 1) {
		buf_puts(b, "ARP who-has ");
		put_ip4_at(b, conf, tpa);
		buf_puts(b, " tell ");
		put_ip4_at(b, conf, spa);
	} else if (op == 2) {
		buf_puts(b, "ARP reply ");
		put_ip4_at(b, conf, spa);
		buf_puts(b, " is-at ");
		out_put_mac(b, sha);
	} else {
		buf_printf(b, "ARP op %u", op);
	}
	buf_putc(b, '\n');
}

/* Where the addresses stand in the frame, when they are to be hidden. */
static struct dump_hide
hidden_bytes(const struct out_conf *conf, const struct record_packet *p)
{
	size_t at;

	if (!out_hides(conf) || !p->ip.len || p->ip.ptr < p->raw.ptr ||
	    p->ip.ptr >= p->raw.ptr + p->raw.len)
		return (struct dump_hide){ 0, 0 };
	at = (size_t)(p->ip.ptr - p->raw.ptr);
	/* IPv4: with the checksum, which would give them away */
	return p->ip_ver == 4 ? (struct dump_hide){ at + 10, at + 20 } :
	    (struct dump_hide){ at + 8, at + 40 };
}

static void
dump_payload(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p)
{
	static const struct dump_hide none = { 0, 0 };

	if (conf->dump_hex_all)
		dump_hex(b, p->raw, true, hidden_bytes(conf, p));
	else if (!conf->dump_payload)
		return;
	else if (conf->dump_chars)
		dump_chars(b, p->payload);
	else
		dump_hex(b, p->payload, false, none);
}

static void
dump_non_ip(struct buf *b, struct out_clock *clock,
    const struct out_conf *conf, const struct record_packet *p)
{
	out_put_time(b, clock, conf, p->ts);
	if (conf->dump_link)
		dump_link(b, p);
	if (p->arp.len)
		dump_arp(b, conf, p->arp);
	else if (!conf->dump_link || p->eth.len < 14)
		buf_printf(b, "type:0x%X len:0x%X\n", p->ethertype,
		    p->wirelen);
}

void
dump_packet(struct buf *b, struct out_clock *clock,
    const struct out_conf *conf, const struct record_packet *p)
{
	static const struct dump_hide none = { 0, 0 };

	if (!p->ip_ver) {
		dump_non_ip(b, clock, conf, p);
	} else {
		out_put_time(b, clock, conf, p->ts);
		if (conf->dump_link)
			dump_link(b, p);
		dump_ip_and_fragment(b, conf, p);
		if (!p->is_fragment && !dump_l4(b, conf, p) &&
		    l4_name(p->ip_proto))
			dump_hex(b, p->ip_payload, false, none);
	}
	dump_payload(b, conf, p);
	buf_put(b, separator, sizeof(separator) - 1);
}
