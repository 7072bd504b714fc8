/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snort_inline's bait-and-switch: who is sent to which honeypot instead of
 * where he wants to, till when; and that as rules of the kernel's table nat.
 */
#ifndef SENSOR_RESPOND_BAIT_TABLE_H
#define SENSOR_RESPOND_BAIT_TABLE_H

#include "core/base.h"
#include "core/buf.h"
#include "core/ipaddr.h"
#include "sensor/respond/firewall_run.h"

#define BAIT_CHAIN "ADUANA_BAIT"
#define BAIT_BACK "ADUANA_BAIT_BACK"

struct bait_job {
	struct ipaddr attacker, victim, honeypot;
	uint32_t seconds;
};

/* Is it one that can be done: three different addresses of one family, and a
 * time? */
bool bait_job_ok(const struct bait_job *j);

struct bait_entry {
	struct bait_job job;
	uint64_t until_ns;
};

struct bait_table {
	struct bait_entry *entries;
	unsigned n, max;
};

enum bait_added {
	BAIT_ADDED,
	BAIT_EXTENDED, /* he was sent there already: for longer, if it is */
	BAIT_EVICTED,  /* added, in the place of who had the least time left */
};
/* The job is ok. Another honeypot for the same two waits until the time of the
 * first is over. */
enum bait_added bait_table_add(struct bait_table *t, const struct bait_job *j,
    uint64_t now_ns);
/* How many ended. */
unsigned bait_table_expire(struct bait_table *t, uint64_t now_ns);
/* When the next ends; UINT64_MAX: nobody is there. */
uint64_t bait_table_next(const struct bait_table *t);
/* A family's chains as iptables-restore --noflush fills them anew. */
void bait_table_print(const struct bait_table *t, enum firewall_family family,
    struct buf *out);

#endif
