/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inline: a message that is under way, for rules that drop. A reader of its own
 * goes ahead of the one of `next', from the PDU's first byte on: it is given
 * each byte once, as it comes, and forgotten when the PDU is whole. A body that
 * is coded goes on by a copy of its decoder.
 *
 * What is shown with each piece is the head as far as its lines are whole, and
 * of the body the last LIM_APP_OPEN_TAIL bytes before the piece and all that
 * it adds. So an attack is stopped with the byte that completes it, and what a
 * segment costs does not grow with the message.
 */
#include <string.h>

#include "decoders/app/http_int.h"
#include "decoders/app/open.h"

/* Buffers that are finished with a start line, and with a head. */
enum {
	OF_LINE = 1 << BUF_HTTP_METHOD | 1 << BUF_HTTP_URI |
	    1 << BUF_HTTP_RAW_URI | 1 << BUF_HTTP_STAT_CODE |
	    1 << BUF_HTTP_STAT_MSG,
	OF_HEAD = OF_LINE | 1 << BUF_HTTP_HEADER | 1 << BUF_HTTP_RAW_HEADER |
	    1 << BUF_HTTP_COOKIE | 1 << BUF_HTTP_RAW_COOKIE,
};

struct http_ahead {
	struct http_reader r;
	struct http_waiting waiting;
	bool begins;     /* the PDU begins a message */
	bool line_whole, head_whole, head_cut;
	bool lost;       /* no message, or one that ended */
	bool dark;       /* its body cannot be decoded ahead */
	uint32_t n_start, n_head; /* of head: the start line; all */
	struct app_tail tail; /* of the body */
	uint8_t *head;     /* short_head, or long_head of w->long_heads */
	uint8_t *long_head;
	uint8_t short_head[LIM_HTTP_OPEN_HEAD];
};

size_t
http_ahead_size(void)
{
	return sizeof(struct http_ahead);
}

void
http_open_end(struct http_worker *w, struct http_session *s,
    enum flow_side side)
{
	struct http_ahead *a = s->ahead[side];

	if (LIKELY(!a))
		return;
	http_body_close(w, &a->r);
	if (a->long_head)
		slab_give(&w->long_heads, a->long_head);
	slab_give(&w->aheads, a);
	s->ahead[side] = NULL;
}

/* The PDU begins, for the one who looks ahead as it will for `next'. */
static struct http_ahead *
begin(struct http_worker *w, struct http_session *s, const struct app_open *o)
{
	struct http_ahead *a;

	http_open_end(w, s, o->side);
	a = slab_take(&w->aheads);
	if (!a)
		return NULL;
	a->head = a->short_head;
	a->r = s->read[o->side];
	a->waiting = s->read_waiting;
	a->begins = o->begins;
	if (o->gap || o->begins)
		a->r.decode = NULL;
	else
		a->dark = !http_body_clone(w, &a->r);
	if (o->gap)
		http_scan_gap(&a->r.scan);
	else if (o->begins)
		http_scan_next(&a->r.scan);
	s->ahead[o->side] = a;
	return a;
}

/* -- what came ----------------------------------------------------------------- */

/* A head that is longer than most goes on in a place of another slab. */
static size_t
head_room(struct http_worker *w, struct http_ahead *a, size_t n)
{
	if (a->long_head)
		return LIM_HTTP_OPEN_LONG;
	if (n <= sizeof(a->short_head) || a->head_cut)
		return sizeof(a->short_head);
	a->long_head = slab_take_raw(&w->long_heads);
	if (!a->long_head)
		return sizeof(a->short_head);
	memcpy(a->long_head, a->short_head, a->n_head);
	a->head = a->long_head;
	return LIM_HTTP_OPEN_LONG;
}

static void
keep_head(struct http_worker *w, struct http_ahead *a, struct slice piece)
{
	size_t room = head_room(w, a, a->n_head + piece.len);

	if (piece.len > room - a->n_head) {
		a->head_cut = true;
		piece.len = room - a->n_head;
	}
	memcpy(a->head + a->n_head, piece.ptr, piece.len);
	a->n_head = (uint32_t)(a->n_head + piece.len);
}

/* A head behind another one counts instead, as in `next'. */
static void
keep_start(struct http_worker *w, struct http_ahead *a, struct slice piece)
{
	if (a->r.scan.junk || a->n_head > a->n_start) {
		a->n_start = a->n_head = 0;
		a->line_whole = a->head_whole = a->head_cut = false;
	}
	if (a->r.scan.junk)
		return;
	if (!a->n_start)
		a->r.body = a->r.inspected = a->r.shown = 0;
	keep_head(w, a, piece);
	a->n_start = a->n_head;
	a->line_whole = a->r.scan.started;
}

static void
feed(struct http_call *h, struct http_ahead *a, struct slice rest)
{
	const struct http_scan_conf conf = { .chunk_length =
		h->sv->chunk_length, .small_chunk = h->sv->small_chunk,
		.small_chunks = h->sv->small_chunks };
	struct http_scan *scan = &a->r.scan;

	while (rest.len && !a->lost) {
		enum http_part part;
		size_t n = http_scan(scan, &conf, &a->waiting, rest, &part);
		struct slice piece = slice_make(rest.ptr, n);

		if (part == HTTP_PART_START) {
			keep_start(h->w, a, piece);
		} else if (part == HTTP_PART_HEADER) {
			keep_head(h->w, a, piece);
			a->head_whole |= scan->ended ||
			    !http_scan_in_head(scan);
		} else if (part == HTTP_PART_BODY) {
			http_body_add(h, piece);
		}
		/* `split' would have named this end: they do not agree */
		a->lost = scan->ended;
		rest = slice_make(rest.ptr + n, rest.len - n);
	}
}

/* -- what is shown ------------------------------------------------------------- */

/* Is there a head in the PDU, as far as that is known? */
static bool
has_head(const struct http_ahead *a)
{
	return a->n_start && a->line_whole && !a->head_cut;
}

static void
take_head(struct http_call *h, struct http_ahead *a)
{
	struct slice lines = slice_make(a->head + a->n_start,
	    (size_t)(a->n_head - a->n_start));

	while (lines.len && lines.ptr[lines.len - 1] != '\n')
		lines.len--;
	h->p.has_head = true;
	h->p.start = slice_make(a->head, a->n_start);
	h->p.header = lines;
	h->p.head_whole = a->head_whole;
}

static void
show_head(struct http_call *h, struct http_ahead *a, bool is_news)
{
	const struct http_server *sv = h->sv;
	bool is_answer = h->pdu->side == FLOW_SERVER;
	struct http_head head;

	if (is_answer && !sv->responses)
		return;
	take_head(h, a);
	if (!is_answer) {
		http_request_head(h);
		return;
	}
	http_response_head(h, &head);
	if (!is_news)
		return;
	if ((head.codings.n || sv->swf_deflate || sv->swf_lzma ||
	    sv->pdf_deflate) && !body_pool_is_idle(h->w->pool))
		a->dark = true;
	else
		http_body_open(h, &head);
}

/* Which buffers nothing more comes to. */
static uint32_t
finished(const struct http_ahead *a)
{
	if (a->n_start || a->begins)
		return a->head_whole ? OF_HEAD : a->line_whole ? OF_LINE : 0;
	/* a part of a message that has no head */
	return a->n_head ? 0 : OF_HEAD;
}

/*
 * The next view of the body: bytes of it that `next' shows in one unit, which
 * ends where its room does.
 */
static struct slice
view(struct http_open *w, struct http_ahead *a)
{
	size_t n = LIM_HTTP_ROOM - (size_t)(a->tail.out % LIM_HTTP_ROOM);
	struct slice add = w->rest;

	if (add.len > n)
		add.len = n;
	w->rest = slice_make(w->rest.ptr + add.len, w->rest.len - add.len);
	return app_tail_view(&a->tail, add, w->room);
}

/* The next part of the body that came; false: there is no more. */
static bool
next_part(struct http_call *h)
{
	struct slice *rest = &h->w->open.rest;

	while (!rest->len)
		if (h->pdu->side == FLOW_CLIENT ||
		    !http_response_body(h, rest))
			return false;
	return true;
}

static void
show_body(struct http_call *h, struct http_ahead *a, bool is_news)
{
	enum buf_id id = h->pdu->side == FLOW_CLIENT ? BUF_HTTP_CLIENT_BODY :
	    BUF_FILE_DATA;
	struct slice all = slice_make(a->tail.b, a->tail.n);

	if (is_news)
		all = view(&h->w->open, a);
	if (all.len || id == BUF_FILE_DATA)
		app_set(h->u, id, all);
	h->u->cut |= a->tail.cut ? 1u << id : 0;
	if (is_news)
		app_tail_keep(&a->tail, all,
		    a->tail.out % LIM_HTTP_ROOM == 0);
}

/* The body's bytes on their way. */
static void
take_body(struct http_call *h, struct http_ahead *a)
{
	uint64_t seen = h->r->body;

	h->r->body += h->p.body.len;
	if (a->lost)
		return;
	if (h->pdu->side == FLOW_CLIENT)
		h->w->open.rest = http_request_body(h, h->p.body, seen);
	else if (h->sv->responses && !a->dark && (a->n_start ||
	    !h->s->foreign[FLOW_SERVER]))
		http_body_start(h);
}

/* What came is read; the first unit. */
static void
show(struct http_call *h, struct http_ahead *a, uint64_t *ctrs)
{
	bool was_whole = a->head_whole, is_news;

	h->w->open.rest = slice_make(NULL, 0);
	h->w->pull.active = false;
	feed(h, a, h->pdu->bytes);
	is_news = a->head_whole && !was_whole;
	if (is_news && a->head_cut) {
		a->dark = true; /* who knows how its body is coded */
		ctrs[HTTP_CTR_OPEN_CUT]++;
	}
	if (has_head(a) && a->tail.out < LIM_HTTP_ROOM)
		show_head(h, a, is_news);
	ctrs[HTTP_CTR_OPEN_DARK] += a->dark && h->p.body.len;
	take_body(h, a);
	show_body(h, a, next_part(h));
}

bool
http_open(struct app_call *c, const struct http_conf *conf,
    const struct http_server *sv, const struct app_open *o, bool first,
    struct app_unit *u)
{
	/* its bytes were judged with the first unit; but a rule on file_data
	 * wants a payload */
	static const uint8_t blank[1];
	struct http_session *s = c->session, mine;
	struct http_worker *w = c->worker;
	struct http_ahead *a = s->ahead[o->side];
	const struct app_pdu pdu = { .bytes = o->fresh, .side = o->side,
		.begins = o->begins, .gap = o->gap, .open = true };
	struct app_call quiet = *c;
	struct http_call h = { .c = &quiet, .conf = conf, .sv = sv, .s = &mine,
		.w = w, .pdu = &pdu, .u = u, .again = true };

	if (first && !o->again)
		a = begin(w, s, o);
	if (!a) {
		c->ctrs[HTTP_CTR_OPEN_NO_ROOM] += first;
		return first;
	}
	/* nothing of the session changes, whatever is found */
	quiet.ctrs = w->uncounted;
	mine = *s;
	mine.request = mine.response = NULL;
	mine.n_txs = 0;
	mine.facts = (struct http_facts){ { 0 } };
	h.r = &a->r;
	if (first) {
		show(&h, a, c->ctrs);
	} else if (next_part(&h)) {
		show_body(&h, a, true);
		app_set(u, BUF_PAYLOAD, slice_make(blank, sizeof(blank)));
	} else {
		return false;
	}
	body_pool_count(w->pool, quiet.ctrs + HTTP_CTR_BODIES);
	w->open.facts = mine.facts;
	u->facts = &w->open.facts;
	u->whole = finished(a);
	return true;
}
