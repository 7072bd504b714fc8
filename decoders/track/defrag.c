/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams on their way: found by key, given up by age. */
#include "decoders/track/defrag.h"

#include <stdlib.h>

#include "core/hash.h"
#include "core/limits.h"
#include "core/xalloc.h"
#include "decoders/track/defrag_int.h"

enum {
	MEMCAP_DEFAULT = 4 << 20, /* Snort 2.9's */
	MAX_FRAGS_DEFAULT = 8192,
	BUCKETS_MIN = 1024,
	BUCKETS_MAX = 1 << 22,
	CELLS_PER_BUCKET = 4,
	/* headers, a second UDP header, a datagram */
	BUILT_ROOM = FRAG_PREFIX_MAX + 8 + DATAGRAM_MAX,
};

static const struct ctr_def counter_defs[] = { DEFRAG_COUNTERS(COUNTER_DEF) };
const struct ctr_group defrag_counters = { "defrag", counter_defs,
	DEFRAG_CTR_MAX };

static const struct dec_event_def event_defs[] = {
#define X(NAME, sid, name, message)                                            \
	{ sid, DEC_EV_DECODE, name, "frag3: " message },
	DEFRAG_EVENTS(X)
#undef X
};

const struct dec_event_def *
defrag_events(unsigned *n)
{
	*n = ARRAY_LEN(event_defs);
	return event_defs;
}

struct defrag_conf
defrag_conf_default(void)
{
	return (struct defrag_conf){ .memcap = MEMCAP_DEFAULT,
		.max_frags = MAX_FRAGS_DEFAULT };
}

const char *
frag_policy_name(enum frag_policy policy)
{
	static const char *const names[FRAG_POLICIES] = {
		[FRAG_FIRST] = "first",
		[FRAG_LAST] = "last",
		[FRAG_BSD] = "bsd",
		[FRAG_BSD_RIGHT] = "bsd-right",
		[FRAG_LINUX] = "linux",
		[FRAG_WINDOWS] = "windows",
		[FRAG_SOLARIS] = "solaris",
	};

	return names[policy];
}

void
frag_event(struct defrag *d, struct packet *p, uint32_t sid)
{
	if (!pkt_event_add(p, GID_FRAG3, sid))
		d->ctrs[DEFRAG_CTR_EVENTS_LOST]++;
}

void
frag_no_room(struct defrag *d)
{
	d->ctrs[DEFRAG_CTR_NO_ROOM]++;
	d->points |= POLICY_BIT(POLICY_DEFRAG_MEMCAP);
}

uint32_t
defrag_points(const struct defrag *d)
{
	return d->points;
}

/* -- life ----------------------------------------------------------------------- */

static uint64_t
n_buckets(size_t memcap)
{
	uint64_t n = BUCKETS_MIN;

	while (n < BUCKETS_MAX && n * FRAG_CELL * CELLS_PER_BUCKET < memcap)
		n *= 2;
	return n;
}

struct defrag *
defrag_new(const struct defrag_conf *conf)
{
	uint64_t n = n_buckets(conf->memcap);
	struct defrag *d = mem_calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->mask = n - 1;
	d->buckets = mem_calloc(n, sizeof(struct frag_tracker *));
	for (unsigned i = 0; i < ARRAY_LEN(d->built); i++)
		d->built[i].b = mem_calloc(1, BUILT_ROOM);
	if (!d->buckets || !d->built[0].b || !d->built[1].b) {
		defrag_free(d);
		return NULL;
	}
	defrag_adopt(d, conf);
	return d;
}

void
defrag_free(struct defrag *d)
{
	if (!d)
		return;
	frag_pool_fini(&d->pool);
	for (unsigned i = 0; i < ARRAY_LEN(d->built); i++)
		free(d->built[i].b);
	free(d->buckets);
	free(d);
}

void
defrag_adopt(struct defrag *d, const struct defrag_conf *conf)
{
	d->conf = conf;
	frag_pool_set_max(&d->pool, conf->memcap);
}

uint64_t *
defrag_counters_of(struct defrag *d)
{
	return d->ctrs;
}

uint64_t
defrag_live(const struct defrag *d)
{
	uint64_t n = 0;

	for (const struct frag_tracker *t = d->oldest; t; t = t->younger)
		n++;
	return n;
}

size_t
defrag_memory(const struct defrag *d)
{
	return d->pool.n * sizeof(union frag_cell);
}

/* -- trackers ---------------------------------------------------------------------- */

static void
give_bytes_up(struct defrag *d, struct frag_tracker *t)
{
	frag_nodes_drop(&d->pool, t);
	frag_bytes_free(&d->pool, t->prefix);
	t->prefix = NULL;
}

void
frag_poison(struct defrag *d, struct frag_tracker *t)
{
	give_bytes_up(d, t);
	t->bad = true;
}

static void
tracker_free(struct defrag *d, struct frag_tracker *t)
{
	struct frag_tracker **at = &d->buckets[t->hash & d->mask];

	while (*at != t)
		at = &(*at)->hash_next;
	*at = t->hash_next;
	if (t->older)
		t->older->younger = t->younger;
	else
		d->oldest = t->younger;
	if (t->younger)
		t->younger->older = t->older;
	else
		d->youngest = t->older;
	if (d->current == t)
		d->current = NULL;
	give_bytes_up(d, t);
	frag_bytes_free(&d->pool, t->alerts);
	frag_cell_give(&d->pool, t);
}

void
defrag_reset(struct defrag *d)
{
	while (d->oldest)
		tracker_free(d, d->oldest);
}

/* Is there room for one more fragment in so many cells? */
static bool
has_room(struct defrag *d, size_t cells)
{
	return d->pool.n_nodes < d->conf->max_frags &&
	    frag_pool_has(&d->pool, cells);
}

static bool
make_room(struct defrag *d, const struct frag_tracker *keep, size_t cells)
{
	while (!has_room(d, cells)) {
		struct frag_tracker *t = d->oldest;

		if (t && t == keep)
			t = t->younger;
		if (!t)
			return false;
		tracker_free(d, t);
		d->ctrs[DEFRAG_CTR_PRUNED]++;
	}
	return true;
}

bool
frag_make_room(struct defrag *d, const struct frag_tracker *t, size_t n)
{
	return make_room(d, t, frag_node_cells(n));
}

static bool
is_expired(const struct frag_tracker *t, struct mtime now)
{
	/* a clock that goes back expires nothing */
	return now.ns > t->first.ns &&
	    now.ns - t->first.ns > t->timeout_s * UINT64_C(1000000000);
}

/* The oldest come first, so that few are looked at; those of an engine with a
 * longer timeout hold the others back until they are found or pruned. */
static void
expire(struct defrag *d, struct mtime now)
{
	for (unsigned i = 0; i < LIM_FRAG_EXPIRE && d->oldest &&
	     is_expired(d->oldest, now); i++) {
		tracker_free(d, d->oldest);
		d->ctrs[DEFRAG_CTR_TIMEOUT]++;
	}
}

static struct frag_key
key_of(const struct packet *p, const struct frag_in *f)
{
	const struct pkt_dec *dec = &p->dec;
	struct frag_key k = { .id = f->id, .version = f->version,
		.proto = f->version == 4 ? f->proto : 0 };

	memcpy(k.src, f->src, sizeof(k.src));
	memcpy(k.dst, f->dst, sizeof(k.dst));
	if (dec->n_vlan)
		k.vlan = dec->vlan[0] & 0x0fff;
	if (dec->has_mpls)
		k.mpls = dec->mpls_label;
	/* inside a tunnel: which one */
	if (dec->n_ip > 1 && f->ip_off == dec->ip_off) {
		memcpy(k.outer_src, dec->outer_src.b, sizeof(k.outer_src));
		memcpy(k.outer_dst, dec->outer_dst.b, sizeof(k.outer_dst));
	}
	return k;
}

static struct frag_tracker *
tracker_find(const struct defrag *d, const struct frag_key *k, uint64_t hash)
{
	struct frag_tracker *t = d->buckets[hash & d->mask];

	while (t && (t->hash != hash || memcmp(&t->key, k, sizeof(*k)) != 0))
		t = t->hash_next;
	return t;
}

static struct frag_tracker *
tracker_new(struct defrag *d, const struct frag_key *k, uint64_t hash,
    const struct defrag_engine *e, struct mtime now)
{
	struct frag_tracker *t;

	if (!make_room(d, NULL, 1))
		return NULL;
	t = &frag_cell_take(&d->pool)->tracker;
	*t = (struct frag_tracker){
		.hash_next = d->buckets[hash & d->mask],
		.older = d->youngest,
		.hash = hash,
		.key = *k,
		.first = now,
		.timeout_s = e->timeout_s,
		.overlap_limit = e->overlap_limit,
		.min_length = e->min_fragment_length,
		.policy = (uint8_t)e->policy,
		.anomalies = e->detect_anomalies,
	};
	d->buckets[hash & d->mask] = t;
	if (d->youngest)
		d->youngest->younger = t;
	else
		d->oldest = t;
	d->youngest = t;
	d->ctrs[DEFRAG_CTR_TRACKERS]++;
	return t;
}

/* -- engines ------------------------------------------------------------------------ */

/* The first network that matches decides; a list of negated ones only is for
 * all the rest. */
static bool
is_for(const struct defrag_engine *e, const struct ipaddr *dst)
{
	bool any = false, in = false;

	for (unsigned i = 0; i < e->n_nets; i++) {
		const struct bind_net *b = &e->nets[i];
		bool hit = ipaddr_in_net(dst, &b->addr, b->bits);

		if (b->negated && hit)
			return false;
		any |= !b->negated;
		in |= !b->negated && hit;
	}
	return in || !any;
}

static const struct defrag_engine *
engine_for(const struct defrag_conf *conf, const struct frag_in *f)
{
	const struct defrag_engine *fallback = NULL;
	struct ipaddr dst = { .family = f->version };

	memcpy(dst.b, f->dst, sizeof(dst.b));
	for (unsigned i = 0; i < conf->n_engines; i++) {
		const struct defrag_engine *e = &conf->engines[i];

		if (!e->n_nets) {
			if (!fallback)
				fallback = e;
		} else if (is_for(e, &dst)) {
			return e;
		}
	}
	return fallback;
}

/* -- the packet ---------------------------------------------------------------------- */

static bool
may_be_fragment(const struct pkt_dec *dec)
{
	if (LIKELY(dec->n_ip == 1))
		return dec->flags & PKT_FRAGMENT;
	return dec->n_ip > 1;
}

/* Where the datagram goes with what it raised; t is gone then. */
static enum defrag_result
finish(struct defrag *d, struct frag_tracker *t, const struct frag_in *f,
    const struct packet *p, struct packet *rebuilt)
{
	struct frag_built *out = &d->built[d->turn];
	bool built = frag_build(d, t, f, p, rebuilt);

	out->n_alerts = t->n_alerts;
	frag_bytes_read(t->alerts, 0, t->n_alerts * sizeof(*out->alerts),
	    (uint8_t *)out->alerts);
	tracker_free(d, t);
	d->ctrs[built ? DEFRAG_CTR_REBUILT : DEFRAG_CTR_TOO_LONG]++;
	return built ? DEFRAG_REBUILT : DEFRAG_HELD;
}

/* The datagram that the fragment belongs to, made when there is none; NULL:
 * no room. */
static struct frag_tracker *
tracker_for(struct defrag *d, const struct packet *p, const struct frag_in *f,
    const struct defrag_engine *e, bool *is_new)
{
	struct frag_key k = key_of(p, f);
	uint64_t hash = hash_keyed(&k, sizeof(k));
	struct frag_tracker *t = tracker_find(d, &k, hash);

	if (t && is_expired(t, p->ts)) {
		tracker_free(d, t);
		d->ctrs[DEFRAG_CTR_TIMEOUT]++;
		t = NULL;
	}
	*is_new = !t;
	return t ? t : tracker_new(d, &k, hash, e, p->ts);
}

static enum defrag_result
take(struct defrag *d, struct packet *p, const struct frag_in *f,
    const struct defrag_engine *e, struct packet *rebuilt)
{
	bool is_new;
	struct frag_tracker *t = tracker_for(d, p, f, e, &is_new);

	if (!t) {
		frag_no_room(d);
		return DEFRAG_PASS;
	}
	d->dropped = t->dropped;
	if (t->bad) {
		d->ctrs[DEFRAG_CTR_POISONED]++;
		d->current = t;
		return DEFRAG_HELD;
	}
	if (frag_insert(d, t, f, p, is_new) == FRAG_REFUSED) {
		if (is_new && !t->got_last) {
			tracker_free(d, t);
			return DEFRAG_PASS;
		}
		d->current = t;
		return DEFRAG_HELD;
	}
	d->ctrs[DEFRAG_CTR_FRAGMENTS]++;
	d->current = t;
	if (!f->offset && !t->prefix && !frag_keep_prefix(d, t, f, p)) {
		frag_no_room(d);
		frag_poison(d, t);
		return DEFRAG_PASS;
	}
	return frag_is_whole(t) ? finish(d, t, f, p, rebuilt) : DEFRAG_HELD;
}

enum defrag_result
defrag_packet(struct defrag *d, struct packet *p, struct packet *rebuilt)
{
	const struct defrag_engine *e;
	struct frag_in f;

	if (!d->conf->n_engines || d->conf->disabled)
		return DEFRAG_PASS;
	d->current = NULL;
	d->points = 0;
	d->dropped = false;
	if (d->oldest)
		expire(d, p->ts);
	if (LIKELY(!may_be_fragment(&p->dec)) || !frag_parse(p, &f))
		return DEFRAG_PASS;
	/* what its receiver throws away must not overlap what it keeps */
	if (p->dec.flags & (PKT_BAD_IP_CSUM | PKT_NO_RULES)) {
		d->ctrs[DEFRAG_CTR_BROKEN]++;
		return DEFRAG_PASS;
	}
	e = engine_for(d->conf, &f);
	if (!e) {
		d->ctrs[DEFRAG_CTR_NO_ENGINE]++;
		return DEFRAG_PASS;
	}
	if (f.ttl < e->min_ttl) {
		d->ctrs[DEFRAG_CTR_TTL_LOW]++;
		if (e->detect_anomalies)
			frag_event(d, p, SID_FRAG_TTL_LOW);
		return DEFRAG_PASS;
	}
	return take(d, p, &f, e, rebuilt);
}

void
defrag_drop(struct defrag *d, const struct packet *p, bool test)
{
	const struct defrag_engine *e;
	struct frag_tracker *t;
	struct frag_in f;
	bool is_new;

	if (!d->conf->n_engines || d->conf->disabled ||
	    !may_be_fragment(&p->dec) || !frag_parse(p, &f))
		return;
	e = engine_for(d->conf, &f);
	if (!e)
		return;
	if (test) {
		if (d->current)
			d->current->dropped = true;
		return;
	}
	t = tracker_for(d, p, &f, e, &is_new);
	if (!t) {
		frag_no_room(d);
		return;
	}
	if (!t->bad)
		frag_poison(d, t);
	t->dropped = true;
}

bool
defrag_is_dropped(const struct defrag *d)
{
	return d->dropped;
}

void
defrag_note(struct defrag *d, uint32_t gid, uint32_t sid)
{
	struct frag_tracker *t = d->current;
	struct pkt_event e = { (uint16_t)gid, sid };

	if (!t || t->n_alerts == DEFRAG_ALERTS || gid > UINT16_MAX)
		return;
	if (!t->alerts) {
		if (!frag_pool_has(&d->pool, 1))
			return;
		t->alerts = &frag_cell_take(&d->pool)->bytes;
		t->alerts->next = NULL;
	}
	memcpy(t->alerts->b + t->n_alerts++ * sizeof(e), &e, sizeof(e));
}

const struct pkt_event *
defrag_noted(const struct defrag *d, const struct packet *rebuilt, unsigned *n)
{
	*n = 0;
	for (unsigned i = 0; i < ARRAY_LEN(d->built); i++)
		if (rebuilt->data == d->built[i].b) {
			*n = d->built[i].n_alerts;
			return d->built[i].alerts;
		}
	return NULL;
}
