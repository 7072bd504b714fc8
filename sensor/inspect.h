/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The path of one packet: decode, (defrag, flow, stream, application,) detect,
 * decide, record. One function over a short worklist of units, capped per
 * packet; nothing calls back up.
 */
#ifndef SENSOR_INSPECT_H
#define SENSOR_INSPECT_H

#include "core/base.h"
#include "decoders/decode.h"
#include "detect/detect.h"
#include "output/output.h"
#include "sensor/capture/capture.h"

/* Where a packet's time goes. */
#define STAGES(X)                                                              \
	X(CAPTURE, "capture")                                                  \
	X(DECODE, "decode")                                                    \
	X(DETECT, "detect")                                                    \
	X(OUTPUT, "output")
enum stage {
#define X(NAME, name) STAGE_##NAME,
	STAGES(X)
#undef X
	STAGE_COUNT
};

/* Counters of the packet path. */
#define INSPECT_COUNTERS(X)                                                    \
	X(PACKETS, "packets", "frames taken from the front end")               \
	X(BYTES, "bytes", "their captured bytes")                              \
	X(SNAPPED, "snapped", "frames captured shorter than on the wire")      \
	X(ETH, "eth", "with an Ethernet header")                               \
	X(ARP, "arp", "ARP")                                                   \
	X(IP4, "ip4", "innermost IP header is IPv4")                           \
	X(IP6, "ip6", "innermost IP header is IPv6")                           \
	X(TCP, "tcp", "TCP")                                                   \
	X(UDP, "udp", "UDP")                                                   \
	X(ICMP, "icmp", "ICMP, either version")                                \
	X(OTHER_IP, "ip_other", "another IP protocol or a later fragment")     \
	X(NON_IP, "non_ip", "no IP header decoded")                            \
	X(FRAGMENTS, "fragments", "part of a fragmented datagram")             \
	X(TUNNELLED, "tunnelled", "inside a tunnel")                           \
	X(BAD_CSUM, "bad_checksum", "a verified checksum was wrong: not passed to rules") \
	X(NO_RULES, "not_inspected", "too broken to be passed to rules")       \
	X(IGNORED, "ignored", "not inspected by config ignore_ports")          \
	X(EVENTS, "builtin_events", "decoder events raised, alerting or not")  \
	X(ALERTS, "alerts", "events handed to alert outputs")                  \
	X(LOGGED, "logged", "events handed to log outputs only")               \
	X(PASSED, "passed", "packets a pass rule ended")                       \
	X(WOULD_DROP, "drop_matched", "packets a drop or reject rule matched (passive: not stopped)")
enum {
#define X(NAME, name, help) INSPECT_CTR_##NAME,
	INSPECT_COUNTERS(X)
#undef X
	INSPECT_CTR_MAX
};
extern const struct ctr_group inspect_counters;

struct inspect_conf {
	const uint8_t *ignore_tcp, *ignore_udp; /* bitmaps of 65536 ports, NULL */
	bool profile; /* measure the stages */
};

struct inspect {
	struct decoder dec;
	struct detector *det;
	struct outputs *out;
	struct inspect_conf conf;
	const char *file, *const *iface_names;
	int dlt;
	uint64_t n_packets;
	uint64_t ctrs[INSPECT_CTR_MAX];
	uint64_t stage_ns[STAGE_COUNT];
	struct packet pkt;
	struct record rec;
	void *scratch; /* record.c's reference and metadata arrays */
};

/* Takes one frame through the path and returns its verdict. */
enum frame_verdict inspect_frame(struct inspect *in, const struct frame *f);

#endif
