/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is blocked where the kernel has no sets: rules of the chain, of which
 * there may be HANDS_PLAIN_MAX blocks. Each says in its comment what it blocks
 * and until when, so that another process can go on with them.
 */
#ifndef SENSOR_RESPOND_PLAIN_H
#define SENSOR_RESPOND_PLAIN_H

#include "core/base.h"
#include "core/slice.h"
#include "sensor/respond/firewall_run.h"
#include "sensor/respond/hands.h"

struct plain {
	struct {
		struct block_key key;
		uint64_t until; /* seconds of the wall clock; 0: no end */
	} all[HANDS_PLAIN_MAX];
	unsigned n;
};

/* 0, or an error for hands_why(). */
int plain_add(struct plain *p, const struct block_key *k, uint32_t seconds,
    uint64_t now);
int plain_del(struct plain *p, const struct block_key *k);
/* Those whose time is over go; true: there were some. */
bool plain_expire(struct plain *p, uint64_t now);
/* The rules of a family, a line each; to be freed. */
NODISCARD char *plain_rules(const struct plain *p,
    enum firewall_family family);
/* Takes in the rules of the chain in what iptables-save says. */
void plain_read(struct plain *p, struct text save, uint64_t now);

#endif
