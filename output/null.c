/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log_null: takes packets and does nothing, for alerts without logging. */
#include "output/output.h"
#include "output/text.h"

static char nothing;

static void *
null_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	(void)conf;
	if (args.len)
		return out_bad_arg(args, "no arguments", err, err_len);
	return &nothing;
}

static void
null_write(void *self, const struct record *r)
{
	(void)self;
	(void)r;
}

static void
null_close(void *self)
{
	(void)self;
}

const struct out_ops out_log_null = {
	.name = "log_null",
	.help = "logs no packets",
	.grammar = "",
	.mask = OUT_LOG | OUT_PACKET,
	.open = null_open,
	.write = null_write,
	.close = null_close,
};
