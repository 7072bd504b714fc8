/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor smtp, pop and imap (Snort's README.SMTP, README.pop,
 * README.imap). */
#include <string.h>

#include "decoders/app/smtp.h"
#include "sensor/applier.h"

enum { DEPTH_MAX = 65535, MEMCAP_MIN = 3276, MEMCAP_MAX = 104857600 };

/* b64_decode_depth and its kin, memcap: true if the word was one of them;
 * *ok false after an error. */
static bool
mail_word(struct applier *a, struct text word, struct text *rest,
    struct mail_conf *c, bool *ok)
{
	static const struct {
		const char *name;
		enum mime_coding coding;
	} depths[] = {
		{ "b64_decode_depth", MIME_BASE64 },
		{ "qp_decode_depth", MIME_QP },
		{ "bitenc_decode_depth", MIME_BIT },
		{ "uu_decode_depth", MIME_UU },
	};
	int64_t n;

	*ok = true;
	for (unsigned i = 0; i < ARRAY_LEN(depths); i++)
		if (text_is_nocase(word, depths[i].name)) {
			*ok = applier_number(a, rest, -1, DEPTH_MAX, &n);
			if (*ok)
				c->mime.depth[depths[i].coding] = (int32_t)n;
			return true;
		}
	if (text_is_nocase(word, "memcap") ||
	    text_is_nocase(word, "max_mime_mem")) {
		*ok = applier_number(a, rest, MEMCAP_MIN, MEMCAP_MAX, &n);
		if (*ok)
			c->memcap = (uint64_t)n;
		return true;
	}
	return false;
}

static void
plain_mail(struct applier *a, enum app_id id, uint16_t port)
{
	struct mail_conf *c = applier_proto(a, id, sizeof(*c), &port, 1);
	struct app_proto_conf *p = &a->s->track.app.proto[id];
	struct text rest = a->d->args, word;
	bool ok;

	if (!c)
		return;
	while ((word = applier_token(&rest)).len) {
		if (mail_word(a, word, &rest, c, &ok)) {
			if (!ok)
				return;
		} else if (text_is_nocase(word, "ports")) {
			if (!applier_port_list(a, &rest, &p->ports))
				return;
		} else if (text_is_nocase(word, "disabled")) {
			p->ports = NULL;
		} else {
			applier_bad(a, word, "ports { }, memcap N or "
			    "b64_decode_depth, qp_decode_depth, "
			    "bitenc_decode_depth, uu_decode_depth N");
			return;
		}
	}
}

void
config_pop(struct applier *a)
{
	plain_mail(a, APP_POP3, 110);
}

void
config_imap(struct applier *a)
{
	plain_mail(a, APP_IMAP, 143);
}

/* -- SMTP ------------------------------------------------------------------- */

/* The line while it is read. */
struct smtp_reader {
	struct smtp_conf *conf;
	struct smtp_command *commands; /* ascending */
	unsigned n;
	/* of the list that is read */
	uint8_t set, clear;
	uint32_t max_len;
};

static struct smtp_command *
get_command(struct applier *a, struct smtp_reader *r, struct text word)
{
	char name[SMTP_NAME_MAX + 1];
	unsigned at = 0;

	if (!word.len || word.len > SMTP_NAME_MAX) {
		applier_bad(a, word, "a command of at most 15 letters belongs "
		    "here");
		return NULL;
	}
	for (size_t i = 0; i < word.len; i++) {
		char b = word.ptr[i];

		name[i] = b >= 'a' && b <= 'z' ? (char)(b - 'a' + 'A') : b;
	}
	name[word.len] = '\0';
	while (at < r->n && strcmp(r->commands[at].name, name) < 0)
		at++;
	if (at < r->n && !strcmp(r->commands[at].name, name))
		return &r->commands[at];
	r->commands = settings_grow(&a->t->arena, r->commands, r->n,
	    sizeof(*r->commands));
	memmove(r->commands + at + 1, r->commands + at,
	    (r->n - at) * sizeof(*r->commands));
	r->n++;
	r->commands[at] = (struct smtp_command){ .flags = 0 };
	memcpy(r->commands[at].name, name, word.len + 1);
	return &r->commands[at];
}

static bool
take_command(struct applier *a, struct text word, void *arg)
{
	struct smtp_reader *r = arg;
	struct smtp_command *cmd = get_command(a, r, word);

	if (!cmd)
		return false;
	cmd->flags = (uint8_t)((cmd->flags & ~r->clear) | r->set);
	if (r->max_len)
		cmd->max_len = r->max_len;
	return true;
}

/* A list of commands; true if the word begins one. */
static bool
command_list(struct applier *a, struct text word, struct text *rest,
    struct smtp_reader *r, bool *ok)
{
	static const struct {
		const char *name;
		uint8_t set, clear;
	} lists[] = {
		{ "valid_cmds", SMTP_VALID, SMTP_INVALID },
		{ "invalid_cmds", SMTP_INVALID, SMTP_VALID },
		{ "data_cmds", SMTP_DATA | SMTP_VALID, 0 },
		{ "binary_data_cmds", SMTP_BINARY | SMTP_VALID, 0 },
		{ "auth_cmds", SMTP_AUTH | SMTP_VALID, 0 },
		{ "normalize_cmds", SMTP_NORMALIZE, 0 },
	};
	int64_t n;

	*ok = true;
	r->set = r->clear = 0;
	r->max_len = 0;
	for (unsigned i = 0; i < ARRAY_LEN(lists); i++)
		if (text_is_nocase(word, lists[i].name)) {
			r->set = lists[i].set;
			r->clear = lists[i].clear;
			*ok = applier_list(a, rest, take_command, r);
			return true;
		}
	if (!text_is_nocase(word, "alt_max_command_line_len"))
		return false;
	*ok = applier_number(a, rest, 0, UINT32_MAX, &n);
	if (*ok) {
		r->max_len = (uint32_t)n;
		*ok = applier_list(a, rest, take_command, r);
	}
	return true;
}

/* A number with a field of its own. */
static bool
number_word(struct applier *a, struct text word, struct text *rest,
    struct smtp_conf *c, bool *ok)
{
	const struct {
		const char *name;
		uint32_t *to, max;
	} numbers[] = {
		{ "max_command_line_len", &c->max_command_line, UINT32_MAX },
		{ "max_header_line_len", &c->max_header_line, UINT32_MAX },
		{ "max_response_line_len", &c->max_response_line,
		    UINT32_MAX },
		{ "max_auth_command_line_len", &c->max_auth_line, UINT32_MAX },
		{ "email_hdrs_log_depth", &c->email_hdrs_depth,
		    SMTP_HDRS_DEPTH_MAX },
	};
	int64_t n;

	for (unsigned i = 0; i < ARRAY_LEN(numbers); i++)
		if (text_is_nocase(word, numbers[i].name)) {
			*ok = applier_number(a, rest, 0, numbers[i].max, &n);
			if (*ok)
				*numbers[i].to = (uint32_t)n;
			return true;
		}
	return false;
}

static bool
flag_word(struct text word, struct smtp_conf *c)
{
	const struct {
		const char *name;
		bool *to;
	} flags[] = {
		{ "ignore_data", &c->ignore_data },
		{ "ignore_tls_data", &c->ignore_tls_data },
		{ "alert_unknown_cmds", &c->alert_unknown },
		{ "no_alerts", &c->no_alerts },
		{ "log_mailfrom", &c->log_mailfrom },
		{ "log_rcptto", &c->log_rcptto },
		{ "log_filename", &c->log_filename },
		{ "log_email_hdrs", &c->log_email_hdrs },
	};

	for (unsigned i = 0; i < ARRAY_LEN(flags); i++)
		if (text_is_nocase(word, flags[i].name)) {
			*flags[i].to = true;
			return true;
		}
	return false;
}

static bool
take_xlink(struct applier *a, struct text word, void *arg)
{
	struct smtp_conf *c = arg;

	if (text_is_nocase(word, "enable") || text_is_nocase(word, "enabled"))
		c->xlink2state = true;
	else if (text_is_nocase(word, "disable") ||
	    text_is_nocase(word, "disabled"))
		c->xlink2state = false;
	else if (!text_is_nocase(word, "drop") &&
	    !text_is_nocase(word, "noalert")) {
		applier_bad(a, word, "enable, disable or drop");
		return false;
	}
	return true;
}

/* Words with a grammar of their own; false after an error. */
static bool
other_word(struct applier *a, struct text word, struct text *rest,
    struct smtp_conf *c)
{
	struct app_proto_conf *p = &a->s->track.app.proto[APP_SMTP];

	if (text_is_nocase(word, "ports"))
		return applier_port_list(a, rest, &p->ports);
	if (text_is_nocase(word, "xlink2state"))
		return applier_list(a, rest, take_xlink, c);
	if (text_is_nocase(word, "inspection_type")) {
		/* what is followed is stream5's matter */
		applier_token(rest);
		return true;
	}
	if (text_is_nocase(word, "disabled")) {
		p->ports = NULL;
		return true;
	}
	if (text_is_nocase(word, "normalize")) {
		word = applier_token(rest);
		if (text_is_nocase(word, "all"))
			c->normalize = SMTP_NORM_ALL;
		else if (text_is_nocase(word, "none"))
			c->normalize = SMTP_NORM_NONE;
		else if (text_is_nocase(word, "cmds"))
			c->normalize = SMTP_NORM_CMDS;
		else {
			applier_bad(a, word, "all, none or cmds");
			return false;
		}
		return true;
	}
	applier_bad(a, word, "no such option of smtp, see aduana.conf(5)");
	return false;
}

void
config_smtp(struct applier *a)
{
	static const uint16_t ports[] = { 25, 587, 691 };
	struct smtp_reader r = { .conf = applier_proto(a, APP_SMTP,
		sizeof(*r.conf), ports, ARRAY_LEN(ports)) };
	struct text rest = a->d->args, word;
	bool ok;

	if (!r.conf)
		return;
	for (unsigned i = 0; i < r.conf->n_commands; i++) {
		const struct smtp_command *from = &r.conf->commands[i];
		struct smtp_command *cmd = get_command(a, &r,
		    text_of(from->name));

		if (!cmd)
			return;
		*cmd = *from;
	}
	while ((word = applier_token(&rest)).len) {
		if (!mail_word(a, word, &rest, &r.conf->mail, &ok) &&
		    !command_list(a, word, &rest, &r, &ok) &&
		    !number_word(a, word, &rest, r.conf, &ok)) {
			ok = flag_word(word, r.conf) ||
			    other_word(a, word, &rest, r.conf);
		}
		if (!ok)
			return;
	}
	r.conf->commands = r.commands;
	r.conf->n_commands = r.n;
}
