/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What link layers share whose short header has no sid of its own in Snort:
 * they report Ethernet's. */
#ifndef DECODERS_LINK_LINK_H
#define DECODERS_LINK_LINK_H

#include "decoders/decode.h"

/* 116:424, for the module's event table. */
extern const struct dec_event_def dec_link_truncated[1];
/* Raises it; DEC_STOP. */
enum dec_result dec_link_stop(struct dec_ctx *ctx, struct packet *pkt);

#endif
