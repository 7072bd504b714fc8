/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 9293, and the IANA registry of its options. */
#ifndef DECODERS_WIRE_TCP_H
#define DECODERS_WIRE_TCP_H

#include "core/be.h"

struct wire_tcp {
	struct be16 sport, dport;
	struct be32 seq, ack;
	uint8_t off, flags; /* off: header words in the top four bits */
	struct be16 win, csum, urp;
};
static_assert(sizeof(struct wire_tcp) == 20, "TCP header");

enum {
	TCP_OPT_EOL = 0,
	TCP_OPT_NOP = 1,
	TCP_OPT_MSS = 2,
	TCP_OPT_WSCALE = 3,
	TCP_OPT_SACKOK = 4,
	TCP_OPT_SACK = 5,
	TCP_OPT_ECHO = 6,
	TCP_OPT_ECHO_REPLY = 7,
	TCP_OPT_TS = 8,
	TCP_OPT_PARTIAL_PERM = 9,
	TCP_OPT_PARTIAL_SVC = 10,
	TCP_OPT_CC = 11,
	TCP_OPT_CC_NEW = 12,
	TCP_OPT_CC_ECHO = 13,
	TCP_OPT_ALT_CSUM = 14,
	TCP_OPT_SKEETER = 16,
	TCP_OPT_BUBBA = 17,
	TCP_OPT_MD5 = 19,
	TCP_OPT_UNASSIGNED = 25,
	TCP_OPT_AO = 29,
	TCP_OPT_TFO = 34,
	TCP_OPT_EXPERIMENT = 254, /* RFC 4727; which one, RFC 6994 */
};

enum { TCP_EXPERIMENT_TFO = 0xf989 }; /* RFC 7413 appendix A */

#endif
