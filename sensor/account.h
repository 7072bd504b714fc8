/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel lets pass by itself of sessions whose rest it may: read from
 * its connection tracking (nf_conntrack_acct, nfnetlink_conntrack.h) every few
 * seconds, for it forgets a connection ten seconds after a reset, when such a
 * session was silent here for its timeout, and when it ends. A session that
 * goes on in the kernel goes on here. Asking costs two calls of the kernel and
 * waits for nothing; so many a second are asked, between batches of packets.
 */
#ifndef SENSOR_ACCOUNT_H
#define SENSOR_ACCOUNT_H

#include "core/base.h"
#include "core/counter.h"
#include "core/ipaddr.h"
#include "decoders/track/flow.h"

#define ACCOUNT_COUNTERS(X)                                                    \
	X(SESSIONS, "sessions", "whose rest was left to the kernel")           \
	X(NOT_COUNTED, "not_counted", "of them, too many at a time for that")  \
	X(ASKED, "asked", "times the kernel was asked for its counts")         \
	X(GONE, "gone", "and had forgotten the connection")                    \
	X(NO_COUNTS, "no_counts",                                              \
	    "or does not count: net.netfilter.nf_conntrack_acct")              \
	X(FAILED, "failed", "or gave no answer")                               \
	X(LATE, "late", "not asked: too many in this second")                  \
	X(KEPT, "kept", "times a session went on there, and so here")          \
	X(PACKETS, "packets", "packets that passed by")                        \
	X(BYTES, "bytes", "and their bytes")
enum {
#define X(NAME, name, help) ACCOUNT_CTR_##NAME,
	ACCOUNT_COUNTERS(X)
#undef X
	ACCOUNT_CTR_MAX
};
extern const struct ctr_group account_counters;

/* A connection's counts, of what either end sent. */
struct account_counts {
	uint64_t packets[FLOW_SIDES], bytes[FLOW_SIDES];
};

enum account_answer {
	ACCOUNT_KNOWN,
	ACCOUNT_GONE,      /* the kernel has no such connection */
	ACCOUNT_NO_COUNTS, /* and does not count what it has */
	ACCOUNT_FAILED,
};

/* What the kernel's side is: in tests another one. */
struct account_ops {
	void *self;
	/* of the connection whose one end is addr[0], port[0], the other way
	 * round as well; side 0 of the answer is what that end sent */
	enum account_answer (*ask)(void *self, uint8_t proto,
	    const struct ipaddr addr[2], const uint16_t port[2],
	    struct account_counts *out);
	void (*close)(void *self);
};
/* false: with a message in err. */
NODISCARD bool account_kernel(struct account_ops *ops, char *err,
    size_t err_len);

/* What passed by of a session. */
struct account_rest {
	uint64_t packets[FLOW_SIDES], bytes[FLOW_SIDES];
};

enum {
	ACCOUNT_LOOK_S = 4,  /* half of what the kernel remembers a reset */
	ACCOUNT_STEP = 32,   /* for max */
};

struct account;

/* A worker's own, for the flows of its table, which asks it before a flow's
 * timeout. NULL: out of memory; then ops were closed. */
NODISCARD struct account *account_new(const struct account_ops *ops,
    struct flow_table *flows);
void account_free(struct account *a);
/* The kernel has the rest of the flow from now on; again: nothing. */
void account_begin(struct account *a, struct flow *f);
/* Between batches: looks at those that were not for ACCOUNT_LOOK_S, but not at
 * more than max. */
void account_step(struct account *a, uint64_t now_ns, unsigned max);
/* The flow has ended: its counts, read for the last time. false: they are not
 * known. */
NODISCARD bool account_end(struct account *a, const struct flow *f,
    struct account_rest *out);
const uint64_t *account_counters_of(const struct account *a);

/* -- messages ---------------------------------------------------------------- */

enum { ACCOUNT_MESSAGE = 256 };
/* The question; room for ACCOUNT_MESSAGE. Its length. */
size_t account_put(void *room, uint32_t seq, uint8_t proto,
    const struct ipaddr addr[2], const uint16_t port[2]);
/* One message of an answer of the kernel's. */
enum account_answer account_read(const void *message, size_t len,
    const struct ipaddr addr[2], const uint16_t port[2],
    struct account_counts *out);

#endif
