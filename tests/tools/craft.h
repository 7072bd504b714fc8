/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making packets. Headers are appended from the outermost to the payload, in
 * the order in which they stand in the frame; craft_done() then fills in every
 * length and checksum, innermost first. Each header function returns the
 * offset of its header, so that a test can spoil a field with craft_poke*
 * afterwards (checksums stay as craft_done left them, unless it is called
 * again: lengths and checksums are then put right again).
 *
 *	struct craft c;
 *	craft_init(&c);
 *	craft_eth(&c, 0x0800);
 *	craft_ip4(&c, 17, "10.1.1.1", "10.1.1.2");
 *	craft_udp(&c, 1000, 53);
 *	craft_text(&c, "hello");
 *	craft_done(&c);
 *	... c.b, c.len ...
 *
 * A frame that does not fit, or an address that does not parse, ends the
 * program: these are tests.
 */
#ifndef TESTS_TOOLS_CRAFT_H
#define TESTS_TOOLS_CRAFT_H

#include <stdio.h>

#include "core/base.h"

enum {
	CRAFT_MAX = 70000,  /* bytes of a frame */
	CRAFT_LAYERS = 40,  /* headers that craft_done() finishes */
};

enum craft_kind {
	CRAFT_IP4,
	CRAFT_IP6,
	CRAFT_TCP,
	CRAFT_UDP,
	CRAFT_ICMP4,
	CRAFT_ICMP6,
	CRAFT_PLAIN, /* only its place is known */
};

struct craft_layer {
	enum craft_kind kind;
	size_t off, hlen;
};

struct craft {
	uint8_t b[CRAFT_MAX];
	size_t len;
	struct craft_layer layers[CRAFT_LAYERS];
	unsigned n_layers;
	uint16_t next_id; /* of IPv4 headers */
};

void craft_init(struct craft *c);

/* Raw bytes behind what is there; the offset they begin at. */
size_t craft_bytes(struct craft *c, const void *p, size_t n);
size_t craft_text(struct craft *c, const char *s);
/* "0800 45": hexadecimal digits, blanks ignored. */
size_t craft_hex(struct craft *c, const char *hex);
size_t craft_fill(struct craft *c, uint8_t byte, size_t n);
size_t craft_u8(struct craft *c, uint8_t v);
size_t craft_be16(struct craft *c, uint16_t v);
size_t craft_be32(struct craft *c, uint32_t v);

/* Link headers. */
size_t craft_eth(struct craft *c, uint16_t ethertype);
size_t craft_vlan(struct craft *c, uint16_t tci, uint16_t ethertype);

/* Network headers: TTL 64; addresses as text. Options (hexadecimal, padded
 * with zero bytes to four) follow a header at once. */
size_t craft_ip4(struct craft *c, uint8_t proto, const char *src,
    const char *dst);
void craft_ip4_opts(struct craft *c, const char *hex);
/* The flags and offset field of the last IPv4 header. */
void craft_ip4_frag(struct craft *c, uint16_t field);
size_t craft_ip6(struct craft *c, uint8_t next, const char *src,
    const char *dst);

/* Transport headers. */
size_t craft_tcp(struct craft *c, uint16_t sport, uint16_t dport, uint32_t seq,
    uint32_t ack, uint8_t flags);
void craft_tcp_opts(struct craft *c, const char *hex);
size_t craft_udp(struct craft *c, uint16_t sport, uint16_t dport);
/* The eight bytes: type, code, checksum, rest. ICMPv6 inside craft_ip6. */
size_t craft_icmp(struct craft *c, uint8_t type, uint8_t code, uint32_t rest);

/* Lengths and checksums of all headers above. */
void craft_done(struct craft *c);

/* Overwrite at an offset. */
void craft_poke8(struct craft *c, size_t off, uint8_t v);
void craft_poke16(struct craft *c, size_t off, uint16_t v);
void craft_poke32(struct craft *c, size_t off, uint32_t v);
/* Cuts the frame. */
void craft_cut(struct craft *c, size_t len);

/* A capture file (microseconds, little endian whatever the machine). */
void craft_pcap_header(FILE *f, uint32_t linktype);
void craft_pcap_packet(FILE *f, const struct craft *c, uint32_t sec,
    uint32_t usec);

#endif
