/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests: the request line (RFC 9112 3) and what is odd about it; the body. */
#include "decoders/app/http_int.h"

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/*
 * The URI is what stands between the first blanks and the last word, if that is
 * a version: servers that meet blanks in a URI take them as part of it.
 */
static struct http_request_line
split_line(struct slice line)
{
	struct http_request_line l = { .method = line };
	size_t n = line.len, at;

	l.bare_lf = n && (n < 2 || line.ptr[n - 2] != '\r');
	line = http_trim(line);
	for (at = 0; at < line.len && !is_blank(line.ptr[at]); at++)
		;
	l.method = slice_make(line.ptr, at);
	l.tabs = memchr(line.ptr, '\t', line.len) != NULL;
	while (at < line.len && is_blank(line.ptr[at]))
		at++;
	l.uri = slice_make(line.ptr + at, line.len - at);
	for (n = l.uri.len; n && !is_blank(l.uri.ptr[n - 1]); n--)
		;
	if (http_is_answer(slice_make(l.uri.ptr + n, l.uri.len - n)) &&
	    l.uri.len - n > 4) {
		l.version = slice_make(l.uri.ptr + n, l.uri.len - n);
		/* blanks alone: other bytes are for whom they are an event */
		while (n && is_blank(l.uri.ptr[n - 1]))
			n--;
		l.uri = slice_make(l.uri.ptr, n);
	}
	for (n = 0; n < l.uri.len && !l.space_in_uri; n++)
		l.space_in_uri = is_blank(l.uri.ptr[n]);
	return l;
}

/* -- events ------------------------------------------------------------------- */

static void
tell_uri(struct http_call *h, const struct http_uri_found *f)
{
	static const struct {
		uint32_t norm;
		enum http_client_event sid;
	} events[] = {
		{ HTTP_NORM_ASCII, HTTP_EV_ASCII },
		{ HTTP_NORM_DOUBLE_DECODE, HTTP_EV_DOUBLE },
		{ HTTP_NORM_U_ENCODE, HTTP_EV_U_ENCODE },
		{ HTTP_NORM_BARE_BYTE, HTTP_EV_BARE_BYTE },
		{ HTTP_NORM_UTF8, HTTP_EV_UTF8 },
		{ HTTP_NORM_IIS_UNICODE, HTTP_EV_IIS_UNICODE },
		{ HTTP_NORM_MULTI_SLASH, HTTP_EV_MULTI_SLASH },
		{ HTTP_NORM_BACKSLASH, HTTP_EV_BACKSLASH },
		{ HTTP_NORM_WEBROOT, HTTP_EV_WEBROOT },
	};

	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (f->norm & h->sv->alert & events[i].norm)
			http_client_event(h, events[i].sid);
	if (f->self_dir && h->sv->alert & HTTP_NORM_DIRECTORY)
		http_client_event(h, HTTP_EV_SELF_DIR);
	if (f->dir_up && h->sv->alert & HTTP_NORM_DIRECTORY)
		http_client_event(h, HTTP_EV_DIR_UP);
	if (f->oversize_dir)
		http_client_event(h, HTTP_EV_OVERSIZE_DIR);
	if (f->non_rfc)
		http_client_event(h, HTTP_EV_NON_RFC);
}

static bool
is_known_method(const struct http_server *sv, struct slice method)
{
	for (unsigned i = 0; i < sv->n_methods; i++)
		if (text_eq(sv->methods[i], text_make((const char *)method.ptr,
		    method.len)))
			return true;
	return false;
}

static bool
is_absolute(struct slice uri)
{
	static const char scheme[] = "http://";
	const size_t n = sizeof(scheme) - 1;

	return uri.len > n && http_is(slice_make(uri.ptr, n), scheme);
}

static void
tell_line(struct http_call *h, const struct http_request_line *l)
{
	const struct http_server *sv = h->sv;

	if (!is_known_method(sv, l->method))
		http_client_event(h, HTTP_EV_METHOD);
	if (!l->version.len)
		http_client_event(h, HTTP_EV_SIMPLE);
	if (l->space_in_uri && l->version.len)
		http_client_event(h, HTTP_EV_SPACE_IN_URI);
	if (l->tabs && sv->alert & HTTP_NORM_WHITESPACE)
		http_client_event(h, HTTP_EV_WHITESPACE);
	if (l->bare_lf && sv->alert & HTTP_NORM_DELIMITER)
		http_client_event(h, HTTP_EV_DELIMITER);
	if (h->conf->proxy_alert && !sv->allow_proxy_use &&
	    is_absolute(l->uri))
		http_client_event(h, HTTP_EV_PROXY);
}

/* Snort tells of a Range that it cannot read only where GET may have one. */
static void
tell_range(struct http_call *h, const struct http_head *head,
    struct slice method)
{
	if (!head->range)
		return;
	if (!http_is(method, "GET"))
		http_client_event(h, HTTP_EV_RANGE_METHOD);
	else if (head->bad_unit)
		http_client_event(h, HTTP_EV_RANGE_UNIT);
	else if (head->bad_range)
		http_client_event(h, HTTP_EV_RANGE);
}

static void
tell_head(struct http_call *h, const struct http_head *head,
    const struct http_request_line *l)
{
	const struct http_server *sv = h->sv;
	const struct http_scan *scan = &h->r->scan;

	/* Snort measures the request line and all fields together, without
	 * the empty line */
	if (sv->max_header && (h->p.header.len > sv->max_header + 2 ||
	    h->p.start.len > sv->max_header))
		http_client_event(h, HTTP_EV_LONG_HEADER);
	if (sv->max_headers && head->n > sv->max_headers)
		http_client_event(h, HTTP_EV_MANY_HEADERS);
	if (sv->max_spaces && head->spaces >= sv->max_spaces)
		http_client_event(h, HTTP_EV_SPACES);
	if (head->n_hosts > 1)
		http_client_event(h, HTTP_EV_HOSTS);
	if (head->value[HTTP_HOST].len > 255)
		http_client_event(h, HTTP_EV_LONG_HOST);
	if (head->colons)
		http_client_event(h, HTTP_EV_COLONS);
	tell_range(h, head, l->method);
	if (http_is(l->method, "POST") && h->p.head_whole &&
	    !scan->has_length && !scan->chunked)
		http_client_event(h, HTTP_EV_UNBOUNDED_POST);
}

/* enable_xff: whom the request comes from, by its own words. */
static void
tell_client(struct http_call *h, const struct http_head *head)
{
	const uint32_t both = 1u << HTTP_X_FORWARDED_FOR |
	    1u << HTTP_TRUE_CLIENT_IP;
	struct text list = { (const char *)head->client.ptr, head->client.len };
	struct ipaddr a;

	if (!h->sv->xff || !list.len)
		return;
	if ((head->has & both) == both)
		http_client_event(h, HTTP_EV_BOTH_CLIENTS);
	if (!ipaddr_parse(text_trim(text_cut(&list, ',')), &a)) {
		http_client_event(h, HTTP_EV_BAD_XFF);
		return;
	}
	if (h->s->client.family && !ipaddr_eq(&h->s->client, &a))
		http_client_event(h, HTTP_EV_SEVERAL_CLIENTS);
	h->s->client = a;
}

/* -- reading ---------------------------------------------------------------------- */

static void
read_uri(struct http_call *h, struct slice raw)
{
	struct http_uri_found found = { 0 };
	struct slice norm;

	if (raw.len > LIM_HTTP_ROOM)
		raw.len = LIM_HTTP_ROOM;
	norm = http_uri_read(h->conf, h->sv, raw, h->w->uri, &found);
	h->s->facts.encodings[HTTP_FIELD_URI] = found.encodings;
	app_set(h->u, BUF_HTTP_RAW_URI, raw);
	app_set(h->u, BUF_HTTP_URI, norm);
	tell_uri(h, &found);
}

/* What of the body was not shown before. */
static void
keep_file(struct http_call *h, struct slice body, uint64_t seen)
{
	uint64_t again = h->r->file.len > seen ? h->r->file.len - seen : 0;

	if (again < body.len)
		http_tx_data(h, slice_make(body.ptr + again,
		    body.len - (size_t)again));
}

struct slice
http_request_body(struct http_call *h, struct slice body, uint64_t seen)
{
	int32_t depth = h->sv->post_depth;

	if (depth < 0 || (depth > 0 && seen >= (uint64_t)depth))
		body.len = 0;
	else if (depth > 0 && body.len > (uint64_t)depth - seen)
		body.len = (size_t)((uint64_t)depth - seen);
	return body;
}

static void
read_body(struct http_call *h)
{
	struct slice body = h->p.body;
	uint64_t seen = h->r->body;

	h->r->body += body.len;
	keep_file(h, body, seen);
	body = http_request_body(h, body, seen);
	if (body.len)
		app_set(h->u, BUF_HTTP_CLIENT_BODY, body);
}

/* client_flow_depth, inspect_uri_only: how much of the bytes themselves rules
 * look at. */
static void
cut_payload(struct http_call *h)
{
	int32_t depth = h->sv->client_flow_depth;
	struct slice all = h->pdu->bytes;

	if (h->sv->inspect_uri_only || depth < 0)
		all.len = 0;
	else if (depth && all.len > (uint32_t)depth)
		all.len = (uint32_t)depth;
	if (all.len < h->pdu->bytes.len)
		app_set(h->u, BUF_PAYLOAD, all);
}

static struct http_request_line
set_head(struct http_call *h, struct http_head *head)
{
	struct http_request_line l = split_line(h->p.start);

	app_set(h->u, BUF_HTTP_METHOD, l.method);
	read_uri(h, l.uri);
	http_head_read(h, h->p.header, false, head);
	return l;
}

void
http_request_head(struct http_call *h)
{
	struct http_head head;

	(void)set_head(h, &head);
}

static void
read_head(struct http_call *h)
{
	struct http_head head;
	struct http_request_line l = set_head(h, &head);

	h->c->ctrs[HTTP_CTR_REQUESTS] += !h->again;
	if (h->again)
		return;
	http_tx_ask(h, &head, &l);
	/* as in Snort, there is no more to say of what is no method */
	if (h->r->scan.odd_method)
		return;
	h->s->asked = true;
	tell_line(h, &l);
	tell_head(h, &head, &l);
	tell_client(h, &head);
}

/* Snort reads what is no request as one: what follows a blank would be its
 * URI. */
static void
read_junk(struct http_call *h)
{
	struct slice b = h->pdu->bytes;

	h->c->ctrs[HTTP_CTR_JUNK]++;
	for (size_t i = 0; i + 1 < b.len; i++) {
		if (b.ptr[i] != ' ' || b.ptr[i + 1] <= ' ')
			continue;
		http_client_event(h, HTTP_EV_SPACE_IN_URI);
		return;
	}
}

void
http_request_read(struct http_call *h)
{
	cut_payload(h);
	if (h->p.has_head)
		read_head(h);
	else if (h->r->scan.junk)
		read_junk(h);
	read_body(h);
	if (!h->r->scan.odd_method)
		http_tell_odd(h);
	if (!h->p.ended)
		return;
	h->r->file.whole = true;
	http_tx_asked(h->c, h->s);
}
