/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FTP's control channel (RFC 959, 2228, 2428) and the data channels that it
 * announces. A PDU is a line. Events of gid 125 as Snort's README.ftptelnet
 * says.
 */
#include "decoders/app/ftp.h"

#include <stdlib.h>
#include <string.h>

#include "core/cursor.h"
#include "decoders/app/app.h"
#include "decoders/app/file.h"
#include "decoders/app/telnet.h"

enum {
	GID = 125,
	EV_TELNET = 1,
	EV_COMMAND,
	EV_LENGTH,
	EV_PARAMETER,
	EV_FORMAT,
	EV_RESPONSE,
	EV_ENCRYPTED,
	EV_BOUNCE,
	EV_EVASIVE,

	ROOM = 65536,
	DATA_MAX = 256,  /* of a command's parameter, kept for the log */
	PROTO_TCP = 6,
	DATA_IGNORED = 1, /* tag of a data channel that is not inspected */
	/* replies, RFC 959 4.2.1 and 2428, 2228 */
	PASSIVE = 227,
	EXTENDED_PASSIVE = 229,
	SECURED = 234,
};

#define FTP_COUNTERS(X)                                                        \
	X(COMMANDS, "commands", "commands read")                               \
	X(REPLIES, "replies", "replies read")                                  \
	X(NORMALIZED, "normalized", "lines that Telnet commands were taken"    \
	    " out of")                                                         \
	X(EXPECTED, "data_channels", "data channels announced")                \
	X(BOUNCES, "bounces", "of them, to somebody else")
enum {
#define X(NAME, name, help) CTR_##NAME,
	FTP_COUNTERS(X)
#undef X
	CTR_MAX
};
static const struct ctr_def counter_defs[] = { FTP_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "ftp", counter_defs, CTR_MAX };

static const struct dec_event_def events[] = {
	{ EV_TELNET, DEC_EV_DECODE, "ftp.telnet_command",
	    "(ftp_telnet) TELNET CMD on FTP Command Channel" },
	{ EV_COMMAND, DEC_EV_DECODE, "ftp.unknown_command",
	    "(ftp_telnet) Invalid FTP Command" },
	{ EV_LENGTH, DEC_EV_DECODE, "ftp.parameter_too_long",
	    "(ftp_telnet) FTP command parameters were too long" },
	{ EV_PARAMETER, DEC_EV_DECODE, "ftp.malformed_parameter",
	    "(ftp_telnet) FTP command parameters were malformed" },
	{ EV_FORMAT, DEC_EV_DECODE, "ftp.string_format",
	    "(ftp_telnet) FTP command parameters contained potential string "
	    "format" },
	{ EV_RESPONSE, DEC_EV_DECODE, "ftp.reply_too_long",
	    "(ftp_telnet) FTP response message was too long" },
	{ EV_ENCRYPTED, DEC_EV_DECODE, "ftp.encrypted",
	    "(ftp_telnet) FTP traffic encrypted" },
	{ EV_BOUNCE, DEC_EV_DECODE, "ftp.bounce",
	    "(ftp_telnet) FTP bounce attempt" },
	{ EV_EVASIVE, DEC_EV_DECODE, "ftp.evasive_telnet",
	    "(ftp_telnet) Evasive (incomplete) TELNET CMD on FTP Command "
	    "Channel" },
};
static const struct event_table event_tables[] = {
	{ GID, events, ARRAY_LEN(events) },
};

struct ftp_session {
	const struct ftp_server_conf *server; /* of the configuration it */
	const struct ftp_client_conf *client; /* began under */
	const struct ftp_conf *conf;
	/* the command that waits for its reply */
	char command[FTP_NAME_MAX + 1];
	uint16_t n_data, data_port;
	bool passive;
	char data[DATA_MAX];
};

struct ftp_worker {
	uint8_t room[ROOM];
};

/* RFC 959, 2228, 2389, 2428, 3659 and what servers have had for long; without
 * ftp_cmds. */
#define COMMAND(n) { .name = n }
static const struct ftp_command default_commands[] = {
	COMMAND("ABOR"), COMMAND("ACCT"), COMMAND("ADAT"), COMMAND("ALLO"),
	COMMAND("APPE"), COMMAND("AUTH"), COMMAND("CCC"), COMMAND("CDUP"),
	COMMAND("CLNT"), COMMAND("CONF"), COMMAND("CWD"), COMMAND("DELE"),
	COMMAND("ENC"), COMMAND("EPRT"), COMMAND("EPSV"), COMMAND("FEAT"),
	COMMAND("HELP"), COMMAND("LANG"), COMMAND("LIST"), COMMAND("LPRT"),
	COMMAND("LPSV"), COMMAND("MDTM"), COMMAND("MIC"), COMMAND("MKD"),
	COMMAND("MLSD"), COMMAND("MLST"), COMMAND("MODE"), COMMAND("NLST"),
	COMMAND("NOOP"), COMMAND("OPTS"), COMMAND("PASS"), COMMAND("PASV"),
	COMMAND("PBSZ"), COMMAND("PORT"), COMMAND("PROT"), COMMAND("PWD"),
	COMMAND("QUIT"), COMMAND("REIN"), COMMAND("REST"), COMMAND("RETR"),
	COMMAND("RMD"), COMMAND("RNFR"), COMMAND("RNTO"), COMMAND("SITE"),
	COMMAND("SIZE"), COMMAND("SMNT"), COMMAND("STAT"), COMMAND("STOR"),
	COMMAND("STOU"), COMMAND("STRU"), COMMAND("SYST"), COMMAND("TYPE"),
	COMMAND("USER"), COMMAND("XCUP"), COMMAND("XCWD"), COMMAND("XMKD"),
	COMMAND("XPWD"), COMMAND("XRMD"),
};
static const struct ftp_server_conf default_server = {
	.commands = default_commands,
	.n_commands = ARRAY_LEN(default_commands),
	.def_max_param_len = 100,
};
static const struct ftp_client_conf default_client = { .max_resp_len = 256 };
static const struct ftp_conf conf_default = {
	.servers = &default_server, .n_servers = 1,
	.clients = &default_client, .n_clients = 1,
};

/* -- whose configuration ------------------------------------------------------ */

static bool
is_in(const struct ftp_net *nets, unsigned n, const struct ipaddr *a)
{
	for (unsigned i = 0; i < n; i++)
		if (ipaddr_in_net(a, &nets[i].addr, nets[i].bits))
			return true;
	return false;
}

static struct ipaddr
side_addr(const struct flow *f, enum flow_side side)
{
	unsigned at = (side == FLOW_CLIENT) == f->client_is_low ? 0 : 1;
	struct ipaddr a = { .family = f->key.version };

	memcpy(a.b, f->key.addr[at], sizeof(a.b));
	return a;
}

static void
ftp_begin(struct app_call *c, uint32_t tag)
{
	const struct ftp_conf *conf = c->conf;
	struct ftp_session *s = c->session;
	struct ipaddr server = side_addr(c->flow, FLOW_SERVER);
	struct ipaddr client = side_addr(c->flow, FLOW_CLIENT);

	(void)tag;
	s->conf = conf;
	s->server = &default_server;
	s->client = &default_client;
	for (unsigned i = conf->n_servers; i-- > 0;)
		if (!conf->servers[i].n_nets)
			s->server = &conf->servers[i];
	for (unsigned i = conf->n_servers; i-- > 0;)
		if (is_in(conf->servers[i].nets, conf->servers[i].n_nets,
		    &server))
			s->server = &conf->servers[i];
	for (unsigned i = conf->n_clients; i-- > 0;)
		if (!conf->clients[i].n_nets)
			s->client = &conf->clients[i];
	for (unsigned i = conf->n_clients; i-- > 0;)
		if (is_in(conf->clients[i].nets, conf->clients[i].n_nets,
		    &client))
			s->client = &conf->clients[i];
}

static size_t
ftp_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	const uint8_t *end = bytes.len ? memchr(bytes.ptr, '\n', bytes.len) :
	    NULL;

	(void)c;
	(void)side;
	return end ? (size_t)(end - bytes.ptr) + 1 : 0;
}

/* -- data channels --------------------------------------------------------------- */

/* `from` will open a connection to addr and port. */
static void
expect_data(struct app_call *c, const struct ipaddr *from,
    const struct ipaddr *addr, uint16_t port)
{
	struct ftp_session *s = c->session;
	struct app_expect x = { .client = *from, .server = *addr,
		.server_port = port, .ip_proto = PROTO_TCP,
		.app = APP_FTP_DATA,
		.tag = s->server->ignore_data ? DATA_IGNORED : 0 };

	s->data_port = port;
	c->ctrs[CTR_EXPECTED]++;
	app_expect(c, &x);
}

static bool
may_bounce(const struct ftp_client_conf *conf, const struct ipaddr *addr,
    uint16_t port)
{
	for (unsigned i = 0; i < conf->n_bounces; i++) {
		const struct ftp_bounce *b = &conf->bounces[i];

		if (ipaddr_in_net(addr, &b->net.addr, b->net.bits) &&
		    port >= b->port_lo && port <= b->port_hi)
			return true;
	}
	return false;
}

/* PORT and EPRT: the server will connect there. */
static void
active_mode(struct app_call *c, const struct ipaddr *named, uint16_t port)
{
	struct ftp_session *s = c->session;
	struct ipaddr client = side_addr(c->flow, FLOW_CLIENT);
	struct ipaddr server = side_addr(c->flow, FLOW_SERVER);
	const struct ipaddr *addr = named->family ? named : &client;

	s->passive = false;
	if (!ipaddr_eq(addr, &client)) {
		c->ctrs[CTR_BOUNCES]++;
		if (s->client->bounce && !may_bounce(s->client, addr, port))
			app_event(c, GID, EV_BOUNCE);
	}
	expect_data(c, &server, addr, port);
}

/* A reply to PASV or EPSV: the client will connect there. */
static void
passive_mode(struct app_call *c, struct text reply, unsigned code)
{
	struct ftp_session *s = c->session;
	struct ipaddr client = side_addr(c->flow, FLOW_CLIENT);
	struct ipaddr addr = side_addr(c->flow, FLOW_SERVER);
	uint16_t port;

	text_cut(&reply, '(');
	reply = text_cut(&reply, ')');
	if (code == PASSIVE) {
		if (!ftp_parse_port(reply, &addr, &port))
			return;
	} else {
		struct ipaddr named;

		if (!ftp_parse_eprt(reply, &named, &port))
			return;
		if (named.family)
			addr = named;
	}
	s->passive = true;
	expect_data(c, &client, &addr, port);
}

/* -- commands ------------------------------------------------------------------- */

static int
by_name(const void *name, const void *command)
{
	return strcmp(name, ((const struct ftp_command *)command)->name);
}

static const struct ftp_command *
find_command(const struct ftp_server_conf *conf, const char *name)
{
	return conf->n_commands ? bsearch(name, conf->commands,
	    conf->n_commands, sizeof(*conf->commands), by_name) : NULL;
}

/* The command's name in upper case; false: it has none of that length. */
static bool
take_name(struct text word, char name[FTP_NAME_MAX + 1])
{
	if (!word.len || word.len > FTP_NAME_MAX)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		char b = word.ptr[i];

		name[i] = b >= 'a' && b <= 'z' ? (char)(b - 'a' + 'A') : b;
	}
	name[word.len] = '\0';
	return true;
}

static void
check_parameter(struct app_call *c, const struct ftp_server_conf *conf,
    const struct ftp_command *cmd, struct text param)
{
	uint32_t max = cmd && cmd->has_max ? cmd->max_len :
	    conf->def_max_param_len;

	if (param.len > max && (max || (cmd && cmd->has_max)))
		app_event(c, GID, EV_LENGTH);
	if (!cmd)
		return;
	if (cmd->check_format && param.len &&
	    memchr(param.ptr, '%', param.len))
		app_event(c, GID, EV_FORMAT);
	if (!ftp_format_fits(cmd->format, param))
		app_event(c, GID, EV_PARAMETER);
}

static void
note_command(struct ftp_session *s, const char *name, struct text param)
{
	memcpy(s->command, name, sizeof(s->command));
	s->n_data = (uint16_t)(param.len < DATA_MAX ? param.len : DATA_MAX);
	if (s->n_data)
		memcpy(s->data, param.ptr, s->n_data);
}

static void
read_command(struct app_call *c, struct text line)
{
	struct ftp_session *s = c->session;
	struct text word = text_word(&line), param = text_trim(line);
	char name[FTP_NAME_MAX + 1] = "";
	const struct ftp_command *cmd = NULL;
	struct ipaddr addr;
	uint16_t port;

	c->ctrs[CTR_COMMANDS]++;
	if (!word.len)
		return;
	if (take_name(word, name))
		cmd = find_command(s->server, name);
	if (!cmd)
		app_event(c, GID, EV_COMMAND);
	check_parameter(c, s->server, cmd, param);
	note_command(s, name, param);
	if (!strcmp(name, "PORT") && ftp_parse_port(param, &addr, &port))
		active_mode(c, &addr, port);
	else if (!strcmp(name, "EPRT") && ftp_parse_eprt(param, &addr, &port))
		active_mode(c, &addr, port);
}

/* -- replies ------------------------------------------------------------------------ */

static void
log_reply(struct app_call *c, unsigned code, struct text reply)
{
	struct ftp_session *s = c->session;
	char number[4] = { (char)('0' + code / 100),
		(char)('0' + code / 10 % 10), (char)('0' + code % 10), 0 };

	if (!app_log_begin(c, "ftp"))
		return;
	if (s->command[0]) {
		app_log_text(c, "command", slice_make(
		    (const uint8_t *)s->command, strlen(s->command)));
		if (s->n_data)
			app_log_text(c, "command_data", slice_make(
			    (const uint8_t *)s->data, s->n_data));
	}
	app_log_open(c, "reply", FIELD_ARRAY);
	app_log_text(c, NULL, slice_make((const uint8_t *)reply.ptr,
	    reply.len));
	app_log_close(c);
	app_log_open(c, "completion_code", FIELD_ARRAY);
	app_log_text(c, NULL, slice_make((const uint8_t *)number, 3));
	app_log_close(c);
	if (s->data_port) {
		app_log_number(c, "dynamic_port", s->data_port);
		app_log_text(c, "mode", s->passive ?
		    slice_make((const uint8_t *)"passive", 7) :
		    slice_make((const uint8_t *)"active", 6));
	}
	app_log_end(c);
}

static void
secured(struct app_call *c)
{
	struct ftp_session *s = c->session;

	if (s->conf->alert_encrypted)
		app_event(c, GID, EV_ENCRYPTED);
	c->fate = APP_ANOTHER;
	c->another = APP_TLS;
}

static void
read_reply(struct app_call *c, struct text line)
{
	struct ftp_session *s = c->session;
	struct text code_text = text_make(line.ptr, line.len < 3 ? line.len :
	    3), rest;
	int64_t code;

	if (s->client->max_resp_len && line.len > s->client->max_resp_len)
		app_event(c, GID, EV_RESPONSE);
	/* "nnn-" begins a reply of several lines, which "nnn " ends */
	if (!text_to_i64(code_text, 100, 699, &code) || (line.len > 3 &&
	    line.ptr[3] != ' '))
		return;
	c->ctrs[CTR_REPLIES]++;
	rest = line.len > 4 ? text_make(line.ptr + 4, line.len - 4) :
	    text_make(NULL, 0);
	if (code == PASSIVE || code == EXTENDED_PASSIVE)
		passive_mode(c, rest, (unsigned)code);
	log_reply(c, (unsigned)code, rest);
	if (code == SECURED && !strcmp(s->command, "AUTH"))
		secured(c);
	if (code >= 200) {
		s->command[0] = '\0';
		s->data_port = 0;
	}
}

/* -- lines ------------------------------------------------------------------------------ */

/* Telnet's commands out of the line; what there was of them is told. */
static struct slice
normalize(struct app_call *c, const struct app_pdu *pdu, struct app_unit *u)
{
	struct ftp_session *s = c->session;
	struct ftp_worker *w = c->worker;
	bool client = pdu->side == FLOW_CLIENT;
	bool erase = !(client ? s->server->ignore_erase :
	    s->client->ignore_erase);
	struct slice in = pdu->bytes;
	struct telnet_seen seen;
	size_t n;

	if (in.len > ROOM)
		in.len = ROOM;
	if (!in.len || !memchr(in.ptr, 255, in.len))
		return in;
	n = telnet_strip(in, erase, 0, w->room, &seen);
	if (!seen.commands && !seen.unfinished)
		return slice_make(w->room, n);
	c->ctrs[CTR_NORMALIZED]++;
	app_set(u, BUF_DECODED, slice_make(w->room, n));
	if (client ? s->server->telnet_cmds : s->client->telnet_cmds)
		app_event(c, GID, seen.unknown || seen.unfinished ?
		    EV_EVASIVE : EV_TELNET);
	return slice_make(w->room, n);
}

static bool
ftp_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct slice line;
	struct text t;

	if (!first)
		return false;
	line = normalize(c, pdu, u);
	t = text_trim(text_make((const char *)line.ptr, line.len));
	if (pdu->side == FLOW_SERVER)
		read_reply(c, t);
	else if (pdu->begins)
		read_command(c, t);
	return true;
}

/* May the bytes go on to one of the words, or have they? */
static enum app_guess
begins_with(const char *const *words, unsigned n_words, struct slice bytes)
{
	bool maybe = false;

	for (unsigned i = 0; i < n_words; i++) {
		size_t n = strlen(words[i]);

		if (memcmp(bytes.ptr, words[i],
		    bytes.len < n ? bytes.len : n) != 0)
			continue;
		if (bytes.len >= n)
			return APP_YES;
		maybe = true;
	}
	return maybe ? APP_MAYBE : APP_NO;
}

/* A server greets with 220 and names itself. A client's words may be for mail
 * as well: they decide nothing. */
static enum app_guess
ftp_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	static const char *const greetings[] = { "220 FTP", "220-FTP",
		"220 ProFTPD", "220 (vsFTPd", "220-FileZilla",
		"220 Microsoft FTP", "220---------- Welcome to Pure-FT",
		"220 Pure-FTPd" };
	static const char *const commands[] = { "USER ", "AUTH ", "FEAT\r",
		"HOST ", "CLNT " };

	(void)datagram;
	if (side == FLOW_SERVER)
		return begins_with(greetings, ARRAY_LEN(greetings), bytes);
	return begins_with(commands, ARRAY_LEN(commands), bytes) == APP_NO ?
	    APP_NO : APP_MAYBE;
}

const struct app_ops app_ftp = {
	.name = "ftp",
	.help = "FTP, its control channel",
	.preproc = "ftp_telnet_protocol",
	.conf_default = &conf_default,
	.session_size = sizeof(struct ftp_session),
	.worker_size = sizeof(struct ftp_worker),
	.tcp = true,
	.guess = ftp_guess,
	.begin = ftp_begin,
	.split = ftp_split,
	.next = ftp_next,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};

/* -- the data channel ------------------------------------------------------------------------ */

struct ftp_data_session {
	bool ignored;
	bool begun; /* the file */
	uint8_t side; /* who sends it */
	struct app_file file; /* its name is the other session's matter */
};

static void
data_begin(struct app_call *c, uint32_t tag)
{
	struct ftp_data_session *s = c->session;

	s->ignored = tag == DATA_IGNORED;
}

/* What is shown once more is no news. */
static void
data_file(struct app_call *c, const struct app_pdu *pdu)
{
	struct ftp_data_session *s = c->session;

	if (pdu->open || (s->begun && pdu->side != s->side))
		return;
	if (!s->begun)
		app_file_begin(c, &s->file, slice_make(NULL, 0));
	s->side = (uint8_t)pdu->side;
	if (pdu->gap)
		app_file_gap(&s->file, 0);
	app_file_data(&s->file, pdu->bytes);
}

/* The sender's FIN ends it. */
static void
data_end(struct app_call *c)
{
	struct ftp_data_session *s = c->session;

	if (!s->begun)
		return;
	app_file_end(&s->file, !stream_is_whole(c->flow,
	    (enum flow_side)s->side));
	app_file_log(c, &s->file, 0, (enum flow_side)s->side);
}

/* What goes over it is the file. */
static bool
data_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct ftp_data_session *s = c->session;

	if (!first)
		return false;
	if (s->ignored) {
		c->fate = APP_IGNORED;
	} else {
		app_set(u, BUF_FILE_DATA, pdu->bytes);
		u->file_begins = !s->begun;
		data_file(c, pdu);
		s->begun = true;
	}
	return true;
}

/* Before the stream hands it out. */
static bool
data_open(struct app_call *c, const struct app_open *o, bool first,
    struct app_unit *u)
{
	const struct ftp_data_session *s = c->session;

	if (!first || s->ignored)
		return first;
	app_set(u, BUF_FILE_DATA, o->shown);
	u->cut |= o->at ? 1u << BUF_FILE_DATA : 0;
	return true;
}

const struct app_ops app_ftp_data = {
	.name = "ftp-data",
	.help = "FTP, its data channels",
	.preproc = "ftp_telnet_protocol",
	.session_size = sizeof(struct ftp_data_session),
	.tcp = true,
	.begin = data_begin,
	.next = data_next,
	.open = data_open,
	.end = data_end,
};
