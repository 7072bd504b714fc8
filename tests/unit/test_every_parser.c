/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What holds for every parser: in any pieces it reads the same, cut off
 * anywhere it goes on, without memory it does without, and what a sender
 * repeats costs what its bytes do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "tests/tools/app_rig.h"

#define C(text) { FLOW_CLIENT, text, sizeof(text) - 1 }
#define S(text) { FLOW_SERVER, text, sizeof(text) - 1 }
#define A10 "aaaaaaaaaa"
#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define MAIL C("EHLO a\r\n"), S("250 a\r\n"), C("DATA\r\n"), S("354 go\r\n"),  \
	C("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"           \
	"Content-Transfer-Encoding: base64\r\n\r\n")
#define SIP "OPTIONS sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n"                \
	"From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: one@h\r\n"         \
	"CSeq: 1 OPTIONS\r\n"
#define RPC_CALL "1234\0\0\0\0\0\0\0\2\0\1\x86\xa0\0\0\0\2\0\0\0\3"
#define DCE_BIND C("\5\0\x0b\3\x10\0\0\0\x48\0\0\0\1\0\0\0\xd0\x16\xd0\x16"    \
	"\0\0\0\0\1\0\0\0\7\0\1\0\x81\xbb\x7a\x36\x44\x98\xf1\x35\xad\x32"     \
	"\x98\xf0\x38\0\x10\3\2\0\0\0" "12345678901234567890")
#define SMB1(command, len, rest) "\0\0\0" len "\xffSMB" command "\0\0\0\0"     \
	"\x18\1\0" "signature123\0\0\1\0\2\0\1\0" rest
#define SMB2(command, next) "\0\0\0\x44\xfeSMB\x40\0\0\0\0\0\0\0" command      \
	"\0\1\0\0\0\0\0" next "\0\0\0" "message.proc\1\0\0\0session.0123456"   \
	"789abcdef\4\0\0\0"
#define TLS_HELLO "\x16\3\1\0\x08\1\0\0\4\3\3\7\7"
#define FRAME "\5\x64\x08\xc4\1\0\2\0\xd5\x41\xc0\xc0\1\x8e\xfc"

/* The last piece is what is repeated. */
static const struct talk {
	enum app_id id;
	struct rig_say say[7];
	unsigned n;
} talks[] = {
	{ APP_HTTP, { C(GET) }, 1 },
	{ APP_HTTP, { C("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"),
	    C("1\r\na\r\n") }, 2 },
	{ APP_HTTP, { C(GET), S("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"
	    "aHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"), S(A10) }, 3 },
	{ APP_SMTP, { C("NOOP   a\r\n") }, 1 },
	{ APP_SMTP, { C("RCPT TO:<a>\r\n") }, 1 },
	{ APP_SMTP, { S("250-a\r\n") }, 1 },
	{ APP_SMTP, { C("EHLO a\r\nMAIL FROM:<a>\r\nDATA\r\n"), C("\r\n.\r") },
	    2 },
	{ APP_SMTP, { MAIL, C("YXR0YWNr\r\n--b\r\n\r\n") }, 6 },
	{ APP_SMTP, { MAIL, C("-") }, 6 },
	{ APP_SMTP, { MAIL, C("=") }, 6 },
	{ APP_SMTP, { MAIL, C("\r\n--b\r\nContent-Type: multipart/mixed; "
	    "boundary=c\r\n") }, 6 },
	{ APP_POP3, { C("USER a\r\n"), S("+OK\r\n"), C("RETR 1\r\n") }, 3 },
	{ APP_POP3, { C("RETR 1\r\n"), S("+OK\r\nContent-Transfer-Encoding: "
	    "quoted-printable\r\n\r\n"), S("a=\r\n.") }, 3 },
	{ APP_IMAP, { C("a LOGIN {1}\r\nb\r\n") }, 1 },
	{ APP_IMAP, { C("a FETCH 1 BODY[]\r\n"),
	    S("* 1 FETCH (BODY[] {1}\r\na)\r\n") }, 2 },
	{ APP_FTP, { C("PORT 1,1,1,1,1,1\r\n") }, 1 },
	{ APP_FTP, { C("CWD "), C("%n%") }, 2 },
	{ APP_FTP, { C("USER a\r\n"), S("220-a\r\n") }, 2 },
	{ APP_FTP, { C("PASV\r\n"), S("227 a (1,1,1,1,1,1)\r\n") }, 2 },
	{ APP_FTP, { C("USER "), C("a\xff\xf7") }, 2 },
	{ APP_FTP_DATA, { S(A10) }, 1 },
	{ APP_TELNET, { C("\xff\xf6") }, 1 },
	{ APP_TELNET, { C("a\xff\xf7") }, 1 },
	{ APP_TELNET, { C("a"), C("\xff\xfa\x18") }, 2 },
	{ APP_TELNET, { S("\xff\xfa\x18\xff\xf0") }, 1 },
	{ APP_DNS, { C("\0\x16\x12\x34\1\0\0\1\0\0\0\0\0\0\4abcd\0\0\1\0\1") },
	    1 },
	/* names that point at themselves, and at each other */
	{ APP_DNS, { S("\0\x1e\x12\x34\x81\x80\0\0\0\1\0\0\0\0\xc0\x0c\0\1\0\1"
	    "\0\0\0\1\0\6\xc0\x0e\xc0\x0c\xc0\x1a") }, 1 },
	{ APP_TLS, { C(TLS_HELLO) }, 1 },
	{ APP_TLS, { C(TLS_HELLO), S("\x16\3\1\0\1\x0b") }, 2 },
	{ APP_SSH, { C("SSH-2.0-a\r\n"), C("\0\0\0\2\0\x14") }, 2 },
	{ APP_SIP, { C(SIP "Content-Length: 0\r\n\r\n") }, 1 },
	{ APP_SIP, { C(SIP), C("v:\r\n") }, 2 },
	{ APP_SIP, { C(SIP), C("a:\r\n ") }, 2 },
	{ APP_SIP, { C("\r\n") }, 1 },
	{ APP_RPC, { C("\x80\0\0\x18" RPC_CALL) }, 1 },
	{ APP_RPC, { C("\0\0\0\x18" RPC_CALL), C("\0\0\0\1a") }, 2 },
	{ APP_DCE, { DCE_BIND, C("\5\0\0\3\x10\0\0\0\x1b\0\0\0\2\0\0\0"
	    "\3\0\0\0\7\0\x0c\0abc") }, 2 },
	{ APP_DCE, { DCE_BIND, C("\5\0\0\0\x10\0\0\0\x19\0\0\0\2\0\0\0"
	    "\3\0\0\0\7\0\x0c\0a") }, 2 },
	{ APP_SMB, { C("\x85\0\0\0") }, 1 },
	{ APP_SMB, { C(SMB1("\x72", "\x25", "\0\2\0\2a\0")) }, 1 },
	{ APP_SMB, { C(SMB1("\x2f", "\x23", "\0\0\0")) }, 1 },
	{ APP_SMB, { C(SMB2("\0", "\0")) }, 1 },
	{ APP_SMB, { C(SMB2("\5", "\x40")) }, 1 },
	{ APP_MODBUS, { C("\0\1\0\0\0\6\x11\1\0\x13\0\x25") }, 1 },
	{ APP_MODBUS, { C("\0\1\0\0\0\6\x11\1\0\x13\0\x25"), C("\0\1\0\0\0\2"
	    "\x11\x5a") }, 2 },
	{ APP_DNP3, { C(FRAME) }, 1 },
	{ APP_DNP3, { C(FRAME), C("\5") }, 2 },
	{ APP_DNP3, { C(FRAME), C("\5\x64\5") }, 2 },
};

static void
play(struct rig *r, const struct talk *t)
{
	rig_session(r);
	for (unsigned i = 0; i < t->n; i++)
		rig_feed(r, t->say[i].side, t->say[i].bytes, t->say[i].n,
		    RIG_WHOLE);
	rig_end(r);
}

static void
test_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(talks); i++) {
		struct rig r;

		assert_true(rig_init(&r, talks[i].id, NULL));
		/* without messages each piece is judged by itself */
		if (app_ops(talks[i].id)->split)
			rig_play(&r, talks[i].say, talks[i].n);
		for (unsigned n = 1; n <= talks[i].n; n++)
			rig_truncate(&r, talks[i].say, n);
		rig_fini(&r);
	}
}

static void
test_linear(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(talks); i++) {
		struct rig r;

		assert_true(rig_init(&r, talks[i].id, NULL));
		if (getenv("VERBOSE"))
			print_message("%zu: %s\n", i,
			    app_ops(talks[i].id)->name);
		rig_linear(&r, talks[i].say, talks[i].n);
		rig_fini(&r);
	}
}

/* The worker's part, the session, and whatever it takes later: each missing
 * once, and then all is there again. */
static void
test_no_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(talks); i++) {
		unsigned refused = 0;

		for (unsigned nth = 1;; nth++) {
			uint64_t before = mem_count();
			bool reached;
			struct rig r;

			mem_fail_at(nth);
			if (!rig_init(&r, talks[i].id, NULL)) {
				mem_fail_at(0);
				rig_fini(&r);
				refused++;
				continue;
			}
			r.oom = true;
			play(&r, &talks[i]);
			reached = mem_count() - before >= nth;
			mem_fail_at(0);
			rig_clear(&r);
			play(&r, &talks[i]);
			assert_non_null(strstr(rig_text(&r), "unit"));
			rig_fini(&r);
			if (!reached)
				break;
		}
		assert_true(refused > 0);
	}
}

/* -- datagrams ------------------------------------------------------------- */

/* What is repeated in one, behind its beginning. */
static const struct {
	enum app_id id;
	const char *first, *again;
	size_t n_first, n_again;
} datagrams[] = {
#define DATAGRAM(id, first, again) { id, first, again, sizeof(first) - 1,      \
	sizeof(again) - 1 }
	DATAGRAM(APP_DNS, "\x12\x34\1\0\xff\xff\0\0\0\0\0\0", "\1a\0\0\1\0\1"),
	DATAGRAM(APP_DNS, "\x12\x34\x81\x80\0\0\xff\xff\0\0\0\0",
	    "\xc0\x0c\0\1\0\1\0\0\0\1\0\0"),
	DATAGRAM(APP_DNS, "\x12\x34\x81\x80\0\1\xff\xff\0\0\0\0\1a\xc0\x0c"
	    "\0\1\0\1", "\xc0\x0c\0\x10\0\1\0\0\0\1\0\4\0\0\0\0"),
	DATAGRAM(APP_GTP, "\x32\x10\xff\xf8\0\0\0\1\0\0\0\0", "\1\1"),
	DATAGRAM(APP_GTP, "\x48\x20\xff\xf8\0\0\0\1\0\0\0\0", "\1\0\0\0"),
	DATAGRAM(APP_SIP, SIP, "a:\r\n"),
	DATAGRAM(APP_SIP, SIP "Content-Type: application/sdp\r\n\r\n",
	    "m=audio 4002 RTP/AVP 0\r\n"),
	DATAGRAM(APP_SIP, SIP "\r\n", SIP "\r\n"),
	DATAGRAM(APP_DCE_UDP, "", "\4\0\0\0\x10\0\0\0"),
#undef DATAGRAM
};

/* Seconds of the processor for so many bytes in datagrams of this size. */
static double
seconds(struct rig *r, const uint8_t *bytes, size_t size)
{
	enum { ALL = 1 << 21 };
	clock_t before = clock();

	for (size_t at = 0; at < ALL; at += size) {
		rig_session(r);
		rig_clear(r);
		rig_datagram(r, FLOW_CLIENT, bytes, size);
	}
	return (double)(clock() - before) / CLOCKS_PER_SEC;
}

/* In large ones they cost no more than in small ones. */
static void
test_datagrams(void **state)
{
	enum { SMALL = 4096, LARGE = 65507 };
	static uint8_t bytes[LARGE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(datagrams); i++) {
		double small, large;
		struct rig r;

		memcpy(bytes, datagrams[i].first, datagrams[i].n_first);
		for (size_t at = datagrams[i].n_first; at < LARGE; at++)
			bytes[at] = (uint8_t)datagrams[i].again[(at -
			    datagrams[i].n_first) % datagrams[i].n_again];
		assert_true(rig_init(&r, datagrams[i].id, NULL));
		for (unsigned n = 0; n < 600; n++) {
			rig_session(&r);
			rig_clear(&r);
			rig_datagram(&r, FLOW_CLIENT, bytes, n);
		}
		small = seconds(&r, bytes, SMALL);
		large = seconds(&r, bytes, LARGE);
		if (getenv("VERBOSE"))
			print_message("%zu: %s %f %f\n", i,
			    app_ops(datagrams[i].id)->name, small, large);
		if (large > 4 * small + 0.05)
			fail_msg("%s, %zu: %f s, in small ones %f s",
			    app_ops(datagrams[i].id)->name, i, large, small);
		rig_fini(&r);
	}
}

/* A parser that is added has its line above. */
static void
test_all_are_here(void **state)
{
	(void)state;
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
		bool has = id == APP_SIP_MEDIA;

		for (size_t i = 0; i < ARRAY_LEN(talks); i++)
			has |= talks[i].id == id;
		for (size_t i = 0; i < ARRAY_LEN(datagrams); i++)
			has |= datagrams[i].id == id;
		if (!has)
			fail_msg("nothing of %s", app_ops(id)->name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_all_are_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
