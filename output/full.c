/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alert_full: an alert with its packet's headers (output-formats 1.2). */
#include "output/dump.h"
#include "output/output.h"
#include "output/text.h"

static const char grammar[] = "[FILE|stdout] [LIMIT[K|M|G]]";

static void *
full_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct text name = text_word(&args), word;
	uint64_t limit = 0;

	while ((word = text_word(&args)).len)
		if (!out_parse_limit(word, &limit))
			return out_bad_arg(word, grammar, err, err_len);
	return out_text_new(conf, sizeof(struct out_text), name,
	    out_alert_file(conf), limit, err, err_len);
}

static void
put_refs(struct buf *b, const struct record_event *e)
{
	for (unsigned i = 0; i < e->n_refs; i++) {
		const struct record_ref *ref = &e->refs[i];

		buf_puts(b, "[Xref => ");
		if (ref->url.len) {
			buf_puttext(b, ref->url);
		} else {
			buf_puttext(b, ref->system);
			buf_putc(b, ' ');
		}
		buf_puttext(b, ref->id);
		buf_putc(b, ']');
	}
	if (e->n_refs)
		buf_putc(b, '\n');
}

static void
full_write(void *self, const struct record *r)
{
	struct out_text *t = self;
	struct buf *b = out_file_begin(&t->file);

	buf_puts(b, "[**] ");
	out_put_sig(b, &r->event);
	buf_putc(b, ' ');
	out_put_iface(b, t->conf, &r->pkt);
	if (r->event.msg.len) {
		buf_puttext(b, r->event.msg);
		buf_putc(b, ' ');
	}
	buf_puts(b, "[**]\n");
	if (r->pkt.ip_ver) {
		out_put_class(b, &r->event);
		buf_putc(b, '\n');
		dump_headers(b, &t->clock, t->conf, &r->pkt);
		put_refs(b, &r->event);
	} else {
		buf_putc(b, '\n');
	}
	buf_putc(b, '\n');
	out_file_end(&t->file);
}

const struct out_ops out_alert_full = {
	.name = "alert_full",
	.help = "alerts with the packet's headers, to a file or standard output",
	.grammar = grammar,
	.mask = OUT_ALERT,
	.open = full_open,
	.write = full_write,
	.flush = out_text_flush,
	.reopen = out_text_reopen,
	.close = out_text_close,
	.lost = out_text_lost,
};
