/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: recut SEED IN OUT
 * The capture IN with the data of TCP cut anew: each segment into segments of
 * one byte (SEED 0), or of random sizes. OUT is a capture, "-" for standard
 * output. What cannot be cut without changing its meaning stays as it is:
 * fragments, tunnels, SYN, RST and urgent data, packets that were not captured
 * whole. Checksums are neither looked at nor, where a packet is cut, wrong.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decoders/decode.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/ip6.h"
#include "decoders/wire/tcp.h"
#include "tests/tools/rng.h"

static struct decoder decoder;
static struct packet pkt;
static struct rng rng;
static bool bytewise;
static uint8_t piece[1 << 18];

static bool
can_cut(uint32_t wirelen)
{
	const struct pkt_dec *d = &pkt.dec;
	const uint32_t broken = PKT_FRAGMENT | PKT_TUNNELLED | PKT_NO_RULES;

	return d->l4 == PKT_L4_TCP && d->payload_len > 1 && d->n_ip == 1 &&
	    !(d->flags & broken) && pkt.caplen == wirelen &&
	    !(d->tcp_flags & (TCP_SYN | TCP_RST | TCP_URG)) &&
	    pkt.caplen <= sizeof(piece);
}

static void
put16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static void
put32(uint8_t *at, uint32_t v)
{
	put16(at, v >> 16);
	put16(at + 2, v);
}

/* Lengths and checksums of the piece, which is n bytes long. */
static void
fix_headers(uint32_t n)
{
	const struct pkt_dec *d = &pkt.dec;
	uint8_t *ip = piece + d->ip_off, *tcp = piece + d->l4_off;
	uint32_t l4_len = n - d->l4_off, sum;

	if (d->ip_ver == 4) {
		put16(ip + offsetof(struct wire_ip4, len), n - d->ip_off);
		put16(ip + offsetof(struct wire_ip4, csum), 0);
		put16(ip + offsetof(struct wire_ip4, csum), 0xffffu ^
		    dec_csum_fold(dec_csum_add(0, ip, d->ip_hlen)));
		sum = dec_csum_add(0, ip + offsetof(struct wire_ip4, src), 8);
	} else {
		put16(ip + offsetof(struct wire_ip6, len), n - d->ip_off -
		    (uint32_t)sizeof(struct wire_ip6));
		sum = dec_csum_add(0, ip + offsetof(struct wire_ip6, src), 32);
	}
	sum += IP_PROTO_TCP + (l4_len & 0xffff) + (l4_len >> 16);
	put16(tcp + offsetof(struct wire_tcp, csum), 0);
	put16(tcp + offsetof(struct wire_tcp, csum), 0xffffu ^
	    dec_csum_fold(dec_csum_add(sum, tcp, l4_len)));
}

static uint32_t
size_of_piece(uint32_t left)
{
	/* as many small ones as large ones */
	uint32_t most = 1u << rng_below(&rng, 11);
	uint32_t n = bytewise ? 1 : 1 + rng_below(&rng, most);

	return n < left ? n : left;
}

static void
cut(pcap_dumper_t *out, const struct pcap_pkthdr *h)
{
	const struct pkt_dec *d = &pkt.dec;
	uint8_t *tcp = piece + d->l4_off;
	uint32_t seq, off = 0, n;
	uint8_t flags;

	memcpy(piece, pkt.data, d->payload_off);
	seq = get32(tcp + offsetof(struct wire_tcp, seq));
	flags = tcp[offsetof(struct wire_tcp, flags)];
	for (; off < d->payload_len; off += n) {
		struct pcap_pkthdr head = *h;
		bool last;

		n = size_of_piece(d->payload_len - off);
		last = off + n == d->payload_len;
		memcpy(piece + d->payload_off, pkt.data + d->payload_off + off,
		    n);
		put32(tcp + offsetof(struct wire_tcp, seq), seq + off);
		tcp[offsetof(struct wire_tcp, flags)] = (uint8_t)(last ?
		    flags : flags & ~(TCP_FIN | TCP_PSH));
		head.caplen = head.len = d->payload_off + n;
		fix_headers(head.caplen);
		pcap_dump((u_char *)(void *)out, &head, piece);
	}
}

static int
recut(pcap_t *in, pcap_dumper_t *out)
{
	struct dec_conf conf = dec_conf_default();
	struct pcap_pkthdr *h;
	const u_char *data;
	int r;

	conf.csum_ip = conf.csum_tcp = conf.csum_udp = conf.csum_icmp = false;
	if (!decoder_init(&decoder, &conf))
		return 1;
	while ((r = pcap_next_ex(in, &h, &data)) == 1) {
		pkt.data = data;
		pkt.caplen = h->caplen;
		pkt.wirelen = h->len;
		pkt.dlt = pcap_datalink(in);
		pkt.num++;
		decode(&decoder, &pkt);
		if (can_cut(h->len))
			cut(out, h);
		else
			pcap_dump((u_char *)(void *)out, h, data);
	}
	decoder_fini(&decoder);
	/* a capture that is cut off ends there, as for the sensor */
	return pcap_dump_flush(out) == -1;
}

int
main(int argc, char **argv)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_dumper_t *out;
	pcap_t *in;
	int status;

	if (argc != 4) {
		fprintf(stderr, "usage: recut SEED IN OUT\n");
		return 2;
	}
	bytewise = strcmp(argv[1], "0") == 0;
	rng = rng_make(strtoull(argv[1], NULL, 10), 0);
	in = pcap_open_offline_with_tstamp_precision(argv[2],
	    PCAP_TSTAMP_PRECISION_NANO, err);
	if (!in) {
		fprintf(stderr, "recut: %s\n", err);
		return 1;
	}
	out = pcap_dump_open(in, argv[3]);
	if (!out) {
		fprintf(stderr, "recut: %s\n", pcap_geterr(in));
		return 1;
	}
	status = recut(in, out);
	pcap_dump_close(out);
	pcap_close(in);
	return status;
}
