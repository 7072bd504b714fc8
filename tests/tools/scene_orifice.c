/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Back Orifice's datagrams: to its port and from it, under several keys; on
 * other ports; and what is none. */
#include "tests/tools/scene.h"

#include <string.h>

enum { SIZE = 19, PING = 1, BO_PORT = 31337 };

/* A datagram under a key; type PING asks. */
static void
datagram(struct scene *s, uint32_t key, uint16_t sport, uint16_t dport,
    uint8_t type)
{
	uint8_t text[SIZE] = "*!*QWTY?";

	text[8] = SIZE;
	text[16] = type;
	for (size_t i = 0; i < sizeof(text); i++) {
		key = key * 214013 + 2531011;
		text[i] ^= (uint8_t)(key >> 16);
	}
	scene_udp(s, "192.0.2.10", sport, "198.51.100.7", dport, text,
	    sizeof(text));
}

void
scene_orifice(struct scene *s)
{
	datagram(s, 31337, 5000, BO_PORT, PING);
	datagram(s, 1, BO_PORT, 5001, PING);
	datagram(s, 65535, 5002, 5003, PING);
	datagram(s, 4711, 5004, 5005, 99);
	scene_udp(s, "192.0.2.10", 5006, "198.51.100.7", BO_PORT,
	    "*!*QWTY?...........", SIZE);
}
