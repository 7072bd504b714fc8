/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A collection of frames, each made to raise certain decoder events (or none):
 * shared by the tests that check the events, and by those that cut, spoil and
 * fuzz frames.
 */
#ifndef TESTS_TOOLS_DEC_FRAMES_H
#define TESTS_TOOLS_DEC_FRAMES_H

#include "decoders/decode.h"
#include "tests/tools/craft.h"

enum dec_frame_base {
	FRAME_RAW,   /* only `hex`; link type a */
	FRAME_ETH,   /* Ethernet of type a */
	FRAME_IP4,   /* ... IPv4 of protocol a */
	FRAME_IP6,   /* ... IPv6 of next header a */
	FRAME_TCP,   /* ... TCP over IPv4: flags a, sequence number b */
	FRAME_UDP,   /* ... UDP over IPv4: destination port a (0: 2000) */
	FRAME_UDP6,  /* ... UDP over IPv6 */
	FRAME_ICMP4, /* ... ICMP: type and code a, second word b */
	FRAME_ICMP6,
};

enum dec_frame_conf {
	CONF_OVERSIZED = 1 << 0,
	CONF_MIN_TTL_5 = 1 << 1,
	CONF_CSUM = 1 << 2,
	CONF_MPLS_IP6 = 1 << 3,
	CONF_MPLS_DEPTH_1 = 1 << 4,
	CONF_GTP = 1 << 5,
	CONF_ESP = 1 << 6,
	CONF_NO_DECODE = 1 << 7,
	CONF_NO_OPTS = 1 << 8,
	CONF_DEEP_TEREDO = 1 << 9,
};

struct dec_frame {
	const char *name;
	enum dec_frame_base base;
	uint32_t a, b;
	const char *src, *dst; /* of the IP header; NULL: ordinary ones */
	const char *opts;      /* IPv4's with FRAME_IP4, else TCP's */
	uint16_t frag;         /* IPv4's field */
	const char *hex;       /* behind the last header */
	size_t fill;           /* and so many bytes 'A' */
	void (*build)(struct craft *c); /* instead of all of it */
	/* spoilt afterwards: bytes at offsets, 0 ends */
	struct {
		uint16_t off;
		uint8_t value;
	} poke[4];
	unsigned conf;         /* enum dec_frame_conf */
	const char *want;      /* sids in order: "401 423"; "" for none */
};

extern const struct dec_frame dec_frames[];
extern const unsigned n_dec_frames;

/* Makes the frame; returns its link type. */
int dec_frame_make(const struct dec_frame *f, struct craft *c);
/* The configuration it is made for: no checksum verified unless it says so. */
struct dec_conf dec_frame_conf(const struct dec_frame *f);

#endif
