/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1.x (RFC 9110, 9112), and where it becomes HTTP/2 (http2.c): the
 * parser's contract. A PDU is a message, head and body; a longer one comes in
 * parts, and so does one that the end of the session ends.
 */
#include "decoders/app/http.h"

#include "decoders/app/http2.h"

static const struct ctr_def counter_defs[] = { HTTP_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "http", counter_defs, HTTP_CTR_MAX };

static const struct text default_methods[] = {
	{ "GET", 3 }, { "POST", 4 }, { "PUT", 3 }, { "HEAD", 4 },
	{ "DELETE", 6 }, { "OPTIONS", 7 }, { "CONNECT", 7 }, { "TRACE", 5 },
	{ "PATCH", 5 },
};

/* -- configuration --------------------------------------------------------- */

static const struct http_server server_default = {
	.norm = HTTP_NORM_ASCII | HTTP_NORM_UTF8 | HTTP_NORM_MULTI_SLASH |
	    HTTP_NORM_DIRECTORY | HTTP_NORM_WEBROOT | HTTP_NORM_WHITESPACE |
	    HTTP_NORM_DELIMITER,
	.methods = default_methods,
	.n_methods = ARRAY_LEN(default_methods),
	.max_spaces = 200,
	.chunk_length = 500000,
	.max_js_blanks = 200,
	.cookies = true,
	.responses = true,
	.gzip = true,
	.unlimited = true,
	.normalize_utf = true,
	.normalize_javascript = true,
	.no_alerts = true,
};

static const struct http_conf conf_default = {
	.servers = &server_default,
	.n_servers = 1,
	.memcap = 150994944,
	.max_gzip_mem = LIM_HTTP_GZIP,
	.compress_depth = 65535,
	.decompress_depth = 65535,
};

struct http_server
http_server_default(void)
{
	return server_default;
}

static bool
net_matches(const struct http_server *sv, const struct ipaddr *a)
{
	bool positive = false, hit = false;

	if (!sv->n_nets)
		return true;
	for (unsigned i = 0; i < sv->n_nets; i++) {
		const struct bind_net *n = &sv->nets[i];
		bool in = ipaddr_in_net(a, &n->addr, n->bits);

		if (n->negated && in)
			return false;
		positive |= !n->negated;
		hit |= in && !n->negated;
	}
	return hit || !positive;
}

const struct http_server *
http_server_of(const struct http_conf *c, const struct ipaddr *a)
{
	for (unsigned i = 0; i < c->n_servers; i++)
		if (net_matches(&c->servers[i], a))
			return &c->servers[i];
	return &server_default;
}

static const struct http_server *
server_of(const struct app_call *c)
{
	const struct http_conf *conf = c->conf;
	const struct flow_key *k = &c->flow->key;
	struct ipaddr a = { .family = k->version };

	if (conf->n_servers == 1 && !conf->servers[0].n_nets)
		return &conf->servers[0];
	memcpy(a.b, k->addr[c->flow->client_is_low ? 1 : 0], sizeof(a.b));
	return http_server_of(conf, &a);
}

static struct http_scan_conf
scan_conf(const struct http_server *sv)
{
	return (struct http_scan_conf){ .chunk_length = sv->chunk_length,
		.small_chunk = sv->small_chunk,
		.small_chunks = sv->small_chunks };
}

/* -- life ------------------------------------------------------------------ */

static bool
http_worker_init(void *worker, const void *conf)
{
	struct http_worker *w = worker;
	const struct http_conf *hc = conf;

	slab_init(&w->txs, sizeof(struct http_tx), hc->memcap / 2 /
	    sizeof(struct http_tx));
	slab_init(&w->bodies, http_body_size(), hc->memcap / 2 /
	    http_body_size());
	slab_init(&w->aheads, http_ahead_size(), LIM_HTTP_OPEN);
	slab_init(&w->long_heads, LIM_HTTP_OPEN_LONG, LIM_HTTP_OPEN_LONGS);
	w->pool = body_pool_new(hc->max_gzip_mem, LIM_BODY_BROTLI);
	w->h2 = http2_worker_new();
	if (w->pool && w->h2)
		return true;
	body_pool_free(w->pool);
	http2_worker_free(w->h2);
	return false;
}

static void
http_worker_fini(void *worker)
{
	struct http_worker *w = worker;

	http2_worker_free(w->h2);
	body_pool_free(w->pool);
	slab_fini(&w->long_heads);
	slab_fini(&w->aheads);
	slab_fini(&w->bodies);
	slab_fini(&w->txs);
}

static void
http_begin(struct app_call *c, uint32_t tag)
{
	struct http_session *s = c->session;

	(void)tag;
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		http_scan_init(&s->split[i], (enum flow_side)i);
		http_scan_init(&s->read[i].scan, (enum flow_side)i);
	}
}

static void
http_end(struct app_call *c)
{
	struct http_session *s = c->session;

	for (unsigned i = 0; i < FLOW_SIDES; i++)
		http_open_end(c->worker, s, (enum flow_side)i);
	http_body_close(c->worker, &s->read[FLOW_SERVER]);
	http_lost_end(&s->read[FLOW_SERVER]);
	http_tx_end_all(c, s);
	http2_close(c, s->h2);
}

static enum app_guess
http_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	static const char *const methods[] = { "GET ", "POST ", "HEAD ",
		"PUT ", "OPTIONS ", "DELETE ", "CONNECT ", "PATCH ", "TRACE ",
		"PROPFIND ", "SEARCH ", "NOTIFY ", "SUBSCRIBE ", "REPORT ",
		"MKCOL ", "LOCK ", "BITS_POST ", "RPC_IN_DATA ",
		"RPC_OUT_DATA " };
	enum app_guess guess = http2_begins(side, bytes);

	(void)datagram;
	if (guess == APP_YES)
		return APP_YES;
	if (side == FLOW_SERVER) {
		size_t n = bytes.len < 7 ? bytes.len : 7;

		if (n && memcmp(bytes.ptr, "HTTP/1.", n) != 0)
			return guess;
		return n == 7 ? APP_YES : APP_MAYBE;
	}
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		size_t len = strlen(methods[i]);
		size_t n = bytes.len < len ? bytes.len : len;

		if (n && memcmp(bytes.ptr, methods[i], n) != 0)
			continue;
		if (n == len)
			return APP_YES;
		guess = APP_MAYBE;
	}
	return guess;
}

/* -- ends of messages -------------------------------------------------------- */

/* What is no message: another protocol's bytes, unless a request came before.
 */
static void
note_junk(struct app_call *c, enum flow_side side)
{
	struct http_session *s = c->session;

	if (s->requested || s->h2)
		return;
	if (c->others)
		c->fate = APP_NOT_MINE;
	if (side == FLOW_SERVER && !s->foreign[side])
		s->first_line = true;
	s->foreign[side] = true;
}

/*
 * A server's foreign bytes are judged soon, as Snort's are, but however they
 * are cut: the first line, then lines together until there are a few.
 */
enum { FOREIGN_LEAST = 128, FOREIGN_MOST = 1024 };

/* How many bytes to look at for that, of those that are there. */
static size_t
foreign_step(const struct http_session *s, struct slice bytes)
{
	size_t n = bytes.len, left = (size_t)FOREIGN_MOST - s->unended;
	const uint8_t *lf;

	if (left && n > left)
		n = left;
	if (!s->foreign[FLOW_SERVER])
		return n;
	lf = memchr(bytes.ptr, '\n', n);
	return lf ? (size_t)(lf - bytes.ptr) + 1 : n;
}

/* Does a PDU end in these bytes, which were looked at? */
static bool
foreign_ends(struct http_session *s, struct slice bytes)
{
	size_t left = (size_t)FOREIGN_MOST - s->unended;
	bool ends;

	s->unended = (uint16_t)(s->unended +
	    (bytes.len < left ? bytes.len : left));
	if (!s->foreign[FLOW_SERVER])
		return false;
	ends = s->unended == FOREIGN_MOST ||
	    (bytes.ptr[bytes.len - 1] == '\n' &&
	    (s->first_line || s->unended >= FOREIGN_LEAST));
	if (ends) {
		s->first_line = false;
		s->unended = 0;
	}
	return ends;
}

/* Both sides' next bytes may be HTTP/2's. */
static void
expect_http2(struct http_session *s)
{
	s->upgraded = true;
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		s->begin[i] = (struct http_begin){ .decided = false };
}

static size_t http_split(struct app_call *c, enum flow_side side,
    struct slice bytes);

/* A side's first bytes, until they are known to be HTTP/2's or not. */
static size_t
split_begin(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct http_session *s = c->session;
	struct http_begin *b = &s->begin[side];
	size_t n = sizeof(b->bytes) - b->n, held = b->n;
	enum app_guess guess;
	size_t skip = 0;

	n = n < bytes.len ? n : bytes.len;
	memcpy(b->bytes + b->n, bytes.ptr, n);
	guess = http2_begins(side, slice_make(b->bytes, b->n + n));
	if (guess == APP_MAYBE) {
		b->n += (uint8_t)n;
		return 0;
	}
	b->decided = true;
	if (guess == APP_YES && !s->h2)
		s->h2 = http2_open(c);
	b->split = guess == APP_YES && s->h2;
	if (guess == APP_YES && !s->h2) {
		c->fate = APP_NOT_MINE;
		return bytes.len;
	}
	if (side == FLOW_CLIENT && guess == APP_NO)
		skip = http2_false_start(slice_make(b->bytes, held + n));
	if (skip) {
		skip -= held;
		n = http_split(c, side, slice_make(bytes.ptr + skip,
		    bytes.len - skip));
		return n ? skip + n : 0;
	}
	/* no message ends in what was held */
	if (held)
		http_split(c, side, slice_make(b->bytes, held));
	return http_split(c, side, bytes);
}

/*
 * Snort remembers that a head ended, and that one announced chunks: when the
 * first byte it looks at behind a head, of either side, and bodies it passes
 * over, is a carriage return, it tells of a bad chunk size (120:28) there, once
 * for each such announcement. It remembers it for all sessions at once, so that
 * heads of others come in between; here it is the session's own.
 */
static size_t
scan_next(struct app_call *c, const struct http_scan_conf *conf,
    struct http_scan *scan, struct slice bytes, enum http_part *part)
{
	struct http_session *s = c->session;
	struct http_met *met = &s->met;
	bool in_head = http_scan_in_head(scan), chunked = scan->chunked;
	size_t n;

	if (!http_scan_in_body(scan)) {
		if (met->head && met->chunked && bytes.ptr[0] == '\r') {
			met->chunked = false;
			met->odd_cr = true;
		}
		met->head = false;
	}
	n = http_scan(scan, conf, &s->split_waiting, bytes, part);
	met->chunked |= scan->chunked && !chunked;
	met->head |= in_head && (scan->ended || !http_scan_in_head(scan));
	return n;
}

static size_t
split_http1(struct app_call *c, enum flow_side side, struct slice bytes)
{
	const struct http_scan_conf conf = scan_conf(server_of(c));
	struct http_session *s = c->session;
	struct http_scan *scan = &s->split[side];
	size_t at = 0;

	if (!bytes.ptr) {
		http_scan_gap(scan);
		if (side == FLOW_SERVER)
			s->unended = 0;
		return 0;
	}
	while (at < bytes.len) {
		struct slice rest = slice_make(bytes.ptr + at, bytes.len - at);
		bool begun = scan->started;
		enum http_part part;

		if (side == FLOW_SERVER && !begun)
			rest.len = foreign_step(s, rest);
		rest.len = scan_next(c, &conf, scan, rest, &part);
		at += rest.len;
		if (scan->junk && !scan->gap)
			note_junk(c, side);
		if (c->fate != APP_GO_ON)
			return 0;
		if (scan->started) {
			s->requested |= side == FLOW_CLIENT;
			s->foreign[side] = false;
		}
		if (!scan->ended && side == FLOW_SERVER && !begun &&
		    foreign_ends(s, rest))
			return at;
		if (!scan->ended)
			continue;
		if (side == FLOW_SERVER)
			s->unended = 0;
		if (scan->tunnel && scan->h2c && !s->h2 &&
		    !server_of(c)->http1_only)
			expect_http2(s);
		else if (scan->tunnel)
			c->fate = APP_NOT_MINE;
		http_scan_next(scan);
		return at;
	}
	return 0;
}

static size_t
http_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct http_session *s = c->session;
	struct http_begin *b = &s->begin[side];

	if (b->split)
		return http2_split(c, s->h2, side, bytes);
	/* what a request of HTTP/1 is answered with is HTTP/1, too */
	if (!b->decided && bytes.ptr && !server_of(c)->http1_only &&
	    !(side == FLOW_SERVER && s->requested && !s->upgraded))
		return split_begin(c, side, bytes);
	b->decided = true;
	return split_http1(c, side, bytes);
}

/* -- messages ------------------------------------------------------------------ */

static void
add(struct slice *to, struct slice piece)
{
	if (!to->ptr)
		*to = piece;
	else
		to->len += piece.len; /* parts of a head follow each other */
}

/* A head behind another one, which should have been all of its message: that
 * one counts. */
static void
add_start(struct http_call *h, struct slice piece)
{
	struct http_parts *p = &h->p;

	if (h->r->scan.junk || p->header.len) {
		p->start = p->header = p->body = slice_make(NULL, 0);
		p->head_whole = false;
	}
	if (h->r->scan.junk)
		p->junk = true;
	else
		add(&p->start, piece);
}

/* What looked like HTTP/2 until it did not, though a request of HTTP/1 ended
 * in it: split could not tell, and leaves it in front of the next one. */
static size_t
skip_false_start(struct http_call *h)
{
	const struct app_pdu *pdu = h->pdu;
	size_t n = 0;

	if (pdu->side == FLOW_CLIENT && pdu->begins && !pdu->gap)
		n = http2_false_start(pdu->bytes);
	if (n >= pdu->bytes.len)
		return 0;
	if (n)
		http_client_event(h, HTTP_EV_METHOD);
	return n;
}

/* Takes the PDU apart. */
static void
take_apart(struct http_call *h)
{
	const struct http_scan_conf conf = scan_conf(h->sv);
	struct http_scan *scan = &h->r->scan;
	struct slice rest = h->pdu->bytes;
	size_t skip = skip_false_start(h);

	if (skip)
		rest = slice_make(rest.ptr + skip, rest.len - skip);
	while (rest.len && !h->p.ended) {
		enum http_part part;
		size_t n = http_scan(scan, &conf, &h->s->read_waiting, rest,
		    &part);
		struct slice piece = slice_make(rest.ptr, n);

		switch (part) {
		case HTTP_PART_LEAD:
			add(&h->p.lead, piece);
			break;
		case HTTP_PART_START:
			add_start(h, piece);
			break;
		case HTTP_PART_HEADER:
			add(&h->p.header, piece);
			break;
		case HTTP_PART_BODY:
			http_body_add(h, piece);
			break;
		case HTTP_PART_CODING:
			break;
		}
		h->p.ended = scan->ended;
		h->p.head_whole |= part == HTTP_PART_HEADER &&
		    (scan->ended || !http_scan_in_head(scan));
		rest = slice_make(rest.ptr + n, rest.len - n);
	}
}

/* Requests that nobody answers, as many as it seems. */
static void
note_lost(struct http_call *h)
{
	struct http_waiting *w = &h->s->read_waiting;

	if (!w->lost)
		return;
	h->c->ctrs[HTTP_CTR_WAITING_LOST] += w->lost;
	w->lost = 0;
	http_client_event(h, HTTP_EV_PIPELINED);
}

/* What follows the answer that was read. */
static void
end_answer(struct http_call *h)
{
	if (h->w->pull.active || !h->r->ended)
		return;
	h->r->file.whole = true;
	http_tx_end(h->c, h->s);
	http_body_close(h->w, h->r);
	h->r->ended = false;
}

/* More units of the same PDU. */
static bool
next_part(struct http_call *h)
{
	bool more = h->pdu->side == FLOW_SERVER && http_response_more(h);

	end_answer(h);
	return more;
}

static void
begin_message(struct http_call *h)
{
	struct http_reader *r = h->r;

	if (h->pdu->side == FLOW_SERVER)
		http_tx_end(h->c, h->s);
	else
		http_tx_asked(h->c, h->s);
	r->body = r->inspected = r->shown = 0;
	r->odd = 0;
	r->told_no_length &= h->s->foreign[h->pdu->side];
	r->file = (struct http_file){ .len = 0 };
}

/* Another message begins, or bytes are missing. */
static void
begin_pdu(struct http_call *h)
{
	struct http_reader *r = h->r;
	const struct app_pdu *pdu = h->pdu;

	h->w->pull.active = false;
	if (pdu->gap) {
		h->c->ctrs[HTTP_CTR_GAPS]++;
		http_lost_begin(h);
		http_body_close(h->w, r);
		r->file.gaps = true;
		http_scan_gap(&r->scan);
	} else if (pdu->begins) {
		http_body_close(h->w, r);
		http_scan_next(&r->scan);
	}
}

/* Does the PDU begin HTTP/2, as split found? */
static bool
is_http2(const struct http_session *s, const struct app_pdu *pdu)
{
	return s->h2 && s->begin[pdu->side].split && (pdu->gap ||
	    (pdu->begins && http2_begins(pdu->side, pdu->bytes) == APP_YES));
}

static bool
read_http2(struct http_call *h, bool first)
{
	bool more = http2_next(h, first);

	body_pool_count(h->w->pool, h->c->ctrs + HTTP_CTR_BODIES);
	return more;
}

static bool
read_pdu(struct http_call *h)
{
	struct http_session *s = h->s;
	struct http_scan *scan = &h->r->scan;

	begin_pdu(h);
	take_apart(h);
	h->p.has_head = h->p.start.len && scan->started;
	h->r->ended = h->p.ended;
	note_lost(h);
	if (h->p.has_head)
		begin_message(h);
	if (!h->pdu->begins)
		h->c->ctrs[HTTP_CTR_CONTINUED]++;
	h->u->facts = &s->facts;
	s->facts = (struct http_facts){ { 0 } };
	if (h->pdu->side == FLOW_CLIENT)
		http_request_read(h);
	else
		http_response_read(h);
	if (h->pdu->side == FLOW_SERVER)
		end_answer(h);
	return true;
}

/* What was made of an open PDU's body. */
static void
forget_shown(struct http_worker *w)
{
	struct http_reader r = { .decode = w->shown };

	http_body_close(w, &r);
	w->shown = NULL;
}

/*
 * An open PDU will be shown again: nothing is told or counted, and what the
 * session points to - transactions, a body under way - is not touched. A body
 * that begins in it is decoded for once; one that goes on cannot be.
 */
static bool
show_open(struct http_call *h, bool first)
{
	struct http_session *s = h->s;
	struct app_call c = *h->c;
	bool more;

	c.log = false;
	c.ctrs = h->w->uncounted;
	h->c = &c;
	if (first) {
		h->dark = h->r->decode && !h->pdu->begins;
		for (unsigned i = 0; i < FLOW_SIDES; i++)
			s->read[i].decode = NULL;
		s->request = s->response = NULL;
		s->n_txs = 0;
	}
	more = first ? read_pdu(h) : next_part(h);
	h->w->shown = h->r->decode;
	body_pool_count(h->w->pool, c.ctrs + HTTP_CTR_BODIES);
	if (!more)
		forget_shown(h->w);
	return more;
}

static bool
http_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct http_session *s = c->session;
	struct http_call h = { .c = c, .conf = c->conf, .sv = server_of(c),
		.s = s, .w = c->worker, .pdu = pdu, .r = &s->read[pdu->side],
		.u = u };

	if (first) {
		forget_shown(h.w);
		http_open_end(h.w, s, pdu->side);
	}
	if (first && is_http2(s, pdu))
		s->begin[pdu->side].read = true;
	if (s->begin[pdu->side].read)
		return !pdu->open && read_http2(&h, first);
	if (pdu->open)
		return show_open(&h, first);
	if (!first)
		return next_part(&h);
	(void)read_pdu(&h);
	body_pool_count(h.w->pool, c->ctrs + HTTP_CTR_BODIES);
	/* neither side is HTTP: nothing more to see here */
	if (pdu->side == FLOW_SERVER && s->foreign[FLOW_CLIENT] &&
	    !h.p.has_head)
		c->fate = APP_NOT_MINE;
	return true;
}

static bool
http_show(struct app_call *c, const struct app_open *o, bool first,
    struct app_unit *u)
{
	const struct http_session *s = c->session;

	if (!s->begin[o->side].decided)
		return false;
	/* of HTTP/2, messages are judged when they are whole */
	if (s->h2 || s->begin[o->side].read)
		return first;
	return http_open(c, c->conf, server_of(c), o, first, u);
}

const struct app_ops app_http = {
	.name = "http",
	.help = "HTTP/1.x and HTTP/2: requests and responses, field by field",
	.preproc = "http_inspect",
	.conf_default = &conf_default,
	.session_size = sizeof(struct http_session),
	.worker_size = sizeof(struct http_worker),
	.worker_init = http_worker_init,
	.worker_fini = http_worker_fini,
	.tcp = true,
	.guess = http_guess,
	.answers = true,
	.begin = http_begin,
	.split = http_split,
	.next = http_next,
	.open = http_show,
	.end = http_end,
	.counters = &counters,
	.events = http_events,
	.n_events = HTTP_EVENT_TABLES,
};
