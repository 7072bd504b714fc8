/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the defragmenter share; nobody else includes this. */
#ifndef DECODERS_TRACK_DEFRAG_INT_H
#define DECODERS_TRACK_DEFRAG_INT_H

#include "core/slice.h"
#include "decoders/track/defrag.h"
#include "decoders/track/defrag_mem.h"

enum {
	GID_FRAG3 = 123,
	FRAG_PREFIX_MAX = 4096, /* headers in front of a datagram's payload */
	DATAGRAM_MAX = 65535,
};

#define DEFRAG_EVENTS(X)                                                       \
	X(OPTIONS, 1, "frag3.ip_options",                                      \
	    "IP Options on fragmented packet")                                 \
	X(TEARDROP, 2, "frag3.teardrop", "Teardrop attack")                    \
	X(SHORT, 3, "frag3.short", "Short fragment, possible DoS attempt")     \
	X(BEYOND_END, 4, "frag3.beyond_end",                                   \
	    "Fragment packet ends after defragmented packet")                  \
	X(ZERO, 5, "frag3.zero_length", "Zero-byte fragment")                  \
	X(NEGATIVE, 6, "frag3.negative_length",                                \
	    "Bad fragment size, packet size is negative")                      \
	X(TOO_FAR, 7, "frag3.too_far",                                         \
	    "Bad fragment size, packet size is greater than 65536")            \
	X(OVERLAP, 8, "frag3.overlap", "Fragmentation overlap")                \
	X(TTL_LOW, 11, "frag3.ttl_low",                                        \
	    "TTL value less than configured minimum, not using for "           \
	    "reassembly")                                                      \
	X(OVERLAP_LIMIT, 12, "frag3.overlap_limit",                            \
	    "Number of overlapping fragments exceed configured limit")         \
	X(TINY, 13, "frag3.tiny",                                              \
	    "Fragments smaller than configured min_fragment_length")
enum {
#define X(NAME, sid, name, message) SID_FRAG_##NAME = sid,
	DEFRAG_EVENTS(X)
#undef X
};

#define DEFRAG_COUNTERS(X)                                                     \
	X(FRAGMENTS, "fragments", "fragments taken in")                        \
	X(TRACKERS, "datagrams", "datagrams begun")                            \
	X(REBUILT, "rebuilt", "datagrams put together")                        \
	X(TIMEOUT, "timeout", "datagrams given up: not whole in time")         \
	X(PRUNED, "pruned", "oldest datagrams given up for memory or "         \
	    "max_frags")                                                       \
	X(NO_ROOM, "no_room", "fragments refused: no memory for them")         \
	X(TOO_MANY, "too_many", "datagrams given up: more fragments than "     \
	    "the smallest MTU makes")                                          \
	X(TOO_LONG, "too_long", "datagrams longer than IP allows")             \
	X(BAD, "bad_fragments", "fragments with impossible sizes, not used")   \
	X(POISONED, "poisoned", "fragments of datagrams given up")             \
	X(OVERLAPS, "overlaps", "stored fragments overlapped by a new one")    \
	X(TTL_LOW, "ttl_low", "fragments below min_ttl, not used")             \
	X(NO_ENGINE, "no_engine", "fragments to hosts no frag3_engine is for") \
	X(BROKEN, "broken", "fragments with a bad checksum or cut, not used")  \
	X(EVENTS_LOST, "events_lost", "events beyond what a packet can hold")
enum {
#define X(NAME, name, help) DEFRAG_CTR_##NAME,
	DEFRAG_COUNTERS(X)
#undef X
	DEFRAG_CTR_MAX
};

/* A fragment as it stands in a frame. */
struct frag_in {
	uint32_t layer;      /* index of its IP header in pkt->layers */
	uint32_t ip_off;
	uint32_t prefix_len; /* of the frame up to the payload, an IPv6
	                        fragment header not counted */
	uint32_t next_off;   /* IPv6: the byte that names the fragment header */
	uint8_t next;        /* IPv6: what the fragment header names */
	uint8_t version, ttl, proto;
	uint32_t id;
	uint8_t src[16], dst[16];
	struct slice data;
	uint32_t offset; /* of data in the datagram */
	bool more;
};

/* The outermost IP header in the frame that is a fragment's; false: none. */
NODISCARD bool frag_parse(const struct packet *p, struct frag_in *f);

/* A rebuilt datagram and what its fragments raised. Two, because one may be
 * looked at again while the next is put together. */
struct frag_built {
	uint8_t *b;
	struct pkt_event alerts[DEFRAG_ALERTS];
	unsigned n_alerts;
};

struct defrag {
	const struct defrag_conf *conf;
	struct frag_pool pool;
	struct frag_tracker **buckets;
	uint64_t mask;
	struct frag_tracker *oldest, *youngest;
	struct frag_tracker *current; /* of the last fragment that was held */
	struct frag_built built[2];
	unsigned turn;
	uint32_t points; /* POLICY_BITs of this packet */
	bool dropped;    /* it belongs to a datagram that was */
	uint64_t ctrs[DEFRAG_CTR_MAX];
};

/* Counts that room ran out, and remembers it for the packet. */
void frag_no_room(struct defrag *d);

void frag_event(struct defrag *d, struct packet *p, uint32_t sid);

/* Gives a datagram's bytes up; its later fragments are not used. */
void frag_poison(struct defrag *d, struct frag_tracker *t);
/* Room for one more fragment of n bytes; gives the oldest datagrams but t up
 * for it. */
NODISCARD bool frag_make_room(struct defrag *d, const struct frag_tracker *t,
    size_t n);

enum frag_insert_result {
	FRAG_STORED,  /* or rightly found superfluous */
	FRAG_REFUSED, /* impossible, or no room: not used */
};
/* Takes a fragment in by the tracker's policy; `is_new`: the tracker was made
 * for it, and nothing can be odd yet. Raises events on p. */
enum frag_insert_result frag_insert(struct defrag *d, struct frag_tracker *t,
    const struct frag_in *f, struct packet *p, bool is_new);

/* Remembers the headers that the rebuilt datagram will have. False: no room,
 * or they are too long. */
NODISCARD bool frag_keep_prefix(struct defrag *d, struct frag_tracker *t,
    const struct frag_in *f, const struct packet *p);
/* Is every byte there? */
bool frag_is_whole(const struct frag_tracker *t);
/* Puts the datagram together; p completed it. False: it is longer than its
 * headers can say. */
NODISCARD bool frag_build(struct defrag *d, const struct frag_tracker *t,
    const struct frag_in *f, const struct packet *p, struct packet *rebuilt);

#endif
