/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What rules want blocked: by sid-block.map, config block_for: sid, their
 * option fwsam or sticky-drop, block_for: class and priority, or their action;
 * in that order, the first that has something to say of a rule.
 */
#ifndef SENSOR_BLOCK_WANT_H
#define SENSOR_BLOCK_WANT_H

#include "detect/detect.h"
#include "sensor/settings.h"

/* Reads sid-block.map and sid-fwsam.map from beside the configuration, where
 * they are there: lines of `[GID:]SID: who[how][, duration]', # and ; begin
 * comments. What is wrong goes to the tree's errors. */
void block_map_read(struct settings *s, struct tree *t);
/* Sorts by gid and sid; of two for one rule the later stays. */
void block_rules_sort(struct block_rule *v, unsigned *n);
/* "2001" or "1:2001" */
NODISCARD bool block_rule_id(struct text t, uint32_t *gid, uint32_t *sid);

/* What an event's rule wants. false: nothing. Fills whom, how, how long and
 * what asked; not the event and its packet. action: after rate filters.
 * dropped: drops are carried out, and need no block. */
NODISCARD bool block_want(const struct settings *s, const struct event *ev,
    bool dropped, struct block_ask *a);

#endif
