/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Responses: the status line (RFC 9112 4) and what is odd about it; the body. */
#include "decoders/app/http_int.h"

struct status_line {
	struct slice version, code, reason;
};

static struct slice
word(struct slice *rest)
{
	struct slice w = *rest = http_trim(*rest);

	w.len = 0;
	while (w.len < rest->len && rest->ptr[w.len] > ' ')
		w.len++;
	*rest = http_trim(slice_make(rest->ptr + w.len, rest->len - w.len));
	return w;
}

static struct status_line
split_line(struct slice line)
{
	struct status_line l;

	l.version = word(&line);
	l.code = word(&line);
	l.reason = line;
	return l;
}

static void
tell_line(struct http_call *h, const struct status_line *l)
{
	bool bad = l->code.len != 3;

	for (size_t i = 0; i < l->code.len; i++)
		bad |= l->code.ptr[i] < '0' || l->code.ptr[i] > '9';
	if (bad)
		http_server_event(h, HTTP_EV_STATUS);
}

/* server_flow_depth: of what the answer's body has, or with the plain view of
 * responses of all of it. */
static struct slice
within_depth(struct http_call *h, uint64_t *seen, struct slice s)
{
	int32_t depth = h->sv->server_flow_depth;
	uint64_t left;

	if (depth < 0)
		s.len = 0;
	if (depth <= 0)
		return s;
	left = *seen < (uint64_t)depth ? (uint64_t)depth - *seen : 0;
	if (s.len > left)
		s.len = (size_t)left;
	*seen += s.len;
	return s;
}

/* The payload that rules look at ends where the depth does. */
static void
cut_payload(struct http_call *h, struct slice body, struct slice seen)
{
	struct slice all = h->pdu->bytes;

	if (h->sv->server_flow_depth < 0)
		all.len = 0;
	else
		all.len -= body.len - seen.len < all.len ?
		    body.len - seen.len : all.len;
	if (all.len < h->pdu->bytes.len)
		app_set(h->u, BUF_PAYLOAD, all);
}

/* VERSION of HTTP/VERSION that is neither 1.0 nor 1.1. */
static bool
is_bad_version(struct slice v)
{
	static const char good[] = "HTTP/1.";
	const size_t n = sizeof(good) - 1;

	return v.len != n + 1 || !http_is(slice_make(v.ptr, n), good) ||
	    (v.ptr[n] != '0' && v.ptr[n] != '1');
}

/* Digits from *at on; false: there are none. */
static bool
skip_digits(struct slice s, size_t *at)
{
	size_t from = *at;

	while (*at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9')
		++*at;
	return *at > from;
}

/* bytes FROM-TO/SIZE, either of both as an asterisk (RFC 9110 14.4). */
static void
tell_range(struct http_call *h, struct slice v)
{
	static const char unit[] = "bytes";
	size_t at = sizeof(unit) - 1;
	bool good;

	if (v.len <= at || !http_is(slice_make(v.ptr, at), unit)) {
		http_server_event(h, HTTP_EV_S_RANGE_UNIT);
		return;
	}
	while (at < v.len && (v.ptr[at] == ' ' || v.ptr[at] == '='))
		at++;
	if (at < v.len && v.ptr[at] == '*') {
		at++;
		good = true;
	} else {
		good = skip_digits(v, &at) && at < v.len &&
		    v.ptr[at++] == '-' && skip_digits(v, &at);
	}
	good = good && at < v.len && v.ptr[at++] == '/';
	if (good && at < v.len && v.ptr[at] == '*')
		at++;
	else
		good = good && skip_digits(v, &at);
	if (!good || at < v.len)
		http_server_event(h, HTTP_EV_S_RANGE);
}

/* detect_anomalous_servers: it was found by its bytes. */
static void
tell_port(struct http_call *h)
{
	const struct flow *f = h->c->flow;
	uint16_t port = f->key.port[f->client_is_low ? 1 : 0];
	const uint8_t *ports = h->conf->ports;

	if (h->conf->anomalous_servers && ports &&
	    !(ports[port >> 3] >> (port & 7) & 1))
		http_server_event(h, HTTP_EV_ANOMALOUS);
}

static void
tell_head(struct http_call *h, const struct http_head *head,
    const struct status_line *l)
{
	const struct http_scan *scan = &h->r->scan;

	/* HTTP/2 writes none: its frames say which it is */
	if (!h->s->stream && is_bad_version(l->version))
		http_server_event(h, HTTP_EV_VERSION);
	if (!h->p.head_whole && !h->pdu->open)
		http_server_event(h, HTTP_EV_NO_HEAD_END);
	if (head->twice >> HTTP_CONTENT_ENCODING & 1)
		http_server_event(h, HTTP_EV_CODINGS);
	if (head->colons)
		http_server_event(h, HTTP_EV_S_COLONS);
	if (head->odd_char)
		http_server_event(h, HTTP_EV_FIELD_CHAR);
	if (head->bad_folding)
		http_server_event(h, HTTP_EV_FOLDING);
	if (head->has >> HTTP_CONTENT_RANGE & 1)
		tell_range(h, head->value[HTTP_CONTENT_RANGE]);
	if (scan->status == 206 && scan->known && scan->asks == HTTP_ASKS)
		http_server_event(h, HTTP_EV_PARTIAL_UNASKED);
}

static bool
has_length(const struct http_scan *scan)
{
	return scan->has_length || scan->chunked || !scan->to_close;
}

void
http_response_head(struct http_call *h, struct http_head *head)
{
	struct status_line l = split_line(h->p.start);

	app_set(h->u, BUF_HTTP_STAT_CODE, l.code);
	app_set(h->u, BUF_HTTP_STAT_MSG, l.reason);
	tell_line(h, &l);
	http_head_read(h, h->p.header, true, head);
}

static void
read_head(struct http_call *h)
{
	const struct http_scan *scan = &h->r->scan;
	struct status_line l = split_line(h->p.start);
	struct http_head head;

	h->c->ctrs[HTTP_CTR_RESPONSES] += !h->again;
	if (!h->again)
		tell_port(h);
	/* behind missing bytes it is the rest of something */
	if (h->p.junk && !h->r->scan.gap)
		http_server_event(h, HTTP_EV_JUNK);
	/* since 1.1 an answer says where it ends */
	if (h->s->asked && h->p.head_whole && !has_length(scan) &&
	    (scan->major > 1 || (scan->major == 1 && scan->minor > 0)))
		http_server_event(h, HTTP_EV_SIZE);
	if (!h->sv->responses)
		return;
	http_response_head(h, &head);
	if (h->again)
		return;
	tell_head(h, &head, &l);
	http_body_open(h, &head);
	if (scan->status / 100 != 1)
		http_tx_answer(h, &head, l.version, l.code,
		    slice_make(NULL, 0));
}

static void
tell_no_length(struct http_call *h)
{
	if (h->r->told_no_length)
		return;
	h->r->told_no_length = true;
	http_server_event(h, HTTP_EV_NO_LENGTH);
}

/* What becomes known with the body only. */
static void
tell_body(struct http_call *h)
{
	const struct http_scan *scan = &h->r->scan;

	if (!h->s->asked)
		http_server_event(h, HTTP_EV_UNASKED);
	if (!has_length(scan) && (h->p.body.len || scan->junk))
		tell_no_length(h);
	http_lost_read(h);
	http_tell_odd(h);
}

/* The next part of the body as rules see it. A coded one that gives nothing
 * yet is nothing, and not what it is coded to. */
static void
show_body(struct http_call *h)
{
	struct slice data = { NULL, 0 };
	bool has = http_body_take(h, &data);

	h->r->file.unread = h->w->pull.active;
	h->u->file_begins = data.len && !h->r->file.seen;
	h->r->file.seen |= data.len > 0;
	data = within_depth(h, &h->r->shown, data);
	if (has || (h->r->decode && h->p.body.len))
		app_set(h->u, BUF_FILE_DATA, data);
}

bool
http_response_body(struct http_call *h, struct slice *data)
{
	if (!h->w->pull.active || !http_body_take(h, data))
		return false;
	*data = within_depth(h, &h->r->shown, *data);
	return true;
}

void
http_response_read(struct http_call *h)
{
	struct slice body = h->p.body, seen;

	if (h->p.has_head)
		read_head(h);
	tell_body(h);
	if (!h->sv->responses) {
		seen = within_depth(h, &h->r->inspected, h->pdu->bytes);
		cut_payload(h, h->pdu->bytes, seen);
		return;
	}
	seen = within_depth(h, &h->r->inspected, body);
	h->r->body += body.len;
	cut_payload(h, body, seen);
	/* no HTTP at all, judged as it comes: its pieces are not to matter */
	if (h->dark || (h->s->foreign[FLOW_SERVER] && !h->p.has_head))
		return;
	http_body_start(h);
	if (h->w->pull.active)
		show_body(h);
}

bool
http_response_more(struct http_call *h)
{
	static const uint8_t blank[1] = { 0 };

	if (!h->w->pull.active)
		return false;
	show_body(h);
	/* its bytes were judged with the first unit; but a rule on file_data
	 * wants a payload */
	app_set(h->u, BUF_PAYLOAD, slice_make(blank, 1));
	return h->u->present >> BUF_FILE_DATA & 1;
}
