/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SMTP, POP3 and IMAP: lines and messages in any pieces, parts decoded one by
 * one, events. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/app/smtp.h"
#include "tests/tools/app_rig.h"

#define C(text) { FLOW_CLIENT, text, sizeof(text) - 1 }
#define S(text) { FLOW_SERVER, text, sizeof(text) - 1 }

#define MESSAGE                                                                \
	"From: a@example.org\r\nTo: b@example.org\r\nSubject: hi\r\n"          \
	"Content-Type: multipart/mixed; boundary=\"XX\"\r\n\r\n"               \
	"--XX\r\nContent-Type: text/plain\r\n\r\nhello\r\n"                    \
	"--XX\r\nContent-Transfer-Encoding: base64\r\n"                        \
	"Content-Disposition: attachment; filename=\"f.bin\"\r\n\r\n"          \
	"YXR0YWNrIG9uIHRoZSBtYWlsLi4u\r\n--XX--\r\n"

static struct rig r;

/* -- SMTP --------------------------------------------------------------- */

static void
test_smtp(void **state)
{
	const struct rig_say say[] = { S("220 here\r\n"), C("EHLO me\r\n"),
		S("250-hello\r\n250 SIZE\r\n"),
		C("MAIL FROM:<a@example.org>\r\n"), S("250 ok\r\n"),
		C("RCPT TO:<b@example.org>\r\n"), S("250 ok\r\n"),
		C("DATA\r\n"), S("354 go\r\n"), C(MESSAGE ".\r\n"),
		S("250 ok\r\n"), C("QUIT\r\n"), S("221 bye\r\n") };

	(void)state;
	assert_true(rig_init(&r, APP_SMTP, NULL));
	rig_play(&r, say, ARRAY_LEN(say));
	assert_true(rig_has(&r, "unit client full file_data=\"hello"));
	assert_true(rig_has(&r, "unit client full file_data=\"attack on the "
	    "mail...\""));
	assert_true(rig_has(&r, "log smtp {\"helo\":\"me\",\"mail_from\":"
	    "\"<a@example.org>\",\"rcpt_to\":[\"<b@example.org>\"],\"email\":{"
	    "\"from\":\"a@example.org\",\"to\":[\"b@example.org\"],"
	    "\"subject\":\"hi\",\"attachment\":[\"f.bin\"]}}"));
	assert_false(rig_has(&r, "event"));
	rig_truncate(&r, say, 10);
	rig_fini(&r);
}

/* In chunks, and with stuffed dots. */
static void
test_smtp_data(void **state)
{
	const struct rig_say chunks[] = {
		C("BDAT 41\r\nContent-Transfer-Encoding: base64\r\n\r\nYXR0"
		  "BDAT 8 LAST\r\nYWNrLi4uQUIT\r\n") };
	const struct rig_say stuffed[] = {
		C("DATA\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
		  "..a\r\n...\r\nb.\r\n.\r\nQUIT\r\n") };
	const struct rig_say refused[] = { C("DATA\r\n"), S("550 no\r\n"),
		C("QUIT\r\n"), S("221 bye\r\n") };

	(void)state;
	assert_true(rig_init(&r, APP_SMTP, NULL));
	rig_play(&r, chunks, 1);
	assert_true(rig_has(&r, "unit client full file_data=\"att\""));
	assert_true(rig_has(&r, "unit client full file_data=\"ack...\""));
	rig_play(&r, stuffed, 1);
	assert_true(rig_has(&r, "unit client full "
	    "file_data=\".a\\r\\n..\\r\\nb.\\r\\n\""));
	rig_play(&r, refused, ARRAY_LEN(refused));
	assert_false(rig_has(&r, "log smtp"));
	rig_fini(&r);
}

static const struct smtp_command commands[] = {
	{ .name = "AUTH", .flags = SMTP_VALID | SMTP_AUTH },
	{ .name = "DATA", .flags = SMTP_VALID | SMTP_DATA },
	{ .name = "EXPN", .flags = SMTP_VALID | SMTP_NORMALIZE },
	{ .name = "MAIL", .flags = SMTP_VALID, .max_len = 15 },
	{ .name = "VRFY", .flags = SMTP_INVALID },
	{ .name = "X-LINK2STATE", .flags = SMTP_VALID },
};

static void
test_smtp_events(void **state)
{
	static char xlink[600];
	static char header[200];
	const struct {
		struct rig_say say[4];
		unsigned n;
		const char *event; /* NULL: none */
	} cases[] = {
		{ { C("EXPN 0123456789012345\r\n") }, 1, "event 124:1" },
		{ { C("EXPN 012345678901234\r\n") }, 1, NULL },
		{ { { FLOW_CLIENT, header, 0 } }, 1, "event 124:2" },
		{ { S("250 012345678901234567890\r\n") }, 1, "event 124:3" },
		{ { C("MAIL FROM:<a@b>\r\n") }, 1, NULL },
		{ { C("MAIL FROM:<a@bc>\r\n") }, 1, "event 124:4" },
		{ { C("FROB\r\n") }, 1, "event 124:5" },
		{ { C("VRFY root\r\n") }, 1, "event 124:6" },
		{ { { FLOW_CLIENT, header, 0 } }, 1, "event 124:7" },
		{ { { FLOW_CLIENT, xlink, 0 } }, 1, "event 124:8" },
		{ { C("DATA\r\nContent-Transfer-Encoding: base64\r\n\r\n"
		    "A===\r\n.\r\n") }, 1, "event 124:10" },
		{ { C("AUTH A\r\n"), S("334 \r\n"), C("*\r\n"),
		    C("AUTH B\r\n") }, 4, "event 124:14" },
		{ { C("AUTH A\r\n"), S("334 \r\n"), C("*\r\n"),
		    C("AUTH A\r\n") }, 4, NULL },
		{ { C("AUTH 01234567\r\n") }, 1, "event 124:15" },
	};
	struct smtp_conf conf = { .mail = { .memcap = 100000 },
		.commands = commands, .n_commands = ARRAY_LEN(commands),
		.max_command_line = 20, .max_response_line = 22,
		.max_header_line = 100, .max_auth_line = 12,
		.alert_unknown = true, .xlink2state = true };

	(void)state;
	memset(xlink, 'x', sizeof(xlink) - 1);
	memcpy(xlink, "X-LINK2STATE FIRST CHUNK=", 25);
	memcpy(xlink + sizeof(xlink) - 3, "\r\n", 3);
	memset(header, 'h', sizeof(header) - 1);
	memcpy(header, "DATA\r\n", 6);
	header[120] = ':';
	memcpy(header + sizeof(header) - 8, "\r\n\r\n.\r\n", 8);
	assert_true(rig_init(&r, APP_SMTP, &conf));
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		rig_play(&r, cases[i].say, cases[i].n);
		if (rig_has(&r, "event 124:") != (cases[i].event != NULL))
			print_error("case %u: %s", i, rig_text(&r));
		assert_int_equal(rig_has(&r, "event 124:"),
		    cases[i].event != NULL);
		if (cases[i].event)
			assert_true(rig_has(&r, cases[i].event));
	}
	conf.no_alerts = true;
	rig_play(&r, cases[0].say, 1);
	assert_false(rig_has(&r, "event"));
	rig_fini(&r);
}

static void
test_smtp_normalize(void **state)
{
	const struct rig_say say[] = { C("EXPN \t  root\r\nHELO  a\r\n") };

	(void)state;
	assert_true(rig_init(&r, APP_SMTP, NULL));
	rig_play(&r, say, 1);
	assert_string_equal(rig_text(&r),
	    "unit client full decoded=\"EXPN root\\r\\n\"\n"
	    "unit client full\n");
	rig_fini(&r);
}

/* Messages at once: the memory of one is not enough for two. */
static void
test_memcap(void **state)
{
	struct smtp_conf conf = { .mail = { .memcap = sizeof(struct mail) },
		.commands = commands, .n_commands = ARRAY_LEN(commands) };
	struct flow other;

	(void)state;
	assert_true(rig_init(&r, APP_SMTP, &conf));
	rig_feed(&r, FLOW_CLIENT, "DATA\r\nA: b\r\n", 12, RIG_WHOLE);
	rig_gap(&r, FLOW_CLIENT); /* has what is there read */
	other = r.flow;
	r.flow.app = NULL;
	r.side[FLOW_CLIENT].n = r.side[FLOW_CLIENT].seen = 0;
	assert_true(app_attach(r.app, &r.flow, APP_SMTP, 0));
	rig_feed(&r, FLOW_CLIENT, "DATA\r\nA: b\r\n.\r\n", 15, RIG_WHOLE);
	assert_true(rig_has(&r, "event 124:9"));
	app_end(r.app, &other);
	rig_fini(&r);
}

/* -- POP3 ------------------------------------------------------------------ */

static void
test_pop3(void **state)
{
	const struct rig_say say[] = { S("+OK ready\r\n"), C("USER a\r\n"),
		S("+OK\r\n"), C("LIST\r\nRETR 1\r\n"),
		S("+OK 2\r\n1 100\r\n2 5\r\n.\r\n+OK 100\r\n" MESSAGE ".\r\n"),
		C("LIST 1\r\nQUIT\r\n"), S("+OK 1 100\r\n+OK bye\r\n") };
	const struct rig_say odd[] = { C("FROB\r\n"), S("what?\r\n") };

	(void)state;
	assert_true(rig_init(&r, APP_POP3, NULL));
	rig_play(&r, say, ARRAY_LEN(say));
	assert_true(rig_has(&r, "unit server full file_data=\"hello"));
	assert_true(rig_has(&r, "unit server full file_data=\"attack on the "
	    "mail...\""));
	assert_false(rig_has(&r, "event"));
	rig_truncate(&r, say, 5);
	rig_play(&r, odd, ARRAY_LEN(odd));
	assert_true(rig_has(&r, "event 142:1"));
	assert_true(rig_has(&r, "event 142:2"));
	rig_fini(&r);
}

/* -- IMAP ------------------------------------------------------------------ */

static void
test_imap(void **state)
{
	const struct rig_say say[] = { S("* OK ready\r\n"),
		C("1 LOGIN {3}\r\n"), S("+ go\r\n"), C("abc {2}\r\nde\r\n"),
		S("1 OK in\r\n"), C("2 FETCH 1 BODY[]\r\n"),
		S("* 1 FETCH (UID 7 BODY[] {41}\r\n"
		  "Content-Transfer-Encoding: base64\r\n\r\nYXR0)\r\n"
		  "2 OK done\r\n"),
		C("3 IDLE\r\n"), S("+ idling\r\n"), C("DONE\r\n"),
		S("3 OK\r\n") };
	const struct rig_say odd[] = { C("1 FROB\r\n"), S("what is it\r\n") };

	(void)state;
	assert_true(rig_init(&r, APP_IMAP, NULL));
	rig_play(&r, say, ARRAY_LEN(say));
	assert_true(rig_has(&r, "unit server full file_data=\"att\""));
	assert_false(rig_has(&r, "event"));
	rig_truncate(&r, say, 7);
	rig_play(&r, odd, ARRAY_LEN(odd));
	assert_true(rig_has(&r, "event 141:1"));
	assert_true(rig_has(&r, "event 141:2"));
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_smtp),
		cmocka_unit_test(test_smtp_data),
		cmocka_unit_test(test_smtp_events),
		cmocka_unit_test(test_smtp_normalize),
		cmocka_unit_test(test_memcap),
		cmocka_unit_test(test_pop3),
		cmocka_unit_test(test_imap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
