/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tag: after an event, packets of the same session or host are logged too. */
#ifndef DETECT_FILTER_TAGGING_H
#define DETECT_FILTER_TAGGING_H

#include "core/base.h"
#include "core/lru.h"
#include "detect/rule.h"

struct tags {
	struct lru sessions, hosts; /* LIM_TAGS each; the oldest gives way */
};

NODISCARD bool tags_init(struct tags *t);
void tags_fini(struct tags *t);
void tags_clear(struct tags *t);

/* The event was reported for this packet: those after it are tagged. flow: the
 * number of its flow, 0 for none; another flow between the same ports is
 * another session. */
void tags_set(struct tags *t, const struct rule_tag *tag,
    const struct packet *pkt, uint64_t flow, uint32_t event_id);
/*
 * Is this packet tagged? Then it counts against its tag, and *event_ref is
 * the event it belongs to. `limit` is config tagged_packet_limit: how many at
 * most where the tag does not count packets, 0: no limit.
 */
bool tags_check(struct tags *t, const struct packet *pkt, uint64_t flow,
    unsigned limit, uint32_t *event_ref);

#endif
