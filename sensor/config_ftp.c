/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor ftp_telnet and ftp_telnet_protocol (Snort's
 * README.ftptelnet). */
#include <string.h>

#include "decoders/app/ftp.h"
#include "decoders/app/telnet.h"
#include "sensor/applier.h"

enum { FORMAT_PARTS = 64 }; /* of one cmd_validity */

/* The configuration under construction; it is const once the file is read. */
static struct ftp_conf *
ftp_conf(struct applier *a)
{
	static const uint16_t ports[] = { 21 };
	struct app_proto_conf *p = &a->s->track.app.proto[APP_FTP];

	if (!p->on) {
		struct ftp_conf *c = applier_proto(a, APP_FTP, sizeof(*c),
		    ports, ARRAY_LEN(ports));

		if (c)
			*c = (struct ftp_conf){
				.check_encrypted = a->ftp.check_encrypted,
				.alert_encrypted = a->ftp.alert_encrypted };
		a->s->track.app.proto[APP_FTP_DATA].on = true;
	}
	return (struct ftp_conf *)(uintptr_t)p->conf;
}

void
config_ftp_telnet(struct applier *a)
{
	struct text rest = a->d->args, word = applier_token(&rest);

	if (!text_is_nocase(word, "global")) {
		applier_bad(a, word, "global belongs here");
		return;
	}
	while ((word = applier_token(&rest)).len) {
		if (text_is_nocase(word, "inspection_type")) {
			/* what is followed is stream5's matter */
			word = applier_token(&rest);
			if (!text_is_nocase(word, "stateful") &&
			    !text_is_nocase(word, "stateless")) {
				applier_bad(a, word, "stateful or stateless");
				return;
			}
		} else if (text_is_nocase(word, "encrypted_traffic")) {
			if (!applier_is_on(a, &rest, &a->ftp.alert_encrypted))
				return;
		} else if (text_is_nocase(word, "check_encrypted")) {
			a->ftp.check_encrypted = true;
		} else if (text_is_nocase(word, "memcap")) {
			int64_t n;

			if (!applier_number(a, &rest, 0, UINT32_MAX, &n))
				return;
		} else {
			applier_bad(a, word, "inspection_type, "
			    "encrypted_traffic or check_encrypted");
			return;
		}
	}
}

/* -- addresses --------------------------------------------------------------- */

static bool
take_net(struct applier *a, struct text word, struct ftp_net *net)
{
	struct text rest = word, addr = text_cut(&rest, '/');
	int64_t bits;

	if (!ipaddr_parse(addr, &net->addr)) {
		applier_bad(a, word, "an address or a network belongs here");
		return false;
	}
	bits = net->addr.family == 4 ? 32 : 128;
	if (rest.ptr && !text_to_i64(rest, 0, bits, &bits)) {
		applier_bad(a, word, "the network's length is wrong");
		return false;
	}
	net->bits = (uint8_t)bits;
	return true;
}

struct nets {
	struct ftp_net *v;
	unsigned n;
};

static bool
add_net(struct applier *a, struct text word, void *arg)
{
	struct nets *nets = arg;
	struct ftp_net net;

	if (!take_net(a, word, &net))
		return false;
	nets->v = settings_grow(&a->t->arena, nets->v, nets->n, sizeof(net));
	nets->v[nets->n++] = net;
	return true;
}

/* default, an address, or { addresses }. */
static bool
whose(struct applier *a, struct text *rest, struct nets *nets)
{
	struct text ahead = *rest, word = applier_token(&ahead);

	if (text_is(word, "{"))
		return applier_list(a, rest, add_net, nets);
	*rest = ahead;
	return text_is_nocase(word, "default") || add_net(a, word, nets);
}

/* -- Telnet -------------------------------------------------------------------- */

static void
telnet_line(struct applier *a, struct text rest)
{
	static const uint16_t ports[] = { 23 };
	struct telnet_conf *c = applier_proto(a, APP_TELNET, sizeof(*c),
	    ports, ARRAY_LEN(ports));
	struct text word;
	int64_t n;

	if (!c)
		return;
	*c = (struct telnet_conf){ .check_encrypted = a->ftp.check_encrypted,
		.alert_encrypted = a->ftp.alert_encrypted };
	while ((word = applier_token(&rest)).len) {
		if (text_is_nocase(word, "ports")) {
			if (!applier_port_list(a, &rest,
			    &a->s->track.app.proto[APP_TELNET].ports))
				return;
		} else if (text_is_nocase(word, "normalize")) {
			c->normalize = true;
		} else if (text_is_nocase(word, "detect_anomalies")) {
			c->detect_anomalies = true;
		} else if (text_is_nocase(word, "ayt_attack_thresh")) {
			if (!applier_number(a, &rest, -1, INT32_MAX, &n))
				return;
			c->ayt_threshold = n > 0 ? (uint32_t)n : 0;
		} else {
			applier_bad(a, word, "ports { }, normalize, "
			    "ayt_attack_thresh N or detect_anomalies");
			return;
		}
	}
}

/* -- cmd_validity ----------------------------------------------------------------- */

struct format_reader {
	struct applier *a;
	struct text *rest;
	unsigned left; /* parts that it may still have */
};

static struct ftp_format *parse_parts(struct format_reader *r,
    const char *ends, char *end);

/* Where every way through the parts ends, goes on at next. */
static void
link_tail(struct ftp_format *f, const struct ftp_format *next)
{
	for (; f; f = (struct ftp_format *)(uintptr_t)f->next) {
		if (f->kind == FTP_OPTIONAL)
			link_tail((struct ftp_format *)(uintptr_t)f->inner,
			    next);
		for (struct ftp_format *o = f; f->kind == FTP_CHOICE && o;
		     o = (struct ftp_format *)(uintptr_t)o->other)
			link_tail((struct ftp_format *)(uintptr_t)o->inner,
			    next);
		if (!f->next) {
			f->next = next;
			return;
		}
	}
}

static struct ftp_format *
new_part(struct format_reader *r, enum ftp_format_kind kind)
{
	struct ftp_format *f;

	if (!r->left) {
		applier_bad(r->a, *r->rest, "a format with too many parts");
		return NULL;
	}
	r->left--;
	f = arena_xalloc(&r->a->t->arena, sizeof(*f));
	f->kind = kind;
	return f;
}

static struct ftp_format *
parse_choice(struct format_reader *r)
{
	struct ftp_format *first = NULL, **link = &first;
	char end = '|';

	while (end == '|') {
		struct ftp_format *f = new_part(r, FTP_CHOICE);

		if (!f)
			return NULL;
		f->inner = parse_parts(r, "|}", &end);
		if (!f->inner)
			return NULL;
		*link = f;
		link = (struct ftp_format **)(uintptr_t)&f->other;
	}
	return first;
}

static struct ftp_format *
parse_part(struct format_reader *r, struct text word)
{
	static const struct {
		const char *name;
		enum ftp_format_kind kind;
	} plain[] = {
		{ "int", FTP_INT }, { "number", FTP_NUMBER },
		{ "string", FTP_STRING }, { "host_port", FTP_HOST_PORT },
		{ "long_host_port", FTP_LONG_HOST_PORT },
		{ "extended_host_port", FTP_EXT_HOST_PORT },
	};
	struct ftp_format *f;
	char end;

	if (text_is(word, "{"))
		return parse_choice(r);
	if (text_is(word, "[")) {
		f = new_part(r, FTP_OPTIONAL);
		if (f)
			f->inner = parse_parts(r, "]", &end);
		return f && f->inner ? f : NULL;
	}
	if (text_is_nocase(word, "char") || text_is_nocase(word, "date")) {
		f = new_part(r, text_is_nocase(word, "char") ? FTP_CHAR :
		    FTP_DATE);
		if (!f)
			return NULL;
		f->text = text_word(r->rest);
		if (f->text.len)
			return f;
		applier_bad(r->a, word, "characters belong behind it");
		return NULL;
	}
	for (unsigned i = 0; i < ARRAY_LEN(plain); i++)
		if (text_is_nocase(word, plain[i].name))
			return new_part(r, plain[i].kind);
	applier_bad(r->a, word, "int, number, char, date, string, host_port, "
	    "long_host_port, extended_host_port, { | } or [ ]");
	return NULL;
}

/* Parts up to one of the ends, which is then in *end; NULL after an error. */
static struct ftp_format *
parse_parts(struct format_reader *r, const char *ends, char *end)
{
	struct ftp_format *first = NULL, *last = NULL;

	for (;;) {
		struct text word = text_word(r->rest);
		struct ftp_format *f;

		if (word.len == 1 && strchr(ends, word.ptr[0]) && first) {
			*end = word.ptr[0];
			return first;
		}
		if (!word.len) {
			applier_bad(r->a, word, "the format has no end");
			return NULL;
		}
		f = parse_part(r, word);
		if (!f)
			return NULL;
		if (last) {
			/* a choice goes on behind each of its alternatives */
			link_tail(last, f);
			last->next = f;
		}
		if (!first)
			first = f;
		last = f;
	}
}

/* -- FTP's servers ------------------------------------------------------------------- */

/* A server while it is read. */
struct server_reader {
	struct ftp_server_conf conf;
	struct ftp_command *commands; /* ascending */
	unsigned n;
	bool has_list;
	/* of the list that is read */
	bool is_list, check_format;
	uint32_t max_len;
};

static bool
command_name(struct applier *a, struct text word, char name[FTP_NAME_MAX + 1])
{
	if (!word.len || word.len > FTP_NAME_MAX) {
		applier_bad(a, word, "a command of at most 8 letters belongs "
		    "here");
		return false;
	}
	for (size_t i = 0; i < word.len; i++) {
		char b = word.ptr[i];

		name[i] = b >= 'a' && b <= 'z' ? (char)(b - 'a' + 'A') : b;
	}
	name[word.len] = '\0';
	return true;
}

/* The command in its place of the list, added if it is new. */
static struct ftp_command *
get_command(struct applier *a, struct server_reader *r, struct text word)
{
	char name[FTP_NAME_MAX + 1];
	unsigned at = 0;

	if (!command_name(a, word, name))
		return NULL;
	while (at < r->n && strcmp(r->commands[at].name, name) < 0)
		at++;
	if (at < r->n && !strcmp(r->commands[at].name, name))
		return &r->commands[at];
	r->commands = settings_grow(&a->t->arena, r->commands, r->n,
	    sizeof(*r->commands));
	memmove(r->commands + at + 1, r->commands + at,
	    (r->n - at) * sizeof(*r->commands));
	r->n++;
	r->commands[at] = (struct ftp_command){ .max_len = 0 };
	memcpy(r->commands[at].name, name, sizeof(name));
	return &r->commands[at];
}

static bool
take_command(struct applier *a, struct text word, void *arg)
{
	struct server_reader *r = arg;
	struct ftp_command *cmd = get_command(a, r, word);

	if (!cmd)
		return false;
	if (r->is_list)
		return true;
	if (r->check_format) {
		cmd->check_format = true;
	} else {
		cmd->has_max = true;
		cmd->max_len = r->max_len;
	}
	return true;
}

static bool
validity(struct applier *a, struct text *rest, struct server_reader *r)
{
	struct format_reader f = { a, rest, FORMAT_PARTS };
	struct ftp_command *cmd = get_command(a, r, text_word(rest));
	char end;

	if (!cmd)
		return false;
	if (!text_is(text_word(rest), "<")) {
		applier_bad(a, *rest, "a format belongs here, in < >");
		return false;
	}
	cmd->format = parse_parts(&f, ">", &end);
	return cmd->format != NULL;
}

/* What a server's word says; false after an error. */
static bool
server_word(struct applier *a, struct text word, struct text *rest,
    struct server_reader *r)
{
	int64_t n;

	r->is_list = r->check_format = false;
	if (text_is_nocase(word, "ports"))
		return applier_port_list(a, rest,
		    &a->s->track.app.proto[APP_FTP].ports);
	if (text_is_nocase(word, "ftp_cmds") ||
	    text_is_nocase(word, "data_chan_cmds") ||
	    text_is_nocase(word, "data_xfer_cmds") ||
	    text_is_nocase(word, "data_rest_cmds") ||
	    text_is_nocase(word, "file_put_cmds") ||
	    text_is_nocase(word, "file_get_cmds") ||
	    text_is_nocase(word, "encr_cmds") ||
	    text_is_nocase(word, "login_cmds") ||
	    text_is_nocase(word, "dir_cmds")) {
		r->is_list = true;
		return applier_list(a, rest, take_command, r);
	}
	if (text_is_nocase(word, "def_max_param_len")) {
		if (!applier_number(a, rest, 0, UINT32_MAX, &n))
			return false;
		r->conf.def_max_param_len = (uint32_t)n;
		return true;
	}
	if (text_is_nocase(word, "alt_max_param_len")) {
		if (!applier_number(a, rest, 0, UINT32_MAX, &n))
			return false;
		r->max_len = (uint32_t)n;
		return applier_list(a, rest, take_command, r);
	}
	if (text_is_nocase(word, "chk_str_fmt")) {
		r->check_format = true;
		return applier_list(a, rest, take_command, r);
	}
	if (text_is_nocase(word, "cmd_validity"))
		return validity(a, rest, r);
	if (text_is_nocase(word, "telnet_cmds"))
		return applier_is_on(a, rest, &r->conf.telnet_cmds);
	if (text_is_nocase(word, "ignore_telnet_erase_cmds"))
		return applier_is_on(a, rest, &r->conf.ignore_erase);
	if (text_is_nocase(word, "ignore_data_chan"))
		return applier_is_on(a, rest, &r->conf.ignore_data);
	if (text_is_nocase(word, "print_cmds"))
		return true;
	applier_bad(a, word, "ports, ftp_cmds, def_max_param_len, "
	    "alt_max_param_len, chk_str_fmt, cmd_validity, telnet_cmds, "
	    "ignore_telnet_erase_cmds or ignore_data_chan");
	return false;
}

static void
server_line(struct applier *a, struct text rest)
{
	struct ftp_conf *c = ftp_conf(a);
	const struct ftp_conf *def = app_ops(APP_FTP)->conf_default;
	struct ftp_server_conf *all;
	struct server_reader r = { .conf = { .def_max_param_len = 100 } };
	struct nets nets = { NULL, 0 };
	struct text word;

	if (!c || !whose(a, &rest, &nets))
		return;
	/* what every server has; the line adds to it */
	for (unsigned i = 0; i < def->servers[0].n_commands; i++)
		if (!get_command(a, &r,
		    text_of(def->servers[0].commands[i].name)))
			return;
	while ((word = applier_token(&rest)).len)
		if (!server_word(a, word, &rest, &r))
			return;
	r.conf.nets = nets.v;
	r.conf.n_nets = nets.n;
	r.conf.commands = r.commands;
	r.conf.n_commands = r.n;
	all = settings_grow(&a->t->arena,
	    (struct ftp_server_conf *)(uintptr_t)c->servers, c->n_servers,
	    sizeof(*all));
	all[c->n_servers++] = r.conf;
	c->servers = all;
}

/* -- FTP's clients ---------------------------------------------------------------------- */

struct client_reader {
	struct ftp_client_conf conf;
	struct ftp_bounce *bounces;
	unsigned n;
	bool has_port; /* of the last one */
};

/* An address, and behind it a port or the two ends of a range. */
static bool
take_bounce(struct applier *a, struct text word, void *arg)
{
	struct client_reader *r = arg;
	struct ftp_bounce *last = r->n ? &r->bounces[r->n - 1] : NULL;
	struct ftp_bounce b = { .port_hi = UINT16_MAX };
	int64_t v;

	if (text_to_i64(word, 0, UINT16_MAX, &v) && last) {
		if (!r->has_port)
			last->port_lo = (uint16_t)v;
		last->port_hi = (uint16_t)v;
		r->has_port = true;
		return true;
	}
	if (!take_net(a, word, &b.net))
		return false;
	r->bounces = settings_grow(&a->t->arena, r->bounces, r->n, sizeof(b));
	r->bounces[r->n++] = b;
	r->has_port = false;
	return true;
}

static bool
client_word(struct applier *a, struct text word, struct text *rest,
    struct client_reader *r)
{
	int64_t n;

	if (text_is_nocase(word, "max_resp_len")) {
		if (!applier_number(a, rest, 0, UINT32_MAX, &n))
			return false;
		r->conf.max_resp_len = (uint32_t)n;
		return true;
	}
	if (text_is_nocase(word, "bounce"))
		return applier_is_on(a, rest, &r->conf.bounce);
	if (text_is_nocase(word, "bounce_to"))
		return applier_list(a, rest, take_bounce, r);
	if (text_is_nocase(word, "telnet_cmds"))
		return applier_is_on(a, rest, &r->conf.telnet_cmds);
	if (text_is_nocase(word, "ignore_telnet_erase_cmds"))
		return applier_is_on(a, rest, &r->conf.ignore_erase);
	applier_bad(a, word, "max_resp_len, bounce, bounce_to, telnet_cmds or "
	    "ignore_telnet_erase_cmds");
	return false;
}

static void
client_line(struct applier *a, struct text rest)
{
	struct ftp_conf *c = ftp_conf(a);
	struct client_reader r = { .conf = { .max_resp_len = 256 } };
	struct nets nets = { NULL, 0 };
	struct ftp_client_conf *all;
	struct text word;

	if (!c || !whose(a, &rest, &nets))
		return;
	while ((word = applier_token(&rest)).len)
		if (!client_word(a, word, &rest, &r))
			return;
	r.conf.nets = nets.v;
	r.conf.n_nets = nets.n;
	r.conf.bounces = r.bounces;
	r.conf.n_bounces = r.n;
	all = settings_grow(&a->t->arena,
	    (struct ftp_client_conf *)(uintptr_t)c->clients, c->n_clients,
	    sizeof(*all));
	all[c->n_clients++] = r.conf;
	c->clients = all;
}

void
config_ftp_telnet_protocol(struct applier *a)
{
	struct text rest = a->d->args, word = applier_token(&rest);

	if (text_is_nocase(word, "telnet")) {
		telnet_line(a, rest);
		return;
	}
	if (text_is_nocase(word, "ftp")) {
		word = applier_token(&rest);
		if (text_is_nocase(word, "server")) {
			server_line(a, rest);
			return;
		}
		if (text_is_nocase(word, "client")) {
			client_line(a, rest);
			return;
		}
	}
	applier_bad(a, word, "telnet, ftp server or ftp client belongs here");
}
