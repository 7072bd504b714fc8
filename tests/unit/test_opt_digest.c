/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/digest.h"

static void
expect(enum digest_kind kind, const char *in, const char *hex)
{
	uint8_t out[DIGEST_MAX];
	char text[2 * DIGEST_MAX + 1] = "";

	digest(kind, slice_make((const uint8_t *)in, strlen(in)), out);
	for (size_t i = 0; i < digest_len(kind); i++)
		snprintf(text + 2 * i, 3, "%02x", out[i]);
	assert_string_equal(text, hex);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
