/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SMTP: what the configuration says. */
#ifndef DECODERS_APP_SMTP_H
#define DECODERS_APP_SMTP_H

#include "decoders/app/mail.h"

enum {
	SMTP_NAME_MAX = 15,
	SMTP_HDRS_DEPTH = 1464, /* Snort 2.9's, and the most it takes */
	SMTP_HDRS_DEPTH_MAX = 20480,
};

enum smtp_command_flag {
	SMTP_VALID = 1 << 0,    /* known to the server */
	SMTP_INVALID = 1 << 1,  /* 124:6 */
	SMTP_NORMALIZE = 1 << 2,
	SMTP_DATA = 1 << 3,     /* data_cmds: a message follows */
	SMTP_BINARY = 1 << 4,   /* binary_data_cmds: so many bytes follow */
	SMTP_AUTH = 1 << 5,     /* auth_cmds */
};

struct smtp_command {
	char name[SMTP_NAME_MAX + 1]; /* upper case */
	uint8_t flags;
	uint32_t max_len; /* alt_max_command_line_len, 0: none of its own */
};

struct smtp_conf {
	struct mail_conf mail;
	const struct smtp_command *commands; /* by name, ascending */
	unsigned n_commands;
	enum { SMTP_NORM_CMDS, SMTP_NORM_ALL, SMTP_NORM_NONE } normalize;
	uint32_t max_command_line, max_header_line, max_response_line;
	uint32_t max_auth_line;
	bool ignore_data, ignore_tls_data;
	bool alert_unknown;
	bool no_alerts;
	bool xlink2state;
	/* what is kept of a message besides, for its log */
	bool log_mailfrom, log_rcptto, log_filename, log_email_hdrs;
	uint32_t email_hdrs_depth;
};

#endif
