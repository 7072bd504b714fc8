/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/app/mime.h"

#include <string.h>

#include "core/cursor.h"
#include "decoders/app/mime_int.h"

enum {
	ST_HEADER,
	ST_BODY, /* decoded */
	ST_SKIP, /* before, between and behind parts */
	ST_REST, /* of a boundary's line */
	ST_DONE,

	DEFAULT_DEPTH = 1460,
};

struct mime_conf
mime_conf_default(void)
{
	struct mime_conf c;

	for (unsigned i = 0; i < MIME_CODINGS; i++)
		c.depth[i] = DEFAULT_DEPTH;
	return c;
}

static void
header_begin(struct mime *m)
{
	m->state = ST_HEADER;
	m->coding = MIME_NONE;
	m->attachment = m->multipart = m->nested = m->typed = false;
	m->name_len = m->type_len = 0;
	m->decoded = 0;
	m->in_field = false;
	m->at_line = true;
	m->line_len = 0;
	m->hold_len = m->hold_at = m->hold_eol = 0;
	m->flushing = false;
}

void
mime_begin(struct mime *m, const struct mime_conf *conf)
{
	*m = (struct mime){ .conf = *conf, .matched = -1, .outer = true };
	header_begin(m);
}

/* -- the header ---------------------------------------------------------- */

static void
line_add(struct mime *m, uint8_t c)
{
	if (!m->named && c != ':')
		m->name_sent++;
	if (!m->named && c == ':') {
		m->named = true;
		m->field_name = m->line_len;
	}
	if (m->line_len < LIM_MIME_LINE)
		m->line[m->line_len++] = c;
}

static void
line_trim(struct mime *m)
{
	if (m->line_len && m->line[m->line_len - 1] == '\r')
		m->line_len--;
}

static struct text
line_text(const struct mime *m, size_t from, size_t to)
{
	return text_trim(text_make((const char *)m->line + from, to - from));
}

static struct slice
slice_of(struct text t)
{
	return slice_make((const uint8_t *)t.ptr, t.len);
}

/* The field in m->line is complete; false: it has no name. */
static bool
field_end(struct mime *m, struct mime_field *f, unsigned *flags)
{
	struct text name, value;

	m->in_field = false;
	if (!m->named)
		return false;
	name = line_text(m, 0, m->field_name);
	value = text_make(NULL, 0);
	if (m->field_name < m->line_len)
		value = line_text(m, (size_t)m->field_name + 1, m->line_len);
	*f = (struct mime_field){ slice_of(name), slice_of(value),
		m->name_sent };
	mime_field_read(m, name, value, flags);
	return true;
}

/* The header ended with an empty line; false: it goes on, since a message
 * follows in this one. */
static bool
header_end(struct mime *m, unsigned *flags)
{
	m->outer = false;
	m->flagged = m->cut = false;
	m->encoded = 0;
	m->step = m->have = m->left = 0;
	m->bits = 0;
	m->at_line = true;
	if (m->nested && m->coding != MIME_BASE64 && m->coding != MIME_QP) {
		header_begin(m);
		return false;
	}
	if (m->multipart) {
		m->state = ST_SKIP;
		return true;
	}
	if (m->coding == MIME_NONE && (m->n_bound || m->typed))
		m->coding = MIME_BIT;
	m->level = m->n_bound;
	m->parts++;
	m->state = ST_BODY;
	*flags |= MIME_BODY;
	return true;
}

/* Does a line of the header say that the part ends here? */
static bool
is_boundary(struct mime *m)
{
	for (unsigned i = m->n_bound; i-- > 0;) {
		size_t n = (size_t)m->bound_len[i] + 2;

		if (m->line_len < n || m->line[0] != '-' ||
		    m->line[1] != '-' ||
		    memcmp(m->line + 2, m->bound[i], n - 2) != 0)
			continue;
		m->n_bound = (uint8_t)(i + 1);
		if (m->line_len >= n + 2 && m->line[n] == '-' &&
		    m->line[n + 1] == '-') {
			m->n_bound--;
			header_begin(m);
			m->state = ST_SKIP;
		} else {
			header_begin(m);
		}
		return true;
	}
	return false;
}

/* As far as the next field, the header's end, or that of the input. */
static void
header(struct mime *m, struct cursor *in, struct mime_out *o)
{
	uint8_t c = 0;

	if (m->outer)
		o->flags |= MIME_HEADER;
	while (cur_left(in)) {
		const uint8_t *next = cur_peek(in, 1);

		if (m->at_line && m->in_field && *next != ' ' &&
		    *next != '\t') {
			if (!field_end(m, &o->field, &o->flags))
				continue;
			o->flags |= MIME_FIELD | MIME_MORE;
			return;
		}
		if (m->at_line && !m->in_field) {
			m->line_len = 0;
			m->name_sent = 0;
			m->named = false;
		}
		m->at_line = false;
		if (!cur_u8(in, &c))
			return;
		if (c != '\n') {
			line_add(m, c);
			continue;
		}
		line_trim(m);
		m->at_line = true;
		if (m->in_field)
			continue;
		if (!m->line_len) {
			if (!header_end(m, &o->flags))
				continue;
			o->flags |= MIME_MORE;
			return;
		}
		if (is_boundary(m)) {
			o->flags |= MIME_MORE;
			return;
		}
		m->in_field = true;
	}
}

/* -- bodies ---------------------------------------------------------------- */

/* A part's bytes; returns how many were read, fewer where the room is full. */
static size_t
decode(struct mime *m, struct slice in, struct mime_room *r)
{
	if (m->state != ST_BODY)
		return in.len;
	return mime_decode(m, in, r);
}

static void
body_end(struct mime *m, struct mime_room *r)
{
	if (m->state != ST_BODY)
		return;
	mime_decode_end(m, r);
	r->flags |= MIME_END;
}

/* How what is held compares with boundary i, with its two dashes. */
enum match { MATCH_NO, MATCH_BEGINS, MATCH_WHOLE };

static enum match
compare(const struct mime *m, unsigned i)
{
	size_t n = (size_t)(m->hold_len - m->hold_eol);
	const uint8_t *at = m->hold + m->hold_eol;
	size_t dashes = n < 2 ? n : 2, rest = n - dashes;

	if (memcmp(at, "--", dashes) != 0 || rest > m->bound_len[i] ||
	    (rest && memcmp(at + 2, m->bound[i], rest) != 0))
		return MATCH_NO;
	return n == (size_t)m->bound_len[i] + 2 ? MATCH_WHOLE : MATCH_BEGINS;
}

/* One more byte was held: may it become a boundary yet? Sets m->matched to the
 * longest one that it is. */
static bool
may_match(struct mime *m)
{
	bool may = false;

	for (unsigned i = m->n_bound; i-- > 0;) {
		enum match is = compare(m, i);

		if (is == MATCH_WHOLE && (m->matched < 0 ||
		    m->bound_len[i] > m->bound_len[m->matched]))
			m->matched = (int8_t)i;
		may |= is == MATCH_BEGINS;
	}
	return may;
}

/* The boundary m->matched ends what came before it. */
static void
accept(struct mime *m, struct mime_room *r)
{
	size_t n = (size_t)m->hold_eol + 2 + m->bound_len[m->matched];

	body_end(m, r);
	m->n_bound = (uint8_t)(m->matched + 1);
	m->matched = -1;
	m->state = ST_REST;
	/* what was held for a longer one */
	m->dashes = 0;
	while (n < m->hold_len && m->dashes < 2 && m->hold[n] == '-') {
		m->dashes++;
		n++;
	}
	if (n < m->hold_len && m->dashes < 2)
		m->dashes = 3; /* something else follows */
	m->hold_len = m->hold_at = m->hold_eol = 0;
	m->at_line = false;
}

/* Bytes of a line's beginning. true: a boundary was found. */
static bool
line_begin(struct mime *m, struct cursor *in, struct mime_room *r)
{
	uint8_t c;

	while (cur_left(in)) {
		const uint8_t *next = cur_peek(in, 1);
		bool may;

		m->hold[m->hold_len] = *next;
		m->hold_len++;
		may = m->n_bound && may_match(m);
		if (may || (m->matched >= 0 && compare(m,
		    (unsigned)m->matched) == MATCH_WHOLE)) {
			if (!cur_u8(in, &c))
				return false;
			if (may)
				continue;
			accept(m, r);
			return true;
		}
		m->hold_len--; /* this one does not belong to it */
		if (m->matched >= 0) {
			accept(m, r);
			return true;
		}
		m->at_line = false;
		m->flushing = true;
		return false;
	}
	return false;
}

/* Bytes before the line's end, of at most max, without a CR that may be of
 * it. */
static size_t
before_end(const struct cursor *in, size_t max)
{
	size_t n = cur_left(in) < max ? cur_left(in) : max;
	const uint8_t *p = cur_peek(in, n);
	const uint8_t *end = p && n ? memchr(p, '\n', n) : NULL;

	if (!p || !n)
		return 0;
	if (end)
		n = (size_t)(end - p);
	return n && p[n - 1] == '\r' ? n - 1 : n;
}

/* A CR or LF: held, for it may be of the boundary that follows. */
static void
line_end(struct mime *m, struct cursor *in)
{
	const uint8_t *p = cur_peek(in, 1);
	uint8_t c;

	if (p && (*p == '\n' || !m->hold_len) && cur_u8(in, &c)) {
		m->hold[m->hold_len++] = c;
		m->at_line = c == '\n';
		m->hold_eol = m->hold_len;
	} else {
		m->flushing = true; /* a CR by itself */
	}
}

static bool
flush(struct mime *m, struct mime_room *r)
{
	size_t n = (size_t)(m->hold_len - m->hold_at);

	m->hold_at = (uint8_t)(m->hold_at +
	    decode(m, slice_make(m->hold + m->hold_at, n), r));
	if (m->hold_at < m->hold_len)
		return false;
	m->hold_len = m->hold_at = m->hold_eol = 0;
	m->flushing = false;
	return true;
}

static void
body(struct mime *m, struct cursor *in, struct mime_room *r)
{
	for (;;) {
		const uint8_t *p;
		size_t n;

		if (r->size - r->len < MIME_ROOM_LEAST) {
			r->flags |= MIME_MORE;
			return;
		}
		if (m->flushing) {
			if (!flush(m, r))
				continue; /* the room is full */
		} else if (!cur_left(in)) {
			return;
		} else if (m->at_line) {
			if (!line_begin(m, in, r))
				continue;
			r->flags |= MIME_MORE;
			return;
		} else if (m->hold_len) { /* a CR was held */
			line_end(m, in);
		} else {
			/* no further than one call reads: linear */
			n = before_end(in, r->size);
			if (!n) {
				line_end(m, in);
				continue;
			}
			p = cur_peek(in, n);
			n = decode(m, slice_make(p, n), r);
			if (!cur_skip(in, n))
				return;
		}
	}
}

/* Behind a boundary: two dashes say that no part follows. */
static void
rest(struct mime *m, struct cursor *in)
{
	uint8_t c;

	while (cur_u8(in, &c)) {
		if (c == '\n') {
			bool closes = m->dashes == 2;

			if (closes)
				m->n_bound--;
			header_begin(m);
			if (closes)
				m->state = ST_SKIP;
			return;
		}
		if (m->dashes < 2)
			m->dashes = c == '-' ? (uint8_t)(m->dashes + 1) : 3;
	}
}

struct mime_out
mime_feed(struct mime *m, struct slice bytes, uint8_t *room, size_t size)
{
	struct cursor in = cur_make(bytes.ptr, bytes.len);
	struct mime_room r = { .ptr = room, .size = size };
	struct mime_out o = { .bytes = { room, 0 } };
	bool more = true;

	while (more) {
		switch (m->state) {
		case ST_HEADER:
			header(m, &in, &o);
			more = false;
			break;
		case ST_BODY:
		case ST_SKIP:
			body(m, &in, &r);
			more = false;
			break;
		case ST_REST:
			rest(m, &in);
			more = cur_left(&in) && m->state == ST_SKIP;
			if (cur_left(&in) && !more)
				o.flags |= MIME_MORE;
			break;
		default:
			more = false;
			in = cur_make(NULL, 0);
			break;
		}
	}
	o.bytes.len = r.len;
	o.flags |= r.flags;
	o.consumed = bytes.len - cur_left(&in);
	return o;
}

struct mime_out
mime_end(struct mime *m, uint8_t *room, size_t size)
{
	struct mime_room r = { .ptr = room, .size = size };
	struct mime_out o = { .bytes = { room, 0 } };

	if (m->state == ST_HEADER) {
		line_trim(m);
		if (m->outer)
			o.flags |= MIME_HEADER;
		if (m->line_len && field_end(m, &o.field, &o.flags))
			o.flags |= MIME_FIELD;
	} else if (m->state == ST_BODY) {
		if (m->matched < 0 && m->hold_len && !flush(m, &r)) {
			m->flushing = true;
			r.flags |= MIME_MORE;
		} else {
			body_end(m, &r);
		}
	}
	if (!(r.flags & MIME_MORE))
		m->state = ST_DONE;
	o.bytes.len = r.len;
	o.flags |= r.flags;
	return o;
}
