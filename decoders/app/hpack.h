/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Header fields as HTTP/2 writes them: HPACK, RFC 7541. A direction's decoder
 * is a struct hpack; what many of them share is the worker's struct
 * hpack_pool. A block of fields is read once it is whole:
 *
 *	struct cursor block = cur_make(bytes, n);
 *	hpack_block(h);
 *	while ((res = hpack_next(h, pool, &block, &field)) == HPACK_FIELD)
 *		...
 */
#ifndef DECODERS_APP_HPACK_H
#define DECODERS_APP_HPACK_H

#include "core/cursor.h"
#include "core/limits.h"
#include "core/slab.h"
#include "core/slice.h"

struct hpack_table;

enum { HPACK_TABLE_SIZE = 4096, /* of the dynamic table, by default */
	HPACK_ENTRY = 32,       /* what an entry costs besides its bytes */
	HPACK_SYMBOLS = 257, HPACK_FAST_BITS = 9, HPACK_BITS = 30 };

enum hpack_result {
	HPACK_FIELD,
	HPACK_END,        /* of the block */
	/* and what ends the decoder: nothing behind it can be read */
	HPACK_BAD_INTEGER, HPACK_BAD_STRING, HPACK_BAD_INDEX, HPACK_BAD_UPDATE,
	HPACK_NO_MEMORY,  /* for the table */
	HPACK_BOMB,       /* more comes out than LIM_HPACK_RATIO allows */
};

/* What was odd about a block, and did no harm: bits of hpack.odd. */
enum hpack_odd {
	HPACK_ODD_ZEROS = 1 << 0,    /* an integer longer than it need be */
	HPACK_ODD_LATE = 1 << 1,     /* a size update behind a field */
	HPACK_ODD_UPDATES = 1 << 2,  /* more than two of them */
	HPACK_ODD_LARGE = 1 << 3,    /* to more than was allowed */
	HPACK_ODD_UNKNOWN = 1 << 4,  /* a reference to what was lost */
};

struct hpack {
	struct hpack_table *table; /* NULL: empty */
	uint32_t size;    /* the table may have so many bytes, RFC 7541 4.2 */
	uint32_t allowed; /* by the other side's settings */
	bool lost;        /* entries were: references to them are unknown */
	bool dead;        /* a block was bad */
	uint8_t updates;  /* of this block */
	bool fields;      /* were there any in it? */
	unsigned odd;     /* bits of enum hpack_odd, of this block */
	uint64_t in, out; /* bytes of blocks, and of what they said */
};

/* Borrowed until the next call with the pool, or the block. */
struct hpack_field {
	struct slice name, value;
	bool unknown; /* there was one, but what it was is lost */
};

struct hpack_pool {
	struct slab small, large; /* tables */
	/* codes of up to HPACK_FAST_BITS by what they begin: length and byte */
	uint16_t fast[1 << HPACK_FAST_BITS];
	uint16_t sorted[HPACK_SYMBOLS]; /* symbols by their codes */
	uint32_t limit[HPACK_BITS + 2]; /* above the codes of this length */
	uint32_t first[HPACK_BITS + 2]; /* the first of them */
	uint16_t at[HPACK_BITS + 2];    /* and its symbol's place */
	uint8_t room[LIM_HPACK_ROOM];
	size_t used;
};

/* How many tables of 4096 bytes, and of LIM_HPACK_TABLE, there may be. */
void hpack_pool_init(struct hpack_pool *p, uint64_t small, uint64_t large);
void hpack_pool_fini(struct hpack_pool *p);

void hpack_init(struct hpack *h);
void hpack_fini(struct hpack *h, struct hpack_pool *p);
/* Blocks are missing: what is added from here on is known. */
void hpack_lose(struct hpack *h, struct hpack_pool *p);
/* SETTINGS_HEADER_TABLE_SIZE of the side that reads the blocks. */
void hpack_allow(struct hpack *h, uint32_t size);
/* A block begins. */
void hpack_block(struct hpack *h);
/* The next field of the block; c is behind it. */
enum hpack_result hpack_next(struct hpack *h, struct hpack_pool *p,
    struct cursor *c, struct hpack_field *f);
/* Entries there are in the dynamic table. */
unsigned hpack_entries(const struct hpack *h);

/* Undoes Huffman's code into the room (of so many bytes); false: it is none,
 * or the room is too small. RFC 7541 5.2 */
bool hpack_huffman(const struct hpack_pool *p, struct slice coded,
    uint8_t *room, size_t size, size_t *n);

#endif
