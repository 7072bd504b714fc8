/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything a run was told: the defaults, then the configuration file
 * (config.c), then the command line (cmdline.c), the later ones winning. One
 * struct settings belongs to one generation: a reload builds a new one.
 * Strings are borrowed from the tree's arena or from the command line.
 */
#ifndef SENSOR_SETTINGS_H
#define SENSOR_SETTINGS_H

#include "core/base.h"
#include "decoders/decode.h"
#include "decoders/normalize/normalize.h"
#include "decoders/track/track.h"
#include "decoders/watch/watch.h"
#include "detect/detect.h"
#include "output/output.h"
#include "rules/tree.h"
#include "sensor/respond/block.h"
#include "sensor/respond/sender.h"
#include "sensor/sticky.h"

/* One output as it was asked for, by a directive or by -A, -b, -K, -L, -s. */
struct output_setting {
	const struct out_ops *ops; /* never NULL */
	struct text args;
	unsigned ruletype; /* index + 1 of the ruletype it stands in, else 0 */
	struct loc loc;    /* file NULL: from the command line */
};

/* A directive that was accepted and does nothing here; -T lists them once. */
struct ignored_setting {
	const struct directive *dir;
	const char *why; /* "performance only", "no HTTP inspection yet" */
};

enum { PORT_BITMAP_BYTES = 65536 / 8 };

/* What becomes of a drop. */
enum enforcement {
	ENFORCE_NOTHING, /* copies, or policy_mode tap */
	ENFORCE_TEST,    /* it is told what would be dropped */
	ENFORCE_ALL,
};

enum { SETTINGS_DAQ_VARS = 64 };

struct settings {
	struct dec_conf dec;
	struct track_conf track;
	struct norm_conf norm;
	struct watch_conf watch; /* lists in the tree's arena */
	struct detect_conf detect;
	bool ppm_given; /* a config ppm line: not the default */
	struct out_conf out;

	/* In order of appearance, allocated in the tree's arena. */
	struct output_setting *outputs;
	unsigned n_outputs;
	struct out_wants wants; /* of them all; settings_settle_wants() */
	struct ignored_setting *ignored;
	unsigned n_ignored;

	/* config ignore_ports: PORT_BITMAP_BYTES each, bit port % 8 of byte
	 * port / 8; NULL when nothing is ignored. In the tree's arena. */
	const uint8_t *ignore_tcp, *ignore_udp;

	/* config policy_mode, --enable-inline-test */
	enum policy_mode {
		POLICY_UNSET, /* as packets come */
		POLICY_TAP,
		POLICY_INLINE,
		POLICY_INLINE_TEST,
	} policy;
	/* config checksum_drop: PKT_BAD_*_CSUM of those that are dropped */
	uint32_t checksum_drop;
	/* config inline_bypass: whose rest the kernel may judge by itself; a
	 * bit per enum flow_bypass, FLOW_INSPECTED's: dropped sessions */
	uint32_t inline_bypass;
	bool has_inline_bypass; /* it was said; else see bypass.h */
	uint32_t inline_depth; /* bytes of a session, for `depth' among these */
	/* config response, layer2resets; stream5_global */
	struct response_conf {
		unsigned attempts; /* of each reset; 0: one */
		/* further packets of a dropped session are answered so often,
		 * with so many seconds between; 0: never. On copies a session
		 * at all, 0: always; nothing is without these or attempts */
		uint32_t max_active, min_seconds;
		struct sender_conf sender;
	} response;
	struct sticky_conf sticky; /* preprocessor stickydrop */
	struct sticky_conf bait;   /* preprocessor bait-and-switch: likewise */
	/* config block, block_for, the maps: lists in the tree's arena, of rules
	 * sorted by gid and sid, without doubles */
	struct block_conf block;
	struct block_rule {
		uint32_t gid, sid;
		struct text class; /* block_for: class; empty: not for one */
		unsigned priority; /* block_for: priority; 0: likewise */
		bool never;        /* none: it does not ask */
		struct fwsam fwsam;
		struct loc loc;
	} *block_map, *block_sids, *block_kinds;
	unsigned n_block_map, n_block_sids, n_block_kinds;
	bool stateful; /* config stateful, -z est */
	bool no_stream_inserts; /* config detection */
	uint32_t event_id_base; /* -G: the upper 16 bits of event ids */

	/* where packets come from */
	const char *interface;   /* config interface, -i */
	const char *bpf_file;    /* config bpf_file, -F */
	uint32_t snaplen;        /* config snaplen, -P; 0: the widest */
	uint64_t pkt_count;      /* config pkt_count, -n; 0: no end */
	bool no_promisc;         /* config no_promisc, -p */
	uint32_t ring_bytes;     /* --daq-var buffer_size; 0: the default */
	const char *daq;         /* config daq, --daq; NULL: pcap */
	const char *daq_mode;    /* config daq_mode, --daq-mode */
	/* config daq_var, or those of --daq-var alone: NAME=VALUE */
	const char *daq_vars[SETTINGS_DAQ_VARS];
	unsigned n_daq_vars;
	/* -Q, daq_mode inline: packets wait for their verdict; of a capture
	 * file, inline-out.pcap holds what goes on */
	bool inline_source;
	/* config on_failure, --on-failure: what does not get through to a
	 * worker, or finds no room; not said: each place's own default */
	enum on_failure {
		FAILURE_UNSET,
		FAILURE_OPEN,
		FAILURE_CLOSED,
	} on_failure;
	/* config fallback, --fallback: not without a queue; else an IDS on
	 * this interface, or on what is found */
	bool fallback_exit;
	const char *fallback_interface;
	const char *queues;      /* -H, --daq-var queue; NULL: 0 */
	enum enforcement enforce; /* of all that */

	/* the process */
	bool daemon;             /* config daemon, -D */
	bool quiet;              /* config quiet, -q */
	bool to_syslog;          /* -M */
	bool verbose;            /* config verbose, -v */
	bool no_log;             /* config nolog, -N, -K none: no logs of
	                            packets and sessions */
	const char *chroot;      /* config chroot, -t */
	const char *user;        /* config set_uid, -u: name or number */
	const char *group;       /* config set_gid, -g */
	int umask;               /* config umask, -m; -1: leave it alone */
	const char *pid_path;    /* config pidpath, --pid-path */
	bool create_pidfile, nolock_pidfile, no_interface_pidfile;
	const char *pid_suffix;  /* -R */
};

/* Snort 2.9's defaults, with this build's log directory. */
struct settings settings_default(void);

/* Room for one more in a list that has n elements of `size` bytes and grows by
 * one at a time; the arena keeps the array it outgrew until the generation
 * ends. */
void *settings_grow(struct arena *a, void *old, unsigned n, size_t size);
/* The words of on_failure and of fallback; false: none of them. */
bool settings_failure_of(struct text word, enum on_failure *f);
bool settings_fallback_of(struct text word, bool *exits);
/* May be called any number of times per directive; arena is the tree's. */
void settings_add_output(struct settings *s, struct arena *a,
    const struct output_setting *o);
/* Once all outputs are known: what they want, and who has to make it. */
void settings_settle_wants(struct settings *s);
/* Which word asks for the logs of a protocol: that of its name, or what stands
 * before a '-' in it. false: none does. */
bool settings_show_of(enum app_id id, enum record_show *show);
/* The value of a variable of the packet source, the last one; NULL: it was not
 * given. Is it a name that some source takes? */
const char *settings_daq_var(const struct settings *s, const char *name);
bool settings_knows_daq_var(struct text name);
/* One that is given without a value (or with 0 or 1)? Was it given so? */
bool settings_is_daq_flag(struct text name);
bool settings_daq_flag(const struct settings *s, const char *name);
void settings_add_ignored(struct settings *s, struct arena *a,
    const struct directive *dir, const char *why);

#endif
