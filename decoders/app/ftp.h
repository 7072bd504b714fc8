/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FTP (RFC 959, 2428): what the configuration says of servers and clients. */
#ifndef DECODERS_APP_FTP_H
#define DECODERS_APP_FTP_H

#include "core/base.h"
#include "core/ipaddr.h"
#include "core/slice.h"

enum { FTP_NAME_MAX = 8 };

/*
 * cmd_validity: what a parameter looks like. A list along `next`, whose
 * optional parts and alternatives lead back into it: one that ends has matched
 * when nothing is left of the parameter.
 */
struct ftp_format {
	enum ftp_format_kind {
		FTP_INT,
		FTP_NUMBER,         /* 1 to 255 */
		FTP_CHAR,           /* one of text */
		FTP_DATE,           /* as text says */
		FTP_STRING,
		FTP_HOST_PORT,      /* h1,h2,h3,h4,p1,p2 */
		FTP_LONG_HOST_PORT, /* RFC 1639 */
		FTP_EXT_HOST_PORT,  /* RFC 2428 */
		FTP_OPTIONAL,       /* inner, or not */
		FTP_CHOICE,         /* inner, or that of the next choice */
	} kind;
	struct text text;
	const struct ftp_format *next, *inner, *other;
};

struct ftp_command {
	char name[FTP_NAME_MAX + 1]; /* upper case */
	uint32_t max_len;  /* of its parameter */
	bool has_max;      /* max_len was given: else the default */
	bool check_format; /* chk_str_fmt */
	const struct ftp_format *format; /* NULL: any */
};

struct ftp_net {
	struct ipaddr addr;
	uint8_t bits;
};

struct ftp_server_conf {
	const struct ftp_net *nets; /* n_nets 0: the default */
	unsigned n_nets;
	const struct ftp_command *commands; /* by name, ascending */
	unsigned n_commands;
	uint32_t def_max_param_len;
	bool telnet_cmds;       /* 125:1 */
	bool ignore_erase;      /* ignore_telnet_erase_cmds */
	bool ignore_data;       /* ignore_data_chan: not inspected */
};

/* bounce_to: where a client may send servers to. */
struct ftp_bounce {
	struct ftp_net net;
	uint16_t port_lo, port_hi;
};

struct ftp_client_conf {
	const struct ftp_net *nets;
	unsigned n_nets;
	uint32_t max_resp_len; /* 0: any */
	bool bounce;
	const struct ftp_bounce *bounces;
	unsigned n_bounces;
	bool telnet_cmds, ignore_erase;
};

struct ftp_conf {
	const struct ftp_server_conf *servers;
	const struct ftp_client_conf *clients;
	unsigned n_servers, n_clients;
	bool check_encrypted; /* look for AUTH */
	bool alert_encrypted; /* 125:7 */
};

/* Does the parameter look so? A pattern that is too much work does. */
bool ftp_format_fits(const struct ftp_format *f, struct text param);
/* The address and port that PORT, EPRT or a reply to PASV or EPSV names;
 * family 0 where only a port is given. */
bool ftp_parse_port(struct text t, struct ipaddr *addr, uint16_t *port);
bool ftp_parse_eprt(struct text t, struct ipaddr *addr, uint16_t *port);

#endif
