/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP: sessions as stream5 follows them, and the bytes of each direction put
 * together as the receiver's system would (RFC 9293, and where systems differ,
 * the policy of the target). Two views of one implementation: passive hands
 * out what the receiver acknowledged; inline every byte as it becomes in
 * order, and what was once handed out is what is delivered.
 */
#ifndef DECODERS_TRACK_STREAM_H
#define DECODERS_TRACK_STREAM_H

#include "core/base.h"
#include "core/counter.h"
#include "core/limits.h"
#include "core/slice.h"
#include "decoders/decode.h"
#include "decoders/packet.h"
#include "decoders/track/defrag.h"
#include "decoders/track/flow.h"
#include "decoders/track/policy.h"

enum tcp_policy {
	TCP_FIRST, TCP_LAST, TCP_BSD, TCP_LINUX, TCP_OLD_LINUX, TCP_WINDOWS,
	TCP_WIN2003, TCP_VISTA, TCP_SOLARIS, TCP_HPUX11, TCP_HPUX10, TCP_IRIX,
	TCP_MACOS, TCP_NOACK,
};

/* preprocessor stream5_tcp: for sessions whose server is in nets. */
struct stream_engine {
	enum tcp_policy policy;
	uint32_t timeout_s;
	uint32_t overlap_limit;    /* 0: none */
	uint32_t max_window;       /* 0: none */
	bool detect_anomalies, check_hijacking, no_reassemble_async;
	bool dont_store_large, ignore_any_rules;
	bool require_3whs;
	uint32_t grace_s;          /* of require_3whs */
	uint32_t max_queued_bytes, max_queued_segs; /* per side, 0: none */
	uint32_t small_count, small_bytes; /* small_segments N bytes M */
	const uint8_t *small_ignore; /* bitmap of ports */
	uint32_t flush_factor;
	const uint8_t *ports[FLOW_SIDES]; /* reassemble that side's data when
	                                     the server port is in the bitmap */
	const struct bind_net *nets; /* n_nets 0: the default */
	unsigned n_nets;
};

struct stream_conf {
	const struct stream_engine *engines;
	unsigned n_engines; /* 0: TCP is not followed */
	size_t memcap;      /* bytes of queued segments */
	uint32_t paf_max;
	bool inline_mode;   /* the inline view */
	bool open;          /* and what is in order is handed out by Snort's
	                       rule for acknowledged bytes, where there is no
	                       flush_factor: until then stream_open() shows it */
	bool tail;          /* passive: what nobody acknowledges is handed out
	                       as well, at the session's end, for logs */
	bool fixed_flush;   /* -H: flush points of 192, which they are anyway */
};

struct streams;
struct tcp_session;
struct stream_scan;

extern const struct ctr_group stream_counters;

NODISCARD struct streams *streams_new(const struct stream_conf *conf,
    struct flow_table *flows);
void streams_free(struct streams *s);
void streams_adopt(struct streams *s, const struct stream_conf *conf);
/* As new, but for its counters; there are no sessions any more. */
void streams_reset(struct streams *s);
uint64_t *streams_counters(struct streams *s);

/*
 * Tells the time of every packet, of whatever protocol, before anything else
 * of it: the one before is gone now, and the grace period of require_3whs
 * begins with the first one.
 */
void streams_clock(struct streams *s, struct mtime now);

/* What the packet is to its session, for whoever judges it: of every protocol
 * that is tracked. */
struct stream_facts {
	struct flow *flow;      /* NULL: no session */
	enum flow_side side;    /* who sent it */
	bool has_direction;     /* side is meaningful */
	bool established;
	bool handshake_done;    /* TCP: and was not before this packet */
	bool midstream;         /* TCP: picked up without its handshake, where
	                           require_3whs does not stand against it */
	bool retransmitted;     /* of bytes queued and not yet handed out:
	                           content rules do not match it again */
	bool queued;            /* all of its bytes wait to be handed out */
	bool not_inspected;     /* from a side that reset the session; or a
	                           rebuilt unit that was never acknowledged: for
	                           logs alone */
	bool dropped;           /* the session was: it did not see this packet
	                           and does not count it as its own */
	bool taken;             /* TCP: its bytes lie in the window and were not
	                           acknowledged before */
	/* of a rebuilt unit: bytes are missing before it; the hook of
	 * stream_set_pdu() named its end */
	bool gap, pdu_end;
	bool pdu_cut;           /* more of it follows: it is too long for one
	                           unit */
	/*
	 * TCP: nobody who does not see what the session's ends are sent could
	 * have sent this. The handshake was seen whole, SYN and all, and its
	 * last part acknowledged the number that the server chose (RFC 6528);
	 * the packet is in the window and acknowledges what the other side has
	 * sent and not had acknowledged yet. On Ethernet, the SYN+ACK came from
	 * another station than the SYN.
	 */
	bool proven;
	uint32_t points;        /* POLICY_BITs: where room ran out */
	const struct stream_scan *scan; /* of a rebuilt unit: what its segments
	                           were found to hold; NULL for packets */
};

/*
 * Takes a decoded TCP packet through its session (found or made in the flow
 * table): state, windows, queues; raises events of gid 129 on p. Afterwards
 * stream_next() returns what the packet made ready.
 */
void stream_packet(struct streams *s, struct packet *p,
    struct stream_facts *facts);
/*
 * The next unit made ready: a rebuilt packet in pkt (headers of the packet that
 * completed it, addresses and ports of the side that sent the bytes, payload
 * the bytes; PKT_REBUILT_STREAM; its memory lives until the next call).
 * false: no more.
 */
bool stream_next(struct streams *s, struct packet *pkt,
    struct stream_facts *facts);
/* What of a side's next unit was shown before it was whole: the unit's first
 * byte, and the one behind the last that was shown. */
struct stream_shown {
	bool any;
	uint32_t from, to; /* sequence numbers */
};
/* What stream_open() shows. */
struct stream_part {
	bool begins;    /* the payload begins with the unit's first byte */
	bool again;     /* some of it was shown before */
	uint32_t fresh; /* offset of the first byte that was not */
	uint32_t at;    /* bytes of the unit before the payload */
};
/*
 * Inline, for p, the TCP packet that stream_packet() saw last, when its units
 * were taken: the bytes in order that its side's next unit begins with so far,
 * the last LIM_STREAM_OPEN of them, as a packet like those of stream_next().
 * With shown, which is brought up to date, all that was not shown before is
 * there. false: there are none or, without shown, but those of p alone.
 */
bool stream_open(struct streams *s, const struct packet *p, struct flow *f,
    enum flow_side side, struct stream_shown *shown, struct packet *open,
    struct stream_facts *facts, struct stream_part *part);
/* A flow that ended: makes what is acknowledged ready (stream_next), with
 * `p` NULL naming the last packet of the flow. */
void stream_end(struct streams *s, struct flow *f);
/* Frees the session's memory. */
void stream_free(struct streams *s, struct flow *f);

/*
 * What rules raised on raw segments of a side, so that the rebuilt unit that
 * holds them does not raise it again: the first eight of what is not flushed
 * yet are remembered (as Snort does), the flush forgets them. Both do nothing
 * without a session.
 */
void stream_alert_note(struct flow *f, enum flow_side side, uint32_t gid,
    uint32_t sid);
bool stream_alert_noted(const struct flow *f, enum flow_side side,
    uint32_t gid, uint32_t sid);
/* Those of them that were raised when the unit was shown before it was whole
 * (stream_open): one is, of those noted; up to max are put in list, their
 * number is returned. */
void stream_alert_early(struct flow *f, enum flow_side side, uint32_t gid,
    uint32_t sid);
unsigned stream_alerts_early(const struct flow *f, enum flow_side side,
    struct pkt_event *list, unsigned max);

/*
 * What was found in a segment when it was searched, so that the rebuilt units
 * that hold it need not be searched whole. `what` is the searcher's number,
 * which nobody here looks at, `end` the offset behind it.
 */
struct stream_hit {
	uint32_t what, end;
};
/* In `what': there may be more of it behind this one. */
#define STREAM_HIT_MORE (1u << 31)

/*
 * A segment in a unit, or a part of one: bytes [from, to), the generation of
 * what it was searched for, and that the unit's next n_hits hits were found in
 * it. They end in it, but may begin in front of it; and those with
 * STREAM_HIT_MORE that end in front of it end at `from'.
 */
struct stream_piece {
	uint32_t from, to, generation, n_hits;
};

/* A unit's pieces, in order; no two of them overlap. Bytes outside of them may
 * hold anything, and so may any two of them together. */
struct stream_scan {
	unsigned n_pieces, n_hits;
	struct stream_piece pieces[LIM_SCAN_PIECES];
	struct stream_hit hits[LIM_SCAN_HITS]; /* offsets in the unit */
};

/*
 * All of what p, the TCP packet that stream_packet saw last, holds: to be
 * called before the next one is seen. The places of a pattern follow each
 * other, the first ones, with STREAM_HIT_MORE on the last if there may be more.
 * Kept while its bytes wait in the queue as one segment, as they came but for
 * what left at its front; else nothing happens, as with more hits than
 * LIM_SEG_HITS, which are not read, or without memory for them (both counted).
 * The generation is not 0.
 */
void stream_scan_note(struct flow *f, const struct packet *p,
    uint32_t generation, const struct stream_hit *hits, unsigned n);

/*
 * Inline: n bytes of p, the TCP packet that stream_packet() saw last, from `at`
 * of its payload on, were replaced by those before it goes on: so are those
 * that still wait to be handed out of what it brought. What was found in them
 * is forgotten.
 */
void stream_rewrite(struct flow *f, enum flow_side side,
    const struct packet *p, uint32_t at, const uint8_t *bytes, uint32_t n);

/*
 * Inline: where the bytes of p, the TCP packet that stream_packet() saw last,
 * are others than those that its side sent there before, from *at of its
 * payload on: *at is where, and *first those that were. false: nowhere that is
 * known of.
 */
bool stream_conflict(const struct flow *f, enum flow_side side,
    const struct packet *p, uint32_t *at, struct slice *first);

/* What a session's ends told each other of what they take. */
struct stream_terms {
	bool has_window;
	uint32_t window; /* bytes of the packet's payload that lie in it */
	bool is_probe;   /* the first byte behind it, to be told of its end */
	uint32_t mss;    /* 0: not known */
	bool no_ecn;     /* both were heard, and did not agree on it */
};
/* For p, a TCP packet of the side that stream_packet() did not see yet. false:
 * there is no session, or the packet begins one. */
NODISCARD bool stream_terms(const struct flow *f, enum flow_side side,
    const struct packet *p, struct stream_terms *out);

/* stream_size: bytes that side sent, as Snort counts them: SYN and FIN are
 * one each, 0 before the first packet. false: there is no TCP session, or the
 * last packet ended it. */
bool stream_bytes(const struct flow *f, enum flow_side side, uint32_t *n);
/* Does stream5_tcp say ignore_any_rules for the session? */
bool stream_ignores_any(const struct flow *f);
/* stream_reassemble. */
void stream_set_reassembly(struct flow *f, enum flow_side side, bool on);

/*
 * Names flush points in the bytes of a direction, in place of Snort's rule.
 * It is given the bytes in order, each once, as they become ready, and returns
 * how many of these, from the first on, end a unit; 0: none ends in them. An
 * empty slice with a NULL pointer: bytes are missing here.
 */
typedef size_t stream_pdu_fn(void *state, struct slice bytes);
/*
 * Bytes that were not handed out yet are shown again to a new hook; both sides
 * with one are put together whatever the ports of the configuration. fn NULL:
 * Snort's rule again, where after a parser's hook (as in Snort, when it gives
 * up) paf_max bytes more have to be there; and where the configuration does
 * not have the side put together, what was queued is forgotten. state is borrowed until the
 * session's end. May be called by a hook.
 */
void stream_set_pdu(struct streams *s, struct flow *f, enum flow_side side,
    stream_pdu_fn *fn, void *state);

/* Did the side end what it sends, and was all of that handed out? */
bool stream_is_whole(const struct flow *f, enum flow_side side);
/* Is the session proven (stream_facts), as far as its bytes go that wait? */
bool stream_is_proven(const struct flow *f);
/* Was it picked up without its handshake? */
bool stream_is_midstream(const struct flow *f);
/*
 * The same for a hook that only looks whose bytes these are: where the
 * configuration does not have the side put together, nothing is handed out
 * under it; at the end what was queued is forgotten.
 */
void stream_set_guess(struct streams *s, struct flow *f, enum flow_side side,
    stream_pdu_fn *fn, void *state);

/*
 * The session went dark with the packet at hand: where Snort's configuration
 * has a side put together, Snort does not look at what it sends any more. So
 * small segments are not counted, and the number that a reset must name stays
 * what it is until a FIN is acknowledged: an honest reset may then be told as
 * one outside the window (129:15).
 */
void stream_freeze(struct flow *f);
/* What follows in this session is not put together, and it is frozen; its
 * state is followed to its end. */
void stream_ignore(struct streams *s, struct flow *f);

/* The events of gid 129, for builtin rules and the lists of them. */
const struct dec_event_def *stream_events(unsigned *n);

#endif
