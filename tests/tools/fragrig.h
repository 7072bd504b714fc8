/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fragments into a defragmenter, and what comes out of it. */
#ifndef TESTS_TOOLS_FRAGRIG_H
#define TESTS_TOOLS_FRAGRIG_H

#include "decoders/decode.h"
#include "decoders/track/defrag.h"
#include "tests/tools/craft.h"

enum { RIG_PROTO = 253 }; /* RFC 3692: nobody decodes it */

struct fragrig {
	struct dec_conf dec_conf;
	struct decoder dec;
	struct defrag_engine engine;
	struct defrag_conf conf;
	struct defrag *d;
	struct craft c;
	struct packet pkt, rebuilt;
	/* of the next fragment */
	uint32_t id;
	bool ip6;
	uint8_t ttl, proto;
	const char *src, *dst;
	const char *options; /* hexadecimal, NULL: none */
};

/* One engine of that policy for all hosts, with detect_anomalies. Ends the
 * program when memory is out. */
void fragrig_init(struct fragrig *r, enum frag_policy policy);
void fragrig_fini(struct fragrig *r);
/* Decodes the frame in r->c and gives it to the defragmenter; a rebuilt
 * datagram is decoded as well. */
enum defrag_result fragrig_frame(struct fragrig *r);
/* Sends bytes of a datagram; off as on the wire, a multiple of eight. */
enum defrag_result fragrig_send(struct fragrig *r, uint32_t off,
    const void *data, size_t n, bool more);
/* The rebuilt datagram behind its IP header. */
struct slice fragrig_datagram(const struct fragrig *r);
/* How often the last fragment raised 123:sid; 0: any of 123. */
unsigned fragrig_events(const struct fragrig *r, uint32_t sid);
uint64_t fragrig_counter(const struct fragrig *r, const char *name);

#endif
