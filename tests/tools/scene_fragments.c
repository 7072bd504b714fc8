/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fragmented datagrams: in order, in reverse, repeated, and never whole. */
#include <string.h>

#include "tests/tools/scene.h"

enum { UDP = 17, MF = 0x2000, PIECE = 32 };

static const char *const client = "192.0.2.10", *const server = "192.0.2.53";

/* Sends PIECE bytes of the datagram, or what it has left, from off on. */
static void
piece(struct scene *s, uint16_t id, const uint8_t *b, size_t n, size_t off)
{
	bool more = off + PIECE < n;

	scene_ip(s, UDP, client, server);
	craft_poke16(&s->c, 14 + 4, id);
	craft_ip4_frag(&s->c, (uint16_t)(off / 8 | (more ? MF : 0)));
	craft_bytes(&s->c, b + off, more ? PIECE : n - off);
	scene_send(s);
}

/* A UDP datagram without a checksum; its length. */
static size_t
udp(uint8_t b[256], const char *text)
{
	size_t n = strlen(text);

	memset(b, 0, 8);
	b[0] = 0x10;
	b[3] = 53;
	b[5] = (uint8_t)(n + 8);
	memcpy(b + 8, text, n);
	return n + 8;
}

void
scene_fragments(struct scene *s)
{
	uint8_t b[256];
	/* in the first piece, across two, within the second, in the third */
	static const char text[] = "begin-------------straddle----------"
	    "inside----------------------end.";
	size_t n = udp(b, text);

	for (size_t off = 0; off < n; off += PIECE)
		piece(s, 1, b, n, off);
	for (size_t off = n - n % PIECE; off; off -= PIECE)
		piece(s, 2, b, n, off);
	piece(s, 2, b, n, 0);
	/* one of them comes twice, other bytes the second time */
	piece(s, 3, b, n, 0);
	piece(s, 3, b, n, PIECE);
	memset(b + PIECE, 'X', PIECE);
	piece(s, 3, b, n, PIECE);
	n = udp(b, text);
	piece(s, 3, b, n, n - n % PIECE);
	/* without its end */
	piece(s, 4, b, n, 0);
	piece(s, 4, b, n, PIECE);
}
