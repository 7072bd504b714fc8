/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the block policy share; nobody else includes it. */
#ifndef SENSOR_RESPOND_BLOCK_INT_H
#define SENSOR_RESPOND_BLOCK_INT_H

#include "core/buf.h"
#include "core/lru.h"
#include "sensor/respond/block.h"

/* -- the table ---------------------------------------------------------------- */

/* Blocks by key, by age and by what time has to look at them; 1 to cap. */
struct block_table {
	struct block *slots; /* 0 is not used */
	uint32_t *buckets, *heap;
	uint32_t mask, cap, n, made; /* made: slots used so far */
	uint32_t free, newest, oldest, n_heap;
	uint32_t serial;
};
/* false: no memory. */
NODISCARD bool btab_init(struct block_table *t, uint32_t cap);
void btab_fini(struct block_table *t);
/* NULL: there is none; and none more can be. */
struct block *btab_find(const struct block_table *t,
    const struct block_key *k);
struct block *btab_add(struct block_table *t, const struct block_key *k);
void btab_drop(struct block_table *t, struct block *b);
/* Its times changed. */
void btab_due(struct block_table *t, struct block *b);
/* When time has to look at it next; UINT64_MAX: never. */
uint64_t btab_due_ns(const struct block *b);
/* The one to be looked at first; NULL: none is due by `now`. */
struct block *btab_next_due(const struct block_table *t, struct mtime now);
static inline uint32_t
btab_slot(const struct block_table *t, const struct block *b)
{
	return (uint32_t)(b - t->slots);
}

/* -- the file ------------------------------------------------------------------- */

/* Changes are appended; from time to time what is left is written anew, a part
 * at a time, and takes the file's place. */
struct block_file {
	char *path, *new_path; /* path NULL: nothing is saved */
	int fd, new_fd;        /* new_fd -1: none is being written */
	struct buf out;        /* of changes not written yet */
	struct buf new_out;
	uint64_t size, base;   /* bytes of it, and when it was new */
	uint32_t at;           /* where the table is read for the new one */
	bool broken;           /* said once */
};
/* Reads what an earlier process left, a call for each block, and begins a new
 * file beside it. false with a message where it is not to be trusted. */
typedef void block_load_fn(void *arg, const struct block *b);
NODISCARD bool bfile_open(struct block_file *f, const char *path,
    block_load_fn *load, void *arg, char *err, size_t err_len);
void bfile_put(struct block_file *f, const struct block *b);
void bfile_drop(struct block_file *f, const struct block_key *k);
/* Writes what is to be written, and some of a new file; *lost counts changes
 * that could not be. */
void bfile_step(struct block_file *f, const struct block_table *t,
    uint64_t *lost);
/* All of a new file at once. */
void bfile_finish(struct block_file *f, const struct block_table *t,
    uint64_t *lost);
void bfile_close(struct block_file *f);

/* -- the policy --------------------------------------------------------------- */

struct offender {
	struct mtime last;
	uint32_t times;
};

struct blocks {
	const struct block_conf *conf;
	struct never *never;
	const struct hands_ops *ops;
	struct hands *hands; /* NULL: none */
	struct block_table table;
	struct lru offenders; /* struct ipaddr -> struct offender */
	struct lru refusals;  /* struct ipaddr -> struct block_refusal */
	/* times of the last new blocks, oldest at meter_at when it is full */
	uint64_t *meter;
	uint32_t meter_size, meter_at, meter_n;
	struct mtime paused_until;
	struct block_file file;
	/* the kernel's list: asked for, and being read */
	uint64_t list_id;
	bool list_wanted, listing;
	uint32_t again_at; /* slots up to here are asked for again; 0: none */
	uint64_t job_id;
	uint64_t latency[LIM_BLOCK_LATENCIES];
	uint64_t n_latencies;
	uint64_t said_full, said_hands; /* log_warn_limited */
	block_where_fn *where;
	void *where_arg;
	uint64_t where_id;
	block_tell_fn *tell;
	void *tell_arg;
	uint64_t ctrs[BLOCK_CTR_MAX];
};

/* What became of b is told to who listens; reason and detail of a refusal. */
void blocks_tell(struct blocks *bs, enum block_status status,
    enum block_outcome reason, const char *detail, const struct block *b,
    struct mtime now);
/* b is not blocked: remembered for `explain', and told, the same address not
 * too often. failed: it was to be. */
void blocks_refuse(struct blocks *bs, const struct block *b,
    enum block_outcome why, bool failed, const char *detail, struct mtime now);

/* -- the kernel --------------------------------------------------------------- */

/* Is nothing done but told? */
bool blocks_are_dry(const struct blocks *bs);
/* Asks for b to be added or deleted; false: the queue is full, or there is
 * nobody to ask. */
bool blocks_ask_hands(struct blocks *bs, struct block *b, enum hand_what what,
    struct mtime now);
/* b ends, which is told as that once the kernel has done it. */
void blocks_take_away(struct blocks *bs, struct block *b,
    enum block_status as, struct mtime now);

#endif
