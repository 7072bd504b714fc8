/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The defragmenter's memory: cells, and the trackers and fragments in them. */
#ifndef DECODERS_TRACK_DEFRAG_MEM_H
#define DECODERS_TRACK_DEFRAG_MEM_H

#include "core/cursor.h"
#include "core/slice.h"
#include "decoders/track/defrag.h"

enum {
	FRAG_CELL = 256,  /* bytes */
	FRAG_PATCHES = 6, /* outer length fields put right */
};

/* Who a datagram belongs to; padding-free. */
struct frag_key {
	uint8_t src[16], dst[16], outer_src[16], outer_dst[16];
	uint32_t id, mpls;
	uint16_t vlan;
	uint8_t proto; /* 0 for IPv6: RFC 8200 4.5 does not count it */
	uint8_t version;
};
static_assert(sizeof(struct frag_key) == 76, "a key has no padding");

/*
 * All memory is cells of one size, so that traffic cannot shape what memory
 * is good for: a cell holds a tracker, or a stored fragment and its first
 * bytes, or more bytes. They come in pages up to memcap.
 */
struct frag_bytes {
	struct frag_bytes *next;
	uint8_t b[FRAG_CELL - sizeof(void *)];
};

/* Bytes of a datagram: `len` from `off` on. They are the owner's, from its
 * byte `skip` on; the owner is the node itself until one is split. */
struct frag_node {
	struct frag_node *next, *prev;
	struct frag_node *owner;
	struct frag_bytes *rest; /* of an owner's bytes */
	uint32_t off, len, skip;
	uint32_t size; /* owner: all of its bytes */
	uint32_t refs; /* owner: nodes that use its bytes */
	uint8_t b[FRAG_CELL - 4 * sizeof(void *) - 5 * sizeof(uint32_t) -
	    sizeof(uint32_t)];
};

enum frag_patch_kind {
	PATCH_IP4,
	PATCH_IP6,
	PATCH_UDP,
	PATCH_PPPOE,
	PATCH_GTP,
};
struct frag_patch {
	uint16_t off; /* of the header from the frame's first byte */
	uint8_t kind; /* enum frag_patch_kind */
};

struct frag_tracker {
	struct frag_tracker *hash_next, *older, *younger;
	uint64_t hash;
	struct frag_key key;
	struct mtime first;   /* when its first fragment came */
	/* of its engine, which a reload may take away */
	uint32_t timeout_s, overlap_limit, min_length;
	uint8_t policy; /* enum frag_policy */
	bool anomalies;
	bool got_first, got_last, bad;
	bool dropped; /* one of its fragments was */
	uint8_t n_options; /* IP options of the later fragments, 0: unseen */
	uint8_t n_alerts, n_patches;
	struct frag_node *head, *tail;
	uint32_t n_nodes, bytes;
	uint32_t total;    /* got_last: of the datagram */
	uint32_t highest;  /* the furthest end so far */
	uint32_t overlaps;
	/* of the fragment with offset 0 */
	struct frag_bytes *prefix;
	uint16_t prefix_len, ip_off;
	uint16_t next_off; /* IPv6: see struct frag_in */
	uint8_t next;
	struct frag_patch patches[FRAG_PATCHES];
	/* struct pkt_event alerts[DEFRAG_ALERTS], NULL until the first */
	struct frag_bytes *alerts;
};
static_assert(sizeof(struct frag_tracker) <= FRAG_CELL, "one cell");
static_assert(sizeof(struct frag_node) <= FRAG_CELL, "one cell");
static_assert(sizeof(struct frag_bytes) <= FRAG_CELL, "one cell");
static_assert(DEFRAG_ALERTS * sizeof(struct pkt_event) <=
    sizeof(((struct frag_bytes *)0)->b), "alerts fit into a cell");

union frag_cell {
	union frag_cell *next_free;
	struct frag_tracker tracker;
	struct frag_node node;
	struct frag_bytes bytes;
};

struct frag_page;
/* Pages are kept until the end. */
struct frag_pool {
	struct frag_page *pages;
	union frag_cell *free;
	size_t n_free, n, max; /* cells: free, in pages, allowed */
	uint32_t n_nodes;      /* fragments held */
};

void frag_pool_set_max(struct frag_pool *pool, size_t memcap);
void frag_pool_fini(struct frag_pool *pool);
/* Are n cells free, or can be had within the limit? */
NODISCARD bool frag_pool_has(struct frag_pool *pool, size_t n);
/* One of those that frag_pool_has() found; its bytes are undefined. */
union frag_cell *frag_cell_take(struct frag_pool *pool);
void frag_cell_give(struct frag_pool *pool, void *cell);

/* A copy of s as a chain; false: no room. */
NODISCARD bool frag_bytes_copy(struct frag_pool *pool, struct slice s,
    struct frag_bytes **out);
/* Reads the bytes [at, at + len) of a chain that has them. */
void frag_bytes_read(const struct frag_bytes *b, size_t at, size_t len,
    uint8_t *out);
void frag_bytes_free(struct frag_pool *pool, struct frag_bytes *b);

/* How many cells a fragment of len bytes takes. */
size_t frag_node_cells(size_t len);
/* A new node behind `left` (NULL: at the head) with its own copy of the data;
 * NULL when there is no room or the tracker has LIM_FRAGS. */
NODISCARD struct frag_node *frag_node_add(struct frag_pool *pool,
    struct frag_tracker *t, struct frag_node *left, uint32_t off,
    struct slice data);
/* A new node behind n for its bytes from `at` on; n keeps its length. NULL as
 * above. */
NODISCARD struct frag_node *frag_node_split(struct frag_pool *pool,
    struct frag_tracker *t, struct frag_node *n, uint32_t at);
/* Reads a node's first len bytes, of those it has. */
void frag_node_read(const struct frag_node *n, uint32_t len, uint8_t *out);
void frag_node_drop(struct frag_pool *pool, struct frag_tracker *t,
    struct frag_node *n);
void frag_nodes_drop(struct frag_pool *pool, struct frag_tracker *t);

#endif
