/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An answer behind missing bytes, as Snort goes on with it: as if they had not
 * been there. What follows is the rest of the chunk, or the next one's size,
 * or more of what is coded, until a unit begins with a status line. Nothing
 * but the events 119:22 and 120:3 comes of it.
 */
#include "decoders/app/http_int.h"

enum { SIZE_DIGITS = 8 };

/* How far a unit is read. */
struct at {
	struct slice bytes;
	size_t n;
	uint32_t size;   /* of a chunk, its digits so far */
	unsigned digits;
	bool sizing;     /* digits are taken for a size */
	bool chunks;     /* there was some of a chunk */
	bool open;       /* the unit ends in a chunk */
	uint64_t left;   /* of it, or the size so far */
};

void
http_lost_end(struct http_reader *r)
{
	body_end(r->lost.coded);
	r->lost = (struct http_lost){ .on = false };
}

void
http_lost_begin(struct http_call *h)
{
	struct http_reader *r = h->r;
	const struct http_scan *scan = &r->scan;
	struct http_lost *l = &r->lost;

	if (l->on || h->pdu->side != FLOW_SERVER)
		return;
	*l = (struct http_lost){ .on = true, .chunked = scan->chunked,
		.has_length = scan->has_length && scan->length > 0,
		.left = scan->left };
	l->coded = http_body_lose(h->w, r);
}

/* What is coded goes on, as long as it can be decoded. */
static void
feed(struct http_lost *l, struct slice s)
{
	struct body_out o = { .flags = BODY_FULL };

	while (l->coded && !l->bad && o.flags & BODY_FULL) {
		o = body_feed(l->coded, s, SIZE_MAX);
		s = slice_make(s.ptr + o.consumed, s.len - o.consumed);
		l->bad = o.flags & BODY_BAD;
	}
}

static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
forget_size(struct at *a)
{
	a->size = 0;
	a->digits = 0;
}

/* Up to so many bytes of a chunk. */
static void
take(struct http_lost *l, struct at *a, uint64_t len)
{
	size_t n = a->bytes.len - a->n;

	a->open = len > n;
	a->left = a->open ? len - n : 0;
	n = len < n ? (size_t)len : n;
	a->chunks |= n > 0;
	feed(l, slice_make(a->bytes.ptr + a->n, n));
	a->n += n;
}

/* What should be a line end behind a chunk. */
static void
judge_end(struct http_call *h, const struct at *a)
{
	const uint8_t *p = a->bytes.ptr + a->n;

	if (a->bytes.len - a->n > 1 && p[0] != '\n' && p[0] != '\r' &&
	    p[1] != '\n')
		http_client_event(h, HTTP_EV_CHUNK_MISMATCH);
}

/* A line of digits ended: a chunk follows. */
static void
take_chunk(struct http_call *h, struct http_lost *l, struct at *a)
{
	a->n++;
	take(l, a, a->size);
	if (a->n < a->bytes.len)
		judge_end(h, a);
}

/* A byte of a line in front of a chunk, or where one should be. */
static void
take_size(struct at *a)
{
	const uint8_t *p = a->bytes.ptr, *end;
	int v = digit(p[a->n]);

	if (v >= 0 && a->digits < SIZE_DIGITS) {
		a->size = a->size << 4 | (uint32_t)v;
		a->digits++;
		a->n++;
		return;
	}
	if (v < 0 && p[a->n] != '\r') {
		end = memchr(p + a->n, '\n', a->bytes.len - a->n);
		a->n = end ? (size_t)(end - p) : a->bytes.len;
		if (!end)
			forget_size(a);
		return;
	}
	while (a->n < a->bytes.len && p[a->n] == '\r')
		a->n++;
	if (a->n == a->bytes.len || p[a->n] == '\n')
		return;
	a->sizing = false;
	forget_size(a);
	a->n++;
}

/* The chunks of a unit, as Snort finds them; false: there are none. */
static bool
read_chunks(struct http_call *h, struct http_lost *l, struct slice bytes)
{
	struct at a = { .bytes = bytes, .sizing = true };

	if (l->in_size)
		a.size = (uint32_t)l->left;
	else if (l->left)
		take(l, &a, l->left);
	while (a.n < bytes.len) {
		if (bytes.ptr[a.n] != '\n') {
			if (a.sizing)
				take_size(&a);
			else
				a.n++;
			continue;
		}
		if (a.sizing && a.size) {
			take_chunk(h, l, &a);
			if (a.n == bytes.len)
				break;
		}
		a.sizing = true;
		forget_size(&a);
		a.n++;
	}
	l->in_size = !a.open && a.sizing && a.digits;
	if (a.chunks)
		l->left = a.open ? a.left : l->in_size ? a.size : 0;
	return a.chunks;
}

static void
tell_none(struct http_call *h)
{
	if (h->r->told_no_length)
		return;
	h->r->told_no_length = true;
	http_server_event(h, HTTP_EV_NO_LENGTH);
}

static void
read_plain(struct http_call *h, struct http_lost *l, struct slice bytes)
{
	if (l->has_length || (l->chunked && read_chunks(h, l, bytes)))
		return;
	if (!l->chunked)
		tell_none(h);
	l->chunked = false;
}

/* Once it cannot be decoded, nothing is known of its length either. */
static void
read_coded(struct http_call *h, struct http_lost *l, struct slice bytes)
{
	if (!l->has_length && l->chunked) {
		(void)read_chunks(h, l, bytes);
	} else {
		if (!l->has_length)
			tell_none(h);
		feed(l, bytes);
	}
	if (!l->bad)
		return;
	body_end(l->coded);
	*l = (struct http_lost){ .on = true };
}

void
http_lost_read(struct http_call *h)
{
	struct http_lost *l = &h->r->lost;
	struct slice bytes = h->pdu->bytes;

	if (!l->on || h->pdu->open)
		return;
	while (bytes.len && bytes.ptr[0] <= ' ')
		bytes = slice_make(bytes.ptr + 1, bytes.len - 1);
	if (bytes.len > 4 && http_is_answer(bytes))
		http_lost_end(h->r);
	else if (l->coded)
		read_coded(h, l, h->pdu->bytes);
	else
		read_plain(h, l, h->pdu->bytes);
}
