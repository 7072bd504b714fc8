/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The body of a message, as far as it lies in this PDU: one piece is where it
 * stands, several (chunks) are put together in the worker's room. A
 * response's goes on through its codings, what packs a file, its character set
 * and its scripts before it is file_data: a row of stages, each of which takes
 * what the one before it gave. What becomes longer than a room is several units.
 */
#include "decoders/app/http_int.h"

#include "decoders/app/body.h"
#include "decoders/app/js.h"
#include "decoders/app/unpack.h"
#include "decoders/app/utf.h"

/* A response's body, from PDU to PDU. */
struct http_body {
	struct body *coded; /* NULL: as it is */
	bool packed, to_utf8, scripts;
	bool told_bad;
	bool gave; /* something came out of the coding */
	uint64_t fed; /* coded bytes */
	struct unpack unpack;
	struct utf utf;
	struct js js;
};

size_t
http_body_size(void)
{
	return sizeof(struct http_body);
}

void
http_body_add(struct http_call *h, struct slice piece)
{
	struct slice *body = &h->p.body;
	uint8_t *room = h->w->chunks;

	if (!body->len) {
		*body = piece;
		return;
	}
	if (body->ptr + body->len == piece.ptr) {
		body->len += piece.len;
		return;
	}
	if (body->len > LIM_HTTP_ROOM)
		body->len = LIM_HTTP_ROOM;
	if (body->ptr != room) {
		memcpy(room, body->ptr, body->len);
		body->ptr = room;
	}
	if (piece.len > LIM_HTTP_ROOM - body->len) {
		h->c->ctrs[HTTP_CTR_NO_ROOM]++;
		piece.len = LIM_HTTP_ROOM - body->len;
	}
	memcpy(room + body->len, piece.ptr, piece.len);
	body->len += piece.len;
}

/* -- from the head on ------------------------------------------------------- */

void
http_body_close(struct http_worker *w, struct http_reader *r)
{
	if (!r->decode)
		return;
	if (r->decode->packed)
		unpack_end(&r->decode->unpack);
	body_end(r->decode->coded);
	slab_give(&w->bodies, r->decode);
	r->decode = NULL;
}

bool
http_body_clone(struct http_worker *w, struct http_reader *r)
{
	struct http_body *of = r->decode, *b;

	r->decode = NULL;
	if (!of)
		return true;
	if ((of->coded || of->unpack.body) && !body_pool_is_idle(w->pool))
		return false;
	b = slab_take_raw(&w->bodies);
	if (!b)
		return false;
	*b = *of;
	b->coded = of->coded ? body_clone(of->coded) : NULL;
	b->unpack.body = of->unpack.body ? body_clone(of->unpack.body) : NULL;
	r->decode = b;
	if (!of->coded == !b->coded && !of->unpack.body == !b->unpack.body)
		return true;
	http_body_close(w, r);
	return false;
}

struct body *
http_body_lose(struct http_worker *w, struct http_reader *r)
{
	struct body *b = r->decode ? r->decode->coded : NULL;

	if (b)
		r->decode->coded = NULL;
	http_body_close(w, r);
	return b;
}

/* Pictures and sounds have no scripts. */
static bool
may_have_scripts(struct slice type)
{
	static const struct text not[] = { { "image/", 6 }, { "audio/", 6 },
		{ "video/", 6 }, { "font/", 5 } };

	for (size_t i = 0; i < ARRAY_LEN(not); i++)
		if (type.len > not[i].len && http_is(slice_make(type.ptr,
		    not[i].len), not[i].ptr))
			return false;
	return true;
}

void
http_body_open(struct http_call *h, const struct http_head *head)
{
	const struct http_server *sv = h->sv;
	struct slice type = head->value[HTTP_CONTENT_TYPE];
	enum utf_kind kind = utf_of_type(type);
	unsigned what = (sv->swf_deflate ? UNPACK_SWF_DEFLATE : 0) |
	    (sv->swf_lzma ? UNPACK_SWF_LZMA : 0) |
	    (sv->pdf_deflate ? UNPACK_PDF_DEFLATE : 0);
	struct http_body *b;

	http_body_close(h->w, h->r);
	if (!(sv->gzip && head->codings.n) && !sv->normalize_utf &&
	    !sv->normalize_javascript && !what)
		return;
	b = h->r->decode = slab_take(&h->w->bodies);
	if (!b) {
		h->c->ctrs[HTTP_CTR_BODY_NO_MEMORY]++;
		return;
	}
	if (sv->gzip && head->codings.n)
		b->coded = body_begin(h->w->pool, head->codings.list,
		    head->codings.n);
	h->r->file.coded = b->coded != NULL;
	b->packed = what != 0;
	unpack_begin(&b->unpack, h->w->pool, what);
	b->to_utf8 = sv->normalize_utf;
	utf_begin(&b->utf, kind);
	b->scripts = sv->normalize_javascript && may_have_scripts(type);
	js_begin(&b->js, sv->max_js_blanks);
	if (kind == UTF_7 && sv->normalize_utf)
		http_server_event(h, HTTP_EV_UTF7);
}

/* -- stages --------------------------------------------------------------------- */

/* Where a PDU's body is on its way, from unit to unit. */
static void
skip(struct slice *s, size_t n)
{
	*s = slice_make(s->ptr + n, s->len - n);
}

static void
tell_bad(struct http_call *h, struct http_body *b, unsigned flags)
{
	/* a body that there is none of is not bad */
	if (!(flags & BODY_BAD) || b->told_bad || !b->fed)
		return;
	b->told_bad = true;
	http_server_event(h, b->gave ? HTTP_EV_PARTIAL_DECODING :
	    HTTP_EV_DECODING);
}

static size_t
depth_of(const struct http_call *h)
{
	return h->sv->unlimited ? SIZE_MAX : h->conf->decompress_depth;
}

/* Without unlimited_decompress no more than compress_depth coded bytes of a
 * body are read. */
static struct slice
within_compress_depth(struct http_call *h, struct http_body *b,
    struct slice in)
{
	uint64_t left = b->fed < h->conf->compress_depth ?
	    h->conf->compress_depth - b->fed : 0;

	if (!h->sv->unlimited && in.len > left) {
		in.len = (size_t)left;
		h->r->file.cut = true;
	}
	b->fed += in.len;
	return in;
}

static bool
decode_body(struct http_call *h, struct http_body *b, struct http_pull *p)
{
	struct body_out o;

	if (!b->coded) {
		bool news = p->raw.len || (p->ends && !p->at_end);

		p->decoded = p->raw;
		p->raw = slice_make(NULL, 0);
		p->at_end = p->ends;
		http_tx_data(h, p->decoded);
		return news;
	}
	if (p->raw.len || (p->more_raw && !p->last_raw)) {
		o = body_feed(b->coded, p->raw, depth_of(h));
		skip(&p->raw, o.consumed);
	} else if (p->ends && !p->at_end) {
		o = body_finish(b->coded, depth_of(h));
		p->last_raw = true;
	} else {
		return false;
	}
	p->more_raw = o.flags & BODY_FULL;
	p->at_end = p->last_raw && !p->more_raw;
	p->decoded = o.bytes;
	h->r->file.coded &= !(o.flags & (BODY_DONE | BODY_PLAIN));
	h->r->file.cut |= (o.flags & (BODY_BAD | BODY_DEPTH | BODY_BOMB |
	    BODY_NO_MEMORY)) != 0;
	http_tx_data(h, o.bytes);
	b->gave |= o.bytes.len > 0 && !(o.flags & BODY_BAD);
	tell_bad(h, b, o.flags);
	return true;
}

static void
tell_packed(struct http_call *h, unsigned flags)
{
	static const struct {
		enum unpack_flag flag;
		enum http_server_event sid;
	} events[] = {
		{ UNPACK_BAD_SWF, HTTP_EV_SWF_ZLIB },
		{ UNPACK_BAD_LZMA, HTTP_EV_SWF_LZMA },
		{ UNPACK_BAD_PDF, HTTP_EV_PDF_DEFLATE },
		{ UNPACK_PDF_FILTER, HTTP_EV_PDF_FILTER },
		{ UNPACK_PDF_CASCADE, HTTP_EV_PDF_CASCADE },
		{ UNPACK_PDF_PARSE, HTTP_EV_PDF_PARSE },
	};

	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (flags & events[i].flag)
			http_server_event(h, events[i].sid);
}

static bool
to_unpacked(struct http_call *h, struct http_body *b, struct http_pull *p)
{
	struct unpack_out o;

	if (!b->packed) {
		bool news = p->decoded.len || (p->at_end && !p->last_unpacked);

		p->unpacked = p->decoded;
		p->decoded = slice_make(NULL, 0);
		p->last_unpacked = p->at_end;
		return news;
	}
	if (p->decoded.len || p->more_decoded) {
		o = unpack_feed(&b->unpack, p->decoded, h->w->unpack,
		    LIM_HTTP_ROOM);
		skip(&p->decoded, o.consumed);
		p->more_decoded = o.flags & UNPACK_FULL;
	} else if (p->ends && p->at_end && !p->last_unpacked) {
		o = unpack_finish(&b->unpack, h->w->unpack, LIM_HTTP_ROOM);
		p->more_decoded = o.flags & UNPACK_FULL;
		p->last_unpacked = !p->more_decoded;
	} else {
		return false;
	}
	p->unpacked = o.bytes;
	tell_packed(h, o.flags);
	return true;
}

static bool
to_text(struct http_call *h, struct http_body *b, struct http_pull *p)
{
	struct utf_out o;

	if (!b->to_utf8) {
		bool news = p->unpacked.len ||
		    (p->last_unpacked && !p->last_text);

		p->text = p->unpacked;
		p->unpacked = slice_make(NULL, 0);
		p->last_text = p->last_unpacked;
		return news;
	}
	if (p->unpacked.len || p->more_unpacked) {
		o = utf_feed(&b->utf, p->unpacked, h->w->utf, LIM_HTTP_ROOM);
		skip(&p->unpacked, o.consumed);
		p->more_unpacked = o.flags & UTF_FULL;
	} else if (p->ends && p->last_unpacked && !p->last_text) {
		o = utf_finish(&b->utf, h->w->utf, LIM_HTTP_ROOM);
		p->last_text = true;
	} else {
		return false;
	}
	p->text = o.bytes;
	if (o.flags & UTF_BAD)
		http_server_event(h, HTTP_EV_UTF);
	return true;
}

static bool
to_script(struct http_call *h, struct http_body *b, struct http_pull *p)
{
	struct js_out o;

	if (!b->scripts || (!p->more_text && js_passes(&b->js, p->text))) {
		p->out = p->text;
		p->text = slice_make(NULL, 0);
		return p->out.len > 0;
	}
	if (p->text.len || p->more_text) {
		o = js_feed(&b->js, p->text, h->w->js, LIM_HTTP_ROOM);
		skip(&p->text, o.consumed);
		p->more_text = o.flags & JS_FULL;
	} else if (p->ends && p->last_text && !p->last_out) {
		o = js_finish(&b->js, h->w->js, LIM_HTTP_ROOM);
		p->last_out = true;
	} else {
		return false;
	}
	p->out = o.bytes;
	if (o.flags & JS_LEVELS)
		http_server_event(h, HTTP_EV_JS_LEVELS);
	if (o.flags & JS_SPACES)
		http_server_event(h, HTTP_EV_JS_BLANKS);
	if (o.flags & JS_MIXED)
		http_server_event(h, HTTP_EV_JS_MIXED);
	return true;
}

/* The next piece of file_data; false: there is no more in this PDU. */
static bool
next_piece(struct http_call *h, struct slice *piece)
{
	struct http_body *b = h->r->decode;
	struct http_pull *p = &h->w->pull;

	for (;;) {
		if (to_script(h, b, p)) {
			if (!p->out.len)
				continue;
			*piece = p->out;
			return true;
		}
		if (!to_text(h, b, p) && !to_unpacked(h, b, p) &&
		    !decode_body(h, b, p))
			return false;
	}
}

static bool
is_drained(const struct http_pull *p)
{
	return !p->raw.len && !p->decoded.len && !p->unpacked.len &&
	    !p->text.len && !p->more_raw && !p->more_decoded &&
	    !p->more_unpacked && !p->more_text && !p->ends;
}

void
http_body_start(struct http_call *h)
{
	struct http_pull *p = &h->w->pull;

	/* a body that only the end of the session ends comes in parts that are
	 * cut for their length, but for the last one */
	*p = (struct http_pull){ .raw = h->p.body, .ends = h->p.ended ||
		(h->r->scan.to_close && !h->pdu->cut && !h->pdu->open) };
	/* that one had more units than are read */
	h->r->file.gaps |= h->r->file.unread;
	if (h->r->decode && h->r->decode->coded)
		p->raw = within_compress_depth(h, h->r->decode, p->raw);
	p->active = h->p.body.len || p->ends;
}

/*
 * What a unit shows: one piece where it stands, several of them put together
 * up to the room's end. false: there is nothing.
 */
bool
http_body_take(struct http_call *h, struct slice *data)
{
	struct http_pull *p = &h->w->pull;
	uint8_t *room = h->w->file;
	struct slice piece = p->kept;
	size_t n = 0;

	if (!h->r->decode) {
		*data = p->raw;
		http_tx_data(h, p->raw);
		p->active = false;
		p->raw = slice_make(NULL, 0);
		return data->len > 0;
	}
	p->kept = slice_make(NULL, 0);
	if (!piece.len && !next_piece(h, &piece)) {
		p->active = false;
		return false;
	}
	if (is_drained(p)) {
		*data = piece;
		p->active = false;
		return true;
	}
	do {
		size_t len = LIM_HTTP_ROOM - n;

		len = piece.len < len ? piece.len : len;
		memcpy(room + n, piece.ptr, len);
		n += len;
		skip(&piece, len);
	} while (!piece.len && n < LIM_HTTP_ROOM && next_piece(h, &piece));
	/* the stages keep it until they are asked again */
	p->kept = piece;
	p->active = piece.len || n == LIM_HTTP_ROOM;
	*data = slice_make(room, n);
	return true;
}
