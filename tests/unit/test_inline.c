/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of packets inline: verdicts and sessions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "sensor/bypass.h"
#include "tests/tools/inline_rig.h"

static void
drop_and_its_session(void **state)
{
	struct rig *r = rig_new("-Q", TCP_RULE("drop", "attack", "1"));

	(void)state;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "innocent"));
	assert_false(rig_tcp(r, true, "PA", 9, 1, "an attack"));
	assert_true(rig_has(r, 1, VERDICT_DROPPED));
	assert_string_equal(r->records[0].reason, "rules");
	assert_int_equal(r->n_records, 2);
	assert_int_equal(r->records[1].kind, RECORD_DROP);
	assert_int_equal(r->records[1].sid, 1);
	assert_string_equal(r->records[1].reason, "rules");
	rig_forget(r);
	/* both ways, again, with a reset (a new beginning: test_inline_reopen) */
	assert_false(rig_tcp(r, true, "PA", 9, 1, "an attack"));
	assert_false(rig_tcp(r, false, "PA", 1, 9, "answer"));
	assert_false(rig_tcp(r, true, "R", 18, 0, ""));
	assert_false(rig_tcp(r, true, "FA", 18, 1, ""));
	assert_int_equal(r->n_records, 0);
	assert_int_equal(rig_ctr(r, "drop.rules"), 1);
	assert_int_equal(rig_ctr(r, "drop.session"), 4);
	assert_int_equal(rig_ctr(r, "dropped"), 5);
	assert_int_equal(rig_ctr(r, "accepted"), 4);
	/* the neighbour */
	r->cport = 1026;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "innocent"));
	rig_free(r);
}

/* Nothing changes but what records say. */
static void
would_drop(void **state)
{
	struct rig *r = rig_new("--enable-inline-test",
	    TCP_RULE("sdrop", "attack", "1") TCP_RULE("alert", "more", "2"));

	(void)state;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "an attack"));
	assert_true(rig_has(r, 1, VERDICT_WOULD_DROP));
	assert_string_equal(r->records[0].reason, "rules");
	assert_true(rig_tcp(r, true, "PA", 10, 1, "more"));
	assert_true(rig_has(r, 2, VERDICT_ALLOW));
	assert_int_equal(rig_ctr(r, "would_drop.rules"), 1);
	assert_int_equal(rig_ctr(r, "would_drop.session"), 1);
	assert_int_equal(rig_ctr(r, "accepted"), 5);
	assert_int_equal(rig_ctr(r, "dropped"), 0);
	rig_free(r);
}

/* What a unit told its last segment does not tell again. */
static void
told_once(void **state)
{
	struct rig *r = rig_new("-Q", "preprocessor http_inspect: global\n"
	    "preprocessor http_inspect_server: server default ports { 80 }\n"
	    TCP_RULE("alert", "attack", "1") TCP_RULE("drop", "worse", "2"));

	(void)state;
	r->sport = 80;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1,
	    "GET /attack HTTP/1.1\r\nHost: x\r\n\r\n"));
	assert_int_equal(r->n_records, 1);
	rig_forget(r);
	assert_false(rig_tcp(r, true, "PA", 37, 1,
	    "GET /worse HTTP/1.1\r\nHost: x\r\n\r\n"));
	assert_int_equal(r->n_records, 2); /* the alert, the drop */
	rig_free(r);
}

/* What the kernel may do without a word of the configuration. */
static void
rest_by_default(void **state)
{
	struct settings s = settings_default();
	uint32_t all;

	(void)state;
	assert_true(bypass_of(TEXT("ALL"), &all));
	assert_true(all >> FLOW_INSPECTED & all >> FLOW_BYPASS_DEPTH & 1);
	assert_false(bypass_of(TEXT("some"), &all));
	assert_int_equal(bypass_settle(&s, false), 0);
	assert_int_equal(bypass_settle(&s, true), all & ~1u);
	assert_int_equal(FLOW_INSPECTED, 0); /* the bit of what was dropped */
	assert_int_equal(s.inline_depth, LIM_INLINE_DEPTH);
	s.has_inline_bypass = true;
	assert_int_equal(bypass_settle(&s, true), 0);
	assert_true(bypass_of(TEXT("pass"), &s.inline_bypass));
	assert_int_equal(bypass_settle(&s, false), 1u << FLOW_BYPASS_PASS);
}

/* The kernel may do the rest, of what the configuration names. */
static void
rest_by_the_kernel(void **state)
{
	static const struct {
		const char *conf;
		enum frame_rest rest;
	} rows[] = {
		{ "", FRAME_REST_INSPECT },
		{ "config inline_bypass: none\n", FRAME_REST_INSPECT },
		{ "config inline_bypass: encrypted trusted\n",
		    FRAME_REST_INSPECT },
		{ "config inline_bypass: dropped\n", FRAME_REST_DROP },
		{ "config inline_bypass: all\n", FRAME_REST_DROP },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		char conf[256];
		struct rig *r;

		snprintf(conf, sizeof(conf), "%s%s", rows[i].conf,
		    RULE("drop", "attack", "1"));
		r = rig_new("-Q", conf);
		assert_true(rig_udp(r, true, "fine"));
		assert_int_equal(r->v.rest, FRAME_REST_INSPECT);
		assert_false(rig_udp(r, true, "attack"));
		assert_int_equal(r->v.rest, rows[i].rest);
		assert_false(rig_udp(r, false, "fine"));
		assert_int_equal(r->v.rest, rows[i].rest);
		rig_free(r);
	}
}

static void
rest_is_trusted(void **state)
{
	struct rig *r = rig_new("-Q", "config inline_bypass: trusted\n"
	    RULE("drop", "attack", "1"));

	(void)state;
	assert_true(rig_udp(r, true, "fine"));
	r->in.frame_flow->bypass = FLOW_BYPASS_TRUSTED;
	assert_true(rig_udp(r, true, "attack"));
	assert_int_equal(r->v.rest, FRAME_REST_ACCEPT);
	r->in.frame_flow->bypass = FLOW_BYPASS_POLICY;
	assert_true(rig_udp(r, true, "attack"));
	assert_int_equal(r->v.rest, FRAME_REST_INSPECT);
	rig_free(r);
}

/* What passes all of a session leaves it alone where that is asked for; what
 * passes a word does not. */
static void
rest_is_passed(void **state)
{
	static const struct {
		const char *conf, *rule;
		enum frame_rest rest;
	} rows[] = {
		{ "pass", "pass udp any any -> any any (sid:2;)\n",
		    FRAME_REST_ACCEPT },
		{ "pass", "pass udp any any -> any any (flow:to_server; "
		    "sid:2;)\n", FRAME_REST_ACCEPT },
		{ "pass", "pass udp any any -> any any (content:\"fine\"; "
		    "sid:2;)\n", FRAME_REST_INSPECT },
		{ "trusted", "pass udp any any -> any any (sid:2;)\n",
		    FRAME_REST_INSPECT },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		char conf[256];
		struct rig *r;

		snprintf(conf, sizeof(conf), "config inline_bypass: %s\n"
		    "config order: pass drop alert\n%s", rows[i].conf,
		    rows[i].rule);
		r = rig_new("-Q", conf);
		assert_true(rig_udp(r, true, "fine"));
		assert_int_equal(r->v.rest, rows[i].rest);
		assert_true(rig_udp(r, false, "attack"));
		assert_int_equal(r->v.rest, rows[i].rest);
		rig_free(r);
	}
}

static void
rest_is_beyond_its_depth(void **state)
{
	struct rig *r = rig_new("-Q", "config inline_bypass: depth\n"
	    "config inline_depth: 100\n" TCP_RULE("drop", "attack", "1"));
	unsigned n = 0;

	(void)state;
	while (n < 10 && r->v.rest == FRAME_REST_INSPECT) {
		assert_true(rig_udp(r, n & 1, "0123456789"));
		n++;
	}
	assert_int_equal(r->v.rest, FRAME_REST_ACCEPT);
	assert_in_range(n, 2, 6);
	assert_true(r->in.ctrs[INSPECT_CTR_DEPTH] == 1);
	rig_free(r);
}

/* A rule for test only: told, counted, and nothing else. */
static void
rule_in_test(void **state)
{
	static const char *const confs[] = {
		"config inline_test_rules: 5, 1:1\n"
		    TCP_RULE("drop", "attack", "1")
		    TCP_RULE("reject", "worse", "2"),
		"drop tcp any any -> any any (content:\"attack\"; "
		    "metadata:inline-test yes; replace:\"xxxxxx\"; "
		    "resp:reset_both; sid:1;)\n"
		    TCP_RULE("reject", "worse", "2"),
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(confs); i++) {
		struct rig *r = rig_new("-Q", confs[i]);

		rig_handshake(r);
		assert_true(rig_tcp(r, true, "PA", 1, 1, "an attack"));
		assert_true(rig_has(r, 1, VERDICT_WOULD_DROP));
		assert_string_equal(r->records[0].reason, "rules");
		assert_int_equal(r->v.rewritten, 0);
		assert_int_equal(r->n_sent, 0);
		assert_int_equal(rig_ctr(r, "would_drop.rules"), 1);
		assert_int_equal(rig_ctr(r, "dropped"), 0);
		assert_true(rig_tcp(r, true, "PA", 10, 1, "fine"));
		/* it does not stand before one that is in force */
		rig_forget(r);
		rig_tcp(r, true, "PA", 14, 1, "an attack and worse");
		assert_true(rig_has(r, 1, VERDICT_WOULD_DROP));
		assert_true(rig_has(r, 2, VERDICT_DROPPED));
		assert_int_equal(rig_ctr(r, "drop.rules"), 1);
		assert_int_equal(rig_ctr(r, "would_drop.rules"), 1);
		rig_free(r);
	}
}

/* -- sticky drop ------------------------------------------------------------- */

static void
sticky_drop(void **state)
{
	struct rig *r = rig_new("-Q", "drop udp any any -> any any "
	    "(content:\"attack\"; sticky-drop:5,src; sid:1;)\n");

	(void)state;
	assert_true(rig_udp(r, true, "fine"));
	assert_false(rig_udp(r, true, "attack"));
	rig_forget(r);
	r->cport = 7;
	assert_false(rig_udp(r, true, "fine"));
	assert_false(rig_udp(r, false, "fine")); /* to it as well */
	rig_tcp(r, true, "S", 0, 0, "");
	assert_int_equal(rig_ctr(r, "drop.sticky-drop"), 3);
	assert_int_equal(r->n_records, 0);
	r->client = "10.1.1.9";
	assert_true(rig_udp(r, true, "fine"));
	r->client = "10.1.1.1";
	r->ms += 5000;
	assert_true(rig_udp(r, true, "fine"));
	assert_int_equal(r->in.sticky_ctrs[STICKY_CTR_ADDED], 1);
	assert_int_equal(r->in.sticky_ctrs[STICKY_CTR_EXPIRED], 1);
	rig_free(r);
}

/* -- bait-and-switch ---------------------------------------------------------- */

/* The attack's session ends; of a capture nobody is sent on. */
static void
bait_and_switch(void **state)
{
	static const struct {
		const char *rule;
		bool ends;
	} cases[] = {
		{ "src,10.9.9.9", true },
		{ "dst,10.9.9.9", true },
		{ "src,10.1.1.2", false },   /* done to the honeypot */
		{ "dst,10.1.1.1", false },   /* (its answer) */
		{ "src,10.1.1.1", false },   /* who attacks is it */
		{ "src,fd00::1", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rig *r;
		char rules[256];

		snprintf(rules, sizeof(rules), "alert tcp any any -> any any "
		    "(content:\"attack\"; bait-and-switch:5,%s; sid:1;)\n",
		    cases[i].rule);
		r = rig_new("-Q", rules);
		r->server = "10.1.1.2";
		rig_handshake(r);
		/* (what goes on may be the reset that is made of it) */
		(void)rig_tcp(r, true, "PA", 1, 1, "an attack");
		assert_true(rig_has(r, 1, cases[i].ends ? VERDICT_DROPPED :
		    VERDICT_ALLOW));
		assert_string_equal(r->records[0].reason, cases[i].ends ?
		    "bait-and-switch" : "");
		assert_int_equal(r->n_records, cases[i].ends ? 2 : 1);
		assert_true(!cases[i].ends || (r->records[1].kind ==
		    RECORD_DROP && r->records[1].sid == 1));
		assert_int_equal(rig_ctr(r, "drop.bait-and-switch"),
		    cases[i].ends);
		assert_int_equal(rig_ctr(r, "rejected"), cases[i].ends);
		assert_int_equal(rig_tcp(r, false, "PA", 1, 10, "answer"),
		    !cases[i].ends);
		assert_int_equal(r->in.bait_ctrs[BAIT_CTR_REJECTED],
		    cases[i].ends);
		assert_int_equal(r->in.bait_ctrs[BAIT_CTR_LOST],
		    cases[i].ends);
		assert_int_equal(r->in.bait_ctrs[BAIT_CTR_IGNORED],
		    !cases[i].ends);
		rig_free(r);
	}
}

/* A test drop, a rule for test only, and copies end nothing. */
static void
bait_and_switch_is_enforced_or_not(void **state)
{
	struct rig *r = rig_new("--enable-inline-test", "alert tcp any any -> "
	    "any any (content:\"attack\"; bait-and-switch:5,src,10.9.9.9; "
	    "sid:1;)\n");

	(void)state;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "an attack"));
	assert_int_equal(rig_ctr(r, "would_drop.bait-and-switch"), 1);
	assert_int_equal(r->in.bait_ctrs[BAIT_CTR_LOST], 0);
	rig_free(r);
	r = rig_new("-Q", "alert tcp any any -> any any (content:\"attack\"; "
	    "bait-and-switch:5,src,10.9.9.9; metadata:inline-test yes; "
	    "sid:1;)\n");
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "an attack"));
	assert_int_equal(r->in.bait_ctrs[BAIT_CTR_REJECTED], 0);
	rig_free(r);
}

/* -- sticky drop, again ------------------------------------------------------- */

/* An event that no output is told of holds nobody; nor does a test drop. */
static void
sticky_drop_by_what_is_told(void **state)
{
	static const char rule[] = "drop udp any any -> any any "
	    "(content:\"attack\"; sticky-drop:5,dst; sid:1;)\n";
	char conf[256];
	struct rig *r;

	(void)state;
	snprintf(conf, sizeof(conf), "suppress gen_id 1, sig_id 1\n%s", rule);
	r = rig_new("-Q", conf);
	assert_false(rig_udp(r, true, "attack"));
	r->cport++;
	assert_true(rig_udp(r, true, "fine"));
	rig_free(r);
	r = rig_new("--enable-inline-test", rule);
	assert_true(rig_udp(r, true, "attack"));
	r->cport++;
	assert_true(rig_udp(r, true, "fine"));
	assert_int_equal(rig_ctr(r, "would_drop.sticky-drop"), 1);
	rig_free(r);
}

static void
sticky_drop_is_ignored(void **state)
{
	static const struct {
		const char *conf;
		bool held;
	} rows[] = {
		{ "preprocessor stickydrop-ignorehosts: 10.2.0.0/16", true },
		{ "preprocessor stickydrop-ignorehosts: 10.1.0.0/16", false },
		{ "preprocessor stickydrop-ignorehosts: 10.1.1.1@1025", false },
		{ "preprocessor stickydrop-ignorehosts: 10.1.1.1@1026", true },
		{ "preprocessor stickydrop-ignoreports-from: 1000:1100", false },
		{ "preprocessor stickydrop-ignoreports-to: 9999", false },
		{ "preprocessor stickydrop-ignoreports-to: 9998", true },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		char conf[256];
		struct rig *r;

		snprintf(conf, sizeof(conf), "%s\nalert udp any any -> any "
		    "any (content:\"attack\"; sticky-drop:5,src; sid:1;)\n",
		    rows[i].conf);
		r = rig_new("-Q", conf);
		assert_true(rig_udp(r, true, "attack"));
		assert_int_equal(rig_udp(r, true, "fine"), !rows[i].held);
		assert_int_equal(r->in.sticky_ctrs[STICKY_CTR_IGNORED],
		    !rows[i].held);
		rig_free(r);
	}
}

/* The table has a size, and memory may be out. */
static void
sticky_drop_is_bounded(void **state)
{
	struct sticky_conf conf = { .max_entries = 32 };
	uint64_t ctrs[STICKY_CTR_MAX] = { 0 };
	struct pkt_dec d = { .ip_ver = 4, .src = { .family = 4 },
		.dst = { .family = 4, .b = { 1 } } };
	struct sticky_event e = { .src = &d.src, .dst = &d.dst, .seconds = 9 };
	struct sticky *s;
	unsigned held = 0;
	char err[128];

	(void)state;
	s = sticky_new(&conf, ".", err, sizeof(err));
	assert_non_null(s);
	assert_false(sticky_has(s, &d, e.now, ctrs));
	for (unsigned i = 0; i < 1000; i++) {
		d.src.b[2] = (uint8_t)(i >> 8);
		d.src.b[3] = (uint8_t)i;
		sticky_add(s, &e, ctrs);
	}
	assert_int_equal(ctrs[STICKY_CTR_ADDED], 1000);
	for (unsigned i = 0; i < 1000; i++) {
		d.src.b[2] = (uint8_t)(i >> 8);
		d.src.b[3] = (uint8_t)i;
		held += sticky_has(s, &d, e.now, ctrs);
	}
	assert_int_equal(held, 1000 - ctrs[STICKY_CTR_EVICTED]);
	assert_in_range(held, 16, 32);
	sticky_free(s);
	for (uint64_t nth = 1;; nth++) {
		mem_fail_at(nth);
		s = sticky_new(&conf, ".", err, sizeof(err));
		mem_fail_at(0);
		if (s)
			break;
		assert_string_equal(err, "out of memory");
	}
	sticky_free(s);
	conf.log_file = "/no/such/folder/log";
	assert_null(sticky_new(&conf, ".", err, sizeof(err)));
	assert_non_null(strstr(err, "/no/such/folder/log"));
}

static void
silent_drop(void **state)
{
	struct rig *r = rig_new("-Q", RULE("sdrop", "attack", "1"));

	(void)state;
	assert_false(rig_udp(r, true, "attack"));
	assert_int_equal(r->n_records, 1);
	assert_int_equal(r->records[0].kind, RECORD_DROP);
	assert_false(rig_udp(r, false, "reply"));
	r->cport++;
	assert_true(rig_udp(r, true, "fine"));
	rig_free(r);
}

/* In policy_mode tap drop rules alert. */
static void
tap_drops_nothing(void **state)
{
	struct rig *r = rig_new("-Q", "config policy_mode: tap\n"
	    RULE("drop", "attack", "1"));

	(void)state;
	assert_true(rig_udp(r, true, "attack"));
	assert_int_equal(r->n_records, 1);
	assert_int_equal(rig_ctr(r, "dropped"), 0);
	rig_free(r);
}

/* Pass goes before drop as it does in Snort, and drop before alert. */
static void
precedence(void **state)
{
	struct rig *r = rig_new("-Q", RULE("alert", "attack", "1")
	    RULE("drop", "attack", "2") RULE("pass", "attack x", "3"));

	(void)state;
	assert_true(rig_udp(r, true, "attack x"));
	assert_int_equal(r->n_records, 0);
	assert_false(rig_udp(r, true, "attack y"));
	assert_true(rig_has(r, 2, VERDICT_DROPPED));
	assert_false(rig_has(r, 1, VERDICT_ALLOW));
	/* what passes does not bring a dropped session back */
	assert_false(rig_udp(r, true, "attack x"));
	rig_free(r);
}

/* The segment with the last byte dies, whoever acknowledged what. */
static void
split_over_segments(void **state)
{
	static const char text[] = "attack";

	(void)state;
	for (unsigned acked = 0; acked < 2; acked++)
		for (unsigned cut = 1; cut < 6; cut++) {
			struct rig *r = rig_new("-Q",
			    TCP_RULE("drop", "attack", "1"));
			char first[8] = "";

			rig_handshake(r);
			memcpy(first, text, cut);
			assert_true(rig_tcp(r, true, "PA", 1, 1, first));
			if (acked)
				assert_true(rig_tcp(r, false, "A", 1, 1 + cut,
				    ""));
			assert_false(rig_tcp(r, true, "PA", 1 + cut, 1,
			    text + cut));
			assert_true(rig_has(r, 1, VERDICT_DROPPED));
			assert_int_equal(rig_ctr(r, "drop.rules"), 1);
			rig_free(r);
		}
}

/* Byte by byte, and the last two the other way round. */
static void
split_into_bytes(void **state)
{
	struct rig *r = rig_new("-Q", TCP_RULE("drop", "attack", "1"));
	uint32_t seq = 1;

	(void)state;
	rig_handshake(r);
	for (const char *at = "an atta"; *at; at++) {
		char one[2] = { *at, '\0' };

		assert_true(rig_tcp(r, true, "PA", seq++, 1, one));
	}
	assert_true(rig_tcp(r, true, "PA", seq + 1, 1, "k"));
	assert_false(rig_tcp(r, true, "PA", seq, 1, "c"));
	rig_free(r);
}

/* In pieces that overlap, or that close a hole. */
static void
split_with_overlaps(void **state)
{
	struct rig *r = rig_new("-Q", TCP_RULE("drop", "attack", "1"));

	(void)state;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "atta"));
	assert_false(rig_tcp(r, true, "PA", 3, 1, "tack"));
	rig_free(r);
	r = rig_new("-Q", TCP_RULE("drop", "attack", "1"));
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 4, 1, "ack"));
	assert_false(rig_tcp(r, true, "PA", 1, 1, "att"));
	rig_free(r);
}

/* What more bytes could make false waits for them. */
static void
open_units_wait_for_negations(void **state)
{
	struct rig *r = rig_new("-Q", "drop tcp any any -> any any "
	    "(content:\"attack\"; content:!\"harmless\"; sid:1;)\n");

	(void)state;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "att"));
	assert_true(rig_tcp(r, true, "PA", 4, 1, "ack"));
	assert_int_equal(r->n_records, 0);
	rig_free(r);
}

/* An alert is told once, however often its bytes are looked at. */
/* -- deep in a session --------------------------------------------------------- */

enum { DEEP_REQUESTS = 900, DEEP_ROUNDS = 20, DEEP_BODY = 1 << 20 };

#define DEEP_CONF                                                              \
	"preprocessor http_inspect: global\n"                                  \
	"preprocessor http_inspect_server: server default ports { 80 } "       \
	"post_depth 0\n"                                                       \
	"drop tcp any any -> any 80 (content:\"/attack\"; http_uri; sid:1;)\n" \
	"drop tcp any any -> any 80 (content:\"EVILBYTES\"; sid:2;)\n"

/* Sends text in segments of n bytes from seq on; true: all went on. */
static bool
send_parts(struct rig *r, uint32_t *seq, const char *text, size_t n)
{
	size_t len = strlen(text);

	for (size_t at = 0; at < len; at += n) {
		char part[1500];

		snprintf(part, sizeof(part), "%.*s", (int)n, text + at);
		if (!rig_tcp(r, true, "PA", *seq, 1, part))
			return false;
		*seq += (uint32_t)strlen(part);
		rig_tcp(r, false, "A", 1, *seq, "");
	}
	return true;
}

/* However the last request of many is cut, it does not arrive. */
static void
attack_in_a_late_request(void **state)
{
	(void)state;
	for (unsigned round = 0; round < DEEP_ROUNDS; round++) {
		struct rig *r = rig_new("-Q", DEEP_CONF);
		uint32_t seq = 1;

		r->sport = 80;
		rig_handshake(r);
		for (unsigned i = 1; i < DEEP_REQUESTS; i++)
			assert_true(send_parts(r, &seq, "GET /index.html "
			    "HTTP/1.1\r\nHost: x\r\n\r\n", 1400));
		assert_false(send_parts(r, &seq, round & 1 ?
		    "GET /attack HTTP/1.1\r\nHost: x\r\n\r\n" :
		    "GET / HTTP/1.1\r\nHost: EVILBYTES\r\n\r\n",
		    1 + round * 3));
		assert_int_equal(rig_ctr(r, "dropped"), 1);
		rig_free(r);
	}
}

/* Nor does the end of a long body; what it dies with is the byte that
 * completes the attack. */
static void
attack_at_the_end_of_a_body(void **state)
{
	static char piece[1401], last[1025];

	(void)state;
	memset(piece, 'a', 1400);
	memset(last, 'b', 1024);
	for (unsigned round = 0; round < DEEP_ROUNDS; round++) {
		struct rig *r = rig_new("-Q", DEEP_CONF);
		size_t at = 1 + round * 53, sent = 0;
		uint32_t seq = 1, body;
		bool all;

		r->sport = 80;
		rig_handshake(r);
		assert_true(send_parts(r, &seq, "POST / HTTP/1.1\r\nHost: x"
		    "\r\nContent-Length: 1048576\r\n\r\n", 1400));
		body = seq;
		while (sent < DEEP_BODY - 1024) {
			size_t n = DEEP_BODY - 1024 - sent;

			piece[n < 1400 ? n : 1400] = '\0';
			assert_true(send_parts(r, &seq, piece, 1400));
			sent += strlen(piece);
			memset(piece, 'a', 1400);
		}
		if (at > 1024 - 9)
			at = 1024 - 9;
		memcpy(last + at, "EVILBYTES", 9);
		all = send_parts(r, &seq, last, 5);
		assert_false(all);
		assert_in_range(seq - body - (DEEP_BODY - 1024), at + 9 - 5,
		    at + 9);
		assert_int_equal(rig_ctr(r, "dropped"), 1);
		memset(last, 'b', 1024);
		rig_free(r);
	}
}

static void
alerts_once(void **state)
{
	struct rig *r = rig_new("-Q", TCP_RULE("alert", "attack", "1"));

	(void)state;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "an attack"));
	assert_true(rig_tcp(r, true, "PA", 10, 1, "and more"));
	assert_true(rig_tcp(r, false, "A", 1, 18, ""));
	inspect_flush(&r->in);
	assert_int_equal(r->n_records, 1);
	rig_free(r);
}

static bool
fragment(struct rig *r, uint16_t field, const char *text)
{
	craft_init(&r->c);
	craft_eth(&r->c, 0x0800);
	r->c.next_id = 7;
	craft_ip4(&r->c, 17, r->client, r->server);
	craft_ip4_frag(&r->c, field);
	if (field == 0x2000)
		craft_hex(&r->c, "0401 270f 0028 0000"); /* UDP */
	craft_text(&r->c, text);
	craft_done(&r->c);
	return rig_send(r);
}

/* The fragment that completes it dies, and those that come after it. */
static void
fragments(void **state)
{
	struct rig *r = rig_new("-Q", RULE("drop", "attack", "1"));

	(void)state;
	assert_true(fragment(r, 0x2000, "12345678 att")); /* 20 bytes */
	r->c.len = 0;
	assert_true(r->n_records == 0);
	rig_free(r);
	r = rig_new("-Q", RULE("drop", "attack", "1"));
	assert_true(fragment(r, 0x2000, "12345678901234567890 att"));
	assert_false(fragment(r, 4, "ack6"));
	assert_true(rig_has(r, 1, VERDICT_DROPPED));
	assert_false(fragment(r, 4, "ack6"));
	assert_false(fragment(r, 0x2000, "12345678901234567890 att"));
	assert_int_equal(rig_ctr(r, "drop.datagram"), 2);
	rig_free(r);
}

static void
wrong_checksums(void **state)
{
	struct rig *r = rig_new("-Q", "config checksum_drop: udp\n"
	    RULE("drop", "attack", "1"));

	(void)state;
	assert_true(rig_udp(r, true, "fine"));
	craft_poke8(&r->c, r->c.len - 1, 'E');
	assert_false(rig_send(r));
	assert_int_equal(rig_ctr(r, "drop.checksum"), 1);
	/* the kernel fills it in later */
	r->flags = FRAME_CSUM_NOT_READY;
	assert_true(rig_send(r));
	r->flags = 0;
	assert_true(rig_tcp(r, true, "S", 0, 0, ""));
	craft_poke8(&r->c, r->c.len - 1, 1);
	assert_true(rig_send(r));
	rig_free(r);
}

static void
decoder_events(void **state)
{
	static const struct {
		const char *conf;
		bool goes_on;
	} rows[] = {
		{ "", true },
		{ "config autogenerate_preprocessor_decoder_rules\n", true },
		{ "config autogenerate_preprocessor_decoder_rules\n"
		  "config enable_decode_drops\n", false },
		{ "drop (gid:116; sid:150; msg:\"loopback\";)\n", false },
		{ "config disable_decode_drops\n"
		  "drop (gid:116; sid:150; msg:\"loopback\";)\n", true },
		{ "config enable_decode_drops\n"
		  "alert (gid:116; sid:150; msg:\"loopback\";)\n", true },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig *r = rig_new("-Q", rows[i].conf);

		r->client = "127.0.0.1";
		assert_int_equal(rig_udp(r, true, "text"), rows[i].goes_on);
		assert_int_equal(rig_ctr(r, "drop.events"), !rows[i].goes_on);
		rig_free(r);
	}
}

static void
rate_filter(void **state)
{
	struct rig *r = rig_new("-Q", RULE("alert", "ping", "1")
	    "rate_filter gen_id 1, sig_id 1, track by_src, count 2, "
	    "seconds 10, new_action drop, timeout 10\n");

	(void)state;
	assert_true(rig_udp(r, true, "ping"));
	assert_true(rig_udp(r, true, "ping"));
	assert_false(rig_udp(r, true, "ping"));
	assert_false(rig_udp(r, true, "ping"));
	/* the packet alone */
	assert_true(rig_udp(r, true, "pong"));
	assert_int_equal(rig_ctr(r, "drop.rate_filter"), 2);
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drop_and_its_session),
		cmocka_unit_test(would_drop),
		cmocka_unit_test(told_once),
		cmocka_unit_test(rest_by_default),
		cmocka_unit_test(rest_by_the_kernel),
		cmocka_unit_test(rest_is_trusted),
		cmocka_unit_test(rest_is_passed),
		cmocka_unit_test(rest_is_beyond_its_depth),
		cmocka_unit_test(rule_in_test),
		cmocka_unit_test(sticky_drop),
		cmocka_unit_test(bait_and_switch),
		cmocka_unit_test(bait_and_switch_is_enforced_or_not),
		cmocka_unit_test(sticky_drop_by_what_is_told),
		cmocka_unit_test(sticky_drop_is_ignored),
		cmocka_unit_test(sticky_drop_is_bounded),
		cmocka_unit_test(silent_drop),
		cmocka_unit_test(tap_drops_nothing),
		cmocka_unit_test(precedence),
		cmocka_unit_test(split_over_segments),
		cmocka_unit_test(split_into_bytes),
		cmocka_unit_test(split_with_overlaps),
		cmocka_unit_test(open_units_wait_for_negations),
		cmocka_unit_test(attack_in_a_late_request),
		cmocka_unit_test(attack_at_the_end_of_a_body),
		cmocka_unit_test(alerts_once),
		cmocka_unit_test(fragments),
		cmocka_unit_test(wrong_checksums),
		cmocka_unit_test(decoder_events),
		cmocka_unit_test(rate_filter),
	};

	return cmocka_run_group_tests_name("inline", tests, NULL, NULL);
}
