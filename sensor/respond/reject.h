/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers to a packet: resets, ICMP errors and react's page. Made here as IP
 * packets from the packet's headers; a reject_sender takes them to the wire.
 */
#ifndef SENSOR_RESPOND_REJECT_H
#define SENSOR_RESPOND_REJECT_H

#include "core/base.h"
#include "core/slice.h"
#include "decoders/packet.h"

enum {
	REJECT_ATTEMPTS_MAX = 20, /* config response: attempts */
	REJECT_PAGE_MAX = 1200,   /* bytes of react's page: one segment */
	REJECT_PACKET_MAX = 1500,
};

/* What cannot be reached. */
enum reject_icmp { REJECT_NET, REJECT_HOST, REJECT_PORT };

/* An IP packet to one end of the session. */
struct reject_packet {
	bool to_source; /* of the packet that is answered; else to its
	                   destination */
	uint32_t len;
	uint8_t b[REJECT_PACKET_MAX];
};

/* May it be answered at all? Never a reset, an ICMP error, a later fragment,
 * or what went to many. */
bool reject_may_answer(const struct packet *p);
/*
 * The reset of an attempt, from 0 on. As Snort's README.active: towards the
 * source it stands behind what the packet acknowledged, towards the destination
 * where the packet itself would have been; `arrives`: it goes on all the same,
 * and the reset stands behind it. Later attempts guess further ahead. false:
 * no TCP.
 */
bool reject_reset(struct reject_packet *out, const struct packet *p,
    bool to_source, bool arrives, unsigned attempt);
/* An ICMP or ICMPv6 destination unreachable to the source, quoting header
 * and eight bytes (RFC 792, RFC 4443 3.1).
 * false: no IP, or an ICMP message that is none to be answered. */
bool reject_unreach(struct reject_packet *out, const struct packet *p,
    enum reject_icmp kind);
/* Data that the packet's destination seems to send to its source. */
bool reject_data(struct reject_packet *out, const struct packet *p,
    struct slice data);
/* Moves a TCP packet behind n bytes that were sent before it. */
void reject_shift(struct reject_packet *r, uint32_t n);
/* Its version, and the address it goes to (4 or 16 bytes). */
bool reject_is_ip4(const struct reject_packet *r);
const uint8_t *reject_dst(const struct reject_packet *r);
/* react: an HTTP answer around the text; cut at REJECT_PAGE_MAX. */
uint32_t reject_page(uint8_t out[REJECT_PAGE_MAX], struct text body);

/* Where on the wire an answer goes: the port of a bridge that its receiver is
 * behind, the receiver's address, and that of the end it is to seem from. */
struct reject_link {
	uint32_t port; /* index of the interface, 0: not known */
	uint8_t hw_len, hw[8]; /* of the receiver; 0: not known */
	bool has_from;
	uint8_t from[6];
	/* what its frames have between addresses and IP header, the type
	 * included; 0: the type alone */
	uint8_t shim_len, shim[20];
};

/* Takes an answer to the wire. */
struct reject_sender {
	void *self;
	/* p: the packet that is answered; link: as far as it is known. false:
	 * it could not be sent. */
	bool (*send)(void *self, const struct packet *p,
	    const struct reject_link *link, const struct reject_packet *r);
	/* The same when the packet itself is gone, and was no tunnel's. NULL:
	 * answers cannot leave behind their packet. */
	bool (*send_late)(void *self, const struct reject_link *link,
	    const struct reject_packet *r);
};

#endif
