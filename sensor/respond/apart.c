/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/mtime.h"

enum {
	CAPS = 1 << CAP_NET_ADMIN | 1 << CAP_NET_RAW,
	LOCK_MS = 10000, /* for an earlier process to have cleaned up */
};

void
apart_signals(const char *name)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGHUP, SIGTSTP,
		SIGTTIN, SIGTTOU, SIGPIPE, SIGUSR1, SIGUSR2, SIGTERM,
		SIGALRM };
	sigset_t none;

	for (unsigned i = 0; i < ARRAY_LEN(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setsid();
	(void)prctl(PR_SET_NAME, name);
}

void
apart_close_others(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; null != -1 && i < 3; i++)
		(void)dup2(null, i);
	if (fd > 3)
		(void)syscall(SYS_close_range, 3u, (unsigned)fd - 1, 0u);
	(void)syscall(SYS_close_range, (unsigned)fd + 1, ~0u, 0u);
}

bool
apart_keep_rights(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[2] = { { .effective = CAPS,
		.permitted = CAPS, .inheritable = CAPS } };

	/* (iptables started by another user than root needs them handed on) */
	for (int i = 0; prctl(PR_CAPBSET_READ, i) >= 0; i++)
		if (i != CAP_NET_ADMIN && i != CAP_NET_RAW)
			(void)prctl(PR_CAPBSET_DROP, i);
	if (syscall(SYS_capset, &head, caps) == -1)
		return false;
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

int
apart_lock(const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	uint64_t end = clock_ns() + LOCK_MS * UINT64_C(1000000);
	int len = snprintf(a.sun_path + 1, sizeof(a.sun_path) - 1, "%s", name);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	while (fd != -1 && bind(fd, (const struct sockaddr *)&a,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
	        (size_t)len)) == -1) {
		if (errno != EADDRINUSE || clock_ns() > end) {
			close(fd);
			return -1;
		}
		(void)poll(NULL, 0, 20);
	}
	return fd;
}
