/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/netpair.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 256 << 20 };

static void
or_die(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "netpair: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* A packet socket on an interface of the namespace we are in. */
static int
packet_socket(uint16_t type, unsigned ifindex)
{
	struct sockaddr_ll a = { .sll_family = AF_PACKET,
		.sll_protocol = htons(type), .sll_ifindex = (int)ifindex };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(type));
	int n = BUFFER;

	or_die(fd != -1, "packet socket");
	or_die(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &n, sizeof(n)) == 0,
	    "buffer");
	or_die(bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0, "bind");
	return fd;
}

bool
netpair_open(struct netpair *n, const char *near_name, const char *far_name,
    const char *ns)
{
	struct ifreq r = { .ifr_ifindex = 0 };
	int s;

	*n = (struct netpair){ .raw = -1 };
	n->near = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	n->far = open(ns, O_RDONLY | O_CLOEXEC);
	n->to = (struct sockaddr_ll){ .sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(near_name) };
	if (n->near == -1 || n->far == -1 || !n->to.sll_ifindex ||
	    strlen(far_name) >= sizeof(r.ifr_name))
		return false;
	n->raw = packet_socket(ETH_P_IP, (unsigned)n->to.sll_ifindex);
	memcpy(r.ifr_name, far_name, strlen(far_name));
	s = netpair_socket(n, AF_INET, SOCK_DGRAM, 0);
	or_die(ioctl(s, SIOCGIFHWADDR, &r) == 0, far_name);
	memcpy(n->mac, r.ifr_hwaddr.sa_data, sizeof(n->mac));
	close(s);
	return true;
}

void
netpair_close(struct netpair *n)
{
	close(n->raw);
	close(n->near);
	close(n->far);
}

int
netpair_socket(const struct netpair *n, int domain, int type, int proto)
{
	int fd;

	or_die(setns(n->far, CLONE_NEWNET) == 0, "the far namespace");
	fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, proto);
	or_die(fd != -1, "socket");
	or_die(setns(n->near, CLONE_NEWNET) == 0, "the near namespace");
	return fd;
}

int
netpair_tap(const struct netpair *n)
{
	int fd;

	/* it has one interface, and lo is silent */
	or_die(setns(n->far, CLONE_NEWNET) == 0, "the far namespace");
	fd = packet_socket(ETH_P_ALL, 0);
	or_die(setns(n->near, CLONE_NEWNET) == 0, "the near namespace");
	return fd;
}

void
netpair_send(const struct netpair *n, uint8_t *frame, size_t len)
{
	memcpy(frame, n->mac, sizeof(n->mac));
	or_die(sendto(n->raw, frame, len, 0, (const struct sockaddr *)&n->to,
	    sizeof(n->to)) == (ssize_t)len, "sendto");
}

bool
netpair_next(int fd, struct netpair_frame *f)
{
	static uint8_t b[1 << 17];
	struct sockaddr_ll from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(fd, b, sizeof(b), MSG_DONTWAIT,
	    (struct sockaddr *)&from, &len);

	if (n == -1) {
		or_die(errno == EAGAIN, "packet socket");
		return false;
	}
	*f = (struct netpair_frame){ b, (size_t)n,
		from.sll_pkttype == PACKET_OUTGOING };
	return true;
}
