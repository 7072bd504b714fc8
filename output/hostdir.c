/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output/hostdir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/text.h"

static bool
is_home(const struct out_conf *conf, const struct ipaddr *addr)
{
	return conf->home.family && ipaddr_in_net(addr, &conf->home,
	    conf->home_bits);
}

/* The host a packet is filed under. */
static const struct ipaddr *
filed_under(const struct out_conf *conf, const struct record_packet *p)
{
	bool src = is_home(conf, &p->src), dst = is_home(conf, &p->dst);

	if (src != dst)
		return src ? &p->dst : &p->src;
	return p->sport >= p->dport ? &p->src : &p->dst;
}

void
hostdir_put(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p)
{
	buf_puts(b, conf->logdir);
	buf_putc(b, '/');
	out_put_addr(b, conf, filed_under(conf, p));
}

bool
hostdir_make(const char *path)
{
	return mkdir(path, 0777) == 0 || errno == EEXIST;
}

int
hostdir_open(const char *path, bool create)
{
	return open(path, O_WRONLY | (create ? O_CREAT : 0) | O_APPEND |
	    O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0666);
}

bool
hostdir_append(int fd, const void *bytes, size_t n)
{
	const char *from = bytes;
	size_t done = 0;
	int error;

	while (done < n) {
		ssize_t w = write(fd, from + done, n - done);

		if (w == -1 && errno == EINTR)
			continue;
		if (w <= 0)
			break;
		done += (size_t)w;
	}
	error = errno;
	if (done && done < n) {
		off_t end = lseek(fd, 0, SEEK_CUR);

		if (end >= (off_t)done)
			(void)!ftruncate(fd, end - (off_t)done);
	}
	errno = error;
	return done == n;
}
