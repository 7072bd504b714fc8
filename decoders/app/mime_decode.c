/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What parts are encoded with: a byte at a time, so that pieces do not matter.
 * Each byte makes at most MIME_ROOM_LEAST of them. */
#include "decoders/app/mime_int.h"

#include <string.h>

#include "core/cursor.h"

/* -- base64, RFC 2045 6.8 ------------------------------------------------- */

enum { B64_GAP = 64, B64_PAD };

static uint8_t
b64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint8_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint8_t)(c - 'a' + 26);
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0' + 52);
	return c == '+' ? 62 : c == '/' ? 63 : c == '=' ? B64_PAD : B64_GAP;
}

static void
put(struct mime *m, struct mime_room *r, uint8_t c)
{
	r->ptr[r->len++] = c;
	m->decoded++;
}

static void
bad(struct mime *m, struct mime_room *r)
{
	if (!m->flagged)
		r->flags |= MIME_BAD;
	m->flagged = true;
}

/* The whole bytes that the characters gathered so far hold. */
static void
b64_put(struct mime *m, struct mime_room *r)
{
	uint32_t v = m->bits << 6 * (4 - m->have);

	for (unsigned i = 0; i + 1 < m->have; i++)
		put(m, r, (uint8_t)(v >> (16 - 8 * i)));
	m->have = 0;
	m->bits = 0;
}

static void
b64(struct mime *m, struct mime_room *r, uint8_t c)
{
	uint8_t v = b64_value(c);

	if (v == B64_GAP)
		return;
	if (v == B64_PAD) {
		/* the last characters; more data may follow, as if it were
		 * another encoding */
		if (m->have == 1 || (!m->have && !m->step))
			bad(m, r);
		if (m->have)
			b64_put(m, r);
		m->step = 1; /* padded */
		return;
	}
	m->step = 0;
	m->bits = m->bits << 6 | v;
	if (++m->have == 4)
		b64_put(m, r);
}

/* -- quoted-printable, 6.7 -------------------------------------------------- */

enum { QP_TEXT, QP_EQUALS, QP_BLANKS, QP_HEX };

static int
hex(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
qp(struct mime *m, struct mime_room *r, uint8_t c)
{
	switch (m->step) {
	case QP_EQUALS: /* CR LF: a line goes on */
		if (hex(c) >= 0) {
			m->left = c;
			m->step = QP_HEX;
			return;
		}
		if (c == '\r' || c == ' ' || c == '\t') {
			m->step = QP_BLANKS;
			return;
		}
		m->step = QP_TEXT;
		if (c == '\n')
			return;
		bad(m, r);
		put(m, r, '=');
		break;
	case QP_BLANKS: /* that were added on the way */
		if (c == '\r' || c == ' ' || c == '\t')
			return;
		m->step = QP_TEXT;
		if (c == '\n')
			return;
		bad(m, r);
		break;
	case QP_HEX:
		m->step = QP_TEXT;
		if (hex(c) >= 0) {
			put(m, r, (uint8_t)(hex(m->left) << 4 | hex(c)));
			return;
		}
		bad(m, r);
		put(m, r, '=');
		put(m, r, m->left);
		break;
	default:
		break;
	}
	if (c == '=')
		m->step = QP_EQUALS;
	else
		put(m, r, c);
}

/* -- uuencode (POSIX) --------------------------------------------------------- */

enum {
	UU_FIRST, /* at a line's begin, before the data: up to UU_FIRST + 5,
	           * that many letters of "begin" */
	UU_WAIT = 5, /* in another line */
	UU_MODE,
	UU_NAME,
	UU_LINE, /* at a line's begin */
	UU_DATA,
	UU_SKIP, /* to the line's end */
	UU_DONE,
};

static void
uu_put(struct mime *m, struct mime_room *r)
{
	for (unsigned i = 0; i < 3 && m->left; i++, m->left--)
		put(m, r, (uint8_t)(m->bits >> (16 - 8 * i)));
	m->have = 0;
	m->bits = 0;
}

static void
uu_data(struct mime *m, struct mime_room *r, uint8_t c)
{
	if (c == '\r')
		return;
	if (c < 32 || c > 96) {
		bad(m, r);
		return;
	}
	m->bits = m->bits << 6 | ((c - 32u) & 63);
	if (++m->have < 4)
		return;
	uu_put(m, r);
	if (!m->left)
		m->step = UU_SKIP; /* a checksum may follow */
}

static void
uu(struct mime *m, struct mime_room *r, uint8_t c)
{
	static const char begin[] = "begin";

	if (c == '\n') {
		if (m->step == UU_DATA) /* too short */
			bad(m, r);
		m->have = 0;
		m->bits = 0;
		if (m->step <= UU_WAIT)
			m->step = UU_FIRST;
		else if (m->step < UU_DONE)
			m->step = UU_LINE;
		return;
	}
	switch (m->step) {
	case UU_MODE: /* " 644 name" */
		if (m->left < 2 && c == ' ')
			m->left++;
		else if (m->left == 2) {
			m->step = UU_NAME;
			m->name_len = 0;
		}
		if (m->step != UU_NAME)
			break;
		/* fall through */
	case UU_NAME:
		if (c != '\r' && m->name_len < LIM_MIME_NAME)
			m->name[m->name_len++] = (char)c;
		break;
	case UU_LINE:
		m->left = (uint8_t)((c - 32u) & 63);
		if (c == 'e') {
			m->step = UU_DONE;
		} else if (c > 32 && c < 96) {
			m->step = UU_DATA;
		} else if (c != '\r') {
			if (c != ' ' && c != '`')
				bad(m, r);
			m->step = UU_SKIP;
		}
		break;
	case UU_DATA:
		uu_data(m, r, c);
		break;
	case UU_WAIT:
	case UU_SKIP:
	case UU_DONE:
		break;
	default:
		/* one more letter of "begin" */
		if (c != (uint8_t)begin[m->step]) {
			m->step = UU_WAIT;
		} else if (++m->step == sizeof(begin) - 1) {
			m->step = UU_MODE;
			m->left = 0;
		}
		break;
	}
}

/* -- a part ---------------------------------------------------------------------- */

/* How many more encoded bytes count. */
static size_t
depth_left(const struct mime *m)
{
	int32_t depth = m->conf.depth[m->coding];
	uint32_t max = (uint32_t)depth;

	if (depth == 0)
		return SIZE_MAX;
	if (m->coding == MIME_BASE64) /* whole groups */
		max = (max + 3) / 4 * 4;
	return m->encoded < max ? max - m->encoded : 0;
}

static bool
counts(const struct mime *m, uint8_t c)
{
	return m->coding != MIME_BASE64 || (c != '\r' && c != '\n');
}

/* What is not encoded: many bytes at once. */
static size_t
bit(struct mime *m, struct slice in, struct mime_room *r, size_t left)
{
	size_t room = r->size - r->len;
	size_t n = in.len < room ? in.len : room;

	if (n > left)
		n = left;
	memcpy(r->ptr + r->len, in.ptr, n);
	r->len += n;
	m->decoded += n;
	return n;
}

size_t
mime_decode(struct mime *m, struct slice in, struct mime_room *r)
{
	struct cursor c = cur_make(in.ptr, in.len);
	size_t left, n;
	uint8_t byte;

	if (m->coding >= MIME_CODINGS || m->conf.depth[m->coding] < 0 ||
	    m->cut)
		return in.len;
	left = depth_left(m);
	while (left && cur_left(&c) && r->size - r->len >= MIME_ROOM_LEAST) {
		if (m->coding == MIME_BIT) {
			n = bit(m, slice_make(c.p, cur_left(&c)), r, left);
			if (!cur_skip(&c, n))
				break;
			m->encoded += (uint32_t)n;
			left -= n;
			continue;
		}
		if (!cur_u8(&c, &byte))
			break;
		if (m->coding == MIME_BASE64)
			b64(m, r, byte);
		else if (m->coding == MIME_QP)
			qp(m, r, byte);
		else
			uu(m, r, byte);
		if (counts(m, byte)) {
			m->encoded++;
			left--;
		}
	}
	if (!left && cur_left(&c)) {
		m->cut = true;
		r->flags |= MIME_DEPTH;
		return in.len;
	}
	return in.len - cur_left(&c);
}

void
mime_decode_end(struct mime *m, struct mime_room *r)
{
	if (m->coding >= MIME_CODINGS || m->conf.depth[m->coding] < 0 ||
	    m->cut)
		return;
	if (m->coding == MIME_BASE64) {
		if (m->have == 1)
			bad(m, r);
		if (m->have)
			b64_put(m, r); /* padding that is missing */
	} else if (m->coding == MIME_QP) {
		if (m->step == QP_HEX)
			bad(m, r);
	} else if (m->coding == MIME_UU && m->step != UU_DONE) {
		bad(m, r); /* no end, or no begin */
	}
}
