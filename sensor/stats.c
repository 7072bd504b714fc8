/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/stats.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/log.h"
#include "detect/eval.h"
#include "sensor/run.h"
#include "sensor/say.h"
#include "sensor/watchdog.h"

/* Fewer give no estimate of the time by stage: one in 64 is measured. */
enum { SAMPLED_PACKETS = 64 * 64 };

static double
percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0.0;
}

static void
head(FILE *to, const char *title)
{
	fprintf(to, "%s:\n", title);
}

static void
line(FILE *to, const char *name, uint64_t n)
{
	fprintf(to, "  %-24s %12" PRIu64 "\n", name, n);
}

static void
share(FILE *to, const char *name, uint64_t n, uint64_t whole)
{
	fprintf(to, "  %-24s %12" PRIu64 "  %5.1f%%\n", name, n,
	    percent(n, whole));
}

static void
nonzero(FILE *to, const char *name, uint64_t n)
{
	if (n)
		line(to, name, n);
}

static void
print_packets(FILE *to, const struct run *r, double seconds)
{
	const uint64_t *c = counters_values(r, &inspect_counters);
	uint64_t n = c[INSPECT_CTR_PACKETS], offered;
	struct capture_stats cs;

	run_capture_stats(r, &cs);
	head(to, "Packets");
	line(to, "inspected", n);
	if (!r->cl->has_pcaps) {
		offered = n + cs.dropped + cs.if_dropped;
		share(to, "lost by the kernel", cs.dropped, offered);
		share(to, "lost by the interface", cs.if_dropped, offered);
	} else {
		line(to, "capture files", r->n_files);
		nonzero(to, "files not read whole", r->n_failed);
	}
	if (seconds > 0.0)
		fprintf(to, "  %-24s %12.0f packets/s, %.1f Mbit/s\n", "rate",
		    (double)n / seconds,
		    (double)c[INSPECT_CTR_BYTES] * 8 / 1e6 / seconds);
	if (c[INSPECT_CTR_SNAPPED])
		share(to, "captured only in part", c[INSPECT_CTR_SNAPPED], n);
}

static void
print_protocols(FILE *to, const uint64_t *c)
{
	uint64_t n = c[INSPECT_CTR_PACKETS];
	static const struct {
		const char *name;
		unsigned ctr;
	} rows[] = {
		{ "Ethernet", INSPECT_CTR_ETH }, { "ARP", INSPECT_CTR_ARP },
		{ "IPv4", INSPECT_CTR_IP4 }, { "IPv6", INSPECT_CTR_IP6 },
		{ "TCP", INSPECT_CTR_TCP }, { "UDP", INSPECT_CTR_UDP },
		{ "ICMP", INSPECT_CTR_ICMP },
		{ "other IP", INSPECT_CTR_OTHER_IP },
		{ "not IP", INSPECT_CTR_NON_IP },
		{ "fragments", INSPECT_CTR_FRAGMENTS },
		{ "in tunnels", INSPECT_CTR_TUNNELLED },
		{ "bad checksum", INSPECT_CTR_BAD_CSUM },
		{ "too broken for rules", INSPECT_CTR_NO_RULES },
		{ "in ignored ports", INSPECT_CTR_IGNORED },
		{ "sent again", INSPECT_CTR_RETRANSMITTED },
		{ "searched in streams", INSPECT_CTR_INSERTED },
		{ "behind a reset", INSPECT_CTR_AFTER_RESET },
		{ "not established", INSPECT_CTR_NOT_ESTABLISHED },
		{ "bypassed", INSPECT_CTR_BYPASSED },
		{ "trusted", INSPECT_CTR_TRUSTED },
		{ "encrypted", INSPECT_CTR_ENCRYPTED },
		{ "left by fastpath", INSPECT_CTR_FASTPATH },
		{ "left by the configuration", INSPECT_CTR_UNWANTED },
	};

	head(to, "By protocol");
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
		if (c[rows[i].ctr])
			share(to, rows[i].name, c[rows[i].ctr], n);
}

static void
print_events(FILE *to, const struct run *r)
{
	const uint64_t *c = counters_values(r, &inspect_counters);

	head(to, "Events");
	line(to, "alerts", c[INSPECT_CTR_ALERTS]);
	line(to, "logged only", c[INSPECT_CTR_LOGGED]);
	nonzero(to, "session data logged", c[INSPECT_CTR_SESSION_LOGGED]);
	line(to, "passed", c[INSPECT_CTR_PASSED]);
	if (r->in.conf.enforce != ENFORCE_ALL) {
		line(to, "drop rules, not dropped", c[INSPECT_CTR_WOULD_DROP]);
		nonzero(to, "over limits, not dropped",
		    c[INSPECT_CTR_POLICY_DROP]);
	}
	nonzero(to, "answers", c[INSPECT_CTR_ANSWERS]);
	nonzero(to, "answers lost", c[INSPECT_CTR_ANSWERS_LOST]);
	line(to, "built-in events raised", c[INSPECT_CTR_EVENTS]);
	nonzero(to, "told besides alerts", c[INSPECT_CTR_TOLD]);
	line(to, "lost by outputs", outputs_lost(r->outs->outputs));
}

static void
print_rules(FILE *to, const struct run *r)
{
	const struct ruleset_stats *st;

	if (!r->gen->rules)
		return;
	st = ruleset_stats(r->gen->rules);
	head(to, "Rules");
	fprintf(to, "%u rules loaded, %u refused\n", st->loaded, st->refused);
	generation_print_inactive(to, r->gen);
	if (r->n_reloads || r->n_reloads_failed)
		fprintf(to, "%u reloads, %u that changed nothing\n",
		    r->n_reloads, r->n_reloads_failed);
}

static void
print_group(FILE *to, const char *title, const struct run *r,
    const struct ctr_group *g)
{
	const uint64_t *values = counters_values(r, g);
	uint64_t any = 0;

	if (!values)
		return;
	for (unsigned i = 0; i < g->n; i++)
		any |= values[i];
	if (!any)
		return;
	head(to, title);
	for (unsigned i = 0; i < g->n; i++)
		if (values[i])
			fprintf(to, "  %-24s %12" PRIu64 "  %s\n",
			    g->defs[i].name, values[i], g->defs[i].help);
}

/* Each packet that was taken has its answer, or it is said that not. */
static void
print_queues(FILE *to, const struct run *r)
{
	const uint64_t *c = counters_values(r, &nfqueue_counters);
	uint64_t open;

	print_group(to, "Kernel queues", r, &nfqueue_counters);
	c = counters_values(r, &nfqueue_counters);
	if (!c || !c[NFQ_CTR_RECEIVED])
		return;
	open = c[NFQ_CTR_RECEIVED] - c[NFQ_CTR_VERDICTS];
	fprintf(to, "  %-24s %12s  %" PRIu64 " lost before it came here\n",
	    "every packet answered", open ? "NO" : "yes",
	    c[NFQ_CTR_QUEUE_DROPPED] + c[NFQ_CTR_USER_DROPPED] +
	    c[NFQ_CTR_LEFT]);
}

static uint64_t
live(const struct run *r, enum flow_proto proto)
{
	uint64_t n = flow_live(track_flows(r->in.track), proto);

	for (unsigned i = 0; i < r->n_others; i++)
		n += flow_live(track_flows(r->others[i]->in.track), proto);
	return n;
}

static void
print_dump(FILE *to, const struct dump *d)
{
	struct dump_stats st;

	dump_stats(d, &st);
	head(to, "Written of what goes on");
	line(to, "packets", st.written);
	nonzero(to, "not written", st.lost);
}

/* Sessions by protocol, and what was put together of them. */
static void
print_sessions(FILE *to, const struct run *r)
{
	static const char *const names[FLOW_PROTOS] = { "TCP", "UDP", "ICMP",
		"other IP" };
	static const char *const columns[] = { "begun",
#define X(NAME, name, help) name,
		FLOW_ENDS(X)
#undef X
		"live" };
	const uint64_t *c = counters_values(r, &flow_counters);
	uint64_t any = 0;

	for (unsigned i = 0; i < FLOW_PROTOS; i++)
		any |= c[flow_ctr_created((enum flow_proto)i)];
	if (any) {
		head(to, "Sessions");
		fprintf(to, "  %-12s", "");
		for (unsigned j = 0; j < ARRAY_LEN(columns); j++)
			fprintf(to, " %12s", columns[j]);
		fputc('\n', to);
	}
	for (unsigned i = 0; i < FLOW_PROTOS; i++) {
		const uint64_t *row = &c[flow_ctr_created((enum flow_proto)i)];

		if (!row[0])
			continue;
		fprintf(to, "  %-12s", names[i]);
		for (unsigned j = 0; j < FLOW_CTR_STRIDE; j++)
			fprintf(to, " %12" PRIu64, row[j]);
		fprintf(to, " %12" PRIu64 "\n", live(r, (enum flow_proto)i));
	}
	nonzero(to, "without, for memory", c[FLOW_CTR_NO_ROOM]);
	nonzero(to, "flowbits not kept", c[FLOW_CTR_NO_BITS]);
	print_group(to, "Streams", r, &stream_counters);
	print_group(to, "Fragments", r, &defrag_counters);
	print_group(to, "Application protocols", r, &app_counters);
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
		const struct app_ops *o = app_ops(id);

		if (o->counters)
			print_group(to, o->help, r, o->counters);
	}
}

static void
print_layers(FILE *to, const struct run *r)
{
	head(to, "Headers decoded");
	for (int id = DEC_ID_NONE + 1; id < DEC_ID_COUNT; id++) {
		uint64_t n = r->in.dec.layers[id];

		for (unsigned i = 0; i < r->n_others; i++)
			n += r->others[i]->in.dec.layers[id];
		nonzero(to, dec_ops((enum dec_id)id)->name, n);
	}
}

static uint64_t
stage_ns(const struct run *r, enum stage s)
{
	return s == STAGE_CAPTURE ? r->capture_ns : inspect_stage_ns(&r->in, s);
}

static void
print_time(FILE *to, const struct run *r, double seconds)
{
	static const char *const names[STAGE_COUNT] = {
#define X(NAME, name) [STAGE_##NAME] = name,
		STAGES(X)
#undef X
	};
	double capture = (double)r->capture_ns / 1e9, sampled = 0.0;
	double scale = 1.0;

	head(to, "Time");
	fprintf(to, "  %-24s %12.3f s\n", "running", seconds);
	for (unsigned i = 0; i < STAGE_COUNT; i++)
		sampled += i == STAGE_CAPTURE ? 0.0 :
		    (double)stage_ns(r, (enum stage)i) / 1e9;
	/* few samples may claim more than there was: their shares hold */
	if (sampled > seconds - capture && sampled > 0.0)
		scale = (seconds - capture) / sampled;
	for (unsigned i = 0; i < STAGE_COUNT; i++) {
		double s = (double)stage_ns(r, (enum stage)i) / 1e9 *
		    (i == STAGE_CAPTURE ? 1.0 : scale);

		if (i != STAGE_CAPTURE &&
		    counters_values(r, &inspect_counters)
		    [INSPECT_CTR_PACKETS] < SAMPLED_PACKETS) {
			fprintf(to, "  %-24s %14s\n", names[i],
			    "(too few packets to tell)");
			continue;
		}
		fprintf(to, "  %-24s %12.3f s  %5.1f%%%s\n", names[i], s,
		    seconds > 0.0 ? 100.0 * s / seconds : 0.0,
		    i == STAGE_CAPTURE ? (r->cl->has_pcaps ? "" :
		        "  (waiting included)") : "  (sampled)");
	}
}

/* Which rules, for the user to look at; of all workers. */
static void
print_ppm(FILE *to, const struct run *r)
{
	enum { RULES_TOLD = 20 };
	unsigned told = 0;

	print_group(to, "Time of rules (config ppm)", r, &ppm_counters);
	if (!r->gen->rules || !counters_values(r, &ppm_counters)
	    [PPM_CTR_SUSPENDED])
		return;
	for (uint32_t i = 0; i < ruleset_count(r->gen->rules); i++) {
		const struct rule *rule = ruleset_rule(r->gen->rules, i)->rule;
		uint32_t n = detector_suspensions(r->det, i);
		char name[24];

		for (unsigned k = 0; k < r->n_others; k++)
			n += detector_suspensions(r->others[k]->det, i);
		if (!n || told++ == RULES_TOLD)
			continue;
		snprintf(name, sizeof(name), "%u:%u", rule->gid, rule->sid);
		fprintf(to, "    suspended %-12s %12u  times\n", name, n);
	}
}

static void
print_latency(FILE *to, const struct run *r)
{
	static const struct {
		const char *name;
		unsigned thousandths;
	} rows[] = { { "p50", 500 }, { "p99", 990 }, { "p99.9", 999 },
		{ "max", 1000 } };
	struct latency l;

	run_latency(r, &l);
	if (!l.n)
		return;
	head(to, "Packets in the sensor, from the queue to the verdict");
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
		fprintf(to, "  %-24s %12.3f ms\n", rows[i].name,
		    (double)latency_within(&l, rows[i].thousandths) / 1e6);
}

void
stats_print(FILE *to, const struct run *r)
{
	double seconds = (double)(clock_ns() - r->started_ns) / 1e9;

	fprintf(to, "---- statistics of %.1f s ----\n", seconds);
	print_packets(to, r, seconds);
	print_protocols(to, counters_values(r, &inspect_counters));
	print_events(to, r);
	if (r->in.conf.enforce != ENFORCE_NOTHING)
		print_group(to, r->in.conf.enforce == ENFORCE_ALL ?
		    "Verdicts" : "Verdicts, not carried out", r,
		    &verdict_counters);
	print_group(to, "Sticky drop", r, &sticky_counters);
	print_group(to, "Left to the kernel", r, &account_counters);
	print_group(to, "Bait and switch", r, &bait_counters);
	print_group(to, "Ends of sessions on the wire", r, &ends_counters);
	print_group(to, "Normalised", r, &norm_counters);
	if (r->blocker) {
		head(to, "Blocks");
		blocker_print(to, r->blocker);
		print_group(to, "Asked of the firewall", r, &block_counters);
	}
	if (r->dump)
		print_dump(to, r->dump);
	print_rules(to, r);
	if (r->in.track)
		print_sessions(to, r);
	print_group(to, "Limits reached", r, &policy_counters);
	print_group(to, "Watches", r, &watch_counters);
	print_group(to, "Detection", r, &detect_counters);
	print_group(to, "Rules given up", r, &eval_counters);
	print_ppm(to, r);
	print_queues(to, r);
	print_group(to, "In the path, and out of it", r, &fallback_counters);
	print_group(to, "Watchdog", r, &watchdog_counters);
	print_group(to, "Decoding", r, &decode_counters);
	print_layers(to, r);
	print_time(to, r, seconds);
	print_latency(to, r);
}

void
stats_say(const struct run *r)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f) {
		log_warn("no memory to print the statistics");
		return;
	}
	stats_print(f, r);
	fclose(f);
	say_text(text, len);
	free(text);
}
