/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log file of sfportscan, beside whatever else takes its alerts:
 *
 *	Time: 09/08-15:07:31.603880
 *	event_id: 2
 *	192.0.2.3 -> 192.0.2.5 (portscan) TCP Filtered Portscan
 *	Priority Count: 0
 *	...
 *
 * Open ports name the event they belong to as event_ref.
 */
#include "output/output.h"
#include "output/text.h"

enum { GID_PORTSCAN = 122 };

static void *
portscan_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct text name = text_word(&args), more = text_word(&args);

	if (!name.len || more.len)
		return out_bad_arg(more, "FILE", err, err_len);
	return out_text_new(conf, sizeof(struct out_text), name,
	    "portscan.log", 0, err, err_len);
}

/* The report's text; without the addresses in it where they are hidden. */
static void
put_payload(struct buf *b, const struct out_conf *conf, struct slice payload)
{
	struct text rest = text_make((const char *)payload.ptr, payload.len);

	while (rest.len) {
		struct text line = text_cut(&rest, '\n'), key = line;

		key = text_cut(&key, ':');
		if (out_hides(conf) && (text_is(key, "Scanner IP Range") ||
		    text_is(key, "Scanned IP Range")))
			continue;
		buf_puttext(b, line);
		buf_putc(b, '\n');
	}
}

static void
portscan_write(void *self, const struct record *r)
{
	struct out_text *t = self;
	struct buf *b;

	if (r->event.gid != GID_PORTSCAN)
		return;
	b = out_file_begin(&t->file);
	buf_puts(b, "Time: ");
	out_put_time(b, &t->clock, t->conf, r->pkt.ts);
	if (r->kind == RECORD_ALERT)
		buf_printf(b, "\nevent_id: %u\n", r->event.event_id);
	else
		buf_printf(b, "\nevent_ref: %u\n", r->event.event_ref);
	out_put_flow(b, t->conf, &r->pkt);
	buf_putc(b, ' ');
	buf_puttext(b, r->event.msg);
	buf_putc(b, '\n');
	put_payload(b, t->conf, r->pkt.payload);
	buf_putc(b, '\n');
	out_file_end(&t->file);
}

const struct out_ops out_log_portscan = {
	.name = "log_portscan",
	.help = "what sfportscan reports, as text (its option logfile)",
	.grammar = "FILE",
	.mask = OUT_PORTSCAN,
	.open = portscan_open,
	.write = portscan_write,
	.flush = out_text_flush,
	.reopen = out_text_reopen,
	.close = out_text_close,
	.lost = out_text_lost,
};
