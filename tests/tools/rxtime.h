/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When the kernel had what is read from a TCP socket, for a reader on a busy
 * machine may be woken much later.
 */
#ifndef TESTS_TOOLS_RXTIME_H
#define TESTS_TOOLS_RXTIME_H

#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

#include "core/mtime.h"

static inline void
rxtime_ask(int fd)
{
	int one = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one));
}

/*
 * As read(2); *at is set to the time of the last packet that is in it by the
 * clock of the day, now if the kernel does not say.
 */
static inline ssize_t
rxtime_read(int fd, void *to, size_t len, struct mtime *at)
{
	_Alignas(struct cmsghdr) char control[256];
	struct iovec iov = { .iov_base = to, .iov_len = len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &m, 0);

	*at = mtime_now();
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); n > 0 && c;
	    c = CMSG_NXTHDR(&m, c)) {
		struct timespec t;

		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		*at = mtime_make((uint64_t)t.tv_sec, (uint32_t)t.tv_nsec);
	}
	return n;
}

#endif
