/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The framing of messages, RFC 9112: a start line, fields up to an empty line,
 * and a body whose end the fields tell. Of a line only what says so is kept,
 * so a session needs no room for heads. As lenient as browsers are: whoever
 * reads more strictly than they do is blind to what they show.
 */
#include "decoders/app/http_scan.h"

#include <string.h>

enum {
	STATE_LEAD,
	STATE_START,
	STATE_JUNK,   /* the rest of a line that is no start */
	STATE_PEEK,   /* behind a head that should be all: a body, or a head */
	STATE_HEADER,
	STATE_LENGTH, /* a body of that length */
	STATE_CLOSE,  /* a body up to the end of the session */
	STATE_SIZE,   /* of a chunk: its digits */
	STATE_EXT,    /* and what follows them in the line */
	STATE_CHUNK,
	STATE_CHUNK_END,
	STATE_TRAILER,

	LINE_BEGIN = 0,
	LINE_CR,   /* nothing but a CR yet */
	LINE_CRS,  /* nothing but several of them */
	LINE_KEEP, /* a field that says something about the body */
	LINE_SKIP,

	METHOD_MAX = 32,
	LENGTH_DIGITS = 18, /* more are no length */
	CHUNK_DIGITS = 15,
	JUNK_LINES = 4, /* in front of an answer that are passed over */
};

static const char answer_begins[] = "HTTP/";

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* A letter of any case; other bytes may come out as others. */
static uint8_t
lower(uint8_t c)
{
	return c | 0x20;
}

static bool
is_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || (lower(c) >= 'a' &&
	    lower(c) <= 'z' && c >= 'A') || c == '_' || c == '-';
}

bool
http_is_method(struct slice word)
{
	for (size_t n = 0; n < word.len; n++)
		if (!is_word(word.ptr[n]))
			return false;
	return word.len > 0 && word.len <= METHOD_MAX;
}

bool
http_is_answer(struct slice line)
{
	for (size_t n = 0; n < line.len && answer_begins[n]; n++)
		if (lower(line.ptr[n]) != lower((uint8_t)answer_begins[n]))
			return false;
	return true;
}

void
http_scan_init(struct http_scan *s, enum flow_side side)
{
	*s = (struct http_scan){ .side = (uint8_t)side };
}

void
http_scan_next(struct http_scan *s)
{
	bool wary = s->wary;

	http_scan_init(s, (enum flow_side)s->side);
	s->wary = wary;
}

void
http_scan_gap(struct http_scan *s)
{
	http_scan_next(s);
	s->gap = s->wary = true;
}

static bool
is_token(struct slice word, const char *s)
{
	return text_is_nocase(text_make((const char *)word.ptr, word.len), s);
}

/* -- requests that wait ---------------------------------------------------- */

static void
waiting_push(struct http_waiting *w, enum http_asks asks)
{
	/* more than that: the oldest is forgotten, and its answer read as one
	 * to a plain request */
	if (w->n == LIM_HTTP_WAITING) {
		w->kinds >>= 2;
		w->n--;
		w->lost++;
	}
	w->kinds &= ~(UINT64_C(3) << 2 * w->n);
	w->kinds |= (uint64_t)asks << 2 * w->n;
	w->n++;
}

static enum http_asks
waiting_pop(struct http_waiting *w)
{
	enum http_asks asks = (enum http_asks)(w->kinds & 3);

	if (!w->n)
		return HTTP_ASKS;
	w->kinds >>= 2;
	w->n--;
	return asks;
}

/* -- lines ------------------------------------------------------------------- */

/* How much of the bytes belongs to the line under way; *whole: its end too. */
static size_t
line_len(struct slice bytes, bool *whole)
{
	const uint8_t *end = memchr(bytes.ptr, '\n', bytes.len);

	*whole = end;
	return end ? (size_t)(end - bytes.ptr) + 1 : bytes.len;
}

/*
 * Likewise, of a head. In an answer a CR by itself ends a line, too, as it does
 * for browsers: only what follows it tells, which may be the next piece's
 * first byte; then the line ends in front of it, and this is 0.
 */
static size_t
head_line_len(struct http_scan *s, struct slice bytes, bool *whole)
{
	size_t n = line_len(bytes, whole);
	const uint8_t *cr;

	if (s->side == FLOW_CLIENT)
		return n;
	if (s->cr) {
		*whole = bytes.ptr[0] != '\r';
		s->cr = !*whole;
		return bytes.ptr[0] == '\n' || s->cr ? 1 : 0;
	}
	cr = memchr(bytes.ptr, '\r', n);
	if (!cr)
		return n;
	n = (size_t)(cr - bytes.ptr) + 1;
	*whole = n < bytes.len && bytes.ptr[n] == '\n';
	s->cr = !*whole;
	return *whole ? n + 1 : n;
}

/* The beginning of a start line, and its last bytes. */
static void
keep_start(struct http_scan *s, struct slice part)
{
	size_t n = sizeof(s->kept) - s->n_kept;

	n = part.len < n ? part.len : n;
	memcpy(s->kept + s->n_kept, part.ptr, n);
	s->n_kept += (uint8_t)n;
	n = sizeof(s->tail);
	if (part.len >= n) {
		memcpy(s->tail, part.ptr + part.len - n, n);
		s->n_tail = (uint8_t)n;
		return;
	}
	n = s->n_tail + part.len > n ? s->n_tail + part.len - n : 0;
	memmove(s->tail, s->tail + n, s->n_tail - n);
	s->n_tail -= (uint8_t)n;
	memcpy(s->tail + s->n_tail, part.ptr, part.len);
	s->n_tail += (uint8_t)part.len;
}

/* A field's bytes, each run of blanks and control characters as one blank. */
static void
keep_field(struct http_scan *s, struct slice part)
{
	for (size_t i = 0; i < part.len; i++) {
		uint8_t c = part.ptr[i];

		if (c == '\0')
			continue; /* nor do browsers see them */
		if (c <= ' ') {
			if (!s->n_kept || s->kept[s->n_kept - 1] == ' ')
				continue;
			c = ' ';
		}
		if (s->n_kept == sizeof(s->kept))
			return;
		s->kept[s->n_kept++] = c;
	}
}

/* -- start lines ------------------------------------------------------------------- */

/* HTTP/D.D, the last word of a request line; a line without it asks as
 * HTTP/0.9 does. */
static bool
read_request_version(struct http_scan *s)
{
	const size_t len = sizeof("HTTP/1.1") - 1;
	size_t n = s->n_tail;
	const uint8_t *t;

	while (n && s->tail[n - 1] <= ' ')
		n--;
	s->major = 0;
	s->minor = 9;
	if (n < len + 1 || s->tail[n - len - 1] > ' ')
		return false;
	t = s->tail + n - len;
	if (!http_is_answer(slice_make(t, len)) || t[6] != '.')
		return false;
	s->major = (uint8_t)(t[5] - '0');
	s->minor = (uint8_t)(t[7] - '0');
	return true;
}

static struct slice
first_word(const struct http_scan *s)
{
	struct slice word = slice_make(s->kept, 0);

	while (word.len < s->n_kept && !is_blank(s->kept[word.len]))
		word.len++;
	return word;
}

/* A method and a URI with a line end as it should be, or whatever a version
 * ends. */
static bool
read_request_line(struct http_scan *s)
{
	struct slice method = first_word(s);
	bool known = http_is_method(method) && method.len < s->n_kept;

	if (!read_request_version(s) && (!known || s->wary ||
	    s->n_tail < 2 || s->tail[s->n_tail - 2] != '\r'))
		return false;
	s->odd_method = !known;
	s->asks = is_token(method, "HEAD") ? HTTP_ASKS_HEAD :
	    is_token(method, "CONNECT") ? HTTP_ASKS_CONNECT : HTTP_ASKS;
	return true;
}

static bool
read_status_line(struct http_scan *s)
{
	size_t at = sizeof(answer_begins) - 1, n = s->n_kept;
	const uint8_t *k = s->kept;

	if (n < at)
		return false;
	s->major = s->minor = 0;
	if (at + 3 <= n && k[at + 1] == '.') {
		s->major = (uint8_t)(k[at] - '0');
		s->minor = (uint8_t)(k[at + 2] - '0');
	}
	while (at < n && !is_blank(k[at]))
		at++;
	while (at < n && is_blank(k[at]))
		at++;
	for (; at < n && k[at] >= '0' && k[at] <= '9' && s->status < 1000;
	     at++)
		s->status = (uint16_t)(s->status * 10 + k[at] - '0');
	return true;
}

/* Behind missing bytes an answer may follow what need not end with a line, the
 * rest of a body: where one may begin in these; their end: nowhere. */
static size_t
find_answer(const struct http_scan *s, struct slice bytes, size_t from)
{
	static const char begin[] = "HTTP/1.";

	if (!s->gap || s->side == FLOW_CLIENT)
		return bytes.len;
	while (from < bytes.len) {
		size_t n = sizeof(begin) - 1;
		const uint8_t *p = memchr(bytes.ptr + from, 'H',
		    bytes.len - from);

		if (!p)
			break;
		from = (size_t)(p - bytes.ptr);
		n = bytes.len - from < n ? bytes.len - from : n;
		if (memcmp(p, begin, n) == 0)
			return from;
		from++;
	}
	return bytes.len;
}

/* The line, of which n bytes are here, cannot begin a message; how many of them
 * are none of one. first: it begins with them. */
static size_t
refuse_start(struct http_scan *s, struct slice bytes, size_t n, bool whole,
    bool first)
{
	size_t at = find_answer(s, slice_make(bytes.ptr, n), first);

	s->junk = s->wary = true;
	s->n_kept = s->n_tail = 0;
	s->status = 0;
	s->state = at < n ? STATE_START : whole ? STATE_LEAD : STATE_JUNK;
	if (s->side == FLOW_CLIENT || s->gap)
		return at;
	/* HTTP/0.9, or somebody who forgot to say more, unless a status line
	 * follows soon */
	s->to_close = true;
	if (++s->n_junk == JUNK_LINES)
		s->state = STATE_CLOSE;
	return at;
}

static size_t
scan_junk(struct http_scan *s, struct slice bytes)
{
	bool whole;
	size_t n = line_len(bytes, &whole);
	size_t at = find_answer(s, slice_make(bytes.ptr, n), 0);

	if (at < n)
		s->state = STATE_START;
	else if (whole)
		s->state = STATE_LEAD;
	return at;
}

/* Behind missing bytes: a version and a status, as far as there is anything. */
static bool
has_status(struct slice k)
{
	static const char form[] = "HTTP/#.# ###";

	for (size_t i = sizeof(answer_begins) - 1; i < k.len && form[i]; i++) {
		uint8_t c = k.ptr[i];

		if (form[i] == '#' ? c < '0' || c > '9' :
		    form[i] == ' ' ? !is_blank(c) : c != form[i])
			return false;
	}
	return true;
}

/* May the line begin a message, by what there is of it? */
static bool
may_start(const struct http_scan *s)
{
	struct slice k = slice_make(s->kept, s->n_kept);

	if (s->side == FLOW_SERVER)
		return http_is_answer(k) && (!s->gap || has_status(k));
	/* behind a method anything may be a URI */
	for (size_t i = 0; i < k.len; i++)
		if ((k.ptr[i] < ' ' && k.ptr[i] != '\t' &&
		    k.ptr[i] != '\r' && k.ptr[i] != '\n') ||
		    k.ptr[i] >= 0x7f)
			return http_is_method(first_word(s)) &&
			    first_word(s).len < i;
	return true;
}

static size_t
scan_start(struct http_scan *s, struct slice bytes)
{
	bool whole, is_start, first = !s->n_kept;
	size_t n = head_line_len(s, bytes, &whole);

	keep_start(s, slice_make(bytes.ptr, n));
	if (!may_start(s))
		return refuse_start(s, bytes, n, whole, first);
	if (!whole)
		return n;
	is_start = s->side == FLOW_CLIENT ? read_request_line(s) :
	    read_status_line(s);
	if (!is_start)
		return refuse_start(s, bytes, n, whole, first);
	s->started = true;
	s->junk = s->to_close = false;
	s->n_kept = s->n_tail = 0;
	s->state = STATE_HEADER;
	s->line = LINE_BEGIN;
	/* HTTP/0.9: nothing follows */
	s->ended = s->side == FLOW_CLIENT && !s->major;
	return n;
}

/* -- fields -------------------------------------------------------------------------- */

static void
read_length(struct http_scan *s, struct slice value)
{
	uint64_t v = 0;
	size_t n = 0;

	if (s->has_length)
		s->odd |= HTTP_ODD_LENGTHS;
	while (n < value.len && value.ptr[n] >= '0' && value.ptr[n] <= '9' &&
	    n < LENGTH_DIGITS)
		v = v * 10 + (uint64_t)(value.ptr[n++] - '0');
	if (!n || n < value.len)
		s->odd |= HTTP_ODD_LENGTH;
	if (!n)
		return;
	s->has_length = true;
	s->length = v;
}

/* A list of codings: is it chunked? */
static bool
is_chunked(struct slice value)
{
	static const char word[] = "chunked";
	const size_t len = sizeof(word) - 1;

	for (size_t i = 0; i + len <= value.len; i++)
		if (is_token(slice_make(value.ptr + i, len), word))
			return true;
	return false;
}

static void
finish_field(struct http_scan *s)
{
	struct slice name = slice_make(s->kept, s->n_kept), value;
	const uint8_t *colon = name.len ? memchr(name.ptr, ':', name.len) :
	    NULL;

	s->n_kept = 0;
	if (!colon)
		return;
	value = slice_make(colon + 1, name.len);
	name.len = (size_t)(colon - name.ptr);
	value.len -= name.len + 1;
	while (name.len && name.ptr[name.len - 1] == ' ')
		name.len--;
	while (value.len && value.ptr[value.len - 1] == ' ')
		value.len--;
	if (value.len && value.ptr[0] == ' ')
		value.ptr++, value.len--;
	if (is_token(name, "content-length"))
		read_length(s, value);
	else if (is_token(name, "transfer-encoding"))
		s->chunked |= is_chunked(value);
	else if (is_token(name, "range") && s->asks == HTTP_ASKS)
		s->asks = HTTP_ASKS_RANGE;
	else if (is_token(name, "upgrade"))
		s->h2c = is_token(value, "h2c");
}

/* Has the answer no body, whatever its fields say? RFC 9112 6.3 */
static bool
is_bodiless(struct http_scan *s, struct http_waiting *w)
{
	unsigned class = s->status / 100;
	enum http_asks asks;

	if (class == 1) {
		s->tunnel = s->status == 101;
		return true;
	}
	s->known = w->n > 0;
	asks = waiting_pop(w);
	s->asks = (uint8_t)asks;
	if (asks == HTTP_ASKS_CONNECT && class == 2) {
		s->tunnel = true;
		return true;
	}
	return asks == HTTP_ASKS_HEAD || s->status == 204 || s->status == 304;
}

static void
end_head(struct http_scan *s, struct http_waiting *w)
{
	bool bodiless = false;

	if (s->side == FLOW_CLIENT)
		waiting_push(w, (enum http_asks)s->asks);
	else
		bodiless = is_bodiless(s, w);
	if (bodiless && s->status == 204 && s->asks != HTTP_ASKS_HEAD &&
	    s->asks != HTTP_ASKS_CONNECT &&
	    (s->chunked || s->length)) {
		/* there should be none, and perhaps there is */
		s->state = STATE_PEEK;
	} else if (bodiless) {
		s->ended = true;
	} else if (s->chunked) {
		s->state = STATE_SIZE;
	} else if (s->has_length) {
		s->left = s->length;
		s->state = STATE_LENGTH;
		s->ended = !s->left;
	} else if (s->side == FLOW_SERVER) {
		s->to_close = true;
		s->state = STATE_CLOSE;
	} else {
		s->ended = true;
	}
}

/* A field of those that are read? Its colon may be in the next line. */
static bool
is_kept_field(const struct http_scan *s)
{
	const uint8_t *colon = s->n_kept ? memchr(s->kept, ':', s->n_kept) :
	    NULL;
	size_t n = colon ? (size_t)(colon - s->kept) : s->n_kept;
	struct slice name;

	while (n && s->kept[n - 1] == ' ')
		n--;
	name = slice_make(s->kept, n);
	return is_token(name, "content-length") ||
	    is_token(name, "transfer-encoding") ||
	    is_token(name, "upgrade");
}

/* Fields that say something begin with one of these; or with a blank: the one
 * before them goes on, or it is read for itself, as browsers may. */
static uint8_t
kind_of_line(struct http_scan *s, uint8_t c)
{
	bool indented = is_blank(c) || c == '\0';

	if (indented && is_kept_field(s))
		return LINE_KEEP;
	finish_field(s);
	c = lower(c);
	return indented || c == 'c' || c == 't' || c == 'u' || (c == 'r' &&
	    s->side == FLOW_CLIENT) ? LINE_KEEP : LINE_SKIP;
}

/* A line's first bytes: false, it is not known yet what it is. */
static bool
begin_line(struct http_scan *s, struct http_waiting *w, uint8_t c)
{
	if (c == '\n') {
		finish_field(s);
		end_head(s, w);
		s->blank = s->side == FLOW_SERVER && s->line == LINE_CRS;
		return false;
	}
	if (c == '\r') {
		s->line = s->line == LINE_BEGIN ? LINE_CR : LINE_CRS;
		return false;
	}
	s->line = kind_of_line(s, c);
	return true;
}

static size_t
scan_header(struct http_scan *s, struct http_waiting *w, struct slice bytes)
{
	bool whole;
	size_t n;

	if (s->line <= LINE_CRS && !begin_line(s, w, bytes.ptr[0]))
		return 1;
	n = head_line_len(s, bytes, &whole);
	if (s->line == LINE_KEEP)
		keep_field(s, slice_make(bytes.ptr, n));
	if (whole)
		s->line = LINE_BEGIN;
	return n;
}

/* -- a body where there should be none ------------------------------------------------ */

static void
begin_body(struct http_scan *s)
{
	s->left = s->chunked ? 0 : s->length;
	s->state = s->chunked ? STATE_SIZE : STATE_LENGTH;
	s->n_kept = 0;
}

/* Behind a 204 that announced a body: that, or the next answer. */
static size_t
scan_peek(struct http_scan *s, struct slice bytes)
{
	size_t n = 0;

	while (n < bytes.len && answer_begins[s->n_kept] &&
	    lower(bytes.ptr[n]) == lower((uint8_t)answer_begins[s->n_kept]))
		s->kept[s->n_kept++] = bytes.ptr[n++];
	if (n == bytes.len && answer_begins[s->n_kept])
		return n;
	if (!answer_begins[s->n_kept]) {
		s->chunked = s->has_length = s->started = false;
		s->status = 0;
		s->length = 0;
		s->state = STATE_START;
		return n;
	}
	/* a length counts from the first of them */
	s->length -= s->n_kept < s->length ? s->n_kept : s->length;
	begin_body(s);
	s->ended = !s->chunked && !s->left;
	return n;
}

/* -- chunks, RFC 9112 7.1 ------------------------------------------------------------- */

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
begin_chunk(struct http_scan *s, const struct http_scan_conf *conf)
{
	s->n_kept = 0;
	if (!s->left) {
		s->state = STATE_TRAILER;
		s->line = LINE_BEGIN;
		return;
	}
	s->state = STATE_CHUNK;
	if (conf->chunk_length && s->left > conf->chunk_length)
		s->odd |= HTTP_ODD_CHUNK_LARGE;
	if (!conf->small_chunks)
		return;
	s->chunks_small = s->left <= conf->small_chunk ? s->chunks_small + 1 :
	    0;
	if (s->chunks_small >= conf->small_chunks) {
		s->chunks_small = 0;
		s->odd |= HTTP_ODD_CHUNKS_SMALL;
	}
}

/* Nobody knows where the body ends. */
static void
lose_chunks(struct http_scan *s)
{
	s->odd |= HTTP_ODD_CHUNK_SIZE;
	s->to_close = true;
	s->state = STATE_CLOSE;
}

static size_t
scan_size(struct http_scan *s, struct slice bytes)
{
	size_t n;

	for (n = 0; n < bytes.len; n++) {
		uint8_t c = bytes.ptr[n];
		int v = hex_digit(c);

		if (v >= 0) {
			if (!s->n_kept)
				s->left = 0;
			/* zeros in front do not count */
			s->n_kept = s->left ? s->n_kept + 1 : 1;
			s->left = s->left << 4 | (uint64_t)v;
			if (s->n_kept <= CHUNK_DIGITS)
				continue;
			lose_chunks(s);
			return n + 1;
		}
		if (s->n_kept) {
			s->state = STATE_EXT;
			break;
		}
		if (c > ' ') {
			lose_chunks(s);
			break;
		}
	}
	return n;
}

static size_t
scan_ext(struct http_scan *s, const struct http_scan_conf *conf,
    struct slice bytes)
{
	bool whole;
	size_t n = line_len(bytes, &whole);

	if (s->line == LINE_BEGIN) {
		/* even blanks, which some servers fill the line with */
		if (bytes.ptr[0] != '\r' && bytes.ptr[0] != '\n' &&
		    bytes.ptr[0] != ';')
			s->odd |= HTTP_ODD_CHUNK_JUNK;
		s->line = LINE_SKIP;
	}
	if (whole) {
		s->line = LINE_BEGIN;
		begin_chunk(s, conf);
	}
	return n;
}

static size_t
scan_chunk_end(struct http_scan *s, struct slice bytes)
{
	size_t n = 0;

	while (n < bytes.len && bytes.ptr[n] == '\r')
		n++;
	if (n == bytes.len)
		return n;
	s->state = STATE_SIZE;
	if (bytes.ptr[n] == '\n')
		return n + 1;
	s->odd |= HTTP_ODD_CHUNK_END;
	return n;
}

static size_t
scan_trailer(struct http_scan *s, struct slice bytes)
{
	bool whole;
	size_t n = line_len(bytes, &whole), i = 0;

	if (s->line == LINE_BEGIN) {
		while (i < n && (bytes.ptr[i] == '\r' || bytes.ptr[i] == '\n'))
			i++;
		if (i < n)
			s->line = LINE_SKIP;
	}
	if (whole) {
		s->ended = s->line == LINE_BEGIN;
		s->line = LINE_BEGIN;
	}
	return n;
}

/*
 * CR CR LF is the end of a head for some browsers; for others the line behind
 * it is, when it is empty: its bytes are no part of the body then. false: the
 * byte is the body's.
 */
static bool
scan_blank(struct http_scan *s, uint8_t c)
{
	bool cr = s->blank == 1;

	if (c == (cr ? '\r' : '\n')) {
		s->blank = cr ? 2 : 0;
		return true;
	}
	/* the CR was the body's after all */
	if (!cr && s->state == STATE_LENGTH)
		s->left--;
	s->blank = 0;
	return false;
}

/* -- the whole ------------------------------------------------------------------------- */

static size_t
scan_lead(struct http_scan *s, struct slice bytes)
{
	size_t n = 0;

	while (n < bytes.len && bytes.ptr[n] <= ' ')
		n++;
	if (n < bytes.len)
		s->state = STATE_START;
	return n;
}

static size_t
take(struct http_scan *s, size_t len)
{
	size_t n = s->left < len ? (size_t)s->left : len;

	s->left -= n;
	return n;
}

bool
http_scan_in_head(const struct http_scan *s)
{
	return s->state == STATE_HEADER;
}

bool
http_scan_in_body(const struct http_scan *s)
{
	return s->state == STATE_LENGTH || s->state == STATE_CLOSE ||
	    s->state == STATE_CHUNK;
}

size_t
http_scan(struct http_scan *s, const struct http_scan_conf *conf,
    struct http_waiting *w, struct slice bytes, enum http_part *part)
{
	size_t n = 0;

	s->ended = false;
	/* some steps only find out that another one is to look at the bytes */
	while (!n && bytes.len) {
		switch (s->state) {
		case STATE_LEAD:
			*part = HTTP_PART_LEAD;
			n = scan_lead(s, bytes);
			break;
		case STATE_START:
			*part = HTTP_PART_START;
			n = scan_start(s, bytes);
			break;
		case STATE_JUNK:
			*part = HTTP_PART_LEAD;
			n = scan_junk(s, bytes);
			break;
		case STATE_PEEK:
			*part = HTTP_PART_BODY;
			n = scan_peek(s, bytes);
			break;
		case STATE_HEADER:
			*part = HTTP_PART_HEADER;
			n = scan_header(s, w, bytes);
			break;
		case STATE_LENGTH:
			if (!s->left) { /* it had ended; nobody said more */
				http_scan_next(s);
				break;
			}
			*part = HTTP_PART_BODY;
			if (s->blank && s->left > 1 &&
			    scan_blank(s, bytes.ptr[0])) {
				*part = HTTP_PART_HEADER;
				n = 1;
				break;
			}
			n = take(s, bytes.len);
			s->ended = !s->left;
			break;
		case STATE_CLOSE:
			*part = HTTP_PART_BODY;
			if (s->blank && scan_blank(s, bytes.ptr[0])) {
				*part = HTTP_PART_HEADER;
				n = 1;
				break;
			}
			n = bytes.len;
			break;
		case STATE_SIZE:
			*part = HTTP_PART_CODING;
			n = scan_size(s, bytes);
			break;
		case STATE_EXT:
			*part = HTTP_PART_CODING;
			n = scan_ext(s, conf, bytes);
			break;
		case STATE_CHUNK:
			*part = HTTP_PART_BODY;
			n = take(s, bytes.len);
			if (!s->left)
				s->state = STATE_CHUNK_END;
			break;
		case STATE_CHUNK_END:
			*part = HTTP_PART_CODING;
			n = scan_chunk_end(s, bytes);
			break;
		case STATE_TRAILER:
			*part = HTTP_PART_CODING;
			n = scan_trailer(s, bytes);
			break;
		}
	}
	return n;
}
