/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bait-and-switch in a run: from rules and events to what the kernel is asked
 * (respond/bait.h), and its log. One for all workers. */
#ifndef SENSOR_SWITCHER_H
#define SENSOR_SWITCHER_H

#include "core/base.h"
#include "core/mtime.h"
#include "detect/ruleset.h"
#include "sensor/respond/bait.h"
#include "sensor/sticky.h"

struct switcher;

/*
 * While the process has its rights. conf (of which portscan_s means nothing) is
 * borrowed until switcher_adopt(). NULL: no rule asks for it, or it cannot be,
 * which is said: those rules end sessions all the same.
 */
struct switcher *switcher_open(const struct sticky_conf *conf,
    const struct ruleset *rules);
/* Once they are dropped: the log, where one is asked for. s may be NULL; false
 * with a message in err. */
NODISCARD bool switcher_log(struct switcher *s, const char *logdir, char *err,
    size_t err_len);
/* Other rules, while the workers rest. What needs a new start is said. */
void switcher_adopt(struct switcher *s, const struct sticky_conf *conf,
    const struct ruleset *rules);
/* Takes all back. s may be NULL. */
void switcher_close(struct switcher *s);

/* For several workers at a time: does the configuration leave it alone? */
bool switcher_ignores(const struct switcher *s, const struct sticky_event *e);
/* Asks, and never waits; false: it is lost. */
bool switcher_ask(struct switcher *s, const struct bait_job *j,
    struct mtime now);
/* The kernel's side of it, into the counters of one worker. */
void switcher_counts(const struct switcher *s, uint64_t ctrs[BAIT_CTR_MAX]);

#endif
