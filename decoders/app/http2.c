/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/2's sessions and streams. A PDU ends with a message, so that head and
 * body are judged together, as HTTP/1's are; the frames of several streams may
 * lie in it, and what it has of each becomes a unit. What comes of a message
 * before another stream's message ends is shown at once, and once more with
 * what follows: of a request up to LIM_HTTP2_KEPT, of a response its head.
 */
#include "decoders/app/http2_int.h"

#include <stdlib.h>

#include "core/xalloc.h"

/* -- the worker's part ---------------------------------------------------- */

struct http2_worker *
http2_worker_new(void)
{
	struct http2_worker *w = mem_calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	slab_init(&w->conns, sizeof(struct http2), LIM_HTTP2_CONNS);
	slab_init(&w->streams, sizeof(struct http2_stream),
	    LIM_HTTP2_STREAMS_ALL);
	slab_init(&w->kepts, sizeof(struct http2_kept), LIM_HTTP2_KEPTS);
	slab_init(&w->blocks, sizeof(struct http2_block), LIM_HTTP2_BLOCKS);
	hpack_pool_init(&w->hpack, LIM_HTTP2_TABLES, LIM_HTTP2_LARGE);
	return w;
}

void
http2_worker_free(struct http2_worker *w)
{
	if (!w)
		return;
	slab_fini(&w->conns);
	slab_fini(&w->streams);
	slab_fini(&w->kepts);
	slab_fini(&w->blocks);
	hpack_pool_fini(&w->hpack);
	free(w);
}

/* -- streams -------------------------------------------------------------- */

static void
link_newest(struct http2_worker *w, struct http2_stream *st)
{
	st->older = w->newest;
	st->newer = NULL;
	if (w->newest)
		w->newest->newer = st;
	else
		w->oldest = st;
	w->newest = st;
}

static void
unlink_stream(struct http2_worker *w, struct http2_stream *st)
{
	if (st->older)
		st->older->newer = st->newer;
	else
		w->oldest = st->newer;
	if (st->newer)
		st->newer->older = st->older;
	else
		w->newest = st->older;
}

static void
forget_kept(struct http2_worker *w, struct http2_stream *st,
    enum flow_side side)
{
	slab_give(&w->kepts, st->kept[side]);
	st->kept[side] = NULL;
}

/* c: of its flow; NULL: of another one, and nothing is told of it. */
static void
close_stream(struct app_call *c, struct http_worker *hw,
    struct http2_stream *st)
{
	struct http2_worker *w = hw->h2;
	struct http2 *h2 = st->of;
	unsigned i;

	if (c)
		http_tx_end_all(c, &st->http);
	else
		http_tx_drop_all(hw, &st->http);
	http_body_close(hw, &st->http.read[FLOW_SERVER]);
	for (i = 0; i < FLOW_SIDES; i++)
		forget_kept(w, st, (enum flow_side)i);
	for (i = 0; i < h2->n_streams && h2->streams[i] != st; i++)
		;
	h2->n_streams--;
	for (; i < h2->n_streams; i++)
		h2->streams[i] = h2->streams[i + 1];
	unlink_stream(w, st);
	slab_give(&w->streams, st);
}

static bool
is_over(const struct http2_stream *st)
{
	return st->reset || (st->ended[FLOW_CLIENT] && st->ended[FLOW_SERVER]);
}

/* Streams that were over when a PDU was not read to its end. */
static void
close_over(struct http_call *h)
{
	struct http2 *h2 = h->s->h2;

	for (unsigned i = h2->n_streams; i-- > 0;)
		if (is_over(h2->streams[i]))
			close_stream(h->c, h->w, h2->streams[i]);
}

static struct http2_stream *
find_stream(struct http2_worker *w, struct http2 *h2, uint32_t id)
{
	for (unsigned i = h2->n_streams; i-- > 0;) {
		struct http2_stream *st = h2->streams[i];

		if (st->id != id)
			continue;
		unlink_stream(w, st);
		link_newest(w, st);
		return st;
	}
	return NULL;
}

/* Does the PDU have something of it, that is still to be shown? */
static bool
has_slot(const struct http2_worker *w, const struct http2_stream *st)
{
	for (unsigned i = 0; i < w->n_slots; i++)
		if (w->slots[i].st == st)
			return true;
	return false;
}

/* The session's that was opened first, but for those of the PDU. */
static struct http2_stream *
oldest_of(const struct http2_worker *w, const struct http2 *h2)
{
	struct http2_stream *first = NULL;

	for (unsigned i = 0; i < h2->n_streams; i++)
		if ((!first || h2->streams[i]->id < first->id) &&
		    !has_slot(w, h2->streams[i]))
			first = h2->streams[i];
	return first;
}

/* The oldest one of the session, or of the worker, gives way. */
static struct http2_stream *
take_stream(struct http_call *h)
{
	struct http2_worker *w = h->w->h2;
	struct http2 *h2 = h->s->h2;
	struct http2_stream *st;

	if (h2->n_streams == LIM_HTTP2_STREAMS) {
		http2_event(h, HTTP2_EV_STREAMS);
		h->c->ctrs[HTTP_CTR_H2_STREAMS_LOST]++;
		close_stream(h->c, h->w, oldest_of(w, h2));
	}
	st = slab_take(&w->streams);
	if (st || w->streams.live < LIM_HTTP2_STREAMS || !w->oldest)
		return st;
	h->c->ctrs[HTTP_CTR_H2_STREAMS_LOST]++;
	close_stream(w->oldest->of == h2 ? h->c : NULL, h->w, w->oldest);
	return slab_take(&w->streams);
}

/* What HTTP/1 asked before it became HTTP/2 is stream 1's request. */
static void
take_over(struct http_session *from, struct http2_stream *st)
{
	if (!from->upgraded || st->id != 1)
		return;
	from->upgraded = false;
	st->ended[FLOW_CLIENT] = st->headed[FLOW_CLIENT] = true;
	if (!from->n_txs)
		return;
	st->http.txs[0] = from->txs[0];
	st->http.txs[0]->stream = st->id;
	st->http.n_txs = 1;
	from->n_txs--;
	for (unsigned i = 0; i < from->n_txs; i++)
		from->txs[i] = from->txs[i + 1];
}

static struct http2_stream *
open_stream(struct http_call *h, uint32_t id)
{
	struct http2 *h2 = h->s->h2;
	struct http2_stream *st = take_stream(h);

	if (!st) {
		h->c->ctrs[HTTP_CTR_H2_NO_MEMORY]++;
		return NULL;
	}
	st->of = h2;
	st->id = id;
	/* a server may answer before the request ended */
	st->http.asked = true;
	st->http.stream = id;
	/* what is answered was promised, or asked before and is over or reset */
	st->ended[FLOW_CLIENT] = h->pdu->side == FLOW_SERVER &&
	    (!(id & 1) || id <= h2->side[FLOW_CLIENT].last_id);
	take_over(h->s, st);
	h2->streams[h2->n_streams++] = st;
	h2->opened++;
	link_newest(h->w->h2, st);
	h->c->ctrs[HTTP_CTR_H2_STREAMS]++;
	return st;
}

/* -- sessions ------------------------------------------------------------- */

struct http2 *
http2_open(struct app_call *c)
{
	struct http_worker *hw = c->worker;
	struct http2 *h2 = slab_take(&hw->h2->conns);

	if (!h2) {
		c->ctrs[HTTP_CTR_H2_NO_MEMORY]++;
		return NULL;
	}
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		hpack_init(&h2->side[i].hpack);
	h2->side[FLOW_CLIENT].split.skip = HTTP2_PREFACE;
	h2->side[FLOW_CLIENT].read.skip = HTTP2_PREFACE;
	c->ctrs[HTTP_CTR_H2_SESSIONS]++;
	return h2;
}

static void
give_block(struct http2_worker *w, struct http2_block *b)
{
	if (b->older)
		b->older->newer = b->newer;
	else
		w->oldest_block = b->newer;
	if (b->newer)
		b->newer->older = b->older;
	else
		w->newest_block = b->older;
	b->of->side[b->side].block = NULL;
	slab_give(&w->blocks, b);
}

void
http2_close(struct app_call *c, struct http2 *h2)
{
	struct http_worker *hw = c->worker;
	struct http2_worker *w = hw->h2;

	if (!h2)
		return;
	if (w->of == h2) {
		w->of = NULL;
		w->n_slots = w->at = 0;
	}
	/* the first ones first, as they are told of */
	for (unsigned i = 0; i < h2->n_streams; i++)
		http_tx_end_all(c, &h2->streams[i]->http);
	while (h2->n_streams)
		close_stream(c, hw, h2->streams[h2->n_streams - 1]);
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		if (h2->side[i].block)
			give_block(w, h2->side[i].block);
		hpack_fini(&h2->side[i].hpack, &w->hpack);
	}
	slab_give(&w->conns, h2);
}

/* Nothing behind this can be read: a receiver would end the connection. */
static void
give_up(struct http_call *h)
{
	struct http2 *h2 = h->s->h2;

	if (h2->dead)
		return;
	h2->dead = true;
	h->c->fate = APP_NOT_MINE;
	h->c->ctrs[HTTP_CTR_H2_GIVEN_UP]++;
}

/* -- ends of messages ----------------------------------------------------- */

/* The PDU has something of this stream. */
static void
note_stream(struct http2_side *sd, uint32_t id)
{
	for (unsigned i = 0; i < sd->n_ids; i++)
		if (sd->ids[i] == id)
			return;
	if (sd->n_ids < LIM_HTTP2_IN_PDU)
		sd->ids[sd->n_ids++] = id;
	sd->n_slots++;
}

/* Does the frame that ended end a message, or is the PDU full of streams?
 * Settings are told of early: the other side may go by them. */
static bool
ends_pdu(struct http2_side *sd)
{
	const struct http2_scan *s = &sd->split;

	switch (s->type) {
	case HTTP2_DATA:
		note_stream(sd, s->stream);
		if (s->flags & HTTP2_END_STREAM)
			return true;
		break;
	case HTTP2_HEADERS:
	case HTTP2_PUSH_PROMISE:
		sd->n_slots++;
		sd->split_block = !(s->flags & HTTP2_END_HEADERS);
		sd->split_ends = s->type == HTTP2_HEADERS &&
		    s->flags & HTTP2_END_STREAM;
		if (!sd->split_block && sd->split_ends)
			return true;
		break;
	case HTTP2_CONTINUATION:
		if (s->flags & HTTP2_END_HEADERS && sd->split_block) {
			sd->split_block = false;
			if (sd->split_ends)
				return true;
		}
		break;
	case HTTP2_SETTINGS:
		if (!(s->flags & HTTP2_ACK))
			return true;
		break;
	case HTTP2_RST_STREAM:
	case HTTP2_GOAWAY:
		return true;
	default:
		break;
	}
	return !sd->split_block && sd->n_slots >= LIM_HTTP2_IN_PDU;
}

size_t
http2_split(struct app_call *c, struct http2 *h2, enum flow_side side,
    struct slice bytes)
{
	struct http2_side *sd = &h2->side[side];
	size_t at = 0;

	(void)c;
	if (!bytes.ptr) {
		http2_scan_gap(&sd->split);
		sd->split_block = false;
		sd->n_slots = sd->n_ids = 0;
		return 0;
	}
	while (at < bytes.len) {
		struct slice content;

		at += http2_scan(&sd->split, slice_make(bytes.ptr + at,
		    bytes.len - at), &content);
		if (!sd->split.ended || !ends_pdu(sd))
			continue;
		sd->n_slots = sd->n_ids = 0;
		return at;
	}
	return 0;
}

/* -- what a PDU has of its streams ---------------------------------------- */

/* The stream's slot; for a head, one that has none. NULL: there is no room. */
static struct http2_slot *
slot_of(struct http_call *h, struct http2_stream *st, bool for_head)
{
	struct http2_worker *w = h->w->h2;
	struct http2_slot *slot;

	for (unsigned i = w->n_slots; i-- > 0;)
		if (w->slots[i].st == st) {
			if (for_head && (w->slots[i].has_head ||
			    w->slots[i].n_pieces))
				break;
			return &w->slots[i];
		}
	if (w->n_slots == HTTP2_SLOTS) {
		h->c->ctrs[HTTP_CTR_NO_ROOM]++;
		return NULL;
	}
	slot = &w->slots[w->n_slots++];
	*slot = (struct http2_slot){ .st = st };
	return slot;
}

static void
end_side(struct http_call *h, struct http2_stream *st, struct http2_slot *slot)
{
	st->ended[h->pdu->side] = true;
	h->s->h2->unsettled = true;
	if (slot)
		slot->ended = true;
}

static void
add_piece(struct http_call *h, struct http2_stream *st, struct slice bytes)
{
	struct http2_worker *w = h->w->h2;
	struct http2_slot *slot = slot_of(h, st, false);
	struct http2_piece *last;

	if (!slot)
		return;
	last = slot->n_pieces ? &w->pieces[slot->last] : NULL;
	if (last && last->bytes.ptr + last->bytes.len == bytes.ptr) {
		last->bytes.len += bytes.len;
		return;
	}
	if (w->n_pieces == LIM_HTTP2_PIECES) {
		h->c->ctrs[HTTP_CTR_NO_ROOM]++;
		return;
	}
	w->pieces[w->n_pieces].bytes = bytes;
	if (last)
		last->next = w->n_pieces;
	else
		slot->first = w->n_pieces;
	slot->last = w->n_pieces++;
	slot->n_pieces++;
}

/* Was it opened once? Nobody knows behind missing bytes. */
static bool
was_opened(const struct http2 *h2, uint32_t id)
{
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		if (id <= h2->side[i].last_id || h2->side[i].hpack.lost)
			return true;
	return false;
}

/* The stream of a frame of data: one that was opened. One that was reset may
 * get more of it until its sender knows. */
static struct http2_stream *
data_stream(struct http_call *h, uint32_t id)
{
	struct http2_stream *st = find_stream(h->w->h2, h->s->h2, id);

	if (!st && h->s->upgraded && id == 1 && h->pdu->side == FLOW_SERVER)
		st = open_stream(h, id);
	if (!st || st->ended[h->pdu->side]) {
		h->c->ctrs[HTTP_CTR_H2_STRAY]++;
		if (st || !was_opened(h->s->h2, id))
			http2_event(h, HTTP2_EV_SEQUENCE);
		return NULL;
	}
	return st;
}

/* -- blocks of fields ----------------------------------------------------- */

static void
begin_block(struct http_call *h, struct http2_side *sd)
{
	const struct http2_scan *s = &sd->read;

	sd->in_block = true;
	sd->block_len = 0;
	sd->is_push = s->type == HTTP2_PUSH_PROMISE;
	sd->block_stream = s->stream;
	sd->block_ends = !sd->is_push && s->flags & HTTP2_END_STREAM;
	if (sd->is_push && h->pdu->side == FLOW_CLIENT)
		http2_event(h, HTTP2_EV_CLIENT_PUSH);
}

static void
add_block(struct http_call *h, struct http2_side *sd, struct slice s)
{
	struct http2_worker *w = h->w->h2;

	if (s.len > sizeof(w->block) - sd->block_len) {
		http2_event(h, HTTP2_EV_LONG_BLOCK);
		give_up(h);
		return;
	}
	memcpy(w->block + sd->block_len, s.ptr, s.len);
	sd->block_len += (uint32_t)s.len;
}

/* A block whose end is in a later PDU waits for it outside. */
static void
save_block(struct http_call *h, struct http2_side *sd)
{
	struct http2_worker *w = h->w->h2;
	struct http2_block *b;

	if (!sd->in_block || h->s->h2->dead)
		return;
	b = slab_take_raw(&w->blocks);
	if (!b && w->oldest_block) {
		/* read without its block, its fields come to nothing */
		give_block(w, w->oldest_block);
		h->c->ctrs[HTTP_CTR_H2_BLOCKS_LOST]++;
		b = slab_take_raw(&w->blocks);
	}
	if (!b)
		return;
	b->of = h->s->h2;
	b->side = h->pdu->side;
	b->newer = NULL;
	b->older = w->newest_block;
	if (b->older)
		b->older->newer = b;
	else
		w->oldest_block = b;
	w->newest_block = b;
	memcpy(b->bytes, w->block, sd->block_len);
	sd->block = b;
}

static void
restore_block(struct http_call *h, struct http2_side *sd)
{
	struct http2_worker *w = h->w->h2;

	if (!sd->in_block)
		return;
	if (!sd->block) {
		give_up(h);
		return;
	}
	memcpy(w->block, sd->block->bytes, sd->block_len);
	give_block(w, sd->block);
}

/* What the fields are of. */
static struct http2_stream *
fields_stream(struct http_call *h, struct http2_side *sd)
{
	enum flow_side side = h->pdu->side;
	uint32_t id = sd->block_stream;
	struct http2_stream *st = find_stream(h->w->h2, h->s->h2, id);

	if (side == FLOW_CLIENT && !st && (!(id & 1) || id <= sd->last_id))
		http2_event(h, HTTP2_EV_STREAM_ID);
	if (!st && id)
		st = open_stream(h, id);
	if (id > sd->last_id)
		sd->last_id = id;
	if (st && st->ended[side]) {
		h->c->ctrs[HTTP_CTR_H2_STRAY]++;
		http2_event(h, HTTP2_EV_SEQUENCE);
		return NULL;
	}
	return st;
}

static void
take_head(struct http_call *h, struct http2_stream *st,
    const struct http2_head *head)
{
	struct http2_slot *slot = slot_of(h, st, true);
	enum flow_side side = h->pdu->side;

	if (!slot)
		return;
	slot->has_head = true;
	slot->head = head->text;
	slot->start = head->start;
	slot->len = head->len;
	slot->status = head->status;
	/* another head follows what only informs, RFC 9110 15.2 */
	st->headed[side] = side == FLOW_CLIENT || head->status / 100 != 1;
	if (h->s->h2->side[side].block_ends)
		end_side(h, st, slot);
}

static void
take_trailers(struct http_call *h, struct http2_stream *st,
    const struct http2_head *head)
{
	struct http2_slot *slot = slot_of(h, st, false);

	if (slot && !slot->trailers_len) {
		slot->trailers = head->text;
		slot->trailers_len = head->len;
	}
	if (h->s->h2->side[h->pdu->side].block_ends)
		end_side(h, st, slot);
	else
		http2_event(h, HTTP2_EV_TRAILERS);
}

static void
end_block(struct http_call *h, struct http2_side *sd)
{
	enum http2_kind kind = h->pdu->side == FLOW_CLIENT ? HTTP2_REQUEST :
	    HTTP2_RESPONSE;
	struct http2_stream *st = NULL;
	struct http2_head head;

	sd->in_block = false;
	if (sd->is_push)
		kind = HTTP2_REQUEST;
	else
		st = fields_stream(h, sd);
	if (st && st->headed[h->pdu->side])
		kind = HTTP2_TRAILERS;
	/* whosever they are, the table goes on with them */
	if (!http2_fields(h, sd, sd->block_len, kind, &head)) {
		give_up(h);
		return;
	}
	h->c->ctrs[HTTP_CTR_H2_PUSHES] += sd->is_push;
	if (!st)
		return;
	if (kind == HTTP2_TRAILERS)
		take_trailers(h, st, &head);
	else
		take_head(h, st, &head);
}

/* -- other frames --------------------------------------------------------- */

/* Identifiers and values, RFC 9113 6.5.1. */
static void
read_settings(struct http_call *h, struct http2_side *sd, struct slice s)
{
	struct http2 *h2 = h->s->h2;
	enum { HEADER_TABLE_SIZE = 1, MAX_KNOWN = 9 };

	for (size_t i = 0; i < s.len; i++) {
		struct cursor c = cur_make(sd->setting, sizeof(sd->setting));
		uint16_t id;
		uint32_t value;

		sd->setting[sd->n_setting++] = s.ptr[i];
		if (sd->n_setting < sizeof(sd->setting))
			continue;
		sd->n_setting = 0;
		if (!cur_be16(&c, &id) || !cur_be32(&c, &value))
			return;
		if (id == HEADER_TABLE_SIZE)
			hpack_allow(&h2->side[h->pdu->side == FLOW_CLIENT ?
			    FLOW_SERVER : FLOW_CLIENT].hpack, value);
		else if (!id || id > MAX_KNOWN)
			http2_event(h, HTTP2_EV_SETTING);
	}
}

static void
read_reset(struct http_call *h, const struct http2_scan *s)
{
	struct http2 *h2 = h->s->h2;
	struct http2_stream *st = find_stream(h->w->h2, h2, s->stream);

	if (s->len != 4 || !s->stream)
		http2_event(h, HTTP2_EV_RESET);
	if (st) {
		st->reset = true;
		h2->unsettled = true;
	}
	if (h->pdu->side != FLOW_CLIENT)
		return;
	h->c->ctrs[HTTP_CTR_H2_RESETS]++;
	h2->resets++;
	if (h2->resets > LIM_HTTP2_RESETS && h2->resets > h2->opened / 2)
		http2_event(h, HTTP2_EV_RESETS);
}

static void
begin_frame(struct http_call *h, struct http2_side *sd)
{
	const struct http2_scan *s = &sd->read;
	bool goes_on = s->type == HTTP2_CONTINUATION;

	h->c->ctrs[HTTP_CTR_H2_FRAMES]++;
	if (sd->in_block && (!goes_on || s->stream != sd->block_stream)) {
		http2_event(h, HTTP2_EV_NO_CONTINUATION);
		give_up(h);
		return;
	}
	if (goes_on && !sd->in_block)
		http2_event(h, HTTP2_EV_CONTINUATION);
	if (s->type == HTTP2_HEADERS || s->type == HTTP2_PUSH_PROMISE)
		begin_block(h, sd);
	sd->n_setting = 0;
}

static void
end_data(struct http_call *h, const struct http2_scan *s)
{
	struct http2_stream *st;

	if (!(s->flags & HTTP2_END_STREAM))
		return;
	st = data_stream(h, s->stream);
	/* even without a byte, its unit ends a message */
	if (st)
		end_side(h, st, slot_of(h, st, false));
}

static void
end_frame(struct http_call *h, struct http2_side *sd)
{
	const struct http2_scan *s = &sd->read;

	if (s->bad_pad || s->bad_length)
		http2_event(h, s->type == HTTP2_PUSH_PROMISE ?
		    HTTP2_EV_PUSH : HTTP2_EV_PADDING);
	switch (s->type) {
	case HTTP2_DATA:
		end_data(h, s);
		break;
	case HTTP2_HEADERS:
	case HTTP2_PUSH_PROMISE:
	case HTTP2_CONTINUATION:
		if (sd->in_block && s->flags & HTTP2_END_HEADERS)
			end_block(h, sd);
		break;
	case HTTP2_RST_STREAM:
		read_reset(h, s);
		break;
	case HTTP2_SETTINGS:
		if (s->len % HTTP2_PREFIX || (s->flags & HTTP2_ACK && s->len))
			http2_event(h, HTTP2_EV_SETTINGS);
		break;
	case HTTP2_WINDOW_UPDATE:
		if (s->len != 4)
			http2_event(h, HTTP2_EV_WINDOW);
		break;
	default:
		break;
	}
}

static void
read_content(struct http_call *h, struct http2_side *sd, struct slice content)
{
	const struct http2_scan *s = &sd->read;
	struct http2_stream *st;

	switch (s->type) {
	case HTTP2_DATA:
		st = data_stream(h, s->stream);
		if (st)
			add_piece(h, st, content);
		break;
	case HTTP2_HEADERS:
	case HTTP2_PUSH_PROMISE:
	case HTTP2_CONTINUATION:
		if (sd->in_block)
			add_block(h, sd, content);
		break;
	case HTTP2_SETTINGS:
		if (!(s->flags & HTTP2_ACK))
			read_settings(h, sd, content);
		break;
	default:
		break;
	}
}

/* Bytes are missing: of the table, of bodies, perhaps of a block. */
static void
read_gap(struct http_call *h, struct http2_side *sd)
{
	struct http2 *h2 = h->s->h2;

	h->c->ctrs[HTTP_CTR_GAPS]++;
	http2_scan_gap(&sd->read);
	hpack_lose(&sd->hpack, &h->w->h2->hpack);
	if (sd->block)
		give_block(h->w->h2, sd->block);
	sd->in_block = false;
	for (unsigned i = 0; i < h2->n_streams; i++) {
		struct http_reader *r =
		    &h2->streams[i]->http.read[h->pdu->side];

		http_body_close(h->w, r);
		r->file.gaps = true;
	}
}

/* All of the PDU, at once: what a block says depends on those before it. */
static void
gather(struct http_call *h)
{
	struct http2 *h2 = h->s->h2;
	struct http2_side *sd = &h2->side[h->pdu->side];
	struct http2_worker *w = h->w->h2;
	struct slice rest = h->pdu->bytes;

	w->of = h2;
	w->n_slots = w->at = 0;
	w->n_pieces = w->used = 0;
	h->w->pull.active = false;
	if (h2->unsettled)
		close_over(h);
	h2->unsettled = false;
	if (h->pdu->gap)
		read_gap(h, sd);
	restore_block(h, sd);
	while (rest.len && !h2->dead) {
		struct slice content;
		size_t n = http2_scan(&sd->read, rest, &content);

		rest = slice_make(rest.ptr + n, rest.len - n);
		if (sd->read.began)
			begin_frame(h, sd);
		if (content.len && !h2->dead)
			read_content(h, sd, content);
		if (sd->read.ended && !h2->dead)
			end_frame(h, sd);
	}
	save_block(h, sd);
}

/* -- units ---------------------------------------------------------------- */

/* A stream's message, for what reads HTTP/1's. */
struct message {
	struct app_pdu pdu;
	struct http_call h;
	size_t start, head; /* in the worker's text; 0: it has no head */
	size_t seen;        /* bytes of its body that were shown before */
};

static void
begin_message(struct http_call *h, const struct http2_slot *slot,
    struct message *m)
{
	struct http_session *s = &slot->st->http;

	*m = (struct message){ .h = *h, .pdu = { .side = h->pdu->side,
		.ends = slot->ended, .begins = slot->has_head } };
	m->h.s = s;
	m->h.pdu = &m->pdu;
	m->h.r = &s->read[h->pdu->side];
	s->told = h->s->told;
	s->client = h->s->client;
}

static void
end_message(struct http_call *h, const struct message *m)
{
	h->s->told = m->h.s->told;
	h->s->client = m->h.s->client;
	h->s->facts = m->h.s->facts;
	h->u->facts = &h->s->facts;
}

static void
append(struct http2_worker *w, size_t *n, const uint8_t *bytes, size_t len)
{
	len = len < sizeof(w->text) - *n ? len : sizeof(w->text) - *n;
	if (len)
		memcpy(w->text + *n, bytes, len);
	*n += len;
}

/* Head, body and trailers, one behind the other. */
static void
write_message(struct http_call *h, const struct http2_slot *slot,
    struct message *m)
{
	struct http2_worker *w = h->w->h2;
	const struct http2_kept *kept = slot->st->kept[h->pdu->side];
	struct http_parts *p = &m->h.p;
	uint32_t piece = slot->first;
	size_t n = 0;

	if (slot->has_head) {
		append(w, &n, slot->head, slot->len);
		m->start = slot->start;
		m->head = n;
	} else if (kept && slot->n_pieces) {
		append(w, &n, kept->text, kept->len);
		m->start = kept->start;
		m->head = kept->head;
		m->seen = n - m->head;
		m->h.again = true;
	} else if (slot->n_pieces == 1 && !slot->trailers_len) {
		p->body = m->pdu.bytes = w->pieces[piece].bytes;
		return;
	}
	for (uint32_t i = 0; i < slot->n_pieces; i++) {
		append(w, &n, w->pieces[piece].bytes.ptr,
		    w->pieces[piece].bytes.len);
		piece = w->pieces[piece].next;
	}
	p->start = slice_make(w->text, m->start);
	p->header = slice_make(w->text + m->start, m->head - m->start);
	p->body = slice_make(w->text + m->head, n - m->head);
	append(w, &n, slot->trailers, slot->trailers_len);
	m->pdu.bytes = slice_make(w->text, n);
}

/* What was shown is shown once more with what follows in another PDU, so that
 * other streams' messages between its parts hide nothing. */
static void
keep_message(struct http_call *h, const struct http2_slot *slot,
    const struct message *m)
{
	struct http2_worker *w = h->w->h2;
	struct http2_stream *st = slot->st;
	enum flow_side side = h->pdu->side;
	struct http2_kept *k = st->kept[side];
	size_t n = m->pdu.bytes.len;

	if (slot->ended || (slot->n_pieces && (side == FLOW_SERVER ||
	    n > sizeof(k->text)))) {
		forget_kept(w, st, side);
		return;
	}
	if (!m->head || !st->headed[side])
		return;
	if (!k)
		k = st->kept[side] = slab_take_raw(&w->kepts);
	if (!k)
		return;
	n = n < sizeof(k->text) ? n : sizeof(k->text);
	k->len = (uint32_t)n;
	k->head = (uint32_t)(m->head < n ? m->head : n);
	k->start = (uint32_t)(m->start < n ? m->start : n);
	memcpy(k->text, m->pdu.bytes.ptr, n);
}

static void
settle(struct http_call *h, const struct http2_slot *slot, struct message *m)
{
	struct http2_worker *w = h->w->h2;
	struct http2_stream *st = slot->st;

	if (h->pdu->side == FLOW_SERVER) {
		if (h->w->pull.active)
			return;
		if (slot->ended) {
			m->h.r->file.whole = true;
			http_body_close(h->w, m->h.r);
		}
	}
	/* another part of it may follow */
	for (unsigned i = w->at; i < w->n_slots; i++)
		if (w->slots[i].st == st)
			return;
	if (is_over(st))
		close_stream(h->c, h->w, st);
}

static void
show(struct http_call *h, const struct http2_slot *slot)
{
	struct message m;
	struct http_reader *r;

	begin_message(h, slot, &m);
	m.h.s->facts = (struct http_facts){ { 0 } };
	write_message(h, slot, &m);
	m.h.p.has_head = m.h.p.head_whole = slot->has_head || m.h.again;
	m.h.p.ended = slot->ended;
	r = m.h.r;
	/* where it ends, frames say */
	r->scan = (struct http_scan){ .side = (uint8_t)h->pdu->side,
		.major = 2, .has_length = true, .status = slot->status };
	if (slot->has_head) {
		http_body_close(h->w, r);
		r->body = r->inspected = r->shown = 0;
		r->odd = 0;
		r->file = (struct http_file){ .len = 0 };
	} else {
		h->c->ctrs[HTTP_CTR_CONTINUED]++;
		r->body -= m.seen < r->body ? m.seen : r->body;
	}
	app_set(h->u, BUF_PAYLOAD, m.pdu.bytes);
	if (h->pdu->side == FLOW_CLIENT)
		http_request_read(&m.h);
	else
		http_response_read(&m.h);
	keep_message(h, slot, &m);
	end_message(h, &m);
	settle(h, slot, &m);
}

/* The rest of a body that was longer than a unit's room. */
static bool
show_more(struct http_call *h, const struct http2_slot *slot)
{
	struct message m;
	bool more;

	begin_message(h, slot, &m);
	more = http_response_more(&m.h);
	end_message(h, &m);
	settle(h, slot, &m);
	return more;
}

bool
http2_next(struct http_call *h, bool first)
{
	struct http2_worker *w = h->w->h2;

	if (first)
		gather(h);
	else if (h->w->pull.active && w->at &&
	    show_more(h, &w->slots[w->at - 1]))
		return true;
	if (w->at < w->n_slots) {
		w->at++;
		show(h, &w->slots[w->at - 1]);
		return true;
	}
	if (h->s->h2->unsettled)
		close_over(h);
	h->s->h2->unsettled = false;
	return first;
}
