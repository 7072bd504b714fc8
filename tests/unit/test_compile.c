/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "opt_help.h"

static void
expect_fast(const char *proto, const char *options, const char *want,
    enum buf_id buf, uint32_t full_len, bool any)
{
	const struct fast_pattern *f;
	struct compiled c;

	compile_options(&c, proto, options);
	f = &c.rule.fast;
	if (!want) {
		assert_null(f->ptr);
	} else {
		assert_non_null(f->ptr);
		assert_int_equal(f->len, strlen(want));
		assert_memory_equal(f->ptr, want, f->len);
		assert_int_equal(f->buf, buf);
		assert_int_equal(f->full_len, full_len);
		assert_int_equal(f->any_payload, any);
	}
	compiled_fini(&c);
}

static void
fast_patterns(void **state)
{
	(void)state;
	expect_fast("udp", "content:\"abc\"; content:\"defgh\"", "defgh",
	    BUF_PAYLOAD, 5, false);
	expect_fast("udp", "content:\"abc\"; fast_pattern; content:\"defgh\"",
	    "abc", BUF_PAYLOAD, 3, false);
	expect_fast("udp", "content:\"abcdef\"; fast_pattern:2,3", "cde",
	    BUF_PAYLOAD, 6, false);
	expect_fast("udp", "content:\"abc\"; fast_pattern:only", "abc",
	    BUF_PAYLOAD, 3, true);
	/* http first, of the buffers that can be */
	expect_fast("tcp", "content:\"abcdef\"; content:\"/x\"; http_uri",
	    "/x", BUF_HTTP_URI, 2, false);
	expect_fast("tcp", "content:\"ab\"; content:\"GETGET\"; http_method",
	    "ab", BUF_PAYLOAD, 2, false);
	expect_fast("tcp", "content:\"x\"; http_cookie", NULL, 0, 0, false);
	/* leading zeros do not count */
	expect_fast("udp", "content:\"|00 00 00 00|a\"; content:\"xyz\"",
	    "xyz", BUF_PAYLOAD, 3, false);
	/* negated: another one, or none */
	expect_fast("udp", "content:!\"abcdef\"; content:\"xy\"", "xy",
	    BUF_PAYLOAD, 2, false);
	expect_fast("udp", "content:!\"abc\"; fast_pattern; content:\"x\"",
	    "x", BUF_PAYLOAD, 1, false);
	expect_fast("udp", "content:!\"abc\"", NULL, 0, 0, false);
	/* what stands in another buffer */
	expect_fast("tcp", "file_data; content:\"abc\"", "abc",
	    BUF_FILE_DATA, 3, false);
	expect_fast("udp", "base64_decode; base64_data; content:\"abc\"",
	    NULL, 0, 0, false);
	expect_fast("udp", "base64_decode; base64_data; content:\"abc\"; "
	    "rawbytes", "abc", BUF_PAYLOAD, 3, false);
	expect_fast("tcp", "file_data; content:\"ab\"; pkt_data; "
	    "content:\"abc\"", "abc", BUF_PAYLOAD, 3, false);
	expect_fast("udp", "dsize:1", NULL, 0, 0, false);
}

static void
max_pattern_len_truncates(void **state)
{
	static const char rules[][96] = {
		"alert udp any any -> any any (content:\"abcdef\"; sid:1;)",
		"alert udp any any -> any any (content:\"abcdef\"; "
		"fast_pattern:only; sid:1;)",
	};
	static const uint32_t want[] = { 4, 6 };
	struct opt_conf conf = opt_defaults;

	(void)state;
	conf.max_pattern_len = 4;
	for (unsigned i = 0; i < ARRAY_LEN(rules); i++) {
		struct compiled c;

		compile_rule(&c, rules[i], &conf);
		assert_true(c.good);
		assert_int_equal(c.rule.fast.len, want[i]);
		assert_int_equal(c.rule.fast.full_len, 6);
		compiled_fini(&c);
	}
}

static void
needs(void **state)
{
	static const struct {
		const char *options;
		uint32_t needs;
		const char *proto; /* NULL: tcp */
	} cases[] = {
		{ "content:\"a\"", 0, NULL },
		{ "flow:to_server", 0, NULL },
		{ "flow:stateless", 0, NULL },
		{ "flow:no_stream,no_frag", 0, NULL },
		{ "flow:established", RULE_NEEDS_SESSIONS, NULL },
		{ "flow:not_established", 0, NULL },
		{ "flow:only_stream", RULE_NEEDS_SESSIONS, NULL },
		{ "flow:only_frag", 0, NULL },
		{ "flowbits:set,a", 0, NULL },
		{ "flowbits:isset,a", RULE_NEEDS_SESSIONS, NULL },
		{ "flowbits:isnotset,a", RULE_NEEDS_SESSIONS, NULL },
		{ "stream_size:client,>,1", RULE_NEEDS_SESSIONS, NULL },
		{ "stream_reassemble:disable,both", 0, NULL },
		{ "uricontent:\"a\"", RULE_NEEDS_HTTP, NULL },
		{ "pcre:\"/a/U\"", RULE_NEEDS_HTTP, NULL },
		{ "urilen:1", RULE_NEEDS_HTTP, NULL },
		{ "file_data", RULE_NEEDS_FILE_DATA, NULL },
		{ "file_data", RULE_NEEDS_FILE_DATA, "ip" },
		{ "file_data", 0, "udp" },
		{ "base64_decode; base64_data", 0, NULL },
		{ "dce_stub_data", RULE_NEEDS_DCE, NULL },
		{ "byte_test:1,>,0,0,dce", RULE_NEEDS_DCE, NULL },
		{ "ssl_state:client_hello", RULE_NEEDS_SSL, NULL },
		{ "activated_by:1; count:5", RULE_NEEDS_DYNAMIC, NULL },
		{ "flow:established; content:\"a\"; http_uri",
		  RULE_NEEDS_SESSIONS | RULE_NEEDS_HTTP, NULL },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct compiled c;

		compile_options(&c, cases[i].proto ? cases[i].proto : "tcp",
		    cases[i].options);
		if (c.rule.needs != cases[i].needs)
			fail_msg("%s: needs %x, not %x", cases[i].options,
			    c.rule.needs, cases[i].needs);
		compiled_fini(&c);
	}
}

/* Where a protocol's sessions are tracked its rules are active. */
static void
needs_by_protocol(void **state)
{
	static const struct {
		const char *proto, *options;
		bool of_udp, of_tcp; /* active where only these are tracked */
	} cases[] = {
		{ "tcp", "flow:established", false, true },
		{ "udp", "flow:established", true, false },
		{ "ip", "flow:established", true, true },
		{ "udp", "flowbits:isset,a", true, false },
		{ "icmp", "flowbits:isnotset,a", false, false },
		{ "ip", "flow:only_stream", false, true },
		{ "tcp", "stream_size:client,>,1", false, true },
		{ "tcp", "flowbits:set,a", true, true },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct opt_conf conf = opt_defaults;
		struct compiled c;
		char text[256];

		snprintf(text, sizeof(text), "alert %s any any -> any any "
		    "(%s; sid:1;)", cases[i].proto, cases[i].options);
		conf.tracked[FLOW_UDP] = true;
		compile_rule(&c, text, &conf);
		assert_int_equal(!c.rule.needs, cases[i].of_udp);
		compiled_fini(&c);
		conf.tracked[FLOW_UDP] = false;
		conf.tracked[FLOW_TCP] = true;
		compile_rule(&c, text, &conf);
		assert_int_equal(!c.rule.needs, cases[i].of_tcp);
		compiled_fini(&c);
	}
}

static void
rule_fields(void **state)
{
	struct compiled c;

	(void)state;
	compile_options(&c, "tcp", "content:\"abc\"; content:\"b\"; within:1; "
	    "flags:S,12; flowbits:noalert; tag:host,5,packets,dst; "
	    "threshold:type limit,track by_dst,count 1,seconds 60; "
	    "detection_filter:track by_src,count 5,seconds 10; "
	    "logto:\"x\"; resp:rst_all; sticky-drop:60,dst; "
	    "fwsam:dst[conn],1 hour");
	assert_int_equal(c.rule.n_tests, 4);
	assert_int_equal(c.rule.n_parts, 11);
	assert_true(c.rule.tests[0].retry);
	assert_false(c.rule.tests[1].retry);
	assert_true(c.rule.tests[1].relative);
	assert_int_equal(c.rule.longest_content, 3);
	assert_true(c.rule.has_flags_test);
	assert_int_equal(c.rule.flags_value, TCP_SYN);
	assert_int_equal(c.rule.flags_ignored, TCP_CWR | TCP_ECE);
	assert_true(c.rule.noalert);
	assert_true(c.rule.tag.host && c.rule.tag.by_dst);
	assert_int_equal(c.rule.tag.packets, 5);
	assert_int_equal(c.rule.threshold.type, FILTER_LIMIT);
	assert_true(c.rule.threshold.by_dst);
	assert_int_equal(c.rule.threshold.seconds, 60);
	assert_int_equal(c.rule.detection_filter.type, FILTER_DETECTION);
	assert_int_equal(c.rule.detection_filter.count, 5);
	assert_string_equal(c.rule.logto, "x");
	assert_int_equal(c.rule.response.resp,
	    RESP_RESET_SOURCE | RESP_RESET_DEST);
	assert_true(c.rule.response.sticky_drop.on);
	assert_true(c.rule.response.fwsam.how == FWSAM_CONN);
	assert_int_equal(c.rule.response.fwsam.seconds, 3600);
	compiled_fini(&c);
}

/* All errors of a rule are reported, not the first alone. */
static void
all_errors(void **state)
{
	struct compiled c;

	(void)state;
	compile_rule(&c, "alert udp any any -> any any (bogus; content:\"\"; "
	    "dsize:x; sid:1;)", &opt_defaults);
	assert_false(c.good);
	assert_int_equal(c.tree->errors.n_rule, 3);
	compiled_fini(&c);
}

static void
too_many_options(void **state)
{
	char text[8192] = "alert udp any any -> any any (";
	struct compiled c;

	(void)state;
	for (unsigned i = 0; i <= LIM_RULE_OPTIONS; i++)
		strncat(text, "sameip;", sizeof(text) - strlen(text) - 1);
	strncat(text, "sid:1;)", sizeof(text) - strlen(text) - 1);
	compile_rule(&c, text, &opt_defaults);
	assert_false(c.good);
	compiled_fini(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fast_patterns),
		cmocka_unit_test(max_pattern_len_truncates),
		cmocka_unit_test(needs),
		cmocka_unit_test(needs_by_protocol),
		cmocka_unit_test(rule_fields),
		cmocka_unit_test(all_errors),
		cmocka_unit_test(too_many_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
