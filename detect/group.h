/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rules can match a packet, by protocol and ports. A rule with a narrow
 * port list is found by that port, any other in the protocol's any-any part.
 * Ports map to classes: a class is a distinct set of rules.
 */
#ifndef DETECT_GROUP_H
#define DETECT_GROUP_H

#include "core/base.h"
#include "detect/addrindex.h"
#include "detect/detect.h"
#include "detect/prefilter.h"

enum proto_set { SET_TCP, SET_UDP, SET_ICMP, SET_IP, SET_COUNT };

/* A rule without a fast pattern, and what TCP flags it insists on. */
struct plain_rule {
	uint32_t rule;
	uint8_t must, must_not;
};

/* What is to be searched and tried together. */
struct rule_part {
	const struct bundle **bundles; /* HTTP buffers first, payload last */
	uint32_t n_bundles;
	const struct plain_rule *plain; /* ascending */
	uint32_t n_plain;
	/* its bundles hold the any-any part's rules, too: one pass for both */
	bool with_any;
};

struct port_side {
	uint16_t *class_of; /* by port; NULL: no rule is found by this side */
	struct rule_part *classes; /* class 0 is empty */
	uint32_t n;
};

struct group {
	struct rule_part any;
	struct port_side dst, src;
	/* rules without a fast pattern found by address: places in `listed` */
	struct addr_index by_src, by_dst;
	const struct plain_rule *listed;
	uint32_t n_listed;
	/* TCP flags some rule of `listed` can match, a bit per value */
	uint64_t listed_flags[4];
};

struct groups {
	struct group set[SET_COUNT];
};

/* The set whose rules are tested on a packet. */
enum proto_set group_of(const struct pkt_dec *dec);

static inline bool
plain_rule_may(const struct plain_rule *p, uint8_t tcp_flags)
{
	return (tcp_flags & p->must) == p->must && !(tcp_flags & p->must_not);
}

/*
 * Sorts the rules named by `active` (ascending indices into pf's rules) into
 * groups and adds their bundles to pf. n_port_sets bounds port_set.id.
 */
void groups_build(struct groups *gs, struct arena *arena,
    struct prefilter *pf, const uint32_t *active, uint32_t n,
    uint32_t n_port_sets, const struct detect_conf *conf);
/* Releases what the arena does not hold. */
void groups_fini(struct groups *gs);

#endif
