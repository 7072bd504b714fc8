/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which flow a frame belongs to, before it is decoded: a guess, so that what is
 * known of the flow is at hand when its turn comes (flow_ahead). Only the plain
 * cases: Ethernet with tags or raw IP, IPv4 or IPv6, TCP or UDP, no fragment,
 * no extension header, no tunnel.
 */
#ifndef DECODERS_TRACK_PEEK_H
#define DECODERS_TRACK_PEEK_H

#include "core/slice.h"
#include "decoders/track/flow.h"

/* dlt is libpcap's link type. *from: which side of the key sent
 * it. false: no plain case; both are undefined then. */
NODISCARD bool peek_key(int dlt, struct slice frame, bool vlan_agnostic,
    struct flow_key *key, unsigned *from);

#endif
