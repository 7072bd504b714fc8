/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line: every letter and long option of Snort 2.9.19, and ours
 * (cmdline.def). Parsing checks what can be checked without a configuration;
 * cmdline_apply() then lets it win over one.
 */
#ifndef SENSOR_CMDLINE_H
#define SENSOR_CMDLINE_H

#include <stdio.h>

#include "core/base.h"
#include "core/ipaddr.h"
#include "sensor/capture/pcap_list.h"
#include "sensor/settings.h"

/* What the run is asked to do. */
enum cmdline_action {
	ACT_RUN,     /* inspect, sniff or log packets; or -T */
	ACT_HELP,    /* --help, and -? which exits with status 1 as in Snort */
	ACT_USAGE,
	ACT_VERSION,
	ACT_LIST_DECODERS,
	ACT_LIST_APPS,
	ACT_LIST_OPTIONS,
	ACT_LIST_EVENTS,
	ACT_LIST_COUNTERS,
	ACT_LIST_OUTPUTS,
	ACT_LIST_CAPTURES,
};

enum alert_mode {
	ALERT_MODE_UNSET,
#define ALERT_MODE(ID, name, output, args, help) ALERT_MODE_##ID,
#include "sensor/alert_modes.def"
#undef ALERT_MODE
};

enum log_mode { LOG_MODE_UNSET, LOG_MODE_PCAP, LOG_MODE_ASCII, LOG_MODE_NONE };

enum { CMDLINE_MAX_DEFINES = 256, CMDLINE_MAX_NOTES = 32 };

/* Strings are borrowed from argv, except bpf. A number that was not given is
 * -1, a text NULL. */
struct cmdline {
	enum cmdline_action action;

	const char *conf;
	bool test, conf_error_out;
	const char *defines[CMDLINE_MAX_DEFINES];
	unsigned n_defines;
	const char *checksum;
	bool stateful, alert_before_pass, treat_drop_as_alert,
	    treat_drop_as_ignore, process_all_events, inline_test;
	const char *rule_cache;
	bool mpls_multicast;
	int64_t mpls_depth; /* CMDLINE_UNSET when not given: -1 is a value */
	int mpls_payload;

	const char *interface;
	struct pcap_arg *pcaps;
	unsigned n_pcaps; /* arguments, filters included */
	bool has_pcaps;
	int64_t pcap_loop;
	bool pcap_reset, pcap_reload, pcap_show;
	int64_t pkt_count, snaplen;
	const char *bpf_file;
	char *bpf; /* the last words, joined; NULL when there are none */
	bool no_promisc, inline_mode;
	const char *queues; /* -H N, -H N:M */
	const char *setup, *on_failure, *fallback, *fallback_interface;
	int64_t n_queues, watchdog;
	bool print, check_inline;
	const char *daq, *daq_mode, *daq_vars[SETTINGS_DAQ_VARS];
	unsigned n_daq_vars;
	int64_t ring_bytes;

	enum alert_mode alert_mode;
	enum log_mode log_mode;
	bool log_binary, alert_syslog, no_log, nostamps, no_flush;
	const char *log_file, *log_dir;
	int64_t log_id;
	struct ipaddr home, obfuscate_net; /* family 0: not given */
	unsigned home_bits, obfuscate_bits;

	bool obfuscate, with_interface, utc, show_year;
	bool verbose, dump_link, dump_payload, dump_hex_all, dump_chars, quiet;

	bool daemon, to_syslog;
	const char *user, *group, *chroot;
	int umask;
	const char *pid_path, *pid_suffix;
	bool create_pidfile, nolock_pidfile, no_interface_pidfile;

	/* options given that do nothing here, in order: name and why */
	struct cmdline_note {
		char name[40];
		const char *why;
	} notes[CMDLINE_MAX_NOTES];
	unsigned n_notes;
};
enum { CMDLINE_UNSET = INT32_MIN };

/* False with what is wrong and what to do in err; cl is to be released in
 * either case. */
NODISCARD bool cmdline_parse(struct cmdline *cl, int argc, char **argv,
    char *err, size_t err_len);
void cmdline_fini(struct cmdline *cl);

/*
 * Lets the command line win over what s holds. Outputs: -A, -s and -N, -b, -K,
 * -L remove the configuration's outputs of that kind (alert, log; unified2 is
 * both) and put their own; with -c, what is still missing of either kind gets
 * Snort's default (alert_full, log_tcpdump). `a` is the tree's arena. False
 * with a message in err when an output is not in this build.
 */
NODISCARD bool cmdline_apply(const struct cmdline *cl, struct settings *s,
    struct arena *a, char *err, size_t err_len);

/* Into err: packets of this source cannot wait for a verdict, and the commands
 * with which they do. */
void cmdline_say_inline(const char *conf, const char *source, char *err,
    size_t err_len);

/* The text of --help. */
void cmdline_help(FILE *to);

#endif
