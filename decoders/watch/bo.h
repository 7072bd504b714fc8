/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Back Orifice, as Snort 2.9's preprocessor bo: a UDP datagram on any port
 * whose first eight bytes are the program's magic text, enciphered with one of
 * its 65536 keys. Events of gid 105.
 */
#ifndef DECODERS_WATCH_BO_H
#define DECODERS_WATCH_BO_H

#include "core/base.h"
#include "decoders/decode.h"
#include "decoders/packet.h"

/* What it can tell: bits of conf.silent and conf.drop. */
enum bo_kind {
	BO_GENERAL, /* 105:1, whose direction is not known */
	BO_CLIENT,
	BO_SERVER,
	BO_SNORT_ATTACK, /* a length that overran a buffer of Snort's once */
};

struct bo_conf {
	bool enabled;
	uint8_t silent; /* noalert { }: bits 1 << enum bo_kind */
	uint8_t drop;   /* drop { }: inline; here they alert as the others do */
};

struct bo;

/* The keys by what they make of the magic text: half a megabyte. NULL: out of
 * memory. */
NODISCARD struct bo *bo_new(void);
void bo_free(struct bo *b);

const struct dec_event_def *bo_events(unsigned *n);

/* Raises the event on p and returns true if it is Back Orifice's. */
bool bo_packet(const struct bo *b, const struct bo_conf *conf,
    struct packet *p);

#endif
