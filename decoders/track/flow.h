/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flow table: who talks to whom. A keyed hash over the five-tuple (both
 * directions one key), the VLAN and the tunnel; a slab of fixed size; lists by
 * age for each class of state, so that neither expiry nor pruning ever walks
 * the table. A flow belongs to one worker: no lock.
 */
#ifndef DECODERS_TRACK_FLOW_H
#define DECODERS_TRACK_FLOW_H

#include "core/base.h"
#include "core/counter.h"
#include "core/ipaddr.h"
#include "core/limits.h"
#include "core/mtime.h"
#include "decoders/packet.h"

enum flow_proto { FLOW_TCP, FLOW_UDP, FLOW_ICMP, FLOW_IP };
enum { FLOW_PROTOS = FLOW_IP + 1 };

/* Sides: who opened the flow is the client. */
enum flow_side { FLOW_CLIENT, FLOW_SERVER };
enum { FLOW_SIDES = 2 };

/* Which list of ages a flow stands in; pruning takes the first ones first. */
enum flow_class {
	FLOW_CLASS_HALF_OPEN, /* TCP without its handshake */
	FLOW_CLASS_CLOSING,
	FLOW_CLASS_ONE_SIDED, /* UDP, ICMP, IP: no answer yet */
	FLOW_CLASS_OPEN,
};
enum { FLOW_CLASSES = FLOW_CLASS_OPEN + 1 };

/* Why a flow went. */
#define FLOW_ENDS(X)                                                           \
	X(CLOSED, "closed", "both sides closed, or a reset")                   \
	X(TIMEOUT, "timeout", "silent for too long")                           \
	X(PRUNED, "pruned", "memory or the number of flows was needed")        \
	X(SHUTDOWN, "shutdown", "the run, or a capture of its own, ended")
enum flow_end {
#define X(NAME, name, help) FLOW_END_##NAME,
	FLOW_ENDS(X)
#undef X
};

/* Why a flow is not inspected until it ends. */
enum flow_bypass {
	FLOW_INSPECTED,
	FLOW_BYPASS_POLICY, /* config memory_policy */
	FLOW_BYPASS_RULE,   /* stream_reassemble: fastpath */
	FLOW_BYPASS_TRUSTED, /* reputation: white trust */
	FLOW_BYPASS_ENCRYPTED, /* its parser says that there is no more to see */
	FLOW_BYPASS_CONFIG, /* its parser is told to leave it alone */
	FLOW_BYPASS_PASS,   /* a pass rule for all of it */
	FLOW_BYPASS_DEPTH,  /* config inline_depth */
};

/* Inline: what a drop made of the session; it stays that to its end. */
enum flow_judged {
	FLOW_GOES_ON,
	FLOW_DROPPED,    /* both ways, without a look at it */
	FLOW_WOULD_DROP, /* it would be; nothing else changes */
	/* TCP: begun by a SYN between the ports of one that was dropped, and no
	 * answer says yet that this one is forgotten */
	FLOW_REOPENS,
};

/* How a flow's data is logged, for a rule with `session' that matched. */
enum flow_log {
	FLOW_LOG_NONE,
	FLOW_LOG_PRINTABLE,
	FLOW_LOG_BINARY,
	FLOW_LOG_ALL,
};

/* Padding-free; side 0 is the numerically lower (address, port). */
struct flow_key {
	uint8_t addr[2][16];
	uint16_t port[2]; /* 0 but for TCP and UDP */
	uint32_t tunnel;  /* outer addresses and label hashed, 0: none */
	uint16_t vlan;    /* outermost VLAN id, 0: none */
	uint8_t proto;    /* IP protocol number */
	uint8_t version;  /* 4 or 6 */
};
static_assert(sizeof(struct flow_key) == 44, "a key has no padding");

enum { FLOW_BITS_MAX = LIM_FLOWBITS };
struct flow_bits;
struct flow_files;
struct flow_sensitive;
struct app_session;

/* What the session says about packets; unit_flow is made of it. In the order
 * of use: a look-up reads the first cache line, a packet changes the second,
 * and only its place among the others is in the third. */
struct flow {
	struct flow_key key;
	uint32_t hash;       /* the table's own */
	/* TCP: the session (stream.h), NULL for others */
	struct tcp_session *tcp;
	uint8_t kind;        /* enum flow_proto */
	uint8_t class;       /* enum flow_class */
	bool client_is_low;  /* key side 0 is the client */
	bool established;    /* as `flow:established' means it */
	uint8_t bypass;      /* enum flow_bypass */
	uint8_t log;         /* enum flow_log */
	bool app_done;       /* its parser was looked for */
	bool dying;          /* being flushed; gone after that */

	uint8_t end;         /* enum flow_end, once it ended */
	bool alerted : 1;    /* a rule did on one of its packets */
	bool has_rest : 1;   /* inline: the kernel has the rest of it */
	uint8_t judged;      /* enum flow_judged */
	/* TCP: the flags of each side, all together; ICMP: type and code of the
	 * first packet */
	uint8_t l4[FLOW_SIDES];
	uint8_t app_id;  /* enum app_id: whose session it is, or was */
	uint16_t iface;  /* packet.iface of its first packet */
	uint32_t timeout_s;
	uint32_t listed; /* second in which it became the youngest */
	struct mtime last;
	uint64_t packets[FLOW_SIDES], bytes[FLOW_SIDES];
	/* its parser's session (app_int.h), NULL without one */
	struct app_session *app;

	/* flowbits, FLOW_BITS_MAX of them; NULL while none was set */
	struct flow_bits *bits;
	/* what detection counts of sensitive data in it; NULL: nothing yet */
	struct flow_sensitive *sensitive;
	/* the types of its files; NULL: nobody asked */
	struct flow_files *files;
	uint64_t id; /* unique in the run; EVE's flow_id */
	struct mtime first;
	/* the table's own */
	struct flow *hash_next, *older, *younger;
};
static_assert(offsetof(struct flow, end) <= 64, "the first cache line");
static_assert(offsetof(struct flow, bits) <= 128, "the second cache line");

struct flow_conf {
	bool track[FLOW_PROTOS];
	uint32_t max[FLOW_PROTOS];
	uint32_t timeout_s[FLOW_PROTOS];
	bool vlan_agnostic;
};

struct flow_table;

/* What becomes of flows, by protocol: created = ended + live. */
#define FLOW_PROTO_COUNTERS(X, P, p)                                           \
	X(P##_CREATED, p "_created", "flows begun")                            \
	X(P##_CLOSED, p "_closed", "ended: both sides closed, or a reset")     \
	X(P##_TIMEOUT, p "_timeout", "ended: silent for too long")             \
	X(P##_PRUNED, p "_pruned", "ended: their room was needed")             \
	X(P##_SHUTDOWN, p "_shutdown", "ended with the run or its capture")
#define FLOW_COUNTERS(X)                                                       \
	FLOW_PROTO_COUNTERS(X, TCP, "tcp")                                     \
	FLOW_PROTO_COUNTERS(X, UDP, "udp")                                     \
	FLOW_PROTO_COUNTERS(X, ICMP, "icmp")                                   \
	FLOW_PROTO_COUNTERS(X, IP, "ip")                                       \
	X(NO_ROOM, "no_room", "packets without a flow: no memory for one")     \
	X(NO_BITS, "no_bits", "flowbits not set: no memory for them")
enum {
#define X(NAME, name, help) FLOW_CTR_##NAME,
	FLOW_COUNTERS(X)
#undef X
	FLOW_CTR_MAX
};
enum { FLOW_CTR_STRIDE = FLOW_CTR_UDP_CREATED - FLOW_CTR_TCP_CREATED };
extern const struct ctr_group flow_counters;

/* Where a protocol's counters are: its flows begun, and ended for a reason. */
static inline unsigned
flow_ctr_created(enum flow_proto proto)
{
	return FLOW_CTR_TCP_CREATED + (unsigned)proto * FLOW_CTR_STRIDE;
}

static inline unsigned
flow_ctr_ended(enum flow_proto proto, enum flow_end why)
{
	return flow_ctr_created(proto) + 1 + (unsigned)why;
}

/* The index is taken here, flows and their bits in pages as they are first
 * used. NULL: out of memory. conf is borrowed. */
NODISCARD struct flow_table *flow_table_new(const struct flow_conf *conf);
void flow_table_free(struct flow_table *t);
/* Another configuration: timeouts and limits hold for flows to come. */
void flow_table_adopt(struct flow_table *t, const struct flow_conf *conf);
/* --pcap-reset, when all flows are gone: what order there is begins anew. */
void flow_table_reset(struct flow_table *t);
uint64_t *flow_table_counters(struct flow_table *t);
/* Flows there may be, those that are ending included. */
uint64_t flow_table_max(const struct flow_table *t);

/*
 * Look-ups to come, so that their memory is on its way while packets before
 * them are worked on: the key that packet num of the run will probably have,
 * FLOW_AHEAD packets before it, and which side of it sends it; NULL: not known.
 * Numbers go up by one. A key that proves wrong costs time, and nothing else.
 */
enum { FLOW_AHEAD = 32 };
/* Cache lines of a session: all, and those that every packet needs. */
enum { FLOW_TCP_LINES = 4, FLOW_TCP_HOT_LINES = 3 };
void flow_ahead(struct flow_table *t, uint64_t num,
    const struct flow_key *key, unsigned from);
/* The key of a packet with these ends, either way round; addresses as in
 * struct ipaddr. Returns which side of the key is the source. */
unsigned flow_key_ends(struct flow_key *key, const uint8_t src[16],
    const uint8_t dst[16], uint16_t sport, uint16_t dport);

/* Which protocol's flow the packet belongs to; false: to none (no IP, a
 * fragment, too broken for rules, an ICMP error). */
bool flow_proto_of(const struct packet *p, enum flow_proto *proto);

/* The flow of the packet and which side sent it; NULL when there is none. A
 * flow that timed out is not found (and waits for flow_next_dead). */
struct flow *flow_find(struct flow_table *t, const struct packet *p,
    enum flow_side *side);
/* A new flow, whose client is the packet's sender unless from_server. NULL
 * when that protocol is not tracked, or when there is no memory (counted). At
 * the protocol's limit the oldest of its weakest class ends (PRUNED) to make
 * room. */
struct flow *flow_create(struct flow_table *t, const struct packet *p,
    bool from_server);
/* Counts the packet to the flow, which is young again. */
void flow_touch(struct flow_table *t, struct flow *f, const struct packet *p,
    enum flow_side side);
void flow_set_class(struct flow_table *t, struct flow *f,
    enum flow_class class);
/* Asked for a flow whose rest the kernel has before it times out: does it go on
 * where it is not seen? At most LIM_FLOW_EXPIRE times a packet. keep NULL:
 * nobody. */
void flow_table_keep(struct flow_table *t,
    bool (*keep)(void *arg, struct flow *f), void *arg);
/* Takes the flow off the table's index; flow_next_dead returns it. Its bits
 * and counts can be read until flow_free. Nothing if it ended before. */
void flow_end(struct flow_table *t, struct flow *f, enum flow_end why);

/* Ends what timed out by `now`: a bounded number per call. all: ends flows
 * whatever their age (FLOW_END_SHUTDOWN), until none is left to end. */
void flow_expire(struct flow_table *t, struct mtime now, bool all);
/* The next flow that ended and was not taken yet, NULL when there is none; its
 * last units are still to be judged. flow_free gives it back. */
struct flow *flow_next_dead(struct flow_table *t);
void flow_free(struct flow_table *t, struct flow *f);
/* Addresses and ports of its client and its server. */
void flow_ends(const struct flow *f, struct ipaddr addr[FLOW_SIDES],
    uint16_t port[FLOW_SIDES]);
void flow_set_timeout(struct flow *f, uint32_t seconds);
/* Flows that did not end. */
uint64_t flow_live(const struct flow_table *t, enum flow_proto proto);

/*
 * flowbits, by sets of FLOW_BITS_MAX bits (a NULL set is empty). Setting one
 * the first time takes the flow's bit array; without memory for it they stay
 * unset (counted).
 */
struct flow_bits {
	uint64_t words[FLOW_BITS_MAX / 64];
};
/* Are any, or all, bits of the set on? */
bool flow_bits_any(const struct flow *f, const struct flow_bits *set);
bool flow_bits_all(const struct flow *f, const struct flow_bits *set);
void flow_bits_set(struct flow_table *t, struct flow *f,
    const struct flow_bits *set);
void flow_bits_toggle(struct flow_table *t, struct flow *f,
    const struct flow_bits *set);
void flow_bits_clear(struct flow *f, const struct flow_bits *set);
/* Sets that were not kept, so far, for lack of memory. */
uint64_t flow_bits_lost(const struct flow_table *t);
/* Every bit of the flow. */
void flow_bits_reset(struct flow_table *t, struct flow *f);

/*
 * Sensitive data (detect/sd.h): how often each rule's pattern was found, and
 * where patterns are that may go on in the next packet of a side.
 */
struct flow_sensitive {
	uint32_t set;   /* whose rules these are; 0: nobody's */
	uint32_t total; /* found, of all patterns */
	uint8_t counts[LIM_SD_RULES];
	struct {
		/* rules whose header was looked at, and whose fits */
		uint64_t known, yes;
		uint64_t at[LIM_SD_WORDS];
		uint32_t next_seq;
		uint8_t source, n_tail, tail[LIM_SD_TAIL];
	} side[FLOW_SIDES];
};
/* The flow's, all zero the first time; NULL: no memory, or LIM_SD_SESSIONS
 * have one. */
struct flow_sensitive *flow_sensitive(struct flow_table *t, struct flow *f);

/* The file that each side sends, and what it may be (detect/filetype.h). */
struct flow_files {
	uint32_t set; /* whose numbers these are; 0: nobody's */
	struct {
		uint64_t may_be[LIM_FILE_TYPES / 64];
		uint32_t seen; /* bytes looked at */
		bool begun, done;
		int16_t type;  /* -1: none so far */
	} side[FLOW_SIDES];
};
/* The flow's, all zero the first time; NULL: no memory, or LIM_FILE_SESSIONS
 * have one. */
struct flow_files *flow_files(struct flow_table *t, struct flow *f);

#endif
