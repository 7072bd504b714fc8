/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One packet: the frame as it was captured, and what decoding made of it.
 *
 * Lifetime: the frame's bytes are borrowed from the front end (or from an
 * arena, for a rebuilt packet) until its verdict; struct packet is reused for
 * the next frame. Everything decoded is kept as values, or as offsets into
 * the frame, never as pointers.
 */
#ifndef DECODERS_PACKET_H
#define DECODERS_PACKET_H

#include "core/base.h"
#include "core/ipaddr.h"
#include "core/limits.h"
#include "core/mtime.h"
#include "core/slice.h"

/* One decoded header. */
struct layer {
	uint8_t id;        /* enum dec_id (decoders/decode.h) */
	uint32_t off, len; /* of the header, from the frame's first byte */
};

/* An event raised while looking at the packet; gid and sid as in Snort. */
struct pkt_event {
	uint16_t gid;
	uint32_t sid;
};

/* One IPv4 or TCP option as it stands in the header. */
struct hdr_opt {
	uint8_t kind;
	uint8_t len;  /* of the value, without kind and length bytes */
	uint32_t off; /* of the value, from the frame's first byte */
};

/* The transport that rules see. */
enum pkt_l4 {
	PKT_L4_NONE, /* no IP, an undecodable or unknown one, a later fragment */
	PKT_L4_TCP,
	PKT_L4_UDP,
	PKT_L4_ICMP4,
	PKT_L4_ICMP6,
};

/* dec.flags */
#define PKT_FLAGS(X)                                                           \
	X(BAD_IP_CSUM, "IPv4 header checksum wrong")                           \
	X(BAD_TCP_CSUM, "TCP checksum wrong")                                  \
	X(BAD_UDP_CSUM, "UDP checksum wrong")                                  \
	X(BAD_ICMP_CSUM, "ICMP checksum wrong")                                \
	X(NO_RULES, "not passed to rules: too broken")                         \
	X(FRAGMENT, "part of a fragmented datagram (MF or offset)")            \
	X(REBUILT_FRAG, "a datagram put together from fragments")              \
	X(REBUILT_STREAM, "bytes of a TCP stream put together")                \
	X(TRUNCATED, "the capture holds less than the wire had")               \
	X(TUNNELLED, "the innermost IP header is not the first")               \
	X(IP6_EXT, "has IPv6 extension headers")                               \
	X(MALFORMED, "decoding stopped at a malformed header")

enum {
#define X(NAME, help) PKT_FLAG_BIT_##NAME,
	PKT_FLAGS(X)
#undef X
	PKT_FLAG_BITS
};
enum pkt_flag {
#define X(NAME, help) PKT_##NAME = 1 << PKT_FLAG_BIT_##NAME,
	PKT_FLAGS(X)
#undef X
};

/* TCP flags as on the wire. */
enum {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
	TCP_ECE = 0x40,
	TCP_CWR = 0x80,
};

/* IPv4 fragment flag bits as in the top three bits of the field. */
enum {
	IP_FLAG_RB = 0x8000,
	IP_FLAG_DF = 0x4000,
	IP_FLAG_MF = 0x2000,
};

/*
 * What decoding found. Reset by one assignment of a zero struct; the arrays
 * it counts lie outside it. Fields of a layer that is not there are zero.
 * "The IP header" is the innermost one decoded.
 */
struct pkt_dec {
	uint32_t flags; /* enum pkt_flag */
	uint8_t n_layers, n_events, n_ip4_opts, n_tcp_opts, n_vlan;
	uint8_t n_ip; /* IP headers decoded */

	/* link */
	bool has_eth;
	uint16_t ethertype; /* of the outermost Ethernet header */
	uint32_t eth_off;   /* of that header: dst MAC, src MAC, type */
	uint16_t vlan[LIM_VLAN_TAGS]; /* tag control fields, outermost first */
	uint32_t mpls_label;
	bool has_mpls, has_arp;
	uint32_t arp_off;

	/* network */
	uint8_t ip_ver;   /* 4, 6, or 0 for no IP */
	uint8_t ip_proto; /* the transport's protocol number, behind any IPv6
	                     extension headers */
	uint8_t ip_tos, ip_ttl;
	uint32_t ip_off;  /* of the IP header */
	uint16_t ip_hlen; /* IPv4: with options; IPv6: 40 and extensions */
	uint32_t ip_len;  /* the whole datagram's length as its header says */
	uint32_t ip_id;   /* IPv4 16 bits; IPv6 from the fragment header */
	uint16_t ip_frag; /* IPv4: the field; IPv6: MF and offset put likewise */
	uint32_t ip_payload_off, ip_payload_len; /* behind ip_hlen, clipped to
	                                            what was captured */
	struct ipaddr src, dst;
	struct ipaddr outer_src, outer_dst; /* tunnels: the first IP header */
	uint8_t outer_proto;

	/* transport */
	enum pkt_l4 l4;
	uint32_t l4_off;
	uint16_t l4_hlen;
	uint16_t sport, dport; /* TCP and UDP, else 0 */
	uint32_t tcp_seq, tcp_ack;
	uint16_t tcp_win, tcp_urp;
	uint8_t tcp_flags;
	uint16_t udp_len; /* the length field */
	uint8_t icmp_type, icmp_code;
	uint16_t icmp_id, icmp_seq; /* echo (both versions), else 0 */

	/* what rules look at: the transport's payload; without a decoded
	 * transport the IP payload */
	uint32_t payload_off, payload_len;
};

struct packet {
	const uint8_t *data;
	uint32_t caplen, wirelen;
	struct mtime ts;
	int dlt;        /* libpcap's link type */
	uint32_t iface; /* index into the run's interfaces */
	uint64_t num;   /* 1 for the first packet of the run */
	/* Headers that begin before this offset were judged with the frames
	 * they came in (a datagram put together from fragments); decode()
	 * raises nothing about them and verifies no checksum of theirs. */
	uint32_t quiet_len;
	/* the sender's system fills the transport's checksum in later: it is
	 * not verified */
	bool csum_not_ready;

	struct pkt_dec dec;
	struct layer layers[LIM_LAYERS];
	struct pkt_event events[LIM_PKT_EVENTS];
	struct hdr_opt ip4_opts[LIM_IP4_OPTIONS];
	struct hdr_opt tcp_opts[LIM_TCP_OPTIONS];
};

/* The bytes [off, off + len) of the frame; empty when they are not all there.
 * The way back from an offset to bytes. */
static inline struct slice
pkt_bytes(const struct packet *p, uint32_t off, uint32_t len)
{
	if (off > p->caplen || len > p->caplen - off)
		return slice_make(NULL, 0);
	return slice_make(p->data + off, len);
}

static inline struct slice
pkt_payload(const struct packet *p)
{
	return pkt_bytes(p, p->dec.payload_off, p->dec.payload_len);
}

/* Appends an event; false when the packet's list is full. */
static inline bool
pkt_event_add(struct packet *p, uint16_t gid, uint32_t sid)
{
	if (p->dec.n_events == LIM_PKT_EVENTS)
		return false;
	p->events[p->dec.n_events++] = (struct pkt_event){ gid, sid };
	return true;
}

#endif
