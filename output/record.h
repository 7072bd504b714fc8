/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What outputs see: values and borrowed slices, no packet, no rule, no flow.
 * A record is borrowed for the call of write().
 */
#ifndef OUTPUT_RECORD_H
#define OUTPUT_RECORD_H

#include "core/base.h"
#include "core/field.h"
#include "core/ipaddr.h"
#include "core/mtime.h"
#include "core/slice.h"

enum record_kind {
	RECORD_ALERT, /* an event: alert outputs, then log outputs */
	RECORD_LOG,   /* a `log` rule's event or a tagged packet: log outputs */
	RECORD_PACKET, /* sniffer and packet logger: no event */
	RECORD_SESSION, /* a packet whose data a rule's `session' logs: no
	                   event */
	/* what was seen, alerting or not; a part of struct record each */
	RECORD_APP,     /* app: a transaction that a parser read */
	RECORD_FLOW,    /* flow: it ended */
	RECORD_ANOMALY, /* anomaly: a built-in event */
	RECORD_STATS,   /* app: all counters */
	RECORD_BLOCK, /* block: what became of a wish to block an address;
	                 event: the rule's, gid 0 without one; pkt: addresses
	                 and ports alone */
	RECORD_DROP,  /* a packet that was dropped, for reason; event: the
	                 rule's, gid 0 without one */
};

/* What an output may show besides alerts and packets: the words with which a
 * directive asks for it. */
#define RECORD_SHOWS(X)                                                        \
	X(ANOMALY, "anomaly")                                                  \
	X(BLOCK, "block")                                                      \
	X(DNS, "dns")                                                          \
	X(DROP, "drop")                                                        \
	X(FILEINFO, "fileinfo")                                                \
	X(FLOW, "flow")                                                        \
	X(FTP, "ftp")                                                          \
	X(HTTP, "http")                                                        \
	X(SIP, "sip")                                                          \
	X(SMB, "smb")                                                          \
	X(SMTP, "smtp")                                                        \
	X(SSH, "ssh")                                                          \
	X(STATS, "stats")                                                      \
	X(TLS, "tls")
enum record_show {
#define X(NAME, word) SHOW_##NAME,
	RECORD_SHOWS(X)
#undef X
};
enum {
#define X(NAME, word) +1
	SHOW_COUNT = 0 RECORD_SHOWS(X)
#undef X
};

/* Digests of files, by the words of fileinfo=. */
#define RECORD_HASHES(X)                                                       \
	X(MD5, "md5")                                                          \
	X(SHA1, "sha1")                                                        \
	X(SHA256, "sha256")
enum record_hash {
#define X(NAME, word) RECORD_HASH_##NAME,
	RECORD_HASHES(X)
#undef X
};

enum record_session { /* how: session:printable, binary or all */
	RECORD_SESSION_PRINTABLE,
	RECORD_SESSION_BINARY,
	RECORD_SESSION_ALL,
};

enum record_verdict { /* disposition */
	VERDICT_ALLOW,
	VERDICT_DROPPED,
	VERDICT_WOULD_DROP, /* inline test */
	VERDICT_CANNOT_DROP,
};

struct record_ref {
	struct text system, id, url; /* url empty: the system has no prefix */
};

struct record_meta {
	struct text key, value;
};

struct record_event {
	uint32_t gid, sid, rev;
	uint32_t event_id, event_ref;
	struct mtime ref_ts; /* of the event event_ref names, 0: this one */
	uint32_t class_id, priority;
	struct text msg, class_name, class_text; /* name: short, text: long */
	const char *action; /* "alert", "drop", ... as the rule says */
	const struct record_ref *refs;
	unsigned n_refs;
	const struct record_meta *metas;
	unsigned n_metas;
	struct text rule_text; /* the rule's source line */
};

struct record_packet {
	struct mtime ts;
	int dlt;
	uint32_t caplen, wirelen;
	uint64_t num; /* in the run, from 1: pcap_cnt */
	struct slice raw; /* the frame */
	const char *iface; /* name, NULL when read from a file */
	const char *file;  /* capture file, NULL when live */

	/* headers as bytes; empty when not there */
	struct slice eth; /* 14 bytes: dst, src, type */
	struct slice ip;  /* innermost IP header: IPv4 with its options, IPv6
	                     40 bytes */
	struct slice l4;  /* TCP with options, UDP, ICMP (all of the message) */
	struct slice ip_payload; /* all behind the IP header(s) */
	struct slice payload; /* the transport's payload */
	struct slice arp;

	/* and as values */
	uint8_t ip_ver, ip_proto, ip_tos, ip_ttl;
	/* what unified2 says: ip_proto, but for the report of a port scan the
	 * protocol that was scanned */
	uint8_t event_proto;
	uint16_t ip_hlen;
	uint32_t ip_len, ip_id;
	uint16_t ip_frag; /* flags and offset as in IPv4's field */
	bool is_fragment;  /* ports and L4 are not shown */
	struct ipaddr src, dst;
	enum { REC_L4_NONE, REC_L4_TCP, REC_L4_UDP, REC_L4_ICMP4,
		REC_L4_ICMP6 } l4_kind;
	uint16_t sport, dport;
	uint8_t tcp_flags;
	uint32_t tcp_seq, tcp_ack;
	uint16_t tcp_win, tcp_urp, tcp_hlen;
	uint16_t udp_len;
	uint8_t icmp_type, icmp_code;
	uint16_t icmp_id, icmp_seq;
	uint16_t ethertype;
	unsigned n_vlan;
	uint16_t vlan[4];
	bool has_mpls;
	uint32_t mpls_label;
	bool rebuilt; /* put together from a stream or fragments */
	struct { /* tunnel: the first IP header, family 0 when none */
		struct ipaddr src, dst;
		uint8_t proto, depth;
	} outer;
};

/* The session, of its client and its server: [0] and [1]. */
struct record_flow {
	uint64_t id; /* 0: there is none */
	const char *app_proto; /* what it speaks, NULL: unknown */
	struct mtime start;
	struct ipaddr addr[2];
	uint16_t port[2];
	uint64_t packets[2], bytes[2]; /* sent so far by each */
	bool has_direction, to_server; /* of this packet */
	/* RECORD_FLOW */
	struct mtime end; /* its last packet */
	/* inline: the kernel had the rest of it, which is in packets and bytes
	 * as well; known: how much */
	bool has_rest, rest_known;
	uint64_t rest_packets[2], rest_bytes[2];
	bool alerted;
	const char *state, *reason, *tcp_state; /* EVE's words */
	uint8_t tcp_flags[2]; /* of each side, all together */
};

/* RECORD_APP, RECORD_STATS: fields under a name; pkt says who: the client and
 * the server as source and destination, without bytes of a packet. */
struct record_app {
	enum record_show show; /* who asked for it */
	const char *type; /* EVE's event_type, and the object's name */
	const struct field *fields;
	unsigned n;
};

/* RECORD_ANOMALY, besides gid and sid in event */
struct record_anomaly {
	const char *type; /* "decode", "stream", "applayer" */
	const char *name; /* of the event */
	bool has_rule;    /* that alerts */
};

/* RECORD_BLOCK; names as the documents have them. */
struct record_block {
	const char *status;   /* "blocked", "would_block", "refused", ... */
	const char *reason;   /* of refused: why; else NULL */
	const char *detail;   /* more of it, NULL: there is no more */
	const char *evidence, *asked_by;
	struct ipaddr addr;   /* whom it is about */
	bool from, to;        /* what it sends, what it is sent */
	bool connection;      /* and only with peer, port, proto */
	struct ipaddr peer;
	uint16_t port;
	uint8_t proto;
	bool forever;
	struct mtime made, until;
	uint32_t times;       /* it was blocked before */
	uint32_t repeats;     /* further events that asked for it */
	bool has_latency;
	uint64_t latency_us;  /* from the packet to the kernel's entry */
};

struct record {
	enum record_kind kind;
	enum record_verdict verdict;
	const char *reason; /* of a verdict that is not ALLOW; else NULL */
	/* RECORD_ALERT and _LOG */
	struct record_event event;
	struct record_packet pkt;
	/* custom ruletype's index + 1, 0 for none: its own outputs only */
	unsigned ruletype;
	/* logto: this log file instead of the usual one */
	const char *logto;
	struct record_flow flow;
	enum record_session session; /* RECORD_SESSION */
	struct record_app app;
	struct record_anomaly anomaly;
	struct record_block block;
};

#endif
