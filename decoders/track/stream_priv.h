/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of TCP tracking share: the session, the queue of a side, the
 * memory of both. Nobody else includes this.
 *
 *	stream.c         the contract: a packet through its session
 *	stream_state.c   what a packet means to a session: SYN, RST, FIN, windows
 *	stream_policy.c  where systems differ, as data
 *	stream_queue.c   segments in order, overlaps
 *	stream_flush.c   when bytes are ready, and packets made of them
 *	stream_scan.c    what segments were found to hold
 *	stream_events.c  the events of gid 129
 *
 * Sequence numbers are compared modulo 2^32 (RFC 9293 3.4). That is an order
 * because all numbers that are compared lie within a window of each other:
 * what lies outside is never queued.
 */
#ifndef DECODERS_TRACK_STREAM_PRIV_H
#define DECODERS_TRACK_STREAM_PRIV_H

#include <stdalign.h>

#include "core/slab.h"
#include "decoders/track/stream.h"

#define STREAM_COUNTERS(X)                                                     \
	X(SESSIONS, "sessions", "TCP sessions followed")                       \
	X(MIDSTREAM, "midstream", "sessions without their handshake")          \
	X(REOPENS, "reopens",                                                  \
	    "SYNs between the ports of a session that was dropped")            \
	X(REOPENED, "reopened", "of them, sessions that were agreed to")       \
	X(NO_SESSION, "no_session", "packets of a TCP flow without a session:" \
	    " midstream, or no memory for one")                                \
	X(SESSIONS_FULL, "sessions_full", "sessions not followed: no memory")  \
	X(SEGMENTS, "segments", "segments queued")                             \
	X(SEGMENT_BYTES, "segment_bytes", "bytes queued")                      \
	X(OUT_OF_ORDER, "out_of_order", "segments queued before others")       \
	X(RETRANSMITTED, "retransmitted", "segments whose bytes were queued")  \
	X(OVERLAPS, "overlaps", "queued segments that another one overlapped") \
	X(OLD_DATA, "old_data", "segments below what was acknowledged")        \
	X(OUT_OF_WINDOW, "out_of_window", "segments outside the window")       \
	X(AFTER_FIN, "after_fin", "segments behind their sender's FIN")        \
	X(AFTER_RST, "after_rst", "segments of a side that reset")             \
	X(NO_FLAGS, "no_flags", "segments without flags, not queued")          \
	X(DATA_ON_SYN, "data_on_syn", "SYNs with data that were not queued")   \
	X(PAWS, "paws", "packets with a timestamp too old, ignored")           \
	X(BAD_RST, "bad_rst", "resets outside the window, ignored")            \
	X(BAD_FIN, "bad_fin", "FINs outside the window, ignored")              \
	X(BAD_ACK, "bad_ack", "acknowledgements of what could not be sent,"    \
	    " ignored")                                                        \
	X(URGENT, "urgent", "urgent bytes left out of rebuilt packets")        \
	X(MAX_BYTES, "max_queued_bytes", "segments not queued: max_queued_bytes") \
	X(MAX_SEGS, "max_queued_segs", "segments not queued: max_queued_segs") \
	X(FORGOTTEN, "forgotten", "inline: bytes handed out that were not"     \
	    " kept until they were acknowledged: max_queued_bytes,"            \
	    " max_queued_segs")                                                \
	X(MEMCAP, "memcap", "segments not queued: memcap")                     \
	X(PRUNED, "pruned", "sessions whose queue was given up for memcap")    \
	X(PRUNED_BYTES, "pruned_bytes", "bytes not acknowledged, given up so") \
	X(GAPS, "gaps", "holes in what was acknowledged")                      \
	X(GAP_BYTES, "gap_bytes", "bytes of such holes")                       \
	X(REBUILT, "rebuilt", "rebuilt packets")                               \
	X(REBUILT_BYTES, "rebuilt_bytes", "bytes in rebuilt packets")          \
	X(UNACKED, "unacked_bytes", "bytes at the end of a session that were"  \
	    " never acknowledged: no rule saw them put together")              \
	X(ONE_SIDED, "one_sided_bytes", "bytes put together for logs without"  \
	    " an acknowledgement: of the other side nothing is seen")          \
	X(SCANS_LOST, "scans_lost", "segments whose patterns found were not"   \
	    " kept: too many, or memcap")                                      \
	X(CONFLICTS, "conflicts", "inline: segments that differ from what was" \
	    " delivered")                                                      \
	X(NOT_NOTED, "not_noted", "alerts on segments that the rebuilt packet" \
	    " may raise again: no memory to remember them")                    \
	X(EVENTS, "events", "events of gid 129")
enum {
#define X(NAME, name, help) STREAM_CTR_##NAME,
	STREAM_COUNTERS(X)
#undef X
	STREAM_CTRS
};

enum {
	STREAM_GID = 129,

	CELL_SIZE = 512,
	SEG_LEVELS = 4,    /* of the ordered index; an eighth rises a level */
	SEG_HEIGHTS = 7,   /* bits that hold their number */
	SEG_INLINE = 416,  /* bytes kept in the segment's own cell */
	CELL_BYTES = 504,
	SEG_BYTES_MAX = 65535, /* what an IP datagram can carry */
	HITS_CELLS = 9, /* for LIM_SEG_HITS */
	/* cells of the largest segment, its remainder when it is split, a
	 * template, and what the segment before was found to hold */
	CELLS_RESERVED = 2 * (SEG_BYTES_MAX / CELL_BYTES + 2) + 1 + HITS_CELLS,

	FLUSH_POINT = 192,
	STREAM_ALERTS = 8, /* as many as Snort remembers: tcp_alerts.early */
	HDR_MAX = 256, /* link and IP headers of a rebuilt packet */
	ROOM_SIZE = HDR_MAX + 65536,

	WSCALE_MAX = 14, /* RFC 7323 2.3 */
};

/* ------------------------------------------------------------ segments */

struct cell {
	struct cell *next; /* (where a slab chains what it was given) */
	uint8_t bytes[CELL_BYTES];
};

/*
 * Bytes [seq, seq + len) of a side. They stand in the segment's own cell and
 * the chain behind it, from position `off` on: trimming its front moves off.
 */
struct seg {
	struct seg *next[SEG_LEVELS];
	struct cell *more, *last; /* the others, n_more of them */
	struct cell *hits; /* what was found in it; NULL: that is in its last
	                      cell, at the end */
	struct mtime ts;
	uint32_t seq, len, off;
	uint32_t origin; /* where it began when it came */
	/* what was found in it, when it was searched as a whole and is whole
	 * but for its front (else 0): n_hits */
	uint32_t scanned; /* generation */
	uint16_t urgent; /* of the first bytes, left out of rebuilt packets */
	uint16_t n_hits : 11;
	uint16_t height : 3;
	bool whole : 1;  /* counts as a segment (not the rest of a split) */
	bool fin : 1;    /* it came with FIN */
	uint16_t n_more;
	uint8_t bytes[SEG_INLINE];
};
static_assert(sizeof(struct seg) <= CELL_SIZE, "a segment's cell");
static_assert(sizeof(struct cell) <= CELL_SIZE, "a cell");
static_assert(offsetof(struct cell, next) == 0, "slab_give_chain");

/*
 * What every packet needs of a side is one cache line. The rest is elsewhere:
 * what only some packets need (tcp_rare), and what only a side has that holds
 * segments (tcp_queue).
 */
struct tcp_side {
	/* sequence numbers of what this side sends */
	uint32_t next;      /* behind the highest byte (SYN, FIN) seen */
	uint32_t expected;  /* behind what came in order: what a reset names */
	uint32_t acked;     /* up to where the other side acknowledged */
	uint32_t sent;      /* behind the highest byte that was seen itself */
	uint32_t una;       /* up to where that was acknowledged */
	uint32_t claimed;   /* up to where more than that was */
	uint32_t ready;     /* up to where bytes were handed out */
	uint32_t fin_seq;   /* of its FIN, when fin */
	uint32_t edge;      /* up to where the other side lets it send */

	uint32_t ts_last;   /* newest timestamp of it, when ts_ok */
	uint32_t n_segs;    /* queued */

	uint16_t mss;       /* the most data it takes in a segment, as its SYN
	                       says; 0: nothing said */
	uint8_t wscale;     /* of the windows this side names */
	bool has_edge : 1;
	bool has_wscale : 1;
	bool seen : 1;      /* a packet of this side was seen */
	bool syn, fin, fin_acked, reset, ts_ok;
	bool fin_in_order;  /* its FIN came so: nothing takes it away again */
	bool reassemble;    /* its data is put together */
	uint8_t n_alerts;   /* of tcp_alerts */

	struct tcp_queue *queue;   /* in the session's buffer, or NULL */
};
static_assert(sizeof(struct tcp_side) <= SLAB_ALIGN, "a side is a line");

struct tcp_queue {
	struct seg *head[SEG_LEVELS], *tail;
	uint32_t n_bytes;
	uint32_t flush_to;  /* bytes up to here are to be handed out now */
	uint32_t scanned;   /* up to where the PDU hook has seen them */
	bool pdu_end;       /* flush_to is an end that it named */
	bool pdu_cut;       /* or only as far as paf_max goes */

	/* inline, for flush_factor: segments since the last flush, the largest
	 * of them, and whether the last one is to end a unit */
	bool size_fell;
	uint32_t size_count, size_max;
};

/* What raw segments of the sides raised since their last flush. */
struct tcp_alerts {
	struct pkt_event list[FLOW_SIDES][STREAM_ALERTS];
	uint8_t early[FLOW_SIDES]; /* bits of those, before a unit was whole */
};

struct tcp_rare {
	stream_pdu_fn *pdu; /* names flush points; NULL: Snort's rule */
	void *pdu_state;
	uint32_t isn;
	uint16_t small_run; /* small segments in a row */
	uint16_t overlaps;  /* both counted up to UINT16_MAX */
	uint8_t mac[6];     /* of the side's first frame, when has_mac */
	bool has_mac : 1;
	bool overlap_told : 1; /* 129:7 was raised */
	bool tentative : 1; /* pdu was stream_set_guess */
	bool pdu_ended : 1; /* there was one */
	bool gap : 1;       /* bytes are missing before ready */
	bool named : 1;     /* midstream: the other side said where it goes on */
};

/* The headers that a session's rebuilt packets are given: those of its last
 * packet. */
struct tcp_template {
	struct pkt_dec dec;
	uint64_t num;
	struct mtime ts;
	int dlt;
	uint32_t iface;
	uint8_t side;      /* who sent it */
	uint16_t link_len; /* bytes of hdr before the IP header */
	uint8_t hdr[96];
};

/* What a session has while bytes are queued: one cell. */
struct tcp_buffer {
	struct tcp_template last;
	struct tcp_queue queue[FLOW_SIDES];
	struct tcp_session *pending_next;      /* streams.pending */
	struct tcp_session *older, *younger;   /* streams.oldest */
};
static_assert(sizeof(struct tcp_buffer) <= CELL_SIZE, "a buffer's cell");

struct tcp_session {
	struct flow *flow;
	struct streams *streams;
	const struct stream_engine *engine;
	struct tcp_buffer *buf; /* NULL: nothing was queued lately */
	struct tcp_alerts *alerts; /* NULL: none lately */
	uint32_t generation; /* of the configuration engine belongs to */
	/* how far before its fin_seq the segment began that a FIN came with */
	uint16_t fin_len[FLOW_SIDES];
	bool midstream;      /* its handshake was not seen */
	bool four_way;       /* both sides sent a bare SYN */
	bool handshaken;
	bool shadow;         /* only a SYN so far, and 3WHS not required: for
	                        rules there is no session yet */
	bool by_port[FLOW_SIDES]; /* the engine has it put together */
	bool manual[FLOW_SIDES]; /* stream_reassemble decided on it */
	bool frozen;         /* stream_freeze was called */
	bool ignored;        /* stream_ignore was called */
	bool ended;          /* stream_end was called */
	bool in_pending, is_holder, pruning;
	bool tail : 1;       /* what was never acknowledged is handed out */
	bool proven : 1;     /* as in stream_facts; unprovable: never */
	bool unprovable : 1;
	bool forged : 1;     /* bytes may be queued that are not */
	bool ecn_asked : 1;  /* by the client's SYN; and agreed on (RFC 3168) */
	bool ecn_agreed : 1;

	alignas(SLAB_ALIGN) struct tcp_side side[FLOW_SIDES];
	struct tcp_rare rare[FLOW_SIDES];
};
static_assert(sizeof(struct tcp_session) <= FLOW_TCP_LINES * SLAB_ALIGN &&
    offsetof(struct tcp_session, rare) <= FLOW_TCP_HOT_LINES * SLAB_ALIGN,
    "the flow table fetches it");

struct streams {
	const struct stream_conf *conf;
	struct flow_table *flows;
	uint32_t generation;
	bool started;
	struct mtime start;    /* of the grace of require_3whs */
	struct slab sessions, cells, alerts;
	uint32_t points;       /* POLICY_BITs of this packet */
	uint64_t random;       /* heights in the index */
	uint64_t ctrs[STREAM_CTRS];

	/* sessions with bytes to hand out, in order */
	struct tcp_session *pending, **pending_end;
	/* sessions that hold cells, by their last insertion */
	struct tcp_session *oldest, *youngest;

	/* the side whose unit was handed out last: its alerts are forgotten
	 * next */
	struct tcp_session *given;
	enum flow_side given_side;
	struct seg *newest;      /* queued of the last packet; NULL: none */
	const uint8_t *fresh;    /* its first byte in that packet, as long as it
	                            is the one at hand; NULL: it is not */
	struct stream_scan scan; /* of the unit handed out last */
	uint8_t room[ROOM_SIZE];
};

/* Does what is expected of the side stand still? Snort reckons so where its
 * configuration has the side put together and the session went dark. */
static inline bool
is_frozen(const struct tcp_session *t, enum flow_side side)
{
	return t->frozen && (t->by_port[side] || t->manual[side]);
}

/* ------------------------------------------------------------ policies */

/* Who wins where a new segment N meets a queued one S. */
struct overlap_rules {
	/* S begins before N and reaches into it */
	bool left_new;        /* N wins */
	bool left_new_inside; /* even where N lies wholly inside S */
	/* N ends inside S */
	bool right_same_new;  /* both begin together */
	bool right_later_new; /* S begins later */
	/* N covers S */
	bool full_same_new;   /* the same range */
	bool full_longer_new; /* both begin together, N is longer */
	bool full_later_new;  /* S begins later */
	/* they stay as they came: where one begins, what was cut off its
	 * front counts, and where it ends, its FIN; which goes with it when it
	 * is covered */
	bool keeps_extent;
};

enum rst_rule {
	RST_EXACT,     /* at the next byte expected */
	RST_IN_WINDOW, /* from the last acknowledgement to the window's end */
	RST_ABOVE,     /* at or above the next byte expected */
};

enum syn_rule {
	SYN_OTHER_ISN, /* 129:1 unless it repeats the ISN */
	SYN_EXACT,     /* 129:1 at the next byte expected */
	SYN_IGNORED,   /* never */
};

struct tcp_policy_def {
	struct overlap_rules overlap;
	enum rst_rule rst;
	enum syn_rule syn;
	uint8_t paws_slack;    /* a timestamp may be older by this */
	bool zero_ts_off;      /* a 0 in the handshake: no timestamps */
	bool missing_ts_off;   /* a packet without one: no timestamps */
	bool queues_no_flags;  /* segments without any flag are data */
	bool queues_syn_data;
	bool tells_zero_win;   /* 129:21 */
};

const struct tcp_policy_def *stream_policy(enum tcp_policy p);

/* ------------------------------------------------------------ order */

static inline int32_t
seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

static inline bool
seq_lt(uint32_t a, uint32_t b)
{
	return seq_diff(a, b) < 0;
}

static inline bool
seq_le(uint32_t a, uint32_t b)
{
	return seq_diff(a, b) <= 0;
}

static inline uint32_t
seq_min(uint32_t a, uint32_t b)
{
	return seq_lt(a, b) ? a : b;
}

static inline uint32_t
seq_max(uint32_t a, uint32_t b)
{
	return seq_lt(a, b) ? b : a;
}

/* ------------------------------------------------------------ the queue */

/* Gives back a chain of cells. */
void free_cells(struct streams *s, struct cell **link);
/* A segment on its way in. */
struct seg_new {
	uint32_t seq, origin;
	const uint8_t *bytes;
	uint32_t len;
	uint16_t urgent;
	struct mtime ts;
	bool whole, fin;
};

struct queue_result {
	bool no_memory;   /* not all of it could be kept */
	bool emptied;     /* all of it was where queued bytes won */
	uint32_t overlaps;
};

/* Do the queued bytes of one segment hold exactly these? Its FIN is noted. */
bool queue_has(const struct tcp_side *q, const struct seg_new *n);
/* Does any queued byte at n's place differ? */
bool queue_differs(const struct tcp_side *q, uint32_t seq,
    const uint8_t *bytes, uint32_t len);
/* The first run of queued bytes, from s's byte *at on, that are not s's, which
 * begins at seq. */
bool queue_conflict(const struct tcp_side *q, uint32_t seq, struct slice s,
    uint32_t *at, struct slice *first);
/* Writes over those of the bytes that are queued. */
void queue_write(struct tcp_side *q, uint32_t seq, const uint8_t *bytes,
    uint32_t len);
/* Puts it into its place; overlaps are resolved by the rules. */
struct queue_result queue_put(struct streams *s, struct tcp_side *q,
    struct seg_new n, const struct overlap_rules *rules);
/* Frees what lies wholly below seq, and trims what begins below. Returns the
 * bytes freed. */
uint32_t queue_drop_below(struct streams *s, struct tcp_side *q, uint32_t seq);
uint32_t queue_drop_all(struct streams *s, struct tcp_side *q);
/* Frees the first segment, when all of it was handed out. Returns its bytes;
 * 0: there is none. */
uint32_t queue_forget_first(struct streams *s, struct tcp_side *q);
/* Behind the queued bytes that follow each other from seq on; seq itself, when
 * there are none. */
uint32_t queue_reach(const struct tcp_side *q, uint32_t seq);
/* The last segment that begins below seq; NULL: none. */
struct seg *queue_before(const struct tcp_side *q, uint32_t seq);
/* Drops what was handed out and is acknowledged. */
void queue_done(struct streams *s, struct tcp_session *t, enum flow_side side);
/* Where the last run was, so that the next one is found without going through
 * all cells again: to read a segment takes time linear in its bytes. All zero
 * at first; for reading alone. */
struct seg_place {
	const struct seg *seg;
	const struct cell *cell;
	uint32_t pos; /* of the cell, behind SEG_INLINE */
};
/* A run of the segment's bytes from `at` (below its len) on, as long as they
 * lie together. */
struct slice seg_run(const struct seg *g, uint32_t at, struct seg_place *last);
/* The same; of the packet at hand all that is left lies together. */
struct slice seg_bytes(const struct streams *s, const struct seg *g,
    uint32_t at, struct seg_place *last);

/* ------------------------------------------------------------ flushing */

/* What an acknowledgement, or in the inline view a segment, made ready: marks
 * it (flush_to) and puts the session on the pending list. force: all that is
 * acknowledged, whatever the flush point. */
void flush_check(struct streams *s, struct tcp_session *t, enum flow_side side,
    bool force);
/* Passive, for logs: while nothing of the other side is seen, its
 * acknowledgements are not waited for: what is queued, or as much of it as is
 * in order, counts as acknowledged. */
void flush_one_sided(struct streams *s, struct tcp_session *t,
    enum flow_side side, bool in_order);
/* Inline: a segment of so many bytes came, which flush_factor may tell from
 * those before it. */
void flush_note_size(struct tcp_session *t, enum flow_side side, uint32_t len);
/* Has stream_next look at the session. */
void flush_pend(struct streams *s, struct tcp_session *t);
/* Remembers p as the last packet of a session with a buffer, for rebuilt
 * headers. */
void flush_template(struct tcp_session *t, const struct packet *p,
    enum flow_side side);
/* Gives the session a buffer; false: no memory. */
NODISCARD bool buffer_make(struct streams *s, struct tcp_session *t);
/* Takes it away, when no segment is queued and nothing pending. */
void buffer_free(struct streams *s, struct tcp_session *t);
/* Forgets what raw segments of the side raised. */
void alerts_forget(struct streams *s, struct tcp_session *t,
    enum flow_side side);

/* ------------------------------------------------------------ scans */

/* The unit holds len bytes of the segment, which begin at its byte `from` and
 * at offset `at` of the unit: says what was found in them. */
void scan_piece(struct stream_scan *scan, struct seg *g, uint32_t from,
    uint32_t len, uint32_t at);

/* ------------------------------------------------------------ state */

/* What a packet is to a session. */
struct tcp_meaning {
	bool ignore;  /* no part of it: no ACK, no data, no FIN */
	bool in_hand; /* of the opening handshake: SYN, with or without ACK */
	bool closed;  /* with it both sides are closed */
};

/* Is the session over, so that a SYN begins another one? */
bool state_is_over(const struct tcp_session *t);
/* The session's first packet: what its sender is. */
void state_begin(struct tcp_session *t, const struct packet *p,
    enum flow_side side);
/* Takes the packet through the session's state, up to its data; raises
 * events. */
struct tcp_meaning state_packet(struct streams *s, struct tcp_session *t,
    struct packet *p, enum flow_side side);
/* Is the packet proven as stream_facts has it? After state_packet(). */
bool state_is_proven(const struct tcp_session *t, const struct packet *p,
    enum flow_side side);
/* May the side send bytes beginning at seq now? */
bool state_in_window(const struct tcp_side *q, uint32_t seq);
/* May the side's FIN, which came out of order, still be covered? */
bool state_fin_may_go(const struct tcp_session *t, const struct tcp_side *q);
/* A segment was queued: does the side's FIN go with the one it covers? */
void state_cover_fin(struct tcp_session *t, enum flow_side side,
    const struct seg_new *n);
/* After its data was queued: FIN, acknowledgement, close. */
void state_finish(struct streams *s, struct tcp_session *t, struct packet *p,
    enum flow_side side, struct tcp_meaning *m);

/* ------------------------------------------------------------ events */

enum stream_sid {
	STREAM_SYN_ON_EST = 1,
	STREAM_DATA_ON_SYN = 2,
	STREAM_DATA_ON_CLOSED = 3,
	STREAM_BAD_TIMESTAMP = 4,
	STREAM_BAD_SEGMENT = 5,
	STREAM_WINDOW_TOO_LARGE = 6,
	STREAM_OVERLAPS = 7,
	STREAM_DATA_AFTER_RST = 8,
	STREAM_HIJACKED_CLIENT = 9,
	STREAM_HIJACKED_SERVER = 10,
	STREAM_DATA_NO_FLAGS = 11,
	STREAM_SMALL_SEGMENTS = 12,
	STREAM_4WAY_HANDSHAKE = 13,
	STREAM_NO_TIMESTAMP = 14,
	STREAM_BAD_RST = 15,
	STREAM_BAD_FIN = 16,
	STREAM_BAD_ACK = 17,
	STREAM_DATA_AFTER_RST_RCVD = 18,
	STREAM_WINDOW_SLAM = 19,
	STREAM_NO_3WHS = 20,
	STREAM_ZERO_WIN_AFTER_FIN = 21,
};

/* Raises 129:sid if the engine asks for such events. */
void stream_event(struct streams *s, const struct stream_engine *e,
    struct packet *p, enum stream_sid sid);

#endif
