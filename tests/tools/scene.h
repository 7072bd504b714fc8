/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenes: captures made from a name alone, the same bytes each time. A scene
 * is a function in a file scene_*.c and a line in scenes.def; it sends crafted
 * packets, and time passes between them. Addresses are texts, of either IP
 * version. Anything that goes wrong ends the program.
 */
#ifndef TESTS_TOOLS_SCENE_H
#define TESTS_TOOLS_SCENE_H

#include <stdio.h>

#include "core/base.h"
#include "tests/tools/craft.h"

struct scene {
	FILE *f;
	uint64_t usec;   /* the time of the next packet */
	uint16_t ip_id;  /* of the last IPv4 header */
	uint64_t sent;   /* packets */
	uint64_t last;   /* as many end the program; 0: the scene's end does */
	uint64_t told;   /* each time so many more were sent, it says so */
	uint32_t random; /* state of scene_random(): repeats in each run */
	struct craft c;  /* the packet in the making */
	/* what happens to a finished packet on its way, NULL: nothing */
	void (*spoil)(struct scene *s);
};

/* A capture that begins at a fixed time. */
void scene_begin(struct scene *s, FILE *f);
void scene_wait(struct scene *s, unsigned ms);
uint8_t scene_random(struct scene *s);

/* Starts a packet with Ethernet and IP headers; the caller adds to s->c. */
void scene_ip(struct scene *s, uint8_t proto, const char *src,
    const char *dst);
/* Finishes s->c, writes it, and lets a little time pass. */
void scene_send(struct scene *s);

void scene_arp(struct scene *s, const char *op, const char *sender,
    const char *target);
void scene_udp(struct scene *s, const char *src, uint16_t sport,
    const char *dst, uint16_t dport, const void *p, size_t n);
/* A query and, unless address is NULL, its answer. */
void scene_dns(struct scene *s, const char *client, const char *server,
    const char *name, const uint8_t address[4]);
/* Echo request and reply with n bytes of payload. */
void scene_ping(struct scene *s, const char *src, const char *dst,
    uint16_t seq, size_t n);
/* One segment that belongs to no connection. */
void scene_segment(struct scene *s, const char *src, uint16_t sport,
    const char *dst, uint16_t dport, uint8_t flags);

/* A TCP connection: handshake, data in either direction (each acknowledged),
 * and both FINs. */
struct conn {
	struct scene *s;
	const char *client, *server;
	uint16_t cport, sport;
	uint32_t cseq, sseq; /* next to send */
};
enum side { CLIENT, SERVER };

struct conn conn_open(struct scene *s, const char *client, uint16_t cport,
    const char *server, uint16_t sport);
void conn_send(struct conn *c, enum side from, const void *p, size_t n);
/* Sent again before it is acknowledged. */
void conn_twice(struct conn *c, enum side from, const void *p, size_t n);
void conn_text(struct conn *c, enum side from, const char *text);
/* Nobody acknowledges it. */
void conn_unheard(struct conn *c, enum side from, const char *text);
void conn_close(struct conn *c);

struct scene_def {
	const char *name, *help;
	void (*play)(struct scene *s);
};

#define SCENE(name, help) void scene_##name(struct scene *s);
#include "tests/tools/scenes.def"
#undef SCENE

#endif
