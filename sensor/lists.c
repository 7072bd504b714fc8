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
#include "detect/detect.h"
#include "output/output.h"
#include "sensor/capture/dump.h"
#include "sensor/config.h"
#include "sensor/counters.h"
#include "sensor/settings.h"

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

/* What a bare line of the protocol's preprocessor makes of it. */
static void
print_ports(FILE *to, enum app_id id)
{
	static const struct conf_options opts;
	struct settings s = settings_default();
	const uint8_t *ports;
	struct tree *t;
	char line[64];
	bool any = false;

	snprintf(line, sizeof(line), "preprocessor %s\n", app_ops(id)->preproc);
	t = conf_load_text("a bare line", text_of(line), &opts);
	if (!t)
		return;
	config_apply(&s, t);
	ports = s.track.app.proto[id].ports;
	for (unsigned port = 0; ports && port < 65536; port++) {
		if (!(ports[port / 8] >> port % 8 & 1))
			continue;
		fprintf(to, "%s %u", any ? "" : ", ports", port);
		any = true;
	}
	tree_free(t);
}

void
lists_apps(FILE *to)
{
	static const char *const words[] = {
#define X(NAME, word) word,
		RECORD_SHOWS(X)
#undef X
	};

	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
		const struct app_ops *o = app_ops(id);
		enum record_show show;

		row(to, o->name, o->help);
		fprintf(to, "%-28s %s%s%s", "", o->tcp ? "TCP" : "",
		    o->tcp && o->udp ? " and " : "", o->udp ? "UDP" : "");
		if (o->preproc) {
			fprintf(to, ", preprocessor %s", o->preproc);
			print_ports(to, id);
		}
		if (o->guess)
			fputs(", by content", to);
		if (settings_show_of(id, &show))
			fprintf(to, ", shown by %s", words[show]);
		fputc('\n', to);
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

void
lists_counters(FILE *to)
{
	struct counters_group g;
	char name[96];

	for (unsigned i = 0; counters_group(i, NULL, &g); i++)
		for (unsigned k = 0; k < g.def.n; k++) {
			snprintf(name, sizeof(name), "%s.%s", g.def.prefix,
			    g.def.defs[k].name);
			row(to, name, g.def.defs[k].help);
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
		&capture_pcap_live, &capture_nfqueue };

	for (unsigned i = 0; i < ARRAY_LEN(all); i++)
		row(to, all[i]->name, all[i]->help);
	row(to, "dump", "inline over a capture file (-Q -r): what goes on is "
	    "written to " DUMP_FILE);
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
