/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/scene.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum {
	START = 1714979289, /* 2024-05-06 07:08:09 UTC */
	DLT_ETHERNET = 1,
	STEP_USEC = 1700, /* between two packets */
	ETH_IP4 = 0x0800,
	ETH_ARP = 0x0806,
	ETH_IP6 = 0x86dd,
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_ICMP6 = 58,
	FIN = 0x01,
	SYN = 0x02,
	PSH = 0x08,
	ACK = 0x10,
};

static bool
is_ip6(const char *address)
{
	return strchr(address, ':') != NULL;
}

void
scene_begin(struct scene *s, FILE *f)
{
	*s = (struct scene){ .f = f, .usec = (uint64_t)START * 1000000,
		.ip_id = 0x3000, .random = 1 };
	craft_pcap_header(f, DLT_ETHERNET);
}

void
scene_wait(struct scene *s, unsigned ms)
{
	s->usec += (uint64_t)ms * 1000;
}

uint8_t
scene_random(struct scene *s)
{
	/* the low bits of such a generator repeat early */
	s->random = s->random * 1664525 + 1013904223;
	return (uint8_t)(s->random >> 24);
}

void
scene_ip(struct scene *s, uint8_t proto, const char *src, const char *dst)
{
	craft_init(&s->c);
	s->c.next_id = ++s->ip_id;
	if (is_ip6(src)) {
		craft_eth(&s->c, ETH_IP6);
		craft_ip6(&s->c, proto, src, dst);
	} else {
		craft_eth(&s->c, ETH_IP4);
		craft_ip4(&s->c, proto, src, dst);
	}
}

/* Of the packets sent. */
static void
count(struct scene *s)
{
	s->sent++;
	if (s->told && s->sent % s->told == 0) {
		printf("%ju\n", (uintmax_t)s->sent);
		fflush(stdout);
	}
	if (s->sent == s->last)
		exit(fclose(s->f) == EOF);
}

void
scene_send(struct scene *s)
{
	craft_done(&s->c);
	if (s->spoil)
		s->spoil(s);
	craft_pcap_packet(s->f, &s->c, (uint32_t)(s->usec / 1000000),
	    (uint32_t)(s->usec % 1000000));
	s->usec += STEP_USEC;
	count(s);
}

void
scene_arp(struct scene *s, const char *op, const char *sender,
    const char *target)
{
	struct in_addr a;

	craft_init(&s->c);
	craft_eth(&s->c, ETH_ARP);
	craft_hex(&s->c, "0001 0800 06 04");
	craft_hex(&s->c, op);
	craft_hex(&s->c, "02000000000a");
	inet_pton(AF_INET, sender, &a);
	craft_bytes(&s->c, &a, 4);
	craft_hex(&s->c, "02000000000b");
	inet_pton(AF_INET, target, &a);
	craft_bytes(&s->c, &a, 4);
	craft_fill(&s->c, 0, 18); /* up to Ethernet's 60 bytes */
	scene_send(s);
}

void
scene_udp(struct scene *s, const char *src, uint16_t sport, const char *dst,
    uint16_t dport, const void *p, size_t n)
{
	scene_ip(s, PROTO_UDP, src, dst);
	craft_udp(&s->c, sport, dport);
	craft_bytes(&s->c, p, n);
	scene_send(s);
}

/* RFC 1035, section 4.1. */
static void
dns_question(struct craft *c, uint16_t id, uint16_t flags, uint16_t answers,
    const char *name)
{
	craft_be16(c, id);
	craft_be16(c, flags);
	craft_be16(c, 1);
	craft_be16(c, answers);
	craft_be32(c, 0);
	while (*name) {
		size_t n = strcspn(name, ".");

		craft_u8(c, (uint8_t)n);
		craft_bytes(c, name, n);
		name += n;
		if (*name)
			name++;
	}
	craft_u8(c, 0);
	craft_be16(c, 1); /* A */
	craft_be16(c, 1); /* IN */
}

void
scene_dns(struct scene *s, const char *client, const char *server,
    const char *name, const uint8_t address[4])
{
	uint16_t id = (uint16_t)(scene_random(s) << 8 | scene_random(s));
	uint16_t port = (uint16_t)(40000 + scene_random(s));

	scene_ip(s, PROTO_UDP, client, server);
	craft_udp(&s->c, port, 53);
	dns_question(&s->c, id, 0x0100, 0, name);
	scene_send(s);
	if (!address)
		return;
	scene_ip(s, PROTO_UDP, server, client);
	craft_udp(&s->c, 53, port);
	dns_question(&s->c, id, 0x8180, 1, name);
	craft_be16(&s->c, 0xc00c); /* the name asked for */
	craft_be16(&s->c, 1);
	craft_be16(&s->c, 1);
	craft_be32(&s->c, 3600);
	craft_be16(&s->c, 4);
	craft_bytes(&s->c, address, 4);
	scene_send(s);
}

void
scene_ping(struct scene *s, const char *src, const char *dst, uint16_t seq,
    size_t n)
{
	bool ip6 = is_ip6(src);
	uint8_t proto = ip6 ? PROTO_ICMP6 : PROTO_ICMP;

	for (unsigned reply = 0; reply < 2; reply++) {
		if (reply)
			scene_ip(s, proto, dst, src);
		else
			scene_ip(s, proto, src, dst);
		craft_icmp(&s->c,
		    (uint8_t)(ip6 ? 128 + reply : reply ? 0 : 8), 0,
		    0x77010000u | seq);
		for (size_t i = 0; i < n; i++)
			craft_u8(&s->c, (uint8_t)(0x10 + i % 0x60));
		scene_send(s);
	}
}

void
scene_segment(struct scene *s, const char *src, uint16_t sport,
    const char *dst, uint16_t dport, uint8_t flags)
{
	scene_ip(s, PROTO_TCP, src, dst);
	craft_tcp(&s->c, sport, dport, 0x01000000u + sport, 0, flags);
	scene_send(s);
}

/* One segment of a connection. */
static void
segment(struct conn *c, enum side from, uint8_t flags, const void *p, size_t n)
{
	struct scene *s = c->s;
	bool client = from == CLIENT;
	uint32_t *seq = client ? &c->cseq : &c->sseq;
	uint32_t ack = client ? c->sseq : c->cseq;

	if (client) {
		scene_ip(s, PROTO_TCP, c->client, c->server);
		craft_tcp(&s->c, c->cport, c->sport, *seq,
		    flags & ACK ? ack : 0, flags);
	} else {
		scene_ip(s, PROTO_TCP, c->server, c->client);
		craft_tcp(&s->c, c->sport, c->cport, *seq, ack, flags);
	}
	if (flags & SYN)
		craft_tcp_opts(&s->c, "020405b4");
	craft_bytes(&s->c, p, n);
	scene_send(s);
	*seq += (uint32_t)n + (flags & (SYN | FIN) ? 1 : 0);
}

struct conn
conn_open(struct scene *s, const char *client, uint16_t cport,
    const char *server, uint16_t sport)
{
	struct conn c = { .s = s, .client = client, .server = server,
		.cport = cport, .sport = sport,
		.cseq = 0x10000000u | (uint32_t)scene_random(s) << 8,
		.sseq = 0x20000000u | (uint32_t)scene_random(s) << 8 };

	segment(&c, CLIENT, SYN, NULL, 0);
	segment(&c, SERVER, SYN | ACK, NULL, 0);
	segment(&c, CLIENT, ACK, NULL, 0);
	return c;
}

void
conn_send(struct conn *c, enum side from, const void *p, size_t n)
{
	segment(c, from, PSH | ACK, p, n);
	segment(c, from == CLIENT ? SERVER : CLIENT, ACK, NULL, 0);
}

void
conn_twice(struct conn *c, enum side from, const void *p, size_t n)
{
	segment(c, from, PSH | ACK, p, n);
	*(from == CLIENT ? &c->cseq : &c->sseq) -= (uint32_t)n;
	conn_send(c, from, p, n);
}

void
conn_text(struct conn *c, enum side from, const char *text)
{
	conn_send(c, from, text, strlen(text));
}

void
conn_unheard(struct conn *c, enum side from, const char *text)
{
	segment(c, from, PSH | ACK, text, strlen(text));
}

void
conn_close(struct conn *c)
{
	segment(c, CLIENT, FIN | ACK, NULL, 0);
	segment(c, SERVER, FIN | ACK, NULL, 0);
	segment(c, CLIENT, ACK, NULL, 0);
}
