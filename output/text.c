/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"

/* Two digits and a separator; returns the place behind. */
static char *
two_digits(char *out, int v, char behind)
{
	out[0] = (char)('0' + v / 10 % 10);
	out[1] = (char)('0' + v % 10);
	out[2] = behind;
	return out + 3;
}

const struct tm *
out_tm(struct out_clock *clock, const struct out_conf *conf, struct mtime t)
{
	uint64_t sec = mtime_sec(t);
	time_t when = (time_t)sec;
	struct tm *tm = &clock->tm;
	char *out = clock->text;

	if (clock->set && clock->sec == sec)
		return tm;
	if (!(conf->utc ? gmtime_r(&when, tm) : localtime_r(&when, tm)))
		*tm = (struct tm){ 0 };
	clock->sec = sec;
	clock->set = true;
	out = two_digits(out, tm->tm_mon + 1, '/');
	out = two_digits(out, tm->tm_mday, conf->show_year ? '/' : '-');
	if (conf->show_year)
		out = two_digits(out, tm->tm_year, '-');
	out = two_digits(out, tm->tm_hour, ':');
	out = two_digits(out, tm->tm_min, ':');
	out = two_digits(out, tm->tm_sec, '.');
	clock->len = (unsigned)(out - clock->text);
	return tm;
}

void
out_put_time(struct buf *b, struct out_clock *clock,
    const struct out_conf *conf, struct mtime t)
{
	uint32_t us = mtime_usec(t);
	char tail[7];

	out_tm(clock, conf, t);
	for (unsigned i = 6; i-- > 0; us /= 10)
		tail[i] = (char)('0' + us % 10);
	tail[6] = ' ';
	buf_put(b, clock->text, clock->len);
	buf_put(b, tail, sizeof(tail));
}

/* Decimal of one byte; returns how many characters. */
static unsigned
byte_digits(char *out, uint8_t v)
{
	unsigned n = 0;

	if (v >= 100)
		out[n++] = (char)('0' + v / 100);
	if (v >= 10)
		out[n++] = (char)('0' + v / 10 % 10);
	out[n++] = (char)('0' + v % 10);
	return n;
}

static void
put_plain(struct buf *b, const struct ipaddr *a)
{
	char out[IPADDR_TEXT_MAX];
	unsigned n = 0;

	if (a->family != 4) {
		buf_puts(b, ipaddr_print(a, out));
		return;
	}
	for (unsigned i = 0; i < 4; i++) {
		if (i)
			out[n++] = '.';
		n += byte_digits(out + n, a->b[i]);
	}
	buf_put(b, out, n);
}

bool
out_hides(const struct out_conf *conf)
{
	return conf->obfuscate || conf->obfuscate_home;
}

void
out_put_addr(struct buf *b, const struct out_conf *conf,
    const struct ipaddr *a)
{
	struct ipaddr shown = *a, net = conf->obfuscate_net;
	unsigned bits = conf->obfuscate_bits;

	if (!out_hides(conf)) {
		put_plain(b, a);
		return;
	}
	if (!conf->obfuscate_home || !net.family) {
		buf_puts(b, a->family == 4 ? "xxx.xxx.xxx.xxx" :
		    a->family == 6 ? "x:x:x:x::x:x:x:x" : "");
		return;
	}
	if (net.family == a->family && (!conf->home.family ||
	    ipaddr_in_net(a, &conf->home, conf->home_bits))) {
		ipaddr_mask(&net, bits);
		ipaddr_mask(&shown, bits);
		for (unsigned i = 0; i < sizeof(shown.b); i++)
			shown.b[i] = (uint8_t)((a->b[i] ^ shown.b[i]) |
			    net.b[i]);
	}
	put_plain(b, &shown);
}

bool
out_has_ports(const struct record_packet *p)
{
	return !p->is_fragment && (p->ip_proto == 6 || p->ip_proto == 17);
}

static void
put_port(struct buf *b, bool shown, uint16_t port)
{
	if (!shown)
		return;
	buf_putc(b, ':');
	buf_putu(b, port);
}

void
out_put_flow(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p)
{
	bool ports = out_has_ports(p);

	out_put_addr(b, conf, &p->src);
	put_port(b, ports, p->sport);
	buf_put(b, " -> ", 4);
	out_put_addr(b, conf, &p->dst);
	put_port(b, ports, p->dport);
}

void
out_put_sig(struct buf *b, const struct record_event *e)
{
	buf_putc(b, '[');
	buf_putu(b, e->gid);
	buf_putc(b, ':');
	buf_putu(b, e->sid);
	buf_putc(b, ':');
	buf_putu(b, e->rev);
	buf_putc(b, ']');
}

void
out_put_class(struct buf *b, const struct record_event *e)
{
	if (e->class_text.len) {
		buf_puts(b, "[Classification: ");
		buf_puttext(b, e->class_text);
		buf_put(b, "] ", 2);
	}
	buf_puts(b, "[Priority: ");
	buf_putu(b, e->priority);
	buf_put(b, "] ", 2);
}

void
out_put_iface(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p)
{
	if (!conf->with_interface || !p->iface)
		return;
	buf_put(b, " <", 2);
	buf_puts(b, p->iface);
	buf_put(b, "> ", 2);
}

/* The names of /etc/protocols in upper case, which Snort prints; fixed here,
 * so that a log does not depend on the machine it was written on. */
static const char *const proto_names[256] = {
	[0] = "IP", [1] = "ICMP", [2] = "IGMP", [3] = "GGP", [4] = "IPENCAP",
	[5] = "ST", [6] = "TCP", [8] = "EGP", [9] = "IGP", [12] = "PUP",
	[17] = "UDP", [20] = "HMP", [22] = "XNS-IDP", [27] = "RDP",
	[29] = "ISO-TP4", [33] = "DCCP", [36] = "XTP", [37] = "DDP",
	[38] = "IDPR-CMTP", [41] = "IPV6", [43] = "IPV6-ROUTE",
	[44] = "IPV6-FRAG", [45] = "IDRP", [46] = "RSVP", [47] = "GRE",
	[50] = "ESP", [51] = "AH", [57] = "SKIP", [58] = "IPV6-ICMP",
	[59] = "IPV6-NONXT", [60] = "IPV6-OPTS", [73] = "RSPF", [81] = "VMTP",
	[88] = "EIGRP", [89] = "OSPF", [93] = "AX.25", [94] = "IPIP",
	[97] = "ETHERIP", [98] = "ENCAP", [103] = "PIM", [108] = "IPCOMP",
	[112] = "VRRP", [115] = "L2TP", [124] = "ISIS", [132] = "SCTP",
	[133] = "FC", [135] = "MOBILITY-HEADER", [136] = "UDPLITE",
	[137] = "MPLS-IN-IP", [138] = "MANET", [139] = "HIP", [140] = "SHIM6",
	[141] = "WESP", [142] = "ROHC",
};

const char *
out_proto_name(uint8_t proto, char out[OUT_PROTO_MAX])
{
	if (proto_names[proto])
		return proto_names[proto];
	memcpy(out, "PROTO:", 6);
	out[6] = (char)('0' + proto / 100);
	out[7] = (char)('0' + proto / 10 % 10);
	out[8] = (char)('0' + proto % 10);
	out[9] = '\0';
	return out;
}

void
out_tcp_flags(uint8_t flags, char out[8])
{
	static const char letters[] = "12UAPRSF";

	for (unsigned i = 0; i < 8; i++)
		out[i] = flags & (0x80u >> i) ? letters[i] : '*';
}

void
out_put_hex(struct buf *b, uint64_t v, unsigned digits)
{
	static const char hex[] = "0123456789ABCDEF";
	char out[16];
	unsigned n = sizeof(out);

	do {
		out[--n] = hex[v & 15];
		v >>= 4;
	} while (n && (v || sizeof(out) - n < digits));
	buf_put(b, out + n, sizeof(out) - n);
}

void
out_put_0x(struct buf *b, uint64_t v)
{
	buf_put(b, "0x", 2);
	out_put_hex(b, v, 1);
}

void
out_put_mac(struct buf *b, const uint8_t mac[6])
{
	for (unsigned i = 0; i < 6; i++) {
		if (i)
			buf_putc(b, ':');
		out_put_hex(b, mac[i], 2);
	}
}

void *
out_text_new(const struct out_conf *conf, size_t size, struct text name,
    const char *otherwise, uint64_t limit, char *err, size_t err_len)
{
	struct out_text *t = xcalloc(1, size);
	struct out_file_spec spec = {
		.name = name.len ? name : text_of(otherwise),
		.limit = limit ? limit : OUT_LIMIT_DEFAULT,
	};

	t->conf = conf;
	if (!out_file_open(&t->file, conf, &spec, err, err_len)) {
		free(t);
		return NULL;
	}
	return t;
}

void
out_text_flush(void *self)
{
	struct out_text *t = self;

	out_file_flush(&t->file);
}

void
out_text_reopen(void *self)
{
	struct out_text *t = self;

	out_file_reopen(&t->file);
}

void
out_text_close(void *self)
{
	struct out_text *t = self;

	out_file_close(&t->file, false);
	free(t);
}

uint64_t
out_text_lost(const void *self)
{
	const struct out_text *t = self;

	return out_file_lost(&t->file);
}

const char *
out_alert_file(const struct out_conf *conf)
{
	return conf->alertfile ? conf->alertfile : "alert";
}

void *
out_bad_arg(struct text arg, const char *grammar, char *err, size_t err_len)
{
	snprintf(err, err_len, "\"%.*s\" is not understood; expected: %s",
	    TEXT_ARG(arg), grammar);
	return NULL;
}
