/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multi-pattern search: which rules' fast patterns are in a buffer. A bundle
 * is the fast patterns of some rules over one buffer: each distinct literal
 * once, in one Hyperscan database, with the rules that wait for it. Bundles of
 * equal literals share the database.
 *
 * A literal of a bundle is a slot: slot_first[s] .. slot_first[s + 1] are its
 * rules in slot_rules, ascending (rules are numbered in reporting order).
 */
#ifndef DETECT_PREFILTER_H
#define DETECT_PREFILTER_H

#include <hs.h>

#include "core/arena.h"
#include "core/base.h"
#include "core/erec.h"
#include "core/limits.h"
#include "core/slice.h"
#include "detect/rule.h"
#include "detect/vec.h"

struct hscache;

struct database {
	hs_database_t *hs; /* NULL: could not be compiled */
	uint64_t key[2];   /* of its literals */
	uint32_t n;
	uint32_t longest;  /* bytes of its longest literal */
	size_t lit_bytes;
	struct slice *lits; /* lower case; the literals' ids are indices */
	bool cached;
	const char *error;
};

struct bundle {
	enum buf_id space; /* the buffer to scan */
	uint32_t n, base;  /* literals, and the slot of the first */
	bool any_ignored;  /* of all its rules */
	const struct database *db;
};

struct prefilter {
	struct arena *arena;      /* of the rule set */
	const struct crule *rules;
	struct bundle **bundles;
	struct database **dbs;
	uint32_t n_bundles, n_dbs;
	struct vec32 slot_first, slot_rules;
};

/* The buffer whose literals a fast pattern of `buf` is searched with: Snort
 * searches payload, decoded payload and file_data with one set. */
enum buf_id prefilter_space(enum buf_id buf);
/* Can this rule be found by its pattern? */
bool prefilter_has(const struct crule *r);

/* The array is borrowed and must outlive it; rules are named by index. */
void prefilter_init(struct prefilter *pf, struct arena *arena,
    const struct crule *rules);
void prefilter_fini(struct prefilter *pf);
/* The bundle of these rules, all of one space and with a pattern; n > 0. */
const struct bundle *prefilter_add(struct prefilter *pf, const uint32_t *rules,
    uint32_t n);
/* Compiles (or takes from the cache, which may be NULL) every database, on as
 * many threads. What Hyperscan refuses is an EREC_CONFIG in errors. */
void prefilter_compile(struct prefilter *pf, struct hscache *cache,
    unsigned threads, struct erecs *errors);
/* The slots are complete. */
void prefilter_seal(struct prefilter *pf);

/* Where a literal ends in the buffer that it was found in, ascending: each
 * place up to `known', and none behind it. */
struct hit_places {
	uint32_t known, n;
	uint32_t ends[LIM_HIT_PLACES];
};

struct hit {
	uint64_t order; /* scan number, then end offset */
	uint32_t slot;
	uint32_t nth;   /* its places are hits.places[nth] */
};

/* A worker's hits on one unit. */
struct hits {
	hs_scratch_t *scratch;
	uint32_t *stamp; /* by slot: the generation that saw it last */
	uint16_t *place; /* by slot that it saw: where in the list, and among
	                    the places */
	uint32_t gen, n;
	uint32_t base, scan, from; /* of the scan under way */
	uint64_t lost;   /* scans ended because the list was full */
	uint64_t errors; /* scans that Hyperscan failed */
	struct hit *list, *spare; /* LIM_CANDIDATES each */
	struct hit_places *places; /* likewise */
};

/* Room for the hits of any unit; false: out of memory. */
NODISCARD bool hits_init(struct hits *h, const struct prefilter *pf);
void hits_fini(struct hits *h);
/* Forgets the hits of the unit before. */
void hits_begin(struct hits *h, const struct prefilter *pf);
/* Adds the bundle's hits in s: each literal's first one, and the places of the
 * next few. Hits count by end offset within their scan number. A failed scan is
 * counted and adds nothing; false: not all hits are known. */
bool hits_scan(struct hits *h, const struct bundle *b, struct slice s,
    uint32_t scan);
/* The same where the bytes [from, to) of s were scanned with a lower number:
 * what is found there needs no other place, and all that is left are hits that
 * reach out of them. Adds to *bytes what was searched. */
bool hits_scan_around(struct hits *h, const struct bundle *b, struct slice s,
    size_t from, size_t to, uint32_t scan, uint64_t *bytes);
/* The same for parts of a buffer, in any order, and for hits known before:
 * hits_add says where such a literal ends (more: and may end again behind
 * that), hits_scan_part searches bytes [from, to) of s. False, and nothing is
 * counted: the list is full, or the scan failed. */
bool hits_add(struct hits *h, uint32_t slot, uint32_t end, bool more,
    uint32_t scan);
bool hits_scan_part(struct hits *h, const struct bundle *b, struct slice s,
    uint32_t from, uint32_t to, uint32_t scan);
/* By scan, end offset, length of the literal, and first rule. */
void hits_sort(struct hits *h, const struct prefilter *pf);

#endif
