/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * POP3 (RFC 1939, 2449, 2595 STLS). PDUs are lines, and the messages that
 * answer RETR and TOP. Events of gid 142 as Snort's README.pop says.
 */
#include <string.h>

#include "decoders/app/mail.h"

enum {
	GID = 142,
	EV_COMMAND = 1,
	EV_RESPONSE,
	PENDING_MAX = 64, /* commands whose answer is not there yet */
};

enum pop_answer { POP_LINE, POP_LISTING, POP_MESSAGE, POP_TLS };

struct pop_session {
	struct mail_verb verb[FLOW_SIDES];
	/* what the answers to come are, the first one at `first` */
	uint8_t answers[PENDING_MAX], first, n;
	uint8_t mode;  /* of the server's next byte: enum pop_answer */
	uint8_t ended; /* of its PDU that ended last */
	uint8_t dot;
	bool secure;   /* STLS was answered */
	bool unknown;  /* the command line that ended last is no command */
	bool authenticating; /* what follows AUTH is no command */
	struct mail_reader message;
};

#define POP_COUNTERS(X)                                                        \
	X(COMMANDS, "commands", "commands read")                               \
	X(REPLIES, "replies", "replies read")                                  \
	X(MESSAGES, "messages", "messages")                                    \
	X(PARTS, "parts", "units of decoded parts")                            \
	X(NO_MEMORY, "no_memory", "messages not decoded: memcap")              \
	X(OPEN_NO_ROOM, "open_no_room", "inline: parts of messages not judged" \
	    " before they are whole: too many are under way")
enum {
#define X(NAME, name, help) CTR_##NAME,
	POP_COUNTERS(X)
#undef X
	CTR_MAX
};
static const struct ctr_def counter_defs[] = { POP_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "pop3", counter_defs, CTR_MAX };

static const struct dec_event_def events[] = {
	{ EV_COMMAND, DEC_EV_DECODE, "pop3.unknown_command",
	    "(POP) Unknown POP3 command" },
	{ EV_RESPONSE, DEC_EV_DECODE, "pop3.unknown_response",
	    "(POP) Unknown POP3 response" },
	{ MAIL_EV_MEMCAP, DEC_EV_DECODE, "pop3.memcap",
	    "(POP) No memory available for decoding. Memcap exceeded" },
	{ MAIL_EV_B64, DEC_EV_DECODE, "pop3.bad_base64",
	    "(POP) Base64 Decoding failed." },
	{ MAIL_EV_QP, DEC_EV_DECODE, "pop3.bad_quoted_printable",
	    "(POP) Quoted-Printable Decoding failed." },
	{ MAIL_EV_BIT, DEC_EV_DECODE, "pop3.bad_plain",
	    "(POP) 7bit/8bit/binary/text Extraction failed." },
	{ MAIL_EV_UU, DEC_EV_DECODE, "pop3.bad_uuencode",
	    "(POP) Unix-to-Unix Decoding failed." },
};
static const struct event_table event_tables[] = {
	{ GID, events, ARRAY_LEN(events) },
};

static const struct mail_conf conf_default = {
	.mime = { .depth = { 1460, 1460, 1460, 1460 } },
	.memcap = MAIL_MEMCAP,
};

/* Commands, and what answers them. */
static const struct {
	const char *name;
	enum pop_answer answer;
	bool args_matter; /* a listing only without an argument */
} commands[] = {
	{ "apop", POP_LINE, false }, { "auth", POP_LINE, false },
	{ "capa", POP_LISTING, false }, { "dele", POP_LINE, false },
	{ "list", POP_LISTING, true }, { "noop", POP_LINE, false },
	{ "pass", POP_LINE, false }, { "quit", POP_LINE, false },
	{ "retr", POP_MESSAGE, false }, { "rset", POP_LINE, false },
	{ "stat", POP_LINE, false }, { "stls", POP_TLS, false },
	{ "top", POP_MESSAGE, false }, { "uidl", POP_LISTING, true },
	{ "user", POP_LINE, false }, { "utf8", POP_LINE, false },
};

/* -- pieces ------------------------------------------------------------------ */

static void
await(struct pop_session *s, enum pop_answer answer)
{
	if (s->n < PENDING_MAX)
		s->answers[(s->first + s->n++) % PENDING_MAX] =
		    (uint8_t)answer;
}

static void
command_line(struct pop_session *s)
{
	struct text rest = mail_verb_text(&s->verb[FLOW_CLIENT]);
	struct text word = text_word(&rest);

	s->verb[FLOW_CLIENT].n = 0;
	s->unknown = false;
	if (s->authenticating) {
		await(s, POP_LINE);
		return;
	}
	for (unsigned i = 0; i < ARRAY_LEN(commands); i++) {
		if (!text_is_nocase(word, commands[i].name))
			continue;
		s->authenticating = text_is_nocase(word, "auth");
		await(s, commands[i].args_matter && text_trim(rest).len ?
		    POP_LINE : commands[i].answer);
		return;
	}
	s->unknown = true;
	await(s, POP_LINE);
}

/* The first line of an answer; what follows it. */
static void
answer_line(struct pop_session *s)
{
	struct text line = mail_verb_text(&s->verb[FLOW_SERVER]);
	bool ok = line.len >= 3 && !memcmp(line.ptr, "+OK", 3);
	enum pop_answer answer = POP_LINE;

	s->verb[FLOW_SERVER].n = 0;
	if (line.len && line.ptr[0] == '+' && !ok)
		return; /* "+ ": go on with AUTH */
	if (s->n) {
		answer = (enum pop_answer)s->answers[s->first];
		s->first = (uint8_t)((s->first + 1) % PENDING_MAX);
		s->n--;
	}
	if (s->authenticating && (ok || (line.len && line.ptr[0] == '-')))
		s->authenticating = false;
	s->secure |= ok && answer == POP_TLS;
	if (ok && (answer == POP_LISTING || answer == POP_MESSAGE)) {
		s->mode = (uint8_t)answer;
		s->dot = 0;
	}
}

static size_t
pop_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct pop_session *s = c->session;
	const uint8_t *end;
	size_t n;

	if (!bytes.ptr) {
		s->verb[side].n = 0;
		return 0;
	}
	if (side == FLOW_SERVER)
		s->ended = s->mode;
	if (side == FLOW_SERVER && s->mode != POP_LINE) {
		n = mail_split(&s->dot, bytes);
		if (n)
			s->mode = POP_LINE;
		return n;
	}
	end = memchr(bytes.ptr, '\n', bytes.len);
	n = end ? (size_t)(end - bytes.ptr) + 1 : bytes.len;
	mail_verb_add(&s->verb[side], bytes.ptr, n);
	if (!end)
		return 0;
	if (side == FLOW_CLIENT)
		command_line(s);
	else
		answer_line(s);
	return n;
}

/* -- messages ----------------------------------------------------------- */

static const struct mail_of mail_of = { "pop3", GID, true, CTR_MESSAGES, CTR_PARTS,
	CTR_NO_MEMORY, CTR_OPEN_NO_ROOM };

static bool
pop_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct pop_session *s = c->session;
	uint8_t mode = pdu->ends ? s->ended : s->mode;
	const uint8_t *b = pdu->bytes.ptr;

	if (pdu->side == FLOW_SERVER && mode == POP_MESSAGE)
		return mail_read(c, &mail_of, &s->message, pdu, first, u);
	if (!first)
		return false;
	if (pdu->side == FLOW_CLIENT) {
		c->ctrs[CTR_COMMANDS]++;
		if (pdu->begins && pdu->ends && s->unknown)
			app_event(c, GID, EV_COMMAND);
		return true;
	}
	if (mode != POP_LINE)
		return true;
	c->ctrs[CTR_REPLIES]++;
	if (pdu->begins && b[0] != '+' && b[0] != '-')
		app_event(c, GID, EV_RESPONSE);
	if (s->secure) {
		c->fate = APP_ANOTHER;
		c->another = APP_TLS;
	}
	return true;
}

/* What came of a line is judged as it stands. */
static bool
pop_open(struct app_call *c, const struct app_open *o, bool first,
    struct app_unit *u)
{
	struct pop_session *s = c->session;

	return o->side == FLOW_SERVER && s->mode == POP_MESSAGE ?
	    mail_show(c, &mail_of, &s->message, o, first, u) : first;
}

static void
pop_end(struct app_call *c)
{
	struct pop_session *s = c->session;

	mail_finish(c, &mail_of, &s->message);
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
pop_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	static const char greeting[] = "+OK ";
	size_t n = bytes.len < 4 ? bytes.len : 4;

	(void)datagram;
	if (side == FLOW_CLIENT)
		return bytes.len && bytes.ptr[0] < 'A' ? APP_NO : APP_MAYBE;
	if (memcmp(bytes.ptr, greeting, n) != 0)
		return APP_NO;
	return n == 4 ? APP_YES : APP_MAYBE;
}

const struct app_ops app_pop3 = {
	.name = "pop3",
	.help = "POP3",
	.preproc = "pop",
	.conf_default = &conf_default,
	.session_size = sizeof(struct pop_session),
	.worker_size = sizeof(struct mail_worker),
	.worker_init = worker_init,
	.worker_fini = worker_fini,
	.tcp = true,
	.guess = pop_guess,
	.split = pop_split,
	.next = pop_next,
	.open = pop_open,
	.end = pop_end,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};
