/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alert_unixsock: one datagram an alert to <logdir>/snort_alert, a socket the
 * reader makes (output-formats 1.5). The layout is Snort's, in the byte order
 * of the machine.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/xalloc.h"
#include "output/file.h"
#include "output/output.h"
#include "output/text.h"

enum {
	MSG_SIZE = 256,
	PKT_SIZE = 65535,
	NO_PACKET = 1,    /* bits of `val` */
	NO_TRANSPORT = 2,
};

struct alert {
	char msg[MSG_SIZE];
	uint32_t sec, usec, caplen, len;
	uint32_t link, net, transport, data; /* offsets into pkt */
	uint32_t val;
	uint8_t pkt[PKT_SIZE];
	uint32_t gid, sid, rev, class_id, priority, event_id, event_ref;
	uint32_t ref_sec, ref_usec;
};
static_assert(offsetof(struct alert, val) == 288, "as readers know it");
static_assert(offsetof(struct alert, pkt) == 292, "as readers know it");
static_assert(offsetof(struct alert, gid) == 65828, "as readers know it");
static_assert(sizeof(struct alert) == 65864, "as readers know it");

struct unixsock {
	const struct out_conf *conf;
	struct sockaddr_un to;
	int fd; /* -1 when only checking */
	struct out_loss loss;
	struct alert alert;
};

static void *
unixsock_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct unixsock *u;
	char *path;

	if (args.len)
		return out_bad_arg(args, "no arguments", err, err_len);
	path = out_path(conf, TEXT("snort_alert"));
	if (strlen(path) >= sizeof(u->to.sun_path)) {
		out_bad_arg(text_of(path), "a shorter log directory", err,
		    err_len);
		free(path);
		return NULL;
	}
	u = xcalloc(1, sizeof(*u));
	u->conf = conf;
	u->to.sun_family = AF_UNIX;
	memcpy(u->to.sun_path, path, strlen(path));
	free(path);
	u->fd = conf->test ? -1 : socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (u->fd == -1 && !conf->test) {
		snprintf(err, err_len, "no socket: %s", strerror(errno));
		free(u);
		return NULL;
	}
	return u;
}

/* Where part begins in the frame; 0 when it is not in it. */
static uint32_t
offset_in(struct slice frame, struct slice part)
{
	if (!part.len || part.ptr < frame.ptr ||
	    part.ptr >= frame.ptr + frame.len)
		return 0;
	return (uint32_t)(part.ptr - frame.ptr);
}

static void
fill_packet(struct alert *a, const struct record_packet *p)
{
	size_t n = p->raw.len < PKT_SIZE ? p->raw.len : PKT_SIZE;

	a->sec = (uint32_t)mtime_sec(p->ts);
	a->usec = mtime_usec(p->ts);
	a->caplen = p->caplen;
	a->len = p->wirelen;
	if (n)
		memcpy(a->pkt, p->raw.ptr, n);
	else
		a->val |= NO_PACKET;
	if (p->ip_ver == 4) {
		a->link = offset_in(p->raw, p->eth);
		a->net = offset_in(p->raw, p->ip);
		a->transport = offset_in(p->raw, p->l4);
		a->data = offset_in(p->raw, p->payload);
	}
	if (!p->l4.len)
		a->val |= NO_TRANSPORT;
}

static void
unixsock_write(void *self, const struct record *r)
{
	struct unixsock *u = self;
	struct alert *a = &u->alert;
	const struct record_event *e = &r->event;
	size_t n = e->msg.len < MSG_SIZE - 1 ? e->msg.len : MSG_SIZE - 1;

	if (u->fd == -1)
		return;
	memset(a, 0, sizeof(*a));
	if (n)
		memcpy(a->msg, e->msg.ptr, n);
	fill_packet(a, &r->pkt);
	a->gid = e->gid;
	a->sid = e->sid;
	a->rev = e->rev;
	a->class_id = e->class_id;
	a->priority = e->priority;
	a->event_id = e->event_id;
	a->event_ref = e->event_ref;
	a->ref_sec = (uint32_t)mtime_sec(e->ref_ts);
	a->ref_usec = mtime_usec(e->ref_ts);
	if (sendto(u->fd, a, sizeof(*a), MSG_DONTWAIT | MSG_NOSIGNAL,
	    (const struct sockaddr *)&u->to, sizeof(u->to)) == -1)
		out_loss_add(&u->loss, "alert_unixsock", u->to.sun_path);
	else
		out_loss_end(&u->loss);
}

static void
unixsock_close(void *self)
{
	struct unixsock *u = self;

	if (u->fd != -1)
		close(u->fd);
	free(u);
}

static uint64_t
unixsock_lost(const void *self)
{
	const struct unixsock *u = self;

	return u->loss.records;
}

const struct out_ops out_alert_unixsock = {
	.name = "alert_unixsock",
	.help = "alerts with their packet to the socket snort_alert",
	.grammar = "",
	.mask = OUT_ALERT,
	.open = unixsock_open,
	.write = unixsock_write,
	.close = unixsock_close,
	.lost = unixsock_lost,
};
