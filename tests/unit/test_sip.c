/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIP: messages in any pieces and in datagrams, what is told of them, dialogs
 * and their media, events of gid 140. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "decoders/app/sip_int.h"
#include "tests/tools/app_rig.h"

#define C(bytes) { FLOW_CLIENT, bytes, sizeof(bytes) - 1 }
#define S(bytes) { FLOW_SERVER, bytes, sizeof(bytes) - 1 }
#define VIA "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
#define ENDS "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\n"
#define HEAD VIA ENDS "Call-ID: one@h\r\n"
#define OPTIONS "OPTIONS sip:b@h SIP/2.0\r\n" HEAD "CSeq: 1 OPTIONS\r\n"
#define OK "SIP/2.0 200 OK\r\n" HEAD

static struct rig r;
static struct sip_conf conf;

static const char *const method_names[] = { "invite", "cancel", "ack", "bye",
	"register", "options" };

static int
setup(void **state)
{
	(void)state;
	conf = *(const struct sip_conf *)app_ops(APP_SIP)->conf_default;
	conf.events = true;
	conf.ignore_call_channel = true;
	return rig_init(&r, APP_SIP, &conf) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

/* The events of a datagram in a session of its own, as bits of their sids. */
static uint32_t
say(enum flow_side side, const char *text)
{
	uint32_t found = 0;
	const char *at;

	rig_clear(&r);
	rig_datagram(&r, side, text, strlen(text));
	for (at = rig_text(&r); (at = strstr(at, "event 140:")); at++)
		found |= 1u << atoi(at + 10);
	return found;
}

static uint32_t
alone(enum flow_side side, const char *text)
{
	rig_session(&r);
	return say(side, text);
}

#define BIT(sid) (1u << (sid))

/* -- streams -------------------------------------------------------------- */

static void
stream(void **state)
{
	const struct rig_say talk[] = {
		C("\r\n\r\n" OPTIONS "Content-Length: 0\r\n\r\n"),
		S(OK "CSeq: 1 OPTIONS\r\nl : \r\n  5\r\nc: text/plain\r\n\r\n"
		    "hello\r\n\r\n"),
		C(OPTIONS "\r\n" OPTIONS "CONTENT-LENGTH:3\r\n"
		    "Content-Length: 99\r\nc: a/b\r\n\r\nabc") };

	(void)state;
	rig_play(&r, talk, ARRAY_LEN(talk));
	assert_string_equal(rig_text(&r),
	    "unit client full sip_header=\"Via: SIP/2.0/UDP h;branch=z9hG4bK1"
	    "\\r\\nFrom: <sip:a@h>;tag=1\\r\\nTo: <sip:b@h>\\r\\nCall-ID: "
	    "one@h\\r\\nCSeq: 1 OPTIONS\\r\\nContent-Length: 0\\r\\n\\r\\n\"\n"
	    "log sip {\"method\":\"OPTIONS\",\"uri\":\"sip:b@h\",\"version\":"
	    "\"SIP/2.0\",\"request_line\":\"OPTIONS sip:b@h SIP/2.0\"}\n"
	    "unit server full sip_header=\"Via: SIP/2.0/UDP h;branch=z9hG4bK1"
	    "\\r\\nFrom: <sip:a@h>;tag=1\\r\\nTo: <sip:b@h>\\r\\nCall-ID: "
	    "one@h\\r\\nCSeq: 1 OPTIONS\\r\\nl : \\r\\n  5\\r\\nc: text/plain"
	    "\\r\\n\\r\\n\" sip_body=\"hello\"\n"
	    "log sip {\"version\":\"SIP/2.0\",\"code\":\"200\",\"reason\":"
	    "\"OK\",\"response_line\":\"SIP/2.0 200 OK\"}\n"
	    "unit client full sip_header=\"Via: SIP/2.0/UDP h;branch=z9hG4bK1"
	    "\\r\\nFrom: <sip:a@h>;tag=1\\r\\nTo: <sip:b@h>\\r\\nCall-ID: "
	    "one@h\\r\\nCSeq: 1 OPTIONS\\r\\n\\r\\n\"\n"
	    "log sip {\"method\":\"OPTIONS\",\"uri\":\"sip:b@h\",\"version\":"
	    "\"SIP/2.0\",\"request_line\":\"OPTIONS sip:b@h SIP/2.0\"}\n"
	    "unit client full sip_header=\"Via: SIP/2.0/UDP h;branch=z9hG4bK1"
	    "\\r\\nFrom: <sip:a@h>;tag=1\\r\\nTo: <sip:b@h>\\r\\nCall-ID: "
	    "one@h\\r\\nCSeq: 1 OPTIONS\\r\\nCONTENT-LENGTH:3\\r\\n"
	    "Content-Length: 99\\r\\nc: a/b\\r\\n\\r\\n\" sip_body=\"abc\"\n"
	    "log sip {\"method\":\"OPTIONS\",\"uri\":\"sip:b@h\",\"version\":"
	    "\"SIP/2.0\",\"request_line\":\"OPTIONS sip:b@h SIP/2.0\"}\n"
	    /* blank lines that no message follows */
	    "unit server\n");
	rig_truncate(&r, talk, ARRAY_LEN(talk));
	rig_truncate(&r, talk, 2);
}

static void
none_of_mine(void **state)
{
	static const struct rig_say cases[] = {
		C("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
		C("GET / HTTP/1.1\r\n\r\n"), S("220 mail\r\n"),
		C("USER a\r\n"), S("SIP/2.0\r\n"), C(" SIP/2.0\r\n"),
		C("averylongword.averylongword.averylongword x SIP/2.0\r\n") };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		rig_play(&r, &cases[i], 1);
		assert_string_equal(rig_text(&r), "fate not mine\n");
	}
}

/* Behind a gap each line stands alone until one begins a message. */
static void
gap(void **state)
{
	static const char begun[] = OPTIONS "c: a/b\r\nl: 400\r\n\r\nbody";
	static const char rest[] = "a=x\r\nm=y\r\n" OPTIONS "\r\n";
	unsigned messages = 0;
	const char *at;

	(void)state;
	rig_session(&r);
	rig_clear(&r);
	rig_feed(&r, FLOW_CLIENT, begun, sizeof(begun) - 1, RIG_BYTEWISE);
	rig_gap(&r, FLOW_CLIENT);
	rig_feed(&r, FLOW_CLIENT, rest, sizeof(rest) - 1, RIG_BYTEWISE);
	rig_end(&r);
	for (at = rig_text(&r); (at = strstr(at, "log sip")); at++)
		messages++;
	assert_int_equal(messages, 2);
	assert_false(rig_has(&r, "event"));
	/* but not for ever */
	rig_session(&r);
	rig_clear(&r);
	rig_feed(&r, FLOW_CLIENT, OPTIONS "\r\n", sizeof(OPTIONS "\r\n") - 1,
	    RIG_WHOLE);
	for (unsigned i = 0; i < LIM_SIP_JUNK; i++)
		rig_feed(&r, FLOW_CLIENT, "junk\r\n", 6, RIG_WHOLE);
	assert_true(rig_has(&r, "fate not mine"));
}

/* A body longer than what is put together comes in pieces. */
static void
long_body(void **state)
{
	enum { BODY = 40000 };
	static char text[BODY + 1024];
	int n = snprintf(text, sizeof(text), OPTIONS
	    "c: a/b\r\nl: %d\r\n\r\n", BODY);
	const struct rig_say one = { FLOW_CLIENT, text, (size_t)n + BODY };
	unsigned units = 0;

	(void)state;
	memset(text + n, 'z', BODY);
	conf.max_content = 0;
	rig_play(&r, &one, 1);
	for (const char *at = rig_text(&r); (at = strstr(at,
	    "sip_body=\"zzz")); at++)
		units++;
	assert_int_equal(units, 3);
	assert_false(rig_has(&r, "event"));
}

/* -- events --------------------------------------------------------------- */

static void
sizes(void **state)
{
	static const struct {
		uint32_t *limit, value;
		const char *text;
		unsigned sid;
	} cases[] = {
		{ &conf.max_uri, 6, OPTIONS "\r\n", SIP_EV_URI },
		{ &conf.max_call_id, 4, OPTIONS "\r\n", SIP_EV_CALL_ID },
		{ &conf.max_request_name, 6, OPTIONS "\r\n",
		    SIP_EV_CSEQ_NAME },
		{ &conf.max_from, 14, OPTIONS "\r\n", SIP_EV_FROM },
		{ &conf.max_to, 8, OPTIONS "\r\n", SIP_EV_TO },
		{ &conf.max_via, 28, OPTIONS "\r\n", SIP_EV_VIA },
		{ &conf.max_via, 57, OPTIONS VIA "\r\n", SIP_EV_VIA },
		{ &conf.max_contact, 6, OPTIONS "m: <sip:a>\r\n\r\n",
		    SIP_EV_CONTACT },
		{ &conf.max_content, 2, OPTIONS "l: 3\r\nc: a/b\r\n\r\nabc",
		    SIP_EV_CONTENT },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t old = *cases[i].limit;

		assert_int_equal(alone(FLOW_CLIENT, cases[i].text), 0);
		*cases[i].limit = cases[i].value;
		assert_int_equal(alone(FLOW_CLIENT, cases[i].text),
		    BIT(cases[i].sid));
		/* 0: any */
		*cases[i].limit = 0;
		assert_int_equal(alone(FLOW_CLIENT, cases[i].text), 0);
		*cases[i].limit = old;
	}
}

static void
broken(void **state)
{
	static const struct {
		enum flow_side side;
		const char *text;
		uint32_t events;
	} cases[] = {
		{ FLOW_CLIENT, OPTIONS "\r\n", 0 },
		{ FLOW_CLIENT, "OPTIONS  SIP/2.0\r\n" HEAD
		    "CSeq: 1 OPTIONS\r\n\r\n", BIT(SIP_EV_URI_EMPTY) },
		{ FLOW_CLIENT, "OPTIONS sip:b SIP/2.0\r\n" ENDS "Call-ID:\r\n"
		    VIA "\r\n", BIT(SIP_EV_CALL_ID_EMPTY) },
		{ FLOW_CLIENT, "OPTIONS sip:b SIP/2.0\r\n" "Call-ID: a\r\n"
		    "\r\n", BIT(SIP_EV_FROM_EMPTY) | BIT(SIP_EV_TO_EMPTY) |
		    BIT(SIP_EV_VIA_EMPTY) },
		{ FLOW_CLIENT, "INVITE sip:b SIP/2.0\r\n" HEAD
		    "CSeq: 1 INVITE\r\n\r\n", BIT(SIP_EV_CONTACT_EMPTY) },
		{ FLOW_CLIENT, "OPTIONS sip:b SIP/2.0\r\n" HEAD
		    "CSeq: 2147483648 OPTIONS\r\n\r\n", BIT(SIP_EV_CSEQ) },
		{ FLOW_CLIENT, "OPTIONS sip:b SIP/2.0\r\n" HEAD
		    "CSeq: 2147483647 OPTIONS\r\n\r\n", 0 },
		{ FLOW_CLIENT, "OPTIONS sip:b SIP/2.0\r\n" HEAD
		    "CSeq: -1 OPTIONS\r\n\r\n", BIT(SIP_EV_CSEQ) },
		{ FLOW_CLIENT, "OPTIONS sip:b SIP/2.0\r\n" HEAD
		    "CSeq: 1 BYE\r\n\r\n", BIT(SIP_EV_MISMATCH) },
		{ FLOW_CLIENT, "PING sip:b SIP/2.0\r\n" HEAD
		    "CSeq: 1 PING\r\n\r\n", BIT(SIP_EV_METHOD) },
		{ FLOW_CLIENT, "OPTIONS sip:b SIP/3.0\r\n" HEAD
		    "CSeq: 1 OPTIONS\r\n\r\n", BIT(SIP_EV_VERSION) },
		{ FLOW_CLIENT, "OPTIONS sip:b SIP/1.1\r\n" HEAD
		    "CSeq: 1 OPTIONS\r\n\r\n", 0 },
		{ FLOW_SERVER, "SIP/2.0 20 OK\r\n" HEAD
		    "CSeq: 1 OPTIONS\r\n\r\n", BIT(SIP_EV_STATUS) },
		{ FLOW_SERVER, "SIP/2.0 1000 OK\r\n" HEAD
		    "CSeq: 1 OPTIONS\r\n\r\n", BIT(SIP_EV_STATUS) },
		{ FLOW_SERVER, OK "CSeq: 1 PING\r\n\r\n",
		    BIT(SIP_EV_CSEQ_UNKNOWN) },
		{ FLOW_CLIENT, OPTIONS "l: 3\r\n\r\nabc",
		    BIT(SIP_EV_NO_TYPE) },
		{ FLOW_CLIENT, OPTIONS "l: -3\r\n\r\n", BIT(SIP_EV_CONTENT) },
		{ FLOW_CLIENT, OPTIONS "l: 4\r\nc: a/b\r\n\r\nabc",
		    BIT(SIP_EV_LENGTH) },
		{ FLOW_CLIENT, OPTIONS "l: 2\r\nc: a/b\r\n\r\nabc",
		    BIT(SIP_EV_LENGTH) },
		{ FLOW_CLIENT, OPTIONS "c: a/b\r\n\r\nabc", 0 },
		{ FLOW_CLIENT, OPTIONS "l: 0\r\n\r\n\r\n" OPTIONS "l: 0\r\n"
		    "\r\n", BIT(SIP_EV_MULTIPLE) },
		{ FLOW_CLIENT, "\r\n\r\n", 0 },
		{ FLOW_CLIENT, "junk", 0 },
		{ FLOW_CLIENT, "", 0 },
	};

	(void)state;
	assert_int_equal(conf.n_methods, ARRAY_LEN(method_names));
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(alone(cases[i].side, cases[i].text),
		    cases[i].events);
	/* without a line for SIP, nothing is raised */
	conf.events = false;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(alone(cases[i].side, cases[i].text), 0);
}

/* Each message of a datagram is a unit, whatever ends its lines. */
static void
datagrams(void **state)
{
	static const char two[] = OPTIONS "l: 0\r\n\r\n" OPTIONS
	    "c: a/b\r\n\r\nrest";
	const char *at;

	(void)state;
	alone(FLOW_CLIENT, two);
	at = strstr(rig_text(&r), "unit client full sip_header");
	assert_non_null(at);
	at = strstr(at + 1, "unit client full sip_header");
	assert_non_null(at);
	assert_non_null(strstr(at, "sip_body=\"rest\""));
	for (size_t n = 0; n < sizeof(two); n++) {
		rig_session(&r);
		rig_datagram(&r, FLOW_CLIENT, two, n);
	}
	alone(FLOW_CLIENT, "BYE sip:b SIP/2.0\nCall-ID: a\n\nx");
	assert_true(rig_has(&r, "unit client full sip_header=\"Call-ID: a\\n\\n\" "
	    "sip_body=\"x\""));
	alone(FLOW_CLIENT, "BYE sip:b SIP/2.0\rCall-ID: a\r\rx");
	assert_true(rig_has(&r, "unit client full sip_header=\"Call-ID: a\\r\\r\" "
	    "sip_body=\"x\""));
}

/* -- dialogs -------------------------------------------------------------- */

#define SDP(addr, port) "c: application/sdp\r\n\r\nv=0\r\no=- 1 1 IN IP4 "  \
	addr "\r\ns=-\r\nc=IN IP4 " addr "\r\nt=0 0\r\nm=audio " port          \
	" RTP/AVP 0\r\n"
#define INVITE "INVITE sip:b@h SIP/2.0\r\n" HEAD "m: <sip:a@h>\r\n"            \
	"CSeq: 1 INVITE\r\n"
#define ANSWER(line) "SIP/2.0 " line "\r\n" HEAD "CSeq: 1 INVITE\r\n"
#define AUTH "Authorization: Digest username=\"a\"\r\n"

static void
challenges(void **state)
{
	(void)state;
	/* asked, then told who it is */
	assert_int_equal(alone(FLOW_CLIENT, INVITE SDP("10.0.0.1", "4000")),
	    0);
	assert_int_equal(say(FLOW_SERVER, ANSWER("100 Trying") "\r\n"), 0);
	assert_int_equal(say(FLOW_SERVER, ANSWER("401 Who") "\r\n"), 0);
	assert_int_equal(say(FLOW_CLIENT, INVITE AUTH SDP("10.0.0.1",
	    "4000")), 0);
	/* sent again, it has been asked still */
	assert_int_equal(say(FLOW_CLIENT, INVITE AUTH SDP("10.0.0.1",
	    "4000")), 0);
	assert_int_equal(say(FLOW_SERVER, ANSWER("200 OK") SDP("10.0.0.2",
	    "5000")), 0);
	/* in the dialog it may say so, too */
	assert_int_equal(say(FLOW_CLIENT, INVITE AUTH SDP("10.0.0.1",
	    "4002")), 0);
	/* nobody asked */
	assert_int_equal(alone(FLOW_CLIENT, INVITE AUTH SDP("10.0.0.1",
	    "4000")), BIT(SIP_EV_REPLAY));
	/* asked about something else */
	alone(FLOW_CLIENT, INVITE SDP("10.0.0.1", "4000"));
	say(FLOW_SERVER, ANSWER("407 Who") "\r\n");
	assert_int_equal(say(FLOW_CLIENT, INVITE AUTH SDP("10.0.0.9",
	    "4000")), BIT(SIP_EV_CHANGED));
}

static void
too_many_dialogs(void **state)
{
	char text[512];

	(void)state;
	rig_session(&r);
	for (unsigned i = 0; i < 5; i++) {
		snprintf(text, sizeof(text), "OPTIONS sip:b SIP/2.0\r\n" VIA
		    ENDS "i: call-%u\r\n\r\n", i);
		assert_int_equal(say(FLOW_CLIENT, text), i < 4 ? 0 :
		    BIT(SIP_EV_DIALOGS));
	}
	/* the oldest went; the others are known */
	assert_int_equal(say(FLOW_CLIENT, text), 0);
	conf.max_dialogs = 5;
	assert_int_equal(say(FLOW_CLIENT, "BYE sip:b SIP/2.0\r\n" VIA ENDS
	    "i: call-0\r\n\r\n"), 0);
	/* a limit above the program's own is that one */
	conf.max_dialogs = 4194303;
	for (unsigned i = 0; i < 2 * LIM_SIP_DIALOGS; i++) {
		snprintf(text, sizeof(text), "OPTIONS sip:b SIP/2.0\r\n" VIA
		    ENDS "i: many-%u\r\n\r\n", i);
		say(FLOW_CLIENT, text);
	}
	assert_true(app_proto_counters(r.app, APP_SIP)[SIP_CTR_DIALOGS_LOST] >
	    LIM_SIP_DIALOGS);
}

static void
dialogs_end(void **state)
{
	(void)state;
	conf.max_dialogs = 1;
	alone(FLOW_CLIENT, INVITE "\r\n");
	say(FLOW_SERVER, ANSWER("486 Busy") "\r\n");
	assert_int_equal(say(FLOW_CLIENT, "OPTIONS sip:b SIP/2.0\r\n" VIA ENDS
	    "i: other\r\n\r\n"), 0);
	alone(FLOW_CLIENT, INVITE "\r\n");
	say(FLOW_CLIENT, "CANCEL sip:b SIP/2.0\r\n" HEAD
	    "CSeq: 1 CANCEL\r\n\r\n");
	assert_int_equal(say(FLOW_CLIENT, "OPTIONS sip:b SIP/2.0\r\n" VIA ENDS
	    "i: other\r\n\r\n"), 0);
	alone(FLOW_CLIENT, INVITE "\r\n");
	say(FLOW_SERVER, ANSWER("200 OK") "\r\n");
	say(FLOW_CLIENT, "BYE sip:b SIP/2.0\r\n" HEAD "CSeq: 2 BYE\r\n\r\n");
	say(FLOW_SERVER, "SIP/2.0 200 OK\r\n" HEAD "CSeq: 2 BYE\r\n\r\n");
	assert_int_equal(say(FLOW_CLIENT, "OPTIONS sip:b SIP/2.0\r\n" VIA ENDS
	    "i: other\r\n\r\n"), 0);
	assert_int_equal(say(FLOW_CLIENT, "OPTIONS sip:b SIP/2.0\r\n" VIA ENDS
	    "i: third\r\n\r\n"), BIT(SIP_EV_DIALOGS));
}

/* Is a datagram between these announced as media? */
static bool
is_media(const char *src, const char *dst, uint16_t port)
{
	struct packet p = { .dec = { .ip_ver = 4, .ip_proto = 17,
		.l4 = PKT_L4_UDP, .dport = port } };
	uint32_t tag;

	assert_true(ipaddr_parse(text_of(src), &p.dec.src));
	assert_true(ipaddr_parse(text_of(dst), &p.dec.dst));
	return app_expected(r.app, &p, true, &tag) == APP_SIP_MEDIA;
}

static void
media(void **state)
{
	(void)state;
	alone(FLOW_CLIENT, INVITE SDP("10.0.0.1", "4000")
	    "m=video 4002 RTP/AVP 31\r\nc=IN IP4 10.0.0.3\r\n"
	    "m=message 4004 TCP/MSRP *\r\nm=audio 0 RTP/AVP 0\r\n");
	assert_false(is_media("10.0.0.2", "10.0.0.1", 4000));
	say(FLOW_SERVER, ANSWER("200 OK") SDP("10.0.0.2", "5000")
	    "m=video 5002 rtp/savp 31\r\n");
	assert_true(is_media("10.0.0.2", "10.0.0.1", 4000));
	assert_true(is_media("10.0.0.1", "10.0.0.2", 5000));
	assert_true(is_media("10.0.0.2", "10.0.0.3", 4002));
	assert_true(is_media("10.0.0.3", "10.0.0.2", 5002));
	assert_false(is_media("10.0.0.2", "10.0.0.1", 4004));
	/* an offer with the response */
	alone(FLOW_CLIENT, INVITE "\r\n");
	say(FLOW_SERVER, ANSWER("200 OK") SDP("10.0.1.2", "5000"));
	say(FLOW_CLIENT, "ACK sip:b SIP/2.0\r\n" HEAD "CSeq: 1 ACK\r\n"
	    SDP("10.0.1.1", "4000"));
	assert_true(is_media("10.0.1.1", "10.0.1.2", 5000));
	/* only where it is wanted */
	conf.ignore_call_channel = false;
	alone(FLOW_CLIENT, INVITE SDP("10.0.2.1", "4000"));
	say(FLOW_SERVER, ANSWER("200 OK") SDP("10.0.2.2", "5000"));
	assert_false(is_media("10.0.2.1", "10.0.2.2", 5000));
}

/* More lines than there is room for change nothing. */
static void
many_media(void **state)
{
	static char text[60000];
	size_t n = sizeof(INVITE SDP("10.0.0.1", "4000")) - 1;

	(void)state;
	memcpy(text, INVITE SDP("10.0.0.1", "4000"), n);
	while (n + 64 < sizeof(text))
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "m=audio 4002 RTP/AVP 0\r\nc=IN IP4 10.0.0.9\r\n");
	alone(FLOW_CLIENT, text);
	say(FLOW_SERVER, ANSWER("200 OK") SDP("10.0.0.2", "5000"));
	assert_true(is_media("10.0.0.2", "10.0.0.1", 4000));
}

/* -- sessions ------------------------------------------------------------- */

static struct flow others[4];

static void
too_many_sessions(void **state)
{
	(void)state;
	conf.max_sessions = 2; /* the rig's own is one */
	for (unsigned i = 0; i < 3; i++) {
		others[i] = r.flow;
		others[i].app = NULL;
		others[i].kind = FLOW_UDP;
	}
	assert_true(app_attach(r.app, &others[0], APP_SIP, 0));
	app_end(r.app, &r.flow);
	assert_true(app_attach(r.app, &others[1], APP_SIP, 0));
	r.flow.app = NULL;
	assert_int_equal(alone(FLOW_CLIENT, OPTIONS "\r\n"),
	    BIT(SIP_EV_SESSIONS));
	assert_true(rig_has(&r, "fate not mine"));
	/* said once as long as it lasts */
	assert_int_equal(alone(FLOW_CLIENT, OPTIONS "\r\n"), 0);
	app_end(r.app, &others[1]);
	assert_int_equal(alone(FLOW_CLIENT, OPTIONS "\r\n"), 0);
	assert_true(rig_has(&r, "log sip"));
	app_end(r.app, &others[0]);
}

static void
guesses(void **state)
{
	static const struct {
		const char *bytes;
		enum app_guess is;
	} cases[] = {
		{ "SIP/2.0 200 OK", APP_YES }, { "SIP/2.0 ", APP_MAYBE },
		{ "SIP/2.0 x", APP_NO }, { "INVITE sip:a", APP_YES },
		{ "INVITE tel:1", APP_YES }, { "REGISTER sips:a", APP_YES },
		{ "INVITE sip", APP_MAYBE }, { "INV", APP_MAYBE },
		{ "INVITE http:", APP_NO }, { "GET sip:", APP_NO },
		{ "OPTIONS / HTTP/1.1", APP_NO },
		{ "OPTIONS * HTTP/1.1", APP_NO }, { "S", APP_MAYBE },
		{ "\x80", APP_NO },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(app_ops(APP_SIP)->guess(FLOW_CLIENT,
		    slice_make((const uint8_t *)cases[i].bytes,
		    strlen(cases[i].bytes)), false), cases[i].is);
}

/* Bytes of which each could ask for a look at all the others. */
static void
worst_cases(void **state)
{
	static const char *const parts[] = { "\r", "\n", " ", ":", "a:", "\n ",
		OPTIONS "l: 0\r\n\r\n", "v:\r\n", "m=\n", "l: 1\r\n" };
	static char text[RIG_BYTES];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(parts); i++) {
		size_t n = sizeof(OPTIONS "c: application/sdp\r\n") - 1;
		size_t len = strlen(parts[i]);

		memcpy(text, OPTIONS "c: application/sdp\r\n", n);
		if (i & 1)
			memcpy(text + n, "\r\n", 2), n += 2;
		for (; n + len < sizeof(text); n += len)
			memcpy(text + n, parts[i], len);
		rig_session(&r);
		rig_clear(&r);
		rig_datagram(&r, FLOW_CLIENT, text, 65535);
		rig_session(&r);
		rig_clear(&r);
		rig_feed(&r, FLOW_CLIENT, text, n, RIG_WHOLE);
	}
}

static void
no_memory(void **state)
{
	struct app_conf only = { .proto[APP_SIP] = { .on = true } };
	struct app *a = NULL;
	unsigned n = 0;

	(void)state;
	while (!a && n < 100) {
		mem_fail_at(++n);
		a = app_new(&only, NULL, 4);
		mem_fail_at(0);
	}
	assert_true(a && n > 1);
	app_free(a);
	/* a dialog without memory is not followed */
	assert_int_equal(setup(NULL), 0);
	mem_fail_at(1);
	assert_int_equal(say(FLOW_CLIENT, OPTIONS "\r\n"), 0);
	mem_fail_at(0);
	assert_true(app_proto_counters(r.app, APP_SIP)[SIP_CTR_NO_MEMORY] +
	    app_proto_counters(r.app, APP_SIP)[SIP_CTR_DIALOGS] == 1);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(stream),
		TEST(none_of_mine),
		TEST(gap),
		TEST(long_body),
		TEST(sizes),
		TEST(broken),
		TEST(datagrams),
		TEST(challenges),
		TEST(too_many_dialogs),
		TEST(dialogs_end),
		TEST(media),
		TEST(many_media),
		TEST(too_many_sessions),
		TEST(guesses),
		TEST(worst_cases),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
