/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is reported of a session with much sensitive data (gid 139). The
 * counting is detection's (detect/sd.h), this is the packet it is told on. */
#ifndef DECODERS_WATCH_SENSITIVE_H
#define DECODERS_WATCH_SENSITIVE_H

#include "decoders/decode.h"
#include "decoders/watch/pseudo.h"

const struct dec_event_def *sensitive_events(unsigned *n);

/* The packet that says what was counted, as text: Snort's, of IP protocol 254
 * between the ends of `trigger`, with the event 139:1. */
void sensitive_report(struct pseudo_room *room, const struct packet *trigger,
    struct slice text);

#endif
