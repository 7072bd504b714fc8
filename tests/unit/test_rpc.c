/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ONC RPC over TCP: records in any pieces, fragments made one, events of gid
 * 106. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "decoders/app/rpc.h"
#include "tests/tools/app_rig.h"

#define C(bytes) { FLOW_CLIENT, bytes, sizeof(bytes) - 1 }
#define S(bytes) { FLOW_SERVER, bytes, sizeof(bytes) - 1 }
/* GETPORT of the port mapper, without its arguments */
#define XID "\x12\x34\x56\x78"
#define CALL "\0\0\0\0\0\0\0\2\0\1\x86\xa0\0\0\0\2\0\0\0\3"
#define REPLY XID "\0\0\0\1\0\0\0\0"
/* text of the same */
#define T_CALL "\\x124Vx\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\x01"   \
	"\\x86\\xa0\\x00\\x00\\x00\\x02\\x00\\x00\\x00\\x03"

static struct rig r;
static uint8_t port_80[8192] = { [80 / 8] = 1 << 80 % 8 };
static const struct rpc_conf all = { port_80, true, true, true, true };

static int
setup(void **state)
{
	(void)state;
	return rig_init(&r, APP_RPC, &all) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static void
records(void **state)
{
	const struct rig_say say[] = { C("\x80\0\0\x18" XID CALL),
		S("\x80\0\0\x0c" REPLY),
		/* two at once */
		C("\x80\0\0\x18" XID CALL "\x80\0\0\x19" XID CALL "x") };

	(void)state;
	rig_play(&r, say, ARRAY_LEN(say));
	assert_string_equal(rig_text(&r), "unit client full\n"
	    "unit server full\nunit client full\nunit client full\n");
	rig_truncate(&r, say, ARRAY_LEN(say));
}

/* What is in fragments, rules see in one. */
static void
fragments(void **state)
{
	const struct rig_say say[] = {
		C("\0\0\0\4" XID "\0\0\0\1\0\0\0\0\0\x80\0\0\x13"
		    "\0\0\0\0\0\0\2\0\1\x86\xa0\0\0\0\2\0\0\0\3") };
	const struct rig_say empty[] = {
		C("\0\0\0\x18" XID CALL "\x80\0\0\0") };
	const struct rig_say from_server[] = {
		S("\0\0\0\4" XID "\x80\0\0\x08\0\0\0\1\0\0\0\0") };

	(void)state;
	rig_play(&r, say, ARRAY_LEN(say));
	assert_string_equal(rig_text(&r), "unit client full decoded=\"\\x80"
	    "\\x00\\x00\\x18" T_CALL "\"\nevent 106:1\nevent 106:5\n");
	rig_truncate(&r, say, ARRAY_LEN(say));
	rig_play(&r, empty, 1);
	assert_true(rig_has(&r, "unit client full decoded=\"\\x80\\x00\\x00"
	    "\\x18" T_CALL "\"\nevent 106:1\nevent 106:5\n"));
	/* Snort looks at clients alone */
	rig_play(&r, from_server, 1);
	assert_string_equal(rig_text(&r), "unit server full\n");
}

/* Every message of up to 40 bytes in three fragments of every size. */
static void
every_cut(void **state)
{
	static const uint8_t whole[] = XID CALL "0123456789abcdef";
	enum { N = sizeof(whole) - 1 };

	(void)state;
	for (unsigned a = 0; a <= N; a++)
		for (unsigned b = a; b <= N; b++) {
			unsigned ends[] = { a, b, N }, at = 0;
			uint8_t bytes[N + 12];
			size_t n = 0;

			for (unsigned i = 0; i < 3; i++) {
				uint8_t len = (uint8_t)(ends[i] - at);

				memcpy(bytes + n, (const uint8_t[]){
				    i == 2 ? 0x80 : 0, 0, 0, len }, 4);
				memcpy(bytes + n + 4, whole + at, len);
				n += 4 + len;
				at = ends[i];
			}
			rig_session(&r);
			rig_clear(&r);
			rig_feed(&r, FLOW_CLIENT, bytes, n, RIG_BYTEWISE);
			assert_true(rig_has(&r, "unit client full decoded=\""
			    "\\x80\\x00\\x00(" T_CALL "0123456789abcdef\"\n"
			    "event 106:1\n"));
		}
}

static void
none_of_mine(void **state)
{
	static const struct rig_say cases[] = {
		C("GET / HTTP/1.0\r\n\r\n"), S("220 ready\r\n"),
		C("\x80\0\0\x18" XID "\0\0\0\2\0\0\0\2"),
		C("\x80\0\0\x18" XID "\0\0\0\0\0\0\0\3"),
		S("\x80\0\0\x18" XID "\0\0\0\1\0\0\0\2"),
		C("\x80\0\0\4" XID),
		/* nothing, for ever */
		C("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		    "\0\0\0\0\0\0\0\0\0\0") };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		rig_play(&r, &cases[i], 1);
		assert_string_equal(rig_text(&r), "fate not mine\n");
	}
}

/* Behind a gap a record begins, or it is over. */
static void
gap(void **state)
{
	(void)state;
	rig_session(&r);
	rig_clear(&r);
	rig_feed(&r, FLOW_CLIENT, "\x80\0\0\x18" XID CALL, 28, RIG_WHOLE);
	rig_feed(&r, FLOW_CLIENT, "\x80\0\0\x18" XID, 8, RIG_WHOLE);
	rig_gap(&r, FLOW_CLIENT);
	rig_feed(&r, FLOW_CLIENT, "\0\0\0\4" XID "\x80\0\0\x14" CALL, 32,
	    RIG_WHOLE);
	rig_gap(&r, FLOW_CLIENT);
	rig_feed(&r, FLOW_CLIENT, "\x80\0\0\x18" "in the middle of it", 23,
	    RIG_WHOLE);
	rig_end(&r);
	assert_string_equal(rig_text(&r), "unit client full\nunit client\n"
	    "unit client decoded=\"\\x80\\x00\\x00\\x18" T_CALL "\"\n"
	    "event 106:1\nunit client full\nfate not mine\n");
}

/* A record longer than what is put together comes in pieces, none with a mark
 * in it. */
static void
long_record(void **state)
{
	enum { N = 3 * RIG_PAF_MAX, FRAGMENT = 1000 };
	uint8_t *bytes = malloc(N);
	const char *at;
	unsigned units = 0;

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'y', N);
	for (size_t i = 0; i < N; i += FRAGMENT + 4)
		memcpy(bytes + i, (const uint8_t[]){ 0, 0, FRAGMENT >> 8,
		    FRAGMENT & 255 }, N - i < 4 ? N - i : 4);
	memcpy(bytes + 4, XID CALL, 24);
	{
		const struct rig_say say = { FLOW_CLIENT, bytes, N };

		rig_play(&r, &say, 1);
	}
	for (at = rig_text(&r); (at = strstr(at, "unit client decoded=\"")); at++)
		units++;
	assert_int_equal(units, 3);
	assert_null(strstr(rig_text(&r), "\\x03\\xe8"));
	/* once for the record */
	at = strstr(rig_text(&r), "event 106:1");
	assert_non_null(at);
	assert_null(strstr(at + 1, "event 106:1"));
	free(bytes);
}

/* The events of a client's packet by itself, as bits. */
static unsigned
judge_packet(const struct rpc_conf *conf, enum flow_side side,
    const char *bytes, size_t n)
{
	struct stream_facts facts = { .flow = &r.flow, .side = side,
		.taken = true };
	struct packet *p = &r.pkt;
	unsigned found = 0;

	rig_fini(&r);
	assert_true(rig_init(&r, APP_RPC, conf));
	*p = (struct packet){ .data = (uint8_t *)(uintptr_t)bytes,
		.caplen = (uint32_t)n, .wirelen = (uint32_t)n };
	p->dec.payload_len = (uint32_t)n;
	app_packet(r.app, p, &facts);
	for (unsigned i = 0; i < p->dec.n_events; i++) {
		assert_int_equal(p->events[i].gid, 106);
		found |= 1u << p->events[i].sid;
	}
	return found;
}

static void
packets(void **state)
{
	static const struct rpc_conf quiet = { port_80, true, false, false,
		false };
	static const struct rpc_conf elsewhere = { NULL, true, true, true,
		true };
	static const struct {
		const char *bytes;
		size_t n;
		unsigned event;
	} cases[] = {
#define CASE(bytes, event) { bytes, sizeof(bytes) - 1, event }
		CASE("\x80\0\0\x18" XID CALL, 0),
		CASE("\0\0\0\4" XID "\x80\0\0\x14" CALL, 0),
		CASE("\x80\0\0\x18" XID CALL "\x80\0\0\x18" XID CALL, 2),
		CASE("\x80\0\0\x18" XID CALL "x", 2),
		CASE("\x80\0\0\x19" XID CALL, 4),
		CASE("\0\0\0\x19" XID CALL, 3),
		CASE("\0\0\0\4" XID "\x80\0\0\x15" CALL, 3),
		CASE("\0\0\0\x18" XID CALL "\0\0\0\x10more", 3),
		/* no call begins here */
		CASE("\x80\0\1\0" REPLY, 0),
		CASE("more of some record ........", 0),
		CASE("\x80\0\0\x18" XID, 0),
		CASE("", 0),
#undef CASE
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned want = cases[i].event ? 1u << cases[i].event : 0;

		assert_int_equal(judge_packet(&all, FLOW_CLIENT,
		    cases[i].bytes, cases[i].n), want);
		assert_int_equal(judge_packet(&all, FLOW_SERVER,
		    cases[i].bytes, cases[i].n), 0);
		assert_int_equal(judge_packet(&quiet, FLOW_CLIENT,
		    cases[i].bytes, cases[i].n), 0);
		assert_int_equal(judge_packet(&elsewhere, FLOW_CLIENT,
		    cases[i].bytes, cases[i].n), 0);
	}
}

/* Events of records, by the configuration. */
static void
events(void **state)
{
	static const struct rpc_conf quiet = { port_80, false, true, true,
		true };
	const struct rig_say say[] = {
		C("\0\0\0\4" XID "\0\0\0\0\x80\0\0\x14" CALL) };

	(void)state;
	rig_fini(&r);
	assert_true(rig_init(&r, APP_RPC, &quiet));
	rig_play(&r, say, 1);
	assert_false(rig_has(&r, "event 106:1"));
	assert_true(rig_has(&r, "event 106:5"));
	/* without a line, none */
	rig_fini(&r);
	assert_true(rig_init(&r, APP_RPC, NULL));
	rig_play(&r, say, 1);
	assert_false(rig_has(&r, "event"));
	assert_true(rig_has(&r, "unit client full decoded="));
}

static void
guesses(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		enum flow_side side;
		enum app_guess is;
	} cases[] = {
		{ "\x80\0\0\x18" XID CALL, 28, FLOW_CLIENT, APP_YES },
		{ "\x80\0\0\x18" XID CALL, 16, FLOW_CLIENT, APP_MAYBE },
		{ "\x80\0\0\x18" XID CALL, 28, FLOW_SERVER, APP_NO },
		{ "\x81\0\0\x18" XID CALL, 28, FLOW_CLIENT, APP_NO },
		{ "\x80\0\0\x18" XID "\0\0\0\0\0\0\0\4\0", 17, FLOW_CLIENT,
		    APP_NO },
		{ "\0", 1, FLOW_CLIENT, APP_MAYBE },
		{ "SSH-2.0-x", 9, FLOW_CLIENT, APP_NO },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(app_ops(APP_RPC)->guess(cases[i].side,
		    slice_make((const uint8_t *)cases[i].bytes, cases[i].n),
		    false), cases[i].is);
}

/* As many fragments as there can be cost what their bytes cost. */
static void
worst_case(void **state)
{
	enum { N = 1 << 19 };
	uint8_t *bytes = calloc(1, N);
	uint64_t records;

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, "\0\0\0\x18" XID CALL, 28);
	rig_session(&r);
	rig_clear(&r);
	rig_feed(&r, FLOW_CLIENT, bytes, N, RIG_WHOLE);
	records = app_proto_counters(r.app, APP_RPC)[2];
	assert_int_equal(records, N / RIG_PAF_MAX);
	free(bytes);
}

static void
no_memory(void **state)
{
	struct app_conf conf = { .proto[APP_RPC] = { .on = true } };
	struct app *a = NULL;
	unsigned n = 0;

	(void)state;
	while (!a && n < 100) {
		mem_fail_at(++n);
		a = app_new(&conf, NULL, 4);
		mem_fail_at(0);
	}
	assert_true(a && n > 1);
	app_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(records),
		TEST(fragments),
		TEST(every_cut),
		TEST(none_of_mine),
		TEST(gap),
		TEST(long_record),
		TEST(packets),
		TEST(events),
		TEST(guesses),
		TEST(worst_case),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
