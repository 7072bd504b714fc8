/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Community ID version 1: one name for a flow in every tool's log. */
#ifndef OUTPUT_COMMUNITY_ID_H
#define OUTPUT_COMMUNITY_ID_H

#include "core/buf.h"
#include "output/record.h"

/* Appends 1:BASE64. The packet has an IP header. */
void community_id_put(struct buf *b, const struct record_packet *p,
    uint16_t seed);

#endif
