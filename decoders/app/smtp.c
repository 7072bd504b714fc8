/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMTP (RFC 5321, 3030 BDAT, 3207 STARTTLS). PDUs are lines, and messages or
 * chunks of them. Events of gid 124 as Snort's README.SMTP says.
 */
#include "decoders/app/smtp.h"

#include <stdlib.h>
#include <string.h>

enum {
	GID = 124,
	EV_COMMAND_LINE = 1,
	EV_HEADER_LINE,
	EV_RESPONSE_LINE,
	EV_ALT_LINE,
	EV_UNKNOWN,
	EV_ILLEGAL,
	EV_HEADER_NAME,
	EV_XLINK2STATE,
	EV_MEMCAP,
	EV_B64,
	EV_QP,
	EV_BIT,
	EV_UU,
	EV_AUTH_ATTACK,
	EV_AUTH_LINE,

	XLINK_MAX = 520, /* of an X-LINK2STATE line, and no more */
	ROOM = 4096,     /* of a normalised line */
	RCPTS = 4,       /* recipients kept for the log */
	ADDRESS = 96,
	READY = 220,
	GO_ON = 334, /* with AUTH */
};

/* What the client's bytes are. */
enum smtp_mode { SMTP_LINE, SMTP_MESSAGE, SMTP_CHUNK };

struct smtp_session {
	/* split's */
	uint8_t mode;     /* of the client's next byte */
	uint8_t ended;    /* of the PDU that ended last */
	uint8_t dot;      /* mail_split's */
	bool any_data;    /* a byte of the message came */
	bool last_chunk;  /* BDAT ... LAST */
	uint32_t left;    /* of the chunk */
	struct mail_verb verb;
	/* next's */
	bool wants_tls;   /* STARTTLS waits for its answer */
	bool answering;   /* 334: the next line is no command */
	bool auth, auth_given_up; /* AUTH was said; and given up with "*" */
	uint8_t n_mechanism;
	char mechanism[16];
	bool message_done; /* the last PDU was its end */
	uint64_t n_messages; /* that ended */
	struct mail *mail;
	struct mail_ahead *ahead; /* of a PDU that is open */
	struct {
		uint8_t n;
		char b[ADDRESS];
	} helo, from, rcpts[RCPTS];
	uint8_t n_rcpts;
	struct smtp_note *note;
};

/* What the log_ options want of a message, from its MAIL on. */
struct smtp_note {
	struct mail_list from, rcpts;
	struct mail_more more;
	/* as much as a log takes, whatever a reload makes of the depth */
	uint8_t headers[LIM_APP_LOG_TEXT];
};

struct smtp_worker {
	struct mail_worker mail; /* first: mail's functions take it */
	struct slab notes;
	uint8_t line[ROOM];
};

#define SMTP_COUNTERS(X)                                                       \
	X(COMMANDS, "commands", "commands read")                               \
	X(REPLIES, "replies", "replies read")                                  \
	X(MESSAGES, "messages", "messages")                                    \
	X(PARTS, "parts", "units of decoded parts")                            \
	X(NO_MEMORY, "no_memory", "messages not decoded: memcap")              \
	X(NOTES_LOST, "notes_lost", "messages told in short, whatever log_"    \
	    " options say: memcap")                                            \
	X(OPEN_NO_ROOM, "open_no_room", "inline: parts of messages not judged" \
	    " before they are whole: too many are under way")                  \
	X(NORMALIZED, "normalized", "command lines with blanks taken out")
enum {
#define X(NAME, name, help) CTR_##NAME,
	SMTP_COUNTERS(X)
#undef X
	CTR_MAX
};
static const struct ctr_def counter_defs[] = { SMTP_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "smtp", counter_defs, CTR_MAX };

static const struct dec_event_def events[] = {
	{ EV_COMMAND_LINE, DEC_EV_DECODE, "smtp.command_too_long",
	    "(smtp) Attempted command buffer overflow" },
	{ EV_HEADER_LINE, DEC_EV_DECODE, "smtp.header_too_long",
	    "(smtp) Attempted data header buffer overflow" },
	{ EV_RESPONSE_LINE, DEC_EV_DECODE, "smtp.reply_too_long",
	    "(smtp) Attempted response buffer overflow" },
	{ EV_ALT_LINE, DEC_EV_DECODE, "smtp.this_command_too_long",
	    "(smtp) Attempted specific command buffer overflow" },
	{ EV_UNKNOWN, DEC_EV_DECODE, "smtp.unknown_command",
	    "(smtp) Unknown command" },
	{ EV_ILLEGAL, DEC_EV_DECODE, "smtp.illegal_command",
	    "(smtp) Illegal command" },
	{ EV_HEADER_NAME, DEC_EV_DECODE, "smtp.header_name_too_long",
	    "(smtp) Attempted header name buffer overflow" },
	{ EV_XLINK2STATE, DEC_EV_DECODE, "smtp.xlink2state",
	    "(smtp) Attempted X-Link2State command buffer overflow" },
	{ EV_MEMCAP, DEC_EV_DECODE, "smtp.memcap",
	    "(smtp) No memory available for decoding. Max Mime Mem "
	    "exceeded" },
	{ EV_B64, DEC_EV_DECODE, "smtp.bad_base64",
	    "(smtp) Base64 Decoding failed" },
	{ EV_QP, DEC_EV_DECODE, "smtp.bad_quoted_printable",
	    "(smtp) Quoted-Printable Decoding failed" },
	{ EV_BIT, DEC_EV_DECODE, "smtp.bad_plain",
	    "(smtp) 7bit/8bit/binary/text Extraction failed" },
	{ EV_UU, DEC_EV_DECODE, "smtp.bad_uuencode",
	    "(smtp) Unix-to-Unix Decoding failed" },
	{ EV_AUTH_ATTACK, DEC_EV_DECODE, "smtp.auth_attack",
	    "(smtp) Cyrus SASL authentication attack" },
	{ EV_AUTH_LINE, DEC_EV_DECODE, "smtp.auth_too_long",
	    "(smtp) Attempted authentication command buffer overflow" },
};
static const struct event_table event_tables[] = {
	{ GID, events, ARRAY_LEN(events) },
};

#define COMMAND(n, fl) { .name = n, .flags = SMTP_VALID | (fl) }
static const struct smtp_command default_commands[] = {
	COMMAND("ATRN", 0), COMMAND("AUTH", SMTP_AUTH),
	COMMAND("BDAT", SMTP_BINARY), COMMAND("DATA", SMTP_DATA),
	COMMAND("DEBUG", 0), COMMAND("EHLO", 0), COMMAND("EMAL", 0),
	COMMAND("ESAM", 0), COMMAND("ESND", 0), COMMAND("ESOM", 0),
	COMMAND("ETRN", 0), COMMAND("EVFY", 0),
	COMMAND("EXPN", SMTP_NORMALIZE), COMMAND("HELO", 0),
	COMMAND("HELP", 0), COMMAND("IDENT", 0), COMMAND("MAIL", 0),
	COMMAND("NOOP", 0), COMMAND("ONEX", 0), COMMAND("QUEU", 0),
	COMMAND("QUIT", 0), COMMAND("RCPT", SMTP_NORMALIZE),
	COMMAND("RSET", 0), COMMAND("SAML", 0), COMMAND("SEND", 0),
	COMMAND("SIZE", 0), COMMAND("SOML", 0), COMMAND("STARTTLS", 0),
	COMMAND("TICK", 0), COMMAND("TIME", 0), COMMAND("TURN", 0),
	COMMAND("TURNME", 0), COMMAND("VERB", 0),
	COMMAND("VRFY", SMTP_NORMALIZE), COMMAND("X-EXPS", SMTP_AUTH),
	COMMAND("X-LINK2STATE", 0), COMMAND("XADR", 0),
	COMMAND("XAUTH", SMTP_AUTH), COMMAND("XCIR", 0),
	COMMAND("XEXCH50", SMTP_BINARY), COMMAND("XGEN", 0),
	COMMAND("XLICENSE", 0), COMMAND("XQUE", 0), COMMAND("XSTA", 0),
	COMMAND("XTRN", 0), COMMAND("XUSR", 0),
};
static const struct smtp_conf conf_default = {
	.mail = { .mime = { .depth = { 1460, 1460, 1460, 1460 } },
		.memcap = MAIL_MEMCAP },
	.commands = default_commands,
	.n_commands = ARRAY_LEN(default_commands),
	.max_auth_line = 1000,
	.email_hdrs_depth = SMTP_HDRS_DEPTH,
};

/* -- commands ---------------------------------------------------------------- */

static int
by_name(const void *name, const void *command)
{
	return strcmp(name, ((const struct smtp_command *)command)->name);
}

static const struct smtp_command *
find_command(const struct smtp_conf *conf, struct text word)
{
	char name[SMTP_NAME_MAX + 1];

	if (!word.len || word.len > SMTP_NAME_MAX)
		return NULL;
	for (size_t i = 0; i < word.len; i++) {
		char b = word.ptr[i];

		name[i] = b >= 'a' && b <= 'z' ? (char)(b - 'a' + 'A') : b;
	}
	name[word.len] = '\0';
	return conf->n_commands ? bsearch(name, conf->commands,
	    conf->n_commands, sizeof(*conf->commands), by_name) : NULL;
}

/* -- pieces ---------------------------------------------------------------------- */

/* A command line is whole: what follows it. */
static void
command_line(struct app_call *c, struct smtp_session *s)
{
	struct text rest = mail_verb_text(&s->verb), word = text_word(&rest);
	const struct smtp_command *cmd = find_command(c->conf, word);
	int64_t n;

	s->verb.n = 0;
	if (!cmd)
		return;
	if (cmd->flags & SMTP_DATA) {
		s->mode = SMTP_MESSAGE;
		s->dot = 0;
		s->any_data = false;
	} else if (cmd->flags & SMTP_BINARY) {
		struct text number = text_word(&rest);

		if (text_to_i64(number, 1, UINT32_MAX, &n)) {
			s->mode = SMTP_CHUNK;
			s->left = (uint32_t)n;
			s->last_chunk = text_is_nocase(text_word(&rest),
			    "last");
		}
	}
}

static size_t
split_client(struct app_call *c, struct smtp_session *s, struct slice bytes)
{
	const uint8_t *end;
	size_t n = 0;

	s->ended = s->mode;
	switch (s->mode) {
	case SMTP_MESSAGE:
		s->any_data = true;
		n = mail_split(&s->dot, bytes);
		if (n)
			s->mode = SMTP_LINE;
		return n;
	case SMTP_CHUNK:
		n = s->left < bytes.len ? s->left : bytes.len;
		s->left -= (uint32_t)n;
		if (s->left)
			return 0;
		s->mode = SMTP_LINE;
		return n;
	default:
		end = memchr(bytes.ptr, '\n', bytes.len);
		n = end ? (size_t)(end - bytes.ptr) + 1 : bytes.len;
		mail_verb_add(&s->verb, bytes.ptr, n);
		if (!end)
			return 0;
		command_line(c, s);
		return n;
	}
}

static size_t
smtp_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct smtp_session *s = c->session;
	const uint8_t *end;

	if (!bytes.ptr) {
		/* a line begins somewhere behind it */
		s->verb.n = 0;
		return 0;
	}
	if (side == FLOW_CLIENT)
		return split_client(c, s, bytes);
	end = memchr(bytes.ptr, '\n', bytes.len);
	return end ? (size_t)(end - bytes.ptr) + 1 : 0;
}

/* -- lines ------------------------------------------------------------------------- */

static void
event(struct app_call *c, uint32_t sid)
{
	const struct smtp_conf *conf = c->conf;

	if (!conf->no_alerts)
		app_event(c, GID, sid);
}

/* The line with one blank behind its command, if it has more. */
static void
normalize(struct app_call *c, const struct smtp_command *cmd, struct text line,
    struct app_unit *u)
{
	const struct smtp_conf *conf = c->conf;
	struct smtp_worker *w = c->worker;
	struct text rest = line, word = text_word(&rest);
	size_t blanks = 0, n;

	if (conf->normalize == SMTP_NORM_NONE ||
	    (conf->normalize == SMTP_NORM_CMDS &&
	    !(cmd && cmd->flags & SMTP_NORMALIZE)))
		return;
	rest.len = (size_t)(line.ptr + line.len - rest.ptr);
	while (blanks < rest.len && (rest.ptr[blanks] == ' ' ||
	    rest.ptr[blanks] == '\t'))
		blanks++;
	n = word.len + 1 + rest.len - blanks;
	if (blanks < 2 || n > ROOM)
		return;
	memcpy(w->line, word.ptr, word.len);
	w->line[word.len] = ' ';
	memcpy(w->line + word.len + 1, rest.ptr + blanks, rest.len - blanks);
	c->ctrs[CTR_NORMALIZED]++;
	app_set(u, BUF_DECODED, slice_make(w->line, n));
}

static void
keep(uint8_t *n, char *to, struct text t)
{
	*n = (uint8_t)(t.len < ADDRESS ? t.len : ADDRESS);
	if (*n)
		memcpy(to, t.ptr, *n);
}

static void
note_drop(struct app_call *c)
{
	struct smtp_session *s = c->session;
	struct smtp_worker *w = c->worker;

	slab_give(&w->notes, s->note);
	s->note = NULL;
}

static uint32_t
headers_of(const struct smtp_conf *conf)
{
	uint32_t n = conf->log_email_hdrs ? conf->email_hdrs_depth : 0;

	return n < LIM_APP_LOG_TEXT ? n : LIM_APP_LOG_TEXT;
}

/* For a message to come, or that begins. */
static struct smtp_note *
note_of(struct app_call *c)
{
	const struct smtp_conf *conf = c->conf;
	struct smtp_session *s = c->session;
	struct smtp_worker *w = c->worker;

	if (s->note || !c->log || !(conf->log_mailfrom || conf->log_rcptto ||
	    conf->log_filename || headers_of(conf)))
		return s->note;
	s->note = slab_take(&w->notes);
	if (!s->note) {
		c->ctrs[CTR_NOTES_LOST]++;
		return NULL;
	}
	s->note->more.wants_names = conf->log_filename;
	s->note->more.max_headers = headers_of(conf);
	s->note->more.headers = s->note->headers;
	return s->note;
}

static struct slice
bytes_of(struct text t)
{
	return slice_make((const uint8_t *)t.ptr, t.len);
}

/* What stands behind the colon of MAIL FROM: and RCPT TO:, up to a blank. */
static struct text
address_of(struct text rest)
{
	text_cut(&rest, ':');
	return text_word(&rest);
}

/*
 * An authentication that was given up, and another one by a different
 * mechanism on the same session: what Cyrus SASL could not take
 * (CVE-2011-1720).
 */
static void
note_auth(struct app_call *c, const struct smtp_command *cmd,
    struct text word, struct text rest)
{
	struct smtp_session *s = c->session;
	struct text mechanism = text_word(&rest);

	if (s->auth && text_is(word, "*")) {
		s->auth_given_up = true;
	} else if (cmd && cmd->flags & SMTP_AUTH) {
		struct text before = text_make(s->mechanism, s->n_mechanism);

		mechanism.len = mechanism.len < sizeof(s->mechanism) ?
		    mechanism.len : sizeof(s->mechanism);
		if (s->auth_given_up && !text_eq(before, mechanism))
			event(c, EV_AUTH_ATTACK);
		s->auth = true;
		s->auth_given_up = false;
		s->n_mechanism = (uint8_t)mechanism.len;
		if (mechanism.len)
			memcpy(s->mechanism, mechanism.ptr, mechanism.len);
	}
}

static void
note_sender(struct app_call *c, struct text address)
{
	const struct smtp_conf *conf = c->conf;
	struct smtp_session *s = c->session;
	struct smtp_note *n = note_of(c);

	keep(&s->from.n, s->from.b, address);
	if (!n || !conf->log_mailfrom)
		return;
	n->from.n = 0;
	mail_list_add(&n->from, bytes_of(address));
}

static void
note_recipient(struct app_call *c, struct text address)
{
	const struct smtp_conf *conf = c->conf;
	struct smtp_session *s = c->session;
	struct smtp_note *n = note_of(c);

	if (s->n_rcpts < RCPTS) {
		keep(&s->rcpts[s->n_rcpts].n, s->rcpts[s->n_rcpts].b, address);
		s->n_rcpts++;
	}
	if (n && conf->log_rcptto)
		mail_list_add(&n->rcpts, bytes_of(address));
}

static void
note(struct app_call *c, struct text word, struct text rest)
{
	struct smtp_session *s = c->session;

	if (text_is_nocase(word, "helo") || text_is_nocase(word, "ehlo")) {
		keep(&s->helo.n, s->helo.b, text_word(&rest));
	} else if (text_is_nocase(word, "mail")) {
		note_sender(c, address_of(rest));
	} else if (text_is_nocase(word, "rcpt")) {
		note_recipient(c, address_of(rest));
	} else if (text_is_nocase(word, "rset") && !s->mail) {
		s->n_rcpts = s->from.n = 0;
		note_drop(c);
	}
	s->wants_tls = text_is_nocase(word, "starttls");
}

static void
check_line(struct app_call *c, const struct smtp_command *cmd,
    struct text word, struct text rest, size_t len)
{
	const struct smtp_conf *conf = c->conf;

	if (cmd && cmd->max_len) {
		if (len > cmd->max_len)
			event(c, EV_ALT_LINE);
	} else if (conf->max_command_line && len > conf->max_command_line) {
		event(c, EV_COMMAND_LINE);
	}
	if (cmd && cmd->flags & SMTP_AUTH && conf->max_auth_line &&
	    len > conf->max_auth_line)
		event(c, EV_AUTH_LINE);
	if (cmd && cmd->flags & SMTP_INVALID)
		event(c, EV_ILLEGAL);
	else if (conf->alert_unknown && word.len && !(cmd &&
	    cmd->flags & SMTP_VALID))
		event(c, EV_UNKNOWN);
	if (conf->xlink2state && text_is_nocase(word, "x-link2state") &&
	    len > XLINK_MAX && text_is_nocase(text_word(&rest), "first"))
		event(c, EV_XLINK2STATE);
}

static void
read_command(struct app_call *c, const struct app_pdu *pdu,
    struct app_unit *u)
{
	struct smtp_session *s = c->session;
	struct text all = text_make((const char *)pdu->bytes.ptr,
	    pdu->bytes.len), rest = all, word = text_word(&rest);
	const struct smtp_command *cmd = find_command(c->conf, word);
	size_t len = all.len;

	c->ctrs[CTR_COMMANDS]++;
	len -= len && all.ptr[len - 1] == '\n';
	len -= len && all.ptr[len - 1] == '\r';
	if (s->answering) {
		s->answering = false;
		note_auth(c, NULL, word, rest);
		return;
	}
	check_line(c, cmd, word, rest, len);
	normalize(c, cmd, all, u);
	note(c, word, rest);
	note_auth(c, cmd, word, rest);
}

static void
read_reply(struct app_call *c, const struct app_pdu *pdu)
{
	const struct smtp_conf *conf = c->conf;
	struct smtp_session *s = c->session;
	struct text line = text_trim(text_make((const char *)pdu->bytes.ptr,
	    pdu->bytes.len));
	int64_t code;

	c->ctrs[CTR_REPLIES]++;
	if (conf->max_response_line && line.len > conf->max_response_line)
		event(c, EV_RESPONSE_LINE);
	if (!text_to_i64(text_make(line.ptr, line.len < 3 ? line.len : 3), 100,
	    599, &code) || (line.len > 3 && line.ptr[3] != ' '))
		return;
	s->answering = code == GO_ON;
	if (s->wants_tls && code == READY) {
		c->fate = conf->ignore_tls_data ? APP_IGNORED : APP_ANOTHER;
		c->another = APP_TLS;
	}
	s->wants_tls = false;
	/* DATA was refused: commands follow */
	if (code >= 400 && s->mode == SMTP_MESSAGE && !s->any_data)
		s->mode = SMTP_LINE;
}

/* -- messages -------------------------------------------------------------------------- */

static void
log_address(struct app_call *c, const char *name, const char *b, uint8_t n)
{
	if (n || !name)
		app_log_text(c, name, slice_make((const uint8_t *)b, n));
}

static void
log_message(struct app_call *c, struct smtp_session *s)
{
	const struct smtp_note *n = s->note;

	if (!app_log_begin(c, "smtp"))
		return;
	log_address(c, "helo", s->helo.b, s->helo.n);
	if (n && n->from.n)
		app_log_text(c, "mail_from", slice_make(
		    (const uint8_t *)n->from.b, n->from.n - 1u));
	else
		log_address(c, "mail_from", s->from.b, s->from.n);
	if (n && n->rcpts.n) {
		mail_list_log(c, "rcpt_to", &n->rcpts);
	} else if (s->n_rcpts) {
		app_log_open(c, "rcpt_to", FIELD_ARRAY);
		for (unsigned i = 0; i < s->n_rcpts; i++)
			log_address(c, NULL, s->rcpts[i].b, s->rcpts[i].n);
		app_log_close(c);
	}
	if (s->mail) {
		app_log_open(c, "email", FIELD_OBJECT);
		mail_log(c, s->mail);
		app_log_close(c);
	}
	app_log_end(c);
}

static void
tell(struct app_call *c, unsigned found)
{
	static const struct {
		unsigned bit;
		uint32_t sid;
	} map[] = {
		{ MAIL_BAD_B64, EV_B64 }, { MAIL_BAD_QP, EV_QP },
		{ MAIL_BAD_BIT, EV_BIT }, { MAIL_BAD_UU, EV_UU },
		{ MAIL_LONG_LINE, EV_HEADER_LINE },
		{ MAIL_LONG_NAME, EV_HEADER_NAME },
	};

	for (unsigned i = 0; i < ARRAY_LEN(map); i++)
		if (found & map[i].bit)
			event(c, map[i].sid);
}

static void
message_ended(struct app_call *c)
{
	struct smtp_session *s = c->session;

	log_message(c, s);
	mail_end(c, s->mail);
	s->mail = NULL;
	s->message_done = false;
	s->n_messages++;
	s->n_rcpts = s->from.n = 0;
	note_drop(c);
}

static void
message_begins(struct app_call *c, const struct app_pdu *pdu, uint8_t mode)
{
	const struct smtp_conf *conf = c->conf;
	struct smtp_session *s = c->session;
	struct smtp_worker *w = c->worker;
	bool last = pdu->ends && (mode == SMTP_MESSAGE || s->last_chunk);

	if (s->mail && s->message_done) /* it had too many units */
		message_ended(c);
	if (!s->mail) {
		c->ctrs[CTR_MESSAGES]++;
		s->mail = mail_begin(&w->mail, &conf->mail, FLOW_CLIENT,
		    mode == SMTP_MESSAGE, s->n_messages);
		if (!s->mail) {
			c->ctrs[CTR_NO_MEMORY]++;
			event(c, EV_MEMCAP);
			return;
		}
		if (note_of(c))
			s->mail->more = &s->note->more;
	}
	mail_feed(&w->mail, s->mail, last && mode == SMTP_MESSAGE ?
	    mail_without_dot(pdu->bytes) : pdu->bytes, last, pdu->gap);
	s->message_done = last;
}

static bool
read_message(struct app_call *c, const struct app_pdu *pdu, bool first,
    uint8_t mode, struct app_unit *u)
{
	const struct smtp_conf *conf = c->conf;
	struct smtp_session *s = c->session;
	unsigned found = 0;
	bool more;

	if (first) {
		mail_open_end(c->worker, &s->ahead);
		message_begins(c, pdu, mode);
	}
	if (first && conf->ignore_data)
		app_set(u, BUF_PAYLOAD, slice_make(pdu->bytes.ptr, 0));
	if (!s->mail)
		return first;
	more = mail_next(c, s->mail, conf->max_header_line, u, &found);
	tell(c, found);
	c->ctrs[CTR_PARTS] += more;
	if (more)
		return true;
	if (s->message_done)
		message_ended(c);
	return first;
}

static bool
smtp_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct smtp_session *s = c->session;
	uint8_t mode = pdu->ends ? s->ended : s->mode;

	if (pdu->side == FLOW_CLIENT && mode != SMTP_LINE)
		return read_message(c, pdu, first, mode, u);
	if (!first)
		return false;
	if (pdu->side == FLOW_SERVER)
		read_reply(c, pdu);
	else if (pdu->begins)
		read_command(c, pdu, u);
	return true;
}

static void
smtp_end(struct app_call *c)
{
	struct smtp_session *s = c->session;

	mail_open_end(c->worker, &s->ahead);
	if (s->mail)
		message_ended(c);
	note_drop(c);
}

/* What came of a line is judged as it stands. */
static bool
smtp_open(struct app_call *c, const struct app_open *o, bool first,
    struct app_unit *u)
{
	const struct smtp_conf *conf = c->conf;
	struct smtp_session *s = c->session;

	if (o->side != FLOW_CLIENT || s->mode == SMTP_LINE)
		return first;
	if (first && conf->ignore_data)
		app_set(u, BUF_PAYLOAD, slice_make(o->fresh.ptr, 0));
	return mail_open(c->worker, &conf->mail, s->message_done ? NULL :
	    s->mail, s->mode == SMTP_MESSAGE, &s->ahead, o, first,
	    c->ctrs + CTR_OPEN_NO_ROOM, u);
}

static bool
smtp_worker_init(void *worker, const void *conf)
{
	const struct smtp_conf *smtp = conf;
	struct smtp_worker *w = worker;

	slab_init(&w->notes, sizeof(struct smtp_note),
	    smtp->mail.memcap / sizeof(struct smtp_note) + 1);
	return mail_worker_init(worker, conf);
}

static void
smtp_worker_fini(void *worker)
{
	struct smtp_worker *w = worker;

	slab_fini(&w->notes);
	mail_worker_fini(worker);
}

/* The client's greeting decides; the server's may be FTP's. */
static enum app_guess
smtp_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	static const char *const words[] = { "EHLO ", "HELO ", "LHLO " };
	size_t n = bytes.len < 5 ? bytes.len : 5;

	(void)datagram;
	if (side == FLOW_SERVER)
		return memcmp(bytes.ptr, "220", n < 3 ? n : 3) == 0 ?
		    APP_MAYBE : APP_NO;
	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		if (text_is_nocase(text_make((const char *)bytes.ptr, n),
		    words[i]))
			return APP_YES;
	return n < 5 && n && strchr("EeHhLl", bytes.ptr[0]) ? APP_MAYBE :
	    APP_NO;
}

const struct app_ops app_smtp = {
	.name = "smtp",
	.help = "SMTP",
	.preproc = "smtp",
	.conf_default = &conf_default,
	.session_size = sizeof(struct smtp_session),
	.worker_size = sizeof(struct smtp_worker),
	.worker_init = smtp_worker_init,
	.worker_fini = smtp_worker_fini,
	.tcp = true,
	.guess = smtp_guess,
	.split = smtp_split,
	.next = smtp_next,
	.open = smtp_open,
	.end = smtp_end,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};
