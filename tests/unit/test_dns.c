/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS: messages in any pieces and cut off anywhere, what is told of them, names
 * that lead astray, events of gid 131. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/app/dns.h"
#include "tests/tools/app_rig.h"

enum { MSG_MAX = 65536 };

/* A message in the making; offset 12 holds the first name. */
struct maker {
	uint8_t bytes[MSG_MAX];
	size_t n;
};

static struct rig r;
static struct maker m;
static const struct dns_conf all_events = { true, true, true };

static int
setup(void **state)
{
	(void)state;
	return rig_init(&r, APP_DNS, &all_events) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static void
put(const void *p, size_t n)
{
	assert_true(m.n + n <= sizeof(m.bytes));
	memcpy(m.bytes + m.n, p, n);
	m.n += n;
}

static void
put8(unsigned v)
{
	uint8_t byte = (uint8_t)v;

	put(&byte, 1);
}

static void
put16(unsigned v)
{
	put8(v >> 8);
	put8(v & 255);
}

static void
put32(uint32_t v)
{
	put16(v >> 16);
	put16(v & 0xffff);
}

static void
header(unsigned flags, unsigned qd, unsigned an, unsigned ns, unsigned ar)
{
	m.n = 0;
	put16(0x1234);
	put16(flags);
	put16(qd);
	put16(an);
	put16(ns);
	put16(ar);
}

/* With its end, unless it has one: "a.b" or "a.b@12", a pointer there. */
static void
name(const char *s)
{
	while (*s && *s != '@') {
		size_t n = strcspn(s, ".@");

		put8((unsigned)n);
		put(s, n);
		s += n + (s[n] == '.');
	}
	if (*s)
		put16(0xc000u | (unsigned)atoi(s + 1));
	else
		put8(0);
}

static void
question(const char *s, unsigned type)
{
	name(s);
	put16(type);
	put16(1);
}

/* Up to its data's length, which is set by rr_end(). */
static size_t
rr_begin(const char *s, unsigned type, uint32_t ttl)
{
	name(s);
	put16(type);
	put16(1);
	put32(ttl);
	put16(0);
	return m.n;
}

static void
rr_end(size_t at)
{
	m.bytes[at - 2] = (uint8_t)((m.n - at) >> 8);
	m.bytes[at - 1] = (uint8_t)(m.n - at);
}

static void
rr(const char *s, unsigned type, const void *p, size_t n)
{
	size_t at = rr_begin(s, type, 300);

	put(p, n);
	rr_end(at);
}

static void
rr_name(const char *s, unsigned type, const char *target)
{
	size_t at = rr_begin(s, type, 300);

	name(target);
	rr_end(at);
}

static void
datagram(enum flow_side side)
{
	rig_clear(&r);
	rig_session(&r);
	rig_datagram(&r, side, m.bytes, m.n);
}

/* The message with its length, over TCP in all pieces. */
static void
stream(enum flow_side side)
{
	static uint8_t bytes[MSG_MAX + 2];
	struct rig_say say = { side, bytes, m.n + 2 };

	assert_true(m.n < MSG_MAX);
	bytes[0] = (uint8_t)(m.n >> 8);
	bytes[1] = (uint8_t)m.n;
	memcpy(bytes + 2, m.bytes, m.n);
	rig_play(&r, &say, 1);
}

static void
must_have(const char *part)
{
	if (!strstr(rig_text(&r), part))
		fail_msg("no %s in\n%s", part, rig_text(&r));
}

static uint64_t
ctr(const char *which)
{
	const struct ctr_group *g = app_ops(APP_DNS)->counters;

	for (unsigned i = 0; i < g->n; i++)
		if (strcmp(g->defs[i].name, which) == 0)
			return app_proto_counters(r.app, APP_DNS)[i];
	fail();
	return 0;
}

/* -- what is told -------------------------------------------------------------- */

static void
test_query(void **state)
{
	const char *want = "unit client full\n"
	    "log dns {\"type\":\"query\",\"id\":4660,\"rrname\":"
	    "\"www.example.net\",\"rrtype\":\"AAAA\",\"tx_id\":0,"
	    "\"opcode\":0}\n";

	(void)state;
	header(0x0100, 1, 0, 0, 0);
	question("www.example.net", 28);
	datagram(FLOW_CLIENT);
	assert_string_equal(rig_text(&r), want);
	/* the next one of the session has the next number */
	rig_clear(&r);
	rig_datagram(&r, FLOW_CLIENT, m.bytes, m.n);
	must_have("\"tx_id\":1");
	stream(FLOW_CLIENT);
	assert_true(rig_has(&r, "unit client full\n"));
	assert_non_null(strstr(rig_text(&r), strchr(want, '\n')));
	/* types and operations without a name; a record for each question */
	header(0x2800, 2, 0, 0, 0);
	question("", 6);
	question("a", 65280);
	datagram(FLOW_CLIENT);
	must_have("\"rrname\":\"\",\"rrtype\":\"SOA\",\"tx_id\":0,"
	    "\"opcode\":5}\n");
	must_have("\"rrname\":\"a\",\"rrtype\":\"65280\"");
}

static void
answer_of_all(void)
{
	static const uint8_t a6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };
	size_t at;

	header(0x8583, 1, 11, 1, 1);
	question("www.example.net", 255);
	rr_name("@12", 5, "web@16"); /* web.example.net */
	rr("@12", 1, "\xcb\0q\x50", 4);
	rr("@12", 1, "\xcb\0q\x51", 4);
	rr("@12", 28, a6, sizeof(a6));
	at = rr_begin("@12", 15, 300);
	put16(10);
	name("mail@16");
	rr_end(at);
	rr("@12", 16, "\5hello\0\2hi", 10);
	at = rr_begin("_sip._udp@16", 33, 300);
	put16(20);
	put16(1);
	put16(5060);
	name("sip@16");
	rr_end(at);
	rr_name("@12", 12, "ptr@16");
	rr("@12", 44, "\1\2\xab\xcd", 4);
	rr("@12", 10, "x\xffy", 3);
	rr("@12", 257, "\0\5issue", 7);
	at = rr_begin("@16", 6, 60);
	name("ns@16");
	name("admin@16");
	for (uint32_t i = 1; i <= 5; i++)
		put32(i);
	rr_end(at);
	rr("", 41, "", 0);
}

static void
test_answer(void **state)
{
	const char *want = "log dns {\"version\":2,\"type\":\"answer\","
	    "\"id\":4660,\"flags\":8583,\"qr\":true,\"aa\":true,\"rd\":true,"
	    "\"ra\":true,\"opcode\":0,\"rrname\":\"www.example.net\","
	    "\"rrtype\":\"ANY\",\"rcode\":\"NXDOMAIN\",\"answers\":["
#define RR(name, type) "{\"rrname\":\"" name "example.net\",\"rrtype\":\"" type\
	    "\",\"ttl\":300"
	    RR("www.", "CNAME") ",\"rdata\":\"web.example.net\"},"
	    RR("www.", "A") ",\"rdata\":\"203.0.113.80\"},"
	    RR("www.", "A") ",\"rdata\":\"203.0.113.81\"},"
	    RR("www.", "AAAA") ",\"rdata\":\"2001:db8::1\"},"
	    RR("www.", "MX") ",\"rdata\":\"mail.example.net\"},"
	    RR("www.", "TXT") ",\"rdata\":\"hello\"},"
	    RR("www.", "TXT") ",\"rdata\":\"\"},"
	    RR("www.", "TXT") ",\"rdata\":\"hi\"},"
	    RR("_sip._udp.", "SRV") ",\"srv\":{\"priority\":20,\"weight\":1,"
	    "\"port\":5060,\"name\":\"sip.example.net\"}},"
	    RR("www.", "PTR") ",\"rdata\":\"ptr.example.net\"},"
	    RR("www.", "SSHFP") ",\"sshfp\":{\"fingerprint\":\"ab:cd\","
	    "\"algo\":1,\"type\":2}},"
	    RR("www.", "NULL") ",\"rdata\":\"x\\xffy\"},"
	    RR("www.", "CAA") "}],\"grouped\":{"
	    "\"A\":[\"203.0.113.80\",\"203.0.113.81\"],"
	    "\"AAAA\":[\"2001:db8::1\"],\"CNAME\":[\"web.example.net\"],"
	    "\"MX\":[\"mail.example.net\"],\"NULL\":[\"x\\xffy\"],"
	    "\"PTR\":[\"ptr.example.net\"],"
	    "\"SRV\":[{\"priority\":20,\"weight\":1,\"port\":5060,"
	    "\"name\":\"sip.example.net\"}],"
	    "\"SSHFP\":[{\"fingerprint\":\"ab:cd\",\"algo\":1,\"type\":2}],"
	    "\"TXT\":[\"hello\",\"\",\"hi\"]},\"authorities\":["
	    "{\"rrname\":\"example.net\",\"rrtype\":\"SOA\",\"ttl\":60,"
	    "\"soa\":{\"mname\":\"ns.example.net\","
	    "\"rname\":\"admin.example.net\",\"serial\":1,\"refresh\":2,"
	    "\"retry\":3,\"expire\":4,\"minimum\":5}}]}\n";
#undef RR

	(void)state;
	answer_of_all();
	datagram(FLOW_SERVER);
	must_have(want);
	assert_int_equal(ctr("malformed"), 0);
	assert_int_equal(ctr("bad_names"), 0);
	stream(FLOW_SERVER);
	must_have(want);
}

/* Nothing is read beyond the end, and what came before it is told. */
static void
test_cut_off(void **state)
{
	static uint8_t whole[MSG_MAX];
	size_t n;

	(void)state;
	answer_of_all();
	n = m.n;
	memcpy(whole, m.bytes, n);
	for (size_t len = 0; len < n; len++) {
		m.n = len;
		datagram(FLOW_SERVER);
		assert_int_equal(rig_has(&r, "log dns"), len >= 12);
		if (len > 120)
			must_have("\"rdata\":\"203.0.113.80\"");
	}
	assert_true(ctr("malformed") > 0);
	{
		uint8_t prefixed[1024] = { (uint8_t)(n >> 8), (uint8_t)n };
		struct rig_say say = { FLOW_SERVER, prefixed, n + 2 };

		memcpy(prefixed + 2, whole, n);
		rig_truncate(&r, &say, 1);
	}
	/* data that is too short or too long for its type */
	header(0x8180, 0, 5, 0, 0);
	rr("a", 1, "\1\2\3", 3);
	rr("a", 28, "\1\2\3\4\5\6\7\0\1\2\3\4\5\6\7\0\1", 17);
	rr("a", 15, "\1", 1);
	rr("a", 6, "\1x\0", 3);
	rr("a", 33, "\0\1\0", 3);
	datagram(FLOW_SERVER);
	must_have("\"rrtype\":\"A\",\"ttl\":300,\"rdata\":\"\"}");
	must_have("\"soa\":{\"mname\":\"x\",\"rname\":\"\"}");
	must_have("\"srv\":{\"priority\":1}");
}

/* -- names ---------------------------------------------------------------------- */

static void
test_names_that_lead_astray(void **state)
{
	static const struct {
		const char *name, *want;
	} names[] = {
		{ "@12", "\"\"" },          /* itself */
		{ "a@12", "" },             /* a circle: cut at 255 bytes */
		{ "@16383", "\"\"" },       /* behind the end */
		{ "@13", "\"\"" },          /* into the pointer */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		uint64_t before = ctr("bad_names");

		header(0x0100, 1, 0, 0, 0);
		question(names[i].name, 1);
		datagram(FLOW_CLIENT);
		assert_true(rig_has(&r, "log dns {\"type\":\"query\","));
		must_have(names[i].want);
		assert_true(ctr("bad_names") > before);
	}
	/* pointers to pointers: a few are followed, not a chain of them */
	for (unsigned n = 1; n <= 40; n++) {
		header(0x8180, 0, 1, 0, 0);
		put8(0);
		put16(10);
		put16(1);
		put32(0);
		put16(n * 2 + 3);
		put("\1x\0", 3); /* at 23 */
		for (unsigned i = 0; i < n; i++)
			put16(0xc000 | (i ? 26 + (i - 1) * 2 : 23));
		m.bytes[7] = 2;
		put16(0xc000 | (26 + (n - 1) * 2));
		put16(1);
		put16(1);
		put32(7);
		put16(4);
		put32(0);
		datagram(FLOW_SERVER);
		assert_int_equal(strstr(rig_text(&r), "\"rrname\":\"x\"") !=
		    NULL, n + 1 <= LIM_DNS_POINTERS);
	}
}

static void
test_the_longest_name(void **state)
{
	char label[64];

	(void)state;
	memset(label, 'a', 63);
	label[63] = '\0';
	for (unsigned n = 1; n <= 6; n++) {
		uint64_t before = ctr("bad_names");

		header(0x0100, 1, 0, 0, 0);
		for (unsigned i = 0; i < n; i++) {
			put8(63);
			put(label, 63);
		}
		put8(0);
		put16(1);
		put16(1);
		datagram(FLOW_CLIENT);
		assert_int_equal(ctr("bad_names") - before, n > 4);
	}
	/* labels of a kind that never came */
	header(0x0100, 1, 0, 0, 0);
	put8(0x41);
	put("abcdef", 6);
	datagram(FLOW_CLIENT);
	assert_false(rig_has(&r, "log"));
}

/* -- bounds --------------------------------------------------------------------- */

static void
test_more_than_is_told(void **state)
{
	(void)state;
	header(0x8180, 0, 1000, 0, 0);
	for (unsigned i = 0; i < 1000; i++)
		rr("", 1, "\1\2\3\4", 4);
	datagram(FLOW_SERVER);
	assert_true(rig_has(&r, "log dns"));
	assert_int_equal(ctr("not_told"), 1000 - LIM_DNS_RECORDS);
	/* strings of one TXT record count as records */
	header(0x8180, 0, 1, 0, 0);
	{
		static const uint8_t texts[5000];

		rr("", 16, texts, sizeof(texts));
	}
	datagram(FLOW_SERVER);
	assert_int_equal(ctr("not_told"), 1000 + 5000 - 2 * LIM_DNS_RECORDS);
	/* and a query's records are bounded by those of a packet */
	header(0x0100, 5000, 0, 0, 0);
	for (unsigned i = 0; i < 5000; i++)
		question("", 1);
	datagram(FLOW_CLIENT);
	assert_int_equal(app_counters_of(r.app)[APP_CTR_LOGS_LOST],
	    5000 - LIM_APP_LOGS);
}

/* The largest answer there can be in a log still fits into it. */
static void
test_largest_log(void **state)
{
	char label[64];
	size_t soa;

	(void)state;
	memset(label, 'b', 63);
	label[63] = '\0';
	header(0x8180, 1, LIM_DNS_RECORDS, LIM_DNS_RECORDS, 0);
	for (unsigned i = 0; i < 4; i++) {
		put8(i < 3 ? 63 : 61);
		put(label, i < 3 ? 63 : 61);
	}
	put8(0);
	put16(1);
	put16(1);
	for (unsigned i = 0; i < 2 * LIM_DNS_RECORDS; i++) {
		soa = rr_begin("@12", 6, 1);
		name("@12");
		name("@12");
		for (unsigned n = 0; n < 5; n++)
			put32(UINT32_MAX);
		rr_end(soa);
	}
	datagram(FLOW_SERVER);
	assert_true(rig_has(&r, "log dns"));
	assert_int_equal(app_counters_of(r.app)[APP_CTR_LOGS_LOST], 0);
}

/* -- streams -------------------------------------------------------------------- */

static void
test_messages_in_a_row(void **state)
{
	static uint8_t bytes[4096];
	struct rig_say say = { FLOW_CLIENT, bytes, 0 };
	unsigned n = 0;
	const char *at;

	(void)state;
	header(0x0100, 1, 0, 0, 0);
	question("www.example.net", 1);
	for (unsigned i = 0; i < 20; i++) {
		bytes[say.n++] = 0;
		bytes[say.n++] = (uint8_t)m.n;
		memcpy(bytes + say.n, m.bytes, m.n);
		say.n += m.n;
	}
	rig_play(&r, &say, 1);
	for (at = rig_text(&r); (at = strstr(at, "\"query\"")); at++)
		n++;
	assert_int_equal(n, 20);
	must_have("\"tx_id\":19");
}

static void
test_not_dns(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} others[] = {
		{ "GET / HTTP/1.0\r\n\r\n", 18 },
		{ "SSH-2.0-OpenSSH_9.2\r\n", 21 },
		{ "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15 }, /* no header fits */
		{ "\0\x14\x12\x34\1\0\0\x9\0\0\0\0\0\0", 14 }, /* nor do 9 */
		{ "\0\x14\x12\x34\x38\0\0\1\0\0\0\0\0\0", 14 }, /* opcode 7 */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct rig_say say = { FLOW_CLIENT, others[i].bytes,
			others[i].n };

		rig_play(&r, &say, 1);
		assert_string_equal(rig_text(&r), "fate not mine\n");
	}
}

static void
test_gap(void **state)
{
	uint8_t bytes[64] = { 0 };
	size_t n;

	(void)state;
	header(0x0100, 1, 0, 0, 0);
	question("www.example.net", 1);
	n = m.n + 2;
	bytes[1] = (uint8_t)m.n;
	memcpy(bytes + 2, m.bytes, m.n);
	/* a message begins behind it */
	rig_feed(&r, FLOW_CLIENT, bytes, 20, RIG_WHOLE);
	rig_gap(&r, FLOW_CLIENT);
	rig_feed(&r, FLOW_CLIENT, bytes, n, RIG_WHOLE);
	must_have("www.example.net");
	/* or it is over */
	rig_clear(&r);
	rig_gap(&r, FLOW_CLIENT);
	rig_feed(&r, FLOW_CLIENT, bytes + 15, n - 15, RIG_WHOLE);
	rig_end(&r);
	assert_true(rig_has(&r, "fate not mine"));
}

/* -- events --------------------------------------------------------------------- */

static void
test_types(void **state)
{
	(void)state;
	for (unsigned type = 1; type < 260; type++) {
		bool obsolete = type == 3 || type == 4;
		bool experimental = (type >= 7 && type <= 10) || type == 14;

		for (unsigned section = 0; section < 3; section++) {
			header(0x8180, 1, section == 0, section == 1,
			    section == 2);
			question("a", 1);
			rr("@12", type, "\0\0", 2);
			datagram(FLOW_SERVER);
			assert_int_equal(rig_has(&r, "event 131:1"), obsolete);
			assert_int_equal(rig_has(&r, "event 131:2"),
			    experimental);
			assert_false(rig_has(&r, "event 131:3"));
		}
		/* a question is no record, and a query no answer */
		header(0x8180, 1, 0, 0, 0);
		question("a", type);
		datagram(FLOW_SERVER);
		assert_false(rig_has(&r, "event"));
		header(0x0100, 0, 1, 0, 0);
		rr("a", type, "", 0);
		datagram(FLOW_CLIENT);
		assert_false(rig_has(&r, "event"));
	}
	header(0x8180, 0, 2, 0, 0);
	rr("a", 3, "", 0);
	rr("a", 7, "", 0);
	stream(FLOW_SERVER);
	assert_true(rig_has(&r, "event 131:1\nevent 131:2\n"));
}

/* n strings of len bytes each */
static void
texts(unsigned n, unsigned len)
{
	static const uint8_t zeros[256];
	size_t at;

	header(0x8180, 1, 2, 0, 0);
	question("a", 16);
	rr("@12", 1, "\1\2\3\4", 4);
	at = rr_begin("@12", 16, 1);
	for (unsigned i = 0; i < n; i++) {
		put8(len);
		put(zeros, len);
	}
	rr_end(at);
}

static void
test_rdata_overflow(void **state)
{
	(void)state;
	/* 4 n + 2 n (len + 1) + 4 > 65535 */
	texts(126, 255);
	datagram(FLOW_SERVER);
	assert_false(rig_has(&r, "event"));
	texts(127, 255);
	datagram(FLOW_SERVER);
	assert_true(rig_has(&r, "event 131:3"));
	texts(10921, 0);
	datagram(FLOW_SERVER);
	assert_false(rig_has(&r, "event"));
	texts(10922, 0);
	datagram(FLOW_SERVER);
	assert_true(rig_has(&r, "event 131:3"));
	/* over TCP it goes over many pieces */
	texts(127, 255);
	stream(FLOW_SERVER);
	assert_true(rig_has(&r, "event 131:3"));
	texts(126, 255);
	stream(FLOW_SERVER);
	assert_false(rig_has(&r, "event"));
}

static void
test_events_off(void **state)
{
	(void)state;
	rig_fini(&r);
	assert_true(rig_init(&r, APP_DNS, NULL));
	texts(200, 255);
	datagram(FLOW_SERVER);
	header(0x8180, 0, 2, 0, 0);
	rr("a", 3, "", 0);
	rr("a", 7, "", 0);
	rig_datagram(&r, FLOW_SERVER, m.bytes, m.n);
	assert_false(rig_has(&r, "event"));
}

/* -- by content ------------------------------------------------------------------ */

static enum app_guess
guess(bool tcp, size_t n)
{
	static uint8_t bytes[MSG_MAX + 2];
	size_t at = tcp ? 2 : 0;

	bytes[0] = (uint8_t)(m.n >> 8);
	bytes[1] = (uint8_t)m.n;
	memcpy(bytes + at, m.bytes, m.n);
	return app_ops(APP_DNS)->guess(FLOW_CLIENT, slice_make(bytes, n),
	    !tcp);
}

static void
test_guess(void **state)
{
	unsigned yes = 0;

	(void)state;
	header(0x0100, 1, 0, 0, 1);
	question("www.example.net", 1);
	rr("", 41, "", 0);
	assert_int_equal(guess(false, m.n), APP_YES);
	assert_int_equal(guess(true, APP_GUESS_BYTES), APP_YES);
	for (size_t n = 0; n < 14; n++)
		assert_int_equal(guess(true, n), APP_MAYBE);
	header(0x8180, 1, 1, 0, 0);
	question("www.example.net", 1);
	rr("@12", 1, "\1\2\3\4", 4);
	assert_int_equal(guess(false, m.n), APP_YES);
	/* local name services: LLMNR, multicast DNS, NetBIOS */
	header(0x0000, 1, 0, 0, 0);
	question("desk", 1);
	assert_int_equal(guess(false, m.n), APP_NO);
	header(0x8400, 0, 1, 0, 0);
	rr("desk.local", 1, "\1\2\3\4", 4);
	assert_int_equal(guess(false, m.n), APP_NO);
	header(0x0110, 1, 0, 0, 0);
	question("FHEPFCELEHFCEPFFFACACACACACACABN", 32);
	assert_int_equal(guess(false, m.n), APP_NO);
	header(0x0100, 1, 0, 0, 0);
	question("_daap._tcp.local", 12);
	assert_int_equal(guess(false, m.n), APP_NO);
	header(0x0100, 1, 0, 0, 0);
	question("www.example.net", 12);
	m.bytes[0] = m.bytes[1] = 0;
	assert_int_equal(guess(false, m.n), APP_NO);
	/* other classes, other bytes in names */
	header(0x0100, 1, 0, 0, 0);
	question("a b", 1);
	assert_int_equal(guess(false, m.n), APP_NO);
	header(0x0100, 1, 0, 0, 0);
	question("abc", 1);
	m.bytes[m.n - 1] = 9;
	assert_int_equal(guess(false, m.n), APP_NO);
	/* chance */
	srandom(1);
	for (unsigned i = 0; i < 1000000; i++) {
		m.n = 40;
		for (size_t b = 0; b < m.n; b++)
			m.bytes[b] = (uint8_t)random();
		yes += guess(false, m.n) == APP_YES;
		yes += guess(true, APP_GUESS_BYTES) == APP_YES;
	}
	assert_int_equal(yes, 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_query),
		TEST(test_answer),
		TEST(test_cut_off),
		TEST(test_names_that_lead_astray),
		TEST(test_the_longest_name),
		TEST(test_more_than_is_told),
		TEST(test_largest_log),
		TEST(test_messages_in_a_row),
		TEST(test_not_dns),
		TEST(test_gap),
		TEST(test_types),
		TEST(test_rdata_overflow),
		TEST(test_events_off),
		TEST(test_guess),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
