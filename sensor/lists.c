/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/lists.h"

#include <config.h> /* not sensor/config.h */

#define PCRE2_CODE_UNIT_WIDTH 8
#include <hs.h>
#include <pcap/pcap.h>
#include <pcre2.h>
#include <zlib.h>

#include "decoders/decode.h"
#include "decoders/events.h"
#include "decoders/track/track.h"
#include "decoders/watch/watch.h"
#include "detect/detect.h"
#include "detect/eval.h"
#include "output/output.h"
#include "sensor/capture/capture.h"
#include "sensor/inspect.h"

/* Every table's lines are "name  help", so that one script reads all. */
static void
row(FILE *to, const char *name, const char *help)
{
	fprintf(to, "%-28s %s\n", name, help);
}

void
lists_decoders(FILE *to)
{
	for (int id = DEC_ID_NONE + 1; id < DEC_ID_COUNT; id++) {
		const struct decoder_ops *o = dec_ops((enum dec_id)id);

		row(to, o->name, o->help);
	}
}

void
lists_options(FILE *to)
{
	for (int id = 0; id < OPT_ID_COUNT; id++) {
		const struct opt_ops *o = opt_by_id((enum opt_id)id);

		row(to, o->name, o->help);
		if (o->grammar && *o->grammar)
			row(to, "", o->grammar);
	}
}

void
lists_events(FILE *to)
{
	struct event_table t;

	for (unsigned i = 0; events_table(i, &t); i++)
		for (unsigned e = 0; e < t.n; e++)
			fprintf(to, "%u:%-6u %-32s %s\n", t.gid,
			    t.defs[e].sid, t.defs[e].name, t.defs[e].message);
}

static void
counters(FILE *to, const char *prefix, const struct ctr_def *defs, unsigned n)
{
	char name[64];

	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s.%s", prefix, defs[i].name);
		row(to, name, defs[i].help);
	}
}

void
lists_counters(FILE *to)
{
	static const struct ctr_group *const groups[] = { &inspect_counters,
		&decode_counters, &defrag_counters, &flow_counters,
		&stream_counters, &policy_counters, &watch_counters,
		&app_counters, &detect_counters, &eval_counters };

	for (unsigned i = 0; i < ARRAY_LEN(groups); i++)
		counters(to, groups[i]->prefix, groups[i]->defs, groups[i]->n);
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
		const struct ctr_group *g = app_ops(id)->counters;

		if (g)
			counters(to, g->prefix, g->defs, g->n);
	}
	for (int id = DEC_ID_NONE + 1; id < DEC_ID_COUNT; id++) {
		const struct decoder_ops *o = dec_ops((enum dec_id)id);

		counters(to, o->name, o->counters, o->n_counters);
	}
}

void
lists_outputs(FILE *to)
{
	const struct out_ops *o;

	for (unsigned i = 0; (o = out_at(i)); i++) {
		row(to, o->name, o->help);
		if (o->grammar && *o->grammar)
			row(to, "", o->grammar);
	}
}

void
lists_captures(FILE *to)
{
	static const struct capture_ops *const all[] = { &capture_pcap_file,
		&capture_pcap_live };

	for (unsigned i = 0; i < ARRAY_LEN(all); i++)
		row(to, all[i]->name, all[i]->help);
}

void
lists_version(FILE *to)
{
	char pcre2[64];

	pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
	fprintf(to, "aduana %s\n", PACKAGE_VERSION);
	fprintf(to, "rule language of Snort 2.9\n");
	fprintf(to, "%s\n", pcap_lib_version());
	fprintf(to, "Hyperscan %s\n", hs_version());
	fprintf(to, "PCRE2 %s\n", pcre2);
	fprintf(to, "zlib %s\n", zlibVersion());
}
