/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_filter, threshold, rate_filter and suppress lines (Snort's README.filters
 * and manual, chapter 2.4). */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/xalloc.h"
#include "detect/filter/filter.h"

/* One parsed line. sid 0: every sid of the gid; gid 0 too: everything. */
struct line {
	enum directive_kind kind;
	struct loc loc;
	uint32_t gid, sid;
	struct suppress suppress;
	struct event_filter event;
	struct rate_filter rate;
};

struct filter_conf {
	struct line *lines; /* by kind, gid, sid; then as written */
	unsigned n;
};

/* The arguments of a line, by name. */
#define ARGS(X)                                                                \
	X(GEN_ID, "gen_id")                                                    \
	X(SIG_ID, "sig_id")                                                    \
	X(TYPE, "type")                                                        \
	X(TRACK, "track")                                                      \
	X(COUNT, "count")                                                      \
	X(SECONDS, "seconds")                                                  \
	X(NEW_ACTION, "new_action")                                            \
	X(TIMEOUT, "timeout")                                                  \
	X(APPLY_TO, "apply_to")                                                \
	X(IP, "ip")
enum {
#define X(NAME, name) ARG_##NAME,
	ARGS(X)
#undef X
	ARG_MAX
};
static const char *const arg_names[] = {
#define X(NAME, name) name,
	ARGS(X)
#undef X
};

struct parse {
	struct tree *t;
	const struct directive *d;
	struct text value[ARG_MAX]; /* ptr NULL: not given */
	struct loc loc[ARG_MAX];
	bool bad;
};

static void PRINTF_LIKE(3, 4)
fail(struct parse *p, struct loc loc, const char *fmt, ...)
{
	char message[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	erec_add(&p->t->errors, EREC_CONFIG, loc, "%s", message);
	p->bad = true;
}

/* The argument up to the next comma that is in no bracket. */
static struct text
next_arg(struct text *rest)
{
	struct text head = *rest;
	unsigned depth = 0;

	for (size_t i = 0; i < rest->len; i++) {
		char c = rest->ptr[i];

		if (c == '[')
			depth++;
		else if (c == ']' && depth)
			depth--;
		else if (c == ',' && !depth) {
			head.len = i;
			rest->ptr += i + 1;
			rest->len -= i + 1;
			return head;
		}
	}
	*rest = text_make(NULL, 0);
	return head;
}

static void
split_args(struct parse *p)
{
	struct text rest = p->d->args;

	while (rest.ptr) {
		struct text arg = text_trim(next_arg(&rest)), value = arg;
		struct text name = text_word(&value);
		struct loc loc;
		unsigned i;

		loc = arg.ptr ? loc_at(p->d->args_loc,
		    (size_t)(arg.ptr - p->d->args.ptr)) : p->d->args_loc;
		for (i = 0; i < ARG_MAX; i++)
			if (text_is_nocase(name, arg_names[i]))
				break;
		value = text_trim(value);
		if (i == ARG_MAX)
			fail(p, loc, "'%.*s' is no argument of %.*s",
			    TEXT_ARG(name), TEXT_ARG(p->d->name));
		else if (p->value[i].ptr)
			fail(p, loc, "%s is given twice", arg_names[i]);
		else if (!value.len)
			fail(p, loc, "%s needs a value", arg_names[i]);
		else {
			p->value[i] = value;
			p->loc[i] = loc_at(p->d->args_loc,
			    (size_t)(value.ptr - p->d->args.ptr));
		}
	}
}

/* Checks that the arguments are those in `need`, and no others than `may`. */
static void
check_args(struct parse *p, unsigned need, unsigned may)
{
	for (unsigned i = 0; i < ARG_MAX; i++) {
		if (!p->value[i].ptr && need >> i & 1)
			fail(p, p->d->loc, "%.*s needs %s",
			    TEXT_ARG(p->d->name), arg_names[i]);
		if (p->value[i].ptr && !((need | may) >> i & 1))
			fail(p, p->loc[i], "%s is no argument of %.*s",
			    arg_names[i], TEXT_ARG(p->d->name));
	}
}

static int64_t
number(struct parse *p, unsigned arg, int64_t min, int64_t max)
{
	int64_t v = min;

	if (p->value[arg].ptr && !text_to_i64(p->value[arg], min, max, &v))
		fail(p, p->loc[arg], "%s must be a number from %lld to %lld",
		    arg_names[arg], (long long)min, (long long)max);
	return v;
}

/* The index of the value among the names; the names' count on an error. */
static unsigned
choice(struct parse *p, unsigned arg, const char *const *names, unsigned n,
    const char *list)
{
	if (!p->value[arg].ptr)
		return n;
	for (unsigned i = 0; i < n; i++)
		if (text_is_nocase(p->value[arg], names[i]))
			return i;
	fail(p, p->loc[arg], "%s must be one of %s", arg_names[arg], list);
	return n;
}

static const char *const tracks[] = { "by_src", "by_dst", "by_rule" };

static void
parse_suppress(struct parse *p, struct line *l)
{
	check_args(p, 1u << ARG_GEN_ID | 1u << ARG_SIG_ID,
	    1u << ARG_TRACK | 1u << ARG_IP);
	if (!p->value[ARG_TRACK].ptr != !p->value[ARG_IP].ptr) {
		fail(p, p->d->loc, "suppress needs both track and ip, or none");
		return;
	}
	l->suppress.always = !p->value[ARG_TRACK].ptr;
	if (l->suppress.always)
		return;
	l->suppress.by_dst = choice(p, ARG_TRACK, tracks, 2,
	    "by_src, by_dst") == 1;
	l->suppress.ips = tree_ip_list(p->t, p->value[ARG_IP],
	    p->loc[ARG_IP]);
	if (!l->suppress.ips)
		p->bad = true;
}

static void
parse_event_filter(struct parse *p, struct line *l)
{
	static const char *const types[] = { "limit", "threshold", "both" };
	struct event_filter *f = &l->event;

	check_args(p, 1u << ARG_GEN_ID | 1u << ARG_SIG_ID | 1u << ARG_TYPE |
	    1u << ARG_TRACK | 1u << ARG_COUNT | 1u << ARG_SECONDS, 0);
	switch (choice(p, ARG_TYPE, types, 3, "limit, threshold, both")) {
	case 0:
		f->type = EVENT_LIMIT;
		break;
	case 1:
		f->type = EVENT_THRESHOLD;
		break;
	default:
		f->type = EVENT_BOTH;
		break;
	}
	f->by_dst = choice(p, ARG_TRACK, tracks, 2, "by_src, by_dst") == 1;
	f->count = (int32_t)number(p, ARG_COUNT, -1, INT32_MAX);
	if (p->value[ARG_COUNT].ptr && f->count == 0)
		fail(p, p->loc[ARG_COUNT], "count must be at least 1, or -1");
	f->seconds = (uint32_t)number(p, ARG_SECONDS, 0, UINT32_MAX);
	f->id = filter_id("event_filter", f->type, f->by_dst,
	    (uint64_t)f->count, f->seconds);
}

static void
parse_rate_filter(struct parse *p, struct line *l)
{
	static const char *const names[] = { "alert", "drop", "pass", "log",
		"reject", "sdrop" };
	static const enum rule_action actions[] = { ACTION_ALERT, ACTION_DROP,
		ACTION_PASS, ACTION_LOG, ACTION_REJECT, ACTION_SDROP,
		ACTION_ALERT };
	struct rate_filter *f = &l->rate;
	unsigned track;

	check_args(p, 1u << ARG_GEN_ID | 1u << ARG_SIG_ID | 1u << ARG_TRACK |
	    1u << ARG_COUNT | 1u << ARG_SECONDS | 1u << ARG_NEW_ACTION |
	    1u << ARG_TIMEOUT, 1u << ARG_APPLY_TO);
	track = choice(p, ARG_TRACK, tracks, 3, "by_src, by_dst, by_rule");
	f->track = track == 0 ? TRACK_SRC : track == 1 ? TRACK_DST :
	    TRACK_RULE;
	f->count = (uint32_t)number(p, ARG_COUNT, 1, INT32_MAX);
	f->seconds = (uint32_t)number(p, ARG_SECONDS, 0, UINT32_MAX);
	f->timeout = (uint32_t)number(p, ARG_TIMEOUT, 0, UINT32_MAX);
	f->new_action = actions[choice(p, ARG_NEW_ACTION, names, 6,
	    "alert, drop, pass, log, reject, sdrop")];
	if (p->value[ARG_APPLY_TO].ptr) {
		f->apply_to = tree_ip_list(p->t, p->value[ARG_APPLY_TO],
		    p->loc[ARG_APPLY_TO]);
		if (!f->apply_to)
			p->bad = true;
	}
	f->id = filter_id("rate_filter", f->track,
	    (uint64_t)f->new_action << 32 | f->count,
	    f->seconds, f->timeout);
}

static bool
parse_line(struct tree *t, const struct directive *d, struct line *l)
{
	struct parse p = { .t = t, .d = d };

	*l = (struct line){ .kind = d->kind, .loc = d->loc };
	split_args(&p);
	if (d->kind == DIR_SUPPRESS)
		parse_suppress(&p, l);
	else if (d->kind == DIR_EVENT_FILTER)
		parse_event_filter(&p, l);
	else
		parse_rate_filter(&p, l);
	l->gid = (uint32_t)number(&p, ARG_GEN_ID, 0, UINT32_MAX);
	l->sid = (uint32_t)number(&p, ARG_SIG_ID, 0, UINT32_MAX);
	if (!p.bad && !l->gid && l->sid)
		fail(&p, p.loc[ARG_GEN_ID],
		    "gen_id 0 stands for all and needs sig_id 0");
	return !p.bad;
}

static int
id_cmp(const struct line *a, enum directive_kind kind, uint32_t gid,
    uint32_t sid)
{
	if (a->kind != kind)
		return a->kind < kind ? -1 : 1;
	if (a->gid != gid)
		return a->gid < gid ? -1 : 1;
	return a->sid < sid ? -1 : a->sid > sid;
}

static int
line_cmp(const void *pa, const void *pb)
{
	const struct line *a = pa, *b = pb;
	int c = id_cmp(a, b->kind, b->gid, b->sid);

	return c ? c : a->loc.line < b->loc.line ? -1 :
	    a->loc.line > b->loc.line;
}

const struct filter_conf *
filter_conf_parse(struct tree *t, struct arena *arena)
{
	struct filter_conf *fc = arena_xalloc(arena, sizeof(*fc));

	fc->lines = arena_xalloc(arena, (t->n_directives + 1) *
	    sizeof(*fc->lines));
	for (unsigned i = 0; i < t->n_directives; i++) {
		const struct directive *d = &t->directives[i];

		if ((d->kind == DIR_SUPPRESS || d->kind == DIR_EVENT_FILTER ||
		    d->kind == DIR_RATE_FILTER) &&
		    parse_line(t, d, &fc->lines[fc->n]))
			fc->n++;
	}
	qsort(fc->lines, fc->n, sizeof(*fc->lines), line_cmp);
	for (unsigned i = 1; i < fc->n; i++) {
		const struct line *l = &fc->lines[i];

		if (l->kind == DIR_EVENT_FILTER && id_cmp(&fc->lines[i - 1],
		    l->kind, l->gid, l->sid) == 0)
			erec_add(&t->errors, EREC_CONFIG, l->loc,
			    "a second event_filter for gen_id %u, sig_id %u; "
			    "the first is at %s:%u", l->gid, l->sid,
			    l[-1].loc.file ? l[-1].loc.file : "?",
			    l[-1].loc.line);
	}
	return fc;
}

/* The lines of that very gid and sid: *n of them. */
static const struct line *
lines_of(const struct filter_conf *fc, enum directive_kind kind, uint32_t gid,
    uint32_t sid, unsigned *n)
{
	unsigned lo = 0, hi = fc->n, end;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (id_cmp(&fc->lines[mid], kind, gid, sid) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < fc->n; end++)
		if (id_cmp(&fc->lines[end], kind, gid, sid) != 0)
			break;
	*n = end - lo;
	return &fc->lines[lo];
}

/* From the rule's own to its gid's to everybody's. */
struct reach {
	const struct line *l[3];
	unsigned n[3], total;
};

static struct reach
reach_of(const struct filter_conf *fc, enum directive_kind kind, uint32_t gid,
    uint32_t sid)
{
	struct reach r;

	r.l[0] = lines_of(fc, kind, gid, sid, &r.n[0]);
	r.l[1] = lines_of(fc, kind, gid, 0, &r.n[1]);
	r.l[2] = lines_of(fc, kind, 0, 0, &r.n[2]);
	r.total = r.n[0] + r.n[1] + r.n[2];
	return r;
}

static const struct event_filter *
own_threshold(struct arena *arena, const struct rule_filter *t)
{
	struct event_filter *f = arena_xalloc(arena, sizeof(*f));

	f->type = t->type == FILTER_LIMIT ? EVENT_LIMIT :
	    t->type == FILTER_THRESHOLD ? EVENT_THRESHOLD : EVENT_BOTH;
	f->by_dst = t->by_dst;
	f->count = t->count;
	f->seconds = t->seconds;
	f->id = filter_id("event_filter", f->type, f->by_dst,
	    (uint64_t)f->count, f->seconds);
	return f;
}

bool
filter_conflicts(const struct filter_conf *fc, struct tree *t,
    const struct crule *r)
{
	unsigned n;
	const struct line *l = lines_of(fc, DIR_EVENT_FILTER, r->rule->gid,
	    r->rule->sid, &n);

	if (r->threshold.type == FILTER_NONE || !n)
		return false;
	erec_add(&t->errors, EREC_RULE, r->rule->loc,
	    "the rule has a threshold, and there is an event_filter for it at "
	    "%s:%u; remove one of them", l->loc.file ? l->loc.file : "?",
	    l->loc.line);
	return true;
}

const struct filter_plan *
filter_plan_of(const struct filter_conf *fc, struct arena *arena,
    const struct crule *r)
{
	uint32_t gid = r->rule->gid, sid = r->rule->sid;
	struct reach s = reach_of(fc, DIR_SUPPRESS, gid, sid);
	struct reach e = reach_of(fc, DIR_EVENT_FILTER, gid, sid);
	struct reach a = reach_of(fc, DIR_RATE_FILTER, gid, sid);
	bool own = r->threshold.type != FILTER_NONE;
	const struct suppress **suppress;
	const struct rate_filter **rates;
	struct filter_plan *p;

	if (!own && !s.total && !e.total && !a.total)
		return NULL;
	p = arena_xalloc(arena, sizeof(*p));
	suppress = arena_xalloc(arena, (s.total + 1) *
	    sizeof(struct suppress *));
	rates = arena_xalloc(arena, (a.total + 1) *
	    sizeof(struct rate_filter *));
	for (unsigned i = 0; i < 3; i++) {
		for (unsigned j = 0; j < s.n[i]; j++)
			suppress[p->n_suppress++] = &s.l[i][j].suppress;
		for (unsigned j = 0; j < a.n[i]; j++)
			rates[p->n_rates++] = &a.l[i][j].rate;
		if (e.n[i] && !p->event)
			p->event = &e.l[i]->event;
	}
	if (own)
		p->event = own_threshold(arena, &r->threshold);
	p->suppress = suppress;
	p->rates = rates;
	return p;
}
