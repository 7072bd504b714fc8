/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_ascii: packets as text in a directory per host. The directory is named
 * after the host that is not in the home network (config reference_net, -h),
 * else after the one with the higher port; the file after protocol and ports
 * (Snort Users Manual, 1.3 packet logger mode). A rule's logto names the file
 * itself, below the log directory.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/xalloc.h"
#include "output/dump.h"
#include "output/hostdir.h"
#include "output/output.h"
#include "output/text.h"

struct ascii {
	const struct out_conf *conf;
	struct out_clock clock;
	struct buf text, path; /* of one record; kept for the next */
	struct out_loss loss;
};

static void *
ascii_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct ascii *a;

	if (args.len)
		return out_bad_arg(args, "no arguments", err, err_len);
	if (!conf->test && access(conf->logdir, W_OK | X_OK) == -1) {
		snprintf(err, err_len, "cannot write into %s: %s",
		    conf->logdir, strerror(errno));
		return NULL;
	}
	a = xcalloc(1, sizeof(*a));
	a->conf = conf;
	buf_init(&a->text, LIM_RECORD_TEXT);
	buf_init(&a->path, HOSTDIR_PATH_MAX);
	return a;
}

/* PROTO:high-low, ICMP_TYPE, PROTOnnn or IP_FRAG. */
static void
put_file_name(struct buf *b, const struct record_packet *p)
{
	bool tcp = p->ip_proto == 6;

	if (p->is_fragment) {
		buf_puts(b, "IP_FRAG");
	} else if (tcp || p->ip_proto == 17) {
		uint16_t high = p->sport >= p->dport ? p->sport : p->dport;
		uint16_t low = p->sport >= p->dport ? p->dport : p->sport;

		buf_printf(b, "%s:%u-%u", tcp ? "TCP" : "UDP", high, low);
	} else if (p->ip_proto == 1) {
		static const char *const names[] = { [0] = "ECHO_REPLY",
			[3] = "UNREACH", [4] = "SRC_QUENCH", [5] = "REDIRECT",
			[8] = "ECHO", [9] = "ROUTER_ADVERTISE",
			[10] = "ROUTER_SOLICIT", [11] = "TTL_EXCEED",
			[12] = "PARAM_PROBLEM", [13] = "TIMESTAMP",
			[14] = "TIMESTAMP_RPL", [15] = "INFO_REQ",
			[16] = "INFO_RPL", [17] = "ADDR_REQ",
			[18] = "ADDR_RPL" };

		buf_puts(b, "ICMP_");
		if (p->icmp_type < ARRAY_LEN(names) && names[p->icmp_type])
			buf_puts(b, names[p->icmp_type]);
		else
			buf_printf(b, "TYPE%u", p->icmp_type);
	} else {
		buf_printf(b, "PROTO%03u", p->ip_proto);
	}
}

/* logto is the rule's own text: it may not climb out of the log directory. */
static bool
is_safe_name(const char *name)
{
	struct text rest = text_of(name);

	if (!rest.len || name[0] == '/')
		return false;
	while (rest.ptr)
		if (text_is(text_cut(&rest, '/'), ".."))
			return false;
	return true;
}

/* The file for this record into a->path, its directory made. */
static bool
choose_path(struct ascii *a, const struct record *r)
{
	const struct record_packet *p = &r->pkt;
	struct buf *b = &a->path;

	buf_reset(b);
	buf_puts(b, a->conf->logdir);
	buf_putc(b, '/');
	if (r->logto) {
		buf_puts(b, r->logto);
		errno = EINVAL;
		return is_safe_name(r->logto) && !b->truncated;
	}
	if (!p->ip_ver) {
		buf_puts(b, p->arp.len ? "ARP" : "PACKET_NONIP");
		return !b->truncated;
	}
	buf_reset(b);
	hostdir_put(b, a->conf, p);
	if (b->truncated || !hostdir_make(b->ptr))
		return false;
	buf_putc(b, '/');
	put_file_name(b, p);
	return !b->truncated;
}

static bool
append(const char *path, const struct buf *text)
{
	int fd = hostdir_open(path, true), error;
	bool ok;

	if (fd == -1)
		return false;
	ok = hostdir_append(fd, text->ptr, text->len);
	error = errno;
	close(fd);
	errno = error;
	return ok;
}

static void
ascii_write(void *self, const struct record *r)
{
	struct ascii *a = self;
	struct buf *b = &a->text;

	if (a->conf->test)
		return;
	buf_reset(b);
	if (r->kind != RECORD_PACKET && r->event.msg.len) {
		buf_puts(b, "[**] ");
		buf_puttext(b, r->event.msg);
		buf_puts(b, " [**]\n");
	}
	dump_packet(b, &a->clock, a->conf, &r->pkt);
	if (choose_path(a, r) && !b->truncated && append(a->path.ptr, b))
		out_loss_end(&a->loss);
	else
		out_loss_add(&a->loss, "log_ascii", a->path.ptr);
}

static void
ascii_close(void *self)
{
	struct ascii *a = self;

	buf_fini(&a->text);
	buf_fini(&a->path);
	free(a);
}

static uint64_t
ascii_lost(const void *self)
{
	const struct ascii *a = self;

	return a->loss.records;
}

const struct out_ops out_log_ascii = {
	.name = "log_ascii",
	.help = "packets as text, in a directory per host",
	.grammar = "",
	.mask = OUT_LOG | OUT_PACKET,
	.open = ascii_open,
	.write = ascii_write,
	.close = ascii_close,
	.lost = ascii_lost,
};
