/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers to the wire. Towards an end whose link address is known they leave as
 * Ethernet frames by the port it sits behind, for a bridge without addresses
 * routes nothing; else the kernel routes them.
 */
#ifndef SENSOR_RESPOND_SENDER_H
#define SENSOR_RESPOND_SENDER_H

#include "core/base.h"
#include "sensor/respond/reject.h"

struct sender;

enum {
	/* a bit of the mark of what the kernel routes for us: rules that queue
	 * what this host sends leave it out (respond/firewall.c) */
	SENDER_MARK = 0x40000000,
};

/* config response and layer2resets; all zero: as answers can be sent best. */
struct sender_conf {
	const char *device; /* all leave by this one, as frames; NULL: by the
	                       port their receiver is behind */
	bool routed;        /* "ip": the kernel routes all of them */
	bool has_dst, has_src, own_src;
	uint8_t dst[6];     /* device: who gets them */
	uint8_t src[6];     /* they seem from it; own_src: from the interface;
	                       neither: from the session's other end */
};

/* What needs privileges is opened here. conf's strings are borrowed. NULL with
 * a message in err. */
NODISCARD struct sender *sender_open(const struct sender_conf *conf, char *err,
    size_t err_len);
void sender_close(struct sender *s);
/* s may be NULL: then nothing is sent. */
struct reject_sender sender_net(struct sender *s);

enum { SENDER_FRAME_MAX = 12 + 20 + REJECT_PACKET_MAX };
/* The frame of an answer towards that link, with the tags its receiver's own
 * frames have; a PPPoE session's says how long it is. Its length. */
size_t sender_frame(uint8_t out[SENDER_FRAME_MAX], const uint8_t dst[6],
    const uint8_t src[6], const struct reject_link *link,
    const struct reject_packet *a);

/* An Ethernet header turned round. */
void sender_swap(uint8_t *eth);

#endif
