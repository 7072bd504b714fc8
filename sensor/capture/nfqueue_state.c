/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel tells of its queues in /proc: which are bound, by whom, and
 * what they lost. With NETLINK_NO_ENOBUFS these are the only words on losses.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/slice.h"
#include "sensor/capture/nfqueue.h"

static const char queues_file[] = "/proc/thread-self/net/netfilter/"
    "nfnetlink_queue";

/* The next number of a line; false at its end. */
static bool
next_number(char **at, uint64_t *v)
{
	char *end;

	*v = strtoull(*at, &end, 10);
	if (end == *at)
		return false;
	*at = end;
	return true;
}

static bool
read_line(char *line, struct nfq_state *s)
{
	uint64_t v[8];

	for (unsigned i = 0; i < ARRAY_LEN(v); i++)
		if (!next_number(&line, &v[i]))
			return false;
	*s = (struct nfq_state){ (uint16_t)v[0], (uint32_t)v[1],
		(uint32_t)v[2], (uint32_t)v[3], (uint32_t)v[4], v[5], v[6],
		(uint32_t)v[7] };
	return true;
}

bool
nfq_state_find(FILE *f, uint16_t queue, struct nfq_state *s)
{
	char line[256];

	while (fgets(line, sizeof(line), f))
		if (read_line(line, s) && s->queue == queue)
			return true;
	return false;
}

int
nfq_state_open(void)
{
	return open(queues_file, O_RDONLY | O_CLOEXEC);
}

bool
nfq_state_read(int fd, uint16_t queue, struct nfq_state *s)
{
	int copy = lseek(fd, 0, SEEK_SET) == 0 ?
	    fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
	FILE *f = copy == -1 ? NULL : fdopen(copy, "r");
	bool found;

	if (!f) {
		if (copy != -1)
			close(copy);
		return false;
	}
	found = nfq_state_find(f, queue, s);
	fclose(f);
	errno = 0;
	return found;
}

bool
nfq_state_get(uint16_t queue, struct nfq_state *s)
{
	FILE *f = fopen(queues_file, "re");
	bool found;

	if (!f)
		return false;
	found = nfq_state_find(f, queue, s);
	fclose(f);
	return found;
}

/* -- who holds a queue ---------------------------------------------------- */

/* The inode of the netfilter socket with this port, from /proc/net/netlink:
 * "sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode". */
static bool
find_inode(uint32_t portid, unsigned long *inode)
{
	FILE *f = fopen("/proc/thread-self/net/netlink", "re");
	bool found = false;
	char line[256];

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		unsigned proto, port;

		found = sscanf(line, "%*s %u %u %*s %*s %*s %*s %*s %*s %lu",
		    &proto, &port, inode) == 3 && proto == NETLINK_NETFILTER &&
		    port == portid;
	}
	fclose(f);
	return found;
}

static bool
has_socket(const char *pid, const char *socket)
{
	char path[64], target[64];
	struct dirent *e;
	bool found = false;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	d = opendir(path);
	if (!d)
		return false;
	while (!found && (e = readdir(d))) {
		ssize_t n = readlinkat(dirfd(d), e->d_name, target,
		    sizeof(target) - 1);

		if (n < 0)
			continue;
		target[n] = '\0';
		found = strcmp(target, socket) == 0;
	}
	closedir(d);
	return found;
}

/* A process's name, "?", and its parent. */
static void
read_process(const char *pid, char name[32], char parent[24])
{
	char path[64], line[256];
	FILE *f;

	snprintf(name, 32, "?");
	parent[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%.20s/status", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "Name:\t", 6) == 0)
			snprintf(name, 32, "%.31s", line + 6);
		else if (strncmp(line, "PPid:\t", 6) == 0)
			snprintf(parent, 24, "%.23s", line + 6);
	}
	fclose(f);
}

/* The one to end: of a process and its parent of the same program, which
 * would begin another one, the latter. */
static void
say_process(const char *pid, char *text, size_t len)
{
	char name[32], above[32], parent[24], top[24];

	read_process(pid, name, parent);
	read_process(parent, above, top);
	snprintf(text, len, "pid %.20s (%s)", strcmp(name, above) == 0 ?
	    parent : pid, name);
}

void
nfq_holder(uint16_t queue, char *text, size_t len)
{
	struct nfq_state s;
	unsigned long inode;
	char socket[64];
	struct dirent *e;
	DIR *d;

	if (!nfq_state_get(queue, &s)) {
		snprintf(text, len, "nobody");
		return;
	}
	snprintf(text, len, "a process with the netlink port %u", s.portid);
	if (!find_inode(s.portid, &inode) || !(d = opendir("/proc")))
		return;
	snprintf(socket, sizeof(socket), "socket:[%lu]", inode);
	while ((e = readdir(d))) {
		if (isdigit((unsigned char)e->d_name[0]) &&
		    has_socket(e->d_name, socket)) {
			say_process(e->d_name, text, len);
			break;
		}
	}
	closedir(d);
}

/* -- what the command line says ------------------------------------------- */

static bool
queue_number(struct text t, unsigned *v)
{
	uint64_t n = 0;

	if (!t.len || t.len > 5)
		return false;
	for (size_t i = 0; i < t.len; i++) {
		if (!isdigit((unsigned char)t.ptr[i]))
			return false;
		n = n * 10 + (unsigned)(t.ptr[i] - '0');
	}
	*v = (unsigned)n;
	return n <= UINT16_MAX;
}

bool
nfqueue_range(const char *text, uint16_t *first, unsigned *n, char *err,
    size_t err_len)
{
	struct text rest = text_of(text), from = text_cut(&rest, ':');
	unsigned a, b;

	if (!queue_number(from, &a) ||
	    !(rest.ptr ? queue_number(rest, &b) : (b = a, true)) || b < a) {
		snprintf(err, err_len, "\"%s\" is no queue: a number up to "
		    "65535, or a range of them as in 0:3", text);
		return false;
	}
	if (b - a >= NFQ_QUEUES_MAX) {
		snprintf(err, err_len, "%s: more than %d queues", text,
		    NFQ_QUEUES_MAX);
		return false;
	}
	*first = (uint16_t)a;
	*n = b - a + 1;
	return true;
}
