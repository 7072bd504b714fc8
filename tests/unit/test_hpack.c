/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HPACK: the examples of RFC 7541 appendix C, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "decoders/app/hpack.h"
#include "tests/tools/h2_make.h"

static struct hpack_pool pool;
static struct hpack h;
static char text[1 << 16];

static int
setup(void **state)
{
	(void)state;
	hpack_pool_init(&pool, 4, 2);
	hpack_init(&h);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	hpack_fini(&h, &pool);
	assert_int_equal(pool.small.live, 0);
	assert_int_equal(pool.large.live, 0);
	hpack_pool_fini(&pool);
	return 0;
}

static size_t
unhex(const char *hex, uint8_t *to)
{
	size_t n = 0;
	unsigned v;

	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		assert_int_equal(sscanf(hex, "%2x", &v), 1);
		to[n++] = (uint8_t)v;
		hex++;
	}
	return n;
}

/* Its fields in `text', a line each. */
static enum hpack_result
decode_bytes(const uint8_t *bytes, size_t n)
{
	struct cursor c = cur_make(bytes, n);
	struct hpack_field f;
	enum hpack_result res;
	size_t at = 0;

	text[0] = '\0';
	hpack_block(&h);
	while ((res = hpack_next(&h, &pool, &c, &f)) == HPACK_FIELD)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "%.*s: %.*s%s\n", (int)f.name.len, (const char *)f.name.ptr,
		    (int)f.value.len, (const char *)f.value.ptr,
		    f.unknown ? "?" : "");
	return res;
}

static enum hpack_result
decode(const char *hex)
{
	uint8_t bytes[1024];

	return decode_bytes(bytes, unhex(hex, bytes));
}

static void
expect(const char *hex, const char *fields, unsigned entries)
{
	assert_int_equal(decode(hex), HPACK_END);
	assert_string_equal(text, fields);
	assert_int_equal(hpack_entries(&h), entries);
}

/* -- RFC 7541, appendix C ------------------------------------------------- */

static void
test_literals(void **state)
{
	(void)state;
	expect("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164"
	    "6572", "custom-key: custom-header\n", 1);
	hpack_fini(&h, &pool);
	hpack_init(&h);
	expect("040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path\n",
	    0);
	expect("1008 7061 7373 776f 7264 0673 6563 7265 74",
	    "password: secret\n", 0);
	expect("82", ":method: GET\n", 0);
}

static const char *const requests[3] = {
	":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n",
	":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n"
	    "cache-control: no-cache\n",
	":method: GET\n:scheme: https\n:path: /index.html\n"
	    ":authority: www.example.com\ncustom-key: custom-value\n",
};

static void
test_requests(void **state)
{
	(void)state;
	expect("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
	    requests[0], 1);
	expect("8286 84be 5808 6e6f 2d63 6163 6865", requests[1], 2);
	expect("8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d"
	    "7661 6c75 65", requests[2], 3);
}

static void
test_requests_huffman(void **state)
{
	(void)state;
	expect("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", requests[0], 1);
	expect("8286 84be 5886 a8eb 1064 9cbf", requests[1], 2);
	expect("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
	    requests[2], 3);
}

#define ANSWER(status, date)                                                   \
	":status: " status "\ncache-control: private\ndate: " date "\n"        \
	"location: https://www.example.com\n"
static const char last_answer[] = ":status: 200\ncache-control: private\n"
    "date: Mon, 21 Oct 2013 20:13:22 GMT\nlocation: https://www.example.com\n"
    "content-encoding: gzip\n"
    "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\n";

/* With a table of 256 bytes, as in the RFC. */
static void
small_table(void)
{
	static const uint8_t update[] = { 0x3f, 0xe1, 0x01 };

	assert_int_equal(decode_bytes(update, sizeof(update)), HPACK_END);
	assert_int_equal(h.size, 256);
}

static void
test_responses(void **state)
{
	(void)state;
	small_table();
	expect("4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120"
	    "4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474"
	    "7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
	    ANSWER("302", "Mon, 21 Oct 2013 20:13:21 GMT"), 4);
	expect("4803 3330 37c1 c0bf",
	    ANSWER("307", "Mon, 21 Oct 2013 20:13:21 GMT"), 4);
	expect("88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a"
	    "3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a"
	    "4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d"
	    "6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31",
	    last_answer, 3);
}

static void
test_responses_huffman(void **state)
{
	(void)state;
	small_table();
	expect("4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005"
	    "9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae"
	    "82ae 43d3", ANSWER("302", "Mon, 21 Oct 2013 20:13:21 GMT"), 4);
	expect("4883 640e ffc1 c0bf",
	    ANSWER("307", "Mon, 21 Oct 2013 20:13:21 GMT"), 4);
	expect("88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d"
	    "1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960"
	    "d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106"
	    "3d50 07", last_answer, 3);
}

/* -- what is none --------------------------------------------------------- */

static void
bad(const char *hex, enum hpack_result res)
{
	hpack_fini(&h, &pool);
	hpack_init(&h);
	assert_int_equal(decode(hex), res);
	/* and nothing behind it */
	assert_true(decode("82") != HPACK_END);
}

static void
test_bad(void **state)
{
	(void)state;
	bad("80", HPACK_BAD_INDEX);
	bad("be", HPACK_BAD_INDEX);
	bad("ff80 8080 8080 01", HPACK_BAD_INTEGER);
	bad("ffff ffff ffff ff", HPACK_BAD_INTEGER);
	bad("ff", HPACK_BAD_INTEGER);
	bad("7f80", HPACK_BAD_INTEGER);
	bad("41", HPACK_BAD_INTEGER);
	bad("4105 6162", HPACK_BAD_STRING);
	bad("417f ffff ffff 0f", HPACK_BAD_STRING);
	/* padding: eight bits, or other ones; the end of a string in it */
	bad("4183 1fff ff", HPACK_BAD_STRING);
	bad("4181 18", HPACK_BAD_STRING);
	bad("4184 ffff ffff", HPACK_BAD_STRING);
	bad("3fe2 ff03 82", HPACK_BAD_UPDATE);
}

static void
test_updates(void **state)
{
	(void)state;
	/* 4097 is not allowed, and done */
	assert_int_equal(decode("3fe2 1f82"), HPACK_END);
	assert_int_equal(h.odd, HPACK_ODD_LARGE);
	hpack_allow(&h, 65536);
	assert_int_equal(decode("203f e1ff 0382"), HPACK_END);
	assert_int_equal(h.odd, 0);
	assert_int_equal(h.size, 65536);
	assert_int_equal(decode("2020 20"), HPACK_END);
	assert_int_equal(h.odd, HPACK_ODD_UPDATES);
	assert_int_equal(decode("8220"), HPACK_END);
	assert_int_equal(h.odd, HPACK_ODD_LATE);
	assert_int_equal(decode("3f 8000"), HPACK_END);
	assert_int_equal(h.odd, HPACK_ODD_ZEROS);
}

/* Entries stay what they were, however often they are moved; and so they do
 * while the table grows and shrinks. */
static void
test_table(void **state)
{
	struct h2_make *m = h2_make_new();
	uint8_t block[8192];

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		char name[32], value[256], line[600];
		const char *const fields[] = { name, value, "last", value,
			NULL };
		size_t n;

		snprintf(name, sizeof(name), "name-%u", i % 40);
		snprintf(value, sizeof(value), "%0*u", 1 + (int)(i % 200), i);
		snprintf(line, sizeof(line), "%s: %s\nlast: %s\n", name, value,
		    value);
		m->huffman = i & 1;
		n = h2_block(m, block, fields);
		assert_int_equal(decode_bytes(block, n), HPACK_END);
		assert_string_equal(text, line);
		assert_int_equal(hpack_entries(&h), m->n_entries);
		/* the other table of its own, of the same bytes */
		if (i == 1000) {
			hpack_allow(&h, 65536);
			assert_int_equal(decode("3fe1 ff03 3fe1 1f"),
			    HPACK_END);
			assert_int_equal(hpack_entries(&h), m->n_entries);
		}
	}
	h2_make_free(m);
}

/* Every byte in Huffman's code. */
static void
test_codes(void **state)
{
	struct h2_make *m = h2_make_new();
	uint8_t coded[2048], out[300];
	char all[256];
	size_t n, len;

	(void)state;
	for (unsigned i = 0; i < 255; i++)
		all[i] = (char)(i + 1);
	all[255] = '\0';
	m->huffman = true;
	n = h2_string(m, coded, all);
	/* two bytes of length, and more of them */
	n -= 3;
	assert_true(hpack_huffman(&pool, slice_make(coded + 3, n), out,
	    sizeof(out), &len));
	assert_int_equal(len, 255);
	assert_memory_equal(out, all, 255);
	assert_false(hpack_huffman(&pool, slice_make(coded + 3, n), out, 254,
	    &len));
	h2_make_free(m);
}

/* What is missing is unknown, and what comes after it is not. */
static void
test_lost(void **state)
{
	(void)state;
	assert_int_equal(decode("4001 6101 62"), HPACK_END);
	hpack_lose(&h, &pool);
	assert_int_equal(decode("be 4001 6301 64 be bf"), HPACK_END);
	assert_string_equal(text, ": ?\nc: d\nc: d\n: ?\n");
	assert_int_equal(h.odd, HPACK_ODD_UNKNOWN);
}

static void
test_no_memory(void **state)
{
	struct hpack other[5];
	static const uint8_t b[] = { 0x40, 1, 'a', 1, 'b' };

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		struct cursor c = cur_make(b, sizeof(b));
		struct hpack_field f;

		hpack_init(&other[i]);
		hpack_block(&other[i]);
		assert_int_equal(hpack_next(&other[i], &pool, &c, &f),
		    i < 4 ? HPACK_FIELD : HPACK_NO_MEMORY);
	}
	for (unsigned i = 0; i < 5; i++)
		hpack_fini(&other[i], &pool);
}

/* A byte that says four thousand, over and over. */
static void
test_bomb(void **state)
{
	static uint8_t block[LIM_HTTP2_BLOCK];
	size_t n = 0;
	uint64_t most = (uint64_t)LIM_HPACK_FREE + 2 * LIM_HTTP2_BLOCK *
	    (uint64_t)LIM_HPACK_RATIO;
	enum hpack_result res = HPACK_END;

	(void)state;
	block[n++] = 0x40;
	block[n++] = 1;
	block[n++] = 'a';
	n += h2_integer(block + n, 0, 7, 4000);
	memset(block + n, 'b', 4000);
	n += 4000;
	memset(block + n, 0xbe, sizeof(block) - n);
	for (unsigned i = 0; i < 4 && res == HPACK_END; i++) {
		struct cursor c = cur_make(block, sizeof(block));
		struct hpack_field f;

		hpack_block(&h);
		while ((res = hpack_next(&h, &pool, &c, &f)) == HPACK_FIELD)
			;
	}
	assert_int_equal(res, HPACK_BOMB);
	assert_true(h.out < most);
}

/* Cut off anywhere, bytes and bits turned: no end but a result. */
static void
test_noise(void **state)
{
	struct h2_make *m = h2_make_new();
	const char *const fields[] = { ":method", "POST", ":path", "/a/b?c=d",
		"user-agent", "curl/7.88.1", "x", "", NULL };
	uint8_t block[256];
	size_t n;

	(void)state;
	m->huffman = true;
	n = h2_block(m, block, fields);
	for (size_t len = 0; len < n; len++)
		for (unsigned bit = 0; bit < 8; bit++) {
			uint8_t *copy = malloc(n);

			assert_non_null(copy);
			hpack_fini(&h, &pool);
			hpack_init(&h);
			memcpy(copy, block, n);
			decode_bytes(copy, len);
			hpack_fini(&h, &pool);
			hpack_init(&h);
			copy[len] = (uint8_t)(copy[len] ^ 1 << bit);
			decode_bytes(copy, n);
			free(copy);
		}
	h2_make_free(m);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_literals),
		TEST(test_requests),
		TEST(test_requests_huffman),
		TEST(test_responses),
		TEST(test_responses_huffman),
		TEST(test_bad),
		TEST(test_updates),
		TEST(test_table),
		TEST(test_codes),
		TEST(test_lost),
		TEST(test_no_memory),
		TEST(test_bomb),
		TEST(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
