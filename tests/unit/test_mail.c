/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SMTP, POP3 and IMAP: lines and messages in any pieces, parts decoded one by
 * one, events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
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

/* -- what log_ options keep ------------------------------------------------ */

#define LONG_ADDRESS                                                           \
	"<0123456789012345678901234567890123456789012345678901234567890123"    \
	"456789012345678901234567890123456789012345678901234567890123@a>"

static void
test_smtp_log(void **state)
{
	const struct rig_say say[] = {
		C("MAIL FROM:<gone@a>\r\nRCPT TO:<gone@b>\r\nRSET\r\n"
		  "MAIL FROM:" LONG_ADDRESS "\r\nRCPT TO:<1@b>\r\n"
		  "RCPT TO:<2@b>\r\nRCPT TO:<3@b>\r\nRCPT TO:<4@b>\r\n"
		  "RCPT TO:<5@b>\r\nDATA\r\n" "Subject: hi\r\nX-A: b\r\n"
		  "Content-Type: multipart/mixed; boundary=B\r\n\r\n"
		  "--B\r\nContent-Type: a/b; name=1\r\n\r\n"
		  "--B\r\nContent-Type: a/b; name=2\r\n\r\n"
		  "--B\r\nContent-Type: a/b; name=3\r\n\r\n"
		  "--B\r\nContent-Type: a/b; name=4\r\n\r\n"
		  "--B\r\nContent-Type: a/b; name=5\r\n\r\n"
		  "--B--\r\n.\r\n") };
	static const struct smtp_command list[] = {
		{ .name = "DATA", .flags = SMTP_VALID | SMTP_DATA } };
	struct smtp_conf conf = { .mail = { .memcap = 1000000 },
		.commands = list, .n_commands = 1, .email_hdrs_depth = 20 };

	(void)state;
	/* by default, the beginnings */
	assert_true(rig_init(&r, APP_SMTP, &conf));
	rig_play(&r, say, 1);
	assert_null(strstr(rig_text(&r), "123@a>"));
	assert_non_null(strstr(rig_text(&r), "\"rcpt_to\":[\"<1@b>\","
	    "\"<2@b>\",\"<3@b>\",\"<4@b>\"]"));
	assert_non_null(strstr(rig_text(&r), "\"attachment\":[\"1\",\"2\","
	    "\"3\",\"4\"]"));
	assert_null(strstr(rig_text(&r), "headers"));
	rig_fini(&r);
	conf.log_mailfrom = conf.log_rcptto = true;
	conf.log_filename = conf.log_email_hdrs = true;
	assert_true(rig_init(&r, APP_SMTP, &conf));
	rig_play(&r, say, 1);
	assert_non_null(strstr(rig_text(&r), "log smtp {\"mail_from\":\""
	    LONG_ADDRESS "\",\"rcpt_to\":[\"<1@b>\",\"<2@b>\",\"<3@b>\","
	    "\"<4@b>\",\"<5@b>\"],\"email\":{\"subject\":\"hi\","
	    "\"headers\":\"Subject: hi\\r\\nX-A: b\\r\","
	    "\"attachment\":[\"1\",\"2\",\"3\",\"4\",\"5\"]}}\n"));
	assert_null(strstr(rig_text(&r), "gone"));
	rig_truncate(&r, say, 1);
	rig_fini(&r);
	/* each by itself */
	conf.log_mailfrom = conf.log_filename = false;
	conf.log_email_hdrs = false;
	assert_true(rig_init(&r, APP_SMTP, &conf));
	rig_play(&r, say, 1);
	assert_null(strstr(rig_text(&r), "123@a>"));
	assert_non_null(strstr(rig_text(&r), "\"<5@b>\"]"));
	assert_null(strstr(rig_text(&r), "\"5\"]"));
	assert_null(strstr(rig_text(&r), "headers"));
	rig_fini(&r);
}

/* A list is cut where it is full; without memory a message is told in short. */
static void
test_smtp_log_limits(void **state)
{
	static char text[4096];
	size_t n = 0;
	struct smtp_conf conf = { .mail = { .memcap = 1 },
		.commands = commands, .n_commands = ARRAY_LEN(commands),
		.log_rcptto = true };

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "RCPT TO:<%03u@example.org>\r\n", i);
	n += (size_t)snprintf(text + n, sizeof(text) - n,
	    "DATA\r\nA: b\r\n.\r\n");
	assert_true(rig_init(&r, APP_SMTP, &conf));
	rig_feed(&r, FLOW_CLIENT, text, n, RIG_WHOLE);
	rig_end(&r);
	assert_non_null(strstr(rig_text(&r), "\"<055@example.org>\","));
	assert_null(strstr(rig_text(&r), "<057@example.org>"));
	/* another session has the room, and the one for a message */
	rig_clear(&r);
	rig_session(&r);
	rig_feed(&r, FLOW_CLIENT, "RCPT TO:<a@b>\r\n", 15, RIG_WHOLE);
	rig_gap(&r, FLOW_CLIENT);
	r.flow.app = NULL;
	r.side[FLOW_CLIENT].n = r.side[FLOW_CLIENT].seen = 0;
	assert_true(app_attach(r.app, &r.flow, APP_SMTP, 0));
	rig_feed(&r, FLOW_CLIENT, text, n, RIG_WHOLE);
	rig_end(&r);
	assert_non_null(strstr(rig_text(&r), "\"rcpt_to\":["
	    "\"<000@example.org>\",\"<001@example.org>\","
	    "\"<002@example.org>\",\"<003@example.org>\"]"));
	rig_fini(&r);
}

/* -- files ---------------------------------------------------------------- */

/* What fileinfo says of the message above: the part with a name. */
#define TOLD_FILE                                                              \
	"log fileinfo {\"filename\":\"f.bin\",\"gaps\":false,"               \
	"\"state\":\"CLOSED\",\"md5\":688d4191c6dde13b0d356a11076b0fdd,"      \
	"\"stored\":false,\"size\":21,\"tx_id\":"

static void
test_files(void **state)
{
	const struct rig_say smtp[] = { C("DATA\r\n"), C(MESSAGE ".\r\n"),
		C("DATA\r\n" MESSAGE ".\r\n") };
	const struct rig_say pop3[] = { C("RETR 1\r\n"),
		S("+OK\r\n" MESSAGE ".\r\n") };
	const struct rig_say imap[] = { C("1 FETCH 1 BODY[]\r\n"),
		S("* 1 FETCH (UID 7 BODY[] {78}\r\n"
		  "Content-Disposition: attachment\r\n"
		  "Content-Transfer-Encoding: base64\r\n\r\nYWJjZA==)\r\n") };

	(void)state;
	assert_true(rig_init(&r, APP_SMTP, NULL));
	r.conf.file_hashes = APP_FILE_MD5;
	rig_play(&r, smtp, ARRAY_LEN(smtp));
	assert_true(rig_has(&r, TOLD_FILE "0,"));
	assert_true(rig_has(&r, TOLD_FILE "1,"));
	rig_truncate(&r, smtp, 2);
	rig_fini(&r);

	assert_true(rig_init(&r, APP_POP3, NULL));
	r.conf.file_hashes = APP_FILE_MD5;
	rig_play(&r, pop3, ARRAY_LEN(pop3));
	assert_true(rig_has(&r, TOLD_FILE "0,"));
	rig_truncate(&r, pop3, 2);
	rig_fini(&r);

	assert_true(rig_init(&r, APP_IMAP, NULL));
	rig_play(&r, imap, ARRAY_LEN(imap));
	assert_true(rig_has(&r, "log fileinfo {\"gaps\":false,\"state\":"
	    "\"CLOSED\",\"stored\":false,\"size\":4,\"tx_id\":0,"
	    "\"direction\":\"to_client\"}"));
	rig_fini(&r);
}

/* Parts with a name in each encoding; one without is no file. */
static void
test_file_codings(void **state)
{
	const struct rig_say say[] = { C("DATA\r\n"
		"Content-Type: multipart/mixed; boundary=B\r\n\r\n"
		"--B\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
		"--B\r\nContent-Type: text/plain; name=a\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
		"a=3Db=\r\nc\r\n"
		"--B\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
		"begin 644 u\r\n#86)C\r\n`\r\nend\r\n"
		"--B\r\nContent-Disposition: inline; filename=c\r\n\r\n"
		"..plain\r\n"
		"--B\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
		"no file\r\n"
		"--B\r\nContent-Disposition: attachment; filename=e\r\n\r\n"
		"\r\n--B--\r\n.\r\n") };
	unsigned n = 0;

	(void)state;
	assert_true(rig_init(&r, APP_SMTP, NULL));
	rig_play(&r, say, 1);
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"a\",\"gaps\":"
	    "false,\"state\":\"CLOSED\",\"stored\":false,\"size\":4,"));
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"u\",\"gaps\":"
	    "false,\"state\":\"CLOSED\",\"stored\":false,\"size\":3,"));
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"c\",\"gaps\":"
	    "false,\"state\":\"CLOSED\",\"stored\":false,\"size\":6,"));
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"e\",\"gaps\":"
	    "false,\"state\":\"CLOSED\",\"stored\":false,\"size\":0,"));
	for (const char *p = rig_text(&r); (p = strstr(p, "log fileinfo")); p++)
		n++;
	assert_int_equal(n, 4);
	rig_fini(&r);
}

/* A depth cuts a file off, bytes that are missing are gaps, and one whose
 * session ends is told as it is. */
static void
test_file_parts(void **state)
{
	static const char begin[] = "DATA\r\nContent-Transfer-Encoding: base64"
	    "\r\nContent-Disposition: attachment; filename=f\r\n\r\n";
	const struct rig_say whole[] = { C("DATA\r\n"
		"Content-Transfer-Encoding: base64\r\n"
		"Content-Disposition: attachment; filename=f\r\n\r\n"
		"YWJjZGVm\r\nYWJj\r\n.\r\n") };
	struct smtp_conf conf = { .mail = { .memcap = 100000 },
		.commands = commands, .n_commands = ARRAY_LEN(commands) };

	(void)state;
	conf.mail.mime.depth[MIME_BASE64] = 8;
	assert_true(rig_init(&r, APP_SMTP, &conf));
	r.conf.file_hashes = APP_FILE_MD5;
	rig_play(&r, whole, 1);
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"f\",\"gaps\":"
	    "false,\"state\":\"TRUNCATED\",\"stored\":false,\"size\":6,"));
	conf.mail.mime.depth[MIME_BASE64] = -1;
	rig_play(&r, whole, 1);
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"f\",\"gaps\":"
	    "false,\"state\":\"TRUNCATED\",\"stored\":false,\"size\":0,"));
	conf.mail.mime.depth[MIME_BASE64] = 0;
	rig_play(&r, whole, 1);
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"f\",\"gaps\":"
	    "false,\"state\":\"CLOSED\",\"md5\":"));

	rig_clear(&r);
	rig_session(&r);
	rig_feed(&r, FLOW_CLIENT, begin, sizeof(begin) - 1, RIG_WHOLE);
	rig_feed(&r, FLOW_CLIENT, "YWJj\r\n", 6, RIG_WHOLE);
	rig_gap(&r, FLOW_CLIENT);
	rig_feed(&r, FLOW_CLIENT, "ZGVm\r\n.\r\n", 9, RIG_WHOLE);
	rig_end(&r);
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"f\",\"gaps\":"
	    "true,\"state\":\"CLOSED\",\"stored\":false,\"size\":6,"));

	rig_clear(&r);
	rig_session(&r);
	rig_feed(&r, FLOW_CLIENT, begin, sizeof(begin) - 1, RIG_WHOLE);
	rig_feed(&r, FLOW_CLIENT, "YWJj\r\n", 6, RIG_WHOLE);
	rig_end(&r);
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"f\",\"gaps\":"
	    "false,\"state\":\"TRUNCATED\",\"stored\":false,\"size\":3,"));
	rig_fini(&r);
}

/* More parts than a PDU may have units: of the file that the rest belongs to,
 * bytes are missing; and the message ends where its PDU does. */
static void
test_file_units(void **state)
{
	static char text[8192];
	size_t n = (size_t)snprintf(text, sizeof(text), "DATA\r\nContent-Type: "
	    "multipart/mixed; boundary=B\r\n\r\n");

	(void)state;
	for (unsigned i = 0; i < 2 * LIM_UNITS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "--B\r\nContent-Disposition: inline; filename=%u"
		    "\r\n\r\nabc\r\n", i);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "--B--\r\n.\r\n");
	assert_true(rig_init(&r, APP_SMTP, NULL));
	rig_feed(&r, FLOW_CLIENT, text, n, RIG_WHOLE);
	rig_feed(&r, FLOW_CLIENT, "DATA\r\n" MESSAGE ".\r\n",
	    sizeof("DATA\r\n" MESSAGE ".\r\n") - 1, RIG_WHOLE);
	rig_end(&r);
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"0\""));
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"f.bin\",\"gaps\":"
	    "false,\"state\":\"CLOSED\",\"stored\":false,\"size\":21,"
	    "\"tx_id\":1,\"direction\":\"to_server\"}"));
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
		cmocka_unit_test(test_smtp_log),
		cmocka_unit_test(test_smtp_log_limits),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_file_codings),
		cmocka_unit_test(test_file_parts),
		cmocka_unit_test(test_file_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
