/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect_help.h"

#include "decoders/track/policy.h"
#include "detect/eval.h"

static struct detect_conf
roomy(void)
{
	struct detect_conf c = detect_conf_default();

	c.max_queue = c.log = 100;
	c.max_queue_events = 200;
	return c;
}

static struct packet *
udp(void)
{
	return packet_make(PKT_L4_UDP, "10.1.1.1", 1111, "10.1.1.2", 2222);
}

/* -- the event queue ------------------------------------------------------------ */

static char growing[4096];

/* Contents A, AB, ABC ... with sids from 9501. */
static const char *
growing_rules(void)
{
	size_t at = 0;

	for (int i = 1; i <= 15; i++)
		at += (size_t)snprintf(growing + at, sizeof(growing) - at,
		    "alert udp any any -> any any (content:\"%.*s\"; "
		    "sid:%d;)\n", i, "ABCDEFGHIJKLMNO", 9500 + i);
	return growing;
}

static void
test_first_five_hits_longest_first(void **state)
{
	struct set s = set_load(growing_rules(), NULL);

	(void)state;
	assert_string_equal(judge(&s, udp(), "xxABCDEFGHIJKLMNOPQ"),
	    "1:9505 1:9504 1:9503");
	assert_int_equal(counter(&s, "list_full"), 10);
	assert_int_equal(counter(&s, "beyond_log"), 2);
	set_free(&s);
}

static void
test_max_queue_events(void **state)
{
	struct detect_conf c = detect_conf_default();
	struct set s;

	(void)state;
	c.max_queue_events = 50;
	c.log = 1;
	s = set_load(growing_rules(), &c);
	assert_string_equal(judge(&s, udp(), "ABCDEFGHIJKLMNO"), "1:9515");
	assert_int_equal(counter(&s, "queue_full"), 7);
	set_free(&s);
	c.max_queue = 2;
	c.log = 8;
	s = set_load(growing_rules(), &c);
	assert_string_equal(judge(&s, udp(), "ABCDEFGHIJKLMNO"),
	    "1:9515 1:9514");
	set_free(&s);
	c.max_queue = 8;
	c.order_events = ORDER_PRIORITY;
	s = set_load(growing_rules(), &c);
	assert_string_equal(judge(&s, udp(), "ABCDEFGHIJKLMNO"),
	    "1:9501 1:9502 1:9503 1:9504 1:9505 1:9506 1:9507 1:9508");
	set_free(&s);
}

static void
test_order_of_equals(void **state)
{
	const char *rules =
	    "alert udp any any -> any any (content:\"ABCD\"; sid:1;)\n"
	    "alert udp any any -> any any (content:\"BCDE\"; sid:7; gid:9;)\n"
	    "alert udp any any -> any any (content:\"BCDE\"; sid:7;)\n"
	    "alert udp any any -> any any (dsize:>0; sid:99;)\n"
	    "alert udp any any -> any any (content:\"A\"; "
	    "content:\"BCDEFG\"; sid:3;)\n";
	struct detect_conf c = roomy();
	struct set s = set_load(rules, &c);

	(void)state;
	assert_string_equal(judge(&s, udp(), "ABCDEFGH"),
	    "1:3 1:7 9:7 1:1 1:99");
	set_free(&s);
}

static void
test_order_by_priority(void **state)
{
	const char *rules =
	    "config classification: bad,Bad,1\n"
	    "alert udp any any -> any any (content:\"ABCDE\"; sid:1; "
	    "priority:3;)\n"
	    "alert udp any any -> any any (content:\"B\"; sid:2;)\n"
	    "alert udp any any -> any any (content:\"BCD\"; sid:4; "
	    "classtype:bad;)\n"
	    "alert udp any any -> any any (content:\"C\"; sid:3; "
	    "priority:1;)\n";
	struct detect_conf c = roomy();
	struct set s;

	(void)state;
	c.order_events = ORDER_PRIORITY;
	s = set_load(rules, &c);
	assert_string_equal(judge(&s, udp(), "ABCDE"), "1:2 1:3 1:4 1:1");
	set_free(&s);
}

/* -- actions -------------------------------------------------------------------- */

static const char actions[] =
    "pass udp any any -> any any (content:\"PASS\"; sid:1;)\n"
    "alert udp any any -> any any (content:\"ALERT\"; sid:2;)\n"
    "log udp any any -> any any (content:\"LOG\"; sid:3;)\n"
    "reject udp any any -> any any (content:\"REJECT\"; sid:4;)\n"
    "drop udp any any -> any any (content:\"DROP\"; sid:5;)\n"
    "sdrop udp any any -> any any (content:\"SILENT\"; sid:6;)\n";

static void
test_default_order_of_actions(void **state)
{
	struct set s = set_load(actions, NULL);
	const struct event *ev;
	struct unit u = { .kind = UNIT_RAW, .pkt = udp() };
	enum rule_action v;

	(void)state;
	assert_string_equal(judge_with(&s, udp(), "PASS ALERT REJECT", NULL, 0,
	    &v), "");
	assert_int_equal(v, ACTION_PASS);
	assert_string_equal(judge_with(&s, udp(), "ALERT LOG", NULL, 0, &v),
	    "1:2");
	assert_int_equal(v, ACTION_ALERT);
	assert_string_equal(judge_with(&s, udp(), "ALERT REJECT", NULL, 0, &v),
	    "1:4");
	assert_int_equal(v, ACTION_REJECT);
	/* passive: a drop is an alert, a silent drop is nothing */
	assert_string_equal(judge_with(&s, udp(), "DROP", NULL, 0, &v), "1:5");
	assert_int_equal(v, ACTION_DROP);
	assert_string_equal(judge(&s, udp(), "DROP REJECT"), "1:4");
	assert_string_equal(judge(&s, udp(), "SILENT"), "");
	assert_int_equal(ruleset_stats(s.rs)->sdrop_ignored, 1);
	unit_set(&u, BUF_PAYLOAD, slice_make((const uint8_t *)"LOG", 3));
	assert_int_equal(detect_unit(s.d, &u, NULL, 0, &ev, &v), 1);
	assert_true(ev->log_only);
	assert_int_equal(ev->action, ACTION_LOG);
	assert_int_equal(ev->event_id, 5);
	set_free(&s);
}

static void
test_process_all_events(void **state)
{
	struct detect_conf c = roomy();
	struct set s;

	(void)state;
	c.process_all_events = true;
	s = set_load(actions, &c);
	assert_string_equal(judge(&s, udp(), "LOG ALERT REJECT"),
	    "1:4 1:2 1:3");
	assert_string_equal(judge(&s, udp(), "PASS ALERT REJECT"), "");
	set_free(&s);
}

static void
test_configured_order(void **state)
{
	struct detect_conf c = roomy();
	struct set s;
	enum rule_action v;

	(void)state;
	c.n_order = 3;
	c.order[0] = ACTION_LOG;
	c.order[1] = ACTION_ALERT;
	c.order[2] = ACTION_PASS;
	s = set_load(actions, &c);
	assert_string_equal(judge(&s, udp(), "LOG ALERT"), "1:3");
	assert_string_equal(judge_with(&s, udp(), "PASS ALERT REJECT", NULL, 0,
	    &v), "1:2");
	assert_int_equal(v, ACTION_ALERT);
	assert_string_equal(judge_with(&s, udp(), "PASS REJECT", NULL, 0, &v),
	    "");
	assert_int_equal(v, ACTION_PASS);
	set_free(&s);
	c.process_all_events = true;
	s = set_load(actions, &c);
	/* a pass stops what comes after it, and takes nothing back */
	assert_string_equal(judge(&s, udp(), "PASS ALERT REJECT"), "1:2");
	set_free(&s);
}

static void
test_inline(void **state)
{
	struct detect_conf c = roomy();
	struct set s;
	enum rule_action v;

	(void)state;
	c.inline_mode = c.sdrop_active = true;
	s = set_load(actions, &c);
	assert_string_equal(judge_with(&s, udp(), "DROP REJECT ALERT", NULL, 0,
	    &v), "1:5");
	assert_int_equal(v, ACTION_DROP);
	assert_string_equal(judge_with(&s, udp(), "SILENT ALERT", NULL, 0, &v),
	    "");
	assert_int_equal(v, ACTION_SDROP);
	set_free(&s);
	c.treat_drop_as_alert = true;
	s = set_load(actions, &c);
	assert_string_equal(judge_with(&s, udp(), "DROP REJECT SILENT", NULL,
	    0, &v), "1:4 1:5");
	assert_int_equal(v, ACTION_ALERT);
	set_free(&s);
}

/* A rule that flow rules out costs nothing else. */
static void
test_flow_first(void **state)
{
	struct detect_conf c = roomy();
	struct set s;
	const struct event *ev;
	enum rule_action v;
	struct unit u = { .kind = UNIT_STREAM, .pkt = udp() };

	(void)state;
	c.opt.tracked[FLOW_UDP] = true;
	s = set_load("alert udp any any -> any any (content:\"Q\"; "
	    "flow:to_server; sid:1;)\n"
	    "alert udp any any -> any any (content:\"Q\"; "
	    "flow:to_client,established; sid:2;)\n"
	    "alert udp any any -> any any (content:\"Q\"; "
	    "flow:no_stream; sid:3;)\n"
	    "alert udp any any -> any any (content:\"Q\"; "
	    "flow:only_frag; sid:4;)\n", &c);
	u.flow.has_direction = u.flow.established = true;
	unit_set(&u, BUF_PAYLOAD, slice_make((const uint8_t *)"Q", 1));
	assert_int_equal(detect_unit(s.d, &u, NULL, 0, &ev, &v), 1);
	assert_int_equal(ev[0].sid, 2);
	assert_int_equal(counter(&s, "candidates"), 4);
	assert_int_equal(counter(&s, "flow_rejects"), 3);
	assert_int_equal(counter(&s, "evaluated"), 1);
	set_free(&s);
}

/* What a unit's packets raised is not raised again, but still drops. */
static void
test_rebuilt_units(void **state)
{
	static const struct pkt_event raised[] = { { 1, 1 }, { 116, 2 } };
	struct detect_conf c = roomy();
	struct unit u = { .kind = UNIT_DATAGRAM, .raised = raised,
		.n_raised = ARRAY_LEN(raised) };
	const struct event *ev;
	enum rule_action v;
	struct set s;

	(void)state;
	c.inline_mode = true;
	s = set_load("drop udp any any -> any any (content:\"Q\"; sid:1;)\n"
	    "drop udp any any -> any any (content:\"Q\"; sid:2;)\n"
	    "drop udp any any -> any any (sid:3;)\n", &c);
	u.pkt = udp();
	unit_set(&u, BUF_PAYLOAD, slice_make((const uint8_t *)"Q", 1));
	assert_int_equal(detect_unit(s.d, &u, NULL, 0, &ev, &v), 2);
	assert_int_equal(ev[0].sid, 2);
	assert_int_equal(ev[1].sid, 3);
	assert_int_equal(v, ACTION_DROP);
	assert_int_equal(counter(&s, "raised_before"), 1);
	/* patterns are left to another unit */
	u.no_patterns = true;
	assert_int_equal(detect_unit(s.d, &u, NULL, 0, &ev, &v), 1);
	assert_int_equal(ev[0].sid, 3);
	set_free(&s);
}

static void
test_ruletype(void **state)
{
	const char *rules =
	    "ruletype quiet\n{\n type log\n}\n"
	    "quiet udp any any -> any any (content:\"Q\"; sid:1;)\n";
	struct set s = set_load(rules, NULL);
	struct unit u = { .kind = UNIT_RAW, .pkt = udp() };
	const struct event *ev;
	enum rule_action v;

	(void)state;
	unit_set(&u, BUF_PAYLOAD, slice_make((const uint8_t *)"Q", 1));
	assert_int_equal(detect_unit(s.d, &u, NULL, 0, &ev, &v), 1);
	assert_int_equal(ev->action, ACTION_CUSTOM);
	assert_true(ev->log_only);
	set_free(&s);
}

/* -- headers -------------------------------------------------------------------- */

static void
test_protocols(void **state)
{
	const char *rules =
	    "alert tcp any any -> any any (sid:1;)\n"
	    "alert udp any any -> any any (sid:2;)\n"
	    "alert icmp any 80 -> any 80 (sid:3;)\n"
	    "alert ip any 80 -> any 80 (sid:4;)\n"
	    "alert ip any any -> any any (content:\"x\"; sid:5;)\n";
	struct detect_conf c = roomy();
	struct set s = set_load(rules, &c);
	struct packet *p;

	(void)state;
	assert_string_equal(judge(&s, udp(), ""), "1:4 1:2");
	p = packet_make(PKT_L4_TCP, "10.1.1.1", 1, "10.1.1.2", 2);
	assert_string_equal(judge(&s, p, "x"), "1:5 1:4 1:1");
	p = packet_make(PKT_L4_ICMP4, "10.1.1.1", 0, "10.1.1.2", 0);
	assert_string_equal(judge(&s, p, "x"), "1:5 1:4 1:3");
	p = packet_make(PKT_L4_ICMP6, "fd00::1", 0, "fd00::2", 0);
	assert_string_equal(judge(&s, p, ""), "1:4 1:3");
	/* a later fragment, or a protocol that is not decoded */
	p = packet_make(PKT_L4_NONE, "10.1.1.1", 0, "10.1.1.2", 0);
	assert_string_equal(judge(&s, p, "x"), "1:5 1:4");
	p->dec.flags |= PKT_NO_RULES;
	assert_string_equal(judge(&s, p, "x"), "");
	p = packet_make(PKT_L4_NONE, "10.1.1.1", 0, "10.1.1.2", 0);
	p->dec.ip_ver = 0;
	assert_string_equal(judge(&s, p, "x"), "");
	assert_int_equal(counter(&s, "builtin_only"), 2);
	set_free(&s);
}

static void
test_ports_and_direction(void **state)
{
	const char *rules =
	    "alert udp any any -> any 53 (content:\"x\"; sid:1;)\n"
	    "alert udp any 53 -> any any (content:\"x\"; sid:2;)\n"
	    "alert udp any 53 <> any 1000 (content:\"x\"; sid:3;)\n"
	    "alert udp 10.0.0.1 any <> any 53 (content:\"x\"; sid:4;)\n"
	    "alert udp any any -> any 1:60000 (content:\"x\"; sid:5;)\n"
	    "alert udp any any -> any !53 (sid:6;)\n"
	    "alert udp any any <> any 53 (sid:7;)\n"
	    "alert udp any 53 -> any 53 (sid:8;)\n";
	struct detect_conf c = roomy();
	struct set s = set_load(rules, &c);

	(void)state;
	assert_string_equal(judge(&s, packet_make(PKT_L4_UDP, "10.0.0.1", 1000,
	    "10.0.0.2", 53), "x"), "1:5 1:4 1:3 1:1 1:7");
	/* swapped: 4 wants 10.0.0.1 where port 53 is not */
	assert_string_equal(judge(&s, packet_make(PKT_L4_UDP, "10.0.0.2", 53,
	    "10.0.0.1", 1000), "x"), "1:5 1:4 1:3 1:2 1:7 1:6");
	assert_string_equal(judge(&s, packet_make(PKT_L4_UDP, "10.0.0.1", 53,
	    "10.0.0.2", 60001), "x"), "1:2 1:7 1:6");
	assert_string_equal(judge(&s, packet_make(PKT_L4_UDP, "10.0.0.3", 53,
	    "10.0.0.2", 53), "x"), "1:5 1:2 1:1 1:8 1:7");
	set_free(&s);
}

static void
test_addresses(void **state)
{
	const char *rules =
	    "alert udp 0.0.0.0/0 any -> any any (sid:1;)\n"
	    "alert udp ::/0 any -> any any (sid:2;)\n"
	    "alert udp !fd00::/16 any -> any any (sid:3;)\n"
	    "alert udp [10.0.0.0/8,!10.0.0.2] any -> any any (sid:4;)\n"
	    "alert udp any any -> [192.0.2.1,192.0.2.9,2001:db8::/64] any "
	    "(sid:5;)\n"
	    "alert udp 192.0.2.1 any <> any any (sid:6;)\n";
	struct detect_conf c = roomy();
	struct set s = set_load(rules, &c);

	(void)state;
	assert_string_equal(judge(&s, packet_make(PKT_L4_UDP, "10.0.0.1", 1,
	    "192.0.2.1", 2), ""), "1:6 1:5 1:4 1:3 1:1");
	assert_string_equal(judge(&s, packet_make(PKT_L4_UDP, "10.0.0.2", 1,
	    "192.0.2.8", 2), ""), "1:3 1:1");
	assert_string_equal(judge(&s, packet_make(PKT_L4_UDP, "192.0.2.1", 1,
	    "10.0.0.2", 2), ""), "1:6 1:3 1:1");
	assert_string_equal(judge(&s, packet_make(PKT_L4_UDP, "fd00::1", 1,
	    "2001:db8::7", 2), ""), "1:5 1:2");
	set_free(&s);
}

static void
test_flags_and_address_lists(void **state)
{
	const char *rules =
	    "alert tcp [192.0.2.1,192.0.2.2] any -> any any (flags:S; "
	    "sid:1;)\n"
	    "alert tcp [192.0.2.2,192.0.2.3] any -> any any (flags:S,12; "
	    "sid:2;)\n"
	    "alert tcp any any -> any any (flags:+A; sid:3;)\n"
	    "alert tcp any any -> any any (flags:!F; sid:4;)\n"
	    "alert tcp any any -> any any (flags:*SA; sid:5;)\n"
	    "alert tcp any any -> any any (flags:0; sid:6;)\n";
	struct detect_conf c = roomy();
	struct set s = set_load(rules, &c);
	struct packet *p = packet_make(PKT_L4_TCP, "192.0.2.2", 1,
	    "10.0.0.1", 2);

	(void)state;
	p->dec.tcp_flags = TCP_SYN;
	assert_string_equal(judge(&s, p, ""), "1:5 1:4 1:2 1:1");
	p->dec.tcp_flags = TCP_SYN | TCP_ECE;
	assert_string_equal(judge(&s, p, ""), "1:5 1:4 1:2");
	p->dec.tcp_flags = TCP_SYN | TCP_ACK;
	assert_string_equal(judge(&s, p, ""), "1:5 1:4 1:3");
	p->dec.tcp_flags = 0;
	assert_string_equal(judge(&s, p, ""), "1:6 1:4");
	/* rules that cannot match by flags or address were not even tried */
	assert_int_equal(counter(&s, "header_rejects"), 0);
	set_free(&s);
}

/* -- builtin events -------------------------------------------------------------- */

static const char builtins[] =
    "alert ( msg:\"a\"; gid:116; sid:1; )\n"
    "alert ( msg:\"b\"; gid:116; sid:400; )\n"
    "drop ( msg:\"c\"; gid:116; sid:401; metadata:rule-type decode; )\n"
    "pass ( msg:\"d\"; gid:123; sid:1; )\n"
    "log ( msg:\"e\"; gid:123; sid:2; )\n"
    "alert udp any any -> any any (content:\"A\"; sid:5;)\n"
    "pass udp any any -> any any (content:\"P\"; sid:6;)\n";

static void
test_builtin_events(void **state)
{
	const struct pkt_event ev[] = { { 116, 401 }, { 116, 1 }, { 116, 400 },
		{ 116, 999 }, { 123, 2 }, { 123, 1 } };
	struct detect_conf c = roomy();
	struct set s = set_load(builtins, &c);
	struct packet *p = udp();
	enum rule_action v;

	(void)state;
	assert_string_equal(judge_with(&s, p, "A", ev, 6, &v),
	    "116:401 116:1 123:2 1:5");
	assert_int_equal(v, ACTION_DROP);
	assert_int_equal(counter(&s, "builtin_without_rule"), 2);
	/* a pass rule takes back what its action comes before */
	assert_string_equal(judge_with(&s, p, "AP", ev, 6, &v), "");
	assert_int_equal(v, ACTION_PASS);
	p->dec.flags |= PKT_NO_RULES;
	assert_string_equal(judge_with(&s, p, "A", ev + 1, 1, &v), "116:1");
	set_free(&s);
}

static void
test_autogenerate(void **state)
{
	const struct pkt_event ev[] = { { 116, 1 }, { 116, 430 },
		{ 116, 400 }, { 122, 1 } };
	struct detect_conf c = roomy();
	struct set s;
	enum rule_action v;

	(void)state;
	c.autogenerate = true;
	s = set_load(builtins, &c);
	assert_string_equal(judge_with(&s, udp(), "", ev, 4, &v),
	    "116:1 116:430 116:400 122:1");
	assert_int_equal(ruleset_stats(s.rs)->loaded, 7);
	set_free(&s);
}

/* -- filters at work --------------------------------------------------------------- */

static void
test_filters_in_order(void **state)
{
	const char *rules =
	    "rate_filter gen_id 1, sig_id 1, track by_src, count 1, "
	    "seconds 10, new_action drop, timeout 10\n"
	    "event_filter gen_id 1, sig_id 1, type limit, track by_src, "
	    "count 1, seconds 100\n"
	    "suppress gen_id 1, sig_id 2, track by_src, ip 10.1.1.1\n"
	    "rate_filter gen_id 1, sig_id 3, track by_rule, count 1, "
	    "seconds 10, new_action pass, timeout 0\n"
	    "alert udp any any -> any any (content:\"A\"; sid:1;)\n"
	    "drop udp any any -> any any (content:\"B\"; sid:2;)\n"
	    "alert udp any any -> any any (content:\"C\"; sid:3;)\n";
	struct detect_conf c = roomy();
	struct set s;
	enum rule_action v;

	(void)state;
	c.inline_mode = true;
	s = set_load(rules, &c);
	assert_string_equal(judge_with(&s, udp(), "A", NULL, 0, &v), "1:1");
	assert_int_equal(v, ACTION_ALERT);
	/* over the rate: the first event with the new action is exempt */
	assert_string_equal(judge_with(&s, udp(), "A", NULL, 0, &v), "1:1");
	assert_int_equal(v, ACTION_DROP);
	assert_string_equal(judge_with(&s, udp(), "A", NULL, 0, &v), "");
	assert_int_equal(v, ACTION_DROP);
	/* suppressed, and still dropped */
	assert_string_equal(judge_with(&s, udp(), "B", NULL, 0, &v), "");
	assert_int_equal(v, ACTION_DROP);
	assert_string_equal(judge(&s, udp(), "C"), "1:3");
	assert_string_equal(judge(&s, udp(), "C"), "");
	assert_int_equal(counter(&s, "suppressed"), 1);
	assert_int_equal(counter(&s, "event_filtered"), 1);
	assert_int_equal(counter(&s, "silent"), 1);
	assert_int_equal(counter(&s, "rate_filtered"), 3);
	detector_reset(s.d);
	assert_string_equal(judge(&s, udp(), "C"), "1:3");
	set_free(&s);
}

static void
test_detection_filter_is_the_last_test(void **state)
{
	const char *rules =
	    "alert udp any any -> any any (content:\"A\"; "
	    "detection_filter:track by_src,count 2,seconds 10; sid:1;)\n"
	    "alert udp any any -> any any (content:\"A\"; "
	    "detection_filter:track by_src,count 1,seconds 10; sid:2;)\n";
	struct detect_conf c = roomy();
	struct set s = set_load(rules, &c);

	(void)state;
	assert_string_equal(judge(&s, udp(), "A"), "");
	assert_string_equal(judge(&s, udp(), "B"), "");
	assert_string_equal(judge(&s, udp(), "A"), "1:2");
	assert_string_equal(judge(&s, udp(), "A"), "1:2 1:1");
	assert_int_equal(counter(&s, "detection_filtered"), 3);
	set_free(&s);
}

static void
test_tagged_packets(void **state)
{
	const char *rules = "alert udp any any -> any any (content:\"T\"; "
	    "tag:session,2,packets; sid:1;)\n";
	struct set s = set_load(rules, NULL);
	struct unit u = { .kind = UNIT_RAW, .pkt = udp() };
	const struct event *ev;
	enum rule_action v;

	(void)state;
	assert_string_equal(judge(&s, udp(), "T"), "1:1");
	assert_string_equal(judge(&s, packet_make(PKT_L4_UDP, "10.1.1.9", 1,
	    "10.1.1.2", 2222), "x"), "");
	assert_string_equal(judge(&s, packet_make(PKT_L4_UDP, "10.1.1.2", 2222,
	    "10.1.1.1", 1111), "x"), "2:1");
	u.pkt = udp();
	assert_int_equal(detect_unit(s.d, &u, NULL, 0, &ev, &v), 1);
	assert_true(ev->tagged && ev->log_only);
	assert_int_equal(ev->event_ref, 1);
	assert_int_equal(ev->event_id, 3);
	assert_string_equal(judge(&s, udp(), "x"), "");
	set_free(&s);
}

/* -- where the literal was found ------------------------------------------------------ */

static char *
letters(char *to, unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		to[i] = "abA"[test_random(3)];
	to[len] = '\0';
	return to;
}

/* A rule of one or two contents in windows, one of them the fast pattern. */
static size_t
random_rule(char *to, size_t size, unsigned sid)
{
	static const char *const places[] = { "", "offset:2; ", "offset:3; "
	    "depth:9; ", "depth:6; ", "distance:1; ", "within:7; ",
	    "distance:-3; " };
	static const char *const fast[] = { "", "fast_pattern; ",
	    "fast_pattern:1,2; ", "fast_pattern:0,2; " };
	char a[8], b[8];

	return (size_t)snprintf(to, size, "alert udp any any -> any any ("
	    "content:\"%s\"; %s%s%scontent:%s\"%s\"; %s%ssid:%u;)\n",
	    letters(a, 3 + test_random(4)), test_random(2) ? "nocase; " : "",
	    places[test_random(4)], fast[test_random(4)],
	    test_random(4) ? "" : "!", letters(b, 1 + test_random(4)),
	    test_random(2) ? "nocase; " : "", places[test_random(7)], sid);
}

/* Tests begin where it was found; what they say is what they say without. */
static void
test_tests_begin_at_the_hit(void **state)
{
	enum { RULES = 90 };
	static char text[RULES * 160], payload[64], want[4096];
	struct detect_conf c = roomy();
	struct eval e;
	struct set s;

	(void)state;
	test_seed();
	assert_true(eval_init(&e));
	for (unsigned round = 0; round < 40; round++) {
		size_t at = 0;

		for (unsigned i = 0; i < RULES; i++)
			at += random_rule(text + at, sizeof(text) - at, i + 1);
		c.opt.max_pattern_len = round % 3 ? 0 : 2;
		s = set_load(text, &c);
		assert_int_equal(s.rs->n_rules - s.rs->n_generated - 1, RULES);
		for (unsigned k = 0; k < 50; k++) {
			struct unit u = { .kind = UNIT_RAW, .pkt = udp() };

			letters(payload, test_random(40));
			unit_set(&u, BUF_PAYLOAD, slice_make(
			    (const uint8_t *)payload, strlen(payload)));
			want[0] = '\0';
			at = 0;
			eval_unit(&e, &u);
			for (uint32_t i = 0; i < s.rs->n_rules; i++)
				if (s.rs->rules[i].fast.len && rule_match(&e,
				    &s.rs->rules[i]))
					at += (size_t)snprintf(want + at,
					    sizeof(want) - at, "%s1:%u",
					    at ? " " : "",
					    s.rs->rules[i].rule->sid);
			assert_string_equal(judge(&s, u.pkt, payload), want);
		}
		set_free(&s);
	}
	eval_fini(&e);
}

/* -- reload ------------------------------------------------------------------------- */

static void
test_counts_survive_reload(void **state)
{
	const char *one = "alert udp any any -> any any (content:\"A\"; "
	    "detection_filter:track by_src,count 2,seconds 10; sid:1;)\n";
	const char *two = "alert udp any any -> any any (content:\"B\"; "
	    "sid:2;)\nalert udp any any -> any 2222 (content:\"A\"; "
	    "detection_filter:track by_src,count 2,seconds 10; sid:1;)\n";
	struct set s = set_load(one, NULL), t = set_load(two, NULL);

	(void)state;
	assert_string_equal(judge(&s, udp(), "A"), "");
	assert_string_equal(judge(&s, udp(), "A"), "");
	assert_true(set_adopt(s.d, t.rs));
	assert_string_equal(judge(&s, udp(), "B"), "1:2");
	assert_string_equal(judge(&s, udp(), "A"), "1:1");
	set_free(&s);
	set_free(&t);
}

static void
test_reload_without_memory(void **state)
{
	struct set s = set_load(actions, NULL), t = set_load(growing_rules(),
	    NULL);
	bool done = false;

	(void)state;
	for (uint64_t nth = 1; !done; nth++) {
		mem_fail_at(nth);
		done = set_adopt(s.d, t.rs);
		mem_fail_at(0);
		assert_string_equal(judge(&s, udp(), "ALERT"),
		    done ? "1:9501" : "1:2");
		assert_true(nth < 100);
	}
	set_free(&s);
	set_free(&t);
}

static void
test_new_without_memory(void **state)
{
	struct set s = set_load(actions, NULL);
	struct detector *d = NULL;

	(void)state;
	for (uint64_t nth = 1; !d; nth++) {
		mem_fail_at(nth);
		d = detector_new(s.rs);
		mem_fail_at(0);
		assert_true(nth < 200);
	}
	detector_free(d);
	set_free(&s);
}

/* -- limits ------------------------------------------------------------------------- */

static void
test_more_hits_than_kept(void **state)
{
	enum { N = LIM_CANDIDATES + 100 };
	char *rules = test_malloc(N * 80), *payload = test_malloc(N * 4 + 1);
	struct detect_conf c = roomy();
	size_t at = 0;
	struct set s;

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		at += (size_t)snprintf(rules + at, 80, "alert udp any any -> "
		    "any any (content:\"%04x\"; sid:%u;)\n", i, i + 1);
		snprintf(payload + (size_t)i * 4, 5, "%04x", i);
	}
	s = set_load(rules, &c);
	judge(&s, udp(), payload);
	assert_int_equal(counter(&s, "hits_lost"), 1);
	assert_int_equal(detector_points(s.d), POLICY_BIT(POLICY_DETECT_HITS));
	assert_int_equal(counter(&s, "hits"), LIM_CANDIDATES);
	/* and the next packet is judged as ever */
	assert_string_equal(judge(&s, udp(), "0003"), "1:4");
	assert_int_equal(detector_points(s.d), 0);
	set_free(&s);
	test_free(rules);
	test_free(payload);
}

/*
 * Rules whose literal's places are known, in windows of all kinds, must say
 * what they say when nothing is known. Over a small alphabet, so that literals
 * repeat, overlap, and are there more often than places are kept.
 */
static void
test_places_change_nothing(void **state)
{
	static const char *const options[] = {
		"content:\"ab\"; offset:8",
		"content:\"ab\"; depth:9",
		"content:\"Ab\"; offset:3; depth:12",
		"content:\"aB\"; nocase; offset:20; depth:2",
		"content:\"aba\"; offset:2; byte_test:1,=,98,0,relative",
		"content:\"ab\"; content:\"ca\"; distance:1; within:4",
		"content:\"c\"; content:\"ab\"; distance:2; within:5; "
		    "fast_pattern",
		"content:\"ab\"; offset:4; isdataat:!3,relative",
		"content:\"aa\"; offset:5; isdataat:!9,relative",
		"content:\"aAa\"; content:\"b\"; distance:-2; within:3",
		"content:\"cabab\"; fast_pattern:1,2; content:\"c\"; "
		    "distance:1; within:3",
		"content:\"cab\"; nocase; fast_pattern:1,2; offset:7; "
		    "depth:9; content:!\"b\"; within:2",
		"content:\"c\"; content:!\"abc\"; content:\"bb\"; "
		    "distance:-4; isdataat:5,relative",
	};
	struct eval e;
	unsigned matched = 0;

	(void)state;
	test_seed();
	assert_true(eval_init(&e));
	for (unsigned i = 0; i < ARRAY_LEN(options); i++) {
		char rule[256];
		struct set s;

		snprintf(rule, sizeof(rule), "alert udp any any -> any any "
		    "(%s; sid:1;)\n", options[i]);
		s = set_load(rule, NULL);
		for (unsigned round = 0; round < 3000; round++) {
			char text[64];
			uint32_t n = 1 + test_random(sizeof(text) - 1);
			struct unit u = { .kind = UNIT_RAW, .pkt = udp() };
			bool is;

			for (uint32_t j = 0; j < n; j++)
				text[j] = "abcA"[test_random(4)];
			text[n] = '\0';
			unit_set(&u, BUF_PAYLOAD, slice_make(
			    (const uint8_t *)text, n));
			eval_unit(&e, &u);
			is = rule_match(&e, &s.rs->rules[0]);
			matched += is;
			if ((judge(&s, udp(), text)[0] != '\0') != is)
				fail_msg("%s: %s", options[i], text);
		}
		set_free(&s);
	}
	assert_true(matched > 1000);
	eval_fini(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_five_hits_longest_first),
		cmocka_unit_test(test_max_queue_events),
		cmocka_unit_test(test_order_of_equals),
		cmocka_unit_test(test_order_by_priority),
		cmocka_unit_test(test_default_order_of_actions),
		cmocka_unit_test(test_process_all_events),
		cmocka_unit_test(test_configured_order),
		cmocka_unit_test(test_inline),
		cmocka_unit_test(test_flow_first),
		cmocka_unit_test(test_rebuilt_units),
		cmocka_unit_test(test_ruletype),
		cmocka_unit_test(test_protocols),
		cmocka_unit_test(test_ports_and_direction),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_flags_and_address_lists),
		cmocka_unit_test(test_builtin_events),
		cmocka_unit_test(test_autogenerate),
		cmocka_unit_test(test_filters_in_order),
		cmocka_unit_test(test_detection_filter_is_the_last_test),
		cmocka_unit_test(test_tagged_packets),
		cmocka_unit_test(test_tests_begin_at_the_hit),
		cmocka_unit_test(test_counts_survive_reload),
		cmocka_unit_test(test_reload_without_memory),
		cmocka_unit_test(test_new_without_memory),
		cmocka_unit_test(test_more_hits_than_kept),
		cmocka_unit_test(test_places_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
