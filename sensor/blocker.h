/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Active response in a run: from events to the policy (respond/block.h), from
 * that to outputs, the helper that carries it out, and the control socket.
 */
#ifndef SENSOR_BLOCKER_H
#define SENSOR_BLOCKER_H

#include <stdio.h>

#include "core/base.h"
#include "core/mtime.h"
#include "detect/detect.h"
#include "sensor/respond/block.h"
#include "sensor/settings.h"

struct blocker;
struct inspect;

struct blocker_conf {
	const struct settings *settings;
	bool files;   /* packets are those of capture files */
	unsigned n_workers;
	int uid, gid; /* who the process becomes; -1: it stays */
	const struct hands_ops *ops; /* NULL: the kernel's */
};

/*
 * While the process has its rights: forks the helper, opens what tells who is
 * never blocked, and the control socket. *out NULL: nothing asks for it. false
 * with a message that says what to do; nothing is left behind then.
 */
NODISCARD bool blocker_open(struct blocker **out,
    const struct blocker_conf *c, char *err, size_t err_len);
/* Once they are dropped, and paths are those of the new root: reads what an
 * earlier process left. */
NODISCARD bool blocker_start(struct blocker *b, const struct settings *s,
    struct inspect *in, char *err, size_t err_len);
/* Another configuration. What needs a new start is said. */
void blocker_adopt(struct blocker *b, const struct settings *s);
/* Takes all back, unless config block: leave. NULL is nothing. */
void blocker_stop(struct blocker *b);

/* An event that outputs were told. */
void blocker_event(struct blocker *b, const struct inspect *in,
    const struct unit *u, const struct event *ev);
/* Between batches; idle: there were no packets. */
void blocker_step(struct blocker *b, struct mtime now, bool idle);

/* For statistics; b may be NULL. */
const uint64_t *blocker_counters(const struct blocker *b);
void blocker_print(FILE *to, const struct blocker *b);

/* The control socket when configuration and command line name none. */
#define BLOCKER_SOCKET "block.socket"

#endif
