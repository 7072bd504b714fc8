/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker: batches of frames through inspect_frame() until the sources
 * end or a signal asks to stop. */
#ifndef SENSOR_RUN_H
#define SENSOR_RUN_H

#include "core/base.h"
#include "core/latency.h"
#include "sensor/blocker.h"
#include "sensor/capture/capture.h"
#include "sensor/capture/dump.h"
#include "sensor/capture/nfqueue.h"
#include "sensor/capture/pcap_list.h"
#include "sensor/cmdline.h"
#include "sensor/counters.h"
#include "sensor/daemon.h"
#include "sensor/fallback.h"
#include "sensor/generation.h"
#include "sensor/inspect.h"
#include "sensor/outset.h"
#include "sensor/progress.h"
#include "sensor/reload.h"
#include "sensor/respond/sender.h"
#include "sensor/switcher.h"
#include "sensor/workers.h"

struct run {
	const struct cmdline *cl;
	struct generation *gen;
	struct detector *det; /* NULL: a run without rules */
	struct outset *outs;
	struct reload *reload; /* NULL: nothing to reload */
	struct inspect in;
	bool inspect_ready;

	struct capture_conf capture;
	struct nfqueue_conf queue; /* inline from the kernel */
	bool wired; /* by the rules of --setup */
	char *filter; /* contents of -F */
	struct pcap_list list;
	const struct capture_ops *ops; /* of the source open now */
	void *source; /* NULL: none */
	const char *source_name;
	const char **iface_names; /* live */
	struct fallback fall; /* of the first worker, inline */
	struct sender *net; /* of answers, where packets wait; else NULL */
	struct sticky *sticky; /* inline: all workers'; else NULL */
	struct account *account; /* inline, of queues, this worker's; else NULL */
	struct switcher *switcher; /* all workers'; NULL: nobody is sent on */
	struct blocker *blocker; /* NULL: nothing is blocked */
	struct dump *dump; /* inline over files: what goes on; else NULL */

	uint64_t packets_left; /* -n; UINT64_MAX: no end */
	uint64_t started_ns, capture_ns;
	/* inline: from the queue to the verdict, of each packet */
	struct latency latency;
	struct capture_stats before; /* of the sources closed so far */
	unsigned n_files, n_failed;
	unsigned n_reloads, n_reloads_failed;
	struct progress progress;
	struct counters *counters; /* as outputs are told of them */

	/* Several queues: the other workers' runs, which borrow gen, outs and
	 * all that is const, and are this run's to touch while they rest. */
	struct run **others;
	unsigned nth; /* of the workers this one is; 0: the first */
	unsigned n_others;
	struct workers *workers; /* NULL: they do not run */
	uint64_t **sums; /* of counters over all of them */
};

/*
 * The parts of a run, in this order; the privileges are dropped between
 * opening the source and the rest. Each is false with a message in err when
 * the run cannot start. r takes gen over; cl is borrowed. run_close() may
 * follow any of them.
 */
NODISCARD bool run_open_source(struct run *r, const struct cmdline *cl,
    struct generation *gen, char *err, size_t err_len);
/* Active response, still with all rights, for the process that ids become. */
NODISCARD bool run_open_blocker(struct run *r, const struct ids *ids,
    char *err, size_t err_len);
NODISCARD bool run_open_outputs(struct run *r, char *err, size_t err_len);

/* A configuration made for inline runs here as well, on copies: says so. */
void run_say_passive(const struct settings *s);

/* To the end. Returns the exit status: 1 when a capture could not be read
 * whole. */
int run_loop(struct run *r);

/* Flushes and frees all. */
void run_close(struct run *r);

/* What the first worker does with drops changed: others are not asked, for
 * their packets always wait. */
void run_settle(struct run *r);
/* Of a source that is closed. */
void run_add_stats(struct run *r, const struct capture_stats *s);
/* What the sources counted so far, the one open now included. */
void run_capture_stats(const struct run *r, struct capture_stats *out);
/* How long packets that wait for their verdict were here, of all workers. */
void run_latency(const struct run *r, struct latency *out);

#endif
