/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/app/mail.h"

#include <string.h>

enum { NAME_MAX_LEN = 64 };

bool
mail_worker_init(struct mail_worker *w, const struct mail_conf *conf)
{
	uint64_t n = conf->memcap / sizeof(struct mail);

	slab_init(&w->messages, sizeof(struct mail), n ? n : 1);
	slab_init(&w->aheads, mail_ahead_size(), LIM_MAIL_OPEN);
	return true;
}

void
mail_worker_fini(struct mail_worker *w)
{
	slab_fini(&w->aheads);
	slab_fini(&w->messages);
}

struct mail *
mail_begin(struct mail_worker *w, const struct mail_conf *conf,
    enum flow_side side, bool stuffed, uint64_t tx)
{
	struct mail *m = slab_take(&w->messages);

	if (!m)
		return NULL;
	mime_begin(&m->mime, &conf->mime);
	m->stuffed = stuffed;
	m->at_line = m->in_header = true;
	m->tx = tx;
	m->side = (uint8_t)side;
	return m;
}

/* -- files ------------------------------------------------------------------ */

/* A part's body begins: is it a file? uuencode says it later, with its name. */
static void
file_begin(struct app_call *c, struct mail *m)
{
	const struct mime *p = &m->mime;

	if (!p->name_len && !p->attachment && p->coding != MIME_UU)
		return;
	app_file_begin(c, &m->file, slice_make(NULL, 0));
	m->file_cut = p->coding >= MIME_CODINGS ||
	    p->conf.depth[p->coding] < 0;
}

static void
file_end(struct app_call *c, struct mail *m, bool truncated)
{
	const struct mime *p = &m->mime;

	if (!m->file.open)
		return;
	if (!p->name_len && !p->attachment) {
		app_file_drop(&m->file);
		return;
	}
	app_file_name(&m->file, slice_make((const uint8_t *)p->name,
	    p->name_len));
	app_file_end(&m->file, truncated || m->file_cut);
	app_file_log(c, &m->file, m->tx, (enum flow_side)m->side);
}

/* One call of mime: what it says of the file. */
static void
file_step(struct app_call *c, struct mail *m, const struct mime_out *o)
{
	if (o->flags & MIME_BODY)
		file_begin(c, m);
	app_file_data(&m->file, o->bytes);
	m->file_cut |= (o->flags & MIME_DEPTH) != 0;
	if (o->flags & MIME_END)
		file_end(c, m, false);
}

void
mail_end(struct app_call *c, struct mail *m)
{
	struct mail_worker *w = c->worker;

	if (!m)
		return;
	file_end(c, m, true);
	slab_give(&w->messages, m);
}

/* -- lines ------------------------------------------------------------------ */

size_t
mail_split(uint8_t *state, struct slice bytes)
{
	enum { AT_LINE, IN_LINE, DOT, DOT_CR };

	for (size_t at = 0; at < bytes.len; at++) {
		const uint8_t *end;
		uint8_t b = bytes.ptr[at];

		switch (*state) {
		case AT_LINE:
			*state = b == '.' ? DOT : b == '\n' ? AT_LINE :
			    IN_LINE;
			break;
		case DOT:
		case DOT_CR:
			if (b == '\n') {
				*state = AT_LINE;
				return at + 1;
			}
			*state = b == '\r' && *state == DOT ? DOT_CR : IN_LINE;
			break;
		default:
			end = memchr(bytes.ptr + at, '\n', bytes.len - at);
			if (!end)
				return 0;
			at = (size_t)(end - bytes.ptr);
			*state = AT_LINE;
			break;
		}
	}
	return 0;
}

struct slice
mail_without_dot(struct slice bytes)
{
	size_t n = bytes.len;

	n -= n && bytes.ptr[n - 1] == '\n';
	n -= n && bytes.ptr[n - 1] == '\r';
	n -= n && bytes.ptr[n - 1] == '.';
	return slice_make(bytes.ptr, n);
}

struct slice
mail_unstuff(struct mail_worker *w, bool *at_line, struct slice in)
{
	size_t n = 0, at = 0;

	while (at < in.len && n < MAIL_ROOM) {
		const uint8_t *end = memchr(in.ptr + at, '\n', in.len - at);
		size_t len = end ? (size_t)(end - in.ptr) + 1 - at :
		    in.len - at;

		if (*at_line && in.ptr[at] == '.') {
			at++;
			len--;
		}
		len = len < MAIL_ROOM - n ? len : MAIL_ROOM - n;
		memcpy(w->plain + n, in.ptr + at, len);
		n += len;
		at += len;
		*at_line = end;
	}
	return slice_make(w->plain, n);
}

/* -- parts -------------------------------------------------------------------- */

void
mail_feed(struct mail_worker *w, struct mail *m, struct slice bytes, bool last,
    bool gap)
{
	/* of a PDU with too many units the rest was not read */
	if (gap || m->unread)
		app_file_gap(&m->file, 0);
	m->unread = true;
	w->left = m->stuffed ? mail_unstuff(w, &m->at_line, bytes) :
	    bytes;
	w->finish = last;
}

static void
keep(struct mail_text *t, struct slice s)
{
	t->n = (uint8_t)(s.len < MAIL_TEXT ? s.len : MAIL_TEXT);
	if (t->n)
		memcpy(t->b, s.ptr, t->n);
}

static bool
is_name(struct slice s, const char *name)
{
	return text_is_nocase(text_make((const char *)s.ptr, s.len), name);
}

static void
take_field(struct mail *m, const struct mime_field *f, unsigned *found)
{
	if (f->name_len > NAME_MAX_LEN)
		*found |= MAIL_LONG_NAME;
	if (m->mime.parts) /* of a part */
		return;
	if (is_name(f->name, "from"))
		keep(&m->from, f->value);
	else if (is_name(f->name, "to"))
		keep(&m->to, f->value);
	else if (is_name(f->name, "cc"))
		keep(&m->cc, f->value);
	else if (is_name(f->name, "subject"))
		keep(&m->subject, f->value);
}

static void
take_part(struct mail *m)
{
	struct slice name = slice_make((const uint8_t *)m->mime.name,
	    m->mime.name_len);

	if (name.len && m->n_files < MAIL_FILES)
		keep(&m->files[m->n_files++], name);
	if (m->more && m->more->wants_names)
		mail_list_add(&m->more->names, name);
}

/* Bytes of the message's header. */
static void
take_header(struct mail_more *more, struct slice s)
{
	size_t room = more ? more->max_headers - more->n_headers : 0;

	s.len = s.len < room ? s.len : room;
	if (!s.len)
		return;
	memcpy(more->headers + more->n_headers, s.ptr, s.len);
	more->n_headers += (uint32_t)s.len;
}

/* Lines of the header that go past max. */
static void
measure(struct mail *m, struct slice s, uint32_t max, unsigned *found)
{
	size_t at = 0;

	while (at < s.len) {
		const uint8_t *end = memchr(s.ptr + at, '\n', s.len - at);
		size_t n = end ? (size_t)(end - s.ptr) + 1 - at : s.len - at;

		m->line += (uint32_t)n;
		at += n;
		if (max && m->line > max && !m->told_long) {
			m->told_long = true;
			*found |= MAIL_LONG_LINE;
		}
		if (end) {
			m->line = 0;
			m->told_long = false;
		}
	}
}

static unsigned
bad_of(enum mime_coding coding)
{
	static const uint8_t bits[MIME_CODINGS] = {
		[MIME_BASE64] = MAIL_BAD_B64, [MIME_QP] = MAIL_BAD_QP,
		[MIME_BIT] = MAIL_BAD_BIT, [MIME_UU] = MAIL_BAD_UU };

	return coding < MIME_CODINGS ? bits[coding] : 0;
}

/* One call into mime: true while there may be more of the PDU. */
static bool
step(struct app_call *c, struct mail *m, size_t at, uint32_t max_line,
    struct mime_out *o, unsigned *found)
{
	struct mail_worker *w = c->worker;
	struct slice in = w->left;

	if (in.len) {
		*o = mime_feed(&m->mime, in, w->decoded + at, MAIL_ROOM - at);
		w->left = slice_make(in.ptr + o->consumed,
		    in.len - o->consumed);
	} else if (w->finish && !m->ended) {
		*o = mime_end(&m->mime, w->decoded + at, MAIL_ROOM - at);
		m->ended = !(o->flags & MIME_MORE);
	} else {
		return false;
	}
	if (o->flags & MIME_HEADER) {
		measure(m, slice_make(in.ptr, o->consumed), max_line, found);
		take_header(m->more, slice_make(in.ptr, o->consumed));
	}
	if (o->flags & MIME_FIELD)
		take_field(m, &o->field, found);
	if (o->flags & MIME_BODY)
		take_part(m);
	if (o->flags & MIME_BAD)
		*found |= bad_of(m->mime.coding);
	file_step(c, m, o);
	return true;
}

bool
mail_next(struct app_call *c, struct mail *m, uint32_t max_line,
    struct app_unit *u, unsigned *found)
{
	struct mail_worker *w = c->worker;
	size_t n = 0;

	/* each step consumes bytes, ends a part or is the last; a call of mime
	 * wants 1024 bytes of room at least */
	while (MAIL_ROOM - n >= 1024) {
		struct mime_out o;

		if (!step(c, m, n, max_line, &o, found))
			break;
		if (o.flags & MIME_BODY)
			u->file_begins = n == 0;
		if (o.bytes.len && m->mime.coding != MIME_NONE) {
			memmove(w->decoded + n, o.bytes.ptr, o.bytes.len);
			n += o.bytes.len;
		}
		if (o.flags & MIME_END && n)
			break;
	}
	if (n)
		app_set(u, BUF_FILE_DATA, slice_make(w->decoded, n));
	m->unread = n > 0;
	return n > 0;
}

/* -- the log -------------------------------------------------------------------- */

void
mail_list_add(struct mail_list *l, struct slice s)
{
	size_t room = sizeof(l->b) - l->n;

	if (!s.len || room < 2)
		return;
	s.len = s.len < room - 1 ? s.len : room - 1;
	memcpy(l->b + l->n, s.ptr, s.len);
	l->n = (uint16_t)(l->n + s.len);
	l->b[l->n++] = '\0';
}

void
mail_list_log(struct app_call *c, const char *name, const struct mail_list *l)
{
	size_t at = 0;

	if (!l->n)
		return;
	app_log_open(c, name, FIELD_ARRAY);
	while (at < l->n) {
		size_t n = strlen(l->b + at);

		app_log_text(c, NULL, slice_make((const uint8_t *)l->b + at,
		    n));
		at += n + 1;
	}
	app_log_close(c);
}

static void
log_text(struct app_call *c, const char *name, const struct mail_text *t)
{
	if (t->n)
		app_log_text(c, name, slice_make((const uint8_t *)t->b, t->n));
}

void
mail_log(struct app_call *c, const struct mail *m)
{
	log_text(c, "from", &m->from);
	if (m->to.n) {
		app_log_open(c, "to", FIELD_ARRAY);
		log_text(c, NULL, &m->to);
		app_log_close(c);
	}
	if (m->cc.n) {
		app_log_open(c, "cc", FIELD_ARRAY);
		log_text(c, NULL, &m->cc);
		app_log_close(c);
	}
	log_text(c, "subject", &m->subject);
	if (m->more && m->more->n_headers)
		app_log_text(c, "headers", slice_make(m->more->headers,
		    m->more->n_headers));
	if (m->more && m->more->wants_names) {
		mail_list_log(c, "attachment", &m->more->names);
		return;
	}
	if (!m->n_files)
		return;
	app_log_open(c, "attachment", FIELD_ARRAY);
	for (unsigned i = 0; i < m->n_files; i++)
		log_text(c, NULL, &m->files[i]);
	app_log_close(c);
}

/* -- messages of POP3 and IMAP ---------------------------------------------- */

static void
tell(struct app_call *c, uint16_t gid, unsigned found)
{
	if (found & MAIL_BAD_B64)
		app_event(c, gid, MAIL_EV_B64);
	if (found & MAIL_BAD_QP)
		app_event(c, gid, MAIL_EV_QP);
	if (found & MAIL_BAD_BIT)
		app_event(c, gid, MAIL_EV_BIT);
	if (found & MAIL_BAD_UU)
		app_event(c, gid, MAIL_EV_UU);
}

void
mail_finish(struct app_call *c, const struct mail_of *of,
    struct mail_reader *r)
{
	if (r->mail && app_log_begin(c, of->log)) {
		app_log_open(c, "email", FIELD_OBJECT);
		mail_log(c, r->mail);
		app_log_close(c);
		app_log_end(c);
	}
	mail_open_end(c->worker, &r->ahead);
	mail_end(c, r->mail);
	*r = (struct mail_reader){ .n = r->n + (r->mail != NULL) };
}

bool
mail_read(struct app_call *c, const struct mail_of *of,
    struct mail_reader *r, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	unsigned found = 0;
	bool more;

	if (first)
		mail_open_end(c->worker, &r->ahead);
	if (first && r->done) /* it had too many units */
		mail_finish(c, of, r);
	if (first && !r->mail) {
		c->ctrs[of->ctr_messages]++;
		r->mail = mail_begin(c->worker, c->conf, pdu->side, of->dots,
		    r->n);
		if (!r->mail) {
			c->ctrs[of->ctr_no_memory]++;
			app_event(c, of->gid, MAIL_EV_MEMCAP);
		}
	}
	if (!r->mail)
		return first;
	if (first) {
		r->done = pdu->ends;
		mail_feed(c->worker, r->mail, of->dots && pdu->ends ?
		    mail_without_dot(pdu->bytes) : pdu->bytes, pdu->ends,
		    pdu->gap);
	}
	more = mail_next(c, r->mail, 0, u, &found);
	tell(c, of->gid, found);
	c->ctrs[of->ctr_parts] += more;
	if (more)
		return true;
	if (r->done)
		mail_finish(c, of, r);
	return first;
}
