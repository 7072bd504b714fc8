/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flow table: keys, ages, limits, ends, and that nothing is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "decoders/track/flow.h"

static const struct flow_conf conf = {
	.track = { true, true, true, true },
	.max = { 8, 8, 8, 8 },
	.timeout_s = { 30, 30, 30, 30 },
};

struct ends {
	const char *src;
	uint16_t sport;
	const char *dst;
	uint16_t dport;
};

static struct ipaddr
ip(const char *text)
{
	struct ipaddr a;

	assert_true(ipaddr_parse(text_of(text), &a));
	return a;
}

static struct packet *
packet(enum pkt_l4 l4, const struct ends *e, uint64_t sec)
{
	static const uint8_t protos[] = { 132, 6, 17, 1, 58 };
	static struct packet p;

	p = (struct packet){ .ts = mtime_make(sec, 0), .wirelen = 100 };
	p.dec.src = ip(e->src);
	p.dec.dst = ip(e->dst);
	p.dec.ip_ver = p.dec.src.family;
	p.dec.ip_proto = protos[l4];
	p.dec.l4 = l4;
	p.dec.sport = e->sport;
	p.dec.dport = e->dport;
	p.dec.icmp_type = l4 == PKT_L4_ICMP6 ? 128 : 8;
	return &p;
}

static const struct ends ab = { "10.0.0.2", 1000, "10.0.0.1", 53 };
static const struct ends ba = { "10.0.0.1", 53, "10.0.0.2", 1000 };

static struct flow_table *
table(const struct flow_conf *c)
{
	struct flow_table *t = flow_table_new(c);

	assert_non_null(t);
	return t;
}

static uint64_t
created(struct flow_table *t, enum flow_proto proto)
{
	return flow_table_counters(t)[flow_ctr_created(proto)];
}

static uint64_t
ended(struct flow_table *t, enum flow_proto proto, enum flow_end why)
{
	return flow_table_counters(t)[flow_ctr_ended(proto, why)];
}

/* created = ended + live, for each protocol. */
static void
assert_conserved(struct flow_table *t)
{
	for (unsigned i = 0; i < FLOW_PROTOS; i++) {
		uint64_t sum = flow_live(t, (enum flow_proto)i);

		for (unsigned w = 0; w <= FLOW_END_SHUTDOWN; w++)
			sum += ended(t, (enum flow_proto)i, (enum flow_end)w);
		assert_int_equal(created(t, (enum flow_proto)i), sum);
	}
}

static unsigned
free_dead(struct flow_table *t)
{
	struct flow *f;
	unsigned n = 0;

	while ((f = flow_next_dead(t))) {
		assert_true(f->dying);
		flow_free(t, f);
		n++;
	}
	return n;
}

static void
both_directions_are_one(void **state)
{
	struct flow_table *t = table(&conf);
	enum flow_side side;
	struct flow *f;

	(void)state;
	assert_null(flow_find(t, packet(PKT_L4_UDP, &ab, 1), &side));
	f = flow_create(t, packet(PKT_L4_UDP, &ab, 1), false);
	assert_non_null(f);
	assert_ptr_equal(flow_find(t, packet(PKT_L4_UDP, &ab, 1), &side), f);
	assert_int_equal(side, FLOW_CLIENT);
	assert_ptr_equal(flow_find(t, packet(PKT_L4_UDP, &ba, 1), &side), f);
	assert_int_equal(side, FLOW_SERVER);
	assert_null(flow_find(t, packet(PKT_L4_TCP, &ab, 1), &side));
	f = flow_create(t, packet(PKT_L4_TCP, &ab, 1), true);
	assert_non_null(f);
	assert_ptr_equal(flow_find(t, packet(PKT_L4_TCP, &ab, 1), &side), f);
	assert_int_equal(side, FLOW_SERVER);
	flow_table_free(t);
}

/* Everything that tells two sessions apart. */
static void
keys_differ(void **state)
{
	static const struct ends others[] = {
		{ "10.0.0.3", 1000, "10.0.0.1", 53 },
		{ "10.0.0.2", 1001, "10.0.0.1", 53 },
		{ "10.0.0.2", 1000, "10.0.0.1", 54 },
		{ "10.0.0.2", 53, "10.0.0.1", 1000 },
		{ "fe80::2", 1000, "fe80::1", 53 },
	};
	struct flow_conf c = conf;
	struct flow_table *t = table(&c);
	enum flow_side side;
	struct packet *p;
	struct flow *f;

	(void)state;
	f = flow_create(t, packet(PKT_L4_UDP, &ab, 1), false);
	assert_non_null(f);
	for (unsigned i = 0; i < ARRAY_LEN(others); i++)
		assert_null(flow_find(t, packet(PKT_L4_UDP, &others[i], 1),
		    &side));
	p = packet(PKT_L4_UDP, &ab, 1);
	p->dec.n_vlan = 1;
	p->dec.vlan[0] = 0x2005;
	assert_null(flow_find(t, p, &side));
	c.vlan_agnostic = true;
	assert_ptr_equal(flow_find(t, p, &side), f);
	c.vlan_agnostic = false;
	assert_non_null(flow_create(t, p, false));
	p->dec.vlan[0] = 0x5; /* another priority, the same VLAN */
	assert_non_null(flow_find(t, p, &side));
	p = packet(PKT_L4_UDP, &ab, 1);
	p->dec.flags = PKT_TUNNELLED;
	p->dec.outer_src = ip("192.0.2.1");
	p->dec.outer_dst = ip("192.0.2.2");
	assert_null(flow_find(t, p, &side));
	f = flow_create(t, p, false);
	assert_non_null(f);
	p = packet(PKT_L4_UDP, &ba, 1);
	p->dec.flags = PKT_TUNNELLED;
	p->dec.outer_src = ip("192.0.2.2");
	p->dec.outer_dst = ip("192.0.2.1");
	assert_ptr_equal(flow_find(t, p, &side), f);
	assert_int_equal(side, FLOW_SERVER);
	flow_table_free(t);
}

static void
what_has_no_flow(void **state)
{
	struct flow_conf c = conf;
	struct flow_table *t;
	struct packet *p;

	(void)state;
	c.track[FLOW_ICMP] = false;
	t = table(&c);
	p = packet(PKT_L4_UDP, &ab, 1);
	p->dec.flags = PKT_FRAGMENT;
	assert_null(flow_create(t, p, false));
	p->dec.flags = PKT_NO_RULES;
	assert_null(flow_create(t, p, false));
	assert_null(flow_create(t, packet(PKT_L4_ICMP4, &ab, 1), false));
	c.track[FLOW_ICMP] = true;
	p = packet(PKT_L4_ICMP4, &ab, 1);
	p->dec.icmp_type = 3; /* about another packet */
	assert_null(flow_create(t, p, false));
	p = packet(PKT_L4_ICMP6, &ab, 1);
	p->dec.icmp_type = 1;
	assert_null(flow_create(t, p, false));
	p = packet(PKT_L4_NONE, &ab, 1);
	assert_non_null(flow_create(t, p, false));
	p->dec.ip_proto = 6; /* TCP that could not be decoded */
	assert_null(flow_create(t, p, false));
	assert_int_equal(created(t, FLOW_IP), 1);
	assert_int_equal(created(t, FLOW_ICMP), 0);
	flow_table_free(t);
}

static void
silence_ends_a_flow(void **state)
{
	struct flow_table *t = table(&conf);
	enum flow_side side;
	struct packet *p;
	struct flow *f;

	(void)state;
	f = flow_create(t, packet(PKT_L4_UDP, &ab, 100), false);
	p = packet(PKT_L4_UDP, &ab, 120);
	flow_touch(t, f, p, FLOW_CLIENT);
	assert_int_equal(f->packets[FLOW_CLIENT], 1);
	assert_int_equal(f->bytes[FLOW_CLIENT], 100);
	assert_ptr_equal(flow_find(t, packet(PKT_L4_UDP, &ab, 150), &side), f);
	assert_null(flow_find(t, packet(PKT_L4_UDP, &ab, 151), &side));
	assert_int_equal(ended(t, FLOW_UDP, FLOW_END_TIMEOUT), 1);
	assert_ptr_equal(flow_next_dead(t), f);
	assert_int_equal(f->end, FLOW_END_TIMEOUT);
	assert_null(flow_next_dead(t));
	flow_free(t, f);
	/* a clock that goes back ends nothing */
	f = flow_create(t, packet(PKT_L4_UDP, &ab, 100), false);
	assert_ptr_equal(flow_find(t, packet(PKT_L4_UDP, &ab, 5), &side), f);
	flow_set_timeout(f, 1000);
	assert_ptr_equal(flow_find(t, packet(PKT_L4_UDP, &ab, 1100), &side),
	    f);
	assert_conserved(t);
	flow_table_free(t);
}

/* Many flows that time out at once are ended a bounded number a call. */
static void
expiry_is_bounded(void **state)
{
	struct flow_conf c = conf;
	struct flow_table *t;
	unsigned calls = 0, n, sum = 0;

	(void)state;
	c.max[FLOW_UDP] = 1000;
	t = table(&c);
	for (unsigned i = 0; i < 1000; i++) {
		struct ends e = { "10.0.0.2", (uint16_t)i, "10.0.0.1", 53 };

		assert_non_null(flow_create(t, packet(PKT_L4_UDP, &e,
		    100 + i / 100), false));
	}
	while (flow_live(t, FLOW_UDP) > 500) {
		flow_expire(t, mtime_make(135, 0), false);
		n = free_dead(t);
		assert_true(n <= 32);
		sum += n;
		assert_true(++calls < 5000);
	}
	for (unsigned i = 0; i < 100; i++)
		flow_expire(t, mtime_make(135, 0), false);
	sum += free_dead(t);
	assert_int_equal(sum, 500); /* those of 100 to 104 */
	assert_int_equal(ended(t, FLOW_UDP, FLOW_END_TIMEOUT), 500);
	assert_conserved(t);
	flow_table_free(t);
}

static struct flow *
numbered(struct flow_table *t, enum pkt_l4 l4, unsigned i, uint64_t sec)
{
	struct ends e = { "10.0.0.2", (uint16_t)(1000 + i), "10.0.0.1", 53 };

	return flow_create(t, packet(l4, &e, sec), false);
}

/* The oldest of the weakest class goes first. */
static void
a_full_table_prunes(void **state)
{
	struct flow_table *t = table(&conf);
	struct flow *f[8];

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		f[i] = numbered(t, PKT_L4_TCP, i, 100 + i);
		assert_int_equal(f[i]->class, FLOW_CLASS_HALF_OPEN);
		if (i < 6)
			flow_set_class(t, f[i], i < 3 ? FLOW_CLASS_OPEN :
			    FLOW_CLASS_CLOSING);
	}
	flow_touch(t, f[6], packet(PKT_L4_TCP, &ab, 200), FLOW_CLIENT);
	for (unsigned i = 0; i < 2; i++) {
		struct flow *young = numbered(t, PKT_L4_TCP, 100 + i, 201);

		assert_non_null(young);
		flow_set_class(t, young, FLOW_CLASS_OPEN);
		assert_ptr_equal(flow_next_dead(t), f[7 - i]);
		flow_free(t, f[7 - i]);
	}
	assert_non_null(numbered(t, PKT_L4_TCP, 102, 202));
	assert_ptr_equal(flow_next_dead(t), f[3]);
	/* another protocol has its own room */
	assert_non_null(numbered(t, PKT_L4_UDP, 0, 202));
	assert_null(flow_next_dead(t));
	assert_int_equal(ended(t, FLOW_TCP, FLOW_END_PRUNED), 3);
	assert_int_equal(flow_live(t, FLOW_TCP), 8);
	assert_conserved(t);
	flow_table_free(t);
}

/* A flow that had packets since it was put in order is passed over, as long
 * as there are silent ones behind it. */
static void
a_full_table_spares_the_busy(void **state)
{
	struct flow_table *t = table(&conf);
	struct flow *f[8];

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		f[i] = numbered(t, PKT_L4_UDP, i, 100);
		if (i < 2)
			flow_touch(t, f[i], packet(PKT_L4_UDP, &ab, 103),
			    FLOW_CLIENT);
	}
	assert_non_null(numbered(t, PKT_L4_UDP, 8, 104));
	assert_ptr_equal(flow_next_dead(t), f[2]);
	flow_free(t, f[2]);
	assert_non_null(numbered(t, PKT_L4_UDP, 9, 104));
	assert_ptr_equal(flow_next_dead(t), f[3]);
	flow_free(t, f[3]);
	/* all of them busy: the work has an end, and one gives way */
	for (unsigned i = 4; i < 8; i++)
		flow_touch(t, f[i], packet(PKT_L4_UDP, &ab, 106), FLOW_CLIENT);
	assert_non_null(numbered(t, PKT_L4_UDP, 10, 106));
	assert_ptr_equal(flow_next_dead(t), f[6]);
	assert_null(flow_next_dead(t));
	assert_int_equal(flow_live(t, FLOW_UDP), 8);
	assert_conserved(t);
	flow_table_free(t);
}

/* Says what packet i asks for before it comes, or something else. */
static void
look_ahead(struct flow_table *t, uint64_t num, unsigned i, bool wrong)
{
	struct ends e = { "10.0.0.2", (uint16_t)(1000 + i), "10.0.0.1", 53 };
	struct packet *p = packet(PKT_L4_UDP, &e, 100);
	struct flow_key key = { .proto = wrong ? 6 : 17, .version = 4 };
	unsigned from = flow_key_ends(&key, p->dec.src.b, p->dec.dst.b,
	    p->dec.sport, p->dec.dport);

	flow_ahead(t, num, i % 7 ? &key : NULL, from);
}

/*
 * Every flow is found again, and none that ended, however many there are to a
 * bucket and whatever is looked ahead to: an index for 32 flows is given
 * 20,000 of them, which come and go.
 */
static void
all_are_found(void **state)
{
	enum { N = 20000, ROUNDS = 100000 };
	struct flow_conf many = conf;
	struct flow_table *t = table(&conf);
	static struct flow *model[N];
	static unsigned next[FLOW_AHEAD];
	uint32_t x = 1;

	(void)state;
	many.max[FLOW_UDP] = N;
	flow_table_adopt(t, &many);
	for (uint64_t num = 0; num < ROUNDS + FLOW_AHEAD; num++) {
		unsigned *slot = &next[num % FLOW_AHEAD], i = *slot;
		struct ends e = { "10.0.0.2", (uint16_t)(1000 + i),
			"10.0.0.1", 53 };
		enum flow_side side;
		struct packet *p;

		x = x * 1664525 + 1013904223;
		*slot = (x >> 8) % N;
		look_ahead(t, num, *slot, x >> 28 == 0);
		if (num < FLOW_AHEAD)
			continue;
		p = packet(PKT_L4_UDP, &e, 100);
		p->num = num - FLOW_AHEAD;
		assert_ptr_equal(flow_find(t, p, &side), model[i]);
		if (!model[i]) {
			model[i] = flow_create(t, p, false);
			assert_non_null(model[i]);
			assert_ptr_equal(flow_find(t, p, &side), model[i]);
			assert_int_equal(side, FLOW_CLIENT);
		} else if (x >> 30) {
			assert_int_equal(side, FLOW_CLIENT);
		} else {
			flow_end(t, model[i], FLOW_END_CLOSED);
			assert_ptr_equal(flow_next_dead(t), model[i]);
			flow_free(t, model[i]);
			model[i] = NULL;
		}
	}
	assert_true(flow_live(t, FLOW_UDP) > N / 2);
	assert_conserved(t);
	flow_table_free(t);
}

/* Flows that wait to be freed have room of their own, and that has an end. */
static void
the_dead_have_a_limit(void **state)
{
	struct flow_table *t = table(&conf);
	unsigned n = 0;

	(void)state;
	while (numbered(t, PKT_L4_UDP, n, 100))
		assert_true(++n < 5000);
	assert_true(n > 1000);
	assert_int_equal(flow_table_counters(t)[FLOW_CTR_NO_ROOM], 1);
	free_dead(t);
	assert_non_null(numbered(t, PKT_L4_UDP, n, 100));
	assert_conserved(t);
	flow_table_free(t);
}

static void
the_end_ends_all(void **state)
{
	struct flow_table *t = table(&conf);
	unsigned n = 0;

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		assert_non_null(numbered(t, PKT_L4_UDP, i, 100));
		assert_non_null(numbered(t, PKT_L4_TCP, i, 100));
	}
	do
		flow_expire(t, mtime_make(100, 0), true);
	while (free_dead(t));
	for (unsigned i = 0; i < FLOW_PROTOS; i++)
		n += (unsigned)flow_live(t, (enum flow_proto)i);
	assert_int_equal(n, 0);
	assert_int_equal(ended(t, FLOW_UDP, FLOW_END_SHUTDOWN), 8);
	assert_int_equal(ended(t, FLOW_TCP, FLOW_END_SHUTDOWN), 8);
	assert_conserved(t);
	flow_table_free(t);
}

static void
ending_twice_is_once(void **state)
{
	struct flow_table *t = table(&conf);
	struct flow *f = numbered(t, PKT_L4_TCP, 0, 100);
	enum flow_side side;

	(void)state;
	flow_end(t, f, FLOW_END_CLOSED);
	flow_end(t, f, FLOW_END_TIMEOUT);
	flow_set_class(t, f, FLOW_CLASS_OPEN); /* changes no list */
	flow_touch(t, f, packet(PKT_L4_TCP, &ab, 300), FLOW_SERVER);
	assert_null(flow_find(t, packet(PKT_L4_TCP, &(struct ends){
	    "10.0.0.2", 1000, "10.0.0.1", 53 }, 100), &side));
	assert_int_equal(free_dead(t), 1);
	assert_conserved(t);
	flow_table_free(t);
}

static void
bits(void **state)
{
	struct flow_table *t = table(&conf);
	struct flow *f = numbered(t, PKT_L4_UDP, 0, 100);
	struct flow_bits ab_bits = { { 3 } }, a_bit = { { 1 } };
	struct flow_bits last = { { 0 } };

	(void)state;
	last.words[ARRAY_LEN(last.words) - 1] = UINT64_C(1) << 63;
	assert_false(flow_bits_any(f, &ab_bits));
	assert_false(flow_bits_all(f, &ab_bits));
	assert_true(flow_bits_all(f, NULL));
	flow_bits_clear(f, &ab_bits);
	assert_null(f->bits);
	flow_bits_set(t, f, &a_bit);
	flow_bits_set(t, f, &last);
	assert_true(flow_bits_any(f, &ab_bits));
	assert_false(flow_bits_all(f, &ab_bits));
	assert_true(flow_bits_all(f, &last));
	flow_bits_toggle(t, f, &ab_bits); /* b alone */
	assert_false(flow_bits_any(f, &a_bit));
	flow_bits_clear(f, &last);
	assert_false(flow_bits_any(f, &last));
	flow_bits_reset(t, f);
	assert_null(f->bits);
	assert_false(flow_bits_any(f, &ab_bits));
	mem_fail_at(1); /* their page is there already */
	flow_bits_set(t, f, &a_bit);
	assert_true(flow_bits_all(f, &a_bit));
	mem_fail_at(0);
	flow_table_free(t);
}

static void
no_memory_for_bits(void **state)
{
	struct flow_table *t = table(&conf);
	struct flow *f = numbered(t, PKT_L4_UDP, 0, 100);
	struct flow_bits a_bit = { { 1 } };

	(void)state;
	mem_fail_at(1);
	flow_bits_set(t, f, &a_bit);
	assert_false(flow_bits_any(f, &a_bit));
	assert_int_equal(flow_table_counters(t)[FLOW_CTR_NO_BITS], 1);
	mem_fail_at(1);
	assert_null(flow_table_new(&conf));
	mem_fail_at(2);
	assert_null(flow_table_new(&conf));
	mem_fail_at(0);
	flow_table_free(t);
}

static void
ids_are_unique_and_short(void **state)
{
	struct flow_conf c = conf;
	struct flow_table *t;
	uint64_t last = 0;

	(void)state;
	c.max[FLOW_UDP] = 1000;
	t = table(&c);
	for (unsigned i = 0; i < 1000; i++) {
		struct flow *f = numbered(t, PKT_L4_UDP, i, 4000000000u);

		assert_true(f->id > last && f->id < UINT64_C(1) << 53);
		last = f->id;
	}
	flow_table_free(t);
}

/* A smaller limit holds for flows to come. */
static void
adopting(void **state)
{
	struct flow_conf small = conf;
	struct flow_table *t = table(&conf);
	enum flow_side side;

	(void)state;
	small.max[FLOW_UDP] = 2;
	small.track[FLOW_TCP] = false;
	for (unsigned i = 0; i < 8; i++)
		assert_non_null(numbered(t, PKT_L4_UDP, i, 100));
	flow_table_adopt(t, &small);
	assert_null(numbered(t, PKT_L4_TCP, 0, 100));
	assert_non_null(numbered(t, PKT_L4_UDP, 8, 101));
	assert_int_equal(free_dead(t), 1);
	assert_non_null(flow_find(t, packet(PKT_L4_UDP, &(struct ends){
	    "10.0.0.2", 1005, "10.0.0.1", 53 }, 100), &side));
	assert_conserved(t);
	flow_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_are_one),
		cmocka_unit_test(keys_differ),
		cmocka_unit_test(what_has_no_flow),
		cmocka_unit_test(silence_ends_a_flow),
		cmocka_unit_test(expiry_is_bounded),
		cmocka_unit_test(a_full_table_prunes),
		cmocka_unit_test(a_full_table_spares_the_busy),
		cmocka_unit_test(all_are_found),
		cmocka_unit_test(the_dead_have_a_limit),
		cmocka_unit_test(the_end_ends_all),
		cmocka_unit_test(ending_twice_is_once),
		cmocka_unit_test(bits),
		cmocka_unit_test(no_memory_for_bits),
		cmocka_unit_test(ids_are_unique_and_short),
		cmocka_unit_test(adopting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
