/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams out of fragments: headers, order, events, limits, lifetimes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/limits.h"
#include "core/xalloc.h"
#include "tests/tools/fragrig.h"

static struct fragrig r;

static void
begin(enum frag_policy policy)
{
	fragrig_init(&r, policy);
}

static void
end(void)
{
	fragrig_fini(&r);
}

/* Bytes in units of eight: "AB" is eight A and eight B. */
static struct slice
units(const char *letters)
{
	static uint8_t b[4096];
	size_t n = strlen(letters);

	assert_true(n * 8 <= sizeof(b));
	for (size_t i = 0; i < n; i++)
		memset(b + i * 8, letters[i], 8);
	return slice_make(b, n * 8);
}

/* Sends letters at an offset in units of eight. */
static enum defrag_result
put(unsigned at, const char *letters, bool more)
{
	struct slice s = units(letters);

	return fragrig_send(&r, at * 8, s.ptr, s.len, more);
}

static void
expect_datagram(const char *letters)
{
	struct slice got = fragrig_datagram(&r), want = units(letters);

	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.ptr, want.ptr, want.len);
}

static void
in_order_and_reversed(void **state)
{
	(void)state;
	for (int ip6 = 0; ip6 < 2; ip6++) {
		begin(FRAG_LINUX);
		r.ip6 = ip6;
		assert_int_equal(put(0, "AB", true), DEFRAG_HELD);
		assert_int_equal(put(2, "CD", true), DEFRAG_HELD);
		assert_int_equal(put(4, "E", false), DEFRAG_REBUILT);
		expect_datagram("ABCDE");
		r.id++;
		assert_int_equal(put(4, "E", false), DEFRAG_HELD);
		assert_int_equal(put(2, "CD", true), DEFRAG_HELD);
		assert_int_equal(put(0, "AB", true), DEFRAG_REBUILT);
		expect_datagram("ABCDE");
		assert_int_equal(defrag_live(r.d), 0);
		assert_int_equal(fragrig_counter(&r, "rebuilt"), 2);
		assert_int_equal(fragrig_counter(&r, "fragments"), 6);
		assert_int_equal(fragrig_events(&r, 0), 0);
		end();
	}
}

/* An odd size is the last one's right. */
static void
rebuilt_headers(void **state)
{
	const struct pkt_dec *dec = &r.rebuilt.dec;

	(void)state;
	begin(FRAG_LINUX);
	r.options = "94040000"; /* router alert, copied */
	assert_int_equal(put(0, "A", true), DEFRAG_HELD);
	assert_int_equal(fragrig_send(&r, 8, "xyz", 3, false),
	    DEFRAG_REBUILT);
	assert_int_equal(r.rebuilt.caplen, 14 + 24 + 11);
	assert_int_equal(r.rebuilt.wirelen, r.rebuilt.caplen);
	assert_int_equal(r.rebuilt.num, r.pkt.num);
	assert_int_equal(r.rebuilt.ts.ns, r.pkt.ts.ns);
	assert_int_equal(r.rebuilt.dlt, 1);
	assert_int_equal(dec->ip_len, 24 + 11);
	assert_int_equal(dec->ip_frag, 0);
	assert_int_equal(dec->ip_id, 1);
	assert_int_equal(dec->n_ip4_opts, 1);
	assert_int_equal(dec->flags, 0); /* no bad checksum, no fragment */
	assert_int_equal(dec->n_events, 0); /* 116:444 was the fragments' */
	end();

	begin(FRAG_LINUX);
	r.ip6 = true;
	assert_int_equal(put(0, "A", true), DEFRAG_HELD);
	assert_int_equal(put(1, "B", false), DEFRAG_REBUILT);
	assert_int_equal(r.rebuilt.caplen, 14 + 40 + 16);
	assert_int_equal(dec->ip_proto, RIG_PROTO);
	assert_int_equal(dec->ip_len, 40 + 16);
	assert_int_equal(dec->flags, 0);
	end();
}

/* Extension headers before the fragment header stay; those behind it belong
 * to what was fragmented. */
static void
ip6_extensions(void **state)
{
	(void)state;
	begin(FRAG_LINUX);
	for (unsigned i = 0; i < 2; i++) {
		craft_init(&r.c);
		craft_eth(&r.c, 0x86dd);
		craft_ip6(&r.c, 60, "fd00::1", "fd00::2");
		craft_hex(&r.c, "2c00010400000000");
		craft_hex(&r.c, i ? "3c0000080000007b" : "3c0000010000007b");
		if (i)
			craft_fill(&r.c, 'B', 8);
		else
			craft_hex(&r.c, "fd00010400000000");
		craft_done(&r.c);
		assert_int_equal(fragrig_frame(&r),
		    i ? DEFRAG_REBUILT : DEFRAG_HELD);
	}
	assert_int_equal(r.rebuilt.caplen, 14 + 40 + 8 + 8 + 8);
	assert_int_equal(r.rebuilt.dec.ip_proto, RIG_PROTO);
	expect_datagram("B");
	end();
}

/* What Snort does; see repeat_udp_header(). */
static void
udp_completed_by_its_first(void **state)
{
	static const uint8_t head[16] = { 0, 7, 0, 9, 0, 24, 0, 0, 'a', 'b',
		'c', 'd', 'e', 'f', 'g', 'h' };
	struct slice payload;

	(void)state;
	for (int last_first = 0; last_first < 2; last_first++) {
		begin(FRAG_LINUX);
		r.proto = 17;
		if (last_first)
			put(2, "Z", false);
		assert_int_equal(fragrig_send(&r, 0, head, sizeof(head), true),
		    last_first ? DEFRAG_REBUILT : DEFRAG_HELD);
		if (!last_first)
			assert_int_equal(put(2, "Z", false), DEFRAG_REBUILT);
		assert_int_equal(r.rebuilt.dec.l4, PKT_L4_UDP);
		assert_int_equal(r.rebuilt.dec.dport, 9);
		payload = pkt_payload(&r.rebuilt);
		assert_int_equal(payload.len, last_first ? 24 : 16);
		assert_memory_equal(payload.ptr, last_first ? head : head + 8,
		    8);
		end();
	}
}

/* The fault of Snort's that is kept; the letters are those it was seen by. */
static void
first_splits_twice(void **state)
{
	(void)state;
	begin(FRAG_FIRST);
	put(4, "oo", true);
	put(8, "pp", true);
	put(2, "ABCDEFGHIJ", true);
	put(0, "..", true);
	assert_int_equal(put(16, "T", false), DEFRAG_REBUILT);
	expect_datagram("..ABooEFppEFGHIJT");
	r.id++;
	put(4, "oo", true);
	put(8, "pp", true);
	put(4, "ABCDEFGH", true);
	put(0, "....", true);
	assert_int_equal(put(14, "T", false), DEFRAG_REBUILT);
	expect_datagram("....ooCDppEFGHT");
	end();
}

static void
last_splits_what_is_held(void **state)
{
	(void)state;
	begin(FRAG_LAST);
	put(0, "oooooo", true);
	put(2, "nn", true);
	put(3, "m", true);
	assert_int_equal(put(6, "T", false), DEFRAG_REBUILT);
	expect_datagram("oonmooT");
	/* bytes shared by the halves outlive the one that held them */
	r.id++;
	put(1, "oooooo", true);
	put(3, "n", true);
	put(1, "aa", true);
	put(0, "b", true);
	assert_int_equal(put(7, "T", false), DEFRAG_REBUILT);
	expect_datagram("baanoooT");
	assert_int_equal(defrag_live(r.d), 0);
	end();
}

/* -- events --------------------------------------------------------------------- */

static void
sizes(void **state)
{
	(void)state;
	begin(FRAG_WINDOWS);
	put(0, "A", true);
	fragrig_send(&r, 8, "abcde", 5, true);
	assert_int_equal(fragrig_events(&r, 3), 1);
	assert_int_equal(fragrig_events(&r, 5), 1);
	put(8, "Z", false);
	assert_int_equal(fragrig_events(&r, 0), 0);
	put(9, "Z", true);
	assert_int_equal(fragrig_events(&r, 4), 1);
	put(8190, "ZZZ", true);
	assert_int_equal(fragrig_events(&r, 7), 1);
	/* none of those was used */
	assert_int_equal(put(1, "BCDEFGH", true), DEFRAG_REBUILT);
	expect_datagram("ABCDEFGHZ");
	assert_int_equal(fragrig_counter(&r, "bad_fragments"), 3);
	/* alone they raise nothing */
	r.id++;
	put(8190, "ZZZ", false);
	assert_int_equal(fragrig_events(&r, 0), 0);
	end();
}

/* Empty fragments, by whether 116:459 is wanted. */
static void
empty(void **state)
{
	(void)state;
	for (int event = 0; event < 2; event++) {
		begin(FRAG_LINUX);
		r.dec_conf.zero_frag_event = event;
		put(0, "A", true);
		assert_int_equal(put(1, "", true), event ? DEFRAG_PASS :
		    DEFRAG_HELD);
		assert_int_equal(fragrig_events(&r, 5), !event);
		assert_int_equal((r.pkt.dec.flags & PKT_FRAGMENT) != 0,
		    !event);
		assert_int_equal(put(1, "B", false), DEFRAG_REBUILT);
		end();
	}
}

static void
teardrop(void **state)
{
	(void)state;
	begin(FRAG_LINUX);
	r.engine.detect_anomalies = false;
	put(0, "AAAA", true);
	put(4, "BBBB", true);
	fragrig_send(&r, 24, "tear", 4, false);
	assert_int_equal(fragrig_events(&r, 2), 1);
	assert_int_equal(put(8, "T", false), DEFRAG_HELD);
	assert_int_equal(fragrig_counter(&r, "poisoned"), 1);
	end();
}

static void
overlaps(void **state)
{
	(void)state;
	begin(FRAG_LINUX);
	r.engine.overlap_limit = 1;
	r.engine.min_fragment_length = 8;
	put(0, "A", true);
	assert_int_equal(fragrig_events(&r, 0), 0); /* the first one may */
	put(0, "A", true);
	assert_int_equal(fragrig_events(&r, 8), 1);
	assert_int_equal(fragrig_events(&r, 13), 1);
	assert_int_equal(fragrig_events(&r, 12), 0);
	put(0, "A", true);
	assert_int_equal(fragrig_events(&r, 12), 1);
	put(1, "B", false);
	assert_int_equal(fragrig_events(&r, 12), 1);
	assert_int_equal(fragrig_events(&r, 13), 0); /* nor the last */
	end();
	/* not asked for */
	begin(FRAG_LINUX);
	r.engine.overlap_limit = 1;
	r.engine.detect_anomalies = false;
	for (unsigned i = 0; i < 4; i++) {
		put(0, "A", true);
		assert_int_equal(fragrig_events(&r, 0), 0);
	}
	end();
}

static void
options(void **state)
{
	(void)state;
	begin(FRAG_LINUX);
	put(0, "A", true);
	r.options = "01010101";
	put(1, "B", true);
	assert_int_equal(fragrig_events(&r, 1), 4);
	r.options = NULL;
	put(2, "C", true);
	assert_int_equal(fragrig_events(&r, 1), 1);
	end();
}

static void
ttl(void **state)
{
	(void)state;
	begin(FRAG_LINUX);
	r.engine.min_ttl = 5;
	r.ttl = 4;
	assert_int_equal(put(0, "A", true), DEFRAG_PASS);
	assert_int_equal(fragrig_events(&r, 11), 1);
	r.ttl = 5;
	assert_int_equal(put(1, "B", false), DEFRAG_HELD);
	end();
}

/* -- whose, how long, how many -------------------------------------------------- */

static void
keys(void **state)
{
	(void)state;
	begin(FRAG_LINUX);
	put(0, "A", true);
	r.id = 2;
	assert_int_equal(put(1, "B", false), DEFRAG_HELD);
	r.id = 1;
	r.src = "10.1.1.9";
	assert_int_equal(put(1, "B", false), DEFRAG_HELD);
	r.src = NULL;
	r.proto = 254;
	assert_int_equal(put(1, "B", false), DEFRAG_HELD);
	r.proto = RIG_PROTO;
	assert_int_equal(defrag_live(r.d), 4);
	assert_int_equal(put(1, "B", false), DEFRAG_REBUILT);
	end();
	/* RFC 8200 4.5: what later ones name does not matter */
	begin(FRAG_LINUX);
	r.ip6 = true;
	put(0, "A", true);
	r.proto = 6;
	assert_int_equal(put(1, "B", false), DEFRAG_REBUILT);
	assert_int_equal(r.rebuilt.dec.ip_proto, RIG_PROTO);
	end();
}

static void
timeouts(void **state)
{
	(void)state;
	begin(FRAG_LINUX);
	put(0, "A", true);
	r.pkt.ts.ns += UINT64_C(60000000000);
	assert_int_equal(put(1, "B", true), DEFRAG_HELD);
	r.pkt.ts.ns += 1;
	/* counted from the first fragment */
	assert_int_equal(put(2, "C", false), DEFRAG_HELD);
	assert_int_equal(fragrig_counter(&r, "timeout"), 1);
	assert_int_equal(defrag_live(r.d), 1);
	/* a clock that goes back */
	r.pkt.ts.ns -= UINT64_C(3600000000000);
	assert_int_equal(put(0, "AB", true), DEFRAG_REBUILT);
	/* others' are given up as time goes by */
	put(0, "A", true);
	r.id++;
	r.pkt.ts.ns += UINT64_C(61000000000);
	put(0, "A", true);
	assert_int_equal(fragrig_counter(&r, "timeout"), 2);
	defrag_reset(r.d);
	assert_int_equal(defrag_live(r.d), 0);
	assert_int_equal(put(1, "B", false), DEFRAG_HELD);
	end();
}

static void
engines(void **state)
{
	struct bind_net net = { .bits = 24 };
	struct defrag_engine e[2];

	(void)state;
	begin(FRAG_LINUX);
	assert_true(ipaddr_parse(TEXT("10.1.2.0"), &net.addr));
	e[0] = e[1] = r.engine;
	e[1].policy = FRAG_FIRST;
	e[1].nets = &net;
	e[1].n_nets = 1;
	r.conf.engines = e;
	r.conf.n_engines = 2;
	defrag_adopt(r.d, &r.conf);
	for (unsigned i = 0; i < 2; i++) {
		r.dst = i ? "10.1.2.7" : "10.1.1.7";
		put(0, "A", true);
		put(1, "o", true);
		put(1, "n", true);
		assert_int_equal(put(2, "T", false), DEFRAG_REBUILT);
		expect_datagram(i ? "AoT" : "AnT");
	}
	/* without one for all the rest, the rest is left alone */
	r.conf.engines = e + 1;
	r.conf.n_engines = 1;
	r.dst = "10.1.1.7";
	assert_int_equal(put(0, "A", true), DEFRAG_PASS);
	assert_int_equal(fragrig_counter(&r, "no_engine"), 1);
	r.conf.disabled = true;
	r.dst = "10.1.2.7";
	assert_int_equal(put(0, "A", true), DEFRAG_PASS);
	end();
}

static void
adopting_keeps_what_is_held(void **state)
{
	struct defrag_conf none = defrag_conf_default();

	(void)state;
	begin(FRAG_FIRST);
	put(0, "A", true);
	defrag_adopt(r.d, &none);
	assert_int_equal(put(1, "B", false), DEFRAG_PASS);
	r.engine.policy = FRAG_LAST;
	defrag_adopt(r.d, &r.conf);
	put(0, "x", true);
	assert_int_equal(put(1, "B", false), DEFRAG_REBUILT);
	expect_datagram("AB"); /* by the policy it came under */
	/* less memory than is in use */
	r.conf.memcap = 1024;
	defrag_adopt(r.d, &r.conf);
	for (r.id = 0; r.id < 20; r.id++)
		put(0, "A", true);
	assert_in_range(defrag_live(r.d), 1, 4);
	end();
}

/* A million datagrams that never become whole. */
static void
flood(void **state)
{
	(void)state;
	begin(FRAG_LINUX);
	r.conf.memcap = 1 << 20;
	r.conf.max_frags = UINT32_MAX;
	defrag_adopt(r.d, &r.conf);
	r.ip6 = true;
	for (r.id = 0; r.id < 1000000; r.id++)
		assert_int_equal(put(1, "A", true), DEFRAG_HELD);
	assert_in_range(defrag_memory(r.d), 1, 1 << 20);
	assert_in_range(defrag_live(r.d), 1000, 4096);
	assert_int_equal(fragrig_counter(&r, "pruned") + defrag_live(r.d),
	    1000000);
	/* the oldest went, the youngest can still be finished */
	r.id--;
	assert_int_equal(put(0, "B", true), DEFRAG_HELD);
	assert_int_equal(put(2, "C", false), DEFRAG_REBUILT);
	end();

	begin(FRAG_LINUX);
	r.conf.max_frags = 3;
	for (r.id = 0; r.id < 5; r.id++)
		put(1, "A", true);
	assert_int_equal(defrag_live(r.d), 3);
	end();
}

static void
too_many_fragments(void **state)
{
	(void)state;
	begin(FRAG_LINUX);
	for (unsigned i = 0; i <= LIM_FRAGS; i++)
		assert_int_equal(fragrig_counter(&r, "too_many"), 0),
		    put(i, "A", true);
	assert_int_equal(fragrig_counter(&r, "too_many"), 1);
	assert_int_equal(put(2000, "A", true), DEFRAG_HELD);
	assert_int_equal(fragrig_counter(&r, "poisoned"), 1);
	end();
}

/* One datagram larger than all memory is given up, not the sensor. */
static void
larger_than_memory(void **state)
{
	static uint8_t big[16000];

	(void)state;
	begin(FRAG_LINUX);
	r.conf.memcap = 16384;
	defrag_adopt(r.d, &r.conf);
	assert_int_equal(fragrig_send(&r, 0, big, 8000, true), DEFRAG_HELD);
	fragrig_send(&r, 8000, big, 16000, true);
	assert_int_equal(fragrig_counter(&r, "no_room"), 1);
	r.id++;
	put(0, "A", true);
	assert_int_equal(put(1, "B", false), DEFRAG_REBUILT);
	end();
}

static void
longest(void **state)
{
	static uint8_t big[65535];

	(void)state;
	for (size_t total = 65515; total <= 65516; total++) {
		begin(FRAG_LINUX);
		for (size_t i = 0; i < sizeof(big); i++)
			big[i] = (uint8_t)(i * 7);
		fragrig_send(&r, 32768, big + 32768, total - 32768, false);
		/* IP's own length field says 65535 */
		assert_int_equal(fragrig_send(&r, 0, big, 32768, true),
		    total == 65515 ? DEFRAG_REBUILT : DEFRAG_HELD);
		if (total == 65515)
			assert_memory_equal(fragrig_datagram(&r).ptr, big,
			    total);
		assert_int_equal(fragrig_counter(&r, "too_long"),
		    total != 65515);
		assert_int_equal(defrag_live(r.d), 0);
		end();
	}
}

/* One as long as IP allows, in a tunnel whose header cannot say it: without
 * that header. */
static void
longest_in_tunnel(void **state)
{
	static const size_t sizes[] = { 32768, 65515 - 32768 };

	(void)state;
	begin(FRAG_LINUX);
	for (unsigned i = 0; i < 2; i++) {
		craft_init(&r.c);
		craft_eth(&r.c, 0x0800);
		craft_ip4(&r.c, 4, "192.0.2.1", "192.0.2.2");
		craft_ip4(&r.c, RIG_PROTO, "10.1.1.1", "10.1.1.2");
		craft_ip4_frag(&r.c, i ? 32768 / 8 : 0x2000);
		craft_fill(&r.c, 'a', sizes[i]);
		craft_done(&r.c);
		assert_int_equal(fragrig_frame(&r),
		    i ? DEFRAG_REBUILT : DEFRAG_HELD);
	}
	assert_int_equal(r.rebuilt.caplen, 65535);
	assert_int_equal(r.rebuilt.dec.n_ip, 1);
	assert_int_equal(fragrig_datagram(&r).len, 65515);
	assert_int_equal(fragrig_counter(&r, "too_long"), 0);
	end();
}

/* A fragment that its receiver throws away is not used. */
static void
broken(void **state)
{
	struct slice s = units("A");

	(void)state;
	begin(FRAG_LINUX);
	fragrig_send(&r, 0, s.ptr, s.len, true);
	craft_poke8(&r.c, 14 + 1, 0xff); /* TOS: the checksum is wrong now */
	assert_int_equal(fragrig_frame(&r), DEFRAG_PASS);
	assert_int_equal(fragrig_counter(&r, "broken"), 1);
	end();
}

/* Raw events are remembered for the datagram, a few of them. */
static void
notes(void **state)
{
	const struct pkt_event *e;
	unsigned n;

	(void)state;
	begin(FRAG_LINUX);
	put(0, "A", true);
	for (uint32_t sid = 1; sid <= 10; sid++)
		defrag_note(r.d, 1, sid);
	put(1, "B", false);
	defrag_note(r.d, 1, 99); /* nothing is held: ignored */
	e = defrag_noted(r.d, &r.rebuilt, &n);
	assert_int_equal(n, DEFRAG_ALERTS);
	assert_int_equal(e[7].gid, 1);
	assert_int_equal(e[7].sid, 8);
	assert_null(defrag_noted(r.d, &r.pkt, &n));
	assert_int_equal(n, 0);
	end();
}

/* Fragments inside a tunnel keep its headers, put right for their length. */
static void
tunnel(void **state)
{
	struct packet nested;

	(void)state;
	begin(FRAG_LINUX);
	for (unsigned i = 0; i < 2; i++) {
		craft_init(&r.c);
		craft_eth(&r.c, 0x0800);
		craft_ip4(&r.c, 4, "192.0.2.1", "192.0.2.2");
		craft_ip4(&r.c, RIG_PROTO, "10.1.1.1", "10.1.1.2");
		craft_ip4_frag(&r.c, i ? 125 : 0x2000);
		craft_fill(&r.c, 'a', i ? 700 : 1000);
		craft_done(&r.c);
		assert_int_equal(fragrig_frame(&r),
		    i ? DEFRAG_REBUILT : DEFRAG_HELD);
	}
	assert_int_equal(r.rebuilt.caplen, 14 + 20 + 20 + 1700);
	assert_int_equal(r.rebuilt.dec.n_ip, 2);
	assert_int_equal(r.rebuilt.dec.flags, PKT_TUNNELLED);
	assert_int_equal(fragrig_datagram(&r).len, 1700);

	/* and a fragmented tunnel may carry a fragment */
	nested = r.rebuilt;
	craft_init(&r.c);
	craft_eth(&r.c, 0x0800);
	craft_ip4(&r.c, 4, "192.0.2.1", "192.0.2.2");
	craft_ip4(&r.c, RIG_PROTO, "10.1.1.1", "10.1.1.3");
	craft_ip4_frag(&r.c, 0x2000);
	craft_fill(&r.c, 'b', 16);
	craft_done(&r.c);
	assert_int_equal(fragrig_frame(&r), DEFRAG_HELD);
	for (unsigned i = 0; i < 2; i++) {
		static uint8_t inner[20 + 16];

		if (!i) {
			memcpy(inner, r.c.b + 34, 20);
			inner[6] = 0;
			inner[7] = 2;
			inner[10] = inner[11] = 0;
			uint16_t sum = (uint16_t)~dec_csum_fold(
			    dec_csum_add(0, inner, 20));

			inner[10] = (uint8_t)(sum >> 8);
			inner[11] = (uint8_t)sum;
		}
		r.proto = 4;
		r.id = 77;
		assert_int_equal(fragrig_send(&r, i ? 24 : 0, inner + i * 24,
		    i ? 12 : 24, !i), i ? DEFRAG_REBUILT : DEFRAG_HELD);
		r.src = NULL;
	}
	/* the outer one is whole, and the inner is a fragment of another
	 * tunnel than the one above: held by itself */
	assert_int_equal(r.rebuilt.dec.n_ip, 2);
	assert_int_equal(defrag_packet(r.d, &r.rebuilt, &nested), DEFRAG_HELD);
	end();
}

static void
out_of_memory(void **state)
{
	struct defrag_conf conf = defrag_conf_default();

	(void)state;
	for (uint64_t n = 1; n <= 4; n++) {
		mem_fail_at(n);
		assert_null(defrag_new(&conf));
	}
	mem_fail_at(0);
	begin(FRAG_LINUX);
	mem_fail_at(1); /* its first page */
	assert_int_equal(put(0, "A", true), DEFRAG_PASS);
	assert_int_equal(fragrig_counter(&r, "no_room"), 1);
	mem_fail_at(0);
	assert_int_equal(put(0, "A", true), DEFRAG_HELD);
	end();
}

static void
names(void **state)
{
	unsigned n;
	const struct dec_event_def *e = defrag_events(&n);

	(void)state;
	assert_int_equal(n, 11);
	assert_string_equal(e[0].message,
	    "frag3: IP Options on fragmented packet");
	assert_string_equal(frag_policy_name(FRAG_BSD_RIGHT), "bsd-right");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order_and_reversed),
		cmocka_unit_test(rebuilt_headers),
		cmocka_unit_test(ip6_extensions),
		cmocka_unit_test(udp_completed_by_its_first),
		cmocka_unit_test(first_splits_twice),
		cmocka_unit_test(last_splits_what_is_held),
		cmocka_unit_test(sizes),
		cmocka_unit_test(empty),
		cmocka_unit_test(teardrop),
		cmocka_unit_test(overlaps),
		cmocka_unit_test(options),
		cmocka_unit_test(ttl),
		cmocka_unit_test(keys),
		cmocka_unit_test(timeouts),
		cmocka_unit_test(engines),
		cmocka_unit_test(adopting_keeps_what_is_held),
		cmocka_unit_test(flood),
		cmocka_unit_test(too_many_fragments),
		cmocka_unit_test(larger_than_memory),
		cmocka_unit_test(longest),
		cmocka_unit_test(broken),
		cmocka_unit_test(notes),
		cmocka_unit_test(longest_in_tunnel),
		cmocka_unit_test(tunnel),
		cmocka_unit_test(out_of_memory),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
