/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/buf.h"
#include "core/log.h"
#include "core/xalloc.h"
#include "sensor/signals.h"
#include "sensor/stats.h"
#include "sensor/watchdog.h"

enum {
	WAIT_MS = 200, /* how late a signal or a reload may be seen */
	LIVE_RING_BYTES = 64 << 20,
	SNAPLEN_DEFAULT = 65535, /* holds what offloading merged, too */
	FILTER_MAX = 1 << 20,
	AHEAD_LEAST = 16, /* frames of a batch that are worth looking ahead */
	LINK_HEADER_MAX = 256,
	LAST_BATCHES = 64, /* of a queue that is to be given up */
};

/* -- opening ------------------------------------------------------------ */

/* -F: the file's text without comments, one expression. */
static bool
read_filter(struct run *r, const char *file, char *err, size_t err_len)
{
	FILE *f = fopen(file, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	struct buf b;

	if (!f) {
		snprintf(err, err_len, "cannot read the packet filter %s: %s",
		    file, strerror(errno));
		return false;
	}
	buf_init(&b, FILTER_MAX);
	while ((n = getline(&line, &size, f)) != -1) {
		struct text t = text_make(line, (size_t)n);

		buf_puttext(&b, text_trim(text_cut(&t, '#')));
		buf_putc(&b, ' ');
	}
	if (ferror(f)) {
		snprintf(err, err_len, "cannot read the packet filter %s: %s",
		    file, strerror(errno));
		buf_fini(&b);
		free(line);
		fclose(f);
		return false;
	}
	free(line);
	fclose(f);
	r->filter = b.ptr; /* NULL when the file is empty: everything */
	r->capture.bpf = r->filter;
	return true;
}

void
run_say_passive(const struct settings *s)
{
	if (s->policy == POLICY_INLINE && !s->inline_source)
		log_warnx("policy_mode inline: packets are copies here; drop "
		    "rules alert and nothing is dropped");
	if (s->policy == POLICY_TAP && s->inline_source)
		log_warnx("policy_mode tap: inline, but nothing is dropped; "
		    "drop rules alert");
	if (s->daq && !s->inline_source && strcmp(s->daq, "pcap") != 0 &&
	    strcmp(s->daq, "afpacket") != 0)
		log_warnx("config daq: %s is for inline (-Q); libpcap reads "
		    "the packets", s->daq);
}

/* What becomes of drops: of copies, while no queue is had, nothing. */
static enum enforcement
enforcement_of(const struct run *r)
{
	enum enforcement e = r->gen->settings.enforce;

	return r->fall.passive && e == ENFORCE_ALL ? ENFORCE_NOTHING : e;
}

/* Do rules ask for what this run does not do? */
static bool
cannot_drop(const struct run *r)
{
	const struct settings *s = &r->gen->settings;

	return enforcement_of(r) == ENFORCE_NOTHING && (s->inline_source ||
	    s->policy == POLICY_INLINE);
}

/* Copies of packets are answered: where they are seen as they pass, and the
 * configuration wants it. */
static bool
answers_copies(const struct settings *s, const struct cmdline *cl)
{
	return !s->inline_source && !cl->has_pcaps &&
	    s->enforce == ENFORCE_NOTHING &&
	    (s->response.attempts || s->response.max_active);
}

/* Packets are changed where they are dropped, too. */
static const struct norm_conf *
norm_of(const struct run *r)
{
	const struct norm_conf *n = &r->gen->settings.norm;

	return enforcement_of(r) == ENFORCE_ALL && (n->ip4 || n->ip6 || n->tcp ||
	    n->icmp4 || n->icmp6) ? n : NULL;
}

static bool
settle_capture(struct run *r, char *err, size_t err_len)
{
	const struct settings *s = &r->gen->settings;

	r->capture = (struct capture_conf){
		.snaplen = s->snaplen ? s->snaplen : SNAPLEN_DEFAULT,
		.promisc = !s->no_promisc,
		.bpf = r->cl->bpf,
		.ring_bytes = s->ring_bytes ? s->ring_bytes : LIVE_RING_BYTES,
		.timeout_ms = WAIT_MS,
		/* who is to be blocked is to be known soon */
		.gather_ms = s->block.on && !s->block.dry_run ? 1 : 0,
		.stop = signals_stop,
	};
	run_say_passive(s);
	return !s->bpf_file || read_filter(r, s->bpf_file, err, err_len);
}

static bool
open_live(struct run *r, char *err, size_t err_len)
{
	unsigned n = 0;

	r->source_name = r->gen->settings.interface;
	r->ops = &capture_pcap_live;
	r->source = r->ops->open(r->source_name, &r->capture, err, err_len);
	if (!r->source)
		return false;
	while (r->ops->iface_name(r->source, n))
		n++;
	r->iface_names = xcalloc(n + 1, sizeof(*r->iface_names));
	for (unsigned i = 0; i < n; i++)
		r->iface_names[i] = r->ops->iface_name(r->source, i);
	if (answers_copies(&r->gen->settings, r->cl)) {
		r->net = sender_open(&r->gen->settings.response.sender, err,
		    err_len);
		return r->net != NULL;
	}
	return true;
}

/* A variable of the packet source that is a number, or 0. */
static bool
queue_number(const struct settings *s, const char *name, uint32_t *v,
    char *err, size_t err_len)
{
	const char *text = settings_daq_var(s, name);
	int64_t n = 0;

	if (text && !text_to_i64(text_of(text), 1, INT32_MAX, &n)) {
		snprintf(err, err_len, "--daq-var %s=%s: give a number", name,
		    text);
		return false;
	}
	if (text)
		*v = (uint32_t)n;
	return true;
}

static bool
settle_queue(struct run *r, char *err, size_t err_len)
{
	const struct settings *s = &r->gen->settings;
	struct nfqueue_conf *q = &r->queue;

	q->fail_open = s->on_failure == FAILURE_OPEN ||
	    (s->on_failure == FAILURE_UNSET &&
	        settings_daq_flag(s, "fail_open"));
	q->may_wait = !s->fallback_exit;
	q->hold_s = watchdog_hold();
	q->no_gso = settings_daq_flag(s, "no_gso");
	r->capture.queue = q;
	return queue_number(s, "queue_len", &q->maxlen, err, err_len) &&
	    queue_number(s, "queue_maxlen", &q->maxlen, err, err_len) &&
	    queue_number(s, "queue_rcvbuf", &q->rcvbuf, err, err_len);
}

/* One of the queues, for the worker whose run this is. */
static bool
open_one_queue(struct run *r, unsigned number, char *err, size_t err_len)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", number);
	r->ops = &capture_nfqueue;
	r->source = r->ops->open(name, &r->capture, err, err_len);
	if (!r->source)
		return false;
	r->iface_names = xcalloc(2, sizeof(*r->iface_names));
	r->iface_names[0] = r->ops->iface_name(r->source, 0);
	return true;
}

/* Which of them are had: those that are not wait for it. */
static bool
say_queues(const struct run *r)
{
	unsigned had = nfqueue_is_had(r->source);

	for (unsigned i = 0; i < r->n_others; i++)
		had += nfqueue_is_had(r->others[i]->source);
	if (!had)
		return true;
	log_info("inline: judging the packets of queue %s", r->source_name);
	if (!nfqueue_is_had(r->source))
		log_warnx("%s; it is tried again", nfqueue_why(r->source));
	for (unsigned i = 0; i < r->n_others; i++)
		if (!nfqueue_is_had(r->others[i]->source))
			log_warnx("%s; it is tried again",
			    nfqueue_why(r->others[i]->source));
	return true;
}

/* Inline: the kernel's queues, each for a worker of its own. */
static bool
open_queue(struct run *r, char *err, size_t err_len)
{
	const struct settings *s = &r->gen->settings;
	const char *range = s->queues ? s->queues : "0";
	uint16_t first;
	unsigned n;

	if (!settle_queue(r, err, err_len) ||
	    !nfqueue_range(range, &first, &n, err, err_len))
		return false;
	if (s->interface)
		log_warnx("inline: the kernel's rules say which packets come "
		    "(see --setup); of -i %s copies are taken where no queue "
		    "can be had", s->interface);
	r->source_name = range;
	if (!open_one_queue(r, first, err, err_len))
		return false;
	r->others = xcalloc(n, sizeof(struct run *));
	for (unsigned i = 1; i < n; i++) {
		struct run *o = xcalloc(1, sizeof(*o));

		r->others[r->n_others++] = o;
		o->cl = r->cl;
		o->gen = r->gen;
		o->capture = r->capture;
		o->source_name = range;
		o->packets_left = UINT64_MAX;
		o->nth = i;
		if (!open_one_queue(o, first + i, err, err_len))
			return false;
	}
	return fallback_begin(r, err, err_len) && say_queues(r);
}

/* The kernel's queue, and what answers to its packets are sent by. */
static bool
open_inline(struct run *r, char *err, size_t err_len)
{
	if (!open_queue(r, err, err_len))
		return false;
	r->net = sender_open(&r->gen->settings.response.sender, err, err_len);
	for (unsigned i = 0; r->net && i < r->n_others; i++) {
		r->others[i]->net = sender_open(
		    &r->gen->settings.response.sender, err, err_len);
		if (!r->others[i]->net)
			return false;
	}
	return r->net != NULL;
}

/* Inline over capture files: where what goes on is written, in the log
 * directory unless its name says otherwise. */
static bool
open_dump(struct run *r, char *err, size_t err_len)
{
	const struct settings *s = &r->gen->settings;
	const char *name = settings_daq_var(s, "file");
	char *path;

	if (!name || !*name)
		name = DUMP_FILE;
	path = *name == '/' ? xstrdup(name) :
	    xasprintf("%s/%s", s->out.logdir, name);
	r->dump = dump_open(path, err, err_len);
	free(path);
	return r->dump != NULL;
}

bool
run_open_source(struct run *r, const struct cmdline *cl,
    struct generation *gen, char *err, size_t err_len)
{
	*r = (struct run){ .cl = cl, .gen = gen };
	r->packets_left = gen->settings.pkt_count ? gen->settings.pkt_count :
	    UINT64_MAX;
	if (!settle_capture(r, err, err_len))
		return false;
	if (cl->has_pcaps)
		return capture_check_filter(r->capture.bpf, err, err_len) &&
		    pcap_list_expand(&r->list, cl->pcaps, cl->n_pcaps, err,
		    err_len);
	if (gen->settings.inline_source)
		return open_inline(r, err, err_len);
	if (gen->settings.interface)
		return open_live(r, err, err_len);
	snprintf(err, err_len, "nothing to inspect: name an interface with -i "
	    "or a capture file with -r");
	return false;
}

bool
run_open_blocker(struct run *r, const struct ids *ids, char *err,
    size_t err_len)
{
	struct blocker_conf c = {
		.settings = &r->gen->settings,
		.files = r->cl->has_pcaps,
		.n_workers = r->n_others + 1,
		.uid = ids->uid,
		.gid = ids->gid,
	};

	return !r->gen->rules || blocker_open(&r->blocker, &c, err, err_len);
}

static int
dlt_for_outputs(const struct run *r)
{
	enum { DLT_ETHERNET = 1 };

	/* each record says its own; this one is the first guess */
	return r->source ? r->ops->dlt(r->source, 0) : DLT_ETHERNET;
}

/* Of a capture: what would be sent stands among what goes on, behind the link
 * header of the packet that is answered. */
static bool
send_to_dump(void *self, const struct packet *p,
    const struct reject_link *link, const struct reject_packet *a)
{
	const struct run *r = self;
	struct slice head = pkt_bytes(p, 0, p->dec.ip_off);
	uint8_t out[LINK_HEADER_MAX + REJECT_PACKET_MAX];

	(void)link;
	if (p->dec.flags & PKT_TUNNELLED || head.len > LINK_HEADER_MAX)
		return false;
	if (head.len)
		memcpy(out, head.ptr, head.len);
	if (p->dec.has_eth && a->to_source)
		sender_swap(out + p->dec.eth_off);
	memcpy(out + head.len, a->b, a->len);
	dump_sent(r->dump, p->ts, out, (uint32_t)head.len + a->len);
	return true;
}

/* Answers are sent where packets wait for their verdict; a source that cannot
 * send them is one whose packets nobody waits for. */
static void
set_sender(struct run *r)
{
	if (r->dump)
		r->in.sender = (struct reject_sender){ r, send_to_dump, NULL };
	else if (r->net)
		r->in.sender = sender_net(r->net);
}

/* A worker's own detector and path. */
static bool
make_worker(struct run *r, const struct inspect_conf *conf, unsigned nth,
    unsigned of, char *err, size_t err_len)
{
	if (r->gen->rules)
		r->det = detector_new(r->gen->rules);
	if (r->gen->rules && !r->det) {
		snprintf(err, err_len, "out of memory");
		return false;
	}
	if (r->det)
		detector_share_ids(r->det, nth, of);
	if (!inspect_init(&r->in, &r->gen->settings.dec, r->det,
	    r->outs->outputs, conf)) {
		snprintf(err, err_len, "out of memory");
		return false;
	}
	r->inspect_ready = true;
	r->in.sticky = r->sticky;
	r->in.iface_names = r->iface_names;
	set_sender(r);
	return true;
}

static bool
make_workers(struct run *r, const struct inspect_conf *conf, char *err,
    size_t err_len)
{
	if (!make_worker(r, conf, 0, r->n_others + 1, err, err_len))
		return false;
	for (unsigned i = 0; i < r->n_others; i++) {
		struct run *o = r->others[i];

		o->outs = r->outs;
		o->sticky = r->sticky;
		if (!make_worker(o, conf, i + 1, r->n_others + 1, err,
		    err_len))
			return false;
	}
	r->sums = r->n_others ? counters_sums_new() : NULL;
	return true;
}

bool
run_open_outputs(struct run *r, char *err, size_t err_len)
{
	const struct settings *s = &r->gen->settings;
	struct inspect_conf conf = { .ignore_tcp = s->ignore_tcp,
		.ignore_udp = s->ignore_udp,
		.track = &s->track,
		.watch = &s->watch,
		.established_only = s->stateful,
		.no_stream_inserts = s->no_stream_inserts,
		.enforce = enforcement_of(r),
		.cannot_drop = cannot_drop(r),
		.checksum_drop = s->checksum_drop,
		.response = s->response,
		.answers_copies = answers_copies(s, r->cl),
		.norm = norm_of(r),
		.bypass = s->inline_bypass,
		.depth = s->inline_depth,
		.bo_drop = s->watch.bo.drop,
		.event_id_base = s->event_id_base,
		.wants = s->wants };

	r->outs = outset_open(s, dlt_for_outputs(r), r->capture.snaplen, err,
	    err_len);
	if (!r->outs || (s->inline_source && r->cl->has_pcaps &&
	        !open_dump(r, err, err_len)))
		return false;
	conf.record_packets = r->outs->all_packets;
	if (r->gen->rules)
		r->reload = reload_new(r->cl, r->gen->names);
	r->counters = counters_new();
	if ((r->gen->rules && !r->reload) || !r->counters) {
		snprintf(err, err_len, "out of memory");
		return false;
	}
	if (s->enforce != ENFORCE_NOTHING && r->gen->rules) {
		r->sticky = sticky_new(&s->sticky, s->out.logdir, err,
		    err_len);
		if (!r->sticky)
			return false;
	}
	if (!make_workers(r, &conf, err, err_len) ||
	    !blocker_start(r->blocker, s, &r->in, err, err_len))
		return false;
	progress_init(&r->progress, r->cl->has_pcaps && !s->quiet &&
	    !s->daemon && !r->outs->to_stdout && !r->cl->pcap_show);
	return true;
}

/* -- between batches ---------------------------------------------------- */

/* The workers' detectors to rules g has, all of them or none; false: out of
 * memory. */
static bool
adopt_rules(struct run *r, const struct generation *g)
{
	unsigned n = 0;
	bool back;

	if (!detector_adopt(r->det, g->rules))
		return false;
	while (n < r->n_others && detector_adopt(r->others[n]->det, g->rules))
		n++;
	if (n == r->n_others)
		return true;
	back = detector_adopt(r->det, r->gen->rules);
	while (n-- && back)
		back = detector_adopt(r->others[n]->det, r->gen->rules);
	/* no memory for the way back either: there is no state to go on in */
	if (!back)
		fatalx("reload: out of memory");
	return false;
}

void
run_settle(struct run *r)
{
	bool live = r->fall.passive && r->fall.live;

	r->in.conf.enforce = enforcement_of(r);
	r->in.conf.cannot_drop = cannot_drop(r);
	r->in.conf.norm = norm_of(r);
	r->in.iface_names = live ? r->fall.names : r->iface_names;
}

/* r->gen is the new one already. */
static void
adopt_worker(struct run *r)
{
	const struct settings *s = &r->gen->settings;

	r->in.out = r->outs->outputs;
	r->in.conf.record_packets = r->outs->all_packets;
	r->in.dec.conf = &s->dec;
	if (r->in.track)
		track_adopt(r->in.track, &s->track);
	if (r->in.watch)
		watch_adopt(r->in.watch, &s->watch);
	r->in.conf.wants = s->wants;
	r->in.conf.established_only = s->stateful;
	r->in.conf.no_stream_inserts = s->no_stream_inserts;
	if (s->inline_source && !r->cl->has_pcaps)
		run_settle(r);
	r->in.conf.checksum_drop = s->checksum_drop;
	r->in.conf.response = s->response;
	r->in.conf.answers_copies = answers_copies(s, r->cl);
	r->in.conf.enforce = enforcement_of(r);
	r->in.conf.cannot_drop = cannot_drop(r);
	r->in.conf.norm = norm_of(r);
	r->in.conf.bypass = s->inline_bypass;
	r->in.conf.depth = s->inline_depth;
	r->in.conf.bo_drop = s->watch.bo.drop;
	r->in.conf.ignore_tcp = s->ignore_tcp;
	r->in.conf.ignore_udp = s->ignore_udp;
}

/* Puts another generation in the place of the running one, or leaves all as
 * it is and says why. The other workers rest. */
static bool
adopt(struct run *r, struct generation *g)
{
	const struct settings *s = &g->settings;
	struct generation *old;
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
	old = r->gen;
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
	generation_free(old);
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
	adopted = g && adopt(r, g);
	workers_go_on(r->workers);
	if (adopted) {
		r->n_reloads++;
		return;
	}
	generation_free(g);
	r->n_reloads_failed++;
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

	if (g && g->usable && adopt(r, g)) {
		r->n_reloads++;
		return;
	}
	generation_free(g);
	r->n_reloads_failed++;
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
	if (r->inspect_ready)
		inspect_fini(&r->in);
	sticky_free(r->sticky);
	counters_free(r->counters);
	if (r->det)
		detector_free(r->det);
	generation_free(r->gen);
	pcap_list_fini(&r->list);
	free(r->iface_names);
	free(r->filter);
	*r = (struct run){ 0 };
}
