/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only writer of packets. Bytes of a frame that waits for its verdict are
 * overwritten in place, and the checksums that cover them are put right: by
 * the difference (RFC 1624), so that one that was wrong stays wrong, and a
 * packet that was captured in part stays as right as it was.
 */
#ifndef SENSOR_RESPOND_REPLACE_H
#define SENSOR_RESPOND_REPLACE_H

#include "core/base.h"
#include "core/slice.h"
#include "decoders/packet.h"

/* A frame that may be changed. p was decoded from it and reads the same bytes;
 * its offsets stay right, its values are the caller's to update. */
struct rewrite {
	uint8_t *room; /* NULL: nothing can be changed */
	uint32_t len;  /* what goes on of it */
	/* the transport's checksum is not filled in yet; several segments in
	 * one, for each of which the kernel makes headers */
	bool not_ready, is_gso;
	const struct packet *pkt;
	bool changed;
};

/* len bytes at room, p's; the flags are the caller's to set. */
struct rewrite rewrite_begin(uint8_t *room, uint32_t len,
    const struct packet *p);
/* Writes s over the bytes from off on, as far as the frame reaches. false:
 * nothing was, for there is no room or no byte to write. */
bool rewrite_bytes(struct rewrite *w, uint32_t off, struct slice s);
bool rewrite_u8(struct rewrite *w, uint32_t off, uint8_t v);
/* Cuts the transport's payload to its first `keep` bytes, and what is behind
 * the datagram: lengths and checksums of the innermost headers become those of
 * what is left. false: nothing was cut (a tunnel, a fragment, or a packet that
 * is not all there). */
bool rewrite_cut(struct rewrite *w, uint32_t keep);
/* Once all is written: what goes on, 0: the frame as it came. Where the kernel
 * has not yet filled the transport's checksum in, and will not once the packet
 * is handed back, it is filled in here; the parts of a GSO packet get theirs
 * from the kernel. */
uint32_t rewrite_end(struct rewrite *w);

/* The transport's whole checksum as it belongs into the header, computed from
 * the innermost headers at p's offsets in b, whose field counts as 0. */
uint16_t rewrite_l4_csum(const uint8_t *b, const struct packet *p,
    uint32_t len);

#endif
