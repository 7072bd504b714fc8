/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/watch/bo.h"

#include <stdlib.h>
#include <string.h>

#include "core/cursor.h"
#include "core/xalloc.h"

enum {
	GID = 105,
	MAGIC_LEN = 8,
	HEADER_LEN = 18, /* magic, length, packet id, type, and one byte */
	KEYS = 65536,
	DEFAULT_PORT = 31337,
	TYPE_PING = 1,
	TYPE_MASK = 0x3f, /* two bits say that more follows */
};

static const uint8_t magic[MAGIC_LEN] = "*!*QWTY?";

static const struct dec_event_def defs[] = {
	{ 1 + BO_GENERAL, DEC_EV_DECODE, "bo.traffic",
	    "(spo_bo) Back Orifice Traffic detected" },
	{ 1 + BO_CLIENT, DEC_EV_DECODE, "bo.client",
	    "(spo_bo) Back Orifice Client Traffic Detected" },
	{ 1 + BO_SERVER, DEC_EV_DECODE, "bo.server",
	    "(spo_bo) Back Orifice Server Traffic Detected" },
	{ 1 + BO_SNORT_ATTACK, DEC_EV_DECODE, "bo.snort_attack",
	    "(spo_bo) Back Orifice Snort Buffer Attack" },
};

/*
 * Keys by the first two bytes that they make of the magic text, chained: there
 * is one key for each such pair, more or less, so a look-up costs a few steps
 * whatever the datagram holds.
 */
struct bo {
	uint32_t first[65536]; /* key + 1; 0: none */
	uint32_t next[KEYS];
};

const struct dec_event_def *
bo_events(unsigned *n)
{
	*n = ARRAY_LEN(defs);
	return defs;
}

/* The generator of the program's C library. */
static uint8_t
stream_byte(uint32_t *state)
{
	*state = *state * 214013 + 2531011;
	return (uint8_t)(*state >> 16);
}

struct bo *
bo_new(void)
{
	struct bo *b = mem_calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	for (uint32_t key = KEYS; key-- > 0;) {
		uint32_t state = key;
		unsigned hi = magic[0] ^ stream_byte(&state);
		unsigned at = hi << 8 | (magic[1] ^ stream_byte(&state));

		b->next[key] = b->first[at];
		b->first[at] = key + 1;
	}
	return b;
}

void
bo_free(struct bo *b)
{
	free(b);
}

/* Deciphers the header with the key, if its magic is right. */
static bool
decipher(const uint8_t *in, uint32_t key, uint8_t out[HEADER_LEN])
{
	uint32_t state = key;

	for (unsigned i = 0; i < HEADER_LEN; i++) {
		out[i] = in[i] ^ stream_byte(&state);
		if (i < MAGIC_LEN && out[i] != magic[i])
			return false;
	}
	return true;
}

static bool
find(const struct bo *b, const uint8_t *in, uint8_t out[HEADER_LEN])
{
	unsigned at = (unsigned)in[0] << 8 | in[1];

	for (uint32_t key = b->first[at]; key; key = b->next[key - 1])
		if (decipher(in, key - 1, out))
			return true;
	return false;
}

/* Who sent it: by the port that servers have unless told otherwise; a ping is
 * empty, its answer is not. */
static enum bo_kind
kind_of(const struct packet *p, const uint8_t h[HEADER_LEN], size_t len)
{
	struct cursor c = cur_make(h + MAGIC_LEN, HEADER_LEN - MAGIC_LEN);
	const uint8_t *le = cur_take(&c, 4);
	uint32_t claimed;
	uint8_t type = 0;

	if (!le || !cur_skip(&c, 4) || !cur_u8(&c, &type))
		return BO_GENERAL;
	claimed = (uint32_t)le[0] | (uint32_t)le[1] << 8 |
	    (uint32_t)le[2] << 16 | (uint32_t)le[3] << 24;
	type &= TYPE_MASK;
	if (type == TYPE_PING && claimed > len)
		return BO_SNORT_ATTACK;
	if (p->dec.dport == DEFAULT_PORT)
		return BO_CLIENT;
	if (p->dec.sport == DEFAULT_PORT)
		return BO_SERVER;
	if (type == TYPE_PING)
		return len > HEADER_LEN + 1 ? BO_SERVER : BO_CLIENT;
	return BO_GENERAL;
}

bool
bo_packet(const struct bo *b, const struct bo_conf *conf, struct packet *p)
{
	struct slice s = pkt_payload(p);
	uint8_t header[HEADER_LEN];
	enum bo_kind kind;

	if (p->dec.l4 != PKT_L4_UDP || s.len < HEADER_LEN ||
	    !find(b, s.ptr, header))
		return false;
	kind = kind_of(p, header, s.len);
	if (!(conf->silent >> kind & 1))
		pkt_event_add(p, GID, 1 + kind);
	return true;
}
