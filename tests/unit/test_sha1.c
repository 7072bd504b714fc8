/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/sha1.h"

static void
check(const char *in, size_t n, const char *want)
{
	uint8_t digest[SHA1_LEN];
	char hex[2 * SHA1_LEN + 1];

	sha1((const uint8_t *)in, n, digest);
	for (unsigned i = 0; i < SHA1_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(hex, want);
}

/* RFC 3174, 7.3, and the empty message of FIPS 180 */
static void
test_vectors(void **state)
{
	char *million = malloc(1000000), tests[640];

	(void)state;
	check("", 0, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	check("abc", 3, "a9993e364706816aba3e25717850c26c9cd0d89d");
	check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
	    "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	assert_non_null(million);
	memset(million, 'a', 1000000);
	check(million, 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
	free(million);
	for (unsigned i = 0; i < sizeof(tests); i++)
		tests[i] = (char)('0' + i % 8);
	check(tests, sizeof(tests), "dea356a2cddd90c7a7ecedc5ebb563934f460452");
}

/* In pieces it is the same, wherever they are cut. */
static void
test_pieces(void **state)
{
	uint8_t in[200], whole[SHA1_LEN], parts[SHA1_LEN];

	(void)state;
	for (unsigned i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 7);
	for (size_t n = 0; n <= sizeof(in); n++)
		for (size_t cut = 1; cut <= n; cut += 13) {
			struct sha1 s;

			sha1(in, n, whole);
			sha1_begin(&s);
			for (size_t at = 0; at < n; at += cut)
				sha1_add(&s, in + at, n - at < cut ? n - at :
				    cut);
			sha1_end(&s, parts);
			assert_memory_equal(whole, parts, sizeof(whole));
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_pieces) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
