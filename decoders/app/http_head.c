/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Header fields, RFC 9110 5 and RFC 9112 5: what the parser itself needs of
 * them, and the buffers of headers and cookies. As in Snort, a cookie's value
 * is taken out of http_header, its name and line end stay; the values of
 * several cookies follow each other without anything between them.
 */
#include <strings.h>

#include "decoders/app/http_int.h"

enum { NAME_MAX_LEN = 32 };

static const struct text names[] = {
#define X(NAME, name) { name, sizeof(name) - 1 },
	HTTP_FIELDS(X)
#undef X
};

/* Where the buffers are written to. */
struct room {
	uint8_t *to;
	size_t n;
	bool full;
};

static void
put(struct room *r, struct slice s)
{
	if (s.len > (size_t)LIM_HTTP_ROOM - r->n) {
		r->full = true;
		s.len = (size_t)LIM_HTTP_ROOM - r->n;
	}
	if (s.len)
		memcpy(r->to + r->n, s.ptr, s.len);
	r->n += s.len;
}

/* A name without its NULs, which browsers do not see. */
static struct slice
without_nuls(struct slice name, uint8_t room[NAME_MAX_LEN])
{
	size_t n = 0;

	if (!memchr(name.ptr, '\0', name.len))
		return name;
	for (size_t i = 0; i < name.len && n < NAME_MAX_LEN; i++)
		if (name.ptr[i])
			room[n++] = name.ptr[i];
	return slice_make(room, n);
}

static enum http_field
field_of(struct slice name)
{
	uint8_t room[NAME_MAX_LEN];

	name = without_nuls(name, room);
	if (!name.len)
		return HTTP_FIELD_OTHER;
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].len == name.len &&
		    (names[i].ptr[0] == (name.ptr[0] | 0x20)) &&
		    http_is(name, names[i].ptr))
			return (enum http_field)i;
	return HTTP_FIELD_OTHER;
}

/* Up to the end of the line; in an answer a CR by itself ends one, too. */
static size_t
line_end(struct slice s, size_t from, bool is_response)
{
	const uint8_t *end = memchr(s.ptr + from, '\n', s.len - from), *cr;
	size_t n = end ? (size_t)(end - s.ptr) + 1 : s.len, i;

	if (!is_response)
		return n;
	cr = memchr(s.ptr + from, '\r', n - from);
	if (!cr)
		return n;
	for (i = (size_t)(cr - s.ptr) + 1; i < n && s.ptr[i] == '\r'; i++)
		;
	return i < n && s.ptr[i] == '\n' ? i + 1 : i;
}

/* A line that is indented, but for browsers a field of its own. */
static bool
is_field(struct slice line)
{
	static const char word[] = "content-encoding";
	const size_t n = sizeof(word) - 1;

	line = http_trim(line);
	return line.len > n && http_is(slice_make(line.ptr, n), word);
}

/* The next field with the lines that go on with it. */
static struct slice
next_field(struct slice *rest, bool is_response)
{
	struct slice f = *rest;
	size_t n = 0;

	do {
		n = line_end(f, n, is_response);
	} while (n < f.len && (f.ptr[n] == ' ' || f.ptr[n] == '\t' ||
	    (f.ptr[n] == '\0' && is_response)) && !(is_response &&
	    is_field(slice_make(f.ptr + n, f.len - n))));
	f.len = n;
	*rest = slice_make(rest->ptr + n, rest->len - n);
	return f;
}

static size_t
longest_blanks(struct slice s)
{
	size_t most = 0, n = 0;

	for (size_t i = 0; i < s.len; i++) {
		n = s.ptr[i] == ' ' || s.ptr[i] == '\t' ? n + 1 : 0;
		most = n > most ? n : most;
	}
	return most;
}

/* Name and value of a field; false: it has no colon. */
static bool
split_field(struct slice f, struct slice *name, struct slice *value)
{
	const uint8_t *colon = memchr(f.ptr, ':', f.len);

	if (!colon)
		return false;
	*name = http_trim(slice_make(f.ptr, (size_t)(colon - f.ptr)));
	*value = http_trim(slice_make(colon + 1, f.len -
	    (size_t)(colon - f.ptr) - 1));
	return name->len > 0;
}

static bool
begins_with(struct slice name, const char *word, size_t len)
{
	return name.len >= len && http_is(slice_make(name.ptr, len), word);
}

/* bytes=FROM-TO, ... (RFC 9110 14.1.1) */
static void
note_range(struct http_head *head, struct slice name, struct slice value)
{
	static const char unit[] = "bytes";
	size_t n = sizeof(unit) - 1;

	head->range = true;
	if (name.len != sizeof("range") - 1) {
		head->bad_range = true;
		return;
	}
	head->bad_unit |= !begins_with(value, unit, n);
	for (; n < value.len && !head->bad_unit; n++)
		head->bad_range |= !memchr("0123456789-=, \t", value.ptr[n],
		    sizeof("0123456789-=, \t") - 1);
}

/* xff_headers, or the two that there are without it. */
static unsigned
rank_of(const struct http_server *sv, struct slice name, enum http_field id)
{
	if (!sv->n_xffs)
		return id == HTTP_X_FORWARDED_FOR ? 1 :
		    id == HTTP_TRUE_CLIENT_IP ? 2 : 0;
	for (unsigned i = 0; i < sv->n_xffs; i++)
		if (sv->xffs[i].name.len == name.len &&
		    strncasecmp(sv->xffs[i].name.ptr, (const char *)name.ptr,
		    name.len) == 0)
			return sv->xffs[i].precedence;
	return 0;
}

static void
note_client(const struct http_server *sv, struct http_head *head,
    struct slice name, enum http_field id, struct slice value)
{
	unsigned rank = rank_of(sv, name, id);

	if (!rank || (head->client_rank && head->client_rank <= rank))
		return;
	head->client_rank = rank;
	head->client = value;
}

static void
note_field(struct http_head *head, struct slice name, enum http_field id,
    struct slice value)
{
	head->n++;
	if (id == HTTP_CONTENT_ENCODING)
		body_codings_add(&head->codings, value);
	if (begins_with(name, "host", 4) && head->n_hosts < UINT8_MAX)
		head->n_hosts++;
	if (begins_with(name, "range", 5))
		note_range(head, name, value);
	if (id == HTTP_FIELD_OTHER)
		return;
	if (head->has >> id & 1) {
		head->twice |= 1u << id;
		return;
	}
	head->has |= 1u << id;
	head->value[id] = value;
}

/* -- normalised ------------------------------------------------------------ */

/* normalize_headers, normalize_cookies: as the URI would be. */
static struct slice
normal(struct http_call *h, struct slice s, uint8_t *to,
    enum http_field_kind kind)
{
	struct http_uri_found found = { 0 };

	if (s.len > LIM_HTTP_ROOM)
		return s;
	s = http_uri_read(h->conf, h->sv, s, to, &found);
	h->s->facts.encodings[kind] |= found.encodings;
	return s;
}

static void
set_header(struct http_call *h, struct slice s)
{
	if (h->sv->normalize_headers)
		s = normal(h, s, h->w->normal_header, HTTP_FIELD_HEADER);
	app_set(h->u, BUF_HTTP_HEADER, s);
}

static void
set_cookie(struct http_call *h, struct slice s)
{
	app_set(h->u, BUF_HTTP_RAW_COOKIE, s);
	if (h->sv->normalize_cookies)
		s = normal(h, s, h->w->normal_cookie, HTTP_FIELD_COOKIE);
	app_set(h->u, BUF_HTTP_COOKIE, s);
}

void
http_head_read(struct http_call *h, struct slice bytes, bool is_response,
    struct http_head *head)
{
	const enum http_field cookie = is_response ? HTTP_SET_COOKIE :
	    HTTP_COOKIE;
	struct room header = { .to = h->w->header };
	struct room cookies = { .to = h->w->cookie };
	struct slice rest = bytes, f, name, value;
	const uint8_t *copied = bytes.ptr;
	bool has_cookie = false;

	*head = (struct http_head){ .n = 0 };
	while (rest.len) {
		enum http_field id;

		f = next_field(&rest, is_response);
		if (!split_field(f, &name, &value))
			continue;
		id = field_of(name);
		note_field(head, name, id, value);
		if (h->sv->xff && !is_response)
			note_client(h->sv, head, name, id, value);
		if (f.len > h->sv->max_spaces && h->sv->max_spaces) {
			size_t n = longest_blanks(f);

			head->spaces = n > head->spaces ? n : head->spaces;
		}
		if (id != cookie || !h->sv->cookies)
			continue;
		has_cookie = true;
		put(&header, slice_make(copied, (size_t)(value.ptr - copied)));
		put(&cookies, value);
		copied = value.ptr + value.len;
	}
	if (!bytes.len)
		return;
	app_set(h->u, BUF_HTTP_RAW_HEADER, bytes);
	if (has_cookie) {
		put(&header, slice_make(copied, (size_t)(bytes.ptr + bytes.len -
		    copied)));
		set_header(h, slice_make(header.to, header.n));
		set_cookie(h, slice_make(cookies.to, cookies.n));
	} else {
		set_header(h, bytes);
	}
	if (!h->sv->cookies) {
		/* a cookie is part of the header then, and looked for there */
		app_set(h->u, BUF_HTTP_COOKIE, h->u->bufs[BUF_HTTP_HEADER]);
		app_set(h->u, BUF_HTTP_RAW_COOKIE, bytes);
	}
	h->c->ctrs[HTTP_CTR_NO_ROOM] += header.full || cookies.full;
}
