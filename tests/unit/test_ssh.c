/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SSH: versions, the exchange of keys, amounts of encrypted bytes, events of
 * gid 128. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "decoders/app/ssh.h"
#include "tests/tools/app_rig.h"
#include "tests/tools/play_tcp.h"

#define CLIENT "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"
#define SERVER "SSH-2.0-dropbear\r\n"

static const uint8_t kexinit[] = { 0, 0, 0, 64, 4, 20,
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
	0, 0, 0, 1, 'k', 0, 0, 0, 1, 'h', 0, 0, 0, 1, 'c', 0, 0, 0, 1, 'd',
	0, 0, 0, 1, 'm', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0 };
static_assert(sizeof(kexinit) >= 68, "");
static const uint8_t kex_init[] = { 0, 0, 0, 6, 1, 30, 1, 2, 3, 4 };
static const uint8_t kex_reply[] = { 0, 0, 0, 6, 1, 31, 1, 2, 3, 4 };
static const uint8_t new_keys[] = { 0, 0, 0, 2, 0, 21 };
static const uint8_t odd[] = { 0, 0, 0, 1, 0, 20 };
static uint8_t dark[1000];

#define SAY(side, bytes) { FLOW_##side, bytes, sizeof(bytes) }
#define LINE(side, text) { FLOW_##side, text, sizeof(text) - 1 }

static const struct ssh_conf all = { .alerts = 127, .max_packets = 25,
	.max_client_bytes = 2500, .max_version_len = 40 };
static const struct ssh_conf quiet = { .max_packets = 25,
	.max_client_bytes = 2500, .max_version_len = 40 };

static struct rig r;

static int
setup(void **state)
{
	(void)state;
	memset(dark, 0xd7, sizeof(dark));
	return rig_init(&r, APP_SSH, &all) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static size_t
n_units(void)
{
	size_t n = 0;

	for (const char *s = rig_text(&r); (s = strstr(s, "unit ")); s++)
		n++;
	return n;
}

static void
test_told(void **state)
{
	const struct rig_say say[] = { LINE(CLIENT, CLIENT),
		LINE(SERVER, "welcome\r\nto this\n" SERVER),
		{ FLOW_CLIENT, kexinit, 68 }, { FLOW_SERVER, kexinit, 68 },
		SAY(CLIENT, kex_init), SAY(SERVER, kex_reply),
		SAY(SERVER, new_keys), SAY(CLIENT, new_keys),
		SAY(CLIENT, dark) };

	(void)state;
	rig_play(&r, say, ARRAY_LEN(say));
	assert_true(rig_has(&r, "log ssh {\"client\":{\"proto_version\":"
	    "\"2.0\",\"software_version\":\"OpenSSH_9.2p1\",\"hassh\":{"
	    "\"hash\":96cab12b560ab5c05905784435d831e1}},"
	    "\"server\":{\"proto_version\":\"2.0\","
	    "\"software_version\":\"dropbear\",\"hassh\":{\"hash\":"
	    "57fcd209631cf64d96d69c71cbb4c03e}}}\n"));
	assert_false(rig_has(&r, "event"));
	assert_false(rig_has(&r, "fate"));
	/* each message by itself */
	assert_int_equal(n_units(), ARRAY_LEN(say));
	/* of which Snort knows nothing: dsize does not see them */
	assert_false(rig_has(&r, "full"));
	for (size_t n = 1; n <= ARRAY_LEN(say); n++)
		rig_truncate(&r, say, n);
	/* a line is enough */
	rig_play(&r, say, 1);
	assert_true(rig_has(&r, "log ssh {\"client\":{\"proto_version\":"
	    "\"2.0\",\"software_version\":\"OpenSSH_9.2p1\"}}\n"));
}

static void
expect(const struct ssh_conf *conf, const struct rig_say *say, size_t n,
    const char *event, const char *fate)
{
	rig_fini(&r);
	assert_true(rig_init(&r, APP_SSH, conf));
	rig_play(&r, say, n);
	if (event)
		assert_true(rig_has(&r, event));
	else
		assert_false(rig_has(&r, "event"));
	if (fate)
		assert_true(rig_has(&r, fate));
	else
		assert_false(rig_has(&r, "fate"));
}

/* The client says more than one does that waits for an answer. */
static void
test_overflow(void **state)
{
	const struct rig_say attack[] = { LINE(CLIENT, CLIENT),
		LINE(SERVER, SERVER), SAY(CLIENT, new_keys),
		SAY(CLIENT, dark), SAY(CLIENT, dark), SAY(CLIENT, dark),
		SAY(CLIENT, dark) };
	const struct rig_say fine[] = { LINE(CLIENT, CLIENT),
		LINE(SERVER, SERVER), SAY(SERVER, new_keys),
		SAY(CLIENT, new_keys), SAY(CLIENT, dark), SAY(CLIENT, dark),
		SAY(SERVER, dark), SAY(CLIENT, dark), SAY(CLIENT, dark) };
	static const uint8_t key1[] = { 0, 0, 0, 6, 1, 2, 3, 1, 2, 3, 4, 5,
		6, 7 };
	const struct rig_say attack1[] = { LINE(CLIENT, "SSH-1.5-x\n"),
		LINE(SERVER, "SSH-1.99-y\n"), SAY(CLIENT, key1),
		SAY(CLIENT, dark), SAY(CLIENT, dark), SAY(CLIENT, dark),
		SAY(CLIENT, dark) };
	struct rig_say odd1[ARRAY_LEN(attack1)];
	uint8_t key[sizeof(key1)];

	(void)state;
	expect(&all, attack, ARRAY_LEN(attack), "event 128:1",
	    "fate encrypted");
	expect(&all, fine, ARRAY_LEN(fine), NULL, NULL);
	expect(&quiet, attack, ARRAY_LEN(attack), NULL, NULL);
	memcpy(key, key1, sizeof(key));
	memcpy(odd1, attack1, sizeof(odd1));
	/* its type stands behind 8 - 6 % 8 bytes of padding */
	key[4 + 2] = 3;
	odd1[2] = (struct rig_say){ FLOW_CLIENT, key, 12 };
	expect(&all, odd1, ARRAY_LEN(odd1), "event 128:2", "fate encrypted");
	expect(&quiet, odd1, ARRAY_LEN(odd1), NULL, NULL);
}

static void
test_events(void **state)
{
	const struct rig_say longline[] = { LINE(CLIENT, CLIENT),
		LINE(SERVER, "SSH-1.99-12345678901234567890123456789012345\n")
	};
	const struct rig_say long2[] = { LINE(SERVER,
		"SSH-2.0-123456789012345678901234567890123456\n") };
	const struct rig_say other[] = { LINE(CLIENT, CLIENT),
		LINE(SERVER, SERVER), SAY(CLIENT, kex_reply) };
	const struct rig_say size[] = { LINE(CLIENT, CLIENT),
		LINE(SERVER, SERVER), SAY(CLIENT, odd) };
	const struct rig_say third[] = { LINE(SERVER, "SSH-3.0-x\n") };
	static char lines[66 * 3];
	const struct rig_say chatter[] = { LINE(CLIENT, CLIENT),
		{ FLOW_SERVER, lines, sizeof(lines) } };
	static char endless[2000];
	const struct rig_say overlong[] = { { FLOW_SERVER, endless,
		sizeof(endless) } };

	(void)state;
	expect(&all, longline, ARRAY_LEN(longline), "event 128:3", NULL);
	expect(&quiet, longline, ARRAY_LEN(longline), NULL, NULL);
	expect(&all, long2, ARRAY_LEN(long2), NULL, NULL);
	expect(&all, other, ARRAY_LEN(other), "event 128:5", NULL);
	expect(&quiet, other, ARRAY_LEN(other), NULL, NULL);
	expect(&all, size, ARRAY_LEN(size), "event 128:6", NULL);
	expect(&quiet, size, ARRAY_LEN(size), NULL, NULL);
	expect(&all, third, ARRAY_LEN(third), "event 128:7", NULL);
	expect(&quiet, third, ARRAY_LEN(third), NULL, NULL);
	memset(lines, '\n', sizeof(lines));
	expect(&all, chatter, ARRAY_LEN(chatter), "event 128:7",
	    "fate not mine");
	expect(&quiet, chatter, ARRAY_LEN(chatter), NULL, "fate not mine");
	memset(endless, 'x', sizeof(endless));
	memcpy(endless, "SSH-1.5-", 8);
	expect(&all, overlong, ARRAY_LEN(overlong), "event 128:3",
	    "fate not mine");
}

static void
test_not_ssh(void **state)
{
	const struct rig_say client[] = { LINE(CLIENT, "GET / HTTP/1.0\r\n") };
	const struct rig_say server[] = { LINE(SERVER, "220 ftp\r\n"),
		LINE(CLIENT, "USER x\r\n") };
	const struct app_ops *o = app_ops(APP_SSH);

	(void)state;
	rig_play(&r, client, 1);
	assert_string_equal(rig_text(&r), "fate not mine\n");
	rig_play(&r, server, 2);
	assert_string_equal(rig_text(&r), "fate not mine\n");
	for (size_t n = 0; n <= 10; n++)
		assert_int_equal(o->guess(FLOW_SERVER, slice_make(
		    (const uint8_t *)SERVER, n), false), n < 8 ? APP_MAYBE :
		    APP_YES);
	assert_int_equal(o->guess(FLOW_SERVER, slice_make(
	    (const uint8_t *)"SSH-2-0-", 8), false), APP_NO);
	assert_int_equal(o->guess(FLOW_CLIENT, slice_make(
	    (const uint8_t *)"SMTP", 2), false), APP_NO);
}

static void
test_gap(void **state)
{
	(void)state;
	rig_feed(&r, FLOW_CLIENT, CLIENT, sizeof(CLIENT) - 1, RIG_WHOLE);
	rig_gap(&r, FLOW_CLIENT);
	rig_feed(&r, FLOW_CLIENT, "x", 1, RIG_WHOLE);
	assert_true(rig_has(&r, "fate not mine"));
	rig_clear(&r);
	rig_session(&r);
	rig_feed(&r, FLOW_CLIENT, CLIENT, sizeof(CLIENT) - 1, RIG_WHOLE);
	rig_feed(&r, FLOW_CLIENT, new_keys, sizeof(new_keys), RIG_WHOLE);
	rig_gap(&r, FLOW_CLIENT);
	rig_feed(&r, FLOW_CLIENT, dark, 10, RIG_WHOLE);
	assert_false(rig_has(&r, "fate"));
}

/* Packets without end, lists without end, and the dark. */
static void
test_linear(void **state)
{
	static uint8_t list[200000] = { 0, 3, 0, 0, 4, 20 };
	static const uint8_t empty[] = { 0, 0, 0, 2, 0, 20 };
	const struct rig_say packets[] = { LINE(CLIENT, CLIENT),
		SAY(CLIENT, empty) };
	const struct rig_say kexinits[] = { LINE(CLIENT, CLIENT),
		{ FLOW_CLIENT, kexinit, 68 } };
	const struct rig_say lists[] = { LINE(CLIENT, CLIENT),
		{ FLOW_CLIENT, list, 4 + 0x30000 } };
	const struct rig_say last[] = { LINE(SERVER, SERVER),
		SAY(SERVER, new_keys), SAY(SERVER, dark) };

	(void)state;
	memset(list + 22, ',', sizeof(list) - 22);
	rig_linear(&r, packets, ARRAY_LEN(packets));
	rig_linear(&r, kexinits, ARRAY_LEN(kexinits));
	rig_linear(&r, lists, ARRAY_LEN(lists));
	rig_linear(&r, last, ARRAY_LEN(last));
}

/* -- in a session --------------------------------------------------------- */

static struct play p;

static void
start(const struct ssh_conf *conf)
{
	static uint8_t ports[8192];

	ports[80 >> 3] |= 1 << (80 & 7);
	play_init(&p, TCP_WINDOWS);
	p.conf.app.proto[APP_SSH] = (struct app_proto_conf){ .on = true,
		.ports = ports, .conf = conf };
	play_start(&p);
}

static bool
raised(uint16_t gid, uint32_t sid)
{
	for (unsigned i = 0; i < p.pkt.dec.n_events; i++)
		if (p.pkt.events[i].gid == gid && p.pkt.events[i].sid == sid)
			return true;
	return false;
}

/* Something else where SSH is spoken: told with the packet. */
static void
test_mismatch(void **state)
{
	(void)state;
	start(&all);
	play_handshake(&p);
	play(&p, FLOW_CLIENT, "PA", 1, 1, "SS");
	assert_false(raised(128, 4));
	play(&p, FLOW_CLIENT, "PA", 3, 1, "L-");
	assert_true(raised(128, 4));
	play(&p, FLOW_CLIENT, "PA", 5, 1, "more");
	assert_false(raised(128, 4));
	play_end(&p);
	start(&quiet);
	play_handshake(&p);
	play(&p, FLOW_CLIENT, "PA", 1, 1, "GET / HTTP/1.0");
	assert_false(raised(128, 4));
	play_end(&p);
	/* a session that was not seen to begin, after its time */
	start(&all);
	play(&p, FLOW_CLIENT, "S", 0, 0, "");
	p.ms += 1000000;
	play_next_session(&p);
	play(&p, FLOW_CLIENT, "PA", 1, 1, "encrypted");
	assert_true(raised(128, 4));
	play(&p, FLOW_SERVER, "PA", 1, 10, "SSH-2.0-x");
	assert_false(raised(128, 4));
	play_end(&p);
}

/* Whatever memory is missing, each packet is taken; the session has no parser
 * then, and that is counted. */
static void
test_no_memory(void **state)
{
	unsigned without = 0;

	(void)state;
	for (unsigned i = 1; i < 8; i++) {
		const uint64_t *ctrs;

		start(&all);
		mem_fail_at(i);
		play_handshake(&p);
		play_data(&p, FLOW_CLIENT, "PA", 1, 1, CLIENT,
		    sizeof(CLIENT) - 1);
		play_data(&p, FLOW_SERVER, "PA", 1, sizeof(CLIENT), SERVER,
		    sizeof(SERVER) - 1);
		play(&p, FLOW_CLIENT, "A", sizeof(CLIENT), sizeof(SERVER), "");
		mem_fail_at(0);
		ctrs = app_counters_of(track_app(p.track));
		without += ctrs[APP_CTR_NO_MEMORY] == 1;
		play_end(&p);
	}
	assert_int_equal(without, 1);
}

/* max_encrypted_packets: then nobody looks at it any more. */
static void
test_enough(void **state)
{
	static const struct ssh_conf few = { .max_packets = 3,
		.max_client_bytes = 2500, .max_version_len = 40 };
	uint32_t c = 1, s = 1;

	(void)state;
	start(&few);
	play_handshake(&p);
	play_data(&p, FLOW_CLIENT, "PA", c, s, CLIENT, sizeof(CLIENT) - 1);
	c += sizeof(CLIENT) - 1;
	play_data(&p, FLOW_SERVER, "PA", s, c, SERVER, sizeof(SERVER) - 1);
	s += sizeof(SERVER) - 1;
	play_data(&p, FLOW_CLIENT, "PA", c, s, new_keys, sizeof(new_keys));
	c += sizeof(new_keys);
	play_data(&p, FLOW_SERVER, "PA", s, c, new_keys, sizeof(new_keys));
	s += sizeof(new_keys);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(p.facts.flow->bypass, FLOW_INSPECTED);
		play_data(&p, FLOW_CLIENT, "PA", c, s, dark, 20);
		c += 20;
		play_data(&p, FLOW_SERVER, "A", s, c, "", 0);
	}
	play_data(&p, FLOW_CLIENT, "PA", c, s, dark, 20);
	play_data(&p, FLOW_SERVER, "A", s, c + 20, "", 0);
	assert_int_equal(p.facts.flow->bypass, FLOW_BYPASS_ENCRYPTED);
	play_end(&p);
}

int
main(void)
{
#define RIGGED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		RIGGED(test_told), RIGGED(test_overflow), RIGGED(test_events),
		RIGGED(test_not_ssh), RIGGED(test_gap),
		RIGGED(test_linear), cmocka_unit_test(test_mismatch),
		cmocka_unit_test(test_no_memory), cmocka_unit_test(test_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
