/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floods at a million packets a second: SYNs from forged addresses, then
 * fragments of datagrams that are never whole. Meanwhile bystanders attack,
 * each attack in two parts. Of the connections one half are open before the
 * flood and end after it, the others begin in its midst.
 */
#include <stdio.h>
#include <string.h>

#include "tests/tools/scene.h"

enum {
	UDP = 17,
	TCP = 6,
	SYN = 2,
	MF = 0x2000,
	ATTACKS = 10, /* of each kind */
	GAP = 2000,   /* packets of the flood between two fragments */
};

static const char *const victim = "192.168.10.80";

/* The flood's packets are a microsecond apart. */
static void
send_fast(struct scene *s)
{
	uint64_t now = s->usec;

	scene_send(s);
	s->usec = now + 1;
}

/* A source that does not repeat within 2^24 packets. */
static const char *
forged(char b[32], unsigned i)
{
	snprintf(b, 32, "10.%u.%u.%u", i >> 16 & 255, i >> 8 & 255, i & 255);
	return b;
}

static void
syn(struct scene *s, unsigned i)
{
	char b[32];

	scene_ip(s, TCP, forged(b, i), victim);
	craft_tcp(&s->c, (uint16_t)(1024 + i % 60000), 80, i, 0, SYN);
	send_fast(s);
}

static void
syn_flood(struct scene *s, unsigned n)
{
	static const char *const names[ATTACKS] = { "192.0.2.1", "192.0.2.2",
		"192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6",
		"192.0.2.7", "192.0.2.8", "192.0.2.9", "192.0.2.10" };
	struct conn early[ATTACKS], late;

	for (unsigned i = 0; i < ATTACKS; i++) {
		early[i] = conn_open(s, names[i], 4000, victim, 80);
		conn_text(&early[i], CLIENT, "GET /split-");
	}
	for (unsigned i = 0; i < n; i++) {
		syn(s, i);
		if (i % (n / ATTACKS) == n / ATTACKS / 2) {
			late = conn_open(s, names[i / (n / ATTACKS)], 5000,
			    victim, 80);
			conn_text(&late, CLIENT, "GET /split-");
		} else if (i % (n / ATTACKS) == n / ATTACKS / 2 + GAP) {
			conn_text(&late, CLIENT, "attack HTTP/1.0\r\n\r\n");
			conn_close(&late);
		}
	}
	for (unsigned i = 0; i < ATTACKS; i++) {
		conn_text(&early[i], CLIENT, "attack HTTP/1.0\r\n\r\n");
		conn_close(&early[i]);
	}
}

/* Eight bytes of a UDP datagram without a checksum at a time. */
static void
fragment(struct scene *s, const char *src, uint16_t id, unsigned part,
    const char *bytes, bool more)
{
	scene_ip(s, UDP, src, victim);
	craft_poke16(&s->c, 14 + 4, id);
	craft_ip4_frag(&s->c, (uint16_t)(part | (more ? MF : 0)));
	if (part == 0) {
		craft_be16(&s->c, 4000);
		craft_be16(&s->c, 53);
		craft_be16(&s->c, 8 + 16);
		craft_be16(&s->c, 0);
	}
	craft_text(&s->c, bytes);
	send_fast(s);
}

static void
fragment_flood(struct scene *s, unsigned n)
{
	char b[32];

	for (unsigned i = 0; i < n; i++) {
		unsigned at = i % (n / ATTACKS);

		fragment(s, forged(b, i), (uint16_t)i, 0, "overflow", true);
		if (at == n / ATTACKS / 2)
			fragment(s, "192.0.2.1", (uint16_t)i, 0, "pieces-o",
			    true);
		else if (at == n / ATTACKS / 2 + GAP)
			fragment(s, "192.0.2.1", (uint16_t)(i - GAP), 2,
			    "f-attack", false);
	}
}

static void
flood(struct scene *s, unsigned n)
{
	syn_flood(s, n);
	fragment_flood(s, n);
}

void
scene_flood(struct scene *s)
{
	flood(s, 300000);
}

void
scene_deluge(struct scene *s)
{
	flood(s, 10000000);
}
