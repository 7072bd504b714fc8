/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_tcpdump: packets in libpcap's file format, microseconds, in the
 * machine's byte order (output-formats 1.6; the format is pcap-savefile(5)).
 */
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "output/file.h"
#include "output/output.h"
#include "output/text.h"

struct file_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, sigfigs, snaplen, linktype;
};
static_assert(sizeof(struct file_header) == 24, "no padding in a file header");

struct packet_header {
	uint32_t sec, usec, caplen, len;
};
static_assert(sizeof(struct packet_header) == 16, "no padding in a record");

struct tcpdump {
	struct out_file file;
	const struct out_conf *conf;
	struct file_header head; /* every file's preamble */
	int dlt;                 /* that head names */
};

/* In files link types have numbers of their own, which differ from libpcap's
 * run-time numbers for these alone. */
static uint32_t
linktype_of(int dlt)
{
	switch (dlt) {
	case 11: /* DLT_ATM_RFC1483 */
		return 100;
	case 12: /* DLT_RAW, and so on some systems */
	case 14:
		return 101;
	default:
		return (uint32_t)dlt;
	}
}

static void
set_head(struct tcpdump *t, int dlt)
{
	t->dlt = dlt;
	t->head = (struct file_header){
		.magic = 0xa1b2c3d4,
		.major = 2,
		.minor = 4,
		/* readers cut at it, and a rebuilt datagram can be this long */
		.snaplen = t->conf->snaplen > 65535 ? t->conf->snaplen : 65535,
		.linktype = linktype_of(dlt),
	};
}

static const char grammar[] = "[FILE] [LIMIT[K|M|G]]";

static void *
tcpdump_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct text name = text_word(&args), word;
	uint64_t limit = OUT_LIMIT_DEFAULT;
	struct tcpdump *t;

	while ((word = text_word(&args)).len)
		if (!out_parse_limit(word, &limit))
			return out_bad_arg(word, grammar, err, err_len);
	t = xcalloc(1, sizeof(*t));
	t->conf = conf;
	set_head(t, conf->dlt);
	if (!out_file_open(&t->file, conf, &(struct out_file_spec){
	    .name = name.len ? name : TEXT("snort.log"),
	    .roll = conf->nostamps ? OUT_ROLL_RENAME : OUT_ROLL_STAMP,
	    .limit = limit,
	    .fresh = conf->nostamps,
	    .preamble = { (const uint8_t *)&t->head, sizeof(t->head) } },
	    err, err_len)) {
		free(t);
		return NULL;
	}
	return t;
}

/* A file holds one link type: another one begins a new file. */
static bool
switch_dlt(struct tcpdump *t, int dlt)
{
	int old = t->dlt;

	out_file_flush(&t->file);
	set_head(t, dlt);
	if (out_file_roll(&t->file))
		return true;
	set_head(t, old);
	return false;
}

static void
tcpdump_write(void *self, const struct record *r)
{
	struct tcpdump *t = self;
	const struct record_packet *p = &r->pkt;
	struct packet_header h = {
		.sec = (uint32_t)mtime_sec(p->ts),
		.usec = mtime_usec(p->ts),
		.caplen = (uint32_t)p->raw.len,
		.len = p->wirelen,
	};
	struct buf *b;

	if (!p->raw.len)
		return;
	if (p->dlt != t->dlt && !switch_dlt(t, p->dlt)) {
		t->file.lost++;
		return;
	}
	b = out_file_begin(&t->file);
	buf_put(b, &h, sizeof(h));
	buf_put(b, p->raw.ptr, p->raw.len);
	out_file_end(&t->file);
}

static void
tcpdump_flush(void *self)
{
	struct tcpdump *t = self;

	if (!t->conf->no_flush)
		out_file_flush(&t->file);
}

static void
tcpdump_reopen(void *self)
{
	struct tcpdump *t = self;

	out_file_reopen(&t->file);
}

static void
tcpdump_close(void *self)
{
	struct tcpdump *t = self;

	out_file_close(&t->file, true);
	free(t);
}

static uint64_t
tcpdump_lost(const void *self)
{
	const struct tcpdump *t = self;

	return out_file_lost(&t->file);
}

const struct out_ops out_log_tcpdump = {
	.name = "log_tcpdump",
	.help = "packets in a capture file that libpcap reads",
	.grammar = grammar,
	.mask = OUT_LOG | OUT_PACKET,
	.open = tcpdump_open,
	.write = tcpdump_write,
	.flush = tcpdump_flush,
	.reopen = tcpdump_reopen,
	.close = tcpdump_close,
	.lost = tcpdump_lost,
};
