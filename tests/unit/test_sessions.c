/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules about sessions, judged in real ones: flow, flowbits and what a rule
 * does once it matched. */
#include "detect_help.h"

#include "core/xalloc.h"
#include "decoders/track/track.h"

struct world {
	struct set set;
	struct flowbit_names *names;
	struct track_conf conf;
	struct track *track;
};

static struct world *
world_new(const char *rules, unsigned limit)
{
	struct world *w = calloc(1, sizeof(*w));
	struct detect_conf c = detect_conf_default();

	assert_non_null(w);
	w->names = flowbit_names_new();
	w->conf = track_conf_default();
	w->conf.flow.track[FLOW_UDP] = w->conf.flow.track[FLOW_ICMP] = true;
	c.opt.tracked[FLOW_UDP] = c.opt.tracked[FLOW_ICMP] = true;
	c.flowbit_names = w->names;
	c.flowbits_size = limit;
	c.max_queue = c.log = c.max_queue_events = 50;
	w->set = set_load(rules, &c);
	w->track = track_new(&w->conf);
	assert_non_null(w->track);
	return w;
}

static void
world_free(struct world *w)
{
	track_free(w->track);
	set_free(&w->set);
	flowbit_names_free(w->names);
	free(w);
}

/* A packet through its session and the rules: the sids reported. */
static const char *
send_packet(struct world *w, struct packet *p, const char *payload)
{
	static char out[1024];
	struct stream_facts facts;
	const struct event *ev;
	enum rule_action verdict;
	struct unit u = { .kind = UNIT_RAW, .pkt = p };
	size_t at = 0;
	unsigned n;

	track_packet(w->track, p, &facts);
	u.flow = (struct unit_flow){ .flow = facts.flow,
		.table = track_flows(w->track),
		.has_direction = facts.has_direction,
		.to_server = facts.side == FLOW_CLIENT,
		.established = facts.established };
	unit_set(&u, BUF_PAYLOAD, slice_make((const uint8_t *)payload,
	    strlen(payload)));
	n = detect_unit(w->set.d, &u, NULL, 0, &ev, &verdict);
	out[0] = '\0';
	for (unsigned i = 0; i < n; i++)
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%u",
		    i ? " " : "", ev[i].sid);
	return out;
}

static const char *
udp(struct world *w, bool answer, const char *payload)
{
	return send_packet(w, answer ?
	    packet_make(PKT_L4_UDP, "10.0.0.1", 53, "10.0.0.2", 4000) :
	    packet_make(PKT_L4_UDP, "10.0.0.2", 4000, "10.0.0.1", 53), payload);
}

static void
udp_sessions(void **state)
{
	struct world *w = world_new(
	    "alert udp any any -> any any (flow:to_server; sid:5;)\n"
	    "alert udp any any -> any any (flow:to_client; sid:4;)\n"
	    "alert udp any any -> any any (flow:established; sid:3;)\n"
	    "alert udp any any -> any any (flow:not_established; sid:2;)\n"
	    "alert udp any any -> any any (flow:stateless; sid:1;)\n", 10);

	(void)state;
	assert_string_equal(udp(w, false, "a"), "5 2 1");
	assert_string_equal(udp(w, false, "a"), "5 2 1");
	assert_string_equal(udp(w, true, "a"), "4 3 1");
	assert_string_equal(udp(w, false, "a"), "5 3 1");
	/* the reply is another session's */
	assert_string_equal(send_packet(w, packet_make(PKT_L4_UDP, "10.0.0.1",
	    54, "10.0.0.2", 4000), "a"), "5 2 1");
	world_free(w);
}

static void
bits_of_a_session(void **state)
{
	struct world *w = world_new(
	    "alert udp any any -> any any (content:\"SETA\"; flowbits:set,a;"
	    " sid:1;)\n"
	    "alert udp any any -> any any (content:\"SETAB\"; "
	    "flowbits:set,a&b; flowbits:noalert; sid:2;)\n"
	    "alert udp any any -> any any (content:\"XG\"; "
	    "flowbits:setx,g1,g; sid:3;)\n"
	    "alert udp any any -> any any (content:\"YG\"; "
	    "flowbits:setx,g2,g; sid:4;)\n"
	    "alert udp any any -> any any (content:\"TOGA\"; "
	    "flowbits:toggle,a; sid:5;)\n"
	    "alert udp any any -> any any (content:\"CLEARG\"; "
	    "flowbits:unset,all,g; sid:6;)\n"
	    "alert udp any any -> any any (content:\"RESETG\"; "
	    "flowbits:reset,g; sid:7;)\n"
	    "alert udp any any -> any any (content:\"ZERO\"; "
	    "flowbits:reset; sid:8;)\n"
	    "alert udp any any -> any any (content:\"NEVER\"; "
	    "flowbits:set,n; content:\"NOTTHERE\"; sid:9;)\n"
	    "alert udp any any -> any any (content:\"TWICE\"; "
	    "flowbits:set,n; detection_filter:track by_src,count 1,"
	    "seconds 60; sid:10;)\n"
	    "alert udp any any -> any any (content:\"?\"; "
	    "flowbits:isset,a; sid:30;)\n"
	    "alert udp any any -> any any (content:\"?\"; "
	    "flowbits:isset,a&b; sid:29;)\n"
	    "alert udp any any -> any any (content:\"?\"; "
	    "flowbits:isset,a|b; sid:28;)\n"
	    "alert udp any any -> any any (content:\"?\"; "
	    "flowbits:isnotset,a; sid:27;)\n"
	    "alert udp any any -> any any (content:\"?\"; "
	    "flowbits:isset,any,g; sid:26;)\n"
	    "alert udp any any -> any any (content:\"?\"; "
	    "flowbits:isset,all,g; sid:25;)\n"
	    "alert udp any any -> any any (content:\"?\"; "
	    "flowbits:isset,g2; sid:24;)\n"
	    "alert udp any any -> any any (content:\"?\"; "
	    "flowbits:isset,n; sid:23;)\n", 10);

	(void)state;
	assert_string_equal(udp(w, false, "?"), "27");
	assert_string_equal(udp(w, false, "SETA"), "1");
	assert_string_equal(udp(w, true, "?"), "30 28");
	assert_string_equal(udp(w, false, "TOGA"), "5");
	assert_string_equal(udp(w, false, "?"), "27");
	assert_string_equal(udp(w, false, "SETAB"), "1");
	assert_string_equal(udp(w, false, "?"), "30 29 28");
	assert_string_equal(udp(w, false, "XG"), "3");
	assert_string_equal(udp(w, false, "?"), "30 29 28 26");
	assert_string_equal(udp(w, false, "YG"), "4");
	assert_string_equal(udp(w, false, "?"), "30 29 28 26 24");
	assert_string_equal(udp(w, false, "CLEARG"), "6");
	assert_string_equal(udp(w, false, "?"), "30 29 28");
	assert_string_equal(udp(w, false, "YG"), "4");
	assert_string_equal(udp(w, false, "RESETG"), "7");
	assert_string_equal(udp(w, false, "?"), "30 29 28");
	assert_string_equal(udp(w, false, "NEVER TWICE"), "");
	assert_string_equal(udp(w, false, "?"), "30 29 28");
	assert_string_equal(udp(w, false, "TWICE"), "10");
	assert_string_equal(udp(w, false, "?"), "30 29 28 23");
	assert_string_equal(udp(w, false, "ZERO"), "8");
	assert_string_equal(udp(w, false, "?"), "27");
	world_free(w);
}

/* Without a session bits are neither set nor unset, and nothing is kept. */
static void
no_session_no_bits(void **state)
{
	struct world *w = world_new(
	    "alert ip any any -> any any (content:\"S\"; flowbits:set,a;"
	    " sid:1;)\n"
	    "alert ip any any -> any any (content:\"?\"; flowbits:isset,a;"
	    " sid:2;)\n"
	    "alert ip any any -> any any (content:\"?\"; flowbits:isnotset,a;"
	    " sid:3;)\n", 10);
	struct packet *p = packet_make(PKT_L4_NONE, "10.0.0.2", 0, "10.0.0.1",
	    0);

	(void)state;
	assert_string_equal(send_packet(w, p, "S"), "1");
	assert_string_equal(send_packet(w, p, "?"), "");
	world_free(w);
}

/* Without memory for its bits the session has none, which is said. */
static void
no_memory_for_bits(void **state)
{
	struct world *w = world_new(
	    "alert udp any any -> any any (content:\"S\"; flowbits:set,a;"
	    " sid:1;)\n"
	    "alert udp any any -> any any (content:\"?\"; flowbits:isset,a;"
	    " sid:2;)\n", 10);

	(void)state;
	assert_string_equal(udp(w, false, "begin"), "");
	mem_fail_at(1);
	assert_string_equal(udp(w, false, "S"), "1");
	mem_fail_at(0);
	assert_int_equal(detector_points(w->set.d),
	    POLICY_BIT(POLICY_FLOW_BITS));
	assert_string_equal(udp(w, false, "?"), "");
	assert_int_equal(detector_points(w->set.d), 0);
	assert_string_equal(udp(w, false, "S"), "1");
	assert_int_equal(detector_points(w->set.d), 0);
	assert_string_equal(udp(w, false, "?"), "2");
	world_free(w);
}

/* session: from the match on, in both directions, as the first rule says. */
static void
data_is_logged(void **state)
{
	struct world *w = world_new(
	    "alert udp any any -> any any (content:\"log\"; session:all;"
	    " sid:1;)\n"
	    "alert udp any any -> any any (content:\"text\";"
	    " session:printable; sid:2;)\n", 10);
	struct packet *other;

	(void)state;
	assert_string_equal(udp(w, false, "not yet"), "");
	assert_int_equal(detector_session_log(w->set.d), FLOW_LOG_NONE);
	assert_string_equal(udp(w, false, "log"), "1");
	assert_int_equal(detector_session_log(w->set.d), FLOW_LOG_ALL);
	assert_string_equal(udp(w, true, "text"), "2");
	assert_int_equal(detector_session_log(w->set.d), FLOW_LOG_ALL);
	other = packet_make(PKT_L4_UDP, "10.0.0.1", 54, "10.0.0.2", 4000);
	assert_string_equal(send_packet(w, other, "nothing"), "");
	assert_int_equal(detector_session_log(w->set.d), FLOW_LOG_NONE);
	assert_string_equal(send_packet(w, other, "text"), "2");
	assert_int_equal(detector_session_log(w->set.d),
	    FLOW_LOG_PRINTABLE);

	/* without a session, that packet */
	w->conf.flow.track[FLOW_UDP] = false;
	assert_string_equal(udp(w, false, "log"), "1");
	assert_int_equal(detector_session_log(w->set.d), FLOW_LOG_ALL);
	assert_string_equal(udp(w, false, "not it"), "");
	assert_int_equal(detector_session_log(w->set.d), FLOW_LOG_NONE);
	w->conf.flow.track[FLOW_UDP] = true;
	world_free(w);
}

static void
names_have_a_limit(void **state)
{
	static const char rules[] =
	    "alert udp any any -> any any (flowbits:set,a; sid:1;)\n"
	    "alert udp any any -> any any (flowbits:set,b&c; sid:2;)\n"
	    "alert udp any any -> any any (flowbits:set,b; sid:3;)\n";
	struct world *w = world_new(rules, 2);
	const struct erec *e = w->set.tree->errors.first;

	(void)state;
	assert_int_equal(ruleset_stats(w->set.rs)->refused, 1);
	assert_int_equal(e->kind, EREC_RULE);
	assert_int_equal(e->loc.line, 2);
	assert_non_null(strstr(e->message, "flowbits_size"));
	world_free(w);
	w = world_new(rules, 3);
	assert_null(w->set.tree->errors.first);
	world_free(w);
}

/* A name keeps its number, and a session its bits, over a reload. */
static void
names_survive_a_reload(void **state)
{
	struct world *w = world_new(
	    "alert udp any any -> any any (content:\"S\"; flowbits:set,old;"
	    " sid:1;)\n", 10);
	struct detect_conf c = w->set.rs->conf;
	struct tree *t;
	struct ruleset *rs;

	(void)state;
	assert_string_equal(udp(w, false, "S"), "1");
	t = conf_load_text("test", TEXT(
	    "alert udp any any -> any any (content:\"?\"; flowbits:isset,new;"
	    " sid:2;)\n"
	    "alert udp any any -> any any (content:\"?\"; flowbits:isset,old;"
	    " sid:3;)\n"), NULL);
	rs = ruleset_compile(t, &c);
	assert_non_null(rs);
	assert_true(set_adopt(w->set.d, rs));
	ruleset_free(w->set.rs);
	tree_free(w->set.tree);
	w->set.rs = rs;
	w->set.tree = t;
	assert_string_equal(udp(w, false, "?"), "3");
	world_free(w);
}

/* A session of UDP that timed out is another one afterwards. */
static void
bits_end_with_the_session(void **state)
{
	struct world *w = world_new(
	    "alert udp any any -> any any (content:\"S\"; flowbits:set,a;"
	    " sid:1;)\n"
	    "alert udp any any -> any any (content:\"?\"; flowbits:isset,a;"
	    " sid:2;)\n", 10);
	struct packet *p = packet_make(PKT_L4_UDP, "10.0.0.2", 4000,
	    "10.0.0.1", 53), *rebuilt = calloc(1, sizeof(*rebuilt));
	struct stream_facts facts;

	(void)state;
	assert_non_null(rebuilt);
	assert_string_equal(send_packet(w, p, "S"), "1");
	assert_string_equal(send_packet(w, p, "?"), "2");
	p->ts.ns += UINT64_C(31000000000);
	assert_string_equal(send_packet(w, p, "?"), "");
	assert_false(track_expire(w->track, p->ts, false, rebuilt, &facts));
	assert_false(track_expire(w->track, p->ts, true, rebuilt, &facts));
	assert_int_equal(flow_live(track_flows(w->track), FLOW_UDP), 0);
	free(rebuilt);
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(udp_sessions),
		cmocka_unit_test(bits_of_a_session),
		cmocka_unit_test(no_session_no_bits),
		cmocka_unit_test(no_memory_for_bits),
		cmocka_unit_test(data_is_logged),
		cmocka_unit_test(names_have_a_limit),
		cmocka_unit_test(names_survive_a_reload),
		cmocka_unit_test(bits_end_with_the_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
