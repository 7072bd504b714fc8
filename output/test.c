/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alert_test: what a test compares. A line has the packet's number, gid, sid
 * and rev, then what was asked for, each with a tab behind.
 */
#include "output/output.h"
#include "output/text.h"

struct test {
	struct out_text t; /* first: the shared hooks take it */
	bool session, rebuilt, msg;
};

static const char grammar[] = "[FILE|stdout] [session] [rebuilt] [msg]";

static void *
test_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct text name = text_word(&args), word;
	struct test want = { .msg = false }, *self;

	while ((word = text_word(&args)).len) {
		if (text_is_nocase(word, "session"))
			want.session = true;
		else if (text_is_nocase(word, "rebuilt"))
			want.rebuilt = true;
		else if (text_is_nocase(word, "msg"))
			want.msg = true;
		else
			return out_bad_arg(word, grammar, err, err_len);
	}
	self = out_text_new(conf, sizeof(*self), name, out_alert_file(conf), 0,
	    err, err_len);
	if (!self)
		return NULL;
	self->session = want.session;
	self->rebuilt = want.rebuilt;
	self->msg = want.msg;
	return self;
}

static void
test_write(void *self, const struct record *r)
{
	struct test *t = self;
	struct buf *b = out_file_begin(&t->t.file);
	const uint64_t numbers[] = { r->pkt.num, r->event.gid, r->event.sid,
		r->event.rev };

	for (unsigned i = 0; i < ARRAY_LEN(numbers); i++) {
		buf_putu(b, numbers[i]);
		buf_putc(b, '\t');
	}
	if (t->msg) {
		buf_puttext(b, r->event.msg);
		buf_putc(b, '\t');
	}
	if (t->session) {
		if (r->pkt.ip_ver)
			out_put_flow(b, t->t.conf, &r->pkt);
		buf_putc(b, '\t');
	}
	if (t->rebuilt) {
		buf_puts(b, r->pkt.rebuilt ? "rebuilt" : "");
		buf_putc(b, '\t');
	}
	buf_putc(b, '\n');
	out_file_end(&t->t.file);
}

const struct out_ops out_alert_test = {
	.name = "alert_test",
	.help = "packet number and rule of alerts, for tests",
	.grammar = grammar,
	.mask = OUT_ALERT,
	.open = test_open,
	.write = test_write,
	.flush = out_text_flush,
	.reopen = out_text_reopen,
	.close = out_text_close,
	.lost = out_text_lost,
};
