/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inline: of an attack in a mail that goes on behind it, the segment
 * dies that brings the last byte of it, however it is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "talk_help.h"

/* rules on file_data want http_inspect, as in Snort */
#define CONF                                                                   \
	"preprocessor http_inspect: global\n"                                  \
	"preprocessor http_inspect_server: server default ports { 80 }\n"      \
	"preprocessor smtp: ports { 25 } inspection_type stateful "            \
	"b64_decode_depth 0 qp_decode_depth 0 bitenc_decode_depth 0 "          \
	"uu_decode_depth 0\n"                                                  \
	"preprocessor pop: ports { 110 } b64_decode_depth 0\n"                 \
	"preprocessor imap: ports { 143 } b64_decode_depth 0\n"
#define RULE_FILE "drop tcp any any -> any any (file_data; content:\"attack\"; "

struct row {
	uint16_t port;
	bool from_client;
	const char *ask, *answer; /* lines before it */
	const char *before, *after; /* the attack ends between them */
};

static struct talk
begin(const char *options, const char *rules, const struct row *w)
{
	char conf[4096];
	struct talk t = { .from_client = w->from_client };
	uint32_t asked = (uint32_t)strlen(w->ask);
	uint32_t answered = (uint32_t)strlen(w->answer);

	snprintf(conf, sizeof(conf), "%s%s", CONF, rules);
	t.r = rig_new(options, conf);
	t.r->sport = w->port;
	rig_handshake(t.r);
	if (asked)
		assert_true(rig_tcp(t.r, true, "PA", 1, 1, w->ask));
	if (answered)
		assert_true(rig_tcp(t.r, false, "PA", 1, 1 + asked,
		    w->answer));
	rig_tcp(t.r, true, "A", 1 + asked, 1 + answered, "");
	t.seq = 1 + (t.from_client ? asked : answered);
	t.ack = 1 + (t.from_client ? answered : asked);
	return t;
}

#define HEAD "Subject: x\r\nContent-Type: multipart/mixed; boundary=\"bb\"\r\n"\
	"\r\n--bb\r\nContent-Type: application/octet-stream\r\n"
#define BASE64 "Content-Transfer-Encoding: base64\r\n\r\n"
#define DATA "EHLO a\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\n"

/* "an attack and more" */
static const struct row rows[] = {
	{ 25, true, DATA, "354 go on\r\n", HEAD BASE64 "YW4gYXR0\r\nYWNr",
	    "IGFuZCBtb3Jl\r\n--bb--\r\n.\r\n" },
	{ 25, true, DATA, "354 go on\r\n", HEAD "Content-Transfer-Encoding: "
	    "quoted-printable\r\n\r\nan =61tt=\r\nack", " more\r\n--bb--\r\n"
	    ".\r\n" },
	{ 25, true, DATA, "354 go on\r\n", HEAD "Content-Transfer-Encoding: "
	    "7bit\r\n\r\n..an attack", " more\r\n--bb--\r\n.\r\n" },
	{ 25, true, DATA, "354 go on\r\n", HEAD "Content-Transfer-Encoding: "
	    "x-uuencode\r\n\r\nbegin 644 x\r\n)86X@871T86-K",
	    "\r\n`\r\nend\r\n--bb--\r\n.\r\n" },
	{ 25, true, "EHLO a\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\n"
	    "BDAT 900 LAST\r\n", "250 go on\r\n", HEAD BASE64
	    "YW4gYXR0\r\nYWNr", "IGFuZCBtb3Jl\r\n" },
	{ 110, false, "RETR 1\r\n", "+OK\r\n", HEAD BASE64
	    "YW4gYXR0\r\nYWNr", "IGFuZCBtb3Jl\r\n--bb--\r\n.\r\n" },
	{ 143, false, "a FETCH 1 BODY[]\r\n", "* 1 FETCH (BODY[] {900}\r\n",
	    HEAD BASE64 "YW4gYXR0\r\nYWNr", "IGFuZCBtb3Jl\r\n" },
};

static void
every_byte(void **state)
{
	const char *rules = RULE_FILE "sid:1;)\n";

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *w = &rows[i];
		size_t n = strlen(w->before);
		char text[512];
		size_t len = (size_t)snprintf(text, sizeof(text), "%s%s",
		    w->before, w->after);
		struct talk t = begin("-Q", rules, w);

		assert_int_equal(say_all(&t, text, len, 1), n - 1);
		assert_int_equal(alerts(t.r), 1);
		rig_free(t.r);
		for (size_t cut = 1; cut < n; cut++) {
			t = begin("-Q", rules, w);
			assert_true(say(&t, text, cut));
			assert_int_equal(t.r->n_records, 0);
			assert_false(say(&t, text + cut, n - cut));
			assert_int_equal(alerts(t.r), 1);
			rig_free(t.r);
		}
	}
}

/* Nothing of it changes what is told of a copy, or where nothing is dropped. */
static void
told_as_often_as_on_a_copy(void **state)
{
	static const char *const options[] = { "", "--enable-inline-test" };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows) * 2; i++) {
		const struct row *w = &rows[i / 2];
		char text[512];
		size_t len = (size_t)snprintf(text, sizeof(text), "%s%s",
		    w->before, w->after);

		for (size_t n = 1; n <= len; n = n * 3 + 1) {
			struct talk t = begin(options[i % 2],
			    RULE_FILE "sid:1;)\n", w);

			assert_int_equal(say_all(&t, text, len, n), len);
			inspect_flush(&t.r->in);
			assert_int_equal(alerts(t.r), 1);
			rig_free(t.r);
		}
	}
}

/* What more of the part would make false waits; another part is none of it. */
static void
waits_for_what_may_come(void **state)
{
	static const char *const rules[] = {
		RULE_FILE "content:!\"more\"; sid:1;)\n",
		RULE_FILE "pcre:\"/attack$/\"; sid:1;)\n",
		RULE_FILE "content:\"END\"; distance:0; sid:1;)\n",
	};
	const char *text = HEAD BASE64 "YW4gYXR0\r\nYWNrIGFuZCBtb3Jl\r\n--bb\r\n"
	    "Content-Type: application/x\r\n" "Content-Transfer-Encoding: "
	    "7bit\r\n\r\nEND\r\n--bb--\r\n.\r\n";

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rules); i++)
		for (size_t n = 1; n < 40; n++) {
			struct talk t = begin("-Q", rules[i], &rows[0]);

			assert_int_equal(say_all(&t, text, strlen(text), n),
			    strlen(text));
			inspect_flush(&t.r->in);
			assert_int_equal(alerts(t.r), 0);
			rig_free(t.r);
		}
}

/* A part that is far longer than what is kept of it. */
static void
long_parts(void **state)
{
	static char text[100000];
	const char *rules = RULE_FILE "sid:1;)\n" RULE_FILE
	    "depth:20; sid:2;)\n";
	static const size_t steps[] = { 1460, 100, 7, 1 };
	size_t n = (size_t)snprintf(text, sizeof(text), "%s", HEAD BASE64);

	(void)state;
	while (n < 90000)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "QUFBQUFBQUFBQUFB\r\n");
	n += (size_t)snprintf(text + n, sizeof(text) - n, "YXR0YWNr");
	strcpy(text + n, "QUFB\r\n--bb--\r\n.\r\n");
	for (unsigned i = 0; i < ARRAY_LEN(steps); i++) {
		struct talk t = begin("-Q", rules, &rows[0]);

		assert_int_equal(say_all(&t, text, strlen(text), steps[i]),
		    (n - 1) / steps[i] * steps[i]);
		assert_int_equal(alerts(t.r), 1);
		assert_false(rig_has(t.r, 2, VERDICT_DROPPED));
		rig_free(t.r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte),
		cmocka_unit_test(told_as_often_as_on_a_copy),
		cmocka_unit_test(waits_for_what_may_come),
		cmocka_unit_test(long_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
