/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TCP session told line by line, for tests of streams: segments by sequence
 * numbers relative to each side's ISN, and what the tracker made of them.
 */
#ifndef TESTS_TOOLS_PLAY_TCP_H
#define TESTS_TOOLS_PLAY_TCP_H

#include "decoders/decode.h"
#include "decoders/track/track.h"
#include "tests/tools/craft.h"

enum {
	PLAY_UNITS = 64,   /* units kept between play_forget calls */
	PLAY_BYTES = 1 << 20,
};

struct play_unit {
	enum flow_side side;
	uint32_t seq;      /* relative, of the first byte */
	const uint8_t *ptr;
	uint32_t len;
	uint8_t flags;
	bool established, not_inspected;
	struct mtime ts;
};

struct play {
	struct stream_engine engine;
	struct track_conf conf;
	struct track *track;
	struct dec_conf dec_conf;
	struct decoder dec;
	struct craft frame;
	struct packet pkt, unit;
	/* of the last packet; its flow is gone if the packet ended it */
	struct stream_facts facts;
	bool has_size;
	uint32_t size[FLOW_SIDES];
	uint32_t isn[FLOW_SIDES];
	uint16_t port;              /* the client's */
	uint16_t window, urgent;    /* of the next segments; urgent once */
	const char *opts;           /* TCP options, hexadecimal, or NULL */
	uint64_t ms;                /* time of the next packet, 10 more each */
	bool ip6;
	uint8_t mac[FLOW_SIDES];    /* last byte of whose frames; 0: all zero */

	struct play_unit units[PLAY_UNITS];
	unsigned n_units, n_proven; /* and of them, proven */
	uint8_t bytes[PLAY_BYTES];
	uint32_t n_bytes;
};

/* Both sides reassembled, anomalies told, the ISNs 1000 and 5000. The engine
 * may be changed until play_start. */
void play_init(struct play *p, enum tcp_policy policy);
void play_start(struct play *p);
/* Takes what is left at the end of input, and checks that all memory was
 * given back. */
void play_end(struct play *p);
/* End of input only. */
void play_drain(struct play *p);
/* Releases everything. */
void play_fini(struct play *p);
/* Another session: other ports, no units. */
void play_next_session(struct play *p);
void play_forget(struct play *p);

/* A segment; flags as letters of "FSRPAU". */
void play(struct play *p, enum flow_side side, const char *flags,
    uint32_t seq, uint32_t ack, const char *text);
void play_data(struct play *p, enum flow_side side, const char *flags,
    uint32_t seq, uint32_t ack, const void *bytes, size_t n);
/* SYN, SYN/ACK, ACK. */
void play_handshake(struct play *p);
/* FIN, FIN/ACK, ACK, after so many bytes of either side. */
void play_close(struct play *p, uint32_t client, uint32_t server);

/* Is the i-th unit this text, of that side? */
bool play_is(const struct play *p, unsigned i, enum flow_side side,
    const char *text);
/* Did the last packet raise 129:sid? */
bool play_raised(const struct play *p, uint32_t sid);
uint64_t play_ctr(const struct play *p, const char *name);

#endif
