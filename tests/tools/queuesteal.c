/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes a kernel queue from the process that has it, through a copy of that
 * process's socket, as if the kernel had unbound it.
 *
 *	queuesteal PID QUEUE MS
 *
 * and has it for so long, without reading it. The exit status is 0 when one of
 * its sockets had the queue.
 */
#include <dirent.h>
#include <errno.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base.h"
#include "sensor/capture/nfqueue.h"

/* The port of a netlink socket, 0 for any other descriptor. */
static uint32_t
port_of(int fd)
{
	struct sockaddr_nl a = { 0 };
	socklen_t len = sizeof(a);

	if (getsockname(fd, (struct sockaddr *)&a, &len) == -1 ||
	    a.nl_family != AF_NETLINK)
		return 0;
	return a.nl_pid;
}

static bool
command(int fd, uint16_t queue, uint8_t cmd)
{
	alignas(struct nlmsghdr) char b[256];
	struct nlmsghdr *h = nfq_nlmsg_put(b, NFQNL_MSG_CONFIG, queue);

	nfq_nlmsg_cfg_put_cmd(h, AF_UNSPEC, cmd);
	return send(fd, b, h->nlmsg_len, 0) != -1;
}

static unsigned
number(const char *s)
{
	return s ? (unsigned)strtoul(s, NULL, 10) : 0;
}

int
main(int argc, char **argv)
{
	pid_t pid = argc == 4 ? (pid_t)number(argv[1]) : 0;
	uint16_t queue = argc == 4 ? (uint16_t)number(argv[2]) : 0;
	int of = (int)syscall(SYS_pidfd_open, pid, 0);
	int own = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
	    NETLINK_NETFILTER);
	struct nfq_state s;

	if (of == -1 || !nfq_state_get(queue, &s)) {
		fprintf(stderr, "queuesteal: no such process or queue\n");
		return 2;
	}
	for (int n = 0; n < 256; n++) {
		int fd = (int)syscall(SYS_pidfd_getfd, of, n, 0);

		if (fd == -1)
			continue;
		if (port_of(fd) == s.portid && command(fd, queue,
		        NFQNL_CFG_CMD_UNBIND) && command(own, queue,
		        NFQNL_CFG_CMD_BIND)) {
			usleep(number(argv[3]) * 1000);
			return 0;
		}
		close(fd);
	}
	fprintf(stderr, "queuesteal: it has no such queue\n");
	return 1;
}
