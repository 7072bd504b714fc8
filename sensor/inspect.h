/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The path of one packet: decode, defrag, flow, stream, (application,) detect,
 * decide, record. One function over a short worklist of units, capped per
 * packet; nothing calls back up.
 */
#ifndef SENSOR_INSPECT_H
#define SENSOR_INSPECT_H

#include "core/base.h"
#include "core/limits.h"
#include "decoders/decode.h"
#include "decoders/track/track.h"
#include "decoders/watch/sensitive.h"
#include "decoders/watch/watch.h"
#include "detect/detect.h"
#include "output/output.h"
#include "sensor/account.h"
#include "sensor/capture/capture.h"
#include "sensor/ends.h"
#include "sensor/record.h"
#include "sensor/respond/reject.h"
#include "sensor/respond/replace.h"
#include "sensor/settings.h"
#include "sensor/switcher.h"
#include "sensor/verdict.h"

struct blocker;

/* Where a packet's time goes. */
#define STAGES(X)                                                              \
	X(CAPTURE, "capture")                                                  \
	X(DECODE, "decode")                                                    \
	X(TRACK, "track")                                                      \
	X(PARSE, "parse")                                                      \
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
	X(BAD_CSUM, "bad_checksum",                                            \
	    "a verified checksum was wrong: not passed to rules")              \
	X(NO_RULES, "not_inspected", "too broken to be passed to rules")       \
	X(IGNORED, "ignored", "not inspected by config ignore_ports")          \
	X(REBUILT, "rebuilt", "datagrams put together and inspected")          \
	X(STREAM_UNITS, "stream_units",                                        \
	    "parts of TCP streams put together and inspected")                 \
	X(OPEN_UNITS, "open_units",                                            \
	    "inline: parts of such units inspected before they were whole")    \
	X(TOO_MANY, "too_many_units",                                          \
	    "of both, beyond the limit for one packet: not inspected")         \
	X(RETRANSMITTED, "retransmitted",                                      \
	    "segments sent again: not searched for patterns again")            \
	X(INSERTED, "stream_inserted",                                         \
	    "segments searched in their stream only: no_stream_inserts")       \
	X(AFTER_RESET, "after_reset",                                          \
	    "segments of a side that had reset its session: not inspected")    \
	X(UNACKED, "unacked_units",                                            \
	    "parts of streams at their end that nobody acknowledged: parsed"   \
	    " for logs, not inspected")                                        \
	X(NOT_ESTABLISHED, "not_established",                                  \
	    "TCP outside of established sessions: left out by config stateful") \
	X(TRUSTED, "trusted",                                                  \
	    "of addresses on the allow list with white trust: not inspected")  \
	X(ENCRYPTED, "encrypted",                                              \
	    "of sessions that went dark: not inspected")                       \
	X(BYPASSED, "bypassed",                                                \
	    "not inspected by config memory_policy")                           \
	X(UNWANTED, "unwanted",                                                \
	    "of sessions that the configuration wants left alone")             \
	X(FASTPATH, "fastpath",                                                \
	    "not inspected by a rule's stream_reassemble: fastpath")           \
	X(PASS_SESSION, "pass_session",                                        \
	    "of sessions that a pass rule passes: config inline_bypass")       \
	X(DEPTH, "depth", "of sessions beyond config inline_depth")            \
	X(POLICY_DROP, "policy_drop",                                          \
	    "packets config memory_policy drops (inline)")                     \
	X(NOT_REPLACED, "not_replaced",                                        \
	    "inline: replacements that the packet has no room for")            \
	X(ANSWERS, "answers", "resets and others sent for reject, resp, react") \
	X(ANSWERS_LOST, "answers_lost", "that could not be sent")              \
	X(EVENTS, "builtin_events",                                            \
	    "decoder and preprocessor events raised, alerting or not")         \
	X(ALERTS, "alerts", "events handed to alert outputs")                  \
	X(LOGGED, "logged", "events handed to log outputs only")               \
	X(SESSION_LOGGED, "session_logged",                                    \
	    "packets whose data rules with `session' log")                     \
	X(TOLD, "told",                                                        \
	    "transactions, flows and anomalies handed to outputs")             \
	X(PASSED, "passed", "packets a pass rule ended")                       \
	X(WOULD_DROP, "drop_matched",                                          \
	    "units a drop, sdrop or reject rule matched")
enum {
#define X(NAME, name, help) INSPECT_CTR_##NAME,
	INSPECT_COUNTERS(X)
#undef X
	INSPECT_CTR_MAX
};
extern const struct ctr_group inspect_counters;

struct inspect_conf {
	/* config ignore_ports: bitmaps of 65536 ports, NULL for none */
	const uint8_t *ignore_tcp, *ignore_udp;
	const struct track_conf *track; /* borrowed */
	const struct watch_conf *watch; /* borrowed */
	/* config stateful, -z est: rules see TCP of established sessions only */
	bool established_only;
	/* config detection: no_stream_inserts: patterns are searched in
	 * streams, not in the segments that were queued for them */
	bool no_stream_inserts;
	/* what a drop does, and where that is nothing: do records say so? */
	enum enforcement enforce;
	bool cannot_drop;
	uint32_t checksum_drop; /* PKT_BAD_*_CSUM that are dropped */
	uint32_t bypass; /* config inline_bypass */
	uint64_t depth;  /* config inline_depth */
	uint8_t bo_drop; /* preprocessor bo: drop, a bit per 105:sid - 1 */
	const struct norm_conf *norm; /* borrowed; NULL: nothing is changed */
	/* how rejects, resp and react are answered; on copies of packets, too */
	struct response_conf response;
	bool answers_copies;
	/* -G: added to the event ids that outputs show */
	uint32_t event_id_base;
	/* what outputs ask for besides alerts */
	struct out_wants wants;
	/* without rules every packet goes to the outputs (sniffer, logger) */
	bool record_packets;
};

/* One worker's path. The detector, the outputs and the configuration are
 * borrowed. */
struct inspect {
	struct decoder dec;
	struct track *track;   /* NULL: no rules */
	struct watch *watch;   /* likewise */
	struct detector *det;  /* NULL: no rules */
	struct outputs *out;
	struct inspect_conf conf;
	/* the run sets these as it opens sources */
	const char *file;
	const char *const *iface_names; /* by frame.iface, NULL for files */
	int dlt;
	uint64_t n_packets; /* of the run */
	uint64_t ctrs[INSPECT_CTR_MAX];
	uint64_t policy_ctrs[POLICY_CTRS];
	/* sampled: see inspect_stage_ns */
	uint64_t stage_ns[STAGE_COUNT];
	uint64_t clock_ns; /* what reading the clock costs */
	struct packet pkt;
	struct packet rebuilt[2]; /* datagrams: one may come of the other */
	struct packet stream;     /* a part of a stream */
	struct stream_scan scan;  /* of a packet, before such parts */
	unsigned n_units; /* judged for this frame besides itself */
	/* of the frame; has_frame: it is still to go on, and can be stopped */
	struct verdict verdict;
	bool has_frame;
	struct flow *frame_flow; /* whose packet it is; NULL: nobody's */
	enum flow_side frame_side; /* and who of it sent it */
	enum drop_reason why;    /* the unit that is judged drops; or none */
	enum drop_reason would;  /* a rule for test only would, the frame */
	/* inline: what the units raised that hold the segment at hand; it does
	 * not again */
	struct pkt_event raised[LIM_FRAME_RAISED];
	unsigned n_raised;
	struct rewrite rewrite;  /* of the frame */
	/* how the frame is to be answered, by all rules that say so */
	struct {
		unsigned resp; /* enum rule_resp */
		bool react;
		struct text page;
		const struct packet *pkt; /* what is answered; NULL: nothing */
	} answer;
	struct blocker *blocker; /* hears of events; NULL: nobody blocks */
	struct reject_sender sender; /* send NULL: nobody answers */
	struct ends *ends; /* NULL: no rules */
	struct sticky *sticky; /* all workers', borrowed; NULL: not inline */
	uint64_t sticky_ctrs[STICKY_CTR_MAX];
	struct account *account; /* inline, of queues: borrowed; else NULL */
	struct switcher *switcher; /* likewise; NULL: nobody is sent on */
	const struct crule *baited; /* whose attacker's session ends here */
	uint64_t bait_ctrs[BAIT_CTR_MAX];
	/* answers to packets that go on, which are to be there before them */
	struct {
		struct reject_link link;
		struct reject_packet packet;
	} *late;
	unsigned n_late;
	uint64_t verdict_ctrs[VERDICT_CTR_MAX];
	struct norm normed; /* what was changed in the frame */
	uint64_t norm_ctrs[NORM_CTR_MAX];
	/* of the packet or rebuilt unit being judged */
	enum flow_log session_log;
	uint32_t points;  /* where room ran out for it: POLICY_BITs */
	struct record rec;
	struct record_room room;
	struct pseudo_room pseudo; /* the report on sensitive data */
	/* a packet as outputs are shown it, its numbers masked; a frame of
	 * LIM_SNAPLEN_MAX bytes, NULL without rules */
	struct packet shown;
	uint8_t *shown_frame;
};

/* false: out of memory. */
NODISCARD bool inspect_init(struct inspect *in, const struct dec_conf *dec,
    struct detector *det, struct outputs *out,
    const struct inspect_conf *conf);
void inspect_fini(struct inspect *in);

/* Frames to come, told INSPECT_AHEAD before their turn, in order: what is known
 * of their sessions is fetched meanwhile. distance: how many frames away the
 * turn is, 0 for the next one; a frame without bytes: none is known yet. */
enum { INSPECT_AHEAD = TRACK_AHEAD };
void inspect_ahead(struct inspect *in, struct slice frame, int dlt,
    unsigned distance);

/* Takes one frame through the path and returns its verdict. */
struct frame_verdict inspect_frame(struct inspect *in, const struct frame *f);

/* After a batch, when its verdicts are told: answers that are to be behind
 * their packets. */
void inspect_answer_late(struct inspect *in);

/* The end of input: judges what sessions still hold, and ends them. */
void inspect_flush(struct inspect *in);
/* --pcap-reset: as new, after inspect_flush(), but for counters. */
void inspect_reset(struct inspect *in);

/* An estimate of the time spent in a stage, from one packet in 64. */
uint64_t inspect_stage_ns(const struct inspect *in, enum stage s);

#endif
