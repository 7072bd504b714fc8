/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sensitive data: patterns, numbers, counts by session, masking. */
#include "detect_help.h"

static struct sd_conf conf_sd;

static struct detect_conf
with_sd(void)
{
	struct detect_conf c = detect_conf_default();

	conf_sd = sd_conf_default();
	c.sd = &conf_sd;
	c.opt.has = RULE_NEEDS_SENSITIVE;
	c.max_queue = c.log = 100;
	c.max_queue_events = 50;
	return c;
}

static struct set
load(const char *rules)
{
	struct detect_conf c = with_sd();

	return set_load(rules, &c);
}

static uint64_t
ctr(struct set *s, unsigned i)
{
	return detector_sd_counters(s->d)[i];
}

/* -- a session -------------------------------------------------------------- */

struct talk {
	struct set *s;
	struct flow_conf conf;
	struct flow_table *flows;
	struct flow *f;
	struct packet pkt[FLOW_SIDES];
	uint32_t seq[FLOW_SIDES];
	enum buf_id buf; /* that the bytes stand in, beside the payload */
	bool apart;      /* not in the payload at all */
};

static void
talk_begin(struct talk *t, struct set *s, unsigned port)
{
	*t = (struct talk){ .s = s, .buf = BUF_PAYLOAD };
	t->conf.track[FLOW_TCP] = true;
	t->conf.max[FLOW_TCP] = 8;
	t->conf.timeout_s[FLOW_TCP] = 30;
	t->flows = flow_table_new(&t->conf);
	assert_non_null(t->flows);
	t->pkt[0] = *packet_make(PKT_L4_TCP, "10.1.1.1", 1111, "192.0.2.2",
	    port);
	t->pkt[1] = *packet_make(PKT_L4_TCP, "192.0.2.2", port, "10.1.1.1",
	    1111);
	t->f = flow_create(t->flows, &t->pkt[0], false);
	assert_non_null(t->f);
}

static void
talk_end(struct talk *t)
{
	flow_end(t->flows, t->f, FLOW_END_CLOSED);
	while ((t->f = flow_next_dead(t->flows)))
		flow_free(t->flows, t->f);
	flow_table_free(t->flows);
}

/* A part of the stream: "gid:sid ..." of what it raised, and "+" for the
 * threshold. The copy ends where a sanitizer sees it. */
static const char *
say_bytes(struct talk *t, enum flow_side side, const void *p, size_t n)
{
	static char out[256];
	struct packet *pkt = &t->pkt[side];
	struct unit u = { .kind = UNIT_STREAM, .pkt = pkt, .flow = {
		.flow = t->f, .table = t->flows, .has_direction = true,
		.to_server = side == FLOW_CLIENT, .established = true } };
	const struct event *ev;
	enum rule_action verdict;
	uint8_t *copy = malloc(n ? n : 1);
	size_t at = 0;
	unsigned k;

	assert_non_null(copy);
	if (n)
		memcpy(copy, p, n);
	pkt->data = copy;
	pkt->caplen = pkt->dec.payload_len = t->apart ? 0 : (uint32_t)n;
	pkt->dec.tcp_seq = t->seq[side];
	t->seq[side] += pkt->caplen;
	unit_set(&u, BUF_PAYLOAD, slice_make(copy, pkt->caplen));
	if (t->buf != BUF_PAYLOAD)
		unit_set(&u, t->buf, slice_make(copy, n));
	k = detect_unit(t->s->d, &u, NULL, 0, &ev, &verdict);
	out[0] = '\0';
	for (unsigned i = 0; i < k; i++)
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%u:%u",
		    i ? " " : "", ev[i].gid, ev[i].sid);
	if (detector_sensitive(t->s->d).len)
		snprintf(out + at, sizeof(out) - at, "+");
	free(copy);
	return out;
}

static const char *
say(struct talk *t, enum flow_side side, const char *text)
{
	return say_bytes(t, side, text, strlen(text));
}

/* How often the pattern is found in a session that says this. */
static unsigned
found_in(const char *pattern, const char *text)
{
	char rule[512];
	struct talk t;
	struct set s;
	unsigned n;

	snprintf(rule, sizeof(rule), "alert tcp any any -> any any "
	    "(sd_pattern:255,%s; gid:138; sid:1;)", pattern);
	s = load(rule);
	assert_int_equal(s.rs->stats.loaded, 1);
	talk_begin(&t, &s, 80);
	say(&t, FLOW_CLIENT, text);
	n = (unsigned)ctr(&s, SD_CTR_FOUND);
	talk_end(&t);
	set_free(&s);
	/* and in whatever pieces it comes, as long as none ends in what may
	 * be the last digit of a number */
	for (size_t cut = 0; cut <= strlen(text); cut++) {
		uint64_t pieces;

		if (cut && text[cut - 1] >= '0' && text[cut - 1] <= '9')
			continue;
		s = load(rule);
		talk_begin(&t, &s, 80);
		say_bytes(&t, FLOW_CLIENT, text, cut);
		say_bytes(&t, FLOW_CLIENT, text + cut, strlen(text) - cut);
		pieces = ctr(&s, SD_CTR_FOUND);
		if (pieces != n)
			fail_msg("%s: %u in \"%s\", %u cut at %zu", pattern,
			    n, text, (unsigned)pieces, cut);
		talk_end(&t);
		set_free(&s);
	}
	return n;
}

/* -- patterns ------------------------------------------------------------------ */

static void
test_syntax(void **state)
{
	static const struct {
		const char *pattern, *text;
		unsigned n;
	} cases[] = {
		{ "abc", "xabcabcx", 2 },
		{ "abc", "ABC", 0 },
		{ "a\\db", "a1b a12b axb", 1 },
		{ "a\\Db", "a1b axb a\nb", 2 },
		{ "a\\wb", "a1b aXb a-b", 2 },
		{ "a\\Wb", "a1b aXb a-b", 1 },
		{ "a\\lb", "a1b aXb a-b", 1 },
		{ "a\\Lb", "a1b aXb a-b", 2 },
		{ "a\\d{3}b", "a123b a12b a1234b", 1 },
		{ "ab{0}c", "ac abc", 1 },
		{ "ab{3}c", "abbbc abc", 1 },
		{ "ab?c", "ac abc abbc", 2 },
		{ "a\\d?b?c", "ac a1c abc a1bc acc", 5 },
		{ "\\{\\}\\?\\\\x", "{}?\\x", 1 },
		{ "a\\.b", "a.b aXb", 2 }, /* any byte */
		{ "(\\d{3}) ?\\d{3}-\\d{4}", "(555) 555-1234 (555)555-1234 "
		    "555-555-1234", 2 },
		{ "email", "a@b c@d @ e@", 2 },
		{ "email", "a@b@c", 2 },
		{ "EMAIL", "a@b", 1 },
		{ "us_phone", "(555) 555-1234, 555-555-1234, 5555551234, "
		    "55555-555-1234", 2 },
		/* an element that may be missing is, where it does not fit;
		 * where it fits it is there */
		{ "a?ab", "ab aab", 1 },
		{ "\\d\\d?", "1 22 x3", 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned n = found_in(cases[i].pattern, cases[i].text);

		if (n != cases[i].n)
			fail_msg("%s: %u in \"%s\"", cases[i].pattern, n,
			    cases[i].text);
	}
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *pattern, *text;
		unsigned n;
	} cases[] = {
		{ "credit_card", " 4111111111111111 ", 1 },
		{ "credit_card", " 4111 1111 1111 1111 ", 1 },
		{ "credit_card", " 4111-1111-1111-1111 ", 1 },
		{ "credit_card", " 4111111111111112 ", 0 }, /* Luhn */
		{ "credit_card", " 5500005555555559 ", 1 },
		{ "credit_card", " 5600005555555558 ", 0 },
		{ "credit_card", " 340000000000009 ", 1 }, /* 15 digits */
		{ "credit_card", " 350000000000007 ", 0 },
		{ "credit_card", " 6011000000000004 ", 1 },
		{ "credit_card", " 6012000000000003 ", 0 },
		{ "credit_card", " 7000000000000005 ", 0 },
		{ "credit_card", "14111111111111111 ", 0 }, /* 17 digits */
		{ "credit_card", " 41111111111111111", 0 },
		{ "credit_card", "4111111111111111,4111111111111111,"
		    "4111111111111111", 3 },
		{ "us_social", " 219-09-9999 ", 1 },
		{ "us_social", "219-09-9999", 1 },
		{ "us_social", "219-09-9999,219-09-9999\r\n", 2 },
		{ "us_social", " 219099999 ", 0 },
		{ "us_social", " 000-45-6789 ", 0 },
		{ "us_social", " 666-45-6789 ", 0 },
		{ "us_social", " 773-45-6789 ", 0 },
		{ "us_social", " 219-00-9999 ", 0 },
		{ "us_social", " 219-09-0000 ", 0 },
		{ "us_social", " 740-12-6789 ", 0 }, /* never issued */
		/* area 1 came to group 08: 01, 10, 98 and 08, not 11 */
		{ "us_social", " 001-01-6789 001-10-6789 001-98-6789 "
		    "001-08-6789 001-11-6789 ", 4 },
		/* area 7 likewise; 750 to 14, 751 likewise, 752 to 5 */
		{ "us_social", " 751-14-6789 751-16-6789 752-05-6789 "
		    "752-07-6789 ", 2 },
		{ "us_social", " 772-84-6789 772-86-6789 ", 1 },
		{ "us_social_nodashes", " 219099999 ", 1 },
		{ "us_social_nodashes", " 1234567890 ", 0 },
		{ "us_social_nodashes", " 219-09-9999 ", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned n = found_in(cases[i].pattern, cases[i].text);

		if (n != cases[i].n)
			fail_msg("%s: %u in \"%s\"", cases[i].pattern, n,
			    cases[i].text);
	}
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {
		"0,email", "256,email", "email", "1,", "1,{3}a", "1,a{",
		"1,a{x}", "1,a{3}{4}", "1,a{256}", "1,a?", "1,a{0}", "-1,email",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char rule[128];
		struct set s;

		snprintf(rule, sizeof(rule), "alert tcp any any -> any any "
		    "(sd_pattern:%s; gid:138; sid:1;)", bad[i]);
		s = load(rule);
		if (s.rs->stats.loaded || s.rs->stats.refused != 1)
			fail_msg("%s", bad[i]);
		set_free(&s);
	}
}

/* An escape that Snort does not know is taken, with a warning. */
static void
test_warned(void **state)
{
	struct set s = load("alert tcp any any -> any any (sd_pattern:1,a\\.b; "
	    "gid:138; sid:1;)");

	(void)state;
	assert_int_equal(s.rs->stats.loaded, 1);
	assert_non_null(s.tree->errors.first);
	assert_int_equal(s.tree->errors.first->kind, EREC_WARNING);
	set_free(&s);
}

/* More rules, and more bytes of patterns, than there is room for. */
static void
test_no_room(void **state)
{
	static char rules[64 * 1024];
	struct set s;
	size_t at = 0;

	(void)state;
	for (int i = 1; i <= LIM_SD_RULES + 2; i++)
		at += (size_t)snprintf(rules + at, sizeof(rules) - at,
		    "alert tcp any any -> any any (sd_pattern:1,a%d; gid:138; "
		    "sid:%d;)\n", i, i);
	s = load(rules);
	assert_int_equal(s.rs->stats.refused, 2);
	assert_int_equal(s.rs->sd.n_rules, LIM_SD_RULES);
	set_free(&s);
	at = 0;
	for (int i = 1; i <= 6; i++)
		at += (size_t)snprintf(rules + at, sizeof(rules) - at,
		    "alert tcp any any -> any any (sd_pattern:1,%c{200}; "
		    "gid:138; sid:%d;)\n", 'a' + i, i);
	s = load(rules);
	assert_int_equal(s.rs->stats.refused, 1);
	set_free(&s);
}

/* Patterns over several words of bits, each by itself and all together. */
static void
test_wide(void **state)
{
	static char text[2048];
	struct set s = load(
	    "alert tcp any any -> any any (sd_pattern:1,a{200}x; gid:138; "
	    "sid:1;)\n"
	    "alert tcp any any -> any any (sd_pattern:1,ab{61}?c; gid:138; "
	    "sid:2;)\n"
	    "alert tcp any any -> any any (sd_pattern:1,"
	    "d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?"
	    "d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?"
	    "d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?d?"
	    "e; gid:138; sid:3;)\n"
	    "alert tcp any any -> any any (sd_pattern:1,z; gid:138; sid:4;)\n");
	struct talk t;

	(void)state;
	assert_true(s.rs->sd.n_words >= 4);
	talk_begin(&t, &s, 80);
	memset(text, 'a', 199);
	strcpy(text + 199, "x");
	assert_string_equal(say(&t, FLOW_CLIENT, text), "");
	memset(text, 'a', 200);
	strcpy(text + 200, "x");
	assert_string_equal(say(&t, FLOW_CLIENT, text), "138:1");
	text[0] = 'a';
	memset(text + 1, 'b', 60);
	strcpy(text + 61, "c");
	assert_string_equal(say(&t, FLOW_CLIENT, text), "138:2");
	assert_string_equal(say(&t, FLOW_CLIENT, "e"), "138:3");
	assert_string_equal(say(&t, FLOW_CLIENT, "z"), "138:4");
	talk_end(&t);
	set_free(&s);
}

/* -- counting ------------------------------------------------------------------ */

static void
test_counts(void **state)
{
	struct set s = load(
	    "alert tcp any any -> any 80 (sd_pattern:3,email; gid:138; "
	    "sid:5;)\n"
	    "alert tcp any any -> any 80 (sd_pattern:1,us_social; gid:138; "
	    "sid:3;)\n");
	struct talk t;

	(void)state;
	talk_begin(&t, &s, 80);
	assert_string_equal(say(&t, FLOW_CLIENT, "a@b c@d"), "");
	assert_string_equal(say(&t, FLOW_CLIENT, " 219-09"), "");
	assert_string_equal(say(&t, FLOW_CLIENT, "-9999 e@f"), "138:5 138:3");
	assert_string_equal(say(&t, FLOW_CLIENT, " 219-09-9999 e@f a@b"), "");
	assert_int_equal(ctr(&s, SD_CTR_ALERTED), 2);
	assert_int_equal(ctr(&s, SD_CTR_SESSIONS), 1);
	talk_end(&t);
	/* another session begins at nothing */
	talk_begin(&t, &s, 80);
	assert_string_equal(say(&t, FLOW_CLIENT, "a@b c@d"), "");
	/* the other direction is not the rule's */
	assert_string_equal(say(&t, FLOW_SERVER, "a@b c@d 219-09-9999"), "");
	assert_int_equal(ctr(&s, SD_CTR_COUNTED), 9);
	talk_end(&t);
	/* and neither is another port */
	talk_begin(&t, &s, 81);
	assert_string_equal(say(&t, FLOW_CLIENT, "a@b c@d e@f 219-09-9999"),
	    "");
	assert_int_equal(ctr(&s, SD_CTR_SESSIONS), 2);
	talk_end(&t);
	set_free(&s);
}

static void
test_threshold(void **state)
{
	struct detect_conf c = with_sd();
	struct slice text;
	struct talk t;
	struct set s;

	(void)state;
	conf_sd.threshold = 4;
	s = set_load(
	    "alert tcp any any -> any any (msg:\"Mail\"; sd_pattern:9,email; "
	    "gid:138; sid:5;)\n"
	    "alert tcp any any -> any any (msg:\"Number\"; "
	    "sd_pattern:9,us_social; gid:138; sid:3;)\n", &c);
	talk_begin(&t, &s, 80);
	assert_string_equal(say(&t, FLOW_CLIENT, "a@b c@d 219-09-9999"), "");
	/* both directions add up */
	assert_string_equal(say(&t, FLOW_SERVER, "a@b"), "+");
	text = detector_sensitive(s.d);
	assert_int_equal(text.len, 12 + 10);
	assert_memory_equal(text.ptr, "Number:   1\0Mail:   3", 22);
	/* once */
	assert_string_equal(say(&t, FLOW_SERVER, "a@b c@d e@f g@h"), "");
	assert_int_equal(ctr(&s, SD_CTR_COMBINED), 1);
	talk_end(&t);
	set_free(&s);
}

/* The same pattern in two rules is one find, and counts for both. */
static void
test_shared_pattern(void **state)
{
	struct set s = load(
	    "alert tcp any any -> any 80 (sd_pattern:1,email; gid:138; "
	    "sid:1;)\n"
	    "alert tcp any any -> any any (sd_pattern:2,email; gid:138; "
	    "sid:2;)\n");
	struct talk t;

	(void)state;
	assert_int_equal(s.rs->sd.n_patterns, 1);
	talk_begin(&t, &s, 80);
	assert_string_equal(say(&t, FLOW_CLIENT, "a@b"), "138:1");
	assert_string_equal(say(&t, FLOW_CLIENT, " a@b"), "138:2");
	assert_int_equal(ctr(&s, SD_CTR_FOUND), 2);
	talk_end(&t);
	set_free(&s);
}

/* Whatever is missing or comes from elsewhere ends a pattern. */
static void
test_borders(void **state)
{
	struct set s = load("alert tcp any any -> any any (sd_pattern:1,"
	    "us_social; gid:138; sid:3;)");
	struct talk t;

	(void)state;
	talk_begin(&t, &s, 80);
	assert_string_equal(say(&t, FLOW_CLIENT, " 219-0"), "");
	assert_string_equal(say(&t, FLOW_SERVER, "9-9999 "), "");
	t.seq[FLOW_CLIENT] += 100; /* a gap */
	assert_string_equal(say(&t, FLOW_CLIENT, "9-9999 "), "");
	assert_string_equal(say(&t, FLOW_CLIENT, " 219-0"), "");
	t.buf = BUF_FILE_DATA;
	assert_string_equal(say(&t, FLOW_CLIENT, "9-9999 "), "");
	assert_string_equal(say(&t, FLOW_CLIENT, " 219-0"), "");
	assert_string_equal(say(&t, FLOW_CLIENT, "9-9999 "), "138:3");
	talk_end(&t);
	set_free(&s);
}

/* HTTP: what is decoded counts besides the payload, and what stands there as
 * it is does not count twice. */
static void
test_http(void **state)
{
	static const enum buf_id bufs[] = { BUF_HTTP_URI,
		BUF_HTTP_CLIENT_BODY };
	struct talk t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bufs); i++) {
		struct set s = load("alert tcp any any -> any any ("
		    "sd_pattern:2,email; gid:138; sid:5;)");

		talk_begin(&t, &s, 80);
		t.buf = bufs[i];
		t.apart = true;
		assert_string_equal(say(&t, FLOW_CLIENT, "a@b"), "");
		assert_string_equal(say(&t, FLOW_CLIENT, "a@b"), "138:5");
		talk_end(&t);
		set_free(&s);
	}
	struct set s = load("alert tcp any any -> any any ("
	    "sd_pattern:2,email; gid:138; sid:5;)");
	talk_begin(&t, &s, 80);
	t.buf = BUF_HTTP_CLIENT_BODY;
	assert_string_equal(say(&t, FLOW_CLIENT, "a@b"), "");
	assert_int_equal(ctr(&s, SD_CTR_FOUND), 1);
	talk_end(&t);
	set_free(&s);
}

/* Segments wait for their stream; datagrams count by themselves, without a
 * session. */
static void
test_what_is_searched(void **state)
{
	struct set s = load(
	    "alert ip any any -> any any (sd_pattern:2,email; gid:138; "
	    "sid:5;)\n"
	    "alert udp any any -> any any (sd_pattern:2,email; gid:138; "
	    "sid:6;)\n");
	struct packet *p = packet_make(PKT_L4_TCP, "10.1.1.1", 1, "10.1.1.2",
	    2);

	(void)state;
	assert_string_equal(judge(&s, p, "a@b c@d"), "");
	p = packet_make(PKT_L4_UDP, "10.1.1.1", 1, "10.1.1.2", 2);
	assert_string_equal(judge(&s, p, "a@b c@d"), "138:6 138:5");
	assert_string_equal(judge(&s, p, "a@b"), "");
	assert_string_equal(judge(&s, p, "a@b"), "");
	p = packet_make(PKT_L4_ICMP4, "10.1.1.1", 1, "10.1.1.2", 2);
	assert_string_equal(judge(&s, p, "a@b c@d"), "");
	set_free(&s);
}

/* Another rule set forgets what was counted for the old one's rules. */
static void
test_reload(void **state)
{
	struct set a = load("alert tcp any any -> any any (sd_pattern:2,email;"
	    " gid:138; sid:1;)"), b;
	struct talk t;

	(void)state;
	talk_begin(&t, &a, 80);
	assert_string_equal(say(&t, FLOW_CLIENT, "a@b 4111"), "");
	b = load("alert tcp any any -> any any (sd_pattern:1,credit_card; "
	    "gid:138; sid:1;)\n"
	    "alert tcp any any -> any any (sd_pattern:2,email; gid:138; "
	    "sid:2;)\n");
	assert_true(set_adopt(a.d, b.rs));
	assert_string_equal(say(&t, FLOW_CLIENT, "111111111111 a@b"), "");
	assert_string_equal(say(&t, FLOW_CLIENT, " a@b"), "138:2");
	talk_end(&t);
	detector_free(a.d);
	ruleset_free(a.rs);
	tree_free(a.tree);
	set_free(&b);
}

/* Without memory for its session a packet counts by itself. */
static void
test_no_memory(void **state)
{
	struct set s = load("alert tcp any any -> any any (sd_pattern:2,email;"
	    " gid:138; sid:1;)");
	struct talk t;
	struct flow_table *flows;

	(void)state;
	talk_begin(&t, &s, 80);
	flows = t.flows;
	/* as many sessions as may have counts, and this one */
	for (unsigned i = 0; i < LIM_SD_SESSIONS; i++) {
		struct flow f = { .sensitive = NULL };

		if (!flow_sensitive(flows, &f))
			fail_msg("only %u", i);
	}
	assert_string_equal(say(&t, FLOW_CLIENT, "a@b"), "");
	assert_string_equal(say(&t, FLOW_CLIENT, "a@b"), "");
	assert_string_equal(say(&t, FLOW_CLIENT, "a@b c@d"), "138:1");
	assert_int_equal(ctr(&s, SD_CTR_NO_ROOM), 3);
	talk_end(&t);
	set_free(&s);
}

/* Without the preprocessor's line the rules are there, but inactive. */
static void
test_inactive(void **state)
{
	struct set s = set_load("alert udp any any -> any any (sd_pattern:1,"
	    "email; gid:138; sid:1;)", NULL);

	(void)state;
	assert_int_equal(s.rs->stats.inactive, 1);
	assert_string_equal(judge(&s, packet_make(PKT_L4_UDP, "10.1.1.1", 1,
	    "10.1.1.2", 2), "a@b"), "");
	assert_false(detector_masks(s.d));
	set_free(&s);
}

/* -- masking ---------------------------------------------------------------------- */

static void
test_mask(void **state)
{
	static const char *const cases[][2] = {
		{ "4111 1111 1111 1111", "XXXXXXXXXXXXXXX1111" },
		{ "x 4111111111111111,219-09-9999\n",
		    "x XXXXXXXXXXXX1111,XXXXXXX9999\n" },
		{ "219-09-9999", "XXXXXXX9999" },
		{ "219-09-9999 ", "XXXXXXX9999 " },
		{ " 219-09-9999", " XXXXXXX9999" },
		{ "4111111111111112 a@b (555) 555-1234",
		    "4111111111111112 a@b (555) 555-1234" },
		{ "", "" },
	};
	struct detect_conf c = with_sd();
	struct set s;

	(void)state;
	conf_sd.mask = true;
	s = set_load(
	    "alert tcp any any -> any 25 (sd_pattern:2,us_social; gid:138; "
	    "sid:1;)\n"
	    "alert tcp any any -> any 25 (sd_pattern:2,credit_card; gid:138; "
	    "sid:2;)\n"
	    "alert tcp any any -> any 25 (sd_pattern:2,email; gid:138; "
	    "sid:3;)\n", &c);
	assert_true(detector_masks(s.d));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n = strlen(cases[i][0]);
		uint8_t *copy = malloc(n + 1);

		memcpy(copy, cases[i][0], n + 1);
		detector_mask(s.d, copy, n);
		assert_string_equal((char *)copy, cases[i][1]);
		free(copy);
	}
	assert_int_equal(ctr(&s, SD_CTR_MASKED), 6);
	set_free(&s);
}

/* -- against a model ---------------------------------------------------------------- */

/* Every place at which the pattern may begin, one by one: the first match of
 * each run, which the last byte of the one before may begin. */
static unsigned
model(const char *text, size_t n)
{
	unsigned found = 0;

	for (size_t at = 0; at < n; at++) {
		size_t i = at;

		/* a\d?b?\D */
		if (text[i++] != 'a')
			continue;
		i += i < n && text[i] >= '0' && text[i] <= '9';
		i += i < n && text[i] == 'b';
		/* the end is no digit */
		if (i < n && text[i] >= '0' && text[i] <= '9')
			continue;
		found++;
		at = i - 1;
	}
	return found;
}

static void
test_model(void **state)
{
	(void)state;
	test_seed();
	for (int round = 0; round < 2000; round++) {
		struct set s;
		struct talk t;
		char text[64];
		size_t n = test_random(60) + 3;

		for (size_t i = 0; i < n; i++)
			text[i] = "ab1c"[test_random(4)];
		s = load("alert tcp any any -> any any (sd_pattern:255,"
		    "a\\d?b?\\D; gid:138; sid:1;)");
		talk_begin(&t, &s, 80);
		say_bytes(&t, FLOW_CLIENT, text, n);
		if (ctr(&s, SD_CTR_FOUND) != model(text, n))
			fail_msg("%.*s: %u, not %u", (int)n, text,
			    (unsigned)ctr(&s, SD_CTR_FOUND), model(text, n));
		talk_end(&t);
		set_free(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_warned),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_threshold),
		cmocka_unit_test(test_shared_pattern),
		cmocka_unit_test(test_borders),
		cmocka_unit_test(test_http),
		cmocka_unit_test(test_what_is_searched),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_inactive),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
