/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks and what the kernel holds of them: jobs, answers, times that are over,
 * and making both agree. */
#include <errno.h>
#include <unistd.h>

#include "core/log.h"
#include "sensor/respond/block_int.h"

#define NS_PER_S UINT64_C(1000000000)

/* -- the kernel ------------------------------------------------------------------ */

bool
blocks_are_dry(const struct blocks *bs)
{
	return bs->conf->dry_run || !bs->hands;
}

static uint32_t
seconds_left(const struct block *b, struct mtime now)
{
	uint64_t left;

	if (!b->until.ns)
		return HAND_SECONDS_MAX;
	if (b->until.ns <= now.ns)
		return 1;
	left = (b->until.ns - now.ns + NS_PER_S - 1) / NS_PER_S;
	return left < HAND_SECONDS_MAX ? (uint32_t)left : HAND_SECONDS_MAX;
}

bool
blocks_ask_hands(struct blocks *bs, struct block *b, enum hand_what what,
    struct mtime now)
{
	struct hand_job j = { .id = (uint64_t)b->serial << 32 |
	        btab_slot(&bs->table, b), .what = (uint8_t)what,
		.key = b->key };

	if (what == HAND_ADD)
		j.seconds = seconds_left(b, now);
	b->asked_ns = clock_ns(); /* it may be done before we are back */
	if (!bs->ops->ask(bs->hands, &j)) {
		log_warn_limited(&bs->said_hands, "blocks: the helper takes "
		    "no more jobs: what is asked for now is not done");
		return false;
	}
	b->waits++;
	b->asked = now;
	if (what == HAND_ADD) {
		b->kernel_until = (struct mtime){ now.ns + j.seconds *
		    NS_PER_S };
		btab_due(&bs->table, b);
	}
	return true;
}

/* The block is no more: it is told, and its place is free. */
static void
forget(struct blocks *bs, struct block *b)
{
	bfile_drop(&bs->file, &b->key);
	btab_drop(&bs->table, b);
}

static void
count_gone(struct blocks *bs, enum block_status as)
{
	bs->ctrs[BLOCK_CTR_EXPIRED] += as == BLOCK_STATUS_EXPIRED;
	bs->ctrs[BLOCK_CTR_UNBLOCKED] += as == BLOCK_STATUS_UNBLOCKED;
}

/* The kernel is to let go of it. Where it cannot be asked now, time comes back
 * to it. */
void
blocks_take_away(struct blocks *bs, struct block *b, enum block_status as,
    struct mtime now)
{
	if (b->state == BLOCK_STATE_LEAVING)
		return;
	if (b->state == BLOCK_STATE_DRY) {
		count_gone(bs, as);
		blocks_tell(bs, as, BLOCK_BLOCKED, "dry run", b, now);
		forget(bs, b);
		return;
	}
	b->until = now;
	b->gone_as = (uint8_t)as;
	if (!blocks_ask_hands(bs, b, HAND_DEL, now)) {
		b->until.ns += NS_PER_S;
		btab_due(&bs->table, b);
		return;
	}
	b->state = BLOCK_STATE_LEAVING;
	b->until.ns = b->kernel_until.ns = 0; /* time has no more to say */
	btab_due(&bs->table, b);
}

static void
note_latency(struct blocks *bs, struct block *b, uint64_t done_ns)
{
	uint64_t waited = b->asked.ns > b->packet.ns ?
	    b->asked.ns - b->packet.ns : 0;

	if (!b->packet.ns || done_ns < b->asked_ns)
		return;
	b->latency_ns = waited + (done_ns - b->asked_ns);
	bs->latency[bs->n_latencies++ % LIM_BLOCK_LATENCIES] = b->latency_ns;
}

static void
added(struct blocks *bs, struct block *b, const struct hand_done *d,
    struct mtime now)
{
	if (d->error) {
		bs->ctrs[BLOCK_CTR_FAILED]++;
		if (b->told) /* it is held, as it was before */
			return;
		log_warn_limited(&bs->said_full, "blocks: the kernel refuses: "
		    "%s", hands_why(d->error));
		blocks_refuse(bs, b, d->error == HAND_E_FULL ? BLOCK_FULL :
		    BLOCK_NO_HANDS, true, hands_why(d->error), now);
		if (!b->waits)
			forget(bs, b);
		return;
	}
	if (b->state == BLOCK_STATE_ASKED)
		b->state = BLOCK_STATE_HELD;
	if (b->told)
		return;
	b->told = true;
	bs->ctrs[BLOCK_CTR_HELD]++;
	note_latency(bs, b, d->done_ns);
	blocks_tell(bs, BLOCK_STATUS_BLOCKED, BLOCK_BLOCKED, NULL, b, now);
}

/* Gone is gone, whoever did it. */
static void
removed(struct blocks *bs, struct block *b, const struct hand_done *d,
    struct mtime now)
{
	enum block_status as = (enum block_status)b->gone_as;

	if (b->state != BLOCK_STATE_LEAVING)
		return; /* it was asked for anew meanwhile */
	if (d->error && d->error != ENOENT) {
		bs->ctrs[BLOCK_CTR_NOT_UNBLOCKED]++;
		log_warn_limited(&bs->said_full, "blocks: the kernel does not "
		    "let go of one: %s; it is asked again",
		    hands_why(d->error));
		b->state = BLOCK_STATE_HELD;
		b->until = (struct mtime){ now.ns + 5 * NS_PER_S };
		btab_due(&bs->table, b);
		return;
	}
	if (b->waits)
		return;
	count_gone(bs, as);
	blocks_tell(bs, as, BLOCK_BLOCKED, NULL, b, now);
	forget(bs, b);
}

/* -- what the kernel holds --------------------------------------------------------- */

static void
list_begin(struct blocks *bs)
{
	struct hand_job j = { .what = HAND_LIST };

	j.id = UINT64_MAX - ++bs->job_id;
	if (!bs->ops->ask(bs->hands, &j))
		return;
	bs->list_id = j.id;
	bs->list_wanted = false;
	bs->listing = true;
	/* what it does not name is not there */
	for (uint32_t i = 1; i <= bs->table.made; i++)
		if (bs->table.slots[i].state == BLOCK_STATE_HELD)
			bs->table.slots[i].state = BLOCK_STATE_ASKED;
}

/* It holds a block: one that we know of, or one that is none of ours yet. */
static void
list_entry(struct blocks *bs, const struct hand_done *d, struct mtime now)
{
	struct block *b = btab_find(&bs->table, &d->key);
	uint64_t until = d->seconds ? now.ns + d->seconds * NS_PER_S : 0;
	char detail[BLOCK_DETAIL_MAX];

	if (!b) {
		b = btab_add(&bs->table, &d->key);
		if (!b)
			return;
		bs->ctrs[BLOCK_CTR_ADOPTED]++;
		b->made = b->asked = now;
		b->until.ns = until;
		b->told = true;
		b->why.evidence = BLOCK_EVIDENCE_KERNEL;
		b->why.asker = BLOCK_ASKER_KERNEL;
		b->why.src = d->key.addr;
		b->why.dst = d->key.peer;
		b->why.proto = d->key.proto;
		bfile_put(&bs->file, b);
	}
	b->key.how |= d->key.how;
	b->kernel_until.ns = until;
	b->told = true;
	if (b->state != BLOCK_STATE_LEAVING)
		b->state = BLOCK_STATE_HELD;
	btab_due(&bs->table, b);
	if (b->state == BLOCK_STATE_HELD &&
	    block_is_never(bs, block_who(b), detail))
		blocks_take_away(bs, b, BLOCK_STATUS_UNBLOCKED, now);
}

/* Slots up to the last one are asked for again, a share at a time. */
static void
ask_again(struct blocks *bs, struct mtime now)
{
	for (unsigned n = 0; bs->again_at && n < LIM_BLOCK_STEP; n++) {
		struct block *b = &bs->table.slots[bs->again_at];

		if (b->state == BLOCK_STATE_ASKED && !b->waits) {
			if (!blocks_ask_hands(bs, b, HAND_ADD, now))
				return;
			bs->ctrs[b->told ? BLOCK_CTR_RENEWED :
			    BLOCK_CTR_RESTORED]++;
		}
		bs->again_at--;
	}
}

static void
list_end(struct blocks *bs)
{
	bs->listing = false;
	bs->again_at = bs->table.made;
}

static void
mended(struct blocks *bs, const struct hand_done *d)
{
	log_warnx("blocks: somebody changed the packet filter: what was "
	    "missing is there again%s", d->entries_lost ? ", and all blocks "
	    "are asked for again" : "");
	if (!d->entries_lost)
		return;
	for (uint32_t i = 1; i <= bs->table.made; i++)
		if (bs->table.slots[i].state == BLOCK_STATE_HELD)
			bs->table.slots[i].state = BLOCK_STATE_ASKED;
	bs->again_at = bs->table.made;
}

static void
take_where(struct blocks *bs, const struct hand_done *d)
{
	block_where_fn *fn = bs->where;

	if (fn && d->id == bs->where_id) {
		bs->where = NULL;
		fn(bs->where_arg, d->fd, d->error);
	}
	if (d->fd != -1)
		close(d->fd);
}

bool
blocks_where(struct blocks *bs, block_where_fn *fn, void *arg)
{
	struct hand_job j = { .what = HAND_WHERE };

	if (!fn) {
		bs->where = NULL;
		return true;
	}
	j.id = UINT64_MAX - ++bs->job_id;
	if (!bs->hands || bs->where || !bs->ops->ask(bs->hands, &j))
		return false;
	bs->where = fn;
	bs->where_arg = arg;
	bs->where_id = j.id;
	return true;
}

static void
take_answer(struct blocks *bs, const struct hand_done *d, struct mtime now)
{
	uint32_t slot = (uint32_t)d->id;
	struct block *b;

	switch ((enum hand_what)d->what) {
	case HAND_HELD:
		if (bs->listing && d->id == bs->list_id)
			list_entry(bs, d, now);
		return;
	case HAND_LIST:
		if (bs->listing && d->id == bs->list_id)
			list_end(bs);
		return;
	case HAND_MENDED:
		mended(bs, d);
		return;
	case HAND_ADD:
	case HAND_DEL:
		break;
	case HAND_WHERE:
		take_where(bs, d);
		return;
	case HAND_FLUSH:
	case HAND_CHECK:
		return;
	}
	if (!slot || slot > bs->table.made)
		return;
	b = &bs->table.slots[slot];
	if (b->state == BLOCK_STATE_FREE || b->serial != d->id >> 32)
		return;
	if (b->waits)
		b->waits--;
	if (d->what == HAND_ADD)
		added(bs, b, d, now);
	else
		removed(bs, b, d, now);
}

static void
time_over(struct blocks *bs, struct mtime now)
{
	struct block *b;

	for (unsigned n = 0; n < LIM_BLOCK_STEP &&
	    (b = btab_next_due(&bs->table, now)); n++) {
		if (b->until.ns && b->until.ns <= now.ns) {
			blocks_take_away(bs, b, b->gone_as ? (enum block_status)
			    b->gone_as : BLOCK_STATUS_EXPIRED, now);
			continue;
		}
		if (!blocks_ask_hands(bs, b, HAND_ADD, now))
			return;
		bs->ctrs[BLOCK_CTR_RENEWED]++;
	}
}

void
blocks_step(struct blocks *bs, struct mtime now)
{
	struct hand_done done[64];
	unsigned n, all = 0;

	while (bs->hands && all < LIM_BLOCK_STEP && (n = bs->ops->answers(
	    bs->hands, done, ARRAY_LEN(done)))) {
		for (unsigned i = 0; i < n; i++)
			take_answer(bs, &done[i], now);
		all += n;
	}
	if (bs->hands && bs->list_wanted && !bs->conf->dry_run)
		list_begin(bs);
	time_over(bs, now);
	if (bs->hands && bs->again_at && !bs->listing)
		ask_again(bs, now);
	bfile_step(&bs->file, &bs->table, &bs->ctrs[BLOCK_CTR_STATE_LOST]);
}

bool
blocks_are_settled(const struct blocks *bs)
{
	if (bs->listing || bs->list_wanted || bs->again_at)
		return false;
	for (uint32_t i = 1; i <= bs->table.made; i++)
		if (bs->table.slots[i].state != BLOCK_STATE_FREE &&
		    bs->table.slots[i].waits)
			return false;
	return true;
}
