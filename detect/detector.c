/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"
#include "decoders/track/policy.h"
#include "decoders/track/stream.h"
#include "detect/builtin.h"
#include "detect/detect.h"
#include "detect/eval.h"
#include "detect/filetype.h"
#include "detect/filter/tagging.h"
#include "detect/room.h"
#include "detect/ruleset.h"
#include "detect/scan.h"
#include "detect/select.h"

#define DETECT_COUNTERS(X)                                                     \
	X(UNITS, "units", "units judged")                                      \
	X(NO_RULES, "builtin_only", "units whose packet rules do not see")     \
	X(SCANS, "scans", "pattern searches")                                  \
	X(SCANNED, "scanned", "bytes searched for patterns")                   \
	X(RESCANNED, "rescanned", "of them, bytes of rebuilt units whose"      \
	    " segments were not searched, or not as they stand there")         \
	X(SEAMS, "seams", "of them, bytes where searched segments of a rebuilt" \
	    " unit meet")                                                      \
	X(HITS, "hits", "patterns found")                                      \
	X(HITS_LOST, "hits_lost", "searches ended by the limit of hits per unit") \
	X(SCAN_ERRORS, "scan_errors", "searches that failed")                  \
	X(CANDIDATES, "candidates", "rules a unit could match")                \
	X(HEADER, "header_rejects", "of them, by addresses or ports")          \
	X(FLOW, "flow_rejects", "of them, by flow")                            \
	X(EVALUATED, "evaluated", "of them, rules tested in full")             \
	X(MATCHED, "matched", "of them, rules that matched")                   \
	X(HELD_BACK, "detection_filtered", "of them, not yet often enough")    \
	X(ANY_IGNORED, "any_ignored",                                          \
	    "units without the rules that ignore_any_rules leaves out")        \
	X(LIST_FULL, "list_full", "matches beyond max_queue_events")           \
	X(QUEUE_FULL, "queue_full", "events beyond max_queue")                 \
	X(NOT_LOGGED, "beyond_log", "events beyond event_queue: log")          \
	X(NO_RULE, "builtin_without_rule", "builtin events without a rule")    \
	X(RAISED, "raised_before",                                             \
	    "events of rebuilt units that their packets had raised")           \
	X(RATED, "rate_filtered", "events whose action a rate_filter changed") \
	X(SUPPRESSED, "suppressed", "events that suppress silenced")           \
	X(FILTERED, "event_filtered", "events that event_filter silenced")     \
	X(SILENT, "silent", "events of pass and sdrop")                        \
	X(REPORTED, "reported", "events reported")                             \
	X(TAGGED, "tagged", "packets logged because of an earlier event")      \
	X(FILE_TYPES, "file_types", "files whose first bytes say what they are") \
	X(FILES_NO_ROOM, "files_no_room",                                      \
	    "units with a file of no type: no memory to find it")              \
	X(COUNTS_EVICTED, "filter_evictions", "counts forgotten for memory")   \
	X(TAGS_EVICTED, "tags_evicted", "tags forgotten for memory")           \
	X(REPLACES_LOST, "replaces_lost",                                      \
	    "replacements beyond those that are made in a packet")
enum {
#define X(NAME, name, help) CTR_##NAME,
	DETECT_COUNTERS(X)
#undef X
	CTR_MAX
};
static const struct ctr_def counter_defs[] = { DETECT_COUNTERS(COUNTER_DEF) };
const struct ctr_group detect_counters = { "detect", counter_defs, CTR_MAX };

struct detector {
	const struct ruleset *rs;
	struct detector_room room;
	uint32_t gen;    /* of the unit; 31 bits, never 0 */
	struct scanner scan;
	struct eval eval;
	struct filter_tables filters;
	struct tags tags;
	struct selection sel;
	struct sd_search sd;
	struct event events[LIM_EVENT_QUEUE];
	uint32_t next_event_id, event_id_step;
	struct decision decision;  /* of the unit */
	struct replacement replaces[LIM_REPLACES]; /* likewise */
	unsigned n_replaces;
	enum flow_log session_log; /* of the unit */
	uint32_t points;           /* POLICY_BITs of the unit */
	uint64_t ctrs[CTR_MAX];
};

static uint32_t
take_event_id(struct detector *d)
{
	uint32_t id = d->next_event_id;

	d->next_event_id += d->event_id_step;
	return id;
}

/* -- life ----------------------------------------------------------------------- */

static bool
tables_init(struct filter_tables *ft, const struct ruleset *rs)
{
	return filter_tables_init(ft, rs->conf.threshold_memcap,
	    rs->conf.rate_filter_memcap, rs->conf.detection_filter_memcap);
}

struct detector *
detector_new(const struct ruleset *rs)
{
	struct detector *d = mem_calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->rs = rs;
	d->scan = (struct scanner){ .rs = rs, .set_gen = 1,
		.hits = &d->room.hits };
	d->next_event_id = 1;
	d->event_id_step = 1;
	if (!room_init(&d->room, rs))
		goto err_detector;
	if (!eval_init(&d->eval))
		goto err_room;
	if (!tables_init(&d->filters, rs))
		goto err_eval;
	if (tags_init(&d->tags))
		return d;
	filter_tables_fini(&d->filters);
err_eval:
	eval_fini(&d->eval);
err_room:
	room_fini(&d->room);
err_detector:
	free(d);
	return NULL;
}

void
detector_free(struct detector *d)
{
	if (!d)
		return;
	tags_fini(&d->tags);
	filter_tables_fini(&d->filters);
	eval_fini(&d->eval);
	room_fini(&d->room);
	free(d);
}

static bool
same_memcaps(const struct detect_conf *a, const struct detect_conf *b)
{
	return a->threshold_memcap == b->threshold_memcap &&
	    a->rate_filter_memcap == b->rate_filter_memcap &&
	    a->detection_filter_memcap == b->detection_filter_memcap;
}

bool
detector_adopt(struct detector *d, struct detector_room *new)
{
	struct detector_room old = d->room;
	struct filter_tables tables;

	/* counts are found by what their filters say: they stay, unless the
	 * tables change their size */
	if (!same_memcaps(&d->rs->conf, &new->rs->conf)) {
		if (!tables_init(&tables, new->rs))
			return false;
		filter_tables_fini(&d->filters);
		d->filters = tables;
	}
	d->room = *new;
	*new = old;
	d->room.hits.lost = old.hits.lost;
	d->room.hits.errors = old.hits.errors;
	memcpy(d->room.ppm.ctrs, old.ppm.ctrs, sizeof(old.ppm.ctrs));
	d->rs = d->scan.rs = d->room.rs;
	d->scan.set_gen += d->scan.set_gen == UINT32_MAX ? 2 : 1;
	/* the lists of the new set may be more than those of the old */
	memset(d->sel.lists, 0, sizeof(d->sel.lists));
	return true;
}

void
detector_share_ids(struct detector *d, uint32_t nth, uint32_t of)
{
	d->next_event_id = 1 + nth;
	d->event_id_step = of;
}

void
detector_reset(struct detector *d)
{
	filter_tables_clear(&d->filters);
	tags_clear(&d->tags);
}

uint64_t *
detector_counters(struct detector *d)
{
	const struct filter_tables *ft = &d->filters;

	d->ctrs[CTR_SCANS] = d->scan.ctrs[SCAN_CTR_SCANS];
	d->ctrs[CTR_SCANNED] = d->scan.ctrs[SCAN_CTR_SCANNED];
	d->ctrs[CTR_RESCANNED] = d->scan.ctrs[SCAN_CTR_RESCANNED];
	d->ctrs[CTR_SEAMS] = d->scan.ctrs[SCAN_CTR_SEAMS];
	d->ctrs[CTR_HITS_LOST] = d->room.hits.lost;
	d->ctrs[CTR_SCAN_ERRORS] = d->room.hits.errors;
	d->ctrs[CTR_LIST_FULL] = d->sel.list_full;
	d->ctrs[CTR_QUEUE_FULL] = d->sel.queue_full;
	d->ctrs[CTR_RAISED] = d->sel.raised;
	d->ctrs[CTR_COUNTS_EVICTED] = ft->events.evicted + ft->rates.evicted +
	    ft->matches.evicted;
	d->ctrs[CTR_TAGS_EVICTED] = d->tags.sessions.evicted +
	    d->tags.hosts.evicted;
	return d->ctrs;
}

uint64_t *
detector_ppm_counters(struct detector *d)
{
	return d->room.ppm.ctrs;
}

uint32_t
detector_suspensions(const struct detector *d, uint32_t rule)
{
	return d->room.ppm.rules ? d->room.ppm.rules[rule].suspensions : 0;
}

uint64_t *
detector_eval_counters(struct detector *d)
{
	return d->eval.ctrs;
}

/* -- headers -------------------------------------------------------------------- */

static void
next_generation(struct detector *d)
{
	struct detector_room *r = &d->room;

	if (++d->gen >> 31 == 0)
		return;
	memset(r->tried, 0, d->rs->n_rules * sizeof(*r->tried));
	for (unsigned i = 0; i < SIDES; i++) {
		memset(r->ips[i].v, 0, (d->rs->n_ip_sets + 1u) *
		    sizeof(uint32_t));
		memset(r->ports[i].v, 0, (d->rs->n_port_sets + 1u) *
		    sizeof(uint32_t));
	}
	d->gen = 1;
}

/* Is the packet's address of that side in the set? Id 0 is `any`. */
static inline bool
ip_in(const struct detector *d, unsigned side, const struct packet *p,
    uint32_t id)
{
	uint32_t *memo = &d->room.ips[side].v[id];
	bool yes;

	if (id == 0)
		return true;
	if (*memo >> 1 == d->gen)
		return *memo & 1;
	yes = ip_set_has(d->rs->tree->ip_sets[id], side == SIDE_SRC ?
	    &p->dec.src : &p->dec.dst);
	*memo = d->gen << 1 | yes;
	return yes;
}

static inline bool
port_in(const struct detector *d, unsigned side, const struct packet *p,
    uint32_t id)
{
	uint32_t *memo = &d->room.ports[side].v[id];
	bool yes;

	if (id == 0)
		return true;
	if (*memo >> 1 == d->gen)
		return *memo & 1;
	yes = port_set_has(d->rs->tree->port_sets[id], side == SIDE_SRC ?
	    p->dec.sport : p->dec.dport);
	*memo = d->gen << 1 | yes;
	return yes;
}

/* Addresses and ports, as written and, for `<>`, both swapped together. */
static bool
header_matches(const struct detector *d, const struct rule_head *h,
    const struct packet *p)
{
	if (port_in(d, SIDE_DST, p, h->dports) &&
	    port_in(d, SIDE_SRC, p, h->sports) &&
	    ip_in(d, SIDE_SRC, p, h->src) && ip_in(d, SIDE_DST, p, h->dst))
		return true;
	return h->bidirectional &&
	    port_in(d, SIDE_SRC, p, h->dports) &&
	    port_in(d, SIDE_DST, p, h->sports) &&
	    ip_in(d, SIDE_DST, p, h->src) && ip_in(d, SIDE_SRC, p, h->dst);
}

/* -- matching ------------------------------------------------------------------- */

static struct filter_event
filter_event_of(const struct crule *r, const struct packet *p)
{
	return (struct filter_event){ r->rule->gid, r->rule->sid, &p->dec.src,
		&p->dec.dst, mtime_sec(p->ts) };
}

/*
 * session: the unit is logged, and what its session sends from here on. How is
 * said by the first such rule. Of a session that is logged, rebuilt units are
 * not: the packets were.
 */
static void
log_session(struct detector *d, const struct unit *u, enum flow_log how)
{
	struct flow *f = u->flow.flow;

	if (f && f->log)
		return;
	if (f)
		f->log = (uint8_t)how;
	if (!d->session_log)
		d->session_log = how;
}

static void
take_replaces(struct detector *d)
{
	const struct eval *e = &d->eval;

	for (unsigned i = 0; i < e->n_replaces; i++) {
		if (d->n_replaces == LIM_REPLACES)
			d->ctrs[CTR_REPLACES_LOST]++;
		else
			d->replaces[d->n_replaces++] = (struct replacement){
				e->replaces[i].at, e->replaces[i].with };
	}
}

/* Does a match end the packet's way? */
static bool
stops(const struct rule_head *h)
{
	return h->action == ACTION_DROP || h->action == ACTION_REJECT ||
	    h->action == ACTION_SDROP;
}

/* What passes all of a unit, by what is there, saves a part of it. */
static bool
may_judge_open(const struct unit *u, const struct crule *r,
    const struct rule_head *h)
{
	if (h->action == ACTION_PASS)
		return true;
	return stops(h) && r->early.can && !(r->early.whole & ~u->whole) &&
	    !(r->early.begin & u->cut);
}

/* One candidate; a unit tries a rule once, however it was found. */
static void
try_rule(struct detector *d, const struct unit *u, uint32_t rule)
{
	const struct rule_head *h = &d->rs->heads[rule];
	const struct crule *r = &d->rs->rules[rule];
	uint64_t *c = d->ctrs;
	bool is;

	if (d->room.tried[rule] == d->gen)
		return;
	d->room.tried[rule] = d->gen;
	if (d->scan.any_ignored && r->any_ignored)
		return;
	if (u->open && !may_judge_open(u, r, h))
		return;
	if (UNLIKELY(d->room.ppm.aborted))
		return;
	c[CTR_CANDIDATES]++;
	if (h->flow & d->eval.flow_wrong) {
		c[CTR_FLOW]++;
		return;
	}
	if (!header_matches(d, h, u->pkt)) {
		c[CTR_HEADER]++;
		return;
	}
	if (!ppm_before(&d->room.ppm, rule, u->pkt->ts))
		return;
	c[CTR_EVALUATED]++;
	is = rule_match(&d->eval, r);
	ppm_after(&d->room.ppm, rule, d->eval.steps, d->eval.unit_steps,
	    u->pkt->ts);
	if (!is)
		return;
	if (u->open && h->action == ACTION_PASS) { /* it is to count once */
		select_match(&d->sel, d->rs, u, rule);
		return;
	}
	if (r->detection_filter.type != FILTER_NONE) {
		const struct filter_event ev = filter_event_of(r, u->pkt);

		if (!detect_filter_test(&d->filters.matches,
		    &r->detection_filter, &ev)) {
			c[CTR_HELD_BACK]++;
			return;
		}
	}
	c[CTR_MATCHED]++;
	rule_act(&d->eval, r);
	if (UNLIKELY(d->eval.n_replaces) && d->rs->conf.inline_mode &&
	    !d->rs->conf.disable_replace && !r->test_only)
		take_replaces(d);
	if (r->session)
		log_session(d, u, r->session);
	if (!r->noalert)
		select_match(&d->sel, d->rs, u, rule);
}

static struct eval_hit
eval_hit_of(const struct hits *hits, const struct hit *h, struct slice in)
{
	const struct hit_places *p = &hits->places[h->nth];

	return (struct eval_hit){ .buf = in.ptr, .n = p->n, .ends = p->ends,
		.known = p->known < in.len ? p->known : (uint32_t)in.len };
}

static void
try_hits(struct detector *d, const struct unit *u)
{
	const struct prefilter *pf = &d->rs->prefilter;
	struct hits *h = &d->room.hits;

	d->ctrs[CTR_HITS] += h->n;
	hits_sort(h, pf);
	for (uint32_t i = 0; i < h->n; i++) {
		uint32_t slot = h->list[i].slot;

		d->eval.hit = eval_hit_of(h, &h->list[i], scan_bytes(u,
		    h->list[i].order >> 32));
		for (uint32_t j = pf->slot_first.v[slot];
		    j < pf->slot_first.v[slot + 1]; j++)
			try_rule(d, u, pf->slot_rules.v[j]);
	}
	d->eval.hit.buf = NULL;
}

static void
try_plain(struct detector *d, const struct unit *u,
    const struct plain_rule *rules, uint32_t n)
{
	uint8_t flags = u->pkt->dec.tcp_flags;

	for (uint32_t i = 0; i < n; i++)
		if (plain_rule_may(&rules[i], flags))
			try_rule(d, u, rules[i].rule);
}

static void
try_listed(struct detector *d, const struct unit *u, const struct group *g,
    const struct addr_index *ai, const struct ipaddr *a)
{
	uint32_t n;
	const uint32_t *at = addr_index_find(ai, a, &n);

	for (uint32_t i = 0; i < n; i++)
		try_plain(d, u, &g->listed[at[i]], 1);
}

/* Do rules see the packet? */
static bool
has_rules(const struct packet *p)
{
	return p->dec.ip_ver && !(p->dec.flags & PKT_NO_RULES);
}

bool
detect_scan(struct detector *d, const struct unit *u, struct stream_scan *scan)
{
	const struct plan plan = plan_of(d->rs, &u->pkt->dec);

	d->scan.any_ignored = ignore_any_holds(d->rs, u);
	return has_rules(u->pkt) && scan_segment(&d->scan, u, &plan, scan);
}

/* Is there anything to search? */
static bool
has_bytes(const struct unit *u)
{
	return u->bufs[BUF_PAYLOAD].len || u->present != 1u << BUF_PAYLOAD;
}

static void
match_rules(struct detector *d, const struct unit *u)
{
	const struct pkt_dec *dec = &u->pkt->dec;
	const struct plan plan = plan_of(d->rs, dec);
	const struct group *g = plan.group;
	uint8_t flags = dec->tcp_flags;

	if (!u->no_patterns && has_bytes(u)) {
		scan_unit(&d->scan, u, &plan);
		if (d->room.hits.n)
			try_hits(d, u);
	}
	/* without a pattern packets say all but what a parser found, and what
	 * passes it */
	if (u->open && !d->sel.any && u->present == 1u << BUF_PAYLOAD)
		return;
	for (unsigned i = 0; i < plan.n; i++)
		try_plain(d, u, plan.parts[i]->plain, plan.parts[i]->n_plain);
	if (g->n_listed && g->listed_flags[flags / 64] >> flags % 64 & 1) {
		try_listed(d, u, g, &g->by_src, &dec->src);
		try_listed(d, u, g, &g->by_dst, &dec->dst);
	}
}

/* What the file in the unit is, for rules that ask. */
static void
find_type(struct detector *d, const struct unit *u)
{
	bool no_room;

	d->eval.file_type = filetype_unit(d->rs->conf.opt.files,
	    d->scan.set_gen, u, &no_room);
	d->ctrs[CTR_FILES_NO_ROOM] += no_room;
	d->ctrs[CTR_FILE_TYPES] += u->file_begins && d->eval.file_type >= 0;
}

/* -- sensitive data -------------------------------------------------------------- */

static bool
sd_header(void *arg, uint32_t rule, bool ports, bool addresses)
{
	const struct detector *d = arg;
	const struct packet *p = d->eval.unit->pkt;
	struct rule_head h = d->rs->heads[rule];

	if (!ports)
		h.sports = h.dports = 0;
	if (!addresses)
		h.src = h.dst = 0;
	return header_matches(d, &h, p);
}

/* Rules that do not match but count: those that came to their count. */
static void
count_sensitive(struct detector *d, const struct unit *u)
{
	const struct sd_set *s = &d->rs->sd;

	sd_unit(&d->sd, d->rs, d->scan.set_gen, u, sd_header, d);
	for (uint64_t due = d->sd.due; due; due &= due - 1) {
		uint32_t rule = s->rules[__builtin_ctzll(due)].rule;

		select_match(&d->sel, d->rs, u, rule);
	}
}

/* -- reporting ------------------------------------------------------------------ */

/* Rate filter, suppress, event filter: false: the event is not reported. */
static bool
filter_event(struct detector *d, const struct packet *p, uint32_t rule,
    enum rule_action *action)
{
	const struct filter_plan *plan = d->rs->plans[rule];
	const struct filter_event ev = filter_event_of(&d->rs->rules[rule], p);
	bool first = false;

	if (!plan)
		return true;
	if (plan->n_rates && rate_filter_test(&d->filters.rates, plan, &ev,
	    action, &first))
		d->ctrs[CTR_RATED]++;
	if (suppress_test(plan, &ev)) {
		d->ctrs[CTR_SUPPRESSED]++;
		return false;
	}
	/* counted even where a rate filter's first event goes through */
	if (plan->event && !event_filter_test(&d->filters.events, plan->event,
	    &ev) && !first) {
		d->ctrs[CTR_FILTERED]++;
		return false;
	}
	return true;
}

static bool
is_silent(enum rule_action a)
{
	return a == ACTION_PASS || a == ACTION_SDROP;
}

/* What is to become of the packet: the first that is no mere report. */
static void
decide(struct detector *d, uint32_t rule, enum rule_action a, bool rated)
{
	struct decision *out = &d->decision;
	const struct crule *r = &d->rs->rules[rule];

	if (a != ACTION_DROP && a != ACTION_REJECT && a != ACTION_SDROP)
		return;
	if (r->test_only) {
		if (!out->would)
			out->would = r;
		return;
	}
	if (out->action != ACTION_ALERT)
		return;
	out->action = a;
	out->rule = r;
	out->rated = rated;
	out->builtin = builtin_is(r->rule);
}

/* The number of the unit's flow; 0: it has none. */
static uint64_t
flow_id(const struct unit *u)
{
	return u->flow.flow ? u->flow.flow->id : 0;
}

/*
 * Walks the queue: the first `log` events go through the filters and, if they
 * remain, to the report. A drop drops, reported or not.
 */
static unsigned
report(struct detector *d, const struct unit *u)
{
	const struct ruleset *rs = d->rs;
	unsigned n = 0;

	for (unsigned i = 0; i < d->sel.n_queue; i++) {
		uint32_t index = d->sel.queue[i];
		const struct crule *r = &rs->rules[index];
		enum rule_action own = rs->heads[index].action, action = own;
		bool log = i < rs->conf.log;

		if (!log)
			d->ctrs[CTR_NOT_LOGGED]++;
		log = log && filter_event(d, u->pkt, index, &action);
		decide(d, index, action, action != own);
		if (!log)
			continue;
		if (is_silent(action)) {
			d->ctrs[CTR_SILENT]++;
			continue;
		}
		d->events[n] = (struct event){
			.rule = r,
			.gid = r->rule->gid,
			.sid = r->rule->sid,
			.rev = r->rule->rev,
			.action = action == own &&
			    r->rule->action == ACTION_CUSTOM ? ACTION_CUSTOM :
			    action,
			.event_id = take_event_id(d),
			.log_only = action == ACTION_LOG ||
			    action == ACTION_DYNAMIC,
		};
		if (r->tag.packets || r->tag.seconds || r->tag.bytes)
			tags_set(&d->tags, &r->tag, u->pkt, flow_id(u),
			    d->events[n].event_id);
		n++;
	}
	d->ctrs[CTR_REPORTED] += n;
	return n;
}

/* What a packet raised the units that hold its bytes are not to repeat. */
static void
note_raised(struct detector *d, const struct unit *u)
{
	enum flow_side side = u->flow.to_server ? FLOW_CLIENT : FLOW_SERVER;

	if (!u->flow.flow || u->pkt->dec.l4 != PKT_L4_TCP)
		return;
	for (unsigned i = d->sel.n_builtin; i < d->sel.n_queue; i++) {
		const struct rule *r = d->rs->rules[d->sel.queue[i]].rule;

		stream_alert_note(u->flow.flow, side, r->gid, r->sid);
	}
}

/* A packet with no event of its own may belong to an earlier one. */
static unsigned
report_tagged(struct detector *d, const struct unit *u)
{
	const struct crule *r = &d->rs->rules[d->rs->tag_rule];
	uint32_t ref;

	if (u->kind == UNIT_STREAM || !tags_check(&d->tags, u->pkt, flow_id(u),
	    d->rs->conf.tagged_packet_limit, &ref))
		return 0;
	d->ctrs[CTR_TAGGED]++;
	d->events[0] = (struct event){
		.rule = r,
		.gid = r->rule->gid,
		.sid = r->rule->sid,
		.rev = r->rule->rev,
		.action = ACTION_LOG,
		.tagged = true,
		.event_id = take_event_id(d),
		.event_ref = ref,
		.log_only = true,
	};
	return 1;
}

/* What the unit could lose for lack of room, counted. */
struct losses {
	uint64_t hits, steps, bits;
};

static struct losses
losses_of(const struct detector *d, const struct unit *u)
{
	return (struct losses){ d->room.hits.lost,
		d->eval.ctrs[EVAL_CTR_STEP_LIMIT],
		u->flow.flow ? flow_bits_lost(u->flow.table) : 0 };
}

static uint32_t
points_since(const struct detector *d, const struct unit *u,
    const struct losses *before)
{
	struct losses now = losses_of(d, u);
	uint32_t points = 0;

	if (now.hits != before->hits)
		points |= POLICY_BIT(POLICY_DETECT_HITS);
	if (now.steps != before->steps)
		points |= POLICY_BIT(POLICY_DETECT_STEPS);
	if (now.bits != before->bits)
		points |= POLICY_BIT(POLICY_FLOW_BITS);
	return points;
}

static uint32_t
builtin_rule(const struct ruleset *rs, uint32_t gid, uint32_t sid)
{
	uint32_t rule = builtin_find(&rs->builtin, gid, sid);

	return rule == UINT32_MAX || rs->heads[rule].list == LIST_NONE ?
	    UINT32_MAX : rule;
}

bool
detector_has_rule(const struct detector *d, uint32_t gid, uint32_t sid)
{
	return builtin_rule(d->rs, gid, sid) != UINT32_MAX;
}

bool
detector_judges_open(const struct detector *d)
{
	return d->rs->early;
}

/* The events of config ppm stand before those of rules. */
static void
raise_ppm(struct detector *d)
{
	for (uint32_t sid = PPM_SUSPENDED; sid <= PPM_ABORTED; sid++) {
		uint32_t rule = builtin_rule(d->rs, PPM_GID, sid);

		if (!(d->room.ppm.raised >> sid & 1))
			continue;
		if (rule == UINT32_MAX)
			d->ctrs[CTR_NO_RULE]++;
		else
			select_builtin(&d->sel, rule);
	}
}

unsigned
detect_unit(struct detector *d, const struct unit *u,
    const struct pkt_event *builtin, unsigned n_builtin,
    const struct event **events, enum rule_action *verdict)
{
	const struct ruleset *rs = d->rs;
	const struct packet *p = u->pkt;
	bool rules = has_rules(p);
	unsigned n;

	d->ctrs[CTR_UNITS]++;
	d->session_log = rules && u->flow.flow && u->kind != UNIT_STREAM ?
	    (enum flow_log)u->flow.flow->log : FLOW_LOG_NONE;
	select_begin(&d->sel, rs);
	for (unsigned i = 0; i < n_builtin; i++) {
		uint32_t rule = builtin_rule(rs, builtin[i].gid,
		    builtin[i].sid);

		if (rule == UINT32_MAX)
			d->ctrs[CTR_NO_RULE]++;
		else
			select_builtin(&d->sel, rule);
	}
	d->points = 0;
	d->n_replaces = 0;
	d->sd.combined = false;
	if (rules) {
		struct losses before = losses_of(d, u);

		d->scan.any_ignored = ignore_any_holds(rs, u);
		d->ctrs[CTR_ANY_IGNORED] += d->scan.any_ignored;
		next_generation(d);
		eval_unit(&d->eval, u);
		ppm_unit(&d->room.ppm);
		if (rs->file_types && !u->open)
			find_type(d, u);
		match_rules(d, u);
		if (rs->sd.n_rules && !u->open)
			count_sensitive(d, u);
		if (UNLIKELY(d->room.ppm.raised))
			raise_ppm(d);
		d->points = points_since(d, u, &before);
		select_finish(&d->sel, rs);
		note_raised(d, u);
	} else {
		d->ctrs[CTR_NO_RULES]++;
	}
	d->decision = (struct decision){ .action = ACTION_ALERT };
	n = report(d, u);
	if (d->decision.action == ACTION_ALERT && d->sel.passed)
		d->decision.action = ACTION_PASS;
	d->decision.pass_all = d->sel.passed_all;
	*verdict = d->decision.action;
	if (!n && rules)
		n = report_tagged(d, u);
	*events = d->events;
	return n;
}

const struct decision *
detector_decision(const struct detector *d)
{
	return &d->decision;
}

const struct replacement *
detector_replaces(const struct detector *d, unsigned *n)
{
	*n = d->n_replaces;
	return d->replaces;
}

enum flow_log
detector_session_log(const struct detector *d)
{
	return d->session_log;
}

uint32_t
detector_points(const struct detector *d)
{
	return d->points;
}

struct slice
detector_sensitive(const struct detector *d)
{
	return d->sd.combined ? slice_make(d->sd.report, d->sd.report_len) :
	    slice_make(NULL, 0);
}

uint64_t *
detector_sd_counters(struct detector *d)
{
	return d->sd.ctrs;
}

bool
detector_masks(const struct detector *d)
{
	return d->rs->sd.n_rules && d->rs->sd.conf->mask;
}

void
detector_mask(struct detector *d, uint8_t *bytes, size_t n)
{
	sd_mask(&d->sd, d->rs, bytes, n);
}
