/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/generation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/xalloc.h"
#include "detect/builtin.h"
#include "detect/detect.h"
#include "sensor/config.h"
#include "sensor/say.h"

static const char *const need_names[RULE_NEED_BITS] = {
#define X(NAME, help) help,
	RULE_NEEDS(X)
#undef X
};

void
generation_print_inactive(FILE *f, const struct generation *g)
{
	const struct ruleset_stats *st;
	const char *sep = "";

	if (!g->rules)
		return;
	st = ruleset_stats(g->rules);
	if (st->inactive) {
		fprintf(f, "%u of them inactive: they need ", st->inactive);
		for (unsigned i = 0; i < RULE_NEED_BITS; i++) {
			if (!st->by_need[i])
				continue;
			fprintf(f, "%s%s (%u)", sep, need_names[i],
			    st->by_need[i]);
			sep = ", ";
		}
		fprintf(f, "\n");
	}
	if (st->disabled)
		fprintf(f, "%u disabled by rule_state\n", st->disabled);
	if (st->replaced)
		fprintf(f, "%u given twice: the higher revision was kept\n",
		    st->replaced);
	if (st->stubs)
		fprintf(f, "%u stubs of shared object rules, which never "
		    "match\n", st->stubs);
	if (st->sdrop_ignored)
		fprintf(f, "%u sdrop rules, which do nothing on copies of "
		    "packets\n", st->sdrop_ignored);
}

/* The same lines as messages. */
static void
say_inactive(const struct generation *g)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	struct text rest;

	if (!f)
		return;
	generation_print_inactive(f, g);
	fclose(f);
	rest = text_make(text, len);
	while (rest.len) {
		struct text line = text_cut(&rest, '\n');

		log_info("%.*s", TEXT_ARG(line));
	}
	free(text);
}

static void
say_summary(const struct generation *g)
{
	const struct ruleset_stats *st = ruleset_stats(g->rules);

	log_info("%u rules loaded, %u refused", st->loaded, st->refused);
	say_inactive(g);
	if (!st->patterns)
		return;
	log_info("%u patterns in %u databases (%u from the cache), %.1f s, "
	    "%.0f MB", st->patterns, st->databases, st->databases_cached,
	    (double)st->compile_ns / 1e9, (double)st->bytes / 1e6);
}

/* -T: what was accepted and does nothing, one line for each directive. */
static void
say_ignored(const struct generation *g, const struct cmdline *cl)
{
	const struct settings *s = &g->settings;
	static const char *const kinds[] = {
		[DIR_CONFIG] = "config ", [DIR_PREPROCESSOR] = "preprocessor ",
		[DIR_OUTPUT] = "output ",
	};

	for (unsigned i = 0; i < cl->n_notes; i++)
		log_info("%s does nothing here: %s", cl->notes[i].name,
		    cl->notes[i].why);
	for (unsigned i = 0; i < s->n_ignored; i++) {
		const struct directive *d = s->ignored[i].dir;
		bool seen = false;

		for (unsigned j = 0; j < i && !seen; j++)
			seen = s->ignored[j].dir->kind == d->kind &&
			    text_eq(s->ignored[j].dir->name, d->name);
		if (seen)
			continue;
		log_info("%s:%u: %s%.*s does nothing here: %s", d->loc.file,
		    d->loc.line, (unsigned)d->kind < ARRAY_LEN(kinds) &&
		    kinds[d->kind] ? kinds[d->kind] : "", TEXT_ARG(d->name),
		    s->ignored[i].why);
	}
}

/* At a start one line is enough. */
static void
say_ignored_count(const struct generation *g, const struct cmdline *cl)
{
	unsigned n = g->settings.n_ignored + cl->n_notes;

	if (n)
		log_info("%u directives and options do nothing here; -T lists "
		    "them", n);
}

/* Inline, packets are judged before they go on, and so are streams. In the
 * test drop rules are what they would be inline, and sdrop tells as well
 * (Snort's README.modes). */
static void
settle_inline(struct generation *g)
{
	struct settings *s = &g->settings;
	struct tree *t = g->tree;

	s->norm.min_ttl = s->dec.min_ttl;
	if (s->enforce == ENFORCE_NOTHING)
		return;
	s->detect.inline_mode = true;
	s->track.stream.inline_mode = s->track.stream.open = true;
	s->detect.sdrop_active = s->enforce == ENFORCE_ALL;
	if (s->enforce == ENFORCE_ALL)
		return;
	for (unsigned i = 0; i < t->n_rules; i++)
		if (t->rules[i]->action == ACTION_SDROP)
			t->rules[i]->action = ACTION_DROP;
}

/* Directives into settings, and the command line over them. */
static void
settle(struct generation *g, const struct cmdline *cl)
{
	char err[512];

	g->settings = settings_default();
	config_apply(&g->settings, g->tree);
	g->settings.dec.zero_frag_event = g->settings.detect.autogenerate ||
	    builtin_wants_empty_fragments(g->tree);
	if (!cmdline_apply(cl, &g->settings, &g->tree->arena, err,
	        sizeof(err)))
		erec_add(&g->tree->errors, EREC_CONFIG, (struct loc){ 0 },
		    "%s", err);
	settings_settle_wants(&g->settings);
	settle_inline(g);
}

static bool
is_usable(const struct generation *g, const struct cmdline *cl)
{
	const struct ruleset_stats *st =
	    g->rules ? ruleset_stats(g->rules) : NULL;

	if (g->tree->errors.n_config) {
		if (!cl->test)
			log_warnx("%u errors in the configuration: see above",
			    g->tree->errors.n_config);
		return false;
	}
	if (cl->test && g->tree->errors.n_rule)
		return false;
	if (cl->conf_error_out && st && (st->refused || st->replaced)) {
		log_warnx("-x: %u rules refused, %u given twice: not started",
		    st->refused, st->replaced);
		return false;
	}
	return true;
}

struct generation *
generation_load(const struct cmdline *cl, struct flowbit_names *names)
{
	struct conf_options opts = { cl->defines, cl->n_defines };
	struct generation *g = mem_calloc(1, sizeof(*g));
	struct erecs *es;

	if (!g)
		return NULL;
	g->tree = cl->conf ? conf_load(cl->conf, &opts) :
	    conf_load_text("command line", TEXT(""), &opts);
	if (!g->tree)
		goto bad;
	es = &g->tree->errors;
	g->names = names;
	settle(g, cl);
	g->settings.detect.flowbit_names = names;
	if (g->settings.quiet)
		log_set_quiet(true);
	if (cl->conf && !cl->setup && !cl->check_inline &&
	    (!es->n_config || cl->test)) {
		g->rules = ruleset_compile(g->tree, &g->settings.detect);
		if (!g->rules)
			goto bad;
	}
	say_errors(es, cl->test);
	if (es->n_warning && !cl->test)
		log_info("%u warnings about rules and settings; -T shows them",
		    es->n_warning);
	if (g->rules)
		say_summary(g);
	if (cl->test)
		say_ignored(g, cl);
	else
		say_ignored_count(g, cl);
	g->usable = is_usable(g, cl);
	/* compiling left much of the heap free */
	mem_trim();
	return g;
bad:
	generation_free(g);
	return NULL;
}

bool
generation_make_rooms(struct generation *g, unsigned n)
{
	if (!g->rules)
		return true;
	g->rooms = mem_calloc(n, sizeof(struct detector_room *));
	while (g->rooms && g->n_rooms < n) {
		struct detector_room *r = detector_room_new(g->rules);

		if (!r)
			return false;
		g->rooms[g->n_rooms++] = r;
	}
	return g->rooms != NULL;
}

void
generation_free(struct generation *g)
{
	if (!g)
		return;
	for (unsigned i = 0; i < g->n_rooms; i++)
		detector_room_free(g->rooms[i]);
	free(g->rooms);
	if (g->rules)
		ruleset_free(g->rules);
	if (g->tree)
		tree_free(g->tree);
	free(g);
}
