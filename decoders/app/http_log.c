/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What outputs are told of a transaction, under the names of EVE: a request
 * and its answer when the answer ended, or when it will not come. What a
 * request says waits for that in an object of the worker, which there is only
 * where somebody reads logs.
 */
#include "decoders/app/http_int.h"

#include "decoders/app/file.h"

/* One reference less. */
static void
tx_give(struct http_worker *w, struct http_tx *tx)
{
	if (!tx || --tx->refs)
		return;
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		app_digests_drop(tx->digests[i]);
	slab_give(&w->txs, tx);
}

static struct http_tx *
tx_take(struct http_call *h)
{
	struct http_tx *tx;

	if (!h->c->log)
		return NULL;
	tx = slab_take(&h->w->txs);
	h->c->ctrs[HTTP_CTR_NO_TX] += !tx;
	if (!tx)
		return NULL;
	tx->stream = h->s->stream;
	tx->refs = 1;
	return tx;
}

void
http_tx_set(struct http_tx *tx, enum http_tx_field f, struct slice s)
{
	size_t room = sizeof(tx->text) - tx->used;

	if (!s.len)
		return;
	s.len = s.len < LIM_HTTP_FIELD ? s.len : LIM_HTTP_FIELD;
	s.len = s.len < room ? s.len : room;
	if (s.len)
		memcpy(tx->text + tx->used, s.ptr, s.len);
	tx->field[f].at = tx->used;
	tx->field[f].len = (uint16_t)s.len;
	tx->used += (uint16_t)s.len;
}

static struct slice
get(const struct http_tx *tx, enum http_tx_field f)
{
	return slice_make(tx->text + tx->field[f].at, tx->field[f].len);
}

/* -- names of files ------------------------------------------------------------ */

/* The filename parameter of a Content-Disposition (RFC 6266). */
static struct slice
filename_of(struct slice value)
{
	static const char word[] = "filename=";
	const size_t len = sizeof(word) - 1;

	for (size_t i = 0; i + len <= value.len; i++) {
		struct slice name;
		size_t n = 0;
		uint8_t end = ';';

		if (!http_is(slice_make(value.ptr + i, len), word))
			continue;
		name = slice_make(value.ptr + i + len, value.len - i - len);
		if (name.len && name.ptr[0] == '"') {
			end = '"';
			name = slice_make(name.ptr + 1, name.len - 1);
		}
		while (n < name.len && name.ptr[n] != end && name.ptr[n] >= ' ')
			n++;
		return slice_make(name.ptr, n);
	}
	return slice_make(NULL, 0);
}

/* What a form's part is called, the first one that is a file (RFC 7578): looked
 * for in its first bytes. */
static struct slice
upload_of(struct slice type, struct slice body)
{
	static const char form[] = "multipart/form-data";
	const size_t len = sizeof(form) - 1;

	if (type.len < len || !http_is(slice_make(type.ptr, len), form))
		return slice_make(NULL, 0);
	body.len = body.len < LIM_HTTP_FIELD ? body.len : LIM_HTTP_FIELD;
	return filename_of(body);
}

static struct slice
path_of(struct slice url)
{
	const uint8_t *query = url.len ? memchr(url.ptr, '?', url.len) : NULL;

	return slice_make(url.ptr, query ? (size_t)(query - url.ptr) : url.len);
}

/* -- telling ---------------------------------------------------------------------- */

static void
put(struct app_call *c, const char *name, struct slice s)
{
	if (s.len)
		app_log_text(c, name, s);
}

static uint64_t
status_of(const struct http_tx *tx)
{
	struct slice s = get(tx, HTTP_TX_STATUS);
	uint64_t v = 0;

	for (size_t i = 0; i < s.len && i < 3; i++)
		v = v * 10 + (s.ptr[i] >= '0' && s.ptr[i] <= '9' ?
		    (uint64_t)(s.ptr[i] - '0') : 0);
	return v;
}

static void
tell(struct app_call *c, const struct http_tx *tx, uint64_t length)
{
	if (!app_log_begin(c, "http"))
		return;
	put(c, "hostname", get(tx, HTTP_TX_HOST));
	put(c, "url", get(tx, HTTP_TX_URL));
	put(c, "http_user_agent", get(tx, HTTP_TX_AGENT));
	put(c, "xff", get(tx, HTTP_TX_XFF));
	put(c, "http_content_type", get(tx, HTTP_TX_TYPE));
	put(c, "http_refer", get(tx, HTTP_TX_REFERER));
	put(c, "http_method", get(tx, HTTP_TX_METHOD));
	put(c, "protocol", get(tx, tx->field[HTTP_TX_PROTOCOL].len ?
	    HTTP_TX_PROTOCOL : HTTP_TX_S_PROTOCOL));
	if (tx->field[HTTP_TX_STATUS].len)
		app_log_number(c, "status", status_of(tx));
	put(c, "redirect", get(tx, HTTP_TX_LOCATION));
	app_log_number(c, "length", length);
	if (tx->stream) {
		app_log_text(c, "version", slice_make((const uint8_t *)"2", 1));
		app_log_open(c, "http2", FIELD_OBJECT);
		app_log_number(c, "stream_id", tx->stream);
		app_log_close(c);
	}
	app_log_end(c);
}

static void
tell_file(struct app_call *c, struct slice name, const struct http_file *f,
    struct app_digests *d, enum flow_side from)
{
	bool closed = f->whole && !f->coded && !f->cut;

	if (!f->len || !app_log_begin(c, "fileinfo"))
		return;
	put(c, "filename", name);
	app_log_bool(c, "gaps", f->gaps);
	app_log_text(c, "state", closed ?
	    slice_make((const uint8_t *)"CLOSED", 6) :
	    slice_make((const uint8_t *)"TRUNCATED", 9));
	if (closed && !f->gaps)
		app_digests_log(c, d);
	app_log_bool(c, "stored", false);
	app_log_number(c, "size", f->len);
	app_file_way(c, from);
	app_log_end(c);
}

/* -- requests -------------------------------------------------------------------------- */

static void
forget_first(struct http_session *s)
{
	s->n_txs--;
	for (unsigned i = 0; i < s->n_txs; i++)
		s->txs[i] = s->txs[i + 1];
}

void
http_tx_ask(struct http_call *h, const struct http_head *head,
    const struct http_request_line *l)
{
	struct http_session *s = h->s;
	/* a stream's answer may come before all of its request */
	struct http_tx *tx = s->stream && s->response ? s->response :
	    tx_take(h);

	http_tx_asked(h->c, s);
	if (!tx)
		return;
	if (s->n_txs == LIM_HTTP_TXS) {
		struct http_tx *first = s->txs[0];

		forget_first(s);
		tell(h->c, first, 0);
		tx_give(h->w, first);
	}
	http_tx_set(tx, HTTP_TX_METHOD, l->method);
	http_tx_set(tx, HTTP_TX_PROTOCOL, l->version);
	http_tx_set(tx, HTTP_TX_HOST, head->value[HTTP_HOST]);
	http_tx_set(tx, HTTP_TX_URL, l->uri);
	http_tx_set(tx, HTTP_TX_XFF, head->client);
	http_tx_set(tx, HTTP_TX_AGENT, head->value[HTTP_USER_AGENT]);
	http_tx_set(tx, HTTP_TX_REFERER, head->value[HTTP_REFERER]);
	http_tx_set(tx, HTTP_TX_UPLOAD, upload_of(
	    head->value[HTTP_CONTENT_TYPE], h->p.body));
	tx->form = tx->field[HTTP_TX_UPLOAD].len > 0;
	s->request = tx;
	tx->refs++;
	if (tx != s->response)
		s->txs[s->n_txs++] = tx;
}

/* The request's body, as far as it was read, ended; it may have been answered
 * before. */
void
http_tx_asked(struct app_call *c, struct http_session *s)
{
	struct http_tx *tx = s->request;
	struct slice name;

	s->request = NULL;
	if (!tx)
		return;
	name = tx->form ? get(tx, HTTP_TX_UPLOAD) :
	    path_of(get(tx, HTTP_TX_URL));
	tell_file(c, name, &s->read[FLOW_CLIENT].file,
	    tx->digests[FLOW_CLIENT], FLOW_CLIENT);
	tx_give(c->worker, tx);
}

void
http_tx_data(struct http_call *h, struct slice bytes)
{
	enum flow_side side = h->pdu->side;
	struct http_session *s = h->s;
	struct http_tx *tx = side == FLOW_SERVER ? s->response : s->request;

	h->r->file.len += bytes.len;
	if (!tx || !bytes.len)
		return;
	/* of a form's parts nobody knows here where they end */
	if (!tx->begun[side] && !(side == FLOW_CLIENT && tx->form))
		tx->digests[side] = app_digests_begin(h->c);
	tx->begun[side] = true;
	app_digests_add(tx->digests[side], bytes);
}

/* -- answers ------------------------------------------------------------------------------ */

void
http_tx_answer(struct http_call *h, const struct http_head *head,
    struct slice version, struct slice code, struct slice name)
{
	struct http_session *s = h->s;
	struct http_tx *tx;

	http_tx_end(h->c, s);
	if (s->n_txs) {
		tx = s->txs[0];
		forget_first(s);
	} else {
		tx = tx_take(h);
	}
	if (!tx)
		return;
	http_tx_set(tx, HTTP_TX_S_PROTOCOL, version);
	http_tx_set(tx, HTTP_TX_STATUS, code);
	http_tx_set(tx, HTTP_TX_TYPE, head->value[HTTP_CONTENT_TYPE]);
	http_tx_set(tx, HTTP_TX_LOCATION, head->value[HTTP_LOCATION]);
	http_tx_set(tx, HTTP_TX_FILE, name.len ? name :
	    filename_of(head->value[HTTP_CONTENT_DISPOSITION]));
	s->response = tx;
}

void
http_tx_end(struct app_call *c, struct http_session *s)
{
	struct http_reader *r = &s->read[FLOW_SERVER];
	struct http_worker *w = c->worker;
	struct http_tx *tx = s->response;
	struct slice name;

	s->response = NULL;
	if (!tx)
		return;
	tell(c, tx, r->body);
	name = get(tx, HTTP_TX_FILE);
	if (!name.len)
		name = path_of(get(tx, HTTP_TX_URL));
	/* a body without a length ends with what the server sends */
	if (r->scan.to_close && !s->stream && !r->file.gaps)
		r->file.whole |= stream_is_whole(c->flow, FLOW_SERVER);
	tell_file(c, name, &r->file, tx->digests[FLOW_SERVER], FLOW_SERVER);
	tx_give(w, tx);
}

void
http_tx_end_all(struct app_call *c, struct http_session *s)
{
	struct http_worker *w = c->worker;

	http_tx_end(c, s);
	http_tx_asked(c, s);
	for (unsigned i = 0; i < s->n_txs; i++) {
		tell(c, s->txs[i], 0);
		tx_give(w, s->txs[i]);
	}
	s->n_txs = 0;
}

void
http_tx_drop_all(struct http_worker *w, struct http_session *s)
{
	tx_give(w, s->response);
	tx_give(w, s->request);
	for (unsigned i = 0; i < s->n_txs; i++)
		tx_give(w, s->txs[i]);
	s->n_txs = 0;
	s->request = s->response = NULL;
}
