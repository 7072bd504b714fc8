/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/watch/watch.h"

#include <stdlib.h>

#include "core/xalloc.h"

#define WATCH_COUNTERS(X)                                                      \
	X(SCANS, "portscans", "port scans and sweeps found")                   \
	X(OPEN, "open_ports", "open ports that a reported scan found")         \
	X(EVICTED, "portscan_evicted",                                         \
	    "hosts forgotten for others: sfportscan's memcap is full")         \
	X(NO_MEMORY, "no_memory",                                              \
	    "watches that a reload had no memory for")         \
	X(BO, "back_orifice", "datagrams of Back Orifice")                       \
	X(BLACK, "reputation_black", "sessions of addresses on the block list") \
	X(WHITE, "reputation_white", "sessions of addresses on the allow list") \
	X(ARP, "arp", "ARP packets looked at")                                 \
	X(ARP_EVENTS, "arp_events", "ARP events raised")

#define X(NAME, name, help) CTR_##NAME,
enum { WATCH_COUNTERS(X) CTR_MAX };
#undef X

static const struct ctr_def counter_defs[] = { WATCH_COUNTERS(COUNTER_DEF) };
const struct ctr_group watch_counters = { "watch", counter_defs, CTR_MAX };

struct watch {
	const struct watch_conf *conf;
	struct portscan *portscan; /* NULL: not watched for */
	size_t memcap;             /* it was made with */
	uint64_t evicted_before;   /* by tables that are gone */
	struct bo *bo;             /* NULL: not watched for */
	uint64_t ctrs[CTR_MAX];
};

struct watch_conf
watch_conf_default(void)
{
	return (struct watch_conf){ .portscan = portscan_conf_default() };
}

struct watch *
watch_new(const struct watch_conf *conf)
{
	struct watch *w = mem_calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->conf = conf;
	w->memcap = conf->portscan.memcap;
	if (conf->portscan.enabled) {
		w->portscan = portscan_new(&conf->portscan);
		if (!w->portscan) {
			watch_free(w);
			return NULL;
		}
	}
	if (conf->bo.enabled) {
		w->bo = bo_new();
		if (!w->bo) {
			watch_free(w);
			return NULL;
		}
	}
	return w;
}

void
watch_free(struct watch *w)
{
	if (!w)
		return;
	portscan_free(w->portscan);
	bo_free(w->bo);
	free(w);
}

void
watch_reset(struct watch *w)
{
	if (w->portscan)
		portscan_reset(w->portscan);
}

void
watch_adopt(struct watch *w, const struct watch_conf *conf)
{
	const struct portscan_conf *to = &conf->portscan;
	bool same = w->portscan && to->memcap == w->memcap;
	struct portscan *fresh = NULL;

	w->conf = conf;
	if (conf->bo.enabled && !w->bo) {
		w->bo = bo_new();
		w->ctrs[CTR_NO_MEMORY] += !w->bo;
	}
	if (to->enabled && !same) {
		fresh = portscan_new(to);
		w->ctrs[CTR_NO_MEMORY] += !fresh;
	}
	if (w->portscan && to->enabled && !fresh) {
		portscan_adopt(w->portscan, to);
		return;
	}
	if (w->portscan)
		w->evicted_before += portscan_evicted(w->portscan);
	portscan_free(w->portscan);
	w->portscan = fresh;
	w->memcap = to->memcap;
}

uint64_t *
watch_counters_of(struct watch *w)
{
	w->ctrs[CTR_EVICTED] = w->evicted_before +
	    (w->portscan ? portscan_evicted(w->portscan) : 0);
	return w->ctrs;
}

static enum rep_word
ask_reputation(struct watch *w, struct packet *p, const struct watch_view *v)
{
	enum rep_word word;

	if (!w->conf->reputation.enabled || (v->has_session && !v->is_first))
		return REP_SAYS_NOTHING;
	word = reputation_packet(&w->conf->reputation, p);
	w->ctrs[CTR_BLACK] += word == REP_SAYS_BLACK;
	w->ctrs[CTR_WHITE] += word == REP_SAYS_WHITE ||
	    word == REP_SAYS_TRUSTED;
	return word;
}

enum rep_word
watch_packet(struct watch *w, struct packet *p, const struct watch_view *v)
{
	enum rep_word word = ask_reputation(w, p, v);

	if (w->conf->arpspoof.enabled && p->dec.has_arp) {
		w->ctrs[CTR_ARP]++;
		w->ctrs[CTR_ARP_EVENTS] += arpspoof_packet(&w->conf->arpspoof,
		    p);
	}
	if (w->bo && w->conf->bo.enabled && p->dec.l4 == PKT_L4_UDP)
		w->ctrs[CTR_BO] += bo_packet(w->bo, &w->conf->bo, p);
	if (w->portscan)
		portscan_packet(w->portscan, p, v);
	return word;
}

bool
watch_next(struct watch *w, struct watch_report *r)
{
	if (!w->portscan || !portscan_next(w->portscan, r))
		return false;
	w->ctrs[r->event_ref ? CTR_OPEN : CTR_SCANS]++;
	return true;
}

void
watch_reported(struct watch *w, uint32_t event_id)
{
	if (w->portscan)
		portscan_reported(w->portscan, event_id);
}
