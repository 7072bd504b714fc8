/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy of blocks, over hands that only say what they were asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "sensor/respond/block.h"
#include "sensor/respond/block_never.h"

enum { JOBS = 1 << 16, HELD = 1 << 16 };

/* -- a kernel of our own ---------------------------------------------------------- */

static struct {
	struct hand_job jobs[JOBS];
	unsigned n, at;          /* asked, answered */
	struct hand_done extra[256];
	unsigned n_extra;
	struct block_key held[HELD];
	unsigned n_held;
	int error;               /* of what is answered */
	bool busy;               /* nothing is taken */
	bool forgets;            /* it keeps no list of what it holds */
} kernel;

static bool
fake_ask(struct hands *h, const struct hand_job *j)
{
	(void)h;
	if (kernel.busy || kernel.n == JOBS)
		return false;
	kernel.jobs[kernel.n++] = *j;
	return true;
}

static unsigned
find_held(const struct block_key *k)
{
	unsigned i = 0;

	while (i < kernel.n_held &&
	    memcmp(&kernel.held[i], k, sizeof(*k)) != 0)
		i++;
	return i;
}

static void
carry_out(const struct hand_job *j, struct hand_done *d)
{
	unsigned i = kernel.forgets ? kernel.n_held : find_held(&j->key);

	*d = (struct hand_done){ .id = j->id, .what = j->what, .key = j->key,
		.error = kernel.error, .fd = -1, .done_ns = clock_ns() };
	if (kernel.error)
		return;
	if (j->what == HAND_ADD && i == kernel.n_held && !kernel.forgets)
		kernel.held[kernel.n_held++] = j->key;
	if (j->what == HAND_DEL && i < kernel.n_held)
		kernel.held[i] = kernel.held[--kernel.n_held];
}

static unsigned
fake_answers(struct hands *h, struct hand_done *d, unsigned max)
{
	unsigned n = 0;

	(void)h;
	while (n < max && kernel.n_extra)
		d[n++] = kernel.extra[--kernel.n_extra];
	while (n < max && kernel.at < kernel.n)
		carry_out(&kernel.jobs[kernel.at++], &d[n++]);
	return n;
}

static const struct hands_ops fake = { .ask = fake_ask,
	.answers = fake_answers };

/* -- what was told ------------------------------------------------------------------ */

static struct {
	unsigned n, of[BLOCK_STATUS_ROLLED_BACK + 1];
	enum block_outcome reason;
	char detail[BLOCK_DETAIL_MAX];
	uint64_t latency_ns;
} told;

static void
listen(void *arg, const struct block_news *n)
{
	(void)arg;
	told.n++;
	told.of[n->status]++;
	told.reason = n->reason;
	told.latency_ns = n->block->latency_ns;
	snprintf(told.detail, sizeof(told.detail), "%s", n->detail ?
	    n->detail : "");
}

static struct block_conf conf;
static struct blocks *bs;
static struct mtime now;
static char dir[] = "/tmp/test_block.XXXXXX", path[64];

static struct ipaddr
addr(const char *text)
{
	struct ipaddr a;

	assert_true(ipaddr_parse(text_of(text), &a));
	return a;
}

static struct mtime
later(uint32_t seconds)
{
	now.ns += seconds * UINT64_C(1000000000);
	return now;
}

static void
settle_all(void)
{
	for (unsigned i = 0; i < 100; i++)
		blocks_step(bs, now);
}

static void
begin(bool save)
{
	char err[256];

	memset(&kernel, 0, sizeof(kernel));
	memset(&told, 0, sizeof(told));
	now = mtime_make(1000000, 0);
	snprintf(path, sizeof(path), "%s/state", dir);
	bs = blocks_new(&conf, NULL, &fake, (struct hands *)&kernel, save ?
	    path : NULL, now, err, sizeof(err));
	assert_non_null(bs);
	blocks_listen(bs, listen, NULL);
	/* what the kernel holds is asked first */
	blocks_step(bs, now);
	assert_int_equal(kernel.jobs[0].what, HAND_LIST);
	settle_all();
	assert_true(blocks_are_settled(bs));
}

static void
end(void)
{
	blocks_free(bs);
}

static struct block_ask
ask_of(const char *src, bool proven)
{
	struct block_ask a = {
		.why = { .evidence = proven ? BLOCK_EVIDENCE_HANDSHAKE :
		        BLOCK_EVIDENCE_NONE, .asker = BLOCK_ASKER_FWSAM,
			.proto = 6, .sport = 4000, .dport = 80, .gid = 1,
			.sid = 2001, .msg = "an attack", .class = "bad" },
		.how = BLOCK_FROM | BLOCK_TO,
		.ts = now,
	};

	a.why.src = addr(src);
	a.why.dst = addr(a.why.src.family == 4 ? "10.0.0.80" : "fd00::80");
	return a;
}

static enum block_outcome
attack(const char *src)
{
	struct block_ask a = ask_of(src, true);
	enum block_outcome o = block_ask(bs, &a, now);

	blocks_step(bs, now);
	return o;
}

static enum block_outcome
spoof(const char *src, uint8_t proto)
{
	struct block_ask a = ask_of(src, false);

	a.why.proto = proto;
	return block_ask(bs, &a, now);
}

static const struct block *
block_of(const char *text)
{
	struct ipaddr a = addr(text);

	return block_find(bs, &a);
}

static uint64_t
counter(const char *name)
{
	for (unsigned i = 0; i < block_counters.n; i++)
		if (strcmp(block_counters.defs[i].name, name) == 0)
			return blocks_counters(bs)[i];
	fail_msg("no counter %s", name);
	return 0;
}

/* -- tests ------------------------------------------------------------------------ */

static void
test_life(void **state)
{
	(void)state;
	conf = block_conf_default();
	begin(false);
	assert_int_equal(attack("192.0.2.1"), BLOCK_BLOCKED);
	assert_int_equal(kernel.jobs[1].what, HAND_ADD);
	assert_int_equal(kernel.jobs[1].seconds, 300);
	assert_int_equal(kernel.jobs[1].key.how, BLOCK_FROM | BLOCK_TO);
	assert_int_equal(told.of[BLOCK_STATUS_BLOCKED], 1);
	assert_true(told.latency_ns > 0);
	assert_int_equal(block_of("192.0.2.1")->state, BLOCK_STATE_HELD);
	/* more of the same is nothing new, and later it lasts longer */
	assert_int_equal(attack("192.0.2.1"), BLOCK_REPEATED);
	later(11);
	assert_int_equal(attack("192.0.2.1"), BLOCK_EXTENDED);
	assert_int_equal(block_of("192.0.2.1")->repeats, 2);
	assert_int_equal(told.n, 1);
	assert_int_equal(kernel.n_held, 1);
	/* IPv6 */
	assert_int_equal(attack("2001:db8::1"), BLOCK_BLOCKED);
	assert_int_equal(blocks_count(bs), 2);
	later(299);
	blocks_step(bs, now);
	assert_int_equal(blocks_count(bs), 2);
	later(1);
	settle_all();
	assert_int_equal(told.of[BLOCK_STATUS_EXPIRED], 2);
	assert_int_equal(blocks_count(bs), 0);
	assert_int_equal(kernel.n_held, 0);
	assert_int_equal(counter("expired"), 2);
	end();
}

static void
test_evidence(void **state)
{
	struct block_ask a;

	(void)state;
	conf = block_conf_default();
	begin(false);
	assert_int_equal(spoof("192.0.2.1", 17), BLOCK_SPOOFABLE);
	assert_int_equal(spoof("192.0.2.2", 6), BLOCK_SPOOFABLE);
	assert_int_equal(spoof("192.0.2.3", 1), BLOCK_SPOOFABLE);
	assert_int_equal(told.of[BLOCK_STATUS_REFUSED], 3);
	assert_int_equal(told.reason, BLOCK_SPOOFABLE);
	/* the same again is not told again at once */
	for (unsigned i = 0; i < 1000; i++)
		spoof("192.0.2.1", 17);
	assert_int_equal(told.n, 3);
	assert_int_equal(block_refused(bs, &(struct ipaddr){ 4, { 192, 0, 2,
	    1 } })->times, 1001);
	assert_int_equal(counter("spoofable"), 1003);
	assert_int_equal(kernel.n, 1);
	/* many of them, and nobody is blocked */
	for (unsigned i = 0; i < 100000; i++) {
		a = ask_of("11.0.0.1", false);
		a.why.src.b[1] = (uint8_t)(i >> 16);
		a.why.src.b[2] = (uint8_t)(i >> 8);
		a.why.src.b[3] = (uint8_t)i;
		block_ask(bs, &a, now);
	}
	assert_int_equal(blocks_count(bs), 0);
	assert_int_equal(kernel.n, 1);
	/* a rule that knows what it does: the one flow */
	a = ask_of("192.0.2.4", false);
	a.why.proto = 17;
	a.unproven_ok = true;
	assert_int_equal(block_ask(bs, &a, now), BLOCK_BLOCKED);
	assert_int_equal(kernel.jobs[1].key.kind, BLOCK_CONN);
	assert_int_equal(kernel.jobs[1].key.proto, 17);
	assert_int_equal(kernel.jobs[1].key.port[1], 80);
	assert_null(block_of("192.0.2.4"));
	/* or the configuration does */
	conf.flow_unproven = true;
	assert_int_equal(spoof("192.0.2.5", 17), BLOCK_BLOCKED);
	assert_int_equal(kernel.jobs[2].key.kind, BLOCK_CONN);
	/* evidence none: whoever it is */
	conf.flow_unproven = false;
	conf.no_evidence = true;
	assert_int_equal(spoof("192.0.2.6", 17), BLOCK_BLOCKED);
	assert_int_equal(kernel.jobs[3].key.kind, BLOCK_ADDR);
	assert_int_equal(block_of("192.0.2.6")->why.evidence,
	    BLOCK_EVIDENCE_NONE);
	end();
}

static void
test_never(void **state)
{
	struct block_net nets[] = { { addr("198.51.100.0"), 24, false },
		{ addr("198.51.100.7"), 32, true } };
	struct block_net home = { addr("10.0.0.0"), 8, false };
	struct block_net office = { addr("192.0.2.0"), 24, false };
	struct block_exempt exempt = { 1, 2001, { &office, 1 } };
	char detail[BLOCK_DETAIL_MAX];
	struct ipaddr a;

	(void)state;
	conf = block_conf_default();
	conf.never = (struct block_nets){ nets, 2 };
	conf.home = (struct block_nets){ &home, 1 };
	conf.exempt = &exempt;
	conf.n_exempt = 1;
	begin(false);
	assert_int_equal(attack("198.51.100.1"), BLOCK_NEVER);
	assert_string_equal(told.detail, "config block: never");
	assert_int_equal(attack("198.51.100.7"), BLOCK_BLOCKED);
	assert_int_equal(attack("10.1.2.3"), BLOCK_NEVER);
	assert_string_equal(told.detail, "HOME_NET");
	assert_int_equal(attack("192.0.2.9"), BLOCK_NEVER);
	assert_string_equal(told.detail, "config block: exempt 1:2001");
	exempt.sid = 2002;
	assert_int_equal(attack("192.0.2.9"), BLOCK_BLOCKED);
	conf.allow_home = true;
	assert_int_equal(attack("10.1.2.3"), BLOCK_BLOCKED);
	/* what no host has */
	assert_int_equal(attack("224.0.0.1"), BLOCK_NEVER);
	assert_int_equal(attack("255.255.255.255"), BLOCK_NEVER);
	assert_int_equal(attack("127.0.0.1"), BLOCK_NEVER);
	assert_int_equal(attack("0.0.0.0"), BLOCK_NEVER);
	assert_int_equal(attack("ff02::1"), BLOCK_NEVER);
	assert_int_equal(attack("::1"), BLOCK_NEVER);
	/* nor by hand */
	a = addr("198.51.100.1");
	assert_int_equal(block_add(bs, &a, 0, now, detail), BLOCK_NEVER);
	assert_string_equal(detail, "config block: never");
	end();
}

/* A connection is named by the server's port, whichever end is blocked. */
static void
test_connection(void **state)
{
	struct block_ask a;
	const struct block *b;
	uint32_t at = 0;

	(void)state;
	conf = block_conf_default();
	begin(false);
	a = ask_of("192.0.2.1", true);
	a.conn = true;
	assert_int_equal(block_ask(bs, &a, now), BLOCK_BLOCKED);
	b = blocks_next(bs, &at);
	assert_true(ipaddr_eq(&b->key.addr, &a.why.src));
	assert_true(ipaddr_eq(&b->key.peer, &a.why.dst));
	assert_int_equal(b->key.port[1], 80);
	assert_int_equal(block_ask(bs, &a, now), BLOCK_REPEATED);
	/* the server attacks: its port is still the one */
	a = ask_of("192.0.2.2", true);
	a.conn = a.from_server = true;
	a.why.sport = 80;
	a.why.dport = 4000;
	assert_int_equal(block_ask(bs, &a, now), BLOCK_BLOCKED);
	b = blocks_next(bs, &at);
	assert_true(ipaddr_eq(&b->key.addr, &a.why.dst));
	assert_true(ipaddr_eq(&b->key.peer, &a.why.src));
	assert_true(ipaddr_eq(block_who(b), &a.why.src));
	assert_int_equal(b->key.port[1], 80);
	/* who is blocked with all that it has needs no more */
	blocks_step(bs, now);
	assert_int_equal(attack("192.0.2.1"), BLOCK_BLOCKED);
	a = ask_of("192.0.2.1", true);
	a.conn = true;
	a.why.dport = 81;
	assert_int_equal(block_ask(bs, &a, now), BLOCK_REPEATED);
	end();
}

static void
test_durations(void **state)
{
	struct block_ask a;

	(void)state;
	conf = block_conf_default();
	conf.escalate = 1;
	conf.min_seconds = 60;
	conf.max_seconds = 1000;
	begin(false);
	a = ask_of("192.0.2.1", true);
	a.seconds = 5;
	block_ask(bs, &a, now);
	assert_int_equal(kernel.jobs[1].seconds, 60);
	a = ask_of("192.0.2.2", true);
	a.seconds = UINT32_MAX; /* for ever */
	block_ask(bs, &a, now);
	assert_int_equal(kernel.jobs[2].seconds, 1000);
	/* for ever, where that may be: the kernel is asked again in time */
	conf.max_seconds = 0;
	a = ask_of("192.0.2.3", true);
	a.seconds = UINT32_MAX;
	block_ask(bs, &a, now);
	assert_int_equal(kernel.jobs[3].seconds, HAND_SECONDS_MAX);
	settle_all();
	later(HAND_SECONDS_MAX - 3599);
	settle_all();
	assert_int_equal(blocks_count(bs), 1);
	assert_int_equal(block_of("192.0.2.3")->until.ns, 0);
	assert_int_equal(counter("renewed"), 1);
	end();
}

static void
test_escalation(void **state)
{
	static const uint32_t wanted[] = { 300, 600, 1200, 2000, 2000 };

	(void)state;
	conf = block_conf_default();
	conf.max_seconds = 2000;
	begin(false);
	for (unsigned i = 0; i < ARRAY_LEN(wanted); i++) {
		assert_int_equal(attack("192.0.2.1"), BLOCK_BLOCKED);
		assert_int_equal(block_of("192.0.2.1")->times, i);
		assert_int_equal((block_of("192.0.2.1")->until.ns - now.ns) /
		    1000000000u, wanted[i]);
		later(wanted[i]);
		settle_all();
		assert_null(block_of("192.0.2.1"));
	}
	/* long ago is forgotten */
	later(conf.remember_s + 1);
	attack("192.0.2.1");
	assert_int_equal(block_of("192.0.2.1")->times, 0);
	assert_int_equal(counter("escalated"), 4);
	end();
}

static void
test_ceiling(void **state)
{
	char text[40], detail[BLOCK_DETAIL_MAX];
	struct ipaddr a;

	(void)state;
	conf = block_conf_default();
	conf.ceiling = 20;
	conf.ceiling_s = 10;
	conf.rollback = 5;
	conf.pause_s = 100;
	begin(false);
	for (unsigned i = 1; i <= 20; i++) {
		snprintf(text, sizeof(text), "192.0.2.%u", i);
		assert_int_equal(attack(text), BLOCK_BLOCKED);
	}
	assert_int_equal(attack("192.0.2.21"), BLOCK_PAUSED);
	settle_all();
	assert_int_equal(told.of[BLOCK_STATUS_ROLLED_BACK], 5);
	assert_int_equal(kernel.n_held, 15);
	assert_null(block_of("192.0.2.20"));
	assert_non_null(block_of("192.0.2.15"));
	/* by hand it goes on */
	a = addr("192.0.2.99");
	assert_int_equal(block_add(bs, &a, 600, now, detail), BLOCK_BLOCKED);
	later(99);
	assert_int_equal(attack("192.0.2.22"), BLOCK_PAUSED);
	later(1);
	assert_int_equal(attack("192.0.2.22"), BLOCK_BLOCKED);
	/* while too many ask, the pause goes on */
	for (unsigned i = 1; i <= 60; i++) {
		snprintf(text, sizeof(text), "198.51.100.%u", i);
		attack(text);
	}
	later(50);
	for (unsigned i = 1; i <= 60; i++) {
		snprintf(text, sizeof(text), "198.51.101.%u", i);
		assert_int_equal(attack(text), BLOCK_PAUSED);
	}
	later(60);
	assert_int_equal(attack("192.0.2.23"), BLOCK_PAUSED);
	later(100);
	assert_int_equal(attack("192.0.2.23"), BLOCK_BLOCKED);
	assert_non_null(block_of("192.0.2.99"));
	assert_int_equal(counter("rollbacks"), 2);
	end();
}

static void
test_full(void **state)
{
	(void)state;
	conf = block_conf_default();
	conf.max = 2;
	begin(false);
	assert_int_equal(attack("192.0.2.1"), BLOCK_BLOCKED);
	assert_int_equal(attack("192.0.2.2"), BLOCK_BLOCKED);
	assert_int_equal(attack("192.0.2.3"), BLOCK_FULL);
	assert_int_equal(attack("192.0.2.2"), BLOCK_REPEATED);
	later(300);
	settle_all();
	assert_int_equal(attack("192.0.2.3"), BLOCK_BLOCKED);
	end();
}

/* What the kernel refuses is no block; what it is too busy for, neither. */
static void
test_failures(void **state)
{
	struct ipaddr a = addr("192.0.2.1");

	(void)state;
	conf = block_conf_default();
	begin(false);
	kernel.error = HAND_E_FULL;
	assert_int_equal(attack("192.0.2.1"), BLOCK_BLOCKED);
	assert_null(block_of("192.0.2.1"));
	assert_int_equal(told.of[BLOCK_STATUS_FAILED], 1);
	assert_true(block_refused(bs, &a)->failed);
	assert_int_equal(counter("failed"), 1);
	kernel.error = 0;
	kernel.busy = true;
	assert_int_equal(attack("192.0.2.2"), BLOCK_NO_HANDS);
	assert_int_equal(blocks_count(bs), 0);
	kernel.busy = false;
	/* one that the kernel does not let go is asked for again */
	assert_int_equal(attack("192.0.2.3"), BLOCK_BLOCKED);
	kernel.error = 1;
	a = addr("192.0.2.3");
	assert_int_equal(block_del(bs, &a, now), 1);
	settle_all();
	assert_non_null(block_of("192.0.2.3"));
	assert_int_equal(counter("not_unblocked"), 1);
	kernel.error = 0;
	later(5);
	settle_all();
	assert_null(block_of("192.0.2.3"));
	assert_int_equal(told.of[BLOCK_STATUS_UNBLOCKED], 1);
	/* somebody emptied the sets: all is asked for again */
	assert_int_equal(attack("192.0.2.4"), BLOCK_BLOCKED);
	kernel.n_held = 0;
	kernel.extra[kernel.n_extra++] = (struct hand_done){
		.what = HAND_MENDED, .entries_lost = 1, .fd = -1 };
	settle_all();
	assert_int_equal(kernel.n_held, 1);
	assert_int_equal(told.of[BLOCK_STATUS_BLOCKED], 2);
	/* answers to what nobody asked */
	kernel.extra[kernel.n_extra++] = (struct hand_done){
		.what = HAND_ADD, .id = 77, .fd = -1 };
	kernel.extra[kernel.n_extra++] = (struct hand_done){
		.what = HAND_HELD, .id = 78, .fd = -1 };
	kernel.extra[kernel.n_extra++] = (struct hand_done){
		.what = HAND_DEL, .id = UINT64_MAX, .fd = -1 };
	settle_all();
	assert_int_equal(blocks_count(bs), 1);
	end();
}

static void
test_by_hand(void **state)
{
	char detail[BLOCK_DETAIL_MAX];
	struct ipaddr a = addr("192.0.2.1");

	(void)state;
	conf = block_conf_default();
	begin(false);
	assert_int_equal(block_add(bs, &a, 0, now, detail), BLOCK_BLOCKED);
	assert_int_equal(kernel.jobs[1].seconds, 300);
	assert_int_equal(block_of("192.0.2.1")->why.evidence,
	    BLOCK_EVIDENCE_BY_HAND);
	attack("192.0.2.2");
	attack("192.0.2.3");
	assert_int_equal(block_del(bs, &a, now), 1);
	settle_all();
	assert_int_equal(block_del(bs, &a, now), 0);
	assert_int_equal(block_del(bs, NULL, now), 2);
	settle_all();
	assert_int_equal(blocks_count(bs), 0);
	assert_int_equal(kernel.n_held, 0);
	end();
}

static void
test_dry_run(void **state)
{
	(void)state;
	conf = block_conf_default();
	conf.dry_run = true;
	memset(&kernel, 0, sizeof(kernel));
	memset(&told, 0, sizeof(told));
	now = mtime_make(1000000, 0);
	bs = blocks_new(&conf, NULL, &fake, NULL, NULL, now, path, 1);
	assert_non_null(bs);
	blocks_listen(bs, listen, NULL);
	assert_int_equal(attack("192.0.2.1"), BLOCK_WOULD_BLOCK);
	assert_int_equal(attack("192.0.2.1"), BLOCK_REPEATED);
	assert_int_equal(told.of[BLOCK_STATUS_WOULD_BLOCK], 1);
	later(300);
	settle_all();
	assert_int_equal(blocks_count(bs), 0);
	assert_int_equal(kernel.n, 0);
	end();
}

/* -- what outlives the process ------------------------------------------------------- */

static void
test_state(void **state)
{
	struct block_ask a;
	struct stat st;
	char err[256];

	(void)state;
	conf = block_conf_default();
	begin(true);
	attack("192.0.2.1");
	attack("2001:db8::1");
	attack("192.0.2.3");
	a = ask_of("192.0.2.4", true);
	a.conn = true;
	snprintf(a.why.msg, sizeof(a.why.msg), "tab\there \x1b[2J");
	block_ask(bs, &a, now);
	assert_int_equal(block_del(bs, &a.why.src, now), 1);
	a.why.dport = 443;
	block_ask(bs, &a, now);
	settle_all();
	/* killed: nothing is closed; the kernel forgot one and has another */
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	kernel.held[0] = (struct block_key){ .kind = BLOCK_ADDR,
		.how = BLOCK_FROM, .addr = addr("203.0.113.1") };
	kernel.n = kernel.at = 0;
	memset(&told, 0, sizeof(told));
	end();
	later(100);
	bs = blocks_new(&conf, NULL, &fake, (struct hands *)&kernel, path,
	    now, err, sizeof(err));
	assert_non_null(bs);
	blocks_listen(bs, listen, NULL);
	assert_int_equal(blocks_count(bs), 4);
	assert_int_equal(block_of("2001:db8::1")->why.sid, 2001);
	assert_string_equal(block_of("192.0.2.3")->why.msg, "an attack");
	assert_string_equal(block_of("192.0.2.3")->why.class, "bad");
	/* the list, and what it holds */
	blocks_step(bs, now);
	for (unsigned i = 0; i < kernel.n_held; i++)
		kernel.extra[kernel.n_extra++] = (struct hand_done){
			.id = kernel.jobs[0].id, .what = HAND_HELD,
			.seconds = 200, .key = kernel.held[i], .fd = -1 };
	assert_int_equal(kernel.jobs[0].what, HAND_LIST);
	settle_all();
	assert_true(blocks_are_settled(bs));
	assert_int_equal(blocks_count(bs), 5);
	assert_int_equal(counter("adopted"), 1);
	assert_int_equal(counter("restored"), 1);
	assert_int_equal(block_of("203.0.113.1")->why.evidence,
	    BLOCK_EVIDENCE_KERNEL);
	assert_int_equal(block_of("192.0.2.1")->state, BLOCK_STATE_HELD);
	/* what ended while nobody was there */
	blocks_finish(bs);
	end();
	later(1000);
	bs = blocks_new(&conf, NULL, &fake, (struct hands *)&kernel, path,
	    now, err, sizeof(err));
	assert_non_null(bs);
	assert_int_equal(blocks_count(bs), 0);
	end();
}

/* Cut at each length it is read, and what was whole of it holds. */
static void
test_state_cut(void **state)
{
	static char all[1 << 16];
	char err[256];
	size_t len;
	FILE *f;

	(void)state;
	conf = block_conf_default();
	unlink(path);
	begin(true);
	attack("192.0.2.1");
	attack("2001:db8::1");
	settle_all();
	blocks_finish(bs);
	end();
	f = fopen(path, "r");
	assert_non_null(f);
	len = fread(all, 1, sizeof(all), f);
	fclose(f);
	for (size_t cut = 0; cut <= len; cut++) {
		f = fopen(path, "w");
		assert_int_equal(fwrite(all, 1, cut, f), cut);
		fclose(f);
		bs = blocks_new(&conf, NULL, &fake, (struct hands *)&kernel,
		    path, now, err, sizeof(err));
		/* without its head it is none of ours */
		assert_true(bs != NULL || (cut > 0 && cut < 16));
		if (bs)
			assert_true(blocks_count(bs) == (cut == len ? 2 :
			    cut > len / 2 + 20 ? 1 : blocks_count(bs)));
		end();
	}
}

static void
test_state_refused(void **state)
{
	char err[256];

	(void)state;
	conf = block_conf_default();
	assert_int_equal(chmod(path, 0666), 0);
	assert_null(blocks_new(&conf, NULL, &fake, (struct hands *)&kernel,
	    path, now, err, sizeof(err)));
	assert_non_null(strstr(err, "others may have written it"));
	assert_int_equal(chmod(path, 0600), 0);
	assert_null(blocks_new(&conf, NULL, &fake, (struct hands *)&kernel,
	    "/nowhere/at/all", now, err, sizeof(err)));
	assert_non_null(strstr(err, "/nowhere/at/all"));
	assert_null(blocks_new(&conf, NULL, &fake, (struct hands *)&kernel,
	    dir, now, err, sizeof(err)));
}

/* Many blocks, and the file is written anew meanwhile. */
static void
test_many(void **state)
{
	enum { MANY = 30000 };
	char err[256];
	uint64_t begun;

	(void)state;
	conf = block_conf_default();
	conf.ceiling = 0;
	unlink(path);
	begin(true);
	kernel.forgets = true;
	begun = clock_ns();
	for (unsigned i = 0; i < MANY; i++) {
		struct block_ask a = ask_of("11.0.0.1", true);

		a.why.src.b[2] = (uint8_t)(i >> 8);
		a.why.src.b[3] = (uint8_t)i;
		a.seconds = 100 + i % 1000;
		assert_int_equal(block_ask(bs, &a, now), BLOCK_BLOCKED);
		if (i % 64 == 0)
			blocks_step(bs, now);
	}
	settle_all();
	print_message("%d blocks asked for: %.1f us each\n", MANY,
	    (double)(clock_ns() - begun) / 1e3 / MANY);
	assert_int_equal(blocks_count(bs), MANY);
	end();
	bs = blocks_new(&conf, NULL, &fake, (struct hands *)&kernel, path,
	    now, err, sizeof(err));
	assert_int_equal(blocks_count(bs), MANY);
	later(600);
	kernel.n = kernel.at = 0;
	for (unsigned i = 0; i < 300; i++)
		blocks_step(bs, now);
	for (uint32_t at = 0; at < MANY;) {
		const struct block *b = blocks_next(bs, &at);

		if (!b)
			break;
		assert_true(b->until.ns > now.ns);
	}
	assert_in_range(blocks_count(bs), MANY * 49 / 100, MANY * 51 / 100);
	end();
	unlink(path);
}

static void
test_no_memory(void **state)
{
	char err[256];
	uint64_t n;

	(void)state;
	conf = block_conf_default();
	conf.max = 16;
	for (n = 1; n < 100; n++) {
		mem_fail_at(n);
		bs = blocks_new(&conf, NULL, &fake, NULL, NULL, now, err,
		    sizeof(err));
		mem_fail_at(0);
		if (bs)
			break;
	}
	assert_in_range(n, 4, 20);
	end();
}

/* -- who this machine knows ------------------------------------------------------------ */

static void
write_file(const char *name, const char *text)
{
	char file[128];
	FILE *f;

	snprintf(file, sizeof(file), "%s/%s", dir, name);
	f = fopen(file, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static const char *
what(struct never *n, const char *text)
{
	struct ipaddr a = addr(text);

	return never_what(n, &a);
}

static void
test_lists(void **state)
{
	static const uint16_t ports[] = { 22, 2222 };
	char resolv[64];
	struct never_conf c = { dir, resolv, ports, 2 };
	struct never *n;

	(void)state;
	snprintf(resolv, sizeof(resolv), "%s/resolv.conf", dir);
	write_file("tcp", "  sl  local_address rem_address   st\n"
	    "   0: 0100007F:0016 020200C0:D431 01 00000000:00000000\n"
	    "   1: 0100007F:08AE 030200C0:D431 01 00000000:00000000\n"
	    "   2: 0100007F:0050 040200C0:D431 01 00000000:00000000\n"
	    "   3: 0100007F:0016 050200C0:D431 06 00000000:00000000\n"
	    "nonsense\n: :\n 4: 0100007F:0016");
	write_file("tcp6", "  sl  local_address rem_address   st\n"
	    "   0: 0000000000000000FFFF00000100007F:0016 "
	    "0000000000000000FFFF0000060200C0:D431 01\n"
	    "   1: 00000000000000000000000000000000:0016 "
	    "B80D0120000000000000000007000000:D431 01\n");
	write_file("route", "Iface\tDestination\tGateway \tFlags\n"
	    "eth0\t00000000\tFE0200C0\t0003\t0\n"
	    "eth0\t000200C0\t00000000\t0001\t0\n");
	write_file("ipv6_route", "00000000000000000000000000000000 00 "
	    "00000000000000000000000000000000 00 "
	    "fe800000000000000000000000000099 00000400 00000001 00000000 "
	    "00000003     eth0\n");
	write_file("resolv.conf", "# nameserver 192.0.2.66\n"
	    "nameserver 192.0.2.53\nnameserver fe80::53%eth0\nsearch x\n");
	n = never_new(&c);
	assert_non_null(n);
	assert_string_equal(what(n, "192.0.2.2"), "administrator's connection");
	assert_string_equal(what(n, "192.0.2.3"), "administrator's connection");
	assert_null(what(n, "192.0.2.4"));
	assert_null(what(n, "192.0.2.5"));
	assert_string_equal(what(n, "192.0.2.6"), "administrator's connection");
	assert_string_equal(what(n, "2001:db8::7"), "administrator's connection");
	assert_string_equal(what(n, "192.0.2.254"), "gateway");
	assert_string_equal(what(n, "fe80::99"), "gateway");
	assert_string_equal(what(n, "192.0.2.53"), "resolver");
	assert_string_equal(what(n, "fe80::53"), "resolver");
	assert_null(what(n, "192.0.2.66"));
	assert_string_equal(what(n, "127.0.0.1"), "no host's address");
	/* it is read again */
	write_file("resolv.conf", "nameserver 192.0.2.66\n");
	never_refresh(n);
	assert_string_equal(what(n, "192.0.2.66"), "resolver");
	assert_null(what(n, "192.0.2.53"));
	assert_true(never_start(n));
	never_free(n);
	never_free(NULL);
}

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : 1;
}

static int
remove_dir(void **state)
{
	static const char *const names[] = { "tcp", "tcp6", "route",
		"ipv6_route", "resolv.conf", "state", "state.new" };
	char file[128];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(file, sizeof(file), "%s/%s", dir, names[i]);
		unlink(file);
	}
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_connection),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_escalation),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_dry_run),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_state_cut),
		cmocka_unit_test(test_state_refused),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests_name("block", tests, make_dir,
	    remove_dir);
}
