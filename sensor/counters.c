/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/counters.h"

#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "detect/eval.h"
#include "sensor/run.h"
#include "sensor/watchdog.h"

enum {
	SEGMENTS = 4, /* names in a name: a.b.c.d */
	NAME_MAX_LEN = 96,
	NO_SOURCE = UINT16_MAX,
};

/* Names of Suricata's statistics, as far as there is such a number. */
#define SURICATA_NAMES(X)                                                      \
	X(KERNEL_PACKETS, "capture.kernel_packets")                            \
	X(KERNEL_DROPS, "capture.kernel_drops")                                \
	X(KERNEL_IFDROPS, "capture.kernel_ifdrops")                            \
	X(PKTS, "decoder.pkts")                                                \
	X(BYTES, "decoder.bytes")                                              \
	X(INVALID, "decoder.invalid")                                          \
	X(AVG_SIZE, "decoder.avg_pkt_size")                                    \
	X(DEFRAG_MEMUSE, "defrag.memuse")                                      \
	X(ALERT, "detect.alert")                                               \
	X(ALERTS_SUPPRESSED, "detect.alerts_suppressed")                       \
	X(QUEUE_OVERFLOW, "detect.alert_queue_overflow")                       \
	X(RULES_LOADED, "detect.rules_loaded")                                 \
	X(RULES_FAILED, "detect.rules_failed")                                 \
	X(FLOW_TOTAL, "flow.total")                                            \
	X(FLOW_ACTIVE, "flow.active")                                          \
	X(FLOW_TCP, "flow.tcp")                                                \
	X(FLOW_UDP, "flow.udp")                                                \
	X(FLOW_ICMP, "flow.icmp")                                              \
	X(IPS_ACCEPTED, "ips.accepted")                                        \
	X(LATENCY_P50, "ips.latency_ns.p50")                                   \
	X(LATENCY_P99, "ips.latency_ns.p99")                                   \
	X(LATENCY_P999, "ips.latency_ns.p999")                                 \
	X(LATENCY_MAX, "ips.latency_ns.max")                                   \
	X(IPS_BLOCKED, "ips.blocked")                                          \
	X(IPS_REJECTED, "ips.rejected")                                        \
	X(IPS_REPLACED, "ips.replaced")                                        \
	X(LOST, "output.lost")                                                 \
	X(TCP_SESSIONS, "tcp.sessions")                                        \
	X(TCP_GAP, "tcp.reassembly_gap")                                       \
	X(TCP_OVERLAP, "tcp.overlap")                                          \
	X(TCP_MIDSTREAM, "tcp.midstream_pickups")                              \
	X(TCP_MEMCAP, "tcp.segment_memcap_drop")                               \
	X(UPTIME, "uptime")
enum {
#define X(NAME, name) SU_##NAME,
	SURICATA_NAMES(X)
#undef X
	SU_COUNT,
	EXTRAS = SU_COUNT + DEC_ID_COUNT, /* and headers by decoder */
};

/* -- groups --------------------------------------------------------------- */

typedef const uint64_t *values_fn(const struct run *r);

static const uint64_t *
of_inspect(const struct run *r)
{
	return r->in.ctrs;
}

static const uint64_t *
of_verdict(const struct run *r)
{
	return r->in.verdict_ctrs;
}

static const uint64_t *
of_ends(const struct run *r)
{
	return r->in.ends ? ends_counters_of(r->in.ends) : NULL;
}

static const uint64_t *
of_sticky(const struct run *r)
{
	return r->in.sticky_ctrs;
}

static const uint64_t *
of_account(const struct run *r)
{
	return r->account ? account_counters_of(r->account) : NULL;
}

static const uint64_t *
of_bait(const struct run *r)
{
	return r->in.bait_ctrs;
}

static const uint64_t *
of_norm(const struct run *r)
{
	return r->in.norm_ctrs;
}

static const uint64_t *
of_decoder(const struct run *r)
{
	return r->in.dec.loop_ctrs;
}

static const uint64_t *
of_defrag(const struct run *r)
{
	return r->in.track ? defrag_counters_of(track_defrag(r->in.track)) :
	    NULL;
}

static const uint64_t *
of_flows(const struct run *r)
{
	return r->in.track ? flow_table_counters(track_flows(r->in.track)) :
	    NULL;
}

static const uint64_t *
of_streams(const struct run *r)
{
	return r->in.track ? streams_counters(track_streams(r->in.track)) :
	    NULL;
}

static const uint64_t *
of_policy(const struct run *r)
{
	return r->in.policy_ctrs;
}

static const uint64_t *
of_watch(const struct run *r)
{
	return r->in.watch ? watch_counters_of(r->in.watch) : NULL;
}

static const uint64_t *
of_app(const struct run *r)
{
	return r->in.track ? app_counters_of(track_app(r->in.track)) : NULL;
}

static const uint64_t *
of_detector(const struct run *r)
{
	return r->det ? detector_counters(r->det) : NULL;
}

static const uint64_t *
of_eval(const struct run *r)
{
	return r->det ? detector_eval_counters(r->det) : NULL;
}

static const uint64_t *
of_ppm(const struct run *r)
{
	return r->det ? detector_ppm_counters(r->det) : NULL;
}

static const uint64_t *
of_sensitive(const struct run *r)
{
	return r->det ? detector_sd_counters(r->det) : NULL;
}

static const uint64_t *
of_queue(const struct run *r)
{
	return r->source && r->ops == &capture_nfqueue ?
	    nfqueue_counters_of(r->source) : NULL;
}

static const uint64_t *
of_fallback(const struct run *r)
{
	return r->source && r->ops == &capture_nfqueue ? r->fall.ctrs : NULL;
}

/* The first worker's, for all of them. */
static const uint64_t *
of_watchdog(const struct run *r)
{
	return r->nth ? NULL : watchdog_counters_of();
}

static const uint64_t *
of_blocker(const struct run *r)
{
	return blocker_counters(r->blocker);
}

static const struct {
	const struct ctr_group *def;
	values_fn *values;
} groups[] = {
	{ &inspect_counters, of_inspect }, { &decode_counters, of_decoder },
	{ &defrag_counters, of_defrag }, { &flow_counters, of_flows },
	{ &stream_counters, of_streams }, { &policy_counters, of_policy },
	{ &watch_counters, of_watch }, { &app_counters, of_app },
	{ &detect_counters, of_detector }, { &eval_counters, of_eval },
	{ &ppm_counters, of_ppm },
	{ &sd_counters, of_sensitive }, { &nfqueue_counters, of_queue },
	{ &fallback_counters, of_fallback },
	{ &watchdog_counters, of_watchdog },
	{ &verdict_counters, of_verdict }, { &norm_counters, of_norm },
	{ &ends_counters, of_ends }, { &sticky_counters, of_sticky },
	{ &bait_counters, of_bait }, { &account_counters, of_account },
	{ &block_counters, of_blocker },
};

static void
app_group(enum app_id id, const struct run *r, struct counters_group *out)
{
	const struct ctr_group *g = app_ops(id)->counters;

	*out = (struct counters_group){ .def = { .prefix = app_ops(id)->name }};
	if (!g)
		return;
	out->def = *g;
	if (r && r->in.track)
		out->values = app_proto_counters(track_app(r->in.track), id);
}

static void
decoder_group(enum dec_id id, const struct run *r, struct counters_group *out)
{
	const struct decoder_ops *o = dec_ops(id);

	*out = (struct counters_group){ .def = { o->name, o->counters,
		o->n_counters } };
	if (r && o->n_counters)
		out->values = r->in.dec.ctrs + dec_ctr_base(id);
}

/* Of one worker. */
static bool
own_group(unsigned n, const struct run *r, struct counters_group *out)
{
	if (n < ARRAY_LEN(groups)) {
		*out = (struct counters_group){ .def = *groups[n].def,
			.values = r ? groups[n].values(r) : NULL };
		return true;
	}
	n -= (unsigned)ARRAY_LEN(groups);
	if (n + APP_NONE + 1 < APP_COUNT) {
		app_group((enum app_id)(n + APP_NONE + 1), r, out);
		return true;
	}
	n -= APP_COUNT - APP_NONE - 1;
	if (n + DEC_ID_NONE + 1 < DEC_ID_COUNT) {
		decoder_group((enum dec_id)(n + DEC_ID_NONE + 1), r, out);
		return true;
	}
	return false;
}

bool
counters_group(unsigned n, const struct run *r, struct counters_group *out)
{
	uint64_t *sum;

	if (!own_group(n, r, out))
		return false;
	if (!r || !r->n_others || !out->values)
		return true;
	sum = r->sums[n];
	memcpy(sum, out->values, out->def.n * sizeof(*sum));
	for (unsigned i = 0; i < r->n_others; i++) {
		struct counters_group g;

		if (!own_group(n, r->others[i], &g) || !g.values)
			continue;
		for (unsigned k = 0; k < g.def.n; k++)
			sum[k] += g.values[k];
	}
	out->values = sum;
	return true;
}

const uint64_t *
counters_values(const struct run *r, const struct ctr_group *def)
{
	struct counters_group g;

	for (unsigned n = 0; counters_group(n, r, &g); n++)
		if (g.def.defs == def->defs)
			return g.values;
	return NULL;
}

uint64_t **
counters_sums_new(void)
{
	struct counters_group g;
	unsigned n = 0;
	uint64_t **sums;

	while (own_group(n, NULL, &g))
		n++;
	sums = xcalloc(n + 1, sizeof(*sums));
	for (n = 0; own_group(n, NULL, &g); n++)
		sums[n] = xcalloc(g.def.n + 1, sizeof(**sums));
	return sums;
}

void
counters_sums_free(uint64_t **sums)
{
	for (unsigned n = 0; sums && sums[n]; n++)
		free(sums[n]);
	free(sums);
}

/* -- the tree --------------------------------------------------------------- */

struct leaf {
	char name[NAME_MAX_LEN]; /* split: its segments, each ended */
	const char *segment[SEGMENTS];
	unsigned n; /* of them */
	uint16_t group, index;
};

struct source {
	uint16_t group, index; /* NO_SOURCE: opens or closes an object */
};

struct counters {
	struct leaf *leaves;
	unsigned n_leaves;
	struct field *fields;
	struct source *sources; /* by field */
	unsigned n_fields;
	unsigned n_groups; /* the extra one, with Suricata's names, is next */
	const uint64_t **values; /* by group */
	uint64_t extras[EXTRAS];
	struct mtime due;
};

/* "prefix.name", or the name alone. */
static void
add_leaf(struct counters *c, const char *prefix, const char *name,
    unsigned group, unsigned index)
{
	struct leaf *l = &c->leaves[c->n_leaves++];

	snprintf(l->name, sizeof(l->name), "%s%s%s", prefix,
	    *prefix ? "." : "", name);
	l->group = (uint16_t)group;
	l->index = (uint16_t)index;
}

/* What a decoder's headers are called. */
static const char *
layer_name(const char *name)
{
	static const struct {
		const char *ours, *suricatas;
	} names[] = { { "ip4", "ipv4" }, { "ip6", "ipv6" },
		{ "icmp4", "icmpv4" }, { "icmp6", "icmpv6" } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i].ours) == 0)
			return names[i].suricatas;
	return name;
}

static void
add_leaves(struct counters *c)
{
	static const char *const names[] = {
#define X(NAME, name) name,
		SURICATA_NAMES(X)
#undef X
	};
	struct counters_group g;

	for (unsigned i = 0; counters_group(i, NULL, &g); i++)
		for (unsigned k = 0; k < g.def.n; k++)
			add_leaf(c, g.def.prefix, g.def.defs[k].name, i, k);
	for (unsigned i = 0; i < SU_COUNT; i++)
		add_leaf(c, "", names[i], c->n_groups, i);
	for (int id = DEC_ID_NONE + 1; id < DEC_ID_COUNT; id++)
		add_leaf(c, "decoder",
		    layer_name(dec_ops((enum dec_id)id)->name), c->n_groups,
		    SU_COUNT + (unsigned)id);
}

/* A dot before all else, so that what an object holds stands together. */
static int
leaf_cmp(const void *pa, const void *pb)
{
	const struct leaf *la = pa, *lb = pb;
	const char *a = la->name, *b = lb->name;

	while (*a && *a == *b)
		a++, b++;
	return (*a == '.' ? 1 : *a) - (*b == '.' ? 1 : *b);
}

static void
split(struct leaf *l)
{
	l->segment[l->n++] = l->name;
	for (char *at = l->name; *at; at++)
		if (*at == '.' && l->n < SEGMENTS) {
			*at = '\0';
			l->segment[l->n++] = at + 1;
		}
}

static void
add_field(struct counters *c, const char *name, enum field_kind kind,
    struct source from)
{
	c->sources[c->n_fields] = from;
	c->fields[c->n_fields++] = (struct field){ .name = name,
		.kind = kind };
}

/* Names that begin alike stand together: those are objects. */
static void
add_fields(struct counters *c)
{
	static const struct source none = { NO_SOURCE, NO_SOURCE };
	const struct leaf *open = NULL; /* whose objects are open */

	for (unsigned i = 0; i <= c->n_leaves; i++) {
		const struct leaf *l = i < c->n_leaves ? &c->leaves[i] : NULL;
		unsigned depth = open ? open->n - 1 : 0, same = 0;

		while (l && same < depth && same + 1 < l->n &&
		    strcmp(open->segment[same], l->segment[same]) == 0)
			same++;
		for (; depth > same; depth--)
			add_field(c, NULL, FIELD_END, none);
		for (; l && depth + 1 < l->n; depth++)
			add_field(c, l->segment[depth], FIELD_OBJECT, none);
		if (l)
			add_field(c, l->segment[l->n - 1], FIELD_NUMBER,
			    (struct source){ l->group, l->index });
		open = l;
	}
}

struct counters *
counters_new(void)
{
	struct counters *c = mem_calloc(1, sizeof(*c));
	struct counters_group g;
	size_t n = EXTRAS;

	if (!c)
		return NULL;
	for (; counters_group(c->n_groups, NULL, &g); c->n_groups++)
		n += g.def.n;
	c->leaves = mem_calloc(n, sizeof(*c->leaves));
	c->values = mem_calloc(c->n_groups + 1, sizeof(*c->values));
	/* each leaf may open all its objects and close them */
	c->fields = mem_calloc(n * (2 * SEGMENTS - 1), sizeof(*c->fields));
	c->sources = mem_calloc(n * (2 * SEGMENTS - 1), sizeof(*c->sources));
	if (!c->leaves || !c->values || !c->fields || !c->sources) {
		counters_free(c);
		return NULL;
	}
	add_leaves(c);
	qsort(c->leaves, c->n_leaves, sizeof(*c->leaves), leaf_cmp);
	for (unsigned i = 0; i < c->n_leaves; i++)
		split(&c->leaves[i]);
	add_fields(c);
	return c;
}

void
counters_free(struct counters *c)
{
	if (!c)
		return;
	free(c->leaves);
	free(c->values);
	free(c->fields);
	free(c->sources);
	free(c);
}

/* -- values ------------------------------------------------------------------- */

/* Suricata's name for a counter of a group. */
static const struct {
	const struct ctr_group *group;
	const char *counter;
	unsigned extra;
} copies[] = {
	{ &inspect_counters, "packets", SU_PKTS },
	{ &inspect_counters, "bytes", SU_BYTES },
	{ &inspect_counters, "alerts", SU_ALERT },
	{ &decode_counters, "malformed", SU_INVALID },
	{ &detect_counters, "suppressed", SU_ALERTS_SUPPRESSED },
	{ &detect_counters, "queue_full", SU_QUEUE_OVERFLOW },
	{ &flow_counters, "tcp_created", SU_FLOW_TCP },
	{ &flow_counters, "udp_created", SU_FLOW_UDP },
	{ &flow_counters, "icmp_created", SU_FLOW_ICMP },
	{ &stream_counters, "sessions", SU_TCP_SESSIONS },
	{ &stream_counters, "gaps", SU_TCP_GAP },
	{ &stream_counters, "overlaps", SU_TCP_OVERLAP },
	{ &stream_counters, "midstream", SU_TCP_MIDSTREAM },
	{ &stream_counters, "memcap", SU_TCP_MEMCAP },
};

static uint64_t
named(const struct ctr_group *g, const uint64_t *values, const char *name)
{
	for (unsigned i = 0; values && i < g->n; i++)
		if (strcmp(g->defs[i].name, name) == 0)
			return values[i];
	return 0;
}

static void
fill_flows(uint64_t *v, struct track *t)
{
	const uint64_t *f = flow_table_counters(track_flows(t));

	for (unsigned i = 0; i < FLOW_PROTOS; i++) {
		v[SU_FLOW_TOTAL] += f[flow_ctr_created((enum flow_proto)i)];
		v[SU_FLOW_ACTIVE] += flow_live(track_flows(t),
		    (enum flow_proto)i);
	}
	v[SU_DEFRAG_MEMUSE] += defrag_memory(track_defrag(t));
}

static void
fill_worker(uint64_t *v, const struct run *r)
{
	if (r->in.track)
		fill_flows(v, r->in.track);
	for (int id = DEC_ID_NONE + 1; id < DEC_ID_COUNT; id++)
		v[SU_COUNT + id] += r->in.dec.layers[id];
}

static void
fill_extras(uint64_t *v, const struct run *r)
{
	struct capture_stats cs;
	struct latency l;

	memset(v, 0, EXTRAS * sizeof(*v));
	for (size_t i = 0; i < ARRAY_LEN(copies); i++)
		v[copies[i].extra] = named(copies[i].group,
		    counters_values(r, copies[i].group),
		    copies[i].counter);
	run_capture_stats(r, &cs);
	v[SU_KERNEL_PACKETS] = cs.received;
	v[SU_KERNEL_DROPS] = cs.dropped;
	v[SU_KERNEL_IFDROPS] = cs.if_dropped;
	v[SU_AVG_SIZE] = v[SU_PKTS] ? v[SU_BYTES] / v[SU_PKTS] : 0;
	v[SU_LOST] = outputs_lost(r->outs->outputs);
	v[SU_IPS_ACCEPTED] = r->in.verdict_ctrs[VERDICT_CTR_ACCEPTED];
	v[SU_IPS_BLOCKED] = r->in.verdict_ctrs[VERDICT_CTR_DROPPED];
	v[SU_IPS_REJECTED] = r->in.verdict_ctrs[VERDICT_CTR_REJECTED];
	v[SU_IPS_REPLACED] = r->in.verdict_ctrs[VERDICT_CTR_REWRITTEN];
	run_latency(r, &l);
	v[SU_LATENCY_P50] = latency_within(&l, 500);
	v[SU_LATENCY_P99] = latency_within(&l, 990);
	v[SU_LATENCY_P999] = latency_within(&l, 999);
	v[SU_LATENCY_MAX] = l.max;
	v[SU_UPTIME] = (clock_ns() - r->started_ns) / 1000000000u;
	if (r->gen->rules) {
		v[SU_RULES_LOADED] = ruleset_stats(r->gen->rules)->loaded;
		v[SU_RULES_FAILED] = ruleset_stats(r->gen->rules)->refused;
	}
	fill_worker(v, r);
	for (unsigned i = 0; i < r->n_others; i++)
		fill_worker(v, r->others[i]);
}

const struct field *
counters_fields(struct counters *c, const struct run *r, unsigned *n)
{
	struct counters_group g;

	for (unsigned i = 0; counters_group(i, r, &g); i++)
		c->values[i] = g.values;
	fill_extras(c->extras, r);
	c->values[c->n_groups] = c->extras;
	for (unsigned i = 0; i < c->n_fields; i++) {
		const struct source *from = &c->sources[i];

		if (from->group != NO_SOURCE)
			c->fields[i].number = c->values[from->group] ?
			    c->values[from->group][from->index] : 0;
	}
	*n = c->n_fields;
	return c->fields;
}

void
counters_tell(struct counters *c, struct run *r, struct mtime ts)
{
	struct record *rec = &r->in.rec;

	if (!(r->in.conf.wants.shows >> SHOW_STATS & 1))
		return;
	*rec = (struct record){ .kind = RECORD_STATS, .pkt.ts = ts,
		.app = { .show = SHOW_STATS, .type = "stats" } };
	rec->app.fields = counters_fields(c, r, &rec->app.n);
	outputs_write(r->outs->outputs, rec);
}

bool
counters_due(struct counters *c, const struct run *r, struct mtime now)
{
	uint64_t every = r->in.conf.wants.stats_s * UINT64_C(1000000000);

	if (!(r->in.conf.wants.shows >> SHOW_STATS & 1))
		return false;
	/* not at the first packet, nor at one of a capture of earlier days */
	if (!c->due.ns || c->due.ns > now.ns + every)
		c->due.ns = now.ns + every;
	return now.ns >= c->due.ns;
}

bool
counters_clock(struct counters *c, struct run *r, struct mtime now)
{
	if (!counters_due(c, r, now))
		return false;
	counters_tell(c, r, now);
	c->due.ns = now.ns + r->in.conf.wants.stats_s * UINT64_C(1000000000);
	return true;
}
