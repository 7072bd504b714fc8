/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IMAP4rev1 (RFC 3501 and extensions, 2595 STARTTLS). PDUs are lines and
 * literals; a literal of the server behind BODY, or of the client's APPEND, is
 * a message. Events of gid 141 as Snort's README.imap says.
 */
#include <string.h>

#include "decoders/app/mail.h"

enum {
	GID = 141,
	EV_COMMAND = 1,
	EV_RESPONSE,
};

enum imap_mode { IMAP_LINE, IMAP_LITERAL, IMAP_MESSAGE };

struct imap_side {
	struct mail_verb verb;  /* a line's beginning */
	char tail[16];          /* and its end */
	uint8_t n_tail;
	uint8_t mode, ended;    /* enum imap_mode: of the next byte, and of the
	                           PDU that ended last */
	bool goes_on;           /* the next line is the rest of one */
	bool rest;              /* the one that ended last was */
	bool body;              /* the line has a word for a message's text */
	uint8_t match[4];       /* of those words, so far */
	uint32_t left;          /* of a literal */
	struct mail_reader message;
};

struct imap_session {
	struct imap_side side[FLOW_SIDES];
	bool unknown;        /* of the client's last line */
	bool wants_tls, secure;
	bool authenticating; /* what follows AUTHENTICATE is no command */
	bool idle;           /* nor is DONE */
};

#define IMAP_COUNTERS(X)                                                       \
	X(COMMANDS, "commands", "command lines read")                          \
	X(REPLIES, "replies", "reply lines read")                              \
	X(LITERALS, "literals", "literals")                                    \
	X(MESSAGES, "messages", "of them, messages")                           \
	X(PARTS, "parts", "units of decoded parts")                            \
	X(NO_MEMORY, "no_memory", "messages not decoded: memcap")              \
	X(OPEN_NO_ROOM, "open_no_room", "inline: parts of messages not judged" \
	    " before they are whole: too many are under way")
enum {
#define X(NAME, name, help) CTR_##NAME,
	IMAP_COUNTERS(X)
#undef X
	CTR_MAX
};
static const struct ctr_def counter_defs[] = { IMAP_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "imap", counter_defs, CTR_MAX };

static const struct dec_event_def events[] = {
	{ EV_COMMAND, DEC_EV_DECODE, "imap.unknown_command",
	    "(IMAP) Unknown IMAP4 command" },
	{ EV_RESPONSE, DEC_EV_DECODE, "imap.unknown_response",
	    "(IMAP) Unknown IMAP4 response" },
	{ MAIL_EV_MEMCAP, DEC_EV_DECODE, "imap.memcap",
	    "(IMAP) No memory available for decoding. Memcap exceeded" },
	{ MAIL_EV_B64, DEC_EV_DECODE, "imap.bad_base64",
	    "(IMAP) Base64 Decoding failed." },
	{ MAIL_EV_QP, DEC_EV_DECODE, "imap.bad_quoted_printable",
	    "(IMAP) Quoted-Printable Decoding failed." },
	{ MAIL_EV_BIT, DEC_EV_DECODE, "imap.bad_plain",
	    "(IMAP) 7bit/8bit/binary/text Extraction failed." },
	{ MAIL_EV_UU, DEC_EV_DECODE, "imap.bad_uuencode",
	    "(IMAP) Unix-to-Unix Decoding failed." },
};
static const struct event_table event_tables[] = {
	{ GID, events, ARRAY_LEN(events) },
};

static const struct mail_conf conf_default = {
	.mime = { .depth = { 1460, 1460, 1460, 1460 } },
	.memcap = MAIL_MEMCAP,
};

static const char *const commands[] = { "append", "authenticate",
	"capability", "check", "close", "comparator", "compress",
	"conversions", "copy", "create", "delete", "deleteacl", "done",
	"enable", "examine", "expunge", "fetch", "getacl", "getmetadata",
	"getquota", "getquotaroot", "id", "idle", "list", "listrights",
	"login", "logout", "lsub", "move", "myrights", "namespace", "noop",
	"notify", "rename", "search", "select", "setacl", "setmetadata",
	"setquota", "sort", "starttls", "status", "store", "subscribe",
	"thread", "uid", "unselect", "unsubscribe", "xlist" };

/* -- lines ---------------------------------------------------------------------- */

static bool
is_command(struct text word)
{
	for (unsigned i = 0; i < ARRAY_LEN(commands); i++)
		if (text_is_nocase(word, commands[i]))
			return true;
	return false;
}

static void
client_line(struct imap_session *s, struct imap_side *d)
{
	struct text rest = mail_verb_text(&d->verb), word = text_word(&rest);

	s->unknown = false;
	if (d->rest || s->authenticating || text_is_nocase(word, "done"))
		return;
	word = text_word(&rest); /* behind the tag */
	s->unknown = !is_command(word);
	s->wants_tls = text_is_nocase(word, "starttls");
	s->authenticating = text_is_nocase(word, "authenticate");
	d->body = text_is_nocase(word, "append");
}

static void
server_line(struct imap_session *s, struct imap_side *d)
{
	struct text rest = mail_verb_text(&d->verb), tag = text_word(&rest);
	struct text word = text_word(&rest);

	if (d->rest || text_is(tag, "*") || text_is(tag, "+"))
		return;
	s->authenticating = false;
	s->secure |= s->wants_tls && text_is_nocase(word, "ok");
	s->wants_tls = false;
}

/* "...{n}" or "{n+}" at a line's end: a literal of so many bytes follows. */
static bool
literal_of(const struct imap_side *d, uint32_t *n)
{
	struct text t = text_trim(text_make(d->tail, d->n_tail)), number;
	size_t at = t.len;
	int64_t v;

	if (!t.len || t.ptr[t.len - 1] != '}')
		return false;
	while (at && t.ptr[at - 1] != '{')
		at--;
	if (!at)
		return false;
	number = text_make(t.ptr + at, t.len - at - 1);
	if (number.len && number.ptr[number.len - 1] == '+')
		number.len--;
	if (!text_to_i64(number, 0, UINT32_MAX, &v))
		return false;
	*n = (uint32_t)v;
	return true;
}

/* Looks for what FETCH calls a message's text. Each word is matched by
 * itself, from its first letter on again where it fails. */
static void
look_for_body(struct imap_side *d, const uint8_t *p, size_t n)
{
	static const char *const words[] = { "body[", "rfc822 ", "rfc822.text",
		"body.peek[" };

	for (size_t i = 0; i < n && !d->body; i++)
		for (unsigned w = 0; w < ARRAY_LEN(words); w++) {
			char b = text_lower((char)p[i]);

			if (b == words[w][d->match[w]])
				d->match[w]++;
			else
				d->match[w] = b == words[w][0];
			if (!words[w][d->match[w]])
				d->body = true;
		}
}

static void
line_ended(struct imap_session *s, struct imap_side *d, enum flow_side side)
{
	d->rest = d->goes_on;
	if (side == FLOW_CLIENT)
		client_line(s, d);
	else
		server_line(s, d);
	d->goes_on = literal_of(d, &d->left);
	if (d->goes_on && d->left)
		d->mode = d->body ? IMAP_MESSAGE : IMAP_LITERAL;
	if (!d->goes_on)
		d->body = false;
	memset(d->match, 0, sizeof(d->match));
	d->verb.n = d->n_tail = 0;
}

/* The last bytes of a line, of which the ones before these are known. */
static void
keep_tail(struct imap_side *d, const uint8_t *p, size_t n)
{
	const size_t room = sizeof(d->tail);

	if (n >= room) {
		memcpy(d->tail, p + n - room, room);
		d->n_tail = (uint8_t)room;
		return;
	}
	if (d->n_tail + n > room) {
		size_t drop = d->n_tail + n - room;

		memmove(d->tail, d->tail + drop, d->n_tail - drop);
		d->n_tail = (uint8_t)(d->n_tail - drop);
	}
	if (n)
		memcpy(d->tail + d->n_tail, p, n);
	d->n_tail = (uint8_t)(d->n_tail + n);
}

static size_t
imap_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct imap_session *s = c->session;
	struct imap_side *d = &s->side[side];
	const uint8_t *end;
	size_t n;

	if (!bytes.ptr) {
		d->verb.n = d->n_tail = 0;
		d->goes_on = true; /* the rest of something */
		return 0;
	}
	d->ended = d->mode;
	if (d->mode != IMAP_LINE) {
		n = d->left < bytes.len ? d->left : bytes.len;
		d->left -= (uint32_t)n;
		if (d->left)
			return 0;
		d->mode = IMAP_LINE;
		return n;
	}
	end = memchr(bytes.ptr, '\n', bytes.len);
	n = end ? (size_t)(end - bytes.ptr) + 1 : bytes.len;
	mail_verb_add(&d->verb, bytes.ptr, n);
	keep_tail(d, bytes.ptr, n);
	if (side == FLOW_SERVER)
		look_for_body(d, bytes.ptr, n);
	if (!end)
		return 0;
	line_ended(s, d, side);
	return n;
}

/* -- messages ----------------------------------------------------------- */

static const struct mail_of mail_of = { "imap", GID, false, CTR_MESSAGES, CTR_PARTS,
	CTR_NO_MEMORY, CTR_OPEN_NO_ROOM };

/* -- units ------------------------------------------------------------------------------ */

/* "* ...", "+ ..." or a tag and OK, NO or BAD. */
static bool
is_reply(struct text line)
{
	struct text tag = text_word(&line), word = text_word(&line);

	return text_is(tag, "*") || text_is(tag, "+") ||
	    text_is_nocase(word, "ok") || text_is_nocase(word, "no") ||
	    text_is_nocase(word, "bad");
}

static bool
imap_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct imap_session *s = c->session;
	struct imap_side *d = &s->side[pdu->side];
	uint8_t mode = pdu->ends ? d->ended : d->mode;

	if (mode == IMAP_MESSAGE)
		return mail_read(c, &mail_of, &d->message, pdu, first, u);
	if (!first)
		return false;
	if (mode == IMAP_LITERAL) {
		c->ctrs[CTR_LITERALS] += pdu->begins;
		return true;
	}
	if (pdu->side == FLOW_CLIENT) {
		c->ctrs[CTR_COMMANDS]++;
		if (pdu->begins && pdu->ends && s->unknown)
			app_event(c, GID, EV_COMMAND);
		return true;
	}
	c->ctrs[CTR_REPLIES]++;
	if (pdu->begins && pdu->ends && !d->rest && !is_reply(text_make(
	    (const char *)pdu->bytes.ptr, pdu->bytes.len)))
		app_event(c, GID, EV_RESPONSE);
	if (s->secure) {
		c->fate = APP_ANOTHER;
		c->another = APP_TLS;
	}
	return true;
}

/* What came of a line is judged as it stands. */
static bool
imap_open(struct app_call *c, const struct app_open *o, bool first,
    struct app_unit *u)
{
	struct imap_session *s = c->session;
	struct imap_side *d = &s->side[o->side];

	return d->mode == IMAP_MESSAGE ?
	    mail_show(c, &mail_of, &d->message, o, first, u) : first;
}

static void
imap_end(struct app_call *c)
{
	struct imap_session *s = c->session;

	for (unsigned i = 0; i < FLOW_SIDES; i++)
		mail_finish(c, &mail_of, &s->side[i].message);
}

static bool
worker_init(void *worker, const void *conf)
{
	return mail_worker_init(worker, conf);
}

static void
worker_fini(void *worker)
{
	mail_worker_fini(worker);
}

static enum app_guess
imap_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	static const char *const greetings[] = { "* OK ", "* PREAUTH " };
	bool maybe = false;

	(void)datagram;
	if (side == FLOW_CLIENT)
		return APP_MAYBE;
	for (unsigned i = 0; i < ARRAY_LEN(greetings); i++) {
		size_t len = strlen(greetings[i]);
		size_t n = bytes.len < len ? bytes.len : len;

		if (memcmp(bytes.ptr, greetings[i], n) != 0)
			continue;
		if (n == len)
			return APP_YES;
		maybe = true;
	}
	return maybe ? APP_MAYBE : APP_NO;
}

const struct app_ops app_imap = {
	.name = "imap",
	.help = "IMAP",
	.preproc = "imap",
	.conf_default = &conf_default,
	.session_size = sizeof(struct imap_session),
	.worker_size = sizeof(struct mail_worker),
	.worker_init = worker_init,
	.worker_fini = worker_fini,
	.tcp = true,
	.guess = imap_guess,
	.split = imap_split,
	.next = imap_next,
	.open = imap_open,
	.end = imap_end,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};
