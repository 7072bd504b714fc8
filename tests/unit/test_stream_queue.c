/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bytes a receiver keeps where segments overlap, policy by policy. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/tools/play_tcp.h"

static struct play p;

#define BIT(policy) (1u << (policy))
#define OLD (BIT(TCP_FIRST) | BIT(TCP_VISTA) | BIT(TCP_NOACK))
#define BSD (BIT(TCP_BSD) | BIT(TCP_WINDOWS) | BIT(TCP_WIN2003) | \
    BIT(TCP_MACOS))
#define LINUX (BIT(TCP_LINUX) | BIT(TCP_HPUX10) | BIT(TCP_IRIX))
#define SUN (BIT(TCP_SOLARIS) | BIT(TCP_HPUX11))
#define ALL (BIT(TCP_NOACK + 1) - 1)

/* Segments of a scene "9 oooo 11 nnnn": where they begin, and their bytes;
 * then who gets which sixteen bytes at 5 to 20. */
static const struct {
	const char *scene;
	struct {
		unsigned who;
		const char *bytes;
	} outcomes[4];
} scenes[] = {
	{ "9 oooooooo 9 nnnnnnnn", {
	    { OLD | BSD | LINUX, "....oooooooo...." },
	    { SUN | BIT(TCP_LAST) | BIT(TCP_OLD_LINUX), "....nnnnnnnn...." } } },
	{ "9 oooooooo 9 nnnn", {
	    { ALL & ~BIT(TCP_LAST), "....oooooooo...." },
	    { BIT(TCP_LAST), "....nnnnoooo...." } } },
	{ "9 oooo 9 nnnnnnnn", {
	    { OLD | BSD, "....oooonnnn...." },
	    { ALL & ~(OLD | BSD), "....nnnnnnnn...." } } },
	{ "9 oooo 11 nnnnnn", {
	    { ALL & ~(SUN | BIT(TCP_LAST)), "....oooonnnn...." },
	    { SUN | BIT(TCP_LAST), "....oonnnnnn...." } } },
	{ "9 oooooooo 13 nnnn", {
	    { ALL & ~BIT(TCP_LAST), "....oooooooo...." },
	    { BIT(TCP_LAST), "....oooonnnn...." } } },
	{ "9 oooooooo 11 nnnn", {
	    { ALL & ~BIT(TCP_LAST), "....oooooooo...." },
	    { BIT(TCP_LAST), "....oonnnnoo...." } } },
	{ "11 oooooo 9 nnnn", {
	    { OLD | SUN, "....nnoooooo...." },
	    { ALL & ~(OLD | SUN), "....nnnnoooo...." } } },
	{ "13 oooo 9 nnnnnnnn", {
	    { OLD, "....nnnnoooo...." },
	    { ALL & ~OLD, "....nnnnnnnn...." } } },
	{ "11 oooo 9 nnnnnnnn", {
	    { OLD, "....nnoooonn...." },
	    { ALL & ~OLD, "....nnnnnnnn...." } } },
	{ "7 oooo 15 pppp 7 nnnnnnnnnnnn", {
	    { OLD, "..oooonnnnpppp.." },
	    { BSD, "..oooonnnnnnnn.." },
	    { ALL & ~(OLD | BSD), "..nnnnnnnnnnnn.." } } },
	{ "7 oooooo 15 pppp 11 nnnnnn", {
	    { OLD, "..oooooonnpppp.." },
	    { BSD | LINUX | BIT(TCP_OLD_LINUX), "..oooooonnnnpp.." },
	    { SUN, "..oooonnnnpppp.." },
	    { BIT(TCP_LAST), "..oooonnnnnnpp.." } } },
	{ "9 oo 13 pp 7 nnnnnnnnnn", {
	    { OLD, "..nnoonnppnn...." },
	    { ALL & ~OLD, "..nnnnnnnnnn...." } } },
	{ "9 oo 13 pp 9 nnnnnnnn", {
	    { OLD, "....oonnppnn...." },
	    { BSD, "....oonnnnnn...." },
	    { ALL & ~(OLD | BSD), "....nnnnnnnn...." } } },
	{ "9 oo 13 pp 7 nnnnnnnn", {
	    { OLD, "..nnoonnpp......" },
	    { ALL & ~OLD, "..nnnnnnnn......" } } },
};

/* Sends the segments of a scene; mine[i] becomes true where byte i came. */
static void
send_scene(enum flow_side side, const char *scene, bool *mine)
{
	unsigned at;
	char text[32];
	int used;

	while (sscanf(scene, "%u %31[a-z]%n", &at, text, &used) == 2) {
		play(&p, side, "PA", at, 1, text);
		memset(mine + at, true, strlen(text));
		scene += used;
	}
}

static void
run_scene(enum tcp_policy policy, size_t n, enum flow_side side, bool gap)
{
	enum flow_side peer = side == FLOW_CLIENT ? FLOW_SERVER : FLOW_CLIENT;
	bool mine[64] = { false };
	char want[32] = "HEAD";

	for (size_t i = 0; i < ARRAY_LEN(scenes[n].outcomes); i++)
		if (scenes[n].outcomes[i].who & BIT(policy))
			memcpy(want + 4, scenes[n].outcomes[i].bytes, 17);
	assert_int_equal(strlen(want), 20);
	memcpy(want + 20, "TAIL", 5);
	play_next_session(&p);
	play_handshake(&p);
	if (!gap)
		play(&p, side, "PA", 1, 1, "HEAD");
	send_scene(side, scenes[n].scene, mine);
	for (unsigned at = 5; at < 21; at++)
		if (!mine[at])
			play(&p, side, "PA", at, 1, ".");
	play(&p, side, "PA", 21, 1, "TAIL");
	if (gap)
		play(&p, side, "PA", 1, 1, "HEAD");
	play(&p, peer, "A", 1, 25, "");
	play_close(&p, side == FLOW_CLIENT ? 24 : 0,
	    side == FLOW_SERVER ? 24 : 0);
	assert_int_equal(p.n_units, 1);
	if (!play_is(&p, 0, side, want))
		fail_msg("policy %d, %s: want %s, got %.*s", policy,
		    scenes[n].scene, want, (int)p.units[0].len,
		    (const char *)p.units[0].ptr);
}

static void
test_policies(void **state)
{
	(void)state;
	for (unsigned policy = 0; policy <= TCP_NOACK; policy++) {
		play_init(&p, (enum tcp_policy)policy);
		play_start(&p);
		for (size_t i = 0; i < ARRAY_LEN(scenes); i++)
			for (int way = 0; way < 4; way++)
				run_scene((enum tcp_policy)policy, i,
				    way & 1 ? FLOW_SERVER : FLOW_CLIENT,
				    way & 2);
		play_end(&p);
	}
}

/* What was acknowledged is final for every policy. */
static void
test_acknowledged_is_final(void **state)
{
	(void)state;
	for (unsigned policy = 0; policy <= TCP_NOACK; policy++) {
		play_init(&p, (enum tcp_policy)policy);
		play_start(&p);
		play_handshake(&p);
		play(&p, FLOW_CLIENT, "PA", 1, 1, "HEAD");
		play(&p, FLOW_CLIENT, "PA", 5, 1, "oooo");
		play(&p, FLOW_SERVER, "A", 1, 9, "");
		play(&p, FLOW_CLIENT, "PA", 5, 1, "nnnn");
		play(&p, FLOW_CLIENT, "PA", 7, 1, "nnnn");
		play(&p, FLOW_SERVER, "A", 1, 11, "");
		play_close(&p, 10, 0);
		assert_int_equal(p.n_units, 1);
		assert_true(play_is(&p, 0, FLOW_CLIENT, "HEADoooonn"));
		play_end(&p);
	}
}

/* A segment longer than its cell, and one cut at every place. */
static void
test_long_segments(void **state)
{
	static uint8_t bytes[30000];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 + (i >> 8));
	play_init(&p, TCP_FIRST);
	p.window = 65535;
	play_start(&p);
	for (uint32_t cut = 1; cut < 2500; cut += 7) {
		play_next_session(&p);
		play_handshake(&p);
		play_data(&p, FLOW_CLIENT, "PA", 1, 1, bytes, cut);
		play_data(&p, FLOW_CLIENT, "PA", 1, 1, bytes, sizeof(bytes));
		play(&p, FLOW_SERVER, "A", 1, 1 + sizeof(bytes), "");
		assert_int_equal(p.n_units, 1);
		assert_int_equal(p.units[0].len, sizeof(bytes));
		assert_memory_equal(p.units[0].ptr, bytes, sizeof(bytes));
	}
	play_end(&p);

	/* the front goes cell by cell as it is acknowledged */
	play_init(&p, TCP_LAST);
	p.window = 65535;
	play_start(&p);
	play_handshake(&p);
	play_data(&p, FLOW_CLIENT, "PA", 1, 1, bytes, sizeof(bytes));
	play_data(&p, FLOW_CLIENT, "PA", 1001, 1, "<new>", 5);
	memcpy(bytes + 1000, "<new>", 5);
	play(&p, FLOW_SERVER, "A", 1, 901, "");
	assert_int_equal(p.n_units, 0); /* one segment, not whole */
	play_close(&p, sizeof(bytes), 0);
	assert_int_equal(p.n_units, 1);
	assert_memory_equal(p.units[0].ptr, bytes, sizeof(bytes));
	play_end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_acknowledged_is_final),
		cmocka_unit_test(test_long_segments),
	};

	return cmocka_run_group_tests_name("stream_queue", tests, NULL, NULL);
}
