/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whom the kernel is asked to block, and whether it is: the policy. It hears of
 * every event that is told and wants a block, and says what becomes of it; what
 * it decides is carried out by hands (hands.h), later. Time is the caller's,
 * that of packets or of the clock; nothing here waits, and after blocks_new()
 * nothing takes memory. One thread at a time.
 *
 *	block.c        decides, and follows what becomes of it
 *	block_table.c  the blocks there are
 *	block_never.c  who is never blocked
 *	block_state.c  the file that outlives the process
 */
#ifndef SENSOR_RESPOND_BLOCK_H
#define SENSOR_RESPOND_BLOCK_H

#include "core/base.h"
#include "core/counter.h"
#include "core/ipaddr.h"
#include "core/limits.h"
#include "core/mtime.h"
#include "core/slice.h"
#include "sensor/respond/hands.h"

enum { BLOCK_MSG_MAX = 64, BLOCK_CLASS_MAX = 32, BLOCK_DETAIL_MAX = 96 };

/* What shows that the address is that of who sent the packet. */
#define BLOCK_EVIDENCES(X)                                                     \
	X(NONE, "none")           /* anybody can have sent it */               \
	X(HANDSHAKE, "handshake") /* TCP: the server's number was known */     \
	X(BY_HAND, "by_hand")     /* aduana block add */                       \
	X(KERNEL, "kernel")       /* found there, nobody knows why */
enum block_evidence {
#define X(NAME, name) BLOCK_EVIDENCE_##NAME,
	BLOCK_EVIDENCES(X)
#undef X
	BLOCK_EVIDENCE_COUNT
};

/* What asked: the first of them that has something to say of a rule. */
#define BLOCK_ASKERS(X)                                                        \
	X(MAP, "map")             /* sid-block.map, sid-fwsam.map */           \
	X(SID, "sid")             /* config block_for: sid */                  \
	X(FWSAM, "fwsam")         /* the rule's option */                      \
	X(STICKY, "sticky-drop")  /* the rule's option */                      \
	X(CLASS, "class")         /* config block_for: class */                \
	X(PRIORITY, "priority")   /* config block_for: priority */             \
	X(ACTION, "action")       /* drop, reject */                           \
	X(USER, "user")           /* aduana block add */                       \
	X(KERNEL, "kernel")
enum block_asker {
#define X(NAME, name) BLOCK_ASKER_##NAME,
	BLOCK_ASKERS(X)
#undef X
	BLOCK_ASKER_COUNT
};

/* What becomes of a request. */
#define BLOCK_OUTCOMES(X)                                                      \
	X(BLOCKED, "blocked", "given to the kernel")                           \
	X(WOULD_BLOCK, "would_block", "dry run: not given to the kernel")      \
	X(EXTENDED, "extended", "of what was blocked: its end moved")          \
	X(REPEATED, "repeated", "of what was blocked: nothing to do")          \
	X(SPOOFABLE, "spoofable", "not blocked: anybody can have sent it")     \
	X(NEVER, "never_block", "not blocked: on the never-block list")        \
	X(PAUSED, "paused", "not blocked: there were too many at once")        \
	X(FULL, "full", "not blocked: there are as many blocks as may be")     \
	X(NO_HANDS, "no_hands", "not blocked: the helper takes no more")
enum block_outcome {
#define X(NAME, name, help) BLOCK_##NAME,
	BLOCK_OUTCOMES(X)
#undef X
	BLOCK_OUTCOME_COUNT
};

#define BLOCK_COUNTERS(X)                                                      \
	X(ASKED, "asked", "events that asked for a block")                     \
	X(HELD, "in_force", "blocks that the kernel confirmed")                \
	X(FAILED, "failed", "blocks that the kernel refused")                  \
	X(EXPIRED, "expired", "blocks whose time was over")                    \
	X(UNBLOCKED, "unblocked", "blocks taken away by hand")                 \
	X(NOT_UNBLOCKED, "not_unblocked", "that the kernel did not let go")    \
	X(ROLLED_BACK, "rolled_back", "blocks undone for too many at once")    \
	X(ROLLBACKS, "rollbacks", "times that happened")                       \
	X(ESCALATED, "escalated", "blocks longer than asked: repeat offenders") \
	X(RESTORED, "restored", "blocks of an earlier run, asked for again")   \
	X(ADOPTED, "adopted", "blocks the kernel held that nobody knew of")    \
	X(RENEWED, "renewed", "blocks asked for again: lost, or very long")    \
	X(STATE_LOST, "state_lost", "changes that could not be saved")
enum {
#define X(NAME, name, help) BLOCK_CTR_##NAME,
	BLOCK_COUNTERS(X)
#undef X
#define X(NAME, name, help) BLOCK_CTR_OF_##NAME,
	BLOCK_OUTCOMES(X)
#undef X
	BLOCK_CTR_MAX
};
extern const struct ctr_group block_counters;

const char *block_evidence_name(enum block_evidence e);
const char *block_asker_name(enum block_asker a);
const char *block_outcome_name(enum block_outcome o);

/* -- configuration ---------------------------------------------------------- */

struct block_net {
	struct ipaddr addr;
	uint8_t bits;
	bool negated; /* positive ones come first */
};

/* An address list: any of the positive ones, and none of the negated ones. */
struct block_nets {
	const struct block_net *v;
	unsigned n;
};

struct block_exempt {
	uint32_t gid, sid;
	struct block_nets nets;
};

/* config block. Lists are borrowed, as long as it is that of the blocks. */
struct block_conf {
	bool on, off_seen;    /* nothing is blocked unless asked for */
	bool dry_run, leave, allow_home, no_drops, plain;
	bool flow_unproven;   /* spoofable flow */
	bool no_evidence;     /* evidence none */
	bool on_files;        /* also of what capture files hold */
	uint32_t seconds;     /* where a rule says nothing */
	uint32_t min_seconds, max_seconds; /* 0: no bound */
	uint32_t max;         /* blocks at a time */
	uint32_t ceiling, ceiling_s;   /* new ones within; 0: none */
	uint32_t rollback, pause_s;
	uint32_t escalate, remember_s; /* factor; 0 and 1: none */
	uint32_t repeat_s;
	const char *backend;
	const char *save, *socket; /* "none": none; NULL: the usual one */
	struct block_nets never, home;
	const struct block_exempt *exempt;
	unsigned n_exempt;
	uint16_t admin_ports[LIM_BLOCK_ADMIN_PORTS];
	unsigned n_admin_ports;
};
struct block_conf block_conf_default(void);
bool block_nets_have(const struct block_nets *l, const struct ipaddr *a);

/* -- requests and blocks ------------------------------------------------------ */

/* Why: the event and its packet. Texts are cut to size. */
struct block_why {
	uint8_t evidence; /* enum block_evidence */
	uint8_t asker;    /* enum block_asker */
	uint8_t proto;
	uint16_t sport, dport;
	struct ipaddr src, dst; /* of the packet */
	uint32_t gid, sid, rev, priority;
	char msg[BLOCK_MSG_MAX], class[BLOCK_CLASS_MAX];
};

struct block_ask {
	struct block_why why;
	bool dest;        /* the packet's destination, else its source */
	bool conn;        /* the one connection, not the address */
	uint8_t how;      /* BLOCK_FROM, BLOCK_TO */
	bool unproven_ok; /* the rule wants it whoever sent it: one flow */
	bool from_server; /* the packet's source is the flow's server */
	uint32_t seconds; /* 0: where it says nothing; UINT32_MAX: for ever */
	struct mtime ts;  /* the packet's */
};

enum block_state {
	BLOCK_STATE_FREE,
	BLOCK_STATE_DRY,     /* only as if */
	BLOCK_STATE_ASKED,   /* the kernel is still to say that it has it */
	BLOCK_STATE_HELD,
	BLOCK_STATE_LEAVING, /* and that it has it no more */
};

struct block {
	struct block_key key;
	uint8_t state;  /* enum block_state */
	uint8_t times;  /* it was blocked so often before */
	uint8_t waits;  /* answers that are to come */
	uint8_t gone_as; /* LEAVING: enum block_status */
	bool told;      /* that it is blocked */
	bool of_peer;   /* of a connection: the peer is whom it is about */
	struct block_why why;
	struct mtime made, until;  /* until 0: without end */
	struct mtime asked;        /* of the kernel, last */
	struct mtime kernel_until; /* what that was told; 0: no end */
	struct mtime packet;
	uint64_t asked_ns, latency_ns; /* packet to kernel; 0: not known */
	uint32_t repeats; /* requests that it answered as well */
	uint32_t serial;
	/* the table's */
	uint32_t chain, newer, older, heap;
};

/* Whom it is about. */
static inline const struct ipaddr *
block_who(const struct block *b)
{
	return b->of_peer ? &b->key.peer : &b->key.addr;
}

/* -- what is told --------------------------------------------------------------- */

#define BLOCK_STATUSES(X)                                                      \
	X(BLOCKED, "blocked")                                                  \
	X(WOULD_BLOCK, "would_block")                                          \
	X(REFUSED, "refused")                                                  \
	X(FAILED, "failed")                                                    \
	X(UNBLOCKED, "unblocked")                                              \
	X(EXPIRED, "expired")                                                  \
	X(ROLLED_BACK, "rolled_back")
enum block_status {
#define X(NAME, name) BLOCK_STATUS_##NAME,
	BLOCK_STATUSES(X)
#undef X
};
const char *block_status_name(enum block_status s);

struct block_news {
	enum block_status status;
	enum block_outcome reason; /* REFUSED */
	const char *detail; /* which never-block entry, what the kernel said;
	                       or NULL */
	const struct block *block; /* of refused ones, what it would be */
	struct mtime now;
};
typedef void block_tell_fn(void *arg, const struct block_news *n);

/* -- the policy --------------------------------------------------------------- */

struct blocks;
struct never;

/*
 * conf, never and hands are borrowed; hands NULL: dry run, whatever the
 * configuration says. state_path NULL: nothing is saved; else its blocks are
 * asked for again and the kernel is asked what it holds (blocks_step() does
 * it). NULL with a message in err.
 */
NODISCARD struct blocks *blocks_new(const struct block_conf *conf,
    struct never *never, const struct hands_ops *ops, struct hands *hands,
    const char *state_path, struct mtime now, char *err, size_t err_len);
void blocks_free(struct blocks *bs);
void blocks_listen(struct blocks *bs, block_tell_fn *tell, void *arg);
/* Another configuration, but for max, save and what hands were started with. */
void blocks_adopt(struct blocks *bs, const struct block_conf *conf);
uint64_t *blocks_counters(struct blocks *bs);

enum block_outcome block_ask(struct blocks *bs, const struct block_ask *a,
    struct mtime now);
/* Between batches: answers, ends, what is to be asked again, what is to be
 * saved; a bounded share of it per call. */
void blocks_step(struct blocks *bs, struct mtime now);
/* Are answers of the kernel to come, or what is to be asked? */
bool blocks_are_settled(const struct blocks *bs);
/* The end: what is there is saved. */
void blocks_finish(struct blocks *bs);

/* By hand: an address for so long (0: the usual). The never-block list holds;
 * *detail says which entry (room of BLOCK_DETAIL_MAX). */
enum block_outcome block_add(struct blocks *bs, const struct ipaddr *a,
    uint32_t seconds, struct mtime now, char detail[BLOCK_DETAIL_MAX]);
/* All blocks of an address, or (NULL) of all; how many there were. They are
 * gone once block_find() does not find them. */
unsigned block_del(struct blocks *bs, const struct ipaddr *a,
    struct mtime now);

/* Every block once: *at 0 at first; NULL after the last. Blocks may come and go
 * between the calls. */
const struct block *blocks_next(const struct blocks *bs, uint32_t *at);
uint32_t blocks_count(const struct blocks *bs);
/* The block of the address itself, NULL without one. */
const struct block *block_find(const struct blocks *bs,
    const struct ipaddr *a);

/* Has the helper list chains and rules of all tables: fn is called with a file
 * to be read from its start, which is closed afterwards, or with an error. One
 * at a time; fn NULL takes the question back. false: nobody can be asked. */
typedef void block_where_fn(void *arg, int fd, int error);
bool blocks_where(struct blocks *bs, block_where_fn *fn, void *arg);

/* What is known of an address that is not blocked: the last refusal. */
struct block_refusal {
	uint8_t outcome;  /* enum block_outcome */
	bool failed;      /* the kernel refused, detail says why */
	uint32_t gid, sid, times;
	struct mtime last, told;
	char detail[BLOCK_DETAIL_MAX];
};
const struct block_refusal *block_refused(struct blocks *bs,
    const struct ipaddr *a);
/* Is it on the never-block list (but for exemptions)? detail: which entry. */
bool block_is_never(struct blocks *bs, const struct ipaddr *a,
    char detail[BLOCK_DETAIL_MAX]);

struct block_report {
	uint32_t n, max;
	bool dry_run, has_hands;
	struct mtime paused_until; /* 0: it is not */
	uint64_t latencies; /* known ones; of the last LIM_BLOCK_LATENCIES: */
	uint64_t p50_ns, p99_ns, max_ns;
};
void blocks_report(const struct blocks *bs, struct block_report *r);

#endif
