/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/ipaddr.h"

static struct ipaddr
addr(const char *s)
{
	struct ipaddr a;

	assert_true(ipaddr_parse(text_of(s), &a));
	return a;
}

static void
round_trip(const char *in, const char *out)
{
	char text[IPADDR_TEXT_MAX];
	struct ipaddr a = addr(in);

	assert_string_equal(ipaddr_print(&a, text), out);
}

static void
test_text(void **state)
{
	char text[IPADDR_TEXT_MAX];
	struct ipaddr none = { 0 };

	(void)state;
	round_trip("10.0.0.255", "10.0.0.255");
	round_trip("2001:DB8:0:0:0:0:0:1", "2001:db8::1");
	round_trip("::", "::");
	round_trip("::ffff:1.2.3.4", "::ffff:1.2.3.4");
	assert_string_equal(ipaddr_print(&none, text), "");
	assert_int_equal(addr("1.2.3.4").family, 4);
	assert_int_equal(addr("::1").family, 6);
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "", "1.2.3", "1.2.3.4.5",
		"1.2.3.256", "01.2.3.4x", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4/8",
		":::", "2001:db8", "fe80::1%eth0",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000" };
	struct ipaddr a = { 9, { 1 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(ipaddr_parse(text_of(bad[i]), &a));
		assert_int_equal(a.family, 9);
	}
	/* the text ends where it says, not at a zero */
	assert_true(ipaddr_parse(text_make("1.2.3.44", 7), &a));
	assert_true(a.b[3] == 4);
}

static void
test_equal_is_equal_bytes(void **state)
{
	struct ipaddr a = addr("1.2.3.4"), b = addr("1.2.3.4"),
	              c = addr("1.2.3.5"), d = addr("102:304::");

	(void)state;
	assert_true(ipaddr_eq(&a, &b));
	assert_false(ipaddr_eq(&a, &c));
	assert_false(ipaddr_eq(&a, &d));
}

static bool
in_net(const char *a, const char *net, unsigned bits)
{
	struct ipaddr x = addr(a), y = addr(net);

	return ipaddr_in_net(&x, &y, bits);
}

static void
test_in_net(void **state)
{
	(void)state;
	assert_true(in_net("10.1.2.3", "10.0.0.0", 8));
	assert_false(in_net("11.1.2.3", "10.0.0.0", 8));
	assert_true(in_net("192.168.129.1", "192.168.128.0", 17));
	assert_false(in_net("192.168.127.255", "192.168.128.0", 17));
	assert_true(in_net("1.2.3.4", "1.2.3.4", 32));
	assert_false(in_net("1.2.3.5", "1.2.3.4", 32));
	assert_true(in_net("1.2.3.4", "9.9.9.9", 0));
	/* families do not mix, not even at no bits */
	assert_false(in_net("1.2.3.4", "::", 0));
	assert_true(in_net("2001:db8:8000::1", "2001:db8:8000::", 33));
	assert_false(in_net("2001:db8:7fff::1", "2001:db8:8000::", 33));
	assert_true(in_net("::1", "::1", 128));
	assert_false(in_net("::2", "::1", 128));
	assert_false(in_net("::1", "::1", 129));
}

static void
test_mask(void **state)
{
	struct ipaddr a;
	char text[IPADDR_TEXT_MAX];

	(void)state;
	a = addr("255.255.255.255");
	ipaddr_mask(&a, 19);
	assert_string_equal(ipaddr_print(&a, text), "255.255.224.0");
	ipaddr_mask(&a, 0);
	assert_string_equal(ipaddr_print(&a, text), "0.0.0.0");
	a = addr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	ipaddr_mask(&a, 65);
	assert_string_equal(ipaddr_print(&a, text), "ffff:ffff:ffff:ffff:8000::");
	a = addr("::1");
	ipaddr_mask(&a, 128);
	assert_string_equal(ipaddr_print(&a, text), "::1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_equal_is_equal_bytes),
		cmocka_unit_test(test_in_net),
		cmocka_unit_test(test_mask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
