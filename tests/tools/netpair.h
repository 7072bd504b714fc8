/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two network namespaces and a pair of virtual interfaces between them: we
 * are in the near one, whose kernel has no address and says nothing, and play
 * a host there frame by frame; in the far one the kernel is the other host,
 * and our sockets there are its applications. tests/sh/netpair.sh makes both.
 *
 * A frame sent is received in the same system call, and what the far kernel
 * answers at once is there when it returns.
 */
#ifndef TESTS_TOOLS_NETPAIR_H
#define TESTS_TOOLS_NETPAIR_H

#include <linux/if_packet.h>

#include "core/base.h"

struct netpair {
	int near, far;         /* the namespaces */
	int raw;               /* frames into the near end; those that came */
	struct sockaddr_ll to;
	uint8_t mac[6];        /* of the far end */
};

struct netpair_frame {
	const uint8_t *ptr;    /* until the next call */
	size_t len;
	bool sent;             /* by the far kernel */
};

/* ns: a file that names the far namespace. false: errno says why. */
bool netpair_open(struct netpair *n, const char *near_name,
    const char *far_name, const char *ns);
void netpair_close(struct netpair *n);
/* A socket of the far host, non-blocking; ends the program if there is none. */
int netpair_socket(const struct netpair *n, int domain, int type, int proto);
/* A packet socket that sees every frame at the far end, in both directions,
 * in the order in which its kernel took and sent them. */
int netpair_tap(const struct netpair *n);
/* Sends a frame; its destination becomes the far end's address. */
void netpair_send(const struct netpair *n, uint8_t *frame, size_t len);
/* The next frame of such a packet socket, or of n->raw; false: none. */
bool netpair_next(int fd, struct netpair_frame *f);

#endif
