/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block of fields (RFC 9113 8), written as HTTP/1 has it: a first line made
 * of the pseudo-headers, :authority as Host, names with the capitals that
 * rules know them by, a cookie put together again (8.2.3), and the reason
 * phrases of RFC 9110 15.
 */
#include "decoders/app/http2_int.h"

/* Names that are written in another way than word by word. */
static const struct text odd_names[] = {
	{ "Content-MD5", 11 }, { "DNT", 3 }, { "ETag", 4 },
	{ "SOAPAction", 10 }, { "Sec-WebSocket-Accept", 20 },
	{ "Sec-WebSocket-Key", 17 }, { "Sec-WebSocket-Protocol", 22 },
	{ "Sec-WebSocket-Version", 21 }, { "TE", 2 },
	{ "WWW-Authenticate", 16 }, { "X-UA-Compatible", 15 },
	{ "X-XSS-Protection", 16 },
};

static const struct {
	uint16_t code;
	struct text words;
} reasons[] = {
#define REASON(code, words) { code, { words, sizeof(words) - 1 } }
	REASON(100, "Continue"), REASON(101, "Switching Protocols"),
	REASON(103, "Early Hints"), REASON(200, "OK"), REASON(201, "Created"),
	REASON(202, "Accepted"), REASON(203, "Non-Authoritative Information"),
	REASON(204, "No Content"), REASON(205, "Reset Content"),
	REASON(206, "Partial Content"), REASON(300, "Multiple Choices"),
	REASON(301, "Moved Permanently"), REASON(302, "Found"),
	REASON(303, "See Other"), REASON(304, "Not Modified"),
	REASON(307, "Temporary Redirect"), REASON(308, "Permanent Redirect"),
	REASON(400, "Bad Request"), REASON(401, "Unauthorized"),
	REASON(402, "Payment Required"), REASON(403, "Forbidden"),
	REASON(404, "Not Found"), REASON(405, "Method Not Allowed"),
	REASON(406, "Not Acceptable"),
	REASON(407, "Proxy Authentication Required"),
	REASON(408, "Request Timeout"), REASON(409, "Conflict"),
	REASON(410, "Gone"), REASON(411, "Length Required"),
	REASON(412, "Precondition Failed"), REASON(413, "Content Too Large"),
	REASON(414, "URI Too Long"), REASON(415, "Unsupported Media Type"),
	REASON(416, "Range Not Satisfiable"), REASON(417, "Expectation Failed"),
	REASON(421, "Misdirected Request"),
	REASON(422, "Unprocessable Content"), REASON(426, "Upgrade Required"),
	REASON(429, "Too Many Requests"), REASON(500, "Internal Server Error"),
	REASON(501, "Not Implemented"), REASON(502, "Bad Gateway"),
	REASON(503, "Service Unavailable"), REASON(504, "Gateway Timeout"),
	REASON(505, "HTTP Version Not Supported"),
#undef REASON
};

enum pseudo {
	PSEUDO_METHOD, PSEUDO_SCHEME, PSEUDO_AUTHORITY, PSEUDO_PATH,
	PSEUDO_STATUS, PSEUDO_PROTOCOL, /* RFC 8441 */
	PSEUDO_OTHER
};
static const struct text pseudo_names[PSEUDO_OTHER] = {
	{ ":method", 7 }, { ":scheme", 7 }, { ":authority", 10 },
	{ ":path", 5 }, { ":status", 7 }, { ":protocol", 9 },
};

static struct text
as_text(struct slice s)
{
	return text_make((const char *)s.ptr, s.len);
}

/* -- records -------------------------------------------------------------- */

/* Name and value, two bytes of length before each. */
enum { RECORD = 4 };

/* A line end in a field would be another field, and is none: a blank. */
static bool
copy_bytes(uint8_t *to, struct slice s)
{
	bool odd = false;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c == '\r' || c == '\n' || !c) {
			odd = true;
			c = ' ';
		}
		to[i] = c;
	}
	return odd;
}

/* false: it was cut, or there is no room for it. */
static bool
add_record(struct http_call *h, const struct hpack_field *f)
{
	struct http2_worker *w = h->w->h2;
	size_t room = sizeof(w->records) - w->n_records;
	struct slice name = f->name, value = f->value;
	uint8_t *to = w->records + w->n_records;
	bool odd;

	if (room < RECORD)
		return false;
	room -= RECORD;
	name.len = name.len < room ? name.len : room;
	room -= name.len;
	value.len = value.len < room ? value.len : room;
	to[0] = (uint8_t)(name.len >> 8);
	to[1] = (uint8_t)name.len;
	to[2] = (uint8_t)(value.len >> 8);
	to[3] = (uint8_t)value.len;
	odd = copy_bytes(to + RECORD, name);
	odd |= copy_bytes(to + RECORD + name.len, value);
	if (odd)
		http2_event(h, HTTP2_EV_LINE_END);
	w->n_records += (uint32_t)(RECORD + name.len + value.len);
	return name.len == f->name.len && value.len == f->value.len;
}
static_assert(LIM_HTTP2_HEAD <= UINT16_MAX, "two bytes for lengths");

static bool
next_record(struct cursor *c, struct slice *name, struct slice *value)
{
	uint16_t n, v;

	if (!cur_be16(c, &n) || !cur_be16(c, &v))
		return false;
	*name = slice_make(cur_take(c, n), n);
	*value = slice_make(cur_take(c, v), v);
	return true;
}

/* -- decoding ------------------------------------------------------------- */

static void
tell_odd(struct http_call *h, const struct hpack *hp)
{
	static const struct {
		enum hpack_odd odd;
		enum http2_event sid;
	} events[] = {
		{ HPACK_ODD_ZEROS, HTTP2_EV_ZEROS },
		{ HPACK_ODD_LATE, HTTP2_EV_LATE_UPDATE },
		{ HPACK_ODD_UPDATES, HTTP2_EV_UPDATES },
		{ HPACK_ODD_LARGE, HTTP2_EV_LARGE_TABLE },
	};

	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (hp->odd & events[i].odd)
			http2_event(h, events[i].sid);
	if (hpack_entries(hp) > 512)
		http2_event(h, HTTP2_EV_ENTRIES);
}

static bool
decode_block(struct http_call *h, struct hpack *hp, uint32_t n, bool *cut)
{
	struct http2_worker *w = h->w->h2;
	struct cursor c = cur_make(w->block, n);
	struct hpack_field f;
	enum hpack_result res;

	w->n_records = 0;
	hpack_block(hp);
	while ((res = hpack_next(hp, &w->hpack, &c, &f)) == HPACK_FIELD)
		if (f.unknown)
			h->c->ctrs[HTTP_CTR_H2_FIELDS_LOST]++;
		else if (!*cut)
			*cut = !add_record(h, &f);
	tell_odd(h, hp);
	if (res == HPACK_END)
		return true;
	if (res == HPACK_BOMB)
		http2_event(h, HTTP2_EV_BOMB);
	else if (res != HPACK_NO_MEMORY)
		http2_event(h, HTTP2_EV_HPACK);
	return false;
}

/* -- what is said before the fields --------------------------------------- */

struct pseudos {
	struct slice of[PSEUDO_OTHER];
	bool has[PSEUDO_OTHER];
	bool lost; /* some may be missing */
};

static enum pseudo
pseudo_of(struct slice name)
{
	for (unsigned i = 0; i < PSEUDO_OTHER; i++)
		if (text_eq(pseudo_names[i], as_text(name)))
			return (enum pseudo)i;
	return PSEUDO_OTHER;
}

static bool
has_capitals(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z')
			return true;
	return false;
}

static void
find_pseudos(struct http_call *h, enum http2_kind kind, struct pseudos *p)
{
	const struct http2_worker *w = h->w->h2;
	struct cursor c = cur_make(w->records, w->n_records);
	struct slice name, value;
	bool fields = false;

	while (next_record(&c, &name, &value)) {
		enum pseudo id;

		if (!name.len || name.ptr[0] != ':') {
			fields = true;
			if (has_capitals(name))
				http2_event(h, HTTP2_EV_UPPERCASE);
			continue;
		}
		id = pseudo_of(name);
		if (kind == HTTP2_TRAILERS)
			http2_event(h, HTTP2_EV_TRAILER_PSEUDO);
		else if (id == PSEUDO_OTHER || (id == PSEUDO_STATUS) !=
		    (kind == HTTP2_RESPONSE) || p->has[id])
			http2_event(h, HTTP2_EV_PSEUDO);
		if (fields && kind != HTTP2_TRAILERS)
			http2_event(h, HTTP2_EV_LATE_PSEUDO);
		if (id == PSEUDO_OTHER || p->has[id])
			continue;
		p->has[id] = true;
		p->of[id] = value;
	}
}

/* -- writing -------------------------------------------------------------- */

struct writer {
	uint8_t *to;
	uint32_t n, size;
	bool full;
};

static void
put(struct writer *w, struct slice s)
{
	if (s.len > w->size - w->n) {
		s.len = w->size - w->n;
		w->full = true;
	}
	if (s.len)
		memcpy(w->to + w->n, s.ptr, s.len);
	w->n += (uint32_t)s.len;
}

static void
puts_(struct writer *w, const char *s)
{
	put(w, slice_make((const uint8_t *)s, strlen(s)));
}

static struct slice
reason_of(uint16_t code)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].code == code)
			return slice_make((const uint8_t *)reasons[i].words.ptr,
			    reasons[i].words.len);
	return slice_make(NULL, 0);
}

static void
put_request_line(struct http_call *h, struct writer *w,
    const struct pseudos *p)
{
	bool connect = http_is(p->of[PSEUDO_METHOD], "CONNECT");
	bool by_path = p->has[PSEUDO_PATH];

	if (!p->lost) {
		if (!p->has[PSEUDO_METHOD])
			http2_event(h, HTTP2_EV_NO_METHOD);
		else if (connect && by_path && !p->has[PSEUDO_PROTOCOL])
			http2_event(h, HTTP2_EV_CONNECT);
		else if (!connect && (!by_path || !p->has[PSEUDO_SCHEME]))
			http2_event(h, HTTP2_EV_REQUEST);
	}
	put(w, p->of[PSEUDO_METHOD]);
	puts_(w, " ");
	put(w, p->of[by_path ? PSEUDO_PATH : PSEUDO_AUTHORITY]);
	puts_(w, " HTTP/2\r\n");
}

static void
put_status_line(struct http_call *h, struct writer *w,
    const struct pseudos *p, uint16_t *status)
{
	struct slice code = p->of[PSEUDO_STATUS];

	if (!p->has[PSEUDO_STATUS] && !p->lost)
		http2_event(h, HTTP2_EV_NO_STATUS);
	*status = 0;
	for (size_t i = 0; i < code.len && i < 3; i++)
		if (code.ptr[i] >= '0' && code.ptr[i] <= '9')
			*status = (uint16_t)(*status * 10 + code.ptr[i] - '0');
	puts_(w, "HTTP/2 ");
	put(w, code);
	puts_(w, " ");
	put(w, reason_of(*status));
	puts_(w, "\r\n");
}

static void
put_name(struct writer *w, struct slice name)
{
	uint32_t from = w->n;

	for (size_t i = 0; i < ARRAY_LEN(odd_names); i++)
		if (name.len == odd_names[i].len &&
		    http_is(name, odd_names[i].ptr)) {
			puts_(w, odd_names[i].ptr);
			return;
		}
	put(w, name);
	for (uint32_t i = from; i < w->n; i++)
		if ((i == from || w->to[i - 1] == '-') && w->to[i] >= 'a' &&
		    w->to[i] <= 'z')
			w->to[i] = (uint8_t)(w->to[i] - 'a' + 'A');
}

static void
put_field(struct writer *w, struct slice name, struct slice value)
{
	put_name(w, name);
	puts_(w, ": ");
	put(w, value);
	puts_(w, "\r\n");
}

/* Crumbs of a cookie follow each other in one field. */
static void
put_cookie(struct writer *w, struct cursor c)
{
	struct slice name, value;
	bool begun = false;

	while (next_record(&c, &name, &value)) {
		if (!http_is(name, "cookie"))
			continue;
		puts_(w, begun ? "; " : "Cookie: ");
		put(w, value);
		begun = true;
	}
	if (begun)
		puts_(w, "\r\n");
}

static void
put_fields(struct http_call *h, struct writer *w, enum http2_kind kind,
    const struct pseudos *p)
{
	const struct http2_worker *hw = h->w->h2;
	struct cursor all = cur_make(hw->records, hw->n_records), c = all;
	struct slice host = p->of[PSEUDO_AUTHORITY], name, value;
	bool has_host = kind == HTTP2_REQUEST && p->has[PSEUDO_AUTHORITY];

	if (has_host)
		put_field(w, slice_make((const uint8_t *)"host", 4), host);
	while (next_record(&c, &name, &value)) {
		if ((name.len && name.ptr[0] == ':') ||
		    (kind == HTTP2_REQUEST && http_is(name, "cookie")))
			continue;
		/* said twice */
		if (has_host && http_is(name, "host") &&
		    text_eq(as_text(host), as_text(value)))
			continue;
		put_field(w, name, value);
	}
	if (kind == HTTP2_REQUEST)
		put_cookie(w, all);
	puts_(w, "\r\n");
}

bool
http2_fields(struct http_call *h, struct http2_side *sd, uint32_t n,
    enum http2_kind kind, struct http2_head *head)
{
	struct http2_worker *hw = h->w->h2;
	struct writer w = { .to = hw->heads + hw->used, .size =
	    HTTP2_HEAD_ROOM };
	struct pseudos p = { .lost = false };

	*head = (struct http2_head){ .text = w.to };
	if (w.size > sizeof(hw->heads) - hw->used)
		w.size = (uint32_t)sizeof(hw->heads) - hw->used;
	if (!decode_block(h, &sd->hpack, n, &head->cut))
		return false;
	p.lost = (sd->hpack.odd & HPACK_ODD_UNKNOWN) != 0 || head->cut;
	find_pseudos(h, kind, &p);
	if (kind == HTTP2_REQUEST)
		put_request_line(h, &w, &p);
	else if (kind == HTTP2_RESPONSE)
		put_status_line(h, &w, &p, &head->status);
	head->start = w.n;
	put_fields(h, &w, kind, &p);
	head->len = w.n;
	head->cut |= w.full;
	if (head->cut) {
		h->c->ctrs[HTTP_CTR_H2_HEADS_CUT]++;
		http2_event(h, HTTP2_EV_LONG_LIST);
	}
	hw->used += w.n;
	return true;
}
