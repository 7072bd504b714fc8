/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of HTTP/2 (RFC 9113 4.1), in any pieces. */
#include "decoders/app/http2_int.h"

/* PREFACE_ASKS: what would be a request of HTTP/1 */
enum { PREFACE_ASKS = 18, SURE = 2, MAX_FRAME = 16384 };

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/* -- beginnings ----------------------------------------------------------- */

enum app_guess
http2_begins(enum flow_side side, struct slice bytes)
{
	/* the header of a SETTINGS frame, of stream 0 and without ACK */
	static const uint8_t settings[HTTP2_FRAME_HEAD] = { 0, 0, 0,
		HTTP2_SETTINGS };
	const uint8_t *like = settings;
	size_t len = sizeof(settings), n;

	if (side == FLOW_CLIENT) {
		like = (const uint8_t *)preface;
		len = HTTP2_PREFACE;
	}
	n = bytes.len < len ? bytes.len : len;
	for (size_t i = 0; i < n; i++)
		if (side == FLOW_SERVER && i == 2 ? bytes.ptr[i] % 6 ||
		    bytes.ptr[i] > 96 : bytes.ptr[i] != like[i])
			return APP_NO;
	return n == len ? APP_YES : APP_MAYBE;
}

size_t
http2_false_start(struct slice bytes)
{
	size_t n = 0;

	while (n < bytes.len && n < HTTP2_PREFACE &&
	    bytes.ptr[n] == (uint8_t)preface[n])
		n++;
	return n >= PREFACE_ASKS && n < HTTP2_PREFACE ? n : 0;
}

void
http2_scan_gap(struct http2_scan *s)
{
	*s = (struct http2_scan){ .seek = true };
}

/* -- headers -------------------------------------------------------------- */

static uint32_t
be(const uint8_t *b, unsigned n)
{
	uint32_t v = 0;

	while (n--)
		v = v << 8 | *b++;
	return v;
}

/* Might these nine bytes be one? For whoever looks for it; so a frame of data
 * must have some. */
static bool
is_plausible(const uint8_t *head)
{
	static const struct {
		uint8_t flags;
		uint8_t min;
		bool of_stream, any;
		uint16_t max;
	} like[HTTP2_TYPES] = {
		[HTTP2_DATA] = { 0x09, 1, true, false, MAX_FRAME },
		[HTTP2_HEADERS] = { 0x2d, 1, true, false, MAX_FRAME },
		[HTTP2_PRIORITY] = { 0, 5, true, false, 5 },
		[HTTP2_RST_STREAM] = { 0, 4, true, false, 4 },
		[HTTP2_SETTINGS] = { 0x01, 0, false, false, 240 },
		[HTTP2_PUSH_PROMISE] = { 0x0c, 5, true, false, MAX_FRAME },
		[HTTP2_PING] = { 0x01, 8, false, false, 8 },
		[HTTP2_GOAWAY] = { 0, 8, false, false, 1024 },
		[HTTP2_WINDOW_UPDATE] = { 0, 4, false, true, 4 },
		[HTTP2_CONTINUATION] = { 0x04, 1, true, false, MAX_FRAME },
	};
	uint32_t len = be(head, 3), stream = be(head + 5, 4);
	uint8_t type = head[3];

	if (type >= HTTP2_TYPES || head[4] & ~like[type].flags ||
	    len < like[type].min || len > like[type].max)
		return false;
	/* nobody has opened so many yet */
	return stream < 1u << 24 &&
	    (like[type].any || (stream != 0) == like[type].of_stream);
}

static void
begin_frame(struct http2_scan *s)
{
	bool has_fields, padded;

	s->len = s->left = be(s->head, 3);
	s->type = s->head[3];
	s->flags = s->head[4];
	s->stream = be(s->head + 5, 4) & 0x7fffffff;
	has_fields = s->type == HTTP2_HEADERS ||
	    s->type == HTTP2_PUSH_PROMISE;
	padded = s->flags & HTTP2_PADDED && (has_fields ||
	    s->type == HTTP2_DATA);
	s->need = padded;
	if (s->type == HTTP2_HEADERS && s->flags & HTTP2_HAS_PRIORITY)
		s->need = (uint8_t)(s->need + 5);
	if (s->type == HTTP2_PUSH_PROMISE)
		s->need = (uint8_t)(s->need + 4);
	s->n_prefix = 0;
	s->pad = 0;
	s->bad_pad = false;
	s->bad_length = s->len < s->need;
	s->began = true;
	s->ended = !s->len;
	s->n_head = 0;
}

/* Byte by byte, the last nine of them. */
static size_t
seek(struct http2_scan *s, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (s->n_head == HTTP2_FRAME_HEAD) {
			memmove(s->head, s->head + 1, HTTP2_FRAME_HEAD - 1);
			s->n_head--;
		}
		s->head[s->n_head++] = bytes.ptr[i];
		if (s->n_head < HTTP2_FRAME_HEAD || !is_plausible(s->head))
			continue;
		s->seek = false;
		s->unsure = SURE;
		begin_frame(s);
		return i + 1;
	}
	return bytes.len;
}

static size_t
scan_head(struct http2_scan *s, struct slice bytes)
{
	size_t n = (size_t)HTTP2_FRAME_HEAD - s->n_head;

	n = n < bytes.len ? n : bytes.len;
	memcpy(s->head + s->n_head, bytes.ptr, n);
	s->n_head += (uint8_t)n;
	if (s->n_head < HTTP2_FRAME_HEAD)
		return n;
	if (s->unsure && !is_plausible(s->head)) {
		s->seek = true;
		return n;
	}
	if (s->unsure)
		s->unsure--;
	begin_frame(s);
	return n;
}

/* -- what is in them ------------------------------------------------------ */

static size_t
scan_prefix(struct http2_scan *s, struct slice bytes)
{
	size_t n = (size_t)s->need - s->n_prefix;

	n = n < bytes.len ? n : bytes.len;
	n = n < s->left ? n : s->left;
	memcpy(s->prefix + s->n_prefix, bytes.ptr, n);
	s->n_prefix += (uint8_t)n;
	s->left -= (uint32_t)n;
	if (s->n_prefix < s->need || !(s->flags & HTTP2_PADDED))
		return n;
	s->pad = s->prefix[0];
	if (s->pad > s->left) {
		s->bad_pad = true;
		s->pad = s->left;
	}
	return n;
}

size_t
http2_scan(struct http2_scan *s, struct slice bytes, struct slice *content)
{
	size_t n;

	s->began = s->ended = false;
	*content = slice_make(NULL, 0);
	if (s->skip) {
		n = s->skip < bytes.len ? s->skip : bytes.len;
		s->skip -= (uint8_t)n;
		return n;
	}
	if (s->seek)
		return seek(s, bytes);
	if (!s->left)
		return scan_head(s, bytes);
	if (s->n_prefix < s->need) {
		n = scan_prefix(s, bytes);
	} else if (s->left > s->pad) {
		n = s->left - s->pad;
		n = n < bytes.len ? n : bytes.len;
		*content = slice_make(bytes.ptr, n);
		s->left -= (uint32_t)n;
	} else {
		n = s->left < bytes.len ? s->left : bytes.len;
		s->left -= (uint32_t)n;
	}
	s->ended = !s->left;
	return n;
}
