/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directive on its way into the settings: what config.c and the files of
 * single preprocessors share; nobody else includes this. */
#ifndef SENSOR_APPLIER_H
#define SENSOR_APPLIER_H

#include "decoders/app/http.h"
#include "rules/tree.h"
#include "sensor/settings.h"

struct applier {
	struct settings *s;
	struct tree *t;
	const struct directive *d;
	bool has_frag3_global;
	struct file_conf *files; /* of `file' lines, NULL before one */
	uint32_t apps_off; /* bit per app_id: `disabled', nor found by content */
	struct {
		bool implied; /* a server's configuration by no line */
	} dcerpc2;
	struct {
		bool check_encrypted, alert_encrypted;
	} ftp; /* preprocessor ftp_telnet: global */
	struct {
		bool has_global, wanted[FLOW_PROTOS], has_line[FLOW_PROTOS];
		struct loc loc; /* of the last line */
	} stream5;
	/* http_inspect: global, NULL before it; what the lines of servers said
	 * so far */
	struct http_conf *http;
	struct http_server *http_servers;
	bool http_has_default;
	const uint8_t *http_ports;
};

/* An error at a place in the directive's arguments. */
void applier_bad(struct applier *a, struct text at, const char *what);
/* The next word of a list whose separators are blanks and commas. */
struct text applier_word(struct text *rest);
/* The number that follows the word before it; false after an error. */
NODISCARD bool applier_number(struct applier *a, struct text *rest,
    int64_t min, int64_t max, int64_t *v);

/* Like applier_word; a brace is a word of its own. */
struct text applier_token(struct text *rest);
/* yes or no; false after an error, as with all of these. */
NODISCARD bool applier_is_on(struct applier *a, struct text *rest, bool *on);
/* { item item ... }: item returns false after an error. */
NODISCARD bool applier_list(struct applier *a, struct text *rest,
    bool (*item)(struct applier *a, struct text word, void *arg), void *arg);
/* `disabled': the protocol is not parsed, wherever it is. */
void applier_proto_off(struct applier *a, enum app_id id);
/* A bitmap of ports in the tree's arena. */
uint8_t *applier_ports(struct applier *a, const uint16_t *ports, unsigned n);
/* { N N ... } */
NODISCARD bool applier_port_list(struct applier *a, struct text *rest,
    const uint8_t **bits);
/*
 * A protocol's line: switches it on with these ports and returns its
 * configuration, a copy of the default, to be changed. NULL after an error, or
 * with size 0.
 */
void *applier_proto(struct applier *a, enum app_id id, size_t size,
    const uint16_t *ports, unsigned n_ports);

/* The line of a protocol that has ports { } and nothing else. */
void applier_ports_only(struct applier *a, enum app_id id,
    const uint16_t *ports, unsigned n);

/* config protocol_detection; _end after the last directive */
void config_protocol_detection(struct applier *a);
void config_app_end(struct applier *a);
/* preprocessors of application protocols */
void config_dcerpc2(struct applier *a);
void config_dcerpc2_server(struct applier *a);
void config_dnp3(struct applier *a);
void config_ftp_telnet(struct applier *a);
void config_ftp_telnet_protocol(struct applier *a);
void config_gtp(struct applier *a);
void config_http(struct applier *a);
void config_http_server(struct applier *a);
void config_imap(struct applier *a);
void config_modbus(struct applier *a);
void config_pop(struct applier *a);
void config_rpc_decode(struct applier *a);
void config_sip(struct applier *a);
void config_smtp(struct applier *a);
void config_dns(struct applier *a);
/* `file' lines, and config file */
void config_file_line(struct applier *a);
void config_file(struct applier *a);
void config_sensitive_data(struct applier *a);
void config_ssh(struct applier *a);
void config_ssl(struct applier *a);

/* Six pairs of digits; a pair may lack its first one. */
NODISCARD bool applier_mac(struct text t, uint8_t mac[6]);

/* config response, layer2resets, inline_bypass */
void config_response(struct applier *a);
void config_layer2resets(struct applier *a);
void config_inline_bypass(struct applier *a);
void config_inline_test_rules(struct applier *a);
/* preprocessor stickydrop and its kin */
void config_stickydrop(struct applier *a);
void config_stickydrop_timeouts(struct applier *a);
void config_stickydrop_ignorehosts(struct applier *a);
void config_stickydrop_ports_from(struct applier *a);
void config_stickydrop_ports_to(struct applier *a);
/* preprocessor bait-and-switch and its kin */
void config_bait(struct applier *a);
void config_bait_ignorehosts(struct applier *a);
void config_bait_ports_from(struct applier *a);
void config_bait_ports_to(struct applier *a);
/* config block, block_for; _end after the last directive: the maps beside the
 * configuration, and HOME_NET */
void config_block(struct applier *a);
void config_block_for(struct applier *a);
void config_block_end(struct applier *a);
/* config memory_policy */
void config_memory_policy(struct applier *a);
/* preprocessor frag3_global, frag3_engine */
void config_frag3_global(struct applier *a);
void config_frag3_engine(struct applier *a);
/* preprocessor bo, reputation */
void config_bo(struct applier *a);
void config_normalize_ip4(struct applier *a);
void config_normalize_ip6(struct applier *a);
void config_normalize_tcp(struct applier *a);
void config_normalize_icmp4(struct applier *a);
void config_normalize_icmp6(struct applier *a);
void config_reputation(struct applier *a);
/* preprocessor sfportscan, arpspoof, arpspoof_detect_host */
void config_sfportscan(struct applier *a);
void config_arpspoof(struct applier *a);
void config_arpspoof_host(struct applier *a);

/* preprocessor stream5_* (and stream6_*); _end after the last directive */
void config_stream5_global(struct applier *a);
void config_stream5_tcp(struct applier *a);
void config_stream5_udp(struct applier *a);
void config_stream5_icmp(struct applier *a);
void config_stream5_ip(struct applier *a);
void config_stream5_end(struct applier *a);

#endif
