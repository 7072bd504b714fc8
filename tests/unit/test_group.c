/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect_help.h"

#include "core/buf.h"

enum { RULES = 80, PROBES = 300, ROUNDS = 12 };

static const char *const ports[] = { "any", "80", "53", "[80,443]", "1:100",
	"1024:", "!80", "[8000:8100,!8080]", "0", "65535", ":1023" };
static const char *const protos[] = { "tcp", "udp", "icmp", "ip" };

static void
random_rules(struct buf *b)
{
	buf_reset(b);
	for (unsigned i = 1; i <= RULES; i++) {
		const char *proto = protos[test_random(4)];
		bool l4 = proto == protos[0] || proto == protos[1];

		buf_printf(b, "alert %s any %s %s any %s (", proto,
		    l4 ? ports[test_random(ARRAY_LEN(ports))] : "any",
		    test_random(4) ? "->" : "<>",
		    l4 ? ports[test_random(ARRAY_LEN(ports))] : "any");
		if (test_random(3))
			buf_printf(b, "content:\"p%u\"; ", test_random(20));
		buf_printf(b, "sid:%u;)\n", i);
	}
}

static bool
by_hand(const struct rule *r, enum proto_set set, uint16_t sport,
    uint16_t dport)
{
	bool l4 = r->proto == PROTO_TCP || r->proto == PROTO_UDP;

	if (r->proto != PROTO_IP && (unsigned)set != (unsigned)
	    (r->proto == PROTO_TCP ? SET_TCP : r->proto == PROTO_UDP ?
	    SET_UDP : SET_ICMP))
		return false;
	if (!l4)
		return true;
	return (port_set_has(r->sports, sport) &&
	    port_set_has(r->dports, dport)) || (r->bidirectional &&
	    port_set_has(r->sports, dport) && port_set_has(r->dports, sport));
}

/* Marks the rules that a part finds. */
static void
mark_part(const struct ruleset *rs, const struct rule_part *p, bool *seen)
{
	const struct prefilter *pf = &rs->prefilter;

	for (uint32_t i = 0; i < p->n_bundles; i++) {
		const struct bundle *b = p->bundles[i];

		for (uint32_t j = pf->slot_first.v[b->base];
		    j < pf->slot_first.v[b->base + b->n]; j++)
			seen[pf->slot_rules.v[j]] = true;
	}
	for (uint32_t i = 0; i < p->n_plain; i++)
		seen[p->plain[i].rule] = true;
}

/* Every rule that ports allow is found, and a port class holds no rule that
 * its port cannot match. */
static void
check_probe(const struct ruleset *rs, enum proto_set set, uint16_t sport,
    uint16_t dport)
{
	const struct group *g = &rs->groups.set[set];
	bool seen[RULES + 1] = { false }, of_side[RULES + 1] = { false };

	mark_part(rs, &g->any, seen);
	if (g->dst.class_of) {
		const struct rule_part *p =
		    &g->dst.classes[g->dst.class_of[dport]];

		mark_part(rs, p, seen);
		if (!p->with_any)
			mark_part(rs, p, of_side);
	}
	if (g->src.class_of)
		mark_part(rs, &g->src.classes[g->src.class_of[sport]], seen);
	for (uint32_t i = 0; i < rs->n_rules; i++) {
		const struct rule *r = rs->rules[i].rule;

		if (i == rs->tag_rule)
			continue;
		if (by_hand(r, set, sport, dport))
			assert_true(seen[i]);
		/* some source port makes a rule of this class match */
		if (of_side[i])
			assert_true(port_set_has(r->dports, dport) ||
			    (r->bidirectional &&
			    port_set_has(r->sports, dport)));
	}
}

static void
test_model(void **state)
{
	static const uint16_t edges[] = { 0, 1, 52, 53, 54, 79, 80, 81, 100,
		101, 443, 1023, 1024, 7999, 8000, 8080, 8100, 8101, 65535 };
	struct buf b;

	(void)state;
	test_seed();
	buf_init(&b, 1 << 20);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct detect_conf c = detect_conf_default();
		struct set s;

		c.single_rule_group = round == 1;
		c.bleedover_port_limit = round == 2 ? 10 : 1024;
		random_rules(&b);
		s = set_load(b.ptr, &c);
		assert_int_equal(s.rs->n_rules, RULES + 1);
		for (unsigned i = 0; i < PROBES; i++)
			check_probe(s.rs, (enum proto_set)test_random(
			    SET_COUNT), edges[test_random(ARRAY_LEN(edges))],
			    edges[test_random(ARRAY_LEN(edges))]);
		set_free(&s);
	}
	buf_fini(&b);
}

static const struct rule_part *
dst_part(const struct set *s, uint16_t port)
{
	const struct group *g = &s->rs->groups.set[SET_UDP];

	return &g->dst.classes[g->dst.class_of[port]];
}

static void
test_classes(void **state)
{
	const char *rules =
	    "alert udp any any -> any 53 (content:\"a\"; sid:1;)\n"
	    "alert udp any any -> any [53,54,60] (content:\"b\"; sid:2;)\n"
	    "alert udp any any -> any any (content:\"c\"; sid:3;)\n"
	    "alert udp any any -> any any (content:\"d\"; sid:4;)\n"
	    "alert udp any any -> any 60 (content:\"B\"; nocase; sid:5;)\n";
	struct set s = set_load(rules, NULL);

	(void)state;
	assert_int_equal(s.rs->groups.set[SET_UDP].dst.n, 4);
	assert_ptr_equal(dst_part(&s, 1), dst_part(&s, 61));
	assert_int_equal(dst_part(&s, 1)->n_bundles, 0);
	/* as many literals as any-any has: searched for in one pass */
	assert_true(dst_part(&s, 53)->with_any);
	assert_int_equal(dst_part(&s, 53)->bundles[0]->n, 4);
	assert_false(dst_part(&s, 54)->with_any);
	assert_int_equal(dst_part(&s, 54)->bundles[0]->n, 1);
	/* 2 and 5 differ in case only: one literal, and so 54's database */
	assert_int_equal(s.rs->groups.set[SET_UDP].src.n, 0);
	set_free(&s);
}

/* A rule by itself at its port, searched for in one buffer or another: each in
 * its own, whatever the numbers of rules and buffers. */
static void
test_buffers_are_told_apart(void **state)
{
	struct detect_conf c = detect_conf_default();
	struct buf b;
	struct set s;

	(void)state;
	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < 64; i++)
		buf_printf(&b, "alert tcp any %u -> any any (content:\"x\"; "
		    "%ssid:%u;)\n", 2000 + i, i % 2 ? "" : "http_uri; ", i + 1);
	c.opt.has |= RULE_NEEDS_HTTP;
	s = set_load(b.ptr, &c);
	for (unsigned i = 0; i < 64; i++) {
		const struct port_side *src = &s.rs->groups.set[SET_TCP].src;
		const struct rule_part *p =
		    &src->classes[src->class_of[2000 + i]];

		assert_int_equal(p->n_bundles, 1);
		assert_int_equal(p->bundles[0]->space, i % 2 ? BUF_PAYLOAD :
		    BUF_HTTP_URI);
	}
	set_free(&s);
	buf_fini(&b);
}

static void
test_unusable_rules_are_in_no_group(void **state)
{
	const char *rules =
	    "alert tcp any any -> any 80 (content:\"a\"; http_uri; sid:1;)\n"
	    "sdrop tcp any any -> any 80 (content:\"b\"; sid:2;)\n"
	    "alert ( msg:\"x\"; gid:116; sid:5; )\n";
	struct set s = set_load(rules, NULL);

	(void)state;
	assert_int_equal(s.rs->prefilter.n_bundles, 0);
	assert_int_equal(ruleset_stats(s.rs)->inactive, 1);
	set_free(&s);
}

static void
test_flag_hints(void **state)
{
	const char *rules =
	    "alert tcp any any -> any any (flags:S; sid:1;)\n"
	    "alert tcp any any -> any any (flags:SA,12; sid:2;)\n"
	    "alert tcp any any -> any any (flags:A+; sid:3;)\n"
	    "alert tcp any any -> any any (flags:!S; sid:4;)\n";
	static const struct {
		uint32_t sid;
		uint8_t must, must_not;
	} want[] = { { 1, TCP_SYN, (uint8_t)~TCP_SYN },
		{ 2, TCP_SYN | TCP_ACK, TCP_FIN | TCP_RST | TCP_PSH |
		TCP_URG }, { 3, TCP_ACK, 0 }, { 4, 0, 0 } };
	struct set s = set_load(rules, NULL);
	const struct rule_part *any = &s.rs->groups.set[SET_TCP].any;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		for (uint32_t j = 0; j < any->n_plain; j++) {
			const struct plain_rule *p = &any->plain[j];

			if (s.rs->rules[p->rule].rule->sid != want[i].sid)
				continue;
			/* a hint may say less than the option, never more */
			assert_int_equal(p->must & ~want[i].must, 0);
			assert_int_equal(p->must_not & ~want[i].must_not, 0);
			if (i < 2)
				assert_int_equal(p->must, want[i].must);
		}
	}
	set_free(&s);
}

static void
test_ip_proto(void **state)
{
	const char *rules =
	    "alert ip any any -> any any (ip_proto:41; sid:1;)\n"
	    "alert ip any any -> any any (ip_proto:!6; sid:2;)\n"
	    "alert ip any any -> any any (ip_proto:>5; ip_proto:0x11; "
	    "sid:3;)\n"
	    "alert ip any any -> any any (ip_proto:58; sid:4;)\n"
	    "alert ip any any -> any any (ip_proto:igmp; sid:5;)\n";
	static const uint32_t plain[] = { 1, 3, 3, 5 };
	struct set s = set_load(rules, NULL);

	(void)state;
	for (unsigned set = 0; set < SET_COUNT; set++)
		assert_int_equal(s.rs->groups.set[set].any.n_plain,
		    plain[set]);
	set_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_buffers_are_told_apart),
		cmocka_unit_test(test_unusable_rules_are_in_no_group),
		cmocka_unit_test(test_flag_hints),
		cmocka_unit_test(test_ip_proto),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
