/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What blocks: a process with the rights over the kernel's packet filter, the
 * near end of which is here. Jobs and answers go through rings in memory that
 * both share, so that asking costs no call of the kernel while the other is at
 * work. The helper believes nothing that it is asked: each job is checked.
 *
 * The kernel holds sets with timeouts (aduana-from4, -to4, -conn4 and the same
 * for IPv6), matched in a chain of its own, ADUANA-BLOCK, that is jumped to
 * first of all from INPUT, FORWARD, OUTPUT and, where present, DOCKER-USER.
 * Where there are no sets they are rules of that chain, fewer of them.
 */
#ifndef SENSOR_RESPOND_HANDS_H
#define SENSOR_RESPOND_HANDS_H

#include "core/base.h"
#include "core/ipaddr.h"

enum block_kind {
	BLOCK_ADDR, /* an address */
	BLOCK_CONN, /* what one address has with one port of another */
};

/* SnortSam's in and out; both: either. */
enum { BLOCK_FROM = 1, BLOCK_TO = 2 };

/*
 * What the kernel is told to stop. Bytes without padding: equal blocks are
 * equal bytes once block_key_plain() has been there, and can be hashed.
 */
struct block_key {
	uint8_t kind; /* enum block_kind */
	uint8_t how;  /* BLOCK_FROM, BLOCK_TO; of a connection always both */
	struct ipaddr addr;
	/* BLOCK_CONN, else zero: the other end, and the port there. Where it
	 * is the blocked address whose port is known, the ends change places:
	 * both ways are stopped. ICMP has type << 8 | code for a port,
	 * protocols without ports 0. */
	struct ipaddr peer;
	uint8_t proto;
	uint8_t port[2]; /* network byte order */
};
static_assert(sizeof(struct block_key) == 39, "block_key has no padding");

/* What a block does not use becomes zero. */
void block_key_plain(struct block_key *k);
/* Is it one that may be asked for? Else *why says what is wrong. */
NODISCARD bool block_key_ok(const struct block_key *k, const char **why);

enum hand_what {
	HAND_ADD,   /* also what is blocked already: it gets the new end */
	HAND_DEL,   /* what is not blocked is ENOENT */
	HAND_FLUSH, /* everything */
	HAND_LIST,  /* what the kernel holds: a HAND_HELD for each, then this */
	HAND_WHERE, /* the chains and rules of all tables, as text */
	HAND_CHECK, /* are chain, jumps and sets whole? Mended if not */

	/* answers only */
	HAND_HELD,  /* one entry, to the id of a HAND_LIST. Of an address there
	             * is one for each way it is blocked. */
	HAND_MENDED /* somebody undid some of it, and it is whole again; id 0.
	             * entries_lost: what was held is to be asked for again */
};

enum {
	HAND_SECONDS_MAX = 2147483, /* the kernel's, some 24 days; a longer
	                               block is renewed by who asked for it */
	HANDS_QUEUE = 1 << 16,      /* jobs that wait, and answers */
	HANDS_PLAIN_MAX = 1000,     /* blocks held as rules, without sets */
	HANDS_ENTRIES_MAX = 1 << 20, /* conf.entries */
	HANDS_LINE = 400,
};

struct hand_job {
	uint64_t id;
	uint32_t seconds; /* 0: without end */
	uint8_t what;     /* enum hand_what */
	struct block_key key;
};

struct hand_done {
	uint64_t id;      /* the job's */
	uint64_t done_ns; /* clock_ns() when the kernel had it */
	uint32_t seconds; /* HAND_HELD: left, 0: without end */
	int error;        /* 0, or what hands_why() gives the words for */
	int fd;           /* HAND_WHERE: the text, to be read from its start
	                     and closed by who takes it; else -1 */
	uint8_t what;     /* enum hand_what */
	uint8_t entries_lost;
	struct block_key key; /* the job's, or what is held */
};

/* Besides errno: */
enum hand_error {
	HAND_E_FULL = 4096, /* the set holds all it may */
	HAND_E_TYPE,        /* a set of that name is of another kind */
	HAND_E_SETS,        /* the kernel has no sets */
	HAND_E_JOB,         /* the job is none */
	HAND_E_BUILT,       /* built without libnetfilter_conntrack */
	HAND_E_FIREWALL,    /* iptables could not: hands_said() has what it
	                       said */
};

/* The words for an error, for people. */
const char *hands_why(int error);

struct hands_conf {
	const char *backend; /* "nft", "legacy": iptables-nft-restore and so
	                        on; NULL: iptables-restore, whatever it is */
	uint32_t entries;    /* each set holds at most; 0: 65536 */
	uint32_t check_ms;   /* between checks; 0: 1000 */
	bool leave;          /* sets and chains outlive the sensor, also a
	                        killed one */
	bool plain;          /* rules, even where there are sets */
};

struct hands_stats {
	uint64_t asked, full;       /* jobs taken; lost, the queue was full */
	uint64_t answered, failed;  /* and those of them with an error */
	uint64_t connections;       /* ended with a block */
	uint64_t connections_late;  /* blocks whose open connections were not
	                               looked for: too many at once */
	uint64_t checks, mended;
	uint64_t restarts;          /* of the helper, after it was killed */
	uint64_t lines_lost;        /* of what it had to say */
	bool plain;                 /* there are no sets */
	bool gone;                  /* the helper is no more: nothing is done */
};

struct hands;

/*
 * Forks the helper, while the process has its rights (and before it has grown),
 * and waits until it has made or taken over sets, chain and jumps: once it
 * returns blocks can be asked for. NULL with what is wrong and what to do in
 * err; nothing of ours is left then. Call it from the thread that ends with the
 * process: the helper cleans up when that ends.
 */
NODISCARD struct hands *hands_start(const struct hands_conf *c, char *err,
    size_t err_len);
/* Asks; never waits. false: the queue is full, counted, or the helper gone.
 * Jobs are done in their order. One thread at a time. */
bool hands_ask(struct hands *h, const struct hand_job *j);
/* Answers that are there, at most max; never waits. As many as asked for: there
 * may be more, for which hands_fd() does not become readable again. */
unsigned hands_answers(struct hands *h, struct hand_done *d, unsigned max);
/* Becomes readable when there are answers, lines, or the helper has gone. */
int hands_fd(const struct hands *h);
/* A line that the helper has to say, without newline, if there is one; never
 * waits. To be called after hands_answers(). */
bool hands_said(struct hands *h, char line[HANDS_LINE]);
void hands_stats(struct hands *h, struct hands_stats *s);
/* Waits until the jobs asked for are done and the helper ends. leave: sets and
 * chains stay, what is in them ends by itself; else all is taken away again.
 * false: something stayed, err says what. h may be NULL. */
bool hands_stop(struct hands *h, bool leave, char *err, size_t err_len);

/* All of it as a table, for who asks to be tested without a kernel. */
struct hands_ops {
	struct hands *(*start)(const struct hands_conf *c, char *err,
	    size_t err_len);
	bool (*ask)(struct hands *h, const struct hand_job *j);
	unsigned (*answers)(struct hands *h, struct hand_done *d, unsigned max);
	int (*fd)(const struct hands *h);
	bool (*said)(struct hands *h, char line[HANDS_LINE]);
	void (*stats)(struct hands *h, struct hands_stats *s);
	bool (*stop)(struct hands *h, bool leave, char *err, size_t err_len);
};
extern const struct hands_ops hands_kernel;

#endif
