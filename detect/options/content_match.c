/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a content may be (Snort 2.9's window arithmetic) and whether it is
 * there. */
#include "detect/eval.h"
#include "detect/options/content.h"

enum { DIGEST_COST = 8 }; /* of a byte digested, in bytes searched */

enum window {
	WINDOW_NONE,  /* the content can be nowhere: fails, negated or not */
	WINDOW_EMPTY, /* no byte to look at */
	WINDOW_OPEN,
};

/* A variable in a content counts as signed 32 bits. */
static int64_t
signed_value(const struct eval *e, const struct operand *op)
{
	return op->name.len ? (int32_t)e->s.vars[op->var] : op->value;
}

/* How wide the window is; false: up to the end of the buffer. */
static bool
window_width(const struct eval *e, const struct content *c, int64_t *width)
{
	if (c->has_within) {
		*width = signed_value(e, &c->within);
		return *width != -1;
	}
	if (c->has_depth) {
		*width = signed_value(e, &c->depth);
		return *width != 0;
	}
	return false;
}

static enum window
find_window(const struct eval *e, const struct content *c, uint32_t cursor,
    size_t len, size_t *from, size_t *to)
{
	int64_t start = cursor, end = (int64_t)len, width;
	bool limited = window_width(e, c, &width);

	start += signed_value(e, &c->offset) + signed_value(e, &c->distance);
	if (limited) {
		end = start + width;
		if (start < 0)
			start = 0;
		if (end < start)
			return WINDOW_NONE;
		if (end > (int64_t)len)
			end = (int64_t)len;
	} else if (start < 0) {
		return WINDOW_NONE;
	}
	if (start >= end)
		return WINDOW_EMPTY;
	*from = (size_t)start;
	*to = (size_t)end;
	return WINDOW_OPEN;
}

/* A protected content is looked for at the window's first byte only. */
static size_t
find_protected(struct eval *e, const struct content *c, struct slice in)
{
	uint8_t is[DIGEST_MAX];

	if (in.len < c->len)
		return SIZE_MAX;
	eval_charge(e, (size_t)c->len * DIGEST_COST);
	digest(c->digest, slice_make(in.ptr, c->len), is);
	return memcmp(is, c->bytes, digest_len(c->digest)) == 0 ? 0 : SIZE_MAX;
}

/*
 * The content that the prefilter's literal is part of can only begin where
 * that part is: known places are tried before bytes are searched, and where
 * all are known none is. False: it is not at a known place in the window, and
 * elsewhere not before *from.
 */
static bool
find_known(struct eval *e, const struct content *c, const uint8_t *buf,
    size_t *from, size_t to)
{
	/* bytes of the content up to the literal's end */
	size_t lead = e->hit.len + (c->fast == FAST_PART ? c->fast_off : 0);
	size_t at;

	for (uint32_t i = 0; i < e->hit.n; i++) {
		if (e->hit.ends[i] < *from + lead)
			continue;
		at = e->hit.ends[i] - lead;
		if (at + c->len > to)
			break;
		eval_charge(e, c->len);
		if (search_is_at(&c->search, buf + at)) {
			*from = at;
			return true;
		}
	}
	if (e->hit.known >= *from + lead)
		*from = e->hit.known - lead + 1;
	return false;
}

static size_t
find(struct eval *e, const struct content *c, struct slice s, size_t from,
    size_t to)
{
	size_t at;

	if (c->is_protected) {
		at = find_protected(e, c, slice_make(s.ptr + from, to - from));
		return at == SIZE_MAX ? at : from + at;
	}
	if (c->is_fast && s.ptr == e->hit.buf && find_known(e, c, s.ptr, &from,
	    to))
		return from;
	if (from > to || to - from < c->len)
		return SIZE_MAX;
	eval_charge(e, to - from);
	at = search_find(&c->search, slice_make(s.ptr + from, to - from));
	return at == SIZE_MAX ? at : from + at;
}

/* The last place that the content was found at counts. */
static void
note_replace(struct eval *e, const struct content *c, enum buf_id id,
    size_t at)
{
	unsigned i = 0;

	if (e->unit->kind != UNIT_RAW || id != BUF_PAYLOAD)
		return;
	while (i < e->n_replaces && e->replaces[i].content != c)
		i++;
	if (i == LIM_REPLACES)
		return;
	if (i == e->n_replaces)
		e->n_replaces++;
	e->replaces[i] = (struct eval_replace){ c, (uint32_t)at, c->replace };
}

bool
content_match(struct eval *e, const void *data, uint32_t *resume)
{
	const struct content *c = data;
	enum buf_id id = c->is_http ? c->http : eval_buf(e, c->rawbytes);
	bool relative = content_is_relative(c);
	size_t from = 0, to = 0, at;
	struct slice s;
	uint32_t cursor;

	if (!c->is_http && eval_dsize(e) == 0)
		return false;
	if (!eval_bytes(e, id, &s))
		return false;
	/* Also lost when the content is negated, and when it goes over from
	 * the payload to an http buffer or back. */
	if (!relative || (e->s.set && buf_is_http(e->s.buf) != c->is_http))
		e->s.set = false;
	if (!eval_cursor(e, id, s, &cursor))
		return false;
	switch (find_window(e, c, cursor, s.len, &from, &to)) {
	case WINDOW_NONE:
		return false;
	case WINDOW_EMPTY:
		*resume = UINT32_MAX;
		return c->negated && relative && cursor == s.len;
	case WINDOW_OPEN:
		break;
	}
	if (from < *resume)
		from = *resume;
	if (from > to)
		return false;
	at = find(e, c, s, from, to);
	if (c->negated || c->is_protected)
		*resume = UINT32_MAX;
	if (c->negated)
		return at == SIZE_MAX;
	if (at == SIZE_MAX)
		return false;
	if (!c->is_protected)
		*resume = (uint32_t)(at + c->overlap);
	eval_move(e, id, at + c->len);
	if (UNLIKELY(c->has_replace))
		note_replace(e, c, id, at);
	return true;
}
