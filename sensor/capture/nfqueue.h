/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel packet queues (NFQUEUE): what one is set up with, and what the kernel
 * says of them. One source is one queue and belongs to one worker.
 */
#ifndef SENSOR_CAPTURE_NFQUEUE_H
#define SENSOR_CAPTURE_NFQUEUE_H

#include <stdio.h>

#include "core/base.h"
#include "core/counter.h"

enum {
	NFQ_QUEUES_MAX = 64, /* of one sensor */
	/* bits of a packet's mark that say what the kernel may do with the
	 * rest of the connection; its other bits stay as they are */
	NFQ_MARK_ACCEPT = 0x1,
	NFQ_MARK_DROP = 0x20000000,
};

/* All zero: the defaults. */
struct nfqueue_conf {
	uint32_t maxlen;   /* packets that may wait; 0: NFQ_MAXLEN_DEFAULT */
	uint32_t range;    /* bytes copied of each; 0: all that can be */
	uint32_t rcvbuf;   /* bytes; 0: by maxlen */
	bool fail_open;    /* what does not fit is accepted, not dropped */
	bool closed;       /* the rules have no queue-bypass, it is said */
	bool no_gso;       /* segmented in the kernel, one packet each */
	/* a verdict's `rest`: 0, 0 for the two above */
	uint32_t mark_accept, mark_drop;
	bool no_marks;     /* `rest` is not told */
	/* a queue that cannot be had is waited for: nfqueue_begin() does not
	 * fail for that, and for so many seconds it is not even tried */
	bool may_wait;
	uint32_t hold_s;
};

enum { NFQ_MAXLEN_DEFAULT = 8192 };

/* "3" or "0:3": the first queue and how many; false with a message. */
NODISCARD bool nfqueue_range(const char *text, uint16_t *first, unsigned *n,
    char *err, size_t err_len);

/* Counters of one queue. The first two agree but for what waits. */
#define NFQUEUE_COUNTERS(X)                                                    \
	X(RECEIVED, "received", "packets the kernel asked about")              \
	X(VERDICTS, "verdicts", "answers to them")                             \
	X(ACCEPTED, "accepted", "let through as they came")                    \
	X(REWRITTEN, "rewritten", "let through with other bytes")              \
	X(DROPPED, "dropped", "stopped")                                       \
	X(REST_ACCEPT, "rest_accept",                                          \
	    "marked: the kernel lets the rest of the connection through")      \
	X(REST_DROP, "rest_drop", "marked: the kernel stops the rest")         \
	X(BATCHED, "batched", "verdicts that shared a message")                \
	X(SENDS, "sends", "system calls that carried verdicts")                \
	X(GSO, "gso", "packets of several segments")                           \
	X(CUT, "cut", "packets longer than the kernel copies")                 \
	X(NOT_REWRITTEN, "not_rewritten",                                      \
	    "cut ones that were to be rewritten: dropped instead")             \
	X(QUEUE_DROPPED, "queue_dropped",                                      \
	    "lost to a full queue, as the kernel counts")                      \
	X(USER_DROPPED, "user_dropped",                                        \
	    "lost to a full socket buffer, as the kernel counts")              \
	X(PASSED_UNSEEN, "passed_unseen",                                      \
	    "let through by fail_open with the socket buffer full")            \
	X(REFUSED, "refused", "verdicts for packets the kernel had let go")    \
	X(OVERRUNS, "overruns", "times the socket reported a loss")            \
	X(UNANSWERED, "unanswered", "packets that a lost queue took along")    \
	X(LOST, "lost", "times the queue was lost and had again")              \
	X(LEFT, "left", "packets that waited when the sensor gave the queue up")
enum {
#define X(NAME, name, help) NFQ_CTR_##NAME,
	NFQUEUE_COUNTERS(X)
#undef X
	NFQ_CTR_MAX
};
extern const struct ctr_group nfqueue_counters;

/* Of a source that capture_nfqueue opened; call it from its worker. */
const uint64_t *nfqueue_counters_of(void *self);

/*
 * open() takes what the source needs but the queue: that is had from here on,
 * and its packets wait for batch(), so everything else is to be ready. false
 * with a message where it cannot be had and is not waited for.
 */
NODISCARD bool nfqueue_begin(void *self, char *err, size_t err_len);

/*
 * A queue that is not had is tried again, after a second at first, after half
 * a minute at last, whenever its batch() or nfqueue_try() is called. These may
 * be called from any thread: is it had? And from its worker's: why it is not,
 * "" while it is.
 */
bool nfqueue_is_had(const void *self);
const char *nfqueue_why(const void *self);
void nfqueue_try(void *self);
/* From now on batch() waits for nothing: what is there is judged, and then the
 * queue given up. Its counters stay. */
void nfqueue_last_batches(void *self);
void nfqueue_give_up(void *self);

/* A line of /proc/net/netfilter/nfnetlink_queue. */
struct nfq_state {
	uint16_t queue;
	uint32_t portid, waiting, copy_mode, range;
	uint64_t queue_dropped, user_dropped;
	uint32_t last_id;
};

/* That file, to be read again and again, also by another user and behind a
 * change of the root; -1: there is none. */
int nfq_state_open(void);
/* The state of a queue in f, which is such a file, from its place on; false:
 * not bound. */
NODISCARD bool nfq_state_find(FILE *f, uint16_t queue, struct nfq_state *s);
/* The same of one that was opened, read anew; false also where it cannot be,
 * with errno then, else 0. */
NODISCARD bool nfq_state_read(int fd, uint16_t queue, struct nfq_state *s);
/* The same of this network namespace. */
NODISCARD bool nfq_state_get(uint16_t queue, struct nfq_state *s);
/* Who holds a queue: "pid 812 (snort)", or as much as can be found out. */
void nfq_holder(uint16_t queue, char *text, size_t len);

#endif
