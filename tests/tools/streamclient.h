/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TCP client that plays its own segments: a stream of bytes, sent in pieces
 * in any order, twice, over each other and with other bytes, among segments
 * that no receiver takes. It hears what the receiver answers, so that what it
 * sends stands close to the edges of what is taken.
 */
#ifndef TESTS_TOOLS_STREAMCLIENT_H
#define TESTS_TOOLS_STREAMCLIENT_H

#include "decoders/packet.h"
#include "tests/tools/craft.h"
#include "tests/tools/rng.h"

enum {
	CLIENT_BYTES = 24000, /* of the longest stream */
	CLIENT_PIECES = 48,
	SERVER_PORT = 80,
	SERVER_PORT_SMALL = 81, /* has little room */
};

/* What a set of segments is about; drawn with it. */
struct client_traits {
	bool quick;      /* the receiver acknowledges at once */
	bool small_room; /* and has little room */
	bool lazy;       /* its application reads now and then */
	bool conflicts;  /* bytes sent again may be others */
	bool timestamps, sack, wscale;
	bool urgent;
	bool fin;        /* at the end of its bytes */
	bool wild_fin;   /* somewhere, and goes on behind it */
};

enum client_stage {
	CLIENT_SYN, CLIENT_OPENING, CLIENT_DATA, CLIENT_FILL, CLIENT_GONE,
	CLIENT_DONE,
};

struct client {
	struct client_traits is;
	struct rng rng;
	uint16_t port, server_port;
	const char *address;
	struct craft *frame; /* the next one on its way */
	enum client_stage stage;
	unsigned steps;     /* left in this stage */

	uint32_t isn, total;
	uint8_t bytes[CLIENT_BYTES];
	uint32_t cut[CLIENT_PIECES + 1];
	unsigned order[2 * CLIENT_PIECES], n_order, at_order, n_pieces;
	uint32_t urgent_at; /* offset of the urgent byte, if has_urgent */
	bool has_urgent;
	uint32_t fin_from, fin_to; /* the segment with a wild FIN */

	/* heard from the receiver: offsets in our bytes and in its own */
	bool answered, reset, closed;
	uint32_t peer_isn, acked, edge, peer_next, peer_ts;
	uint8_t peer_wscale;
	uint32_t ack_sent;  /* the highest we acknowledged */
	bool lied;          /* but for what was not sent yet */
	uint32_t ts;        /* our clock */
};

/* What a step asks of the receiver's application. */
enum client_wish { WISH_NOTHING, WISH_READ, WISH_WRITE, WISH_SHUT };

/* The `set`th client of a seed; frame is borrowed. */
void client_init(struct client *c, struct craft *frame, uint64_t seed,
    uint64_t set, const struct client_traits *allowed);
/* Goes on: what is in the frame, if its length is not 0, is to be sent. */
enum client_wish client_step(struct client *c);
/* Makes a reset that ends the connection for good. */
void client_kill(struct client *c);
/* A packet of the receiver to this client. */
void client_hear(struct client *c, const struct packet *p);

#endif
