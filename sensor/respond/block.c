/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/block.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/xalloc.h"
#include "sensor/respond/block_int.h"
#include "sensor/respond/block_never.h"

enum { REFUSAL_TOLD_S = 10 }; /* again for the same address, at the soonest */
#define NS_PER_S UINT64_C(1000000000)

static const struct ctr_def counter_defs[] = {
	BLOCK_COUNTERS(COUNTER_DEF)
	BLOCK_OUTCOMES(COUNTER_DEF)
};
static_assert(ARRAY_LEN(counter_defs) == BLOCK_CTR_MAX, "one for each");
const struct ctr_group block_counters = { "block", counter_defs,
	BLOCK_CTR_MAX };

const char *
block_evidence_name(enum block_evidence e)
{
	static const char *const names[] = {
#define X(NAME, name) [BLOCK_EVIDENCE_##NAME] = name,
		BLOCK_EVIDENCES(X)
#undef X
	};

	return names[e];
}

const char *
block_asker_name(enum block_asker a)
{
	static const char *const names[] = {
#define X(NAME, name) [BLOCK_ASKER_##NAME] = name,
		BLOCK_ASKERS(X)
#undef X
	};

	return names[a];
}

const char *
block_outcome_name(enum block_outcome o)
{
	static const char *const names[] = {
#define X(NAME, name, help) [BLOCK_##NAME] = name,
		BLOCK_OUTCOMES(X)
#undef X
	};

	return names[o];
}

const char *
block_status_name(enum block_status s)
{
	static const char *const names[] = {
#define X(NAME, name) [BLOCK_STATUS_##NAME] = name,
		BLOCK_STATUSES(X)
#undef X
	};

	return names[s];
}

struct block_conf
block_conf_default(void)
{
	return (struct block_conf){
		.seconds = 300,
		.max_seconds = 86400,
		.max = 65536,
		.ceiling = 200,
		.ceiling_s = 10,
		.rollback = 50,
		.pause_s = 900,
		.escalate = 2,
		.remember_s = 86400,
		.repeat_s = 10,
		.admin_ports = { 22 },
		.n_admin_ports = 1,
	};
}

bool
block_nets_have(const struct block_nets *l, const struct ipaddr *a)
{
	bool positive = false, in = false;

	for (unsigned i = 0; i < l->n; i++) {
		const struct block_net *n = &l->v[i];
		bool is_in = ipaddr_in_net(a, &n->addr, n->bits);

		if (n->negated && is_in)
			return false;
		positive = positive || !n->negated;
		in = in || (!n->negated && is_in);
	}
	return l->n && (in || !positive);
}

/* -- what is told ------------------------------------------------------------- */

void
blocks_tell(struct blocks *bs, enum block_status status,
    enum block_outcome reason, const char *detail, const struct block *b,
    struct mtime now)
{
	struct block_news n = { status, reason, detail, b, now };

	if (bs->tell)
		bs->tell(bs->tell_arg, &n);
}

/* What was not blocked can be asked for, and is told now and then. */
void
blocks_refuse(struct blocks *bs, const struct block *b,
    enum block_outcome why, bool failed, const char *detail, struct mtime now)
{
	struct block_refusal *r;
	bool is_new;

	r = lru_get(&bs->refusals, block_who(b), &is_new);
	is_new = is_new || r->outcome != why || r->failed != failed ||
	    r->told.ns + REFUSAL_TOLD_S * NS_PER_S <= now.ns;
	r->outcome = (uint8_t)why;
	r->failed = failed;
	r->gid = b->why.gid;
	r->sid = b->why.sid;
	r->times++;
	r->last = now;
	snprintf(r->detail, sizeof(r->detail), "%s", detail ? detail : "");
	if (!is_new)
		return;
	r->told = now;
	blocks_tell(bs, failed ? BLOCK_STATUS_FAILED : BLOCK_STATUS_REFUSED, why,
	    detail, b, now);
}

/* -- who is never blocked ------------------------------------------------------- */

bool
block_is_never(struct blocks *bs, const struct ipaddr *a,
    char detail[BLOCK_DETAIL_MAX])
{
	const struct block_conf *c = bs->conf;
	const char *what = bs->never ? never_what(bs->never, a) :
	    never_no_host(a);

	if (!what && block_nets_have(&c->never, a))
		what = "config block: never";
	if (!what && !c->allow_home && block_nets_have(&c->home, a))
		what = "HOME_NET";
	snprintf(detail, BLOCK_DETAIL_MAX, "%s", what ? what : "");
	return what != NULL;
}

static bool
is_exempt(struct blocks *bs, const struct block *b,
    char detail[BLOCK_DETAIL_MAX])
{
	const struct block_conf *c = bs->conf;

	for (unsigned i = 0; i < c->n_exempt; i++) {
		const struct block_exempt *e = &c->exempt[i];

		if (e->gid != b->why.gid || e->sid != b->why.sid ||
		    (e->nets.n && !block_nets_have(&e->nets, block_who(b))))
			continue;
		snprintf(detail, BLOCK_DETAIL_MAX, "config block: exempt "
		    "%u:%u", e->gid, e->sid);
		return true;
	}
	return block_is_never(bs, block_who(b), detail);
}

/* -- how long ------------------------------------------------------------------ */

/* Seconds from here on; 0: for ever. */
static uint32_t
bounded(const struct blocks *bs, uint64_t seconds)
{
	const struct block_conf *c = bs->conf;

	if (c->max_seconds && (!seconds || seconds > c->max_seconds))
		seconds = c->max_seconds;
	if (seconds && seconds < c->min_seconds)
		seconds = c->min_seconds;
	return seconds < UINT32_MAX ? (uint32_t)seconds : UINT32_MAX;
}

/* 0 asks for the usual time, UINT32_MAX for ever. */
static uint64_t
usual(const struct blocks *bs, uint32_t seconds)
{
	if (!seconds)
		seconds = bs->conf->seconds;
	return seconds == UINT32_MAX ? 0 : seconds;
}

/* A repeat offender's block is longer each time. */
static uint64_t
escalated(struct blocks *bs, const struct ipaddr *a, uint64_t seconds,
    struct mtime now, uint8_t *times)
{
	const struct block_conf *c = bs->conf;
	struct offender *o = lru_find(&bs->offenders, a);

	*times = 0;
	if (!o || o->last.ns + c->remember_s * NS_PER_S < now.ns)
		return seconds;
	*times = o->times < UINT8_MAX ? (uint8_t)o->times : UINT8_MAX;
	if (!seconds || c->escalate < 2)
		return seconds;
	for (unsigned i = 0; i < *times && seconds <= UINT32_MAX; i++)
		seconds *= c->escalate;
	if (*times)
		bs->ctrs[BLOCK_CTR_ESCALATED]++;
	return seconds;
}

static void
note_offender(struct blocks *bs, const struct ipaddr *a, uint32_t before,
    struct mtime now)
{
	bool is_new;
	struct offender *o = lru_get(&bs->offenders, a, &is_new);

	o->times = before + 1;
	o->last = now;
}

/* -- too many at once ------------------------------------------------------------ */

/* Notes another new block; are there too many within the time? */
static bool
is_too_many(struct blocks *bs, struct mtime now)
{
	const struct block_conf *c = bs->conf;
	uint64_t oldest;

	if (!bs->meter_size)
		return false;
	oldest = bs->meter[bs->meter_at];
	bs->meter[bs->meter_at] = now.ns;
	bs->meter_at = (bs->meter_at + 1) % bs->meter_size;
	if (bs->meter_n < bs->meter_size) {
		bs->meter_n++;
		return false;
	}
	return now.ns < oldest + c->ceiling_s * NS_PER_S;
}

static bool
is_by_hand(const struct block *b)
{
	return b->why.evidence == BLOCK_EVIDENCE_BY_HAND ||
	    b->why.evidence == BLOCK_EVIDENCE_KERNEL;
}

/* SnortSam's rollback: so many attackers are none. */
static void
roll_back(struct blocks *bs, struct mtime now)
{
	const struct block_conf *c = bs->conf;
	uint32_t i = bs->table.newest, undone = 0;

	bs->ctrs[BLOCK_CTR_ROLLBACKS]++;
	bs->paused_until = (struct mtime){ now.ns + c->pause_s * NS_PER_S };
	while (i && undone < c->rollback) {
		struct block *b = &bs->table.slots[i];

		i = b->older;
		if (is_by_hand(b) || b->state == BLOCK_STATE_LEAVING)
			continue;
		bs->ctrs[BLOCK_CTR_ROLLED_BACK]++;
		undone++;
		blocks_take_away(bs, b, BLOCK_STATUS_ROLLED_BACK, now);
	}
	log_warnx("blocks: more than %u in %u s may be an attack on who "
	    "blocks: the last %u were undone, and nothing is blocked for %u "
	    "s; see config block: ceiling", c->ceiling, c->ceiling_s, undone,
	    c->pause_s);
}

/* While too much is asked for, the pause does not end. */
static bool
is_paused(struct blocks *bs, struct mtime now)
{
	if (!bs->paused_until.ns)
		return false;
	if (now.ns >= bs->paused_until.ns) {
		bs->paused_until.ns = 0;
		log_info("blocks: the pause is over");
		return false;
	}
	if (is_too_many(bs, now))
		bs->paused_until.ns = now.ns + bs->conf->pause_s * NS_PER_S;
	return true;
}

/* -- asking ---------------------------------------------------------------------- */

/* The other end's port: the server's, as far as it is known who that is. true:
 * the key names the other end first. */
static bool
make_key(const struct block_ask *a, bool conn, struct block_key *k)
{
	const struct block_why *w = &a->why;
	bool icmp = w->proto == 1 || w->proto == 58;
	uint16_t port = icmp ? w->dport : a->from_server ? w->sport :
	    w->dport;

	*k = (struct block_key){ .kind = BLOCK_ADDR, .how = a->how,
		.addr = a->dest ? w->dst : w->src };
	if (!conn)
		return false;
	k->kind = BLOCK_CONN;
	k->how = BLOCK_FROM | BLOCK_TO;
	k->proto = w->proto;
	k->port[0] = (uint8_t)(port >> 8);
	k->port[1] = (uint8_t)port;
	/* the set names the end whose port is known second */
	if (!icmp && a->dest != a->from_server) { /* it is the server */
		k->peer = k->addr;
		k->addr = a->dest ? w->src : w->dst;
		return true;
	}
	k->peer = a->dest ? w->src : w->dst;
	return false;
}

/* Is the address blocked with all that it has? */
static bool
is_covered(const struct blocks *bs, const struct block_key *k)
{
	struct block_key all = { .kind = BLOCK_ADDR, .addr = k->addr };
	const struct block *b;

	if (k->kind != BLOCK_CONN)
		return false;
	b = btab_find(&bs->table, &all);
	return b && b->state != BLOCK_STATE_LEAVING &&
	    b->key.how == (BLOCK_FROM | BLOCK_TO);
}

static enum block_outcome
extend(struct blocks *bs, struct block *b, const struct block *want,
    uint64_t seconds, struct mtime now)
{
	struct mtime until = { seconds ? now.ns + seconds * NS_PER_S : 0 };
	bool longer = b->until.ns && (!until.ns || until.ns > b->until.ns);
	bool wider = want->key.how & ~b->key.how;
	uint64_t pause = bs->conf->repeat_s * NS_PER_S;

	/* of a short block, as long as it lasts */
	if (seconds && pause > seconds * NS_PER_S)
		pause = seconds * NS_PER_S;
	b->repeats += b->repeats < UINT32_MAX;
	if (!wider && (!longer || now.ns < b->asked.ns + pause))
		return BLOCK_REPEATED;
	b->key.how |= want->key.how;
	if (longer)
		b->until = until;
	if (b->state != BLOCK_STATE_DRY &&
	    !blocks_ask_hands(bs, b, HAND_ADD, now))
		return BLOCK_NO_HANDS;
	b->asked = now;
	btab_due(&bs->table, b);
	bfile_put(&bs->file, b);
	return BLOCK_EXTENDED;
}

static enum block_outcome
make(struct blocks *bs, const struct block *want, uint64_t seconds,
    struct mtime now)
{
	struct block *b = btab_add(&bs->table, &want->key);
	uint32_t chain, newer, older, heap, serial;

	if (!b) {
		log_warn_limited(&bs->said_full, "blocks: there are %u, as "
		    "many as may be: no more are made; see config block: max",
		    bs->table.n);
		return BLOCK_FULL;
	}
	chain = b->chain, newer = b->newer, older = b->older;
	heap = b->heap, serial = b->serial;
	*b = *want;
	b->chain = chain, b->newer = newer, b->older = older;
	b->heap = heap, b->serial = serial;
	b->made = b->asked = now;
	b->until.ns = seconds ? now.ns + seconds * NS_PER_S : 0;
	b->state = blocks_are_dry(bs) ? BLOCK_STATE_DRY : BLOCK_STATE_ASKED;
	if (b->state == BLOCK_STATE_ASKED &&
	    !blocks_ask_hands(bs, b, HAND_ADD, now)) {
		btab_drop(&bs->table, b);
		return BLOCK_NO_HANDS;
	}
	btab_due(&bs->table, b);
	note_offender(bs, block_who(b), b->times, now);
	lru_drop(&bs->refusals, block_who(b));
	if (b->state == BLOCK_STATE_DRY) {
		blocks_tell(bs, BLOCK_STATUS_WOULD_BLOCK, BLOCK_WOULD_BLOCK,
		    NULL, b, now);
		return BLOCK_WOULD_BLOCK;
	}
	bfile_put(&bs->file, b);
	return BLOCK_BLOCKED;
}

/* Blocks what is wanted, or says why not. */
static enum block_outcome
decide(struct blocks *bs, struct block *want, uint64_t seconds, bool proven,
    struct mtime now, char detail[BLOCK_DETAIL_MAX])
{
	struct block *b;
	bool by_hand = want->why.evidence == BLOCK_EVIDENCE_BY_HAND;

	*detail = '\0';
	if (by_hand ? block_is_never(bs, block_who(want), detail) :
	    is_exempt(bs, want, detail))
		return BLOCK_NEVER;
	if (!proven)
		return BLOCK_SPOOFABLE;
	if (is_covered(bs, &want->key))
		return BLOCK_REPEATED;
	b = btab_find(&bs->table, &want->key);
	if (b && b->state == BLOCK_STATE_LEAVING)
		return BLOCK_REPEATED; /* it is on its way out */
	if (b)
		return extend(bs, b, want, seconds, now);
	if (!by_hand) {
		if (is_paused(bs, now))
			return BLOCK_PAUSED;
		seconds = escalated(bs, block_who(want), seconds, now,
		    &want->times);
		seconds = bounded(bs, seconds);
		if (is_too_many(bs, now)) {
			roll_back(bs, now);
			return BLOCK_PAUSED;
		}
	}
	return make(bs, want, seconds, now);
}

enum block_outcome
block_ask(struct blocks *bs, const struct block_ask *a, struct mtime now)
{
	const struct block_conf *c = bs->conf;
	struct block want = { .why = a->why, .packet = a->ts };
	bool proven = a->why.evidence != BLOCK_EVIDENCE_NONE || c->no_evidence;
	bool conn = a->conn;
	uint64_t seconds = usual(bs, a->seconds);
	char detail[BLOCK_DETAIL_MAX];
	enum block_outcome o;

	bs->ctrs[BLOCK_CTR_ASKED]++;
	/* without evidence it is the one flow, where that is wanted at all */
	if (!proven && (a->unproven_ok || c->flow_unproven))
		proven = conn = true;
	want.of_peer = make_key(a, conn, &want.key);
	o = decide(bs, &want, bounded(bs, seconds), proven, now, detail);
	bs->ctrs[BLOCK_CTR_OF_BLOCKED + o]++;
	if (o != BLOCK_BLOCKED && o != BLOCK_WOULD_BLOCK &&
	    o != BLOCK_EXTENDED && o != BLOCK_REPEATED)
		blocks_refuse(bs, &want, o, false, *detail ? detail : NULL,
		    now);
	return o;
}

enum block_outcome
block_add(struct blocks *bs, const struct ipaddr *a, uint32_t seconds,
    struct mtime now, char detail[BLOCK_DETAIL_MAX])
{
	struct block want = {
		.key = { .kind = BLOCK_ADDR, .how = BLOCK_FROM | BLOCK_TO,
			.addr = *a },
		.why = { .evidence = BLOCK_EVIDENCE_BY_HAND,
			.asker = BLOCK_ASKER_USER, .src = *a },
		.packet = now,
	};
	uint64_t len = usual(bs, seconds);
	enum block_outcome o;

	bs->ctrs[BLOCK_CTR_ASKED]++;
	o = decide(bs, &want, len, true, now, detail);
	bs->ctrs[BLOCK_CTR_OF_BLOCKED + o]++;
	return o;
}

unsigned
block_del(struct blocks *bs, const struct ipaddr *a, struct mtime now)
{
	unsigned n = 0;

	for (uint32_t i = 1; i <= bs->table.made; i++) {
		struct block *b = &bs->table.slots[i];

		if (b->state == BLOCK_STATE_FREE || (a &&
		    !ipaddr_eq(&b->key.addr, a) &&
		    !(b->key.kind == BLOCK_CONN &&
		        ipaddr_eq(&b->key.peer, a))))
			continue;
		n++;
		blocks_take_away(bs, b, BLOCK_STATUS_UNBLOCKED, now);
	}
	if (a) { /* who was pardoned is no repeat offender */
		lru_drop(&bs->offenders, a);
		lru_drop(&bs->refusals, a);
	}
	return n;
}

const struct block *
block_find(const struct blocks *bs, const struct ipaddr *a)
{
	struct block_key k = { .kind = BLOCK_ADDR, .addr = *a };

	return btab_find(&bs->table, &k);
}

const struct block_refusal *
block_refused(struct blocks *bs, const struct ipaddr *a)
{
	return lru_find(&bs->refusals, a);
}

/* -- life -------------------------------------------------------------------------- */

/* One that an earlier process left. */
static void
loaded(void *arg, const struct block *saved)
{
	struct blocks *bs = arg;
	struct block *b = btab_find(&bs->table, &saved->key);
	uint32_t chain, newer, older, heap, serial;

	if (!b)
		b = btab_add(&bs->table, &saved->key);
	if (!b)
		return;
	if (!saved->state) { /* it was taken back */
		btab_drop(&bs->table, b);
		return;
	}
	chain = b->chain, newer = b->newer, older = b->older;
	heap = b->heap, serial = b->serial;
	*b = *saved;
	b->chain = chain, b->newer = newer, b->older = older;
	b->heap = heap, b->serial = serial;
	b->state = BLOCK_STATE_ASKED;
	b->waits = 0;
	b->told = false;
	b->packet.ns = 0;
	b->kernel_until.ns = 0;
	btab_due(&bs->table, b);
	note_offender(bs, block_who(b), b->times, b->made);
}

/* What ended meanwhile, or is not to be blocked any more. */
static void
sift(struct blocks *bs, struct mtime now)
{
	char detail[BLOCK_DETAIL_MAX];

	for (uint32_t i = 1; i <= bs->table.made; i++) {
		struct block *b = &bs->table.slots[i];

		if (b->state != BLOCK_STATE_FREE && ((b->until.ns &&
		    b->until.ns <= now.ns) ||
		    block_is_never(bs, block_who(b), detail)))
			btab_drop(&bs->table, b);
	}
}

static bool
make_meter(struct blocks *bs)
{
	const struct block_conf *c = bs->conf;
	uint32_t size = c->ceiling_s ? c->ceiling : 0;
	uint64_t *meter;

	if (size == bs->meter_size)
		return true;
	meter = size ? mem_calloc(size, sizeof(*meter)) : NULL;
	if (size && !meter)
		return false;
	free(bs->meter);
	bs->meter = meter;
	bs->meter_size = size;
	bs->meter_at = bs->meter_n = 0;
	return true;
}

struct blocks *
blocks_new(const struct block_conf *conf, struct never *never,
    const struct hands_ops *ops, struct hands *hands, const char *state_path,
    struct mtime now, char *err, size_t err_len)
{
	struct blocks *bs = mem_calloc(1, sizeof(*bs));
	const size_t overhead = 64; /* of an entry of an lru, at most */

	if (!bs) {
		snprintf(err, err_len, "out of memory for blocks");
		return NULL;
	}
	bs->conf = conf;
	bs->never = never;
	bs->ops = ops;
	bs->hands = hands;
	bs->file.fd = bs->file.new_fd = -1;
	if (!btab_init(&bs->table, conf->max) ||
	    !lru_init(&bs->offenders, sizeof(struct ipaddr),
	        sizeof(struct offender), LIM_BLOCK_OFFENDERS *
	        (sizeof(struct offender) + overhead)) ||
	    !lru_init(&bs->refusals, sizeof(struct ipaddr),
	        sizeof(struct block_refusal), LIM_BLOCK_REFUSALS *
	        (sizeof(struct block_refusal) + overhead)) ||
	    !make_meter(bs)) {
		snprintf(err, err_len, "out of memory for %u blocks: see "
		    "config block: max", conf->max);
		blocks_free(bs);
		return NULL;
	}
	if (state_path && !bfile_open(&bs->file, state_path, loaded, bs, err,
	    err_len)) {
		blocks_free(bs);
		return NULL;
	}
	sift(bs, now);
	bs->list_wanted = hands != NULL && !conf->dry_run;
	return bs;
}

void
blocks_free(struct blocks *bs)
{
	if (!bs)
		return;
	bfile_close(&bs->file);
	btab_fini(&bs->table);
	lru_fini(&bs->offenders);
	lru_fini(&bs->refusals);
	free(bs->meter);
	free(bs);
}

void
blocks_finish(struct blocks *bs)
{
	bfile_finish(&bs->file, &bs->table, &bs->ctrs[BLOCK_CTR_STATE_LOST]);
}

void
blocks_listen(struct blocks *bs, block_tell_fn *fn, void *arg)
{
	bs->tell = fn;
	bs->tell_arg = arg;
}

void
blocks_adopt(struct blocks *bs, const struct block_conf *conf)
{
	bs->conf = conf;
	if (!make_meter(bs))
		log_warnx("blocks: out of memory for another ceiling: the old "
		    "one holds");
}

uint64_t *
blocks_counters(struct blocks *bs)
{
	return bs->ctrs;
}

static int
number_cmp(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return (a > b) - (a < b);
}

void
blocks_report(const struct blocks *bs, struct block_report *r)
{
	uint64_t sorted[LIM_BLOCK_LATENCIES];
	size_t n = bs->n_latencies < LIM_BLOCK_LATENCIES ?
	    (size_t)bs->n_latencies : LIM_BLOCK_LATENCIES;

	*r = (struct block_report){ .n = bs->table.n, .max = bs->table.cap,
		.dry_run = blocks_are_dry(bs), .has_hands = bs->hands != NULL,
		.paused_until = bs->paused_until,
		.latencies = bs->n_latencies };
	if (!n)
		return;
	memcpy(sorted, bs->latency, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), number_cmp);
	r->p50_ns = sorted[n / 2];
	r->p99_ns = sorted[n * 99 / 100];
	r->max_ns = sorted[n - 1];
}
