/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written into packets inline, and sent because of them: replacements,
 * answers, normalization. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "sensor/respond/sender.h"
#include "tests/tools/inline_rig.h"

/* -- replace ---------------------------------------------------------------- */

static bool
room_has(const struct rig *r, const char *text)
{
	return memmem(r->room, r->frame.caplen, text, strlen(text)) != NULL;
}

static void
replaces(void **state)
{
	static const char *const clients[] = { "10.1.1.1", "2001:db8::1" };
	static const char *const servers[] = { "10.1.1.2", "2001:db8::2" };
	static const char rules[] = "alert ip any any -> any any "
	    "(content:\"evil\"; replace:\"good\"; sid:1;)\n"
	    "alert tcp any any -> any any (content:\"goodness\"; sid:2;)\n";

	(void)state;
	for (unsigned v = 0; v < 2; v++)
		for (unsigned odd = 0; odd < 2; odd++) {
			struct rig *r = rig_new("-Q", rules);

			r->client = clients[v];
			r->server = servers[v];
			assert_true(rig_udp(r, true, &"xxevil!"[odd]));
			assert_int_equal(r->v.rewritten, r->frame.caplen);
			assert_true(room_has(r, "xgood!"));
			assert_true(rig_sums_are_right(r));
			assert_int_equal(rig_ctr(r, "rewritten"), 1);
			rig_handshake(r);
			assert_int_equal(r->v.rewritten, 0);
			assert_true(rig_tcp(r, true, "PA", 1, 1,
			    &"xxevil"[odd]));
			assert_true(room_has(r, "xgood"));
			assert_true(rig_sums_are_right(r));
			/* the stream holds what went on */
			rig_forget(r);
			assert_true(rig_tcp(r, true, "PA", 7 - odd, 1, "ness"));
			assert_true(rig_tcp(r, false, "A", 1, 11 - odd, ""));
			inspect_flush(&r->in);
			assert_true(rig_has(r, 2, VERDICT_ALLOW));
			/* sent again, it is replaced again */
			rig_free(r);
		}
}

static void
replaces_again(void **state)
{
	struct rig *r = rig_new("-Q", "alert tcp any any -> any any "
	    "(content:\"evil\"; replace:\"good\"; sid:1;)\n");

	(void)state;
	rig_handshake(r);
	for (unsigned i = 0; i < 2; i++) {
		assert_true(rig_tcp(r, true, "PA", 1, 1, "evil"));
		assert_true(room_has(r, "good"));
		assert_true(rig_sums_are_right(r));
	}
	rig_free(r);
}

/* A sum that is the kernel's to fill in: left where it will be (GSO), complete
 * where it will not. */
static void
replaces_before_the_sum(void **state)
{
	struct rig *r = rig_new("-Q", "alert ip any any -> any any "
	    "(content:\"evil\"; replace:\"good\"; sid:1;)\n");

	(void)state;
	rig_udp(r, true, "fine");
	craft_init(&r->c);
	craft_eth(&r->c, 0x0800);
	craft_ip4(&r->c, 17, r->client, r->server);
	craft_udp(&r->c, 1025, 9999);
	craft_text(&r->c, "evil");
	craft_done(&r->c);
	craft_poke16(&r->c, 14 + 20 + 6, 0x1234);
	r->flags = FRAME_CSUM_NOT_READY;
	assert_true(rig_send(r));
	assert_true(room_has(r, "good"));
	assert_true(rig_sums_are_right(r));
	r->flags |= FRAME_GSO;
	assert_true(rig_send(r));
	assert_true(room_has(r, "good"));
	assert_int_equal(r->room[14 + 20 + 6] << 8 | r->room[14 + 20 + 7],
	    0x1234);
	rig_free(r);
}

static void
replace_is_off(void **state)
{
	static const char rule[] = "alert ip any any -> any any "
	    "(content:\"evil\"; replace:\"good\"; sid:1;)\n";
	struct rig *r = rig_new("--enable-inline-test", rule);
	char conf[256];

	(void)state;
	assert_true(rig_udp(r, true, "evil"));
	assert_int_equal(r->v.rewritten, 0);
	assert_int_equal(r->n_records, 1);
	rig_free(r);
	snprintf(conf, sizeof(conf), "config disable_replace\n%s", rule);
	r = rig_new("-Q", conf);
	assert_true(rig_udp(r, true, "evil"));
	assert_int_equal(r->v.rewritten, 0);
	rig_free(r);
}

/* -- answers ---------------------------------------------------------------- */

static uint32_t
word(const uint8_t *b, unsigned off)
{
	return (uint32_t)b[off] << 24 | (uint32_t)b[off + 1] << 16 |
	    (uint32_t)b[off + 2] << 8 | b[off + 3];
}

/* An answer is a packet as any other. */
static void
check_sent(struct rig *r, const struct reject_packet *a)
{
	bool v6 = a->b[0] >> 4 == 6;

	craft_init(&r->c);
	craft_eth(&r->c, v6 ? 0x86dd : 0x0800);
	craft_bytes(&r->c, a->b, a->len);
	memcpy(r->room, r->c.b, r->c.len);
	r->frame.caplen = (uint32_t)r->c.len;
	r->v.rewritten = 0;
	assert_true(rig_sums_are_right(r));
}

/* RST to the source by itself; to the destination the packet is one. */
static void
reject_tcp(void **state)
{
	static const char *const clients[] = { "10.1.1.1", "2001:db8::1" };
	static const char *const servers[] = { "10.1.1.2", "2001:db8::2" };

	(void)state;
	for (unsigned v = 0; v < 2; v++) {
		struct rig *r = rig_new("-Q", TCP_RULE("reject", "attack",
		    "1"));
		unsigned off = v ? 40 : 20;

		r->client = clients[v];
		r->server = servers[v];
		rig_handshake(r);
		assert_true(rig_tcp(r, true, "PA", 1, 1, "attack"));
		assert_true(rig_has(r, 1, VERDICT_DROPPED));
		assert_int_equal(r->v.rewritten, 14 + off + 20);
		assert_true(rig_sums_are_right(r));
		assert_int_equal(r->room[14 + off + 13], 0x14);
		assert_int_equal(word(r->room, 14 + off + 4), 1001);
		assert_int_equal(word(r->room, 14 + off + 8), 5001);
		assert_int_equal(r->n_sent, 1);
		assert_true(r->sent[0].to_source);
		assert_int_equal(r->sent[0].b[off + 13], 0x14);
		assert_int_equal(word(r->sent[0].b, off + 4), 5001);
		assert_int_equal(word(r->sent[0].b, off + 8), 1007);
		check_sent(r, &r->sent[0]);
		assert_int_equal(rig_ctr(r, "rejected"), 1);
		assert_int_equal(rig_ctr(r, "dropped"), 1);
		/* once */
		assert_false(rig_tcp(r, true, "PA", 1, 1, "attack"));
		assert_int_equal(r->n_sent, 1);
		rig_free(r);
	}
}

/* The kernel has not made the checksum yet: then it is made here. */
static void
reject_not_ready(void **state)
{
	struct rig *r = rig_new("-Q", TCP_RULE("reject", "attack", "1"));

	(void)state;
	rig_handshake(r);
	r->flags = FRAME_CSUM_NOT_READY;
	assert_true(rig_tcp(r, true, "PA", 1, 1, "an attack"));
	assert_int_equal(r->v.rewritten, 14 + 20 + 20);
	assert_true(rig_sums_are_right(r));
	rig_free(r);
}

/* As rig_handshake(), each end by its port. */
static void
handshake_at(struct rig *r, const struct frame_link *client,
    const struct frame_link *server)
{
	r->link = client;
	assert_true(rig_tcp(r, true, "S", 0, 0, ""));
	r->link = server;
	assert_true(rig_tcp(r, false, "SA", 0, 1, ""));
	r->link = client;
	assert_true(rig_tcp(r, true, "A", 1, 1, ""));
}

/* Either end is where its packets came from, whoever is answered. */
static void
answers_to_ports(void **state)
{
	static const struct frame_link near = { .in_port = 3, .out_port = 4,
		.hw_len = 6, .hw = { 2, 0, 0, 0, 0, 1 } };
	static const struct frame_link far = { .in_port = 4, .out_port = 3,
		.hw_len = 6, .hw = { 2, 0, 0, 0, 0, 2 } };
	struct rig *r = rig_new("-Q", TCP_RULE("reject", "attack", "1"));

	(void)state;
	handshake_at(r, &near, &far);
	r->flags = FRAME_GSO;
	assert_false(rig_tcp(r, true, "PA", 1, 1, "attack"));
	assert_int_equal(r->n_sent, 2);
	assert_true(r->sent[0].to_source);
	assert_int_equal(r->sent_by[0].port, 3);
	assert_int_equal(r->sent_by[0].hw[5], 1);
	assert_true(r->sent_by[0].has_from);
	assert_int_equal(r->sent_by[0].from[5], 2);
	assert_false(r->sent[1].to_source);
	assert_int_equal(r->sent_by[1].port, 4);
	assert_int_equal(r->sent_by[1].hw_len, 6);
	assert_int_equal(r->sent_by[1].hw[5], 2);
	assert_int_equal(r->sent_by[1].from[5], 1);
	/* nothing is known of an end that sent nothing */
	rig_forget(r);
	r->cport++;
	assert_false(rig_tcp(r, true, "PA", 1, 1, "attack"));
	assert_int_equal(r->n_sent, 2);
	assert_int_equal(r->sent_by[0].port, 3);
	assert_false(r->sent_by[0].has_from);
	assert_int_equal(r->sent_by[1].port, 0);
	assert_int_equal(r->sent_by[1].hw_len, 0);
	rig_free(r);
}

/* In a VLAN answers have the tags of their receiver's own frames. */
static void
answers_have_tags(void **state)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 9 };
	static const struct frame_link near = { .in_port = 3, .out_port = 4,
		.hw_len = 6, .hw = { 2, 0, 0, 0, 0, 1 }, .shim_len = 10,
		.shim = { 0x88, 0xa8, 0, 7, 0x81, 0, 0, 9, 8, 0 } };
	static const struct frame_link far = { .in_port = 4, .out_port = 3,
		.hw_len = 6, .hw = { 2, 0, 0, 0, 0, 2 }, .shim_len = 14,
		.shim = { 0x81, 0, 0, 5, 0x88, 0x64, 0x11, 0, 0, 1, 1, 1, 0,
		    0x21 } };
	struct rig *r = rig_new("-Q", TCP_RULE("reject", "attack", "1"));
	struct reject_link plain = { .port = 1 };
	uint8_t out[SENDER_FRAME_MAX];
	size_t n, len;

	(void)state;
	handshake_at(r, &near, &far);
	r->flags = FRAME_GSO;
	assert_false(rig_tcp(r, true, "PA", 1, 1, "attack"));
	assert_int_equal(r->n_sent, 2);
	len = r->sent[0].len;
	n = sender_frame(out, r->sent_by[0].hw, mac, &r->sent_by[0],
	    &r->sent[0]);
	assert_int_equal(n, 12 + 10 + len);
	assert_memory_equal(out, near.hw, 6);
	assert_memory_equal(out + 6, mac, 6);
	assert_memory_equal(out + 12, near.shim, 10);
	assert_memory_equal(out + 22, r->sent[0].b, len);
	n = sender_frame(out, r->sent_by[1].hw, mac, &r->sent_by[1],
	    &r->sent[1]);
	assert_int_equal(n, 12 + 14 + r->sent[1].len);
	assert_memory_equal(out, far.hw, 6);
	assert_memory_equal(out + 12, far.shim, 10);
	assert_int_equal(word(out, 12 + 8) & 0xffff, r->sent[1].len + 2);
	assert_memory_equal(out + 24, far.shim + 12, 2);
	assert_memory_equal(out + 26, r->sent[1].b, r->sent[1].len);
	n = sender_frame(out, mac, mac, &plain, &r->sent[0]);
	assert_int_equal(n, 14 + len);
	assert_int_equal(out[12] << 8 | out[13], 0x0800);
	rig_free(r);
}

/* The table of ends has one place for many sessions. */
static void
ends_give_way(void **state)
{
	static const struct frame_link near = { .in_port = 3, .hw_len = 6 };
	struct ends *e = ends_new();
	struct flow a = { .id = 7, .packets = { 1, 1 } }, b = a;
	struct mtime t = mtime_make(100, 0);

	(void)state;
	b.id += LIM_ENDS;
	assert_non_null(e);
	assert_null(ends_find(e, &a));
	ends_learn(e, &a, FLOW_CLIENT, &near);
	assert_int_equal(ends_find(e, &a)->side[FLOW_CLIENT].port, 3);
	assert_int_equal(ends_find(e, &a)->side[FLOW_SERVER].port, 0);
	assert_null(ends_find(e, &b));
	ends_learn(e, &b, FLOW_SERVER, &near);
	assert_null(ends_find(e, &a));
	assert_int_equal(ends_counters_of(e)[ENDS_CTR_LEARNT], 2);
	assert_int_equal(ends_counters_of(e)[ENDS_CTR_REPLACED], 1);
	/* not every packet of a long session is looked at */
	b.packets[FLOW_CLIENT] = 65;
	ends_learn(e, &b, FLOW_CLIENT, &near);
	assert_int_equal(ends_find(e, &b)->side[FLOW_CLIENT].port, 0);
	assert_true(ends_may_answer(e, &b, t, 2, 5));
	assert_false(ends_may_answer(e, &b, mtime_make(104, 0), 2, 5));
	assert_true(ends_may_answer(e, &b, mtime_make(105, 0), 2, 5));
	assert_false(ends_may_answer(e, &b, mtime_make(200, 0), 2, 5));
	ends_free(e);
	for (uint64_t nth = 1; nth < 3; nth++) {
		mem_fail_at(nth);
		e = ends_new();
		mem_fail_at(0);
		assert_null(e);
	}
}

/* A dropped session is told so: so often, and not too often. */
static void
active_responses(void **state)
{
	struct rig *r = rig_new("-Q", TCP_RULE("drop", "attack", "1"));

	(void)state;
	r->in.conf.response.max_active = 2;
	r->in.conf.response.min_seconds = 3;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "attack"));
	assert_int_equal(r->room[14 + 20 + 13], 0x14);
	assert_int_equal(r->n_sent, 1);
	assert_false(rig_tcp(r, true, "PA", 1, 1, "attack"));
	assert_int_equal(r->n_sent, 1);
	r->ms += 3000;
	assert_true(rig_tcp(r, false, "PA", 1, 1, "answer"));
	assert_int_equal(r->n_sent, 2);
	assert_true(r->sent[1].to_source);
	r->ms += 3000;
	assert_false(rig_tcp(r, true, "PA", 1, 1, "attack"));
	assert_int_equal(r->n_sent, 2);
	rig_free(r);
}

static unsigned n_late;

static bool
count_late(void *self, const struct reject_link *link,
    const struct reject_packet *a)
{
	(void)self;
	(void)link;
	assert_false(a->to_source);
	n_late++;
	return true;
}

/* A reset that stands behind a packet which goes on leaves after it. */
static void
answers_behind_their_packet(void **state)
{
	struct rig *r = rig_new("-Q", "alert tcp any any -> any any "
	    "(content:\"attack\"; resp:reset_both; sid:1;)\n");

	(void)state;
	r->in.sender.send_late = count_late;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "attack"));
	assert_int_equal(r->n_sent, 1);
	assert_int_equal(n_late, 0);
	inspect_answer_late(&r->in);
	assert_int_equal(n_late, 1);
	inspect_answer_late(&r->in);
	assert_int_equal(n_late, 1);
	/* as many of a batch as there is room for */
	for (unsigned i = 0; i < LIM_ANSWERS_LATE + 2; i++) {
		r->cport++;
		rig_handshake(r);
		assert_true(rig_tcp(r, true, "PA", 1, 1, "attack"));
	}
	inspect_answer_late(&r->in);
	assert_int_equal(n_late, 1 + LIM_ANSWERS_LATE);
	assert_int_equal(r->n_sent, 1 + LIM_ANSWERS_LATE + 2 + 2);
	rig_free(r);
}

/* A GSO packet cannot become its own reset. */
static void
reject_gso(void **state)
{
	struct rig *r = rig_new("-Q", TCP_RULE("reject", "attack", "1"));

	(void)state;
	rig_handshake(r);
	r->flags = FRAME_GSO | FRAME_CSUM_NOT_READY;
	assert_false(rig_tcp(r, true, "PA", 1, 1, "attack"));
	assert_int_equal(r->n_sent, 2);
	assert_true(r->sent[0].to_source && !r->sent[1].to_source);
	assert_int_equal(word(r->sent[1].b, 24), 1001);
	assert_int_equal(word(r->sent[1].b, 28), 5001);
	check_sent(r, &r->sent[1]);
	rig_free(r);
}

static void
reject_udp(void **state)
{
	struct rig *r = rig_new("-Q", RULE("reject", "attack", "1"));

	(void)state;
	assert_false(rig_udp(r, true, "attack"));
	assert_int_equal(r->n_sent, 1);
	assert_int_equal(r->sent[0].len, 20 + 8 + 28);
	assert_int_equal(r->sent[0].b[20], 3);
	assert_int_equal(r->sent[0].b[21], 3);
	check_sent(r, &r->sent[0]);
	rig_free(r);
	r = rig_new("-Q", RULE("reject", "attack", "1"));
	r->client = "2001:db8::1";
	r->server = "2001:db8::2";
	assert_false(rig_udp(r, true, "attack"));
	assert_int_equal(r->sent[0].b[40], 1);
	assert_int_equal(r->sent[0].b[41], 4);
	check_sent(r, &r->sent[0]);
	rig_free(r);
	/* what went to many is not answered */
	r = rig_new("-Q", RULE("reject", "attack", "1"));
	r->server = "224.0.0.5";
	assert_false(rig_udp(r, true, "attack"));
	assert_int_equal(r->n_sent, 0);
	rig_free(r);
}

/* resp alone lets the packet go on: the reset stands behind it. */
static void
resp(void **state)
{
	struct rig *r = rig_new("-Q", "alert tcp any any -> any any "
	    "(content:\"attack\"; resp:reset_both,icmp_host; sid:1;)\n");

	(void)state;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "attack"));
	assert_int_equal(r->v.rewritten, 0);
	assert_int_equal(r->n_sent, 3);
	assert_true(r->sent[0].to_source);
	assert_int_equal(r->sent[1].b[20], 3);
	assert_int_equal(r->sent[1].b[21], 1);
	assert_false(r->sent[2].to_source);
	assert_int_equal(word(r->sent[2].b, 24), 1007);
	rig_free(r);
}

static void
react(void **state)
{
	struct rig *r = rig_new("-Q", "alert tcp any any -> any any "
	    "(msg:\"no such page\"; content:\"attack\"; react:msg; sid:1;)\n");

	(void)state;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "attack"));
	assert_int_equal(rig_ctr(r, "drop.rules"), 1);
	assert_int_equal(r->n_sent, 2);
	assert_non_null(memmem(r->sent[0].b, r->sent[0].len, "403 Forbidden",
	    13));
	assert_non_null(memmem(r->sent[0].b, r->sent[0].len, "no such page",
	    12));
	assert_int_equal(word(r->sent[1].b, 24), word(r->sent[0].b, 24) +
	    r->sent[0].len - 40);
	check_sent(r, &r->sent[0]);
	check_sent(r, &r->sent[1]);
	rig_free(r);
}

/* -- normalize --------------------------------------------------------------- */

/* A segment with that in its header, sent; the frame's offset of TCP is 34. */
static struct rig *
normed(const char *conf, uint8_t flags, const char *opts, const char *text)
{
	struct rig *r = rig_new("-Q", conf);

	craft_init(&r->c);
	craft_eth(&r->c, 0x0800);
	craft_ip4(&r->c, 6, r->client, r->server);
	craft_tcp(&r->c, 1025, 80, 1, 1, flags);
	craft_tcp_opts(&r->c, opts);
	craft_text(&r->c, text);
	craft_done(&r->c);
	return r;
}

/* Put right again with the field, and sent: is the byte there now that? */
static void
changes16(struct rig *r, unsigned off, uint16_t from, uint16_t to)
{
	craft_poke16(&r->c, off, from);
	craft_done(&r->c);
	assert_true(rig_send(r));
	assert_int_equal(r->room[off] << 8 | r->room[off + 1], to);
	assert_int_equal(r->v.rewritten != 0, from != to);
	assert_true(rig_sums_are_right(r));
}

static void
changes8(struct rig *r, unsigned off, uint8_t from, uint8_t to)
{
	craft_poke8(&r->c, off, from);
	craft_done(&r->c);
	assert_true(rig_send(r));
	assert_int_equal(r->room[off], to);
	assert_int_equal(r->v.rewritten != 0, from != to);
	assert_true(rig_sums_are_right(r));
}

static void
normalize_ip4_header(void **state)
{
	struct rig *r = normed("preprocessor normalize_ip4\n"
	    "config min_ttl: 5\nconfig new_ttl: 9\n", 2, "", "");

	(void)state;
	changes8(r, 22, 4, 9);
	changes8(r, 22, 5, 5);
	changes8(r, 15, 7, 7); /* as configured only */
	changes16(r, 20, 0xc000, 0xc000);
	rig_free(r);
	r = normed("preprocessor normalize_ip4: tos df rf\n", 2, "", "");
	changes8(r, 15, 7, 0);
	changes16(r, 20, 0xc000, 0);
	rig_free(r);
	r = rig_new("-Q", "preprocessor normalize_ip4: trim\n");
	craft_init(&r->c);
	craft_eth(&r->c, 0x0800);
	craft_ip4(&r->c, 17, r->client, r->server);
	craft_ip4_opts(&r->c, "94 04 00 00");
	craft_udp(&r->c, 1, 2);
	craft_text(&r->c, "text");
	craft_done(&r->c);
	assert_true(rig_send(r));
	assert_int_equal(word(r->room, 34), 0x01010101);
	assert_true(rig_sums_are_right(r));
	craft_text(&r->c, "behind"); /* it, not within */
	assert_true(rig_send(r));
	assert_int_equal(r->v.rewritten, r->frame.caplen - 6);
	assert_true(rig_sums_are_right(r));
	rig_free(r);
}

static void
normalize_tcp_header(void **state)
{
	struct rig *r = normed("preprocessor normalize_tcp\n", 0x18, "",
	    "text");

	(void)state;
	changes8(r, 46, 0x5e, 0x50);  /* rsv */
	craft_poke8(&r->c, 46, 0x50);
	changes16(r, 52, 3, 0);       /* req_urg */
	changes8(r, 47, 0x38, 0x38);  /* a flag with its pointer */
	changes16(r, 52, 9, 4);       /* urp */
	craft_poke16(&r->c, 52, 0);
	changes8(r, 47, 0x38, 0x18);  /* req_urp */
	rig_free(r);
	r = normed("preprocessor normalize_tcp\n", 0x30, "", "");
	craft_poke16(&r->c, 52, 1);
	changes8(r, 47, 0x30, 0x10);  /* req_pay */
	assert_int_equal(r->room[53], 0);
	rig_free(r);
	r = normed("preprocessor normalize_tcp: pad\n", 0x18,
	    "02 04 05 b4 00 41 41 41", "text");
	assert_true(rig_send(r));
	assert_int_equal(word(r->room, 58), 0);
	assert_true(rig_sums_are_right(r));
	rig_free(r);
}

static void
normalize_tcp_options(void **state)
{
	/* MSS, SACK allowed, timestamp, echo */
	static const char opts[] = "02 04 05 b4 04 02 08 0a 00 00 00 01 00 00 "
	    "00 02 06 06 01 02 03 04 01 01";
	struct rig *r = normed("preprocessor normalize_tcp: opts\n", 2, opts,
	    "");

	(void)state;
	assert_true(rig_send(r));
	assert_int_equal(word(r->room, 54), 0x020405b4);
	assert_int_equal(word(r->room, 58), 0x0101080a);
	assert_int_equal(word(r->room, 70), 0x01010101);
	assert_true(rig_sums_are_right(r));
	rig_free(r);
	r = normed("preprocessor normalize_tcp: opts allow sack 6\n", 0x18,
	    opts, "text");
	assert_true(rig_send(r));
	assert_int_equal(word(r->room, 54), 0x01010101); /* not without SYN */
	assert_int_equal(word(r->room, 58), 0x0402080a);
	assert_int_equal(word(r->room, 70), 0x06060102);
	assert_true(rig_sums_are_right(r));
	rig_free(r);
}

static void
normalize_tcp_data(void **state)
{
	struct rig *r = normed("preprocessor normalize_tcp: trim_syn ecn "
	    "packet\n", 2, "", "data");

	(void)state;
	assert_true(rig_send(r));
	assert_int_equal(r->v.rewritten, 54);
	assert_true(rig_sums_are_right(r));
	changes8(r, 47, 0xc2, 0x02);
	rig_free(r);
	r = normed("preprocessor normalize_tcp: trim\n", 0x14, "", "data");
	assert_true(rig_send(r));
	assert_int_equal(r->v.rewritten, 54);
	assert_true(rig_sums_are_right(r));
	/* what cannot be cut is dropped where that is said */
	rig_free(r);
	r = normed("preprocessor normalize_tcp: trim_syn block\n", 2, "",
	    "data");
	r->flags = FRAME_GSO;
	assert_false(rig_send(r));
	assert_int_equal(rig_ctr(r, "drop.normalize"), 1);
	rig_free(r);
}

/* A segment of the session with these options and that window; what goes on
 * of its payload. */
static unsigned
session_segment(struct rig *r, bool from_client, uint8_t flags, uint32_t seq,
    uint16_t window, const char *opts, const char *text)
{
	size_t at;

	craft_init(&r->c);
	craft_eth(&r->c, 0x0800);
	craft_ip4(&r->c, 6, from_client ? r->client : r->server,
	    from_client ? r->server : r->client);
	at = craft_tcp(&r->c, from_client ? 1025 : 80, from_client ? 80 : 1025,
	    (from_client ? 1000 : 5000) + seq, from_client ? 5001 : 1001,
	    flags);
	craft_tcp_opts(&r->c, opts);
	craft_text(&r->c, text);
	craft_poke16(&r->c, at + 14, window);
	craft_done(&r->c);
	assert_true(rig_send(r));
	assert_true(rig_sums_are_right(r));
	return (unsigned)(r->v.rewritten ? r->v.rewritten : r->c.len) -
	    (unsigned)(r->c.len - strlen(text));
}

/* The server has a window of eight bytes. */
static void
open_session(struct rig *r, uint8_t syn, uint8_t answer)
{
	(void)session_segment(r, true, syn, 0, 1000, "", "");
	(void)session_segment(r, false, answer, 0, 8, "", "");
	(void)session_segment(r, true, 0x10, 1, 1000, "", "");
}

static void
normalize_tcp_window(void **state)
{
	struct rig *r = rig_new("-Q", "preprocessor normalize_tcp: trim_win\n"
	    TCP_RULE("drop", "attack", "1"));

	(void)state;
	open_session(r, 0x02, 0x12);
	assert_int_equal(session_segment(r, true, 0x18, 1, 99, "", "abcd"), 4);
	/* the window ends behind eight */
	assert_int_equal(session_segment(r, true, 0x18, 5, 99, "",
	    "efghijkl"), 4);
	assert_true(room_has(r, "efgh"));
	assert_int_equal(r->in.norm_ctrs[NORM_CTR_TCP_WIN], 1);
	/* what was cut was not inspected: it comes again, in the window */
	assert_int_equal(session_segment(r, true, 0x18, 9, 99, "", "more"), 0);
	/* a probe */
	assert_int_equal(session_segment(r, true, 0x18, 9, 99, "", "m"), 1);
	(void)session_segment(r, false, 0x10, 1, 100, "", "");
	assert_int_equal(session_segment(r, true, 0x18, 9, 99, "", "more"), 4);
	assert_int_equal(r->in.norm_ctrs[NORM_CTR_TCP_WIN], 2);
	/* the other way there is room */
	assert_int_equal(session_segment(r, false, 0x18, 1, 99, "", "abcdefghi"
	    "jkl"), 12);
	/* merged segments cannot be cut */
	r->flags = FRAME_GSO;
	(void)session_segment(r, true, 0x18, 101, 99, "", "beyond");
	assert_int_equal(r->v.rewritten, 0);
	rig_free(r);
}

static void
normalize_tcp_mss(void **state)
{
	static const char mss[] = "02040104"; /* 260 */
	struct rig *r = rig_new("-Q", "preprocessor normalize_tcp: trim\n");
	char text[301];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)session_segment(r, true, 0x02, 0, 1000, "", "");
	(void)session_segment(r, false, 0x12, 0, 1000, mss, "");
	(void)session_segment(r, true, 0x10, 1, 1000, "", "");
	assert_int_equal(session_segment(r, true, 0x18, 1, 1000, "", text),
	    260);
	assert_int_equal(r->in.norm_ctrs[NORM_CTR_TCP_MSS], 1);
	/* the client said nothing of it */
	assert_int_equal(session_segment(r, false, 0x18, 1, 1000, "", text),
	    300);
	/* several in one are no longer each */
	r->flags = FRAME_GSO;
	assert_int_equal(session_segment(r, true, 0x18, 261, 1000, "", text),
	    300);
	assert_int_equal(r->in.norm_ctrs[NORM_CTR_TCP_MSS], 1);
	rig_free(r);
}

/* ECE (0x40) and CWR (0x80) go where the two did not agree on them. */
static void
normalize_tcp_ecn(void **state)
{
	static const struct {
		uint8_t syn, answer;
		bool agreed;
	} cases[] = {
		{ 0xc2, 0x52, true },
		{ 0xc2, 0xd2, false },
		{ 0xc2, 0x12, false },
		{ 0x42, 0x52, false },
		{ 0x02, 0x52, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rig *r = rig_new("-Q",
		    "preprocessor normalize_tcp: ecn stream\n");

		open_session(r, cases[i].syn, cases[i].answer);
		for (unsigned side = 0; side < 2; side++) {
			(void)session_segment(r, side, 0xd8, 1, 1000, "", "a");
			assert_int_equal(r->room[47], cases[i].agreed ? 0xd8 :
			    0x18);
			assert_int_equal(r->v.rewritten != 0,
			    !cases[i].agreed);
		}
		assert_int_equal(r->in.norm_ctrs[NORM_CTR_TCP_ECN],
		    cases[i].agreed ? 0 : 2);
		rig_free(r);
	}
	/* picked up midstream: nobody knows */
	{
		struct rig *r = rig_new("-Q",
		    "preprocessor normalize_tcp: ecn stream\n");

		(void)session_segment(r, true, 0xd8, 1, 1000, "", "a");
		(void)session_segment(r, true, 0xd8, 2, 1000, "", "b");
		assert_int_equal(r->v.rewritten, 0);
		rig_free(r);
	}
}

/* What was inspected is what its receiver reads, whatever is sent again. */
static void
normalize_tcp_ips(void **state)
{
	struct rig *r = rig_new("-Q", "preprocessor normalize_tcp: ips\n"
	    TCP_RULE("drop", "attack", "1"));

	(void)state;
	rig_handshake(r);
	assert_true(rig_tcp(r, true, "PA", 1, 1, "abcdef"));
	assert_int_equal(r->v.rewritten, 0);
	assert_true(rig_tcp(r, true, "PA", 3, 1, "XXefgh"));
	assert_int_equal(r->v.rewritten, r->frame.caplen);
	assert_true(room_has(r, "cdefgh"));
	assert_true(rig_sums_are_right(r));
	/* an attack in what nobody will see */
	assert_true(rig_tcp(r, true, "PA", 1, 1, "attack"));
	assert_true(room_has(r, "abcdef"));
	/* acknowledged: for nobody any more */
	assert_true(rig_tcp(r, false, "A", 1, 9, ""));
	assert_true(rig_tcp(r, true, "PA", 9, 1, "end"));
	assert_int_equal(r->v.rewritten, 0);
	rig_free(r);
}

static void
normalize_others(void **state)
{
	struct rig *r = rig_new("-Q", "preprocessor normalize_icmp4\n"
	    "preprocessor normalize_icmp6\npreprocessor normalize_ip6\n"
	    "config min_ttl: 5\nconfig new_ttl: 9\n");

	(void)state;
	craft_init(&r->c);
	craft_eth(&r->c, 0x0800);
	craft_ip4(&r->c, 1, r->client, r->server);
	craft_icmp(&r->c, 8, 0, 1);
	craft_text(&r->c, "data");
	craft_done(&r->c);
	changes8(r, 35, 3, 0);
	changes8(r, 34, 3, 3);
	craft_init(&r->c);
	craft_eth(&r->c, 0x86dd);
	craft_ip6(&r->c, 58, "2001:db8::1", "2001:db8::2");
	craft_icmp(&r->c, 128, 0, 1);
	craft_done(&r->c);
	changes8(r, 55, 3, 0);
	craft_poke8(&r->c, 55, 0);
	changes8(r, 21, 2, 9);
	craft_init(&r->c);
	craft_eth(&r->c, 0x86dd);
	craft_ip6(&r->c, 0, "2001:db8::1", "2001:db8::2");
	craft_hex(&r->c, "11 00 05 02 00 00 01 00"); /* router alert */
	craft_udp(&r->c, 1, 2);
	craft_text(&r->c, "data");
	craft_done(&r->c);
	assert_true(rig_send(r));
	assert_int_equal(word(r->room, 56), 0x01040000);
	assert_int_equal(word(r->room, 54), 0x11000104);
	assert_true(rig_sums_are_right(r));
	rig_free(r);
}

/* Only where packets wait for a verdict. */
static void
normalize_not_in_the_test(void **state)
{
	struct rig *r = rig_new("--enable-inline-test",
	    "preprocessor normalize_ip4: tos\n");

	(void)state;
	craft_init(&r->c);
	craft_eth(&r->c, 0x0800);
	craft_ip4(&r->c, 17, r->client, r->server);
	craft_udp(&r->c, 1, 2);
	craft_done(&r->c);
	changes8(r, 15, 7, 7);
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replaces),
		cmocka_unit_test(replaces_again),
		cmocka_unit_test(replaces_before_the_sum),
		cmocka_unit_test(replace_is_off),
		cmocka_unit_test(reject_tcp),
		cmocka_unit_test(reject_not_ready),
		cmocka_unit_test(answers_to_ports),
		cmocka_unit_test(answers_have_tags),
		cmocka_unit_test(ends_give_way),
		cmocka_unit_test(active_responses),
		cmocka_unit_test(answers_behind_their_packet),
		cmocka_unit_test(reject_gso),
		cmocka_unit_test(reject_udp),
		cmocka_unit_test(resp),
		cmocka_unit_test(react),
		cmocka_unit_test(normalize_ip4_header),
		cmocka_unit_test(normalize_tcp_header),
		cmocka_unit_test(normalize_tcp_options),
		cmocka_unit_test(normalize_tcp_data),
		cmocka_unit_test(normalize_tcp_window),
		cmocka_unit_test(normalize_tcp_mss),
		cmocka_unit_test(normalize_tcp_ecn),
		cmocka_unit_test(normalize_tcp_ips),
		cmocka_unit_test(normalize_others),
		cmocka_unit_test(normalize_not_in_the_test),
	};

	return cmocka_run_group_tests_name("inline_writes", tests, NULL, NULL);
}
