/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/fallback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/log.h"
#include "core/xalloc.h"
#include "sensor/capture/links.h"
#include "sensor/run.h"

enum { NAMES_MAX = 4096 };
/* between attempts to open an interface that cannot be had */
#define RETRY_NS UINT64_C(5000000000)

static const struct ctr_def counter_defs[] = {
	FALLBACK_COUNTERS(COUNTER_DEF)
};
const struct ctr_group fallback_counters = { "inline", counter_defs,
	FALLBACK_CTR_MAX };

static bool
has_queue(const struct run *r)
{
	bool had = nfqueue_is_had(r->source);

	for (unsigned i = 0; i < r->n_others && !had; i++)
		had = nfqueue_is_had(r->others[i]->source);
	return had;
}

static bool
is_named(const char *names, const char *name)
{
	struct text rest = text_of(names);

	while (rest.ptr)
		if (text_is(text_trim(text_cut(&rest, ':')), name))
			return true;
	return false;
}

static void
add_name(struct buf *b, const char *name)
{
	if (b->len)
		buf_putc(b, ':');
	buf_puts(b, name);
}

/*
 * What is named, or with NULL all bridges: "m0:m1". In place of a bridge its
 * ports, of which what comes in is taken (*incoming). The bridge itself would
 * have to be promiscuous, and then two clones of a packet share what conntrack
 * knows of a new connection: the kernel drops such a packet when it is to be
 * queued (nfnetlink_queue's nf_ct_drop_unconfirmed()).
 */
static void
expand(struct buf *b, const char *named, const struct link_info *list, int n,
    bool *incoming)
{
	*incoming = false;
	for (int i = 0; i < n; i++) {
		const struct link_info *l = &list[i];

		if (named && !is_named(named, l->name))
			continue;
		if (named && !l->is_bridge)
			add_name(b, l->name);
		for (int k = 0; l->is_bridge && k < n; k++)
			if (list[k].bridge == l->index) {
				add_name(b, list[k].name);
				*incoming = true;
			}
	}
}

/* Where copies are taken from, in f->interface; NULL: nowhere. */
static void
find_interface(struct run *r, bool *incoming)
{
	const struct settings *s = &r->gen->settings;
	const char *named = s->fallback_interface ? s->fallback_interface :
	    s->interface;
	struct link_info *list = xcalloc(LINKS_MAX, sizeof(*list));
	char err[128];
	struct buf b;

	buf_init(&b, NAMES_MAX);
	expand(&b, named, list, links_list(list, LINKS_MAX, err,
	    sizeof(err)), incoming);
	free(list);
	free(r->fall.interface);
	/* one that is not there is libpcap's to name, or "any" */
	r->fall.interface = b.len ? b.ptr : named ? xstrdup(named) : NULL;
}

static bool
open_live(struct run *r, char *err, size_t err_len)
{
	struct fallback *f = &r->fall;
	struct capture_conf conf = r->capture;
	unsigned n = 0;

	/* segments that were merged on their way in have no checksum yet, and
	 * libpcap does not tell which they are */
	conf.csum_not_ready = true;
	find_interface(r, &conf.incoming);
	if (!f->interface) {
		snprintf(err, err_len, "there is no interface to take copies "
		    "from: no bridge with ports is here; name one with "
		    "--fallback-interface");
		return false;
	}
	f->live = capture_pcap_live.open(f->interface, &conf, err, err_len);
	if (!f->live)
		return false;
	while (capture_pcap_live.iface_name(f->live, n))
		n++;
	free(f->names);
	f->names = xcalloc(n + 1, sizeof(*f->names));
	for (unsigned i = 0; i < n; i++)
		f->names[i] = capture_pcap_live.iface_name(f->live, i);
	return true;
}

static void
close_live(struct run *r)
{
	struct capture_stats s;

	if (!r->fall.live)
		return;
	capture_pcap_live.stats(r->fall.live, &s);
	run_add_stats(r, &s);
	capture_pcap_live.close(r->fall.live);
	r->fall.live = NULL;
}

static void
say_passive(const struct run *r, const char *trouble)
{
	const struct fallback *f = &r->fall;

	log_warnx("inline: NOT IN THE PATH: %s. Nothing is dropped until a "
	    "queue can be had: packets pass by the rules' queue-bypass, or "
	    "stop where it is missing (see aduana --check-inline). %s%s. The "
	    "queue is tried again, after a second at first and every 30 s at "
	    "last; --fallback exit would end the sensor instead",
	    nfqueue_why(r->source), f->live ? "Meanwhile an IDS: drop rules "
	    "alert, on copies from " : "Nothing is inspected either: ",
	    f->live ? f->interface : trouble);
}

static void
become_passive(struct run *r)
{
	struct fallback *f = &r->fall;
	char err[512] = "";

	f->passive = true;
	f->ctrs[FALLBACK_CTR_FALLBACKS]++;
	f->since_ns = clock_ns();
	f->packets_before = r->in.n_packets;
	f->retry_ns = f->since_ns + RETRY_NS;
	if (!f->live)
		(void)open_live(r, err, sizeof(err));
	say_passive(r, err);
}

static void
add_passive(struct run *r)
{
	struct fallback *f = &r->fall;
	uint64_t now = clock_ns();

	f->passive_ns += now - f->since_ns;
	f->since_ns = now;
	f->ctrs[FALLBACK_CTR_PASSIVE_S] = f->passive_ns / 1000000000u;
	f->ctrs[FALLBACK_CTR_PASSIVE_PACKETS] += r->in.n_packets -
	    f->packets_before;
	f->packets_before = r->in.n_packets;
}

static void
become_inline(struct run *r)
{
	struct fallback *f = &r->fall;

	close_live(r);
	f->passive = false;
	f->ctrs[FALLBACK_CTR_RETURNS]++;
	log_warnx("inline: IN THE PATH AGAIN; %llu packets were inspected "
	    "as copies meanwhile", (unsigned long long)
	    f->ctrs[FALLBACK_CTR_PASSIVE_PACKETS]);
}

bool
fallback_begin(struct run *r, char *err, size_t err_len)
{
	char trouble[512];

	if (has_queue(r) || open_live(r, trouble, sizeof(trouble)))
		return true;
	snprintf(err, err_len, "%s; as an IDS (--fallback ids): %s",
	    nfqueue_why(r->source), trouble);
	return false;
}

bool
fallback_look(struct run *r, char *err, size_t err_len)
{
	struct fallback *f = &r->fall;

	if (f->passive) {
		nfqueue_try(r->source);
		add_passive(r);
	}
	if (LIKELY(has_queue(r) != f->passive)) {
		if (f->passive && !f->live && clock_ns() >= f->retry_ns) {
			f->retry_ns = clock_ns() + RETRY_NS;
			if (open_live(r, err, err_len)) {
				log_warnx("inline: copies from %s are "
				    "inspected", f->interface);
				run_settle(r);
			}
		}
		return true;
	}
	if (!f->passive && r->gen->settings.fallback_exit) {
		snprintf(err, err_len, "%s; --fallback exit ends the sensor",
		    nfqueue_why(r->source));
		return false;
	}
	if (f->passive)
		become_inline(r);
	else
		become_passive(r);
	run_settle(r);
	return true;
}

const struct capture_ops *
fallback_source(const struct run *r, void **source)
{
	bool live = r->fall.passive && r->fall.live;

	*source = live ? r->fall.live : r->source;
	return live ? &capture_pcap_live : r->ops;
}

void
fallback_fini(struct run *r)
{
	close_live(r);
	free(r->fall.interface);
	free(r->fall.names);
	r->fall.interface = NULL;
	r->fall.names = NULL;
}
