/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DCE/RPC over TCP, UDP and SMB: requests in any pieces, whose interface and
 * operation they are, events, limits. With an argument it writes its
 * conversations there, as the fuzzers' corpus. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/app/smb_int.h"
#include "decoders/track/stream_priv.h"
#include "tests/tools/app_rig.h"

static struct rig r;

static const struct dce_server_conf server = { .versions = DCE_SMB_ALL,
	.smb_max_chain = 3, .files = DCE_FILES_ON, .file_depth = 16384 };
static const struct dce_conf all = { .memcap = 8 << 20, .defrag = true,
	.events = DCE_EVENTS_ALL, .servers = &server, .n_servers = 1 };

/* -- bytes ------------------ */

struct out {
	size_t n;
	uint8_t b[200000];
};

static void
put(struct out *o, const void *bytes, size_t n)
{
	assert_true(n <= sizeof(o->b) - o->n);
	if (n)
		memcpy(o->b + o->n, bytes, n);
	o->n += n;
}

static void
put_le(struct out *o, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint8_t b = i < sizeof(v) ? (uint8_t)(v >> 8 * i) : 0;

		put(o, &b, 1);
	}
}

static void
set_le(struct out *o, size_t at, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		o->b[at + i] = (uint8_t)(v >> 8 * i);
}

static void
put_wide(struct out *o, const char *text)
{
	for (; *text; text++)
		put_le(o, (uint8_t)*text, 2);
}

/* A conversation. */
static struct out bytes[64];
static struct rig_say say[64];
static size_t n_say;

static struct out *
speak(enum flow_side side)
{
	struct out *o = &bytes[n_say];

	o->n = 0;
	say[n_say++] = (struct rig_say){ side, o->b, 0 };
	return o;
}

static void
play(void)
{
	for (size_t i = 0; i < n_say; i++)
		say[i].n = bytes[i].n;
	rig_play(&r, say, n_say);
}

/* -- DCE/RPC ------------------ */

enum { REQUEST = 0, RESPONSE = 2, BIND = 11, BIND_ACK = 12, ALTER = 14,
	FIRST = 1, LAST = 2, WHOLE = 3 };

/* 367abb81-9844-35f1-ad32-98f038001003 */
static const uint8_t svcctl[16] = { 0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1,
	0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0x00, 0x10, 0x03 };
static const uint8_t svcctl_uuid[16] = { 0x36, 0x7a, 0xbb, 0x81, 0x98, 0x44,
	0x35, 0xf1, 0xad, 0x32, 0x98, 0xf0, 0x38, 0x00, 0x10, 0x03 };

static size_t
co_begin(struct out *o, unsigned type, unsigned flags, uint32_t call)
{
	size_t at = o->n;

	put(o, (const uint8_t[]){ 5, 0, (uint8_t)type, (uint8_t)flags, 0x10, 0,
	    0, 0, 0, 0, 0, 0 }, 12);
	put_le(o, call, 4);
	return at;
}

static void
co_end(struct out *o, size_t at)
{
	set_le(o, at + 8, o->n - at, 2);
}

static void
co_bind(struct out *o, unsigned type, unsigned max, uint16_t context)
{
	size_t at = co_begin(o, type, WHOLE, 1);

	put_le(o, max, 2);
	put_le(o, max, 2);
	put_le(o, 0, 4);
	put_le(o, 1, 4);
	put_le(o, context, 2);
	put_le(o, 1, 2);
	put(o, svcctl, 16);
	put_le(o, 2, 4);
	for (unsigned i = 0; i < 20; i++)
		put_le(o, i, 1);
	co_end(o, at);
}

static void
co_bind_ack(struct out *o, unsigned max, unsigned result)
{
	size_t at = co_begin(o, BIND_ACK, WHOLE, 1);

	put_le(o, max, 2);
	put_le(o, max, 2);
	put_le(o, 0, 4);
	put_le(o, 3, 2); /* secondary address, and what fills it up */
	put(o, "12\0\0\0\0", 3 + (4 - (16 + 10 + 3) % 4) % 4);
	put_le(o, 1, 4);
	put_le(o, result, 4);
	put(o, "....................", 20);
	co_end(o, at);
}

static void
co_call(struct out *o, unsigned type, unsigned flags, uint32_t call,
    uint16_t context, uint16_t opnum, const char *stub)
{
	size_t at = co_begin(o, type, flags, call);

	put_le(o, strlen(stub), 4);
	put_le(o, context, 2);
	put_le(o, opnum, 2);
	put(o, stub, strlen(stub));
	co_end(o, at);
}

static const struct dce_facts *
facts(enum app_id id)
{
	const struct dce_room *room = r.app->proto[id].worker;

	return &room->facts;
}

static void
say_bound(void)
{
	co_bind(speak(FLOW_CLIENT), BIND, 5840, 7);
	co_bind_ack(speak(FLOW_SERVER), 5840, 0);
}

static void
say_calls(void)
{
	n_say = 0;
	say_bound();
	co_call(speak(FLOW_CLIENT), REQUEST, WHOLE, 2, 7, 12, "abcd");
	co_call(speak(FLOW_SERVER), RESPONSE, WHOLE, 2, 7, 0, "ok");
}

static void
test_calls(void **state)
{
	(void)state;
	assert_true(rig_init(&r, APP_DCE, &all));
	say_calls();
	play();
	assert_string_equal(rig_text(&r),
	    "unit client full\n"
	    "unit server full\n"
	    "unit client full dce_stub_data=\"abcd\"\n"
	    "unit server full dce_stub_data=\"ok\"\n");
	assert_true(facts(APP_DCE)->has_iface);
	assert_memory_equal(facts(APP_DCE)->uuid, svcctl_uuid, 16);
	assert_int_equal(facts(APP_DCE)->version, 2);
	/* the response's operation is the request's */
	assert_int_equal(facts(APP_DCE)->opnum, 12);
	assert_true(facts(APP_DCE)->response);
	assert_true(facts(APP_DCE)->little);
	rig_truncate(&r, say, n_say);
	/* a context that was refused has no interface */
	n_say = 0;
	co_bind(speak(FLOW_CLIENT), BIND, 5840, 7);
	co_bind_ack(speak(FLOW_SERVER), 5840, 2);
	co_call(speak(FLOW_CLIENT), REQUEST, WHOLE, 2, 7, 12, "abcd");
	play();
	assert_false(facts(APP_DCE)->has_iface);
	assert_int_equal(facts(APP_DCE)->opnum, 12);
	rig_fini(&r);
}

static void
say_fragments(void)
{
	n_say = 0;
	co_bind(speak(FLOW_CLIENT), BIND, 0, 7);
	co_call(speak(FLOW_CLIENT), REQUEST, FIRST, 2, 7, 12, "one");
	co_call(speak(FLOW_CLIENT), REQUEST, 0, 2, 7, 12, "two");
	co_call(speak(FLOW_CLIENT), REQUEST, LAST, 2, 7, 12, "three");
}

static void
test_fragments(void **state)
{
	static struct dce_conf conf;

	(void)state;
	assert_true(rig_init(&r, APP_DCE, &all));
	say_fragments();
	play();
	assert_true(rig_has(&r, "unit client full dce_stub_data=\"one\"\n"
	    "unit client full dce_stub_data=\"two\"\n"
	    "unit client full dce_stub_data=\"three\"\n"
	    "unit client full pkt_data=\"\\x05\\x00\\x00\\x01"));
	assert_non_null(strstr(rig_text(&r),
	    "onetwothree\" dce_stub_data=\"onetwothree\"\n"));
	assert_true(facts(APP_DCE)->first);
	assert_int_equal(facts(APP_DCE)->opnum, 12);
	rig_truncate(&r, say, n_say);
	rig_fini(&r);

	conf = all;
	conf.defrag = false;
	assert_true(rig_init(&r, APP_DCE, &conf));
	play();
	assert_null(strstr(rig_text(&r), "onetwothree"));
	rig_fini(&r);

	/* shown before the end from 4 bytes on */
	conf.defrag = true;
	conf.reassemble_threshold = 4;
	assert_true(rig_init(&r, APP_DCE, &conf));
	play();
	assert_non_null(strstr(rig_text(&r), " dce_stub_data=\"onetwo\"\n"));
	assert_non_null(strstr(rig_text(&r), "=\"onetwothree\"\n"));
	rig_fini(&r);

	/* of each fragment two bytes are kept */
	conf.reassemble_threshold = 0;
	conf.max_frag_len = 2;
	assert_true(rig_init(&r, APP_DCE, &conf));
	play();
	assert_non_null(strstr(rig_text(&r), " dce_stub_data=\"ontwth\"\n"));
	rig_fini(&r);
}

static void
expect(const char *event)
{
	play();
	if (!rig_has(&r, event))
		fail_msg("no %s in %s", event, rig_text(&r));
}

static void
test_co_events(void **state)
{
	struct out *o;

	(void)state;
	assert_true(rig_init(&r, APP_DCE, &all));
	/* what never was DCE/RPC is no broken one */
	n_say = 0;
	co_bind(speak(FLOW_CLIENT), BIND, 5840, 7);
	bytes[0].b[0] = 4;
	play();
	assert_false(rig_has(&r, "event"));
	bytes[0].b[0] = 5;
	co_bind(speak(FLOW_CLIENT), ALTER, 5840, 7);
	bytes[1].b[0] = 4;
	expect("event 133:27");
	bytes[1].b[0] = 5;
	bytes[1].b[1] = 3;
	expect("event 133:28");
	bytes[1].b[1] = 0;
	bytes[1].b[2] = 77;
	expect("event 133:29");
	bytes[1].b[2] = ALTER;
	set_le(&bytes[1], 8, 15, 2);
	expect("event 133:30");
	n_say = 0;
	o = speak(FLOW_CLIENT);
	co_end(o, co_begin(o, BIND, WHOLE, 1));
	expect("event 133:31");
	n_say = 0;
	co_bind(speak(FLOW_CLIENT), BIND, 5840, 7);
	bytes[0].b[24] = 0;
	expect("event 133:32");
	bytes[0].b[24] = 1;
	bytes[0].b[30] = 0;
	expect("event 133:33");
	n_say = 0;
	say_bound();
	co_call(speak(FLOW_CLIENT), REQUEST, FIRST, 2, 7, 12, "short");
	expect("event 133:34");
	n_say = 0;
	co_bind(speak(FLOW_CLIENT), BIND, 64, 7);
	co_bind_ack(speak(FLOW_SERVER), 26, 0);
	co_call(speak(FLOW_CLIENT), REQUEST, WHOLE, 2, 7, 12, "long");
	expect("event 133:35");
	say_fragments();
	bytes[2].b[12] = 9;
	expect("event 133:37");
	say_fragments();
	bytes[2].b[22] = 9;
	expect("event 133:38");
	say_fragments();
	bytes[2].b[20] = 9;
	expect("event 133:39");
	/* nothing of it where nobody asks for it */
	rig_fini(&r);
	assert_true(rig_init(&r, APP_DCE, NULL));
	play();
	assert_false(rig_has(&r, "event"));
	rig_fini(&r);
}

/* Which fragment's operation and context count, and what a second bind does,
 * is a matter of the server. */
static void
test_policies(void **state)
{
	static const struct {
		enum dce_policy policy;
		uint16_t opnum;
		bool again; /* what the first bind bound holds */
	} cases[] = {
		{ DCE_WIN_XP, 12, false }, { DCE_WIN_2003, 12, false },
		{ DCE_WIN_VISTA, 9, false }, { DCE_SAMBA, 9, false },
		{ DCE_SAMBA_3_0_20, 9, true },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct dce_server_conf s = server;
		struct dce_conf conf = all;

		s.policy = (uint8_t)cases[i].policy;
		conf.servers = &s;
		assert_true(rig_init(&r, APP_DCE, &conf));
		say_fragments();
		bytes[3].b[22] = 9;
		play();
		assert_int_equal(facts(APP_DCE)->opnum, cases[i].opnum);
		n_say = 0;
		say_bound();
		co_bind(speak(FLOW_CLIENT), BIND, 5840, 8);
		co_bind_ack(speak(FLOW_SERVER), 5840, 0);
		co_call(speak(FLOW_CLIENT), REQUEST, WHOLE, 2, 7, 12, "x");
		play();
		assert_int_equal(facts(APP_DCE)->has_iface, cases[i].again);
		rig_fini(&r);
	}
}

static void
test_banner(void **state)
{
	(void)state;
	assert_true(rig_init(&r, APP_DCE, &all));
	n_say = 0;
	put(speak(FLOW_SERVER), "ncacn_http/1.0", 14);
	co_bind(speak(FLOW_CLIENT), BIND, 5840, 7);
	co_bind_ack(speak(FLOW_SERVER), 5840, 0);
	co_call(speak(FLOW_CLIENT), REQUEST, WHOLE, 2, 7, 12, "abcd");
	play();
	assert_true(rig_has(&r,
	    "unit client full dce_stub_data=\"abcd\"\n"));
	assert_false(rig_has(&r, "event"));
	assert_true(facts(APP_DCE)->has_iface);
	/* what another session's bytes were is not this one's matter */
	rig_session(&r);
	rig_feed(&r, FLOW_CLIENT, "no DCE/RPC at all", 17, RIG_WHOLE);
	assert_true(rig_has(&r, "fate not mine"));
	play();
	assert_false(rig_has(&r, "fate not mine"));
	rig_fini(&r);
}

static uint64_t
count(enum app_id id, unsigned ctr)
{
	return app_proto_counters(r.app, id)[ctr];
}

static void
test_co_limits(void **state)
{
	static char stub[32000];
	static struct dce_conf small;
	struct out *o;

	(void)state;
	/* contexts: the oldest are forgotten */
	assert_true(rig_init(&r, APP_DCE, &all));
	n_say = 0;
	for (unsigned i = 0; i < LIM_DCE_CONTEXTS + 2; i++)
		co_bind(speak(FLOW_CLIENT), ALTER, 5840, (uint16_t)i);
	co_call(speak(FLOW_CLIENT), REQUEST, WHOLE, 2, 0, 12, "x");
	play();
	assert_false(facts(APP_DCE)->has_iface);
	assert_true(count(APP_DCE, DCE_CTR_CONTEXTS_LOST) >= 2);
	n_say--;
	co_call(speak(FLOW_CLIENT), REQUEST, WHOLE, 2, 2, 12, "x");
	play();
	assert_true(facts(APP_DCE)->has_iface);
	/* a fragment longer than a PDU, and more of them than are kept */
	memset(stub, 's', sizeof(stub) - 1);
	n_say = 0;
	o = speak(FLOW_CLIENT);
	for (unsigned i = 0; i < 4; i++)
		co_call(o, REQUEST, i ? i == 3 ? LAST : 0 : FIRST, 2, 0, 12,
		    stub);
	play();
	assert_true(count(APP_DCE, DCE_CTR_CUT) > 0);
	assert_true(count(APP_DCE, DCE_CTR_SEGMENTED) > 0);
	assert_true(count(APP_DCE, DCE_CTR_REASSEMBLED) > 0);
	rig_fini(&r);
	/* without memory it is told, and the fragments are seen as they come */
	small = all;
	small.memcap = 65536;
	assert_true(rig_init(&r, APP_DCE, &small));
	play();
	assert_true(rig_has(&r, "event 133:1"));
	assert_true(count(APP_DCE, DCE_CTR_NO_MEMORY) > 0);
	rig_fini(&r);
}

/* A request of many small fragments is shown before its end no more often than
 * its size doubles. */
static void
test_linear(void **state)
{
	static struct dce_conf conf;
	struct out *o;

	(void)state;
	conf = all;
	conf.reassemble_threshold = 1;
	assert_true(rig_init(&r, APP_DCE, &conf));
	n_say = 0;
	o = speak(FLOW_CLIENT);
	for (unsigned i = 0; i < 7000; i++)
		co_call(o, REQUEST, i ? 0 : FIRST, 2, 7, 12, "x");
	rig_feed(&r, FLOW_CLIENT, o->b, o->n, RIG_WHOLE);
	assert_int_equal(count(APP_DCE, DCE_CTR_REQUESTS), 7000);
	assert_in_range(count(APP_DCE, DCE_CTR_REASSEMBLED), 5, 16);
	rig_fini(&r);
}

/* -- UDP ------------------ */

static void
cl_call(struct out *o, unsigned flags, uint32_t sequence, uint16_t fragment,
    const char *stub)
{
	o->n = 0;
	put(o, (const uint8_t[]){ 4, 0, (uint8_t)flags, 0, 0x10, 0, 0, 0 }, 8);
	put(o, "----------------", 16);
	put(o, svcctl, 16);
	put(o, "activity........", 16);
	put_le(o, 0, 4);
	put_le(o, 2, 4);
	put_le(o, sequence, 4);
	put_le(o, 12, 2);
	put_le(o, 0xffffffff, 4);
	put_le(o, strlen(stub), 2);
	put_le(o, fragment, 2);
	put_le(o, 0, 2);
	put(o, stub, strlen(stub));
}

static void
test_udp(void **state)
{
	static struct out o;

	(void)state;
	assert_true(rig_init(&r, APP_DCE_UDP, &all));
	cl_call(&o, 0, 5, 0, "abcd");
	rig_datagram(&r, FLOW_CLIENT, o.b, o.n);
	assert_string_equal(rig_text(&r),
	    "unit client dce_stub_data=\"abcd\"\n");
	assert_memory_equal(facts(APP_DCE_UDP)->uuid, svcctl_uuid, 16);
	assert_int_equal(facts(APP_DCE_UDP)->opnum, 12);
	assert_int_equal(facts(APP_DCE_UDP)->version, 2);
	cl_call(&o, 0, 4, 0, "abcd");
	rig_datagram(&r, FLOW_CLIENT, o.b, o.n);
	assert_true(rig_has(&r, "event 133:43"));
	rig_clear(&r);
	cl_call(&o, 4, 6, 0, "one");
	rig_datagram(&r, FLOW_CLIENT, o.b, o.n);
	cl_call(&o, 4, 6, 1, "two");
	rig_datagram(&r, FLOW_CLIENT, o.b, o.n);
	cl_call(&o, 6, 6, 2, "three");
	rig_datagram(&r, FLOW_CLIENT, o.b, o.n);
	assert_true(rig_has(&r, "unit client pkt_data=\"onetwothree\" "
	    "dce_stub_data=\"onetwothree\"\n"));
	for (size_t n = 0; n < o.n; n++)
		rig_datagram(&r, FLOW_CLIENT, o.b, n);
	assert_true(rig_has(&r, "event 133:42"));
	o.b[0] = 3;
	rig_datagram(&r, FLOW_CLIENT, o.b, o.n);
	assert_true(rig_has(&r, "event 133:40"));
	o.b[0] = 4;
	o.b[1] = 11;
	rig_datagram(&r, FLOW_CLIENT, o.b, o.n);
	assert_true(rig_has(&r, "event 133:41"));
	rig_fini(&r);
}

/* -- SMB 2 ------------------ */

static size_t
nbss_begin(struct out *o)
{
	size_t at = o->n;

	put(o, "\0\0\0\0", 4);
	return at;
}

static void
nbss_end(struct out *o, size_t at)
{
	size_t n = o->n - at - 4;

	o->b[at + 1] = (uint8_t)(n >> 16);
	o->b[at + 2] = (uint8_t)(n >> 8);
	o->b[at + 3] = (uint8_t)n;
}

static size_t
msg2_begin(struct out *o, unsigned command, bool answer, uint64_t id,
    uint32_t tree)
{
	size_t at = nbss_begin(o);

	put(o, "\xfeSMB\x40\0\0\0\0\0\0\0", 12);
	put_le(o, command, 2);
	put_le(o, 0, 2);
	put_le(o, answer, 4);
	put_le(o, 0, 4);
	put_le(o, id, 8);
	put_le(o, 0, 4);
	put_le(o, tree, 4);
	put_le(o, 0x77, 8);
	put(o, "................", 16);
	return at;
}

static void
smb2_tree(uint64_t id, uint32_t tree, const char *path, unsigned type)
{
	struct out *o = speak(FLOW_CLIENT);
	size_t at = msg2_begin(o, 3, false, id, 0);

	put_le(o, 9, 2);
	put_le(o, 0, 2);
	put_le(o, 72, 2);
	put_le(o, strlen(path) * 2, 2);
	put_wide(o, path);
	nbss_end(o, at);
	o = speak(FLOW_SERVER);
	at = msg2_begin(o, 3, true, id, tree);
	put_le(o, 16, 2);
	put_le(o, type, 2);
	put_le(o, 0, 12);
	nbss_end(o, at);
}

static void
smb2_create(uint64_t id, uint32_t tree, const char *name, uint64_t file)
{
	struct out *o = speak(FLOW_CLIENT);
	size_t at = msg2_begin(o, 5, false, id, tree);

	put_le(o, 57, 2);
	for (unsigned i = 0; i < 42; i++)
		put_le(o, 0, 1);
	put_le(o, 120, 2);
	put_le(o, strlen(name) * 2, 2);
	put_le(o, 0, 8);
	put_wide(o, name);
	nbss_end(o, at);
	o = speak(FLOW_SERVER);
	at = msg2_begin(o, 5, true, id, tree);
	put_le(o, 89, 2);
	for (unsigned i = 0; i < 62; i++)
		put_le(o, 0, 1);
	put_le(o, file, 8);
	put_le(o, file + 1, 8);
	put_le(o, 0, 8);
	nbss_end(o, at);
}

static struct out *
smb2_write(uint64_t id, uint32_t tree, uint64_t file, const struct out *data)
{
	struct out *o = speak(FLOW_CLIENT);
	size_t at = msg2_begin(o, 9, false, id, tree);

	put_le(o, 49, 2);
	put_le(o, 112, 2);
	put_le(o, data->n, 4);
	put_le(o, 0, 8);
	put_le(o, file, 8);
	put_le(o, file + 1, 8);
	put_le(o, 0, 16);
	put(o, data->b, data->n);
	nbss_end(o, at);
	return o;
}

static void
smb2_read(uint64_t id, uint32_t tree, uint64_t file, const struct out *data)
{
	struct out *o = speak(FLOW_CLIENT);
	size_t at = msg2_begin(o, 8, false, id, tree);

	put_le(o, 49, 2);
	put_le(o, 0, 2);
	put_le(o, 4096, 4);
	put_le(o, 0, 8);
	put_le(o, file, 8);
	put_le(o, file + 1, 8);
	put_le(o, 0, 17);
	nbss_end(o, at);
	o = speak(FLOW_SERVER);
	at = msg2_begin(o, 8, true, id, tree);
	put_le(o, 17, 2);
	put_le(o, 80, 2);
	put_le(o, data->n, 4);
	put_le(o, 0, 8);
	put(o, data->b, data->n);
	nbss_end(o, at);
}

static void
smb2_ioctl(enum flow_side side, uint64_t id, uint32_t tree, uint64_t file,
    const struct out *data)
{
	bool answer = side == FLOW_SERVER;
	struct out *o = speak(side);
	size_t at = msg2_begin(o, 11, answer, id, tree);

	put_le(o, answer ? 49 : 57, 2);
	put_le(o, 0, 2);
	put_le(o, 0x11c017, 4);
	put_le(o, file, 8);
	put_le(o, file + 1, 8);
	put_le(o, answer ? 0 : 120, 4);
	put_le(o, answer ? 0 : data->n, 4);
	if (!answer)
		put_le(o, 0, 4);
	put_le(o, answer ? 112 : 0, 4);
	put_le(o, answer ? data->n : 0, 4);
	put_le(o, 0, answer ? 8 : 4);
	if (!answer)
		put_le(o, 1, 8);
	put(o, data->b, data->n);
	nbss_end(o, at);
}

static struct out data;

static void
say_pipe(void)
{
	n_say = 0;
	smb2_tree(1, 9, "\\\\a\\IPC$", 2);
	smb2_create(2, 9, "svcctl", 40);
	data.n = 0;
	co_bind(&data, BIND, 4280, 7);
	smb2_write(3, 9, 40, &data);
	data.n = 0;
	co_bind_ack(&data, 4280, 0);
	smb2_read(4, 9, 40, &data);
	data.n = 0;
	co_call(&data, REQUEST, WHOLE, 2, 7, 12, "abcd");
	smb2_ioctl(FLOW_CLIENT, 5, 9, 40, &data);
	data.n = 0;
	co_call(&data, RESPONSE, WHOLE, 2, 7, 0, "ok");
	smb2_ioctl(FLOW_SERVER, 5, 9, 40, &data);
}

static void
test_smb2_pipe(void **state)
{
	(void)state;
	assert_true(rig_init(&r, APP_SMB, &all));
	say_pipe();
	play();
	assert_string_equal(rig_text(&r),
	    "unit client full\n"
	    "unit server full\n"
	    "log smb {\"id\":1,\"dialect\":\"unknown\","
	    "\"command\":\"SMB2_COMMAND_TREE_CONNECT\","
	    "\"status\":\"STATUS_SUCCESS\",\"status_code\":\"0x0\","
	    "\"session_id\":119,\"tree_id\":9,"
	    "\"share\":\"\\x5c\\x5ca\\x5cIPC$\"}\n"
	    "unit client full\n"
	    "unit server full\n"
	    "log smb {\"id\":2,\"dialect\":\"unknown\","
	    "\"command\":\"SMB2_COMMAND_CREATE\","
	    "\"status\":\"STATUS_SUCCESS\",\"status_code\":\"0x0\","
	    "\"session_id\":119,\"tree_id\":9,"
	    "\"named_pipe\":\"svcctl\"}\n"
	    "unit client full\n"
	    "unit client full\n"
	    "unit server full\n"
	    "unit client full dce_stub_data=\"abcd\"\n"
	    "unit server full dce_stub_data=\"ok\"\n"
	    "log smb {\"id\":3,\"dialect\":\"unknown\","
	    "\"command\":\"SMB2_COMMAND_IOCTL\","
	    "\"status\":\"STATUS_SUCCESS\",\"status_code\":\"0x0\","
	    "\"session_id\":119,\"tree_id\":9}\n");
	assert_memory_equal(facts(APP_SMB)->uuid, svcctl_uuid, 16);
	assert_int_equal(facts(APP_SMB)->opnum, 12);
	assert_true(facts(APP_SMB)->response);
	for (size_t n = n_say; n; n--)
		rig_truncate(&r, say, n);
	rig_fini(&r);
}

static void
test_smb2_midstream(void **state)
{
	(void)state;
	/* neither the share nor the pipe was seen, and bytes are missing */
	assert_true(rig_init(&r, APP_SMB, &all));
	say_pipe();
	rig_session(&r);
	rig_clear(&r);
	rig_gap(&r, FLOW_CLIENT);
	rig_feed(&r, FLOW_CLIENT, "in the middle", 13, RIG_WHOLE);
	rig_feed(&r, FLOW_CLIENT, bytes[4].b, bytes[4].n, RIG_BYTEWISE);
	rig_feed(&r, FLOW_CLIENT, bytes[7].b, bytes[7].n, RIG_WHOLE);
	assert_true(rig_has(&r,
	    "unit client full dce_stub_data=\"abcd\"\n"));
	assert_true(facts(APP_SMB)->has_iface);
	assert_false(rig_has(&r, "event"));
	rig_fini(&r);
}

/* What goes over a pipe need not be DCE/RPC: nothing is said of it until it
 * was. */
static void
test_other_pipe(void **state)
{
	(void)state;
	assert_true(rig_init(&r, APP_SMB, &all));
	for (unsigned i = 0; i < 2; i++) {
		n_say = 0;
		smb2_tree(1, 9, "\\\\a\\IPC$", 2);
		smb2_create(2, 9, "other", 40);
		data.n = 0;
		if (i)
			co_bind(&data, BIND, 4280, 7);
		put(&data, "what somebody typed", 19);
		smb2_write(3, 9, 40, &data);
		play();
		assert_int_equal(rig_has(&r, "event 133:27"), i);
	}
	rig_fini(&r);
}

/* A client of that dialect leaves a share. */
static bool
is_dark(unsigned dialect, unsigned share)
{
	struct tcp_session tcp = { .frozen = false };
	struct out *o;
	size_t at;

	n_say = 0;
	o = speak(FLOW_SERVER);
	at = msg2_begin(o, 0, true, 0, 0);
	put_le(o, 65, 2);
	put_le(o, 1, 2);
	put_le(o, dialect, 2);
	put_le(o, 0, 58);
	nbss_end(o, at);
	smb2_tree(1, 9, "\\\\a\\IPC$", 2);
	smb2_tree(2, 10, "\\\\a\\other", share);
	o = speak(FLOW_CLIENT);
	at = msg2_begin(o, 4, false, 3, 9);
	put_le(o, 4, 4);
	nbss_end(o, at);
	rig_clear(&r);
	rig_session(&r);
	r.flow.tcp = &tcp;
	for (size_t i = 0; i < n_say; i++) {
		assert_false(tcp.frozen);
		rig_feed(&r, say[i].side, bytes[i].b, bytes[i].n, 0);
	}
	r.flow.tcp = NULL;
	rig_end(&r);
	return tcp.frozen;
}

/* Where Snort stops to look at what the client sends. */
static void
test_smb2_dark(void **state)
{
	(void)state;
	assert_true(rig_init(&r, APP_SMB, &all));
	assert_true(is_dark(0x311, 2));
	assert_true(is_dark(0x311, 3));
	assert_false(is_dark(0x311, 1));
	assert_false(is_dark(0x302, 2));
	rig_fini(&r);
}

static void
test_smb2_files(void **state)
{
	static char big[20001];
	struct dce_server_conf s = server;
	struct dce_conf conf = all;

	(void)state;
	conf.servers = &s;
	s.file_depth = 5;
	assert_true(rig_init(&r, APP_SMB, &conf));
	n_say = 0;
	smb2_tree(1, 9, "\\\\a\\b", 1);
	smb2_create(2, 9, "f.exe", 40);
	data.n = 0;
	put(&data, "MZ and more", 11);
	smb2_write(3, 9, 40, &data);
	smb2_read(4, 9, 40, &data);
	play();
	assert_true(rig_has(&r, "unit client full file_data=\"MZ an\"\n"));
	assert_true(rig_has(&r, "unit server full file_data=\"MZ an\"\n"));
	assert_non_null(strstr(rig_text(&r), "\"filename\":\"f.exe\""));
	rig_fini(&r);
	s.files = DCE_FILES_OFF;
	assert_true(rig_init(&r, APP_SMB, &conf));
	play();
	assert_null(strstr(rig_text(&r), "file_data"));
	rig_fini(&r);
	/* longer than a PDU: in pieces */
	s.files = DCE_FILES_ON;
	s.file_depth = 0;
	assert_true(rig_init(&r, APP_SMB, &conf));
	memset(big, 'm', sizeof(big) - 1);
	big[19999] = 'e';
	data.n = 0;
	put(&data, big, 20000);
	n_say -= 2;
	smb2_read(4, 9, 40, &data);
	play();
	assert_non_null(strstr(rig_text(&r), "unit server file_data=\"mmm"));
	assert_non_null(strstr(rig_text(&r), "mmme\"\n"));
	rig_fini(&r);
	/* only files, or only what the configuration names */
	s.files = DCE_FILES_ONLY;
	assert_true(rig_init(&r, APP_SMB, &conf));
	say_pipe();
	play();
	assert_null(strstr(rig_text(&r), "dce_stub_data"));
	rig_fini(&r);
	s.files = DCE_FILES_ON;
	s.versions = DCE_SMB_1;
	assert_true(rig_init(&r, APP_SMB, &conf));
	play();
	assert_null(strstr(rig_text(&r), "dce_stub_data"));
	rig_fini(&r);
}

static void
smb2_close(uint64_t id, uint32_t tree, uint64_t file)
{
	struct out *o = speak(FLOW_CLIENT);
	size_t at = msg2_begin(o, 6, false, id, tree);

	put_le(o, 24, 2);
	put_le(o, 0, 6);
	put_le(o, file, 8);
	put_le(o, file + 1, 8);
	nbss_end(o, at);
	o = speak(FLOW_SERVER);
	at = msg2_begin(o, 6, true, id, tree);
	put_le(o, 60, 2);
	for (unsigned i = 0; i < 58; i++)
		put_le(o, 0, 1);
	nbss_end(o, at);
}

static unsigned
n_told(void)
{
	unsigned n = 0;

	for (const char *p = rig_text(&r); (p = strstr(p, "log fileinfo"));
	    p++)
		n++;
	return n;
}

/* What fileinfo tells of files: what was written, what was read. */
static void
test_smb2_fileinfo(void **state)
{
	char name[200], told[1000];

	(void)state;
	assert_true(rig_init(&r, APP_SMB, &all));
	r.conf.file_hashes = APP_FILE_MD5;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	n_say = 0;
	smb2_tree(1, 9, "\\\\a\\b", 1);
	smb2_create(2, 9, name, 40);
	data.n = 0;
	put(&data, "abc", 3);
	smb2_write(3, 9, 40, &data);
	smb2_read(4, 9, 40, &data);
	smb2_close(5, 9, 40);
	smb2_create(6, 9, "twice", 42);
	/* the same place twice: it is looked at once */
	smb2_write(7, 9, 42, &data);
	smb2_write(8, 9, 42, &data);
	play();
	snprintf(told, sizeof(told), "log fileinfo {\"filename\":\"%s\","
	    "\"gaps\":false,\"state\":\"CLOSED\","
	    "\"md5\":900150983cd24fb0d6963f7d28e17f72,"
	    "\"stored\":false,\"size\":3,\"tx_id\":0,\"direction\":"
	    "\"to_server\"}\n"
	    "log fileinfo {\"filename\":\"%s\","
	    "\"gaps\":false,\"state\":\"CLOSED\","
	    "\"md5\":900150983cd24fb0d6963f7d28e17f72,"
	    "\"stored\":false,\"size\":3,\"tx_id\":1,\"direction\":"
	    "\"to_client\"}\n", name, name);
	assert_non_null(strstr(rig_text(&r), told));
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"twice\","
	    "\"gaps\":false,\"state\":\"TRUNCATED\",\"stored\":false,"
	    "\"size\":3,"));
	assert_int_equal(n_told(), 3);
	for (size_t n = n_say; n; n--)
		rig_truncate(&r, say, n);
	/* a pipe is no file */
	say_pipe();
	play();
	assert_int_equal(n_told(), 0);
	rig_fini(&r);
}

/* Bytes that are missing: between two writes, at the end of a file, behind
 * what was read. */
static void
test_smb2_missing(void **state)
{
	(void)state;
	assert_true(rig_init(&r, APP_SMB, &all));
	n_say = 0;
	smb2_tree(1, 9, "\\\\a\\b", 1);
	smb2_create(2, 9, "f", 40);
	data.n = 0;
	put(&data, "abc", 3);
	smb2_write(3, 9, 40, &data);
	smb2_write(4, 9, 40, &data);
	/* its offset, behind headers */
	bytes[n_say - 1].b[bytes[n_say - 1].n - 3 - 40] = 5;
	smb2_close(5, 9, 40);
	play();
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"f\","
	    "\"gaps\":true,\"state\":\"CLOSED\",\"stored\":false,"
	    "\"size\":8,"));
	rig_clear(&r);
	rig_session(&r);
	for (size_t i = 0; i < n_say; i++) {
		if (i == 5) {
			rig_gap(&r, FLOW_CLIENT);
			continue;
		}
		rig_feed(&r, say[i].side, say[i].bytes, say[i].n, RIG_WHOLE);
	}
	rig_end(&r);
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"f\","
	    "\"gaps\":true,\"state\":\"CLOSED\",\"stored\":false,"
	    "\"size\":3,"));
	/* 9 bytes are in the file, 3 are read */
	n_say = 0;
	smb2_tree(1, 9, "\\\\a\\b", 1);
	smb2_create(2, 9, "f", 40);
	bytes[n_say - 1].b[4 + 64 + 48] = 9;
	smb2_read(3, 9, 40, &data);
	smb2_close(5, 9, 40);
	play();
	assert_true(rig_has(&r, "log fileinfo {\"filename\":\"f\","
	    "\"gaps\":false,\"state\":\"TRUNCATED\",\"stored\":false,"
	    "\"size\":3,"));
	rig_fini(&r);
}

static void
test_smb2_events(void **state)
{
	struct text shares[] = { text_make("ADMIN$", 6),
		text_make("ipc$", 4) };
	struct dce_server_conf s = server;
	struct dce_conf conf = all;
	struct out *o;

	(void)state;
	conf.servers = &s;
	s.shares = shares;
	s.n_shares = 2;
	assert_true(rig_init(&r, APP_SMB, &conf));
	say_pipe();
	expect("event 133:26");
	say_pipe();
	bytes[0].b[0] = 7;
	expect("event 133:2");
	say_pipe();
	bytes[0].b[4 + 16] = 1;
	expect("event 133:3");
	say_pipe();
	bytes[0].b[4] = 'x';
	expect("event 133:4");
	say_pipe();
	bytes[0].b[4 + 64] = 8;
	expect("event 133:5");
	n_say = 0;
	o = speak(FLOW_CLIENT);
	put(o, "\0\0\0\x04\xfeSMB", 8);
	expect("event 133:10");
	say_pipe();
	bytes[0].b[4 + 21] = 1;
	expect("event 133:59");
	/* what goes on encrypted is not looked at any more */
	n_say = 0;
	o = speak(FLOW_CLIENT);
	put(o, "\0\0\0\x40\xfdSMB", 8);
	for (unsigned i = 0; i < 60; i++)
		put_le(o, 0, 1);
	play();
	assert_true(rig_has(&r, "fate encrypted"));
	rig_fini(&r);
}

/* -- SMB 1 ------------------ */

static size_t
msg1_begin(struct out *o, unsigned command, bool answer, uint16_t tree)
{
	size_t at = nbss_begin(o);

	put(o, "\xffSMB", 4);
	put_le(o, command, 1);
	put_le(o, 0, 4);
	put_le(o, answer ? 0x80 : 0, 1);
	put_le(o, 0, 2);
	put(o, "............", 12);
	put_le(o, tree, 2);
	put_le(o, 3, 2); /* process, user, message */
	put_le(o, 4, 2);
	put_le(o, 5, 2);
	return at;
}

/* ANDX, and further words of the command; at: NBSS header */
static void
smb1_tree(struct out *o, unsigned next, uint16_t off)
{
	put_le(o, 4, 1);
	put_le(o, next, 2);
	put_le(o, off, 2);
	put_le(o, 0, 2);
	put_le(o, 1, 2);
	put_le(o, 13, 2);
	put(o, "\0\\\\a\\b\0IPC\0\0\0", 13);
}

static void
say_smb1(void)
{
	struct out *o;
	size_t at;

	n_say = 0;
	o = speak(FLOW_CLIENT);
	at = msg1_begin(o, 0x72, false, 0);
	put_le(o, 0, 1);
	put_le(o, 12, 2);
	put(o, "\2NT LM 0.12", 12);
	nbss_end(o, at);
	o = speak(FLOW_CLIENT);
	at = msg1_begin(o, 0x75, false, 0);
	smb1_tree(o, 0xff, 0);
	nbss_end(o, at);
	o = speak(FLOW_SERVER);
	at = msg1_begin(o, 0x75, true, 9);
	put(o, "\2\xff\0\0\0\4\0IPC", 10);
	put_le(o, 0, 1);
	nbss_end(o, at);
	set_le(o, o->n - 6, 4, 2);
	o = speak(FLOW_CLIENT);
	at = msg1_begin(o, 0xa2, false, 9);
	put_le(o, 24, 1);
	put_le(o, 0xff, 5);
	put_le(o, 8, 2);
	for (unsigned i = 0; i < 41; i++)
		put_le(o, 0, 1);
	put_le(o, 8, 2);
	put(o, "\\svcctl", 8);
	nbss_end(o, at);
	o = speak(FLOW_SERVER);
	at = msg1_begin(o, 0xa2, true, 9);
	put_le(o, 34, 1);
	put_le(o, 0xff, 5);
	put_le(o, 0x4000, 2);
	for (unsigned i = 0; i < 61; i++)
		put_le(o, 0, 1);
	put_le(o, 0, 2);
	nbss_end(o, at);
	/* a bind is written */
	data.n = 0;
	co_bind(&data, BIND, 4280, 7);
	o = speak(FLOW_CLIENT);
	at = msg1_begin(o, 0x2f, false, 9);
	put_le(o, 12, 1);
	put_le(o, 0xff, 4);
	put_le(o, 0x4000, 2);
	put_le(o, 0, 12);
	put_le(o, data.n, 4);
	set_le(o, o->n - 4, 0, 2);
	set_le(o, o->n - 2, data.n, 2);
	put_le(o, 32 + 1 + 24 + 2, 2);
	put_le(o, data.n, 2);
	put(o, data.b, data.n);
	nbss_end(o, at);
	/* and a transaction follows */
	data.n = 0;
	co_call(&data, REQUEST, WHOLE, 2, 7, 12, "abcd");
	o = speak(FLOW_CLIENT);
	at = msg1_begin(o, 0x25, false, 9);
	put_le(o, 16, 1);
	put_le(o, 0, 2);
	put_le(o, data.n, 2);
	put_le(o, 0, 14);
	put_le(o, 0, 4);
	put_le(o, data.n, 2);
	put_le(o, 32 + 1 + 32 + 2 + 7, 2);
	put_le(o, 2, 2);
	put_le(o, 0x26, 2);
	put_le(o, 0x4000, 2);
	put_le(o, data.n + 7, 2);
	put(o, "\\PIPE\\", 7);
	put(o, data.b, data.n);
	nbss_end(o, at);
}

static void
test_smb1(void **state)
{
	(void)state;
	assert_true(rig_init(&r, APP_SMB, &all));
	say_smb1();
	play();
	if (!rig_has(&r, "unit client full dce_stub_data=\"abcd\"\n"))
		fail_msg("%s", rig_text(&r));
	assert_false(rig_has(&r, "event"));
	assert_memory_equal(facts(APP_SMB)->uuid, svcctl_uuid, 16);
	assert_non_null(strstr(rig_text(&r),
	    "\"command\":\"SMB1_COMMAND_NT_CREATE_ANDX\""));
	for (size_t n = n_say; n; n--)
		rig_truncate(&r, say, n);
	rig_fini(&r);
}

/* The policy is what the server says it is. */
static void
test_fingerprint(void **state)
{
	struct dce_conf conf = all;
	struct smb_session *s;
	struct out *o;
	size_t at;

	(void)state;
	n_say = 0;
	o = speak(FLOW_SERVER);
	at = msg1_begin(o, 0x73, true, 0);
	put_le(o, 3, 1);
	put_le(o, 0xff, 4);
	put_le(o, 0, 2);
	put_le(o, 18, 2);
	put(o, "Unix\0Samba 3.0.20", 18);
	nbss_end(o, at);
	for (unsigned i = 0; i < 2; i++) {
		conf.fingerprint = i ? DCE_FINGERPRINT_SERVER : 0;
		assert_true(rig_init(&r, APP_SMB, &conf));
		rig_feed(&r, FLOW_SERVER, o->b, o->n, RIG_WHOLE);
		s = (struct smb_session *)(void *)(r.flow.app + 1);
		assert_int_equal(s->policy[FLOW_SERVER], i ?
		    DCE_SAMBA_3_0_20 : DCE_WIN_XP);
		rig_fini(&r);
	}
}

/* n tree connects in a chain. */
static void
say_chain(unsigned n)
{
	struct out *o;
	size_t at;

	n_say = 0;
	o = speak(FLOW_CLIENT);
	at = msg1_begin(o, 0x75, false, 0);
	for (unsigned i = 1; i <= n; i++)
		smb1_tree(o, i < n ? 0x75 : 0xff, i < n ?
		    (uint16_t)(32 + i * 24) : 0);
	nbss_end(o, at);
}

static void
test_smb1_events(void **state)
{
	struct out *o;
	size_t at;

	(void)state;
	assert_true(rig_init(&r, APP_SMB, &all));
	say_chain(2);
	expect("event 133:22");
	assert_false(rig_has(&r, "event 133:20"));
	say_chain(3);
	expect("event 133:20");
	/* deeper than is read */
	say_chain(LIM_SMB_CHAIN + 9);
	play();
	assert_true(count(APP_SMB, SMB_CTR_CHAINS_CUT) > 0);
	/* backwards: a chain has an end */
	say_chain(2);
	set_le(&bytes[0], 4 + 32 + 3, 32, 2);
	expect("event 133:8");
	say_smb1();
	bytes[0].b[4 + 35] = 9;
	expect("event 133:7");
	say_smb1();
	bytes[1].b[4 + 32] = 3;
	expect("event 133:5");
	say_smb1();
	set_le(&bytes[0], 4 + 33, 500, 2);
	expect("event 133:12");
	n_say = 0;
	o = speak(FLOW_CLIENT);
	at = msg1_begin(o, 0x1a, false, 0);
	put_le(o, 0, 3);
	nbss_end(o, at);
	expect("event 133:53");
	bytes[0].b[8] = 0x2a;
	expect("event 133:54");
	rig_fini(&r);
}

/* -- limits ------------------ */

static void
test_smb_limits(void **state)
{
	(void)state;
	assert_true(rig_init(&r, APP_SMB, &all));
	/* more files, shares and requests than are kept: the newest are */
	for (unsigned i = 0; i < LIM_SMB_FILES + 8; i++) {
		n_say = 0;
		smb2_tree(i, 9 + i, "\\\\a\\IPC$", 2);
		smb2_create(1000 + i, 9 + i, "svcctl", 40 + 2 * i);
		for (size_t k = 0; k < n_say; k++)
			rig_feed(&r, say[k].side, bytes[k].b, bytes[k].n,
			    RIG_WHOLE);
		n_say = 0;
		data.n = 0;
		co_bind(&data, BIND, 4280, 7);
		smb2_write(2000 + i, 9 + i, 40 + 2 * i, &data);
		smb2_read(3000 + i, 9 + i, 40 + 2 * i, &data);
		for (size_t k = 0; k < 2; k++)
			rig_feed(&r, say[k].side, bytes[k].b, bytes[k].n,
			    RIG_WHOLE);
	}
	assert_true(rig_has(&r, "unit"));
	assert_true(count(APP_SMB, DCE_CTR_BINDS) == LIM_SMB_FILES + 8);
	assert_true(count(APP_SMB, SMB_CTR_FILES_LOST) > 0);
	assert_true(count(APP_SMB, SMB_CTR_TREES_LOST) > 0);
	assert_true(count(APP_SMB, SMB_CTR_ASKED_LOST) > 0);
	rig_fini(&r);
}

/* -- the corpus ------------------ */

static int
write_corpus(const char *path, void (*speak_all)(void), uint8_t how)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return 1;
	speak_all();
	for (size_t i = 0; i < n_say; i++) {
		uint8_t head[3] = { (uint8_t)(how |
			(say[i].side == FLOW_SERVER)),
			(uint8_t)(bytes[i].n >> 8), (uint8_t)bytes[i].n };

		fwrite(head, 1, sizeof(head), f);
		fwrite(bytes[i].b, 1, bytes[i].n, f);
	}
	return fclose(f);
}

static void
say_udp(void)
{
	n_say = 0;
	cl_call(speak(FLOW_CLIENT), 0, 5, 0, "abcd");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_co_events),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_banner),
		cmocka_unit_test(test_co_limits),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_smb2_pipe),
		cmocka_unit_test(test_smb2_midstream),
		cmocka_unit_test(test_other_pipe),
		cmocka_unit_test(test_smb2_dark),
		cmocka_unit_test(test_smb2_files),
		cmocka_unit_test(test_smb2_fileinfo),
		cmocka_unit_test(test_smb2_missing),
		cmocka_unit_test(test_smb2_events),
		cmocka_unit_test(test_smb1),
		cmocka_unit_test(test_smb1_events),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_smb_limits),
	};
	char path[4096];
	static const struct {
		const char *name;
		void (*say)(void);
		uint8_t how; /* tests/fuzz/fuzz_app.c */
	} corpus[] = { { "dce/calls", say_calls, 0 },
		{ "dce/fragments", say_fragments, 0 },
		{ "dce_udp/call", say_udp, 4 },
		{ "smb/pipe", say_pipe, 0 }, { "smb/smb1", say_smb1, 0 } };

	if (argc < 2)
		return cmocka_run_group_tests(tests, NULL, NULL);
	for (unsigned i = 0; i < ARRAY_LEN(corpus); i++) {
		snprintf(path, sizeof(path), "%s/%s", argv[1], corpus[i].name);
		if (write_corpus(path, corpus[i].say, corpus[i].how))
			return 1;
	}
	return 0;
}
