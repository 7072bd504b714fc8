/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inline: packets made what they should have been, so that their receiver
 * reads what was inspected (Snort 2.9's preprocessor normalize_*). Nothing is
 * written here: what to change is returned as edits, and p's values become
 * those of the packet that goes on; but for its lengths, which whoever cuts it
 * changes.
 */
#ifndef DECODERS_NORMALIZE_NORMALIZE_H
#define DECODERS_NORMALIZE_NORMALIZE_H

#include "core/base.h"
#include "core/counter.h"
#include "decoders/packet.h"

/* The words of normalize_ip4 and normalize_tcp that switch something on. */
#define NORM_IP4_WORDS(X)                                                      \
	X(DF, "df")     /* clear `don't fragment' */                           \
	X(RF, "rf")     /* clear the reserved flag */                          \
	X(TOS, "tos")   /* clear the type of service */                        \
	X(TRIM, "trim") /* cut what is behind the datagram */
#define NORM_TCP_WORDS(X)                                                      \
	X(BLOCK, "block")       /* drop what cannot be normalised */           \
	X(RSV, "rsv")           /* clear the reserved bits */                  \
	X(PAD, "pad")           /* clear the padding behind options */         \
	X(REQ_URG, "req_urg")   /* no flag: clear the urgent pointer */        \
	X(REQ_PAY, "req_pay")   /* no payload: clear both */                   \
	X(REQ_URP, "req_urp")   /* no pointer: clear the flag */               \
	X(URP, "urp")           /* a pointer behind the payload: its end */    \
	X(TRIM_SYN, "trim_syn") /* no data with SYN */                         \
	X(TRIM_RST, "trim_rst") /* nor with RST */                             \
	X(TRIM_WIN, "trim_win") /* nor behind the receiver's window */         \
	X(TRIM_MSS, "trim_mss") /* nor more than its MSS */                    \
	X(ECN_PACKET, "ecn")    /* clear ECE and CWR */                        \
	X(ECN_STREAM, "ecn_stream") /* where they were not agreed on */        \
	X(OPTS, "opts")         /* only known options */                       \
	X(IPS, "ips")           /* what was sent first is sent again: this     \
	                         * and the last but one, for whoever knows     \
	                         * the stream */
enum {
#define X(NAME, word) NORM_IP4_BIT_##NAME,
	NORM_IP4_WORDS(X)
#undef X
	NORM_IP4_BITS
};
enum {
#define X(NAME, word) NORM_TCP_BIT_##NAME,
	NORM_TCP_WORDS(X)
#undef X
	NORM_TCP_BITS
};
enum norm_ip4 {
#define X(NAME, word) NORM_IP4_##NAME = 1 << NORM_IP4_BIT_##NAME,
	NORM_IP4_WORDS(X)
#undef X
};
enum norm_tcp {
#define X(NAME, word) NORM_TCP_##NAME = 1 << NORM_TCP_BIT_##NAME,
	NORM_TCP_WORDS(X)
#undef X
	/* without a word of its own, what they all say */
	/* what is of a session, not of a packet */
	NORM_TCP_OF_TERMS = NORM_TCP_TRIM_WIN | NORM_TCP_TRIM_MSS |
	    NORM_TCP_ECN_STREAM,
	NORM_TCP_BASE = NORM_TCP_RSV | NORM_TCP_PAD | NORM_TCP_REQ_URG |
	    NORM_TCP_REQ_PAY | NORM_TCP_REQ_URP | NORM_TCP_URP,
};

struct norm_conf {
	bool ip4, ip6, tcp, icmp4, icmp6;
	unsigned ip4_on, tcp_on; /* enum norm_ip4, norm_tcp */
	uint8_t opts[32];        /* normalize_tcp: opts allow, a bitmap */
	uint8_t min_ttl, new_ttl; /* config min_ttl, new_ttl */
};

struct norm_edit {
	uint32_t off; /* in the frame */
	uint8_t len, b[40];
};
enum { NORM_EDITS = 64 };

struct norm {
	struct norm_edit edits[NORM_EDITS];
	unsigned n;
	bool cut;      /* the payload, to keep bytes; and what is behind it */
	uint32_t keep;
};

#define NORM_COUNTERS(X)                                                       \
	X(IP4_TTL, "ip4_ttl", "IPv4: time to live raised to new_ttl")          \
	X(IP4_OPTS, "ip4_opts", "IPv4: options became no operation")           \
	X(IP4_DF, "ip4_df", "IPv4: `don't fragment' cleared")                  \
	X(IP4_RF, "ip4_rf", "IPv4: reserved flag cleared")                     \
	X(IP4_TOS, "ip4_tos", "IPv4: type of service cleared")                 \
	X(IP4_TRIM, "ip4_trim", "IPv4: bytes behind the datagram cut")         \
	X(IP6_TTL, "ip6_ttl", "IPv6: hop limit raised to new_ttl")             \
	X(IP6_OPTS, "ip6_opts", "IPv6: options became padding")                \
	X(ICMP4_ECHO, "icmp4_echo", "ICMP: code of an echo cleared")           \
	X(ICMP6_ECHO, "icmp6_echo", "ICMPv6: code of an echo cleared")         \
	X(TCP_RSV, "tcp_rsv", "TCP: reserved bits cleared")                    \
	X(TCP_PAD, "tcp_pad", "TCP: padding of options cleared")               \
	X(TCP_URG, "tcp_urg", "TCP: urgent pointer or flag put right")         \
	X(TCP_ECN, "tcp_ecn", "TCP: ECN flags cleared")                        \
	X(TCP_OPTS, "tcp_opts", "TCP: options became no operation")            \
	X(TCP_SYN, "tcp_trim_syn", "TCP: data cut from a SYN")                 \
	X(TCP_RST, "tcp_trim_rst", "TCP: data cut from a RST")                 \
	X(TCP_WIN, "tcp_trim_win", "TCP: data cut behind the window")          \
	X(TCP_MSS, "tcp_trim_mss", "TCP: data cut behind the MSS")             \
	X(TCP_IPS, "tcp_ips", "TCP: runs of bytes made what was sent first")   \
	X(FULL, "edits_lost", "packets with more to change than is changed")
enum {
#define X(NAME, name, help) NORM_CTR_##NAME,
	NORM_COUNTERS(X)
#undef X
	NORM_CTR_MAX
};
extern const struct ctr_group norm_counters;

/* What there is to change in a decoded packet: its innermost headers. */
void normalize(const struct norm_conf *conf, struct packet *p,
    struct norm *out, uint64_t ctrs[NORM_CTR_MAX]);

/* What a TCP packet's session adds to that, once it is known. */
struct norm_terms {
	uint32_t keep; /* of the payload; all of it: nothing is cut */
	bool no_ecn;
	unsigned ctr;  /* why it is cut */
};
void normalize_terms(const struct norm_conf *conf, struct packet *p,
    const struct norm_terms *terms, struct norm *out,
    uint64_t ctrs[NORM_CTR_MAX]);

/* normalize_tcp: opts allow: the kinds of a name, as bits. false: there is no
 * such name. */
bool norm_opts_allow(struct text name, uint8_t opts[32]);

#endif
