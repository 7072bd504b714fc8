/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/craft.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static NORETURN void
die(const char *what)
{
	fprintf(stderr, "craft: %s\n", what);
	exit(2);
}

static uint16_t
peek16(const struct craft *c, size_t off)
{
	return (uint16_t)(c->b[off] << 8 | c->b[off + 1]);
}

void
craft_init(struct craft *c)
{
	c->len = 0;
	c->n_layers = 0;
	c->next_id = 1;
}

static size_t
room(struct craft *c, size_t n)
{
	size_t off = c->len;

	if (n > CRAFT_MAX - c->len)
		die("frame too long");
	memset(c->b + off, 0, n);
	c->len += n;
	return off;
}

static size_t
layer(struct craft *c, enum craft_kind kind, size_t hlen)
{
	size_t off = room(c, hlen);

	if (c->n_layers == CRAFT_LAYERS)
		die("too many headers");
	c->layers[c->n_layers++] = (struct craft_layer){ kind, off, hlen };
	return off;
}

size_t
craft_bytes(struct craft *c, const void *p, size_t n)
{
	size_t off = room(c, n);

	if (n)
		memcpy(c->b + off, p, n);
	return off;
}

size_t
craft_text(struct craft *c, const char *s)
{
	return craft_bytes(c, s, strlen(s));
}

static unsigned
digit(char ch)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = ch ? strchr(digits, ch | 0x20) : NULL;

	if (!at)
		die("not a hexadecimal digit");
	return (unsigned)(at - digits);
}

size_t
craft_hex(struct craft *c, const char *hex)
{
	size_t off = c->len;

	for (;;) {
		while (*hex == ' ')
			hex++;
		if (!*hex)
			return off;
		craft_u8(c, (uint8_t)(digit(hex[0]) << 4 | digit(hex[1])));
		hex += 2;
	}
}

size_t
craft_fill(struct craft *c, uint8_t byte, size_t n)
{
	size_t off = room(c, n);

	memset(c->b + off, byte, n);
	return off;
}

size_t
craft_u8(struct craft *c, uint8_t v)
{
	return craft_bytes(c, &v, 1);
}

size_t
craft_be16(struct craft *c, uint16_t v)
{
	size_t off = room(c, 2);

	craft_poke16(c, off, v);
	return off;
}

size_t
craft_be32(struct craft *c, uint32_t v)
{
	size_t off = room(c, 4);

	craft_poke32(c, off, v);
	return off;
}

size_t
craft_eth(struct craft *c, uint16_t ethertype)
{
	size_t off = layer(c, CRAFT_PLAIN, 14);

	c->b[off] = c->b[off + 6] = 0x02;
	c->b[off + 5] = 2;
	c->b[off + 11] = 1;
	craft_poke16(c, off + 12, ethertype);
	return off;
}

size_t
craft_vlan(struct craft *c, uint16_t tci, uint16_t ethertype)
{
	size_t off = layer(c, CRAFT_PLAIN, 4);

	craft_poke16(c, off, tci);
	craft_poke16(c, off + 2, ethertype);
	return off;
}

size_t
craft_ip4(struct craft *c, uint8_t proto, const char *src, const char *dst)
{
	size_t off = layer(c, CRAFT_IP4, 20);

	c->b[off] = 0x45;
	craft_poke16(c, off + 4, c->next_id++);
	c->b[off + 8] = 64;
	c->b[off + 9] = proto;
	if (inet_pton(AF_INET, src, c->b + off + 12) != 1 ||
	    inet_pton(AF_INET, dst, c->b + off + 16) != 1)
		die("not an IPv4 address");
	return off;
}

/* Options right behind the last header, which must be of that kind. */
static struct craft_layer *
options(struct craft *c, enum craft_kind kind, const char *hex)
{
	struct craft_layer *l;

	if (!c->n_layers)
		die("options without a header");
	l = &c->layers[c->n_layers - 1];
	if (l->kind != kind || l->off + l->hlen != c->len)
		die("options must follow their header");
	craft_hex(c, hex);
	while ((c->len - l->off) % 4)
		craft_u8(c, 0);
	l->hlen = c->len - l->off;
	if (l->hlen > 60)
		die("too many options");
	return l;
}

void
craft_ip4_opts(struct craft *c, const char *hex)
{
	struct craft_layer *l = options(c, CRAFT_IP4, hex);

	c->b[l->off] = (uint8_t)(0x40 | l->hlen / 4);
}

void
craft_ip4_frag(struct craft *c, uint16_t field)
{
	unsigned i = c->n_layers;

	while (i-- > 0)
		if (c->layers[i].kind == CRAFT_IP4) {
			craft_poke16(c, c->layers[i].off + 6, field);
			return;
		}
	die("no IPv4 header");
}

size_t
craft_ip6(struct craft *c, uint8_t next, const char *src, const char *dst)
{
	size_t off = layer(c, CRAFT_IP6, 40);

	c->b[off] = 0x60;
	c->b[off + 6] = next;
	c->b[off + 7] = 64;
	if (inet_pton(AF_INET6, src, c->b + off + 8) != 1 ||
	    inet_pton(AF_INET6, dst, c->b + off + 24) != 1)
		die("not an IPv6 address");
	return off;
}

size_t
craft_tcp(struct craft *c, uint16_t sport, uint16_t dport, uint32_t seq,
    uint32_t ack, uint8_t flags)
{
	size_t off = layer(c, CRAFT_TCP, 20);

	craft_poke16(c, off, sport);
	craft_poke16(c, off + 2, dport);
	craft_poke32(c, off + 4, seq);
	craft_poke32(c, off + 8, ack);
	c->b[off + 12] = 0x50;
	c->b[off + 13] = flags;
	craft_poke16(c, off + 14, 8192);
	return off;
}

void
craft_tcp_opts(struct craft *c, const char *hex)
{
	struct craft_layer *l = options(c, CRAFT_TCP, hex);

	c->b[l->off + 12] = (uint8_t)(l->hlen / 4 << 4);
}

size_t
craft_udp(struct craft *c, uint16_t sport, uint16_t dport)
{
	size_t off = layer(c, CRAFT_UDP, 8);

	craft_poke16(c, off, sport);
	craft_poke16(c, off + 2, dport);
	return off;
}

/* The IP header around layer i; NULL when there is none. */
static const struct craft_layer *
ip_around(const struct craft *c, unsigned i)
{
	while (i-- > 0)
		if (c->layers[i].kind == CRAFT_IP4 ||
		    c->layers[i].kind == CRAFT_IP6)
			return &c->layers[i];
	return NULL;
}

size_t
craft_icmp(struct craft *c, uint8_t type, uint8_t code, uint32_t rest)
{
	const struct craft_layer *ip = ip_around(c, c->n_layers);
	size_t off = layer(c,
	    ip && ip->kind == CRAFT_IP6 ? CRAFT_ICMP6 : CRAFT_ICMP4, 8);

	c->b[off] = type;
	c->b[off + 1] = code;
	craft_poke32(c, off + 4, rest);
	return off;
}

static uint32_t
sum(const struct craft *c, uint32_t s, size_t off, size_t n)
{
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		s += peek16(c, off + i);
	if (n % 2)
		s += (uint32_t)c->b[off + n - 1] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return s;
}

/* Checksum of [off, len) into the field at off + at. */
static void
checksum(struct craft *c, size_t off, size_t n, size_t at, uint32_t pseudo)
{
	craft_poke16(c, off + at, 0);
	craft_poke16(c, off + at, (uint16_t)~sum(c, pseudo, off, n));
}

static uint32_t
pseudo_sum(const struct craft *c, unsigned i, uint8_t proto, size_t n)
{
	const struct craft_layer *ip = ip_around(c, i);

	if (!ip)
		return 0;
	return sum(c, (uint32_t)(proto + n), ip->off +
	    (ip->kind == CRAFT_IP4 ? 12u : 8u), ip->kind == CRAFT_IP4 ? 8 : 32);
}

void
craft_done(struct craft *c)
{
	unsigned i = c->n_layers;

	while (i-- > 0) {
		const struct craft_layer *l = &c->layers[i];
		size_t off = l->off, n = c->len - off;

		switch (l->kind) {
		case CRAFT_IP4:
			craft_poke16(c, off + 2, (uint16_t)n);
			checksum(c, off, l->hlen, 10, 0);
			break;
		case CRAFT_IP6:
			craft_poke16(c, off + 4, (uint16_t)(n - 40));
			break;
		case CRAFT_TCP:
			checksum(c, off, n, 16, pseudo_sum(c, i, 6, n));
			break;
		case CRAFT_UDP:
			craft_poke16(c, off + 4, (uint16_t)n);
			checksum(c, off, n, 6, pseudo_sum(c, i, 17, n));
			/* zero would say that there is none */
			if (!peek16(c, off + 6))
				craft_poke16(c, off + 6, 0xffff);
			break;
		case CRAFT_ICMP4:
			checksum(c, off, n, 2, 0);
			break;
		case CRAFT_ICMP6:
			checksum(c, off, n, 2, pseudo_sum(c, i, 58, n));
			break;
		case CRAFT_PLAIN:
			break;
		}
	}
}

void
craft_poke8(struct craft *c, size_t off, uint8_t v)
{
	if (off >= c->len)
		die("poke outside the frame");
	c->b[off] = v;
}

void
craft_poke16(struct craft *c, size_t off, uint16_t v)
{
	craft_poke8(c, off, (uint8_t)(v >> 8));
	craft_poke8(c, off + 1, (uint8_t)v);
}

void
craft_poke32(struct craft *c, size_t off, uint32_t v)
{
	craft_poke16(c, off, (uint16_t)(v >> 16));
	craft_poke16(c, off + 2, (uint16_t)v);
}

void
craft_cut(struct craft *c, size_t len)
{
	if (len < c->len)
		c->len = len;
}

static void
put_le(FILE *f, uint32_t v, unsigned bytes)
{
	for (; bytes; bytes--, v >>= 8)
		if (putc((int)(v & 0xff), f) == EOF)
			die("cannot write the capture");
}

void
craft_pcap_header(FILE *f, uint32_t linktype)
{
	put_le(f, 0xa1b2c3d4, 4);
	put_le(f, 2, 2);
	put_le(f, 4, 2);
	put_le(f, 0, 4);
	put_le(f, 0, 4);
	put_le(f, 262144, 4);
	put_le(f, linktype, 4);
}

void
craft_pcap_packet(FILE *f, const struct craft *c, uint32_t sec, uint32_t usec)
{
	put_le(f, sec, 4);
	put_le(f, usec, 4);
	put_le(f, (uint32_t)c->len, 4);
	put_le(f, (uint32_t)c->len, 4);
	if (fwrite(c->b, 1, c->len, f) != c->len)
		die("cannot write the capture");
}
