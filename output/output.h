/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Outputs. One format is one file with one `const struct out_ops out_<name>`
 * and one line in outputs.def.
 */
#ifndef OUTPUT_OUTPUT_H
#define OUTPUT_OUTPUT_H

#include "core/base.h"
#include "core/counter.h"
#include "core/slice.h"
#include "output/record.h"

/* What the whole run says to every output; read-only after start. */
struct out_conf {
	const char *logdir;
	const char *alertfile; /* config alertfile, NULL: "alert" */
	bool utc, show_year, obfuscate, with_interface, nostamps;
	bool dump_link, dump_payload, dump_hex_all, dump_chars; /* -e -d -X -C */
	bool verbose;          /* -v */
	bool no_flush;         /* -f */
	struct ipaddr home; /* reference_net, -h */
	unsigned home_bits; /* of home; family 0: not set */
	/* -B: addresses in home (all, without one) show this net's bits; no
	 * net: as with obfuscate alone */
	bool obfuscate_home;
	struct ipaddr obfuscate_net;
	unsigned obfuscate_bits;
	/* packet logger: log formats take every packet, not only events */
	bool log_packets;
	int dlt;
	uint32_t snaplen;
	const char *sensor_name;
	bool daemon; /* -D: alert_syslog shows the process id */
	bool test; /* -T: check arguments, create nothing */
	bool vlan_in_alerts; /* include_vlan_in_alerts */
	bool ipv6_extra_data; /* log_ipv6_extra_data */
};

/* Which records an output takes. */
enum {
	OUT_ALERT = 1 << 0, /* an alert format */
	OUT_LOG = 1 << 1,   /* a packet log format */
	OUT_PACKET = 1 << 2, /* every packet; with OUT_LOG: if log_packets */
	OUT_PORTSCAN = 1 << 3, /* events of gid 122, whatever else takes them */
	OUT_SESSION = 1 << 4, /* data of sessions that rules log */
	OUT_APP = 1 << 5, /* RECORD_APP and what follows it, as it wants */
};

/* What the outputs of a run ask for besides alerts and packets; what nobody
 * asks for is not made. */
struct out_wants {
	uint32_t shows;       /* bit per enum record_show */
	unsigned stats_s;     /* seconds from one RECORD_STATS to the next */
	bool all_anomalies;   /* those that alert, too */
	uint8_t hashes;       /* bit per enum record_hash, of files */
};

struct out; /* an opened output */

struct out_ops {
	const char *name; /* of `output NAME`, and of -A/-K where they agree */
	const char *help;
	const char *grammar;
	unsigned mask;
	/* Opens with the directive's arguments (empty: none). NULL with a
	 * message that says what to do in err[err_len]; a bad argument and an
	 * unwritable file alike. `conf` is borrowed for the output's life. */
	void *(*open)(const struct out_conf *conf, struct text args, char *err,
	    size_t err_len);
	/* OUT_APP: adds what such a directive asks for; a bad argument is for
	 * `open` to say. */
	void (*want)(struct text args, struct out_wants *w);
	/* Never blocks on anything but a file; a failed write is counted and
	 * said once, and later ones are tried again. */
	void (*write)(void *self, const struct record *r);
	void (*flush)(void *self);
	void (*reopen)(void *self); /* log rotation: HUP */
	void (*close)(void *self);
	/* Bytes and records that could not be written. */
	uint64_t (*lost)(const void *self);
};

#define OUTPUT(name) extern const struct out_ops out_##name;
#include "output/outputs.def"
#undef OUTPUT

/* NULL when there is none of that name. */
const struct out_ops *out_find(struct text name);
/* The nth of the table; NULL past its end. */
const struct out_ops *out_at(unsigned i);

/* The outputs of a run, in the order they were added. */
struct outputs;
NODISCARD struct outputs *outputs_new(const struct out_conf *conf);
/* false with a message in err. ruletype: that ruletype's own (index + 1). */
NODISCARD bool outputs_add(struct outputs *os, const struct out_ops *ops,
    struct text args, unsigned ruletype, char *err, size_t err_len);
/* Hands the record to every output that takes its kind: alert formats first,
 * then log formats. Several threads may write and flush; the rest of this is
 * for when none does. */
void outputs_write(struct outputs *os, const struct record *r);
void outputs_flush(struct outputs *os);
void outputs_reopen(struct outputs *os);
uint64_t outputs_lost(const struct outputs *os);
/* Flushes, closes and frees all. */
void outputs_free(struct outputs *os);

#endif
