/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alert_fast: one line an alert (output-formats 1.1), with `packet` the
 * packet's dump behind it. On standard output it is Snort's console mode,
 * with `packet` its cmg mode.
 */
#include "output/dump.h"
#include "output/output.h"
#include "output/text.h"

struct fast {
	struct out_text t; /* first: the shared hooks take it */
	bool packet;
};

static const char grammar[] = "[FILE|stdout] [packet] [LIMIT[K|M|G]]";

static void *
fast_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct text name = text_word(&args), word;
	bool packet = false;
	uint64_t limit = 0;
	struct fast *self;

	while ((word = text_word(&args)).len) {
		if (text_is_nocase(word, "packet"))
			packet = true;
		else if (!out_parse_limit(word, &limit))
			return out_bad_arg(word, grammar, err, err_len);
	}
	self = out_text_new(conf, sizeof(*self), name, out_alert_file(conf),
	    limit, err, err_len);
	if (self)
		self->packet = packet;
	return self;
}

static const char *
disposition(enum record_verdict v)
{
	switch (v) {
	case VERDICT_ALLOW:
		return "";
	case VERDICT_DROPPED:
		return " [Drop]";
	case VERDICT_WOULD_DROP:
		return " [WDrop]";
	case VERDICT_CANNOT_DROP:
		return " [CDrop]";
	}
	return "";
}

static void
fast_write(void *self, const struct record *r)
{
	struct fast *f = self;
	const struct out_conf *conf = f->t.conf;
	struct buf *b = out_file_begin(&f->t.file);
	char proto[OUT_PROTO_MAX];

	out_put_time(b, &f->t.clock, conf, r->pkt.ts);
	buf_puts(b, disposition(r->verdict));
	buf_put(b, " [**] ", 6);
	out_put_sig(b, &r->event);
	buf_putc(b, ' ');
	out_put_iface(b, conf, &r->pkt);
	if (r->event.msg.len) {
		buf_puttext(b, r->event.msg);
		buf_putc(b, ' ');
	}
	buf_put(b, "[**] ", 5);
	if (r->pkt.ip_ver) {
		out_put_class(b, &r->event);
		buf_putc(b, '{');
		buf_puts(b, out_proto_name(r->pkt.ip_proto, proto));
		buf_put(b, "} ", 2);
		out_put_flow(b, conf, &r->pkt);
	}
	if (f->packet) {
		buf_putc(b, '\n');
		dump_packet(b, &f->t.clock, conf, &r->pkt);
	}
	buf_putc(b, '\n');
	out_file_end(&f->t.file);
}

const struct out_ops out_alert_fast = {
	.name = "alert_fast",
	.help = "one line per alert, to a file or standard output",
	.grammar = grammar,
	.mask = OUT_ALERT,
	.open = fast_open,
	.write = fast_write,
	.flush = out_text_flush,
	.reopen = out_text_reopen,
	.close = out_text_close,
	.lost = out_text_lost,
};
