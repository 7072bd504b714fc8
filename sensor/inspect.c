/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/inspect.h"

#include <stdlib.h>
#include <time.h>

#include "core/xalloc.h"

enum { SAMPLE_EVERY = 64 };

static const struct ctr_def counter_defs[] = {
	INSPECT_COUNTERS(COUNTER_DEF)
};
const struct ctr_group inspect_counters = { "packet", counter_defs,
	INSPECT_CTR_MAX };

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* What reading the clock adds to each sampled stage. */
static uint64_t
clock_cost(void)
{
	uint64_t least = UINT64_MAX, last = now_ns();

	for (unsigned i = 0; i < 64; i++) {
		uint64_t now = now_ns();

		if (now - last < least)
			least = now - last;
		last = now;
	}
	return least;
}

bool
inspect_init(struct inspect *in, const struct dec_conf *dec,
    struct detector *det, struct outputs *out,
    const struct inspect_conf *conf)
{
	*in = (struct inspect){ .det = det, .out = out, .conf = *conf,
		.clock_ns = clock_cost() };
	in->defrag = defrag_new(conf->defrag);
	in->rebuilt = mem_calloc(2, sizeof(*in->rebuilt));
	if (in->defrag && in->rebuilt && decoder_init(&in->dec, dec))
		return true;
	inspect_fini(in);
	return false;
}

void
inspect_fini(struct inspect *in)
{
	decoder_fini(&in->dec);
	defrag_free(in->defrag);
	free(in->rebuilt);
	in->defrag = NULL;
	in->rebuilt = NULL;
}

uint64_t
inspect_stage_ns(const struct inspect *in, enum stage s)
{
	return in->stage_ns[s] * SAMPLE_EVERY;
}

/* Ends a stage of a sampled packet. */
static void
lap(struct inspect *in, enum stage s, uint64_t *since)
{
	uint64_t now, took;

	if (LIKELY(!*since))
		return;
	now = now_ns();
	took = now - *since;
	in->stage_ns[s] += took > in->clock_ns ? took - in->clock_ns : 0;
	*since = now;
}

static void
count_packet(struct inspect *in, const struct packet *p)
{
	const struct pkt_dec *d = &p->dec;
	uint64_t *c = in->ctrs;

	c[INSPECT_CTR_PACKETS]++;
	c[INSPECT_CTR_BYTES] += p->caplen;
	c[INSPECT_CTR_SNAPPED] += p->caplen < p->wirelen;
	c[INSPECT_CTR_ETH] += d->has_eth;
	c[INSPECT_CTR_ARP] += d->has_arp;
	c[INSPECT_CTR_EVENTS] += d->n_events;
	if (!d->ip_ver) {
		c[INSPECT_CTR_NON_IP]++;
		return;
	}
	c[d->ip_ver == 4 ? INSPECT_CTR_IP4 : INSPECT_CTR_IP6]++;
	c[INSPECT_CTR_FRAGMENTS] += (d->flags & PKT_FRAGMENT) != 0;
	c[INSPECT_CTR_TUNNELLED] += (d->flags & PKT_TUNNELLED) != 0;
	switch (d->l4) {
	case PKT_L4_TCP:
		c[INSPECT_CTR_TCP]++;
		break;
	case PKT_L4_UDP:
		c[INSPECT_CTR_UDP]++;
		break;
	case PKT_L4_ICMP4:
	case PKT_L4_ICMP6:
		c[INSPECT_CTR_ICMP]++;
		break;
	case PKT_L4_NONE:
		c[INSPECT_CTR_OTHER_IP]++;
		break;
	}
}

static bool
port_in(const uint8_t *bitmap, uint16_t port)
{
	return bitmap && (bitmap[port >> 3] >> (port & 7) & 1);
}

/* config ignore_ports: neither port may be in the list. */
static bool
is_ignored(const struct inspect_conf *conf, const struct pkt_dec *d)
{
	const uint8_t *bitmap = d->l4 == PKT_L4_TCP ? conf->ignore_tcp :
	    d->l4 == PKT_L4_UDP ? conf->ignore_udp : NULL;

	return port_in(bitmap, d->sport) || port_in(bitmap, d->dport);
}

/* A packet whose verified checksum is wrong is not what its receiver will
 * see: only its decoder events are processed, as in Snort. */
static void
keep_broken_from_rules(struct inspect *in, struct packet *p)
{
	const uint32_t bad = PKT_BAD_IP_CSUM | PKT_BAD_TCP_CSUM |
	    PKT_BAD_UDP_CSUM | PKT_BAD_ICMP_CSUM;

	if (p->dec.flags & bad) {
		in->ctrs[INSPECT_CTR_BAD_CSUM]++;
		p->dec.flags |= PKT_NO_RULES;
	} else if (p->dec.flags & PKT_NO_RULES) {
		in->ctrs[INSPECT_CTR_NO_RULES]++;
	} else if (is_ignored(&in->conf, &p->dec)) {
		in->ctrs[INSPECT_CTR_IGNORED]++;
		p->dec.flags |= PKT_NO_RULES;
	}
}

static void
report(struct inspect *in, const struct packet *p, const struct event *events,
    unsigned n)
{
	struct record_source src = { in->file,
		in->iface_names ? in->iface_names[p->iface] : NULL };

	if (!n)
		return;
	record_packet(&in->rec, p, &src);
	for (unsigned i = 0; i < n; i++) {
		record_event(&in->rec, &events[i], &in->room);
		in->rec.event.event_id += in->conf.event_id_base;
		if (in->rec.event.event_ref)
			in->rec.event.event_ref += in->conf.event_id_base;
		in->ctrs[events[i].log_only ? INSPECT_CTR_LOGGED :
		    INSPECT_CTR_ALERTS]++;
		outputs_write(in->out, &in->rec);
	}
}

/* A unit of the whole packet. */
static struct unit
unit_of(const struct packet *p, enum unit_kind kind)
{
	struct unit u;

	u.kind = kind;
	u.pkt = p;
	u.flow = (struct unit_flow){ 0 };
	u.present = 0;
	u.full_pdu = u.no_patterns = false;
	u.raised = NULL;
	u.n_raised = 0;
	unit_set(&u, BUF_PAYLOAD, pkt_payload(p));
	return u;
}

/*
 * The bytes of a fragment that was taken for its datagram are searched there;
 * only a first one of UDP that did not complete it is searched by itself as
 * well, as in Snort.
 */
static bool
waits_for_datagram(const struct packet *p, enum defrag_result res)
{
	return res == DEFRAG_REBUILT ||
	    (res == DEFRAG_HELD && p->dec.l4 != PKT_L4_UDP);
}

/* Detects, decides and records one unit. */
static void
judge(struct inspect *in, const struct unit *u, enum defrag_result res,
    uint64_t *since)
{
	const struct packet *p = u->pkt;
	const struct event *events;
	enum rule_action verdict;
	unsigned n = detect_unit(in->det, u, p->events, p->dec.n_events,
	    &events, &verdict);

	lap(in, STAGE_DETECT, since);
	if (res == DEFRAG_HELD)
		for (unsigned i = 0; i < n; i++)
			defrag_note(in->defrag, events[i].gid, events[i].sid);
	in->ctrs[INSPECT_CTR_PASSED] += verdict == ACTION_PASS;
	in->ctrs[INSPECT_CTR_WOULD_DROP] += verdict == ACTION_DROP ||
	    verdict == ACTION_REJECT;
	report(in, p, events, n);
	lap(in, STAGE_OUTPUT, since);
}

/*
 * The datagram in rebuilt[0], which a fragment completed, and any that it
 * completes itself (a tunnel may carry fragments in fragments).
 */
static void
judge_rebuilt(struct inspect *in, uint64_t *since)
{
	enum defrag_result res = DEFRAG_REBUILT;

	for (unsigned i = 0; res == DEFRAG_REBUILT; i++) {
		struct packet *p = &in->rebuilt[i & 1];
		struct unit u;

		if (i == LIM_UNITS) {
			in->ctrs[INSPECT_CTR_TOO_MANY]++;
			return;
		}
		decode(&in->dec, p);
		p->dec.flags |= PKT_REBUILT_FRAG;
		res = defrag_packet(in->defrag, p, &in->rebuilt[~i & 1]);
		lap(in, STAGE_DECODE, since);
		in->ctrs[INSPECT_CTR_REBUILT]++;
		in->ctrs[INSPECT_CTR_EVENTS] += p->dec.n_events;
		keep_broken_from_rules(in, p);
		u = unit_of(p, UNIT_DATAGRAM);
		u.no_patterns = waits_for_datagram(p, res);
		u.raised = defrag_noted(in->defrag, p, &u.n_raised);
		judge(in, &u, res, since);
	}
}

enum frame_verdict
inspect_frame(struct inspect *in, const struct frame *f)
{
	struct packet *p = &in->pkt;
	uint64_t since = in->n_packets % SAMPLE_EVERY ? 0 : now_ns();
	enum defrag_result res = DEFRAG_PASS;

	p->data = f->data;
	p->caplen = f->caplen;
	p->wirelen = f->wirelen;
	p->ts = f->ts;
	p->dlt = in->dlt;
	p->iface = f->iface;
	p->num = ++in->n_packets;
	p->quiet_len = 0;
	decode(&in->dec, p);
	if (in->det)
		res = defrag_packet(in->defrag, p, &in->rebuilt[0]);
	lap(in, STAGE_DECODE, &since);
	count_packet(in, p);

	if (in->conf.record_packets) {
		struct record_source src = { in->file,
			in->iface_names ? in->iface_names[p->iface] : NULL };

		in->rec = (struct record){ .kind = RECORD_PACKET };
		record_packet(&in->rec, p, &src);
		outputs_write(in->out, &in->rec);
		lap(in, STAGE_OUTPUT, &since);
	}
	if (in->det) {
		struct unit u;

		/* as in Snort: the datagram before what completed it */
		if (UNLIKELY(res == DEFRAG_REBUILT))
			judge_rebuilt(in, &since);
		keep_broken_from_rules(in, p);
		u = unit_of(p, UNIT_RAW);
		u.no_patterns = waits_for_datagram(p, res);
		judge(in, &u, res, &since);
	}
	return FRAME_ACCEPT;
}
