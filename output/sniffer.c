/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sniffer mode: every packet to standard output (-v -d -e -X -C). */
#include "output/dump.h"
#include "output/output.h"
#include "output/text.h"

static void *
sniffer_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	if (args.len)
		return out_bad_arg(args, "no arguments", err, err_len);
	return out_text_new(conf, sizeof(struct out_text), args, "stdout", 0,
	    err, err_len);
}

static void
sniffer_write(void *self, const struct record *r)
{
	struct out_text *t = self;
	struct buf *b = out_file_begin(&t->file);

	dump_packet(b, &t->clock, t->conf, &r->pkt);
	out_file_end(&t->file);
}

const struct out_ops out_sniffer = {
	.name = "sniffer",
	.help = "prints every packet on standard output",
	.grammar = "",
	.mask = OUT_PACKET,
	.open = sniffer_open,
	.write = sniffer_write,
	.flush = out_text_flush,
	.close = out_text_close,
	.lost = out_text_lost,
};
