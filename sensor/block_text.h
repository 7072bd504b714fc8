/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks in words: what `aduana block' prints of them, as lines for a terminal
 * and as JSON.
 */
#ifndef SENSOR_BLOCK_TEXT_H
#define SENSOR_BLOCK_TEXT_H

#include "core/buf.h"
#include "core/mtime.h"
#include "sensor/respond/block.h"

/* Local time, to the second. */
void block_put_time(struct buf *b, struct mtime t);
/* A line of the list, and an object of the list in JSON. */
void block_put_row(struct buf *b, const struct block *k);
void block_put_json(struct buf *b, const struct block *k);
/* All that is known of an address: its blocks, why it has none, whether it
 * never has. */
void block_explain(struct buf *b, struct blocks *bs, const struct ipaddr *a,
    bool json, struct mtime now);

#endif
