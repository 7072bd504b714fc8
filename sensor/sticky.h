/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snort_inline's sticky drop: addresses all of whose packets are dropped for
 * some time, from them and to them, because of an event. One table for all
 * workers, of a fixed size, in parts that have a lock each; while it is empty
 * nobody takes one.
 */
#ifndef SENSOR_STICKY_H
#define SENSOR_STICKY_H

#include "core/base.h"
#include "core/counter.h"
#include "core/ipaddr.h"
#include "core/mtime.h"
#include "decoders/packet.h"

/* Addresses that are never dropped, but where port is not 0 for events at
 * that port of theirs. */
struct sticky_host {
	struct ipaddr net;
	uint8_t bits;
	uint16_t port;
};

/* preprocessor stickydrop and its kin; lists in the tree's arena. */
struct sticky_conf {
	uint32_t max_entries; /* 0: the default */
	const char *log_file; /* in the log directory; NULL: none */
	uint32_t portscan_s;  /* stickydrop-timeouts: sfportscan; 0: never */
	struct sticky_host *ignored;
	unsigned n_ignored;
	const uint8_t *from, *to; /* bitmaps of ports; NULL: none */
};

#define STICKY_COUNTERS(X)                                                     \
	X(ADDED, "added", "addresses whose packets are dropped from then on")  \
	X(EXTENDED, "extended", "that already were, and are for longer")       \
	X(IGNORED, "ignored", "not added: the configuration says so")          \
	X(EXPIRED, "expired", "whose time was over")                           \
	X(EVICTED, "evicted", "that gave way to others in a full table")       \
	X(LOGGED, "logged", "dropped packets in log-file")                     \
	X(NOT_LOGGED, "not_logged", "likewise, but too many in a second")
enum {
#define X(NAME, name, help) STICKY_CTR_##NAME,
	STICKY_COUNTERS(X)
#undef X
	STICKY_CTR_MAX
};
extern const struct ctr_group sticky_counters;

/* The ends of the packet that an event is for. */
struct sticky_event {
	const struct ipaddr *src, *dst;
	uint16_t sport, dport;
	bool dest;        /* it is the destination's address */
	uint32_t seconds;
	struct mtime now;
};

/* Does the event hold nobody, as the configuration says? */
bool sticky_ignores(const struct sticky_conf *c, const struct sticky_event *e);

struct sticky;

/* conf is borrowed, until sticky_adopt(); its max_entries and log_file are
 * read here only. NULL with a message in err. */
NODISCARD struct sticky *sticky_new(const struct sticky_conf *conf,
    const char *logdir, char *err, size_t err_len);
void sticky_free(struct sticky *s);
/* While the workers rest. */
void sticky_adopt(struct sticky *s, const struct sticky_conf *conf);

/* The rest are for several workers at a time, each with counters of its own. */
void sticky_add(struct sticky *s, const struct sticky_event *e,
    uint64_t ctrs[STICKY_CTR_MAX]);
/* sfportscan's, as its line of timeouts says; 0: not at all. */
uint32_t sticky_portscan_s(const struct sticky *s);
/* Is the packet of such an address? */
bool sticky_has(struct sticky *s, const struct pkt_dec *d, struct mtime now,
    uint64_t ctrs[STICKY_CTR_MAX]);
/* Writes that the packet was dropped, where that is asked for. */
void sticky_log(struct sticky *s, const struct packet *p,
    uint64_t ctrs[STICKY_CTR_MAX]);

#endif
