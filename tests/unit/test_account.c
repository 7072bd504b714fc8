/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel lets pass by itself: its messages, and the flows of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdalign.h>
#include <string.h>

#include "core/limits.h"
#include "core/mtime.h"
#include "sensor/account.h"

enum { ROOM = 1024 };

struct end {
	const char *addr;
	uint16_t port;
};
static const struct end client = { "192.0.2.1", 1025 },
    server = { "198.51.100.2", 80 }, outside = { "203.0.113.3", 80 };

static struct ipaddr
ip(const char *text)
{
	struct ipaddr a = { 0 };

	assert_true(ipaddr_parse(text_of(text), &a));
	return a;
}

/* -- messages ---------------------------------------------------------------- */

static void
put_tuple(struct nlmsghdr *h, uint16_t type, struct end from, struct end to)
{
	struct ipaddr src = ip(from.addr), dst = ip(to.addr);
	bool six = src.family == 6;
	struct nlattr *t = mnl_attr_nest_start(h, type);
	struct nlattr *n = mnl_attr_nest_start(h, CTA_TUPLE_IP);

	mnl_attr_put(h, six ? CTA_IP_V6_SRC : CTA_IP_V4_SRC, six ? 16 : 4,
	    src.b);
	mnl_attr_put(h, six ? CTA_IP_V6_DST : CTA_IP_V4_DST, six ? 16 : 4,
	    dst.b);
	mnl_attr_nest_end(h, n);
	n = mnl_attr_nest_start(h, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(h, CTA_PROTO_NUM, 6);
	mnl_attr_put_u16(h, CTA_PROTO_SRC_PORT, htons(from.port));
	mnl_attr_put_u16(h, CTA_PROTO_DST_PORT, htons(to.port));
	mnl_attr_nest_end(h, n);
	mnl_attr_nest_end(h, t);
}

static void
put_counts(struct nlmsghdr *h, uint16_t type, uint64_t packets, uint64_t bytes)
{
	struct nlattr *t = mnl_attr_nest_start(h, type);

	mnl_attr_put_u64(h, CTA_COUNTERS_PACKETS, htobe64(packets));
	mnl_attr_put_u64(h, CTA_COUNTERS_BYTES, htobe64(bytes));
	mnl_attr_nest_end(h, t);
}

/* A connection as the kernel tells of it: begun by `from' with 5 packets of
 * 500 bytes in all, answered by `answers' with 7 and 7000. */
static size_t
connection(void *room, struct end from, struct end to, struct end answers)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(room);

	h->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW;
	mnl_nlmsg_put_extra_header(h, sizeof(struct nfgenmsg));
	put_tuple(h, CTA_TUPLE_ORIG, from, to);
	put_tuple(h, CTA_TUPLE_REPLY, answers, from);
	put_counts(h, CTA_COUNTERS_ORIG, 5, 500);
	put_counts(h, CTA_COUNTERS_REPLY, 7, 7000);
	return h->nlmsg_len;
}

static void
which_end_sent_what(void **state)
{
	const struct {
		struct end from, to, answers;
		unsigned first; /* the side of who began it */
	} cases[] = {
		{ client, server, server, 0 },
		{ server, client, client, 1 },  /* begun by the server */
		{ client, outside, server, 0 }, /* the server is translated */
		{ outside, server, server, 0 }, /* the client is */
	};
	alignas(struct nlmsghdr) uint8_t room[ROOM] = { 0 };
	struct ipaddr addr[2] = { ip(client.addr), ip(server.addr) };
	uint16_t port[2] = { client.port, server.port };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned f = cases[i].first;
		struct account_counts c;
		size_t n = connection(room, cases[i].from, cases[i].to,
		    cases[i].answers);

		assert_int_equal(account_read(room, n, addr, port, &c),
		    ACCOUNT_KNOWN);
		assert_int_equal(c.packets[f], 5);
		assert_int_equal(c.bytes[f], 500);
		assert_int_equal(c.packets[!f], 7);
		assert_int_equal(c.bytes[!f], 7000);
	}
}

/* The question is what the kernel would read in it. */
static void
question(void **state)
{
	alignas(struct nlmsghdr) uint8_t room[ACCOUNT_MESSAGE], want[ROOM];
	struct end six = { "fd00::1", 1025 }, other = { "fd00::2", 80 };

	(void)state;
	for (unsigned v = 0; v < 2; v++) {
		struct end a = v ? six : client, b = v ? other : server;
		struct ipaddr addr[2] = { ip(a.addr), ip(b.addr) };
		uint16_t port[2] = { a.port, b.port };
		struct nlmsghdr *h = mnl_nlmsg_put_header(want);
		struct nfgenmsg *g;
		size_t n;

		memset(room, 0, sizeof(room));
		memset(want + NLMSG_HDRLEN, 0, sizeof(want) - NLMSG_HDRLEN);
		h->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 |
		    IPCTNL_MSG_CT_GET;
		h->nlmsg_flags = NLM_F_REQUEST;
		h->nlmsg_seq = 9;
		g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
		g->nfgen_family = v ? AF_INET6 : AF_INET;
		put_tuple(h, CTA_TUPLE_ORIG, a, b);
		n = account_put(room, 9, 6, addr, port);
		assert_int_equal(n, h->nlmsg_len);
		assert_memory_equal(room, want, n);
	}
}

static void
no_answer(void **state)
{
	alignas(struct nlmsghdr) uint8_t room[ROOM] = { 0 };
	struct ipaddr addr[2] = { ip(client.addr), ip(server.addr) };
	uint16_t port[2] = { client.port, server.port };
	struct account_counts c;
	struct nlmsghdr *h = (void *)room;
	struct nlmsgerr *e;
	size_t n = connection(room, client, server, server);

	(void)state;
	/* cut off anywhere, whatever the head says */
	for (size_t i = 0; i < n; i++) {
		h->nlmsg_len = (uint32_t)n;
		assert_int_equal(account_read(room, i, addr, port, &c),
		    ACCOUNT_FAILED);
		h->nlmsg_len = (uint32_t)i;
		assert_int_not_equal(account_read(room, i, addr, port, &c),
		    ACCOUNT_KNOWN);
	}
	h = mnl_nlmsg_put_header(room);
	h->nlmsg_type = NLMSG_ERROR;
	e = mnl_nlmsg_put_extra_header(h, sizeof(*e));
	e->error = -ENOENT;
	assert_int_equal(account_read(room, h->nlmsg_len, addr, port, &c),
	    ACCOUNT_GONE);
	e->error = -EPERM;
	assert_int_equal(account_read(room, h->nlmsg_len, addr, port, &c),
	    ACCOUNT_FAILED);
	h = mnl_nlmsg_put_header(room);
	mnl_nlmsg_put_extra_header(h, sizeof(struct nfgenmsg));
	put_tuple(h, CTA_TUPLE_ORIG, client, server);
	assert_int_equal(account_read(room, h->nlmsg_len, addr, port, &c),
	    ACCOUNT_NO_COUNTS);
}

/* -- flows --------------------------------------------------------------------- */

struct fake {
	struct account_counts counts;
	enum account_answer answer;
	unsigned asked, closed;
};

static enum account_answer
fake_ask(void *self, uint8_t proto, const struct ipaddr addr[2],
    const uint16_t port[2], struct account_counts *out)
{
	struct fake *f = self;

	assert_int_equal(proto, 6);
	assert_int_equal(port[0], client.port);
	assert_int_equal(addr[1].b[0], 198);
	f->asked++;
	*out = f->counts;
	return f->answer;
}

static void
fake_close(void *self)
{
	((struct fake *)self)->closed++;
}

struct set {
	struct fake fake;
	struct flow_table *flows;
	struct account *account;
	struct flow *flow;
};

static const struct flow_conf conf = {
	.track = { true, true, true, true },
	.max = { 8, 8, 8, 8 },
	.timeout_s = { 30, 30, 30, 30 },
};

static struct packet *
packet(uint64_t sec)
{
	static struct packet p;

	p = (struct packet){ .ts = mtime_make(sec, 0), .wirelen = 100 };
	p.dec.src = ip(client.addr);
	p.dec.dst = ip(server.addr);
	p.dec.sport = client.port;
	p.dec.dport = server.port;
	p.dec.ip_ver = 4;
	p.dec.ip_proto = 6;
	p.dec.l4 = PKT_L4_TCP;
	p.dec.tcp_flags = 0x02;
	return &p;
}

static void
begin(struct set *s)
{
	struct account_ops ops = { &s->fake, fake_ask, fake_close };

	*s = (struct set){ .flows = flow_table_new(&conf) };
	assert_non_null(s->flows);
	s->account = account_new(&ops, s->flows);
	assert_non_null(s->account);
	s->flow = flow_create(s->flows, packet(100), false);
	assert_non_null(s->flow);
	flow_touch(s->flows, s->flow, packet(100), FLOW_CLIENT);
	account_begin(s->account, s->flow);
	assert_true(s->flow->has_rest);
}

static void
finish(struct set *s)
{
	struct flow *f;

	flow_expire(s->flows, mtime_make(1000, 0), true);
	while ((f = flow_next_dead(s->flows)))
		flow_free(s->flows, f);
	account_free(s->account);
	assert_int_equal(s->fake.closed, 1);
	flow_table_free(s->flows);
}

static void
expire(struct set *s, uint64_t sec)
{
	for (unsigned i = 0; i < 64; i++)
		flow_expire(s->flows, mtime_make(sec, 0), false);
}

/* While the kernel's counts grow the flow goes on; then it ends with them. */
static void
one_flow(void **state)
{
	struct account_rest rest, none;
	const uint64_t *ctrs;
	struct set s;

	(void)state;
	begin(&s);
	ctrs = account_counters_of(s.account);
	s.fake.counts = (struct account_counts){ { 11, 20 }, { 1100, 9000 } };
	expire(&s, 120);
	assert_int_equal(s.fake.asked, 0);
	expire(&s, 131);
	assert_int_equal(s.fake.asked, 1);
	assert_false(s.flow->dying);
	expire(&s, 150);
	assert_int_equal(s.fake.asked, 1);
	s.fake.counts.packets[1] = 21;
	s.fake.counts.bytes[1] = 9500;
	expire(&s, 162);
	assert_int_equal(s.fake.asked, 2);
	assert_false(s.flow->dying);
	/* a packet of it after all */
	{
		enum flow_side side;

		assert_ptr_equal(flow_find(s.flows, packet(170), &side),
		    s.flow);
	}
	expire(&s, 193);
	assert_true(s.flow->dying);
	assert_int_equal(s.flow->end, FLOW_END_TIMEOUT);
	assert_int_equal(s.fake.asked, 3);
	assert_true(account_end(s.account, s.flow, &rest)); /* known already */
	assert_int_equal(s.fake.asked, 3);
	assert_false(account_end(s.account, s.flow, &none)); /* told */
	assert_int_equal(rest.packets[0], 10);
	assert_int_equal(rest.bytes[0], 1000);
	assert_int_equal(rest.packets[1], 21);
	assert_int_equal(rest.bytes[1], 9500);
	assert_int_equal(ctrs[ACCOUNT_CTR_KEPT], 2);
	assert_int_equal(ctrs[ACCOUNT_CTR_PACKETS], 31);
	assert_int_equal(ctrs[ACCOUNT_CTR_BYTES], 10500);
	finish(&s);
}

/* Looked at every few seconds, what it had is known when the kernel has
 * forgotten it, or has another one between the same ports. */
static void
known_before_it_is_gone(void **state)
{
	(void)state;
	for (unsigned again = 0; again < 2; again++) {
		uint64_t now = clock_ns(), later = ACCOUNT_LOOK_S *
		    UINT64_C(1000000000);
		struct account_rest rest;
		struct set s;

		begin(&s);
		s.fake.counts = (struct account_counts){ { 9, 9 },
			{ 900, 901 } };
		account_step(s.account, now, ACCOUNT_STEP);
		assert_int_equal(s.fake.asked, 0);
		account_step(s.account, now + later + later, ACCOUNT_STEP);
		assert_int_equal(s.fake.asked, 1);
		s.fake.counts.packets[1] = 1;
		s.fake.answer = again ? ACCOUNT_KNOWN : ACCOUNT_GONE;
		account_step(s.account, now + 3 * later, 1);
		assert_int_equal(s.fake.asked, 2);
		/* that was the last time */
		account_step(s.account, now + 9 * later, ACCOUNT_STEP);
		expire(&s, 131);
		assert_int_equal(s.fake.asked, 2);
		assert_false(s.flow->dying); /* it had grown */
		expire(&s, 162);
		assert_true(s.flow->dying);
		assert_true(account_end(s.account, s.flow, &rest));
		assert_int_equal(s.fake.asked, 2);
		assert_int_equal(rest.packets[0], 8);
		assert_int_equal(rest.bytes[1], 901);
		finish(&s);
	}
}

/* Ended for another reason it is asked for then; and nothing is made up. */
static void
ends_without_counts(void **state)
{
	static const struct {
		enum account_answer answer;
		unsigned ctr;
	} cases[] = {
		{ ACCOUNT_GONE, ACCOUNT_CTR_GONE },
		{ ACCOUNT_NO_COUNTS, ACCOUNT_CTR_NO_COUNTS },
		{ ACCOUNT_FAILED, ACCOUNT_CTR_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct account_rest rest;
		struct set s;

		begin(&s);
		s.fake.answer = cases[i].answer;
		flow_end(s.flows, s.flow, FLOW_END_SHUTDOWN);
		assert_false(account_end(s.account, s.flow, &rest));
		assert_int_equal(s.fake.asked, 1);
		assert_int_equal(account_counters_of(s.account)[cases[i].ctr],
		    1);
		finish(&s);
	}
}

/* So often a second and no more: then flows wait, or end without it. */
static void
asked_so_often(void **state)
{
	struct account_rest rest;
	const uint64_t *ctrs;
	struct set s;
	unsigned before;

	(void)state;
	begin(&s);
	ctrs = account_counters_of(s.account);
	do {
		before = s.fake.asked;
		s.flow->has_rest = false;
		account_begin(s.account, s.flow);
		(void)!account_end(s.account, s.flow, &rest);
		assert_true(s.fake.asked <= 3 * LIM_ACCOUNT_ASKED);
	} while (s.fake.asked > before);
	assert_true(s.fake.asked >= LIM_ACCOUNT_ASKED);
	assert_true(ctrs[ACCOUNT_CTR_LATE] >= 1);
	finish(&s);
}

/* With too many of them the oldest is forgotten, and ends by its timeout. */
static void
so_many(void **state)
{
	const uint64_t *ctrs;
	struct set s;
	uint64_t id;

	(void)state;
	begin(&s);
	ctrs = account_counters_of(s.account);
	id = s.flow->id;
	while (!ctrs[ACCOUNT_CTR_NOT_COUNTED]) {
		assert_true(ctrs[ACCOUNT_CTR_SESSIONS] <= LIM_ACCOUNTED);
		s.flow->has_rest = false;
		s.flow->id++;
		account_begin(s.account, s.flow);
	}
	s.flow->id = id;
	expire(&s, 131);
	assert_true(s.flow->dying);
	assert_int_equal(s.fake.asked, 0);
	finish(&s);
}

/* What began before it was seen has counts that are not the flow's. */
static void
not_from_its_middle(void **state)
{
	struct set s;
	struct packet *p;
	struct flow *f;

	(void)state;
	begin(&s);
	p = packet(101);
	p->dec.sport = 7;
	p->dec.tcp_flags = 0x10;
	f = flow_create(s.flows, p, false);
	flow_touch(s.flows, f, p, FLOW_CLIENT);
	account_begin(s.account, f);
	assert_false(f->has_rest);
	account_begin(s.account, s.flow);
	assert_int_equal(account_counters_of(s.account)
	    [ACCOUNT_CTR_SESSIONS], 1);
	finish(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_end_sent_what),
		cmocka_unit_test(question),
		cmocka_unit_test(no_answer),
		cmocka_unit_test(one_flow),
		cmocka_unit_test(known_before_it_is_gone),
		cmocka_unit_test(ends_without_counts),
		cmocka_unit_test(asked_so_often),
		cmocka_unit_test(so_many),
		cmocka_unit_test(not_from_its_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
