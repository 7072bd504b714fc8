/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/capture/nfqueue.h"
#include "sensor/capture/nfqueue_msg.h"

/* A packet as the kernel tells of it. */
static size_t
make_packet(uint8_t *b, uint32_t id)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(b);
	struct nfqnl_msg_packet_hdr head = { .packet_id = htonl(id) };
	struct nfqnl_msg_packet_hw hw = { .hw_addrlen = htons(6),
		.hw_addr = { 2, 0, 0, 0, 0, 1 } };
	uint8_t time[16] = { [7] = 5, [15] = 7 };

	h->nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET;
	mnl_nlmsg_put_extra_header(h, sizeof(struct nfgenmsg));
	mnl_attr_put(h, NFQA_PACKET_HDR, sizeof(head), &head);
	mnl_attr_put_u32(h, NFQA_MARK, htonl(0xa0));
	mnl_attr_put_u32(h, NFQA_IFINDEX_INDEV, htonl(3));
	mnl_attr_put_u32(h, NFQA_IFINDEX_PHYSINDEV, htonl(4));
	mnl_attr_put_u32(h, NFQA_SKB_INFO, htonl(NFQA_SKB_CSUMNOTREADY |
	    NFQA_SKB_GSO));
	mnl_attr_put(h, NFQA_HWADDR, sizeof(hw), &hw);
	mnl_attr_put(h, NFQA_TIMESTAMP, sizeof(time), time);
	mnl_attr_put_u32(h, NFQA_CAP_LEN, htonl(1500));
	mnl_attr_put(h, NFQA_PAYLOAD, 5, "hello");
	return h->nlmsg_len;
}

static void
a_packet_is_read(void **state)
{
	alignas(struct nlmsghdr) uint8_t b[512] = { 0 };
	size_t n = make_packet(b, 77);
	struct nfq_packet p;
	int error;

	(void)state;
	assert_int_equal(nfq_msg_read(b, n, &p, &error), NFQ_PACKET);
	assert_int_equal(p.id, 77);
	assert_int_equal(p.mark, 0xa0);
	assert_int_equal(p.link.in, 3);
	assert_int_equal(p.link.in_port, 4);
	assert_int_equal(p.link.hw_len, 6);
	assert_int_equal(p.link.hw[5], 1);
	assert_int_equal(p.flags, FRAME_CSUM_NOT_READY | FRAME_GSO);
	assert_int_equal(p.ts.ns, 5000007000u);
	assert_int_equal(p.caplen, 5);
	assert_int_equal(p.wirelen, 1500);
	assert_memory_equal(p.data, "hello", 5);
}

/* A bridge's own queue: the tag beside the packet, and a payload that begins
 * with tags; type: of what it begins with. (NFQA_VLAN and what it holds go by
 * number, as libnetfilter_queue's header does not have them.) */
static size_t
make_tagged(uint8_t *b, unsigned proto, unsigned tci, unsigned type,
    const void *payload, size_t len)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(b);
	struct nfqnl_msg_packet_hdr head = { .packet_id = htonl(1),
		.hw_protocol = htons((uint16_t)type) };

	h->nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET;
	mnl_nlmsg_put_extra_header(h, sizeof(struct nfgenmsg));
	mnl_attr_put(h, NFQA_PACKET_HDR, sizeof(head), &head);
	if (proto) {
		struct nlattr *n = mnl_attr_nest_start(h, 19);

		mnl_attr_put_u16(h, 2, htons((uint16_t)tci));
		mnl_attr_put_u16(h, 1, htons((uint16_t)proto));
		mnl_attr_nest_end(h, n);
	}
	mnl_attr_put(h, NFQA_PAYLOAD, len, payload);
	return h->nlmsg_len;
}

static void
tags_are_read(void **state)
{
	static const struct {
		unsigned proto, tci, type;
		const char *payload;
		size_t len;
		unsigned head;
		const char *shim;
		size_t shim_len;
	} cases[] = {
		/* as ever */
		{ 0, 0, 0x0800, "E....", 5, 0, "", 0 },
		/* 802.1Q, beside the packet and in it */
		{ 0x8100, 0x2064, 0x0800, "E....", 5, 0,
		    "\x81\0\x20\x64\x08\0", 6 },
		{ 0, 0, 0x8100, "\x20\x64\x08\0E....", 9, 4,
		    "\x81\0\x20\x64\x08\0", 6 },
		/* QinQ */
		{ 0x88a8, 7, 0x8100, "\0\x09\x86\xdd`....", 9, 4,
		    "\x88\xa8\0\x07\x81\0\0\x09\x86\xdd", 10 },
		/* PPPoE, alone and in a VLAN */
		{ 0, 0, 0x8864, "\x11\0\0\x2a\0\x07\0\x21" "E....", 13, 8,
		    "\x88\x64\x11\0\0\x2a\0\x07\0\x21", 10 },
		{ 0x8100, 5, 0x8864, "\x11\0\0\x2a\0\x07\0\x57`....", 13, 8,
		    "\x81\0\0\x05\x88\x64\x11\0\0\x2a\0\x07\0\x57", 14 },
		/* PPP's own, more tags than there may be, and nothing */
		{ 0, 0, 0x8864, "\x11\0\0\x2a\0\x07\xc0\x21" "E....", 13, 0,
		    "", 0 },
		{ 0x88a8, 7, 0x8100, "\0\x09\x81\0\0\x0a\x08\0E", 9, 4,
		    "\x88\xa8\0\x07\x81\0\0\x09\x81\0", 10 },
		{ 0, 0, 0x8100, "\0\x09\x08", 3, 0, "", 0 },
	};
	alignas(struct nlmsghdr) uint8_t b[512] = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct nfq_packet p;
		int error;
		size_t n = make_tagged(b, cases[i].proto, cases[i].tci,
		    cases[i].type, cases[i].payload, cases[i].len);

		assert_int_equal(nfq_msg_read(b, n, &p, &error), NFQ_PACKET);
		assert_int_equal(p.head, cases[i].head);
		assert_int_equal(p.caplen, cases[i].len - p.head);
		assert_int_equal(p.wirelen, p.caplen);
		assert_memory_equal(p.data, cases[i].payload + p.head,
		    p.caplen);
		assert_int_equal(p.link.shim_len, cases[i].shim_len);
		assert_memory_equal(p.link.shim, cases[i].shim,
		    cases[i].shim_len);
	}
}

/* What goes on of a PPPoE session's packet is as long as that says. */
static void
pppoe_is_shortened(void **state)
{
	alignas(struct nlmsghdr) uint8_t b[512] = { 0 };
	struct nfq_packet p;
	uint8_t *data;
	int error;

	(void)state;
	assert_int_equal(nfq_msg_read(b, make_tagged(b, 0x8100, 5, 0x8864,
	    "\x11\0\0\x2a\0\x07\0\x21" "E....", 13), &p, &error),
	    NFQ_PACKET);
	data = b + (p.data - b);
	nfq_msg_shorten(&p, data, 3);
	assert_memory_equal(data - 8, "\x11\0\0\x2a\0\x05\0\x21" "E", 9);
	assert_int_equal(nfq_msg_read(b, make_tagged(b, 0, 0, 0x8100,
	    "\x20\x64\x08\0E....", 9), &p, &error), NFQ_PACKET);
	data = b + (p.data - b);
	nfq_msg_shorten(&p, data, 3);
	assert_memory_equal(data - 4, "\x20\x64\x08\0E....", 9);
}

/* Cut anywhere it is no message; its own length may lie. */
static void
a_cut_message_is_broken(void **state)
{
	alignas(struct nlmsghdr) uint8_t b[512] = { 0 };
	size_t n = make_packet(b, 1);
	struct nfq_packet p;
	int error;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		uint8_t *cut = malloc(i + 1);

		assert_non_null(cut);
		memcpy(cut, b, i);
		assert_int_equal(nfq_msg_read(cut, i, &p, &error),
		    NFQ_BROKEN);
		free(cut);
	}
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *copy = malloc(n);
		enum nfq_kind kind;

		assert_non_null(copy);
		memcpy(copy, b, n);
		memcpy(copy, &i, sizeof(i)); /* nlmsg_len */
		kind = nfq_msg_read(copy, n, &p, &error);
		assert_true(kind == NFQ_BROKEN || kind == NFQ_PACKET);
		free(copy);
	}
}

/* Whatever the lengths of attributes say, nothing beyond is read. */
static void
attributes_lie(void **state)
{
	alignas(struct nlmsghdr) uint8_t b[512] = { 0 };
	size_t n = make_packet(b, 1);
	struct nfq_packet p;
	int error;

	(void)state;
	for (size_t at = sizeof(struct nlmsghdr); at < n; at++)
		for (unsigned v = 0; v < 256; v += 5) {
			uint8_t *copy = malloc(n);

			assert_non_null(copy);
			memcpy(copy, b, n);
			copy[at] = (uint8_t)v;
			p = (struct nfq_packet){ 0 };
			if (nfq_msg_read(copy, n, &p, &error) == NFQ_PACKET) {
				assert_true(p.data >= copy);
				assert_true(p.caplen <=
				    (size_t)(copy + n - p.data));
				assert_true(p.wirelen >= p.caplen);
			}
			free(copy);
		}
}

static void
errors_are_told(void **state)
{
	alignas(struct nlmsghdr) uint8_t b[128] = { 0 };
	struct nlmsghdr *h = mnl_nlmsg_put_header(b);
	struct nlmsgerr *e = mnl_nlmsg_put_extra_header(h, sizeof(*e));
	struct nfq_packet p;
	int error = 0;

	(void)state;
	h->nlmsg_type = NLMSG_ERROR;
	e->error = -2;
	assert_int_equal(nfq_msg_read(b, h->nlmsg_len, &p, &error), NFQ_ERROR);
	assert_int_equal(error, 2);
	e->error = 0;
	assert_int_equal(nfq_msg_read(b, h->nlmsg_len, &p, &error), NFQ_OTHER);
}

/* Both flags in one attribute: of two the kernel takes the last. */
static void
flags_share_an_attribute(void **state)
{
	alignas(struct nlmsghdr) uint8_t b[NFQ_CONFIG_MAX] = { 0 };
	struct nfq_config c = { .queue = 9, .range = NFQ_RANGE_MAX,
		.maxlen = 100, .fail_open = true, .gso = true };
	size_t n = nfq_msg_config(b, &c, 1);
	const struct nlmsghdr *h = (const void *)b;
	const struct nlattr *a;
	unsigned flags = 0, masks = 0;

	(void)state;
	assert_int_equal(n, h->nlmsg_len);
	assert_true(n <= sizeof(b));
	for (a = mnl_nlmsg_get_payload_offset(h, sizeof(struct nfgenmsg));
	    (const uint8_t *)a < b + n; a = mnl_attr_next(a)) {
		if (mnl_attr_get_type(a) == NFQA_CFG_FLAGS) {
			flags++;
			assert_int_equal(ntohl(mnl_attr_get_u32(a)),
			    NFQA_CFG_F_FAIL_OPEN | NFQA_CFG_F_GSO);
		}
		if (mnl_attr_get_type(a) == NFQA_CFG_MASK) {
			masks++;
			assert_int_equal(ntohl(mnl_attr_get_u32(a)),
			    NFQA_CFG_F_FAIL_OPEN | NFQA_CFG_F_GSO);
		}
	}
	assert_int_equal(flags, 1);
	assert_int_equal(masks, 1);
}

static void
verdicts_are_written(void **state)
{
	alignas(struct nlmsghdr) uint8_t b[NFQ_VERDICT_MAX] = { 0 };
	struct nfq_verdict v = { .queue = 9, .id = 5, .has_mark = true,
		.mark = 0xa1 };
	const struct nlmsghdr *h = (const void *)b;
	size_t n = nfq_msg_verdict(b, &v);

	(void)state;
	assert_int_equal(n, h->nlmsg_len);
	assert_int_equal(h->nlmsg_type & 0xff, NFQNL_MSG_VERDICT);
	v.payload_len = 5;
	assert_int_equal(nfq_msg_verdict(b, &v), n + 4);
	assert_int_equal(h->nlmsg_len, n + 4 + 8);
	assert_true(n + 4 <= sizeof(b));
	/* a connection's mark: a nest of two numbers; back to the rules */
	v = (struct nfq_verdict){ .queue = 9, .id = 5, .drop = true,
		.repeat = true, .has_mark = true, .mark = 6, .ct_bits = 6 };
	n = nfq_msg_verdict(b, &v);
	assert_true(n <= NFQ_VERDICT_MAX);
	assert_int_equal(b[27], NF_REPEAT);
	assert_int_equal(n, 16 + 4 + 12 + 8 + 4 + 8 + 8);
	assert_int_equal(b[n - 9], 6);
	assert_int_equal(b[n - 1], 6);
	v.batch = true;
	assert_int_equal(nfq_msg_verdict(b, &v), 16 + 4 + 12 + 8);
	v = (struct nfq_verdict){ .queue = 9, .id = 5, .batch = true };
	(void)nfq_msg_verdict(b, &v);
	assert_int_equal(h->nlmsg_type & 0xff, NFQNL_MSG_VERDICT_BATCH);
}

static void
ranges_are_read(void **state)
{
	static const char *const bad[] = { "", ":", "1:", ":1", "3:1", "65536",
		"0:64", "a", "1:b", "1:2:3", "-1", " 1", "123456" };
	uint16_t first;
	unsigned n;
	char err[128];

	(void)state;
	assert_true(nfqueue_range("7", &first, &n, err, sizeof(err)));
	assert_int_equal(first, 7);
	assert_int_equal(n, 1);
	assert_true(nfqueue_range("65532:65535", &first, &n, err,
	    sizeof(err)));
	assert_int_equal(first, 65532);
	assert_int_equal(n, 4);
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(nfqueue_range(bad[i], &first, &n, err,
		    sizeof(err)));
}

static void
the_kernels_lines_are_read(void **state)
{
	static const char text[] =
	    "    0  24241     0 2 65531     0     0     1500  1\n"
	    "junk\n"
	    "    7 2378327775     3 2 65531     4     5       88  1\n";
	struct nfq_state s;
	FILE *f = fmemopen((void *)(uintptr_t)text, sizeof(text) - 1, "r");

	(void)state;
	assert_non_null(f);
	assert_true(nfq_state_find(f, 7, &s));
	assert_int_equal(s.portid, 2378327775u);
	assert_int_equal(s.waiting, 3);
	assert_int_equal(s.range, 65531);
	assert_int_equal(s.queue_dropped, 4);
	assert_int_equal(s.user_dropped, 5);
	assert_int_equal(s.last_id, 88);
	rewind(f);
	assert_false(nfq_state_find(f, 1, &s));
	fclose(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_is_read),
		cmocka_unit_test(tags_are_read),
		cmocka_unit_test(pppoe_is_shortened),
		cmocka_unit_test(a_cut_message_is_broken),
		cmocka_unit_test(attributes_lie),
		cmocka_unit_test(errors_are_told),
		cmocka_unit_test(flags_share_an_attribute),
		cmocka_unit_test(verdicts_are_written),
		cmocka_unit_test(ranges_are_read),
		cmocka_unit_test(the_kernels_lines_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
