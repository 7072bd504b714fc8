/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMPv4 (RFC 792, 950, 1256) as Snort's packet dump words it. */
#include <string.h>

#include "core/cursor.h"
#include "output/dump.h"

enum {
	ECHO_REPLY = 0,
	UNREACHABLE = 3,
	SOURCE_QUENCH = 4,
	REDIRECT = 5,
	ECHO = 8,
	ROUTER_ADVERT = 9,
	ROUTER_SOLICIT = 10,
	TIME_EXCEEDED = 11,
	PARAM_PROBLEM = 12,
	TIMESTAMP = 13,
	TIMESTAMP_REPLY = 14,
	INFO_REQUEST = 15,
	INFO_REPLY = 16,
	ADDRESS = 17,
	ADDRESS_REPLY = 18,
};

static const char *const unreachable_texts[] = {
	"NET UNREACHABLE",
	"HOST UNREACHABLE",
	"PROTOCOL UNREACHABLE",
	"PORT UNREACHABLE",
	"FRAGMENTATION NEEDED, DF SET",
	"SOURCE ROUTE FAILED",
	"NET UNKNOWN",
	"HOST UNKNOWN",
	"HOST ISOLATED",
	"ADMINISTRATIVELY PROHIBITED NETWORK FILTERED",
	"ADMINISTRATIVELY PROHIBITED HOST FILTERED",
	"NET UNREACHABLE FOR TOS",
	"HOST UNREACHABLE FOR TOS",
	"ADMINISTRATIVELY PROHIBITED,\nPACKET FILTERED",
	"PREC VIOLATION",
	"PREC CUTOFF",
};
static const char *const redirect_texts[] = {
	" NET", " HOST", " TOS NET", " TOS HOST",
};
static const char *const exceeded_texts[] = {
	" IN TRANSIT", " TIME EXCEEDED IN FRAG REASSEMBLY",
};

/* The fields of an ICMP header; what the message lacks is 0. */
struct icmp_fields {
	uint8_t type, code, b4, b5;
	uint16_t csum, w4, w6; /* at offsets 2, 4, 6 */
	struct cursor rest;    /* from offset 8 */
};

static struct icmp_fields
read_fields(struct cursor c)
{
	struct icmp_fields f = { 0 };

	if (!cur_u8(&c, &f.type) || !cur_u8(&c, &f.code) ||
	    !cur_be16(&c, &f.csum) || !cur_be16(&c, &f.w4) ||
	    !cur_be16(&c, &f.w6)) {
		f.rest = cur_make(NULL, 0);
		return f;
	}
	f.b4 = (uint8_t)(f.w4 >> 8);
	f.b5 = (uint8_t)f.w4;
	f.rest = c;
	return f;
}

static void
put_coded(struct buf *b, const char *const texts[], size_t n, uint8_t code,
    const char *otherwise)
{
	buf_puts(b, code < n ? texts[code] : otherwise);
}

/* The ICMP header inside a quoted datagram. */
static void
dump_quoted_icmp(struct buf *b, struct cursor c)
{
	struct icmp_fields f = read_fields(c);

	buf_printf(b, "Type: %d  Code: %d  Csum: %u", f.type, f.code, f.csum);
	switch (f.type) {
	case PARAM_PROBLEM:
		if (f.code == 0)
			buf_printf(b, "  Ptr: %u", f.b4);
		break;
	case ECHO:
	case ECHO_REPLY:
	case TIMESTAMP:
	case TIMESTAMP_REPLY:
	case INFO_REQUEST:
	case INFO_REPLY:
	case ADDRESS:
	case ADDRESS_REPLY:
		buf_printf(b, "  Id: %u  SeqNo: %u", f.w4, f.w6);
		break;
	case ROUTER_ADVERT:
		buf_printf(b, "  Addrs: %u  Size: %u  Lifetime: %u", f.b4,
		    f.b5, f.w6);
		break;
	default:
		break;
	}
	buf_putc(b, '\n');
}

/* Reads the quoted IPv4 header into *q and leaves c behind it; false when it
 * is no whole one. */
static bool
read_quoted_ip(struct cursor *c, struct record_packet *q)
{
	uint8_t ver_hlen, tos, ttl, proto;
	uint16_t len, id, frag, csum;
	const uint8_t *src, *dst;
	size_t hlen;

	if (!cur_u8(c, &ver_hlen) || !cur_u8(c, &tos) || !cur_be16(c, &len) ||
	    !cur_be16(c, &id) || !cur_be16(c, &frag) || !cur_u8(c, &ttl) ||
	    !cur_u8(c, &proto) || !cur_be16(c, &csum) ||
	    !(src = cur_take(c, 4)) || !(dst = cur_take(c, 4)))
		return false;
	hlen = (ver_hlen & 15u) * 4;
	if (ver_hlen >> 4 != 4 || hlen < 20 || !cur_skip(c, hlen - 20))
		return false;
	*q = (struct record_packet){
		.ip_ver = 4, .ip_tos = tos, .ip_len = len, .ip_id = id,
		.ip_frag = frag, .ip_ttl = ttl, .ip_proto = proto,
		.ip_hlen = (uint16_t)hlen,
	};
	q->src.family = q->dst.family = 4;
	memcpy(q->src.b, src, 4);
	memcpy(q->dst.b, dst, 4);
	return true;
}

static void
dump_quoted_l4(struct buf *b, const struct record_packet *q, struct cursor c)
{
	const struct cursor start = c;
	uint16_t sport, dport, third = 0, fourth = 0;
	/* only the first fragment begins with the transport's header */
	bool whole = !(q->ip_frag & 0x1fff) && cur_be16(&c, &sport) &&
	    cur_be16(&c, &dport) && cur_be16(&c, &third) &&
	    cur_be16(&c, &fourth);

	switch (q->ip_proto) {
	case 6:
		if (whole) {
			buf_puts(b, "Seq: ");
			out_put_0x(b, (uint32_t)third << 16 | fourth);
			buf_putc(b, '\n');
		}
		break;
	case 17:
		if (whole)
			buf_printf(b, "Len: %d  Csum: %d\n", (int)third - 8,
			    fourth);
		break;
	case 1:
		if (whole)
			dump_quoted_icmp(b, start);
		break;
	default:
		buf_printf(b, "Protocol: 0x%X (unknown or header truncated)",
		    q->ip_proto);
		break;
	}
}

/* The datagram that an error message quotes: all of it that is shown are its
 * IP header and 8 bytes behind (RFC 792). */
static void
dump_quoted(struct buf *b, const struct out_conf *conf, struct cursor c)
{
	struct record_packet q;
	struct cursor l4, ports;

	if (!read_quoted_ip(&c, &q)) {
		buf_puts(b, "\nORIGINAL DATAGRAM TRUNCATED");
		return;
	}
	l4 = ports = c;
	if ((q.ip_frag & 0x1fff) || cur_left(&c) < 8 ||
	    !cur_be16(&ports, &q.sport) || !cur_be16(&ports, &q.dport))
		q.sport = q.dport = 0;
	buf_puts(b, "\n** ORIGINAL DATAGRAM DUMP:\n");
	dump_ip(b, conf, &q);
	dump_quoted_l4(b, &q, l4);
	if (cur_left(&c) > 8) {
		buf_putc(b, '(');
		buf_putu(b, cur_left(&c) - 8);
		buf_puts(b, " more bytes of original packet)\n");
	}
	buf_puts(b, "** END OF DUMP");
}

static void
put_unreachable(struct buf *b, const struct icmp_fields *f)
{
	buf_puts(b, "DESTINATION UNREACHABLE: ");
	put_coded(b, unreachable_texts, ARRAY_LEN(unreachable_texts), f->code,
	    "UNKNOWN");
	if (f->code == 4)
		buf_printf(b, "\nNEXT LINK MTU: %u", f->w6);
}

static void
put_redirect(struct buf *b, const struct out_conf *conf,
    const struct icmp_fields *f)
{
	struct ipaddr gw = { .family = 4 };

	gw.b[0] = f->b4;
	gw.b[1] = f->b5;
	gw.b[2] = (uint8_t)(f->w6 >> 8);
	gw.b[3] = (uint8_t)f->w6;
	buf_puts(b, "REDIRECT");
	put_coded(b, redirect_texts, ARRAY_LEN(redirect_texts), f->code, "");
	buf_puts(b, " NEW GW: ");
	out_put_addr(b, conf, &gw);
}

static void
put_param_problem(struct buf *b, const struct icmp_fields *f)
{
	buf_puts(b, "PARAMETER PROBLEM");
	if (f->code == 0)
		buf_printf(b, ": BAD IP HEADER BYTE %u", f->b4);
	else if (f->code == 1)
		buf_puts(b, ": OPTION MISSING");
	else if (f->code == 2)
		buf_puts(b, ": BAD LENGTH");
}

static void
put_timestamps(struct buf *b, struct cursor c)
{
	uint32_t orig = 0, receive = 0, transmit = 0;

	if (!cur_be32(&c, &orig) || !cur_be32(&c, &receive) ||
	    !cur_be32(&c, &transmit))
		orig = receive = transmit = 0;
	buf_printf(b, ":\nOrig: %u Rtime: %u  Ttime: %u", orig, receive,
	    transmit);
}

/* Requests and replies that begin with an identifier and a number. */
static void
put_query(struct buf *b, const struct icmp_fields *f, const char *name)
{
	buf_printf(b, "ID: %u  Seq: %u  %s", f->w4, f->w6, name);
}

void
dump_icmp(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p)
{
	struct icmp_fields f = read_fields(cur_make(p->l4.ptr, p->l4.len));
	struct cursor rest = f.rest;
	uint32_t mask;

	buf_printf(b, "Type:%d  Code:%d  ", p->icmp_type, p->icmp_code);
	f.code = p->icmp_code;
	switch (p->icmp_type) {
	case ECHO_REPLY:
		buf_printf(b, "ID:%d  Seq:%d  ECHO REPLY", f.w4, f.w6);
		break;
	case ECHO:
		buf_printf(b, "ID:%d   Seq:%d  ECHO", f.w4, f.w6);
		break;
	case UNREACHABLE:
		put_unreachable(b, &f);
		dump_quoted(b, conf, f.rest);
		break;
	case SOURCE_QUENCH:
		buf_puts(b, "SOURCE QUENCH");
		dump_quoted(b, conf, f.rest);
		break;
	case REDIRECT:
		put_redirect(b, conf, &f);
		dump_quoted(b, conf, f.rest);
		break;
	case ROUTER_ADVERT:
		/* Snort's spelling: log readers match it */
		buf_printf(b, "ROUTER ADVERTISMENT: Num addrs: %d "
		    "Addr entry size: %d Lifetime: %u", f.b4, f.b5, f.w6);
		break;
	case ROUTER_SOLICIT:
		buf_puts(b, "ROUTER SOLICITATION");
		break;
	case TIME_EXCEEDED:
		buf_puts(b, "TTL EXCEEDED");
		put_coded(b, exceeded_texts, ARRAY_LEN(exceeded_texts), f.code,
		    "");
		dump_quoted(b, conf, f.rest);
		break;
	case PARAM_PROBLEM:
		put_param_problem(b, &f);
		dump_quoted(b, conf, f.rest);
		break;
	case TIMESTAMP:
		put_query(b, &f, "TIMESTAMP REQUEST");
		break;
	case TIMESTAMP_REPLY:
		put_query(b, &f, "TIMESTAMP REPLY");
		put_timestamps(b, rest);
		break;
	case INFO_REQUEST:
		put_query(b, &f, "INFO REQUEST");
		break;
	case INFO_REPLY:
		put_query(b, &f, "INFO REPLY");
		break;
	case ADDRESS:
		put_query(b, &f, "ADDRESS REQUEST");
		break;
	case ADDRESS_REPLY:
		put_query(b, &f, "ADDRESS REPLY: 0x");
		out_put_hex(b, cur_be32(&rest, &mask) ? mask : 0, 8);
		break;
	default:
		buf_puts(b, "UNKNOWN");
		break;
	}
	buf_putc(b, '\n');
}
