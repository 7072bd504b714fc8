/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's sets of blocked addresses and connections, by netlink
 * (linux/netfilter/ipset/ip_set.h, protocol 6 and 7) with libmnl: libipset's
 * session sends one entry at a time and lists as text only; here many entries
 * go in one message, and what is held comes back as it is.
 */
#ifndef SENSOR_RESPOND_KSET_H
#define SENSOR_RESPOND_KSET_H

#include "core/base.h"
#include "sensor/respond/hands.h"

enum kset_id {
	KSET_FROM4, KSET_TO4, KSET_CONN4, KSET_FROM6, KSET_TO6, KSET_CONN6,
	KSETS
};

enum { KSET_BATCH = 128 }; /* entries in one call */

extern const char *const kset_names[KSETS];

struct kset;

/* NULL: *error is an errno, or of enum hand_error. */
NODISCARD struct kset *kset_open(int *error);
void kset_close(struct kset *k);

/* All of these: 0, or an error that hands_why() knows. */

/* Makes the set, or takes it over with what it holds; *made says which. */
int kset_make(struct kset *k, enum kset_id id, uint32_t entries, bool *made);
/* *n: what it holds; ENOENT: there is none. */
int kset_count(struct kset *k, enum kset_id id, uint32_t *n);
int kset_flush(struct kset *k, enum kset_id id);
int kset_destroy(struct kset *k, enum kset_id id);

struct kset_op {
	enum kset_id id;
	bool del;
	uint32_t seconds;
	const struct block_key *key;
	int error; /* out */
};
/* At most KSET_BATCH of them, in their order, in one call of the kernel. */
void kset_apply(struct kset *k, struct kset_op *ops, unsigned n);

typedef void kset_seen(void *arg, const struct block_key *key,
    uint32_t seconds);
/* Calls seen() for each entry, with the seconds left. */
int kset_list(struct kset *k, enum kset_id id, kset_seen *seen, void *arg);

/* The sets that a block is in, of its family; at most two. */
unsigned kset_of(const struct block_key *k, enum kset_id id[2]);

#endif
