/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SIP over UDP and TCP (RFC 3261). A PDU is a message, or a datagram of one or
 * more. Events of gid 140 as Snort's README.sip says.
 */
#include <string.h>

#include "decoders/app/sip_int.h"

/* What a stream's next byte belongs to. */
enum sip_at { SIP_BETWEEN, SIP_START, SIP_HEADER, SIP_BODY };
/* What a piece of a message that is cut goes on with. */
enum sip_reading { READ_NOTHING, READ_HEADER, READ_BODY };

enum { KEPT = 48, VERSION_AT = 2 /* blanks before it */ };
static const char version_begins[] = "SIP/";
enum { VERSION_BEGINS = sizeof(version_begins) - 1 };

struct sip_side {
	/* split's */
	uint8_t at;      /* enum sip_at */
	uint8_t n, line[KEPT]; /* of the line under way, blanks made one */
	uint8_t blanks;  /* of the start line, up to VERSION_AT */
	uint8_t version; /* bytes of version_begins seen behind them */
	bool has_length, wants_length; /* Content-Length; its value is to come */
	uint32_t seen;   /* bytes of the line */
	uint32_t left;   /* of the body */
	uint8_t junk;    /* lines in a row that were none */
	/* next's */
	uint8_t reading;
};

struct sip_session {
	struct sip_side side[FLOW_SIDES];
	bool known;   /* a message began */
	bool refused; /* one too many */
	struct sip_dialogs dialogs;
};

struct sip_worker {
	struct slab dialogs;
	uint32_t sessions;
	bool told;  /* that there are too many */
	/* the PDU being read */
	struct slice left;
	bool told_multiple;
	struct sip_msg msg;
	struct sip_facts facts;
};

static const struct ctr_def counter_defs[] = { SIP_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "sip", counter_defs, SIP_CTR_MAX };

static const struct dec_event_def events[] = {
	{ SIP_EV_SESSIONS, DEC_EV_DECODE, "sip.max_sessions",
	    "(spp_sip) Maximum sessions reached" },
	{ SIP_EV_URI_EMPTY, DEC_EV_DECODE, "sip.empty_uri",
	    "(spp_sip) Empty request URI" },
	{ SIP_EV_URI, DEC_EV_DECODE, "sip.uri_too_long",
	    "(spp_sip) URI is too long" },
	{ SIP_EV_CALL_ID_EMPTY, DEC_EV_DECODE, "sip.empty_call_id",
	    "(spp_sip) Empty call-Id" },
	{ SIP_EV_CALL_ID, DEC_EV_DECODE, "sip.call_id_too_long",
	    "(spp_sip) Call-Id is too long" },
	{ SIP_EV_CSEQ, DEC_EV_DECODE, "sip.bad_cseq",
	    "(spp_sip) CSeq number is too large or negative" },
	{ SIP_EV_CSEQ_NAME, DEC_EV_DECODE, "sip.cseq_name_too_long",
	    "(spp_sip) Request name in CSeq is too long" },
	{ SIP_EV_FROM_EMPTY, DEC_EV_DECODE, "sip.empty_from",
	    "(spp_sip) Empty From header" },
	{ SIP_EV_FROM, DEC_EV_DECODE, "sip.from_too_long",
	    "(spp_sip) From header is too long" },
	{ SIP_EV_TO_EMPTY, DEC_EV_DECODE, "sip.empty_to",
	    "(spp_sip) Empty To header" },
	{ SIP_EV_TO, DEC_EV_DECODE, "sip.to_too_long",
	    "(spp_sip) To header is too long" },
	{ SIP_EV_VIA_EMPTY, DEC_EV_DECODE, "sip.empty_via",
	    "(spp_sip) Empty Via header" },
	{ SIP_EV_VIA, DEC_EV_DECODE, "sip.via_too_long",
	    "(spp_sip) Via header is too long" },
	{ SIP_EV_CONTACT_EMPTY, DEC_EV_DECODE, "sip.empty_contact",
	    "(spp_sip) Empty Contact" },
	{ SIP_EV_CONTACT, DEC_EV_DECODE, "sip.contact_too_long",
	    "(spp_sip) Contact is too long" },
	{ SIP_EV_CONTENT, DEC_EV_DECODE, "sip.content_too_long",
	    "(spp_sip) Content length is too large or negative" },
	{ SIP_EV_MULTIPLE, DEC_EV_DECODE, "sip.multiple_messages",
	    "(spp_sip) Multiple SIP messages in a packet" },
	{ SIP_EV_LENGTH, DEC_EV_DECODE, "sip.content_length_mismatch",
	    "(spp_sip) Content length mismatch" },
	{ SIP_EV_CSEQ_UNKNOWN, DEC_EV_DECODE, "sip.unknown_cseq_name",
	    "(spp_sip) Request name is invalid" },
	{ SIP_EV_REPLAY, DEC_EV_DECODE, "sip.invite_replay",
	    "(spp_sip) Invite replay attack" },
	{ SIP_EV_CHANGED, DEC_EV_DECODE, "sip.session_changed",
	    "(spp_sip) Illegal session information modification" },
	{ SIP_EV_STATUS, DEC_EV_DECODE, "sip.bad_status",
	    "(spp_sip) Response status code is not a 3 digit number" },
	{ SIP_EV_NO_TYPE, DEC_EV_DECODE, "sip.no_content_type",
	    "(spp_sip) Empty Content type" },
	{ SIP_EV_VERSION, DEC_EV_DECODE, "sip.bad_version",
	    "(spp_sip) SIP version other than 2.0, 1.0, and 1.1 is invalid" },
	{ SIP_EV_MISMATCH, DEC_EV_DECODE, "sip.method_mismatch",
	    "(spp_sip) Mismatch in Method of request and the CSEQ header" },
	{ SIP_EV_METHOD, DEC_EV_DECODE, "sip.unknown_method",
	    "(spp_sip) The method is unknown" },
	{ SIP_EV_DIALOGS, DEC_EV_DECODE, "sip.max_dialogs",
	    "(spp_sip) Number of dialogs in a session exceeded the maximal "
	    "value" },
};
static const struct event_table event_tables[] = {
	{ SIP_GID, events, ARRAY_LEN(events) },
};

static const struct sip_conf conf_default = {
	.max_sessions = 10000,
	.max_dialogs = 4,
	.max_uri = 256,
	.max_call_id = 256,
	.max_request_name = 20,
	.max_from = 256,
	.max_to = 256,
	.max_via = 1024,
	.max_contact = 256,
	.max_content = 1024,
	.n_methods = 6,
	.methods = { { "invite", 6 }, { "cancel", 6 }, { "ack", 3 },
		{ "bye", 3 }, { "register", 8 }, { "options", 7 } },
};

/* -- sessions ------------------------------------------------------------- */

static bool
sip_worker_init(void *worker, const void *conf)
{
	struct sip_worker *w = worker;

	(void)conf;
	slab_init(&w->dialogs, sizeof(struct sip_dialog), LIM_SIP_ALL_DIALOGS);
	return true;
}

static void
sip_worker_fini(void *worker)
{
	struct sip_worker *w = worker;

	slab_fini(&w->dialogs);
}

static void
sip_begin(struct app_call *c, uint32_t tag)
{
	const struct sip_conf *conf = c->conf;
	struct sip_session *s = c->session;
	struct sip_worker *w = c->worker;

	(void)tag;
	s->refused = w->sessions >= conf->max_sessions;
	w->sessions += !s->refused;
	w->told &= s->refused;
	c->ctrs[SIP_CTR_REFUSED] += s->refused;
}

static void
sip_end(struct app_call *c)
{
	struct sip_session *s = c->session;
	struct sip_worker *w = c->worker;

	w->sessions -= !s->refused;
	sip_dialogs_end(&w->dialogs, &s->dialogs);
}

/* -- streams -------------------------------------------------------------- */

static void
begin_line(struct sip_side *s, enum sip_at at)
{
	s->at = (uint8_t)at;
	s->n = 0;
	s->seen = 0;
}

/* A byte of the line, but for its end. */
static void
keep(struct sip_side *s, uint8_t b)
{
	bool blank = b == ' ' || b == '\t' || b == '\r';

	s->seen++;
	if (s->n < KEPT && !(blank && s->n &&
	    text_is_blank((char)s->line[s->n - 1])))
		s->line[s->n++] = b;
}

static struct text
kept(const struct sip_side *s)
{
	return text_make((const char *)s->line, s->n);
}

/* A byte of a message's first line; false: it is none. */
static bool
start_byte(struct sip_side *s, uint8_t b)
{
	bool response = s->n >= VERSION_BEGINS &&
	    memcmp(s->line, version_begins, VERSION_BEGINS) == 0;

	keep(s, b);
	if (response) {
		if (b == ' ')
			s->blanks = 1;
		return true;
	}
	if (s->blanks < VERSION_AT) {
		if (b == ' ')
			s->blanks++;
		return s->blanks || sip_is_start(kept(s));
	}
	if (s->version == VERSION_BEGINS)
		return true;
	return b == (uint8_t)version_begins[s->version++];
}

/* Is the first line whole? */
static bool
is_start(const struct sip_side *s)
{
	return s->version == VERSION_BEGINS || (s->blanks &&
	    memcmp(s->line, version_begins, VERSION_BEGINS) == 0);
}

/* A line of the header is there: does it say how long the body is? The first
 * one counts, as it does in sip_parse. */
static void
header_line(struct sip_side *s)
{
	struct text value = kept(s);

	if (s->line[0] != ' ' && s->line[0] != '\t') {
		struct text name = text_trim(text_cut(&value, ':'));

		s->wants_length = !s->has_length && value.ptr &&
		    sip_is_field(name, "content-length", "l");
	}
	value = text_trim(value);
	if (!s->wants_length || !value.len)
		return;
	s->has_length = true;
	s->wants_length = false;
	if (!sip_number(&value, &s->left))
		s->left = 0;
}

/* A byte of the first line or of the header. Returns whether a message, or
 * what is none, ends with it; *good is false where nothing can be made of it. */
static bool
line_byte(struct sip_session *sip, struct sip_side *s, uint8_t b, bool *good)
{
	bool is_first = s->at == SIP_START;

	if (b != '\n') {
		if (!is_first)
			keep(s, b);
		else if (!start_byte(s, b) || s->seen > LIM_SIP_START)
			*good = sip->known;
		return false;
	}
	if (is_first) {
		bool is = is_start(s);

		*good = is || (sip->known && ++s->junk < LIM_SIP_JUNK);
		sip->known |= is;
		if (is)
			s->junk = 0;
		begin_line(s, is ? SIP_HEADER : SIP_BETWEEN);
		return !is;
	}
	if (!s->n || (s->n == 1 && s->line[0] == '\r')) {
		begin_line(s, s->left ? SIP_BODY : SIP_BETWEEN);
		return !s->left;
	}
	header_line(s);
	begin_line(s, SIP_HEADER);
	return false;
}

/* The next message begins, with blank lines before it (RFC 5626, 3.5.1). */
static void
begin_message(struct sip_side *s)
{
	begin_line(s, SIP_START);
	s->blanks = s->version = 0;
	s->has_length = s->wants_length = false;
	s->left = 0;
}

static size_t
sip_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct sip_session *sip = c->session;
	struct sip_side *s = &sip->side[side];
	size_t at = 0;

	if (!bytes.ptr) {
		/* each line is one of its own until one begins a message */
		begin_line(s, SIP_BETWEEN);
		s->junk = 0;
		return 0;
	}
	while (at < bytes.len) {
		uint8_t b = bytes.ptr[at];
		bool ends = false, good = true;

		if (s->at == SIP_BODY) {
			size_t n = bytes.len - at;

			n = n < s->left ? n : s->left;
			s->left -= (uint32_t)n;
			at += n;
			ends = !s->left;
			if (ends)
				begin_line(s, SIP_BETWEEN);
		} else if (s->at == SIP_BETWEEN) {
			if (b == '\r' || b == '\n')
				at++;
			else
				begin_message(s);
		} else {
			at++;
			ends = line_byte(sip, s, b, &good);
		}
		if (!good) {
			c->fate = APP_NOT_MINE;
			return 0;
		}
		if (ends)
			return at;
	}
	return 0;
}

/* -- events --------------------------------------------------------------- */

static bool
is_method(const struct sip_conf *conf, struct text name)
{
	for (unsigned i = 0; i < conf->n_methods; i++)
		if (sip_is_same(conf->methods[i], name))
			return true;
	return false;
}

static void
check_start(struct app_call *c, const struct sip_msg *m)
{
	const struct sip_conf *conf = c->conf;

	if (!text_is(m->version, "SIP/2.0") && !text_is(m->version,
	    "SIP/1.0") && !text_is(m->version, "SIP/1.1"))
		sip_event(c, SIP_EV_VERSION);
	if (m->is_response) {
		if (!m->status)
			sip_event(c, SIP_EV_STATUS);
		return;
	}
	if (!m->uri.len)
		sip_event(c, SIP_EV_URI_EMPTY);
	else if (conf->max_uri && m->uri.len > conf->max_uri)
		sip_event(c, SIP_EV_URI);
	if (!is_method(conf, m->method))
		sip_event(c, SIP_EV_METHOD);
}

/* empty 0: it need not be there. */
static void
check_field(struct app_call *c, const struct sip_field *f, uint32_t empty,
    uint32_t max, uint32_t too_long)
{
	if (!f->len && empty)
		sip_event(c, empty);
	else if (max && f->len > max)
		sip_event(c, too_long);
}

static void
check_cseq(struct app_call *c, const struct sip_msg *m)
{
	const struct sip_conf *conf = c->conf;
	struct text name = m->cseq.value;
	uint32_t n;

	if (!m->cseq.there)
		return;
	/* RFC 3261, section 8.1.1.5: less than 2**31 */
	if (!sip_number(&name, &n) || n > INT32_MAX)
		sip_event(c, SIP_EV_CSEQ);
	/* a number that is none stands before the blank, too */
	if (name.len && name.ptr[0] != ' ' && name.ptr[0] != '\t')
		text_cut(&name, ' ');
	name = text_trim(name);
	if (conf->max_request_name && name.len > conf->max_request_name)
		sip_event(c, SIP_EV_CSEQ_NAME);
	if (m->is_response) {
		if (!is_method(conf, name))
			sip_event(c, SIP_EV_CSEQ_UNKNOWN);
	} else if (!sip_is_same(name, m->method)) {
		sip_event(c, SIP_EV_MISMATCH);
	}
}

static void
check_header(struct app_call *c, const struct sip_msg *m)
{
	const struct sip_conf *conf = c->conf;
	bool invite = text_is_nocase(m->method, "invite");

	check_field(c, &m->from, SIP_EV_FROM_EMPTY, conf->max_from,
	    SIP_EV_FROM);
	check_field(c, &m->to, SIP_EV_TO_EMPTY, conf->max_to, SIP_EV_TO);
	check_field(c, &m->call_id, SIP_EV_CALL_ID_EMPTY, conf->max_call_id,
	    SIP_EV_CALL_ID);
	check_field(c, &m->via, SIP_EV_VIA_EMPTY, conf->max_via, SIP_EV_VIA);
	check_field(c, &m->contact, invite ? SIP_EV_CONTACT_EMPTY : 0,
	    conf->max_contact, SIP_EV_CONTACT);
	check_cseq(c, m);
}

/* What Content-Length says, against what there is; more: bytes behind the
 * body. */
static void
check_content(struct app_call *c, const struct sip_msg *m,
    const struct app_pdu *pdu, size_t body, struct slice more)
{
	const struct sip_conf *conf = c->conf;
	struct text value = m->content_length.value;
	struct sip_worker *w = c->worker;
	struct sip_msg other;
	uint32_t n = 0;
	bool has = m->content_length.there;

	if (has && (!sip_number(&value, &n) || (conf->max_content &&
	    n > conf->max_content)))
		sip_event(c, SIP_EV_CONTENT);
	if ((n || body) && !m->content_type.len)
		sip_event(c, SIP_EV_NO_TYPE);
	/* a stream's bodies are cut by what it says */
	if (!pdu->datagram || !has)
		return;
	if (n > m->rest.len)
		sip_event(c, SIP_EV_LENGTH);
	if (!more.len || w->told_multiple)
		return;
	if (sip_parse(more, &other)) {
		w->told_multiple = true;
		sip_event(c, SIP_EV_MULTIPLE);
	} else {
		sip_event(c, SIP_EV_LENGTH);
	}
}

/* -- messages ------------------------------------------------------------- */

static void
log_text(struct app_call *c, const char *name, struct text t)
{
	app_log_text(c, name, slice_make((const uint8_t *)t.ptr, t.len));
}

static void
log_message(struct app_call *c, const struct sip_msg *m)
{
	if (!app_log_begin(c, "sip"))
		return;
	if (m->is_response) {
		log_text(c, "version", m->version);
		log_text(c, "code", m->code);
		log_text(c, "reason", m->reason);
		log_text(c, "response_line", m->start_line);
	} else {
		log_text(c, "method", m->method);
		log_text(c, "uri", m->uri);
		log_text(c, "version", m->version);
		log_text(c, "request_line", m->start_line);
	}
	app_log_end(c);
}

static struct slice
skip_ends(struct slice s)
{
	while (s.len && (s.ptr[0] == '\r' || s.ptr[0] == '\n'))
		s.ptr++, s.len--;
	return s;
}

/* The body of a message that a datagram, or all of a PDU, holds. */
static struct slice
body_of(const struct sip_msg *m, const struct app_pdu *pdu)
{
	struct text value = m->content_length.value;
	struct slice body = m->rest;
	uint32_t n;

	/* without a length it is all there is: RFC 3261, section 18.3 */
	if (pdu->datagram && sip_number(&value, &n) && n < body.len)
		body.len = n;
	return body;
}

/* What rules see of the message in w->msg. */
static void
set_unit(struct sip_worker *w, struct slice body, struct app_unit *u)
{
	const struct sip_msg *m = &w->msg;

	w->facts = (struct sip_facts){ .method = m->method,
		.status = m->status };
	u->facts = &w->facts;
	if (m->header.len)
		app_set(u, BUF_SIP_HEADER, m->header);
	if (body.len)
		app_set(u, BUF_SIP_BODY, body);
}

static void
read_message(struct app_call *c, const struct app_pdu *pdu,
    struct sip_session *s, struct app_unit *u)
{
	struct sip_worker *w = c->worker;
	struct sip_msg *m = &w->msg;
	struct slice body = body_of(m, pdu), more = m->rest;

	s->side[pdu->side].reading = pdu->ends ? READ_NOTHING :
	    m->header_ends ? READ_BODY : READ_HEADER;
	c->ctrs[m->is_response ? SIP_CTR_RESPONSES : SIP_CTR_REQUESTS]++;
	if (body.len)
		more = slice_make(body.ptr + body.len, m->rest.len - body.len);
	more = skip_ends(more);
	set_unit(w, body, u);
	w->left = slice_make(NULL, 0);
	check_start(c, m);
	/* of a header that is cut, or to come, nothing is missing */
	if (m->header_ends || pdu->datagram) {
		check_header(c, m);
		check_content(c, m, pdu, body.len, more);
	}
	if (pdu->datagram && m->content_length.there)
		w->left = more;
	if (pdu->open)
		return;
	sip_dialog_message(c, &w->dialogs, &s->dialogs, pdu->side, m);
	log_message(c, m);
}

/* More of a message that is cut. */
static void
go_on(struct app_call *c, const struct app_pdu *pdu, struct sip_session *s,
    struct app_unit *u)
{
	struct sip_side *side = &s->side[pdu->side];

	if (side->reading == READ_HEADER)
		app_set(u, BUF_SIP_HEADER, pdu->bytes);
	else if (side->reading == READ_BODY)
		app_set(u, BUF_SIP_BODY, pdu->bytes);
	c->ctrs[SIP_CTR_CUT] += pdu->cut;
	if (pdu->ends)
		side->reading = READ_NOTHING;
}

/* max_sessions is reached. */
static void
refuse(struct app_call *c)
{
	struct sip_worker *w = c->worker;

	if (!w->told)
		sip_event(c, SIP_EV_SESSIONS);
	w->told = true;
	c->fate = APP_NOT_MINE;
}

static bool
sip_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct sip_session *s = c->session;
	struct sip_worker *w = c->worker;

	if (s->refused) {
		refuse(c);
		return false;
	}
	if (first) {
		if (!pdu->begins && !pdu->gap) {
			go_on(c, pdu, s, u);
			return true;
		}
		w->left = skip_ends(pdu->bytes);
		w->told_multiple = false;
		s->side[pdu->side].reading = READ_NOTHING;
		c->ctrs[SIP_CTR_CUT] += pdu->cut;
	}
	if (!w->left.len)
		return false;
	if (!sip_parse(w->left, &w->msg)) {
		c->ctrs[SIP_CTR_BAD]++;
		w->left.len = 0;
		return false;
	}
	read_message(c, pdu, s, u);
	return true;
}

/* -- by content ----------------------------------------------------------- */

/* Do the bytes go on with these? They are taken off then. */
static enum app_guess
goes_on(struct text *bytes, const char *s)
{
	size_t len = strlen(s), n = bytes->len < len ? bytes->len : len;

	for (size_t i = 0; i < n; i++)
		if (text_lower(bytes->ptr[i]) != text_lower(s[i]))
			return APP_NO;
	*bytes = text_make(bytes->ptr + n, bytes->len - n);
	return n == len ? APP_YES : APP_MAYBE;
}

/* A status line, or a method of the RFCs for an address of one of the kinds
 * that it may be for. */
static enum app_guess
sip_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	static const char *const methods[] = { "SIP/2.0 ", "INVITE ", "ACK ",
		"BYE ", "CANCEL ", "OPTIONS ", "REGISTER ", "PRACK ",
		"SUBSCRIBE ", "NOTIFY ", "PUBLISH ", "INFO ", "REFER ",
		"MESSAGE ", "UPDATE " };
	static const char *const kinds[] = { "sip:", "sips:", "tel:" };
	struct text all = text_make((const char *)bytes.ptr, bytes.len);
	enum app_guess best = APP_NO;

	(void)side;
	(void)datagram;
	for (unsigned i = 0; i < ARRAY_LEN(methods); i++) {
		struct text rest = all;
		enum app_guess g = goes_on(&rest, methods[i]);

		if (g == APP_YES && !i) {
			if (rest.len)
				g = rest.ptr[0] >= '1' && rest.ptr[0] <= '6' ?
				    APP_YES : APP_NO;
			else
				g = APP_MAYBE;
		} else if (g == APP_YES) {
			g = APP_NO;
			for (unsigned j = 0; j < ARRAY_LEN(kinds); j++) {
				struct text kind = rest;
				enum app_guess k = goes_on(&kind, kinds[j]);

				g = k > g ? k : g;
			}
		}
		best = g > best ? g : best;
	}
	return best;
}

const struct app_ops app_sip = {
	.name = "sip",
	.help = "SIP: calls, how they are made and end",
	.preproc = "sip",
	.conf_default = &conf_default,
	.session_size = sizeof(struct sip_session),
	.worker_size = sizeof(struct sip_worker),
	.worker_init = sip_worker_init,
	.worker_fini = sip_worker_fini,
	.tcp = true,
	.udp = true,
	.guess = sip_guess,
	.begin = sip_begin,
	.split = sip_split,
	.next = sip_next,
	.end = sip_end,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};

/* -- media ---------------------------------------------------------------- */

/* What a call agreed on: announced only where it is to be ignored. */
static bool
media_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	(void)pdu;
	(void)first;
	(void)u;
	c->fate = APP_IGNORED;
	return false;
}

const struct app_ops app_sip_media = {
	.name = "rtp",
	.help = "media of calls that SIP made",
	.preproc = "sip",
	.udp = true,
	.next = media_next,
};
