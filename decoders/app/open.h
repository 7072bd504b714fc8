/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inline: a buffer that is under way, for the parsers' app_ops.open. What is
 * shown with each piece are the last LIM_APP_OPEN_TAIL bytes before it and all
 * that it adds: what a segment costs does not grow with the buffer.
 */
#ifndef DECODERS_APP_OPEN_H
#define DECODERS_APP_OPEN_H

#include "core/base.h"
#include "core/limits.h"
#include "core/slice.h"

struct app_tail {
	uint64_t out; /* bytes of the PDU's buffers so far, as shown */
	bool cut;     /* the unit under way has some before those kept */
	uint16_t n;
	uint8_t b[LIM_APP_OPEN_TAIL];
};

/* The tail and what is added, in `room`, of LIM_APP_OPEN_TAIL + add.len bytes;
 * where there is no tail, add itself. */
struct slice app_tail_view(struct app_tail *t, struct slice add,
    uint8_t *room);
/* What is kept of a view that was shown; ends: the next unit begins. */
void app_tail_keep(struct app_tail *t, struct slice all, bool ends);

#endif
