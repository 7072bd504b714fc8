/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "sensor/run_open.h"
#include "sensor/signals.h"
#include "sensor/stats.h"
#include "sensor/watchdog.h"

enum {
	AHEAD_LEAST = 16, /* frames of a batch that are worth looking ahead */
	LAST_BATCHES = 64, /* of a queue that is to be given up */
};

/* -- between batches ---------------------------------------------------- */

/* Detectors to g's rules from those of the running one, or back. */
static unsigned
swap_rooms(struct run *r, struct generation *g, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (!detector_adopt(i ? r->others[i - 1]->det : r->det,
		    g->rooms[i]))
			break;
	return i;
}

/* All workers' detectors to rules g has, or none; false: out of memory. What
 * they had for the running generation is g's to release then. */
static bool
adopt_rules(struct run *r, struct generation *g)
{
	unsigned n = swap_rooms(r, g, g->n_rooms);

	if (n == g->n_rooms)
		return true;
	/* no memory for the way back either: there is no state to go on in */
	if (swap_rooms(r, g, n) != n)
		fatalx("reload: out of memory");
	return false;
}

void
run_settle(struct run *r)
{
	bool live = r->fall.passive && r->fall.live;

	run_inspect_conf(r, &r->in.conf);
	r->in.iface_names = live ? r->fall.names : r->iface_names;
}

/* r->gen is the new one already. */
static void
adopt_worker(struct run *r)
{
	const struct settings *s = &r->gen->settings;

	r->in.out = r->outs->outputs;
	r->in.dec.conf = &s->dec;
	if (r->in.track)
		track_adopt(r->in.track, &s->track);
	if (r->in.watch)
		watch_adopt(r->in.watch, &s->watch);
	if (s->inline_source && !r->cl->has_pcaps)
		run_settle(r);
	else
		run_inspect_conf(r, &r->in.conf);
}

/* Puts another generation, with rooms, in the place of the running one, or
 * leaves all as it is and says why; *spare is the one that is to be released
 * then. The other workers rest. */
static bool
adopt(struct run *r, struct generation **spare)
{
	struct generation *g = *spare, *old = r->gen;
	const struct settings *s = &g->settings;
	struct outset *outs = NULL;
	char err[1024];

	if (!outset_fits(r->outs, s)) {
		outs = outset_open(s, r->outs->conf.dlt, r->outs->conf.snaplen,
		    err, sizeof(err));
		if (!outs) {
			log_warnx("reload: %s; the old rules go on", err);
			return false;
		}
	}
	if (!adopt_rules(r, g)) {
		log_warnx("reload: out of memory; the old rules go on");
		outset_free(outs);
		return false;
	}
	if (outs) {
		outset_free(r->outs);
		r->outs = outs;
	} else {
		outputs_reopen(r->outs->outputs);
	}
	r->gen = g;
	adopt_worker(r);
	blocker_adopt(r->blocker, &g->settings);
	for (unsigned i = 0; i < r->n_others; i++) {
		struct run *o = r->others[i];

		o->outs = r->outs;
		o->gen = g;
		adopt_worker(o);
	}
	if (r->sticky)
		sticky_adopt(r->sticky, &s->sticky);
	if (s->inline_source && !r->cl->has_pcaps)
		switcher_adopt(r->switcher, &s->bait, g->rules);
	/* what detectors had for the old rules goes with these */
	old->rooms = g->rooms;
	old->n_rooms = g->n_rooms;
	g->rooms = NULL;
	g->n_rooms = 0;
	*spare = old;
	watchdog_reloaded();
	log_info("reload: done, the new rules are in force");
	return true;
}

static void
take_reload(struct run *r)
{
	struct generation *g;
	bool adopted;

	if (!r->reload || !reload_take(r->reload, &g))
		return;
	workers_rest(r->workers);
	adopted = g && adopt(r, &g);
	workers_go_on(r->workers);
	if (g)
		reload_retire(r->reload, g);
	r->n_reloads += adopted;
	r->n_reloads_failed += !adopted;
}

static void
reopen_outputs(struct run *r)
{
	workers_rest(r->workers);
	outputs_reopen(r->outs->outputs);
	workers_go_on(r->workers);
}

static void
tell_counters(struct run *r)
{
	bool told;

	if (!counters_due(r->counters, r, mtime_now()))
		return;
	workers_rest(r->workers);
	told = counters_clock(r->counters, r, mtime_now());
	workers_go_on(r->workers);
	if (told)
		outputs_flush(r->outs->outputs);
}

static void
serve_requests(struct run *r)
{
	if (signals_take_reload()) {
		if (r->reload)
			reload_start(r->reload);
		else
			reopen_outputs(r);
	}
	take_reload(r);
	if (r->switcher)
		switcher_counts(r->switcher, r->in.bait_ctrs);
	if (!r->cl->has_pcaps)
		tell_counters(r);
	if (UNLIKELY(signals_take_stats())) {
		progress_clear(&r->progress);
		workers_rest(r->workers);
		stats_say(r);
		workers_go_on(r->workers);
	}
}

/* Time is the packets' where they are read from files. */
static void
serve_blocker(struct run *r, bool idle)
{
	if (LIKELY(!r->blocker))
		return;
	blocker_step(r->blocker, r->cl->has_pcaps ? r->in.pkt.ts :
	    mtime_now(), idle);
	outputs_flush(r->outs->outputs);
}

/* -- the loop ----------------------------------------------------------- */

/* Looks ahead from frame i; `seen` frames of the batch were looked at. Past
 * its end, for the last ones. */
static unsigned
look_ahead(struct run *r, const struct capture_ops *ops, void *source,
    const struct frame *frames, unsigned n, unsigned i, unsigned seen)
{
	for (; seen <= i + INSPECT_AHEAD; seen++) {
		struct slice bytes = slice_make(NULL, 0);
		int dlt = 0;

		if (seen < n) {
			const struct frame *f = &frames[seen];

			bytes = slice_make(f->data, f->caplen);
			dlt = ops->dlt(source, f->iface);
		}
		inspect_ahead(&r->in, bytes, dlt, seen - i);
	}
	return seen;
}

static void
inspect_batch(struct run *r, const struct capture_ops *ops, void *source,
    const struct frame *frames, unsigned n)
{
	uint64_t taken_ns = ops->verdict ? clock_ns() : 0;
	unsigned seen = 0;

	for (unsigned i = 0; i < n; i++) {
		struct frame_verdict v;

		if (n >= AHEAD_LEAST)
			seen = look_ahead(r, ops, source, frames, n, i, seen);
		if (r->cl->has_pcaps) /* time is that of the packets */
			counters_clock(r->counters, r, frames[i].ts);
		r->in.dlt = ops->dlt(source, frames[i].iface);
		v = inspect_frame(&r->in, &frames[i]);
		if (ops->verdict)
			ops->verdict(source, i, &v);
		else if (r->dump)
			dump_verdict(r->dump, &frames[i], &v);
	}
	/* most verdicts are sent with the last one: none later than now */
	if (ops->verdict)
		latency_add(&r->latency, clock_ns() - taken_ns, n);
	inspect_answer_late(&r->in);
	outputs_flush(r->outs->outputs);
	r->packets_left -= n;
}

static void
step_account(struct run *r)
{
	if (UNLIKELY(r->account != NULL))
		account_step(r->account, clock_ns(), ACCOUNT_STEP);
}

/* Runs the source that is open until it ends; false with a message when it
 * ended in an error. */
static bool
run_source(struct run *r, char *err, size_t err_len)
{
	struct frame frames[CAPTURE_BATCH];
	const struct capture_ops *ops = r->ops;
	void *source = r->source;

	while (r->packets_left && !signals_stop()) {
		unsigned want = r->packets_left < CAPTURE_BATCH ?
		    (unsigned)r->packets_left : CAPTURE_BATCH, got;
		uint64_t before, after, at, size;
		enum capture_status status;

		if (r->ops == &capture_nfqueue) {
			if (!fallback_look(r, err, err_len))
				return false;
			ops = fallback_source(r, &source);
		}
		before = clock_ns();
		status = ops->batch(source, frames, want, &got, err, err_len);
		watchdog_beat(0);
		after = clock_ns();
		r->capture_ns += after - before;
		if (got)
			inspect_batch(r, ops, source, frames, got);
		if (status == CAPTURE_END)
			return true;
		if (status == CAPTURE_ERROR)
			return false;
		step_account(r);
		serve_requests(r);
		serve_blocker(r, got == 0);
		if (UNLIKELY(r->progress.on)) {
			r->ops->progress(r->source, &at, &size);
			progress_show(&r->progress, after, at, size,
			    r->in.n_packets, r->in.ctrs[INSPECT_CTR_ALERTS]);
		}
	}
	return true;
}

/* A batch of one of the other workers. An error is said by its source, which
 * tries again. */
static void
step(void *worker)
{
	struct run *r = worker;
	struct frame frames[CAPTURE_BATCH];
	uint64_t before = clock_ns();
	char err[256];
	unsigned got;

	watchdog_beat(r->nth);
	(void)r->ops->batch(r->source, frames, CAPTURE_BATCH, &got, err,
	    sizeof(err));
	r->capture_ns += clock_ns() - before;
	if (got)
		inspect_batch(r, r->ops, r->source, frames, got);
	step_account(r);
}

/* The end of inline: what waits is judged, so much at most, and the queue is
 * given up, so that no packet waits for what is left to do. */
static void
give_up_queue(struct run *r)
{
	struct frame frames[CAPTURE_BATCH];
	char err[256];
	unsigned got;

	nfqueue_last_batches(r->source);
	for (unsigned i = 0; i < LAST_BATCHES && r->packets_left; i++) {
		unsigned want = r->packets_left < CAPTURE_BATCH ?
		    (unsigned)r->packets_left : CAPTURE_BATCH;

		(void)r->ops->batch(r->source, frames, want, &got, err,
		    sizeof(err));
		if (!got)
			break;
		inspect_batch(r, r->ops, r->source, frames, got);
	}
	nfqueue_give_up(r->source);
}

static void
give_up_queues(struct run *r)
{
	give_up_queue(r);
	for (unsigned i = 0; i < r->n_others; i++)
		give_up_queue(r->others[i]);
}

static void
add_stats(struct capture_stats *sum, const struct capture_stats *s)
{
	sum->received += s->received;
	sum->dropped += s->dropped;
	sum->if_dropped += s->if_dropped;
	sum->bytes += s->bytes;
}

void
run_add_stats(struct run *r, const struct capture_stats *s)
{
	add_stats(&r->before, s);
}

void
run_capture_stats(const struct run *r, struct capture_stats *out)
{
	struct capture_stats now;

	*out = r->before;
	if (!r->source)
		return;
	r->ops->stats(r->source, &now);
	add_stats(out, &now);
	if (r->fall.live) {
		capture_pcap_live.stats(r->fall.live, &now);
		add_stats(out, &now);
	}
	for (unsigned i = 0; i < r->n_others; i++) {
		run_capture_stats(r->others[i], &now);
		add_stats(out, &now);
	}
}

void
run_latency(const struct run *r, struct latency *out)
{
	*out = r->latency;
	for (unsigned i = 0; i < r->n_others; i++)
		latency_merge(out, &r->others[i]->latency);
}

static void
close_source(struct run *r)
{
	struct capture_stats s;

	if (!r->source)
		return;
	r->ops->stats(r->source, &s);
	add_stats(&r->before, &s);
	r->ops->close(r->source);
	r->source = NULL;
}

/* -- files -------------------------------------------------------------- */

static bool
check_dlt(struct run *r, const char *name, char *err, size_t err_len)
{
	int dlt = r->ops->dlt(r->source, 0);

	if (decode_dlt_name(dlt))
		return true;
	snprintf(err, err_len, "%s: its link type (%d) is not one that can be "
	    "decoded; see --list-decoders", name, dlt);
	return false;
}

/* What goes on of this capture joins what went on of those before it. */
static bool
begin_dump(struct run *r, const char *name, char *err, size_t err_len)
{
	char why[512];

	if (!r->dump || dump_source(r->dump, r->ops->dlt(r->source, 0),
	    r->capture.snaplen, why, sizeof(why)))
		return true;
	snprintf(err, err_len, "%s: %s", name, why);
	return false;
}

/* --pcap-show: on standard output, in order with alerts that go there. */
static void
show_name(struct run *r, const char *name)
{
	outputs_flush(r->outs->outputs);
	printf("Reading network traffic from \"%s\" with snaplen = %u\n", name,
	    r->capture.snaplen);
	fflush(stdout);
}

static bool
run_file(struct run *r, const char *name, char *err, size_t err_len)
{
	struct capture_stats s;
	bool ok;

	r->ops = &capture_pcap_file;
	r->source_name = name;
	r->source = r->ops->open(name, &r->capture, err, err_len);
	if (!r->source)
		return false;
	r->in.file = name;
	progress_start(&r->progress, name, clock_ns(), r->in.n_packets);
	ok = check_dlt(r, name, err, err_len) &&
	    begin_dump(r, name, err, err_len) && run_source(r, err, err_len);
	progress_clear(&r->progress);
	r->ops->stats(r->source, &s);
	close_source(r);
	if (ok && s.truncated && !signals_stop()) {
		snprintf(err, err_len, "%s is cut off inside a packet; the "
		    "%llu packets before it were inspected", name,
		    (unsigned long long)s.received);
		return false;
	}
	return ok;
}

/* --pcap-reset: the next capture is judged as by a process of its own. */
static void
reset(struct run *r)
{
	inspect_flush(&r->in);
	inspect_reset(&r->in);
}

/* --pcap-reload */
static void
reload_now(struct run *r)
{
	struct generation *g = generation_load(r->cl, r->gen->names);
	bool adopted = g && g->usable && generation_make_rooms(g, 1) &&
	    adopt(r, &g);

	generation_free(g);
	r->n_reloads += adopted;
	r->n_reloads_failed += !adopted;
}

static void
run_list_once(struct run *r, bool first)
{
	char err[1024];

	for (size_t i = 0; i < r->list.n; i++) {
		const char *name = r->list.names[i];

		if (!r->packets_left || signals_stop())
			return;
		if (!first || i) {
			if (r->cl->pcap_reset)
				reset(r);
			if (r->cl->pcap_reload && r->gen->rules)
				reload_now(r);
		}
		if (r->cl->pcap_show)
			show_name(r, name);
		r->n_files++;
		if (!run_file(r, name, err, sizeof(err))) {
			log_warnx("%s", err);
			r->n_failed++;
		}
	}
}

/* A list of which nothing can be read would go round for ever. */
static bool
is_hopeless(const struct run *r)
{
	return r->n_failed == r->n_files;
}

static int
run_files(struct run *r)
{
	bool first = true;

	for (int64_t i = 0; !r->cl->pcap_loop || i < r->cl->pcap_loop; i++) {
		if (!r->packets_left || signals_stop() ||
		    (!first && is_hopeless(r)))
			break;
		run_list_once(r, first);
		first = false;
	}
	return r->n_failed ? 1 : 0;
}

static int
run_live(struct run *r)
{
	char err[1024];
	bool ok;

	if (r->n_others) {
		r->workers = workers_start((void *const *)r->others,
		    r->n_others, step, err, sizeof(err));
		if (!r->workers) {
			log_warnx("%s", err);
			return 1;
		}
	}
	r->in.iface_names = r->iface_names;
	ok = run_source(r, err, sizeof(err));
	workers_stop(r->workers);
	r->workers = NULL;
	if (r->ops == &capture_nfqueue)
		give_up_queues(r);
	watchdog_ends();
	if (!ok)
		log_warnx("%s", err);
	return ok ? 0 : 1;
}

int
run_loop(struct run *r)
{
	int status;

	r->started_ns = clock_ns();
	status = r->cl->has_pcaps ? run_files(r) : run_live(r);
	inspect_flush(&r->in);
	for (unsigned i = 0; i < r->n_others; i++)
		inspect_flush(&r->others[i]->in);
	serve_blocker(r, false);
	counters_tell(r->counters, r, r->cl->has_pcaps ? r->in.pkt.ts :
	    mtime_now());
	outputs_flush(r->outs->outputs);
	if (r->dump)
		dump_flush(r->dump);
	return status;
}

/* What another worker's run has of its own. */
static void
close_other(struct run *o)
{
	close_source(o);
	sender_close(o->net);
	account_free(o->account);
	if (o->inspect_ready)
		inspect_fini(&o->in);
	if (o->det)
		detector_free(o->det);
	free(o->iface_names);
	free(o);
}

void
run_close(struct run *r)
{
	for (unsigned i = 0; i < r->n_others; i++)
		close_other(r->others[i]);
	free(r->others);
	fallback_fini(r);
	blocker_stop(r->blocker);
	counters_sums_free(r->sums);
	reload_free(r->reload);
	close_source(r);
	outset_free(r->outs);
	(void)dump_close(r->dump);
	sender_close(r->net);
	account_free(r->account);
	if (r->inspect_ready)
		inspect_fini(&r->in);
	sticky_free(r->sticky);
	switcher_close(r->switcher);
	counters_free(r->counters);
	if (r->det)
		detector_free(r->det);
	generation_free(r->gen);
	pcap_list_fini(&r->list);
	free(r->iface_names);
	free(r->filter);
	*r = (struct run){ 0 };
}
