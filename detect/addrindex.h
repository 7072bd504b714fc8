/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rules' address lists contain an address: one binary search over
 * sorted, disjoint ranges, whatever the number of lists. Rules from reputation
 * feeds hold tens of thousands of addresses and nothing else to find them by.
 */
#ifndef DETECT_ADDRINDEX_H
#define DETECT_ADDRINDEX_H

#include "core/arena.h"
#include "core/base.h"
#include "core/ipaddr.h"
#include "rules/tree.h"

/* What the index finds: a number of the caller's (here, places in a list). */
struct addr_entry {
	const struct ip_set *set; /* its positive networks are indexed; what
	                             they exclude, the caller checks */
	uint32_t value;
};

struct addr_range6 {
	uint64_t hi, lo; /* first address */
	uint32_t list;
};

struct addr_index {
	/* first address of each range, up to the next one's, and its list */
	uint32_t *start4, *list4;
	uint32_t n4;
	uint32_t *top; /* by the upper 16 bits: the range they begin in */
	struct addr_range6 *ranges6;
	uint32_t n6;
	/* lists[i] is a count, its values follow; lists[0] is 0 */
	uint32_t *lists;
};

/* Addresses that a set's positive networks cover, IPv4's as a share of 2^32
 * and an IPv6 /32 as much as one IPv4 address; UINT64_MAX: not indexable (no
 * positive network). */
uint64_t addr_weight(const struct ip_set *s);

/* From the arena. False when the lists would take too much memory: then
 * nothing is indexed. */
bool addr_index_build(struct addr_index *ai, struct arena *arena,
    const struct addr_entry *es, uint32_t n);

/* The values whose networks contain the address: *n of them, ascending. */
const uint32_t *addr_index_find(const struct addr_index *ai,
    const struct ipaddr *a, uint32_t *n);

#endif
