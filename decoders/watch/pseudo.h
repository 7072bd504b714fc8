/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets that were never on the wire: what a report is made on that belongs
 * to no packet. Text as the payload of IP, from and to the addresses that it
 * is about, with a protocol number of its own.
 */
#ifndef DECODERS_WATCH_PSEUDO_H
#define DECODERS_WATCH_PSEUDO_H

#include "decoders/packet.h"

enum { PSEUDO_TEXT = 1024 };

struct pseudo_room {
	struct packet pkt;
	uint8_t frame[PSEUDO_TEXT + 128];
};

struct pseudo {
	uint8_t ip_proto;
	struct ipaddr src, dst;
	bool own_link; /* MAC addresses that spell MACDAD, else the trigger's
	                  header */
	struct slice text; /* at most PSEUDO_TEXT */
};

/* Writes room->pkt, of the link type and the time of `trigger`. Rules do not
 * see it; events are the caller's to add. */
void pseudo_make(struct pseudo_room *room, const struct packet *trigger,
    const struct pseudo *what);

#endif
