/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/digest.h"
#include "core/xalloc.h"

static void
expect_bytes(enum digest_kind kind, struct slice in, const char *hex)
{
	uint8_t out[DIGEST_MAX];
	char text[2 * DIGEST_MAX + 1] = "";

	digest(kind, in, out);
	for (size_t i = 0; i < digest_len(kind); i++)
		snprintf(text + 2 * i, 3, "%02x", out[i]);
	assert_string_equal(text, hex);
}

static void
expect(enum digest_kind kind, const char *in, const char *hex)
{
	expect_bytes(kind, slice_make((const uint8_t *)in, strlen(in)), hex);
}

/* RFC 1321, A.5; FIPS 180 examples; and lengths around a block's end. */
static void
known_answers(void **state)
{
	static const char two[] =
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	static const char eighty[] = "1234567890123456789012345678901234567890"
	    "1234567890123456789012345678901234567890";

	(void)state;
	expect(DIGEST_MD5, "", "d41d8cd98f00b204e9800998ecf8427e");
	expect(DIGEST_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72");
	expect(DIGEST_MD5, eighty, "57edf4a22be3c955ac49da2e2107b67a");
	expect(DIGEST_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	expect(DIGEST_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	expect(DIGEST_SHA256, two, "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1");
	expect(DIGEST_SHA512, "abc", "ddaf35a193617abacc417349ae204131"
	    "12e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
	    "454d4423643ce80e2a9ac94fa54ca49f");
	expect(DIGEST_SHA512, "", "cf83e1357eefb8bdf1542850d66d8007"
	    "d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f"
	    "63b931bd47417a81a538327af927da3e");
}

/* RFC 3174, 7.3, and the empty message of FIPS 180 */
static void
known_sha1(void **state)
{
	struct slice million = { xcalloc(1, 1000000), 1000000 };
	uint8_t tests[640];

	(void)state;
	expect(DIGEST_SHA1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	expect(DIGEST_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
	expect(DIGEST_SHA1,
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	memset((void *)(uintptr_t)million.ptr, 'a', million.len);
	expect_bytes(DIGEST_SHA1, million,
	    "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
	free((void *)(uintptr_t)million.ptr);
	for (unsigned i = 0; i < sizeof(tests); i++)
		tests[i] = (uint8_t)('0' + i % 8);
	expect_bytes(DIGEST_SHA1, slice_make(tests, sizeof(tests)),
	    "dea356a2cddd90c7a7ecedc5ebb563934f460452");
}

/* Every length around the blocks' ends, cut in two at every place. */
static void
pieces_do_not_matter(void **state)
{
	uint8_t in[300], whole[DIGEST_MAX], parts[DIGEST_MAX];

	(void)state;
	for (unsigned i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 7 + 3);
	for (enum digest_kind kind = DIGEST_MD5; kind <= DIGEST_SHA512; kind++)
		for (size_t n = 0; n <= sizeof(in); n++) {
			digest(kind, slice_make(in, n), whole);
			for (size_t cut = 0; cut <= n; cut++) {
				struct digest d;

				digest_init(&d, kind);
				digest_update(&d, slice_make(in, cut));
				digest_update(&d, slice_make(in + cut,
				    n - cut));
				digest_final(&d, parts);
				assert_memory_equal(parts, whole,
				    digest_len(kind));
			}
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(known_sha1),
		cmocka_unit_test(pieces_do_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
