/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every parser and what does not end: a line, a header, a message, a
 * transaction. Each is cut off - judged in parts, or given up - within
 * paf_max bytes, whatever it began with, and what a session holds stays as
 * large as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/tools/app_rig.h"

enum { PIECE = 1460, PIECES = 200 };

/* How a message of the protocol begins that may go on for ever. */
static const struct start {
	enum app_id id;
	enum flow_side side;
	const char *bytes;
	size_t n; /* 0: a string */
} starts[] = {
	{ APP_HTTP, FLOW_CLIENT, "GET /", 0 },
	{ APP_HTTP, FLOW_CLIENT, "GET / HTTP/1.1\r\nA: ", 0 },
	{ APP_HTTP, FLOW_CLIENT, "POST / HTTP/1.1\r\n"
	    "Content-Length: 99999999\r\n\r\n", 0 },
	{ APP_HTTP, FLOW_SERVER, "HTTP/1.1 200 OK\r\nA: ", 0 },
	{ APP_HTTP, FLOW_SERVER, "HTTP/1.1 200 OK\r\n"
	    "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n", 0 },
	{ APP_SMTP, FLOW_CLIENT, "MAIL FROM:", 0 },
	{ APP_SMTP, FLOW_SERVER, "250-", 0 },
	{ APP_POP3, FLOW_CLIENT, "USER ", 0 },
	{ APP_POP3, FLOW_SERVER, "+OK ", 0 },
	{ APP_IMAP, FLOW_CLIENT, "a LOGIN ", 0 },
	{ APP_IMAP, FLOW_CLIENT, "a APPEND x {99999999}\r\n", 0 },
	{ APP_IMAP, FLOW_SERVER, "* 1 FETCH (BODY[] {99999999}\r\n", 0 },
	{ APP_FTP, FLOW_CLIENT, "USER ", 0 },
	{ APP_FTP, FLOW_SERVER, "220-", 0 },
	{ APP_TELNET, FLOW_CLIENT, "\xff\xfa\x18", 0 },
	{ APP_TLS, FLOW_CLIENT, "\x16\3\1\xff\xff", 5 },
	{ APP_DNS, FLOW_CLIENT, "\xff\xff\0\1\1\0", 6 },
	{ APP_DNP3, FLOW_CLIENT, "\5\x64\xff", 3 },
	{ APP_MODBUS, FLOW_CLIENT, "\0\1\0\0\xff\xff", 6 },
	{ APP_DCE, FLOW_CLIENT, "\5\0\0\3\x10\0\0\0\xff\xff\0\0", 12 },
	{ APP_RPC, FLOW_CLIENT, "\x80\xff\xff\xff\0\0\0\1\0\0\0\0", 12 },
	{ APP_SIP, FLOW_CLIENT, "INVITE sip:a@b SIP/2.0\r\nVia: ", 0 },
	{ APP_SIP, FLOW_CLIENT, "REGISTER sip:b SIP/2.0\r\n"
	    "Content-Length: 99999999\r\n\r\n", 0 },
	{ APP_SSH, FLOW_CLIENT, "SSH-2.0-a\r\n\0\0\xff\xff", 15 },
	{ APP_SSH, FLOW_SERVER, "SSH-2.0-a", 0 },
	{ APP_SMB, FLOW_CLIENT, "\0\1\xff\xff\xffSMB", 8 },
	{ APP_SMB, FLOW_CLIENT, "\0\xff\xff\xff\xfeSMB", 8 },
};

/* And what it goes on with. */
static const struct {
	const char *name, *bytes;
	size_t n;
} fillers[] = {
	{ "letters", "a", 1 },
	{ "zeros", "\0", 1 },
	{ "lines", "a\r\n", 3 },
	{ "fields", "a: b\r\n", 6 },
	{ "bits", "\xff", 1 },
	{ "more", "250-a\r\n ", 8 },
};

/* A line of a unit or an end of the parser's interest. */
static bool
went_on(struct rig *r)
{
	return rig_has(r, "unit") || rig_has(r, "fate");
}

static void
play(enum app_id id, const struct start *s, enum flow_side side, unsigned fill)
{
	static uint8_t piece[PIECE];
	struct rig r;
	size_t largest = 0;
	bool went = false;

	for (size_t i = 0; i < PIECE; i++)
		piece[i] = (uint8_t)fillers[fill].bytes[i % fillers[fill].n];
	assert_true(rig_init(&r, id, NULL));
	rig_session(&r);
	if (s)
		rig_feed(&r, side, s->bytes, s->n ? s->n : strlen(s->bytes),
		    RIG_WHOLE);
	for (unsigned i = 0; i < PIECES; i++) {
		rig_feed(&r, side, piece, PIECE, RIG_WHOLE);
		if (r.side[side].n > largest)
			largest = r.side[side].n;
		went |= went_on(&r);
		rig_clear(&r);
	}
	if (!went)
		fail_msg("%s: %s after \"%s\" wait for ever",
		    app_ops(id)->name, fillers[fill].name, s ? s->bytes : "");
	/* what is held for a message's end */
	if (largest > RIG_PAF_MAX + 2 * PIECE)
		fail_msg("%s: %s: %zu bytes held", app_ops(id)->name,
		    fillers[fill].name, largest);
	rig_end(&r);
	rig_fini(&r);
}

static void
test_begun(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		for (unsigned fill = 0; fill < ARRAY_LEN(fillers); fill++)
			play(starts[i].id, &starts[i], starts[i].side, fill);
}

static void
test_from_nothing(void **state)
{
	(void)state;
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
		if (!app_ops(id)->tcp)
			continue;
		for (unsigned fill = 0; fill < ARRAY_LEN(fillers); fill++) {
			play(id, NULL, FLOW_CLIENT, fill);
			play(id, NULL, FLOW_SERVER, fill);
		}
	}
}

/* A parser that is added has its line above. */
static void
test_all_are_here(void **state)
{
	(void)state;
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
		bool has = !app_ops(id)->tcp || id == APP_FTP_DATA;

		for (size_t i = 0; i < ARRAY_LEN(starts); i++)
			has |= starts[i].id == id;
		if (!has)
			fail_msg("no message of %s", app_ops(id)->name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_begun),
		cmocka_unit_test(test_from_nothing),
		cmocka_unit_test(test_all_are_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
