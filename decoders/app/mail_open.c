/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inline: a message of mail that is under way, for rules that drop. A struct
 * mime is all the state that its parts have: a copy of it goes ahead of the one
 * of `next', from the PDU's first byte on, is given each byte once as it comes,
 * and is forgotten when the PDU is whole.
 */
#include <string.h>

#include "decoders/app/mail.h"
#include "decoders/app/open.h"

struct mail_ahead {
	struct mime mime;
	bool stuffed, at_line;
	struct app_tail tail; /* of the unit under way */
	uint32_t out;         /* its bytes so far */
};

size_t
mail_ahead_size(void)
{
	return sizeof(struct mail_ahead);
}

void
mail_open_end(struct mail_worker *w, struct mail_ahead **ahead)
{
	if (LIKELY(!*ahead))
		return;
	slab_give(&w->aheads, *ahead);
	*ahead = NULL;
}

/* The PDU begins, for the one who looks ahead as it will for `next'. */
static struct mail_ahead *
begin(struct mail_worker *w, const struct mail_conf *conf,
    const struct mail *m, bool stuffed)
{
	struct mail_ahead *a = slab_take(&w->aheads);

	if (!a)
		return NULL;
	a->stuffed = stuffed;
	a->at_line = true;
	if (m) {
		a->mime = m->mime;
		a->stuffed = m->stuffed;
		a->at_line = m->at_line;
	} else {
		mime_begin(&a->mime, &conf->mime);
	}
	return a;
}

/* Decodes what came, as far as the unit goes; true: there is more to come of
 * it. *add: what it made. */
static bool
step(struct mail_worker *w, struct mail_ahead *a, struct slice *add,
    bool *ends)
{
	uint8_t *room = w->open_room + a->tail.n;
	size_t n = 0;

	*ends = false;
	while (w->open_left.len && !*ends) {
		struct slice in = w->open_left;
		struct mime_out o = mime_feed(&a->mime, in, room + n,
		    MAIL_ROOM - a->out - n);

		w->open_left = slice_make(in.ptr + o.consumed,
		    in.len - o.consumed);
		if (o.bytes.len && a->mime.coding != MIME_NONE) {
			/* (what is not encoded stands in the input) */
			memmove(room + n, o.bytes.ptr, o.bytes.len);
			n += o.bytes.len;
		}
		*ends = (o.flags & MIME_END && a->out + n) ||
		    MAIL_ROOM - a->out - n < 1024;
	}
	*add = slice_make(room, n);
	return n || *ends;
}

static bool
show(struct mail_worker *w, struct mail_ahead *a, struct app_unit *u)
{
	struct slice add, all;
	bool ends, any = step(w, a, &add, &ends);

	all = app_tail_view(&a->tail, add, w->open_room);
	app_set(u, BUF_FILE_DATA, all);
	u->cut = a->tail.cut ? 1u << BUF_FILE_DATA : 0;
	u->whole = ends ? 1u << BUF_FILE_DATA : 0;
	a->out = ends ? 0 : a->out + (uint32_t)add.len;
	app_tail_keep(&a->tail, all, ends);
	return any;
}

bool
mail_open(struct mail_worker *w, const struct mail_conf *conf,
    const struct mail *m, bool stuffed, struct mail_ahead **ahead,
    const struct app_open *o, bool first, uint64_t *lost, struct app_unit *u)
{
	/* its bytes were judged with the first unit; but a rule on file_data
	 * wants a payload */
	static const uint8_t blank[1];
	struct mail_ahead *a;

	if (first && !o->again) {
		mail_open_end(w, ahead);
		*ahead = begin(w, conf, m, stuffed);
	}
	a = *ahead;
	if (!a) {
		*lost += first;
		/* what will be one may be none yet */
		app_set(u, BUF_FILE_DATA, slice_make(NULL, 0));
		return first;
	}
	if (first) {
		w->open_left = a->stuffed ?
		    mail_unstuff(w, &a->at_line, o->fresh) : o->fresh;
		(void)show(w, a, u);
		return true;
	}
	if (!w->open_left.len)
		return false;
	app_set(u, BUF_PAYLOAD, slice_make(blank, sizeof(blank)));
	return show(w, a, u);
}

bool
mail_show(struct app_call *c, const struct mail_of *of, struct mail_reader *r,
    const struct app_open *o, bool first, struct app_unit *u)
{
	return mail_open(c->worker, c->conf, r->done ? NULL : r->mail, of->dots,
	    &r->ahead, o, first, c->ctrs + of->ctr_open_no_room, u);
}
