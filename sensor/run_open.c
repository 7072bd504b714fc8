/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a run, opened. */
#include "sensor/run_open.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/log.h"
#include "core/xalloc.h"
#include "sensor/bypass.h"
#include "sensor/respond/firewall.h"
#include "sensor/run.h"
#include "sensor/signals.h"
#include "sensor/watchdog.h"

enum {
	WAIT_MS = 200, /* how late a signal or a reload may be seen */
	LIVE_RING_BYTES = 64 << 20,
	SNAPLEN_DEFAULT = 65535, /* holds what offloading merged, too */
	FILTER_MAX = 1 << 20,
	LINK_HEADER_MAX = 256,
};

/* -- what a worker does --------------------------------------------------- */

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

void
run_inspect_conf(const struct run *r, struct inspect_conf *out)
{
	const struct settings *s = &r->gen->settings;

	*out = (struct inspect_conf){ .ignore_tcp = s->ignore_tcp,
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
		.bypass = r->ops == &capture_nfqueue ?
		    bypass_settle(s, r->wired) : 0,
		.depth = s->inline_depth,
		.bo_drop = s->watch.bo.drop,
		.event_id_base = s->event_id_base,
		.wants = s->wants,
		.record_packets = r->outs->all_packets };
}

/* -- its sources ------------------------------------------------------------ */

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
	q->closed = s->on_failure == FAILURE_CLOSED;
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
static void
say_queues(const struct run *r)
{
	const struct settings *s = &r->gen->settings;
	unsigned had = nfqueue_is_had(r->source);

	for (unsigned i = 0; i < r->n_others; i++)
		had += nfqueue_is_had(r->others[i]->source);
	if (!had)
		return;
	log_info("inline: judging the packets of queue %s", r->source_name);
	bypass_say(bypass_settle(s, r->wired), s->inline_depth);
	if (!nfqueue_is_had(r->source))
		log_warnx("%s; it is tried again", nfqueue_why(r->source));
	for (unsigned i = 0; i < r->n_others; i++)
		if (!nfqueue_is_had(r->others[i]->source))
			log_warnx("%s; it is tried again",
			    nfqueue_why(r->others[i]->source));
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
	r->wired = firewall_is_wired();
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
		o->wired = r->wired;
		o->packets_left = UINT64_MAX;
		o->nth = i;
		if (!open_one_queue(o, first + i, err, err_len))
			return false;
	}
	return true;
}

/* From here on packets wait: all else is ready. */
static bool
have_queues(struct run *r, char *err, size_t err_len)
{
	if (!nfqueue_begin(r->source, err, err_len))
		return false;
	for (unsigned i = 0; i < r->n_others; i++)
		if (!nfqueue_begin(r->others[i]->source, err, err_len))
			return false;
	if (!fallback_begin(r, err, err_len))
		return false;
	say_queues(r);
	return true;
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

/* bait-and-switch, where rules ask for it; what cannot be is said. */
static void
open_switcher(struct run *r)
{
	const struct settings *s = &r->gen->settings;

	if (r->gen->rules && s->inline_source && !r->cl->has_pcaps &&
	    s->enforce == ENFORCE_ALL)
		r->switcher = switcher_open(&s->bait, r->gen->rules);
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
	open_switcher(r);
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

/* Who is asked what the kernel lets pass by itself. Without it that is not
 * known, and nothing else is different. */
static bool
open_account(struct run *r, char *err, size_t err_len)
{
	const struct settings *s = &r->gen->settings;
	struct account_ops ops;
	char why[256];

	if (!s->inline_source || r->cl->has_pcaps || !r->det ||
	    s->enforce != ENFORCE_ALL)
		return true;
	if (!account_kernel(&ops, why, sizeof(why))) {
		log_warnx("%s: records of flows are without it", why);
		return true;
	}
	r->account = account_new(&ops, track_flows(r->in.track));
	if (!r->account)
		snprintf(err, err_len, "out of memory");
	r->in.account = r->account;
	return r->account != NULL;
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
	r->in.switcher = r->switcher;
	r->in.iface_names = r->iface_names;
	set_sender(r);
	return open_account(r, err, err_len);
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
		o->switcher = r->switcher;
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
	struct inspect_conf conf;

	r->outs = outset_open(s, dlt_for_outputs(r), r->capture.snaplen, err,
	    err_len);
	if (!r->outs || (s->inline_source && r->cl->has_pcaps &&
	        !open_dump(r, err, err_len)))
		return false;
	run_inspect_conf(r, &conf);
	if (r->gen->rules)
		r->reload = reload_new(r->cl, r->gen->names,
		    r->n_others + 1);
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
	if (!switcher_log(r->switcher, s->out.logdir, err, err_len) ||
	    !make_workers(r, &conf, err, err_len) ||
	    !blocker_start(r->blocker, s, &r->in, err, err_len) ||
	    (r->ops == &capture_nfqueue && !have_queues(r, err, err_len)))
		return false;
	progress_init(&r->progress, r->cl->has_pcaps && !s->quiet &&
	    !s->daemon && !r->outs->to_stdout && !r->cl->pcap_show);
	return true;
}
